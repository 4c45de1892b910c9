/* SPDX-License-Identifier: MIT */
/* profile.h: a profile: limits by name, each with the clauses it comes from, and the rule by which a
 * measured value is decided.
 *
 *   struct profile *profile = profile_load(lib, "t240", &problem);
 *   const struct limit *limit = profile_limit(profile, "estop.open");
 *
 * A profile can stand upon another one: it has the base's limits, and its own in their place. It
 * belongs to the library and lives until library_free. */
#ifndef HARNESS_SCENARIO_PROFILE_H
#define HARNESS_SCENARIO_PROFILE_H

#include "harness/scenario/clauses.h"
#include "sim/text/phrase.h"
#include "sim/text/problem.h"
#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stddef.h>

struct demand;
struct library;

/* A limit by name, with where it comes from. NAN where a side is not limited. */
struct limit {
    const char *name;
    double min, max;         /* in the unit */
    bool min_open, max_open; /* true: the value itself is outside ("< 10 V") */
    const char *unit;        /* "ms" "V" "A" "A/s" ... */
    const char *source;      /* clauses, comma separated */
    struct phrase text;
    const struct limit *shipped; /* in whose place a file of the user's, or --limit, put it; NULL */
};

enum decision {
    DECISION_SIMPLE,     /* simple acceptance: the value decides */
    DECISION_GUARD_BAND, /* value + uncertainty within the limit passes; in the band inconclusive */
};

struct profile {
    const char *name;
    bool own; /* a file of the user's, none of the shipped ones */
    struct phrase title;
    const char *editions; /* of the standards, as the profile names them: "2015/2017" */
    enum edition edition; /* of GB/T 27930, the first of them */
    enum decision decision;
    struct limit *limits;
    size_t limit_count;
    const struct profile *base; /* that it stands upon; NULL */
    struct clause_list clauses; /* its own, without the base's */
    struct demand *demands;     /* needs that it demands of every charger (needs.h) */
    size_t demand_count;
};

/* A name of profiles/, or the path of a file of its own ("./mine.json"). */
struct profile *profile_load(struct library *library, const char *name, struct problem *problem);
/* "estop.open=150 ms": another value for a limit that exists, in its own unit; "gun.range=10..20 V" of one with
 * two sides. Before the profile's first case is loaded. */
bool profile_change(struct library *library, struct profile *profile, const char *text,
                    struct problem *problem);
/* NULL: the profile has no such limit. */
const struct limit *profile_limit(const struct profile *profile, const char *name);

#endif
