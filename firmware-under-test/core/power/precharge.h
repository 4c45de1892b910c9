/* SPDX-License-Identifier: MIT */
/* precharge.h: from BRO(AA) to closed K1/K2 (GB/T 18487.1-2015 B.3.4, T240-8.13, T240-8.15).
 *
 *   core_precharge_begin(&pre);
 *   while (core_precharge_run(&pre, bcp_battery_mv) == CORE_BUSY) ...
 *
 * Checks the battery's voltage against BCP and the own range, brings the inner side a little below
 * it, and closes K1/K2 when the difference is small and contactor.order has passed since both
 * BRO(AA) and the battery's voltage were there. A battery that does not fit is waited for. */
#ifndef CORE_PRECHARGE_H
#define CORE_PRECHARGE_H

#include "power/output.h"
#include "power/result.h"

struct core_precharge {
    struct core_services *services;
    struct core_contactors *contactors;
    struct core_output *output;
    unsigned step;      /* see precharge.c */
    int32_t battery_mv; /* as the vehicle gave it */
    int64_t begin_ns;   /* first BRO(AA) */
    int64_t present_ns; /* the battery's voltage has fitted since */
};

void core_precharge_prepare(struct core_precharge *pre, struct core_services *services,
                            struct core_contactors *contactors,
                            struct core_output *output); /* at power on */
void core_precharge_begin(struct core_precharge *pre);
/* battery_mv: as BCP gave it. */
enum core_result core_precharge_run(struct core_precharge *pre, int32_t battery_mv);

#endif
