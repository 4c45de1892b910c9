/* SPDX-License-Identifier: MIT */
/* header.c: where the columns are, by the table's header or by the user's words. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/scan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREAMBLE_LINES 200 /* settings and statistics that tools write in front of the table */

static const char separators[] = {',', '\t', ';'};

void csv_layout_empty(struct csv_layout *layout, char separator) {
    memset(layout, 0, sizeof *layout);
    layout->separator = separator;
    for (int i = 0; i < CSV_KINDS; i++) {
        layout->column[i] = -1;
    }
}

bool csv_layout_usable(const struct csv_layout *layout) {
    return layout->column[CSV_ID] >= 0 && (layout->column[CSV_DATA] >= 0 || layout->bytes > 0);
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
    } else if (kind == CSV_BYTE && index < 10 && numbered[index] < 0) {
        numbered[index] = column;
    } else if (kind == CSV_WORDS && layout->word_columns < CSV_WORDS_MAX) {
        layout->words[layout->word_columns++] = column;
    } else if (kind < CSV_KINDS && layout->column[kind] < 0) {
        layout->column[kind] = column;
    }
}

static bool header_line(struct csv_layout *layout, struct text_encoding *encoding, char *line,
                        char separator) {
    char *cells[CSV_CELLS_MAX];
    char utf8[128];
    int ranks[CSV_TIMES_MAX], numbered[10];
    for (int i = 0; i < 10; i++) {
        numbered[i] = -1;
    }
    csv_layout_empty(layout, separator);
    unsigned n = csv_split(line, separator, cells);
    for (unsigned i = 0; i < n; i++) {
        text_to_utf8(encoding, cells[i], utf8, sizeof utf8);
        add_column(layout, (int)i, utf8, ranks, numbered);
    }
    settle_bytes(layout, numbered);
    if (!csv_layout_usable(layout)) {
        return false;
    }
    if (layout->bytes >=
        2) { /* SavvyCAN has no column with all; a "data" beside it is something else */
        layout->column[CSV_DATA] = -1;
    }
    snprintf(layout->header_id, sizeof layout->header_id, "%s", cells[layout->column[CSV_ID]]);
    return true;
}

bool csv_header(struct csv_layout *layout, struct text_encoding *encoding, const uint8_t *data,
                size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    char line[SOURCE_LINE_MAX + 1];
    while (peek.number < PREAMBLE_LINES && peek_line(&peek)) {
        for (size_t i = 0; i < sizeof separators; i++) {
            if (!memchr(peek.line, separators[i], peek.length)) {
                continue;
            }
            memcpy(line, peek.line, peek.length + 1);
            if (header_line(layout, encoding, line, separators[i])) {
                layout->header_line = peek.number;
                return true;
            }
        }
    }
    return false;
}

/* Keys of capture_options.columns. */
static const struct {
    const char *key;
    enum csv_kind kind;
} keys[] = {
    {"id", CSV_ID},
    {"data", CSV_DATA},
    {"time", CSV_TIME},
    {"length", CSV_LENGTH},
    {"direction", CSV_DIRECTION},
    {"network", CSV_NETWORK},
    {"extended", CSV_EXTENDED},
};

#define KEYS (sizeof keys / sizeof keys[0])

struct choice {
    enum csv_kind kind;
    int number; /* from 1; 0: by name */
    char name[64];
};

/* "id=2,data=数据": into choices; how many, -1: not understood. */
static int parse_choices(const char *columns, struct choice choices[KEYS],
                         struct problem *problem) {
    int n = 0;
    for (const char *p = columns; *p;) {
        size_t length = strcspn(p, ","), k;
        size_t equals = strcspn(p, "=");
        for (k = 0; k < KEYS; k++) {
            if (strlen(keys[k].key) == equals && memcmp(keys[k].key, p, equals) == 0) {
                break;
            }
        }
        size_t value = length - equals - 1;
        if (equals >= length || k == KEYS || value == 0 || value > 63 || n == (int)KEYS) {
            problem_set(
                problem,
                "columns \"%s\": expected id=, data=, time=, length=, direction=, network=, "
                "extended= with a number or a name of the header, parted by commas",
                columns);
            return -1;
        }
        struct choice *choice = &choices[n++];
        choice->kind = keys[k].kind;
        snprintf(choice->name, sizeof choice->name, "%.*s", (int)value, p + equals + 1);
        bool is_number = strspn(choice->name, "0123456789") == value && value < 4;
        choice->number = is_number ? atoi(choice->name) : 0;
        p += length + (p[length] == ',');
    }
    return n;
}

/* The cell of a line that a choice names, or -1. */
static int find_choice(const struct choice *choice, struct text_encoding *encoding,
                       char *const cells[], unsigned count) {
    char utf8[128];
    if (choice->number > 0) {
        return choice->number <= (int)count ? choice->number - 1 : -1;
    }
    for (unsigned i = 0; i < count; i++) {
        text_to_utf8(encoding, cells[i], utf8, sizeof utf8);
        if (strcmp(utf8, choice->name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* How many choices a line fulfils with this separator; the layout is made from them. */
static int fulfil(struct csv_layout *layout, struct text_encoding *encoding,
                  const struct choice choices[], int count, char *line, char separator) {
    char *cells[CSV_CELLS_MAX];
    int found = 0;
    csv_layout_empty(layout, separator);
    unsigned n = csv_split(line, separator, cells);
    for (int i = 0; i < count; i++) {
        int column = find_choice(&choices[i], encoding, cells, n);
        found += column >= 0;
        layout->column[choices[i].kind] = column;
        if (choices[i].kind == CSV_TIME && column >= 0) {
            layout->times[0] = column;
            layout->time_columns = 1;
        }
    }
    if (found == count && layout->column[CSV_ID] >= 0) {
        snprintf(layout->header_id, sizeof layout->header_id, "%s", cells[layout->column[CSV_ID]]);
    }
    return found;
}

bool csv_columns(struct csv_layout *layout, struct text_encoding *encoding, const char *columns,
                 const uint8_t *data, size_t size, struct problem *problem) {
    static const char with_blanks[] = {',', '\t', ';', ' '};
    struct choice choices[KEYS];
    struct peek peek = {.at = data, .end = data + size};
    char line[SOURCE_LINE_MAX + 1];
    bool by_name = false;
    int count = parse_choices(columns, choices, problem);
    if (count < 0) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        by_name |= choices[i].number == 0;
    }
    while (peek.number < PREAMBLE_LINES && peek_line(&peek)) {
        for (size_t i = 0; i < sizeof with_blanks; i++) {
            memcpy(line, peek.line, peek.length + 1);
            int found = fulfil(layout, encoding, choices, count, line, with_blanks[i]);
            if (found == count && csv_layout_usable(layout)) {
                layout->header_line = by_name ? peek.number : 0;
                return true;
            }
        }
    }
    problem_set(problem,
                "columns \"%s\": no line among the first %d has them all (id= and data= "
                "are needed)",
                columns, PREAMBLE_LINES);
    return false;
}
