/* SPDX-License-Identifier: MIT */
/* twice.h: a recorder that writes frames down twice, as it sent them and as it heard them (TX echo and
 * RX). Such a copy was never on the wire.
 *
 *   struct twice look = {.clock = true};
 *   for (each of the first frames of one network) (void)twice_see(&look, &frame);
 *   struct twice file = twice_begin(&look);           what it says of the file
 *   for (each frame) if (twice_see(&file, &frame)) leave it out: it is a copy
 *
 * A copy is the same frame once more, not paired with a copy yet,
 *  - sooner than the bus could have carried it (a frame takes its bits at 250 kbit/s, ISO 11898-1), or one of
 *    the two marked as sent and the other as received, within TWICE_ECHO_NS: for certain;
 *  - or, where the clock is too coarse to tell, at the same time; without a clock: right behind it.
 * A sender that says everything twice takes its time on the wire, and what it says is no copy. A side is
 * recorded twice when nine of ten of its frames have a copy for certain, both are when nine of ten of each
 * side have one: no charger repeats what the vehicle says. Else nothing is a copy. */
#ifndef HARNESS_PROTOCOL_TWICE_H
#define HARNESS_PROTOCOL_TWICE_H

#include "harness/capture/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TWICE_ECHO_NS   INT64_C(5000000) /* shorter than the shortest period, 10 ms */
#define TWICE_COARSE_NS INT64_C(2000000) /* a coarser clock tells nothing */
#define TWICE_BACK      8                /* frames that may stand between the two */

struct twice_frame {
    struct can_frame_ext frame;
    int64_t at_ns;
    bool sent, paired;
};

struct twice {
    bool clock;      /* the file has one */
    int64_t step_ns; /* of the clock, by the times so far; 0: none yet */
    /* What counts as a copy, by side: that of the BMS, of the charger. twice_begin fills it. */
    bool decided, certain[2], likely[2];
    struct twice_frame last[TWICE_BACK];
    uint64_t seen;                 /* all */
    uint64_t frames[2], copies[2]; /* by side; of them certain copies: */
    uint64_t sure[2];
};

/* It is a copy. Of a struct that twice_begin has not filled: it looks like one. */
bool twice_see(struct twice *twice, const struct capture_frame *frame);
struct twice twice_begin(const struct twice *look);
/* The side is recorded twice. */
bool twice_is(const struct twice *twice, bool charger);

#endif
