/* SPDX-License-Identifier: MIT */
/* One check on its way: after, from, the open pair or window, its outcome; with "each" again. */
#include "harness/judge/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* How long after the limit an awaited event is still waited for: it cannot pass any more, but the
 * record then has its time. */
#define LATE_LIMITS 2
#define LATE_NS     NS_PER_S
/* Of one instant: after, from, to, from again, and one that changes nothing. */
#define ROUNDS_MAX 6

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static bool is_rate(const struct judge_check *check) {
    return check->def->type == CHECK_RATE;
}

static bool is_timed(const struct judge_check *check) {
    return check->def->type == CHECK_TIME || check->def->type == CHECK_EXPECT || is_rate(check);
}

static bool is_watching(const struct judge_check *check) {
    return check->def->type == CHECK_ALWAYS || check->def->type == CHECK_NEVER;
}

/* ---- events ---- */

/* Whether an event that is looked for from armed_ns on has come, and when. */
static bool comes(const struct judge_event *event, int64_t armed_ns, int64_t at_ns,
                  int64_t *came_ns) {
    if (event->settled == TRUTH_TRUE) {
        *came_ns = later(event->since_ns, armed_ns);
        return true;
    }
    *came_ns = at_ns;
    return event->pulsed[TRUTH_TRUE] && at_ns > armed_ns;
}

/* The same, but it has to come at this very instant, and not the one that was counted last. */
static bool comes_anew(const struct judge_event *event, int64_t last_ns, int64_t at_ns,
                       int64_t *came_ns) {
    *came_ns = at_ns;
    return at_ns > last_ns && (event->rose || event->pulsed[TRUTH_TRUE]);
}

static bool is_end(const struct judge_event *event) {
    return event != NULL && strcmp(event->text, "@end") == 0;
}

/* ---- outcomes ---- */

double time_uncertainty_ms(const struct judge *judge, int64_t from_ns, int64_t to_ns) {
    const struct instrument *instrument = &judge->instrument;
    if (instrument->time_uncertainty_ns == NULL) {
        return 0.0;
    }
    int64_t uncertainty_ns = instrument->time_uncertainty_ns(instrument->ctx, from_ns, to_ns);
    assert(from_ns <= to_ns && uncertainty_ns >= 0);
    return ns_to_ms(uncertainty_ns);
}

/* What the uncertainty widens: nothing when the value alone decides. */
static double band_ms(const struct judge_check *check, int64_t to_ns) {
    bool guarded = check->judge->profile->decision == DECISION_GUARD_BAND;
    return guarded ? time_uncertainty_ms(check->judge, check->from_ns, to_ns) : 0.0;
}

struct outcome check_outcome(const struct judge_check *check, enum verdict verdict,
                             enum finding finding) {
    return (struct outcome){.verdict = verdict,
                            .finding = finding,
                            .value = (double)NAN,
                            .margin = (double)NAN,
                            .uncertainty = (double)NAN,
                            .from_ns = check->from_ns,
                            .to_ns = -1,
                            .at_ns = -1,
                            .failed_ns = -1};
}

static bool is_worse(const struct outcome *one, const struct outcome *than) {
    if (one->verdict != than->verdict) {
        return one->verdict > than->verdict;
    }
    return one->margin < than->margin || (isnan(than->margin) && !isnan(one->margin));
}

/* A fail is often told later than it is certain: of a time when "to" came after all, of a peak at
 * the end of its window. */
static int64_t certain_ns(const struct judge_check *check, const struct outcome *outcome) {
    bool peak = check->def->type == CHECK_PEAK && outcome->value > check->limit.max;
    bool gap = check->def->type == CHECK_GAP;
    if (is_timed(check) && check->missed_ns >= 0) {
        return check->missed_ns;
    }
    return (peak || gap) && outcome->at_ns >= 0 ? outcome->at_ns : outcome->to_ns;
}

/* The present pair is judged; on to the next one, or done. Of several fails the first one counts
 * for when the check failed, the worst one for what is told. */
void check_conclude(struct judge_check *check, struct outcome outcome) {
    enum verdict before = check->count > 0 ? check->worst.verdict : VERDICT_NONE;
    bool failed_before = before == VERDICT_FAIL;
    assert(check->phase != PHASE_DONE && outcome.verdict < VERDICT_ERROR);
    assert(outcome.to_ns < 0 || outcome.from_ns <= outcome.to_ns);
    assert(!(outcome.uncertainty < 0));
    if (outcome.verdict == VERDICT_FAIL) {
        outcome.failed_ns = failed_before ? check->worst.failed_ns : certain_ns(check, &outcome);
    }
    if (check->count == 0 || is_worse(&outcome, &check->worst)) {
        check->worst = outcome;
    }
    check->count++;
    assert(check->worst.verdict >= before); /* a later pair makes nothing better */
    assert(check->worst.verdict != VERDICT_FAIL || check->worst.failed_ns >= 0);
    check->needs_new_from = check->def->each;
    check->phase = check->def->each ? PHASE_FROM : PHASE_DONE;
}

