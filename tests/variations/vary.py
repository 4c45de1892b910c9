#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Healthy chargers that are not like the reference core's defaults: do the cases let them pass?

    vary.py sets  [NAME...]     every case with each parameter set of sets/; a table
    vary.py draws [options]     variations drawn within ranges.json, each with cases drawn for it

    --cases N      so many cases, drawn by the seed (sets: default all; draws: default 12)
    --count N      draws: so many variations (default 300)
    --seed N       the first variation's; sets: what the cases are drawn by (default 1)
    --also P=V     sets a parameter besides, in each: one beyond its range has to be noticed
    -j N           at once (default: processors)
    --out FILE     a line of JSON per variation or set: what it was, and how each case ended

A parameter that a case sets itself stays as the case sets it. Exit code 0: no case failed, and in each set or variation one
passed; 1 otherwise; 2 wrong usage. Inconclusive and not applicable are counted and listed."""

import argparse
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PILEBENCH = os.environ.get("PILEBENCH", str(ROOT / "build/pilebench"))
VERDICTS = ("pass", "fail", "none", "inconclusive", "error")
# What a rating has to have above the battery, as the bench has it.
USABLE_V = float(re.search(r"^#define HEADROOM +([0-9.]+)", (ROOT / "harness/bench/plate.c").read_text(encoding="utf-8"),
                           re.MULTILINE).group(1))


def fail(text):
    sys.exit(f"vary.py: {text}")


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


# --- cases -----------------------------------------------------------------------------------------


def all_rows():
    """Each row of each case, and the parameters that it sets itself."""
    rows = {}
    for path in sorted((ROOT / "scenarios/cases").glob("*/*.json"), key=lambda path: path.stem):
        case = load(path)
        own = set(case.get("firmware", {}))
        for row in case.get("rows", [{}]):
            name = f"{path.stem}[{row['name']}]" if row else path.stem
            rows[name] = frozenset(own | set(row.get("firmware", {})))
    return rows


def run(rows, names, one, folder):
    """{row: (verdict, reason)} of the cases with the parameters of one; what a case sets itself is left to it."""
    parts = {}
    for name in names:
        parts.setdefault(rows[name] & set(one["set"]), []).append(name)
    found = {}
    for own, part in parts.items():
        settings = [f"--set={name}={value}" for name, value in one["set"].items() if name not in own]
        vehicle = [f"--vehicle={one['vehicle']}"] if one.get("vehicle") else []
        command = [PILEBENCH, "run", "-j1", "--json", "--no-report", f"--seed={one.get('seed', 1)}", "--out", folder]
        done = subprocess.run(command + settings + vehicle + part, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            case = json.loads(line)
            found[case["id"]] = (case["verdict"], reason_of(case))
        if done.returncode not in (0, 1, 3):
            fail(f"{one['name']}: pilebench ends with {done.returncode}: {done.stderr.strip()}")
    missing = set(names) - set(found)
    if missing:
        fail(f"{one['name']}: no result of {', '.join(sorted(missing))}")
    return found


def reason_of(case):
    reason = case.get("reason") or ""
    return reason.get("en", "") if isinstance(reason, dict) else reason


# --- what is run -----------------------------------------------------------------------------------


def sets(names):
    paths = {path.stem: path for path in sorted((HERE / "sets").glob("*.json"))}
    for name in names or paths:
        if name not in paths:
            fail(f"there is no set {name}; there are {', '.join(paths)}")
    return [{"name": name, **load(paths[name])} for name in names or paths]


def draw_number(pick, low, high):
    """An end in every third case."""
    way = pick.random()
    return low if way < 1 / 6 else high if way < 1 / 3 else pick.randint(low, high)


def draw_vehicle(pick, ranges, plate, folder):
    """A battery that the rating fits, and a BMS that is in no contradiction with it."""
    least, most = plate["output.voltage_min"] / 1000, plate["output.voltage_max"] / 1000
    cell_least_v, cell_v, cell_most_v = ranges["cell_v"]  # at rest when nearly empty, half full; being charged
    fewest = max(math.ceil(least / cell_least_v), ranges["cells"][0])
    cells = pick.randint(fewest, min(int(most / USABLE_V / cell_v), ranges["cells"][1]))
    highest = round(cells * cell_most_v, 1)
    values = {"cells_series": cells, "bhm_voltage": f"{highest} V", "voltage_max": f"{highest} V"}
    for key, (low, high, unit, digits) in ranges["values"].items():
        scale = 10**digits
        number = draw_number(pick, round(low * scale), round(high * scale)) / scale
        values[key] = f"{number:.{digits}f} {unit}".strip() if unit else int(number)
    for key, choices in ranges["choices"].items():
        values[key] = pick.choice(choices)
    path = Path(folder) / "drawn.json"
    path.write_text(json.dumps({"title": "drawn", "values": {**ranges["fixed"], **values}}), encoding="utf-8")
    return str(path), values


def draw(seed, ranges, rows, count, also, folder):
    pick = random.Random(seed)
    plate = dict(pick.choice(ranges["plates"]))
    plate["output.current_max"] = draw_number(pick, *ranges["current_max"])
    plate["output.power_max"] = draw_number(pick, *ranges["power_max"])
    names = sorted(ranges["parameters"])
    drawn = {name: draw_number(pick, *ranges["parameters"][name][:2]) for name in pick.sample(names, pick.randint(0, len(names)))}
    vehicle, values = draw_vehicle(pick, ranges["vehicle"], plate, folder)
    one = {"name": f"seed {seed}", "seed": seed, "set": {**plate, **drawn, **also}, "vehicle": vehicle, "battery": values}
    return one, pick.sample(sorted(rows), min(count, len(rows)))


# --- the table -------------------------------------------------------------------------------------


def tell(one, found, out):
    count = {verdict: sum(1 for found_verdict, _ in found.values() if found_verdict == verdict) for verdict in VERDICTS}
    print(f"{one['name']:18}" + "".join(f"{count[verdict]:6}" for verdict in VERDICTS), flush=True)
    for name, (verdict, reason) in found.items():
        if verdict in ("fail", "error", "inconclusive"):
            print(f"    {verdict.upper():13} {name:40} {reason}")
    if count["fail"] + count["error"] > 0 and "battery" in one:
        print("    with", json.dumps({"set": one["set"], "vehicle": one["battery"]}))
    if out:
        out.write(json.dumps({**one, "cases": {name: verdict for name, (verdict, _) in found.items()}}) + "\n")
    return count


def parse():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("what", choices=("sets", "draws"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cases", type=int)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--also", action="append", default=[])
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count())
    parser.add_argument("--out")
    options = parser.parse_args()
    options.also = {name: int(value) for name, _, value in (text.partition("=") for text in options.also)}
    return options


def main():
    options = parse()
    rows = all_rows()
    ranges = load(HERE / "ranges.json")

    def one_set(one):
        one["set"].update(options.also)
        names = sorted(rows)
        if options.cases:
            names = random.Random(f"{options.seed} {one['name']}").sample(names, min(options.cases, len(names)))
        with tempfile.TemporaryDirectory(prefix="pilebench-vary-") as folder:
            return one, run(rows, names, one, folder)

    def one_draw(seed):
        with tempfile.TemporaryDirectory(prefix="pilebench-vary-") as folder:
            one, names = draw(seed, ranges, rows, options.cases or 12, options.also, folder)
            return one, run(rows, names, one, folder)

    work, todo = (one_set, sets(options.names)) if options.what == "sets" else \
                 (one_draw, range(options.seed, options.seed + options.count))
    sums, without = dict.fromkeys(VERDICTS, 0), 0
    out = open(options.out, "w", encoding="utf-8") if options.out else None
    print(f"{'':18}" + "".join(f"{'n.a.' if verdict == 'none' else verdict[:5]:>6}" for verdict in VERDICTS))
    with ThreadPoolExecutor(options.jobs) as pool:
        for one, found in pool.map(work, todo):
            count = tell(one, found, out)
            without += count["pass"] == 0
            for verdict in VERDICTS:
                sums[verdict] += count[verdict]
    print(f"{len(todo)} {options.what}, {sum(sums.values())} cases: " +
          ", ".join(f"{sums[verdict]} {'not applicable' if verdict == 'none' else verdict}" for verdict in VERDICTS))
    sys.exit(1 if sums["fail"] + sums["error"] + without > 0 else 0)


if __name__ == "__main__":
    main()
