/* SPDX-License-Identifier: MIT */
/* What a storage says at power on: journals and ring whole, damaged, foreign, new or unreadable. */
#include "tests/firmware/support/ledger.h"
#include "tests/support/suite.h"

/* The journal's newer copy is damaged: the older one, whole, says how far the charge was. */
START_TEST(the_newest_whole_copy_counts) {
    struct core_tariff_table table = flash_table();
    ledger.record = (struct core_record){.balance = -1};
    core_billing_begin(&ledger.record.billing, &table, 100, 1);
    ck_assert_int_eq(core_records_new(&ledger.records, 0, &ledger.record), 0);
    for (int i = 0; i < 1 + _i; i++) {
        ck_assert(core_billing_advance(&ledger.record.billing, ledger.record.billing.last + 10));
        ck_assert_int_eq(core_records_update(&ledger.records, &ledger.record), 0);
    }
    unsigned newest = ledger.records.guns[0].newest;
    uint32_t generation = ledger.records.guns[0].generation;
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert_uint_eq(ledger.records.guns[0].newest, newest);
    ck_assert_uint_eq(ledger.records.guns[0].generation, generation);
    ledger.flash->bytes[CHARGE_JOURNAL_OFFSET(0, newest) + 200] ^= 1;
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert_uint_eq(ledger.records.guns[0].newest, 1 - newest);
    ck_assert_uint_eq(ledger.records.guns[0].generation, generation - 1);
    ck_assert(core_records_open(&ledger.records, 0, &ledger.record));
    ck_assert_uint_eq(ledger.record.billing.last, 100 + 10 * (unsigned)_i);
    ck_assert_int_eq(core_records_update(&ledger.records, &ledger.record), 0);
    ck_assert_uint_eq(ledger.records.guns[0].newest, newest); /* over the damaged one */
    ck_assert_uint_eq(ledger.records.guns[0].generation, generation);
}
END_TEST

/* What stands in a gun's journal but was written by the other one is not this gun's. */
START_TEST(a_journal_of_the_other_gun_is_none) {
    ledger_charge(1, 0);
    memcpy(ledger.flash->bytes + CHARGE_JOURNAL_OFFSET(1, 0),
           ledger.flash->bytes + CHARGE_JOURNAL_OFFSET(0, 0), 2 * CHARGE_RECORD_BYTES);
    memset(ledger.flash->bytes + CHARGE_JOURNAL_OFFSET(0, 0), 0, 2 * CHARGE_RECORD_BYTES);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert_uint_eq(ledger.records.guns[0].generation, 0);
    ck_assert_uint_eq(ledger.records.guns[1].generation, 0);
    ck_assert(!ledger.records.guns[1].open && !ledger.records.guns[1].owing);
    ck_assert_uint_eq(ledger.records.next, 2); /* by the ring */
}
END_TEST

/* Fresh storage, where all is zero or all ones: the first charge is number 1, nothing is read on. */
START_TEST(a_new_storage) {
    memset(ledger.flash->bytes, _i == 0 ? 0x00 : 0xFF, CHARGE_BULK_BYTES);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert(ledger.records.ready);
    ck_assert_uint_eq(ledger.records.next, 1);
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        ck_assert(!core_records_open(&ledger.records, gun, &ledger.record));
        ck_assert(!ledger.records.guns[gun].owing);
    }
    ck_assert(!core_records_read(&ledger.records, 0, &ledger.record));
    ck_assert_uint_eq(ledger.flash->writes, 0);
    ledger_charge(1, 0);
}
END_TEST

static uint32_t unreadable; /* this offset and what overlaps it */
static bool answers_short;

static int read_but_there(void *ctx, uint32_t offset, void *to, size_t size) {
    if (offset <= unreadable && unreadable < offset + size) {
        return answers_short ? (int)size - 1 : DUT_ERROR_FULL;
    }
    return flash_read(ctx, offset, to, size);
}

/* Both guns have closed charges; the ring's last slot of gun 1 is torn, so that it is owed. */
static const struct {
    const char *what;
    uint32_t offset;
} places[] = {
    {"journal of gun 0", CHARGE_JOURNAL_OFFSET(0, 0)},
    {"its other copy", CHARGE_JOURNAL_OFFSET(0, 1)},
    {"journal of gun 1", CHARGE_JOURNAL_OFFSET(1, 0)},
    {"its other copy", CHARGE_JOURNAL_OFFSET(1, 1)},
    {"the slot of gun 0's last", CHARGE_RING_OFFSET + 3 * CHARGE_RECORD_BYTES},
    {"the slot of gun 1's last", CHARGE_RING_OFFSET + 4 * CHARGE_RECORD_BYTES},
    {"the next slot", CHARGE_RING_OFFSET + 5 * CHARGE_RECORD_BYTES},
};

