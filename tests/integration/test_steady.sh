#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# steady looks again when the machine stood still, and only then.
. "$(dirname "$0")/common.sh"
steady=$BUILD/tests/steady

# A test that notes each look, holds up its witness as a machine that stands still would, and fails until
# the look it is told.
cat >held-up <<'END'
#!/usr/bin/env bash
echo look >>looks
kill -STOP "$PPID"
sleep 0.2
kill -CONT "$PPID"
sleep 0.1
(($(wc -l <looks) >= $1))
END
chmod +x held-up

looks_are() { # TEXT COUNT
    check "$1: $(wc -l <looks) looks instead of $2" test "$(wc -l <looks)" = "$2"
    rm looks
}
expect 0 'stood still for [12][0-9][0-9] ms: once more' "$steady" ./held-up 2
looks_are "passes the second time" 2
expect 1 'no look was decisive' "$steady" ./held-up 99
looks_are "fails always" 4

# On a machine that stands by there is one look; on one that does not the others are told.
for code in 1 3; do
    "$steady" bash -c "echo look >>looks; exit $code" >said
    check "exit code $code is passed on" test $? = "$code"
    looks_are "a fail" $((1 + $(grep -c 'once more' said)))
    check "nothing under 20 ms counts: $(<said)" test -z "$(grep -E 'for 1?[0-9] ms' said)"
done
"$steady" bash -c './held-up 99; exit 77'
check "a skip is passed on" test $? = 77
looks_are "a skip" 1
"$steady" bash -c 'kill -TERM $$'
check "a signal is passed on" test $? = 143
expect 127 'cannot start ./nothing' "$steady" ./nothing
expect 2 'usage' "$steady"
finish
