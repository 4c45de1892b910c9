/* SPDX-License-Identifier: MIT */
#include "harness/bench/bench.h"

#include "harness/bench/internal.h"
#include "harness/dut/local.h"
#include "sim/memory.h"
#include "sim/random.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define WAKE_SPREAD_NS     (250 * NS_PER_MS) /* one period of the handshake messages */
#define VEHICLE_BITS_PER_S 250000            /* GB/T 27930-2015 clause 5 */

/* The guns that there are, before anything of them is made. */
static void begin_guns(struct bench *bench) {
    bench->gun_count = 1;
    for (unsigned i = 0; i < bench->gun_count; i++) {
        struct bench_gun *gun = &bench->guns[i];
        gun->bench = bench;
        gun->loop = &bench->loop;
        gun->index = i;
        gun->board = &bench->board;
        gun->vehicle.pack = pack_bus_lfp_540v;
        gun->vehicle.bms = bms_params_default;
    }
}

/* Everything but the device under test. */
static bool assemble(struct bench *bench, struct problem *problem) {
    bool good = true;
    grid_init(&bench->grid, &bench->loop, &bench->board);
    for (unsigned i = 0; good && i < bench->gun_count; i++) {
        good = gun_assemble(&bench->guns[i], problem);
    }
    return good;
}

static bool open_networks(struct bench *bench, const struct run_plan *plan,
                          struct problem *problem) {
    if (plan->wiring == WIRING_SIM) {
        bench->guns[0].net = can_bus_new(&bench->loop, VEHICLE_BITS_PER_S);
        return true;
    }
    bench->guns[0].net = can_socket_open(&bench->loop, plan->can_vehicle, problem);
    if (bench->guns[0].net == NULL) {
        return false;
    }
    bench->io_net = can_socket_open(&bench->loop, plan->can_io, problem);
    return bench->io_net != NULL;
}

static bool apply_preset(struct bench_vehicle *vehicle, const struct preset *preset,
                         struct problem *problem) {
    for (size_t i = 0; i < preset->value_count; i++) {
        if (!bench_preset(vehicle, &preset->values[i], problem)) {
            snprintf(problem->file, sizeof problem->file, "%s", preset->file);
            problem->line = preset->values[i].line;
            return false;
        }
    }
    return pack_params_ok(&vehicle->pack, problem);
}

static void timer_was_late(void *ctx, int64_t clock_ns, int64_t late_ns) {
    struct bench *bench = ctx;
    lateness_note(&bench->late, clock_ns, late_ns);
}

static void was_held_up(void *ctx, int64_t from_ns, int64_t until_ns) {
    struct bench *bench = ctx;
    lateness_held(&bench->late, from_ns, until_ns);
}

/* The seed's part: when the vehicle wakes, and with it how its messages fall between the charger's.
 * Seed 0 leaves the preset as it is. */
static void vary(struct bench_vehicle *vehicle, uint64_t seed) {
    if (seed == 0) {
        return;
    }
    vehicle->bms.wake_ns += (int64_t)(random_of(seed) % (uint64_t)WAKE_SPREAD_NS);
}

static bool fit_vehicle(struct bench_gun *gun, const struct preset *preset,
                        struct problem *problem) {
    const struct run_plan *plan = gun->bench->plan;
    gun->vehicle.bms.edition = plan->edition;
    gun->vehicle.bms.external = plan->external;
    bool applied = apply_preset(&gun->vehicle, preset, problem);
    vary(&gun->vehicle, plan->seed);
    return applied;
}

struct bench *bench_new(const struct run_plan *plan, const struct preset *preset,
                        const struct setup *setup, struct progress *progress,
                        struct problem *problem) {
    struct bench *bench = memory_zeroed(1, sizeof *bench);
    bool hosted = plan->wiring == WIRING_VCAN;
    assert(hosted || (plan->pile == NULL && plan->dc_meter == NULL && plan->ac_meter == NULL));
    assert(hosted || !plan->external);
    assert(!hosted || plan->mutation_count == 0); /* a mutant is made in this process */
    bench->plan = plan;
    bench->progress = progress;
    bench->setup = setup;
    setup_gather(bench);
    begin_guns(bench);
    loop_init(&bench->loop, plan->wiring == WIRING_SIM ? LOOP_VIRTUAL : LOOP_REAL);
    bench->loop.late = timer_was_late;
    bench->loop.held = was_held_up;
    bench->loop.late_ctx = bench;
    if (!fit_vehicle(&bench->guns[0], preset, problem) || !open_networks(bench, plan, problem) ||
        !assemble(bench, problem) || !firmware_connect(bench, problem)) {
        bench_free(bench);
        return NULL;
    }
    storage_watch(bench);
    return bench;
}

struct bench *bench_signals(struct problem *problem) {
    struct bench *bench = memory_zeroed(1, sizeof *bench);
    begin_guns(bench);
    loop_init(&bench->loop, LOOP_VIRTUAL);
    bench->guns[0].net = can_bus_new(&bench->loop, VEHICLE_BITS_PER_S);
    struct dut_wiring wiring;
    if (!assemble(bench, problem)) {
        bench_free(bench);
        return NULL;
    }
    dut_wiring_bind(&wiring, &bench->board, 1);
    storage_watch(bench);
    return bench;
}

void bench_free(struct bench *bench) {
    pile_process_stop(&bench->pile);
    if (bench->dut_local != NULL) {
        dut_local_free(bench->dut_local);
    }
    external_end(&bench->external);
    said_free(&bench->said);
    firmware_close(bench->progress);
    for (unsigned i = 0; i < bench->gun_count; i++) {
        gun_take_apart(&bench->guns[i]);
    }
    signal_board_free(&bench->board);
    for (unsigned i = 0; i < bench->gun_count; i++) {
        if (bench->guns[i].observer != NULL) {
            observer_free(bench->guns[i].observer); /* after the board: the names are its own */
        }
        if (bench->guns[i].net != NULL) {
            can_free(bench->guns[i].net);
        }
    }
    if (bench->io_net != NULL) {
        can_free(bench->io_net);
    }
    loop_free(&bench->loop);
    free(bench->pile_setup.params);
    phrase_clear(&bench->dut_gone_why);
    free(bench);
}

int64_t bench_time_uncertainty_ns(void *ctx, int64_t from_ns, int64_t to_ns) {
    const struct bench *bench = ctx;
    /* Our stimuli reach the charger late by the loop's lateness and half a round trip through the
     * I/O network, and what it commands is seen half a round trip after it was decided. */
    return lateness_worst(&bench->late, from_ns, to_ns) +
           lateness_worst(&bench->round_trips, from_ns, to_ns);
}
