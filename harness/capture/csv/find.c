/* SPDX-License-Identifier: MIT */
/* find.c: which of the proposed layouts is believed. Each is tried on the first rows; a length that is
 * not the number of its bytes speaks against it. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/scan.h"
#include "sim/text/phrase.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MARK_HEADER  90
#define MARK_CONTENT 60
#define MARK_DOUBT   20 /* a table, but no layout holds: the problem is better than a riddle */
#define FEW          4  /* rows in which chance may agree */

struct trial {
    struct csv_layout layout;
    bool header;           /* proposed by one, or by the user */
    unsigned rows, frames; /* rows from the first with an identifier on */
    unsigned fit;          /* frames, and rows that are remote, error or FD frames */
    unsigned exact;        /* frames whose length column is their number of bytes */
    unsigned against;      /* rows whose length and bytes contradict each other */
    bool varies;           /* those lengths do */
    uint8_t length;        /* the last of them */
    uint64_t bytes;
    uint64_t against_line;   /* the first of them */
    struct capture_text why; /* what is wrong there */
};

enum origin {
    BY_CONTENT,
    BY_NAMES,
    BY_PROSE, /* names with blanks between them: any sentence may be that, only rows make it one */
};

struct search {
    struct text_encoding *encoding;
    const uint8_t *data;
    size_t size;
    int64_t unit_ns;
    bool deltas;               /* as the preamble says */
    struct trial best, second; /* second: with other data */
    bool any;
};

static unsigned words_of(const struct csv_layout *layout, struct text_encoding *encoding,
                         const struct csv_cells *row) {
    int columns[CSV_WORDS_MAX + 2] = {layout->column[CSV_DIRECTION], layout->column[CSV_EXTENDED]};
    char utf8[128];
    unsigned says = 0;
    memcpy(columns + 2, layout->words, sizeof layout->words);
    for (unsigned i = 0; i < 2 + layout->word_columns; i++) {
        const char *cell = csv_cell(columns[i], row->cells, row->count);
        if (cell != NULL) {
            text_to_utf8(encoding, cell, utf8, sizeof utf8);
            says |= csv_words(utf8);
        }
    }
    return says;
}

static bool is_exact(const struct csv_layout *layout, const struct csv_cells *row, unsigned bytes) {
    const char *cell = csv_cell(layout->column[CSV_LENGTH], row->cells, row->count);
    unsigned length;
    uint8_t data[64];
    if (cell == NULL || !csv_length(cell, &length) || length != bytes) {
        return false;
    }
    cell = layout->rest || layout->bytes > 0 || layout->base64
               ? NULL
               : csv_cell(layout->column[CSV_DATA], row->cells, row->count);
    return cell == NULL || csv_bytes(cell, data, 64) == (int)bytes;
}

static void try_row(struct trial *trial, struct csv_layout *layout, struct text_encoding *encoding,
                    const struct csv_cells *row) {
    struct capture_frame frame = {0};
    struct capture_text what = {0};
    const char *id = csv_cell(layout->column[CSV_ID], row->cells, row->count);
    uint32_t number;
    unsigned digits;
    bool has_id = id != NULL && csv_id(id, layout->id_decimal, &number, &digits) &&
                  number <= CAN_EXTENDED_MAX;
    if (trial->rows == 0 && !has_id) {
        return; /* still in front of the table */
    }
    trial->rows++;
    enum reader_outcome outcome =
        csv_row(layout, row->cells, row->count, words_of(layout, encoding, row), &frame, &what);
    if (outcome == READER_FRAME) {
        trial->frames++;
        trial->fit++;
        trial->bytes += frame.frame.len;
        if (is_exact(layout, row, frame.frame.len)) {
            trial->varies = trial->varies || (trial->exact > 0 && trial->length != frame.frame.len);
            trial->length = frame.frame.len;
            trial->exact++;
        }
    } else if (outcome != READER_DAMAGED) {
        trial->fit++;
    } else if (has_id && csv_contradicts(layout, row->cells, row->count) && trial->against++ == 0) {
        trial->against_line = row->line;
        trial->why = what;
    }
}

/* Its lengths are the numbers of bytes, and not always the same: that is no coincidence. */
static bool is_proved(const struct trial *trial) {
    return trial->varies && trial->exact * 5 >= trial->frames * 4;
}

