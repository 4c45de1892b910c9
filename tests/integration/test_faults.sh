#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a person, another program or the machine does to a run: it ends with a sentence and a code that is
# not 0, and nobody's evidence is lost or mixed up.
. "$(dirname "$0")/common.sh"

hang=$BUILD/tests/duts/dut_hang.so
one=estop-during-insulation-test
not() { ! "$@"; }
verdict() { grep -o '"verdict":"[a-z]*","reason":{[^}]*}' "$1/results.jsonl" | head -1; }

# A case's process is killed, inside the firmware: no crash does that, so it proves nothing.
for signal in KILL TERM; do
    "$PILEBENCH" run stop-by-person --no-report --out "$signal" --dut "$hang" >said 2>&1 &
    runner=$!
    wait_until 20 pgrep -P $runner >/dev/null
    wait_until 20 test -e "$signal/traces/stop-by-person.log.part"
    sleep 1
    pkill "-$signal" -P $runner
    wait $runner
    check "$signal: exit code 3" test $? = 3
    check "$signal: $(verdict $signal)" grep -q "inconclusive.*the case's process was killed" <(verdict $signal)
done
# A crash by its signal is a crash, and of the bench where the bench ran.
"$PILEBENCH" run stop-by-person --no-report --out SEGV --dut "$hang" >said 2>&1 &
runner=$!
wait_until 20 test -e SEGV/traces/stop-by-person.log.part
sleep 1
pkill -SEGV -P $runner
wait $runner
check "SEGV: exit code 1" test $? = 1
check "SEGV: $(verdict SEGV)" grep -q 'the firmware under test crashed' <(verdict SEGV)

# One run has a folder at a time.
"$PILEBENCH" run stop-by-person --no-report --out two --dut "$hang" >said.one 2>&1 &
runner=$!
wait_until 20 test -e two/traces/stop-by-person.log.part
expect 2 'another run writes into two' "$PILEBENCH" run $one --out two
expect 2 'another run writes into two' "$PILEBENCH" run --out two --no-such-option
check "two runs: the first one's record is as it was" grep -q '"type":"run"' two/results.jsonl
kill -INT $runner
wait $runner
expect 0 '1 pass' "$PILEBENCH" run $one --out two
# Whatever comes of a run: the record of an earlier one does not stand in for it.
expect 2 '' "$PILEBENCH" run $one --out two --dut ./absent.so
check "a run that does not begin: no record" test ! -e two/results.jsonl -a -s two/results.earlier.jsonl
expect 2 'results.jsonl' "$PILEBENCH" report two

# The record is changed by another program while it is written.
"$PILEBENCH" run -j 1 $one stop-by-person --no-report --out changed --dut "$hang" >said 2>&1 &
runner=$!
wait_until 20 test -e changed/traces/stop-by-person.log.part
sleep 1
sed -i 's/"verdict":"pass"/"verdict":"fail"/' changed/results.jsonl
wait $runner
check "changed: exit code 4" test $? = 4
check "changed: said" grep -q 'results.jsonl is not what this run wrote' said

# Files that may not grow; no memory.
(ulimit -f 8 && "$PILEBENCH" run $one --out small) >said 2>&1
check "ulimit -f: exit code 4" test $? = 4
check "ulimit -f: said" grep -q 'File too large' said
# Standard files that are closed are none of the evidence's.
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
    eval "\"\$PILEBENCH\" run $one --out closed $closed" 2>/dev/null >/dev/null
    check "closed $closed: exit code 0" test $? = 0
    check "closed $closed: the record is whole" grep -q '"type":"end"' closed/results.jsonl
    check "closed $closed: the report is there" test -s closed/report.html
done

# Paths that no file can have, and such as only a part of the files could have.
long=$(printf 'x%.0s' {1..240})
mkdir -p "$long/$long"
expect 0 '1 pass' "$PILEBENCH" run $one --out "$long/$long/yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
check "long path: all of it is there" test -s "$long/$long"/y*/"signals/$one.csv" -a \
    -s "$long/$long"/y*/"traces/$one.log" -a -s "$long/$long"/y*/report.html
expect 2 'File name too long|path is too long' "$PILEBENCH" run $one --out "$long$long"
deep=.
while ((${#deep} < 3900)); do deep+=/$long; done
expect 2 'path is too long' "$PILEBENCH" run $one --out "$deep/$(printf 'y%.0s' {1..140})"
finish
