/* SPDX-License-Identifier: MIT */
/* One charge as it is billed and recorded, and power cuts at every single write of it. */
#include "tests/firmware/support/flash.h"
#include "tests/support/suite.h"

#define SECOND   INT64_C(1000000000)
#define MIDNIGHT (20000 * INT64_C(86400))
#define BEGIN    99999000u /* the register rolls over within the charge */
#define STEPS    2000u

static struct flash *flash;
static struct core_records records;
static struct core_charge charge;
static struct core_tariff_table table;
static struct core_charge_setup how;

static void setup(void) {
    flash = flash_new();
    table = flash_table();
    charge = (struct core_charge){0};
    ck_assert_int_eq(core_records_begin(&records, &flash->host), 0);
    how = flash_setup(&records, &table);
}

static void teardown(void) {
    flash_free(flash);
}

static uint32_t reg(uint32_t steps) {
    return (BEGIN + steps) % CORE_BILLING_ROLL_OVER;
}

/* From 18:58 to 07:02 of the next day, a reading every 21.72 s: sharp at 19:00, valley at 23:00,
 * flat at 07:00. Returns the steps the meter had made when the power went, or all. */
static uint32_t night(void) {
    int64_t begin_s = MIDNIGHT + 18 * 3600 + 58 * 60;
    int64_t span_s = 12 * 3600 + 240;
    if (core_charge_begin(&charge, &how, reg(0), begin_s, 0) < 0) {
        return 0;
    }
    for (uint32_t i = 1; i <= STEPS; i++) {
        int64_t passed_s = span_s * i / STEPS;
        (void)core_charge_reading(&charge, reg(i), begin_s + passed_s, passed_s * SECOND);
        if (flash->off) {
            return i;
        }
    }
    (void)core_charge_end(&charge, CHARGE_STOP_VEHICLE, 0, begin_s + span_s);
    return STEPS;
}

static uint32_t segments_energy(const struct core_record *record, unsigned tariff) {
    uint32_t sum = 0;
    for (unsigned i = 0; i < record->segment_count; i++) {
        bool last = i + 1u == record->segment_count;
        uint32_t to = last ? record->billing.last : record->segments[i + 1].reg;
        if (record->segments[i].tariff == tariff) {
            sum += (to + CORE_BILLING_ROLL_OVER - record->segments[i].reg) % CORE_BILLING_ROLL_OVER;
        }
    }
    return sum;
}

static void check_adds_up(const struct core_record *record) {
    for (unsigned tariff = 1; tariff <= CHARGE_TARIFFS; tariff++) {
        ck_assert_uint_eq(record->billing.energy[tariff - 1], segments_energy(record, tariff));
    }
}

START_TEST(three_switches_and_midnight) {
    static const uint8_t tariffs[] = {CORE_TARIFF_PEAK, CORE_TARIFF_SHARP, CORE_TARIFF_VALLEY,
                                      CORE_TARIFF_FLAT};
    static const int64_t switches_s[] = {68280, 68400, 82800, 86400 + 25200};
    struct core_record record;
    ck_assert_uint_eq(night(), STEPS);
    ck_assert(core_records_read(&records, 1, &record));
    ck_assert_uint_eq(record.segment_count, 4);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(record.segments[i].tariff, tariffs[i]);
        ck_assert_int_ge(record.segments[i].at_s, MIDNIGHT + switches_s[i]);
        ck_assert_int_lt(record.segments[i].at_s, MIDNIGHT + switches_s[i] + 22);
    }
    check_adds_up(&record);
    ck_assert_uint_eq(core_billing_energy(&record.billing), STEPS);
    ck_assert_uint_eq(record.billing.last, reg(STEPS));
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_VEHICLE);
    ck_assert_str_eq(record.vehicle, "LPBTEST0000000001");
}
END_TEST

START_TEST(balance_goes_back_to_the_card) {
    struct core_record record;
    night();
    ck_assert(core_records_read(&records, 1, &record));
    uint64_t balance = 0;
    for (unsigned i = 0; i < 8; i++) {
        balance |= (uint64_t)flash->card[0][CARD_BALANCE_S64_BALANCE + i] << 8 * i;
    }
    ck_assert_int_eq((int64_t)balance, 2000000 - (int64_t)core_billing_amount(&record.billing));
    ck_assert_mem_eq(flash->card[0] + CARD_BALANCE_TEXT_CARD, "0000123456789", 14);
    ck_assert_uint_eq(flash->card[0][CARD_BALANCE_U32_SEQUENCE], 1);
}
END_TEST

