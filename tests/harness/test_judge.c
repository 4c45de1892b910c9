/* SPDX-License-Identifier: MIT */
#include "harness/judge.h"
#include "tests/harness/ramp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKS_MAX 4

static struct loop loop;
static struct signal_board board;
static struct ramp gun;
static struct signal *estop, *k1, *k2, *bcl, *demand, *ccs, *cst, *cst_stop, *making, *imd;
static struct check_def checks[CHECKS_MAX];
static struct step_def steps[3];
static struct scenario scenario;
static struct judge *judge;
static struct result_case result;
static int64_t uncertainty_ns;

#define NO_SIDE ((double)NAN)

static struct limit limits[] = {
    {"estop.open", NO_SIDE, 100, false, false, "ms", "T240-8.6a", {"", ""}},
    {"below.100", NO_SIDE, 0.1, false, true, "s", "", {"", ""}},
    {"not.before", 0.5, NO_SIDE, false, false, "s", "", {"", ""}},
    {"between", 450, 550, false, false, "ms", "", {"", ""}},
    {"making", NO_SIDE, 10, false, true, "V", "NB/T 33008.1-2018 5.2", {"", ""}},
    {"sixty", NO_SIDE, 0.06, false, false, "kV", "", {"", ""}},
    {"uneven", NO_SIDE, 1.005, false, false, "s", "", {"", ""}}, /* 1.005 * 1000 < 1005 */
};
static struct profile profile = {.name = "test",
                                 .decision = DECISION_SIMPLE,
                                 .limits = limits,
                                 .limit_count = sizeof limits / sizeof limits[0]};

static int64_t uncertainty(void *ctx, int64_t from_ns, int64_t to_ns) {
    (void)ctx, (void)from_ns, (void)to_ns;
    return uncertainty_ns;
}

static void setup(void) {
    memset(&board, 0, sizeof board);
    memset(checks, 0, sizeof checks);
    memset(steps, 0, sizeof steps);
    memset(&result, 0, sizeof result);
    loop_init(&loop, LOOP_VIRTUAL);
    uncertainty_ns = 0;
    profile.decision = DECISION_SIMPLE;
    gun = (struct ramp){.loop = &loop};
    estop = signal_add(&board, "estop.pressed", SIGNAL_BOOL, "", "");
    k1 = signal_add(&board, "k1.closed", SIGNAL_BOOL, "", "");
    k2 = signal_add(&board, "k2.closed", SIGNAL_BOOL, "", "");
    bcl = signal_add(&board, "BCL", SIGNAL_PULSE, "", "");
    demand = signal_add(&board, "BCL.current_demand", SIGNAL_NUMBER, "A", "");
    ccs = signal_add(&board, "CCS", SIGNAL_PULSE, "", "");
    cst = signal_add(&board, "CST", SIGNAL_PULSE, "", "");
    cst_stop = signal_add(&board, "CST.emergency_stop", SIGNAL_NUMBER, "", "");
    making = signal_add(&board, "making.difference", SIGNAL_NUMBER, "V", "");
    imd = signal_add(&board, "insulation.positive", SIGNAL_NUMBER, "ohm", "");
    ramp_add(&gun, &board, "gun.voltage", "V");
    signal_set(estop, 0, 0);
    signal_set(k1, 0, 1);
    signal_set(k2, 0, 1);
    scenario = (struct scenario){.id = "case",
                                 .file = "cases/case.json",
                                 .steps = steps,
                                 .step_count = 3,
                                 .checks = checks,
                                 .timeout_ns = 60 * NS_PER_S};
}

static void teardown(void) {
    judge_free(judge);
    judge = NULL;
    result_case_clear(&result);
    signal_board_free(&board);
    loop_free(&loop);
}

/* ---- a run ---- */

static struct check_def *add(enum check_type type) {
    ck_assert_uint_lt(scenario.check_count, CHECKS_MAX);
    struct check_def *check = &checks[scenario.check_count++];
    check->type = type;
    check->title = (struct text){"contactors open", "接触器断开"};
    check->line = 7;
    return check;
}

static struct check_def *add_time(const char *from, const char *to, const char *limit) {
    struct check_def *check = add(CHECK_TIME);
    check->from.text = from;
    check->to.text = to;
    check->limit = limit;
    return check;
}

static struct check_def *add_watch(enum check_type type, const char *condition, const char *from,
                                   const char *to) {
    struct check_def *check = add(type);
    check->condition.text = condition;
    check->from.text = from;
    check->to.text = to;
    return check;
}

static struct check_def *add_expect(const char *condition, const char *from, int64_t within_ms) {
    struct check_def *check = add_watch(CHECK_EXPECT, condition, from, NULL);
    check->window_ns = within_ms * NS_PER_MS;
    return check;
}

static struct check_def *add_quantity(enum check_type type, const char *quantity, const char *from,
                                      const char *limit) {
    struct check_def *check = add_watch(type, quantity, from, NULL);
    check->limit = limit;
    return check;
}

static void begin(void) {
    static const struct instrument instrument = {NULL, "virtual clock", uncertainty};
    struct problem problem = {0};
    judge = judge_new(&scenario, &profile, &board, &loop, &instrument, &problem);
    ck_assert_msg(judge != NULL, "%s", problem.text);
    judge_start(judge, loop.now_ns);
}

static void at_ns(int64_t instant_ns) {
    loop_run(&loop, instant_ns);
}

static void at(int64_t ms) {
    at_ns(ms * NS_PER_MS);
}

static void set(struct signal *signal, double value) {
    signal_set(signal, loop.now_ns, value);
}

static void came(struct signal *message) {
    signal_set(message, loop.now_ns, message->known ? message->value + 1 : 1);
}

static void finish(int64_t ms) {
    at(ms);
    judge_finish(judge, loop.now_ns, &result);
    for (size_t i = 0; i < result.check_count; i++) { /* what must hold of every record */
        const struct result_check *one = &result.checks[i];
        ck_assert_int_le(one->verdict, result.verdict);
        ck_assert(one->verdict == VERDICT_PASS || one->reason.en != NULL);
        ck_assert(one->verdict == VERDICT_PASS || one->reason.zh != NULL);
        ck_assert(one->verdict != VERDICT_PASS || one->reason.en == NULL);
        ck_assert_ptr_nonnull(one->title.en);
        ck_assert_ptr_nonnull(one->condition);
    }
    ck_assert(result.verdict == VERDICT_PASS || result.reason.en != NULL);
    ck_assert(result.verdict != VERDICT_PASS || result.reason.en == NULL);
}

static const struct result_check *is(size_t index, enum verdict verdict, const char *reason) {
    ck_assert_uint_lt(index, result.check_count);
    const struct result_check *one = &result.checks[index];
    ck_assert_msg(one->verdict == verdict, "verdict %s: %s", verdict_name(one->verdict),
                  one->reason.en != NULL ? one->reason.en : "");
    if (reason != NULL) {
        ck_assert_ptr_nonnull(one->reason.en);
        ck_assert_msg(strstr(one->reason.en, reason) != NULL, "'%s' lacks '%s'", one->reason.en,
                      reason);
    }
    return one;
}

/* ---- time ---- */

/* One time check from the stop to both contactors, which open at open_ns; verdict and value. */
static enum verdict opened_at(const char *limit, int64_t open_ns, double *margin) {
    setup();
    add_time("estop.pressed", "not k1.closed and not k2.closed", limit);
    begin();
    at(1000);
    set(estop, 1);
    at_ns(NS_PER_S + open_ns);
    set(k1, 0);
    set(k2, 0);
    finish(5000);
    ck_assert_double_eq_tol(result.checks[0].value, (double)open_ns * 1e-6, 1e-9);
    enum verdict verdict = result.checks[0].verdict;
    *margin = result.checks[0].margin;
    ck_assert_int_eq(result.verdict, verdict);
    teardown();
    return verdict;
}

