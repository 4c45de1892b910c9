#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Does every case say the same of either gun? Runs the cases with --gun 1 and --gun 2 and compares check by check: the same
titles in the same order, with the same verdicts; what watches the idle gun is left out.

    compare_guns.py [CASE...]        default: all of them; two minutes of processor time

Exit code 0: the same; 1: not; 2: wrong usage."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PILEBENCH = os.environ.get("PILEBENCH", str(ROOT / "build/pilebench"))


def judged(gun, cases, folder):
    """{case: (verdict, [(title, verdict), ...])}"""
    out = Path(folder) / f"gun{gun}"
    command = [PILEBENCH, "run", "--gun", str(gun), "--no-report", "--out", str(out), *cases]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"compare_guns.py: pilebench ends with {done.returncode}: {done.stderr.strip()}")
    found = {}
    for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if "checks" not in case:
            continue
        rows = []
        for check in case["checks"]:
            title = check["title"]["en"].replace("Gun 1: ", "Other: ").replace("Gun 2: ", "Other: ")
            if case["id"].startswith("two-guns") or not title.startswith("Other: "):
                rows.append((title, check["verdict"]))
        found[case["id"]] = (case["verdict"], rows)
    return found


def main():
    if any(word.startswith("-") for word in sys.argv[1:]):
        print(__doc__)
        sys.exit(0 if sys.argv[1] in ("-h", "--help") else 2)
    with tempfile.TemporaryDirectory(prefix="pilebench-compare-") as folder:
        one, two = (judged(gun, sys.argv[1:], folder) for gun in (1, 2))
    differ = set(one) ^ set(two)
    for case in sorted(set(one) & set(two)):
        if one[case] != two[case]:
            differ.add(case)
            print(f"{case}: {one[case][0]} at gun 1, {two[case][0]} at gun 2")
            for first, second in zip(one[case][1], two[case][1]):
                if first != second:
                    print(f"    {first[1]} {first[0]}\n    {second[1]} {second[0]}")
    checks = sum(len(rows) for _, rows in one.values())
    print(f"{len(one)} cases and rows, {checks} checks at either gun: {len(differ)} differ")
    sys.exit(0 if one and not differ else 1)


if __name__ == "__main__":
    main()
