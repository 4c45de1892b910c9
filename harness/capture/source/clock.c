/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/clock.h"

#include <assert.h>
#include <string.h>

#define US     1000ll
#define DAY_NS (86400ll * 1000000000ll)
/* Clocks that start again are never absolute: their sums and differences stay far from 64 bits. */
#define WRAP_MOST_NS (INT64_MAX / 4)

static int64_t within(int64_t ns, int64_t most_ns) {
    return ns > most_ns ? most_ns : ns < -most_ns ? -most_ns : ns;
}

int64_t clock_carry(struct clock_wrap *wrap, int64_t at_ns) {
    int64_t half = wrap->period_ns / 2;
    assert(wrap->period_ns > 0 && wrap->carry_ns >= 0 && wrap->carry_ns % wrap->period_ns == 0);
    int64_t at = within(at_ns, WRAP_MOST_NS) + wrap->carry_ns;
    if (at - wrap->last_ns < -half && wrap->carry_ns < WRAP_MOST_NS) {
        wrap->carry_ns += wrap->period_ns;
        at += wrap->period_ns;
    } else if (at - wrap->last_ns > half && wrap->carry_ns >= wrap->period_ns) {
        return at - wrap->period_ns; /* a late one from before the start of this period */
    }
    assert(at >= wrap->last_ns - half || wrap->carry_ns >= WRAP_MOST_NS); /* carried forward */
    wrap->last_ns = at;
    return at;
}

void clock_start(struct clock *clock, enum capture_clock kind) {
    memset(clock, 0, sizeof *clock);
    clock->kind = kind;
    clock->midnight.period_ns = DAY_NS;
}

/* Greatest common divisor, down to 1 us; of what is shorter the shortest. */
static int64_t common_of(int64_t step_ns, int64_t ns) {
    while (step_ns > US && ns % step_ns != 0) {
        int64_t rest = ns % step_ns;
        ns = step_ns;
        step_ns = rest;
    }
    return ns > 0 && ns < step_ns ? ns : step_ns;
}

static void note_step(struct clock *clock, int64_t ns, uint64_t line) {
    if (ns == 0) {
        clock->same++;
        return;
    }
    if (ns < 0) {
        if (clock->steps_back++ == 0) {
            clock->first_back_line = line;
        }
        return; /* a clock that was set says nothing about its resolution */
    }
    if (clock->least_step_ns == 0 || ns < clock->least_step_ns) {
        clock->least_step_ns = ns;
    }
    if (clock->common_step_ns == 0) {
        clock->common_step_ns = ns;
    }
    clock->common_step_ns = common_of(clock->common_step_ns, ns);
    assert(clock->common_step_ns > 0 && clock->common_step_ns <= clock->least_step_ns);
}

int64_t clock_see(struct clock *clock, int64_t at_ns, uint64_t line) {
    if (clock->kind == CLOCK_NONE) {
        clock->frames++;
        return 0;
    }
    at_ns = within(at_ns, CAPTURE_MOST_NS);
    if (clock->kind == CLOCK_OF_DAY) {
        at_ns = clock_carry(&clock->midnight, at_ns);
    }
    if (clock->frames++ == 0) {
        clock->offset_ns = at_ns < 0 ? -at_ns : 0;
        clock->first_ns = clock->last_ns = at_ns + clock->offset_ns;
        return clock->first_ns;
    }
    /* From before the first negative one to the end of time: not to be added up. */
    at_ns = at_ns > CAPTURE_MOST_NS - clock->offset_ns ? CAPTURE_MOST_NS : at_ns + clock->offset_ns;
    if (at_ns < 0) {
        at_ns = 0;
    }
    assert(clock->last_ns >= 0 && at_ns <= CAPTURE_MOST_NS);
    note_step(clock, at_ns - clock->last_ns, line);
    clock->last_ns = at_ns;
    return at_ns;
}

enum capture_clock clock_kind(const struct clock *clock, enum capture_clock kind) {
    assert(clock->same + clock->steps_back <= clock->frames);
    bool stands = clock->frames > 1 && clock->same == clock->frames - 1;
    return kind != CLOCK_NONE && stands ? CLOCK_CONSTANT : kind;
}

/* Where successive frames share times, the clock is coarser than the traffic: its least step is its
 * resolution (Windows shows milliseconds, but steps of 15). Where they do not, the traffic may be
 * slower than the clock: the common divisor of its steps is, and of the first time, whose digits show
 * how fine the clock is although every frame comes after 250 ms. */
int64_t clock_resolution_ns(const struct clock *clock) {
    return clock->same * 50 > clock->frames ? clock->least_step_ns
                                            : common_of(clock->common_step_ns, clock->first_ns);
}
