/* SPDX-License-Identifier: MIT */
/* random.h: SplitMix64 (Steele, Lea, Flood 2014): numbers from a seed, the same on every machine.
 *
 *   uint64_t state = seed;
 *   double share = random_share(random_next(&state));      0 <= share < 1
 *   uint64_t value = random_of(seed);                      one number of a seed, without a state */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <assert.h>
#include <stdint.h>

#define RANDOM_STEP UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t random_next(uint64_t *state) {
    uint64_t mixed = *state += RANDOM_STEP;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

/* The seed-th number of the sequence that begins at 0. */
static inline uint64_t random_of(uint64_t seed) {
    uint64_t state = (seed - 1) * RANDOM_STEP;
    return random_next(&state);
}

static inline double random_share(uint64_t number) {
    double share = (double)(number >> 11) / (double)(UINT64_C(1) << 53);
    assert(share >= 0 && share < 1);
    return share;
}

#endif
