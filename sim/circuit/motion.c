/* SPDX-License-Identifier: MIT */
#include "sim/circuit/internal.h"

/* What drives each branch at the start, and how that grows by itself. */
struct forces {
    struct network_line through[NETWORK_BRANCHES]; /* current from `from` to `to` */
    struct network_line across[NETWORK_STATES]; /* of coils: what is left to change their current */
};

static double voltage_at(const struct network *n, const struct network_start *start, unsigned end) {
    return network_is_node(n, end) ? start->node_v[end] : 0.0;
}

static void find_forces(struct forces *f, const struct network *n,
                        const struct network_start *start) {
    size_t coil = 0;
    for (size_t i = 0; i < n->count; i++) {
        const struct network_branch *b = &n->branches[i];
        struct network_line between = start->series[i];
        between.value += voltage_at(n, start, b->from) - voltage_at(n, start, b->to);
        switch (b->kind) {
        case NETWORK_CAPACITOR: /* what the nodes do to it is in the modes */
            f->through[i] = (struct network_line){b->value * between.slope, 0.0};
            break;
        case NETWORK_RESISTOR:
            f->through[i].value = between.value / b->value;
            f->through[i].slope = between.slope / b->value;
            break;
        case NETWORK_COIL:
            f->through[i] = (struct network_line){start->coil_a[coil], 0.0};
            between.value -= b->ohm * start->coil_a[coil];
            f->across[coil++] = between;
            break;
        }
    }
}

static void add_share(struct network_share *sum, struct network_share share, double amount) {
    sum->re += share.re * amount;
    sum->im += share.im * amount;
}

/* A mode's velocity at the start, and its acceleration by the slopes. */
struct push {
    struct network_share step, ramp;
};

static void add_push(struct push *push, struct network_share share, struct network_line line) {
    add_share(&push->step, share, line.value);
    add_share(&push->ramp, share, line.slope);
}

static struct push push_of(const struct network *n, const struct network_mode *mode,
                           const struct forces *forces, const struct network_start *start) {
    struct push push = {0};
    for (size_t i = 0; i < n->count; i++) {
        add_push(&push, mode->branch[i], forces->through[i]);
    }
    for (size_t i = 0; i < n->coils; i++) {
        add_push(&push, mode->force[n->nodes + i], forces->across[i]);
    }
    for (size_t i = 0; i < n->nodes; i++) {
        add_push(&push, mode->force[i], start->fed[i]);
    }
    return push;
}

static struct network_share product_of(struct network_share a, struct network_share b) {
    return (struct network_share){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static struct network_share quotient_of(struct network_share a, struct network_share b) {
    double square = b.re * b.re + b.im * b.im;
    return (struct network_share){(a.re * b.re + a.im * b.im) / square,
                                  (a.im * b.re - a.re * b.im) / square};
}

/* A pair's part: twice the real part of shape * (step*F1(t) + ramp*F2(t)), with F1 and F2 of
 * waveform.h for the complex rate. */
static void add_swing(struct wave *wave, const struct network_mode *mode,
                      struct network_share shape, const struct push *push) {
    struct network_share rate = {mode->rate, mode->omega};
    struct network_share ramp = quotient_of(product_of(shape, push->ramp), rate);
    struct network_share whole = product_of(shape, push->step);
    whole = quotient_of((struct network_share){whole.re + ramp.re, whole.im + ramp.im}, rate);
    wave->base -= 2.0 * whole.re;
    wave->slope -= 2.0 * ramp.re;
    wave_add_swing(wave, mode->rate, mode->omega, 2.0 * whole.re, -2.0 * whole.im);
}

static void add_mode(struct wave *wave, const struct network_mode *mode, size_t state,
                     const struct push *push) {
    struct network_share shape = mode->shape[state];
    if (mode->omega > 0.0) {
        if (shape.re != 0.0 || shape.im != 0.0) {
            add_swing(wave, mode, shape, push);
        }
    } else {
        wave_add_rise(wave, mode->rate, shape.re * push->step.re, shape.re * push->ramp.re);
    }
}

void network_move(const struct network *n, const struct network_modes *modes,
                  const struct network_start *start, struct wave *node_v, struct wave *coil_a) {
    struct forces forces;
    find_forces(&forces, n, start);
    for (size_t i = 0; i < n->nodes; i++) {
        wave_line(&node_v[i], start->node_v[i], 0.0);
    }
    for (size_t i = 0; i < n->coils; i++) {
        wave_line(&coil_a[i], start->coil_a[i], 0.0);
    }
    for (size_t k = 0; k < modes->count; k++) {
        const struct network_mode *mode = &modes->modes[k];
        const struct push push = push_of(n, mode, &forces, start);
        for (size_t i = 0; i < n->nodes; i++) {
            add_mode(&node_v[i], mode, i, &push);
        }
        for (size_t i = 0; i < n->coils; i++) {
            add_mode(&coil_a[i], mode, n->nodes + i, &push);
        }
    }
}
