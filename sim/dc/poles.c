/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

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

static void add_earths(struct dc_elements *e, const struct dc_circuit *c) {
    const struct dc_params *p = &c->params;
    const double vehicle[DC_POLES] = {p->vehicle_insulation_ohm, p->vehicle_insulation_ohm};
    add_earth(e, DC_T_INNER_P, DC_T_INNER_N, p->inner_y_farad, c->inner_insulation_ohm);
    add_resistor(e, DC_T_INNER_P, DC_T_PE, c->test_ohm[DC_POSITIVE]);
    add_resistor(e, DC_T_INNER_N, DC_T_PE, c->test_ohm[DC_NEGATIVE]);
    add_earth(e, DC_T_OUTER_P, DC_T_OUTER_N, p->outer_y_farad, c->outer_insulation_ohm);
    add_earth(e, DC_T_BATTERY_P, DC_T_BATTERY_N, p->vehicle_y_farad, vehicle);
}

static bool vehicle_joined(const struct dc_circuit *c) {
    return dc_conducts(c, DC_K5) && dc_conducts(c, DC_K6);
}

static bool loop_of(const struct dc_circuit *c) {
    return dc_conducts(c, DC_K1) && dc_conducts(c, DC_K2) &&
           (vehicle_joined(c) || !isinf(c->short_ohm));
}

/* The cable's loop resistance and inductance stand in its positive conductor. */
static void add_cable_and_short(struct dc_elements *e, const struct dc_circuit *c) {
    const struct dc_params *p = &c->params;
    double through_ohm = p->cable_ohm + c->short_ohm;
    if (vehicle_joined(c)) {
        add_resistor(e, DC_T_BATTERY_P, DC_T_BATTERY_N, c->short_ohm);
    } else if (!loop_of(c)) {
        add_resistor(e, DC_T_OUTER_P, DC_T_OUTER_N, through_ohm);
    }
    if (loop_of(c)) {
        bool vehicle = vehicle_joined(c);
        struct dc_element *coil = add(e, NETWORK_COIL, DC_T_OUTER_P,
                                      vehicle ? DC_T_BATTERY_P : DC_T_OUTER_N, p->cable_henry);
        coil->ohm = vehicle ? p->cable_ohm : through_ohm;
        coil->series_v = -dc_arc_v(c, DC_K5);
    }
}

struct dc_elements dc_elements_of(const struct dc_circuit *c) {
    const struct dc_params *p = &c->params;
    struct dc_elements e = {0};
    add_capacitor(&e, DC_T_MODULE, DC_T_INNER_N, p->module_farad);
    add_resistor(&e, DC_T_MODULE, DC_T_INNER_N, p->module_bleed_ohm);
    add_capacitor(&e, DC_T_INNER_P, DC_T_INNER_N, p->inner_farad);
    add_resistor(&e, DC_T_INNER_P, DC_T_INNER_N, p->inner_bleed_ohm);
    if (c->discharge) {
        add_resistor(&e, DC_T_INNER_P, DC_T_INNER_N, p->inner_discharge_ohm);
    }
    add_capacitor(&e, DC_T_OUTER_P, DC_T_OUTER_N, p->outer_farad);
    add_resistor(&e, DC_T_OUTER_P, DC_T_OUTER_N, p->outer_bleed_ohm);
    add_capacitor(&e, DC_T_BATTERY_P, DC_T_BATTERY_N, p->vehicle_farad);
    add(&e, NETWORK_RESISTOR, DC_T_BATTERY_N, DC_T_BATTERY_P, c->battery_ohm)->series_v = c->ocv_v;
    add_earths(&e, c);
    add_cable_and_short(&e, c);
    return e;
}

/* ---- joints ---- */

/* Puts the root of one terminal, and all that stands on it, onto another: `from` is then so much above
 * `onto`. */
