/* SPDX-License-Identifier: MIT */
#include "harness/judge/judge.h"

#include "harness/judge/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_A_CHECK 4 /* after, from, to, condition */
#define CHECKS_A_WORD  64
#define POSTPONED_MAX  64 /* an instant that never ends must not keep the judge from looking */

/* ---- instants ---- */

static void settle_event(struct judge_event *event, int64_t at_ns) {
    if (event->truth != event->settled) {
        event->rose = event->truth == TRUTH_TRUE;
        event->settled = event->truth;
        event->since_ns = at_ns;
    }
}

static void forget_instant(struct judge_event *event) {
    event->touched = event->rose = false;
    memset(event->pulsed, 0, sizeof event->pulsed);
}

/* It changes at the instant that has begun: of many events few do. */
static void touch(struct judge_event *event) {
    struct judge *judge = event->judge;
    assert(judge->pending);
    if (!event->touched) {
        assert(event->truth == event->settled && !event->rose); /* the instant before is settled */
        event->touched = true;
        for (size_t i = 0; i < judge->words; i++) {
            judge->moved[i] |= event->checks[i];
        }
        event->next_touched = judge->touched;
        judge->touched = event;
    }
}

static void take(struct judge_event *event, int64_t at_ns, enum truth truth, bool pulse);

static void put_off(struct judge *judge, const struct judge_change *change) {
    if (judge->change_count == judge->change_room) {
        judge->change_room = 2 * judge->change_room + 4;
        judge->changes = memory_resized(judge->changes, judge->change_room, sizeof *judge->changes);
    }
    judge->changes[judge->change_count++] = *change;
}

/* Those that come while they are taken are taken as well. */
static void take_changes(struct judge *judge) {
    if (judge->taking) {
        return;
    }
    judge->taking = true;
    for (size_t i = 0; i < judge->change_count; i++) {
        struct judge_change change = judge->changes[i];
        take(change.event, change.at_ns, change.truth, change.pulse);
    }
    judge->change_count = 0;
    judge->taking = false;
}

static bool is_moved(const struct check_wait *wait) {
    return wait->any || (wait->events[0] != NULL && wait->events[0]->touched) ||
           (wait->events[1] != NULL && wait->events[1]->touched);
}

static void set_bit(uint64_t *words, size_t i, bool on) {
    uint64_t bit = UINT64_C(1) << i % CHECKS_A_WORD;
    words[i / CHECKS_A_WORD] =
        on ? words[i / CHECKS_A_WORD] | bit : words[i / CHECKS_A_WORD] & ~bit;
}

/* The lowest check of those left in a word. */
static size_t index_of(size_t word, uint64_t bits) {
    return word * CHECKS_A_WORD + (size_t)__builtin_ctzll(bits);
}

/* In the order of the scenario. */
static void look_at(struct judge *judge, size_t word, uint64_t bits) {
    for (; bits != 0; bits &= bits - 1) {
        size_t i = index_of(word, bits);
        assert(i < judge->check_count);
        if (!judge->looked || is_moved(&judge->waits[i])) {
            check_instant(&judge->checks[i], judge->instant_ns);
            judge->waits[i] = check_waits(&judge->checks[i]);
            set_bit(judge->always, i, judge->waits[i].any);
        }
    }
}

void judge_look(struct judge *judge) {
    if (!judge->pending) {
        return;
    }
    assert(!judge->looking);
    judge->pending = false;
    judge->looking = true;
    for (struct judge_event *event = judge->touched; event != NULL; event = event->next_touched) {
        settle_event(event, judge->instant_ns);
    }
    for (size_t i = 0; i < judge->words; i++) {
        look_at(judge, i, judge->moved[i] | judge->always[i]);
        judge->moved[i] = 0;
    }
    judge->looked = true;
    for (struct judge_event *event = judge->touched; event != NULL; event = event->next_touched) {
        forget_instant(event);
    }
    judge->touched = NULL;
    judge->looking = false;
    assert(!judge->pending); /* what judging brings to light waits for the end of it */
    take_changes(judge);
}

