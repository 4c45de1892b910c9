/* SPDX-License-Identifier: MIT */
/* What the bench says a pile had to bill, on records written by hand. */
#include "harness/billing/billing.h"
#include "tests/harness/support/charge_slot.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CLOCK_S INT64_C(1772409480) /* 2026-03-01 23:58:00 */

static struct loop loop;
static struct signal_board board;
static struct signal *counted, *carried, *k1, *k2;
static struct billing_card card;
static struct billing billing;
static uint8_t storage[CHARGE_RING_OFFSET + 4 * CHARGE_RECORD_BYTES];

static struct param_def params[] = {
    {"tariff.price_sharp", 14000, 0},
    {"tariff.fee_sharp", 4000, 0},
    {"tariff.price_peak", 12345, 0},
    {"tariff.price_valley", 3333, 0},
    {"tariff.fee_peak", 0, 0},
    {"tariff.fee_valley", 0, 0},
    {"tariff.number", 12, 0},
    {"card.number", 7654321, 0},
    {"clock.zone", 0, 0},
    {"tariff.switch_1", 4, 0} /* 00:00 valley */,
    {"tariff.switch_2", 14391, 0} /* 23:59 sharp */,
    {"tariff.switch_3", 14382, 0} /* 23:58 peak */,
    {"billing.limit", 500, 0},
    {"card.balance", 100000, 0},
};
#define LIMIT (sizeof params / sizeof params[0] - 2)
static struct setup pile = {
    .clock_s = CLOCK_S, .params = params, .param_count = sizeof params / sizeof params[0]};

static void setup(void) {
    loop_init(&loop, LOOP_VIRTUAL);
    counted = signal_add(&board, "meter.counted", SIGNAL_NUMBER, "Wh", "");
    signal_set(counted, 0, 0);
    carried = signal_add(&board, "plant.energy", SIGNAL_NUMBER, "Wh", "");
    signal_set(carried, 0, 0);
    k1 = signal_add(&board, "k1.closed", SIGNAL_BOOL, "", "");
    k2 = signal_add(&board, "k2.closed", SIGNAL_BOOL, "", "");
    memset(&card, 0, sizeof card);
    struct billing_config config = {
        .loop = &loop, .board = &board, .setup = &pile, .vin = "TESTVIN0000000001"};
    billing_init(&billing, &config);
    memset(storage, 0xFF, sizeof storage);
}

static void teardown(void) {
    billing_end(&billing);
    signal_board_free(&board);
    loop_free(&loop);
    memset(&board, 0, sizeof board);
}

/* One whole record: steps[] by tariff, at the case's prices; it adds up. */
static void write_record(unsigned sequence, unsigned mode, const unsigned steps[CHARGE_TARIFFS]) {
    slot_write(storage + CHARGE_RING_OFFSET + (size_t)sequence * CHARGE_RECORD_BYTES, sequence,
               mode, steps);
}

static void again(unsigned sequence) { /* what was changed by hand is whole again */
    slot_seal(storage + CHARGE_RING_OFFSET + (size_t)sequence * CHARGE_RECORD_BYTES);
}

static void take(void) {
    FILE *file = fmemopen(storage, sizeof storage, "rb");
    billing_take(&billing, file, &card);
}

static double told(const char *name) {
    const struct signal *signal = signal_find(&board, name);
    ck_assert_ptr_nonnull(signal);
    return signal->known ? signal->value : (double)NAN;
}

/* 30 s each: peak, sharp over a minute, valley; 100 Wh before each switch and after. */
static void charge_over_switches(void) {
    static const double wh[] = {100, 100, 300, 400};
    for (size_t i = 0; i < sizeof wh / sizeof wh[0]; i++) {
        loop_run(&loop, (int64_t)(40 + 40 * i) * NS_PER_S);
        signal_set(counted, loop.now_ns, wh[i]);
    }
}

START_TEST(nothing_read_nothing_known) {
    ck_assert(isnan(told("record.count")) && isnan(told("record.energy")));
    take();
    ck_assert_double_eq(told("record.count"), 0);
    ck_assert(isnan(told("record.energy")) && isnan(told("record.closed")));
}
END_TEST

