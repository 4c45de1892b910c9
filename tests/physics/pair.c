/* SPDX-License-Identifier: MIT */
#include "sim/dc/pair.h"
#include "tests/physics/physics.h"

#include <math.h>

#define NS_PER_S INT64_C(1000000000)
/* An arc's voltage, and what joined capacitors share, is there at once here; in a us or two there. */
#define SETTLE_S 2e-6
#define START_S  1e-8 /* in which ngspice finds what flows in closed contacts */
#define EDGE_S   1e-8
#define OPEN_OHM 1e12
#define COLUMNS  12 /* time; of each gun modules, inner, outer, battery, cable current; the tie's */
#define PER_GUN  5
#define TIE      DC_GUNS /* instead of a gun: the current in its positive pole */

enum what {
    CLOSE_TIE,
    OPEN_TIE,
    OPEN_TIE_NEGATIVE,
    CLOSE_OUTPUT, /* of b */
    OPEN_VEHICLE, /* of b */
};

/* Both guns as they are before it. Set values do not change any more. */
struct gun_before {
    double ocv_v, precharge_v, set_v, set_a;
    bool vehicle, output, diode_short;
};

struct pair_stretch {
    const char *name;
    double lasts_s, step_s, switching_at_s;
    double arc_v, least_a; /* 0: as the circuit has it */
    double contact_ohm;    /* 0: next to nothing; else so much that joined capacitors need 1 us */
    struct gun_before guns[DC_GUNS];
    bool tie, one_pack;
    enum what what;
    struct {
        size_t gun; /* or TIE */
        enum dc_quantity quantity;
        double level;
    } compared[PHYSICS_QUANTITIES];
};

static const struct pair_stretch stretches[] = {
    {.name = "two guns: tie closes, b is 100 V lower, its diode has failed",
     .lasts_s = 2e-3,
     .step_s = 50e-9,
     .switching_at_s = 20e-6,
     .guns = {{.precharge_v = 400.0, .set_v = 400.0, .set_a = 20.0},
              {.precharge_v = 300.0, .set_v = 300.0, .set_a = 20.0, .diode_short = true}},
     .contact_ohm = 1e-3,
     .what = CLOSE_TIE,
     .compared = {{0, DC_INNER_VOLTAGE, 360.0},
                  {1, DC_INNER_VOLTAGE, 340.0},
                  {0, DC_MODULE_VOLTAGE, 360.0}}},
    {.name = "two guns: a's modules feed a, then b's K1/K2 close",
     .lasts_s = 2e-3,
     .step_s = 50e-9,
     .switching_at_s = 20e-6,
     .guns = {{380.0, 380.0, 450.0, 200.0, true, true, false},
              {380.0, 380.0, 0.0, 0.0, true, false, false}},
     .tie = true,
     .what = CLOSE_OUTPUT,
     .compared = {{0, DC_CURRENT, 150.0}, {1, DC_CURRENT, 50.0}, {TIE, DC_CURRENT, NAN}}},
    {.name = "two guns: tie opens under 200 A, its arcs end the current",
     .lasts_s = 80e-6,
     .step_s = 10e-9,
     .switching_at_s = 10e-6,
     .least_a = 0.5,
     .guns = {{380.0, 380.0, 450.0, 200.0, false, false, false},
              {380.0, 380.0, 0.0, 0.0, true, true, false}},
     .tie = true,
     .what = OPEN_TIE,
     .compared = {{TIE, DC_CURRENT, NAN}, {1, DC_CURRENT, 100.0}, {0, DC_MODULE_VOLTAGE, 396.0}}},
    {.name = "two guns: tie's negative pole opens, 8 V more are there",
     .lasts_s = 5e-3,
     .step_s = 100e-9,
     .switching_at_s = 20e-6,
     .arc_v = 8.0,
     .guns = {{380.0, 380.0, 450.0, 100.0, false, false, false},
              {380.0, 380.0, 0.0, 0.0, true, true, false}},
     .tie = true,
     .what = OPEN_TIE_NEGATIVE,
     .compared = {{TIE, DC_CURRENT, NAN}, {1, DC_CURRENT, 80.0}, {0, DC_INNER_VOLTAGE, 395.0}}},
    {.name = "one pack: a charges, b's K1/K2 close",
     .lasts_s = 2e-3,
     .step_s = 50e-9,
     .switching_at_s = 20e-6,
     .guns = {{380.0, 380.0, 388.0, 200.0, true, true, false},
              {380.0, 400.0, 400.0, 250.0, true, false, false}},
     .one_pack = true,
     .what = CLOSE_OUTPUT,
     .compared = {{0, DC_CURRENT, 60.0}, {1, DC_CURRENT, 100.0}, {0, DC_BATTERY_VOLTAGE, 388.5}}},
    {.name = "one pack: b's K5/K6 open first, under 250 A",
     .lasts_s = 150e-6,
     .step_s = 10e-9,
     .switching_at_s = 10e-6,
     .guns = {{380.0, 380.0, 450.0, 100.0, true, true, false},
              {380.0, 380.0, 450.0, 250.0, true, true, false}},
     .one_pack = true,
     .what = OPEN_VEHICLE,
     .compared = {{1, DC_CURRENT, 100.0}, {0, DC_CURRENT, 110.0}, {0, DC_BATTERY_VOLTAGE, 398.0}}},
};

