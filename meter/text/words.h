/* SPDX-License-Identifier: MIT */
/* words.h: what in a line may be bytes: every run of hexadecimal digits, with what stands around it.
 *
 *   struct text_words words = {0};
 *   text_words_find(&words, &line);          words.all[0 ... words.count - 1], from left to right
 *   text_words_free(&words);
 *
 * Any character that is not hexadecimal ends a word. Nothing is decided here: "10:11:12" are three
 * words with WORD_TIME, the "a" of "data" is one with WORD_GLUED. In a quoted literal with escapes
 * ('h%\x00\x91') every byte is a word of its own with WORD_LITERAL. */
#ifndef METER_TEXT_WORDS_H
#define METER_TEXT_WORDS_H

#include "meter/text/line.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_flag {
    WORD_TIME = 1,      /* part of a date, a time, a number with decimals, a network address */
    WORD_GLUED = 2,     /* a letter that is no hexadecimal digit touches it */
    WORD_MARKED = 4,    /* written as hexadecimal: 0x68, \x68, $68, 68H, 16#68 */
    WORD_LITERAL = 8,   /* a byte of a quoted literal */
    WORD_NEGATIVE = 16, /* a minus before it, as languages with signed bytes print them */
    /* by text_columns_find */
    WORD_OFFSET = 32, /* the address at the beginning of a line of a dump */
    WORD_BESIDE = 64, /* in the column of characters beside the bytes, or in a remark there */
};

struct text_word {
    size_t begin, end;    /* in the line, with its marks */
    size_t digits, count; /* its hexadecimal digits; count 0: of a literal */
    unsigned flags;
    unsigned index; /* in the line; the parts of a date or a time have one together */
    uint8_t value;  /* of a literal */
};

struct text_words {
    struct text_word *all;
    size_t count, room;
};

void text_words_find(struct text_words *words, const struct text_line *line);
void text_words_free(struct text_words *words);
bool text_is_hex(char c);
int text_hex_value(char c); /* of a hexadecimal digit */

#endif
