/* SPDX-License-Identifier: MIT */
#include "harness/dut/local.h"

#include "harness/dut/bulk.h"
#include "harness/dut/instance.h"
#include "harness/dut/store.h"
#include "sim/memory.h"

#include <assert.h>
#include <fenv.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPIN_PAUSE_NS NS_PER_MS
#define RUNS_MOST     1000 /* within that time */
#define NAME_SIZE     64
#define CALLS_MOST    1000000 /* of the host within one call of the firmware: it never returns */
#define LOG_MOST      1024    /* bytes of a line */

_Static_assert(DUT_INPUTS <= 64, "pending inputs are bits of a uint64_t");

struct line_in { /* one step-capable input of one gun */
    struct subscription subscription;
    struct dut_local *dut;
    unsigned gun, channel;
    int32_t last; /* as the firmware was told */
};

struct port { /* one CAN network */
    struct can_node node;
    struct dut_local *dut;
    struct can_net *net;
    unsigned index;
};

struct param_set {
    char name[NAME_SIZE];
    int32_t value;
};

struct shown { /* a number that the firmware has a name for */
    int32_t value;
    bool named; /* its name was told */
};

struct dut_local {
    struct dut_local_config config;
    struct dut_host host;
    struct dut_wiring wiring;
    struct dut_instance instance;
    struct timer timer;
    struct timer cut; /* the supply fails */
    int64_t now_ns;   /* as last told to the firmware */
    int64_t wake_ns;  /* when it wants to run; DUT_NEVER */
    int64_t run_ns;   /* of the last run */
    unsigned spins;   /* runs at that instant */
    unsigned runs;    /* since then, for SPIN_PAUSE_NS */
    int64_t since_ns;
    bool started, powered;
    bool clock_lost;
    enum dut_call call;                  /* under way */
    unsigned host_calls;                 /* within it */
    bool in_host;                        /* one of them is under way; changed atomically */
    const char *home;                    /* here of the bench's thread */
    bool blamed[DUT_BLAMES];             /* what was told already */
    struct shown shown[DUT_GUNS_MAX][2]; /* state and alarm of each gun */
    bool names_due;                      /* of one of them */
    uint64_t pending[DUT_GUNS_MAX];      /* inputs that stepped, by channel */
    struct line_in lines[DUT_GUNS_MAX][DUT_INPUTS];
    struct port ports[DUT_NETS];
    struct param_set params[DUT_LOCAL_PARAMS];
    unsigned param_count;
    struct dut_store store;
    struct dut_bulk bulk;
    bool cut_armed, cutting; /* in a write to come; in this call of the firmware,
                                 of which nothing comes out any more */
};

static void mark(const struct dut_local *dut, enum dut_call call) {
    if (dut->config.inside != NULL) {
        *dut->config.inside = (int)call;
    }
}

static void complain(struct dut_local *dut, enum dut_blame blame) {
    assert((unsigned)blame < DUT_BLAMES);
    if (blame != DUT_BLAME_NONE && dut->config.fault != NULL && !dut->blamed[blame]) {
        dut->config.fault(dut->config.ctx, dut->now_ns, blame);
    }
    dut->blamed[blame] = true;
}

/* The bench works in a thread of the firmware while it works in its own, and may already be damaged:
 * the process ends before that can show as anything else. */
static void end_two_at_once(struct dut_local *dut) {
    if (dut->config.blame != NULL) {
        *dut->config.blame = DUT_BLAME_OUTSIDE;
        _exit(EXIT_FAILURE);
    }
    complain(dut, DUT_BLAME_OUTSIDE);
}

static void enter(struct dut_local *dut, enum dut_call call) {
    assert(dut->call == DUT_OUTSIDE); /* the firmware is never called twice at once */
    dut->call = call;
    dut->host_calls = 0;
    if (dut->config.calls != NULL) {
        ++*dut->config.calls;
    }
    if (dut->config.loop->now_ns > dut->now_ns) {
        dut->now_ns = dut->config.loop->now_ns;
    }
    mark(dut, call);
}

