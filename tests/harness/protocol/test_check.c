/* SPDX-License-Identifier: MIT */
/* A protocol rule as a check of the record: which value stands for it, against which limits. */
#include "harness/protocol/check.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* A period whose mean is well within its limits; the longest gap is nearer to its own. */
static struct rule_result a_period(enum rule_verdict verdict) {
    return (struct rule_result){
        .id = "period.CCS",
        .en = "CCS is sent with its period",
        .zh = "CCS按规定周期发送",
        .clause = "GB/T 27930-2015 chapter 9",
        .side = RULE_CHARGER,
        .kind = RULE_PERIOD,
        .verdict = verdict,
        .observed = 60,
        .violations = verdict == RULE_FAIL ? 2 : 0,
        .unit = "ms",
        .value = 50.5,
        .smallest = 48,
        .largest = 59,
        .limit_min = 45,
        .limit_max = 55,
        .decisive = {.value = verdict == RULE_FAIL ? 70 : 59,
                     .limit_min = 40,
                     .limit_max = 60,
                     .unit = "ms"},
    };
}

static struct result_check worst_of(const struct rule_result *rule, bool measured) {
    struct result_check check = protocol_check(rule);
    ck_assert(protocol_check_worst(&check, rule) == measured);
    return check;
}

START_TEST(a_kept_rule_shows_the_worst_it_saw) {
    const struct rule_result rule = a_period(RULE_PASS);
    struct result_check check = worst_of(&rule, true);
    ck_assert_double_eq(check.value, 59);
    ck_assert_double_eq(check.limit_max, 60);
    ck_assert_double_eq(check.margin, 1);
    ck_assert_uint_eq(check.observed, 60);
    ck_assert_str_eq(check.unit, "ms");
    ck_assert_str_eq(check.limit_source, "GB/T 27930-2015 chapter 9");
    ck_assert(result_is_kept_rule(&check));
    result_check_clear(&check);
}
END_TEST

/* protocol.gaps-allowed: the worst gap is shown, and is no violation. */
START_TEST(an_allowed_gap_is_shown_beyond_its_limit) {
    struct rule_result rule = a_period(RULE_PASS);
    rule.decisive.value = 65;
    struct result_check check = worst_of(&rule, true);
    ck_assert_double_eq(check.margin, -5);
    ck_assert_int_eq(check.verdict, VERDICT_PASS);
    result_check_clear(&check);
}
END_TEST

START_TEST(a_judgement_shows_its_mean) {
    const struct rule_result rule = a_period(RULE_PASS);
    struct result_check check = protocol_check(&rule);
    protocol_check_measured(&check, &rule);
    ck_assert_double_eq(check.value, 50.5);
    ck_assert_double_eq(check.margin, 4.5);
    result_check_clear(&check);
}
END_TEST

START_TEST(a_violated_rule_shows_what_violated) {
    const struct rule_result rule = a_period(RULE_FAIL);
    struct result_check check = worst_of(&rule, true);
    ck_assert_double_eq(check.value, 70);
    ck_assert_double_eq(check.margin, -10);
    ck_assert(!result_is_kept_rule(&check));
    result_check_clear(&check);
}
END_TEST

START_TEST(a_rule_of_order_has_no_value) {
    struct rule_result rule = a_period(RULE_PASS);
    rule.unit = "";
    rule.value = rule.smallest = rule.largest = rule.limit_min = rule.limit_max = (double)NAN;
    rule.decisive = (struct rule_measure){
        .value = (double)NAN, .limit_min = (double)NAN, .limit_max = (double)NAN};
    struct result_check check = worst_of(&rule, false);
    ck_assert(isnan(check.value) && isnan(check.margin));
    result_check_clear(&check);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("protocol_check");
    TCase *tests = tcase_create("check");
    tcase_add_test(tests, a_kept_rule_shows_the_worst_it_saw);
    tcase_add_test(tests, an_allowed_gap_is_shown_beyond_its_limit);
    tcase_add_test(tests, a_judgement_shows_its_mean);
    tcase_add_test(tests, a_violated_rule_shows_what_violated);
    tcase_add_test(tests, a_rule_of_order_has_no_value);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
