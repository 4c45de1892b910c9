/* SPDX-License-Identifier: MIT */
/* What power modules do: by themselves, told by frames, plugged and broken, alone on a bus of the test and
 * together in a gun's circuit. */
#include "tests/sim/support/module_rig.h"
#include "tests/support/suite.h"

#include <math.h>
#include <stdio.h>

#define ALLOCATED (11 * NS_PER_S)

static int64_t now(void) {
    return module_rig.loop.now_ns;
}

static struct module *module(unsigned slot) {
    return &module_rig.bank.modules[slot];
}

static void begin(unsigned count) {
    module_rig_begin(&(struct module_rig_order){.count = count, .face = &infypower_face});
    module_rig_pass(ALLOCATED);
}

static void begin_at_gun(unsigned count, double spread) {
    module_rig_begin(&(struct module_rig_order){
        .count = count, .face = &infypower_face, .gun = true, .spread = spread});
    module_rig_pass(ALLOCATED);
}

static void set_bus(double voltage_v, double current_a) {
    signal_set(module_rig.voltage[0], now(), voltage_v);
    signal_set(module_rig.current[0], now(), current_a);
}

static void put_mv_ma(char *frame, size_t size, const char *head, double volt, double ampere) {
    snprintf(frame, size, "%s#%08X%08X", head, (unsigned)(volt * 1e3), (unsigned)(ampere * 1e3));
}

/* All of them: set, and on without walk-in unless asked. */
static void start(double volt, double ampere, bool walk_in) {
    char frame[40];
    put_mv_ma(frame, sizeof frame, "029C3FF0", volt, ampere);
    module_rig_send(frame);
    module_rig_pass(30 * NS_PER_MS);
    module_rig_send(walk_in ? "02933FF0#0100000000000000" : "02933FF0#0000000000000000");
    module_rig_pass(30 * NS_PER_MS);
    module_rig_send("029A3FF0#0000000000000000");
}

/* Time in which the controller asks twice a second. */
static void pass_heard(int64_t ns) {
    int64_t until_ns = now() + ns;
    while (now() < until_ns) {
        module_rig_forget();
        module_rig_send("02813FF0#0000000000000000");
        module_rig_pass(until_ns - now() < NS_PER_S / 2 ? until_ns - now() : NS_PER_S / 2);
    }
}

static double current_of(unsigned slot) {
    modules_measure(&module_rig.bank, now());
    return module(slot)->current_a;
}

static double is(const char *name) {
    return signal_at(signal_find(&module_rig.board, name), now());
}

/* ---- by itself ---- */

START_TEST(walks_in_within_5_s) {
    begin(1);
    set_bus(300, 0);
    start(300, 66.7, true);
    pass_heard(2500 * NS_PER_MS);
    ck_assert_double_eq_tol(module_rig.current_a[0], 0.5 * 66.7, 1.0);
    pass_heard(2300 * NS_PER_MS);
    ck_assert_double_lt(module_rig.current_a[0], 0.98 * 66.7);
    pass_heard(NS_PER_S);
    ck_assert_double_eq_tol(module_rig.current_a[0], 20e3 / 300, 0.01);
    module_rig_end();
}
END_TEST

START_TEST(follows_as_a_first_order_lag) {
    begin(1);
    set_bus(400, 0);
    start(400, 0, false);
    pass_heard(NS_PER_S);
    ck_assert_double_eq(module_rig.current_a[0], 0.0);
    ck_assert(module_set(module(0), 400, 10, now()));
    modules_refresh(&module_rig.bank, now());
    module_rig_pass(30 * NS_PER_MS);
    ck_assert_double_eq_tol(module_rig.current_a[0], 10 * (1 - exp(-1.0)), 0.05);
    module_rig_pass(300 * NS_PER_MS);
    ck_assert_double_eq(module_rig.current_a[0], 10.0);
    module_rig_end();
}
END_TEST

