/* SPDX-License-Identifier: MIT */
#include "sim/circuit/waveform.h"

#include <assert.h>
#include <math.h>

#define NEVER_S      ((double)INFINITY)
#define HORIZON_S    1e9   /* 30 years: a crossing later than that is none */
#define STEPS_MAX    4096u /* of one search; the caller looks again from where it ended */
#define CLIMBS_MAX   100000u
#define CLIMB_S      1e-12 /* onward from a top, where rounding would find the same one again */
#define SERIES_BELOW 0.3   /* |rate*t| below which differences would lose digits */
#define SERIES_TERMS 14
#define HARDLY_MOVES 1e-7    /* |rate*t| below which a rise is a parabola, to 2e-15 of it */
#define RISEN_BELOW  (-40.0) /* of rate*t: exp of it is less than half the last digit of 1 */

/* ---- the terms' functions ---- */

/* Sum of x^j/(j+k)! over j >= 0, for |x| < SERIES_BELOW. */
static double series(unsigned k, double x) {
    double term = 1.0;
    for (unsigned n = 2; n <= k; n++) {
        term /= n;
    }
    double sum = term;
    for (unsigned j = 1; j < SERIES_TERMS; j++) {
        term *= x / (j + k);
        sum += term;
    }
    return sum;
}

/* F1 from e = expm1(rate*t). */
static double rise1(double rate, double t, double e) {
    return rate == 0.0 ? t : e / rate;
}

static double rise2(double rate, double t, double f1) {
    double x = rate * t;
    return fabs(x) < SERIES_BELOW ? t * t * series(2, x) : (f1 - t) / rate;
}

/* Integral of F2. */
static double rise3(double rate, double t, double f2) {
    double x = rate * t;
    return fabs(x) < SERIES_BELOW ? t * t * t * series(3, x) : (f2 - 0.5 * t * t) / rate;
}

/* ---- building ---- */

static struct wave_term *term_of(struct wave *wave, enum wave_kind kind, double rate,
                                 double omega) {
    assert(rate <= 0.0);
    for (size_t i = 0; i < wave->count; i++) {
        struct wave_term *term = &wave->terms[i];
        if (term->kind == kind && term->rate == rate && term->omega == omega) {
            return term;
        }
    }
    assert(wave->count < WAVE_TERMS);
    struct wave_term *term = &wave->terms[wave->count++];
    *term = (struct wave_term){.kind = kind, .rate = rate, .omega = omega};
    return term;
}

void wave_copy(struct wave *wave, const struct wave *from) {
    wave_line(wave, from->base, from->slope);
    while (wave->count < from->count) {
        wave->terms[wave->count] = from->terms[wave->count];
        wave->count++;
    }
}

void wave_add_rise(struct wave *wave, double rate, double a, double b) {
    if (a != 0.0 || b != 0.0) {
        struct wave_term *term = term_of(wave, WAVE_RISE, rate, 0.0);
        term->a += a;
        term->b += b;
    }
}

void wave_add_exponential(struct wave *wave, double rate, double amount) {
    wave->base += amount;
    wave_add_rise(wave, rate, amount * rate, 0.0);
}

void wave_add_swing(struct wave *wave, double rate, double omega, double a, double b) {
    assert(omega > 0.0);
    if (a != 0.0 || b != 0.0) {
        struct wave_term *term = term_of(wave, WAVE_SWING, rate, omega);
        term->a += a;
        term->b += b;
    }
}

void wave_add(struct wave *wave, double factor, const struct wave *other) {
    if (factor == 0.0) {
        return;
    }
    wave->base += factor * other->base;
    wave->slope += factor * other->slope;
    for (size_t i = 0; i < other->count; i++) {
        const struct wave_term *from = &other->terms[i];
        struct wave_term *term = term_of(wave, from->kind, from->rate, from->omega);
        term->a += factor * from->a;
        term->b += factor * from->b;
    }
}

