/* SPDX-License-Identifier: MIT */
/* Settings of the command line: which texts are name=whole number. */
#include "harness/plan/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text, *name; /* NULL: it is none */
    int64_t value;
} rows[] = {
    {"estop.delay=30", "estop.delay", 30},
    {"a=-2147483648", "a", INT32_MIN},
    {"a=2147483648", "a", INT64_C(2147483648)}, /* for the firmware's limits to refuse */
    {"a=99999999999999999999", NULL, 0},
    {"a=1.5", NULL, 0},
    {"a=", NULL, 0},
    {"a", NULL, 0},
    {"=1", NULL, 0},
    {"a=b=1", NULL, 0},
    {"a=0x10", NULL, 0},
    {"name.of.sixty.three.characters.name.of.sixty.three.characters.a=1",
     "name.of.sixty.three.characters.name.of.sixty.three.characters.a", 1},
    {"name.of.sixty.four.characters.name.of.sixty.four.characters.abcde=1", NULL, 0},
};

START_TEST(a_setting_is_a_name_and_a_whole_number) {
    struct plan_setting setting;
    ck_assert_int_eq(plan_read_setting(rows[_i].text, &setting), rows[_i].name != NULL);
    ck_assert_str_eq(setting.text, rows[_i].text); /* kept for a program of the user's own */
    ck_assert_int_eq(setting.whole, rows[_i].name != NULL);
    ck_assert_str_eq(setting.name, rows[_i].name != NULL ? rows[_i].name : "");
    ck_assert_int_eq(setting.value, rows[_i].value);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("plan");
    TCase *tcase = tcase_create("settings");
    tcase_add_loop_test(tcase, a_setting_is_a_name_and_a_whole_number, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
