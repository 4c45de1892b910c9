/* SPDX-License-Identifier: MIT */
/* What is wrong with a record at the moment it is written: each thing that can be, alone. */
#include "harness/billing/stored.h"
#include "tests/harness/support/charge_slot.h"
#include "tests/support/suite.h"

#include <math.h>

#define CLOCK_S INT64_C(1772409480) /* 2026-03-01 23:58:00 */
#define BEGIN_S 10
#define END_S   50

static struct loop loop;
static struct signal_board board;
static struct billing billing;
static struct stored stored;
static uint8_t bytes[CHARGE_RECORD_BYTES];

static struct param_def params[] = {
    {"tariff.price_peak", 12345, 0}, {"tariff.fee_sharp", 4000, 0}, {"tariff.number", 12, 0},
    {"card.number", 7654321, 0},     {"card.balance", 100000, 0},
};
static struct setup pile = {
    .clock_s = CLOCK_S, .params = params, .param_count = sizeof params / sizeof params[0]};

static const char *const names[] = {
    "meter.counted",
    "plant.energy",
    "meter.energy",
    "k1.closed",
    "k2.closed",
    "CST",
    "BST",
    "CEM",
    "pile.alarm",
    "CST.manual_stop",
    "CST.fault_stop",
    "CST.bms_stopped",
    "happened.person",
    "happened.condition",
    "happened.fault",
    "happened.energy",
    "meter.requests",
    "CST.condition_reached",
};

static void set(const char *name, double value) {
    signal_set(signal_find(&board, name), loop.now_ns, value);
}

static double told(const char *name) {
    const struct signal *signal = signal_find(&board, name);
    ck_assert_ptr_nonnull(signal);
    return signal->known ? signal->value : (double)NAN;
}

static void setup(void) {
    struct billing_config config = {
        .loop = &loop, .board = &board, .setup = &pile, .vin = "TESTVIN0000000001"};
    loop_init(&loop, LOOP_VIRTUAL);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool message = strchr(names[i], '.') == NULL;
        signal_add(&board, names[i], message ? SIGNAL_PULSE : SIGNAL_NUMBER, "", "");
        if (!message) {
            set(names[i], 0);
        }
    }
    billing_init(&billing, &config);
    stored_init(&stored,
                &(struct stored_config){.loop = &loop, .board = &board, .billing = &billing});
}

static void teardown(void) {
    stored_end(&stored);
    billing_end(&billing);
    signal_board_free(&board);
    loop_free(&loop);
    memset(&board, 0, sizeof board);
}

static void energy(double wh) {
    set("meter.counted", wh);
    set("plant.energy", wh);
    set("meter.energy", wh);
    set("meter.requests", told("meter.requests") + 1);
}

static void at(int64_t s) {
    loop_run(&loop, s * NS_PER_S);
}

static void contactors(double closed) {
    set("k1.closed", closed);
    set("k2.closed", closed);
}

/* As a pile that makes no mistake writes it: open without energy, then closed with 200 Wh of peak. */
static void compose(bool open) {
    const unsigned none[CHARGE_TARIFFS] = {0}, steps[CHARGE_TARIFFS] = {0, 20, 0, 0};
    slot_write(bytes, 1, CHARGE_AUTOMATIC, open ? none : steps);
    put(bytes, CHARGE_U8_STATE, open ? CHARGE_OPEN : CHARGE_CLOSED, 1);
    put(bytes, CHARGE_U8_STOP, open ? CHARGE_STOP_NONE : CHARGE_STOP_PERSON, 1);
    put(bytes, CHARGE_U32_START_S, CLOCK_S + BEGIN_S, 4);
    put(bytes, CHARGE_U32_END_S, CLOCK_S + (open ? BEGIN_S : END_S), 4);
    slot_switches(bytes, 1);
    put(bytes, CHARGE_SEGMENT_ROWS + CHARGE_SEGMENT_U8_TARIFF, 2, 1);
}

