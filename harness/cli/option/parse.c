/* SPDX-License-Identifier: MIT */
#include "harness/cli/option/command.h"

#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MOST 64
#define FIRST_VALUE  256 /* of long options; letters lie below */

/* What getopt_long wants, made of the table. */
struct getopt_table {
    struct option options[OPTIONS_MOST + 2];
    char letters[2 * OPTIONS_MOST + 4];
    size_t count;
};

const struct option_row *command_row(const struct command *command, size_t index, size_t *base) {
    for (size_t g = 0; g < COMMAND_GROUPS && command->groups[g].rows != NULL; g++) {
        for (const struct option_row *row = command->groups[g].rows; row->name != NULL; row++) {
            if (index-- == 0) {
                if (base != NULL) {
                    *base = command->groups[g].base;
                }
                return row;
            }
        }
    }
    return NULL;
}

const struct option_row *command_option(const struct command *command, const char *name) {
    const struct option_row *row;
    for (size_t i = 0; (row = command_row(command, i, NULL)) != NULL; i++) {
        bool letter = name[0] != '\0' && name[1] == '\0' && name[0] == row->letter;
        if (letter || strcmp(row->name, name) == 0) {
            return row;
        }
    }
    return NULL;
}

static void fill_table(const struct command *command, struct getopt_table *table) {
    const struct option_row *row;
    char *letter = table->letters;
    *letter++ = ':'; /* tells a missing argument from an unknown option */
    *letter++ = 'h';
    for (; (row = command_row(command, table->count, NULL)) != NULL; table->count++) {
        assert(table->count < OPTIONS_MOST);
        bool takes = row->argument != NULL;
        assert(takes == (row->kind != OPTION_IS_FLAG) || row->kind == OPTION_IS_TAKEN);
        table->options[table->count] =
            (struct option){row->name, takes ? required_argument : no_argument, NULL,
                            FIRST_VALUE + (int)table->count};
        if (row->letter != 0) {
            *letter++ = row->letter;
        }
        if (row->letter != 0 && takes) {
            *letter++ = ':';
        }
    }
    table->options[table->count] = (struct option){"help", no_argument, NULL, 'h'};
    *letter = '\0';
}

static size_t index_of(const struct command *command, int value) {
    const struct option_row *row;
    if (value >= FIRST_VALUE) {
        return (size_t)(value - FIRST_VALUE);
    }
    for (size_t i = 0; (row = command_row(command, i, NULL)) != NULL; i++) {
        if (row->letter == value) {
            return i;
        }
    }
    abort(); /* getopt returns what the table has */
}

/* ---- values ---- */

static bool read_number(const struct option_row *row, const char *text, double *value,
                        struct problem *problem) {
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    bool number = end != text && *end == '\0' && errno == 0 && *value >= row->min &&
                  *value <= row->max; /* NaN is in no range */
    if (!number || (row->kind == OPTION_IS_WHOLE && *value != floor(*value))) {
        return row->kind == OPTION_IS_WHOLE
                   ? problem_set_both(problem, "expected a whole number from %.15g to %.15g",
                                      "应为%.15g到%.15g的整数", row->min, row->max)
                   : problem_set_both(problem, "expected a number from %.15g to %.15g",
                                      "应为%.15g到%.15g的数", row->min, row->max);
    }
    return true;
}

static bool store(const struct option_row *row, char *at, const char *text,
                  struct problem *problem) {
    double value;
    switch (row->kind) {
    case OPTION_IS_FLAG:
        *(bool *)at = true;
        return true;
    case OPTION_IS_TEXT:
        memcpy(at, &text, sizeof text);
        return true;
    case OPTION_IS_TAKEN:
        return row->take(at, text, problem);
    case OPTION_IS_NUMBER:
        return read_number(row, text, (double *)(void *)at, problem);
    case OPTION_IS_WHOLE:
        if (!read_number(row, text, &value, problem)) {
            return false;
        }
        *(unsigned *)(void *)at = (unsigned)value;
        return true;
    }
    abort();
}

