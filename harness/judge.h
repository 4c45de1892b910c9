/* SPDX-License-Identifier: MIT */
/* judge.h: turns the checks of a case and the signals of a run into verdicts.
 *
 *   struct judge *judge = judge_new(scenario, profile, &board, &loop, &problem);
 *   judge_start(judge, now_ns);                  arms every check
 *   judge_mark(judge, "pressed", now_ns);        a step with a mark was done
 *   if (judge_settled(judge, now_ns)) ...        nothing more can change a verdict
 *   judge_finish(judge, now_ns, &result);        fills result.checks, verdict, reason, focus
 *
 * An event holds at the first instant, from when it is looked for, at which its expression is
 * true; so "to" may hold at once. What never became observable is inconclusive and names the
 * signal; what did not happen in its window fails. Pass needs every check evaluated. */
#ifndef HARNESS_JUDGE_H
#define HARNESS_JUDGE_H

#include "harness/scenario.h"
#include "reports/result.h"
#include "sim/loop.h"
#include "sim/signal.h"

struct judge;

/* How well this wiring times and measures: asked when a value is decided. */
struct instrument {
    void *ctx;
    const char *name;                          /* "virtual clock", "kernel time stamp" */
    int64_t (*time_uncertainty_ns)(void *ctx); /* of a difference of two instants, >= 0 */
};

struct judge *judge_new(const struct scenario *scenario, const struct profile *profile,
                        const struct signal_board *board, struct loop *loop,
                        const struct instrument *instrument, struct problem *problem);
void judge_start(struct judge *judge, int64_t now_ns);
void judge_mark(struct judge *judge, const char *mark, int64_t now_ns);
bool judge_settled(const struct judge *judge, int64_t now_ns);
/* A step of the procedure that was or was not reached: recorded as a RESULT_STEP check. */
void judge_step(struct judge *judge, const struct step_def *step, bool reached, int64_t now_ns);
void judge_finish(struct judge *judge, int64_t now_ns, struct result_case *result);
void judge_free(struct judge *judge);

#endif
