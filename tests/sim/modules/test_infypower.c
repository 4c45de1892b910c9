/* SPDX-License-Identifier: MIT */
/* Frames as a controller and a module of Infypower exchange them: those that the public texts print, and
 * those that follow from their rules. */
#include "tests/sim/support/module_rig.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

#define ALLOCATED (11 * NS_PER_S)

static void begin(unsigned count, unsigned buses) {
    module_rig_begin(
        &(struct module_rig_order){.count = count, .buses = buses, .face = &infypower_face});
    module_rig_pass(ALLOCATED);
}

static void asks(const char *request, const char *answer) {
    ck_assert_str_eq(module_rig_ask(request), answer);
}

static void set(unsigned bus, double voltage_v, double current_a) {
    signal_set(module_rig.voltage[bus], module_rig.loop.now_ns, voltage_v);
    signal_set(module_rig.current[bus], module_rig.loop.now_ns, current_a);
}

static struct module *module(unsigned slot) {
    return &module_rig.bank.modules[slot];
}

/* A module that is on and delivers what the bus says. */
static void deliver(unsigned slot, double voltage_v, double current_a) {
    (void)module_rig_ask("028300F0#0000000000000000"); /* nobody has said anything for 11 s */
    module(slot)->walk_in = false;
    ck_assert(module_set(module(slot), voltage_v, 60, module_rig.loop.now_ns));
    module_switch(module(slot), true, module_rig.loop.now_ns);
    modules_refresh(&module_rig.bank, module_rig.loop.now_ns);
    module_rig_pass(NS_PER_S);
    set(0, voltage_v, current_a);
}

/* ---- golden frames of the texts ---- */

START_TEST(voltage_and_current_as_floats) {
    begin(1, 1);
    deliver(0, 500.0, 3.5);
    asks("028300F0#0000000000000000", "0283F000#43FA000040600000");
    module_rig_end();
}
END_TEST

START_TEST(outside_voltage_and_available_current) {
    static const struct module_params params = {.voltage_min_v = 50,
                                                .voltage_max_v = 1000,
                                                .voltage_low_v = 500,
                                                .current_max_a = 50,
                                                .power_w = 20e3,
                                                .walk_in_ns = 5 * NS_PER_S,
                                                .response_ns = 30 * NS_PER_MS,
                                                .allocate_ns = 10 * NS_PER_S,
                                                .silence_ns = 10 * NS_PER_S,
                                                .hold_up_ns = NS_PER_S,
                                                .regroup_ns = 4 * NS_PER_S,
                                                .ac_least_v = 260,
                                                .ac_full_v = 323,
                                                .ac_most_v = 475,
                                                .derate_from_c = 85,
                                                .hot_c = 105,
                                                .cooled_c = 90,
                                                .rise_c = 30,
                                                .rise_fanless_c = 160,
                                                .heat_ns = 60 * NS_PER_S};
    module_rig_begin(
        &(struct module_rig_order){.count = 1, .face = &infypower_face, .params = &params});
    module_rig_pass(ALLOCATED);
    set(0, 400.0, 0.0);
    asks("028C00F0#0000000000000000", "028CF000#0FA0000000000000"); /* off: nothing */
    deliver(0, 400.0, 10.0);
    asks("028C00F0#0000000000000000", "028CF000#0FA001F400000000");
    module_rig_end();
}
END_TEST

/* 495.2 V and 35.8 A: a module of 35.8 A (V1.09). */
START_TEST(outside_voltage_of_another_module) {
    struct module_params params = module_params_default;
    params.current_max_a = 35.8;
    module_rig_begin(
        &(struct module_rig_order){.count = 1, .face = &infypower_face, .params = &params});
    module_rig_pass(ALLOCATED);
    deliver(0, 495.2, 10.0);
    asks("028C00F0#0000000000000000", "028CF000#1358016600000000");
    module_rig_end();
}
END_TEST

