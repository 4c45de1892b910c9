/* SPDX-License-Identifier: MIT */
/* loop.h: one event loop, two clocks.
 *
 *   struct loop loop;
 *   loop_init(&loop, LOOP_VIRTUAL);
 *   struct timer t = {.fire = on_timeout, .ctx = me};
 *   loop_set(&loop, &t, loop.now_ns + 250 * NS_PER_MS);
 *   loop_run(&loop, until_ns);            runs events up to and including until_ns, or loop_stop
 *
 * Everything that happens is an event at an instant in int64 nanoseconds since loop_init. With
 * LOOP_VIRTUAL the loop jumps from event to event; with LOOP_REAL it sleeps until the next event
 * or until a descriptor is ready. Models never ask which. Events at the same instant fire in the
 * order in which they were set, so a virtual run is repeatable.
 *
 * Inside a timer's fire() now_ns is the instant the timer was set for (on the real clock too, so
 * that lateness does not accumulate); lateness is kept in late_max_ns. Inside a descriptor's
 * ready() now_ns is the clock's. now_ns never goes back.
 *
 * The loop never allocates per event: timers and sources are the caller's. */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_US    INT64_C(1000)
#define NS_PER_MS    INT64_C(1000000)
#define NS_PER_S     INT64_C(1000000000)
#define LOOP_NEVER   INT64_MAX
#define LOOP_POLL_NS (1 * NS_PER_MS)   /* descriptors wait no longer, however late the timers are */
#define LOOP_HELD_NS (100 * NS_PER_MS) /* nothing went on for so long: the machine stood still */
#define LOOP_FDS     16 /* descriptors at once: CAN networks, serial lines, a child */

enum loop_clock {
    LOOP_VIRTUAL,
    LOOP_REAL,
};

struct loop;

/* A one-shot alarm. Zero-initialise, fill fire and ctx; the rest is the loop's. */
struct timer {
    void (*fire)(void *ctx, int64_t now_ns);
    void *ctx;
    int64_t at_ns;
    uint64_t order;
    size_t heap_index; /* 1-based position in the heap; 0 = not set */
};

/* A descriptor watched on the real clock. ready() is called when it can be read (or hung up). */
struct loop_fd {
    int fd;
    void (*ready)(void *ctx, int64_t now_ns);
    void *ctx;
};

struct loop {
    enum loop_clock clock;
    int64_t now_ns;
    int64_t epoch_ns;    /* LOOP_REAL: CLOCK_MONOTONIC at loop_init */
    int64_t late_max_ns; /* LOOP_REAL: worst lateness of a timer since loop_init or its reset */
    int64_t polled_ns;   /* LOOP_REAL: when the descriptors were last looked at */
    /* LOOP_REAL: told of each timer's lateness; may be NULL. */
    void (*late)(void *ctx, int64_t clock_ns, int64_t late_ns);
    /* LOOP_REAL: told when a sleep ended, or one call-back took, LOOP_HELD_NS too long: the process
     * was held up. Not told of lateness that many call-backs add up to. May be NULL. */
    void (*held)(void *ctx, int64_t from_ns, int64_t until_ns);
    void *late_ctx;      /* of both */
    int64_t expected_ns; /* when the clock ought to have been read again */
    bool stopped;
    uint64_t order;
    uint64_t events; /* timers fired, for the benchmark */
    struct timer **heap;
    size_t heap_count, heap_size;
    struct loop_fd fds[LOOP_FDS];
    size_t fd_count;
};

void loop_init(struct loop *loop, enum loop_clock clock);
void loop_free(struct loop *loop);

/* (Re)arms a timer. An instant in the past fires as soon as possible, at now_ns. */
void loop_set(struct loop *loop, struct timer *timer, int64_t at_ns);
void loop_cancel(struct loop *loop, struct timer *timer);
static inline bool loop_is_set(const struct timer *timer) {
    return timer->heap_index != 0;
}

/* Watches or forgets a descriptor (real clock only). False when LOOP_FDS are in use. */
bool loop_fd_add(struct loop *loop, int fd, void (*ready)(void *, int64_t), void *ctx);
void loop_fd_remove(struct loop *loop, int fd);

/* Runs until the instant until_ns has been reached, loop_stop was called, or (virtual clock) no
 * event is left. On return now_ns is until_ns unless it was stopped early. */
void loop_run(struct loop *loop, int64_t until_ns);
void loop_stop(struct loop *loop);

/* The clock as it is this moment: equals now_ns on the virtual clock. */
int64_t loop_clock_ns(const struct loop *loop);

#endif