/* Rounds to nearest, and no exception ends the process. Asked after every call of the firmware. */
static bool computes_by_default(void) {
#ifdef __SSE2_MATH__ /* no double of the bench is computed by the x87, whose word is slow to read */
    const unsigned sticky = 0x3Fu;
    return (__builtin_ia32_stmxcsr() & ~sticky) == 0x1F80u;
#else
    return fegetround() == FE_TONEAREST && fegetexcept() == 0;
#endif
}

static void leave_call(struct dut_local *dut) {
    assert(dut->call != DUT_OUTSIDE);
    mark(dut, DUT_OUTSIDE);
    dut->call = DUT_OUTSIDE;
    if (__atomic_load_n(&dut->in_host, __ATOMIC_ACQUIRE)) {
        end_two_at_once(dut);
    }
    complain(dut, dut_instance_check(&dut->instance, false));
    if (!computes_by_default()) { /* the bench computes in the same way */
        complain(dut, DUT_BLAME_MODE);
        fesetenv(FE_DFL_ENV);
    }
}

/* What its state or alarm now is, in its own words. */
static void tell_name(struct dut_local *dut, unsigned gun, enum dut_output channel,
                      struct shown *shown) {
    assert(!shown->named && shown->value >= 0);
    const struct dut_api *api = dut->config.api;
    char name[NAME_SIZE];
    shown->named = true;
    enter(dut, DUT_CALL_NAME);
    const char *given =
        channel == DUT_OUT_STATE ? api->state_name(shown->value) : api->fault_name(shown->value);
    size_t length = given == NULL ? 0 : strnlen(given, sizeof name - 1);
    if (length > 0) {
        memcpy(name, given, length);
    }
    name[length] = '\0';
    leave_call(dut);
    dut->config.said(dut->config.ctx, dut->now_ns, gun, channel, shown->value, name);
}

/* Names are asked for once the firmware has returned: it is never called from within itself. */
static void leave(struct dut_local *dut) {
    leave_call(dut);
    if (!dut->names_due) {
        return;
    }
    dut->names_due = false;
    for (unsigned gun = 0; dut->config.said != NULL && gun < dut->wiring.guns; gun++) {
        for (int i = 0; i < 2; i++) {
            struct shown *shown = &dut->shown[gun][i];
            if (!shown->named && shown->value >= 0) {
                tell_name(dut, gun, i == 0 ? DUT_OUT_STATE : DUT_OUT_ALARM, shown);
            }
        }
    }
}

static void note_shown(struct dut_local *dut, unsigned gun, enum dut_output channel,
                       int32_t value) {
    if (gun < DUT_GUNS_MAX && (channel == DUT_OUT_STATE || channel == DUT_OUT_ALARM)) {
        struct shown *shown = &dut->shown[gun][channel == DUT_OUT_ALARM];
        shown->named = shown->named && shown->value == value;
        shown->value = value;
        dut->names_due = dut->names_due || !shown->named;
    }
}

/* Each thread has its own: two system calls a call would cost the half of a suite's time. */
static _Thread_local char here;

/* The firmware calls its host. What it hands over was read by then: a bad pointer of its own crashes
 * while its code counts as running. */
static struct dut_local *host_enter(void *ctx) {
    struct dut_local *dut = ctx;
    bool in_thread = dut->home != &here;
    if (__atomic_load_n(&dut->in_host, __ATOMIC_ACQUIRE) ||
        (in_thread && dut->call == DUT_OUTSIDE)) {
        end_two_at_once(dut);
    }
    /* No exchange: a locked one costs as much as all the rest of most calls. Two threads that slip in
     * within the same nanoseconds are seen the next time, or by leave_call. */
    __atomic_store_n(&dut->in_host, true, __ATOMIC_RELEASE);
    mark(dut, DUT_OUTSIDE);
    if (dut->call == DUT_OUTSIDE) {
        complain(dut, DUT_BLAME_OUTSIDE);
    } else if (++dut->host_calls == CALLS_MOST) {
        complain(dut, DUT_BLAME_CALLS);
        if (dut->config.endless != NULL) {
            dut->config.endless(dut->config.ctx);
        }
    }
    return dut;
}

