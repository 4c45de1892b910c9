/* SPDX-License-Identifier: MIT */
#include "sim/loop.h"

#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#define HEAP_FIRST 64 /* slots of the first allocation */

static int64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void loop_init(struct loop *loop, enum loop_clock clock) {
    memset(loop, 0, sizeof *loop);
    loop->clock = clock;
    if (clock == LOOP_REAL) {
        loop->epoch_ns = monotonic_ns();
        (void)prctl(PR_SET_TIMERSLACK, 1UL); /* the default lets every sleep end 50 us late */
    }
}

void loop_free(struct loop *loop) {
    free(loop->heap);
    loop->heap = NULL;
    loop->heap_count = loop->heap_size = 0;
}

int64_t loop_clock_ns(const struct loop *loop) {
    return loop->clock == LOOP_VIRTUAL ? loop->now_ns : monotonic_ns() - loop->epoch_ns;
}

/* The heap is 1-based in heap_index so that a zeroed timer is an idle one. */
static bool earlier(const struct timer *a, const struct timer *b) {
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->order < b->order);
}

/* Of the heap: nothing stands above what comes before it. */
static bool in_order(const struct loop *loop, size_t slot) {
    return slot == 0 || slot >= loop->heap_count ||
           !earlier(loop->heap[slot], loop->heap[(slot - 1) / 2]);
}

static void place(struct loop *loop, size_t slot, struct timer *timer) {
    assert(slot < loop->heap_count);
    loop->heap[slot] = timer;
    timer->heap_index = slot + 1;
}

static void sift_up(struct loop *loop, size_t slot, struct timer *timer) {
    while (slot > 0) {
        size_t parent = (slot - 1) / 2;
        if (!earlier(timer, loop->heap[parent])) {
            break;
        }
        place(loop, slot, loop->heap[parent]);
        slot = parent;
    }
    place(loop, slot, timer);
}

static void sift_down(struct loop *loop, size_t slot, struct timer *timer) {
    for (;;) {
        size_t child = 2 * slot + 1;
        if (child >= loop->heap_count) {
            break;
        }
        if (child + 1 < loop->heap_count && earlier(loop->heap[child + 1], loop->heap[child])) {
            child++;
        }
        if (!earlier(loop->heap[child], timer)) {
            break;
        }
        place(loop, slot, loop->heap[child]);
        slot = child;
    }
    place(loop, slot, timer);
}

static void grow(struct loop *loop) {
    size_t size = loop->heap_size ? 2 * loop->heap_size : HEAP_FIRST;
    loop->heap = memory_resized(loop->heap, size, sizeof *loop->heap);
    loop->heap_size = size;
    assert(loop->heap_size > loop->heap_count);
}

void loop_set(struct loop *loop, struct timer *timer, int64_t at_ns) {
    assert(timer->fire != NULL && timer->heap_index <= loop->heap_count);
    /* On the real clock a late past keeps its place in the order of things. */
    if (at_ns < loop->now_ns && loop->clock == LOOP_VIRTUAL) {
        at_ns = loop->now_ns;
    }
    timer->at_ns = at_ns;
    timer->order = loop->order++;
    if (timer->heap_index != 0) {
        /* The order only grows, so a timer set to the same or a later instant moves down. */
        size_t slot = timer->heap_index - 1;
        if (slot > 0 && earlier(timer, loop->heap[(slot - 1) / 2])) {
            sift_up(loop, slot, timer);
        } else {
            sift_down(loop, slot, timer);
        }
        return;
    }
    if (loop->heap_count == loop->heap_size) {
        grow(loop);
    }
    assert(loop->heap_count < loop->heap_size);
    sift_up(loop, loop->heap_count++, timer);
}

void loop_cancel(struct loop *loop, struct timer *timer) {
    if (timer->heap_index == 0) {
        return;
    }
    size_t slot = timer->heap_index - 1;
    assert(slot < loop->heap_count && loop->heap[slot] == timer);
    timer->heap_index = 0;
    struct timer *last = loop->heap[--loop->heap_count];
    if (last == timer) {
        return;
    }
    if (slot > 0 && earlier(last, loop->heap[(slot - 1) / 2])) {
        sift_up(loop, slot, last);
    } else {
        sift_down(loop, slot, last);
    }
}

bool loop_fd_add(struct loop *loop, int fd, void (*ready)(void *, int64_t), void *ctx) {
    assert(loop->clock == LOOP_REAL);
    for (size_t i = 0; i < loop->fd_count; i++) {
        assert(loop->fds[i].fd != fd); /* its second watcher would never be called */
    }
    if (loop->fd_count == LOOP_FDS) {
        return false;
    }
    loop->fds[loop->fd_count++] = (struct loop_fd){.fd = fd, .ready = ready, .ctx = ctx};
    return true;
}

void loop_fd_remove(struct loop *loop, int fd) {
    for (size_t i = 0; i < loop->fd_count; i++) {
        if (loop->fds[i].fd == fd) {
            loop->fds[i] = loop->fds[--loop->fd_count];
            return;
        }
    }
}

void loop_stop(struct loop *loop) {
    loop->stopped = true;
}

