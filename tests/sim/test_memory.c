/* SPDX-License-Identifier: MIT */
#include "sim/memory.h"

#include "tests/support/suite.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(zeroed_memory_is_zero) {
    unsigned char *bytes = memory_zeroed(100, 3);
    for (int i = 0; i < 300; i++) {
        ck_assert_uint_eq(bytes[i], 0);
    }
    free(bytes);
}
END_TEST

START_TEST(nothing_is_memory_that_can_be_freed) {
    void *none = memory_zeroed(0, 8), *of_nothing = memory_zeroed(8, 0);
    void *shrunk = memory_resized(memory_zeroed(8, 1), 0, 1);
    ck_assert_ptr_nonnull(none);
    ck_assert_ptr_nonnull(of_nothing);
    ck_assert_ptr_nonnull(shrunk);
    free(none);
    free(of_nothing);
    free(shrunk);
}
END_TEST

START_TEST(resizing_keeps_what_was_there) {
    int *numbers = NULL;
    for (int i = 0; i < 1000; i++) {
        numbers = memory_resized(numbers, (size_t)i + 1, sizeof *numbers);
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(numbers[i], i);
    }
    free(numbers);
}
END_TEST

START_TEST(texts_are_copied_and_formatted) {
    char original[] = "K1";
    char *copy = memory_copy(original);
    original[0] = 'X';
    ck_assert_str_eq(copy, "K1");
    ck_assert_ptr_null(memory_copy(NULL));
    char *text = memory_format("%s at %d.%03d s", copy, 12, 5);
    ck_assert_str_eq(text, "K1 at 12.005 s");
    free(text);
    free(copy);
}
END_TEST

/* An array whose size does not fit must not become a small one. */
START_TEST(a_product_that_does_not_fit_ends_the_program) {
    (void)memory_resized(NULL, SIZE_MAX / 4 + 2, 4);
}
END_TEST

START_TEST(the_same_of_zeroed_memory) {
    (void)memory_zeroed(SIZE_MAX / 4 + 2, 4);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");
    tcase_add_test(tests, zeroed_memory_is_zero);
    tcase_add_test(tests, nothing_is_memory_that_can_be_freed);
    tcase_add_test(tests, resizing_keeps_what_was_there);
    tcase_add_test(tests, texts_are_copied_and_formatted);
    tcase_add_test_raise_signal(tests, a_product_that_does_not_fit_ends_the_program, SIGABRT);
    tcase_add_test_raise_signal(tests, the_same_of_zeroed_memory, SIGABRT);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
