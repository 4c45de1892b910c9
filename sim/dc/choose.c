/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>

/* Two groups of modules on one network: which of them hold their voltage, deliver their limit or wait, and
 * which diodes conduct, cannot be decided one after the other. What voltages leave open is tried,
 * combination by combination, until one contradicts nothing: no current below 0 or beyond a limit, no
 * node that at once leaves the side on which it is taken to be. */

#define OPTIONS_MAX 6
#define AT_ONCE_S                                                                                  \
    1e-12 /* after one gun's switching it still says what that gun does at the other's */

struct option {
    enum dc_mode mode;
    bool diode;
};

struct options {
    size_t count;
    struct option all[OPTIONS_MAX];
    bool any_mode,
        any_diode; /* more than one is possible: that the right one is taken shows in currents */
};

static size_t modes_of(const struct dc_circuit *c, const struct dc_now *k, struct dc_nodes *n,
                       enum dc_switching why, enum dc_mode modes[3]) {
    double ahead = n->module_v - k->reference_v;
    if (!dc_active(c)) {
        modes[0] = DC_MODE_OFF;
        return 1;
    }
    if (fabs(ahead) > DC_TIE && why != DC_SWITCH_REACH) {
        modes[0] = ahead > 0.0 ? DC_MODE_BLOCKED : DC_MODE_CURRENT;
        return 1;
    }
    n->module_v = k->reference_v;
    if (why == DC_SWITCH_LOW || why == DC_SWITCH_HIGH) {
        modes[0] = why == DC_SWITCH_LOW ? DC_MODE_BLOCKED : DC_MODE_CURRENT;
        return 1;
    }
    modes[0] = DC_MODE_VOLTAGE;
    modes[1] = DC_MODE_CURRENT;
    modes[2] = DC_MODE_BLOCKED;
    return 3;
}

static struct options options_of(const struct dc_circuit *c, const struct dc_now *k,
                                 struct dc_nodes *n, enum dc_switching why) {
    struct options o = {0};
    enum dc_mode modes[3];
    double ahead = n->module_v - k->drop_v - n->inner_v;
    bool on = c->diode_short || ahead > DC_TIE || why == DC_SWITCH_DIODE_ON;
    bool off = !on && (ahead < -DC_TIE || why == DC_SWITCH_DIODE_OFF);
    size_t count = modes_of(c, k, n, why, modes);
    o.any_mode = count > 1;
    o.any_diode = !on && !off;
    for (size_t i = 0; i < count; i++) {
        if (!off) {
            o.all[o.count++] = (struct option){modes[i], true};
        }
        if (!on) {
            o.all[o.count++] = (struct option){modes[i], false};
        }
    }
    return o;
}

/* In ampere: how far a current is where it must not be, or what would at once flow there. */
static double contradiction(const struct dc_circuit *c, const struct dc_now *k,
                            const struct options *o) {
    double farad = c->params.module_farad, sum = 0.0;
    double slope = dc_start_slope(&c->waves[DC_MODULE_VOLTAGE]);
    double away_a = farad * (slope - k->reference_slope);
    if (c->mode == DC_MODE_VOLTAGE) {
        double needed = dc_start_of(&c->waves[DC_MODULE_CURRENT]);
        sum += fmax(0.0, fmax(-needed, needed - k->limit_a));
    } else if (o->any_mode) {
        sum += fmax(0.0, c->mode == DC_MODE_CURRENT ? away_a : -away_a);
    }
    if (o->any_diode && c->diode_on) {
        sum += fmax(0.0, -dc_start_of(&c->diode_a));
    } else if (o->any_diode) {
        sum += fmax(0.0, farad * (slope - dc_start_slope(&c->waves[DC_INNER_VOLTAGE])));
    }
    return sum;
}

