/* SPDX-License-Identifier: MIT */
/* pair.h: two guns' circuits that may be coupled: a tie between their buses, a pack behind both plugs.
 *
 *   struct dc_circuit a, b;                            both begun by dc_init
 *   struct dc_pair pair;
 *   dc_pair_init(&pair, &a, &b);                       two circuits, nothing in common
 *   dc_pair_set_tie(&pair, now, true);                 the modules of both feed either gun
 *   dc_pair_share_pack(&pair, now, true);              and both plugs stand in one vehicle
 *   double ampere = dc_pair_tie_a(&pair, DC_POSITIVE, now);
 *   dc_pair_set_tie(&pair, now, false);                under load: arcs
 *
 *   bus of a, "inner" ---------+--- K1/K2 --- cable --- K5/K6 ---+--- battery of a: the pack
 *                         tie  o/o (both poles)                  |    (b's own pack is out of it)
 *   bus of b, "inner" ---------+--- K1/K2 --- cable --- K5/K6 ---+
 *
 * Not coupled (no pole of the tie conducts, each plug for itself) they are two circuits, each with its
 * own time, bit for bit as if there were no pair. Coupled they are one network, solved as one: a command
 * to either, or dc_advance of either, takes both along, and calls the watches of both. Watches, tracks,
 * energy and charge of each gun go on through coupling and uncoupling. Whoever keeps a timer for each
 * gun sets `changed`: called when dc_next of both is to be asked again.
 *
 * One pack: it is a's (dc_set_ocv, dc_set_battery_ohm, dc_charge_c of a). b's battery quantities are
 * then a's. Afterwards b has the pack that its own OCV says, uncharged by what happened meanwhile.
 *
 * Poles against PE, insulation and Y capacitors of both are in the network: through one closed pole of the
 * tie a fault of one gun shows at the other one, and a test resistor of either sees both.
 *
 * Simplifications, besides those of circuit.h:
 *  - The tie has neither resistance nor inductance (a bus bar of some metres: 0.1 mohm, 1 uH).
 *  - Of two groups of modules that hold the same voltage on one bus one delivers what it can, the other one
 *    what is missing: the sum is right, real ones divide it. Modules that hold a current deliver that.
 *  - Negative conductors have no resistance (the cable's stands in the positive one). Where K2 and K6 of both
 *    and the tie make two ways back, what flows in each is not known: dc_pair_tie_a is 0 there.
 *  - An arc needs its contact to part two things: where another closed way leads around it, it is out at
 *    once; of two arcs in parallel one burns (real ones too: their voltage falls as the current rises).
 *  - K1..K6 draw an arc by the current of their own gun's cable, the tie's poles by what flows in them. The
 *    tie's arcs have a's params.arc. They stand at once: what brings buses of 2 uF to +-40 V, 1 mJ, is taken
 *    from arc_j like that of circuit.h. In fact it takes 0.4 us of 200 A: the current in the cable behind the
 *    tie is then 0.4 A higher (C V^2 / 2 L I).
 *  - While coupled, what is lost by sharing of charge is the pair's lost_j; what cables' coils lose is the
 *    gun's.
 *
 * At most 13 states (the fourteen terminals of two guns, less one that the coupling joins). */
#ifndef SIM_DC_PAIR_H
#define SIM_DC_PAIR_H

#include "sim/dc/circuit.h"

#define DC_GUNS 2

/* All fields are the pair's own but for changed and its ctx. */
struct dc_pair {
    struct dc_circuit *guns[DC_GUNS];
    bool tie_closed[DC_POLES];
    bool one_pack;
    struct dc_arc tie[DC_POLES];
    struct wave tie_a[DC_POLES]; /* while a pole conducts: from a's bus to b's */
    size_t switching_gun;        /* whose switching ends the segment; DC_GUNS: the tie's */
    unsigned last_why[DC_GUNS];  /* each gun's switching, the last one at this instant */
    struct dc_nodes kept;        /* the other gun's, while a command changes one */
    double lost_j, arc_j;        /* arc_j: up to the segment's start */
    struct network_cache modes;  /* of the networks of both */
    void (*changed)(void *ctx);
    void *ctx;
};

/* Both keep their addresses, and the pair its own. */
void dc_pair_init(struct dc_pair *p, struct dc_circuit *a, struct dc_circuit *b);

/* Instants as for a command of circuit.h, of the gun that is further on. */
void dc_pair_set_tie(struct dc_pair *p, int64_t now_ns, bool closed); /* both poles at once */
void dc_pair_set_tie_pole(struct dc_pair *p, int64_t now_ns, enum dc_pole pole, bool closed);
void dc_pair_share_pack(struct dc_pair *p, int64_t now_ns, bool one);

/* From a's bus to b's through one pole; instants as for dc_value. */
double dc_pair_tie_a(const struct dc_pair *p, enum dc_pole pole, int64_t t_ns);

/* The pole has parted and no arc burns in it. */
static inline bool dc_pair_tie_interrupted(const struct dc_pair *p, enum dc_pole pole) {
    return !p->tie_closed[pole] && !p->tie[pole].burns;
}

double dc_pair_arc_j(const struct dc_pair *p,
                     int64_t t_ns); /* of the tie's arcs, since dc_pair_init */

static inline double dc_pair_lost_j(const struct dc_pair *p) {
    return p->lost_j;
}

#endif
