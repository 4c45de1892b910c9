#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# every_fault.sh SIGNALS   each fault number of the reference core is shown as an alarm in one of these
#                          files (pile.alarm), which a run of all cases leaves; names what is not
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
core=$here/../../firmware-under-test/core/services
mapfile -t faults < <(sed -n 's/^    \(CORE_FAULT_[A-Z0-9_]*\)\(,.*\)\{0,1\}$/\1/p' "$core/faults.h")
[[ ${faults[0]} == CORE_FAULT_NONE && ${faults[-1]} == CORE_FAULT_COUNT ]]

awk -F, '$2 == "pile.alarm" { print $3 }' "$1"/*.csv | sort -u >"$1.alarms"
trap 'rm -f "$1.alarms"' EXIT
# Of power modules that are commanded over CAN (modules.face): no case has them. A case that shows one
# strikes it off here.
modules=" CORE_FAULT_MODULES CORE_FAULT_MODULE CORE_FAULT_MODULE_HOT CORE_FAULT_DISTRIBUTION "
missing=0
for ((i = 1; i < ${#faults[@]} - 1; i++)); do
    if [[ $modules == *" ${faults[i]} "* ]]; then
        grep -qx "$i" "$1.alarms" || continue
        echo "a case shows fault $i: strike ${faults[i]} off the list in every_fault.sh" >&2
        missing=1
    fi
    grep -qx "$i" "$1.alarms" && continue
    echo "no case shows fault $i, ${faults[i]}" >&2
    missing=1
done
exit "$missing"
