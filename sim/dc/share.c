/* SPDX-License-Identifier: MIT */
#include "sim/circuit/twofold.h"
#include "sim/dc/internal.h"

#include <assert.h>

#define AS_ONE                                                                                     \
    1e-11 /* V, relative to 1 V and to the voltage: joined terminals are this near already */
#define SHARING 1e-9 /* relative error of charge and energy when capacitors share */

/* Charges and capacitances of the roots, for C*v = q. */
struct system {
    struct twofold c[DC_TERMINALS][DC_TERMINALS], q[DC_TERMINALS];
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
    for (int k = 0; k < DC_TERMINALS; k++) {
        if (j->root[k] != (enum dc_terminal)k) {
            continue;
        }
        assert(s->c[k][k].hi > 0.0);
        for (int i = 0; i < DC_TERMINALS; i++) {
            if (i == k || s->c[i][k].hi == 0.0) {
                continue;
            }
            struct twofold factor = twofold_quotient(s->c[i][k], s->c[k][k]);
            for (int l = 0; l < DC_TERMINALS; l++) {
                s->c[i][l] = twofold_difference(s->c[i][l], twofold_product(factor, s->c[k][l]));
            }
            s->q[i] = twofold_difference(s->q[i], twofold_product(factor, s->q[k]));
        }
    }
    for (int k = 0; k < DC_TERMINALS; k++) {
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
    for (int t = 0; t < DC_TERMINALS; t++) {
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

/* What is joined to the last digit, too. */
static void make_equal(const struct dc_joints *j, struct dc_nodes *n) {
    if (j->root[DC_T_OUTER_N] == j->root[DC_T_INNER_N]) {
        n->outer_negative_v = n->inner_negative_v + step(j, DC_T_OUTER_N, DC_T_INNER_N);
    }
    if (j->root[DC_T_BATTERY_N] == j->root[DC_T_OUTER_N]) {
        n->battery_negative_v = n->outer_negative_v + step(j, DC_T_BATTERY_N, DC_T_OUTER_N);
    }
    if (j->root[DC_T_OUTER_N] == j->root[DC_T_INNER_N] &&
        j->root[DC_T_OUTER_P] == j->root[DC_T_INNER_P]) {
        n->outer_v =
            n->inner_v + step(j, DC_T_OUTER_P, DC_T_INNER_P) - step(j, DC_T_OUTER_N, DC_T_INNER_N);
    }
    if (j->group[DC_T_OUTER_N] == j->group[DC_T_BATTERY_N] &&
        j->group[DC_T_OUTER_P] == j->group[DC_T_BATTERY_P]) {
        n->outer_v = n->battery_v;
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

/* What the charge that came through an arc left there; it is negative when the arc is struck. */
static double left_in_arcs_j(const struct dc_circuit *c, const struct dc_joints *j,
                             const struct dc_elements *e, const struct dc_nodes *before,
                             const struct dc_nodes *after) {
    double sum = 0.0;
    for (int k = 0; k < DC_CONTACTS; k++) {
        if (c->arcs[k].burns && k != DC_K5) {
            unsigned set = dc_beyond(c, j, (enum dc_contact)k);
            double moved_c = charge_of(e, after, set) - charge_of(e, before, set);
            sum += dc_arc_v(c, (enum dc_contact)k) * moved_c;
        }
    }
    return sum;
}

void dc_share(struct dc_circuit *c, const struct dc_joints *j, struct dc_nodes *n) {
    if (!joined_already(j, n)) {
        const struct dc_elements e = dc_elements_of(c);
        const struct dc_nodes before = *n;
        double before_j = stored_j(&e, n);
        struct system s = system_of(&e, j, n);
        solve(&s, j);
        n->module_v = across(&s, j, DC_T_MODULE, DC_T_INNER_N);
        n->inner_v = across(&s, j, DC_T_INNER_P, DC_T_INNER_N);
        n->outer_v = across(&s, j, DC_T_OUTER_P, DC_T_OUTER_N);
        n->battery_v = across(&s, j, DC_T_BATTERY_P, DC_T_BATTERY_N);
        n->inner_negative_v = voltage(&s, j, DC_T_INNER_N).hi;
        n->outer_negative_v = voltage(&s, j, DC_T_OUTER_N).hi;
        n->battery_negative_v = voltage(&s, j, DC_T_BATTERY_N).hi;
        double arc_j = left_in_arcs_j(c, j, &e, &before, n);
        double lost_j = before_j - stored_j(&e, n) - arc_j;
        assert(joined_already(j, n) && lost_j >= -SHARING * (1.0 + before_j)); /* none is won */
        c->lost_j += lost_j > 0.0 ? lost_j : 0.0;
        c->arc_j += arc_j;
    }
    make_equal(j, n);
}
