#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Broken scenarios, profiles and folders: exit code 2, with file, line and column, and nothing is run.
. "$(dirname "$0")/common.sh"
cp -r "$root/scenarios" scenarios
good=scenarios/cases/nbt33008.1/estop-while-charging.json

# broken PATTERN SED-SCRIPT: the case with one thing changed.
broken() {
    sed -E "$2" "$root/$good" >broken.json
    if cmp -s "$root/$good" broken.json; then
        echo "FAIL: the change '$2' changes nothing" >&2
        failures=$((failures + 1))
    fi
    expect 2 "$1" "$PILEBENCH" run --scenarios scenarios --out none "$PWD/broken.json"
    check "nothing was written for: $2" test ! -e none/results.jsonl
}
broken 'broken.json:[0-9]+:[0-9]+: ' 's/"steps"/"stesp"/'
broken 'broken.json:[0-9]+:[0-9]+: .*unknown action .*press estop' 's/"press estop"/"pres estop"/'
broken 'broken.json:[0-9]+:[0-9]+: .*unknown action .brake.; did you mean .break cc1' 's/"press estop"/"brake cc1"/'
broken 'broken.json:[0-9]+:[0-9]+: .*out of range: 0 A to 400 A' 's/"press estop"/"set vehicle.current_demand 1200000 A"/'
broken 'broken.json:[0-9]+:[0-9]+: .*estop.opne' 's/"limit": *"estop.open"/"limit": "estop.opne"/'
broken 'broken.json:[0-9]+:[0-9]+: .*gun.voltag' 's/gun.voltage/gun.voltag/'
broken 'broken.json:[0-9]+:[0-9]+: ' 's/60 V"/60 A"/'
broken 'broken.json:[0-9]+:[0-9]+: ' 's/"start": *"charging"/"start": "flying"/'
broken 'broken.json:[0-9]+:[0-9]+: ' 's/"checks": *\[/"checks": [,/'
broken 'broken.json:[0-9]+' 's/"vehicle": *"[^"]*"/"vehicle": "spaceship"/'
broken 'broken.json:[0-9]+:[0-9]+: .*out of range: -100000 V to 100000 V' 's/60 V"/1e308 V"/'
broken 'broken.json:[0-9]+:[0-9]+: .*out of range: -100 kV to 100 kV' 's/60 V"/-1e308 kV"/'

not() { ! "$@"; }
# vehicle PATTERN SED-SCRIPT: the vehicle with one thing changed; a fault of its file, with its place.
vehicle() {
    local file=scenarios/vehicles/bus-lfp-540v.json
    sed -E "$2" "$root/$file" >"$file"
    check "the change '$2' changes something" not cmp -s "$root/$file" "$file"
    expect 2 "bus-lfp-540v.json:[0-9]+:[0-9]+: $1" \
        "$PILEBENCH" run --scenarios scenarios --out none estop-while-charging
    check "nothing was written for: $2" test ! -e none/results.jsonl
    cp "$root/$file" "$file"
}
vehicle '.*did you mean .cells_series' 's/cells_series/cels_series/'
vehicle 'cells_series .*a whole number, 1 to 1000' 's/: 168,/: 168.5,/'
vehicle 'soc .*0 % to 100 %' 's/"50 %"/"500 %"/'
vehicle 'capacity .*1 Ah to 1000 Ah' 's/"228 Ah"/"1e-300 Ah"/'
vehicle 'capacity must be a text with number and unit' 's/"228 Ah"/228/'
vehicle 'resistance .*0.001 ohm to 10 ohm' 's/"0.06 ohm"/"1e308 ohm"/'
vehicle 'bhm_voltage .*1 V to 1500 V' 's/"bhm_voltage": "613.2 V"/"bhm_voltage": "-5 V"/'
vehicle 'there is no chemistry .NCM.; did you mean .ternary' 's/"LFP",/"NCM",/'
vehicle 'brm_length .*41 to 49' 's/"values": \{/"values": {"brm_length": 0,/'
vehicle 'k5_close .*0 s to 60 s' 's/"values": \{/"values": {"k5_close": "100 h",/'
vehicle 'vin must be a text of 17' 's/"values": \{/"values": {"vin": "short",/'
vehicle ".*battery's voltage before the charge.*no charger may charge it" 's/"voltage_max": "613.2 V"/"voltage_max": "500 V"/'
cp -r scenarios overlay
cat >overlay/profiles/mine.json <<'END'
{"title": "mine", "base": "t240", "limits": {
  "pilot.opne": {"max": "30 ms", "source": ["us"], "text": "pilot"}}}
