/* SPDX-License-Identifier: MIT */
/* show.h: the written test procedure of a case, for a person.
 *
 *   scenario_show(rows, count, profile, "zh", put, out);        put(out, text), piece by piece */
#ifndef HARNESS_SHOW_SHOW_H
#define HARNESS_SHOW_SHOW_H

#include <stddef.h>

struct profile;
struct scenario;

/* In "en" or "zh". Of several rows of one case: once, with the rows as a table, and each row's
 * wording where they differ. */
void scenario_show(struct scenario *const *rows, size_t count, const struct profile *profile,
                   const char *language, void (*put)(void *ctx, const char *text), void *ctx);

#endif
