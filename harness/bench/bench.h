/* SPDX-License-Identifier: MIT */
/* bench.h: one bench put together for one case: clock, plant, vehicle, supply, meters, networks and
 * the device under test.
 *
 *   struct bench_order order = {.vehicles = {preset}, .guns = 1, .setup = &scenario->setup};
 *   struct bench *bench = bench_new(plan, &order, progress, &problem);
 *   action_do(bench, action, &problem);              harness/action/action.h
 *   loop_run(&bench->loop, until);
 *   bench_free(bench);
 *
 *   struct bench *names = bench_signals(&problem);    only its signals: to check names without running
 */
#ifndef HARNESS_BENCH_BENCH_H
#define HARNESS_BENCH_BENCH_H

#include "firmware-under-test/include/dut.h"
#include "grid/grid.h"
#include "harness/bench/external.h"
#include "harness/bench/meters.h"
#include "harness/bench/plate.h"
#include "harness/bench/said.h"
#include "harness/billing/billing.h"
#include "harness/billing/stored.h"
#include "harness/dut/pile_process.h"
#include "harness/expression/range.h"
#include "harness/plan/plan.h"
#include "harness/scenario/preset.h"
#include "harness/scenario/setup.h"
#include "harness/truth/truth.h"
#include "sim/can/can.h"
#include "sim/gun/gun.h"
#include "sim/gun/tie.h"
#include "sim/lateness.h"
#include "sim/loop.h"
#include "sim/signal.h"
#include "vehicle_bms/bms/bms.h"
#include "vehicle_bms/bms/pack.h"
#include "vehicle_bms/listen/observer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dut_local;

/* Quantities that a case lets glide; harness/action/ramp.c knows them. */
#define BENCH_RAMPS 6

struct bench_ramp {
    struct timer timer;
    struct bench_gun *gun;
    double from, to;
    int64_t begin_ns, end_ns;
};

/* What a preset says: the vehicle, and the contactors of the pile that it meets. */
struct bench_vehicle {
    struct pack_params pack;
    struct bms_params bms;
    int64_t k1k2_close_ns, k1k2_open_ns; /* of the pile; 0: the model's */
};

/* One gun of the pile, and all that belongs to it alone: the vehicle at it, its circuit, its DC meter, its
 * charges in the records. */
struct bench_gun {
    struct bench *bench;
    struct loop *loop; /* the bench's */
    unsigned index;
    struct signal_board *board; /* its signals by their plain names; of the first gun the bench's */
    struct signal_board view;   /* of the second: SIGNAL_GUN2 before the names */
    struct can_net *net;        /* to its vehicle */
    struct bench_vehicle vehicle;
    char vin[32]; /* its VIN, where its preset's is the other vehicle's, too */
    struct pack *pack;
    struct bms *bms;
    struct gun plant;
    struct observer *observer;
    struct meters meters;
    struct billing billing;
    struct stored stored;
    struct plate plate;
    struct truths truth;
    struct timer start_button, stop_button; /* releases what "press" pressed */
    struct bench_ramp ramps[BENCH_RAMPS];
};

/* What both plugs deliver, at each CCS. */
struct bench_power {
    struct signal *shown;
    struct signal *ccs[DUT_GUNS_MAX], *voltage[DUT_GUNS_MAX], *current[DUT_GUNS_MAX];
    struct subscription at_ccs[DUT_GUNS_MAX];
};

/* The contactor between the buses of both guns, as the port sees it (tie.c). */
struct bench_tie {
    struct gun_tie plant;
    struct signal *asked[DUT_GUNS_MAX];  /* distribution.command: groups that a gun is to have */
    struct signal *closed[DUT_GUNS_MAX]; /* distribution.closed: groups that it has, by contacts */
    struct subscription on_asked[DUT_GUNS_MAX], on_feedback;
};

struct bench {
    struct loop loop;
    struct signal_board board;
    struct grid grid;
    struct bench_gun guns[DUT_GUNS_MAX];
    unsigned gun_count;       /* those that are there */
    struct bench_power power; /* of both; where there are two */
    struct bench_tie tie;     /* the same */
    struct external external; /* in place of the first gun's BMS, where plan->external */
    struct signal *settable;  /* whoever asks the firmware for its parameters sets it */
    struct can_net *io_net;   /* wiring vcan only */
    bool second_gun_wired;    /* there are two, and the firmware is wired to both */
    const char *can_vehicle2; /* wiring vcan: the second one's network; NULL: not wired */
    struct dut_local *dut_local;
    struct pile_process pile; /* wiring vcan */
    const struct run_plan *plan;
    struct progress *progress;
    const struct setup *setup; /* of the case */
    struct setup pile_setup;   /* that, and --set over it */
    const struct dut_api *api; /* local: the firmware, a mutant or not */
    char dut_name[64], dut_version[32];
    struct said said;           /* by the firmware, of itself; wiring sim */
    bool dut_gone;              /* the firmware's process ended or fell silent, or it broke dut.h */
    bool dut_killed;            /* then: from outside */
    struct phrase dut_gone_why; /* behind "the firmware under test"; its own */
    struct lateness late, round_trips; /* real clock: what the uncertainty of times comes from */
};

