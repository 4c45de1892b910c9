/* SPDX-License-Identifier: MIT */
/* confine.h: takes from this process whatever a controller has no use for.
 *
 *   if (!confine(&box->refused_call, &problem)) ...      from here on, for good
 *
 * It can compute, use memory (CONFINE_MEMORY), read the clock and files, print to the
 * standard files that are open, and send signals to itself. Everything else goes nowhere; what reaches
 * for other processes or for files to change (start, signal, trace, open for writing, rename, connect
 * ...) ends the process with SIGSYS, after the number of the system call was put where it was asked
 * for. By seccomp: Linux Documentation/userspace-api/seccomp_filter.rst. */
#ifndef HARNESS_DUT_ISOLATE_CONFINE_H
#define HARNESS_DUT_ISOLATE_CONFINE_H

#include "sim/text/problem.h"

#include <stdbool.h>
#include <stdint.h>

#define CONFINE_MEMORY        (INT64_C(512) * 1024 * 1024) /* bytes of its own */
#define CONFINE_MEMORY_BESIDE (2 * CONFINE_MEMORY)         /* and of the bench */

/* Whether this kernel and this machine can do it; false: the problem says what is missing. */
bool confine_can(struct problem *problem);
bool confine(volatile uint32_t *refused_call, struct problem *problem);
/* For a firmware in the bench's own process, which has files to write: only what reaches for other
 * processes, starts some, or changes what the whole process stands on (its folder, its limits) is
 * forbidden. False: not here. */
bool confine_beside(volatile uint32_t *refused_call);

#endif
