#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The charger's process reads its DC meter over a UART: a short charge on SocketCAN, the bench's
# simulated meter at the far port. Runs inside uart-run.
[[ ${IN_UART_GUEST:-} == 1 ]] || { echo "skipped: runs inside tests/uart/uart-run" && exit 77; }
export TMPDIR=/dev/shm
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests/../integration/common.sh"
. "$root/tests/uart/adapter.sh"
# Reading programs from this machine's disk takes the other one time: all of it before.
ldd "$PILEBENCH" | grep -o '/[^ ]*' | xargs cat "$PILEBENCH" "$PILE" >/dev/null
for net in vcan0 vcan1; do
    ip link add dev "$net" txqueuelen 1000 type vcan && ip link set dev "$net" up || exit 1
done
run=("$PILEBENCH" run --wiring vcan --pile "$tests/pile-on-uart" --no-report)

sent_and_received() { # bytes, by the driver of ttyS1
    sed -nE 's/^1:.* tx:([0-9]+) rx:([0-9]+).*/\1 \2/p' /proc/tty/driver/serial
}

"${run[@]}" --dc-meter /dev/ttyS2 --out charge "$tests/meter-over-uart.json" >said 2>log
check "the charge passes" test $? = 0
cat said
read -r sent received < <(sent_and_received)
check "the requests went over the UART ($sent bytes)" test "$sent" -gt 200
check "the answers came over the UART ($received bytes)" test "$received" -gt 200
# Line control register of the port at 2F8H: 8 bits, parity, even, one stop bit.
check "ttyS1's UART is at 8E1" test "$(dd if=/dev/port bs=1 skip=$((0x2f8 + 3)) count=1 2>/dev/null | od -An -tx1)" = " 1b"
check "and so is the bench's, ttyS2's" test "$(dd if=/dev/port bs=1 skip=$((0x3e8 + 3)) count=1 2>/dev/null | od -An -tx1)" = " 1b"
check "at 9600 bit/s" grep -q '^speed 9600 ' <(stty -F /dev/ttyS1 -a)
[[ $failures == 0 ]] || tail -n 20 log >&2

# The wire broken: the far port has no meter. It is read all the same: bytes for a port that nobody reads
# would never leave ttyS1, where closing waits for them. (On a wire they are just lost.)
cat /dev/ttyS2 >/dev/null &
reader=$!
"${run[@]}" --dc-meter /dev/ttyS3 --out cut "$tests/meter-cut-off-uart.json" >said 2>log
check "with the wire broken the pile shows it and does not start" test $? = 0
cat said

is_open() { [[ -n $(find /proc/[0-9]*/fd -lname "$1" 2>/dev/null) ]]; } # DEVICE

# The bench's own adapter is pulled out: that is no fault of the pile's.
wait_for_adapter
"${run[@]}" --dc-meter /dev/ttyUSB0 --out pulled "$tests/meter-cut-off-uart.json" >said 2>log &
bench=$!
wait_until 60 is_open /dev/ttyUSB0
sleep 1 # it is read from now on
pull_adapter_out
wait "$bench"
check "pulled out: the bench's own error" test $? = 4
check "it says which ($(<said))" grep -q '/dev/ttyUSB0, on which a meter of the bench answers, has gone' said
kill "$reader"
finish
