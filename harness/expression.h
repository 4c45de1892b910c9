/* SPDX-License-Identifier: MIT */
/* expression.h: conditions and quantities over the bench's signals.
 *
 *   gun.voltage < 60 V                     a comparison, units checked and converted (mV, kV, ms ...)
 *   k1.closed and not k2.closed            booleans; and, or, not, ( )
 *   CST.emergency_stop == 1                a field of the last such message; unknown before the first
 *   CRM                                    a message: true at the instant of its reception only
 *   abs(contactor.difference) >= 10 V      abs() of a signal
 *   CRM and CRM.result == 0xAA             this very reception has the value
 *
 *   struct expression *e = expression_compile("gun.voltage < 60 V", &board, &fault);
 *   expression_start(e, now_ns, changed, me);   changed(me, at_ns, truth) at each change of truth,
 *                                               and for pulses TRUE then FALSE at one instant
 *   expression_truth(e);  expression_stop(e);  expression_free(e);
 *
 * Truth has three values: a comparison of a signal that is not known yet is UNKNOWN, and is
 * neither true nor false (Kleene logic). Comparisons of continuous signals with a constant change
 * at the exact instant of the crossing. A comparison of two continuous signals is refused (name
 * the difference as a signal instead).
 *
 * A quantity ("gun.current", "abs(gun.current)", "making.difference") has a unit and is read with
 * expression_value. */
#ifndef HARNESS_EXPRESSION_H
#define HARNESS_EXPRESSION_H

#include "sim/signal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum truth {
    TRUTH_FALSE,
    TRUTH_TRUE,
    TRUTH_UNKNOWN,
};

struct expression_fault {
    size_t offset; /* 0-based, in the text */
    char text[256];
};

struct expression;

struct expression *expression_compile(const char *text, const struct signal_board *board,
                                      struct expression_fault *fault);
/* Same, but the text must be a quantity. */
struct expression *quantity_compile(const char *text, const struct signal_board *board,
                                    struct expression_fault *fault);
void expression_free(struct expression *expression);

void expression_start(struct expression *expression, int64_t now_ns,
                      void (*changed)(void *ctx, int64_t at_ns, enum truth truth), void *ctx);
void expression_stop(struct expression *expression);
enum truth expression_truth(const struct expression *expression);
/* The name of the first signal that makes it UNKNOWN; NULL if none. */
const char *expression_unknown(const struct expression *expression);

const char *expression_unit(const struct expression *expression); /* quantity only */
double expression_value(const struct expression *expression, int64_t at_ns);
/* Largest value of a quantity in a window (abs() taken into account). */
void expression_track_start(struct expression *expression, int64_t now_ns);
double expression_track_stop(struct expression *expression, int64_t now_ns, int64_t *at_ns);

/* "250 ms" -> 250e6 for unit "ns"; false when the text is no number with a unit of that dimension.
 * Known: s ms us ns min h, V mV kV, A mA, ohm kohm Mohm, W kW, Wh kWh, %, degC, Hz, A/s, V/s. */
bool quantity_parse(const char *text, const char *unit, double *value);

#endif
