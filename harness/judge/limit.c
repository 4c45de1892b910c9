/* SPDX-License-Identifier: MIT */
#include "harness/judge/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_SIZE 64

static bool in_unit(double value, const char *from, const char *to, double *own) {
    char text[NUMBER_SIZE];
    if (isnan(value) || strcmp(from, to) == 0) {
        *own = value;
        return true;
    }
    snprintf(text, sizeof text, "%.17g %s", value, from);
    if (strcmp(to, "ms") != 0) {
        return quantity_parse(text, to, own);
    }
    /* Times are differences of whole ns; so is their limit, or one of exactly 0.3 s would depend
     * on how 0.3 is rounded. */
    if (!quantity_parse(text, "ns", own)) {
        return false;
    }
    *own = ns_to_ms(llround(*own));
    return true;
}

bool limit_for(struct judge_limit *own, const struct limit *limit, const char *unit) {
    own->min_open = limit->min_open;
    own->max_open = limit->max_open;
    own->name = limit->name;
    own->source = limit->source;
    return in_unit(limit->min, limit->unit, unit, &own->min) &&
           in_unit(limit->max, limit->unit, unit, &own->max);
}

static bool below(const struct judge_limit *limit, double value) {
    return value < limit->min || (limit->min_open && value == limit->min);
}

static bool beyond(const struct judge_limit *limit, double value) {
    return value > limit->max || (limit->max_open && value == limit->max);
}

static bool inside(const struct judge_limit *limit, double value) {
    return !below(limit, value) && !beyond(limit, value); /* comparisons with NAN are false */
}

void limit_decide(const struct judge_limit *limit, enum decision decision,
                  struct outcome *outcome) {
    double value = outcome->value;
    double band = decision == DECISION_GUARD_BAND ? outcome->uncertainty : 0.0;
    if (isnan(value)) {
        outcome->verdict = VERDICT_INCONCLUSIVE;
        outcome->finding = FINDING_UNKNOWN;
        return;
    }
    outcome->margin = fmin(limit->max - value, value - limit->min);
    outcome->finding = FINDING_MEASURED;
    if (inside(limit, value - band) && inside(limit, value + band)) {
        outcome->verdict = VERDICT_PASS;
    } else if (below(limit, value + band) || beyond(limit, value - band)) {
        outcome->verdict = VERDICT_FAIL;
    } else {
        outcome->verdict = VERDICT_INCONCLUSIVE;
        outcome->finding = FINDING_BAND;
    }
}

/* The instant itself has been looked at, so at the limit it is over, open or not. */
bool limit_elapsed(const struct judge_limit *limit, double waited_ms, double uncertainty_ms) {
    return waited_ms - uncertainty_ms >= limit->max;
}
