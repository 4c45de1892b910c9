/* SPDX-License-Identifier: MIT */
/* precharge.h: from BRO(AA) to closed K1/K2 (GB/T 18487.1-2015 B.3.4, T240-8.13, T240-8.15).
 *
 *   core_precharge_begin(gun);
 *   while (core_precharge_run(gun) == CORE_BUSY) ...
 *
 * Checks the battery's voltage against BCP and the own range, brings the inner side a little below
 * it, and closes K1/K2 when the difference is small and contactor.order has passed since both
 * BRO(AA) and the battery's voltage were there. A battery that does not fit is waited for. */
#ifndef CORE_PRECHARGE_H
#define CORE_PRECHARGE_H

#include "power/weld.h"
#include <stdbool.h>

struct core_precharge {
    unsigned step;
    int64_t begin_ns;   /* first BRO(AA) */
    int64_t present_ns; /* the battery's voltage has fitted since */
};

void core_precharge_begin(struct gun *gun);
enum core_result core_precharge_run(struct gun *gun);

#endif
