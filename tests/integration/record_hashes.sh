#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What all shipped cases leave on the virtual clock, byte for byte: a hash for each case's line of the
# record, its trace and its signals. A change of structure leaves the list as it is. Looked at on the way:
# does each fault of the core show in a case (every_fault.sh), is the Chinese of all texts set as Chinese?
#
#   record_hashes.sh                     compares with records.sha256; names what differs
#   record_hashes.sh --write [FORMER]    writes the list anew, after a change of what is recorded that was
#                                        meant, and says which files changed; with the pilebench of
#                                        before also which values, by compare_records.py: exit code 1
#                                        when one that was there is another now
#   record_hashes.sh --third N           compares every third one, from the N mod 3rd on; for a slow build
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
pilebench=${PILEBENCH:-$here/../../build/pilebench}
list=$here/records.sha256
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

expected=$list lines=()
if [[ ${1:-} == --third ]]; then
    mapfile -t lines < <("$pilebench" list cases | awk -v turn="${2:?which}" '
        function flush_case() { if (id != "" && count == 0 && cases++ % 3 == turn % 3) print id }
        /^  [a-z0-9-]*\[/ { count++; if (cases++ % 3 == turn % 3) print $1; next }
        /^[a-z]/ { flush_case(); id = $1; count = 0 }
        END { flush_case() }')
    expected=$scratch/expected
fi
"$pilebench" run --out "$scratch/out" --no-report "${lines[@]}" >/dev/null
if ((${#lines[@]} == 0)); then
    "$here/every_fault.sh" "$scratch/out/signals"
    "$here/check_chinese.py" "$scratch/out/results.jsonl"
fi
mkdir "$scratch/out/record"
# The head names the bench's version, so it stands apart from the cases.
awk -v folder="$scratch/out/record" '
    /^[{]"type":"run"/ { print > (folder "/head.json"); next }
    match($0, /"id":"[^"]*"/) { print > (folder "/" substr($0, RSTART + 6, RLENGTH - 7) ".json"); next }
    { print > (folder "/head.json") }' "$scratch/out/results.jsonl"
"$here/any_sha256.sh" "$scratch/out/record/head.json"
((${#lines[@]} == 0)) || rm "$scratch/out/record/head.json" # it names what was run
(cd "$scratch/out" && find record traces signals -type f | LC_ALL=C sort | xargs sha256sum) >"$scratch/now"

if ((${#lines[@]} > 0)); then
    awk 'NR == FNR { mine[$2]; next } $2 in mine' "$scratch/now" "$list" >"$expected"
    (($(wc -l <"$expected") == 3 * ${#lines[@]})) # of each line record, trace and signals
fi

changed() { # names what differs from the list; 1: something does
    local count
    diff "$expected" "$scratch/now" >"$scratch/diff" && return
    awk '/^[<>]/ { print $3 }' "$scratch/diff" | sort -u >"$scratch/names"
    count=$(wc -l <"$scratch/names")
    head -20 "$scratch/names"
    echo "$count files differ from $list"
    return 1
}

if [[ ${1:-} == --write ]]; then
    former=${2:-}
    changed || true
    cp "$scratch/now" "$list"
    echo "$(wc -l <"$list") hashes written"
    [[ -z $former ]] && exit
    "$former" run --out "$scratch/former" --no-report >/dev/null
    "$here/compare_records.py" "$scratch/former" "$scratch/out"
    exit
fi
changed >&2
echo "$(wc -l <"$expected") records, traces and signals, the same bytes"