START_TEST(time_at_the_limit) {
    double margin;
    teardown();
    ck_assert_int_eq(opened_at("estop.open", 80 * NS_PER_MS, &margin), VERDICT_PASS);
    ck_assert_double_eq_tol(margin, 20, 1e-9);
    ck_assert_int_eq(opened_at("estop.open", 100 * NS_PER_MS, &margin), VERDICT_PASS);
    ck_assert_double_eq(margin, 0);
    ck_assert_int_eq(opened_at("estop.open", 100 * NS_PER_MS + 1, &margin), VERDICT_FAIL);
    ck_assert_double_lt(margin, 0);
    ck_assert_int_eq(opened_at("below.100", 100 * NS_PER_MS - 1, &margin), VERDICT_PASS);
    ck_assert_int_eq(opened_at("below.100", 100 * NS_PER_MS, &margin), VERDICT_FAIL);
    ck_assert_int_eq(opened_at("not.before", 500 * NS_PER_MS - 1, &margin), VERDICT_FAIL);
    ck_assert_int_eq(opened_at("not.before", 500 * NS_PER_MS, &margin), VERDICT_PASS);
    ck_assert_int_eq(opened_at("between", 449 * NS_PER_MS, &margin), VERDICT_FAIL);
    ck_assert_int_eq(opened_at("between", 450 * NS_PER_MS, &margin), VERDICT_PASS);
    ck_assert_int_eq(opened_at("between", 530 * NS_PER_MS, &margin), VERDICT_PASS);
    ck_assert_double_eq_tol(margin, 20, 1e-9);
    ck_assert_int_eq(opened_at("between", 460 * NS_PER_MS, &margin), VERDICT_PASS);
    ck_assert_double_eq_tol(margin, 10, 1e-9);
    ck_assert_int_eq(opened_at("uneven", 1005 * NS_PER_MS, &margin), VERDICT_PASS);
    ck_assert_int_eq(opened_at("uneven", 1005 * NS_PER_MS + 1, &margin), VERDICT_FAIL);
    ck_assert_int_eq(opened_at("between", 551 * NS_PER_MS, &margin), VERDICT_FAIL);
    ck_assert_double_eq_tol(margin, -1, 1e-9);
    setup();
}
END_TEST

START_TEST(time_record) {
    add_time("estop.pressed", "not k1.closed", "below.100");
    begin();
    at(1000);
    set(estop, 1);
    at_ns(1130200000);
    set(k1, 0);
    finish(5000);
    const struct result_check *one =
        is(0, VERDICT_FAIL, "contactors open: 130.2 ms; the limit is below 100 ms");
    ck_assert_str_eq(one->reason.zh, "接触器断开：130.2 ms；限值为小于 100 ms");
    ck_assert_str_eq(one->title.en, "contactors open");
    ck_assert_int_eq(one->kind, RESULT_MEASURE);
    ck_assert_double_eq(one->value, 130.2);
    ck_assert_double_eq(one->limit_max, 100);
    ck_assert_double_nan(one->limit_min);
    ck_assert_str_eq(one->unit, "ms");
    ck_assert_double_eq_tol(one->margin, -30.2, 1e-9);
    ck_assert_double_eq(one->uncertainty, 0);
    ck_assert_str_eq(one->instrument, "virtual clock");
    ck_assert_str_eq(one->limit_name, "below.100");
    ck_assert_int_eq(one->from_ns, NS_PER_S);
    ck_assert_int_eq(one->to_ns, 1130200000);
    ck_assert_str_eq(one->condition, "time, from estop.pressed, to not k1.closed");
    ck_assert_str_eq(result.reason.en, one->reason.en);
    ck_assert_int_eq(result.focus_from_ns, NS_PER_S);
    ck_assert_int_eq(result.focus_to_ns, 1130200000);
}
END_TEST

START_TEST(sources_are_told) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    set(estop, 1);
    at_ns(100000001);
    set(k1, 0);
    finish(5000);
    is(0, VERDICT_FAIL, "100.000001 ms; the limit is at most 100 ms (T240-8.6a)");
}
END_TEST

static enum verdict decided(enum decision decision, int64_t band_ns, int64_t open_ns) {
    setup();
    profile.decision = decision;
    uncertainty_ns = band_ns;
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    set(estop, 1);
    at_ns(open_ns);
    set(k1, 0);
    finish(5000);
    ck_assert_double_eq(result.checks[0].uncertainty, (double)band_ns * 1e-6);
    enum verdict verdict = result.checks[0].verdict;
    if (verdict == VERDICT_INCONCLUSIVE) {
        ck_assert_ptr_nonnull(strstr(result.checks[0].reason.en, "± 0.5 ms is too close"));
    }
    teardown();
    return verdict;
}

