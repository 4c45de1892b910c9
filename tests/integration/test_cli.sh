#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The command line as a person meets it: help, exit codes, lists, procedures, a run.
. "$(dirname "$0")/common.sh"

expect 0 'usage: pilebench COMMAND' "$PILEBENCH" --help
expect 2 'usage: pilebench COMMAND' "$PILEBENCH"
expect 2 "unknown command 'rnu'; did you mean 'run'\?" "$PILEBENCH" rnu
expect 2 "unknown command 'meter raed'; did you mean 'meter read'\?" "$PILEBENCH" meter raed
expect 2 "unknown option '--otu'; did you mean '--out'\?" "$PILEBENCH" run --otu x
expect 2 "unknown option '--frobnicate'; .pilebench run --help. shows" "$PILEBENCH" run --frobnicate
expect 2 "unknown list 'limitz'; did you mean 'limits'\?" "$PILEBENCH" list limitz
expect 2 "no schema for 'profil'; did you mean 'profile'\?" "$PILEBENCH" schema profil
# Refusals in Chinese, as far as somebody has said them in it: of the command line, and of files with their place.
expect 2 "^pilebench: 未知选项'--otu'；是不是'--out'？" "$PILEBENCH" run --otu x --language zh
expect 2 '^pilebench: --wiring wet：请用sim或vcan' "$PILEBENCH" run --wiring wet --language=zh
expect 2 "限值集t240没有限值'estop.opne'；是不是'estop.open'？" "$PILEBENCH" run --limit estop.opne=3ms --language zh
expect 2 "未知命令'rnu'；是不是'run'？" env LC_ALL=zh_CN.UTF-8 "$PILEBENCH" rnu
mkdir -p wrong/cases && cat >wrong/cases/one.json <<'END'
{"id": "one", "title": "t", "vehicle": "car",
 "steps": [{"wait": "1 lightyear"}], "checks": [{"never": "estop.presed", "title": "x"}]}
END
expect 2 "^pilebench: wrong/cases/one.json:1:40: 没有vehicle'car'" "$PILEBENCH" check --scenarios wrong --language zh
expect 2 "one.json:2:21: '1 lightyear'不是时间：请写数字加" "$PILEBENCH" check --scenarios wrong --language zh
expect 2 "one.json:2:60: 没有信号'estop.presed'；是不是'estop.pressed'？" "$PILEBENCH" check --scenarios wrong --language zh
# A file of a bench that is newer than this one is refused before its keys are.
sed 's/^{/{"format": 2, "future": true, /' wrong/cases/one.json >wrong/cases/newer.json
expect 2 'newer.json:1:12: this file is of format 2, and this program reads up to format 1' "$PILEBENCH" check --scenarios wrong
sed -i 's/"format": 2, "future": true/"format": 1/; s/one/newer/; s/"car"/"bus-lfp-540v"/; s/lightyear/s/; s/presed/pressed/' wrong/cases/newer.json
rm wrong/cases/one.json
expect 0 'nothing is wrong' "$PILEBENCH" check --scenarios wrong
# Defects made in a firmware of the user's own: noticed; not noticed where the limit is wide; nothing to try them on.
own=$BUILD/firmware-under-test/reference_core.so
expect 0 'defects made in Pilebench reference core: [0-9]+ caught, 0 not caught' "$PILEBENCH" qualify --dut "$own" estop-while-charging
expect 1 '^NOT CAUGHT: estop-130ms' "$PILEBENCH" qualify --dut "$own" --limit "estop.open=10 s" estop-while-charging
expect 3 '^0 defects made in blank' "$PILEBENCH" qualify --dut "$BUILD/firmware-under-test/blank_dut.so" estop-while-charging
# Which version: of the program, its source, its port; the charger's process says the same.
expect 0 '^commit [0-9a-f]{7,}' "$PILEBENCH" --version
check "pile --version" test "$("$PILE" --version | tail -n +2)" = "$("$PILEBENCH" --version | tail -n +2)"
expect 0 '^make demo +install' make -C "$root" -s help
expect 0 '^Three things to try next' env -u LC_ALL -u LC_MESSAGES LANG=C "$root/.ci/next-steps"
expect 0 '^接下来可以试' env -u LC_ALL -u LC_MESSAGES LANG=zh_CN.UTF-8 "$root/.ci/next-steps"
# Every command: help in both languages, a page that groff takes, and completion that knows its options.
commands=$("$PILEBENCH" --complete 1 pilebench '' | grep -v '^-')
for command in $commands meter\ read meter\ watch meter\ dump meter\ scan meter\ simulate meter\ decode meter\ items; do
    # shellcheck disable=SC2086 # two words
    expect 0 "^usage: pilebench $command" "$PILEBENCH" $command --help
    # shellcheck disable=SC2086
    expect 0 "^用法：pilebench $command" "$PILEBENCH" $command --help --language zh
    # shellcheck disable=SC2086
    "$PILEBENCH" man $command >page.1
    check "man $command: groff takes it" test -z "$(groff -K utf8 -man -Tutf8 -ww page.1 2>&1 >page.txt)"
    check "man $command: has its name" grep -qF "pilebench\\-${command// /\\-} \\- " page.1
