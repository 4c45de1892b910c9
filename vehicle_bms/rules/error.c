/* SPDX-License-Identifier: MIT */
/* CEM and BEM (GB/T 27930-2015 10.5) against the waits of the side that sends them: too early, too
 * late, the wrong bit, without any cause. */
#include "vehicle_bms/rules/internal.h"
#include "vehicle_bms/rules/wait.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define TIMED_OUT   1u
#define OTHER_NONE  0x3Fu /* byte 4, bits 3...8 */
#define OTHER_SHIFT 2
/* After an error the BMS waits for CRM once more, up to 30 s (annex A). */
#define GIVES_UP_SPN 3901

/* The last CEM and BEM of this attempt. */
struct errors {
    struct {
        bool known;
        uint8_t payload[4];
    } sides[2];
};

static struct errors *own(const struct rules *rules) {
    return rules->states[STATE_ERROR];
}

/* Of the waits that share a bit, how far one is with respect to its limit. */
enum due {
    DUE_NOT,   /* it does not run, nor has it just ended */
    DUE_EARLY, /* it runs, its limit has not come */
    DUE_JUST,  /* what was awaited has come, when it was too late already */
    DUE_NOW,
};

static unsigned bit_of(const uint8_t *data, const struct wait_rule *rule) {
    assert(rule->byte >= 1 && rule->byte <= 4 && rule->bit >= 1 && rule->bit <= 7);
    return (unsigned)data[rule->byte - 1] >> (rule->bit - 1) & 3u;
}

/* From what began the wait to the earliest error message that is not too early. */
static int64_t earliest(const struct rules *rules, enum wait_index index) {
    return wait_limit_ns(rules, index) - rules->limits.timeout_early_ns - rules->limits.wire_ns -
           rules->resolution_ns;
}

static enum due due_of(const struct rules *rules, enum wait_index index, int64_t at_ns) {
    const struct wait *wait = wait_of(rules, index);
    int64_t earliest_ns = earliest(rules, index);
    int64_t begun_ns = wait->closed_ns - wait->closed_after_ns;
    bool crossed = at_ns - wait->closed_ns <= rules->limits.former_ns &&
                   wait->closed_after_ns >= earliest_ns - rules->limits.former_ns;
    /* What comes between the limit and an error message that is in time still does not undo it. */
    crossed |= wait->closed_after_ns >= earliest_ns &&
               at_ns - begun_ns <= wait_limit_ns(rules, index) + rules->limits.timeout_late_ns;
    if (wait->armed && (!rules->clock || at_ns - wait->early_ns >= earliest_ns)) {
        return DUE_NOW;
    }
    if (crossed) {
        return DUE_JUST;
    }
    return wait->armed ? DUE_EARLY : DUE_NOT;
}

/* The wait that this bit of the error message means: the one that is nearest to its end. */
static enum wait_index meant_by(const struct rules *rules, const struct wait_rule *as,
                                int64_t at_ns, enum due *due) {
    enum wait_index best = WAITS;
    *due = DUE_NOT;
    for (unsigned i = 0; i < WAITS; i++) {
        enum wait_index index = (enum wait_index)i;
        const struct wait_rule *rule = wait_rule(index);
        bool same = rule->spn == as->spn && rule->by_charger == as->by_charger;
        enum due this_due = same ? due_of(rules, index, at_ns) : DUE_NOT;
        if (this_due > *due) {
            *due = this_due;
            best = index;
        }
    }
    assert((best == WAITS) == (*due == DUE_NOT));
    return best;
}

/* When the error message came, counted from what began the wait. */
static struct rule_measure measure_of(const struct rules *rules, enum wait_index index,
                                      int64_t after_ns) {
    int64_t latest_ns = wait_limit_ns(rules, index) + rules->limits.timeout_late_ns;
    return (struct rule_measure){seconds(after_ns), seconds(earliest(rules, index)),
                                 seconds(latest_ns), "s"};
}

