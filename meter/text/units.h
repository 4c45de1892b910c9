/* SPDX-License-Identifier: MIT */
/* units.h: the words of a line one byte at a time, with what tells bytes from other numbers.
 *
 *   struct text_units units = {0};
 *   text_units_line(&units, bytes, length);          appends; a byte may be torn between two lines
 *   units.all[0 ... units.count - 1]                 units.sure of them will not change any more
 *   text_units_drop(&units, n);                      the first n are done with
 *   text_units_free(&units); */
#ifndef METER_TEXT_UNITS_H
#define METER_TEXT_UNITS_H

#include "meter/text/columns.h"

#define TEXT_NONE (-1)

enum unit_flag {
    UNIT_SINGLE = 1 << 8,   /* one digit alone */
    UNIT_ROW = 1 << 9,      /* at least two bytes of one form in a row */
    UNIT_LONGEST = 1 << 10, /* in the longest such row of its line */
    UNIT_TOLD = 1 << 11,    /* surely a byte of the line, also where it is in no frame */
    UNIT_LAST = 1 << 12,    /* no other byte of its line is behind it */
    UNIT_TORN = 1 << 13, /* of a word with an odd digit at a line's end, which nothing followed */
};

struct text_unit {
    int64_t line;
    int16_t hex, decimal; /* 0...255; TEXT_NONE where it is none */
    uint16_t flags;       /* enum word_flag, enum unit_flag */
    uint16_t index;       /* of its word in the line, as far as 16 bits go */
    uint8_t of_word;      /* which byte of its word it is, as far as 8 bits go */
    uint8_t word_bytes;   /* how many it has */
};

struct text_units {
    struct text_unit *all;
    size_t count, room, sure;
    int64_t line;
    bool column; /* the last line was one byte, and a 68 or such before it */
    char torn;   /* first digit of a byte that the last line ended in; 0: none */
    struct text_line plain;
    struct text_words words;
};

void text_units_line(struct text_units *units, const uint8_t *bytes, size_t length);
void text_units_drop(struct text_units *units, size_t count);
void text_units_free(struct text_units *units);

#endif