START_TEST(guard_band) {
    const int64_t half = NS_PER_MS / 2, limit = 100 * NS_PER_MS;
    teardown();
    ck_assert_int_eq(decided(DECISION_GUARD_BAND, half, limit - half), VERDICT_PASS);
    ck_assert_int_eq(decided(DECISION_GUARD_BAND, half, limit - half + 1), VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(decided(DECISION_GUARD_BAND, half, limit), VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(decided(DECISION_GUARD_BAND, half, limit + half), VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(decided(DECISION_GUARD_BAND, half, limit + half + 1), VERDICT_FAIL);
    ck_assert_int_eq(decided(DECISION_GUARD_BAND, 0, limit), VERDICT_PASS);
    ck_assert_int_eq(decided(DECISION_GUARD_BAND, 0, limit + 1), VERDICT_FAIL);
    ck_assert_int_eq(decided(DECISION_SIMPLE, half, limit), VERDICT_PASS);
    ck_assert_int_eq(decided(DECISION_SIMPLE, half, limit + 1), VERDICT_FAIL);
    setup();
}
END_TEST

START_TEST(from_never_came) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    add_time("estop.pressed", "not k1.closed", "estop.open")->optional = true;
    struct check_def *third = add_time("not k1.closed", "not k2.closed", "estop.open");
    third->after.text = "estop.pressed";
    begin();
    finish(60000);
    const struct result_check *one =
        is(0, VERDICT_INCONCLUSIVE, "'estop.pressed' never happened, so nothing was judged");
    ck_assert_str_eq(one->reason.zh, "接触器断开：“estop.pressed”始终未发生，未作评定");
    ck_assert_int_eq(one->from_ns, -1);
    ck_assert_double_nan(one->value);
    is(1, VERDICT_NONE, "never happened");
    is(2, VERDICT_INCONCLUSIVE, "'estop.pressed' never happened");
    ck_assert_int_eq(result.verdict, VERDICT_INCONCLUSIVE);
}
END_TEST

/* The end of the case, in ms after the stop, and what a contactor that stays closed then is. */
static enum verdict still_closed(const char *limit, int64_t end_ms, const char *reason) {
    setup();
    add_time("estop.pressed", "not k1.closed", limit);
    begin();
    at(1000);
    set(estop, 1);
    finish(1000 + end_ms);
    enum verdict verdict = is(0, result.checks[0].verdict, reason)->verdict;
    ck_assert_double_nan(result.checks[0].value);
    teardown();
    return verdict;
}

START_TEST(to_did_not_come) {
    teardown();
    ck_assert_int_eq(still_closed("estop.open", 2000,
                                  "'not k1.closed' did not happen within 2000 "
                                  "ms of 'estop.pressed'; the limit is at most "
                                  "100 ms (T240-8.6a)"),
                     VERDICT_FAIL);
    ck_assert_int_eq(still_closed("estop.open", 100, "did not happen"), VERDICT_FAIL);
    ck_assert_int_eq(still_closed("estop.open", 99, "the case ended 99 ms after 'estop.pressed'"),
                     VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(still_closed(NULL, 59000, "did not happen within 59.000 s"), VERDICT_FAIL);
    ck_assert_int_eq(still_closed(NULL, 58999, "the case ended"), VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(still_closed("not.before", 59000, "the case ended"), VERDICT_INCONCLUSIVE);
    setup();
}
END_TEST

START_TEST(too_late_within_the_guard_band_is_open) {
    profile.decision = DECISION_GUARD_BAND;
    uncertainty_ns = NS_PER_MS;
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    set(estop, 1);
    finish(100);
    is(0, VERDICT_INCONCLUSIVE, "the case ended 100 ms after");
}
END_TEST

START_TEST(to_may_hold_at_once) {
    set(k1, 0);
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    at(700);
    set(estop, 1);
    finish(5000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 0);
    ck_assert_int_eq(result.checks[0].from_ns, 700 * NS_PER_MS);
    ck_assert_int_eq(result.checks[0].to_ns, 700 * NS_PER_MS);
}
END_TEST

/* from is looked for after "after" only, and may hold at once then. */
START_TEST(after) {
    struct check_def *check = add_time("not k1.closed", "not k2.closed", "estop.open");
    check->after.text = "estop.pressed";
    struct check_def *bare = add_time(NULL, "not k2.closed", "estop.open");
    bare->after.text = "estop.pressed";
    begin();
    at(100);
    set(k1, 0);
    at(200);
    set(k1, 1);
    at(300);
    set(estop, 1);
    at(400);
    set(k1, 0);
    at(450);
    set(k2, 0);
    finish(5000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 50);
    ck_assert_double_eq(is(1, VERDICT_FAIL, "150 ms")->value, 150);
}
END_TEST

START_TEST(continuous_to) {
    ramp_go(&gun, 500, 0);
    add_time("estop.pressed", "gun.voltage < 60 V", NULL);
    begin();
    at(1000);
    set(estop, 1);
    ramp_go(&gun, 500, -1000);
    finish(5000);
    ck_assert_double_eq_tol(is(0, VERDICT_PASS, NULL)->value, 440, 1e-5);
}
END_TEST

/* Frames of two networks are stamped by the kernel and may be read in the wrong order. */
START_TEST(stamps_out_of_order) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    add_time("estop.pressed", "BCL", "estop.open");
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL);
    begin();
    at(1000);
    signal_set(estop, 999 * NS_PER_MS, 1);
    signal_set(k1, 998 * NS_PER_MS, 0);
    signal_set(bcl, 998 * NS_PER_MS, 1);
    at(1010);
    came(bcl);
    finish(5000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 0);
    ck_assert_double_eq(is(1, VERDICT_PASS, NULL)->value, 11);
    ck_assert_int_eq(is(2, VERDICT_FAIL, NULL)->from_ns, 999 * NS_PER_MS);
}
END_TEST

/* A reception from before does not answer, whatever else changes later. */
START_TEST(messages_do_not_linger) {
    add_time("estop.pressed", "BCL", "estop.open");
    begin();
    at(500);
    came(bcl);
    at(1000);
    set(estop, 1);
    at(1020);
    judge_mark(judge, "x", loop.now_ns);
    set(estop, 0);
    finish(5000);
    is(0, VERDICT_FAIL, "did not happen");
}
END_TEST

START_TEST(settle) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->settle = true;
    begin();
    at(1000);
    set(estop, 1);
    at(1020);
    set(k1, 0);
    at(1090);
    set(k1, 1); /* bounces */
    at(1095);
    set(k1, 0);
    finish(5000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 95);
}
END_TEST

START_TEST(settle_too_late) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->settle = true;
    begin();
    at(1000);
    set(estop, 1);
    at(1020);
    set(k1, 0);
    at(3000);
    set(k1, 1);
    at(3001);
    set(k1, 0);
    finish(5000);
    ck_assert_double_eq(is(0, VERDICT_FAIL, "2001 ms")->value, 2001);
}
END_TEST

START_TEST(settle_not_for_good) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->settle = true;
    begin();
    at(1000);
    set(estop, 1);
    at(1020);
    set(k1, 0);
    at(4000);
    set(k1, 1);
    finish(5000);
    is(0, VERDICT_FAIL, "'not k1.closed' did not last to the end, 4000 ms after 'estop.pressed'");
}
END_TEST

START_TEST(each_reports_the_worst) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->each = true;
    begin();
    static const int64_t delays[] = {20, 95, 40};
    for (int64_t i = 0; i < 3; i++) {
        at(1000 * (i + 1));
        set(estop, 1);
        at(1000 * (i + 1) + delays[i]);
        set(k1, 0);
        at(1000 * (i + 1) + 500);
        set(estop, 0);
        set(k1, 1);
    }
    at(4000);
    set(estop, 1); /* cut off by the end: counts for nothing */
    finish(4010);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_double_eq(one->value, 95);
    ck_assert_double_eq(one->margin, 5);
    ck_assert_int_eq(one->from_ns, 2000 * NS_PER_MS);
    ck_assert_str_eq(one->title.en, "contactors open (worst of 3)");
    ck_assert_str_eq(one->title.zh, "接触器断开（3次中最差）");
}
END_TEST

START_TEST(each_fails_with_one) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->each = true;
    begin();
    at(1000);
    set(estop, 1);
    at(1020);
    set(k1, 0);
    at(1500);
    set(estop, 0);
    set(k1, 1);
    at(2000);
    set(estop, 1); /* never answered */
    finish(5000);
    is(0, VERDICT_FAIL, "did not happen within 3000 ms");
}
END_TEST

/* Every reception ends one period and begins the next. */
START_TEST(each_period_of_a_message) {
    add_time("BCL", "BCL", "estop.open")->each = true;
    begin();
    static const int64_t receptions[] = {100, 150, 200, 290, 340};
    for (size_t i = 0; i < 5; i++) {
        at(receptions[i]);
        came(bcl);
    }
    finish(350);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 90);
    ck_assert_str_eq(result.checks[0].title.en, "contactors open (worst of 4)");
}
END_TEST

START_TEST(each_cut_off_at_once) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->each = true;
    begin();
    set(estop, 1);
    finish(50);
    is(0, VERDICT_INCONCLUSIVE, "the case ended 50 ms after");
}
END_TEST

START_TEST(marks) {
    add_time("@pressed", "not k1.closed", "estop.open");
    add_time("@start", "@pressed", NULL);
    add_time("@pressed", "@end", NULL);
    add_time("@pressed", "@start", "estop.open"); /* was before: does not come any more */
    begin();
    at(100);
    judge_mark(judge, "start", loop.now_ns);
    at(300);
    set(k1, 0);
    judge_mark(judge, "pressed", loop.now_ns);
    finish(2000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 0);
    ck_assert_double_eq(is(1, VERDICT_PASS, NULL)->value, 200);
    ck_assert_double_eq(is(2, VERDICT_PASS, NULL)->value, 1700);
    is(3, VERDICT_FAIL, "'@start' did not happen within 1700 ms of '@pressed'");
}
END_TEST

