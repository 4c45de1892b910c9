/* SPDX-License-Identifier: MIT */
/* range.h: the ranges of numbers that a file can hold: what is beyond makes no sense at any charger.
 *
 *   static const struct range soc = {0, 100, "%"};
 *   if (!range_holds(&soc, value)) { range_text(&soc, text, sizeof text); ... }      "0 % to 100 %"
 *   if (!reach_holds(value, "V")) ...                       of any voltage in a condition or a limit
 *
 * A range is for one key or one argument, and stands in the table that has its name. The reach is for
 * every number of a unit, wherever it stands: wide, so that nothing real is refused, and narrow enough to
 * calculate with. */
#ifndef HARNESS_EXPRESSION_RANGE_H
#define HARNESS_EXPRESSION_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#define RANGE_TEXT_SIZE 64

struct range {
    double min, max;
    const char *unit; /* ""; NULL: no range at all */
    bool whole;       /* a whole number */
};

bool range_holds(const struct range *range, double value);
void range_text(const struct range *range, char *text, size_t size);

/* Of a number in that unit; "" and what is no unit: any finite number up to 1e15. */
bool reach_holds(double value, const char *unit);
/* "-100000 V to 100000 V" */
void reach_text(const char *unit, char *text, size_t size);

#endif
