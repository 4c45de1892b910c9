/* SPDX-License-Identifier: MIT */
/* Networks against hand calculation, and random ones against Runge-Kutta, the closed forms of a ladder,
 * and the laws: charge and energy are neither made nor lost, no crossing is missed. */
#include "sim/circuit/network.h"
#include "sim/random.h"
#include "tests/sim/support/ladder.h"
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct network_cache cache;
static struct wave node_v[NETWORK_STATES], coil_a[NETWORK_STATES];
static uint64_t state;

static void setup(void) {
    memset(&cache, 0, sizeof cache);
    state = 20;
}

static double share(void) {
    return random_share(random_next(&state));
}

static double between(double least, double most) {
    return least + share() * (most - least);
}

static unsigned below(size_t count) {
    return (unsigned)(share() * (double)count);
}

static void move(const struct network *n, const struct network_start *start) {
    network_move(n, network_solve(&cache, n), start, node_v, coil_a);
}

/* To the last bit. */
static bool same(const struct wave *a, const struct wave *b) {
    bool equal = a->base == b->base && a->slope == b->slope && a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        const struct wave_term *x = &a->terms[i], *y = &b->terms[i];
        equal = x->kind == y->kind && x->rate == y->rate && x->omega == y->omega && x->a == y->a &&
                x->b == y->b;
    }
    return equal;
}

/* ---- by hand ---- */

START_TEST(a_node_follows_its_exponential) {
    struct network n = {.nodes = 1};
    network_capacitor(&n, 0, NETWORK_GROUND, 2e-6);
    size_t source = network_resistor(&n, NETWORK_GROUND, 0, 5e3);
    ck_assert(network_resistor(&n, 0, NETWORK_GROUND, (double)INFINITY) == NETWORK_NONE);
    struct network_start start = {.node_v = {100.0}};
    start.series[source].value = 400.0;
    move(&n, &start);
    ck_assert_double_eq_tol(wave_at(&node_v[0], 0.01), 400.0 - 300.0 * exp(-1.0), 1e-12);
    start.series[source].slope = 10.0; /* and then behind it by slope * R*C */
    move(&n, &start);
    ck_assert_double_eq_tol(wave_at(&node_v[0], 10.0), 500.0 - 0.1, 1e-12);
}
END_TEST

/* Nothing but a current into a capacitor: no mode dies away. */
START_TEST(a_capacitor_alone_integrates) {
    struct network n = {.nodes = 1};
    network_capacitor(&n, 0, NETWORK_GROUND, 1e-3);
    struct network_start start = {.node_v = {5.0}, .fed = {{2.0, 4.0}}};
    move(&n, &start);
    ck_assert_double_eq_tol(wave_at(&node_v[0], 3.0), 5.0 + (2.0 * 3.0 + 4.0 * 4.5) / 1e-3, 1e-9);
}
END_TEST

/* A source that ramps pulls a node along through a capacitor, by the capacitors' share. */
START_TEST(a_ramp_comes_through_a_capacitor) {
    struct network n = {.nodes = 1};
    network_capacitor(&n, 0, NETWORK_GROUND, 3e-6);
    size_t source = network_capacitor(&n, NETWORK_GROUND, 0, 1e-6);
    struct network_start start = {0};
    start.series[source] = (struct network_line){7.0, 100.0};
    move(&n, &start);
    ck_assert_double_eq_tol(wave_at(&node_v[0], 2.0), 50.0, 1e-12);
}
END_TEST

START_TEST(a_tank_without_loss_swings_for_ever) {
    struct network n = {.nodes = 1};
    network_capacitor(&n, 0, NETWORK_GROUND, 2e-6);
    network_coil(&n, 0, NETWORK_GROUND, 10e-6, 0.0);
    struct network_start start = {.node_v = {100.0}};
    move(&n, &start);
    double omega = 1.0 / sqrt(20e-12), t = 1234.25 * 2.0 * acos(-1.0) / omega;
    ck_assert_double_eq_tol(wave_at(&node_v[0], t), 0.0, 1e-8);
    ck_assert_double_eq_tol(wave_at(&coil_a[0], t), 100.0 * omega * 2e-6, 1e-8);
}
END_TEST

