/* SPDX-License-Identifier: MIT */
/* twofold.h: numbers of 32 digits, as the sum of two doubles; real and complex.
 *
 *   struct twofold third = twofold_quotient(twofold(1.0), twofold(3.0));
 *   double nearest = third.hi;
 *
 * A circuit's natural frequencies span more decades than a double has digits: a cable rings at 1e6/s,
 * a bus leaks at 1e-5/s. With 32 digits the slow ones come out right to the last of a double's 16.
 * Only +, -, *, / and sqrt of IEEE 754 doubles are used, each rounded by itself: the same bits on
 * every machine and from every compiler that is told -ffp-contract=off. (A long double is 64, 80 or
 * 128 bits wide, as the machine pleases.)
 *
 * Sources: T. J. Dekker, "A floating-point technique for extending the available precision",
 * Numerische Mathematik 18 (1971); D. E. Knuth, The Art of Computer Programming, vol. 2, 4.2.2.
 * No overflow is looked after: values stay between 1e-140 and 1e140. */
#ifndef SIM_CIRCUIT_TWOFOLD_H
#define SIM_CIRCUIT_TWOFOLD_H

#include <math.h>

/* hi is the whole number rounded to a double, lo what is left. */
struct twofold {
    double hi, lo;
};

struct twofold_complex {
    struct twofold re, im;
};

static inline struct twofold twofold(double x) {
    return (struct twofold){x, 0.0};
}

/* ---- what a double's arithmetic loses ---- */

static inline struct twofold twofold_exact_sum(double a, double b) {
    double sum = a + b, part = sum - a;
    return (struct twofold){sum, (a - (sum - part)) + (b - part)};
}

/* The same for |a| >= |b|. */
static inline struct twofold twofold_ordered_sum(double a, double b) {
    double sum = a + b;
    return (struct twofold){sum, b - (sum - a)};
}

/* The upper 26 bits. */
static inline double twofold_upper(double x) {
    double shifted = 134217729.0 * x; /* 2^27 + 1 */
    return shifted - (shifted - x);
}

static inline struct twofold twofold_exact_product(double a, double b) {
    double product = a * b, au = twofold_upper(a), bu = twofold_upper(b);
    double al = a - au, bl = b - bu;
    return (struct twofold){product, ((au * bu - product) + au * bl + al * bu) + al * bl};
}

/* ---- real ---- */

static inline struct twofold twofold_negative(struct twofold a) {
    return (struct twofold){-a.hi, -a.lo};
}

static inline struct twofold twofold_sum(struct twofold a, struct twofold b) {
    struct twofold sum = twofold_exact_sum(a.hi, b.hi), rest = twofold_exact_sum(a.lo, b.lo);
    sum = twofold_ordered_sum(sum.hi, sum.lo + rest.hi);
    return twofold_ordered_sum(sum.hi, sum.lo + rest.lo);
}

static inline struct twofold twofold_difference(struct twofold a, struct twofold b) {
    return twofold_sum(a, twofold_negative(b));
}

static inline struct twofold twofold_product(struct twofold a, struct twofold b) {
    struct twofold product = twofold_exact_product(a.hi, b.hi);
    return twofold_ordered_sum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline struct twofold twofold_quotient(struct twofold a, struct twofold b) {
    double first = a.hi / b.hi;
    struct twofold rest = twofold_difference(a, twofold_product(twofold(first), b));
    double second = rest.hi / b.hi;
    rest = twofold_difference(rest, twofold_product(twofold(second), b));
    struct twofold quotient = twofold_ordered_sum(first, second);
    return twofold_sum(quotient, twofold(rest.hi / b.hi));
}

static inline struct twofold twofold_root(struct twofold a) {
    if (!(a.hi > 0.0)) {
        return twofold(0.0);
    }
    double root = sqrt(a.hi);
    struct twofold rest = twofold_difference(a, twofold_exact_product(root, root));
    return twofold_ordered_sum(root, rest.hi / (2.0 * root));
}

/* ---- complex ---- */

static inline struct twofold_complex twofold_real(struct twofold re) {
    return (struct twofold_complex){re, {0.0, 0.0}};
}

static inline struct twofold_complex complex_sum(struct twofold_complex a,
                                                 struct twofold_complex b) {
    return (struct twofold_complex){twofold_sum(a.re, b.re), twofold_sum(a.im, b.im)};
}

static inline struct twofold_complex complex_difference(struct twofold_complex a,
                                                        struct twofold_complex b) {
    return (struct twofold_complex){twofold_difference(a.re, b.re), twofold_difference(a.im, b.im)};
}

static inline struct twofold_complex complex_product(struct twofold_complex a,
                                                     struct twofold_complex b) {
    if (a.im.hi == 0.0 && b.im.hi == 0.0) { /* circuits without coils are real throughout */
        return twofold_real(twofold_product(a.re, b.re));
    }
    return (struct twofold_complex){
        twofold_difference(twofold_product(a.re, b.re), twofold_product(a.im, b.im)),
        twofold_sum(twofold_product(a.re, b.im), twofold_product(a.im, b.re))};
}

static inline struct twofold complex_square_of_size(struct twofold_complex a) {
    return twofold_sum(twofold_product(a.re, a.re), twofold_product(a.im, a.im));
}

static inline struct twofold_complex complex_quotient(struct twofold_complex a,
                                                      struct twofold_complex b) {
    if (a.im.hi == 0.0 && b.im.hi == 0.0) {
        return twofold_real(twofold_quotient(a.re, b.re));
    }
    struct twofold_complex conjugate = {b.re, twofold_negative(b.im)};
    struct twofold_complex product = complex_product(a, conjugate);
    struct twofold square = complex_square_of_size(b);
    return (struct twofold_complex){twofold_quotient(product.re, square),
                                    twofold_quotient(product.im, square)};
}

/* The one of the two roots whose real part is not negative. */
static inline struct twofold_complex complex_root(struct twofold_complex a) {
    struct twofold size = twofold_root(complex_square_of_size(a));
    struct twofold half = {0.5, 0.0};
    if (size.hi == 0.0) {
        return twofold_real(twofold(0.0));
    }
    if (a.re.hi >= 0.0) {
        struct twofold re = twofold_root(twofold_product(half, twofold_sum(size, a.re)));
        return (struct twofold_complex){re, twofold_quotient(twofold_product(half, a.im), re)};
    }
    struct twofold im = twofold_root(twofold_product(half, twofold_difference(size, a.re)));
    im = a.im.hi < 0.0 ? twofold_negative(im) : im;
    return (struct twofold_complex){twofold_quotient(twofold_product(half, a.im), im), im};
}

/* |re| + |im|: as good as the size where it is only compared. */
static inline double complex_extent(struct twofold_complex a) {
    return fabs(a.re.hi) + fabs(a.im.hi);
}

#endif
