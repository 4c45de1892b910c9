#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What all shipped cases leave on the virtual clock, byte for byte: a hash for each case's line of the
# record, its trace and its signals. A change of structure leaves the list as it is.
#
#   record_hashes.sh            compares with records.sha256; names what differs
#   record_hashes.sh --write    writes the list anew, after a change of what is recorded that was meant
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
pilebench=${PILEBENCH:-$here/../../build/pilebench}
list=$here/records.sha256
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$pilebench" run --out "$scratch/out" --no-report >/dev/null
mkdir "$scratch/out/record"
# The head names the bench's version, so it stands apart from the cases.
awk -v folder="$scratch/out/record" '
    match($0, /"id":"[^"]*"/) { print > (folder "/" substr($0, RSTART + 6, RLENGTH - 7) ".json"); next }
    { print > (folder "/head.json") }' "$scratch/out/results.jsonl"
(cd "$scratch/out" && find record traces signals -type f | LC_ALL=C sort | xargs sha256sum) >"$scratch/now"

if [[ ${1:-} == --write ]]; then
    cp "$scratch/now" "$list"
    echo "$(wc -l <"$list") hashes written"
    exit
fi
if ! diff "$list" "$scratch/now" >"$scratch/diff"; then
    awk '/^[<>]/ { print $3 }' "$scratch/diff" | sort -u | head -20 >&2
    echo "$(awk '/^[<>]/ { print $3 }' "$scratch/diff" | sort -u | wc -l) files differ from $list" >&2
    exit 1
fi
echo "$(wc -l <"$list") records, traces and signals, the same bytes"
