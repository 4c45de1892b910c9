/* SPDX-License-Identifier: MIT */
/* command.h: what a command of `pilebench` is, as one table: parsing, --help, "did you mean", completion and
 * man page all come from it, so that none of them can say what another does not.
 *
 *   struct wishes { bool json; const char *out; unsigned count; };
 *   static const struct option_row rows[] = {
 *       OPTION_FLAG("json", 0, struct wishes, json, "one object per line", "每行一个对象"),
 *       OPTION_TEXT("out", 'o', "FOLDER", FILL_FOLDER, struct wishes, out, "where it goes", "输出目录"),
 *       OPTION_WHOLE("count", 'n', "N", 1, 100, struct wishes, count, "how many", "数量"),
 *       {0}};
 *   const struct command command = {.name = "count", .what = {"count", "计数"}, .groups = {{rows, 0}}, ...};
 *
 *   struct wishes wishes = {.count = 3};
 *   if (command_parse(&command, argc, argv, &wishes, &given, &problem) == COMMAND_GOES_ON) ...
 *
 * Parsing is getopt_long's: options and arguments in any order, `--name=value`, unique beginnings of a
 * name, `--` ends the options. Texts of a table are English and Chinese; line breaks in them are set
 * anew. */
#ifndef HARNESS_CLI_OPTION_COMMAND_H
#define HARNESS_CLI_OPTION_COMMAND_H

#include "sim/text/buffer.h"
#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

/* What a shell can offer where an argument stands. */
enum fill {
    FILL_NOTHING,
    FILL_CHOICE, /* the words of the row's argument, en|zh */
    FILL_FILE,
    FILL_FOLDER,
    FILL_CASE,
    FILL_VEHICLE,
    FILL_PROFILE,
    FILL_PARAMETER,
    FILL_LIMIT,
    FILL_WORD, /* the words of the command */
};

enum option_kind {
    OPTION_IS_FLAG,   /* bool: becomes true */
    OPTION_IS_TEXT,   /* const char *, into argv */
    OPTION_IS_NUMBER, /* double from min to max */
    OPTION_IS_WHOLE,  /* unsigned from min to max */
    OPTION_IS_TAKEN,  /* by take */
};

struct option_row {
    const char *name;     /* without dashes; NULL ends a table */
    char letter;          /* 0: it has none */
    const char *argument; /* NULL: takes none. FOLDER, or what it can be: en|zh */
    struct phrase what;
    enum option_kind kind;
    enum fill fill;
    size_t at; /* where in the structure that is filled */
    double min, max;
    /* False with what is wrong, to stand behind "--name text: ". text is NULL of an option without
     * an argument. */
    bool (*take)(void *at, const char *text, struct problem *problem);
};

/* Where a member is; does not compile when it is of another type. */
#define OPTION_AT(type, structure, member)                                                         \
    (offsetof(structure, member) +                                                                 \
     0 * sizeof(char[_Generic(((structure *)0)->member, type : 1, default                          \
                              : -1)]))

/* clang-format off */
#define OPTION_FLAG(name, letter, structure, member, en, zh) \
    {name, letter, NULL, {en, zh}, OPTION_IS_FLAG, FILL_NOTHING, OPTION_AT(bool, structure, member), 0, 0, NULL}
#define OPTION_TEXT(name, letter, argument, fill, structure, member, en, zh) \
    {name, letter, argument, {en, zh}, OPTION_IS_TEXT, fill, OPTION_AT(const char *, structure, member), 0, 0, NULL}
#define OPTION_NUMBER(name, letter, argument, min, max, structure, member, en, zh) \
    {name, letter, argument, {en, zh}, OPTION_IS_NUMBER, FILL_NOTHING, OPTION_AT(double, structure, member), min, max, NULL}
#define OPTION_WHOLE(name, letter, argument, min, max, structure, member, en, zh) \
    {name, letter, argument, {en, zh}, OPTION_IS_WHOLE, FILL_NOTHING, OPTION_AT(unsigned, structure, member), min, max, NULL}
/* take gets the address of the member. */
#define OPTION_TAKEN(name, letter, argument, fill, structure, member, take, en, zh) \
    {name, letter, argument, {en, zh}, OPTION_IS_TAKEN, fill, offsetof(structure, member), 0, 0, take}
/* take gets the address of the structure itself. */
#define OPTION_OF_ALL(name, letter, argument, fill, take, en, zh) \
    {name, letter, argument, {en, zh}, OPTION_IS_TAKEN, fill, 0, 0, 0, take}
/* clang-format on */

/* Options that several commands have: where the structure that they fill lies in the command's. */
struct option_group {
    const struct option_row *rows;
    size_t base;
};

/* One of the words that a command's first argument can be (`list limits`). */
struct command_word {
    const char *name; /* NULL ends the list */
    struct phrase what;
};

#define COMMAND_GROUPS 8

struct command {
    const char *name; /* "run", "meter read" */
    struct phrase what;
    const char *arguments; /* "[CASE ...]" */
    enum fill fill;        /* of them */
    int least, most;       /* how many of them; most -1: any number */
    struct phrase about;   /* paragraphs, a blank line between them */
    const struct command_word *words;
    struct option_group groups[COMMAND_GROUPS];
    const char *examples;     /* lines */
    struct phrase exit_codes; /* "0 all pass, 1 a fail" */
    int (*run)(int argc, char **argv);
};

/* The arguments that are no options. */
struct command_given {
    char **words;
    int count;
};

enum command_course {
    COMMAND_GOES_ON,
    COMMAND_HELP,  /* --help or -h */
    COMMAND_WRONG, /* the problem says what; empty when arguments are missing: show the help */
};

enum command_course command_parse(const struct command *command, int argc, char **argv, void *into,
                                  struct command_given *given, struct problem *problem);

/* The row of that name ("out") or letter; NULL: none. */
const struct option_row *command_option(const struct command *command, const char *name);
/* Its rows one after the other, index 0, 1, ...; NULL behind the last one. base, if not NULL: its group's. */
const struct option_row *command_row(const struct command *command, size_t index, size_t *base);

/* What --help prints, at most `columns` wide. */
void command_help(const struct command *command, bool chinese, int columns, struct buffer *text);

/* Its man page (man(7)), in English; `others` are the pages to see also. */
void command_man(const struct command *command, const char *version, struct buffer *page);
/* That of the program: its commands, one after the other. */
void command_man_all(const struct command *const *commands, size_t count, const char *version,
                     struct buffer *page);

#endif
