#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Same scenarios and seed: byte-identical records, traces and signals, whichever compiler built the
# bench and at whichever optimisation level.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
builds=(build build-clang build-gcc-O0)
cmake --preset gcc-O0 >/dev/null
cmake --build --preset gcc-O0 -j "$(nproc)" --target pilebench >/dev/null
runs=()
for folder in "${builds[@]}"; do
    "$folder/pilebench" run --out "$scratch/$folder" --no-report >/dev/null &
    runs+=($!)
done
for run in "${runs[@]}"; do
    wait "$run"
done
tests/integration/any_sha256.sh "$scratch"/*/results.jsonl
for folder in "${builds[@]:1}"; do
    diff -rq -x manifest.json "$scratch/build" "$scratch/$folder" || {
        echo "$folder gives another record than build" >&2
        exit 1
    }
done
cat "$scratch"/build/traces/*.log | wc -l | sed 's/$/ frames, the same three times/'
