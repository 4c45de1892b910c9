/* SPDX-License-Identifier: MIT */
/* runner.h: runs cases, each in a process of its own, several at a time, and survives what happens
 * there.
 *
 *   struct runner_work work = {.count = count, .lanes = runner_processors(),
 *                              .task = nth_case, .done = append, .ctx = &run};
 *   runner_catch_signals();
 *   runner_run(&work);
 *
 * However many run at a time, their results come in the order of the tasks: what is made of them is
 * the same as with one lane. On the real clock cases disturb one another: one lane only.
 *
 * A case's process that crashes or hangs inside the device under test is a failed case (the
 * firmware crashed or hung); anywhere else it is an error of the bench. Neither stops the run.
 * Interrupted (SIGINT, SIGTERM): runner_interrupted is true, the cases' processes are gone, and
 * what had finished by then was told. */
#ifndef HARNESS_RUN_RUNNER_H
#define HARNESS_RUN_RUNNER_H

#include "harness/plan/plan.h"
#include "reports/record/result.h"

#include <stdbool.h>
#include <stddef.h>

struct scenario;

#define RUNNER_LANES_MAX 64

struct runner_task {
    struct run_plan plan;
    const struct scenario *scenario;
};

struct runner_work {
    size_t count;   /* of the tasks */
    unsigned lanes; /* processes at a time, 1..RUNNER_LANES_MAX */
    bool here;      /* one task, in this process: for a debugger. Nothing watches it. */
    /* Asked when a lane is free: which case, by which plan. False: this one is left out. */
    bool (*task)(void *ctx, size_t index, struct runner_task *task);
    /* In the order of the tasks. The result is the receiver's. False: enough, no more. */
    bool (*done)(void *ctx, size_t index, struct result_case *result);
    /* After that false: this one had begun, and its result is not told. NULL: nobody asks. */
    void (*dropped)(void *ctx, size_t index);
    void *ctx;
};

void runner_catch_signals(void);
bool runner_interrupted(void);
/* That this process may use, up to RUNNER_LANES_MAX. */
unsigned runner_processors(void);
void runner_run(const struct runner_work *work);

#endif
