/* SPDX-License-Identifier: MIT */
/* Arcs between parting contacts: what they do to the current, when they go out, where the energy goes,
 * for each contact and both directions; and that the assertion on energy can fail. */
#include "sim/dc/circuit.h"
#include "tests/support/suite.h"

#include <math.h>
#include <signal.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)
#define FED_V     3.0 /* no arc has so little: it is there for what a fed one does */

static struct dc_circuit c;

static double value(enum dc_quantity quantity) {
    return dc_value(&c, quantity, c.now_ns);
}

static void pass(int64_t ns) {
    dc_advance(&c, c.now_ns + ns);
}

static void part(enum dc_contact contact) {
    dc_set_contact(&c, c.now_ns, contact, false);
}

/* A pack of 380 V takes 100 A; the modules could go up to 600 V. arc_v: of each arc. */
static void charge(double arc_v) {
    struct dc_params p = dc_params_default;
    p.arc.volt = arc_v;
    dc_init(&c, &p, 0);
    dc_set_ocv(&c, 0, 380.0);
    dc_set_vehicle_closed(&c, 0, true);
    dc_set_modules(&c, 0, true, 380.0, 100.0);
    pass(20 * NS_PER_S);
    dc_set_output_closed(&c, c.now_ns, true);
    dc_set_modules(&c, c.now_ns, true, 600.0, 100.0);
    pass(4 * NS_PER_S);
    c.audited = true;
    ck_assert_double_eq_tol(value(DC_CURRENT), 100.0, 0.1);
}

static bool any_closed_or_burning(void) {
    bool any = false;
    for (int k = 0; k < DC_CONTACTS; k++) {
        any = any || c.arcs[k].burns;
    }
    return any;
}

/* Capacitors on both sides of them hold their voltage: L di/dt = -200 V takes the current down. */
START_TEST(arcs_take_the_current_down) {
    charge(100.0);
    double lost_j = dc_lost_j(&c), arc_j = dc_arc_j(&c, c.now_ns);
    dc_set_output_closed(&c, c.now_ns, false);
    ck_assert(!dc_interrupted(&c, DC_K1) && !dc_interrupted(&c, DC_K2));
    ck_assert_double_eq_tol(value(DC_DIFFERENCE), 200.0, 1e-6);
    ck_assert_double_eq_tol(value(DC_CURRENT), 100.0, 0.1);
    pass(2 * NS_PER_US);
    ck_assert_double_eq_tol(value(DC_CURRENT), 100.0 - 2e-6 * 200.0 / 10e-6, 1.0);
    int64_t start_ns = c.now_ns - 2 * NS_PER_US;
    int64_t out_ns = dc_next(&c) - start_ns;
    ck_assert(out_ns > 4900 && out_ns < 5200);
    dc_advance(&c, dc_next(&c));
    ck_assert(dc_interrupted(&c, DC_K1) && dc_interrupted(&c, DC_K2) && !any_closed_or_burning());
    ck_assert_double_lt(fabs(value(DC_CURRENT)), 0.01);
    /* what L held, and what the modules gave meanwhile: half of 100 A times 5 us at 200 V */
    ck_assert_double_eq_tol(dc_arc_j(&c, c.now_ns) - arc_j, 200.0 * 50.0 * 5e-6, 2e-3);
    ck_assert_double_lt(dc_lost_j(&c) - lost_j, 2e-3);
}
END_TEST

/* 3 V more the modules soon have: the current flows on until the chamber has put the arc out. */
START_TEST(an_arc_that_is_fed_burns_for_its_time) {
    charge(FED_V);
    double arc_j = dc_arc_j(&c, c.now_ns), lost_j = dc_lost_j(&c);
    int64_t parted_ns = c.now_ns;
    part(DC_K1);
    pass(9 * NS_PER_MS);
    double current = value(DC_CURRENT);
    ck_assert_double_gt(current, 90.0);
    ck_assert_double_eq_tol(value(DC_DIFFERENCE), FED_V, 1e-6);
    ck_assert(!dc_interrupted(&c, DC_K1));
    dc_advance(&c, parted_ns + c.params.arc.longest_ns - 1);
    ck_assert(!dc_interrupted(&c, DC_K1));
    current = value(DC_CURRENT);
    dc_advance(&c, parted_ns + c.params.arc.longest_ns);
    ck_assert(dc_interrupted(&c, DC_K1) && !dc_interrupted(&c, DC_K2));
    ck_assert_double_lt(fabs(value(DC_CURRENT)), 0.01);
    ck_assert_double_eq_tol(dc_lost_j(&c) - lost_j, 0.5 * 10e-6 * current * current, 2e-3);
    ck_assert_double_eq_tol(dc_arc_j(&c, c.now_ns) - arc_j, FED_V * 100.0 * 10e-3, 0.1);
}
END_TEST

/* Whichever of the four parts, the loop's current goes through its arc; the poles behind it are where
 * its voltage puts them. */
