#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""capture_frames.py same PROGRAM FILE LOG [first]: does FILE have the frames of the candump log, as
PROGRAM sees it: python-can (python), tshark, Python's reader of CSV (csv), or nothing but a pattern (candump)? first: at least the
first ones. Times count from the first frame, to a microsecond.
capture_frames.py write LOG FILE: by python-can, and some frames more that are no data frames."""
import csv
import re
import subprocess
import sys

import can


def candump(path):
    pattern = re.compile(r"\((\d+)\.(\d{6})\) (\S+) ([0-9A-F]+)#([0-9A-F]*)(?: [RT])?$")
    for line in open(path):
        seconds, micros, _, number, data = pattern.match(line.strip()).groups()
        yield int(seconds) * 1000000 + int(micros), number, data


def python_can(path):
    for message in can.LogReader(path):
        if not (message.is_error_frame or message.is_remote_frame or message.is_fd):
            number = f"{message.arbitration_id:08X}" if message.is_extended_id \
                else f"{message.arbitration_id:03X}"
            yield round(message.timestamp * 1e6), number, message.data.hex().upper()


def plain_csv(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            data = bytes.fromhex(row["data"])
            if len(data) != int(row["length"]) or (len(row["id"]) == 8) != (row["extended"] == "1"):
                sys.exit(f"not of a piece: {row}")
            yield round(float(row["time"]) * 1e6), row["id"], data.hex().upper()


def tshark(path):
    fields = ["frame.time_epoch", "can.id", "can.flags.xtd", "data.data"]
    command = ["tshark", "-r", path, "-T", "fields"] + [x for f in fields for x in ("-e", f)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        time, number, extended, data = line.split("\t")
        seconds, fraction = time.split(".")
        number = int(number, 0)
        yield (int(seconds) * 1000000 + int(fraction[:6]),
               f"{number:08X}" if extended in ("1", "True") else f"{number:03X}",
               data.replace(":", "").upper())


def write(log, path):
    writer = can.Logger(path)
    last = 0.0
    for message in can.CanutilsLogReader(log):
        message.channel = 0
        last = message.timestamp
        writer(message)
    if not path.endswith(".csv"):
        writer(can.Message(timestamp=last, is_error_frame=True, channel=0))
        writer(can.Message(timestamp=last, is_remote_frame=True, arbitration_id=0x64,
                           is_extended_id=False, dlc=2, channel=0))
        writer(can.Message(timestamp=last, is_fd=True, arbitration_id=0x64, channel=0,
                           is_extended_id=False, data=bytes(12)))
    writer.stop()


def since_first(frames):
    frames = list(frames)
    return [(time - frames[0][0], number, data) for time, number, data in frames]


def same(program, path, log, only_first):
    readers = {"candump": candump, "python": python_can, "tshark": tshark, "csv": plain_csv}
    got, want = since_first(readers[program](path)), since_first(candump(log))
    if only_first:
        want = want[:len(got)]
    for number, (one, other) in enumerate(zip(got, want), 1):
        if abs(one[0] - other[0]) > 1 or one[1:] != other[1:]:
            sys.exit(f"frame {number}: {one} instead of {other}")
    if len(got) != len(want):
        sys.exit(f"{len(got)} frames instead of {len(want)}")


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], sys.argv[3])
    else:
        same(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:] == ["first"])