static void in_time_or_late(struct rules *rules, enum wait_index index,
                            const struct assembled *message) {
    const struct wait_rule *rule = wait_rule(index);
    const struct wait *wait = wait_of(rules, index);
    enum rule_index number = (enum rule_index)(RULE_WAITED + index);
    int64_t limit_ns = wait_limit_ns(rules, index);
    int64_t latest_ns = limit_ns + rules->limits.timeout_late_ns;
    int64_t after_ns = message->at_ns - wait->late_ns;
    double after_s = seconds(after_ns);
    assert(wait->armed); /* what is due runs */
    rules_observe(rules, number);
    wait_judge(rules, index, message->at_ns, message->mark, true);
    if (!rules->clock || wait->lost || wait->doubted || (wait->unsure && after_ns < limit_ns)) {
        wait_answered(rules, index);
        return;
    }
    struct rule_measure measure = measure_of(rules, index, after_ns);
    if (wait->early_ns < wait->late_ns) {
        measure.limit_min = (double)NAN; /* it is not too early as counted from early_ns */
    }
    rules_measure(rules, number, "s", after_s, measure.limit_min, measure.limit_max);
    if (after_ns > latest_ns + rules->resolution_ns) {
        RULES_SAY(rules_violation_of(rules, number, message->at_ns, message->mark, measure),
                  "%s（SPN %u）过迟：%.3f s，最迟%.3f s",
                  "%s (SPN %u) too late: %.3f s, latest %.3f s", message->message->code, rule->spn,
                  after_s, seconds(latest_ns));
    } else if (after_ns > latest_ns) {
        rules_undecided(rules, number, DOUBT_COARSE_CLOCK);
    } else {
        rules_kept(rules, number, measure);
        RULES_SAY(rules_witness(rules, number, message->at_ns, message->mark),
                  "%s（SPN %u）于%.3f s发送", "%s (SPN %u) after %.3f s", message->message->code,
                  rule->spn, after_s);
    }
    wait_answered(rules, index);
}

static void too_early(struct rules *rules, enum wait_index index, const struct assembled *message) {
    const struct wait_rule *rule = wait_rule(index);
    const struct wait *wait = wait_of(rules, index);
    enum rule_index number = (enum rule_index)(RULE_WAITED + index);
    int64_t limit_ns = wait_limit_ns(rules, index);
    assert(wait->armed && rules->clock);
    rules_observe(rules, number);
    wait_answered(rules, index);
    if (wait->lost) {
        rules_undecided(rules, number, DOUBT_LOST);
        return;
    }
    RULES_SAY(rules_violation_of(rules, number, message->at_ns, message->mark,
                                 measure_of(rules, index, message->at_ns - wait->early_ns)),
              "%s（SPN %u）过早：%.3f s，规定%.3f s", "%s (SPN %u) too early: %.3f s, limit %.3f s",
              message->message->code, rule->spn, seconds(message->at_ns - wait->early_ns),
              seconds(limit_ns));
}

/* Another wait of this side has run out, and its bit is not set. */
static enum wait_index unnamed(const struct rules *rules, const struct assembled *message) {
    for (unsigned i = 0; i < WAITS; i++) {
        enum wait_index index = (enum wait_index)i;
        const struct wait_rule *rule = wait_rule(index);
        const struct wait *wait = wait_of(rules, index);
        if (rule->byte != 0 && rule->by_charger == message->message->from_charger && rules->clock &&
            wait->armed && !wait->doubted && !wait->unsure &&
            due_of(rules, index, message->at_ns) == DUE_NOW &&
            bit_of(message->data, rule) != TIMED_OUT) {
            return index;
        }
    }
    return WAITS;
}

/* The bit that is set has no cause: the wrong one, when there is another cause. After the other
 * side's error message it may well be that this side does not get what it waits for. */