/* v = V0 (1 + a t) exp(-a t): the double mode that has no two exponentials. */
START_TEST(critical_damping_is_solved_too) {
    struct network n = {.nodes = 1};
    double a = 1.0 / sqrt(20e-12);
    network_capacitor(&n, 0, NETWORK_GROUND, 2e-6);
    network_coil(&n, 0, NETWORK_GROUND, 10e-6, 2.0 * a * 10e-6);
    struct network_start start = {.node_v = {100.0}};
    move(&n, &start);
    for (double t = 0.0; t < 5e-5; t += 1e-6) {
        double wanted = 100.0 * (1.0 + a * t) * exp(-a * t);
        ck_assert_double_eq_tol(wave_at(&node_v[0], t), wanted, 1e-4);
    }
}
END_TEST

/* 1 mohm between two capacitors, 1 Tohm to ground: sixteen decades between the modes, and the slow one
 * is right to the last digits (1 mohm alters it by 6e-16). */
START_TEST(slow_modes_keep_their_digits_beside_fast_ones) {
    struct network n = {.nodes = 2};
    network_capacitor(&n, 0, NETWORK_GROUND, 1e-6);
    network_capacitor(&n, 1, NETWORK_GROUND, 3e-6);
    network_resistor(&n, 0, 1, 1e-3);
    network_resistor(&n, 0, NETWORK_GROUND, 1e12);
    const struct network_modes *modes = network_solve(&cache, &n);
    double slow = -1.0 / (4e-6 * 1e12), found = 0.0;
    ck_assert_uint_eq(modes->count, 2);
    for (size_t i = 0; i < 2; i++) {
        found = fabs(modes->modes[i].rate) < 1.0 ? modes->modes[i].rate : found;
    }
    ck_assert_double_eq_tol(found / slow, 1.0, 1e-15);
    struct network_start start = {.node_v = {400.0, 0.0}}; /* 300000 A at first */
    move(&n, &start);
    ck_assert_double_eq_tol(wave_at(&node_v[0], 1.0), 100.0 * exp(slow), 1e-12);
    ck_assert_double_eq_tol(wave_at(&node_v[1], 4e6), 100.0 * exp(-1.0), 1e-11);
}
END_TEST

/* Two guns alike on one bus: their modes against each other have the same rate. */
START_TEST(equal_branches_are_told_apart) {
    struct network n = {.nodes = 4};
    network_capacitor(&n, 0, NETWORK_GROUND, 1e-3);
    network_resistor(&n, NETWORK_GROUND, 0, 1.0);
    for (unsigned i = 1; i < 4; i++) {
        network_capacitor(&n, i, NETWORK_GROUND, 1e-4);
        network_resistor(&n, 0, i, 10.0);
    }
    struct network_start start = {.node_v = {0.0, 30.0, -10.0, -20.0}};
    move(&n, &start);
    for (unsigned i = 1; i < 4; i++) { /* their sum is 0: node 0 stays where it is */
        ck_assert_double_eq_tol(wave_at(&node_v[i], 1e-3), start.node_v[i] * exp(-1.0), 1e-12);
    }
    ck_assert_double_eq_tol(wave_at(&node_v[0], 1e-3), 0.0, 1e-13);
}
END_TEST

/* ---- random ones ---- */

/* A chain of resistors holds it together; the rest is drawn. leaky: to ground, too. */
static struct network draw_network(bool leaky, size_t coils) {
    size_t nodes = 1 + below(NETWORK_STATES - coils);
    struct network n = {.nodes = nodes};
    for (unsigned i = 0; i < nodes; i++) {
        network_capacitor(&n, i, NETWORK_GROUND, between(0.2, 2.0));
        if (i > 0) {
            network_resistor(&n, i - 1, i, between(0.2, 5.0));
        }
    }
    if (leaky) {
        network_resistor(&n, below(nodes), NETWORK_GROUND, between(0.5, 5.0));
        network_resistor(&n, NETWORK_GROUND, below(nodes), between(0.5, 5.0));
    }
    if (nodes > 1) {
        network_capacitor(&n, 0, (unsigned)nodes - 1, between(0.2, 2.0));
    }
    for (size_t i = 0; i < coils; i++) {
        unsigned to = below(nodes);
        network_coil(&n, below(nodes), to > 0 ? to - 1 : NETWORK_GROUND, between(0.2, 2.0),
                     between(0.0, 0.5));
    }
    return n;
}

