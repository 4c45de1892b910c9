#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Judging a capture from its file: frames a second on one core and peak memory, beside python-can
# merely reading the same file, and beside a file a fifth as long (memory has to be the same). The
# capture is the bench's own hour of charging, five times in a row. A figure, not a test.
#   judge.sh [PILEBENCH]
set -euo pipefail
cd "$(dirname "$0")/../.."
pilebench=${1:-build/pilebench}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$pilebench" run tests/bench/one-hour.json --no-report --out "$scratch/out" >"$scratch/said"
grep -q '^1 case: 1 pass' "$scratch/said" || { cat "$scratch/said"; exit 1; }
hour=$scratch/out/traces/one-hour.log
for n in 0 1 2 3 4; do
    awk -v shift="$((n * 4000))" '{
        printf "(%017.6f)%s\n", substr($1, 2, 17) + shift, substr($0, length($1) + 1) }' "$hour"
done >"$scratch/five.log"

timed() { # FILE COMMAND...: user seconds, system seconds, KiB; the fastest of three
    local times=$1
    shift
    for _ in 1 2 3; do
        /usr/bin/time -a -o "$times" -f '%U %S %M' "$@" >"$scratch/said" || [[ $? -le 3 ]]
    done
    sed -i '/^Command/d' "$times"
    sort -n "$times" | head -1
}

figure() { # NAME FRAMES USER SYSTEM KIB
    awk -v name="$1" -v f="$2" -v c="$(echo "$3 $4" | awk '{print $1 + $2}')" -v m="$5" 'BEGIN {
        printf "%-34s %8d frames  %6.2f s  %11.0f frames/s  %6.1f MB at most\n",
            name, f, c, (c > 0 ? f / c : 0), m / 1024 }'
}

frames=$(wc -l <"$scratch/five.log")
read -r user system memory <<<"$(timed "$scratch/one" "$pilebench" judge "$hour")"
figure "judge, one hour" "$(wc -l <"$hour")" "$user" "$system" "$memory"
read -r user system memory <<<"$(timed "$scratch/five" "$pilebench" judge "$scratch/five.log")"
figure "judge, five hours" "$frames" "$user" "$system" "$memory"
if /usr/bin/python3 -c 'import can' 2>/dev/null; then
    cat >"$scratch/read.py" <<'PYTHON'
import sys
import can
print(sum(1 for _ in can.LogReader(sys.argv[1])))
PYTHON
    /usr/bin/time -o "$scratch/python" -f '%U %S %M' /usr/bin/python3 "$scratch/read.py" \
        "$scratch/five.log" >"$scratch/count"
    read -r user system memory <"$scratch/python"
    figure "python-can, only reading the same" "$(cat "$scratch/count")" "$user" "$system" "$memory"
fi
