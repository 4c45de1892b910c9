/* SPDX-License-Identifier: MIT */
/* csv.h: the parts of the reader of tables (reader.c): cells, where the columns are, times.
 *
 * A line is split in place into cells; a layout says which cell is what. Layouts are proposed by the
 * user's words (columns.c), by a line that looks like a header (header.c) and by the content
 * (guess.c). None is believed by its looks: find.c reads the first rows with each of them, and the one
 * under which most rows are frames, whose lengths are the numbers of their bytes, is taken; what
 * contradicts itself is refused. What the cells' numbers mean (hexadecimal or decimal, which unit) is
 * learned from the same rows (learn.c). */
#ifndef HARNESS_CAPTURE_CSV_CSV_H
#define HARNESS_CAPTURE_CSV_CSV_H

#include "harness/capture/source/clock.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/text_encoding.h"

#define CSV_CELLS_MAX    64
#define CSV_WORDS_MAX    6
#define CSV_TIMES_MAX    4
#define CSV_SNIFF_ROWS   256 /* rows by which a layout is tried and its meanings are learned */
#define CSV_PREAMBLE     200 /* lines of settings and statistics in front of the table, at most */
#define CSV_PROPOSED_MAX 8   /* layouts that one source of them proposes */

enum csv_kind {
    CSV_ID,
    CSV_DATA, /* all bytes in one cell, or the first of them (layout.rest) */
    CSV_TIME,
    CSV_LENGTH,
    CSV_DIRECTION,
    CSV_NETWORK,
    CSV_EXTENDED, /* true, 1, or words */
    CSV_REMOTE,
    CSV_ERROR,
    CSV_FD,
    CSV_KINDS,
    CSV_NOTHING = CSV_KINDS,
    CSV_WORDS, /* anything with words like extended, remote, Tx */
    CSV_BYTE,  /* one byte of the data */
    CSV_DATE,  /* the day of a time of day beside it */
};

enum csv_time_kind {
    CSV_TIME_NONE,
    CSV_TIME_DATE,    /* 2023-05-04 12:34:56.789 */
    CSV_TIME_OF_DAY,  /* 12:34:56.789, 12:34:56:789; or behind a date of unknown order */
    CSV_TIME_MINUTES, /* 54:16.5, what Excel makes of times: the hour is lost */
    CSV_TIME_GROUPS,  /* 2695.973.722: seconds, milliseconds, microseconds */
    CSV_TIME_NUMBER,  /* in unit_ns */
    CSV_TIME_HEX,     /* a counter, in unit_ns */
};

struct csv_time {
    enum csv_time_kind kind;
    int64_t unit_ns;
    int64_t count_ns; /* of what follows the last colon in 12:34:56:789: a count, no fraction */
    bool absolute;    /* a number since 1970 */
    bool deltas;      /* each since the row before */
    int64_t sum_ns;   /* of the deltas so far */
    int64_t base_ns;  /* since 1970, from the preamble: is added; 0: none */
    struct clock_wrap wrap; /* of the day, the full hour, the counter */
};

/* Why a column of time is not used. */
struct csv_no_time {
    enum {
        CSV_TIME_GOOD,    /* it is used, or there is none */
        CSV_TIME_UNKNOWN, /* no form of time that is known: cell is one of them */
        CSV_TIME_EMPTY,
        CSV_TIME_COUNTS, /* the rows' numbers */
        CSV_TIME_JUMPS,  /* up and down from row to row */
    } why;
    int column;
    char cell[48];
};

#define CSV_NONE (-1) /* a column that the table does not have */
#define CSV_LAST (-2) /* the row's last cell; -3: the one before, and so on */

