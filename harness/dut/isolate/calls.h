/* SPDX-License-Identifier: MIT */
/* calls.h: which system calls a firmware may make (confine.h), as numbers of this architecture. Those
 * that depend on their arguments are not here.
 *
 *   char text[CALL_NAME_SIZE];
 *   printf("made the system call %s", call_name(SYS_kill, text)); */
#ifndef HARNESS_DUT_ISOLATE_CALLS_H
#define HARNESS_DUT_ISOLATE_CALLS_H

#include "sim/text/phrase.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALL_NAME_SIZE 32

enum calls_list {
    CALLS_ALLOWED, /* what the C library needs to compute, and what a firmware may look at */
    /* They reach for others, or for what stays: a firmware that makes one of them has failed. */
    CALLS_FORBIDDEN,
    CALLS_FORBIDDEN_BESIDE, /* in the bench's process: those that the bench never makes there */
};

/* The calls of a list one after the other; *at begins as 0. False: that was all. */
bool calls_next(enum calls_list list, size_t *at, uint32_t *number);

/* "kill"; "number 400" of one that is in no list. */
const char *call_name(uint32_t number, char text[CALL_NAME_SIZE]);
/* What goes behind "the firmware" when it was ended for it; the caller's. 0: it is not known. */
struct phrase call_blame(uint32_t number);

#endif
