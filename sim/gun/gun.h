/* SPDX-License-Identifier: MIT */
/* gun.h: the power side of one charging gun: DC circuit, K1..K6, lock, pilot circuit, insulation,
 * buttons and doors, wired to the bench by signals.
 *
 *   struct gun gun;
 *   gun_init(&gun, &loop, &board, &gun_params_default);
 *   signal_set(signal_find(&board, "k1.command"), now, 1);      what a charger does
 *   pilot_insert(&gun.pilot, true, now);                        what a person or a fault does
 *   contactor_weld(&gun.k1, true, now);
 *   gun_set_insulation(&gun, 30e3, 10e6, now);
 *
 * The charger's commands (k1.command, k2.command, aux.command, lock.command, discharge.command,
 * imd.command, modules.on, modules.voltage_set, modules.current_set), the vehicle's (k5.command,
 * k6.command, battery.ocv) and the supply (ac.voltage) are signals the gun subscribes to. All that
 * it publishes is listed by `pilebench list signals`.
 *
 * One circuit stands behind every reading: frames, meters, inputs and instruments see the same. K1, K2, K5
 * and K6 are contacts of their own in it, and insulation faults resistors to PE. */
#ifndef SIM_GUN_GUN_H
#define SIM_GUN_GUN_H

#include "sim/dc/circuit.h"
#include "sim/gun/contactor.h"
#include "sim/gun/imd.h"
#include "sim/gun/lock.h"
#include "sim/gun/pilot.h"
#include "sim/loop.h"
#include "sim/signal.h"

struct gun_params {
    struct dc_params dc;
    int64_t close_ns, open_ns; /* travel of K1 and K2; 0: contactor_dc's */
    double aux_v;              /* auxiliary supply behind K3/K4 when closed (12 V +-5 %) */
    double ac_least_v;         /* below this the power modules do not run */
};

extern const struct gun_params gun_params_default;

#define GUN_SUBSCRIPTIONS 24

struct gun {
    struct loop *loop;
    struct gun_params params;
    struct contactor_params output; /* K1 and K2 */
    struct dc_circuit dc;
    struct timer dc_timer; /* the circuit's next own event */
    struct contactor k1, k2, k3k4, k5, k6;
    struct lock lock;
    struct pilot pilot;
    double insulation_positive_ohm, insulation_negative_ohm; /* vehicle and cable */
    struct imd imd;
    double modules_offset_v; /* fault: the modules deliver this much above their set voltage */
    double modules_excess_a; /* fault: they deliver so much more than they are told */
    bool modules_stuck;      /* fault: they go on as they are, whatever they are told */
    bool modules_joint;      /* all of a command is on its way: they follow once */
    bool modules_driven;     /* by gun_drive_modules: they have their own response */
    double battery_offset_v; /* the real battery is this much above the pack model */
    bool discharge_broken;   /* fault: the discharge resistor is open */
    bool discharge_stuck;    /* fault: it is always in */
    bool imd_broken;         /* fault: the insulation monitor never reads */
    bool battery_reversed;
    struct signal *modules_on, *voltage_set, *current_set, *ac_voltage, *ocv;
    struct signal *aux_voltage, *making_difference;
    struct signal *estop, *door, *start, *stop, *temperature_positive, *temperature_negative;
    struct signal *discharge, *imd_command;
    struct subscription subscriptions[GUN_SUBSCRIPTIONS];
    size_t subscription_count;
};

void gun_init(struct gun *gun, struct loop *loop, struct signal_board *board,
              const struct gun_params *params);
/* The circuit's energy and charge up to now (see dc/circuit.h); ctx is the gun. */
double gun_energy_j(void *gun, int64_t now_ns);
double gun_charge_c(void *gun, int64_t now_ns);

/* Something else than this gun has changed what its circuit does next (tie.h). */
void gun_circuit_changed(struct gun *gun);

/* What the power modules are, from models of their own (sim/modules): instead of a charger that sets
 * modules.on, modules.voltage_set and modules.current_set. From the first call on they follow at once. */
void gun_drive_modules(struct gun *gun, bool on, double voltage_v, double current_a,
                       int64_t now_ns);

/* Insulation of the vehicle's and the cable's poles to PE, in ohm. */
void gun_set_insulation(struct gun *gun, double positive_ohm, double negative_ohm, int64_t now_ns);
/* The same, of the charger's own side of K1 or K2, 20 Mohm else; and its Y capacitor of each pole. */
void gun_set_own_insulation(struct gun *gun, enum dc_pole pole, double ohm, int64_t now_ns);
void gun_set_y(struct gun *gun, double farad, int64_t now_ns);
void gun_set_short(struct gun *gun, double ohm, int64_t now_ns); /* at the plug; INFINITY ends it */
void gun_set_diode_short(struct gun *gun, bool failed, int64_t now_ns);
void gun_set_modules_offset(struct gun *gun, double offset_v, int64_t now_ns);
void gun_set_battery_offset(struct gun *gun, double offset_v, int64_t now_ns);
/* The auxiliary supply behind K3/K4, at once where they are closed. */
void gun_set_aux(struct gun *gun, double aux_v, int64_t now_ns);
void gun_set_modules_excess(struct gun *gun, double ampere, int64_t now_ns);
/* They go on as they are, and do not go off either, until they are free again. */
void gun_stick_modules(struct gun *gun, bool stuck, int64_t now_ns);
void gun_stick_discharge(struct gun *gun, bool stuck, int64_t now_ns);
void gun_break_discharge(struct gun *gun, bool broken, int64_t now_ns);
void gun_break_imd(struct gun *gun, bool broken, int64_t now_ns);
/* How fast the modules' voltage moves from the next set value on. */
void gun_set_modules_slew(struct gun *gun, double v_per_s, int64_t now_ns);
void gun_reverse_battery(struct gun *gun, bool reversed, int64_t now_ns);

#endif
