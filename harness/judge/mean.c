/* SPDX-License-Identifier: MIT */
/* The mean time from one event to the next in a window: a message's mean period. */
#include "harness/judge/internal.h"

#include <assert.h>

void mean_open(struct judge_check *check) {
    check->seen = 0;
    check->first_ns = check->last_ns = -1;
}

/* Also at the instant that opens the window: from CCS on, that CCS is the first one. */
void mean_note(struct judge_check *check, int64_t at_ns) {
    const struct judge_event *event = check->condition;
    bool came = event->rose || event->pulsed[TRUTH_TRUE];
    if (!came || (check->seen > 0 && at_ns <= check->last_ns)) {
        return;
    }
    check->first_ns = check->seen == 0 ? at_ns : check->first_ns;
    check->last_ns = at_ns;
    check->seen++;
    assert((check->seen == 1) == (check->first_ns == check->last_ns));
}

/* Of both ends' stamps, spread over the gaps between them. */
static double uncertainty_ms(const struct judge_check *check, double gaps) {
    assert(gaps >= 1);
    return time_uncertainty_ms(check->judge, check->first_ns, check->last_ns) / gaps;
}

static struct outcome judged(const struct judge_check *check, int64_t to_ns) {
    struct outcome outcome = check_outcome(check, VERDICT_INCONCLUSIVE, FINDING_FEW);
    outcome.to_ns = to_ns;
    if (check->seen < 2) {
        outcome.signal = event_unknown_signal(check->condition);
        outcome.finding = outcome.signal != NULL ? FINDING_UNKNOWN : FINDING_FEW;
        return outcome;
    }
    assert(check->first_ns < check->last_ns); /* each one came after the one before */
    double gaps = (double)(check->seen - 1);
    outcome.verdict = VERDICT_PASS;
    outcome.finding = FINDING_MEASURED;
    outcome.value = ns_to_ms(check->last_ns - check->first_ns) / gaps;
    outcome.uncertainty = uncertainty_ms(check, gaps);
    limit_decide(&check->limit, check->judge->profile->decision, &outcome);
    return outcome;
}

void mean_close(struct judge_check *check, int64_t to_ns) {
    check_conclude(check, judged(check, to_ns));
}

/* A window that only the case's end can end is whole; one with a length, or an end of its own that
 * did not come, is judged by what it held, unless that is too little. */
void mean_cut(struct judge_check *check, int64_t now_ns) {
    struct outcome outcome = judged(check, now_ns);
    if (outcome.verdict == VERDICT_INCONCLUSIVE && outcome.finding == FINDING_FEW) {
        check_conclude_cut(check, outcome);
    } else {
        check_conclude(check, outcome);
    }
}
