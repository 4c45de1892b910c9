/* SPDX-License-Identifier: MIT */
/* rtos.h: a small coroutine host, so that firmware made of blocking tasks (FreeRTOS, RTX, ...) runs
 * behind dut.h: no threads, no clock, the same run every time.
 *
 *   struct board {                                     one instance of the firmware
 *       struct rtos rtos;
 *       struct rtos_queue frames;
 *       _Alignas(max_align_t) uint8_t arena[RTOS_ARENA(5)];  tasks, stacks and queues lie in here
 *   };
 *   rtos_init(&board->rtos, board->arena, sizeof board->arena, 10);       in init: a tick of 10 ms
 *   rtos_queue_init(&board->frames, &board->rtos, sizeof(struct dut_can_frame), 32);
 *   rtos_task(&board->rtos, "link", 3, link_task, board, 0);              0: RTOS_STACK_MIN
 *   rtos_send(&board->frames, frame, 0);                                  in on_can, "from the ISR"
 *   if (!rtos_tick(&board->rtos)) { log rtos_fault(&board->rtos); abort(); }   in run, once a tick
 *
 *   static void link_task(void *board) {               a task: a loop that never ends
 *       for (;;) {
 *           if (rtos_receive(&board->frames, &frame, rtos_ticks(&board->rtos, 50))) ...
 *       }
 *   }
 *
 * Scheduling is cooperative: a task runs until it waits. What is ready runs by priority (larger
 * first), and in the order in which it became ready where priorities are equal; nobody is
 * interrupted, a more urgent task that was woken waits for the running one to wait. A tick lets
 * everybody run until all wait, then returns. A task may return: it has ended.
 *
 * Times are ticks; rtos_ticks() makes them of milliseconds, rounded up. A wait of n ticks ends at the
 * n-th tick from now, 0 does not wait, RTOS_FOREVER waits without end. Only tasks may wait: from
 * outside (on_can, on_input, init) every timeout has to be 0.
 *
 * Errors: what returns bool returns false when it could not be done in time. Mistakes of the
 * firmware (a stack that overflowed, an arena that is full, a wait outside a task, a mutex given
 * back by another, tasks that never come to rest) stop all tasks for good: rtos_tick returns false
 * from then on and rtos_fault says in a sentence what it was and what to do.
 *
 * Stacks: below each lies a red zone, looked at whenever a task waits; an overflow of up to
 * RTOS_RED_ZONE bytes is told without damage to anybody else, a greater one by the stack pointer,
 * if the task waits down there. Nothing is kept outside the instance but which one runs now. */
#ifndef RTOS_H
#define RTOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTOS_TASKS_MAX 24
#define RTOS_FOREVER   UINT32_MAX
#define RTOS_RED_ZONE  2048u
/* A desk machine needs more than a board: printf takes kilobytes, and a signal's frame with wide
 * registers lies on the stack of whoever runs (up to 11 KiB on x86-64). */
#define RTOS_STACK_MIN (64u * 1024u)
/* Arena for so many tasks with RTOS_STACK_MIN each, and 16 KiB for queues. */
#define RTOS_ARENA(tasks) ((tasks) * (RTOS_STACK_MIN + RTOS_RED_ZONE + 4096u) + 16384u)

struct rtos_task;

struct rtos {
    struct rtos_task *tasks[RTOS_TASKS_MAX];
    size_t task_count;
    struct rtos_task *running; /* NULL: the host */
    struct rtos_host *host;    /* where rtos_tick waits for its tasks */
    uint64_t now;              /* ticks since rtos_init */
    uint32_t tick_ms;
    uint64_t turns; /* orders those that wait, and those that are ready */
    uint8_t *arena;
    size_t arena_bytes, arena_used;
    char fault[200]; /* empty: none */
};

void rtos_init(struct rtos *rtos, void *arena, size_t bytes, uint32_t tick_ms);

/* A piece of the arena, zeroed, aligned for everything. NULL and a fault when it is full. */
void *rtos_allocate(struct rtos *rtos, size_t bytes);

/* NULL and a fault when there is no room. name stays the caller's. stack_bytes below RTOS_STACK_MIN
 * count as RTOS_STACK_MIN. It runs from the next tick on. */
struct rtos_task *rtos_task(struct rtos *rtos, const char *name, unsigned priority,
                            void (*entry)(void *), void *argument, size_t stack_bytes);

/* One tick. False: see rtos_fault. */
bool rtos_tick(struct rtos *rtos);
const char *rtos_fault(const struct rtos *rtos); /* NULL: none */

/* Whose task calls, or who was set up last: for interfaces without a handle (freertos/). */
struct rtos *rtos_active(void);

uint32_t rtos_ticks(const struct rtos *rtos, uint32_t ms); /* rounded up */
uint64_t rtos_now(const struct rtos *rtos);                /* ticks */
/* The most that task has used of its stack at a wait, in bytes. */
size_t rtos_stack_used(const struct rtos_task *task);

/* For tasks. */
void rtos_delay(struct rtos *rtos, uint32_t ticks);
/* Until *last + ticks, which becomes the new *last: a period without drift. */
void rtos_delay_until(struct rtos *rtos, uint64_t *last, uint32_t ticks);
void rtos_yield(struct rtos *rtos); /* to those as urgent that are ready too */

/* Queues hand over copies, first in first out. */
struct rtos_queue {
    struct rtos *rtos;
    uint8_t *items;
    size_t item_bytes, length, count, first;
};
bool rtos_queue_init(struct rtos_queue *queue, struct rtos *rtos, size_t item_bytes, size_t length);
bool rtos_send(struct rtos_queue *queue, const void *item, uint32_t timeout);
bool rtos_receive(struct rtos_queue *queue, void *item, uint32_t timeout);

/* Counting semaphores; a binary one has most = 1. */
struct rtos_semaphore {
    struct rtos *rtos;
    uint32_t count, most;
};
void rtos_semaphore_init(struct rtos_semaphore *semaphore, struct rtos *rtos, uint32_t count,
                         uint32_t most);
bool rtos_take(struct rtos_semaphore *semaphore, uint32_t timeout);
bool rtos_give(struct rtos_semaphore *semaphore); /* false: full already */

/* Only tasks own mutexes. The owner may lock again; it unlocks as often. Priorities are not
 * inherited: nobody is interrupted, so there is nothing to invert. */
struct rtos_mutex {
    struct rtos *rtos;
    struct rtos_task *owner;
    uint32_t depth;
};
void rtos_mutex_init(struct rtos_mutex *mutex, struct rtos *rtos);
bool rtos_lock(struct rtos_mutex *mutex, uint32_t timeout);
void rtos_unlock(struct rtos_mutex *mutex);

/* Event flags: 32 bits that tasks wait for. */
struct rtos_flags {
    struct rtos *rtos;
    uint32_t bits;
};
enum rtos_wait {
    RTOS_ANY = 0,
    RTOS_ALL = 1,
    RTOS_KEEP = 2, /* leave the bits set; else those waited for are cleared when they came */
};
void rtos_flags_init(struct rtos_flags *flags, struct rtos *rtos);
void rtos_flags_set(struct rtos_flags *flags, uint32_t bits);
void rtos_flags_clear(struct rtos_flags *flags, uint32_t bits);
/* The bits as they were when it ended, whether they sufficed or the time was up. */
uint32_t rtos_flags_wait(struct rtos_flags *flags, uint32_t bits, unsigned how, uint32_t timeout);

#endif