static void without_cause(struct rules *rules, const struct assembled *message, unsigned spn) {
    enum wait_index meant = unnamed(rules, message);
    enum rule_index cause = message->message->from_charger ? RULE_ERROR_CEM : RULE_ERROR_BEM;
    if (meant == WAITS && rules->attempt->partial) {
        rules_undecided(rules, cause, DOUBT_LOST);
        return;
    }
    bool answers =
        (rules->attempt->seen & (message->message->from_charger ? SEEN(BEM) : SEEN(CEM))) != 0;
    if (answers || (spn == GIVES_UP_SPN && (rules->attempt->seen & SEEN(BEM)))) {
        return;
    }
    if (meant == WAITS) {
        RULES_SAY(rules_violation(rules, cause, message->at_ns, message->mark),
                  "%s（SPN %u）没有对应的超时", "%s (SPN %u) without such a timeout",
                  message->message->code, spn);
        return;
    }
    assert(rules->clock); /* else no wait is known to have run out */
    const struct wait_rule *rule = wait_rule(meant);
    enum rule_index number = (enum rule_index)(RULE_WAITED + meant);
    rules_observe(rules, number);
    RULES_SAY(rules_violation(rules, number, message->at_ns, message->mark),
              "%s为SPN %u，缺失的%s应为SPN %u", "%s names SPN %u; %s is missing, which is SPN %u",
              message->message->code, spn, rule->awaited, rule->spn);
    wait_judge(rules, meant, message->at_ns, message->mark, true);
    wait_answered(rules, meant);
}

/* Each bit that says "timeout" once, however many waits share it. */
static unsigned judge_bits(struct rules *rules, const struct assembled *message) {
    unsigned named = 0;
    uint16_t former_spn = 0;
    for (unsigned i = 0; i < WAITS; i++) {
        const struct wait_rule *rule = wait_rule((enum wait_index)i);
        if (rule->byte == 0 || rule->by_charger != message->message->from_charger ||
            rule->spn == former_spn || bit_of(message->data, rule) != TIMED_OUT) {
            continue;
        }
        enum due due;
        enum wait_index meant = meant_by(rules, rule, message->at_ns, &due);
        former_spn = rule->spn;
        named++;
        if (due == DUE_NOW) {
            in_time_or_late(rules, meant, message);
        } else if (due == DUE_EARLY && unnamed(rules, message) == WAITS) {
            too_early(rules, meant, message);
        } else if (due == DUE_NOT || due == DUE_EARLY) {
            without_cause(rules, message, rule->spn);
        }
    }
    return named;
}

static void take(struct rules *rules, const struct assembled *message) {
    bool by_charger = message->message->from_charger;
    enum rule_index cause = by_charger ? RULE_ERROR_CEM : RULE_ERROR_BEM;
    assert(message->length >= sizeof own(rules)->sides[by_charger].payload); /* it is whole */
    uint8_t *former = own(rules)->sides[by_charger].payload;
    if (own(rules)->sides[by_charger].known && memcmp(former, message->data, 4) == 0) {
        return;
    }
    own(rules)->sides[by_charger].known = true;
    memcpy(former, message->data, 4);
    rules_observe(rules, cause);
    unsigned named = judge_bits(rules, message);
    assert(named <= 7); /* SPN 3901...3907, 3921...3927 */
    bool other = (unsigned)message->data[3] >> OTHER_SHIFT != OTHER_NONE;
    if (named == 0 && !other) {
        RULES_SAY(rules_violation(rules, cause, message->at_ns, message->mark), "%s未指明任何超时",
                  "%s names no timeout", message->message->code);
    }
    wait_close_side(rules, by_charger, message->at_ns, message->mark);
    /* The other side reads it, and may or may not have waited to the end: nothing more is owed. */
    wait_doubt_other(rules, by_charger);
}

static void error_message(struct rules *rules, struct heard *heard) {
    if (heard_counts(heard) && (heard->event == EVENT_CEM || heard->event == EVENT_BEM)) {
        take(rules, heard->message);
    }
}

static void error_attempt(struct rules *rules) {
    *own(rules) = (struct errors){0};
}

const struct judge judge_error = {
    .state_size = sizeof(struct errors),
    .both = true,
    .attempt = error_attempt,
    .message = error_message,
};
