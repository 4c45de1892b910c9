#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Both guns in any order: sequences of what people, vehicles and faults do at two guns, drawn from a seed.

    guns.py [options]

    --count N      so many sequences (default 200)
    --seed N       the first one's (default 1); a seed gives the same sequence for ever
    --seeds FILE   these seeds, one a line, in place of count and seed
    --set P=V      a parameter of the firmware, as of `pilebench run`
    --dut FILE     another firmware
    -j N           at once (default: processors)
    --keep FOLDER  the sequences that did not pass, as cases for `pilebench run --scenarios FOLDER/N`, and how they were run
    --mutants      cores that mix up their two guns (`guns-*` of mutants.json): how many sequences it takes to notice each
    --fail-fast    no more after the first block in which one did not pass

Each sequence plugs, starts, stops, breaks and mends at both guns and at the pile, with waits from nothing to half a minute.
Meanwhile the monitors and protocol rules of both guns hold, and nobody speaks or closes contacts at a gun without a plug. Then
all is mended and both guns, plugged in anew, have to charge within two minutes: whoever may charge, charges. They charge with
different demands until one of them is stopped, or broken off by a fault, which the other does not notice. Each has to end with
its own CSD and its own record: of its vehicle, with the energy that its own meter has counted. Every second block of seeds is a pile of another rating and other habits, with two vehicles that
are drawn too (ranges.json). That energy is conserved the bench asserts for every stretch of the circuit (run --audit). Exit code 0: all pass; 1: one does
not; 2: wrong usage."""

import argparse
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import vary  # noqa: E402  (beside this file)

BLOCK = 20  # seeds that share a pile
GUNS = ("", "gun2: ")
NAMES = ("", "gun2:")
VEHICLES = ("bus-lfp-540v", "van-lfp-450v", "pack-350v", "pack-220v", "pack-720v")
# What breaks at a gun, and what mends it.
FAULTS = (
    ("break cc1", "restore cc1"), ("break pe", "restore pe"), ("break earth", "restore earth"), ("open s", "close s"),
    ("set pilot.r4 2 kohm", "set pilot.r4 1 kohm"), ("lose lock feedback", "restore lock feedback"), ("block lock", "free lock"),
    ("set insulation.positive 20 kohm", "set insulation.positive 10 Mohm"),
    ("set insulation.negative 20 kohm", "set insulation.negative 10 Mohm"), ("break imd", "restore imd"),
    ("set gun.temperature 120 degC", "set gun.temperature 25 degC"),
    ("set gun.temperature_negative 120 degC", "set gun.temperature_negative 25 degC"),
    ("stick k1 open", "free k1"), ("stick k2 open", "free k2"), ("slow k1 closing 400 ms", "free k1"),
    ("slow k2 closing 10 ms unseen", "free k2"), ("break discharge", "restore discharge"),
    ("set aux.voltage 9 V", "set aux.voltage 12 V"), ("ramp battery.offset 20 V in 5 s", "ramp battery.offset 0 V in 5 s"),
    ("set modules.rise 30 s", "set modules.rise 1 s"))
BMS_FAULTS = (
    ("break can", "restore can"), ("mute BHM", "unmute BHM"), ("mute BRM", "unmute BRM"), ("mute BCP", "unmute BCP"),
    ("mute BRO", "unmute BRO"), ("mute BCL", "unmute BCL"), ("mute BCS", "unmute BCS"), ("mute BST", "unmute BST"),
    ("mute BSD", "unmute BSD"), ("hold BCP", "restore BCP"), ("hold BRO", "restore BRO"),
    ("break transport BRM by stopping at 3", "restore BRM"), ("break transport BCS by doubling at 1", "restore BCS"),
    ("set vehicle.own_timeouts 0", "set vehicle.own_timeouts 1"), ("set vehicle.soc 97.5 %", "set vehicle.soc 50 %"))
METER_FAULTS = tuple((f"meter dc {fault}", "meter dc sound") for fault in (
    "silent", "late 2 s", "checksum 60 %", "truncate", "address", "foreign", "refuse 2", "wrong item", "no value", "stick",
    "pieces 3 paused 50 ms"))
PILE_FAULTS = (("press estop", "release estop"), ("open door", "close door"), ("set grid.voltage 0 V", "set grid.voltage 380 V"),
               ("meter ac silent", "meter ac sound"), ("power off", "power on"), ("fill storage", "empty storage"))
# What ends the charge of one gun, and not that of the other.
ENDS = (("break pe", "restore pe"), ("break cc1", "restore cc1"), ("open s", "close s"), ("break can", "restore can"), ("mute BCL", "unmute BCL"),
        ("set gun.temperature 120 degC", "set gun.temperature 25 degC"))
# What no charger can help, or know: whether it is done to one gun, and the monitor that says nothing then.
POWERLESS = {"en": "Without its supply the controller commands nothing, the lock neither", "zh": "控制器无电源时不发任何命令，包括锁止命令"}
UNSEEN = {"en": "What an auxiliary contact does not show the pile cannot say", "zh": "辅助触点不反映者充电桩无从得知"}
BLIND = (("power off", False, "unlock-command", POWERLESS), ("unseen", True, "cro-ready", UNSEEN), ("unseen", True, "ccs-permission", UNSEEN))
WAITS_S = (0, 0.001, 0.1, 0.5, 1, 3, 5, 8, 10, 15, 30)


class Sequence:
    """The steps so far, and what is plugged in and broken after them."""

    def __init__(self, seed):
        self.pick = random.Random(seed)
        self.steps = []
        self.plugged = [False, False]
        self.broken = []

    def do(self, action, mark=None):
        self.steps.append({"do": action, "mark": mark} if mark else {"do": action})

    def wait(self, seconds):
        if seconds > 0:
            self.steps.append({"wait": f"{seconds * 1000:g} ms"})

    def until(self, condition, within):
        self.steps.append({"until": condition, "within": within})

    def mend(self, index):
        mended = self.broken.pop(index)[1]
        if "free k" in mended:
            self.wait(1)  # until the pile has let go of it: a contact that closes again by itself is no charger's doing
        self.do(mended)

    def break_one(self, gun):
        kind = self.pick.random()
        where = GUNS[gun] if kind < 0.8 else ""
        faults = FAULTS if kind < 0.4 else BMS_FAULTS if kind < 0.7 else METER_FAULTS if kind < 0.8 else PILE_FAULTS
        fault = tuple(where + words for words in self.pick.choice(faults))
        if all(fault[1] != mended for _, mended in self.broken):
            self.do(fault[0])
            self.broken.append(fault)

    def pull(self, gun):
        """As a person does: stop, and pull when the lock lets go."""
        self.do(GUNS[gun] + "press stop")
        self.until(f"not {NAMES[gun]}lock.closed", "3 min")
        self.do(GUNS[gun] + "unplug")
        self.plugged[gun] = False

    def step(self):
        pick, gun = self.pick, self.pick.randrange(2)
        kind = pick.random()
        if kind < 0.12 and self.broken:
            self.mend(pick.randrange(len(self.broken)))
        elif kind < 0.24:
            self.break_one(gun)
        elif not self.plugged[gun]:
            self.do(GUNS[gun] + "plug in")
            self.plugged[gun] = True
        elif kind < 0.34:
            self.mend_all()
            self.pull(gun)
        elif kind < 0.48:
            self.do(GUNS[gun] + "press stop")
        elif kind < 0.58:
            self.do(GUNS[gun] + f"set vehicle.demand_share {pick.randrange(5, 100)} %")
        else:
            self.do(GUNS[gun] + "press start")
        self.wait(pick.choice(WAITS_S))

    def mend_all(self):
        while self.broken:
            self.mend(len(self.broken) - 1)
        self.wait(1)

    def end(self):
        """All is mended, both vehicles leave; the next two have to charge, each by its own demand and for its own time."""
        self.mend_all()
        for gun in range(2):
            if self.plugged[gun]:
                self.pull(gun)
        self.wait(5)
        for gun in range(2):
            self.do(GUNS[gun] + "plug in")
        self.wait(3)
        shares = self.pick.sample((20, 40), 2)
        for gun in range(2):
            self.do(GUNS[gun] + "set vehicle.soc 50 %")
            self.do(GUNS[gun] + f"set vehicle.demand_share {shares[gun]} %")
        for gun in range(2):
            self.do(GUNS[gun] + "press start")
        for name in NAMES:  # a message that does not come is seen; a demand that is not known is not
            self.until(f"{name}CCS", "2 min")
            self.until(f"{name}gun.current > 95 % of {name}demand.current", "2 min")
        self.wait(20)
        self.first, second = self.pick.sample((0, 1), 2)
        self.by_hand, (end, mended) = self.pick.random() < 0.5, self.pick.choice(ENDS)
        self.do(GUNS[self.first] + ("press stop" if self.by_hand else end), f"end{self.first + 1}")
        self.wait(20 if self.by_hand else 60)  # without CAN it reconnects before it gives up
        if not self.by_hand:
            self.do(GUNS[self.first] + mended)
        self.do(GUNS[second] + "press stop", f"end{second + 1}")
        self.wait(20)
        self.do("read records")


def checks(first, by_hand):
    """Beside the monitors of both guns, which compare records, CSD and CCS with their own gun's meter, plant and vehicle."""
    one, other = first + 1, 2 - first
    rows = [
        {"expect": f"not {NAMES[first]}k1.closed and not {NAMES[first]}k2.closed", "from": f"@end{one}", "within": "15 s",
         "title": {"en": f"What ends the charge of gun {one} opens its K1 and K2", "zh": f"枪{one}结束充电后其K1、K2断开"}},
        {"never": f"{NAMES[1 - first]}CST or {NAMES[1 - first]}CEM or not {NAMES[1 - first]}k1.closed", "from": f"@end{one}",
         "to": f"@end{other}",
         "title": {"en": f"What ends the charge of gun {one} disturbs gun {other}", "zh": f"枪{one}结束充电影响枪{other}"}}]
    for number, (name, gun) in enumerate(zip(NAMES, ("gun1:", "gun2:")), 1):
        zh = f"枪{number}"
        rows += [
            {"never": f"({name}CHM or {name}CRM or {name}CCS or {name}k1.command or {name}k2.command or {name}modules.on) and not "
                      f"{name}gun.inserted",
             "title": {"en": f"Something happens at gun {number} with nothing plugged in", "zh": f"{zh}未插枪而动作"}},
            {"never": f"{name}CHM or {name}modules.on", "from": f"{name}gun.inserted", "to": f"{name}operator.start", "each": True,
             "title": {"en": f"Gun {number} begins before its own start is confirmed", "zh": f"{zh}未确认本枪启动即开始"}},
            *([{"expect": f"{name}CSD", "from": f"@end{number}", "within": "20 s",
                "title": {"en": f"The last charge of gun {number} ends with its CSD", "zh": f"{zh}末次充电以CSD结束"}}]
              if by_hand or number == other else []),
            {"expect": f"{name}stored.record", "from": f"@end{number}", "within": "20 s" if by_hand or number == other else "60 s",
             "title": {"en": f"The last charge of gun {number} is recorded", "zh": f"{zh}末次充电形成记录"}},
            {"expect": f"{gun}record.sound and {gun}record.vehicle", "from": "@end", "within": "1 s",
             "title": {"en": f"The stored records of gun {number} are its own", "zh": f"{zh}存储记录属于本枪"}}]
    return rows


