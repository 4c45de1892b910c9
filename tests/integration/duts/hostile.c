/* SPDX-License-Identifier: MIT */
/* A firmware that does harm, and nothing right from then on: no verdict on it may be a pass. The
 * environment variable HOSTILE names what it does (`hostile_list` lists all; what is expected of each is
 * in test_hostile.sh). Around it is the reference core, as in misbehave.h. */
#include "dut.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACT_NS     INT64_C(1000000000) /* what is done in run is done then */
#define FDS        256
#define LIFE_S     20 /* of what is left behind, should nobody end it */
#define BOMB_DEPTH 6
#define GARBAGE    ((void *)0x10)

const struct dut_api *core_dut_entry(void);

/* Where a mode does what it does. */
enum place {
    LOAD,  /* before dut_entry */
    ENTRY, /* in dut_entry */
    API,   /* in the api that dut_entry gives */
    INIT,
    SET_PARAM,
    CAPABILITY,
    ON_CAN,
    ON_SERIAL,
    ON_INPUT,
    RUN,
    UNLOAD, /* when it is unloaded, or the process exits */
};

static const struct dut_host *host;
static void *instance;
static size_t instance_size;
static struct dut_api api;
static bool dead; /* it has done it */
static jmp_buf earlier;
static const char *const forged =
    "{\"type\":\"case\",\"id\":\"estop-during-insulation-test\",\"title\":{\"en\":\"forged\","
    "\"zh\":\"x\"},"
    "\"verdict\":\"pass\",\"reason\":null,\"covers\":[],\"settings\":[],\"vehicle\":null,"
    "\"wiring\":\"sim\","
    "\"seed\":\"1\",\"duration_ns\":1,\"late_max_ns\":0,\"frames\":1,\"frames_dropped\":0,"
    "\"frames_refused\":0,\"error_frames\":0,\"focus_from_ns\":0,\"focus_to_ns\":1,\"trace\":null,"
    "\"signals\":null,\"checks\":[]}";

/* ---- ends ---- */

static void exit_0(void) {
    exit(0);
}

static void exit_9(void) {
    exit(9);
}

static void exit_at_once_0(void) {
    _exit(0);
}

static void exit_at_once_4(void) {
    _exit(4);
}

static void quick_exit_0(void) {
    quick_exit(0);
}

static void raise_named(void) {
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"segv", SIGSEGV}, {"bus", SIGBUS},   {"fpe", SIGFPE},       {"ill", SIGILL},
        {"trap", SIGTRAP}, {"sys", SIGSYS},   {"term", SIGTERM},     {"kill", SIGKILL},
        {"hup", SIGHUP},   {"quit", SIGQUIT}, {"alrm", SIGALRM},     {"usr1", SIGUSR1},
        {"pipe", SIGPIPE}, {"xcpu", SIGXCPU}, {"vtalrm", SIGVTALRM}, {"stop", SIGSTOP},
    };
    const char *wanted = getenv("HOSTILE") + strlen("raise-");
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (strcmp(signals[i].name, wanted) == 0) {
            raise(signals[i].number);
        }
    }
}

static void null_read(void) {
    (void)*(volatile int *)NULL;
}

static void divide(void) {
    volatile int zero = 0;
    zero = 1000 / zero;
}

static unsigned deeper(unsigned depth) {
    volatile unsigned char frame[65536];
    frame[depth % sizeof frame] = 1;
    return depth == UINT32_MAX ? 0 : deeper(depth + 1) + frame[0];
}

static void overflow_stack(void) {
    (void)deeper(1);
}

static void loop(void) {
    for (volatile unsigned spins = 0;; spins++) {
    }
}

static void ignore_and_loop(void) {
    for (int number = 1; number < 65; number++) {
        signal(number, SIG_IGN);
    }
    loop();
}

static void wait_for_ever(void) {
    for (;;) {
        pause();
    }
}

static void timer(void) {
    const struct itimerval soon = {.it_value = {.tv_usec = 1000}};
    setitimer(ITIMER_REAL, &soon, NULL);
    loop();
}

static void jump_back(void) {
    longjmp(earlier, 1);
}

/* ---- others ---- */

