/* SPDX-License-Identifier: MIT */
/* Records in the storage: layout, damage, the ring over four years (ZS-A1.8.1.3, contract's annex). */
#include "tests/firmware/flash.h"

#define FOUR_YEARS_OF_FIFTY (1461u * 50u)

static struct flash *flash;
static struct core_records records;
static struct core_record record;

static void setup(void) {
    flash = flash_new();
    ck_assert_int_eq(core_records_begin(&records, &flash->host), 0);
}

static void teardown(void) {
    flash_free(flash);
}

/* A charge whose numbers follow from its own number. */
static void charge(uint32_t n, unsigned gun) {
    struct core_tariff_table table = flash_table();
    record = (struct core_record){.start_s = 1000 * n, .balance = -1, .segment_count = 1};
    core_billing_begin(&record.billing, &table, n * 1000 % CORE_BILLING_ROLL_OVER, 1 + n % 4);
    record.segments[0] = (struct core_record_segment){1000 * n, record.billing.start, 1};
    ck_assert_int_eq(core_records_new(&records, gun, &record), 0);
    ck_assert_uint_eq(record.sequence, n);
    ck_assert(core_billing_advance(&record.billing, record.billing.start + n % 997));
    record.state = CHARGE_CLOSED;
    ck_assert_int_eq(core_records_close(&records, &record), 0);
}

static void check_kept(uint32_t n) {
    ck_assert_msg(core_records_read(&records, n, &record), "record %u is lost", n);
    ck_assert_uint_eq(record.start_s, 1000 * n);
    ck_assert_uint_eq(core_billing_energy(&record.billing), n % 997);
}

START_TEST(bytes_and_back) {
    uint8_t bytes[CHARGE_RECORD_BYTES], again[CHARGE_RECORD_BYTES];
    struct core_record back;
    charge(1, 0);
    record.left_out = 3;
    record.flags = CHARGE_FLAG_CLOCK;
    core_record_encode(&record, bytes);
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
    charge(1, 0);
    core_record_encode(&record, bytes);
    for (unsigned i = 0; i < CHARGE_U32_CRC; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1u ? 0xEDB88320u : 0);
    }
    crc = ~crc;
    for (unsigned i = 0; i < 4; i++)
        ck_assert_uint_eq(bytes[CHARGE_U32_CRC + i], crc >> 8 * i & 0xFFu);
}
END_TEST

START_TEST(any_damaged_bit_is_noticed) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    struct core_record back;
    charge(1, 0);
    core_record_encode(&record, bytes);
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
    for (uint32_t n = 1; n <= last; n++)
        charge(n, n % 2);
    for (uint32_t n = 1; n <= last; n++)
        check_kept(n);
    for (uint32_t n = last + 1; n <= last + 1500; n++) /* once round, and on */
        charge(n, n % 2);
    last += 1500;
    for (uint32_t n = last - FOUR_YEARS_OF_FIFTY + 1; n <= last; n++)
        check_kept(n);
    ck_assert(!core_records_read(&records, last - CHARGE_RING_SLOTS, &record));
    ck_assert(!core_records_read(&records, last + 1, &record));
}
END_TEST

START_TEST(ring_tells_the_number_when_journals_are_gone) {
    for (uint32_t n = 1; n <= 20; n++)
        charge(n, 0);
    memset(flash->bytes, 0xFF, CHARGE_RING_OFFSET);
    ck_assert_int_eq(core_records_begin(&records, &flash->host), 0);
    charge(21, 0);
    check_kept(20);
}
END_TEST

START_TEST(two_guns_at_once) {
    struct core_record other = {.balance = -1};
    struct core_tariff_table table = flash_table();
    core_billing_begin(&other.billing, &table, 50, CORE_TARIFF_FLAT);
    ck_assert_int_eq(core_records_new(&records, 1, &other), 0);
    charge(2, 0);
    ck_assert_int_eq(core_records_begin(&records, &flash->host), 0);
    ck_assert(!core_records_open(&records, 0, &record));
    ck_assert(core_records_open(&records, 1, &record));
    ck_assert_uint_eq(record.sequence, 1);
    record.state = CHARGE_RECOVERED;
    ck_assert_int_eq(core_records_close(&records, &record), 0);
    charge(3, 1);
    check_kept(2);
    ck_assert(core_records_read(&records, 1, &record));
    ck_assert_uint_eq(record.state, CHARGE_RECOVERED);
}
END_TEST

/* The ring could not be written: the record waits in the journal, and nothing begins over it. */
START_TEST(what_is_owed_is_paid_first) {
    charge(1, 0);
    record = (struct core_record){.balance = -1, .start_s = 2000, .billing.tariff = 1};
    ck_assert_int_eq(core_records_new(&records, 0, &record), 0);
    record.state = CHARGE_CLOSED;
    flash->writes_left = 2;
    ck_assert_int_lt(core_records_close(&records, &record), 0);
    struct core_record next = {.balance = -1, .billing.tariff = 1};
    ck_assert_int_lt(core_records_new(&records, 0, &next), 0); /* still no storage */
    flash_power(flash);
    ck_assert_int_eq(core_records_new(&records, 0, &next), 0);
    ck_assert_uint_eq(next.sequence, 3);
    check_kept(1);
    ck_assert(core_records_read(&records, 2, &record));
}
END_TEST

static int lying_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    (void)ctx, (void)offset, (void)bytes;
    return (int)size;
}

START_TEST(a_lying_storage_is_found_out) {
    flash->host.bulk_write = lying_write;
    record = (struct core_record){.balance = -1, .billing.tariff = 1};
    ck_assert_int_lt(core_records_new(&records, 0, &record), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("records");
    TCase *tc = tcase_create("records");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, bytes_and_back);
    tcase_add_test(tc, crc_is_the_common_one);
    tcase_add_test(tc, any_damaged_bit_is_noticed);
    tcase_add_test(tc, four_years_none_lost);
    tcase_add_test(tc, ring_tells_the_number_when_journals_are_gone);
    tcase_add_test(tc, two_guns_at_once);
    tcase_add_test(tc, what_is_owed_is_paid_first);
    tcase_add_test(tc, a_lying_storage_is_found_out);
    suite_add_tcase(suite, tc);
    return fake_main(suite);
}