/* An instant is over when no other timer is due at it: what one event causes at the same instant
 * is often caused by way of a timer. */
static void instant_over(void *ctx, int64_t now_ns) {
    struct judge *judge = ctx;
    const struct loop *loop = judge->loop;
    bool more_is_due = loop->heap_count > 0 && loop->heap[0]->at_ns <= now_ns;
    if (more_is_due && judge->postponed < POSTPONED_MAX) {
        judge->postponed++;
        loop_set(judge->loop, &judge->instant_over, now_ns);
        return;
    }
    assert(judge->postponed <= POSTPONED_MAX);
    judge_look(judge);
}

/* Something happened at this instant. On the real clock several instants can come in one go, with
 * the stamps of their frames: then the one before is looked at first. */
static void begin_instant(struct judge *judge, int64_t at_ns) {
    while (judge->pending && judge->instant_ns != at_ns) {
        judge->values_moved_on = true;
        judge_look(judge);
        judge->values_moved_on = false;
    }
    assert(!judge->pending || judge->instant_ns == at_ns);
    assert(judge->pending || judge->touched == NULL); /* the one before is forgotten */
    judge->pending = true;
    judge->instant_ns = at_ns;
    if (!loop_is_set(&judge->instant_over)) {
        judge->postponed = 0;
        loop_set(judge->loop, &judge->instant_over, judge->loop->now_ns);
    }
}

static void capture_value(struct judge_check *check, const struct judge_event *event,
                          int64_t at_ns) {
    bool rate = check->def->type == CHECK_RATE;
    bool begins = check->def->type == CHECK_VALUE || (rate && check->phase != PHASE_OPEN);
    if (begins && check->from == event) { /* a rate that has begun keeps where it began */
        check->captured = expression_value(check->quantity, at_ns);
    }
    if (rate && check->to == event) {
        check->reached = expression_value(check->quantity, at_ns);
    }
}

/* Values as they are now, in case the instant is only looked at when they have moved on. */
static void capture_values(struct judge_event *event, int64_t at_ns) {
    for (size_t word = 0; word < event->judge->words; word++) {
        for (uint64_t bits = event->checks[word]; bits != 0; bits &= bits - 1) {
            capture_value(&event->judge->checks[index_of(word, bits)], event, at_ns);
        }
    }
}

static void take(struct judge_event *event, int64_t at_ns, enum truth truth, bool pulse) {
    begin_instant(event->judge, at_ns);
    touch(event);
    if (pulse) {
        event->pulsed[truth] = true;
    } else {
        event->truth = truth;
    }
    if (truth == TRUTH_UNKNOWN) {
        event->unknown = expression_unknown(event->expression);
    } else if (truth == TRUTH_TRUE) {
        capture_values(event, at_ns);
    }
    if (truth == TRUTH_TRUE && event->expression != NULL) { /* a mark has no cause */
        expression_cause(event->expression, &event->cause);
    }
}

static void take_or_put_off(struct judge_event *event, int64_t at_ns, enum truth truth,
                            bool pulse) {
    if (event->judge->looking) {
        put_off(event->judge, &(struct judge_change){event, at_ns, truth, pulse});
    } else {
        take(event, at_ns, truth, pulse);
    }
}

static void event_changed(void *ctx, int64_t at_ns, enum truth truth) {
    struct judge_event *event = ctx;
    take_or_put_off(event, at_ns, truth, expression_in_pulse(event->expression));
}

/* A field of a message is not known before the first such message; that can be seen very well. */
static bool is_field(const struct judge *judge, const char *name) {
    char code[32];
    size_t length = strcspn(name, ".");
    if (name[length] == '\0' || length >= sizeof code) {
        return false;
    }
    memcpy(code, name, length);
    code[length] = '\0';
    const struct signal *message = signal_find(judge->board, code);
    return message != NULL && message->kind == SIGNAL_PULSE;
}

const char *event_unknown_signal(const struct judge_event *event) {
    if (event->settled != TRUTH_UNKNOWN || event->unknown == NULL) {
        return NULL;
    }
    return is_field(event->judge, event->unknown) ? NULL : event->unknown;
}

