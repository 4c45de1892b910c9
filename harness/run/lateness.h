/* SPDX-License-Identifier: MIT */
/* lateness.h: how late the bench was, and when: the uncertainty of what it timed on the real clock.
 *
 *   lateness_note(&lateness, at_ns, late_ns);                 at each timer and round trip
 *   int64_t worst = lateness_worst(&lateness, from_ns, to_ns);
 *   lateness_held(&lateness, from_ns, until_ns);              as struct loop tells it
 *   lateness_begin(&lateness);                                as the case begins
 *   lateness_excuse(&lateness, &result);                      when all of a case is judged
 *
 * Kept as the worst of each LATENESS_SLOT_NS of the case. Instants are loop time; what lies beyond
 * LATENESS_SLOTS shares the last slot, so nothing is lost, only less sharp.
 *
 * A bench that has much to do is late, and its times are less certain: a flood of frames excuses
 * nothing. A machine that stands still (suspended, out of processor time, waiting for a disk) holds
 * up bench and charger alike: messages do not go out, and what waits for them ends the charge as it
 * must. Such a fail proves nothing about the firmware. lateness_excuse makes inconclusive what
 * failed from then on, and says why; what failed before stays failed. A pass stays a pass, its
 * uncertainty has told, unless the charger had to take its inputs for lost: it stops by itself
 * then, and nothing forbidden happens. */
#ifndef HARNESS_RUN_LATENESS_H
#define HARNESS_RUN_LATENESS_H

#include "reports/record/result.h"
#include "sim/loop.h"

#define LATENESS_SLOT_NS (50 * NS_PER_MS)
#define LATENESS_SLOTS   72000 /* an hour */
/* LOOP_HELD_NS, from which on a machine stood still, is the longest period in which the bench
 * promises the charger its inputs (PILE_IO_SLOW_MS). From here on it heard nothing for
 * PILE_IO_SILENT_MS, that longest period included. */
#define LATENESS_CUT_OFF_NS (400 * NS_PER_MS)

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
void lateness_excuse(const struct lateness *lateness, struct result_case *result);

#endif
