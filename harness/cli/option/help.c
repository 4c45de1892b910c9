/* SPDX-License-Identifier: MIT */
#include "harness/cli/option/command.h"

#include "vehicle_bms/message/print.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define TEXT_COLUMN 26 /* where the explanation of an option begins */
#define NAME_MOST   (TEXT_COLUMN - 2)

/* ---- lines of a width ---- */

/* A paragraph that is being set: where the pen stands. */
struct lines {
    struct buffer *text;
    int indent, width; /* columns */
    int column;
};

static void new_line(struct lines *lines) {
    buffer_format(lines->text, "\n%*s", lines->indent, "");
    lines->column = lines->indent;
}

static size_t bytes_of_character(const char *at) {
    size_t bytes = 1;
    while (((unsigned char)at[bytes] & 0xC0) == 0x80) {
        bytes++;
    }
    return bytes;
}

/* Marks that do not begin a line of Chinese (GB/T 15834). */
static bool closes(const char *at) {
    static const char *const marks[] = {"，", "。", "；", "：", "、", "）", "”", "！", "？", "》"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strncmp(at, marks[i], strlen(marks[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_wide(const char *at) {
    return (unsigned char)*at >= 0xE3;
}

/* What may not be broken: a word between blanks, or one Chinese character with the marks behind it. */
static size_t unit(const char *at) {
    size_t length = bytes_of_character(at);
    if (!is_wide(at)) {
        while (at[length] != '\0' && strchr(" \n", at[length]) == NULL && !is_wide(at + length)) {
            length += bytes_of_character(at + length);
        }
    }
    while (at[length] != '\0' && closes(at + length)) {
        length += bytes_of_character(at + length);
    }
    return length;
}

static void put_unit(struct lines *lines, const char *at, size_t length, bool blank) {
    char one[256];
    snprintf(one, sizeof one, "%.*s", (int)length, at);
    int columns = (int)message_text_columns(one);
    bool first = lines->column == lines->indent;
    if (!first && lines->column + blank + columns > lines->width) {
        new_line(lines);
        blank = false;
    }
    buffer_format(lines->text, "%s%s", blank && !first ? " " : "", one);
    lines->column += columns + (blank && !first);
}

/* Paragraphs; what begins with a blank is a line as it is. */
static void put_text(struct lines *lines, const char *at) {
    bool blank = false;
    while (*at != '\0') {
        if (strncmp(at, "\n\n", 2) == 0) {
            buffer_put(lines->text, "\n");
            new_line(lines);
            at += 2;
            blank = false;
        } else if (*at == ' ' || *at == '\n') {
            blank = true;
            at++;
        } else {
            size_t length = unit(at);
            put_unit(lines, at, length, blank);
            at += length;
            blank = false;
        }
    }
}

/* "  name   what it is": the explanation in a column of its own. */
static void put_entry(struct buffer *text, const char *name, const char *what, int columns) {
    struct lines lines = {text, TEXT_COLUMN, columns, TEXT_COLUMN};
    int used = 2 + (int)message_text_columns(name);
    buffer_format(text, "  %s", name);
    if (used > NAME_MOST) {
        new_line(&lines);
    } else {
        buffer_format(text, "%*s", TEXT_COLUMN - used, "");
    }
    put_text(&lines, what);
    buffer_put(text, "\n");
}

/* ---- the parts of a help text ---- */

static void put_usage(const struct command *command, bool chinese, int columns,
                      struct buffer *text) {
    bool options = command->groups[0].rows != NULL;
    buffer_format(text, chinese ? "用法：pilebench %s" : "usage: pilebench %s", command->name);
    buffer_format(text, "%s%s%s\n\n", options ? " [options]" : "",
                  command->arguments[0] != '\0' ? " " : "", command->arguments);
    put_text(&(struct lines){text, 0, columns, 0}, phrase_in(&command->about, chinese));
    buffer_put(text, "\n");
}

static void put_options(const struct command *command, bool chinese, int columns,
                        struct buffer *text) {
    const struct option_row *row;
    for (size_t i = 0; (row = command_row(command, i, NULL)) != NULL; i++) {
        char name[96];
        const char letter[5] = {'-', row->letter, ',', ' ', '\0'};
        snprintf(name, sizeof name, "%s--%s%s%s", row->letter != 0 ? letter : "", row->name,
                 row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
        buffer_put(text, i == 0 ? "\n" : "");
        put_entry(text, name, phrase_in(&row->what, chinese), columns);
    }
}

static void put_words(const struct command *command, bool chinese, int columns,
                      struct buffer *text) {
    const struct command_word *word = command->words;
    buffer_put(text, word != NULL ? "\n" : "");
    for (; word != NULL && word->name != NULL; word++) {
        put_entry(text, word->name, phrase_in(&word->what, chinese), columns);
    }
}

static void put_examples(const struct command *command, bool chinese, struct buffer *text) {
    buffer_put(text, chinese ? "\n示例：\n" : "\nexamples:\n");
    for (const char *line = command->examples; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        buffer_format(text, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void command_help(const struct command *command, bool chinese, int columns, struct buffer *text) {
    assert(columns > 2 * TEXT_COLUMN);
    put_usage(command, chinese, columns, text);
    put_words(command, chinese, columns, text);
    put_options(command, chinese, columns, text);
    if (command->examples != NULL) {
        put_examples(command, chinese, text);
    }
    if (command->exit_codes.en != NULL) {
        buffer_put(text, chinese ? "\n退出码：" : "\nexit codes: ");
        put_text(&(struct lines){text, chinese ? 8 : 12, columns, chinese ? 8 : 12},
                 phrase_in(&command->exit_codes, chinese));
        buffer_put(text, "\n");
    }
}
