/* SPDX-License-Identifier: MIT */
/* learn.c: what the cells of a table mean, from its first rows: is the identifier hexadecimal,
 * is the data base64, which column has a time that can be used and in which unit. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/scan.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct row {
    char *cells[CSV_CELLS_MAX];
    unsigned count;
};

struct rows {
    struct row *row;
    unsigned count;
    char *text; /* the lines, one behind the other */
};

/* The rows that have an identifier; not one that may be torn. */
static void rows_of(struct rows *rows, const struct csv_layout *layout, const uint8_t *data,
                    size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    char *text = rows->text;
    rows->count = 0;
    while (rows->count < CSV_SNIFF_ROWS && peek_line(&peek)) {
        struct row *row = &rows->row[rows->count];
        uint32_t id;
        unsigned digits;
        if (peek.number <= layout->header_line || csv_is_comment(peek.line, layout->separator)) {
            continue;
        }
        if (peek.torn && rows->count > 0) {
            break;
        }
        memcpy(text, peek.line, peek.length + 1);
        row->count = csv_split(text, layout->separator, row->cells);
        if ((int)row->count > layout->column[CSV_ID] &&
            (csv_id(row->cells[layout->column[CSV_ID]], false, &id, &digits) ||
             csv_id(row->cells[layout->column[CSV_ID]], true, &id, &digits))) {
            rows->count++;
        }
        text += peek.length + 1;
    }
}

/* Hexadecimal, unless there are no letters and a number too long for it: the 29 bits have up to 8
 * hexadecimal digits, and 9 decimal ones. */
static bool ids_decimal(const struct csv_layout *layout, const struct rows *rows) {
    bool too_long = false;
    for (unsigned i = 0; i < rows->count; i++) {
        const char *cell = rows->row[i].cells[layout->column[CSV_ID]];
        size_t digits = strspn(cell, "0123456789");
        if (cell[digits] != '\0') {
            return false;
        }
        too_long |=
            digits == 9 || (digits > 0 && digits < 9 && strtoul(cell, NULL, 16) > CAN_EXTENDED_MAX);
    }
    return too_long;
}

/* Decimal when one has three digits. */
static bool bytes_decimal(const struct csv_layout *layout, const struct rows *rows) {
    bool three = false;
    for (unsigned i = 0; i < rows->count; i++) {
        for (unsigned k = 0; k < layout->bytes; k++) {
            if (layout->byte[k] >= (int)rows->row[i].count) {
                continue;
            }
            const char *cell = rows->row[i].cells[layout->byte[k]];
            if (strspn(cell, "0123456789") != strlen(cell)) {
                return false;
            }
            three |= strlen(cell) == 3;
        }
    }
    assert(layout->bytes <= 8);
    return three;
}

/* python-can's CSV has base64; in other tables "AQEA" would be no bytes at all. */
static bool is_base64(const struct csv_layout *layout, const struct rows *rows) {
    int column = layout->column[CSV_DATA];
    unsigned hex = 0, base64 = 0;
    for (unsigned i = 0; column >= 0 && i < rows->count; i++) {
        uint8_t data[64];
        unsigned length = 64;
        const struct row *row = &rows->row[i];
        if (column >= (int)row->count || !row->cells[column][0]) {
            continue;
        }
        int at = layout->column[CSV_LENGTH];
        bool known = at >= 0 && at < (int)row->count && csv_length(row->cells[at], &length);
        int as_hex = csv_bytes(row->cells[column], data, 64);
        int as_base64 = csv_base64(row->cells[column], data, 64);
        hex += as_hex >= 0 && (!known || as_hex == (int)length);
        base64 += as_base64 >= 0 && (!known || as_base64 == (int)length);
    }
    return base64 > hex;
}

static unsigned cells_of(const struct rows *rows, int column, char *cells[CSV_SNIFF_ROWS]) {
    unsigned n = 0;
    for (unsigned i = 0; i < rows->count; i++) {
        if (column < (int)rows->row[i].count) {
            cells[n++] = rows->row[i].cells[column];
        }
    }
    assert(n <= rows->count && rows->count <= CSV_SNIFF_ROWS);
    return n;
}

static bool all_equal(char *const cells[], unsigned count) {
    for (unsigned i = 1; i < count; i++) {
        if (strcmp(cells[i], cells[0]) != 0) {
            return false;
        }
    }
    return count > 1;
}

/* The best column that can be read and moves; else one that can be read. */
static void learn_time(struct csv_layout *layout, const struct rows *rows, int64_t unit_ns) {
    char *cells[CSV_SNIFF_ROWS];
    layout->column[CSV_TIME] = -1;
    layout->time = (struct csv_time){.kind = CSV_TIME_NONE};
    for (unsigned i = 0; i < layout->time_columns; i++) {
        struct csv_time time;
        unsigned n = cells_of(rows, layout->times[i], cells);
        int64_t unit = unit_ns ? unit_ns : layout->time_units_ns[i];
        if (!csv_time_learn(&time, cells, n, unit)) {
            continue;
        }
        bool stands = all_equal(cells, n);
        if (layout->column[CSV_TIME] < 0 || !stands) {
            layout->column[CSV_TIME] = layout->times[i];
            layout->time = time;
        }
        if (!stands) {
            return;
        }
    }
}

void csv_learn(struct csv_layout *layout, const uint8_t *data, size_t size, int64_t unit_ns) {
    struct rows rows = {.row = memory_zeroed(CSV_SNIFF_ROWS, sizeof(struct row)),
                        .text = memory_zeroed(2 * size + 1, 1)}; /* a NUL for each line end */
    rows_of(&rows, layout, data, size);
    layout->id_decimal = rows.count > 0 && ids_decimal(layout, &rows);
    layout->bytes_decimal = layout->bytes > 0 && rows.count > 0 && bytes_decimal(layout, &rows);
    layout->base64 = is_base64(layout, &rows);
    learn_time(layout, &rows, unit_ns);
    free(rows.row);
    free(rows.text);
}
