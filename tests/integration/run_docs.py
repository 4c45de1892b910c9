#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run_docs.py: every command line of docs/, README.md and README.zh.md is run, page by page from top to bottom, in a folder
that has what the pages presuppose: captures, a firmware, a storage, cases of one's own (provide). What cannot be run here
stands in docs_unrun.table with the reason. Every line has to succeed; `run`, `judge` and their like may also say that
something failed. A `run` or `qualify` that names no case gets one: all of them are run by other tests.

A command line is a line of a fenced block that begins with a word of PROGRAMS, any line of a ```sh block, and a text in
`backticks` that begins with such a word and has arguments. Environment: PILEBENCH, BUILD (set by CTest)."""
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
PILEBENCH, BUILD = os.path.abspath(os.environ["PILEBENCH"]), os.path.abspath(os.environ["BUILD"])
PROGRAMS = re.compile(r"(\$ )?((sudo )?([\w./-]*/)?(pilebench|pile|vcan-run)|\./my_\w+|cp|cc|cd|cmake|make|source|gdb|\(gdb\)"
                      r"|tshark|dumpcap|candump|cansend|ip) ")
VERDICT = re.compile(r"pilebench (run|judge|records|report|qualify) ")
NAME = re.compile(r"([\w./-]*/)?(pilebench|pile) [a-z]+") # in running text: a command, not a line of one
LIMIT_S = 30

# In the place of pilebench: a case where none is named.
WRAPPER = """#!/usr/bin/env python3
import os, subprocess, sys
words, program = sys.argv[1:], {program!r}
if words and words[0] in ("run", "qualify") and not {{"--rerun-failed", "--help"}} & set(words):
    wants = set(subprocess.run(["bash", "-c", program + " " + words[0] + " --help | grep -oE -- '--[a-z-]+ [A-Z0-9a-z]+' | cut -d' ' -f1"],
                               capture_output=True, text=True).stdout.split()) | {{"-o", "-j"}}
    named = [w for i, w in enumerate(words) if i > 0 and w[0] != "-" and words[i - 1] not in wants]
    words += [] if named else ["estop-while-charging"] + ["dn-3006-bcl-stops"] * ("--exclude" in words)
os.execv(program, [program] + words)
"""


def sh(folder, line):
    subprocess.run(["bash", "-ec", line], cwd=folder, check=True, capture_output=True)


def provide(folder):
    """What the pages presuppose, made once; each page gets a copy."""
    tree = os.path.join(folder, "tree")
    os.makedirs(os.path.join(tree, "build/firmware-under-test"))
    os.makedirs(os.path.join(folder, "bin"))
    for room in ("firmware-under-test", "scenarios", "tests", "docs", "Makefile"):
        os.symlink(os.path.join(ROOT, room), os.path.join(tree, room))
    for path in ("tree/build/firmware-under-test/pile", "bin/pile"):
        os.symlink(os.path.join(BUILD, "firmware-under-test/pile"), os.path.join(folder, path))
    for path in ("tree/build/pilebench", "bin/pilebench"):
        with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
            file.write(WRAPPER.format(program=PILEBENCH))
        os.chmod(os.path.join(folder, path), 0o755)
    blank = os.path.join(BUILD, "firmware-under-test/blank_dut.so")
    sh(tree, f"""
        {PILEBENCH} run demand-lost --no-report --out captured >/dev/null
        cp captured/traces/demand-lost.log car.log && rm -r captured
        {PILEBENCH} convert car.log car.csv && mv car.csv car.xls
        {PILEBENCH} convert car.log car.blf && cp car.blf charge.blf
        {PILEBENCH} convert car.log charge.asc
        {PILEBENCH} convert car.log charge.pcapng
        cp {blank} my_firmware.so && cp {blank} my_dut.so
        cp firmware-under-test/port/blank_dut.c my_glue.c
        printf '#include "FreeRTOS.h"\\n#include "task.h"\\nvoid rest(void);\\nvoid rest(void) {{ vTaskDelay(1); }}\\n' >my_tasks.c
        cp tests/integration/meter_lines/01-utf8-bom.txt line.txt
        tests/integration/charge_record.py firmware-under-test/include/charge_record.h pile.nvs.bulk 123456789 LPBTEST0000000001 1
        mkdir -p mine/cases && cp {ROOT}/harness/cli/init/first-case.json mine/cases/
        echo '{{"title": "mine", "base": "t240", "limits": {{"estop.open": {{"max": "90 ms", "source": ["ours"], "text": "ours"}}}}}}' >mine.json
        {PILEBENCH} run --dut ./my_firmware.so --no-report --out out estop-while-charging >/dev/null || [ $? = 1 ]""")
    return tree


def lines_of(page):
    """Line number and command of each; None at a heading: a section begins where the page began."""
    fence, whole = None, ""
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("```"):
                fence = None if fence is not None else line[3:]
                continue
            if fence is None:
                if line.startswith("#"):
                    yield number, None
                for text in re.findall(r"`([^`]+)`", line):
                    if PROGRAMS.match(text) and not NAME.fullmatch(text):
                        yield number, text
                continue
            if whole or PROGRAMS.match(line) or (fence == "sh" and line.strip()):
                whole += line.removeprefix("$ ").removesuffix("\\")
                if not line.endswith("\\"):
                    yield number, whole
                    whole = ""


