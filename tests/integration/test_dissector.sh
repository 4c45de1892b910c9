#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Lua dissector in tshark: it reads a whole charge, frame by frame, as pilebench decode does.
. "$(dirname "$0")/common.sh"
if ! command -v tshark >/dev/null; then
    echo "tshark is not installed" >&2
    exit 77
fi
export HOME=$scratch # nobody's preferences and plug-ins

expect 0 'usage: pilebench dissector' "$PILEBENCH" dissector --help
expect 2 'use 2011, 2015 or 2023' "$PILEBENCH" dissector --edition 1999
expect 4 'cannot write to standard output' bash -c "'$PILEBENCH' dissector >/dev/full"

compare() { # EDITION CAPTURE [WHAT-DECODE-READS]: where its lines are not tshark's frames
    "$PILEBENCH" dissector --edition "$1" >gbt27930.lua
    "$PILEBENCH" list messages --json --edition "$1" >table.json
    "$PILEBENCH" decode "${3:-$2}" --json --edition "$1" >decoded.jsonl 2>/dev/null
    check "tshark and decode agree on $2, $1" python3 "$here/compare_dissector.py" gbt27930.lua \
        table.json decoded.jsonl "$2"
}
"$PILEBENCH" run full-charge-bms-ends estop-while-charging --no-report --out run >/dev/null || exit 1
for name in full-charge-bms-ends estop-while-charging; do
    compare 2015 "run/traces/$name.log"
done
"$PILEBENCH" convert run/traces/full-charge-bms-ends.log charge.pcapng 2>/dev/null
compare 2015 charge.pcapng run/traces/full-charge-bms-ends.log

# What a healthy charge does not have: all ones, untrusted states, values out of range, wrong
# lengths, cells, a decimal that is none.
cat >odd.log <<'END'
(1.000000) can0 182756F4#FFFF
(1.010000) can0 1807F456#5A301231121520
(1.020000) can0 1807F456#59301231121520
(1.030000) can0 181056F4#A510102707
(1.040000) can0 181356F4#1E3606350F2013
(1.050000) can0 1812F456#240BA00F0000
(1.060000) can0 1C1556F4#4C61FFFF4E71
(1.070000) can0 1C1656F4#47FF48
(1.080000) can0 101956F4#40020000
(1.090000) can0 1401F456#AA0101010131FF33
(1.100000) can0 0070F4B5#0102
(2.000000) can0 1CEC56F4#100D0002FF000600
(2.010000) can0 1CECF456#110201FFFF000600
(2.020000) can0 1CEB56F4#017201DA052A02A5
(2.030000) can0 1CECF456#110201FFFF000600
(2.040000) can0 1CEB56F4#017301DA052A02A5
(2.050000) can0 1CEB56F4#0210730803C60EFF
(2.060000) can0 1CECF456#130D0002FF000600
(3.000000) can0 1CEC56F4#100D0002FF000600
(3.010000) can0 1CECF456#110201FFFF000600
(3.020000) can0 1CEB56F4#0210730803C60EFF
(3.030000) can0 1CECF456#FF03FFFFFF000600
(4.000000) can0 1CEB56F4#017201DA052A02A5
(5.000000) can0 1CEC56F4#100D0002FF000600
(5.010000) can0 1CEC56F4#10090002FF001100
END
compare 2015 odd.log
compare 2011 odd.log
compare 2023 odd.log

"$PILEBENCH" dissector >gbt27930.lua
experts() { # FRAME PATTERN
    tshark -X lua_script:gbt27930.lua -r odd.log -Y "frame.number == $1" -T fields \
        -e _ws.expert.message 2>/dev/null >said
    check "expert information of frame $1: $2, not $(cat said)" grep -q -- "$2" said
}
experts 1 'Mandatory, but not supplied'
experts 2 'Out of range'
experts 5 'Not to be trusted'
experts 6 'Wrong length'
experts 9 'charger stopped'
experts 21 'out of sequence'
experts 22 'of BCP is aborted: timeout'
experts 23 'without a transfer'
experts 25 'had not ended'
tshark -X lua_script:gbt27930.lua -r odd.log -Y 'gbt27930.bcp.soc > 70' -V 2>/dev/null >said
check "units and reassembly" grep -q 'state of charge: 77.6 %' said
"$PILEBENCH" dissector --language zh >zh.lua
tshark -X lua_script:zh.lua -r odd.log -Y 'gbt27930.bcp.soc > 70' -V 2>/dev/null >said
check "Chinese names" grep -q '荷电状态: 77.6 %' said

# It can fail: a dissector with another offset and one with a missing field.
sed 's/offset = -400/offset = -40/' gbt27930.lua >bent.lua
"$PILEBENCH" list messages --json >table.json
"$PILEBENCH" decode odd.log --json >decoded.jsonl 2>/dev/null
check "a bent dissector is seen" bash -c "! python3 '$here/compare_dissector.py' bent.lua table.json \
    decoded.jsonl odd.log >/dev/null 2>&1"
finish