static struct network_start draw_start(const struct network *n, bool driven) {
    struct network_start start = {0};
    for (size_t i = 0; i < n->nodes; i++) {
        start.node_v[i] = between(-10.0, 10.0);
        if (driven) {
            start.fed[i] = (struct network_line){between(-3.0, 3.0), between(-1.0, 1.0)};
        }
    }
    for (size_t i = 0; i < n->coils; i++) {
        start.coil_a[i] = between(-3.0, 3.0);
    }
    for (size_t i = 0; driven && i < n->count; i++) {
        start.series[i] = (struct network_line){between(-10.0, 10.0), between(-1.0, 1.0)};
    }
    return start;
}

static double voltage(const struct network *n, const double *node, unsigned end) {
    return end < n->nodes ? node[end] : 0.0;
}

/* Solves C*slope = current for the nodes' slopes by elimination, a second way to what the modes know. */
static void eliminate(const struct network *n, double *current) {
    double c[NETWORK_STATES][NETWORK_STATES] = {{0}};
    size_t order = n->nodes;
    for (size_t i = 0; i < n->count; i++) {
        const struct network_branch *b = &n->branches[i];
        if (b->kind == NETWORK_CAPACITOR) {
            c[b->from][b->from] += b->value;
            if (b->to < order) {
                c[b->to][b->to] += b->value;
                c[b->from][b->to] -= b->value;
                c[b->to][b->from] -= b->value;
            }
        }
    }
    for (size_t k = 0; k < order; k++) {
        for (size_t i = 0; i < order; i++) {
            double factor = i == k ? 0.0 : c[i][k] / c[k][k];
            for (size_t j = 0; j < order; j++) {
                c[i][j] -= factor * c[k][j];
            }
            current[i] -= factor * current[k];
        }
    }
    for (size_t k = 0; k < order; k++) {
        current[k] /= c[k][k];
    }
}

/* x: nodes, then coils. */
static void slopes(const struct network *n, const struct network_start *start, double t,
                   const double *x, double *d) {
    size_t coil = n->nodes;
    for (size_t i = 0; i < n->nodes; i++) {
        d[i] = start->fed[i].value + start->fed[i].slope * t;
    }
    for (size_t i = 0; i < n->count; i++) {
        const struct network_branch *b = &n->branches[i];
        double across = voltage(n, x, b->from) - voltage(n, x, b->to);
        across += start->series[i].value + start->series[i].slope * t;
        double current = across / b->value;
        if (b->kind == NETWORK_CAPACITOR) {
            current = b->value * start->series[i].slope;
        }
        if (b->kind == NETWORK_COIL) {
            current = x[coil];
            d[coil] = (across - b->ohm * current) / b->value;
            coil++;
        }
        if (b->from < n->nodes) {
            d[b->from] -= current;
        }
        if (b->to < n->nodes) {
            d[b->to] += current;
        }
    }
    eliminate(n, d);
}

static void runge_kutta(const struct network *n, const struct network_start *start, double to,
                        int steps, double *x) {
    static const double fraction[] = {0.5, 0.5, 1.0};
    double h = to / steps, d[4][NETWORK_STATES], y[NETWORK_STATES];
    size_t order = n->nodes + n->coils;
    for (int i = 0; i < steps; i++) {
        slopes(n, start, i * h, x, d[0]);
        for (size_t stage = 1; stage < 4; stage++) {
            for (size_t k = 0; k < order; k++) {
                y[k] = x[k] + fraction[stage - 1] * h * d[stage - 1][k];
            }
            slopes(n, start, (i + fraction[stage - 1]) * h, y, d[stage]);
        }
        for (size_t k = 0; k < order; k++) {
            x[k] += h / 6.0 * (d[0][k] + 2.0 * d[1][k] + 2.0 * d[2][k] + d[3][k]);
        }
    }
}

