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
 *   pair.c     two guns                tie and pack in common; time and commands of both
 *   choose.c   one segment of both     which modes and diodes go together
 *   ways.c     where current can flow  through each cable and back
 *
 * Instants inside a segment are seconds from its start, as doubles: switchings of the circuit are
 * not rounded to ns. Only what is told to the outside is. */
#ifndef SIM_DC_INTERNAL_H
#define SIM_DC_INTERNAL_H

#include "sim/dc/pair.h"

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
    DC_TERMINALS, /* of one gun; those of the other one follow */
    DC_T_PE = DC_GUNS * DC_TERMINALS,
};

/* One gun by itself, or the two that are coupled: what makes one network. Arrays of dc_now and dc_nodes
 * that go with it have one for each gun. */
struct dc_net {
    size_t count;
    struct dc_circuit *guns[DC_GUNS];
    struct dc_pair *pair; /* NULL: one gun */
};

static inline struct dc_net dc_net_of(struct dc_circuit *c) {
    return (struct dc_net){.count = 1, .guns = {c}};
}

static inline enum dc_terminal dc_of(size_t gun, enum dc_terminal terminal) {
    return (enum dc_terminal)((size_t)terminal + gun * DC_TERMINALS);
}

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
 * one group are joined by contacts, those of one net by contacts and arcs. */
struct dc_joints {
    int terminals; /* of all guns of the net */
    enum dc_terminal root[DC_T_PE], group[DC_T_PE], net[DC_T_PE];
    struct network_line above[DC_T_PE];
    bool loop[DC_GUNS];    /* current can flow out through the cable's coil and back */
    bool vehicle[DC_GUNS]; /* and what the cable leads to is the pack */
    bool conflict;         /* two sources want to hold one voltage */
};

/* The circuit between two switchings, as a network: a node for each root of the joints. */
struct dc_layout {
    struct dc_elements elements;
    struct dc_joints joints;
    struct network network;
    struct network_start start;
    unsigned node[DC_T_PE + 1]; /* of each terminal, PE included */
    struct wave node_v[NETWORK_STATES], coil_a[NETWORK_STATES];
};

/* An arc that burns between two terminals; K5's is in the coil's branch and none of these. */
struct dc_burning {
    struct dc_arc *arc;
    double volt; /* from `from` to `to` */
    enum dc_terminal from, to;
};

#define DC_BURNING_MAX (DC_GUNS * (DC_CONTACTS - 1) + DC_POLES)

size_t dc_burning(const struct dc_net *net, struct dc_burning all[DC_BURNING_MAX]);

struct dc_elements dc_elements_of(const struct dc_net *net, const struct dc_joints *j);
/* As modes and diodes are at present. */
struct dc_joints dc_joints_of(const struct dc_net *net, const struct dc_now *k);
/* Fills loop and vehicle. */
void dc_ways_of(const struct dc_net *net, struct dc_joints *j);
/* A shorted plug whose feeding contacts have parted has no voltage left: without the coil a capacitor
 * charged by an arc would empty itself with a current that the coil does not let through. */
void dc_join_shorted(struct dc_joints *j, const struct dc_net *net, size_t gun);
/* Against PE. */
double dc_terminal_v(const struct dc_nodes *n, enum dc_terminal terminal);

/* Capacitors that the joints join share their charge; what that costs is added to *lost_j. It is not below
 * 0, but for what was lost a moment ago and may come back: spare_j. */
void dc_share(const struct dc_net *net, const struct dc_joints *j, struct dc_nodes *n,
              double *lost_j, double spare_j);

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

/* The waves of all quantities, from these energy stores on, with modes and diodes as they are at present.
 * False (and no waves): two sources would hold one voltage. */
bool dc_segment_move(const struct dc_net *net, const struct dc_now *k,
                     const struct dc_nodes *nodes);

/* The network of the present segment from these energy stores on, moved. */
bool dc_lay_out(struct dc_layout *l, const struct dc_net *net, const struct dc_now *k,
                const struct dc_nodes *nodes);
/* What flows through an element, from `from` to `to`; the voltage between two terminals. */
struct wave dc_current_of(const struct dc_layout *l, const struct dc_element *one);
struct wave dc_between(const struct dc_layout *l, enum dc_terminal from, enum dc_terminal to);

/* The terminals (bits) that contacts have joined to one. */
unsigned dc_group(const struct dc_joints *j, enum dc_terminal terminal);
/* Those that are with `to` of an arc when nothing flows through that. */
unsigned dc_beyond(const struct dc_net *net, const struct dc_joints *j,
                   const struct dc_burning *arc);

/* Asserts that at both ends of the segment so far what the sources give becomes heat, goes into arcs or
 * into the stores: nothing is won or lost. */
void dc_audit(const struct dc_net *net, double since_s);
struct dc_now dc_now_of(const struct dc_circuit *c); /* at the segment's start */
struct dc_nodes dc_nodes_at(const struct dc_circuit *c, double since_s);
/* The arcs are over, and with them the loop's current. */
void dc_arcs_end(struct dc_circuit *c);

/* ---- segment.c, for one segment of two guns ---- */

#define DC_TIE (4.0 * DC_TOLERANCE) /* nearer than this is equal: more than guards let pass */

double dc_start_of(const struct wave *wave);
double dc_start_slope(const struct wave *wave);
/* What must hold at the segment's start. */
void dc_segment_check(const struct dc_circuit *c, const struct dc_now *k, const struct dc_nodes *n);
/* Looks for what ends the segment from from_s on, before c->switching_s. */
void dc_segment_guard(struct dc_circuit *c, const struct dc_now *k, double from_s);
void dc_guard_arc(struct dc_circuit *c, const struct dc_arc *arc, double from_s);
/* Where a search begins: later than at the start when switchings do not come to an end. */
double dc_segment_from(struct dc_circuit *c);

/* ---- circuit.c and pair.c ---- */

struct dc_nodes dc_leave(struct dc_circuit *c, double since_s); /* one gun's part; not its audit */
struct dc_nodes dc_leave_alone(struct dc_circuit *c);           /* at now_ns, with its audit */
void dc_enter_alone(struct dc_circuit *c, struct dc_nodes nodes);
void dc_move_origin(struct dc_circuit *c);

/* The next event of two coupled guns, if it is due at t_ns or before; else false. */
bool dc_pair_step(struct dc_pair *p, int64_t t_ns);
void dc_pair_now(struct dc_pair *p, int64_t t_ns); /* all that was due has been done */
/* As interrupt and enter_segment of one: of the gun that the command is for. */
struct dc_nodes dc_pair_interrupt(struct dc_pair *p, const struct dc_circuit *c);
void dc_pair_enter(struct dc_pair *p, const struct dc_circuit *c, struct dc_nodes nodes);
/* why of which gun; DC_GUNS: the tie. */
void dc_pair_build(struct dc_pair *p, struct dc_nodes *n, enum dc_switching why, size_t who);

static inline double dc_tie_arc_v(const struct dc_pair *p, enum dc_pole pole) {
    return p->tie[pole].burns ? p->tie[pole].sign * p->guns[0]->params.arc.volt : 0.0;
}

static inline bool dc_tie_conducts(const struct dc_pair *p, enum dc_pole pole) {
    return p->tie_closed[pole] || p->tie[pole].burns;
}

void dc_observe_leave(struct dc_circuit *c, double since_s); /* the segment ends there */
void dc_observe_enter(struct dc_circuit *c);                 /* a new one has been built */
void dc_observe_tell(struct dc_circuit *c);                  /* watches due at now_ns */

#endif
