/* SPDX-License-Identifier: MIT */
/* reader.c: tables of frames, one a line, of whatever tool: ZLG ZCANPRO and CANTest, CANalyst
 * and USB-CAN tools, PCAN traces, SavvyCAN, python-can, own ones. Where the columns are is found
 * in this order: as the user says, by a header, by content. */
#include "harness/capture/source/reader.h"
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/source.h"
#include "sim/memory.h"

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
    memcpy(columns + 2, layout->words, sizeof layout->words);
    for (unsigned i = 0; i < 2 + layout->word_columns; i++) {
        if (columns[i] >= 0 && (unsigned)columns[i] < count) {
            words |= says(state, &state->noted[i], cells[columns[i]]);
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
                                   char what[READER_WHAT_SIZE]) {
    char *cells[CSV_CELLS_MAX];
    if (csv_is_comment(line, state->layout.separator)) {
        return READER_SKIPPED;
    }
    unsigned count = csv_split(line, state->layout.separator, cells);
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
                                char what[READER_WHAT_SIZE]) {
    struct state *state = ctx;
    size_t length;
    bool too_long;
    char *line = source_line(source, &length, &too_long);
    if (!line) {
        return READER_END;
    }
    frame->line = source_line_number(source);
    if (frame->line <= state->layout.header_line) {
        return READER_SKIPPED;
    }
    if (too_long) {
        return reader_damaged(what, "line longer than 4096 bytes");
    }
    if (memchr(line, '\0', length)) {
        return reader_damaged(what, "the line contains NUL bytes");
    }
    enum reader_outcome outcome = line_of(state, line, frame, what);
    bool open_end = outcome == READER_FRAME && state->layout.column[CSV_LENGTH] < 0;
    if (source_cut(source) && open_end && frame->frame.len < 8) {
        /* Without a length a row that the file's end cut looks like a shorter frame. */
        reader_damaged(what, "the file ends within this line: data may be missing");
        return READER_CUT;
    }
    return outcome;
}

static bool is_text(const uint8_t *data, size_t size) {
    for (size_t i = 0; i < size && i < 4096; i++) {
        if (data[i] == '\0') {
            return false;
        }
    }
    return size > 0;
}

static int recognise(const uint8_t *data, size_t size) {
    struct csv_layout layout;
    struct text_encoding encoding = {0};
    if (!is_text(data, size)) {
        return 0;
    }
    text_encoding_learn(&encoding, data, size);
    int mark = csv_header(&layout, &encoding, data, size)  ? 90
               : csv_guess(&layout, &encoding, data, size) ? 60
                                                           : 0;
    text_encoding_close(&encoding);
    return mark;
}

static bool find_layout(struct state *state, const struct capture_options *options,
                        const uint8_t *data, size_t size, struct problem *problem) {
    int64_t unit_ns = 0;
    if (options->time_unit && !csv_time_unit(options->time_unit, &unit_ns)) {
        return problem_set(problem, "time unit \"%s\": expected s, ms, us, ns or 0.1ms",
                           options->time_unit);
    }
    if (options->columns) {
        if (!csv_columns(&state->layout, &state->encoding, options->columns, data, size, problem)) {
            return false;
        }
    } else if (!csv_header(&state->layout, &state->encoding, data, size) &&
               !csv_guess(&state->layout, &state->encoding, data, size)) {
        return problem_set(problem,
                           "no columns with identifier and data found; say where they are, "
                           "for example --columns id=2,data=6,time=1");
    }
    csv_learn(&state->layout, data, size, unit_ns);
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

static const char *separator_name(char separator) {
    return separator == ','    ? "comma"
           : separator == '\t' ? "tab"
           : separator == ';'  ? "semicolon"
                               : "blank";
}

static const char *unit_name(int64_t unit_ns) {
    return unit_ns == 1000000000 ? "s"
           : unit_ns == 1000000  ? "ms"
           : unit_ns == 100000   ? "0.1 ms"
           : unit_ns == 1000     ? "us"
                                 : "ns";
}

static void describe(const void *ctx, char dialect[64], enum capture_clock *clock) {
    const struct state *state = ctx;
    const struct csv_time *time = &state->layout.time;
    char counted[24] = "";
    if (time->kind == CSV_TIME_NUMBER || time->kind == CSV_TIME_HEX) {
        snprintf(counted, sizeof counted, ", time in %s%s",
                 time->kind == CSV_TIME_HEX ? "hex " : "", unit_name(time->unit_ns));
    }
    snprintf(dialect, 64, "CSV, %s, %s separated%s",
             state->utf16                       ? "UTF-16"
             : state->encoding.kind == TEXT_GBK ? "GBK"
             : state->encoding.kind >= TEXT_GBK ? "not UTF-8"
                                                : "UTF-8",
             separator_name(state->layout.separator), counted);
    *clock = csv_time_clock(time);
}

const struct reader reader_csv = {
    .format = CAPTURE_CSV,
    .recognise = recognise,
    .open = open_csv,
    .next = next,
    .describe = describe,
    .close = close_csv,
};
