/* SPDX-License-Identifier: MIT */
/* Bytes with a good check sum that another firmware wrote: what of them is billed on. */
#include "billing/record.h"
#include "tests/firmware/support/flash.h"
#include "tests/support/suite.h"

static uint8_t bytes[CHARGE_RECORD_BYTES];

static void put(unsigned at, unsigned size, uint64_t value) {
    for (unsigned i = 0; i < size; i++) {
        bytes[at + i] = (uint8_t)(value >> 8 * i);
    }
}

/* The check sum bit by bit, as a stranger computes it. */
static void sign(void) {
    uint32_t crc = 0xFFFFFFFFu;
    for (unsigned i = 0; i < CHARGE_U32_CRC; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1u ? 0xEDB88320u : 0);
        }
    }
    put(CHARGE_U32_CRC, 4, ~crc);
}

static void setup(void) {
    struct core_tariff_table table = flash_table();
    struct core_record record = {.sequence = 5, .generation = 9, .state = CHARGE_CLOSED};
    core_billing_begin(&record.billing, &table, 1000, 1);
    core_record_encode(&record, bytes);
}

static void teardown(void) {
}

static const struct {
    const char *what;
    unsigned at, size;
    uint64_t value;
    bool taken;
} rows[] = {
    {"no tariff", CHARGE_U8_TARIFF, 1, 0, false},
    {"the first tariff", CHARGE_U8_TARIFF, 1, 1, true},
    {"the last tariff", CHARGE_U8_TARIFF, 1, CHARGE_TARIFFS, true},
    {"a fifth tariff", CHARGE_U8_TARIFF, 1, CHARGE_TARIFFS + 1, false},
    {"as many segments as there are", CHARGE_U16_SEGMENTS, 2, CHARGE_SEGMENTS_MAX, true},
    {"more segments than there are", CHARGE_U16_SEGMENTS, 2, CHARGE_SEGMENTS_MAX + 1, false},
    {"256 segments: the high byte counts", CHARGE_U16_SEGMENTS, 2, 256, false},
    {"the largest register", CHARGE_U32_END, 4, CORE_BILLING_ROLL_OVER - 1, true},
    {"a register beyond six digits", CHARGE_U32_END, 4, CORE_BILLING_ROLL_OVER, false},
    {"a version before the oldest", CHARGE_U16_VERSION, 2, CHARGE_RECORD_OLDEST - 1, false},
    {"the oldest version", CHARGE_U16_VERSION, 2, CHARGE_RECORD_OLDEST, true},
    {"this version", CHARGE_U16_VERSION, 2, CHARGE_RECORD_VERSION, true},
    {"a later version", CHARGE_U16_VERSION, 2, CHARGE_RECORD_VERSION + 1, false},
    {"version 258: the high byte counts", CHARGE_U16_VERSION, 2, 256 + 2, false},
    {"another magic", CHARGE_U32_MAGIC, 4, CHARGE_RECORD_MAGIC + 1, false},
    {"a sequence that does not agree", CHARGE_U32_NOT_SEQUENCE, 4, ~UINT32_C(6), false},
};

START_TEST(signed_by_another_firmware) {
    struct core_record record;
    put(rows[_i].at, rows[_i].size, rows[_i].value);
    sign();
    ck_assert_msg(core_record_decode(bytes, &record) == rows[_i].taken, "%s", rows[_i].what);
}
END_TEST

START_TEST(head_and_record_agree) {
    struct core_record_head head;
    struct core_record record;
    put(CHARGE_U8_STOP, 1, CHARGE_STOP_TARIFF);
    put(CHARGE_U8_GUN, 1, 1);
    sign();
    ck_assert(core_record_head(bytes, &head) && core_record_decode(bytes, &record));
    ck_assert_uint_eq(head.sequence, 5);
    ck_assert_uint_eq(head.generation, 9);
    ck_assert_uint_eq(head.state, CHARGE_CLOSED);
    ck_assert_uint_eq(head.stop, CHARGE_STOP_TARIFF);
    ck_assert_uint_eq(head.gun, 1);
    ck_assert_uint_eq(record.sequence, 5);
    ck_assert_uint_eq(record.generation, 9);
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_TARIFF);
    ck_assert_uint_eq(record.gun, 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("record");
    TCase *tc = tcase_create("record");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, signed_by_another_firmware, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tc, head_and_record_agree);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
