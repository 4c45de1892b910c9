#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Captures against independent witnesses: python-can writes what the bench reads and reads what it writes,
# tshark reads its pcapng, can-utils convert both ways. The same frames have to come out everywhere.
. "$(dirname "$0")/common.sh"
python=/usr/bin/python3
for program in tshark log2asc asc2log; do
    command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
$python -c 'import can' 2>/dev/null || { echo "skipped: no python3-can"; exit 77; }
frames() { $python "$here/capture_frames.py" "$@"; }
# same PROGRAM FILE: the file's frames, as the program sees them, are those of the session.
same() { check "$2 has the same frames by $1" frames same "$1" "$2" session.log; }
# quiet COMMAND...: succeeds and says nothing, as all is well.
quiet() { check "no words: $*" test -z "$("$@" 2>&1 || echo "exit code $?")"; }

# A whole charge, with a date so that nothing is lost with it, and standard frames among the others.
expect 0 '1 pass' "$PILEBENCH" run full-charge-bms-ends --out run --no-report
awk '{ t = substr($1, 2) + 1429599213; printf "(%.6f) %s %s\n", t, $2, $3
       if (NR % 9 == 0) printf "(%.6f) io 2%02X#%s\n", t + 0.000010, NR % 256, substr($3, 10, 2 * (NR % 5)) }' \
    run/traces/full-charge-bms-ends.log >all.log
grep -v ' io ' all.log >session.log
check "a session of more than 1000 frames" test "$(wc -l <session.log)" -gt 1000

# The bench writes, others read.
for ending in log asc pcapng blf csv trc; do
    quiet "$PILEBENCH" convert session.log ours.$ending
    quiet "$PILEBENCH" convert ours.$ending back-$ending.log
    same candump back-$ending.log
done
check "a candump log comes out as it went in" cmp -s session.log ours.log
same python ours.asc
same python ours.blf
same python ours.trc
same csv ours.csv
same python ours.log
same tshark ours.pcapng
same tshark session.log
asc2log -I ours.asc -O asc2log.log 2>/dev/null
same candump asc2log.log
"$PILEBENCH" convert all.log all.pcapng
check "both networks by tshark" test "$(tshark -r all.pcapng -T fields -e frame.interface_name 2>/dev/null |
    sort | uniq -c | awk '{ print $2 "=" $1 }' | sort | tr '\n' ' ')" = \
    "$(awk '{ n[$2]++ } END { for (k in n) print k "=" n[k] }' all.log | sort | tr '\n' ' ')"

# Two networks are two channels, a date stays, who sent a frame too; more than one container; no frame at all.
cat all.log all.log all.log all.log >long.log
"$PILEBENCH" convert long.log long.blf 2>/dev/null && "$PILEBENCH" convert long.blf long.asc 2>/dev/null
check "BLF: all of it" test "$(grep -cE ' (Rx|Tx) ' long.asc)" = "$(wc -l <long.log)"
check "BLF: both networks" test "$($python -c 'import can, collections, sys
print(sorted(collections.Counter(m.channel for m in can.BLFReader(sys.argv[1])).values()))' long.blf)" = \
    "$(awk '{ n[$2]++ } END { for (k in n) print n[k] }' long.log | sort -n | paste -sd, | sed 's/,/, /;s/.*/[&]/')"