struct csv_layout {
    char separator;        /* ' ': any blanks */
    int column[CSV_KINDS]; /* from 0; CSV_NONE; below: from the row's end */
    int byte[8];           /* columns of single bytes; bytes: how many there are */
    unsigned bytes;
    bool rest;     /* the data are cells of one byte each, from column[CSV_DATA] on ... */
    unsigned tail; /* ... up to so many cells before the row's end */
    int words[CSV_WORDS_MAX];
    unsigned word_columns;
    int times[CSV_TIMES_MAX];             /* columns with times, the best first */
    int64_t time_units_ns[CSV_TIMES_MAX]; /* as the header says; 0: it does not */
    unsigned time_columns;
    int date;             /* column of dates beside a time of day, or CSV_NONE */
    uint64_t header_line; /* 0 when there is no header */
    char header_id[64];   /* its cell over the identifiers, as in the file */
    bool said;            /* by the user: his time column is taken or refused, never passed over */
    bool reversed;        /* its times run backwards: the newest row first */
    bool id_decimal, bytes_decimal, base64;
    struct csv_time time;
    struct csv_no_time no_time;
};

/* What a cell with words says. */
enum csv_word {
    CSV_SAYS_EXTENDED = 1,
    CSV_SAYS_STANDARD = 2,
    CSV_SAYS_REMOTE = 4,
    CSV_SAYS_ERROR = 8,
    CSV_SAYS_FD = 16,
    CSV_SAYS_SENT = 32,
    CSV_SAYS_RECEIVED = 64,
    CSV_SAYS_PLAIN = 128,  /* a data frame, classic CAN */
    CSV_SAYS_STATUS = 256, /* of the recorder: no frame */
};

/* The first rows, split by one separator. */
struct csv_cells {
    char *cells[CSV_CELLS_MAX];
    unsigned count;
    uint64_t line;
};

struct csv_table {
    char separator;
    bool deltas; /* the preamble says that times are since the row before */
    struct csv_cells *row;
    unsigned rows, room; /* room: at most CSV_SNIFF_ROWS */
    char *text;          /* the lines, one behind the other */
};

/* table.c */
void csv_table_new(struct csv_table *table, const uint8_t *data, size_t size);
void csv_table_fill(struct csv_table *table, char separator, const uint8_t *data, size_t size);
void csv_table_free(struct csv_table *table);

/* cells.c. Cells end with NUL, without blanks and quotes around them. */
unsigned csv_split(char *line, char separator, char *cells[CSV_CELLS_MAX]);
/* The cell of a column, also of one from the end; NULL: the row has none. */
const char *csv_cell(int column, char *const cells[], unsigned count);
bool csv_is_comment(const char *line, char separator);
bool csv_id(const char *cell, bool decimal, uint32_t *id, unsigned *digits);
/* Bytes in one cell: "01 02", "0102", "x| 01 02", "0x01 0x02", "01-02"; how many, up to most;
 * -1: it is not bytes; most + 1: more. */
int csv_bytes(const char *cell, uint8_t *data, int most);
int csv_base64(const char *cell, uint8_t *data, int most);
bool csv_byte(const char *cell, bool decimal, uint8_t *byte);
bool csv_length(const char *cell, unsigned *length); /* "8", "0x08", up to 64 */
bool csv_true(const char *cell);

/* names.c */
unsigned csv_words(const char *utf8);
/* Which kind a column of that name is, and the unit its name gives (0: none); for CSV_BYTE which
 * byte, from 0 or 1 as the table counts, in *index; for CSV_TIME the rank, 0 the best. */
enum csv_kind csv_name(const char *utf8, int *index, int64_t *unit_ns);

/* time.c */
/* date: the cell with the day, or NULL. */
bool csv_time_read(struct csv_time *time, const char *cell, const char *date, int64_t *ns);
/* The cell alone, as it stands, without brackets around it. */
bool csv_time_plain(const struct csv_time *time, const char *cell, int64_t *ns);

/* time_learn.c */
/* From the cells of the first rows. unit_ns: of a bare number, 0: found by content. False: these
 * are no times. */