static void ratings(double max_v, double min_v, double max_a, double watt, const char *answer) {
    struct module_params params = module_params_default;
    params.voltage_max_v = max_v;
    params.voltage_min_v = min_v;
    params.current_max_a = max_a;
    params.power_w = watt;
    module_rig_begin(
        &(struct module_rig_order){.count = 1, .face = &infypower_face, .params = &params});
    module_rig_pass(ALLOCATED);
    asks("028A00F0#0000000000000000", answer);
    module_rig_end();
}

START_TEST(ratings_of_three_modules) {
    ratings(500, 200, 100.0, 10e3, "028AF000#01F400C803E803E8");
    ratings(1000, 50, 60.0, 20e3, "028AF000#03E80032025807D0");
    ratings(750, 100, 25.6, 15e3, "028AF000#02EE0064010005DC");
}
END_TEST

START_TEST(count_of_one) {
    begin(1, 1);
    asks("028200F0#0000000000000000", "0282F000#0000010000000000");
    module_rig_end();
}
END_TEST

static void status_of_group_2(double celsius, const char *answer) {
    begin(1, 1);
    asks("029600F0#0200000000000000", "0296F000#0200000000000000");
    module_rig_pass(5 * NS_PER_S);
    modules_ambient(&module_rig.bank, 0, celsius, module_rig.loop.now_ns);
    ck_assert(module_set(module(0), 500, 10, module_rig.loop.now_ns));
    asks("029A00F0#0000000000000000", "029AF000#0000000000000000");
    asks("028400F0#0000000000000000", answer);
    module_rig_end();
}

START_TEST(status_of_a_group_while_walking_in) {
    status_of_group_2(27, "0284F000#000002001B004000");
    status_of_group_2(22, "0284F000#0000020016004000");
}
END_TEST

START_TEST(all_are_set_and_switched) {
    begin(3, 1);
    asks("029C3FF0#000B71B000003A98", "");
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(module(i)->set_v, 750.0, 0.1);
        ck_assert_double_eq(module(i)->set_a, 15.0);
        ck_assert(!module(i)->on);
    }
    asks("029A3FF0#0000000000000000", "");
    ck_assert(module(0)->on && module(1)->on && module(2)->on);
    asks("029A3FF0#0100000000000000", "");
    ck_assert(!module(0)->on && !module(1)->on && !module(2)->on);
    module_rig_end();
}
END_TEST

START_TEST(lines_of_the_supply) {
    begin(1, 1);
    static const double line_v[3] = {402.0, 400.5, 400.0};
    module_supply(module(0), line_v, module_rig.loop.now_ns);
    asks("028600F0#0000000000000000", "0286F000#0FB40FA50FA00000");
    module_rig_end();
}
END_TEST

START_TEST(system_in_integers) {
    begin(2, 1);
    deliver(0, 200.0, 5.0);
    asks("02883FF0#0000000000000000", "0288F03F#00030D4000001388");
    module_rig_end();
}
END_TEST

START_TEST(system_is_set_and_says_what_became_of_it) {
    begin(2, 1);
    asks("029B3FF0#000493E000002710", "029BF03F#000493C900002710");
    ck_assert_double_eq(module(0)->set_a, 5.0);
    ck_assert_double_eq(module(1)->set_a, 5.0);
    asks("029C01F0#00030D4000000000", "029CF001#00030D3100000000"); /* 199,985 */
    module_rig_end();
}
END_TEST

START_TEST(high_range_is_set_while_it_stands_by) {
    begin(1, 1);
    asks("028F3FF0#11140000000000A1", "");
    ck_assert_uint_eq(module(0)->range, 0xA1);
    asks("028400F0#0000000000000000", "0284F000#0000000319004100");
    asks("028F00F0#1114010000000000", "028FF000#11140100000000A1");
    module_rig_end();
}
END_TEST

START_TEST(bar_code) {
    begin(1, 1);
    memcpy(module(0)->serial, "081807123451V1704", MODULE_SERIAL_SIZE);
    asks("028B00F0#0000000000000000", "028BF000#56130C15A3FB06A8");
    module_rig_end();
}
END_TEST

