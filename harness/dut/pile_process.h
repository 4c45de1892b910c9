/* SPDX-License-Identifier: MIT */
/* pile_process.h: the device under test of wiring vcan: a process on two CAN networks, started,
 * watched and ended by the bench.
 *
 *   if (!pile_process_start(bench, problem)) ...         started and heard on the I/O network
 *   pile_process_power(bench, false);                    killed: a power cut; true: started anew
 *   pile_process_stop(bench);                            ended and reaped; allowed at any time
 *
 * When the process ends or falls silent during a case, bench->dut_gone is set with the reason. */
#ifndef HARNESS_DUT_PILE_PROCESS_H
#define HARNESS_DUT_PILE_PROCESS_H

#include "harness/bench/bench.h"

#include <stdio.h>

bool pile_process_start(struct bench *bench, struct problem *problem);
/* False: it is so already, or cannot be started. */
bool pile_process_power(struct bench *bench, bool on);
/* Its bulk storage, to be read; NULL: it has none. */
FILE *pile_process_storage(const struct bench *bench);
/* What its records' file has for the card; false: there is no such file, or it is of another form
 * than the Linux port's. */
bool pile_process_card(const struct bench *bench, struct billing_card *card);
void pile_process_stop(struct bench *bench);
/* Ends the process of a case whose own was killed, and removes its storage. */
void pile_process_clear(const struct progress *progress);

#endif
