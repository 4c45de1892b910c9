/* SPDX-License-Identifier: MIT */
/* Billing within the session: what is recorded, the four modes, power cuts (ZS-6.5.8.4a, 6.5.8.5q). */
#include "tests/firmware/flash.h"

#define WALL_S (20000 * INT64_C(86400) + 22 * 3600 + 58 * 60) /* 22:58 */

static struct fake *f;
static struct flash *flash;
static struct dut_host host;
static double delivered_wh;
static int step_wh, lag_ms; /* the meter's: counts in such steps, shows them so late */
static int64_t shown_ns, clock_set_s;
static int64_t counted_ns;
static struct core_record record;

static int bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    (void)ctx;
    return flash_read(flash, offset, bytes, size);
}

static int bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    (void)ctx;
    return flash_write(flash, offset, bytes, size);
}

static int store_write(void *ctx, unsigned number, const void *bytes, size_t size) {
    (void)ctx;
    return flash_store(flash, number, bytes, size);
}

static int64_t wall_time(void *ctx) {
    return WALL_S + clock_set_s + ((const struct fake *)ctx)->now / 1000000000;
}

/* The controller starts anew; the pile around it stays as it is. */
static void boot(void) {
    host = (struct dut_host){.ctx = f,
                             .can_send = fake_can_send,
                             .input = fake_read,
                             .output = fake_write,
                             .log = fake_log,
                             .serial_write = NULL,
                             .store_write = store_write,
                             .bulk_read = bulk_read,
                             .bulk_write = bulk_write,
                             .wall_time = wall_time};
    memset(f->dut, 0, f->api->instance_size);
    ck_assert_int_eq(f->api->init(f->dut, &host, f->now), 0);
    fake_param(f, "tariff.number", 11);
    fake_param(f, "tariff.price_sharp", 12000);
    fake_param(f, "tariff.price_valley", 3000);
    fake_param(f, "tariff.fee_sharp", 4000);
    fake_param(f, "tariff.fee_valley", 4000);
    fake_param(f, "tariff.switch_1", 10801); /* sharp from 18:00 */
    fake_param(f, "tariff.switch_2", 13804); /* valley from 23:00 */
    fake_param(f, "billing.save", 5000);
}

static void setup(void) {
    f = fake_new();
    flash = flash_new();
    delivered_wh = 0;
    step_wh = 10;
    lag_ms = 0;
    shown_ns = clock_set_s = 0;
    counted_ns = f->now;
    f->gun[0].in[DUT_IN_ENERGY_WH] = 500000;
    boot();
}

static void teardown(void) {
    flash_free(flash);
    fake_free(f);
}

/* The pile runs, and its meter counts: 10 Wh steps of what flows. */
static void run_metered(int ms) {
    for (int i = 0; i < ms; i += 10) {
        fake_run(f, 10);
        delivered_wh += (double)f->gun[0].in[DUT_IN_OUTER_MV] * f->gun[0].in[DUT_IN_CURRENT_MA] *
                        (double)(f->now - counted_ns) / 1e9 / 3.6e9;
        counted_ns = f->now;
        if (f->now - shown_ns < lag_ms * FAKE_MS)
            continue;
        shown_ns = f->now;
        f->gun[0].in[DUT_IN_ENERGY_WH] = 500000 + (int32_t)delivered_wh / step_wh * step_wh;
    }
}

static uint32_t reg(void) {
    return (uint32_t)f->gun[0].in[DUT_IN_ENERGY_WH] / 10;
}

static void charging(void) {
    fake_start(f);
    ck_assert_msg(fake_until(f, "charging", 15000), "stuck in %s, alarm %s", fake_state(f, 0),
                  fake_alarm(f));
    counted_ns = f->now;
}

/* Without the controller: what another one finds in the storage. */
static bool kept(uint32_t sequence) {
    static struct core_records records;
    memset(&records, 0, sizeof records);
    return core_records_begin(&records, &flash->host) == 0 &&
           core_records_read(&records, sequence, &record);
}

static void until_ended(int ms) {
    for (int i = 0; i < ms && strcmp(fake_state(f, 0), "ended") != 0; i += 100)
        run_metered(100);
    run_metered(6000);
    ck_assert_str_eq(fake_state(f, 0), "ended");
}

START_TEST(a_charge_leaves_its_record) {
    fake_param(f, "card.number", 123456789);
    fake_param(f, "card.balance", 500000);
    charging();
    ck_assert(!kept(1));
    run_metered(180000); /* over 23:00 */
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_PERSON);
    ck_assert_uint_eq(record.billing.start, 50000);
    ck_assert_uint_eq(record.billing.last, reg());
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
    fake_param(f, "billing.mode", number);
    fake_param(f, "billing.limit", limit);
    charging();
    for (int i = 0; i < 2000 && strcmp(fake_state(f, 0), "charging") == 0; i++)
        run_metered(100);
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
 * multiple of anything, both sides of a switch to a dearer tariff. Never a unit more than the balance
 * allows, and never less than it by more than what one pulse of that meter costs. */
