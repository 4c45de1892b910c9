/* SPDX-License-Identifier: MIT */
/* meters.h: the pile's meters on serial lines of their own, fed by the same plant as everything
 * else: the gun's DC meter (9600 bit/s) and the pile's AC meter (2400 bit/s), both DL/T 645-2007
 * 8E1. The AC meter stands with the first gun's; it counts for the second one, too (meters_join).
 *
 *   if (!meters_init(&meters, &config, &problem)) ...
 *   meters_connect(&meters, dut_local);                    wiring sim: the charger's end in-process
 *   meters_option(&meters, METERS_DC)                      wiring vcan: "0=/dev/pts/3:9600", for --meter
 *   simulated_misbehave(meters_post(&meters, METERS_DC)->simulated, SIMULATED_SILENT, 0, 1);
 *
 * The AC side is modelled by two numbers: what the pile takes from the grid is what it delivers,
 * divided by its efficiency, plus a standby power while the grid is there. Both energies are exact
 * integrals in closed form. The meters have their own supply: their registers go on counting
 * whatever happens to the pile's controller.
 *
 * Publishes plant.energy, meter.* (DC) and ac_meter.* (`pilebench list signals`). */
#ifndef HARNESS_BENCH_METERS_H
#define HARNESS_BENCH_METERS_H

#include "meter/simulated.h"
#include "sim/gun/gun.h"
#include "sim/loop.h"
#include "sim/serial/serial.h"
#include "sim/signal.h"
#include "sim/text/problem.h"

struct dut_local;
struct meters;

enum meters_which {
    METERS_DC,
    METERS_AC,
    METERS
};

#define METERS_OPTION_SIZE 96

struct meters_config {
    struct loop *loop;
    struct signal_board *board; /* with the gun's, the grid's and the messages' signals */
    struct gun *gun;
    unsigned index;  /* of the gun: only the first has the AC meter with it */
    int64_t clock_s; /* the meters' clocks when the loop's time is 0, as registers_params.epoch_s */
    bool remote;     /* for a charger in another process: pseudo-terminals, or these serial ports */
    const char *ports[METERS]; /* NULL: a pseudo-terminal */
};

/* One meter, its line, and the charger's end of that line. */
struct meter_post {
    struct meters *all;
    unsigned dut_line;
    struct serial_line *line;
    struct simulated *simulated;
    struct serial_station charger;
    bool echo; /* the charger's adapter hears what it sends */
    int64_t start_10wh;
    struct signal *requests;
    char option[METERS_OPTION_SIZE]; /* of pile, for a pseudo-terminal; else "" */
};

struct meters {
    struct meters_config config;
    struct meter_post posts[METERS]; /* METERS_AC: of the first gun only */
    struct meters *second;           /* of the first: the other gun's; NULL: there is one gun */
    struct dut_local *dut;
    /* AC side */
    double efficiency, standby_w;
    double forward_j; /* most that was ever delivered, net */
    double standby_j; /* up to powered_ns */
    bool powered;
    int64_t powered_ns;
    struct signal *gun_voltage, *gun_current, *ac_voltage;
    struct subscription ac_stepped;
    /* CSD against the register */
    struct signal *csd_energy, *csd_error, *csd_plant_error;
    double charge_counted_wh, charge_plant_wh; /* at the last handshake */
    struct subscription handshake, statistics;
};

bool meters_init(struct meters *meters, const struct meters_config *config,
                 struct problem *problem);
/* What the second gun delivers goes through the first one's AC meter, from the start on. */
void meters_join(struct meters *first, struct meters *second);
/* Wiring sim: what the firmware hears. Before it is started. */
void meters_connect(struct meters *meters, struct dut_local *dut);
/* What the firmware writes on a line: 0 or a negative dut_error; DUT_ERROR_ABSENT: no line of this gun. */
int meters_write(struct meters *meters, unsigned line, const uint8_t *bytes, size_t count);
/* Argument of pile's --meter; NULL: this meter is not on a pseudo-terminal. */
const char *meters_option(const struct meters *meters, enum meters_which which);
/* The serial port that was unplugged while a meter answered on it; NULL: none. */
const char *meters_gone(const struct meters *meters);
/* "dc" or "ac"; false: neither. */
bool meters_find(const char *name, enum meters_which *which);
struct meter_post *meters_post(struct meters *meters, enum meters_which which);
void meters_echo(struct meter_post *post, bool on);
void meters_free(struct meters *meters);

#endif