/* ---- a new judge ---- */

__attribute__((format(printf, 5, 6))) static bool refuse(const struct judge *judge,
                                                         struct problem *problem, int line,
                                                         int column, const char *format, ...) {
    va_list arguments;
    snprintf(problem->file, sizeof problem->file, "%s",
             judge->scenario->file != NULL ? judge->scenario->file : "");
    problem->line = line;
    problem->column = column;
    va_start(arguments, format);
    (void)problem_set_list(problem, format, arguments); /* what does not fit ends with "…" */
    va_end(arguments);
    return false;
}

static bool find_event(struct judge *judge, const struct event_def *def, struct judge_event **found,
                       struct problem *problem) {
    struct expression_fault fault;
    if (def->text == NULL) {
        return true;
    }
    for (size_t i = 0; i < judge->event_count; i++) {
        if (strcmp(judge->events[i].text, def->text) == 0) {
            *found = &judge->events[i];
            return true;
        }
    }
    assert(judge->event_count < EVENTS_A_CHECK * judge->check_count);
    struct judge_event *event = &judge->events[judge->event_count];
    *event = (struct judge_event){.text = def->text,
                                  .judge = judge,
                                  .checks = judge->checked + judge->words * judge->event_count};
    judge->event_count++;
    *found = event;
    if (def->text[0] == '@') {
        return true;
    }
    event->expression = expression_compile(def->text, judge->board, &fault);
    return event->expression != NULL ||
           refuse(judge, problem, def->line, def->column > 0 ? def->column + (int)fault.offset : 0,
                  "'%s': %s", def->text, fault.text);
}

static bool find_limit(struct judge *judge, struct judge_check *check, struct problem *problem) {
    const struct check_def *def = check->def;
    const struct limit *limit = def->limit;
    check->limit = (struct judge_limit){.min = (double)NAN, .max = (double)NAN};
    bool timed = def->type == CHECK_TIME || def->type == CHECK_EXPECT;
    if (limit == NULL) {
        check->limit.max = timed && def->window_ns > 0 ? ns_to_ms(def->window_ns) : (double)NAN;
        return true;
    }
    return limit_for(&check->limit, limit, check->unit) ||
           refuse(judge, problem, def->line, 0, "the limit '%s' is in %s, but it is for %s",
                  limit->name, limit->unit,
                  check->unit[0] != '\0' ? check->unit : "a plain number");
}

static bool find_quantity(struct judge *judge, struct judge_check *check, struct problem *problem) {
    const struct event_def *def = &check->def->condition;
    struct expression_fault fault;
    check->quantity = quantity_compile(def->text, judge->board, &fault);
    if (check->quantity == NULL) {
        return refuse(judge, problem, def->line,
                      def->column > 0 ? def->column + (int)fault.offset : 0, "'%s': %s", def->text,
                      fault.text);
    }
    check->unit = expression_unit(check->quantity);
    if (check->def->type == CHECK_RATE) {
        check->unit = strcmp(check->unit, "A") == 0 ? "A/s" : "V/s"; /* the loader takes no other */
    }
    return true;
}

static bool prepare(struct judge *judge, struct judge_check *check, struct problem *problem) {
    const struct check_def *def = check->def;
    const struct event_def *to = def->type == CHECK_EXPECT ? &def->condition : &def->to;
    check->judge = judge;
    check->unit = "ms";
    if (def->each && def->settle) {
        return refuse(judge, problem, def->line, 0,
                      "\"each\" and \"settle\" exclude each other: leave out one");
    }
    if (!find_event(judge, &def->after, &check->after, problem) ||
        !find_event(judge, &def->from, &check->from, problem) ||
        !find_event(judge, to, &check->to, problem)) {
        return false;
    }
    bool watching = def->type == CHECK_ALWAYS || def->type == CHECK_NEVER || is_spaced(check);
    bool measuring = def->type == CHECK_VALUE || def->type == CHECK_PEAK || def->type == CHECK_RATE;
    if (watching && !find_event(judge, &def->condition, &check->condition, problem)) {
        return false;
    }
    if (measuring && !find_quantity(judge, check, problem)) {
        return false;
    }
    return find_limit(judge, check, problem);
}

