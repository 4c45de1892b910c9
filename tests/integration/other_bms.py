#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A vehicle's BMS that shares nothing with the bench: GB/T 27930-2015 over SocketCAN, its contactors behind the
frames of docs/your-vehicle.md. One healthy charge after another, until it is killed.

    other_bms.py [VEHICLE-INTERFACE [IO-INTERFACE]]"""
import select
import socket
import struct
import sys
import time

EFF = 0x80000000
FROM_CHARGER, FROM_BMS = 0xF456, 0x56F4
COMMANDS, STATE, BATTERY = 0x280, 0x288, 0x289
CURRENT_A = 80.0


def opened(name):
    can = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    can.bind((name,))
    return can


class Bms:
    def __init__(self, vehicle, io):
        self.vehicle, self.io = opened(vehicle), opened(io)
        self.aux = self.cc2 = self.battery_v = self.battery_a = 0.0
        self.contacts, self.soc = 0, 50
        self.commanded = 0
        self.reset()

    def reset(self):
        self.phase = None  # what it sends
        self.due = {}
        self.transfer = None  # priority and PGN, bytes

    # ---- frames ----

    def send(self, priority, format_, data):
        ident = EFF | priority << 26 | format_ << 16 | FROM_BMS
        self.vehicle.send(struct.pack("=IB3x8s", ident, len(data), bytes(data).ljust(8, b"\0")))

    def begin_transfer(self, pgn, data):
        packets = (len(data) + 6) // 7
        self.transfer = (pgn, data)
        self.send(7, 0xEC, [0x10, len(data) & 0xFF, len(data) >> 8, packets, 0xFF, pgn & 0xFF, pgn >> 8, 0])

    def flow(self, data):
        if self.transfer is None:
            return
        pgn, whole = self.transfer
        if data[0] == 0x11 and data[5] | data[6] << 8 == pgn:
            for number in range(data[2], data[2] + data[1]):
                piece = whole[7 * (number - 1):7 * number]
                if piece:
                    self.send(7, 0xEB, bytes([number]) + piece.ljust(7, b"\xff"))
        elif data[0] in (0x13, 0xFF):
            self.transfer = None

    def command(self, bits):
        if bits != self.commanded:
            self.commanded = bits
            self.io.send(struct.pack("=IB3x8s", COMMANDS, 1, bytes([bits]).ljust(8, b"\0")))

    # ---- what it says ----

    def messages(self):
        volts = round(self.battery_v * 10)
        current = round((400 - CURRENT_A) * 10)
        measured = round((400 - self.battery_a) * 10)
        brm = struct.pack("<3sBHH4s4sBBB3sBB17s", b"\x01\x01\x00", 3, 2280, 5400, b"TEST", b"\x07\0\0\0", 30, 1, 1,
                          b"\x01\0\0", 1, 0xFF, b"LTEST000000000007")
        return {
            "hello": [(0.25, 6, 0x27, struct.pack("<H", 6132))],
            "who": [(0.25, None, 0x0200, brm)],
            "what": [(0.5, None, 0x0600, struct.pack("<HHHHBHH", 365, 1500, 1231, 6132, 115, self.soc * 10, volts))],
            "closing": [(0.25, 4, 0x09, b"\x00")],
            "ready": [(0.25, 4, 0x09, b"\xaa")],
            "charging": [(0.05, 6, 0x10, struct.pack("<HHB", 6000, current, 2)),
                         (0.25, 6, 0x13, b"\x01\x50\x01\x4f\x02\x00\xd0"),
                         (0.25, None, 0x1100, struct.pack("<HHHBH", volts, measured, 0x014C, self.soc, 60))],
            "stopping": [(0.01, 4, 0x19, b"\x40\x00\x00\xf0")],
            "statistics": [(0.25, 6, 0x1C, bytes([self.soc]) + b"\x4d\x01\x4e\x01\x4f\x50")],
        }.get(self.phase, [])

    def enter(self, phase):
        if phase != self.phase:
            self.phase, self.due, self.transfer = phase, {}, None

    def heard(self, pgn, data):
        first = data[0] if data else 0
        if pgn == 0x26 and self.phase is None:
            self.enter("hello")
        elif pgn == 0x01 and first == 0x00:
            self.enter("who")
        elif pgn == 0x01 and first == 0xAA and self.phase == "who":
            self.enter("what")
        elif pgn == 0x08 and self.phase == "what":
            self.command(3)
            self.enter("closing")
        elif pgn == 0x0A and first == 0xAA and self.phase == "ready":
            self.enter("charging")
        elif pgn == 0x1A and self.phase not in ("stopping", "statistics"):
            self.enter("stopping")
            self.stopped = time.monotonic()
        elif pgn == 0xEC:
            self.flow(data)

    # ---- time ----

    def step(self):
        now = time.monotonic()
        if self.phase == "closing" and self.contacts & 3 == 3:
            self.enter("ready")
        if self.phase in ("stopping", "statistics") and abs(self.battery_a) < 5:
            self.command(0)
        if self.phase == "stopping" and now - self.stopped > 0.1:
            self.enter("statistics")
        if self.aux < 10 or not 5 < self.cc2 < 7:
            self.commanded = 0  # the coils have no power
            self.reset()
        for period, priority, pgn, data in self.messages():
            if now < self.due.get(pgn, 0) or (priority is None and self.transfer and self.transfer[0] != pgn):
                continue
            self.due[pgn] = max(self.due.get(pgn, now) + period, now)
            if priority is None:
                self.begin_transfer(pgn, data)
            else:
                self.send(priority, pgn, data)

    def take(self, can):
        ident, length, data = struct.unpack("=IB3x8s", can.recv(16))
        if can is self.vehicle:
            if ident & EFF and ident & 0xFFFF == FROM_CHARGER:
                self.heard(ident >> 16 & 0xFF, data[:length])
        elif ident == STATE:
            self.contacts, aux, cc2, self.soc = struct.unpack("<BHHB", data[:6])
            self.aux, self.cc2 = aux / 100, cc2 / 100
        elif ident == BATTERY:
            volts, amperes = struct.unpack("<Hh", data[:4])
            self.battery_v, self.battery_a = volts / 10, amperes / 10

    def run(self):
        while True:
            for can in select.select([self.vehicle, self.io], [], [], 0.005)[0]:
                self.take(can)
            self.step()


if __name__ == "__main__":
    Bms(*(sys.argv[1:] + ["vcan0", "vcan1"][len(sys.argv) - 1:])).run()
