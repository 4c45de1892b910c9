/* SPDX-License-Identifier: MIT */
/* internal.h: the table of actions and their arguments.
 *
 *   actions.c   the table; actions on the pile, its surroundings and by a person
 *   contacts.c  on contactors and insulation
 *   vehicle.c   on the vehicle and what its BMS sends
 *   meter.c     on the meters
 *   ramp.c      quantities that glide
 *   parse.c     from words to an action
 *
 * An action's function returns false when it cannot be done in the state the bench is in. */
#ifndef HARNESS_ACTION_INTERNAL_H
#define HARNESS_ACTION_INTERNAL_H

#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/expression/range.h"
#include "sim/text/phrase.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/faults.h"

#include <assert.h>

#define ACTION_ARGS_MAX  3
#define ACTION_COUNT_MAX 100000
#define ACTION_BYTES_MAX 512 /* of "raw"; a transfer has at most 1785, a message of the table 49 */

enum argument_kind {
    ARGUMENT_NUMBER,
    ARGUMENT_CONTACTOR,
    ARGUMENT_METER,
    ARGUMENT_MESSAGE,
    ARGUMENT_FIELD,
    ARGUMENT_REASON,
    ARGUMENT_BYTES,
    ARGUMENT_FAULT,
};

/* What stands in place of a word in capitals. */
struct argument {
    enum argument_kind kind;
    double number;    /* quantity in its kind's unit, count, switch */
    size_t contactor; /* index for contactor_of */
    enum meters_which meter;
    const struct message *message; /* also of a field */
    const struct field *field;     /* also of BST, for a reason */
    const struct transport_fault_name *fault;
    uint8_t bytes[ACTION_BYTES_MAX];
    size_t count; /* of bytes */
};

/* A row of the table. */
struct action_row {
    const char *usage; /* small words as they are; words in CAPITALS are arguments (parse.c) */
    const char *meaning;
    bool (*act)(struct bench_gun *gun, const struct argument *args);
};

struct action {
    const struct action_row *row;
    bool other_gun; /* written with gun2: */
    size_t arg_count;
    struct argument args[]; /* arg_count of them */
};

extern const struct action_row action_table[];
extern const size_t action_count;

/* The range of its arguments in that unit; NULL: that of any such argument. */
const struct range *action_range(const struct action_row *row, const char *unit);
/* It makes the bench's own BMS do something. */
bool action_is_of_bms(const struct action_row *row);
/* It is done to the pile, not to one of its guns. */
bool action_is_of_pile(const struct action *action);
/* Words that go on after the action's, for when its function returns false. */
struct phrase action_refusal(const struct action_row *row);

/* False: there is no such contactor. */
bool contactor_find(const char *name, size_t *index);
bool contactor_is_of_pile(size_t index); /* not one of a gun's */

/* ---- what an argument is ---- */

static inline const struct argument *argument_as(const struct argument *arg,
                                                 enum argument_kind kind) {
    assert(arg->kind == kind); /* the usage and its function agree */
    return arg;
}

static inline double number_of(const struct argument *arg) {
    return argument_as(arg, ARGUMENT_NUMBER)->number;
}

/* A signal that is a voltage of the vehicle, or the charger's highest where that is lower. */
static inline double within_rating(const struct bench_gun *gun, const char *vehicle) {
    double voltage_v = signal_find(gun->board, vehicle)->value;
    const struct signal *rated = signal_find(gun->board, "plate.voltage_max");
    return rated->known && rated->value < voltage_v ? rated->value : voltage_v;
}

static inline unsigned count_of(const struct argument *arg) {
    assert(number_of(arg) >= 0 && number_of(arg) <= ACTION_COUNT_MAX);
    return (unsigned)number_of(arg);
}

static inline enum message_index message_of(const struct argument *arg) {
    return message_index(argument_as(arg, ARGUMENT_MESSAGE)->message);
}

static inline const struct transport_fault_name *fault_of(const struct argument *arg) {
    return argument_as(arg, ARGUMENT_FAULT)->fault;
}

/* ---- contacts.c ---- */
bool contact_weld(struct bench_gun *gun, const struct argument *args);
bool contact_weld_shown(struct bench_gun *gun, const struct argument *args);
bool contact_unweld(struct bench_gun *gun, const struct argument *args);
bool contact_stick(struct bench_gun *gun, const struct argument *args);
bool contact_wear(struct bench_gun *gun, const struct argument *args);
bool contact_close_late(struct bench_gun *gun, const struct argument *args);
bool contact_close_late_unseen(struct bench_gun *gun, const struct argument *args);
bool contact_open_late(struct bench_gun *gun, const struct argument *args);
bool contact_open_late_unseen(struct bench_gun *gun, const struct argument *args);
bool contact_bounce(struct bench_gun *gun, const struct argument *args);
bool contact_bounce_unseen(struct bench_gun *gun, const struct argument *args);
bool contact_mend(struct bench_gun *gun, const struct argument *args);
bool insulation_set_positive(struct bench_gun *gun, const struct argument *args);
bool insulation_set_negative(struct bench_gun *gun, const struct argument *args);
bool insulation_set_positive_per_volt(struct bench_gun *gun, const struct argument *args);
bool insulation_set_negative_per_volt(struct bench_gun *gun, const struct argument *args);
bool insulation_set_own_positive(struct bench_gun *gun, const struct argument *args);
bool insulation_set_own_negative(struct bench_gun *gun, const struct argument *args);
bool insulation_set_own_positive_per_volt(struct bench_gun *gun, const struct argument *args);
bool insulation_set_own_negative_per_volt(struct bench_gun *gun, const struct argument *args);
bool insulation_set_y(struct bench_gun *gun, const struct argument *args);

