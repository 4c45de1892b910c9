/* SPDX-License-Identifier: MIT */
/* A storage that fails before, while and after a charge, and power cuts (ZS-6.5.8.5q). */
#include "tests/firmware/support/billed_pile.h"
#include "tests/support/suite.h"

START_TEST(power_cut_closes_the_record) {
    billed_charging();
    run_metered(63217);
    for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
        pile->gun[0].out[i] = 0;
    }
    pile->gun[0].phase = FAKE_QUIET;
    run_metered(0);
    boot();
    fake_call(pile);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_POWER);
    ck_assert_uint_eq(record.billing.last, billed_reg());
    ck_assert_uint_gt(core_billing_energy(&record.billing), 50);
}
END_TEST

START_TEST(no_storage_no_charge) {
    flash->off = true;
    fake_start(pile);
    (void)fake_until(pile, "charging", 15000);
    fake_run(pile, 100);
    ck_assert_str_eq(fake_alarm(pile), "charge cannot be recorded");
    ck_assert_str_ne(fake_state(pile, 0), "charging");
}
END_TEST

START_TEST(storage_fails_while_charging) {
    billed_charging();
    run_metered(20000);
    flash->off = true;
    run_metered(8000); /* the next save is due every 5 s here */
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    until_ended(30000);
    ck_assert_str_eq(fake_alarm(pile), "charge cannot be recorded");
    flash_power(flash);
    fake_run(pile, 3000); /* nothing happens at the pile: it tries by itself */
    ck_assert(kept(1));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_FAULT);
    ck_assert_uint_eq(record.billing.last, billed_reg());
}
END_TEST

START_TEST(storage_fails_for_a_moment) {
    billed_charging();
    run_metered(20000);
    flash->off = true;
    run_metered(8000);
    flash_power(flash);
    run_metered(20000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.billing.last, billed_reg());
}
END_TEST

/* Unreadable at power on, with an open charge in it: nothing begins, nothing is overwritten. */
START_TEST(storage_away_at_power_on) {
    billed_charging();
    run_metered(63217);
    for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
        pile->gun[0].out[i] = 0;
    }
    pile->gun[0].phase = FAKE_QUIET;
    run_metered(0);
    flash->off = true;
    boot();
    fake_input(pile, DUT_IN_START, 0);
    fake_run(pile, 500);
    ck_assert_str_eq(fake_alarm(pile), "charge cannot be recorded");
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 5000);
    fake_input(pile, DUT_IN_START, 0);
    ck_assert_str_eq(fake_state(pile, 0), "plugged");
    flash_power(flash);
    fake_run(pile, 2000);
    ck_assert_str_eq(fake_alarm(pile), "none");
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
    ck_assert_uint_eq(record.billing.last, billed_reg());
    billed_charging();
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(2));
}
END_TEST

/* A start that the storage refused is not refused for ever. */
START_TEST(storage_back_after_a_refused_start) {
    fake_start(pile);
    flash->off = true;
    (void)fake_until(pile, "charging", 15000);
    fake_run(pile, 10000);
    ck_assert_str_eq(fake_alarm(pile), "charge cannot be recorded");
    flash_power(flash);
    fake_set(pile, 0, DUT_IN_CC1_MV, 6000);
    fake_run(pile, 2000);
    billed_charging();
    run_metered(20000);
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.billing.last, billed_reg());
}
END_TEST

/* Both guns charge, on one storage; the power goes; each record closes with its own meter's
 * register. */
START_TEST(two_guns_and_a_power_cut) {
    pile->guns = 2;
    fake_param(pile, "guns", 2);
    pile->gun[1].in[DUT_IN_ENERGY_WH] = 9000000;
    billed_charging();
    fake_start_gun(pile, 1);
    for (int i = 0; i < 15000 && strcmp(fake_state(pile, 1), "charging") != 0; i++) {
        fake_run(pile, 1);
    }
    run_metered(30000);
    ck_assert_str_eq(fake_state(pile, 1), "charging");
    pile->gun[1].in[DUT_IN_ENERGY_WH] = 9000700;
    run_metered(30000);
    if (_i == 1) { /* gun 0 has ended in order */
        fake_input(pile, DUT_IN_STOP, 1);
        until_ended(20000);
    }
    for (unsigned gun = 0; gun < 2; gun++) {
        memset(pile->gun[gun].out, 0, sizeof pile->gun[gun].out);
        pile->gun[gun].phase = FAKE_QUIET;
    }
    run_metered(0);
    boot();
    fake_param(pile, "guns", 2);
    pile->gun[1].in[DUT_IN_ENERGY_WH] = 9000710; /* it counted on, a little */
    fake_call(pile);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.gun, 0);
    ck_assert_uint_eq(record.state, _i == 1 ? CHARGE_CLOSED : CHARGE_RECOVERED);
    ck_assert_uint_eq(record.billing.start, 50000);
    ck_assert_uint_eq(record.billing.last, billed_reg());
    ck_assert(kept(2));
    ck_assert_uint_eq(record.gun, 1);
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
    ck_assert_uint_eq(record.billing.start, 900000);
    ck_assert_uint_eq(record.billing.last, 900071);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("account and storage");
    TCase *tc = tcase_create("account and storage");
    tcase_add_checked_fixture(tc, billed_setup, billed_teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, power_cut_closes_the_record);
    tcase_add_test(tc, no_storage_no_charge);
    tcase_add_test(tc, storage_fails_while_charging);
    tcase_add_test(tc, storage_fails_for_a_moment);
    tcase_add_test(tc, storage_away_at_power_on);
    tcase_add_test(tc, storage_back_after_a_refused_start);
    tcase_add_loop_test(tc, two_guns_and_a_power_cut, 0, 2);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