/* Power comes back, and goes again after `cut` writes, if that many are made; then it stays. */
static void restart_until_recovered(uint32_t steps, unsigned cut) {
    for (unsigned tries = 0; tries < 2; tries++) {
        flash_power(flash);
        flash->writes_left = tries == 0 && cut > 0 ? (int)cut : -1;
        flash->torn = 700;
        memset(&charge, 0, sizeof charge);
        (void)core_records_begin(&records, &flash->host);
        (void)core_charge_recover(&charge, &records, 0, reg(steps), 100000);
    }
    ck_assert(!flash->off);
}

static void check_complete(uint32_t steps) {
    struct core_record record;
    if (!core_records_read(&records, 1, &record)) {
        ck_assert_uint_eq(steps, 0); /* cut before the charge began: nothing was delivered */
        return;
    }
    ck_assert_uint_eq(record.billing.start, reg(0));
    ck_assert_uint_eq(record.billing.last, reg(steps));
    ck_assert_uint_eq(core_billing_energy(&record.billing), steps);
    ck_assert_uint_ne(record.state, CHARGE_OPEN);
    ck_assert_uint_ne(record.stop, CHARGE_STOP_NONE);
    check_adds_up(&record);
    ck_assert_uint_eq(records.next, 2); /* one charge, one record */
}

/* Every write of the charge cut after a part of it, and every write of the recovery as well. */
START_TEST(cut_at_every_write) {
    static const size_t torn[] = {0, 1, 100, 512, 1007, 1023, 1024};
    night();
    unsigned writes = flash->writes;
    ck_assert_uint_gt(writes, 600); /* at least once a minute */
    for (unsigned cut = 1; cut <= writes; cut++) {
        memset(flash->bytes, 0, CHARGE_RING_OFFSET + 2 * CHARGE_RECORD_BYTES);
        flash_power(flash);
        ck_assert_int_eq(core_records_begin(&records, &flash->host), 0);
        flash->writes_left = (int)cut;
        flash->torn = torn[cut % (sizeof torn / sizeof torn[0])];
        uint32_t steps = night();
        ck_assert(flash->off);
        restart_until_recovered(steps, cut % 5);
        check_complete(steps);
    }
}
END_TEST

/* Ten readings, then the meter is silent while 30 Wh a second flow on, then off. Returns what had
 * been saved for certain of them when the power went. */
static uint32_t silent_end(void) {
    uint32_t saved_wh = 0;
    if (core_charge_begin(&charge, &how, reg(0), MIDNIGHT, 0) < 0) {
        return 0;
    }
    for (uint32_t i = 1; i <= 10; i++) {
        (void)core_charge_reading(&charge, reg(i), MIDNIGHT + i, i * SECOND);
    }
    for (uint32_t i = 1; i <= 5 && !flash->off; i++) {
        uint32_t wh = 30 * i;
        if (core_charge_beyond(&charge, wh, CHARGE_FLAG_SILENT, (10 + i) * SECOND, SECOND) >= 0) {
            saved_wh = wh;
        }
    }
    if (!flash->off) {
        (void)core_charge_stopped(&charge, CHARGE_STOP_FAULT, 40, MIDNIGHT + 16, 16 * SECOND);
    }
    if (!flash->off) {
        (void)core_charge_end(&charge, CHARGE_STOP_FAULT, 40, MIDNIGHT + 16);
    }
    return saved_wh;
}

