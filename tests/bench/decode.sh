#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The decoder alone, and beside it, in the same run, python3-can merely reading a candump file of the
# same frames. A figure, not a test.
#   decode.sh [BENCH_DECODE]
set -euo pipefail
cd "$(dirname "$0")/../.."
bench=${1:-build/tests/bench/bench_decode}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$bench" | tee "$scratch/said"
ours=$(sed -nE 's/^([0-9.]+) million messages.*/\1/p' "$scratch/said")
if ! /usr/bin/python3 -c 'import can' 2>/dev/null; then
    echo "python3-can is not installed: nothing to compare with"
    exit 0
fi
"$bench" --write "$scratch/mix.log" 200000
/usr/bin/python3 - "$scratch/mix.log" "$ours" <<'END'
import sys
import time

import can

begin = time.process_time()
frames = sum(1 for _ in can.LogReader(sys.argv[1]))
rate = frames / (time.process_time() - begin)
print(f"python3-can {can.__version__}, reading {frames} of these frames without decoding: "
      f"{rate / 1e6:.3f} million frames a second")
print(f"ratio: {float(sys.argv[2]) * 1e6 / rate:.0f}")
END
