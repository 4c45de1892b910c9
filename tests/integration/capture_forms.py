# SPDX-License-Identifier: MIT
"""One charge in every form that people have: written here, read by `pilebench convert`, compared.

usage: capture_forms.py PILEBENCH FRAMES FOLDER

FRAMES has lines like "13:40:00.250 1826F456 01 01 00". Each form below writes them anew in FOLDER;
what the bench reads has to be the same frames at the same times since the first (unless the form has
none). Prints what differs; exit code 1 then."""
import subprocess
import sys


def load(path):
    frames = []
    for line in open(path, encoding="ascii"):
        time, number, *data = line.split()
        hour, minute, second = time.split(":")
        ms = (int(hour) * 60 + int(minute)) * 60000 + round(float(second) * 1000)
        frames.append((ms, number, data))
    return frames


START = 1716212400  # 2024-05-20 13:40:00, the day of the frames
OF_DAY = 13 * 3600 + 40 * 60


def clock(ms, point=".", digits=3):
    fraction = f"{ms % 1000:03d}".ljust(digits, "0")
    return f"{ms // 3600000:02d}:{ms // 60000 % 60:02d}:{ms // 1000 % 60:02d}{point}{fraction}"


def since(ms):
    return ms - OF_DAY * 1000


def rows(write, head=""):
    """A form by what it writes for one frame; i counts from 0, gap is to the frame before."""

    def form(frames):
        text, before = head, frames[0][0]
        for i, (ms, number, data) in enumerate(frames):
            text += write(i, ms, number, data, ms - before)
            before = ms
        return text

    return form


def joined(data, gap=" "):
    return gap.join(data)


def padded(data, fill, count=8):
    return data + [fill] * (count - len(data))


def ascii_of(data):
    return "".join(chr(int(b, 16)) if 0x20 <= int(b, 16) < 0x7F else "." for b in data)


FORMS = {}


def add(name, form, timed=True, options=(), encoding="utf-8"):
    FORMS[name] = (form, timed, list(options), encoding)


# ---- can-utils
add("candump-l", rows(lambda i, t, n, d, g: f"({START + since(t) / 1000:.6f}) can0 {n}#{joined(d, '')}\n"))
add("candump-L-x", rows(lambda i, t, n, d, g: f"({START + since(t) / 1000:.6f}) can0 {n}#{joined(d, '')} R\n"))
for letter, stamp in {
    "a": lambda t, g: f"({START + since(t) / 1000:017.6f})",
    "z": lambda t, g: f"({since(t) / 1000:010.6f})",
    "d": lambda t, g: f"({g / 1000:010.6f})",
    "A": lambda t, g: f"(2024-05-20 {clock(t, digits=6)})",
}.items():
    add(f"candump-t{letter}", rows(
        lambda i, t, n, d, g, stamp=stamp: f" {stamp(t, g)}  can0  {n}   [{len(d)}]  {joined(d)}\n"))
add("candump-tz-x-a", rows(
    lambda i, t, n, d, g: f" ({since(t) / 1000:010.6f})  can0  RX - -  {n}   [{len(d)}]  "
                          f"{joined(d).ljust(23)}   '{ascii_of(d)}'\n"))
add("frames-alone", rows(lambda i, t, n, d, g: f"{n}#{joined(d, '')}\n"), timed=False)
add("cansend-script", rows(lambda i, t, n, d, g: f"cansend can0 {n}#{joined(d, '')}\n", "#!/bin/sh\n"),
    timed=False)

# ---- plain texts, as terminal programs and loggers write them
add("time-id-bytes", rows(lambda i, t, n, d, g: f"{clock(t)} {n} {joined(d)}\n"))
add("time-dir-id-bytes", rows(lambda i, t, n, d, g: f"{clock(t)} R {n} {joined(d)}\n"))
add("date-time-id-bytes", rows(lambda i, t, n, d, g: f"2024-05-20 {clock(t)} {n} {joined(d)}\n"))
add("bracketed-time", rows(lambda i, t, n, d, g: f"[{clock(t)}] {n} {joined(d)}\n"))
add("seconds-channel-id-bytes", rows(lambda i, t, n, d, g: f"{since(t) / 1000:.3f} 1 {n} {joined(d)}\n"))
add("seconds-channel-id-length-bytes", rows(
    lambda i, t, n, d, g: f"{since(t) / 1000:.3f} 1 0x{n} {len(d)} {joined(d)}\n"))
