#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One hour of charging with every frame on the bus, core, vehicle, plant and recording on: how many
# times faster than real time on one core, with peak memory. A figure, not a test.
#   hour.sh [PILEBENCH]
set -euo pipefail
cd "$(dirname "$0")/../.."
pilebench=${1:-build/pilebench}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for _ in 1 2 3 4 5; do
    /usr/bin/time -a -o "$scratch/times" -f '%U %S %M' \
        "$pilebench" run tests/bench/one-hour.json --no-report --out "$scratch/out" >"$scratch/said"
done
grep -q '^1 case: 1 pass' "$scratch/said" || { cat "$scratch/said"; exit 1; }
frames=$(wc -l <"$scratch/out/traces/one-hour.log")
seconds=$(sed -nE 's/.*"duration_ns":([0-9]+).*/\1/p' "$scratch/out/results.jsonl")
sort -n "$scratch/times" | head -1 | while read -r user system memory; do
    awk -v ns="$seconds" -v c="$user" -v d="$system" -v m="$memory" -v f="$frames" 'BEGIN {
        s = ns / 1e9; c += d
        printf "%.0f s of charging, %d frames on the bus: %.2f s of CPU (best of 5)\n", s, f, c
        printf "%.0f times real time on one core, %.2f us a frame, %.1f MB at most\n",
            s / c, c / f * 1e6, m / 1024 }'
done
if command -v perf >/dev/null; then
    echo "where the time goes:"
    perf record -q -e cpu-clock -F 20000 -o "$scratch/perf" "$pilebench" run \
        tests/bench/one-hour.json --no-report --out "$scratch/out" >/dev/null 2>&1
    perf report -i "$scratch/perf" --stdio --no-children 2>/dev/null | grep -v '^#' |
        awk 'NF && n++ < 12 {print "  " $0}'
fi
