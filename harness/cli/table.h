/* SPDX-License-Identifier: MIT */
/* table.h: a run's verdicts for the terminal, in English or Chinese.
 *
 *   const struct table_look look = {.chinese = cli_chinese()};
 *   table_put_case(stdout, &set->cases[i], count, &look);      a line, while the run goes on
 *   table_put_faults(stdout, set, &look);                      at its end: what did not pass, and why
 *   table_put_counts(stdout, set, &look);
 *   table_put(stdout, set, &look);                             or all of it at once
 *
 * A line per case; its rows are one line together. Of what did not pass stand the reason and the last word
 * about its charge: how far it came, who ended it, why. What several cases have in common is told once,
 * with the cases that it decided; each of these shows what its own checks say instead. */
#ifndef HARNESS_CLI_TABLE_H
#define HARNESS_CLI_TABLE_H

#include "reports/record/result.h"

#include <stdio.h>

struct table_look {
    bool chinese;
    bool values; /* what each case measured for itself, too; its rows are lines of their own then */
};

/* The rows of one case; count 1: a case without rows, or one row alone. */
void table_put_case(FILE *stream, const struct result_case *rows, size_t count,
                    const struct table_look *look);
void table_put_faults(FILE *stream, const struct result_set *set, const struct table_look *look);
void table_put_counts(FILE *stream, const struct result_set *set, const struct table_look *look);
void table_put(FILE *stream, const struct result_set *set, const struct table_look *look);

#endif