START_TEST(delivers_its_power_from_300_v_on) {
    static const double volts[] = {200, 300, 500, 1000}, ampere[] = {66.7, 66.6667, 40, 20};
    begin(1);
    set_bus(200, 0);
    start(1000, 100, false);
    for (size_t i = 0; i < 4; i++) {
        set_bus(volts[i], 0);
        pass_heard(2 * NS_PER_S);
        ck_assert_double_eq_tol(module_rig.current_a[0], ampere[i], 1e-3);
        ck_assert(((module(0)->troubles & MODULE_LIMITED) != 0) == (volts[i] >= 300));
    }
    module_rig_end();
}
END_TEST

START_TEST(heat_takes_power_and_gives_it_back) {
    begin(1);
    set_bus(500, 0);
    start(500, 100, false);
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq(module_rig.current_a[0], 40.0);
    modules_ambient(&module_rig.bank, 0, 95, now());
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(module_rig.current_a[0], 20.0, 0.1); /* 95 of 85..105 degC */
    modules_ambient(&module_rig.bank, 0, 106, now());
    pass_heard(2 * NS_PER_S);
    ck_assert(!module_rig.on[0]);
    modules_ambient(&module_rig.bank, 0, 91, now());
    pass_heard(2 * NS_PER_S);
    ck_assert(!module_rig.on[0]); /* it has to cool down to 90 degC */
    modules_ambient(&module_rig.bank, 0, 25, now());
    pass_heard(10 * NS_PER_S);
    ck_assert_double_eq_tol(module_rig.current_a[0], 40.0, 0.01);
    module_rig_end();
}
END_TEST

START_TEST(without_its_fan_it_gets_hot_under_load) {
    begin(1);
    set_bus(500, 0);
    start(500, 100, false);
    pass_heard(2 * NS_PER_S);
    set_bus(500, 40);
    pass_heard(300 * NS_PER_S);
    ck_assert_double_eq_tol(module(0)->inside_c, 55, 0.5);
    struct module_faults faults = module_rig_faults(0);
    faults.fan = true;
    module_rig_fault(0, faults);
    pass_heard(300 *
               NS_PER_S); /* comes to rest where it warms itself just so far: 25 + 160 x, x of 20 */
    ck_assert_double_eq_tol(module_rig.current_a[0], 40.0 * 80 / 180, 0.05);
    module_rig_end();
}
END_TEST

START_TEST(low_supply_takes_power) {
    begin(1);
    set_bus(500, 0);
    start(500, 100, false);
    pass_heard(NS_PER_S);
    modules_supply(&module_rig.bank, 323 * 0.9, now());
    pass_heard(NS_PER_S);
    ck_assert_double_eq_tol(module_rig.current_a[0], 36.0, 0.01);
    modules_supply(&module_rig.bank, 259, now());
    ck_assert(!module_rig.on[0]);
    modules_supply(&module_rig.bank, 476, now());
    ck_assert(!module_rig.on[0]);
    modules_supply(&module_rig.bank, 437, now());
    pass_heard(NS_PER_S);
    ck_assert_double_eq_tol(module_rig.current_a[0], 40.0, 0.01);
    module_rig_end();
}
END_TEST

START_TEST(a_lost_phase_stops_it_until_it_is_back) {
    begin(1);
    start(500, 20, false);
    pass_heard(NS_PER_S);
    ck_assert(module_rig.on[0]);
    modules_lose_phase(&module_rig.bank, true, now());
    ck_assert(!module_rig.on[0]);
    ck_assert_double_eq(is("module1.stopped"), 1);
    modules_lose_phase(&module_rig.bank, false, now());
    pass_heard(NS_PER_S);
    ck_assert_double_eq(module_rig.current_a[0], 20.0);
    module_rig_end();
}
END_TEST

START_TEST(a_short_interruption_is_lived_through_a_long_one_not) {
    begin(1);
    start(500, 20, false);
    pass_heard(NS_PER_S);
    modules_supply(&module_rig.bank, 0, now());
    ck_assert(!module_rig.on[0]);
    pass_heard(NS_PER_S / 2);
    modules_supply(&module_rig.bank, 380, now());
    pass_heard(NS_PER_S);
    ck_assert_double_eq(module_rig.current_a[0], 20.0);
    modules_supply(&module_rig.bank, 0, now());
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq(is("module1.online"), 0);
    modules_supply(&module_rig.bank, 380, now());
    pass_heard(NS_PER_S);
    ck_assert_str_eq(module_rig_ask("028400F0#0000000000000000"), "1E84F000#0000000000000000");
    pass_heard(10 * NS_PER_S);
    ck_assert_str_eq(module_rig_ask("028400F0#0000000000000000"), "0284F000#0000000019004100");
    module_rig_end();
}
END_TEST

