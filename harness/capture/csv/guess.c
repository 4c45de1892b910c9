/* SPDX-License-Identifier: MIT */
/* guess.c: where the columns are when no header says so, by what is in them. The strongest
 * evidence is a length that agrees with the number of bytes beside it. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/scan.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS   32 /* looked at */
#define ROWS      64
#define MOST(n)   ((n)*4 / 5 + 1) /* of n rows have to agree; of 1 to 4 all */
#define ENOUGH(n) ((n) < 5 ? (n) : MOST(n) - 1)

struct row {
    char *cells[CSV_CELLS_MAX];
    unsigned count;
};

struct table {
    struct row *row;
    unsigned rows, columns;
    char *text; /* the lines, one behind the other */
};

static void fill(struct table *table, char separator, const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    char *text = table->text;
    table->rows = table->columns = 0;
    while (table->rows < ROWS && peek_line(&peek)) {
        struct row *row = &table->row[table->rows];
        if (csv_is_comment(peek.line, separator)) {
            continue;
        }
        if (peek.torn && table->rows > 1) {
            break;
        }
        memcpy(text, peek.line, peek.length + 1);
        row->count = csv_split(text, separator, row->cells);
        text += peek.length + 1;
        if (row->count > table->columns) {
            table->columns = row->count < COLUMNS ? row->count : COLUMNS;
        }
        if (row->count >= 2) {
            table->rows++;
        }
    }
    assert(table->rows <= ROWS && table->columns <= COLUMNS);
}

static const char *at(const struct table *table, unsigned row, unsigned column) {
    return column < table->row[row].count ? table->row[row].cells[column] : "";
}

/* The addresses of charger and BMS, GB/T 27930-2015 table 1. */
static bool is_charging_id(uint32_t id) {
    return (id & 0xFFFF) == 0x56F4 || (id & 0xFFFF) == 0xF456;
}

/* How much a column looks like identifiers; 0: it does not. A counter does too, but only goes
 * up. */
static int id_mark(const struct table *table, unsigned column) {
    unsigned like = 0, charging = 0, down = 0, equal = 0;
    uint32_t last = 0;
    for (unsigned i = 0; i < table->rows; i++) {
        const char *cell = at(table, i, column);
        uint32_t id;
        unsigned digits;
        bool prefix = cell[0] == '0' && (cell[1] == 'x' || cell[1] == 'X');
        if (!csv_id(cell, false, &id, &digits) || id > CAN_EXTENDED_MAX) {
            continue;
        }
        if (!prefix && digits != 8 && digits != 3 && !is_charging_id(id)) {
            continue;
        }
        like++;
        charging += is_charging_id(id);
        down += like > 1 && id < last;
        equal += like > 1 && id == last;
        last = id;
    }
    if (like < ENOUGH(table->rows)) {
        return 0;
    }
    int mark = charging ? 100 : 10;
    return like > 2 && down == 0 && equal == 0 ? 1 : mark;
}

static bool find_id(struct csv_layout *layout, const struct table *table) {
    int best = 0;
    for (unsigned c = 0; c < table->columns; c++) {
        int mark = id_mark(table, c);
        if (mark > best) {
            best = mark;
            layout->column[CSV_ID] = (int)c;
        }
    }
    assert(best == 0 || layout->column[CSV_ID] >= 0);
    return best > 0;
}

/* In how many rows the length in one column is the number of bytes in the other cell. */
static unsigned agree(const struct table *table, unsigned length_column, unsigned data_column) {
    unsigned n = 0;
    for (unsigned i = 0; i < table->rows; i++) {
        uint8_t data[64];
        unsigned length;
        if (csv_length(at(table, i, length_column), &length) &&
            csv_bytes(at(table, i, data_column), data, 64) == (int)length) {
            n++;
        }
    }
    return n;
}

static bool length_and_data(struct csv_layout *layout, const struct table *table) {
    for (unsigned l = 0; l < table->columns; l++) {
        for (unsigned d = 0; d < table->columns; d++) {
            if (l == d || (int)d == layout->column[CSV_ID] || (int)l == layout->column[CSV_ID]) {
                continue;
            }
            if (agree(table, l, d) >= ENOUGH(table->rows)) {
                layout->column[CSV_LENGTH] = (int)l;
                layout->column[CSV_DATA] = (int)d;
                return true;
            }
        }
    }
    return false;
}

/* As many cells of one byte behind the length as it says. */
static bool bytes_follow(const struct row *row, unsigned l) {
    unsigned length;
    if (l >= row->count || !csv_length(row->cells[l], &length) || length > 8) {
        return false;
    }
    for (unsigned k = 1; k <= length; k++) {
        uint8_t byte;
        if (l + k >= row->count || strlen(row->cells[l + k]) != 2 ||
            !csv_byte(row->cells[l + k], false, &byte)) {
            return false;
        }
    }
    return true;
}

static bool length_and_bytes(struct csv_layout *layout, const struct table *table) {
    for (unsigned l = 0; l < table->columns; l++) {
        unsigned n = 0;
        for (unsigned i = 0; i < table->rows; i++) {
            n += bytes_follow(&table->row[i], l);
        }
        if ((int)l <= layout->column[CSV_ID] || n < ENOUGH(table->rows)) {
            continue;
        }
        layout->column[CSV_LENGTH] = (int)l;
        layout->bytes = 8;
        for (int k = 0; k < 8; k++) {
            layout->byte[k] = (int)l + 1 + k;
        }
        return true;
    }
    return false;
}

