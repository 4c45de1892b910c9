/* SPDX-License-Identifier: MIT */
/* internal.h: how the parts of the DC circuit share its work. For sim/dc/ only.
 *
 *   circuit.c  commands and time       leave a segment, change something, enter the next one
 *   segment.c  one segment             mode, diode, and the switching that ends it
 *   poles.c    what there is           elements between terminals, and which of these are joined
 *   share.c    capacitors joined       they share their charge
 *   move.c     its waves               the network that it is, and what moves in it
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

struct dc_elements dc_elements_of(const struct dc_circuit *c);
/* As mode and diode are at present. */
struct dc_joints dc_joints_of(const struct dc_circuit *c, const struct dc_now *k);
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

static inline bool dc_active(const struct dc_circuit *c) {
    return c->on && c->supply;
}

/* Builds the segment that starts at c->origin_* with these energy stores. why: the switching that
 * ended the last one. */
void dc_segment_build(struct dc_circuit *c, struct dc_nodes nodes, enum dc_switching why);

/* The waves of all quantities, from these energy stores on, with mode and diode as they are at present. */
void dc_segment_move(struct dc_circuit *c, const struct dc_now *k, const struct dc_nodes *nodes);

void dc_observe_leave(struct dc_circuit *c, double since_s); /* the segment ends there */
void dc_observe_enter(struct dc_circuit *c);                 /* a new one has been built */
void dc_observe_tell(struct dc_circuit *c);                  /* watches due at now_ns */

#endif