/* ---- silence ---- */

START_TEST(silence_stops_it_and_a_frame_starts_it_again) {
    begin(2);
    char frame[40];
    put_mv_ma(frame, sizeof frame, "029C3FF0", 500, 20);
    module_rig_send(frame);
    module_rig_pass(30 * NS_PER_MS);
    module_rig_send("029A00F0#0000000000000000"); /* the first alone */
    module_rig_pass(9900 * NS_PER_MS);
    ck_assert(module_rig.on[0]);
    module_rig_pass(200 * NS_PER_MS);
    ck_assert(!module_rig.on[0]);
    ck_assert_double_eq(is("module1.stopped"), 1);
    module_rig_pass(60 * NS_PER_S);
    ck_assert(!module_rig.on[0]);
    ck_assert_str_eq(module_rig_ask("028300F0#0000000000000000"), "0283F000#0000000000000000");
    pass_heard(6 * NS_PER_S);
    ck_assert(module_rig.on[0]);
    ck_assert_double_eq(module_rig.current_a[0], 20.0); /* as before; the second was off, and is */
    ck_assert_double_eq_tol(module_rig.voltage_v[0], 500, 0.1);
    ck_assert_double_eq(is("module2.delivers"), 0);
    module_rig_end();
}
END_TEST

START_TEST(a_frame_to_another_one_keeps_nobody_awake) {
    begin(2);
    start(500, 20, false);
    for (int i = 0; i < 24; i++) {
        module_rig_forget();
        module_rig_send("028300F0#0000000000000000");
        module_rig_pass(NS_PER_S / 2);
    }
    ck_assert_double_eq(is("module1.delivers"), 1);
    ck_assert_double_eq(is("module2.delivers"), 0);
    module_rig_end();
}
END_TEST

START_TEST(who_is_silent_stops_after_10_s) {
    begin(2);
    start(500, 20, false);
    pass_heard(NS_PER_S);
    struct module_faults faults = module_rig_faults(1);
    faults.silent = true;
    module_rig_fault(1, faults);
    pass_heard(8 * NS_PER_S);
    ck_assert_double_eq(module_rig.current_a[0], 40.0);
    ck_assert_double_eq(is("module2.online"), 0);
    pass_heard(3 * NS_PER_S);
    ck_assert_double_eq(module_rig.current_a[0], 20.0);
    module_rig_end();
}
END_TEST

/* ---- groups, sleep, sharing by the system's set point ---- */

static void set_system(double volt, double ampere) {
    char frame[40];
    put_mv_ma(frame, sizeof frame, "029B3FF0", volt, ampere);
    module_rig_send(frame);
    module_rig_pass(30 * NS_PER_MS);
}

START_TEST(sleepers_and_the_broken_take_no_part) {
    begin(4);
    module_rig_send("029901F0#0100000000000000");
    module_rig_pass(30 * NS_PER_MS);
    struct module_faults faults = module_rig_faults(2);
    faults.shorted = true;
    module_rig_fault(2, faults);
    set_system(500, 60);
    ck_assert_double_eq(module(0)->set_a, 30);
    ck_assert_double_eq(module(1)->set_a, 0);
    ck_assert_double_eq(module(2)->set_a, 0);
    ck_assert_double_eq(module(3)->set_a, 30);
    module_rig_send("029A3FF0#0000000000000000");
    pass_heard(6 * NS_PER_S);
    ck_assert_double_eq(is("module2.delivers"), 0); /* asleep */
    module_rig_send("029901F0#0000000000000000");
    module_rig_pass(30 * NS_PER_MS);
    ck_assert_double_eq(is("module2.delivers"), 1);
    module_rig_end();
}
END_TEST

