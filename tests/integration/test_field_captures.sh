#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Captures that came from the field, or are made like them (captures/): what they hold is known, and what
# the bench has to see in them.
. "$(dirname "$0")/common.sh"
captures=$here/captures
known=$captures/time-id-data.txt # the session that most of them hold, as text that needs no reader

# The same session in every form that people have.
if command -v python3 >/dev/null; then
    mkdir forms
    check "every form is read as what it holds" \
        python3 "$here/capture_forms.py" "$PILEBENCH" "$known" forms
fi

# Frames and milliseconds since the first, of the text and of what the bench reads.
awk '{ split($1, t, ":"); ms = int((t[1] * 60 + t[2]) * 60000 + t[3] * 1000 + 0.5)
       if (NR == 1) first = ms
       id = $2; $1 = $2 = ""; gsub(/ /, ""); print ms - first, id "#" $0 }' "$known" >known
session() { # CAPTURE OPTIONS...
    "$PILEBENCH" convert "$1" - --format candump "${@:2}" 2>/dev/null |
        awk '{ ms = substr($1, 2) * 1000; if (NR == 1) first = ms; printf "%d %s\n", ms - first + 0.5, $3 }'
}
same() { # CAPTURE OPTIONS...: a millisecond apart at most, which tools cut off
    session "$captures/$1" "${@:2}" >session
    check "the session in $*" awk 'NR == FNR { ms[NR] = $1; frame[NR] = $2; n = NR; next }
        { d = $1 - ms[FNR]; if ($2 != frame[FNR] || d > 1 || d < -1) bad = 1; m = FNR }
        END { exit bad || n != m }' known session
}
check "a session of 224 frames" test "$(wc -l <known)" = 224
for file in zlg-blank.txt zlg-tabbytes.txt time-id-data.txt canhacker.trc busmaster-savvy.log busmaster.log \
    canedge.csv zcanpro-smu.csv zcan-dt.csv ydwg.txt p227-garbagepad.pcap; do
    same $file
done
check "frames alone" diff -q <(session "$captures/cansend.txt" | cut -d' ' -f2) <(cut -d' ' -f2 known)

# Whoever says where the columns are gets all bytes, or is told what contradicts him.
same time-id-data.txt --columns time=1,id=2,data=3
same zlg-blank.txt --columns time=3,id=4,data=8
same zlg-tabbytes.txt --columns time=3,id=4,data=8
same canhacker.trc --columns time=1,id=4,data=6
expect 2 'columns contradict each other in 224 of 224 rows, first in line 2: length "0004"' \
    "$PILEBENCH" convert "$captures/canhacker.trc" - --columns id=4,data=5,length=3
expect 2 'the column of time \(1\) only numbers the rows' \
    "$PILEBENCH" convert "$captures/zcanpro-smu.csv" - --columns time=1,id=4,data=9
expect 2 'the column of time \(5\) has no form of time that is known: 扩展数据帧' \
    "$PILEBENCH" convert "$captures/zcanpro-smu.csv" - --columns time=5,id=4,data=9
expect 0 'no frame has more than one byte of data' \
    "$PILEBENCH" convert "$captures/canhacker.trc" - --columns time=1,id=4,data=5

# A table of which a tool cut the data: no verdict on what is left.
awk 'BEGIN { print "Time,ID,DLC,Data" } { print $1 "," $2 "," NF - 2 "," $3 }' "$known" >short.csv
expect 2 'contradict each other in 219 of 224 rows, first in line 2: 1 data bytes, but the length says 3' \
    "$PILEBENCH" judge short.csv

# Two columns that may both be the data: nobody can know, so it is asked.
awk '{ print $1 "," $2 ",8,01 02 03 04 05 06 07 0" NR % 10 ",8,11 12 13 14 15 16 17 1" NR % 10 }' "$known" >two.csv
expect 2 'column 4 and column 6 may both be the data; say where they are' "$PILEBENCH" convert two.csv -
expect 0 '182756F4#1112131415161713' "$PILEBENCH" convert two.csv - --columns time=1,id=2,data=6

# What a recorder says it lost, and zeros that a power cut left, are gaps and not a charger's silence.
expect 3 'line 196: the recorder says that it lost 30 frames here' "$PILEBENCH" judge "$captures/drops.log"
expect 3 'line 196: the recorder says that it lost 30 frames here' "$PILEBENCH" judge "$captures/drops.txt"
expect 3 '20 lines could not be read' "$PILEBENCH" judge "$captures/nul.log"
expect 0 '20 damaged lines were left out' "$PILEBENCH" convert "$captures/nul.log" x.log

