/* SPDX-License-Identifier: MIT */
/* The DC circuit mode by mode against hand calculation, and under a long random treatment against
 * the laws it must keep: Kirchhoff's, the diode's, conservation of charge. */
#include "sim/dc/circuit.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NEVER     ((double)INFINITY)
#define NO_FARAD  1e-15 /* adds nothing that shows */

static struct dc_circuit c;
static struct dc_params p;

static void setup(void) {
    p = dc_params_default;
    p.inner_y_farad = p.outer_y_farad = p.vehicle_y_farad = NO_FARAD; /* the poles: test_poles.c */
    p.inner_insulation_ohm = p.vehicle_insulation_ohm = NEVER;
    dc_init(&c, &p, 0);
}

static double value(enum dc_quantity quantity) {
    return dc_value(&c, quantity, c.now_ns);
}

static void pass(int64_t ns) {
    dc_advance(&c, c.now_ns + ns);
}

/* ---- crossings as they are told ---- */

struct told {
    int count;
    int64_t at_ns;
    bool rising;
};

static void note(void *ctx, int64_t at_ns, bool rising) {
    struct told *told = ctx;
    told->count++;
    told->at_ns = at_ns;
    told->rising = rising;
}

#define WATCH(name, q, l)                                                                          \
    struct told name##_told = {0};                                                                 \
    struct dc_watch name = {.quantity = (q), .level = (l), .crossed = note, .ctx = &name##_told};  \
    dc_watch_add(&c, &name)

/* ---- modules alone ---- */

START_TEST(voltage_ramp_is_followed_and_reached_on_time) {
    dc_set_modules(&c, 0, true, 400.0, 250.0);
    WATCH(half, DC_INNER_VOLTAGE, 200.0);
    WATCH(full, DC_INNER_VOLTAGE, nextafter(400.0, 0.0));
    WATCH(beyond, DC_INNER_VOLTAGE, 400.0);
    pass(NS_PER_S);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_VOLTAGE);
    ck_assert_double_eq(value(DC_INNER_VOLTAGE), 400.0);
    ck_assert_double_eq_tol(value(DC_MODULE_CURRENT), 400.0 / 20e3 + 400.0 / 500e3, 1e-9);
    ck_assert_int_eq(half_told.count, 1);
    ck_assert(half_told.rising && llabs(half_told.at_ns - 100 * NS_PER_MS) <= 1);
    ck_assert_int_eq(full_told.count, 1);
    ck_assert(full_told.at_ns == 200 * NS_PER_MS);
    ck_assert_int_eq(beyond_told.count, 0);
}
END_TEST

/* Limit 0.5 A = a constant current into both capacitors: dv/dt = 0.5 A/502 uF, bleed aside. */
START_TEST(current_limit_charges_the_capacitors) {
    p.module_bleed_ohm = p.inner_bleed_ohm = NEVER;
    p.current_up_a_s = NEVER;
    dc_init(&c, &p, 0);
    dc_set_modules(&c, 0, true, 400.0, 0.5);
    WATCH(w, DC_MODULE_VOLTAGE, 100.0);
    dc_advance(&c, NS_PER_S / 5);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_CURRENT);
    ck_assert_double_eq_tol(value(DC_MODULE_VOLTAGE), 0.5 * 0.2 / 502e-6, 1e-8);
    ck_assert_int_eq(w_told.count, 1);
    ck_assert(llabs(w_told.at_ns - (int64_t)ceil(100.0 * 502e-6 / 0.5 * 1e9)) <= 1);
}
END_TEST

START_TEST(lower_set_value_blocks_until_the_bleed_has_caught_up) {
    dc_set_modules(&c, 0, true, 400.0, 250.0);
    pass(NS_PER_S);
    dc_set_modules(&c, c.now_ns, true, 300.0, 250.0);
    pass(NS_PER_MS);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_BLOCKED);
    ck_assert_double_eq(value(DC_MODULE_CURRENT), 0.0);
    double tau = 502e-6 / (1.0 / 20e3 + 1.0 / 500e3);
    int64_t meets_ns = NS_PER_S + (int64_t)ceil(tau * log(400.0 / 300.0) * 1e9);
    dc_advance(&c, meets_ns - 1000);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_BLOCKED);
    dc_advance(&c, meets_ns + 1000);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_VOLTAGE);
    ck_assert_double_eq(value(DC_INNER_VOLTAGE), 300.0);
}
END_TEST

