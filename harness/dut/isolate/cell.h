/* SPDX-License-Identifier: MIT */
/* cell.h: the process in which an isolated firmware lives.
 *
 *   if (fork() == 0) cell_run(box, "./my_firmware.so", true);      does not return
 *
 * It gives up what it has of the bench (descriptors, the right to do anything to others), loads the
 * firmware, and then does what the letters say, until it is ended. Whatever the firmware does here, it
 * can only write letters. */
#ifndef HARNESS_DUT_ISOLATE_CELL_H
#define HARNESS_DUT_ISOLATE_CELL_H

#include <stdbool.h>

struct mailbox;

_Noreturn void cell_run(struct mailbox *box, const char *path, bool confined);

#endif
