/* SPDX-License-Identifier: MIT */
/* limits.h: the limits of the protocol rules, by their names in a profile.
 *
 *   struct rules_limits limits;
 *   if (!protocol_limits(profile, &limits, &problem)) complain(problem.text);
 *
 * What the profile does not name ("protocol.wait-brm" ...) is as in rules_limits_default. A name of
 * that kind that nobody knows, or a unit that does not fit, is an error: a limit that is written
 * down and silently not used would be worse than none. Each name is one side ("max"). */
#ifndef HARNESS_PROTOCOL_LIMITS_H
#define HARNESS_PROTOCOL_LIMITS_H

#include "harness/scenario/profile.h"
#include "sim/text/problem.h"
#include "vehicle_bms/rules/rules.h"

bool protocol_limits(const struct profile *profile, struct rules_limits *limits,
                     struct problem *problem);

/* The names and what stands behind them, for tests and lists; NULL at the end. The value is in the
 * unit that *unit gets: "s", "%", "V", "A" or "". */
const char *protocol_limit_name(size_t index);
double protocol_limit_value(const struct rules_limits *limits, size_t index, const char **unit);

#endif
