/* SPDX-License-Identifier: MIT */
/* What is billed when the meter goes silent, sticks, runs backwards or is exchanged: by the
 * register as far as it can be believed, the rest by the charger's own measurement (T240-4.8a,
 * ZS-6.5.8.5q). */
#include "tests/firmware/support/fake_meter.h"
#include "tests/firmware/support/flash.h"
#include "tests/support/suite.h"

#define WALL_S  (20000 * INT64_C(86400) + 12 * 3600)
#define FAR_OFF 7000000 /* register of another meter */

static struct flash *flash;
static struct dut_host host;
static struct core_record record;
static double carried_j; /* through the gun, whatever the meter says */

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
    return WALL_S + ((const struct fake *)ctx)->now / 1000000000;
}

static void boot(void) {
    host = (struct dut_host){.ctx = pile,
                             .can_send = fake_can_send,
                             .input = fake_read,
                             .output = fake_write,
                             .log = fake_log,
                             .serial_write = serial_write,
                             .store_write = store_write,
                             .bulk_read = bulk_read,
                             .bulk_write = bulk_write,
                             .wall_time = wall_time};
    memset(pile->dut, 0, pile->api->instance_size);
    meters[0].due = meters[1].due = meters[2].due = FAKE_NEVER;
    ck_assert_int_eq(pile->api->init(pile->dut, &host, pile->now), 0);
    fake_param(pile, "tariff.price_flat", 10000);
    fake_param(pile, "tariff.fee_flat", 5000);
    fake_param(pile, "card.number", 123456789);
    fake_param(pile, "card.balance", 1000000);
}

static void setup(void) {
    meter_setup();
    flash = flash_new();
    carried_j = 0;
    boot();
}

static void teardown(void) {
    flash_free(flash);
    meter_teardown();
}

static void run_carrying(int ms) {
    for (int i = 0; i < ms; i++) {
        run_ms(1);
        carried_j += pile->gun[0].outer_v * pile->gun[0].current_a / 1000;
    }
}

static void charge_for(int ms) {
    plug_in();
    press_start();
    ck_assert_msg(meter_until("charging", 15000), "stuck in %s: %s", fake_state(pile, 0),
                  fake_alarm(pile));
    carried_j = 0;
    run_carrying(ms);
}

static void until_ended_with(const char *alarm) {
    for (int i = 0; i < 120000 && strcmp(fake_state(pile, 0), "ended") != 0; i++) {
        run_carrying(1);
    }
    ck_assert_str_eq(fake_state(pile, 0), "ended");
    ck_assert_str_eq(fake_alarm(pile), alarm);
}

static bool kept(uint32_t sequence) {
    static struct core_records records;
    memset(&records, 0, sizeof records);
    return core_records_begin(&records, &flash->host) == 0 &&
           core_records_read(&records, sequence, &record);
}

static int64_t card_balance(void) {
    uint64_t balance = 0;
    for (unsigned i = 0; i < 8; i++) {
        balance |= (uint64_t)flash->card[0][CARD_BALANCE_S64_BALANCE + i] << 8 * i;
    }
    return (int64_t)balance;
}

/* Register and own measurement together are what was carried: to a step, and to what the test's
 * meter delays its answers. */
static void check_all_billed(double wh) {
    double billed = core_billing_energy(&record.billing) * 10.0 + record.billing.beyond_wh;
    ck_assert_msg(billed > wh - 15 && billed < wh + 15, "%.0f Wh billed of %.0f", billed, wh);
    ck_assert_uint_eq(core_billing_amount(&record.billing),
                      core_billing_energy(&record.billing) * 150u +
                          (record.billing.beyond_wh * 10000u + 500) / 1000 +
                          (record.billing.beyond_wh * 5000u + 500) / 1000);
    ck_assert_int_eq(card_balance(), 1000000 - (int64_t)core_billing_amount(&record.billing));
}

START_TEST(silent_for_good) {
    charge_for(20000);
    meters[0].silent = true;
    until_ended_with("meter silent");
    run_ms(1000);
    ck_assert(!kept(1)); /* it may come back */
    run_ms(60000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_FAULT);
    ck_assert_uint_eq(record.flags, CHARGE_FLAG_SILENT);
    ck_assert_uint_gt(record.billing.beyond_wh, 40);
    ck_assert_int_lt(record.end_s, WALL_S + pile->now / 1000000000 - 50); /* when it went off */
    check_all_billed(carried_j / 3600);
}
END_TEST

START_TEST(back_in_time_it_bills_all) {
    charge_for(20000);
    meters[0].silent = true;
    until_ended_with("meter silent");
    run_ms(20000);
    meters[0].silent = false;
    run_ms(10000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.flags, 0);
    ck_assert_uint_eq(record.billing.beyond_wh, 0);
    ck_assert_int_eq(record.billing.last, register_10wh(0));
    check_all_billed(carried_j / 3600);
}
END_TEST

