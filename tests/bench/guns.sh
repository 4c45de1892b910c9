#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a frame costs when both guns charge for an hour, as a ratio to the hour of one gun: pairs of runs, one
# after the other. A figure, not a test.
#   guns.sh [PILEBENCH [PAIRS]]
set -euo pipefail
cd "$(dirname "$0")/../.."
pilebench=${1:-build/pilebench}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for ((i = 0; i < ${2:-7}; i++)); do
    for hour in one-hour one-hour-both-guns; do
        /usr/bin/time -o "$scratch/time" -f '%U %S' \
            "$pilebench" run "tests/bench/$hour.json" --no-report --out "$scratch/$hour" >"$scratch/said"
        grep -q '^1 case: 1 pass' "$scratch/said" || { cat "$scratch/said"; exit 1; }
        echo "$(<"$scratch/time") $(wc -l <"$scratch/$hour/traces/$hour.log")" >>"$scratch/$hour.times"
    done
done
paste "$scratch/one-hour.times" "$scratch/one-hour-both-guns.times" |
    awk '{ one = ($1 + $2) / $3; both = ($4 + $5) / $6; printf "%.9f %.9f %.4f %d %d\n", one, both, both / one, $3, $6 }' \
        >"$scratch/frames"
least() { sort -g -k "$1,$1" "$scratch/frames" | head -n 1 | cut -d ' ' -f "$1"; }
median=$(sort -g -k 3,3 "$scratch/frames" | awk '{ r[NR] = $3 } END { print r[int((NR + 1) / 2)] }')
awk -v one="$(least 1)" -v both="$(least 2)" -v median="$median" 'NR == 1 {
    printf "%d frames, with both guns %d: %.2f and %.2f us of CPU a frame (best)\n", $4, $5, one * 1e6, both * 1e6
    printf "a frame of two guns costs %.2f of one of one gun (best), %.2f (median of pairs)\n", both / one, median
}' "$scratch/frames"
