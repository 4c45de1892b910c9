/* SPDX-License-Identifier: MIT */
/* plate.h: what the charger is and has, and what the vehicle allows and asks for, as signals that
 * hold their value: cases take their numbers from them, and needs are conditions over them.
 *
 *   plate_init(&plate, &board);                         adds the signals, nothing is known yet
 *   plate_vehicle(&plate, &bms_params, now_ns);         vehicle.*
 *   plate_declare(&plate, bench_capability, bench, now_ns);   plate.*, firmware.*: as declared
 *   if (!plate_fits(&plate, 537.6)) ...                 the rating is of other batteries
 *   plate_end(&plate);
 *
 *   plate.*       rating; of firmware that does not declare it: what its CML said, from then on
 *   firmware.*    what else the firmware declares (dut.h, enum dut_capability); unknown otherwise
 *   vehicle.*     limits of the vehicle's preset
 *   demand.*      what the vehicle asks for, by its last BCL; currents positive
 *   insulation.due   what the insulation test has to be made at: BHM's voltage, or the plate's where
 *                    that is lower (GB/T 34657.1-2017 D0.2001) */
#ifndef HARNESS_BENCH_PLATE_H
#define HARNESS_BENCH_PLATE_H

#include "firmware-under-test/include/dut.h"
#include "sim/signal.h"

struct bms_params;

#define PLATE_WORDS 36 /* at least as many as the table in plate.c has */

struct plate_link {
    struct subscription subscription;
    struct plate *plate;
    struct signal *from;
    void (*take)(struct plate *plate, const struct signal *from, int64_t at_ns);
};

struct plate {
    struct signal_board *board;
    struct signal *words[PLATE_WORDS];
    struct signal *vehicle_voltage_max, *vehicle_insulation_voltage, *vehicle_current_max;
    struct signal *vehicle_edition, *vehicle_brm_length;
    struct signal *demand_current, *demand_voltage, *insulation_due;
    bool external; /* the vehicle's words go by its messages */
    bool declared; /* asked: the charger's CML fills in what it left open */
    struct plate_link links[5];
};

/* The messages' signals are on the board already. */
void plate_init(struct plate *plate, struct signal_board *board);
void plate_vehicle(struct plate *plate, const struct bms_params *params, int64_t now_ns);
/* The vehicle is not the preset's: what it allows is what it says, in BHM and BCP. */
void plate_hear_vehicle(struct plate *plate);
void plate_declare(struct plate *plate, int32_t (*capability)(void *ctx, enum dut_capability what),
                   void *ctx, int64_t now_ns);
/* Can the charger charge a battery of that voltage, and somewhat above it? What is not known, can. */
bool plate_fits(const struct plate *plate, double battery_v);
void plate_end(struct plate *plate);

#endif
