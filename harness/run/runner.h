/* SPDX-License-Identifier: MIT */
/* runner.h: runs cases, each in a process of its own, and survives what happens there.
 *
 *   struct run_plan plan = {.library = lib, .profile = profile, .wiring = WIRING_SIM, ...};
 *   struct result_case result;
 *   runner_case(&plan, scenario, &result);       always fills result
 *
 * A case's process that crashes or hangs inside the device under test is a failed case (the
 * firmware crashed or hung); anywhere else it is an error of the bench. Neither stops the run.
 * Interrupted (SIGINT, SIGTERM): runner_interrupted is true, the case's process is gone. */
#ifndef HARNESS_RUN_RUNNER_H
#define HARNESS_RUN_RUNNER_H

#include "harness/plan/plan.h"
#include "reports/record/result.h"

#include <stdbool.h>
#include <stdint.h>

struct scenario;

#define RUNNER_STALL_S 10 /* no progress of the case's clock for so long: it hangs */

void runner_catch_signals(void);
bool runner_interrupted(void);
void runner_case(const struct run_plan *plan, const struct scenario *scenario,
                 struct result_case *result);

#endif
