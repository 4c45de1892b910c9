/* SPDX-License-Identifier: MIT */
/* Closed forms against what they stand for: limits, series, Simpson's rule. */
#include "sim/circuit/waveform.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#define NEVER ((double)INFINITY)

static struct wave ring(double base, double rate, double omega, double a, double b) {
    struct wave wave = {.base = base};
    wave_add_swing(&wave, rate, omega, a, b);
    return wave;
}

static double simpson(double (*f)(const void *, double), const void *ctx, double to, int pairs) {
    double h = to / (2 * pairs), sum = f(ctx, 0.0) + f(ctx, to);
    for (int i = 1; i < 2 * pairs; i++) {
        sum += (i % 2 ? 4.0 : 2.0) * f(ctx, i * h);
    }
    return sum * h / 3.0;
}

static double one(const void *ctx, double t) {
    return wave_at(ctx, t);
}

static double product(const void *ctx, double t) {
    const struct wave *const *pair = ctx;
    return wave_at(pair[0], t) * wave_at(pair[1], t);
}

START_TEST(a_slow_node_tends_to_a_pure_integrator) {
    static const double rates[] = {0.0, -1e-15, -1e-9, -1e-6};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct wave wave = {.base = 3.0};
        wave_add_rise(&wave, rates[i], 2.0, 8.0);
        double x = rates[i] * 1.5,
               wanted = 3.0 + 2.0 * 1.5 * (1.0 + x / 2.0) + 8.0 * 1.5 * 1.5 * (0.5 + x / 6.0);
        ck_assert_double_eq_tol(wave_at(&wave, 1.5), wanted, 1e-10);
    }
}
END_TEST

START_TEST(rise_agrees_with_its_formula_on_both_sides_of_the_series) {
    for (double rate = -0.1; rate > -10.0; rate *= 1.3) {
        struct wave wave = {0};
        wave_add_rise(&wave, rate, 2.0, -7.0);
        double f1 = (exp(rate) - 1.0) / rate, f2 = (f1 - 1.0) / rate;
        ck_assert_double_eq_tol(wave_at(&wave, 1.0), 2.0 * f1 - 7.0 * f2, 1e-12);
    }
}
END_TEST

START_TEST(integrals_agree_with_simpson) {
    struct wave x = ring(5.0, -0.7, 9.0, 1.0, -2.0), y = {.base = -2.0, .slope = 0.5};
    wave_add_rise(&x, -0.2, 1.0, 3.0);
    wave_add_exponential(&y, -3.0, 4.0);
    wave_add_swing(&y, -0.7, 9.0, 0.3, 0.4);
    const struct wave *pair[] = {&x, &y};
    for (double to = 0.01; to < 10.0; to *= 3.0) {
        ck_assert_double_eq_tol(wave_integral(&x, to), simpson(one, &x, to, 4000), 1e-9);
        ck_assert_double_eq_tol(wave_product_integral(&x, &y, to), simpson(product, pair, to, 4000),
                                1e-8);
    }
}
END_TEST

START_TEST(derivative_is_the_limit_of_differences) {
    struct wave x = ring(5.0, -0.7, 9.0, 1.0, -2.0);
    wave_add_rise(&x, -0.2, 1.0, 3.0);
    struct wave d = wave_derivative(&x);
    for (double t = 0.1; t < 3.0; t += 0.1) {
        double difference = (wave_at(&x, t + 1e-5) - wave_at(&x, t - 1e-5)) / 2e-5;
        ck_assert_double_eq_tol(wave_at(&d, t), difference, 1e-7);
    }
}
END_TEST

START_TEST(a_decay_crosses_at_the_logarithm) {
    struct wave wave = {0};
    wave_add_exponential(&wave, -1.0 / 0.3, 400.0);
    struct wave_search found = wave_find(&wave, 60.0, false, 0.0, NEVER);
    ck_assert(found.crossed);
    ck_assert_double_eq_tol(found.at_s, 0.3 * log(400.0 / 60.0), 1e-14);
    ck_assert(!wave_find(&wave, -1e-6, false, 0.0, NEVER).crossed);
    ck_assert(!wave_find(&wave, 60.0, false, 0.0, 0.5).crossed);
}
END_TEST