static void store(uint32_t offset) {
    const struct billing_card card = {0};
    struct charge_record record;
    struct billing_card right = {.written = true};
    slot_seal(bytes);
    ck_assert(charge_record_decode(bytes, &record));
    put(right.bytes, CARD_BALANCE_U32_SEQUENCE, record.sequence, 4);
    memcpy(right.bytes + CARD_BALANCE_TEXT_CARD, record.card, CHARGE_TEXT_BYTES);
    put(right.bytes, CARD_BALANCE_S64_BALANCE, 100000 - record.amount, 8);
    put(right.bytes, CARD_BALANCE_U32_CRC, crc32(0, right.bytes, CARD_BALANCE_U32_CRC), 4);
    stored_copy(&stored, offset, bytes, record.card[0] == '\0' ? &card : &right);
}

/* A charge that a person ends, up to its closed record, which is in `bytes` and not stored yet. */
static void charge(void) {
    at(BEGIN_S);
    compose(true);
    store(CHARGE_JOURNAL_OFFSET(0, 0));
    contactors(1);
    energy(100);
    at(END_S);
    energy(200);
    set("happened.person", 1);
    set("CST.manual_stop", 1);
    set("CST", 1);
    contactors(0);
    at(END_S + 2);
    compose(false);
}

#define RING (CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES)

static const char *const wrong[] = {
    "stored.unsound",      "stored.unordered",      "stored.foreign",     "stored.misplaced",
    "stored.out_of_order", "stored.wrong_reason",   "stored.wrong_fault", "stored.wrong_flags",
    "stored.card_wrong",   "stored.register_error", "stored.unbilled",    "stored.plant_error",
};

static void check_only(const char *name) {
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        bool is = told(wrong[i]) != 0;
        ck_assert_msg(is == (name != NULL && strcmp(wrong[i], name) == 0), "%s %d", wrong[i], is);
    }
}

START_TEST(a_right_one) {
    charge();
    store(RING);
    check_only(NULL);
    ck_assert(told("stored.clock_error") == 0);
    ck_assert(told("stored.open") == 0);
}
END_TEST

static const struct {
    size_t at, size;
    uint64_t value;
    const char *signal;
} changes[] = {
    {CHARGE_U64_AMOUNT, 8, 1, "stored.unsound"},
    {CHARGE_U32_TABLE, 4, 11, "stored.unordered"},
    {CHARGE_TARIFF_ROWS + CHARGE_ROW_U32_FEE, 4, 4001, "stored.unordered"},
    {CHARGE_TEXT_VEHICLE, 1, 'X', "stored.foreign"},
    {CHARGE_U32_SEQUENCE, 4, 3, "stored.misplaced"},
    {CHARGE_U8_STOP, 1, CHARGE_STOP_VEHICLE, "stored.wrong_reason"},
    {CHARGE_U8_STOP, 1, CHARGE_STOP_LIMIT, "stored.wrong_reason"},
    {CHARGE_U8_STOP, 1, CHARGE_STOP_LINK, "stored.wrong_reason"},
    {CHARGE_U8_STOP, 1, CHARGE_STOP_POWER, "stored.wrong_reason"},
    {CHARGE_U8_STOP, 1, CHARGE_STOP_TARIFF, "stored.wrong_reason"},
    {CHARGE_U8_STOP, 1, CHARGE_STOP_NONE, "stored.wrong_reason"},
    {CHARGE_U16_FAULT, 2, 7, "stored.wrong_fault"},
    {CHARGE_U8_FLAGS, 1, CHARGE_FLAG_SET, "stored.wrong_flags"},
    {CHARGE_U8_FLAGS, 1, CHARGE_FLAG_REGISTER, "stored.wrong_flags"},
};

START_TEST(one_thing_wrong) {
    charge();
    put(bytes, changes[_i].at, changes[_i].value, (unsigned)changes[_i].size);
    store(RING);
    if (changes[_i].at == CHARGE_U32_SEQUENCE) { /* it does not follow the first one either */
        ck_assert(told("stored.misplaced") == 1 && told("stored.out_of_order") == 1);
        return;
    }
    check_only(changes[_i].signal);
}
END_TEST

/* A fault that was shown, and that CST names, is a reason; the record has to name it. */
START_TEST(a_fault) {
    charge();
    set("CST.fault_stop", 1);
    set("pile.alarm", 7);
    put(bytes, CHARGE_U8_STOP, CHARGE_STOP_FAULT, 1);
    put(bytes, CHARGE_U16_FAULT, 7, 2);
    store(RING);
    check_only(NULL);
    put(bytes, CHARGE_U16_FAULT, 0, 2);
    store(RING);
    check_only("stored.wrong_fault");
}
END_TEST

