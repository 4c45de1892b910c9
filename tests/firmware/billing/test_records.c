/* SPDX-License-Identifier: MIT */
/* Records in the storage: layout, damage, the ring over four years (ZS-A1.8.1.3, contract's
 * annex). */
#include "tests/firmware/support/ledger.h"
#include "tests/support/suite.h"

#define FOUR_YEARS_OF_FIFTY (1461u * 50u)

static void check_kept(uint32_t n) {
    ck_assert_msg(core_records_read(&ledger.records, n, &ledger.record), "record %u is lost", n);
    ck_assert_uint_eq(ledger.record.start_s, 1000 * n);
    ck_assert_uint_eq(core_billing_energy(&ledger.record.billing), n % 997);
}

START_TEST(bytes_and_back) {
    uint8_t bytes[CHARGE_RECORD_BYTES], again[CHARGE_RECORD_BYTES];
    struct core_record back;
    ledger_charge(1, 0);
    ledger.record.left_out = 3;
    ledger.record.flags = CHARGE_FLAG_CLOCK;
    core_record_encode(&ledger.record, bytes);
    ck_assert(core_record_decode(bytes, &back));
    core_record_encode(&back, again);
    ck_assert_mem_eq(bytes, again, sizeof bytes);
    ck_assert_uint_eq(bytes[CHARGE_U16_LEFT_OUT], 3);
}
END_TEST

/* CRC-32 as everybody has it: of "123456789" it is CBF43926, and a stored CRC that a stranger
 * computes bit by bit must be the same. */
START_TEST(crc_is_the_common_one) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    uint32_t crc = 0xFFFFFFFFu;
    ledger_charge(1, 0);
    core_record_encode(&ledger.record, bytes);
    for (unsigned i = 0; i < CHARGE_U32_CRC; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1u ? 0xEDB88320u : 0);
        }
    }
    crc = ~crc;
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(bytes[CHARGE_U32_CRC + i], crc >> 8 * i & 0xFFu);
    }
}
END_TEST

START_TEST(any_damaged_bit_is_noticed) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    struct core_record back;
    ledger_charge(1, 0);
    core_record_encode(&ledger.record, bytes);
    for (unsigned bit = 0; bit < 8 * CHARGE_RECORD_BYTES; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert(!core_record_decode(bytes, &back));
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ck_assert(core_record_decode(bytes, &back));
}
END_TEST

START_TEST(four_years_none_lost) {
    uint32_t last = FOUR_YEARS_OF_FIFTY;
    for (uint32_t n = 1; n <= last; n++) {
        ledger_charge(n, n % 2);
    }
    for (uint32_t n = 1; n <= last; n++) {
        check_kept(n);
    }
    for (uint32_t n = last + 1; n <= last + 1500; n++) { /* once round, and on */
        ledger_charge(n, n % 2);
    }
    last += 1500;
    for (uint32_t n = last - FOUR_YEARS_OF_FIFTY + 1; n <= last; n++) {
        check_kept(n);
    }
    ck_assert(!core_records_read(&ledger.records, last - CHARGE_RING_SLOTS, &ledger.record));
    ck_assert(!core_records_read(&ledger.records, last + 1, &ledger.record));
}
END_TEST

START_TEST(ring_tells_the_number_when_journals_are_gone) {
    for (uint32_t n = 1; n <= 20; n++) {
        ledger_charge(n, 0);
    }
    memset(ledger.flash->bytes, 0xFF, CHARGE_RING_OFFSET);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ledger_charge(21, 0);
    check_kept(20);
}
END_TEST

/* The last charge of a gun that has rested while the other one went once round the ring is
 * overwritten there. It is not owed again: neither the ring nor the card may go back to it. */
START_TEST(ring_went_round_while_a_gun_rested) {
    ledger.record = (struct core_record){.balance = 5000, .billing.tariff = 1, .segment_count = 0};
    ck_assert_int_eq(core_records_new(&ledger.records, 0, &ledger.record), 0);
    ledger.record.state = CHARGE_CLOSED;
    ck_assert_int_eq(core_records_close(&ledger.records, &ledger.record), 0);
    ledger.records.next = CHARGE_RING_SLOTS;
    ledger_charge(CHARGE_RING_SLOTS, 1);
    ledger_charge(CHARGE_RING_SLOTS + 1, 1);
    memset(ledger.flash->card[0], 0xEE, CARD_BALANCE_BYTES);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    check_kept(CHARGE_RING_SLOTS + 1);
    ck_assert_uint_eq(ledger.flash->card[0][0], 0xEE);
    ck_assert_uint_eq(ledger.records.next, CHARGE_RING_SLOTS + 2);
}
END_TEST

/* The same, with the newer record of the slot torn by a cut: its own gun's journal pays it. */
START_TEST(ring_went_round_and_the_slot_is_torn) {
    ledger_charge(1, 0);
    ledger.records.next = CHARGE_RING_SLOTS + 1;
    ledger.record =
        (struct core_record){.start_s = 1000 * (CHARGE_RING_SLOTS + 1), .balance = 7000};
    struct core_tariff_table table = flash_table();
    core_billing_begin(&ledger.record.billing, &table, 0, 1);
    ck_assert_int_eq(core_records_new(&ledger.records, 1, &ledger.record), 0);
    ledger.record.state = CHARGE_CLOSED;
    ledger.flash->writes_left = 3; /* journal, card, ring */
    ledger.flash->torn = 100;
    ck_assert_int_lt(core_records_close(&ledger.records, &ledger.record), 0);
    flash_power(ledger.flash);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert(core_records_read(&ledger.records, CHARGE_RING_SLOTS + 1, &ledger.record));
    ck_assert_uint_eq(ledger.flash->writes,
                      2); /* card and ring of that one, nothing of the other */
}
END_TEST

