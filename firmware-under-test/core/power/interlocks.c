/* SPDX-License-Identifier: MIT */
#include "power/interlocks.h"

#include "gun.h"

static bool estop_bad(const struct gun *gun) {
    return gun->in[DUT_IN_ESTOP] != 0;
}

static bool pilot_bad(const struct gun *gun) {
    int32_t mv = gun->in[DUT_IN_CC1_MV];
    return mv < gun->param[CORE_P_PILOT_LOW] || mv > gun->param[CORE_P_PILOT_HIGH];
}

static bool pe_bad(const struct gun *gun) {
    return gun->in[DUT_IN_PE_OK] == 0;
}

static bool door_bad(const struct gun *gun) {
    return gun->in[DUT_IN_DOOR_OPEN] != 0;
}

static bool lock_bad(const struct gun *gun) {
    return gun->in[DUT_IN_LOCK_FEEDBACK] == 0;
}

static bool ac_lost(const struct gun *gun) {
    return gun->in[DUT_IN_AC_MV] < gun->param[CORE_P_AC_LOST];
}

static bool ac_bad(const struct gun *gun) {
    int32_t mv = gun->in[DUT_IN_AC_MV];
    return mv < gun->param[CORE_P_AC_LOW] || mv > gun->param[CORE_P_AC_HIGH];
}

static bool aux_bad(const struct gun *gun) {
    int32_t mv = gun->in[DUT_IN_AUX_MV];
    return mv < gun->param[CORE_P_AUX_LOW] || mv > gun->param[CORE_P_AUX_HIGH];
}

static bool gun_hot(const struct gun *gun) {
    int32_t limit = gun->param[CORE_P_GUN_TEMP_MAX];
    return gun->in[DUT_IN_GUN_TEMP_POS_DC] > limit || gun->in[DUT_IN_GUN_TEMP_NEG_DC] > limit;
}

/* In order of precedence: the first one found names the fault. */
static const struct {
    enum core_fault fault;
    enum core_param debounce;
    enum core_watch watch;
    bool (*bad)(const struct gun *gun);
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

static void debounce(struct gun *gun, unsigned i) {
    struct core_interlocks *il = &gun->interlocks;
    unsigned bit = 1u << i;
    int64_t due_ns;
    if (!rows[i].bad(gun)) {
        il->bad &= ~bit;
        il->active &= ~bit;
        return;
    }
    if (!(il->bad & bit))
        il->since_ns[i] = gun->now;
    il->bad |= bit;
    due_ns = il->since_ns[i] + core_ns(gun, rows[i].debounce);
    if (gun->now >= due_ns)
        il->active |= bit;
    else if (due_ns < il->due_ns)
        il->due_ns = due_ns;
}

static void track_plug(struct gun *gun) {
    struct core_interlocks *il = &gun->interlocks;
    bool plugged = !pilot_bad(gun);
    if (plugged && !il->plugged)
        il->plugged_ns = gun->now;
    il->plugged = plugged;
}

/* First active interlock of the watched kinds. */
static enum core_fault first_active(const struct gun *gun, unsigned watches) {
    if (gun->interlocks.active == 0)
        return CORE_FAULT_NONE;
    for (unsigned i = 0; i < ROWS; i++)
        if (gun->interlocks.active >> i & 1u && rows[i].watch & watches)
            return rows[i].fault;
    return CORE_FAULT_NONE;
}

static enum core_fault shown_when_idle(const struct gun *gun) {
    enum core_fault refusal = core_interlocks_refusal(gun);
    if (refusal == CORE_FAULT_NONE && gun->core->ac_meter_lost)
        return CORE_FAULT_AC_METER_SILENT;
    return refusal;
}

void core_interlocks_run(struct gun *gun) {
    struct core_interlocks *il = &gun->interlocks;
    enum core_fault fault;
    if (il->dirty || gun->now >= il->due_ns) {
        il->dirty = false;
        il->due_ns = DUT_NEVER;
        track_plug(gun);
        for (unsigned i = 0; i < ROWS; i++)
            debounce(gun, i);
        fault = first_active(gun, core_session_watches(gun));
        if (fault != CORE_FAULT_NONE)
            core_fail(gun, fault);
        else if (core_session_watches(gun) == 0)
            core_notice(gun, shown_when_idle(gun));
    }
    core_wake(gun, il->due_ns);
}

bool core_interlocks_may_start(struct gun *gun) {
    enum core_fault refusal = core_interlocks_refusal(gun);
    if (refusal == CORE_FAULT_NONE)
        return true;
    core_log(gun, "start refused", core_fault_row((int32_t)refusal)->name);
    core_account_explain(gun, refusal);
    gun->interlocks.dirty = true; /* it is shown */
    return false;
}

bool core_interlocks_plugged(struct gun *gun) {
    const struct core_interlocks *il = &gun->interlocks;
    return il->plugged && core_due(gun, il->plugged_ns + core_ns(gun, CORE_P_PILOT_PLUG));
}

bool core_interlocks_unplugged(const struct gun *gun) {
    for (unsigned i = 0; i < ROWS; i++)
        if (rows[i].fault == CORE_FAULT_PILOT)
            return (gun->interlocks.active >> i & 1u) != 0;
    return false;
}

enum core_fault core_interlocks_refusal(const struct gun *gun) {
    enum core_fault fault = first_active(gun, CORE_WATCH_PILE);
    if (fault == CORE_FAULT_NONE)
        fault = core_metering_refusal(gun);
    return fault != CORE_FAULT_NONE ? fault : core_account_refusal(gun);
}
