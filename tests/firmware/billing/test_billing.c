/* SPDX-License-Identifier: MIT */
/* Registers to energy and amounts: ZS-6.5.8.4a, ZS-6.5.8.5q. */
#include "tests/firmware/support/flash.h"
#include "tests/support/suite.h"

static struct core_tariff_table table;
static struct core_billing billing;

static void setup(void) {
    table = flash_table();
    core_billing_begin(&billing, &table, 1000, CORE_TARIFF_SHARP);
}

START_TEST(amounts_are_rounded_half_up_once) {
    ck_assert(core_billing_advance(&billing, 1001)); /* 12345 and 4000 millionths of a yuan */
    ck_assert_uint_eq(core_billing_energy_amount(&billing, CORE_TARIFF_SHARP), 123);
    ck_assert_uint_eq(core_billing_service_amount(&billing, CORE_TARIFF_SHARP), 40);
    ck_assert(core_billing_advance(&billing, 1002)); /* 24690: not twice 123 */
    ck_assert_uint_eq(core_billing_energy_amount(&billing, CORE_TARIFF_SHARP), 247);
    ck_assert(core_billing_advance(&billing, 1010)); /* 123450: exactly half goes up */
    ck_assert_uint_eq(core_billing_energy_amount(&billing, CORE_TARIFF_SHARP), 1235);
    ck_assert_uint_eq(core_billing_amount(&billing), 1235 + 400);
}
END_TEST

START_TEST(tariffs_add_up) {
    ck_assert(core_billing_advance(&billing, 1500));
    core_billing_switch(&billing, CORE_TARIFF_VALLEY);
    ck_assert(core_billing_advance(&billing, 1700));
    ck_assert_uint_eq(billing.energy[0], 500);
    ck_assert_uint_eq(billing.energy[3], 200);
    ck_assert_uint_eq(core_billing_energy(&billing), 700);
    ck_assert_uint_eq(core_billing_amount(&billing), 61725 + 20000 + 6666 + 5998);
}
END_TEST

START_TEST(register_rolls_over) {
    core_billing_begin(&billing, &table, 99999998, CORE_TARIFF_FLAT);
    ck_assert(core_billing_advance(&billing, 3));
    ck_assert_uint_eq(core_billing_energy(&billing), 5);
}
END_TEST

START_TEST(beyond_belief_bills_nothing) {
    billing.jump_max = 100;
    ck_assert(!core_billing_advance(&billing, 1101));
    ck_assert(!core_billing_advance(&billing, 999)); /* backwards */
    ck_assert(!core_billing_advance(&billing, 100000000));
    ck_assert_uint_eq(core_billing_energy(&billing), 0);
    ck_assert(core_billing_advance(&billing, 1100));
    ck_assert_uint_eq(core_billing_energy(&billing), 100);
}
END_TEST

START_TEST(greatest_amount_fits) {
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        table.price[i] = table.fee[i] = CORE_TARIFF_PRICE_MAX;
    }
    core_billing_begin(&billing, &table, 0, CORE_TARIFF_PEAK);
    billing.jump_max = CORE_BILLING_ROLL_OVER;
    ck_assert(core_billing_advance(&billing, CORE_BILLING_ROLL_OVER - 1));
    ck_assert_uint_eq(core_billing_amount(&billing), UINT64_C(1999999980000));
}
END_TEST

START_TEST(by_time) {
    core_billing_limit(&billing, CHARGE_BY_TIME, 30);
    ck_assert(!core_billing_limit_reached(&billing, 1799, 0));
    ck_assert(core_billing_limit_reached(&billing, 1800, 0));
    ck_assert_uint_eq(core_billing_allowed(&billing), CORE_BILLING_UNLIMITED);
}
END_TEST

START_TEST(by_energy) {
    core_billing_limit(&billing, CHARGE_BY_ENERGY, 50);
    ck_assert(core_billing_advance(&billing, 1048));
    ck_assert(!core_billing_limit_reached(&billing, 0, 1));
    ck_assert(core_billing_advance(&billing, 1049));
    ck_assert(core_billing_limit_reached(&billing, 0, 1));
    ck_assert(!core_billing_limit_reached(&billing, 0, 0));
    ck_assert(core_billing_advance(&billing, 1050));
    ck_assert(core_billing_limit_reached(&billing, 0, 0));
}
END_TEST

START_TEST(automatic_has_no_limit) {
    core_billing_limit(&billing, CHARGE_AUTOMATIC, 1);
    ck_assert(core_billing_advance(&billing, 20000));
    ck_assert(!core_billing_limit_reached(&billing, 1000000, 1000));
}
END_TEST