START_TEST(each_contact_draws_its_arc) {
    for (int k = 0; k < DC_CONTACTS; k++) {
        charge(FED_V);
        double outer_n = value(DC_OUTER_NEGATIVE) - value(DC_INNER_NEGATIVE);
        double battery_n = value(DC_BATTERY_NEGATIVE) - value(DC_OUTER_NEGATIVE);
        ck_assert_double_eq_tol(outer_n, 0.0, 1e-9);
        ck_assert_double_eq_tol(battery_n, 0.0, 1e-9);
        part((enum dc_contact)k);
        pass(5 * NS_PER_MS);
        ck_assert(!dc_interrupted(&c, (enum dc_contact)k));
        ck_assert_double_gt(value(DC_CURRENT), 90.0);
        double positive = value(DC_INNER_POSITIVE) - value(DC_OUTER_POSITIVE);
        outer_n = value(DC_OUTER_NEGATIVE) - value(DC_INNER_NEGATIVE);
        battery_n = value(DC_BATTERY_NEGATIVE) - value(DC_OUTER_NEGATIVE);
        ck_assert_double_eq_tol(positive, k == DC_K1 ? FED_V : 0.0, 1e-6);
        ck_assert_double_eq_tol(outer_n, k == DC_K2 ? FED_V : 0.0, 1e-6);
        ck_assert_double_eq_tol(battery_n, k == DC_K6 ? FED_V : 0.0, 1e-6);
        double cable = value(DC_OUTER_VOLTAGE) - value(DC_BATTERY_VOLTAGE);
        ck_assert_double_eq_tol(cable, k == DC_K5 || k == DC_K6 ? FED_V + 0.8 : 0.8, 0.1);
        pass(6 * NS_PER_MS);
        ck_assert(dc_interrupted(&c, (enum dc_contact)k));
        ck_assert_double_lt(fabs(value(DC_CURRENT)), 0.05);
    }
}
END_TEST

/* From the pack into a shorted plug side: the diode has failed, the modules are dead. */
START_TEST(it_is_against_the_current_whichever_way_that_flows) {
    charge(20.0);
    dc_set_modules(&c, c.now_ns, false, 0.0, 0.0);
    dc_set_diode_short(&c, c.now_ns, true);
    dc_set_discharge(&c, c.now_ns, true);
    pass(NS_PER_S);
    double back = value(DC_CURRENT);
    ck_assert_double_lt(back, -2.0);
    part(DC_K2);
    ck_assert(!dc_interrupted(&c, DC_K2));
    ck_assert_double_eq_tol(value(DC_INNER_NEGATIVE) - value(DC_OUTER_NEGATIVE), 20.0, 1e-6);
    pass(NS_PER_MS);
    ck_assert(dc_interrupted(&c, DC_K2)); /* 2.5 A and 20 V more on 502 uF */
    ck_assert_double_lt(fabs(value(DC_CURRENT)), 0.01);
}
END_TEST

START_TEST(little_current_draws_none) {
    charge(FED_V);
    dc_set_modules(&c, c.now_ns, true, 600.0, 0.9);
    pass(4 * NS_PER_S);
    part(DC_K1);
    ck_assert(dc_interrupted(&c, DC_K1));
    charge(FED_V);
    dc_set_modules(&c, c.now_ns, true, 600.0, 1.2);
    pass(4 * NS_PER_S);
    part(DC_K1);
    ck_assert(!dc_interrupted(&c, DC_K1));
}
END_TEST

/* Contacts that meet again short the arc. */
START_TEST(closing_ends_it) {
    charge(FED_V);
    part(DC_K1);
    pass(NS_PER_MS);
    dc_set_contact(&c, c.now_ns, DC_K1, true);
    ck_assert(!any_closed_or_burning());
    ck_assert_double_eq(value(DC_DIFFERENCE), 0.0);
    pass(4 * NS_PER_S);
    ck_assert_double_eq_tol(value(DC_CURRENT), 100.0, 0.1);
}
END_TEST

/* With the loop open elsewhere no arc has a current to live on. */
START_TEST(one_that_opens_without_arc_puts_the_others_out) {
    charge(FED_V);
    part(DC_K1);
    c.params.arc.volt = 0.0;
    part(DC_K6);
    ck_assert(!any_closed_or_burning() && dc_interrupted(&c, DC_K1));
    ck_assert_double_lt(fabs(value(DC_CURRENT)), 0.05);
}
END_TEST

/* A shorted plug: no current that the cable's coil would not let through. */
START_TEST(a_short_ends_without_a_jump_of_current) {
    charge(20.0);
    dc_set_vehicle_closed(&c, c.now_ns, false);
    pass(NS_PER_S);
    dc_set_short(&c, c.now_ns, 0.5);
    pass(NS_PER_MS);
    ck_assert_double_gt(value(DC_CURRENT), 50.0);
    struct dc_track track = {.quantity = DC_CURRENT};
    dc_track_add(&c, &track);
    dc_set_output_closed(&c, c.now_ns, false);
    ck_assert(!dc_interrupted(&c, DC_K1));
    pass(20 * NS_PER_MS);
    dc_track_read(&c, c.now_ns, &track);
    ck_assert(dc_interrupted(&c, DC_K1));
    ck_assert_double_gt(track.min, -0.1);
    ck_assert_double_lt(fabs(value(DC_OUTER_VOLTAGE)), 1e-3);
}
END_TEST

/* An arc that takes more than is accounted for is a defect of the bench, and is seen at once. */
START_TEST(energy_that_is_not_accounted_for_is_seen) {
    charge(FED_V);
    part(DC_K1);
    wave_add(&c.arcs[DC_K1].a, 1.0, &(struct wave){.base = 1.0});
    pass(20 * NS_PER_MS);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dc_arcs");
    TCase *tests = tcase_create("dc_arcs");
    tcase_add_test(tests, arcs_take_the_current_down);
    tcase_add_test(tests, an_arc_that_is_fed_burns_for_its_time);
    tcase_add_test(tests, each_contact_draws_its_arc);
    tcase_add_test(tests, it_is_against_the_current_whichever_way_that_flows);
    tcase_add_test(tests, little_current_draws_none);
    tcase_add_test(tests, closing_ends_it);
    tcase_add_test(tests, one_that_opens_without_arc_puts_the_others_out);
    tcase_add_test(tests, a_short_ends_without_a_jump_of_current);
    tcase_add_test_raise_signal(tests, energy_that_is_not_accounted_for_is_seen, SIGABRT);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