check "BLF: the date" test "$($python -c 'import can, sys
print(round(next(iter(can.BLFReader(sys.argv[1]))).timestamp, 3))' ours.blf)" = \
    "$(head -1 session.log | sed -E 's/^\(([0-9]+\.[0-9]{3}).*/\1/;s/0+$//')"
sed '1s/$/ T/;2s/$/ R/' session.log | head -2 >sent.log
for ending in blf csv trc; do
    "$PILEBENCH" convert sent.log sent.$ending 2>/dev/null && "$PILEBENCH" convert sent.$ending sent.asc 2>/dev/null
    check "$ending: who sent it" test "$(grep -oE ' (Rx|Tx) ' sent.asc | tr -d '\n')" = ' Tx  Rx '
done

# Others write, the bench reads.
for ending in asc blf csv; do
    frames write session.log theirs.$ending
    "$PILEBENCH" convert theirs.$ending theirs-$ending.log 2>/dev/null
    same candump theirs-$ending.log
done
expect 0 '^pilebench: theirs.blf: 1 CAN FD frame was left out' "$PILEBENCH" convert theirs.blf - --format asc
expect 0 '^pilebench: theirs.asc: 1 remote frame was left out' "$PILEBENCH" convert theirs.asc x.log
expect 0 '^pilebench: theirs.asc: 1 error frame was left out' "$PILEBENCH" convert theirs.asc x.log
log2asc -I session.log -O log2asc.asc bms 2>/dev/null
"$PILEBENCH" convert log2asc.asc log2asc.log
same candump log2asc.log
for format in pcap nsecpcap pcapng; do # written anew by Wireshark's own library
    tshark -r ours.pcapng -F $format -w theirs.$format 2>/dev/null
    quiet "$PILEBENCH" convert theirs.$format $format.log
    same candump $format.log
done
tshark -r session.log -w no-can.pcapng 2>/dev/null # Wireshark makes another link type of it
expect 2 'link type 252' "$PILEBENCH" convert no-can.pcapng x.log

# From hand to hand, through a pipe too: nothing wears off.
"$PILEBENCH" convert session.log a.pcapng && "$PILEBENCH" convert a.pcapng b.asc &&
    "$PILEBENCH" convert - - --format pcapng <b.asc | "$PILEBENCH" convert - c.log
same candump c.log
quiet "$PILEBENCH" convert all.log io.log --network io
expect 2 'the capture has bms \([0-9]+ frames\), io' "$PILEBENCH" convert all.log x.log --network can7
check "one network of two" test "$(awk '{ print $2 }' io.log | sort -u)" = io

# Damage is told with its line and costs nothing else.
sed '5s/#.*/#0/;9s/.*/rubbish/' session.log >damaged.log
expect 0 '^pilebench: damaged.log:5: ' "$PILEBENCH" convert damaged.log x.asc
expect 0 '^pilebench: damaged.log:9: ' "$PILEBENCH" convert damaged.log x.asc
expect 0 '2 damaged lines were left out; [0-9]+ frames were read' "$PILEBENCH" convert damaged.log x.asc
for file in theirs.blf ours.pcapng; do
    head -c "$(($(wc -c <$file) / 2))" $file >half
    expect 0 'the file is cut off: it ends in the middle of a record' "$PILEBENCH" convert half half.log
    check "a good part of $file cut in the middle" test "$(wc -l <half.log)" -gt 500
    check "$file cut in the middle: its first frames" frames same candump half.log session.log first
done

# What cannot be done is said, and leaves nothing that looks whole.
expect 0 'usage: pilebench convert' "$PILEBENCH" convert --help
expect 2 'usage: pilebench convert' "$PILEBENCH" convert session.log
expect 2 'cannot open nothing.log' "$PILEBENCH" convert nothing.log x2.log
expect 2 'use --format' "$PILEBENCH" convert session.log x2.txt
expect 2 'use candump, asc, blf, csv, pcapng or trc' "$PILEBENCH" convert session.log x2.txt --format mdf
expect 2 'unknown capture format' "$PILEBENCH" convert "$PILEBENCH" x2.log
expect 4 'cannot write /nonexistent/x2.log' "$PILEBENCH" convert session.log /nonexistent/x2.log
expect 4 'No space left' bash -c "'$PILEBENCH' convert session.log - >/dev/full"
check "nothing half-written" test -z "$(find . -name 'x2*')"

# Masking: the VIN is in no packet any more, everything else is; a run and a conversion agree.
vin() { $python - "$1" <<'PYTHON'
import sys
data = {}
for line in open(sys.argv[1]):
    number, _, payload = line.split()[2].partition("#")
    if number == "1CEC56F4":
        brm = payload.startswith("10") and payload.endswith("000200")
    elif number == "1CEB56F4" and brm:
        data[int(payload[:2], 16)] = bytes.fromhex(payload[2:])
print(b"".join(data[k] for k in sorted(data))[24:41].decode())
PYTHON
}
log=run/traces/full-charge-bms-ends.log
expect 0 '1 pass' "$PILEBENCH" run full-charge-bms-ends --out masked --no-report --mask-key secret
quiet "$PILEBENCH" convert $log masked.log --mask-key secret
quiet "$PILEBENCH" convert $log default.log --mask
check "a run's own masking is that of convert" cmp -s masked.log masked/traces/full-charge-bms-ends.log
check "VIN $(vin $log) is masked: $(vin masked.log)" test "$(vin $log)" != "$(vin masked.log)"
check "by the key" test "$(vin masked.log)" != "$(vin default.log)"
check "VINs keep their length" test "$(vin $log | tr -d '\n' | wc -c)" = "$(vin masked.log | tr -d '\n' | wc -c)"
check "only packets changed" test -z "$(diff <(grep -v ' 1CEB56F4#' $log) <(grep -v ' 1CEB56F4#' masked.log))"
check "times, networks, identifiers and packet numbers stay" cmp -s <(sed 's/\(#..\).*/\1/' $log) \
    <(sed 's/\(#..\).*/\1/' masked.log)
finish
