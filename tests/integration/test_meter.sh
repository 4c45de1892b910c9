#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `pilebench meter` as a user has it: meters on a pseudo-terminal, read, scanned, watched, dumped;
# logs of a line decoded.
. "$(dirname "$0")/common.sh"

start() { # OPTION... : a simulated line; its name in $port
    : >port # the last one's name must not be taken for this one's
    "$PILEBENCH" meter simulate "$@" >port 2>simulated.err &
    meter=$!
    wait_until 5 test -s port
    port=$(cat port)
}
stop() {
    kill -INT "$meter"
    wait "$meter"
}

start --current 120 --address 25 --start 1206.42 --baud 19200
"$PILEBENCH" meter read energy_forward voltage_a 02020100 address --port "$port" --baud 19200 >read.txt
check "reads four items" test $? = 0
check "energy" grep -qE '^energy_forward +1206\.(4[2-9]|[5-9][0-9]) kWh$' read.txt
check "voltage" grep -qx 'voltage_a            750.0 V' read.txt
check "current by its identifier" grep -qx 'current_a            120.000 A' read.txt
check "address" grep -qx 'address              000000000025' read.txt
"$PILEBENCH" meter read frequency --port "$port" --baud 19200 2>err
check "a refusal is told and fails" test "$? $(cat err)" = \
    "1 pilebench: frequency: refused (02H: no such data)"
"$PILEBENCH" meter watch voltage_a current_a --port "$port" --baud 19200 --every 0.2 --count 3 >watch.csv
check "watch: header and three lines" test "$(wc -l <watch.csv)" = 4
"$PILEBENCH" meter watch voltages current_a --port "$port" --baud 19200 --count 1 >watch.csv
check "watch: a block is a column each, what the meter lacks is empty" test \
    "$(cut -d, -f2- watch.csv | tr '\n' ' ')" = \
    "voltage_a_V,voltage_b_V,voltage_c_V,current_a_A 750.0,,,120.000 "
"$PILEBENCH" meter watch voltage_a current_a --port "$port" --baud 19200 --every 0.2 --count 3 >watch.csv
check "watch: plain numbers" test "$(tail -1 watch.csv | cut -d, -f2-)" = "750.0,120.000"
"$PILEBENCH" meter read frequency --port "$port" --baud 19200 --language zh 2>err
check "a refusal in Chinese" test "$? $(cat err)" = "1 pilebench: frequency：异常应答（02H：无请求数据）"
"$PILEBENCH" meter read voltage_a --type dc-vendor --port "$port" --baud 19200 >read.txt
check "a value of another length is none" test "$? $(grep -c '2 bytes instead of 3' read.txt)" = "1 1"
"$PILEBENCH" meter watch voltage_a --type dc-vendor --port "$port" --baud 19200 --count 1 >watch.csv
check "nor in a watch" test "$? $(tail -1 watch.csv | cut -d, -f2-)" = "1 "
if [[ -w /dev/full ]]; then
    "$PILEBENCH" meter read voltage_a --port "$port" --baud 19200 >/dev/full 2>err
    check "what cannot be written is told" test "$? $(grep -c 'standard output' err)" = "4 1"
    timeout 10 "$PILEBENCH" meter watch voltage_a --port "$port" --baud 19200 >/dev/full 2>err
    check "and ends a watch" test $? = 4
fi
# Change of the rate to 9600 (17H, 20H) by another client: the meter is heard at the new one.
printf '\x68\x25\0\0\0\0\0\x68\x17\x01\x53\x60\x16' >"$port"
sleep 0.5
"$PILEBENCH" meter read voltage_a baud_1 --port "$port" --baud 9600 --tries 5 >read.txt
check "a changed baud rate" test "$? $(awk '{print $2}' read.txt | tr '\n' ' ')" = "0 750.0 0x20 "
"$PILEBENCH" meter read 0001FF00 0202FF00 00010100 --port "$port" --baud 9600 >read.txt
check "blocks by identifier" test "$? $(awk '{print $1, NF}' read.txt | tr '\n' ' ')" = "0 energy_forward_all 11 currents 5 energy_forward_1 3 "
"$PILEBENCH" meter read 12345678 --port "$port" --baud 9600 2>err
check "any identifier can be asked for" test "$? $(cat err)" = "1 pilebench: 12345678: refused (02H: no such data)"
"$PILEBENCH" meter dump --port "$port" --baud 19200 >dump.txt 2>err
check "dump finds what the meter has" grep -q '^00010000  energy_forward ' dump.txt
check "dump counts" grep -qE '^[0-9]+ of [0-9]+ items$' err
stop
check "an interrupted meter says what it did" grep -qE '^[0-9]+ requests' simulated.err

