#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Both guns in any order: sequences of what people, vehicles and faults do at two guns, drawn from a seed.

    guns.py [options]

    --count N      so many sequences (default 200)
    --seed N       the first one's (default 1); a seed gives the same sequence for ever
    --set P=V      a parameter of the firmware, as of `pilebench run`
    --dut FILE     another firmware
    -j N           at once (default: processors)
    --keep FOLDER  the sequences that did not pass, as cases that `pilebench run FILE` takes

Each sequence plugs, starts, stops, breaks and mends at both guns and at the pile, with waits from nothing to half a minute.
Meanwhile the monitors and protocol rules of both guns hold, and nobody speaks or closes contacts at a gun without a plug. Then
all is mended and both guns, plugged in anew, have to charge within two minutes: whoever may charge, charges. That energy is
conserved the bench asserts at every switching. Exit code 0: all pass; 1: one does not; 2: wrong usage."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PILEBENCH = os.environ.get("PILEBENCH", str(ROOT / "build/pilebench"))
BATCH = 100
GUNS = ("", "gun2: ")
VEHICLES = ("bus-lfp-540v", "van-lfp-450v", "pack-350v", "pack-220v", "pack-720v")
# What breaks at a gun, and what mends it.
FAULTS = (("break cc1", "restore cc1"), ("break pe", "restore pe"), ("break can", "restore can"), ("open s", "close s"),
          ("lose lock feedback", "restore lock feedback"), ("mute BCL", "unmute BCL"), ("mute BRM", "unmute BRM"),
          ("set insulation.positive 20 kohm", "set insulation.positive 10 Mohm"), ("break imd", "restore imd"),
          ("set gun.temperature 120 degC", "set gun.temperature 25 degC"), ("hold BCP", "restore BCP"))
PILE_FAULTS = (("press estop", "release estop"), ("open door", "close door"), ("set grid.voltage 0 V", "set grid.voltage 380 V"))
WAITS_S = (0, 0.001, 0.1, 0.5, 1, 3, 5, 8, 10, 15, 30)
# A charge that a person ends in the handshake and starts anew at once is, on the bus, a hole in CHM: the rule of its period
# tells them apart from 5 s on (docs/open-points.md).
HOLE_S = 5.5


class Sequence:
    """The steps so far, and what is plugged in and broken after them."""

    def __init__(self, seed):
        self.pick = random.Random(seed)
        self.steps = []
        self.plugged = [False, False]
        self.broken = []
        self.now_s = 0.0  # by the waits alone
        self.stopped_s = [-HOLE_S, -HOLE_S]

    def do(self, action):
        self.steps.append({"do": action})

    def wait(self, seconds):
        self.now_s += seconds
        if seconds > 0:
            self.steps.append({"wait": f"{seconds * 1000:g} ms"})

    def stop(self, gun):
        self.do(GUNS[gun] + "press stop")
        self.stopped_s[gun] = self.now_s

    def start(self, gun):
        self.wait(max(0, self.stopped_s[gun] + HOLE_S - self.now_s))
        self.do(GUNS[gun] + "press start")

    def mend(self, index):
        self.do(self.broken.pop(index)[1])

    def pull(self, gun):
        """As a person does: stop, and pull when the lock lets go."""
        name = "gun2:" if gun else ""
        self.stop(gun)
        self.steps.append({"until": f"not {name}lock.closed", "within": "3 min"})
        self.do(GUNS[gun] + "unplug")
        self.plugged[gun] = False

    def step(self):
        pick, gun = self.pick, self.pick.randrange(2)
        kind = pick.random()
        if kind < 0.12 and self.broken:
            self.mend(pick.randrange(len(self.broken)))
        elif kind < 0.24:
            where = GUNS[gun] if pick.random() < 0.75 else None
            begin, end = pick.choice(FAULTS if where is not None else PILE_FAULTS)
            fault = ((where or "") + begin, (where or "") + end)
            if fault not in self.broken:
                self.do(fault[0])
                self.broken.append(fault)
        elif not self.plugged[gun]:
            self.do(GUNS[gun] + "plug in")
            self.plugged[gun] = True
        elif kind < 0.34:
            self.mend_all()
            self.pull(gun)
        elif kind < 0.48:
            self.stop(gun)
        elif kind < 0.58:
            self.do(GUNS[gun] + f"set vehicle.demand_share {pick.randrange(5, 100)} %")
        else:
            self.start(gun)
        self.wait(pick.choice(WAITS_S))

    def mend_all(self):
        while self.broken:
            self.mend(len(self.broken) - 1)
        self.wait(1)

    def end(self):
        """All is mended, both vehicles leave; the next two have to charge."""
        self.mend_all()
        for gun in range(2):
            if self.plugged[gun]:
                self.pull(gun)
        self.wait(5)
        for gun in range(2):
            self.do(GUNS[gun] + "plug in")
        self.wait(3)
        for gun in range(2):
            self.do(GUNS[gun] + "set vehicle.soc 50 %")
            self.do(GUNS[gun] + "set vehicle.demand_share 20 %")
        for gun in range(2):
            self.start(gun)
        for name in ("", "gun2:"):  # a message that does not come is seen; a demand that is not known is not
            self.steps.append({"until": f"{name}CCS", "within": "2 min"})
            self.steps.append({"until": f"{name}gun.current > 95 % of {name}demand.current", "within": "2 min"})
        self.wait(2)