struct wave wave_derivative(const struct wave *wave) {
    struct wave d;
    wave_line(&d, wave->slope, 0.0);
    for (size_t i = 0; i < wave->count; i++) {
        const struct wave_term *term = &wave->terms[i];
        if (term->kind == WAVE_RISE) {
            d.base += term->a;
            wave_add_rise(&d, term->rate, term->a * term->rate + term->b, 0.0);
        } else {
            wave_add_swing(&d, term->rate, term->omega,
                           term->a * term->rate + term->b * term->omega,
                           term->b * term->rate - term->a * term->omega);
        }
    }
    return d;
}

/* ---- evaluating ---- */

#define DIED_AWAY      (-50.0)
#define DIED_AWAY_LEFT 2e-22 /* more than exp(DIED_AWAY) */

/* exp(-50) < 2^-72: then a swing of less than 2^12 times the value is below 2^-60 of it, which does
 * not alter its last digit. Most swings are asked for long after they have died away. */
static bool has_died_away(const struct wave_term *swing, double t_s, double value) {
    return swing->rate * t_s < DIED_AWAY && fabs(swing->a) + fabs(swing->b) < 0x1p12 * fabs(value);
}

double wave_at(const struct wave *wave, double t_s) {
    assert(t_s >= 0.0);
    double value = wave->base + wave->slope * t_s;
    for (size_t i = 0; i < wave->count; i++) {
        const struct wave_term *term = &wave->terms[i];
        if (term->kind == WAVE_RISE) {
            double x = term->rate * t_s;
            double f1 = rise1(term->rate, t_s, x < RISEN_BELOW ? -1.0 : expm1(x));
            value += term->a * f1;
            if (term->b != 0.0) {
                value += term->b * rise2(term->rate, t_s, f1);
            }
        } else if (!has_died_away(term, t_s, value)) {
            double phase = term->omega * t_s;
            value += exp(term->rate * t_s) * (term->a * cos(phase) + term->b * sin(phase));
        }
    }
    return value;
}

double wave_integral(const struct wave *wave, double t_s) {
    assert(t_s >= 0.0 && wave->count <= WAVE_TERMS);
    double sum = wave->base * t_s + 0.5 * wave->slope * t_s * t_s;
    for (size_t i = 0; i < wave->count; i++) {
        const struct wave_term *term = &wave->terms[i];
        double rate = term->rate, omega = term->omega;
        if (term->kind == WAVE_RISE) {
            double f2 = rise2(rate, t_s, rise1(rate, t_s, expm1(rate * t_s)));
            sum += term->a * f2 + term->b * rise3(rate, t_s, f2);
        } else {
            double e = exp(rate * t_s), c = cos(omega * t_s), s = sin(omega * t_s);
            double even = e * (rate * c + omega * s) - rate; /* of exp*cos, times square */
            double odd = e * (rate * s - omega * c) + omega; /* of exp*sin, times square */
            sum += (term->a * even + term->b * odd) / (rate * rate + omega * omega);
        }
    }
    return sum;
}

/* ---- integral of a product ---- */

struct complex_number {
    double re, im;
};

