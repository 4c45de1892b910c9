/* SPDX-License-Identifier: MIT */
#include "meter/text/units.h"

#include "meter/text/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TOLD_ROW    4 /* bytes in a row that are told when they are in no frame */
#define TOLD_LONG   7 /* where they are no pairs: 68 and an address */
#define NO_BYTES    (WORD_TIME | WORD_GLUED | WORD_OFFSET | WORD_BESIDE)
#define BYTE_DIGITS 2
#define TORN_LONG   9 /* digits of a word that may go on over whole lines */

/* ---- a word's bytes ---- */

static struct text_unit *add(struct text_units *units, const struct text_word *word) {
    if (units->count == units->room) {
        units->room = 2 * units->room + 1024;
        units->all = memory_resized(units->all, units->room, sizeof *units->all);
    }
    struct text_unit *unit = &units->all[units->count++];
    *unit = (struct text_unit){.line = units->line,
                               .hex = TEXT_NONE,
                               .decimal = TEXT_NONE,
                               .flags = (uint16_t)word->flags,
                               .index = (uint16_t)word->index,
                               .word_bytes = 1};
    assert(units->count <= units->room);
    return unit;
}

/* One to three digits as a number of a byte, signed ones too. */
static int decimal_of(const struct text_units *units, const struct text_word *word) {
    int value = 0;
    for (size_t i = 0; i < word->count; i++) {
        char c = units->plain.chars[word->digits + i];
        if (!text_is_digit(c) || word->count > 3) {
            return TEXT_NONE;
        }
        value = value * 10 + (c - '0');
    }
    if ((word->flags & WORD_NEGATIVE) != 0) {
        assert(value >= 0 && value <= 999);
        return value <= 128 ? (0x100 - value) & 0xFF : TEXT_NONE;
    }
    return value <= 0xFF ? value : TEXT_NONE;
}

static void add_pairs(struct text_units *units, const struct text_word *word, const char *digits,
                      size_t count) {
    size_t bytes = count / BYTE_DIGITS;
    for (size_t i = 0; i < bytes; i++) {
        const char *pair = digits + BYTE_DIGITS * i;
        struct text_unit *unit = add(units, word);
        unit->hex = (int16_t)(text_hex_value(pair[0]) << 4 | text_hex_value(pair[1]));
        unit->decimal = (int16_t)(bytes == 1 ? decimal_of(units, word) : TEXT_NONE);
        unit->of_word = (uint8_t)(i < 0xFF ? i : 0xFF);
        unit->word_bytes = (uint8_t)(bytes < 0xFF ? bytes : 0xFF);
    }
}

/* The word's digits; torn: the digit before them stood at the end of the last line. */
static void add_word(struct text_units *units, const struct text_word *word, char torn, bool ends) {
    assert(word->digits + word->count <= units->plain.length);
    const char *digits = units->plain.chars + word->digits;
    size_t count = word->count;
    if ((word->flags & WORD_LITERAL) != 0) {
        add(units, word)->hex = word->value;
    } else if (torn != '\0') {
        char first[BYTE_DIGITS] = {torn, digits[0]};
        add_pairs(units, word, first, BYTE_DIGITS);
        add_pairs(units, word, digits + 1, count - 1);
    } else if (count % BYTE_DIGITS == 0 || (ends && count > 1)) {
        add_pairs(units, word, digits, count);
    } else {
        struct text_unit *unit = add(units, word);
        unit->decimal = (int16_t)decimal_of(units, word);
        if (count == 1) {
            unit->hex = (int16_t)text_hex_value(digits[0]);
            unit->flags |= (word->flags & WORD_MARKED) != 0 ? 0 : UNIT_SINGLE;
        }
    }
}

/* ---- rows of bytes of one form ---- */

