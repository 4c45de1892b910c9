#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pilebench judge on captures as people have them: good and bad charges, every format, no clock,
# damaged lines, several charges, several networks, masked.
. "$(dirname "$0")/common.sh"

"$PILEBENCH" run stop-by-person demand-lost full-charge-bms-ends estop-while-charging --no-report \
    --out run >/dev/null || exit 1
person=run/traces/stop-by-person.log
lost=run/traces/demand-lost.log
full=run/traces/full-charge-bms-ends.log
estop=run/traces/estop-while-charging.log
vin=$("$PILEBENCH" judge "$person" --json | sed -nE 's/.*"vin":"([^"]+)".*/\1/p')
check "a VIN to be masked" test ${#vin} = 17

# Who stopped it, and why; exit codes by the rules.
expect 0 'the last word: a person' "$PILEBENCH" judge "$person"
expect 0 'emergency stop was pressed' "$PILEBENCH" judge "$estop"
expect 0 'wanted SOC reached' "$PILEBENCH" judge "$full"
expect 1 'charger missed BCL' "$PILEBENCH" judge "$lost"
expect 1 'FAIL +awaited.bms.BCL' "$PILEBENCH" judge "$lost"
expect 1 '充电机未按时收到BCL' "$PILEBENCH" judge "$lost" --language zh
expect 0 'PASS +period.CCS' "$PILEBENCH" judge "$full" --all
expect 0 '"verdict":"pass"' "$PILEBENCH" judge "$full" --json
# CCS of 8 bytes is a violation by the 2023 edition only; who stopped the charge is the same.
expect 1 'FAIL +length.CCS' "$PILEBENCH" judge "$full" --edition 2023
expect 1 'wanted SOC reached \(BST; BCS: SOC 79 %\)\. The' "$PILEBENCH" judge "$full" --edition 2023
if command -v python3 >/dev/null; then
    "$PILEBENCH" judge "$lost" --json >lost.json
    check "the JSON reads back" python3 -c 'import json; json.load(open("lost.json"))'
fi
expect 1 'report: page.html' "$PILEBENCH" judge "$lost" --html page.html
check "the page has the last word in both languages" \
    sh -c 'grep -q "charger missed BCL" page.html && grep -q "充电机未按时收到BCL" page.html'
check "nothing half-written" test -z "$(find . -name '*.part')"

# The same charge in other formats has the same last word and the same rules.
rules() { # CAPTURE OPTIONS...: id and verdict of every rule, and who ended it
    "$PILEBENCH" judge "$@" --json |
        grep -oE '"(id|verdict|ended_by|en)":"[^"]*"' | grep -vE '"en":"(.* line [0-9]|[A-Z]+:)'
}
rules "$lost" >lost.rules
check "there are rules" test "$(grep -c '"id"' lost.rules)" -gt 100
for format in asc pcapng; do
    "$PILEBENCH" convert "$lost" "lost.$format" || exit 1
    expect 1 'charger missed BCL' "$PILEBENCH" judge "lost.$format"
    rules "lost.$format" | grep -oE '"(id|verdict|ended_by)".*' >"lost.$format.rules"
    check "$format is judged as candump is" sh -c \
        "grep -oE '\"(id|verdict|ended_by)\".*' lost.rules | diff - lost.$format.rules"
done
expect 1 'called a line is the number of a record' "$PILEBENCH" judge lost.pcapng
# A table as CANalyst and its like export it: Chinese heads, tabs, GBK, named .xls.
table() { # with time: $1
    awk -v timed="$1" -F'[ #()]+' 'BEGIN {
        print "序号\t" (timed ? "系统时间\t" : "") "帧ID\t帧格式\t帧类型\t数据长度\t数据" }
        $3 == "bms" { data = ""
            for (i = 1; i < length($5); i += 2) data = data (i > 1 ? " " : "") substr($5, i, 2)
            s = $2 + 36000
            time = sprintf("%02d:%02d:%06.3f\t", s / 3600, s % 3600 / 60, s % 60)
            printf "%d\t%s0x%s\t数据帧\t扩展帧\t%d\t%s\n", n++, timed ? time : "", $4,
                length($5) / 2, data }' "$lost" | iconv -f UTF-8 -t GBK
}
table 1 >lost.xls
expect 1 'charger missed BCL' "$PILEBENCH" judge lost.xls
expect 1 'GBK' "$PILEBENCH" judge lost.xls
expect 1 'charger missed BCL' "$PILEBENCH" judge - <"$lost"

# No clock: order and content are judged, rules of time are not.
table 0 >noclock.xls
# The charger aborts the transfer that the vehicle left open: without a clock that is nobody's fault.
expect 3 'charger missed BCL' "$PILEBENCH" judge noclock.xls
expect 3 'no clock in this capture' "$PILEBENCH" judge noclock.xls
"$PILEBENCH" judge noclock.xls --json >noclock.json
check "periods without a clock are inconclusive" \
    grep -qE '"id":"period.CCS"[^}]*\},"verdict":"inconclusive"' noclock.json
