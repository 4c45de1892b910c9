/* SPDX-License-Identifier: MIT */
/* Weld detection in every cycle (T240-8.14), by voltage and by auxiliary contacts. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

static void weld(bool k1, bool k2, bool feedback_lies) {
    pile->gun[0].welded[0] = k1;
    pile->gun[0].welded[1] = k2;
    pile->gun[0].feedback_lies = feedback_lies;
}

static void expect_refusal(const char *alarm) {
    fake_start(pile);
    ck_assert_msg(fake_until(pile, "ended", 20000), "stuck in %s", fake_state(pile, 0));
    ck_assert_str_eq(fake_alarm(pile), alarm);
    ck_assert_ptr_null(fake_sent(pile, 0x01, -1, 0)); /* no CRM */
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_IMD, 1, 0), FAKE_NEVER);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_AUX], 0);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_LOCK], 0);
    ck_assert_int_lt(pile->gun[0].in[DUT_IN_INNER_MV], 60000);
}

static const struct {
    bool k1, k2, lies;
    const char *alarm;
} welds[] = {
    {true, false, false, "K1 welded"},       {false, true, false, "K2 welded"},
    {true, true, false, "K1 and K2 welded"}, {true, false, true, "K1 welded"},
    {false, true, true, "K2 welded"},        {true, true, true, "K1 and K2 welded"},
};

START_TEST(welded_contactor_is_found) {
    weld(welds[_i].k1, welds[_i].k2, welds[_i].lies);
    expect_refusal(welds[_i].alarm);
}
END_TEST

/* The check can be blinded, contactor by contactor: that is what its bits are for. */
START_TEST(blinded_check_misses_it) {
    weld(true, false, true);
    fake_param(pile, "weld.check", 6);
    fake_charging(pile);
}
END_TEST

START_TEST(auxiliary_contact_alone_is_enough) {
    pile->gun[0].welded[0] =
        true; /* seen by K1's auxiliary contact although not asked by voltage */
    fake_param(pile, "weld.check", 6);
    expect_refusal("K1 welded");
}
END_TEST

START_TEST(weld_during_the_charge_is_found_at_its_end) {
    fake_charging(pile);
    weld(true, false, false);
    fake_input(pile, DUT_IN_STOP, 1);
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_str_eq(fake_alarm(pile), "K1 welded");
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 500);
    ck_assert_str_eq(fake_state(pile, 0), "ended");
}
END_TEST

/* Both welded onto a battery that stays: the resistor must not burn, the lock must not open. */
START_TEST(resistor_is_spared_and_lock_stays) {
    int64_t on;
    fake_charging(pile);
    weld(true, true, true);
    pile->gun[0].k5_welded = true;
    fake_input(pile, DUT_IN_STOP, 1);
    fake_run(pile, 20000);
    ck_assert_str_eq(fake_alarm(pile), "discharge too slow");
    on = fake_output_at(pile, DUT_OUT_DISCHARGE, 1, pile->now - 20000 * FAKE_MS);
    ck_assert_int_le(fake_ms_between(on, fake_output_at(pile, DUT_OUT_DISCHARGE, 0, on)), 3010);
    ck_assert_str_eq(fake_state(pile, 0), "releasing");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_LOCK], 1);
}
END_TEST

START_TEST(dead_modules_are_not_a_weld) {
    pile->gun[0].modules_dead = true;
    expect_refusal("no output voltage");
}
END_TEST

/* K5 and K6 close in the test, as in a vehicle that the pile's other gun begins to feed. */
START_TEST(a_battery_behind_the_plug_is_no_weld) {
    fake_start(pile);
    ck_assert(fake_until(pile, "weld test", 20000));
    fake_run(pile, _i * 50);
    ck_assert_str_eq(fake_state(pile, 0), "weld test");
    pile->gun[0].k5_welded = true;
    fake_run(pile, 2000);
    ck_assert_str_eq(fake_alarm(pile), "voltage at the gun before the test");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K2], 0);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULES_ON], 0);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_LOCK], 1); /* 540 V in it */
    ck_assert_ptr_null(fake_sent(pile, 0x01, -1, 0));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("weld");
    TCase *tc = tcase_create("weld");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_loop_test(tc, welded_contactor_is_found, 0, sizeof welds / sizeof welds[0]);
    tcase_add_test(tc, blinded_check_misses_it);
    tcase_add_test(tc, auxiliary_contact_alone_is_enough);
    tcase_add_test(tc, weld_during_the_charge_is_found_at_its_end);
    tcase_add_test(tc, resistor_is_spared_and_lock_stays);
    tcase_add_test(tc, dead_modules_are_not_a_weld);
    tcase_add_loop_test(tc, a_battery_behind_the_plug_is_no_weld, 0, 8);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
