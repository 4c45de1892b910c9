#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What goes to standard output: whole, or exit code 4; and without a way for the texts of others to colour,
# hide or forge what stands beside them. And a record that contradicts itself is told, not shown.
. "$(dirname "$0")/common.sh"

"$PILEBENCH" run --out out estop-while-charging >/dev/null
cp out/traces/estop-while-charging.log car.log

if [[ -w /dev/full ]]; then
    while IFS= read -r command; do
        # shellcheck disable=SC2086
        expect 4 'cannot write to standard output' bash -c '"$@" >/dev/full' - "$PILEBENCH" $command
        check "it is said once: $command" test "$(grep -c 'standard output' said)" = 1
    done <<'END'
run --out again estop-while-charging
run --json --out again estop-while-charging
report out
judge car.log
judge car.log --json
decode car.log
decode car.log --json
list cases
list messages --json
show estop-while-charging
schema
dbc
dissector
doctor
meter items
meter decode car.log
--version
--help
run --help
meter --help
END
fi

# ESC, a broken character, and a mark that turns the direction of writing.
hostile=$'\x1b[31mX\xff\xe2\x80\xae'
forbidden=$'\x1b\\[31m|\xe2\x80\xae|\xff'
clean() { ! LC_ALL=C grep -qE "$forbidden" "$1"; }
mkdir forged
sed 's/"en":"Emergency stop while charging"/"en":"\\u001b[31mX\\u202e\\nPASS  other"/;
     s/"dut_name":"[^"]*"/"dut_name":"\\u001b[31mX\\u202e"/;
     s/"id":"estop-while-charging"/"id":"e\\u001b[31m\\u202e"/' out/results.jsonl >forged/results.jsonl
expect 0 '^PASS +e' "$PILEBENCH" report forged
check "the table has none of it" clean said
check "nor a line of its own" test "$(grep -c '^PASS' said)" = 1
check "nor the page" clean forged/report.html
check "nor JUnit" clean forged/junit.xml
check "JUnit is well-formed" xmllint --noout forged/junit.xml
cp car.log "car$hostile.log"
expect 0 '' "$PILEBENCH" judge "car$hostile.log"
check "the judgement shows no such name" clean said
expect 2 'No such file' "$PILEBENCH" judge "none$hostile.log"
check "nor does a complaint" clean said

# One value of a good record is another.
contradicts() { # SED PATTERN
    rm -rf forged && mkdir forged
    sed "$1" out/results.jsonl >forged/results.jsonl
    expect 2 "$2" "$PILEBENCH" report forged
    check "there is no report of it" test ! -e forged/report.html
}
contradicts '2s/"verdict":"pass"/"verdict":"fail"/2' 'results.jsonl:2: the record contradicts itself: case "estop-while-charging"'
contradicts '2s/"value":40,/"value":99999,/' 'the value is outside its limits, and the verdict is pass'
contradicts '1s/"evidence":"model"/"evidence":"bench"/' 'results.jsonl:1: .*evidence "bench" with wiring "sim"'
contradicts '1s/"case_count":1/"case_count":2/' '2 cases were planned, the end line comes after 1'
contradicts '2p' 'results.jsonl:3: the case "estop-while-charging" is there a second time'
finish
