# SPDX-License-Identifier: MIT
"""A defect judged by the tests whose programs contain the changed file: those nearest to it first, until
one notices.

    judge = ByTests(folder, "release", settings, wanted, scripts, jobs)
    judge.sound()          (None, "") when no test fails without a defect; takes each test's time
    judge(defect)          ("equivalent" | "compiler" | "timeout" | the test that noticed | None, what)

The build is a copy's own, with rooms as shared libraries: a defect of a source is one object compiled and
one library linked, by the build's own two commands, and afterwards both are put back as they were; for one
of a header Ninja finds what it concerns. Which program contains what follows from the symbols of the
objects, as the linker of a static build would choose. Whatever a test starts is ended with it."""

import contextlib
import hashlib
import json
import os
import resource
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

LIMIT_S = 20  # of a test, beside TIMES what it takes without a defect
CPU_LIMIT_S = 10  # of every process that it starts, in the same way
TIMES = 3
BUSY = 10  # as often as this it may take its time while one of its processes waits for a processor
FOREIGN_S = 5  # tests of other rooms are asked when they take no longer
BUILD_LIMIT_S = 1800
MEMORY_LIMIT = 4 << 30
FAILED_TO_BUILD = "compiler"
NOT_DECISIVE = "no look was decisive"  # tests/integration/steady.c