# So is what it lost nobody knows where: what would be wrong only for want of a frame is not decided.
grep -vE 'DROPCOUNT' "$captures/drops.log" >lost.log
expect 1 'FAIL +awaited.charger.CCS' "$PILEBENCH" judge lost.log
"$PILEBENCH" convert lost.log lost.pcapng
# an interface statistics block (pcapng): 30 packets dropped by the interface
printf '\x05\0\0\0\x28\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\x08\0\x1e\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0' >>lost.pcapng
expect 3 'lost 30 frames somewhere in this file' "$PILEBENCH" judge lost.pcapng
expect 3 '^[0-9]+ rules: 0 fail' "$PILEBENCH" judge lost.pcapng

# The last line without its line end: used when it has the length of its message.
expect 1 'the last word: a person' "$PILEBENCH" judge "$captures/last-nonl.log"
expect 1 'line 187: the file ends here without a line end: this frame has the length of its message' \
    "$PILEBENCH" judge "$captures/last-nonl.log"
head -c -2 "$captures/last-nonl.log" >cut.log # three bytes of four
expect 1 'line 187: the file ends here .*data may be missing, this frame is left out' "$PILEBENCH" judge cut.log
expect 1 'not ended in this capture' "$PILEBENCH" judge cut.log

# A side whose frames are filled up to 8 bytes fails their lengths and nothing else: they have come.
fails() { # CAPTURE OPTIONS...: the rules that fail
    "$PILEBENCH" judge "$1" "${@:2}" | sed -nE 's/^FAIL +([^ ]+) .*/\1/p' | sort | tr '\n' ' '
}
is() { # TEXT WANTED GOT
    check "$1: '$3' instead of '$2'" test "$2" = "$3"
}
is "fails of a padding vehicle" "length.BCL length.BHM length.BRO length.BSD length.BSM length.BST order.CCS period.CST " \
    "$(fails "$captures/padded-bms.log")"
for fill in FF 00 AA; do # whatever they are filled with
    awk -v fill=$fill '$3 ~ /56F4#/ && $3 !~ /^1CE/ { while (length($3) < 25) $3 = $3 fill } { print }' \
        "$captures/cause-unpadded.log" >filled.log
    is "fails when filled with $fill" "$(fails "$captures/cause-padded.log")" "$(fails filled.log)"
done
check "frames were filled" test "$(grep -c 'AAAAAA$' filled.log)" -gt 40
word() { "$PILEBENCH" judge "$@" | sed -n '1,/^$/p' | tr -s '\n ' ' '; }
is "the last word of the same charge, filled up" "$(word "$captures/cause-unpadded.log")" "$(word "$captures/cause-padded.log")"
expect 1 'BSM reported: SOC state: too high' "$PILEBENCH" judge "$captures/cause-padded.log"

# Frames of one side only: nothing is claimed of the other one.
for side in BMS charger; do
    case $side in
    BMS) cp "$captures/bms-only.log" one.log ;;
    *) awk '$3 ~ /F456#/' "$captures/last-nonl.log" >one.log ;;
    esac
    expect 0 "the capture holds frames of the $side only: rules that need both sides do not apply" \
        "$PILEBENCH" judge one.log
    expect 0 "^[0-9]+ rules: 0 fail, 0 inconclusive" "$PILEBENCH" judge one.log
    is "claims about the other side ($side)" "" \
        "$("$PILEBENCH" judge one.log | grep -E 'did not answer|had not begun|waiting for|fell silent|talked until')"
    is "faults of a transfer that one side alone shows ($side)" "" \
        "$("$PILEBENCH" decode one.log 2>&1 | grep -E 'by the charger|no CTS|no answer')"
done
expect 0 "the last word: the BMS" "$PILEBENCH" judge "$captures/bms-only.log"
expect 0 "看不到充电机做了什么" "$PILEBENCH" judge "$captures/bms-only.log" --language zh
# A charger that asks and gets no answer is no such capture: the vehicle is silent.
for i in 1 2 3 4 5 6 7 8; do echo "($i.000000) can0 1826F456#010100"; done >asks.log
check "a silent vehicle is not taken for one that is not recorded" \
    test -z "$("$PILEBENCH" judge asks.log | grep 'only: rules')"

