/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>

/* ---- elements ---- */

static struct dc_element *add(struct dc_elements *e, enum network_kind kind, enum dc_terminal from,
                              enum dc_terminal to, double value) {
    struct dc_element *one = &e->all[e->count++];
    *one = (struct dc_element){.kind = kind, .from = from, .to = to, .value = value};
    return one;
}

static void add_capacitor(struct dc_elements *e, enum dc_terminal from, enum dc_terminal to,
                          double farad) {
    add(e, NETWORK_CAPACITOR, from, to, farad);
}

static void add_resistor(struct dc_elements *e, enum dc_terminal from, enum dc_terminal to,
                         double ohm) {
    if (!isinf(ohm)) {
        add(e, NETWORK_RESISTOR, from, to, ohm);
    }
}

/* From both poles to PE. */
static void add_earth(struct dc_elements *e, enum dc_terminal positive, enum dc_terminal negative,
                      double y_farad, const double ohm[DC_POLES]) {
    add_capacitor(e, positive, DC_T_PE, y_farad);
    add_capacitor(e, negative, DC_T_PE, y_farad);
    add_resistor(e, positive, DC_T_PE, ohm[DC_POSITIVE]);
    add_resistor(e, negative, DC_T_PE, ohm[DC_NEGATIVE]);
}

static void add_pack(struct dc_elements *e, const struct dc_circuit *c, size_t gun) {
    const struct dc_params *p = &c->params;
    const enum dc_terminal positive = dc_of(gun, DC_T_BATTERY_P),
                           negative = dc_of(gun, DC_T_BATTERY_N);
    add_capacitor(e, positive, negative, p->vehicle_farad);
    add(e, NETWORK_RESISTOR, negative, positive, c->battery_ohm)->series_v = c->ocv_v;
}

static void add_earths(struct dc_elements *e, const struct dc_circuit *c, size_t gun, bool pack) {
    const struct dc_params *p = &c->params;
    const enum dc_terminal inner_p = dc_of(gun, DC_T_INNER_P), inner_n = dc_of(gun, DC_T_INNER_N);
    const double vehicle[DC_POLES] = {p->vehicle_insulation_ohm, p->vehicle_insulation_ohm};
    add_earth(e, inner_p, inner_n, p->inner_y_farad, c->inner_insulation_ohm);
    add_resistor(e, inner_p, DC_T_PE, c->test_ohm[DC_POSITIVE]);
    add_resistor(e, inner_n, DC_T_PE, c->test_ohm[DC_NEGATIVE]);
    add_earth(e, dc_of(gun, DC_T_OUTER_P), dc_of(gun, DC_T_OUTER_N), p->outer_y_farad,
              c->outer_insulation_ohm);
    if (pack) {
        add_earth(e, dc_of(gun, DC_T_BATTERY_P), dc_of(gun, DC_T_BATTERY_N), p->vehicle_y_farad,
                  vehicle);
    }
}

/* The cable's loop resistance and inductance stand in its positive conductor. */
static void add_cable_and_short(struct dc_elements *e, const struct dc_circuit *c, size_t gun,
                                bool loop, bool vehicle) {
    const struct dc_params *p = &c->params;
    const enum dc_terminal outer_p = dc_of(gun, DC_T_OUTER_P), outer_n = dc_of(gun, DC_T_OUTER_N);
    const enum dc_terminal battery_p = dc_of(gun, DC_T_BATTERY_P);
    double through_ohm = p->cable_ohm + c->short_ohm;
    if (vehicle) {
        add_resistor(e, battery_p, dc_of(gun, DC_T_BATTERY_N), c->short_ohm);
    } else if (!loop) {
        add_resistor(e, outer_p, outer_n, through_ohm);
    }
    if (loop) {
        struct dc_element *coil =
            add(e, NETWORK_COIL, outer_p, vehicle ? battery_p : outer_n, p->cable_henry);
        coil->ohm = vehicle ? p->cable_ohm : through_ohm;
        coil->series_v = -dc_arc_v(c, DC_K5);
    }
}

