#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --mask where numbers stand outside CAN frames: charge records, meters, parameters of a run. The
# complete outputs are searched for the numbers, in every form in which they could be written.
. "$(dirname "$0")/common.sh"

number=810237645109                       # of a meter
card=6217001934                           # all made up
vin=LPBTEST7K40193852
key=(--mask-key 'a key of this test')

# leaks NUMBER FILE...: true when a file holds it: as digits, in a meter's order of bytes, with 33H added
# to each, apart or together, in any case; or six digits of it in a row.
leaks() {
    python3 - "$@" <<'END'
import re, sys
number, *files = sys.argv[1:]
forms = {number[at:at + 6] for at in range(len(number) - 5)}
# Six letters alone may be of a word: "inspection and", "functional" in PB0FICTIONAL00001.
forms = {form for form in forms if not form.isalpha()}
if number.isdigit() and len(number) % 2 == 0:
    pairs = [int(number[at:at + 2], 16) for at in range(0, len(number), 2)][::-1]
    for shift in (0, 0x33):
        digits = "".join("%02X" % ((one + shift) & 0xFF) for one in pairs)
        forms |= {digits[at:at + 6] for at in range(0, len(digits) - 5, 2)}
for name in files:
    text = open(name, "rb").read().decode("latin-1").upper()
    if name.endswith(".csv"): # what was measured: its digits behind the point are anybody's
        text = re.sub(r"\d+\.\d+", "", text)
    for form in (text, re.sub(r"[ :,-]", "", text)):
        for one in forms:
            if one.upper() in form:
                print(f"{name}: {one}")
                sys.exit(0)
sys.exit(1)
END
}
not() { ! "$@"; }
frame() { # CONTROL DATA...: hex of a frame of that meter, data as meant
    python3 - "$number" "$@" <<'END'
import sys
number, control, *data = sys.argv[1:]
address = bytes.fromhex(number)[::-1]
data = bytes((one + 0x33) & 0xFF for one in bytes.fromhex("".join(data)))
whole = b"\x68" + address + b"\x68" + bytes([int(control, 16), len(data)]) + data
print((whole + bytes([sum(whole) & 0xFF, 0x16])).hex(" ").upper())
END
}

# ---- charge records ----
for kind in 1 2; do
    vehicle=$vin
    [[ $kind == 2 ]] && vehicle=试A7K401
    python3 "$root/tests/integration/charge_record.py" \
        "$root/firmware-under-test/include/charge_record.h" "$kind.bulk" "$card" "$vehicle" "$kind" || exit 1
    "$PILEBENCH" records "$kind.bulk" >"plain$kind.txt"
    check "records: the number is there without --mask" leaks "$card" "plain$kind.txt"
    check "records: the vehicle is there without --mask" grep -qF "$vehicle" "plain$kind.txt"
    for form in --json --language=en --language=zh; do
        "$PILEBENCH" records "$kind.bulk" "$form" "${key[@]}" >>"masked$kind.txt" 2>&1
    done
    check "records: three outputs" test "$(grep -c 2026-01-01 "masked$kind.txt")" = 3
    check "records: no card number" not leaks "$card" "masked$kind.txt"
    check "records: no vehicle" not leaks "${vehicle#试}" "masked$kind.txt"
done
masked_card=$("$PILEBENCH" records 1.bulk --json "${key[@]}" | sed -E 's/.*"card":"([0-9]+)".*/\1/')
check "records: a card number of the same length" test "${#masked_card}" = "${#card}"
check "records: another key, another number" test "$masked_card" != \
    "$("$PILEBENCH" records 1.bulk --json --mask | sed -E 's/.*"card":"([0-9]+)".*/\1/')"
check "records: a VIN looks like one" grep -qE '"vin":"[A-Z]{7}[0-9][A-Z][0-9]{8}"' masked1.txt
check "records: a plate keeps its letter and digits" grep -qE '"plate":"\*\*\*[A-Z][0-9][A-Z][0-9]{3}"' masked2.txt
check "records: amounts stay" grep -q '"energy_kwh":0.00' masked1.txt
expect 0 'mask-key TEXT' "$PILEBENCH" records --help