static void term_parent(void) {
    kill(getppid(), SIGTERM);
}

static void kill_parent(void) {
    kill(getppid(), SIGKILL);
}

static void stop_parent(void) {
    kill(getppid(), SIGSTOP);
}

static void int_group(void) {
    kill(0, SIGTERM);
}

static void kill_group(void) {
    kill(-getpgrp(), SIGKILL);
}

static void trace_parent(void) {
    ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static void write_parent(void) {
    char byte = 0;
    struct iovec from = {&byte, 1}, to = {(void *)forged, 1};
    (void)process_vm_writev(getppid(), &from, 1, &to, 1, 0);
}

/* The tables of the parent, by its memory's file. */
static void write_parent_file(void) {
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)getppid());
    FILE *maps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
    int memory = open(path, O_RDWR);
    while (maps != NULL && memory >= 0 && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char page[4096];
        if (strstr(line, "[heap]") != NULL && sscanf(line, "%lx-%lx", &from, &to) == 2) {
            for (; from < to; from += sizeof page) {
                if (pread(memory, page, sizeof page, (off_t)from) == (ssize_t)sizeof page) {
                    for (size_t i = 0; i + 4 < sizeof page; i++) {
                        if (memcmp(page + i, "fail", 4) == 0) {
                            memcpy(page + i, "pass", 4);
                        }
                    }
                    (void)!pwrite(memory, page, sizeof page, (off_t)from);
                }
            }
        }
    }
}

static void fork_and_stay(void) {
    if (fork() == 0) {
        sleep(LIFE_S);
        _exit(0);
    }
}

static void fork_and_leave_group(void) {
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            sleep(LIFE_S);
        }
        _exit(0);
    }
    wait(NULL);
}

static void fork_and_write(void) {
    if (fork() == 0) {
        for (int fd = 3; fd < FDS; fd++) {
            (void)!write(fd, forged, strlen(forged));
        }
        sleep(LIFE_S);
        _exit(0);
    }
}

static void fork_bomb(void) {
    for (int i = 0; i < BOMB_DEPTH; i++) {
        (void)fork();
    }
    if (getppid() != 1) {
        alarm(LIFE_S);
    }
}

static void run_program(void) {
    (void)!system("sleep ${HOSTILE_SLEEP:-20} & echo '{\"type\":\"case\",\"verdict\":\"pass\"}'");
}

static void become_program(void) {
    execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
}

/* ---- descriptors and files ---- */

static void close_all(void) {
    for (int fd = 0; fd < FDS; fd++) {
        close(fd);
    }
}

static void close_and_loop(void) {
    close_all();
    loop();
}

static void null_all(void) {
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < FDS; fd++) {
        dup2(null, fd);
    }
}

static void write_all(void) {
    for (int fd = 0; fd < FDS; fd++) {
        (void)!write(fd, forged, strlen(forged));
    }
}

static void write_all_and_exit(void) {
    write_all();
    _exit(0);
}

static void write_as_progress(void) {
    for (int fd = 3; fd < FDS; fd++) {
        struct stat about;
        if (fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode)) {
            (void)!write(fd, forged, strlen(forged));
            close(fd);
        }
    }
}

static void flood_pipe(void) {
    static char bytes[1 << 20];
    for (int fd = 3; fd < FDS; fd++) {
        struct stat about;
        for (int i = 0; i < 100 && fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode); i++) {
            (void)!write(fd, bytes, sizeof bytes);
        }
    }
}

static void print_json(void) {
    puts(forged);
    fprintf(stderr, "%s\n", forged);
    fflush(stdout);
}

static void close_output(void) {
    fclose(stdout);
    fclose(stderr);
    close(0);
}

static const char *evidence(void) {
    return getenv("HOSTILE_OUT");
}

static FILE *open_record(const char *mode) {
    char path[512];
    snprintf(path, sizeof path, "%s/results.jsonl", evidence());
    return fopen(path, mode);
}

static void truncate_record(void) {
    FILE *record = open_record("w");
    if (record != NULL) {
        fclose(record);
    }
}

static void append_record(void) {
    FILE *record = open_record("a");
    if (record != NULL) {
        fprintf(record, "%s\n", forged);
        fclose(record);
    }
}

