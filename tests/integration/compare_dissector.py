# SPDX-License-Identifier: MIT
"""What tshark reads by the Lua dissector, against what `pilebench decode --json` says.

    compare_dissector.py DISSECTOR.lua TABLE.json DECODED.jsonl CAPTURE

Prints each difference; exit code 1 when there is one. Line n of the capture is tshark's frame n."""
import json
import subprocess
import sys

lua, table, decoded, capture = sys.argv[1:5]
messages = json.load(open(table, encoding="utf-8"))["messages"]
columns = ["frame.number", "gbt27930.code", "gbt27930.length"]
columns += [f"gbt27930.{m['code'].lower()}.{f['name']}" for m in messages for f in m["fields"]]
labelled = {c for m in messages for f in m["fields"] if f["labels"]
            for c in [f"gbt27930.{m['code'].lower()}.{f['name']}"]}
command = ["tshark", "-X", f"lua_script:{lua}", "-r", capture, "-T", "fields",
           "-E", "occurrence=a", "-E", "aggregator=;"]
for column in columns:
    command += ["-e", column]
said = subprocess.run(command, capture_output=True, text=True, check=True)
if "rror" in said.stderr:
    sys.exit(said.stderr)
rows = {}
for line in said.stdout.splitlines():
    cells = line.split("\t")
    rows[int(cells[0])] = dict(zip(columns, cells))

differences = 0
compared = 0


def same(where, wanted, got):
    global differences, compared
    compared += 1
    if wanted != got:
        differences += 1
        print(f"{where}: decode says {wanted!r}, tshark {got!r}")


def expected(column, one):
    """What the cell must hold for one element; None: nothing."""
    if one["state"] == "text":
        return one["text"]
    if "value" not in one:
        return None
    return one["raw"] if column in labelled else one["value"]


def read(column, cell, text):
    if cell == "":
        return []
    return [part if text else int(part) if column in labelled else float(part)
            for part in ([cell] if text else cell.split(";"))]


seen = set()
for line in open(decoded, encoding="utf-8"):
    message = json.loads(line)
    if "code" not in message or "fault" in message or not message.get("in_edition", True):
        continue
    row = rows.get(message["line"], {})
    where = f"line {message['line']} {message['code']}"
    seen.add(message["line"])
    same(where, message["code"], row.get("gbt27930.code"))
    same(where + " length", str(message["length"]), row.get("gbt27930.length"))
    for name, value in message["fields"].items():
        column = f"gbt27930.{message['code'].lower()}.{name}"
        elements = value if isinstance(value, list) else [value]
        wanted = [e for e in (expected(column, one) for one in elements) if e is not None]
        text = any(one["state"] == "text" for one in elements)
        same(f"{where}.{name}", wanted, read(column, row.get(column, ""), text))
same("frames that complete a message", seen, {n for n, row in rows.items() if row["gbt27930.code"]})
print(f"{len(seen)} messages, {compared} values compared, {differences} differ")
sys.exit(1 if differences or not seen else 0)
