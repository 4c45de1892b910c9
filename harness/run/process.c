/* SPDX-License-Identifier: MIT */
#include "harness/run/process.h"

#include "harness/bench/bench.h"
#include "harness/dut/blame.h"
#include "harness/dut/isolate/calls.h"
#include "harness/dut/pile_process.h"
#include "harness/judge/verdict.h"
#include "harness/run/case.h"
#include "harness/scenario/scenario.h"

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
#define RESULT_MAX   ((size_t)64 * 1024 * 1024)

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

/* Standard input is nobody's, and what a firmware prints is no output of the bench's. */
static void redirect(void) {
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        close(nothing);
    }
    dup2(STDERR_FILENO, STDOUT_FILENO);
}

/* The firmware's exit handlers and destructors run when it is unloaded, and count as its code. The
 * bench's coverage and sanitizers report at exit. */
_Noreturn static void leave(struct progress *progress, int code) {
    extern void __gcov_dump(void) __attribute__((weak));
    extern void __lsan_do_leak_check(void) __attribute__((weak));
    fflush(NULL);
    bench_unload(progress);
    if (__gcov_dump != NULL) {
        __gcov_dump();
    }
    if (__lsan_do_leak_check != NULL) {
        __lsan_do_leak_check();
    }
    _exit(code);
}

/* From here on no firmware is called any more. */
_Noreturn static void hand_in(const struct case_process *process, int out, const char *text,
                              int code) {
    size_t size = strlen(text);
    process->progress->result_bytes = size;
    write_all(out, text, size);
    leave(process->progress, code);
}

_Noreturn static void run_case(const struct case_process *process, pid_t parent, int out) {
    setpgid(0, 0); /* a group of its own: it gets no signal that is meant for the run */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { /* it died before that */
        _exit(EXIT_PROBLEM);
    }
    signal(SIGINT, SIG_IGN);  /* a case ends with its run */
    signal(SIGTERM, SIG_DFL); /* the runner's handler is not for here */
    signal(SIGTTOU, SIG_IGN); /* a group in the background may write to the terminal */
    close_others(out);
    redirect();
    struct result_case result = {0};
    struct problem problem = {0};
    if (!case_run(&process->plan, process->scenario, process->progress, &result, &problem)) {
        hand_in(process, out, problem.text, EXIT_PROBLEM);
    }
    char *line = result_case_to_json(&result);
    result_case_clear(&result);
    hand_in(process, out, line, EXIT_RESULT);
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
        if (got > 0 && process->written.length + (size_t)got > RESULT_MAX) {
            process->flooded = true;
        } else if (got > 0) {
            buffer_put_bytes(&process->written, bytes, (size_t)got);
        } else if (got < 0 && errno == EINTR) {
            continue;
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else {
            close_out(process);
        }
    }
    assert(process->written.length <= RESULT_MAX);
}

/* An isolated firmware is watched from the case's process, which tells what it was (isolate.h); this is for
 * a case's process that hangs itself, and on a busy machine the one must not come before the other. */
static int patience_s(const struct case_process *process) {
    return plan_hang_s(&process->plan) * (process->plan.isolated ? 2 : 1);
}

bool process_quiet(struct case_process *process, int ms) {
    assert(ms >= 0);
    process->quiet_ms += ms;
    if (process->progress->now_ns != process->seen_ns ||
        process->progress->calls != process->seen_calls) {
        process->seen_ns = process->progress->now_ns;
        process->seen_calls = process->progress->calls;
        process->quiet_ms = 0;
    }
    return process->quiet_ms >= patience_s(process) * 1000;
}

/* No firmware runs in the case's own process but the bench's. */
static bool is_apart(const struct case_process *process) {
    const struct run_plan *plan = &process->plan;
    return plan->dut_path == NULL || plan->isolated || plan->wiring == WIRING_VCAN;
}

/* The result of a case whose process could not give one. */
static void conclude_lost(const struct case_process *process, struct verdict_facts facts,
                          struct result_case *result) {
    assert(facts.end >= CASE_CRASHED);
    facts.inside_firmware = process->progress->inside_dut != 0;
    facts.firmware_beside = !is_apart(process);
    /* The firmware ran in that process and can have written anything there. */
    facts.ended_ns = process->progress->now_ns > 0 ? process->progress->now_ns : 0;
    facts.quiet_s = patience_s(process);
    memset(result, 0, sizeof *result);
    case_identify(&process->plan, process->scenario, result);
    result->duration_ns = facts.ended_ns;
    verdict_give(&facts, result);
    assert(result->check_count == 0 && result->duration_ns >= 0);
}

