#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make.sh FOLDER: docs/ as one manual in HTML, a file for each page, in FOLDER; begin at FOLDER/index.html. Its
# contents, beside each page, are the lists of docs/README.md. What a page links to outside of docs/ is copied in.
#
#   cmake --build build --target manual          needs pandoc
set -euo pipefail
to=$(realpath -m "${1:?make.sh FOLDER}")
here=$(cd "$(dirname "$0")" && pwd)
command -v pandoc >/dev/null || {
    echo "make.sh: the manual needs pandoc: apt-get install --no-install-recommends pandoc" >&2
    exit 2
}
cd "$here/.."
rm -rf "$to"
mkdir -p "$to"
cp "$here/style.css" "$to/"

page() { # PAGE.md
    local html=${1%.md}.html up='' other='' language=en
    [[ $1 != README.md ]] || html=index.html
    [[ $1 != */* ]] || up=../
    if [[ $1 == zh/* ]]; then
        language=zh
        [[ ! -e ${1#zh/} ]] || other=../${1#zh/}
    else
        [[ ! -e zh/$1 ]] || other=zh/$1
    fi
    mkdir -p "$(dirname "$to/$html")"
    PAGE=$1 TO=$to UP=$up pandoc --from gfm --to html5 --standalone --lua-filter "$here/page.lua" \
        --template "$here/template.html" --metadata language="$language" --metadata "$language=yes" \
        --metadata up="$up" ${other:+--metadata other="${other%.md}.html"} --output "$to/$html" "$1"
}
export -f page
export to here
find . -name '*.md' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 -n 1 -P "$(nproc)" bash -ec 'page "$1"' page
echo "$(find "$to" -name '*.html' | wc -l) pages: $to/index.html"
