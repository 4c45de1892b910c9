#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # texts that no shell may expand
# uart-run keeps its contract. Set by CTest: UART_GUEST_INIT.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
uart_run=$here/uart-run
unset IN_UART_GUEST UART_MEM
export UART_TIMEOUT=120
"$uart_run" --check || exit 77

all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT
export UART_TEST_TEXT=$'two words, a "quote"\nand 充电桩'

fail() { # TEXT
    printf 'FAIL: %s\n' "$1" >&2
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

running() { # what this test started
    pgrep -a -f -- "ORDER=$TMPDIR"
}

check_nothing_left() { # TEXT
    local tries=50
    while running >/dev/null && ((tries-- > 0)); do
        sleep 0.1
    done
    check_equal "$1: no process left" "" "$(running)"
    check_equal "$1: no file left" "" "$(ls -A "$TMPDIR")"
}

test_command() {
    local arguments=('' 'a b' '$HOME' $'new\nline' '*' '充电') cwd="$scratch/a folder with 空格" expected
    mkdir "$cwd"
    expected=$(printf '<%s>' "$UART_TEST_TEXT" "$cwd" 0027 "${arguments[@]}" && echo)
    (cd "$cwd" && umask 0027 && "$uart_run" bash -c \
        'printf "<%s>" "$UART_TEST_TEXT" "$PWD" "$(umask)" "$@"; echo; echo error >&2; echo kept >file; exit 7' \
        said "${arguments[@]}") >"$scratch/out" 2>"$scratch/err" <<<"no input"
    check_equal "exit code" 7 $?
    check_equal "arguments, folder, environment" "$expected" "$(<"$scratch/out")"
    check_equal "standard error" error "$(<"$scratch/err")"
    check_equal "a file that was written" kept "$(<"$cwd/file")"
    check_nothing_left "after a command"
}

# Crossed, and both ends 16550s to the kernel; a child that is left does not hold the machine up.
test_machine() {
    "$uart_run" bash -c '
        grep -cE "^[123]: uart:16550A" /proc/tty/driver/serial
        stty -F /dev/ttyS1 raw -echo; stty -F /dev/ttyS2 raw -echo
        (exec 3</dev/ttyS2; echo hello >/dev/ttyS1; timeout 30 head -c 5 <&3) # what comes before opening is lost
        sleep 100000 & kill -KILL $$' >"$scratch/out" 2>"$scratch/err"
    check_equal "killed" 137 $?
    check_equal "three UARTs, two of them crossed" $'3\nhello' "$(<"$scratch/out")"
    check_nothing_left "after a kill"
}

test_timeout() {
    check_code "timeout" 124 env UART_TIMEOUT=1 "$uart_run" true
    check_nothing_left "after the timeout"
    check_code "no time" 2 env UART_TIMEOUT=odd "$uart_run" true
    check_code "too little memory" 2 env UART_MEM=10 "$uart_run" true
    check_nothing_left "after wrong usage"
}

test_terminated() {
    local runner tries=200
    "$uart_run" sleep 100000 >/dev/null 2>&1 &
    runner=$!
    until running >/dev/null || ((tries-- == 0)); do
        sleep 0.05
    done
    running >/dev/null || fail "the machine is seen from outside: the checks of what is left work"
    kill -TERM "$runner"
    wait "$runner"
    check_equal "exit code after TERM" 143 $?
    check_nothing_left "after TERM"
}

test_panic() {
    check_code "the kernel panics" 125 "$uart_run" bash -c 'echo c >/proc/sysrq-trigger; sleep 1000'
    grep -q 'Kernel panic' "$scratch/said" || fail "the kernel's log is shown"
    check_nothing_left "after a panic"
}

# Every reason for which there is no machine is told in a line, with what mends it.
test_no_way() {
    local tool
    mkdir "$scratch/bin"
    for tool in bash env dirname readlink mkdir cat sha256sum cut uname ls awk cc cpio; do
        [[ ! -x $(command -v "$tool") ]] || ln -s "$(command -v "$tool")" "$scratch/bin/"
    done
    check_code "no command" 2 "$uart_run"
    check_code "no kernel" 77 env PILEBENCH_CACHE="$scratch/cache" PATH="$scratch/bin" "$here/fetch-kernel"
    grep -q 'cannot be fetched: no .*install-packages' "$scratch/said" || fail "what is lacking is told"
    check_equal "nothing half fetched" "" "$(ls -A "$scratch/cache")"
    check_code "a broken init" 77 env UART_GUEST_INIT=/nonexistent "$uart_run" true
    check_equal "in one line" 1 "$(grep -c 'skipped: .*cannot be executed.*install-packages' "$scratch/said")"
}

for test in $(compgen -A function | grep '^test_'); do
    (($(jobs -rp | wc -l) < $(nproc))) || wait -n
    (
        scratch=$(mktemp -d "$all/XXX")
        export TMPDIR=$scratch/t
        mkdir "$TMPDIR"
        "$test"
    ) &
done
wait
[[ ! -s $all/failures ]] || exit 1
echo "all checks passed"