/* ---- before it ---- */

static void wait_s(struct dc_pair *p, int64_t seconds) {
    int64_t to_ns = p->guns[0]->now_ns + seconds * NS_PER_S;
    dc_advance(p->guns[0], to_ns);
    dc_advance(p->guns[1], to_ns);
}

static void prepare(const struct pair_stretch *stretch, struct dc_pair *p) {
    int64_t now_ns = p->guns[0]->now_ns;
    dc_pair_share_pack(p, now_ns, stretch->one_pack);
    for (size_t i = 0; i < DC_GUNS; i++) {
        const struct gun_before *before = &stretch->guns[i];
        struct dc_circuit *c = p->guns[i];
        c->params.arc.volt = stretch->arc_v > 0.0 ? stretch->arc_v : c->params.arc.volt;
        c->params.arc.least_a = stretch->least_a > 0.0 ? stretch->least_a : c->params.arc.least_a;
        dc_set_ocv(c, now_ns, before->ocv_v);
        dc_set_vehicle_closed(c, now_ns, before->vehicle);
        dc_set_modules(c, now_ns, true, before->precharge_v, 250.0);
    }
    wait_s(p, 20);
    dc_pair_set_tie(p, p->guns[0]->now_ns, stretch->tie);
    dc_set_diode_short(p->guns[1], p->guns[1]->now_ns, stretch->guns[1].diode_short);
    for (size_t i = 0; i < DC_GUNS; i++) {
        const struct gun_before *before = &stretch->guns[i];
        dc_set_output_closed(p->guns[i], p->guns[i]->now_ns, before->output);
        if (before->output || before->set_v <= before->precharge_v || stretch->tie) {
            dc_set_modules(p->guns[i], p->guns[i]->now_ns, before->set_a > 0.0, before->set_v,
                           before->set_a);
        }
    }
    wait_s(p, 10);
}

static void switch_now(const struct pair_stretch *stretch, struct dc_pair *p, int64_t at_ns) {
    switch (stretch->what) {
    case CLOSE_TIE:
    case OPEN_TIE:
        dc_pair_set_tie(p, at_ns, stretch->what == CLOSE_TIE);
        break;
    case OPEN_TIE_NEGATIVE:
        dc_pair_set_tie_pole(p, at_ns, DC_NEGATIVE, false);
        break;
    case CLOSE_OUTPUT:
        dc_set_output_closed(p->guns[1], at_ns, true);
        break;
    case OPEN_VEHICLE:
        dc_set_vehicle_closed(p->guns[1], at_ns, false);
        break;
    }
}

/* ---- the netlist: names of nodes end with the gun's letter; PE is node 0 ---- */

static char letter(const struct dc_pair *p, size_t gun, bool pack) {
    return gun == 0 || (pack && p->one_pack) ? 'a' : 'b';
}

static void earth(FILE *out, const char *node, char gun, double farad, double volt, double ohm) {
    fprintf(out, "Cy%s%c %s%c 0 %.12g ic=%.12g\n", node, gun, node, gun, farad, volt);
    fprintf(out, "Ry%s%c %s%c 0 %.12g\n", node, gun, node, gun, isinf(ohm) ? OPEN_OHM : ohm);
}

static void across(FILE *out, const char *name, char gun, const char *from, const char *to,
                   double farad, double volt, double ohm) {
    fprintf(out, "C%s%c %s%c %s%c %.12g ic=%.12g\n", name, gun, from, gun, to, gun, farad, volt);
    fprintf(out, "R%s%c %s%c %s%c %.12g\n", name, gun, from, gun, to, gun, ohm);
}

