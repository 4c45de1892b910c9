/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define LEAST_SHORT_OHM      1e-3
#define LEAST_INSULATION_OHM 1.0
#define RAMP_MAX_NS          4e18 /* a ramp longer than a century never arrives */
#define SET_MAX              1e6  /* V or A: beyond any sense, but arithmetic stays sound */

const struct dc_params dc_params_default = {
    .module_farad = 500e-6,
    .module_bleed_ohm = 20e3,
    .module_max_a = 250.0,
    .voltage_slew_v_s = 2000.0,
    .current_up_a_s = 100.0,
    .current_down_a_s = 500.0,
    .diode_drop_v = 0.0,
    .inner_farad = 2e-6,
    .inner_bleed_ohm = 500e3,
    .inner_discharge_ohm = 150.0,
    .outer_farad = 10e-9,
    .outer_bleed_ohm = 1e6,
    .cable_ohm = 8e-3,
    .cable_henry = 10e-6,
    .vehicle_farad = 1000e-6,
    .battery_ohm = 60e-3,
    .battery_ocv_v = 0.0,
    .inner_y_farad = 9.5e-9,
    .outer_y_farad = 0.5e-9,
    .vehicle_y_farad = 100e-9,
    .inner_insulation_ohm = 20e6,
    .vehicle_insulation_ohm = 20e6,
    .arc = {.volt = 20.0, .least_a = 1.0, .longest_ns = 10 * INT64_C(1000000)},
};

/* ---- time ---- */

double dc_since(const struct dc_circuit *c, int64_t t_ns) {
    double since = (double)(t_ns - c->origin_ns) * 1e-9 - c->origin_s;
    since = since > 0.0 ? since : 0.0;
    return since < c->switching_s ? since : c->switching_s;
}

int64_t dc_instant(const struct dc_circuit *c, double since_s) {
    double ns = ceil((c->origin_s + since_s) * 1e9);
    return ns < RAMP_MAX_NS ? c->origin_ns + (int64_t)ns : INT64_MAX;
}

double dc_ramp_slope(const struct dc_ramp *ramp, int64_t t_ns) {
    return t_ns < ramp->end_ns ? ramp->slope : 0.0;
}

double dc_ramp_at(const struct dc_ramp *ramp, int64_t t_ns, double and_s) {
    if (t_ns >= ramp->end_ns) {
        return ramp->target;
    }
    double moved = ramp->slope * ((double)(t_ns - ramp->start_ns) * 1e-9 + and_s);
    assert(t_ns >= ramp->start_ns && moved * (ramp->target - ramp->from) >= 0.0);
    return ramp->from + moved;
}

void dc_ramp_to(struct dc_ramp *ramp, int64_t now_ns, double target, double slew) {
    assert(slew > 0.0 && isfinite(target));
    double from = dc_ramp_at(ramp, now_ns, 0.0);
    double lasts_ns = ceil(fabs(target - from) / slew * 1e9);
    lasts_ns = lasts_ns < RAMP_MAX_NS ? lasts_ns : RAMP_MAX_NS;
    *ramp = (struct dc_ramp){.from = from, .target = target, .start_ns = now_ns};
    ramp->slope = lasts_ns > 0.0 ? (target - from) / (lasts_ns * 1e-9) : 0.0;
    ramp->end_ns = now_ns + (int64_t)lasts_ns;
}

/* ---- from one segment to the next ---- */

static bool current_flows(const struct dc_circuit *c) {
    const struct wave *current = &c->waves[DC_CURRENT];
    return current->base != 0.0 || current->slope != 0.0 || current->count > 0;
}

static double energy_since(const struct dc_circuit *c, double since_s) {
    if (!current_flows(c)) {
        return 0.0;
    }
    return wave_product_integral(&c->waves[DC_OUTER_VOLTAGE], &c->waves[DC_CURRENT], since_s);
}

static double charge_since(const struct dc_circuit *c, double since_s) {
    if (c->pair != NULL && c->pair->one_pack && c == c->pair->guns[1]) {
        return 0.0; /* the pack is the other gun's */
    }
    struct wave drop = c->waves[DC_BATTERY_VOLTAGE];
    drop.base -= c->ocv_v;
    return wave_integral(&drop, since_s) / c->battery_ohm;
}

