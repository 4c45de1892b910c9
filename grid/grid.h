/* SPDX-License-Identifier: MIT */
/* grid.h: the AC supply of one pile: voltage and frequency, dips and interruptions.
 *
 *   struct grid grid;
 *   grid_init(&grid, &loop, &board);                  380 V line to line, 50 Hz
 *   grid_set_voltage(&grid, 323.0, now);              for good
 *   grid_dip(&grid, 40.0, 200 * NS_PER_MS, now);      to 40 % for 200 ms, then back
 *   grid_dip(&grid, 0.0, 5 * NS_PER_S, now);          an interruption
 *
 * Publishes "ac.voltage" (V, line to line rms) and "ac.frequency" (Hz). The rms value steps: dips
 * are square, as GB/T 17626.34 (IEC 61000-4-34) generators make them. */
#ifndef GRID_GRID_H
#define GRID_GRID_H

#include "sim/loop.h"
#include "sim/signal.h"

#define GRID_NOMINAL_V  380.0 /* T240-1.2a, line to line */
#define GRID_NOMINAL_HZ 50.0  /* T240-1.2b */

struct grid {
    struct loop *loop;
    double voltage_v;        /* outside a dip */
    double residual_percent; /* of voltage_v; 100 outside a dip */
    struct signal *voltage, *frequency;
    struct timer recovery;
};

void grid_init(struct grid *grid, struct loop *loop, struct signal_board *board);
void grid_set_voltage(struct grid *grid, double voltage_v, int64_t now_ns);
void grid_set_frequency(struct grid *grid, double frequency_hz, int64_t now_ns);
/* residual_percent 0..100 of the set voltage; a dip during a dip replaces it. */
void grid_dip(struct grid *grid, double residual_percent, int64_t duration_ns, int64_t now_ns);

#endif