static void hang(struct dc_joints *j, enum dc_terminal from, enum dc_terminal onto,
                 struct network_line above) {
    enum dc_terminal root = j->root[from];
    above.value += j->above[onto].value - j->above[from].value;
    above.slope += j->above[onto].slope - j->above[from].slope;
    for (int t = 0; t < DC_TERMINALS; t++) {
        if (j->root[t] == root) {
            j->root[t] = j->root[onto];
            j->above[t].value += above.value;
            j->above[t].slope += above.slope;
        }
    }
}

/* Behind an arc: so much below. */
static void arc(struct dc_joints *j, const struct dc_circuit *c, enum dc_contact contact,
                enum dc_terminal from, enum dc_terminal onto) {
    if (c->arcs[contact].burns) {
        hang(j, from, onto, (struct network_line){-dc_arc_v(c, contact), 0.0});
    }
}

static void join(struct dc_joints *j, enum dc_terminal from, enum dc_terminal onto) {
    enum dc_terminal group = j->group[from];
    for (int t = 0; t < DC_TERMINALS; t++) {
        if (j->group[t] == group) {
            j->group[t] = j->root[t] = j->group[onto];
        }
    }
}

struct dc_joints dc_joints_of(const struct dc_circuit *c, const struct dc_now *k) {
    struct dc_joints j = {.loop = loop_of(c)};
    for (int t = 0; t < DC_TERMINALS; t++) {
        j.root[t] = j.group[t] = (enum dc_terminal)t;
    }
    if (c->closed[DC_K1]) {
        join(&j, DC_T_OUTER_P, DC_T_INNER_P);
    }
    if (c->closed[DC_K2]) {
        join(&j, DC_T_OUTER_N, DC_T_INNER_N);
    }
    if (c->closed[DC_K5] && !(j.loop && vehicle_joined(c))) {
        join(&j, DC_T_BATTERY_P, DC_T_OUTER_P);
    }
    if (c->closed[DC_K6]) {
        join(&j, DC_T_BATTERY_N, DC_T_OUTER_N);
    }
    arc(&j, c, DC_K6, DC_T_BATTERY_N, DC_T_OUTER_N);
    arc(&j, c, DC_K2, DC_T_OUTER_N, DC_T_INNER_N);
    arc(&j, c, DC_K1, DC_T_OUTER_P, DC_T_INNER_P);
    if (c->mode == DC_MODE_VOLTAGE) {
        struct network_line held = {k->reference_v, k->reference_slope};
        hang(&j, DC_T_MODULE, DC_T_INNER_N, held);
        if (c->diode_on) {
            held.value -= k->drop_v;
            hang(&j, DC_T_INNER_P, DC_T_INNER_N, held);
        }
    } else if (c->diode_on) {
        hang(&j, DC_T_MODULE, DC_T_INNER_P, (struct network_line){k->drop_v, 0.0});
    }
    return j;
}

unsigned dc_group(const struct dc_joints *j, enum dc_terminal terminal) {
    unsigned set = 0;
    for (int t = 0; t < DC_TERMINALS; t++) {
        set |= j->group[t] == j->group[terminal] ? 1u << t : 0u;
    }
    return set;
}

unsigned dc_beyond(const struct dc_circuit *c, const struct dc_joints *j, enum dc_contact contact) {
    unsigned behind = contact == DC_K2 && c->arcs[DC_K6].burns ? dc_group(j, DC_T_BATTERY_N) : 0u;
    return behind | dc_group(j, contact == DC_K1   ? DC_T_OUTER_P
                                : contact == DC_K2 ? DC_T_OUTER_N
                                                   : DC_T_BATTERY_N);
}

void dc_join_shorted(struct dc_joints *j, const struct dc_circuit *c) {
    if (!isinf(c->short_ohm) && !c->closed[DC_K5]) {
        hang(j, DC_T_OUTER_P, DC_T_OUTER_N, (struct network_line){0});
    }
}

double dc_terminal_v(const struct dc_nodes *n, enum dc_terminal terminal) {
    switch (terminal) {
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
    case DC_T_BATTERY_N:
        return n->battery_negative_v;
    case DC_T_PE:
        break;
    }
    return 0.0;
}