static double arc_since(const struct dc_circuit *c, double since_s) {
    double sum = 0.0;
    for (int k = 0; k < DC_CONTACTS; k++) {
        if (c->arcs[k].burns) {
            sum += dc_arc_v(c, (enum dc_contact)k) * wave_integral(&c->arcs[k].a, since_s);
        }
    }
    return sum;
}

struct dc_nodes dc_nodes_at(const struct dc_circuit *c, double since_s) {
    return (struct dc_nodes){
        .module_v = wave_at(&c->waves[DC_MODULE_VOLTAGE], since_s),
        .inner_v = wave_at(&c->waves[DC_INNER_VOLTAGE], since_s),
        .outer_v = wave_at(&c->waves[DC_OUTER_VOLTAGE], since_s),
        .battery_v = wave_at(&c->waves[DC_BATTERY_VOLTAGE], since_s),
        .inner_negative_v = wave_at(&c->waves[DC_INNER_NEGATIVE], since_s),
        .outer_negative_v = wave_at(&c->waves[DC_OUTER_NEGATIVE], since_s),
        .battery_negative_v = wave_at(&c->waves[DC_BATTERY_NEGATIVE], since_s),
        .cable_a = c->loop ? wave_at(&c->waves[DC_CURRENT], since_s) : 0.0,
    };
}

struct dc_nodes dc_leave(struct dc_circuit *c, double since_s) {
    dc_observe_leave(c, since_s);
    c->energy_j += energy_since(c, since_s);
    c->charge_c += charge_since(c, since_s);
    c->arc_j += arc_since(c, since_s);
    return dc_nodes_at(c, since_s);
}

static struct dc_nodes leave_segment(struct dc_circuit *c, double since_s) {
    struct dc_nodes nodes = dc_leave(c, since_s);
    if (c->audited || dc_arcs_burn(c)) {
        const struct dc_net net = dc_net_of(c);
        dc_audit(&net, since_s);
    }
    return nodes;
}

struct dc_nodes dc_leave_alone(struct dc_circuit *c) {
    return leave_segment(c, dc_since(c, c->now_ns));
}

static void enter_alone(struct dc_circuit *c, struct dc_nodes nodes, enum dc_switching why) {
    c->energy_known_ns = INT64_MIN;
    dc_segment_build(c, nodes, why);
    dc_observe_enter(c);
}

void dc_enter_alone(struct dc_circuit *c, struct dc_nodes nodes) {
    enter_alone(c, nodes, DC_SWITCH_NONE);
}

/* Moves the segment's start to where the switching took place: a ramp, and an arc's time, ends on a
 * whole ns, all else in between. */
void dc_move_origin(struct dc_circuit *c) {
    double since = c->origin_s + c->switching_s;
    double whole = floor(since * 1e9);
    if (c->switching == DC_SWITCH_RAMP || c->switching == DC_SWITCH_ARC_OVER) {
        c->origin_ns = c->switching_ns;
        c->origin_s = 0.0;
        return;
    }
    c->origin_ns += (int64_t)whole;
    c->origin_s = since - whole * 1e-9;
    c->origin_s = c->origin_s > 0.0 ? c->origin_s : 0.0;
}

static void switch_over(struct dc_circuit *c) {
    enum dc_switching why = (enum dc_switching)c->switching;
    assert(why != DC_SWITCH_NONE && isfinite(c->switching_s));
    struct dc_nodes nodes = leave_segment(c, c->switching_s);
    int64_t last_ns = c->origin_ns;
    dc_move_origin(c);
    assert(c->origin_ns >= last_ns && c->origin_s < 1e-9 + 1e-12);
    c->at_once = c->origin_ns == last_ns ? c->at_once + 1 : 0;
    enter_alone(c, nodes, why);
}

void dc_advance(struct dc_circuit *c, int64_t t_ns) {
    for (;;) {
        if (c->pair != NULL) {
            if (!dc_pair_step(c->pair, t_ns)) {
                break;
            }
            continue;
        }
        int64_t next_ns = dc_next(c);
        if (next_ns > t_ns || next_ns == INT64_MAX) {
            break;
        }
        c->now_ns = next_ns;
        if (c->switching_ns <= c->watched_ns) {
            switch_over(c);
        } else {
            dc_observe_tell(c);
        }
    }
    c->now_ns = t_ns > c->now_ns ? t_ns : c->now_ns;
    if (c->pair != NULL) {
        dc_pair_now(c->pair, c->now_ns);
    }
    assert(dc_next(c) > t_ns && c->origin_ns <= c->now_ns);
}