START_TEST(allocation_is_error_7) {
    module_rig_begin(&(struct module_rig_order){.count = 1, .face = &infypower_face});
    module_rig_pass(NS_PER_S);
    asks("028400F0#0000000000000000", "1E84F000#0000000000000000");
    module_rig_end();
}
END_TEST

/* ---- whom a frame is for ---- */

START_TEST(only_the_one_that_is_meant_answers) {
    begin(12, 2);
    asks("028305F0#0000000000000000", "0283F005#0000000000000000");
    asks("02830CF0#0000000000000000", ""); /* there is no thirteenth */
    module_rig_end();
}
END_TEST

START_TEST(the_master_answers_for_all) {
    begin(12, 2);
    set(0, 400, 30);
    set(1, 500, 20);
    (void)module_rig_ask("02833FF0#0000000000000000");
    for (unsigned i = 0; i < 12; i++) {
        module(i)->walk_in = false;
        ck_assert(module_set(module(i), i < 6 ? 400 : 500, 20, module_rig.loop.now_ns));
        module_switch(module(i), true, module_rig.loop.now_ns);
    }
    modules_refresh(&module_rig.bank, module_rig.loop.now_ns);
    module_rig_pass(NS_PER_S);
    asks("02813FF0#0000000000000000", "0281F03F#43C8000042480000"); /* 400 V, 50 A */
    asks("02823FF0#0000000000000000", "0282F03F#00000C0000000000");
    asks("02C201F0#0000000000000000", "02C2F001#0000060000000000");
    asks("02C101F0#0000000000000000", "02C1F001#43FA000041A00000"); /* 500 V, 20 A */
    asks("02C23FF0#0000000000000000", "02C2F03F#00000C0000000000");
    asks("02C203F0#0000000000000000", ""); /* no such group */
    module_rig_end();
}
END_TEST

START_TEST(each_of_a_group_answers) {
    begin(12, 2);
    module_rig_forget();
    module_rig_send("02C401F0#0000000000000000");
    module_rig_pass(50 * NS_PER_MS);
    ck_assert_uint_eq(module_rig.count, 6);
    for (unsigned i = 0; i < 6; i++) {
        char own[16];
        snprintf(own, sizeof own, "02C4F0%02X#", 6 + i);
        ck_assert_msg(strncmp(module_rig.heard[i], own, 9) == 0, "%s", module_rig.heard[i]);
    }
    module_rig_end();
}
END_TEST

START_TEST(a_read_to_all_is_not_answered) {
    begin(3, 1);
    asks("02833FF0#0000000000000000", "");
    asks("02843FF0#0000000000000000", "");
    asks("02C33FF0#0000000000000000", ""); /* nor to all groups */
    asks("02DC3FF0#000B71B000003A98", "");
    ck_assert_double_eq(module(0)->set_v, 0.0); /* all groups: not for set points of modules */
    asks("02DA3FF0#0000000000000000", "");
    ck_assert(module(0)->on);
    module_rig_end();
}
END_TEST

START_TEST(a_group_is_set_alone) {
    begin(12, 2);
    asks("02DB01F0#0007A12000002EE0", "02DBF001#0007A0FA00002EE0"); /* 500 V, 12 A */
    ck_assert_double_eq(module(5)->set_a, 0.0);
    ck_assert_double_eq(module(6)->set_a, 2.0);
    module_rig_end();
}
END_TEST

START_TEST(what_is_no_request_is_overlooked) {
    begin(2, 1);
    asks("028300E0#0000000000000000", ""); /* no controller */
    asks("0283F000#0000000000000000", ""); /* an answer */
    asks("028300F0#00000000000000", "");   /* seven bytes */
    asks("0A8300F0#0000000000000000", ""); /* an error */
    asks("024300F0#0000000000000000", ""); /* another device */
    asks("028300F8#0000000000000000", "0283F800#0000000000000000");
    module_rig_end();
}
END_TEST

