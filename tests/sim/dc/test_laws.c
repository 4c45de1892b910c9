/* SPDX-License-Identifier: MIT */
/* The DC circuit under a long random treatment (fixed seed): whatever is switched in whatever
 * order, it keeps Kirchhoff's laws, the diode's, conservation of charge and its bounds; and the
 * result does not depend on how time is sliced. */
#include "sim/dc/circuit.h"
#include "tests/sim/support/dice.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#define COMMANDS 20000
#define STEP_NS  100 /* of the differences that stand for derivatives */
#define QUIET_NS 2000
#define NO_FARAD 1e-15 /* adds nothing that shows */

static void modules(struct dc_circuit *c, int64_t now_ns) {
    double volts = DICE_PICK(0.0, 200.0, 375.0, 380.0, 420.0, 750.0),
           amps = DICE_PICK(0.0, 5.0, 100.0, 250.0);
    dc_set_modules(c, now_ns, dice_draw() < 0.9, volts, amps);
}

static void command(struct dc_circuit *c, int64_t now_ns) {
    bool on = dice_draw() < 0.6;
    int number = (int)(dice_draw() * 12.0);
    if (dice_command(c, now_ns, number, on)) {
        return;
    }
    switch (number) {
    case 8:
        dc_set_battery_ohm(c, now_ns, DICE_PICK(0.02, 0.06, 0.5));
        break;
    default:
        modules(c, now_ns);
    }
}

static double all_charge(const struct dc_circuit *c, int64_t t_ns) {
    const struct dc_params *p = &c->params;
    return p->module_farad * dc_value(c, DC_MODULE_VOLTAGE, t_ns) +
           p->inner_farad * dc_value(c, DC_INNER_VOLTAGE, t_ns) +
           p->outer_farad * dc_value(c, DC_OUTER_VOLTAGE, t_ns) +
           p->vehicle_farad * dc_value(c, DC_BATTERY_VOLTAGE, t_ns);
}

static double bus_leak_siemens(const struct dc_circuit *c) {
    double siemens = 1.0 / c->params.inner_bleed_ohm;
    return siemens + (c->discharge ? 1.0 / c->params.inner_discharge_ohm : 0.0);
}

/* What flows into all capacitors together, from the sources and into the loads. */
static double all_current(const struct dc_circuit *c, int64_t t_ns) {
    const struct dc_params *p = &c->params;
    double battery = dc_value(c, DC_BATTERY_VOLTAGE, t_ns);
    double cable = dc_value(c, DC_CURRENT, t_ns);
    double current = dc_value(c, DC_MODULE_CURRENT, t_ns) + (c->ocv_v - battery) / c->battery_ohm;
    current -= dc_value(c, DC_MODULE_VOLTAGE, t_ns) / p->module_bleed_ohm;
    current -= dc_value(c, DC_INNER_VOLTAGE, t_ns) * bus_leak_siemens(c);
    current -= dc_value(c, DC_OUTER_VOLTAGE, t_ns) / p->outer_bleed_ohm;
    return current - (dc_vehicle_closed(c) ? battery / c->short_ohm : cable);
}

static double slope(const struct dc_circuit *c, enum dc_quantity quantity, int64_t t_ns) {
    return (dc_value(c, quantity, t_ns + STEP_NS) - dc_value(c, quantity, t_ns - STEP_NS)) /
           (2e-9 * STEP_NS);
}

static void check_kirchhoff(const struct dc_circuit *c, int64_t t_ns) {
    const struct dc_params *p = &c->params;
    double change =
        (all_charge(c, t_ns + STEP_NS) - all_charge(c, t_ns - STEP_NS)) / (2e-9 * STEP_NS);
    double flow = all_current(c, t_ns), scale = 1.0 + fabs(flow);
    double cable = dc_value(c, DC_CURRENT, t_ns), bus = dc_value(c, DC_INNER_VOLTAGE, t_ns);
    scale += fabs(cable) + fabs(dc_value(c, DC_BATTERY_VOLTAGE, t_ns) / c->short_ohm);
    ck_assert_double_eq_tol(change, flow, 2e-3 * scale);
    if (dc_output_closed(c) && (dc_vehicle_closed(c) || !isinf(c->short_ohm))) {
        double end =
            dc_vehicle_closed(c) ? dc_value(c, DC_BATTERY_VOLTAGE, t_ns) : cable * c->short_ohm;
        double across = bus - end - p->cable_ohm * cable;
        ck_assert_double_eq_tol(p->cable_henry * slope(c, DC_CURRENT, t_ns), across,
                                2e-3 * (1.0 + fabs(across) + fabs(bus)));
    }
    if (dc_diode_on(c) && !c->diode_short) {
        double farad = p->inner_farad + (dc_output_closed(c) ? p->outer_farad : 0.0);
        double through = farad * slope(c, DC_INNER_VOLTAGE, t_ns) + bus_leak_siemens(c) * bus;
        through += dc_output_closed(c) ? cable + bus / p->outer_bleed_ohm : 0.0;
        ck_assert_double_ge(through, -1e-4 * (1.0 + fabs(cable)));
    }
}