struct dc_elements dc_elements_of(const struct dc_net *net, const struct dc_joints *j) {
    struct dc_elements e;
    e.count = 0;
    for (size_t gun = 0; gun < net->count; gun++) {
        const struct dc_circuit *c = net->guns[gun];
        const struct dc_params *p = &c->params;
        const enum dc_terminal module = dc_of(gun, DC_T_MODULE), inner_p = dc_of(gun, DC_T_INNER_P),
                               inner_n = dc_of(gun, DC_T_INNER_N);
        bool pack = gun == 0 || !net->pair->one_pack;
        add_capacitor(&e, module, inner_n, p->module_farad);
        add_resistor(&e, module, inner_n, p->module_bleed_ohm);
        add_capacitor(&e, inner_p, inner_n, p->inner_farad);
        add_resistor(&e, inner_p, inner_n, p->inner_bleed_ohm);
        if (c->discharge) {
            add_resistor(&e, inner_p, inner_n, p->inner_discharge_ohm);
        }
        add_capacitor(&e, dc_of(gun, DC_T_OUTER_P), dc_of(gun, DC_T_OUTER_N), p->outer_farad);
        add_resistor(&e, dc_of(gun, DC_T_OUTER_P), dc_of(gun, DC_T_OUTER_N), p->outer_bleed_ohm);
        if (pack) {
            add_pack(&e, c, gun);
        }
        add_earths(&e, c, gun, pack);
        add_cable_and_short(&e, c, gun, j->loop[gun], j->vehicle[gun]);
    }
    assert(e.count <= NETWORK_BRANCHES);
    return e;
}

/* ---- arcs ---- */

/* In the order in which they are hung: the pack's side first, then towards the modules, then the tie. */
size_t dc_burning(const struct dc_net *net, struct dc_burning all[DC_BURNING_MAX]) {
    static const struct {
        enum dc_contact contact;
        enum dc_terminal from, to;
    } places[] = {{DC_K6, DC_T_OUTER_N, DC_T_BATTERY_N},
                  {DC_K2, DC_T_INNER_N, DC_T_OUTER_N},
                  {DC_K1, DC_T_INNER_P, DC_T_OUTER_P}};
    size_t count = 0;
    for (size_t gun = 0; gun < net->count; gun++) {
        struct dc_circuit *c = net->guns[gun];
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            if (c->arcs[places[i].contact].burns) {
                all[count++] =
                    (struct dc_burning){&c->arcs[places[i].contact], dc_arc_v(c, places[i].contact),
                                        dc_of(gun, places[i].from), dc_of(gun, places[i].to)};
            }
        }
    }
    for (int pole = 0; net->pair != NULL && pole < DC_POLES; pole++) {
        enum dc_terminal inner = pole == DC_POSITIVE ? DC_T_INNER_P : DC_T_INNER_N;
        if (net->pair->tie[pole].burns) {
            all[count++] = (struct dc_burning){&net->pair->tie[pole],
                                               dc_tie_arc_v(net->pair, (enum dc_pole)pole), inner,
                                               dc_of(1, inner)};
        }
    }
    return count;
}

/* ---- joints ---- */

/* Puts the root of one terminal, and all that stands on it, onto another: `from` is then so much above
 * `onto`. */
static void hang(struct dc_joints *j, enum dc_terminal from, enum dc_terminal onto,
                 struct network_line above) {
    enum dc_terminal root = j->root[from];
    if (root == j->root[onto]) {
        j->conflict = true;
        return;
    }
    above.value += j->above[onto].value - j->above[from].value;
    above.slope += j->above[onto].slope - j->above[from].slope;
    for (int t = 0; t < j->terminals; t++) {
        if (j->root[t] == root) {
            j->root[t] = j->root[onto];
            j->above[t].value += above.value;
            j->above[t].slope += above.slope;
        }
    }
}

static void join(struct dc_joints *j, enum dc_terminal from, enum dc_terminal onto) {
    enum dc_terminal group = j->group[from];
    for (int t = 0; t < j->terminals; t++) {
        if (j->group[t] == group) {
            j->group[t] = j->root[t] = j->group[onto];
        }
    }
}

static void join_contacts(struct dc_joints *j, const struct dc_circuit *c, size_t gun) {
    if (c->closed[DC_K1]) {
        join(j, dc_of(gun, DC_T_OUTER_P), dc_of(gun, DC_T_INNER_P));
    }
    if (c->closed[DC_K2]) {
        join(j, dc_of(gun, DC_T_OUTER_N), dc_of(gun, DC_T_INNER_N));
    }
    if (c->closed[DC_K5] && !(j->loop[gun] && j->vehicle[gun])) {
        join(j, dc_of(gun, DC_T_BATTERY_P), dc_of(gun, DC_T_OUTER_P));
    }
    if (c->closed[DC_K6]) {
        join(j, dc_of(gun, DC_T_BATTERY_N), dc_of(gun, DC_T_OUTER_N));
    }
}

static void join_guns(struct dc_joints *j, const struct dc_pair *p) {
    if (p->one_pack) {
        join(j, dc_of(1, DC_T_BATTERY_P), DC_T_BATTERY_P);
        join(j, dc_of(1, DC_T_BATTERY_N), DC_T_BATTERY_N);
    }
    if (p->tie_closed[DC_POSITIVE]) {
        join(j, dc_of(1, DC_T_INNER_P), DC_T_INNER_P);
    }
    if (p->tie_closed[DC_NEGATIVE]) {
        join(j, dc_of(1, DC_T_INNER_N), DC_T_INNER_N);
    }
}

