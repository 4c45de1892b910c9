/* SPDX-License-Identifier: MIT */
/* internal.h: how objects.c lets tasks wait (tasks.c).
 *
 *   struct rtos_waiting waiting = rtos_waiting(rtos, timeout);
 *   while (nothing there) {
 *       if (!rtos_wait_on(rtos, &waiting, object)) return false;     time is up
 *   }
 *   ...
 *   rtos_wake_one(rtos, object);   whoever is most urgent, then has waited longest
 *
 * Who was woken and finds that another was quicker keeps its place in the line. */
#ifndef RTOS_INTERNAL_H
#define RTOS_INTERNAL_H

#include "rtos.h"

struct rtos_waiting {
    uint64_t until; /* tick; UINT64_MAX: for ever */
    uint64_t turn;
};

struct rtos_waiting rtos_waiting(struct rtos *rtos, uint32_t timeout);
/* object NULL: for time alone. False: until has come. */
bool rtos_wait_on(struct rtos *rtos, const struct rtos_waiting *waiting, const void *object);
void rtos_wake_one(struct rtos *rtos, const void *object);
void rtos_wake_all(struct rtos *rtos, const void *object);
/* The first fault stays. Within a task it does not return. */
void rtos_fail(struct rtos *rtos, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
