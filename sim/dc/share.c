/* SPDX-License-Identifier: MIT */
#include "sim/circuit/twofold.h"
#include "sim/dc/internal.h"

#include <assert.h>

#define AS_ONE                                                                                     \
    1e-11 /* V, relative to 1 V and to the voltage: joined terminals are this near already */
#define SHARING 1e-9 /* relative error of charge and energy when capacitors share */

/* Charges and capacitances of the roots, for C*v = q. */
struct system {
    struct twofold c[DC_T_PE][DC_T_PE], q[DC_T_PE];
};

static void add_to(struct twofold *sum, struct twofold value) {
    *sum = twofold_sum(*sum, value);
}

/* One end of a capacitor: the charge that it brings (given that ends stand above their roots), and what
 * the voltages of both roots do to it. */
static void add_end(struct system *s, const struct dc_joints *j, enum dc_terminal at,
                    enum dc_terminal other, double farad, struct twofold charge) {
    if (at == DC_T_PE) {
        return;
    }
    enum dc_terminal root = j->root[at];
    double above = j->above[at].value - (other == DC_T_PE ? 0.0 : j->above[other].value);
    add_to(&s->q[root], charge);
    add_to(&s->q[root], twofold_negative(twofold_exact_product(farad, above)));
    add_to(&s->c[root][root], twofold(farad));
    if (other != DC_T_PE) {
        add_to(&s->c[root][j->root[other]], twofold(-farad));
    }
}

static struct system system_of(const struct dc_elements *e, const struct dc_joints *j,
                               const struct dc_nodes *n) {
    struct system s = {0};
    for (size_t i = 0; i < e->count; i++) {
        const struct dc_element *one = &e->all[i];
        if (one->kind == NETWORK_CAPACITOR) {
            struct twofold volt =
                twofold_exact_sum(dc_terminal_v(n, one->from), -dc_terminal_v(n, one->to));
            struct twofold charge = twofold_product(volt, twofold(one->value));
            add_end(&s, j, one->from, one->to, one->value, charge);
            add_end(&s, j, one->to, one->from, one->value, twofold_negative(charge));
        }
    }
    return s;
}

/* Gauss and Jordan; the matrix is positive definite, so no pivot is chosen. */
static void solve(struct system *s, const struct dc_joints *j) {
    for (int k = 0; k < j->terminals; k++) {
        if (j->root[k] != (enum dc_terminal)k) {
            continue;
        }
        assert(s->c[k][k].hi > 0.0);
        for (int i = 0; i < j->terminals; i++) {
            if (i == k || s->c[i][k].hi == 0.0) {
                continue;
            }
            struct twofold factor = twofold_quotient(s->c[i][k], s->c[k][k]);
            for (int l = 0; l < j->terminals; l++) {
                s->c[i][l] = twofold_difference(s->c[i][l], twofold_product(factor, s->c[k][l]));
            }
            s->q[i] = twofold_difference(s->q[i], twofold_product(factor, s->q[k]));
        }
    }
    for (int k = 0; k < j->terminals; k++) {
        s->q[k] =
            j->root[k] == (enum dc_terminal)k ? twofold_quotient(s->q[k], s->c[k][k]) : s->q[k];
    }
}

static struct twofold voltage(const struct system *s, const struct dc_joints *j,
                              enum dc_terminal terminal) {
    return twofold_sum(s->q[j->root[terminal]], twofold(j->above[terminal].value));
}

static double across(const struct system *s, const struct dc_joints *j, enum dc_terminal positive,
                     enum dc_terminal negative) {
    return twofold_difference(voltage(s, j, positive), voltage(s, j, negative)).hi;
}

static double stored_j(const struct dc_elements *e, const struct dc_nodes *n) {
    double sum = 0.0;
    for (size_t i = 0; i < e->count; i++) {
        const struct dc_element *one = &e->all[i];
        double volt = dc_terminal_v(n, one->from) - dc_terminal_v(n, one->to);
        sum += one->kind == NETWORK_CAPACITOR ? 0.5 * one->value * volt * volt : 0.0;
    }
    return sum;
}

static bool joined_already(const struct dc_joints *j, const struct dc_nodes *n) {
    for (int t = 0; t < j->terminals; t++) {
        double volt = dc_terminal_v(n, (enum dc_terminal)t);
        double root = dc_terminal_v(n, j->root[t]) + j->above[t].value;
        if (fabs(volt - root) > AS_ONE * (1.0 + fabs(volt))) {
            return false;
        }
    }
    return true;
}

static double step(const struct dc_joints *j, enum dc_terminal from, enum dc_terminal onto) {
    return j->above[from].value - j->above[onto].value;
}

static bool one_root(const struct dc_joints *j, enum dc_terminal a, enum dc_terminal b) {
    return j->root[a] == j->root[b];
}

/* What is joined to the last digit, too. */
static void make_equal(const struct dc_joints *j, struct dc_nodes *n, size_t gun) {
    const enum dc_terminal inner_p = dc_of(gun, DC_T_INNER_P), inner_n = dc_of(gun, DC_T_INNER_N),
                           outer_p = dc_of(gun, DC_T_OUTER_P), outer_n = dc_of(gun, DC_T_OUTER_N),
                           battery_p = dc_of(gun, DC_T_BATTERY_P),
                           battery_n = dc_of(gun, DC_T_BATTERY_N);
    if (one_root(j, outer_n, inner_n)) {
        n->outer_negative_v = n->inner_negative_v + step(j, outer_n, inner_n);
    }
    if (one_root(j, battery_n, outer_n)) {
        n->battery_negative_v = n->outer_negative_v + step(j, battery_n, outer_n);
    }
    if (one_root(j, outer_n, inner_n) && one_root(j, outer_p, inner_p)) {
        n->outer_v = n->inner_v + step(j, outer_p, inner_p) - step(j, outer_n, inner_n);
    }
    if (j->group[outer_n] == j->group[battery_n] && j->group[outer_p] == j->group[battery_p]) {
        n->outer_v = n->battery_v;
    }
}

