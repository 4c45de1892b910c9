/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>

#define TIE         (4.0 * DC_TOLERANCE) /* nearer than this is equal: more than guards let pass */
#define AT_ONCE_MAX 1000u                /* switchings in one ns; more would be a defect */
#define SKIP_S      2e-9                 /* what is then skipped, so that time goes on */
#define SHARING     1e-9 /* relative error of charge and energy when capacitors share */
#define CONTINUITY  1e-7 /* relative jump of a voltage that the waves may start with */
#define BALANCE     1e-6 /* relative sum of a node's currents */

static struct dc_now circuit_now(const struct dc_circuit *c) {
    const struct dc_params *p = &c->params;
    struct dc_now k = {
        .reference_v = dc_ramp_at(&c->voltage_v, c->origin_ns, c->origin_s),
        .reference_slope = dc_ramp_slope(&c->voltage_v, c->origin_ns),
        .limit_a = dc_ramp_at(&c->current_a, c->origin_ns, c->origin_s),
        .limit_slope = dc_ramp_slope(&c->current_a, c->origin_ns),
        .drop_v = c->diode_short ? 0.0 : p->diode_drop_v,
        .bus_farad = p->inner_farad + (c->output_closed ? p->outer_farad : 0.0),
        .bus_siemens = 1.0 / p->inner_bleed_ohm,
        .module_siemens = 1.0 / p->module_bleed_ohm,
        .coupled = c->output_closed && (c->vehicle_closed || !isinf(c->short_ohm)),
    };
    k.bus_siemens += c->discharge ? 1.0 / p->inner_discharge_ohm : 0.0;
    k.bus_siemens += c->output_closed ? 1.0 / p->outer_bleed_ohm : 0.0;
    return k;
}

/* ---- capacitors that got joined ---- */

static double shared_voltage(double a_farad, double a_v, double b_farad, double b_v) {
    return a_v == b_v ? a_v : (a_farad * a_v + b_farad * b_v) / (a_farad + b_farad);
}

static void join_module_and_bus(const struct dc_circuit *c, const struct dc_now *k,
                                struct dc_nodes *n) {
    n->inner_v =
        shared_voltage(c->params.module_farad, n->module_v - k->drop_v, k->bus_farad, n->inner_v);
    n->module_v = n->inner_v + k->drop_v;
}

static double stored_c(const struct dc_params *p, const struct dc_nodes *n) {
    return p->module_farad * n->module_v + p->inner_farad * n->inner_v +
           p->outer_farad * n->outer_v + p->vehicle_farad * n->battery_v;
}

/* Twice the energy in the capacitors. */
static double stored_2j(const struct dc_params *p, const struct dc_nodes *n) {
    return p->module_farad * n->module_v * n->module_v + p->inner_farad * n->inner_v * n->inner_v +
           p->outer_farad * n->outer_v * n->outer_v +
           p->vehicle_farad * n->battery_v * n->battery_v;
}

/* Capacitors that share: no charge is lost, no energy is won. */
static void check_shared(const struct dc_params *p, const struct dc_nodes *before,
                         const struct dc_nodes *after) {
    double charge_c = stored_c(p, before), energy_2j = stored_2j(p, before);
    assert(fabs(stored_c(p, after) - charge_c) <= SHARING * (1.0 + fabs(charge_c)));
    assert(stored_2j(p, after) <= energy_2j + SHARING * (1.0 + energy_2j));
}

static void join_capacitors(const struct dc_circuit *c, const struct dc_now *k,
                            struct dc_nodes *n) {
    const struct dc_params *p = &c->params;
    const struct dc_nodes before = *n;
    if (!k->coupled) {
        n->cable_a = 0.0;
    }
    if (c->output_closed) {
        n->inner_v = shared_voltage(p->inner_farad, n->inner_v, p->outer_farad, n->outer_v);
    }
    if (c->diode_short || n->module_v - k->drop_v > n->inner_v + TIE) {
        join_module_and_bus(c, k, n);
    }
    if (c->output_closed) {
        n->outer_v = n->inner_v;
    } else if (c->vehicle_closed) {
        n->battery_v = shared_voltage(p->vehicle_farad, n->battery_v, p->outer_farad, n->outer_v);
        n->outer_v = n->battery_v;
    }
    check_shared(p, &before, n);
}

/* ---- which mode, and does the diode conduct ---- */

static void set_source(const struct dc_circuit *c, struct dc_now *k) {
    bool limited = c->mode == DC_MODE_CURRENT;
    k->source_a = limited ? k->limit_a : 0.0;
    k->source_slope = limited ? k->limit_slope : 0.0;
}

/* With equal voltages the diode conducts if, without it, the modules' side would rise faster. A
 * switching just found decides by itself: its instant is rounded, and at 1e7 V/s the voltages are
 * then not equal to within TIE. */