def case_of(seed):
    sequence = Sequence(seed)
    for _ in range(sequence.pick.randrange(6, 22)):
        sequence.step()
    vehicles = [sequence.pick.choice(VEHICLES) for _ in GUNS]
    sequence.end()
    return {
        "id": f"guns-{seed}",
        "title": {"en": f"Sequence {seed} at both guns", "zh": f"双枪随机操作序列{seed}"},
        "covers": ["T240-2"],
        "vehicle": vehicles,
        "start": "unplugged",
        "timeout": "1 h",
        "steps": sequence.steps,
        "checks": [
            {"never": f"({name}CHM or {name}CRM or {name}CCS or {name}k1.command or {name}k2.command or {name}modules.on) and not "
                      f"{name}gun.inserted",
             "title": {"en": f"Something happens at gun {number} with nothing plugged in", "zh": f"枪{number}未插枪而动作"}}
            for number, name in ((1, ""), (2, "gun2:"))],
    }


def run(folder, options, seeds):
    """{seed: (verdict, reason)}"""
    files = []
    for seed in seeds:
        path = Path(folder) / f"guns-{seed}.json"
        path.write_text(json.dumps(case_of(seed), ensure_ascii=False, indent=1), encoding="utf-8")
        files.append(str(path))
    command = [PILEBENCH, "run", f"-j{options.jobs}", "--json", "--no-report", "--out", str(Path(folder) / "out")]
    command += [f"--set={text}" for text in options.set] + ([f"--dut={options.dut}"] if options.dut else [])
    done = subprocess.run(command + files, capture_output=True, text=True, check=False)
    found = {}
    for line in done.stdout.splitlines():
        case = json.loads(line)
        reason = case.get("reason") or {}
        found[int(case["id"].rpartition("-")[2])] = (case["verdict"], reason.get("en", "") if isinstance(reason, dict) else reason)
    if done.returncode not in (0, 1, 3, 4) or set(found) != set(seeds):
        sys.exit(f"guns.py: pilebench ends with {done.returncode}, {len(found)} of {len(seeds)} results: {done.stderr.strip()}")
    return found


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--dut")
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep")
    options = parser.parse_args()
    sums = {}
    for first in range(options.seed, options.seed + options.count, BATCH):
        seeds = range(first, min(first + BATCH, options.seed + options.count))
        with tempfile.TemporaryDirectory(prefix="pilebench-guns-") as folder:
            for seed, (verdict, reason) in sorted(run(folder, options, seeds).items()):
                sums[verdict] = sums.get(verdict, 0) + 1
                if verdict != "pass":
                    print(f"{verdict.upper():13} sequence {seed}: {reason}", flush=True)
                    if options.keep:
                        os.makedirs(options.keep, exist_ok=True)
                        name = f"guns-{seed}.json"
                        (Path(options.keep) / name).write_bytes((Path(folder) / name).read_bytes())
    print(f"{options.count} sequences at both guns: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(sums.items())))
    sys.exit(0 if set(sums) == {"pass"} else 1)


if __name__ == "__main__":
    main()
