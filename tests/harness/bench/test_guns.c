/* SPDX-License-Identifier: MIT */
/* The second gun of the bench: names of its own, a plant and a meter of its own, the pile's things once. */
#include "firmware-under-test/include/dut.h"
#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/dut/wiring.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bench *bench;
static struct problem problem;

static void setup(void) {
    bench = bench_signals(&problem);
    ck_assert_msg(bench != NULL, "%s", problem.text);
    ck_assert_uint_eq(bench->gun_count, 2);
}

static void teardown(void) {
    bench_free(bench);
}

static void act(const char *text) {
    struct action *action = action_parse(text, &problem, NULL);
    struct phrase why;
    ck_assert_msg(action != NULL, "%s: %s", text, problem.text);
    ck_assert_msg(action_do(bench, action, &why), "%s", text);
    free(action);
}

static bool is(const char *name) {
    return signal_is(signal_find(&bench->board, name));
}

static double value(const char *name) {
    return signal_at(signal_find(&bench->board, name), bench->loop.now_ns);
}

/* What the port has once, the board has once, and the other way round. */
START_TEST(the_port_and_the_board_agree_on_what_the_pile_has_once) {
    const struct signal_board *second = bench->guns[1].board;
    for (unsigned i = 0; i < DUT_INPUTS; i++) {
        const char *const *names = dut_input_wires[i].signal;
        const struct signal *whole = signal_find(&bench->board, names[1]);
        ck_assert_ptr_eq(signal_find(second, names[0]), whole);
        ck_assert(whole == NULL || (strcmp(names[0], names[1]) == 0) ==
                                       (signal_find(&bench->board, names[0]) == whole));
    }
    for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
        const char *const *names = dut_output_wires[i].signal;
        ck_assert_ptr_eq(signal_find(second, names[0]), signal_find(&bench->board, names[1]));
        ck_assert_ptr_nonnull(signal_find(&bench->board, names[1]));
    }
}
END_TEST

START_TEST(an_action_is_done_to_the_gun_that_it_names) {
    act("gun2: plug in");
    ck_assert(is("gun2:gun.inserted") && !is("gun.inserted"));
    act("weld k1");
    ck_assert(is("k1.closed") && !is("gun2:k1.closed"));
    act("gun2:set gun.temperature 80 degC");
    ck_assert_double_eq(value("gun2:gun.temperature_positive"), 80);
    ck_assert_double_eq(value("gun.temperature_positive"), 25);
    ck_assert(is("gun2:happened.heat") && !is("happened.heat"));
    act("press estop"); /* the pile has one, and both guns have a reason */
    ck_assert(is("estop.pressed") && is("happened.estop") && is("gun2:happened.estop"));
}
END_TEST

START_TEST(what_is_done_to_the_pile_names_no_gun) {
    static const char *const actions[] = {
        "press estop",     "open door", "power off",    "read records", "set grid.voltage 300 V",
        "meter ac silent", "weld tie",  "share vehicle"};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        char text[64];
        size_t offset = 99;
        snprintf(text, sizeof text, "gun2: %s", actions[i]);
        ck_assert_ptr_null(action_parse(text, &problem, &offset));
        ck_assert_msg(strstr(problem.text, "whole pile") != NULL, "%s", problem.text);
        ck_assert_uint_eq(offset, 0);
    }
    size_t offset;
    ck_assert_ptr_null(action_parse("gun2: plug inn", &problem, &offset));
    ck_assert_msg(strstr(problem.text, "plug in") != NULL, "%s", problem.text);
    ck_assert_uint_eq(offset, 11); /* in the text as it is written */
}
END_TEST

START_TEST(each_gun_has_a_meter_and_the_pile_counts_both) {
    double first_wh = value("meter.energy"), second_wh = value("gun2:meter.energy");
    ck_assert_double_eq(first_wh, 12345500);
    ck_assert_double_eq(second_wh, 54321750);
    act("gun2: meter dc jump 5 kWh");
    ck_assert_double_eq(value("gun2:meter.energy"), second_wh + 5000);
    ck_assert_double_eq(value("meter.energy"), first_wh);
    ck_assert_ptr_null(signal_find(&bench->board, "gun2:ac_meter.energy"));
    ck_assert_ptr_nonnull(signal_find(&bench->board, "ac_meter.energy"));
    act("ramp grid.voltage 300 V in 1 s"); /* one supply, one ramp */
    loop_run(&bench->loop, bench->loop.now_ns + 2 * NS_PER_S);
    ck_assert_double_eq_tol(value("ac.voltage"), 300, 1e-9);
}
END_TEST

static const struct preset vehicle = {.name = "vehicle"};

START_TEST(a_bench_has_the_guns_that_are_ordered) {
    struct run_plan plan = {.edition = EDITION_2015};
    struct progress progress = {0};
    struct bench_order order = {.vehicles = {&vehicle}, .guns = 1};
    struct bench *one = bench_new(&plan, &order, &progress, &problem);
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_ptr_null(signal_find(&one->board, "gun2:gun.voltage"));
    ck_assert_ptr_null(bench_other_gun(one));
    ck_assert_double_eq(signal_find(&one->board, "firmware.guns")->value, 1);
    ck_assert(!one->guns[0].plant.dc.audited);
    bench_free(one);
    plan.gun = 1;
    plan.audited = true;
    struct bench *two = bench_new(&plan, &order, &progress, &problem);
    ck_assert_msg(two != NULL, "%s", problem.text);
    ck_assert_double_eq(signal_find(&two->board, "firmware.guns")->value, 2);
    ck_assert_ptr_eq(bench_gun(two), &two->guns[1]);
    ck_assert_ptr_eq(bench_other_gun(two), &two->guns[0]);
    ck_assert_str_ne(two->guns[0].vehicle.bms.vin, two->guns[1].vehicle.bms.vin);
    ck_assert_ptr_ne(two->guns[0].net, two->guns[1].net);
    ck_assert(two->guns[0].plant.dc.audited && two->guns[1].plant.dc.audited);
    bench_free(two);
}
END_TEST

