/* SPDX-License-Identifier: MIT */
/* Periods (GB/T 27930-2015 chapter 9): from one message to the next, of transfers
 * from RTS to RTS, and only while the message is sent without a break. A new phase, a new attempt, 00 turning
 * to AA, an error message and a silence as long as a timeout begin a new stretch. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>

#define GAPS_FOR_MEAN 5
#define SECOND_NS     INT64_C(1000000000)
#define SHORT_MS      10 /* messages of this period have an absolute tolerance */

/* The gaps of one message. */
struct stretch {
    bool running; /* it is being sent without a break */
    bool lost;    /* frames are missing since the last one */
    bool held_up; /* by another transfer */
    enum event variant;
    int64_t last_ns;
    uint64_t last_mark;
    uint64_t gaps, gaps_bad, gaps_unclear;
    unsigned stretches;
    double sum_ns;
};

struct period {
    struct stretch stretches[MESSAGE_COUNT];
};

static struct period *own(const struct rules *rules) {
    return rules->states[STATE_PERIOD];
}

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
    assert(share >= 0);
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
    assert(*period_ns > 0 && *allowed_ns >= 0);
}

int64_t rules_period_silence(const struct rules *rules, enum message_index index) {
    return silence_of(rules, index, period_of(rules, &messages[index]));
}

bool rules_period_runs(const struct rules *rules, enum message_index index, int64_t *last_ns) {
    const struct stretch *state = &own(rules)->stretches[index];
    *last_ns = state->last_ns;
    return state->running;
}

void rules_period_missed(struct rules *rules, enum message_index index, bool clear) {
    assert(rules->clock); /* without one no silence can be told */
    struct stretch *state = &own(rules)->stretches[index];
    state->gaps_bad += clear;
    state->gaps_unclear += !clear;
}

static void stop(struct rules *rules, enum message_index index) {
    own(rules)->stretches[index].running = false;
    own(rules)->stretches[index].lost = false;
}

static struct rule_measure measure_gap(int64_t gap_ns, int64_t period_ns, int64_t allowed_ns) {
    return (struct rule_measure){(double)gap_ns / NS_PER_MS,
                                 (double)(period_ns - allowed_ns) / NS_PER_MS,
                                 (double)(period_ns + allowed_ns) / NS_PER_MS, "ms"};
}

/* Single gaps are counted as they come; whether they count (gaps_allowed) shows at the end. */
static void note_gap(struct rules *rules, const struct heard *heard, int64_t gap_ns,
                     int64_t period_ns) {
    assert(rules->clock && gap_ns >= 0 && period_ns > 0);
    const struct assembled *message = heard->message;
    enum message_index number = heard->index;
    struct stretch *state = &own(rules)->stretches[number];
    int64_t off_ns = gap_ns > period_ns ? gap_ns - period_ns : period_ns - gap_ns;
    int64_t allowed_ns = tolerance_of(rules, period_ns, rules->limits.period_gap);
    const struct rule_measure measure = measure_gap(gap_ns, period_ns, allowed_ns);
    if (off_ns > allowed_ns + rules->resolution_ns) {
        state->gaps_bad++;
        RULES_SAY(rules_violation_of(rules, rule_of(GROUP_PERIOD, number), message->first_ns,
                                     message->first_mark, measure),
                  "%s间隔%.2f ms，规定%.0f ms ± %.0f ms",
                  "%s %.2f ms after the last one, "
                  "period %.0f ms ± %.0f ms",
                  message->message->code, (double)gap_ns / NS_PER_MS, (double)period_ns / NS_PER_MS,
                  (double)allowed_ns / NS_PER_MS);
    } else if (off_ns + rules->resolution_ns > allowed_ns && rules->resolution_ns > 0) {
        state->gaps_unclear++;
    } else {
        rules_kept(rules, rule_of(GROUP_PERIOD, number), measure);
    }
}

static void count_gap(struct rules *rules, const struct heard *heard, int64_t gap_ns,
                      int64_t period_ns) {
    struct stretch *state = &own(rules)->stretches[heard->index];
    size_t bin = (size_t)(gap_ns * (RULE_BINS / 2) / period_ns);
    assert(gap_ns >= 0 && period_ns > 0);
    rules_gap(rules, rule_of(GROUP_PERIOD, heard->index), (double)gap_ns / NS_PER_MS, bin);
    state->gaps++;
    state->sum_ns += (double)gap_ns;
    if (judged(rules, heard->message->message)) {
        note_gap(rules, heard, gap_ns, period_ns);
    }
    assert(state->running && state->stretches > 0); /* a gap lies inside a stretch */
}

/* One transfer at a time: while a long one runs (BMV of 256 cells takes 0.7 s) no other can begin.
 * The gap that it makes, and the shorter one that follows, are no fault of the sender. */
static bool held_up(struct rules *rules, const struct heard *heard, int64_t gap_ns,
                    int64_t period_ns) {
    const struct assembled *message = heard->message;
    struct stretch *state = &own(rules)->stretches[heard->index];
    bool was = state->held_up;
    const struct message *other = rules->attempt->transfer.message;
    state->held_up = message->message->transport && other != NULL && other != message->message &&
                     rules->attempt->transfer.first_ns > state->last_ns &&
                     rules->attempt->transfer.at_ns > state->last_ns + period_ns;
    return state->held_up || (was && gap_ns < period_ns);
}

