/* SPDX-License-Identifier: MIT */
/* circuit.h: the DC circuit of one charging gun, both poles and PE, solved exactly.
 *
 *   struct dc_circuit c;
 *   dc_init(&c, &dc_params_default, now);
 *   dc_set_ocv(&c, now, 380.0);                        a pack of 380 V in the vehicle
 *   dc_set_vehicle_closed(&c, now, true);              K5/K6
 *   dc_set_modules(&c, now, true, 375.0, 250.0);       pre-charge to 375 V
 *   dc_advance(&c, now + 500000000);                   half a second later
 *   dc_set_output_closed(&c, c.now_ns, true);          K1/K2
 *   double inrush_a = dc_value(&c, DC_CURRENT, c.now_ns + 10000);
 *
 *   struct dc_watch below = {.quantity = DC_OUTER_VOLTAGE, .level = 60, .crossed = fn, .ctx = me};
 *   dc_watch_add(&c, &below);                          fn(me, at_ns, rising) at each crossing
 *   for (int64_t t = dc_next(&c); t <= end; t = dc_next(&c))
 *       dc_advance(&c, t);                             the event loop's part
 *
 *            diode             K1                   cable R, L         K5
 *   modules ---|>|---+---------o/o--------+---------RRR--LLL----+------o/o----+---- R_battery --+
 *      |             |                    |                     |             |                |
 *   C, bleed    C, bleed, discharge    C, bleed             short circuit  C_vehicle          OCV
 *   "module"       "inner"             "outer"               at the plug    "battery"          |
 *      |             |         K2         |                     |      K6     |                |
 *      +-------------+---------o/o--------+---------------------+------o/o----+----------------+
 *
 * Each pole of inner, outer and battery has a Y capacitor and an insulation resistance to PE.
 *
 * A passive object: it owns no clock. Between two switchings it is a linear network, which
 * sim/circuit solves: every voltage and current is a sum of exponentials (waveform.h). Switchings
 * that the circuit makes by itself (the diode, the modules' mode, the end of a ramp) and watched
 * crossings are solved, not sampled.
 *
 * The modules are a source of voltage with a current limit. Set values move along ramps of the
 * given slew (a ramp lasts a whole number of ns). They are in one of four modes:
 *   OFF      switched off or without AC supply: no current, at once
 *   BLOCKED  their node is above the voltage ramp: no current, they cannot take any back
 *   CURRENT  their node is below the voltage ramp: they deliver the current limit
 *   VOLTAGE  their node is on the voltage ramp; the current for that is within 0..limit
 * Switched on they start from their node's voltage and from 0 A.
 *
 * Simplifications, on purpose:
 *  - Capacitors that get joined (by a contact, by the diode) share their charge at once. What that
 *    costs is lost_j; no charge is lost, which is asserted like that no energy is won.
 *  - A contact that parts under more than arc.least_a of the cable's current draws an arc: a source of
 *    arc.volt against the current, there at once (what brings the wiring's capacitors to its voltage,
 *    2 uJ, is taken from it), until the current falls below arc.least_a or arc.longest_ns are over.
 *    The loop is one: with one arc all go out. What L holds then is lost_j. Any other current is
 *    interrupted at once, so is K5's and K6's while the plug is shorted.
 *  - The cable's R and L stand in its positive conductor, and count where current can flow out and
 *    back: K1 and K2 closed, and K5 and K6 or a short circuit. Else L is ignored (with C_outer it
 *    would ring at some 500 kHz): behind a closed K5 or K6 that pole of outer and battery is one.
 *    DC_CURRENT is then what outer needs for its bleed and capacitors: milliamperes at most.
 *  - Resistance of contacts is part of the cable's.
 *  - The Y capacitors are 10 nF a pole in the charger by default: an assumption, no public source gives a
 *    figure; a real one has what its maker built in, some nF to some 100 nF (dc_set_inner_y). With one of K1
 *    and K2 closed they let 50 V of 100 V through to the plug over PE and an insulation fault, for some
 *    20 ms (with 100 nF 200 ms): to be told from a weld.
 *  - The modules' node may go negative (reversed battery): no clamping diode is modelled.
 *  - When two natural frequencies of the coupled circuit coincide, the cable's resistance is
 *    moved by a few parts in 1e6 to keep them apart.
 *
 * Hysteresis, so that rounding never makes the circuit switch to and fro: a switching takes place
 * when its condition is violated by DC_TOLERANCE (V or A).
 *
 * Time never goes back: now_ns of any call must be at or after the last advance (else the last
 * advance is meant). A command first advances to its now_ns. A command that changes nothing costs
 * a comparison. No memory is allocated. Bad set values of the modules (negative, not a number) are
 * taken as 0: they come from the device under test. Same calls, same results, bit by bit, however
 * many dc_advance calls lie between (compile with -ffp-contract=off). */
