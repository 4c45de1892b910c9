/* SPDX-License-Identifier: MIT */
/* clauses.h: the clauses that a profile stands for, from clauses/NAME.json beside profiles/NAME.json; a
 * profile without that file has none of its own.
 *
 *   for (; profile != NULL; profile = profile->base)
 *       for (size_t i = 0; i < profile->clauses.count; i++) use(&profile->clauses.clauses[i]);
 *
 *   const struct clause_def *clause = clause_find(profile, "NB/T 33008.1-2018 5.4.7");
 *
 * The file has "documents" (whose ids begin with what, in which edition), "reasons" (why something is open,
 * by name) and "clauses". An id that ends in " *" stands for all clauses of a standard whose items nobody
 * listed. "ID-1", "ID-2" are parts of ID, as the bench numbers them. */
#ifndef HARNESS_SCENARIO_CLAUSES_H
#define HARNESS_SCENARIO_CLAUSES_H

#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct library;
struct profile;
struct scenario;

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

/* None when there is no such file. */
bool clauses_load(struct library *library, const char *name, struct clause_list *list,
                  struct problem *problem);

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
