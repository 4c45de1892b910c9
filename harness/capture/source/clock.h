/* SPDX-License-Identifier: MIT */
/* clock.h: what a capture's clock showed, frame by frame.
 *
 *   struct clock clock;
 *   clock_start(&clock, CLOCK_OF_DAY);
 *   frame.at_ns = clock_see(&clock, frame.at_ns, frame.line);
 *
 * Carries over midnight, keeps times from being negative, counts steps back, finds the
 * resolution. */
#ifndef HARNESS_CAPTURE_SOURCE_CLOCK_H
#define HARNESS_CAPTURE_SOURCE_CLOCK_H

#include "harness/capture/source/frame.h"

/* A clock that starts again at 0 after period_ns: midnight, a full hour, a counter's end. A time
 * that is more than half a period behind the last is carried over; a time from before such a
 * start that comes late is put back. Time since the first period's start. */
struct clock_wrap {
    int64_t period_ns;
    int64_t carry_ns, last_ns;
};

int64_t clock_carry(struct clock_wrap *wrap, int64_t at_ns);

struct clock {
    enum capture_clock kind; /* as the reader says */
    struct clock_wrap midnight;
    int64_t offset_ns; /* added when the first time is negative */
    uint64_t frames;
    uint64_t steps_back, first_back_line;
    uint64_t same; /* frames with the time of the one before */
    int64_t first_ns, last_ns;
    int64_t least_step_ns;  /* 0: no step yet */
    int64_t common_step_ns; /* greatest common divisor of the steps, down to 1 us */
};

void clock_start(struct clock *clock, enum capture_clock kind);
int64_t clock_see(struct clock *clock, int64_t at_ns, uint64_t line);
enum capture_clock clock_kind(const struct clock *clock, enum capture_clock kind);
int64_t clock_resolution_ns(const struct clock *clock);

#endif