START_TEST(two_marks_at_one_instant) {
    add_time("@a", "@b", NULL);
    begin();
    at(100);
    judge_mark(judge, "a", loop.now_ns);
    loop_run(&loop, loop.now_ns); /* the judge has looked */
    judge_mark(judge, "b", loop.now_ns);
    finish(2000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 0);
}
END_TEST

/* K1 and K2 change places within one instant: "either" has not changed, "none" was never true. */
START_TEST(glitches_are_no_events) {
    set(k2, 0);
    add_time("@pressed", "not k1.closed and not k2.closed", "estop.open");
    add_time("k1.closed and k2.closed", "not k2.closed", "estop.open");
    begin();
    at(1000);
    judge_mark(judge, "pressed", loop.now_ns);
    at(1010);
    set(k1, 0);
    set(k2, 1);
    at(1020);
    set(k1, 1);
    set(k2, 0);
    finish(5000);
    is(0, VERDICT_FAIL, "did not happen");
    is(1, VERDICT_INCONCLUSIVE, "never happened");
}
END_TEST

/* ---- expect ---- */

START_TEST(expectations) {
    add_expect("CST.emergency_stop == 1", "estop.pressed", 100);
    add_expect("CST", "estop.pressed", 49);
    add_expect("BCL", "estop.pressed", 100);
    begin();
    at(1000);
    set(estop, 1);
    at(1050);
    set(cst_stop, 1);
    came(cst);
    finish(5000);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_int_eq(one->kind, RESULT_EXPECT);
    ck_assert_double_eq(one->value, 50);
    ck_assert_double_eq(one->limit_max, 100);
    ck_assert_str_eq(one->condition, "expect CST.emergency_stop == 1, from estop.pressed");
    is(1, VERDICT_FAIL, "50 ms; the limit is at most 49 ms");
    is(2, VERDICT_FAIL, "'BCL' did not happen within 4000 ms of 'estop.pressed'");
}
END_TEST

START_TEST(expectation_at_its_limit) {
    add_expect("CST", "estop.pressed", 100);
    checks[0].within_limit = "below.100"; /* open: the instant itself is too late */
    add_expect("CST", "estop.pressed", 100);
    begin();
    set(estop, 1);
    at(100);
    came(cst);
    finish(5000);
    ck_assert_str_eq(is(0, VERDICT_FAIL, "100 ms; the limit is below 100 ms")->limit_name,
                     "below.100");
    is(1, VERDICT_PASS, NULL);
}
END_TEST

/* A field that never came is the sender's failure; a signal nobody wires is not. */
START_TEST(expectations_of_what_is_not_known) {
    add_expect("CST.emergency_stop == 1", "estop.pressed", 100);
    add_expect("insulation.positive < 100 kohm", "estop.pressed", 100);
    begin();
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_FAIL, "did not happen within 5000 ms");
    const struct result_check *one =
        is(1, VERDICT_INCONCLUSIVE, "insulation.positive is not known");
    ck_assert_ptr_nonnull(strstr(one->reason.zh, "信号 insulation.positive 未知"));
}
END_TEST

/* Known while it mattered, not known any more at the end: still a fail. And the other way round. */
START_TEST(what_was_known_when_the_limit_elapsed) {
    add_expect("insulation.positive < 100 kohm", "estop.pressed", 100);
    add_expect("making.difference > 1 V", "estop.pressed", 100);
    set(imd, 1e6);
    begin();
    set(estop, 1);
    at(200);
    set(imd, NAN);
    set(making, 0);
    finish(5000);
    is(0, VERDICT_FAIL, "did not happen");
    is(1, VERDICT_INCONCLUSIVE, "making.difference");
}
END_TEST

START_TEST(expect_cut_short) {
    add_expect("CST", "estop.pressed", 100);
    begin();
    set(estop, 1);
    finish(99);
    is(0, VERDICT_INCONCLUSIVE, "too early to judge 'CST'");
}
END_TEST

/* The reception that is "from" is not what is expected after it. */
START_TEST(expect_the_next_message) {
    add_expect("BCL", "BCL", 60)->each = true;
    begin();
    at(100);
    came(bcl);
    at(150);
    came(bcl);
    at(240);
    came(bcl);
    finish(250);
    ck_assert_double_eq(is(0, VERDICT_FAIL, "90 ms")->value, 90);
}
END_TEST

/* ---- value and peak ---- */

START_TEST(values) {
    add_quantity(CHECK_VALUE, "making.difference", "k1.closed and k2.closed", "making");
    add_quantity(CHECK_VALUE, "gun.voltage", "@end", "sixty");
    add_quantity(CHECK_VALUE, "abs(BCL.current_demand)", "BCL", NULL);
    set(k1, 0);
    begin();
    at(100);
    ramp_go(&gun, 100, -10);
    set(making, 9.5);
    set(k1, 1);
    set(demand, -200);
    came(bcl);
    at(200);
    set(making, 300);
    finish(4100);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_double_eq(one->value, 9.5);
    ck_assert_str_eq(one->unit, "V");
    ck_assert_double_eq(one->margin, 0.5);
    ck_assert_ptr_null(one->instrument);
    ck_assert_int_eq(one->from_ns, 100 * NS_PER_MS);
    ck_assert_str_eq(one->condition, "value making.difference, at k1.closed and k2.closed");
    one = is(1, VERDICT_PASS, NULL); /* exactly 60 V, limit 0.06 kV */
    ck_assert_double_eq(one->value, 60);
    ck_assert_double_eq(one->limit_max, 60);
    ck_assert_double_eq(is(2, VERDICT_PASS, NULL)->value, 200);
}
END_TEST

START_TEST(value_at_an_open_limit) {
    add_quantity(CHECK_VALUE, "making.difference", "not k1.closed", "making");
    begin();
    set(making, 10);
    set(k1, 0);
    finish(100);
    is(0, VERDICT_FAIL, "10 V; the limit is below 10 V (NB/T 33008.1-2018 5.2)");
}
END_TEST

START_TEST(value_not_known) {
    add_quantity(CHECK_VALUE, "making.difference", "not k1.closed", "making");
    begin();
    set(k1, 0);
    finish(100);
    is(0, VERDICT_INCONCLUSIVE, "making.difference is not known");
}
END_TEST

START_TEST(value_at_each) {
    add_quantity(CHECK_VALUE, "making.difference", "k1.closed", "making")->each = true;
    begin();
    static const double volts[] = {3, 12, 4};
    for (int i = 0; i < 3; i++) {
        at(100 * i + 10);
        set(k1, 0);
        set(making, volts[i]);
        at(100 * i + 60);
        set(k1, 1);
    }
    finish(1000);
    ck_assert_double_eq(is(0, VERDICT_FAIL, "12 V")->value, 12);
    ck_assert_int_eq(result.checks[0].from_ns, 160 * NS_PER_MS);
}
END_TEST

/* On the real clock two frames come in one go: each has the values of its own instant. */
START_TEST(values_of_overtaken_instants) {
    add_quantity(CHECK_VALUE, "BCL.current_demand", "BCL", NULL);
    begin();
    at(100);
    signal_set(demand, 99 * NS_PER_MS, 5);
    signal_set(bcl, 99 * NS_PER_MS, 1);
    signal_set(demand, 99 * NS_PER_MS + 500, 7);
    signal_set(bcl, 99 * NS_PER_MS + 500, 2);
    finish(1000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 5);
    ck_assert_int_eq(result.checks[0].from_ns, 99 * NS_PER_MS);
}
END_TEST

