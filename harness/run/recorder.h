/* SPDX-License-Identifier: MIT */
/* recorder.h: writes the bench's signals of one case to a CSV file: time_ns,signal,value.
 *
 *   struct recorder *recorder = recorder_open("out/signals/CASE.csv", &loop, &board, &problem);
 *   ...
 *   if (!recorder_close(recorder, &problem)) ...    the file is whole only now
 *
 * Stepped signals: a line at each change. Continuous signals: samples, at each switching and then
 * at intervals that grow with the time since it (RECORDER_FINE_NS up to RECORDER_COARSE_NS), so a
 * transient is drawn in full and an hour of steady charging costs little. Message fields are not
 * recorded: the trace has every frame. The file is NAME.part until it is closed. */
#ifndef HARNESS_RUN_RECORDER_H
#define HARNESS_RUN_RECORDER_H

#include "sim/loop.h"
#include "sim/signal.h"
#include "sim/text/problem.h"

#include <stdbool.h>

#define RECORDER_FINE_NS (100 * NS_PER_US)
#define RECORDER_FINE_REAL_NS                                                                      \
    (2 * NS_PER_MS) /* on the real clock: sampling must not make us late */
#define RECORDER_COARSE_NS      (2 * NS_PER_S)
#define RECORDER_GROWTH_PERCENT 8

struct recorder;

/* NULL: problem says why. */
struct recorder *recorder_open(const char *path, struct loop *loop, struct signal_board *board,
                               struct problem *problem);
/* NULL is allowed and succeeds. */
bool recorder_close(struct recorder *recorder, struct problem *problem);

#endif
