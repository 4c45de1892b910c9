/* SPDX-License-Identifier: MIT */
#include "grid/grid.h"

#include <check.h>
#include <stdlib.h>

START_TEST(dips_and_interruptions_end_by_themselves) {
    struct loop loop;
    struct signal_board board = {0};
    struct grid grid;
    loop_init(&loop, LOOP_VIRTUAL);
    grid_init(&grid, &loop, &board);
    struct signal *ac = signal_find(&board, "ac.voltage");
    ck_assert_double_eq(ac->value, 380.0);
    grid_set_voltage(&grid, 400.0, 0);
    grid_dip(&grid, 40.0, 200 * NS_PER_MS, 0);
    ck_assert_double_eq_tol(ac->value, 160.0, 1e-9);
    loop_run(&loop, 199 * NS_PER_MS);
    ck_assert_double_eq_tol(ac->value, 160.0, 1e-9);
    loop_run(&loop, 200 * NS_PER_MS);
    ck_assert_double_eq_tol(ac->value, 400.0, 1e-9);
    /* a second dip replaces the first, its end counts */
    grid_dip(&grid, 70.0, 500 * NS_PER_MS, loop.now_ns);
    loop_run(&loop, 300 * NS_PER_MS);
    grid_dip(&grid, 0.0, 100 * NS_PER_MS, loop.now_ns);
    ck_assert_double_eq(ac->value, 0.0);
    loop_run(&loop, 400 * NS_PER_MS);
    ck_assert_double_eq_tol(ac->value, 400.0, 1e-9);
    grid_set_frequency(&grid, 45.0, loop.now_ns);
    ck_assert_double_eq(signal_find(&board, "ac.frequency")->value, 45.0);
    signal_board_free(&board);
    loop_free(&loop);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("grid");
    TCase *tcase = tcase_create("grid");
    tcase_add_test(tcase, dips_and_interruptions_end_by_themselves);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
