/* SPDX-License-Identifier: MIT */
#include "harness/judge/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Times are differences of whole ns; so is their limit, or one of exactly 0.3 s would depend on how
 * 0.3 is rounded. */
static bool in_ms(double value, const char *from, double *own) {
    if (!quantity_convert(value, from, "ns", own)) {
        return false;
    }
    *own = ns_to_ms(llround(*own));
    return true;
}

static bool in_unit(double value, const char *from, const char *to, double *own) {
    if (isnan(value) || strcmp(from, to) == 0) {
        *own = value;
        return true;
    }
    return strcmp(to, "ms") == 0 ? in_ms(value, from, own) : quantity_convert(value, from, to, own);
}

bool limit_for(struct judge_limit *own, const struct limit *limit, const char *unit) {
    own->min_open = limit->min_open;
    own->max_open = limit->max_open;
    own->name = limit->name;
    own->source = limit->source;
    bool good = in_unit(limit->min, limit->unit, unit, &own->min) &&
                in_unit(limit->max, limit->unit, unit, &own->max);
    assert(!good || !(own->min > own->max)); /* the loader refuses what nothing can meet */
    return good;
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

#define GRAIN 1e-5

double limit_at(const struct judge_limit *limit, double value) {
    if (!limit->min_open && fabs(value - limit->min) <= GRAIN * fabs(limit->min)) {
        return limit->min;
    }
    if (!limit->max_open && fabs(value - limit->max) <= GRAIN * fabs(limit->max)) {
        return limit->max;
    }
    return value;
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
    assert(!(band < 0));
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
    /* Without a limit there is no margin, and everything passes. */
    assert(outcome->verdict != VERDICT_PASS || !(outcome->margin < 0));
    assert(outcome->verdict != VERDICT_FAIL || outcome->margin <= 0);
}

/* The instant itself has been looked at, so at the limit it is over, open or not. */
bool limit_elapsed(const struct judge_limit *limit, double waited_ms, double uncertainty_ms) {
    assert(waited_ms >= 0 && uncertainty_ms >= 0);
    return waited_ms - uncertainty_ms >= limit->max;
}
