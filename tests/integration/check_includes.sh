#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Who may include whom (README.md, "The house"): never upwards, no circles, and the tester shares no
# source with the tested.  check_includes.sh [ROOT]
set -euo pipefail
root=${1:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$root"

declare -A allowed=(
    [sim]="sim"
    [vehicle_bms]="vehicle_bms sim"
    [grid]="grid sim"
    [meter]="meter sim"
    [reports]="reports"
    [harness]="harness vehicle_bms grid meter sim reports firmware-under-test/include"
    [firmware-under-test]="firmware-under-test"
)
bad=0
complain() {
    echo "$1:$2: $3" >&2
    bad=$((bad + 1))
}

# An include written from the top level names its room; one without a folder is a neighbour's.
check_file() {
    local file=$1 room=$2 number include first ok
    while IFS=: read -r number include; do
        include=${include#*\"}
        include=${include%%\"*}
        ok=no
        if [[ $room == firmware-under-test ]]; then
            # Relative to itself; nothing outside it may be reached.
            local folder target
            folder=$(dirname "$file")
            for target in "$folder/$include" "firmware-under-test/include/$include" \
                "firmware-under-test/core/$include" "firmware-under-test/port/$include"; do
                if [[ -f $target ]] && [[ $(realpath --relative-to=. "$target") == firmware-under-test/* ]]; then
                    ok=yes
                fi
            done
        else
            for first in ${allowed[$room]}; do
                [[ $include == "$first"/* ]] && ok=yes
            done
        fi
        [[ $ok == yes ]] || complain "$file" "$number" "$room must not include \"$include\""
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$file" || true)
}

for room in "${!allowed[@]}"; do
    while IFS= read -r file; do
        check_file "$file" "$room"
    done < <(find "$room" -name '*.[ch]' | sort)
done

# The core is freestanding: only the headers that C11 clause 4 gives without a library, and
# <string.h> for memcpy and memset.
while IFS=: read -r file number line; do
    case $line in
    *'<stdbool.h>'* | *'<stddef.h>'* | *'<stdint.h>'* | *'<limits.h>'* | *'<stdalign.h>'* | *'<string.h>'*) ;;
    *) complain "$file" "$number" "the core is freestanding: $line" ;;
    esac
done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' -r firmware-under-test/core --include="*.[ch]")

if ((bad > 0)); then
    echo "$bad includes break the rules" >&2
    exit 1
fi
echo "include rules kept"
