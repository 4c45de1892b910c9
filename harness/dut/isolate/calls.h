/* SPDX-License-Identifier: MIT */
/* calls.h: which system calls a firmware may make (confine.h), as numbers of this architecture. Those
 * that depend on their arguments are not here.
 *
 *   char text[CALL_NAME_SIZE];
 *   printf("made the system call %s", call_name(SYS_kill, text)); */
#ifndef HARNESS_DUT_ISOLATE_CALLS_H
#define HARNESS_DUT_ISOLATE_CALLS_H

#include "sim/text/phrase.h"

#include <stddef.h>
#include <stdint.h>

#define CALL_NAME_SIZE 32

struct calls {
    const uint32_t *numbers;
    size_t count;
};

/* What the C library needs to compute, and what a firmware may look at. */
extern const struct calls calls_allowed;
/* They reach for others, or for what stays: a firmware that makes one of them has failed. */
extern const struct calls calls_forbidden;
/* Of these, those that the bench itself never makes on the virtual clock. */
extern const struct calls calls_forbidden_beside;

/* "kill"; "number 400" of one that is in no list. */
const char *call_name(uint32_t number, char text[CALL_NAME_SIZE]);
/* What goes behind "the firmware" when it was ended for it; the caller's. 0: it is not known. */
struct phrase call_blame(uint32_t number);

#endif
