/* SPDX-License-Identifier: MIT */
#include "tests/physics/physics.h"

#include <math.h>

#define SOURCE_SIEMENS 2e4  /* how stiffly the modules hold their voltage */
#define DIODE_SIEMENS  2e5  /* the ideal diode, forward */
#define CONTACT_OHM    1e-4 /* closed switch */
#define OPEN_OHM       1e12
#define EDGE_S         1e-8 /* of a switching */

static void ramp(FILE *out, const char *name, double from, double to, double slew) {
    double lasts_s = fabs(to - from) / slew;
    if (lasts_s > 0.0) {
        fprintf(out, "V%s %s 0 PWL(0 %.12g %.12g %.12g)\n", name, name, from, lasts_s, to);
    } else {
        fprintf(out, "V%s %s 0 DC %.12g\n", name, name, to);
    }
}

/* A control voltage: 0 or 1 throughout, or 0 and then 1. */
static void control(FILE *out, const char *name, bool before, bool switches, double at_s) {
    if (switches && !before) {
        fprintf(out, "V%s %s 0 PWL(0 0 %.12g 0 %.12g 1)\n", name, name, at_s, at_s + EDGE_S);
    } else {
        fprintf(out, "V%s %s 0 DC %d\n", name, name, before);
    }
}

static void sources(FILE *out, const struct stretch *stretch, const struct dc_circuit *c) {
    const struct dc_params *p = &c->params;
    double from_v = dc_value(c, DC_MODULE_VOLTAGE, c->now_ns);
    double from_a = dc_value(c, DC_MODULE_CURRENT, c->now_ns);
    bool was_on = stretch->precharge_v > 0.0;
    from_v = stretch->charge_a > 0.0 ? stretch->set_v : was_on ? stretch->precharge_v : from_v;
    from_a = stretch->charge_a > 0.0 ? from_a : was_on ? p->module_max_a : 0.0;
    ramp(out, "ref", from_v, stretch->on ? stretch->set_v : from_v, p->voltage_slew_v_s);
    ramp(out, "lim", stretch->on ? from_a : 0.0, stretch->on ? stretch->set_a : 0.0,
         stretch->set_a > from_a ? p->current_up_a_s : p->current_down_a_s);
    fprintf(out, "Bmodules 0 module I=max(0,min(V(lim),%g*(V(ref)-V(module))))\n", SOURCE_SIEMENS);
    fprintf(out, "Bdiode module inner I=V(module,inner)>%g ? %g*(V(module,inner)-%g) : 0\n",
            p->diode_drop_v, DIODE_SIEMENS, p->diode_drop_v);
}

static void capacitor(FILE *out, const char *node, double farad, double start_v) {
    fprintf(out, "C%s %s 0 %.12g ic=%.12g\n", node, node, farad, start_v);
}

void physics_netlist(FILE *out, const struct stretch *stretch, const struct dc_circuit *c,
                     double scale, const char *data_path) {
    const struct dc_params *p = &c->params;
    int64_t now_ns = c->now_ns;
    fprintf(out, "* %s\n", stretch->name);
    sources(out, stretch, c);
    capacitor(out, "module", scale * p->module_farad, dc_value(c, DC_MODULE_VOLTAGE, now_ns));
    capacitor(out, "inner", scale * p->inner_farad, dc_value(c, DC_INNER_VOLTAGE, now_ns));
    capacitor(out, "outer", scale * p->outer_farad, dc_value(c, DC_OUTER_VOLTAGE, now_ns));
    capacitor(out, "battery", scale * p->vehicle_farad, dc_value(c, DC_BATTERY_VOLTAGE, now_ns));
    fprintf(out, "Rmodule module 0 %.12g\n", p->module_bleed_ohm);
    fprintf(out, "Rinner inner 0 %.12g\n", p->inner_bleed_ohm);
    fprintf(out, "Router outer 0 %.12g\n", p->outer_bleed_ohm);
    fprintf(out, "Rcable outer cable %.12g\n", p->cable_ohm);
    fprintf(out, "Lcable cable plug %.12g ic=%.12g\n", scale * p->cable_henry,
            dc_value(c, DC_CURRENT, now_ns));
    fprintf(out, "Rvehicle plug battery %g\n", stretch->vehicle_closed ? 1e-6 : OPEN_OHM);
    fprintf(out, "Rbattery battery ocv %.12g\nVocv ocv 0 DC %.12g\n", c->battery_ohm, c->ocv_v);

    double at_s = stretch->switching_at_s;
    control(out, "k", stretch->output_closed, stretch->switching == PHYSICS_CLOSE_OUTPUT, at_s);
    control(out, "d", false, stretch->switching == PHYSICS_DISCHARGE, at_s);
    control(out, "s", false, stretch->switching == PHYSICS_SHORT, at_s);
    fprintf(out, "Sk inner outer k 0 contact\nSd inner 0 d 0 discharge\nSs plug 0 s 0 short\n");
    fprintf(out, ".model contact sw(vt=0.5 vh=0 ron=%g roff=%g)\n", CONTACT_OHM, OPEN_OHM);
    fprintf(out, ".model discharge sw(vt=0.5 vh=0 ron=%.12g roff=%g)\n",
            scale * p->inner_discharge_ohm, OPEN_OHM);
    fprintf(out, ".model short sw(vt=0.5 vh=0 ron=%.12g roff=%g)\n",
            stretch->switching == PHYSICS_SHORT ? stretch->short_ohm : 1.0, OPEN_OHM);

    fprintf(out, ".options reltol=1e-4 abstol=1e-6 vntol=1e-5 chgtol=1e-10 method=trap\n");
    fprintf(out, ".tran %.12g %.12g 0 %.12g uic\n", stretch->step_s, stretch->lasts_s,
            stretch->step_s);
    fprintf(out, ".control\nset wr_singlescale\nset numdgt=11\nrun\n");
    fprintf(out, "wrdata %s v(module) v(inner) v(outer) v(battery) lcable#branch\n", data_path);
    fprintf(out, "quit\n.endc\n.end\n");
}
