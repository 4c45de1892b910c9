/* SPDX-License-Identifier: MIT */
/* Billing within the session: what is recorded, the four modes, power cuts (ZS-6.5.8.4a,
 * 6.5.8.5q). */
#include "tests/firmware/support/billed_pile.h"
#include "tests/support/suite.h"

START_TEST(a_charge_leaves_its_record) {
    fake_param(pile, "card.number", 123456789);
    fake_param(pile, "card.balance", 500000);
    billed_charging();
    ck_assert(!kept(1));
    run_metered(180000); /* over 23:00 */
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_PERSON);
    ck_assert_uint_eq(record.billing.start, 50000);
    ck_assert_uint_eq(record.billing.last, billed_reg());
    ck_assert_uint_gt(core_billing_energy(&record.billing), 200);
    ck_assert_uint_eq(record.segment_count, 2);
    ck_assert_uint_eq(record.segments[1].tariff, CORE_TARIFF_VALLEY);
    ck_assert_uint_eq(record.segments[1].at_s, WALL_S + 120);
    ck_assert_uint_eq(record.table, 11);
    ck_assert_str_eq(record.card, "123456789");
    ck_assert_int_lt(core_record_balance_after(&record), 500000);
    ck_assert_uint_eq(flash->card[0][CARD_BALANCE_U32_SEQUENCE], 1);
}
END_TEST

static void mode(int32_t number, int32_t limit) {
    fake_param(pile, "billing.mode", number);
    fake_param(pile, "billing.limit", limit);
    billed_charging();
    for (int i = 0; i < 2000 && strcmp(fake_state(pile, 0), "charging") == 0; i++) {
        run_metered(100);
    }
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_LIMIT);
}

START_TEST(by_time) {
    mode(CHARGE_BY_TIME, 2);
    ck_assert_uint_ge(record.end_s - record.start_s, 120);
    ck_assert_uint_le(record.end_s - record.start_s, 130);
}
END_TEST

START_TEST(by_energy) {
    mode(CHARGE_BY_ENERGY, 100 + 7 * _i);
    ck_assert_uint_ge(core_billing_energy(&record.billing), 99u + 7u * (unsigned)_i);
    ck_assert_uint_le(core_billing_energy(&record.billing), 100u + 7u * (unsigned)_i);
}
END_TEST

/* 1.6 yuan/kWh: a step is 0.016 yuan. Never more than the balance, at most a step and
 * what is no whole step less. */
START_TEST(by_amount) {
    int32_t balance = 10000 + 137 * _i;
    mode(CHARGE_BY_AMOUNT, balance);
    uint32_t affordable = (uint32_t)balance / 160;
    ck_assert_uint_le(core_billing_amount(&record.billing), (uint64_t)balance);
    ck_assert_uint_ge(core_billing_energy(&record.billing), affordable - 1);
    ck_assert_uint_le(core_billing_energy(&record.billing), affordable);
}
END_TEST

/* The attack: 200 A, registers that count in coarse steps and are shown late, a balance that is no
 * multiple of anything, both sides of a switch to a dearer tariff. Never a unit more than the
 * balance allows, and never less than it by more than what one pulse of that meter costs. */
START_TEST(by_amount_attacked) {
    static const int steps_wh[] = {10, 100, 1000}, lags_ms[] = {0, 1000, 4000};
    int32_t limit = 40000 + 1371 * _i;
    step_wh = steps_wh[_i % 3];
    lag_ms = lags_ms[_i / 3 % 3];
    pile->gun[0].bcl_da = 2000;
    mode(CHARGE_BY_AMOUNT, limit);
    uint64_t amount = core_billing_amount(&record.billing);
    uint64_t pulse = (uint64_t)(step_wh / 10 < 2 ? 2 : step_wh / 10 + 1) * 160;
    ck_assert_msg(amount <= (uint64_t)limit, "%lu of %d", (unsigned long)amount, limit);
    ck_assert_msg(amount + pulse >= (uint64_t)limit, "only %lu of %d", (unsigned long)amount,
                  limit);
}
END_TEST

/* The tariff rises twentyfold while the last cheap steps flow. The limit is swept, so that
 * somewhere in the sweep each distance from the switch is met. */
START_TEST(by_amount_into_a_dearer_tariff) {
    fake_param(pile, "tariff.price_valley", 100);
    fake_param(pile, "tariff.fee_valley", 0);
    fake_param(pile, "tariff.price_sharp", 900000);
    fake_param(pile, "tariff.switch_1", 10804);
    fake_param(pile, "tariff.switch_2", 13801); /* 23:00, 120 s after the beginning of time */
    pile->gun[0].bcl_da = 1500 + 13 * _i;       /* another part of a step when it switches */
    mode(CHARGE_BY_AMOUNT, 60 + 10 * _i);
    uint64_t amount = core_billing_amount(&record.billing);
    ck_assert_msg(amount <= 60u + 10u * (unsigned)_i, "%lu of %d", (unsigned long)amount,
                  60 + 10 * _i);
}
END_TEST

