/* SPDX-License-Identifier: MIT */
/* cli.h: the subcommands of `pilebench`, each with its own --help, and what they share.
 *
 * Exit codes: 0 all pass; 1 at least one fail; 2 wrong usage or bad input; 3 none failed but some
 * inconclusive; 4 the bench itself failed; 130 interrupted. */
#ifndef HARNESS_CLI_CLI_H
#define HARNESS_CLI_CLI_H

#include "reports/record/result.h"
#include "sim/text/problem.h"
#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stdio.h>

enum exit_code {
    EXIT_PASS = 0,
    EXIT_FAIL = 1,
    EXIT_USAGE = 2,
    EXIT_INCONCLUSIVE = 3,
    EXIT_BENCH = 4,
    EXIT_INTERRUPTED = 130,
};

int cli_run(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_show(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_convert(int argc, char **argv);
int cli_decode(int argc, char **argv);
int cli_dbc(int argc, char **argv);
int cli_dissector(int argc, char **argv);
int cli_qualify(int argc, char **argv);
int cli_meter(int argc, char **argv);
int cli_judge(int argc, char **argv);
int cli_records(int argc, char **argv);
int cli_schema(int argc, char **argv);
int cli_doctor(int argc, char **argv);

/* One line on standard error: "pilebench: file:line:column: what is wrong and what to do". */
void cli_problem(const struct problem *problem);
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How a command ends before its work: `--help`, or options that are wrong. */
struct cli_end {
    bool now;
    int code; /* with which */
};

void cli_leave(struct cli_end *end, int code);

/* What getopt_long returns and the command has no use for: 'h' prints the help text, the rest was an
 * unknown option. Returns the exit code. */
int cli_other_option(int option, const char *command, const char *help);

/* Too few or too many arguments: the help text on standard error. Returns the exit code. */
int cli_wrong_usage(const char *help);

/* At the end of every command, by main: flushes standard output; EXIT_BENCH when not all of it could be
 * written, which is said. */
int cli_written(int code);

/* "en" or "zh" of --language, "2015" of --edition; false: there is no such thing, and that was
 * said. */
bool cli_language(const char *name, bool *chinese);
bool cli_edition(const char *name, enum edition *edition);

/* Where the shipped scenarios are: $PILEBENCH_SCENARIOS, else beside the sources it was built
 * from. */
const char *cli_scenario_folder(void);

/* Blanks that fill the text up to so many columns of a terminal. */
int cli_pad(const char *text, int wanted);

#endif
