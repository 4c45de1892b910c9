/* SPDX-License-Identifier: MIT */
/* The poles against PE: where insulation and Y capacitors put them, what a single closed contact does,
 * what is lost when capacitors are joined; and under a long random treatment (fixed seed) of all four
 * contacts Kirchhoff's law for each pole, conservation of charge and of energy. */
#include "sim/dc/circuit.h"
#include "sim/random.h"
#include "tests/support/suite.h"

#include <math.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define COMMANDS  20000
#define QUIET_NS  1000

static struct dc_circuit c;
static struct dc_params p;
static uint64_t state;

static void setup(void) {
    p = dc_params_default;
    dc_init(&c, &p, 0);
    state = 11;
}

static double value(enum dc_quantity quantity) {
    return dc_value(&c, quantity, c.now_ns);
}

static void pass(int64_t ns) {
    dc_advance(&c, c.now_ns + ns);
}

static void precharge(double voltage_v) {
    dc_set_modules(&c, c.now_ns, true, voltage_v, 250.0);
    pass(20 * NS_PER_S);
}

static double parallel(double a_ohm, double b_ohm) {
    return 1.0 / (1.0 / a_ohm + 1.0 / b_ohm);
}

/* ---- where the poles are ---- */

START_TEST(equal_insulation_puts_pe_in_the_middle) {
    precharge(400.0);
    ck_assert_double_eq_tol(value(DC_INNER_POSITIVE), 200.0, 1e-9);
    ck_assert_double_eq_tol(value(DC_INNER_NEGATIVE), -200.0, 1e-9);
    dc_set_ocv(&c, c.now_ns, 380.0);
    dc_set_vehicle_closed(&c, c.now_ns, true);
    pass(20 * NS_PER_S);
    ck_assert_double_eq_tol(value(DC_OUTER_POSITIVE), 190.0, 1e-4);
    ck_assert_double_eq_tol(value(DC_BATTERY_NEGATIVE), -190.0, 1e-4);
}
END_TEST

/* 30 kohm from DC+ to PE at the gun: a divider of it (with the charger's own 20 Mohm) and 20 Mohm. */
START_TEST(a_fault_pulls_its_pole_to_pe) {
    for (int negative = 0; negative < 2; negative++) {
        setup();
        dc_set_insulation(&c, 0, negative ? DC_NEGATIVE : DC_POSITIVE, 30e3);
        dc_set_output_closed(&c, 0, true);
        precharge(400.0);
        double low = parallel(30e3, 20e6), wanted = 400.0 * low / (low + 20e6);
        ck_assert_double_eq_tol(value(negative ? DC_INNER_NEGATIVE : DC_INNER_POSITIVE),
                                negative ? -wanted : wanted, 1e-9);
        double load = value(DC_MODULE_CURRENT) - 400.0 / 20e3 - 400.0 / 500e3 - 400.0 / 1e6;
        ck_assert_double_eq_tol(load, 400.0 / (low + 20e6), 1e-12);
    }
}
END_TEST

/* The pole sinks to its new place with the Y capacitors of both poles over all resistances. */
START_TEST(the_y_capacitors_give_it_time) {
    dc_set_output_closed(&c, 0, true);
    precharge(400.0);
    double farad = 2.0 * (p.inner_y_farad + p.outer_y_farad);
    dc_set_insulation(&c, c.now_ns, DC_POSITIVE, 100e3);
    double tau = farad * parallel(parallel(100e3, 20e6), 20e6);
    double end = 400.0 * parallel(100e3, 20e6) / (parallel(100e3, 20e6) + 20e6);
    for (int i = 1; i < 5; i++) {
        pass(NS_PER_MS);
        double wanted = end + (200.0 - end) * exp(-i * 1e-3 / tau);
        ck_assert_double_eq_tol(value(DC_INNER_POSITIVE), wanted, 1e-6);
    }
}
END_TEST

/* ---- a single contact ---- */

