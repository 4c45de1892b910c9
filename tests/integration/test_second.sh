#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A healthy firmware that shares nothing with the core (tests/duts/second) passes what concerns it: every
# case but those of its exceptions.txt, with 120 A on its plate, and with 60 A and every way that the standards
# leave open gone the other way (docs/open-points.md). What it declares untruly is found. And on the coroutine
# host a run is the same every time.
. "$(dirname "$0")/common.sh"
second=$BUILD/tests/duts/second.so
exceptions=$root/tests/duts/second/exceptions.txt

all_cases() { # NAME WHERE PARAM=VALUE...
    local name=$1 where=$2 sets=() one
    shift 2
    for one; do
        sets+=(--set "$one")
    done
    echo "$name: $*"
    "$PILEBENCH" run --dut "$second" "$where" "${sets[@]}" --profile gbt-2015 --no-report --out "$name" --json >"$name.jsonl"
    python3 - "$name.jsonl" "$exceptions" <<'PY' || failures=$((failures + 1))
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    cases = [case for case in map(json.loads, file) if case["type"] == "case"]
with open(sys.argv[2], encoding="utf-8") as file:
    excepted = {line.strip() for line in file if line.strip() and not line.startswith("#")}
wrong, passed = [], set()
for case in cases:
    # A parameter that it does not have, or a case that does not concern it.
    reason = (case["reason"] or {}).get("en", "")
    beside = "has no parameter" in reason or case["verdict"] not in ("pass", "fail", "inconclusive", "error")
    if case["verdict"] == "pass":
        passed.add(case["id"])
    elif not beside and case["id"] not in excepted and case["id"].split("[")[0] not in excepted:
        wrong.append(f"FAIL: {case['id']}: {case['verdict']}: {reason}")
print("\n".join(wrong), file=sys.stderr)
for name in sorted(excepted - {case["id"] for case in cases} - {case["id"].split("[")[0] for case in cases}):
    wrong.append(name)
    print(f"FAIL: exceptions.txt names {name}, which is no case", file=sys.stderr)
for name in sorted(excepted & passed):
    print(f"{name} passes by now: take it out of tests/duts/second/exceptions.txt")
print(f"{len(cases)} cases, {len(passed)} pass, {len(excepted)} excepted")
if len(passed) < 100:
    wrong.append("few")
    print("FAIL: hardly a case passed", file=sys.stderr)
sys.exit(bool(wrong))
PY
}

all_cases all --in-process output.current_max=120000
# As slow, as brief and as late as it may be.
all_cases third --in-process output.current_max=60000 output.voltage_min=50000 output.voltage_max=1000000 \
    output.current_min=5000 output.ramp_up=21000 output.ramp_down=100000 insulation.voltage_first=1 transport.window=255 \
    crm.at_once=1 cml.after=3000 cro.after=3000 ccs.after=600 ccs.length=8 cem.after=400 cem.for=250 csd.after=900 \
    csd.least=1 csd.rounds=0 time.bhm=60000 reconnections=3
expect 1 'The charger reconnects as often as it declares' "$PILEBENCH" run --dut "$second" \
    --set output.current_max=120000 --set declares=2 --no-report --out lies dn-1001-no-brm
"$PILEBENCH" run --dut "$second" --set output.current_max=120000 --profile gbt-2015 --in-process --no-report --out once stop-by-person >/dev/null
check "the same run twice leaves the same traces" diff -r all/traces/stop-by-person.log once/traces/stop-by-person.log
finish
