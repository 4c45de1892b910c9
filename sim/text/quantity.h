/* SPDX-License-Identifier: MIT */
/* quantity.h: values and limits with their units, as people read them; the one place that decides how.
 *
 *   struct limits limits = {.min = NAN, .max = 100, .unit = "ms"};
 *   quantity_put(&text, &quantity_page, 41.6, "ms");         "41.6 ms"
 *   limits_put(&text, &quantity_page, &limits);              "≤ 100 ms"
 *   limits_put(&text, &quantity_sentence_en, &limits);       "at most 100 ms"
 *
 * Forms: a page (true minus, groups of three digits, no line break before the unit), a terminal, and
 * the sentences of the record in English and Chinese. */
#ifndef SIM_TEXT_QUANTITY_H
#define SIM_TEXT_QUANTITY_H

#include "sim/text/buffer.h"

#include <stdbool.h>

/* What a value is held against. NAN: no limit on that side; at least one unless it says "none". */
struct limits {
    double min, max;
    bool min_open, max_open; /* the limit itself is outside */
    const char *unit;        /* NULL or "": a plain number */
};

struct quantity_form {
    int value_digits, limit_digits; /* significant ones */
    bool typographic;               /* minus and groups of digits as in print; no exponent */
    bool chinese;                   /* the unit's sign in Chinese */
    bool unit_as_recorded;          /* "ohm", not "Ω" */
    const char *space;              /* before a unit, and behind a sign of comparison */
    const char *above, *at_least, *below, *at_most;
    const char
        *to; /* between two closed limits, with one unit; NULL: "at least .. and at most .." */
    const char *both; /* between two limits that are said one by one */
    const char *none; /* neither value nor limit */
};

extern const struct quantity_form quantity_page;
extern const struct quantity_form quantity_terminal,
    quantity_terminal_zh; /* differ in units only */
extern const struct quantity_form quantity_sentence_en, quantity_sentence_zh; /* of the record */

/* Only the number. NAN: the form's word for none. */
void quantity_put_number(struct buffer *text, const struct quantity_form *form, double value);
void quantity_put(struct buffer *text, const struct quantity_form *form, double value,
                  const char *unit);
void limits_put(struct buffer *text, const struct quantity_form *form, const struct limits *limits);

#endif
