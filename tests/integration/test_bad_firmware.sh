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
# A case that sets what the firmware does not have, or not so far, shows nothing about it.
expect 3 'no parameter tariff.number, which this case sets' "$PILEBENCH" run billing-power-loss \
    --out blank --dut "$BUILD/firmware-under-test/blank_dut.so"
check "blank: the report says it in both languages" \
    grep -q '固件无本用例需设置的参数tariff.number.*has no parameter tariff.number' blank/report.html
cp -r "$root/scenarios" scenarios
sed -i 's/"billing.mode": 2/"billing.mode": 9/' scenarios/cases/billing/billing-by-energy.json
expect 3 'billing.mode goes from 0 to 3, this case sets it beyond' "$PILEBENCH" run \
    billing-by-energy --out beyond --scenarios scenarios
# What the command line sets over a case is what the bench reckons with.
expect 0 '1 pass' "$PILEBENCH" run billing-by-time --out dearer --set tariff.price_flat=9999
# The reference core as a shared object is the same firmware: same verdict.
expect 0 '1 pass' "$PILEBENCH" run stop-by-person --out so \
    --dut "$BUILD/firmware-under-test/reference_core.so"
# So is the core behind an earlier dut.h; it declares nothing, and nothing behind its table is read.
for version in 1 2; do
    expect 0 '1 pass' "$PILEBENCH" run stop-by-person --out "v$version" \
        --dut "$BUILD/tests/duts/dut_version_$version.so"
done
finish