START_TEST(by_amount_attacked) {
    static const int steps_wh[] = {10, 100, 1000}, lags_ms[] = {0, 1000, 4000};
    int32_t limit = 40000 + 1371 * _i;
    step_wh = steps_wh[_i % 3];
    lag_ms = lags_ms[_i / 3 % 3];
    f->gun[0].bcl_da = 2000;
    mode(CHARGE_BY_AMOUNT, limit);
    uint64_t amount = core_billing_amount(&record.billing);
    uint64_t pulse = (uint64_t)(step_wh / 10 < 2 ? 2 : step_wh / 10 + 1) * 160;
    ck_assert_msg(amount <= (uint64_t)limit, "%lu of %d", (unsigned long)amount, limit);
    ck_assert_msg(amount + pulse >= (uint64_t)limit, "only %lu of %d", (unsigned long)amount,
                  limit);
}
END_TEST

/* The tariff rises twentyfold while the last cheap steps flow. The limit is swept, so that somewhere in
 * the sweep each distance from the switch is met. */
START_TEST(by_amount_into_a_dearer_tariff) {
    fake_param(f, "tariff.price_valley", 100);
    fake_param(f, "tariff.fee_valley", 0);
    fake_param(f, "tariff.price_sharp", 900000);
    fake_param(f, "tariff.switch_1", 10804);
    fake_param(f, "tariff.switch_2", 13801); /* 23:00, 120 s after the beginning of time */
    f->gun[0].bcl_da = 1500 + 13 * _i;       /* another part of a step when it switches */
    mode(CHARGE_BY_AMOUNT, 60 + 10 * _i);
    uint64_t amount = core_billing_amount(&record.billing);
    ck_assert_msg(amount <= 60u + 10u * (unsigned)_i, "%lu of %d", (unsigned long)amount,
                  60 + 10 * _i);
}
END_TEST

START_TEST(greatest_limits_do_not_limit) {
    fake_param(f, "billing.creep", _i == 2 ? 1 : 6000);
    fake_param(f, "billing.mode", _i == 1 ? CHARGE_BY_AMOUNT : CHARGE_BY_ENERGY);
    fake_param(f, "billing.limit", INT32_MAX);
    charging();
    run_metered(20000);
    ck_assert_str_eq(fake_state(f, 0), "charging");
    ck_assert_int_ge(f->gun[0].in[DUT_IN_CURRENT_MA], 99000);
}
END_TEST

/* A card's balance is not exceeded in any mode. */
START_TEST(card_runs_out) {
    int32_t balance = 15000 + 137 * _i;
    fake_param(f, "card.balance", balance);
    mode(_i % 4, _i % 4 == CHARGE_BY_TIME ? 1000 : 10000000);
    ck_assert_int_ge(core_record_balance_after(&record), 0);
    ck_assert_int_le(core_record_balance_after(&record), 2 * 160);
}
END_TEST

START_TEST(card_may_owe) {
    fake_param(f, "card.balance", 100);
    fake_param(f, "card.stop", 0);
    charging();
    run_metered(30000);
    ck_assert_str_eq(fake_state(f, 0), "charging");
}
END_TEST

START_TEST(automatic_ends_with_the_vehicle) {
    fake_param(f, "billing.limit", 1);
    charging();
    run_metered(60000);
    ck_assert_str_eq(fake_state(f, 0), "charging");
    f->gun[0].want_stop = true;
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_VEHICLE);
}
END_TEST

START_TEST(power_cut_closes_the_record) {
    charging();
    run_metered(63217);
    for (unsigned i = 0; i < DUT_OUTPUTS; i++)
        f->gun[0].out[i] = 0;
    f->gun[0].phase = FAKE_QUIET;
    run_metered(0);
    boot();
    fake_call(f);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_POWER);
    ck_assert_uint_eq(record.billing.last, reg());
    ck_assert_uint_gt(core_billing_energy(&record.billing), 50);
}
END_TEST

START_TEST(no_storage_no_charge) {
    flash->off = true;
    fake_start(f);
    (void)fake_until(f, "charging", 15000);
    fake_run(f, 100);
    ck_assert_str_eq(fake_alarm(f), "charge cannot be recorded");
    ck_assert_str_ne(fake_state(f, 0), "charging");
}
END_TEST

