/* SPDX-License-Identifier: MIT */
/* table.c: the first rows of a file, by which layouts are proposed and tried. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A small file needs no large table. */
static size_t lines_of(const uint8_t *data, size_t size) {
    size_t lines = 1;
    for (size_t i = 0; i < size && lines < CSV_SNIFF_ROWS; i++) {
        lines += data[i] == '\n' || data[i] == '\r';
    }
    return lines;
}

void csv_table_new(struct csv_table *table, const uint8_t *data, size_t size) {
    *table = (struct csv_table){.room = (unsigned)lines_of(data, size)};
    table->row = memory_zeroed(table->room, sizeof *table->row);
    table->text = memory_zeroed(2 * size + 1, 1); /* a NUL for each line */
}

void csv_table_free(struct csv_table *table) {
    free(table->row);
    free(table->text);
}

void csv_table_fill(struct csv_table *table, char separator, const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    char *text = table->text;
    table->separator = separator;
    table->rows = 0;
    while (table->rows < table->room && peek_line(&peek)) {
        struct csv_cells *row = &table->row[table->rows];
        if (csv_is_comment(peek.line, separator)) {
            continue;
        }
        if (peek.torn && table->rows > 1) {
            break; /* its end may not have arrived yet */
        }
        memcpy(text, peek.line, peek.length + 1);
        row->count = csv_split(text, separator, row->cells);
        row->line = peek.number;
        text += peek.length + 1;
        table->rows += row->count >= 2;
    }
    assert(table->rows <= table->room && text <= table->text + 2 * size + 1);
}