/* ---- errors ---- */

START_TEST(unknown_commands_are_error_2) {
    begin(1, 1);
    asks("028700F0#0000000000000000", "0A87F000#0000000000000000");
    asks("028E00F0#0000000000000000", "0A8EF000#0000000000000000");
    asks("029700F0#0000000000000000", "0A97F000#0000000000000000");
    module_rig_end();
}
END_TEST

START_TEST(bad_data_is_error_3) {
    begin(1, 1);
    asks("029A00F0#0200000000000000", "0E9AF000#0200000000000000");
    ck_assert(!module(0)->on);
    asks("029C00F0#0007A12000000BB8", "029CF000#0007A0FA00000BB8");
    asks("029C00F0#0010000000000BB8", "0E9CF000#0007A0FA00000BB8"); /* 1048.576 V: the old one */
    asks("029C00F0#0000100000000BB8", "0E9CF000#0007A0FA00000BB8"); /* 4.096 V */
    asks("029C00F0#0007A120000F4240", "029CF000#0007A0FA0001048C"); /* 1000 A: cut to 66.7 A */
    asks("028F00F0#2222000000000000", "0E8FF000#2222000000000000");
    asks("028F00F0#11140000000000A3", "0E8FF000#1114000000000000");
    module_rig_end();
}
END_TEST

START_TEST(nothing_is_written_while_addresses_are_given) {
    module_rig_begin(&(struct module_rig_order){.count = 2, .face = &infypower_face});
    module_rig_pass(9 * NS_PER_S);
    asks("029C01F0#0007A12000000BB8", "1E9CF001#0000000000000000");
    asks("029B3FF0#0007A12000000BB8", "");
    asks("029A3FF0#0000000000000000", "");
    ck_assert(!module(0)->on && module(0)->set_v == 0.0);
    ck_assert_double_eq(module_rig.bank.refused->value, 4.0); /* the last one by each of two */
    module_rig_pass(2 * NS_PER_S);
    asks("029C01F0#0007A12000000BB8", "029CF001#0007A0FA00000BB8");
    module_rig_end();
}
END_TEST

/* ---- the rest of the commands ---- */

START_TEST(switches_are_echoed_and_followed) {
    begin(1, 1);
    asks("029300F0#0000000000000000", "0293F000#0000000000000000");
    ck_assert(!module(0)->walk_in);
    asks("029400F0#0100000000000000", "0294F000#0100000000000000");
    ck_assert(module(0)->blinks);
    asks("029900F0#0100000000000000", "0299F000#0100000000000000");
    asks("028400F0#0000000000000000", "0284F000#0000000019000110"); /* off, sleeping */
    asks("029900F0#0000000000000000", "0299F000#0000000000000000");
    ck_assert(!module(0)->asleep);
    module_rig_end();
}
END_TEST

START_TEST(dial_is_address_or_group) {
    begin(2, 1);
    module(0)->dial = 9;
    asks("029F00F0#0100000000000000", "029FF009#0100000000000000");
    asks("028309F0#0000000000000000", "0283F009#0000000000000000");
    asks("029609F0#0400000000000000", "0296F009#0400000000000000");
    ck_assert_uint_eq(module(0)->group, 0);
    module_rig_pass(4 * NS_PER_S);
    ck_assert_uint_eq(module(0)->group, 4); /* not before 4 s are over */
    modules_plug(&module_rig.bank, 0, false, module_rig.loop.now_ns);
    module_rig_pass(NS_PER_S);
    modules_plug(&module_rig.bank, 0, true, module_rig.loop.now_ns);
    ck_assert_uint_eq(module(0)->group, 0); /* lost with the supply */
    ck_assert_uint_eq(module(0)->address, 9);
    module_rig_end();
}
END_TEST

