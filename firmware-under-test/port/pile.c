/* SPDX-License-Identifier: MIT */
/* The controller's firmware as a Linux process: serves struct dut_host (dut.h) over SocketCAN,
 * serial lines and CLOCK_MONOTONIC. It knows nothing of the bench but the frames of pile_io.h. */
#include "dut.h"
#include "pile_bulk.h"
#include "pile_can.h"
#include "pile_channels.h"
#include "pile_options.h"
#include "pile_serial.h"
#include "pile_store.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define PAUSE_MIN_NS                                                                               \
    (100 * INT64_C(1000)) /* a firmware that wants to run at once leaves others time */
#define TICKS_MAX    1000 /* late ticks that follow one another; more are given up */
#define BURST_MAX    256  /* frames of one network a turn */
#define SERIAL_CHUNK 256
#define END_S                                                                                      \
    3 /* a firmware that does not come back from a call does not keep the process longer */

/* Places in the list for poll. */
enum {
    WATCHED_IO = 0,
    WATCHED_NETS = 1,
    WATCHED_LINES = WATCHED_NETS + DUT_NETS,
    WATCHED_MAX = WATCHED_LINES + PILE_LINES_MAX,
};

enum exit_status {
    EXIT_STOPPED = 0,
    EXIT_LINK_GONE = 1,
    EXIT_USAGE = 2,
    EXIT_BROKEN = 3, /* the firmware broke dut.h */
};

struct pile {
    struct pile_options options;
    const struct dut_api *api;
    struct dut_host host;
    void *dut;
    struct pile_can nets[DUT_NETS];
    struct pile_can io;
    int lines[PILE_LINES_MAX]; /* descriptors, as options.lines */
    struct pile_channels channels;
    struct pile_store store;
    int bulk;     /* descriptor */
    bool running; /* the firmware has its inputs and runs */
    bool broken;  /* the firmware broke dut.h: the process ends */
    int64_t wake_ns;
    int64_t begun_ns; /* when options.clock_s was the time */
};

static volatile sig_atomic_t stop_asked;

/* A call of the firmware may never return: then the alarm ends the process. */
static void on_stop(int number) {
    (void)number;
    stop_asked = 1;
    alarm(END_S);
}

static int64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* On a board this would reach for memory or registers that are somebody else's. */
static void complain(struct pile *pile, const char *what) {
    if (!pile->broken) {
        fprintf(stderr, "pile: the firmware %s\n", what);
    }
    pile->broken = true;
}

/* struct dut_host */

static int host_can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    struct pile *pile = ctx;
    if (net >= DUT_NETS) {
        complain(pile, "sent on a CAN network that does not exist");
        return DUT_ERROR_ABSENT;
    }
    if (frame->len > 8 || frame->id >= UINT32_C(1) << 29) {
        complain(pile,
                 "sent a frame of more than 8 bytes, or with an identifier of more than 29 bits");
        return DUT_ERROR_ARGUMENT;
    }
    struct pile_frame out = {.id = frame->id, .extended = true, .len = frame->len};
    memcpy(out.data, frame->data, frame->len);
    pile_channels_flush(&pile->channels);
    return pile_can_send(&pile->nets[net], &out);
}

static int host_serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    struct pile *pile = ctx;
    if (line >= DUT_LINES) {
        complain(pile, "wrote to a serial line that does not exist");
    }
    for (unsigned i = 0; i < pile->options.line_count; i++) {
        if (pile->options.lines[i].line == line) {
            ssize_t written = write(pile->lines[i], bytes, count);
            return written == (ssize_t)count ? (int)count : DUT_ERROR_FULL;
        }
    }
    return DUT_ERROR_ABSENT;
}

static int32_t host_input(void *ctx, unsigned gun, enum dut_input channel) {
    struct pile *pile = ctx;
    if (gun >= pile->channels.guns || (unsigned)channel >= DUT_INPUTS) {
        complain(pile, "read an input that does not exist");
    }
    return pile_channels_input(&pile->channels, gun, channel);
}

static void host_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    struct pile *pile = ctx;
    if (gun >= pile->channels.guns || (unsigned)channel >= DUT_OUTPUTS) {
        complain(pile, "set an output that does not exist");
    }
    pile_channels_output(&pile->channels, gun, channel, value);
}