START_TEST(a_short_of_its_own_ends_with_its_cause) {
    begin(2);
    start(500, 20, false);
    pass_heard(NS_PER_S);
    struct module_faults faults = module_rig_faults(0);
    faults.shorted = true;
    module_rig_fault(0, faults);
    ck_assert_double_eq(module_rig.current_a[0], 20.0);
    faults.shorted = false;
    module_rig_fault(0, faults);
    pass_heard(NS_PER_S);
    ck_assert_double_eq(module_rig.current_a[0], 40.0);
    module_rig_end();
}
END_TEST

/* ---- addresses and hot plug ---- */

START_TEST(addresses_come_by_themselves_and_stay) {
    begin(4);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(module(i)->address, i);
    }
    modules_plug(&module_rig.bank, 1, false, now());
    modules_plug(&module_rig.bank, 2, false, now());
    pass_heard(NS_PER_S);
    ck_assert_str_eq(module_rig_ask("02823FF0#0000000000000000"), "0282F03F#0000040000000000");
    pass_heard(2 * NS_PER_S);
    ck_assert_str_eq(module_rig_ask("02823FF0#0000000000000000"), "0282F03F#0000020000000000");
    modules_plug(&module_rig.bank, 2, true, now());
    ck_assert_uint_eq(module(2)->address, 2); /* its own, though 1 is free */
    ck_assert_str_eq(module_rig_ask("028402F0#0000000000000000"), "1E84F002#0000000000000000");
    ck_assert_str_eq(module_rig_ask("02823FF0#0000000000000000"), "0282F03F#0000020000000000");
    pass_heard(11 * NS_PER_S);
    ck_assert_str_eq(module_rig_ask("02823FF0#0000000000000000"), "0282F03F#0000030000000000");
    module_rig_end();
}
END_TEST

START_TEST(nobody_answers_for_all_until_the_master_is_missed) {
    begin(3);
    modules_plug(&module_rig.bank, 0, false, now());
    ck_assert_str_eq(module_rig_ask("02823FF0#0000000000000000"), "");
    module_rig_pass(2 * NS_PER_S);
    ck_assert_str_eq(module_rig_ask("02823FF0#0000000000000000"), "0282F03F#0000020000000000");
    module_rig_end();
}
END_TEST

START_TEST(the_others_go_on_when_one_is_pulled) {
    begin_at_gun(3, 0);
    start(400, 20, false);
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 60, 0.1);
    modules_plug(&module_rig.bank, 1, false, now());
    ck_assert_double_eq(is("module2.delivers"), 0);
    pass_heard(NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 40, 0.1);
    modules_plug(&module_rig.bank, 1, true, now());
    pass_heard(12 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 40, 0.1); /* it waits to be told */
    start(400, 20, false);
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 60, 0.1);
    module_rig_end();
}
END_TEST

/* ---- in a circuit ---- */

START_TEST(they_share_by_weight) {
    begin_at_gun(3, 0.02);
    start(382, 40, false); /* 2 V over the pack: 29 A, less than they could */
    pass_heard(2 * NS_PER_S);
    double sum = 0, total = is("modules.current");
    ck_assert_double_gt(total, 25);
    ck_assert_double_lt(total, 35);
    for (unsigned i = 0; i < 3; i++) {
        sum += current_of(i);
        ck_assert_double_eq_tol(current_of(i), total / 3, 0.021 * total / 3);
    }
    ck_assert_double_gt(fabs(current_of(0) - current_of(1)), 0.05);
    ck_assert_double_eq_tol(sum, total, 1e-9 * total);
    module_rig_end();
}
END_TEST

START_TEST(who_takes_too_much_shows_it) {
    begin_at_gun(3, 0);
    start(382, 40, false);
    pass_heard(2 * NS_PER_S);
    struct module_faults faults = module_rig_faults(1);
    faults.share = 2.0;
    module_rig_fault(1, faults);
    double total = is("modules.current");
    ck_assert_double_eq_tol(current_of(0), total / 4, 1e-6);
    ck_assert_double_eq_tol(current_of(1), total / 2, 1e-6);
    ck_assert(module(1)->troubles & MODULE_SHARES_BADLY);
    faults.share = 1.0;
    module_rig_fault(1, faults);
    ck_assert(!(module(1)->troubles & MODULE_SHARES_BADLY));
    module_rig_end();
}
END_TEST