static void unlink_record(void) {
    char path[512];
    snprintf(path, sizeof path, "%s/results.jsonl", evidence());
    unlink(path);
}

static void rename_folder(void) {
    char to[512];
    snprintf(to, sizeof to, "%s.away", evidence());
    rename(evidence(), to);
}

static void change_folder(void) {
    (void)!chdir("/");
}

static void limit_files(void) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_FSIZE, &none);
    setrlimit(RLIMIT_NOFILE, &none);
}

static void mask_files(void) {
    umask(0777);
}

static void open_network(void) {
    (void)socket(AF_INET, SOCK_STREAM, 0);
}

static void fill_memory(void) {
    for (;;) {
        char *block = malloc((size_t)64 << 20);
        if (block == NULL) {
            abort();
        }
        memset(block, 1, (size_t)64 << 20);
    }
}

/* ---- threads and exit handlers ---- */

static volatile int thread_had_its_turn; /* on a busy machine the case would be over before it */

static void *write_later(void *unused) {
    for (int i = 0; i < 1000; i++) {
        usleep(1000);
        for (int fd = 3; fd < FDS; fd++) {
            (void)!write(fd, forged, strlen(forged));
        }
        thread_had_its_turn = 1;
    }
    return unused;
}

static void *exit_later(void *unused) {
    usleep(2000);
    _exit(0);
    return unused;
}

static void *call_host(void *unused) {
    for (;;) {
        (void)host->input(host->ctx, 0, DUT_IN_ESTOP);
        usleep(100);
    }
    return unused;
}

static void start(void *(*function)(void *)) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, NULL) != 0) {
        abort();
    }
    usleep(5000);
}

static void thread_writes(void) {
    start(write_later);
    while (!thread_had_its_turn) {
        usleep(1000);
    }
}

static void thread_exits(void) {
    start(exit_later);
    (void)pause(); /* however late that thread is */
}

static void thread_calls(void) {
    start(call_host);
}

static void write_at_exit(void) {
    atexit(write_all_and_exit);
}

static void loop_at_exit(void) {
    atexit(loop);
}

/* ---- memory ---- */

static void overrun(size_t count) {
    memset((char *)instance + instance_size, 0x41, count);
}

static void overrun_named(void) {
    overrun((size_t)atoi(getenv("HOSTILE") + strlen("overrun-")));
}

static void underrun_named(void) {
    size_t count = (size_t)atoi(getenv("HOSTILE") + strlen("underrun-"));
    memset((char *)instance - count, 0x41, count);
}

static void write_everywhere(void) {
    memset(instance, 0x41, (size_t)1 << 30);
}

static void wreck_host(void) {
    memset(host->ctx, 0x41, 4096);
    (void)host->input(host->ctx, 0, DUT_IN_ESTOP);
}

static void round_up(void) {
    fesetround(FE_UPWARD);
}

static void trap_numbers(void) {
    feenableexcept(FE_INEXACT | FE_DIVBYZERO);
}

/* ---- calls of the host ---- */

static void send_long(void) {
    const struct dut_can_frame frame = {.id = 0x1826F456, .len = 200};
    host->can_send(host->ctx, DUT_NET_VEHICLE, &frame);
}

static void send_wide(void) {
    const struct dut_can_frame frame = {.id = 0xFFFFFFFF, .len = 8};
    host->can_send(host->ctx, DUT_NET_VEHICLE, &frame);
}

static void send_nowhere(void) {
    const struct dut_can_frame frame = {.id = 0x1826F456};
    host->can_send(host->ctx, 77, &frame);
}

static void send_null(void) {
    host->can_send(host->ctx, DUT_NET_VEHICLE, NULL);
}

static void send_for_ever(void) {
    const struct dut_can_frame frame = {.id = 0x1826F456, .len = 8};
    for (;;) {
        host->can_send(host->ctx, DUT_NET_VEHICLE, &frame);
    }
}

static void log_for_ever(void) {
    for (;;) {
        host->log(host->ctx, "again");
    }
}

static void write_line_null(void) {
    host->serial_write(host->ctx, DUT_LINE_DC_METER, NULL, 100);
}

