/* SPDX-License-Identifier: MIT */
/* Two guns under a long random treatment (fixed seed) of tie, common pack, contacts, modules, faults: energy
 * is conserved in every segment (asserted, `audited`), charge at every switching; what is joined has one
 * voltage; bounds hold, no switching stalls; how time is sliced and which gun is advanced changes nothing. */
#include "sim/dc/pair.h"
#include "tests/sim/support/dice.h"
#include "tests/support/suite.h"

#include <math.h>

#define NO_FARAD 1e-15 /* adds nothing that shows */

static struct dc_circuit guns[2];
static struct dc_pair pair;
static void modules(struct dc_circuit *c, int64_t now_ns) {
    double volt = DICE_PICK(0.0, 200.0, 375.0, 380.0, 380.0, 420.0, 420.0, 750.0);
    double ampere = DICE_PICK(0.0, 5.0, 100.0, 100.0, 250.0);
    dc_set_modules(c, now_ns, dice_draw() < 0.9, volt, ampere);
}

static void command_gun(struct dc_circuit *c, int64_t now_ns) {
    bool on = dice_draw() < 0.6;
    int number = (int)(dice_draw() * 14.0);
    if (dice_command(c, now_ns, number, on)) {
        return;
    }
    switch (number) {
    case 8:
        dc_set_contact(c, now_ns, (enum dc_contact)(dice_draw() * DC_CONTACTS), on);
        break;
    case 9:
        dc_set_insulation(c, now_ns, dice_draw() < 0.5 ? DC_POSITIVE : DC_NEGATIVE,
                          DICE_PICK((double)INFINITY, 20e6, 30e3));
        break;
    default:
        modules(c, now_ns);
    }
}

static void command(int64_t now_ns) {
    bool on = dice_draw() < 0.6;
    switch ((int)(dice_draw() * 16.0)) {
    case 0:
        dc_pair_set_tie(&pair, now_ns, on);
        break;
    case 1:
        dc_pair_set_tie_pole(&pair, now_ns, dice_draw() < 0.5 ? DC_POSITIVE : DC_NEGATIVE, on);
        break;
    default:
        command_gun(&guns[dice_draw() < 0.5], now_ns);
    }
}

static double all_charge(void) {
    double sum = 0.0;
    for (int i = 0; i < 2; i++) {
        const struct dc_circuit *c = &guns[i];
        const struct dc_params *p = &c->params;
        sum += p->module_farad * dc_value(c, DC_MODULE_VOLTAGE, c->now_ns) +
               p->inner_farad * dc_value(c, DC_INNER_VOLTAGE, c->now_ns) +
               p->outer_farad * dc_value(c, DC_OUTER_VOLTAGE, c->now_ns);
        if (i == 0 || !pair.one_pack) {
            sum += p->vehicle_farad * dc_value(c, DC_BATTERY_VOLTAGE, c->now_ns);
        }
    }
    return sum;
}

static void check_gun(struct dc_circuit *c) {
    for (int q = 0; q < DC_QUANTITIES; q++) {
        double value = dc_value(c, (enum dc_quantity)q, c->now_ns);
        ck_assert(isfinite(value));
        /* some thousand A of a short, interrupted with 10 uH behind them, bring 2 uF to 10 kV */
        ck_assert_double_le(fabs(value), q == DC_CURRENT ? 4e5 : 4e4);
    }
    double module_a = dc_value(c, DC_MODULE_CURRENT, c->now_ns);
    ck_assert_double_ge(module_a, -1e-6);
    ck_assert_double_le(module_a, c->params.module_max_a + 1e-6);
    if (!c->diode_short) {
        ck_assert_double_le(dc_value(c, DC_MODULE_VOLTAGE, c->now_ns) - c->params.diode_drop_v,
                            dc_value(c, DC_INNER_VOLTAGE, c->now_ns) + 1e-6);
    }
    ck_assert(dc_next(c) >= c->now_ns);
    ck_assert_uint_eq(c->stalls, 0);
}

static void check_joined(enum dc_quantity quantity, bool joined, double tolerance) {
    if (joined) {
        ck_assert_double_eq_tol(dc_value(&guns[0], quantity, guns[0].now_ns),
                                dc_value(&guns[1], quantity, guns[1].now_ns), tolerance);
    }
}

static void check_laws(void) {
    ck_assert(guns[0].now_ns == guns[1].now_ns);
    check_gun(&guns[0]);
    check_gun(&guns[1]);
    check_joined(DC_INNER_POSITIVE, pair.tie_closed[DC_POSITIVE], 1e-7);
    check_joined(DC_INNER_NEGATIVE, pair.tie_closed[DC_NEGATIVE], 1e-7);
    check_joined(DC_BATTERY_VOLTAGE, pair.one_pack, 1e-7);
    check_joined(DC_BATTERY_NEGATIVE, pair.one_pack, 1e-7);
    bool coupled = pair.one_pack || !dc_pair_tie_interrupted(&pair, DC_POSITIVE) ||
                   !dc_pair_tie_interrupted(&pair, DC_NEGATIVE);
    ck_assert((guns[0].pair != NULL) == coupled && (guns[1].pair != NULL) == coupled);
}

/* 1 ns .. 0.1 s, all orders of magnitude alike. */
static int64_t pause_ns(void) {
    return (int64_t)pow(10.0, 8.0 * dice_draw());
}

