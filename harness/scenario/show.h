/* SPDX-License-Identifier: MIT */
/* show.h: the written test procedure of a case, for a person.
 *
 *   scenario_show(scenario, profile, "zh", put, out);          put(out, text), piece by piece */
#ifndef HARNESS_SCENARIO_SHOW_H
#define HARNESS_SCENARIO_SHOW_H

struct profile;
struct scenario;

/* In "en" or "zh". */
void scenario_show(const struct scenario *scenario, const struct profile *profile,
                   const char *language, void (*put)(void *ctx, const char *text), void *ctx);

#endif
