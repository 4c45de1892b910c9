/* SPDX-License-Identifier: MIT */
/* Rates, conditions that have to last, and stimuli that did not come about. */
#include "harness/judge/internal.h"
#include "tests/harness/support/judge_bench.h"

static struct limit fast = {"fast", 100, NO_SIDE, false, false, "V/s", "D0.5101", {"", ""}, NULL};

static struct check_def *add_rate(void) {
    struct check_def *check = add(CHECK_RATE);
    check->condition.text = "gun.voltage";
    check->from.text = "gun.voltage < 95 V";
    check->to.text = "gun.voltage <= 5 V";
    check->limit = &fast;
    return check;
}

/* ---- rates ---- */

static void fall(double slope, enum verdict verdict, double value) {
    setup();
    ramp_go(&gun, 100, 0);
    add_rate();
    begin();
    at(1000);
    ramp_go(&gun, 100, slope);
    finish(9000);
    const struct result_check *one = is(0, verdict, NULL);
    ck_assert_str_eq(one->unit, "V/s");
    if (!isnan(value)) {
        ck_assert_double_eq_tol(one->value, value, 1e-3);
    }
    teardown();
}

START_TEST(a_rate_is_the_change_over_the_time) {
    teardown();
    fall(-200, VERDICT_PASS, 200);
    fall(-100.01, VERDICT_PASS, 100.01);
    fall(-99.9, VERDICT_FAIL, 99.9);
    fall(-30, VERDICT_FAIL, 30);
    fall(-1, VERDICT_FAIL, (double)NAN); /* never reaches 5 V: cannot have been fast enough */
    setup();
}
END_TEST

/* A ripple takes the quantity over the level of from once more: it began at 100 V all the same. */
START_TEST(a_rate_keeps_where_it_began) {
    ramp_go(&gun, 95, 0);
    add_rate();
    begin();
    at(1000);
    ramp_go(&gun, 94, 0);
    at(1200);
    ramp_go(&gun, 96, 0);
    at(1300);
    ramp_go(&gun, 60, 0);
    at(1500);
    ramp_go(&gun, 4, 0);
    finish(9000);
    ck_assert_double_eq_tol(is(0, VERDICT_PASS, NULL)->value, 90 / 0.5, 1e-3);
}
END_TEST

START_TEST(a_rate_that_never_began_shows_nothing) {
    ramp_go(&gun, 100, 0);
    add_rate();
    begin();
    finish(9000);
    is(0, VERDICT_INCONCLUSIVE, "never happened");
}
END_TEST

/* ---- settle for a time ---- */

/* Open at 1040 ms, closed again when the next charge begins, open after it. */
static double opened(int64_t settle_ns) {
    setup();
    struct check_def *check = add_time("estop.pressed", "not k1.closed", NULL);
    check->settle = true;
    check->settle_ns = settle_ns;
    begin();
    at(1000);
    set(estop, 1);
    at(1020);
    set(k1, 0); /* bounces */
    at(1022);
    set(k1, 1);
    at(1040);
    set(k1, 0);
    at(20000);
    set(k1, 1);
    at(30000);
    set(k1, 0);
    finish(40000);
    double value = is(0, VERDICT_PASS, NULL)->value;
    teardown();
    return value;
}

START_TEST(what_has_lasted_long_enough_is_not_undone_by_the_next_charge) {
    teardown();
    ck_assert_double_eq(opened(NS_PER_S), 40);
    ck_assert_double_eq(opened(0), 29000); /* for good: only the last one is */
    setup();
}
END_TEST

START_TEST(what_lasts_to_the_end_of_the_case_has_lasted) {
    struct check_def *check = add_time("estop.pressed", "not k1.closed", "estop.open");
    check->settle = true;
    check->settle_ns = 10 * NS_PER_S;
    begin();
    at(1000);
    set(estop, 1);
    at(1040);
    set(k1, 0);
    finish(2000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 40);
}
END_TEST

/* ---- stimuli ---- */

