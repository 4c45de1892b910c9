/* SPDX-License-Identifier: MIT */
/* Dates, times, numbers with decimals and network addresses: digits that are no bytes. */
#include "meter/text/internal.h"

#include <assert.h>
#include <string.h>

#define PARTS_MAX  4
#define DIGITS_MAX 9

/* Decimal numbers with one separator between them: 10:11:12, 2014-11-28. */
struct chain {
    unsigned count;
    unsigned digits[PARTS_MAX];
    unsigned long value[PARTS_MAX];
    size_t end[PARTS_MAX]; /* behind the part */
};

static size_t number_at(const char *chars, unsigned *digits, unsigned long *value) {
    size_t at = 0;
    *value = 0;
    while (at < DIGITS_MAX && text_is_digit(chars[at])) {
        *value = *value * 10 + (unsigned long)(chars[at] - '0');
        at++;
    }
    *digits = (unsigned)at;
    assert(at <= DIGITS_MAX && *value < 1000000000ul);
    return at;
}

/* As long as it goes on, at most PARTS_MAX parts. */
static struct chain chain_at(const char *chars, const char *separators) {
    struct chain chain = {0};
    size_t at = 0;
    char separator = '\0';
    while (chain.count < PARTS_MAX) {
        unsigned i = chain.count;
        size_t length = number_at(chars + at, &chain.digits[i], &chain.value[i]);
        if (length == 0) {
            break;
        }
        at += length;
        chain.end[i] = at;
        chain.count++;
        separator = separator == '\0' ? chars[at] : separator;
        if (chars[at] != separator || separator == '\0' || strchr(separators, separator) == NULL) {
            break;
        }
        at++;
    }
    assert(chain.count <= PARTS_MAX && (chain.count == 0 || chain.end[chain.count - 1] <= at));
    return chain;
}

/* Is there an end behind it, so that it is the whole and no part of something longer? */
static bool ends_at(const char *chars, size_t end, const char *may_follow) {
    char c = chars[end], next = c == '\0' ? '\0' : chars[end + 1];
    if (c != '\0' && strchr(may_follow, c) != NULL) {
        return true;
    }
    bool goes_on =
        c != '\0' && strchr(":-/.", c) != NULL &&
        (text_is_digit(next) || (next >= 'A' && next <= 'F') || (next >= 'a' && next <= 'f'));
    return !text_is_letter(c) && !text_is_digit(c) && !goes_on;
}

static bool is_clock(const struct chain *chain) {
    assert(chain->count >= 2);
    const unsigned long *value = chain->value;
    bool two = chain->digits[0] <= 2 && chain->digits[1] == 2 && value[0] < 60 && value[1] < 60;
    return chain->count == 2 ? two
                             : two && value[0] <= 24 && chain->digits[2] == 2 && value[2] <= 60;
}

/* 10:11, 10:11:12, 10:11:12.345, 10:11:12,345, 10:11:12:345. */
static size_t time_at(const char *chars) {
    struct chain chain = chain_at(chars, ":");
    if (chain.count < 2 || !is_clock(&chain)) {
        return 0;
    }
    size_t end = chain.end[chain.count - 1];
    bool fraction = chain.count < PARTS_MAX && (chars[end] == '.' || chars[end] == ',') &&
                    text_is_digit(chars[end + 1]);
    if (fraction && (chars[end] == '.' || chain.count == 3)) {
        end++;
        while (text_is_digit(chars[end])) {
            end++;
        }
    }
    return ends_at(chars, end, "Z+-") ? end : 0;
}

static bool is_day(unsigned long month, unsigned long day) {
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_date(const struct chain *chain) {
    const unsigned *digits = chain->digits;
    const unsigned long *v = chain->value;
    if (chain->count != 3) {
        return false;
    }
    if (digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2) {
        return v[0] >= 1970 && v[0] < 2200 && is_day(v[1], v[2]);
    }
    bool year_last = digits[2] == 4 || digits[2] == 2;
    return digits[0] <= 2 && digits[1] <= 2 && year_last &&
           (is_day(v[0], v[1]) || is_day(v[1], v[0]) || (digits[2] == 2 && is_day(v[1], v[2])));
}

/* 2014-11-28, 28.11.2014, 11/28/14; 11-28 before a time. */
static size_t date_at(const char *chars) {
    struct chain chain = chain_at(chars, "-/.");
    size_t end = chain.count > 0 ? chain.end[chain.count - 1] : 0;
    if (is_date(&chain)) {
        return ends_at(chars, end, "T_") ? end : 0;
    }
    bool short_date =
        chain.count == 2 && chars[chain.end[0]] != '.' && chain.digits[0] <= 2 &&
        chain.digits[1] <= 2 &&
        (is_day(chain.value[0], chain.value[1]) || is_day(chain.value[1], chain.value[0]));
    size_t blanks = short_date ? strspn(chars + end, " \t") : 0;
    return blanks > 0 && time_at(chars + end + blanks) > 0 ? end : 0;
}

/* 0.0123, 12.5, 1.2e-05; 1.2.3 and 192.168.1.10. */
static size_t dotted_at(const char *chars) {
    struct chain chain = chain_at(chars, ".");
    size_t end = chain.count > 0 ? chain.end[chain.count - 1] : 0;
    if (chain.count == 2) {
        while (text_is_digit(chars[end])) {
            end++;
        }
        size_t sign = chars[end] == 'e' || chars[end] == 'E' ? 1 : 0;
        sign += sign > 0 && (chars[end + 1] == '-' || chars[end + 1] == '+') ? 1 : 0;
        if (sign > 0 && text_is_digit(chars[end + sign])) {
            end += sign;
            while (text_is_digit(chars[end])) {
                end++;
            }
        }
        bool unit = text_is_letter(chars[end]) && (chars[end] | 0x20) > 'f';
        return unit || ends_at(chars, end, "-:/") ? end : 0;
    }
    return chain.count > 2 && ends_at(chars, end, ":/") ? end : 0;
}

size_t text_special_at(const char *chars, bool *is_date_there) {
    size_t length = text_is_digit(chars[0]) ? date_at(chars) : 0;
    *is_date_there = length > 0;
    if (length == 0 && text_is_digit(chars[0])) {
        length = time_at(chars);
    }
    if (length == 0 && text_is_digit(chars[0])) {
        length = dotted_at(chars);
    }
    assert(!*is_date_there || length > 0);
    return length;
}