/* No current in the loop. The outer pole that was joined follows at once, the other one over the outer
 * capacitor; then the voltmeter's 1 Mohm discharges what is between them, but for what leaks. */
START_TEST(one_closed_pole_charges_by_leakage_only) {
    for (int k = DC_K1; k <= DC_K2; k++) {
        setup();
        dc_set_insulation(&c, 0, DC_POSITIVE, 20e6);
        dc_set_insulation(&c, 0, DC_NEGATIVE, 20e6);
        precharge(400.0);
        dc_set_contact(&c, c.now_ns, (enum dc_contact)k, true);
        ck_assert_double_eq(value(DC_OUTER_POSITIVE + (enum dc_quantity)(k - DC_K1)),
                            value(DC_INNER_POSITIVE + (enum dc_quantity)(k - DC_K1)));
        ck_assert_double_lt(fabs(value(DC_OUTER_VOLTAGE)), 40.0);
        pass(2 * NS_PER_S);
        ck_assert_double_eq(value(DC_CURRENT), 0.0);
        /* closed pole at x: (x - 400)/20M + 2x/20M.. of both poles and 1 Mohm in series with 20 Mohm */
        double one = 1.0 / 20e6, far = 1.0 / 21e6;
        double x = 400.0 * one / (one + one + one + far);
        ck_assert_double_eq_tol(fabs(value(DC_OUTER_VOLTAGE)), x / 21.0, 1e-6);
        ck_assert_double_eq_tol(value(DC_INNER_VOLTAGE), 400.0, 1e-9);
    }
}
END_TEST

/* K1 welded: with K2 open nothing flows; K2 then makes the circuit. */
START_TEST(the_second_contact_makes_the_circuit) {
    dc_set_ocv(&c, 0, 380.0);
    dc_set_vehicle_closed(&c, 0, true);
    dc_set_contact(&c, 0, DC_K1, true);
    precharge(375.0);
    ck_assert_double_lt(fabs(value(DC_CURRENT)), 1e-3);
    ck_assert_double_eq_tol(value(DC_DIFFERENCE), -5.0, 1e-3);
    dc_set_contact(&c, c.now_ns, DC_K2, true);
    struct dc_track current = {.quantity = DC_CURRENT};
    dc_track_add(&c, &current);
    pass(NS_PER_MS);
    dc_track_read(&c, c.now_ns, &current);
    ck_assert_double_lt(current.min, -2.0);
    dc_set_modules(&c, c.now_ns, true, 450.0, 100.0);
    pass(4 * NS_PER_S);
    ck_assert_double_eq_tol(value(DC_CURRENT), 100.0, 0.1);
    dc_set_contact(&c, c.now_ns, DC_K2, false);
    pass(20 * NS_PER_MS); /* and the arc is out */
    ck_assert_double_lt(fabs(value(DC_CURRENT)), 1e-2);
}
END_TEST

/* ---- energy ---- */

START_TEST(joining_costs_half_of_what_the_difference_held) {
    precharge(400.0);
    dc_set_modules(&c, c.now_ns, false, 0.0, 0.0);
    double all = p.module_farad + p.inner_farad, lost = dc_lost_j(&c);
    dc_set_output_closed(&c, c.now_ns, true);
    double series = all * p.outer_farad / (all + p.outer_farad);
    double wanted = 0.5 * series * 400.0 * 400.0;
    ck_assert_double_eq_tol(dc_lost_j(&c) - lost, wanted,
                            0.06 * wanted); /* and the Y capacitors behind it */
    ck_assert_double_gt(dc_lost_j(&c) - lost, wanted);
}
END_TEST

START_TEST(interrupting_costs_what_the_coil_held) {
    c.params.arc.volt = 0.0;
    dc_set_ocv(&c, 0, 380.0);
    dc_set_vehicle_closed(&c, 0, true);
    precharge(380.0);
    dc_set_output_closed(&c, c.now_ns, true);
    dc_set_modules(&c, c.now_ns, true, 450.0, 100.0);
    pass(4 * NS_PER_S);
    double current = value(DC_CURRENT), lost = dc_lost_j(&c);
    dc_set_contact(&c, c.now_ns, DC_K1, false);
    double wanted = 0.5 * p.cable_henry * current * current;
    ck_assert_double_ge(dc_lost_j(&c) - lost, wanted);
    ck_assert_double_eq_tol(dc_lost_j(&c) - lost, wanted,
                            1e-3); /* and 0.8 V of the cable, in 10 nF */
}
END_TEST

