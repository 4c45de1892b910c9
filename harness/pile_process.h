/* SPDX-License-Identifier: MIT */
/* pile_process.h: the device under test of wiring vcan: a process on two CAN networks, started,
 * watched and ended by the bench.
 *
 *   if (!pile_process_start(bench, plan, problem)) ...   started and heard on the I/O network
 *   pile_process_stop(bench);                            ended and reaped; allowed at any time
 *
 * When the process ends or falls silent during a case, bench->dut_gone is set with the reason. */
#ifndef HARNESS_PILE_PROCESS_H
#define HARNESS_PILE_PROCESS_H

#include "harness/bench.h"

bool pile_process_start(struct bench *bench, const struct run_plan *plan, struct problem *problem);
void pile_process_stop(struct bench *bench);

#endif
