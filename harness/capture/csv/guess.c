/* SPDX-License-Identifier: MIT */
/* guess.c: where the columns are when no header says so, by what is in them. Every pair of columns in
 * which the one is the number of bytes in the other is a proposal; a length that varies with its bytes
 * is hardly a coincidence, one that is always the same (a channel, beside a length of one digit) often
 * is. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/scan.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS   32              /* looked at */
#define MOST(n)   ((n)*4 / 5 + 1) /* of n rows have to agree; of 1 to 4 all */
#define ENOUGH(n) ((n) < 5 ? (n) : MOST(n) - 1)
#define SEVERAL   16  /* rows that are a table whatever stands in front of them */
#define CHARGING  100 /* the mark of identifiers that are those of charger and BMS */

/* What a cell may be. */
struct fact {
    int8_t length; /* a number up to 64, or -1 */
    int8_t bytes;  /* how many bytes it is, up to 8, or -1 */
    int8_t run;    /* how many cells from here on are two digits */
    bool several;  /* it is bytes beyond doubt */
};

struct facts {
    unsigned columns, first; /* first: row */
    int id;
    struct fact *of; /* of a column its rows, and then the next column */
};

/* A place for length and data, and what speaks for it. */
struct place {
    int length, data;
    bool rest;
    bool varies;    /* lengths and bytes agree, and not always on the same number */
    unsigned bytes; /* in all rows */
};

static struct fact *fact_at(const struct facts *facts, const struct csv_table *table,
                            unsigned column, unsigned row) {
    return &facts->of[column * table->rows + row];
}

struct places {
    struct place place[CSV_PROPOSED_MAX];
    unsigned count;
};

static const char *at(const struct csv_table *table, unsigned row, unsigned column) {
    return column < table->row[row].count ? table->row[row].cells[column] : "";
}

static unsigned columns_of(const struct csv_table *table) {
    unsigned most = 0;
    for (unsigned i = 0; i < table->rows; i++) {
        most = table->row[i].count > most ? table->row[i].count : most;
    }
    return most < COLUMNS ? most : COLUMNS;
}

/* ------------------------------------------------------------------ the identifier */

/* The addresses of charger and BMS, GB/T 27930-2015 table 1. */
static bool is_charging_id(uint32_t id) {
    return (id & 0xFFFF) == 0x56F4 || (id & 0xFFFF) == 0xF456;
}

static bool has_prefix(const char *cell) {
    return cell[0] == '0' && (cell[1] == 'x' || cell[1] == 'X');
}

/* How much a column looks like identifiers; 0: it does not. A counter does too, but only goes
 * up. *first: the row in which they begin, behind lines in front of the table. */
static int id_mark(const struct csv_table *table, unsigned column, unsigned *first) {
    unsigned like = 0, charging = 0, down = 0, equal = 0;
    uint32_t last = 0;
    for (unsigned i = 0; i < table->rows; i++) {
        const char *cell = at(table, i, column);
        uint32_t id;
        unsigned digits;
        if (!csv_id(cell, false, &id, &digits) || id > CAN_EXTENDED_MAX) {
            continue;
        }
        if (!has_prefix(cell) && digits != 8 && digits != 3 && !is_charging_id(id)) {
            continue;
        }
        *first = like == 0 ? i : *first;
        like++;
        charging += is_charging_id(id);
        down += like > 1 && id < last;
        equal += like > 1 && id == last;
        last = id;
    }
    if (like == 0 || like < ENOUGH(table->rows - *first) ||
        (like < SEVERAL && like * 2 < table->rows)) {
        return 0;
    }
    return like > 2 && down == 0 && equal == 0 ? 1 : charging ? CHARGING : 10;
}

static int find_id(struct facts *facts, const struct csv_table *table) {
    int best = 0;
    for (unsigned c = 0; c < facts->columns; c++) {
        unsigned first = 0;
        int mark = id_mark(table, c, &first);
        if (mark > best) {
            best = mark;
            facts->id = (int)c;
            facts->first = first;
        }
    }
    return best;
}

/* ------------------------------------------------------------------ length and data */

static bool is_pair_of_digits(const char *cell) {
    uint8_t byte;
    return strlen(cell + (has_prefix(cell) ? 2 : 0)) == 2 && csv_byte(cell, false, &byte);
}

