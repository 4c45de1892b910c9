# SPDX-License-Identifier: MIT
"""Where a one-line defect can be put into C source, found in the syntax tree (libclang, which is the
compiler's own parser: no expression is taken apart by hand).

    sites = find(root, ["firmware-under-test/core/link/link.c", ...], include_folders)

A site is a place and a kind with its possible replacements:
    compare    <  <=  >  >=  ==  !=         one for another
    operator   + - * / % & | ^ << >> && ||  and the assigning ones, one for another
    constant   an integer                   zero, twice; up to 16 one more or less, above half
    delete     an expression statement      left out
    negate     a condition                  the opposite
What stands in the arguments of an assertion is no site: it is a check, not the firmware."""

import re
from dataclasses import dataclass

import clang.cindex as clang
from clang.cindex import CursorKind

COMPARE = {"<": ["<=", ">"], "<=": ["<", ">="], ">": [">=", "<"], ">=": [">", "<="],
           "==": ["!="], "!=": ["=="]}
OPERATOR = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"], "&": ["|"], "|": ["&"],
            "^": ["|"], "<<": [">>"], ">>": ["<<"], "&&": ["||"], "||": ["&&"],
            "+=": ["-=", "="], "-=": ["+=", "="], "*=": ["/="], "/=": ["*="], "|=": ["&=", "="],
            "&=": ["|=", "="], "<<=": [">>="], ">>=": ["<<="], "^=": ["|="]}
ASSERTIONS = {"CORE_ASSERT", "assert", "static_assert"}
# What the build defines for the bench.
NAMES = [f'-D{name}=""' for name in ("PILEBENCH_VERSION", "PILEBENCH_SCENARIOS", "PILEBENCH_PILE")]
BLOCKS = {CursorKind.COMPOUND_STMT, CursorKind.IF_STMT, CursorKind.WHILE_STMT, CursorKind.FOR_STMT,
          CursorKind.DO_STMT, CursorKind.CASE_STMT, CursorKind.DEFAULT_STMT, CursorKind.SWITCH_STMT,
          CursorKind.LABEL_STMT}
STATEMENTS = {CursorKind.CALL_EXPR, CursorKind.BINARY_OPERATOR, CursorKind.UNARY_OPERATOR,
              CursorKind.COMPOUND_ASSIGNMENT_OPERATOR, CursorKind.BREAK_STMT,
              CursorKind.CONTINUE_STMT}


@dataclass(frozen=True)
class Site:
    file: str  # from the root of the tree
    line: int
    column: int
    start: int  # bytes of the file
    end: int
    function: str  # "-" at the level of the file
    kind: str
    old: str
    new: tuple  # what may stand there instead

    def name(self):
        return f"{self.file}:{self.line}:{self.column}:{self.kind}"