static struct complex_number complex_product(struct complex_number x, struct complex_number y) {
    return (struct complex_number){x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
}

static struct complex_number complex_quotient(struct complex_number x, struct complex_number y) {
    double square = y.re * y.re + y.im * y.im;
    return (struct complex_number){(x.re * y.re + x.im * y.im) / square,
                                   (x.im * y.re - x.re * y.im) / square};
}

static struct complex_number conjugate(struct complex_number x) {
    return (struct complex_number){x.re, -x.im};
}

#define POWERS 3

/* A wave as p0 + p1*t + p2*t*t + sum of the real parts of amount*exp(rate*t). */
struct phasors {
    double p[POWERS];
    size_t count;
    struct complex_number rate[WAVE_TERMS], amount[WAVE_TERMS];
    struct complex_number end[WAVE_TERMS]; /* exp(rate*t) at the end of the integral */
};

static void add_rise(struct phasors *p, const struct wave_term *term, double t_s) {
    double rate = term->rate, e = exp(rate * t_s);
    if (rate * t_s > -HARDLY_MOVES) { /* its exponential would lose all digits */
        p->p[1] += term->a;
        p->p[2] += 0.5 * (term->a * rate + term->b);
        return;
    }
    double amount = (term->a + term->b / rate) / rate;
    p->rate[p->count] = (struct complex_number){rate, 0.0};
    p->amount[p->count] = (struct complex_number){amount, 0.0};
    p->end[p->count++] = (struct complex_number){e, 0.0};
    p->p[0] -= amount;
    p->p[1] -= term->b / rate;
}

static void add_swing(struct phasors *p, const struct wave_term *term, double t_s) {
    struct complex_number end = {0.0, 0.0};
    if (term->rate * t_s >= DIED_AWAY) { /* else below the last digit of all that it is added to */
        double e = exp(term->rate * t_s), phase = term->omega * t_s;
        end.re = e * cos(phase);
        end.im = e * sin(phase);
    }
    p->rate[p->count] = (struct complex_number){term->rate, term->omega};
    p->amount[p->count] = (struct complex_number){term->a, -term->b};
    p->end[p->count++] = end;
}

static struct phasors phasors_of(const struct wave *wave, double t_s) {
    struct phasors p = {.p = {wave->base, wave->slope}};
    for (size_t i = 0; i < wave->count; i++) {
        if (wave->terms[i].kind == WAVE_RISE) {
            add_rise(&p, &wave->terms[i], t_s);
        } else {
            add_swing(&p, &wave->terms[i], t_s);
        }
    }
    return p;
}

/* Integral of exp(rate*t), given its end value. */
static struct complex_number exponential_area(struct complex_number rate,
                                              struct complex_number end) {
    end.re -= 1.0;
    return complex_quotient(end, rate);
}

/* Integral of y's powers of t times the real part of x's phasor i. */
static double line_integral(const struct phasors *y, const struct phasors *x, size_t i,
                            double t_s) {
    struct complex_number moment = exponential_area(x->rate[i], x->end[i]); /* of t^k*exp */
    struct complex_number sum = {y->p[0] * moment.re, y->p[0] * moment.im};
    double power = 1.0;
    for (int k = 1; k < POWERS; k++) {
        power *= t_s;
        moment = (struct complex_number){power * x->end[i].re - k * moment.re,
                                         power * x->end[i].im - k * moment.im};
        moment = complex_quotient(moment, x->rate[i]);
        sum.re += y->p[k] * moment.re;
        sum.im += y->p[k] * moment.im;
    }
    return complex_product(x->amount[i], sum).re;
}

/* Integral of a product of two real parts: half the real part of u*v + u*conjugate(v). */
static double pair_integral(const struct phasors *x, size_t i, const struct phasors *y, size_t j) {
    double sum = 0.0;
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        struct complex_number rate = mirrored ? conjugate(y->rate[j]) : y->rate[j];
        struct complex_number amount = mirrored ? conjugate(y->amount[j]) : y->amount[j];
        struct complex_number end = mirrored ? conjugate(y->end[j]) : y->end[j];
        rate.re += x->rate[i].re;
        rate.im += x->rate[i].im;
        struct complex_number whole = exponential_area(rate, complex_product(x->end[i], end));
        sum += 0.5 * complex_product(complex_product(x->amount[i], amount), whole).re;
    }
    return sum;
}

double wave_product_integral(const struct wave *x, const struct wave *y, double t_s) {
    struct phasors p = phasors_of(x, t_s), q = phasors_of(y, t_s);
    double sum = 0.0, power = t_s;
    for (int degree = 0; degree <= 2 * (POWERS - 1); degree++) {
        for (int i = 0; i < POWERS; i++) {
            int j = degree - i;
            sum += j >= 0 && j < POWERS ? p.p[i] * q.p[j] * power / (degree + 1) : 0.0;
        }
        power *= t_s;
    }
    for (size_t i = 0; i < p.count; i++) {
        sum += line_integral(&q, &p, i, t_s);
        for (size_t j = 0; j < q.count; j++) {
            sum += pair_integral(&p, i, &q, j);
        }
    }
    for (size_t j = 0; j < q.count; j++) {
        sum += line_integral(&p, &q, j, t_s);
    }
    return sum;
}

