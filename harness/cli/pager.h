/* SPDX-License-Identifier: MIT */
/* pager.h: long output on a terminal, a screen at a time, as git does it: through $PILEBENCH_PAGER, $PAGER or `less`,
 * which leaves at once what fits on one screen. An empty one, or `cat`: not at all.
 *
 *   pager_begin();          standard output goes through it from here on, if it is a terminal
 *   ...
 *   pager_end();            waits until the reader has enough */
#ifndef HARNESS_CLI_PAGER_H
#define HARNESS_CLI_PAGER_H

void pager_begin(void);
void pager_end(void);

#endif
