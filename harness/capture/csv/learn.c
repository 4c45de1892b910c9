/* SPDX-License-Identifier: MIT */
/* learn.c: what the cells of a table mean, from its first rows: is the identifier hexadecimal,
 * is the data base64, which column has a time that can be used and in which unit. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/scan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW_TIMES 8 /* of which chance may look like anything */

/* The rows that have an identifier. */
static bool is_row(const struct csv_layout *layout, const struct csv_cells *row) {
    const char *id = csv_cell(layout->column[CSV_ID], row->cells, row->count);
    uint32_t number;
    unsigned digits;
    return row->line > layout->header_line && id != NULL &&
           (csv_id(id, false, &number, &digits) || csv_id(id, true, &number, &digits));
}

/* The cells of a column in those rows; of absent ones nothing. */
static unsigned cells_of(const struct csv_layout *layout, const struct csv_table *table, int column,
                         char *cells[CSV_SNIFF_ROWS]) {
    unsigned n = 0;
    for (unsigned i = 0; i < table->rows; i++) {
        const struct csv_cells *row = &table->row[i];
        const char *cell = csv_cell(column, row->cells, row->count);
        if (cell != NULL && is_row(layout, row)) {
            cells[n++] = (char *)(uintptr_t)cell;
        }
    }
    assert(n <= table->rows && table->rows <= CSV_SNIFF_ROWS);
    return n;
}

/* Hexadecimal, unless there are no letters and a number too long for it: the 29 bits have up to 8
 * hexadecimal digits, and 9 decimal ones. */
static bool ids_decimal(const struct csv_layout *layout, const struct csv_table *table) {
    char *cells[CSV_SNIFF_ROWS];
    bool too_long = false;
    unsigned n = cells_of(layout, table, layout->column[CSV_ID], cells);
    for (unsigned i = 0; i < n; i++) {
        const char *cell = cells[i];
        size_t digits = strspn(cell, "0123456789");
        if (cell[digits] != '\0') {
            return false;
        }
        too_long = too_long || digits == 9 ||
                   (digits > 0 && digits < 9 && strtoul(cell, NULL, 16) > CAN_EXTENDED_MAX);
    }
    return too_long;
}

/* Decimal when one has three digits. */
static bool bytes_decimal(const struct csv_layout *layout, const struct csv_table *table) {
    bool three = false;
    for (unsigned i = 0; i < table->rows; i++) {
        const struct csv_cells *row = &table->row[i];
        const int to = (int)row->count - (int)layout->tail - layout->column[CSV_DATA];
        const int count = !layout->rest ? (int)layout->bytes : to < 8 ? to : 8;
        for (int k = 0; k < count && is_row(layout, row); k++) {
            const int column = layout->rest ? layout->column[CSV_DATA] + k : layout->byte[k];
            const char *cell = csv_cell(column, row->cells, row->count);
            if (cell != NULL && strspn(cell, "0123456789") != strlen(cell)) {
                return false;
            }
            three = three || (cell != NULL && strlen(cell) == 3);
        }
    }
    return three;
}

/* python-can's CSV has base64; in other tables "AQEA" would be no bytes at all. */
static bool is_base64(const struct csv_layout *layout, const struct csv_table *table) {
    const int column = layout->column[CSV_DATA];
    unsigned hex = 0, base64 = 0;
    for (unsigned i = 0; column >= 0 && !layout->rest && i < table->rows; i++) {
        const struct csv_cells *row = &table->row[i];
        uint8_t data[64];
        unsigned length = 64;
        const char *cell = csv_cell(column, row->cells, row->count);
        const char *said = csv_cell(layout->column[CSV_LENGTH], row->cells, row->count);
        if (cell == NULL || !cell[0] || !is_row(layout, row)) {
            continue;
        }
        bool known = said != NULL && csv_length(said, &length);
        int as_hex = csv_bytes(cell, data, 64);
        int as_base64 = csv_base64(cell, data, 64);
        hex += as_hex >= 0 && (!known || as_hex == (int)length);
        base64 += as_base64 >= 0 && (!known || as_base64 == (int)length);
    }
    return base64 > hex;
}

/* ------------------------------------------------------------------ time */

/* Why a column that should be times is none; of the best one. */
static void note_no_clock(struct csv_layout *layout, int column, char *const cells[],
                          unsigned count) {
    struct csv_no_time *no_time = &layout->no_time;
    if (no_time->why != CSV_TIME_GOOD || count == 0) {
        return;
    }
    no_time->column = column;
    no_time->why = csv_counts_rows(cells, count) ? CSV_TIME_COUNTS : CSV_TIME_EMPTY;
    for (unsigned i = 0; i < count && no_time->why == CSV_TIME_EMPTY; i++) {
        if (cells[i][0] != '\0') {
            no_time->why = CSV_TIME_UNKNOWN;
            snprintf(no_time->cell, sizeof no_time->cell, "%s", cells[i]);
        }
    }
}