/* What is between two words: ' ' for blanks only, the first sign otherwise; 0: not of one row. */
static char between(const struct text_units *units, const struct text_word *a,
                    const struct text_word *b) {
    assert(a->end <= b->begin);
    char sign = ' ';
    if (b->begin - a->end > 8) {
        return '\0';
    }
    for (size_t at = a->end; at < b->begin; at++) {
        char c = units->plain.chars[at];
        if (text_is_letter(c) || c == TEXT_OTHER || strchr("[](){}<>=|", c) != NULL ||
            (c == ':' && units->plain.chars[at + 1] == ' ')) {
            return '\0';
        }
        sign = sign == ' ' && c != '\t' ? c : sign;
    }
    return a->end == b->begin ? 'x' : sign; /* \x68\x25 touch each other */
}

static size_t bytes_of(const struct text_word *word) {
    return (word->flags & WORD_LITERAL) != 0 ? 1 : word->count / BYTE_DIGITS;
}

/* 68, or the wake-up bytes before it. */
static bool looks_like_frame(const char *digits) {
    return strncmp(digits, "68", 2) == 0 || strncasecmp(digits, "fefe", 4) == 0;
}

/* Nothing but pairs of digits and signs in the line? */
static bool only_bytes(const struct text_units *units) {
    for (size_t at = 0; at < units->plain.length; at++) {
        char c = units->plain.chars[at];
        if ((text_is_letter(c) && !text_is_hex(c)) || c == TEXT_OTHER) {
            return false;
        }
    }
    for (size_t i = 0; i < units->words.count; i++) {
        const struct text_word *word = &units->words.all[i];
        if ((word->flags & NO_BYTES) != 0 || word->count != BYTE_DIGITS) {
            return false;
        }
    }
    return true;
}

/* One byte a line, from a 68 on. */
static bool is_column(struct text_units *units, bool alone) {
    assert(!alone || units->words.count > 0);
    units->column = alone && (units->column ||
                              looks_like_frame(units->plain.chars + units->words.all[0].digits));
    return units->column;
}

struct layout {
    size_t longest; /* bytes of a row */
    bool alone;     /* a byte of a column, and nothing else in the line */
};

/* Behind the last word of the row that begins there. */
static size_t row_end(const struct text_units *units, size_t first, size_t *bytes) {
    const struct text_words *words = &units->words;
    char sign = '\0';
    size_t i = first;
    *bytes = 0;
    if ((words->all[first].flags & NO_BYTES) != 0) {
        return first + 1;
    }
    do {
        *bytes += bytes_of(&words->all[i]);
        i++;
        if (i == words->count || (words->all[i].flags & NO_BYTES) != 0) {
            break;
        }
        char next = between(units, &words->all[i - 1], &words->all[i]);
        if (next == '\0' || (sign != '\0' && next != ' ' && next != sign)) {
            break;
        }
        sign = next != ' ' || sign == '\0' ? next : sign;
    } while (true);
    assert(i > first && i <= words->count);
    return i;
}

static void flag_row(struct text_units *units, size_t first, size_t end, size_t bytes,
                     const struct layout *layout) {
    assert(first < end && end <= units->words.count);
    bool inside = false;
    for (size_t i = first; i < end; i++) {
        struct text_word *word = &units->words.all[i];
        if ((word->flags & NO_BYTES) != 0) {
            continue;
        }
        bool literal = (word->flags & WORD_LITERAL) != 0;
        inside = inside || literal || looks_like_frame(units->plain.chars + word->digits);
        bool told = bytes >= (word->count == BYTE_DIGITS ? TOLD_ROW : TOLD_LONG) || layout->alone;
        word->flags |= (bytes >= 2 ? UNIT_ROW : 0u) |
                       (bytes > 0 && bytes == layout->longest ? UNIT_LONGEST : 0u) |
                       (told && (inside || word->count == BYTE_DIGITS) ? UNIT_TOLD : 0u);
    }
}