START_TEST(supply_lost_is_off_at_once_and_back_starts_from_the_present_voltage) {
    dc_set_modules(&c, 0, true, 400.0, 250.0);
    pass(NS_PER_S);
    dc_set_supply(&c, c.now_ns, false);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_OFF);
    ck_assert_double_eq(value(DC_MODULE_CURRENT), 0.0);
    pass(NS_PER_S);
    double tau = 502e-6 / (1.0 / 20e3 + 1.0 / 500e3);
    ck_assert_double_eq_tol(value(DC_INNER_VOLTAGE), 400.0 * exp(-1.0 / tau), 1e-9);
    double before = value(DC_MODULE_VOLTAGE);
    dc_set_supply(&c, c.now_ns, true);
    ck_assert_double_eq(value(DC_MODULE_VOLTAGE), before);
    pass(NS_PER_S);
    ck_assert_double_eq(value(DC_MODULE_VOLTAGE), 400.0);
}
END_TEST

START_TEST(nonsense_from_the_device_under_test_is_zero) {
    dc_set_modules(&c, 0, true, (double)NAN, -5.0);
    pass(NS_PER_S);
    ck_assert_double_eq(value(DC_MODULE_VOLTAGE), 0.0);
    dc_set_modules(&c, c.now_ns, true, NEVER, NEVER);
    pass(10 * NS_PER_S);
    ck_assert(isfinite(value(DC_MODULE_VOLTAGE)));
    ck_assert_double_le(value(DC_MODULE_CURRENT), p.module_max_a + 1e-6);
}
END_TEST

START_TEST(discharge_falls_below_60_v_at_the_logarithm) {
    dc_set_modules(&c, 0, true, 400.0, 250.0);
    pass(NS_PER_S);
    dc_set_modules(&c, c.now_ns, false, 0.0, 0.0);
    dc_set_discharge(&c, c.now_ns, true);
    WATCH(w, DC_INNER_VOLTAGE, 60.0);
    pass(NS_PER_S);
    double tau = 502e-6 / (1.0 / 20e3 + 1.0 / 500e3 + 1.0 / 150.0);
    int64_t wanted_ns = NS_PER_S + (int64_t)(tau * log(400.0 / 60.0) * 1e9);
    ck_assert_int_eq(w_told.count, 1);
    ck_assert(!w_told.rising && llabs(w_told.at_ns - wanted_ns) <= 2);
    ck_assert(dc_diode_on(&c)); /* the modules' capacitor empties through the diode */
}
END_TEST

START_TEST(diode_drop_lies_between_modules_and_bus) {
    p.diode_drop_v = 0.8;
    dc_init(&c, &p, 0);
    dc_set_modules(&c, 0, true, 400.0, 250.0);
    pass(NS_PER_S);
    ck_assert_double_eq(value(DC_MODULE_VOLTAGE), 400.0);
    ck_assert_double_eq_tol(value(DC_INNER_VOLTAGE), 399.2, 1e-12);
}
END_TEST

/* ---- with a vehicle ---- */

static void plug_in(double ocv_v) {
    dc_set_ocv(&c, c.now_ns, ocv_v);
    pass(10 * NS_PER_MS);
    dc_set_vehicle_closed(&c, c.now_ns, true);
    pass(10 * NS_PER_MS);
}

static void precharge(double voltage_v) {
    dc_set_modules(&c, c.now_ns, true, voltage_v, 250.0);
    pass(NS_PER_S);
}

/* Pre-charged 5 V below: the small bus swings through the cable's coil, +-5 V around the pack:
 * peak current 5 V / sqrt(L/C), frequency 1/(2 pi sqrt(LC)), the modules stay blocked out. */