enum use {
    UNREADABLE,
    STANDS,
    JUMPS,
    RUNS
};

/* Times that go up and down from row to row, all of one sign: each since the row before. */
static bool are_deltas(const struct csv_time *time, const struct csv_course *course) {
    return (time->kind == CSV_TIME_NUMBER || time->kind == CSV_TIME_GROUPS) && !time->absolute &&
           course->read >= FEW_TIMES && course->down * 8 >= course->read &&
           course->up * 8 >= course->read;
}

static enum use use_of(struct csv_layout *layout, const struct csv_table *table, unsigned which,
                       int64_t unit_ns, struct csv_time *time) {
    char *cells[CSV_SNIFF_ROWS];
    const int column = layout->times[which];
    unsigned n = cells_of(layout, table, column, cells);
    bool numbers = n >= FEW_TIMES && csv_counts_rows(cells, n);
    if (numbers ||
        !csv_time_learn(time, cells, n, unit_ns ? unit_ns : layout->time_units_ns[which])) {
        note_no_clock(layout, column, cells, n);
        return UNREADABLE;
    }
    if (table->deltas) {
        time->deltas = true;
        return RUNS;
    }
    struct csv_course course = csv_time_course(*time, cells, n);
    if (course.up == 0 && course.down == 0) {
        return n > 1 ? STANDS : RUNS;
    }
    layout->reversed = course.read >= FEW_TIMES && course.down > 9 * course.up;
    if (course.read < FEW_TIMES || course.down * 5 <= course.up ||
        course.down_s * 5 <= course.up_s) {
        return RUNS;
    }
    time->deltas = are_deltas(time, &course);
    return time->deltas ? RUNS : JUMPS;
}

/* The best column that can be read and runs; else one that can be read. */
static void learn_time(struct csv_layout *layout, const struct csv_table *table, int64_t unit_ns) {
    enum use best = UNREADABLE;
    bool reversed = false;
    layout->column[CSV_TIME] = CSV_NONE;
    layout->time = (struct csv_time){.kind = CSV_TIME_NONE};
    for (unsigned i = 0; i < layout->time_columns && best != RUNS; i++) {
        struct csv_time time;
        enum use use = use_of(layout, table, i, unit_ns, &time);
        if (use > best) {
            best = use;
            reversed = layout->reversed;
            layout->column[CSV_TIME] = layout->times[i];
            layout->time = time;
        }
    }
    layout->reversed = reversed && best == JUMPS;
    if (best == JUMPS && !layout->reversed) {
        /* Up and down: whatever it is, it is no clock. */
        layout->no_time = (struct csv_no_time){CSV_TIME_JUMPS, layout->column[CSV_TIME], ""};
        layout->column[CSV_TIME] = CSV_NONE;
        layout->time = (struct csv_time){.kind = CSV_TIME_NONE};
    } else if (best != UNREADABLE) {
        layout->no_time = (struct csv_no_time){.why = CSV_TIME_GOOD};
    }
}

/* A date in a column beside a time of day belongs to it. */
static void join_date(struct csv_layout *layout, const struct csv_table *table) {
    char *cells[CSV_SNIFF_ROWS];
    unsigned n = cells_of(layout, table, layout->date, cells), dates = 0;
    for (unsigned i = 0; i < n; i++) {
        dates += csv_is_date(cells[i]);
    }
    if (layout->time.kind == CSV_TIME_OF_DAY && n > 0 && dates * 2 > n) {
        layout->time.kind = CSV_TIME_DATE;
    } else {
        layout->date = CSV_NONE;
    }
}

void csv_learn(struct csv_layout *layout, const struct csv_table *table, int64_t unit_ns) {
    layout->id_decimal = ids_decimal(layout, table);
    layout->bytes_decimal = (layout->bytes > 0 || layout->rest) && bytes_decimal(layout, table);
    layout->base64 = is_base64(layout, table);
    learn_time(layout, table, unit_ns);
    if (layout->column[CSV_TIME] == CSV_NONE && !layout->said) {
        unsigned before = layout->time_columns;
        csv_guess_times(layout, table, true);
        if (layout->time_columns > before) {
            learn_time(layout, table, unit_ns);
        }
    }
    join_date(layout, table);
}