/* In nearly every row: a recorder may have spoiled some. */
static bool fits(const struct trial *trial) {
    return trial->fit * 5 >= trial->rows * 4;
}

static bool is_better(const struct trial *a, const struct trial *b) {
    if (a->header != b->header && fits(a) && fits(b) && a->frames > 0 && b->frames > 0) {
        return a->header; /* bytes can be found in a time too: what has a name is what it says */
    }
    if (a->fit != b->fit) {
        return a->fit > b->fit;
    }
    if (a->header != b->header) {
        return a->header;
    }
    if (is_proved(a) != is_proved(b)) {
        return is_proved(a);
    }
    return a->bytes != b->bytes ? a->bytes > b->bytes : a->exact > b->exact;
}

static void try_layout(struct search *search, const struct csv_layout *layout,
                       const struct csv_table *table, enum origin origin) {
    struct trial trial = {.layout = *layout, .header = origin != BY_CONTENT};
    csv_learn(&trial.layout, table, search->unit_ns);
    struct csv_layout tried = trial.layout; /* its clock runs */
    for (unsigned i = 0; i < table->rows; i++) {
        if (table->row[i].line > layout->header_line) {
            try_row(&trial, &tried, search->encoding, &table->row[i]);
        }
    }
    /* A guess has to fit nearly everywhere; names in prose at least mostly. */
    if ((origin == BY_CONTENT && !fits(&trial)) ||
        (origin == BY_PROSE && trial.fit * 2 <= trial.rows)) {
        return;
    }
    const bool same_data =
        search->any && trial.layout.column[CSV_DATA] == search->best.layout.column[CSV_DATA];
    if (!search->any || is_better(&trial, &search->best)) {
        search->second = search->any && !same_data ? search->best : search->second;
        search->best = trial;
        search->any = true;
    } else if (!same_data && is_better(&trial, &search->second)) {
        search->second = trial;
    }
}

static void propose_all(struct search *search, const struct csv_choice choices[], int count,
                        const struct csv_table *table) {
    struct csv_layout proposed[CSV_PROPOSED_MAX];
    const char separator = table->separator;
    const bool prose = separator == ' ' && count == 0;
    unsigned n =
        count > 0 ? csv_columns(proposed, search->encoding, choices, count, separator, search->data,
                                search->size)
                  : csv_header(proposed, search->encoding, separator, search->data, search->size);
    for (unsigned i = 0; i < n; i++) {
        try_layout(search, &proposed[i], table, prose ? BY_PROSE : BY_NAMES);
    }
    n = count > 0 ? 0 : csv_guess(proposed, search->encoding, table);
    for (unsigned i = 0; i < n; i++) {
        try_layout(search, &proposed[i], table, BY_CONTENT);
    }
}

static void search_all(struct search *search, const struct csv_choice choices[], int count) {
    static const char separators[] = {',', '\t', ';', ' '};
    struct csv_table table;
    csv_table_new(&table, search->data, search->size);
    table.deltas = search->deltas;
    for (size_t s = 0; s < sizeof separators; s++) {
        csv_table_fill(&table, separators[s], search->data, search->size);
        propose_all(search, choices, count, &table);
    }
    csv_table_free(&table);
}

/* ------------------------------------------------------------------ is it to be believed? */

void csv_no_time_text(const struct csv_layout *layout, struct text_encoding *encoding,
                      struct capture_text *text) {
    static const struct phrase why[] = {
        [CSV_TIME_GOOD] = {"", ""},
        [CSV_TIME_UNKNOWN] = {"has no form of time that is known: ", "不是已知的时间格式："},
        [CSV_TIME_EMPTY] = {"is empty", "为空"},
        [CSV_TIME_COUNTS] = {"only numbers the rows", "只是行号"},
        [CSV_TIME_JUMPS] = {"goes up and down from row to row: it is no clock",
                            "逐行忽大忽小，不是时钟"},
    };
    const struct csv_no_time *no_time = &layout->no_time;
    const bool from_end = no_time->column < 0;
    const int number = from_end ? -no_time->column - 1 : no_time->column + 1;
    char cell[64];
    if (no_time->why == CSV_TIME_GOOD) {
        return;
    }
    text_to_utf8(encoding, no_time->cell, cell, sizeof cell);
    snprintf(text->en, sizeof text->en, "the column of time (%d%s) %s%s", number,
             from_end ? " from the end" : "", why[no_time->why].en, cell);
    snprintf(text->zh, sizeof text->zh, "时间列（%s第%d列）%s%s", from_end ? "倒数" : "", number,
             why[no_time->why].zh, cell);
}

