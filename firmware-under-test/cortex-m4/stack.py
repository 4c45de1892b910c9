#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Worst stack of the cross build: walks the call graph that gcc wrote (-fcallgraph-info=su).

  stack.py FOLDER        folder with the .ci files of build.sh

A call through a pointer goes to the tables named in POINTERS below, or to the host. A call through
a pointer from any other file, recursion, and a frame without a bound are errors (exit code 1).
Interrupt frames and the host's own functions come on top.
"""
import pathlib
import re
import sys

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
FRAME = re.compile(r"(\d+) bytes \(([a-z,]+)\)")
INDIRECT = "__indirect_call"

# Which functions the tables of a file hold: (files, pattern of the names).
HANDLERS = r"core_\w+_(enter|run|leave)$"
POINTERS = {
    "state_table": (("session_start", "session_charge", "session_end"), HANDLERS),
    "output": (("output",), r"(ramp|empty|open|discharge)$"),
    "insulation": (("insulation",), r"(raise|close|settle|measure|finish)$"),
    "link": (("link",), r"(encode|take)_\w+$"),
    "interlocks": (("interlocks",), r"\w+_(bad|lost|hot)$|gun_hot$"),
    "protections": (("protections",), r"(over\w+|backflow|battery_beyond)$"),
    "gun": (("gun",), r"(sample|run_\w+)$"),
    "services": ((), ""),
    "core": ((), ""),
    "meter": ((), ""),
    "groups": ((), ""),
    "roster": ((), ""),
    "distribution": ((), ""),
    "turn": (("infypower", "uugreen"), "decode$"),
    "master": (("infypower", "uugreen"), "encode$"),
    "records": ((), ""),
    "account": ((), ""),
    "board_blank": (("core",), r"(init|run|on_can|on_serial|on_input)$"),
}


class Graph:
    def __init__(self, folder):
        self.frames, self.files, self.calls = {}, {}, {}
        for path in sorted(folder.glob("*.ci")):
            self.read(path.stem, path.read_text())

    def read(self, file, text):
        for title, label in NODE.findall(text):
            frame = FRAME.search(label)
            if not frame:
                continue
            if frame.group(2) == "dynamic":
                sys.exit(f"stack.py: {title} has a frame without a bound")
            self.frames[title] = int(frame.group(1))
            self.files[title] = file
        for source, target in EDGE.findall(text):
            self.calls.setdefault(source, set()).add(target)

    @staticmethod
    def name(title):
        return title.split(":")[-1]

    def targets(self, title):
        for target in self.calls.get(title, ()):
            if target != INDIRECT:
                yield target
                continue
            if self.files[title] not in POINTERS:
                sys.exit(f"stack.py: {title} calls through a pointer: add its file to POINTERS")
            files, pattern = POINTERS[self.files[title]]
            for other, file in self.files.items():
                if file in files and other != title and re.match(pattern, self.name(other)):
                    yield other

    def depth(self, title, path=(), known=None):
        known = {} if known is None else known
        if title in path:
            sys.exit("stack.py: recursion: " + " -> ".join((*path, title)))
        if title not in known:
            below = [self.depth(t, (*path, title), known) for t in self.targets(title)]
            deepest = max(below, default=(0, ()))
            known[title] = (self.frames.get(title, 0) + deepest[0],
                            (self.name(title), *deepest[1]))
        return known[title]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    graph = Graph(pathlib.Path(sys.argv[1]))
    for entry in ("run", "on_can", "on_serial", "on_input", "init", "set_param"):
        for title in (t for t, f in graph.files.items() if f == "core" and graph.name(t) == entry):
            size, path = graph.depth(title)
            print(f"stack {size:4d} bytes at most: {' > '.join(path)}")


if __name__ == "__main__":
    main()
