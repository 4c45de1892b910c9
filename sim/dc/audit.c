/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>

#define BALANCE 1e-6 /* of all that flows */
#define LEAST_W 1e-3 /* less than this is rounding of what is not there */

/* What comes from sources, what becomes heat, what goes into the stores: at one instant. */
struct account {
    double at_s;
    double in_w, heat_w, stored_w, scale_w;
};

static void enter(struct account *a, double *what, double watt) {
    *what += watt;
    a->scale_w += fabs(watt);
}

static void enter_elements(struct account *a, const struct dc_layout *l) {
    for (size_t i = 0; i < l->elements.count; i++) {
        const struct dc_element *one = &l->elements.all[i];
        struct wave current = dc_current_of(l, one), slope = wave_derivative(&current);
        double ampere = wave_at(&current, a->at_s);
        if (one->kind == NETWORK_CAPACITOR) {
            struct wave volt = dc_between(l, one->from, one->to);
            enter(a, &a->stored_w, wave_at(&volt, a->at_s) * ampere);
            continue;
        }
        double ohm = one->kind == NETWORK_COIL ? one->ohm : one->value;
        double henry = one->kind == NETWORK_COIL ? one->value : 0.0;
        enter(a, &a->in_w, one->series_v * ampere);
        enter(a, &a->heat_w, ohm * ampere * ampere);
        enter(a, &a->stored_w, henry * ampere * wave_at(&slope, a->at_s));
    }
}

/* K5's stands in the coil's branch. */
static void enter_arcs(struct account *a, const struct dc_net *net) {
    struct dc_burning all[DC_BURNING_MAX];
    size_t count = dc_burning(net, all);
    for (size_t i = 0; i < count; i++) {
        enter(a, &a->heat_w, all[i].volt * wave_at(&all[i].arc->a, a->at_s));
    }
}

static void check(const struct dc_net *net, const struct dc_layout *l, const struct dc_now *k,
                  double at_s) {
    struct account a = {.at_s = at_s};
    enter_elements(&a, l);
    enter_arcs(&a, net);
    for (size_t gun = 0; gun < net->count; gun++) {
        const struct dc_circuit *c = net->guns[gun];
        enter(&a, &a.in_w,
              wave_at(&c->waves[DC_MODULE_VOLTAGE], at_s) *
                  wave_at(&c->waves[DC_MODULE_CURRENT], at_s));
        enter(&a, &a.heat_w, k[gun].drop_v * wave_at(&c->diode_a, at_s));
    }
    assert(fabs(a.in_w - a.heat_w - a.stored_w) <= BALANCE * (LEAST_W + a.scale_w));
}

void dc_audit(const struct dc_net *net, double since_s) {
    struct dc_layout l;
    struct dc_now k[DC_GUNS];
    struct dc_nodes start[DC_GUNS];
    for (size_t gun = 0; gun < net->count; gun++) {
        const struct dc_circuit *c = net->guns[gun];
        bool limited = c->mode == DC_MODE_CURRENT;
        k[gun] = dc_now_of(c);
        k[gun].source_a = limited ? k[gun].limit_a : 0.0;
        k[gun].source_slope = limited ? k[gun].limit_slope : 0.0;
        start[gun] = dc_nodes_at(c, 0.0);
    }
    bool laid = dc_lay_out(&l, net, k, start);
    assert(laid);
    check(net, &l, k, 0.0);
    check(net, &l, k, since_s);
    (void)laid;
}
