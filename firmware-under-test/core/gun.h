/* SPDX-License-Identifier: MIT */
/* gun.h: everything one gun carries, and the order in which its machines are run.
 *
 *   core_gun_begin(&gun, &host, param, 0, &records, now_ns);
 *   core_gun_frame(&gun, now_ns, &frame);        what arrives; then run
 *   wake = core_gun_run(&gun, now_ns, &share);
 *
 * gun.c is where machines meet: it hands to each what it needs of the others, and what a machine
 * reports (a fast fault, a new reading) to those whom it concerns. Measured inputs (voltages,
 * current) are sampled every supervise.period while the session or the output needs them. */
#ifndef CORE_GUN_H
#define CORE_GUN_H

#include "modules/modules.h"
#include "power/groups.h"
#include "session/state_table.h"

/* What the rest of the pile leaves to a gun. */
struct core_share {
    unsigned others;             /* other guns that charge now */
    int32_t group_ma, max_ma;    /* of its own module group; of all that it has now */
    enum core_group_right right; /* to its own group */
};

struct gun {
    struct core_machines machines;
    struct core_session session;
    bool event;         /* something arrived */
    bool started;       /* inputs have been read once */
    bool ac_meter_lost; /* the pile's AC meter, as shown */
    struct core_share share;
    const struct core_modules_supply *supply; /* NULL: modules are commanded by channels */
    int32_t demand_ma;          /* of vehicle, power and account, whatever the modules have */
    int64_t sample_ns, slow_ns; /* next samples */
    bool busy;                  /* something depends on voltages and current */
};

/* At power on. host, param and records outlive the gun. */
void core_gun_begin(struct gun *gun, const struct dut_host *host, const int32_t *param,
                    unsigned index, struct core_records *records, int64_t now_ns);
void core_gun_frame(struct gun *gun, int64_t now_ns, const struct dut_can_frame *frame);
void core_gun_hear(struct gun *gun, int64_t now_ns, const uint8_t *bytes, unsigned count);
void core_gun_input(struct gun *gun, int64_t now_ns, enum dut_input channel, int32_t value);
void core_gun_ac_meter(struct gun *gun, bool lost); /* shown where nothing else is, no more */
/* Returns when it wants to be run again. */
int64_t core_gun_run(struct gun *gun, int64_t now_ns, const struct core_share *share);
struct core_group_use core_gun_use(const struct gun *gun); /* of its module group */
/* What it asks of its modules, and what it is given of them; for guns with modules on CAN. */
void core_gun_wish(struct gun *gun, struct core_modules_wish *wish);
void core_gun_supply(struct gun *gun, int64_t now_ns, const struct core_modules_supply *supply);
bool core_gun_charges(const struct gun *gun); /* its output follows the vehicle's demand */

#endif
