# SPDX-License-Identifier: MIT
"""A defect judged by the tests whose programs contain the changed file: those nearest to it first, until
one notices.

    judge = ByTests(folder, "release", settings, wanted, scripts, jobs)
    judge.sound()          (None, "") when no test fails without a defect; takes each test's time
    judge(defect)          ("equivalent" | "compiler" | "timeout" | the test that noticed | None, what)

The build is a copy's own, with rooms as shared libraries: after a change one object is compiled and one
library is linked. Which program contains what follows from the symbols of the objects, as the linker of
a static build would choose. Whatever a test starts is ended with it."""

import hashlib
import json
import os
import resource
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path

LIMIT_S = 20  # of a test, beside TIMES what it takes without a defect
TIMES = 3
FOREIGN_S = 5  # tests of other rooms are asked when they take no longer
BUILD_LIMIT_S = 1800
CPU_LIMIT_S = 300  # of every process that a test starts
FAILED_TO_BUILD = "compiler"


def members(session):
    """The processes of a session."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            yield int(stat.parent.name)


def run(command, folder, limit_s, environment=None):
    """(exit code, output); the code is None when it took longer. Nothing of it goes on afterwards."""
    def limits():
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
                             start_new_session=True, preexec_fn=limits)
    try:
        said = child.communicate(timeout=limit_s)[0]
        code = child.returncode
    except subprocess.TimeoutExpired:
        said, code = b"", None
    for process in members(child.pid):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if code is None:
        said = child.communicate()[0]
    return code, said.decode(errors="replace")


class Test:
    """One of CTest's tests."""

    def __init__(self, described):
        self.name = described["name"]
        self.command = described["command"]
        properties = {p["name"]: p["value"] for p in described.get("properties", [])}
        self.folder = properties["WORKING_DIRECTORY"]
        self.labels = properties.get("LABELS", [])
        self.environment = dict(v.split("=", 1) for v in properties.get("ENVIRONMENT", []))
        self.turned = properties.get("WILL_FAIL", False)
        self.seconds = 10 * LIMIT_S  # without a defect; measured by sound()

    def run(self):
        """(None, "") when it passes or cannot run here."""
        limit_s = LIMIT_S + TIMES * self.seconds
        code, said = run(self.command, self.folder, limit_s, {"ASAN_OPTIONS": "detect_leaks=0",
                                                              **self.environment})
        if code in (0, 77):
            return None, ""
        words = " ".join(line.strip() for line in said.splitlines()[-4:])[-300:]
        return ("timeout", f"{self.name}: longer than {limit_s:.0f} s") if code is None else (self.name, words)


class Objects:
    """The object files of a build: their sources, and which programs contain them."""

    def __init__(self, build):
        self.build = build
        commands = json.loads((build / "compile_commands.json").read_text())
        commands = [shlex.split(c["command"]) for c in commands]
        self.command = {c[c.index("-o") + 1]: c for c in commands if (build / c[c.index("-o") + 1]).is_file()}
        self.needs = self.included()
        self.defined, self.wanted = {}, {}
        self.symbols()
        self.library = {o for o in self.command if self.target(o).startswith(("pb_", "tests_"))}
        self.provider = {s: o for o in sorted(self.library) for s in self.defined.get(o, ())}

    def target(self, output):
        """The CMake target: tests/CMakeFiles/NAME.dir/file.c.o"""
        return output.split("CMakeFiles/", 1)[1].split(".dir/", 1)[0]

    def included(self):
        """Object -> the files of the tree that were read for it."""
        _, said = run(["ninja", "-t", "deps"], self.build, 60)
        found, current = {}, None
        for line in said.splitlines():
            if line and not line.startswith(" "):
                current = found.setdefault(line.split(":", 1)[0], set())
            elif line:
                current.add(str((self.build / line.strip()).resolve()))
        return found

    def symbols(self):
        _, said = run(["nm", "-A", "-g", *self.command], self.build, 120)
        for line in said.splitlines():
            name, _, rest = line.partition(":")
            fields = rest.split()
            if len(fields) >= 2:
                group = self.wanted if fields[-2] in "Uwv" else self.defined
                group.setdefault(name, set()).add(fields[-1])

    def of_file(self, path):
        return sorted(o for o in self.library if str(path) in self.needs.get(o, ()))

    def program(self, target):
        """All objects of a program; the empty set: no such target."""
        queue = [o for o in self.command if self.target(o) == target]
        seen = set(queue)
        while queue:
            for symbol in self.wanted.get(queue.pop(), ()):
                further = self.provider.get(symbol)
                if further and further not in seen:
                    seen.add(further)
                    queue.append(further)
        return seen


