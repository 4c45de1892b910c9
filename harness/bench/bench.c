/* SPDX-License-Identifier: MIT */
#include "harness/bench/bench.h"

#include "harness/bench/internal.h"
#include "harness/dut/local.h"
#include "sim/memory.h"
#include "sim/random.h"

#include <assert.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAKE_SPREAD_NS     (250 * NS_PER_MS) /* one period of the handshake messages */
#define SECOND_NETWORK     "vcan2"           /* where no other is named, and it is there */
#define VEHICLE_BITS_PER_S 250000            /* GB/T 27930-2015 clause 5 */

/* The guns that there are, before anything of them is made. */
static void begin_guns(struct bench *bench, unsigned count) {
    assert(count >= 1 && count <= DUT_GUNS_MAX);
    bench->gun_count = count;
    for (unsigned i = 0; i < bench->gun_count; i++) {
        struct bench_gun *gun = &bench->guns[i];
        gun->bench = bench;
        gun->loop = &bench->loop;
        gun->index = i;
        gun->view = (struct signal_board){
            .whole = &bench->board, .prefix = SIGNAL_GUN2, .is_common = gun_is_common};
        gun->board = i == 0 ? &bench->board : &gun->view;
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
    if (good && bench->gun_count > 1) {
        gun_show_power(bench);
        tie_assemble(bench);
        truth_share(&bench->guns[0].truth, &bench->guns[1].truth);
    }
    return good;
}

struct bench_gun *bench_gun(struct bench *bench) {
    unsigned index = bench->plan != NULL ? bench->plan->gun : 0;
    assert(index < bench->gun_count);
    return &bench->guns[index];
}

struct bench_gun *bench_other_gun(struct bench *bench) {
    return bench->gun_count > 1 ? &bench->guns[1 - bench_gun(bench)->index] : NULL;
}

/* Where its network is not there and was not asked for by name, nobody is on it: its signals are there, but the
 * charger is not wired to it. */
static bool open_second(struct bench *bench, const struct run_plan *plan, struct problem *problem) {
    struct can_net **net = &bench->guns[1].net;
    if (plan->can_vehicle2 == NULL && if_nametoindex(SECOND_NETWORK) == 0) {
        *net = can_bus_new(&bench->loop, VEHICLE_BITS_PER_S);
        return true;
    }
    bench->can_vehicle2 = plan->can_vehicle2 != NULL ? plan->can_vehicle2 : SECOND_NETWORK;
    *net = can_socket_open(&bench->loop, bench->can_vehicle2, problem);
    bench->second_gun_wired = *net != NULL;
    return bench->second_gun_wired;
}

static bool open_networks(struct bench *bench, const struct run_plan *plan,
                          struct problem *problem) {
    if (plan->wiring == WIRING_SIM) {
        for (unsigned i = 0; i < bench->gun_count; i++) {
            bench->guns[i].net = can_bus_new(&bench->loop, VEHICLE_BITS_PER_S);
        }
        bench->second_gun_wired = bench->gun_count > 1;
        return true;
    }
    if (bench->gun_count > 1 && !open_second(bench, plan, problem)) {
        return false;
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

/* Two vehicles of one preset are two vehicles all the same. */
static void tell_apart(struct bench_gun *gun, const struct bench_vehicle *other) {
    size_t length = strlen(gun->vehicle.bms.vin);
    if (length > 0 && length < sizeof gun->vin &&
        strcmp(gun->vehicle.bms.vin, other->bms.vin) == 0) {
        strcpy(gun->vin, gun->vehicle.bms.vin);
        gun->vin[length - 1] = gun->vin[length - 1] == '2' ? '3' : '2';
        gun->vehicle.bms.vin = gun->vin;
    }
}

static bool fit_vehicles(struct bench *bench, const struct bench_order *order,
                         struct problem *problem) {
    unsigned first = bench_gun(bench)->index;
    bool good = true;
    for (unsigned i = 0; good && i < bench->gun_count; i++) {
        const struct preset *preset =
            order->vehicles[i] != NULL ? order->vehicles[i] : order->vehicles[0];
        good = fit_vehicle(&bench->guns[i == 0 ? first : 1 - first], preset, problem);
    }
    if (good && bench->gun_count > 1) {
        tell_apart(bench_other_gun(bench), &bench_gun(bench)->vehicle);
    }
    return good;
}

struct bench *bench_new(const struct run_plan *plan, const struct bench_order *order,
                        struct progress *progress, struct problem *problem) {
    struct bench *bench = memory_zeroed(1, sizeof *bench);
    bool hosted = plan->wiring == WIRING_VCAN;
    assert(hosted || (plan->pile == NULL && plan->dc_meter == NULL && plan->ac_meter == NULL));
    assert(hosted || !plan->external);
    assert(!hosted || plan->mutation_count == 0); /* a mutant is made in this process */
    bench->plan = plan;
    bench->progress = progress;
    bench->setup = order->setup;
    setup_gather(bench);
    begin_guns(bench, plan->gun > 0 ? 2 : order->guns);
    loop_init(&bench->loop, plan->wiring == WIRING_SIM ? LOOP_VIRTUAL : LOOP_REAL);
    bench->loop.late = timer_was_late;
    bench->loop.held = was_held_up;
    bench->loop.late_ctx = bench;
    if (!fit_vehicles(bench, order, problem) || !open_networks(bench, plan, problem) ||
        !assemble(bench, problem) || !firmware_connect(bench, problem)) {
        bench_free(bench);
        return NULL;
    }
    storage_watch(bench);
    return bench;
}

struct bench *bench_signals(struct problem *problem) {
    struct bench *bench = memory_zeroed(1, sizeof *bench);
    begin_guns(bench, DUT_GUNS_MAX);
    loop_init(&bench->loop, LOOP_VIRTUAL);
    for (unsigned i = 0; i < bench->gun_count; i++) {
        bench->guns[i].net = can_bus_new(&bench->loop, VEHICLE_BITS_PER_S);
    }
    struct dut_wiring wiring;
    if (!assemble(bench, problem)) {
        bench_free(bench);
        return NULL;
    }
    dut_wiring_bind(&wiring, &bench->board, bench->gun_count);
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
