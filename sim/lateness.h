/* SPDX-License-Identifier: MIT */
/* lateness.h: how late the bench was, and when: the uncertainty of what it timed on the real clock.
 *
 *   lateness_note(&lateness, at_ns, late_ns);                 at each timer and round trip
 *   int64_t worst = lateness_worst(&lateness, from_ns, to_ns);
 *   lateness_held(&lateness, from_ns, until_ns);              as struct loop tells it
 *   lateness_begin(&lateness);                                as the case begins
 *
 * Kept as the worst of each LATENESS_SLOT_NS of the case. Instants are loop time; what lies beyond
 * LATENESS_SLOTS shares the last slot, so nothing is lost, only less sharp. */
#ifndef SIM_LATENESS_H
#define SIM_LATENESS_H

#include "sim/loop.h"

#define LATENESS_SLOT_NS (50 * NS_PER_MS)
#define LATENESS_SLOTS   72000 /* an hour */

struct lateness {
    int64_t worst_ns[LATENESS_SLOTS];
    int64_t still_from_ns, still_ns; /* the first time it stood still, and how long; 0: never */
    int64_t longest_from_ns, longest_ns;
    int64_t still_until_ns; /* the last time: when it went on */
};

/* Of a timer that fired at at_ns. */
void lateness_note(struct lateness *lateness, int64_t at_ns, int64_t late_ns);
void lateness_held(struct lateness *lateness, int64_t from_ns, int64_t until_ns);
int64_t lateness_worst(const struct lateness *lateness, int64_t from_ns, int64_t to_ns);
/* The case begins: what was before excuses nothing in it. */
void lateness_begin(struct lateness *lateness);

#endif