bool csv_time_learn(struct csv_time *time, char *const cells[], unsigned count, int64_t unit_ns);
bool csv_time_unit(const char *text, int64_t *unit_ns); /* "s", "ms", "us", "0.1ms" */
enum capture_clock csv_time_clock(const struct csv_time *time);
bool csv_is_date(const char *cell);
/* How its times go from row to row. */
struct csv_course {
    unsigned read, up, down;
    double up_s, down_s;
};
struct csv_course csv_time_course(struct csv_time time, char *const cells[], unsigned count);
/* 1, 2, 3 ...: the rows' numbers, no time. */
bool csv_counts_rows(char *const cells[], unsigned count);

/* Layouts. */
void csv_layout_empty(struct csv_layout *layout, char separator);
bool csv_layout_usable(const struct csv_layout *layout);
/* The same with the data in cells of their own, one byte each. cells: of the line that the layout
 * was made from; named: that was a header, what stands behind the data there does so in each row.
 * False: it has no such form. */
bool csv_layout_rest(struct csv_layout *layout, unsigned cells, bool named);
/* By the first lines that name columns. How many were proposed. */
unsigned csv_header(struct csv_layout proposed[CSV_PROPOSED_MAX], struct text_encoding *encoding,
                    char separator, const uint8_t *data, size_t size);
unsigned csv_guess(struct csv_layout proposed[CSV_PROPOSED_MAX], struct text_encoding *encoding,
                   const struct csv_table *table);
/* Times and words in columns that are not taken yet, by content. careful: only what is written as a
 * time is. */
void csv_guess_times(struct csv_layout *layout, const struct csv_table *table, bool careful);

/* columns.c: as the user says. */
struct csv_choice {
    enum csv_kind kind;
    int number; /* from 1; 0: by name */
    char name[64];
};
#define CSV_CHOICES_MAX 7
/* "id=2,data=数据": into choices; how many, -1: not understood. */
int csv_choices(const char *columns, struct csv_choice choices[CSV_CHOICES_MAX],
                struct problem *problem);
unsigned csv_columns(struct csv_layout proposed[CSV_PROPOSED_MAX], struct text_encoding *encoding,
                     const struct csv_choice choices[], int count, char separator,
                     const uint8_t *data, size_t size);

/* What the cells mean: number bases, base64, unit of time. unit_ns: as the user says, 0: unsaid. */
void csv_learn(struct csv_layout *layout, const struct csv_table *table, int64_t unit_ns);

/* preamble.c: what BUSMASTER and PCAN say in front of their tables. */
struct csv_preamble {
    char dialect[32]; /* "PCAN trace 2.1"; "": none of theirs */
    int64_t start_ns; /* since 1970; 0: not said */
    bool of_day;      /* times are of the day of start_ns, not since it */
    bool deltas;      /* times are since the frame before */
};
void csv_preamble(struct csv_preamble *preamble, const uint8_t *data, size_t size);
void csv_preamble_apply(const struct csv_preamble *preamble, struct csv_time *time);

/* find.c: the layout that is believed. False: the problem says what is missing or contradicts.
 * columns: as the user says, or NULL. mark: how sure it is, 0 to 100; may be NULL. */
bool csv_find(struct csv_layout *layout, struct text_encoding *encoding, const char *columns,
              int64_t unit_ns, const uint8_t *data, size_t size, int *mark,
              struct problem *problem);

/* Why there is no clock; nothing when there is one, or no column that seems to be one. */
void csv_no_time_text(const struct csv_layout *layout, struct text_encoding *encoding,
                      struct capture_text *text);

/* row.c: does the length of a row contradict its bytes? */
bool csv_contradicts(const struct csv_layout *layout, char *const cells[], unsigned count);
/* One row. words: bits of enum csv_word that its cells say. network may be set to a cell. */
enum reader_outcome csv_row(struct csv_layout *layout, char *const cells[], unsigned count,
                            unsigned words, struct capture_frame *frame, struct capture_text *what);

#endif