static void set(const char *name, double to) {
    signal_set(signal_find(&bench->board, name), bench->loop.now_ns, to);
}

static void pass(int64_t ns) {
    loop_run(&bench->loop, bench->loop.now_ns + ns);
}

START_TEST(the_tie_is_closed_by_whoever_asks_for_the_other_ones_group) {
    ck_assert_double_eq(value("distribution.closed"), 1);
    ck_assert_double_eq(value("gun2:distribution.closed"), 2);
    static const struct {
        double first, second;
        bool closed;
    } rows[] = {{1, 2, false}, {3, 0, true}, {3, 2, true},  {1, 0, false}, {0, 3, true},
                {0, 1, true},  {2, 0, true}, {1, 2, false}, {4, 8, false}, {0, 0, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set("distribution.command", rows[i].first);
        set("gun2:distribution.command", rows[i].second);
        pass(100 * NS_PER_MS);
        ck_assert_msg(is("tie.closed") == rows[i].closed, "row %zu", i);
        ck_assert_double_eq(value("distribution.closed"), rows[i].closed ? 3 : 1);
        ck_assert_double_eq(value("gun2:distribution.closed"), rows[i].closed ? 3 : 2);
    }
    ck_assert_ptr_eq(signal_find(bench->guns[1].board, "tie.closed"),
                     signal_find(&bench->board, "tie.closed"));
}
END_TEST

START_TEST(a_tie_is_as_faulty_as_a_case_has_it) {
    act("weld tie");
    ck_assert(is("tie.closed") && !is("tie.feedback"));
    ck_assert_double_eq(value("distribution.closed"), 1); /* what the charger can see of it */
    act("unweld tie");
    act("weld tie with feedback");
    ck_assert(is("tie.closed") && is("tie.feedback"));
    ck_assert_double_eq(value("distribution.closed"), 3);
    act("unweld tie");
    act("slow tie opening 500 ms unseen");
    set("distribution.command", 3);
    pass(NS_PER_S);
    set("distribution.command", 1);
    pass(200 * NS_PER_MS);
    ck_assert(is("tie.closed") && !is("tie.feedback"));
    pass(NS_PER_S);
    ck_assert(!is("tie.closed"));
    act("free tie");
    act("stick tie open");
    set("distribution.command", 3);
    pass(NS_PER_S);
    ck_assert(!is("tie.closed") && !is("tie.feedback"));
}
END_TEST

/* The buses are at 300 V and 100 V: what the tie made is looked at before it is gone. */
START_TEST(what_the_tie_makes_and_parts_is_shown) {
    set("ac.voltage", 380);
    set("modules.voltage_set", 300);
    set("gun2:modules.voltage_set", 100);
    for (unsigned gun = 0; gun < 2; gun++) {
        set(gun == 0 ? "modules.current_set" : "gun2:modules.current_set", 3);
        set(gun == 0 ? "modules.on" : "gun2:modules.on", 1);
    }
    pass(5 * NS_PER_S);
    ck_assert_double_eq_tol(value("output.voltage"), 300, 1);
    set("distribution.command", 3);
    pass(contactor_dc
             .close_ns); /* the first touch: then it bounces, and makes again at no difference */
    ck_assert_double_eq_tol(value("tie.making_difference"), 200, 1);
    pass(NS_PER_S);
    ck_assert_double_eq_tol(value("gun2:output.voltage"), value("output.voltage"), 1e-6);
    set("distribution.command", 1);
    pass(NS_PER_S);
    ck_assert_double_eq_tol(value("tie.breaking_current"), 0, 1); /* nobody takes any */
}
END_TEST

START_TEST(two_plugs_in_one_vehicle_have_one_pack_and_one_name) {
    act("gun2: set vehicle.soc 20 %");
    ck_assert(!is("vehicle.shared"));
    act("share vehicle");
    ck_assert(is("vehicle.shared"));
    act("set vehicle.soc 60 %");
    ck_assert_double_eq(value("gun2:battery.soc"), value("battery.soc"));
    ck_assert_double_eq(value("gun2:battery.ocv"), value("battery.ocv"));
    act("gun2: set vehicle.soc 70 %");
    ck_assert_double_eq_tol(value("battery.soc"), 70, 1e-9);
    ck_assert_str_eq(bms_params(bench->guns[1].bms)->vin, bms_params(bench->guns[0].bms)->vin);
    act("plug in");
    struct action *late = action_parse("share vehicle", &problem, NULL);
    struct phrase why;
    ck_assert(!action_do(bench, late, &why));
    ck_assert_ptr_nonnull(strstr(why.en, "a plug is already in"));
    free(late);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("guns");
    TCase *tcase = tcase_create("guns");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_port_and_the_board_agree_on_what_the_pile_has_once);
    tcase_add_test(tcase, an_action_is_done_to_the_gun_that_it_names);
    tcase_add_test(tcase, what_is_done_to_the_pile_names_no_gun);
    tcase_add_test(tcase, each_gun_has_a_meter_and_the_pile_counts_both);
    tcase_add_test(tcase, a_bench_has_the_guns_that_are_ordered);
    tcase_add_test(tcase, the_tie_is_closed_by_whoever_asks_for_the_other_ones_group);
    tcase_add_test(tcase, a_tie_is_as_faulty_as_a_case_has_it);
    tcase_add_test(tcase, what_the_tie_makes_and_parts_is_shown);
    tcase_add_test(tcase, two_plugs_in_one_vehicle_have_one_pack_and_one_name);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
