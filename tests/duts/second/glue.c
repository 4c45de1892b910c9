/* SPDX-License-Identifier: MIT */
/* glue.c: everything between dut.h and the tasks: this much a firmware with blocking tasks needs. */
#include "charger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t now_ms(const struct charger *charger) {
    return (uint32_t)(rtos_now(&charger->rtos) * TICK_MS);
}

int32_t input(const struct charger *charger, enum dut_input channel) {
    return charger->host->input(charger->host->ctx, 0, channel);
}

void output(const struct charger *charger, enum dut_output channel, int32_t value) {
    charger->host->output(charger->host->ctx, 0, channel, value);
}

static const char *const state_names[STATES] = {
    [STATE_STANDBY] = "standby",
    [STATE_LOCKING] = "locking the plug",
    [STATE_WAKING] = "auxiliary supply on",
    [STATE_HANDSHAKE] = "waiting for the vehicle",
    [STATE_INSULATION] = "insulation test",
    [STATE_RECOGNITION] = "recognition",
    [STATE_CONFIGURATION] = "configuration",
    [STATE_READY] = "pre-charge",
    [STATE_CHARGING] = "charging",
    [STATE_PAUSED] = "paused by the vehicle",
    [STATE_STOPPING] = "stopping",
    [STATE_STATISTICS] = "closing the session",
    [STATE_RECONNECTING] = "reconnecting",
    [STATE_CLOSING] = "making the plug safe",
    [STATE_FINISHED] = "finished",
    [STATE_FAULT] = "fault: unplug",
};

static const char *state_name(int32_t state) {
    return state >= 0 && state < STATES ? state_names[state] : "unknown state";
}

void show(struct charger *charger, enum state state) {
    charger->state = state;
    output(charger, DUT_OUT_STATE, (int32_t)state);
}

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    static void (*const tasks[])(void *) = {sender_task, output_task,     session_task,
                                            link_task,   protection_task, panel_task};
    static const char *const names[] = {"sender", "output",     "session",
                                        "link",   "protection", "panel"};
    static const unsigned priorities[] = {1, 2, 3, 4, 6, 5};
    struct charger *charger = dut;
    (void)now_ns;
    memset(charger, 0, sizeof *charger);
    charger->host = host;
    for (size_t i = 0; i < PARAMS; i++) {
        charger->param[i] = params[i].value;
    }
    rtos_init(&charger->rtos, charger->arena, sizeof charger->arena, TICK_MS);
    rtos_flags_init(&charger->news, &charger->rtos);
    rtos_queue_init(&charger->frames, &charger->rtos, sizeof(struct dut_can_frame), 64);
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        rtos_task(&charger->rtos, names[i], priorities[i], tasks[i], charger, 0);
    }
    return rtos_fault(&charger->rtos) == NULL ? 0 : DUT_ERROR_FULL;
}

static int set_param(void *dut, const char *name, int32_t value) {
    struct charger *charger = dut;
    for (size_t i = 0; i < PARAMS; i++) {
        if (strcmp(params[i].name, name) == 0) {
            if (value < params[i].min || value > params[i].max) {
                return DUT_ERROR_ARGUMENT;
            }
            charger->param[i] = value;
            return 0;
        }
    }
    return DUT_ERROR_ABSENT;
}

/* The receive interrupt: a frame that finds the queue full is lost, as on a board. */
static void on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame) {
    struct charger *charger = dut;
    (void)now_ns;
    if (net == DUT_NET_VEHICLE) {
        rtos_send(&charger->frames, frame, 0);
    }
}

static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    (void)dut, (void)now_ns, (void)line, (void)bytes, (void)count; /* no meter of its own */
}

static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    (void)dut, (void)now_ns, (void)gun, (void)channel, (void)value; /* sampled each tick */
}

static int64_t run(void *dut, int64_t now_ns) {
    struct charger *charger = dut;
    (void)now_ns;
    if (!rtos_tick(&charger->rtos)) {
        charger->host->log(charger->host->ctx, rtos_fault(&charger->rtos));
        fprintf(stderr, "%s\n", rtos_fault(&charger->rtos));
        abort();
    }
    return DUT_NEVER; /* the tick comes by itself */
}

const struct dut_api *dut_entry(void) {
    static const struct dut_api api = {
        .abi_version = DUT_ABI_VERSION,
        .guns = 1,
        .instance_size = sizeof(struct charger),
        .tick_ns = TICK_MS * INT64_C(1000000),
        .name = "second",
        .version = "1.0",
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
        .capability = plate,
    };
    return &api;
}
