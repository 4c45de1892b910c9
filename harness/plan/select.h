/* SPDX-License-Identifier: MIT */
/* select.h: which cases of a run: by pattern, by clause, without some.
 *
 *   struct selection selection = {0};
 *   selection_add(&selection.excluded, "meter-*", &problem);
 *   selection_take_names(&selection, names, &count, &problem);     0: load all
 *   if (!selection_apply(&selection, cases, &case_count, &problem)) ...
 *
 * A pattern has '*' (any characters) and '?' (one); it is held against a case's name, and against
 * "NAME[ROW]" of each of its rows. A clause is named as cases cover it: "T240-8.6" is 8.6, 8.6a and 8.6.1,
 * not 8.61. What selects nothing is a mistake. */
#ifndef HARNESS_PLAN_SELECT_H
#define HARNESS_PLAN_SELECT_H

#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct scenario;

#define SELECTION_MAX 64

struct selection_list {
    const char *texts[SELECTION_MAX];
    bool used[SELECTION_MAX]; /* it matched something */
    size_t count;
};

struct selection {
    struct selection_list wanted, excluded, clauses; /* nothing wanted: all */
};

/* False: there are too many. */
bool selection_add(struct selection_list *list, const char *text, struct problem *problem);
/* Where a name is a pattern, all names are taken for patterns: *count is 0 then, which loads all cases.
 * False: one cannot be. */
bool selection_take_names(struct selection *selection, char **names, size_t *count,
                          struct problem *problem);
/* Keeps those that are selected, in their order. False: something selects nothing. */
bool selection_apply(struct selection *selection, struct scenario **cases, size_t *count,
                     struct problem *problem);

#endif