START_TEST(closing_from_below_swings_around_the_battery) {
    plug_in(380.0);
    precharge(375.0);
    ck_assert_double_eq_tol(value(DC_DIFFERENCE), -5.0, 1e-3);
    struct dc_track current = {.quantity = DC_CURRENT}, bus = {.quantity = DC_OUTER_VOLTAGE};
    dc_set_output_closed(&c, c.now_ns, true);
    dc_track_add(&c, &current);
    dc_track_add(&c, &bus);
    int64_t closed_ns = c.now_ns;
    pass(10 * NS_PER_MS);
    dc_track_read(&c, c.now_ns, &current);
    dc_track_read(&c, c.now_ns, &bus);
    double z = sqrt(10e-6 / 2.01e-6);
    ck_assert_double_eq_tol(current.min, -4.975 / z, 0.02);
    ck_assert_double_eq_tol(bus.max, 385.0, 0.2);
    ck_assert(llabs(current.min_ns - closed_ns - (int64_t)(asin(1.0) * 1e9 * z * 2.01e-6)) < 200);
    ck_assert(!dc_diode_on(&c));
    ck_assert_double_eq(value(DC_DIFFERENCE), 0.0);
}
END_TEST

START_TEST(charging_delivers_the_current_limit) {
    plug_in(380.0);
    precharge(375.0);
    dc_set_output_closed(&c, c.now_ns, true);
    dc_set_modules(&c, c.now_ns, true, 450.0, 100.0);
    pass(4 * NS_PER_S);
    double vb = value(DC_BATTERY_VOLTAGE), i = value(DC_CURRENT);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_CURRENT);
    ck_assert_double_eq_tol(value(DC_MODULE_CURRENT), 100.0, 1e-9);
    ck_assert_double_eq_tol(vb, 380.0 + 0.06 * i, 1e-7);
    ck_assert_double_eq_tol(value(DC_OUTER_VOLTAGE), vb + 0.008 * i, 1e-7);
    double bleeds = value(DC_OUTER_VOLTAGE) * (1.0 / 20e3 + 1.0 / 500e3 + 1.0 / 1e6);
    ck_assert_double_eq_tol(i, 100.0 - bleeds, 1e-7);
    dc_set_modules(&c, c.now_ns, true, 384.0, 200.0);
    pass(4 * NS_PER_S);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_VOLTAGE);
    ck_assert_double_eq_tol(value(DC_CURRENT), 4.0 / 0.068, 1e-7);
}
END_TEST

START_TEST(pack_at_rest_feeds_the_outer_bleed) {
    plug_in(380.0);
    double vb = value(DC_BATTERY_VOLTAGE);
    ck_assert_double_eq_tol((380.0 - vb) / 0.06, vb / 1e6, 1e-9);
    double charge = dc_charge_c(&c, c.now_ns), energy = dc_energy_j(&c, c.now_ns);
    pass(3600 * NS_PER_S);
    ck_assert_double_eq_tol(dc_charge_c(&c, c.now_ns) - charge, -3600.0 * vb / 1e6, 1e-6);
    ck_assert_double_eq_tol(dc_energy_j(&c, c.now_ns) - energy, -3600.0 * vb * vb / 1e6, 1e-3);
}
END_TEST

START_TEST(opening_interrupts_the_current_and_leaves_outer_at_the_battery) {
    c.params.arc.volt = 0.0;
    plug_in(380.0);
    precharge(375.0);
    dc_set_output_closed(&c, c.now_ns, true);
    dc_set_modules(&c, c.now_ns, true, 450.0, 100.0);
    pass(4 * NS_PER_S);
    WATCH(none, DC_CURRENT, 5.0);
    double vb = value(DC_BATTERY_VOLTAGE);
    dc_set_output_closed(&c, c.now_ns, false);
    ck_assert(dc_next(&c) == c.now_ns); /* the jump is told at its instant */
    ck_assert_int_eq(none_told.count, 0);
    dc_advance(&c, c.now_ns);
    ck_assert_int_eq(none_told.count, 1);
    ck_assert(!none_told.rising && none_told.at_ns == c.now_ns);
    ck_assert_double_eq_tol(value(DC_OUTER_VOLTAGE), vb, 1e-4);
    pass(NS_PER_MS);
    ck_assert_double_eq_tol(value(DC_CURRENT), -380e-6, 1e-6);
    dc_set_vehicle_closed(&c, c.now_ns, false);
    double tau = 10e-9 * 1e6;
    pass(10 * NS_PER_MS);
    ck_assert_double_eq_tol(value(DC_OUTER_VOLTAGE), 380.0 * exp(-0.01 / tau), 1e-2);
}
END_TEST

