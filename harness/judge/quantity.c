/* SPDX-License-Identifier: MIT */
/* A quantity at an instant, and its largest value in a window. */
#include "harness/judge/internal.h"

#include <assert.h>
#include <math.h>

static const char *quantity_unknown(const struct judge_check *check) {
    const char *name = expression_unknown(check->quantity);
    return name != NULL ? name : check->def->condition.text;
}

void value_measure(struct judge_check *check) {
    double value = check->judge->values_moved_on
                       ? check->captured
                       : expression_value(check->quantity, check->from_ns);
    if (isnan(value)) {
        check_conclude_unknown(check, FINDING_UNKNOWN, quantity_unknown(check), check->from_ns);
    } else {
        check_conclude_value(check, value, 0.0, check->from_ns, check->from_ns);
    }
}

void peak_open(struct judge_check *check) {
    const struct judge *judge = check->judge;
    expression_track_start(check->quantity, judge->loop->now_ns);
    if (check->def->window_ns > 0) {
        loop_set(judge->loop, &check->peak_over, check->from_ns + check->def->window_ns);
    }
}

static double stop_peak(struct judge_check *check, int64_t *at_ns) {
    int64_t now_ns = check->judge->loop->now_ns;
    *at_ns = -1;
    loop_cancel(check->judge->loop, &check->peak_over);
    double largest = expression_track_stop(check->quantity, now_ns, at_ns);
    assert(isnan(largest) || *at_ns <= now_ns);
    return largest;
}

void peak_close(struct judge_check *check, int64_t to_ns) {
    int64_t at_ns;
    double value = stop_peak(check, &at_ns);
    if (isnan(value)) {
        check_conclude_unknown(check, FINDING_UNKNOWN, quantity_unknown(check), to_ns);
    } else {
        check_conclude_value(check, value, 0.0, to_ns, at_ns);
    }
}

/* Not by way of judge_look: the instant may be going on. */
void check_peak_over(void *ctx, int64_t now_ns) {
    struct judge_check *check = ctx;
    (void)now_ns;
    assert(check->phase == PHASE_OPEN && check->def->type == CHECK_PEAK);
    peak_close(check, check->from_ns + check->def->window_ns);
}

/* The case ended within "for": beyond the upper limit it stays, anything else may still change. */
void peak_cut(struct judge_check *check, int64_t now_ns) {
    int64_t at_ns;
    double value = stop_peak(check, &at_ns);
    assert(now_ns >= check->from_ns);
    if (value > check->limit.max) {
        check_conclude_value(check, value, 0.0, now_ns, at_ns);
        return;
    }
    struct outcome outcome = check_outcome(check, VERDICT_INCONCLUSIVE, FINDING_CUT_WINDOW);
    outcome.to_ns = now_ns;
    outcome.waited_ns = now_ns - check->from_ns;
    check_conclude_cut(check, outcome);
}