/* In front of what is wrong with a value: which one. */
static bool wrong_value(const struct option_row *row, const char *text, struct problem *problem) {
    return text == NULL ? problem_front(problem, "--%s: ", "--%s：", row->name)
                        : problem_front(problem, "--%s %s: ", "--%s %s：", row->name, text);
}

/* ---- what is no option ---- */

static const char *next_name(void *ctx, size_t index) {
    const struct option_row *row = command_row(ctx, index, NULL);
    return row != NULL ? row->name : NULL;
}

/* Several options begin so, and none is called so. */
static bool ambiguous(const struct command *command, const char *name) {
    const struct option_row *row;
    size_t count = 0;
    for (size_t i = 0; (row = command_row(command, i, NULL)) != NULL; i++) {
        count += strncmp(row->name, name, strlen(name)) == 0;
    }
    return count > 1;
}

/* `--name`, `--name=value` or, where getopt says which, the letter of `-abc` that it stopped at. */
static bool unknown(const struct command *command, const char *word, int letter,
                    struct problem *problem) {
    char name[64];
    bool is_letter = letter > 0 && letter < FIRST_VALUE;
    if (is_letter) {
        return problem_set_both(
            problem, "unknown option '-%c'; `pilebench %s --help` shows the options",
            "未知选项'-%c'；选项见`pilebench %s --help`", letter, command->name);
    }
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const struct option_row *row = command_option(command, name);
    if (row != NULL && row->argument == NULL) {
        return problem_set_both(problem, "--%s takes no value", "--%s不带值", name);
    }
    if (ambiguous(command, name)) {
        return problem_set_both(
            problem, "'--%s' may be several options; `pilebench %s --help` shows them",
            "'--%s'可能是多个选项；见`pilebench %s --help`", name, command->name);
    }
    char *en = memory_format("; `pilebench %s --help` shows the options", command->name);
    char *zh = memory_format("；选项见`pilebench %s --help`", command->name);
    problem_set_both(problem, "unknown option '--%s'", "未知选项'--%s'", name);
    nearest_add_after(problem, "--", name, next_name, (void *)(uintptr_t)command,
                      (struct phrase){en, zh});
    free(en);
    free(zh);
    return false;
}

static bool too_many(const struct command *command, const char *word, struct problem *problem) {
    return problem_set_both(
        problem, "%s: unexpected argument '%s'; usage: pilebench %s [options]%s%s",
        "%s：多余的参数'%s'；用法：pilebench %s [options]%s%s", command->name, word, command->name,
        command->arguments[0] != '\0' ? " " : "", command->arguments);
}

/* ---- the whole line ---- */

static bool wants_help(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

static bool take_option(const struct command *command, int value, void *into,
                        struct problem *problem) {
    size_t base;
    const struct option_row *row = command_row(command, index_of(command, value), &base);
    return store(row, (char *)into + base + row->at, optarg, problem) ||
           wrong_value(row, optarg, problem);
}

enum command_course command_parse(const struct command *command, int argc, char **argv, void *into,
                                  struct command_given *given, struct problem *problem) {
    struct getopt_table table = {.count = 0};
    assert(command->most < 0 || command->least <= command->most);
    fill_table(command, &table);
    if (wants_help(argc, argv)) {
        return COMMAND_HELP;
    }
    opterr = 0;
    optind = 0; /* glibc: from the beginning, whatever was parsed before */
    for (int value; (value = getopt_long(argc, argv, table.letters, table.options, NULL)) != -1;) {
        if (value == 'h') { /* in a cluster, -vh */
            return COMMAND_HELP;
        }
        if (value == ':') {
            problem_set_both(problem, "%s needs a value", "%s缺少值", argv[optind - 1]);
            return COMMAND_WRONG;
        }
        if (value == '?' ? !unknown(command, argv[optind - 1], optopt, problem)
                         : !take_option(command, value, into, problem)) {
            return COMMAND_WRONG;
        }
    }
    *given = (struct command_given){argv + optind, argc - optind};
    if (command->most >= 0 && given->count > command->most) {
        too_many(command, given->words[command->most], problem);
        return COMMAND_WRONG;
    }
    return given->count < command->least ? COMMAND_WRONG : COMMAND_GOES_ON;
}
