/* SPDX-License-Identifier: MIT */
/* The Linux port's bulk storage: a file beside the store. */
#include "firmware-under-test/port/pile_bulk.c"
#include "tests/support/suite.h"

#include <check.h>
#include <stdlib.h>

static char folder[64], store[96], why[256];

static void setup(void) {
    snprintf(folder, sizeof folder, "/tmp/pile-bulk-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(store, sizeof store, "%s/nvs", folder);
}

static void teardown(void) {
    char file[128];
    snprintf(file, sizeof file, "%s.bulk", store);
    unlink(file);
    rmdir(folder);
}

START_TEST(outlives_the_process) {
    uint8_t bytes[4] = {1, 2, 3, 4}, back[6];
    int file = pile_bulk_open(store, why, sizeof why);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(pile_bulk_write(file, 75000000, bytes, 4), 4);
    close(file);
    file = pile_bulk_open(store, why, sizeof why);
    ck_assert_int_eq(pile_bulk_read(file, 74999999, back, 6), 6);
    ck_assert_mem_eq(back, "\0\1\2\3\4\0", 6);
    ck_assert_int_eq(pile_bulk_read(file, 90000000, back, 6), 6); /* beyond what was written */
    ck_assert_mem_eq(back, "\0\0\0\0\0\0", 6);
    close(file);
}
END_TEST

START_TEST(has_bounds) {
    uint8_t bytes[2] = {1, 2};
    int file = pile_bulk_open(NULL, why, sizeof why);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(pile_bulk_write(file, PILE_BULK_BYTES - 2, bytes, 2), 2);
    ck_assert_int_eq(pile_bulk_write(file, PILE_BULK_BYTES - 1, bytes, 2), DUT_ERROR_ABSENT);
    ck_assert_int_eq(pile_bulk_read(file, UINT32_MAX, bytes, 2), DUT_ERROR_ABSENT);
    close(file);
}
END_TEST

START_TEST(says_what_it_cannot_open) {
    ck_assert_int_eq(pile_bulk_open("/nowhere/nvs", why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "/nowhere/nvs.bulk"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pile_bulk");
    TCase *tc = tcase_create("pile_bulk");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, outlives_the_process);
    tcase_add_test(tc, has_bounds);
    tcase_add_test(tc, says_what_it_cannot_open);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
