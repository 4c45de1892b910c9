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