static void host_leave(struct dut_local *dut) {
    mark(dut, dut->call);
    __atomic_store_n(&dut->in_host, false, __ATOMIC_RELEASE);
}

/* Every byte is there to be read. */
static void touch(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)*(const volatile uint8_t *)&bytes[i];
    }
}

/* The timer serves the firmware's wish and inputs that wait to be handed over. */
static void arm(struct dut_local *dut) {
    struct loop *loop = dut->config.loop;
    bool waiting = false;
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        waiting = waiting || dut->pending[gun] != 0;
    }
    int64_t at_ns = waiting ? loop->now_ns : dut->wake_ns;
    if (!dut->started || !dut->powered || at_ns == DUT_NEVER) {
        loop_cancel(loop, &dut->timer);
    } else if (!loop_is_set(&dut->timer) || dut->timer.at_ns != at_ns) {
        loop_set(loop, &dut->timer, at_ns);
    }
    assert(dut->started || !loop_is_set(&dut->timer)); /* it is not called before */
    assert(dut->powered || !loop_is_set(&dut->timer)); /* nor without its supply */
}

/* What the firmware may ask for (struct dut_host). */

static int send(struct dut_local *dut, unsigned net, const struct dut_can_frame *frame) {
    if (net >= DUT_NETS) {
        complain(dut, DUT_BLAME_NET);
        return DUT_ERROR_ABSENT;
    }
    if (frame->len > 8 || frame->id >= UINT32_C(1) << 29) {
        complain(dut, DUT_BLAME_FRAME);
        return DUT_ERROR_ARGUMENT;
    }
    if (dut->ports[net].net == NULL) {
        return DUT_ERROR_ABSENT;
    }
    if (dut->cutting) {
        return DUT_ERROR_FULL;
    }
    struct can_frame_ext out = {.id = frame->id, .extended = true, .len = frame->len};
    memcpy(out.data, frame->data, frame->len);
    int result = can_send(dut->ports[net].net, &dut->ports[net].node, &out);
    return result == 0 ? 0 : DUT_ERROR_FULL;
}

static int host_can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    const struct dut_can_frame copy = *frame;
    struct dut_local *dut = host_enter(ctx);
    int result = send(dut, net, &copy);
    host_leave(dut);
    return result;
}

static int host_serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    touch(bytes, count);
    struct dut_local *dut = host_enter(ctx);
    int result = DUT_ERROR_ABSENT;
    if (line >= DUT_LINES) {
        complain(dut, DUT_BLAME_LINE);
    } else if (dut->config.serial_write != NULL) {
        result = dut->config.serial_write(dut->config.ctx, line, bytes, count);
    }
    host_leave(dut);
    return result;
}

static int32_t host_input(void *ctx, unsigned gun, enum dut_input channel) {
    struct dut_local *dut = host_enter(ctx);
    if (gun >= dut->config.api->guns || (unsigned)channel >= DUT_INPUTS) {
        complain(dut, DUT_BLAME_INPUT);
    }
    bool unwired = gun >= dut->wiring.guns && gun < dut->config.api->guns && channel < DUT_INPUTS;
    int32_t value = unwired ? dut_input_wires[channel].missing
                            : dut_wiring_input(&dut->wiring, gun, channel, dut->now_ns);
    host_leave(dut);
    return value;
}

static void host_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    struct dut_local *dut = host_enter(ctx);
    if (dut->cutting) {
        host_leave(dut);
        return;
    }
    bool wired = dut_wiring_output(&dut->wiring, gun, channel, dut->now_ns, value);
    if (!wired && (gun >= dut->config.api->guns || (unsigned)channel >= DUT_OUTPUTS)) {
        complain(dut, DUT_BLAME_OUTPUT);
    } else if (wired && dut_output_wires[channel].kind == SIGNAL_BOOL && value != 0 && value != 1) {
        complain(dut, DUT_BLAME_SWITCH);
    }
    note_shown(dut, gun, channel, value);
    host_leave(dut);
}