/* 23:58:40 100 Wh (peak), 23:59:20 still 100, 00:00:00 300 at the switch itself, 00:00:40 400. */
START_TEST(tariffs_by_the_bench) {
    charge_over_switches();
    const unsigned right[] = {0, 10, 0, 30};
    write_record(1, CHARGE_AUTOMATIC, right);
    take();
    ck_assert_double_eq(told("record.count"), 1);
    ck_assert(told("record.closed") == 1 && told("record.sound") == 1);
    ck_assert_double_eq(told("record.energy"), 400);
    ck_assert_double_eq(told("record.peak"), 100);
    ck_assert_double_eq(told("record.valley"), 300);
    ck_assert_double_eq(told("record.unbilled"), 0);
    ck_assert_double_eq(told("record.tariff_error"), 0);
    ck_assert_double_eq(told("record.amount"), (1235 + 1000) / 1e4); /* 10 x 123.45, 30 x 33.33 */
    ck_assert_double_eq(told("record.amount_error"), 0);
    ck_assert_double_eq(told("record.balance_error"), 0);
    /* 100000 - 2235 units on the card, 33.33 a step */
    ck_assert_double_eq(told("record.left"), 29330);
}
END_TEST

/* Peak until 60 s after that, sharp until 120 s, then valley. */
static void charge_in_three(int64_t from_s) {
    loop_run(&loop, (from_s + 30) * NS_PER_S);
    signal_set(counted, loop.now_ns, 50);
    loop_run(&loop, (from_s + 110) * NS_PER_S);
    signal_set(counted, loop.now_ns, 250);
    loop_run(&loop, (from_s + 130) * NS_PER_S);
    signal_set(counted, loop.now_ns, 400);
    const unsigned steps[] = {20, 5, 0, 15};
    write_record(1, CHARGE_AUTOMATIC, steps);
    take();
}

START_TEST(sharp_until_midnight) {
    charge_in_three(0);
    ck_assert_double_eq(told("record.tariff_error"), 0);
    ck_assert_double_eq(told("record.sharp"), 200);
}
END_TEST

START_TEST(zone_is_added_to_the_clock) {
    teardown();
    pile.clock_s = CLOCK_S + 3600 - 60; /* no switch in its first minute */
    for (size_t i = 0; i < pile.param_count; i++) {
        params[i].value = strcmp(params[i].name, "clock.zone") == 0 ? -60 : params[i].value;
    }
    setup();
    charge_in_three(60);
    ck_assert_double_eq(told("record.tariff_error"), 0);
}
END_TEST

START_TEST(wrong_bills_are_told) {
    charge_over_switches();
    const unsigned wrong[] = {5, 10, 0, 24}, more[] = {0, 0, 0, 2};
    write_record(1, CHARGE_AUTOMATIC, wrong);
    write_record(2, CHARGE_AUTOMATIC, more);
    take();
    ck_assert_double_eq(told("record.count"), 2);
    ck_assert_double_eq(told("record.unbilled"), -10); /* twice */
    ck_assert_double_eq(told("record.tariff_error"), 50);
    put(storage + CHARGE_RING_OFFSET + 2 * CHARGE_RECORD_BYTES, CHARGE_U64_AMOUNT, 68, 8);
    put(storage + CHARGE_RING_OFFSET + 2 * CHARGE_RECORD_BYTES, CHARGE_U8_STATE, CHARGE_RECOVERED,
        1);
    again(2);
    take();
    ck_assert_double_eq(told("record.sound"), 0);
    ck_assert_double_eq(told("record.recovered"), 1);
    ck_assert_double_eq_tol(told("record.amount_error"), 1e-4, 1e-9); /* 2 x 33.33 is 67 */
    ck_assert_double_eq_tol(told("record.balance_error"), 1e-4, 1e-9);
}
END_TEST

START_TEST(prices_of_the_case_not_of_the_record) {
    const unsigned steps[] = {0, 10, 0, 0};
    write_record(1, CHARGE_AUTOMATIC, steps);
    params[2].value = 12000;
    take();
    params[2].value = 12345;
    ck_assert_double_eq_tol(told("record.amount_error"), 35e-4, 1e-9);
    ck_assert_double_eq(told("record.sound"), 1);
}
END_TEST

