/* SPDX-License-Identifier: MIT */
/* drops.h: what candump -d says about frames that the kernel threw away before it could read them.
 *
 *   DROPCOUNT: dropped 30 CAN frames on 'can0' socket (total drops 30) */
#ifndef HARNESS_CAPTURE_CANDUMP_DROPS_H
#define HARNESS_CAPTURE_CANDUMP_DROPS_H

#include <stdbool.h>
#include <stdint.h>

/* How many; 0: it cannot be read. False: the line is something else. */
bool candump_drops(const char *line, uint64_t *count);

#endif