/* A pair that leaves nothing to judge. */
static void skip_pair(struct judge_check *check) {
    assert(check->def->each);
    check->needs_new_from = true;
    check->phase = PHASE_FROM;
}

/* Something that could not be judged at the case's end. */
void check_conclude_cut(struct judge_check *check, struct outcome outcome) {
    if (check->def->each && check->count > 0) {
        skip_pair(check);
        return;
    }
    if (check->def->monitor || check->def->optional) {
        outcome.verdict = VERDICT_NONE;
    }
    check_conclude(check, outcome);
}

void check_conclude_unknown(struct judge_check *check, enum finding finding, const char *signal,
                            int64_t to_ns) {
    struct outcome outcome = check_outcome(check, VERDICT_INCONCLUSIVE, finding);
    outcome.signal = signal;
    outcome.to_ns = to_ns;
    check_conclude(check, outcome);
}

void check_conclude_value(struct judge_check *check, double value, double uncertainty,
                          int64_t to_ns, int64_t at_ns) {
    struct outcome outcome = check_outcome(check, VERDICT_PASS, FINDING_MEASURED);
    outcome.value = check->quantity != NULL ? limit_at(&check->limit, value) : value;
    outcome.uncertainty = uncertainty;
    outcome.to_ns = to_ns;
    outcome.at_ns = at_ns;
    outcome.before_ns = is_timed(check) ? check->before_ns : 0;
    limit_decide(&check->limit, check->judge->profile->decision, &outcome);
    check_conclude(check, outcome);
}

/* 0 ms says that to held at from, not that it came with it: for how long it had held already. */
static int64_t held_before_ns(const struct judge_check *check, int64_t to_ns) {
    const struct judge_event *to = check->to;
    bool held = to_ns == check->from_ns && to->settled == TRUTH_TRUE && to->expression != NULL;
    return held && to->since_ns < check->from_ns ? check->from_ns - to->since_ns : 0;
}

static void conclude_time(struct judge_check *check, int64_t to_ns) {
    assert(to_ns >= check->from_ns);
    if (is_rate(check)) {
        rate_close(check, to_ns);
        return;
    }
    check->before_ns = held_before_ns(check, to_ns);
    check_conclude_value(check, ns_to_ms(to_ns - check->from_ns),
                         time_uncertainty_ms(check->judge, check->from_ns, to_ns), to_ns, to_ns);
}

/* ---- time and expect ---- */

/* Beyond the limit: what was not true when it elapsed, or with "settle" not any more, came too
 * late. */
static void note_missed(struct judge_check *check, int64_t at_ns) {
    if (is_rate(check)) {
        return; /* it is known when the change is over */
    }
    if (check->missed_ns < 0 && !check->held) {
        check->missed_ns = check->from_ns + llround(check->limit.max * (double)NS_PER_MS);
    } else if (check->missed_ns < 0 && check->to->settled != TRUTH_TRUE) {
        check->missed_ns = at_ns;
    }
}

/* settle for a time: it has held for so long by now, whatever this instant brings. */
static bool lasted(const struct judge_check *check, int64_t at_ns) {
    int64_t for_ns = check->def->settle_ns;
    return for_ns > 0 && at_ns - check->held_ns >= for_ns;
}

static void time_instant(struct judge_check *check, int64_t at_ns) {
    int64_t came_ns;
    bool over = !is_rate(check) && ns_to_ms(at_ns - check->from_ns) > check->limit.max;
    if (check->held && lasted(check, at_ns)) {
        conclude_time(check, check->held_ns);
        return;
    }
    if (over) {
        note_missed(check, at_ns);
    } else {
        check->to_unknown = event_unknown_signal(check->to); /* as it is when the limit elapses */
    }
    if (!check->def->settle) {
        if (comes(check->to, check->from_ns, at_ns, &came_ns)) {
            conclude_time(check, came_ns);
        } else if (check->def->last && comes_anew(check->from, check->from_ns, at_ns, &came_ns)) {
            check->from_ns = came_ns;
            check->missed_ns = -1;
        }
        return;
    }
    check->held = check->to->settled == TRUTH_TRUE;
    check->held_ns = check->held ? later(check->to->since_ns, check->from_ns) : -1;
}

