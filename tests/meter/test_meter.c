/* SPDX-License-Identifier: MIT */
#include "meter/meter.h"

#include <check.h>
#include <stdlib.h>

/* One kilowatt from the start. */
static double one_kilowatt(void *ctx, int64_t now_ns) {
    (void)ctx;
    return 1000.0 * (double)now_ns / 1e9;
}

START_TEST(register_is_the_integral_cut_to_its_resolution) {
    struct signal_board board = {0};
    struct meter meter;
    meter_init(&meter, &board, &meter_params_default, one_kilowatt, NULL);
    struct signal *energy = signal_find(&board, "meter.energy");
    int64_t hour = INT64_C(3600000000000);
    ck_assert_double_eq(signal_at(energy, 0), 0.0);
    ck_assert_double_eq(signal_at(energy, hour), 1000.0);
    ck_assert_double_eq(signal_at(energy, hour / 100 - 1), 0.0);
    ck_assert_double_eq(signal_at(energy, hour / 100), 10.0);
    ck_assert(!signal_can_watch(energy));
    signal_board_free(&board);
}
END_TEST

START_TEST(gain_error_and_start_value_show) {
    struct signal_board board = {0};
    struct meter meter;
    struct meter_params params = {.start_wh = 5000, .resolution_wh = 10, .gain_error = 0.02};
    meter_init(&meter, &board, &params, one_kilowatt, NULL);
    ck_assert_double_eq(meter_register_wh(&meter, INT64_C(3600000000000)), 6020.0);
    signal_board_free(&board);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter");
    TCase *tcase = tcase_create("meter");
    tcase_add_test(tcase, register_is_the_integral_cut_to_its_resolution);
    tcase_add_test(tcase, gain_error_and_start_value_show);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