static void note_facts(struct facts *facts, const struct csv_table *table) {
    for (unsigned i = facts->first; i < table->rows; i++) {
        int run = 0;
        for (unsigned c = facts->columns; c-- > 0;) {
            uint8_t data[8];
            unsigned length;
            const char *cell = at(table, i, c);
            bool there = c < table->row[i].count;
            int n = csv_bytes(cell, data, 8);
            run = there && is_pair_of_digits(cell) ? run + 1 : 0;
            *fact_at(facts, table, c, i) = (struct fact){
                .length = (int8_t)(csv_length(cell, &length) ? (int)length : -1),
                .bytes = (int8_t)(n > 8 ? -1 : n),
                .run = (int8_t)run,
                .several = n >= 2 && n <= 8 && (strchr(cell, ' ') != NULL || n >= 5),
            };
        }
    }
}

/* Bytes of one row in that place; -1: it does not fit. */
static int bytes_at(const struct facts *facts, const struct place *place,
                    const struct csv_table *table, unsigned row) {
    const struct fact *data = fact_at(facts, table, (unsigned)place->data, row);
    const int length =
        place->length >= 0 ? fact_at(facts, table, (unsigned)place->length, row)->length : -1;
    if (place->length >= 0 && (length < 0 || length > 8)) {
        return -1;
    }
    if (!place->rest) {
        return place->length >= 0 && data->bytes != length ? -1 : data->bytes;
    }
    const int there = (int)table->row[row].count - place->data;
    if (place->length >= 0) {
        return data->run >= length && there >= length ? length : -1;
    }
    return data->run == there && there <= 8 ? there : -1;
}

/* False: most rows do not fit, or what fits may be anything: without a length some cells have to
 * hold several bytes. */
static bool weigh(struct place *place, const struct facts *facts, const struct csv_table *table) {
    const unsigned rows = table->rows - facts->first;
    unsigned fit = 0, several = 0;
    int last = -1;
    for (unsigned i = facts->first; i < table->rows; i++) {
        int n = bytes_at(facts, place, table, i);
        if (n < 0) {
            continue;
        }
        fit++;
        place->bytes += (unsigned)n;
        several += fact_at(facts, table, (unsigned)place->data, i)->several;
        place->varies = place->varies || (last >= 0 && n != last);
        last = n;
    }
    place->varies = place->varies && place->length >= 0;
    if (fit == 0 || fit < ENOUGH(rows) || place->bytes == 0) {
        return false;
    }
    return place->length >= 0 || (place->rest ? place->bytes >= 2 * rows : several > 0);
}

static bool better(const struct place *a, const struct place *b) {
    if (a->varies != b->varies) {
        return a->varies;
    }
    if (a->bytes != b->bytes) {
        return a->bytes > b->bytes;
    }
    return a->length >= 0 && b->length < 0;
}

static void keep(struct places *places, const struct place *place) {
    unsigned at = places->count < CSV_PROPOSED_MAX ? places->count++ : CSV_PROPOSED_MAX;
    for (; at > 0 && better(place, &places->place[at - 1]); at--) {
        if (at < CSV_PROPOSED_MAX) {
            places->place[at] = places->place[at - 1];
        }
    }
    if (at < CSV_PROPOSED_MAX) {
        places->place[at] = *place;
    }
}

static void find_places(struct places *places, const struct facts *facts,
                        const struct csv_table *table) {
    for (int d = 0; d < (int)facts->columns; d++) {
        for (int l = CSV_NONE; l < (int)facts->columns; l++) {
            if (d == facts->id || l == facts->id || l == d) {
                continue;
            }
            struct place place = {.length = l, .data = d};
            if (weigh(&place, facts, table)) {
                keep(places, &place);
            }
            struct place rest = {.length = l, .data = d, .rest = true};
            if (d > facts->id && d > l && weigh(&rest, facts, table)) {
                keep(places, &rest);
            }
        }
    }
}

/* ------------------------------------------------------------------ times and words */

static bool is_taken(const struct csv_layout *layout, int column) {
    bool taken = layout->rest && column >= layout->column[CSV_DATA];
    for (int k = 0; k < CSV_KINDS; k++) {
        taken = taken || (k != CSV_TIME && layout->column[k] == column);
    }
    for (unsigned k = 0; k < layout->bytes; k++) {
        taken = taken || layout->byte[k] == column;
    }
    for (unsigned k = 0; k < layout->time_columns; k++) {
        taken = taken || layout->times[k] == column;
    }
    return taken || layout->date == column;
}

