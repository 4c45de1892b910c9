/* SPDX-License-Identifier: MIT */
#include "rtos.h"

#include "internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#define FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBERS 1
#endif
#endif
#ifdef FIBERS
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
/* Looks at stacks of others, where the sanitizer guards variables. */
#define LOOKS_AT_STACKS __attribute__((no_sanitize_address))
#else
#define LOOKS_AT_STACKS
#endif

#define PATTERN 0xC5
/* Far more turns than a firmware takes in one tick: it spins with rtos_yield. */
#define TURNS_MAX 20000

enum state {
    READY,
    WAITING,
    ENDED,
};

/* A place to switch to and from; the sanitizer wants to be told of it. */
struct place {
    ucontext_t context;
    void *fake_stack;
    const void *stack;
    size_t stack_bytes;
};

struct rtos_host {
    struct place place;
};

struct rtos_task {
    struct place place;
    const char *name;
    unsigned priority;
    enum state state;
    const void *object; /* that it waits for; NULL: time alone */
    uint64_t until;     /* tick at which the wait ends */
    uint64_t turn;      /* smaller: first */
    bool late;          /* the wait ended because its time was up */
    struct rtos *rtos;
    void (*entry)(void *);
    void *argument;
    uint8_t *bottom; /* of the red zone, RTOS_RED_ZONE below the stack */
    size_t stack_bytes;
};

/* The only thing outside instances: whose functions without a handle are meant. */
static struct rtos *active;

struct rtos *rtos_active(void) {
    return active;
}

/* From one place to another, until somebody switches back. forever: from is not wanted again. */
static void switch_to(struct place *from, struct place *to, bool forever) {
#ifdef FIBERS
    __sanitizer_start_switch_fiber(forever ? NULL : &from->fake_stack, to->stack, to->stack_bytes);
#else
    (void)forever;
#endif
    swapcontext(&from->context, &to->context);
#ifdef FIBERS
    __sanitizer_finish_switch_fiber(from->fake_stack, NULL, NULL);
#endif
}

static void to_host(struct rtos_task *task, bool forever) {
    switch_to(&task->place, &task->rtos->host->place, forever);
}

void rtos_fail(struct rtos *rtos, const char *format, ...) {
    va_list arguments;
    if (rtos->fault[0] == '\0') {
        va_start(arguments, format);
        vsnprintf(rtos->fault, sizeof rtos->fault, format, arguments);
        va_end(arguments);
    }
    while (rtos->running != NULL) {
        to_host(rtos->running, false); /* nobody is let run any more */
    }
}

void rtos_init(struct rtos *rtos, void *arena, size_t bytes, uint32_t tick_ms) {
    assert(tick_ms > 0);
    assert((uintptr_t)arena % _Alignof(max_align_t) == 0);
    memset(rtos, 0, sizeof *rtos);
    rtos->arena = arena;
    rtos->arena_bytes = bytes;
    rtos->tick_ms = tick_ms;
    active = rtos;
    rtos->host = rtos_allocate(rtos, sizeof *rtos->host);
}

void *rtos_allocate(struct rtos *rtos, size_t bytes) {
    const size_t unit = _Alignof(max_align_t);
    const size_t left = rtos->arena_bytes - rtos->arena_used;
    void *piece;
    if (bytes > left || (bytes + unit - 1) / unit * unit > left) {
        rtos_fail(rtos, "the arena of %zu bytes is full: %zu more are wanted (give rtos_init more)",
                  rtos->arena_bytes, bytes - left);
        return NULL;
    }
    piece = rtos->arena + rtos->arena_used;
    rtos->arena_used += (bytes + unit - 1) / unit * unit;
    return memset(piece, 0, bytes);
}

/* makecontext hands over ints: the pointer to the task in two of them. */
static void begin(unsigned high, unsigned low) {
    struct rtos_task *task = (struct rtos_task *)((uintptr_t)high << 16 << 16 | (uintptr_t)low);
#ifdef FIBERS
    struct place *host = &task->rtos->host->place;
    __sanitizer_finish_switch_fiber(NULL, &host->stack, &host->stack_bytes);
#endif
    task->entry(task->argument);
    task->state = ENDED;
    to_host(task, true);
}