/* "to" has not come, or did not last, when the case ends. */
static void cut_time(struct judge_check *check, int64_t now_ns) {
    int64_t waited_ns = now_ns - check->from_ns;
    assert(waited_ns >= 0 && !check->held);
    if (check->def->last && check->count > 0) { /* it is the last one before nothing */
        skip_pair(check);
        return;
    }
    bool limited = !isnan(check->limit.max) && !is_rate(check);
    bool elapsed = is_rate(check) ? rate_missed(check, now_ns)
                   : limited
                       ? limit_elapsed(&check->limit, ns_to_ms(waited_ns), band_ms(check, now_ns))
                       : isnan(check->limit.min) && now_ns >= check->judge->scenario->timeout_ns;
    struct outcome outcome = check_outcome(check, VERDICT_FAIL, FINDING_NO_TO);
    outcome.finding = check->def->settle ? FINDING_NOT_FOR_GOOD : FINDING_NO_TO;
    outcome.to_ns = now_ns;
    outcome.waited_ns = waited_ns;
    outcome.margin = limited ? check->limit.max - ns_to_ms(waited_ns) : (double)NAN;
    if (elapsed && limited) {
        note_missed(check, now_ns);
    }
    if (elapsed && check->to_unknown != NULL) {
        check_conclude_unknown(check, FINDING_UNKNOWN, check->to_unknown, now_ns);
    } else if (elapsed) {
        check_conclude(check, outcome);
    } else {
        outcome.verdict = VERDICT_INCONCLUSIVE;
        outcome.finding = FINDING_CUT;
        outcome.margin = (double)NAN;
        check_conclude_cut(check, outcome);
    }
}

/* ---- always and never ---- */

static void open_watch(struct judge_check *check) {
    check->known = check->partly_unknown = false;
    check->unknown_ns = check->broken_ns = -1;
    check->broken_by_pulse = false;
}

/* What was noted at an earlier instant has lasted, so it counts. */
static void watch_confirm(struct judge_check *check, int64_t at_ns) {
    check->partly_unknown |= check->unknown_ns >= 0 && check->unknown_ns < at_ns;
}

/* Notes how the condition is at the end of this instant. */
static void watch_note(struct judge_check *check, int64_t at_ns) {
    const struct judge_event *event = check->condition;
    enum truth wrong = check->def->type == CHECK_ALWAYS ? TRUTH_FALSE : TRUTH_TRUE;
    bool pulsed = event->pulsed[wrong] && at_ns > check->from_ns;
    check->broken_by_pulse |= pulsed;
    if (event->settled == wrong || pulsed) {
        check->cause = check->broken_ns < 0 ? event->cause : check->cause;
        check->broken_ns = check->broken_ns < 0 ? later(at_ns, check->from_ns) : check->broken_ns;
    } else if (!check->broken_by_pulse) {
        check->broken_ns = -1; /* gone again within its instant */
    }
    check->known |= event->settled != TRUTH_UNKNOWN;
    check->partly_unknown |= event->pulsed[TRUTH_UNKNOWN] && at_ns > check->from_ns;
    if (event->settled != TRUTH_UNKNOWN) {
        check->unknown_ns = -1;
    } else if (check->unknown_ns < 0) {
        check->unknown_ns = at_ns;
    }
}

static void conclude_violated(struct judge_check *check) {
    struct outcome outcome = check_outcome(check, VERDICT_FAIL, FINDING_VIOLATED);
    assert(check->broken_ns >= check->from_ns);
    outcome.at_ns = outcome.to_ns = check->broken_ns;
    outcome.cause = check->cause;
    check_conclude(check, outcome);
}

static void close_watch(struct judge_check *check, int64_t end_ns) {
    watch_confirm(check, end_ns);
    struct outcome outcome = check_outcome(check, VERDICT_PASS, FINDING_MEASURED);
    outcome.to_ns = end_ns;
    if (check->broken_ns >= 0 && check->broken_ns < end_ns) {
        conclude_violated(check);
    } else if (end_ns <= check->from_ns && check->def->each) {
        skip_pair(check);
    } else if (end_ns <= check->from_ns) {
        outcome.verdict = VERDICT_INCONCLUSIVE;
        outcome.finding = FINDING_EMPTY_WINDOW;
        check_conclude_cut(check, outcome);
    } else if (!check->known) {
        check_conclude_unknown(check, FINDING_UNKNOWN, check->condition->unknown, end_ns);
    } else if (check->def->type == CHECK_ALWAYS && check->partly_unknown) {
        check_conclude_unknown(check, FINDING_PARTLY_UNKNOWN, check->condition->unknown, end_ns);
    } else {
        check_conclude(check, outcome);
    }
}