/* At 0.068 ohm to a pack of 380 V, 382 V are 29.4 A. */
static void set_apart(double low_a, double high_a) {
    begin_at_gun(2, 0);
    start(382, low_a, false);
    pass_heard(2 * NS_PER_S);
    char frame[40];
    put_mv_ma(frame, sizeof frame, "029C01F0", 400, high_a);
    module_rig_send(frame);
    pass_heard(2 * NS_PER_S);
}

START_TEST(the_higher_one_delivers_first) {
    set_apart(60, 20);
    ck_assert_double_eq_tol(is("modules.voltage"), 382 * 65531.0 / 65536, 0.01);
    ck_assert_double_eq_tol(current_of(1), 20, 1e-6);
    ck_assert_double_eq_tol(current_of(0), is("modules.current") - 20, 1e-6);
    ck_assert_double_gt(current_of(0), 5);
    module_rig_end();
}
END_TEST

START_TEST(the_lower_one_lets_go_when_it_is_not_needed) {
    set_apart(60, 40);
    ck_assert_double_eq_tol(is("modules.current"), 40, 0.01);
    ck_assert_double_gt(is("modules.voltage"), 382.5);
    ck_assert_double_eq_tol(current_of(0), 0, 1e-6);
    ck_assert(module(0)->on && module_runs(module(0)));
    /* and takes its part again when the bus falls to its voltage: as the pack asks for more */
    signal_set(signal_find(&module_rig.board, "battery.ocv"), now(), 370);
    pass_heard(NS_PER_S);
    ck_assert_double_eq_tol(is("modules.current"), 52.3 + 40, 10);
    ck_assert_double_gt(current_of(0), 40);
    ck_assert_double_eq_tol(current_of(1), 40, 1e-6);
    module_rig_end();
}
END_TEST

/* The step changes at the instant, not when somebody looks the next time. */
START_TEST(steps_change_when_the_circuit_does) {
    struct signal *ocv;
    set_apart(60, 20);
    ocv = signal_find(&module_rig.board, "battery.ocv");
    signal_set(ocv, now(), 381.5);
    module_rig_pass(5 * NS_PER_MS);
    ck_assert_double_eq_tol(is("modules.current"), 20, 0.05);
    ck_assert_double_gt(is("modules.voltage"), 382.2);
    signal_set(ocv, now(), 380);
    module_rig_pass(5 * NS_PER_MS);
    ck_assert_double_eq_tol(is("modules.voltage"), 382 * 65531.0 / 65536, 0.01);
    ck_assert_double_gt(is("modules.current"), 25);
    module_rig_end();
}
END_TEST

START_TEST(who_is_at_his_limit_leaves_the_rest_to_the_others) {
    begin_at_gun(3, 0);
    start(382, 12, false);
    pass_heard(2 * NS_PER_S);
    struct module_faults faults = module_rig_faults(1);
    faults.share = 3.0;
    module_rig_fault(1, faults);
    ck_assert_double_eq_tol(current_of(1), 12, 1e-9);
    ck_assert_double_eq_tol(current_of(0), (is("modules.current") - 12) / 2, 1e-6);
    module_rig_end();
}
END_TEST

START_TEST(one_that_is_deaf_goes_on_with_what_it_had) {
    begin_at_gun(2, 0);
    start(400, 20, false);
    pass_heard(2 * NS_PER_S);
    struct module_faults faults = module_rig_faults(1);
    faults.deaf = true;
    module_rig_fault(1, faults);
    start(400, 5, false);
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 25, 0.05);
    module_rig_end();
}
END_TEST

START_TEST(one_that_is_stuck_goes_on_through_off_and_silence) {
    begin_at_gun(2, 0);
    start(400, 20, false);
    pass_heard(2 * NS_PER_S);
    struct module_faults faults = module_rig_faults(1);
    faults.stuck = true;
    module_rig_fault(1, faults);
    module_rig_send("029A3FF0#0100000000000000");
    module_rig_pass(12 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 20, 0.05);
    ck_assert_double_eq(is("module2.delivers"), 1);
    module_rig_fault(1, (struct module_faults){.share = 1});
    ck_assert_double_eq(is("module2.delivers"), 0);
    module_rig_pass(NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 0, 0.05);
    module_rig_end();
}
END_TEST