static void prepare(struct rtos_task *task) {
    const uintptr_t address = (uintptr_t)task;
    task->place.stack = task->bottom + RTOS_RED_ZONE;
    task->place.stack_bytes = task->stack_bytes;
    memset(task->bottom, PATTERN, RTOS_RED_ZONE + task->stack_bytes);
    getcontext(&task->place.context);
    task->place.context.uc_stack.ss_sp = task->bottom + RTOS_RED_ZONE;
    task->place.context.uc_stack.ss_size = task->stack_bytes;
    task->place.context.uc_link = NULL;
    makecontext(&task->place.context, (void (*)(void))begin, 2, (unsigned)(address >> 16 >> 16),
                (unsigned)address);
}

struct rtos_task *rtos_task(struct rtos *rtos, const char *name, unsigned priority,
                            void (*entry)(void *), void *argument, size_t stack_bytes) {
    struct rtos_task *task;
    uint8_t *bottom;
    if (rtos->task_count == RTOS_TASKS_MAX) {
        rtos_fail(rtos, "no room for task %s: there are %d already (RTOS_TASKS_MAX)", name,
                  RTOS_TASKS_MAX);
        return NULL;
    }
    if (stack_bytes < RTOS_STACK_MIN) {
        stack_bytes = RTOS_STACK_MIN;
    }
    stack_bytes = stack_bytes / 64 * 64;
    /* The task above its stack, where an overflow does not reach what tells of it. */
    bottom = rtos_allocate(rtos, RTOS_RED_ZONE + stack_bytes);
    task = bottom == NULL ? NULL : rtos_allocate(rtos, sizeof *task);
    if (task == NULL) {
        return NULL;
    }
    *task = (struct rtos_task){.name = name, .priority = priority, .rtos = rtos, .entry = entry};
    task->argument = argument;
    task->turn = ++rtos->turns;
    task->stack_bytes = stack_bytes;
    task->bottom = bottom;
    prepare(task);
    rtos->tasks[rtos->task_count++] = task;
    return task;
}

LOOKS_AT_STACKS static size_t untouched(const struct rtos_task *task) {
    const size_t all = RTOS_RED_ZONE + task->stack_bytes;
    size_t bytes = 0;
    while (bytes < all && task->bottom[bytes] == PATTERN) {
        bytes++;
    }
    return bytes;
}

size_t rtos_stack_used(const struct rtos_task *task) {
    const size_t bytes = untouched(task);
    return bytes < RTOS_RED_ZONE ? task->stack_bytes : RTOS_RED_ZONE + task->stack_bytes - bytes;
}

/* Where the stack stands while its task waits: below its end, or has it been there? At every wait:
 * eight bytes at a time. */
LOOKS_AT_STACKS static bool overflowed(const struct rtos_task *task, const void *stands_at) {
    uint64_t untouched_bytes, bytes, changed = 0;
    memset(&untouched_bytes, PATTERN, sizeof untouched_bytes);
    for (size_t i = 0; i < RTOS_RED_ZONE; i += sizeof bytes) {
        memcpy(&bytes, task->bottom + i, sizeof bytes);
        changed |= bytes ^ untouched_bytes;
    }
    return changed != 0 || (uintptr_t)stands_at < (uintptr_t)(task->bottom + RTOS_RED_ZONE);
}

static void tell_overflow(struct rtos_task *task) {
    rtos_fail(task->rtos, "task %s overflowed its stack of %zu bytes (give rtos_task more)",
              task->name, task->stack_bytes);
}

struct rtos_waiting rtos_waiting(struct rtos *rtos, uint32_t timeout) {
    return (struct rtos_waiting){
        .until = timeout == RTOS_FOREVER ? UINT64_MAX : rtos->now + timeout,
        .turn = ++rtos->turns,
    };
}

/* The running task's leave of the others, and its return. */
static void leave(struct rtos_task *task) {
    if (overflowed(task, __builtin_frame_address(0))) {
        tell_overflow(task);
    }
    to_host(task, false);
}

