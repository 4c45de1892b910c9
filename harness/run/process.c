/* SPDX-License-Identifier: MIT */
#include "harness/run/process.h"

#include "harness/dut/pile_process.h"
#include "harness/judge/verdict.h"
#include "harness/run/case.h"
#include "harness/run/runner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_RESULT  0 /* the child's: a result line was written */
#define EXIT_PROBLEM 9 /* the child's: a problem line was written */

/* ---- in the case's process ---- */

static void write_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            _exit(EXIT_PROBLEM);
        }
        bytes += written;
        count -= (size_t)written;
    }
}

/* Everything of the parent's but its three standard ones: the record it writes, and what other
 * cases tell it. */
static void close_others(int out) {
    if (out > 3) {
        close_range(3, (unsigned)out - 1, 0);
    }
    close_range((unsigned)out + 1, ~0U, 0);
}

_Noreturn static void run_case(const struct case_process *process, pid_t parent, int out) {
    setpgid(0, 0); /* a group of its own: it gets no signal that is meant for the run */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { /* it died before that */
        _exit(EXIT_PROBLEM);
    }
    signal(SIGINT, SIG_IGN);  /* a case ends with its run */
    signal(SIGTTOU, SIG_IGN); /* a group in the background may write to the terminal */
    close_others(out);
    struct result_case result = {0};
    struct problem problem = {0};
    if (!case_run(&process->plan, process->scenario, process->progress, &result, &problem)) {
        write_all(out, problem.text, strlen(problem.text));
        _exit(EXIT_PROBLEM);
    }
    char *line = result_case_to_json(&result);
    write_all(out, line, strlen(line));
    free(line);
    result_case_clear(&result);
    fflush(NULL);
    exit(EXIT_RESULT); /* not _exit: coverage and sanitizers report at exit */
}

/* ---- in the runner ---- */

_Noreturn static void cannot_start(void) {
    perror("pilebench: cannot start a case");
    exit(4);
}

/* Of this case alone: processes that are started later do not have it. */
static struct progress *share_progress(void) {
    struct progress *progress =
        mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED) {
        cannot_start();
    }
    return progress;
}

void process_start(struct case_process *process, const struct run_plan *plan,
                   const struct scenario *scenario) {
    int ends[2];
    pid_t parent = getpid();
    *process = (struct case_process){
        .plan = *plan, .scenario = scenario, .progress = share_progress(), .seen_ns = -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        cannot_start();
    }
    fflush(NULL);
    process->pid = fork();
    if (process->pid == 0) {
        run_case(process, parent, ends[1]);
    }
    (void)setpgid(process->pid, process->pid);
    close(ends[1]);
    process->out = ends[0];
    process->ended = process->pid > 0 ? (int)syscall(SYS_pidfd_open, process->pid, 0) : -1;
    if (process->ended < 0) {
        cannot_start();
    }
    (void)fcntl(process->out, F_SETFL, O_NONBLOCK);
    (void)madvise(process->progress, sizeof *process->progress, MADV_DONTFORK);
}

static void close_out(struct case_process *process) {
    if (process->out >= 0) {
        close(process->out);
        process->out = -1;
    }
}

void process_listen(struct case_process *process) {
    while (process->out >= 0) {
        char bytes[65536];
        ssize_t got = read(process->out, bytes, sizeof bytes);
        if (got > 0) {
            buffer_put_bytes(&process->written, bytes, (size_t)got);
        } else if (got < 0 && errno == EINTR) {
            continue;
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else {
            close_out(process);
        }
    }
}

bool process_quiet(struct case_process *process, int ms) {
    assert(ms >= 0);
    process->quiet_ms += ms;
    if (process->progress->now_ns != process->seen_ns) {
        process->seen_ns = process->progress->now_ns;
        process->quiet_ms = 0;
    }
    return process->quiet_ms >= RUNNER_STALL_S * 1000;
}

/* The result of a case whose process could not give one. */
static void conclude_lost(const struct case_process *process, struct verdict_facts facts,
                          struct result_case *result) {
    assert(facts.end >= CASE_CRASHED);
    facts.inside_firmware = process->progress->inside_dut != 0;
    /* The firmware ran in that process and can have written anything there. */
    facts.ended_ns = process->progress->now_ns > 0 ? process->progress->now_ns : 0;
    facts.quiet_s = RUNNER_STALL_S;
    memset(result, 0, sizeof *result);
    case_identify(&process->plan, process->scenario, result);
    result->duration_ns = facts.ended_ns;
    verdict_give(&facts, result);
}

/* The case as its process wrote it; false: why says what is wrong with it. */
static bool take_result(const char *written, struct result_case *result, struct problem *problem) {
    struct result_case *read = result_case_from_json(written, problem);
    if (read == NULL) {
        return false;
    }
    if (!verdict_agrees(read)) { /* the firmware ran in that process and can have damaged it */
        result_case_free(read);
        return problem_set(problem, "its verdict contradicts its checks");
    }
    *result = *read;
    free(read);
    return true;
}

static void conclude_ended(const struct case_process *process, int status,
                           struct result_case *result) {
    const char *written = process->written.chars;
    struct verdict_facts facts = {.end = CASE_EXITED};
    struct problem problem = {0};
    if (WIFSIGNALED(status)) {
        const char *name = strsignal(WTERMSIG(status));
        facts.end = CASE_CRASHED;
        facts.detail = (struct phrase){name, name};
    } else if (written != NULL && WEXITSTATUS(status) == EXIT_PROBLEM) {
        facts.end = CASE_BENCH_FAILED;
        facts.detail = (struct phrase){written, written};
    } else {
        if (written != NULL && WEXITSTATUS(status) == EXIT_RESULT &&
            take_result(written, result, &problem)) {
            return;
        }
        facts.exit_code = WEXITSTATUS(status);
        facts.detail = problem.text[0] != '\0' ? (struct phrase){problem.text, problem.text}
                                               : (struct phrase){0};
    }
    conclude_lost(process, facts, result);
}

static int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    assert(WIFEXITED(status) || WIFSIGNALED(status));
    return status;
}

void process_conclude(struct case_process *process, enum process_end end,
                      struct result_case *result) {
    kill(process->pid, SIGKILL);  /* no harm when it has ended: it is still ours to wait for */
    kill(-process->pid, SIGKILL); /* what it has started */
    int status = wait_for(process->pid);
    process_listen(process);
    close_out(process);
    close(process->ended);
    pile_process_clear(process->progress); /* of a process that could not do so itself */
    if (end == PROCESS_ENDED) {
        conclude_ended(process, status, result);
    } else {
        const struct verdict_facts facts = {.end = end == PROCESS_STALLED ? CASE_HUNG
                                                                          : CASE_INTERRUPTED};
        conclude_lost(process, facts, result);
    }
    assert(result->verdict != VERDICT_NONE);
    buffer_free(&process->written);
    munmap(process->progress, sizeof *process->progress);
}