/* ---- searching ---- */

/* All that a safe step needs to know of sign*(wave - level) at an instant. */
struct probe {
    double trend, trend_slope;
    double trend_bend; /* >= 0: the trend's second derivative is >= -trend_bend from here on */
    double swing, swing_slope;
    double swing_reach; /* |swing| stays below it from here on */
    double swing_bend;  /* and |its second derivative| below this */
};

static void probe_term(struct probe *probe, const struct wave_term *term, double sign, double t) {
    double a = sign * term->a, b = sign * term->b, rate = term->rate;
    if (term->kind == WAVE_RISE) {
        double e = rate * t < RISEN_BELOW ? -1.0 : expm1(rate * t), f1 = rise1(rate, t, e);
        double bend = (a * rate + b) * (1.0 + e);
        probe->trend += a * f1 + (b != 0.0 ? b * rise2(rate, t, f1) : 0.0);
        probe->trend_slope += a * (1.0 + e) + b * f1;
        probe->trend_bend += bend < 0.0 ? -bend : 0.0;
        return;
    }
    double phase = term->omega * t, e = exp(rate * t), c = e * cos(phase), s = e * sin(phase);
    double reach = e * sqrt(a * a + b * b);
    probe->swing += a * c + b * s;
    probe->swing_slope += (a * rate + b * term->omega) * c + (b * rate - a * term->omega) * s;
    probe->swing_reach += reach;
    probe->swing_bend += reach * (rate * rate + term->omega * term->omega);
}

static struct probe probe_at(const struct wave *wave, double level, double sign, double t) {
    struct probe probe = {.trend = sign * (wave->base - level + wave->slope * t),
                          .trend_slope = sign * wave->slope};
    for (size_t i = 0; i < wave->count; i++) {
        probe_term(&probe, &wave->terms[i], sign, t);
    }
    return probe;
}

/* How long a value stays >= 0 at least, when its second derivative stays >= -bend. */
static double safe_step(double value, double slope, double bend) {
    if (value <= 0.0 && slope < 0.0) {
        return 0.0;
    }
    value = value > 0.0 ? value : 0.0;
    if (bend <= 0.0) {
        return slope >= 0.0 ? NEVER_S : value / -slope;
    }
    double root = sqrt(slope * slope + 2.0 * bend * value);
    if (slope >= 0.0) {
        return (slope + root) / bend;
    }
    return 2.0 * value / (root - slope);
}

/* The longer of two safe steps: along the curve itself, and with the swing at its worst. */
static double step_from(const struct probe *probe) {
    double along = safe_step(probe->trend + probe->swing, probe->trend_slope + probe->swing_slope,
                             probe->trend_bend + probe->swing_bend);
    double floor = probe->trend - probe->swing_reach;
    if (probe->swing_reach == 0.0 || floor <= 0.0) {
        return along;
    }
    double under = safe_step(floor, probe->trend_slope, probe->trend_bend);
    return under > along ? under : along;
}

/* A quick look before the search: with every term at its worst at once, is it still > level? */
static bool stays_above(const struct wave *wave, double level, double sign) {
    double least = sign * (wave->base - level);
    if (sign * wave->slope < 0.0) {
        return false;
    }
    for (size_t i = 0; i < wave->count; i++) {
        const struct wave_term *term = &wave->terms[i];
        double a = sign * term->a;
        if (term->kind == WAVE_SWING) {
            least -= sqrt(term->a * term->a + term->b * term->b);
        } else if (sign * term->b < 0.0 || (a < 0.0 && term->rate == 0.0)) {
            return false;
        } else if (a < 0.0) {
            least -= a / term->rate;
        }
    }
    return least > 0.0;
}

