#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The include check passes on the tree, and fails on each kind of breach.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
"$here/check_includes.sh" "$root"
cp -r "$root"/{sim,vehicle_bms,grid,meter,reports,harness,firmware-under-test} "$copy"
breach() { # FILE LINE
    cp "$copy/$1" "$copy/saved"
    printf '%s\n' "$2" >>"$copy/$1"
    if "$here/check_includes.sh" "$copy" >/dev/null 2>&1; then
        echo "not noticed: $2 in $1" >&2
        exit 1
    fi
    mv "$copy/saved" "$copy/$1"
}
breach sim/loop.c '#include "harness/judge/judge.h"'
breach reports/result.h '#include "sim/loop.h"'
breach vehicle_bms/messages.c '#include "firmware-under-test/include/dut.h"'
breach harness/judge/judge.h '#include "firmware-under-test/core/params.h"'
breach firmware-under-test/core/params.c '#include "../../sim/can.h"'
breach firmware-under-test/core/params.c '#include <stdio.h>'
"$here/check_includes.sh" "$copy"
