#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random one-line defects: does anything notice?

    mutate.py sites  TARGET [FILE...]           every site with its class
    mutate.py run    TARGET [options] [FILE...] a sample of defects, each judged; a table and a score
    mutate.py show   TARGET SITE                the changed line

TARGET core-cases: the reference core, judged by `pilebench run` over all cases, as a shared object
                   with the core's own assertions off. Of its sites only those that are visible at the
                   port; --class inner takes the others.
TARGET core-units: the same core, judged by its unit tests under ASan and UBSan. Its inner sites.
TARGET bench:      judge, rules, readers and plant, judged by the unit and scenario tests that can see
                   them; its own assertions are on, as always.

    --seed N      which sites and replacements (default 1)
    --count N     how many (default 40)
    --class NAME  visible, safety, inner
    --shard K/N   the K-th of N parts of the sample
    -j N          at once (default: processors)
    --scratch DIR keep the copies there with what is built; the next run of the target is quicker
    --without RE  tests that are not asked, by name: a quicker, lower bound
    --out FILE    a line of JSON per defect: what was changed, what noticed it, after how long

A defect that leaves the machine code as it was is equivalent, proven by the compiler, and another
site takes its place. A sample is drawn from sites alone: tests/mutation/classes.txt says what is
visible at the port before anything is drawn. Needs python3-clang."""

import argparse
import contextlib
import hashlib
import json
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import sites as tree  # noqa: E402
from by_tests import ByTests  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CORE = "firmware-under-test/core"
BENCH = ["harness/judge", "harness/protocol", "harness/expression", "harness/billing", "vehicle_bms/rules",
         "vehicle_bms/listen", "vehicle_bms/transport", "vehicle_bms/message", "vehicle_bms/ending",
         "harness/capture", "meter", "grid", "sim"]
TARGETS = ("core-cases", "core-units", "bench")
LEFT_OUT = ("equivalent", "proven", "compiler", "sound")
CLASSES = ("visible", "safety", "inner")
FLAGS = ["-std=c11", "-O1", "-w", "-ffp-contract=off", "-fPIC"]
CORE_FLAGS = FLAGS + ["-ffreestanding", "-DCORE_ASSERTIONS=0", f"-I{CORE}", "-Ifirmware-under-test/include"]


def fail(text):
    sys.exit(f"mutate.py: {text}")


# --- sites and classes -----------------------------------------------------------------------------


def files_of(target):
    folders = BENCH if target == "bench" else [CORE]
    found = {str(p.relative_to(ROOT)) for f in folders for p in (ROOT / f).rglob("*.[ch]")}
    return sorted(found)


class Classes:
    """classes.txt: FILE FUNCTION CLASS SENTENCE; the most exact line wins. FUNCTION may be * (all of
    the file), - (outside functions) or NAME:TEXT (only lines of it that hold TEXT)."""

    def __init__(self, path):
        self.rows = {}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = line.split(None, 3)
            if len(fields) < 4 or fields[2] not in CLASSES:
                fail(f"{path}:{number}: FILE FUNCTION CLASS SENTENCE expected, CLASS one of {', '.join(CLASSES)}")
            self.rows[(fields[0], fields[1])] = (fields[2], fields[3])
        self.used = set()
        self.row = (None, 0, 0)  # file, line and how many places of it have been seen

    def of(self, site):
        """The class of the next site, in the order of the file; None: no entry says it."""
        source = (ROOT / site.file).read_text().splitlines()[site.line - 1]
        file = site.file.removeprefix(CORE + "/")
        same = self.row[:2] == (file, site.line)
        self.row = (file, site.line, self.row[2] + 1 if same else 1)
        exact = [k for k in self.rows if k[0] == file and k[1].startswith(site.function + ":")
                 and (k[1].split(":", 1)[1] in source or k[1].endswith(f":#{self.row[2]}"))]
        for key in exact + [(file, site.function), (file, "*")]:
            if key in self.rows:
                self.used.add(key)
                return self.rows[key][0]
        return None

    def unused(self):
        return [" ".join(k) for k in self.rows if k not in self.used]


def all_sites(target, files, scratch=None):
    known = files_of(target)
    for f in files:
        if f not in known:
            fail(f"{f} is no source file of {target}")
    include = [str(ROOT / CORE), str(ROOT / "firmware-under-test/include"), str(ROOT)]
    if target == "bench":
        include = include[1:]

    def find():
        return tree.find(str(ROOT), files or known, include)

    return find() if scratch is None or files else remembered(find, known, Path(scratch) / f"{target}.sites")


def remembered(find, files, kept):
    """Of the same sources: parsing takes longer than judging some defects."""
    whole = hashlib.sha256(Path(tree.__file__).read_bytes())
    for f in files:
        whole.update(f.encode() + b"\0" + (ROOT / f).read_bytes())
    if kept.is_file():
        digest, found = pickle.loads(kept.read_bytes())
        if digest == whole.digest():
            return found
    found = find()
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps((whole.digest(), found)))
    return found


def with_classes(target, found):
    """[(site, class)]. A site of the core without a class is an error: the list comes first."""
    if target == "bench":
        return [(s, "inner") for s in found]
    classes = Classes(Path(__file__).parent / "classes.txt")
    classed = [(s, classes.of(s)) for s in found]
    lacking = sorted({(s.file, s.function) for s, c in classed if c is None})
    if classes.unused() and len({s.file for s in found}) == len(files_of(target)):
        fail("classes.txt speaks of what is not there:\n" + "\n".join(f"  {u}" for u in classes.unused()))
    if lacking:
        fail("classes.txt does not say what these are:\n" + "\n".join(f"  {f} {n}" for f, n in lacking))
    return classed


class Equivalents:
    """equivalent.txt: what is changed, and is no defect, each with its reason.

        FILE FUNCTION
            the line as changed (as `run` prints it)
            = why nothing can tell
        or  ~ what can be told, and why it is as sound a charger as before"""

    def __init__(self, path):
        self.proofs, self.sound = {}, {}
        place = line = None
        for number, text in enumerate(path.read_text().splitlines(), 1):
            if not text.strip() or text.startswith("#"):
                continue
            if not text.startswith(" "):
                place, line = tuple(text.split()), None
            elif text.strip()[:2] in ("= ", "~ ") and line:
                kind = self.proofs if text.strip()[0] == "=" else self.sound
                kind[(*place, line)] = text.strip()[2:]
            else:
                line = text.strip()
            if len(place) != 2:
                fail(f"{path}:{number}: FILE FUNCTION, a line as changed and = SENTENCE or ~ SENTENCE expected")

    def of(self, defect):
        return self.proofs.get((defect.site.file, defect.site.function, defect.line()))

    def sound_by(self, defect):
        return self.sound.get((defect.site.file, defect.site.function, defect.line()))

    def check(self, sites):
        """A proof of a line that is not there any more is none."""
        files = {s.file for s in sites}
        listed = [*self.proofs, *self.sound]
        known = {(s.file, s.function, Defect(s, "", Always(i)).line()) for s in sites
                 if any(p[:2] == (s.file, s.function) for p in listed) for i in range(len(s.new))}
        gone = [p for p in listed if p[0] in files and p not in known]
        if gone:
            fail("equivalent.txt speaks of what is not there:\n" + "\n".join(f"  {' '.join(p)}" for p in gone))


class Always:
    """Chooses the i-th."""

    def __init__(self, i):
        self.i = i

    def choice(self, of):
        return of[self.i]


# --- one defect ------------------------------------------------------------------------------------


class Defect:
    def __init__(self, site, kind, chance):
        self.site, self.kind = site, kind
        self.new = chance.choice(site.new)

    def source(self):
        text = (ROOT / self.site.file).read_bytes()
        # As many lines as before: an assertion below knows its line, which is no difference.
        padding = b"\n" * (self.site.old.count("\n") - self.new.count("\n"))
        return text[:self.site.start] + self.new.encode() + padding + text[self.site.end:]

    def line(self):
        """The line (or lines) as changed, for people."""
        if not self.new:
            return "left out: " + " ".join(self.site.old.split())
        text = self.source()
        start = text.rfind(b"\n", 0, self.site.start) + 1
        end = text.find(b"\n", self.site.start + len(self.new))
        return " ".join(text[start:end].decode().split())


def run(command, folder, limit, **more):
    """(exit code, output); the code is None when it took longer than the limit."""
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=limit, check=False, start_new_session=True, **more)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode(errors="replace")


class Folder:
    """A copy of the sources that one worker may spoil."""

    def __init__(self, scratch, name):
        self.path = Path(scratch) / name
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                                stdout=subprocess.PIPE).stdout.decode().splitlines()
        self.files = [f for f in listed if (ROOT / f).is_file()]
        self.forget_others()
        for f in self.files:
            if not self.has(f):
                (self.path / f).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / f, self.path / f)

    def forget_others(self):
        """What was kept of sources that are gone would be built with the others."""
        wanted = {self.path / f for f in self.files}
        for top in {Path(f).parts[0] for f in self.files}:
            for there in (self.path / top).rglob("*"):
                if there.is_file() and there not in wanted:
                    there.unlink()

    def has(self, f):
        """A folder that was kept (--scratch) keeps what it has built."""
        return (self.path / f).is_file() and (self.path / f).read_bytes() == (ROOT / f).read_bytes()

    def digest(self):
        whole = hashlib.sha256()
        for f in self.files:
            whole.update(f.encode() + b"\0" + (self.path / f).read_bytes())
        return whole.hexdigest()

    def spoil(self, defect):
        path = self.path / defect.site.file
        self.times = path.stat().st_atime_ns, path.stat().st_mtime_ns
        path.write_bytes(defect.source())

    def mend(self, defect):
        """As it was, its time included."""
        path = self.path / defect.site.file
        path.write_bytes((ROOT / defect.site.file).read_bytes())
        os.utime(path, ns=self.times)


class CoreCases:
    """The core as a shared object on the bench as built."""

    def __init__(self, scratch, name, options):
        self.folder = Folder(scratch, name)
        self.bench = options.pilebench
        self.sources = [f for f in files_of("core-cases") if f.endswith(".c")]
        self.objects = {}
        for f in self.sources:
            self.objects[f] = self.compile(f, f.replace("/", "-") + ".o")
        self.codes = {f: self.code(o) for f, o in self.objects.items()}
        self.limit = 600

    def compile(self, file, to):
        code, said = run(["gcc", *CORE_FLAGS, "-c", file, "-o", to], self.folder.path, 120)
        return to if code == 0 else fail(f"{file} does not compile:\n{said}")

    def code(self, object_file):
        run(["objcopy", "--strip-all", object_file, "stripped.o"], self.folder.path, 60)
        return hashlib.sha256((self.folder.path / "stripped.o").read_bytes()).digest()

    def judge(self, objects):
        code, said = run(["gcc", "-shared", "-o", "mutant.so", *objects, "-nostdlib"], self.folder.path, 60)
        if code != 0:
            return "compiler", said.splitlines()[-1]
        # Nothing hostile: each case has a process, which is enough, at a third of the time.
        code, said = run([self.bench, "run", "--dut", "./mutant.so", "--in-process", "--no-report",
                          "--out", "out", "--fail-fast", "-j", "1"],
                         self.folder.path, self.limit)
        if code == 0:
            return None, ""
        if code is None:
            return "timeout", f"longer than {self.limit} s"
        return f"exit {code}", self.first_failure()

    def first_failure(self):
        try:
            for line in (self.folder.path / "out/results.jsonl").read_text().splitlines():
                case = json.loads(line)
                if case.get("verdict") not in (None, "pass"):
                    return f"{case['id']}: {json.dumps(case.get('reason', ''), ensure_ascii=False)}"[:300]
        except (OSError, ValueError):
            pass
        return ""

    def sound(self):
        return self.judge(list(self.objects.values()))

    def __call__(self, defect):
        self.folder.spoil(defect)
        spoiled = dict(self.objects)
        changed = [defect.site.file] if defect.site.file.endswith(".c") else self.sources
        same = True
        for f in changed:
            code, said = run(["gcc", *CORE_FLAGS, "-c", f, "-o", "spoiled-" + self.objects[f]],
                             self.folder.path, 120)
            if code != 0:
                self.folder.mend(defect)
                return "compiler", said.splitlines()[-1] if said else ""
            spoiled[f] = "spoiled-" + self.objects[f]
            same = same and self.code(spoiled[f]) == self.codes[f]
        self.folder.mend(defect)
        return ("equivalent", "the same machine code") if same else self.judge(list(spoiled.values()))


def core_tests(test):
    return "unit" in test.labels and test.name.startswith("firmware_") and not test.name.startswith("firmware_port_")


def bench_tests(test):
    """All but the core's, and the one that is about the machine it runs on; of those on kernel SocketCAN the one
    of the room that nothing else runs."""
    own = not test.name.startswith("firmware_") and test.name != "steady"
    return "unit" in test.labels and own or test.name in SCRIPTS_ALL or test.name == "vcan_test_can_socket"


def no_scripts(_):
    return []


# What of the scripts can see a defect of a room, beside the unit tests. Not asked: those that look at
# processes, files and terminals (output, cli, evidence, ...), and live_and_capture, which takes a minute.
SCRIPTS = [("harness/capture", ["decode", "judge", "field_captures", "capture_formats"]),
           ("harness/protocol", ["records", "judge", "field_captures"]),
           ("vehicle_bms", ["records", "judge", "decode", "field_captures"]),
           ("meter", ["records", "meter"]),
           ("sim/serial", ["records", "meter"]),
           ("", ["records", "rows", "faults"])]
SCRIPTS_ALL = sorted({name for _, names in SCRIPTS for name in names})


def bench_scripts(file):
    """By name; of no file: all of them."""
    return SCRIPTS_ALL if file is None else next(names for room, names in SCRIPTS if file.startswith(room))


def judge_for(target, scratch, name, options):
    def asked(wanted):
        return lambda test: wanted(test) and not (options.without and options.without.search(test.name))

    if target == "core-cases":
        return CoreCases(scratch, name, options)
    jobs = max(1, (os.cpu_count() or 1) // options.j)
    if target == "core-units":
        return ByTests(Folder(scratch, name), "sanitize",
                       ["-DCORE_ASSERTIONS=OFF", "-DCMAKE_C_FLAGS_DEBUG=-O1"], asked(core_tests), no_scripts, jobs)
    return ByTests(Folder(scratch, name), "release", ["-DCMAKE_C_FLAGS_RELEASE=-O2"], asked(bench_tests),
                   bench_scripts, jobs)


# --- the sample ------------------------------------------------------------------------------------


def sample(options):
    wanted = options.kind or {"core-cases": "visible", "core-units": "inner"}.get(options.target, "inner")
    takes = ("visible", "safety") if wanted == "visible" else (wanted,)
    found = all_sites(options.target, options.files, options.scratch)
    options.equivalents.check(found)
    classed = [(s, c) for s, c in with_classes(options.target, found) if c in takes]
    chance = random.Random(options.seed)
    chance.shuffle(classed)
    return [Defect(s, c, chance) for s, c in classed]


def scratch_folder(options):
    if not options.scratch:
        return tempfile.TemporaryDirectory(prefix="mutate-")
    Path(options.scratch).mkdir(parents=True, exist_ok=True)
    return contextlib.nullcontext(options.scratch)


def measure(options):
    part, parts = options.shard
    queue = iter([d for i, d in enumerate(sample(options)) if i % parts == part])
    wanted = (options.count + parts - 1 - part) // parts
    results, blamed = [], []
    out = open(options.out, "w") if options.out else None

    def work(name):
        judge = judge_for(options.target, scratch, name, options)
        noticed, what = judge.sound()
        if noticed:
            fail(f"without a defect: {noticed}: {what}")
        while len([r for r in results if r["noticed"] not in LEFT_OUT]) + busy[0] < wanted:
            defect = next(queue, None)
            if defect is None:
                return
            busy[0] += 1
            began = time.monotonic()
            proof = options.equivalents.of(defect)
            noticed, what = ("proven", proof) if proof else judge(defect)
            sound = options.equivalents.sound_by(defect)
            if sound and noticed not in LEFT_OUT:
                if noticed:
                    blamed.append(f"{defect.site.name()}: {what}\n  though {sound}")
                noticed, what = "sound", sound
            busy[0] -= 1
            row = {"site": defect.site.name(), "class": defect.kind, "function": defect.site.function,
                   "old": defect.site.old, "new": defect.new, "line": defect.line(), "noticed": noticed,
                   "what": what, "seconds": round(time.monotonic() - began, 1)}
            results.append(row)
            if out:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                out.flush()
            if noticed not in LEFT_OUT:
                print(f"{'noticed' if noticed else 'MISSED '}  {row['site']:60} {row['line'][:90]}", flush=True)

    busy = [0]
    with scratch_folder(options) as scratch:
        with ThreadPoolExecutor(options.j) as pool:
            for done in [pool.submit(work, f"w{i}") for i in range(options.j)]:
                done.result()
    if blamed:
        fail("sound chargers are blamed:\n" + "\n".join(blamed))
    return results


def score(results):
    counted = [r for r in results if r["noticed"] not in LEFT_OUT]
    missed = [r for r in counted if not r["noticed"]]
    print(f"{len(counted) - len(missed)} of {len(counted)} defects noticed; left out: "
          f"{sum(r['noticed'] == 'equivalent' for r in results)} equivalent by the compiler's word, "
          f"{sum(r['noticed'] == 'proven' for r in results)} by a proof in equivalent.txt, "
          f"{sum(r['noticed'] == 'sound' for r in results)} that leave a sound charger, and pass, "
          f"{sum(r['noticed'] == 'compiler' for r in results)} that do not compile")
    for kind in sorted({r["class"] for r in counted}):
        of_kind = [r for r in counted if r["class"] == kind]
        print(f"  {kind}: {sum(bool(r['noticed']) for r in of_kind)} of {len(of_kind)}")
    return counted, missed


def shard(text):
    k, _, n = text.partition("/")
    if not (k.isdigit() and n.isdigit() and 1 <= int(k) <= int(n)):
        raise argparse.ArgumentTypeError("K/N expected, as 1/4")
    return int(k) - 1, int(n)



def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("command", choices=("sites", "run", "show"))
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--class", dest="kind", choices=CLASSES)
    parser.add_argument("--shard", type=shard, default=(0, 1))
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out")
    parser.add_argument("--scratch")
    parser.add_argument("--without", type=re.compile)
    parser.add_argument("--least", type=float, help="exit code 1 below this share, in percent")
    parser.add_argument("--pilebench", default=str(ROOT / "build/pilebench"))
    options = parser.parse_intermixed_args()
    options.equivalents = Equivalents(Path(__file__).parent / "equivalent.txt")
    if options.command == "sites":
        for s, c in with_classes(options.target, all_sites(options.target, options.files)):
            print(f"{s.name()} {c} {s.function} {' '.join(s.old.split())!r} -> {' | '.join(' '.join(n.split()) for n in s.new) or 'left out'}")
        return 0
    if options.command == "show":
        chance = random.Random(options.seed)
        for s in all_sites(options.target, []):
            if s.name() in options.files:
                print(Defect(s, "", chance).line())
        return 0
    counted, missed = score(measure(options))
    if not counted:
        fail("nothing was judged")
    return int(options.least is not None and 100 * (1 - len(missed) / len(counted)) < options.least)


if __name__ == "__main__":
    sys.exit(main())