START_TEST(greatest_limits_do_not_limit) {
    fake_param(pile, "billing.creep", _i == 2 ? 1 : 6000);
    fake_param(pile, "billing.mode", _i == 1 ? CHARGE_BY_AMOUNT : CHARGE_BY_ENERGY);
    fake_param(pile, "billing.limit", INT32_MAX);
    billed_charging();
    run_metered(20000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    ck_assert_int_ge(pile->gun[0].in[DUT_IN_CURRENT_MA], 99000);
}
END_TEST

/* A card's balance is not exceeded in any mode. */
START_TEST(card_runs_out) {
    int32_t balance = 15000 + 137 * _i;
    fake_param(pile, "card.balance", balance);
    mode(_i % 4, _i % 4 == CHARGE_BY_TIME ? 1000 : 10000000);
    ck_assert_int_ge(core_record_balance_after(&record), 0);
    ck_assert_int_le(core_record_balance_after(&record), 2 * 160);
}
END_TEST

START_TEST(card_may_owe) {
    fake_param(pile, "card.balance", 100);
    fake_param(pile, "card.stop", 0);
    billed_charging();
    run_metered(30000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
}
END_TEST

START_TEST(automatic_ends_with_the_vehicle) {
    fake_param(pile, "billing.limit", 1);
    billed_charging();
    run_metered(60000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    pile->gun[0].want_stop = true;
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_VEHICLE);
}
END_TEST

/* Set back over a switch, forward, or to nothing: by-time goes on by its own time, all energy is
 * billed, the record says that the clock was touched. */
START_TEST(clock_is_set_while_charging) {
    static const int64_t by_s[] = {-7200, 86400 + 600, -100000 * INT64_C(86400)};
    fake_param(pile, "billing.mode", CHARGE_BY_TIME);
    fake_param(pile, "billing.limit", 2);
    billed_charging();
    run_metered(60000);
    clock_set_s = by_s[_i];
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    run_metered(50000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    until_ended(40000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_LIMIT);
    ck_assert_uint_eq(record.billing.last, billed_reg());
    ck_assert_uint_eq(core_billing_energy(&record.billing), billed_reg() - 50000);
    ck_assert_uint_eq(record.flags, _i == 2 ? CHARGE_FLAG_CLOCK : CHARGE_FLAG_SET);
}
END_TEST

START_TEST(nothing_delivered_is_a_record_of_nothing) {
    pile->gun[0].bcl_da = 0;
    billed_charging();
    run_metered(5000);
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(core_billing_energy(&record.billing), 0);
    ck_assert_uint_eq(core_billing_amount(&record.billing), 0);
    ck_assert_uint_eq(record.flags, 0);
}
END_TEST

/* Refused before anything moves, shown, and said which switch. */
START_TEST(bad_table_no_charge) {
    fake_param(pile, "tariff.switch_3", 13801); /* not later than the second */
    fake_start(pile);
    fake_run(pile, 5000);
    ck_assert_str_eq(fake_state(pile, 0), "plugged");
    ck_assert_str_eq(fake_alarm(pile), "tariff table refused");
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_LOCK, 1, 0), FAKE_NEVER);
    fake_param(pile, "tariff.switch_3", 13901);
    billed_charging();
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

START_TEST(table_spoilt_after_the_start) {
    fake_start(pile);
    fake_param(pile, "tariff.switch_1", 5);
    (void)fake_until(pile, "charging", 15000);
    run_metered(1000);
    ck_assert_str_eq(fake_alarm(pile), "tariff table refused");
    ck_assert_str_ne(fake_state(pile, 0), "charging");
    ck_assert_uint_eq(billed_reg(), 50000); /* nothing flowed */
}
END_TEST

/* Rule: a charge keeps the table it began with; the next one has the new. */
START_TEST(new_table_while_charging) {
    billed_charging();
    run_metered(30000);
    fake_param(pile, "tariff.number", 12);
    fake_param(pile, "tariff.price_sharp", 90000);
    fake_param(pile, "tariff.switch_2", 13794); /* valley a minute earlier */
    run_metered(60000);
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    fake_input(pile, DUT_IN_STOP, 0);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.table, 11);
    ck_assert_uint_eq(record.segment_count, 1);
    ck_assert_uint_eq(record.billing.price[0], 12000);
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 100);
    fake_input(pile, DUT_IN_START, 0);
    ck_assert(fake_until(pile, "charging", 20000));
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(2));
    ck_assert_uint_eq(record.table, 12);
    ck_assert_uint_eq(record.billing.price[0], 90000);
    ck_assert_uint_eq(record.segments[0].tariff, CORE_TARIFF_VALLEY);
}
END_TEST

START_TEST(second_charge_second_record) {
    billed_charging();
    run_metered(30000);
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    fake_input(pile, DUT_IN_STOP, 0);
    uint32_t between = billed_reg();
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 100);
    fake_input(pile, DUT_IN_START, 0);
    ck_assert(fake_until(pile, "charging", 20000));
    counted_ns = pile->now;
    run_metered(30000);
    fake_input(pile, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.billing.last, between);
    ck_assert(kept(2));
    ck_assert_uint_eq(record.billing.start, between);
    ck_assert_uint_eq(record.billing.last, billed_reg());
}
END_TEST

int main(void) {
    Suite *suite = suite_create("account");
    TCase *tc = tcase_create("account");
    tcase_add_checked_fixture(tc, billed_setup, billed_teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_charge_leaves_its_record);
    tcase_add_test(tc, by_time);
    tcase_add_loop_test(tc, by_energy, 0, 12);
    tcase_add_loop_test(tc, by_amount, 0, 12);
    tcase_add_loop_test(tc, by_amount_attacked, 0, 18);
    tcase_add_loop_test(tc, by_amount_into_a_dearer_tariff, 0, 40);
    tcase_add_loop_test(tc, greatest_limits_do_not_limit, 0, 3);
    tcase_add_loop_test(tc, card_runs_out, 0, 8);
    tcase_add_test(tc, card_may_owe);
    tcase_add_test(tc, automatic_ends_with_the_vehicle);
    tcase_add_loop_test(tc, clock_is_set_while_charging, 0, 3);
    tcase_add_test(tc, nothing_delivered_is_a_record_of_nothing);
    tcase_add_test(tc, bad_table_no_charge);
    tcase_add_test(tc, table_spoilt_after_the_start);
    tcase_add_test(tc, new_table_while_charging);
    tcase_add_test(tc, second_charge_second_record);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
