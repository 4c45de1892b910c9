/* SPDX-License-Identifier: MIT */
/* What two guns may have in common. Each gun's bus has a module group of its own: bit n of dut.h's masks is
 * gun n's, wired to it for good. One contactor, the tie, joins both buses: it closes when a gun asks for the
 * other one's group, and each gun then has both. */
#include "harness/bench/internal.h"
#include "harness/dut/wiring.h"

#include <assert.h>

static unsigned group_of(unsigned gun) {
    assert(gun < DUT_GUNS_MAX);
    return 1u << gun;
}

/* Bits beyond the two groups are no contactor of this pile. */
static bool asks_for_other(const struct signal *asked, unsigned gun) {
    uint32_t groups = asked->known ? (uint32_t)(int64_t)asked->value : 0;
    return (groups & group_of(1 - gun)) != 0;
}

static void on_asked(void *ctx, struct signal *signal, int64_t at_ns) {
    struct bench_tie *tie = ctx;
    (void)signal;
    bool close = asks_for_other(tie->asked[0], 0) || asks_for_other(tie->asked[1], 1);
    if (close != signal_is(tie->plant.command)) {
        signal_set(tie->plant.command, at_ns, close);
    }
}

/* A group that is wired to its gun reads closed. */
static void show_closed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct bench_tie *tie = ctx;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        unsigned groups = group_of(gun) | (signal_is(signal) ? group_of(1 - gun) : 0);
        signal_set(tie->closed[gun], at_ns, groups);
    }
}

void tie_assemble(struct bench *bench) {
    struct bench_tie *tie = &bench->tie;
    const struct dut_output_wire *wire = &dut_output_wires[DUT_OUT_DISTRIBUTION];
    assert(bench->gun_count == DUT_GUNS_MAX);
    gun_tie_init(&tie->plant, &bench->loop, &bench->board, &bench->guns[0].plant,
                 &bench->guns[1].plant);
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        tie->asked[gun] =
            signal_add(&bench->board, wire->signal[gun], wire->kind, wire->unit, wire->text);
        tie->closed[gun] = signal_add(
            &bench->board, dut_input_wires[DUT_IN_DISTRIBUTION_CLOSED].signal[gun], SIGNAL_NUMBER,
            "", "module groups on this gun's bus, bits, by auxiliary contacts");
        tie->on_asked[gun] = (struct subscription){.changed = on_asked, .ctx = tie};
        signal_subscribe(tie->asked[gun], &tie->on_asked[gun]);
    }
    tie->on_feedback = (struct subscription){.changed = show_closed, .ctx = tie};
    signal_subscribe(tie->plant.contactor.feedback, &tie->on_feedback);
    show_closed(tie, tie->plant.contactor.feedback, bench->loop.now_ns);
}

/* BRM of both channels names one vehicle, and so does what is billed at either gun. */
static void name_vehicle(struct bench *bench) {
    struct bench_gun *second = &bench->guns[1];
    const char *vin = bench->guns[0].vehicle.bms.vin;
    bms_params(second->bms)->vin = vin;
    second->billing.config.vin = vin;
}

bool bench_share_vehicle(struct bench *bench) {
    if (bench->gun_count < DUT_GUNS_MAX || signal_is(bench->guns[0].plant.pilot.gun_inserted) ||
        signal_is(bench->guns[1].plant.pilot.gun_inserted)) {
        return false;
    }
    int64_t now_ns = bench->loop.now_ns;
    name_vehicle(bench);
    pack_follow(bench->guns[1].pack, bench->guns[0].pack, now_ns);
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        bms_share(bench->guns[gun].bms, bench->guns[1 - gun].bms);
    }
    gun_tie_share_vehicle(&bench->tie.plant, true, now_ns);
    return true;
}