/* What the modules of one gun hold is so to the last digit, on the other one's bus too. */
static void hold(const struct dc_joints *j, const struct dc_now *k, struct dc_nodes n[DC_GUNS],
                 size_t gun) {
    const enum dc_terminal inner_p = dc_of(gun, DC_T_INNER_P), inner_n = dc_of(gun, DC_T_INNER_N);
    const enum dc_terminal other_p = dc_of(1 - gun, DC_T_INNER_P),
                           other_n = dc_of(1 - gun, DC_T_INNER_N);
    n[gun].inner_v = n[gun].module_v - k->drop_v;
    if (j->root[inner_p] == j->root[other_p] && j->net[inner_n] == j->net[other_n]) {
        n[1 - gun].inner_v = n[gun].inner_v + j->above[other_p].value - j->above[inner_p].value -
                             j->above[other_n].value + j->above[inner_n].value;
    }
}

/* The waves of one combination, from before on; n is then where they start. Infinite: it cannot be. */
static double try_these(const struct dc_net *net, struct dc_now *k, const struct dc_nodes *before,
                        struct dc_nodes *n, const struct options o[DC_GUNS],
                        const size_t which[DC_GUNS]) {
    double sum = 0.0;
    for (size_t gun = 0; gun < net->count; gun++) {
        const struct option *one = &o[gun].all[which[gun]];
        bool limited = one->mode == DC_MODE_CURRENT;
        net->guns[gun]->mode = one->mode;
        net->guns[gun]->diode_on = one->diode;
        k[gun].source_a = limited ? k[gun].limit_a : 0.0;
        k[gun].source_slope = limited ? k[gun].limit_slope : 0.0;
        n[gun] = before[gun];
    }
    const struct dc_joints joints = dc_joints_of(net, k);
    if (joints.conflict) {
        return (double)INFINITY;
    }
    double rounding_j = 0.0; /* what is nearer than DC_TIE is made equal */
    for (size_t gun = 0; gun < net->count; gun++) {
        if (net->guns[gun]->diode_on && net->guns[gun]->mode == DC_MODE_VOLTAGE) {
            hold(&joints, &k[gun], n, gun);
        }
    }
    dc_share(net, &joints, n, &rounding_j, 0.0);
    for (size_t gun = 0; gun < net->count; gun++) {
        if (net->guns[gun]->diode_on && net->guns[gun]->mode != DC_MODE_VOLTAGE) {
            n[gun].module_v = n[gun].inner_v + k[gun].drop_v;
        }
    }
    bool moved = dc_segment_move(net, k, n);
    assert(moved);
    for (size_t gun = 0; moved && gun < net->count; gun++) {
        sum += contradiction(net->guns[gun], &k[gun], &o[gun]);
    }
    return sum;
}

/* Leaves the waves of the first combination without contradiction; of the one with the least, should
 * rounding leave none. */
static void choose(const struct dc_net *net, struct dc_now *k, struct dc_nodes *n,
                   const enum dc_switching why[DC_GUNS]) {
    struct dc_nodes before[DC_GUNS];
    struct options o[DC_GUNS];
    size_t best[DC_GUNS] = {0}, which[DC_GUNS];
    double least = (double)INFINITY;
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        o[gun] = options_of(net->guns[gun], &k[gun], &n[gun], why[gun]);
        before[gun] = n[gun];
    }
    for (which[0] = 0; which[0] < o[0].count; which[0]++) {
        for (which[1] = 0; which[1] < o[1].count; which[1]++) {
            double found = try_these(net, k, before, n, o, which);
            if (found <= DC_TOLERANCE) {
                return;
            }
            if (found < least) {
                least = found;
                best[0] = which[0];
                best[1] = which[1];
            }
        }
    }
    assert(isfinite(least));
    try_these(net, k, before, n, o, best);
}

/* ---- capacitors that got joined ---- */

/* Without a way for its current a cable carries none, and no arc burns in it. */
static struct dc_joints end_currents(const struct dc_net *net, const struct dc_now *k,
                                     struct dc_nodes *n) {
    struct dc_joints joints = dc_joints_of(net, k);
    for (size_t gun = 0; gun < net->count; gun++) {
        if (!joints.loop[gun] && dc_arcs_burn(net->guns[gun])) {
            dc_arcs_end(net->guns[gun]);
            return end_currents(net, k, n); /* and by that perhaps others */
        }
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        if (!joints.loop[gun]) {
            struct dc_circuit *c = net->guns[gun];
            c->lost_j += 0.5 * c->params.cable_henry * n[gun].cable_a * n[gun].cable_a;
            n[gun].cable_a = 0.0;
        }
    }
    return joints;
}