START_TEST(peaks) {
    add_quantity(CHECK_PEAK, "gun.voltage", "estop.pressed", "sixty")->to.text = "not k1.closed";
    add_quantity(CHECK_PEAK, "gun.voltage", "estop.pressed", "sixty")->window_ns = 4 * NS_PER_S;
    struct check_def *third = add_quantity(CHECK_PEAK, "making.difference", "estop.pressed", NULL);
    third->window_ns = NS_PER_S;
    ramp_go(&gun, 90, 0);
    begin();
    ramp_go(&gun, 0, 20);
    at(1000);
    set(estop, 1);
    at(2000);
    set(k1, 0);
    at(4500);
    ramp_go(&gun, 10, 0);
    finish(10000);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_double_eq(one->value, 40);
    ck_assert_double_eq(one->margin, 20);
    ck_assert_int_eq(one->from_ns, NS_PER_S);
    ck_assert_int_eq(one->to_ns, 2 * NS_PER_S);
    one = is(1, VERDICT_FAIL, "90 V; the limit is at most 60 V");
    ck_assert_int_eq(one->to_ns, 5 * NS_PER_S);
    is(2, VERDICT_INCONCLUSIVE, "making.difference is not known");
}
END_TEST

START_TEST(peak_until_the_end) {
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, "sixty");
    begin();
    ramp_go(&gun, 0, 10);
    finish(7000);
    ck_assert_double_eq(is(0, VERDICT_FAIL, "70 V")->value, 70);
}
END_TEST

START_TEST(peak_cut_short) {
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, "sixty")->window_ns = 8 * NS_PER_S;
    add_quantity(CHECK_PEAK, "making.difference", NULL, "making")->window_ns = 8 * NS_PER_S;
    add_quantity(CHECK_PEAK, "BCL.current_demand", NULL, NULL)->window_ns = 7 * NS_PER_S;
    set(making, 3);
    set(demand, 3);
    begin();
    ramp_go(&gun, 0, 10);
    finish(7000);
    is(0, VERDICT_FAIL, "70 V");
    is(1, VERDICT_INCONCLUSIVE, "the case ended 7000 ms after the start of the case; 8000 ms were");
    is(2, VERDICT_PASS, NULL);
}
END_TEST

/* ---- always and never ---- */

START_TEST(watched_conditions_that_hold) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", "not k2.closed");
    add_watch(CHECK_NEVER, "gun.voltage > 60 V", "estop.pressed", NULL)->window_ns = NS_PER_S;
    begin();
    ramp_go(&gun, 0, 0);
    at(1000);
    set(estop, 1);
    finish(5000);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_int_eq(one->kind, RESULT_ALWAYS);
    ck_assert_int_eq(one->from_ns, 0);
    ck_assert_int_eq(one->to_ns, 5 * NS_PER_S);
    one = is(1, VERDICT_PASS, NULL); /* its end never came: until the end of the case */
    ck_assert_int_eq(one->kind, RESULT_NEVER);
    ck_assert_int_eq(one->from_ns, NS_PER_S);
    ck_assert_int_eq(is(2, VERDICT_PASS, NULL)->to_ns, 2 * NS_PER_S);
    ck_assert_double_nan(one->value);
}
END_TEST

START_TEST(violations_at_their_instant) {
    add_watch(CHECK_ALWAYS, "k1.closed", "estop.pressed", NULL);
    add_watch(CHECK_NEVER, "gun.voltage > 60 V", "estop.pressed", NULL);
    ramp_go(&gun, 0, 0);
    begin();
    at(1000);
    set(estop, 1);
    ramp_go(&gun, 0, 100);
    at(1500);
    set(k1, 0);
    at_ns(1500000001);
    set(k1, 1);
    finish(5000);
    const struct result_check *one =
        is(0, VERDICT_FAIL, "'k1.closed' did not hold at 1.500000 s, 500 ms after 'estop.pressed'");
    ck_assert_int_eq(one->from_ns, 1500 * NS_PER_MS);
    ck_assert_int_eq(one->to_ns, 1500 * NS_PER_MS);
    ck_assert_str_eq(one->reason.zh,
                     "接触器断开：1.500000 s时“k1.closed”不成立（“estop.pressed”之后500 ms）");
    one = is(1, VERDICT_FAIL, "'gun.voltage > 60 V' happened at 1.600000 s");
    ck_assert_int_eq(result.focus_from_ns, 1500 * NS_PER_MS);
}
END_TEST

START_TEST(violated_from_the_beginning) {
    add_watch(CHECK_NEVER, "k1.closed", "estop.pressed", NULL);
    begin();
    at(1000);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_FAIL, "at 1.000000 s, 0 ms after");
}
END_TEST

/* K1 opens, then K2, at one instant: "both or none" is broken in between, for no time. */
START_TEST(glitches_are_no_violations) {
    const char *both_or_none = "k1.closed and k2.closed or not k1.closed and not k2.closed";
    add_watch(CHECK_ALWAYS, both_or_none, NULL, NULL);
    add_watch(CHECK_NEVER, "k1.closed and not k2.closed", NULL, NULL);
    begin();
    at(1000);
    set(k1, 0);
    set(k2, 0);
    at(2000);
    set(k1, 1);
    set(k2, 1);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

static struct timer relay;

static void k2_follows(void *ctx, int64_t now_ns) {
    (void)ctx;
    signal_set(k2, now_ns, 0);
}

static void k1_opens(void *ctx, int64_t now_ns) {
    (void)ctx;
    signal_set(k1, now_ns, 0);
    relay.fire = k2_follows;
    loop_set(&loop, &relay, now_ns); /* after the judge's own timer */
}

START_TEST(glitches_over_several_timers) {
    add_watch(CHECK_NEVER, "not k1.closed and k2.closed", NULL, NULL);
    add_quantity(CHECK_VALUE, "gun.voltage", "not k1.closed and k2.closed", NULL)->optional = true;
    begin();
    relay = (struct timer){.fire = k1_opens};
    loop_set(&loop, &relay, NS_PER_S);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_NONE, "never happened");
}
END_TEST

static void look(void) {
    loop_run(&loop, loop.now_ns);
}

/* More may come at an instant after the judge has looked at it. */
START_TEST(instants_that_go_on) {
    add_watch(CHECK_NEVER, "not k1.closed", NULL, "@pressed");
    add_watch(CHECK_NEVER, "not k2.closed", NULL, "@pressed");
    add_watch(CHECK_NEVER, "BCL", NULL, "@pressed");
    add_watch(CHECK_NEVER, "CST", NULL, "@pressed");
    begin();
    at(1000);
    set(k1, 0);
    came(cst);
    look();
    set(k1, 1); /* for no time, after all; but a message was received */
    look();
    at(2000);
    set(k2, 0);
    came(bcl);
    look();
    judge_mark(judge, "pressed", loop.now_ns); /* the window ends here, after all */
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
    is(2, VERDICT_PASS, NULL);
    ck_assert_int_eq(is(3, VERDICT_FAIL, NULL)->from_ns, NS_PER_S);
}
END_TEST

START_TEST(the_end_of_the_case_is_outside) {
    set(making, 1);
    add_watch(CHECK_NEVER, "not k1.closed", NULL, NULL);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", NULL, NULL);
    begin();
    at(5000);
    set(k1, 0);
    set(making, NAN);
    look();
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(the_message_that_opens_a_window_is_outside) {
    add_watch(CHECK_NEVER, "BCL", "BCL", NULL);
    add_watch(CHECK_NEVER, "BCL", "BCL", NULL);
    checks[1].window_ns = 100 * NS_PER_MS;
    begin();
    at(1000);
    came(bcl);
    at(1200);
    came(bcl);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, NULL)->from_ns, 1200 * NS_PER_MS);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