static int host_store_read(void *ctx, unsigned number, void *bytes, size_t size) {
    struct dut_local *dut = host_enter(ctx);
    host_leave(dut); /* what follows touches its bytes */
    return dut_store_read(&dut->store, number, bytes, size);
}

static int host_store_write(void *ctx, unsigned number, const void *bytes, size_t size) {
    struct dut_local *dut = host_enter(ctx);
    host_leave(dut);
    return dut->cutting ? DUT_ERROR_FULL : dut_store_write(&dut->store, number, bytes, size);
}

static int host_bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    struct dut_local *dut = host_enter(ctx);
    host_leave(dut);
    return dut_bulk_read(&dut->bulk, offset, bytes, size);
}

static int host_bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    struct dut_local *dut = host_enter(ctx);
    host_leave(dut);
    int result = dut_bulk_write(&dut->bulk, offset, bytes, size);
    if (result > 0 && dut->config.stored != NULL) {
        (void)host_enter(ctx); /* the bench works, not the firmware */
        dut->config.stored(dut->config.ctx, offset, size);
        host_leave(dut);
    }
    if (result == DUT_ERROR_FULL && dut->cut_armed) {
        dut->cut_armed = false;
        dut->cutting = true;
        loop_set(dut->config.loop, &dut->cut, dut->config.loop->now_ns);
    }
    return result;
}

static int64_t host_wall_time(void *ctx) {
    struct dut_local *dut = host_enter(ctx);
    int64_t begin_s = dut->clock_lost ? 0 : dut->config.wall_begin_s;
    host_leave(dut);
    return begin_s > 0 ? begin_s + dut->config.loop->now_ns / 1000000000 : -1;
}

/* One line of UTF-8, whatever it hands over. */
static void host_log(void *ctx, const char *text) {
    char line[LOG_MOST + 1];
    size_t length = strnlen(text, LOG_MOST);
    memcpy(line, text, length);
    line[length] = '\0';
    struct dut_local *dut = host_enter(ctx);
    if (dut->config.log != NULL) {
        dut->config.log(dut->config.ctx, dut->now_ns, line);
    }
    host_leave(dut);
}

/* How the firmware is called. */

static int64_t next_tick_ns(int64_t now_ns, int64_t tick_ns) {
    assert(tick_ns > 0 && now_ns >= 0);
    return (now_ns / tick_ns + 1) * tick_ns;
}

/* Runs at one instant, and within SPIN_PAUSE_NS. */
static void count_run(struct dut_local *dut) {
    assert(dut->run_ns <= dut->now_ns && dut->since_ns <= dut->now_ns);
    dut->spins = dut->now_ns > dut->run_ns ? 0 : dut->spins + 1;
    if (dut->now_ns >= dut->since_ns + SPIN_PAUSE_NS) {
        dut->since_ns = dut->now_ns;
        dut->runs = 0;
    }
    dut->runs++;
}

static void run_now(struct dut_local *dut) {
    const struct dut_api *api = dut->config.api;
    enter(dut, DUT_CALL_RUN);
    count_run(dut);
    dut->run_ns = dut->now_ns;
    int64_t wake_ns = api->run(dut->instance.memory, dut->now_ns);
    leave(dut);
    if (api->tick_ns > 0) {
        dut->wake_ns = next_tick_ns(dut->now_ns, api->tick_ns);
        return;
    }
    if (wake_ns <= dut->now_ns) {
        wake_ns = dut->now_ns;
    }
    bool often = dut->runs > RUNS_MOST && wake_ns < dut->since_ns + SPIN_PAUSE_NS;
    if (often || (wake_ns == dut->now_ns && dut->spins >= DUT_LOCAL_SPINS)) {
        wake_ns = dut->now_ns + SPIN_PAUSE_NS;
        complain(dut, DUT_BLAME_SPINS);
    }
    assert(wake_ns >= dut->now_ns && (wake_ns > dut->now_ns || dut->spins < DUT_LOCAL_SPINS));
    dut->wake_ns = wake_ns;
}

