/* SPDX-License-Identifier: MIT */
/* Periods (GB/T 27930-2015 chapter 9): from one message to the next, of transfers
 * from RTS to RTS, and only while the message is sent without a break. A new
 * phase, a new attempt, 00 turning to AA and a silence as long as a timeout begin a new stretch. */
#include "vehicle_bms/rules/internal.h"

#include <math.h>

#define SECOND_NS INT64_C(1000000000)
#define SHORT_MS  10 /* messages of this period have an absolute tolerance */

static int64_t period_of(const struct rules *rules, const struct message *message) {
    return (int64_t)message_form(message, rules->edition)->period_ms * NS_PER_MS;
}

static bool judged(const struct rules *rules, const struct message *message) {
    const struct message_form *form = message_form(message, rules->edition);
    return form->mandatory || form->period_ms < 10000; /* BMV, BMT, BSP are only reported */
}

static int64_t tolerance_of(const struct rules *rules, int64_t period_ns, double share) {
    if (period_ns <= SHORT_MS * NS_PER_MS) {
        return rules->limits.period_10ms_ns;
    }
    return (int64_t)llround((double)period_ns * share);
}

/* A gap as long as this is silence, which the waits judge. */
static int64_t silence_of(const struct rules *rules, enum message_index index, int64_t period_ns) {
    switch (index) {
    case MESSAGE_BCL:
        return rules->limits.bcl_ns;
    case MESSAGE_CCS:
        return rules->limits.ccs_ns;
    default:
        return period_ns > SECOND_NS ? 3 * period_ns : 5 * SECOND_NS;
    }
}

void rules_period_of(const struct rules *rules, enum message_index index, int64_t *period_ns,
                     int64_t *allowed_ns) {
    *period_ns = period_of(rules, &messages[index]);
    *allowed_ns = tolerance_of(rules, *period_ns, rules->limits.period_gap);
}

int64_t rules_period_silence(const struct rules *rules, enum message_index index) {
    return silence_of(rules, index, period_of(rules, &messages[index]));
}

void rules_period_stop(struct rules *rules, enum message_index index) {
    rules->states[index].running = false;
    rules->states[index].lost = false;
    rules->states[index].owed = false;
}

/* Single gaps are counted as they come; whether they count (gaps_allowed) shows at the end. */
static void note_gap(struct rules *rules, const struct assembled *message, int64_t gap_ns,
                     int64_t period_ns) {
    enum message_index number = message_index(message->message);
    struct message_state *state = &rules->states[number];
    int64_t off_ns = gap_ns > period_ns ? gap_ns - period_ns : period_ns - gap_ns;
    int64_t allowed_ns = tolerance_of(rules, period_ns, rules->limits.period_gap);
    if (off_ns > allowed_ns + rules->resolution_ns) {
        state->gaps_bad++;
        RULES_SAY(rules_violation(rules, rule_of(GROUP_PERIOD, number), message->first_ns,
                                  message->first_mark),
                  "%s间隔%.2f ms,规定%.0f ms ± %.0f ms",
                  "%s %.2f ms after the last one, "
                  "period %.0f ms ± %.0f ms",
                  message->message->code, (double)gap_ns / NS_PER_MS, (double)period_ns / NS_PER_MS,
                  (double)allowed_ns / NS_PER_MS);
    } else if (off_ns + rules->resolution_ns > allowed_ns && rules->resolution_ns > 0) {
        state->gaps_unclear++;
    }
}

static void count_gap(struct rules *rules, const struct assembled *message, int64_t gap_ns,
                      int64_t period_ns) {
    enum message_index number = message_index(message->message);
    struct message_state *state = &rules->states[number];
    struct rule_result *result = &rules->rules[rule_of(GROUP_PERIOD, number)].result;
    double gap_ms = (double)gap_ns / NS_PER_MS;
    size_t bin = (size_t)(gap_ns * (RULE_BINS / 2) / period_ns);
    result->bins[bin < RULE_BINS ? bin : RULE_BINS - 1]++;
    result->smallest = fmin(result->smallest, gap_ms);
    result->largest = fmax(result->largest, gap_ms);
    state->gaps++;
    state->sum_ns += (double)gap_ns;
    result->observed++;
    if (judged(rules, message->message)) {
        note_gap(rules, message, gap_ns, period_ns);
    }
}

/* One transfer at a time: while a long one runs (BMV of 256 cells takes 0.7 s) no other can begin.
 * The gap that it makes, and the shorter one that follows, are no fault of the sender. */
