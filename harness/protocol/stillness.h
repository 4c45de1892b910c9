/* SPDX-License-Identifier: MIT */
/* stillness.h: a stretch of a capture in which nobody says anything, though both sides were in the middle of
 * their periods and go on as if nothing had been.
 *
 *   struct stillness still = {0};
 *   for (each frame of one network, copies left out)
 *       if (stillness_see(&still, at_ns, line, &frame)) rules_jumped(rules, line);
 *
 * No fault of one side makes both fall silent at once: the recorder left something out without saying so,
 * its clock was set forward, or the bus stood still. How much time went by there nobody knows, so none is
 * judged across it. It counts as such a stretch when
 *  - on both sides something is overdue that came with a period before, by half of that at least;
 *  - nothing else was heard meanwhile, of either side;
 *  - what is heard then had been coming before, and goes on: a side that gives up, ends or begins anew says
 *    something else.
 * Transfers are not counted, since their packets have no period, nor are CHM and BHM, with which a charge begins. */
#ifndef HARNESS_PROTOCOL_STILLNESS_H
#define HARNESS_PROTOCOL_STILLNESS_H

#include "sim/can/can.h"

#include <stdbool.h>
#include <stdint.h>

struct stillness_beat {
    bool heard;
    int64_t last_ns;
    int64_t periods_ns[2]; /* the last two; 0: not so many yet */
};

struct stillness {
    struct stillness_beat beats[2][256]; /* by side (BMS, charger) and PF */
    bool heard;
    int64_t last_ns;            /* of any */
    uint64_t count, first_line; /* of such stretches; 0: none */
    int64_t first_ns;           /* how long the first one was */
};

/* at_ns never goes back; the frame is one between charger and BMS, or of no concern. True: before it there was
 * such a stretch. */
bool stillness_see(struct stillness *still, int64_t at_ns, uint64_t line,
                   const struct can_frame_ext *frame);

#endif
