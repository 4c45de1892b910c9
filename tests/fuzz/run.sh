#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh SECONDS|RUNS [NAME]...   each fuzz program (or fuzz_NAME) over its corpus, then onwards:
#   run.sh 60s             for 60 seconds each
#   run.sh 20000           20000 executions each
#   run.sh 10000000 transport scenario
# Build first: cmake --preset fuzz && cmake --build --preset fuzz. Nothing is written into the tree: what
# is new goes to build-fuzz/grown/NAME, findings to build-fuzz/findings, their paths are printed.
# FUZZ_BUILD: another build folder. Exit code 1 when there is a finding.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${FUZZ_BUILD:-$here/../../build-fuzz}

usage() {
    sed -n '3,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

[[ ${1:-} =~ ^[1-9][0-9]*s?$ ]] || usage
limit=(-runs="$1")
# A number of runs is repeatable as long as nothing has grown; a time goes new ways.
[[ $1 == *s ]] && limit=(-max_total_time="${1%s}") || limit+=(-seed=1)
shift
names=("$@")
if ((${#names[@]} == 0)); then
    mapfile -t names < <(cd "$here" && printf '%s\n' fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')
fi
mkdir -p "$build/findings" || exit 2
failed=0

# Longer inputs only cost time: what is looked for fits (a transfer of BCS takes some 100 bytes, a head and rows 500, the longest
# frame of a meter 220).
declare -A longest=([capture_text]=600 [decode]=600 [transport]=600 [meter]=500 [meter_text]=800)

# Leaks are looked for at the end of each run of a program, not after each input: a library of
# scenarios is meant to grow over several.
fuzz() { # NAME
    local program=$build/fuzz/fuzz_$1 corpus=() log
    [[ -x $program ]] || { echo "run.sh: $program is not built" >&2 && return 2; }
    mkdir -p "$build/grown/$1"
    [[ ! -d $here/corpus/$1 ]] || corpus=("$here/corpus/$1")
    log=$build/findings/$1.log
    "$program" "${limit[@]}" ${longest[$1]:+-max_len="${longest[$1]}"} -detect_leaks=0 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$1-" "$build/grown/$1" "${corpus[@]}" >"$log" 2>&1
}

for name in "${names[@]}"; do
    if fuzz "$name"; then
        echo "ok    $name: $(sed -nE 's/^stat::number_of_executed_units: *//p' "$build/findings/$name.log") runs, \
$(sed -nE 's/^stat::average_exec_per_sec: *//p' "$build/findings/$name.log") a second, $(
            grep -oE 'cov: [0-9]+' "$build/findings/$name.log" | tail -1 | cut -d' ' -f2) edges"
        rm -f "$build/findings/$name.log"
    else
        failed=1
        echo "FAIL  $name"
        grep -E 'SUMMARY|Assertion|runtime error|Test unit written|is not built' \
            "$build/findings/$name.log" | sed 's/^/      /'
        echo "      log: $build/findings/$name.log"
    fi
done
exit "$failed"