static bool held_up(struct rules *rules, const struct assembled *message, int64_t gap_ns,
                    int64_t period_ns) {
    struct message_state *state = &rules->states[message_index(message->message)];
    bool was = state->held_up;
    const struct message *other = rules->transfer.message;
    state->held_up = message->message->transport && other != NULL && other != message->message &&
                     rules->transfer.first_ns > state->last_ns &&
                     rules->transfer.at_ns > state->last_ns + period_ns;
    return state->held_up || (was && gap_ns < period_ns);
}

void rules_period(struct rules *rules, const struct assembled *message) {
    enum message_index number = message_index(message->message);
    struct message_state *state = &rules->states[number];
    int64_t period_ns = period_of(rules, message->message);
    uint8_t variant = (uint8_t)rules_event_of(message); /* CRM(00) and CRM(AA) apart */
    int64_t gap_ns = message->first_ns - state->last_ns;
    if (state->running && state->last_mark == message->first_mark) {
        return; /* packets of the same transfer that were asked for again */
    }
    bool same = state->running && state->variant == variant && rules->clock && gap_ns >= 0;
    int64_t allowed_ns = tolerance_of(rules, period_ns, rules->limits.period_gap);
    if (same && state->lost && gap_ns > period_ns + allowed_ns) {
        rules_undecided(rules, rule_of(GROUP_PERIOD, number), DOUBT_LOST);
    } else if (same && !held_up(rules, message, gap_ns, period_ns) &&
               gap_ns < silence_of(rules, number, period_ns)) {
        count_gap(rules, message, gap_ns, period_ns);
    } else {
        state->stretches++;
        if (!rules->clock) { /* there is something, and it cannot be judged */
            rules_observe(rules, rule_of(GROUP_PERIOD, number));
        }
    }
    state->running = true;
    state->lost = false;
    state->variant = variant;
    state->last_ns = message->first_ns;
    state->last_mark = message->first_mark;
    rules_going_on(rules, number);
}

/* ---- at the end ---- */

static void judge_mean(struct rules *rules, enum message_index index) {
    const struct message_state *state = &rules->states[index];
    struct rule_result *result = &rules->rules[rule_of(GROUP_PERIOD, index)].result;
    int64_t period_ns = period_of(rules, &messages[index]);
    double allowed_ns = (double)tolerance_of(rules, period_ns, rules->limits.period_mean);
    double mean_ns = state->sum_ns / (double)state->gaps;
    /* The errors of the stamps inside a stretch cancel out. */
    double error_ns = (double)rules->resolution_ns * (double)state->stretches / (double)state->gaps;
    double off_ns = fabs(mean_ns - (double)period_ns);
    result->limit_min = ((double)period_ns - allowed_ns) / NS_PER_MS;
    result->limit_max = ((double)period_ns + allowed_ns) / NS_PER_MS;
    if (state->gaps < GAPS_FOR_MEAN) {
        return;
    }
    if (off_ns > allowed_ns + error_ns) {
        RULES_SAY(
            rules_violation(rules, rule_of(GROUP_PERIOD, index), rules->last_ns, rules->last_mark),
            "%s共%llu个间隔,平均%.2f ms,规定%.2f…%.2f ms",
            "%s: mean of %llu gaps %.2f ms, %.2f...%.2f ms laid down", messages[index].code,
            (unsigned long long)state->gaps, mean_ns / NS_PER_MS, result->limit_min,
            result->limit_max);
    } else if (off_ns + error_ns > allowed_ns) {
        rules_undecided(rules, rule_of(GROUP_PERIOD, index), DOUBT_COARSE_CLOCK);
    }
}

static void judge_period(struct rules *rules, enum message_index index) {
    struct message_state *state = &rules->states[index];
    struct rule *rule = &rules->rules[rule_of(GROUP_PERIOD, index)];
    if (state->gaps == 0) {
        return;
    }
    rule->result.unit = "ms";
    rule->result.value = state->sum_ns / (double)state->gaps / NS_PER_MS;
    if (!judged(rules, &messages[index])) {
        rule->result.observed = 0; /* reported, not judged: verdict none */
        return;
    }
    if ((double)state->gaps_bad <= rules->limits.gaps_allowed * (double)state->gaps) {
        rule->result.violations = 0;
        rule->result.proof_count = 0;
    }
    if (state->gaps_unclear > 0) {
        rules_undecided(rules, rule_of(GROUP_PERIOD, index), DOUBT_COARSE_CLOCK);
    }
    judge_mean(rules, index);
}

void rules_period_verdicts(struct rules *rules) {
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        judge_period(rules, (enum message_index)i);
    }
}
