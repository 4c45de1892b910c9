/* SPDX-License-Identifier: MIT */
#include "harness/dut/instance.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t sizes[] = {1, 8, 15, 16, 17, 100, 4080, 4096, 4097, 1000000};

static struct dut_instance instance;
static uint8_t *memory;

static void make(size_t size) {
    ck_assert(dut_instance_make(&instance, size));
    memory = instance.memory;
}

static void teardown(void) {
    dut_instance_free(&instance);
}

START_TEST(all_of_it_is_zero_and_usable) {
    make(sizes[_i]);
    ck_assert_uint_eq((uintptr_t)memory % 16, 0);
    unsigned any = 0;
    for (size_t i = 0; i < sizes[_i]; i++) {
        any |= memory[i];
    }
    ck_assert_uint_eq(any, 0);
    memset(memory, 0xFF, sizes[_i]);
    ck_assert_int_eq(dut_instance_check(&instance, true), DUT_BLAME_NONE);
    dut_instance_clear(&instance);
    ck_assert_uint_eq(memory[0] | memory[sizes[_i] - 1], 0);
    ck_assert_int_eq(dut_instance_check(&instance, true), DUT_BLAME_NONE);
}
END_TEST

/* What can be written beyond it without a crash is seen. */
START_TEST(each_byte_of_the_pattern_counts) {
    make(sizes[_i]);
    for (uint8_t *at = memory + sizes[_i]; at < instance.last; at++) {
        *at ^= 1;
        ck_assert_int_eq(dut_instance_check(&instance, false), DUT_BLAME_BEHIND);
        *at ^= 1;
    }
    for (uint8_t *at = instance.first; at<memory; at += memory - at> 200 ? 61 : 1) {
        *at ^= 0x80;
        ck_assert_int_eq(dut_instance_check(&instance, true), DUT_BLAME_BEFORE);
        bool near = memory - at <= 64;
        ck_assert_int_eq(dut_instance_check(&instance, false) == DUT_BLAME_BEFORE,
                         near || memory - instance.first < 64);
        *at ^= 0x80;
    }
    ck_assert_int_eq(dut_instance_check(&instance, true), DUT_BLAME_NONE);
}
END_TEST

/* In a process of its own: how it ended, and what it blamed. */
static int write_at(uintptr_t address) {
    volatile int *blame =
        mmap(NULL, sizeof *blame, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        dut_instance_watch(&instance, blame);
        *(volatile uint8_t *)address = 1;
        _exit(EXIT_SUCCESS);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    int told = *blame;
    munmap((void *)blame, sizeof *blame);
    return told;
}

START_TEST(the_guards_tell_which_side) {
    make(100);
    uintptr_t end = (uintptr_t)instance.last, begin = (uintptr_t)instance.first;
    ck_assert_int_eq(write_at(end), DUT_BLAME_BEHIND);
    ck_assert_int_eq(write_at(end + 4096), DUT_BLAME_BEHIND);
    ck_assert_int_eq(write_at(end + 1000000), DUT_BLAME_BEHIND);
    ck_assert_int_eq(write_at(begin - 1), DUT_BLAME_BEFORE);
    ck_assert_int_eq(write_at(begin - 1000000), DUT_BLAME_BEFORE);
}
END_TEST

START_TEST(another_crash_is_none_of_its_business) {
    make(100);
    ck_assert_int_eq(write_at(8), DUT_BLAME_NONE); /* a member of what NULL points to */
}
END_TEST

START_TEST(every_blame_has_its_words) {
    for (int blame = DUT_BLAME_NONE + 1; blame < DUT_BLAMES; blame++) {
        ck_assert_ptr_nonnull(dut_blame_phrase(blame).en);
        ck_assert_ptr_nonnull(dut_blame_phrase(blame).zh);
    }
    ck_assert_ptr_null(dut_blame_phrase(DUT_BLAME_NONE).en);
    ck_assert_ptr_null(dut_blame_phrase(-1).en);
    ck_assert_ptr_null(dut_blame_phrase(DUT_BLAMES).en);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_instance");
    TCase *tcase = tcase_create("instance");
    const int size_count = (int)(sizeof sizes / sizeof sizes[0]);
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, all_of_it_is_zero_and_usable, 0, size_count);
    tcase_add_loop_test(tcase, each_byte_of_the_pattern_counts, 0, size_count);
#ifndef __SANITIZE_ADDRESS__ /* which tells a crash itself */
    tcase_add_test(tcase, the_guards_tell_which_side);
    tcase_add_test(tcase, another_crash_is_none_of_its_business);
#endif
    tcase_add_test(tcase, every_blame_has_its_words);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