static void find_rows(struct text_units *units) {
    struct layout layout = {0};
    size_t bytes = 0, rows = 0;
    for (size_t i = 0; i < units->words.count; rows++) {
        i = row_end(units, i, &bytes);
        layout.longest = bytes > layout.longest ? bytes : layout.longest;
    }
    layout.alone = is_column(units, rows == 1 && bytes == 1 && only_bytes(units));
    for (size_t i = 0, end; i < units->words.count; i = end) {
        end = row_end(units, i, &bytes);
        flag_row(units, i, end, bytes, &layout);
    }
}

/* ---- lines ---- */

static bool may_tear(const struct text_word *word) {
    return (word->flags & (NO_BYTES | WORD_MARKED | WORD_LITERAL)) == 0;
}

/* Does the first word go on with the byte that the last line was torn in? A word of even length only
 * when it is the whole line, which then is torn again, and when it is long
 * and does not look like the beginning of a frame. */
static bool goes_on(const struct text_units *units) {
    if (units->torn == '\0' || units->words.count == 0) {
        return false;
    }
    const struct text_word *first = &units->words.all[0];
    bool whole = first->end == units->plain.length && first->count >= TORN_LONG &&
                 !looks_like_frame(units->plain.chars + first->digits);
    return first->begin == 0 && may_tear(first) && (first->count % BYTE_DIGITS != 0 || whole);
}

/* Does the last word end in the middle of a byte, at the line's very end? */
static bool is_torn(const struct text_units *units, bool joins) {
    if (units->words.count == 0) {
        return false;
    }
    const struct text_word *last = &units->words.all[units->words.count - 1];
    size_t digits = last->count - (joins && units->words.count == 1 ? 1 : 0);
    if (units->words.count == 1 && !joins && digits <= 3) {
        return false; /* a number a line */
    }
    return last->end == units->plain.length && may_tear(last) && digits % BYTE_DIGITS != 0;
}

/* The last line's last word had an odd digit too many, and this line does not begin with the other:
 * it was no word of bytes. */
static void take_back(struct text_units *units) {
    assert(units->sure <= units->count);
    for (size_t i = units->count; i > units->sure; i--) {
        struct text_unit *unit = &units->all[i - 1];
        if (unit->index != units->all[units->count - 1].index) {
            break;
        }
        unit->flags |= UNIT_TORN;
    }
}

static void flag_last(struct text_units *units, size_t first) {
    assert(first <= units->count);
    for (size_t i = units->count; i > first; i--) {
        struct text_unit *unit = &units->all[i - 1];
        if (unit->hex != TEXT_NONE && (unit->flags & (NO_BYTES | UNIT_SINGLE)) == 0) {
            unit->flags |= UNIT_LAST;
            return;
        }
    }
}

void text_units_line(struct text_units *units, const uint8_t *bytes, size_t length) {
    text_line_take(&units->plain, bytes, length);
    text_words_find(&units->words, &units->plain);
    bool joins = goes_on(units);
    if (units->torn != '\0' && !joins) {
        take_back(units);
    }
    units->sure = units->count;
    units->line++;
    text_columns_find(&units->words, &units->plain);
    find_rows(units);
    bool torn = is_torn(units, joins);
    for (size_t i = 0; i < units->words.count; i++) {
        bool last = i + 1 == units->words.count;
        add_word(units, &units->words.all[i], i == 0 && joins ? units->torn : '\0', last && torn);
    }
    flag_last(units, units->sure);
    units->torn = torn ? units->plain.chars[units->plain.length - 1] : '\0';
    units->sure = torn ? units->sure : units->count;
    assert(units->sure <= units->count);
}

void text_units_drop(struct text_units *units, size_t count) {
    assert(count <= units->count);
    units->count -= count;
    units->sure -= count < units->sure ? count : units->sure;
    memmove(units->all, units->all + count, units->count * sizeof *units->all);
}

void text_units_free(struct text_units *units) {
    free(units->all);
    text_line_free(&units->plain);
    text_words_free(&units->words);
    *units = (struct text_units){0};
}
