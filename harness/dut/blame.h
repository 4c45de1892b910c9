/* SPDX-License-Identifier: MIT */
/* blame.h: what a firmware can do against dut.h, and the words for it.
 *
 *   progress->blame = DUT_BLAME_BEHIND;                     a number: it goes through shared memory
 *   dut_blame_phrase(progress->blame).en                    "wrote behind its instance ..."
 *
 * The phrases go behind "the firmware under test". A case in which that happened has failed: what
 * else was seen of such a firmware proves nothing. */
#ifndef HARNESS_DUT_BLAME_H
#define HARNESS_DUT_BLAME_H

#include "sim/text/phrase.h"

enum dut_blame {
    DUT_BLAME_NONE,
    DUT_BLAME_INIT,    /* init returned an error */
    DUT_BLAME_SPINS,   /* asks to be run at the same instant for ever */
    DUT_BLAME_CALLS,   /* calls its host for ever */
    DUT_BLAME_MODE,    /* left its process another floating-point mode, or another locale */
    DUT_BLAME_OUTSIDE, /* calls its host while it is not called itself */
    DUT_BLAME_INPUT,   /* of these there is none: gun or channel */
    DUT_BLAME_OUTPUT,
    DUT_BLAME_SWITCH, /* an output that is 0 or 1 */
    DUT_BLAME_NET,
    DUT_BLAME_LINE,
    DUT_BLAME_FRAME,  /* longer than 8 bytes, or an identifier beyond 29 bits */
    DUT_BLAME_BEHIND, /* memory */
    DUT_BLAME_BEFORE,
    DUT_BLAME_LEFT,   /* processes */
    DUT_BLAME_RESULT, /* wrote into the pipe of the case's result */
    DUT_BLAME_LETTER, /* isolated: sent what no firmware can send */
    DUT_BLAMES
};

/* {NULL, NULL} for DUT_BLAME_NONE and for what is no enum dut_blame: the number may come from
 * memory to which the firmware had access. */
struct phrase dut_blame_phrase(int blame);

#endif
