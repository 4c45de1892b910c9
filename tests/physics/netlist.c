/* SPDX-License-Identifier: MIT */
#include "tests/physics/physics.h"

#include <math.h>

#define SOURCE_SIEMENS 2e4  /* how stiffly the modules hold their voltage */
#define DIODE_SIEMENS  2e5  /* the ideal diode, forward */
#define CONTACT_OHM    5e-5 /* closed switch, two of them in the loop */
#define OPEN_OHM       1e12
#define EDGE_S         1e-8 /* of a switching */
#define NO_ARC_V       1e6  /* open from the beginning: never */
#define ARC_SIEMENS    1e5  /* of a burning arc, beyond its voltage */

static void ramp(FILE *out, const char *name, double from, double to, double slew) {
    double lasts_s = fabs(to - from) / slew;
    if (lasts_s > 0.0) {
        fprintf(out, "V%s %s 0 PWL(0 %.12g %.12g %.12g)\n", name, name, from, lasts_s, to);
    } else {
        fprintf(out, "V%s %s 0 DC %.12g\n", name, name, to);
    }
}

/* A control voltage: 0 or 1 throughout, or from the one to the other. */
static void control(FILE *out, const char *name, bool before, bool switches, double at_s) {
    if (switches) {
        fprintf(out, "V%s %s 0 PWL(0 %d %.12g %d %.12g %d)\n", name, name, before, at_s, before,
                at_s + EDGE_S, !before);
    } else {
        fprintf(out, "V%s %s 0 DC %d\n", name, name, before);
    }
}

static void sources(FILE *out, const struct stretch *stretch, const struct dc_circuit *c,
                    double scale) {
    const struct dc_params *p = &c->params;
    double from_v = dc_value(c, DC_MODULE_VOLTAGE, c->now_ns);
    double from_a = dc_value(c, DC_MODULE_CURRENT, c->now_ns);
    bool was_on = stretch->precharge_v > 0.0;
    from_v = stretch->charge_a > 0.0 ? stretch->set_v : was_on ? stretch->precharge_v : from_v;
    from_a = stretch->charge_a > 0.0 ? from_a : was_on ? p->module_max_a : 0.0;
    ramp(out, "ref", from_v, stretch->on ? stretch->set_v : from_v, scale * p->voltage_slew_v_s);
    ramp(out, "lim", stretch->on ? from_a : 0.0, stretch->on ? stretch->set_a : 0.0,
         stretch->set_a > from_a ? p->current_up_a_s : p->current_down_a_s);
    fprintf(out, "Bmodules inn module I=max(0,min(V(lim),%g*(V(ref)-V(module,inn))))\n",
            SOURCE_SIEMENS);
    fprintf(out, "Bdiode module inp I=V(module,inp)>%g ? %g*(V(module,inp)-%g) : 0\n",
            p->diode_drop_v, DIODE_SIEMENS, p->diode_drop_v);
}

static void capacitor(FILE *out, const char *name, const char *from, const char *to, double farad,
                      double start_v) {
    fprintf(out, "C%s %s %s %.12g ic=%.12g\n", name, from, to, farad, start_v);
}

static void resistor(FILE *out, const char *name, const char *from, const char *to, double ohm) {
    fprintf(out, "R%s %s %s %.12g\n", name, from, to, ohm > 0.0 && !isinf(ohm) ? ohm : OPEN_OHM);
}

/* From both poles to PE, which is node 0. */
static void earth(FILE *out, const char *positive, const char *negative, double farad,
                  double positive_v, double negative_v, double positive_ohm, double negative_ohm) {
    capacitor(out, positive, positive, "0", farad, positive_v);
    capacitor(out, negative, negative, "0", farad, negative_v);
    resistor(out, positive, positive, "0", positive_ohm);
    resistor(out, negative, negative, "0", negative_ohm);
}

static void earths(FILE *out, const struct stretch *stretch, const struct dc_circuit *c,
                   double scale) {
    const struct dc_params *p = &c->params;
    int64_t now_ns = c->now_ns;
    double battery_n = dc_value(c, DC_BATTERY_NEGATIVE, now_ns);
    earth(out, "inp", "inn", scale * p->inner_y_farad, dc_value(c, DC_INNER_POSITIVE, now_ns),
          dc_value(c, DC_INNER_NEGATIVE, now_ns), c->inner_insulation_ohm[DC_POSITIVE],
          c->inner_insulation_ohm[DC_NEGATIVE]);
    earth(out, "outp", "outn", scale * p->outer_y_farad, dc_value(c, DC_OUTER_POSITIVE, now_ns),
          dc_value(c, DC_OUTER_NEGATIVE, now_ns), stretch->insulation_ohm[DC_POSITIVE],
          stretch->insulation_ohm[DC_NEGATIVE]);
    earth(out, "batp", "batn", scale * p->vehicle_y_farad,
          battery_n + dc_value(c, DC_BATTERY_VOLTAGE, now_ns), battery_n, p->vehicle_insulation_ohm,
          p->vehicle_insulation_ohm);
}

