/* SPDX-License-Identifier: MIT */
/* case.h: one case on one bench, in the process that calls it.
 *
 *   struct result_case result = {0};
 *   if (!case_run(&plan, scenario, progress, &result, &problem)) ...     the bench failed
 */
#ifndef HARNESS_RUN_CASE_H
#define HARNESS_RUN_CASE_H

#include "harness/plan/plan.h"
#include "reports/record/result.h"

struct scenario;

#define CASE_VEHICLES_MAX 4 /* one in place of another in place of ... */

/* False: the bench failed, problem says why. */
bool case_run(const struct run_plan *plan, const struct scenario *scenario,
              struct progress *progress, struct result_case *result, struct problem *problem);
/* The vehicle that the case is meant to be run with. One that the charger's rating does not fit has
 * another in its place, if its file names one ("instead"); the result says which it was. */
const char *case_vehicle(const struct run_plan *plan, const struct scenario *scenario);
/* That at the other gun, of a case that names it. */
const char *case_other_vehicle(const struct run_plan *plan, const struct scenario *scenario);
/* Is the vehicle that of the case, or one of those that can stand in for it? */
bool case_vehicle_may_be(const struct run_plan *plan, const struct scenario *scenario,
                         const char *name);
/* Which case of which plan a result is of: id, title, clauses, vehicle, wiring, seed. */
void case_identify(const struct run_plan *plan, const struct scenario *scenario,
                   struct result_case *result);

#endif
