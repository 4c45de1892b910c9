/* SPDX-License-Identifier: MIT */
/* needs.h: what a case needs of pile, vehicle and firmware to mean anything, and what a profile
 * demands whoever tests it.
 *
 *   "needs": ["dc-meter", "plate.current_max >= 50 A"]        of a case, or of a row
 *   "demands": {"dc-meter": {"source": ["T240-4.8a"], "text": ...}}     of a profile
 *
 * A need is a name of needs.json, with its condition and a text for people, or a condition itself.
 * Conditions are over signals that hold their value (plate.*, firmware.*, vehicle.*) and are looked
 * at once, before the case begins: false makes the row "not applicable", or a fail where the profile
 * demands the need by its name; what is not known (nothing declared) is taken as met.
 *
 * needs.json also lists the clauses of safety. A case that covers one of them can have no needs: it
 * is run with every pile. */
#ifndef HARNESS_SCENARIO_NEEDS_H
#define HARNESS_SCENARIO_NEEDS_H

#include "sim/text/phrase.h"

#include <stdbool.h>
#include <stddef.h>

#define NEEDS_FILE "needs"

struct need {
    const char *name;      /* of needs.json; NULL: a condition of the case's own */
    const char *condition; /* as written there or in the case */
    struct phrase title;   /* what is needed; {NULL}: the condition says it */
};

struct demand {
    const char *need;   /* its name */
    const char *source; /* clauses, comma separated */
    struct phrase text;
};

struct profile;
struct reader;
struct scenario;
struct cJSON;

/* "needs" of a case, whose covers have been read. NULL: it has none. */
bool read_needs(const struct reader *reader, const struct cJSON *array, struct scenario *scenario);
/* A case that names the second gun needs one: of the firmware, and of the bench. Whatever it covers: a pile
 * that has no second gun has no such clause. */
bool needs_two_guns(const struct reader *reader, const struct cJSON *root,
                    struct scenario *scenario);
/* "demands" of a profile, over those of its base (NULL: none). */
bool read_demands(const struct reader *reader, const struct cJSON *object, struct profile *profile,
                  const struct profile *base);
/* NULL: the profile does not demand it. */
const struct demand *profile_demand(const struct profile *profile, const struct need *need);

#endif
