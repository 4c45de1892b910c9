/* SPDX-License-Identifier: MIT */
/* One gun of the pile and the vehicle at it: models, instruments, and what the charger says held against
 * them. */
#include "harness/bench/internal.h"

#include <assert.h>
#include <string.h>

#define WALL_BEGIN_S INT64_C(1767254400) /* the pile's clock at 0: 2026-01-01 08:00 */

bool gun_is_common(const char *name) {
    static const char *const families[] = {"ac.",    "ac_meter.", "ambient.", "cabinet.", "door.",
                                           "estop.", "fan.",      "rig.",     "tie."};
    static const char *const names[] = {"firmware.guns", "firmware.settable", "pile.efficiency",
                                        "pile.losses",   "pile.power",        "plate.ac_max",
                                        "plate.ac_min",  "plate.pile_power",  "vehicle.shared"};
    bool common = false;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        common = common || strncmp(name, families[i], strlen(families[i])) == 0;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        common = common || strcmp(name, names[i]) == 0;
    }
    return common;
}

static void release(void *ctx, int64_t now_ns) {
    signal_set(ctx, now_ns, 0);
}

int64_t wall_begin_s(const struct bench *bench) {
    bool given = bench->setup != NULL && bench->setup->clock_s > 0;
    return given ? bench->setup->clock_s : WALL_BEGIN_S;
}

/* A pile of its own has the machine's clock where the case sets none: not known here. */
static int64_t pile_clock_s(const struct bench *bench) {
    bool given = bench->setup != NULL && bench->setup->clock_s > 0;
    return bench->io_net != NULL && !given ? -1 : wall_begin_s(bench);
}

/* What the pile makes of it: one that is given UTC adds its zone. */
static int64_t civil_clock_s(const struct bench *bench) {
    int64_t clock_s = pile_clock_s(bench);
    return clock_s < 0 ? clock_s : clock_s + setup_zone_s(&bench->pile_setup);
}

static void hold_against_truth(struct bench_gun *gun) {
    struct bench *bench = gun->bench;
    const struct truth_config truth = {.loop = &bench->loop,
                                       .board = gun->board,
                                       .clock_s = civil_clock_s(bench),
                                       .number = setup_charger_number,
                                       .ctx = bench,
                                       .limited = setup_is_limited(bench),
                                       .set_up = setup_is_beyond_sight(bench)};
    truth_init(&gun->truth, &truth);
}

/* The vehicle's commands and the supply are signals the plant subscribes to, the plant's readings are
 * signals the vehicle reads. */
static void put_plant(struct bench_gun *gun) {
    struct bench *bench = gun->bench;
    const struct bench_vehicle *vehicle = &gun->vehicle;
    struct gun_params params = gun_params_default;
    params.dc = dc_params_default;
    params.close_ns = vehicle->k1k2_close_ns;
    params.open_ns = vehicle->k1k2_open_ns;
    params.dc.battery_ohm = vehicle->pack.resistance_ohm;
    params.dc.battery_ocv_v = pack_curve_v(&vehicle->pack, vehicle->pack.soc_percent);
    gun->pack = pack_new(&bench->loop, gun->board, &gun->vehicle.pack, NULL, NULL);
    gun->bms = bms_new(&bench->loop, gun->board, gun->net, gun->pack, &gun->vehicle.bms);
    gun_init(&gun->plant, &bench->loop, gun->board, &params);
    gun->plant.dc.audited = bench->plan != NULL && bench->plan->audited;
    pack_set_charge(gun->pack, bench->loop.now_ns, gun_charge_c, &gun->plant);
    gun->observer = observer_new(gun->board, vehicle->bms.edition);
    observer_attach(gun->observer, gun->net);
    gun->start_button = (struct timer){.fire = release, .ctx = gun->plant.start};
    gun->stop_button = (struct timer){.fire = release, .ctx = gun->plant.stop};
}

