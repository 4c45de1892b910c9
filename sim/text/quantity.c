/* SPDX-License-Identifier: MIT */
#include "sim/text/quantity.h"

#include "sim/text/unit.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DASH           "\xE2\x80\x93" /* – */
#define MINUS          "\xE2\x88\x92"
#define NO_BREAK       "\xC2\xA0"
#define THIN_NO_BREAK  "\xE2\x80\xAF"
#define SMALLEST_PLAIN 1e-6 /* beyond these in powers of ten */
#define LARGEST_PLAIN  1e12
#define PRINTED_SIGNS(space)                                                                       \
    .above = ">" space, .at_least = "≥" space, .below = "<" space, .at_most = "≤" space,           \
    .to = space "…" space, .both = ", "

const struct quantity_form quantity_page = {.value_digits = 6,
                                            .limit_digits = 6,
                                            .typographic = true,
                                            .space = NO_BREAK,
                                            PRINTED_SIGNS(NO_BREAK),
                                            .none = DASH};
const struct quantity_form quantity_terminal = {
    .value_digits = 4, .limit_digits = 6, .space = " ", PRINTED_SIGNS(" "), .none = "-"};
const struct quantity_form quantity_terminal_zh = {.value_digits = 4,
                                                   .limit_digits = 6,
                                                   .chinese = true,
                                                   .space = " ",
                                                   PRINTED_SIGNS(" "),
                                                   .none = "-"};
const struct quantity_form quantity_sentence_en = {.value_digits = 9,
                                                   .limit_digits = 9,
                                                   .unit_as_recorded = true,
                                                   .space = " ",
                                                   .above = "above ",
                                                   .at_least = "at least ",
                                                   .below = "below ",
                                                   .at_most = "at most ",
                                                   .both = " and ",
                                                   .none = "none"};
const struct quantity_form quantity_sentence_zh = {.value_digits = 9,
                                                   .limit_digits = 9,
                                                   .unit_as_recorded = true,
                                                   .space = " ",
                                                   .above = "大于 ",
                                                   .at_least = "不小于 ",
                                                   .below = "小于 ",
                                                   .at_most = "不大于 ",
                                                   .both = "且",
                                                   .none = "无"};

/* Trailing zeros after the point say nothing: the uncertainty stands beside. */
static void trim(char *number) {
    assert(number[0] != '\0');
    if (strchr(number, '.') == NULL) {
        return;
    }
    char *end = number + strlen(number);
    while (end[-1] == '0') {
        *--end = '\0';
    }
    if (end[-1] == '.') {
        end[-1] = '\0';
    }
}

static void put_grouped(struct buffer *text, const char *digits) {
    size_t whole = strspn(digits, "0123456789");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && whole > 4 && (whole - i) % 3 == 0) {
            buffer_put(text, THIN_NO_BREAK);
        }
        buffer_put_bytes(text, &digits[i], 1);
    }
    buffer_put(text, digits + whole);
}

static void put_printed(struct buffer *text, double value, int digits) {
    char number[64];
    double size = fabs(value);
    buffer_put(text, value < 0 ? MINUS : "");
    if (isinf(value)) {
        buffer_put(text, "∞");
    } else if (size != 0 && (size < SMALLEST_PLAIN || size >= LARGEST_PLAIN)) {
        snprintf(number, sizeof number, "%.4g", size);
        buffer_put(text, number);
    } else {
        int before = size >= 1 ? (int)floor(log10(size)) + 1 : 1;
        assert(before >= 1 && before <= 13); /* below LARGEST_PLAIN */
        snprintf(number, sizeof number, "%.*f", before < digits ? digits - before : 0, size);
        trim(number);
        put_grouped(text, number);
    }
}

static void put_digits(struct buffer *text, const struct quantity_form *form, double value,
                       int digits) {
    assert(digits > 0 && digits <= 17);
    if (isnan(value)) {
        buffer_put(text, form->none);
    } else if (form->typographic) {
        put_printed(text, value, digits);
    } else {
        buffer_format(text, "%.*g", digits, value);
    }
}

static void put_unit(struct buffer *text, const struct quantity_form *form, const char *unit) {
    if (unit != NULL && unit[0] != '\0') {
        buffer_put(text, form->space);
        buffer_put(text, form->unit_as_recorded ? unit : unit_text(unit, form->chinese));
    }
}

void quantity_put_number(struct buffer *text, const struct quantity_form *form, double value) {
    put_digits(text, form, value, form->value_digits);
}

void quantity_put(struct buffer *text, const struct quantity_form *form, double value,
                  const char *unit) {
    put_digits(text, form, value, form->value_digits);
    if (!isnan(value)) {
        put_unit(text, form, unit);
    }
}

static void put_side(struct buffer *text, const struct quantity_form *form, const char *sign,
                     double limit, const char *unit) {
    assert(!isnan(limit));
    buffer_put(text, sign);
    put_digits(text, form, limit, form->limit_digits);
    put_unit(text, form, unit);
}

void limits_put(struct buffer *text, const struct quantity_form *form,
                const struct limits *limits) {
    bool low = !isnan(limits->min);
    bool high = !isnan(limits->max);
    bool closed = !limits->min_open && !limits->max_open;
    assert(!low || !high || limits->min <= limits->max);
    if (low && high && closed && form->to != NULL) {
        put_digits(text, form, limits->min, form->limit_digits);
        put_side(text, form, form->to, limits->max, limits->unit);
        return;
    }
    if (low) {
        put_side(text, form, limits->min_open ? form->above : form->at_least, limits->min,
                 limits->unit);
    }
    if (low && high) {
        buffer_put(text, form->both);
    }
    if (high) {
        put_side(text, form, limits->max_open ? form->below : form->at_most, limits->max,
                 limits->unit);
    }
    if (!low && !high) {
        buffer_put(text, form->none);
    }
}