static void pack(FILE *out, const struct dc_circuit *c, char gun, double scale) {
    const struct dc_params *p = &c->params;
    double volt = dc_value(c, DC_BATTERY_VOLTAGE, c->now_ns);
    double negative = dc_value(c, DC_BATTERY_NEGATIVE, c->now_ns);
    fprintf(out, "Cbat%c batp%c batn%c %.12g ic=%.12g\n", gun, gun, gun, scale * p->vehicle_farad,
            volt);
    fprintf(out, "Rbat%c batp%c ocv%c %.12g\nVocv%c ocv%c batn%c DC %.12g\n", gun, gun, gun,
            c->battery_ohm, gun, gun, gun, c->ocv_v);
    earth(out, "batp", gun, scale * p->vehicle_y_farad, negative + volt, p->vehicle_insulation_ohm);
    earth(out, "batn", gun, scale * p->vehicle_y_farad, negative, p->vehicle_insulation_ohm);
}

static double contact_ohm(const struct pair_stretch *stretch) {
    return stretch->contact_ohm > 0.0 ? stretch->contact_ohm : 5e-5;
}

static void stores(FILE *out, const struct pair_stretch *stretch, const struct dc_circuit *c,
                   char g, double scale) {
    const struct dc_params *p = &c->params;
    int64_t now_ns = c->now_ns;
    across(out, "mod", g, "module", "inn", scale * p->module_farad,
           dc_value(c, DC_MODULE_VOLTAGE, now_ns), p->module_bleed_ohm);
    across(out, "in", g, "inp", "inn", scale * p->inner_farad,
           dc_value(c, DC_INNER_VOLTAGE, now_ns), p->inner_bleed_ohm);
    across(out, "out", g, "outp", "outn", scale * p->outer_farad,
           dc_value(c, DC_OUTER_VOLTAGE, now_ns), p->outer_bleed_ohm);
    earth(out, "inp", g, scale * p->inner_y_farad, dc_value(c, DC_INNER_POSITIVE, now_ns),
          c->inner_insulation_ohm[DC_POSITIVE]);
    earth(out, "inn", g, scale * p->inner_y_farad, dc_value(c, DC_INNER_NEGATIVE, now_ns),
          c->inner_insulation_ohm[DC_NEGATIVE]);
    earth(out, "outp", g, scale * p->outer_y_farad, dc_value(c, DC_OUTER_POSITIVE, now_ns),
          c->outer_insulation_ohm[DC_POSITIVE]);
    earth(out, "outn", g, scale * p->outer_y_farad, dc_value(c, DC_OUTER_NEGATIVE, now_ns),
          c->outer_insulation_ohm[DC_NEGATIVE]);
    fprintf(out, "Rcable%c outp%c cable%c %.12g\nLcable%c cable%c plug%c %.12g ic=%.12g\n", g, g, g,
            p->cable_ohm - DC_CONTACTS * contact_ohm(stretch), g, g, g, scale * p->cable_henry,
            dc_value(c, DC_CURRENT, now_ns));
}

/* Modules that hold a voltage stiffly up to their limit, and an ideal diode. */
static void modules(FILE *out, const struct dc_circuit *c, char g) {
    fprintf(out, "Bmod%c inn%c module%c I=max(0,min(%.12g,2e4*(%.12g-V(module%c,inn%c))))\n", g, g,
            g, c->on ? c->set_current_a : 0.0, c->set_voltage_v, g, g);
    if (c->diode_short) {
        fprintf(out, "Rdiode%c module%c inp%c 5e-6\n", g, g, g);
        return;
    }
    fprintf(out, "Bdiode%c module%c inp%c I=V(module%c,inp%c)>0 ? 2e5*V(module%c,inp%c) : 0\n", g,
            g, g, g, g, g, g);
}

/* A contact with an arc between its ends once it has parted: nothing up to its voltage, all beyond, until
 * the current has fallen to what is too little for it; then (node x) it is out for good. */
static void contact(FILE *out, const char *name, const char *from, const char *to, bool before,
                    bool after, double at_s, const struct dc_arc_params *arc) {
    fprintf(out, "Vc%s c%s 0 PWL(0 %d %.12g %d %.12g %d)\n", name, name, before, at_s, before,
            at_s + EDGE_S, after);
    fprintf(out, "Vi%s %s m%s DC 0\nS%s m%s %s c%s 0 contact\n", name, from, name, name, name, to,
            name);
    if (before && !after) {
        fprintf(out, "Vd%s d%s 0 PWL(0 1 %.12g 1 %.12g 0)\n", name, name, at_s + SETTLE_S,
                at_s + SETTLE_S + EDGE_S);
        fprintf(out, "Cx%s x%s 0 1e-9 ic=1\n", name, name);
        fprintf(out, "Bx%s x%s 0 I=V(d%s)<0.5 ? (abs(i(Vi%s))<%.12g ? V(x%s) : 0) : 0\n", name,
                name, name, name, arc->least_a, name);
        fprintf(out,
                "B%s m%s %s I=V(c%s)>0.5 ? 0 : (V(x%s)>0.5 ? "
                "1e5*(max(V(m%s,%s)-%.12g,0)-max(V(%s,m%s)-%.12g,0)) : 0)\n",
                name, name, to, name, name, name, to, arc->volt, to, name, arc->volt);
    }
}

