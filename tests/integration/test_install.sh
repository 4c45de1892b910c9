#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installed, packed, moved: the program finds its data from anywhere, and its pages and completion are there.
. "$(dirname "$0")/common.sh"

# As a user who has nothing else: no variable of this machine, another folder.
elsewhere() { (cd / && env -i PATH=/usr/bin:/bin HOME="$scratch" "$@"); }

runs() { # PROGRAM WHERE-ITS-SCENARIOS-ARE
    expect 0 "ok +scenarios +.*$2" elsewhere "$1" doctor
    expect 0 '1 pass' elsewhere "$1" run --no-report --out "$scratch/out" estop-while-charging
    expect 0 '^estop-while-charging$' elsewhere "$1" --complete 2 pilebench run estop-w
}

cmake --install "$BUILD" --prefix "$scratch/usr" >install.log || { cat install.log && exit 1; }
runs "$scratch/usr/bin/pilebench" "$scratch/usr/bin/../share/pilebench/scenarios"
check "a page for every command" test "$(find usr/share/man/man1 -name 'pilebench-*.1' | wc -l)" = "$("$PILEBENCH" man --all | wc -l)"
expect 0 'run test cases against a charger' man -l usr/share/man/man1/pilebench-run.1
expect 0 'usage: pile' usr/lib/pilebench/pile --help
check "DBC and dissector" test -s usr/share/pilebench/gbt27930-2015.dbc -a -s usr/share/pilebench/gbt27930.lua
# shellcheck disable=SC2016 # for the other shell
PATH="$scratch/usr/bin:$PATH" expect 0 '^--exclude$' bash -c 'source "$1"; COMP_WORDS=(pilebench run --ex) COMP_CWORD=2
    _pilebench 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' bash usr/share/bash-completion/completions/pilebench

# A project for a firmware of one's own, from the installed program: it builds, its case passes, the shipped ones
# fail with a reason. It takes nothing from this tree.
user() { elsewhere PATH="$scratch/usr/bin:$scratch/stub:/usr/bin:/bin" "$@"; }
expect 0 'ctest --test-dir build' user pilebench init "$scratch/mine"
check "dut.h is ours" cmp mine/pilebench/dut.h "$root/firmware-under-test/include/dut.h"
check "nothing of this tree in it" test -z "$(grep -rl "$root\|$BUILD" mine)"
expect 2 'mine/CMakeLists.txt is there already, and no file is replaced' user pilebench init "$scratch/mine"
expect 2 '--ci gitea: use github, gitlab or none' user pilebench init "$scratch/none" --ci gitea
expect 0 '下一步' user pilebench init "$scratch/two" --ci gitlab --language zh
check "a CI file of either" test -s mine/.github/workflows/pilebench.yml -a -s two/.gitlab-ci.yml
check "and not of the other" test ! -e mine/.gitlab-ci.yml -a ! -e two/.github
# The shell lines of the CI files, as their servers would run them; what needs a network only says so.
mkdir stub
for command in apt-get curl; do
    printf '#!/bin/sh\necho "%s $*" >>%q\n' "$command" "$scratch/asked" >"stub/$command"
    chmod +x "stub/$command"
done
github() { # the lines of a step
    awk -v name="$1" '/^      - /{on = ($0 == "      - name: " name)} on && /^          [^ ]/ && run {print substr($0, 11)}
        on && /run: \|/ {run = 1} !on {run = 0}' "$scratch/mine/.github/workflows/pilebench.yml"
}
gitlab() { awk -v key="$1" '/^  [a-z]/{on = ($1 == key ":")} on && /^    - /{print substr($0, 7)}' "$scratch/two/.gitlab-ci.yml"; }
step() { # FOLDER CASES LINES
    user CASES="$2" GITHUB_STEP_SUMMARY="$scratch/$1/summary" PILEBENCH_DEB=there bash -ec "cd '$scratch/$1' && $3
echo done"
}
expect 0 '' step mine '' "$(github Install)"
check "GitHub: what it installs" grep -q '^apt-get install -y --no-install-recommends ./pilebench.deb' asked
expect 0 'firmware' step mine '' "$(github Build)"
expect 0 'nothing is wrong' step mine '' "$(github 'Cases of our own')"
expect 0 '^PASS +first-case' step mine first-case "$(github Run)"
expect 1 '^FAIL +estop-while-charging' step mine estop-while-charging "$(github Run)"
expect 0 '' step mine '' "$(github "Summary on the run's page")"
check "GitHub: the summary" grep -q '^| Fail | estop-while-charging' mine/summary
expect 0 '^PASS +first-case' step two first-case "$(gitlab before_script; gitlab script)"
expect 0 '' step two '' "$(gitlab after_script)"
check "GitLab: summary and JUnit" test -s two/out/summary.md -a -s two/out/junit.xml
expect 0 '1 tests? passed|100% tests passed' user bash -c "cd '$scratch/mine' && ctest --test-dir build"

# Moved as a whole it still finds its own.
mv usr moved
runs "$scratch/moved/bin/pilebench" "$scratch/moved/bin/../share/pilebench/scenarios"
rm -rf moved/share/pilebench/scenarios
mkdir tree && cp -r "$root/scenarios" tree/ && mkdir tree/build && cp "$PILEBENCH" tree/build/
runs "$scratch/tree/build/pilebench" "$scratch/tree/build/../scenarios"
PILEBENCH_SCENARIOS=$scratch/nowhere expect 2 'nowhere.* where are the scenarios\? \(--scenarios FOLDER' "$PILEBENCH" list

# The package: what it says of itself, what it needs, and that it runs once unpacked.
mkdir pack && (cd pack && cpack -G DEB --config "$BUILD/CPackConfig.cmake") >pack.log 2>&1 || { cat pack.log && exit 1; }
deb=$(find pack -maxdepth 1 -name 'pilebench_*.deb')
check "one package" test -f "$deb"
expect 0 'Depends: .*libcjson1' dpkg-deb --field "$deb"
expect 0 'Depends: .*libserialport0' dpkg-deb --field "$deb"
expect 0 'Architecture: '"$(dpkg --print-architecture)" dpkg-deb --field "$deb"
dpkg-deb -x "$deb" unpacked
runs "$scratch/unpacked/usr/bin/pilebench" "$scratch/unpacked/usr/bin/../share/pilebench/scenarios"
check "nothing outside /usr" test "$(ls unpacked)" = usr
finish
