/* SPDX-License-Identifier: MIT */
#include "harness/dut/isolate/isolate.h"

#include "harness/dut/isolate/calls.h"
#include "harness/dut/isolate/cell.h"
#include "harness/dut/isolate/confine.h"
#include "harness/dut/isolate/isolate_internal.h"
#include "harness/dut/local.h"
#include "harness/plan/plan.h"
#include "sim/loop.h"
#include "sim/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TURN_MS    20 /* how often is looked whether its process is still there */
#define PARAMS_MAX 4096

/* ---- what becomes of its process ---- */

static bool is_from_outside(int number) {
    return number == SIGKILL || number == SIGTERM || number == SIGINT || number == SIGHUP ||
           number == SIGQUIT || number == SIGXCPU;
}

static struct phrase said(const char *en, const char *zh) {
    return (struct phrase){memory_copy(en), memory_copy(zh)};
}

static struct phrase signalled(const struct dut_isolate *isolate, int number) {
    const char *name = strsignal(number);
    struct phrase blame = dut_blame_phrase((int)isolate->box->blame);
    if (number == SIGSYS) {
        return call_blame(isolate->box->refused_call);
    }
    if (blame.en != NULL) {
        return phrase_copy(blame);
    }
    if (is_from_outside(number)) {
        return (struct phrase){
            memory_format("was killed (%s): by a person or another program, or by the system for "
                          "want of memory; no crash does that. Run the case again",
                          name),
            memory_format(
                "被终止（%s）：由人员、其他程序或因内存不足由系统终止，并非崩溃所致。请重新"
                "运行本用例",
                name)};
    }
    return (struct phrase){memory_format("crashed (%s)", name), memory_format("崩溃（%s）", name)};
}

static struct phrase how_it_ended(const struct dut_isolate *isolate, int status) {
    if (WIFSIGNALED(status)) {
        return signalled(isolate, WTERMSIG(status));
    }
    int code = WEXITSTATUS(status);
    return (struct phrase){memory_format("ended its process with exit code %d", code),
                           memory_format("以退出码 %d 结束了其进程", code)};
}

/* It has ended by itself: true, and the phrase, which is the caller's, says how. */
static bool has_ended(struct dut_isolate *isolate, struct phrase *how, bool *killed) {
    int status = 0;
    if (waitpid(isolate->pid, &status, WNOHANG) != isolate->pid) {
        return false;
    }
    isolate->pid = 0;
    *how = how_it_ended(isolate, status);
    *killed = WIFSIGNALED(status) && is_from_outside(WTERMSIG(status)) && isolate->box->blame == 0;
    return true;
}

