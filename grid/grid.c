/* SPDX-License-Identifier: MIT */
#include "grid/grid.h"

#include <assert.h>
#include <string.h>

static void publish(struct grid *grid, int64_t now_ns) {
    assert(grid->residual_percent >= 0.0 && grid->residual_percent <= 100.0);
    signal_set(grid->voltage, now_ns, grid->voltage_v * grid->residual_percent / 100.0);
}

static void recover(void *ctx, int64_t now_ns) {
    struct grid *grid = ctx;
    grid->residual_percent = 100.0;
    publish(grid, now_ns);
}

void grid_init(struct grid *grid, struct loop *loop, struct signal_board *board) {
    memset(grid, 0, sizeof *grid);
    grid->loop = loop;
    grid->voltage_v = GRID_NOMINAL_V;
    grid->residual_percent = 100.0;
    grid->recovery = (struct timer){.fire = recover, .ctx = grid};
    grid->voltage = signal_add(board, "ac.voltage", SIGNAL_NUMBER, "V",
                               "AC supply of the pile, line to line rms");
    grid->frequency =
        signal_add(board, "ac.frequency", SIGNAL_NUMBER, "Hz", "frequency of the AC supply");
    signal_set(grid->frequency, loop->now_ns, GRID_NOMINAL_HZ);
    publish(grid, loop->now_ns);
}

void grid_set_voltage(struct grid *grid, double voltage_v, int64_t now_ns) {
    assert(voltage_v >= 0.0);
    grid->voltage_v = voltage_v;
    publish(grid, now_ns);
}

void grid_set_frequency(struct grid *grid, double frequency_hz, int64_t now_ns) {
    assert(frequency_hz > 0.0);
    signal_set(grid->frequency, now_ns, frequency_hz);
}

void grid_dip(struct grid *grid, double residual_percent, int64_t duration_ns, int64_t now_ns) {
    assert(residual_percent >= 0.0 && residual_percent <= 100.0 && duration_ns > 0);
    grid->residual_percent = residual_percent;
    publish(grid, now_ns);
    loop_set(grid->loop, &grid->recovery, now_ns + duration_ns);
}
