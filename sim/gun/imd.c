/* SPDX-License-Identifier: MIT */
#include "sim/gun/imd.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const struct imd_params imd_default = {
    .settle_ns = 800 * NS_PER_MS,
    .least_v = 50.0,
    .test_ohm = 100e3,
    .most_ohm = 100e6,
};

static void show(struct imd *imd, int64_t now_ns, double positive_ohm, double negative_ohm) {
    signal_set(imd->readings[DC_POSITIVE], now_ns, positive_ohm);
    signal_set(imd->readings[DC_NEGATIVE], now_ns, negative_ohm);
}

/* Joins the resistor to a pole; to DC_POLES: takes it out. */
static void join(struct imd *imd, enum dc_pole pole, int64_t now_ns) {
    imd->pole = pole;
    dc_set_test_resistor(imd->dc, now_ns, pole, imd->params->test_ohm);
    if (pole == DC_POLES) {
        loop_cancel(imd->loop, &imd->timer);
    } else {
        loop_set(imd->loop, &imd->timer, now_ns + imd->params->settle_ns / 2);
    }
    imd->moved(imd->ctx);
}

void imd_restart(struct imd *imd, int64_t now_ns, bool connected) {
    show(imd, now_ns, (double)NAN, (double)NAN);
    join(imd, connected ? DC_POSITIVE : DC_POLES, now_ns);
}

static double reading(const struct imd *imd, double siemens) {
    return siemens * imd->params->most_ohm > 1.0 ? 1.0 / siemens : imd->params->most_ohm;
}

/* a = P/N with the resistor at DC+, b = N/P with it at DC-:
 *   G- = a (G+ + Gt),  G+ = b (G- + Gt). */
static void conclude(struct imd *imd, double a, double b, int64_t now_ns) {
    double test = 1.0 / imd->params->test_ohm, rest = 1.0 - a * b;
    if (!(a >= 0.0 && b >= 0.0 && rest > 0.0)) { /* PE is not between the poles */
        show(imd, now_ns, (double)NAN, (double)NAN);
        return;
    }
    show(imd, now_ns, reading(imd, b * test * (1.0 + a) / rest),
         reading(imd, a * test * (1.0 + b) / rest));
}

static void settled(void *ctx, int64_t now_ns) {
    struct imd *imd = ctx;
    double p = dc_value(imd->dc, DC_INNER_POSITIVE, now_ns);
    double n = -dc_value(imd->dc, DC_INNER_NEGATIVE, now_ns);
    assert(imd->pole < DC_POLES);
    if (p + n < imd->params->least_v) {
        imd_restart(imd, now_ns, true);
    } else if (imd->pole == DC_POSITIVE) {
        imd->first = p / n;
        join(imd, DC_NEGATIVE, now_ns);
    } else {
        conclude(imd, imd->first, n / p, now_ns);
        join(imd, DC_POLES, now_ns);
    }
}

void imd_init(struct imd *imd, struct loop *loop, struct signal_board *board, struct dc_circuit *dc,
              const struct imd_params *params, void (*moved)(void *ctx), void *ctx) {
    memset(imd, 0, sizeof *imd);
    imd->loop = loop;
    imd->params = params;
    imd->dc = dc;
    imd->pole = DC_POLES;
    imd->moved = moved;
    imd->ctx = ctx;
    imd->timer = (struct timer){.fire = settled, .ctx = imd};
    imd->readings[DC_POSITIVE] = signal_add(board, "insulation.positive", SIGNAL_NUMBER, "ohm",
                                            "DC+ to PE, as the insulation monitor reads it");
    imd->readings[DC_NEGATIVE] = signal_add(board, "insulation.negative", SIGNAL_NUMBER, "ohm",
                                            "DC- to PE, as the insulation monitor reads it");
}