# ---- logs of a meter's line ----
operator=43218765
{
    echo "[10:00:01] TX: $(frame 11 00000100)"
    echo "[10:00:02] RX: FE FE FE FE $(frame 91 00000100 42061200)"
    frame 91 01040004 "$(fold -w2 <<<"$number" | tac | tr -d '\n')"  # its address
    frame 91 02040004 "$(fold -w2 <<<"$number" | tac | tr -d '\n')"  # its number
    frame 91 03040004 "$(fold -w2 <<<"$number" | tac | tr -d '\n')"  # asset code, of another length
    frame 93 "$(fold -w2 <<<"$number" | tac | tr -d '\n')"           # answer to "which address?"
    frame 15 "$(fold -w2 <<<"$number" | tac | tr -d '\n')"           # write address
    frame 14 01040004 02123456 "$operator" "$(fold -w2 <<<"$number" | tac | tr -d '\n')"
    frame 14 05060708 02123456 "$operator" "$(fold -w2 <<<"$number" | tac | tr -d '\n')"
    frame 14 00000100 "$operator"                                    # a write too short
    frame 19 02123456 "$operator"                                    # clear the demand
    frame 03 "$(fold -w2 <<<"$number" | tac | tr -d '\n')"           # security: whatever it is
    frame D1 02
    frame 91 00000100 42061200 | sed 's/.\{5\}$/00 16/'              # wrong checksum
    frame 91 00000100 42061200 | cut -c1-40                          # cut off
    echo "68 AA AA AA AA AA AA 68 13 00 DF 16"
    (number=999999999999 && frame 08 000010230126)
    python3 - "$number" <<'END' # asked with wildcards for the upper digits
import sys
whole = b"\x68" + bytes.fromhex(sys.argv[1])[::-1][:3] + b"\xAA" * 3 + b"\x68\x11\x04\x33\x33\x34\x33"
print((whole + bytes([sum(whole) & 0xFF, 0x16])).hex(" "))
END
    # with 33H taken off by the logger; glued together
    frame 91 00000100 42061200 | sed 's/33 33 34 33 75 39 45 33/00 00 01 00 42 06 12 00/'
    frame 91 01040004 "$(fold -w2 <<<"$number" | tac | tr -d '\n')" | tr -d ' '
} >line.txt
"$PILEBENCH" meter decode line.txt >plain.txt 2>&1
check "decode: there without --mask" leaks "$number" plain.txt
check "decode: the operator too" leaks "$operator" plain.txt
for language in en zh; do
    "$PILEBENCH" meter decode line.txt --language "$language" "${key[@]}" >>masked.txt 2>&1
    check "decode, masked: exit code" test $? = 0
done
check "decode: no number in any form" not leaks "$number" masked.txt
check "decode: no operator" not leaks "$operator" masked.txt
check "decode: as many lines" test "$(wc -l <masked.txt)" = "$((2 * $(wc -l <plain.txt)))"
masked_number=$(sed -nE 's/^line.txt:1  > ([0-9]{12})  11 read data .*/\1/p' masked.txt)
check "decode: one pseudonym of twelve digits" test "${#masked_number}" = 12
check "decode: its address is the frames'" grep -q "04000401 communication address = $masked_number\$" masked.txt
check "decode: its number too" grep -q "04000402 meter number = $masked_number\$" masked.txt
check "decode: an unknown item is left out" grep -q '04000403 asset code = (6 bytes, masked)$' masked.txt
check "decode: the answer to read address" grep -q "$masked_number  93 read address  $masked_number\$" masked.txt
check "decode: values stay" grep -q '= 1206.42 kWh$' masked.txt
check "decode: damage is told" grep -qE '! wrong checksum: \([0-9]+ bytes, masked\)$' masked.txt
check "decode: any stays any" grep -q '> AAAAAAAAAAAA  13' masked.txt
check "decode: all stays all" grep -q '> 999999999999  08' masked.txt
check "decode: wildcards stay" grep -qE '> AAAAAA[0-9]{6}  11' masked.txt