start 25 26 --baud 19200
"$PILEBENCH" meter scan --port "$port" --baud 19200 --timeout 100 --tries 1 >scan.txt 2>err
check "scan tells two meters apart" test "$? $(tr '\n' ' ' <scan.txt)" = \
    "0 000000000025 000000000026 "
stop

start 25 26 --baud 19200
"$PILEBENCH" meter scan --port "$port" --baud 19200 --timeout 200 --tries 1 >scan.txt 2>err
check "scan tells how far it is" grep -qE '^[0-9]+ addresses asked, at least [0-9]+ to go, about [0-9]+ s; [0-2] meters found$' err
stop
start --baud 19200 --voltage 900 --current -400 --start 5
check "what does not fit is told at the start" test "$(cat simulated.err)" = \
    "pilebench: power: -360 kW does not fit a standard meter (at most 79.9999 kW): it will answer 'no such data'; --type dc-vendor or ac-wide has room"
sleep 1
"$PILEBENCH" meter read energy_forward energy_reverse 04000601 --port "$port" --baud 19200 >read.txt
check "a negative current counts backwards" test "$? $(awk '$2 == 5.00 || ($2 > 0.05 && $2 < 5) || $2 == "0x05"' read.txt | wc -l)" = "0 3"
stop
start --fault silent --baud 19200
"$PILEBENCH" meter read voltage_a --port "$port" --baud 19200 --timeout 50 2>err
check "a silent meter" test "$? $(cat err)" = "1 pilebench: voltage_a: no answer after 3 tries"
stop
start --fault no-value --baud 19200
"$PILEBENCH" meter read voltage_a --port "$port" --baud 19200 >read.txt
check "a meter that has no value" test "$? $(grep -c 'no value' read.txt)" = "1 1"
stop
start --baud 19200
"$PILEBENCH" meter watch voltage_a --port "$port" --baud 19200 --every 0.1 --timeout 50 --tries 1 \
    >watch.csv 2>err &
watching=$!
sleep 1
stop
timeout 10 tail --pid=$watching -f /dev/null
check "a watch ends when its line is gone" bash -c "! kill -0 $watching 2>/dev/null"
kill "$watching" 2>/dev/null # a test that fails must not wait for ever
wait "$watching"
check "and says so" test "$? $(grep -c 'is the adapter still plugged in' err)" = "1 1"
start --fault checksum::0.3 --baud 19200
good=0
for _ in 1 2 3 4 5; do
    "$PILEBENCH" meter read voltage_a --port "$port" --baud 19200 --tries 20 --timeout 80 >/dev/null 2>&1 &&
        good=$((good + 1))
done
check "damaged answers are asked for again" test "$good" = 5
stop
printf 'seconds,volts,amperes\n0,500,0\n0.2,1000,36\n' >course.csv
start --csv course.csv --type dc-vendor --baud 19200
sleep 1.5
"$PILEBENCH" meter read voltage_a energy_forward --port "$port" --baud 19200 --type dc-vendor >read.txt
check "readings from a CSV, above 999.9 V" grep -qx 'voltage_a            1000.0 V' read.txt
check "and their energy" grep -qE 'energy_forward +0\.0[1-9] kWh' read.txt
"$PILEBENCH" meter read voltage_a --port "$port" --baud 19200 >read.txt
check "another type is noticed" grep -q '3 bytes instead of 2' read.txt
stop

