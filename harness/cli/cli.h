/* SPDX-License-Identifier: MIT */
/* cli.h: the subcommands of `pilebench`, each with its own --help, and what they share.
 *
 * Exit codes: 0 all pass; 1 at least one fail; 2 wrong usage or bad input; 3 none failed but some
 * inconclusive; 4 the bench itself failed; 130 interrupted. */
#ifndef HARNESS_CLI_CLI_H
#define HARNESS_CLI_CLI_H

#include "harness/cli/option/command.h"
#include "reports/record/result.h"
#include "sim/text/problem.h"

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

/* The commands, each in its own file; `pilebench meter` has commands of its own. */
extern const struct command run_command, list_command, show_command, check_command, schema_command;
extern const struct command report_command, decode_command, dbc_command, dissector_command;
extern const struct command convert_command, qualify_command, meter_command, judge_command;
extern const struct command records_command, doctor_command, completion_command, man_command;
extern const struct command meter_read_command, meter_watch_command, meter_dump_command;
extern const struct command meter_scan_command, meter_simulate_command, meter_decode_command;
extern const struct command meter_items_command, init_command, signals_command, verify_command;

/* All of them in the order in which help lists them, index 0, 1, ...; NULL behind the last. Those of a
 * command, "meter read", stand behind it. */
const struct command *cli_command(size_t index);
/* "run", "meter", or "read" within "meter"; NULL: there is none, and that was said. */
const struct command *cli_command_named(const char *within, const char *name);
/* Runs a command of that name; argv[0] is the name. Returns its exit code. */
int cli_run_command(const char *within, int argc, char **argv);

/* Parses what stands behind the command. False: it ends here with *code: the help was printed, or what is
 * wrong was said. */
bool cli_parse(const struct command *command, int argc, char **argv, void *into,
               struct command_given *given, int *code);

/* From which source this program was built, as git names it: "4de4c11", "-dirty" behind it where files differed;
 * "unknown" without git. Asked at every build (cmake/commit.cmake). Not in records: they are the same from
 * the same source, however it came here. */
extern const char version_commit[];

/* One line on standard error: "pilebench: file:line:column: what is wrong and what to do". */
void cli_problem(const struct problem *problem);
/* In which language complaints are: main says so, before anything else. */
void cli_speak(bool chinese);
/* In the language of complaints; both formats take the same arguments. */
void cli_complain_both(const char *en, const char *zh, ...)
    __attribute__((format(printf, 1, 3), format(printf, 2, 3)));
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The language of a help text: --language counts before --help and behind it. */
bool cli_help_in_chinese(int argc, char **argv);

/* At the end of every command, by main: flushes standard output; EXIT_BENCH when not all of it could be
 * written, which is said. */
int cli_written(int code);

/* Blanks that fill the text up to so many columns of a terminal. */
int cli_pad(const char *text, int wanted);

#endif
