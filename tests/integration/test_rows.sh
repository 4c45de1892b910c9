#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A case with rows from end to end: run, one row, show, list, report, record; and the schemas.
. "$(dirname "$0")/common.sh"

expect 0 '^2 cases \(2 rows\): 2 pass' "$PILEBENCH" run weld weld-both --out all
check "a line for each row" test "$(grep -c '"id":"weld\[k[12]\]"' all/results.jsonl)" = 2
check "files of its own for each row" test -s all/traces/weld.k1.log -a -s all/signals/weld.k2.csv
check "the record names them" grep -q '"trace":"traces/weld.k2.log"' all/results.jsonl
check "what the row sets is in its settings" grep -q '"settings":\["contactor=k1","other=k2"\]' all/results.jsonl
check "a section for the case" test "$(grep -c 'id="rows-weld"' all/report.html)" = 1
check "its table leads to the rows" grep -q 'href="#case-2"><code>k2<' all/report.html
check "a test case a row" test "$(grep -c '<testcase name="weld\[k[12]\]"' all/junit.xml)" = 2
cp -r all again && rm again/report.html again/junit.xml
expect 0 '' "$PILEBENCH" report again
check "the reports made again are the same" diff -r all again

expect 0 '^1 case \(1 row\): 1 pass' "$PILEBENCH" run 'weld[k2]' --out one
check "one row alone leaves the same trace" cmp all/traces/weld.k2.log one/traces/weld.k2.log
expect 2 "weld.json:[0-9]+:[0-9]+: this case has no row 'k3'; did you mean 'k[12]'" \
    "$PILEBENCH" run 'weld[k3]' --out none
expect 2 "has no rows, so no '.k1.'" "$PILEBENCH" run 'weld-both[k1]' --out none
# The worst row is the case's verdict: K2 alone is not looked at.
expect 1 '^1 case \(2 rows\): 0 pass, 1 fail' "$PILEBENCH" run weld --set weld.check=5 --out worst
check "its rows are a line" grep -q '^FAIL  *weld  *Weld detection (1 of 2 rows did not pass)' said
check "the row that is found passes" grep -q '"id":"weld\[k1\]".*"verdict":"pass","reason":null,"absent"' worst/results.jsonl
expect 0 'weld\[k1\].*K1 \(DC\+\) is welded' "$PILEBENCH" list

expect 0 '^  k2 +contactor=k2, other=k1  K2 \(DC-\) is welded' "$PILEBENCH" show weld
check "what differs comes for each row" grep -q '<weld k2>' said
check "what does not comes once" test "$(grep -c 'Try to start once more' said)" = 1
expect 0 '^数据行' "$PILEBENCH" show weld --language zh
expect 0 '^Weld detection: K2 \(DC-\) is welded' "$PILEBENCH" show 'weld[k2]'
check "one row has no other's wording" test "$(grep -c 'weld k1' said)" = 0
# The kill matrix: a column a row; a mutant that names the case is caught by one of its rows.
cp -r "$root/scenarios" named
sed -i 's/"killers": \["weld\[k1\]".*\]/"killers": ["weld"]/' named/mutants.json
expect 0 'weld-k1-unchecked +\[x\]\[.\]' "$PILEBENCH" qualify weld --scenarios named
sed -i 's/"killers": \["weld"\]/"killers": ["weld[k2]"]/' named/mutants.json
expect 1 'DEFECT: mutant weld-k1-unchecked survives weld\[k2\]' "$PILEBENCH" qualify weld --scenarios named
sed -i 's/"killers": \["weld\[k2\]"\]/"killers": ["weld[k3]"]/' named/mutants.json
expect 2 "mutants.json:[0-9]+:[0-9]+: the case 'weld' has no row 'k3'" \
    "$PILEBENCH" qualify weld --scenarios named
# A group is shown as what it has.
expect 0 'Last timeout to K3 and K4 open' "$PILEBENCH" show dn-1001-no-brm

# A fault in a group says both places.
cp -r "$root/scenarios" broken
sed -i 's/"limit": "timeout.end", "settle": true/"limit": "timeout.edn", "settle": true/' broken/groups.json
expect 2 'broken/groups.json:[0-9]+:[0-9]+: .*timeout.edn.*; used at broken/cases/gbt34658/dn-4001-no-bsd.json:[0-9]+:[0-9]+' \
    "$PILEBENCH" run dn-4001-no-bsd --scenarios broken --out none

# The shipped schemas are what the program prints.
for schema in scenario groups monitors starts profile vehicle mutants; do
    "$PILEBENCH" schema "$schema" >"$schema.schema.json"
    check "scenarios/$schema.schema.json: write it anew with \`pilebench schema $schema\`" \
        cmp "$schema.schema.json" "$root/scenarios/$schema.schema.json"
done
expect 2 "no schema for 'case'" "$PILEBENCH" schema case
finish
