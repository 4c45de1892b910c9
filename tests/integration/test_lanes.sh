#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Several cases at a time: the same bytes as one after the other, also when the firmware crashes or
# hangs, when the run stops at the first failure, and when it is interrupted.
. "$(dirname "$0")/common.sh"

cases=(estop-while-charging weld estop-during-insulation-test stop-by-person billing-by-time)
duts=$BUILD/tests/duts

not() { ! "$@"; }
ids() { grep -o '"type":"case","id":"[^"]*"' "$1/results.jsonl" | cut -d'"' -f8 | paste -sd' '; }
same() { # as one after the other: CODE NAME OPTION... (the cases' folders: NAME.1, NAME.4)
    local code=$1 name=$2 lanes
    shift 2
    for lanes in 1 4; do
        expect "$code" '[0-9] cases' "$PILEBENCH" run --no-report -j "$lanes" --out "$name.$lanes" "$@"
        grep -v '^report' said >"$name.$lanes.said"
    done
    check "$name: the same bytes" same_folders "$name.1" "$name.4"
    check "$name: the same table" diff "$name.1.said" "$name.4.said"
}

same 0 good "${cases[@]}"
check "each case once, in the order of the command line" test "$(ids good.4)" = \
    'estop-while-charging weld[k1] weld[k2] estop-during-insulation-test stop-by-person billing-by-time'
expect 0 '' "$PILEBENCH" run --json -j 4 --no-report --out json "${cases[@]}"
check "--json: the lines of the record" diff <(cat said) <(grep '"type":"case"' good.1/results.jsonl)

# Firmware that ends its process, beside cases that it does not reach.
same 1 crash --dut "$duts/dut_crash.so" "${cases[@]}"
check "crash: the others go on" grep -q '"id":"estop-during-insulation-test".*"verdict":"pass"' crash.4/results.jsonl
# Three hang, side by side.
expect 1 '4 cases.* 1 pass, 3 fail' timeout 100 "$PILEBENCH" run -j 4 --no-report --out hang \
    --dut "$duts/dut_hang.so" estop-while-charging estop-during-insulation-test stop-by-person dn-3005-bcs-stops
check "hang: in its order" test "$(ids hang)" = \
    'estop-while-charging estop-during-insulation-test stop-by-person dn-3005-bcs-stops'

# The first failure is the last case: the record ends with it and says that it was cut short.
same 1 fast --fail-fast --dut "$duts/dut_crash.so" estop-during-insulation-test stop-by-person "${cases[@]}"
check "--fail-fast: up to the failure" test "$(ids fast.4)" = 'estop-during-insulation-test stop-by-person'
check "--fail-fast: no end line" not grep -q '"type":"end"' fast.4/results.jsonl
check "--fail-fast: no evidence of the others" test "$(ls fast.4/traces)" = \
    $'estop-during-insulation-test.log\nstop-by-person.log'
expect 0 '2 pass' "$PILEBENCH" run --fail-fast -j 2 --out fast estop-while-charging stop-by-person

# Interrupted: what had finished is in the record, behind a gap too, and nothing runs on.
"$PILEBENCH" run -j 2 --hang-after 100 --out cut --dut "$duts/dut_hang.so" estop-while-charging \
    estop-during-insulation-test stop-by-person >said 2>&1 &
runner=$!
wait_until 20 test -s cut/traces/estop-during-insulation-test.log
wait_until 5 test "$(pgrep -cP $runner)" = 2
children=$(pgrep -P $runner)
kill -INT $runner
wait $runner
check "interrupted: exit code" test $? = 130
check "interrupted: said" grep -q 'interrupted after 1 of 3 cases' said
check "interrupted: the table has which" grep -q '^PASS  *estop-during-insulation-test ' said
check "interrupted: the record has which" test "$(ids cut)" = estop-during-insulation-test
check "interrupted: there were children" test -n "$children"
for pid in $children; do
    check "interrupted: $pid runs on" not test -e "/proc/$pid"
done

# A mutant is caught once; what runs beside the catch does not count.
for lanes in 1 4; do
    expect 0 '3 cases: all killed' "$PILEBENCH" qualify --fail-fast -j $lanes weld estop-while-charging
    mv said "matrix.$lanes"
done
check "qualify --fail-fast: the same matrix" diff matrix.1 matrix.4
check "qualify --fail-fast: each mutant is caught once" \
    not grep -qE '^[a-z0-9-]+ +.*[[ ]x.*[[ ]x[] ]' matrix.4
# A mutant that is none survives.
cp -r "$root/scenarios" blunt
sed -i 's/"value": 3600000/"value": 1/' blunt/mutants.json
expect 1 'DEFECT: mutant estop-ignored survives all cases' "$PILEBENCH" qualify --fail-fast \
    estop-while-charging --scenarios blunt

# Named twice a case runs once; another of its name would take its files.
expect 0 '^1 case \(2 rows\)' "$PILEBENCH" run -j 4 --out twice 'weld[k2]' weld 'weld[k1]'
mkdir other
cp "$root"/scenarios/cases/*/stop-by-person.json other
expect 2 'stop-by-person.json and .*other/stop-by-person.json are both called stop-by-person' \
    "$PILEBENCH" run -j 4 --out none stop-by-person other/stop-by-person.json

expect 2 '--jobs 0: expected a whole number from 1 to 64' "$PILEBENCH" run -j 0
expect 2 '--jobs 3x: expected a whole number' "$PILEBENCH" qualify -j 3x
expect 2 '.j 2 needs --wiring sim' "$PILEBENCH" run -j 2 --wiring vcan
finish
