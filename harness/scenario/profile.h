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

#include "sim/text/phrase.h"
#include "sim/text/problem.h"
#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stddef.h>

struct demand;
struct library;
struct scenario;

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

/* The clauses that a profile stands for, from clauses/NAME.json beside profiles/NAME.json; a profile without
 * that file has none of its own. The file has "documents" (whose ids begin with what, in which edition),
 * "reasons" (why something is open, by name) and "clauses". An id that ends in " *" stands for all clauses of
 * a standard whose items nobody listed. "ID-1", "ID-2" are parts of ID, as the bench numbers them. */
#define CLAUSE_CLOSERS_MAX 6
#define CLAUSE_VERIFY_MAX  5

/* One document of the list. */
struct clause_document {
    const char *prefix; /* "T240-": its ids begin so */
    const char *edition;
    struct phrase title;
};

struct clause_def {
    const char *id; /* "T240-8.13" */
    struct phrase text;
    struct phrase limit; /* as the document has it; NULL: it gives none */
    /* All that has to be there before the clause is accepted: a level of evidence (model, hosted, bench:
     * that level or a higher one), "inspect" (a document, a laboratory's report), "platform" (a platform
     * peer), "station" (several piles, weeks). */
    const char *closed_by[CLAUSE_CLOSERS_MAX];
    size_t closed_by_count;
    /* How it is decided: auto (a case, by behaviour), bench (a case, by a figure of real hardware), inspect,
     * station, platform. None: by cases. */
    const char *verify[CLAUSE_VERIFY_MAX];
    size_t verify_count;
    struct phrase open; /* what no case and no record decides yet, and why; NULL: nothing */
    const struct clause_document *document; /* NULL: the list has no documents */
};

struct clause_list {
    struct clause_def *clauses; /* the library's */
    size_t count;
    struct clause_document *documents;
    size_t document_count;
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

/* ---- clauses ---- */

/* The row of that id, or of its standard as a whole, in the profile or what it stands upon; NULL: none. */
const struct clause_def *clause_find(const struct profile *profile, const char *id);

/* Is the row a part of that one: "... D0.1001-2" of "... D0.1001"? */
bool clause_is_part(const struct clause_def *part, const struct clause_def *whole);
/* Does the case cover the row, or a part of it? */
bool clause_covered_by(const struct clause_def *clause, const struct scenario *scenario);
/* Is it decided, among others, that way ("inspect")? */
bool clause_verified_by(const struct clause_def *clause, const char *way);
/* Has a case to cover it, before nothing of it is open? */
bool clause_needs_a_case(const struct clause_def *clause);
/* Can only a real pile close it? */
bool clause_needs_hardware(const struct clause_def *clause);

#endif