# The edition, where the frames leave no doubt; else a hint.
expect 0 'by the form of CML, CCS, CSD this is GB/T 27930-2011, and judged as such' \
    "$PILEBENCH" judge "$captures/ed2011.log"
is "fails of a 2011 session" "" "$(fails "$captures/ed2011.log")"
expect 1 'by the form of CML, CCS, CSD this looks like GB/T 27930-2011: if it is, say --edition 2011' \
    "$PILEBENCH" judge "$captures/ed2011.log" --edition 2015
expect 0 'looks like GB/T 27930-2011: --edition 2011' "$PILEBENCH" decode "$captures/ed2011.log"
(cat "$known" && echo "13:40:09.000 1826F456 01 01 00") | sed '/1812F456/ s/ [0-9A-F]* [0-9A-F]*$//' >other.txt
check "a charger of 2015 with a wrong CCS stays one" \
    test -z "$("$PILEBENCH" judge other.txt | grep '2011, and judged')"

# What was silent before the stop comes first.
expect 1 'The charger had fallen silent: nothing came from it for 1.02 s' "$PILEBENCH" judge "$captures/ccs-silent-bst.log"
expect 1 'the last word: a timeout' "$PILEBENCH" judge "$captures/ccs-silent-bst.log"
expect 1 'line 183: the last CCS' "$PILEBENCH" judge "$captures/ccs-silent-bst.log"

# No rule about time is judged without a clock; the cause is where it is seen by order alone.
expect 3 '^[0-9]+ rules: 0 fail' "$PILEBENCH" judge "$captures/noclock-bem.log"
expect 3 'sent RTS for BRM 3' "$PILEBENCH" judge "$captures/noclock-bem.log"
expect 3 'INCONCLUSIVE +error.BEM' "$PILEBENCH" judge "$captures/noclock-bem.log" --all

# Memory does not grow with the number of charges, nor does the page: the first and the last are told.
many() { # CHARGES: two frames and two minutes of silence, each
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
        printf "(%.6f) bms 1826F456#010100\n(%.6f) bms 101F56F4#00F0FCFF\n", 1 + 120 * i, 1.25 + 120 * i } }'
}
resident() { # CAPTURE OPTIONS...: kilobytes
    /usr/bin/time -f '%M' "$PILEBENCH" judge "$@" 2>&1 >/dev/null | tail -1
}
many 150 >150.log
expect 1 'of 150 charges the first 99 and the last are told; of the others: .*: 50$' "$PILEBENCH" judge 150.log
expect 1 '^charge 150 of 150$' "$PILEBENCH" judge 150.log
expect 1 '"charges":150,' "$PILEBENCH" judge 150.log --json
expect 1 '逐一列出前99次和最后一次' "$PILEBENCH" judge 150.log --language zh
if [[ -x /usr/bin/time ]]; then
    many 20000 >20000.log
    for form in --all --json --html=page.html; do
        few=$(resident 150.log "$form") all=$(resident 20000.log "$form")
        check "$all kB for 20000 charges with $form, $few kB for 150" test "$all" -lt $((few + 1000))
    done
fi

# A recorder that writes each frame down twice: the copies are left out, and said. A sender that says
# everything twice takes its time on the wire, and fails.
whole=$captures/last-nonl.log
twice() { # AFTER_US PATTERN: each frame that matches, once more
    awk -v us="$1" -v which="$2" '{ print } $3 ~ which { t = substr($1, 2) + us / 1000000
        printf "(%.6f) %s %s\n", t, $2, $3 }' "$whole"
}
twice 10 . >twice.log
expect 1 'recorded twice: .* the [0-9]+ copies are left out' "$PILEBENCH" judge twice.log
expect 1 '记录了两次' "$PILEBENCH" judge twice.log --language zh
is "fails when recorded twice" "$(fails "$whole")" "$(fails twice.log)"
is "the last word when recorded twice" "$(word "$whole" | sed 's/line [0-9]*//g')" "$(word twice.log | sed 's/line [0-9]*//g')"
twice 10 F456 >own.log
expect 1 'each frame of the charger down as sent and as received' "$PILEBENCH" judge own.log
is "fails when the charger's own are recorded twice" "$(fails "$whole")" "$(fails own.log)"
twice 600 '1812F456' >sick.log
expect 1 'FAIL +period.CCS' "$PILEBENCH" judge sick.log
check "a charger that says CCS twice is not taken for a recorder" \
    test -z "$("$PILEBENCH" judge sick.log | grep 'recorded twice')"
