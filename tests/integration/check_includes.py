#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who may include whom (docs/architecture.md): one way between rooms, and the tester shares no source
with the tested.

    check_includes.py [ROOT]

MAY is the whole rule: a room (folder) may include itself and what stands beside it here. The table
itself must have no circle, so that the code can have none. A room that is missing here may include
nothing. Headers named *internal.h belong to their room: nobody outside includes them.

The picture in docs/architecture.md must show every room of the table, each above all that it may
include, and the page must name no file that is not there."""
import os
import re
import sys

CORE = "firmware-under-test/core"
SOURCES_MOST = 26  # of a folder: more is a floor without rooms



def core(rooms):
    """Rooms of the reference core, and what it sees of its host."""
    return " ".join(["firmware-under-test/include"] + [CORE + "/" + room for room in rooms.split()])


MAY = {
    # The ground floor.
    "sim": "",
    "sim/text": "sim",
    "sim/can": "sim sim/text",
    "sim/serial": "sim sim/text",
    "sim/circuit": "sim",
    "sim/dc": "sim sim/text sim/circuit",
    "sim/gun": "sim sim/text sim/dc",
    "sim/modules": "sim sim/can",
    "grid": "sim sim/text",
    "meter": "sim sim/text sim/serial",
    "meter/text": "sim meter",
    # The vehicle.
    "vehicle_bms": "sim sim/text vehicle_bms/message vehicle_bms/transport",
    "vehicle_bms/message": "sim sim/text",
    "vehicle_bms/transport": "sim sim/text sim/can vehicle_bms/message",
    "vehicle_bms/listen": "sim sim/text sim/can vehicle_bms/message vehicle_bms/transport",
    "vehicle_bms/bms": "sim sim/text sim/can vehicle_bms/message vehicle_bms/transport",
    "vehicle_bms/ending": "sim sim/text sim/can vehicle_bms vehicle_bms/message vehicle_bms/listen",
    "vehicle_bms/rules": "sim sim/text sim/can vehicle_bms vehicle_bms/message vehicle_bms/transport "
                         "vehicle_bms/listen vehicle_bms/ending",
    "vehicle_bms/export": "sim sim/text vehicle_bms/message",
    "vehicle_bms/mask": "sim sim/text sim/can vehicle_bms/message vehicle_bms/transport",
    # Evidence: from one record to pages.
    "reports/record": "sim sim/text",
    "reports/plot": "sim sim/text reports/record",
    "reports/page": "sim sim/text reports/record reports/plot",
    "reports/judgement": "sim sim/text reports/record reports/plot reports/page",
    # The harness, from the bottom up.
    "harness/json": "sim sim/text",
    "harness/expression": "sim sim/text",
    "harness/scenario": "sim sim/text meter vehicle_bms/message harness/json harness/expression",
    "harness/plan": "sim sim/text vehicle_bms/message vehicle_bms/rules harness/scenario",
    "harness/capture/source": "sim sim/text sim/can",
    "harness/capture/candump": "sim sim/text sim/can harness/capture/source",
    "harness/capture/csv": "sim sim/text sim/can harness/capture/source",
    "harness/capture/asc": "sim sim/text sim/can harness/capture/source",
    "harness/capture/blf": "sim sim/text sim/can harness/capture/source",
    "harness/capture/pcapng": "sim sim/text sim/can harness/capture/source",
    "harness/capture": "sim sim/text sim/can harness/capture/source",
    "harness/capture/writer": "sim sim/text sim/can harness/capture harness/capture/source "
                              "harness/capture/candump",
    "harness/mask": "sim sim/text sim/can meter vehicle_bms/mask harness/capture",
    "harness/decode": "sim sim/text vehicle_bms/message vehicle_bms/transport vehicle_bms/listen "
                      "harness/capture",
    "harness/billing": "sim sim/text harness/scenario",
    "harness/truth": "sim",
    "harness/dut": "sim sim/text sim/can harness/plan harness/scenario",
    "harness/dut/isolate": "sim sim/text harness/plan harness/dut",
    "harness/mutant": "sim sim/text meter vehicle_bms/message harness/scenario harness/dut",
    "harness/bench": "sim sim/text sim/can sim/serial sim/dc sim/gun grid meter vehicle_bms/message "
                     "vehicle_bms/transport vehicle_bms/bms vehicle_bms/listen harness/scenario "
                     "harness/expression harness/plan harness/mask harness/billing harness/truth "
                     "harness/dut harness/dut/isolate harness/mutant",
    "harness/action": "sim sim/text sim/gun meter vehicle_bms/message vehicle_bms/transport "
                      "vehicle_bms/bms harness/expression harness/scenario harness/truth harness/bench",
    "harness/show": "sim/text harness/scenario",
    "harness/judge": "sim sim/text reports/record harness/scenario harness/expression",
    "harness/protocol": "sim sim/text sim/can vehicle_bms vehicle_bms/message vehicle_bms/listen "
                        "vehicle_bms/ending vehicle_bms/rules reports/record reports/judgement "
                        "harness/scenario harness/expression harness/capture harness/mask",
    "harness/run": "sim sim/text sim/can vehicle_bms/mask reports/record harness/capture/candump "
                   "harness/scenario harness/expression harness/plan harness/mask harness/dut "
                   "harness/dut/isolate harness/bench harness/action harness/judge harness/protocol",
    "harness/evidence": "sim sim/text reports/record harness/json",
    "harness/verify": "sim sim/text vehicle_bms/message vehicle_bms/listen vehicle_bms/rules reports/record "
                      "reports/page harness/expression harness/scenario harness/plan harness/capture "
                      "harness/capture/source harness/bench harness/action harness/judge harness/protocol "
                      "harness/run harness/evidence",
    "harness/cli/option": "sim sim/text vehicle_bms/message",
    "harness/cli": "sim sim/text vehicle_bms/message vehicle_bms/transport vehicle_bms/export "
                   "reports/record reports/page harness/json harness/scenario harness/expression "
                   "harness/plan harness/mask harness/capture harness/capture/writer harness/decode "
                   "harness/billing harness/dut harness/dut/isolate harness/bench harness/action "
                   "harness/protocol harness/run harness/show harness/evidence harness/cli/option",
    "harness/cli/capture": "sim sim/text sim/can vehicle_bms/message reports/judgement reports/record "
                           "harness/scenario harness/plan harness/mask harness/capture "
                           "harness/capture/writer harness/decode harness/protocol harness/run "
                           "harness/cli/option harness/cli",
    "harness/cli/run": "sim sim/text reports/record reports/page harness/scenario harness/plan harness/mask "
                       "harness/run harness/evidence harness/cli/option harness/cli",
    "harness/cli/evidence": "sim sim/text reports/record harness/evidence harness/verify harness/cli/option "
                            "harness/cli",
    "harness/cli/list": "sim sim/text vehicle_bms/message vehicle_bms/transport firmware-under-test/include "
                        "harness/scenario harness/action harness/bench harness/decode harness/show harness/cli/option "
                        "harness/cli",
    "harness/cli/init": "sim sim/text harness/cli/option harness/cli",
    "harness/cli/meter": "sim sim/text meter meter/text harness/capture/source harness/mask harness/cli "
                         "harness/cli/option",
    # The tested. Of it the bench sees include/ alone, which anybody in the harness may.
    "firmware-under-test/include": "",
    "firmware-under-test/port": "firmware-under-test/include",
    "firmware-under-test/port/rtos": "",
    "firmware-under-test/port/rtos/freertos": "firmware-under-test/port/rtos",
    "firmware-under-test/cortex-m4": "firmware-under-test/include",
    # The core, from the bottom up; its root puts the rooms together.
    CORE + "/services": core(""),
    CORE + "/link": core("services"),
    CORE + "/power": core("services"),
    CORE + "/meter": core("services"),
    CORE + "/billing": core("services meter"),
    CORE + "/modules": core("services"),
    CORE + "/session": core("services link power meter billing"),
    CORE: core("services modules session power"),
}
SEES_FIRMWARE = "harness/"
FIRMWARE = "firmware-under-test/"
# The core is freestanding: what C11 clause 4 gives without a library, and <string.h> for memcpy, memset.
FREESTANDING = {"stdbool.h", "stddef.h", "stdint.h", "limits.h", "stdalign.h", "string.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def complain(where, what):
    print(f"{where}: {what}", file=sys.stderr)
    complain.count += 1


complain.count = 0


def circle_in(table):
    """A circle of the table, as a list of rooms; None."""
    done, path = set(), []

    def visit(room):
        if room in path:
            return path[path.index(room):] + [room]
        if room in done:
            return None
        path.append(room)
        for other in table.get(room, "").split():
            found = visit(other)
            if found:
                return found
        path.pop()
        done.add(room)
        return None

    for room in table:
        found = visit(room)
        if found:
            return found
    return None


def may_include(room, target):
    other = os.path.dirname(target)
    if other == room:
        return True
    if os.path.basename(target).endswith("internal.h"):
        return False
    if other == "firmware-under-test/include" and room.startswith(SEES_FIRMWARE):
        return True
    return other in MAY.get(room, "").split()


def firmware_target(room, name):
    """The file of the tested that an include means, or None."""
    for folder in (room, "firmware-under-test/include", CORE, "firmware-under-test/port"):
        path = os.path.normpath(os.path.join(folder, name))
        if os.path.isfile(path) and path.startswith(FIRMWARE):
            return path
    return None


UNITS = {}  # of the core: a source and its header, to those that it includes


def note_unit(where, target):
    unit, other = (os.path.splitext(path)[0] for path in (where.split(":")[0], target))
    if unit.startswith(CORE) and other.startswith(CORE) and unit != other:
        UNITS[unit] = UNITS.get(unit, "") + " " + other


def check_line(where, room, kind, name):
    firmware = room.startswith(FIRMWARE)
    if kind == "<":
        if room.startswith(CORE) and name not in FREESTANDING:
            complain(where, f"the core is freestanding and must not include <{name}>")
    elif firmware:
        target = firmware_target(room, name)
        if target is None:
            complain(where, f"the firmware under test must not include \"{name}\"")
        elif not may_include(room, target):
            complain(where, f"{room} must not include \"{target}\"")
        else:
            note_unit(where, target)
    elif not may_include(room, name):
        complain(where, f"{room} must not include \"{name}\"")


PAGE = "docs/architecture.md"


def lines_of_rooms(picture):
    """Room or folder in the picture -> its line."""
    words = re.compile(r"\b(?:sim|grid|meter|vehicle_bms|reports|harness|firmware-under-test)(?:/[a-z0-9_/-]+)?")
    return {word: number for number, line in enumerate(picture.splitlines()) for word in line.split()
            if words.fullmatch(word)}


def check_page():
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    lines = lines_of_rooms(re.search(r"```text\n(.*?)```", page, re.S).group(1))
    for room in MAY:
        if room not in lines:
            complain(PAGE, f"the picture does not show {room}")
    for room, others in MAY.items():
        for other in others.split():
            if room in lines and other in lines and lines[other] <= lines[room]:
                complain(PAGE, f"{room} may include {other} and must stand above it")
    for path in list(lines) + re.findall(r"`([a-z0-9_./-]+/[a-z0-9_.-]+)`", page):
        if not os.path.exists(path.split("*")[0]):
            complain(PAGE, f"there is no {path}")


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else
             os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    circle = circle_in(MAY)
    if circle:
        complain("check_includes.py", "the table has a circle: " + " -> ".join(circle))
    for top in ("sim", "vehicle_bms", "grid", "meter", "reports", "harness", "firmware-under-test"):
        for room, _, names in sorted(os.walk(top)):
            sources = [name for name in sorted(names) if name.endswith((".c", ".h"))]
            if len(sources) > SOURCES_MOST:
                complain(room, f"{len(sources)} source files are too many for one folder")
            for name in sources:
                path = os.path.join(room, name)
                with open(path, encoding="utf-8") as file:
                    for number, line in enumerate(file, 1):
                        found = INCLUDE.match(line)
                        if found:
                            check_line(f"{path}:{number}", room, *found.groups())
    circle = circle_in(UNITS)
    if circle:
        complain(circle[0], "files in a circle: " + " -> ".join(circle))
    check_page()
    if complain.count:
        print(f"{complain.count} breaches of the include rules", file=sys.stderr)
        return 1
    print("include rules kept")
    return 0


sys.exit(main())
