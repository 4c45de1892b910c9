/* SPDX-License-Identifier: MIT */
/* Checks of times: between two events, and expectations. */
#include "harness/judge/internal.h"
#include "tests/harness/support/judge_bench.h"

/* ---- limits ---- */

/* Whoever measures asks for NAN first; but a NAN is inside every limit, if comparisons decide. */
START_TEST(no_value_never_passes) {
    struct judge_limit limit = {.min = 1, .max = 2};
    struct outcome outcome = {.value = (double)NAN};
    limit_decide(&limit, DECISION_SIMPLE, &outcome);
    ck_assert_int_eq(outcome.verdict, VERDICT_INCONCLUSIVE);
}
END_TEST

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

/* 0 ms, and it is told that the two did not come together. */
START_TEST(held_before) {
    add_time("estop.pressed", "not k1.closed", "not.before");
    add_time("BCL", "estop.pressed", "not.before");
    begin();
    at(634);
    set(k1, 0);
    at(1000);
    set(estop, 1);
    at(1000);
    came(bcl);
    finish(5000);
    is(0, VERDICT_FAIL, "0 ms ('not k1.closed' had come 366 ms before 'estop.pressed'); the limit");
    is(1, VERDICT_FAIL, ": 0 ms; the limit"); /* at the same instant */
}
END_TEST

/* The last BCL before each CST; one that nothing follows is the last before nothing. */
START_TEST(last_before) {
    struct check_def *check = add_time("BCL", "CST", "estop.open");
    check->last = true;
    check = add_time("BCL", "CST", "estop.open");
    check->last = check->each = true;
    add_time("estop.pressed", "not k2.closed", "estop.open")->last = true;
    begin();
    for (int i = 1; i <= 3; i++) {
        at(1000 * i);
        came(bcl);
    }
    at(3080);
    came(cst);
    at(4000);
    came(bcl);
    set(estop, 1);
    at(4500);
    came(cst);
    set(estop, 0);
    at(6000);
    came(bcl);
    set(estop, 1);
    finish(9000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 80);
    ck_assert_str_eq(is(0, VERDICT_PASS, NULL)->condition, "time, from BCL, to CST, last");
    ck_assert_double_eq(is(1, VERDICT_FAIL, "500 ms; the limit")->value, 500);
    is(2, VERDICT_FAIL, "did not happen within 3000 ms of 'estop.pressed'");
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
    add_time("@pressed", "@start", "estop.open"); /* true from its instant on */
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
    ck_assert_double_eq(is(3, VERDICT_PASS, NULL)->value, 0);
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
    checks[0].limit = limit_named("below.100"); /* open: the instant itself is too late */
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
    const struct result_check *one = is(1, VERDICT_INCONCLUSIVE, "insulation.positive is unknown");
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

int main(void) {
    TCase *tests = tcase_create("judge: times");
    tcase_add_test(tests, no_value_never_passes);
    tcase_add_test(tests, time_at_the_limit);
    tcase_add_test(tests, time_record);
    tcase_add_test(tests, sources_are_told);
    tcase_add_test(tests, guard_band);
    tcase_add_test(tests, from_never_came);
    tcase_add_test(tests, to_did_not_come);
    tcase_add_test(tests, too_late_within_the_guard_band_is_open);
    tcase_add_test(tests, to_may_hold_at_once);
    tcase_add_test(tests, after);
    tcase_add_test(tests, continuous_to);
    tcase_add_test(tests, stamps_out_of_order);
    tcase_add_test(tests, messages_do_not_linger);
    tcase_add_test(tests, settle);
    tcase_add_test(tests, settle_too_late);
    tcase_add_test(tests, settle_not_for_good);
    tcase_add_test(tests, last_before);
    tcase_add_test(tests, held_before);
    tcase_add_test(tests, each_reports_the_worst);
    tcase_add_test(tests, each_fails_with_one);
    tcase_add_test(tests, each_period_of_a_message);
    tcase_add_test(tests, each_cut_off_at_once);
    tcase_add_test(tests, marks);
    tcase_add_test(tests, two_marks_at_one_instant);
    tcase_add_test(tests, glitches_are_no_events);
    tcase_add_test(tests, expectations);
    tcase_add_test(tests, expectation_at_its_limit);
    tcase_add_test(tests, expectations_of_what_is_not_known);
    tcase_add_test(tests, what_was_known_when_the_limit_elapsed);
    tcase_add_test(tests, expect_cut_short);
    tcase_add_test(tests, expect_the_next_message);
    return run_suite("judge: times", tests);
}