START_TEST(modes_are_kept) {
    begin(1, 1);
    asks("028F00F0#11110000000000A2", "028FF000#11110000000000A2");
    asks("028F00F0#1111010000000000", "028FF000#11110100000000A2");
    asks("028F00F0#11130000000000A1", "028FF000#11130000000000A1");
    asks("028F00F0#1301010000000000", "028FF000#1301010000191919"); /* 25 degC everywhere */
    module_rig_end();
}
END_TEST

START_TEST(low_range_has_its_own_limit) {
    begin(1, 1);
    asks("028F00F0#11140000000000A0", "028FF000#11140000000000A0");
    asks("029C00F0#00084D0000000BB8", "0E9CF000#0000000000000000"); /* 544 V */
    asks("029C00F0#0007A12000000BB8", "029CF000#0007A0FA00000BB8");
    asks("029A00F0#0000000000000000", "029AF000#0000000000000000");
    asks("028F00F0#11140000000000A1", "0E8FF000#11140000000000A0"); /* it delivers */
    module_rig_end();
}
END_TEST

/* ---- what a status says ---- */

static const char *status(unsigned slot) {
    char request[40];
    snprintf(request, sizeof request, "0284%02XF0#0000000000000000", slot);
    return module_rig_ask(request) + 19; /* states 2, 1, 0 */
}

START_TEST(faults_are_bits) {
    begin(2, 1);
    ck_assert_str_eq(status(0), "004100");
    struct module_faults faults = module_rig_faults(0);
    faults.shorted = true;
    module_rig_fault(0, faults);
    ck_assert_str_eq(status(0), "004301");
    faults = (struct module_faults){.share = 1, .fan = true};
    module_rig_fault(0, faults);
    ck_assert_str_eq(status(0), "004B00");
    module_rig_fault(0, (struct module_faults){.share = 1});
    modules_lose_phase(&module_rig.bank, true, module_rig.loop.now_ns);
    ck_assert_str_eq(status(0), "984508");
    modules_lose_phase(&module_rig.bank, false, module_rig.loop.now_ns);
    modules_supply(&module_rig.bank, 250, module_rig.loop.now_ns);
    ck_assert_str_eq(status(0), "A04508");
    modules_supply(&module_rig.bank, 480, module_rig.loop.now_ns);
    ck_assert_str_eq(status(0), "C04508");
    modules_supply(&module_rig.bank, 380, module_rig.loop.now_ns);
    set(0, 1100, 0);
    modules_refresh(&module_rig.bank, module_rig.loop.now_ns);
    ck_assert_str_eq(status(0), "006500");
    set(0, 0, 0);
    modules_ambient(&module_rig.bank, 0, 110, module_rig.loop.now_ns);
    ck_assert_str_eq(status(0), "005500");
    modules_ambient(&module_rig.bank, 0, 25, module_rig.loop.now_ns);
    module_rig_pass(11 * NS_PER_S);
    ck_assert_str_eq(status(0), "004100"); /* heard again: it is not interrupted any more */
    module_rig_end();
}
END_TEST

START_TEST(a_repeated_address_shows_at_both) {
    begin(3, 1);
    modules_repeat_address(&module_rig.bank, 2, 0, module_rig.loop.now_ns);
    module_rig_forget();
    module_rig_send("028400F0#0000000000000000");
    module_rig_pass(50 * NS_PER_MS);
    ck_assert_uint_eq(module_rig.count, 2);
    ck_assert_str_eq(module_rig.heard[0], "0284F000#0000000019024100");
    ck_assert_str_eq(module_rig.heard[1], "0284F000#0000000019024100");
    module_rig_end();
}
END_TEST