/* On the real clock an instant may be over before the loop comes round: 1 ns is long enough. */
START_TEST(short_violations_in_one_go) {
    add_watch(CHECK_NEVER, "k1.closed and not k2.closed", NULL, NULL);
    add_watch(CHECK_NEVER, "not k1.closed and k2.closed", NULL, NULL);
    begin();
    at(1000);
    signal_set(k2, 999 * NS_PER_MS, 0);
    signal_set(k1, 999 * NS_PER_MS + 1, 0);
    signal_set(k1, 999 * NS_PER_MS + 2, 1);
    signal_set(k2, 999 * NS_PER_MS + 2, 1);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, NULL)->from_ns, 999 * NS_PER_MS);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(messages_violate_at_once) {
    add_watch(CHECK_NEVER, "BCL", "estop.pressed", NULL);
    add_watch(CHECK_NEVER, "BCL and BCL.current_demand < -100 A", NULL, NULL);
    add_watch(CHECK_ALWAYS, "not CCS", NULL, NULL);
    add_watch(CHECK_NEVER, "CST", NULL, NULL);
    begin();
    at(500);
    set(demand, -50);
    came(bcl);
    at(1000);
    set(estop, 1);
    at(2000);
    set(demand, -150);
    at(2100);
    came(bcl);
    came(ccs);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, "happened")->from_ns, 2100 * NS_PER_MS);
    ck_assert_int_eq(is(1, VERDICT_FAIL, "happened")->from_ns, 2100 * NS_PER_MS);
    ck_assert_int_eq(is(2, VERDICT_FAIL, "did not hold")->from_ns, 2100 * NS_PER_MS);
    is(3, VERDICT_PASS, NULL);
}
END_TEST

/* What becomes true at the very instant of "to", or at the end of "for", is outside. */
START_TEST(the_end_of_a_window_is_outside) {
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", "not k2.closed");
    add_watch(CHECK_NEVER, "BCL", "estop.pressed", "not k2.closed");
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S;
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S + 1;
    begin();
    at(1000);
    set(estop, 1);
    at(2000);
    set(k1, 0);
    came(bcl);
    set(k2, 0);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
    is(2, VERDICT_PASS, NULL);
    is(3, VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(windows_that_are_empty_or_never_begin) {
    add_watch(CHECK_ALWAYS, "k1.closed", "estop.pressed", "k2.closed");
    add_watch(CHECK_ALWAYS, "k1.closed", "not k1.closed", NULL);
    add_watch(CHECK_ALWAYS, "k1.closed", "not k1.closed", NULL)->optional = true;
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", "k2.closed")->each = true;
    begin();
    at(1000);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_INCONCLUSIVE,
       "from 'estop.pressed' to 'k2.closed' ended at the instant it began");
    is(1, VERDICT_INCONCLUSIVE, "'not k1.closed' never happened");
    is(2, VERDICT_NONE, NULL);
    is(3, VERDICT_INCONCLUSIVE, "ended at the instant it began");
}
END_TEST

START_TEST(watches_cut_short) {
    add_watch(CHECK_NEVER, "not k1.closed", NULL, NULL)->window_ns = 6 * NS_PER_S;
    add_watch(CHECK_NEVER, "not k1.closed", NULL, NULL)->window_ns = 5 * NS_PER_S;
    add_watch(CHECK_NEVER, "estop.pressed", NULL, NULL)->window_ns = 6 * NS_PER_S;
    begin();
    at(100);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_INCONCLUSIVE, "the case ended 5000 ms after the start of the case; 6000 ms were");
    is(1, VERDICT_PASS, NULL);
    is(2, VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(watches_of_what_is_not_known) {
    add_watch(CHECK_NEVER, "insulation.positive < 100 kohm", NULL, NULL);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", NULL, NULL);
    add_watch(CHECK_NEVER, "making.difference > 10 V", NULL, NULL);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", "estop.pressed", NULL);
    begin();
    at(1000);
    set(making, 3);
    at(2000);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_INCONCLUSIVE, "cannot be observed, insulation.positive is not known");
    is(1, VERDICT_INCONCLUSIVE, "making.difference was not known");
    is(2, VERDICT_PASS, NULL); /* was not seen to happen while it could be seen */
    is(3, VERDICT_PASS, NULL);
}
END_TEST

/* Not known for no time at all: the fields of the first message are set one after the other. */
START_TEST(unknown_for_an_instant_only) {
    set(making, 3);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", NULL, NULL);
    begin();
    at(1000);
    set(making, NAN);
    set(making, 4);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(watch_each_window) {
    add_watch(CHECK_NEVER, "estop.pressed", "k1.closed", "not k1.closed")->each = true;
    begin();
    for (int i = 0; i < 3; i++) {
        at(1000 * i + 100);
        set(k1, 0);
        set(estop, i == 1); /* outside */
        at(1000 * i + 500);
        set(estop, 0);
        set(k1, 1);
    }
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    ck_assert_str_eq(result.checks[0].title.en, "contactors open (worst of 4)");
}
END_TEST

START_TEST(watch_each_window_violated_once) {
    add_watch(CHECK_NEVER, "estop.pressed", "k1.closed", "not k1.closed")->each = true;
    begin();
    at(100);
    set(k1, 0);
    at(200);
    set(k1, 1);
    at(300);
    set(estop, 1);
    at(301);
    set(estop, 0);
    at(400);
    set(k1, 0);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, NULL)->from_ns, 300 * NS_PER_MS);
}
END_TEST

/* ---- steps ---- */

START_TEST(steps_reached) {
    steps[0] = (struct step_def){.type = STEP_UNTIL, .what.text = "k1.closed", .from_start = true};
    steps[1] = (struct step_def){.type = STEP_DO, .what.text = "press estop"};
    steps[2] = (struct step_def){.type = STEP_UNTIL,
                                 .what.text = "gun.voltage < 60 V",
                                 .time_ns = 2 * NS_PER_S,
                                 .note = {"wait for the discharge", "等待泄放"}};
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(100);
    judge_step(judge, &steps[0], true, loop.now_ns);
    at(200);
    judge_step(judge, &steps[1], true, loop.now_ns);
    at(900);
    judge_step(judge, &steps[2], true, loop.now_ns);
    finish(1000);
    ck_assert_uint_eq(result.check_count, 2);
    const struct result_check *one = is(1, VERDICT_PASS, NULL);
    ck_assert_int_eq(one->kind, RESULT_STEP);
    ck_assert_double_eq(one->value, 700);
    ck_assert_double_eq(one->limit_max, 2000);
    ck_assert_str_eq(one->title.zh, "等待泄放");
    ck_assert_str_eq(one->condition, "gun.voltage < 60 V");
    ck_assert_int_eq(result.verdict, VERDICT_PASS);
}
END_TEST

static void step_missed(const char *event, int64_t after_ms, enum verdict verdict,
                        const char *reason) {
    setup();
    steps[0] = (struct step_def){.type = STEP_WAIT, .what.text = "1 s", .time_ns = NS_PER_S};
    steps[1] = (struct step_def){.type = STEP_UNTIL, .what.text = event, .time_ns = 2 * NS_PER_S};
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(1000);
    judge_step(judge, &steps[0], true, loop.now_ns);
    at(1000 + after_ms);
    judge_step(judge, &steps[1], false, loop.now_ns);
    finish(1000 + after_ms);
    is(0, VERDICT_PASS, NULL);
    is(1, verdict, reason);
    ck_assert_int_eq(result.verdict, verdict);
    ck_assert_ptr_nonnull(strstr(result.reason.en, reason));
    teardown();
}

