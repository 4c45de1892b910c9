/* SPDX-License-Identifier: MIT */
/* What a firmware says is kept in order, bounded, and is one line whatever it hands over. */
#include "harness/bench/said.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(lines_are_kept_in_order) {
    struct said said = {0};
    said_named(&said, 1500000, "state", 3, "handshake");
    said_line(&said, INT64_C(12345678901), "log", "meter found");
    ck_assert_uint_eq(said_count(&said), 2);
    ck_assert_str_eq(said_at(&said, 0), "0.001500 state 3: handshake");
    ck_assert_str_eq(said_at(&said, 1), "12.345678 log: meter found");
    said_free(&said);
}
END_TEST

static void say(struct said *said, int lines) {
    char text[20];
    for (int i = 0; i < lines; i++) {
        snprintf(text, sizeof text, "%d", i);
        said_line(said, i, "log", text);
    }
}

static void check_ends_with(const char *line, int number) {
    char wanted[20];
    snprintf(wanted, sizeof wanted, "log: %d", number);
    const size_t length = strlen(line), part = strlen(wanted);
    ck_assert_msg(length >= part && strcmp(line + length - part, wanted) == 0,
                  "'%s' ends not in %d", line, number);
}

START_TEST(as_many_as_are_kept_are_all_there) {
    struct said said = {0};
    say(&said, 2 * SAID_KEPT);
    ck_assert_uint_eq(said_count(&said), 2 * SAID_KEPT);
    for (int i = 0; i < 2 * SAID_KEPT; i++) {
        check_ends_with(said_at(&said, (size_t)i), i);
    }
    said_free(&said);
}
END_TEST

START_TEST(of_endless_talk_first_and_last_are_kept) {
    enum {
        LINES = 5 * SAID_KEPT + 7
    };
    struct said said = {0};
    say(&said, LINES);
    ck_assert_uint_eq(said_count(&said), 2 * SAID_KEPT + 1);
    check_ends_with(said_at(&said, SAID_KEPT - 1), SAID_KEPT - 1);
    ck_assert_str_eq(said_at(&said, SAID_KEPT), "(307 lines left out)");
    check_ends_with(said_at(&said, SAID_KEPT + 1), LINES - SAID_KEPT);
    check_ends_with(said_at(&said, 2 * SAID_KEPT), LINES - 1);
    said_free(&said);
}
END_TEST

START_TEST(anything_becomes_a_line) {
    struct said said = {0};
    char text[3 * SAID_LINE];
    said_line(&said, 0, "log", "a\nb\x1b[31m\xff");
    ck_assert_str_eq(said_at(&said, 0), "0.000000 log: a b [31m\xEF\xBF\xBD");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text + SAID_LINE - 1, "\xE7\x94\xB5", 3); /* a character that the cut goes through */
    said_line(&said, 0, "log", text);
    ck_assert_uint_eq(strlen(said_at(&said, 1)), strlen("0.000000 log: ") + SAID_LINE - 1);
    said_free(&said);
}
END_TEST

/* What is in the file at path now. */
static const char *content(const char *path) {
    static char text[400];
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

START_TEST(all_lines_go_into_a_file_too) {
    struct said said = {0};
    struct problem problem = {0};
    char folder[] = "/tmp/said-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/one.log", folder);
    said_line(&said, 0, "log", "before");
    ck_assert(said_copy(&said, path, &problem));
    said_line(&said, 1000000, "log", "after");
    ck_assert_str_eq(content(path), "0.000000 log: before\n0.001000 log: after\n"); /* at once */
    ck_assert(said_copied(&said, &problem));
    ck_assert(said_copied(&said, &problem)); /* without one there is nothing to lose */
    unlink(path);
    rmdir(folder);
    ck_assert(!said_copy(&said, path, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "one.log: No such file"));
    said_free(&said);
}
END_TEST

START_TEST(a_full_disk_is_told) {
    struct said said = {0};
    struct problem problem = {0};
    said.copy = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(said.copy);
    said_line(&said, 0, "log", "lost");
    ck_assert(!said_copied(&said, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "cannot write all that the firmware said"));
    said_free(&said);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("said");
    TCase *tcase = tcase_create("said");
    tcase_add_test(tcase, lines_are_kept_in_order);
    tcase_add_test(tcase, as_many_as_are_kept_are_all_there);
    tcase_add_test(tcase, of_endless_talk_first_and_last_are_kept);
    tcase_add_test(tcase, anything_becomes_a_line);
    tcase_add_test(tcase, all_lines_go_into_a_file_too);
    tcase_add_test(tcase, a_full_disk_is_told);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
