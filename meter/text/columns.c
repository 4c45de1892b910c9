/* SPDX-License-Identifier: MIT */
#include "meter/text/columns.h"

#include "meter/text/internal.h"

#include <assert.h>
#include <string.h>

#define DUMP_BYTES_MAX 64 /* of a line */
#define SHOWN_MIN      4  /* bytes whose characters are looked for */
#define OFFSET_MIN     4  /* digits of an address without a colon */
#define OFFSET_MAX     16
#define BESIDE         "|:;\"'[]<>*" /* signs around the characters */

static bool only_blanks(const struct text_line *line, size_t from, size_t to) {
    assert(to <= line->length);
    while (from < to && (line->chars[from] == ' ' || line->chars[from] == '\t')) {
        from++;
    }
    return from == to;
}

/* A line's first word: longer than the bytes behind it, or with a colon. */
static bool is_offset(const struct text_words *words, const struct text_line *line) {
    assert(words->count > 0);
    const struct text_word *first = &words->all[0];
    if (!only_blanks(line, 0, first->begin) || words->count < 2 || first->count > OFFSET_MAX ||
        (first->flags & ~(unsigned)WORD_MARKED) != 0) {
        return false;
    }
    const char *behind = line->chars + first->end;
    bool colon = behind[0] == ':' && (behind[1] == ' ' || behind[1] == '\t');
    bool apart = behind[0] != '\0' && strchr(" \t|>:", behind[0]) != NULL;
    return colon || (apart && first->count >= OFFSET_MIN && words->all[1].count < first->count);
}

/* ---- characters beside the bytes ---- */

struct dump_line {
    uint8_t bytes[DUMP_BYTES_MAX];
    size_t count;
};

/* False: no word of bytes, or more than a dump has. */
static bool take_bytes(struct dump_line *dump, const struct text_line *line,
                       const struct text_word *word) {
    if ((word->flags & (WORD_OFFSET | WORD_BESIDE)) != 0) {
        return true;
    }
    if ((word->flags & (WORD_TIME | WORD_LITERAL | WORD_GLUED)) != 0 || word->count % 2 != 0 ||
        dump->count + word->count / 2 > DUMP_BYTES_MAX) {
        return false;
    }
    assert(word->digits + word->count <= line->length);
    for (size_t i = 0; i < word->count; i += 2) {
        const char *pair = line->chars + word->digits + i;
        dump->bytes[dump->count++] =
            (uint8_t)(text_hex_value(pair[0]) << 4 | text_hex_value(pair[1]));
    }
    return true;
}

/* May this character stand for that byte? What cannot be printed is a dot or whatever, no digit. */
static bool shows(char c, uint8_t byte) {
    if (byte > ' ' && byte <= '~') {
        return c == (char)byte || c == '.';
    }
    return byte == ' ' ? c == ' ' || c == '.' : !text_is_digit(c) && !text_is_letter(c);
}

/* Do the characters from..to show the bytes? Some dumps leave a blank after the eighth. */
static bool show_all(const struct text_line *line, size_t from, size_t to,
                     const struct dump_line *dump) {
    assert(from <= to && to <= line->length && dump->count <= DUMP_BYTES_MAX);
    size_t i = 0;
    bool blank = to - from == dump->count + 1 && dump->count > 8 && line->chars[from + 8] == ' ';
    if (to - from != dump->count && !blank) {
        return false;
    }
    for (size_t at = from; at < to; at++) {
        if (blank && at == from + 8) {
            continue;
        }
        if (!shows(line->chars[at], dump->bytes[i++])) {
            return false;
        }
    }
    return true;
}

