/* SPDX-License-Identifier: MIT */
/* What was certain before the machine stood still stays so, whenever it is recorded. */
#include "tests/harness/support/judge_bench.h"

static struct lateness late;

/* The case goes on to 50 s; at 30 s the machine stood still. */
static void finish_after_it(void) {
    memset(&late, 0, sizeof late);
    lateness_held(&late, 30 * NS_PER_S, 30600 * NS_PER_MS);
    finish_after(50000, standstill_of(&late));
}

/* Open until the case ends. */
START_TEST(what_did_not_come_in_time_before_it) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    at(1000);
    set(estop, 1);
    finish_after_it();
    is(0, VERDICT_FAIL, "did not happen");
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
}
END_TEST

START_TEST(what_came_too_late_and_after_it) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    at(1000);
    set(estop, 1);
    at(31000);
    set(k1, 0);
    finish_after_it();
    is(0, VERDICT_FAIL, "30000 ms");
}
END_TEST

START_TEST(what_was_to_come_after_it) {
    add_expect("not k1.closed", "estop.pressed", 30000);
    begin();
    at(1000);
    set(estop, 1);
    finish_after_it();
    is(0, VERDICT_INCONCLUSIVE, "stood still");
}
END_TEST

/* For good: it is told at the case's end. */
static void open_for_good(int64_t open_ms, int64_t close_ms) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->settle = true;
    begin();
    at(1000);
    set(estop, 1);
    at(open_ms);
    set(k1, 0);
    at(close_ms);
    set(k1, 1);
    finish_after_it();
}

START_TEST(what_did_not_last_before_it) {
    open_for_good(1050, 20000);
    is(0, VERDICT_FAIL, "did not last");
}
END_TEST

START_TEST(what_lasted_until_it) {
    open_for_good(1050, 31000);
    is(0, VERDICT_INCONCLUSIVE, "stood still");
}
END_TEST

START_TEST(what_was_too_late_and_did_not_last) {
    open_for_good(1200, 31000);
    is(0, VERDICT_FAIL, "did not last");
}
END_TEST

/* In a window to the case's end. */
static void peak_at(int64_t ms) {
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, "sixty");
    ramp_go(&gun, 0, 0);
    begin();
    at(ms);
    ramp_go(&gun, 400, 0);
    at(ms + 10);
    ramp_go(&gun, 0, 0);
}

START_TEST(a_peak_before_it) {
    peak_at(20000);
    finish_after_it();
    is(0, VERDICT_FAIL, "400 V");
}
END_TEST

START_TEST(a_peak_after_it) {
    peak_at(40000);
    finish_after_it();
    is(0, VERDICT_INCONCLUSIVE, "stood still");
}
END_TEST

/* The one after it is worse. */
START_TEST(one_of_each_before_it) {
    struct check_def *check = add_time("CCS", "CST", "estop.open");
    check->each = true;
    begin();
    at(1000);
    came(ccs);
    at(1200);
    came(cst);
    at(30500);
    came(ccs);
    at(31000);
    came(cst);
    finish_after_it();
    is(0, VERDICT_FAIL, NULL);
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
}
END_TEST

START_TEST(a_long_reason_stays_whole) {
    char long_title[1000] = "";
    while (strlen(long_title) < 900) {
        strcat(long_title, "充电机");
    }
    add_expect("not k1.closed", "estop.pressed", 30000)->title =
        (struct phrase){"open", long_title};
    begin();
    at(1000);
    set(estop, 1);
    finish_after_it();
    is(0, VERDICT_INCONCLUSIVE, "stood still");
    ck_assert_ptr_nonnull(strstr(result.reason.zh, long_title));
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("lateness judge");
    tcase_add_test(tests, what_did_not_come_in_time_before_it);
    tcase_add_test(tests, what_came_too_late_and_after_it);
    tcase_add_test(tests, what_was_to_come_after_it);
    tcase_add_test(tests, what_did_not_last_before_it);
    tcase_add_test(tests, what_lasted_until_it);
    tcase_add_test(tests, what_was_too_late_and_did_not_last);
    tcase_add_test(tests, a_peak_before_it);
    tcase_add_test(tests, a_peak_after_it);
    tcase_add_test(tests, one_of_each_before_it);
    tcase_add_test(tests, a_long_reason_stays_whole);
    return run_suite("lateness judge", tests);
}
