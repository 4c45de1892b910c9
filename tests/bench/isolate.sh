#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What it costs to keep a firmware away from the evidence: processor time of the whole suite with the reference
# core as a shared object, in the process of each case (behind guard pages), and isolated. Figures, no test.
#   isolate.sh [PILEBENCH [REFERENCE_CORE.so [BENCH_INSTANCE]]]
set -euo pipefail
cd "$(dirname "$0")/../.."
pilebench=${1:-build/pilebench}
core=${2:-build/firmware-under-test/reference_core.so}
instance=${3:-build/tests/bench/bench_instance}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

seconds() { # OPTION...: user and system seconds, the fastest of three
    for _ in 1 2 3; do
        /usr/bin/time -a -o "$scratch/times" -f '%U %S' "$pilebench" run -j 1 --no-report --out "$scratch/out" \
            "$@" >"$scratch/said"
    done
    awk '{ s = $1 + $2; if (NR == 1 || s < least) least = s } END { print least }' "$scratch/times"
    rm "$scratch/times"
}

built_in=$(seconds)
cases=$(grep -c '"type":"case"' "$scratch/out/results.jsonl")
beside=$(seconds --dut "$core" --in-process)
apart=$(seconds --dut "$core" --isolate)
awk -v n="$cases" -v b="$built_in" -v p="$beside" -v i="$apart" 'BEGIN {
    printf "%d cases: built in %.2f s, in process %.2f s, isolated %.2f s: %.1f times, %.0f ms more a case\n",
        n, b, p, i, i / p, 1000 * (i - p) / n }'
"$instance"
