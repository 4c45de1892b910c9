#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_manual.py FOLDER: of the manual as HTML, every link leads to a file of the folder, every anchor to an id, and
every page is reached from index.html. Needs at least 15 pages: an empty folder is no manual."""
import html.parser
import os
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.titles = set(), [], 0
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.update(value for name, value in attrs if name == "id")
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.titles += tag == "h1"


def main():
    os.chdir(sys.argv[1])
    pages = {os.path.relpath(os.path.join(folder, name), "."): None
             for folder, _, names in os.walk(".") for name in names if name.endswith(".html")}
    for path in pages:
        pages[path] = Page(path)
    faults, wanted, links = [], {"index.html"}, 0
    for path, page in sorted(pages.items()):
        faults += [] if page.titles == 1 else [f"{path}: {page.titles} titles"]
        for link in page.links:
            links += 1
            if urllib.parse.urlparse(link).scheme:
                continue
            where, _, anchor = urllib.parse.unquote(link).partition("#")
            leads = os.path.normpath(os.path.join(os.path.dirname(path), where)) if where else path
            if not os.path.isfile(leads):
                faults.append(f"{path}: there is no {link}")
            elif leads in pages and anchor and anchor not in pages[leads].ids:
                faults.append(f"{path}: {leads} has no #{anchor}")
            elif leads != path:
                wanted.add(leads)
    faults += [f"{path}: no page leads to it" for path in pages if path not in wanted]
    if faults or len(pages) < 15:
        sys.exit("\n".join(faults + [f"{len(faults)} faults in {len(pages)} pages"]))
    print(f"{len(pages)} pages, {links} links: all lead somewhere")


main()
