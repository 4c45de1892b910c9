/* SPDX-License-Identifier: MIT */
/* header.c: where the columns are by the line that names them, and what layouts have in common. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void csv_layout_empty(struct csv_layout *layout, char separator) {
    memset(layout, 0, sizeof *layout);
    layout->separator = separator;
    layout->date = CSV_NONE;
    for (int i = 0; i < CSV_KINDS; i++) {
        layout->column[i] = CSV_NONE;
    }
}

bool csv_layout_usable(const struct csv_layout *layout) {
    return layout->column[CSV_ID] >= 0 && (layout->column[CSV_DATA] >= 0 || layout->bytes > 0);
}

/* A column behind the data, as seen from the row's end; tail grows to it. */
static void from_end(int *column, int data, unsigned cells, unsigned *tail) {
    if (*column > data) {
        *tail = cells - (unsigned)*column > *tail ? cells - (unsigned)*column : *tail;
        *column -= (int)cells + 1;
    }
}

bool csv_layout_rest(struct csv_layout *layout, unsigned cells, bool named) {
    const int data = layout->column[CSV_DATA];
    if (data < 0 || layout->bytes > 0 || (int)cells <= data || layout->column[CSV_ID] > data) {
        return false;
    }
    unsigned tail = 0;
    for (int k = 0; k < CSV_KINDS; k++) {
        from_end(&layout->column[k], data, cells, &tail);
    }
    for (unsigned i = 0; i < layout->word_columns; i++) {
        from_end(&layout->words[i], data, cells, &tail);
    }
    for (unsigned i = 0; i < layout->time_columns; i++) {
        from_end(&layout->times[i], data, cells, &tail);
    }
    from_end(&layout->date, data, cells, &tail);
    layout->rest = true;
    layout->tail = named ? cells - (unsigned)data - 1 : tail;
    return true;
}

/* The best stamp first; of equals the left one. */
static void add_time(struct csv_layout *layout, int column, int rank, int64_t unit_ns,
                     int ranks[]) {
    unsigned at = layout->time_columns;
    if (at == CSV_TIMES_MAX) {
        return;
    }
    for (; at > 0 && ranks[at - 1] > rank; at--) {
        ranks[at] = ranks[at - 1];
        layout->times[at] = layout->times[at - 1];
        layout->time_units_ns[at] = layout->time_units_ns[at - 1];
    }
    assert((at == 0 || ranks[at - 1] <= rank) &&
           (at == layout->time_columns || ranks[at + 1] > rank));
    ranks[at] = rank;
    layout->times[at] = column;
    layout->time_units_ns[at] = unit_ns;
    layout->time_columns++;
}

/* D0..D7 or D1..D8: in byte by number; how they count is seen when all are there. */
static void settle_bytes(struct csv_layout *layout, const int numbered[10]) {
    int first = numbered[0] >= 0 ? 0 : 1;
    while (layout->bytes < 8 && numbered[first + (int)layout->bytes] >= 0) {
        layout->byte[layout->bytes] = numbered[first + (int)layout->bytes];
        layout->bytes++;
    }
}

static void add_column(struct csv_layout *layout, int column, const char *utf8, int ranks[],
                       int numbered[10]) {
    int index;
    int64_t unit_ns;
    enum csv_kind kind = csv_name(utf8, &index, &unit_ns);
    if (kind == CSV_TIME) {
        add_time(layout, column, index, unit_ns, ranks);
    } else if (kind == CSV_DATE && layout->date < 0) {
        layout->date = column;
    } else if (kind == CSV_BYTE && index < 10 && numbered[index] < 0) {
        numbered[index] = column;
    } else if (kind == CSV_WORDS && layout->word_columns < CSV_WORDS_MAX) {
        layout->words[layout->word_columns++] = column;
    } else if (kind < CSV_KINDS && layout->column[kind] < 0) {
        layout->column[kind] = column;
    }
}

/* The bytes stand behind a length that is the last to have a name. */
static void bytes_without_name(struct csv_layout *layout, unsigned cells) {
    if (layout->column[CSV_DATA] < 0 && layout->bytes == 0 &&
        layout->column[CSV_LENGTH] == (int)cells - 1 && layout->column[CSV_ID] >= 0) {
        layout->column[CSV_DATA] = (int)cells;
        layout->rest = true;
    }
}

static bool header_line(struct csv_layout *layout, struct text_encoding *encoding, char *line,
                        char separator, unsigned *count) {
    char *cells[CSV_CELLS_MAX];
    char utf8[128];
    int ranks[CSV_TIMES_MAX], numbered[10];
    for (int i = 0; i < 10; i++) {
        numbered[i] = CSV_NONE;
    }
    csv_layout_empty(layout, separator);
    *count = csv_split(line, separator, cells);
    for (unsigned i = 0; i < *count; i++) {
        text_to_utf8(encoding, cells[i], utf8, sizeof utf8);
        add_column(layout, (int)i, utf8, ranks, numbered);
    }
    settle_bytes(layout, numbered);
    if (layout->bytes >= 2) {
        /* SavvyCAN has no column with all; a "data" beside it is something else */
        layout->column[CSV_DATA] = CSV_NONE;
    }
    bytes_without_name(layout, *count);
    if (!csv_layout_usable(layout)) {
        return false;
    }
    snprintf(layout->header_id, sizeof layout->header_id, "%s", cells[layout->column[CSV_ID]]);
    return true;
}

unsigned csv_header(struct csv_layout proposed[CSV_PROPOSED_MAX], struct text_encoding *encoding,
                    char separator, const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    char line[SOURCE_LINE_MAX + 1];
    unsigned n = 0;
    while (n + 1 < CSV_PROPOSED_MAX && peek.number < CSV_PREAMBLE && peek_line(&peek)) {
        unsigned cells;
        if (!memchr(peek.line, separator, peek.length)) {
            continue;
        }
        memcpy(line, peek.line, peek.length + 1);
        if (!header_line(&proposed[n], encoding, line, separator, &cells)) {
            continue;
        }
        proposed[n].header_line = peek.number;
        n++;
        if (!proposed[n - 1].rest) {
            proposed[n] = proposed[n - 1];
            n += csv_layout_rest(&proposed[n], cells, true);
        }
        if (n >= 4) {
            break; /* the header again and again: tables were put together */
        }
    }
    return n;
}
