/* SPDX-License-Identifier: MIT */
/* actions_internal.h: an action's arguments, and the actions that live outside actions.c.
 *
 * Each returns 0, or -1 when it cannot be done in this state. */
#ifndef HARNESS_ACTIONS_INTERNAL_H
#define HARNESS_ACTIONS_INTERNAL_H

#include "harness/bench.h"

#define ACTION_BYTES_MAX 512

/* What stands in place of the capital words of a usage. */
struct argument {
    double number; /* in the unit of its kind */
    char text[64]; /* message, field, word */
    uint8_t bytes[ACTION_BYTES_MAX];
    size_t count;
};

/* actions_meter.c; args[0] is the meter: dc or ac */
int meter_sound(struct bench *bench, const struct argument *args);
int meter_silent(struct bench *bench, const struct argument *args);
int meter_late(struct bench *bench, const struct argument *args);
int meter_early(struct bench *bench, const struct argument *args);
int meter_checksum(struct bench *bench, const struct argument *args);
int meter_truncate(struct bench *bench, const struct argument *args);
int meter_wrong_address(struct bench *bench, const struct argument *args);
int meter_foreign(struct bench *bench, const struct argument *args);
int meter_refuse(struct bench *bench, const struct argument *args);
int meter_wrong_item(struct bench *bench, const struct argument *args);
int meter_no_value(struct bench *bench, const struct argument *args);
int meter_echo(struct bench *bench, const struct argument *args);
int meter_stick(struct bench *bench, const struct argument *args);
int meter_jump(struct bench *bench, const struct argument *args);
int meter_gain(struct bench *bench, const struct argument *args);
int meter_roll_over(struct bench *bench, const struct argument *args);
int meter_wrong_tariffs(struct bench *bench, const struct argument *args);
int meter_drift(struct bench *bench, const struct argument *args);

#endif