START_TEST(steps_not_reached) {
    teardown();
    step_missed("not k1.closed", 2000, VERDICT_FAIL,
                "step 2 was not reached: 'not k1.closed' did not happen within 2000 ms");
    step_missed("CST.emergency_stop == 1", 2000, VERDICT_FAIL, "did not happen");
    step_missed("not k1.closed", 1999, VERDICT_INCONCLUSIVE,
                "step 2 was not done: the case ended 1999 ms after it began ('not k1.closed')");
    step_missed("insulation.positive > 1 ohm", 2000, VERDICT_INCONCLUSIVE,
                "cannot be observed, insulation.positive is not known");
    setup();
}
END_TEST

/* ---- the case ---- */

START_TEST(a_case_without_an_evaluated_check) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL)->monitor = true;
    add_time("estop.pressed", "not k1.closed", NULL)->optional = true;
    begin();
    finish(1000);
    ck_assert_int_eq(result.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(result.reason.en, "none of the case's own checks"));
    is(0, VERDICT_NONE, NULL); /* own checks first */
    is(1, VERDICT_PASS, NULL);
    ck_assert(result.checks[1].monitor);
}
END_TEST

START_TEST(a_case_without_checks) {
    begin();
    finish(1000);
    ck_assert_int_eq(result.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(result.focus_from_ns, -1);
}
END_TEST

START_TEST(a_monitor_fails_the_case) {
    add_watch(CHECK_NEVER, "estop.pressed", NULL, NULL)->monitor = true;
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(100);
    set(estop, 1);
    finish(1000);
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
    ck_assert_ptr_nonnull(strstr(result.reason.en, "estop.pressed"));
}
END_TEST

START_TEST(monitors_cut_off_do_not_count) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->monitor = true;
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S;
    checks[1].monitor = true;
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(950);
    set(estop, 1);
    finish(1000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_NONE, "the case ended 50 ms after");
    is(2, VERDICT_NONE, "the case ended 50 ms after");
    ck_assert_int_eq(result.verdict, VERDICT_PASS);
}
END_TEST

START_TEST(focus_of_a_passed_case) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    add_time("estop.pressed", "not k2.closed", "estop.open");
    begin();
    at(1000);
    set(estop, 1);
    at(1080);
    set(k2, 0);
    finish(5000);
    ck_assert_int_eq(result.verdict, VERDICT_PASS);
    ck_assert_int_eq(result.focus_from_ns, NS_PER_S);
    ck_assert_int_eq(result.focus_to_ns, 1080 * NS_PER_MS);
}
END_TEST

/* The first of the worst gives the reason. All orders of a pass, an inconclusive and a fail. */
START_TEST(worst_wins) {
    static const char *const ids = "PIF";
    teardown();
    for (int order = 0; order < 27; order++) {
        int kinds[3] = {order / 9, order / 3 % 3, order % 3}, worst = 0, first = 0;
        setup();
        for (int i = 0; i < 3; i++) {
            struct check_def *check = kinds[i] == 0   ? add_time("@a", "k1.closed", NULL)
                                      : kinds[i] == 1 ? add_time("@never", "k1.closed", NULL)
                                                      : add_expect("BCL", "@a", 10);
            char title[8];
            snprintf(title, sizeof title, "%c%d", ids[kinds[i]], i);
            check->title.en = strdup(title);
            first = kinds[i] > worst ? i : first;
            worst = kinds[i] > worst ? kinds[i] : worst;
        }
        begin();
        judge_mark(judge, "a", 0);
        finish(1000);
        ck_assert_int_eq(result.verdict, worst == 0   ? VERDICT_PASS
                                         : worst == 1 ? VERDICT_INCONCLUSIVE
                                                      : VERDICT_FAIL);
        if (worst > 0) {
            size_t length = strlen(checks[first].title.en);
            ck_assert(strncmp(result.reason.en, checks[first].title.en, length) == 0);
        }
        for (int i = 0; i < 3; i++) {
            free((char *)(uintptr_t)checks[i].title.en);
        }
        teardown();
    }
    setup();
}
END_TEST

/* ---- settled ---- */

static bool settled(int64_t ms) {
    at(ms);
    return judge_settled(judge, loop.now_ns);
}

START_TEST(settled_by_times) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    ck_assert(!settled(0));
    ck_assert(!settled(500));
    set(estop, 1);
    ck_assert(!settled(550));
    ck_assert(!settled(700)); /* failed for sure, but when it opens is worth a little waiting */
    ck_assert(settled(2000));
    set(k1, 0);
    ck_assert(settled(2100));
    finish(3000);
}
END_TEST

START_TEST(settled_once_it_came) {
    add_time("estop.pressed", "not k1.closed", NULL);
    begin();
    at(100);
    set(estop, 1);
    ck_assert(!settled(50000));
    set(k1, 0);
    ck_assert(!judge_settled(judge, loop.now_ns)); /* this instant is not over */
    ck_assert(settled(50001));
}
END_TEST

START_TEST(settled_by_windows) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S;
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, NULL)->to.text = "@end";
    begin();
    ck_assert(!judge_settled(judge, 0));
    ck_assert(!settled(100));
    set(estop, 1);
    ck_assert(!settled(1099));
    ck_assert(settled(1100));
}
END_TEST

/* Something just happened and was not looked at: the case cannot end here. */
START_TEST(not_settled_within_an_instant) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    ck_assert(settled(100));
    set(k1, 0);
    ck_assert(!judge_settled(judge, loop.now_ns));
    finish(200);
    is(0, VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(settled_by_the_end_of_a_window) {
    add_watch(CHECK_NEVER, "not k1.closed", NULL, "estop.pressed");
    begin();
    ck_assert(!settled(5000));
    set(estop, 1);
    ck_assert(settled(5001));
}
END_TEST

START_TEST(settle_waits_for_its_limit) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->settle = true;
    begin();
    at(1000);
    set(estop, 1);
    set(k1, 0);
    ck_assert(!settled(1050));
    ck_assert(settled(1100));
}
END_TEST

START_TEST(what_is_open_ended_is_settled) {
    add_time("BCL", "BCL", "estop.open")->each = true;
    add_time("estop.pressed", "k1.closed", NULL)->optional = true;
    add_time("estop.pressed", "not k1.closed", NULL)->monitor = true;
    add_quantity(CHECK_VALUE, "gun.voltage", "@end", NULL);
    begin();
    ck_assert(!settled(10));
    came(bcl);
    ck_assert(!settled(50));
    came(bcl);
    ck_assert(settled(60));
    finish(70);
    is(2, VERDICT_PASS, NULL);
}
END_TEST

/* ---- what cannot be judged ---- */

static void refused(const char *part, int line, int column) {
    static const struct instrument instrument = {NULL, "virtual clock", uncertainty};
    struct problem problem = {0};
    ck_assert_ptr_null(judge_new(&scenario, &profile, &board, &loop, &instrument, &problem));
    ck_assert_msg(strstr(problem.text, part) != NULL, "'%s' lacks '%s'", problem.text, part);
    ck_assert_str_eq(problem.file, "cases/case.json");
    ck_assert_int_eq(problem.line, line);
    ck_assert_int_eq(problem.column, column);
    teardown();
    setup();
}

