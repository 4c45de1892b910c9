/* SPDX-License-Identifier: MIT */
#include "harness/bench/external.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define PERIOD_NS (100 * NS_PER_MS)
#define SUPPLY_V  10.0 /* the coils hold from here on, as the bench's own vehicle has it */

/* What does not fit is the end of the range. */
static void put(uint8_t *at, double value, double step, double least, double most) {
    const double raw = fmin(fmax(round(value / step), least), most);
    const uint16_t word = (uint16_t)(int32_t)raw;
    at[0] = (uint8_t)(word & 0xFFu);
    at[1] = (uint8_t)(word >> 8);
}

static double read(const struct external *external, enum external_read what) {
    return signal_at(external->reads[what], external->loop->now_ns);
}

static void send(struct external *external) {
    struct can_frame_ext state = {.id = EXTERNAL_STATE, .len = 8};
    struct can_frame_ext battery = {.id = EXTERNAL_BATTERY, .len = 8};
    memset(state.data, 0xFF, sizeof state.data);
    memset(battery.data, 0xFF, sizeof battery.data);
    state.data[0] = (uint8_t)((read(external, EXTERNAL_K5) != 0 ? 1u : 0u) |
                              (read(external, EXTERNAL_K6) != 0 ? 2u : 0u) |
                              (read(external, EXTERNAL_INSERTED) != 0 ? 4u : 0u));
    put(&state.data[1], read(external, EXTERNAL_AUX), 0.01, 0, UINT16_MAX);
    put(&state.data[3], read(external, EXTERNAL_CC2), 0.01, 0, UINT16_MAX);
    state.data[5] = (uint8_t)lround(fmin(fmax(read(external, EXTERNAL_SOC), 0), 100));
    put(&battery.data[0], read(external, EXTERNAL_BATTERY_V), 0.1, 0, UINT16_MAX);
    put(&battery.data[2], read(external, EXTERNAL_BATTERY_A), 0.1, INT16_MIN, INT16_MAX);
    put(&battery.data[4], read(external, EXTERNAL_INLET_V), 0.1, 0, UINT16_MAX);
    (void)can_send(external->io, &external->node, &state);
    (void)can_send(external->io, &external->node, &battery);
}

static void period(void *ctx, int64_t now_ns) {
    struct external *external = ctx;
    send(external);
    loop_set(external->loop, &external->timer, now_ns + PERIOD_NS);
}

/* Called from inside the change: told from the loop, once it has settled. */
static void changed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct external *external = ctx;
    if (signal == external->reads[EXTERNAL_AUX] && signal->value < SUPPLY_V) {
        signal_set(external->k5_command, at_ns, 0);
        signal_set(external->k6_command, at_ns, 0);
    }
    loop_set(external->loop, &external->timer, external->loop->now_ns);
}

static void commanded(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    struct external *external = ctx;
    if (frame->extended || frame->id != EXTERNAL_COMMANDS || frame->len < 1) {
        return;
    }
    /* The frame's instant may lie before timers that have run already (real clock). */
    const int64_t now_ns = at_ns > external->loop->now_ns ? at_ns : external->loop->now_ns;
    const bool supplied = read(external, EXTERNAL_AUX) >= SUPPLY_V;
    signal_set(external->k5_command, now_ns, supplied && (frame->data[0] & 1u) != 0);
    signal_set(external->k6_command, now_ns, supplied && (frame->data[0] & 2u) != 0);
}

void external_init(struct external *external, struct loop *loop, struct signal_board *board,
                   struct can_net *io) {
    static const char *const names[EXTERNAL_READS] = {
        [EXTERNAL_K5] = "k5.closed",
        [EXTERNAL_K6] = "k6.closed",
        [EXTERNAL_INSERTED] = "gun.inserted",
        [EXTERNAL_AUX] = "aux.voltage",
        [EXTERNAL_CC2] = "cc2.voltage",
        [EXTERNAL_SOC] = "battery.soc",
        [EXTERNAL_BATTERY_V] = "battery.voltage",
        [EXTERNAL_BATTERY_A] = "battery.current",
        [EXTERNAL_INLET_V] = "gun.voltage",
    };
    *external = (struct external){.loop = loop, .io = io};
    external->k5_command = signal_find(board, "k5.command");
    external->k6_command = signal_find(board, "k6.command");
    for (unsigned i = 0; i < EXTERNAL_READS; i++) {
        external->reads[i] = signal_find(board, names[i]);
        assert(external->reads[i] != NULL); /* the plant is there */
    }
    for (unsigned i = 0; i <= EXTERNAL_AUX; i++) {
        external->changes[i] = (struct subscription){.changed = changed, .ctx = external};
        signal_subscribe(external->reads[i], &external->changes[i]);
    }
    external->node = (struct can_node){.received = commanded, .ctx = external};
    can_join(io, &external->node);
    external->timer = (struct timer){.fire = period, .ctx = external};
    loop_set(loop, &external->timer, loop->now_ns);
}

void external_end(struct external *external) {
    if (external->io == NULL) {
        return;
    }
    loop_cancel(external->loop, &external->timer);
    for (unsigned i = 0; i <= EXTERNAL_AUX; i++) {
        signal_unsubscribe(external->reads[i], &external->changes[i]);
    }
    can_leave(external->io, &external->node);
    external->io = NULL;
}