static struct step_def *stimulus_step(void) {
    steps[0] = (struct step_def){.type = STEP_UNTIL,
                                 .what.text = "gun.voltage > 98 V",
                                 .time_ns = 5 * NS_PER_S,
                                 .stimulus = true};
    return &steps[0];
}

START_TEST(a_step_that_only_prepares_proves_nothing) {
    add_watch(CHECK_NEVER, "k1.closed", NULL, NULL); /* fails at once */
    add_expect("CCS", "@start", 2000);               /* fails while the step waits */
    add_watch(CHECK_ALWAYS, "k2.closed", "CST", NULL);
    begin();
    at(5000);
    judge_step(judge, stimulus_step(), false, loop.now_ns); /* nothing before it */
    judge_mark(judge, "start", loop.now_ns);
    finish(9000);
    is(0, VERDICT_INCONCLUSIVE, "the stimulus was not established, so this proves nothing");
    is(1, VERDICT_INCONCLUSIVE, "so this proves nothing");
    is(2, VERDICT_INCONCLUSIVE, "never happened");
    ck_assert_int_eq(result.verdict, VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(what_failed_before_stays_failed) {
    add_watch(CHECK_NEVER, "estop.pressed", NULL, NULL);
    add_watch(CHECK_NEVER, "k1.closed", NULL, NULL); /* fails at 0 ms */
    begin();
    at(1000);
    set(estop, 1);
    at(2000);
    judge_step(judge, &steps[0], true, loop.now_ns); /* the next one begins to wait here */
    steps[1] = *stimulus_step();
    at(7000);
    judge_step(judge, &steps[1], false, loop.now_ns);
    finish(9000);
    is(0, VERDICT_FAIL, "happened");
    is(1, VERDICT_FAIL, "happened");
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
}
END_TEST

START_TEST(monitors_fail_all_the_same) {
    add_watch(CHECK_NEVER, "estop.pressed", NULL, NULL)->monitor = true;
    begin();
    at(5000);
    judge_step(judge, stimulus_step(), false, loop.now_ns);
    set(estop, 1);
    finish(9000);
    is(1, VERDICT_FAIL, "happened"); /* behind the step */
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
}
END_TEST

START_TEST(a_broken_stimulus_excuses_what_comes_after_it) {
    add_watch(CHECK_NEVER, "CST", "estop.pressed", NULL)->stimulus = true;
    add_expect("CCS", "estop.pressed", 5000);
    add_expect("k2.closed and imd.command", "estop.pressed", 100)->condition.text = "not k2.closed";
    begin();
    at(1000);
    set(estop, 1);
    at(3000);
    came(cst);
    finish(9000);
    is(0, VERDICT_INCONCLUSIVE, "the stimulus was not established: ");
    is(1, VERDICT_INCONCLUSIVE, "so this proves nothing");
    is(2, VERDICT_FAIL, NULL); /* was certain at 1100 ms */
}
END_TEST

START_TEST(a_stimulus_that_held_excuses_nothing) {
    add_watch(CHECK_NEVER, "CST", "estop.pressed", NULL)->stimulus = true;
    add_expect("CCS", "estop.pressed", 5000);
    begin();
    at(1000);
    set(estop, 1);
    finish(9000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_FAIL, "did not happen");
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("stimulus");
    tcase_add_test(tests, a_rate_is_the_change_over_the_time);
    tcase_add_test(tests, a_rate_keeps_where_it_began);
    tcase_add_test(tests, a_rate_that_never_began_shows_nothing);
    tcase_add_test(tests, what_has_lasted_long_enough_is_not_undone_by_the_next_charge);
    tcase_add_test(tests, what_lasts_to_the_end_of_the_case_has_lasted);
    tcase_add_test(tests, a_step_that_only_prepares_proves_nothing);
    tcase_add_test(tests, what_failed_before_stays_failed);
    tcase_add_test(tests, monitors_fail_all_the_same);
    tcase_add_test(tests, a_broken_stimulus_excuses_what_comes_after_it);
    tcase_add_test(tests, a_stimulus_that_held_excuses_nothing);
    return run_suite("stimulus", tests);
}