/* ---- vehicle.c ---- */
bool vehicle_set_soc(struct bench_gun *gun, const struct argument *args);
bool vehicle_set_target_soc(struct bench_gun *gun, const struct argument *args);
bool vehicle_set_share(struct bench_gun *gun, const struct argument *args);
bool vehicle_override_voltage(struct bench_gun *gun, const struct argument *args);
bool vehicle_lower_voltage(struct bench_gun *gun, const struct argument *args);
bool vehicle_set_demand(struct bench_gun *gun, const struct argument *args);
bool vehicle_set_own_timeouts(struct bench_gun *gun, const struct argument *args);
bool vehicle_set_optional_messages(struct bench_gun *gun, const struct argument *args);
bool vehicle_mute(struct bench_gun *gun, const struct argument *args);
bool vehicle_mute_after(struct bench_gun *gun, const struct argument *args);
bool vehicle_unmute(struct bench_gun *gun, const struct argument *args);
bool vehicle_send_frame(struct bench_gun *gun, const struct argument *args);
bool vehicle_send_too(struct bench_gun *gun, const struct argument *args);
bool vehicle_override(struct bench_gun *gun, const struct argument *args);
bool vehicle_restore(struct bench_gun *gun, const struct argument *args);
bool vehicle_raw(struct bench_gun *gun, const struct argument *args);
bool vehicle_send_length(struct bench_gun *gun, const struct argument *args);
bool vehicle_set_period(struct bench_gun *gun, const struct argument *args);
bool vehicle_delay(struct bench_gun *gun, const struct argument *args);
bool vehicle_hold(struct bench_gun *gun, const struct argument *args);
bool vehicle_break_transport(struct bench_gun *gun, const struct argument *args);
bool vehicle_break_transport_by(struct bench_gun *gun, const struct argument *args);
bool vehicle_break_transport_by_at(struct bench_gun *gun, const struct argument *args);
bool vehicle_abort_transport(struct bench_gun *gun, const struct argument *args);
bool vehicle_break_reception_by(struct bench_gun *gun, const struct argument *args);
bool vehicle_break_reception_by_at(struct bench_gun *gun, const struct argument *args);
bool vehicle_abort_reception(struct bench_gun *gun, const struct argument *args);
bool vehicle_restore_reception(struct bench_gun *gun, const struct argument *args);
bool vehicle_stop(struct bench_gun *gun, const struct argument *args);
bool vehicle_break_can(struct bench_gun *gun, const struct argument *args);
bool vehicle_restore_can(struct bench_gun *gun, const struct argument *args);

/* ---- ramp.c ---- */
bool set_grid(struct bench_gun *gun, const struct argument *args);
bool ramp_grid(struct bench_gun *gun, const struct argument *args);
bool set_aux(struct bench_gun *gun, const struct argument *args);
bool ramp_aux(struct bench_gun *gun, const struct argument *args);
bool set_gun_temperature(struct bench_gun *gun, const struct argument *args);
bool ramp_gun_temperature(struct bench_gun *gun, const struct argument *args);
bool set_gun_temperature_negative(struct bench_gun *gun, const struct argument *args);
bool ramp_gun_temperature_negative(struct bench_gun *gun, const struct argument *args);
bool ramp_battery_to_allowed(struct bench_gun *gun, const struct argument *args);
bool ramp_battery_to_limit(struct bench_gun *gun, const struct argument *args);
bool set_battery_shortfall(struct bench_gun *gun, const struct argument *args);
bool set_battery_offset(struct bench_gun *gun, const struct argument *args);
bool ramp_battery_offset(struct bench_gun *gun, const struct argument *args);
bool set_modules_offset(struct bench_gun *gun, const struct argument *args);
bool ramp_modules_offset(struct bench_gun *gun, const struct argument *args);

/* ---- meter.c; args[0] is the meter ---- */
bool meter_sound(struct bench_gun *gun, const struct argument *args);
bool meter_silent(struct bench_gun *gun, const struct argument *args);
bool meter_late(struct bench_gun *gun, const struct argument *args);
bool meter_early(struct bench_gun *gun, const struct argument *args);
bool meter_pieces(struct bench_gun *gun, const struct argument *args);
bool meter_checksum(struct bench_gun *gun, const struct argument *args);
bool meter_truncate(struct bench_gun *gun, const struct argument *args);
bool meter_wrong_address(struct bench_gun *gun, const struct argument *args);
bool meter_foreign(struct bench_gun *gun, const struct argument *args);
bool meter_refuse(struct bench_gun *gun, const struct argument *args);
bool meter_wrong_item(struct bench_gun *gun, const struct argument *args);
bool meter_no_value(struct bench_gun *gun, const struct argument *args);
bool meter_echo(struct bench_gun *gun, const struct argument *args);
bool meter_stick(struct bench_gun *gun, const struct argument *args);
bool meter_jump(struct bench_gun *gun, const struct argument *args);
bool meter_gain(struct bench_gun *gun, const struct argument *args);
bool meter_roll_over(struct bench_gun *gun, const struct argument *args);
bool meter_wrong_tariffs(struct bench_gun *gun, const struct argument *args);
bool meter_drift(struct bench_gun *gun, const struct argument *args);

#endif