def members(session):
    """The processes of a session, and the state of each."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            yield int(stat.parent.name), fields[0]


def stands(session):
    """Nothing of it has wanted a processor for a second."""
    for _ in range(10):
        if any(state == "R" for _, state in members(session)):
            return False
        time.sleep(0.1)
    return True


def wait(child, limit_s):
    """What it said; None when it took longer. It is not late while it waits for a processor."""
    until = time.monotonic() + BUSY * limit_s
    while True:
        try:
            return child.communicate(timeout=limit_s)[0]
        except subprocess.TimeoutExpired:
            if stands(child.pid) or time.monotonic() > until:
                return None
            limit_s = 1


def run(command, folder, limit_s, environment=None, cpu_s=BUILD_LIMIT_S, memory=resource.RLIM_INFINITY):
    """(exit code, output); the code is None when it took longer. Nothing of it goes on afterwards."""
    def limits():
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))

    child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
                             start_new_session=True, preexec_fn=limits)
    said = wait(child, limit_s)
    code = None if said is None else child.returncode
    for process, _ in members(child.pid):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if code is None:
        said = child.communicate()[0]
    return code, said.decode(errors="replace")


def compiler_of(command):
    """Where in it the compiler stands, behind its cache."""
    return next(i for i, word in enumerate(command) if Path(word).name in ("cc", "gcc", "clang"))


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

    def run(self, memory=resource.RLIM_INFINITY):
        """(None, "") when it passes or cannot run here."""
        limit_s = LIMIT_S + TIMES * self.seconds
        code, said = run(self.command, self.folder, limit_s,
                         {"ASAN_OPTIONS": "detect_leaks=0", **self.environment},
                         int(CPU_LIMIT_S + TIMES * self.seconds), memory)
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

    def library_of(self, output):
        """The shared library of an object; None: it goes into none."""
        found = self.build / output.split("CMakeFiles/", 1)[0] / f"lib{self.target(output)}.so"
        return found if found.is_file() else None

    def link(self, library):
        """The command that links it."""
        code, said = run(["ninja", "-t", "commands", "-s", str(library.relative_to(self.build))], self.build, 60)
        return said.strip() if code == 0 else sys.exit(f"mutate.py: no command links {library}")

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


class InPlace:
    """A file in the place of another, which is put back as it was."""

    def __init__(self, path):
        self.path, self.sound = path, path.with_name(path.name + ".sound")

    def __enter__(self):
        os.rename(self.path, self.sound)
        return self

    def __exit__(self, *_):
        os.replace(self.sound, self.path)

    def exchange(self):
        """The sound one back, and again this one."""
        aside = self.path.with_name(self.path.name + ".aside")
        os.rename(self.path, aside)
        os.rename(self.sound, self.path)
        os.rename(aside, self.sound)


class ByTests:
    """wanted(Test): is it asked at all? scripts(file): the scripts that are, by name, in this order."""

    measured = {}  # test -> seconds: one copy's figures do for all
    measuring = threading.Lock()

    def __init__(self, folder, preset, settings, wanted, scripts, jobs):
        self.folder = folder
        self.ninja = ["ninja", "-j", str(jobs)]
        self.instruments = preset == "sanitize"
        self.memory = resource.RLIM_INFINITY if self.instruments else MEMORY_LIMIT
        self.build = folder.path / ("build" if preset == "release" else f"build-{preset}")
        # One compiler cache for all copies.
        self.environment = {"CCACHE_BASEDIR": str(folder.path), "CCACHE_NOHASHDIR": "1"}
        self.must(["cmake", "--preset", preset, "-DPILEBENCH_SHARED=ON", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                   *settings], folder.path)
        self.must([*self.ninja, "steady"], self.build)  # CTest tells no command whose program is not there
        code, said = run(["ctest", "--show-only=json-v1"], self.build, 60)
        if code != 0:
            raise SystemExit(f"mutate.py: CTest lists no tests:\n{said[-2000:]}")
        tests = [Test(t) for t in json.loads(said)["tests"] if "command" in t]
        tests = [t for t in tests if wanted(t) and not t.turned]
        self.units = [t for t in tests if "unit" in t.labels or "vcan" in t.labels]
        for t in self.units:
            if "vcan" in t.labels:
                t.command = [str(folder.path / "tests/vcan/vcan-run"), *t.command]
        self.by_name = {t.name: t for t in tests}
        self.scripts = lambda file: [s for s in scripts(file) if s in self.by_name]
        self.everything = [] if any(scripts(None)) else ["steady", *(t.name for t in self.units)]
        self.must([*self.ninja, *self.everything], self.build)
        self.objects = Objects(self.build)
        self.contents = {t.name: self.objects.program(t.name) for t in self.units}
        self.contents["pilebench"] = self.objects.program("pilebench")
        self.units = [t for t in self.units if self.contents[t.name]]
        self.codes, self.links = {}, {}

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
                    noticed, what = test.run(self.memory)
                    if noticed:
                        return noticed, what
                    self.measured[test.name] = time.monotonic() - began
                    kept.write_text(json.dumps({"sources": self.folder.digest(), "seconds": self.measured}))
                test.seconds = self.measured[test.name]
        return None, ""

    def compile(self, output, to):
        """None, or what the compiler said when it, or a warning, refuses the source of an object."""
        command = list(self.objects.command[output])
        command[command.index("-o") + 1] = str(to)
        code, said = run(command[compiler_of(command):], self.build, BUILD_LIMIT_S)
        return None if code == 0 else said

    def compile_bare(self, output, to):
        """The same with the optimiser on and no instruments: what can be compared."""
        kept, skip = [], False
        for word in self.objects.command[output]:
            if skip or word == "-c" or word.startswith(("-O", "-g", "-fsanitize", "-fno-sanitize", "-Werror")):
                skip = False
            elif word == "-o":
                skip = True
            else:
                kept.append(word)
        code, said = run(["gcc", *kept[compiler_of(kept) + 1:], "-O2", "-w", "-c", "-o", str(to)], self.build, 300)
        return None if code == 0 else said

    def code(self, output, to):
        """(what the compiler makes of an object's source, None) or (None, what it said)."""
        said = (self.compile_bare if self.instruments else self.compile)(output, to)
        if said is not None:
            return None, said
        stripped = self.build / "stripped.o"
        run(["objcopy", "--strip-all", str(to), str(stripped)], self.build, 60)
        return hashlib.sha256(stripped.read_bytes()).digest(), None

    @staticmethod
    def nearness(test, file):
        """How many rooms the test of this name shares with the file: its own test one more."""
        rooms = list(Path(file).with_suffix("").parts)
        if rooms[:2] == ["firmware-under-test", "core"]:
            rooms = ["firmware", *rooms[2:]]
        own = "_".join([*rooms[:-1], "test", rooms[-1]])
        shared = [test.name.startswith("_".join(rooms[:n]) + "_") for n in range(1, len(rooms))].count(True)
        return shared + (test.name == own), max(1, len(rooms) - 1)

    def order(self, file):
        """The tests that contain the file: its own, those of its room, the first script, others that are
        quick, the other scripts, those on kernel SocketCAN."""
        changed = set(self.objects.of_file(self.folder.path / file))
        near, far, wired = [], [], []
        for t in sorted((t for t in self.units if self.contents[t.name] & changed),
                        key=lambda t: (-self.nearness(t, file)[0], t.seconds)):
            shared, room = self.nearness(t, file)
            if "vcan" in t.labels:
                wired.append(t)
            elif shared >= room:
                near.append(t)
            elif t.seconds <= FOREIGN_S:
                far.append(t)
        scripts = [self.by_name[s] for s in self.scripts(file)] if changed & self.contents["pilebench"] else []
        return [*near, *scripts[:1], *far, *scripts[1:], *wired]

    def ask(self, file, exchange):
        """exchange(): the sound build, and again the other; None: that would take too long."""
        for test in self.order(file):
            noticed, what = test.run(self.memory)
            if noticed and NOT_DECISIVE in what and exchange:
                # What lives on the real clock fails without a defect too on a busy machine.
                exchange()
                soundly, _ = test.run(self.memory)
                exchange()
                noticed = None if soundly else noticed
            if noticed:
                return noticed, what
        return None, ""

    def by_hand(self, file, made, libraries):
        """The objects that were made, and the libraries they go into."""
        with contextlib.ExitStack() as stack:
            for o, new in made.items():
                place = stack.enter_context(InPlace(self.build / o))
                os.rename(new, place.path)
            linked = [stack.enter_context(InPlace(library)) for library in libraries]
            for library in libraries:
                if library not in self.links:
                    self.links[library] = self.objects.link(library)
                code, said = run(["sh", "-c", self.links[library]], self.build, BUILD_LIMIT_S)
                if code != 0:
                    return FAILED_TO_BUILD, said[-300:]
            return self.ask(file, lambda: [place.exchange() for place in linked])

    def by_ninja(self, defect):
        """Whatever reads the file."""
        def make():
            os.utime(self.folder.path / defect.site.file)  # now
            return run([*self.ninja, *self.everything], self.build, BUILD_LIMIT_S, self.environment)

        self.folder.spoil(defect)
        try:
            code, said = make()
            return (FAILED_TO_BUILD, said[-300:]) if code != 0 else self.ask(defect.site.file, None)
        finally:
            self.folder.mend(defect)
            make()

    def __call__(self, defect):
        file = defect.site.file
        objects = self.objects.of_file(self.folder.path / file)
        made = {o: self.build / f"made-{i}.o" for i, o in enumerate(objects)}
        if not objects:
            raise SystemExit(f"mutate.py: nothing that is built contains {file}")
        for o in objects:
            if o not in self.codes:
                self.codes[o] = self.code(o, made[o])[0]
        libraries = sorted({self.objects.library_of(o) for o in objects})
        by_hand = file.endswith(".c") and None not in libraries
        self.folder.spoil(defect)
        try:
            same = True
            for o in objects:
                code, said = self.code(o, made[o])
                if code is None:
                    return FAILED_TO_BUILD, said[-300:]
                same = same and code == self.codes[o]
                if not same and not by_hand:
                    break
            if same:
                return "equivalent", "the same machine code"
            for o in objects if by_hand and self.instruments else []:
                said = self.compile(o, made[o])
                if said is not None:
                    return FAILED_TO_BUILD, said[-300:]
        finally:
            self.folder.mend(defect)
        return self.by_hand(file, made, libraries) if by_hand else self.by_ninja(defect)