/* No place that has to be known may be left out: it does not begin, and nothing is written. */
START_TEST(every_place_has_to_answer) {
    for (uint32_t n = 1; n <= 4; n++) {
        ledger_charge(n, n == 4);
    }
    flash_power(ledger.flash);
    ledger.flash->host.bulk_read = read_but_there;
    unreadable = places[_i].offset;
    answers_short = false;
    ck_assert_msg(core_records_begin(&ledger.records, &ledger.flash->host) == DUT_ERROR_FULL, "%s",
                  places[_i].what);
    ck_assert(!ledger.records.ready);
    ck_assert_uint_eq(ledger.flash->writes, 0);
    unreadable = UINT32_MAX;
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert_uint_eq(ledger.records.next, 5);
    ck_assert_uint_eq(ledger.flash->writes, 0); /* nothing was owed */
}
END_TEST

/* A piece of a record is no record, and not an empty place. */
START_TEST(a_short_answer_is_none) {
    ledger_charge(1, 0);
    ledger.flash->host.bulk_read = read_but_there;
    unreadable = CHARGE_JOURNAL_OFFSET(0, 1);
    answers_short = true;
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), DUT_ERROR_ABSENT);
    ck_assert(!ledger.records.ready);
}
END_TEST

/* Without a journal one slot in 64 is looked at; of one that holds something all are. */
START_TEST(a_probed_slot_that_does_not_answer) {
    memset(ledger.flash->bytes, 0, CHARGE_RING_OFFSET);
    ledger.flash->host.bulk_read = read_but_there;
    answers_short = false;
    unreadable = CHARGE_RING_OFFSET + 640 * CHARGE_RECORD_BYTES; /* the eleventh */
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), DUT_ERROR_FULL);
    unreadable = CHARGE_RING_OFFSET + 641 * CHARGE_RECORD_BYTES;
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    unreadable = UINT32_MAX;
    ledger_charge(1, 0);
    memset(ledger.flash->bytes, 0, CHARGE_RING_OFFSET); /* a later charge stands in slot 1 */
    unreadable = CHARGE_RING_OFFSET + 641 * CHARGE_RECORD_BYTES;
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), DUT_ERROR_FULL);
}
END_TEST

/* A charge that ended for a new tariff table is gone on with, once. */
START_TEST(a_split_charge_is_open_until_the_next) {
    struct core_tariff_table table = flash_table();
    ledger.record = (struct core_record){.balance = -1};
    core_billing_begin(&ledger.record.billing, &table, 100, 1);
    ck_assert_int_eq(core_records_new(&ledger.records, 0, &ledger.record), 0);
    ledger.record.state = CHARGE_CLOSED;
    ledger.record.stop = CHARGE_STOP_TARIFF;
    ck_assert_int_eq(core_records_close(&ledger.records, &ledger.record), 0);
    ck_assert(!core_records_open(&ledger.records, 0,
                                 &ledger.record)); /* without a cut it goes on by itself */
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert(ledger.records.guns[0].split && !ledger.records.guns[0].open &&
              !ledger.records.guns[0].owing);
    ck_assert(core_records_open(&ledger.records, 0, &ledger.record));
    ck_assert_uint_eq(ledger.record.stop, CHARGE_STOP_TARIFF);
    struct core_record rest = {.balance = -1, .billing.tariff = 1};
    ck_assert_int_eq(core_records_new(&ledger.records, 0, &rest), 0);
    ck_assert(!ledger.records.guns[0].split && ledger.records.guns[0].open);
    ck_assert_uint_eq(rest.sequence, 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("records_begin");
    TCase *tc = tcase_create("records_begin");
    tcase_add_checked_fixture(tc, ledger_setup, ledger_teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, the_newest_whole_copy_counts, 0, 2);
    tcase_add_test(tc, a_journal_of_the_other_gun_is_none);
    tcase_add_loop_test(tc, a_new_storage, 0, 2);
    tcase_add_loop_test(tc, every_place_has_to_answer, 0, sizeof places / sizeof places[0]);
    tcase_add_test(tc, a_short_answer_is_none);
    tcase_add_test(tc, a_probed_slot_that_does_not_answer);
    tcase_add_test(tc, a_split_charge_is_open_until_the_next);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