done
check "15 commands and more" test "$(wc -w <<<"$commands")" -ge 15
expect 0 "^usage: pilebench run" "$PILEBENCH" help run
LANG=zh_CN.UTF-8 LC_ALL='' expect 0 "^用法：pilebench run" "$PILEBENCH" run -h
expect 0 '^--exclude$' "$PILEBENCH" --complete 2 pilebench run --ex
expect 0 '^zh$' "$PILEBENCH" --complete 3 pilebench show --language ''
expect 0 '^estop-while-charging$' "$PILEBENCH" --complete 2 pilebench run estop-w
expect 0 '^zhongshan$' "$PILEBENCH" --complete 3 pilebench run --profile zh
expect 0 '^bus-lfp-540v$' "$PILEBENCH" --complete 3 pilebench run --vehicle bus
expect 0 '^limits$' "$PILEBENCH" --complete 2 pilebench list li
expect 0 '^--baud$' "$PILEBENCH" --complete 3 pilebench meter read --b
expect 0 '^@folder$' "$PILEBENCH" --complete 3 pilebench run --out ''
expect 0 '^@file$' "$PILEBENCH" --complete 2 pilebench judge ''
complete_in_bash() { # WORD...: what bash then offers, one a line
    bash -c 'source <("$1" completion bash); shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _pilebench; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$PILEBENCH" "$@" 2>/dev/null
}
PATH="$(dirname "$PILEBENCH"):$PATH" expect 0 '^estop-while-charging$' complete_in_bash pilebench run estop-w
PATH="$(dirname "$PILEBENCH"):$PATH" expect 0 '^estop.debounce=$' complete_in_bash pilebench run --set estop.d
expect 2 'use sim or vcan' "$PILEBENCH" run --wiring wet
for seed in one -1 '' ' 1' 1x 18446744073709551616; do
    expect 2 "--seed $seed: a whole number from 0 to" "$PILEBENCH" run --seed "$seed"
done
# Which cases: patterns, clauses, all but some; what selects nothing is a mistake.
expect 0 '2 cases \(2 rows\): 2 pass' "$PILEBENCH" run --no-report --out some 'weld*' --exclude 'weld-with*' --exclude 'weld-check*' --exclude 'welds*'
expect 0 '1 case \(2 rows\): 1 pass' "$PILEBENCH" run --no-report --out some '*[k?]' --exclude 'contactor*' --exclude 'vehicle*' --exclude '*feedback*' --exclude 'welds*' --exclude 'weld-check*' --exclude 'two-guns*'
expect 0 'estop-while-charging ' "$PILEBENCH" run --no-report --out some --clause T240-8.6a 'estop-*'
expect 2 "--clause T240-99: no case" "$PILEBENCH" run --out none --clause T240-99
expect 2 "--exclude wled: no case" "$PILEBENCH" run --out none --exclude wled 'weld*'
expect 2 '^pilebench: nowhere\*: no case' "$PILEBENCH" run --out none 'nowhere*'
expect 2 'no case is left' "$PILEBENCH" run --out none weld --exclude 'weld*'
expect 2 './own.json: a file cannot be named beside a pattern' "$PILEBENCH" run --out none 'weld*' ./own.json
# A firmware that declares its editions is held to those only.
expect 3 'declares GB/T 27930-2015 .*this run goes by 2023: --edition' "$PILEBENCH" run --edition 2023 \
    --no-report --out edition estop-while-charging
