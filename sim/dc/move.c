/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <math.h>

static struct network_line above(const struct dc_layout *l, enum dc_terminal terminal) {
    struct network_line none = {0};
    return terminal == DC_T_PE ? none : l->joints.above[terminal];
}

static void add_nodes(struct dc_layout *l, const struct dc_nodes *n) {
    for (int t = 0; t < DC_TERMINALS; t++) {
        if (l->joints.root[t] == (enum dc_terminal)t) {
            l->node[t] = (unsigned)l->network.nodes;
            l->start.node_v[l->network.nodes++] = dc_terminal_v(n, (enum dc_terminal)t);
        }
    }
    for (int t = 0; t < DC_TERMINALS; t++) {
        l->node[t] = l->node[l->joints.root[t]];
    }
    l->node[DC_T_PE] = NETWORK_GROUND;
}

/* Between terminals of one root nothing can move: such an element is no branch, unless it is a coil. */
static void add_branch(struct dc_layout *l, const struct dc_element *one) {
    unsigned from = l->node[one->from], to = l->node[one->to];
    struct network_line a = above(l, one->from), b = above(l, one->to);
    struct network_line series = {one->series_v + a.value - b.value, a.slope - b.slope};
    if (from == to && one->kind != NETWORK_COIL) {
        return;
    }
    l->start.series[l->network.count] = series;
    switch (one->kind) {
    case NETWORK_CAPACITOR:
        network_capacitor(&l->network, from, to, one->value);
        break;
    case NETWORK_RESISTOR:
        network_resistor(&l->network, from, to, one->value);
        break;
    case NETWORK_COIL:
        network_coil(&l->network, from, to, one->value, one->ohm);
        break;
    }
}

static void feed(struct dc_layout *l, enum dc_terminal terminal, double sign,
                 struct network_line current) {
    struct network_line *fed = &l->start.fed[l->node[terminal]];
    fed->value += sign * current.value;
    fed->slope += sign * current.slope;
}

static void lay_out(struct dc_layout *l, const struct dc_circuit *c, const struct dc_now *k,
                    const struct dc_nodes *n) {
    l->elements = dc_elements_of(c);
    l->joints = dc_joints_of(c, k);
    l->network = (struct network){0};
    l->start = (struct network_start){.coil_a = {n->cable_a}};
    add_nodes(l, n);
    for (size_t i = 0; i < l->elements.count; i++) {
        add_branch(l, &l->elements.all[i]);
    }
    if (l->node[DC_T_MODULE] != l->node[DC_T_INNER_N]) {
        struct network_line source = {k->source_a, k->source_slope};
        feed(l, DC_T_MODULE, 1.0, source);
        feed(l, DC_T_INNER_N, -1.0, source);
    }
}

/* ---- from the network's waves to the circuit's ---- */

static struct wave terminal_wave(const struct dc_layout *l, enum dc_terminal terminal) {
    struct wave wave = {0};
    if (terminal != DC_T_PE) {
        wave = l->node_v[l->node[terminal]];
        wave.base += above(l, terminal).value;
        wave.slope += above(l, terminal).slope;
    }
    return wave;
}

/* The voltage between two terminals. */
struct wave dc_between(const struct dc_layout *l, enum dc_terminal from, enum dc_terminal to) {
    struct network_line a = above(l, from), b = above(l, to);
    if (l->node[from] == l->node[to]) {
        return (struct wave){.base = a.value - b.value, .slope = a.slope - b.slope};
    }
    struct wave wave = terminal_wave(l, from), other = terminal_wave(l, to);
    wave_add(&wave, -1.0, &other);
    return wave;
}

/* The same where its value at the start is known: two voltages against PE do not give their difference
 * to the last digit. */
static struct wave between_from(const struct dc_layout *l, enum dc_terminal from,
                                enum dc_terminal to, double start_v) {
    struct wave wave = dc_between(l, from, to);
    if (l->node[from] != l->node[to]) {
        double rounded = l->start.node_v[l->node[from]] + above(l, from).value;
        rounded -= l->start.node_v[l->node[to]] + above(l, to).value;
        wave.base += start_v - rounded;
    }
    return wave;
}

/* Adds what flows through an element. */
static void add_current(struct wave *sum, double sign, const struct dc_layout *l,
                        const struct dc_element *one) {
    if (one->kind == NETWORK_COIL) {
        wave_add(sum, sign, &l->coil_a[0]);
        return;
    }
    struct wave volt = dc_between(l, one->from, one->to);
    volt.base += one->series_v;
    if (one->kind == NETWORK_CAPACITOR) {
        struct wave slope = wave_derivative(&volt);
        wave_add(sum, sign * one->value, &slope);
    } else {
        wave_add(sum, sign / one->value, &volt);
    }
}

struct wave dc_current_of(const struct dc_layout *l, const struct dc_element *one) {
    struct wave current = {0};
    add_current(&current, 1.0, l, one);
    return current;
}

