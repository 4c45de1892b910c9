/* SPDX-License-Identifier: MIT */
/* internal.h: how the parts of the DC circuit share its work. For sim/dc/ only.
 *
 *   circuit.c  commands and time       leave a segment, change something, enter the next one
 *   segment.c  one segment             mode, diode, and the switching that ends it
 *   poles.c    what there is           elements between terminals, and which of these are joined
 *   share.c    capacitors joined       they share their charge
 *   move.c     its waves               the network that it is, and what moves in it
 *   audit.c    its energy              nothing is won or lost unaccounted
 *   observe.c  watches and extremes
 *
 * Instants inside a segment are seconds from its start, as doubles: switchings of the circuit are
 * not rounded to ns. Only what is told to the outside is. */
#ifndef SIM_DC_INTERNAL_H
#define SIM_DC_INTERNAL_H

#include "sim/dc/circuit.h"

#define DC_NEVER_S ((double)INFINITY)

/* What ends a segment by itself. */
enum dc_switching {
    DC_SWITCH_NONE,
    DC_SWITCH_RAMP,      /* a ramp has arrived */
    DC_SWITCH_REACH,     /* the modules' node meets the voltage ramp */
    DC_SWITCH_LOW,       /* VOLTAGE mode would have to take current back */
    DC_SWITCH_HIGH,      /* VOLTAGE mode would need more than the current limit */
    DC_SWITCH_DIODE_OFF, /* the diode's current is used up */
    DC_SWITCH_DIODE_ON,  /* the diode's voltage is used up */
    DC_SWITCH_ARC_LOW,   /* too little current for an arc */
    DC_SWITCH_ARC_OVER,  /* an arc's longest time is over */
    DC_SWITCH_LOOK,      /* nothing: a search was broken off here, start another one */
};

/* The energy stores: what goes on over a switching, but for sharing of charge. Voltages across, the
 * negative terminals' against PE, and the cable's current. */
struct dc_nodes {
    double module_v, inner_v, outer_v, battery_v;
    double inner_negative_v, outer_negative_v, battery_negative_v;
    double cable_a;
};

/* The values in force at the segment's start. */
struct dc_now {
    double reference_v, reference_slope; /* the voltage ramp */
    double limit_a, limit_slope;         /* the current ramp */
    double drop_v;                       /* of the diode */
    double source_a, source_slope;       /* of the modules, but for VOLTAGE mode */
};

/* ---- poles.c: what there is, and what is joined ---- */

enum dc_terminal {
    DC_T_MODULE, /* plus of the modules; their minus is the bus's */
    DC_T_INNER_P,
    DC_T_INNER_N,
    DC_T_OUTER_P,
    DC_T_OUTER_N,
    DC_T_BATTERY_P,
    DC_T_BATTERY_N,
    DC_TERMINALS,
    DC_T_PE = DC_TERMINALS,
};

/* series_v adds to the voltage from `from` to `to`. */
struct dc_element {
    enum network_kind kind;
    enum dc_terminal from, to;
    double value, ohm; /* as a network_branch */
    double series_v;
};

struct dc_elements {
    size_t count;
    struct dc_element all[NETWORK_BRANCHES];
};

/* Terminals with the same root have voltages that differ by a given line: `above` the root's. Those of
 * one group are joined by contacts. */
struct dc_joints {
    enum dc_terminal root[DC_TERMINALS], group[DC_TERMINALS];
    struct network_line above[DC_TERMINALS];
    bool loop; /* current can flow out through the cable's coil and back */
};

/* The circuit between two switchings, as a network: a node for each root of the joints. */
struct dc_layout {
    struct dc_elements elements;
    struct dc_joints joints;
    struct network network;
    struct network_start start;
    unsigned node[DC_TERMINALS + 1]; /* of each terminal, PE included */
    struct wave node_v[NETWORK_STATES], coil_a[NETWORK_STATES];
};

