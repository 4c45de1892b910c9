/* SPDX-License-Identifier: MIT */
#include "sim/circuit/internal.h"
#include "sim/circuit/modes.h"

#include <assert.h>
#include <math.h>

#define REAL_BELOW 1e-9  /* |im| of an eigenvalue, of its size: it is real, but for rounding */
#define DUST       1e-18 /* of the fastest rate: what rounding may make of 0 */

_Static_assert(NETWORK_STATES <= MODES_MAX, "as many modes as states");

/* ---- matrices ---- */

/* Real: storage (C and L, the lower half then replaced by its Cholesky factor) and loss (G and R).
 * coupling is E: of node and coil. */
struct matrices {
    size_t order;
    struct twofold storage[MODES_MAX][MODES_MAX], loss[MODES_MAX][MODES_MAX];
    struct twofold coupling[MODES_MAX][MODES_MAX];
};

static void add_to(struct twofold *sum, struct twofold value) {
    *sum = twofold_sum(*sum, value);
}

/* A branch between two nodes, or a node and something whose voltage is given. */
static void stamp(const struct network *n, struct twofold m[MODES_MAX][MODES_MAX], unsigned from,
                  unsigned to, struct twofold value) {
    bool has_from = network_is_node(n, from), has_to = network_is_node(n, to);
    if (has_from) {
        add_to(&m[from][from], value);
    }
    if (has_to) {
        add_to(&m[to][to], value);
    }
    if (has_from && has_to && from != to) {
        add_to(&m[from][to], twofold_negative(value));
        add_to(&m[to][from], twofold_negative(value));
    }
}

static void stamp_coil(const struct network *n, struct matrices *m, size_t row,
                       const struct network_branch *coil) {
    m->storage[row][row] = twofold(coil->value);
    m->loss[row][row] = twofold(coil->ohm);
    if (network_is_node(n, coil->from)) {
        add_to(&m->coupling[coil->from][row], twofold(1.0));
    }
    if (network_is_node(n, coil->to)) {
        add_to(&m->coupling[coil->to][row], twofold(-1.0));
    }
}

static struct matrices matrices_of(const struct network *n) {
    struct matrices m = {.order = n->nodes + n->coils};
    size_t coil = n->nodes;
    for (size_t i = 0; i < n->count; i++) {
        const struct network_branch *b = &n->branches[i];
        switch (b->kind) {
        case NETWORK_CAPACITOR:
            stamp(n, m.storage, b->from, b->to, twofold(b->value));
            break;
        case NETWORK_RESISTOR:
            stamp(n, m.loss, b->from, b->to, twofold_quotient(twofold(1.0), twofold(b->value)));
            break;
        case NETWORK_COIL:
            stamp_coil(n, &m, coil++, b);
            break;
        }
    }
    return m;
}

/* storage = F F^T, F below the diagonal and on it. */
static void split_storage(struct matrices *m) {
    for (size_t j = 0; j < m->order; j++) {
        for (size_t i = j; i < m->order; i++) {
            struct twofold sum = m->storage[i][j], whole = sum;
            for (size_t k = 0; k < j; k++) {
                sum = twofold_difference(sum, twofold_product(m->storage[i][k], m->storage[j][k]));
            }
            if (i == j) {
                assert(sum.hi > 1e-20 * whole.hi); /* a node without a capacitor to anywhere */
                m->storage[j][j] = twofold_root(sum);
            } else {
                m->storage[i][j] = twofold_quotient(sum, m->storage[j][j]);
            }
        }
    }
}

/* F^-1 applied to column j of x. */
static void divide_column(const struct matrices *m, struct twofold x[MODES_MAX][MODES_MAX],
                          size_t j) {
    for (size_t i = 0; i < m->order; i++) {
        for (size_t k = 0; k < i; k++) {
            x[i][j] = twofold_difference(x[i][j], twofold_product(m->storage[i][k], x[k][j]));
        }
        x[i][j] = twofold_quotient(x[i][j], m->storage[i][i]);
    }
}

/* And from the right: x F^-T. */
static void divide_row(const struct matrices *m, struct twofold x[MODES_MAX][MODES_MAX], size_t i) {
    for (size_t j = 0; j < m->order; j++) {
        for (size_t k = 0; k < j; k++) {
            x[i][j] = twofold_difference(x[i][j], twofold_product(m->storage[j][k], x[i][k]));
        }
        x[i][j] = twofold_quotient(x[i][j], m->storage[j][j]);
    }
}

static struct modes_matrix symmetric_form(struct matrices *m) {
    struct modes_matrix s = {.order = m->order};
    split_storage(m);
    for (size_t j = 0; j < m->order; j++) {
        divide_column(m, m->loss, j);
        divide_column(m, m->coupling, j);
    }
    for (size_t i = 0; i < m->order; i++) {
        divide_row(m, m->loss, i);
        divide_row(m, m->coupling, i);
    }
    for (size_t i = 0; i < m->order; i++) {
        for (size_t j = 0; j <= i; j++) {
            struct twofold_complex x = {m->loss[i][j], m->coupling[j][i]}; /* coils come last */
            s.x[i][j] = s.x[j][i] = x;
        }
    }
    return s;
}

