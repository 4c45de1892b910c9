/* SPDX-License-Identifier: MIT */
/* judge.h: judges the checks of a case by the signals of a run.
 *
 *   struct judge *judge = judge_new(scenario, profile, &board, &loop, &instrument, &problem);
 *   judge_start(judge, now_ns);                  arms every check
 *   judge_mark(judge, "pressed", now_ns);        a step with a mark was done
 *   if (judge_settled(judge, now_ns)) ...        nothing more can change a verdict
 *   judge_finish(judge, now_ns, &result);        sets the mark "end"; fills result.checks
 *   judge_free(judge);                           before the board and the loop go
 *
 * Instants. What happens at one instant is looked at once it is over, as it then is: a condition
 * that changes to and fro within an instant (K1 closed, then K2 closed, at the same nanosecond)
 * has not changed. The exception is the reception of a message, which lasts no time.
 *
 * Events. A condition holds at the first instant, from when it is looked for, at which it is true;
 * so "to" may hold at once (0 ms). A message counts when it comes after the instant from which it
 * is looked for: from BCL to BCL is the time to the next one. A mark is true from its instant on.
 * With "each", from counts when it comes anew; of from BCL to BCL every reception ends one period
 * and begins the next. Ones that come within an open pair are passed over. "each" and "settle"
 * exclude each other. With "last" a from that comes anew before to begins the time anew. A value is
 * read when the instant of its event is over.
 *
 * Windows begin at from, when that instant is over, and end at the instant of to: what becomes true
 * there is outside. A window of "always" or "never" whose to never comes ends with the case. A
 * largest value includes both ends, a jump at the very end too: let the window end at an event
 * before it (the command, not the contact).
 *
 * Verdicts of a check
 *   from never came          inconclusive (none: optional), and it says what did not happen
 *   to did not come          fail when the limit (without any: the case's whole time) has elapsed,
 *                            else inconclusive: the case ended too early to tell
 *   always, never            fail at the instant of the violation. What is not known is no
 *                            violation, but "always" then is inconclusive, and so is "never" when
 *                            its condition was never known in the window
 *   "for" cut by the end     inconclusive (with no violation before)
 *   value, peak not known    inconclusive, naming the signal
 *   a signal is not known    inconclusive, naming it, for what would else be a fail - but not the
 *                            field of a message: a message that never came is a fail
 *   mean, gap: came once     inconclusive (none: optional)
 * What the case's end cuts off counts for nothing in "each" after one whole pair, and for none in
 * monitors and optional checks. A step that was not reached in its time fails the case.
 * What becomes of the case with all of them: verdict.h.
 *
 * Limits: a measured value decides (simple acceptance), or its whole band of uncertainty must be on
 * one side (guard band), as the profile says. A value exactly at a limit is inside unless the limit
 * is open. Times are in ms, their limits rounded to the ns. */
#ifndef HARNESS_JUDGE_JUDGE_H
#define HARNESS_JUDGE_JUDGE_H

#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "reports/record/result.h"
#include "sim/loop.h"
#include "sim/signal.h"

struct judge;

/* How well this wiring times and measures: asked when a value is decided. */
struct instrument {
    void *ctx;
    const char *name; /* "virtual clock", "kernel time stamp" */
    int64_t (*time_uncertainty_ns)(void *ctx, int64_t from_ns,
                                   int64_t to_ns); /* of a difference of two instants, >= 0 */
};

/* NULL: problem says where in the case and what. The scenario, the profile, the board and the loop
 * must outlive the judge; the instrument is copied. */
struct judge *judge_new(const struct scenario *scenario, const struct profile *profile,
                        const struct signal_board *board, struct loop *loop,
                        const struct instrument *instrument, struct problem *problem);
void judge_start(struct judge *judge, int64_t now_ns);
void judge_mark(struct judge *judge, const char *mark, int64_t now_ns);
/* True: ending the case now leaves no verdict open that more time could decide. Only "always",
 * "never" and "each" without an end of their own, and monitors waiting for their event, go on. */
bool judge_settled(const struct judge *judge, int64_t now_ns);
/* A step of the procedure that was or was not reached, in order: those awaited, and any that was
 * not reached, become a RESULT_STEP check. */
void judge_step(struct judge *judge, const struct step_def *step, bool reached, int64_t now_ns);
/* An action that could not be done; why goes on after its words ("is not possible: ..."). */
void judge_step_refused(struct judge *judge, const struct step_def *step, struct phrase why,
                        int64_t now_ns);
/* Once. The case's own checks come first, then the steps, then the monitors. */
void judge_finish(struct judge *judge, int64_t now_ns, struct result_case *result);
void judge_free(struct judge *judge);

#endif
