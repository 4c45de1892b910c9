/* SPDX-License-Identifier: MIT */
/* modes.h: eigenvalues and eigenvectors of a small complex symmetric matrix (equal to its transpose).
 *
 *   struct modes_matrix s = {.order = 3, .x = {...}}, vectors;
 *   if (!modes_find(&s, &vectors)) ...            two modes all but coincide: change a value a little
 *   s.x[k][k] is now the k-th eigenvalue, vectors.x[.][k] its vector, of which the sum of squares
 *   (of squares, not of sizes) is 1
 *
 * Jacobi's method of 1846: plane rotations, each of which makes one pair of elements zero, until all
 * are. For a real matrix they are ordinary rotations, it always converges, and equal eigenvalues do no
 * harm. For a complex one the angles are complex; it fails only near a double mode with one vector
 * (critical damping), where vectors get longer and longer. */
#ifndef SIM_CIRCUIT_MODES_H
#define SIM_CIRCUIT_MODES_H

#include "sim/circuit/twofold.h"

#include <stdbool.h>
#include <stddef.h>

#define MODES_MAX 13

struct modes_matrix {
    size_t order;
    struct twofold_complex x[MODES_MAX][MODES_MAX];
};

bool modes_find(struct modes_matrix *s, struct modes_matrix *vectors);

#endif
