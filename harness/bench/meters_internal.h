/* SPDX-License-Identifier: MIT */
/* meters_internal.h: for meters.c and meters_signals.c. */
#ifndef HARNESS_BENCH_METERS_INTERNAL_H
#define HARNESS_BENCH_METERS_INTERNAL_H

#include "harness/bench/meters.h"

/* Adds the meters' signals to the board. */
void meters_publish(struct meters *meters);

#endif