void isolate_end_process(struct dut_isolate *isolate) {
    if (isolate->pid > 0) {
        kill(isolate->pid, SIGKILL);
        while (waitpid(isolate->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        isolate->pid = 0;
    }
}

void dut_isolate_end(struct dut_isolate *isolate) {
    isolate_end_process(isolate);
    isolate->gone = true;
}

static int64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

void isolate_begin_call(struct dut_isolate *isolate) {
    isolate->call_ns = 0;
    isolate->turn_ns = clock_ns();
}

/* One turn: true, it is the bench's. What the bench did for it since the last one counts too; none counts
 * for more than twice what was asked for. */
static bool wait_a_turn(struct dut_isolate *isolate) {
    const int64_t most_ns = 2 * TURN_MS * NS_PER_MS;
    bool turned = mailbox_wait(isolate->box, TURN_BENCH, TURN_MS);
    int64_t now_ns = clock_ns(), took_ns = now_ns - isolate->turn_ns;
    isolate->turn_ns = now_ns;
    isolate->call_ns += took_ns < most_ns ? took_ns : most_ns;
    return turned;
}

bool isolate_await(struct dut_isolate *isolate, struct phrase *how, bool *killed) {
    *killed = false;
    for (bool turned = false; !turned;) {
        turned = wait_a_turn(isolate);
        if (!turned && has_ended(isolate, how, killed)) {
            return false;
        }
        if (isolate->call_ns >= isolate->patience_ms * NS_PER_MS) {
            isolate_end_process(isolate);
            *how = said("hung: one call of it did not return", "无响应：对它的一次调用没有返回");
            return false;
        }
    }
    return true;
}

/* ---- opening ---- */

/* Of three texts, one after the other, the next one; "" when they are not whole. */
static char *take_text(const char **at, const char *end) {
    size_t length = strnlen(*at, (size_t)(end - *at));
    char *text = isolate_text(*at, length);
    *at += *at + length < end ? length + 1 : length;
    return text;
}

static bool take_param(struct dut_isolate *isolate, uint32_t number) {
    static char bytes[MAILBOX_BYTES];
    struct letter letter = {.kind = LETTER_PARAM, .a = number};
    struct dut_param *param = &isolate->params[number];
    int64_t ignored;
    if (!isolate_call(isolate, &letter, &ignored)) {
        return false;
    }
    memcpy(bytes, isolate->box->bytes, sizeof bytes);
    const struct mail_facts facts = isolate->box->facts;
    const char *at = bytes, *end = bytes + sizeof bytes;
    param->name = take_text(&at, end);
    param->unit = take_text(&at, end);
    param->clause = take_text(&at, end);
    param->value = facts.param_value;
    param->min = facts.param_min;
    param->max = facts.param_max;
    isolate->api.param_count = number + 1;
    return true;
}

/* Its api as it says it is; what dut_load has refused over there is refused here again: the bench
 * believes nothing of it. */
static bool take_facts(struct dut_isolate *isolate, struct problem *problem) {
    const struct mail_facts facts = isolate->box->facts;
    if (facts.param_count > PARAMS_MAX) {
        return problem_set(problem, "it has more than %d parameters", PARAMS_MAX);
    }
    isolate->params = memory_zeroed(facts.param_count, sizeof *isolate->params);
    isolate->api = (struct dut_api){.abi_version = facts.abi_version,
                                    .guns = facts.guns,
                                    .instance_size = 1,
                                    .tick_ns = facts.tick_ns,
                                    .name = isolate_text(facts.name, sizeof facts.name),
                                    .version = isolate_text(facts.version, sizeof facts.version),
                                    .params = isolate->params};
    isolate_fill_api(isolate);
    for (uint32_t i = 0; i < facts.param_count; i++) {
        if (!take_param(isolate, i)) {
            return problem_set(problem, "it is gone after it was loaded");
        }
    }
    const char *fault = dut_api_problem(&isolate->api);
    return fault == NULL || problem_set(problem, "%s", fault);
}

static bool await_loading(struct dut_isolate *isolate, const char *path, struct problem *problem) {
    struct phrase how = {0};
    bool killed;
    if (!isolate_await(isolate, &how, &killed)) {
        isolate->gone = true;
        problem_set(problem, "cannot use the firmware '%s': while it was loaded it %s", path,
                    how.en);
        phrase_clear(&how);
        return false;
    }
    const struct letter came = isolate->box->letter;
    if (came.kind != LETTER_RETURN) {
        size_t count = came.count < sizeof problem->text ? came.count : sizeof problem->text;
        char *why = isolate_text((const char *)isolate->box->bytes, count);
        problem_set(problem, "%s", why);
        free(why);
        return false;
    }
    struct problem fault = {0};
    return take_facts(isolate, &fault) ||
           problem_set(problem, "cannot use the firmware '%s': %s", path, fault.text);
}

_Noreturn static void become_cell(struct mailbox *box, const char *path, bool confined,
                                  pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(EXIT_FAILURE);
    }
    cell_run(box, path, confined);
}

bool dut_isolate_can(struct problem *problem) {
    return confine_can(problem);
}

struct dut_isolate *dut_isolate_open(const char *path, bool confined, int hang_s,
                                     struct problem *problem) {
    pid_t parent = getpid();
    struct problem why = {0};
    if (confined && !confine_can(&why)) {
        problem_set(problem, "cannot isolate the firmware: %s", why.text);
        return NULL;
    }
    struct dut_isolate *isolate = memory_zeroed(1, sizeof *isolate);
    isolate_begin_call(isolate);
    isolate->patience_ms = (hang_s > 0 ? hang_s : PLAN_HANG_S) * 800;
    isolate->box = mailbox_new();
    if (isolate->box != NULL) {
        isolate->box->turn = TURN_FIRMWARE;
        fflush(NULL);
        isolate->pid = fork();
    }
    if (isolate->box == NULL || isolate->pid < 0) {
        problem_set(problem, "cannot isolate the firmware: %s", strerror(errno));
        dut_isolate_close(isolate);
        return NULL;
    }
    if (isolate->pid == 0) {
        become_cell(isolate->box, path, confined, parent);
    }
    if (!await_loading(isolate, path, problem)) {
        dut_isolate_close(isolate);
        return NULL;
    }
    return isolate;
}

void dut_isolate_listen(struct dut_isolate *isolate, const struct dut_isolate_listener *listener) {
    isolate->listener = *listener;
}

const struct dut_api *dut_isolate_api(const struct dut_isolate *isolate) {
    return &isolate->api;
}

pid_t dut_isolate_process(const struct dut_isolate *isolate) {
    return isolate->pid;
}

static void free_params(struct dut_isolate *isolate) {
    for (size_t i = 0; isolate->params != NULL && i < isolate->api.param_count; i++) {
        free((char *)isolate->params[i].name);
        free((char *)isolate->params[i].unit);
        free((char *)isolate->params[i].clause);
    }
    free(isolate->params);
    free((char *)isolate->api.name);
    free((char *)isolate->api.version);
}

void dut_isolate_close(struct dut_isolate *isolate) {
    if (isolate == NULL) {
        return;
    }
    isolate_end_process(isolate);
    free_params(isolate);
    isolate_forget_api(isolate);
    mailbox_free(isolate->box);
    free(isolate);
}