/* ---- reading ---- */

double dc_value(const struct dc_circuit *c, enum dc_quantity quantity, int64_t t_ns) {
    assert(quantity < DC_QUANTITIES);
    return wave_at(&c->waves[quantity], dc_since(c, t_ns));
}

/* Many ask at the same instant: meters, their errors, the record. */
double dc_energy_j(struct dc_circuit *c, int64_t t_ns) {
    if (c->energy_known_ns != t_ns) {
        c->energy_known_j = c->energy_j + energy_since(c, dc_since(c, t_ns));
        c->energy_known_ns = t_ns;
    }
    return c->energy_known_j;
}

double dc_charge_c(const struct dc_circuit *c, int64_t t_ns) {
    return c->charge_c + charge_since(c, dc_since(c, t_ns));
}

double dc_arc_j(const struct dc_circuit *c, int64_t t_ns) {
    return c->arc_j + arc_since(c, dc_since(c, t_ns));
}

/* ---- commands ---- */

/* A command's three steps: leave what was, change it (the caller), go on from there. */
static struct dc_nodes interrupt(struct dc_circuit *c) {
    if (c->pair != NULL) {
        return dc_pair_interrupt(c->pair, c);
    }
    struct dc_nodes nodes = dc_leave_alone(c);
    c->origin_ns = c->now_ns;
    c->origin_s = 0.0;
    c->at_once = 0;
    return nodes;
}

static void go_on(struct dc_circuit *c, struct dc_nodes nodes) {
    if (c->pair != NULL) {
        dc_pair_enter(c->pair, c, nodes);
    } else {
        dc_enter_alone(c, nodes);
    }
}

static void set_switch(struct dc_circuit *c, int64_t now_ns, bool *which, bool state) {
    dc_advance(c, now_ns);
    if (*which != state) {
        struct dc_nodes nodes = interrupt(c);
        *which = state;
        go_on(c, nodes);
    }
}

static void set_value(struct dc_circuit *c, int64_t now_ns, double *which, double value) {
    dc_advance(c, now_ns);
    if (*which != value) {
        struct dc_nodes nodes = interrupt(c);
        *which = value;
        go_on(c, nodes);
    }
}

/* Gives the ramps their targets after a change of what the modules are told. They start from their
 * node's voltage and from 0 A: a soft start onto whatever charge is there. */
static void set_ramps(struct dc_circuit *c, double module_v) {
    if (!dc_active(c)) {
        c->voltage_v = c->current_a = (struct dc_ramp){0};
        return;
    }
    if (c->mode == DC_MODE_OFF) {
        double start = module_v < c->set_voltage_v ? module_v : c->set_voltage_v;
        c->voltage_v = (struct dc_ramp){.target = start > 0.0 ? start : 0.0, .end_ns = c->now_ns};
        c->current_a = (struct dc_ramp){.end_ns = c->now_ns};
    }
    if (c->voltage_v.target != c->set_voltage_v) {
        dc_ramp_to(&c->voltage_v, c->now_ns, c->set_voltage_v, c->params.voltage_slew_v_s);
    }
    if (c->current_a.target != c->set_current_a) {
        double present = dc_ramp_at(&c->current_a, c->now_ns, 0.0);
        dc_ramp_to(&c->current_a, c->now_ns, c->set_current_a,
                   c->set_current_a > present ? c->params.current_up_a_s
                                              : c->params.current_down_a_s);
    }
}

static double limited_set_value(double value, double most) {
    if (!(value > 0.0)) { /* not a number, too */
        return 0.0;
    }
    return value < most ? value : most;
}

