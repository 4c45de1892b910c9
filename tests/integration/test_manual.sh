#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# docs/ as HTML: it builds, and every link in it leads somewhere. Its sources are checked by check_docs.py.
. "$(dirname "$0")/common.sh"
command -v pandoc >/dev/null || { echo "pandoc is missing: apt-get install pandoc" >&2 && exit 77; }

expect 0 '^[0-9]+ pages' "$root/docs/manual/make.sh" "$scratch/manual"
expect 0 'all lead somewhere' "$here/check_manual.py" manual
check "its pages are Chinese and English" grep -q 'lang="zh"' manual/zh/bench.html
check "and English" grep -q 'lang="en"' manual/bench.html
check "each leads to the other" grep -q 'href="../bench.html"' manual/zh/bench.html
check "and back" grep -q 'href="zh/bench.html"' manual/bench.html
check "nothing of this machine in it" test -z "$(grep -rl "$root\|$scratch" manual)"
# It can fail.
sed -i 's/href="masking.html"/href="maskng.html"/' manual/index.html
expect 1 'index.html: there is no maskng.html' "$here/check_manual.py" manual
finish
