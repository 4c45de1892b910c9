/* SPDX-License-Identifier: MIT */
#include "power/protections.h"

#include "services/assert.h"

static bool overvoltage(const struct core_services *services, const struct core_battery *battery) {
    int32_t limit = services->param[CORE_P_VOLTAGE_MAX];
    if (battery->voltage_max_mv < limit) {
        limit = battery->voltage_max_mv;
    }
    return services->in[DUT_IN_OUTER_MV] > limit + services->param[CORE_P_OVERVOLTAGE_MARGIN];
}

static bool overcurrent(const struct core_services *services, const struct core_battery *battery) {
    int32_t limit =
        services->param[CORE_P_CURRENT_MAX] + services->param[CORE_P_OVERCURRENT_MARGIN];
    (void)battery;
    return services->in[DUT_IN_CURRENT_MA] > limit;
}

static bool backflow(const struct core_services *services, const struct core_battery *battery) {
    (void)battery;
    return services->in[DUT_IN_CURRENT_MA] < -services->param[CORE_P_BACKFLOW_CURRENT];
}

/* What the vehicle measures against what it allowed: the second protection of the battery
 * (NB/T 33008.1 5.15.10). Values that were not supplied are not judged. */
static bool battery_beyond(const struct core_services *services,
                           const struct core_battery *battery) {
    int32_t margin_mv = services->param[CORE_P_OVERVOLTAGE_MARGIN];
    if (services->param[CORE_P_BATTERY_LIMITS] == 0) {
        return false;
    }
    if (battery->temperature_known && battery->temperature_c > battery->temperature_max_c) {
        return true;
    }
    if (!battery->voltage_known) {
        return false;
    }
    return (battery->cell_max_mv >= 0 && battery->cell_mv > battery->cell_max_mv) ||
           battery->voltage_mv > battery->voltage_max_mv + margin_mv;
}

static const struct {
    enum core_fault fault;
    enum core_param time;
    bool (*bad)(const struct core_services *services, const struct core_battery *battery);
} rows[] = {
    {CORE_FAULT_OVERVOLTAGE, CORE_P_OVERVOLTAGE_TIME, overvoltage},
    {CORE_FAULT_OVERCURRENT, CORE_P_OVERCURRENT_TIME, overcurrent},
    {CORE_FAULT_BACKFLOW, CORE_P_BACKFLOW_TIME, backflow},
    {CORE_FAULT_BATTERY_LIMITS, CORE_P_OVERVOLTAGE_TIME, battery_beyond},
};

_Static_assert(sizeof rows / sizeof rows[0] <= CORE_PROTECTIONS_MAX, "one time stamp each");

void core_protections_begin(struct core_protections *protections, struct core_services *services) {
    *protections = (struct core_protections){.services = services};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CORE_ASSERT(rows[i].fault != CORE_FAULT_NONE);
    }
}

static void judge(struct core_protections *protections, const struct core_battery *battery,
                  unsigned i) {
    struct core_services *services = protections->services;
    if (!rows[i].bad(services, battery)) {
        protections->bad[i] = false;
        return;
    }
    if (!protections->bad[i]) {
        protections->since_ns[i] = services->now;
    }
    protections->bad[i] = true;
    CORE_ASSERT(protections->since_ns[i] <= services->now);
    if (core_elapsed(services, protections->since_ns[i], rows[i].time)) {
        core_fail(services, rows[i].fault);
    }
}

void core_protections_run(struct core_protections *protections,
                          const struct core_battery *battery) {
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        judge(protections, battery, i);
    }
}