START_TEST(random_networks_agree_with_runge_kutta) {
    for (int i = 0; i < 300; i++) {
        struct network n = draw_network(i % 2 == 0, (size_t)i % 4);
        struct network_start start = draw_start(&n, i % 3 > 0);
        double x[NETWORK_STATES];
        for (size_t k = 0; k < n.nodes + n.coils; k++) {
            x[k] = k < n.nodes ? start.node_v[k] : start.coil_a[k - n.nodes];
        }
        move(&n, &start);
        runge_kutta(&n, &start, 2.0, 4000, x);
        for (size_t k = 0; k < n.nodes + n.coils; k++) {
            const struct wave *wave = k < n.nodes ? &node_v[k] : &coil_a[k - n.nodes];
            ck_assert_double_eq_tol(wave_at(wave, 2.0), x[k], 1e-6);
        }
    }
}
END_TEST

START_TEST(charge_is_neither_made_nor_lost) {
    for (int i = 0; i < 300; i++) {
        struct network n = draw_network(false, 0);
        struct network_start start = draw_start(&n, false);
        double before = 0.0, scale = 0.0;
        move(&n, &start);
        for (double t = 0.0; t < 1e6; t = 3.0 * t + 0.01) {
            double sum = 0.0;
            for (size_t k = 0; k < n.count; k++) {
                const struct network_branch *b = &n.branches[k];
                if (b->kind == NETWORK_CAPACITOR && b->to == NETWORK_GROUND) {
                    sum += b->value * wave_at(&node_v[b->from], t);
                    scale += b->value * fabs(start.node_v[b->from]);
                }
            }
            before = t == 0.0 ? sum : before;
            ck_assert_double_eq_tol(sum, before, 1e-14 * scale);
        }
    }
}
END_TEST

static struct wave voltage_wave(const struct network *n, unsigned end) {
    struct wave ground = {0};
    ck_assert(end < n->nodes || end == NETWORK_GROUND);
    return end < NETWORK_STATES ? node_v[end] : ground;
}

static struct wave source_wave(const struct network_start *start, size_t branch) {
    return (struct wave){.base = start->series[branch].value, .slope = start->series[branch].slope};
}

/* Of what is in the branch beside its source. */
static struct wave across(const struct network *n, const struct network_start *start,
                          size_t branch) {
    struct wave wave = voltage_wave(n, n->branches[branch].from);
    struct wave to = voltage_wave(n, n->branches[branch].to), source = source_wave(start, branch);
    wave_add(&wave, -1.0, &to);
    wave_add(&wave, 1.0, &source);
    return wave;
}

/* What the sources deliver is heat or stored, to ten digits of what went round. */
START_TEST(energy_is_neither_made_nor_lost) {
    for (int i = 0; i < 300; i++) {
        struct network n = draw_network(true, (size_t)i % 4);
        struct network_start start = draw_start(&n, true);
        move(&n, &start);
        double t = between(0.1, 5.0), delivered = 0.0, heat = 0.0, stored = 0.0;
        size_t coil = 0;
        for (size_t k = 0; k < n.nodes; k++) {
            struct wave fed = {.base = start.fed[k].value, .slope = start.fed[k].slope};
            delivered += wave_product_integral(&fed, &node_v[k], t);
        }
        for (size_t k = 0; k < n.count; k++) {
            const struct network_branch *b = &n.branches[k];
            struct wave over = across(&n, &start, k), current = {0},
                        source = source_wave(&start, k);
            double first = wave_at(&over, 0.0), last = wave_at(&over, t);
            struct wave slope = wave_derivative(&over);
            switch (b->kind) {
            case NETWORK_CAPACITOR:
                wave_add(&current, b->value, &slope);
                stored += 0.5 * b->value * (last * last - first * first);
                break;
            case NETWORK_RESISTOR:
                wave_add(&current, 1.0 / b->value, &over);
                heat += wave_product_integral(&over, &current, t);
                break;
            case NETWORK_COIL:
                current = coil_a[coil++];
                first = wave_at(&current, 0.0), last = wave_at(&current, t);
                stored += 0.5 * b->value * (last * last - first * first);
                heat += b->ohm * wave_product_integral(&current, &current, t);
                break;
            }
            delivered += wave_product_integral(&source, &current, t);
        }
        ck_assert_double_ge(heat, 0.0);
        ck_assert_double_eq_tol(delivered, heat + stored,
                                1e-10 * (heat + fabs(stored) + fabs(delivered)));
    }
}
END_TEST

