/* SPDX-License-Identifier: MIT */
/* What a machine that stood still excuses, and what it does not. */
#include "harness/judge/verdict.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define STILL_FROM (5 * NS_PER_S)
#define STILL      (600 * NS_PER_MS)

static struct lateness late;
static struct result_check checks[3];
static struct result_case one;

static void setup(void) {
    memset(&late, 0, sizeof late);
    memset(checks, 0, sizeof checks);
    one = (struct result_case){.checks = checks, .check_count = 3};
    for (size_t i = 0; i < 3; i++) {
        checks[i].verdict = VERDICT_PASS;
        checks[i].to_ns = 1 * NS_PER_S;
    }
}

static struct phrase text(const char *en) {
    return (struct phrase){strdup(en), strdup("原因")};
}

static void failed_at(size_t check, int64_t at_ns, const char *reason) {
    checks[check].verdict = VERDICT_FAIL;
    checks[check].to_ns = checks[check].failed_ns = at_ns;
    checks[check].reason = text(reason);
}

static void teardown(void) {
    for (size_t i = 0; i < 3; i++) {
        phrase_clear(&checks[i].reason);
    }
    phrase_clear(&one.reason);
}

static void judged(void) {
    const struct verdict_facts facts = {
        .end = CASE_RAN, .checks = checks, .check_count = 3, .standstill = standstill_of(&late)};
    verdict_give(&facts, &one);
}

static void stand_still(void) {
    lateness_held(&late, STILL_FROM, STILL_FROM + STILL);
}

START_TEST(the_first_time_is_kept_and_the_last_end) {
    lateness_note(&late, NS_PER_S, NS_PER_S); /* much to do */
    ck_assert_int_eq(late.still_ns, 0);
    stand_still();
    lateness_held(&late, 8 * NS_PER_S, 9 * NS_PER_S);
    ck_assert_int_eq(late.still_from_ns, STILL_FROM);
    ck_assert_int_eq(late.still_ns, STILL);
    ck_assert_int_eq(late.still_until_ns, 9 * NS_PER_S);
}
END_TEST

START_TEST(what_failed_after_it_is_inconclusive) {
    failed_at(1, 30 * NS_PER_S, "too late");
    stand_still();
    judged();
    ck_assert_int_eq(checks[1].verdict, VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(one.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(one.reason.en,
                     "the machine under the bench stood still for 600 ms at 5.000 s, "
                     "so this proves nothing: too late");
    ck_assert_ptr_nonnull(strstr(one.reason.zh, "5.000 s停顿了600 ms"));
    ck_assert_str_eq(checks[1].reason.en, one.reason.en);
    ck_assert_int_eq(checks[0].verdict, VERDICT_PASS);
}
END_TEST

/* What is told of an instant may have begun a slot before it. */
START_TEST(what_failed_a_slot_before_it_is_inconclusive) {
    failed_at(0, STILL_FROM - LATENESS_SLOT_NS, "too early");
    stand_still();
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(what_never_came_is_inconclusive) {
    failed_at(2, -1, "did not happen");
    stand_still();
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(what_failed_before_it_stays_failed) {
    failed_at(0, STILL_FROM - LATENESS_SLOT_NS - 1, "too early");
    stand_still();
    judged();
    ck_assert_int_eq(checks[0].verdict, VERDICT_FAIL);
    ck_assert_int_eq(one.verdict, VERDICT_FAIL);
    ck_assert_str_eq(one.reason.en, "too early");
}
END_TEST

/* What was undecided anyway does not say why the case did not fail. */
START_TEST(what_failed_after_it_is_the_reason) {
    checks[0].verdict = VERDICT_INCONCLUSIVE;
    checks[0].reason = text("never happened");
    failed_at(1, 30 * NS_PER_S, "too late");
    stand_still();
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(one.reason.en, checks[1].reason.en);
    ck_assert_int_eq(one.focus_to_ns, 30 * NS_PER_S);
}
END_TEST

START_TEST(one_fail_before_it_decides) {
    failed_at(0, 30 * NS_PER_S, "after");
    failed_at(2, 2 * NS_PER_S, "before");
    stand_still();
    judged();
    ck_assert_int_eq(checks[0].verdict, VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(one.verdict, VERDICT_FAIL);
    ck_assert_str_eq(one.reason.en, "before");
    ck_assert_int_eq(one.focus_to_ns, 2 * NS_PER_S);
}
END_TEST

START_TEST(without_it_nothing_changes) {
    failed_at(0, 30 * NS_PER_S, "too late");
    lateness_note(&late, 20 * NS_PER_S, 9 * NS_PER_S);
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_FAIL);
    ck_assert_str_eq(one.reason.en, "too late");
}
END_TEST

START_TEST(a_pass_stays_a_pass) {
    lateness_held(&late, STILL_FROM, STILL_FROM + LATENESS_CUT_OFF_NS - 1);
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_PASS);
    ck_assert_ptr_null(one.reason.en);
}
END_TEST

/* The charger may have stopped by itself, its inputs lost: then nothing that is forbidden
 * happens. */
START_TEST(a_pass_without_inputs_is_none) {
    lateness_held(&late, NS_PER_S, NS_PER_S + LOOP_HELD_NS);
    lateness_held(&late, STILL_FROM, STILL_FROM + LATENESS_CUT_OFF_NS);
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(one.reason.en, "stood still for 400 ms at 5.000 s"));
    ck_assert_ptr_nonnull(strstr(one.reason.zh, "5.000 s停顿了400 ms"));
}
END_TEST

START_TEST(what_was_before_the_case_is_forgotten) {
    stand_still();
    lateness_begin(&late);
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_PASS);
    ck_assert_int_eq(late.still_until_ns, STILL_FROM + STILL); /* the pile has its time anew */
}
END_TEST

START_TEST(what_was_undecided_says_so) {
    checks[2].verdict = VERDICT_INCONCLUSIVE;
    checks[2].reason = text("nothing was observed");
    stand_still();
    judged();
    ck_assert_int_eq(one.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(one.reason.en, "stood still for 600 ms"));
    ck_assert_ptr_nonnull(strstr(one.reason.en, ": nothing was observed"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("standstill");
    TCase *tests = tcase_create("standstill");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_first_time_is_kept_and_the_last_end);
    tcase_add_test(tests, what_failed_after_it_is_inconclusive);
    tcase_add_test(tests, what_failed_a_slot_before_it_is_inconclusive);
    tcase_add_test(tests, what_never_came_is_inconclusive);
    tcase_add_test(tests, what_failed_before_it_stays_failed);
    tcase_add_test(tests, what_failed_after_it_is_the_reason);
    tcase_add_test(tests, one_fail_before_it_decides);
    tcase_add_test(tests, without_it_nothing_changes);
    tcase_add_test(tests, a_pass_stays_a_pass);
    tcase_add_test(tests, a_pass_without_inputs_is_none);
    tcase_add_test(tests, what_was_before_the_case_is_forgotten);
    tcase_add_test(tests, what_was_undecided_says_so);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
