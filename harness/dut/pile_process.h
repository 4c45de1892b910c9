/* SPDX-License-Identifier: MIT */
/* pile_process.h: the device under test of wiring vcan: a process on two CAN networks, started,
 * watched and ended by the bench.
 *
 *   struct pile_process pile = {.config = {.plan = plan, .loop = &loop, ...}};
 *   if (!pile_process_start(&pile, &problem)) ...        started and heard on the I/O network
 *   pile_process_power(&pile, false);                    killed: a power cut; true: started anew
 *   pile_process_stop(&pile);                            ended and reaped; allowed at any time
 *
 * When the process ends or falls silent during a case, config.gone is told why. */
#ifndef HARNESS_DUT_PILE_PROCESS_H
#define HARNESS_DUT_PILE_PROCESS_H

#include "firmware-under-test/include/charge_record.h"
#include "firmware-under-test/include/dut.h"
#include "harness/plan/plan.h"
#include "harness/scenario/setup.h"
#include "sim/can/can.h"
#include "sim/lateness.h"
#include "sim/loop.h"
#include "sim/signal.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define PILE_PROCESS_METERS 3 /* the guns' DC meters, the pile's AC meter */

struct pile_process_config {
    const struct run_plan *plan;  /* program, networks, firmware, --set */
    const struct setup *setup;    /* of the case; NULL: nothing is set */
    struct progress *progress;    /* what has to go with the case's process */
    struct loop *loop;            /* on the real clock */
    struct signal_board *board;   /* the charger's outputs and inputs */
    struct can_net *io;           /* the I/O network */
    const char *can_vehicle2;     /* of the second gun's vehicle; NULL: one gun is wired */
    const struct lateness *late;  /* the bench's own */
    struct lateness *round_trips; /* of questions to the pile, noted here */
    const char *meters[PILE_PROCESS_METERS]; /* values of --meter; NULL: there is none */
    /* It ended or fell silent; the loop stops. killed: by SIGKILL, which no crash raises. */
    void (*gone)(void *ctx, const char *why, bool killed);
    void *ctx;
};

/* Zero but for config before the start. */
struct pile_process {
    struct pile_process_config config;
    pid_t pid;    /* 0: none */
    int fd;       /* readable when the process has gone (pidfd); 0: none */
    bool awaited; /* nothing else runs until it answers */
    bool lost;    /* config.gone was told, and what */
    char lost_why[128];
    char store[64];            /* folder of its storage; "": none was made */
    int store_lock;            /* descriptor of that folder; it holds a lock */
    struct dut_remote *remote; /* NULL: it has no supply */
};

bool pile_process_start(struct pile_process *pile, struct problem *problem);
/* Its name and version, as it said at the start. */
const char *pile_process_name(const struct pile_process *pile);
const char *pile_process_version(const struct pile_process *pile);
/* What it declares of a gun; DUT_UNKNOWN: nothing. */
int32_t pile_process_capability(const struct pile_process *pile, unsigned gun,
                                enum dut_capability what);
/* Guns that it serves, as it says. */
unsigned pile_process_guns(const struct pile_process *pile);
/* False: it is so already, or cannot be started. */
bool pile_process_power(struct pile_process *pile, bool on);
/* Its bulk storage, to be read; NULL: it has none. */
FILE *pile_process_storage(const struct pile_process *pile);
/* What its records' file has for a gun's card: *written says whether there is any. False: there is
 * no such file, or it is of another form than the Linux port's. */
bool pile_process_card(const struct pile_process *pile, unsigned gun,
                       uint8_t bytes[CARD_BALANCE_BYTES], bool *written);
void pile_process_stop(struct pile_process *pile);
/* Ends the process of a case whose own was killed, and removes its storage. */
void pile_process_clear(const struct progress *progress);

#endif