END
expect 2 'mine.json:2:3: .*has no limit .pilot.opne.; did you mean .pilot.open' \
    "$PILEBENCH" run --scenarios overlay --profile mine estop-while-charging
sed -i 's/pilot.opne/pilot.open/; s/30 ms/1e300 ms/' overlay/profiles/mine.json
expect 2 'mine.json:2:[0-9]+: this limit is out of range' \
    "$PILEBENCH" run --scenarios overlay --profile mine estop-while-charging
# All that is wrong in a file is told at once, in the order of its lines, and only once.
sed -E 's/"press estop"/"pres estop"/; s/"estop.open"/"estop.opne"/; s/gun.voltage/gun.voltag/' "$root/$good" >broken.json
sed -E 's/"50 %"/"500 %"/; s/"228 Ah"/"0 Ah"/' "$root/scenarios/vehicles/bus-lfp-540v.json" >overlay/vehicles/bus-lfp-540v.json
"$PILEBENCH" run --scenarios overlay --out none "$PWD/broken.json" estop-while-charging 2>err
check "several faults of a case" test "$? $(grep -cE 'broken.json:[0-9]+:[0-9]+: .*(press estop|estop.opne|gun.voltag)' err)" = "2 5"
check "and of its vehicle, once" test "$(grep -cE 'bus-lfp-540v.json:[0-9]+:[0-9]+: (soc|capacity) is out of range' err)" = 2
check "and nothing else" test "$(wc -l <err)" = 7
cat >my-limits.json <<'END'
{"title": "mine", "base": "t240", "limits": {
  "estop.open": {"max": "1 ms", "source": ["us"], "text": "sooner"}}}
END
expect 1 'estop-while-charging' "$PILEBENCH" run --profile ./my-limits.json --out own estop-while-charging
check "a profile of one's own is named in the record" grep -q '"profile":"my-limits"' own/results.jsonl
expect 2 "there is no profile 'none.json'" "$PILEBENCH" run --profile none.json
expect 0 '^[0-9]+ checked, nothing is wrong$' "$PILEBENCH" check
expect 2 'broken.json:[0-9]+:[0-9]+: .*press estop' "$PILEBENCH" check "$PWD/broken.json"
expect 2 'bus-lfp-540v.json:[0-9]+:[0-9]+: soc is out of range' "$PILEBENCH" check --scenarios overlay vehicles/bus-lfp-540v.json
expect 2 'mine.json:2:[0-9]+: ' "$PILEBENCH" check --scenarios overlay profiles/mine
"$PILEBENCH" check --scenarios overlay >/dev/null 2>err
check "everything of a folder" test "$? $(grep -cE 'mine.json|bus-lfp-540v.json' err)" = "2 3"
expect 2 'absent' "$PILEBENCH" run --scenarios scenarios absent
expect 2 'nowhere' "$PILEBENCH" run --scenarios nowhere
expect 2 'profile' "$PILEBENCH" run --scenarios scenarios --profile nosuch
cp -r scenarios mistyped
sed -i 's/"protocol.period-gap"/"protocol.period-gpa"/' mistyped/profiles/gbt-2015.json
expect 2 'profile t240: .*protocol.period-gpa' "$PILEBENCH" run --scenarios mistyped --out none
check "no case ran with a protocol limit that nobody knows" test ! -e none/results.jsonl
printf '\xff\xfe{}' >binary.json
expect 2 'binary.json' "$PILEBENCH" run --scenarios scenarios "$PWD/binary.json"
: >empty.json
expect 2 'empty.json' "$PILEBENCH" run --scenarios scenarios "$PWD/empty.json"
expect 2 'broken' "$PILEBENCH" report "$PWD/broken.json"
expect 2 'no-folder' "$PILEBENCH" report no-folder
finish
