/* SPDX-License-Identifier: MIT */
#include "harness/dut/bulk.h"

#include "firmware-under-test/include/charge_record.h"
#include "firmware-under-test/include/dut.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct dut_bulk bulk;

static void teardown(void) {
    dut_bulk_free(&bulk);
}

START_TEST(erased_reads_ff) {
    uint8_t bytes[4] = {0};
    ck_assert_int_eq(dut_bulk_read(&bulk, 12345, bytes, sizeof bytes), 4);
    ck_assert_mem_eq(bytes, "\xFF\xFF\xFF\xFF", 4);
}
END_TEST

START_TEST(across_pieces) {
    uint8_t bytes[3 * DUT_BULK_PIECE_BYTES], back[sizeof bytes + 2];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    }
    ck_assert_int_eq(dut_bulk_write(&bulk, 1000, bytes, sizeof bytes), (int)sizeof bytes);
    ck_assert_int_eq(dut_bulk_read(&bulk, 999, back, sizeof back), (int)sizeof back);
    ck_assert_mem_eq(back + 1, bytes, sizeof bytes);
    ck_assert_uint_eq(back[0], 0xFF);
    ck_assert_uint_eq(back[sizeof back - 1], 0xFF);
}
END_TEST

START_TEST(ends_where_it_ends) {
    uint8_t byte = 1;
    ck_assert_int_eq(dut_bulk_write(&bulk, DUT_BULK_BYTES - 1, &byte, 1), 1);
    ck_assert_int_eq(dut_bulk_write(&bulk, DUT_BULK_BYTES, &byte, 1), DUT_ERROR_ABSENT);
    ck_assert_int_eq(dut_bulk_read(&bulk, DUT_BULK_BYTES - 1, &byte, 2), DUT_ERROR_ABSENT);
    ck_assert_int_eq(dut_bulk_read(&bulk, UINT32_MAX, &byte, 2), DUT_ERROR_ABSENT);
    ck_assert_uint_le(CHARGE_BULK_BYTES, DUT_BULK_BYTES);
}
END_TEST

START_TEST(copied_byte_for_byte) {
    uint8_t bytes[5] = {1, 2, 3, 4, 5}, back[5];
    FILE *file = tmpfile();
    dut_bulk_write(&bulk, 4096, bytes, sizeof bytes);
    dut_bulk_write(&bulk, 5 * DUT_BULK_PIECE_BYTES - 2, bytes, sizeof bytes);
    ck_assert(dut_bulk_copy(&bulk, file));
    ck_assert_int_eq(ftell(file), 0);
    fseek(file, 4096, SEEK_SET);
    ck_assert_uint_eq(fread(back, 1, sizeof back, file), sizeof back);
    ck_assert_mem_eq(back, bytes, sizeof back);
    fseek(file, 5 * (long)DUT_BULK_PIECE_BYTES - 2, SEEK_SET);
    ck_assert_uint_eq(fread(back, 1, sizeof back, file), sizeof back);
    ck_assert_mem_eq(back, bytes, sizeof back);
    fclose(file);
    file = fopen("/dev/full", "w");
    ck_assert(!dut_bulk_copy(&bulk, file));
    fclose(file);
}
END_TEST

START_TEST(a_write_beyond_the_limit_is_torn) {
    uint8_t back[4];
    dut_bulk_limit(&bulk, 6);
    ck_assert_int_eq(dut_bulk_write(&bulk, 0, "abcd", 4), 4);
    ck_assert_int_eq(dut_bulk_write(&bulk, 8, "efgh", 4), DUT_ERROR_FULL);
    ck_assert_int_eq(dut_bulk_write(&bulk, 16, "i", 1), DUT_ERROR_FULL);
    dut_bulk_read(&bulk, 8, back, sizeof back);
    ck_assert_mem_eq(back, "ef\xFF\xFF", 4);
    dut_bulk_unlimit(&bulk);
    ck_assert_int_eq(dut_bulk_write(&bulk, 16, "i", 1), 1);
}
END_TEST

START_TEST(spoilt_is_each_byte_and_no_other) {
    uint8_t back[4];
    dut_bulk_write(&bulk, 100, "abcd", 4);
    dut_bulk_spoil(&bulk, 101, 2);
    dut_bulk_read(&bulk, 100, back, sizeof back);
    ck_assert_uint_eq(back[0], 'a');
    ck_assert_uint_eq(back[3], 'd');
    ck_assert(back[1] != 'b' && back[2] != 'c');
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_bulk");
    TCase *tc = tcase_create("dut_bulk");
    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_test(tc, erased_reads_ff);
    tcase_add_test(tc, across_pieces);
    tcase_add_test(tc, ends_where_it_ends);
    tcase_add_test(tc, copied_byte_for_byte);
    tcase_add_test(tc, a_write_beyond_the_limit_is_torn);
    tcase_add_test(tc, spoilt_is_each_byte_and_no_other);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
