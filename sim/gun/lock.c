/* SPDX-License-Identifier: MIT */
#include "sim/gun/lock.h"

#include <assert.h>
#include <string.h>

#define LOCK_TRAVEL_NS (200 * NS_PER_MS) /* a common actuator; not limited by the standard */

static void show_feedback(struct lock *lock, int64_t now_ns) {
    signal_set(lock->feedback, now_ns, signal_is(lock->closed) && !lock->feedback_lost);
    assert(!signal_is(lock->feedback) || signal_is(lock->closed));
}

static void bolt_arrives(void *ctx, int64_t now_ns) {
    struct lock *lock = ctx;
    assert(!lock->blocked && now_ns - lock->moving_ns >= lock->travel_ns);
    signal_set(lock->closed, now_ns, lock->wanted);
    show_feedback(lock, now_ns);
}

static void start_moving(struct lock *lock, int64_t now_ns) {
    lock->moving_ns = now_ns;
    loop_set(lock->loop, &lock->timer, now_ns + lock->travel_ns);
}

void lock_init(struct lock *lock, struct loop *loop, struct signal_board *board) {
    memset(lock, 0, sizeof *lock);
    lock->loop = loop;
    lock->travel_ns = LOCK_TRAVEL_NS;
    lock->timer = (struct timer){.fire = bolt_arrives, .ctx = lock};
    lock->closed = signal_add(board, "lock.closed", SIGNAL_BOOL, "", "the lock's bolt is home");
    lock->feedback = signal_add(board, "lock.feedback", SIGNAL_BOOL, "",
                                "the lock's feedback contact, as the charger sees it");
    signal_set(lock->closed, loop->now_ns, 0);
    signal_set(lock->feedback, loop->now_ns, 0);
}

void lock_command(struct lock *lock, bool on, int64_t now_ns) {
    if (on == lock->wanted) {
        return;
    }
    lock->wanted = on;
    if (!lock->blocked) {
        start_moving(lock, now_ns);
    }
}

void lock_block(struct lock *lock, bool blocked, int64_t now_ns) {
    lock->blocked = blocked;
    if (blocked) {
        loop_cancel(lock->loop, &lock->timer);
    } else if (lock->wanted != signal_is(lock->closed)) {
        start_moving(lock, now_ns);
    }
    assert(!blocked || !loop_is_set(&lock->timer)); /* what is blocked does not arrive */
}

void lock_lose_feedback(struct lock *lock, bool lost, int64_t now_ns) {
    lock->feedback_lost = lost;
    show_feedback(lock, now_ns);
}
