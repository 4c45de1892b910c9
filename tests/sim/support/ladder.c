/* SPDX-License-Identifier: MIT */
#include "tests/sim/support/ladder.h"

#include <assert.h>
#include <math.h>

#define SEPARATION 1e-4 /* least relative distance of two natural frequencies */
#define NEWTON_MAX 200

/* Natural frequencies: one real (order 3 only) and a pair, real or conjugate. */
struct modes {
    bool has_single;
    double single;
    bool swings;
    double rate, omega;    /* swings: rate +- j*omega */
    double faster, slower; /* else */
};

struct vector {
    double x[LADDER_MAX];
};

/* (matrix - shift) * v */
static struct vector shifted_product(const struct ladder *l, double shift, struct vector v) {
    struct vector result = {{0}};
    for (size_t k = 0; k < l->order; k++) {
        double sum = -(l->loss[k] + shift) * v.x[k];
        if (k > 0) {
            sum += l->down[k - 1] * v.x[k - 1];
        }
        if (k + 1 < l->order) {
            sum += l->up[k] * v.x[k + 1];
        }
        result.x[k] = sum;
    }
    return result;
}

/* Solves matrix * x = -r by Cramer's rule. */
static struct vector steady_state(const struct ladder *l, struct vector r) {
    double d0 = l->loss[0], d1 = l->loss[1], m0 = -l->up[0] * l->down[0];
    if (l->order == 2) {
        double det = d0 * d1 + m0;
        return (struct vector){
            {(d1 * r.x[0] + l->up[0] * r.x[1]) / det, (d0 * r.x[1] + l->down[0] * r.x[0]) / det}};
    }
    double d2 = l->loss[2], m1 = -l->up[1] * l->down[1];
    double det = d0 * d1 * d2 + d0 * m1 + d2 * m0;
    double first = (d1 * d2 + m1) * r.x[0] + l->up[0] * (d2 * r.x[1] + l->up[1] * r.x[2]);
    double second = d0 * d2 * r.x[1] + d2 * l->down[0] * r.x[0] + d0 * l->up[1] * r.x[2];
    double third = (d0 * d1 + m0) * r.x[2] + l->down[1] * (d0 * r.x[1] + l->down[0] * r.x[0]);
    return (struct vector){{first / det, second / det, third / det}};
}

/* A real root of s^3 + c2*s^2 + c1*s + c0. From the point of inflection outwards the curve bends
 * one way only, so Newton's steps from the outer end never overshoot. */
static double real_root(double c2, double c1, double c0) {
    double turn = -c2 / 3.0;
    bool beyond = ((turn + c2) * turn + c1) * turn + c0 > 0.0;
    double s = beyond ? -c2 : 0.0;
    for (int i = 0; i < NEWTON_MAX; i++) {
        double value = ((s + c2) * s + c1) * s + c0;
        double slope = (3.0 * s + 2.0 * c2) * s + c1;
        double next = s - value / slope;
        bool onward = beyond ? next > s : next < s;
        if (!onward || !(slope > 0.0)) {
            break;
        }
        s = next;
    }
    return s;
}

static void pair_modes(struct modes *modes, double p, double q) {
    double square = p * p / 4.0 - q;
    modes->swings = square < 0.0;
    modes->rate = -p / 2.0;
    if (modes->swings) {
        modes->omega = sqrt(-square);
    } else {
        modes->faster = modes->rate - sqrt(square);
        modes->slower = q / modes->faster;
    }
    assert(modes->rate <= 0.0); /* it dies away */
}

