/* SPDX-License-Identifier: MIT */
/* setup.h: how a case wants the pile to be set before it begins: its clock, and parameters of its
 * firmware.
 *
 *   int32_t price;
 *   if (setup_value(&scenario->setup, "billing.price", &price)) ...          the case sets it
 *
 * What a parameter means only the firmware knows; it is asked when the case runs. */
#ifndef HARNESS_SCENARIO_SETUP_H
#define HARNESS_SCENARIO_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETUP_PARAMS_MAX 96

/* A parameter of the firmware that the case sets before it begins. */
struct param_def {
    const char *name;
    int32_t value;
    int line;
};

/* How a case wants the pile to be set. */
struct setup {
    int64_t clock_s; /* the pile's clock when the case begins, seconds since 1970-01-01 00:00 of its
                        civil time; 0: whatever it is */
    struct param_def *params;
    size_t param_count;
};

/* A clock as a case gives it: "2026-03-01 23:50:00". */
#define SETUP_CLOCK_SIZE 20
const char *setup_clock_text(int64_t clock_s, char text[SETUP_CLOCK_SIZE]);
/* What a case sets a parameter to; false (also without a setup): it does not. */
bool setup_value(const struct setup *setup, const char *name, int32_t *value);
/* What the pile adds to the time that it is given, by the parameter clock.zone; without one 0. */
int64_t setup_zone_s(const struct setup *setup);

#endif
