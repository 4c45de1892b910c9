# SPDX-License-Identifier: MIT
"""Reads a DBC by canmatrix and compares every message and field with the table of messages, as
`pilebench list messages --json` has it.

    compare_dbc.py TABLE.json FILE.dbc [zh]

Prints each difference; exit code 1 when there is one."""
import json
import sys

import canmatrix.formats

language = sys.argv[3] if len(sys.argv) > 3 else "en"
table = json.load(open(sys.argv[1], encoding="utf-8"))
encoding = "utf-8" if language == "zh" else "ascii"
matrix = canmatrix.formats.loadp_flat(
    sys.argv[2], dbcImportEncoding=encoding, dbcImportCommentEncoding=encoding
)
differences = 0
compared = 0


def same(what, wanted, got):
    global differences, compared
    compared += 1
    if wanted != got:
        differences += 1
        print(f"{what}: the table has {wanted!r}, the DBC {got!r}")


def packed(number):
    return int(str(int(number)), 16)


def parts(field, length):
    """Name, first bit, bits, SPN of each signal that a field becomes."""
    text = field["kind"] == "ascii"
    count = field["bits"] // 8 if text else field["repeat"]
    for n in range(count):
        stride = 1 if text else field["stride"]
        first = (field["byte"] - 1 + n * stride) * 8 + field["bit"] - 1
        bits = 8 if text else field["bits"]
        spn = field["spn"] if text or field["spn"] == 0 else field["spn"] + n
        name = f"{field['name']}_{n + 1}" if count > 1 else field["name"]
        if first + bits <= length * 8:
            yield name, first, bits, spn


def check_signal(path, signal, field, first, bits, spn, receiver):
    same(path + " start", first, signal.start_bit)
    same(path + " bits", bits, signal.size)
    same(path + " byte order", True, signal.is_little_endian)
    same(path + " sign", False, signal.is_signed)
    same(path + " receivers", [receiver], signal.receivers)
    same(path + " unit", field["unit"], signal.unit)
    same(path + " factor", field.get("scale", 1), float(signal.factor))
    same(path + " offset", field.get("offset", 0), float(signal.offset))
    same(path + " SPN", str(spn), str(signal.attribute("SPN", matrix)))
    low, high = field.get("min", 0), field.get("max", 255)
    if field["kind"] == "bcd":
        low, high = packed(low), packed(high)
    same(path + " minimum", low, float(signal.min))
    same(path + " maximum", high, float(signal.max))
    labels = {label["raw"]: label[language] for label in field["labels"]}
    same(path + " labels", labels, dict(signal.values))
    same(path + " comment", True, signal.comment.startswith(field[language]))


def check_message(message):
    code = message["code"]
    length = max(message["lengths"])
    charger = message["from"] == "charger"
    frame = matrix.frame_by_name(code)
    if frame is None:
        same(code, "a message", None)
        return
    same(code + " id", int(message["id"], 16), frame.arbitration_id.id)
    same(code + " extended", True, frame.arbitration_id.extended)
    same(code + " PGN", message["pgn"], frame.arbitration_id.pgn)
    same(code + " priority", message["priority"], frame.arbitration_id.j1939_priority)
    same(code + " length", length, frame.size)
    same(code + " sender", ["CHARGER" if charger else "BMS"], frame.transmitters)
    same(code + " period", message["period_ms"], frame.cycle_time)
    same(code + " comment", True, (frame.comment or "").startswith(message[language]))
    wanted = set()
    for field in message["fields"]:
        for name, first, bits, spn in parts(field, length):
            signal = frame.signal_by_name(name)
            wanted.add(name)
            if signal is None:
                same(f"{code}.{name}", "a signal", None)
                continue
            receiver = "BMS" if charger else "CHARGER"
            check_signal(f"{code}.{name}", signal, field, first, bits, spn, receiver)
    same(code + " signals", wanted, {signal.name for signal in frame.signals})


for one in table["messages"]:
    check_message(one)
same("messages", {m["code"] for m in table["messages"]}, {f.name for f in matrix.frames})
same("addresses", ["86", "244"],
     [str(matrix.ecu_by_name(n).attribute("NmStationAddress", matrix)) for n in ("CHARGER", "BMS")])

# A frame of a real charge, decoded by the other reader.
values = matrix.frame_by_name("BCL").decode(bytes.fromhex("A510D80E02"))
same("BCL voltage", 426.1, float(values["voltage_demand"].phys_value))
same("BCL current", -20.0, float(values["current_demand"].phys_value))
print(f"{compared} values compared, {differences} differ")
sys.exit(1 if differences or compared < 1000 else 0)
