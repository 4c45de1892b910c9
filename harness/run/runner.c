/* SPDX-License-Identifier: MIT */
#include "harness/run/runner.h"

#include "harness/dut/pile_process.h"
#include "harness/judge/verdict.h"
#include "harness/run/case.h"
#include "sim/text/buffer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_MS      100
#define EXIT_RESULT  0 /* the child's: a result line was written */
#define EXIT_PROBLEM 9 /* the child's: a problem line was written */

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

static void child(const struct run_plan *plan, const struct scenario *scenario,
                  struct progress *progress, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* the terminal's ^C is the parent's to handle */
    struct result_case result = {0};
    struct problem problem = {0};
    if (!case_run(plan, scenario, progress, &result, &problem)) {
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

enum child_end {
    CHILD_ENDED,
    CHILD_STALLED,
    CHILD_INTERRUPTED,
};

/* Reads what the child writes until it ends, stalls, or the run is interrupted. The time without
 * progress is counted in turns of our own: when the whole machine stands still, or both are
 * stopped, neither has hung. */
static enum child_end read_child(int fd, const struct progress *progress, struct buffer *written) {
    int64_t last_ns = -1;
    for (int quiet_ms = 0; quiet_ms < RUNNER_STALL_S * 1000;) {
        if (interrupted) {
            return CHILD_INTERRUPTED;
        }
        struct pollfd polled = {.fd = fd, .events = POLLIN};
        int ready = poll(&polled, 1, POLL_MS);
        if (ready > 0) {
            char bytes[65536];
            ssize_t got = read(fd, bytes, sizeof bytes);
            if (got <= 0) {
                return CHILD_ENDED;
            }
            buffer_put_bytes(written, bytes, (size_t)got);
        }
        quiet_ms += ready == 0 ? POLL_MS : 0;
        if (progress->now_ns != last_ns) {
            last_ns = progress->now_ns;
            quiet_ms = 0;
        }
    }
    return CHILD_STALLED;
}

/* The result of a case whose process could not give one. */
static void conclude_lost(const struct run_plan *plan, const struct scenario *scenario,
                          const struct progress *progress, struct verdict_facts facts,
                          struct result_case *result) {
    assert(facts.end >= CASE_CRASHED);
    facts.inside_firmware = progress->inside_dut != 0;
    /* The firmware ran in that process and can have written anything there. */
    facts.ended_ns = progress->now_ns > 0 ? progress->now_ns : 0;
    facts.quiet_s = RUNNER_STALL_S;
    memset(result, 0, sizeof *result);
    case_identify(plan, scenario, result);
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

static void conclude_ended(const struct run_plan *plan, const struct scenario *scenario,
                           const struct progress *progress, int status, const char *written,
                           struct result_case *result) {
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
    conclude_lost(plan, scenario, progress, facts, result);
}

_Noreturn static void cannot_start(void) {
    perror("pilebench: cannot start a case");
    exit(4);
}

/* The case's process; what it writes can be read from *out. */
static pid_t start_child(const struct run_plan *plan, const struct scenario *scenario,
                         struct progress *progress, int *out) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        cannot_start();
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        cannot_start();
    }
    if (pid == 0) {
        close(ends[0]);
        child(plan, scenario, progress, ends[1]);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

static int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    assert(WIFEXITED(status) || WIFSIGNALED(status));
    return status;
}

void runner_case(const struct run_plan *plan, const struct scenario *scenario,
                 struct result_case *result) {
    struct progress *progress =
        mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED) {
        cannot_start();
    }
    struct buffer written = {0};
    int out;
    pid_t pid = start_child(plan, scenario, progress, &out);
    enum child_end end = read_child(out, progress, &written);
    if (end != CHILD_ENDED) {
        kill(pid, SIGKILL);
    }
    int status = wait_for(pid);
    close(out);
    pile_process_clear(progress); /* of a process that could not do so itself */
    if (end == CHILD_ENDED) {
        conclude_ended(plan, scenario, progress, status, written.chars, result);
    } else {
        const struct verdict_facts facts = {.end = end == CHILD_STALLED ? CASE_HUNG
                                                                        : CASE_INTERRUPTED};
        conclude_lost(plan, scenario, progress, facts, result);
    }
    assert(result->verdict != VERDICT_NONE);
    buffer_free(&written);
    munmap(progress, sizeof *progress);
}