static void write_line_beyond(void) {
    host->serial_write(host->ctx, 9, (const uint8_t *)"x", 1);
}

static void write_line_huge(void) {
    host->serial_write(host->ctx, DUT_LINE_DC_METER, (const uint8_t *)instance, SIZE_MAX / 2);
}

static void read_beyond(void) {
    (void)host->input(host->ctx, 0, (enum dut_input)DUT_INPUTS);
}

static void read_gun_beyond(void) {
    (void)host->input(host->ctx, 9, DUT_IN_ESTOP);
}

static void read_negative(void) {
    (void)host->input(host->ctx, 0, (enum dut_input) - 1);
}

static void set_beyond(void) {
    host->output(host->ctx, 0, (enum dut_output)DUT_OUTPUTS, 1);
}

static void set_gun_beyond(void) {
    host->output(host->ctx, 9, DUT_OUT_K1, 1);
}

static void set_switch_beyond(void) {
    host->output(host->ctx, 0, DUT_OUT_AUX, 7);
}

static void set_numbers(int32_t value) {
    static const enum dut_output numbers[] = {DUT_OUT_MODULE_MV,    DUT_OUT_MODULE_MA,
                                              DUT_OUT_ALARM,        DUT_OUT_STATE,
                                              DUT_OUT_FAN_PERMILLE, DUT_OUT_DISTRIBUTION};
    static const enum dut_output switches[] = {DUT_OUT_MODULES_ON, DUT_OUT_K1, DUT_OUT_K2};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        host->output(host->ctx, 0, numbers[i], value);
    }
    for (unsigned i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        host->output(host->ctx, 0, switches[i], 1);
    }
}

static void set_least(void) {
    set_numbers(INT32_MIN);
}

static void set_most(void) {
    set_numbers(INT32_MAX);
}

static void set_below(void) {
    set_numbers(-1);
}

static void store_null(void) {
    (void)host->store_write(host->ctx, 1, NULL, 4096);
}

static void store_into_null(void) {
    char byte = 1;
    (void)host->store_write(host->ctx, 1, &byte, 1);
    (void)host->store_read(host->ctx, 1, NULL, 1);
}

static void store_beyond(void) {
    static char bytes[1 << 20];
    for (unsigned i = 0; i < 100000; i += 100) {
        if (host->store_write(host->ctx, i, bytes, sizeof bytes) >= 0) {
            abort();
        }
        (void)host->store_write(host->ctx, i, bytes, 4096);
    }
    if (host->bulk_write(host->ctx, UINT32_MAX, bytes, sizeof bytes) >= 0 ||
        host->bulk_read(host->ctx, UINT32_MAX - 10, bytes, sizeof bytes) >= 0) {
        abort();
    }
}

static void bulk_null(void) {
    (void)host->bulk_write(host->ctx, 0, NULL, 4096);
}

static void log_null(void) {
    host->log(host->ctx, NULL);
}

static void log_garbage(void) {
    host->log(host->ctx, GARBAGE);
}

static void log_huge(void) {
    static char text[1 << 20];
    memset(text, 0xFF, sizeof text - 1); /* no UTF-8 either */
    host->log(host->ctx, text);
    host->log(host->ctx, "\r\n\x1b[2J{\"type\":\"case\",\"verdict\":\"pass\"}");
}

/* ---- what run returns ---- */

static int64_t wrong_wake(int64_t now_ns) {
    const char *what = getenv("HOSTILE") + strlen("wake-");
    return strcmp(what, "least") == 0    ? INT64_MIN
           : strcmp(what, "past") == 0   ? now_ns - 1000000000
           : strcmp(what, "now") == 0    ? now_ns
           : strcmp(what, "next") == 0   ? now_ns + 1
           : strcmp(what, "beyond") == 0 ? INT64_MAX - 1
                                         : DUT_NEVER;
}

static void nothing(void) {
}

/* ---- the api ---- */

