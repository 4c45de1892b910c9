/* SPDX-License-Identifier: MIT */
/* physics.h: the same circuit twice, in sim/dc/circuit and in ngspice.
 *
 *   struct stretch stretch = {.name = "discharge", ...};
 *   physics_prepare(&stretch, &c);             the circuit up to the start of the comparison
 *   FILE *data = physics_run_ngspice(stretch.name, folder, write, ctx);
 *   physics_compare(&stretch, &c, data, verdicts); physics_print("inner V", &verdicts[0]);
 *
 * A stretch is a piece of time with at most one switching in it. It starts from the circuit's own
 * node voltages at that instant; ngspice gets them as initial conditions, and all else from the
 * same struct dc_params, through a netlist written by physics_netlist. */
#ifndef TESTS_PHYSICS_PHYSICS_H
#define TESTS_PHYSICS_PHYSICS_H

#include "sim/dc/circuit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define PHYSICS_DEVIATION  0.005 /* of the amplitude */
#define PHYSICS_INSTANT_S  100e-6
#define PHYSICS_QUANTITIES 3

enum physics_switching {
    PHYSICS_NOTHING,
    PHYSICS_CLOSE_OUTPUT,
    PHYSICS_DISCHARGE,
    PHYSICS_SHORT,
    PHYSICS_CLOSE_K1,
    PHYSICS_CLOSE_K2,
    PHYSICS_OPEN_OUTPUT, /* under load: arcs */
    PHYSICS_OPEN_K2,
    PHYSICS_OPEN_K6,
    PHYSICS_FAULT, /* fault_ohm from DC- of the gun to PE */
};

struct stretch {
    const char *name;
    double lasts_s, step_s;
    /* before it */
    double ocv_v;
    bool vehicle_closed, output_closed;
    bool k1_closed;                  /* K1 welded, K2 open */
    double insulation_ohm[DC_POLES]; /* of the gun; 0: none */
    double precharge_v;              /* modules brought there before; 0: not */
    double charge_a;                 /* then charging with this; 0: not */
    /* in it */
    double arc_v; /* of each arc; 0: as the circuit has it */
    bool on;
    double set_v, set_a;
    enum physics_switching switching;
    double switching_at_s, short_ohm, fault_ohm;
    /* what is compared: a level is counted when not NAN */
    enum dc_quantity quantities[PHYSICS_QUANTITIES];
    double levels[PHYSICS_QUANTITIES];
};

/* One quantity's figures: worst deviation, peaks, and crossings of the level. */
struct verdict {
    double amplitude, deviation, peak, peak_spice;
    int crossings, crossings_spice;
    double late_s; /* worst distance of a pair of crossings */
    bool passed;
};

#define PHYSICS_INSTANTS 64

struct physics_instants {
    int count;
    double at_s[PHYSICS_INSTANTS];
};

/* One quantity on its way through both results. */
struct physics_strand {
    struct physics_instants ours, spice;
    double least, most, last_s, last;
    bool begun;
    double level;
    int64_t start_ns;
};

void physics_crossed(void *ctx, int64_t at_ns, bool rising); /* of a dc_watch; ctx is the strand */
void physics_follow(struct physics_strand *strand, struct verdict *verdict, double at_s,
                    double spice, double ours, bool settling);
/* max, min: ours, between the rows too. */
void physics_conclude(const struct physics_strand *strand, double max, double min,
                      struct verdict *verdict);

const char *physics_quantity(enum dc_quantity quantity);
/* One line of its figures. */
void physics_print(const char *quantity, const struct verdict *verdict);
/* What ngspice makes of the netlist that write puts into the file; it has to leave its data at data_path. NULL,
 * said why: it gave none. folder is for both files. */
FILE *physics_run_ngspice(const char *stretch, const char *folder,
                          void (*write)(void *ctx, FILE *out, const char *data_path), void *ctx);

void physics_prepare(const struct stretch *stretch, struct dc_circuit *c);
/* scale multiplies inductance, capacitances and the discharge resistor: 1, or not to see it
 * fail. */
void physics_netlist(FILE *out, const struct stretch *stretch, const struct dc_circuit *c,
                     double scale, const char *data_path);
bool physics_compare(const struct stretch *stretch, struct dc_circuit *c, FILE *data,
                     struct verdict verdicts[PHYSICS_QUANTITIES]);

/* pair.c: the same for two guns: how many stretches agree, and count rises by all of them; folder is for its
 * files. */
size_t physics_pairs(double scale, const char *folder, size_t *count);

#endif
