/* SPDX-License-Identifier: MIT */
#include "sim/circuit/modes.h"

#include <assert.h>

#define SWEEPS_MAX 100
#define NEGLIGIBLE 1e-30 /* of the largest element: the last digits of a twofold */
#define SINGULAR   1e-20 /* 1 + tan^2 below it: no rotation makes that pair of elements zero */
#define LONGEST_2  1e4   /* sum of squared sizes of a vector: at 1e4 four digits of 16 are lost */

static double largest(const struct modes_matrix *s) {
    double most = 0.0;
    for (size_t i = 0; i < s->order; i++) {
        for (size_t j = 0; j < s->order; j++) {
            double extent = complex_extent(s->x[i][j]);
            most = extent > most ? extent : most;
        }
    }
    return most;
}

/* Tangent of the (smaller) angle that makes s[p][q] zero:  t*t + 2*tau*t - 1 = 0. */
static struct twofold_complex tangent(const struct modes_matrix *s, size_t p, size_t q) {
    const struct twofold_complex one = twofold_real(twofold(1.0));
    struct twofold_complex twice = complex_sum(s->x[p][q], s->x[p][q]);
    struct twofold_complex tau =
        complex_quotient(complex_difference(s->x[q][q], s->x[p][p]), twice);
    struct twofold_complex root = complex_root(complex_sum(complex_product(tau, tau), one));
    struct twofold_complex plus = complex_sum(tau, root), minus = complex_difference(tau, root);
    bool first = complex_extent(plus) >= complex_extent(minus);
    return complex_quotient(one, first ? plus : minus);
}

/* The pair (a, b) turned: (c*a - s*b, s*a + c*b). */
static void turn(struct twofold_complex *a, struct twofold_complex *b, struct twofold_complex c,
                 struct twofold_complex s) {
    struct twofold_complex old = *a;
    *a = complex_difference(complex_product(c, old), complex_product(s, *b));
    *b = complex_sum(complex_product(s, old), complex_product(c, *b));
}

static void rotate(struct modes_matrix *s, struct modes_matrix *vectors, size_t p, size_t q) {
    const struct twofold_complex one = twofold_real(twofold(1.0));
    struct twofold_complex t = tangent(s, p, q);
    struct twofold_complex square = complex_sum(one, complex_product(t, t));
    if (complex_extent(square) < SINGULAR) {
        return; /* another rotation may move it away from there */
    }
    struct twofold_complex cosine = complex_quotient(one, complex_root(square));
    struct twofold_complex sine = complex_product(t, cosine);
    for (size_t k = 0; k < s->order; k++) {
        turn(&s->x[k][p], &s->x[k][q], cosine, sine);
        turn(&vectors->x[k][p], &vectors->x[k][q], cosine, sine);
    }
    for (size_t k = 0; k < s->order; k++) {
        turn(&s->x[p][k], &s->x[q][k], cosine, sine);
    }
    s->x[p][q] = s->x[q][p] = twofold_real(twofold(0.0));
}

/* All pairs once; false when there was nothing left to do. */
static bool sweep(struct modes_matrix *s, struct modes_matrix *vectors, double negligible) {
    bool turned = false;
    for (size_t p = 0; p + 1 < s->order; p++) {
        for (size_t q = p + 1; q < s->order; q++) {
            if (complex_extent(s->x[p][q]) > negligible) {
                rotate(s, vectors, p, q);
                turned = true;
            }
        }
    }
    return turned;
}

static bool short_enough(const struct modes_matrix *vectors) {
    for (size_t k = 0; k < vectors->order; k++) {
        double square = 0.0;
        for (size_t i = 0; i < vectors->order; i++) {
            square += complex_square_of_size(vectors->x[i][k]).hi;
        }
        if (!(square < LONGEST_2)) { /* not a number, too */
            return false;
        }
    }
    return true;
}

bool modes_find(struct modes_matrix *s, struct modes_matrix *vectors) {
    assert(s->order >= 1 && s->order <= MODES_MAX);
    *vectors = (struct modes_matrix){.order = s->order};
    for (size_t i = 0; i < s->order; i++) {
        vectors->x[i][i] = twofold_real(twofold(1.0));
    }
    double negligible = NEGLIGIBLE * largest(s);
    for (int i = 0; i < SWEEPS_MAX; i++) {
        if (!sweep(s, vectors, negligible)) {
            return short_enough(vectors);
        }
    }
    return false;
}