static void change_api(void) {
    static const struct dut_param nameless[] = {{0}};
    static char long_name[1 << 20];
    const char *what = getenv("HOSTILE") + strlen("api-");
#define IS(name) (strcmp(what, name) == 0)
    api.abi_version = IS("version-0") ? 0 : IS("version-99") ? 99 : api.abi_version;
    api.guns = IS("guns-0") ? 0 : IS("guns-7") ? 7 : api.guns;
    api.instance_size = IS("instance-0")      ? 0
                        : IS("instance-huge") ? (size_t)1 << 40
                        : IS("small-half")    ? api.instance_size / 2
                                              : api.instance_size;
    api.tick_ns = IS("tick-negative") ? -1 : IS("tick-1ns") ? 1 : api.tick_ns;
    memset(long_name, 0xC3, sizeof long_name - 1);
    api.name = IS("name-null")      ? NULL
               : IS("name-garbage") ? GARBAGE
               : IS("name-huge")    ? long_name
                                    : api.name;
    api.version = IS("no-version") ? NULL : IS("version-garbage") ? GARBAGE : api.version;
    api.params = IS("params-null")      ? NULL
                 : IS("params-garbage") ? GARBAGE
                 : IS("param-nameless") ? nameless
                                        : api.params;
    api.param_count = IS("param-nameless") ? 1
                      : IS("params-many")  ? SIZE_MAX / 64
                                           : api.param_count;
    api.run = IS("run-null") ? NULL : api.run;
    api.init = IS("init-null") ? NULL : api.init;
    memcpy(&api.on_can, IS("on-can-garbage") ? &(void *){GARBAGE} : (void *)&api.on_can,
           sizeof api.on_can);
    api.fault_name = IS("fault-name-null") ? NULL : api.fault_name;
#undef IS
    dead = strncmp(what, "name-huge", 9) == 0;
}

/* ---- which ---- */