bool rtos_wait_on(struct rtos *rtos, const struct rtos_waiting *waiting, const void *object) {
    struct rtos_task *task = rtos->running;
    if (waiting->until <= rtos->now) {
        return false;
    }
    if (task == NULL) {
        rtos_fail(rtos, "a wait outside a task (from on_can, on_input or init use timeout 0)");
        return false;
    }
    task->state = WAITING;
    task->object = object;
    task->until = waiting->until;
    task->turn = waiting->turn;
    task->late = false;
    leave(task);
    return !task->late;
}

static bool before(const struct rtos_task *task, const struct rtos_task *other) {
    return other == NULL || task->priority > other->priority ||
           (task->priority == other->priority && task->turn < other->turn);
}

static struct rtos_task *first(const struct rtos *rtos, enum state state, const void *object) {
    struct rtos_task *found = NULL;
    for (size_t i = 0; i < rtos->task_count; i++) {
        struct rtos_task *task = rtos->tasks[i];
        const bool fits = task->state == state && (state == READY || task->object == object);
        if (fits && before(task, found)) {
            found = task;
        }
    }
    return found;
}

static void make_ready(struct rtos_task *task, bool late) {
    task->state = READY;
    task->object = NULL;
    task->late = late;
    task->turn = ++task->rtos->turns;
}

void rtos_wake_one(struct rtos *rtos, const void *object) {
    struct rtos_task *task = first(rtos, WAITING, object);
    if (task != NULL) {
        make_ready(task, false);
    }
}

void rtos_wake_all(struct rtos *rtos, const void *object) {
    struct rtos_task *task;
    while ((task = first(rtos, WAITING, object)) != NULL) {
        make_ready(task, false);
    }
}

/* Those whose time has come, the longest waiting first. */
static void wake_late(struct rtos *rtos) {
    for (;;) {
        struct rtos_task *due = NULL;
        for (size_t i = 0; i < rtos->task_count; i++) {
            struct rtos_task *task = rtos->tasks[i];
            if (task->state == WAITING && task->until <= rtos->now &&
                (due == NULL || task->turn < due->turn)) {
                due = task;
            }
        }
        if (due == NULL) {
            return;
        }
        make_ready(due, true);
    }
}

static void let_run(struct rtos *rtos, struct rtos_task *task) {
    rtos->running = task;
    switch_to(&rtos->host->place, &task->place, false);
    rtos->running = NULL;
    if (task->state == ENDED && overflowed(task, task->bottom + RTOS_RED_ZONE)) {
        tell_overflow(task); /* whoever waits has been looked at when it left */
    }
}

bool rtos_tick(struct rtos *rtos) {
    struct rtos *before_us = active;
    struct rtos_task *task;
    unsigned turns = 0;
    active = rtos;
    rtos->now++;
    wake_late(rtos);
    while (rtos->fault[0] == '\0' && (task = first(rtos, READY, NULL)) != NULL) {
        if (++turns > TURNS_MAX) {
            rtos_fail(rtos, "the tasks never come to rest: %s yields and does not wait",
                      task->name);
            break;
        }
        let_run(rtos, task);
    }
    active = before_us;
#ifdef FIBERS
    /* A power failure: the bench clears the instance, with frames on these stacks. */
    ASAN_UNPOISON_MEMORY_REGION(rtos->arena, rtos->arena_bytes);
#endif
    return rtos->fault[0] == '\0';
}

const char *rtos_fault(const struct rtos *rtos) {
    return rtos->fault[0] == '\0' ? NULL : rtos->fault;
}

uint32_t rtos_ticks(const struct rtos *rtos, uint32_t ms) {
    return ms / rtos->tick_ms + (ms % rtos->tick_ms != 0);
}

uint64_t rtos_now(const struct rtos *rtos) {
    return rtos->now;
}

void rtos_delay(struct rtos *rtos, uint32_t ticks) {
    const struct rtos_waiting waiting = rtos_waiting(rtos, ticks);
    rtos_wait_on(rtos, &waiting, NULL);
}

void rtos_delay_until(struct rtos *rtos, uint64_t *last, uint32_t ticks) {
    const struct rtos_waiting waiting = {.until = *last + ticks, .turn = ++rtos->turns};
    *last += ticks;
    rtos_wait_on(rtos, &waiting, NULL);
}

void rtos_yield(struct rtos *rtos) {
    struct rtos_task *task = rtos->running;
    if (task != NULL) {
        task->turn = ++rtos->turns;
        leave(task);
    }
}