awk '{ print; printf "(%.6f) %s %s\n", substr($1, 2) + 0.00001, $2, $3 }' sick.log >both.log
expect 1 'FAIL +period.CCS' "$PILEBENCH" judge both.log
expect 1 'recorded twice' "$PILEBENCH" judge both.log

# A clock that is set back: the time across it is not judged, all others are.
cut=$(awk '$3 ~ /1812F456/ && ++n == 20 { print NR }' "$whole") # between a CCS and the next
awk -v cut="$cut" '{ t = substr($1, 2) + (NR <= cut ? 3600 : 0); printf "(%.6f) %s %s\n", t, $2, $3 }' "$whole" >set.log
expect 1 "line $((cut + 1)): time goes backwards here .*: no time is judged across it" "$PILEBENCH" judge set.log
is "fails when the clock was set" "$(fails "$whole")" "$(fails set.log)"

# A clock that is set forward, a second that was not recorded: both sides fall silent at once, and nobody is blamed.
for by in 0.1 0.5 3; do
    awk -v cut="$cut" -v by="$by" '{ t = substr($1, 2) + (NR <= cut ? 0 : by); printf "(%.6f) %s %s\n", t, $2, $3 }' "$whole" >forward.log
    expect 1 "line $((cut + 1)): for [0-9]+ ms before this neither side says anything" "$PILEBENCH" judge forward.log
    is "fails when the clock was set forward by $by s" "$(fails "$whole")" "$(fails forward.log)"
done
awk -v cut="$cut" 'NR <= cut || NR > cut + 40' "$whole" >hole.log
expect 1 'something was not recorded' "$PILEBENCH" judge hole.log
is "fails with a hole in the record" "$(fails "$whole")" "$(fails hole.log)"
# One side alone that falls silent is blamed as before, and so are both when one of them then says something else.
awk -v cut="$cut" 'NR <= cut || NR > cut + 40 || $3 !~ /1812F456/' "$whole" >gap.log
check "one side's gap" test "$(fails gap.log)" != "$(fails "$whole")"
check "it is no stillness" test -z "$("$PILEBENCH" judge gap.log | grep 'neither side')"

# The number of rules that the page for users shows is today's.
shown=$(grep -oE '^[0-9]+ rules' "$root/docs/my-charge-failed.md")
is "rules in docs/my-charge-failed.md" "$("$PILEBENCH" judge "$whole" | grep -oE '^[0-9]+ rules')" "$shown"

# Charger and BMS under each other's address.
awk '{ sub(/F456#/, "X#", $3); sub(/56F4#/, "F456#", $3); sub(/X#/, "56F4#", $3); print }' "$whole" >swapped.log
expect 1 'addresses exchanged: [0-9]+ messages' "$PILEBENCH" judge swapped.log
check "a whole file is needed for that" test -z "$("$PILEBENCH" judge "$whole" | grep 'addresses exchanged')"

# In the reader's language, as far as the bench knows it.
expect 1 '^文件 .*：BUSMASTER，UTF-8，以空格分隔' "$PILEBENCH" judge "$captures/busmaster.log" --language zh
expect 1 '另有0行无法读取' "$PILEBENCH" judge "$captures/busmaster.log" --language zh
printf 'PK\003\004' >sheet.xlsx
expect 2 '无法识别的报文记录格式：zip压缩包或Excel工作簿' "$PILEBENCH" judge sheet.xlsx --language zh
expect 2 'an Excel workbook \(.xlsx\): unpack it or save it as CSV' "$PILEBENCH" judge sheet.xlsx
tr -d '\r' <"$captures/zlg-tabbytes.txt" | iconv -f GBK -t UTF-16LE >no-mark.txt
expect 2 'UTF-16 without a byte order mark' "$PILEBENCH" judge no-mark.txt

# What decode calls foreign, judge does too: a PGN that is none of the standard's.
sed '2s/1826F456/182156F4/' "$captures/last-nonl.log" >foreign.log
expect 1 'of them 1 not of GB/T 27930' "$PILEBENCH" judge foreign.log
finish
