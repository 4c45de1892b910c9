/* SPDX-License-Identifier: MIT */
/* insulation.h: the insulation test of GB/T 18487.1-2015 B.3.3 and B.4.1, with its discharge.
 *
 *   core_insulation_begin(&test, bhm_mv);
 *   while (core_insulation_run(&test) == CORE_BUSY) ...
 *   core_insulation_leave(&test);    the monitor is off, however the test ended
 *
 * Output at min(BHM, own maximum), K1/K2 closed, monitor on, R = min(R+, R-). Above
 * insulation.warn ohm/V good, above insulation.fault low (logged, goes on), else a fault. */
#ifndef CORE_INSULATION_H
#define CORE_INSULATION_H

#include "power/output.h"
#include "power/result.h"

struct core_insulation {
    struct core_services *services;
    struct core_contactors *contactors;
    struct core_output *output;
    unsigned step;           /* see insulation.c */
    int64_t since_ns;        /* of the step */
    int32_t test_mv;         /* set value of the test voltage */
    enum core_fault verdict; /* told once the cable is discharged */
};

void core_insulation_prepare(struct core_insulation *test, struct core_services *services,
                             struct core_contactors *contactors,
                             struct core_output *output); /* at power on */
/* vehicle_max_mv: the highest voltage that the vehicle allows, of BHM. */
void core_insulation_begin(struct core_insulation *test, int32_t vehicle_max_mv);
enum core_result core_insulation_run(struct core_insulation *test);
void core_insulation_leave(struct core_insulation *test);

#endif