static int host_store_read(void *ctx, unsigned record, void *bytes, size_t size) {
    return pile_store_read(&((struct pile *)ctx)->store, record, bytes, size);
}

static int host_store_write(void *ctx, unsigned record, const void *bytes, size_t size) {
    return pile_store_write(&((struct pile *)ctx)->store, record, bytes, size);
}

static int host_bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    return pile_bulk_read(((struct pile *)ctx)->bulk, offset, bytes, size);
}

static int host_bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    return pile_bulk_write(((struct pile *)ctx)->bulk, offset, bytes, size);
}

/* The machine's clock and time zone are the pile's, unless it was given one. */
static int64_t host_wall_time(void *ctx) {
    const struct pile *pile = ctx;
    time_t now = time(NULL);
    struct tm local;
    if (pile->options.clock_s > 0) {
        return pile->options.clock_s + (clock_ns() - pile->begun_ns) / NS_PER_S;
    }
    return localtime_r(&now, &local) == NULL ? -1 : (int64_t)now + local.tm_gmtoff;
}

static void host_log(void *ctx, const char *text) {
    if (!((struct pile *)ctx)->options.quiet) {
        fprintf(stderr, "pile: firmware: %s\n", text);
    }
}

/* Getting ready */

static const struct dut_api *load_firmware(const char *path) {
    if (path == NULL) {
        return dut_entry();
    }
    char local[4096];
    snprintf(local, sizeof local, "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
    void *library = dlopen(local, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library == NULL ? NULL : dlsym(library, "dut_entry");
    if (symbol == NULL) {
        fprintf(stderr, "pile: cannot load the firmware: %s\n", dlerror());
        return NULL;
    }
    const struct dut_api *(*entry)(void) = NULL;
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no such cast; POSIX promises it works */
    return entry();
}

/* Beyond fault_name there is nothing to be read of firmware older than version 3. */
static bool check_firmware(const struct dut_api *api) {
    if (api == NULL) {
        return false;
    }
    if (api->abi_version < 1 || api->abi_version > DUT_ABI_VERSION || api->guns < 1 ||
        api->guns > DUT_GUNS_MAX || api->instance_size == 0 ||
        (api->abi_version >= 3 && api->capability == NULL)) {
        fputs("pile: the firmware was built for another dut.h\n", stderr);
        return false;
    }
    return true;
}

static void list_params(const struct dut_api *api) {
    printf("%s %s: %zu parameters\n", api->name, api->version, api->param_count);
    for (size_t i = 0; i < api->param_count; i++) {
        const struct dut_param *p = &api->params[i];
        printf("  %-32s %ld %s (%ld..%ld)  %s\n", p->name, (long)p->value, p->unit, (long)p->min,
               (long)p->max, p->clause);
    }
}

/* Against the firmware's table, before anything is opened. */
static bool check_sets(const struct dut_api *api, const struct pile_options *options) {
    for (unsigned i = 0; i < options->set_count; i++) {
        const struct pile_set *set = &options->sets[i];
        const struct dut_param *param = NULL;
        for (size_t k = 0; k < api->param_count; k++) {
            param = strcmp(api->params[k].name, set->name) == 0 ? &api->params[k] : param;
        }
        if (param == NULL) {
            fprintf(stderr, "pile: --set %s: no such parameter; 'pile --list-params' lists them\n",
                    set->name);
            return false;
        }
        if (set->value < param->min || set->value > param->max) {
            fprintf(stderr, "pile: --set %s=%ld: out of range, %ld to %ld %s\n", set->name,
                    (long)set->value, (long)param->min, (long)param->max, param->unit);
            return false;
        }
    }
    return true;
}

/* Guns that are wired: a second one has a network of its own. */
static unsigned guns(const struct pile *pile) {
    return pile->options.nets[DUT_NET_VEHICLE + 1] != NULL ? pile->api->guns : 1;
}

/* A firmware that can be told how many guns there are is told so; --set holds. */
static void tell_guns(struct pile *pile) {
    for (size_t i = 0; guns(pile) > 1 && i < pile->api->param_count; i++) {
        if (strcmp(pile->api->params[i].name, "guns") == 0) {
            (void)pile->api->set_param(pile->dut, "guns", (int32_t)guns(pile));
        }
    }
}

static bool apply_sets(struct pile *pile) {
    tell_guns(pile);
    for (unsigned i = 0; i < pile->options.set_count; i++) {
        const struct pile_set *set = &pile->options.sets[i];
        if (pile->api->set_param(pile->dut, set->name, set->value) < 0) {
            fprintf(stderr, "pile: the firmware refuses --set %s=%ld\n", set->name,
                    (long)set->value);
            return false;
        }
    }
    return true;
}

static bool open_links(struct pile *pile) {
    const struct pile_options *options = &pile->options;
    char why[256];
    bool fine = pile_can_open(&pile->io, options->io, why, sizeof why);
    for (unsigned i = 0; fine && i < DUT_NETS; i++) {
        if (options->nets[i] != NULL) {
            fine = pile_can_open(&pile->nets[i], options->nets[i], why, sizeof why);
        }
    }
    for (unsigned i = 0; fine && i < options->line_count; i++) {
        const struct pile_line *line = &options->lines[i];
        pile->lines[i] = pile_serial_open(line->device, line->baud, why, sizeof why);
        fine = pile->lines[i] >= 0;
    }
    fine = fine && pile_store_open(&pile->store, options->store, why, sizeof why);
    if (fine) {
        pile->bulk = pile_bulk_open(options->store, why, sizeof why);
        fine = pile->bulk >= 0;
    }
    if (!fine) {
        fprintf(stderr, "pile: %s\n", why);
    }
    return fine;
}

static void close_links(struct pile *pile) {
    if (pile->bulk >= 0) {
        close(pile->bulk);
    }
    pile_can_close(&pile->io);
    for (unsigned i = 0; i < DUT_NETS; i++) {
        pile_can_close(&pile->nets[i]);
    }
    for (unsigned i = 0; i < pile->options.line_count; i++) {
        if (pile->lines[i] >= 0) {
            close(pile->lines[i]);
        }
    }
}

static int32_t capability(void *ctx, unsigned gun, enum dut_capability what) {
    const struct pile *pile = ctx;
    return pile->api->abi_version < 3 ? DUT_UNKNOWN : pile->api->capability(pile->dut, gun, what);
}

/* Made once the inputs are there, so that init already reads true values. */
static bool boot(struct pile *pile, int64_t now_ns) {
    const struct dut_api *api = pile->api;
    if (api->init(pile->dut, &pile->host, now_ns) < 0) {
        fprintf(stderr, "pile: the firmware %s %s refuses to start\n", api->name, api->version);
        return false;
    }
    if (!apply_sets(pile)) {
        return false;
    }
    pile_channels_declare(&pile->channels, capability, pile);
    return true;
}

/* Running */

static void hand_over_inputs(struct pile *pile, int64_t now_ns) {
    unsigned gun;
    enum dut_input channel;
    bool old = pile->api->abi_version < 3;
    while (pile_channels_stepped(&pile->channels, &gun, &channel)) {
        if (old && channel >= DUT_IN_AC_L1_MV) {
            continue; /* its dut.h has no such input */
        }
        pile->api->on_input(pile->dut, now_ns, gun, channel,
                            pile_channels_input(&pile->channels, gun, channel));
    }
}

static bool read_io(struct pile *pile, int64_t now_ns) {
    struct pile_frame frame;
    int got = 0;
    for (int i = 0; i < BURST_MAX && (got = pile_can_read(&pile->io, &frame)) > 0; i++) {
        pile_channels_frame(&pile->channels, now_ns, &frame);
    }
    return got >= 0;
}

/* Frames that came before the firmware runs are read and dropped: a controller that boots does not
 * hear the bus either. */
static bool read_net(struct pile *pile, unsigned net, int64_t now_ns, bool *event) {
    struct pile_frame frame;
    int got = 0;
    for (int i = 0; i < BURST_MAX && (got = pile_can_read(&pile->nets[net], &frame)) > 0; i++) {
        if (frame.extended && pile->running) {
            struct dut_can_frame in = {.id = frame.id, .len = frame.len};
            memcpy(in.data, frame.data, sizeof in.data);
            pile->api->on_can(pile->dut, now_ns, net, &in);
            *event = true;
        }
    }
    return got >= 0;
}

/* A line that is hung up (an adapter pulled out, the far end of a pseudo-terminal closed) is ready for
 * ever and has nothing: it is watched no more, and the controller goes on without it. */
static void drop_line(struct pile *pile, unsigned index) {
    fprintf(stderr, "pile: the serial line '%s' has gone\n", pile->options.lines[index].device);
    close(pile->lines[index]);
    pile->lines[index] = -1;
}

static void read_line(struct pile *pile, unsigned index, int64_t now_ns, bool *event) {
    uint8_t bytes[SERIAL_CHUNK];
    ssize_t count = read(pile->lines[index], bytes, sizeof bytes);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
        drop_line(pile, index);
    } else if (count > 0 && pile->running) {
        pile->api->on_serial(pile->dut, now_ns, pile->options.lines[index].line, bytes,
                             (size_t)count);
        *event = true;
    }
}

static void run_ticks(struct pile *pile, int64_t now_ns) {
    int64_t tick_ns = pile->api->tick_ns;
    for (int i = 0; i < TICKS_MAX && pile->wake_ns <= now_ns; i++) {
        (void)pile->api->run(pile->dut, now_ns);
        pile->wake_ns += tick_ns;
    }
    if (pile->wake_ns <= now_ns) {
        pile->wake_ns = (now_ns / tick_ns + 1) * tick_ns;
    }
}

static void run(struct pile *pile, int64_t now_ns, bool event) {
    if (pile->api->tick_ns > 0) {
        run_ticks(pile, now_ns);
    } else if (event || now_ns >= pile->wake_ns) {
        int64_t wake_ns = pile->api->run(pile->dut, now_ns);
        pile->wake_ns = wake_ns < now_ns + PAUSE_MIN_NS ? now_ns + PAUSE_MIN_NS : wake_ns;
    }
}

static void drop_steps(struct pile *pile) {
    unsigned gun;
    enum dut_input channel;
    while (pile_channels_stepped(&pile->channels, &gun, &channel)) {
        continue;
    }
}

/* The firmware starts with the first full set of inputs, which init reads: they are no steps. */
static bool start_when_ready(struct pile *pile, int64_t now_ns) {
    if (pile->running || !pile_channels_ready(&pile->channels)) {
        return true;
    }
    int64_t tick_ns = pile->api->tick_ns;
    drop_steps(pile);
    pile->running = boot(pile, now_ns);
    pile->wake_ns = tick_ns > 0 ? (now_ns / tick_ns + 1) * tick_ns : now_ns;
    return pile->running;
}

/* Everything that waits, then the firmware. EXIT_STOPPED: go on. Only what poll called ready is
 * read: a system call can be dear. */
static enum exit_status turn(struct pile *pile, const struct pollfd *watched, int64_t now_ns) {
    bool fine = watched[WATCHED_IO].revents == 0 || read_io(pile, now_ns), event = false;
    if (!start_when_ready(pile, now_ns)) {
        return EXIT_USAGE;
    }
    for (unsigned gun = 0; gun < pile->channels.guns; gun++) {
        event = event || pile->channels.stepped[gun] != 0;
    }
    if (pile->running) {
        hand_over_inputs(pile, now_ns);
    }
    for (unsigned i = 0; i < DUT_NETS; i++) {
        if (watched[WATCHED_NETS + i].revents != 0) {
            fine = read_net(pile, i, now_ns, &event) && fine;
        }
    }
    for (unsigned i = 0; i < pile->options.line_count; i++) {
        if (watched[WATCHED_LINES + i].revents != 0) {
            read_line(pile, i, now_ns, &event);
        }
    }
    if (pile->running) {
        run(pile, now_ns, event);
    }
    if (!fine) {
        fputs("pile: a CAN interface is gone\n", stderr);
        return EXIT_LINK_GONE;
    }
    return pile->broken ? EXIT_BROKEN : EXIT_STOPPED;
}

static nfds_t watch(const struct pile *pile, struct pollfd *watched) {
    watched[WATCHED_IO] = (struct pollfd){.fd = pile->io.fd, .events = POLLIN};
    for (unsigned i = 0; i < DUT_NETS; i++) {
        watched[WATCHED_NETS + i] = (struct pollfd){.fd = pile->nets[i].fd, .events = POLLIN};
    }
    for (unsigned i = 0; i < pile->options.line_count; i++) {
        watched[WATCHED_LINES + i] = (struct pollfd){.fd = pile->lines[i], .events = POLLIN};
    }
    return WATCHED_LINES + pile->options.line_count; /* descriptors of -1 are passed over by poll */
}

/* A stop that is asked for between look and wait is seen a turn later, which is within PILE_IO_SLOW_MS:
 * so long it never waits. */
static enum exit_status serve(struct pile *pile) {
    struct pollfd watched[WATCHED_MAX];
    nfds_t count = watch(pile, watched);
    while (!stop_asked) {
        int64_t now_ns = clock_ns();
        enum exit_status status = turn(pile, watched, now_ns);
        if (status != EXIT_STOPPED) {
            return status;
        }
        int64_t due_ns = pile_channels_serve(&pile->channels, now_ns);
        int64_t next_ns = pile->running && pile->wake_ns < due_ns ? pile->wake_ns : due_ns;
        int64_t wait_ns = next_ns - clock_ns();
        wait_ns = wait_ns < 0 ? 0 : wait_ns;
        struct timespec wait = {.tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S};
        count = watch(pile, watched); /* lines may have gone */
        if (ppoll(watched, count, &wait, NULL) < 0) {
            count = watch(pile, watched); /* a signal: what is in revents counts no more */
        }
    }
    return EXIT_STOPPED;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGALRM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &both, NULL); /* whoever started us may have blocked them */
}