cat >line.txt <<'END'
[10:00:01.123] TX: 68 25 04 03 02 01 00 68 11 04 33 33 34 33 E1 16
[10:00:01.323] RX: fe fe fe fe 68 25 04 03 02 01 00 68 91 08 33 33 34 33 75 39 45 33 8B 16
FEFEFE682504030201006891083333343375394533 8B16
68 25 04 03 02 01 00 68 91 08 00 00 01 00 42 06 12 00 8B 16
68 25 04 03 02 01 00 68 91 08 33 33 34 33 75 39
68 01 00 00 00 00 00 68 D1 01 35 D8 16
END
cat >words.in <<'END'
TX:68 99 99 99 99 99 99 68 08 06 38 37 36 35 34 57 D9 16
发送：68-25-04-03-02-01-00-68-11-04-33-33-34-33-E1-16
68 01 00 00 00 00 00 68 16 04 CC CC CC CC 1B 16
END
cat >secret.in <<'END'
68 25 00 00 00 00 00 68 18 0C 36 3F 33 37 35 44 44 44 35 55 55 55 2D 16
68 25 00 00 00 00 00 68 98 04 35 55 55 55 C5 16
68 25 00 00 00 00 00 68 1A 08 35 44 44 44 AB 89 67 45 F8 16
68 25 00 00 00 00 00 68 1B 0C 35 44 44 44 AB 89 67 45 32 32 32 32 C5 16
68 25 00 00 00 00 00 68 14 10 36 3F 33 37 35 44 44 44 AB 89 67 45 35 55 55 55 0D 16
68 25 00 00 00 00 00 68 91 08 36 3F 33 37 35 55 55 55 A1 16
68 25 00 00 00 00 00 68 14 08 36 3F 33 37 35 44 44 44 F1 16
68 25 00 00 00 00 00 68 0F 08 44 44 44 55 55 55 55 55 81 16
68 25 00 00 00 00 00 68 18 0C 36 3F 33 37 35 44 44 44 35 55 55
END
"$PILEBENCH" meter decode secret.in >words.txt 2>/dev/null
check "decode: no password is shown, whatever the command" test \
    "$(wc -l <words.txt) $(grep -cE '11 ?11 ?11|22 ?22 ?22|44 44|55 55|44444|55555' words.txt)" = "10 0"
check "decode: who cleared what" grep -q '1B clear events  operator 12345678  FFFFFFFF (all events)$' words.txt
check "decode: whose password was changed" grep -q '18 change password  level 02 (not shown)$' words.txt
"$PILEBENCH" meter decode words.in >words.txt 2>/dev/null
check "decode: a label glued to the bytes, a broadcast time" grep -q \
    '^words.in:1 .*broadcast time  2024-01-02 03:04:05$' words.txt
check "decode: pairs with dashes" grep -q '^words.in:2  > 000102030425' words.txt
check "decode: a freeze" grep -q '^words.in:3 .*at once$' words.txt
yes 682504030201006891083333343375394533 | head -6000 | sed 's/$/8B16/' | tr -d '\n' >one-line.txt
check "decode: a line of any length" test \
    "$("$PILEBENCH" meter decode one-line.txt 2>/dev/null | wc -l)" = 6000
echo '收到：68 25 04 03 02 01 00 68 91 08 33 33 34 33 75 39 45 33 8B 16' >utf8.txt
for encoding in GBK UTF-16 UTF-16LE UTF-16BE; do
    iconv -f UTF-8 -t "$encoding" utf8.txt >other.txt
    check "decode: $encoding" test "$("$PILEBENCH" meter decode other.txt 2>&1 | tail -1 | sed 's/.* = //')" = "1206.42 kWh"
done
printf '\xEF\xBB\xBF68 25 04 03 02 01 00 68 91 08 33 33 34 33 75 39 45 33\r8B 16\r' >mark.txt
check "decode: a byte order mark, lines that end in CR" test \
    "$("$PILEBENCH" meter decode mark.txt 2>&1 | tr '\n' ' ' | sed 's/.* = //')" = "1206.42 kWh "
# Lines in forms that people have (meter_lines/), and what is right for each.
for file in "$here"/meter_lines/*.txt; do
    "$PILEBENCH" meter decode "$file" >words.txt 2>err
    sed "s|^$file:||" words.txt | cat - err >said
    check "decode: ${file##*/}: $(diff "${file%.txt}.right" said | head -4)" cmp -s "${file%.txt}.right" said
done
check "and there are sixteen" test "$(find "$here/meter_lines" -name '*.txt' | wc -l)" = 16
"$PILEBENCH" meter decode line.txt >words.txt 2>err
check "decode: all whole frames" test "$? $(grep -c ' [<>] ' words.txt)" = "0 5"
check "decode: the value" grep -q '^line.txt:2 .*= 1206.42 kWh$' words.txt
check "decode: bytes in one word" grep -q '^line.txt:3 .*= 1206.42 kWh$' words.txt
check "decode: without 33H" grep -q '^line.txt:4 .*= 1206.42 kWh  (written without 33H)$' words.txt
check "decode: the truncated one by its line" grep -q '^line.txt:5  ! ' words.txt
check "decode: the refusal" grep -q '^line.txt:6 .*refused  02H no such data$' words.txt
check "decode: counts" grep -qx '5 frames, 2 damaged pieces' err
check "decode reads standard input" test "$("$PILEBENCH" meter decode --language zh <line.txt 2>/dev/null | grep -c '读数据')" = 5
echo nothing | "$PILEBENCH" meter decode 2>err
check "no frame at all is told" test "$? $(grep -c "no DL/T 645 frame found" err)" = "1 1"

