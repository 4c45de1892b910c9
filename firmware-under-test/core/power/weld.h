/* SPDX-License-Identifier: MIT */
/* weld.h: are K1 or K2 welded? Asked in every cycle, before the insulation test (T240-8.14).
 *
 *   core_weld_begin(&weld);
 *   while (core_weld_run(&weld) == CORE_BUSY) ...     a failure has latched the fault
 *
 * By voltage: the inner side is raised to weld.voltage. With both contactors open, and with each of
 * them closed alone, the outer side has to stay dead; if it does not, the other one is welded. Through an
 * insulation fault the closed one brings a voltage too, over PE, until the Y capacitors are charged: what
 * falls from one look to the next is waited for, up to weld.timeout, and the insulation test judges it.
 * What stays is a weld, or as bad. More than the inner side has is a battery behind the plug, and no weld. The auxiliary contacts are asked as well, after the voltage, since
 * they may lie. */
#ifndef CORE_WELD_H
#define CORE_WELD_H

#include "power/output.h"
#include "power/result.h"

/* Bits of the parameter weld.check. */
enum core_weld_check {
    CORE_WELD_LOOK_K1 = 1,
    CORE_WELD_LOOK_K2 = 2,
    CORE_WELD_LOOK_BOTH = 4,
};

struct core_weld {
    struct core_services *services;
    struct core_contactors *contactors;
    struct core_output *output;
    unsigned step;    /* see weld.c */
    int64_t since_ns; /* of the step */
    int64_t look_ns;  /* of its last look, or its begin */
    int32_t
        share; /* what the outer side had then of the inner one's voltage, permille; 0: no look yet */
};

void core_weld_prepare(struct core_weld *weld, struct core_services *services,
                       struct core_contactors *contactors,
                       struct core_output *output); /* at power on */
void core_weld_begin(struct core_weld *weld);
enum core_result core_weld_run(struct core_weld *weld);

#endif