START_TEST(a_short_is_met_with_constant_current_and_over_by_itself) {
    begin_at_gun(2, 0);
    signal_set(signal_find(&module_rig.board, "k5.command"), now(), 0);
    signal_set(signal_find(&module_rig.board, "k6.command"), now(), 0);
    start(400, 20, false);
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("output.voltage"), 400, 0.1);
    gun_set_short(&module_rig.gun, 0.05, now());
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("modules.current"), 40, 0.01);
    ck_assert(module(0)->troubles & MODULE_INTO_SHORT);
    gun_set_short(&module_rig.gun, (double)INFINITY, now());
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("output.voltage"), 400, 0.1);
    ck_assert(!(module(0)->troubles & MODULE_INTO_SHORT));
    module_rig_end();
}
END_TEST

START_TEST(no_current_leaves_a_bus_that_is_higher) {
    begin_at_gun(2, 0);
    start(360, 20, false);
    pass_heard(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 0, 2e-3); /* what the wiring leaks */
    ck_assert_double_eq_tol(is("modules.voltage"), 360 * 65531.0 / 65536, 0.01);
    ck_assert_double_lt(current_of(0), 0.02); /* its own bleed's half */
    module_rig_end();
}
END_TEST

START_TEST(told_is_the_sum_of_those_that_are_on) {
    begin(3);
    start(500, 20, false);
    pass_heard(NS_PER_S);
    ck_assert_double_eq(is("module_net.told_a"), 60);
    module_rig_send("029A01F0#0100000000000000");
    module_rig_pass(30 * NS_PER_MS);
    ck_assert_double_eq(is("module_net.told_a"), 40);
    module_rig_end();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("modules");
    TCase *alone = tcase_create("alone"), *told = tcase_create("told");
    TCase *circuit = tcase_create("circuit");
    tcase_add_test(alone, walks_in_within_5_s);
    tcase_add_test(alone, follows_as_a_first_order_lag);
    tcase_add_test(alone, delivers_its_power_from_300_v_on);
    tcase_add_test(alone, heat_takes_power_and_gives_it_back);
    tcase_add_test(alone, without_its_fan_it_gets_hot_under_load);
    tcase_add_test(alone, low_supply_takes_power);
    tcase_add_test(alone, a_lost_phase_stops_it_until_it_is_back);
    tcase_add_test(alone, a_short_interruption_is_lived_through_a_long_one_not);
    tcase_add_test(told, silence_stops_it_and_a_frame_starts_it_again);
    tcase_add_test(told, a_frame_to_another_one_keeps_nobody_awake);
    tcase_add_test(told, who_is_silent_stops_after_10_s);
    tcase_add_test(told, sleepers_and_the_broken_take_no_part);
    tcase_add_test(told, a_short_of_its_own_ends_with_its_cause);
    tcase_add_test(told, addresses_come_by_themselves_and_stay);
    tcase_add_test(told, nobody_answers_for_all_until_the_master_is_missed);
    tcase_add_test(told, told_is_the_sum_of_those_that_are_on);
    tcase_add_test(circuit, the_others_go_on_when_one_is_pulled);
    tcase_add_test(circuit, they_share_by_weight);
    tcase_add_test(circuit, who_takes_too_much_shows_it);
    tcase_add_test(circuit, the_higher_one_delivers_first);
    tcase_add_test(circuit, the_lower_one_lets_go_when_it_is_not_needed);
    tcase_add_test(circuit, steps_change_when_the_circuit_does);
    tcase_add_test(circuit, who_is_at_his_limit_leaves_the_rest_to_the_others);
    tcase_add_test(circuit, one_that_is_deaf_goes_on_with_what_it_had);
    tcase_add_test(circuit, one_that_is_stuck_goes_on_through_off_and_silence);
    tcase_add_test(circuit, a_short_is_met_with_constant_current_and_over_by_itself);
    tcase_add_test(circuit, no_current_leaves_a_bus_that_is_higher);
    suite_add_tcase(suite, alone);
    suite_add_tcase(suite, told);
    suite_add_tcase(suite, circuit);
    return suite_main(suite);
}