START_TEST(what_the_limit_leaves) {
    const unsigned steps[] = {0, 0, 0, 499};
    write_record(1, CHARGE_BY_ENERGY, steps);
    take();
    ck_assert_double_eq(told("record.left"), 10); /* 500 - 499 steps */
    ck_assert_double_eq(told("record.stop"), CHARGE_STOP_LIMIT);
    /* By amount, 0.05 yuan: 13 x 33.33 = 433, 500 - 433 = 67 are two steps more; of 15, none. */
    const unsigned fewer[] = {0, 0, 0, 13}, all[] = {0, 0, 0, 15}, beyond[] = {0, 0, 0, 16};
    write_record(1, CHARGE_BY_AMOUNT, fewer);
    take();
    ck_assert_double_eq(told("record.left"), 20);
    write_record(1, CHARGE_BY_AMOUNT, all);
    take();
    ck_assert_double_eq(told("record.left"), 0);
    write_record(1, CHARGE_BY_AMOUNT, beyond);
    take();
    ck_assert_double_lt(told("record.left"), 0);
}
END_TEST

/* 1234 Wh besides, by the valley tariff: 411.3 units. */
START_TEST(what_no_register_admits) {
    const unsigned steps[] = {0, 0, 0, 100};
    uint8_t *bytes = storage + CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES;
    write_record(1, CHARGE_AUTOMATIC, steps);
    put(bytes, CHARGE_U32_BEYOND, 1234, 4);
    put(bytes, CHARGE_U64_AMOUNT, 3333 + 4113, 8);
    put(bytes, CHARGE_S64_BALANCE_AFTER, 100000 - 3333 - 4113, 8);
    again(1);
    signal_set(carried, 0, 2200);
    take();
    ck_assert_double_eq(told("record.sound"), 1);
    ck_assert_double_eq(told("record.beyond"), 1234);
    ck_assert_double_eq(told("record.plant_error"), 34);
    ck_assert_double_eq(told("record.amount_error"), 0);
}
END_TEST

/* The meter's energy is billed by its register: what is billed besides is billed twice. */
START_TEST(billed_besides_is_billed_twice) {
    charge_over_switches();
    const unsigned right[] = {0, 10, 0, 30};
    write_record(1, CHARGE_AUTOMATIC, right);
    uint8_t *bytes = storage + CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES;
    put(bytes, CHARGE_U32_BEYOND, 25, 4);
    again(1);
    take();
    ck_assert_double_eq(told("record.unbilled"), -25);
    ck_assert_double_eq(told("record.tariff_error"), 25);
    put(bytes, CHARGE_U8_TARIFF, 2, 1); /* peak instead: 25 Wh more there */
    put(bytes, CHARGE_U32_BEYOND, 45, 4);
    again(1);
    take();
    ck_assert_double_eq(told("record.tariff_error"), 45);
}
END_TEST

START_TEST(nothing_stays_from_an_earlier_reading) {
    const unsigned steps[] = {0, 10, 0, 0};
    write_record(1, CHARGE_AUTOMATIC, steps);
    take();
    ck_assert_double_eq(told("record.balance_error"), 0);
    put(storage + CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES, CHARGE_U8_STATE, CHARGE_OPEN, 1);
    again(1);
    take();
    ck_assert(isnan(told("record.balance_error")));
    memset(storage, 0xFF, sizeof storage);
    take();
    ck_assert_double_eq(told("record.count"), 0);
    ck_assert(isnan(told("record.closed")) && isnan(told("record.unbilled")));
    ck_assert(isnan(told("record.order")) && isnan(told("record.amount_error")));
}
END_TEST

START_TEST(no_price_no_amount_due) {
    const unsigned steps[] = {0, 10, 1, 0};
    write_record(1, CHARGE_AUTOMATIC, steps);
    take();
    ck_assert(isnan(told("record.amount_error"))); /* nobody has set the flat tariff's price */
    ck_assert_double_eq(told("record.sound"), 1);
}
END_TEST