static const struct mode {
    const char *name;
    enum place place;
    void (*act)(void);
} modes[] = {
#define RAISE(name)                                                                                \
    { "raise-" name, RUN, raise_named }
    {"exit-0", RUN, exit_0},
    {"exit-9", RUN, exit_9},
    {"exit-at-once-0", RUN, exit_at_once_0},
    {"exit-at-once-4", RUN, exit_at_once_4},
    {"quick-exit-0", RUN, quick_exit_0},
    {"abort", RUN, abort},
    {"null-read", RUN, null_read},
    {"divide", RUN, divide},
    {"overflow-stack", RUN, overflow_stack},
    RAISE("segv"),
    RAISE("bus"),
    RAISE("fpe"),
    RAISE("ill"),
    RAISE("trap"),
    RAISE("sys"),
    RAISE("term"),
    RAISE("kill"),
    RAISE("hup"),
    RAISE("quit"),
    RAISE("alrm"),
    RAISE("usr1"),
    RAISE("pipe"),
    RAISE("xcpu"),
    RAISE("vtalrm"),
    RAISE("stop"),
    {"load-exit-0", LOAD, exit_0},
    {"load-abort", LOAD, abort},
    {"load-loop", LOAD, loop},
    {"load-fork", LOAD, fork_and_stay},
    {"entry-exit-0", ENTRY, exit_0},
    {"entry-exit-at-once-0", ENTRY, exit_at_once_0},
    {"entry-abort", ENTRY, abort},
    {"entry-loop", ENTRY, loop},
    {"entry-write-all", ENTRY, write_all_and_exit},
    {"init-exit-0", INIT, exit_0},
    {"init-abort", INIT, abort},
    {"init-loop", INIT, loop},
    {"init-overrun", INIT, nothing},
    {"init-refuses", INIT, nothing},
    {"set-param-abort", SET_PARAM, abort},
    {"set-param-loop", SET_PARAM, loop},
    {"capability-abort", CAPABILITY, abort},
    {"capability-loop", CAPABILITY, loop},
    {"on-can-abort", ON_CAN, abort},
    {"on-can-loop", ON_CAN, loop},
    {"on-serial-abort", ON_SERIAL, abort},
    {"on-serial-loop", ON_SERIAL, loop},
    {"on-input-abort", ON_INPUT, abort},
    {"on-input-loop", ON_INPUT, loop},
    {"run-loop", RUN, loop},
    {"run-wait", RUN, wait_for_ever},
    {"run-ignore-and-loop", RUN, ignore_and_loop},
    {"timer", RUN, timer},
    {"jump-back", RUN, jump_back},
    {"term-parent", RUN, term_parent},
    {"kill-parent", RUN, kill_parent},
    {"stop-parent", RUN, stop_parent},
    {"term-group", RUN, int_group},
    {"kill-group", RUN, kill_group},
    {"trace-parent", RUN, trace_parent},
    {"write-parent", RUN, write_parent},
    {"write-parent-file", RUN, write_parent_file},
    {"fork-and-stay", RUN, fork_and_stay},
    {"fork-and-leave-group", RUN, fork_and_leave_group},
    {"fork-and-write", RUN, fork_and_write},
    {"fork-bomb", RUN, fork_bomb},
    {"run-program", RUN, run_program},
    {"become-program", RUN, become_program},
    {"close-all", RUN, close_all},
    {"close-and-loop", RUN, close_and_loop},
    {"null-all", RUN, null_all},
    {"write-all", RUN, write_all},
    {"write-all-and-exit", RUN, write_all_and_exit},
    {"write-as-result", RUN, write_as_progress},
    {"flood-pipe", RUN, flood_pipe},
    {"print-json", RUN, print_json},
    {"close-output", RUN, close_output},
    {"truncate-record", RUN, truncate_record},
    {"append-record", RUN, append_record},
    {"unlink-record", RUN, unlink_record},
    {"rename-folder", RUN, rename_folder},
    {"change-folder", RUN, change_folder},
    {"limit-files", RUN, limit_files},
    {"mask-files", RUN, mask_files},
    {"open-network", RUN, open_network},
    {"fill-memory", RUN, fill_memory},
    {"thread-writes", RUN, thread_writes},
    {"thread-exits", RUN, thread_exits},
    {"thread-calls", RUN, thread_calls},
    {"write-at-exit", RUN, write_at_exit},
    {"loop-at-exit", RUN, loop_at_exit},
    {"write-at-unload", UNLOAD, write_all_and_exit},
    {"overrun-1", RUN, overrun_named},
    {"overrun-4", RUN, overrun_named},
    {"overrun-8", RUN, overrun_named},
    {"overrun-64", RUN, overrun_named},
    {"overrun-4096", RUN, overrun_named},
    {"underrun-1", RUN, underrun_named},
    {"underrun-4", RUN, underrun_named},
    {"underrun-8", RUN, underrun_named},
    {"underrun-64", RUN, underrun_named},
    {"underrun-4096", RUN, underrun_named},
    {"write-everywhere", RUN, write_everywhere},
    {"wreck-host", RUN, wreck_host},
    {"round-up", RUN, round_up},
    {"trap-numbers", RUN, trap_numbers},
    {"send-long", RUN, send_long},
    {"send-wide", RUN, send_wide},
    {"send-nowhere", RUN, send_nowhere},
    {"send-null", RUN, send_null},
    {"send-for-ever", RUN, send_for_ever},
    {"log-for-ever", RUN, log_for_ever},
    {"write-line-null", RUN, write_line_null},
    {"write-line-beyond", RUN, write_line_beyond},
    {"write-line-huge", RUN, write_line_huge},
    {"read-beyond", RUN, read_beyond},
    {"read-gun-beyond", RUN, read_gun_beyond},
    {"read-negative", RUN, read_negative},
    {"set-beyond", RUN, set_beyond},
    {"set-gun-beyond", RUN, set_gun_beyond},
    {"set-switch-beyond", RUN, set_switch_beyond},
    {"set-least", RUN, set_least},
    {"set-most", RUN, set_most},
    {"set-below", RUN, set_below},
    {"store-null", RUN, store_null},
    {"store-into-null", RUN, store_into_null},
    {"store-beyond", RUN, store_beyond},
    {"bulk-null", RUN, bulk_null},
    {"log-null", RUN, log_null},
    {"log-garbage", RUN, log_garbage},
    {"log-huge", RUN, log_huge},
    {"wake-least", RUN, nothing},
    {"wake-past", RUN, nothing},
    {"wake-now", RUN, nothing},
    {"wake-next", RUN, nothing},
    {"wake-beyond", RUN, nothing},
    {"wake-never", RUN, nothing},
    {"entry-null", ENTRY, nothing},
    {"entry-garbage", ENTRY, nothing},
    {"api-version-0", API, change_api},
    {"api-version-99", API, change_api},
    {"api-guns-0", API, change_api},
    {"api-guns-7", API, change_api},
    {"api-instance-0", API, change_api},
    {"api-instance-huge", API, change_api},
    {"api-small-half", API, change_api},
    {"api-tick-negative", API, change_api},
    {"api-tick-1ns", API, change_api},
    {"api-name-null", API, change_api},
    {"api-name-garbage", API, change_api},
    {"api-name-huge", API, change_api},
    {"api-no-version", API, change_api},
    {"api-version-garbage", API, change_api},
    {"api-params-null", API, change_api},
    {"api-params-garbage", API, change_api},
    {"api-param-nameless", API, change_api},
    {"api-params-many", API, change_api},
    {"api-run-null", API, change_api},
    {"api-init-null", API, change_api},
    {"api-on-can-garbage", API, change_api},
    {"api-fault-name-null", API, change_api},
};