/* Behind a header its line is no row. */
static unsigned cells_of(const struct csv_layout *layout, const struct csv_table *table, int column,
                         char *cells[CSV_SNIFF_ROWS]) {
    unsigned n = 0;
    for (unsigned i = 0; i < table->rows; i++) {
        const struct csv_cells *row = &table->row[i];
        const char *id = csv_cell(layout->column[CSV_ID], row->cells, row->count);
        const char *cell = csv_cell(column, row->cells, row->count);
        uint32_t number;
        unsigned digits;
        if (cell != NULL && id != NULL && row->line > layout->header_line &&
            csv_id(id, false, &number, &digits)) {
            cells[n++] = (char *)(uintptr_t)cell;
        }
    }
    return n;
}

/* How much a column looks like times, 0: it does not. What is written as a time is one; of numbers
 * those with a fraction are before whole ones, and the rows' own numbers are none. */
static int time_mark(char *const cells[], unsigned count, bool deltas) {
    struct csv_time time;
    if (count == 0 || csv_counts_rows(cells, count) || !csv_time_learn(&time, cells, count, 0)) {
        return 0;
    }
    struct csv_course course = csv_time_course(time, cells, count);
    /* Downwards all the way is the newest first: that is said, not passed over. */
    bool runs =
        count < 2 || deltas || course.down * 10 <= course.up || course.up * 10 <= course.down;
    if (course.read * 5 < count * 4 || !runs) {
        return 0;
    }
    if (time.kind != CSV_TIME_NUMBER) {
        return time.kind == CSV_TIME_HEX ? (has_prefix(cells[0]) ? 3 : 2) : 4;
    }
    bool moves = course.up > 0 || count < 2;
    return !moves ? 0 : time.absolute || strpbrk(cells[count - 1], ".,") != NULL ? 3 : 1;
}

static void add_time(struct csv_layout *layout, const struct csv_table *table, int column) {
    layout->times[layout->time_columns] = column;
    layout->time_units_ns[layout->time_columns++] = 0;
    if (column > 0 && layout->date < 0 &&
        csv_is_date(at(table, table->rows - 1, (unsigned)column - 1))) {
        layout->date = column - 1;
    }
}

void csv_guess_times(struct csv_layout *layout, const struct csv_table *table, bool careful) {
    char *cells[CSV_SNIFF_ROWS];
    const int columns = (int)columns_of(table), first = -1 - (int)(layout->rest ? layout->tail : 0);
    int8_t marks[CSV_CELLS_MAX + COLUMNS + 1] = {0};
    assert(columns - first <= (int)sizeof marks);
    for (int c = first; c < columns; c++) {
        if (c != CSV_NONE && !is_taken(layout, c)) {
            unsigned n = cells_of(layout, table, c, cells);
            marks[c - first] = (int8_t)time_mark(cells, n, table->deltas);
        }
    }
    for (int mark = 4; mark >= (careful ? 3 : 1); mark--) {
        for (int c = first; c < columns && layout->time_columns < CSV_TIMES_MAX; c++) {
            if (marks[c - first] == mark && !is_taken(layout, c)) {
                add_time(layout, table, c);
            }
        }
    }
}

static void find_words(struct csv_layout *layout, struct text_encoding *encoding,
                       const struct csv_table *table, unsigned columns) {
    char utf8[128];
    for (unsigned c = 0; c < columns && layout->word_columns < CSV_WORDS_MAX; c++) {
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

static void propose(struct csv_layout *layout, const struct facts *facts, const struct place *place,
                    struct text_encoding *encoding, const struct csv_table *table) {
    csv_layout_empty(layout, table->separator);
    layout->column[CSV_ID] = facts->id;
    layout->column[CSV_DATA] = place->data;
    layout->column[CSV_LENGTH] = place->length;
    layout->rest = place->rest;
    csv_guess_times(layout, table, false);
    find_words(layout, encoding, table, facts->columns);
}

unsigned csv_guess(struct csv_layout proposed[CSV_PROPOSED_MAX], struct text_encoding *encoding,
                   const struct csv_table *table) {
    struct places places = {.count = 0};
    struct facts facts = {.columns = columns_of(table)};
    const int mark = find_id(&facts, table);
    if (mark > 0) {
        facts.of = memory_zeroed((size_t)facts.columns * table->rows, sizeof *facts.of);
        note_facts(&facts, table);
        find_places(&places, &facts, table);
    }
    unsigned n = 0;
    for (unsigned i = 0; i < places.count; i++) {
        const struct place *place = &places.place[i];
        /* Prose has columns of everything. */
        if (table->separator != ' ' || mark == CHARGING || (place->rest && place->length >= 0)) {
            propose(&proposed[n++], &facts, place, encoding, table);
        }
    }
    free(facts.of);
    return n;
}
