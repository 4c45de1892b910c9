/* SPDX-License-Identifier: MIT */
#include "harness/expression/range.h"

#include "harness/expression/expression.h"
#include "sim/text/unit.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#define PLAIN_MAX 1e15 /* exact in a double, with fractions to spare for whole numbers */

/* Largest magnitude of anything in that dimension, in its base unit. */
static const struct {
    enum dimension dimension;
    double most;
} reaches[] = {
    {DIMENSION_TIME, 1e9},
    {DIMENSION_VOLTAGE, 1e5},
    {DIMENSION_CURRENT, 1e5},
    {DIMENSION_RESISTANCE, 1e12},
    {DIMENSION_RESISTANCE_PER_VOLT, 1e12},
    {DIMENSION_CAPACITANCE, 1},
    {DIMENSION_POWER, 1e9},
    {DIMENSION_ENERGY, 1e12},
    {DIMENSION_CHARGE, 1e9},
    {DIMENSION_SHARE, 1e6},
    {DIMENSION_TEMPERATURE, 1e4},
    {DIMENSION_FREQUENCY, 1e9},
    {DIMENSION_CURRENT_SLOPE, 1e9},
    {DIMENSION_VOLTAGE_SLOPE, 1e9},
    {DIMENSION_MONEY, 1e9},
};

bool range_holds(const struct range *range, double value) {
    if (range->unit == NULL) {
        return isfinite(value);
    }
    assert(range->min <= range->max);
    return value >= range->min && value <= range->max && (!range->whole || value == floor(value));
}

void range_text(const struct range *range, char *text, size_t size) {
    const char *unit = range->unit != NULL ? range->unit : "";
    const char *blank = unit[0] != '\0' ? " " : "";
    assert(range->min <= range->max);
    snprintf(text, size, "%.10g%s%s to %.10g%s%s", range->min, blank, unit, range->max, blank,
             unit);
}

static double most_of(const char *name) {
    const struct unit *unit = unit_find(name);
    for (size_t i = 0; unit != NULL && i < sizeof reaches / sizeof reaches[0]; i++) {
        if (reaches[i].dimension == unit->dimension) {
            double base = unit->factor * pow(10.0, unit->exponent);
            assert(base > 0);
            return reaches[i].most / base;
        }
    }
    return PLAIN_MAX;
}

bool reach_holds(double value, const char *unit) {
    return fabs(value) <= most_of(unit);
}

void reach_text(const char *unit, char *text, size_t size) {
    struct range range = {.min = -most_of(unit), .max = most_of(unit), .unit = unit};
    range_text(&range, text, size);
}