struct dc_elements dc_elements_of(const struct dc_circuit *c);
/* As mode and diode are at present. */
struct dc_joints dc_joints_of(const struct dc_circuit *c, const struct dc_now *k);
/* A shorted plug whose feeding contacts have parted has no voltage left: without the coil a capacitor
 * charged by an arc would empty itself with a current that the coil does not let through. */
void dc_join_shorted(struct dc_joints *j, const struct dc_circuit *c);
/* Against PE. */
double dc_terminal_v(const struct dc_nodes *n, enum dc_terminal terminal);

/* Capacitors that the joints join share their charge; what that costs is lost_j. */
void dc_share(struct dc_circuit *c, const struct dc_joints *j, struct dc_nodes *n);

/* Seconds from the segment's start, not before it and not after its end. */
double dc_since(const struct dc_circuit *c, int64_t t_ns);
/* First whole ns at or after an instant of the segment; INT64_MAX for DC_NEVER_S. */
int64_t dc_instant(const struct dc_circuit *c, double since_s);

double dc_ramp_at(const struct dc_ramp *ramp, int64_t t_ns, double and_s);
double dc_ramp_slope(const struct dc_ramp *ramp, int64_t t_ns);
void dc_ramp_to(struct dc_ramp *ramp, int64_t now_ns, double target, double slew);

/* It is closed, or an arc burns. */
static inline bool dc_conducts(const struct dc_circuit *c, enum dc_contact contact) {
    return c->closed[contact] || c->arcs[contact].burns;
}

/* From its `from` to its `to`, the charger's side to the vehicle's. */
static inline double dc_arc_v(const struct dc_circuit *c, enum dc_contact contact) {
    return c->arcs[contact].burns ? c->arcs[contact].sign * c->params.arc.volt : 0.0;
}

static inline bool dc_arcs_burn(const struct dc_circuit *c) {
    return c->arcs[DC_K1].burns || c->arcs[DC_K2].burns || c->arcs[DC_K5].burns ||
           c->arcs[DC_K6].burns;
}

static inline bool dc_active(const struct dc_circuit *c) {
    return c->on && c->supply;
}

/* Builds the segment that starts at c->origin_* with these energy stores. why: the switching that
 * ended the last one. */
void dc_segment_build(struct dc_circuit *c, struct dc_nodes nodes, enum dc_switching why);

/* The waves of all quantities, from these energy stores on, with mode and diode as they are at present. */
void dc_segment_move(struct dc_circuit *c, const struct dc_now *k, const struct dc_nodes *nodes);

/* The network of the present segment from these energy stores on, moved. */
void dc_lay_out(struct dc_layout *l, struct dc_circuit *c, const struct dc_now *k,
                const struct dc_nodes *nodes);
/* What flows through an element, from `from` to `to`; the voltage between two terminals. */
struct wave dc_current_of(const struct dc_layout *l, const struct dc_element *one);
struct wave dc_between(const struct dc_layout *l, enum dc_terminal from, enum dc_terminal to);

/* The terminals (bits) that contacts have joined to one. */
unsigned dc_group(const struct dc_joints *j, enum dc_terminal terminal);
/* Those behind K1, K2 or K6 while an arc burns there. */
unsigned dc_beyond(const struct dc_circuit *c, const struct dc_joints *j, enum dc_contact contact);

/* Asserts that at both ends of the segment so far what the sources give becomes heat, goes into arcs or
 * into the stores: nothing is won or lost. */
void dc_audit(struct dc_circuit *c, double since_s);
struct dc_now dc_now_of(const struct dc_circuit *c); /* at the segment's start */
struct dc_nodes dc_nodes_at(const struct dc_circuit *c, double since_s);
/* The arcs are over, and with them the loop's current. */
void dc_arcs_end(struct dc_circuit *c);

void dc_observe_leave(struct dc_circuit *c, double since_s); /* the segment ends there */
void dc_observe_enter(struct dc_circuit *c);                 /* a new one has been built */
void dc_observe_tell(struct dc_circuit *c);                  /* watches due at now_ns */

#endif
