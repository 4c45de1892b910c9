# SPDX-License-Identifier: MIT
"""Compares the protocol verdicts of a run with those of its own captures.

usage: live_and_capture.py PILEBENCH FOLDER

Every rule that binds the charger and was looked at: kept or violated, live and in the capture of
the same case (`pilebench judge`), for each gun that was charged at. Prints the differences and how much was compared."""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


GUNS = (("bms", "", ""), ("bms2", "gun2: ", "Gun 2: "))  # network, before a condition, before a title


def live(case, prefix, told):
    kept, failed = set(), set()
    for check in case["checks"]:
        if not check["monitor"] or not (check["condition"] or "").startswith(prefix):
            continue
        condition = check["condition"][len(prefix):]
        if check["title"]["en"].startswith(told + "GB/T 27930:"):
            kept.update(condition.split())
        elif "." in condition.split()[0] and " " not in condition and ":" not in condition:
            if check["verdict"] == "fail" and check["limit_source"]:
                failed.add(condition)
    return kept, failed


def has(path, network):
    with open(path, encoding="utf-8") as trace:
        return any(f" {network} " in line for line in trace)


def captured(program, path, network):
    done = subprocess.run([program, "judge", "--json", "--network", network, path], capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{path}: judge failed: {done.stderr}")
    rules = json.loads(done.stdout)["rules"]
    charger = [rule for rule in rules if rule["side"] == "charger"]
    return ({rule["id"] for rule in charger if rule["verdict"] == "pass"},
            {rule["id"] for rule in charger if rule["verdict"] == "fail"})


def main():
    program, folder = sys.argv[1:]
    cases = [case for case in map(json.loads, open(f"{folder}/results.jsonl", encoding="utf-8"))
             if case["type"] == "case" and case["frames"] > 0]
    judged = [(case, *gun) for case in cases for gun in GUNS if has(f"{folder}/{case['trace']}", gun[0])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        captures = pool.map(lambda one: captured(program, f"{folder}/{one[0]['trace']}", one[1]), judged)
    differences = rules = violations = 0
    for (case, network, prefix, told), then in zip(judged, captures):
        now = live(case, prefix, told)
        rules += len(now[0]) + len(now[1])
        violations += len(now[1])
        for word, a, b in (("kept", now[0], then[0]), ("violated", now[1], then[1])):
            for rule in sorted(a ^ b):
                differences += 1
                print(f"{case['id']}, {network}: {rule} {word} only {'live' if rule in a else 'in the capture'}")
    print(f"{len(cases)} cases, {rules} verdicts, {violations} of them violations, "
          f"{differences} differences")
    sys.exit(1 if differences or rules == 0 else 0)


main()