static struct modes find_modes(const struct ladder *l) {
    struct modes modes = {0};
    double d0 = l->loss[0], d1 = l->loss[1], m0 = -l->up[0] * l->down[0];
    assert(m0 > 0.0);
    if (l->order == 2) {
        pair_modes(&modes, d0 + d1, d0 * d1 + m0);
        return modes;
    }
    double d2 = l->loss[2], m1 = -l->up[1] * l->down[1];
    assert(m1 > 0.0);
    double c2 = d0 + d1 + d2, c1 = d0 * d1 + d0 * d2 + d1 * d2 + m0 + m1;
    double c0 = d0 * d1 * d2 + d0 * m1 + d2 * m0;
    double s = real_root(c2, c1, c0), q = -c0 / s;
    /* What is left is s^2 + p*s + q: of two ways to p take the one that cancels less. */
    bool by_sum = fabs(c2 + s) * c1 >= fabs(c1 - q) * c2;
    assert(s < 0.0 && s >= -c2 * (1.0 + 1e-9));
    modes.has_single = true;
    modes.single = s;
    pair_modes(&modes, by_sum ? c2 + s : (q - c1) / s, q);
    return modes;
}

static bool apart(double x, double y) {
    return fabs(x - y) > SEPARATION * (fabs(x) > fabs(y) ? fabs(x) : fabs(y));
}

static bool well_apart(const struct modes *m) {
    if (m->swings) {
        double size = sqrt(m->rate * m->rate + m->omega * m->omega);
        return m->omega > SEPARATION * size; /* and a real mode is further away than omega */
    }
    return apart(m->faster, m->slower) &&
           (!m->has_single || (apart(m->single, m->faster) && apart(m->single, m->slower)));
}

/* The part of v that belongs to a real mode, and what is left of v. */
static struct vector split_mode(const struct ladder *l, const struct modes *m, double mode,
                                struct vector *v) {
    struct vector z = *v;
    double scale = 1.0;
    if (m->has_single && m->swings) {
        z = shifted_product(l, m->rate, shifted_product(l, m->rate, z));
        for (size_t k = 0; k < l->order; k++) {
            z.x[k] += m->omega * m->omega * v->x[k];
        }
        scale = (mode - m->rate) * (mode - m->rate) + m->omega * m->omega;
    } else {
        const double others[] = {m->faster, m->slower, m->single};
        for (size_t i = 0; i < l->order; i++) {
            if (others[i] != mode) {
                z = shifted_product(l, others[i], z);
                scale *= mode - others[i];
            }
        }
    }
    for (size_t k = 0; k < l->order; k++) {
        z.x[k] /= scale;
        v->x[k] -= z.x[k];
    }
    return z;
}

static void add_exponentials(const struct ladder *l, const struct modes *m, double mode,
                             struct vector *left, struct wave *waves) {
    struct vector z = split_mode(l, m, mode, left);
    for (size_t k = 0; k < l->order; k++) {
        wave_add_exponential(&waves[k], mode, z.x[k]);
    }
}

static void add_free_motion(const struct ladder *l, const struct modes *m, struct vector left,
                            struct wave *waves) {
    if (m->has_single) {
        add_exponentials(l, m, m->single, &left, waves);
    }
    if (m->swings) {
        struct vector quadrature = shifted_product(l, m->rate, left);
        for (size_t k = 0; k < l->order; k++) {
            wave_add_swing(&waves[k], m->rate, m->omega, left.x[k], quadrature.x[k] / m->omega);
        }
        return;
    }
    add_exponentials(l, m, m->faster, &left, waves);
    for (size_t k = 0; k < l->order; k++) {
        wave_add_exponential(&waves[k], m->slower, left.x[k]);
    }
}

bool ladder_solve(const struct ladder *l, struct wave waves[LADDER_MAX]) {
    assert(l->order >= 2 && l->order <= LADDER_MAX);
    struct modes modes = find_modes(l);
    if (!well_apart(&modes)) {
        return false;
    }
    struct vector force, slope, middle, left = {{0}};
    for (size_t k = 0; k < LADDER_MAX; k++) {
        force.x[k] = l->ramp[k];
    }
    slope = steady_state(l, force); /* the forced motion is middle + slope*t */
    for (size_t k = 0; k < LADDER_MAX; k++) {
        force.x[k] = l->step[k] - slope.x[k];
    }
    middle = steady_state(l, force);
    for (size_t k = 0; k < l->order; k++) {
        waves[k] = (struct wave){.base = middle.x[k], .slope = slope.x[k]};
        left.x[k] = l->start[k] - middle.x[k];
    }
    add_free_motion(l, &modes, left, waves);
    return true;
}
