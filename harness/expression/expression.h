/* SPDX-License-Identifier: MIT */
/* expression.h: conditions and quantities over the bench's signals.
 *
 *   gun.voltage < 60 V                     a comparison, units checked and converted (mV, kV, ms ...)
 *   k1.closed and not k2.closed            booleans; and, or, not, ( )
 *   CST.emergency_stop == 1                a field of the last such message; unknown before the first
 *   CRM                                    a message: true at the instant of its reception only
 *   abs(contactor.difference) >= 10 V      abs() of a signal
 *   CRM and CRM.result == 0xAA             this very reception has the value
 *   gun.current > 98 % of demand.current   a share of a signal that holds its value; so is
 *   gun.current > demand.current - 2 A     what is shifted against it
 *
 *   struct expression *e = expression_compile("gun.voltage < 60 V", &board, &fault);
 *   expression_start(e, now_ns, changed, me);   changed(me, at_ns, truth) at each change of truth,
 *                                               and for pulses TRUE then FALSE at one instant
 *   expression_truth(e);  expression_stop(e);  expression_free(e);
 *
 * Truth has three values: a comparison of a signal that is not known yet is UNKNOWN, and is
 * neither true nor false (Kleene logic: false and unknown is false, true or unknown is true).
 *
 * Comparisons of continuous signals with a constant (or with a stepped signal) change at the exact
 * instant of the crossing (to 2e-9 of the unit). There, < and <= differ only for a quantity that
 * rests exactly at the level: 0 A through an open contactor is <= 0 A and not < 0 A. A comparison
 * of two continuous signals is refused (name the difference as a signal instead), and so is == of a
 * continuous one.
 *
 * All parts that depend on one signal change together, so a condition on one stepped signal never
 * shows states in between. When one event changes several signals at the same instant, one after
 * the other, a condition over them may change to and fro within that instant; who judges has to
 * wait for the end of the instant (judge.c does).
 *
 * A quantity ("gun.current", "abs(gun.current)", "making.difference") has a unit and is read with
 * expression_value. "gun.current / demand.current" is the first in percent of the second; it has a
 * peak where the second stood still.
 *
 * Texts are at most EXPRESSION_TEXT_MAX bytes, EXPRESSION_NODES_MAX parts and EXPRESSION_DEPTH_MAX
 * levels deep. */
#ifndef HARNESS_EXPRESSION_EXPRESSION_H
#define HARNESS_EXPRESSION_EXPRESSION_H

#include "sim/signal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPRESSION_TEXT_MAX  1000
#define EXPRESSION_NODES_MAX 64
#define EXPRESSION_DEPTH_MAX 16

enum truth {
    TRUTH_FALSE,
    TRUTH_TRUE,
    TRUTH_UNKNOWN,
};

/* A piece of the text. */
struct expression_piece {
    size_t at, end;
};

struct expression_fault {
    size_t offset; /* 0-based, in the text */
    char text[256];
    char zh[256]; /* "": not said */
};

struct expression;

/* NULL on a fault. The board's signals must outlive the expression. */
struct expression *expression_compile(const char *text, const struct signal_board *board,
                                      struct expression_fault *fault);
/* Same, but the text must be a quantity. */
struct expression *quantity_compile(const char *text, const struct signal_board *board,
                                    struct expression_fault *fault);
/* Stops it first where needed (a track has to be stopped by the caller). NULL is allowed. */
void expression_free(struct expression *expression);

/* Reads all signals at now_ns and follows them from then on; changed (may be NULL) is not called
 * for the truth at the start. changed must not start, stop or free this expression. */
void expression_start(struct expression *expression, int64_t now_ns,
                      void (*changed)(void *ctx, int64_t at_ns, enum truth truth), void *ctx);
void expression_stop(struct expression *expression);
enum truth expression_truth(const struct expression *expression);
/* Inside changed: this truth lasts no longer than the reception of a message. */
bool expression_in_pulse(const struct expression *expression);
/* The name of the first signal that makes it UNKNOWN (of a quantity: that has no value now); NULL
 * if none. */
/* Of an "or" that is true the term that makes it so; all of several that are, the last one. False: it
 * is none, or it is not true. */
bool expression_cause(const struct expression *expression, struct expression_piece *piece);
const char *expression_unknown(const struct expression *expression);

const char *expression_unit(const struct expression *expression); /* quantity only */
/* Quantity only; NAN while it is not known. */
double expression_value(const struct expression *expression, int64_t at_ns);
/* Largest value of a quantity in a window (abs() taken into account); NAN when it was not known
 * throughout, or the whole of a share changed. at_ns: when, may be NULL. */
void expression_track_start(struct expression *expression, int64_t now_ns);
double expression_track_stop(struct expression *expression, int64_t now_ns, int64_t *at_ns);

/* "250 ms" -> 250e6 for unit "ns"; false when the text is no number with a unit of that dimension.
 * Known: s ms us ns min h, V mV kV, A mA, ohm kohm Mohm, W kW, Wh kWh, Ah, %, degC, Hz, A/s, V/s.
 * Any other unit agrees with itself only; "" is a plain number (decimal or 0x...). */
bool quantity_parse(const char *text, const char *unit, double *value);
/* 0.3 in "s" -> 300 in "ms"; false when the two units are not of one dimension. */
bool quantity_convert(double value, const char *from, const char *to, double *own);

#endif
