/* SPDX-License-Identifier: MIT */
/* insulation.h: the insulation test of GB/T 18487.1-2015 B.3.3 and B.4.1, with its discharge.
 *
 *   core_insulation_begin(gun);
 *   while (core_insulation_run(gun) == CORE_BUSY) ...
 *   core_insulation_leave(gun);      the monitor is off, however the test ended
 *
 * Output at min(BHM, own maximum), K1/K2 closed, monitor on, R = min(R+, R-). Above
 * insulation.warn ohm/V good, above insulation.fault low (logged, goes on), else a fault. */
#ifndef CORE_INSULATION_H
#define CORE_INSULATION_H

#include "power/weld.h"
#include "services/faults.h"

struct core_insulation {
    unsigned step;
    int64_t since_ns;
    int32_t test_mv;
    enum core_fault verdict;
};

void core_insulation_begin(struct gun *gun);
enum core_result core_insulation_run(struct gun *gun);
void core_insulation_leave(struct gun *gun);

#endif
