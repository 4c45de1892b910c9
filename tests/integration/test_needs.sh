#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A firmware that says what it does not have: not applicable where nobody demands it, a fail where the
# profile does, run all the same where safety is at stake; nothing passed is no success.
. "$(dirname "$0")/common.sh"

bare="$BUILD/tests/duts/dut_bare.so"

# The standards' own profile demands no meter and no billing.
expect 0 '1 pass, 0 fail, 0 inconclusive, 0 error, 2 not applicable' "$PILEBENCH" run --dut "$bare" \
    --profile gbt-2015 --out some meter-lies billing-tariffs estop-while-charging
check "the record has a state, and no verdict" \
    grep -q '"id":"meter-lies".*"verdict":"none".*it is declared that there is none.*"absent":true' \
    some/results.jsonl
check "JUnit: skipped, with the reason" \
    grep -q '<skipped message="needs a DC meter.*declared' some/junit.xml
check "JUnit counts it" grep -q 'tests="3" failures="0" errors="0" skipped="2"' some/junit.xml
check "the absence heads the report, in both languages" \
    grep -q 'class="absences".*声明不具备的能力' some/report.html
expect 3 '2 not applicable' "$PILEBENCH" run --dut "$bare" --profile gbt-2015 --out none \
    meter-lies billing-tariffs
# The tender demands both.
expect 1 'the profile t240 demands a DC meter.*T240-4.8a' "$PILEBENCH" run --dut "$bare" --out t240 \
    meter-lies
# A pile whose contactors are slow: its plant is set by the vehicle file, its firmware has to know.
slow() { # KEY: the vehicle's file with K1 and K2 at 180 ms
    sed "s/\"values\": {/\"values\": {\"$1\": \"180 ms\",/" "$root/scenarios/vehicles/bus-lfp-540v.json" >"${1//_/-}.json"
}
slow k1k2_close
slow k1k2_open
expect 0 '3 cases.*: 3 pass' "$PILEBENCH" run --vehicle ./k1k2-close.json --set weld.dwell=300 --set feedback.timeout=300 \
    --no-report --out slow estop-while-charging stop-by-person weld
expect 1 'K1 does not close' "$PILEBENCH" run --vehicle ./k1k2-close.json --no-report --out slow stop-by-person
expect 1 'Emergency stop to K1 and K2 open' "$PILEBENCH" run --vehicle ./k1k2-open.json --set weld.dwell=300 \
    --set feedback.timeout=300 --no-report --out slow estop-while-charging
# A case of safety cannot be left out by its needs.
cp -r "$root/scenarios" scenarios
sed -i 's/^  "vehicle"/  "needs": ["records"],\n  "vehicle"/' \
    scenarios/cases/nbt33008.1/estop-while-charging.json
expect 2 'a clause of safety: it is run with every pile' "$PILEBENCH" run --scenarios scenarios \
    --out unsafe estop-while-charging
# A pile too small for what a case asks.
sed -i 's/^  "vehicle"/  "needs": ["plate.current_max >= 300 A"],\n  "vehicle"/' \
    scenarios/cases/gbt34658/dp-3001-ccs.json
expect 3 "needs 'plate.current_max >= 300 A'" "$PILEBENCH" run --scenarios scenarios --out small \
    dp-3001-ccs
expect 0 'Needs: plate.current_max >= 300 A' "$PILEBENCH" show dp-3001-ccs --scenarios scenarios
finish
