#!/bin/sh
# SPDX-License-Identifier: MIT
# Cross-builds the core for a bare Cortex-M4 and prints what it needs.
#   build.sh [OUTPUT_FOLDER]      CROSS=prefix- chooses the tools (default arm-none-eabi-)
#                                 ASSERTIONS=0 leaves the core's assertions out (default 1)
# Exit code 2: no cross compiler.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/build}
cross=${CROSS:-arm-none-eabi-}
command -v "${cross}gcc" >/dev/null || {
    echo "build.sh: ${cross}gcc not found; install gcc-arm-none-eabi or set CROSS" >&2
    exit 2
}
mkdir -p "$out"
rm -f "$out"/*.o "$out"/*.ci # of files that are no more
cpu="-mcpu=cortex-m4 -mthumb"
flags="$cpu -std=c11 -Os -ffreestanding -ffunction-sections -fdata-sections -fstack-usage
       -fcallgraph-info=su -fno-tree-loop-distribute-patterns
       -Wall -Wextra -Wconversion -Wshadow -Werror -I$here/../core -I$here/../include
       -DCORE_ASSERTIONS=${ASSERTIONS:-1}"
objects=
for source in "$here"/../core/*.c "$here"/../core/*/*.c "$here"/board_blank.c "$here"/startup.c; do
    object=$out/$(basename "$source" .c).o
    # shellcheck disable=SC2086 # flags are words
    "${cross}gcc" $flags -c "$source" -o "$object"
    objects="$objects $object"
done
# shellcheck disable=SC2086
"${cross}gcc" $cpu -nostdlib -nostartfiles -Wl,--gc-sections -Wl,-Map="$out/core.map" \
    -T "$here/link.ld" $objects -lgcc -o "$out/core.elf"
"${cross}size" "$out/core.elf" | awk 'NR == 2 {
    printf "flash %d bytes (code, constants, data)\nRAM   %d bytes (two guns, before stack)\n",
           $1 + $2, $2 + $3 }'
python3 "$here/stack.py" "$out"
