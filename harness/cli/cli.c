/* SPDX-License-Identifier: MIT */
#include "harness/cli/cli.h"

#include "vehicle_bms/message/print.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALUE_COLUMNS 14 /* of the table, right-justified */

void cli_complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("pilebench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
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
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return code;
    }
    cli_complain("cannot write to standard output: %s", strerror(errno));
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
    static const char *const names[EDITIONS] = {
        [EDITION_2011] = "2011", [EDITION_2015] = "2015", [EDITION_2023] = "2023"};
    for (int i = 0; i < EDITIONS; i++) {
        if (strcmp(name, names[i]) == 0) {
            *edition = (enum edition)i;
            return true;
        }
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

/* A measured value of the case's own, on a line of its own. */
static void put_check(FILE *stream, const struct result_check *check) {
    const struct limits limits = result_limits(check);
    struct buffer value = {0}, limit = {0};
    quantity_put(&value, &quantity_terminal, check->value, check->unit);
    if (!isnan(check->limit_min) || !isnan(check->limit_max)) {
        buffer_put(&limit, "  ");
        limits_put(&limit, &quantity_terminal, &limits);
    }
    fprintf(stream, "              %-58.58s %*s%s%s\n", check->title.en ? check->title.en : "",
            cli_pad(value.chars, VALUE_COLUMNS), "", value.chars,
            limit.chars != NULL ? limit.chars : "");
    buffer_free(&value);
    buffer_free(&limit);
}

void cli_put_table(FILE *stream, const struct result_set *set) {
    const struct verdict_look look = {.colour =
                                          isatty(fileno(stream)) && getenv("NO_COLOR") == NULL};
    for (size_t i = 0; i < set->case_count; i++) {
        const struct result_case *one = &set->cases[i];
        verdict_put(stream, one->verdict, &look);
        fprintf(stream, "  %-28s %s\n", one->id, one->title.en ? one->title.en : "");
        if (one->verdict > VERDICT_PASS && one->reason.en != NULL) {
            fprintf(stream, "              %s\n", one->reason.en);
        }
        for (size_t k = 0; k < one->check_count; k++) {
            const struct result_check *check = &one->checks[k];
            if (check->kind == RESULT_MEASURE && !check->monitor) {
                put_check(stream, check);
            }
        }
    }
}
