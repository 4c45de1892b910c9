#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # texts that no shell may expand
# vcan-run keeps its contract, in both ways.  test_vcan_run.sh [WAY]...
# Without a kernel that has vcan the native way is tested inside a guest, whose kernel has it.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
vcan_run=$here/vcan-run
unset IN_VCAN_GUEST VCAN_TIMEOUT VCAN_WAY VCAN_CLOCK
for tool in candump cansend testj1939; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool (package can-utils)" && exit 77; }
done
"$vcan_run" --check || exit 77

all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT
export VCAN_TEST_TEXT=$'two words, a "quote"\nand 充电桩'

# ---- checks; each test has a folder of its own, so that tests can run side by side ----

fail() { # TEXT
    printf 'FAIL: %s: %s\n' "${VCAN_WAY:-no way}" "$1" >&2
    echo "$1" >>"$all/failures"
}

check_equal() { # TEXT EXPECTED GOT
    [[ $2 == "$3" ]] || fail "$(printf '%s\n  expected: %q\n  got:      %q' "$@")"
}

check_code() { # TEXT CODE COMMAND...
    local text=$1 expected=$2 got
    shift 2
    "$@" >"$scratch/said" 2>&1
    got=$?
    [[ $got == "$expected" ]] ||
        fail "$text: exit code $got instead of $expected: $(tail -n 3 "$scratch/said")"
}

wait_until() { # CONDITION... ; 30 s at most
    local tries=300
    until "$@" || ((tries-- == 0)); do
        sleep 0.1
    done
}

running() { # what this test started
    pgrep -a -f -- "$TMPDIR/vcan-run|sleep $long"
}

nothing_runs() {
    ! running >/dev/null
}

check_nothing_left() { # TEXT
    nothing_runs || sleep 0.3
    check_equal "$1: no process left" "" "$(running)"
    check_equal "$1: no file left" "" "$(ls -A "$TMPDIR")"
}

# ---- what a run passes on; much in one run, since every run of the guest costs a boot ----

test_command() {
    local arguments=('' 'a b' '$HOME' "it's \"it\"" $'new\nline' '*' '充电 ℃' '--net')
    local cwd="$scratch/a folder with 空格" expected
    mkdir "$cwd"
    expected=$(
        printf 'stdout\n%s\n0027\n' "$cwd"
        printf '<%s>' "$VCAN_TEST_TEXT" "${arguments[@]}"
        printf '\nvcan0 123#11223344\nvcan1 1826F456#010100\n'
        printf 'vcan1 18EC56F4#1014000303000200\n1000\n'
        [[ $VCAN_WAY == native ]] || echo 16777216
    )
    (cd "$cwd" && umask 0027 && "$vcan_run" "$here/inside.sh" "${arguments[@]}") \
        >"$scratch/out" 2>"$scratch/err" <<<"no input"
    check_equal "exit code" 7 $?
    check_equal "standard output, arguments, folder, frames" "$expected" "$(<"$scratch/out")"
    check_equal "standard error" stderr "$(<"$scratch/err")"
    check_nothing_left "after a command"
}

test_long_output() {
    head -c 3000001 /dev/urandom >"$scratch/bytes"
    "$vcan_run" cat "$scratch/bytes" >"$scratch/out"
    check_equal "exit code" 0 $?
    cmp "$scratch/bytes" "$scratch/out" || fail "3 MB arrive byte for byte"
}

test_killed() {
    check_code "killed" 137 "$vcan_run" bash -c 'kill -KILL $$'
}

test_not_found() {
    check_code "not found" 127 "$vcan_run" no-such-program
    check_code "no command" 2 "$vcan_run"
    check_code "bad name" 2 "$vcan_run" --net a/b true
}

test_not_executable() {
    check_code "not executable" 126 "$vcan_run" "$here/README.md"
}

test_nested() {
    check_code "nested, leaving a child that holds the output" 3 "$vcan_run" "$vcan_run" \
        bash -c "sleep $long & exit 3"
    check_nothing_left "after a command that left a child"
}

# ---- the end of a run before its time ----

