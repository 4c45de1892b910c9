/* SPDX-License-Identifier: MIT */
#include "sim/text/problem.h"

#include "sim/text/buffer.h"
#include "tests/support/suite.h"

#include <string.h>

#define ROOM     (sizeof((struct problem *)0)->text)
#define ELLIPSIS "…"

static struct problem problem;

START_TEST(it_says_why_and_is_false) {
    ck_assert(!problem_set(&problem, "no profile is called '%s'", "x"));
    ck_assert_str_eq(problem.text, "no profile is called 'x'");
}
END_TEST

START_TEST(the_place_is_left_alone) {
    problem = (struct problem){.file = "a.json", .line = 3, .column = 7};
    problem_set(&problem, "unknown action");
    ck_assert_str_eq(problem.file, "a.json");
    ck_assert(problem.line == 3 && problem.column == 7);
}
END_TEST

START_TEST(what_just_fits_is_whole) {
    char text[ROOM];
    memset(text, 'x', ROOM - 1);
    text[ROOM - 1] = '\0';
    problem_set(&problem, "%s", text);
    ck_assert_str_eq(problem.text, text);
    problem_set(&problem, "%sy", text);
    ck_assert_str_eq(problem.text + strlen(problem.text) - strlen(ELLIPSIS), ELLIPSIS);
    ck_assert_int_eq(memcmp(problem.text, text, strlen(problem.text) - strlen(ELLIPSIS)), 0);
}
END_TEST

static bool is_utf8(const char *text) {
    struct buffer mended = {0};
    buffer_put_utf8(&mended, text);
    bool same = strcmp(mended.chars, text) == 0;
    buffer_free(&mended);
    return same;
}

/* Wherever the end falls in a character of one to four bytes. */
START_TEST(it_never_ends_within_a_character) {
    static const char *const characters[] = {"x", "µ", "桩", "𝄞"};
    for (size_t c = 0; c < 4; c++) {
        size_t size = strlen(characters[c]);
        for (size_t shift = 0; shift < size; shift++) {
            char text[2 * ROOM] = "";
            memset(text, '-', shift);
            while (strlen(text) < ROOM) {
                strcat(text, characters[c]);
            }
            problem_set(&problem, "%s", text);
            size_t length = strlen(problem.text), kept = length - strlen(ELLIPSIS);
            ck_assert(is_utf8(problem.text));
            ck_assert_str_eq(problem.text + kept, ELLIPSIS);
            ck_assert_int_eq(memcmp(problem.text, text, kept), 0);
            ck_assert_uint_eq((kept - shift) % size, 0);
            ck_assert_uint_gt(length + size, ROOM - 1); /* no more is cut than must be */
        }
    }
}
END_TEST

START_TEST(both_languages_grow_alike) {
    problem = (struct problem){.line = 3};
    ck_assert(!problem_set_both(&problem, "no case '%s'", "没有用例'%s'", "a"));
    ck_assert(!problem_add(&problem, "; name one", "；请指定一个"));
    ck_assert(!problem_front(&problem, "--x %d: ", "--x %d：", 5));
    ck_assert_str_eq(problem.text, "--x 5: no case 'a'; name one");
    ck_assert_str_eq(problem_in(&problem, true), "--x 5：没有用例'a'；请指定一个");
    const struct problem other = problem;
    struct problem taken = {.line = 7};
    ck_assert(!problem_as(&taken, &other));
    ck_assert_int_eq(taken.line, 7);
    ck_assert_str_eq(taken.zh, other.zh);
}
END_TEST

START_TEST(what_is_english_only_stays_that) {
    problem = (struct problem){0};
    problem_set(&problem, "no case");
    problem_add(&problem, "; name one", "；请指定一个");
    ck_assert_str_eq(problem.zh, ""); /* half a sentence in each language would be none */
    ck_assert_str_eq(problem_in(&problem, true), "no case; name one");
    problem_front(&problem, "--x: ", "--x：");
    ck_assert_str_eq(problem_in(&problem, true), "--x：no case; name one");
}
END_TEST

START_TEST(what_grows_too_long_is_cut) {
    problem = (struct problem){0};
    problem_set_both(&problem, "begin", "开始");
    for (int i = 0; i < 100; i++) {
        problem_add(&problem, "; and so on", "；等等");
    }
    ck_assert(is_utf8(problem.text) && is_utf8(problem.zh));
    ck_assert_str_eq(problem.zh + strlen(problem.zh) - strlen(ELLIPSIS), ELLIPSIS);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("problem");
    TCase *tests = tcase_create("problem");
    tcase_add_test(tests, it_says_why_and_is_false);
    tcase_add_test(tests, the_place_is_left_alone);
    tcase_add_test(tests, what_just_fits_is_whole);
    tcase_add_test(tests, it_never_ends_within_a_character);
    tcase_add_test(tests, both_languages_grow_alike);
    tcase_add_test(tests, what_is_english_only_stays_that);
    tcase_add_test(tests, what_grows_too_long_is_cut);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