check "with the reason" grep -qE '"id":"period.CCS"[^}]*\}[^}]*"reason":\{"en":"no clock in this capture"' \
    noclock.json
check "no period is called passed or failed" sh -c \
    '! grep -qE "\"id\":\"period[^}]*\},\"verdict\":\"(pass|fail)\"" noclock.json'
check "order is still judged" grep -qE '"id":"order.CCS"[^}]*\},"verdict":"pass"' noclock.json

# Damaged lines are named with their numbers; a gap that spans them is nobody's fault.
sed '100s/.*/(0000000005.000000) bms 18125/; 150s/.*/rubbish/' "$full" >damaged.log
expect 3 'line 100: could not be read' "$PILEBENCH" judge damaged.log
expect 3 'line 150: could not be read' "$PILEBENCH" judge damaged.log
expect 3 '2 lines could not be read' "$PILEBENCH" judge damaged.log
expect 3 'frames are missing in this capture' "$PILEBENCH" judge damaged.log
expect 3 'wanted SOC reached' "$PILEBENCH" judge damaged.log
# The same frames gone without a trace of it are a violation: the difference is known.
sed '100d;150d' "$full" >thinned.log
expect 1 'FAIL +period' "$PILEBENCH" judge thinned.log

# Several charges in one file; the last ends with the file.
later() { # FILE SECONDS
    awk -v s="$2" '{ t = substr($1, 2, 17) + s
        printf "(%017.6f)%s\n", t, substr($0, length($1) + 1) }' "$1"
}
{ cat "$person"; later "$full" 100; later "$estop" 200 | head -150; } >three.log
expect 0 'charge 3 of 3' "$PILEBENCH" judge three.log
for word in 'a person' 'the BMS' 'not ended'; do
    expect 0 "the last word: $word" "$PILEBENCH" judge three.log
done
# Time that goes backwards is named, and not judged.
{ later "$person" 500; cat "$full"; } >back.log
expect 0 'time goes backwards' "$PILEBENCH" judge back.log

# Several networks: the one with the charge is chosen, and said.
sed 's/ bms / can1 /' "$full" | awk '{ print; print $1, "can0 123#00" }' >two.log
expect 0 'several networks: judged is can1' "$PILEBENCH" judge two.log
expect 2 'none of the first .* frames of network can0 is of GB/T 27930 .*networks: can1 \([0-9]+ frames\), can0 \([0-9]+ frames\)$' \
    "$PILEBENCH" judge two.log --network can0
expect 2 '[-]-network nope: there is no such network in it; there are: can1 \([0-9]+ frames\), can0 ' \
    "$PILEBENCH" judge two.log --network nope
# Options of tables, for what is none.
expect 2 'columns applies to tables .CSV. only; this capture is candump log' \
    "$PILEBENCH" judge two.log --columns id=2,data=3
expect 2 'time-unit applies to tables' "$PILEBENCH" decode two.log --time-unit ms

# Masked: the VIN is nowhere.
for options in '--all' '--json' '--language zh'; do
    # shellcheck disable=SC2086
    "$PILEBENCH" judge "$person" --mask $options --html masked.html >masked.txt
    check "no VIN in the output of --mask $options" sh -c "! grep -q '$vin' masked.txt masked.html"
done
check "a pseudonym of the same length" test \
    "$("$PILEBENCH" judge "$person" --mask --json | sed -nE 's/.*"vin":"([^"]{17})".*/yes/p')" = yes

# Bad input.
expect 2 'usage: pilebench judge' "$PILEBENCH" judge
expect 2 'use 2011, 2015 or 2023' "$PILEBENCH" judge "$full" --edition 2012
expect 2 'use en or zh' "$PILEBENCH" judge "$full" --language de
expect 2 'no-such-file' "$PILEBENCH" judge no-such-file.log
expect 2 'empty' "$PILEBENCH" judge /dev/null
expect 2 'profile|no-such' "$PILEBENCH" judge "$full" --profile no-such
expect 4 'page.html' "$PILEBENCH" judge "$full" --html /proc/none/page.html

# Limits come from the profile: a tighter one fails, an unknown name is refused.
mkdir -p scenarios && cp -r "$root/scenarios/." scenarios
sed -i 's/"protocol.period-mean": {"max": "10 %"/"protocol.period-mean": {"max": "0 %"/' \
    scenarios/profiles/gbt-2015.json
expect 1 'FAIL +period' "$PILEBENCH" judge "$full" --scenarios scenarios
sed -i 's/"protocol.period-mean"/"protocol.period-moan"/' scenarios/profiles/gbt-2015.json
expect 2 'protocol.period-moan' "$PILEBENCH" judge "$full" --scenarios scenarios
finish