#ifndef SIM_DC_CIRCUIT_H
#define SIM_DC_CIRCUIT_H

#include "sim/circuit/network.h"

#include <stdbool.h>
#include <stdint.h>

#define DC_TOLERANCE 1e-9 /* V or A */

/* Of each of the four contacts. volt = 0: no arcs. By default 20 V, 1 A, 10 ms: silver and copper need 12
 * to 13 V and 0.4 A (R. Holm, Electric Contacts), the column in the first tenths of a mm some volts more;
 * makers give release times of such contactors with the arc included, 12 ms. What grows with the gap is
 * left out: the current falls the slower for it. */
struct dc_arc_params {
    double volt;        /* across the arc, >= 0 */
    double least_a;     /* below this it goes out, > 0 */
    int64_t longest_ns; /* after this the chamber has put it out, > 0 */
};

/* Resistances that mean "not there" may be INFINITY, but the pack's and the cable's. */
struct dc_params {
    double module_farad;        /* output capacitance of all modules together, > 0 */
    double module_bleed_ohm;    /* parallel to it */
    double module_max_a;        /* what the modules can deliver at most, whatever they are told */
    double voltage_slew_v_s;    /* of the voltage ramp, up and down; INFINITY: no ramp */
    double current_up_a_s;      /* of the current limit; INFINITY: no ramp */
    double current_down_a_s;    /* GB/T 18487.1-2015 B.3.6 wants >= 100 A/s of the charger */
    double diode_drop_v;        /* forward voltage of the blocking diode, >= 0 */
    double inner_farad;         /* bus between diode and K1/K2, > 0 */
    double inner_bleed_ohm;     /* voltmeter and bleed */
    double inner_discharge_ohm; /* the discharge circuit, switched by dc_set_discharge */
    double outer_farad;         /* wiring behind K1/K2, > 0 */
    double outer_bleed_ohm;     /* voltmeter */
    double cable_ohm;           /* there and back, contacts included, >= 0 */
    double cable_henry;         /* > 0 */
    double vehicle_farad;       /* at the pack's side of K5/K6, > 0 */
    double battery_ohm;         /* pack, 1e-6..1e6 ohm; may be changed by dc_set_battery_ohm */
    double battery_ocv_v;       /* pack at dc_init; may be changed by dc_set_ocv */
    /* from each pole to PE: of the charger's side of K1/K2 (dc_set_inner_y changes it), of wiring and gun,
     * of the vehicle */
    double inner_y_farad, outer_y_farad, vehicle_y_farad; /* > 0 */
    double inner_insulation_ohm; /* at dc_init; may be changed by dc_set_inner_insulation */
    double vehicle_insulation_ohm;
    struct dc_arc_params arc;
};

/* One gun of a 240 kW pile: 1000 V, 250 A; modules 500 uF, pack of 60 mohm with 1000 uF, 0 V. */
extern const struct dc_params dc_params_default;

enum dc_quantity {
    DC_MODULE_VOLTAGE,
    DC_INNER_VOLTAGE,
    DC_OUTER_VOLTAGE,
    DC_BATTERY_VOLTAGE, /* pack's side of K5/K6 */
    DC_CURRENT,         /* in the cable, + = charging */
    DC_MODULE_CURRENT,  /* delivered by the modules' source, >= 0 */
    DC_DIFFERENCE,      /* inner - outer */
    /* against PE */
    DC_INNER_POSITIVE,
    DC_INNER_NEGATIVE,
    DC_OUTER_POSITIVE,
    DC_OUTER_NEGATIVE,
    DC_BATTERY_NEGATIVE,
    DC_QUANTITIES
};

enum dc_contact {
    DC_K1, /* DC+ of the charger */
    DC_K2, /* DC- */
    DC_K5, /* DC+ of the vehicle */
    DC_K6, /* DC- */
    DC_CONTACTS
};

enum dc_pole {
    DC_POSITIVE,
    DC_NEGATIVE,
    DC_POLES
};

enum dc_mode {
    DC_MODE_OFF,
    DC_MODE_BLOCKED,
    DC_MODE_CURRENT,
    DC_MODE_VOLTAGE,
};

/* A level to watch. The caller fills the first four and keeps it until dc_watch_remove.
 * crossed() is called from dc_advance (and from the advance inside a command), with the circuit at
 * at_ns: the first whole ns at which the value has passed the level. Above means value > level, as
 * doubles; rising: now above. A jump over the level counts: dc_next is then the instant of the
 * jump. Inside a segment the value must pass the level by DC_TOLERANCE to count.
 * Inside crossed() everything is allowed: commands, dc_advance, adding and removing of watches
 * (the one that calls, too; it may be freed). */
