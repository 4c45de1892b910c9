/* SPDX-License-Identifier: MIT */
/* ladder.h: two or three coupled storage elements (capacitor, coil, capacitor) in closed form.
 *
 *   struct ladder l = {.order = 2, .loss = {g/c, r/ind}, .up = {-1/c}, .down = {1/ind},
 *                      .step = {j/c, 0}, .start = {v0, i0}};
 *   struct wave v_i[2];
 *   if (!ladder_solve(&l, v_i)) ...                two natural frequencies coincide: change a value
 *
 * It stands for   x[k]' = down[k-1]*x[k-1] - loss[k]*x[k] + up[k]*x[k+1] + step[k] + ramp[k]*t.
 * Neighbours exchange energy, so up[k]*down[k] < 0, and losses are >= 0 (not all 0): the solution
 * dies away to the forced one, and the coefficients of the characteristic polynomial are sums of
 * positive numbers, exact to rounding whatever the spread of the values. */
#ifndef TESTS_SIM_SUPPORT_LADDER_H
#define TESTS_SIM_SUPPORT_LADDER_H

#include "sim/circuit/waveform.h"

#define LADDER_MAX 3

struct ladder {
    size_t order; /* 2 or 3 */
    double loss[LADDER_MAX];
    double up[LADDER_MAX - 1], down[LADDER_MAX - 1];
    double step[LADDER_MAX], ramp[LADDER_MAX]; /* forcing, constant and per s */
    double start[LADDER_MAX];
};

/* False, and no waves, when two natural frequencies are so close that digits would be lost. */
bool ladder_solve(const struct ladder *ladder, struct wave waves[LADDER_MAX]);

#endif