static void hand_over_input(struct dut_local *dut, struct line_in *line) {
    assert(line->gun < dut->wiring.guns && line->channel < DUT_INPUTS);
    int32_t value = dut_wiring_input(&dut->wiring, line->gun, (enum dut_input)line->channel,
                                     dut->config.loop->now_ns);
    if (value == line->last) {
        return;
    }
    line->last = value;
    enter(dut, DUT_CALL_ON_INPUT);
    dut->config.api->on_input(dut->instance.memory, dut->now_ns, line->gun,
                              (enum dut_input)line->channel, value);
    leave(dut);
}

/* True when there was anything. What steps meanwhile, by the firmware's own doing, waits. */
static bool hand_over_inputs(struct dut_local *dut) {
    bool any = false;
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        uint64_t pending = dut->pending[gun];
        dut->pending[gun] = 0;
        any = any || pending != 0;
        for (unsigned i = 0; pending >> i != 0; i++) {
            if ((pending >> i & 1u) != 0) {
                hand_over_input(dut, &dut->lines[gun][i]);
            }
        }
    }
    return any;
}

static void serve(struct dut_local *dut, bool event) {
    event = hand_over_inputs(dut) || event;
    bool due = dut->config.loop->now_ns >= dut->wake_ns;
    if (due || (event && dut->config.api->tick_ns == 0)) {
        run_now(dut);
    }
    arm(dut);
}

/* The firmware has returned, and has been without supply since. */
static void on_cut(void *ctx, int64_t now_ns) {
    struct dut_local *dut = ctx;
    (void)now_ns;
    (void)dut_local_power(dut, false);
}

static void on_timer(void *ctx, int64_t now_ns) {
    assert(((const struct dut_local *)ctx)->started && ((const struct dut_local *)ctx)->powered);
    (void)now_ns;
    serve(ctx, false);
}

static void input_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    assert(signal->source == NULL); /* what glides is sampled */
    struct line_in *line = ctx;
    struct dut_local *dut = line->dut;
    (void)signal;
    (void)at_ns;
    dut->pending[line->gun] |= UINT64_C(1) << line->channel;
    arm(dut); /* never called from here: the firmware itself may have caused the step */
}

static void frame_received(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    const struct port *port = ctx;
    struct dut_local *dut = port->dut;
    (void)at_ns; /* a firmware takes the time when it comes to read the frame */
    if (!dut->started || !dut->powered || !frame->extended) {
        return;
    }
    struct dut_can_frame in = {.id = frame->id, .len = frame->len};
    memcpy(in.data, frame->data, frame->len);
    (void)hand_over_inputs(dut);
    enter(dut, DUT_CALL_ON_CAN);
    dut->config.api->on_can(dut->instance.memory, dut->now_ns, port->index, &in);
    leave(dut);
    serve(dut, true);
}

void dut_local_serial(struct dut_local *dut, unsigned line, const uint8_t *bytes, size_t count) {
    if (!dut->started || !dut->powered) {
        return;
    }
    (void)hand_over_inputs(dut);
    enter(dut, DUT_CALL_ON_SERIAL);
    dut->config.api->on_serial(dut->instance.memory, dut->now_ns, line, bytes, count);
    leave(dut);
    serve(dut, true);
}

/* Life of the instance. */

static void clear_outputs(struct dut_local *dut) {
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
            dut_wiring_output(&dut->wiring, gun, (enum dut_output)i, dut->config.loop->now_ns, 0);
        }
    }
}

static int call_set_param(struct dut_local *dut, const char *name, int32_t value) {
    enter(dut, DUT_CALL_SET_PARAM);
    int result = dut->config.api->set_param(dut->instance.memory, name, value);
    leave(dut);
    return result;
}