static bool put_meters(struct bench_gun *gun, struct problem *problem) {
    struct bench *bench = gun->bench;
    struct meters_config meters = {
        .loop = &bench->loop,
        .board = gun->board,
        .gun = &gun->plant,
        .index = gun->index,
        .clock_s = wall_begin_s(bench),
        .remote = bench->io_net != NULL,
        .ports = {[METERS_DC] = bench->plan == NULL ? NULL : bench->plan->dc_meter,
                  [METERS_AC] = bench->plan == NULL ? NULL : bench->plan->ac_meter},
    };
    struct billing_config billing = {.loop = &bench->loop,
                                     .board = gun->board,
                                     .setup = &bench->pile_setup,
                                     .clock_s = pile_clock_s(bench),
                                     .vin = gun->vehicle.bms.vin,
                                     .gun = gun->index,
                                     .several = bench->gun_count > 1};
    if (!meters_init(&gun->meters, &meters, problem)) {
        return false;
    }
    if (gun->index > 0) {
        meters_join(&bench->guns[0].meters, &gun->meters);
    }
    billing_init(&gun->billing, &billing);
    return true;
}

/* What is there once, whatever the number of guns. */
static void put_signals_of_pile(struct bench *bench) {
    struct signal *storage =
        signal_add(&bench->board, "rig.storage", SIGNAL_BOOL, "",
                   "the bench holds the charger's storage: it can fill it, spoil it, cut a write");
    signal_set(storage, bench->loop.now_ns, bench->io_net == NULL);
    if (bench->gun_count > 1) {
        struct signal *second = signal_add(
            &bench->board, "rig.second_gun", SIGNAL_BOOL, "",
            "the bench has a second gun with its vehicle, and the charger is wired to it");
        signal_set(second, bench->loop.now_ns, bench->second_gun_wired);
    }
    bench->settable = signal_add(&bench->board, "firmware.settable", SIGNAL_BOOL, "",
                                 "the firmware has the parameters that the case sets");
    signal_set(bench->settable, bench->loop.now_ns, 1);
}

static void show_power(void *ctx, struct signal *signal, int64_t at_ns) {
    struct bench_power *power = ctx;
    double watt = 0;
    (void)signal;
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        watt += signal_at(power->voltage[i], at_ns) * signal_at(power->current[i], at_ns);
    }
    signal_set(power->shown, at_ns, watt);
}

void gun_show_power(struct bench *bench) {
    struct bench_power *power = &bench->power;
    power->shown = signal_add(&bench->board, "pile.power", SIGNAL_NUMBER, "W",
                              "what both plugs deliver, at each CCS (two guns)");
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        const struct signal_board *board = bench->guns[i].board;
        power->voltage[i] = signal_find(board, "gun.voltage");
        power->current[i] = signal_find(board, "gun.current");
        power->ccs[i] = signal_find(board, "CCS");
        power->at_ccs[i] = (struct subscription){.changed = show_power, .ctx = power};
        signal_subscribe(power->ccs[i], &power->at_ccs[i]);
    }
}

bool gun_assemble(struct bench_gun *gun, struct problem *problem) {
    struct bench *bench = gun->bench;
    put_plant(gun);
    if (!put_meters(gun, problem)) {
        return false;
    }
    plate_init(&gun->plate, gun->board);
    plate_vehicle(&gun->plate, &gun->vehicle.bms, bench->loop.now_ns);
    if (gun->index == 0) {
        put_signals_of_pile(bench);
    }
    hold_against_truth(gun);
    if (gun->index == 0 && bench->plan != NULL && bench->plan->external) {
        external_init(&bench->external, &bench->loop, &bench->board, bench->io_net);
        plate_hear_vehicle(&gun->plate);
    }
    return bms_start(gun->bms, problem);
}

void gun_take_apart(struct bench_gun *gun) {
    truth_free(&gun->truth); /* the plant is still there */
    stored_end(&gun->stored);
    billing_end(&gun->billing);
    plate_end(&gun->plate);
    meters_free(&gun->meters);
    if (gun->bms != NULL) {
        bms_free(gun->bms);
    }
    if (gun->pack != NULL) {
        pack_free(gun->pack);
    }
}