struct dc_watch {
    enum dc_quantity quantity;
    double level;
    void (*crossed)(void *ctx, int64_t at_ns, bool rising);
    void *ctx;
    /* the circuit's own */
    struct dc_watch *next;
    int64_t due_ns; /* crosses then (or, crosses false, is to be looked at again) */
    bool crosses;
    bool above;
};

/* Extremes of a quantity from dc_track_add on. The caller sets the quantity and the tolerance (V or A; 0 or
 * less than DC_TOLERANCE: that). To the tolerance also inside a segment; the value before a jump and the
 * one after it both count. */
struct dc_track {
    enum dc_quantity quantity;
    double tolerance;
    double min, max;
    int64_t min_ns, max_ns; /* the first instant of each */
    /* the circuit's own */
    struct dc_track *next;
    double seen_s; /* extremes are known up to here, from the present segment's start */
    double seen;   /* the value there, if seen_known */
    bool seen_known;
};

/* Between the contacts of one that has parted. */
struct dc_arc {
    bool burns;
    double sign;    /* of the current from modules to pack: its voltage is against it */
    int64_t end_ns; /* out then, at the latest */
    struct wave a;  /* while it burns: what it carries */
};

/* The energy stores: what goes on over a switching, but for sharing of charge. Voltages across, the
 * negative terminals' against PE, and the cable's current. */
struct dc_nodes {
    double module_v, inner_v, outer_v, battery_v;
    double inner_negative_v, outer_negative_v, battery_negative_v;
    double cable_a;
};

/* A set value on its way: `from` at start_ns, `target` from end_ns on. */
struct dc_ramp {
    double from, target;
    double slope; /* per s, in between */
    int64_t start_ns, end_ns;
};

/* All fields are the circuit's own; now_ns may be read. */
struct dc_circuit {
    struct dc_params params;
    int64_t now_ns; /* last advance */

    /* commands */
    bool on, supply, discharge, diode_short;
    bool closed[DC_CONTACTS];
    struct dc_arc arcs[DC_CONTACTS];
    double set_voltage_v, set_current_a, short_ohm, ocv_v, battery_ohm;
    double inner_insulation_ohm[DC_POLES], outer_insulation_ohm[DC_POLES], test_ohm[DC_POLES];
    struct dc_ramp voltage_v, current_a;

    /* the present segment: starts at origin_ns + origin_s */
    enum dc_mode mode;
    bool diode_on;
    bool loop; /* the cable's current flows through its coil */
    int64_t origin_ns;
    double origin_s; /* 0..1 ns */
    struct wave waves[DC_QUANTITIES];
    struct wave diode_a;       /* what the diode carries */
    double energy_j, charge_c; /* up to the segment's start */
    double energy_known_j;     /* up to energy_known_ns, an instant of this segment */
    int64_t energy_known_ns;   /* INT64_MIN: none yet */
    double lost_j;             /* in capacitors that were joined, and in currents interrupted */
    double arc_j;              /* in arcs, up to the segment's start */
    bool audited;              /* conservation of energy is asserted for each segment (audit.c) */

    /* how the segment ends by itself (enum dc_switching of internal.h) */
    unsigned switching;
    double switching_s;   /* from the segment's start; INFINITY: never */
    int64_t switching_ns; /* the same, rounded up; INT64_MAX: never */
    unsigned at_once;     /* switchings within one ns */

    int64_t watched_ns; /* earliest due_ns of the watches */
    struct dc_watch *watches;
    struct dc_track *tracks;
    struct dc_pair *pair;       /* pair.h: while it is coupled with another gun; else NULL */
    struct network_cache modes; /* of the networks that switching has made of it so far */
    uint64_t segments;          /* built since dc_init, for the benchmark */
    uint64_t stalls;            /* times the bound on at_once was met: 0 unless there is a defect */
};

/* Everything open and off, AC supply present, all nodes at 0 V, the battery node at its OCV. */
void dc_init(struct dc_circuit *c, const struct dc_params *params, int64_t now_ns);

/* The command values of the modules. voltage_v may be beyond any rating (over-voltage fault);
 * current_a is cut at params.module_max_a. */
void dc_set_modules(struct dc_circuit *c, int64_t now_ns, bool on, double voltage_v,
                    double current_a);