add("seconds-id-length-hex", rows(
    lambda i, t, n, d, g: f"{since(t) / 1000:.3f} {n} {len(d)} {joined(d, '')}\n"))
add("index-seconds-id-bytes", rows(
    lambda i, t, n, d, g: f"{i + 1} {since(t) / 1000:.3f} {n} {len(d)} {joined(d)}\n"))
add("bytes-with-prefix", rows(
    lambda i, t, n, d, g: f"{clock(t)} 0x{n} {' '.join('0x' + b for b in d)}\n"))

# ---- ZLG, CANalyst, GCAN and others of the kind
ZLG = "序号,传输方向,时间标识,名称,帧ID,帧格式,帧类型,数据长度,数据(HEX)\n"
for name, stamp in {
    "hex-counter": lambda t, g: f"0x{1000000 + since(t) * 10:08x}",
    "of-day": lambda t, g: clock(t),
    "of-day-us": lambda t, g: f"{clock(t)}.000",
    "date": lambda t, g: f"2024-05-20 {clock(t)}",
    "seconds": lambda t, g: f"{since(t) / 1000:.6f}",
    "groups": lambda t, g: f"{2695 + since(t) // 1000}.{since(t) % 1000:03d}.000",
    "groups-ns": lambda t, g: f"{2695 + since(t) // 1000}.{since(t) % 1000:03d}.000.000",
    "brackets": lambda t, g: f"[{clock(t)}]",
    "epoch-ms": lambda t, g: f"{START * 1000 + since(t)}",
    "epoch-us": lambda t, g: f"{(START * 1000 + since(t)) * 1000}",
    "count-of-ms": lambda t, g: f"{t // 3600000}:{t // 60000 % 60}:{t // 1000 % 60}:{t % 1000}",
    "deltas": lambda t, g: f"{g / 1000:.3f}",
}.items():
    add(f"zlg-{name}", rows(lambda i, t, n, d, g, stamp=stamp:
                            f"{i},接收,{stamp(t, g)},,0x{n},数据帧,扩展帧,0x{len(d):02x},{joined(d)}\n", ZLG))
for name, gap in {"comma": ",", "tab": "\t", "semicolon": ";"}.items():
    head = ZLG.replace(",", gap)
    add(f"zlg-own-cells-{name}", rows(
        lambda i, t, n, d, g, gap=gap: gap.join([str(i), "接收", clock(t), "", "0x" + n, "数据帧", "扩展帧",
                                                 str(len(d)), *d]) + "\n", head))
    add(f"zlg-own-cells-no-head-{name}", rows(
        lambda i, t, n, d, g, gap=gap: gap.join([str(i), "接收", clock(t), "0x" + n, "数据帧", "扩展帧",
                                                 str(len(d)), *d]) + "\n"))
    add(f"own-cells-no-length-{name}", rows(
        lambda i, t, n, d, g, gap=gap: gap.join([clock(t), n, *d]) + "\n",
        gap.join(["Time", "ID", "Data"]) + "\n"))
    add(f"own-cells-filled-{name}", rows(
        lambda i, t, n, d, g, gap=gap: gap.join([clock(t), n, str(len(d)), *padded(d, "00")]) + "\n",
        gap.join(["Time", "ID", "DLC", "Data"]) + "\n"))
BLANKS = "序号  传输方向  接收时间标识  帧ID  帧格式  帧类型  数据长度  数据\r\n"
add("zlg-blanks", rows(
    lambda i, t, n, d, g: f"{i}\t\t接收   0x{1000000 + since(t) * 10:08x}   0x{n}  数据帧  扩展帧  "
                          f"0x{len(d):02x}   {joined(d)} \r\n", BLANKS), encoding="gbk")
add("zlg-blanks-no-head", rows(
    lambda i, t, n, d, g: f"{i}\t\t接收   0x{1000000 + since(t) * 10:08x}   0x{n}  数据帧  扩展帧  "
                          f"0x{len(d):02x}   {joined(d)} \r\n"), encoding="gbk")
add("date-in-its-own-column", rows(
    lambda i, t, n, d, g: f"{i},2024-05-20,{clock(t)},{n},{len(d)},{joined(d)}\n",
    "Index,Date,Time,ID,DLC,Data\n"))
add("index-called-time", rows(
    lambda i, t, n, d, g: f"{i},{clock(t)},{n},{len(d)},{joined(d)}\n", "Time,系统时间,ID,DLC,Data\n"))