static bool window_ends(const struct judge_check *check, int64_t at_ns, int64_t *end_ns) {
    if (check->def->window_ns > 0) {
        *end_ns = check->from_ns + check->def->window_ns;
        return at_ns >= *end_ns;
    }
    return check->to != NULL && comes(check->to, check->from_ns, at_ns, end_ns);
}

static void mean_instant(struct judge_check *check, int64_t at_ns) {
    int64_t end_ns;
    if (window_ends(check, at_ns, &end_ns)) {
        mean_close(check, end_ns);
    } else {
        mean_note(check, at_ns);
    }
}

static void watch_instant(struct judge_check *check, int64_t at_ns) {
    int64_t end_ns;
    if (check->broken_ns >= 0 && check->broken_ns < at_ns) {
        conclude_violated(check);
        return;
    }
    watch_confirm(check, at_ns);
    if (window_ends(check, at_ns, &end_ns)) {
        close_watch(check, end_ns);
    } else {
        watch_note(check, at_ns);
    }
}

/* The case ended: with it a window without a length, after it one whose length is over. */
static void cut_watch(struct judge_check *check, int64_t now_ns) {
    int64_t length_ns = check->def->window_ns;
    int64_t end_ns = length_ns > 0 ? check->from_ns + length_ns : now_ns;
    bool violated = check->broken_ns >= 0 && check->broken_ns < now_ns;
    if (end_ns <= now_ns || violated) {
        close_watch(check, end_ns);
        return;
    }
    struct outcome outcome = check_outcome(check, VERDICT_INCONCLUSIVE, FINDING_CUT_WINDOW);
    outcome.to_ns = now_ns;
    outcome.waited_ns = now_ns - check->from_ns;
    check_conclude_cut(check, outcome);
}

/* ---- the way of a check ---- */

static void open_pair(struct judge_check *check, int64_t from_ns) {
    assert(check->phase == PHASE_FROM && from_ns >= check->armed_ns);
    check->from_ns = from_ns;
    check->phase = PHASE_OPEN;
    check->held = false;
    check->missed_ns = -1;
    if (check->def->type == CHECK_VALUE) {
        value_measure(check);
    } else if (is_rate(check)) {
        rate_open(check);
    } else if (check->def->type == CHECK_PEAK) {
        peak_open(check);
    } else if (is_spaced(check)) {
        mean_open(check);
    } else if (is_watching(check)) {
        open_watch(check);
    }
}

static void open_instant(struct judge_check *check, int64_t at_ns) {
    int64_t end_ns;
    if (is_timed(check)) {
        time_instant(check, at_ns);
    } else if (is_watching(check)) {
        watch_instant(check, at_ns);
    } else if (is_spaced(check)) {
        mean_instant(check, at_ns);
    } else if (window_ends(check, at_ns, &end_ns)) {
        peak_close(check, end_ns);
    }
}

static void from_instant(struct judge_check *check, int64_t at_ns) {
    int64_t from_ns = check->armed_ns;
    bool came = check->from == NULL;
    if (!came) {
        came = check->needs_new_from ? comes_anew(check->from, check->from_ns, at_ns, &from_ns)
                                     : comes(check->from, check->armed_ns, at_ns, &from_ns);
    }
    if (came) {
        open_pair(check, from_ns);
    }
}

static void after_instant(struct judge_check *check, int64_t at_ns) {
    int64_t came_ns = check->armed_ns;
    if (check->after == NULL || comes(check->after, check->armed_ns, at_ns, &came_ns)) {
        check->armed_ns = came_ns;
        check->phase = PHASE_FROM;
    }
}

void check_start(struct judge_check *check, int64_t now_ns) {
    assert(check->count == 0 && now_ns >= 0);
    check->armed_ns = now_ns;
    check->from_ns = -1;
    check->phase = PHASE_AFTER;
    check->peak_over = (struct timer){.fire = check_peak_over, .ctx = check};
}