START_TEST(problems) {
    struct check_def *check = add_time("estop.pressed", "not k1.closd", NULL);
    check->to.line = 12;
    check->to.column = 20;
    refused("did you mean 'k1.closed'", 12, 24);
    add_time("estop.pressed", "k1.closed", "no.such");
    refused("the profile 'test' has no limit 'no.such'", 7, 0);
    add_time("estop.pressed", "k1.closed", "making");
    refused("the limit 'making' is in V, but it is for ms", 7, 0);
    add_quantity(CHECK_VALUE, "k1.closed", "estop.pressed", NULL);
    refused("a quantity is wanted", 0, 0);
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, "estop.open");
    refused("is in ms, but it is for V", 7, 0);
    check = add_time("estop.pressed", "k1.closed", NULL);
    check->each = check->settle = true;
    refused("exclude each other", 7, 0);
}
END_TEST

/* Random signals against every type of check: whatever happens, the rules of the record hold (see
 * finish), and a second run says the same. */
static uint32_t seed;

static uint32_t dice(uint32_t sides) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % sides;
}

static void random_run(uint32_t round, char *summary, size_t size) {
    static const char *const events[] = {NULL,
                                         "estop.pressed",
                                         "not k1.closed",
                                         "BCL",
                                         "@a",
                                         "gun.voltage < 60 V",
                                         "insulation.positive < 5 ohm",
                                         "BCL and k2.closed",
                                         "@end"};
    setup();
    seed = round;
    for (int i = 0; i < CHECKS_MAX; i++) {
        enum check_type type = (enum check_type)dice(6);
        struct check_def *check = add(type);
        bool value = type == CHECK_VALUE || type == CHECK_PEAK;
        check->from.text = events[value ? 1 + dice(8) : dice(9)];
        check->to.text = type == CHECK_TIME ? events[1 + dice(8)] : events[dice(9)];
        check->after.text = dice(4) == 0 ? events[dice(8)] : NULL;
        check->condition.text = value ? "gun.voltage" : events[1 + dice(7)];
        check->window_ns = dice(3) == 0 ? 30 * NS_PER_MS : 0;
        check->each = check->from.text != NULL && dice(2);
        check->settle = type == CHECK_TIME && !check->each && dice(2);
        check->monitor = dice(4) == 0;
        check->optional = dice(4) == 0;
    }
    begin();
    struct signal *const stepped[] = {estop, k1, k2, imd};
    for (int i = 0; i < 60; i++) {
        at_ns(loop.now_ns + dice(3) * 3 * NS_PER_MS);
        switch (dice(4)) {
        case 0:
            came(bcl);
            break;
        case 1:
            ramp_go(&gun, dice(120), dice(2) ? 1000 : -1000);
            break;
        case 2:
            judge_mark(judge, "a", loop.now_ns);
            break;
        default:
            set(stepped[dice(4)], dice(5) == 0 ? (double)NAN : (double)dice(2));
        }
    }
    finish(loop.now_ns / NS_PER_MS + (int64_t)dice(50));
    summary[0] = '\0';
    for (size_t i = 0; i < result.check_count; i++) {
        size_t used = strlen(summary);
        const char *reason = result.checks[i].reason.en;
        snprintf(summary + used, size - used, "%s %.17g %s\n",
                 verdict_name(result.checks[i].verdict), result.checks[i].value,
                 reason != NULL ? reason : "");
    }
    teardown();
}

START_TEST(random_runs) {
    size_t seen[VERDICT_ERROR + 1] = {0};
    teardown();
    for (uint32_t round = 0; round < 3000; round++) {
        char one[2000], two[2000];
        random_run(round, one, sizeof one);
        random_run(round, two, sizeof two);
        ck_assert_str_eq(one, two);
        seen[VERDICT_PASS] += strstr(one, "pass") != NULL;
        seen[VERDICT_FAIL] += strstr(one, "fail") != NULL;
        seen[VERDICT_INCONCLUSIVE] += strstr(one, "inconclusive") != NULL;
    }
    ck_assert_uint_gt(seen[VERDICT_PASS], 500);
    ck_assert_uint_gt(seen[VERDICT_FAIL], 500);
    ck_assert_uint_gt(seen[VERDICT_INCONCLUSIVE], 500);
    setup();
}
END_TEST

#define TESTS(X)                                                                                   \
    X(time_at_the_limit)                                                                           \
    X(time_record)                                                                                 \
    X(sources_are_told)                                                                            \
    X(guard_band)                                                                                  \
    X(from_never_came)                                                                             \
    X(to_did_not_come)                                                                             \
    X(too_late_within_the_guard_band_is_open)                                                      \
    X(to_may_hold_at_once)                                                                         \
    X(after)                                                                                       \
    X(continuous_to)                                                                               \
    X(stamps_out_of_order)                                                                         \
    X(messages_do_not_linger)                                                                      \
    X(settle)                                                                                      \
    X(settle_too_late)                                                                             \
    X(settle_not_for_good)                                                                         \
    X(each_reports_the_worst)                                                                      \
    X(each_fails_with_one)                                                                         \
    X(each_period_of_a_message)                                                                    \
    X(each_cut_off_at_once)                                                                        \
    X(marks)                                                                                       \
    X(two_marks_at_one_instant)                                                                    \
    X(glitches_are_no_events)                                                                      \
    X(expectations)                                                                                \
    X(expectation_at_its_limit)                                                                    \
    X(expectations_of_what_is_not_known)                                                           \
    X(what_was_known_when_the_limit_elapsed)                                                       \
    X(expect_cut_short)                                                                            \
    X(expect_the_next_message)                                                                     \
    X(values)                                                                                      \
    X(value_at_an_open_limit)                                                                      \
    X(value_not_known)                                                                             \
    X(value_at_each)                                                                               \
    X(values_of_overtaken_instants)                                                                \
    X(peaks)                                                                                       \
    X(peak_until_the_end)                                                                          \
    X(peak_cut_short)                                                                              \
    X(watched_conditions_that_hold)                                                                \
    X(violations_at_their_instant)                                                                 \
    X(violated_from_the_beginning)                                                                 \
    X(glitches_are_no_violations)                                                                  \
    X(glitches_over_several_timers)                                                                \
    X(instants_that_go_on)                                                                         \
    X(the_end_of_the_case_is_outside)                                                              \
    X(the_message_that_opens_a_window_is_outside)                                                  \
    X(short_violations_in_one_go)                                                                  \
    X(messages_violate_at_once)                                                                    \
    X(the_end_of_a_window_is_outside)                                                              \
    X(windows_that_are_empty_or_never_begin)                                                       \
    X(watches_cut_short)                                                                           \
    X(watches_of_what_is_not_known)                                                                \
    X(unknown_for_an_instant_only)                                                                 \
    X(watch_each_window)                                                                           \
    X(watch_each_window_violated_once)                                                             \
    X(steps_reached)                                                                               \
    X(steps_not_reached)                                                                           \
    X(a_case_without_an_evaluated_check)                                                           \
    X(a_case_without_checks)                                                                       \
    X(a_monitor_fails_the_case)                                                                    \
    X(monitors_cut_off_do_not_count)                                                               \
    X(focus_of_a_passed_case)                                                                      \
    X(worst_wins)                                                                                  \
    X(settled_by_times)                                                                            \
    X(settled_once_it_came)                                                                        \
    X(settled_by_windows)                                                                          \
    X(not_settled_within_an_instant)                                                               \
    X(settled_by_the_end_of_a_window)                                                              \
    X(settle_waits_for_its_limit)                                                                  \
    X(what_is_open_ended_is_settled)                                                               \
    X(problems)                                                                                    \
    X(random_runs)

#define ADD_TEST(name) tcase_add_test(tests, name);

int main(void) {
    TCase *tests = tcase_create("judge");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    TESTS(ADD_TEST)
    Suite *suite = suite_create("judge");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
