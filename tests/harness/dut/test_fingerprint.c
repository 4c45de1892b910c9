/* SPDX-License-Identifier: MIT */
#include "harness/dut/fingerprint.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/pilebench-fingerprint-XXXXXX", path[64];
static struct problem problem;

static void setup(void) {
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/firmware", folder);
    problem = (struct problem){0};
}

static void teardown(void) {
    unlink(path);
    rmdir(folder);
}

static void fill(const char *unit, size_t times) {
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < times; i++) {
        fputs(unit, file);
    }
    ck_assert_int_eq(fclose(file), 0);
}

/* NIST, SHA-256 examples: "abc", the message of no bytes, and a million letters a (more than one block). */
static const struct {
    const char *unit;
    size_t times;
    const char *hash;
} known[] = {
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

START_TEST(is_the_sha_256_of_the_file) {
    char text[FINGERPRINT_SIZE];
    fill(known[_i].unit, known[_i].times);
    ck_assert_msg(fingerprint_take(path, text, &problem), "%s", problem.text);
    ck_assert_str_eq(text, known[_i].hash);
    ck_assert_msg(fingerprint_holds(path, text, &problem), "%s", problem.text);
}
END_TEST

START_TEST(another_file_of_the_same_length_is_noticed) {
    char text[FINGERPRINT_SIZE];
    fill("abc", 30000);
    ck_assert(fingerprint_take(path, text, &problem));
    fill("abd", 30000);
    ck_assert(!fingerprint_holds(path, text, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "is another file than when the run began"));
}
END_TEST

START_TEST(what_is_no_file_has_none) {
    char text[FINGERPRINT_SIZE];
    ck_assert(!fingerprint_take(path, text, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "No such file"));
    ck_assert_str_eq(text, "");
    ck_assert(!fingerprint_take(folder, text, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "it is not a file"));
    ck_assert_int_eq(mkfifo(path, 0600), 0); /* not waited for */
    ck_assert(!fingerprint_take(path, text, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "it is not a file"));
}
END_TEST

START_TEST(the_program_that_runs_has_one) {
    char self[FINGERPRINT_SIZE], file[FINGERPRINT_SIZE], name[4096];
    ssize_t length = readlink(FINGERPRINT_SELF, name, sizeof name - 1);
    ck_assert_int_gt(length, 0);
    name[length] = '\0';
    ck_assert(fingerprint_take(FINGERPRINT_SELF, self, &problem));
    ck_assert(fingerprint_take(name, file, &problem));
    ck_assert_str_eq(self, file);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_fingerprint");
    TCase *tests = tcase_create("fingerprint");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, is_the_sha_256_of_the_file, 0, sizeof known / sizeof known[0]);
    tcase_add_test(tests, another_file_of_the_same_length_is_noticed);
    tcase_add_test(tests, what_is_no_file_has_none);
    tcase_add_test(tests, the_program_that_runs_has_one);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
