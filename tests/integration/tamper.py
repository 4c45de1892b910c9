#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Changes a folder of evidence as somebody would who wants another verdict.

    tamper.py FOLDER OTHER WAY        OTHER: the folder of a run of other firmware with the same cases
    tamper.py --list                  each way: name, who forges, what `pilebench verify` has to say

Who forges: "naive" changes files only; "hashes" writes the manifest's hashes anew, too; "pages" has the
pages made anew by `pilebench report` (the caller does it) and then the hashes. Of the last two only
calculating again finds anything."""
import hashlib
import json
import os
import re
import shutil
import sys

FAIL, PASS, WELD = "estop-while-charging", "stop-by-person", "weld[k1]"


def load(folder):
    with open(f"{folder}/results.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def save(folder, lines):
    with open(f"{folder}/results.jsonl", "w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def rehash(folder):
    with open(f"{folder}/manifest.json", encoding="utf-8") as file:
        manifest = json.load(file)
    for files in (manifest["files"], manifest["made"]["files"]):
        for one in files:
            path = f"{folder}/{one['path']}"
            if os.path.exists(path):
                with open(path, "rb") as file:
                    data = file.read()
                one["size"], one["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    with open(f"{folder}/manifest.json", "w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False)


def in_record(change):
    def way(folder, other):
        lines = load(folder)
        change(lines, {line["id"]: line for line in lines if line["type"] == "case"})
        save(folder, lines)
    return way


def check(cases, case, words):
    found = [one for one in cases[case]["checks"] if words in (one["condition"] or "")]
    assert found, (case, words)
    return found[0]


def of_check(case, words, **fields):
    return in_record(lambda lines, cases: check(cases, case, words).update(fields))


def flip(name, at=0.5):
    def way(folder, other):
        path = f"{folder}/{name}"
        with open(path, "rb") as file:
            data = bytearray(file.read())
        i = int(len(data) * at)
        while not chr(data[i]).isdigit():
            i += 1
        data[i] = ord("1") if data[i] != ord("1") else ord("2")
        with open(path, "wb") as file:
            file.write(data)
    return way


def drop(name):
    return lambda folder, other: os.remove(f"{folder}/{name}")


def swap(a, b):
    def way(folder, other):
        os.rename(f"{folder}/{a}", f"{folder}/x")
        os.rename(f"{folder}/{b}", f"{folder}/{a}")
        os.rename(f"{folder}/x", f"{folder}/{b}")
    return way


def take(*names):
    return lambda folder, other: [shutil.copy(f"{other}/{name}", f"{folder}/{name}") for name in names]


def edit(name, old, new, count=1):
    def way(folder, other):
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            text = file.read()
        changed = re.sub(old, new, text, count=count)
        assert changed != text, (name, old)
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(changed)
    return way


def margin(one):
    sides = [one["value"] - one["limit_min"] if one["limit_min"] is not None else 1e99,
             one["limit_max"] - one["value"] if one["limit_max"] is not None else 1e99]
    one["margin"] = min(sides)


def passes(lines, cases, later):
    """The emergency stop that came too late becomes a pass, as carefully as it is asked for."""
    for words in ("to not k1.closed", "to k1.interrupted"):
        one = check(cases, FAIL, words)
        one.update(verdict="pass", reason=None)
        later(one)
    case = cases[FAIL]
    case.update(verdict="pass", reason=None)


def in_time(one, ms=40):
    one["value"] = ms
    one["to_ns"] = one["from_ns"] + ms * 1000000
    margin(one)


def careless(one):
    one["value"] = 40
    margin(one)


def wider(one):
    one["limit_max"] = 200
    margin(one)


def order(lines, cases):
    lines[1], lines[2] = lines[2], lines[1]


def drop_check(case, words):
    def change(lines, cases):
        cases[case]["checks"].remove(check(cases, case, words))
    return in_record(change)


def drop_case(lines, cases):
    lines.remove(cases[FAIL])
    lines[0]["case_count"] -= 1
    lines[-1]["cases"] = lines[0]["case_count"]


def value_of(case, words, value):
    def change(lines, cases):
        one = check(cases, case, words)
        one["value"] = value
        margin(one)
    return in_record(change)


def both(*ways):
    return lambda folder, other: [way(folder, other) for way in ways]


RECORD = "results.jsonl: "
ESTOP = RECORD + "case estop-while-charging, "
CHECK = r"checks\[[0-9]+\]\."
WAYS = {
    # Somebody changes a file and thinks of nothing else.
    "byte-in-trace": ("naive", flip("traces/weld.k1.log"), "traces/weld.k1.log: changed"),
    "byte-in-signals": ("naive", flip("signals/weld.k1.csv"), "signals/weld.k1.csv: changed"),
    "byte-in-log": ("naive", flip("firmware/weld.k1.log"), "firmware/weld.k1.log: changed"),
    "byte-in-page": ("naive", flip("report.html"), "report.html: changed"),
    "byte-in-junit": ("naive", flip("junit.xml"), "junit.xml: changed"),
    "byte-in-times": ("naive", flip("times.csv", 0.9), "times.csv: changed"),
    "byte-in-record": ("naive", flip("results.jsonl", 0.01), "results.jsonl: changed"),
    "line-at-the-end": ("naive", edit("traces/weld.k1.log", r"\Z", "(0000000099.000000) bms 1826F456#010100\n"),
                        "traces/weld.k1.log: changed: [0-9]+ bytes"),
    "trace-dropped": ("naive", drop("traces/stop-by-person.log"), "traces/stop-by-person.log: the file is missing"),
    "signals-dropped": ("naive", drop("signals/stop-by-person.csv"), "signals/stop-by-person.csv: the file is missing"),
    "log-dropped": ("naive", drop("firmware/stop-by-person.log"), "firmware/stop-by-person.log: the file is missing"),
    "page-dropped": ("naive", drop("report.html"), "report.html: the file is missing"),
    "record-dropped": ("naive", drop("results.jsonl"), "results.jsonl: the file is missing"),
    "traces-swapped": ("naive", swap("traces/weld.k1.log", "traces/stop-by-person.log"), "traces/weld.k1.log: changed"),
    "manifest-damaged": ("naive", edit("manifest.json", r'"whole":true,', ""), "manifest.json: line [0-9]+, column"),
    "manifest-hash": ("naive", edit("manifest.json", r'("path":"report.html".*?"sha256":")[0-9a-f]{4}', r"\g<1>0000"),
                      "report.html: changed: its SHA-256"),
    "manifest-firmware": ("naive", edit("manifest.json", r'"dut_name":"[^"]*"', '"dut_name":"Other"'),
                          "manifest.json: run.dut_name: the manifest says Other"),
    "manifest-hides": ("naive", edit("manifest.json", r'\{"path":"traces/weld.k1.log".*?\},', ""),
                       r"case weld\[k1\], trace: 'traces/weld.k1.log' is evidence .* not in the manifest"),
    "manifest-leads-out": ("naive", edit("manifest.json", "traces/weld.k1.log", "../weld.k1.log"),
                           "'../weld.k1.log' is no path inside the folder"),
    # Somebody writes the manifest's hashes anew.
    "page-says-pass": ("hashes", edit("report.html", "FAIL|不合格", "PASS", 0), "report.html: line [0-9]+: is not what"),
    "junit-says-pass": ("hashes", edit("junit.xml", "<failure", "<skipped"), "junit.xml: line [0-9]+: is not what"),
    "lines-in-another-order": ("hashes", in_record(order), "report.html: line [0-9]+: is not what the record gives"),
    "traces-swapped-hashed": ("hashes", swap("traces/weld.k1.log", "traces/stop-by-person.log"),
                              r"case stop-by-person, checks\[[0-9]+\].*the frames of traces/stop-by-person.log"),
    "signals-swapped-hashed": ("hashes", swap("signals/estop-while-charging.csv", "signals/stop-by-person.csv"),
                               ESTOP + CHECK + "(from|to)_ns: .*signals/estop-while-charging.csv"),
    "case-dropped": ("hashes", in_record(drop_case), "manifest.json: whole, planned, done"),
    "end-line-dropped": ("hashes", edit("results.jsonl", r'\{"type":"end".*\n', ""), "manifest.json: whole, planned, done"),
    "other-firmware-named": ("hashes", edit("results.jsonl", r'"dut_sha256":"[0-9a-f]{8}', '"dut_sha256":"00000000'),
                             "manifest.json: run.dut_sha256"),
    # And has the pages made anew.
    "value": ("pages", of_check(PASS, "from operator.stop", value=1), "the margin is not that|" + CHECK + "(margin|value)"),
    "verdict-of-case": ("pages", in_record(lambda lines, cases: cases[FAIL].update(verdict="pass", reason=None)),
                        'is pass, its checks'),
    "verdict-of-check": ("pages", in_record(lambda lines, cases: passes(lines, cases, lambda one: None)),
                         "the value is outside its limits, and the verdict is pass"),
    "value-and-margin": ("pages", in_record(lambda lines, cases: passes(lines, cases, careless)),
                         ESTOP + CHECK + "value: the record says 40 ms, from from_ns to to_ns it is"),
    "value-margin-instant": ("pages", in_record(lambda lines, cases: passes(lines, cases, in_time)),
                             ESTOP + CHECK + "to_ns: .*'not k1.closed and not k2.closed' was not then"),
    "limit": ("pages", in_record(lambda lines, cases: passes(lines, cases, wider)),
              ESTOP + CHECK + 'limit_max: the record says ".* 200 ms", the scenarios say ".* 100 ms"'),
    "uncertainty": ("pages", of_check(FAIL, "to not k1.closed", uncertainty=60, verdict="inconclusive"),
                    ESTOP + CHECK + "uncertainty"),
    "instrument": ("pages", of_check(PASS, "from operator.stop", instrument="kernel time stamp"),
                   CHECK + "instrument: .*which wiring sim does not have"),
    "fail-of-a-good-one": ("pages", in_record(lambda lines, cases: cases[PASS].update(
        verdict="fail", reason={"en": "it was bad", "zh": "不好"})), "stop-by-person, verdict: the record says fail"),
    "reason": ("pages", in_record(lambda lines, cases: cases[FAIL].update(reason={"en": "a mistake", "zh": "误"})),
               ESTOP + "reason"),
    "stepped-value": ("pages", value_of(PASS, "value making.difference", 2), CHECK + "value: .* for making.difference"),
    "peak": ("pages", value_of(PASS, "peak abs", 0.001), CHECK + "value: .* for gun.current"),
    "condition": ("pages", in_record(lambda lines, cases: check(cases, FAIL, "always lock").update(
        condition="always lock.closed, from estop.pressed")), CHECK + "condition"),
    "title": ("pages", of_check(FAIL, "always lock", title={"en": "All is well", "zh": "一切正常"}), CHECK + "title"),
    "clauses": ("pages", in_record(lambda lines, cases: cases[PASS]["covers"].append("T240-6.4")), "case stop-by-person, covers"),
    "source-of-a-limit": ("pages", of_check(FAIL, "to not k1.closed", limit_source="T240-1.1"), CHECK + "limit_source"),
    "monitor-dropped": ("pages", drop_check(PASS, "never gun.current < -20 A"), "case stop-by-person, checks: [0-9]+ checks"),
    "rule-dropped": ("pages", drop_check(PASS, "period.CCS"), "case stop-by-person, " + CHECK),
    "rule-value": ("pages", value_of(PASS, "awaited.charger.CSD", 0.01), CHECK + "(margin|value): .*the frames of"),
    "rule-kept": ("pages", in_record(lambda lines, cases: check(cases, PASS, "order.CHM order").update(
        condition="order.CHM order.CRM")), CHECK + "condition: .*the frames of"),
    "last-word": ("pages", in_record(lambda lines, cases: cases[FAIL].update(last_word={"en": "All went well.", "zh": "正常。"})),
                  ESTOP + "last_word"),
    "seed": ("pages", in_record(lambda lines, cases: cases[PASS].update(seed="2")), "case stop-by-person, seed"),
    "evidence-of-another-case": ("pages", in_record(lambda lines, cases: cases[WELD].update(trace="traces/stop-by-person.log")),
                                 r"case weld\[k1\], trace: .* evidence of another case"),
    "level-of-evidence": ("pages", in_record(lambda lines, cases: lines[0].update(evidence="bench")), "evidence \"bench\" with wiring"),
    "frame-taken-out": ("pages", edit("traces/stop-by-person.log", r".* bms 1812F456#.*\n", ""),
                        "case stop-by-person, (frames|" + CHECK + "|last_word)"),
    "frame-put-in": ("pages", edit("traces/stop-by-person.log", r"(\([0-9.]+\)) bms 1812F456#.*\n",
                                   r"\g<0>\g<1> bms 1826F456#010100\n"),
                     "case stop-by-person, " + CHECK + "verdict: .*'CHM' was true at"),
    "frames-in-another-order": ("pages", edit("traces/stop-by-person.log", r"(.*\n)(.* bms 1812F456#.*\n)", r"\2\1"),
                                "traces/stop-by-person.log: case stop-by-person: line"),
    "signal-moved": ("pages", edit("signals/estop-while-charging.csv", r"\n[0-9]+,estop.pressed,1\n",
                                   "\n"), ESTOP + CHECK + "from_ns: .*'estop.pressed' was not"),
    "signal-in-between": ("pages", edit("signals/estop-while-charging.csv", r"\n(7[0-9]{9}),", r"\n\g<1>,charger.left,1\n\g<1>,"),
                          ESTOP + CHECK + "verdict: the record says pass; by .*'charger.left' was true"),
    "files-of-another-firmware": ("pages", take("traces/estop-while-charging.log", "signals/estop-while-charging.csv"),
                                  ESTOP + CHECK + ".*(signals|traces)/estop-while-charging"),
    "case-of-another-firmware": ("pages", lambda folder, other: save(folder, [
        next(one for one in load(other) if one.get("id") == FAIL) if line.get("id") == FAIL else line
        for line in load(folder)]), ESTOP + CHECK + "to_ns"),
    "run-of-another-firmware": ("pages", take("results.jsonl"), "manifest.json: run.dut_|" + ESTOP),
}


def main():
    if sys.argv[1:] == ["--list"]:
        for name, (who, _, says) in WAYS.items():
            print(name, who, says, sep="\t")
        return
    if sys.argv[1] == "--rehash":
        rehash(sys.argv[2])
        return
    folder, other, name = sys.argv[1:]
    WAYS[name][1](folder, other)


main()
