/* SPDX-License-Identifier: MIT */
/* ramp.h: a continuous signal for tests: straight lines with solved crossings, jumps included.
 *
 *   struct ramp ramp = {.loop = &loop};
 *   ramp_add(&ramp, &board, "gun.voltage", "V");
 *   ramp_go(&ramp, 500, -100);             jumps to 500 V now, falls by 100 V/s from then on
 *
 * As in the DC circuit a level counts as crossed when it is reached, so a value may come to rest on
 * it; and the instant is rounded to the nanosecond, so the value read there may still lie just
 * before it. */
#ifndef TESTS_HARNESS_SUPPORT_RAMP_H
#define TESTS_HARNESS_SUPPORT_RAMP_H

#include "sim/loop.h"
#include "sim/signal.h"

#include <math.h>

#define RAMP_WATCHES   8
#define RAMP_TOLERANCE 1e-9

struct ramp {
    struct loop *loop;
    struct signal *signal;
    struct timer timer;
    double value, slope; /* at from_ns; per second */
    int64_t from_ns;
    struct {
        struct signal_watch *watch;
        bool above;
    } watches[RAMP_WATCHES];
    struct signal_track *tracks[RAMP_WATCHES];
};

static double ramp_at(void *ctx, unsigned index, int64_t at_ns) {
    const struct ramp *ramp = ctx;
    (void)index;
    return ramp->value + ramp->slope * (double)(at_ns - ramp->from_ns) * 1e-9;
}

static void ramp_note(struct ramp *ramp, double value, int64_t at_ns) {
    for (size_t i = 0; i < RAMP_WATCHES; i++) {
        struct signal_track *track = ramp->tracks[i];
        if (track != NULL && (isnan(track->max) || value > track->max)) {
            track->max = value;
            track->max_ns = at_ns;
        }
        if (track != NULL && (isnan(track->min) || value < track->min)) {
            track->min = value;
            track->min_ns = at_ns;
        }
    }
}

static int64_t ramp_crossing(const struct ramp *ramp, size_t i) {
    double level = ramp->watches[i].watch->level;
    bool rises = ramp->slope > 0, above = ramp->watches[i].above;
    if (ramp->slope == 0 || rises == above) {
        return LOOP_NEVER;
    }
    double seconds = (level - ramp->value) / ramp->slope;
    int64_t at_ns = ramp->from_ns + llround(seconds * 1e9);
    return at_ns < ramp->loop->now_ns ? ramp->loop->now_ns : at_ns;
}

static void ramp_plan(struct ramp *ramp) {
    int64_t next = LOOP_NEVER;
    for (size_t i = 0; i < RAMP_WATCHES; i++) {
        if (ramp->watches[i].watch != NULL && ramp_crossing(ramp, i) < next) {
            next = ramp_crossing(ramp, i);
        }
    }
    loop_cancel(ramp->loop, &ramp->timer);
    if (next != LOOP_NEVER) {
        loop_set(ramp->loop, &ramp->timer, next);
    }
}

static void ramp_tell(struct ramp *ramp, size_t i, bool above, int64_t now_ns) {
    struct signal_watch *watch = ramp->watches[i].watch;
    ramp->watches[i].above = above;
    watch->crossed(watch->ctx, watch->signal, now_ns, above);
}

static void ramp_fire(void *ctx, int64_t now_ns) {
    struct ramp *ramp = ctx;
    for (size_t i = 0; i < RAMP_WATCHES; i++) {
        if (ramp->watches[i].watch != NULL && ramp_crossing(ramp, i) <= now_ns) {
            ramp_tell(ramp, i, !ramp->watches[i].above, now_ns);
        }
    }
    ramp_plan(ramp);
}

static void ramp_watch(void *ctx, unsigned index, struct signal_watch *watch, bool on) {
    struct ramp *ramp = ctx;
    (void)index;
    for (size_t i = 0; i < RAMP_WATCHES; i++) {
        if (ramp->watches[i].watch == (on ? NULL : watch)) {
            ramp->watches[i].watch = on ? watch : NULL;
            ramp->watches[i].above = ramp_at(ramp, 0, ramp->loop->now_ns) > watch->level;
            break;
        }
    }
    ramp_plan(ramp);
}

static void ramp_track(void *ctx, unsigned index, struct signal_track *track, bool on) {
    struct ramp *ramp = ctx;
    (void)index;
    for (size_t i = 0; i < RAMP_WATCHES; i++) {
        if (ramp->tracks[i] == (on ? NULL : track)) {
            ramp->tracks[i] = on ? track : NULL;
            break;
        }
    }
    ramp_note(ramp, ramp_at(ramp, 0, ramp->loop->now_ns), ramp->loop->now_ns);
}

static void ramp_track_read(void *ctx, unsigned index, struct signal_track *track, int64_t at_ns) {
    struct ramp *ramp = ctx;
    (void)index, (void)track;
    ramp_note(ramp, ramp_at(ramp, 0, at_ns), at_ns);
}

static const struct signal_source ramp_source = {
    .at = ramp_at, .watch = ramp_watch, .track = ramp_track, .track_read = ramp_track_read};

static void ramp_add(struct ramp *ramp, struct signal_board *board, const char *name,
                     const char *unit) {
    ramp->timer = (struct timer){.fire = ramp_fire, .ctx = ramp};
    ramp->signal = signal_add_continuous(board, name, unit, "a ramp", &ramp_source, ramp, 0);
}

/* At or beyond the level, seen from the side it was on. */
static bool ramp_reached(const struct ramp *ramp, size_t i) {
    double beyond = ramp->value - ramp->watches[i].watch->level;
    return ramp->watches[i].above ? beyond <= RAMP_TOLERANCE : beyond >= -RAMP_TOLERANCE;
}

static void ramp_go(struct ramp *ramp, double value, double slope) {
    int64_t now = ramp->loop->now_ns;
    ramp_note(ramp, ramp_at(ramp, 0, now), now);
    ramp->value = value;
    ramp->slope = slope;
    ramp->from_ns = now;
    ramp_note(ramp, value, now);
    for (size_t i = 0; i < RAMP_WATCHES; i++) {
        if (ramp->watches[i].watch != NULL && ramp_reached(ramp, i)) {
            ramp_tell(ramp, i, !ramp->watches[i].above, now);
        }
    }
    ramp_plan(ramp);
}

#endif
