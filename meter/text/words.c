/* SPDX-License-Identifier: MIT */
#include "meter/text/words.h"

#include "meter/text/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct finding {
    struct text_words *words;
    const char *chars; /* ends with NUL */
    size_t at;
    size_t date_end; /* of the last date: a time may follow with T between them */
    unsigned index;
};

bool text_is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

int text_hex_value(char c) {
    assert(text_is_hex(c));
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

bool text_is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool text_is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static char before(const struct finding *finding, size_t at, size_t back) {
    return at >= back ? finding->chars[at - back] : '\0';
}

static struct text_word *add(struct finding *finding, size_t begin, size_t end, unsigned flags) {
    assert(begin < end);
    struct text_words *words = finding->words;
    if (words->count == words->room) {
        words->room = 2 * words->room + 64;
        words->all = memory_resized(words->all, words->room, sizeof *words->all);
    }
    words->all[words->count] =
        (struct text_word){.begin = begin, .end = end, .flags = flags, .index = finding->index};
    return &words->all[words->count++];
}

/* ---- dates, times, numbers ---- */

/* Its digits become words that share an index. */
static void add_special(struct finding *finding, size_t length) {
    assert(length > 0);
    size_t end = finding->at + length;
    for (size_t at = finding->at; at < end;) {
        size_t run = at;
        while (run < end && text_is_hex(finding->chars[run])) {
            run++;
        }
        if (run > at) {
            struct text_word *word = add(finding, at, run, WORD_TIME);
            word->digits = at;
            word->count = run - at;
        }
        at = run > at ? run : at + 1;
    }
    finding->index++;
    finding->at = end;
}

/* Not in the middle of a number, a name or a chain of bytes. */
static bool may_begin_special(const struct finding *finding) {
    char c = before(finding, finding->at, 1), d = before(finding, finding->at, 2);
    if (finding->date_end > 0 && finding->at == finding->date_end + 1) {
        return true;
    }
    return !text_is_letter(c) && !text_is_digit(c) &&
           (c == '\0' || strchr(":-./", c) == NULL || !text_is_hex(d));
}

static bool take_special(struct finding *finding) {
    bool is_date = false;
    size_t length =
        may_begin_special(finding) ? text_special_at(finding->chars + finding->at, &is_date) : 0;
    if (length > 0) {
        add_special(finding, length);
        finding->date_end = is_date ? finding->at : 0;
    }
    return length > 0;
}

/* ---- literals ---- */

/* The byte an escape stands for, behind its backslash; length 0: none. */
static size_t escape_at(const char *chars, uint8_t *value, bool *numeric) {
    static const char letters[] = "abtnvfr"; /* 7 to 13 */
    const char *letter = chars[0] != '\0' ? strchr(letters, chars[0]) : NULL;
    bool wide = strncmp(chars, "u00", 3) == 0;
    *numeric = chars[0] == 'x' || wide || (chars[0] >= '0' && chars[0] <= '7');
    if (letter != NULL) {
        *value = (uint8_t)(7 + (letter - letters));
        return 1;
    }
    if (!*numeric) {
        *value = (uint8_t)chars[0];
        return strchr("\\'\"", chars[0]) != NULL && chars[0] != '\0' ? 1 : 0;
    }
    unsigned number = 0;
    size_t from = wide ? 3 : chars[0] == 'x' ? 1 : 0, most = from > 0 ? 2 : 3, at = from;
    while (at < from + most &&
           (from > 0 ? text_is_hex(chars[at]) : chars[at] >= '0' && chars[at] <= '7')) {
        number = number * (from > 0 ? 16 : 8) + (unsigned)text_hex_value(chars[at++]);
    }
    *value = (uint8_t)number;
    return at > from && number <= 0xFF ? at : 0;
}

/* Length of the literal at a quote, its bytes given to take when there is one; 0: none. A text
 * without a single numeric escape is no literal of bytes. */
static size_t literal_at(struct finding *finding, bool take) {
    const char *chars = finding->chars + finding->at;
    bool numeric, any = false;
    size_t at = 1;
    while (chars[at] != chars[0]) {
        uint8_t value = (uint8_t)chars[at];
        size_t length = 1;
        if (chars[at] == '\\') {
            length += escape_at(chars + at + 1, &value, &numeric);
            any = any || numeric;
        }
        if (chars[at] < ' ' || chars[at] > '~' || (chars[at] == '\\' && length == 1)) {
            return 0;
        }
        if (take) {
            add(finding, finding->at + at, finding->at + at + length, WORD_LITERAL)->value = value;
            finding->index++;
        }
        at += length;
    }
    return any ? at + 1 : 0;
}

static bool take_literal(struct finding *finding) {
    char c = finding->chars[finding->at];
    if ((c != '\'' && c != '"') || literal_at(finding, false) == 0) {
        return false;
    }
    finding->at += literal_at(finding, true);
    return true;
}

/* ---- runs of hexadecimal digits ---- */

/* How many characters before the digits mark them as hexadecimal: x68, \x68, $68, &H68, 'h68. */
static size_t mark_before(const struct finding *finding, size_t at) {
    char c = before(finding, at, 1), d = before(finding, at, 2);
    bool x = c == 'x' || c == 'X', h = c == 'h' || c == 'H';
    if (x && d == '\\') {
        return 2;
    }
    if (h && (d == '&' || d == '\'')) {
        return 2;
    }
    if ((x || h) && !text_is_letter(d) && !text_is_digit(d)) {
        return 1;
    }
    return c == '$' || c == '%' ? 1 : 0;
}

/* 0x or 16# at the digits: how long; 0: none. */
static size_t mark_at(const char *chars) {
    bool zero = chars[0] == '0' && (chars[1] == 'x' || chars[1] == 'X') && text_is_hex(chars[2]);
    bool base = strncmp(chars, "16#", 3) == 0 && text_is_hex(chars[3]);
    return zero ? 2 : base ? 3 : 0;
}

/* 68H, 0FEH, 68h25h: an H behind the digits, and no name behind the H. */
static bool is_suffix(const char *end) {
    return (end[0] == 'h' || end[0] == 'H') &&
           (text_is_hex(end[1]) || (!text_is_letter(end[1]) && !text_is_digit(end[1])));
}

/* A letter touches it; \n in a text is a line's end, not a letter. */
static bool is_glued(const struct finding *finding, size_t begin, size_t end) {
    char c = before(finding, begin, 1);
    bool letter =
        text_is_letter(c) && !(before(finding, begin, 2) == '\\' && strchr("nrt", c) != NULL);
    return letter || text_is_letter(finding->chars[end]);
}

static void take_run(struct finding *finding) {
    const char *chars = finding->chars;
    size_t begin = finding->at, mark = mark_at(chars + begin), digits = begin + mark;
    bool outer = mark > 0; /* what is behind it does not matter: 0x68u8 */
    if (mark == 0) {
        mark = mark_before(finding, begin);
        begin -= mark;
        outer = mark == 2;
    }
    size_t end = digits;
    while (text_is_hex(chars[end])) {
        end++;
    }
    if (outer && end - digits > 2 && (end - digits) % 2 != 0 && mark_at(chars + end - 1) > 0) {
        end--; /* 0x680x25: the last 0 is the next one's */
    }
    size_t count = end - digits;
    bool suffix = mark == 0 && is_suffix(chars + end);
    if (suffix && count == 3 && chars[digits] == '0') {
        digits++; /* an assembler's 0FEH */
        count--;
    }
    bool negative = before(finding, begin, 1) == '-' && !text_is_hex(before(finding, begin, 2));
    bool glued = !outer && !suffix && is_glued(finding, begin, end);
    unsigned flags = (mark > 0 || suffix ? WORD_MARKED : 0u) | (glued ? WORD_GLUED : 0u) |
                     (negative ? WORD_NEGATIVE : 0u);
    struct text_word *word = add(finding, begin, end + suffix, flags);
    word->digits = digits;
    word->count = count;
    finding->index++;
    finding->at = end + suffix;
    assert(word->begin < word->end && word->count > 0);
}

void text_words_find(struct text_words *words, const struct text_line *line) {
    struct finding finding = {.words = words, .chars = line->chars};
    words->count = 0;
    while (finding.at < line->length) {
        if (take_literal(&finding) || take_special(&finding)) {
            continue;
        }
        if (text_is_hex(finding.chars[finding.at])) {
            take_run(&finding);
        } else {
            finding.at++;
        }
    }
    assert(finding.at == line->length);
}

void text_words_free(struct text_words *words) {
    free(words->all);
    *words = (struct text_words){0};
}
