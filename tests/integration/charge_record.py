#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a pile's bulk storage with one closed charge: charge_record.py HEADER OUT CARD VEHICLE KIND.

Offsets are those of HEADER (charge_record.h); KIND is 1 for a VIN, 2 for a plate."""
import re
import struct
import sys
import zlib

header, out, card, vehicle, kind = sys.argv[1:]
at = dict(re.findall(r"#define (CHARGE_\w+)\s+(0x[0-9A-Fa-f]+|\d+)u", open(header).read()))
record = bytearray(int(at["CHARGE_RECORD_BYTES"]))


def put(name, layout, value):
    struct.pack_into("<" + layout, record, int(at[name]), value)


put("CHARGE_U32_MAGIC", "I", int(at["CHARGE_RECORD_MAGIC"], 16))
put("CHARGE_U16_VERSION", "H", int(at["CHARGE_RECORD_VERSION"]))
put("CHARGE_U32_SEQUENCE", "I", 1)
put("CHARGE_U32_NOT_SEQUENCE", "I", 0xFFFFFFFE)
put("CHARGE_U8_STATE", "B", 2)
put("CHARGE_U8_STOP", "B", 1)
put("CHARGE_U32_START_S", "I", 1767225600)
put("CHARGE_U32_END_S", "I", 1767225900)
put("CHARGE_U8_VEHICLE_KIND", "B", int(kind))
put("CHARGE_TEXT_CARD", "20s", card.encode())
put("CHARGE_TEXT_VEHICLE", "20s", vehicle.encode())
put("CHARGE_S64_BALANCE", "q", -1)
put("CHARGE_S64_BALANCE_AFTER", "q", -1)
put("CHARGE_U32_CRC", "I", zlib.crc32(record[: int(at["CHARGE_U32_CRC"])]))
with open(out, "wb") as file:
    file.write(bytes(int(at["CHARGE_RING_OFFSET"])) + record)
