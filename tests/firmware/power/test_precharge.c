/* SPDX-License-Identifier: MIT */
/* From BRO(AA) to closed K1/K2: GB/T 18487.1-2015 B.3.4, T240-8.9, T240-8.13, T240-8.15. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

/* T240-8.15: at least 500 ms from K5/K6; T240-8.13: less than 10 V difference. */
START_TEST(contactors_close_late_and_on_a_small_difference) {
    int64_t bro_aa, k1;
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    bro_aa = pile->now;
    ck_assert(fake_until(pile, "ready", 5000));
    k1 = fake_output_at(pile, DUT_OUT_K1, 1, bro_aa - 10 * FAKE_MS);
    ck_assert_int_ge(fake_ms_between(bro_aa, k1), 590);
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_K2, 1, bro_aa - 10 * FAKE_MS), k1);
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_MODULE_MV, 535000, bro_aa) > 0, 1);
}
END_TEST

START_TEST(contactor_order_is_a_parameter) {
    int64_t ready;
    fake_param(pile, "contactor.order", 2000);
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    ready = pile->now;
    ck_assert(fake_until(pile, "ready", 5000));
    ck_assert_int_ge(fake_ms_between(ready, pile->now), 1990);
}
END_TEST

START_TEST(battery_that_does_not_fit_is_not_charged) {
    pile->gun[0].bcp_battery_dv = 5400 * 107 / 100;
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    fake_run(pile, 20000);
    ck_assert_str_eq(fake_state(pile, 0), "getting ready");
    ck_assert_str_eq(fake_alarm(pile), "battery voltage not as reported");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
    ck_assert_ptr_null(fake_sent(pile, 0x0A, 0xAA, 0));
    pile->gun[0].bcp_battery_dv = 5400; /* what BCP said stays: only the person ends it */
    fake_input(pile, DUT_IN_STOP, 1);
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1A, 0x04, 0));
}
END_TEST

START_TEST(reversed_battery_never_meets_the_contactors) {
    pile->gun[0].battery_v = -540;
    fake_start(pile);
    fake_run(pile, 30000);
    ck_assert_str_eq(fake_alarm(pile), "battery reversed");
    ck_assert_ptr_nonnull(fake_sent(pile, 0x0A, 0x00, 0));
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_K1, 1, fake_sent(pile, 0x0A, 0x00, 0)->at),
                     FAKE_NEVER);
}
END_TEST

/* What BRO(AA) does not promise: the difference is looked at, not waited for. */
START_TEST(large_difference_never_closes) {
    int64_t ready;
    pile->gun[0].regulated_v = 530; /* 10 V below a battery of 540 V */
    pile->gun[0].bhm_dv = 5300;
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    ready = pile->now;
    fake_run(pile, 12000);
    ck_assert_str_eq(fake_alarm(pile), "pre-charge failed");
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_K1, 1, ready), FAKE_NEVER);
}
END_TEST

START_TEST(battery_below_the_own_range_is_not_charged) {
    pile->gun[0].battery_v = 190;
    pile->gun[0].bcp_battery_dv = 1900;
    fake_start(pile);
    fake_run(pile, 20000);
    ck_assert_str_eq(fake_state(pile, 0), "getting ready");
    ck_assert_ptr_null(fake_sent(pile, 0x0A, 0xAA, 0));
}
END_TEST

START_TEST(misfit_ends_after_its_limit) {
    fake_param(pile, "ready.timeout", 10000);
    pile->gun[0].bcp_battery_dv = 4900;
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    fake_run(pile, 9900);
    ck_assert_str_eq(fake_state(pile, 0), "getting ready");
    ck_assert(fake_until(pile, "ended", 15000));
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1A, 0x10, 0));
}
END_TEST

static const struct {
    int bcp_dv;
    bool fits;
} tolerances[] = {{5142, false}, {5143, true}, {5684, true}, {5685, false}};

/* |540 V - Vbcp| <= 5 % of Vbcp: from 514.3 V to 568.4 V. */
START_TEST(tolerance) {
    pile->gun[0].bcp_battery_dv = tolerances[_i].bcp_dv;
    fake_start(pile);
    fake_run(pile, 8000);
    ck_assert_str_eq(fake_state(pile, 0), tolerances[_i].fits ? "charging" : "getting ready");
}
END_TEST

START_TEST(battery_that_leaves_is_waited_for) {
    fake_param(pile, "contactor.order", 3000);
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    fake_run(pile, 1000);
    pile->gun[0].battery_v = 400;
    fake_run(pile, 4000);
    ck_assert_str_eq(fake_state(pile, 0), "getting ready");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULES_ON], 0);
    pile->gun[0].battery_v = 540;
    ck_assert(fake_until(pile, "charging", 8000));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("precharge");
    TCase *tc = tcase_create("precharge");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, contactors_close_late_and_on_a_small_difference);
    tcase_add_test(tc, contactor_order_is_a_parameter);
    tcase_add_test(tc, battery_that_does_not_fit_is_not_charged);
    tcase_add_test(tc, reversed_battery_never_meets_the_contactors);
    tcase_add_test(tc, large_difference_never_closes);
    tcase_add_test(tc, battery_below_the_own_range_is_not_charged);
    tcase_add_test(tc, misfit_ends_after_its_limit);
    tcase_add_test(tc, battery_that_leaves_is_waited_for);
    tcase_add_loop_test(tc, tolerance, 0, sizeof tolerances / sizeof tolerances[0]);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
