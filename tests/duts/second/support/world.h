/* SPDX-License-Identifier: MIT */
/* world.h: what the second firmware's own tests let it run in: a plant of a few lines and a vehicle
 * that does what GB/T 27930 says and nothing more. No part of the bench.
 *
 *   struct world *world = world_new();
 *   world->cc1_mv = 4000; world->start = true;
 *   world_run(world, 20000);            ms
 *   world->frames[WORLD_CCS]            how many of each kind the charger sent
 *   world_free(world); */
#ifndef SECOND_WORLD_H
#define SECOND_WORLD_H

#include "dut.h"

enum world_frame {
    WORLD_CHM,
    WORLD_CRM,
    WORLD_CML,
    WORLD_CRO,
    WORLD_CCS,
    WORLD_CST,
    WORLD_CSD,
    WORLD_CEM,
    WORLD_FRAMES
};

enum world_phase { /* of the vehicle: what it says now */
    SAYS_NOTHING,
    SAYS_BHM,
    SAYS_BRM,
    SAYS_BCP,
    SAYS_BRO,
    SAYS_READY,
    SAYS_CHARGE,
    SAYS_BST,
    SAYS_BSD,
};

struct world {
    const struct dut_api *api;
    struct dut_host host;
    void *dut;
    int64_t ms;
    /* Inputs set by the test. */
    int32_t cc1_mv, battery_mv, told_mv, demand_ma, insulation_ohm;
    bool start, stop, estop, mute, wants_to_stop;
    bool k1_welded, k2_welded; /* not shown by the feedback */
    /* Plant. */
    int32_t output[DUT_OUTPUTS];
    int32_t inner_mv, outer_mv, current_ma;
    int64_t imd_ms, energy_mws, register_began_wh; /* which rolls over at 1e6 kWh */
    bool k56;
    /* Vehicle. */
    enum world_phase phase;
    int64_t phase_ms;
    uint8_t long_message[49];
    unsigned long_bytes, long_pgn;
    bool long_open;
    /* What the test looks at. */
    unsigned frames[WORLD_FRAMES];
    uint8_t last[WORLD_FRAMES][8];
    int32_t most_ma, most_inrush_mv;
    bool closed_under_voltage;
};

struct world *world_new(void);
void world_power_up(struct world *world); /* and again: a power failure */
void world_run(struct world *world, int64_t ms);
void world_free(struct world *world);

#endif