/* Every change of side that close looks show lies behind a crossing that the search has found. */
START_TEST(no_crossing_is_missed) {
    int seen = 0;
    for (int i = 0; i < 100; i++) {
        struct network n = draw_network(true, 1 + (size_t)i % 4);
        struct network_start start = draw_start(&n, true);
        move(&n, &start);
        const struct wave *wave = &node_v[below(n.nodes)];
        double level = between(-5.0, 5.0), found_s = 0.0;
        bool above = wave_at(wave, 0.0) > level;
        struct wave_search next = wave_find(wave, level, !above, 0.0, 20.0);
        for (int k = 1; k < 20000; k++) {
            double t = k * 1e-3;
            while (next.crossed && next.at_s < t) {
                seen++;
                above = !above;
                found_s = next.at_s;
                ck_assert_double_eq_tol(wave_at(wave, found_s), level, 1e-9);
                next = wave_find(wave, level, !above, found_s + 1e-9, 20.0);
            }
            ck_assert((wave_at(wave, t) > level) == above);
        }
    }
    ck_assert_int_gt(seen, 100);
}
END_TEST

/* ---- the cache, and parts that do not touch ---- */

START_TEST(from_the_cache_or_not_makes_no_difference) {
    struct network networks[3 * NETWORK_KEPT];
    for (int i = 0; i < 3 * NETWORK_KEPT; i++) {
        networks[i] = draw_network(true, (size_t)i % 4);
    }
    for (int i = 0; i < 1000; i++) {
        const struct network *n = &networks[below(i % 2 ? 3 * NETWORK_KEPT : NETWORK_KEPT / 2)];
        static struct network_cache empty;
        struct wave fresh_v[NETWORK_STATES], fresh_a[NETWORK_STATES];
        struct network_start start = draw_start(n, true);
        memset(&empty, 0, sizeof empty);
        network_move(n, network_solve(&empty, n), &start, fresh_v, fresh_a);
        move(n, &start);
        for (size_t k = 0; k < n->nodes; k++) {
            ck_assert(same(&fresh_v[k], &node_v[k]));
        }
        for (size_t k = 0; k < n->coils; k++) {
            ck_assert(same(&fresh_a[k], &coil_a[k]));
        }
    }
    ck_assert_uint_lt(cache.solved, 900);
    ck_assert_uint_gt(cache.solved, 2 * NETWORK_KEPT);
}
END_TEST

START_TEST(parts_that_do_not_touch_do_not_disturb_each_other) {
    for (int i = 0; i < 100; i++) {
        struct network n = {.nodes = 2}, alone = {.nodes = 1};
        double farad = between(1e-6, 1e-3), ohm = between(1.0, 1e6);
        network_capacitor(&n, 0, NETWORK_GROUND, between(1e-6, 1e-3));
        network_coil(&n, 0, NETWORK_GROUND, 1e-5, between(1e-3, 10.0));
        network_capacitor(&n, 1, NETWORK_GROUND, farad);
        size_t first = network_resistor(&n, NETWORK_GROUND, 1, ohm);
        network_capacitor(&alone, 0, NETWORK_GROUND, farad);
        size_t second = network_resistor(&alone, NETWORK_GROUND, 0, ohm);
        struct network_start both = draw_start(&n, true), one = both;
        one.series[second] = both.series[first];
        one.series[0] = both.series[2];
        one.node_v[0] = both.node_v[1];
        one.fed[0] = both.fed[1];
        move(&n, &both);
        struct wave wanted = node_v[1];
        move(&alone, &one);
        ck_assert(same(&node_v[0], &wanted));
    }
}
END_TEST

/* ---- the ladder of closed forms, which the plant had before it had networks ---- */

struct section {
    double bus_farad, bus_ohm, henry, ohm, pack_farad, pack_ohm, pack_v, fed_a, fed_slope;
};

