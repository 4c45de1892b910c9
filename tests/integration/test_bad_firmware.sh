#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Firmware that crashes, hangs, spins or leaves in the middle of a charge fails the case, says where,
# and never hangs the bench.
. "$(dirname "$0")/common.sh"

for name in crash hang spin leave; do
    expect 1 'firmware under test' timeout 120 \
        "$PILEBENCH" run stop-by-person --out "$name" --dut "$BUILD/tests/duts/dut_$name.so"
    check "$name: one fail in the record" grep -q '"verdict":"fail"' "$name/results.jsonl"
done
expect 2 'No such file' "$PILEBENCH" run stop-by-person --dut ./absent.so
echo 'int unrelated;' | ${CC:-cc} -shared -fPIC -x c - -o unrelated.so
expect 2 'dut_entry' "$PILEBENCH" run stop-by-person --dut ./unrelated.so
# The reference core as a shared object is the same firmware: same verdict.
expect 0 '1 pass' "$PILEBENCH" run stop-by-person --out so \
    --dut "$BUILD/firmware-under-test/reference_core.so"
finish
