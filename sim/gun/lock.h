/* SPDX-License-Identifier: MIT */
/* lock.h: the electronic lock of the plug (GB/T 20234.1, GB/T 18487.1-2015 annex C): a bolt that
 * takes its time, with a feedback contact that can be lost.
 *
 *   lock_init(&lock, &loop, &board);
 *   lock_command(&lock, true, now);     lock.closed and lock.feedback follow after travel_ns
 *   lock_block(&lock, true, now);       the bolt does not move any more
 *   lock_lose_feedback(&lock, true, now) */
#ifndef SIM_GUN_LOCK_H
#define SIM_GUN_LOCK_H

#include "sim/loop.h"
#include "sim/signal.h"

struct lock {
    struct loop *loop;
    int64_t travel_ns;
    int64_t moving_ns; /* since when the bolt has been on its way, or was */
    bool wanted, blocked, feedback_lost;
    struct signal *closed, *feedback;
    struct timer timer;
};

void lock_init(struct lock *lock, struct loop *loop, struct signal_board *board);
void lock_command(struct lock *lock, bool on, int64_t now_ns);
void lock_block(struct lock *lock, bool blocked, int64_t now_ns);
void lock_lose_feedback(struct lock *lock, bool lost, int64_t now_ns);

#endif
