/* SPDX-License-Identifier: MIT */
#include "rtos.h"

#include "internal.h"

#include <assert.h>
#include <string.h>

bool rtos_queue_init(struct rtos_queue *queue, struct rtos *rtos, size_t item_bytes,
                     size_t length) {
    assert(item_bytes > 0 && length > 0);
    *queue = (struct rtos_queue){.rtos = rtos, .item_bytes = item_bytes, .length = length};
    queue->items = rtos_allocate(rtos, item_bytes * length);
    return queue->items != NULL;
}

/* Who waits for an item waits on the queue, who waits for room on its field length. */
bool rtos_send(struct rtos_queue *queue, const void *item, uint32_t timeout) {
    const struct rtos_waiting waiting = rtos_waiting(queue->rtos, timeout);
    size_t place;
    while (queue->count == queue->length) {
        if (!rtos_wait_on(queue->rtos, &waiting, &queue->length)) {
            return false;
        }
    }
    place = (queue->first + queue->count) % queue->length;
    memcpy(queue->items + place * queue->item_bytes, item, queue->item_bytes);
    queue->count++;
    rtos_wake_one(queue->rtos, queue);
    return true;
}

bool rtos_receive(struct rtos_queue *queue, void *item, uint32_t timeout) {
    const struct rtos_waiting waiting = rtos_waiting(queue->rtos, timeout);
    while (queue->count == 0) {
        if (!rtos_wait_on(queue->rtos, &waiting, queue)) {
            return false;
        }
    }
    memcpy(item, queue->items + queue->first * queue->item_bytes, queue->item_bytes);
    queue->first = (queue->first + 1) % queue->length;
    queue->count--;
    rtos_wake_one(queue->rtos, &queue->length);
    return true;
}

void rtos_semaphore_init(struct rtos_semaphore *semaphore, struct rtos *rtos, uint32_t count,
                         uint32_t most) {
    assert(most > 0 && count <= most);
    *semaphore = (struct rtos_semaphore){.rtos = rtos, .count = count, .most = most};
}

bool rtos_take(struct rtos_semaphore *semaphore, uint32_t timeout) {
    const struct rtos_waiting waiting = rtos_waiting(semaphore->rtos, timeout);
    while (semaphore->count == 0) {
        if (!rtos_wait_on(semaphore->rtos, &waiting, semaphore)) {
            return false;
        }
    }
    semaphore->count--;
    return true;
}

bool rtos_give(struct rtos_semaphore *semaphore) {
    if (semaphore->count == semaphore->most) {
        return false;
    }
    semaphore->count++;
    rtos_wake_one(semaphore->rtos, semaphore);
    return true;
}

void rtos_mutex_init(struct rtos_mutex *mutex, struct rtos *rtos) {
    *mutex = (struct rtos_mutex){.rtos = rtos};
}

bool rtos_lock(struct rtos_mutex *mutex, uint32_t timeout) {
    const struct rtos_waiting waiting = rtos_waiting(mutex->rtos, timeout);
    if (mutex->rtos->running == NULL) {
        rtos_fail(mutex->rtos, "a mutex was locked outside a task");
        return false;
    }
    while (mutex->owner != NULL && mutex->owner != mutex->rtos->running) {
        if (!rtos_wait_on(mutex->rtos, &waiting, mutex)) {
            return false;
        }
    }
    mutex->owner = mutex->rtos->running;
    mutex->depth++;
    return true;
}

void rtos_unlock(struct rtos_mutex *mutex) {
    if (mutex->owner == NULL || mutex->owner != mutex->rtos->running) {
        rtos_fail(mutex->rtos, "a mutex was unlocked by a task that does not own it");
        return;
    }
    if (--mutex->depth == 0) {
        mutex->owner = NULL;
        rtos_wake_one(mutex->rtos, mutex);
    }
}

void rtos_flags_init(struct rtos_flags *flags, struct rtos *rtos) {
    *flags = (struct rtos_flags){.rtos = rtos};
}

void rtos_flags_set(struct rtos_flags *flags, uint32_t bits) {
    flags->bits |= bits;
    rtos_wake_all(flags->rtos, flags);
}

void rtos_flags_clear(struct rtos_flags *flags, uint32_t bits) {
    flags->bits &= ~bits;
}

static bool suffice(uint32_t have, uint32_t bits, unsigned how) {
    return (how & RTOS_ALL) != 0 ? (have & bits) == bits : (have & bits) != 0;
}

uint32_t rtos_flags_wait(struct rtos_flags *flags, uint32_t bits, unsigned how, uint32_t timeout) {
    const struct rtos_waiting waiting = rtos_waiting(flags->rtos, timeout);
    uint32_t had;
    while (!suffice(flags->bits, bits, how)) {
        if (!rtos_wait_on(flags->rtos, &waiting, flags)) {
            return flags->bits;
        }
    }
    had = flags->bits;
    if ((how & RTOS_KEEP) == 0) {
        flags->bits &= ~bits;
    }
    return had;
}
