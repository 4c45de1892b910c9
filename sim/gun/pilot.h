/* SPDX-License-Identifier: MIT */
/* pilot.h: the connection-confirmation circuit of one gun, by its resistances
 * (GB/T 18487.1-2015 annex B; values: standards.md table 2.1).
 *
 *   U1 --R1--+-- CC1 --+--[S]--R2-- PE (in the plug)
 *            |         +------R4--- PE (in the vehicle inlet, when mated)
 *        detection point 1
 *   U2 --R5--+-- CC2 --R3-- PE (R3 in the plug, so only when mated)
 *        detection point 2
 *
 *   pilot_init(&pilot, &board, now);
 *   pilot_insert(&pilot, true, now);  pilot_press(&pilot, true, now);    S opens while pressed
 *   pilot_break_cc1(&pilot, true, now);  pilot.r4_ohm = 2000; pilot_update(&pilot, now);
 *
 * States S0..S3 are not stored anywhere: they are what the voltages say. Losing protective earth
 * at the vehicle interface takes R4's return path away, so detection point 1 then sees R2 alone;
 * when the pile's own earth breaks, upstream of all this, only its continuity monitor sees it. */
#ifndef SIM_GUN_PILOT_H
#define SIM_GUN_PILOT_H

#include "sim/signal.h"

struct pilot {
    double u1_v, r1_ohm, r2_ohm, r3_ohm, r4_ohm, u2_v, r5_ohm;
    bool inserted;     /* plug fully in the inlet */
    bool pressed;      /* latch button: S open */
    bool cc1_broken;   /* CC1 wire open at the interface */
    bool pe_broken;    /* at the vehicle interface */
    bool earth_broken; /* the pile's own */
    struct signal *cc1, *cc2, *s_open, *gun_inserted, *pe_ok;
};

void pilot_init(struct pilot *pilot, struct signal_board *board, int64_t now_ns);
void pilot_insert(struct pilot *pilot, bool inserted, int64_t now_ns);
void pilot_press(struct pilot *pilot, bool pressed, int64_t now_ns);
void pilot_break_cc1(struct pilot *pilot, bool broken, int64_t now_ns);
void pilot_break_pe(struct pilot *pilot, bool broken, int64_t now_ns);
void pilot_break_earth(struct pilot *pilot, bool broken, int64_t now_ns);
void pilot_update(struct pilot *pilot, int64_t now_ns); /* after a change of a value */

#endif