/* ---- all four contacts at random ---- */

static double share(void) {
    return random_share(random_next(&state));
}

static double pick(const double *values, size_t count) {
    return values[(size_t)(share() * (double)count)];
}

static void command(void) {
    static const double ohms[] = {(double)INFINITY, 30e3, 1e6, 20e6};
    static const double shorts[] = {(double)INFINITY, (double)INFINITY, 0.005, 2.0};
    static const double volts[] = {0.0, 200.0, 375.0, 420.0}, ocvs[] = {380.0, 420.0, -380.0};
    switch ((int)(share() * 10.0)) {
    case 0:
        dc_set_insulation(&c, c.now_ns, share() < 0.5 ? DC_POSITIVE : DC_NEGATIVE, pick(ohms, 4));
        break;
    case 1:
        dc_set_discharge(&c, c.now_ns, share() < 0.5);
        break;
    case 2:
        dc_set_short(&c, c.now_ns, pick(shorts, 4));
        break;
    case 3:
        dc_set_ocv(&c, c.now_ns, pick(ocvs, 3));
        break;
    case 4:
        dc_set_diode_short(&c, c.now_ns, share() < 0.2);
        break;
    case 5:
    case 6:
        dc_set_modules(&c, c.now_ns, share() < 0.8, pick(volts, 4), share() < 0.5 ? 5.0 : 250.0);
        break;
    default:
        dc_set_contact(&c, c.now_ns, (enum dc_contact)(share() * DC_CONTACTS), share() < 0.6);
    }
}

/* All that is stored. */
static double stored_j(void) {
    double in_p = value(DC_INNER_POSITIVE), in_n = value(DC_INNER_NEGATIVE);
    double out_p = value(DC_OUTER_POSITIVE), out_n = value(DC_OUTER_NEGATIVE);
    double bat_n = value(DC_BATTERY_NEGATIVE), bat_p = bat_n + value(DC_BATTERY_VOLTAGE);
    double sum = p.module_farad * pow(value(DC_MODULE_VOLTAGE), 2.0);
    sum += p.inner_farad * pow(value(DC_INNER_VOLTAGE), 2.0);
    sum += p.outer_farad * pow(value(DC_OUTER_VOLTAGE), 2.0);
    sum += p.vehicle_farad * pow(value(DC_BATTERY_VOLTAGE), 2.0);
    sum += p.inner_y_farad * (in_p * in_p + in_n * in_n);
    sum += p.outer_y_farad * (out_p * out_p + out_n * out_n);
    sum += p.vehicle_y_farad * (bat_p * bat_p + bat_n * bat_n);
    sum += c.loop ? p.cable_henry * pow(value(DC_CURRENT), 2.0) : 0.0;
    return 0.5 * sum;
}

/* Of both poles and all Y capacitors: what PE holds against. */
static double earth_c(void) {
    double bat_n = value(DC_BATTERY_NEGATIVE);
    return p.inner_y_farad * (value(DC_INNER_POSITIVE) + value(DC_INNER_NEGATIVE)) +
           p.outer_y_farad * (value(DC_OUTER_POSITIVE) + value(DC_OUTER_NEGATIVE)) +
           p.vehicle_y_farad * (2.0 * bat_n + value(DC_BATTERY_VOLTAGE));
}

