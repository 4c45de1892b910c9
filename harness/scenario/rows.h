/* SPDX-License-Identifier: MIT */
/* rows.h: one case over a table of points.
 *
 *   "parameters": {"contactor": {"type": "word"}},
 *   "rows": [{"name": "k1", "title": TEXT, "with": {"contactor": "k1"}},
 *            {"name": "k2", "with": {"contactor": "k2"}, "vehicle": "car-nmc-350v",
 *             "firmware": {"weld.check": 1}, "covers": ["T240-8.14"]}]
 *
 *   const char *row = rows_split(library, "weld[k1]", &name);     "weld" and "k1"
 *   struct row chosen;
 *   if (!rows_choose(&reader, &text, row, &chosen)) ...           text.root is then the row's case
 *
 * Each row is a case of its own when it runs: own process, own trace and signals, own line of the
 * record, whose id is "weld[k1]". The case's verdict is the worst of its rows. */
#ifndef HARNESS_SCENARIO_ROWS_H
#define HARNESS_SCENARIO_ROWS_H

#include "harness/scenario/internal.h"

#define ROWS_MAX 200

/* What a row adds to its case. */
struct row {
    const char *name;    /* NULL: the case has no rows */
    struct phrase title; /* may be NULL */
    const char **values; /* "contactor=k1"; texts for people are not among them */
    size_t value_count;
    size_t cover_count; /* clauses that it covers besides its case's: the last of them */
};

/* The row's name of "case[row]", NULL when there is none; *name gets what stands before it. */
const char *rows_split(struct library *library, const char *text, const char **name);

/* Replaces text->root by the case of that row: parameters filled in, vehicle and parameters of the
 * firmware as the row has them. A case without rows stays as it is; it cannot be asked for one. */
bool rows_choose(const struct reader *reader, struct json_text *text, const char *name,
                 struct row *row);

/* Names of the rows of a case's file as it is written, good or not; 0: it has none. */
size_t rows_names(struct library *library, const char *path, const char ***names);

#endif
