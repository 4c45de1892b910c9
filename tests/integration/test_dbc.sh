#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The exported DBC, read back by an independent reader (canmatrix), is the table of messages.
. "$(dirname "$0")/common.sh"
python=/usr/bin/python3
if ! "$python" -c 'import canmatrix.formats' 2>/dev/null; then
    echo "python3-canmatrix is not installed" >&2
    exit 77
fi

expect 0 'usage: pilebench dbc' "$PILEBENCH" dbc --help
expect 2 'use 2011, 2015 or 2023' "$PILEBENCH" dbc --edition 2014
expect 2 'use en or zh' "$PILEBENCH" dbc --language de
expect 2 'unexpected argument' "$PILEBENCH" dbc out.dbc
expect 4 'cannot write to standard output' bash -c "'$PILEBENCH' dbc >/dev/full"
expect 2 'works only with messages' "$PILEBENCH" list limits --json

compare() { # EDITION LANGUAGE
    "$PILEBENCH" list messages --json --edition "$1" >"table-$1.json"
    "$PILEBENCH" dbc --edition "$1" --language "$2" >"$1-$2.dbc"
    check "DBC of $1 in $2" "$python" "$here/compare_dbc.py" "table-$1.json" "$1-$2.dbc" "$2" \
        2>warnings.txt
    check "canmatrix has nothing to say" test "$(grep -ciE 'error|warn' warnings.txt)" = 0
}
for edition in 2011 2015 2023; do
    compare "$edition" en
done
compare 2015 zh
check "English is ASCII" test "$(LC_ALL=C grep -c '[^ -~	]' 2015-en.dbc)" = 0
# A reader that insists on cp1252 loses Chinese labels and comments, one of Latin 1 shows them wrong;
# messages and signals are the same for both.
check "Chinese leaves the signals of other code pages alone" "$python" - >/dev/null 2>&1 <<'END'
import sys
import canmatrix.formats

def shape(name, encoding):
    read = canmatrix.formats.loadp_flat(name, dbcImportEncoding=encoding, dbcImportCommentEncoding=encoding)
    return [(f.name, f.size, f.cycle_time, [(s.name, s.start_bit, s.size, s.factor, s.offset, s.unit)
                                            for s in f.signals]) for f in read.frames]

plain = shape("2015-en.dbc", "ascii")
sys.exit(0 if all(shape("2015-zh.dbc", e) == plain for e in ("cp1252", "iso-8859-1", "utf-8")) else 1)
END
# It can fail: a shifted bit, another factor, a missing label, a missing signal.
for bend in 's/(SG_ voltage_demand : )0\|/\11|/' 's/(SG_ soc : .*)\(0.1,/\1(0.2,/' \
    's/ 170 "recognised"//' '/SG_ ready : /d' 's/BA_ "SPN" SG_ 2551207668 mode 3074/BA_ "SPN" SG_ 2551207668 mode 3075/'; do
    sed -E "$bend" 2015-en.dbc >bent.dbc
    cmp -s 2015-en.dbc bent.dbc && check "the bend $bend bends nothing" false
    if "$python" "$here/compare_dbc.py" table-2015.json bent.dbc >/dev/null 2>&1; then
        check "a DBC bent by $bend is seen" false
    fi
done
finish
