#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `pilebench verify`: healthy folders of every kind agree with themselves, and each way in which somebody may
# change one is named by file and place, also when the manifest and the pages were made to fit (tamper.py).
[[ ! -w /dev/shm ]] || export TMPDIR=/dev/shm # dozens of copies: a busy disk would take minutes
. "$(dirname "$0")/common.sh"
tamper=$here/tamper.py
cases=(estop-while-charging weld stop-by-person)

clean() { # NAME OPTION...: a run of that folder, whatever its verdicts
    local name=$1
    shift
    "$PILEBENCH" run --out "$name" "$@" >said 2>&1
    expect 0 'everything agrees|全部一致' "$PILEBENCH" verify "$name"
}

# ---- healthy ones ----
clean late --set fault.open=130 "${cases[@]}"
check "it has a fail" grep -q '"verdict":"fail"' late/results.jsonl
clean good "${cases[@]}"
clean again "${cases[@]}"
check "a run twice gives the same manifest, but for the hour and the machine" same_folders good again -x times.csv -x junit.xml
clean bare --no-report "${cases[@]}"
clean masked --mask "${cases[@]}"
clean second --dut "$BUILD/tests/duts/second.so" 'b*' 'w*' 'e*'
clean crash --dut "$BUILD/tests/duts/dut_crash.so" "${cases[@]}" estop-during-insulation-test
clean two 'two-guns-s*' stop-by-person
clean other-gun --gun 2 'two-guns-s*' stop-by-person
clean zhongshan --profile zhongshan "${cases[@]}"
clean older --edition 2011 "${cases[@]}" 'dn-30*'
expect 0 '' "$PILEBENCH" report good
expect 0 'everything agrees' "$PILEBENCH" verify good
expect 0 '全部一致' "$PILEBENCH" verify good --language zh

# ---- what cannot be looked at is said, and is no fault ----
"$PILEBENCH" run --out limit --limit 'estop.open=30 ms' "${cases[@]}" >/dev/null
expect 3 'has limits of its own' "$PILEBENCH" verify limit
expect 0 'everything agrees' "$PILEBENCH" verify limit --limit 'estop.open=30 ms'
expect 1 'limit_max' "$PILEBENCH" verify limit --limit 'estop.open=40 ms'
"$PILEBENCH" run --out fast --fail-fast --set fault.open=130 "${cases[@]}" >/dev/null 2>&1
expect 3 'cut short: 1 of 4 cases' "$PILEBENCH" verify fast
cp -r "$root/scenarios" mine
sed -i 's/"value": 3600000/"value": 3500000/' mine/mutants.json
expect 3 'other scenarios' "$PILEBENCH" verify good --scenarios mine
touch good/note.txt
expect 0 'note  note.txt: is not in the manifest' "$PILEBENCH" verify good
expect 2 'has no manifest.json' "$PILEBENCH" verify "$scratch"
mkdir shut
sed 's/^/ /' good/manifest.json | head -c 300 >shut/manifest.json
expect 1 'manifest.json: line' "$PILEBENCH" verify shut
"$PILEBENCH" verify late --json >json
check "--json: nothing to say is nothing" test ! -s json

# ---- a signature ----
if command -v ssh-keygen >/dev/null; then
    ssh-keygen -q -t ed25519 -N '' -C tester -f key && ssh-keygen -q -t ed25519 -N '' -C other -f other
    printf 'tester@depot %s\n' "$(cut -d' ' -f1,2 key.pub)" >signers
    ssh-keygen -q -Y sign -n pilebench -f key late/manifest.json 2>/dev/null
    expect 0 'manifest.json.sig: signed by tester@depot' "$PILEBENCH" verify late --signers signers
    expect 3 'not checked  manifest.json.sig: signed' "$PILEBENCH" verify late
    expect 1 'not one of somebody' "$PILEBENCH" verify late --signers signers --signer somebody
    expect 1 'there is no signature' "$PILEBENCH" verify good --signers signers
    expect 3 'PATH|no ssh-keygen' env PATH=/nowhere "$PILEBENCH" verify late --signers signers
    cp -r late forged
    sed -i 's/"at":"2/"at":"1/' forged/manifest.json
    expect 1 'manifest.json.sig: the signature is not' "$PILEBENCH" verify forged --signers signers
    printf 'other@depot %s\n' "$(cut -d' ' -f1,2 other.pub)" >signers
    expect 1 'no signature by one of those' "$PILEBENCH" verify late --signers signers
    rm late/manifest.json.sig
else
    echo "no ssh-keygen: signatures were not tried"
fi

# ---- forged ones ----
ways=0
while IFS=$'\t' read -r way who says; do
    before=$failures
    rm -rf forged && cp -r late forged
    "$tamper" forged good "$way" || failures=$((failures + 1))
    [[ $who != pages ]] || "$PILEBENCH" report forged >/dev/null 2>&1
    [[ $who == naive ]] || "$tamper" --rehash forged
    expect 1 "DOES NOT AGREE  .*($says)" "$PILEBENCH" verify forged
    ((failures == before)) || echo "that was: $way" >&2
    ways=$((ways + 1))
done < <("$tamper" --list)
check "at least 25 ways" test "$ways" -ge 25
echo "$ways ways to forge"
finish