/* What cannot be read is not empty: else the numbers would begin anew, over what is there. */
START_TEST(unreadable_storage_is_not_empty) {
    for (uint32_t n = 1; n <= 20; n++) {
        ledger_charge(n, 0);
    }
    ledger.flash->off = true;
    ck_assert_int_lt(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ledger.record = (struct core_record){.balance = -1, .billing.tariff = 1};
    flash_power(ledger.flash);
    ck_assert_int_lt(core_records_new(&ledger.records, 0, &ledger.record),
                     0); /* it has not begun */
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ledger_charge(21, 0);
    check_kept(1);
}
END_TEST

START_TEST(one_journal_gone_does_not_reuse_numbers) {
    ledger_charge(1, 0);
    for (uint32_t n = 2; n <= 20; n++) {
        ledger_charge(n, 1);
    }
    memset(ledger.flash->bytes + CHARGE_JOURNAL_OFFSET(1, 0), _i, 2 * CHARGE_RECORD_BYTES);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ledger_charge(21, 0);
    check_kept(2);
}
END_TEST

/* A storage that lost a block of 512 KiB: both journals and the first 508 records. */
START_TEST(first_block_gone_does_not_reuse_numbers) {
    for (uint32_t n = 1; n <= 700; n++) {
        ledger_charge(n, n % 2);
    }
    memset(ledger.flash->bytes, 0xFF, 512 * 1024);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ledger_charge(701, 0);
    check_kept(508);
    check_kept(700);
}
END_TEST

START_TEST(two_guns_at_once) {
    struct core_record other = {.balance = -1};
    struct core_tariff_table table = flash_table();
    core_billing_begin(&other.billing, &table, 50, CORE_TARIFF_FLAT);
    ck_assert_int_eq(core_records_new(&ledger.records, 1, &other), 0);
    ledger_charge(2, 0);
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
    ck_assert(!core_records_open(&ledger.records, 0, &ledger.record));
    ck_assert(core_records_open(&ledger.records, 1, &ledger.record));
    ck_assert_uint_eq(ledger.record.sequence, 1);
    ledger.record.state = CHARGE_RECOVERED;
    ck_assert_int_eq(core_records_close(&ledger.records, &ledger.record), 0);
    ledger_charge(3, 1);
    check_kept(2);
    ck_assert(core_records_read(&ledger.records, 1, &ledger.record));
    ck_assert_uint_eq(ledger.record.state, CHARGE_RECOVERED);
}
END_TEST

/* The ring could not be written: the record waits in the journal, and nothing begins over it. */
START_TEST(what_is_owed_is_paid_first) {
    ledger_charge(1, 0);
    ledger.record = (struct core_record){.balance = -1, .start_s = 2000, .billing.tariff = 1};
    ck_assert_int_eq(core_records_new(&ledger.records, 0, &ledger.record), 0);
    ledger.record.state = CHARGE_CLOSED;
    ledger.flash->writes_left = 2;
    ck_assert_int_lt(core_records_close(&ledger.records, &ledger.record), 0);
    struct core_record next = {.balance = -1, .billing.tariff = 1};
    ck_assert_int_lt(core_records_new(&ledger.records, 0, &next), 0); /* still no storage */
    flash_power(ledger.flash);
    ck_assert_int_eq(core_records_new(&ledger.records, 0, &next), 0);
    ck_assert_uint_eq(next.sequence, 3);
    check_kept(1);
    ck_assert(core_records_read(&ledger.records, 2, &ledger.record));
}
END_TEST

static int lying_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    (void)ctx, (void)offset, (void)bytes;
    return (int)size;
}

START_TEST(a_lying_storage_is_found_out) {
    ledger.flash->host.bulk_write = lying_write;
    ledger.record = (struct core_record){.balance = -1, .billing.tariff = 1};
    ck_assert_int_lt(core_records_new(&ledger.records, 0, &ledger.record), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("records");
    TCase *tc = tcase_create("records");
    tcase_add_checked_fixture(tc, ledger_setup, ledger_teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, bytes_and_back);
    tcase_add_test(tc, crc_is_the_common_one);
    tcase_add_test(tc, any_damaged_bit_is_noticed);
    tcase_add_test(tc, four_years_none_lost);
    tcase_add_test(tc, ring_tells_the_number_when_journals_are_gone);
    tcase_add_test(tc, ring_went_round_while_a_gun_rested);
    tcase_add_test(tc, ring_went_round_and_the_slot_is_torn);
    tcase_add_test(tc, unreadable_storage_is_not_empty);
    tcase_add_loop_test(tc, one_journal_gone_does_not_reuse_numbers, 0, 3);
    tcase_add_test(tc, first_block_gone_does_not_reuse_numbers);
    tcase_add_test(tc, two_guns_at_once);
    tcase_add_test(tc, what_is_owed_is_paid_first);
    tcase_add_test(tc, a_lying_storage_is_found_out);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
