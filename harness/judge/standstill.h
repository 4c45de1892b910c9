/* SPDX-License-Identifier: MIT */
/* standstill.h: what a machine that stood still under the bench does to a case's verdicts.
 *
 *   standstill_apply(&bench->late, &result);       when all of a case is judged
 *
 * A bench that has much to do is late, and its times are less certain: a flood of frames excuses
 * nothing. A machine that stands still (suspended, out of processor time, waiting for a disk) holds
 * up bench and charger alike: messages do not go out, and what waits for them ends the charge as it
 * must. Such a fail proves nothing about the firmware. standstill_apply makes inconclusive what
 * failed from then on, and says why; what failed before stays failed. A pass stays a pass, its
 * uncertainty has told, unless the charger had to take its inputs for lost: it stops by itself
 * then, and nothing forbidden happens. */
#ifndef HARNESS_JUDGE_STANDSTILL_H
#define HARNESS_JUDGE_STANDSTILL_H

#include "reports/record/result.h"
#include "sim/lateness.h"

/* LOOP_HELD_NS, from which on a machine stood still, is the longest period in which the bench
 * promises the charger its inputs (PILE_IO_SLOW_MS). From here on it heard nothing for
 * PILE_IO_SILENT_MS, that longest period included. */
#define LATENESS_CUT_OFF_NS (400 * NS_PER_MS)

void standstill_apply(const struct lateness *lateness, struct result_case *result);

#endif
