/* SPDX-License-Identifier: MIT */
/* process.h: the process of one case: started, listened to, and what became of it.
 *
 *   struct case_process process;
 *   process_start(&process, &plan, scenario);
 *   ... poll process.out (-1: it has said all) and process.ended for POLLIN ...
 *   process_listen(&process);                      process.out is readable
 *   process_stop(&process, PROCESS_ENDED);         process.ended is readable: it has gone
 *   process_conclude(&process, PROCESS_ENDED, &result);
 *
 *   if (process_quiet(&process, ms)) ...           the same with PROCESS_STALLED
 *
 * A firmware may run in that process, and then it can write to the pipe and end the process as the
 * bench does. What came through the pipe is believed only when
 *  - the process has ended, not only its pipe, and outside the firmware's code;
 *  - it is what the bench says it wrote, and nothing else;
 *  - it is of the case that was sent, has all its checks, and a verdict that agrees with them;
 *  - nothing is known against the firmware (harness/dut/blame.h), and it left no process behind.
 * A firmware that looks for the bench's own memory can still forge all that: --isolate. */
#ifndef HARNESS_RUN_PROCESS_H
#define HARNESS_RUN_PROCESS_H

#include "harness/plan/plan.h"
#include "reports/record/result.h"
#include "sim/text/buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct scenario;

struct case_process {
    struct run_plan plan;
    const struct scenario *scenario;
    struct progress *progress; /* shared with it, and with no other case's */
    pid_t pid;
    int out;   /* what it writes; -1: closed, everything was read */
    int ended; /* its pidfd: readable when it has ended */
    struct buffer written;
    bool left;           /* it left processes behind, which have been ended */
    bool flooded;        /* it wrote more than any result has: the rest was not taken */
    int64_t seen_ns;     /* its clock when that was seen to move */
    uint64_t seen_calls; /* and its calls of the firmware */
    int quiet_ms;        /* since then */
};

enum process_end {
    PROCESS_ENDED,       /* by itself */
    PROCESS_STALLED,     /* its clock stood still for too long: it is ended */
    PROCESS_INTERRUPTED, /* by whoever runs the bench: it is ended */
};

/* Ends the program with a message where no process can be started. */
void process_start(struct case_process *process, const struct run_plan *plan,
                   const struct scenario *scenario);
void process_listen(struct case_process *process);
/* The same without a process: in this one, up to its end. */
void process_here(const struct run_plan *plan, const struct scenario *scenario,
                  struct result_case *result);
/* So much time has gone by; true: its clock has stood still for too long. */
bool process_quiet(struct case_process *process, int ms);
/* First: it has ended, or is ended now, and with it those that belong to it. */
void process_stop(struct case_process *process, enum process_end end);
/* Always fills the result, which is the caller's, and frees the rest. */
void process_conclude(struct case_process *process, enum process_end end,
                      struct result_case *result);

#endif
