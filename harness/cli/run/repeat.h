/* SPDX-License-Identifier: MIT */
/* repeat.h: run --repeat: what did not pass in how many of the runs.
 *
 *   struct repeat repeat = {.runs = 0};
 *   repeat_begin(&repeat, &options, i);     says which run begins, with which seed
 *   repeat_take(&repeat, set);              of each run
 *   repeat_end(&repeat, &options);          the summary; frees what it has */
#ifndef HARNESS_CLI_RUN_REPEAT_H
#define HARNESS_CLI_RUN_REPEAT_H

#include "harness/cli/run/options.h"

struct repeat_case {
    char *id;
    size_t passed, bad; /* in how many runs */
};

struct repeat {
    bool on;
    size_t runs; /* that have begun */
    struct repeat_case *cases;
    size_t count, room;
};

void repeat_begin(struct repeat *repeat, const struct run_options *options, unsigned index);
/* Not begun: nothing happens. */
void repeat_take(struct repeat *repeat, const struct result_set *set);
void repeat_end(struct repeat *repeat, const struct run_options *options);

/* Of two exit codes, as of the cases of one run: interrupted, wrong usage, error, fail, inconclusive, pass. */
int repeat_worse(int a, int b);

#endif