class ByTests:
    """wanted(Test): is it asked at all? scripts(file): the scripts that are, by name, in this order."""

    measured = {}  # test -> seconds: one copy's figures do for all
    measuring = threading.Lock()

    def __init__(self, folder, preset, settings, wanted, scripts, jobs):
        self.folder = folder
        self.ninja = ["ninja", "-j", str(jobs)]
        self.build = folder.path / ("build" if preset == "release" else f"build-{preset}")
        # One compiler cache for all copies.
        self.environment = {"CCACHE_BASEDIR": str(folder.path), "CCACHE_NOHASHDIR": "1"}
        self.must(["cmake", "--preset", preset, "-DPILEBENCH_SHARED=ON", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                   *settings], folder.path)
        code, said = run(["ctest", "--show-only=json-v1"], self.build, 60)
        if code != 0:
            raise SystemExit(f"mutate.py: CTest lists no tests:\n{said[-2000:]}")
        tests = [Test(t) for t in json.loads(said)["tests"] if "command" in t]
        tests = [t for t in tests if wanted(t) and not t.turned]
        self.units = [t for t in tests if "unit" in t.labels]
        self.by_name = {t.name: t for t in tests}
        self.scripts = lambda file: [s for s in scripts(file) if s in self.by_name]
        everything = [] if any(scripts(None)) else ["steady", *(t.name for t in self.units)]
        self.must([*self.ninja, *everything], self.build)
        self.objects = Objects(self.build)
        self.contents = {t.name: self.objects.program(t.name) for t in self.units}
        self.contents["pilebench"] = self.objects.program("pilebench")
        self.units = [t for t in self.units if self.contents[t.name]]
        self.codes = {}

    def must(self, command, place):
        code, said = run(command, place, BUILD_LIMIT_S, self.environment)
        if code != 0:
            raise SystemExit(f"mutate.py: {' '.join(command[:3])} fails in the copy:\n{said[-2000:]}")

    def sound(self):
        kept = self.folder.path.parent / "sound.json"  # --scratch: of the same sources it need not be shown twice
        with self.measuring:
            known = json.loads(kept.read_text()) if kept.is_file() else {}
            if known.get("sources") == self.folder.digest():
                self.measured.update(known["seconds"])
            for test in [*self.units, *(self.by_name[s] for s in self.scripts(None))]:
                if test.name not in self.measured:
                    began = time.monotonic()
                    noticed, what = test.run()
                    if noticed:
                        return noticed, what
                    self.measured[test.name] = time.monotonic() - began
                    kept.write_text(json.dumps({"sources": self.folder.digest(), "seconds": self.measured}))
                test.seconds = self.measured[test.name]
        return None, ""

    def code(self, output):
        """What the compiler makes of an object's source, with its optimiser on and no instruments."""
        kept, skip = [], False
        for word in self.objects.command[output]:
            if skip or word == "-c" or word.startswith(("-O", "-g", "-fsanitize", "-fno-sanitize", "-Werror")):
                skip = False
            elif word == "-o":
                skip = True
            else:
                kept.append(word)
        compiler = next(i for i, w in enumerate(kept) if Path(w).name in ("cc", "gcc", "clang"))
        made = self.build / "optimised.o"
        code, said = run(["gcc", *kept[compiler + 1:], "-O2", "-w", "-c", "-o", str(made)], self.build, 300)
        if code != 0:
            return None, said
        run(["objcopy", "--strip-all", str(made)], self.build, 60)
        return hashlib.sha256(made.read_bytes()).digest(), said

    def nearest(self, file):
        """The unit tests that contain the file: its own, those of its room, then others that are quick."""
        changed = set(self.objects.of_file(self.folder.path / file))
        rooms = list(Path(file).with_suffix("").parts)
        if rooms[:2] == ["firmware-under-test", "core"]:
            rooms = ["firmware", *rooms[2:]]
        own = "_".join([*rooms[:-1], "test", rooms[-1]])

        def shared(test):
            return [test.name.startswith("_".join(rooms[:n]) + "_") for n in range(1, len(rooms))].count(True)

        found = [t for t in self.units if self.contents[t.name] & changed]
        floor = max(1, len(rooms) - 1)
        return sorted((t for t in found if shared(t) >= floor or t.seconds <= FOREIGN_S or t.name == own),
                      key=lambda t: (t.name != own, -shared(t), t.seconds))

    def noticed_by(self, file):
        units = self.nearest(file)
        for group in (units[:1], units[1:6], units[6:]):
            if not group:
                continue
            code, said = run([*self.ninja, *(t.name for t in group)], self.build, BUILD_LIMIT_S, self.environment)
            if code != 0:
                return FAILED_TO_BUILD, said[-300:]
            for test in group:
                noticed, what = test.run()
                if noticed:
                    return noticed, what
        if set(self.objects.of_file(self.folder.path / file)) & self.contents["pilebench"]:
            scripts = self.scripts(file)
            if scripts and run(self.ninja, self.build, BUILD_LIMIT_S, self.environment)[0] != 0:
                return FAILED_TO_BUILD, ""
            for name in scripts:
                noticed, what = self.by_name[name].run()
                if noticed:
                    return noticed, what
        return None, ""

    def __call__(self, defect):
        file = defect.site.file
        objects = self.objects.of_file(self.folder.path / file)
        for o in objects:
            if o not in self.codes:
                self.codes[o] = self.code(o)[0]
        self.folder.spoil(defect)
        try:
            same = True
            for o in objects:
                made, said = self.code(o)
                if made is None:
                    return FAILED_TO_BUILD, said[-300:]
                if made != self.codes[o]:
                    same = False
                    break
            return ("equivalent", "the same machine code") if same else self.noticed_by(file)
        finally:
            self.folder.mend(defect)
