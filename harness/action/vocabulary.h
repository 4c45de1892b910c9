/* SPDX-License-Identifier: MIT */
/* vocabulary.h: what the loader of scenarios asks, answered by the bench's own signals, actions and
 * vehicle keys.
 *
 *   struct bench *signals = bench_signals(&problem);
 *   struct vocabulary vocabulary = bench_vocabulary(signals);
 *   struct library *lib = library_open("scenarios", &vocabulary, &problem);
 *
 * The bench outlives the library. */
#ifndef HARNESS_ACTION_VOCABULARY_H
#define HARNESS_ACTION_VOCABULARY_H

#include "harness/scenario/library.h"

struct bench;

struct vocabulary bench_vocabulary(struct bench *signals);

#endif
