#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pilebench decode as a person meets it: a file, a pipe, other formats, masked, columns, bad input.
. "$(dirname "$0")/common.sh"

"$PILEBENCH" run full-charge-bms-ends --no-report --out run >/dev/null || exit 1
log=run/traces/full-charge-bms-ends.log

expect 0 'usage: pilebench decode' "$PILEBENCH" decode --help
expect 2 'usage: pilebench decode' "$PILEBENCH" decode
expect 2 'use en or zh' "$PILEBENCH" decode "$log" --language fr
expect 2 'use 2011, 2015 or 2023' "$PILEBENCH" decode "$log" --edition 2016
expect 2 'cannot be combined' "$PILEBENCH" decode "$log" --json --fields BCL.mode
expect 2 'no such field; there are BCL.voltage_demand, ' "$PILEBENCH" decode "$log" --fields BCL.modus
expect 2 'a field is missing behind it; there are BCL.voltage_demand, ' "$PILEBENCH" decode "$log" --fields BCL
expect 2 'neither a file nor a network interface' "$PILEBENCH" decode can77
expect 2 'capture' "$PILEBENCH" decode /bin/true
expect 2 '' "$PILEBENCH" decode . # a folder
expect 4 'cannot write to standard output' bash -c "'$PILEBENCH' decode '$log' >/dev/full"

expect 0 'BST B->C  BMS stops charging +wanted SOC reached$' "$PILEBENCH" decode "$log"
expect 0 'BST 车->桩  BMS中止充电 +达到所需求的SOC目标值$' "$PILEBENCH" decode "$log" --language zh
expect 0 '[(]0 broken[)]' "$PILEBENCH" decode "$log"

# The same from a pipe, and in other formats.
"$PILEBENCH" decode "$log" >file.txt 2>/dev/null
"$PILEBENCH" decode - <"$log" >pipe.txt 2>/dev/null
check "a pipe says what the file says" cmp file.txt pipe.txt
check "a line a message" test "$(wc -l <file.txt)" -gt 500
for name in a.asc a.pcapng; do
    "$PILEBENCH" convert "$log" "$name" >/dev/null 2>&1
    "$PILEBENCH" decode "$name" 2>/dev/null | sed -E 's/^.{20}//' >"$name.txt"
    check "$name says the same" cmp "$name.txt" <(sed -E 's/^.{20}//' file.txt)
done
# A reader that goes away ends it quietly.
check "head ends it" test -z "$("$PILEBENCH" decode "$log" 2>&1 >/dev/null | head -0)"
said=$( ("$PILEBENCH" decode "$log" | head -1 >/dev/null) 2>&1)
check "quietly" test -z "$(grep -i 'broken pipe' <<<"$said")"
# Each line of a pipe is out before the next frame comes.
mkfifo in
"$PILEBENCH" decode - <in >live.txt 2>/dev/null &
decoder=$!
exec 9>in
for _ in $(seq 200); do # enough for recognition by content, and nothing more: the pipe stays open
    sed -n 1,20p "$log" >&9
done
wait_until 10 grep -q 'CHM' live.txt
check "lines come while the pipe is open" grep -q 'CHM' live.txt
exec 9>&-
wait "$decoder"

# JSON: each line an object, as many messages as the summary says.
"$PILEBENCH" decode "$log" --json >file.json 2>/dev/null
check "every line is JSON, values are exact" python3 - <<'END'
import json, sys
rows = [json.loads(line) for line in open("file.json")]
summary = rows.pop()["summary"]
messages = [row for row in rows if "code" in row and "fault" not in row]
bcl = next(row for row in messages if row["code"] == "BCL")
demand = bcl["fields"]["voltage_demand"]
fine = len(messages) == summary["messages"] and summary["foreign_frames"] == 0
fine = fine and demand["raw"] / 10 == demand["value"] and demand["unit"] == "V"
fine = fine and bytes.fromhex(bcl["data"])[0:2] == demand["raw"].to_bytes(2, "little")
sys.exit(0 if fine else 1)
END

# Masked: the VIN nowhere, one pseudonym everywhere.
"$PILEBENCH" decode "$log" --json --mask-key secret >masked.json 2>/dev/null
check "there is a VIN to mask" grep -q 'PB0FICTIONAL00001' file.json
check "no VIN when masked" test "$(grep -c 'PB0FICTIONAL00001\|5042304649' masked.json)" = 0
check "one pseudonym" test "$(grep -o '"vin":{[^}]*}' masked.json | sort -u | wc -l)" = 1
check "as many lines" test "$(wc -l <masked.json)" = "$(wc -l <file.json)"

# Columns, a row for each arrival.
"$PILEBENCH" decode "$log" --fields BCL.current_demand,BCS.soc >columns.csv 2>/dev/null
check "header" test "$(head -1 columns.csv)" = "time_s,line,BCL.current_demand,BCS.soc"
check "rows" test "$(($(wc -l <columns.csv) - 1))" = "$(grep -cE '"code":"(BCL|BCS)"' file.json)"
"$PILEBENCH" decode "$log" --changes >changes.txt 2>/dev/null
check "--changes is shorter" test "$(wc -l <changes.txt)" -lt 400

# Damage is named with its line, and does not stop it.
{ sed -n 1,20p "$log"; echo '(0000000031.5) bms 18'; sed -n '21,$p' "$log"; } >damaged.log
expect 0 'damaged.log:21: ' "$PILEBENCH" decode damaged.log
# A capture cut in the middle of a transfer says so.
grep -n '#10310007FF000200' "$log" | head -1 | cut -d: -f1 >rts
head -"$(($(cat rts) + 2))" "$log" >cut.log
expect 0 'BRM B->C  transport: ' "$PILEBENCH" decode cut.log
# No message of ours at all: a hint.
sed -E 's/ 1/ 0/' "$log" | sed -E 's/bms [0-9A-F]{8}/bms 00000123/' >foreign.log
expect 0 'is it the charging bus' "$PILEBENCH" decode foreign.log
finish
