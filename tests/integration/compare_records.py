#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether a record says what a former one said, when its format or its wording has changed.

    compare_records.py [--texts] OLD NEW        folders of two runs of the same cases; with --texts titles
                                                and reasons may be worded anew, not come or go

Every value of OLD has to stand in NEW, in the head, in each case and in each check, in the same order;
new checks may follow the former ones of a case; only the head's `format` and `edition` may differ. A check of a monitor may have a value, a limit and a unit
where OLD had null. Says what differs, and what was added. Exit code 1: something that was there is not the
same; 2: a folder cannot be read."""
import json
import os
import sys

TEXTS = {"title", "reason"}
MAY_DIFFER = {"format", "edition"}  # of the head
MAY_COME = {"value", "limit_min", "limit_max", "unit", "margin", "uncertainty"}  # of monitors, for null
SHOWN_MOST = 20


class Comparison:
    def __init__(self, texts_free):
        self.texts_free, self.reworded = texts_free, set()
        self.differences, self.added, self.checks = [], {}, 0

    def differs(self, where, old, new):
        self.differences.append(f"{where}: {json.dumps(old, ensure_ascii=False)} -> "
                                f"{json.dumps(new, ensure_ascii=False)}")

    def adds(self, key):
        self.added[key] = self.added.get(key, 0) + 1

    def values(self, where, old, new, may_differ=(), may_come=()):
        """All keys of one object but for lists of checks."""
        for key in old:
            if key == "checks" or key in may_differ:
                continue
            if key not in new:
                self.differences.append(f"{where}.{key}: is missing")
            elif old[key] is None and new[key] is not None and key in may_come:
                self.adds(key)
            elif self.texts_free and key in TEXTS and None not in (old[key], new[key]):
                if old[key] != new[key]:
                    self.reworded.add(json.dumps(old[key]))
            elif old[key] != new[key] or isinstance(old[key], bool) != isinstance(new[key], bool):
                self.differs(f"{where}.{key}", old[key], new[key])
        for key in new:
            if key not in old:
                self.adds(key)

    def case(self, old, new):
        where = old.get("id", "?")
        self.values(where, old, new)
        for _ in new["checks"][len(old["checks"]):]:
            self.adds("checks")
        if len(old["checks"]) > len(new["checks"]):
            self.differs(f"{where}: number of checks", len(old["checks"]), len(new["checks"]))
        for index, (one, other) in enumerate(zip(old["checks"], new["checks"])):
            self.checks += 1
            self.values(f"{where}.checks[{index}]", one, other,
                        may_come=MAY_COME if one["monitor"] else ())


def lines_of(folder):
    path = os.path.join(folder, "results.jsonl")
    try:
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        sys.exit(2)
    if not lines or lines[0].get("type") != "run" or lines[-1].get("type") != "end":
        print(f"{path}: not a whole record", file=sys.stderr)
        sys.exit(2)
    return lines[0], [line for line in lines if line.get("type") == "case"]


def main():
    texts_free = "--texts" in sys.argv
    folders = [argument for argument in sys.argv[1:] if argument != "--texts"]
    if len(folders) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    (old_head, old_cases), (new_head, new_cases) = lines_of(folders[0]), lines_of(folders[1])
    comparison = Comparison(texts_free)
    comparison.values("head", old_head, new_head, may_differ=MAY_DIFFER)
    if [one["id"] for one in old_cases] != [one["id"] for one in new_cases]:
        comparison.differences.append("the cases are not the same, or not in the same order")
    for old, new in zip(old_cases, new_cases):
        comparison.case(old, new)
    for line in comparison.differences[:SHOWN_MOST]:
        print(line)
    for key in sorted(MAY_DIFFER):
        print(f"head.{key}: {old_head.get(key)} -> {new_head.get(key)}")
    for key, count in sorted(comparison.added.items()):
        print(f"{key}: {count} new values")
    if texts_free:
        print(f"{len(comparison.reworded)} different texts are worded anew")
    print(f"{len(old_cases)} cases, {comparison.checks} checks: {len(comparison.differences)} former "
          "values differ")
    return 1 if comparison.differences or not old_cases else 0


sys.exit(main())
