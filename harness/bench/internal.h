/* SPDX-License-Identifier: MIT */
/* internal.h: the parts that one bench is put together from. For this room only.
 *
 *   bench.c      the bench's life: loop, networks, guns, firmware
 *   gun.c        one gun: plant, vehicle, meters, what is held against them
 *   tie.c        what both guns may have in common: the contactor between their buses, a vehicle
 *   firmware.c   the device under test, in this process or isolated
 *   storage.c    what the bench does to the pile's supply, clock and storage, and reads from it
 *   setup.c      the parameters that the firmware is given
 *   meters.c, meters_signals.c, plate.c, said.c, external.c, presets.c   see their headers */
#ifndef HARNESS_BENCH_INTERNAL_H
#define HARNESS_BENCH_INTERNAL_H

#include "harness/bench/bench.h"

/* ---- gun.c ---- */

/* The pile's clock when the loop's time is 0. */
int64_t wall_begin_s(const struct bench *bench);
/* A signal of the whole pile: there once, without prefix. */
bool gun_is_common(const char *name);
/* Its vehicle's network is there. The order of guns is that of the board. */
bool gun_assemble(struct bench_gun *gun, struct problem *problem);
void gun_take_apart(struct bench_gun *gun); /* before the board goes */
/* pile.power, once both guns are there. */
void gun_show_power(struct bench *bench);

/* ---- tie.c ---- */

/* Once both guns are there, and before the firmware is. */
void tie_assemble(struct bench *bench);

/* ---- firmware.c ---- */

bool firmware_connect(struct bench *bench, struct problem *problem);
void firmware_close(struct progress *progress);
/* The first reason is the one. */
void firmware_gone(struct bench *bench, int64_t at_ns, struct phrase why);
void firmware_declares(struct bench *bench);

/* ---- storage.c ---- */

/* These bytes of the bulk storage were written; ctx is the bench. */
void storage_written(void *ctx, uint32_t offset, size_t size);
/* After the firmware's outputs are on the board. */
void storage_watch(struct bench *bench);

/* ---- setup.c ---- */

void setup_gather(struct bench *bench);
/* NAN: the firmware has no such parameter; ctx is the bench. */
double setup_charger_number(void *ctx);
/* The firmware was told when to end a charge: by time, energy, amount or a card. */
bool setup_is_limited(const struct bench *bench);
/* What keeps the charger from charging may be outside of what the bench sees: a parameter of its own that
 * the case sets, a real serial line to its meter. */
bool setup_is_beyond_sight(const struct bench *bench);
/* Each parameter, once the firmware is there. */
bool setup_hand_over(struct bench *bench, struct problem *problem);

#endif
