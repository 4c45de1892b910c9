/* SPDX-License-Identifier: MIT */
#include "sim/text/phrase.h"

#include "sim/memory.h"
#include "tests/support/suite.h"

START_TEST(each_reader_gets_their_language) {
    static const struct phrase pass = {"pass", "合格"};
    ck_assert_str_eq(phrase_in(&pass, false), "pass");
    ck_assert_str_eq(phrase_in(&pass, true), "合格");
}
END_TEST

START_TEST(a_copy_owns_its_texts) {
    struct phrase reason = {memory_format("K%d is open", 1), memory_format("K%d断开", 1)};
    struct phrase copy = phrase_copy(reason);
    phrase_clear(&reason);
    ck_assert_ptr_null(reason.en);
    ck_assert_ptr_null(reason.zh);
    ck_assert_str_eq(copy.en, "K1 is open");
    ck_assert_str_eq(copy.zh, "K1断开");
    phrase_clear(&copy);
}
END_TEST

START_TEST(nothing_to_say_stays_nothing) {
    struct phrase nothing = phrase_copy((struct phrase){0});
    ck_assert_ptr_null(nothing.en);
    ck_assert_ptr_null(nothing.zh);
    phrase_clear(&nothing);
    phrase_clear(&nothing);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("phrase");
    TCase *tests = tcase_create("phrase");
    tcase_add_test(tests, each_reader_gets_their_language);
    tcase_add_test(tests, a_copy_owns_its_texts);
    tcase_add_test(tests, nothing_to_say_stays_nothing);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