static void contacts(FILE *out, const struct pair_stretch *stretch, const struct dc_pair *p) {
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        const struct dc_circuit *c = p->guns[gun];
        const struct {
            const char *from, *to;
            bool pack;
        } ends[DC_CONTACTS] = {{"inp", "outp", false},
                               {"inn", "outn", false},
                               {"plug", "batp", true},
                               {"outn", "batn", true}};
        for (int k = 0; k < DC_CONTACTS; k++) {
            char name[8], from[8], to[8];
            bool after = c->closed[k];
            after = after || (gun == 1 && !ends[k].pack && stretch->what == CLOSE_OUTPUT);
            after = after && !(gun == 1 && ends[k].pack && stretch->what == OPEN_VEHICLE);
            snprintf(name, sizeof name, "k%d%c", k, letter(p, gun, false));
            snprintf(from, sizeof from, "%s%c", ends[k].from, letter(p, gun, false));
            snprintf(to, sizeof to, "%s%c", ends[k].to, letter(p, gun, ends[k].pack));
            contact(out, name, from, to, c->closed[k], after, stretch->switching_at_s,
                    &c->params.arc);
        }
    }
    const struct dc_arc_params *arc = &p->guns[0]->params.arc;
    bool closes = stretch->what == CLOSE_TIE, opens = stretch->what == OPEN_TIE;
    bool positive = closes || (stretch->tie && !opens);
    contact(out, "tp", "inpa", "inpb", stretch->tie, positive, stretch->switching_at_s, arc);
    contact(out, "tn", "inna", "innb", stretch->tie, positive && stretch->what != OPEN_TIE_NEGATIVE,
            stretch->switching_at_s, arc);
}

static void netlist(FILE *out, const struct pair_stretch *stretch, const struct dc_pair *p,
                    double scale, const char *data_path) {
    fprintf(out, "* %s\n", stretch->name);
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        char g = letter(p, gun, false);
        modules(out, p->guns[gun], g);
        stores(out, stretch, p->guns[gun], g, scale);
        if (letter(p, gun, true) == g) {
            pack(out, p->guns[gun], g, scale);
        }
    }
    contacts(out, stretch, p);
    fprintf(out, ".model contact sw(vt=0.5 vh=0 ron=%g roff=%g)\n", contact_ohm(stretch), OPEN_OHM);
    fprintf(out, ".options reltol=1e-4 abstol=1e-6 vntol=1e-5 chgtol=1e-10 method=gear\n");
    fprintf(out, ".tran %.12g %.12g 0 %.12g uic\n", stretch->step_s, stretch->lasts_s,
            stretch->step_s);
    fprintf(out, ".control\nset wr_singlescale\nset numdgt=11\nrun\nwrdata %s ", data_path);
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        char g = letter(p, gun, false), b = letter(p, gun, true);
        fprintf(out, "v(module%c)-v(inn%c) v(inp%c)-v(inn%c) v(outp%c)-v(outn%c) ", g, g, g, g, g,
                g);
        fprintf(out, "v(batp%c)-v(batn%c) lcable%c#branch ", b, b, g);
    }
    fprintf(out, "vitp#branch\nquit\n.endc\n.end\n");
}

/* ---- comparison ---- */

static double ours_of(const struct pair_stretch *stretch, const struct dc_pair *p, int i,
                      int64_t at_ns) {
    size_t gun = stretch->compared[i].gun;
    return gun == TIE ? dc_pair_tie_a(p, DC_POSITIVE, at_ns)
                      : dc_value(p->guns[gun], stretch->compared[i].quantity, at_ns);
}

static double spice_of(const struct pair_stretch *stretch, int i, const double row[COLUMNS]) {
    size_t gun = stretch->compared[i].gun;
    _Static_assert(DC_MODULE_VOLTAGE == 0 && DC_CURRENT == PER_GUN - 1,
                   "columns are in this order");
    return gun == TIE ? row[COLUMNS - 1] : row[1 + PER_GUN * gun + stretch->compared[i].quantity];
}

static bool read_row(FILE *data, double row[COLUMNS]) {
    for (int i = 0; i < COLUMNS; i++) {
        if (fscanf(data, "%lf", &row[i]) != 1) {
            return false;
        }
    }
    return true;
}