/* What was saved of it is billed once, either by the register that admits it, or besides it. */
START_TEST(cut_at_every_write_with_a_silent_meter) {
    static const uint32_t came_back[] = {10 + 15, 10, 40000}; /* counted on; did not; another one */
    how.save_ns = SECOND;
    silent_end();
    unsigned writes = flash->writes;
    ck_assert_uint_ge(writes, 18);
    for (unsigned cut = 1; cut <= writes; cut++) {
        struct core_record record;
        memset(flash->bytes, 0, CHARGE_RING_OFFSET + 2 * CHARGE_RECORD_BYTES);
        memset(&charge, 0, sizeof charge); /* the cut before took the memory too */
        flash_power(flash);
        ck_assert_int_eq(core_records_begin(&records, &flash->host), 0);
        flash->writes_left = (int)cut;
        flash->torn = cut * 97 % 1025;
        uint32_t saved_wh = silent_end();
        bool closed = charge.record.state == CHARGE_CLOSED;
        ck_assert(flash->off);
        if (saved_wh == 0) {
            continue; /* that is cut_at_every_write */
        }
        restart_until_recovered(came_back[_i], cut % 4);
        ck_assert(core_records_read(&records, 1, &record));
        check_adds_up(&record);
        ck_assert_uint_eq(records.next, 2);
        bool by_register = core_billing_energy(&record.billing) == 25;
        ck_assert(by_register || core_billing_energy(&record.billing) == 10);
        ck_assert(by_register
                      ? record.billing.beyond_wh == 0
                      : record.billing.beyond_wh >= saved_wh && record.billing.beyond_wh <= 150);
        ck_assert(_i == 0 || !by_register);
        ck_assert(_i != 0 || by_register || closed);
    }
}
END_TEST

START_TEST(begins_only_when_it_can_be_recorded) {
    flash->writes_left = 1;
    ck_assert_int_lt(core_charge_begin(&charge, &how, reg(0), MIDNIGHT, 0), 0);
    ck_assert(!charge.active);
}
END_TEST

START_TEST(end_can_be_asked_for_again) {
    struct core_record record;
    ck_assert_int_eq(core_charge_begin(&charge, &how, reg(0), MIDNIGHT, 0), 0);
    flash->writes_left = 1;
    ck_assert_int_lt(core_charge_end(&charge, CHARGE_STOP_PERSON, 0, MIDNIGHT), 0);
    ck_assert(charge.active);
    flash_power(flash);
    ck_assert_int_eq(core_charge_end(&charge, CHARGE_STOP_PERSON, 0, MIDNIGHT), 0);
    ck_assert(!charge.active);
    ck_assert(core_records_read(&records, 1, &record));
}
END_TEST

START_TEST(new_table_waits_for_the_next_charge) {
    struct core_record record;
    ck_assert_int_eq(core_charge_begin(&charge, &how, reg(0), MIDNIGHT, 0), 0);
    table.price[3] = 9999; /* the pile's table changes while it charges */
    table.switches[0].minute = 1;
    core_charge_reading(&charge, reg(100), MIDNIGHT + 120, 120 * SECOND);
    core_charge_end(&charge, CHARGE_STOP_PERSON, 0, MIDNIGHT + 120);
    ck_assert(core_records_read(&records, 1, &record));
    ck_assert_uint_eq(record.segment_count, 1);
    ck_assert_uint_eq(core_billing_energy_amount(&record.billing, CORE_TARIFF_VALLEY), 3333);
}
END_TEST

START_TEST(new_table_at_once_makes_a_second_record) {
    struct core_tariff_table other = flash_table();
    struct core_record record;
    other.number = 8;
    other.price[3] = 5000;
    how.mode = CHARGE_BY_ENERGY;
    how.limit = 150;
    ck_assert_int_eq(core_charge_begin(&charge, &how, reg(0), MIDNIGHT, 0), 0);
    core_charge_reading(&charge, reg(100), MIDNIGHT + 60, 60 * SECOND);
    ck_assert_int_eq(core_charge_change_table(&charge, &other, MIDNIGHT + 60, 60 * SECOND), 0);
    ck_assert(!core_charge_limit_reached(&charge, 60 * SECOND));
    core_charge_reading(&charge, reg(150), MIDNIGHT + 90, 90 * SECOND);
    ck_assert(core_charge_limit_reached(&charge, 90 * SECOND));
    core_charge_end(&charge, CHARGE_STOP_LIMIT, 0, MIDNIGHT + 90);
    ck_assert(core_records_read(&records, 1, &record));
    ck_assert_uint_eq(record.stop, CHARGE_STOP_TARIFF);
    ck_assert_uint_eq(record.table, 7);
    ck_assert_uint_eq(core_billing_energy(&record.billing), 100);
    ck_assert(core_records_read(&records, 2, &record));
    ck_assert_uint_eq(record.table, 8);
    ck_assert_uint_eq(core_billing_energy(&record.billing), 50);
    ck_assert_uint_eq(core_billing_energy_amount(&record.billing, CORE_TARIFF_VALLEY), 2500);
}
END_TEST