# ---- meters ----
start() {
    "$PILEBENCH" meter simulate "$@" >port 2>simulated.err &
    meter=$!
    wait_until 5 test -s port
    port=$(cat port)
}
start "$number" --baud 19200 "${key[@]}"
line=(--port "$port" --baud 19200 --address "$number")
"$PILEBENCH" meter read address number "${line[@]}" >plain.txt 2>&1
check "read: there without --mask" leaks "$number" plain.txt
{
    "$PILEBENCH" meter read address number energy_forward frequency "${line[@]}" "${key[@]}"
    "$PILEBENCH" meter watch address voltage_a --count 1 "${line[@]}" "${key[@]}"
    "$PILEBENCH" meter dump "${line[@]}" "${key[@]}"
    "$PILEBENCH" meter scan --port "$port" --baud 19200 --timeout 60 --tries 1 "${key[@]}"
    "$PILEBENCH" meter read voltage_a --port "$port" --address "${number}3" "${key[@]}"
    "$PILEBENCH" meter simulate "${number}3" "${key[@]}"
} >masked.txt 2>&1
kill -INT "$meter"
wait "$meter"
check "meters: no number" not leaks "$number" masked.txt port simulated.err
check "read: the pseudonym of the line's log" grep -qE "^address +$masked_number\$" masked.txt
check "watch: the same" grep -qE "^[0-9.]+,$masked_number,750.0\$" masked.txt
check "dump: the same" grep -qE "^04000402  number +$masked_number " masked.txt
check "scan: the same" grep -qx "$masked_number" masked.txt
check "a wrong address is told" test "$(grep -cE '1 to 12 decimal digits' masked.txt)" = 2

# ---- a run ----
dc=37645109 # as the parameter has it: the last nine digits at most
"$PILEBENCH" run full-charge-bms-ends --out run --set card.number="$card" >/dev/null 2>&1
check "no card number of ten digits" test $? = 2
short=217001934
run=(run full-charge-bms-ends --set card.number="$short" --set meter.ac_number="$dc")
"$PILEBENCH" "${run[@]}" --out plain >plain.out 2>&1
check "run: there without --mask" leaks "$short" plain/results.jsonl
check "run: in the page too" leaks "$short" plain/report.html
"$PILEBENCH" "${run[@]}" --out masked "${key[@]}" >masked.out 2>&1
mapfile -t files < <(find masked -type f)
check "run: everything was written" test "${#files[@]}" -ge 4
check "run: no card number" not leaks "$short" masked.out "${files[@]}"
check "run: no meter number" not leaks "$dc" masked.out "${files[@]}"
run_card=$(grep -ohE 'card\.number=[0-9]+' masked/results.jsonl | head -1)
python3 "$root/tests/integration/charge_record.py" \
    "$root/firmware-under-test/include/charge_record.h" short.bulk "$short" "$vin" 1
check "run and records agree" test "${run_card#*=}" = \
    "$("$PILEBENCH" records short.bulk --json "${key[@]}" | sed -E 's/.*"card":"([0-9]+)".*/\1/')"
masked_dc=$(number=0000$dc && frame 11 00000100 |
    "$PILEBENCH" meter decode - "${key[@]}" 2>/dev/null | sed -nE 's/.*> ([0-9]{12}) .*/\1/p')
check "run and meters agree" grep -q "meter.ac_number=${masked_dc:3}" masked/results.jsonl
"$PILEBENCH" run full-charge-bms-ends --out bad --set card.number="${card}9" "${key[@]}" >bad.txt 2>&1
check "run: refused without showing it" not leaks "$card" bad.txt
check "run: and told" grep -q 'are allowed' bad.txt

# What a case itself sets: the card of the shipped billing case.
"$PILEBENCH" run billing-by-amount --out plain2 >/dev/null 2>&1
check "run: the case's card is there without --mask" grep -q 'card.number=1234567' plain2/results.jsonl
"$PILEBENCH" run billing-by-amount --out masked2 "${key[@]}" >masked2.out 2>&1
check "run: the case's card is masked" grep -qE 'card\.number=[0-9]{7}\b' masked2/results.jsonl
check "run: and nowhere" not grep -qrE '(^|[^0-9])1234567([^0-9]|$)' masked2.out masked2

# A VIN: the same pseudonym in the frames of a run and in a record.
sent=$("$PILEBENCH" decode plain/traces/full-charge-bms-ends.log --json 2>/dev/null |
    python3 -c 'import json,sys
print(next(r["fields"]["vin"]["text"] for r in map(json.loads, sys.stdin) if r.get("code") == "BRM" and "fields" in r))')
python3 "$root/tests/integration/charge_record.py" \
    "$root/firmware-under-test/include/charge_record.h" vin.bulk "$short" "$sent" 1
check "run: the VIN is nowhere" not leaks "$sent" masked.out "${files[@]}"
pseudonym=$("$PILEBENCH" records vin.bulk --json "${key[@]}" | sed -E 's/.*"vin":"([^"]+)".*/\1/')
check "a VIN's pseudonym is of 17 characters" test "${#pseudonym}" = 17
check "frames and records agree" grep -q "\"$pseudonym\"" \
    <("$PILEBENCH" decode masked/traces/full-charge-bms-ends.log --json 2>/dev/null)
finish
