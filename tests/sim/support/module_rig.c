/* SPDX-License-Identifier: MIT */
#include "tests/sim/support/module_rig.h"

#include "tests/support/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct module_rig module_rig;

static void heard(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    struct module_rig *rig = ctx;
    ck_assert_uint_lt(rig->count, MODULE_RIG_FRAMES);
    char *text = rig->heard[rig->count];
    int at = snprintf(text, 32, "%08X#", frame->id);
    for (unsigned i = 0; i < frame->len; i++) {
        at += snprintf(text + at, 32 - (size_t)at, "%02X", frame->data[i]);
    }
    rig->heard_ns[rig->count++] = at_ns;
}

/* ctx is the bus's place in `on`. */
static void note(void *ctx, int64_t now_ns, bool on, double voltage_v, double current_a) {
    struct module_rig *rig = &module_rig;
    size_t bus = (size_t)((bool *)ctx - rig->on);
    rig->on[bus] = on;
    rig->voltage_v[bus] = voltage_v;
    rig->current_a[bus] = current_a;
    if (bus == 0 && rig->has_gun) {
        gun_drive_modules(&rig->gun, on, voltage_v, current_a, now_ns);
    }
}

static struct signal *add(const char *name, double value) {
    struct signal *signal = signal_add(&module_rig.board, name, SIGNAL_NUMBER, "", "");
    signal_set(signal, 0, value);
    return signal;
}

static void put_gun(struct module_rig *rig) {
    struct gun_params params = gun_params_default;
    params.dc = dc_params_default;
    add("ac.voltage", 380);
    add("battery.ocv", 380);
    add("k5.command", 0);
    add("k6.command", 0);
    gun_init(&rig->gun, &rig->loop, &rig->board, &params);
    pilot_insert(&rig->gun.pilot, true, 0);
    static const char *const closed[] = {"k1.command", "k2.command", "k5.command", "k6.command"};
    for (size_t i = 0; i < 4; i++) {
        signal_set(signal_find(&rig->board, closed[i]), 0, 1);
    }
    rig->voltage[0] = signal_find(&rig->board, "modules.voltage");
    rig->current[0] = signal_find(&rig->board, "modules.current");
}

void module_rig_begin(const struct module_rig_order *order) {
    static const char *const names[MODULES_BUSES][2] = {{"va", "ia"}, {"vb", "ib"}};
    struct module_rig *rig = &module_rig;
    unsigned buses = order->buses > 0 ? order->buses : 1;
    memset(rig, 0, sizeof *rig);
    loop_init(&rig->loop, LOOP_VIRTUAL);
    rig->net = can_bus_new(&rig->loop, 125000);
    rig->controller = (struct can_node){.received = heard, .ctx = rig};
    can_join(rig->net, &rig->controller);
    struct modules_config config = {.loop = &rig->loop,
                                    .board = &rig->board,
                                    .net = rig->net,
                                    .count = order->count,
                                    .params = order->params != NULL ? order->params
                                                                    : &module_params_default,
                                    .face = order->face,
                                    .chatter_ns = order->chatter_ns,
                                    .spread = order->spread};
    rig->has_gun = order->gun;
    if (order->gun) {
        put_gun(rig);
    }
    for (unsigned i = 0; i < buses; i++) {
        if (i > 0 || !order->gun) {
            rig->voltage[i] = add(names[i][0], 0);
            rig->current[i] = add(names[i][1], 0);
        }
        config.buses[i] = (struct modules_bus_config){.drive = note,
                                                      .ctx = &rig->on[i],
                                                      .voltage = rig->voltage[i],
                                                      .current = rig->current[i],
                                                      .output = rig->voltage[i]};
    }
    modules_init(&rig->bank, &config);
    modules_supply(&rig->bank, 380.0, 0);
}

void module_rig_end(void) {
    struct module_rig *rig = &module_rig;
    modules_end(&rig->bank);
    can_free(rig->net);
    signal_board_free(&rig->board);
    loop_free(&rig->loop);
}

void module_rig_pass(int64_t ns) {
    loop_run(&module_rig.loop, module_rig.loop.now_ns + ns);
}

void module_rig_send(const char *text) {
    unsigned id = 0, byte = 0;
    struct can_frame_ext frame = {.extended = true};
    ck_assert_int_eq(sscanf(text, "%8X#", &id), 1);
    frame.id = id;
    for (const char *at = text + 9; sscanf(at, "%2X", &byte) == 1; at += 2) {
        frame.data[frame.len++] = (uint8_t)byte;
    }
    ck_assert_int_eq(can_send(module_rig.net, &module_rig.controller, &frame), 0);
}

const char *module_rig_last(void) {
    return module_rig.count > 0 ? module_rig.heard[module_rig.count - 1] : "";
}

void module_rig_forget(void) {
    module_rig.count = 0;
}

const char *module_rig_ask(const char *frame) {
    module_rig_forget();
    module_rig_send(frame);
    module_rig_pass(100 * NS_PER_MS);
    ck_assert_msg(module_rig.count <= 1, "%s: %u answers", frame, module_rig.count);
    return module_rig_last();
}

struct module_faults module_rig_faults(unsigned slot) {
    return module_rig.bank.modules[slot].faults;
}

void module_rig_fault(unsigned slot, struct module_faults faults) {
    modules_fault(&module_rig.bank, slot, &faults, module_rig.loop.now_ns);
}
