/* SPDX-License-Identifier: MIT */
/* waveform.h: a quantity of a linear circuit as a function of time in closed form.
 *
 *   struct wave w = {.base = 400.0};                       400 V ...
 *   wave_add_rise(&w, -3.3, -1320.0, 0.0);                 ... decaying to 0 with 0.3 s
 *   double v = wave_at(&w, 0.1);                           its value 0.1 s after its start
 *   struct wave_search found = wave_find(&w, 60.0, false, 0.0, 10.0);
 *   if (found.crossed) ...                                 falls below 60 at found.at_s
 *
 * A wave is   base + slope*t + sum of terms,  t in seconds from its own start, where a term is
 *   rise   a*F1(t) + b*F2(t),  F1 = (exp(rate*t) - 1)/rate,  F2 = (F1 - t)/rate, rate <= 0.
 *          F1 and F2 are the answers of a first-order node to a step and to a ramp. At rate = 0
 *          they are t and t*t/2, without loss of digits on the way there.
 *   swing  exp(rate*t) * (a*cos(omega*t) + b*sin(omega*t)), rate <= 0: a damped oscillation.
 * Whatever is unit of the value is the unit of base and of a swing's a and b.
 *
 * wave_find never samples: from each point it takes the longest step over which a bound on the
 * wave's curvature (and, for a swing, its envelope) excludes a crossing. A double crossing can
 * therefore not slip through, however short. */
#ifndef SIM_CIRCUIT_WAVEFORM_H
#define SIM_CIRCUIT_WAVEFORM_H

#include <stdbool.h>
#include <stddef.h>

#define WAVE_TERMS 13 /* a network of so many states has so many modes at most */

enum wave_kind {
    WAVE_RISE,
    WAVE_SWING,
};

struct wave_term {
    enum wave_kind kind;
    double rate;  /* 1/s, <= 0 */
    double omega; /* rad/s, swing only */
    double a, b;
};

struct wave {
    double base;
    double slope; /* 1/s */
    size_t count;
    struct wave_term terms[WAVE_TERMS];
};

struct wave_search {
    bool crossed;
    double at_s; /* crossed: the instant; else: no crossing before this instant */
};

/* A straight line, and a copy: they leave alone what terms there are room for and are not used. */
static inline void wave_line(struct wave *wave, double base, double slope) {
    wave->base = base;
    wave->slope = slope;
    wave->count = 0;
}

void wave_copy(struct wave *wave, const struct wave *from);

/* Terms of the same kind, rate and omega are added up; more than WAVE_TERMS is a programming
 * error (assertion). Terms with a = b = 0 are left out. */
void wave_add_rise(struct wave *wave, double rate, double a, double b);
void wave_add_exponential(struct wave *wave, double rate, double amount); /* amount*exp(rate*t) */
void wave_add_swing(struct wave *wave, double rate, double omega, double a, double b);
void wave_add(struct wave *wave, double factor,
              const struct wave *other); /* wave += factor*other */

double wave_at(const struct wave *wave, double t_s);
struct wave wave_derivative(const struct wave *wave);
double wave_integral(const struct wave *wave, double t_s); /* from 0 to t_s */

/* Integral of x*y from 0 to t_s. */
double wave_product_integral(const struct wave *x, const struct wave *y, double t_s);

/* First instant in (from_s, to_s] at which the wave gets above (rising) or below (not rising) the
 * level. At from_s it should be on the other side or on the level; if it is already past it and
 * moving away, from_s is the answer. to_s may be INFINITY. Instants are found to
 * WAVE_TIME_RESOLUTION_S, from the early side. */
#define WAVE_TIME_RESOLUTION_S 1e-15
struct wave_search wave_find(const struct wave *wave, double level, bool rising, double from_s,
                             double to_s);

struct wave_range {
    double min, max;     /* the least and the greatest value */
    double min_s, max_s; /* their instants */
    double last;         /* the value at to_s */
};

/* Over [from_s, to_s]; first is the value at from_s, which whoever goes on from there knows. Values that
 * differ by less than tolerance may be taken for equal. to_s must be finite. */
struct wave_range wave_range(const struct wave *wave, double from_s, double first, double to_s,
                             double tolerance);

#endif
