#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # texts for the guest's shell
# Virtual time over real SocketCAN. Every case of scenarios/cases passes with the bench and the
# charger in two processes, waits of minutes included; and two runs give the same bytes: record,
# traces, signals, and what an independent listener (candump) stamped.
#   test_virtual_time.sh [CASE]...     Set by CTest: PILEBENCH, PILE, BUILD, VCAN_GUEST_INIT.
# VIRTUAL_TURN=N: every second case, and of one with rows one of them; others for another N: all have their turn.
# VIRTUAL_LONGEST=300: none that lasts longer than so many seconds, by the clock of wiring sim.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${PILEBENCH:?set by CTest}"
vcan_run=("$here/vcan-run" --virtual-time)
unset IN_VCAN_GUEST VCAN_WAY VCAN_CLOCK
export PILEBENCH
export VCAN_TIMEOUT=${VCAN_TIMEOUT:-3000} # a clock that stands still would stand for ever
"${vcan_run[@]}" --check || exit 77

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

fail() { # TEXT
    printf 'FAIL: %s\n' "$1" >&2
    failures=$((failures + 1))
}

# ---- the clock ----

test_clock() {
    local said started ended
    said=$("${vcan_run[@]}" bash -c 'date +%s; sleep 36000; date +%s')
    read -r -d '' started ended <<<"$said"
    ((ended - started == 36000)) || fail "ten hours of sleep, by the clock: '$said'"
    said=$(VCAN_CLOCK=virtual "$here/vcan-run" date +%Y-%m-%d)
    [[ $said == 2026-01-01 ]] || fail "VCAN_CLOCK=virtual starts in 2026: '$said'"
    "${vcan_run[@]}" sh -c 'exit 7'
    (($? == 7)) || fail "the exit code comes through"
}

# ---- every case, a guest a processor ----

lane() { # NUMBER CASE...
    local lane=$1 folder=$scratch/lane$1
    shift
    mkdir "$folder"
    VCAN_PROCESSOR=$lane "${vcan_run[@]}" "$PILEBENCH" run --wiring vcan --no-report --out "$folder/out" "$@" \
        >"$folder/said" 2>"$folder/log"
    echo $? >"$folder/code"
}

check_lane() { # FOLDER
    if [[ $(<"$1/code") != 0 ]]; then
        grep -v '^pile: ' "$1/log" | tail -n 20 >&2
        fail "$(basename "$1") ends with exit code $(<"$1/code"), not every case passed"
    fi
    cat "$1/said"
}

test_cases() { # CASE...
    local lanes i ran cases=("$@")
    lanes=$(nproc)
    ((lanes <= $#)) || lanes=$#
    for ((i = 0; i < lanes; i++)); do # dealt out in turn: neighbours are alike, and so are their waits
        mapfile -t share < <(printf '%s\n' "${cases[@]}" | awk -v n="$lanes" -v i="$i" 'NR % n == i')
        lane "$i" "${share[@]}" &
    done
    wait
    for ((i = 0; i < lanes; i++)); do
        check_lane "$scratch/lane$i"
    done
    ran=$(cat "$scratch"/lane*/out/results.jsonl | grep -c '^{"type":"case"')
    ((ran >= $#)) || fail "$ran of $# lines are in the record"
    grep -q '"evidence":"hosted"' "$scratch/lane0/out/results.jsonl" || fail "evidence level is hosted"
}

# ---- the same twice ----

listened() { # PROCESSOR FOLDER CASE...
    local processor=$1 folder=$2
    shift 2
    mkdir "$folder"
    VCAN_PROCESSOR=$processor "${vcan_run[@]}" bash -c 'candump -L vcan0 >"$1/candump" &
        until grep -q vcan0 /proc/net/can/rcvlist_all; do sleep 0.01; done
        "$PILEBENCH" run --wiring vcan --no-report --out "$1/out" "${@:2}" >"$1/said" 2>"$1/log"' \
        listened "$folder" "$@"
}

test_same_twice() { # CASE...
    local frames
    listened 0 "$scratch/first" "$@" &
    listened 1 "$scratch/second" "$@" &
    wait
    diff -rq -x manifest.json "$scratch/first" "$scratch/second" || fail "two runs differ"
    for name in "$@"; do
        [[ -s $scratch/first/out/traces/$name.log ]] || fail "no trace of $name"
    done
    frames=$(cat "$scratch"/first/out/traces/*.log | wc -l)
    [[ -s $scratch/first/candump ]] || fail "candump heard nothing"
    echo "two runs, the same bytes: $frames frames, $(wc -l <"$scratch/first/candump") of them by candump"
}

# A line is a case without rows, or a row.
lines() {
    "$PILEBENCH" list cases | awk -v turn="${VIRTUAL_TURN:--1}" '
        function flush_case() {
            mine = turn < 0 || (turn + cases) % 2 == 0
            if (mine && id != "" && count == 0) print id
            for (i = 0; mine && i < count; i++) if (turn < 0 || i == (int(turn / 2) + cases) % count) print row[i]
            count = 0; cases++
        }
        /^  [a-z0-9-]*\[/ { row[count++] = $1; next }
        /^[a-z]/ { flush_case(); id = $1 }
        END { flush_case() }'
}

# Without those that last longer than so many seconds; wiring sim says how long, at once.
short_lines() { # SECONDS
    "$PILEBENCH" run --no-report --out "$scratch/sim" >/dev/null || fail "not every case passes on wiring sim"
    lines | awk -v most="$1" '
        NR == FNR { if (match($0, /"id":"[^"]*"/)) { id = substr($0, RSTART + 6, RLENGTH - 7)
                    if (match($0, /"duration_ns":[0-9]+/)) ns[id] = substr($0, RSTART + 14, RLENGTH - 14) } next }
        !($0 in ns) || ns[$0] + 0 <= most * 1e9' "$scratch/sim/results.jsonl" -
}

if [[ -n ${VIRTUAL_LONGEST:-} ]]; then
    mapfile -t all < <(short_lines "$VIRTUAL_LONGEST")
else
    mapfile -t all < <(lines)
fi
(($#)) && all=("$@")
test_clock
test_cases "${all[@]}"
# One that ends by itself, one with a fault while charging, one with a transfer broken on purpose.
test_same_twice contactor-order-500ms estop-while-charging pause-and-resume
((failures == 0)) || exit 1
echo "all checks passed"