add("crc-and-letters", rows(
    lambda i, t, n, d, g: f"{since(t) // 1000:02d}.{since(t) % 1000:03d}\t1\t0004\t{n}\t{len(d)}\t{joined(d)}"
                          f"\t00000000\t{ascii_of(d)}\r\n", "@ TEXT @ 3 @ 0 @ 0 @ 224 @ 6000 @ 00:00:06.000 @\r\n"))

# ---- PEAK: PCAN-View and PCAN-Trace, file versions 1.0 to 2.1
DAYS = f";$STARTTIME={25569 + START / 86400:.10f}\n"
add("pcan-1.0", rows(
    lambda i, t, n, d, g: f"{i + 1:6d}) {since(t):10d}  {n}  {len(d)}  {joined(d)}\n",
    ";---------------\n;   Start time: 20.05.2024 13:40:00\n;   Message Number\n"))
add("pcan-1.1", rows(
    lambda i, t, n, d, g: f"{i + 1:6d}) {since(t):11.1f}  Rx     {n}  {len(d)}  {joined(d)} \n",
    ";$FILEVERSION=1.1\n" + DAYS + ";\n"))
add("pcan-1.2", rows(
    lambda i, t, n, d, g: f"{i + 1:6d}) {since(t):13.3f} 1  Rx     {n}  {len(d)}  {joined(d)} \n",
    ";$FILEVERSION=1.2\n" + DAYS + ";\n"))
add("pcan-1.3", rows(
    lambda i, t, n, d, g: f"{i + 1:6d}) {since(t):13.3f} 1  Rx     {n} -  {len(d)}  {joined(d)} \n",
    ";$FILEVERSION=1.3\n" + DAYS + ";\n"))
add("pcan-2.0", rows(
    lambda i, t, n, d, g: f"{i + 1:7d} {since(t):13.3f} DT {n} Rx {len(d)}  {joined(d)} \n",
    ";$FILEVERSION=2.0\n" + DAYS + ";$COLUMNS=N,O,T,I,d,l,D\n;\n"))
add("pcan-2.1", rows(
    lambda i, t, n, d, g: f"{i + 1:7d} {since(t):13.3f} DT 1 {n} Rx - {len(d)}  {joined(d)} \n",
    ";$FILEVERSION=2.1\n" + DAYS + ";$COLUMNS=N,O,T,B,I,d,R,L,D\n;\n"))

# ---- other tools
add("savvycan", rows(
    lambda i, t, n, d, g: f"{since(t) * 1000},{n},true,Rx,0,{len(d)}," + ",".join(padded(d, "")) + ",\n",
    "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"))
add("savvycan-v1", rows(
    lambda i, t, n, d, g: f"{since(t) * 1000},{n},true,0,{len(d)}," + ",".join(d) + ",\n",
    "Time Stamp,ID,Extended,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"))
add("canedge", rows(
    lambda i, t, n, d, g: f"{START + since(t) / 1000:.6f};1;{n.lower()};1;{len(d)};{len(d)};0;0;0;"
                          f"{joined(d, '').lower()}\n",
    "TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;DataBytes\n"))
add("vehicle-spy", rows(
    lambda i, t, n, d, g: f"{i + 1},{since(t) / 1000:.6f},{g / 1000:.6f},67371020,F,F,HS CAN $ {n},HS CAN,,{n},F,T,"
                          + ",".join(padded(d, "")) + ",,,\n",
    "Line,Abs Time(Sec),Rel Time (Sec),Status,Er,Tx,Description,Network,Node,Arb ID,Remote,Xtd,"
    "B1,B2,B3,B4,B5,B6,B7,B8,Value,Trigger,Signals\n"))
add("kvaser-hex", rows(
    lambda i, t, n, d, g: f" 0    {n}  X       {len(d)}  {joined(d)}  {since(t) / 1000:12.6f} R\n",
    "Chn Identifier Flg   DLC  D0...1...2...3...4...5...6..D7       Time     Dir\n"))
add("kvaser-decimal", rows(
    lambda i, t, n, d, g: f" 0    {n}  X       {len(d)}  {'  '.join(f'{int(b, 16):3d}' for b in d)}"
                          f"  {since(t) / 1000:12.6f} R\n",
    "Chn Identifier Flg   DLC  D0...1...2...3...4...5...6..D7       Time     Dir\n"))
