#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The protocol rules judge a run and the capture of that run alike: on the healthy core, and on one
# that breaks rules of many kinds, in the cases of the protocol.
. "$(dirname "$0")/common.sh"
compare() { # FOLDER: what it prints goes to FOLDER.txt
    python3 "$root/tests/integration/live_and_capture.py" "$PILEBENCH" "$1" | tee "$1.txt"
}
"$PILEBENCH" run --no-report --out healthy >/dev/null 2>&1
check "healthy core: the same verdicts" compare healthy
check "healthy core: no rule is violated" grep -q ' 0 of them violations' healthy.txt
mapfile -t protocol < <(cd "$root/scenarios/cases/gbt34658" && ls -- *.json)
"$PILEBENCH" run --no-report --out bent "${protocol[@]%.json}" --set ccs.period=70 --set crm.period=400 --set cem.period=100 \
    --set bcl.timeout=3000 >/dev/null 2>&1
check "bent core: the same verdicts" compare bent
check "bent core: rules are violated" grep -qE ' [1-9][0-9]+ of them violations' bent.txt
finish