class Finder:
    """One file. Headers that it includes are files of their own."""

    def __init__(self, root, file):
        self.file = file
        self.path = f"{root}/{file}"
        with open(self.path, "rb") as f:
            self.bytes = f.read()
        self.sites = {}
        self.asserted = []

    def text(self, start, end):
        return self.bytes[start:end].decode()

    def here(self, cursor):
        """The extent of the cursor when it stands in this file as written, not made by a macro."""
        start, end = cursor.extent.start, cursor.extent.end
        if start.file is None or start.file.name != self.path or start.offset >= end.offset:
            return None
        if any(a <= start.offset < b for a, b in self.asserted):
            return None
        return start.offset, end.offset

    def add(self, start, end, function, kind, new):
        old = self.text(start, end)
        new = tuple(n for n in new if n != old)
        line = self.bytes.count(b"\n", 0, start) + 1
        column = start - (self.bytes.rfind(b"\n", 0, start) + 1) + 1
        if new:
            self.sites[(start, kind)] = Site(self.file, line, column, start, end, function, kind, old, new)

    def between(self, cursor, function):
        """The operator of a binary expression, between its two sides."""
        sides = list(cursor.get_children())
        if len(sides) != 2 or not self.here(cursor):
            return
        left, right = self.here(sides[0]), self.here(sides[1])
        if not left or not right or left[1] > right[0]:
            return
        found = re.search(r"(<<=|>>=|<=|>=|==|!=|&&|\|\||<<|>>|[-+*/%&|^]=|[-+*/%&|^<>])",
                          self.text(left[1], right[0]))
        if not found:
            return
        start, end = left[1] + found.start(), left[1] + found.end()
        symbol = found.group()
        if symbol in COMPARE:
            self.add(start, end, function, "compare", COMPARE[symbol])
        elif symbol in OPERATOR:
            self.add(start, end, function, "operator", OPERATOR[symbol])

    def constant(self, cursor, function):
        place = self.here(cursor)
        if not place:
            return
        old = self.text(*place)
        digits = re.fullmatch(r"(0[xX][0-9a-fA-F]+|[0-9]+)([uUlL]*)", old)
        if not digits:
            return
        value, suffix = int(digits.group(1), 0 if digits.group(1)[:2] in ("0x", "0X") else 10), digits.group(2)
        # A large number that is one off is a healthy variation of the same firmware: half and twice.
        others = {value + 1, value - 1, value * 2} if value <= 16 else {value // 2, value * 2}
        others = (others | {0}) - {value}
        new = [f"{v}{suffix}" for v in sorted(others) if v >= 0]
        self.add(*place, function, "constant", new)

    def delete(self, cursor, function):
        place = self.here(cursor)
        if not place:
            return
        semicolon = re.match(rb"\s*;", self.bytes[place[1]:])
        if semicolon:
            self.add(place[0], place[1], function, "delete", [""])

    def negate(self, condition, function):
        place = self.here(condition)
        if place:
            self.add(*place, function, "negate", [f"!({self.text(*place)})"])

    def conditions(self, cursor):
        children = list(cursor.get_children())
        if cursor.kind in (CursorKind.IF_STMT, CursorKind.WHILE_STMT, CursorKind.CONDITIONAL_OPERATOR):
            return children[:1]
        if cursor.kind == CursorKind.DO_STMT:
            return children[-1:]
        if cursor.kind == CursorKind.FOR_STMT:
            inner = [c for c in children[:-1] if c.type.kind.name not in ("INVALID", "VOID")
                     and c.kind == CursorKind.BINARY_OPERATOR]
            return [c for c in inner if self.here(c) and re.search(r"[<>]|!=|==", self.text(*self.here(c)))][:1]
        return []

    def walk(self, cursor, function):
        kind = cursor.kind
        if kind == CursorKind.FUNCTION_DECL:
            function = cursor.spelling
        if kind in (CursorKind.BINARY_OPERATOR, CursorKind.COMPOUND_ASSIGNMENT_OPERATOR):
            self.between(cursor, function)
        elif kind == CursorKind.INTEGER_LITERAL:
            self.constant(cursor, function)
        for condition in self.conditions(cursor):
            self.negate(condition, function)
        for child in cursor.get_children():
            if kind in BLOCKS and child.kind in STATEMENTS and child not in self.conditions(cursor):
                self.delete(child, function)
            self.walk(child, function)

    def run(self, include):
        options = clang.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
        unit = clang.Index.create().parse(self.path, args=["-std=c11", "-D_GNU_SOURCE", "-x", "c", *NAMES] +
                                          [f"-I{i}" for i in include], options=options)
        faults = [d for d in unit.diagnostics if d.severity >= clang.Diagnostic.Error]
        if faults:
            raise SystemExit(f"{self.path}: {faults[0].spelling}")
        top = list(unit.cursor.get_children())
        self.asserted = [(c.extent.start.offset, c.extent.end.offset) for c in top
                         if c.kind == CursorKind.MACRO_INSTANTIATION and c.spelling in ASSERTIONS
                         and c.location.file and c.location.file.name == self.path]
        for c in top:
            if c.location.file and c.location.file.name == self.path:
                if c.kind == CursorKind.MACRO_DEFINITION:
                    self.macro(c)
                else:
                    self.walk(c, "-")
        return [self.sites[k] for k in sorted(self.sites)]

    def macro(self, cursor):
        """The numbers of `#define LIMIT_NS 1000000000`: constants as any other."""
        tokens = list(cursor.get_tokens())
        if len(tokens) > 1 and tokens[0].spelling.isupper():
            for t in tokens[1:]:
                if re.fullmatch(r"[0-9][0-9a-fA-FxXuUlL]*", t.spelling):
                    self.constant(t, "-")


def find(root, files, include):
    return [site for file in files for site in Finder(root, file).run(include)]
