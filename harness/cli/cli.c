/* SPDX-License-Identifier: MIT */
#include "harness/cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

void cli_put_verdict(FILE *stream, enum verdict verdict) {
    static const char *const colours[] = {"2", "32", "33", "31", "35"};
    static const char *const words[] = {"NONE", "PASS", "INCONCLUSIVE", "FAIL", "ERROR"};
    bool colour = isatty(fileno(stream)) && getenv("NO_COLOR") == NULL;
    if (colour) {
        fprintf(stream, "\033[%sm", colours[verdict]);
    }
    fprintf(stream, "%-12s", words[verdict]);
    if (colour) {
        fputs("\033[0m", stream);
    }
}

static void put_limit(FILE *stream, const struct result_check *check) {
    if (!isnan(check->limit_min) && !isnan(check->limit_max)) {
        fprintf(stream, "%g..%g %s", check->limit_min, check->limit_max, check->unit);
    } else if (!isnan(check->limit_max)) {
        fprintf(stream, "%s %g %s", check->limit_max_open ? "<" : "<=", check->limit_max,
                check->unit);
    } else if (!isnan(check->limit_min)) {
        fprintf(stream, "%s %g %s", check->limit_min_open ? ">" : ">=", check->limit_min,
                check->unit);
    }
}

/* A measured value of the case's own, on a line of its own. */
static void put_check(FILE *stream, const struct result_check *check) {
    fprintf(stream, "              %-58.58s ", check->title.en ? check->title.en : "");
    if (isnan(check->value)) {
        fprintf(stream, "%14s  ", "-");
    } else {
        char value[40];
        snprintf(value, sizeof value, "%.4g %s", check->value, check->unit ? check->unit : "");
        fprintf(stream, "%14s  ", value);
    }
    put_limit(stream, check);
    fputc('\n', stream);
}

void cli_put_table(FILE *stream, const struct result_set *set) {
    for (size_t i = 0; i < set->case_count; i++) {
        const struct result_case *one = &set->cases[i];
        cli_put_verdict(stream, one->verdict);
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
