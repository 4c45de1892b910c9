/* SPDX-License-Identifier: MIT */
#include "tests/physics/physics.h"

#include <math.h>

#define NS_PER_S INT64_C(1000000000)
#define SETTLE_S 500e-9 /* a capacitor that joins does so at once here, in some ns there */
#define COLUMNS  10     /* time, module, inner, outer, battery, cable current, four poles */

void physics_prepare(const struct stretch *stretch, struct dc_circuit *c) {
    c->params.arc.volt = stretch->arc_v > 0.0 ? stretch->arc_v : c->params.arc.volt;
    dc_set_ocv(c, c->now_ns, stretch->ocv_v);
    for (int pole = 0; pole < DC_POLES; pole++) {
        double ohm = stretch->insulation_ohm[pole];
        dc_set_insulation(c, c->now_ns, (enum dc_pole)pole, ohm > 0.0 ? ohm : (double)INFINITY);
    }
    dc_set_contact(c, c->now_ns, DC_K1, stretch->k1_closed);
    dc_advance(c, c->now_ns + NS_PER_S);
    dc_set_vehicle_closed(c, c->now_ns, stretch->vehicle_closed);
    if (stretch->precharge_v > 0.0) {
        dc_set_modules(c, c->now_ns, true, stretch->precharge_v, c->params.module_max_a);
        dc_advance(c, c->now_ns + 10 * NS_PER_S);
    }
    if (stretch->output_closed) {
        dc_set_output_closed(c, c->now_ns, true);
    }
    if (stretch->charge_a > 0.0) {
        dc_set_modules(c, c->now_ns, true, stretch->set_v, stretch->charge_a);
        dc_advance(c, c->now_ns + 10 * NS_PER_S);
    }
}

static void switch_now(const struct stretch *stretch, struct dc_circuit *c, int64_t at_ns) {
    switch (stretch->switching) {
    case PHYSICS_NOTHING:
        break;
    case PHYSICS_CLOSE_OUTPUT:
        dc_set_output_closed(c, at_ns, true);
        break;
    case PHYSICS_DISCHARGE:
        dc_set_discharge(c, at_ns, true);
        break;
    case PHYSICS_SHORT:
        dc_set_short(c, at_ns, stretch->short_ohm);
        break;
    case PHYSICS_CLOSE_K1:
        dc_set_contact(c, at_ns, DC_K1, true);
        break;
    case PHYSICS_CLOSE_K2:
        dc_set_contact(c, at_ns, DC_K2, true);
        break;
    case PHYSICS_OPEN_OUTPUT:
        dc_set_output_closed(c, at_ns, false);
        break;
    case PHYSICS_OPEN_K2:
        dc_set_contact(c, at_ns, DC_K2, false);
        break;
    case PHYSICS_OPEN_K6:
        dc_set_contact(c, at_ns, DC_K6, false);
        break;
    case PHYSICS_FAULT:
        dc_set_insulation(c, at_ns, DC_NEGATIVE, stretch->fault_ohm);
        break;
    }
}

static void add(struct physics_instants *instants, double at_s) {
    if (instants->count < PHYSICS_INSTANTS) {
        instants->at_s[instants->count] = at_s;
    }
    instants->count++;
}

void physics_crossed(void *ctx, int64_t at_ns, bool rising) {
    struct physics_strand *strand = ctx;
    (void)rising;
    add(&strand->ours, (double)(at_ns - strand->start_ns) * 1e-9);
}

void physics_follow(struct physics_strand *strand, struct verdict *verdict, double at_s,
                    double spice, double ours, bool settling) {
    if (strand->begun && (spice > strand->level) != (strand->last > strand->level)) {
        double part = (strand->level - strand->last) / (spice - strand->last);
        add(&strand->spice, strand->last_s + part * (at_s - strand->last_s));
    }
    if (!strand->begun || (!settling && fabs(spice) > fabs(verdict->peak_spice))) {
        verdict->peak_spice = spice;
    }
    strand->least = strand->begun ? fmin(strand->least, ours) : ours;
    strand->most = strand->begun ? fmax(strand->most, ours) : ours;
    if (!settling) {
        verdict->deviation = fmax(verdict->deviation, fabs(spice - ours));
    }
    strand->begun = true;
    strand->last = spice;
    strand->last_s = at_s;
}