/* ---- modes ---- */

struct vector {
    struct twofold_complex x[MODES_MAX];
};

/* From a vector of the symmetric form to voltages and currents. */
static struct vector shape_of(const struct network *n, const struct matrices *m,
                              const struct modes_matrix *vectors, size_t mode) {
    struct vector v;
    for (size_t i = m->order; i-- > 0;) {
        struct twofold_complex sum = vectors->x[i][mode];
        for (size_t k = i + 1; k < m->order; k++) {
            struct twofold_complex factor = twofold_real(m->storage[k][i]);
            sum = complex_difference(sum, complex_product(factor, v.x[k]));
        }
        v.x[i] = complex_quotient(sum, twofold_real(m->storage[i][i]));
    }
    for (size_t i = n->nodes; i < m->order; i++) { /* times the imaginary 1 */
        struct twofold_complex x = v.x[i];
        v.x[i] = (struct twofold_complex){twofold_negative(x.im), x.re};
    }
    return v;
}

/* Makes the largest element of the shape 1, and gives the left vector that belongs to it. */
static struct vector left_of(const struct network *n, size_t order, struct vector *shape) {
    size_t top = 0;
    for (size_t i = 1; i < order; i++) {
        top = complex_extent(shape->x[i]) > complex_extent(shape->x[top]) ? i : top;
    }
    struct twofold_complex pivot = shape->x[top];
    struct vector left = *shape;
    for (size_t i = 0; i < order; i++) {
        left.x[i] = complex_product(shape->x[i], pivot);
        shape->x[i] = complex_quotient(shape->x[i], pivot);
        if (i >= n->nodes) {
            left.x[i].re = twofold_negative(left.x[i].re);
            left.x[i].im = twofold_negative(left.x[i].im);
        }
    }
    return left;
}

static struct network_share share_of(struct twofold_complex x, bool swings) {
    return (struct network_share){x.re.hi, swings ? x.im.hi : 0.0};
}

static struct twofold_complex of_end(const struct network *n, const struct vector *left,
                                     unsigned end) {
    return network_is_node(n, end) ? left->x[end] : twofold_real(twofold(0.0));
}

static void fill_mode(const struct network *n, struct network_mode *mode,
                      const struct vector *shape, const struct vector *left) {
    bool swings = mode->omega > 0.0;
    for (size_t i = 0; i < n->nodes + n->coils; i++) {
        mode->shape[i] = share_of(shape->x[i], swings);
        mode->force[i] = share_of(left->x[i], swings);
    }
    for (size_t i = 0; i < n->count; i++) {
        const struct network_branch *b = &n->branches[i];
        struct twofold_complex gain = complex_difference(of_end(n, left, b->to), //
                                                         of_end(n, left, b->from));
        mode->branch[i] = share_of(gain, swings);
    }
}

static double fastest(const struct modes_matrix *s) {
    double most = 0.0;
    for (size_t k = 0; k < s->order; k++) {
        double extent = complex_extent(s->x[k][k]);
        most = extent > most ? extent : most;
    }
    return most;
}

/* Eigenvalues of the symmetric form are rates with the sign turned. Of a pair the one with omega > 0
 * stands for both. */
static bool take_modes(const struct network *n, const struct matrices *m,
                       const struct modes_matrix *s, const struct modes_matrix *vectors,
                       struct network_modes *found) {
    double dust = DUST * fastest(s);
    size_t states = 0;
    *found = (struct network_modes){0};
    for (size_t k = 0; k < m->order; k++) {
        double re = -s->x[k][k].re.hi, im = -s->x[k][k].im.hi, size = fabs(re) + fabs(im);
        bool swings = fabs(im) > REAL_BELOW * size + dust;
        assert(re <= dust); /* it dies away */
        states += swings && im > 0.0 ? 2 : !swings;
        if (swings && im < 0.0) {
            continue;
        }
        struct network_mode *mode = &found->modes[found->count++];
        mode->rate = re < 0.0 ? re : 0.0;
        mode->omega = swings ? im : 0.0;
        struct vector shape = shape_of(n, m, vectors, k);
        struct vector left = left_of(n, m->order, &shape);
        fill_mode(n, mode, &shape, &left);
    }
    return states == m->order;
}

bool network_find_modes(const struct network *n, struct network_modes *found) {
    struct matrices m = matrices_of(n);
    struct modes_matrix s = symmetric_form(&m), vectors;
    return modes_find(&s, &vectors) && take_modes(n, &m, &s, &vectors, found);
}
