/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <math.h>

/* The circuit between two switchings, as a network: which node is what. Contacts and the diode are
 * ideal: what they join is one node. A bus that the modules hold on their ramp is a source. */
struct layout {
    struct network network;
    struct network_start start;
    unsigned bus, module, outer, battery;
    bool held; /* the bus, by the modules */
};

enum {
    SOURCE_OCV = NETWORK_SOURCE(0),
    SOURCE_BUS = NETWORK_SOURCE(1),
    SOURCES = 2
};

static unsigned add_node(struct layout *l, double farad, double volt) {
    unsigned node = (unsigned)l->network.nodes++;
    network_capacitor(&l->network, node, NETWORK_GROUND, farad);
    l->start.node_v[node] = volt;
    return node;
}

static void add_load(struct layout *l, unsigned node, double ohm) {
    network_resistor(&l->network, node, NETWORK_GROUND, ohm);
}

/* The bus, with all that is joined to it. */
static void add_bus(struct layout *l, const struct dc_circuit *c, const struct dc_now *k,
                    const struct dc_nodes *n) {
    const struct dc_params *p = &c->params;
    if (l->held) {
        l->bus = SOURCE_BUS;
        l->start.source[1] = (struct network_line){n->inner_v, k->reference_slope};
        return;
    }
    l->bus = add_node(l, k->bus_farad + (c->diode_on ? p->module_farad : 0.0), n->inner_v);
    add_load(l, l->bus, p->inner_bleed_ohm);
    if (c->discharge) {
        add_load(l, l->bus, p->inner_discharge_ohm);
    }
    if (c->output_closed) {
        add_load(l, l->bus, p->outer_bleed_ohm);
    }
    if (c->diode_on) {
        add_load(l, l->bus, p->module_bleed_ohm);
        l->start.fed[l->bus] =
            (struct network_line){k->source_a - k->module_siemens * k->drop_v, k->source_slope};
    }
}

/* The modules' node, cut off by the diode. */
static void add_module(struct layout *l, const struct dc_circuit *c, const struct dc_now *k,
                       const struct dc_nodes *n) {
    l->module = add_node(l, c->params.module_farad, n->module_v);
    add_load(l, l->module, c->params.module_bleed_ohm);
    l->start.fed[l->module] = (struct network_line){k->source_a, k->source_slope};
}

/* The outer node with neither bus nor pack: its bleed, and a short circuit through the cable. */
static void add_outer(struct layout *l, const struct dc_circuit *c, const struct dc_nodes *n) {
    l->outer = add_node(l, c->params.outer_farad, n->outer_v);
    add_load(l, l->outer, c->params.outer_bleed_ohm);
    add_load(l, l->outer, c->params.cable_ohm + c->short_ohm);
}

/* The pack, with the outer node when it hangs on it alone. */
static void add_battery(struct layout *l, const struct dc_circuit *c, const struct dc_nodes *n) {
    const struct dc_params *p = &c->params;
    bool with_outer = c->vehicle_closed && !c->output_closed;
    l->battery = add_node(l, p->vehicle_farad + (with_outer ? p->outer_farad : 0.0), n->battery_v);
    network_resistor(&l->network, SOURCE_OCV, l->battery, c->battery_ohm);
    if (with_outer) {
        add_load(l, l->battery, p->outer_bleed_ohm);
    }
    if (c->vehicle_closed) {
        add_load(l, l->battery, c->short_ohm);
    }
}

static void add_cable(struct layout *l, const struct dc_circuit *c, const struct dc_nodes *n) {
    const struct dc_params *p = &c->params;
    unsigned end = c->vehicle_closed ? l->battery : NETWORK_GROUND;
    double ohm = p->cable_ohm + (c->vehicle_closed ? 0.0 : c->short_ohm);
    l->start.coil_a[0] = n->cable_a;
    network_coil(&l->network, l->bus, end, p->cable_henry, ohm);
}