/* What flows out of a set of terminals (bits) through all elements. */
static struct wave outflow(const struct dc_layout *l, unsigned set) {
    struct wave sum = {0};
    for (size_t i = 0; i < l->elements.count; i++) {
        const struct dc_element *one = &l->elements.all[i];
        bool from = (set >> one->from & 1u) != 0, to = (set >> one->to & 1u) != 0;
        if (from != to) {
            add_current(&sum, from ? 1.0 : -1.0, l, one);
        }
    }
    return sum;
}

/* The current in the cable without its coil: what a short circuit takes, or what goes into the vehicle
 * where it is joined to the outer node. */
static struct wave open_current(const struct dc_circuit *c, const struct dc_layout *l) {
    struct wave current = {0};
    unsigned charger = 1u << DC_T_OUTER_P;
    if (c->closed[DC_K5]) {
        if (c->closed[DC_K1]) {
            charger |= 1u << DC_T_INNER_P;
            wave_add(&current, 1.0, &c->diode_a);
        }
        struct wave out = outflow(l, charger);
        wave_add(&current, -1.0, &out);
        return current;
    }
    if (!isinf(c->short_ohm)) {
        struct wave volt = dc_between(l, DC_T_OUTER_P, DC_T_OUTER_N);
        wave_add(&current, 1.0 / (c->params.cable_ohm + c->short_ohm), &volt);
    }
    return current;
}

static void show_currents(struct dc_circuit *c, const struct dc_now *k, const struct dc_layout *l) {
    struct wave *module_a = &c->waves[DC_MODULE_CURRENT];
    c->diode_a = (struct wave){0};
    if (c->diode_on) {
        unsigned behind = c->arcs[DC_K1].burns ? dc_beyond(c, &l->joints, DC_K1) : 0u;
        c->diode_a = outflow(l, dc_group(&l->joints, DC_T_INNER_P) | behind);
    }
    *module_a = (struct wave){.base = k->source_a, .slope = k->source_slope};
    if (c->mode == DC_MODE_VOLTAGE) {
        *module_a = outflow(l, 1u << DC_T_MODULE);
        wave_add(module_a, 1.0, &c->diode_a);
    }
    c->waves[DC_CURRENT] = l->joints.loop ? l->coil_a[0] : open_current(c, l);
}

static void show_arcs(struct dc_circuit *c, const struct dc_layout *l) {
    for (int k = 0; k < DC_CONTACTS; k++) {
        if (c->arcs[k].burns) {
            c->arcs[k].a = k == DC_K5 ? l->coil_a[0]
                                      : outflow(l, dc_beyond(c, &l->joints, (enum dc_contact)k));
        }
    }
}

static void show_voltages(struct dc_circuit *c, const struct dc_layout *l,
                          const struct dc_nodes *n) {
    struct wave *w = c->waves;
    w[DC_INNER_VOLTAGE] = between_from(l, DC_T_INNER_P, DC_T_INNER_N, n->inner_v);
    w[DC_OUTER_VOLTAGE] = between_from(l, DC_T_OUTER_P, DC_T_OUTER_N, n->outer_v);
    w[DC_BATTERY_VOLTAGE] = between_from(l, DC_T_BATTERY_P, DC_T_BATTERY_N, n->battery_v);
    w[DC_MODULE_VOLTAGE] = between_from(l, DC_T_MODULE, DC_T_INNER_N, n->module_v);
    w[DC_INNER_POSITIVE] = terminal_wave(l, DC_T_INNER_P);
    w[DC_INNER_NEGATIVE] = terminal_wave(l, DC_T_INNER_N);
    w[DC_OUTER_POSITIVE] = terminal_wave(l, DC_T_OUTER_P);
    w[DC_OUTER_NEGATIVE] = terminal_wave(l, DC_T_OUTER_N);
    w[DC_BATTERY_NEGATIVE] = terminal_wave(l, DC_T_BATTERY_N);
    w[DC_DIFFERENCE] = (struct wave){0};
    if (!dc_output_closed(c)) {
        wave_add(&w[DC_DIFFERENCE], 1.0, &w[DC_INNER_VOLTAGE]);
        wave_add(&w[DC_DIFFERENCE], -1.0, &w[DC_OUTER_VOLTAGE]);
    }
}

void dc_lay_out(struct dc_layout *l, struct dc_circuit *c, const struct dc_now *k,
                const struct dc_nodes *nodes) {
    lay_out(l, c, k, nodes);
    const struct network_modes *modes = network_solve(&c->modes, &l->network);
    network_move(&l->network, modes, &l->start, l->node_v, l->coil_a);
}

void dc_segment_move(struct dc_circuit *c, const struct dc_now *k, const struct dc_nodes *nodes) {
    struct dc_layout l;
    dc_lay_out(&l, c, k, nodes);
    c->loop = l.joints.loop;
    show_voltages(c, &l, nodes);
    show_currents(c, k, &l);
    show_arcs(c, &l);
}
