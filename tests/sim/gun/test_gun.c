/* SPDX-License-Identifier: MIT */
/* The parts of a gun wired together by signals. */
#include "sim/gun/gun.h"

#include "tests/support/suite.h"

#include <math.h>

static struct loop loop;
static struct signal_board board;
static struct gun gun;
static struct gun_params params;

static struct signal *of(const char *name) {
    struct signal *signal = signal_find(&board, name);
    ck_assert_msg(signal != NULL, "%s", name);
    return signal;
}

static void set(const char *name, double value) {
    signal_set(of(name), loop.now_ns, value);
}

static double is(const char *name) {
    return signal_at(of(name), loop.now_ns);
}

static void pass(int64_t ns) {
    loop_run(&loop, loop.now_ns + ns);
}

static void begin(void) {
    static const char *const from_others[] = {"k5.command", "k6.command"};
    loop_init(&loop, LOOP_VIRTUAL);
    for (size_t i = 0; i < 2; i++) {
        signal_set(signal_add(&board, from_others[i], SIGNAL_BOOL, "", ""), 0, 0);
    }
    signal_set(signal_add(&board, "ac.voltage", SIGNAL_NUMBER, "V", ""), 0, 380);
    signal_set(signal_add(&board, "battery.ocv", SIGNAL_NUMBER, "V", ""), 0, 380);
    gun_init(&gun, &loop, &board, &params);
    set("modules.voltage_set", 400);
    set("modules.current_set", 50);
}

/* A charger's output at 400 V; a pack of 380 V in the vehicle. */
static void set_up(void) {
    params = gun_params_default;
    params.dc = dc_params_default;
    begin();
}

static void tear_down(void) {
    signal_board_free(&board);
    loop_free(&loop);
}

static void output_on(void) {
    set("modules.on", 1);
    pass(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("output.voltage"), 400.0, 0.01);
}

START_TEST(charging_needs_all_four_contactors_and_the_plug) {
    output_on();
    set("k1.command", 1);
    set("k2.command", 1);
    set("k5.command", 1);
    set("k6.command", 1);
    pass(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 0.0, 0.01); /* not plugged in */
    pilot_insert(&gun.pilot, true, loop.now_ns);
    pass(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 50.0, 0.5);
    ck_assert_double_eq(is("battery.current"), is("gun.current"));
    set("k6.command", 0);
    pass(NS_PER_S);
    ck_assert_double_eq_tol(is("gun.current"), 0.0, 0.01);
    ck_assert_double_gt(gun_energy_j(&gun, loop.now_ns), 0.0);
}
END_TEST

/* Of the last contactor of the two, just before it made the circuit. */
START_TEST(the_difference_at_making) {
    output_on();
    pilot_insert(&gun.pilot, true, loop.now_ns);
    set("k5.command", 1);
    set("k6.command", 1);
    pass(NS_PER_S);
    set("k1.command", 1);
    pass(NS_PER_S);
    ck_assert(isnan(is("making.difference")));
    set("k2.command", 1);
    pass(30 * NS_PER_MS);
    ck_assert_double_eq_tol(is("making.difference"), 20.0, 0.1);
}
END_TEST

START_TEST(the_monitor_measures_once_it_has_settled) {
    output_on();
    gun_set_insulation(&gun, 30e3, INFINITY, loop.now_ns);
    set("imd.command", 1);
    pass(imd_default.settle_ns - 1);
    ck_assert(isnan(is("insulation.positive")));
    pass(1);
    double own = params.dc.inner_insulation_ohm;
    ck_assert_double_eq_tol(is("insulation.positive"), own, 1.0); /* K1 is open */
    set("k1.command", 1);
    pass(100 * NS_PER_MS);
    ck_assert(isnan(is("insulation.positive"))); /* it begins anew */
    pass(NS_PER_S);
    ck_assert_double_eq_tol(is("insulation.positive"), 30e3 * own / (30e3 + own), 1e-3);
    ck_assert_double_eq_tol(is("insulation.negative"), own, 1.0);
    set("imd.command", 0);
    ck_assert(isnan(is("insulation.positive")));
}
END_TEST

/* A fault of each pole and of both, seen over the contacts; over one of them the other pole is seen
 * through the voltmeter's 1 Mohm. */