/* Zeroed memory, init, parameters: as after a reset. False when init refuses. */
static bool boot(struct dut_local *dut) {
    assert(dut->param_count <= DUT_LOCAL_PARAMS);
    dut_instance_clear(&dut->instance);
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        dut->pending[gun] = 0;
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            dut->lines[gun][i].last =
                dut_wiring_input(&dut->wiring, gun, (enum dut_input)i, dut->config.loop->now_ns);
        }
    }
    enter(dut, DUT_CALL_INIT);
    int result = dut->config.api->init(dut->instance.memory, &dut->host, dut->now_ns);
    leave(dut);
    for (unsigned i = 0; result >= 0 && i < dut->param_count; i++) {
        (void)call_set_param(dut, dut->params[i].name, dut->params[i].value);
    }
    return result >= 0;
}

/* A step of it is handed over: it is wired, and the firmware's dut.h has it. */
static bool told_of(const struct dut_local *dut, unsigned gun, unsigned channel) {
    return dut->wiring.inputs[gun][channel] != NULL && dut_input_wires[channel].steps &&
           channel < dut_api_inputs(dut->config.api);
}

/* A firmware may serve more guns than the bench has, and the other way round. */
static unsigned guns_wired(const struct dut_local_config *config) {
    bool all = config->guns == 0 || config->guns > config->api->guns;
    return all ? config->api->guns : config->guns;
}

static void connect_inputs(struct dut_local *dut) {
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            struct line_in *line = &dut->lines[gun][i];
            struct signal *signal = dut->wiring.inputs[gun][i];
            *line = (struct line_in){.dut = dut, .gun = gun, .channel = i};
            line->subscription = (struct subscription){.changed = input_changed, .ctx = line};
            if (told_of(dut, gun, i)) {
                signal_subscribe(signal, &line->subscription);
            }
        }
    }
}

static void connect_nets(struct dut_local *dut) {
    for (unsigned i = 0; i < DUT_NETS; i++) {
        struct port *port = &dut->ports[i];
        *port = (struct port){.dut = dut, .net = dut->config.nets[i], .index = i};
        port->node = (struct can_node){.received = frame_received, .ctx = port};
        if (port->net != NULL) {
            can_join(port->net, &port->node);
        }
    }
}

struct dut_local *dut_local_new(const struct dut_local_config *config, struct problem *problem) {
    const char *fault = dut_api_problem(config->api);
    if (fault != NULL) {
        problem_set(problem, "cannot use the firmware: %s", fault);
        return NULL;
    }
    struct dut_local *dut = memory_zeroed(1, sizeof *dut);
    dut->home = &here;
    dut->config = *config;
    dut->host = (struct dut_host){dut,
                                  host_can_send,
                                  host_serial_write,
                                  host_input,
                                  host_output,
                                  host_store_read,
                                  host_store_write,
                                  host_log,
                                  host_bulk_read,
                                  host_bulk_write,
                                  host_wall_time};
    if (!dut_instance_make(&dut->instance, config->api->instance_size)) {
        problem_set(problem, "no memory for the firmware's instance of %zu bytes",
                    config->api->instance_size);
        free(dut);
        return NULL;
    }
    if (config->blame != NULL) {
        dut_instance_watch(&dut->instance, config->blame);
    }
    dut->timer = (struct timer){.fire = on_timer, .ctx = dut};
    dut->cut = (struct timer){.fire = on_cut, .ctx = dut};
    dut->powered = true;
    dut->wake_ns = DUT_NEVER;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        dut->shown[gun][1].named = true; /* no alarm: nothing to be told */
    }
    dut_wiring_bind(&dut->wiring, config->board, guns_wired(config));
    clear_outputs(dut);
    connect_inputs(dut);
    connect_nets(dut);
    dut->powered = boot(dut);
    if (!dut->powered) {
        complain(dut, DUT_BLAME_INIT);
    }
    return dut;
}

