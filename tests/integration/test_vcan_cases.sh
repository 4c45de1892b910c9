#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The base cases over kernel SocketCAN on the real clock: the bench in one process, the charger in
# another. All cases run on virtual time (tests/vcan/test_virtual_time.sh), which hides what scheduling
# does to a bench; these do not. Two lanes at a time, each on a pair of networks of its own: most of a
# case's real time is waiting.
. "$(dirname "$0")/common.sh"
if ! ip link show vcan0 >/dev/null 2>&1; then
    echo "skipped: no vcan0 here; run inside tests/vcan/vcan-run"
    exit 77
fi
for network in vcan3 vcan4; do
    ip link show "$network" >/dev/null 2>&1 || ip link add "$network" type vcan
    ip link set "$network" txqueuelen 1000 up
done
cases=(contactor-order-500ms estop-while-charging full-charge-bms-ends insulation-fault-stops
    pilot-fault-while-charging precharge-within-10v stop-by-person weld-both 'weld[k1]' 'weld[k2]')

lane() { # FOLDER VEHICLE-NETWORK IO-NETWORK CASE...
    local folder=$1 vehicle=$2 io=$3
    shift 3
    "$PILEBENCH" run --wiring vcan --can-vehicle "$vehicle" --can-io "$io" --out "$folder" "$@" \
        >"$folder.said" 2>"$folder.log"
    echo $? >"$folder.code"
}
half=$((${#cases[@]} / 2))
lane a vcan0 vcan1 "${cases[@]:0:half}" &
lane b vcan3 vcan4 "${cases[@]:half}" &
wait
# Inconclusive is the bench's own word for "this machine stood still" or "I was too late to decide": on a
# busy machine that may happen, and another look decides. A fail is a fail at the first.
readonly looks=5
undecided() { # FOLDER
    sed -nE 's/^\{"type":"case","id":"([^"]*)".*"verdict":"inconclusive","reason":\{.*"covers".*/\1/p' \
        "$1/results.jsonl" | sort -u
}
for folder in a b; do
    latest=$folder
    for ((look = 2; look <= looks; look++)); do
        mapfile -t again < <(undecided "$latest")
        [[ $(cat "$latest.code") == 3 && ${#again[@]} -gt 0 ]] || break
        cat "$latest.said"
        echo "look $look at: ${again[*]}"
        latest=$folder.$look
        lane "$latest" vcan0 vcan1 "${again[@]}"
    done
    grep -hv '^pile: ' "$latest.log"
    cat "$latest.said"
    check "lane $folder: every case passes" test "$(cat "$latest.code")" = 0
    check "evidence level is hosted" grep -q '"evidence":"hosted"' "$folder/results.jsonl"
done
ran=$(cat a/results.jsonl b/results.jsonl | grep -c '"wiring":"vcan".*"verdict"\|"verdict".*"wiring":"vcan"')
check "every case is in the record: $ran of ${#cases[@]}" test "$ran" = "${#cases[@]}"

# The trace of one case goes back onto the network as it was recorded.
trace=a/traces/contactor-order-500ms.log
wanted=$(grep -c ' bms ' "$trace")
timeout 30 candump -L -n "$wanted" vcan0 >replayed &
sleep 1
canplayer -t -g 1 -I "$trace" vcan0=bms vcan1=io
wait %%
check "canplayer replays every frame" test "$(cut -d' ' -f3 replayed)" = "$(grep ' bms ' "$trace" | cut -d' ' -f3)"
finish