def case_of(seed, vehicles):
    sequence = Sequence(seed)
    for _ in range(sequence.pick.randrange(6, 22)):
        sequence.step()
    drawn = [sequence.pick.choice(vehicles) for _ in GUNS]
    sequence.end()
    done = [step["do"] for step in sequence.steps if "do" in step]
    off = [{"id": name + monitor, "why": why} for name, gun in zip(NAMES, GUNS) for word, of_gun, monitor, why in BLIND
           if any(word in action and (not of_gun or action.startswith("gun2:") == (gun != "")) for action in done)]
    return {
        "id": f"guns-{seed}",
        "title": {"en": f"Sequence {seed} at both guns", "zh": f"双枪随机操作序列{seed}"},
        "covers": ["T240-2"],
        "vehicle": drawn,
        "start": "unplugged",
        "timeout": "1 h",
        "steps": sequence.steps,
        **({"monitors_off": off} if off else {}),
        "checks": checks(sequence.first, sequence.by_hand),
    }


def pile_of(block, folder):
    """A pile's settings, and the vehicles that suit it; every second one is the reference core as it is."""
    os.makedirs(Path(folder) / "vehicles")
    if block % 2 == 0:
        return {}, VEHICLES
    pick = random.Random(f"pile {block}")
    ranges = vary.load(vary.HERE / "ranges.json")
    plate = dict(pick.choice(ranges["plates"]))
    plate["output.current_max"] = vary.draw_number(pick, *ranges["current_max"])
    plate["output.power_max"] = vary.draw_number(pick, *ranges["power_max"])
    names = sorted(ranges["parameters"])
    habits = {name: vary.draw_number(pick, *ranges["parameters"][name][:2]) for name in pick.sample(names, pick.randint(0, 12))}
    for name in ("drawn-one", "drawn-two"):
        path, _ = vary.draw_vehicle(pick, ranges["vehicle"], plate, folder)
        Path(path).rename(Path(folder) / "vehicles" / f"{name}.json")
    return {**plate, **habits}, ("drawn-one", "drawn-two")