/* The top of the 1000th swing reaches over the level for some 1e-8 of a period. */
START_TEST(a_double_crossing_is_found_however_short) {
    const double pi = acos(-1.0), omega = 2.0 * pi * 35e3;
    struct wave wave = ring(0.0, -0.0, omega, 0.0, -1.0);
    wave.slope = 1e-3;
    double level = 1.0 + 1e-3 * (999.75 / 35e3) + 1e-12;
    struct wave_search found = wave_find(&wave, level, true, 0.0, 1.0);
    while (!found.crossed && found.at_s < 1.0) {
        found = wave_find(&wave, level, true, found.at_s, 1.0);
    }
    ck_assert(found.crossed);
    ck_assert_double_eq_tol(found.at_s, 1000.75 / 35e3, 1e-8);
}
END_TEST

START_TEST(a_swing_just_below_the_level_does_not_cross) {
    struct wave wave = ring(0.0, -400.0, 2e5, 0.0, 10.0);
    double top_s = atan2(2e5, 400.0) / 2e5, top = wave_at(&wave, top_s);
    ck_assert(wave_find(&wave, top - 1e-10, true, 0.0, NEVER).crossed);
    ck_assert(!wave_find(&wave, top + 1e-10, true, 0.0, NEVER).crossed);
}
END_TEST

START_TEST(extremes_lie_where_calculus_puts_them) {
    double top_s = atan2(2e5, 400.0) / 2e5, pi = acos(-1.0);
    struct wave wave = ring(3.0, -400.0, 2e5, 0.0, 10.0);
    struct wave_range range = wave_range(&wave, 0.0, wave_at(&wave, 0.0), 1.0, 1e-9);
    ck_assert_double_eq_tol(range.max, wave_at(&wave, top_s), 1e-9);
    ck_assert_double_eq_tol(range.max_s, top_s, 1e-9);
    ck_assert_double_eq_tol(range.min, wave_at(&wave, top_s + pi / 2e5), 1e-9);
    wave = (struct wave){.base = 1.0, .slope = -2.0};
    range = wave_range(&wave, 0.0, wave_at(&wave, 0.0), 4.0, 1e-9);
    ck_assert_double_eq(range.min, -7.0);
    ck_assert_double_eq(range.min_s, 4.0);
    ck_assert_double_eq(range.max, 1.0);
    ck_assert_double_eq(range.max_s, 0.0);
    range = wave_range(&wave, 2.0, wave_at(&wave, 2.0), 2.0, 1e-9);
    ck_assert(range.min == -3.0 && range.max == -3.0 && range.min_s == 2.0 && range.max_s == 2.0);
}
END_TEST

/* Its ends are the same, what lies between is not: just too bent to be taken for straight. */
START_TEST(a_small_hump_is_seen) {
    static const double heights[] = {1e-3, 1e-6, 4e-9};
    double pi = acos(-1.0);
    for (size_t i = 0; i < sizeof heights / sizeof heights[0]; i++) {
        struct wave wave = ring(0.0, 0.0, pi / 0.05, 0.0, heights[i]); /* half a period in 50 ms */
        struct wave_range range = wave_range(&wave, 0.0, wave_at(&wave, 0.0), 0.05, 1e-9);
        ck_assert_double_eq_tol(range.max, heights[i], 1e-9);
        ck_assert_double_eq_tol(range.max_s, 0.025, 0.02);
        /* the same long after the beginning, of which 0.1 s leave nothing away */
        range = wave_range(&wave, 100.0, wave_at(&wave, 100.0), 100.05, 1e-9);
        ck_assert_double_eq_tol(range.max, heights[i], 1e-9);
        struct wave rise = {0}; /* one exponential goes up, a slope comes down: a hump */
        wave_add_rise(&rise, -40.0, heights[i] * 80.0, 0.0);
        rise.slope = -heights[i] * 80.0 * exp(-1.0);
        range = wave_range(&rise, 0.0, wave_at(&rise, 0.0), 0.05, 1e-12);
        ck_assert_double_eq_tol(range.max_s, 1.0 / 40.0, 1e-3);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("waveform");
    TCase *tests = tcase_create("waveform");
    tcase_add_test(tests, a_slow_node_tends_to_a_pure_integrator);
    tcase_add_test(tests, rise_agrees_with_its_formula_on_both_sides_of_the_series);
    tcase_add_test(tests, integrals_agree_with_simpson);
    tcase_add_test(tests, derivative_is_the_limit_of_differences);
    tcase_add_test(tests, a_decay_crosses_at_the_logarithm);
    tcase_add_test(tests, a_double_crossing_is_found_however_short);
    tcase_add_test(tests, a_swing_just_below_the_level_does_not_cross);
    tcase_add_test(tests, extremes_lie_where_calculus_puts_them);
    tcase_add_test(tests, a_small_hump_is_seen);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