START_TEST(joined_capacitors_share_their_charge) {
    precharge(400.0);
    dc_set_modules(&c, c.now_ns, false, 0.0, 0.0);
    double before = value(DC_INNER_VOLTAGE), all = 500e-6 + 2e-6;
    dc_set_output_closed(&c, c.now_ns, true);
    ck_assert_double_eq_tol(value(DC_OUTER_VOLTAGE), before * all / (all + 10e-9), 1e-9);
    ck_assert_double_eq(value(DC_MODULE_VOLTAGE), value(DC_INNER_VOLTAGE));
}
END_TEST

/* A failed diode lets the battery charge the modules' capacitor: inrush either way. */
START_TEST(shorted_diode_lets_current_back) {
    plug_in(400.0);
    dc_set_diode_short(&c, c.now_ns, true);
    struct dc_track current = {.quantity = DC_CURRENT};
    dc_track_add(&c, &current);
    dc_set_output_closed(&c, c.now_ns, true);
    pass(NS_PER_S);
    dc_track_read(&c, c.now_ns, &current);
    ck_assert_double_lt(current.min, -1000.0);
    ck_assert_double_eq_tol(value(DC_MODULE_VOLTAGE), value(DC_OUTER_VOLTAGE), 1e-9);
    ck_assert_double_eq_tol(value(DC_MODULE_VOLTAGE), 400.0, 0.01);
}
END_TEST

START_TEST(short_circuit_without_vehicle_ends_at_the_limit) {
    precharge(400.0);
    dc_set_output_closed(&c, c.now_ns, true);
    dc_set_short(&c, c.now_ns, 0.5);
    pass(10 * NS_PER_S);
    ck_assert_int_eq(dc_mode(&c), DC_MODE_CURRENT);
    ck_assert_double_eq_tol(value(DC_CURRENT), 250.0, 0.02);
    ck_assert_double_eq_tol(value(DC_OUTER_VOLTAGE), value(DC_CURRENT) * 0.508, 1e-6);
    dc_set_short(&c, c.now_ns, NEVER);
    ck_assert_double_eq(value(DC_CURRENT), 0.0);
}
END_TEST

/* The modules' capacitor into a short circuit of exactly the critical resistance: the double
 * natural frequency that the closed form has no term for. v = V0 (1 + a t) exp(-a t) */
START_TEST(critical_damping_is_solved_too) {
    p.module_bleed_ohm = p.inner_bleed_ohm = p.outer_bleed_ohm = NEVER;
    dc_init(&c, &p, 0);
    precharge(400.0);
    dc_set_modules(&c, c.now_ns, false, 0.0, 0.0);
    dc_set_output_closed(&c, c.now_ns, true);
    double farad = 502.01e-6, a = 1.0 / sqrt(10e-6 * farad), start = value(DC_OUTER_VOLTAGE);
    dc_set_short(&c, c.now_ns, 2.0 * sqrt(10e-6 / farad) - 8e-3);
    for (int i = 0; i < 50; i++) {
        double t = i * 10e-6;
        ck_assert_double_eq_tol(value(DC_OUTER_VOLTAGE), start * (1.0 + a * t) * exp(-a * t), 1e-3);
        pass(10000);
    }
}
END_TEST

START_TEST(reversed_battery_shows_at_the_outer_side) {
    plug_in(-380.0);
    ck_assert_double_eq_tol(value(DC_OUTER_VOLTAGE), -380.0, 1e-3);
}
END_TEST

/* ---- integrals ---- */