static bool diode_conducts(const struct dc_circuit *c, const struct dc_now *k,
                           const struct dc_nodes *n, enum dc_switching why) {
    double ahead = n->module_v - k->drop_v - n->inner_v;
    if (c->diode_short || ahead > TIE || why == DC_SWITCH_DIODE_ON) {
        return true;
    }
    if (ahead < -TIE || why == DC_SWITCH_DIODE_OFF) {
        return false;
    }
    double module_slope = (k->source_a - k->module_siemens * n->module_v) / c->params.module_farad;
    if (c->mode == DC_MODE_VOLTAGE) {
        module_slope = k->reference_slope;
    }
    double bus_slope = -(k->bus_siemens * n->inner_v + n->cable_a) / k->bus_farad;
    return module_slope > bus_slope;
}

/* Current that keeps the modules' node on the voltage ramp. */
static double needed_a(const struct dc_circuit *c, const struct dc_now *k,
                       const struct dc_nodes *n) {
    double current = c->params.module_farad * k->reference_slope + k->module_siemens * n->module_v;
    if (c->diode_on) {
        current += k->bus_farad * k->reference_slope + k->bus_siemens * n->inner_v + n->cable_a;
    }
    return current;
}

static void try_mode(struct dc_circuit *c, struct dc_now *k, const struct dc_nodes *n,
                     enum dc_mode mode, enum dc_switching why) {
    c->mode = mode;
    set_source(c, k);
    c->diode_on = diode_conducts(c, k, n, why);
}

static void select_mode(struct dc_circuit *c, struct dc_now *k, struct dc_nodes *n,
                        enum dc_switching why) {
    double ahead = n->module_v - k->reference_v;
    if (!dc_active(c)) {
        try_mode(c, k, n, DC_MODE_OFF, why);
    } else if (ahead > TIE && why != DC_SWITCH_REACH) {
        try_mode(c, k, n, DC_MODE_BLOCKED, why);
    } else if (ahead < -TIE && why != DC_SWITCH_REACH) {
        try_mode(c, k, n, DC_MODE_CURRENT, why);
    } else {
        n->module_v = k->reference_v;
        try_mode(c, k, n, DC_MODE_VOLTAGE, why);
        double needed = needed_a(c, k, n);
        if (why == DC_SWITCH_LOW || needed < -DC_TOLERANCE) {
            try_mode(c, k, n, DC_MODE_BLOCKED, why);
        } else if (why == DC_SWITCH_HIGH || needed > k->limit_a + DC_TOLERANCE) {
            try_mode(c, k, n, DC_MODE_CURRENT, why);
        }
    }
    if (c->diode_on && c->mode == DC_MODE_VOLTAGE) {
        n->inner_v = n->module_v - k->drop_v;
    } else if (c->diode_on) {
        join_module_and_bus(c, k, n);
    }
    n->outer_v = c->output_closed ? n->inner_v : n->outer_v;
}

/* ---- what must hold at its start ---- */

static double start_of(const struct wave *wave) {
    double value = wave->base;
    for (size_t i = 0; i < wave->count; i++) {
        value += wave->terms[i].kind == WAVE_SWING ? wave->terms[i].a : 0.0;
    }
    return value;
}

static double start_slope(const struct wave *wave) {
    double slope = wave->slope;
    for (size_t i = 0; i < wave->count; i++) {
        const struct wave_term *term = &wave->terms[i];
        slope += term->kind == WAVE_SWING ? term->a * term->rate + term->b * term->omega : term->a;
    }
    return slope;
}

/* A capacitor's voltage does not jump. scale: of all voltages, whose rounding it may carry. */
static bool goes_on(const struct wave *wave, double value, double scale) {
    return fabs(start_of(wave) - value) <= CONTINUITY * (1.0 + scale);
}

static void check_continuity(const struct dc_circuit *c, const struct dc_nodes *n) {
    double most_v = fabs(n->module_v) + fabs(n->inner_v) + fabs(n->battery_v) + fabs(c->ocv_v);
    assert(goes_on(&c->waves[DC_MODULE_VOLTAGE], n->module_v, most_v));
    assert(goes_on(&c->waves[DC_INNER_VOLTAGE], n->inner_v, most_v));
    assert(goes_on(&c->waves[DC_OUTER_VOLTAGE], n->outer_v, most_v));
    assert(goes_on(&c->waves[DC_BATTERY_VOLTAGE], n->battery_v, most_v));
    (void)most_v;
}

/* Kirchhoff's law at the modules' node and at the bus, joined while the diode conducts. */
static void check_currents(const struct dc_circuit *c, const struct dc_now *k,
                           const struct dc_nodes *n) {
    double module_a = start_of(&c->waves[DC_MODULE_CURRENT]);
    double charging_a = c->params.module_farad * start_slope(&c->waves[DC_MODULE_VOLTAGE]);
    double bus_a = k->bus_farad * start_slope(&c->waves[DC_INNER_VOLTAGE]);
    double bleed_a = k->module_siemens * n->module_v, load_a = k->bus_siemens * n->inner_v;
    double cable_a = k->coupled ? start_of(&c->waves[DC_CURRENT]) : 0.0;
    double into_modules = module_a - charging_a - bleed_a;
    double out_of_bus = bus_a + load_a + cable_a;
    double scale = 1.0 + fabs(module_a) + fabs(charging_a) + fabs(bus_a) + fabs(cable_a);
    if (c->diode_on) {
        assert(fabs(into_modules - out_of_bus) <= BALANCE * scale);
    } else {
        assert(fabs(into_modules) <= BALANCE * scale && fabs(out_of_bus) <= BALANCE * scale);
    }
    assert(module_a >= -2.0 * DC_TOLERANCE && module_a <= k->limit_a + 2.0 * DC_TOLERANCE);
    (void)scale;
}

