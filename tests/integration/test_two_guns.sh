#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two guns: any case says the same of either of them; who has one gun is not blamed for the other; what is
# wrong with a gun's name is said where it stands.
. "$(dirname "$0")/common.sh"

# A sample of every kind: stop, weld, meter, records, power cut, grid, transport, rules; `cmake --build build
# --target either-gun` takes all of them, in a minute.
sample=(estop-while-charging stop-by-person 'weld[k1]' full-charge-bms-ends billing-tariffs meter-lies
    'ac-dips[40]' dn-3006-bcl-stops dn-1002-broken-brm insulation-fault-stops two-guns-charge 'two-guns-fault[pe-1]')
for gun in 1 2; do
    expect 0 ' 0 fail, 0 inconclusive, 0 error' "$PILEBENCH" run --gun "$gun" --no-report --out "gun$gun" "${sample[@]}"
done
# Case by case, check by check; those of the other gun bear its number.
judged() { # FOLDER
    python3 - "$1/results.jsonl" <<'PY'
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    case = json.loads(line)
    for check in case.get("checks", []):
        title = check["title"]["en"].replace("Gun 1: ", "Other: ").replace("Gun 2: ", "Other: ")
        if case["id"].startswith("two-guns") or not title.startswith("Other: "):
            print(case["id"], check["verdict"], title)
PY
}
judged gun1 >gun1.judged
judged gun2 >gun2.judged
check "there is something to be compared" test "$(wc -l <gun1.judged)" -gt 900
check "either gun is judged alike" diff gun1.judged gun2.judged
check "the record says which gun it was" grep -q '"settings":\["gun=2"\]' gun2/results.jsonl
check "the idle gun is watched" grep -q '"title":{"en":"Gun 1: .*"verdict":"pass"' gun2/results.jsonl
check "both networks are in the trace" \
    awk '{seen[$2]++} END {exit !(seen["bms"] > 100 && seen["bms2"] > 100)}' gun1/traces/two-guns-charge.log
check "only the case's own gun speaks" \
    awk '$2 == "bms" {bad = 1} END {exit bad}' gun2/traces/stop-by-person.log
check "one gun leaves nothing of a second" \
    bash -c '! grep -q gun2: gun1/signals/stop-by-person.csv gun1/signals/weld.k1.csv'
check "signals of both, without what the trace has" \
    bash -c 'grep -q gun2:gun.current gun1/signals/two-guns-charge.csv && ! grep -q gun2:CCS gun1/signals/two-guns-charge.csv'

# A firmware with one gun.
one=$BUILD/tests/duts/second.so
expect 3 'needs two guns that the firmware serves' "$PILEBENCH" run --dut "$one" --no-report --out one two-guns-charge
expect 3 'the firmware serves one gun' "$PILEBENCH" run --dut "$one" --gun 2 --no-report --out one stop-by-person
mkdir -p mine/profiles mine/cases
cat >mine/profiles/two.json <<'EOF'
{"title": "two guns", "base": "gbt-2015", "edition": "2015/2017",
 "demands": {"two-guns": {"source": ["T240-2"], "text": "guns A and B"}}, "limits": {}}
EOF
expect 1 'the profile two demands two guns' "$PILEBENCH" run --dut "$one" --scenarios mine --profile two --no-report --out one two-guns-charge
# Who only needs a second gun has one.
cat >mine/cases/needy.json <<'EOF'
{"id": "needy", "title": "needy", "vehicle": ["bus-lfp-540v", "van-lfp-450v"], "start": "plugged", "needs": ["two-guns"],
 "steps": [{"wait": "1 s"}], "checks": [{"expect": "gun2:battery.ocv < 500 V and battery.ocv > 500 V", "within": "1 s", "title": "x"}]}
EOF
expect 0 'PASS +needy' "$PILEBENCH" run --scenarios mine --no-report --out needy needy
check "each gun has its own vehicle" grep -q '"settings":\["gun2:vehicle=van-lfp-450v"\]' needy/results.jsonl
expect 0 'PASS +needy' "$PILEBENCH" run --scenarios mine --no-report --out needy --gun 2 needy
sed -i 's/"vehicle": \["bus-lfp-540v", "van-lfp-450v"\]/"vehicle": ["bus-lfp-540v"]/' mine/cases/needy.json
expect 2 'needy.json:1:.*vehicle' "$PILEBENCH" check --scenarios mine needy
expect 2 'the BMS of its own is at gun 1' "$PILEBENCH" run --gun 2 --wiring vcan --vehicle external --no-report --out one stop-by-person

# Names.
refused() { # PATTERN STEP CHECK
    cat >mine/cases/one.json <<EOF
{"id": "one", "title": "one", "vehicle": "bus-lfp-540v", "start": "plugged",
 "steps": [{"do": "$2"}], "checks": [{"never": "$3", "title": "x"}]}
EOF
    expect 2 "$1" "$PILEBENCH" check --scenarios mine one
}
refused "one.json:2:.*done to the whole pile" 'gun2: press estop' CST
refused "one.json:2:.*write 'plug in'" 'gun2: plug inn' CST
refused "one.json:2:.*did you mean 'gun2:CST.fault_stop'" 'gun2: plug in' 'gun2:CST.fault_stpo == 1'
refused "there is no signal 'gun2:estop.pressed'" 'gun2: plug in' 'gun2:estop.pressed'
expect 0 'gun2:NAME' "$PILEBENCH" list signals
expect 0 '第二枪' "$PILEBENCH" show two-guns-charge --language zh
finish
