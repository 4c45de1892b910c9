/* SPDX-License-Identifier: MIT */
/* Twofold arithmetic by identities, and modes by what makes them modes: S*v = lambda*v, to 25 digits. */
#include "sim/circuit/modes.h"
#include "sim/random.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stdlib.h>

static uint64_t state;

static double share(void) {
    return random_share(random_next(&state));
}

static double draw(void) {
    return 2.0 * share() - 1.0;
}

static struct twofold drawn(void) {
    return twofold_exact_sum(draw(), 1e-17 * draw());
}

START_TEST(twofold_arithmetic_has_thirty_digits) {
    state = 1;
    for (int i = 0; i < 10000; i++) {
        struct twofold a = drawn(), b = drawn();
        struct twofold back = twofold_product(twofold_quotient(a, b), b);
        ck_assert_double_lt(fabs(twofold_difference(back, a).hi), 1e-30 * fabs(a.hi));
        struct twofold square = twofold_product(a, a), root = twofold_root(square);
        struct twofold size = a.hi < 0.0 ? twofold_negative(a) : a;
        ck_assert_double_lt(fabs(twofold_difference(root, size).hi), 1e-30 * size.hi);
        struct twofold gone = twofold_difference(twofold_sum(a, b), b);
        ck_assert_double_lt(fabs(twofold_difference(gone, a).hi), 1e-31);
    }
}
END_TEST

START_TEST(complex_roots_and_quotients_turn_back) {
    state = 2;
    for (int i = 0; i < 10000; i++) {
        struct twofold_complex a = {drawn(), drawn()}, b = {drawn(), drawn()};
        struct twofold_complex root = complex_root(a);
        struct twofold_complex rest = complex_difference(complex_product(root, root), a);
        ck_assert_double_lt(complex_extent(rest), 1e-29);
        ck_assert_double_ge(root.re.hi, 0.0);
        rest = complex_difference(complex_product(complex_quotient(a, b), b), a);
        ck_assert_double_lt(complex_extent(rest), 1e-29);
    }
}
END_TEST

static void check_modes(const struct modes_matrix *s, const struct modes_matrix *values,
                        const struct modes_matrix *vectors) {
    for (size_t k = 0; k < s->order; k++) {
        for (size_t i = 0; i < s->order; i++) {
            struct twofold_complex sum = complex_product(values->x[k][k], vectors->x[i][k]);
            for (size_t j = 0; j < s->order; j++) {
                sum = complex_difference(sum, complex_product(s->x[i][j], vectors->x[j][k]));
            }
            ck_assert_double_lt(complex_extent(sum), 1e-25);
        }
    }
}

static void set(struct modes_matrix *s, size_t i, size_t j, double re, double im) {
    s->x[i][j] = s->x[j][i] = (struct twofold_complex){twofold(re), twofold(im)};
}

START_TEST(modes_of_real_matrices) {
    state = 3;
    for (int n = 0; n < 500; n++) {
        struct modes_matrix s = {.order = 1 + (size_t)n % MODES_MAX}, values, vectors;
        for (size_t i = 0; i < s.order; i++) {
            for (size_t j = 0; j <= i; j++) {
                set(&s, i, j, draw(), 0.0);
            }
        }
        values = s;
        ck_assert(modes_find(&values, &vectors));
        check_modes(&s, &values, &vectors);
    }
}
END_TEST

/* All elements 1: one eigenvalue 8 and seven times 0. */
START_TEST(equal_eigenvalues_do_no_harm) {
    struct modes_matrix s = {.order = 8}, values, vectors;
    for (size_t i = 0; i < 8; i++) {
        for (size_t j = 0; j <= i; j++) {
            set(&s, i, j, 1.0, 0.0);
        }
    }
    values = s;
    ck_assert(modes_find(&values, &vectors));
    check_modes(&s, &values, &vectors);
    int eights = 0;
    for (size_t i = 0; i < 8; i++) {
        eights += fabs(values.x[i][i].re.hi - 8.0) < 1e-15;
    }
    ck_assert_int_eq(eights, 1);
}
END_TEST

/* Losses, real and positive definite, and couplings, imaginary, between the first and the rest. */
START_TEST(modes_of_damped_oscillators) {
    int found = 0;
    state = 4;
    for (int n = 0; n < 2000; n++) {
        struct modes_matrix s = {.order = 2 + (size_t)n % (MODES_MAX - 1)}, values, vectors;
        size_t nodes = 1 + (size_t)(share() * (double)(s.order - 1));
        double spread = 6.0 * share();
        for (size_t i = 0; i < s.order; i++) {
            set(&s, i, i, pow(10.0, spread * draw() - spread), 0.0);
            for (size_t j = 0; j < nodes && i >= nodes; j++) {
                set(&s, i, j, 0.0, draw());
            }
        }
        values = s;
        if (modes_find(&values, &vectors)) {
            check_modes(&s, &values, &vectors);
            found++;
        }
    }
    ck_assert_int_ge(found, 1990);
}
END_TEST

/* A double eigenvalue with one vector only. */
START_TEST(a_critically_damped_pair_is_refused) {
    struct modes_matrix s = {.order = 2}, vectors;
    set(&s, 0, 0, 0.0, 0.0);
    set(&s, 1, 1, 2.0, 0.0);
    set(&s, 0, 1, 0.0, 1.0);
    ck_assert(!modes_find(&s, &vectors));
    set(&s, 0, 0, 0.0, 0.0);
    set(&s, 1, 1, 2.0 + 2e-9, 0.0);
    set(&s, 0, 1, 0.0, 1.0);
    ck_assert(!modes_find(&s, &vectors));
    set(&s, 0, 0, 0.0, 0.0);
    set(&s, 1, 1, 2.0 + 2e-7, 0.0);
    set(&s, 0, 1, 0.0, 1.0);
    ck_assert(modes_find(&s, &vectors));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("modes");
    TCase *tests = tcase_create("modes");
    tcase_add_test(tests, twofold_arithmetic_has_thirty_digits);
    tcase_add_test(tests, complex_roots_and_quotients_turn_back);
    tcase_add_test(tests, modes_of_real_matrices);
    tcase_add_test(tests, equal_eigenvalues_do_no_harm);
    tcase_add_test(tests, modes_of_damped_oscillators);
    tcase_add_test(tests, a_critically_damped_pair_is_refused);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
