/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>

#define AT_ONCE_MAX 1000u /* switchings in one ns; more would be a defect */
#define SKIP_S      2e-9  /* what is then skipped, so that time goes on */
#define CONTINUITY  1e-7  /* relative jump of a voltage that the waves may start with */
#define BALANCE     1e-6  /* relative sum of a node's currents */

struct dc_now dc_now_of(const struct dc_circuit *c) {
    return (struct dc_now){
        .reference_v = dc_ramp_at(&c->voltage_v, c->origin_ns, c->origin_s),
        .reference_slope = dc_ramp_slope(&c->voltage_v, c->origin_ns),
        .limit_a = dc_ramp_at(&c->current_a, c->origin_ns, c->origin_s),
        .limit_slope = dc_ramp_slope(&c->current_a, c->origin_ns),
        .drop_v = c->diode_short ? 0.0 : c->params.diode_drop_v,
    };
}

double dc_start_of(const struct wave *wave) {
    double value = wave->base;
    for (size_t i = 0; i < wave->count; i++) {
        value += wave->terms[i].kind == WAVE_SWING ? wave->terms[i].a : 0.0;
    }
    return value;
}

double dc_start_slope(const struct wave *wave) {
    double slope = wave->slope;
    for (size_t i = 0; i < wave->count; i++) {
        const struct wave_term *term = &wave->terms[i];
        slope += term->kind == WAVE_SWING ? term->a * term->rate + term->b * term->omega : term->a;
    }
    return slope;
}

/* ---- capacitors that got joined ---- */

/* By contacts, and by the diode where the modules are ahead. A cable without its loop carries nothing:
 * what its coil had is gone. */
static void join_capacitors(struct dc_circuit *c, const struct dc_now *k, struct dc_nodes *n,
                            bool arcs_out) {
    const struct dc_net net = dc_net_of(c);
    c->mode = DC_MODE_OFF;
    c->diode_on = false;
    struct dc_joints joints = dc_joints_of(&net, k);
    if (!joints.loop[0]) {
        if (dc_arcs_burn(c)) {
            dc_arcs_end(c);
            joints = dc_joints_of(&net, k);
        }
        if (arcs_out) {
            dc_join_shorted(&joints, &net, 0);
        }
        c->lost_j += 0.5 * c->params.cable_henry * n->cable_a * n->cable_a;
        n->cable_a = 0.0;
    }
    dc_share(&net, &joints, n, &c->lost_j, 0.0);
    if (c->diode_short || n->module_v - k->drop_v > n->inner_v + DC_TIE) {
        c->diode_on = true;
        joints = dc_joints_of(&net, k);
        dc_share(&net, &joints, n, &c->lost_j, 0.0);
    }
}

/* ---- which mode, and does the diode conduct ---- */

/* With equal voltages the diode conducts if, without it, the modules' side would rise faster. A
 * switching just found decides by itself: its instant is rounded, and at 1e7 V/s the voltages are
 * then not equal to within DC_TIE. */
static bool diode_conducts(struct dc_circuit *c, const struct dc_now *k, const struct dc_nodes *n,
                           enum dc_switching why) {
    double ahead = n->module_v - k->drop_v - n->inner_v;
    if (c->diode_short || ahead > DC_TIE || why == DC_SWITCH_DIODE_ON) {
        return true;
    }
    if (ahead < -DC_TIE || why == DC_SWITCH_DIODE_OFF) {
        return false;
    }
    const struct dc_net net = dc_net_of(c);
    c->diode_on = false;
    dc_segment_move(&net, k, n);
    return dc_start_slope(&c->waves[DC_MODULE_VOLTAGE]) >
           dc_start_slope(&c->waves[DC_INNER_VOLTAGE]);
}

/* Its waves with this mode, and the diode as that will have it. */
static void try_mode(struct dc_circuit *c, struct dc_now *k, struct dc_nodes *n, enum dc_mode mode,
                     enum dc_switching why) {
    const struct dc_net net = dc_net_of(c);
    bool limited = mode == DC_MODE_CURRENT;
    c->mode = mode;
    k->source_a = limited ? k->limit_a : 0.0;
    k->source_slope = limited ? k->limit_slope : 0.0;
    c->diode_on = diode_conducts(c, k, n, why);
    if (c->diode_on && mode == DC_MODE_VOLTAGE) {
        n->inner_v = n->module_v - k->drop_v;
        if (dc_conducts(c, DC_K1) && dc_conducts(c, DC_K2)) {
            n->outer_v = n->inner_v - dc_arc_v(c, DC_K1) + dc_arc_v(c, DC_K2);
        }
    } else if (c->diode_on) {
        const struct dc_joints joints = dc_joints_of(&net, k);
        dc_share(&net, &joints, n, &c->lost_j, 0.0);
        n->module_v = n->inner_v + k->drop_v;
    }
    dc_segment_move(&net, k, n);
}

static void select_mode(struct dc_circuit *c, struct dc_now *k, struct dc_nodes *n,
                        enum dc_switching why) {
    const struct dc_nodes before = *n;
    double ahead = n->module_v - k->reference_v;
    if (!dc_active(c)) {
        try_mode(c, k, n, DC_MODE_OFF, why);
    } else if (ahead > DC_TIE && why != DC_SWITCH_REACH) {
        try_mode(c, k, n, DC_MODE_BLOCKED, why);
    } else if (ahead < -DC_TIE && why != DC_SWITCH_REACH) {
        try_mode(c, k, n, DC_MODE_CURRENT, why);
    } else {
        n->module_v = k->reference_v;
        try_mode(c, k, n, DC_MODE_VOLTAGE, why);
        double needed = dc_start_of(&c->waves[DC_MODULE_CURRENT]);
        bool low = why == DC_SWITCH_LOW || needed < -DC_TOLERANCE;
        if (low || why == DC_SWITCH_HIGH || needed > k->limit_a + DC_TOLERANCE) {
            *n = before;
            n->module_v = k->reference_v;
            try_mode(c, k, n, low ? DC_MODE_BLOCKED : DC_MODE_CURRENT, why);
        }
    }
}

