#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The charger's process crashes, is stopped or killed in the middle of a charge: the case fails (killed, it is
# inconclusive), says so, and the bench does not hang. A machine that stands still, bench and charger alike, proves nothing.
# A network that is not there is a clear message.
. "$(dirname "$0")/common.sh"
if ! ip link show vcan0 >/dev/null 2>&1; then
    echo "skipped: no vcan0 here; run inside tests/vcan/vcan-run"
    exit 77
fi
for signal in KILL STOP SEGV; do
    "$PILEBENCH" run stop-by-person --wiring vcan --out "$signal" >said 2>&1 &
    bench=$!
    # CCS frames on the vehicle network mean that it charges.
    timeout 60 candump -n 20 vcan0,1812F456:1FFFFFFF >/dev/null
    pkill "-$signal" -x pile
    wait "$bench"
    code=$?
    # No crash kills: that was a person, or the system.
    [[ $signal == KILL ]] && wanted=3 || wanted=1
    check "$signal: exit code $wanted, not $code ($(tail -3 said))" test "$code" = "$wanted"
    check "$signal: the record says why" grep -q 'firmware under test' "$signal/results.jsonl"
    pkill -KILL -x pile
done
"$PILEBENCH" run stop-by-person --wiring vcan --out still >said 2>&1 &
bench=$!
timeout 60 candump -n 20 vcan0,1812F456:1FFFFFFF >/dev/null
mapfile -t both < <(pgrep -x 'pile|pilebench')
kill -STOP "${both[@]}"
sleep 11 # longer than a case may go without progress
kill -CONT "${both[@]}"
wait "$bench"
code=$?
check "stood still: exit code 3, not $code ($(tail -3 said))" test "$code" = 3
check "stood still: the report says so ($(tail -5 said))" grep -qE 'stood still for [0-9]{3,5} ms' said
# Before its first step nothing was at stake: a folder that takes its time (here a pipe that nobody reads for
# a while) excuses no fail.
cat >fails.json <<'END'
{"id": "fails", "title": {"en": "fails", "zh": "不合格"}, "vehicle": "bus-lfp-540v", "timeout": "1 min",
 "steps": [{"wait": "2 s"}, {"do": "press estop"}, {"wait": "2 s"}],
 "checks": [{"expect": "k1.closed", "from": "estop.pressed", "within": "1 s", "title": {"en": "closed", "zh": "闭合"}}]}
END
mkdir -p slow/signals && mkfifo slow/signals/fails.csv.part
{ sleep 3 && cat slow/signals/fails.csv.part >/dev/null; } &
reader=$!
"$PILEBENCH" run fails.json --wiring vcan --no-report --out slow >said 2>&1
code=$?
# A pipe has no hash: no manifest, hence 4. The verdict is what it was.
check "slow folder: a fail ($code, $(tail -5 said))" grep -q '^FAIL  *fails ' said
check "slow folder: exit code 4, not $code" test "$code" = 4
wait "$reader"
# Nor does a bench that has too much to do stand still: a charger that floods the network stays failed.
cat >flooded.json <<'END'
{"id": "flooded", "title": {"en": "flooded", "zh": "报文泛滥"}, "vehicle": "bus-lfp-540v", "start": "plugged",
 "timeout": "1 min", "steps": [{"do": "press start"}, {"until": "gun.current > 50 A", "within": "40 s"},
 {"wait": "1 s"}, {"do": "press estop"}, {"wait": "2 s"}],
 "checks": [{"measure": {"en": "K1 opens", "zh": "K1断开"}, "from": "estop.pressed", "to": "not k1.closed",
 "limit": "estop.open"}]}
END
"$PILEBENCH" run flooded.json --wiring vcan --no-report --out flooded --dut "$BUILD/tests/duts/dut_flood.so" \
    >said 2>&1
code=$?
check "flooded: exit code 1, not $code ($(tail -5 said))" test "$code" = 1
# Interrupted in a charge, the bench takes the pile and its storage with it.
stores() { find /dev/shm /tmp -maxdepth 1 -name 'pilebench.*' -user "$(id -u)" 2>/dev/null | sort; }
before=$(stores)
"$PILEBENCH" run stop-by-person --wiring vcan --out interrupted >said 2>&1 &
bench=$!
timeout 60 candump -n 20 vcan0,1812F456:1FFFFFFF >/dev/null
check "interrupted: there is a storage meanwhile" test "$(stores)" != "$before"
kill -INT "$bench"
wait "$bench"
check "interrupted: the storage is gone ($(stores))" test "$(stores)" = "$before"
check "interrupted: the pile has ended ($(pgrep -x pile))" test -z "$(pgrep -x pile)"
# The bench itself is killed: the pile sees its meters' lines hang up and its parent go, and ends; the next run
# has the networks for itself, and removes what was left.
"$PILEBENCH" run stop-by-person --wiring vcan --out orphaned >said 2>&1 &
bench=$!
timeout 60 candump -n 20 vcan0,1812F456:1FFFFFFF >/dev/null
kill -KILL "$bench"
wait "$bench" 2>/dev/null
gone() { ! pgrep -x pile >/dev/null; }
wait_until 10 gone
check "bench killed: the pile ends ($(pgrep -x pile))" gone
expect 0 '^PASS +stop-by-person ' "$PILEBENCH" run stop-by-person --wiring vcan --out after
# A controller of somebody else's on the I/O network is not taken for the one under test.
"$PILE" --vehicle vcan0 --io vcan1 --store other.nvs --quiet >/dev/null 2>&1 &
other=$!
timeout 20 candump -n 2 vcan1,3F1:7FF >/dev/null
expect 4 'another controller is already on vcan1' "$PILEBENCH" run stop-by-person --wiring vcan --out second
kill -TERM "$other"
wait "$other"
check "the other one ended by SIGTERM, its code $?" test $? = 0
# The user's own shared object, run by pile.
expect 0 '1 pass' "$PILEBENCH" run lock-blocked --wiring vcan --out so \
    --dut "$BUILD/firmware-under-test/reference_core.so"
expect 4 'no such interface|nosuch' "$PILEBENCH" run stop-by-person --wiring vcan --can-io nosuch --out none
finish
