/* SPDX-License-Identifier: MIT */
/* internal.h: how the parts of the DC circuit share its work. For sim/dc/ only.
 *
 *   circuit.c  commands and time       leave a segment, change something, enter the next one
 *   segment.c  one segment             mode, diode, and the switching that ends it
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

/* The energy stores: what goes on over a switching, but for sharing of charge. */
struct dc_nodes {
    double module_v, inner_v, outer_v, battery_v, cable_a;
};

/* The values in force at the segment's start. */
struct dc_now {
    double reference_v, reference_slope; /* the voltage ramp */
    double limit_a, limit_slope;         /* the current ramp */
    double drop_v;                       /* of the diode */
    double bus_farad, bus_siemens;       /* inner, with outer when K1/K2 are closed */
    double module_siemens;
    double source_a, source_slope; /* of the modules, but for VOLTAGE mode */
    bool coupled;                  /* current can flow from the bus through the cable */
};

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

/* The waves of all quantities, from these energy stores on. */
void dc_segment_move(struct dc_circuit *c, const struct dc_now *k, const struct dc_nodes *nodes);

void dc_observe_leave(struct dc_circuit *c, double since_s); /* the segment ends there */
void dc_observe_enter(struct dc_circuit *c);                 /* a new one has been built */
void dc_observe_tell(struct dc_circuit *c);                  /* watches due at now_ns */

#endif
