/* SPDX-License-Identifier: MIT */
/* Lines of the record that are rows of one case. */
#include "reports/record/result.h"

#include <check.h>
#include <stdlib.h>

static struct result_case lines[] = {
    {.id = "a", .verdict = VERDICT_PASS},        {.id = "weld[k1]", .verdict = VERDICT_PASS},
    {.id = "weld[k2]", .verdict = VERDICT_FAIL}, {.id = "weld-both", .verdict = VERDICT_PASS},
    {.id = "w[k1]", .verdict = VERDICT_PASS},    {.id = "we[k1]", .verdict = VERDICT_INCONCLUSIVE},
};

static const struct result_set set = {.cases = lines, .case_count = 6};

START_TEST(names) {
    ck_assert_uint_eq(result_name_length("weld[k1]"), 4);
    ck_assert_uint_eq(result_name_length("weld"), 4);
    ck_assert_uint_eq(result_name_length("weld[k1"), 7); /* none of ours: the whole id */
    ck_assert_uint_eq(result_name_length("[k1]"), 4);
    ck_assert_uint_eq(result_name_length(""), 0);
    ck_assert(result_is_row(&lines[1]) && !result_is_row(&lines[0]) && !result_is_row(&lines[3]));
}
END_TEST

START_TEST(rows_of_one_case_belong_together) {
    static const size_t wanted[] = {1, 2, 1, 1, 1, 1};
    for (size_t i = 0; i < set.case_count; i++) {
        ck_assert_msg(result_rows_from(&set, i) == wanted[i], "%s", lines[i].id);
    }
    ck_assert_int_eq(result_rows_verdict(&set, 1, 2), VERDICT_FAIL);
}
END_TEST

START_TEST(cases_are_counted_with_their_worst_row) {
    const struct result_counts counts = result_count(&set);
    ck_assert_uint_eq(counts.cases, 5);
    ck_assert_uint_eq(counts.rows, 4);
    ck_assert_uint_eq(counts.verdicts[VERDICT_PASS], 3);
    ck_assert_uint_eq(counts.verdicts[VERDICT_FAIL], 1);
    ck_assert_uint_eq(counts.verdicts[VERDICT_INCONCLUSIVE], 1);
    const struct result_counts none = result_count(&(struct result_set){0});
    ck_assert(none.cases == 0 && none.rows == 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("result_rows");
    TCase *tests = tcase_create("rows");
    tcase_add_test(tests, names);
    tcase_add_test(tests, rows_of_one_case_belong_together);
    tcase_add_test(tests, cases_are_counted_with_their_worst_row);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
