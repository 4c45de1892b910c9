/* SPDX-License-Identifier: MIT */
/* Limits of the running output: GB/T 34657.1 D0.4504, T240-8.3, T240-8.12, ZS-6.5.8.5k. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

/* K1 to K4 open within 1 s. */
START_TEST(output_over_voltage) {
    int64_t at;
    fake_charging(pile);
    at = pile->now;
    pile->gun[0].muted = FAKE_BST | FAKE_BSD;
    pile->gun[0].battery_v = 610; /* BCP allows 600 V */
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_alarm(pile), "output over-voltage");
    ck_assert_int_lt(fake_ms_between(at, fake_output_at(pile, DUT_OUT_K1, 0, at)), 950);
    ck_assert_int_lt(fake_ms_between(at, fake_output_at(pile, DUT_OUT_AUX, 0, at)), 950);
    ck_assert_uint_eq(fake_sent(pile, 0x1A, 0x10, at)->frame.data[3], 0xF4);
}
END_TEST

START_TEST(over_current) {
    fake_charging(pile);
    pile->gun[0].extra_a = 174; /* 274 A: below 250 A + 25 A */
    fake_run(pile, 500);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    pile->gun[0].extra_a = 176;
    fake_run(pile, 200);
    ck_assert_str_eq(fake_alarm(pile), "output over-current");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
}
END_TEST

START_TEST(current_from_the_battery) {
    fake_charging(pile);
    pile->gun[0].extra_a = -103;
    fake_run(pile, 40);
    ck_assert_str_eq(fake_state(pile, 0), "charging"); /* not yet 50 ms */
    fake_run(pile, 60);
    ck_assert_str_eq(fake_alarm(pile), "current from the battery");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
}
END_TEST

/* The battery's second protection: what BCS and BSM say against what BCP allowed. */
START_TEST(battery_beyond_its_limits) {
    fake_charging(pile);
    if (_i == 0) {
        pile->gun[0].bcs_dv = 6021;
    } else if (_i == 1) {
        pile->gun[0].bcs_cell = 371;
    } else {
        pile->gun[0].bsm_temperature = 116; /* 66 degC, BCP allows 65 */
    }
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_alarm(pile), "battery beyond its limits");
    fake_run(pile, 1000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
}
END_TEST

START_TEST(battery_at_its_limits_is_charged) {
    fake_charging(pile);
    pile->gun[0].bcs_dv = 6000;
    pile->gun[0].bcs_cell = 370;
    pile->gun[0].bsm_temperature = 115;
    fake_run(pile, 2000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("protections");
    TCase *tc = tcase_create("protections");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, output_over_voltage);
    tcase_add_test(tc, over_current);
    tcase_add_test(tc, current_from_the_battery);
    tcase_add_test(tc, battery_at_its_limits_is_charged);
    tcase_add_loop_test(tc, battery_beyond_its_limits, 0, 3);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
