# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: MIT
# For the scripts of this folder: a scratch folder, and checks that say what they saw.
# Set by CTest: PILEBENCH, PILE, BUILD.
set -uo pipefail
: "${PILEBENCH:?set by CTest}" "${BUILD:?set by CTest}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# In vcan-run's guest in its memory: a write to the machine's disk holds up the whole guest.
[[ ${IN_VCAN_GUEST:-} != 1 || ! -w /dev/shm ]] || export TMPDIR=/dev/shm
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failures=0

# expect CODE PATTERN COMMAND...: exit code, and a line of its output (both streams) that matches.
expect() {
    local code=$1 pattern=$2 got
    shift 2
    "$@" >"$scratch/said" 2>&1
    got=$?
    if [[ $got != "$code" ]]; then
        echo "FAIL: exit code $got instead of $code: $*" >&2
        sed 's/^/    /' "$scratch/said" | head -20 >&2
        failures=$((failures + 1))
    elif ! grep -qE -- "$pattern" "$scratch/said"; then
        echo "FAIL: nothing matches /$pattern/ in the output of: $*" >&2
        sed 's/^/    /' "$scratch/said" | head -20 >&2
        failures=$((failures + 1))
    fi
}

check() { # TEXT COMMAND...
    local text=$1
    shift
    if ! "$@"; then
        echo "FAIL: $text" >&2
        failures=$((failures + 1))
    fi
}

# same_folders A B [DIFF-OPTION...]: the same files with the same bytes, but for the machine and the hour in the manifest.
same_folders() {
    diff -rq -x manifest.json "${@:3}" "$1" "$2" || return
    [[ ! -e $1/manifest.json && ! -e $2/manifest.json ]] ||
        diff <(sed '/^  "made"/,$d' "$1/manifest.json") <(sed '/^  "made"/,$d' "$2/manifest.json")
}

# Goes on once COMMAND succeeds, or after so many seconds; what it waited for is checked by the caller.
wait_until() { # SECONDS COMMAND...
    local tries=$(($1 * 20))
    shift
    until "$@" || ((tries-- == 0)); do
        sleep 0.05
    done
}

finish() {
    if ((failures > 0)); then
        echo "$failures checks failed" >&2
        exit 1
    fi
    echo "all checks passed"
}
