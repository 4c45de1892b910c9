#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --vehicle external: a BMS that is not the bench's speaks on vcan0; the bench keeps plant, interlocks, and the
# contactors that the BMS commands on vcan1.
. "$(dirname "$0")/common.sh"
expect 2 '.-vehicle external needs --wiring vcan' "$PILEBENCH" run --vehicle external estop-while-charging
ip link show vcan0 >/dev/null 2>&1 && command -v python3 >/dev/null || exit 77

python3 "$here/other_bms.py" vcan0 vcan1 2>bms.err &
bms=$!
expect 0 '1 pass' "$PILEBENCH" run --wiring vcan --vehicle external --out out estop-while-charging
check "the BMS goes on: $(tail -1 bms.err)" kill -0 $bms
check "the record says whose the vehicle was" grep -q '"settings":\[[^]]*"vehicle=external"' out/results.jsonl
check "the frames are the other BMS's: its VIN" \
    grep -q LTEST000000000007 <("$PILEBENCH" judge out/traces/estop-while-charging.log)
check "K5 and K6 have followed its commands" grep -q 280# out/traces/estop-while-charging.log
# What only the bench's own BMS can be told is not done, and nothing is judged by it.
cat >asks.json <<'END'
{"id": "asks", "title": {"en": "asks", "zh": "要求"}, "vehicle": "bus-lfp-540v", "timeout": "1 min",
 "steps": [{"do": "set vehicle.current_demand 50 A"}, {"do": "mute BRM"}],
 "checks": [{"never": "CHM", "title": {"en": "CHM", "zh": "CHM"}}]}
END
expect 3 "'mute BRM' is not possible: the vehicle's BMS is an external one" \
    "$PILEBENCH" run --wiring vcan --vehicle external --no-report --out asks asks.json
kill $bms
wait $bms 2>/dev/null
finish
