/* SPDX-License-Identifier: MIT */
/* internal.h: the table of actions, their arguments, and those that live outside
 * actions.c. Each returns 0, or -1 when it cannot be done in this state. */
#ifndef HARNESS_ACTION_INTERNAL_H
#define HARNESS_ACTION_INTERNAL_H

#include "harness/bench/bench.h"

#define ACTION_BYTES_MAX 512

/* What stands in place of the capital words of a usage. */
struct argument {
    double number; /* in the unit of its kind */
    char text[64]; /* message, field, word */
    uint8_t bytes[ACTION_BYTES_MAX];
    size_t count;
};

struct action {
    const char *usage; /* small words as they are, CAPITALS are arguments (see actions_words.c) */
    const char *meaning;
    int (*act)(struct bench *bench, const struct argument *args);
};

/* The table (actions.c). */
extern const struct action action_table[];
extern const size_t action_count;

/* actions_vehicle.c */
int vehicle_set_soc(struct bench *bench, const struct argument *args);
int vehicle_set_target_soc(struct bench *bench, const struct argument *args);
int vehicle_set_demand(struct bench *bench, const struct argument *args);
int vehicle_set_own_timeouts(struct bench *bench, const struct argument *args);
int vehicle_set_optional_messages(struct bench *bench, const struct argument *args);
int vehicle_mute(struct bench *bench, const struct argument *args);
int vehicle_mute_after(struct bench *bench, const struct argument *args);
int vehicle_unmute(struct bench *bench, const struct argument *args);
int vehicle_override(struct bench *bench, const struct argument *args);
int vehicle_restore(struct bench *bench, const struct argument *args);
int vehicle_raw(struct bench *bench, const struct argument *args);
int vehicle_send_length(struct bench *bench, const struct argument *args);
int vehicle_set_period(struct bench *bench, const struct argument *args);
int vehicle_delay(struct bench *bench, const struct argument *args);
int vehicle_hold(struct bench *bench, const struct argument *args);
int vehicle_break_transport(struct bench *bench, const struct argument *args);
int vehicle_break_transport_by(struct bench *bench, const struct argument *args);
int vehicle_break_transport_by_at(struct bench *bench, const struct argument *args);
int vehicle_abort_transport(struct bench *bench, const struct argument *args);
int vehicle_break_reception_by(struct bench *bench, const struct argument *args);
int vehicle_break_reception_by_at(struct bench *bench, const struct argument *args);
int vehicle_abort_reception(struct bench *bench, const struct argument *args);
int vehicle_restore_reception(struct bench *bench, const struct argument *args);
int vehicle_stop(struct bench *bench, const struct argument *args);
int vehicle_break_can(struct bench *bench, const struct argument *args);
int vehicle_restore_can(struct bench *bench, const struct argument *args);

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