/* What a case wants there. */
struct bench_order {
    const struct preset *vehicles[DUT_GUNS_MAX]; /* at the gun of the case, and at the other one */
    unsigned guns;             /* 2: the second gun, its vehicle and its meter are there, too */
    const struct setup *setup; /* NULL: nothing is set */
};

struct bench *bench_new(const struct run_plan *plan, const struct bench_order *order,
                        struct progress *progress, struct problem *problem);
struct bench *bench_signals(struct problem *problem); /* of both guns */
/* The gun that a case means where it names none: the first, or that of --gun; and the one behind gun2:, NULL:
 * it is not there. */
struct bench_gun *bench_gun(struct bench *bench);
struct bench_gun *bench_other_gun(struct bench *bench);
void bench_free(struct bench *bench);

/* To be called when the result is safe: what a shared object has to do when it is unloaded, it does
 * now, and that is still the firmware's doing. */
void bench_unload(struct progress *progress);

/* The firmware of the plan, in this process or isolated; the same one each time, until bench_free.
 * NULL: problem says why it cannot be loaded. Not asked in wiring vcan for a program of the user's
 * own. */
const struct dut_api *bench_firmware(const struct run_plan *plan, struct progress *progress,
                                     struct problem *problem);

/* What the firmware declares of a gun (struct bench_gun); DUT_UNKNOWN: nothing. */
int32_t bench_capability(void *gun, enum dut_capability what);

/* Is the charger's rating of the battery at that gun? True where it declares none. */
bool bench_vehicle_fits(const struct bench_gun *gun);

/* From now on both plugs belong to one vehicle, that of the first gun: one VIN and one pack, told of by two BMS
 * channels. False: there is one gun, or a plug is in. */
bool bench_share_vehicle(struct bench *bench);

/* Before a verdict: a last look at whether it broke dut.h unseen (dut_gone). */
void bench_check_dut(struct bench *bench);
/* Its supply goes (all outputs drop, nothing reaches it) or comes back (it starts anew, with the
 * same parameters and storage). Clock and meters go on. False: it is so already. */
bool bench_power(struct bench *bench, bool on);
/* Nothing can be written to the pile's storage from now on, or again. False: it is out of reach. */
bool bench_fill_storage(struct bench *bench, bool full);
/* The controller's supply fails when so many more bytes have been written to its storage. False: it
 * is out of reach. */
bool bench_cut_after(struct bench *bench, size_t bytes);
/* Its clock is set forward by so much, back when negative; lost: it is not set from now on. False: it
 * is out of reach. */
bool bench_clock(struct bench *bench, int64_t by_s, bool lost);
/* One of the two copies (0, 1) of the gun's charge in progress is damaged (charge_record.h). False: the
 * storage is out of reach. */
bool bench_spoil_journal(struct bench *bench, unsigned gun, unsigned copy);
/* The charge records are read out of the pile's storage. False: it cannot be read. */
bool bench_read_records(struct bench *bench);

/* The bench's own worst error of a time measured between two instants; 0 on the virtual clock. */
int64_t bench_time_uncertainty_ns(void *bench, int64_t from_ns, int64_t to_ns);

/* Applies one value of a vehicle preset. */
bool bench_preset(struct bench_vehicle *vehicle, const struct preset_value *value,
                  struct problem *problem);
/* A vehicle can have a value of that name. */
bool bench_preset_known(const char *name, struct problem *problem);
/* The value alone: its type, unit and range. */
bool bench_preset_check(const struct preset_value *value, struct problem *problem);
/* The whole vehicle: does it agree with itself? key gets the name of the value that does not, whether
 * the file has it or its default is at fault; NULL: none in particular. */
bool bench_vehicle_check(const struct preset *preset, const char **key, struct problem *problem);

/* What a value can be. A text's range is of its length; chemistry and curve have none. */
struct preset_key {
    const char *name;
    struct range range;
    bool text, chemistry, curve;
};

/* False: there are no more. */
bool bench_preset_describe(size_t index, struct preset_key *key);
/* The words for a chemistry: those of decoded messages. NULL: no more. */
const char *bench_chemistry(size_t index);

#endif
