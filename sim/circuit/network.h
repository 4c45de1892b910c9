/* SPDX-License-Identifier: MIT */
/* network.h: a linear network of capacitors, resistors, coils and sources, solved exactly in time.
 *
 *   struct network n = {.nodes = 2};
 *   network_capacitor(&n, 0, NETWORK_GROUND, 502e-6);          a bus
 *   network_resistor(&n, 0, NETWORK_GROUND, 20e3);             and its bleed
 *   network_coil(&n, 0, 1, 10e-6, 8e-3);                       10 uH with 8 mohm in it
 *   network_capacitor(&n, 1, NETWORK_GROUND, 1e-3);
 *   size_t pack = network_resistor(&n, NETWORK_GROUND, 1, 0.06);  a pack behind 60 mohm
 *   const struct network_modes *modes = network_solve(&cache, &n);
 *   struct network_start start = {.node_v = {375.0, 380.0}, .coil_a = {0.0}};
 *   start.series[pack].value = 380.0;
 *   struct wave node_v[NETWORK_STATES], coil_a[NETWORK_STATES];
 *   network_move(&n, modes, &start, node_v, coil_a);           waveform.h says what they are
 *
 * A network is data: what is joined to what, with which value. It holds between two switchings; a
 * switch, a contact or a diode that closes or opens makes another network of it, and the voltages and
 * currents go on from where they were. Numbers of nodes are 0, 1, ...; every node needs capacitors
 * that lead (over other nodes if need be) to ground, or its voltage would not be defined (assertion).
 * Within each branch stands a source of voltage (0 unless said), into each node a current may be fed:
 * straight lines in time. Parts of the network that hang together by nothing but
 * ground do not disturb each other, not even in the last digit.
 *
 * How: nodes' voltages v and coils' currents i are the states,
 *     C v' = -G v - E i + fed          L i' = E^T v - R i
 * with C, L positive definite. C and L are split by Cholesky and the currents counted in units of the
 * imaginary 1: then the matrix is complex symmetric (real without coils), modes.h finds its modes, and
 * the left vectors are the right ones but for the sign of the currents: nothing is inverted. A mode's
 * part in the motion is the sum over all branches of what flows in them at the start times the mode's
 * share in that branch. The shares are taken with 32 digits: two nodes that move together differ
 * in them by what they really differ, not by rounding. What flows through a branch and leaves it cancels
 * exactly, so slow modes do not feel thousands of amperes that ring about them.
 *
 * Modes are found once per network and kept in the cache; whether they came from it cannot be seen
 * in the results. Two modes of a damped circuit that all but coincide (critical damping) have no
 * expansion in exponentials: then the coils' resistances are moved by some parts in 1e7. */
#ifndef SIM_CIRCUIT_NETWORK_H
#define SIM_CIRCUIT_NETWORK_H

#include "sim/circuit/waveform.h"

#include <stdint.h>

#define NETWORK_STATES   WAVE_TERMS /* nodes and coils together */
#define NETWORK_BRANCHES 56
#define NETWORK_KEPT     24 /* networks in a cache */

#define NETWORK_GROUND 255u
#define NETWORK_NONE   SIZE_MAX

enum network_kind {
    NETWORK_CAPACITOR,
    NETWORK_RESISTOR,
    NETWORK_COIL,
};

struct network_branch {
    enum network_kind kind;
    unsigned from, to; /* node or NETWORK_GROUND */
    double value;      /* farad, ohm or henry; > 0 */
    double ohm;        /* coil: in series with it, >= 0 */
};

/* Coils are numbered in the order of their branches. Fill it by the functions below. */
struct network {
    size_t nodes, coils, count;
    struct network_branch branches[NETWORK_BRANCHES];
};

/* They return the branch's number. */
size_t network_capacitor(struct network *n, unsigned from, unsigned to, double farad);
/* INFINITY: none (NETWORK_NONE). */
size_t network_resistor(struct network *n, unsigned from, unsigned to, double ohm);
size_t network_coil(struct network *n, unsigned from, unsigned to, double henry, double ohm);

struct network_share {
    double re, im;
};

/* One natural motion: exp(rate*t), or with omega > 0 a swing. */
struct network_mode {
    double rate, omega;
    struct network_share shape[NETWORK_STATES];    /* of nodes, then coils */
    struct network_share force[NETWORK_STATES];    /* of what is fed into each state */
    struct network_share branch[NETWORK_BRANCHES]; /* of the current through each branch */
};

struct network_modes {
    size_t count;
    struct network_mode modes[NETWORK_STATES];
};

/* All zero is an empty one. Fields are its own; solved is for tests and benchmarks. */
struct network_cache {
    size_t used, next;
    uint64_t solved;
    struct network networks[NETWORK_KEPT];
    struct network_modes modes[NETWORK_KEPT];
};

/* Its modes; valid until the next call with the same cache. */
const struct network_modes *network_solve(struct network_cache *cache, const struct network *n);

/* value + slope*t */
struct network_line {
    double value, slope;
};

struct network_start {
    double node_v[NETWORK_STATES], coil_a[NETWORK_STATES];
    struct network_line fed[NETWORK_STATES];      /* A, into each node */
    struct network_line series[NETWORK_BRANCHES]; /* V, adds to `from` - `to` of each branch */
};

/* node_v has room for n->nodes waves, coil_a for n->coils (current from `from` to `to`). */
void network_move(const struct network *n, const struct network_modes *modes,
                  const struct network_start *start, struct wave *node_v, struct wave *coil_a);

#endif
