#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""read_waves.py WAVES SIGNALS.csv: a VCD by the rules of IEEE 1364-2005 chapter 18, or a table with a column for each
signal, by nothing that the bench has; are the values those that the run recorded, each at its instant?"""
import csv
import math
import sys


def vcd(path):
    """(nanoseconds, name) -> value; None is unknown."""
    words = open(path, encoding="ascii").read().split()
    names, scope, values, now, at = {}, [], {}, None, 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.startswith("$"):
            end = words.index("$end", at)
            body, at = words[at:end], end + 1
            if word == "$timescale":
                assert "".join(body) == "1ns", body
            elif word == "$scope":
                scope.append(body[1])
            elif word == "$upscope":
                scope.pop()
            elif word == "$var":
                kind, size, code, name = body
                assert (kind, size) in (("wire", "1"), ("real", "64")) and code not in names, body
                names[code] = (kind, ".".join(scope[1:] + [name]))
            elif word == "$enddefinitions":
                assert not scope, scope
        elif word.startswith("#"):
            assert now is None or int(word[1:]) > now, word
            now = int(word[1:])
        elif word.startswith("r"):
            kind, name = names[words[at]]
            at += 1
            assert kind == "real", name
            values[now, name] = None if math.isnan(float(word[1:])) else float(word[1:])
        else:
            kind, name = names[word[1:]]
            assert kind == "wire", name
            values[now, name] = None if word[0] == "x" else float(word[0])
    return values


def table(path):
    values = {}
    for row in csv.DictReader(open(path, encoding="ascii", newline="")):
        seconds, fraction = row.pop("time_s").split(".")
        for name, text in row.items():
            values[int(seconds) * 10**9 + int(fraction), name] = float(text) if text else None
    return values


def recorded(path):
    for row in csv.DictReader(open(path, encoding="ascii", newline="")):
        value = float(row["value"])
        yield (int(row["time_ns"]), row["signal"]), None if math.isnan(value) else value


got, want = (vcd if sys.argv[1].endswith(".vcd") else table)(sys.argv[1]), dict(recorded(sys.argv[2]))
missing = [key for key in want if key not in got]
# Where a sampled signal changes by a step the bench's reader adds the sample before it.
other = [key for key in want if key in got and (got[key] is None) != (want[key] is None) or
         key in got and want[key] is not None and abs(got[key] - want[key]) > 1e-9 * max(1, abs(want[key]))]
if missing or other or len(want) < 1000:
    sys.exit(f"{len(want)} values; missing: {missing[:3]}, other: {[(k, got[k], want[k]) for k in other[:3]]}")
print(f"{len(want)} values")
