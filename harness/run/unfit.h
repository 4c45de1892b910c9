/* SPDX-License-Identifier: MIT */
/* unfit.h: what this charger says of itself does not go with this run's vehicle or edition: whatever was
 * judged would be blamed on the wrong one.
 *
 *   struct phrase why = unfit_look(bench, preset, plan->edition);      the caller's; NULL: they fit
 *
 * Asked once the bench is put together. What is not declared fits. */
#ifndef HARNESS_RUN_UNFIT_H
#define HARNESS_RUN_UNFIT_H

#include "harness/plan/plan.h"
#include "sim/text/phrase.h"

struct bench;
struct preset;

struct phrase unfit_look(struct bench *bench, const struct preset *vehicle, enum edition edition);

#endif
