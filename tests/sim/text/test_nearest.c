/* SPDX-License-Identifier: MIT */
#include "sim/text/nearest.h"

#include "tests/support/suite.h"

#include <string.h>

static const char *const names[] = {"estop", "start", "stop", "insert", "ac", "set_voltage", NULL};

static const char *next_name(void *ctx, size_t index) {
    return ((const char *const *)ctx)[index];
}

static const char *near(const char *word) {
    return nearest_name(word, next_name, (void *)names);
}

START_TEST(a_letter_more_less_or_other) {
    ck_assert_str_eq(near("estopp"), "estop");
    ck_assert_str_eq(near("esop"), "estop");
    ck_assert_str_eq(near("inzert"), "insert");
    ck_assert_str_eq(near("set_volatge"), "set_voltage"); /* two letters swapped */
}
END_TEST

START_TEST(the_nearest_of_several) {
    ck_assert_str_eq(near("stopp"), "stop"); /* estop is two away */
    ck_assert_str_eq(near("starp"), "start");
}
END_TEST

START_TEST(the_first_of_equals) {
    static const char *const contactors[] = {"k1.command", "k2.command", NULL};
    ck_assert_str_eq(nearest_name("k7.command", next_name, (void *)contactors), "k1.command");
}
END_TEST

START_TEST(another_word_is_none) {
    ck_assert_ptr_null(near("discharge"));
    ck_assert_ptr_null(near("xy"));
    ck_assert_ptr_null(near(""));
}
END_TEST

START_TEST(no_names_and_long_words) {
    static const char *const none[] = {NULL};
    char word[200];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    ck_assert_ptr_null(near(word));
    ck_assert_ptr_null(nearest_name("stop", next_name, (void *)none));
    const char *const only_long[] = {word, NULL};
    ck_assert_ptr_null(nearest_name("aaaa", next_name, (void *)only_long));
}
END_TEST

START_TEST(a_refusal_ends_with_what_may_have_been_meant) {
    static const struct phrase all = {"; `list` has them", "；见`list`"};
    struct problem problem = {0};
    problem_set_both(&problem, "no action '%s'", "没有操作'%s'", "estopp");
    ck_assert(!nearest_add(&problem, "estopp", next_name, (void *)names, all));
    ck_assert_str_eq(problem.text, "no action 'estopp'; did you mean 'estop'?");
    ck_assert_str_eq(problem.zh, "没有操作'estopp'；是不是'estop'？");
    problem_set_both(&problem, "no action '%s'", "没有操作'%s'", "xy");
    nearest_add_after(&problem, "--", "xy", next_name, (void *)names, all);
    ck_assert_str_eq(problem.text, "no action 'xy'; `list` has them");
    ck_assert_str_eq(problem.zh, "没有操作'xy'；见`list`");
    problem_set(&problem, "none");
    nearest_add_after(&problem, "--", "stopp", next_name, (void *)names, nearest_else);
    ck_assert_str_eq(problem.text, "none; did you mean '--stop'?");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("nearest");
    TCase *tests = tcase_create("nearest");
    tcase_add_test(tests, a_letter_more_less_or_other);
    tcase_add_test(tests, the_nearest_of_several);
    tcase_add_test(tests, the_first_of_equals);
    tcase_add_test(tests, another_word_is_none);
    tcase_add_test(tests, no_names_and_long_words);
    tcase_add_test(tests, a_refusal_ends_with_what_may_have_been_meant);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