static void stores(FILE *out, const struct dc_circuit *c, double scale) {
    const struct dc_params *p = &c->params;
    int64_t now_ns = c->now_ns;
    capacitor(out, "module", "module", "inn", scale * p->module_farad,
              dc_value(c, DC_MODULE_VOLTAGE, now_ns));
    capacitor(out, "inner", "inp", "inn", scale * p->inner_farad,
              dc_value(c, DC_INNER_VOLTAGE, now_ns));
    capacitor(out, "outer", "outp", "outn", scale * p->outer_farad,
              dc_value(c, DC_OUTER_VOLTAGE, now_ns));
    capacitor(out, "battery", "batp", "batn", scale * p->vehicle_farad,
              dc_value(c, DC_BATTERY_VOLTAGE, now_ns));
    resistor(out, "module", "module", "inn", p->module_bleed_ohm);
    resistor(out, "inner", "inp", "inn", p->inner_bleed_ohm);
    resistor(out, "outer", "outp", "outn", p->outer_bleed_ohm);
    resistor(out, "cable", "outp", "cable", p->cable_ohm);
    fprintf(out, "Lcable cable plug %.12g ic=%.12g\n", scale * p->cable_henry,
            dc_value(c, DC_CURRENT, now_ns));
    fprintf(out, "Rbattery batp ocv %.12g\nVocv ocv batn DC %.12g\n", c->battery_ohm, c->ocv_v);
}

/* A contact, and between its parted ends an arc: nothing up to its voltage, all beyond. */
static void contact(FILE *out, const char *name, const char *from, const char *to, double arc_v) {
    fprintf(out, "S%s %s %s %s 0 contact\n", name, from, to, name);
    fprintf(out, "B%s %s %s I=V(%s)>0.5 ? 0 : %g*(max(V(%s,%s)-%.12g,0)-max(V(%s,%s)-%.12g,0))\n",
            name, from, to, name, ARC_SIEMENS, from, to, arc_v, to, from, arc_v);
}

void physics_netlist(FILE *out, const struct stretch *stretch, const struct dc_circuit *c,
                     double scale, const char *data_path) {
    const struct dc_params *p = &c->params;
    double at_s = stretch->switching_at_s, vehicle_ohm = stretch->vehicle_closed ? 1e-6 : OPEN_OHM;
    enum physics_switching what = stretch->switching;
    fprintf(out, "* %s\n", stretch->name);
    sources(out, stretch, c, scale);
    stores(out, c, scale);
    earths(out, stretch, c, scale);
    resistor(out, "k5", "plug", "batp", vehicle_ohm);

    bool closed = stretch->output_closed, opens = what == PHYSICS_OPEN_OUTPUT;
    bool both = opens || (what == PHYSICS_CLOSE_OUTPUT && !closed);
    bool k1 = what == PHYSICS_CLOSE_K1, k2 = what == PHYSICS_CLOSE_K2 || what == PHYSICS_OPEN_K2;
    control(out, "k1", closed || stretch->k1_closed, k1 || (both && !stretch->k1_closed), at_s);
    control(out, "k2", closed, k2 || both, at_s);
    control(out, "k6", stretch->vehicle_closed, what == PHYSICS_OPEN_K6, at_s);
    control(out, "d", false, what == PHYSICS_DISCHARGE, at_s);
    control(out, "s", false, what == PHYSICS_SHORT, at_s);
    control(out, "f", false, what == PHYSICS_FAULT, at_s);
    contact(out, "k1", "inp", "outp", stretch->output_closed ? p->arc.volt : NO_ARC_V);
    contact(out, "k2", "inn", "outn", stretch->output_closed ? p->arc.volt : NO_ARC_V);
    contact(out, "k6", "outn", "batn", stretch->vehicle_closed ? p->arc.volt : NO_ARC_V);
    fprintf(out, "Sd inp inn d 0 discharge\nSs plug outn s 0 short\nSf outn 0 f 0 fault\n");
    fprintf(out, ".model contact sw(vt=0.5 vh=0 ron=%g roff=%g)\n", CONTACT_OHM, OPEN_OHM);
    fprintf(out, ".model discharge sw(vt=0.5 vh=0 ron=%.12g roff=%g)\n",
            scale * p->inner_discharge_ohm, OPEN_OHM);
    fprintf(out, ".model short sw(vt=0.5 vh=0 ron=%.12g roff=%g)\n",
            what == PHYSICS_SHORT ? stretch->short_ohm : 1.0, OPEN_OHM);
    fprintf(out, ".model fault sw(vt=0.5 vh=0 ron=%.12g roff=%g)\n",
            what == PHYSICS_FAULT ? stretch->fault_ohm : 1.0, OPEN_OHM);

    fprintf(out, ".options reltol=1e-4 abstol=1e-6 vntol=1e-5 chgtol=1e-10 method=trap\n");
    fprintf(out, ".tran %.12g %.12g 0 %.12g uic\n", stretch->step_s, stretch->lasts_s,
            stretch->step_s);
    fprintf(out, ".control\nset wr_singlescale\nset numdgt=11\nrun\n");
    fprintf(out, "wrdata %s v(module)-v(inn) v(inp)-v(inn) v(outp)-v(outn) v(batp)-v(batn) ",
            data_path);
    fprintf(out, "lcable#branch v(inp) v(inn) v(outp) v(outn)\n");
    fprintf(out, "quit\n.endc\n.end\n");
}