struct wave_search wave_find(const struct wave *wave, double level, bool rising, double from_s,
                             double to_s) {
    double sign = rising ? -1.0 : 1.0, t = from_s;
    if (stays_above(wave, level, sign)) {
        return (struct wave_search){.crossed = false, .at_s = to_s};
    }
    for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
        struct probe probe = probe_at(wave, level, sign, t);
        double step = step_from(&probe);
        assert(step >= 0.0 && t >= from_s);
        if (step <= WAVE_TIME_RESOLUTION_S || t + step <= t) {
            return (struct wave_search){.crossed = true, .at_s = t};
        }
        t += step;
        if (t >= to_s || t > HORIZON_S) {
            return (struct wave_search){.crossed = false, .at_s = to_s};
        }
    }
    return (struct wave_search){.crossed = false, .at_s = t};
}

/* Its ends are its extremes: it leaves its chord by less than the tolerance, or goes one way all along.
 * What follows long after a switching nearly always does. */
static bool ends_are_extremes(const struct wave *wave, double from_s, double to_s,
                              double tolerance) {
    double slope = wave->slope, swing_slope = 0.0, swing = 0.0, time = to_s - from_s;
    double trend_bend = 0.0, swing_bend = 0.0; /* bounds of the second derivative */
    for (size_t i = 0; i < wave->count; i++) {
        const struct wave_term *term = &wave->terms[i];
        double x = term->rate * from_s, e = x < DIED_AWAY ? -1.0 : expm1(x);
        double left = x < DIED_AWAY ? DIED_AWAY_LEFT : 1.0 + e;
        if (term->kind == WAVE_RISE) {
            slope += term->a * left + term->b * rise1(term->rate, from_s, e);
            trend_bend += fabs(term->a * term->rate + term->b) * left;
        } else {
            double reach = (fabs(term->a) + fabs(term->b)) * left;
            swing_slope += reach * (term->omega - term->rate);
            swing_bend += reach * (term->rate * term->rate + term->omega * term->omega);
            swing += reach;
        }
    }
    double bend = trend_bend + swing_bend;
    return bend * time * time < 8.0 * tolerance ||
           0.125 * trend_bend * time * time + 2.0 * swing < tolerance ||
           fabs(slope) > swing_slope + bend * time;
}

/* The greatest (sign = +1) or least (sign = -1) value, not below best, which is that of one end. */
static double climb(const struct wave *wave, double sign, double from_s, double to_s,
                    double tolerance, double best, double *at_s) {
    const struct wave slope = wave_derivative(wave);
    double t = from_s;
    for (unsigned climbs = 0; t < to_s && climbs < CLIMBS_MAX; climbs++) {
        double last_t = t;
        struct wave_search found = wave_find(wave, sign * (best + tolerance), sign > 0.0, t, to_s);
        t = found.at_s;
        if (found.crossed) {
            t = wave_find(&slope, 0.0, sign < 0.0, t, to_s).at_s;
            double value = sign * wave_at(wave, t);
            *at_s = value > best ? t : *at_s;
            best = value > best ? value : best;
        }
        t = t > last_t ? t : last_t + fmax(CLIMB_S, 4e-16 * last_t);
    }
    assert(*at_s >= from_s && *at_s <= to_s);
    return sign * best;
}

struct wave_range wave_range(const struct wave *wave, double from_s, double first, double to_s,
                             double tolerance) {
    double last = to_s > from_s ? wave_at(wave, to_s) : first;
    assert(from_s <= to_s);
    struct wave_range range = {.min = fmin(first, last),
                               .max = fmax(first, last),
                               .min_s = last < first ? to_s : from_s,
                               .max_s = last > first ? to_s : from_s,
                               .last = last};
    if (to_s > from_s && !ends_are_extremes(wave, from_s, to_s, tolerance)) {
        range.max = climb(wave, 1.0, from_s, to_s, tolerance, range.max, &range.max_s);
        range.min = climb(wave, -1.0, from_s, to_s, tolerance, -range.min, &range.min_s);
    }
    assert(range.min <= range.max);
    return range;
}
