#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # scripts for the scheduler
# .ci/schedule with stages of its own: what passes, fails, hangs, skips, counts, and needs another one.
. "$(dirname "$0")/common.sh"
schedule=$root/.ci/schedule
long=$((1000000 + $$)) # of a sleep that no other test has
declared() { # LINE...: the file of stages
    printf '%s\n' "$@" >stages
}
told() { # LINE
    check "in the output: $1" grep -qxF -- "$1" whole
}

declared 'stage good   clock 60 "good"' \
    'stage bad    work  60 "bad"' \
    'stage after  clock 60 "after bad" bad' \
    'stage hang   work   2 "hangs"' \
    'stage skip   clock 60 "skips"' \
    'stage many   work  60 "many"' \
    'stage ending work  60 "ends its shell"' \
    'stage idle   work  60 "gives way"' \
    'stage usual  clock 60 "after good" good' \
    'good() { echo not shown; echo "@shown"; }' \
    'bad() { echo "why it is bad"; return 3; }' \
    'after() { touch ran; }' \
    "hang() { echo 'before it hangs'; echo 9 9 9 >\"\$STAGE_COUNTS\"; sleep $long & sleep $long; }" \
    'skip() { return 77; }' \
    'many() { echo 5 2 1 >"$STAGE_COUNTS"; return 1; }' \
    'ending() { exit 1; }' \
    'idle() { [[ $(ps -o cls= -p $$) == *IDL* ]]; }' \
    'usual() { [[ $(ps -o cls= -p $$) == *TS* ]]; }'
expect 1 '^8 passed, 6 failed, 2 skipped$' "$schedule" stages
cp "$scratch/said" whole
told 'ok    good'
told '      shown'
check "a stage that passes is quiet" test "$(grep -c 'not shown' whole)" = 0
told 'FAIL  bad (exit code 3)'
told '      why it is bad'
told 'FAIL  after bad (exit code 1)'
told '      not run: needs "bad"'
check "what needs a failed one is not run" test ! -e ran
told 'FAIL  hangs (exit code 124)'
told '      before it hangs'
told '      stopped after 2 s'
told 'skip  skips'
told 'FAIL  many: 5 passed, 2 failed, 1 skipped (exit code 1)'
told 'FAIL  ends its shell (exit code 1)'
told 'ok    gives way'
told 'ok    after good'
check "the last line is the sum" test "$(tail -n 1 whole)" = '8 passed, 6 failed, 2 skipped'
check "the table has every stage" test "$(sed -n '/^lane/,$p' whole | grep -cE '^(clock|work) ')" = 9
check "nothing runs on" test -z "$(pgrep -f "[s]leep $long")"

declared 'stage a work 9 "a"' 'stage b clock 9 "b"' 'a() { :; }' 'b() { :; }'
expect 0 '^2 passed, 0 failed, 0 skipped$' "$schedule" stages
declared 'stage a work 900 "a"' 'stage b work 900 "b"' "a() { sleep $long; }" "b() { sleep $long; }"
expect 1 '^0 passed, 2 failed, 0 skipped$' env SCHEDULE_SECONDS=1 "$schedule" stages
check "the whole has a limit" grep -q 'not run: no time is left' "$scratch/said"
declared 'stage a work 15m "a"' 'a() { :; }'
expect 2 "a: '15m' is not a number of seconds" "$schedule" stages
declared 'stage a work 9 "a" b' 'stage b clock 9 "b" a' 'a() { :; }' 'b() { :; }'
expect 2 'a needs b, which is not declared above it' "$schedule" stages
expect 2 'schedule FILE' "$schedule"

declared 'stage a work 900 "a"' "a() { sleep $long; }"
"$schedule" stages >interrupted &
scheduler=$!
wait_until 10 pgrep -f "[s]leep $long" >/dev/null
kill -TERM "$scheduler"
wait "$scheduler"
check "interrupted: exit code" test $? = 130
gone() { ! pgrep -f "[s]leep $long" >/dev/null; }
wait_until 10 gone
check "interrupted: nothing runs on" gone
finish
