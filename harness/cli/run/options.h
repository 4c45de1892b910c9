/* SPDX-License-Identifier: MIT */
/* options.h: what `pilebench run` is told: its table of options, and which of them go together.
 *
 *   struct run_options options = {.session = session_defaults};
 *   if (cli_parse(&run_command, argc, argv, &options, &given, &code) &&
 *       run_options_fit(&options, &problem)) ... */
#ifndef HARNESS_CLI_RUN_OPTIONS_H
#define HARNESS_CLI_RUN_OPTIONS_H

#include "harness/cli/session.h"
#include "harness/plan/select.h"

#define RUN_REPEAT_MOST 1000

struct run_options {
    struct session_options session;
    struct selection selection;
    const char *rerun; /* folder of a run: what did not pass in it */
    unsigned repeat;   /* 0: once */
    bool json, no_report, values;
    bool gdb; /* in a debugger, which begins with --debug */
};

/* False: some exclude each other, or a port cannot be used. Before anything runs. */
bool run_options_fit(const struct run_options *options, struct problem *problem);

/* The command (run.c). */
int run_run(int argc, char **argv);

#endif