void dut_local_free(struct dut_local *dut) {
    if (dut == NULL) {
        return;
    }
    assert(dut->call == DUT_OUTSIDE);
    loop_cancel(dut->config.loop, &dut->timer);
    loop_cancel(dut->config.loop, &dut->cut);
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            if (told_of(dut, gun, i)) {
                signal_unsubscribe(dut->wiring.inputs[gun][i], &dut->lines[gun][i].subscription);
            }
        }
    }
    for (unsigned i = 0; i < DUT_NETS; i++) {
        if (dut->ports[i].net != NULL) {
            can_leave(dut->ports[i].net, &dut->ports[i].node);
        }
    }
    dut_store_free(&dut->store);
    dut_bulk_free(&dut->bulk);
    dut_instance_free(&dut->instance);
    free(dut);
}

int dut_local_set_param(struct dut_local *dut, const char *name, int32_t value) {
    assert(!dut->started);
    if (!dut->powered || strlen(name) >= NAME_SIZE) { /* its init has failed */
        return DUT_ERROR_ABSENT;
    }
    int result = call_set_param(dut, name, value);
    if (result < 0) {
        return result;
    }
    if (dut->param_count == DUT_LOCAL_PARAMS) {
        return DUT_ERROR_FULL;
    }
    struct param_set *kept = &dut->params[dut->param_count++];
    snprintf(kept->name, sizeof kept->name, "%s", name);
    kept->value = value;
    return result;
}

void dut_local_fill_storage(struct dut_local *dut, bool full) {
    dut->cut_armed = false;
    if (full) {
        dut_bulk_limit(&dut->bulk, 0);
    } else {
        dut_bulk_unlimit(&dut->bulk);
    }
}

void dut_local_cut_after(struct dut_local *dut, size_t bytes) {
    dut->cut_armed = true;
    dut_bulk_limit(&dut->bulk, bytes);
}

void dut_local_clock(struct dut_local *dut, int64_t by_s, bool lost) {
    dut->config.wall_begin_s += by_s;
    dut->clock_lost = lost;
}

void dut_local_spoil(struct dut_local *dut, uint32_t offset, size_t size) {
    dut_bulk_spoil(&dut->bulk, offset, size);
}

int32_t dut_local_capability(struct dut_local *dut, unsigned gun, enum dut_capability what) {
    assert(gun < DUT_GUNS_MAX && (unsigned)what < DUT_CAPABILITIES);
    if (dut->config.api->abi_version < 3 || !dut->powered) { /* its init has failed */
        return DUT_UNKNOWN;
    }
    enter(dut, DUT_CALL_CAPABILITY);
    int32_t value = dut->config.api->capability(dut->instance.memory, gun, what);
    leave(dut);
    return value;
}

static void begin(struct dut_local *dut) {
    int64_t tick_ns = dut->config.api->tick_ns, now_ns = dut->config.loop->now_ns;
    dut->wake_ns = tick_ns > 0 ? next_tick_ns(now_ns, tick_ns) : now_ns;
    arm(dut);
}

void dut_local_start(struct dut_local *dut) {
    assert(!dut->started);
    dut->started = true;
    begin(dut);
}

bool dut_local_power(struct dut_local *dut, bool on) {
    assert(dut->call == DUT_OUTSIDE && dut->started);
    if (on == dut->powered) {
        return false;
    }
    dut->powered = on;
    if (dut->cut_armed || dut->cutting) {
        dut->cut_armed = dut->cutting = false;
        dut_bulk_unlimit(&dut->bulk);
    }
    if (!on) {
        arm(dut); /* cancels */
        clear_outputs(dut);
    } else if (boot(dut)) {
        begin(dut);
    } else {
        dut->powered = false;
        arm(dut); /* its init may have moved an output, and with it an input */
        complain(dut, DUT_BLAME_INIT);
    }
    return true;
}

void dut_local_check(struct dut_local *dut) {
    if (strcmp(localeconv()->decimal_point, ".") != 0) { /* it would go into every number written */
        complain(dut, DUT_BLAME_MODE);
        setlocale(LC_ALL, "C");
    }
    complain(dut, dut_instance_check(&dut->instance, true));
}

const void *dut_local_record(const struct dut_local *dut, unsigned number, size_t *size) {
    return dut_store_find(&dut->store, number, size);
}

const struct dut_bulk *dut_local_bulk(const struct dut_local *dut) {
    return &dut->bulk;
}
