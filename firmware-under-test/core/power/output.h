/* SPDX-License-Identifier: MIT */
/* output.h: the power modules' set values, and the way from any output to none.
 *
 *   core_output_hold(gun, mv, ma, true);  constant set values (weld test, insulation, pre-charge)
 *   core_output_follow(gun, true);        the vehicle's demand, limited and slewed; false: pause
 *   core_output_stop(gun);                ramp to stop.current, open K1/K2, discharge
 *   core_output_kill(gun);                modules off now, K1/K2 open after fault.open, discharge
 *   core_output_is_off(gun)               contactors open and discharged, or given up with a fault
 *
 * While no vehicle battery is connected (a test), stop discharges through closed contactors first,
 * so that the cable is discharged too. */
#ifndef CORE_OUTPUT_H
#define CORE_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

enum core_output_state {
    CORE_OUTPUT_OFF,
    CORE_OUTPUT_HOLD,
    CORE_OUTPUT_FOLLOW,
    CORE_OUTPUT_RAMP,
    CORE_OUTPUT_EMPTY,     /* test over: discharge, contactors still closed */
    CORE_OUTPUT_OPEN,      /* modules off, K1/K2 about to open or opening */
    CORE_OUTPUT_DISCHARGE, /* contactors open, resistor on the inner side */
};

struct core_output {
    enum core_output_state state;
    bool testing;    /* no battery behind K1/K2 */
    bool delivering; /* FOLLOW: false while paused */
    int32_t set_ma;
    int64_t since_ns;  /* of the state */
    int64_t open_ns;   /* OPEN: when K1/K2 are to open */
    int64_t resist_ns; /* discharge resistor on since */
    int64_t slewed_ns; /* last step of the current set value */
};

struct gun;

void core_output_hold(struct gun *gun, int32_t mv, int32_t ma, bool testing);
void core_output_follow(struct gun *gun, bool deliver);
void core_output_stop(struct gun *gun);
void core_output_kill(struct gun *gun);
bool core_output_is_off(const struct gun *gun);
void core_output_run(struct gun *gun);

#endif