void dc_set_modules(struct dc_circuit *c, int64_t now_ns, bool on, double voltage_v,
                    double current_a) {
    voltage_v = limited_set_value(voltage_v, SET_MAX);
    current_a = limited_set_value(current_a, c->params.module_max_a);
    dc_advance(c, now_ns);
    if (c->on == on && c->set_voltage_v == voltage_v && c->set_current_a == current_a) {
        return;
    }
    bool matters = dc_active(c) || (on && c->supply);
    struct dc_nodes nodes = {0};
    if (matters) {
        nodes = interrupt(c);
    }
    c->on = on;
    c->set_voltage_v = voltage_v;
    c->set_current_a = current_a;
    if (matters) {
        set_ramps(c, nodes.module_v);
        go_on(c, nodes);
    }
}

void dc_set_module_max(struct dc_circuit *c, int64_t now_ns, double ampere) {
    assert(ampere >= 0);
    dc_advance(c, now_ns);
    c->params.module_max_a = ampere;
}

void dc_set_slew(struct dc_circuit *c, int64_t now_ns, double v_per_s) {
    assert(v_per_s > 0);
    dc_advance(c, now_ns);
    c->params.voltage_slew_v_s = v_per_s;
}

void dc_set_current_slew(struct dc_circuit *c, int64_t now_ns, double a_per_s) {
    assert(a_per_s > 0);
    dc_advance(c, now_ns);
    c->params.current_up_a_s = c->params.current_down_a_s = a_per_s;
}

void dc_set_supply(struct dc_circuit *c, int64_t now_ns, bool present) {
    dc_advance(c, now_ns);
    if (c->supply != present) {
        struct dc_nodes nodes = interrupt(c);
        c->supply = present;
        set_ramps(c, nodes.module_v);
        go_on(c, nodes);
    }
}

void dc_arcs_end(struct dc_circuit *c) {
    for (int k = 0; k < DC_CONTACTS; k++) {
        c->arcs[k].burns = false;
    }
}

/* Closes a contact or parts it, with an arc if the loop's current is enough for one. */
static void move_contact(struct dc_circuit *c, enum dc_contact contact, bool closed,
                         double cable_a) {
    struct dc_arc *arc = &c->arcs[contact];
    const struct dc_arc_params *p = &c->params.arc;
    bool vehicle = contact == DC_K5 || contact == DC_K6;
    bool returns = contact == DC_K2 || contact == DC_K6;
    if (c->closed[contact] == closed) {
        return;
    }
    c->closed[contact] = closed;
    *arc = (struct dc_arc){.burns = !closed && p->volt > 0.0 && fabs(cable_a) > p->least_a &&
                                    !(vehicle && !isinf(c->short_ohm)),
                           .sign = (cable_a < 0.0) == returns ? 1.0 : -1.0,
                           .end_ns = c->now_ns + p->longest_ns};
}

void dc_set_contact(struct dc_circuit *c, int64_t now_ns, enum dc_contact contact, bool closed) {
    assert(contact < DC_CONTACTS);
    dc_advance(c, now_ns);
    if (c->closed[contact] != closed) {
        struct dc_nodes nodes = interrupt(c);
        move_contact(c, contact, closed, nodes.cable_a);
        go_on(c, nodes);
    }
}

/* Two contacts at one instant: one change. */
static void set_pair(struct dc_circuit *c, int64_t now_ns, enum dc_contact first,
                     enum dc_contact second, bool closed) {
    dc_advance(c, now_ns);
    if (c->closed[first] != closed || c->closed[second] != closed) {
        struct dc_nodes nodes = interrupt(c);
        move_contact(c, first, closed, nodes.cable_a);
        move_contact(c, second, closed, nodes.cable_a);
        go_on(c, nodes);
    }
}

void dc_set_output_closed(struct dc_circuit *c, int64_t now_ns, bool closed) {
    set_pair(c, now_ns, DC_K1, DC_K2, closed);
}

void dc_set_vehicle_closed(struct dc_circuit *c, int64_t now_ns, bool closed) {
    set_pair(c, now_ns, DC_K5, DC_K6, closed);
}

void dc_set_insulation(struct dc_circuit *c, int64_t now_ns, enum dc_pole pole, double ohm) {
    assert(pole < DC_POLES && !isnan(ohm));
    set_value(c, now_ns, &c->outer_insulation_ohm[pole],
              ohm > LEAST_INSULATION_OHM ? ohm : LEAST_INSULATION_OHM);
}