def run(folder, options, seeds):
    """{seed: (verdict, reason)}; the cases stay in the folder."""
    settings, vehicles = pile_of(seeds[0] // BLOCK, folder)
    files = []
    for seed in seeds:
        path = Path(folder) / f"guns-{seed}.json"
        path.write_text(json.dumps(case_of(seed, vehicles), ensure_ascii=False, indent=1), encoding="utf-8")
        files.append(str(path))
    command = [vary.PILEBENCH, "run", f"-j{options.jobs}", "--json", "--no-report", "--audit", "--scenarios", folder]
    command += [f"--set={name}={value}" for name, value in settings.items()]
    command += [f"--set={text}" for text in options.set] + ([f"--dut={options.dut}"] if options.dut else [])
    (Path(folder) / "command").write_text(shlex.join(command) + "\n", encoding="utf-8")
    done = subprocess.run(command + ["--out", str(Path(folder) / "out")] + files, capture_output=True, text=True, check=False)
    found = {}
    for line in done.stdout.splitlines():
        case = json.loads(line)
        found[int(case["id"].rpartition("-")[2])] = (case["verdict"], vary.reason_of(case))
    if done.returncode not in (0, 1, 3, 4) or set(found) != set(seeds):
        sys.exit(f"guns.py: pilebench ends with {done.returncode}, {len(found)} of {len(seeds)} results: {done.stderr.strip()}")
    return found


def keep(folder, seeds, where):
    """A folder for each block: its vehicles, its cases, the command without output and cases."""
    kept = Path(where) / str(seeds[0] // BLOCK)
    (kept / "vehicles").mkdir(parents=True, exist_ok=True)
    for path in [*Path(folder).glob("vehicles/*.json"), Path(folder) / "command", *(Path(folder) / f"guns-{seed}.json" for seed in seeds)]:
        (kept / path.relative_to(folder)).write_bytes(path.read_bytes())


def mutants(options):
    """Every core that mixes up its guns, against the sequences: a folder that stands alone, with nothing else in it."""
    seeds = range(options.seed, options.seed + options.count)
    with tempfile.TemporaryDirectory(prefix="pilebench-guns-") as folder:
        shutil.copytree(vary.ROOT / "scenarios", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("cases"))
        os.makedirs(Path(folder) / "cases/guns")
        for seed in seeds:
            path = Path(folder) / f"cases/guns/guns-{seed}.json"
            path.write_text(json.dumps(case_of(seed, VEHICLES), ensure_ascii=False), encoding="utf-8")
        path = Path(folder) / "mutants.json"
        known = vary.load(path)
        known["mutants"] = [{**one, "killers": [f"guns-{seed}" for seed in seeds]} for one in known["mutants"]
                            if one["id"].startswith("guns-")]
        path.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
        command = [vary.PILEBENCH, "qualify", "--all", "--json", f"-j{options.jobs}", "--scenarios", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    missed = 0
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for row in rows:
        noticed = [seed for seed in seeds if row.get("verdicts", {}).get(f"guns-{seed}") in ("fail", "error")]
        if row.get("mutant") == "" and noticed:
            sys.exit(f"guns.py: the healthy core does not pass {noticed}")
        if row.get("mutant"):
            missed += not noticed
            print(f"{row['mutant']:28} " + (f"noticed by {len(noticed)} of {len(seeds)}, first by number {noticed[0] - seeds[0] + 1}"
                                            if noticed else f"NOT noticed by {len(seeds)}"))
    if not any(row.get("mutant") for row in rows):
        sys.exit(f"guns.py: pilebench ends with {done.returncode}: {done.stderr.strip()}")
    sys.exit(1 if missed else 0)


def blocks_of(options):
    if options.seeds:
        seeds = sorted(int(line) for line in Path(options.seeds).read_text(encoding="utf-8").split())
    else:
        seeds = range(options.seed, options.seed + options.count)
    blocks = {}
    for seed in seeds:
        blocks.setdefault(seed // BLOCK, []).append(seed)
    return list(blocks.values())


def parse():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--dut")
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep")
    parser.add_argument("--fail-fast", action="store_true")
    parser.add_argument("--mutants", action="store_true")
    return parser.parse_args()


def main():
    options = parse()
    if options.mutants:
        mutants(options)
    sums = {}
    for seeds in blocks_of(options):
        with tempfile.TemporaryDirectory(prefix="pilebench-guns-") as folder:
            found = run(folder, options, seeds)
            bad = [seed for seed in seeds if found[seed][0] != "pass"]
            for seed in bad:
                print(f"{found[seed][0].upper():13} sequence {seed}: {found[seed][1]}", flush=True)
            if bad and options.keep:
                keep(folder, bad, options.keep)
        for verdict, _ in found.values():
            sums[verdict] = sums.get(verdict, 0) + 1
        if bad and options.fail_fast:
            break
    print(f"{sum(sums.values())} sequences at both guns: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(sums.items())))
    sys.exit(0 if set(sums) == {"pass"} else 1)


if __name__ == "__main__":
    main()
