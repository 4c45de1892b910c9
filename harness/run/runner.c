/* SPDX-License-Identifier: MIT */
#include "harness/run/runner.h"

#include "harness/run/orphans.h"
#include "harness/run/process.h"
#include "sim/memory.h"

#include <assert.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define POLL_MS 100

static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
}

void runner_catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool runner_interrupted(void) {
    return interrupted != 0;
}

unsigned runner_processors(void) {
    cpu_set_t usable;
    int count = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
    return count < 1 ? 1 : count > RUNNER_LANES_MAX ? RUNNER_LANES_MAX : (unsigned)count;
}

struct lane {
    bool busy;
    size_t index; /* of its task */
    int64_t began_ns;
    struct case_process process;
};

/* A task whose turn to be told has not come yet. */
struct outcome {
    bool over; /* there is a result, or it was left out */
    struct result_case result;
};

struct pool {
    const struct runner_work *work;
    struct lane lanes[RUNNER_LANES_MAX];
    struct outcome *outcomes; /* by task */
    size_t next;              /* task to begin */
    size_t told;              /* before this one all were told */
    bool enough;              /* the receiver wants no more */
    int64_t turn_ns;          /* when the last turn was */
};

/* What was told was begun; a busy lane's task is under way. */
static bool is_sound(const struct pool *pool) {
    bool sound = pool->told <= pool->next && pool->next <= pool->work->count;
    for (unsigned i = 0; i < pool->work->lanes; i++) {
        const struct lane *lane = &pool->lanes[i];
        sound = sound && (!lane->busy || (lane->index < pool->next && lane->index >= pool->told &&
                                          !pool->outcomes[lane->index].over));
    }
    return sound;
}

static int64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void begin_in(struct pool *pool, struct lane *lane) {
    struct runner_task task;
    while (!lane->busy && pool->next < pool->work->count) {
        size_t index = pool->next++;
        lane->index = index;
        if (pool->work->task(pool->work->ctx, index, &task)) {
            lane->busy = true;
            lane->began_ns = clock_ns();
            process_start(&lane->process, &task.plan, task.scenario);
        } else {
            pool->outcomes[index].over = true;
        }
    }
}

static bool end_orphans(const struct pool *pool) {
    pid_t known[RUNNER_LANES_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < pool->work->lanes; i++) {
        if (pool->lanes[i].busy) {
            known[count++] = pool->lanes[i].process.pid;
        }
    }
    return orphans_end(known, count);
}

static void end_in(struct pool *pool, struct lane *lane, enum process_end end) {
    struct outcome *outcome = &pool->outcomes[lane->index];
    assert(lane->busy && !outcome->over);
    process_stop(&lane->process, end);
    lane->process.left = end_orphans(pool);
    process_conclude(&lane->process, end, &outcome->result);
    outcome->result.took_ns = clock_ns() - lane->began_ns;
    outcome->over = true;
    lane->busy = false;
}

/* The time without progress is counted in turns of our own, none longer than we asked for: when the
 * whole machine stands still, or all are stopped, no case has hung. */
static int turn_ms(struct pool *pool) {
    int64_t now_ns = clock_ns(), took_ms = (now_ns - pool->turn_ns) / 1000000;
    pool->turn_ns += took_ms * 1000000;
    assert(took_ms >= 0 && pool->turn_ns <= now_ns);
    return took_ms < POLL_MS ? (int)took_ms : POLL_MS;
}

static void listen_to_all(struct pool *pool) {
    assert(is_sound(pool));
    struct pollfd polled[2 * RUNNER_LANES_MAX];
    nfds_t count = 2 * pool->work->lanes;
    for (unsigned i = 0; i < pool->work->lanes; i++) {
        const struct lane *lane = &pool->lanes[i];
        polled[2 * i] =
            (struct pollfd){.fd = lane->busy ? lane->process.ended : -1, .events = POLLIN};
        polled[2 * i + 1] =
            (struct pollfd){.fd = lane->busy ? lane->process.out : -1, .events = POLLIN};
    }
    if (poll(polled, count, POLL_MS) < 0 || interrupted) {
        return;
    }
    int ms = turn_ms(pool);
    for (unsigned i = 0; i < pool->work->lanes; i++) {
        struct lane *lane = &pool->lanes[i];
        if (!lane->busy) {
            continue;
        }
        if (polled[2 * i + 1].revents != 0) {
            process_listen(&lane->process);
        }
        if (polled[2 * i].revents != 0) {
            end_in(pool, lane, PROCESS_ENDED);
        } else if (process_quiet(&lane->process, ms)) {
            end_in(pool, lane, PROCESS_STALLED);
        }
    }
}

static bool was_run(const struct outcome *outcome) {
    return outcome->over && outcome->result.id != NULL;
}

/* The receiver takes it over. */
static void tell(struct pool *pool, size_t index) {
    assert(pool->outcomes[index].over);
    struct outcome *outcome = &pool->outcomes[index];
    if (was_run(outcome)) {
        pool->enough = !pool->work->done(pool->work->ctx, index, &outcome->result);
        outcome->result = (struct result_case){0};
    }
}

static void tell_those_in_turn(struct pool *pool) {
    while (!pool->enough && pool->told < pool->next && pool->outcomes[pool->told].over) {
        tell(pool, pool->told++);
    }
}

static void end_all(struct pool *pool) {
    for (unsigned i = 0; i < pool->work->lanes; i++) {
        struct lane *lane = &pool->lanes[i];
        if (lane->busy) {
            end_in(pool, lane, PROCESS_INTERRUPTED);
            result_case_clear(&pool->outcomes[lane->index].result);
            if (pool->enough && pool->work->dropped != NULL) {
                pool->work->dropped(pool->work->ctx, lane->index);
            }
        }
    }
}

/* An interruption leaves gaps; what had finished behind them was run for all that. */
static void tell_the_rest(struct pool *pool) {
    for (; pool->told < pool->next; pool->told++) {
        struct outcome *outcome = &pool->outcomes[pool->told];
        if (!pool->enough) {
            tell(pool, pool->told);
        } else if (was_run(outcome)) {
            result_case_clear(&outcome->result);
            if (pool->work->dropped != NULL) {
                pool->work->dropped(pool->work->ctx, pool->told);
            }
        }
    }
}

/* Who stands at a breakpoint has not hung, and a debugger follows no process that is started. */
static void run_here(const struct runner_work *work) {
    struct runner_task task;
    struct result_case result = {0};
    assert(work->count == 1);
    if (work->task(work->ctx, 0, &task)) {
        process_here(&task.plan, task.scenario, &result);
        (void)work->done(work->ctx, 0, &result);
    }
}

void runner_run(const struct runner_work *work) {
    assert(work->lanes >= 1 && work->lanes <= RUNNER_LANES_MAX);
    if (work->here) {
        run_here(work);
        return;
    }
    struct pool *pool = memory_zeroed(1, sizeof *pool);
    pool->work = work;
    pool->outcomes = memory_zeroed(work->count, sizeof *pool->outcomes);
    pool->turn_ns = clock_ns();
    orphans_adopt();
    while (!interrupted && !pool->enough && pool->told < work->count) {
        for (unsigned i = 0; i < work->lanes; i++) {
            begin_in(pool, &pool->lanes[i]);
        }
        tell_those_in_turn(pool);
        if (!pool->enough && pool->told < pool->next) {
            listen_to_all(pool);
        }
    }
    end_all(pool);
    (void)end_orphans(pool);
    tell_the_rest(pool);
    assert(is_sound(pool) && pool->told == pool->next); /* none is forgotten */
    free(pool->outcomes);
    free(pool);
}
