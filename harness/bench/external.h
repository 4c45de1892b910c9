/* SPDX-License-Identifier: MIT */
/* external.h: a vehicle whose BMS is somebody else's (`run --vehicle external`): it speaks on the network to
 * the vehicle by itself. The bench keeps battery, plug, supply and the contactors K5 and K6, which stand
 * behind frames on the I/O network, as wires do.
 *
 *   external_init(&external, &config);      after the plant and the pack
 *   external_end(&external);                before the networks and the board go
 *
 * 11-bit identifiers, 8 bytes, numbers little-endian:
 *
 *   vehicle to bench
 *     0x280 VEHICLE_COMMANDS   byte 0: bit 0 coil of K5, bit 1 coil of K6; one byte is enough; at a change
 *   bench to vehicle, every 100 ms and at a change of a contact, the plug or the supply
 *     0x288 VEHICLE_STATE      byte 0: bit 0 K5 closed, bit 1 K6 closed, bit 2 plug inserted
 *                              bytes 1-2 auxiliary supply, 10 mV; 3-4 detection point 2 (CC2), 10 mV;
 *                              byte 5 state of charge, %
 *     0x289 BATTERY            bytes 0-1 battery voltage, 0.1 V; 2-3 current into the battery, 0.1 A, signed;
 *                              4-5 voltage at the vehicle's inlet, 0.1 V
 *
 * Commands are latched. Without auxiliary supply the coils have no power: K5 and K6 open, whatever was
 * commanded, and wait for a new command. */
#ifndef HARNESS_BENCH_EXTERNAL_H
#define HARNESS_BENCH_EXTERNAL_H

#include "sim/can/can.h"
#include "sim/loop.h"
#include "sim/signal.h"

#include <stdbool.h>
#include <stdint.h>

#define EXTERNAL_COMMANDS 0x280u
#define EXTERNAL_STATE    0x288u
#define EXTERNAL_BATTERY  0x289u

enum external_read {
    EXTERNAL_K5,
    EXTERNAL_K6,
    EXTERNAL_INSERTED,
    EXTERNAL_AUX, /* those up to here are told at each change */
    EXTERNAL_CC2,
    EXTERNAL_SOC,
    EXTERNAL_BATTERY_V,
    EXTERNAL_BATTERY_A,
    EXTERNAL_INLET_V,
    EXTERNAL_READS,
};

struct external {
    struct loop *loop;
    struct can_net *io; /* NULL: not used */
    struct can_node node;
    struct timer timer;
    struct signal *k5_command, *k6_command;
    struct signal *reads[EXTERNAL_READS];
    struct subscription changes[EXTERNAL_AUX + 1];
};

/* The signals are on the board already. */
void external_init(struct external *external, struct loop *loop, struct signal_board *board,
                   struct can_net *io);
void external_end(struct external *external);

#endif