START_TEST(what_was_ordered) {
    static const struct {
        size_t at;
        unsigned value, size;
    } wrong[] = {{CHARGE_U8_MODE, CHARGE_BY_TIME, 1},
                 {CHARGE_U64_LIMIT, 499, 8},
                 {CHARGE_U32_TABLE, 13, 4},
                 {CHARGE_TEXT_CARD, '8', 1}};
    static struct param_def mode[16] = {{"billing.mode", CHARGE_BY_ENERGY, 0}};
    memcpy(mode + 1, params, sizeof params);
    struct setup ordered = {CLOCK_S, mode, 1 + sizeof params / sizeof params[0]};
    const unsigned steps[] = {0, 0, 0, 499};
    uint8_t *bytes = storage + CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES;
    billing.config.setup = &ordered;
    write_record(2, CHARGE_BY_ENERGY, steps);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        write_record(1, CHARGE_BY_ENERGY, steps);
        take();
        ck_assert_double_eq(told("record.order"), 1);
        put(bytes, wrong[i].at, wrong[i].value, wrong[i].size);
        again(1); /* the earlier of the two */
        take();
        ck_assert_double_eq(told("record.order"), 0);
    }
    ck_assert_double_eq(told("record.vehicle"), 1);
    put(bytes, CHARGE_TEXT_VEHICLE + 16, '2', 1);
    put(bytes, CHARGE_U8_FLAGS, CHARGE_FLAG_SET, 1);
    again(1);
    take();
    ck_assert_double_eq(told("record.vehicle"), 0);
    ck_assert_double_eq(told("record.flags"), 0); /* of the last */
    put(bytes + CHARGE_RECORD_BYTES, CHARGE_U8_FLAGS, CHARGE_FLAG_SET, 1);
    again(2);
    take();
    ck_assert_double_eq(told("record.flags"), CHARGE_FLAG_SET);
}
END_TEST

static void write_card(unsigned sequence, int64_t balance) {
    memset(&card, 0, sizeof card);
    card.written = true;
    put(card.bytes, CARD_BALANCE_U32_SEQUENCE, sequence, 4);
    memcpy(card.bytes + CARD_BALANCE_TEXT_CARD, "7654321", 7);
    put(card.bytes, CARD_BALANCE_S64_BALANCE, (uint64_t)balance, 8);
    put(card.bytes, CARD_BALANCE_U32_CRC, crc32(0, card.bytes, CARD_BALANCE_U32_CRC), 4);
}

START_TEST(what_the_card_gets) {
    const unsigned steps[] = {0, 10, 0, 0}; /* 1235 units */
    write_record(1, CHARGE_AUTOMATIC, steps);
    take();
    ck_assert_double_eq(told("record.written_back"), 0); /* nothing was */
    write_card(1, 100000 - 1235);
    take();
    ck_assert_double_eq(told("record.written_back"), 1);
    card.bytes[CARD_BALANCE_S64_BALANCE] ^= 1; /* not whole */
    take();
    ck_assert_double_eq(told("record.written_back"), 0);
    write_card(1, 100000 - 1234);
    take();
    ck_assert_double_eq(told("record.written_back"), 0);
    write_card(2, 100000 - 1235); /* another charge's */
    take();
    ck_assert_double_eq(told("record.written_back"), 0);
    billing_take(&billing, fmemopen(storage, sizeof storage, "rb"), NULL);
    ck_assert(isnan(told("record.written_back")));
}
END_TEST

static void contactors(int64_t at_ms, bool closed, double carried_wh) {
    loop_run(&loop, at_ms * 1000000);
    signal_set(carried, loop.now_ns, carried_wh);
    signal_set(k1, loop.now_ns, closed);
    signal_set(k2, loop.now_ns, closed);
}

static void write_times(int64_t begin_s, int64_t switch_s, int64_t end_s) {
    uint8_t *bytes = storage + CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES;
    const unsigned steps[] = {0, 10, 0, 30};
    write_record(1, CHARGE_AUTOMATIC, steps);
    put(bytes, CHARGE_U32_START_S, (uint64_t)(CLOCK_S + begin_s), 4);
    put(bytes, CHARGE_U32_END_S, (uint64_t)(CLOCK_S + end_s), 4);
    slot_switches(bytes, 2);
    put(bytes, CHARGE_SEGMENT_ROWS + CHARGE_SEGMENT_U8_TARIFF, 2, 1);
    size_t segment = CHARGE_SEGMENT_ROWS + CHARGE_SEGMENT_BYTES;
    put(bytes, segment + CHARGE_SEGMENT_U32_S, (uint64_t)(CLOCK_S + switch_s), 4);
    put(bytes, segment + CHARGE_SEGMENT_U32_REG, 10, 4);
    put(bytes, segment + CHARGE_SEGMENT_U8_TARIFF, 4, 1);
    again(1);
    take();
}