static void draw_section(struct section *s) {
    s->bus_farad = share() < 0.5 ? 502.01e-6 : 2.01e-6;
    s->bus_ohm = share() < 0.5 ? 19.2e3 : 149.0;
    s->henry = 10e-6;
    s->ohm = share() < 0.5 ? 8e-3 : 0.3;
    s->pack_farad = 1e-3;
    s->pack_ohm = share() < 0.5 ? 0.06 : 0.005;
    s->pack_v = share() < 0.8 ? 380.0 : -380.0;
    s->fed_a = share() < 0.5 ? 0.0 : between(0.0, 250.0);
    s->fed_slope = share() < 0.5 ? 0.0 : between(-500.0, 100.0);
}

static struct network network_of(const struct section *s) {
    struct network n = {.nodes = 2};
    network_capacitor(&n, 0, NETWORK_GROUND, s->bus_farad);
    network_resistor(&n, 0, NETWORK_GROUND, s->bus_ohm);
    network_capacitor(&n, 1, NETWORK_GROUND, s->pack_farad);
    network_coil(&n, 0, 1, s->henry, s->ohm);
    network_resistor(&n, NETWORK_GROUND, 1,
                     s->pack_ohm); /* the last one, with the pack's voltage */
    return n;
}

static struct ladder ladder_of(const struct section *s, const double *x) {
    return (struct ladder){
        .order = 3,
        .loss = {1.0 / s->bus_ohm / s->bus_farad, s->ohm / s->henry,
                 1.0 / s->pack_ohm / s->pack_farad},
        .up = {-1.0 / s->bus_farad, -1.0 / s->henry},
        .down = {1.0 / s->henry, 1.0 / s->pack_farad},
        .step = {s->fed_a / s->bus_farad, 0.0, s->pack_v / s->pack_ohm / s->pack_farad},
        .ramp = {s->fed_slope / s->bus_farad, 0.0, 0.0},
        .start = {x[0], x[1], x[2]},
    };
}

/* Both start where the ladder's last section ended; a section lasts 1 ns to 1 s. */
START_TEST(ladder_and_network_agree_over_random_switchings) {
    double x[LADDER_MAX] = {375.0, 0.0, 380.0};
    for (int i = 0; i < 20000; i++) {
        struct section s;
        struct wave waves[LADDER_MAX];
        draw_section(&s);
        struct ladder ladder = ladder_of(&s, x);
        struct network n = network_of(&s);
        struct network_start start = {
            .node_v = {x[0], x[2]}, .coil_a = {x[1]}, .fed = {{s.fed_a, s.fed_slope}}};
        start.series[n.count - 1].value = s.pack_v;
        ck_assert(ladder_solve(&ladder, waves));
        move(&n, &start);
        double lasts_s = pow(10.0, between(-9.0, 0.0));
        for (int k = 0; k < LADDER_MAX; k++) {
            x[k] = wave_at(&waves[k], lasts_s);
        }
        ck_assert_double_eq_tol(wave_at(&node_v[0], lasts_s), x[0], 1e-9);
        ck_assert_double_eq_tol(wave_at(&coil_a[0], lasts_s), x[1], 1e-9);
        ck_assert_double_eq_tol(wave_at(&node_v[1], lasts_s), x[2], 1e-9);
    }
    ck_assert_uint_lt(cache.solved, 20000);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("network");
    TCase *tests = tcase_create("network");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, a_node_follows_its_exponential);
    tcase_add_test(tests, a_capacitor_alone_integrates);
    tcase_add_test(tests, a_ramp_comes_through_a_capacitor);
    tcase_add_test(tests, a_tank_without_loss_swings_for_ever);
    tcase_add_test(tests, critical_damping_is_solved_too);
    tcase_add_test(tests, slow_modes_keep_their_digits_beside_fast_ones);
    tcase_add_test(tests, equal_branches_are_told_apart);
    tcase_add_test(tests, random_networks_agree_with_runge_kutta);
    tcase_add_test(tests, charge_is_neither_made_nor_lost);
    tcase_add_test(tests, energy_is_neither_made_nor_lost);
    tcase_add_test(tests, no_crossing_is_missed);
    tcase_add_test(tests, from_the_cache_or_not_makes_no_difference);
    tcase_add_test(tests, parts_that_do_not_touch_do_not_disturb_each_other);
    tcase_add_test(tests, ladder_and_network_agree_over_random_switchings);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