START_TEST(energy_and_charge_are_the_integrals) {
    plug_in(380.0);
    precharge(420.0);
    double energy = dc_energy_j(&c, c.now_ns), charge = dc_charge_c(&c, c.now_ns), e = 0, q = 0;
    dc_set_output_closed(&c, c.now_ns, true);
    for (int i = 0; i < 200000; i++) { /* Simpson with 50 ns steps, 10 ms in all */
        double f[3], g[3];
        for (int k = 0; k < 3; k++) {
            f[k] = value(DC_OUTER_VOLTAGE) * value(DC_CURRENT);
            g[k] = (value(DC_BATTERY_VOLTAGE) - 380.0) / 0.06;
            pass(k < 2 ? 25 : 0);
        }
        e += (f[0] + 4.0 * f[1] + f[2]) / 6.0 * 50e-9;
        q += (g[0] + 4.0 * g[1] + g[2]) / 6.0 * 50e-9;
    }
    ck_assert_double_eq_tol(dc_energy_j(&c, c.now_ns) - energy, e, 1e-6 * e);
    ck_assert_double_eq_tol(dc_charge_c(&c, c.now_ns) - charge, q, 1e-6 * q);
}
END_TEST

/* ---- watches ---- */

static void command_inside(void *ctx, int64_t at_ns, bool rising) {
    note(ctx, at_ns, rising);
    dc_set_modules(&c, at_ns, false, 0.0, 0.0);
    dc_set_discharge(&c, at_ns, true);
}

static void remove_itself(void *ctx, int64_t at_ns, bool rising) {
    struct dc_watch *watch = ctx;
    (void)at_ns, (void)rising;
    dc_watch_remove(&c, watch);
    memset(watch, 0, sizeof *watch);
}

START_TEST(a_watch_may_command_and_remove) {
    struct told told = {0};
    struct dc_watch a = {DC_INNER_VOLTAGE, 100.0, command_inside, &told, NULL, 0, false, false};
    struct dc_watch b = {DC_INNER_VOLTAGE, 50.0, remove_itself, &b, NULL, 0, false, false};
    dc_set_modules(&c, 0, true, 400.0, 250.0);
    dc_watch_add(&c, &a);
    dc_watch_add(&c, &b);
    pass(2 * NS_PER_S);
    ck_assert_int_eq(told.count, 2); /* up, and down again by its own discharge */
    ck_assert_double_lt(value(DC_INNER_VOLTAGE), 1.0);
    ck_assert_ptr_null(b.crossed);
    dc_watch_remove(&c, &a);
    ck_assert_ptr_null(c.watches);
}
END_TEST

START_TEST(unchanged_commands_cost_no_segment) {
    plug_in(380.0);
    precharge(375.0);
    uint64_t before = c.segments;
    for (int i = 0; i < 100; i++) {
        pass(NS_PER_MS);
        dc_set_modules(&c, c.now_ns, true, 375.0, 250.0);
        dc_set_ocv(&c, c.now_ns, 380.0);
        dc_set_discharge(&c, c.now_ns, false);
    }
    ck_assert_uint_eq(c.segments, before);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dc_circuit");
    TCase *tests = tcase_create("dc_circuit");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, voltage_ramp_is_followed_and_reached_on_time);
    tcase_add_test(tests, current_limit_charges_the_capacitors);
    tcase_add_test(tests, lower_set_value_blocks_until_the_bleed_has_caught_up);
    tcase_add_test(tests, supply_lost_is_off_at_once_and_back_starts_from_the_present_voltage);
    tcase_add_test(tests, nonsense_from_the_device_under_test_is_zero);
    tcase_add_test(tests, discharge_falls_below_60_v_at_the_logarithm);
    tcase_add_test(tests, diode_drop_lies_between_modules_and_bus);
    tcase_add_test(tests, closing_from_below_swings_around_the_battery);
    tcase_add_test(tests, charging_delivers_the_current_limit);
    tcase_add_test(tests, pack_at_rest_feeds_the_outer_bleed);
    tcase_add_test(tests, opening_interrupts_the_current_and_leaves_outer_at_the_battery);
    tcase_add_test(tests, joined_capacitors_share_their_charge);
    tcase_add_test(tests, shorted_diode_lets_current_back);
    tcase_add_test(tests, short_circuit_without_vehicle_ends_at_the_limit);
    tcase_add_test(tests, critical_damping_is_solved_too);
    tcase_add_test(tests, reversed_battery_shows_at_the_outer_side);
    tcase_add_test(tests, energy_and_charge_are_the_integrals);
    tcase_add_test(tests, a_watch_may_command_and_remove);
    tcase_add_test(tests, unchanged_commands_cost_no_segment);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