#define SAY    "say where they are, for example --columns id=2,data=6,time=1"
#define SAY_ZH "请说明各列位置，例如--columns id=2,data=6,time=1"

/* Two places for the data that are equally good: nobody can know. */
static bool is_ambiguous(const struct search *search) {
    const struct trial *a = &search->best, *b = &search->second;
    return !a->header && b->frames == a->frames && b->exact == a->exact && b->bytes == a->bytes &&
           a->layout.separator == b->layout.separator &&
           a->layout.column[CSV_DATA] != b->layout.column[CSV_DATA];
}

static bool hardly_any_data(const struct trial *trial) {
    return trial->layout.column[CSV_LENGTH] == CSV_NONE && trial->frames >= FEW &&
           trial->bytes <= trial->frames && !trial->layout.said;
}

/* False: the problem says what speaks against it. */
static bool believe(struct search *search, struct problem *problem) {
    const struct trial *best = &search->best;
    const struct csv_layout *layout = &best->layout;
    if (best->against > best->frames) {
        problem_set(
            problem,
            "a table, but its columns contradict each other in %u of %u rows, first in line "
            "%llu: %s; " SAY,
            best->against, best->rows, (unsigned long long)best->against_line, best->why.en);
        snprintf(problem->zh, sizeof problem->zh,
                 "表格的各列相互矛盾（%u/%u行，首次在第%llu行：%s）；" SAY_ZH, best->against,
                 best->rows, (unsigned long long)best->against_line, best->why.zh);
        return false;
    }
    if (is_ambiguous(search)) {
        return problem_set_both(
            problem, "a table in which column %d and column %d may both be the data; " SAY,
            "表格的第%d列和第%d列都可能是数据；" SAY_ZH, layout->column[CSV_DATA] + 1,
            search->second.layout.column[CSV_DATA] + 1);
    }
    if (hardly_any_data(best)) {
        return problem_set_both(
            problem,
            "a table with one byte of data in each row: that column can hardly be "
            "the data; " SAY,
            "表格每行只有一个数据字节，该列不像是数据；" SAY_ZH);
    }
    if (layout->said && layout->time_columns > 0 && layout->column[CSV_TIME] == CSV_NONE &&
        best->rows > 0) {
        struct capture_text why = {0};
        csv_no_time_text(layout, search->encoding, &why);
        problem_set(problem, "--columns: %s; without time= order and content are read all the same",
                    why.en);
        snprintf(problem->zh, sizeof problem->zh, "--columns：%s；不写time=也可读取顺序和内容",
                 why.zh);
        return false;
    }
    if (layout->reversed) {
        return problem_set_both(
            problem,
            "a table with the newest row first: sort it by time, for example with "
            "tac",
            "表格最新的行在最前：请先按时间排序，例如用tac");
    }
    return true;
}

bool csv_find(struct csv_layout *layout, struct text_encoding *encoding, const char *columns,
              int64_t unit_ns, const uint8_t *data, size_t size, int *mark,
              struct problem *problem) {
    struct search search = {.encoding = encoding, .data = data, .size = size, .unit_ns = unit_ns};
    struct csv_preamble preamble;
    struct csv_choice choices[CSV_CHOICES_MAX];
    int count = columns != NULL ? csv_choices(columns, choices, problem) : 0;
    *mark = 0;
    if (count < 0) {
        return false;
    }
    csv_preamble(&preamble, data, size);
    search.deltas = preamble.deltas;
    search_all(&search, choices, count);
    if (columns != NULL && !search.any) {
        return problem_set_both(
            problem,
            "columns \"%s\": no line among the first %d has them all (id= and data= "
            "are needed)",
            "列“%s”：前%d行中没有一行包含全部各列（必须有id=和data=）", columns, CSV_PREAMBLE);
    }
    if (!search.any) {
        return problem_set_both(problem, "no columns with identifier and data found; " SAY,
                                "未找到标识符列和数据列；" SAY_ZH);
    }
    *layout = search.best.layout;
    bool good = believe(&search, problem);
    *mark = !good ? MARK_DOUBT : search.best.header ? MARK_HEADER : MARK_CONTENT;
    assert(csv_layout_usable(layout));
    return good;
}