/* With a register below, and with one less than billing.jump above. */
START_TEST(back_with_another_number) {
    static const int64_t starts[] = {FAR_OFF, 1235567, 1234000};
    charge_for(20000);
    meters[0].silent = true;
    until_ended_with("meter silent");
    meters[0].start_10wh = starts[_i];
    meters[0].energy_j = 0;
    meters[0].silent = false;
    run_ms(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.flags, CHARGE_FLAG_SILENT);
    check_all_billed(carried_j / 3600);
    /* The next charge begins with that meter, and owes nothing to the former. */
    fake_set(pile, 0, DUT_IN_CC1_MV, 6000);
    run_ms(2000);
    charge_for(10000);
    meter_press_stop();
    until_ended_with("none");
    run_ms(10000);
    ck_assert(kept(2));
    ck_assert_int_eq(record.billing.start, starts[_i]);
    ck_assert_uint_eq(record.flags, 0);
    check_all_billed(carried_j / 3600);
}
END_TEST

/* It lost its supply, and counted nothing meanwhile. */
START_TEST(back_without_having_counted) {
    charge_for(20000);
    meters[0].silent = true;
    meters[0].gain = 0;
    until_ended_with("meter silent");
    meters[0].silent = false;
    run_ms(20000);
    ck_assert(kept(1));
    check_all_billed(carried_j / 3600);
}
END_TEST

START_TEST(stuck_register) {
    charge_for(20000);
    meters[0].gain = 0;
    until_ended_with("meter contradicts voltage and current");
    run_ms(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.flags, CHARGE_FLAG_DOUBTED);
    ck_assert_uint_gt(record.billing.beyond_wh, 40);
    check_all_billed(carried_j / 3600);
}
END_TEST

START_TEST(register_runs_backwards) {
    charge_for(20000);
    meters[0].start_10wh -= 500;
    until_ended_with("meter runs backwards");
    run_ms(20000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.flags, CHARGE_FLAG_DOUBTED);
    check_all_billed(carried_j / 3600);
}
END_TEST

/* By 1 kWh in the very last reading, which no supervision compares any more. */
START_TEST(register_leaps_at_the_end) {
    charge_for(20000);
    meter_press_stop();
    until_ended_with("none");
    meters[0].start_10wh += 100;
    run_ms(20000);
    ck_assert(kept(1));
    check_all_billed(carried_j / 3600);
}
END_TEST

static void power_cut(void) {
    for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
        pile->gun[0].out[i] = 0;
    }
    pile->gun[0].phase = FAKE_QUIET;
    pile->gun[0].current_a = 0;
    boot();
}

/* Power goes while the meter is silent. It comes back with all, as another one, or not at all: then
 * the record waits, and nothing begins. */
START_TEST(power_cut_while_silent) {
    charge_for(20000);
    meters[0].silent = true;
    until_ended_with("meter silent");
    power_cut();
    run_ms(70000);
    ck_assert(!kept(1));
    press_start();
    run_ms(2000);
    ck_assert_str_eq(fake_alarm(pile), "meter silent");
    meters[0].start_10wh = _i == 0 ? 1234567 : _i == 1 ? 1235567 : FAR_OFF;
    meters[0].energy_j = _i == 0 ? meters[0].energy_j : 0;
    meters[0].silent = false;
    run_ms(10000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_FAULT); /* what ended it, not the cut */
    ck_assert_uint_eq(record.flags, _i == 0 ? 0 : CHARGE_FLAG_SILENT);
    check_all_billed(carried_j / 3600);
}
END_TEST

START_TEST(power_cut_while_stuck) {
    charge_for(20000);
    meters[0].gain = 0;
    until_ended_with("meter contradicts voltage and current");
    power_cut();
    run_ms(10000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.flags, CHARGE_FLAG_DOUBTED);
    check_all_billed(carried_j / 3600);
}
END_TEST

/* The storage fails when the record is to be closed: closed later, it says the same. */
START_TEST(storage_away_at_the_end) {
    charge_for(20000);
    meters[0].silent = _i == 1;
    meter_press_stop();
    until_ended_with(_i == 1 ? "meter silent" : "none");
    flash->off = true;
    run_ms(70000);
    flash_power(flash);
    run_ms(10000);
    ck_assert(kept(1));
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    check_all_billed(carried_j / 3600);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("account and meter");
    TCase *tc = tcase_create("account and meter");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, silent_for_good);
    tcase_add_test(tc, back_in_time_it_bills_all);
    tcase_add_loop_test(tc, back_with_another_number, 0, 3);
    tcase_add_test(tc, back_without_having_counted);
    tcase_add_test(tc, stuck_register);
    tcase_add_test(tc, register_runs_backwards);
    tcase_add_test(tc, register_leaps_at_the_end);
    tcase_add_loop_test(tc, power_cut_while_silent, 0, 3);
    tcase_add_test(tc, power_cut_while_stuck);
    tcase_add_loop_test(tc, storage_away_at_the_end, 0, 2);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