/* An insulation test is no charge; the charge is from 20 s to 150 s, valley begins at 120 s. */
START_TEST(times_by_the_bench) {
    signal_set(k2, 0, 1); /* alone it conducts nothing */
    contactors(5000, true, 0);
    contactors(9000, false, 0.5);
    write_times(20, 120, 150);
    ck_assert(isnan(told("record.clock_error"))); /* nothing charged yet */
    contactors(20000, true, 0.5);
    write_times(20, 120, 150);
    ck_assert(isnan(told("record.clock_error"))); /* not over yet */
    loop_run(&loop, 150 * NS_PER_S);
    signal_set(carried, loop.now_ns, 400);
    signal_set(k1, loop.now_ns, 0); /* K2 follows late */
    contactors(156000, false, 400);
    contactors(160000, true, 400);
    write_times(20, 120, 150);
    ck_assert(isnan(told("record.clock_error"))); /* another may have begun */
    contactors(161000, false, 400.5);
    write_times(20, 120, 150);
    ck_assert_double_eq(told("record.clock_error"), 0);
    ck_assert_double_eq(told("record.sound"), 1);
    write_times(22, 121, 151);
    ck_assert_double_eq(told("record.clock_error"), 2);
    write_times(21, 117, 150);
    ck_assert_double_eq(told("record.clock_error"), 3);
    write_times(20, 124, 152);
    ck_assert_double_eq(told("record.clock_error"), 4);
    write_times(20, 120, 145);
    ck_assert_double_eq(told("record.clock_error"), 5);
    put(storage + CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES, CHARGE_U8_STATE, CHARGE_RECOVERED, 1);
    again(1);
    take();
    ck_assert_double_eq(told("record.clock_error"), 0); /* its end is what was saved last */
}
END_TEST

/* Its rounding leaves room: 3 x 33.33 is 100 and fits in 100, 99.99 in 99 does not. */
START_TEST(left_is_exact_beside_roundings) {
    const unsigned none[] = {0, 0, 0, 0};
    params[LIMIT].value = 100;
    write_record(1, CHARGE_BY_AMOUNT, none);
    take();
    ck_assert_double_eq(told("record.left"), 30);
    params[LIMIT].value = 99;
    take();
    ck_assert_double_eq(told("record.left"), 20);
    params[LIMIT].value = 167; /* 5 x 33.33 = 166.65 */
    take();
    ck_assert_double_eq(told("record.left"), 50);
    params[LIMIT].value = 500;
}
END_TEST

START_TEST(open_record_has_no_balance) {
    const unsigned steps[] = {0, 1, 0, 0};
    write_record(1, CHARGE_AUTOMATIC, steps);
    put(storage + CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES, CHARGE_U8_STATE, CHARGE_OPEN, 1);
    again(1);
    take();
    ck_assert_double_eq(told("record.closed"), 0);
    ck_assert(isnan(told("record.balance_error")));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("billing");
    TCase *tc = tcase_create("billing");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, nothing_read_nothing_known);
    tcase_add_test(tc, tariffs_by_the_bench);
    tcase_add_test(tc, sharp_until_midnight);
    tcase_add_test(tc, zone_is_added_to_the_clock);
    tcase_add_test(tc, wrong_bills_are_told);
    tcase_add_test(tc, prices_of_the_case_not_of_the_record);
    tcase_add_test(tc, what_the_limit_leaves);
    tcase_add_test(tc, what_no_register_admits);
    tcase_add_test(tc, billed_besides_is_billed_twice);
    tcase_add_test(tc, nothing_stays_from_an_earlier_reading);
    tcase_add_test(tc, no_price_no_amount_due);
    tcase_add_test(tc, what_was_ordered);
    tcase_add_test(tc, what_the_card_gets);
    tcase_add_test(tc, times_by_the_bench);
    tcase_add_test(tc, left_is_exact_beside_roundings);
    tcase_add_test(tc, open_record_has_no_balance);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