BUSMASTER = ("***BUSMASTER Ver 3.2.2***\n***PROTOCOL CAN***\n***[START LOGGING SESSION]***\n"
             "***START DATE AND TIME 20:5:2024 13:40:0:000***\n***HEX***\n***{} MODE***\n"
             "***<Time><Tx/Rx><Channel><CAN ID><Type><DLC><DataBytes>***\n")
END = "***END DATE AND TIME 20:5:2024 13:41:0:000***\n***[STOP LOGGING SESSION]***\n"
for mode, stamp in {
    "SYSTEM": lambda t, g: t,
    "ABSOLUTE": lambda t, g: since(t),
    "RELATIVE": lambda t, g: g,
}.items():
    form = rows(lambda i, t, n, d, g, stamp=stamp:
                "{}:{}:{}:{:04d}".format(*(lambda s: (s // 3600000, s // 60000 % 60, s // 1000 % 60,
                                                      s % 1000 * 10))(stamp(t, g)))
                + f" Rx 1 0x{n} x {len(d)} {joined(d)} \n", BUSMASTER.format(mode))
    add(f"busmaster-{mode.lower()}", lambda frames, form=form: form(frames) + END)
add("vector-csv", rows(
    lambda i, t, n, d, g: f"{since(t) / 1000:.6f};CAN 1;{n}x;;CAN Frame;Rx;{len(d)};{len(d)};{joined(d)}\n",
    "Time;Chn;ID;Name;Event Type;Dir;DLC;Data length;Data\n"))
add("asc", rows(
    lambda i, t, n, d, g: f"{since(t) / 1000:11.6f} 1  {n}x       Rx   d {len(d)} {joined(d)}  "
                          f"Length = 0 BitCount = 0 ID = {int(n, 16)}x\n",
    "date Mon May 20 01:40:00.000 pm 2024\nbase hex  timestamps absolute\nno internal events logged\n"
    "// version 9.0.0\nBegin Triggerblock Mon May 20 01:40:00.000 pm 2024\n"
    "   0.000000 Start of measurement\n"))
add("asc-relative", rows(
    lambda i, t, n, d, g: f"{g / 1000:11.6f} 1  {n}x       Rx   d {len(d)} {joined(d)}\n",
    "date Mon May 20 13:40:00 2024\nbase hex  timestamps relative\n"))
add("asc-canfd-classic", rows(
    lambda i, t, n, d, g: f"{since(t) / 1000:11.6f} CANFD   1 Rx {n:>10}x                                  "
                          f"0 0 {len(d)} {len(d):2d} {joined(d)}    0    0        0        0        0        0\n",
    "date Mon May 20 13:40:00 2024\nbase hex  timestamps absolute\n"))
add("newest-first-is-not-read", lambda frames: "".join(reversed(
    [f"{clock(t)},{n},{len(d)},{joined(d)}\n" for t, n, d in frames])), timed=None)


def read(program, path, options):
    done = subprocess.run([program, "convert", path, "-", "--format", "candump", *options],
                          capture_output=True, text=True, errors="replace")
    got = []
    for line in done.stdout.splitlines():
        stamp, _, frame = line.split()
        got.append((float(stamp.strip("()")), frame))
    return got, done.stderr.strip()


def compare(frames, got, timed):
    wanted = [f"{number}#{''.join(data)}" for _, number, data in frames]
    if [frame for _, frame in got] != wanted:
        wrong = sum(a != b for a, (_, b) in zip(wanted, got))
        return f"{len(got)} frames of {len(wanted)}, {wrong} of them others"
    if timed:
        worst = max(abs((t - got[0][0]) * 1000 - since(ms)) for (t, _), (ms, _, _) in zip(got, frames))
        return f"times differ by up to {worst:.3f} ms" if worst > 0.11 else None
    return "times where there are none" if got[-1][0] != got[0][0] else None


def main():
    program, source, folder = sys.argv[1:]
    frames, bad = load(source), 0
    for name, (form, timed, options, encoding) in FORMS.items():
        path = f"{folder}/{name}"
        with open(path, "w", encoding=encoding, newline="") as out:
            out.write(form(frames))
        got, said = read(program, path, options)
        wrong = None
        if timed is None:
            wrong = None if not got and "newest row first" in said else "it was read"
        else:
            wrong = compare(frames, got, timed) if got else "nothing read"
            if not wrong and said and timed:
                wrong = "complaints"
        if wrong:
            bad += 1
            print(f"{name}: {wrong}: {said.splitlines()[0] if said else ''}")
    print(f"{len(FORMS)} forms, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
