#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_docs.py [ROOT]: every link of every page leads somewhere, and every command line that a page shows is
one that the program ($PILEBENCH) has: command and options, as its own --help lists them."""
import functools
import os
import re
import shlex
import subprocess
import sys

LINK = re.compile(r"\]\(([^)\s]+)\)")
PROGRAM = re.compile(r"(?:^|[|;&(`] *)(?:sudo )?(?:[\w./-]*/)?pilebench ([a-z][^|;&`)]*)")
faults = []


def fault(where, what):
    faults.append(f"{where}: {what}")


def heading_anchor(line):
    text = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
    return text.replace(" ", "-")


@functools.cache
def anchors(path):
    with open(path, encoding="utf-8") as file:
        return {heading_anchor(line) for line in file if line.startswith("#")}


def check_link(where, page, target):
    if re.match(r"[a-z]+:", target):
        return
    path, _, anchor = target.partition("#")
    path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
    if not os.path.exists(path):
        fault(where, f"there is no {target}")
    elif anchor and path.endswith(".md") and anchor not in anchors(path):
        fault(where, f"{path} has no heading #{anchor}")


@functools.cache
def words_of(command):
    """The options in a command's help; None: there is no such command."""
    said = subprocess.run([os.environ["PILEBENCH"], *command, "--help"], capture_output=True, text=True, check=False)
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", said.stdout)) | {"--help"} if said.returncode == 0 else None


def check_command(where, line):
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return # goes on in the next line
    if not words or words[0].startswith("COMMAND"):
        return
    command = tuple(words[:2]) if words[0] == "meter" and len(words) > 1 and words[1].isalpha() else (words[0],)
    known = words_of(command)
    if known is None:
        fault(where, f"there is no command '{' '.join(command)}'")
        return
    for word in words[len(command):]:
        option = word.split("=")[0]
        if re.fullmatch(r"--[a-z][a-z-]*|-[a-z]", option) and option not in known:
            fault(where, f"{' '.join(command)} has no option {option}")


def check_page(page):
    fenced, commands = False, 0
    with open(page, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            where = f"{page}:{number}"
            if line.startswith("```"):
                fenced = not fenced
                continue
            if not fenced:
                for target in LINK.findall(re.sub(r"`[^`]*`", "", line)):
                    check_link(where, page, target)
            for match in PROGRAM.finditer(line if fenced else " ".join(re.findall(r"`[^`]*`", line))):
                check_command(where, match.group(1))
                commands += 1
    return commands


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    pages = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md", "*.md.in"], capture_output=True,
                           text=True, check=True).stdout.split()
    commands = sum(map(check_page, pages))
    print("\n".join(faults), file=sys.stderr)
    if faults or commands < 50:
        sys.exit(f"{len(faults)} faults in {len(pages)} pages, {commands} command lines")
    print(f"{len(pages)} pages, {commands} command lines: all links and options are there")


main()