START_TEST(each_pole_of_the_own_side_has_its_fault) {
    output_on();
    set("k1.command", 1);
    set("k2.command", 1);
    pass(NS_PER_S);
    for (int pole = 0; pole < DC_POLES; pole++) {
        const char *here = pole == DC_POSITIVE ? "insulation.positive" : "insulation.negative";
        const char *there = pole == DC_POSITIVE ? "insulation.negative" : "insulation.positive";
        double own = params.dc.inner_insulation_ohm;
        gun_set_insulation(&gun, INFINITY, INFINITY, loop.now_ns);
        gun_set_own_insulation(&gun, (enum dc_pole)pole, 75e3, loop.now_ns);
        set("imd.command", 1);
        ck_assert(isnan(is(here))); /* it begins anew */
        pass(2 * NS_PER_S);
        ck_assert_double_eq_tol(is(here), 75e3, 75e3 * 1e-6);
        ck_assert_double_eq_tol(is(there), own, own * 1e-5);
        set("k1.command", 0); /* on this side of K1 and K2 */
        set("k2.command", 0);
        pass(2 * NS_PER_S);
        ck_assert_double_eq_tol(is(here), 75e3, 75e3 * 1e-6);
        set("k1.command", 1);
        set("k2.command", 1);
        gun_set_own_insulation(&gun, (enum dc_pole)pole, own, loop.now_ns);
        pass(2 * NS_PER_S);
        ck_assert_double_eq_tol(is(here), own, own * 1e-5);
    }
}
END_TEST

/* One contact closed, the other pole of the wiring to PE over 110 kohm: half the voltage comes through, and
 * goes as the Y capacitors charge, C = 2 (own + 0.5 nF) against about 0.95 Mohm. */
START_TEST(what_comes_over_pe_lasts_as_long_as_the_y_capacitors_need) {
    static const double farads[] = {9.5e-9, 100e-9};
    double lasts_s[2];
    for (size_t i = 0; i < 2; i++) {
        tear_down();
        set_up();
        gun_set_insulation(&gun, INFINITY, 110e3, loop.now_ns);
        gun_set_y(&gun, farads[i], loop.now_ns);
        output_on();
        set("k1.command", 1);
        pass(contactor_dc.close_ns + 2 * contactor_dc.bounce_ns + 2 * NS_PER_MS);
        double least_v = 0.25 * is("output.voltage");
        ck_assert_double_gt(is("gun.voltage"), least_v);
        ck_assert_double_lt(is("gun.voltage"), 3.0 * least_v);
        int64_t began_ns = loop.now_ns;
        while (is("gun.voltage") > least_v) {
            pass(NS_PER_MS / 4);
        }
        lasts_s[i] = (double)(loop.now_ns - began_ns) * 1e-9;
        pass(NS_PER_S * 2);
        ck_assert_double_lt(is("gun.voltage"), 0.06 * is("output.voltage")); /* by 20 Mohm */
    }
    ck_assert_double_gt(lasts_s[1], 7.0 * lasts_s[0]);
    ck_assert_double_eq_tol(lasts_s[1], log(2.0) * 2.0 * farads[1] * 0.95e6, 0.04);
}
END_TEST

START_TEST(the_monitor_measures_what_flows) {
    static const double faults[][2] = {{30e3, 1e9}, {1e9, 30e3}, {75e3, 110e3}, {0.0, 1e6}};
    double own = params.dc.inner_insulation_ohm;
    output_on();
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gun_set_insulation(&gun, faults[i][0], faults[i][1], loop.now_ns);
        set("k1.command", 1);
        set("k2.command", 1);
        set("imd.command", 1);
        pass(2 * NS_PER_S);
        double positive = faults[i][0] > 1.0 ? faults[i][0] : 1.0;
        ck_assert_double_eq_tol(is("insulation.positive") * (1.0 / own + 1.0 / positive), 1.0,
                                1e-6);
        ck_assert_double_eq_tol(is("insulation.negative") * (1.0 / own + 1.0 / faults[i][1]), 1.0,
                                1e-6);
        set("k2.command", 0);
        pass(2 * NS_PER_S);
        double far = faults[i][1] + params.dc.outer_bleed_ohm;
        ck_assert_double_eq_tol(
            is("insulation.positive") * (1.0 / own + 1.0 / positive + 1.0 / far), 1.0, 1e-6);
        ck_assert_double_eq_tol(is("insulation.negative"), own, 1e-6 * own);
        set("imd.command", 0);
    }
}
END_TEST

/* Y capacitors that it has no time for make the reading wrong, as they would. */
START_TEST(large_y_capacitors_falsify_the_reading) {
    params.dc.inner_y_farad = 5e-6;
    signal_board_free(&board);
    loop_free(&loop);
    begin();
    output_on();
    pass(100 * NS_PER_S);
    set("imd.command", 1);
    pass(NS_PER_S);
    ck_assert_double_gt(fabs(is("insulation.positive") / params.dc.inner_insulation_ohm - 1.0),
                        0.05);
}
END_TEST

START_TEST(without_voltage_the_monitor_reads_nothing) {
    set("imd.command", 1);
    pass(5 * NS_PER_S);
    ck_assert(isnan(is("insulation.positive")) && isnan(is("insulation.negative")));
}
END_TEST

