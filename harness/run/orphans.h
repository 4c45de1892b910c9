/* SPDX-License-Identifier: MIT */
/* orphans.h: processes whose parent in a case has gone, and which would live on.
 *
 *   orphans_adopt();                              once: they become children of this process
 *   if (orphans_end(running, count)) ...          there were some, besides these children
 *
 * A firmware may have forked. A grandchild that leaves the case's process group is found all the
 * same. */
#ifndef HARNESS_RUN_ORPHANS_H
#define HARNESS_RUN_ORPHANS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

void orphans_adopt(void);
/* Ends every child but those given, and theirs. True: one of them was still running. */
bool orphans_end(const pid_t *known, size_t count);

#endif