static double earth_a(void) {
    double bat_n = value(DC_BATTERY_NEGATIVE);
    double sum = value(DC_INNER_POSITIVE) + value(DC_INNER_NEGATIVE);
    sum = sum / p.inner_insulation_ohm;
    sum += (2.0 * bat_n + value(DC_BATTERY_VOLTAGE)) / p.vehicle_insulation_ohm;
    sum += value(DC_OUTER_POSITIVE) / c.outer_insulation_ohm[DC_POSITIVE];
    return sum + value(DC_OUTER_NEGATIVE) / c.outer_insulation_ohm[DC_NEGATIVE];
}

static void check_joined(void) {
    double slack = 1e-8;
    if (c.closed[DC_K1]) {
        ck_assert_double_eq_tol(value(DC_OUTER_POSITIVE), value(DC_INNER_POSITIVE), slack);
    }
    if (c.closed[DC_K2]) {
        ck_assert_double_eq_tol(value(DC_OUTER_NEGATIVE), value(DC_INNER_NEGATIVE), slack);
    }
    if (c.closed[DC_K6]) {
        ck_assert_double_eq_tol(value(DC_OUTER_NEGATIVE), value(DC_BATTERY_NEGATIVE), slack);
    }
    ck_assert_double_eq_tol(value(DC_INNER_POSITIVE) - value(DC_INNER_NEGATIVE),
                            value(DC_INNER_VOLTAGE), slack);
    ck_assert_double_eq_tol(value(DC_OUTER_POSITIVE) - value(DC_OUTER_NEGATIVE),
                            value(DC_OUTER_VOLTAGE), slack);
}

/* What flows off to PE is what the Y capacitors lose: by Simpson's rule, over 20 ns. */
static void check_earth(void) {
    if (dc_next(&c) <= c.now_ns + QUIET_NS + 20) {
        return;
    }
    pass(QUIET_NS); /* a short circuit of 5 mohm empties the outer node within a ns */
    double before_c = earth_c(), sum_a = earth_a();
    pass(10);
    sum_a += 4.0 * earth_a();
    pass(10);
    double flown_c = 20e-9 / 6.0 * (sum_a + earth_a());
    ck_assert_double_eq_tol(before_c - earth_c(), flown_c, 1e-4 * fabs(flown_c) + 1e-15);
}

START_TEST(no_charge_and_no_energy_comes_from_nowhere) {
    double most_lost = 0.0, most_arc = 0.0;
    c.audited = true;
    for (int i = 0; i < COMMANDS; i++) {
        pass((int64_t)pow(10.0, 8.0 * share()));
        check_earth();
        double before_j = stored_j(), before_c = earth_c(), lost_j = dc_lost_j(&c);
        double arc_j = dc_arc_j(&c, c.now_ns);
        most_arc = arc_j > most_arc ? arc_j : most_arc;
        command();
        double gone_j = before_j - stored_j();
        lost_j = dc_lost_j(&c) - lost_j;
        arc_j = dc_arc_j(&c, c.now_ns) - arc_j;
        ck_assert_double_eq_tol(gone_j, lost_j + arc_j, 1e-9 * (1.0 + before_j));
        ck_assert_double_eq_tol(earth_c(), before_c, 1e-9 * (1.0 + fabs(before_c)));
        most_lost = lost_j > most_lost ? lost_j : most_lost;
        check_joined();
        ck_assert_uint_eq(c.stalls, 0);
    }
    ck_assert_double_gt(most_lost, 1.0);
    ck_assert_double_gt(most_arc, 100.0);
    ck_assert_uint_lt(c.segments, 100 * (uint64_t)COMMANDS);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dc_poles");
    TCase *tests = tcase_create("dc_poles");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, equal_insulation_puts_pe_in_the_middle);
    tcase_add_test(tests, a_fault_pulls_its_pole_to_pe);
    tcase_add_test(tests, the_y_capacitors_give_it_time);
    tcase_add_test(tests, one_closed_pole_charges_by_leakage_only);
    tcase_add_test(tests, the_second_contact_makes_the_circuit);
    tcase_add_test(tests, joining_costs_half_of_what_the_difference_held);
    tcase_add_test(tests, interrupting_costs_what_the_coil_held);
    tcase_add_test(tests, no_charge_and_no_energy_comes_from_nowhere);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