void physics_conclude(const struct physics_strand *strand, double max, double min,
                      struct verdict *verdict) {
    verdict->amplitude = strand->most - strand->least;
    verdict->peak = fabs(max) > fabs(min) ? max : min;
    verdict->crossings = strand->ours.count;
    verdict->crossings_spice = strand->spice.count;
    for (int i = 0; i < verdict->crossings && i < verdict->crossings_spice && i < PHYSICS_INSTANTS;
         i++) {
        double late = fabs(strand->ours.at_s[i] - strand->spice.at_s[i]);
        verdict->late_s = fmax(verdict->late_s, late);
    }
    double allowed = PHYSICS_DEVIATION * verdict->amplitude;
    verdict->passed = verdict->amplitude > 0.0 && verdict->deviation <= allowed &&
                      fabs(verdict->peak - verdict->peak_spice) <= allowed &&
                      verdict->crossings == verdict->crossings_spice &&
                      verdict->late_s <= PHYSICS_INSTANT_S;
}

static double column(enum dc_quantity quantity, const double row[COLUMNS]) {
    switch (quantity) {
    case DC_MODULE_VOLTAGE:
        return row[1];
    case DC_INNER_VOLTAGE:
        return row[2];
    case DC_OUTER_VOLTAGE:
        return row[3];
    case DC_BATTERY_VOLTAGE:
        return row[4];
    case DC_INNER_POSITIVE:
        return row[6];
    case DC_INNER_NEGATIVE:
        return row[7];
    case DC_OUTER_POSITIVE:
        return row[8];
    case DC_OUTER_NEGATIVE:
        return row[9];
    default:
        return row[5];
    }
}

static bool read_row(FILE *data, double row[COLUMNS]) {
    for (int i = 0; i < COLUMNS; i++) {
        if (fscanf(data, "%lf", &row[i]) != 1) {
            return false;
        }
    }
    return true;
}

bool physics_compare(const struct stretch *stretch, struct dc_circuit *c, FILE *data,
                     struct verdict verdicts[PHYSICS_QUANTITIES]) {
    struct physics_strand strands[PHYSICS_QUANTITIES] = {0};
    struct dc_watch watches[PHYSICS_QUANTITIES];
    struct dc_track tracks[PHYSICS_QUANTITIES];
    int64_t start_ns = c->now_ns;
    int64_t switching_ns = start_ns + (int64_t)(stretch->switching_at_s * 1e9);
    bool switched = false, passed = true;
    double row[COLUMNS], last_s = -1.0;
    dc_set_modules(c, start_ns, stretch->on, stretch->set_v, stretch->set_a);
    for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
        verdicts[i] = (struct verdict){0};
        strands[i].start_ns = start_ns;
        strands[i].level = stretch->levels[i];
        watches[i] = (struct dc_watch){.quantity = stretch->quantities[i],
                                       .level = stretch->levels[i],
                                       .crossed = physics_crossed,
                                       .ctx = &strands[i]};
        tracks[i].quantity = stretch->quantities[i];
        dc_watch_add(c, &watches[i]);
        dc_track_add(c, &tracks[i]);
    }
    while (read_row(data, row)) {
        int64_t at_ns = start_ns + (int64_t)floor(row[0] * 1e9 + 0.5);
        if (!switched && at_ns >= switching_ns) {
            switch_now(stretch, c, switching_ns);
            switched = true;
        }
        dc_advance(c, at_ns);
        double since_s = (double)(at_ns - switching_ns) * 1e-9;
        bool settling = fabs(since_s) < SETTLE_S;
        for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
            enum dc_quantity quantity = stretch->quantities[i];
            physics_follow(&strands[i], &verdicts[i], row[0], column(quantity, row),
                           dc_value(c, quantity, at_ns), settling);
        }
        last_s = row[0];
    }
    for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
        dc_track_read(c, c->now_ns, &tracks[i]);
        physics_conclude(&strands[i], tracks[i].max, tracks[i].min, &verdicts[i]);
        dc_watch_remove(c, &watches[i]);
        dc_track_remove(c, &tracks[i]);
        passed = passed && verdicts[i].passed;
    }
    return passed && last_s > 0.999 * stretch->lasts_s;
}