/* For every balance: what is allowed costs no more than the balance, one step more would. */
START_TEST(by_amount_never_one_unit_more) {
    for (uint64_t balance = 0; balance < 20000; balance += 7) {
        setup();
        core_billing_limit(&billing, CHARGE_BY_AMOUNT, balance);
        uint32_t allowed = core_billing_allowed(&billing);
        billing.energy[0] = allowed;
        ck_assert_uint_le(core_billing_amount(&billing), balance);
        ck_assert(core_billing_limit_reached(&billing, 0, 0));
        billing.energy[0] = allowed + 1;
        ck_assert_uint_gt(core_billing_amount(&billing), balance);
        ck_assert(core_billing_limit_reached(&billing, 0, 0));
    }
}
END_TEST

START_TEST(by_amount_over_a_switch) {
    core_billing_limit(&billing, CHARGE_BY_AMOUNT, 100000);
    ck_assert(core_billing_advance(&billing, 1300));
    uint32_t in_sharp = core_billing_allowed(&billing);
    core_billing_switch(&billing, CORE_TARIFF_VALLEY); /* cheaper: more of it */
    uint32_t in_valley = core_billing_allowed(&billing);
    ck_assert_uint_gt(in_valley, in_sharp);
    ck_assert(core_billing_advance(&billing, 1300 + in_valley));
    ck_assert_uint_le(core_billing_amount(&billing), 100000);
    ck_assert(core_billing_advance(&billing, 1301 + in_valley));
    ck_assert_uint_gt(core_billing_amount(&billing), 100000);
}
END_TEST

START_TEST(pending_and_a_dearer_tariff_count) {
    core_billing_limit(&billing, CHARGE_BY_AMOUNT, 100000);
    billing.tariff = CORE_TARIFF_VALLEY;
    uint32_t alone = core_billing_allowed(&billing);
    billing.pending = 100;
    ck_assert_uint_eq(core_billing_allowed(&billing), alone - 100);
    billing.soon = CORE_TARIFF_VALLEY;
    ck_assert_uint_eq(core_billing_allowed(&billing), alone - 100);
    billing.soon = CORE_TARIFF_SHARP;
    uint32_t dear = core_billing_allowed(&billing);
    billing.energy[CORE_TARIFF_VALLEY - 1] = 100;
    billing.energy[CORE_TARIFF_SHARP - 1] = dear;
    ck_assert_uint_le(core_billing_amount(&billing), 100000);
    billing.energy[CORE_TARIFF_SHARP - 1]++;
    ck_assert_uint_gt(core_billing_amount(&billing), 100000);
}
END_TEST

START_TEST(ceiling_holds_in_every_mode) {
    for (int mode = CHARGE_AUTOMATIC; mode <= CHARGE_BY_AMOUNT; mode++) {
        core_billing_limit(&billing, (enum charge_mode)mode, 10000000);
        billing.ceiling = 5000;
        uint32_t allowed = core_billing_allowed(&billing);
        billing.ceiling = CORE_BILLING_NO_CEILING;
        core_billing_limit(&billing, CHARGE_BY_AMOUNT, 5000);
        ck_assert_uint_eq(core_billing_allowed(&billing), allowed);
    }
}
END_TEST

/* In whole watt-hours, energy and service rounded half up once each. */
START_TEST(beyond_is_billed_besides) {
    billing.tariff = CORE_TARIFF_PEAK; /* 1.0001 and 0.3500 yuan/kWh */
    billing.beyond_wh = 5;             /* 50.005 and 17.5 */
    ck_assert_uint_eq(core_billing_beyond_amount(&billing), 50 + 18);
    ck_assert_uint_eq(core_billing_amount(&billing), 68);
    ck_assert_uint_eq(core_billing_energy(&billing), 0);
    billing.beyond_wh = UINT32_MAX;
    billing.price[1] = billing.fee[1] = CORE_TARIFF_PRICE_MAX;
    ck_assert_uint_eq(core_billing_beyond_amount(&billing), UINT64_C(8589934590000));
}
END_TEST

START_TEST(free_energy_has_no_limit) {
    table.price[0] = table.fee[0] = 0;
    core_billing_begin(&billing, &table, 0, CORE_TARIFF_SHARP);
    core_billing_limit(&billing, CHARGE_BY_AMOUNT, 0);
    ck_assert_uint_eq(core_billing_allowed(&billing), CORE_BILLING_UNLIMITED);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("billing");
    TCase *tc = tcase_create("billing");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, amounts_are_rounded_half_up_once);
    tcase_add_test(tc, tariffs_add_up);
    tcase_add_test(tc, register_rolls_over);
    tcase_add_test(tc, beyond_belief_bills_nothing);
    tcase_add_test(tc, greatest_amount_fits);
    tcase_add_test(tc, by_time);
    tcase_add_test(tc, by_energy);
    tcase_add_test(tc, automatic_has_no_limit);
    tcase_add_test(tc, by_amount_never_one_unit_more);
    tcase_add_test(tc, by_amount_over_a_switch);
    tcase_add_test(tc, pending_and_a_dearer_tariff_count);
    tcase_add_test(tc, ceiling_holds_in_every_mode);
    tcase_add_test(tc, beyond_is_billed_besides);
    tcase_add_test(tc, free_energy_has_no_limit);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