static void take(struct rules *rules, const struct heard *heard) {
    const struct assembled *message = heard->message;
    enum message_index number = heard->index;
    struct stretch *state = &own(rules)->stretches[number];
    int64_t period_ns = period_of(rules, message->message);
    int64_t gap_ns = message->first_ns - state->last_ns;
    if (state->running && state->last_mark == message->first_mark) {
        return; /* packets of the same transfer that were asked for again */
    }
    /* As events, CRM(00) and CRM(AA) are two. */
    bool same = state->running && state->variant == heard->event && rules->clock && gap_ns >= 0;
    int64_t allowed_ns = tolerance_of(rules, period_ns, rules->limits.period_gap);
    if (same && state->lost && gap_ns > period_ns + allowed_ns) {
        rules_undecided(rules, rule_of(GROUP_PERIOD, number), DOUBT_LOST);
    } else if (same && !held_up(rules, heard, gap_ns, period_ns) &&
               gap_ns < silence_of(rules, number, period_ns)) {
        count_gap(rules, heard, gap_ns, period_ns);
    } else {
        state->stretches++;
        if (!rules->clock) { /* there is something, and it cannot be judged */
            rules_observe(rules, rule_of(GROUP_PERIOD, number));
        }
    }
    state->running = true;
    state->lost = false;
    state->variant = heard->event;
    state->last_ns = message->first_ns;
    state->last_mark = message->first_mark;
    assert(state->running && !state->lost);
}

/* ---- at the end ---- */

static void judge_mean(struct rules *rules, enum message_index index) {
    const struct stretch *state = &own(rules)->stretches[index];
    int64_t period_ns = period_of(rules, &messages[index]);
    double allowed_ns = (double)tolerance_of(rules, period_ns, rules->limits.period_mean);
    assert(state->gaps > 0 && state->stretches > 0);
    double mean_ns = state->sum_ns / (double)state->gaps;
    /* The errors of the stamps inside a stretch cancel out. */
    double error_ns = (double)rules->resolution_ns * (double)state->stretches / (double)state->gaps;
    double off_ns = fabs(mean_ns - (double)period_ns);
    const struct rule_measure measure = {mean_ns / NS_PER_MS,
                                         ((double)period_ns - allowed_ns) / NS_PER_MS,
                                         ((double)period_ns + allowed_ns) / NS_PER_MS, "ms"};
    rules_mean_limits(rules, rule_of(GROUP_PERIOD, index), measure.limit_min, measure.limit_max);
    if (state->gaps < GAPS_FOR_MEAN) {
        return;
    }
    if (off_ns > allowed_ns + error_ns) {
        RULES_SAY(rules_violation_of(rules, rule_of(GROUP_PERIOD, index), rules->attempt->last_ns,
                                     rules->attempt->last_mark, measure),
                  "%s共%llu个间隔，平均%.2f ms，规定%.2f…%.2f ms",
                  "%s: the mean of %llu gaps is %.2f ms, %.2f...%.2f ms are specified",
                  messages[index].code, (unsigned long long)state->gaps, measure.value,
                  measure.limit_min, measure.limit_max);
    } else if (off_ns + error_ns > allowed_ns) {
        rules_undecided(rules, rule_of(GROUP_PERIOD, index), DOUBT_COARSE_CLOCK);
    } else {
        rules_kept(rules, rule_of(GROUP_PERIOD, index), measure);
    }
    assert(!(mean_ns < 0) && error_ns >= 0);
}

static void judge_gaps(struct rules *rules, enum message_index index) {
    struct stretch *state = &own(rules)->stretches[index];
    enum rule_index number = rule_of(GROUP_PERIOD, index);
    if (state->gaps == 0) {
        return;
    }
    assert(rules->clock && state->sum_ns >= 0); /* gaps are counted with a clock only */
    rules_mean(rules, number, state->sum_ns / (double)state->gaps / NS_PER_MS);
    if (!judged(rules, &messages[index])) {
        rules_unjudged(rules, number);
        return;
    }
    if ((double)state->gaps_bad <= rules->limits.gaps_allowed * (double)state->gaps) {
        rules_withdraw(rules, number);
    }
    if (state->gaps_unclear > 0) {
        rules_undecided(rules, number, DOUBT_COARSE_CLOCK);
    }
    judge_mean(rules, index);
}

static void period_finish(struct rules *rules) {
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        judge_gaps(rules, (enum message_index)i);
    }
}

/* ---- what begins and ends a stretch ---- */

/* An error message ends what both were sending: what comes behind it, if anything, is a reconnection and
 * begins anew. */
static void ends_stretches(struct rules *rules, const struct message *error) {
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        if (&messages[i] != error) {
            stop(rules, (enum message_index)i);
        }
    }
}

static void period_message(struct rules *rules, struct heard *heard) {
    if (heard->index == MESSAGE_CEM || heard->index == MESSAGE_BEM) {
        ends_stretches(rules, heard->message->message);
    }
    if (heard->forward) {
        take(rules, heard);
    } else { /* out of its phase it has no period */
        stop(rules, heard->index);
    }
}

static void period_attempt(struct rules *rules) {
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        stop(rules, (enum message_index)i);
    }
}

static void period_fault(struct rules *rules, const struct transfer_event *event) {
    const struct message *message = message_by_pgn(event->pgn);
    if (message != NULL && event_stalls(event)) {
        stop(rules, message_index(message)); /* its RTS is not counted */
    }
}

static void period_lost(struct rules *rules, uint64_t mark) {
    (void)mark;
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        struct stretch *state = &own(rules)->stretches[i];
        state->lost = state->running;
    }
}

/* A new stretch: the gap may be longer or shorter than it seems. */
static void period_jumped(struct rules *rules) {
    period_attempt(rules);
}

const struct judge judge_period = {
    .state_size = sizeof(struct period),
    .attempt = period_attempt,
    .message = period_message,
    .fault = period_fault,
    .lost = period_lost,
    .jumped = period_jumped,
    .finish = period_finish,
};