START_TEST(storage_fails_while_charging) {
    charging();
    run_metered(20000);
    flash->off = true;
    run_metered(8000); /* the next save is due every 5 s here */
    ck_assert_str_eq(fake_state(f, 0), "charging");
    until_ended(30000);
    ck_assert_str_eq(fake_alarm(f), "charge cannot be recorded");
    flash_power(flash);
    fake_run(f, 3000); /* nothing happens at the pile: it tries by itself */
    ck_assert(kept(1));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_FAULT);
    ck_assert_uint_eq(record.billing.last, reg());
}
END_TEST

START_TEST(storage_fails_for_a_moment) {
    charging();
    run_metered(20000);
    flash->off = true;
    run_metered(8000);
    flash_power(flash);
    run_metered(20000);
    ck_assert_str_eq(fake_state(f, 0), "charging");
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.billing.last, reg());
}
END_TEST

/* Unreadable at power on, with an open charge in it: nothing begins, nothing is overwritten. */
START_TEST(storage_away_at_power_on) {
    charging();
    run_metered(63217);
    for (unsigned i = 0; i < DUT_OUTPUTS; i++)
        f->gun[0].out[i] = 0;
    f->gun[0].phase = FAKE_QUIET;
    run_metered(0);
    flash->off = true;
    boot();
    fake_input(f, DUT_IN_START, 0);
    fake_run(f, 500);
    ck_assert_str_eq(fake_alarm(f), "charge cannot be recorded");
    fake_input(f, DUT_IN_START, 1);
    fake_run(f, 5000);
    fake_input(f, DUT_IN_START, 0);
    ck_assert_str_eq(fake_state(f, 0), "plugged");
    flash_power(flash);
    fake_run(f, 2000);
    ck_assert_str_eq(fake_alarm(f), "none");
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
    ck_assert_uint_eq(record.billing.last, reg());
    charging();
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(2));
}
END_TEST

/* A start that the storage refused is not refused for ever. */
START_TEST(storage_back_after_a_refused_start) {
    fake_start(f);
    flash->off = true;
    (void)fake_until(f, "charging", 15000);
    fake_run(f, 10000);
    ck_assert_str_eq(fake_alarm(f), "charge cannot be recorded");
    flash_power(flash);
    fake_set(f, 0, DUT_IN_CC1_MV, 6000);
    fake_run(f, 2000);
    charging();
    run_metered(20000);
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.billing.last, reg());
}
END_TEST

/* Set back over a switch, forward, or to nothing: by-time goes on by its own time, all energy is billed,
 * the record says that the clock was touched. */
START_TEST(clock_is_set_while_charging) {
    static const int64_t by_s[] = {-7200, 86400 + 600, -100000 * INT64_C(86400)};
    fake_param(f, "billing.mode", CHARGE_BY_TIME);
    fake_param(f, "billing.limit", 2);
    charging();
    run_metered(60000);
    clock_set_s = by_s[_i];
    ck_assert_str_eq(fake_state(f, 0), "charging");
    run_metered(50000);
    ck_assert_str_eq(fake_state(f, 0), "charging");
    until_ended(40000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_LIMIT);
    ck_assert_uint_eq(record.billing.last, reg());
    ck_assert_uint_eq(core_billing_energy(&record.billing), reg() - 50000);
    ck_assert_uint_eq(record.flags, _i == 2 ? CHARGE_FLAG_CLOCK : CHARGE_FLAG_SET);
}
END_TEST

/* Both guns charge, on one storage; the power goes; each record closes with its own meter's register. */
START_TEST(two_guns_and_a_power_cut) {
    f->guns = 2;
    fake_param(f, "guns", 2);
    f->gun[1].in[DUT_IN_ENERGY_WH] = 9000000;
    charging();
    fake_start_gun(f, 1);
    for (int i = 0; i < 15000 && strcmp(fake_state(f, 1), "charging") != 0; i++)
        fake_run(f, 1);
    run_metered(30000);
    ck_assert_str_eq(fake_state(f, 1), "charging");
    f->gun[1].in[DUT_IN_ENERGY_WH] = 9000700;
    run_metered(30000);
    if (_i == 1) { /* gun 0 has ended in order */
        fake_input(f, DUT_IN_STOP, 1);
        until_ended(20000);
    }
    for (unsigned gun = 0; gun < 2; gun++) {
        memset(f->gun[gun].out, 0, sizeof f->gun[gun].out);
        f->gun[gun].phase = FAKE_QUIET;
    }
    run_metered(0);
    boot();
    fake_param(f, "guns", 2);
    f->gun[1].in[DUT_IN_ENERGY_WH] = 9000710; /* it counted on, a little */
    fake_call(f);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.gun, 0);
    ck_assert_uint_eq(record.state, _i == 1 ? CHARGE_CLOSED : CHARGE_RECOVERED);
    ck_assert_uint_eq(record.billing.start, 50000);
    ck_assert_uint_eq(record.billing.last, reg());
    ck_assert(kept(2));
    ck_assert_uint_eq(record.gun, 1);
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
    ck_assert_uint_eq(record.billing.start, 900000);
    ck_assert_uint_eq(record.billing.last, 900071);
}
END_TEST