/* A parent that ended before the request took effect has left us to another. */
static void die_with_parent(pid_t parent) {
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        stop_asked = 1;
    }
}

static enum exit_status serve_until_stopped(struct pile *pile) {
    catch_signals();
    (void)prctl(PR_SET_TIMERSLACK, 1UL); /* default 50 us; the kernel's own is finer */
    pile_channels_init(&pile->channels, guns(pile), &pile->io, pile->api->name, pile->api->version);
    enum exit_status status = serve(pile);
    pile_channels_clear_outputs(&pile->channels); /* no power, no outputs */
    (void)pile_channels_serve(&pile->channels, clock_ns());
    return status;
}

static void prepare(struct pile *pile) {
    pile->begun_ns = clock_ns();
    pile->host = (struct dut_host){pile,           host_can_send,   host_serial_write, host_input,
                                   host_output,    host_store_read, host_store_write,  host_log,
                                   host_bulk_read, host_bulk_write, host_wall_time};
    pile->bulk = -1;
    pile->io = PILE_CAN_CLOSED;
    for (unsigned i = 0; i < DUT_NETS; i++) {
        pile->nets[i] = PILE_CAN_CLOSED;
    }
    for (unsigned i = 0; i < PILE_LINES_MAX; i++) {
        pile->lines[i] = -1;
    }
}

int main(int argc, char **argv) {
    static struct pile pile;
    pid_t parent = getppid();
    int status = EXIT_STOPPED;
    if (!pile_options_read(&pile.options, argc, argv, &status)) {
        return status;
    }
    if (pile.options.die_with_parent) {
        die_with_parent(parent);
    }
    pile.api = load_firmware(pile.options.dut);
    if (!check_firmware(pile.api)) {
        return EXIT_USAGE;
    }
    if (pile.options.list_params) {
        list_params(pile.api);
        return EXIT_STOPPED;
    }
    if (!check_sets(pile.api, &pile.options)) {
        return EXIT_USAGE;
    }
    prepare(&pile);
    pile.dut = calloc(1, pile.api->instance_size);
    if (pile.dut == NULL) {
        fputs("pile: out of memory\n", stderr);
        return EXIT_USAGE;
    }
    status = open_links(&pile) ? (int)serve_until_stopped(&pile) : EXIT_USAGE;
    close_links(&pile);
    free(pile.dut);
    return status;
}