/* `to` of an arc is so much below its `from`. Which of both is put onto the other does not matter but to
 * rounding. An arc that something leads around is none (with one gun there is no way around). */
static void hang_arcs(struct dc_joints *j, const struct dc_net *net) {
    struct dc_burning all[DC_BURNING_MAX];
    size_t count = dc_burning(net, all);
    for (size_t i = 0; i < count; i++) {
        if (j->root[all[i].from] == j->root[all[i].to]) {
            all[i].arc->burns = false;
        } else {
            hang(j, all[i].to, all[i].from, (struct network_line){-all[i].volt, 0.0});
        }
    }
}

/* What the modules hold, and the diode. */
static void hang_modules(struct dc_joints *j, const struct dc_circuit *c, size_t gun,
                         const struct dc_now *k) {
    const enum dc_terminal module = dc_of(gun, DC_T_MODULE), inner_p = dc_of(gun, DC_T_INNER_P),
                           inner_n = dc_of(gun, DC_T_INNER_N);
    if (c->mode == DC_MODE_VOLTAGE) {
        struct network_line held = {k->reference_v, k->reference_slope};
        hang(j, module, inner_n, held);
        if (c->diode_on) {
            held.value -= k->drop_v;
            hang(j, inner_p, inner_n, held);
        }
    } else if (c->diode_on) {
        hang(j, module, inner_p, (struct network_line){k->drop_v, 0.0});
    }
}

struct dc_joints dc_joints_of(const struct dc_net *net, const struct dc_now *k) {
    struct dc_joints j;
    j.terminals = (int)net->count * DC_TERMINALS;
    j.conflict = false;
    dc_ways_of(net, &j);
    for (int t = 0; t < j.terminals; t++) {
        j.root[t] = j.group[t] = (enum dc_terminal)t;
        j.above[t] = (struct network_line){0};
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        join_contacts(&j, net->guns[gun], gun);
    }
    if (net->pair != NULL) {
        join_guns(&j, net->pair);
    }
    hang_arcs(&j, net);
    for (int t = 0; t < j.terminals; t++) {
        j.net[t] = j.root[t];
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        hang_modules(&j, net->guns[gun], gun, &k[gun]);
    }
    return j;
}

unsigned dc_group(const struct dc_joints *j, enum dc_terminal terminal) {
    unsigned set = 0;
    for (int t = 0; t < j->terminals; t++) {
        set |= j->group[t] == j->group[terminal] ? 1u << t : 0u;
    }
    return set;
}

unsigned dc_beyond(const struct dc_net *net, const struct dc_joints *j,
                   const struct dc_burning *arc) {
    struct dc_burning all[DC_BURNING_MAX];
    size_t count = dc_burning(net, all);
    unsigned set = dc_group(j, arc->to), before = 0;
    while (set != before) {
        before = set;
        for (size_t i = 0; i < count; i++) {
            bool from = (set >> all[i].from & 1u) != 0, to = (set >> all[i].to & 1u) != 0;
            if (all[i].arc != arc->arc && from != to) {
                set |= dc_group(j, from ? all[i].to : all[i].from);
            }
        }
    }
    return set;
}

void dc_join_shorted(struct dc_joints *j, const struct dc_net *net, size_t gun) {
    const struct dc_circuit *c = net->guns[gun];
    const enum dc_terminal outer_p = dc_of(gun, DC_T_OUTER_P), outer_n = dc_of(gun, DC_T_OUTER_N);
    if (!isinf(c->short_ohm) && !c->closed[DC_K5] && j->root[outer_p] != j->root[outer_n]) {
        hang(j, outer_p, outer_n, (struct network_line){0});
    }
}

double dc_terminal_v(const struct dc_nodes *nodes, enum dc_terminal terminal) {
    if (terminal == DC_T_PE) {
        return 0.0;
    }
    const struct dc_nodes *n = &nodes[(size_t)terminal / DC_TERMINALS];
    switch ((size_t)terminal % DC_TERMINALS) {
    case DC_T_MODULE:
        return n->inner_negative_v + n->module_v;
    case DC_T_INNER_P:
        return n->inner_negative_v + n->inner_v;
    case DC_T_INNER_N:
        return n->inner_negative_v;
    case DC_T_OUTER_P:
        return n->outer_negative_v + n->outer_v;
    case DC_T_OUTER_N:
        return n->outer_negative_v;
    case DC_T_BATTERY_P:
        return n->battery_negative_v + n->battery_v;
    default:
        return n->battery_negative_v;
    }
}
