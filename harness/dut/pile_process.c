/* SPDX-License-Identifier: MIT */
#include "harness/dut/pile_process.h"

#include "harness/dut/remote.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 768 /* a firmware's 256 parameters, and the rest */
#define SETTING_SIZE  56
#define EXEC_FAILED   127
#define STORE_FILE    "/pile.nvs"
#define STORES_LEFT   100  /* by processes of the same number that were killed, at most */
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
    if (bench->pile_awaited) {
        loop_stop(&bench->loop);
    }
}

/* The process ended: readable pidfd. */
static void ended(void *ctx, int64_t now_ns) {
    (void)now_ns;
    struct bench *bench = ctx;
    int status = 0;
    char text[96];
    loop_fd_remove(&bench->loop, bench->pile_fd);
    bench->progress->pile = 0;
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

/* The pile's arguments, and the text of those that are put together. */
struct command {
    const char *words[ARGUMENTS_MAX];
    size_t count;
    char settings[SETUP_PARAMS_MAX][SETTING_SIZE];
    char clock[SETUP_CLOCK_SIZE];
    char store[sizeof((struct bench *)0)->pile_store + sizeof STORE_FILE];
};

static void add(struct command *command, const char *option, const char *value) {
    if (command->count + 2 < ARGUMENTS_MAX) {
        command->words[command->count++] = option;
        command->words[command->count++] = value;
    }
}

/* Those of the case first: what is given on the command line holds. */
static void add_settings(struct command *command, const struct bench *bench) {
    const struct setup *setup = bench->setup;
    for (size_t i = 0; setup != NULL && i < setup->param_count; i++) {
        snprintf(command->settings[i], SETTING_SIZE, "%s=%d", setup->params[i].name,
                 (int)setup->params[i].value);
        add(command, "--set", command->settings[i]);
    }
    for (size_t i = 0; i < bench->plan->param_count; i++) {
        add(command, "--set", bench->plan->params[i]);
    }
    if (setup != NULL && setup->clock_s > 0) {
        int64_t now_s = setup->clock_s + bench->loop.now_ns / NS_PER_S;
        add(command, "--clock", setup_clock_text(now_s, command->clock));
    }
}

static void become_pile(const char *program, const struct bench *bench) {
    const struct run_plan *plan = bench->plan;
    static struct command command;
    command.words[command.count++] = program;
    command.words[command.count++] = "--die-with-parent";
    add(&command, "--vehicle", plan->can_vehicle);
    add(&command, "--io", plan->can_io);
    snprintf(command.store, sizeof command.store, "%s%s", bench->pile_store, STORE_FILE);
    add(&command, "--store", command.store);
    if (plan->dut_path != NULL) {
        add(&command, "--dut", plan->dut_path);
    }
    add_settings(&command, bench);
    for (enum meters_which i = METERS_DC; i < METERS; i++) {
        const char *option = meters_option(&bench->meters, i);
        if (option != NULL) {
            add(&command, "--meter", option);
        }
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(program, (char *const *)command.words);
    fprintf(stderr, "pilebench: cannot start %s: %s\n", program, strerror(errno));
    _exit(EXEC_FAILED);
}

static bool start(struct bench *bench, struct problem *problem) {
    const char *program = bench->plan->pile != NULL ? bench->plan->pile : PILEBENCH_PILE;
    bench->pile = fork();
    if (bench->pile == 0) {
        become_pile(program, bench);
    }
    bench->progress->pile = bench->pile > 0 ? bench->pile : 0;
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

static void connect(struct bench *bench) {
    struct dut_remote_config config = {.loop = &bench->loop,
                                       .board = &bench->board,
                                       .io = bench->io_net,
                                       .guns = 1,
                                       .late = &bench->late,
                                       .lost = fell_silent,
                                       .ready = became_ready,
                                       .round_trip = round_trip,
                                       .ctx = bench};
    bench->dut_remote = dut_remote_new(&config);
}

/* Of memory where there is such a folder: a controller that waits for a disk is late. Named by the
 * process, not at random: drawing random numbers reads the clock, which on virtual time costs
 * time. */
static bool make_storage(struct bench *bench, struct problem *problem) {
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    int made = -1;
    errno = EEXIST;
    for (unsigned i = 0; i < STORES_LEFT && made != 0 && errno == EEXIST; i++) {
        snprintf(bench->pile_store, sizeof bench->pile_store, "%s/pilebench.%ld.%u", folder,
                 (long)getpid(), i);
        made = mkdir(bench->pile_store, 0700);
    }
    if (made == 0) {
        memcpy(bench->progress->store, bench->pile_store, sizeof bench->progress->store);
        return true;
    }
    snprintf(problem->text, sizeof problem->text, "no folder for the pile's storage: %s: %s",
             bench->pile_store, strerror(errno));
    bench->pile_store[0] = '\0';
    return false;
}

static void remove_folder(const char *folder) {
    static const char *const files[] = {STORE_FILE, STORE_FILE ".new", STORE_FILE ".bulk", ""};
    for (size_t i = 0; folder[0] != '\0' && i < sizeof files / sizeof files[0]; i++) {
        char path[sizeof((struct bench *)0)->pile_store + 32];
        snprintf(path, sizeof path, "%s%s", folder, files[i]);
        (void)remove(path);
    }
}

void pile_process_clear(const struct progress *progress) {
    if (progress->pile > 0) {
        kill(progress->pile, SIGKILL);
    }
    remove_folder(progress->store);
}

static void remove_storage(struct bench *bench) {
    if (bench->pile_store[0] != '\0') {
        remove_folder(bench->pile_store);
        bench->pile_store[0] = bench->progress->store[0] = '\0';
    }
}

FILE *pile_process_storage(const struct bench *bench) {
    char path[sizeof bench->pile_store + 32];
    snprintf(path, sizeof path, "%s%s.bulk", bench->pile_store, STORE_FILE);
    return fopen(path, "rb");
}

/* "16 0a0b...", a line a record. False: the line is none. */
static bool card_line(const char *line, struct billing_card *card) {
    unsigned record, byte;
    int used = 0;
    uint8_t bytes[sizeof card->bytes];
    size_t count = 0;
    if (sscanf(line, "%u %n", &record, &used) != 1 || used == 0) {
        return false;
    }
    for (; sscanf(line + used, "%2x", &byte) == 1; used += 2, count++) {
        bytes[count % sizeof bytes] = (uint8_t)byte;
    }
    if (record == CARD_BALANCE_RECORD && count == sizeof bytes) {
        memcpy(card->bytes, bytes, sizeof bytes);
        card->written = true;
    }
    return true;
}

bool pile_process_card(const struct bench *bench, struct billing_card *card) {
    char path[sizeof bench->pile_store + 32];
    char *line = NULL;
    size_t size = 0;
    bool fine = true;
    snprintf(path, sizeof path, "%s%s", bench->pile_store, STORE_FILE);
    FILE *file = fopen(path, "r");
    bool there = file != NULL;
    while (file != NULL && fine && getline(&line, &size, file) > 0) {
        fine = card_line(line, card);
    }
    free(line);
    if (there) {
        fclose(file);
    }
    return there && fine;
}

bool pile_process_start(struct bench *bench, struct problem *problem) {
    const struct run_plan *plan = bench->plan;
    connect(bench);
    if (!make_storage(bench, problem) || !start(bench, problem)) {
        return false;
    }
    bench->pile_awaited = true;
    loop_run(&bench->loop, bench->loop.now_ns + READY_S * NS_PER_S);
    bench->pile_awaited = false;
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

/* Its process has gone, or goes now. */
static void leave(struct bench *bench) {
    if (bench->dut_remote != NULL) {
        dut_remote_free(bench->dut_remote);
        bench->dut_remote = NULL;
    }
    if (bench->pile > 0) {
        end_process(bench);
        bench->pile = bench->progress->pile = 0;
    }
    if (bench->pile_fd > 0) {
        loop_fd_remove(&bench->loop, bench->pile_fd);
        close(bench->pile_fd);
        bench->pile_fd = 0;
    }
}

bool pile_process_power(struct bench *bench, bool on) {
    struct problem problem = {0};
    if (on == (bench->dut_remote != NULL)) {
        return false;
    }
    if (on) {
        connect(bench);
        if (!start(bench, &problem)) {
            gone(bench, problem.text);
        }
        return true;
    }
    kill(bench->pile, SIGKILL); /* a supply does not ask */
    dut_remote_unpowered(bench->dut_remote);
    leave(bench);
    return true;
}

void pile_process_stop(struct bench *bench) {
    leave(bench);
    remove_storage(bench);
}