static bool compare(const struct pair_stretch *stretch, struct dc_pair *p, FILE *data,
                    struct verdict verdicts[PHYSICS_QUANTITIES]) {
    struct physics_strand strands[PHYSICS_QUANTITIES] = {0};
    struct dc_watch watches[PHYSICS_QUANTITIES];
    struct dc_track tracks[PHYSICS_QUANTITIES] = {0};
    int64_t start_ns = p->guns[0]->now_ns;
    int64_t switching_ns = start_ns + (int64_t)(stretch->switching_at_s * 1e9);
    bool switched = false, passed = true;
    double row[COLUMNS], last_s = -1.0;
    for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
        size_t gun = stretch->compared[i].gun;
        verdicts[i] = (struct verdict){0};
        strands[i].start_ns = start_ns;
        strands[i].level = stretch->compared[i].level;
        if (gun != TIE) {
            watches[i] = (struct dc_watch){.quantity = stretch->compared[i].quantity,
                                           .level = stretch->compared[i].level,
                                           .crossed = physics_crossed,
                                           .ctx = &strands[i]};
            tracks[i].quantity = stretch->compared[i].quantity;
            dc_watch_add(p->guns[gun], &watches[i]);
            dc_track_add(p->guns[gun], &tracks[i]);
        }
    }
    while (read_row(data, row)) {
        int64_t at_ns = start_ns + (int64_t)floor(row[0] * 1e9 + 0.5);
        if (!switched && at_ns >= switching_ns) {
            dc_advance(p->guns[0], switching_ns);
            dc_advance(p->guns[1], switching_ns);
            switch_now(stretch, p, switching_ns);
            switched = true;
        }
        dc_advance(p->guns[0], at_ns);
        dc_advance(p->guns[1], at_ns);
        double since_s = (double)(at_ns - switching_ns) * 1e-9;
        bool settling =
            fabs(since_s) < (stretch->contact_ohm > 0.0 ? 4.0 : 1.0) * SETTLE_S || row[0] < START_S;
        for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
            physics_follow(&strands[i], &verdicts[i], row[0], spice_of(stretch, i, row),
                           ours_of(stretch, p, i, at_ns), settling);
        }
        last_s = row[0];
    }
    for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
        size_t gun = stretch->compared[i].gun;
        if (gun == TIE) {
            physics_conclude(&strands[i], strands[i].most, strands[i].least, &verdicts[i]);
        } else {
            dc_track_read(p->guns[gun], p->guns[gun]->now_ns, &tracks[i]);
            physics_conclude(&strands[i], tracks[i].max, tracks[i].min, &verdicts[i]);
            dc_watch_remove(p->guns[gun], &watches[i]);
            dc_track_remove(p->guns[gun], &tracks[i]);
        }
        passed = passed && verdicts[i].passed;
    }
    return passed && last_s > 0.999 * stretch->lasts_s;
}

static void print(const struct pair_stretch *stretch, const struct verdict *verdicts) {
    printf("%s\n", stretch->name);
    for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
        size_t gun = stretch->compared[i].gun;
        char label[24];
        snprintf(label, sizeof label, "%c %s", gun == TIE ? '-' : (char)('a' + gun),
                 gun == TIE ? "tie A" : physics_quantity(stretch->compared[i].quantity));
        physics_print(label, &verdicts[i]);
    }
}

struct job {
    const struct pair_stretch *stretch;
    const struct dc_pair *pair;
    double scale;
};

static void write_netlist(void *ctx, FILE *out, const char *data_path) {
    const struct job *job = ctx;
    netlist(out, job->stretch, job->pair, job->scale, data_path);
}

static bool run(const struct pair_stretch *stretch, double scale, const char *folder) {
    static struct dc_circuit a, b;
    static struct dc_pair pair;
    struct verdict verdicts[PHYSICS_QUANTITIES];
    dc_init(&a, &dc_params_default, 0);
    dc_init(&b, &dc_params_default, 0);
    dc_pair_init(&pair, &a, &b);
    prepare(stretch, &pair);
    FILE *data = physics_run_ngspice(stretch->name, folder, write_netlist,
                                     &(struct job){stretch, &pair, scale});
    if (data == NULL) {
        return false;
    }
    bool passed = compare(stretch, &pair, data, verdicts);
    fclose(data);
    print(stretch, verdicts);
    return passed;
}

size_t physics_pairs(double scale, const char *folder, size_t *count) {
    size_t passed = 0;
    for (size_t i = 0; i < sizeof stretches / sizeof stretches[0]; i++) {
        passed += run(&stretches[i], scale, folder);
        ++*count;
    }
    return passed;
}
