/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/scan.h"

#include <assert.h>
#include <string.h>

#define SECOND_NS 1000000000ll

#define X 0xFF
/* clang-format off */
const uint8_t scan_hex_digit[256] = {
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, X, X, X, X, X, X,
    X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
};
/* clang-format on */
#undef X

bool scan_char(const char **p, char c) {
    if (**p != c) {
        return false;
    }
    (*p)++;
    return true;
}

bool scan_word(const char **p, const char *word) {
    size_t n = strlen(word);
    if (strncmp(*p, word, n) != 0) {
        return false;
    }
    *p += n;
    return true;
}

bool scan_hex(const char **p, uint32_t *value, unsigned *digits) {
    const char *q = *p;
    uint32_t v = 0;
    unsigned nibble;
    while ((nibble = scan_nibble(*q)) < 16) {
        v = v << 4 | nibble;
        q++;
    }
    *digits = (unsigned)(q - *p);
    if (*digits == 0 || *digits > 8) {
        return false;
    }
    *value = v;
    *p = q;
    return true;
}

bool scan_decimal(const char **p, unsigned most, uint64_t *value) {
    const char *q = *p;
    uint64_t v = 0;
    while (scan_digit(*q) && (unsigned)(q - *p) < most) {
        v = v * 10 + (uint64_t)(*q++ - '0');
    }
    if (q == *p || scan_digit(*q)) {
        return false;
    }
    *value = v;
    *p = q;
    return true;
}

/* The decimals behind a point as nanoseconds: the first nine count. */
static int64_t decimals(const char **p) {
    static const int64_t scale[] = {SECOND_NS, 100000000, 10000000, 1000000, 100000,
                                    10000,     1000,      100,      10,      1};
    const char *q = *p;
    int64_t v = 0;
    while (scan_digit(*q) && q - *p < 9) {
        v = v * 10 + (*q++ - '0');
    }
    v *= scale[q - *p];
    assert(v >= 0 && v < SECOND_NS);
    while (scan_digit(*q)) {
        q++;
    }
    *p = q;
    return v;
}

bool scan_seconds(const char **p, int64_t *ns) {
    const char *q = *p;
    bool negative = *q == '-';
    uint64_t seconds;
    if (negative) {
        q++;
    }
    if (!scan_decimal(&q, 10, &seconds)) {
        return false;
    }
    if (seconds > (uint64_t)(INT64_MAX / SECOND_NS) - 1) {
        return false;
    }
    *ns = (int64_t)seconds * SECOND_NS;
    if ((*q == '.' || *q == ',') && scan_digit(q[1])) {
        q++;
        *ns += decimals(&q);
    }
    if (negative) {
        *ns = -*ns;
    }
    *p = q;
    return true;
}

/* Days from 1970-01-01 in the Gregorian calendar; months count from March, so that the leap day is
 * a year's last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t from_march = month <= 2 ? month + 9 : month - 3;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;
    assert(day_of_year >= 0 && day_of_year <= 366);
    return 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

bool scan_date(const char **p, int64_t *days) {
    const char *q = *p;
    uint64_t year, month, day;
    if (!scan_decimal(&q, 4, &year) || year < 1970 || year > 2199) {
        return false;
    }
    char separator = *q;
    if (separator != '-' && separator != '/' && separator != '.') {
        return false;
    }
    q++;
    if (!scan_decimal(&q, 2, &month) || month < 1 || month > 12 || *q != separator) {
        return false;
    }
    q++;
    if (!scan_decimal(&q, 2, &day) || day < 1 || day > 31) {
        return false;
    }
    *days = days_of((int64_t)year, (int64_t)month, (int64_t)day);
    *p = q;
    return true;
}

bool scan_time_of_day(const char **p, int64_t *ns) {
    const char *q = *p;
    uint64_t hour, minute, second;
    if (!scan_decimal(&q, 2, &hour) || hour > 23 || *q++ != ':') {
        return false;
    }
    if (!scan_decimal(&q, 2, &minute) || minute > 59 || *q++ != ':') {
        return false;
    }
    if (!scan_decimal(&q, 2, &second) || second > 60) { /* a leap second */
        return false;
    }
    *ns = (int64_t)(hour * 3600 + minute * 60 + second) * SECOND_NS;
    if ((*q == '.' || *q == ',') && scan_digit(q[1])) {
        q++;
        *ns += decimals(&q);
    }
    *p = q;
    return true;
}

unsigned scan_bytes(const char **p, char separator, uint8_t data[8]) {
    const char *q = *p;
    unsigned n = 0;
    for (;;) {
        const char *pair = n > 0 && separator && *q == separator ? q + 1 : q;
        unsigned high = scan_nibble(pair[0]);
        unsigned low = high < 16 ? scan_nibble(pair[1]) : 16;
        if (low > 15) {
            break;
        }
        if (n == 8) {
            n = 9;
            break;
        }
        data[n++] = (uint8_t)(high << 4 | low);
        q = pair + 2;
    }
    *p = q;
    return n;
}