/* ---- what must hold at its start ---- */

/* A capacitor's voltage does not jump. scale: of all voltages, whose rounding it may carry. */
static bool goes_on(const struct wave *wave, double value, double scale) {
    return fabs(dc_start_of(wave) - value) <= CONTINUITY * (1.0 + scale);
}

static void check_continuity(const struct dc_circuit *c, const struct dc_nodes *n) {
    double most_v = fabs(n->module_v) + fabs(n->inner_v) + fabs(n->battery_v) + fabs(c->ocv_v);
    assert(goes_on(&c->waves[DC_MODULE_VOLTAGE], n->module_v, most_v));
    assert(goes_on(&c->waves[DC_INNER_VOLTAGE], n->inner_v, most_v));
    assert(goes_on(&c->waves[DC_OUTER_VOLTAGE], n->outer_v, most_v));
    assert(goes_on(&c->waves[DC_BATTERY_VOLTAGE], n->battery_v, most_v));
    (void)most_v;
}

/* Kirchhoff's law at the modules' node, which the diode joins to the bus. */
static void check_currents(const struct dc_circuit *c, const struct dc_now *k,
                           const struct dc_nodes *n) {
    double module_a = dc_start_of(&c->waves[DC_MODULE_CURRENT]), diode_a = dc_start_of(&c->diode_a);
    double charging_a = c->params.module_farad * dc_start_slope(&c->waves[DC_MODULE_VOLTAGE]);
    double bleed_a = n->module_v / c->params.module_bleed_ohm;
    double cable_a = dc_start_of(&c->waves[DC_CURRENT]);
    double scale = 1.0 + fabs(module_a) + fabs(charging_a) + fabs(diode_a) + fabs(cable_a);
    assert(fabs(module_a - charging_a - bleed_a - diode_a) <= BALANCE * scale);
    assert(module_a >= -2.0 * DC_TOLERANCE && module_a <= k->limit_a + 2.0 * DC_TOLERANCE);
    (void)scale;
}

void dc_segment_check(const struct dc_circuit *c, const struct dc_now *k,
                      const struct dc_nodes *n) {
    check_continuity(c, n);
    check_currents(c, k, n);
    assert(isfinite(c->waves[DC_INNER_VOLTAGE].base) && isfinite(c->waves[DC_CURRENT].base));
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
    guard(c, DC_SWITCH_DIODE_OFF, &c->diode_a, from_s);
}

void dc_guard_arc(struct dc_circuit *c, const struct dc_arc *arc, double from_s) {
    if (arc->burns) {
        double since = (double)(arc->end_ns - c->origin_ns) * 1e-9 - c->origin_s;
        end_at(c, DC_SWITCH_ARC_OVER, since > 0.0 ? since : 0.0);
    }
    if (arc->burns && from_s < c->switching_s) {
        struct wave wave = {.base = -c->params.arc.least_a};
        wave_add(&wave, arc->sign, &arc->a);
        guard(c, DC_SWITCH_ARC_LOW, &wave, from_s);
    }
}

static void end_of_ramp(struct dc_circuit *c, const struct dc_ramp *ramp) {
    if (ramp->end_ns > c->origin_ns) {
        double since = (double)(ramp->end_ns - c->origin_ns) * 1e-9 - c->origin_s;
        end_at(c, DC_SWITCH_RAMP, since);
    }
}

double dc_segment_from(struct dc_circuit *c) {
    if (c->at_once <= AT_ONCE_MAX) {
        return 0.0;
    }
    c->stalls++;
    c->at_once = 0;
    return SKIP_S;
}

void dc_segment_guard(struct dc_circuit *c, const struct dc_now *k, double from_s) {
    if (dc_active(c)) {
        end_of_ramp(c, &c->voltage_v);
        end_of_ramp(c, &c->current_a);
    }
    for (int i = 0; i < DC_CONTACTS; i++) {
        dc_guard_arc(c, &c->arcs[i], from_s);
    }
    if (from_s < c->switching_s) {
        guard_mode(c, k, from_s);
    }
    if (from_s < c->switching_s) {
        guard_diode(c, k, from_s);
    }
}

void dc_segment_build(struct dc_circuit *c, struct dc_nodes nodes, enum dc_switching why) {
    struct dc_now k = dc_now_of(c);
    c->segments++;
    bool arcs_out = why == DC_SWITCH_ARC_LOW || why == DC_SWITCH_ARC_OVER;
    if (arcs_out) {
        dc_arcs_end(c);
    }
    join_capacitors(c, &k, &nodes, arcs_out);
    select_mode(c, &k, &nodes, why);
    dc_segment_check(c, &k, &nodes);
    double from_s = dc_segment_from(c);
    c->switching = DC_SWITCH_NONE;
    c->switching_s = DC_NEVER_S;
    dc_segment_guard(c, &k, from_s);
    c->switching_ns = dc_instant(c, c->switching_s);
}
