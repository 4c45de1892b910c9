#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The include check passes on the tree, and fails on each kind of breach.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
"$here/check_includes.py" "$root"
cp -r "$root"/{sim,vehicle_bms,grid,meter,reports,harness,firmware-under-test,docs,scenarios,tests} "$copy"
breach() { # FILE LINE
    touch "$copy/$1"
    cp "$copy/$1" "$copy/saved"
    printf '%s\n' "$2" >>"$copy/$1"
    if "$here/check_includes.py" "$copy" >/dev/null 2>&1; then
        echo "not noticed: $2 in $1" >&2
        exit 1
    fi
    mv "$copy/saved" "$copy/$1"
}
breach sim/loop.c '#include "harness/judge/judge.h"'
breach sim/gun/gun.c '#include "sim/can/can.h"'
breach reports/record/result.h '#include "sim/gun/gun.h"'
breach reports/record/result.h '#include "reports/page/html.h"'
breach harness/scenario/scenario.h '#include "harness/run/runner.h"'
breach harness/run/runner.c '#include "harness/judge/internal.h"'
breach vehicle_bms/message/messages.c '#include "firmware-under-test/include/dut.h"'
breach harness/judge/judge.h '#include "firmware-under-test/core/services/params.h"'
core=firmware-under-test/core
breach $core/services/params.c '#include "../../../sim/can/can.h"'
breach $core/services/params.c '#include <stdio.h>'
breach $core/services/services.h '#include "power/output.h"'
breach $core/power/output.c '#include "session/session.h"'
breach $core/power/output.c '#include "../session/session.h"'
breach $core/meter/metering.c '#include "billing/account.h"'
breach $core/link/link.c '#include "meter/metering.h"'
breach $core/session/session.c '#include "gun.h"'
breach $core/power/contactors.h '#include "power/output.h"'
breach firmware-under-test/port/pile.c '#include "services/params.h"'
mkdir "$copy/sim/attic"
breach sim/attic/new.c '#include "sim/loop.h"'
rmdir "$copy/sim/attic" 2>/dev/null || rm -r "$copy/sim/attic"
page() { # SED-SCRIPT: makes the page untrue
    sed -i.saved "$1" "$copy/docs/architecture.md"
    if cmp -s "$copy/docs/architecture.md" "$copy/docs/architecture.md.saved" ||
        "$here/check_includes.py" "$copy" >/dev/null 2>&1; then
        echo "not noticed in docs/architecture.md: $1" >&2
        exit 1
    fi
    mv "$copy/docs/architecture.md.saved" "$copy/docs/architecture.md"
}
page 's|^   harness/run |   harness/running |'
page 's|  grid  sim/can  sim/dc|  grid  sim/can|'
page 's|harness/judge/limit.c|harness/judge/limits.c|'
page 's|^   harness/json  |   |; s|^   harness/dut |   harness/dut  harness/cli  |'
"$here/check_includes.py" "$copy"
