/* SPDX-License-Identifier: MIT */
/* protections.h: limits of the running output: over-voltage, over-current, current from the
 * battery, and the battery's own limits as BCP gave them. Judged on every sample while K1/K2 are
 * closed. */
#ifndef CORE_PROTECTIONS_H
#define CORE_PROTECTIONS_H

#include "services/services.h"

#define CORE_PROTECTIONS_MAX 4

/* What the vehicle says of its battery: limits (BCP), and measurements where they arrived. */
struct core_battery {
    int32_t voltage_max_mv;
    int32_t cell_max_mv;       /* negative: not supplied */
    int32_t temperature_max_c; /* INT32_MAX: not supplied */
    bool voltage_known;        /* voltage_mv and cell_mv were measured */
    int32_t voltage_mv;
    int32_t cell_mv; /* highest cell */
    bool temperature_known;
    int32_t temperature_c; /* highest; INT32_MIN: not supplied */
};

struct core_protections {
    struct core_services *services;
    bool bad[CORE_PROTECTIONS_MAX];         /* the limit is exceeded */
    int64_t since_ns[CORE_PROTECTIONS_MAX]; /* since when */
};

void core_protections_begin(struct core_protections *protections,
                            struct core_services *services); /* at power on */
/* To be called while the output follows the vehicle's demand. */
void core_protections_run(struct core_protections *protections, const struct core_battery *battery);

#endif
