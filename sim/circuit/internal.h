/* SPDX-License-Identifier: MIT */
/* internal.h: how the parts of a network's solution share its work. For sim/circuit/ only.
 *
 *   network.c   the network as data, and the cache
 *   spectrum.c  network to modes       once per network, with 32 digits
 *   motion.c    modes to waves         at each switching, with doubles */
#ifndef SIM_CIRCUIT_INTERNAL_H
#define SIM_CIRCUIT_INTERNAL_H

#include "sim/circuit/network.h"

#include <assert.h>

/* Or is it ground? */
static inline bool network_is_node(const struct network *n, unsigned end) {
    assert(end < n->nodes || end == NETWORK_GROUND);
    return end < n->nodes;
}

/* False when two modes all but coincide. */
bool network_find_modes(const struct network *n, struct network_modes *found);

#endif