static void check_bounds(struct dc_circuit *c, int64_t t_ns) {
    for (int q = 0; q < DC_QUANTITIES; q++) {
        double value = dc_value(c, (enum dc_quantity)q, t_ns);
        ck_assert(isfinite(value));
        ck_assert_double_le(fabs(value), q == DC_CURRENT ? 2e5 : 3000.0);
    }
    double modules_a = dc_value(c, DC_MODULE_CURRENT, t_ns);
    ck_assert_double_ge(modules_a, -1e-6);
    ck_assert_double_le(modules_a, c->params.module_max_a + 1e-6);
    if (!c->diode_short) {
        ck_assert_double_le(dc_value(c, DC_MODULE_VOLTAGE, t_ns) - c->params.diode_drop_v,
                            dc_value(c, DC_INNER_VOLTAGE, t_ns) + 1e-6);
    }
    ck_assert(isfinite(dc_energy_j(c, t_ns)) && isfinite(dc_charge_c(c, t_ns)));
    ck_assert(dc_next(c) >= c->now_ns);
    ck_assert_uint_eq(c->stalls, 0);
}

static void check_laws(struct dc_circuit *c) {
    check_bounds(c, c->now_ns);
    int64_t middle_ns = c->now_ns + QUIET_NS;
    if (middle_ns + STEP_NS < dc_next(c)) {
        check_kirchhoff(c, middle_ns);
    }
}

/* No value ever seen may lie outside the extremes. */
static void check_extremes(const struct dc_circuit *c, struct dc_track *track) {
    double value = dc_value(c, track->quantity, c->now_ns), slack = 1e-8 * (1.0 + fabs(value));
    dc_track_read(c, c->now_ns, track);
    ck_assert_double_le(value, track->max + slack);
    ck_assert_double_ge(value, track->min - slack);
    ck_assert(track->max_ns <= c->now_ns + 1 && track->min_ns <= c->now_ns + 1);
}

/* 1 ns .. 0.1 s, all orders of magnitude alike. */
static int64_t pause_ns(void) {
    return (int64_t)pow(10.0, 8.0 * dice_draw());
}

static struct dc_params params(double drop_v) {
    struct dc_params p = dc_params_default;
    p.diode_drop_v = drop_v;
    p.inner_y_farad = p.outer_y_farad = p.vehicle_y_farad = NO_FARAD; /* the poles: test_poles.c */
    p.inner_insulation_ohm = p.vehicle_insulation_ohm = (double)INFINITY;
    p.arc.volt = 0.0; /* arcs: test_arcs.c */
    return p;
}

START_TEST(laws_hold_whatever_is_switched) {
    static const double drops_v[] = {0.0, 0.8};
    struct dc_params p = params(drops_v[_i]);
    struct dc_circuit c;
    dice_seed = 88172645463325252ull + (unsigned long long)_i;
    dc_init(&c, &p, 0);
    struct dc_track track = {.quantity = DC_CURRENT};
    dc_track_add(&c, &track);
    for (int i = 0; i < COMMANDS; i++) {
        int64_t pause = pause_ns();
        dc_advance(&c, c.now_ns + pause);
        check_laws(&c);
        check_extremes(&c, &track);
        if (i % 10 == 9) { /* start again: an old peak hides all later ones */
            dc_track_remove(&c, &track);
            dc_track_add(&c, &track);
        }
        double before = all_charge(&c, c.now_ns);
        command(&c, c.now_ns);
        ck_assert_double_eq_tol(all_charge(&c, c.now_ns), before, 1e-9);
        check_laws(&c);
        check_extremes(&c, &track);
    }
    ck_assert_uint_lt(c.segments, 100 * (uint64_t)COMMANDS);
}
END_TEST

struct crossings {
    int count;
    int64_t last_ns, sum_ns;
    bool rising;
};

static void note(void *ctx, int64_t at_ns, bool rising) {
    struct crossings *seen = ctx;
    ck_assert(at_ns >= seen->last_ns);
    ck_assert(seen->count == 0 || rising != seen->rising);
    seen->count++;
    seen->rising = rising;
    seen->last_ns = at_ns;
    seen->sum_ns ^= at_ns * (seen->count + 1);
}