START_TEST(the_supply_lost_stops_the_modules) {
    output_on();
    set("ac.voltage", params.ac_least_v - 1);
    pass(NS_PER_S);
    ck_assert_double_lt(is("output.voltage"), 390.0); /* the bleed takes it down */
    ck_assert_double_eq(is("modules.current"), 0.0);
}
END_TEST

START_TEST(faults_of_modules_and_battery) {
    output_on();
    gun_set_modules_offset(&gun, 25.0, loop.now_ns);
    pass(NS_PER_S);
    ck_assert_double_eq_tol(is("output.voltage"), 425.0, 0.01);
    gun_set_battery_offset(&gun, 40.0, loop.now_ns);
    pass(NS_PER_S);
    ck_assert_double_eq_tol(is("battery.voltage"), 420.0, 0.01);
    gun_reverse_battery(&gun, true, loop.now_ns);
    pass(NS_PER_S);
    ck_assert_double_eq_tol(is("battery.voltage"), -420.0, 0.01);
}
END_TEST

START_TEST(stuck_modules_hear_no_command) {
    output_on();
    gun_stick_modules(&gun, true, loop.now_ns);
    set("modules.on", 0);
    set("modules.voltage_set", 100);
    pass(NS_PER_S);
    ck_assert_double_eq_tol(is("output.voltage"), 400.0, 0.01);
    gun_stick_modules(&gun, false, loop.now_ns); /* the last command is heard now */
    pass(NS_PER_S);
    ck_assert_double_lt(is("output.voltage"), 390.0);
}
END_TEST

START_TEST(auxiliary_supply_follows_its_relay) {
    set("aux.command", 1);
    pass(contactor_relay.close_ns - 1);
    ck_assert_double_eq(is("aux.voltage"), 0.0);
    pass(1);
    ck_assert_double_eq(is("aux.voltage"), params.aux_v);
}
END_TEST

/* A level is crossed at the instant the circuit says, not when somebody looks. */
static int64_t crossed_ns;

static void crossed(void *ctx, struct signal *signal, int64_t at_ns, bool rising) {
    (void)ctx, (void)signal;
    ck_assert(!rising);
    crossed_ns = at_ns;
}

START_TEST(a_level_is_watched_through_the_signal) {
    struct signal_watch watch = {.level = 60, .crossed = crossed};
    struct signal_track track = {0};
    struct signal *voltage = of("output.voltage");
    output_on();
    signal_watch_start(voltage, &watch);
    signal_track_start(voltage, &track, loop.now_ns);
    int64_t off_ns = loop.now_ns;
    crossed_ns = 0;
    set("modules.on", 0);
    set("discharge.command", 1);
    pass(10 * NS_PER_S);
    ck_assert_int_gt(crossed_ns, off_ns);
    ck_assert_double_eq_tol(signal_at(voltage, loop.now_ns), 0.0, 1.0);
    signal_track_stop(&track, loop.now_ns);
    ck_assert_double_eq_tol(track.max, 400.0, 0.01);
    ck_assert_double_lt(track.min, 1.0);
    signal_watch_stop(&watch);
    /* Begun anew it is what one that starts now is, whatever was before. */
    struct signal_track other = {0};
    signal_track_start(voltage, &track, loop.now_ns);
    set("modules.on", 1);
    set("discharge.command", 0);
    pass(NS_PER_S);
    signal_track_read(&track, loop.now_ns);
    ck_assert_double_gt(track.max - track.min, 100.0);
    signal_track_renew(&track, loop.now_ns);
    signal_track_start(voltage, &other, loop.now_ns);
    pass(NS_PER_S / 10);
    signal_track_stop(&track, loop.now_ns);
    signal_track_stop(&other, loop.now_ns);
    ck_assert(track.min == other.min && track.max == other.max);
    ck_assert(track.min_ns == other.min_ns && track.max_ns == other.max_ns);
}
END_TEST

