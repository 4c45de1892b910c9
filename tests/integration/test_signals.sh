#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Signals for other programs: VCD and a wide table have what the run recorded, and nothing else.
. "$(dirname "$0")/common.sh"

"$PILEBENCH" run --no-report --out out estop-while-charging 'weld[k1]' >/dev/null
for ending in vcd csv; do
    expect 0 '^$' bash -c '"$@" && echo' - "$PILEBENCH" signals estop-while-charging "all.$ending"
    expect 0 '[0-9]{4,} values' "$here/read_waves.py" "all.$ending" out/signals/estop-while-charging.csv
done
sed 's/^r\([0-9.]*\) \(.\)$/r\11 \2/' all.vcd >other.vcd
expect 1 'other: \[' "$here/read_waves.py" other.vcd out/signals/estop-while-charging.csv
"$PILEBENCH" signals 'weld[k1]' some.csv --signal 'gun.v*' --signal k1.closed
check "the chosen ones, by name" test "$(head -n 1 some.csv)" = time_s,gun.voltage,k1.closed
check "whole numbers of columns" test "$(awk -F, '{print NF}' some.csv | sort -u)" = 3
expect 2 "out has no case 'wled\[k1\]'; did you mean 'weld\[k1\]'" "$PILEBENCH" signals 'wled[k1]' x.vcd
expect 2 'none of these signals was recorded' "$PILEBENCH" signals 'weld[k1]' x.vcd --signal nothing
expect 2 'does not end in .vcd or .csv' "$PILEBENCH" signals 'weld[k1]' x.txt
expect 2 'nowhere' "$PILEBENCH" signals 'weld[k1]' x.vcd --run nowhere
expect 4 'cannot write|No such file' "$PILEBENCH" signals 'weld[k1]' /nonexistent/x.vcd
rm 'out/signals/weld.k1.csv'
expect 2 'weld.k1.csv' "$PILEBENCH" signals 'weld[k1]' x.vcd
check "nothing half-written" test -z "$(find . -name 'x.*')"
finish
