#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pilebench decode live on an interface: what cansend sends stands there at once; ctrl-C ends it.
. "$(dirname "$0")/common.sh"
ip link show vcan0 >/dev/null 2>&1 || exit 77

"$PILEBENCH" decode vcan0 >live.txt 2>said.txt &
decoder=$!
waiting() { # PATTERN: until the line is there; cansend repeats, since decode may not listen yet
    for _ in $(seq 100); do
        cansend vcan0 "$2"
        grep -q -- "$1" live.txt && return 0
        sleep 0.1
    done
    return 1
}
check "a line for each message" waiting 'BCL B->C  battery charging demand' 181056F4#A510D80E02
check "values" grep -q 'voltage demand 426.1 V, current demand -20.0 A' live.txt
check "with the date" grep -qE "^-- 20[0-9]{2}-[0-9]{2}-[0-9]{2} --$" live.txt
for frame in 1CEC56F4#100D0002FF000600 1CECF456#110201FFFF000600 1CEB56F4#017201DA052A02A5 \
    1CEB56F4#0210730803C60EFF 1CECF456#130D0002FF000600; do
    cansend vcan0 $frame
done
check "a transfer put together" waiting 'BCP B->C .*77.6%' 18FFF456#00
kill -INT "$decoder"
wait "$decoder"
code=$?
check "130 when interrupted, not $code" test "$code" = 130
check "totals" grep -q 'foreign identifiers: 18FFF456' said.txt
finish
