/* SPDX-License-Identifier: MIT */
/* reader.c: tables of frames, one a line, of whatever tool: ZLG ZCANPRO and CANTest, CANalyst
 * and USB-CAN tools, PCAN traces, SavvyCAN, python-can, own ones. Where the columns are is found
 * in this order: as the user says, by a header, by content. */
#include "harness/capture/source/reader.h"
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/source.h"
#include "sim/memory.h"
#include "sim/text/phrase.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEARN_LINES 16 /* of a live table are waited for, to learn what its cells mean */
#define NOTED       48 /* bytes of a cell with words that are remembered */

/* Cells with words repeat from row to row: what the last one said is remembered. */
struct noted {
    char text[NOTED];
    unsigned says;
};

struct state {
    struct csv_layout layout;
    struct text_encoding encoding;
    struct noted noted[CSV_WORDS_MAX + 2];
    struct csv_preamble preamble;
    struct capture_text no_clock;
    char network[64];
    bool utf16;
    bool any; /* a frame has been found */
};

static unsigned says(struct state *state, struct noted *noted, const char *cell) {
    if (strncmp(cell, noted->text, NOTED) == 0) {
        return noted->says;
    }
    char utf8[128];
    text_to_utf8(&state->encoding, cell, utf8, sizeof utf8);
    unsigned words = csv_words(utf8);
    if (strlen(cell) < NOTED) {
        strcpy(noted->text, cell);
        noted->says = words;
    }
    return words;
}

static unsigned words_of(struct state *state, char *const cells[], unsigned count) {
    const struct csv_layout *layout = &state->layout;
    int columns[CSV_WORDS_MAX + 2] = {layout->column[CSV_DIRECTION], layout->column[CSV_EXTENDED]};
    unsigned words = 0;
    assert(layout->word_columns <= CSV_WORDS_MAX);
    memcpy(columns + 2, layout->words, sizeof layout->words);
    for (unsigned i = 0; i < 2 + layout->word_columns; i++) {
        const char *cell = csv_cell(columns[i], cells, count);
        if (cell != NULL) {
            words |= says(state, &state->noted[i], cell);
        }
    }
    return words;
}

/* The header again: tables were put together. */
static bool is_header(const struct state *state, char *const cells[], unsigned count) {
    int column = state->layout.column[CSV_ID];
    return state->layout.header_id[0] && column < (int)count &&
           strcmp(cells[column], state->layout.header_id) == 0;
}

/* A row in front of the first frame whose cell for the identifier has no digit: a heading. */
static bool is_heading(const struct state *state, char *const cells[], unsigned count) {
    int column = state->layout.column[CSV_ID];
    return !state->any && (column >= (int)count || !strpbrk(cells[column], "0123456789"));
}

static enum reader_outcome line_of(struct state *state, char *line, struct capture_frame *frame,
                                   struct capture_text *what) {
    char *cells[CSV_CELLS_MAX];
    if (csv_is_comment(line, state->layout.separator)) {
        return READER_SKIPPED;
    }
    unsigned count = csv_split(line, state->layout.separator, cells);
    assert(count >= 1 && count <= CSV_CELLS_MAX);
    unsigned words = words_of(state, cells, count);
    enum reader_outcome outcome = csv_row(&state->layout, cells, count, words, frame, what);
    if (outcome == READER_DAMAGED &&
        (is_header(state, cells, count) || is_heading(state, cells, count))) {
        return READER_SKIPPED;
    }
    if (outcome == READER_FRAME) {
        state->any = true;
        text_to_utf8(&state->encoding, frame->network, state->network, sizeof state->network);
        frame->network = state->network;
    }
    return outcome;
}

static enum reader_outcome next(void *ctx, struct source *source, struct capture_frame *frame,
                                struct capture_text *what) {
    struct state *state = ctx;
    char *line;
    enum reader_outcome outcome = reader_line(source, frame, &line, what);
    if (outcome != READER_FRAME) {
        return outcome;
    }
    if (frame->line <= state->layout.header_line) {
        return READER_SKIPPED;
    }
    outcome = line_of(state, line, frame, what);
    /* Without a length a row that the file's end cut looks like a shorter frame. */
    frame->unended = source_cut(source) && outcome == READER_FRAME &&
                     state->layout.column[CSV_LENGTH] == CSV_NONE && frame->frame.len < 8;
    return outcome;
}

/* Some zeros may be in a text that a power cut damaged; a binary file, or UTF-16 without its mark,
 * is full of them. */
