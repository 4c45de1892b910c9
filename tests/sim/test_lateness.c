/* SPDX-License-Identifier: MIT */
#include "sim/lateness.h"

#include "tests/support/suite.h"

#include <signal.h>
#include <string.h>

static struct lateness late;

static void set_up(void) {
    memset(&late, 0, sizeof late);
}

static void tear_down(void) {
}

START_TEST(the_worst_of_a_slot_is_kept) {
    lateness_note(&late, 10 * NS_PER_S, 3 * NS_PER_MS);
    lateness_note(&late, 10 * NS_PER_S + 1, 9 * NS_PER_MS);
    lateness_note(&late, 10 * NS_PER_S + 2, 1 * NS_PER_MS);
    ck_assert_int_eq(lateness_worst(&late, 10 * NS_PER_S, 10 * NS_PER_S), 9 * NS_PER_MS);
}
END_TEST

/* What is late was due in the slot before, and is noted in the one after. */
START_TEST(a_span_has_a_slot_more_on_both_sides) {
    int64_t at_ns = 20 * NS_PER_S;
    lateness_note(&late, at_ns, 7 * NS_PER_MS);
    ck_assert_int_eq(lateness_worst(&late, at_ns + LATENESS_SLOT_NS, NS_PER_S * 30), 7 * NS_PER_MS);
    ck_assert_int_eq(lateness_worst(&late, at_ns + 2 * LATENESS_SLOT_NS, NS_PER_S * 30), 0);
    ck_assert_int_eq(lateness_worst(&late, 0, at_ns - LATENESS_SLOT_NS), 7 * NS_PER_MS);
    ck_assert_int_eq(lateness_worst(&late, 0, at_ns - LATENESS_SLOT_NS - 1), 0);
}
END_TEST

START_TEST(beyond_the_table_nothing_is_lost) {
    int64_t end_ns = LATENESS_SLOTS * LATENESS_SLOT_NS;
    lateness_note(&late, 5 * end_ns, 4 * NS_PER_MS);
    ck_assert_int_eq(lateness_worst(&late, 2 * end_ns, 3 * end_ns), 4 * NS_PER_MS);
    lateness_note(&late, -NS_PER_S, 2 * NS_PER_MS); /* before the case: its first slot */
    ck_assert_int_eq(lateness_worst(&late, 0, 0), 2 * NS_PER_MS);
}
END_TEST

START_TEST(being_late_is_not_standing_still) {
    lateness_note(&late, NS_PER_S, NS_PER_S);
    ck_assert_int_eq(late.still_ns, 0);
    ck_assert_int_eq(late.longest_ns, 0);
}
END_TEST

START_TEST(the_first_the_longest_and_the_last_standstill) {
    lateness_held(&late, 5 * NS_PER_S, 5 * NS_PER_S + 600);
    lateness_held(&late, 8 * NS_PER_S, 8 * NS_PER_S + 900);
    lateness_held(&late, 9 * NS_PER_S, 9 * NS_PER_S + 100);
    ck_assert_int_eq(late.still_from_ns, 5 * NS_PER_S);
    ck_assert_int_eq(late.still_ns, 600);
    ck_assert_int_eq(late.longest_from_ns, 8 * NS_PER_S);
    ck_assert_int_eq(late.longest_ns, 900);
    ck_assert_int_eq(late.still_until_ns, 9 * NS_PER_S + 100);
}
END_TEST

START_TEST(a_case_forgets_what_was_before_it) {
    lateness_held(&late, NS_PER_S, 2 * NS_PER_S);
    lateness_begin(&late);
    ck_assert_int_eq(late.still_ns, 0);
    ck_assert_int_eq(late.longest_ns, 0);
    ck_assert_int_eq(late.still_until_ns, 2 * NS_PER_S); /* when it went on is still true */
    lateness_held(&late, 3 * NS_PER_S, 3 * NS_PER_S + 5);
    ck_assert_int_eq(late.still_from_ns, 3 * NS_PER_S);
    ck_assert_int_eq(late.longest_from_ns, 3 * NS_PER_S);
}
END_TEST

START_TEST(nobody_is_early) {
    lateness_note(&late, NS_PER_S, -1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lateness");
    TCase *tests = tcase_create("lateness");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_worst_of_a_slot_is_kept);
    tcase_add_test(tests, a_span_has_a_slot_more_on_both_sides);
    tcase_add_test(tests, beyond_the_table_nothing_is_lost);
    tcase_add_test(tests, being_late_is_not_standing_still);
    tcase_add_test(tests, the_first_the_longest_and_the_last_standstill);
    tcase_add_test(tests, a_case_forgets_what_was_before_it);
    tcase_add_test_raise_signal(tests, nobody_is_early, SIGABRT);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
