/* SPDX-License-Identifier: MIT */
/* Pages in the macros of man(7), which man-db, mandoc and groff read alike. */
#include "harness/cli/option/command.h"

#include <ctype.h>
#include <string.h>

/* A backslash, and a dot or quote at the beginning of a line, would be read as commands; a hyphen
 * of an option must stay the one that a reader can copy. */
static void put_escaped(struct buffer *page, const char *text, bool begins_line) {
    for (; *text != '\0'; text++) {
        if (begins_line && (*text == '.' || *text == '\'')) {
            buffer_put(page, "\\&");
        }
        if (*text == '\\') {
            buffer_put(page, "\\e");
        } else if (*text == '-') {
            buffer_put(page, "\\-");
        } else {
            buffer_put_bytes(page, text, 1);
        }
        begins_line = *text == '\n';
    }
}

/* Paragraphs with a blank line between them. */
static void put_paragraphs(struct buffer *page, const char *text) {
    while (*text != '\0') {
        const char *end = strstr(text, "\n\n");
        size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        struct buffer one = {0};
        buffer_put_bytes(&one, text, length);
        put_escaped(page, one.chars, true);
        buffer_free(&one);
        buffer_put(page, end != NULL ? "\n.PP\n" : "\n");
        text += length + (end != NULL ? 2 : 0);
    }
}

static void put_heading(struct buffer *page, const char *name, const char *version,
                        const char *what) {
    struct buffer upper = {0};
    for (const char *at = name; *at != '\0'; at++) {
        buffer_format(&upper, "%c", *at == ' ' ? '-' : toupper((unsigned char)*at));
    }
    buffer_put(page, ".TH ");
    put_escaped(page, upper.chars, false);
    buffer_format(page, " 1 \"\" \"pilebench %s\" \"Pilebench\"\n.SH NAME\n", version);
    for (const char *at = name; *at != '\0'; at++) {
        buffer_format(page, "%s", *at == ' ' || *at == '-' ? "\\-" : (char[]){*at, '\0'});
    }
    buffer_put(page, " \\- ");
    put_escaped(page, what, false);
    buffer_put(page, "\n");
    buffer_free(&upper);
}

static void put_entry(struct buffer *page, const char *name, const char *argument,
                      const char *what) {
    buffer_put(page, ".TP\n\\fB");
    put_escaped(page, name, false);
    buffer_put(page, "\\fR");
    if (argument != NULL) {
        buffer_put(page, " \\fI");
        put_escaped(page, argument, false);
        buffer_put(page, "\\fR");
    }
    buffer_put(page, "\n");
    put_escaped(page, what, true);
    buffer_put(page, "\n");
}

static void put_options(struct buffer *page, const struct command *command) {
    const struct option_row *row;
    for (size_t i = 0; (row = command_row(command, i, NULL)) != NULL; i++) {
        struct buffer name = {0};
        if (row->letter != 0) {
            buffer_format(&name, "-%c, ", row->letter);
        }
        buffer_format(&name, "--%s", row->name);
        buffer_put(page, i == 0 ? ".SH OPTIONS\n" : "");
        put_entry(page, name.chars, row->argument, row->what.en);
        buffer_free(&name);
    }
}

static void put_examples(struct buffer *page, const char *examples) {
    buffer_put(page, ".SH EXAMPLES\n.nf\n");
    put_escaped(page, examples, true);
    buffer_put(page, "\n.fi\n");
}

void command_man(const struct command *command, const char *version, struct buffer *page) {
    struct buffer name = {0};
    buffer_format(&name, "pilebench %s", command->name);
    put_heading(page, name.chars, version, command->what.en);
    buffer_put(page, ".SH SYNOPSIS\n.B ");
    put_escaped(page, name.chars, false);
    buffer_put(page, command->groups[0].rows != NULL ? "\n[\\fIoptions\\fR] " : "\n");
    put_escaped(page, command->arguments, false);
    buffer_put(page, "\n.SH DESCRIPTION\n");
    put_paragraphs(page, command->about.en);
    for (const struct command_word *word = command->words; word != NULL && word->name != NULL;
         word++) {
        put_entry(page, word->name, NULL, word->what.en);
    }
    put_options(page, command);
    if (command->exit_codes.en != NULL) {
        buffer_put(page, ".SH EXIT STATUS\n");
        put_paragraphs(page, command->exit_codes.en);
    }
    if (command->examples != NULL) {
        put_examples(page, command->examples);
    }
    buffer_put(page, ".SH SEE ALSO\n.BR pilebench (1)\n");
    buffer_free(&name);
}

void command_man_all(const struct command *const *commands, size_t count, const char *version,
                     struct buffer *page) {
    put_heading(page, "pilebench", version, "test bench for GB/T DC charging piles");
    buffer_put(page, ".SH SYNOPSIS\n.B pilebench\n\\fICOMMAND\\fR [\\fIoptions\\fR]\n"
                     ".SH COMMANDS\n");
    for (size_t i = 0; i < count; i++) {
        put_entry(page, commands[i]->name, NULL, commands[i]->what.en);
    }
    buffer_put(page, ".SH ENVIRONMENT\n");
    put_entry(page, "PILEBENCH_SCENARIOS", NULL, "The folder of cases, vehicles and profiles.");
    put_entry(page, "LC_ALL, LC_MESSAGES, LANG", NULL,
              "Where the first of them that is set begins with zh, texts are Chinese; --language "
              "decides otherwise.");
    put_entry(page, "NO_COLOR", NULL, "No colours on a terminal.");
    buffer_put(page, ".SH EXIT STATUS\n");
    put_paragraphs(page, "0 all pass, 1 a fail, 2 wrong usage or bad input, 3 inconclusive, 4 the "
                         "bench itself failed, 130 interrupted.");
    buffer_put(page, ".SH SEE ALSO\n");
    for (size_t i = 0; i < count; i++) {
        buffer_put(page, i > 0 ? ",\n.BR pilebench\\-" : ".BR pilebench\\-");
        for (const char *at = commands[i]->name; *at != '\0'; at++) {
            buffer_format(page, "%s", *at == ' ' ? "\\-" : (char[]){*at, '\0'});
        }
        buffer_put(page, " (1)");
    }
    buffer_put(page, "\n");
}