/* What the modules can deliver at most, from the next set value on. */
void dc_set_module_max(struct dc_circuit *c, int64_t now_ns, double ampere);
/* Of the voltage ramp, from the next set value on; > 0. */
void dc_set_slew(struct dc_circuit *c, int64_t now_ns, double v_per_s);
/* Of the current limit's ramp, up and down, from the next set value on; > 0, INFINITY: no ramp. */
void dc_set_current_slew(struct dc_circuit *c, int64_t now_ns, double a_per_s);
void dc_set_supply(struct dc_circuit *c, int64_t now_ns, bool present); /* AC */
void dc_set_contact(struct dc_circuit *c, int64_t now_ns, enum dc_contact contact, bool closed);
void dc_set_output_closed(struct dc_circuit *c, int64_t now_ns, bool closed);  /* K1 and K2 */
void dc_set_vehicle_closed(struct dc_circuit *c, int64_t now_ns, bool closed); /* K5 and K6 */
/* Of wiring, gun and what hangs on it; INFINITY: none; below 1 ohm it is taken as 1 ohm. */
void dc_set_insulation(struct dc_circuit *c, int64_t now_ns, enum dc_pole pole, double ohm);
/* The same, of the charger's own side of K1/K2. */
void dc_set_inner_insulation(struct dc_circuit *c, int64_t now_ns, enum dc_pole pole, double ohm);
/* Its Y capacitor, of each pole; > 0. They are changed without voltage: what they hold counts for the new
 * ones. */
void dc_set_inner_y(struct dc_circuit *c, int64_t now_ns, double farad);
/* A resistor of the insulation monitor from one pole of inner to PE, and none at the other;
 * DC_POLES: none at all. */
void dc_set_test_resistor(struct dc_circuit *c, int64_t now_ns, enum dc_pole pole, double ohm);
void dc_set_discharge(struct dc_circuit *c, int64_t now_ns, bool on);
void dc_set_diode_short(struct dc_circuit *c, int64_t now_ns, bool failed);
/* At the plug; INFINITY ends it. Below 0.001 ohm it is taken as 0.001 ohm. */
void dc_set_short(struct dc_circuit *c, int64_t now_ns, double ohm);
void dc_set_ocv(struct dc_circuit *c, int64_t now_ns, double ocv_v); /* < 0: reversed polarity */
void dc_set_battery_ohm(struct dc_circuit *c, int64_t now_ns, double ohm);

/* Its contacts have parted and no arc burns between them. */
static inline bool dc_interrupted(const struct dc_circuit *c, enum dc_contact contact) {
    return !c->closed[contact] && !c->arcs[contact].burns;
}

static inline bool dc_output_closed(const struct dc_circuit *c) {
    return c->closed[DC_K1] && c->closed[DC_K2];
}

static inline bool dc_vehicle_closed(const struct dc_circuit *c) {
    return c->closed[DC_K5] && c->closed[DC_K6];
}

static inline enum dc_mode dc_mode(const struct dc_circuit *c) {
    return c->mode;
}

/* True while the blocking diode carries current forward, or has failed short. */
static inline bool dc_diode_on(const struct dc_circuit *c) {
    return c->diode_on;
}

/* Instant of the next switching of the circuit itself or of a watched crossing, >= now_ns;
 * INT64_MAX when there is none until the next command. Changes with every command and watch. */
static inline int64_t dc_next(const struct dc_circuit *c) {
    int64_t next = c->switching_ns < c->watched_ns ? c->switching_ns : c->watched_ns;
    return next < c->now_ns ? c->now_ns : next;
}

/* Processes all that happens up to and including t_ns, in order, and calls the watches. */
void dc_advance(struct dc_circuit *c, int64_t t_ns);

/* Value at an instant from the last switching or command to dc_next. Earlier instants give the
 * former, later ones the latter. Costs an exponential or two. */
double dc_value(const struct dc_circuit *c, enum dc_quantity quantity, int64_t t_ns);

/* Since dc_init, exact integrals. Instants as for dc_value. */
double dc_energy_j(struct dc_circuit *c, int64_t t_ns);       /* of outer voltage x cable current */
double dc_charge_c(const struct dc_circuit *c, int64_t t_ns); /* of the current into the pack */

double dc_arc_j(const struct dc_circuit *c, int64_t t_ns); /* of what burned in arcs */

/* Lost since dc_init at switchings: what capacitors that got joined had more before, and the energy of
 * currents that were interrupted. Up to the last switching. */
static inline double dc_lost_j(const struct dc_circuit *c) {
    return c->lost_j;
}

/* From now_ns on. A watch is not called for the side it is on when it is added. */
void dc_watch_add(struct dc_circuit *c, struct dc_watch *watch);
void dc_watch_remove(struct dc_circuit *c, struct dc_watch *watch);

void dc_track_add(struct dc_circuit *c, struct dc_track *track);
/* As if it were added now. */
void dc_track_renew(const struct dc_circuit *c, struct dc_track *track);
/* Brings min, max and their instants up to t_ns (as for dc_value). */
void dc_track_read(const struct dc_circuit *c, int64_t t_ns, struct dc_track *track);
void dc_track_remove(struct dc_circuit *c, struct dc_track *track);

#endif