expect 0 '1 pass' "$PILEBENCH" run --edition 2015 --no-report --out edition estop-while-charging
# For a debugger: the same record from this very process, which may stand still for as long as it likes.
dut="$BUILD/firmware-under-test/reference_core.so"
mkdir -p with without && printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >with/gdb && chmod +x with/gdb
expect 0 '^--debug$' env PATH="$scratch/with:$PATH" "$PILEBENCH" run --gdb --dut "$dut" estop-while-charging
check "--gdb: the line, and no --gdb in it" test "$(tail -n 5 said | tr '\n' ' ')" = "run --debug --dut $dut estop-while-charging "
expect 2 'cannot start gdb: No such file.*apt-get install gdb' env PATH="$scratch/without" "$PILEBENCH" run --gdb weld
expect 2 '--debug needs --wiring sim' "$PILEBENCH" run --gdb --wiring vcan weld
expect 2 '--debug runs one case .* these are 3' "$PILEBENCH" run --debug --out debug estop-while-charging weld
expect 2 '--debug needs --wiring sim' "$PILEBENCH" run --debug --isolate --dut "$dut" --out debug weld
expect 0 '1 pass' "$PILEBENCH" run --debug --no-report --dut "$dut" --out debug estop-while-charging
expect 0 '1 pass' "$PILEBENCH" run --in-process --no-report --dut "$dut" --out watched estop-while-charging
check "--debug: the same evidence" same_folders debug watched
HOSTILE=raise-stop "$PILEBENCH" run --debug --hang-after 1 --no-report --dut "$BUILD/tests/duts/dut_hostile.so" \
    --out stopped estop-while-charging >/dev/null 2>&1 &
stopped=$!
is_stopped() { grep -q '^State:.T' "/proc/$stopped/status"; }
wait_until 20 is_stopped
sleep 1.5
check "--debug: stopped, and nobody has ended it" is_stopped
kill -CONT "$stopped"
wait "$stopped"
check "--debug: it goes on to its end, code $?" test $? = 1
expect 2 'needs --wiring vcan' "$PILEBENCH" run --pile /bin/true
expect 2 'need --wiring vcan' "$PILEBENCH" run --dc-meter /dev/null
expect 2 '^pilebench: /etc/passwd: not a serial port' "$PILEBENCH" run --wiring vcan --dc-meter /etc/passwd
expect 2 'a port each' "$PILEBENCH" run --wiring vcan --dc-meter /dev/null --ac-meter /dev/../dev/null
expect 2 '^pilebench: nothing/here: No such file' "$PILEBENCH" run --wiring vcan --ac-meter nothing/here
expect 0 'SocketCAN' "$PILEBENCH" doctor

expect 0 'estop-while-charging' "$PILEBENCH" list
expect 0 'T240-8.6a' "$PILEBENCH" list limits
expect 0 '^T240-8.6a +cases' "$PILEBENCH" list clauses
expect 0 'cases: .*bhm-within-and-above\[above\]' "$PILEBENCH" list clauses
expect 0 'OPEN: needs a peer above the pile' "$PILEBENCH" list clauses --open --profile zhongshan
expect 2 '--open works only with clauses' "$PILEBENCH" list limits --open
expect 0 '^gun.voltage +V' "$PILEBENCH" list signals
expect 0 'CST.emergency_stop' "$PILEBENCH" list messages
expect 0 '^press estop' "$PILEBENCH" list actions
expect 0 '^estop.debounce' "$PILEBENCH" list parameters
expect 0 'k1' "$PILEBENCH" list mutants
expect 2 "unknown list 'cakes'" "$PILEBENCH" list cakes
expect 0 '100 ms' "$PILEBENCH" show estop-while-charging
expect 0 '急停' "$PILEBENCH" show estop-while-charging --language zh
expect 2 'nearest|no case|there is no' "$PILEBENCH" show estop-while-chargin