/* Which checks an event concerns: those are looked at when it has changed. */
static void concern(struct judge *judge, size_t i) {
    const struct judge_check *check = &judge->checks[i];
    struct judge_event *const events[EVENTS_A_CHECK] = {check->after, check->from, check->to,
                                                        check->condition};
    for (size_t k = 0; k < EVENTS_A_CHECK; k++) {
        if (events[k] != NULL) {
            set_bit(events[k]->checks, i, true);
        }
    }
    set_bit(judge->always, i, true); /* until it was looked at for the first time */
}

struct judge *judge_new(const struct scenario *scenario, const struct profile *profile,
                        const struct signal_board *board, struct loop *loop,
                        const struct instrument *instrument, struct problem *problem) {
    struct judge *judge = memory_zeroed(1, sizeof *judge);
    judge->scenario = scenario;
    judge->profile = profile;
    judge->board = board;
    judge->loop = loop;
    judge->instrument = *instrument;
    judge->check_count = scenario->check_count;
    judge->checks = memory_zeroed(scenario->check_count, sizeof *judge->checks);
    judge->waits = memory_zeroed(scenario->check_count, sizeof *judge->waits);
    judge->events = memory_zeroed(EVENTS_A_CHECK * scenario->check_count, sizeof *judge->events);
    judge->words = (scenario->check_count + CHECKS_A_WORD - 1) / CHECKS_A_WORD;
    judge->moved = memory_zeroed(judge->words, sizeof *judge->moved);
    judge->always = memory_zeroed(judge->words, sizeof *judge->always);
    judge->checked = memory_zeroed(judge->words * EVENTS_A_CHECK * scenario->check_count,
                                   sizeof *judge->checked);
    judge->steps = memory_zeroed(scenario->step_count + 1, sizeof *judge->steps);
    judge->instant_over = (struct timer){.fire = instant_over, .ctx = judge};
    for (size_t i = 0; i < judge->check_count; i++) {
        judge->checks[i].def = &scenario->checks[i];
    }
    for (size_t i = 0; i < judge->check_count; i++) {
        if (!prepare(judge, &judge->checks[i], problem)) {
            judge_free(judge);
            return NULL;
        }
        concern(judge, i);
    }
    return judge;
}

void judge_free(struct judge *judge) {
    if (judge == NULL) {
        return;
    }
    loop_cancel(judge->loop, &judge->instant_over);
    for (size_t i = 0; i < judge->check_count; i++) {
        struct judge_check *check = &judge->checks[i];
        loop_cancel(judge->loop, &check->peak_over);
        if (check->quantity != NULL) {
            expression_track_stop(check->quantity, judge->loop->now_ns, NULL);
        }
        expression_free(check->quantity);
    }
    for (size_t i = 0; i < judge->event_count; i++) {
        expression_free(judge->events[i].expression);
    }
    free(judge->changes);
    free(judge->checks);
    free(judge->waits);
    free(judge->moved);
    free(judge->always);
    free(judge->checked);
    free(judge->events);
    free(judge->steps);
    free(judge);
}

/* ---- the run ---- */

void judge_start(struct judge *judge, int64_t now_ns) {
    judge->step_ns = now_ns;
    for (size_t i = 0; i < judge->event_count; i++) {
        struct judge_event *event = &judge->events[i];
        event->since_ns = now_ns;
        if (event->expression != NULL) {
            expression_start(event->expression, now_ns, event_changed, event);
            event->truth = event->settled = expression_truth(event->expression);
            event->unknown = expression_unknown(event->expression);
        }
    }
    for (size_t i = 0; i < judge->check_count; i++) {
        check_start(&judge->checks[i], now_ns);
    }
    begin_instant(judge, now_ns);
}

