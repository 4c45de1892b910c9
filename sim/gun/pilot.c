/* SPDX-License-Identifier: MIT */
#include "sim/gun/pilot.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static double parallel(double a_ohm, double b_ohm) {
    assert(a_ohm >= 0 && b_ohm >= 0);
    if (isinf(a_ohm) || isinf(b_ohm)) {
        return isinf(a_ohm) ? b_ohm : a_ohm;
    }
    return a_ohm * b_ohm / (a_ohm + b_ohm);
}

/* Voltage of the tap of a divider u -- upper -- tap -- lower -- 0; lower may be INFINITY. */
static double divider(double u_v, double upper_ohm, double lower_ohm) {
    assert(u_v >= 0 && upper_ohm > 0);
    return isinf(lower_ohm) ? u_v : u_v * lower_ohm / (upper_ohm + lower_ohm);
}

/* What the voltages must be whatever the resistances are. */
static void check_voltages(const struct pilot *pilot, bool mated) {
    double cc1_v = pilot->cc1->value, cc2_v = pilot->cc2->value;
    bool to_earth = !pilot->cc1_broken && (!pilot->pressed || mated);
    assert(cc1_v >= 0.0 && cc1_v <= pilot->u1_v && cc2_v >= 0.0 && cc2_v <= pilot->u2_v);
    assert(to_earth || cc1_v == pilot->u1_v); /* nothing pulls detection point 1 down */
    assert(mated || cc2_v == pilot->u2_v);
}

void pilot_update(struct pilot *pilot, int64_t now_ns) {
    double r2 = pilot->pressed ? (double)INFINITY : pilot->r2_ohm;
    bool mated = pilot->inserted && !pilot->pe_broken;
    double r4 = mated ? pilot->r4_ohm : (double)INFINITY;
    double cc1_to_pe = pilot->cc1_broken ? (double)INFINITY : parallel(r2, r4);
    double cc2_to_pe = mated ? pilot->r3_ohm : (double)INFINITY;
    signal_set(pilot->s_open, now_ns, pilot->pressed);
    signal_set(pilot->gun_inserted, now_ns, pilot->inserted);
    signal_set(pilot->pe_ok, now_ns, !pilot->pe_broken && !pilot->earth_broken);
    signal_set(pilot->cc1, now_ns, divider(pilot->u1_v, pilot->r1_ohm, cc1_to_pe));
    signal_set(pilot->cc2, now_ns, divider(pilot->u2_v, pilot->r5_ohm, cc2_to_pe));
    check_voltages(pilot, mated);
}

void pilot_init(struct pilot *pilot, struct signal_board *board, int64_t now_ns) {
    memset(pilot, 0, sizeof *pilot);
    pilot->u1_v = pilot->u2_v = 12.0;
    pilot->r1_ohm = pilot->r2_ohm = pilot->r3_ohm = 1000.0;
    pilot->r4_ohm = pilot->r5_ohm = 1000.0;
    pilot->cc1 = signal_add(board, "cc1.voltage", SIGNAL_NUMBER, "V",
                            "detection point 1, charger side of CC1");
    pilot->cc2 = signal_add(board, "cc2.voltage", SIGNAL_NUMBER, "V",
                            "detection point 2, vehicle side of CC2");
    pilot->s_open = signal_add(board, "s.open", SIGNAL_BOOL, "", "switch S in the plug is open");
    pilot->gun_inserted =
        signal_add(board, "gun.inserted", SIGNAL_BOOL, "", "the plug is in the vehicle's inlet");
    pilot->pe_ok = signal_add(board, "pe.ok", SIGNAL_BOOL, "", "protective earth is continuous");
    pilot_update(pilot, now_ns);
}

void pilot_insert(struct pilot *pilot, bool inserted, int64_t now_ns) {
    pilot->inserted = inserted;
    pilot_update(pilot, now_ns);
}

void pilot_press(struct pilot *pilot, bool pressed, int64_t now_ns) {
    pilot->pressed = pressed;
    pilot_update(pilot, now_ns);
}

void pilot_break_cc1(struct pilot *pilot, bool broken, int64_t now_ns) {
    pilot->cc1_broken = broken;
    pilot_update(pilot, now_ns);
}

void pilot_break_earth(struct pilot *pilot, bool broken, int64_t now_ns) {
    pilot->earth_broken = broken;
    pilot_update(pilot, now_ns);
}

void pilot_break_pe(struct pilot *pilot, bool broken, int64_t now_ns) {
    pilot->pe_broken = broken;
    pilot_update(pilot, now_ns);
}