static bool is_text(const uint8_t *data, size_t size) {
    const size_t looked = size < 4096 ? size : 4096;
    size_t zeros = 0;
    for (size_t i = 0; i < looked; i++) {
        zeros += data[i] == '\0';
    }
    return size > 0 && zeros * 8 <= looked;
}

static int recognise(const uint8_t *data, size_t size) {
    struct csv_layout layout;
    struct text_encoding encoding = {0};
    struct problem problem;
    int mark;
    if (!is_text(data, size)) {
        return 0;
    }
    text_encoding_learn(&encoding, data, size);
    csv_find(&layout, &encoding, NULL, 0, data, size, &mark, &problem);
    text_encoding_close(&encoding);
    return mark;
}

static bool find_layout(struct state *state, const struct capture_options *options,
                        const uint8_t *data, size_t size, struct problem *problem) {
    int64_t unit_ns = 0;
    int mark;
    if (options->time_unit && !csv_time_unit(options->time_unit, &unit_ns)) {
        return problem_set_both(problem, "time unit \"%s\": expected s, ms, us, ns or 0.1ms",
                                "时间单位“%s”：应为s、ms、us、ns或0.1ms", options->time_unit);
    }
    if (!csv_find(&state->layout, &state->encoding, options->columns, unit_ns, data, size, &mark,
                  problem)) {
        return false;
    }
    csv_no_time_text(&state->layout, &state->encoding, &state->no_clock);
    csv_preamble(&state->preamble, data, size);
    csv_preamble_apply(&state->preamble, &state->layout.time);
    return true;
}

static void close_csv(void *ctx) {
    struct state *state = ctx;
    text_encoding_close(&state->encoding);
    free(state);
}

static void *open_csv(struct source *source, const struct capture_options *options,
                      struct problem *problem) {
    size_t size;
    peek_wait(source, LEARN_LINES);
    const uint8_t *data = source_peek(source, &size);
    struct state *state = memory_zeroed(1, sizeof *state);
    state->utf16 = source_utf16(source);
    text_encoding_learn(&state->encoding, data, size);
    if (!find_layout(state, options, data, size, problem)) {
        close_csv(state);
        return NULL;
    }
    return state;
}

static struct phrase separator_name(char separator) {
    return separator == ','    ? (struct phrase){"comma separated", "以逗号分隔"}
           : separator == '\t' ? (struct phrase){"tab separated", "以制表符分隔"}
           : separator == ';'  ? (struct phrase){"semicolon separated", "以分号分隔"}
                               : (struct phrase){"blank separated", "以空格分隔"};
}

static const char *unit_name(int64_t unit_ns) {
    return unit_ns == 1000000000 ? "s"
           : unit_ns == 1000000  ? "ms"
           : unit_ns == 100000   ? "0.1 ms"
           : unit_ns == 1000     ? "us"
                                 : "ns";
}

static struct phrase encoding_name(const struct state *state) {
    const char *name = state->utf16                       ? "UTF-16"
                       : state->encoding.kind == TEXT_GBK ? "GBK"
                       : state->encoding.kind >= TEXT_GBK ? NULL
                                                          : "UTF-8";
    return name != NULL ? (struct phrase){name, name} : (struct phrase){"not UTF-8", "非UTF-8"};
}

static void describe(const void *ctx, struct reader_about *about) {
    const struct state *state = ctx;
    const struct csv_time *time = &state->layout.time;
    const struct phrase encoding = encoding_name(state);
    const struct phrase separator = separator_name(state->layout.separator);
    const char *tool = state->preamble.dialect;
    const bool hex = time->kind == CSV_TIME_HEX;
    char en[32] = "", zh[48] = "";
    if (time->kind == CSV_TIME_NUMBER || hex) {
        const char *unit = unit_name(time->unit_ns);
        snprintf(en, sizeof en, ", time in %s%s", hex ? "hex " : "", unit);
        snprintf(zh, sizeof zh, "，时间单位%s%s", unit, hex ? "（十六进制）" : "");
    }
    snprintf(about->dialect.en, sizeof about->dialect.en, "%s, %s, %s%s", tool[0] ? tool : "CSV",
             encoding.en, separator.en, en);
    snprintf(about->dialect.zh, sizeof about->dialect.zh, "%s，%s，%s%s", tool[0] ? tool : "表格",
             encoding.zh, separator.zh, zh);
    about->clock = csv_time_clock(time);
    about->no_clock = state->no_clock;
}

const struct reader reader_csv = {
    .format = CAPTURE_CSV,
    .recognise = recognise,
    .open = open_csv,
    .next = next,
    .describe = describe,
    .close = close_csv,
};
