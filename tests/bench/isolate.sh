#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What it costs to keep a firmware away from the evidence: processor time of the suite with the reference
# core built in, as a shared object in the process of each case (behind guard pages), and isolated. The three
# take turns, so that what else the machine does meets all of them; told are the medians of the rounds' ratios. Figures, no test.
#   isolate.sh [PILEBENCH [REFERENCE_CORE.so [BENCH_INSTANCE]]]
# ROUNDS: how many (5). EVERY: only one case in so many (1).
set -euo pipefail
cd "$(dirname "$0")/../.."
pilebench=${1:-build/pilebench}
core=${2:-build/firmware-under-test/reference_core.so}
instance=${3:-build/tests/bench/bench_instance}
rounds=${ROUNDS:-5} every=${EVERY:-1}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A build meanwhile would change what is measured.
cp "$core" "$scratch/core.so" && core=$scratch/core.so
mapfile -t cases < <("$pilebench" list | awk -v every="$every" '/^[a-z0-9]+(-[a-z0-9]+)* / && n++ % every == 0 { print $1 }')

seconds() { # OPTION...: user and system seconds
    /usr/bin/time -o "$scratch/time" -f '%U %S' "$pilebench" run -j 1 --no-report --out "$scratch/out" \
        "$@" "${cases[@]}" >"$scratch/said"
    awk 'END { print $1 + $2 }' "$scratch/time"
}

for ((round = 0; round < rounds; round++)); do
    echo "$(seconds) $(seconds --dut "$core" --in-process) $(seconds --dut "$core" --isolate)"
done | tee "$scratch/rounds"
lines=$(grep -c '"type":"case"' "$scratch/out/results.jsonl")
median() { sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
least() { sort -g | head -1; }
printf '%d cases and rows, %d rounds: built in %s s, in process %s s (%.2f times), isolated %s s: %.2f times in process, %.0f ms more a case\n' \
    "$lines" "$rounds" \
    "$(awk '{ print $1 }' "$scratch/rounds" | least)" "$(awk '{ print $2 }' "$scratch/rounds" | least)" \
    "$(awk '{ print $2 / $1 }' "$scratch/rounds" | median)" "$(awk '{ print $3 }' "$scratch/rounds" | least)" \
    "$(awk '{ print $3 / $2 }' "$scratch/rounds" | median)" \
    "$(awk -v n="$lines" '{ print 1000 * ($3 - $2) / n }' "$scratch/rounds" | median)"
"$instance"
