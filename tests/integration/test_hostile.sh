#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Firmware that does harm: whatever it does, in the bench's process or isolated, no verdict on it is a pass, the
# bench does not hang, says what it was, and the next run is as if nothing had been.
. "$(dirname "$0")/common.sh"

export PILEBENCH BUILD
export HOSTILE_SLEEP=20.$((1000000 + $$)) # of a sleep that no other test has
case=estop-during-insulation-test
sanitized=$(grep -c '^PILEBENCH_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt")
export case sanitized

# One line of the table, one way. Says what is wrong with it.
try() { # WAY MODE CODE PATTERN
    local way=$1 mode=$2 wanted=$3 pattern=$4 folder="$1.$2" patience=10 code
    [[ $pattern != *hung* ]] || patience=1
    if ((sanitized != 0)); then # a sanitizer tells a crash in words of its own, and exits
        [[ "$way $pattern" != "in-process "*"system call"* ]] || return 0 # not forbidden there
        [[ "$way $mode" != "in-process log-for-ever" ]] || return 0 # a million lines take too long
        pattern="$(sed -E 's/crashed( \\\([^)]*\))?/crashed/' <<<"$pattern")|exit code 1|left processes" # its symbolizer
    fi
    mkdir "$folder"
    cd "$folder" || exit
    HOSTILE=$mode HOSTILE_OUT=out timeout -k 1 60 "$PILEBENCH" run "--$way" -j 1 --hang-after $patience --json \
        --set chm.period=250 --out out --dut "$BUILD/tests/duts/dut_hostile.so" "$case" >said 2>complained
    code=$?
    if [[ ! $code =~ ^$wanted$ ]]; then
        echo "$mode, $way: exit code $code instead of $wanted: $(tail -c 300 said) $(tail -n 3 complained)"
    elif ! cat said complained out/results.jsonl 2>/dev/null | grep -qE -- "$pattern"; then
        echo "$mode, $way: nothing says /$pattern/: $(tail -c 600 said) $(tail -n 3 complained)"
    elif grep -v '^{"type":"case","id":"estop-during-insulation-test","title":{"en":"Emergency stop' said; then
        echo "$mode, $way: that is none of the bench's lines on standard output"
    elif grep -q '"verdict":"pass","reason":null,"covers"' said out/results.jsonl out/junit.xml 2>/dev/null; then
        echo "$mode, $way: a pass"
    elif [[ $wanted == [13] && ! -s out/report.html ]]; then
        echo "$mode, $way: no report"
    fi
    cd .. && rm -rf "$folder"
}
export -f try

good() { "$PILEBENCH" run --isolate --no-report --out "$1" --dut "$BUILD/firmware-under-test/reference_core.so" "$case" >/dev/null; }
check "a good firmware passes before" good before
# Where a good one runs makes no difference but for a word in the record's head.
for dut in "$BUILD/firmware-under-test/reference_core.so" "$BUILD/tests/duts/dut_storage.so"; do
    for way in in-process isolate; do
        expect 0 '4 cases.*: 4 pass' "$PILEBENCH" run "--$way" --no-report --out "good.$way" --dut "$dut" \
            estop-while-charging weld billing-by-time billing-power-loss
    done
    check "its record says where it ran" grep -q '"isolated":true' good.isolate/results.jsonl
    sed -i 's/"isolated":true/"isolated":false/' good.isolate/results.jsonl
    check "${dut##*/}: the same bytes isolated" diff -r -x manifest.json good.in-process good.isolate
    rm -r good.*
done
expect 2 '.-isolate needs --wiring sim and --dut' "$PILEBENCH" run --isolate --out none
expect 2 '.-hang-after 0: expected a whole number from 1' "$PILEBENCH" run --hang-after 0 --out none
rows=0
while read -r mode rest; do
    [[ $mode == \#* || -z $mode ]] && continue
    beside=${rest%% ; *} apart=${rest##* ; }
    beside=${beside%"${beside##*[! ]}"}
    # A machine's memory is not for a test that no limit ends.
    [[ $mode == fill-memory && $sanitized != 0 ]] && continue
    printf '%s\0' in-process "$mode" "${beside%% *}" "${beside#* }" isolate "$mode" "${apart%% *}" "${apart#* }"
    rows=$((rows + 1))
done <"$here/hostile.table" >todo
rows=$(($(tr -dc '\0' <todo | wc -c) / 8))
check "at least 150 modes, not $rows" test "$rows" -ge 150
xargs -0 -n 4 -P "$(($(nproc) + 2))" bash -c 'try "$@"' bash <todo >wrong 2>&1
cat wrong >&2
check "every mode has its verdict" test ! -s wrong
# Every mode of the firmware is in the table.
grep -oP '^    (RAISE\("|\{")\K[a-z0-9-]+(?=")' "$here/duts/hostile.c" | sed 's/^\(segv\|bus\|fpe\|ill\|trap\|sys\|term\|kill\|hup\|quit\|alrm\|usr1\|pipe\|xcpu\|vtalrm\|stop\)$/raise-&/' |
    grep -v '^raise-$' | LC_ALL=C sort >there
grep -v '^#' "$here/hostile.table" | cut -d' ' -f1 | grep . | LC_ALL=C sort >listed
check "the table has every mode: $(comm -3 there listed | paste -sd' ')" cmp -s there listed
check "a good firmware passes afterwards" good after
check "with the same bytes" same_folders before after
left="run --(isolate|in-process) -j 1 .*$BUILD/tests/duts/dut_hostile\\.so|sleep $HOSTILE_SLEEP" # of this test: others run beside it
check "nothing was left running: $(pgrep -af "$left")" test -z "$(pgrep -f "$left")"
finish
