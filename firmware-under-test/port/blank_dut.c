/* SPDX-License-Identifier: MIT */
/* blank_dut.c: an empty firmware behind dut.h. Copy it, put your controller behind it, build it as
 * a shared object:
 *
 *   cc -std=c11 -shared -fPIC -I FOLDER-OF-dut.h my_dut.c my_firmware.c -o my_dut.so
 *   pilebench run --dut ./my_dut.so
 *
 * Every function is here, with what belongs into it. To be seen alive it does two things of its
 * own: it passes the emergency stop on as alarm 1, and sends a CHM message (GB/T 27930, handshake)
 * every 250 ms while the auxiliary supply is on, which it switches on with the start button.
 *
 * All state is in struct blank: no globals, so that the bench may make several instances. */
#include "dut.h"

#include <string.h>

#define NS_PER_MS INT64_C(1000000)

#define CHM_ID        0x1826F456u /* priority 6, PF 0x26, to BMS 0xF4, from charger 0x56 */
#define ALARM_ESTOP   1
#define RECORD_STARTS 0 /* non-volatile: how often the firmware has started */
#define PARAM_PERIOD  0

static const struct dut_param params[] = {
    [PARAM_PERIOD] = {"chm.period", "ms", "GB/T 27930-2015, CHM", 250, 10, 10000},
};
#define PARAMS (sizeof params / sizeof params[0])

enum state {
    STATE_IDLE,
    STATE_HANDSHAKE,
};

struct blank {
    const struct dut_host *host;
    int32_t values[PARAMS];
    enum state state;
    int64_t next_chm_ns;
};

/* Power has come. The memory is zeroed. Take the defaults of the parameters, read the storage, put
 * the outputs where they belong. Inputs can be read already. Negative: cannot start. */
static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    struct blank *blank = dut;
    (void)now_ns;
    blank->host = host;
    for (size_t i = 0; i < PARAMS; i++) {
        blank->values[i] = params[i].value;
    }
    uint32_t starts = 0;
    if (host->store_read(host->ctx, RECORD_STARTS, &starts, sizeof starts) < 0) {
        starts = 0; /* first start: no record yet */
    }
    starts++;
    (void)host->store_write(host->ctx, RECORD_STARTS, &starts, sizeof starts);
    host->log(host->ctx, "blank firmware started");
    return 0;
}

/* A parameter is changed for a test, before the first run. */
static int set_param(void *dut, const char *name, int32_t value) {
    struct blank *blank = dut;
    for (size_t i = 0; i < PARAMS; i++) {
        if (strcmp(params[i].name, name) == 0) {
            if (value < params[i].min || value > params[i].max) {
                return DUT_ERROR_ARGUMENT;
            }
            blank->values[i] = value;
            return 0;
        }
    }
    return DUT_ERROR_ABSENT;
}

/* A frame came in on network net: what your CAN receive interrupt does. run is called next. */
static void on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame) {
    (void)dut;
    (void)now_ns;
    (void)net;
    (void)frame;
}

/* Bytes came in on a serial line, in whatever pieces: what your UART interrupt does. */
static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    (void)dut;
    (void)now_ns;
    (void)line;
    (void)bytes;
    (void)count;
}

/* A digital input changed, or an analog one stepped: what your pin interrupt does. A firmware that
 * samples all its inputs in run needs nothing here. */
static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    struct blank *blank = dut;
    (void)now_ns;
    if (channel == DUT_IN_ESTOP) {
        blank->host->output(blank->host->ctx, gun, DUT_OUT_ALARM, value ? ALARM_ESTOP : 0);
    }
}

static void enter(struct blank *blank, enum state state) {
    const struct dut_host *host = blank->host;
    blank->state = state;
    host->output(host->ctx, 0, DUT_OUT_AUX, state == STATE_HANDSHAKE);
    host->output(host->ctx, 0, DUT_OUT_STATE, (int32_t)state);
}

static void send_chm(const struct blank *blank) {
    const struct dut_can_frame chm = {.id = CHM_ID, .len = 3, .data = {0x01, 0x01, 0x00}};
    (void)blank->host->can_send(blank->host->ctx, DUT_NET_VEHICLE, &chm); /* full: next time */
}

/* The main loop's body: do what is due, say when to come back. With a fixed tick set tick_ns in
 * the table below and return anything. */
static int64_t run(void *dut, int64_t now_ns) {
    struct blank *blank = dut;
    const struct dut_host *host = blank->host;
    bool start = host->input(host->ctx, 0, DUT_IN_START) != 0;
    bool stop =
        host->input(host->ctx, 0, DUT_IN_STOP) != 0 || host->input(host->ctx, 0, DUT_IN_ESTOP) != 0;
    if (blank->state == STATE_HANDSHAKE && stop) {
        enter(blank, STATE_IDLE);
    } else if (blank->state == STATE_IDLE && start && !stop) {
        enter(blank, STATE_HANDSHAKE);
        blank->next_chm_ns = now_ns;
    }
    if (blank->state == STATE_IDLE) {
        return DUT_NEVER; /* an input wakes it */
    }
    if (now_ns >= blank->next_chm_ns) {
        send_chm(blank);
        blank->next_chm_ns = now_ns + blank->values[PARAM_PERIOD] * NS_PER_MS;
    }
    return blank->next_chm_ns;
}

static const char *state_name(int32_t state) {
    return state == STATE_IDLE ? "idle" : state == STATE_HANDSHAKE ? "handshake" : "unknown";
}

static const char *fault_name(int32_t fault) {
    return fault == 0 ? "none" : fault == ALARM_ESTOP ? "emergency stop" : "unknown";
}

/* What the firmware is and has, as dut.h lists it. Cases take their currents and voltages from the
 * plate, and those that need what you do not have are "not applicable". What you leave at
 * DUT_UNKNOWN is not declared: the bench then takes it from what the charger announces (CML). */
static int32_t capability(void *dut, unsigned gun, enum dut_capability what) {
    (void)dut;
    (void)gun;
    switch (what) {
    case DUT_CAP_EDITIONS:
        return DUT_EDITION_2015;
    case DUT_CAP_CURRENT_MAX_MA:
        return 120000; /* yours: as on the plate, as CML will say */
    /* A charger without meters would say so here:
     * case DUT_CAP_DC_METER: return DUT_METER_NONE; */
    default:
        return DUT_UNKNOWN;
    }
}

const struct dut_api *dut_entry(void) {
    static const struct dut_api api = {
        .abi_version = DUT_ABI_VERSION,
        .guns = 1,
        .instance_size = sizeof(struct blank),
        .tick_ns = 0, /* tickless; 10 * NS_PER_MS: called every 10 ms */
        .name = "blank",
        .version = "1",
        .params = params,
        .param_count = PARAMS,
        .init = init,
        .set_param = set_param,
        .on_can = on_can,
        .on_serial = on_serial,
        .on_input = on_input,
        .run = run,
        .state_name = state_name,
        .fault_name = fault_name,
        .capability = capability,
    };
    return &api;
}
