#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `pilebench meter` over two crossed UARTs, a process at each end. Runs inside uart-run.
[[ ${IN_UART_GUEST:-} == 1 ]] || { echo "skipped: runs inside tests/uart/uart-run" && exit 77; }
export TMPDIR=/dev/shm
. "$(dirname "$0")/../integration/common.sh"
. "$root/tests/uart/adapter.sh"
# Reading programs from this machine's disk takes the other one time: all of it before.
ldd "$PILEBENCH" | grep -o '/[^ ]*' | xargs cat "$PILEBENCH" >/dev/null
meter=("$PILEBENCH" meter)
simulated=

start() { # PORT OPTION...: a simulated line
    local port=$1
    shift
    "${meter[@]}" simulate "$@" --port "$port" 2>simulated.err &
    simulated=$!
    wait_until 10 has_open "$simulated" "$port"
}
has_open() { # PROCESS PORT
    local descriptor
    for descriptor in /proc/"$1"/fd/*; do
        [[ ! $descriptor -ef $2 ]] || return 0
    done
    return 1
}
stop() {
    kill -INT "$simulated"
    wait "$simulated"
}

is_8e1() { # PORT BAUD
    local said
    said=$(stty -F "$1" -a)
    said=" ${said//$'\n'/ } "
    [[ $said == " speed $2 baud;"* && $said == *" parenb -parodd -cmspar cs8 "* && $said == *" -cstopb "* ]]
}

# ---- every rate ----

for baud in 1200 2400 4800 9600 19200; do
    start /dev/ttyS2 102030425 --start 1206.42 --voltage 750 --baud "$baud"
    "${meter[@]}" read energy_forward voltage_a current_a address --port /dev/ttyS1 --baud "$baud" \
        >read.txt 2>&1
    check "read at $baud bit/s: exit code" test $? = 0
    check "read at $baud bit/s: values" diff read.txt - <<'END'
energy_forward       1206.42 kWh
voltage_a            750.0 V
current_a            0.000 A
address              000102030425
END
    check "$baud bit/s, 8E1, where it is asked" is_8e1 /dev/ttyS1 "$baud"
    check "$baud bit/s, 8E1, where it answers" is_8e1 /dev/ttyS2 "$baud"
    stop
done
check "the meter counts what it was asked" test "$(cat simulated.err)" = "4 requests, 4 answers, 0 refused"

# ---- a published example as bytes (a meter at 1206.42 kWh), without the bench's client ----

start /dev/ttyS2 102030425 --start 1206.42 --baud 2400
# In a process of its own: the first to open the port must not get it as its controlling terminal.
(
    exec 3<>/dev/ttyS1
    stty -F /dev/ttyS1 2400 cs8 parenb -parodd -cstopb raw -echo
    timeout 3 cat <&3 >answer.bin &
    printf '\xFE\xFE\x68\x25\x04\x03\x02\x01\x00\x68\x11\x04\x33\x33\x34\x33\xE1\x16' >&3
    wait
)
check "the published answer on the wire, nothing else" test "$(od -An -v -tx1 answer.bin | tr -d ' \n' | sed 's/^\(fe\)*//')" = \
    6825040302010068910833333433753945338b16
stop

# ---- scan, watch, dump ----

# One meter: two that collide are the simulated line's matter (tests/integration/test_meter.sh).
start /dev/ttyS2 25 --baud 19200
"${meter[@]}" scan --port /dev/ttyS1 --baud 19200 >scan.txt 2>err
check "scan" test "$? $(cat scan.txt err)" = $'0 000000000025\n1 meters found'
stop

start /dev/ttyS2 25 --current 36 --baud 19200
"${meter[@]}" watch voltage_a current_a --port /dev/ttyS1 --baud 19200 --every 0.2 --count 5 >watch.csv
check "watch: exit code" test $? = 0
check "watch: five times the same" test "$(sed 1d watch.csv | cut -d, -f2- | sort | uniq -c | tr -s ' ')" = \
    " 5 750.0,36.000"
stop

# The same meter over a pseudo-terminal has the same to say, but for its clock.
start /dev/ttyS2 25 --start 88.5 --baud 19200 --phases 3
"${meter[@]}" dump --port /dev/ttyS1 --baud 19200 >dump.uart 2>err.uart
check "dump: exit code" test $? = 0
stop
"${meter[@]}" simulate 25 --start 88.5 --baud 19200 --phases 3 >pty 2>/dev/null &
simulated=$!
wait_until 10 test -s pty
"${meter[@]}" dump --port "$(cat pty)" --baud 19200 >dump.pty 2>err.pty
stop
check "dump has what the meter has" test "$(wc -l <dump.uart)" -gt 30
check "dump counts the same" diff err.uart err.pty
check "dump says the same" diff <(grep -vE '^04000(101|102|10C) ' dump.uart) <(grep -vE '^04000(101|102|10C) ' dump.pty)

# ---- what goes wrong ----

expect 1 'voltage_a: no answer after 3 tries' "${meter[@]}" read voltage_a --port /dev/ttyS1 --timeout 100
expect 2 '/dev/ttyS5: cannot open: .*no UART behind it' "${meter[@]}" read voltage_a --port /dev/ttyS5
expect 2 '/dev/ttyUSB9: No such file' "${meter[@]}" simulate --port /dev/ttyUSB9

# An adapter is pulled out while it is watched.
wait_for_adapter
start /dev/ttyS3 25 --baud 9600
timeout 60 "${meter[@]}" watch voltage_a --port /dev/ttyUSB0 --baud 9600 --every 0.1 >watch.csv 2>err &
watcher=$!
wait_until 20 grep -q ',750\.0$' watch.csv
check "a meter is watched over the USB adapter" grep -q ',750\.0$' watch.csv
pull_adapter_out
wait "$watcher"
check "pulled out: told, and ended" test "$? $(cat err)" = \
    "1 pilebench: voltage_a: the port no longer accepts requests; is the adapter still plugged in?"
expect 2 '/dev/ttyUSB0: No such file' "${meter[@]}" read voltage_a --port /dev/ttyUSB0
stop
finish
