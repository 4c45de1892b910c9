/* SPDX-License-Identifier: MIT */
#include "harness/dut/pile_process.h"

#include "harness/dut/remote.h"
#include "harness/plan/place.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS_MAX 768 /* a firmware's 256 parameters, and the rest */
#define SETTING_SIZE  56
#define EXEC_FAILED   127
#define STORE_FILE    "/pile.nvs"
#define STORE_NAME    "pilebench."
#define STORE_YOUNG_S 60
#define STORE_SPACE                                                                                \
    (UINT64_C(16) << 20) /* the files are sparse: more than any firmware writes here */
#define STORE_PATH_SIZE 96
#define STORES_LEFT     100  /* by processes of the same number that were killed, at most */
#define READY_S         8    /* the program has to be heard within this time */
#define END_MS          1000 /* and ends within this one when asked */
#define ALONE_NS        (3 * PILE_IO_SLOW_MS * NS_PER_MS / 2) /* ALIVE comes each PILE_IO_SLOW_MS */

static void gone(struct pile_process *pile, const char *why, bool killed) {
    if (!pile->lost) {
        pile->lost = true;
        snprintf(pile->lost_why, sizeof pile->lost_why, "%s", why);
        pile->config.gone(pile->config.ctx, why, killed);
    }
    loop_stop(pile->config.loop);
}

static void fell_silent(void *ctx, int64_t at_ns, const char *text) {
    (void)at_ns;
    gone(ctx, text, false);
}

static void became_ready(void *ctx, int64_t at_ns) {
    (void)at_ns;
    struct pile_process *pile = ctx;
    if (pile->awaited) {
        loop_stop(pile->config.loop);
    }
}

