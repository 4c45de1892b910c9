/* SPDX-License-Identifier: MIT */
/* How fast a quantity changes between two events: its difference over the time between. */
#include "harness/judge/internal.h"

#include <assert.h>
#include <math.h>

void rate_open(struct judge_check *check) {
    if (!check->judge->values_moved_on) {
        check->captured = expression_value(check->quantity, check->from_ns);
    }
}

static double rate_over(double change, int64_t time_ns) {
    return fabs(change) / ((double)time_ns / (double)NS_PER_S);
}

/* The same instant for both is no change that was seen. */
void rate_close(struct judge_check *check, int64_t to_ns) {
    int64_t time_ns = to_ns - check->from_ns;
    double change = check->reached - check->captured;
    assert(time_ns >= 0);
    if (isnan(change) || time_ns == 0) {
        check_conclude_unknown(check, FINDING_UNKNOWN, check->def->condition.text, to_ns);
        return;
    }
    double value = rate_over(change, time_ns);
    double share = time_uncertainty_ms(check->judge, check->from_ns, to_ns) / ns_to_ms(time_ns);
    check_conclude_value(check, value, value * share, to_ns, to_ns);
}

/* Even all of what there was would by now have changed too slowly. */
bool rate_missed(const struct judge_check *check, int64_t now_ns) {
    int64_t time_ns = now_ns - check->from_ns;
    return time_ns > 0 && rate_over(check->captured, time_ns) < check->limit.min;
}
