/* SPDX-License-Identifier: MIT */
#include "power/interlocks.h"

#include "services/assert.h"

static bool estop_bad(const struct core_services *services) {
    return services->in[DUT_IN_ESTOP] != 0;
}

static bool pilot_bad(const struct core_services *services) {
    int32_t mv = services->in[DUT_IN_CC1_MV];
    return mv < services->param[CORE_P_PILOT_LOW] || mv > services->param[CORE_P_PILOT_HIGH];
}

static bool pe_bad(const struct core_services *services) {
    return services->in[DUT_IN_PE_OK] == 0;
}

static bool door_bad(const struct core_services *services) {
    return services->in[DUT_IN_DOOR_OPEN] != 0;
}

static bool lock_bad(const struct core_services *services) {
    return services->in[DUT_IN_LOCK_FEEDBACK] == 0;
}

static bool ac_lost(const struct core_services *services) {
    return services->in[DUT_IN_AC_MV] < services->param[CORE_P_AC_LOST];
}

static bool ac_bad(const struct core_services *services) {
    int32_t mv = services->in[DUT_IN_AC_MV];
    return mv < services->param[CORE_P_AC_LOW] || mv > services->param[CORE_P_AC_HIGH];
}

static bool aux_bad(const struct core_services *services) {
    int32_t mv = services->in[DUT_IN_AUX_MV];
    return mv < services->param[CORE_P_AUX_LOW] || mv > services->param[CORE_P_AUX_HIGH];
}

static bool gun_hot(const struct core_services *services) {
    int32_t limit = services->param[CORE_P_GUN_TEMP_MAX];
    return services->in[DUT_IN_GUN_TEMP_POS_DC] >= limit ||
           services->in[DUT_IN_GUN_TEMP_NEG_DC] >= limit;
}

/* In order of precedence: the first one found names the fault. */
static const struct {
    enum core_fault fault;
    enum core_param debounce;
    enum core_watch watch;
    bool (*bad)(const struct core_services *services);
} rows[] = {
    {CORE_FAULT_ESTOP, CORE_P_ESTOP_DEBOUNCE, CORE_WATCH_PILE, estop_bad},
    {CORE_FAULT_PILOT, CORE_P_PILOT_DEBOUNCE, CORE_WATCH_PLUG, pilot_bad},
    {CORE_FAULT_PE, CORE_P_PE_DEBOUNCE, CORE_WATCH_PILE, pe_bad},
    {CORE_FAULT_DOOR, CORE_P_DOOR_DEBOUNCE, CORE_WATCH_PILE, door_bad},
    {CORE_FAULT_LOCK, CORE_P_LOCK_DEBOUNCE, CORE_WATCH_LOCK, lock_bad},
    {CORE_FAULT_AC_LOST, CORE_P_AC_LOST_DEBOUNCE, CORE_WATCH_PILE, ac_lost},
    {CORE_FAULT_AC_RANGE, CORE_P_AC_DEBOUNCE, CORE_WATCH_PILE, ac_bad},
    {CORE_FAULT_AUX, CORE_P_AUX_DEBOUNCE, CORE_WATCH_AUX, aux_bad},
    {CORE_FAULT_GUN_TEMPERATURE, CORE_P_GUN_TEMP_DEBOUNCE, CORE_WATCH_PILE, gun_hot},
};

#define ROWS (sizeof rows / sizeof rows[0])

_Static_assert(ROWS <= CORE_INTERLOCKS_MAX, "one time stamp per interlock");

static void debounce(struct core_interlocks *il, unsigned i) {
    unsigned bit = 1u << i;
    int64_t due_ns;
    if (!rows[i].bad(il->services)) {
        il->bad &= ~bit;
        il->active &= ~bit;
        return;
    }
    if (!(il->bad & bit)) {
        il->since_ns[i] = il->services->now;
    }
    il->bad |= bit;
    CORE_ASSERT(il->since_ns[i] <= il->services->now);
    due_ns = il->since_ns[i] + core_ns(il->services, rows[i].debounce);
    if (il->services->now >= due_ns) {
        il->active |= bit;
    } else if (due_ns < il->due_ns) {
        il->due_ns = due_ns;
    }
}

static void track_plug(struct core_interlocks *il) {
    bool plugged = !pilot_bad(il->services);
    if (plugged && !il->plugged) {
        il->plugged_ns = il->services->now;
    }
    il->plugged = plugged;
    CORE_ASSERT(!il->plugged || il->plugged_ns <= il->services->now);
}

/* First active interlock of the watched kinds. */
static enum core_fault first_active(const struct core_interlocks *il, unsigned watches) {
    if (il->active == 0) {
        return CORE_FAULT_NONE;
    }
    for (unsigned i = 0; i < ROWS; i++) {
        if (il->active >> i & 1u && rows[i].watch & watches) {
            return rows[i].fault;
        }
    }
    return CORE_FAULT_NONE;
}

void core_interlocks_begin(struct core_interlocks *il, struct core_services *services) {
    *il = (struct core_interlocks){.services = services, .due_ns = DUT_NEVER};
    for (unsigned i = 0; i < ROWS; i++) {
        CORE_ASSERT(rows[i].fault != CORE_FAULT_NONE && rows[i].watch != 0);
    }
}

static void look(struct core_interlocks *il, unsigned watches) {
    enum core_fault fault;
    il->due_ns = DUT_NEVER;
    track_plug(il);
    for (unsigned i = 0; i < ROWS; i++) {
        debounce(il, i);
    }
    CORE_ASSERT((il->active & ~il->bad) == 0 && il->bad >> ROWS == 0);
    fault = first_active(il, watches);
    if (fault != CORE_FAULT_NONE) {
        core_fail(il->services, fault);
    }
}

bool core_interlocks_run(struct core_interlocks *il, unsigned watches) {
    struct core_services *services = il->services;
    bool needed = core_services_take_recheck(services) || services->now >= il->due_ns;
    if (needed) {
        look(il, watches);
    }
    CORE_ASSERT(il->due_ns > services->now);
    core_wake(services, il->due_ns);
    return needed;
}

bool core_interlocks_plugged(struct core_interlocks *il) {
    return il->plugged && core_elapsed(il->services, il->plugged_ns, CORE_P_PILOT_PLUG);
}

bool core_interlocks_unplugged(const struct core_interlocks *il) {
    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].fault == CORE_FAULT_PILOT) {
            return (il->active >> i & 1u) != 0;
        }
    }
    return false;
}

enum core_fault core_interlocks_refusal(const struct core_interlocks *il) {
    return first_active(il, CORE_WATCH_PILE);
}