void judge_mark(struct judge *judge, const char *mark, int64_t now_ns) {
    for (size_t i = 0; i < judge->event_count; i++) {
        struct judge_event *event = &judge->events[i];
        if (event->text[0] == '@' && strcmp(event->text + 1, mark) == 0) {
            assert(event->expression == NULL);                 /* nobody but this sets a mark */
            take_or_put_off(event, now_ns, TRUTH_TRUE, false); /* from now on */
        }
    }
}

bool judge_settled(const struct judge *judge, int64_t now_ns) {
    if (judge->pending) {
        return false;
    }
    for (size_t i = 0; i < judge->check_count; i++) {
        if (!check_settled(&judge->checks[i], now_ns)) {
            return false;
        }
    }
    return true;
}

/* The signal that keeps the awaited event of a step from being seen. */
static const char *step_unknown_signal(const struct judge *judge, const struct step_def *step,
                                       int64_t now_ns) {
    struct expression_fault fault;
    struct expression *awaited = NULL;
    if (step->type == STEP_UNTIL && step->what.text[0] != '@') {
        awaited = expression_compile(step->what.text, judge->board, &fault);
    }
    if (awaited == NULL) {
        return NULL;
    }
    expression_start(awaited, now_ns, NULL, NULL);
    const char *name = expression_unknown(awaited);
    expression_free(awaited);
    return name == NULL || is_field(judge, name) ? NULL : name;
}

void judge_step_refused(struct judge *judge, const struct step_def *step, struct phrase why,
                        int64_t now_ns) {
    assert(step->type == STEP_DO);
    judge_step(judge, step, false, now_ns);
    judge->steps[judge->step_count - 1].outcome.why = why;
}

void judge_step(struct judge *judge, const struct step_def *step, bool reached, int64_t now_ns) {
    int64_t waited_ns = now_ns - judge->step_ns;
    assert(waited_ns >= 0);
    double within_ms = step->type == STEP_UNTIL ? ns_to_ms(step->time_ns) : (double)NAN;
    struct outcome outcome = {.verdict = VERDICT_PASS,
                              .finding = FINDING_MEASURED,
                              .value = ns_to_ms(waited_ns),
                              .margin = within_ms - ns_to_ms(waited_ns),
                              .uncertainty = (double)NAN,
                              .from_ns = judge->step_ns,
                              .to_ns = now_ns,
                              .at_ns = now_ns,
                              .failed_ns = now_ns,
                              .waited_ns = waited_ns};
    judge->step_ns = now_ns;
    if (reached && (step->type != STEP_UNTIL || step->from_start)) {
        return;
    }
    if (!reached) {
        outcome.value = (double)NAN;
        outcome.signal = step_unknown_signal(judge, step, now_ns);
        bool cut = step->type != STEP_UNTIL || waited_ns < step->time_ns;
        outcome.verdict = cut || outcome.signal != NULL ? VERDICT_INCONCLUSIVE : VERDICT_FAIL;
        outcome.finding = step->type == STEP_DO    ? FINDING_STEP_REFUSED
                          : outcome.signal != NULL ? FINDING_STEP_UNKNOWN
                          : cut                    ? FINDING_STEP_CUT
                          : step->stimulus         ? FINDING_STEP_STIMULUS
                                                   : FINDING_STEP;
        outcome.verdict = step->stimulus ? VERDICT_INCONCLUSIVE : outcome.verdict;
    }
    /* In their order, so that each of them is there once at most. */
    assert(judge->step_count == 0 || judge->steps[judge->step_count - 1].step < step);
    assert(judge->step_count < judge->scenario->step_count);
    judge->steps[judge->step_count++] = (struct step_record){step, outcome};
}

void judge_finish(struct judge *judge, int64_t now_ns, struct result_case *result) {
    judge_mark(judge, "end", now_ns);
    judge_look(judge);
    for (size_t i = 0; i < judge->check_count; i++) {
        check_finish(&judge->checks[i], now_ns);
        assert(check_settled(&judge->checks[i], now_ns));
    }
    loop_cancel(judge->loop, &judge->instant_over);
    for (size_t i = 0; i < judge->event_count; i++) {
        if (judge->events[i].expression != NULL) {
            expression_stop(judge->events[i].expression);
        }
    }
    judge_record(judge, result);
}