/* And the second gun to the first. */
static void make_guns_equal(const struct dc_joints *j, struct dc_nodes n[DC_GUNS]) {
    const enum dc_terminal inner_p = dc_of(1, DC_T_INNER_P), inner_n = dc_of(1, DC_T_INNER_N),
                           battery_p = dc_of(1, DC_T_BATTERY_P),
                           battery_n = dc_of(1, DC_T_BATTERY_N);
    if (one_root(j, inner_n, DC_T_INNER_N)) {
        n[1].inner_negative_v = n[0].inner_negative_v + step(j, inner_n, DC_T_INNER_N);
        if (one_root(j, inner_p, DC_T_INNER_P)) {
            n[1].inner_v =
                n[0].inner_v + step(j, inner_p, DC_T_INNER_P) - step(j, inner_n, DC_T_INNER_N);
        }
    }
    make_equal(j, &n[1], 1);
    if (j->group[battery_n] == j->group[DC_T_BATTERY_N] &&
        j->group[battery_p] == j->group[DC_T_BATTERY_P]) {
        n[1].battery_v = n[0].battery_v;
        n[1].battery_negative_v = n[0].battery_negative_v;
    }
}

static double charge_of(const struct dc_elements *e, const struct dc_nodes *n, unsigned set) {
    double sum = 0.0;
    for (size_t i = 0; i < e->count; i++) {
        const struct dc_element *one = &e->all[i];
        bool from = (set >> one->from & 1u) != 0, to = (set >> one->to & 1u) != 0;
        if (one->kind == NETWORK_CAPACITOR && from != to) {
            double volt = dc_terminal_v(n, one->from) - dc_terminal_v(n, one->to);
            sum += (from ? one->value : -one->value) * volt;
        }
    }
    return sum;
}

/* Charge goes through a diode, too: with each bus the modules that it joins to it. */
static unsigned with_modules(const struct dc_net *net, unsigned set) {
    for (size_t gun = 0; gun < net->count; gun++) {
        bool bus = (set >> dc_of(gun, DC_T_INNER_P) & 1u) != 0;
        set |= bus && net->guns[gun]->diode_on ? 1u << dc_of(gun, DC_T_MODULE) : 0u;
    }
    return set;
}

/* What the charge that came through an arc left there; it is negative when the arc is struck. For each
 * gun, and the tie. */
static double leave_in_arcs(const struct dc_net *net, const struct dc_joints *j,
                            const struct dc_elements *e, const struct dc_nodes *before,
                            const struct dc_nodes *after) {
    struct dc_burning all[DC_BURNING_MAX];
    size_t count = dc_burning(net, all);
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        unsigned set = with_modules(net, dc_beyond(net, j, &all[i]));
        size_t from = (size_t)all[i].from / DC_TERMINALS, to = (size_t)all[i].to / DC_TERMINALS;
        double arc_j = all[i].volt * (charge_of(e, after, set) - charge_of(e, before, set));
        *(from == to ? &net->guns[from]->arc_j : &net->pair->arc_j) += arc_j;
        sum += arc_j;
    }
    return sum;
}

static double share(const struct dc_net *net, const struct dc_joints *j, struct dc_nodes *n,
                    double spare_j) {
    const struct dc_elements e = dc_elements_of(net, j);
    struct dc_nodes before[DC_GUNS];
    double before_j = stored_j(&e, n);
    struct system s = system_of(&e, j, n);
    solve(&s, j);
    for (size_t gun = 0; gun < net->count; gun++) {
        const enum dc_terminal inner_n = dc_of(gun, DC_T_INNER_N),
                               outer_n = dc_of(gun, DC_T_OUTER_N),
                               battery_n = dc_of(gun, DC_T_BATTERY_N);
        before[gun] = n[gun];
        n[gun].module_v = across(&s, j, dc_of(gun, DC_T_MODULE), inner_n);
        n[gun].inner_v = across(&s, j, dc_of(gun, DC_T_INNER_P), inner_n);
        n[gun].outer_v = across(&s, j, dc_of(gun, DC_T_OUTER_P), outer_n);
        n[gun].battery_v = across(&s, j, dc_of(gun, DC_T_BATTERY_P), battery_n);
        n[gun].inner_negative_v = voltage(&s, j, inner_n).hi;
        n[gun].outer_negative_v = voltage(&s, j, outer_n).hi;
        n[gun].battery_negative_v = voltage(&s, j, battery_n).hi;
    }
    double arc_j = leave_in_arcs(net, j, &e, before, n);
    double loss_j = before_j - stored_j(&e, n) - arc_j;
    assert(joined_already(j, n) &&
           loss_j + spare_j >= -SHARING * (1.0 + before_j)); /* none is won */
    return loss_j > 0.0 || spare_j > 0.0 ? loss_j : 0.0;
}

void dc_share(const struct dc_net *net, const struct dc_joints *j, struct dc_nodes *n,
              double *lost_j, double spare_j) {
    if (!joined_already(j, n)) {
        *lost_j += share(net, j, n, spare_j);
    }
    make_equal(j, &n[0], 0);
    if (net->count > 1) {
        make_guns_equal(j, n);
    }
}