struct run {
    struct dc_circuit c;
    struct dc_watch watches[4];
    struct crossings seen[4];
    struct dc_track tracks[2];
};

static void run_random(struct run *run, int slices) {
    static const enum dc_quantity watched[] = {DC_OUTER_VOLTAGE, DC_CURRENT, DC_INNER_VOLTAGE,
                                               DC_DIFFERENCE};
    static const double levels[] = {60.0, 5.0, 380.0, 10.0};
    struct dc_params p = params(0.0);
    dice_seed = 362436069362436069ull;
    dc_init(&run->c, &p, 0);
    for (int i = 0; i < 4; i++) {
        run->seen[i] = (struct crossings){0};
        run->watches[i] = (struct dc_watch){
            .quantity = watched[i], .level = levels[i], .crossed = note, .ctx = &run->seen[i]};
        dc_watch_add(&run->c, &run->watches[i]);
    }
    run->tracks[0].quantity = DC_CURRENT;
    run->tracks[1].quantity = DC_OUTER_VOLTAGE;
    dc_track_add(&run->c, &run->tracks[0]);
    dc_track_add(&run->c, &run->tracks[1]);
    for (int i = 0; i < 2000; i++) {
        int64_t start_ns = run->c.now_ns, pause = pause_ns();
        for (int k = 1; k <= slices; k++) {
            dc_advance(&run->c, start_ns + pause * k / slices);
        }
        command(&run->c, run->c.now_ns);
    }
}

START_TEST(slicing_of_time_changes_nothing) {
    static struct run once, sliced;
    run_random(&once, 1);
    run_random(&sliced, 37);
    int64_t now_ns = once.c.now_ns;
    ck_assert(now_ns == sliced.c.now_ns);
    for (int q = 0; q < DC_QUANTITIES; q++) {
        ck_assert_double_eq(dc_value(&once.c, (enum dc_quantity)q, now_ns),
                            dc_value(&sliced.c, (enum dc_quantity)q, now_ns));
    }
    ck_assert_double_eq(dc_energy_j(&once.c, now_ns), dc_energy_j(&sliced.c, now_ns));
    ck_assert_double_eq(dc_charge_c(&once.c, now_ns), dc_charge_c(&sliced.c, now_ns));
    for (int i = 0; i < 4; i++) {
        ck_assert_int_gt(once.seen[i].count, 10);
        ck_assert_int_eq(once.seen[i].count, sliced.seen[i].count);
        ck_assert(once.seen[i].sum_ns == sliced.seen[i].sum_ns);
    }
    for (int i = 0; i < 2; i++) {
        ck_assert_double_eq(once.tracks[i].max, sliced.tracks[i].max);
        ck_assert(once.tracks[i].min_ns == sliced.tracks[i].min_ns);
    }
}
END_TEST

/* Extremes and crossings against looking at every ns, through a ringing inrush. */
START_TEST(nothing_is_missed_between_looks) {
    struct dc_circuit c;
    struct dc_params p = params(0.0);
    p.battery_ocv_v = 380.0;
    dc_init(&c, &p, 0);
    dc_set_vehicle_closed(&c, 0, true);
    dc_set_modules(&c, 0, true, 377.0, 250.0);
    dc_advance(&c, 1000000000);
    dc_set_output_closed(&c, c.now_ns, true);
    struct crossings seen = {0};
    struct dc_watch watch = {.quantity = DC_CURRENT, .level = 0.4, .crossed = note, .ctx = &seen};
    struct dc_track track = {.quantity = DC_CURRENT};
    dc_watch_add(&c, &watch);
    dc_track_add(&c, &track);
    double last = dc_value(&c, DC_CURRENT, c.now_ns), max = last, min = last;
    int crossings = 0;
    for (int i = 0; i < 2000000; i++) {
        dc_advance(&c, c.now_ns + 1);
        double now = dc_value(&c, DC_CURRENT, c.now_ns);
        crossings += (now > 0.4) != (last > 0.4);
        if (seen.count != crossings) {
            ck_abort_msg("%d crossings told, %d seen", seen.count, crossings);
        }
        max = now > max ? now : max;
        min = now < min ? now : min;
        last = now;
    }
    dc_track_read(&c, c.now_ns, &track);
    ck_assert_int_gt(crossings, 50);
    ck_assert_double_eq_tol(track.max, max, 1e-6);
    ck_assert_double_eq_tol(track.min, min, 1e-6);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dc_laws");
    TCase *tests = tcase_create("dc_laws");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, laws_hold_whatever_is_switched, 0, 2);
    tcase_add_test(tests, slicing_of_time_changes_nothing);
    tcase_add_test(tests, nothing_is_missed_between_looks);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