/* Each pole on its own, as far as its contactor connects it: beside the bench's own resistance. */
/* Over one closed contact it sees its own pole, and the other one over the voltmeter. */
START_TEST(the_monitor_measures_each_pole) {
    const double own = params.dc.inner_insulation_ohm, meter = params.dc.outer_bleed_ohm;
    static const struct {
        double positive_ohm, negative_ohm;
        bool k1, k2;
    } rows[] = {{30e3, 70e3, true, true},   {30e3, 70e3, true, false}, {30e3, 70e3, false, true},
                {30e3, 70e3, false, false}, {1e12, 40e3, true, true},  {40e3, 1e12, true, true}};
    output_on();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set("imd.command", 0);
        set("k1.command", rows[i].k1);
        set("k2.command", rows[i].k2);
        gun_set_insulation(&gun, rows[i].positive_ohm, rows[i].negative_ohm, loop.now_ns);
        pass(2 * NS_PER_S);
        set("imd.command", 1);
        pass(2 * imd_default.settle_ns + NS_PER_S);
        double positive = rows[i].k1 ? 1 / own + 1 / rows[i].positive_ohm : 1 / own;
        double negative = rows[i].k2 ? 1 / own + 1 / rows[i].negative_ohm : 1 / own;
        positive += rows[i].k1 && !rows[i].k2 ? 1 / (rows[i].negative_ohm + meter) : 0;
        negative += rows[i].k2 && !rows[i].k1 ? 1 / (rows[i].positive_ohm + meter) : 0;
        positive = 1 / positive;
        negative = 1 / negative;
        ck_assert_double_eq_tol(is("insulation.positive"), positive, 1e-6 * positive);
        ck_assert_double_eq_tol(is("insulation.negative"), negative, 1e-6 * negative);
    }
}
END_TEST

/* A fed arc (its voltage is small here) burns on after the contacts have parted: open is not interrupted. */
START_TEST(a_contact_is_open_before_its_current_is_interrupted) {
    tear_down();
    params.dc.arc.volt = 3.0;
    begin();
    pilot_insert(&gun.pilot, true, loop.now_ns);
    ck_assert(is("k1.interrupted") != 0 && is("k2.interrupted") != 0 && is("k5.interrupted") != 0);
    set("k5.command", 1);
    set("k6.command", 1);
    set("modules.on", 1);
    pass(2 * NS_PER_S);
    set("k1.command", 1);
    set("k2.command", 1);
    pass(2 * NS_PER_S);
    ck_assert_double_gt(is("gun.current"), 40.0);
    ck_assert(is("k1.interrupted") == 0 && is("k2.interrupted") == 0 && is("k6.interrupted") == 0);
    set("k2.command", 0);
    pass(contactor_dc.open_ns);
    ck_assert(is("k2.closed") == 0 && is("k2.interrupted") == 0);
    int64_t longest_ns = params.dc.arc.longest_ns;
    pass(longest_ns - 1);
    ck_assert(is("k2.interrupted") == 0);
    pass(1);
    ck_assert(is("k2.interrupted") != 0 && is("k1.interrupted") == 0);
    ck_assert(of("k2.interrupted")->changed_ns == of("k2.closed")->changed_ns + longest_ns);
    ck_assert_double_lt(fabs(is("gun.current")), 0.1);
    set("k1.command", 0);
    pass(contactor_dc.open_ns);
    ck_assert(is("k1.interrupted"));
    ck_assert(of("k1.interrupted")->changed_ns == of("k1.closed")->changed_ns);
}
END_TEST

START_TEST(the_poles_against_pe) {
    output_on();
    ck_assert_double_eq_tol(is("output.positive"), 200.0, 0.1);
    ck_assert_double_eq_tol(is("output.negative"), -200.0, 0.1);
    ck_assert_double_eq_tol(is("gun.positive"), 0.0, 0.1);
    gun_set_insulation(&gun, 30e3, 20e6, loop.now_ns);
    set("k1.command", 1);
    set("k2.command", 1);
    pass(2 * NS_PER_S);
    ck_assert_double_eq_tol(is("gun.positive"), 1.2, 0.1); /* 30 kohm of 10 Mohm */
    ck_assert_double_eq(is("output.positive"), is("gun.positive"));
    ck_assert_double_eq_tol(is("gun.negative"), -398.8, 0.1);
    ck_assert_double_eq(is("output.negative"), is("gun.negative"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("gun");
    TCase *tests = tcase_create("gun");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, charging_needs_all_four_contactors_and_the_plug);
    tcase_add_test(tests, the_difference_at_making);
    tcase_add_test(tests, the_monitor_measures_once_it_has_settled);
    tcase_add_test(tests, the_monitor_measures_each_pole);
    tcase_add_test(tests, each_pole_of_the_own_side_has_its_fault);
    tcase_add_test(tests, what_comes_over_pe_lasts_as_long_as_the_y_capacitors_need);
    tcase_add_test(tests, the_monitor_measures_what_flows);
    tcase_add_test(tests, large_y_capacitors_falsify_the_reading);
    tcase_add_test(tests, without_voltage_the_monitor_reads_nothing);
    tcase_add_test(tests, the_supply_lost_stops_the_modules);
    tcase_add_test(tests, faults_of_modules_and_battery);
    tcase_add_test(tests, stuck_modules_hear_no_command);
    tcase_add_test(tests, auxiliary_supply_follows_its_relay);
    tcase_add_test(tests, a_level_is_watched_through_the_signal);
    tcase_add_test(tests, a_contact_is_open_before_its_current_is_interrupted);
    tcase_add_test(tests, the_poles_against_pe);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