/* The gun whose modules are most ahead of their bus; DC_GUNS: none is. */
static size_t most_ahead(const struct dc_net *net, const struct dc_now *k,
                         const struct dc_nodes *n) {
    size_t found = DC_GUNS;
    double most = 0.0;
    for (size_t gun = 0; gun < net->count; gun++) {
        const struct dc_circuit *c = net->guns[gun];
        double ahead = n[gun].module_v - k[gun].drop_v - n[gun].inner_v;
        if (!c->diode_on && (c->diode_short || ahead > DC_TIE) &&
            (found == DC_GUNS || ahead > most)) {
            most = ahead;
            found = gun;
        }
    }
    return found;
}

static void join_capacitors(const struct dc_net *net, const struct dc_now *k, struct dc_nodes *n,
                            const bool arcs_out[DC_GUNS]) {
    for (size_t gun = 0; gun < net->count; gun++) {
        net->guns[gun]->mode = DC_MODE_OFF;
        net->guns[gun]->diode_on = false;
    }
    struct dc_joints joints = end_currents(net, k, n);
    for (size_t gun = 0; gun < net->count; gun++) {
        if (arcs_out[gun] && !joints.loop[gun]) {
            dc_join_shorted(&joints, net, gun);
        }
    }
    dc_share(net, &joints, n, &net->pair->lost_j, 0.0);
    double diodes_j = 0.0; /* the second diode's charge may lessen the first one's, never turn it */
    for (size_t gun; (gun = most_ahead(net, k, n)) < DC_GUNS;) {
        net->guns[gun]->diode_on = true;
        joints = dc_joints_of(net, k);
        dc_share(net, &joints, n, &diodes_j, diodes_j);
    }
    net->pair->lost_j += diodes_j;
}

/* ---- one segment of both ---- */

static void find_switching(struct dc_pair *p, const struct dc_now *k) {
    struct dc_circuit *a = p->guns[0], *b = p->guns[1];
    double from_s = fmax(dc_segment_from(a), dc_segment_from(b));
    a->switching = b->switching = DC_SWITCH_NONE;
    a->switching_s = DC_NEVER_S;
    for (int pole = 0; pole < DC_POLES; pole++) {
        dc_guard_arc(a, &p->tie[pole], from_s);
    }
    double tie_s = a->switching_s;
    dc_segment_guard(a, &k[0], from_s);
    double a_s = a->switching_s;
    b->switching_s = a_s;
    dc_segment_guard(b, &k[1], from_s);
    p->switching_gun = b->switching_s < a_s ? 1 : a_s < tie_s ? 0 : DC_GUNS;
    if (p->switching_gun == 1) {
        a->switching = b->switching;
        a->switching_s = b->switching_s;
    } else {
        b->switching = a->switching;
    }
    a->switching_ns = b->switching_ns = dc_instant(a, a->switching_s);
}

void dc_pair_build(struct dc_pair *p, struct dc_nodes *n, enum dc_switching why, size_t who) {
    const struct dc_net net = {.count = DC_GUNS, .guns = {p->guns[0], p->guns[1]}, .pair = p};
    struct dc_now k[DC_GUNS];
    enum dc_switching whys[DC_GUNS];
    bool arcs_out[DC_GUNS] = {false, false};
    bool follows = why != DC_SWITCH_NONE && p->guns[0]->switching_s < AT_ONCE_S;
    bool out = why == DC_SWITCH_ARC_LOW || why == DC_SWITCH_ARC_OVER;
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        k[gun] = dc_now_of(p->guns[gun]);
        p->guns[gun]->segments++;
        p->last_why[gun] = gun == who ? (unsigned)why : follows ? p->last_why[gun] : DC_SWITCH_NONE;
        whys[gun] = (enum dc_switching)p->last_why[gun];
        arcs_out[gun] = out && gun == who;
        if (arcs_out[gun]) {
            dc_arcs_end(p->guns[gun]);
        }
    }
    join_capacitors(&net, k, n, arcs_out);
    choose(&net, k, n, whys);
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        dc_segment_check(p->guns[gun], &k[gun], &n[gun]);
    }
    find_switching(p, k);
}
