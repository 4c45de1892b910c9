#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Chinese texts have full-width punctuation: no , : ; ( ) ? beside a Chinese character.

    check_chinese.py                 the texts of all sources and scenarios
    check_chinese.py RECORD.jsonl    all texts of a record, as they were put together

Half-width stay terms: CRM(00), BRO(AA), K1(DC+), and keys of options (id=帧ID,data=数据). Prints file, line
and text; exit code 1 when there is any."""
import json
import os
import re
import sys

ROOMS = ("harness", "reports", "sim", "vehicle_bms", "grid", "meter", "scenarios")
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
STRINGS = r'"(?:\\.|[^"\\\n])*"'
# Neighbours in C are one text: "a" "b".
LITERALS = re.compile(rf"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])+'|({STRINGS}(?:\s*{STRINGS})*)", re.S)
TERM = re.compile(r"\((?:[0-9A-F]{2}|DC[+-]|%0?\d*[A-Za-z]|\$\{[a-z]+\}|#\d+)\)")
WRONG = re.compile(rf"{HAN}\s?[,:;?](?!\w+=)|{HAN}\s?\)|{HAN}\((?!\s)|[,:;?()]\s?{HAN}")


def is_wrong(text):
    return re.search(HAN, text) and WRONG.search(TERM.sub("TERM", text)) is not None


def texts_of(path):
    """Line and text of each literal."""
    with open(path, encoding="utf-8") as file:
        content = file.read()
    for match in LITERALS.finditer(content):
        if match[1]:
            text = "".join(part[1:-1] for part in re.findall(STRINGS, match[1]))
            yield content.count("\n", 0, match.start()) + 1, text


def texts_of_page(path):
    """Line and text of each line outside of blocks; code and links count as a word."""
    fenced = False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            fenced ^= line.startswith("```")
            if not fenced:
                yield number, re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "X", line))


def sources(root):
    for room in ROOMS:
        for folder, _, names in os.walk(os.path.join(root, room)):
            for name in sorted(names):
                if name.endswith((".c", ".h", ".json")):
                    yield os.path.join(folder, name)
    yield os.path.join(root, "README.zh.md")
    for folder, _, names in os.walk(os.path.join(root, "docs/zh")):
        yield from (os.path.join(folder, name) for name in sorted(names))


def strings_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings_in(part)


def main():
    if len(sys.argv) > 2 or sys.argv[1:] == ["--help"]:
        print(__doc__, file=sys.stderr)
        return 2
    for sample in ("充电,结束", "限值:", "报文(可选)", "收到(BST)后", "(可选)", "第1字节;说明"):
        assert is_wrong(sample), sample
    for sample in ("CRM(00)后", "K1(DC+)粘连", "id=帧ID,data=数据", "10:01前", "充电，结束（可选）"):
        assert not is_wrong(sample), sample
    seen = wrong = 0
    if len(sys.argv) == 1:
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        found = ((f"{path}:{line}", text) for path in sources(root) for line, text in
                 (texts_of_page(path) if path.endswith(".md") else texts_of(path)))
    else:
        with open(sys.argv[1], encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        found = [(line.get("id", "head"), text) for line in lines for text in strings_in(line)]
    for where, text in found:
        seen += re.search(HAN, text) is not None
        if is_wrong(text):
            wrong += 1
            print(f"{where}: {text}")
    print(f"{seen} Chinese texts, {wrong} with half-width punctuation")
    return 1 if wrong or seen < 100 else 0


sys.exit(main())
