/* SPDX-License-Identifier: MIT */
/* csv.h: the parts of the reader of tables (reader_csv.c): cells, where the columns are, times.
 *
 * A line is split in place into cells; a layout says which cell is what; it comes from the user's
 * words (csv_columns.c), from a header (csv_header.c) or from the content (csv_guess.c); what the
 * cells' numbers mean (hexadecimal or decimal, which unit) is learned from the first rows. */
#ifndef HARNESS_CAPTURE_CSV_CSV_H
#define HARNESS_CAPTURE_CSV_CSV_H

#include "harness/capture/source/clock.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/text_encoding.h"

#define CSV_CELLS_MAX  64
#define CSV_WORDS_MAX  6
#define CSV_TIMES_MAX  4
#define CSV_SNIFF_ROWS 128 /* rows from which meanings are learned */

enum csv_kind {
    CSV_ID,
    CSV_DATA, /* all bytes in one cell */
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
};

enum csv_time_kind {
    CSV_TIME_NONE,
    CSV_TIME_DATE,    /* 2023-05-04 12:34:56.789 */
    CSV_TIME_OF_DAY,  /* 12:34:56.789, 12:34:56:789; or behind a date of unknown order */
    CSV_TIME_MINUTES, /* 54:16.5, what Excel makes of times: the hour is lost */
    CSV_TIME_NUMBER,  /* in unit_ns */
    CSV_TIME_HEX,     /* a counter, in unit_ns */
};

struct csv_time {
    enum csv_time_kind kind;
    int64_t unit_ns;
    bool absolute;          /* a number since 1970 */
    struct clock_wrap wrap; /* of the full hour, of the counter */
};

struct csv_layout {
    char separator;        /* ' ': any blanks */
    int column[CSV_KINDS]; /* from 0; -1 when the table has none */
    int byte[8];           /* columns of single bytes; bytes: how many there are */
    unsigned bytes;
    int words[CSV_WORDS_MAX];
    unsigned word_columns;
    int times[CSV_TIMES_MAX];             /* columns with times, the best first */
    int64_t time_units_ns[CSV_TIMES_MAX]; /* as the header says; 0: it does not */
    unsigned time_columns;
    uint64_t header_line; /* 0 when there is no header */
    char header_id[64];   /* its cell over the identifiers, as in the file */
    bool id_decimal, bytes_decimal, base64;
    struct csv_time time;
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
    CSV_SAYS_PLAIN = 128, /* a data frame, classic CAN */
};

/* csv_cells.c. Cells end with NUL, without blanks and quotes around them. */
unsigned csv_split(char *line, char separator, char *cells[CSV_CELLS_MAX]);
bool csv_is_comment(const char *line, char separator);
bool csv_id(const char *cell, bool decimal, uint32_t *id, unsigned *digits);
/* Bytes in one cell: "01 02", "0102", "x| 01 02", "0x01 0x02", "01-02"; how many, up to most;
 * -1: it is not bytes; most + 1: more. */
int csv_bytes(const char *cell, uint8_t *data, int most);
int csv_base64(const char *cell, uint8_t *data, int most);
bool csv_byte(const char *cell, bool decimal, uint8_t *byte);
bool csv_length(const char *cell, unsigned *length); /* "8", "0x08", up to 64 */
bool csv_true(const char *cell);
unsigned csv_words(const char *utf8);

/* csv_time.c */
bool csv_time_read(struct csv_time *time, const char *cell, int64_t *ns);
/* From the cells of the first rows. unit_ns: of a bare number, 0: found by content. False: these
 * are no times. */
bool csv_time_learn(struct csv_time *time, char *const cells[], unsigned count, int64_t unit_ns);
bool csv_time_unit(const char *text, int64_t *unit_ns); /* "s", "ms", "us", "0.1ms" */
enum capture_clock csv_time_clock(const struct csv_time *time);

/* Layouts. data: the first bytes of the file. */
void csv_layout_empty(struct csv_layout *layout, char separator);
bool csv_layout_usable(const struct csv_layout *layout);
bool csv_header(struct csv_layout *layout, struct text_encoding *encoding, const uint8_t *data,
                size_t size);
bool csv_guess(struct csv_layout *layout, struct text_encoding *encoding, const uint8_t *data,
               size_t size);
bool csv_columns(struct csv_layout *layout, struct text_encoding *encoding, const char *columns,
                 const uint8_t *data, size_t size, struct problem *problem);
/* Which kind a column of that name is, and the unit its name gives (0: none); for CSV_BYTE which
 * byte, from 0 or 1 as the table counts, in *index; for CSV_TIME the rank, 0 the best. */
enum csv_kind csv_name(const char *utf8, int *index, int64_t *unit_ns);
/* What the cells mean: number bases, base64, unit of time. unit_ns: as the user says, 0: unsaid. */
void csv_learn(struct csv_layout *layout, const uint8_t *data, size_t size, int64_t unit_ns);

/* One row. words: bits of enum csv_word that its cells say. network may be set to a cell. */
enum reader_outcome csv_row(struct csv_layout *layout, char *const cells[], unsigned count,
                            unsigned words, struct capture_frame *frame,
                            char what[READER_WHAT_SIZE]);

#endif
