/* SPDX-License-Identifier: MIT */
#include "sim/circuit/internal.h"

#include <assert.h>
#include <math.h>

#define NUDGE      2e-7 /* relative change of a coil's resistance that keeps modes apart */
#define NUDGES_MAX 1000

/* ---- building ---- */

static size_t add_branch(struct network *n, struct network_branch branch) {
    assert(n->count < NETWORK_BRANCHES && branch.value > 0.0 && isfinite(branch.value));
    assert(network_is_node(n, branch.from) || network_is_node(n, branch.to));
    n->branches[n->count] = branch;
    return n->count++;
}

size_t network_capacitor(struct network *n, unsigned from, unsigned to, double farad) {
    return add_branch(n, (struct network_branch){NETWORK_CAPACITOR, from, to, farad, 0.0});
}

size_t network_resistor(struct network *n, unsigned from, unsigned to, double ohm) {
    if (isinf(ohm)) {
        return NETWORK_NONE;
    }
    return add_branch(n, (struct network_branch){NETWORK_RESISTOR, from, to, ohm, 0.0});
}

size_t network_coil(struct network *n, unsigned from, unsigned to, double henry, double ohm) {
    assert(ohm >= 0.0 && isfinite(ohm) && n->nodes + n->coils < NETWORK_STATES);
    n->coils++;
    return add_branch(n, (struct network_branch){NETWORK_COIL, from, to, henry, ohm});
}

/* ---- modes, once per network ---- */

static double farad_at(const struct network *n, unsigned end) {
    double sum = 0.0;
    for (size_t i = 0; i < n->count; i++) {
        const struct network_branch *b = &n->branches[i];
        bool touches = b->from == end || b->to == end;
        sum += network_is_node(n, end) && b->kind == NETWORK_CAPACITOR && touches ? b->value : 0.0;
    }
    return sum;
}

/* A little more resistance in each coil, in parts of what it has and of what would damp it. */
static struct network nudged(const struct network *n, int steps) {
    struct network other = *n;
    for (size_t i = 0; i < n->count; i++) {
        struct network_branch *b = &other.branches[i];
        if (b->kind == NETWORK_COIL) {
            double farad = farad_at(n, b->to);
            farad = farad > 0.0 ? farad : farad_at(n, b->from);
            b->ohm += steps * NUDGE * (b->ohm + (farad > 0.0 ? sqrt(b->value / farad) : 0.0));
        }
    }
    return other;
}

static bool same_network(const struct network *a, const struct network *b) {
    bool same = a->nodes == b->nodes && a->coils == b->coils && a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct network_branch *x = &a->branches[i], *y = &b->branches[i];
        same = x->kind == y->kind && x->from == y->from && x->to == y->to && x->value == y->value &&
               x->ohm == y->ohm;
    }
    return same;
}

const struct network_modes *network_solve(struct network_cache *cache, const struct network *n) {
    assert(n->nodes + n->coils <= NETWORK_STATES);
    for (size_t i = 0; i < cache->used; i++) {
        if (same_network(&cache->networks[i], n)) {
            return &cache->modes[i];
        }
    }
    size_t place = cache->next;
    cache->next = (cache->next + 1) % NETWORK_KEPT;
    cache->used = cache->used < NETWORK_KEPT ? cache->used + 1 : NETWORK_KEPT;
    cache->networks[place] = *n;
    cache->solved++;
    cache->modes[place] = (struct network_modes){0};
    for (int i = 0; n->nodes + n->coils > 0; i++) {
        assert(i < NUDGES_MAX);
        struct network other = nudged(n, i);
        if (network_find_modes(&other, &cache->modes[place])) {
            break;
        }
    }
    return &cache->modes[place];
}