START_TEST(nothing_delivered_is_a_record_of_nothing) {
    f->gun[0].bcl_da = 0;
    charging();
    run_metered(5000);
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(core_billing_energy(&record.billing), 0);
    ck_assert_uint_eq(core_billing_amount(&record.billing), 0);
    ck_assert_uint_eq(record.flags, 0);
}
END_TEST

/* Refused before anything moves, shown, and said which switch. */
START_TEST(bad_table_no_charge) {
    fake_param(f, "tariff.switch_3", 13801); /* not later than the second */
    fake_start(f);
    fake_run(f, 5000);
    ck_assert_str_eq(fake_state(f, 0), "plugged");
    ck_assert_str_eq(fake_alarm(f), "tariff table refused");
    ck_assert_int_eq(fake_output_at(f, DUT_OUT_LOCK, 1, 0), FAKE_NEVER);
    fake_param(f, "tariff.switch_3", 13901);
    charging();
    ck_assert_str_eq(fake_alarm(f), "none");
}
END_TEST

START_TEST(table_spoilt_after_the_start) {
    fake_start(f);
    fake_param(f, "tariff.switch_1", 5);
    (void)fake_until(f, "charging", 15000);
    run_metered(1000);
    ck_assert_str_eq(fake_alarm(f), "tariff table refused");
    ck_assert_str_ne(fake_state(f, 0), "charging");
    ck_assert_uint_eq(reg(), 50000); /* nothing flowed */
}
END_TEST

/* Rule: a charge keeps the table it began with; the next one has the new. */
START_TEST(new_table_while_charging) {
    charging();
    run_metered(30000);
    fake_param(f, "tariff.number", 12);
    fake_param(f, "tariff.price_sharp", 90000);
    fake_param(f, "tariff.switch_2", 13794); /* valley a minute earlier */
    run_metered(60000);
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    fake_input(f, DUT_IN_STOP, 0);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.table, 11);
    ck_assert_uint_eq(record.segment_count, 1);
    ck_assert_uint_eq(record.billing.price[0], 12000);
    fake_input(f, DUT_IN_START, 1);
    fake_run(f, 100);
    fake_input(f, DUT_IN_START, 0);
    ck_assert(fake_until(f, "charging", 20000));
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(2));
    ck_assert_uint_eq(record.table, 12);
    ck_assert_uint_eq(record.billing.price[0], 90000);
    ck_assert_uint_eq(record.segments[0].tariff, CORE_TARIFF_VALLEY);
}
END_TEST

START_TEST(second_charge_second_record) {
    charging();
    run_metered(30000);
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    fake_input(f, DUT_IN_STOP, 0);
    uint32_t between = reg();
    fake_input(f, DUT_IN_START, 1);
    fake_run(f, 100);
    fake_input(f, DUT_IN_START, 0);
    ck_assert(fake_until(f, "charging", 20000));
    counted_ns = f->now;
    run_metered(30000);
    fake_input(f, DUT_IN_STOP, 1);
    until_ended(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.billing.last, between);
    ck_assert(kept(2));
    ck_assert_uint_eq(record.billing.start, between);
    ck_assert_uint_eq(record.billing.last, reg());
}
END_TEST

int main(void) {
    Suite *suite = suite_create("account");
    TCase *tc = tcase_create("account");
    tcase_add_checked_fixture(tc, setup, teardown);
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
    tcase_add_test(tc, power_cut_closes_the_record);
    tcase_add_test(tc, no_storage_no_charge);
    tcase_add_test(tc, storage_fails_while_charging);
    tcase_add_test(tc, storage_fails_for_a_moment);
    tcase_add_test(tc, storage_away_at_power_on);
    tcase_add_test(tc, storage_back_after_a_refused_start);
    tcase_add_loop_test(tc, clock_is_set_while_charging, 0, 3);
    tcase_add_loop_test(tc, two_guns_and_a_power_cut, 0, 2);
    tcase_add_test(tc, nothing_delivered_is_a_record_of_nothing);
    tcase_add_test(tc, bad_table_no_charge);
    tcase_add_test(tc, table_spoilt_after_the_start);
    tcase_add_test(tc, new_table_while_charging);
    tcase_add_test(tc, second_charge_second_record);
    suite_add_tcase(suite, tc);
    return fake_main(suite);
}