START_TEST(energies) {
    charge();
    energy(210); /* a pulse more than the record has */
    store(RING);
    ck_assert(told("stored.unbilled") == 10);
    ck_assert(told("stored.register_error") == 0); /* 200 Wh were there 2 s ago */
    at(END_S + 12);
    energy(210);
    store(RING);
    ck_assert(told("stored.register_error") == 10); /* ... and long gone now */
    set("happened.energy", 1);
    put(bytes, CHARGE_U8_FLAGS, CHARGE_FLAG_SILENT, 1);
    store(RING);
    ck_assert(told("stored.unbilled") == 0);
    ck_assert(told("stored.plant_error") == -10);
    ck_assert(told("stored.wrong_flags") == 0);
}
END_TEST

START_TEST(times) {
    charge();
    put(bytes, CHARGE_U32_END_S, CLOCK_S + END_S - 4, 4);
    store(RING);
    ck_assert(told("stored.clock_error") == 4);
    stored_clock_touched(&stored);
    store(RING);
    ck_assert(told("stored.clock_error") == 0);
}
END_TEST

START_TEST(while_it_charges) {
    at(BEGIN_S);
    compose(true);
    store(CHARGE_JOURNAL_OFFSET(0, 0));
    ck_assert(told("stored.open") == 1);
    contactors(1);
    at(BEGIN_S + 3); /* as fresh as the reading before the last one */
    store(CHARGE_JOURNAL_OFFSET(0, 1));
    ck_assert(told("stored.clock_error") == 0);
    at(BEGIN_S + 8); /* end_s stands still */
    store(CHARGE_JOURNAL_OFFSET(0, 1));
    ck_assert(told("stored.clock_error") == 5);
    store(CHARGE_JOURNAL_OFFSET(1, 0));
    ck_assert(told("stored.misplaced") == 1);
    store(RING);
    ck_assert(told("stored.misplaced") == 1);
}
END_TEST

/* A charge that has ended stays so, and the next number is one more. */
START_TEST(numbers) {
    charge();
    store(RING);
    compose(true);
    store(CHARGE_JOURNAL_OFFSET(0, 0));
    ck_assert(told("stored.out_of_order") == 1);
    put(bytes, CHARGE_U32_SEQUENCE, 2, 4);
    store(CHARGE_JOURNAL_OFFSET(0, 0));
    ck_assert(told("stored.out_of_order") == 0);
    put(bytes, CHARGE_U32_SEQUENCE, 4, 4);
    store(CHARGE_JOURNAL_OFFSET(0, 0));
    ck_assert(told("stored.out_of_order") == 1);
}
END_TEST

START_TEST(after_a_power_cut) {
    charge();
    put(bytes, CHARGE_U8_STATE, CHARGE_RECOVERED, 1);
    put(bytes, CHARGE_U8_STOP, CHARGE_STOP_POWER, 1);
    store(RING);
    check_only("stored.wrong_reason");
    stored_power_failed(&stored);
    store(RING);
    check_only(NULL);
}
END_TEST

START_TEST(the_card) {
    struct billing_card card = {0};
    charge();
    slot_seal(bytes);
    stored_copy(&stored, RING, bytes, &card);
    check_only("stored.card_wrong");
}
END_TEST

START_TEST(what_is_no_record) {
    charge();
    bytes[100] ^= 1;
    stored_copy(&stored, RING, bytes, NULL);
    ck_assert(told("stored.open") == 1); /* the copy before */
}
END_TEST

int main(void) {
    Suite *suite = suite_create("stored");
    TCase *tc = tcase_create("stored");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_right_one);
    tcase_add_loop_test(tc, one_thing_wrong, 0, sizeof changes / sizeof changes[0]);
    tcase_add_test(tc, a_fault);
    tcase_add_test(tc, energies);
    tcase_add_test(tc, times);
    tcase_add_test(tc, while_it_charges);
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, after_a_power_cut);
    tcase_add_test(tc, the_card);
    tcase_add_test(tc, what_is_no_record);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
