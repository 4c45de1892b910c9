/* SPDX-License-Identifier: MIT */
#include "harness/dut/local.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLANK TEST_BINARY_DIR "/firmware-under-test/blank_dut.so"

static struct problem problem;
static void *library;

START_TEST(the_blank_firmware_loads_and_lives) {
    const struct dut_api *api = dut_load(BLANK, &library, &problem);
    ck_assert_msg(api != NULL, "%s", problem.text);
    ck_assert_str_eq(api->name, "blank");

    struct loop loop;
    struct signal_board board = {0};
    loop_init(&loop, LOOP_VIRTUAL);
    struct can_net *net = can_bus_new(&loop, 250000);
    struct signal *estop = signal_add(&board, "estop.pressed", SIGNAL_BOOL, "", "");
    struct signal *start = signal_add(&board, "operator.start", SIGNAL_BOOL, "", "");
    signal_set(estop, 0, 0);
    signal_set(start, 0, 0);
    struct dut_local_config config = {.api = api, .loop = &loop, .board = &board};
    config.nets[DUT_NET_VEHICLE] = net;
    struct dut_local *dut = dut_local_new(&config, &problem);
    ck_assert_msg(dut != NULL, "%s", problem.text);
    ck_assert_int_eq(dut_local_set_param(dut, "chm.period", 100), 0);
    ck_assert_int_eq(dut_local_set_param(dut, "chm.period", 1), DUT_ERROR_ARGUMENT);
    dut_local_start(dut);
    loop_run(&loop, NS_PER_S);
    ck_assert_uint_eq(can_stats(net)->frames, 0);
    signal_set(start, loop.now_ns, 1);
    loop_run(&loop, loop.now_ns + 950 * NS_PER_MS);
    ck_assert(signal_is(signal_find(&board, "aux.command")));
    ck_assert_uint_eq(can_stats(net)->frames, 10);
    signal_set(estop, loop.now_ns, 1);
    loop_run(&loop, loop.now_ns + NS_PER_S);
    ck_assert_double_eq(signal_find(&board, "pile.alarm")->value, 1);
    ck_assert(!signal_is(signal_find(&board, "aux.command")));
    ck_assert_uint_eq(can_stats(net)->frames, 10);

    dut_local_free(dut);
    can_free(net);
    signal_board_free(&board);
    loop_free(&loop);
    dut_unload(library);
}
END_TEST

START_TEST(a_missing_file_is_told) {
    ck_assert_ptr_null(dut_load("no-such-firmware.so", &library, &problem));
    ck_assert_ptr_null(library);
    ck_assert_ptr_nonnull(strstr(problem.text, "no-such-firmware.so"));
    ck_assert_ptr_nonnull(strstr(problem.text, "No such file"));
}
END_TEST

START_TEST(a_file_that_is_no_library_is_told) {
    ck_assert_ptr_null(dut_load(TEST_SOURCE_DIR "/harness/dut/load.c", &library, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "-shared"));
}
END_TEST

/* Any shared object without dut_entry will do: one made on the spot. */
START_TEST(a_library_without_the_entry_is_told) {
    char folder[] = "/tmp/pilebench-load.XXXXXX", command[256], path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/empty.so", folder);
    snprintf(command, sizeof command,
             "echo 'int nothing_to_see;' | ${CC:-cc} -shared -fPIC -x c - -o %s", path);
    ck_assert_int_eq(system(command), 0);
    ck_assert_ptr_null(dut_load(path, &library, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "does not export dut_entry"));
    remove(path);
    rmdir(folder);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_load");
    TCase *tcase = tcase_create("load");
    tcase_add_test(tcase, the_blank_firmware_loads_and_lives);
    tcase_add_test(tcase, a_missing_file_is_told);
    tcase_add_test(tcase, a_file_that_is_no_library_is_told);
    tcase_add_test(tcase, a_library_without_the_entry_is_told);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
