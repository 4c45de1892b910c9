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
broken 'broken.json:[0-9]+:[0-9]+: .*estop.opne' 's/"limit": *"estop.open"/"limit": "estop.opne"/'
broken 'broken.json:[0-9]+:[0-9]+: .*gun.voltag' 's/gun.voltage/gun.voltag/'
broken 'broken.json:[0-9]+:[0-9]+: ' 's/60 V"/60 A"/'
broken 'broken.json:[0-9]+:[0-9]+: ' 's/"start": *"charging"/"start": "flying"/'
broken 'broken.json:[0-9]+:[0-9]+: ' 's/"checks": *\[/"checks": [,/'
broken 'broken.json:[0-9]+' 's/"vehicle": *"[^"]*"/"vehicle": "spaceship"/'
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
