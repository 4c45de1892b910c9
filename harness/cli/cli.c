/* SPDX-License-Identifier: MIT */
#include "harness/cli/cli.h"

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

void cli_problem(const struct problem *problem) {
    if (problem->file[0] == '\0') {
        cli_complain("%s", problem->text);
    } else if (problem->line == 0) {
        cli_complain("%s: %s", problem->file, problem->text);
    } else if (problem->column == 0) {
        cli_complain("%s:%d: %s", problem->file, problem->line, problem->text);
    } else {
        cli_complain("%s:%d:%d: %s", problem->file, problem->line, problem->column, problem->text);
    }
}

void cli_leave(struct cli_end *end, int code) {
    end->now = true;
    end->code = code;
}

int cli_other_option(int option, const char *command, const char *help) {
    if (option == 'h') {
        fputs(help, stdout);
        return EXIT_PASS;
    }
    fprintf(stderr, "`pilebench %s --help` shows the options\n", command);
    return EXIT_USAGE;
}

int cli_wrong_usage(const char *help) {
    fputs(help, stderr);
    return EXIT_USAGE;
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

bool cli_language(const char *name, bool *chinese) {
    *chinese = strcmp(name, "zh") == 0;
    if (!*chinese && strcmp(name, "en") != 0) {
        cli_complain("--language %s: use en or zh", name);
        return false;
    }
    return true;
}

bool cli_edition(const char *name, enum edition *edition) {
    if (edition_named(name, strlen(name), edition)) {
        return true;
    }
    cli_complain("--edition %s: use 2011, 2015 or 2023", name);
    return false;
}

const char *cli_scenario_folder(void) {
    const char *folder = getenv("PILEBENCH_SCENARIOS");
    return folder != NULL && folder[0] != '\0' ? folder : PILEBENCH_SCENARIOS;
}

int cli_pad(const char *text, int wanted) {
    int columns = (int)message_text_columns(text);
    return columns < wanted ? wanted - columns : 0;
}