static bool beside_shows(const struct text_line *line, size_t from, const struct dump_line *dump) {
    assert(from <= line->length);
    size_t to = line->length, blanks = from;
    while (blanks < to && (line->chars[blanks] == ' ' || line->chars[blanks] == '\t')) {
        blanks++;
    }
    bool wide = blanks > from + 1 || line->chars[from] == '\t' || dump->count >= 8;
    if (dump->count < SHOWN_MIN || to - blanks < dump->count ||
        !(wide || strchr(BESIDE, line->chars[blanks]) != NULL)) {
        return false; /* 33 33 33 is no "33" beside 33 33 */
    }
    /* As they are, with one sign on each side, and with blanks behind them. */
    for (size_t sign = 0; sign <= 1; sign++) {
        size_t first = blanks + sign;
        if (sign > 0 && strchr(BESIDE, line->chars[blanks]) == NULL) {
            break;
        }
        for (size_t more = 0; more <= 1; more++) {
            size_t last = first + dump->count + more;
            bool ends = last <= to && (only_blanks(line, last, to) ||
                                       (sign > 0 && only_blanks(line, last + 1, to) &&
                                        strchr(BESIDE, line->chars[last]) != NULL));
            if (ends && show_all(line, first, last, dump)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- a gap, and no hexadecimal word behind it ---- */

static bool hex_word_at(const struct text_line *line, size_t at) {
    at += line->chars[at] == '-' ? 1 : 0;
    at += strncmp(line->chars + at, "0x", 2) == 0 ? 2 : 0;
    size_t from = at;
    while (text_is_hex(line->chars[at])) {
        at++;
    }
    char c = line->chars[at];
    return at > from && (c == '\0' || strchr(" \t-,", c) != NULL);
}

static bool gap_ends_bytes(const struct text_line *line, size_t from) {
    size_t at = from;
    bool wide = false;
    while (line->chars[at] == ' ' || line->chars[at] == '\t') {
        wide = wide || line->chars[at] == '\t' || at > from;
        at++;
    }
    bool bar = line->chars[at] == '|' || line->chars[at] == ';';
    return at < line->length && (bar || (wide && !hex_word_at(line, at)));
}

static void set_beside(struct text_words *words, size_t from) {
    assert(from <= words->count);
    for (size_t i = from; i < words->count; i++) {
        words->all[i].flags |= WORD_BESIDE;
    }
}

/* ---- remarks ---- */

/* As C begins remarks, or a # with a blank. */
static bool remark_at(const struct text_line *line, size_t at) {
    const char *chars = line->chars + at;
    bool slashes = chars[0] == '/' && (chars[1] == '/' || chars[1] == '*');
    return (slashes || (chars[0] == '#' && chars[1] == ' ')) && at > 0 &&
           strchr(" \t,;{}()", chars[-1]) != NULL;
}

/* Words in remarks are beside the bytes; a remark ends with the line or with "* /" as C has it. */
static void set_remarks(struct text_words *words, const struct text_line *line) {
    assert(words->count > 0);
    bool inside = false, ends = false;
    size_t at = words->all[0].end;
    for (size_t i = 1; i < words->count; i++) {
        for (; at < words->all[i].begin; at++) {
            if (!inside && remark_at(line, at)) {
                inside = true;
                ends = line->chars[at + 1] == '*';
            } else if (inside && ends && strncmp(line->chars + at, "*/", 2) == 0) {
                inside = false;
            }
        }
        words->all[i].flags |= inside ? (unsigned)WORD_BESIDE : 0u;
        at = words->all[i].end;
    }
}

void text_columns_find(struct text_words *words, const struct text_line *line) {
    struct dump_line dump = {.count = 0};
    if (words->count == 0) {
        return;
    }
    set_remarks(words, line);
    bool offset = is_offset(words, line);
    words->all[0].flags |= offset ? (unsigned)WORD_OFFSET : 0u;
    for (size_t i = 0; i < words->count; i++) {
        if (!take_bytes(&dump, line, &words->all[i])) {
            return;
        }
        assert(dump.count <= DUMP_BYTES_MAX);
        if (dump.count > 0 && (beside_shows(line, words->all[i].end, &dump) ||
                               (offset && gap_ends_bytes(line, words->all[i].end)))) {
            set_beside(words, i + 1);
            return;
        }
    }
}