static struct layout layout_of(const struct dc_circuit *c, const struct dc_now *k,
                               const struct dc_nodes *n) {
    struct layout l = {.network = {.sources = SOURCES},
                       .start = {.source = {{.value = c->ocv_v}}},
                       .held = c->diode_on && c->mode == DC_MODE_VOLTAGE};
    add_bus(&l, c, k, n);
    add_battery(&l, c, n);
    if (!c->diode_on && c->mode != DC_MODE_VOLTAGE) {
        add_module(&l, c, k, n);
    }
    if (!c->output_closed && !c->vehicle_closed) {
        add_outer(&l, c, n);
    }
    if (k->coupled) {
        add_cable(&l, c, n);
    }
    return l;
}

/* ---- from the network's waves to the circuit's ---- */

static void module_voltage(struct dc_circuit *c, const struct dc_now *k, const struct layout *l,
                           const struct wave *node_v, const struct dc_nodes *n) {
    struct wave *wave = &c->waves[DC_MODULE_VOLTAGE];
    if (c->diode_on) {
        *wave = c->waves[DC_INNER_VOLTAGE];
        wave->base += k->drop_v;
    } else if (c->mode == DC_MODE_VOLTAGE) {
        *wave = (struct wave){.base = n->module_v, .slope = k->reference_slope};
    } else {
        *wave = node_v[l->module];
    }
}

static void module_current(struct dc_circuit *c, const struct dc_now *k) {
    struct wave *wave = &c->waves[DC_MODULE_CURRENT];
    *wave = (struct wave){.base = k->source_a, .slope = k->source_slope};
    if (c->mode != DC_MODE_VOLTAGE) {
        return;
    }
    wave->base = c->params.module_farad * k->reference_slope;
    wave_add(wave, k->module_siemens, &c->waves[DC_MODULE_VOLTAGE]);
    if (c->diode_on) {
        wave->base += k->bus_farad * k->reference_slope;
        wave_add(wave, k->bus_siemens, &c->waves[DC_INNER_VOLTAGE]);
        if (k->coupled) {
            wave_add(wave, 1.0, &c->waves[DC_CURRENT]);
        }
    }
}

/* K1/K2 open: what the outer node gives to a short circuit, or takes from the pack. */
static void open_current(struct dc_circuit *c) {
    const struct dc_params *p = &c->params;
    struct wave *current = &c->waves[DC_CURRENT];
    const struct wave *outer = &c->waves[DC_OUTER_VOLTAGE];
    if (c->vehicle_closed) {
        struct wave slope = wave_derivative(outer);
        wave_add(current, -1.0 / p->outer_bleed_ohm, outer);
        wave_add(current, -p->outer_farad, &slope);
    } else {
        wave_add(current, 1.0 / (p->cable_ohm + c->short_ohm), outer);
    }
}

void dc_segment_move(struct dc_circuit *c, const struct dc_now *k, const struct dc_nodes *nodes) {
    const struct layout l = layout_of(c, k, nodes);
    const struct network_modes *modes = network_solve(&c->modes, &l.network);
    struct wave node_v[NETWORK_STATES], coil_a[NETWORK_STATES];
    struct wave *waves = c->waves;
    network_move(&l.network, modes, &l.start, node_v, coil_a);
    waves[DC_BATTERY_VOLTAGE] = node_v[l.battery];
    if (l.held) {
        waves[DC_INNER_VOLTAGE] =
            (struct wave){.base = nodes->inner_v, .slope = k->reference_slope};
    } else {
        waves[DC_INNER_VOLTAGE] = node_v[l.bus];
    }
    waves[DC_CURRENT] = (struct wave){0};
    waves[DC_DIFFERENCE] = (struct wave){0};
    if (c->output_closed) {
        waves[DC_OUTER_VOLTAGE] = waves[DC_INNER_VOLTAGE];
    } else {
        waves[DC_OUTER_VOLTAGE] = node_v[c->vehicle_closed ? l.battery : l.outer];
        wave_add(&waves[DC_DIFFERENCE], 1.0, &waves[DC_INNER_VOLTAGE]);
        wave_add(&waves[DC_DIFFERENCE], -1.0, &waves[DC_OUTER_VOLTAGE]);
        open_current(c);
    }
    if (k->coupled) {
        waves[DC_CURRENT] = coil_a[0];
    }
    module_voltage(c, k, &l, node_v, nodes);
    module_current(c, k);
}
