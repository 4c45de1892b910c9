#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bare_debian.sh: the Debian package, installed by apt into a bare root of this machine's release, and used there by an
# ordinary user: cases, a foreign firmware, manual pages, completion; removed again without a trace.
#
#   cmake --build build --target bare-debian     needs root, mmdebstrap and a mirror; 1 to 2 minutes
#
# Not in CI, which unpacks the package and runs it (tests/integration/test_install.sh): this one downloads a Debian.
# DEBIAN_MIRROR: another mirror than deb.debian.org.
. "$(dirname "$0")/../integration/common.sh"

skip() {
    echo "bare_debian.sh: $1" >&2
    exit 77
}
((EUID == 0)) || skip "only root can change the root of a process: run it as root"
command -v mmdebstrap >/dev/null || skip "needs mmdebstrap: apt-get install --no-install-recommends mmdebstrap"
release=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

(cd "$scratch" && cpack -G DEB --config "$BUILD/CPackConfig.cmake") >pack.log 2>&1 || { cat pack.log && exit 1; }
deb=$(find "$scratch" -maxdepth 1 -name 'pilebench_*.deb')
check "one package" test -f "$deb"

# minbase: dpkg, apt and what is essential, nothing that the package could have forgotten to ask for. No program of a
# root under test starts as a daemon, and /proc is mounted while it is made only.
bare=$scratch/bare
mmdebstrap --quiet --variant=minbase "$release" "$bare" "deb $mirror $release main" 2>mm.log || { cat mm.log && exit 1; }
cp "$deb" "$bare/tmp/"
cp "$BUILD/firmware-under-test/blank_dut.so" "$bare/opt/"
for folder in proc dev; do
    mount --rbind "/$folder" "$bare/$folder" && mount --make-rslave "$bare/$folder"
done
trap 'umount -l "$bare/proc" "$bare/dev"; rm -rf --one-file-system "$scratch"' EXIT

inside() { chroot "$bare" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
# As nobody of the bench's making, from a folder of his own.
user() { inside setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/user "$@"; }
in_home() { user sh -ec "cd /home/user && $1"; }

check "the root is bare" test ! -e "$bare/usr/lib/x86_64-linux-gnu/libcjson.so.1" -a ! -e "$bare/usr/bin/man"
inside apt-get update -qq >apt.log 2>&1 || { cat apt.log && exit 1; }
inside useradd --create-home --uid 1000 user
expect 0 'pilebench' inside apt-get install -y -qq --no-install-recommends "/tmp/${deb##*/}"
expect 0 '^pilebench [0-9.]+$' user pilebench --version
expect 0 'ok +scenarios +/usr/bin/../share/pilebench/scenarios$' user pilebench doctor
expect 0 '2 cases.*: 2 pass' in_home 'pilebench run estop-while-charging contactor-order-500ms'
check "report, JUnit, trace" test -s "$bare/home/user/out/report.html" -a -s "$bare/home/user/out/junit.xml" \
    -a -s "$bare/home/user/out/traces/estop-while-charging.log"
check "a figure is in the report" grep -q '<svg' "$bare/home/user/out/report.html"
expect 1 'wiring sim, isolated' in_home 'pilebench run --dut /opt/blank_dut.so --out foreign estop-while-charging'
expect 1 'who stopped|stopped|ended' in_home 'pilebench judge foreign/traces/estop-while-charging.log || exit 1'
expect 0 '下一步' in_home 'pilebench init mine --language zh'
expect 0 'usage: pile' user /usr/lib/pilebench/pile --help

# Manual pages and completion, by the programs that everybody reads and completes with.
inside apt-get install -y -qq --no-install-recommends man-db bash-completion >apt.log 2>&1 || { cat apt.log && exit 1; }
expect 0 'test bench for GB/T DC charging piles' user env MANPAGER=cat man pilebench
expect 0 'run test cases against a charger' user env MANPAGER=cat man pilebench-run
expect 0 '^pilebench-run \(1\)' user apropos pilebench
completed() { # WORD...: what a shell offers for the last one, the completion loaded as bash-completion loads it
    # shellcheck disable=SC2016 # for the other shell
    user bash -c 'source /usr/share/bash-completion/bash_completion; _completion_loader pilebench
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _pilebench 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
expect 0 '^--exclude$' completed pilebench run --ex
expect 0 '^estop-while-charging$' completed pilebench run estop-w
expect 0 '^qualify$' completed pilebench qual

inside dpkg --purge pilebench >apt.log 2>&1
check "nothing stays behind" test -z "$(find "$bare/usr" "$bare/etc" -path '*pilebench*' -print -quit)"
finish