test_terminated() {
    local first
    exec {stream}< <(exec "$vcan_run" bash -c "echo first; exec sleep $long")
    local runner=$!
    read -r -t 30 first <&"$stream"
    check_equal "a line arrives while the command runs" first "$first"
    nothing_runs && fail "the command is seen from outside: the checks of what is left work"
    [[ $VCAN_WAY == native || -n $(ls -A "$TMPDIR") ]] || fail "the guest's files are in TMPDIR"
    kill -TERM "$runner"
    wait "$runner"
    check_equal "exit code after TERM" 143 $?
    check_nothing_left "after TERM"
}

test_timeout() {
    check_code "timeout" 124 env VCAN_TIMEOUT=0.4 "$vcan_run" sleep "$long"
    check_nothing_left "after the timeout"
}

guest_test_panic() {
    check_code "the guest's kernel panics" 125 "$vcan_run" \
        bash -c 'echo c >/proc/sysrq-trigger; sleep 1000'
    grep -q 'Kernel panic' "$scratch/said" || fail "the guest's log is shown"
    check_nothing_left "after a panic"
}

order_is_read() {
    [[ -n $(find "$TMPDIR" -name argv) && -z $(find "$TMPDIR" -name environ) ]]
}

# vcan-run itself cannot clean up then; the guest must not outlive it.
guest_test_runner_killed() {
    "$vcan_run" sleep "$long" &
    local runner=$!
    wait_until pgrep -f "ORDER=$TMPDIR" >/dev/null
    wait_until order_is_read # before that the next run removes it
    kill -KILL "$runner"
    wait "$runner" 2>/dev/null
    wait_until nothing_runs
    check_equal "no process left after KILL" "" "$(running)"
    check_equal "no environment left after KILL" "" "$(find "$TMPDIR" -name environ)"
    "$vcan_run" true
    check_nothing_left "by a run that was killed, after the next one"
}

# Every reason for which there is no way is told, with what mends it.
test_no_way() {
    export VCAN_WAY=user-mode-linux LINUX_UML=no-such-kernel
    check_code "no way" 77 "$vcan_run" true
    check_equal "one line says why" 1 "$(grep -c 'no-such-kernel is not installed.*install-packages' \
        "$scratch/said")"
    unset LINUX_UML
    check_code "a clock there is not" 2 env VCAN_CLOCK=odd "$vcan_run" true
    check_code "virtual time of this kernel" 2 env VCAN_WAY=native "$vcan_run" --virtual-time true
    # An empty cache, and a machine on which no kernel can be built: nothing but the shell's tools.
    local tool
    mkdir "$scratch/bin"
    for tool in bash env dirname readlink mkdir cat sha256sum cut uname ls; do
        ln -s "$(command -v "$tool")" "$scratch/bin/"
    done
    check_code "no kernel for virtual time" 77 env PATH="$scratch/bin" PILEBENCH_CACHE="$scratch/cache" \
        "$here/build-kernel"
    check_equal "one line says what is lacking" 1 \
        "$(grep -c 'cannot be built: no .*flex.*install-packages' "$scratch/said")"
    check_equal "nothing half built" "" "$(ls -A "$scratch/cache")"
}

# ---- running them ----

run_test() { # WAY TEST
    export VCAN_WAY=$1
    scratch=$(mktemp -d "$all/XXX")
    export TMPDIR=$scratch/t # short: vcan-run takes /tmp instead of a long one
    mkdir "$TMPDIR"
    long=$((100000 + BASHPID)).$RANDOM
    "$2"
}

# As many at a time as there are processors.
run_tests() { # WAY
    local pattern='test_' test
    [[ $1 == native ]] || pattern='(guest_)?test_'
    for test in $(compgen -A function | grep -E "^$pattern" | grep -v test_no_way); do
        (($(jobs -rp | wc -l) < $(nproc))) || wait -n
        (run_test "$1" "$test") &
    done
    wait
}

ways=("$@")
if ((${#ways[@]} == 0)); then
    (run_test none test_no_way)
    for way in native user-mode-linux; do
        VCAN_WAY=$way "$vcan_run" --check >/dev/null && ways+=("$way")
    done
    if [[ ${ways[0]} == user-mode-linux ]]; then
        echo "native, in a guest:"
        "$vcan_run" env -u IN_VCAN_GUEST "${BASH_SOURCE[0]}" native || echo native >>"$all/failures"
    fi
fi
for way in "${ways[@]}"; do
    run_tests "$way"
done
[[ ! -s $all/failures ]] || exit 1
echo "all checks passed: ${ways[*]}"
