/* SPDX-License-Identifier: MIT */
#include "harness/run/runner.h"

#include "harness/dut/pile_process.h"
#include "harness/run/case.h"
#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
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
#define EXIT_SAID    0 /* the child's: a result line was written */
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
    exit(EXIT_SAID); /* not _exit: coverage and sanitizers report at exit */
}

struct growing {
    char *bytes;
    size_t count, size;
};

static void grow(struct growing *text, const char *bytes, size_t count) {
    if (text->count + count + 1 > text->size) {
        text->size = 2 * (text->count + count + 1);
        text->bytes = realloc(text->bytes, text->size);
        if (text->bytes == NULL) {
            fputs("runner: out of memory\n", stderr);
            abort();
        }
    }
    memcpy(text->bytes + text->count, bytes, count);
    text->count += count;
    text->bytes[text->count] = '\0';
}

/* Reads what the child says until it ends, is interrupted (false) or stalls (false, *stalled). The
 * time without progress is counted in turns of our own: when the whole machine stands still, or
 * both are stopped, neither has hung. */
static bool listen_to(int fd, const struct progress *progress, struct growing *said,
                      bool *stalled) {
    int64_t last_ns = -1;
    for (int quiet_ms = 0; quiet_ms < RUNNER_STALL_S * 1000;) {
        if (interrupted) {
            return false;
        }
        struct pollfd polled = {.fd = fd, .events = POLLIN};
        int ready = poll(&polled, 1, POLL_MS);
        if (ready > 0) {
            char bytes[65536];
            ssize_t got = read(fd, bytes, sizeof bytes);
            if (got <= 0) {
                return true;
            }
            grow(said, bytes, (size_t)got);
        }
        quiet_ms += ready == 0 ? POLL_MS : 0;
        if (progress->now_ns != last_ns) {
            last_ns = progress->now_ns;
            quiet_ms = 0;
        }
    }
    *stalled = true;
    return false;
}

/* The result of a case whose process could not give one. */
static void conclude(const struct run_plan *plan, const struct scenario *scenario,
                     const struct progress *progress, enum verdict verdict, char *en, char *zh,
                     struct result_case *result) {
    memset(result, 0, sizeof *result);
    case_identify(plan, scenario, result);
    result->verdict = verdict;
    result->reason = (struct phrase){en, zh};
    result->duration_ns = progress->now_ns;
    result->focus_from_ns = result->focus_to_ns = progress->now_ns;
}

static void conclude_crash(const struct run_plan *plan, const struct scenario *scenario,
                           const struct progress *progress, int number,
                           struct result_case *result) {
    double at_s = (double)progress->now_ns / 1e9;
    if (progress->inside_dut) {
        conclude(plan, scenario, progress, VERDICT_FAIL,
                 memory_format("the firmware under test crashed (%s) at %.6f s", strsignal(number),
                               at_s),
                 memory_format("被测固件在 %.6f s 崩溃（%s）", at_s, strsignal(number)), result);
        return;
    }
    conclude(plan, scenario, progress, VERDICT_ERROR,
             memory_format("the bench crashed (%s) at %.6f s", strsignal(number), at_s),
             memory_format("测试台在 %.6f s 崩溃（%s）", at_s, strsignal(number)), result);
}

static void conclude_stall(const struct run_plan *plan, const struct scenario *scenario,
                           const struct progress *progress, struct result_case *result) {
    double at_s = (double)progress->now_ns / 1e9;
    bool dut = progress->inside_dut != 0;
    conclude(plan, scenario, progress, dut ? VERDICT_FAIL : VERDICT_ERROR,
             memory_format("%s hung: no progress for %d s, at %.6f s of the case",
                           dut ? "the firmware under test" : "the bench", RUNNER_STALL_S, at_s),
             memory_format("%s无响应：用例时间 %.6f s 处 %d s 没有进展",
                           dut ? "被测固件" : "测试台", at_s, RUNNER_STALL_S),
             result);
}

static void conclude_ended(const struct run_plan *plan, const struct scenario *scenario,
                           const struct progress *progress, int status, const char *said,
                           struct result_case *result) {
    struct problem problem = {0};
    if (WIFSIGNALED(status)) {
        conclude_crash(plan, scenario, progress, WTERMSIG(status), result);
        return;
    }
    if (WEXITSTATUS(status) == EXIT_SAID && said != NULL) {
        struct result_case *read = result_case_from_json(said, &problem);
        if (read != NULL) {
            *result = *read;
            free(read);
            return;
        }
    }
    if (WEXITSTATUS(status) == EXIT_PROBLEM && said != NULL) {
        conclude(plan, scenario, progress, VERDICT_ERROR, memory_copy(said), memory_copy(said),
                 result);
        return;
    }
    bool dut = progress->inside_dut != 0;
    conclude(plan, scenario, progress, dut ? VERDICT_FAIL : VERDICT_ERROR,
             memory_format("%s ended the case's process with exit code %d %s",
                           dut ? "the firmware under test" : "the bench", WEXITSTATUS(status),
                           problem.text),
             memory_format("%s以退出码 %d 结束了用例进程 %s", dut ? "被测固件" : "测试台",
                           WEXITSTATUS(status), problem.text),
             result);
}

void runner_case(const struct run_plan *plan, const struct scenario *scenario,
                 struct result_case *result) {
    int ends[2];
    struct progress *progress =
        mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED || pipe2(ends, O_CLOEXEC) != 0) {
        perror("pilebench: cannot start a case");
        exit(4);
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        perror("pilebench: cannot start a case");
        exit(4);
    }
    if (pid == 0) {
        close(ends[0]);
        child(plan, scenario, progress, ends[1]);
    }
    close(ends[1]);
    struct growing said = {0};
    bool stalled = false;
    bool ended = listen_to(ends[0], progress, &said, &stalled);
    if (!ended) {
        kill(pid, SIGKILL);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(ends[0]);
    pile_process_clear(progress); /* of a process that could not do so itself */
    if (stalled) {
        conclude_stall(plan, scenario, progress, result);
    } else if (!ended) {
        conclude(plan, scenario, progress, VERDICT_ERROR, memory_copy("interrupted"),
                 memory_copy("被中断"), result);
    } else {
        conclude_ended(plan, scenario, progress, status, said.bytes, result);
    }
    free(said.bytes);
    munmap(progress, sizeof *progress);
}