expect 0 '1 pass, 0 fail' "$PILEBENCH" run estop-while-charging --out good
check "a record" test -s good/results.jsonl
check "a report" test -s good/report.html
check "a JUnit file" test -s good/junit.xml
check "a trace" test -s good/traces/estop-while-charging.log
check "nothing half-written" test -z "$(find good -name '*.part')"
expect 0 'report: good/report.html' "$PILEBENCH" report good
expect 0 '"verdict": *"pass"' "$PILEBENCH" run estop-while-charging --out json --json
# A bent parameter is a defect that the case has to see: exit code 1.
expect 1 'FAIL' "$PILEBENCH" run estop-while-charging --out bent --set estop.debounce=130
expect 1 'FAIL' "$PILEBENCH" report bent
expect 0 '^commit ([0-9a-f]{7,}(-dirty)?|unknown)$' "$PILEBENCH" --version
check "version: of the port" grep -q "^dut.h version $(sed -nE 's/^#define DUT_ABI_VERSION *([0-9]+).*/\1/p' "$root/firmware-under-test/include/dut.h")\$" said
expect 0 '^1 checked, nothing is wrong' "$PILEBENCH" lint estop-while-charging
# Long output on a terminal goes through the pager, as git's does; elsewhere it does not.
paged() { script -qec "$*" /dev/null </dev/null; }
printf '#!/bin/sh\nsed "s/^/paged: /"\n' >pager && chmod +x pager
expect 0 '^paged: estop-while-charging ' paged PAGER="$scratch/pager" "$PILEBENCH" list
expect 0 '^estop-while-charging ' paged PAGER=cat "$PILEBENCH" list
expect 0 '^estop-while-charging ' paged PAGER=nothing-like-that "$PILEBENCH" list
expect 0 '^estop-while-charging ' env PAGER=false "$PILEBENCH" list
expect 2 "unknown list 'cakes'" paged PAGER=cat "$PILEBENCH" list cakes
# In the language of whoever reads it.
expect 1 '^不合格 +estop-while-charging +充电' "$PILEBENCH" run estop-while-charging --out bent --set estop.debounce=130 --language zh
check "zh: what did not pass" grep -q '^未通过：' said
check "zh: the counts" grep -q '^1个用例：合格0，不合格1，' said
check "zh: nothing in English" test -z "$(sed 's/ profile [^，]*，.*//' said | grep -E ' (did|case|pass|fail|the|check|report) ?')"
expect 1 '^报告：bent/report.html' env LC_ALL= LANG=zh_CN.UTF-8 "$PILEBENCH" report bent
expect 1 '^1 case: 0 pass, 1 fail' env LANG=zh_CN.UTF-8 "$PILEBENCH" report bent --language en
expect 2 '--language cn: use en or zh' "$PILEBENCH" run --language cn
# A line a case as soon as it is finished; whoever has read enough of them ends nothing.
check "one line of a run's" test "$("$PILEBENCH" run 'weld*' --out lines | head -n 1 | grep -c '^PASS  *weld  *Weld detection (2 rows)')" = 1
check "a run whose reader goes is whole" test "$(tail -n 1 lines/results.jsonl)" = "{\"type\":\"end\",\"cases\":$(grep -c '^{"type":"case"' lines/results.jsonl)}"
# More than once, each with a seed of its own; what differed is told.
expect 0 '^2 runs: nothing failed in any' "$PILEBENCH" run --repeat 2 --no-report --out more estop-while-charging
check "a record each, with the next seed" grep -q '"seed":"2"' more/2/results.jsonl
expect 1 'estop-while-charging +did not pass in 3 of 3 runs$' "$PILEBENCH" run --repeat 3 --seed 7 --no-report --out more \
    --set estop.debounce=130 estop-while-charging
expect 1 '^1 runs?: |运行1次' "$PILEBENCH" run --repeat 3 --fail-fast --no-report --out more --set estop.debounce=130 estop-while-charging
expect 2 '--repeat 1: ' "$PILEBENCH" run --repeat 1
# A folder used again has nothing of the run before, also of one that was killed, and all that is somebody else's.
expect 0 '2 pass' "$PILEBENCH" run estop-while-charging contactor-order-500ms --out reused
echo mine | tee reused/traces/mine.log reused/signals/mine.csv reused/notes.txt >precious
echo half >reused/traces/contactor-order-500ms.log.part
printf '%s\n' ../../precious ../precious .. '' >>reused/.evidence
expect 2 'no case' "$PILEBENCH" run nowhere --out reused
check "a run that does not begin takes nothing away" test -s reused/traces/estop-while-charging.log
expect 0 '1 pass' "$PILEBENCH" run stop-by-person --out reused --no-report
find reused -type f | sort >said
printf 'reused/%s\n' .evidence firmware/stop-by-person.log manifest.json notes.txt results.jsonl signals/mine.csv signals/stop-by-person.csv traces/mine.log \
    traces/stop-by-person.log >wanted