/* At its instant, or now when that is past: time does not go back. */
static void fire_first(struct loop *loop) {
    struct timer *timer = loop->heap[0];
    assert(in_order(loop, 1) && in_order(loop, 2)); /* so this one is the earliest of all */
    assert(timer->at_ns >= loop->now_ns || loop->clock == LOOP_REAL);
    loop->now_ns = timer->at_ns > loop->now_ns ? timer->at_ns : loop->now_ns;
    loop_cancel(loop, timer);
    assert(timer->heap_index == 0); /* it may set itself anew */
    loop->events++;
    timer->fire(timer->ctx, loop->now_ns);
}

static void run_virtual(struct loop *loop, int64_t until_ns) {
    while (!loop->stopped && loop->heap_count > 0 && loop->heap[0]->at_ns <= until_ns) {
        fire_first(loop);
    }
}

/* The clock, between any two things that are done: a reading that comes much too late shows that
 * the whole process was held up, not that it had much to do. */
static int64_t look_at_clock(struct loop *loop) {
    int64_t clock = loop_clock_ns(loop);
    if (clock - loop->expected_ns >= LOOP_HELD_NS && loop->held != NULL) {
        loop->held(loop->late_ctx, loop->expected_ns, clock);
    }
    loop->expected_ns = clock;
    return clock;
}

/* Calls ready() of each descriptor that poll reported, the first with the reading that is there. A
 * call-back may remove descriptors, so each is looked up again by its number. Returns the clock. */
static int64_t dispatch(struct loop *loop, const struct pollfd *polled, size_t count,
                        int64_t clock) {
    assert(count <= LOOP_FDS && loop->clock == LOOP_REAL);
    for (size_t i = 0; i < count && !loop->stopped; i++) {
        if (polled[i].revents == 0) {
            continue;
        }
        for (size_t k = 0; k < loop->fd_count; k++) {
            if (loop->fds[k].fd == polled[i].fd) {
                loop->now_ns = clock > loop->now_ns ? clock : loop->now_ns;
                loop->fds[k].ready(loop->fds[k].ctx, loop->now_ns);
                clock = look_at_clock(loop);
                break;
            }
        }
    }
    return clock;
}

/* Sleeps until wake_ns or a descriptor is ready; a wake_ns in the past only looks. Takes and
 * returns a reading of the clock: where a system call is slow, readings are most of what a turn
 * costs. */
static int64_t wait_for_events(struct loop *loop, int64_t wake_ns, int64_t clock) {
    assert(loop->clock == LOOP_REAL && loop->fd_count <= LOOP_FDS);
    struct pollfd polled[LOOP_FDS];
    size_t count = loop->fd_count;
    for (size_t i = 0; i < count; i++) {
        polled[i] = (struct pollfd){.fd = loop->fds[i].fd, .events = POLLIN};
    }
    int64_t wait = wake_ns > clock ? wake_ns - clock : 0;
    struct timespec limit = {.tv_sec = wait / NS_PER_S, .tv_nsec = wait % NS_PER_S};
    int ready = ppoll(polled, (nfds_t)count, &limit, NULL);
    loop->polled_ns = loop->expected_ns = clock + wait;
    clock = look_at_clock(loop);
    if (ready > 0) {
        clock = dispatch(loop, polled, count, clock);
    } else if (ready < 0 && errno == EINTR) {
        loop->stopped = true; /* a signal handler has something to say */
    }
    return clock;
}

static void fire_late(struct loop *loop, int64_t clock) {
    int64_t late = clock - loop->heap[0]->at_ns;
    assert(late >= 0); /* no timer before its instant */
    loop->late_max_ns = late > loop->late_max_ns ? late : loop->late_max_ns;
    if (loop->late != NULL) {
        loop->late(loop->late_ctx, clock, late);
    }
    fire_first(loop);
}

static bool timer_is_due(const struct loop *loop, int64_t until_ns, int64_t clock) {
    return loop->heap_count > 0 && loop->heap[0]->at_ns <= until_ns &&
           loop->heap[0]->at_ns <= clock;
}

/* Sleeps or, when timers are due, looks at the descriptors now and then: neither starves. */
static void run_real(struct loop *loop, int64_t until_ns) {
    int64_t clock = look_at_clock(loop);
    while (!loop->stopped) {
        int64_t next = loop->heap_count > 0 ? loop->heap[0]->at_ns : LOOP_NEVER;
        int64_t wake = next < until_ns ? next : until_ns;
        if (clock >= until_ns && next > until_ns) {
            return;
        }
        if (clock < wake || clock - loop->polled_ns > LOOP_POLL_NS) {
            clock = wait_for_events(loop, wake, clock);
        }
        if (!loop->stopped && timer_is_due(loop, until_ns, clock)) {
            fire_late(loop, clock);
            clock = look_at_clock(loop);
        }
    }
}

void loop_run(struct loop *loop, int64_t until_ns) {
    int64_t began_ns = loop->now_ns;
    loop->stopped = false;
    if (loop->clock == LOOP_VIRTUAL) {
        run_virtual(loop, until_ns);
    } else {
        run_real(loop, until_ns);
    }
    assert(loop->stopped || loop->heap_count == 0 || loop->heap[0]->at_ns > until_ns);
    if (!loop->stopped && loop->now_ns < until_ns && until_ns != LOOP_NEVER) {
        loop->now_ns = until_ns;
    }
    assert(loop->now_ns >= began_ns);
}
