/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this room share. For this room only. */
#ifndef HARNESS_TRUTH_INTERNAL_H
#define HARNESS_TRUTH_INTERNAL_H

#include "harness/truth/truth.h"

#include <assert.h>

/* Adds a signal and says that nothing untrue was said yet. */
struct signal *truth_signal(struct truths *truth, const char *name, enum signal_kind kind,
                            const char *unit, const char *text);
/* A signal that is there before truth_init; NULL: there is none. */
struct signal *truth_find(const struct truths *truth, const char *name);
/* changed is called at each change, or reception. */
void truth_follow(struct truths *truth, const char *name,
                  void (*changed)(void *truth, struct signal *signal, int64_t at_ns));
/* The field of the last such message; NAN: none, or not supplied. */
double truth_field(const struct truths *truth, enum truth_field field);

/* NAN: not declared, and no CML has come yet. */
double truth_plate(const struct truths *truth, enum truth_plate what);

void truth_output_init(struct truths *truth); /* CCS, and the time in CSD */
void truth_output_end(struct truths *truth);
void truth_plate_init(struct truths *truth); /* CRM, CTS, CML, CSD */
void truth_ready_init(struct truths *truth); /* CRO */
void truth_reconnect_init(struct truths *truth);
void truth_owed_init(struct truths *truth);   /* after the reasons */
void truth_owed_excuse(struct truths *truth); /* something has happened */
void truth_owed_end(struct truths *truth);
void truth_reasons_init(struct truths *truth);
void truth_reasons_free(struct truths *truth);
void truth_happens(struct truths *truth, unsigned causes); /* bits of enum truth_cause */

/* What this charge may say of its minutes, in CCS and CSD: how far that is off. */
double truth_minutes_off(const struct truths *truth, int64_t at_ns, double minutes);

/* How far value is outside [low, high]; negative: below. */
static inline double distance(double value, double low, double high) {
    assert(!(low > high));
    return value < low ? value - low : value > high ? value - high : 0;
}

#endif
