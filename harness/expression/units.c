/* SPDX-License-Identifier: MIT */
/* Numbers and units, as people write them. */
#include "harness/expression/internal.h"
#include "sim/text/unit.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIT_SIZE      16
#define HEX_DIGITS_MAX 13 /* 52 bits: exact in a double */

static double power_of_ten(int exponent) {
    double power = 1.0;
    for (int i = 0; i < exponent; i++) {
        power *= 10.0;
    }
    return power;
}

bool unit_conversion(const char *from, const char *to, struct conversion *conversion) {
    *conversion = (struct conversion){1.0, 1.0};
    if (strcmp(from, to) == 0) {
        return true;
    }
    const struct unit *a = unit_find(from), *b = unit_find(to);
    if (a == NULL || b == NULL || a->dimension != b->dimension) {
        return false;
    }
    int exponent = a->exponent - b->exponent;
    conversion->multiply = a->factor * power_of_ten(exponent);
    conversion->divide = b->factor * power_of_ten(-exponent);
    assert(conversion->multiply >= 1 && conversion->divide >= 1); /* exact, both */
    return true;
}

void unit_choices(const char *unit, char *text, size_t size) {
    const struct unit *own = unit_find(unit);
    const char *names[UNIT_COUNT];
    size_t count = 0;
    for (size_t i = 0; own != NULL && i < UNIT_COUNT; i++) {
        if (units[i].dimension == own->dimension && !units[i].alias) {
            names[count++] = units[i].name;
        }
    }
    snprintf(text, size, "%s", count == 0 ? unit : names[0]);
    for (size_t i = 1; i < count; i++) {
        size_t used = strlen(text);
        int length =
            snprintf(text + used, size - used, "%s%s", i + 1 < count ? ", " : " or ", names[i]);
        assert(length > 0 && (size_t)length < size - used); /* all of them have room */
        (void)length;
    }
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text) {
    size_t length = 0;
    while (is_digit(text[length])) {
        length++;
    }
    return length;
}

static size_t scan_hex(const char *text, double *value) {
    size_t length = strspn(text + 2, "0123456789abcdefABCDEF");
    if (length == 0 || length > HEX_DIGITS_MAX) {
        return 0;
    }
    *value = (double)strtoull(text, NULL, 16);
    return length + 2;
}

/* strtod would also take "inf", "nan" and hexadecimal fractions, hence the scan before it. */
size_t number_scan(const char *text, double *value) {
    const char *c = text;
    if (c[0] == '0' && (c[1] == 'x' || c[1] == 'X')) {
        return scan_hex(c, value);
    }
    c += *c == '-' || *c == '+';
    size_t whole = digits(c);
    c += whole;
    size_t fraction = 0;
    if (*c == '.') {
        fraction = digits(c + 1);
        c += fraction > 0 ? fraction + 1 : 0;
    }
    if (whole + fraction == 0) {
        return 0;
    }
    if (*c == 'e' || *c == 'E') {
        size_t sign = c[1] == '-' || c[1] == '+';
        size_t exponent = digits(c + 1 + sign);
        c += exponent > 0 ? 1 + sign + exponent : 0;
    }
    size_t length = (size_t)(c - text);
    assert(length > 0);
    char *end;
    *value = strtod(text, &end);
    return end == c && isfinite(*value) ? length : 0;
}

/* Letters, '%', '/' and anything outside ASCII (the degree, the omega). */
size_t unit_scan(const char *text) {
    size_t length = 0;
    for (;; length++) {
        unsigned char c = (unsigned char)text[length];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && c != '%' && c != '/' && c < 0x80) {
            return length;
        }
    }
}

static const char *skip_blanks(const char *text) {
    return text + strspn(text, " \t");
}

bool quantity_convert(double value, const char *from, const char *to, double *own) {
    struct conversion conversion;
    if (!unit_conversion(from, to, &conversion)) {
        return false;
    }
    *own = converted(value, conversion);
    return isfinite(*own);
}

bool quantity_parse(const char *text, const char *unit, double *value) {
    double number;
    char own[UNIT_SIZE] = "";
    text = skip_blanks(text);
    size_t length = number_scan(text, &number);
    if (length == 0) {
        return false;
    }
    text = skip_blanks(text + length);
    length = unit_scan(text);
    if (length >= sizeof own) {
        return false;
    }
    memcpy(own, text, length);
    own[length] = '\0';
    return *skip_blanks(text + length) == '\0' && quantity_convert(number, own, unit, value);
}
