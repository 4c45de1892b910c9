/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <math.h>

static struct network_line above(const struct dc_layout *l, enum dc_terminal terminal) {
    struct network_line none = {0};
    return terminal == DC_T_PE ? none : l->joints.above[terminal];
}

static void add_nodes(struct dc_layout *l, const struct dc_nodes *n) {
    for (int t = 0; t < l->joints.terminals; t++) {
        if (l->joints.root[t] == (enum dc_terminal)t) {
            l->node[t] = (unsigned)l->network.nodes;
            l->start.fed[l->network.nodes] = (struct network_line){0};
            l->start.node_v[l->network.nodes++] = dc_terminal_v(n, (enum dc_terminal)t);
        }
    }
    for (int t = 0; t < l->joints.terminals; t++) {
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

static size_t coils_before(const struct dc_joints *j, size_t gun) {
    return gun > 0 && j->loop[0] ? 1 : 0;
}

static void lay_out(struct dc_layout *l, const struct dc_net *net, const struct dc_now *k,
                    const struct dc_nodes *n) {
    l->elements = dc_elements_of(net, &l->joints);
    l->network.nodes = l->network.coils = l->network.count = 0;
    add_nodes(l, n);
    for (size_t i = 0; i < l->elements.count; i++) {
        add_branch(l, &l->elements.all[i]);
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        const enum dc_terminal module = dc_of(gun, DC_T_MODULE), inner_n = dc_of(gun, DC_T_INNER_N);
        if (l->joints.loop[gun]) {
            l->start.coil_a[coils_before(&l->joints, gun)] = n[gun].cable_a;
        }
        if (l->node[module] != l->node[inner_n]) {
            struct network_line source = {k[gun].source_a, k[gun].source_slope};
            feed(l, module, 1.0, source);
            feed(l, inner_n, -1.0, source);
        }
    }
}

/* ---- from the network's waves to the circuit's ---- */

static void terminal_wave(struct wave *wave, const struct dc_layout *l, enum dc_terminal terminal) {
    if (terminal == DC_T_PE) {
        wave_line(wave, 0.0, 0.0);
        return;
    }
    wave_copy(wave, &l->node_v[l->node[terminal]]);
    wave->base += above(l, terminal).value;
    wave->slope += above(l, terminal).slope;
}

/* The voltage between two terminals. */
struct wave dc_between(const struct dc_layout *l, enum dc_terminal from, enum dc_terminal to) {
    struct network_line a = above(l, from), b = above(l, to);
    struct wave wave, other;
    if (l->node[from] == l->node[to]) {
        wave_line(&wave, a.value - b.value, a.slope - b.slope);
        return wave;
    }
    terminal_wave(&wave, l, from);
    terminal_wave(&other, l, to);
    wave_add(&wave, -1.0, &other);
    return wave;
}

/* The same where its value at the start is known: two voltages against PE do not give their difference
 * to the last digit. */
static void between_from(struct wave *wave, const struct dc_layout *l, enum dc_terminal from,
                         enum dc_terminal to, double start_v) {
    struct wave between = dc_between(l, from, to);
    wave_copy(wave, &between);
    if (l->node[from] != l->node[to]) {
        double rounded = l->start.node_v[l->node[from]] + above(l, from).value;
        rounded -= l->start.node_v[l->node[to]] + above(l, to).value;
        wave->base += start_v - rounded;
    }
}

/* Adds what flows through an element. */
static void add_current(struct wave *sum, double sign, const struct dc_layout *l,
                        const struct dc_element *one) {
    if (one->kind == NETWORK_COIL) {
        size_t gun = (size_t)one->from / DC_TERMINALS;
        wave_add(sum, sign, &l->coil_a[coils_before(&l->joints, gun)]);
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
    struct wave current;
    wave_line(&current, 0.0, 0.0);
    add_current(&current, 1.0, l, one);
    return current;
}

/* What flows out of a set of terminals (bits) through all elements. */
static struct wave outflow(const struct dc_layout *l, unsigned set) {
    struct wave sum;
    wave_line(&sum, 0.0, 0.0);
    for (size_t i = 0; i < l->elements.count; i++) {
        const struct dc_element *one = &l->elements.all[i];
        bool from = (set >> one->from & 1u) != 0, to = (set >> one->to & 1u) != 0;
        if (from != to) {
            add_current(&sum, from ? 1.0 : -1.0, l, one);
        }
    }
    return sum;
}

/* And through modules and diodes too: modules' current from `inner negative` to `module`, the diode's from
 * there to `inner positive`. */
static struct wave outflow_of_all(const struct dc_net *net, const struct dc_layout *l,
                                  unsigned set) {
    struct wave sum;
    wave_line(&sum, 0.0, 0.0);
    for (size_t gun = 0; gun < net->count; gun++) {
        const struct dc_circuit *c = net->guns[gun];
        bool module = (set >> dc_of(gun, DC_T_MODULE) & 1u) != 0;
        bool positive = (set >> dc_of(gun, DC_T_INNER_P) & 1u) != 0;
        bool negative = (set >> dc_of(gun, DC_T_INNER_N) & 1u) != 0;
        if (negative != module) {
            wave_add(&sum, negative ? 1.0 : -1.0, &c->waves[DC_MODULE_CURRENT]);
        }
        if (module != positive) {
            wave_add(&sum, module ? 1.0 : -1.0, &c->diode_a);
        }
    }
    struct wave out = outflow(l, set);
    wave_add(&sum, 1.0, &out);
    return sum;
}

/* What is joined to a gun's outer positive, but for what lies behind its K5. */
static unsigned before_k5(const struct dc_net *net, size_t gun) {
    unsigned set = 1u << dc_of(gun, DC_T_OUTER_P);
    if (net->guns[gun]->closed[DC_K1]) {
        set |= 1u << dc_of(gun, DC_T_INNER_P);
        if (net->pair != NULL && net->pair->tie_closed[DC_POSITIVE]) {
            size_t other = 1 - gun;
            set |= 1u << dc_of(other, DC_T_INNER_P);
            set |= net->guns[other]->closed[DC_K1] ? 1u << dc_of(other, DC_T_OUTER_P) : 0u;
        }
    }
    return set;
}

/* The current in the cable without its coil: what a short circuit takes, or what goes into the vehicle
 * where it is joined to the outer node. */
static struct wave open_current(const struct dc_net *net, const struct dc_layout *l, size_t gun) {
    const struct dc_circuit *c = net->guns[gun];
    struct wave current;
    wave_line(&current, 0.0, 0.0);
    if (c->closed[DC_K5]) {
        struct wave out = outflow_of_all(net, l, before_k5(net, gun));
        wave_add(&current, -1.0, &out);
        return current;
    }
    if (!isinf(c->short_ohm)) {
        struct wave volt = dc_between(l, dc_of(gun, DC_T_OUTER_P), dc_of(gun, DC_T_OUTER_N));
        wave_add(&current, 1.0 / (c->params.cable_ohm + c->short_ohm), &volt);
    }
    return current;
}

static unsigned net_of(const struct dc_joints *j, enum dc_terminal terminal) {
    unsigned set = 0;
    for (int t = 0; t < j->terminals; t++) {
        set |= j->net[t] == j->net[terminal] ? 1u << t : 0u;
    }
    return set;
}

static bool holds_bus(const struct dc_circuit *c) {
    return c->mode == DC_MODE_VOLTAGE && c->diode_on;
}

/* Of one gun: what its bus needs beyond what the other one's diode gives. Where the other one's modules hold
 * a voltage too, both have only one pole in common: then what comes back by the other pole. */
static void show_diode(const struct dc_net *net, const struct dc_layout *l, size_t gun) {
    struct dc_circuit *c = net->guns[gun];
    unsigned bus = net_of(&l->joints, dc_of(gun, DC_T_INNER_P));
    bool shared = net->count > 1 && (bus >> dc_of(1 - gun, DC_T_INNER_P) & 1u) != 0;
    if (shared && holds_bus(net->guns[1 - gun])) {
        unsigned back = net_of(&l->joints, dc_of(gun, DC_T_INNER_N));
        struct wave out = outflow(l, back | 1u << dc_of(gun, DC_T_MODULE));
        wave_line(&c->diode_a, 0.0, 0.0);
        wave_add(&c->diode_a, -1.0, &out);
        return;
    }
    struct wave out = outflow(l, bus);
    wave_copy(&c->diode_a, &out);
    if (shared) {
        wave_add(&c->diode_a, -1.0, &net->guns[1 - gun]->diode_a);
    }
}

/* Of modules that do not hold a voltage: what they deliver and their own capacitors do not take. */
static void show_limited(const struct dc_net *net, const struct dc_layout *l,
                         const struct dc_now *k, size_t gun) {
    struct dc_circuit *c = net->guns[gun];
    struct wave *module_a = &c->waves[DC_MODULE_CURRENT];
    wave_line(module_a, k[gun].source_a, k[gun].source_slope);
    if (c->diode_on && net->count > 1) {
        struct wave out = outflow(l, 1u << dc_of(gun, DC_T_MODULE));
        c->diode_a = *module_a;
        wave_add(&c->diode_a, -1.0, &out);
    } else if (c->diode_on) {
        show_diode(net, l, gun);
    }
}

static void show_holding(const struct dc_net *net, const struct dc_layout *l, size_t gun) {
    struct dc_circuit *c = net->guns[gun];
    if (c->diode_on) {
        show_diode(net, l, gun);
    }
    struct wave out = outflow(l, 1u << dc_of(gun, DC_T_MODULE));
    wave_copy(&c->waves[DC_MODULE_CURRENT], &out);
    wave_add(&c->waves[DC_MODULE_CURRENT], 1.0, &c->diode_a);
}

static void show_currents(const struct dc_net *net, const struct dc_now *k,
                          const struct dc_layout *l) {
    for (size_t gun = 0; gun < net->count; gun++) {
        wave_line(&net->guns[gun]->diode_a, 0.0, 0.0);
        if (net->guns[gun]->mode != DC_MODE_VOLTAGE) {
            show_limited(net, l, k, gun);
        }
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        if (net->guns[gun]->mode == DC_MODE_VOLTAGE) {
            show_holding(net, l, gun);
        }
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        struct wave *current = &net->guns[gun]->waves[DC_CURRENT];
        if (l->joints.loop[gun]) {
            wave_copy(current, &l->coil_a[coils_before(&l->joints, gun)]);
        } else {
            const struct wave open = open_current(net, l, gun);
            wave_copy(current, &open);
        }
    }
}

static void show_arcs(const struct dc_net *net, const struct dc_layout *l) {
    struct dc_burning all[DC_BURNING_MAX];
    size_t count = dc_burning(net, all);
    for (size_t i = 0; i < count; i++) {
        all[i].arc->a = outflow_of_all(net, l, dc_beyond(net, &l->joints, &all[i]));
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        if (net->guns[gun]->arcs[DC_K5].burns) {
            net->guns[gun]->arcs[DC_K5].a = l->coil_a[coils_before(&l->joints, gun)];
        }
    }
}

/* Through a closed pole: as if it were an arc without voltage. Nothing is known of it where there is another
 * way around. */
static void show_tie(const struct dc_net *net, const struct dc_now *k, const struct dc_layout *l) {
    struct dc_pair *p = net->pair;
    for (int pole = 0; pole < DC_POLES; pole++) {
        const enum dc_terminal inner = pole == DC_POSITIVE ? DC_T_INNER_P : DC_T_INNER_N;
        const struct dc_burning parted = {&p->tie[pole], 0.0, inner, dc_of(1, inner)};
        wave_line(&p->tie_a[pole], 0.0, 0.0);
        if (p->tie[pole].burns) {
            p->tie_a[pole] = p->tie[pole].a;
        } else if (p->tie_closed[pole]) {
            p->tie_closed[pole] = false;
            const struct dc_joints without = dc_joints_of(net, k);
            p->tie_closed[pole] = true;
            unsigned beyond = dc_beyond(net, &without, &parted);
            if ((beyond >> inner & 1u) == 0) {
                p->tie_a[pole] = outflow_of_all(net, l, beyond);
            }
        }
    }
}

static void show_voltages(struct dc_circuit *c, const struct dc_layout *l, const struct dc_nodes *n,
                          size_t gun) {
    const enum dc_terminal module = dc_of(gun, DC_T_MODULE), inner_p = dc_of(gun, DC_T_INNER_P),
                           inner_n = dc_of(gun, DC_T_INNER_N), outer_p = dc_of(gun, DC_T_OUTER_P),
                           outer_n = dc_of(gun, DC_T_OUTER_N),
                           battery_p = dc_of(gun, DC_T_BATTERY_P),
                           battery_n = dc_of(gun, DC_T_BATTERY_N);
    struct wave *w = c->waves;
    between_from(&w[DC_INNER_VOLTAGE], l, inner_p, inner_n, n->inner_v);
    between_from(&w[DC_OUTER_VOLTAGE], l, outer_p, outer_n, n->outer_v);
    between_from(&w[DC_BATTERY_VOLTAGE], l, battery_p, battery_n, n->battery_v);
    between_from(&w[DC_MODULE_VOLTAGE], l, module, inner_n, n->module_v);
    terminal_wave(&w[DC_INNER_POSITIVE], l, inner_p);
    terminal_wave(&w[DC_INNER_NEGATIVE], l, inner_n);
    terminal_wave(&w[DC_OUTER_POSITIVE], l, outer_p);
    terminal_wave(&w[DC_OUTER_NEGATIVE], l, outer_n);
    terminal_wave(&w[DC_BATTERY_NEGATIVE], l, battery_n);
    wave_line(&w[DC_DIFFERENCE], 0.0, 0.0);
    if (!dc_output_closed(c)) {
        wave_add(&w[DC_DIFFERENCE], 1.0, &w[DC_INNER_VOLTAGE]);
        wave_add(&w[DC_DIFFERENCE], -1.0, &w[DC_OUTER_VOLTAGE]);
    }
}

bool dc_lay_out(struct dc_layout *l, const struct dc_net *net, const struct dc_now *k,
                const struct dc_nodes *nodes) {
    l->joints = dc_joints_of(net, k);
    if (l->joints.conflict) {
        return false;
    }
    struct network_cache *cache = net->pair != NULL ? &net->pair->modes : &net->guns[0]->modes;
    lay_out(l, net, k, nodes);
    const struct network_modes *modes = network_solve(cache, &l->network);
    network_move(&l->network, modes, &l->start, l->node_v, l->coil_a);
    return true;
}

bool dc_segment_move(const struct dc_net *net, const struct dc_now *k,
                     const struct dc_nodes *nodes) {
    struct dc_layout l;
    if (!dc_lay_out(&l, net, k, nodes)) {
        return false;
    }
    for (size_t gun = 0; gun < net->count; gun++) {
        net->guns[gun]->loop = l.joints.loop[gun];
        show_voltages(net->guns[gun], &l, &nodes[gun], gun);
    }
    show_currents(net, k, &l);
    show_arcs(net, &l);
    if (net->pair != NULL) {
        show_tie(net, k, &l);
    }
    return true;
}