/* No length: a cell with up to 8 bytes in most rows, parted by blanks, or long. */
static bool data_alone(struct csv_layout *layout, const struct table *table) {
    for (unsigned d = table->columns; d-- > 0;) {
        unsigned like = 0, sure = 0;
        for (unsigned i = 0; i < table->rows; i++) {
            uint8_t data[8];
            const char *cell = at(table, i, d);
            int n = csv_bytes(cell, data, 8);
            like += n >= 0 && n <= 8;
            sure += n >= 2 && n <= 8 && (strchr(cell, ' ') || n >= 5);
        }
        if ((int)d == layout->column[CSV_ID] || like < ENOUGH(table->rows) || sure == 0) {
            continue;
        }
        layout->column[CSV_DATA] = (int)d;
        return true;
    }
    return false;
}

static bool is_taken(const struct csv_layout *layout, int column) {
    for (int k = 0; k < CSV_KINDS; k++) {
        if (layout->column[k] == column) {
            return true;
        }
    }
    for (unsigned k = 0; k < layout->bytes; k++) {
        if (layout->byte[k] == column) {
            return true;
        }
    }
    return false;
}

/* 1, 2, 3, ...: the rows' numbers, no time. */
static bool counts_rows(char *const cells[], unsigned count) {
    for (unsigned i = 1; i < count; i++) {
        if (strtoull(cells[i], NULL, 10) != strtoull(cells[i - 1], NULL, 10) + 1) {
            return false;
        }
    }
    return count > 1 && strpbrk(cells[0], ".:xX") == NULL;
}

/* Mostly upwards, and moving. */
static bool runs(struct csv_time *time, char *const cells[], unsigned count) {
    int64_t last = 0, ns;
    unsigned up = 0, down = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!csv_time_read(time, cells[i], &ns)) {
            continue;
        }
        up += i > 0 && ns > last;
        down += i > 0 && ns < last;
        last = ns;
    }
    return up > 0 && down * 10 <= up;
}

static void find_time(struct csv_layout *layout, const struct table *table) {
    char *cells[ROWS];
    for (unsigned c = 0; c < table->columns && layout->time_columns < CSV_TIMES_MAX; c++) {
        struct csv_time time;
        if (is_taken(layout, (int)c)) {
            continue;
        }
        for (unsigned i = 0; i < table->rows; i++) {
            cells[i] = c < table->row[i].count ? table->row[i].cells[c]
                                               : table->row[i].cells[0] + strlen(at(table, i, 0));
        }
        if (counts_rows(cells, table->rows) || !csv_time_learn(&time, cells, table->rows, 0)) {
            continue;
        }
        bool clock = time.kind != CSV_TIME_NUMBER || table->rows < 2;
        struct csv_time copy = time;
        if (clock || runs(&copy, cells, table->rows)) {
            layout->times[layout->time_columns++] = (int)c;
        }
    }
}

static void find_words(struct csv_layout *layout, struct text_encoding *encoding,
                       const struct table *table) {
    char utf8[128];
    for (unsigned c = 0; c < table->columns && layout->word_columns < CSV_WORDS_MAX; c++) {
        unsigned n = 0;
        if (is_taken(layout, (int)c)) {
            continue;
        }
        for (unsigned i = 0; i < table->rows; i++) {
            text_to_utf8(encoding, at(table, i, c), utf8, sizeof utf8);
            n += csv_words(utf8) != 0;
        }
        if (n * 2 >= table->rows) {
            layout->words[layout->word_columns++] = (int)c;
        }
    }
}

/* How many of the rows are frames by this layout. */
static unsigned frames(struct csv_layout *layout, const struct table *table) {
    unsigned n = 0;
    for (unsigned i = 0; i < table->rows; i++) {
        struct capture_frame frame;
        char what[READER_WHAT_SIZE];
        n += csv_row(layout, table->row[i].cells, table->row[i].count, 0, &frame, what) ==
             READER_FRAME;
    }
    return n;
}

static bool guess(struct csv_layout *layout, struct text_encoding *encoding, struct table *table,
                  char separator) {
    csv_layout_empty(layout, separator);
    if (table->rows == 0 || !find_id(layout, table)) {
        return false;
    }
    if (!length_and_bytes(layout, table)) {
        if (separator == ' ') {
            return false; /* prose has columns of everything */
        }
        if (!length_and_data(layout, table) && !data_alone(layout, table)) {
            return false;
        }
    }
    find_time(layout, table);
    find_words(layout, encoding, table);
    return frames(layout, table) >= ENOUGH(table->rows);
}

bool csv_guess(struct csv_layout *layout, struct text_encoding *encoding, const uint8_t *data,
               size_t size) {
    static const char separators[] = {',', '\t', ';', ' '};
    struct table table = {.row = memory_zeroed(ROWS, sizeof(struct row)),
                          .text = memory_zeroed(2 * size + 1, 1)}; /* a NUL for each line end */
    bool found = false;
    for (size_t i = 0; !found && i < sizeof separators; i++) {
        fill(&table, separators[i], data, size);
        found = guess(layout, encoding, &table, separators[i]);
    }
    free(table.row);
    free(table.text);
    return found;
}
