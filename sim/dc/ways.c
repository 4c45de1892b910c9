/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <math.h>

/* A cable's coil counts where current can flow out through it and come back. One gun has one way: K1, cable,
 * K5, pack, K6, K2, bus. Two that are coupled have more: out through one gun's contacts, back through
 * the other one's. */

struct graph {
    enum dc_terminal part[DC_T_PE]; /* terminals with the same one hang together */
};

static void connect(struct graph *g, size_t gun, enum dc_terminal from, enum dc_terminal to) {
    enum dc_terminal old = g->part[dc_of(gun, from)], other = g->part[dc_of(gun, to)];
    for (int t = 0; t < DC_T_PE; t++) {
        g->part[t] = g->part[t] == old ? other : g->part[t];
    }
}

static void connect_guns(struct graph *g, enum dc_terminal terminal) {
    enum dc_terminal old = g->part[dc_of(1, terminal)];
    for (int t = 0; t < DC_T_PE; t++) {
        g->part[t] = g->part[t] == old ? g->part[terminal] : g->part[t];
    }
}

/* Contacts, bus and pack: not what lies in the cable. Nor the outer capacitor: with it the coil would ring
 * at some 500 kHz. */
static void connect_gun(struct graph *g, const struct dc_circuit *c, size_t gun) {
    connect(g, gun, DC_T_INNER_P, DC_T_INNER_N);
    connect(g, gun, DC_T_BATTERY_P, DC_T_BATTERY_N);
    if (dc_conducts(c, DC_K1)) {
        connect(g, gun, DC_T_INNER_P, DC_T_OUTER_P);
    }
    if (dc_conducts(c, DC_K2)) {
        connect(g, gun, DC_T_INNER_N, DC_T_OUTER_N);
    }
    if (dc_conducts(c, DC_K6)) {
        connect(g, gun, DC_T_OUTER_N, DC_T_BATTERY_N);
    }
}

static void connect_cable(struct graph *g, const struct dc_circuit *c, size_t gun) {
    if (dc_conducts(c, DC_K5)) {
        connect(g, gun, DC_T_OUTER_P, DC_T_BATTERY_P);
    }
    if (!isinf(c->short_ohm)) {
        connect(g, gun, DC_T_OUTER_P, DC_T_OUTER_N);
    }
}

/* From the cable's near end to its far one, by another way than that cable? */
static bool way_around(const struct dc_net *net, size_t gun, enum dc_terminal far) {
    struct graph g;
    for (int t = 0; t < DC_T_PE; t++) {
        g.part[t] = (enum dc_terminal)t;
    }
    for (size_t i = 0; i < DC_GUNS; i++) {
        connect_gun(&g, net->guns[i], i);
        if (i != gun) {
            connect_cable(&g, net->guns[i], i);
        }
    }
    if (net->pair->one_pack) {
        connect_guns(&g, DC_T_BATTERY_P);
        connect_guns(&g, DC_T_BATTERY_N);
    }
    if (dc_tie_conducts(net->pair, DC_POSITIVE)) {
        connect_guns(&g, DC_T_INNER_P);
    }
    if (dc_tie_conducts(net->pair, DC_NEGATIVE)) {
        connect_guns(&g, DC_T_INNER_N);
    }
    return g.part[dc_of(gun, DC_T_OUTER_P)] == g.part[dc_of(gun, far)];
}

void dc_ways_of(const struct dc_net *net, struct dc_joints *j) {
    for (size_t gun = 0; gun < net->count; gun++) {
        const struct dc_circuit *c = net->guns[gun];
        bool own = dc_conducts(c, DC_K1) && dc_conducts(c, DC_K2), shorted = !isinf(c->short_ohm);
        j->vehicle[gun] = dc_conducts(c, DC_K5) && dc_conducts(c, DC_K6);
        j->loop[gun] = own && (j->vehicle[gun] || shorted);
        if (net->pair == NULL || j->loop[gun]) {
            continue;
        }
        if (dc_conducts(c, DC_K5) && (j->vehicle[gun] || !shorted)) {
            j->loop[gun] = way_around(net, gun, DC_T_BATTERY_P);
            j->vehicle[gun] = j->vehicle[gun] || j->loop[gun];
        } else if (shorted) {
            j->loop[gun] = way_around(net, gun, DC_T_OUTER_N);
        }
    }
}