/* ---- what ends the segment ---- */

static void end_at(struct dc_circuit *c, enum dc_switching switching, double since_s) {
    if (since_s < c->switching_s) {
        c->switching = (unsigned)switching;
        c->switching_s = since_s;
    }
}

/* The segment ends when the guard falls below 0. */
static void guard(struct dc_circuit *c, enum dc_switching switching, const struct wave *wave,
                  double from_s) {
    struct wave_search found = wave_find(wave, -DC_TOLERANCE, false, from_s, c->switching_s);
    end_at(c, found.crossed ? switching : DC_SWITCH_LOOK, found.at_s);
}

static void guard_mode(struct dc_circuit *c, const struct dc_now *k, double from_s) {
    const struct wave *module = &c->waves[DC_MODULE_VOLTAGE];
    struct wave wave = {0};
    switch (c->mode) {
    case DC_MODE_OFF:
        break;
    case DC_MODE_BLOCKED:
        wave = *module;
        wave.base -= k->reference_v;
        wave.slope -= k->reference_slope;
        guard(c, DC_SWITCH_REACH, &wave, from_s);
        break;
    case DC_MODE_CURRENT:
        wave = (struct wave){.base = k->reference_v, .slope = k->reference_slope};
        wave_add(&wave, -1.0, module);
        guard(c, DC_SWITCH_REACH, &wave, from_s);
        break;
    case DC_MODE_VOLTAGE:
        guard(c, DC_SWITCH_LOW, &c->waves[DC_MODULE_CURRENT], from_s);
        wave = (struct wave){.base = k->limit_a, .slope = k->limit_slope};
        wave_add(&wave, -1.0, &c->waves[DC_MODULE_CURRENT]);
        guard(c, DC_SWITCH_HIGH, &wave, from_s);
        break;
    }
}

static void guard_diode(struct dc_circuit *c, const struct dc_now *k, double from_s) {
    struct wave wave = c->waves[DC_INNER_VOLTAGE];
    if (c->diode_short) {
        return;
    }
    if (!c->diode_on) {
        wave.base += k->drop_v;
        wave_add(&wave, -1.0, &c->waves[DC_MODULE_VOLTAGE]);
        guard(c, DC_SWITCH_DIODE_ON, &wave, from_s);
        return;
    }
    struct wave slope = wave_derivative(&c->waves[DC_INNER_VOLTAGE]);
    struct wave current = {0};
    wave_add(&current, k->bus_siemens, &c->waves[DC_INNER_VOLTAGE]);
    wave_add(&current, k->bus_farad, &slope);
    if (k->coupled) {
        wave_add(&current, 1.0, &c->waves[DC_CURRENT]);
    }
    guard(c, DC_SWITCH_DIODE_OFF, &current, from_s);
}

static void end_of_ramp(struct dc_circuit *c, const struct dc_ramp *ramp) {
    if (ramp->end_ns > c->origin_ns) {
        double since = (double)(ramp->end_ns - c->origin_ns) * 1e-9 - c->origin_s;
        end_at(c, DC_SWITCH_RAMP, since);
    }
}

static void find_switching(struct dc_circuit *c, const struct dc_now *k) {
    double from_s = 0.0;
    if (c->at_once > AT_ONCE_MAX) {
        c->stalls++;
        c->at_once = 0;
        from_s = SKIP_S;
    }
    c->switching = DC_SWITCH_NONE;
    c->switching_s = DC_NEVER_S;
    if (dc_active(c)) {
        end_of_ramp(c, &c->voltage_v);
        end_of_ramp(c, &c->current_a);
    }
    if (from_s < c->switching_s) {
        guard_mode(c, k, from_s);
    }
    if (from_s < c->switching_s) {
        guard_diode(c, k, from_s);
    }
    c->switching_ns = dc_instant(c, c->switching_s);
}

void dc_segment_build(struct dc_circuit *c, struct dc_nodes nodes, enum dc_switching why) {
    struct dc_now k = circuit_now(c);
    c->segments++;
    join_capacitors(c, &k, &nodes);
    select_mode(c, &k, &nodes, why);
    dc_segment_move(c, &k, &nodes);
    check_continuity(c, &nodes);
    check_currents(c, &k, &nodes);
    find_switching(c, &k);
    assert(isfinite(c->waves[DC_INNER_VOLTAGE].base) && isfinite(c->waves[DC_CURRENT].base));
}
