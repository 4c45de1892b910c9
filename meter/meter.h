/* SPDX-License-Identifier: MIT */
/* meter.h: the DC energy meter of one gun. Its register is the exact integral of the power the
 * circuit carries, times the meter's gain error, cut to the register's resolution.
 *
 *   struct meter meter;
 *   meter_init(&meter, &board, &(struct meter_params){.resolution_wh = 10}, energy_j, plant);
 *   meter_register_wh(&meter, now)      1230.0 while 1234.56 Wh have been carried
 *
 * Publishes "meter.energy" (Wh). Readings reach the charger through the DUT port. */
#ifndef METER_METER_H
#define METER_METER_H

#include "sim/signal.h"

struct meter_params {
    double start_wh;      /* register when the bench starts */
    double resolution_wh; /* DL/T 645-2007 energy XXXXXX.XX kWh: 10 Wh */
    double gain_error;    /* 0.01 = reads 1 % too much */
};

struct meter {
    struct meter_params params;
    double (*energy_j)(void *ctx, int64_t now_ns); /* carried since the bench started */
    void *ctx;
    struct signal *energy;
};

extern const struct meter_params meter_params_default; /* empty register, 10 Wh, no error */

void meter_init(struct meter *meter, struct signal_board *board, const struct meter_params *params,
                double (*energy_j)(void *ctx, int64_t now_ns), void *ctx);
double meter_register_wh(const struct meter *meter, int64_t now_ns);

#endif
