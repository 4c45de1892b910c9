/* SPDX-License-Identifier: MIT */
/* The mean and the longest time from one event to the next in a window: a message's mean period, and
 * its longest gap. What is left of the window after the last one is no gap: nobody knows here
 * whether another one was due. */
#include "harness/judge/internal.h"

#include <assert.h>

bool is_spaced(const struct judge_check *check) {
    return check->def->type == CHECK_MEAN || check->def->type == CHECK_GAP;
}

void mean_open(struct judge_check *check) {
    check->seen = 0;
    check->first_ns = check->last_ns = -1;
    check->gap_from_ns = check->gap_to_ns = -1;
}

/* Also at the instant that opens the window: from CCS on, that CCS is the first one. */
void mean_note(struct judge_check *check, int64_t at_ns) {
    const struct judge_event *event = check->condition;
    bool came = event->rose || event->pulsed[TRUTH_TRUE];
    if (!came || (check->seen > 0 && at_ns <= check->last_ns)) {
        return;
    }
    check->first_ns = check->seen == 0 ? at_ns : check->first_ns;
    if (check->seen > 0 && at_ns - check->last_ns > check->gap_to_ns - check->gap_from_ns) {
        check->gap_from_ns = check->last_ns;
        check->gap_to_ns = at_ns;
    }
    check->last_ns = at_ns;
    check->seen++;
    assert((check->seen == 1) == (check->first_ns == check->last_ns));
}

/* Of both ends' stamps, spread over the gaps between them. */
static double uncertainty_ms(const struct judge_check *check, double gaps) {
    assert(gaps >= 1);
    return time_uncertainty_ms(check->judge, check->first_ns, check->last_ns) / gaps;
}

static void take_gap(const struct judge_check *check, struct outcome *outcome) {
    assert(check->gap_from_ns < check->gap_to_ns && check->gap_to_ns <= check->last_ns);
    outcome->value = ns_to_ms(check->gap_to_ns - check->gap_from_ns);
    outcome->uncertainty = time_uncertainty_ms(check->judge, check->gap_from_ns, check->gap_to_ns);
    outcome->at_ns = check->gap_to_ns;
}

static void take_mean(const struct judge_check *check, struct outcome *outcome) {
    double gaps = (double)(check->seen - 1);
    outcome->value = ns_to_ms(check->last_ns - check->first_ns) / gaps;
    outcome->uncertainty = uncertainty_ms(check, gaps);
}

static struct outcome judged(const struct judge_check *check, int64_t to_ns) {
    struct outcome outcome = check_outcome(check, VERDICT_INCONCLUSIVE, FINDING_FEW);
    outcome.to_ns = to_ns;
    if (check->seen < 2) {
        outcome.signal = event_unknown_signal(check->condition);
        outcome.finding = outcome.signal != NULL ? FINDING_UNKNOWN : FINDING_FEW;
        outcome.verdict = check->def->optional ? VERDICT_NONE : VERDICT_INCONCLUSIVE;
        return outcome;
    }
    assert(check->first_ns < check->last_ns); /* each one came after the one before */
    outcome.verdict = VERDICT_PASS;
    outcome.finding = FINDING_MEASURED;
    if (check->def->type == CHECK_GAP) {
        take_gap(check, &outcome);
    } else {
        take_mean(check, &outcome);
    }
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
