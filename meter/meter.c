/* SPDX-License-Identifier: MIT */
#include "meter/meter.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define J_PER_WH 3600.0

const struct meter_params meter_params_default = {.resolution_wh = 10.0};

double meter_register_wh(const struct meter *meter, int64_t now_ns) {
    double carried_wh = meter->energy_j(meter->ctx, now_ns) / J_PER_WH;
    double shown = meter->params.start_wh + carried_wh * (1.0 + meter->params.gain_error);
    return floor(shown / meter->params.resolution_wh) * meter->params.resolution_wh;
}

static double register_at(void *ctx, unsigned index, int64_t at_ns) {
    (void)index;
    return meter_register_wh(ctx, at_ns);
}

static void track(void *ctx, unsigned index, struct signal_track *one, bool on) {
    (void)index;
    if (on) {
        one->min = one->max = meter_register_wh(ctx, one->min_ns);
    }
}

/* A register that only counts up has its extremes at the ends. */
static void track_read(void *ctx, unsigned index, struct signal_track *one, int64_t at_ns) {
    (void)index;
    one->max = meter_register_wh(ctx, at_ns);
    one->max_ns = at_ns;
}

/* No watch: the register advances with every pulse, and nobody has needed the instant of one. */
static const struct signal_source source = {
    .at = register_at, .track = track, .track_read = track_read};

void meter_init(struct meter *meter, struct signal_board *board, const struct meter_params *params,
                double (*energy_j)(void *ctx, int64_t now_ns), void *ctx) {
    assert(params->resolution_wh > 0.0);
    memset(meter, 0, sizeof *meter);
    meter->params = *params;
    meter->energy_j = energy_j;
    meter->ctx = ctx;
    meter->energy = signal_add_continuous(board, "meter.energy", "Wh",
                                          "register of the gun's DC meter", &source, meter, 0);
}