static bool same(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Is it of this case, and whole? A case that did not begin has no checks. */
static bool is_of(const struct case_process *process, const struct result_case *result) {
    struct result_case sent = {0};
    case_identify(&process->plan, process->scenario, &sent);
    bool has_needs = process->scenario->need_count > 0; /* a case of safety has none */
    bool two_guns = process->scenario->guns > 1 || process->plan.gun > 0;
    size_t checks =
        process->scenario->check_count + (two_guns ? process->scenario->other_monitor_count : 0);
    bool not_begun = result->check_count == 0 &&
                     (result->absent ? has_needs : result->verdict == VERDICT_INCONCLUSIVE);
    bool is = same(sent.id, result->id) && same(sent.title.en, result->title.en) &&
              result->vehicle != NULL &&
              case_vehicle_may_be(&process->plan, process->scenario, result->vehicle) &&
              same(sent.wiring, result->wiring) && sent.seed == result->seed &&
              sent.setting_count == result->setting_count &&
              (not_begun || result->check_count >= checks);
    result_case_clear(&sent);
    return is;
}

/* The case as its process wrote it; false: the problem says what is wrong with it. */
static bool take_result(const struct case_process *process, struct result_case *result,
                        struct problem *problem) {
    struct result_case *read = result_case_from_json(process->written.chars, problem);
    if (read == NULL) {
        return false;
    }
    bool of_it = is_of(process, read);
    if (!of_it || !verdict_agrees(read)) { /* the firmware can have damaged or forged it */
        result_case_free(read);
        return problem_set(problem, of_it ? "its verdict contradicts its checks"
                                          : "its result is of another case, or lacks checks");
    }
    *result = *read;
    free(read);
    return true;
}

/* Signals that come from a person, another program or the system, and from no crash. */
static bool is_from_outside(int number) {
    return number == SIGKILL || number == SIGTERM || number == SIGINT || number == SIGHUP ||
           number == SIGQUIT || number == SIGXCPU;
}

/* Who but a firmware in that process could have written it? */
static bool wrote_something_else(const struct case_process *process) {
    return process->flooded || process->written.length != process->progress->result_bytes;
}

static void conclude_ended(const struct case_process *process, int status, int blame,
                           struct result_case *result) {
    const bool inside = process->progress->inside_dut != 0;
    const char *written = process->written.chars;
    struct verdict_facts facts = {.end = CASE_EXITED, .blame = dut_blame_phrase(blame)};
    struct problem problem = {0};
    struct phrase refused = {0};
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && !is_apart(process)) {
        refused = call_blame(process->progress->refused_call);
        facts.blame = refused;
    }
    if (WIFSIGNALED(status)) {
        const char *name = strsignal(WTERMSIG(status));
        facts.end = is_from_outside(WTERMSIG(status)) ? CASE_KILLED : CASE_CRASHED;
        facts.detail = (struct phrase){name, name};
    } else if (written != NULL && !inside && facts.blame.en == NULL) {
        if (wrote_something_else(process)) {
            facts.blame = dut_blame_phrase(DUT_BLAME_RESULT);
        } else if (WEXITSTATUS(status) == EXIT_PROBLEM) {
            facts.end = CASE_BENCH_FAILED;
            facts.detail = (struct phrase){written, written};
        } else if (WEXITSTATUS(status) == EXIT_RESULT && take_result(process, result, &problem)) {
            return;
        }
    }
    if (facts.end == CASE_EXITED) {
        facts.exit_code = WEXITSTATUS(status);
        facts.detail = problem.text[0] != '\0' ? (struct phrase){problem.text, problem.text}
                                               : (struct phrase){0};
    }
    conclude_lost(process, facts, result);
    phrase_clear(&refused);
}

static int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    assert(WIFEXITED(status) || WIFSIGNALED(status));
    return status;
}

/* What a process that could not do so itself had to end. Where the firmware could write these
 * numbers, they are not looked at: they could be anybody's. */
static void end_helpers(const struct case_process *process) {
    siginfo_t info;
    pid_t isolated = is_apart(process) ? process->progress->isolated : 0;
    if (process->plan.wiring == WIRING_VCAN) {
        pile_process_clear(process->progress);
    }
    /* An orphan is our child now; a number that is not may be anybody's by now. */
    if (isolated > 0 && waitid(P_PID, (id_t)isolated, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
        kill(isolated, SIGKILL);
        (void)waitpid(isolated, NULL, 0);
    }
}

void process_stop(struct case_process *process, enum process_end end) {
    assert(process->pid > 0); /* 0 and less are groups */
    siginfo_t info;
    if (end != PROCESS_ENDED) {
        kill(process->pid, SIGKILL);
    }
    while (waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    end_helpers(process);
}

/* What the case's process has started and not ended: the bench starts none on the virtual clock. */
static bool left_processes(const struct case_process *process) {
    return process->plan.wiring == WIRING_SIM && (process->left || kill(-process->pid, 0) == 0);
}

void process_conclude(struct case_process *process, enum process_end end,
                      struct result_case *result) {
    int status = wait_for(process->pid);
    int blame = process->progress->blame;
    if (blame == DUT_BLAME_NONE && left_processes(process)) {
        blame = DUT_BLAME_LEFT;
    }
    kill(-process->pid, SIGKILL);
    process_listen(process);
    close_out(process);
    close(process->ended);
    if (end == PROCESS_ENDED) {
        conclude_ended(process, status, blame, result);
    } else {
        const struct verdict_facts facts = {.end = end == PROCESS_STALLED ? CASE_HUNG
                                                                          : CASE_INTERRUPTED,
                                            .blame = dut_blame_phrase(process->progress->blame)};
        conclude_lost(process, facts, result);
    }
    assert(result->verdict != VERDICT_NONE || result->absent);
    buffer_free(&process->written);
    munmap(process->progress, sizeof *process->progress);
}

void process_here(const struct run_plan *plan, const struct scenario *scenario,
                  struct result_case *result) {
    static struct progress progress; /* the firmware stays loaded, and may know it */
    const struct case_process process = {
        .plan = *plan, .scenario = scenario, .progress = &progress};
    struct problem problem = {0};
    if (!case_run(plan, scenario, &progress, result, &problem)) {
        const struct verdict_facts facts = {.end = CASE_BENCH_FAILED,
                                            .detail = {problem.text, problem.text}};
        conclude_lost(&process, facts, result);
    }
}
