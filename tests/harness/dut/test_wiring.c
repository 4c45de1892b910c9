/* SPDX-License-Identifier: MIT */
#include "harness/dut/wiring.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct signal_board board;
static struct dut_wiring wiring;

static void setup(void) {
    memset(&board, 0, sizeof board);
}

static void teardown(void) {
    signal_board_free(&board);
}

START_TEST(every_channel_has_a_signal_for_both_guns) {
    for (unsigned i = 0; i < DUT_INPUTS; i++) {
        ck_assert_msg(dut_input_wires[i].signal[0] != NULL, "input %u", i);
        ck_assert_ptr_nonnull(dut_input_wires[i].signal[1]);
        ck_assert_msg(dut_input_wires[i].factor > 0, "input %u", i);
        for (unsigned k = 0; k < i; k++) {
            ck_assert_str_ne(dut_input_wires[i].signal[0], dut_input_wires[k].signal[0]);
        }
    }
    for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
        ck_assert_msg(dut_output_wires[i].signal[0] != NULL, "output %u", i);
        bool pile_wide =
            i == DUT_OUT_AC_TRIP || i == DUT_OUT_AC_CONTACTOR || i == DUT_OUT_FAN_PERMILLE;
        ck_assert_int_eq(strncmp(dut_output_wires[i].signal[1], "gun2:", 5) != 0, pile_wide);
        ck_assert_msg(dut_output_wires[i].factor > 0, "output %u", i);
    }
}
END_TEST

START_TEST(nothing_provided_reads_as_nothing_connected) {
    dut_wiring_bind(&wiring, &board, 1);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_INSULATION_POS_OHM, 0), -1);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_CC1_MV, 0), 12000);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_PE_OK, 0), 0);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_GUN_TEMP_POS_DC, 0), 250);
    unsigned cursor = 0, count = 0;
    ck_assert_str_eq(dut_wiring_missing(&wiring, 0, &cursor), "cc1.voltage");
    for (count = 1; dut_wiring_missing(&wiring, 0, &cursor) != NULL; count++) {
    }
    ck_assert_uint_eq(count, DUT_INPUTS);
}
END_TEST

START_TEST(values_are_scaled_rounded_and_saturated) {
    struct signal *cc1 = signal_add(&board, "cc1.voltage", SIGNAL_NUMBER, "V", "");
    struct signal *imd = signal_add(&board, "insulation.positive", SIGNAL_NUMBER, "ohm", "");
    struct signal *temperature =
        signal_add(&board, "gun.temperature_positive", SIGNAL_NUMBER, "degC", "");
    dut_wiring_bind(&wiring, &board, 1);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_CC1_MV, 0), 12000); /* not known yet */
    signal_set(cc1, 0, 3.9996);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_CC1_MV, 0), 4000);
    signal_set(temperature, 0, -12.34);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_GUN_TEMP_POS_DC, 0), -123);
    signal_set(imd, 0, 5e12);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_INSULATION_POS_OHM, 0), INT32_MAX);
    signal_set(imd, 0, (double)INFINITY);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_INSULATION_POS_OHM, 0), INT32_MAX);
    signal_set(imd, 0, (double)NAN); /* the monitor is settling */
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_INSULATION_POS_OHM, 0), -1);
}
END_TEST

START_TEST(commands_are_added_once_and_scaled) {
    struct signal *mine = signal_add(&board, "k1.command", SIGNAL_BOOL, "", "the plant's");
    dut_wiring_bind(&wiring, &board, 1);
    ck_assert_ptr_eq(wiring.outputs[0][DUT_OUT_K1], mine);
    ck_assert(dut_wiring_output(&wiring, 0, DUT_OUT_MODULE_MV, 5, 750250));
    struct signal *voltage = signal_find(&board, "modules.voltage_set");
    ck_assert_double_eq(voltage->value, 750.25);
    ck_assert_int_eq(voltage->changed_ns, 5);
    ck_assert_str_eq(voltage->unit, "V");
}
END_TEST

START_TEST(guns_are_kept_apart_and_checked) {
    signal_add(&board, "estop.pressed", SIGNAL_BOOL, "", "");
    struct signal *second = signal_add(&board, "gun2:cc1.voltage", SIGNAL_NUMBER, "V", "");
    dut_wiring_bind(&wiring, &board, 2);
    signal_set(signal_find(&board, "estop.pressed"), 0, 1);
    signal_set(second, 0, 6);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_ESTOP, 0), 1);
    ck_assert_int_eq(dut_wiring_input(&wiring, 1, DUT_IN_ESTOP, 0), 1); /* the whole pile's */
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_IN_CC1_MV, 0), 12000);
    ck_assert_int_eq(dut_wiring_input(&wiring, 1, DUT_IN_CC1_MV, 0), 6000);
    ck_assert(dut_wiring_output(&wiring, 1, DUT_OUT_K1, 0, 1));
    ck_assert(signal_is(signal_find(&board, "gun2:k1.command")));
    ck_assert(!signal_is(signal_find(&board, "k1.command")));
    ck_assert(dut_wiring_output(&wiring, 0, DUT_OUT_AC_TRIP, 0, 1));
    ck_assert(dut_wiring_output(&wiring, 1, DUT_OUT_AC_TRIP, 0, 0)); /* the pile's: gun 0 says */
    ck_assert(signal_is(signal_find(&board, "ac.trip_command")));
    ck_assert(!dut_wiring_output(&wiring, 2, DUT_OUT_K1, 0, 1));
    ck_assert(!dut_wiring_output(&wiring, 0, DUT_OUTPUTS, 0, 1));
    ck_assert_int_eq(dut_wiring_input(&wiring, 2, DUT_IN_CC1_MV, 0), 0);
    ck_assert_int_eq(dut_wiring_input(&wiring, 0, DUT_INPUTS, 0), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_wiring");
    TCase *tcase = tcase_create("wiring");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, every_channel_has_a_signal_for_both_guns);
    tcase_add_test(tcase, nothing_provided_reads_as_nothing_connected);
    tcase_add_test(tcase, values_are_scaled_rounded_and_saturated);
    tcase_add_test(tcase, commands_are_added_once_and_scaled);
    tcase_add_test(tcase, guns_are_kept_apart_and_checked);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
