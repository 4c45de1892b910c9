/* SPDX-License-Identifier: MIT */
#include "power/protections.h"

#include "gun.h"

static bool overvoltage(const struct gun *gun) {
    int32_t limit = gun->param[CORE_P_VOLTAGE_MAX];
    if (gun->link.bcp.voltage_max_mv < limit)
        limit = gun->link.bcp.voltage_max_mv;
    return gun->in[DUT_IN_OUTER_MV] > limit + gun->param[CORE_P_OVERVOLTAGE_MARGIN];
}

static bool overcurrent(const struct gun *gun) {
    int32_t limit = gun->param[CORE_P_CURRENT_MAX] + gun->param[CORE_P_OVERCURRENT_MARGIN];
    return gun->in[DUT_IN_CURRENT_MA] > limit;
}

static bool backflow(const struct gun *gun) {
    return gun->in[DUT_IN_CURRENT_MA] < -gun->param[CORE_P_BACKFLOW_CURRENT];
}

/* What the vehicle measures against what it allowed: the second protection of the battery
 * (NB/T 33008.1 5.15.10). Values that were not supplied are not judged. */
static bool battery_beyond(const struct gun *gun) {
    const struct core_link *link = &gun->link;
    int32_t cell_limit = link->bcp.cell_max_mv;
    if (gun->param[CORE_P_BATTERY_LIMITS] == 0)
        return false;
    if (core_link_seen(gun, CORE_RX_BSM) &&
        link->bsm.temperature_max_c > link->bcp.temperature_max_c)
        return true;
    if (!core_link_seen(gun, CORE_RX_BCS))
        return false;
    return (cell_limit >= 0 && link->bcs.cell_max_mv > cell_limit) ||
           link->bcs.voltage_mv > link->bcp.voltage_max_mv + gun->param[CORE_P_OVERVOLTAGE_MARGIN];
}

static const struct {
    enum core_fault fault;
    enum core_param time;
    bool (*bad)(const struct gun *gun);
} rows[] = {
    {CORE_FAULT_OVERVOLTAGE, CORE_P_OVERVOLTAGE_TIME, overvoltage},
    {CORE_FAULT_OVERCURRENT, CORE_P_OVERCURRENT_TIME, overcurrent},
    {CORE_FAULT_BACKFLOW, CORE_P_BACKFLOW_TIME, backflow},
    {CORE_FAULT_BATTERY_LIMITS, CORE_P_OVERVOLTAGE_TIME, battery_beyond},
};

_Static_assert(sizeof rows / sizeof rows[0] <= CORE_PROTECTIONS_MAX, "one time stamp each");

static void judge(struct gun *gun, unsigned i) {
    struct core_protections *p = &gun->protections;
    if (!rows[i].bad(gun)) {
        p->bad[i] = false;
        return;
    }
    if (!p->bad[i])
        p->since_ns[i] = gun->now;
    p->bad[i] = true;
    if (core_due(gun, p->since_ns[i] + core_ns(gun, rows[i].time)))
        core_fail(gun, rows[i].fault);
}

void core_protections_run(struct gun *gun) {
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        judge(gun, i);
}