check "nothing old, nothing of others: $(diff wanted said)" cmp -s wanted said
check "outside of it nothing is touched" test -s precious
check "what the firmware said" grep -qE '^[0-9.]+ (state [0-9]+|log): ' reused/firmware/stop-by-person.log
# What was judged: the file that the firmware was loaded from.
identity() { grep -o '"dut_sha256":"[0-9a-f]*"' "$1/results.jsonl" | cut -d'"' -f4; }
sha() { sha256sum "$1" | cut -d' ' -f1; }
check "built in: the bench itself" test "$(identity good)" = "$(sha "$PILEBENCH")"
check "it is on the page" grep -q "$(sha "$PILEBENCH")" good/report.html
check "it is in JUnit" grep -q "name=\"dut.sha256\" value=\"$(sha "$PILEBENCH")\"" good/junit.xml
cp "$BUILD/firmware-under-test/reference_core.so" changed.so
expect 0 '1 pass' "$PILEBENCH" run estop-while-charging --no-report --out so --dut changed.so
check "a shared object: its own" test "$(identity so)" = "$(sha changed.so)"
# Built anew while the run goes on: not one firmware was judged.
"$PILEBENCH" run -j 1 --json --no-report --out mixed --dut changed.so 'weld*' 'billing-*' 2>said | {
    read -r first
    cp "$BUILD/tests/duts/second.so" new.so && mv new.so changed.so
    cat >/dev/null
    : "$first"
}
check "another file: said" grep -q "'changed.so' is another file than when the run began" said
check "another file: no end line" test "$(grep -c '"type":"end"' mixed/results.jsonl)" = 0

# What did not pass, once more: read before the folder is taken for the new run.
expect 1 '1 fail' "$PILEBENCH" run estop-while-charging contactor-order-500ms --out again --set estop.debounce=130
expect 0 '1 case: 1 pass' "$PILEBENCH" run --rerun-failed again --out again
expect 0 'nothing failed in that run' "$PILEBENCH" run --rerun-failed again
expect 2 'name none beside it' "$PILEBENCH" run weld --rerun-failed again
expect 2 '--rerun-failed nowhere: ' "$PILEBENCH" run --rerun-failed nowhere
expect 2 'no such parameter' "$PILEBENCH" run estop-while-charging --out none --set estop.speed=1
expect 2 'estop.debounce=13x: write it as name=whole number' \
    "$PILEBENCH" run estop-while-charging --out none --set estop.debounce=13x
expect 2 'estop.debounce=3600001: 0 to 3600000 ms are allowed' \
    "$PILEBENCH" run estop-while-charging --out none --set estop.debounce=3600001
# Cut to the 32 bits of a parameter it would be 100, which is allowed.
expect 2 'estop.debounce=4294967396: ' \
    "$PILEBENCH" run estop-while-charging --out none --set estop.debounce=4294967396
expect 2 'cannot make the folder' "$PILEBENCH" run estop-while-charging --out /proc/none

# A step that has no meaning any more is neither the pile's failure nor the bench's.
cat >ended.json <<'CASE'
{"id": "ended", "title": "t", "vehicle": "bus-lfp-540v", "start": "charging",
 "steps": [{"do": "press stop"}, {"wait": "20 s"}, {"do": "stop vehicle soc_reached"}],
 "checks": [{"never": "CEM", "title": "no CEM"}]}
CASE
expect 3 "stop vehicle soc_reached' is not possible in the state" "$PILEBENCH" run ended.json --out ended
# A case that wants what a firmware does not have cannot be judged.
cat >wants.json <<'CASE'
{"id": "wants", "title": "t", "vehicle": "bus-lfp-540v", "firmware": {"warp.factor": 9},
 "checks": [{"never": "CEM", "title": "no CEM"}]}
CASE
expect 3 'the firmware has no parameter warp.factor' "$PILEBENCH" run wants.json --out wants

# The bench proves itself, and can fail to: a mutant that changes nothing survives.
expect 0 'all killed, the healthy core passes' "$PILEBENCH" qualify door-open
cp -r "$root/scenarios" scenarios
sed -i 's/"door.debounce", "value": 150/"door.debounce", "value": 10/' scenarios/mutants.json
expect 1 'door-150ms survives door-open' "$PILEBENCH" qualify door-open --scenarios scenarios
sed -i 's/"door.debounce", "value": 10/"door.debouncing", "value": 10/' scenarios/mutants.json
expect 1 "has no parameter 'door.debouncing'" "$PILEBENCH" qualify door-open --scenarios scenarios
expect 2 "no case 'estop-whil'; did you mean 'estop-while-charging'" "$PILEBENCH" run estop-whil
expect 2 "no case 'es'; this folder has" "$PILEBENCH" run es
finish
