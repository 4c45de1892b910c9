/* SPDX-License-Identifier: MIT */
/* output.c: set values of the modules, with ramps; and the discharge resistor, which is in whenever
 * the modules are off, the contactors open, and there is still voltage on our side. */
#include "charger.h"

#define SAFE_MV      15000
#define DISCHARGE_MS 3000 /* longer than it needs: something feeds it, and it is no heater */

/* From what flows, not from a limit that was not reached. */
static void begin_fall(struct charger *charger) {
    struct output *out = &charger->output;
    const int32_t flows = input(charger, DUT_IN_CURRENT_MA);
    out->fall_since_ms = now_ms(charger);
    if (out->set_ma > flows) {
        out->set_ma = flows > 0 ? flows : 0;
    }
}

void output_order(struct charger *charger, enum order order, int32_t mv, int32_t ma) {
    struct output *out = &charger->output;
    if (charger->guard.tripped) {
        order = OUTPUT_OFF;
    }
    if (order == OUTPUT_FALL && out->order != OUTPUT_FALL) {
        begin_fall(charger);
    }
    out->order = order;
    out->want_mv = mv;
    out->want_ma = ma;
}

static int32_t stepped(int32_t from, int32_t to, int32_t up_per_s, int32_t down_per_s) {
    const int32_t up = up_per_s / 1000 * TICK_MS, down = down_per_s / 1000 * TICK_MS;
    return to > from + up ? from + up : to < from - down ? from - down : to;
}

static void set_modules(struct charger *charger) {
    struct output *out = &charger->output;
    const int32_t up = charger->param[PARAM_RAMP_UP], down = charger->param[PARAM_RAMP_DOWN];
    if (out->order == OUTPUT_OFF) {
        out->set_mv = 0;
        out->set_ma = 0;
    } else if (out->order == OUTPUT_HOLD) {
        out->set_mv = out->want_mv;
        out->set_ma = out->want_ma;
    } else if (out->order == OUTPUT_CHARGE) {
        out->set_mv = out->want_mv;
        out->set_ma = stepped(out->set_ma, out->want_ma, up, down);
    } else {
        out->set_ma = stepped(out->set_ma, 0, up, down);
    }
    output(charger, DUT_OUT_MODULE_MV, out->set_mv);
    output(charger, DUT_OUT_MODULE_MA, out->set_ma);
    output(charger, DUT_OUT_MODULES_ON, out->order != OUTPUT_OFF);
}

static void discharge(struct charger *charger) {
    struct output *out = &charger->output;
    const bool allowed =
        out->order == OUTPUT_OFF && (contactors_open(charger) || out->discharge_through);
    const bool live = input(charger, DUT_IN_INNER_MV) > SAFE_MV;
    if (!allowed || !live) {
        out->discharging = false;
        out->discharge_failed = out->discharge_failed && live;
    } else if (!out->discharging && !out->discharge_failed) {
        out->discharging = true;
        out->discharge_since_ms = now_ms(charger);
    } else if (out->discharging && now_ms(charger) - out->discharge_since_ms > DISCHARGE_MS) {
        out->discharging = false;
        out->discharge_failed = true; /* protection tells of it */
    }
    output(charger, DUT_OUT_DISCHARGE, out->discharging);
}

void output_task(void *argument) {
    struct charger *charger = argument;
    for (;;) {
        set_modules(charger);
        discharge(charger);
        rtos_delay(&charger->rtos, 1);
    }
}
