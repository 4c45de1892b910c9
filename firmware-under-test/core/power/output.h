/* SPDX-License-Identifier: MIT */
/* output.h: the power modules' set values, and the way from any output to none.
 *
 *   core_output_hold(&output, mv, ma, true);  constant set values (tests, pre-charge)
 *   core_output_follow(&output, true);        the vehicle's demand, limited; false: pause
 *   core_output_stop(&output);                ramp to stop.current, open K1/K2, discharge
 *   core_output_bleed(&output);               discharge, with the contactors open, what others left
 *   core_output_kill(&output);                modules off now, K1/K2 open after fault.open, discharge
 *   core_output_is_off(&output)               contactors open and discharged, or given up with a fault
 *
 * While no vehicle battery is connected (a test), stop discharges through closed contactors first,
 * so that the cable is discharged too. */
#ifndef CORE_OUTPUT_H
#define CORE_OUTPUT_H

#include "power/contactors.h"

enum core_output_state {
    CORE_OUTPUT_OFF,
    CORE_OUTPUT_HOLD,
    CORE_OUTPUT_FOLLOW,
    CORE_OUTPUT_RAMP,
    CORE_OUTPUT_EMPTY,     /* test over: discharge, contactors still closed */
    CORE_OUTPUT_OPEN,      /* modules off, K1/K2 about to open or opening */
    CORE_OUTPUT_DISCHARGE, /* contactors open, resistor on the inner side */
};

/* What the vehicle asks for, cut to what others allow; the charger's own limits are output.c's. group_ma is what
 * the gun's own modules deliver of it; the rest is a lent group's (groups.h). */
struct core_output_demand {
    int32_t mv, ma;
    int32_t group_ma;
};

struct core_output {
    struct core_services *services;
    struct core_contactors *contactors;
    enum core_output_state state;
    bool testing;      /* no battery behind K1/K2 */
    bool delivering;   /* FOLLOW: false while paused */
    int32_t set_ma;    /* set value of the current, at the plug */
    int32_t group_ma;  /* the most that the own modules are told of it */
    int64_t since_ns;  /* of the state */
    int64_t open_ns;   /* OPEN: when K1/K2 are to open */
    int64_t resist_ns; /* discharge resistor on since */
    int64_t slewed_ns; /* last step of the current set value */
};

void core_output_begin(struct core_output *output, struct core_services *services,
                       struct core_contactors *contactors); /* at power on */
void core_output_hold(struct core_output *output, int32_t mv, int32_t ma, bool testing);
void core_output_follow(struct core_output *output, bool deliver);
void core_output_stop(struct core_output *output);
void core_output_bleed(struct core_output *output); /* nothing where it is not off */
void core_output_kill(struct core_output *output);
static inline bool core_output_follows(const struct core_output *output) {
    return output->state == CORE_OUTPUT_FOLLOW;
}

static inline bool core_output_is_off(const struct core_output *output) {
    return output->state == CORE_OUTPUT_OFF;
}

/* demand is looked at while the output follows, but for group_ma. */
void core_output_run(struct core_output *output, const struct core_output_demand *demand);

#endif
