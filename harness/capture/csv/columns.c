/* SPDX-License-Identifier: MIT */
/* columns.c: where the columns are by the user's words, --columns id=2,data=数据. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys of capture_options.columns. */
static const struct {
    const char *key;
    enum csv_kind kind;
} keys[CSV_CHOICES_MAX] = {
    {"id", CSV_ID},
    {"data", CSV_DATA},
    {"time", CSV_TIME},
    {"length", CSV_LENGTH},
    {"direction", CSV_DIRECTION},
    {"network", CSV_NETWORK},
    {"extended", CSV_EXTENDED},
};

int csv_choices(const char *columns, struct csv_choice choices[CSV_CHOICES_MAX],
                struct problem *problem) {
    int n = 0;
    for (const char *p = columns; *p;) {
        size_t length = strcspn(p, ","), k;
        size_t equals = strcspn(p, "=");
        for (k = 0; k < CSV_CHOICES_MAX; k++) {
            if (strlen(keys[k].key) == equals && memcmp(keys[k].key, p, equals) == 0) {
                break;
            }
        }
        size_t value = length - equals - 1;
        if (equals >= length || k == CSV_CHOICES_MAX || value == 0 || value > 63 ||
            n == CSV_CHOICES_MAX) {
            problem_set_both(
                problem,
                "columns \"%s\": expected id=, data=, time=, length=, direction=, network=, "
                "extended= with a number or a name of the header, parted by commas",
                "列“%s”：应为id=、data=、time=、length=、direction=、network=、extended="
                "，后接列号或表头名称，"
                "以逗号分隔",
                columns);
            return -1;
        }
        struct csv_choice *choice = &choices[n++];
        choice->kind = keys[k].kind;
        snprintf(choice->name, sizeof choice->name, "%.*s", (int)value, p + equals + 1);
        bool is_number = strspn(choice->name, "0123456789") == value && value < 4;
        choice->number = is_number ? atoi(choice->name) : 0;
        p += length + (p[length] == ',');
    }
    return n;
}

/* The cell of a line that a choice names, or CSV_NONE. */
static int find_choice(const struct csv_choice *choice, struct text_encoding *encoding,
                       char *const cells[], unsigned count) {
    char utf8[128];
    if (choice->number > 0) {
        return choice->number <= (int)count ? choice->number - 1 : CSV_NONE;
    }
    for (unsigned i = 0; i < count; i++) {
        text_to_utf8(encoding, cells[i], utf8, sizeof utf8);
        if (strcmp(utf8, choice->name) == 0) {
            return (int)i;
        }
    }
    return CSV_NONE;
}

/* Whether a line has all columns that were chosen; the layout is made from them. */
static bool fulfil(struct csv_layout *layout, struct text_encoding *encoding,
                   const struct csv_choice choices[], int count, char *line, char separator,
                   unsigned *cell_count) {
    char *cells[CSV_CELLS_MAX];
    bool all = true;
    csv_layout_empty(layout, separator);
    layout->said = true;
    *cell_count = csv_split(line, separator, cells);
    for (int i = 0; i < count; i++) {
        int column = find_choice(&choices[i], encoding, cells, *cell_count);
        all = all && column >= 0;
        layout->column[choices[i].kind] = column;
        if (choices[i].kind == CSV_TIME && column >= 0) {
            layout->times[0] = column;
            layout->time_columns = 1;
        }
    }
    if (all && layout->column[CSV_ID] >= 0) {
        snprintf(layout->header_id, sizeof layout->header_id, "%s", cells[layout->column[CSV_ID]]);
    }
    return all && csv_layout_usable(layout);
}

unsigned csv_columns(struct csv_layout proposed[CSV_PROPOSED_MAX], struct text_encoding *encoding,
                     const struct csv_choice choices[], int count, char separator,
                     const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    char line[SOURCE_LINE_MAX + 1];
    bool by_name = false;
    for (int i = 0; i < count; i++) {
        by_name = by_name || choices[i].number == 0;
    }
    while (peek.number < CSV_PREAMBLE && peek_line(&peek)) {
        unsigned cells;
        memcpy(line, peek.line, peek.length + 1);
        if (!fulfil(&proposed[0], encoding, choices, count, line, separator, &cells)) {
            continue;
        }
        proposed[0].header_line = by_name ? peek.number : 0;
        proposed[1] = proposed[0];
        return csv_layout_rest(&proposed[1], cells, by_name) ? 2 : 1;
    }
    return 0;
}