START_TEST(cut_between_the_two_records) {
    struct core_tariff_table other = flash_table();
    struct core_record record;
    how.balance = -1; /* without the card: journal, ring, journal */
    ck_assert_int_eq(core_charge_begin(&charge, &how, reg(0), MIDNIGHT, 0), 0);
    core_charge_reading(&charge, reg(100), MIDNIGHT + 10, 10 * SECOND);
    flash->writes_left = 3;
    flash->torn = 30;
    ck_assert_int_lt(core_charge_change_table(&charge, &other, MIDNIGHT + 60, 60 * SECOND), 0);
    restart_until_recovered(103, 0);
    ck_assert(core_records_read(&records, 1, &record));
    ck_assert_uint_eq(core_billing_energy(&record.billing), 100);
    ck_assert(core_records_read(&records, 2, &record));
    ck_assert_uint_eq(core_billing_energy(&record.billing), 3);
    ck_assert_uint_eq(record.billing.start, reg(100));
    check_adds_up(&record);
}
END_TEST

START_TEST(without_a_clock_it_is_billed_and_said) {
    struct core_record record;
    ck_assert_int_eq(core_charge_begin(&charge, &how, reg(0), -1, 0), 0);
    core_charge_reading(&charge, reg(100), -1, 60 * SECOND);
    core_charge_end(&charge, CHARGE_STOP_PERSON, 0, -1);
    ck_assert(core_records_read(&records, 1, &record));
    ck_assert_uint_eq(record.billing.energy[CORE_TARIFF_FLAT - 1], 100);
    ck_assert_uint_eq(record.start_s, CHARGE_UNKNOWN);
    ck_assert_uint_eq(record.flags, CHARGE_FLAG_CLOCK);
}
END_TEST

START_TEST(more_switches_than_segments_are_billed_too) {
    struct core_record record;
    for (unsigned i = 0; i < CORE_TARIFF_SWITCHES_MAX; i++) {
        table.switches[i] = (struct core_tariff_switch){(uint16_t)(30 * i), (uint8_t)(i % 4 + 1)};
    }
    table.count = CORE_TARIFF_SWITCHES_MAX;
    ck_assert_int_eq(core_charge_begin(&charge, &how, reg(0), MIDNIGHT, 0), 0);
    for (uint32_t i = 1; i <= 100; i++) {
        core_charge_reading(&charge, reg(10 * i), MIDNIGHT + 1800 * i, 1800 * i * SECOND);
    }
    core_charge_end(&charge, CHARGE_STOP_PERSON, 0, MIDNIGHT + 1800 * 100);
    ck_assert(core_records_read(&records, 1, &record));
    ck_assert_uint_eq(record.segment_count, CHARGE_SEGMENTS_MAX);
    ck_assert_uint_eq(record.left_out, 101 - CHARGE_SEGMENTS_MAX);
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        ck_assert_uint_eq(record.billing.energy[i], 250);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("charge");
    TCase *tc = tcase_create("charge");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 200);
    tcase_add_test(tc, three_switches_and_midnight);
    tcase_add_test(tc, balance_goes_back_to_the_card);
    tcase_add_test(tc, cut_at_every_write);
    tcase_add_loop_test(tc, cut_at_every_write_with_a_silent_meter, 0, 3);
    tcase_add_test(tc, begins_only_when_it_can_be_recorded);
    tcase_add_test(tc, end_can_be_asked_for_again);
    tcase_add_test(tc, new_table_waits_for_the_next_charge);
    tcase_add_test(tc, new_table_at_once_makes_a_second_record);
    tcase_add_test(tc, cut_between_the_two_records);
    tcase_add_test(tc, without_a_clock_it_is_billed_and_said);
    tcase_add_test(tc, more_switches_than_segments_are_billed_too);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
