/* SPDX-License-Identifier: MIT */
/* told.h: what `run` says while it runs: a line a case as soon as it is finished (table.h), with --json an
 * object a line instead; on a terminal, a bar with the time that is left below them.
 *
 *   struct told told = told_new(&options);
 *   session_run(&session, cases, count, told_of, &told, &set);
 *   told_end(&told);                                        the last case's line
 *
 * The lines of a case with rows are kept until its last row. */
#ifndef HARNESS_CLI_RUN_TOLD_H
#define HARNESS_CLI_RUN_TOLD_H

#include "harness/cli/run/options.h"

struct told {
    const struct run_options *options;
    const struct result_case *rows; /* of the case under way, one after the other */
    size_t row_count;
    int64_t began_ns; /* monotonic clock */
    bool bar;         /* standard error is a terminal */
};

struct told told_new(const struct run_options *options);
/* As session_run calls it. The results stay where they are until told_end. */
void told_of(void *told, size_t done, size_t count, const struct scenario *scenario,
             const struct result_case *result);
void told_end(struct told *told);

#endif
