#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# All cases over kernel SocketCAN: the bench in one process, the charger in another.
. "$(dirname "$0")/common.sh"
if ! ip link show vcan0 >/dev/null 2>&1; then
    echo "skipped: no vcan0 here; run inside tests/vcan/vcan-run"
    exit 77
fi
out=${VCAN_OUT:-out}
expect 0 ' pass, 0 fail, 0 inconclusive, 0 error' "$PILEBENCH" run --wiring vcan --out "$out"
cat "$scratch/said"
cases=$(ls "$root"/scenarios/cases/*.json | wc -l)
check "every case is in the record" test "$(grep -c '"wiring":"vcan"' "$out/results.jsonl")" -ge "$cases"
check "evidence level is hosted" grep -q '"evidence":"hosted"' "$out/results.jsonl"
# The trace of one case goes back onto the network as it was recorded.
trace="$out/traces/contactor-order-500ms.log"
wanted=$(grep -c ' bms ' "$trace")
timeout 30 candump -L -n "$wanted" vcan0 >replayed &
sleep 1
canplayer -t -g 1 -I "$trace" vcan0=bms vcan1=io
wait %1
check "canplayer replays every frame" test "$(cut -d' ' -f3 replayed)" = "$(grep ' bms ' "$trace" | cut -d' ' -f3)"
finish
