/* SPDX-License-Identifier: MIT */
#include "harness/pile_process.h"

#include "harness/dut_remote.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 96
#define EXEC_FAILED   127
#define READY_S       8    /* the program has to be heard within this time */
#define END_MS        1000 /* and ends within this one when asked */

static void gone(struct bench *bench, const char *text) {
    if (!bench->dut_gone) {
        bench->dut_gone = true;
        snprintf(bench->dut_gone_why, sizeof bench->dut_gone_why, "%s (at %.3f s)", text,
                 (double)bench->loop.now_ns / 1e9);
    }
    loop_stop(&bench->loop);
}

static void fell_silent(void *ctx, int64_t at_ns, const char *text) {
    (void)at_ns;
    gone(ctx, text);
}

static void became_ready(void *ctx, int64_t at_ns) {
    (void)at_ns;
    struct bench *bench = ctx;
    loop_stop(&bench->loop);
}

/* The process ended: readable pidfd. */
static void ended(void *ctx, int64_t now_ns) {
    (void)now_ns;
    struct bench *bench = ctx;
    int status = 0;
    char text[96];
    loop_fd_remove(&bench->loop, bench->pile_fd);
    waitpid(bench->pile, &status, 0);
    bench->pile = 0;
    if (WIFSIGNALED(status)) {
        snprintf(text, sizeof text, "its process was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else {
        snprintf(text, sizeof text, "its process ended with exit code %d", WEXITSTATUS(status));
    }
    gone(bench, text);
}

static void round_trip(void *ctx, int64_t at_ns, int64_t trip_ns) {
    struct bench *bench = ctx;
    lateness_note(&bench->round_trips, at_ns, trip_ns);
}

static void become_pile(const char *program, const struct run_plan *plan,
                        const struct meters *meters) {
    const char *arguments[ARGUMENTS_MAX] = {program, "--vehicle",  plan->can_vehicle,
                                            "--io",  plan->can_io, "--die-with-parent"};
    size_t count = 6;
    if (plan->dut_path != NULL) {
        arguments[count++] = "--dut";
        arguments[count++] = plan->dut_path;
    }
    for (size_t i = 0; i < plan->param_count && count + 2 < ARGUMENTS_MAX; i++) {
        arguments[count++] = "--set";
        arguments[count++] = plan->params[i];
    }
    for (unsigned i = 0; meters_option(meters, i) != NULL && count + 2 < ARGUMENTS_MAX; i++) {
        arguments[count++] = "--meter";
        arguments[count++] = meters_option(meters, i);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(program, (char *const *)arguments);
    fprintf(stderr, "pilebench: cannot start %s: %s\n", program, strerror(errno));
    _exit(EXEC_FAILED);
}

static bool start(struct bench *bench, const struct run_plan *plan, struct problem *problem) {
    const char *program = plan->pile != NULL ? plan->pile : PILEBENCH_PILE;
    bench->pile = fork();
    if (bench->pile == 0) {
        become_pile(program, plan, &bench->meters);
    }
    if (bench->pile < 0) {
        bench->pile = 0;
        snprintf(problem->text, sizeof problem->text, "cannot start %s: %s", program,
                 strerror(errno));
        return false;
    }
    bench->pile_fd = (int)syscall(SYS_pidfd_open, bench->pile, 0);
    if (bench->pile_fd < 0 || !loop_fd_add(&bench->loop, bench->pile_fd, ended, bench)) {
        snprintf(problem->text, sizeof problem->text, "cannot watch %s: %s", program,
                 strerror(errno));
        return false;
    }
    return true;
}

bool pile_process_start(struct bench *bench, const struct run_plan *plan, struct problem *problem) {
    struct dut_remote_config config = {.loop = &bench->loop,
                                       .board = &bench->board,
                                       .io = bench->io_net,
                                       .guns = 1,
                                       .lost = fell_silent,
                                       .ready = became_ready,
                                       .round_trip = round_trip,
                                       .ctx = bench};
    bench->dut_remote = dut_remote_new(&config);
    if (!start(bench, plan, problem)) {
        return false;
    }
    loop_run(&bench->loop, bench->loop.now_ns + READY_S * NS_PER_S);
    const struct dut_remote_status *status = dut_remote_status(bench->dut_remote);
    if (bench->dut_gone || !status->alive) {
        snprintf(problem->text, sizeof problem->text,
                 "the charger's process did not come up on %s and %s: %s", plan->can_vehicle,
                 plan->can_io,
                 bench->dut_gone ? bench->dut_gone_why : "nothing heard on the I/O network");
        return false;
    }
    snprintf(bench->dut_name, sizeof bench->dut_name, "%s", status->name);
    snprintf(bench->dut_version, sizeof bench->dut_version, "%s", status->version);
    return true;
}

/* Asked to end, so that it can drop its outputs; made to, when it is stopped or does not listen. */
static void end_process(const struct bench *bench) {
    struct pollfd gone_away = {.fd = bench->pile_fd, .events = POLLIN};
    kill(bench->pile, SIGTERM);
    if (bench->pile_fd <= 0 || poll(&gone_away, 1, END_MS) <= 0) {
        kill(bench->pile, SIGKILL);
    }
    waitpid(bench->pile, NULL, 0);
}

void pile_process_stop(struct bench *bench) {
    if (bench->dut_remote != NULL) {
        dut_remote_free(bench->dut_remote);
        bench->dut_remote = NULL;
    }
    if (bench->pile > 0) {
        end_process(bench);
        bench->pile = 0;
    }
    if (bench->pile_fd > 0) {
        loop_fd_remove(&bench->loop, bench->pile_fd);
        close(bench->pile_fd);
        bench->pile_fd = 0;
    }
}
