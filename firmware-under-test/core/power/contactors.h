/* SPDX-License-Identifier: MIT */
/* contactors.h: K1 and K2, their commands, and whether their auxiliary contacts follow.
 *
 *   core_contactor_set(contactors, CORE_K1, true);
 *   core_contactors_closed(contactors)       both commanded and both say closed
 *
 * Once supervised (after the weld test) a contact that does not follow within feedback.timeout is a
 * fault: "does not close" or "welded". */
#ifndef CORE_CONTACTORS_H
#define CORE_CONTACTORS_H

#include "services/services.h"

enum core_contactor {
    CORE_K1,
    CORE_K2,
    CORE_CONTACTORS
};

struct core_contactors {
    struct core_services *services;
    bool supervised; /* a contact that does not follow is a fault */
    bool differs[CORE_CONTACTORS];
    int64_t differs_ns[CORE_CONTACTORS]; /* since when the feedback contradicts the command */
};

void core_contactors_begin(struct core_contactors *contactors,
                           struct core_services *services); /* at power on */
void core_contactor_set(struct core_contactors *contactors, enum core_contactor which, bool closed);
void core_contactors_set(struct core_contactors *contactors, bool closed);
static inline enum dut_output core_contactor_command(enum core_contactor which) {
    CORE_ASSERT(which < CORE_CONTACTORS);
    return which == CORE_K1 ? DUT_OUT_K1 : DUT_OUT_K2;
}

static inline bool core_contactor_commanded(const struct core_contactors *contactors,
                                            enum core_contactor which) {
    return contactors->services->out[core_contactor_command(which)] != 0;
}

/* Its auxiliary contact says what was commanded, or is not asked (feedback.check). */
bool core_contactor_follows(const struct core_contactors *contactors, enum core_contactor which);
/* Any of them. */
static inline bool core_contactors_commanded(const struct core_contactors *contactors) {
    return core_contactor_commanded(contactors, CORE_K1) ||
           core_contactor_commanded(contactors, CORE_K2);
}
bool core_contactors_closed(const struct core_contactors *contactors);
bool core_contactors_open(const struct core_contactors *contactors);
void core_contactors_supervise(struct core_contactors *contactors, bool on);
void core_contactors_run(struct core_contactors *contactors);

#endif