static const struct mode *chosen(void) {
    const char *name = getenv("HOSTILE");
    for (size_t i = 0; name != NULL && i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(modes[i].name, name) == 0) {
            return &modes[i];
        }
    }
    fprintf(stderr, "HOSTILE=%s: there is no such mode\n", name != NULL ? name : "");
    return NULL;
}

static bool is(const char *name) {
    return strcmp(getenv("HOSTILE"), name) == 0;
}

/* True: from now on it does nothing. */
static bool act(enum place place) {
    const struct mode *mode = chosen();
    if (!dead && mode != NULL && mode->place == place) {
        mode->act();
        dead = dead || place != API;
    }
    return dead;
}

/* ---- the firmware ---- */

static int init(void *dut, const struct dut_host *given, int64_t now_ns) {
    host = given;
    instance = dut;
    instance_size = api.instance_size;
    (void)setjmp(earlier);
    if (is("init-overrun")) {
        overrun(1);
    }
    return act(INIT) ? (is("init-refuses") ? DUT_ERROR_FULL : 0)
                     : core_dut_entry()->init(dut, given, now_ns);
}

static int set_param(void *dut, const char *name, int32_t value) {
    return act(SET_PARAM) ? 0 : core_dut_entry()->set_param(dut, name, value);
}

static int32_t capability(void *dut, unsigned gun, enum dut_capability what) {
    return act(CAPABILITY) ? DUT_UNKNOWN : core_dut_entry()->capability(dut, gun, what);
}

static void on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame) {
    if (!act(ON_CAN)) {
        core_dut_entry()->on_can(dut, now_ns, net, frame);
    }
}

static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    if (!act(ON_SERIAL)) {
        core_dut_entry()->on_serial(dut, now_ns, line, bytes, count);
    }
}

static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    if (!act(ON_INPUT)) {
        core_dut_entry()->on_input(dut, now_ns, gun, channel, value);
    }
}

static int64_t run(void *dut, int64_t now_ns) {
    const struct mode *mode = chosen();
    dead = dead || (mode != NULL && mode->place == UNLOAD);
    if (now_ns >= ACT_NS && act(RUN)) {
        return strncmp(getenv("HOSTILE"), "wake-", 5) == 0 ? wrong_wake(now_ns) : DUT_NEVER;
    }
    return dead ? DUT_NEVER : core_dut_entry()->run(dut, now_ns);
}

__attribute__((constructor)) static void loaded(void) {
    (void)act(LOAD);
}

__attribute__((destructor)) static void unloaded(void) {
    dead = false;
    (void)act(UNLOAD);
}

const struct dut_api *dut_entry(void) {
    api = *core_dut_entry();
    api.init = init;
    api.set_param = set_param;
    api.capability = capability;
    api.on_can = on_can;
    api.on_serial = on_serial;
    api.on_input = on_input;
    api.run = run;
    (void)act(ENTRY);
    (void)act(API);
    dead = dead && !is("entry-null");
    return is("entry-null") ? NULL : is("entry-garbage") ? GARBAGE : &api;
}
