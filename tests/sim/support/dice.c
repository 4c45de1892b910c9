/* SPDX-License-Identifier: MIT */
#include "tests/sim/support/dice.h"

#include <math.h>

uint64_t dice_seed = 1;

double dice_draw(void) {
    dice_seed ^= dice_seed << 13;
    dice_seed ^= dice_seed >> 7;
    dice_seed ^= dice_seed << 17;
    return (double)(dice_seed >> 11) / 9007199254740992.0;
}

double dice_pick(const double *values, size_t count) {
    return values[(size_t)(dice_draw() * (double)count)];
}

bool dice_command(struct dc_circuit *c, int64_t now_ns, int number, bool on) {
    switch (number) {
    case 0:
        dc_set_supply(c, now_ns, dice_draw() < 0.8);
        return true;
    case 1:
    case 2:
        dc_set_output_closed(c, now_ns, on);
        return true;
    case 3:
        dc_set_vehicle_closed(c, now_ns, on);
        return true;
    case 4:
        dc_set_discharge(c, now_ns, on);
        return true;
    case 5:
        dc_set_diode_short(c, now_ns, dice_draw() < 0.2);
        return true;
    case 6:
        dc_set_short(c, now_ns, DICE_PICK((double)INFINITY, (double)INFINITY, 0.005, 0.3, 2.0));
        return true;
    case 7:
        dc_set_ocv(c, now_ns, DICE_PICK(380.0, 380.01, 376.0, 420.0, -380.0));
        return true;
    default:
        return false;
    }
}