/* Guns alike, or not; with poles and arcs, or (for the charge) without. */
static void begin(bool alike, bool poles) {
    struct dc_params p = dc_params_default;
    if (!poles) {
        p.inner_y_farad = p.outer_y_farad = p.vehicle_y_farad = NO_FARAD;
        p.inner_insulation_ohm = p.vehicle_insulation_ohm = (double)INFINITY;
        p.arc.volt = 0.0;
    }
    dc_init(&guns[0], &p, 0);
    p.diode_drop_v = alike ? 0.0 : 0.8;
    p.inner_farad *= alike ? 1.0 : 1.7;
    p.cable_henry *= alike ? 1.0 : 0.6;
    p.battery_ohm *= alike ? 1.0 : 2.0;
    dc_init(&guns[1], &p, 0);
    dc_pair_init(&pair, &guns[0], &guns[1]);
}

static void advance(int64_t ns) {
    int64_t to_ns = guns[0].now_ns + ns;
    dc_advance(&guns[dice_draw() < 0.5], to_ns);
    dc_advance(&guns[0], to_ns);
    dc_advance(&guns[1], to_ns);
}

static void treat(int commands, bool conserved) {
    for (int i = 0; i < commands; i++) {
        advance(pause_ns());
        check_laws();
        double before = all_charge();
        if (dice_draw() < 0.03) {
            dc_pair_share_pack(&pair, guns[0].now_ns, dice_draw() < 0.6);
        } else {
            command(guns[0].now_ns);
            int64_t now_ns = guns[0].now_ns > guns[1].now_ns ? guns[0].now_ns : guns[1].now_ns;
            dc_advance(&guns[0], now_ns);
            dc_advance(&guns[1], now_ns);
            ck_assert(!conserved || fabs(all_charge() - before) < 2e-9);
        }
        check_laws();
    }
}

START_TEST(charge_is_kept_whatever_is_switched) {
    dice_seed = 88172645463325252ull + (unsigned long long)_i;
    begin(_i == 0, false);
    treat(4000, true);
    ck_assert_uint_lt(guns[0].segments, 400000);
}
END_TEST

START_TEST(energy_is_kept_whatever_is_switched) {
    dice_seed = 362436069362436069ull + (unsigned long long)_i;
    begin(_i == 0, true);
    guns[0].audited = guns[1].audited = true;
    treat(4000, false);
    ck_assert_double_gt(dc_pair_arc_j(&pair, guns[0].now_ns), 0.0);
    ck_assert_double_gt(dc_pair_lost_j(&pair), 0.0);
}
END_TEST

struct outcome {
    double values[2][DC_QUANTITIES], energy_j[2], lost_j, arc_j;
    int64_t seen_ns;
    int seen;
};

static void note(void *ctx, int64_t at_ns, bool rising) {
    struct outcome *outcome = ctx;
    outcome->seen++;
    outcome->seen_ns ^= at_ns * (outcome->seen + rising);
}

static struct outcome run_sliced(int slices) {
    struct outcome outcome = {.seen = 0};
    struct dc_watch watches[2];
    dice_seed = 521288629546311ull;
    begin(false, true);
    for (int i = 0; i < 2; i++) {
        watches[i] = (struct dc_watch){
            .quantity = DC_INNER_VOLTAGE, .level = 379.0, .crossed = note, .ctx = &outcome};
        dc_watch_add(&guns[i], &watches[i]);
    }
    for (int i = 0; i < 1500; i++) {
        int64_t start_ns = guns[0].now_ns, pause = pause_ns();
        for (int k = 1; k <= slices; k++) {
            dc_advance(&guns[k % 2], start_ns + pause * k / slices);
        }
        dc_advance(&guns[0], start_ns + pause);
        dc_advance(&guns[1], start_ns + pause);
        command(guns[0].now_ns);
        dc_advance(&guns[0], guns[1].now_ns);
        dc_advance(&guns[1], guns[0].now_ns);
    }
    for (int i = 0; i < 2; i++) {
        for (int q = 0; q < DC_QUANTITIES; q++) {
            outcome.values[i][q] = dc_value(&guns[i], (enum dc_quantity)q, guns[i].now_ns);
        }
        outcome.energy_j[i] = dc_energy_j(&guns[i], guns[i].now_ns);
    }
    outcome.lost_j = dc_pair_lost_j(&pair);
    outcome.arc_j = dc_pair_arc_j(&pair, guns[0].now_ns);
    return outcome;
}

START_TEST(slicing_of_time_changes_nothing) {
    const struct outcome once = run_sliced(1), sliced = run_sliced(8);
    for (int i = 0; i < 2; i++) {
        for (int q = 0; q < DC_QUANTITIES; q++) {
            ck_assert_double_eq(once.values[i][q], sliced.values[i][q]);
        }
        ck_assert_double_eq(once.energy_j[i], sliced.energy_j[i]);
    }
    ck_assert_double_eq(once.lost_j, sliced.lost_j);
    ck_assert_double_eq(once.arc_j, sliced.arc_j);
    ck_assert_int_gt(once.seen, 20);
    ck_assert_int_eq(once.seen, sliced.seen);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dc_pair_laws");
    TCase *tests = tcase_create("dc_pair_laws");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, charge_is_kept_whatever_is_switched, 0, 2);
    tcase_add_loop_test(tests, energy_is_kept_whatever_is_switched, 0, 2);
    tcase_add_test(tests, slicing_of_time_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