/* The process ended: readable pidfd. */
static void ended(void *ctx, int64_t now_ns) {
    (void)now_ns;
    struct pile_process *pile = ctx;
    int status = 0;
    char text[96];
    loop_fd_remove(pile->config.loop, pile->fd);
    pile->config.progress->pile = 0;
    waitpid(pile->pid, &status, 0);
    pile->pid = 0;
    if (WIFSIGNALED(status)) {
        snprintf(text, sizeof text, "its process was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else {
        snprintf(text, sizeof text, "its process ended with exit code %d", WEXITSTATUS(status));
    }
    gone(pile, text, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void round_trip(void *ctx, int64_t at_ns, int64_t trip_ns) {
    struct pile_process *pile = ctx;
    lateness_note(pile->config.round_trips, at_ns, trip_ns);
}

/* A file of the folder; end: "", or what the Linux port appends for its other files. */
static void store_path(char path[STORE_PATH_SIZE], const char *folder, const char *end) {
    int length = snprintf(path, STORE_PATH_SIZE, "%s%s%s", folder, STORE_FILE, end);
    assert(folder[0] != '\0' && length < STORE_PATH_SIZE);
}

/* The pile's arguments, and the text of those that are put together. */
struct command {
    const char *words[ARGUMENTS_MAX];
    size_t count;
    const char *left_out;       /* the first option for which there was no room; NULL: none */
    const char *left_out_value; /* its value: may be a person's number, not for messages whole */
    char settings[SETUP_PARAMS_MAX][SETTING_SIZE];
    char clock[SETUP_CLOCK_SIZE];
    char store[STORE_PATH_SIZE];
};

static void add(struct command *command, const char *option, const char *value) {
    if (command->count + 2 >= ARGUMENTS_MAX) {
        if (command->left_out == NULL) {
            command->left_out = option;
            command->left_out_value = value;
        }
        return;
    }
    command->words[command->count++] = option;
    command->words[command->count++] = value;
}

/* Those of the case first: what is given on the command line holds. */
static void add_settings(struct command *command, const struct pile_process *pile) {
    const struct setup *setup = pile->config.setup;
    assert(setup == NULL || setup->param_count <= SETUP_PARAMS_MAX);
    for (size_t i = 0; setup != NULL && i < setup->param_count; i++) {
        int length = snprintf(command->settings[i], SETTING_SIZE, "%s=%d", setup->params[i].name,
                              (int)setup->params[i].value);
        assert(length > 0 && length < SETTING_SIZE); /* setup.c bounds the names */
        add(command, "--set", command->settings[i]);
    }
    for (size_t i = 0; i < pile->config.plan->setting_count; i++) {
        add(command, "--set", pile->config.plan->settings[i].text);
    }
    if (setup != NULL && setup->clock_s > 0) {
        int64_t now_s = setup->clock_s + pile->config.loop->now_ns / NS_PER_S;
        add(command, "--clock", setup_clock_text(now_s, command->clock));
    }
}

static bool compose(struct command *command, const char *program, const struct pile_process *pile,
                    struct problem *problem) {
    const struct run_plan *plan = pile->config.plan;
    *command = (struct command){.words = {program, "--die-with-parent"}, .count = 2};
    add(command, "--vehicle", plan->can_vehicle);
    if (pile->config.can_vehicle2 != NULL) {
        add(command, "--vehicle2", pile->config.can_vehicle2);
    }
    add(command, "--io", plan->can_io);
    store_path(command->store, pile->store, "");
    add(command, "--store", command->store);
    if (plan->dut_path != NULL) {
        add(command, "--dut", plan->dut_path);
    }
    add_settings(command, pile);
    for (size_t i = 0; i < PILE_PROCESS_METERS; i++) {
        if (pile->config.meters[i] != NULL) {
            add(command, "--meter", pile->config.meters[i]);
        }
    }
    if (command->left_out != NULL) {
        return problem_set(problem, "%s takes at most %d arguments; no room for %s %.*s", program,
                           ARGUMENTS_MAX - 1, command->left_out,
                           (int)strcspn(command->left_out_value, "="), command->left_out_value);
    }
    assert(command->words[command->count] == NULL);
    return true;
}

_Noreturn static void become_pile(const struct command *command) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(command->words[0], (char *const *)command->words);
    fprintf(stderr, "pilebench: cannot start %s: %s\n", command->words[0], strerror(errno));
    _exit(EXEC_FAILED);
}

static bool start(struct pile_process *pile, struct problem *problem) {
    static struct command command;
    const char *program = pile->config.plan->pile != NULL ? pile->config.plan->pile : place_pile();
    assert(pile->pid == 0 && pile->fd == 0 && pile->store[0] != '\0');
    if (!compose(&command, program, pile, problem)) {
        return false;
    }
    pile->pid = fork();
    if (pile->pid == 0) {
        become_pile(&command);
    }
    pile->config.progress->pile = pile->pid > 0 ? pile->pid : 0;
    if (pile->pid < 0) {
        pile->pid = 0;
        return problem_set(problem, "cannot start %s: %s", program, strerror(errno));
    }
    pile->fd = (int)syscall(SYS_pidfd_open, pile->pid, 0);
    if (pile->fd < 0 || !loop_fd_add(pile->config.loop, pile->fd, ended, pile)) {
        return problem_set(problem, "cannot watch %s: %s", program, strerror(errno));
    }
    return true;
}

static void connect(struct pile_process *pile) {
    struct dut_remote_config config = {.loop = pile->config.loop,
                                       .board = pile->config.board,
                                       .io = pile->config.io,
                                       .guns = pile->config.can_vehicle2 != NULL ? 2 : 1,
                                       .late = pile->config.late,
                                       .lost = fell_silent,
                                       .ready = became_ready,
                                       .round_trip = round_trip,
                                       .ctx = pile};
    pile->remote = dut_remote_new(&config);
}

static void remove_folder(const char *folder) {
    static const char *const ends[] = {"", ".new", ".bulk"};
    if (folder[0] == '\0') {
        return;
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char path[STORE_PATH_SIZE];
        store_path(path, folder, ends[i]);
        (void)remove(path);
    }
    (void)remove(folder);
}

/* A process that was killed could not remove its folder; who lives holds a lock on it. Young ones may
 * not have theirs yet. */
static void remove_stale(const char *parent) {
    DIR *folder = opendir(parent);
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char path[STORE_PATH_SIZE];
        struct stat about;
        int length = snprintf(path, sizeof path, "%s/%s", parent, entry->d_name);
        bool ours = strncmp(entry->d_name, STORE_NAME, strlen(STORE_NAME)) == 0 && length > 0 &&
                    (size_t)length < sizeof path && lstat(path, &about) == 0 &&
                    S_ISDIR(about.st_mode) && about.st_uid == geteuid() &&
                    time(NULL) - about.st_ctime > STORE_YOUNG_S;
        int fd = ours ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            remove_folder(path);
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

/* Without it a write of the pile would fail, as a storage that is full does: a fault of the bench in the
 * charger's verdict. */
static bool has_space(const char *folder) {
    struct statvfs about;
    return access(folder, W_OK) == 0 && statvfs(folder, &about) == 0 &&
           (uint64_t)about.f_bavail * about.f_frsize >= STORE_SPACE;
}

/* Of memory where there is such a folder: a controller that waits for a disk is late. Named by the
 * process, not at random: drawing random numbers reads the clock, which on virtual time costs
 * time. */
static bool make_storage(struct pile_process *pile, struct problem *problem) {
    const char *folder = "/dev/shm";
    int made = -1;
    remove_stale(folder);
    if (!has_space(folder)) {
        folder = "/tmp";
        remove_stale(folder);
    }
    if (!has_space(folder)) {
        return problem_set(problem, "no folder for the pile's storage: /dev/shm and /tmp have less "
                                    "than 16 MiB free, or cannot be written");
    }
    errno = EEXIST;
    for (unsigned i = 0; i < STORES_LEFT && made != 0 && errno == EEXIST; i++) {
        snprintf(pile->store, sizeof pile->store, "%s/" STORE_NAME "%ld.%u", folder, (long)getpid(),
                 i);
        made = mkdir(pile->store, 0700);
    }
    if (made == 0) {
        pile->store_lock = open(pile->store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        (void)flock(pile->store_lock, LOCK_EX | LOCK_NB); /* until this process ends */
        memcpy(pile->config.progress->store, pile->store, sizeof pile->config.progress->store);
        return true;
    }
    problem_set(problem, "no folder for the pile's storage: %s: %s", pile->store, strerror(errno));
    pile->store[0] = '\0';
    return false;
}

void pile_process_clear(const struct progress *progress) {
    if (progress->pile > 0) {
        kill(progress->pile, SIGKILL);
    }
    remove_folder(progress->store);
}

static void remove_storage(struct pile_process *pile) {
    if (pile->store[0] != '\0') {
        close(pile->store_lock);
        remove_folder(pile->store);
        pile->store[0] = pile->config.progress->store[0] = '\0';
    }
}

FILE *pile_process_storage(const struct pile_process *pile) {
    char path[STORE_PATH_SIZE];
    store_path(path, pile->store, ".bulk");
    return fopen(path, "rb");
}

/* "16 0a0b...", a line a record. False: the line is none. */
static bool card_line(const char *line, unsigned gun, uint8_t card[CARD_BALANCE_BYTES],
                      bool *written) {
    unsigned record, byte;
    int used = 0;
    uint8_t bytes[CARD_BALANCE_BYTES];
    size_t count = 0;
    if (sscanf(line, "%u %n", &record, &used) != 1 || used == 0) {
        return false;
    }
    for (; sscanf(line + used, "%2x", &byte) == 1; used += 2, count++) {
        bytes[count % sizeof bytes] = (uint8_t)byte;
    }
    if (record == CARD_BALANCE_RECORD + gun && count == sizeof bytes) {
        memcpy(card, bytes, sizeof bytes);
        *written = true;
    }
    return true;
}

bool pile_process_card(const struct pile_process *pile, unsigned gun,
                       uint8_t bytes[CARD_BALANCE_BYTES], bool *written) {
    char path[STORE_PATH_SIZE];
    char *line = NULL;
    size_t size = 0;
    bool fine = true;
    *written = false;
    store_path(path, pile->store, "");
    FILE *file = fopen(path, "r");
    bool there = file != NULL;
    while (file != NULL && fine && getline(&line, &size, file) > 0) {
        fine = card_line(line, gun, bytes, written);
    }
    free(line);
    if (there) {
        fclose(file);
    }
    return there && fine;
}

const char *pile_process_name(const struct pile_process *pile) {
    return dut_remote_status(pile->remote)->name;
}

const char *pile_process_version(const struct pile_process *pile) {
    return dut_remote_status(pile->remote)->version;
}

int32_t pile_process_capability(const struct pile_process *pile, unsigned gun,
                                enum dut_capability what) {
    assert(gun < DUT_GUNS_MAX && (unsigned)what < DUT_CAPABILITIES);
    return dut_remote_status(pile->remote)->capabilities[gun][what];
}

unsigned pile_process_guns(const struct pile_process *pile) {
    return dut_remote_status(pile->remote)->guns;
}

struct stranger {
    struct can_node node;
    unsigned alives;
};

static void count_alive(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    struct stranger *stranger = ctx;
    (void)at_ns;
    stranger->alives += !frame->extended && frame->id == PILE_IO_ALIVE;
}

/* One that was left behind would be taken for ours, restarting again and again. A program of the
 * user's own may stand for a board that is there all the time. */
static bool is_alone(const struct pile_process *pile, struct problem *problem) {
    struct loop *loop = pile->config.loop;
    struct stranger stranger = {0};
    if (pile->config.plan->pile != NULL) {
        return true;
    }
    stranger.node = (struct can_node){.received = count_alive, .ctx = &stranger};
    can_join(pile->config.io, &stranger.node);
    loop_run(loop, loop->now_ns + ALONE_NS);
    can_leave(pile->config.io, &stranger.node);
    return stranger.alives == 0 ||
           problem_set(
               problem,
               "another controller is already on %s (ALIVE frames): end it (`pgrep -a pile`), "
               "or give this run networks of its own",
               pile->config.plan->can_io);
}

bool pile_process_start(struct pile_process *pile, struct problem *problem) {
    const struct run_plan *plan = pile->config.plan;
    if (!is_alone(pile, problem)) {
        return false;
    }
    connect(pile);
    if (!make_storage(pile, problem) || !start(pile, problem)) {
        return false;
    }
    pile->awaited = true;
    loop_run(pile->config.loop, pile->config.loop->now_ns + READY_S * NS_PER_S);
    pile->awaited = false;
    const struct dut_remote_status *status = dut_remote_status(pile->remote);
    if (pile->lost || !status->alive) {
        return problem_set(problem, "the charger's process did not come up on %s and %s: %s",
                           plan->can_vehicle, plan->can_io,
                           pile->lost ? pile->lost_why : "nothing heard on the I/O network");
    }
    return true;
}

/* Asked to end, so that it can drop its outputs; made to, when it is stopped or does not listen. */
static void end_process(const struct pile_process *pile) {
    struct pollfd gone_away = {.fd = pile->fd, .events = POLLIN};
    kill(pile->pid, SIGTERM);
    if (pile->fd <= 0 || poll(&gone_away, 1, END_MS) <= 0) {
        kill(pile->pid, SIGKILL);
    }
    waitpid(pile->pid, NULL, 0);
}

/* Its process has gone, or goes now. */
static void leave(struct pile_process *pile) {
    if (pile->remote != NULL) {
        dut_remote_free(pile->remote);
        pile->remote = NULL;
    }
    if (pile->pid > 0) {
        end_process(pile);
        pile->pid = pile->config.progress->pile = 0;
    }
    if (pile->fd > 0) {
        loop_fd_remove(pile->config.loop, pile->fd);
        close(pile->fd);
        pile->fd = 0;
    }
}

bool pile_process_power(struct pile_process *pile, bool on) {
    struct problem problem = {0};
    if (on == (pile->remote != NULL)) {
        return false;
    }
    if (on) {
        connect(pile);
        if (!start(pile, &problem)) {
            gone(pile, problem.text, false);
        }
        return true;
    }
    kill(pile->pid, SIGKILL); /* a supply does not ask */
    dut_remote_unpowered(pile->remote);
    leave(pile);
    return true;
}

void pile_process_stop(struct pile_process *pile) {
    leave(pile);
    remove_storage(pile);
}
