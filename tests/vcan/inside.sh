#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The part of test_vcan_run.sh that vcan-run starts: says what it found on standard output, a line
# each, that both networks carry a frame and that the kernel speaks J1939. Ends with code 7.
set -uo pipefail
printf 'stdout\n'
printf 'stderr\n' >&2
pwd
umask
printf '<%s>' "$VCAN_TEST_TEXT" "$@"
echo

# The first frame like PATTERN that a candump sees on NET after COMMAND.
frame_after() { # NET PATTERN COMMAND...
    local net=$1 pattern=$2 seen listener tries=100
    shift 2
    seen=$(mktemp)
    candump -L "$net" >"$seen" &
    listener=$!
    until grep -q "$net" /proc/net/can/rcvlist_all || ((tries-- == 0)); do
        sleep 0.05
    done
    "$@" >/dev/null &
    until grep -q "$pattern" "$seen" || ((tries-- <= 0)); do
        sleep 0.05
    done
    kill "$listener"
    wait "$listener"
    echo "$net $(grep -m1 "$pattern" "$seen" | cut -d' ' -f3)"
    rm -f "$seen"
}

frame_after vcan0 ' 123#' cansend vcan0 123#11223344
frame_after vcan1 ' 1826F456#' cansend vcan1 1826F456#010100
# 20 bytes to one address: the kernel itself writes the RTS, and testj1939 waits 1.25 s for the answer.
frame_after vcan1 ' 18EC56F4#10' testj1939 -B -s20 vcan1:0xF4,0x00200 :0x56,0x00200
cat /sys/class/net/vcan0/tx_queue_len
[[ $VCAN_WAY == native ]] || cat /proc/sys/net/core/rmem_max # a namespace has none of its own
exit 7
