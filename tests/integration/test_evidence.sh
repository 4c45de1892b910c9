#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a run leaves is repeatable to the byte and readable by the tools it is made for.
. "$(dirname "$0")/common.sh"

"$PILEBENCH" run 'c*' 'd*' --out first >/dev/null
# Record, traces and signals of all cases: determinism.sh. Here the reports too.
"$PILEBENCH" run 'b*' 'w*' --out some >/dev/null
"$PILEBENCH" run 'b*' 'w*' --out again >/dev/null
check "same seed, same record, traces, signals and reports" same_folders some again -x times.csv -x junit.xml
# JUnit's time is the one on the wall, of which times.csv has more.
without_times() { # FOLDER
    sed -E 's/ time="[^"]*"//g' "$1/junit.xml" >"$1.junit"
}
without_times some
without_times again
check "same seed, same JUnit but for the time it took" cmp some.junit again.junit
check "JUnit has times" grep -q ' time="' some/junit.xml
"$PILEBENCH" run weld --out third --seed 2 >/dev/null
check "the seed is in the record" grep -q '"seed":"2"' third/results.jsonl

check "JUnit is what the schema says" xmllint --noout --schema \
    "$root/tests/reports/junit.xsd" first/junit.xml
for trace in first/traces/*.log; do
    if ! log2asc -I "$trace" bms >asc 2>&1 || [[ $(grep -c ' Rx ' asc) != $(wc -l <"$trace") ]]; then
        echo "FAIL: log2asc does not take $trace" >&2
        failures=$((failures + 1))
    fi
done

# A run that is cut keeps what it finished, and says that it is not whole.
mkdir cut
head -c "$(($(wc -c <first/results.jsonl) * 2 / 3))" first/results.jsonl >cut/results.jsonl
mkdir cut/traces cut/signals
expect 3 'cut short' "$PILEBENCH" report cut
check "the report says so too" grep -qi 'cut short' cut/report.html

# A full disk: an error of the bench, never a whole-looking folder.
if mkdir full && mount -t tmpfs -o size=64k none full 2>/dev/null; then
    expect 4 'No space left' "$PILEBENCH" run estop-while-charging --out full
    check "the case is an error" grep -q '^ERROR  *estop-while-charging' said
    check "no manifest closes the folder" test ! -e full/manifest.json
    check "the half-written file keeps its name" test -n "$(find full -name '*.part')"
    umount full
fi
finish
