/* SPDX-License-Identifier: MIT */
/* standstill.h: what a machine that stood still under the bench excuses.
 *
 *   struct standstill standstill = standstill_of(&bench->late);   when all of a case is judged
 *   if (standstill_excuses(&standstill, check)) ...
 *
 * A bench that has much to do is late, and its times are less certain: a flood of frames excuses
 * nothing. A machine that stands still (suspended, out of processor time, waiting for a disk) holds
 * up bench and charger alike: messages do not go out, and what waits for them ends the charge as it
 * must. Such a fail proves nothing about the firmware: what failed from then on is inconclusive, and
 * says why; what failed before stays failed. A pass stays a pass, its uncertainty has told, unless
 * the charger had to take its inputs for lost: it stops by itself then, and nothing forbidden
 * happens. verdict.h has what becomes of the case. */
#ifndef HARNESS_JUDGE_STANDSTILL_H
#define HARNESS_JUDGE_STANDSTILL_H

#include "reports/record/result.h"
#include "sim/lateness.h"

/* LOOP_HELD_NS, from which on a machine stood still, is the longest period in which the bench
 * promises the charger its inputs (PILE_IO_SLOW_MS). From here on it heard nothing for
 * PILE_IO_SILENT_MS, that longest period included. */
#define LATENESS_CUT_OFF_NS (400 * NS_PER_MS)

/* On the case's clock. */
struct standstill {
    int64_t from_ns, length_ns;          /* the first one; length 0: there was none */
    int64_t longest_from_ns, longest_ns; /* the longest one */
};

struct standstill standstill_of(const struct lateness *lateness);

/* Whether this check failed, and only after the machine first stood still. */
bool standstill_excuses(const struct standstill *standstill, const struct result_check *check);

/* Failed checks that it excuses become inconclusive and say so. */
void standstill_excuse(const struct standstill *standstill, struct result_check *checks,
                       size_t count);

/* Puts "the machine stood still, so this proves nothing: " before a reason. */
void standstill_precede(const struct standstill *standstill, struct phrase *reason);

/* That the longest one may have stopped the charger, so that nothing failed proves nothing. */
struct phrase standstill_cut_off(const struct standstill *standstill);

#endif