START_TEST(faults_of_the_network) {
    begin(2, 1);
    struct module_faults faults = module_rig_faults(1);
    faults.wrong_by = 4;
    module_rig_fault(1, faults);
    asks("028301F0#0000000000000000", "0283F005#0000000000000000");
    faults = (struct module_faults){.share = 1, .late_ns = 300 * NS_PER_MS};
    module_rig_fault(1, faults);
    asks("028301F0#0000000000000000", "");
    module_rig_pass(250 * NS_PER_MS);
    ck_assert_str_eq(module_rig_last(), "0283F001#0000000000000000");
    faults = (struct module_faults){.share = 1, .silent = true};
    module_rig_fault(1, faults);
    asks("028301F0#0000000000000000", "");
    faults = (struct module_faults){.share = 1, .deaf = true};
    module_rig_fault(1, faults);
    asks("029C01F0#0007A12000000BB8", "029CF001#0007A0FA00000BB8");
    ck_assert_double_eq(module(1)->set_v, 0.0);
    faults = (struct module_faults){.share = 1, .starting = true};
    module_rig_fault(1, faults);
    asks("028401F0#0000000000000000", "1E84F001#0000000000000000");
    module_rig_end();
}
END_TEST

START_TEST(a_burst_is_answered_whole) {
    begin(12, 2);
    module_rig_forget();
    for (unsigned i = 0; i < 12; i++) {
        char frame[40];
        snprintf(frame, sizeof frame, "029C%02XF0#0007A12000000BB8", i);
        module_rig_send(frame);
    }
    module_rig_pass(100 * NS_PER_MS);
    ck_assert_uint_eq(module_rig.count, 12);
    ck_assert_double_lt(module_rig.bank.spacing->value, 2e-3);
    module_rig_end();
}
END_TEST

START_TEST(they_talk_to_one_another) {
    module_rig_begin(&(struct module_rig_order){
        .count = 2, .face = &infypower_face, .chatter_ns = 400 * NS_PER_MS});
    module_rig_pass(NS_PER_S);
    ck_assert_uint_eq(module_rig.count, 4);
    ck_assert_str_eq(module_rig.heard[0], "0757F800#0000000000000000");
    ck_assert_str_eq(module_rig.heard[1], "0757F801#0000000000000000");
    module_rig_end();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("infypower");
    TCase *golden = tcase_create("golden"), *rules = tcase_create("rules");
    tcase_add_test(golden, voltage_and_current_as_floats);
    tcase_add_test(golden, outside_voltage_and_available_current);
    tcase_add_test(golden, outside_voltage_of_another_module);
    tcase_add_test(golden, ratings_of_three_modules);
    tcase_add_test(golden, count_of_one);
    tcase_add_test(golden, status_of_a_group_while_walking_in);
    tcase_add_test(golden, all_are_set_and_switched);
    tcase_add_test(golden, lines_of_the_supply);
    tcase_add_test(golden, system_in_integers);
    tcase_add_test(golden, system_is_set_and_says_what_became_of_it);
    tcase_add_test(golden, high_range_is_set_while_it_stands_by);
    tcase_add_test(golden, bar_code);
    tcase_add_test(golden, allocation_is_error_7);
    tcase_add_test(rules, only_the_one_that_is_meant_answers);
    tcase_add_test(rules, the_master_answers_for_all);
    tcase_add_test(rules, each_of_a_group_answers);
    tcase_add_test(rules, a_read_to_all_is_not_answered);
    tcase_add_test(rules, a_group_is_set_alone);
    tcase_add_test(rules, what_is_no_request_is_overlooked);
    tcase_add_test(rules, unknown_commands_are_error_2);
    tcase_add_test(rules, bad_data_is_error_3);
    tcase_add_test(rules, nothing_is_written_while_addresses_are_given);
    tcase_add_test(rules, switches_are_echoed_and_followed);
    tcase_add_test(rules, dial_is_address_or_group);
    tcase_add_test(rules, modes_are_kept);
    tcase_add_test(rules, low_range_has_its_own_limit);
    tcase_add_test(rules, faults_are_bits);
    tcase_add_test(rules, a_repeated_address_shows_at_both);
    tcase_add_test(rules, faults_of_the_network);
    tcase_add_test(rules, a_burst_is_answered_whole);
    tcase_add_test(rules, they_talk_to_one_another);
    suite_add_tcase(suite, golden);
    suite_add_tcase(suite, rules);
    return suite_main(suite);
}