for wrong in "--fault late:-5" "--fault truncated:-5" "--fault refuses:999" "--fault late:1e300" \
    "--fault silent:1" "--phases 2" "--tries 2.5" "--type other" "--address 1A" "--address AA25" 1A; do
    read -ra words <<<"$wrong"
    timeout 5 "$PILEBENCH" meter simulate "${words[@]}" >/dev/null 2>err
    check "simulate refuses $wrong" test "$? $(wc -l <err)" = "2 1"
done
printf '0,500,10\n\n1,600,20\n' >blank.csv
timeout -s INT 2 "$PILEBENCH" meter simulate --csv blank.csv >port 2>/dev/null
check "an empty line in a CSV is none" test -s port
printf '0,nan,10\n' >nan.csv
timeout 5 "$PILEBENCH" meter simulate --csv nan.csv >/dev/null 2>err
check "no number in a CSV" test "$? $(grep -c 'line of seconds' err)" = "2 1"
# A meter that needs 2 s for its answer, a byte each 100 ms (the standard allows 500 ms): it is heard out.
slowly() {
    python3 -c '
import os, select, time
far, near = os.openpty()
import tty
tty.setraw(near)
print(os.ttyname(near), flush=True)
while select.select([far], [], [], 30)[0]:
    if os.read(far, 512).endswith(b"\x16"):
        for byte in bytes.fromhex("FEFEFEFE68250000000000689108333334339A785633F616"):
            os.write(far, bytes([byte]))
            time.sleep(0.1)
' >port &
}
if command -v python3 >/dev/null; then
    : >port
    slowly
    slow=$!
    wait_until 5 test -s port
    "$PILEBENCH" meter read energy_forward --port "$(cat port)" --address 25 >read.txt 2>err
    check "an answer that is coming in is heard out: $(cat read.txt err)" grep -qx 'energy_forward       2345.67 kWh' read.txt
    kill "$slow"
    wait "$slow" 2>/dev/null
fi
# An adapter that is pulled out: the far end of a pseudo-terminal that is gone.
plugged() { # its name in $port, its process in $adapter
    : >port
    python3 -c 'import os, time; far, near = os.openpty(); print(os.ttyname(near), flush=True); os.close(near); time.sleep(60)' >port &
    adapter=$!
    wait_until 5 test -s port
    port=$(cat port)
}
pull_out() {
    sleep 0.3
    kill "$adapter"
    wait "$adapter" 2>/dev/null
}
plugged
timeout 20 "$PILEBENCH" meter simulate --port "$port" 2>err &
user=$!
pull_out
wait "$user"
check "simulate tells that its port has gone" test "$? $(tail -1 err)" = \
    "1 pilebench: $port was disconnected; is the adapter still plugged in?"
plugged
timeout 20 "$PILEBENCH" meter scan --port "$port" --timeout 1000 2>err &
user=$!
pull_out
wait "$user"
check "so does scan" test "$? $(tail -1 err)" = \
    "1 pilebench: scan: the port no longer accepts requests; is the adapter still plugged in?"
"$PILEBENCH" meter read no_such_item --port "$port" 2>err
check "no such item" test "$? $(cat err)" = \
    "2 pilebench: unknown item 'no_such_item'; \`pilebench meter items\` lists the names, any other item is read by the eight digits of its identifier"
"$PILEBENCH" meter read voltage_aa --port "$port" 2>err
check "a mistyped item" grep -q "did you mean 'voltage_a'?" err
"$PILEBENCH" meter read voltage_a --port /dev/null 2>err
check "no serial port" test "$? $(grep -c 'is not a serial port' err)" = "2 1"
"$PILEBENCH" meter read voltage_a 2>err
check "no port given" test "$? $(grep -c -- '--port' err)" = "2 1"
"$PILEBENCH" meter scan --port /dev/null --baud 1000 2>err
check "no such rate" test "$? $(grep -c '600, 1200, 2400' err)" = "2 1"
finish
