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

int main(void) {
    Suite *suite = suite_create("problem");
    TCase *tests = tcase_create("problem");
    tcase_add_test(tests, it_says_why_and_is_false);
    tcase_add_test(tests, the_place_is_left_alone);
    tcase_add_test(tests, what_just_fits_is_whole);
    tcase_add_test(tests, it_never_ends_within_a_character);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
