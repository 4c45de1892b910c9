/* SPDX-License-Identifier: MIT */
#include "harness/cli/cli.h"

#include "harness/cli/shared.h"
#include "sim/text/plain.h"
#include "vehicle_bms/message/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cli_complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("pilebench: ", stderr);
    plain_vline(stderr, format, arguments);
    va_end(arguments);
}

static bool speaks_chinese;

void cli_speak(bool chinese) {
    speaks_chinese = chinese;
}

void cli_complain_both(const char *en, const char *zh, ...) {
    struct problem problem = {0};
    va_list arguments;
    va_start(arguments, zh);
    problem_set_both_list(&problem, en, zh, arguments);
    va_end(arguments);
    cli_complain("%s", problem_in(&problem, speaks_chinese));
}

void cli_problem(const struct problem *problem) {
    const char *text = problem_in(problem, speaks_chinese);
    if (problem->file[0] == '\0') {
        cli_complain("%s", text);
    } else if (problem->line == 0) {
        cli_complain("%s: %s", problem->file, text);
    } else if (problem->column == 0) {
        cli_complain("%s:%d: %s", problem->file, problem->line, text);
    } else {
        cli_complain("%s:%d:%d: %s", problem->file, problem->line, problem->column, text);
    }
}

#define HELP_COLUMNS 92

static void put_help(const struct command *command, bool chinese, FILE *stream) {
    struct buffer text = {0};
    command_help(command, chinese, HELP_COLUMNS, &text);
    fputs(text.chars, stream);
    buffer_free(&text);
}

bool cli_help_in_chinese(int argc, char **argv) {
    bool chinese = cli_chinese();
    for (int i = 1; i < argc; i++) {
        bool apart = strcmp(argv[i], "--language") == 0 && i + 1 < argc;
        const char *value = apart ? argv[i + 1] : argv[i] + strlen("--language=");
        if (apart || strncmp(argv[i], "--language=", strlen("--language=")) == 0) {
            chinese = strcmp(value, "zh") == 0;
        }
    }
    return chinese;
}

bool cli_parse(const struct command *command, int argc, char **argv, void *into,
               struct command_given *given, int *code) {
    struct problem problem = {0};
    enum command_course course = command_parse(command, argc, argv, into, given, &problem);
    if (course == COMMAND_GOES_ON) {
        return true;
    }
    if (course == COMMAND_HELP) {
        put_help(command, cli_help_in_chinese(argc, argv), stdout);
    } else if (problem.text[0] != '\0') {
        cli_problem(&problem);
    } else {
        put_help(command, cli_chinese(), stderr);
    }
    *code = course == COMMAND_HELP ? EXIT_PASS : EXIT_USAGE;
    return false;
}

int cli_written(int code) {
    const char *cause = fflush(stdout) != 0 ? strerror(errno) : NULL;
    if (cause == NULL && !ferror(stdout)) {
        return code;
    }
    cli_complain("cannot write to standard output%s%s: the output is incomplete",
                 cause != NULL ? ": " : "", cause != NULL ? cause : "");
    return EXIT_BENCH;
}

int cli_pad(const char *text, int wanted) {
    int columns = (int)message_text_columns(text);
    return columns < wanted ? wanted - columns : 0;
}