void dc_set_inner_insulation(struct dc_circuit *c, int64_t now_ns, enum dc_pole pole, double ohm) {
    assert(pole < DC_POLES && !isnan(ohm));
    set_value(c, now_ns, &c->inner_insulation_ohm[pole],
              ohm > LEAST_INSULATION_OHM ? ohm : LEAST_INSULATION_OHM);
}

void dc_set_inner_y(struct dc_circuit *c, int64_t now_ns, double farad) {
    assert(farad > 0.0);
    set_value(c, now_ns, &c->params.inner_y_farad, farad);
}

void dc_set_test_resistor(struct dc_circuit *c, int64_t now_ns, enum dc_pole pole, double ohm) {
    assert(pole <= DC_POLES && ohm > 0.0);
    for (int i = 0; i < DC_POLES; i++) {
        set_value(c, now_ns, &c->test_ohm[i], i == (int)pole ? ohm : (double)INFINITY);
    }
}

void dc_set_discharge(struct dc_circuit *c, int64_t now_ns, bool on) {
    set_switch(c, now_ns, &c->discharge, on);
}

void dc_set_diode_short(struct dc_circuit *c, int64_t now_ns, bool failed) {
    set_switch(c, now_ns, &c->diode_short, failed);
}

void dc_set_short(struct dc_circuit *c, int64_t now_ns, double ohm) {
    assert(!isnan(ohm));
    dc_advance(c, now_ns);
    if (!isinf(ohm) && (c->arcs[DC_K5].burns || c->arcs[DC_K6].burns)) {
        struct dc_nodes nodes = interrupt(c);
        dc_arcs_end(c);
        go_on(c, nodes);
    }
    set_value(c, now_ns, &c->short_ohm, ohm > LEAST_SHORT_OHM ? ohm : LEAST_SHORT_OHM);
}

void dc_set_ocv(struct dc_circuit *c, int64_t now_ns, double ocv_v) {
    assert(isfinite(ocv_v));
    set_value(c, now_ns, &c->ocv_v, ocv_v);
}

void dc_set_battery_ohm(struct dc_circuit *c, int64_t now_ns, double ohm) {
    assert(ohm >= 1e-6 && ohm <= 1e6);
    set_value(c, now_ns, &c->battery_ohm, ohm);
}

/* ---- beginning ---- */

static void check_params(const struct dc_params *p) {
    assert(p->module_farad > 0.0 && p->inner_farad > 0.0 && p->outer_farad > 0.0);
    assert(p->vehicle_farad > 0.0 && p->cable_henry > 0.0 && p->cable_ohm >= 0.0);
    assert(p->module_bleed_ohm > 0.0 && p->inner_bleed_ohm > 0.0 && p->outer_bleed_ohm > 0.0);
    assert(p->inner_discharge_ohm > 0.0 && p->diode_drop_v >= 0.0 && p->module_max_a >= 0.0);
    assert(p->voltage_slew_v_s > 0.0 && p->current_up_a_s > 0.0 && p->current_down_a_s > 0.0);
    assert(p->battery_ohm >= 1e-6 && p->battery_ohm <= 1e6);
    assert(p->inner_y_farad > 0.0 && p->outer_y_farad > 0.0 && p->vehicle_y_farad > 0.0);
    assert(p->arc.volt >= 0.0 && p->arc.least_a > 0.0 && p->arc.longest_ns > 0);
    assert(p->inner_insulation_ohm > 0.0 && p->vehicle_insulation_ohm > 0.0);
    (void)p;
}

void dc_init(struct dc_circuit *c, const struct dc_params *params, int64_t now_ns) {
    check_params(params);
    memset(c, 0, sizeof *c);
    c->params = *params;
    c->now_ns = c->origin_ns = now_ns;
    c->supply = true;
    c->short_ohm = (double)INFINITY;
    c->ocv_v = params->battery_ocv_v;
    c->battery_ohm = params->battery_ohm;
    for (int i = 0; i < DC_POLES; i++) {
        c->inner_insulation_ohm[i] = params->inner_insulation_ohm;
        c->outer_insulation_ohm[i] = c->test_ohm[i] = (double)INFINITY;
    }
    c->watched_ns = INT64_MAX;
    dc_enter_alone(c,
                   (struct dc_nodes){.battery_v = c->ocv_v, .battery_negative_v = -0.5 * c->ocv_v});
}