/* Each phase was looked at when it was entered: what has not changed since cannot move it on. */
struct check_wait check_waits(const struct judge_check *check) {
    switch (check->phase) {
    case PHASE_AFTER:
        return (struct check_wait){{check->after}, check->after == NULL};
    case PHASE_FROM:
        return (struct check_wait){{check->from}, check->from == NULL};
    case PHASE_OPEN:
        if (is_watching(check) && check->def->window_ns == 0 && check->broken_ns < 0) {
            return (struct check_wait){{check->condition, check->to}, check->condition == NULL};
        }
        return (struct check_wait){.any = true};
    case PHASE_DONE:
        break;
    }
    return (struct check_wait){0};
}

/* One instant can bring several steps of the way; each of them moves the phase on, and a pair that
 * was opened at an instant is not followed by another one at the same, so this ends. */
void check_instant(struct judge_check *check, int64_t at_ns) {
    enum phase before;
    size_t count;
    unsigned rounds = 0;
    do {
        assert(rounds < ROUNDS_MAX);
        rounds++;
        before = check->phase;
        count = check->count;
        switch (check->phase) {
        case PHASE_AFTER:
            after_instant(check, at_ns);
            break;
        case PHASE_FROM:
            from_instant(check, at_ns);
            break;
        case PHASE_OPEN:
            open_instant(check, at_ns);
            break;
        case PHASE_DONE:
            break;
        }
    } while (check->phase != before || check->count != count);
}

/* ---- settled? ---- */

static bool open_settled(const struct judge_check *check, int64_t now_ns) {
    int64_t waited_ns = now_ns - check->from_ns;
    const struct check_def *def = check->def;
    if (def->each && check->count > 0) {
        return true;
    }
    if (!is_timed(check)) {
        bool open_ended = check->to == NULL || is_end(check->to) || def->monitor;
        return def->window_ns > 0 ? waited_ns >= def->window_ns : open_ended;
    }
    if (is_end(check->to)) {
        return true;
    }
    if (is_rate(check)) {
        return def->monitor || check->held || rate_missed(check, now_ns);
    }
    if (isnan(check->limit.max)) {
        return def->monitor || check->held;
    }
    int64_t limit_ns = llround(check->limit.max * (double)NS_PER_MS);
    return waited_ns >= (check->held ? limit_ns : LATE_LIMITS * limit_ns + LATE_NS);
}

bool check_settled(const struct judge_check *check, int64_t now_ns) {
    switch (check->phase) {
    case PHASE_AFTER:
    case PHASE_FROM: {
        const struct judge_event *awaited =
            check->phase == PHASE_AFTER ? check->after : check->from;
        return check->def->monitor || check->def->optional || check->count > 0 || is_end(awaited);
    }
    case PHASE_OPEN:
        return open_settled(check, now_ns);
    case PHASE_DONE:
        assert(check->count > 0);
        break;
    }
    return true;
}

/* ---- the end ---- */

static void never_began(struct judge_check *check) {
    bool after = check->phase == PHASE_AFTER;
    const struct judge_event *awaited = after ? check->after : check->from;
    if (check->count > 0) {
        return;
    }
    assert(awaited != NULL); /* without one to wait for it would have begun */
    struct outcome outcome =
        check_outcome(check, VERDICT_INCONCLUSIVE, after ? FINDING_NO_AFTER : FINDING_NO_FROM);
    outcome.signal = event_unknown_signal(awaited);
    if (outcome.signal != NULL) {
        outcome.finding = FINDING_UNKNOWN;
    }
    if (check->from_ns >= 0) { /* windows began, and each was empty, so they were passed over */
        outcome.finding = FINDING_EMPTY_WINDOW;
        check_conclude_cut(check, outcome);
        return;
    }
    outcome.verdict = check->def->optional ? VERDICT_NONE : VERDICT_INCONCLUSIVE;
    check_conclude(check, outcome);
}

static void finish_open(struct judge_check *check, int64_t now_ns) {
    if (is_timed(check)) {
        if (check->held) { /* the case ends, and it still holds */
            conclude_time(check, check->held_ns);
        } else {
            cut_time(check, now_ns);
        }
    } else if (is_watching(check)) {
        cut_watch(check, now_ns);
    } else if (is_spaced(check)) {
        mean_cut(check, now_ns);
    } else if (now_ns < check->from_ns + check->def->window_ns) {
        peak_cut(check, now_ns);
    } else {
        peak_close(check, now_ns);
    }
}

void check_finish(struct judge_check *check, int64_t now_ns) {
    if (check->phase == PHASE_OPEN) {
        finish_open(check, now_ns);
    }
    if (check->phase != PHASE_DONE) {
        never_began(check);
    }
    check->phase = PHASE_DONE;
    assert(check->count > 0); /* each check has a verdict, and one only */
}
