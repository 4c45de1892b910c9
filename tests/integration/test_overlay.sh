#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Scenarios and limits of one's own: a folder beside the shipped one, a profile upon a shipped one, --limit. What
# they change is seen wherever a verdict is.
. "$(dirname "$0")/common.sh"

mkdir -p mine/cases/deeper mine/vehicles mine/profiles
cat >mine/cases/deeper/own-stop.json <<'CASE'
{"id": "own-stop", "title": {"en": "My own stop", "zh": "自用停止"}, "vehicle": "own-car", "start": "charging",
 "covers": ["T240-8.6a"], "steps": [{"do": "press estop"}, {"wait": "5 s"}],
 "checks": [{"measure": {"en": "Emergency stop to K1 and K2 open", "zh": "急停至K1、K2断开"}, "from": "estop.pressed",
             "to": "not k1.closed and not k2.closed", "limit": "estop.open", "settle": true}]}
CASE
sed 's/"id": *"[^"]*"/"id": "own-car"/' "$root/scenarios/vehicles/bus-lfp-540v.json" >mine/vehicles/own-car.json
limits() { # LIMITS
    printf '{"title": {"en": "Mine", "zh": "自用"}, "base": "t240", "limits": {%s}}' "$1"
}
limits '"estop.open": {"max": "500 ms", "source": ["our contract"], "text": {"en": "ours", "zh": "自用"}}' >mine/profiles/own.json

# Beside the shipped ones, with their groups, vehicles and profiles.
expect 0 '^own-stop ' "$PILEBENCH" list --scenarios mine
check "the shipped ones are there" grep -q '^estop-while-charging ' said
expect 0 '2 cases: 2 pass' "$PILEBENCH" run --scenarios mine --out out own-stop estop-while-charging
check "nothing says that limits are changed" test -z "$(grep -ri 'limits\? changed' said out/report.html out/junit.xml)"
expect 0 'nothing is wrong' "$PILEBENCH" check --scenarios mine own-stop vehicles/own-car profiles/own
expect 2 "no case 'own-stpo'; did you mean 'own-stop'" "$PILEBENCH" run --scenarios mine --out none own-stpo
# It replaces none of them, and something has to be in it.
cp "$root/scenarios/vehicles/bus-lfp-540v.json" mine/vehicles/
expect 2 '^pilebench: mine/vehicles/bus-lfp-540v.json: one of the shipped ones has this name' "$PILEBENCH" list --scenarios mine
rm mine/vehicles/bus-lfp-540v.json
cp mine/cases/deeper/own-stop.json mine/cases/weld.json
expect 2 "two cases have the name 'weld'" "$PILEBENCH" list --scenarios mine
rm mine/cases/weld.json
echo '{}' >mine/groups.json
expect 2 '^pilebench: mine/groups.json: a folder laid over' "$PILEBENCH" list --scenarios mine
rm mine/groups.json
mkdir empty
expect 2 '^pilebench: empty: there is none of the folders' "$PILEBENCH" list --scenarios empty
expect 2 'nowhere' "$PILEBENCH" list --scenarios nowhere
# Every mistake of a file at once, with its place.
cat >mine/cases/bad.json <<'CASE'
{"id": "bad", "title": "t", "vehicle": "own-cra", "start": "charging",
 "steps": [{"do": "pres stop"}, {"wait": "5 sec"}],
 "checks": [{"measure": "t", "from": "estop.pressed", "to": "not k1.closed", "limit": "estop.opne"}]}
CASE
expect 2 "bad.json:2:.*did you mean 'press stop" "$PILEBENCH" check --scenarios mine bad
check "lint: the vehicle" grep -q "bad.json:1:[0-9]*: .*did you mean 'own-car'" said
check "lint: the time" grep -q 'bad.json:2:[0-9]*: .*5 sec' said
check "lint: the limit" grep -q "bad.json:3:[0-9]*: .*did you mean 'estop.open'" said
rm mine/cases/bad.json

# A limit of one's own is told where the verdict is: terminal, record, page, JUnit.
changed='estop.open: ≤ 100 ms → ≤ 500 ms'
told() { # of the run in FOLDER
    check "$1: the record" grep -q "\"limits\":\[\"$changed\"\]" "$1/results.jsonl"
    check "$1: the page" grep -q "Limits changed" "$1/report.html"
    check "$1: the page has it" grep -q "$changed" "$1/report.html"
    check "$1: no clause is closed" test -z "$(grep 'closed by this level' "$1/report.html")"
    check "$1: JUnit" grep -q "name=\"limit.changed\" value=\"$changed\"" "$1/junit.xml"
}
late=(--set estop.debounce=130 --scenarios mine own-stop)
expect 1 'FAIL +own-stop' "$PILEBENCH" run --out strict "${late[@]}"
expect 0 "^limit changed: $changed" "$PILEBENCH" run --out lax --limit 'estop.open=0.5 s' "${late[@]}"
told lax
expect 0 "^限值已改动：$changed" "$PILEBENCH" report lax --language zh
expect 0 "^limit changed: $changed" "$PILEBENCH" run --out file --profile mine/profiles/own.json "${late[@]}"
told file
expect 0 "^limit changed: $changed" "$PILEBENCH" run --out over --profile own "${late[@]}"
told over
expect 0 '1 pass' "$PILEBENCH" run --out tender --profile zhongshan estop-while-charging
check "a shipped profile upon another is none of one's own" grep -q '"limits":\[\]' tender/results.jsonl
# Only what exists, in its unit.
expect 2 "^pilebench: --limit estop.opne=1: profile t240 has no limit 'estop.opne'; did you mean 'estop.open'" \
    "$PILEBENCH" run --out none --limit estop.opne=1
expect 2 "'150' is no number in ms" "$PILEBENCH" run --out none --limit estop.open=150
expect 2 "'3 V' is no number in ms" "$PILEBENCH" run --out none --limit 'estop.open=3 V'
expect 2 'write NAME=VALUE' "$PILEBENCH" run --out none --limit estop.open
expect 2 'this limit has two sides: write MIN..MAX ms' "$PILEBENCH" run --out none --limit 'period.250ms-mean=240 ms'
expect 2 'the lower side of this limit is above' "$PILEBENCH" run --out none --limit 'period.250ms-mean=260..240 ms'
expect 0 '^limit changed: period.250ms-mean: 225 … 275 ms → 240 … 260 ms' "$PILEBENCH" run --no-report --out out \
    --limit 'period.250ms-mean=240..260 ms' estop-while-charging
limits '"estop.opne": {"max": "30 ms", "source": ["x"], "text": "t"}' >mistyped.json
expect 2 "mistyped.json:1:[0-9]+: .*no limit 'estop.opne'; did you mean 'estop.open'" \
    "$PILEBENCH" run --out none --profile ./mistyped.json
finish