def unrun():
    with open(os.path.join(HERE, "docs_unrun.table"), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t")[0] for line in file if line.strip() and line[0] != "#"]


def run(folder, where, line, environment):
    """None, or what was wrong; `where` is the folder, which the line may change."""
    script = f"set -o pipefail; shopt -s expand_aliases; cd {where[0]!r} || exit 99\n{line}\ncode=$?; pwd >{folder!r}/where; exit $code"
    try:
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True,
                              errors="replace", timeout=LIMIT_S, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return f"not done after {LIMIT_S} s"
    with open(os.path.join(folder, "where"), encoding="utf-8") as file:
        where[0] = file.read().strip()
    allowed = (0, 1, 3) if VERDICT.search(line) else (0,)
    return None if done.returncode in allowed else f"exit code {done.returncode}: {(done.stderr or done.stdout)[-300:]}"


def run_page(page, tree, patterns, used):
    faults, count = [], 0
    folder = tempfile.mkdtemp(dir=os.path.dirname(tree))
    shutil.copytree(tree, os.path.join(folder, "tree"), symlinks=True)
    where = [os.path.join(folder, "tree")]
    environment = {"PATH": f"{os.path.dirname(tree)}/bin:/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8"}
    for number, line in lines_of(page):
        if line is None:
            where[0] = os.path.join(folder, "tree")
            continue
        hits = [pattern for pattern in patterns if re.search(pattern, line)]
        used.update(hits)
        if hits:
            continue
        count += 1
        fault = run(folder, where, line, environment)
        if fault:
            faults.append(f"{page}:{number}: {line}\n    {fault}")
        elif os.environ.get("RUN_DOCS_SHOW"):
            print(f"{page}:{number}: {line}", file=sys.stderr)
    return faults, count


def main():
    pages = sorted(os.path.relpath(path, ROOT) for path in glob.glob(f"{ROOT}/docs/**/*.md", recursive=True))
    pages += ["README.md", "README.zh.md"]
    patterns, used = unrun(), set()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        tree = provide(folder)
        done = list(pool.map(lambda page: run_page(page, tree, patterns, used), pages))
    faults = [fault for page in done for fault in page[0]]
    faults += [f"docs_unrun.table: no command line has {pattern}" for pattern in patterns if pattern not in used]
    count = sum(page[1] for page in done)
    if faults or count < 50:
        sys.exit("\n".join(faults + [f"{len(faults)} faults, {count} command lines run"]))
    print(f"{count} command lines of {len(pages)} pages run")


main()
