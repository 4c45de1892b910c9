/* SPDX-License-Identifier: MIT */
/* Actions on the vehicle: its battery's state of charge, what its BMS sends and when, and its CAN
 * wires. */
#include "harness/action/internal.h"

bool vehicle_set_soc(struct bench_gun *gun, const struct argument *args) {
    pack_set_soc(gun->pack, gun->loop->now_ns, number_of(&args[0]));
    return true;
}

bool vehicle_set_target_soc(struct bench_gun *gun, const struct argument *args) {
    bms_params(gun->bms)->target_soc_percent = number_of(&args[0]);
    return true;
}

bool vehicle_set_demand(struct bench_gun *gun, const struct argument *args) {
    bms_params(gun->bms)->demand_current_a = number_of(&args[0]);
    bms_params(gun->bms)->demand_share = 0.0;
    return true;
}

bool vehicle_set_share(struct bench_gun *gun, const struct argument *args) {
    bms_params(gun->bms)->demand_share = number_of(&args[0]) / 100.0;
    return true;
}

bool vehicle_lower_voltage(struct bench_gun *gun, const struct argument *args) {
    double now_v = signal_at(signal_find(gun->board, "gun.voltage"), gun->loop->now_ns);
    const struct field *demand = field_find(&messages[MESSAGE_BCL], "voltage_demand");
    return bms_override(gun->bms, MESSAGE_BCL, demand, now_v - number_of(&args[0]));
}

bool vehicle_set_own_timeouts(struct bench_gun *gun, const struct argument *args) {
    bms_params(gun->bms)->own_timeouts = number_of(&args[0]) != 0;
    return true;
}

/* From the next phase on: what a phase sends is settled when it begins. */
bool vehicle_set_optional_messages(struct bench_gun *gun, const struct argument *args) {
    struct bms_params *params = bms_params(gun->bms);
    params->send_bmv = params->send_bmt = params->send_bsp = number_of(&args[0]) != 0;
    return true;
}

bool vehicle_mute(struct bench_gun *gun, const struct argument *args) {
    bms_mute(gun->bms, message_of(&args[0]), 0);
    return true;
}

bool vehicle_mute_after(struct bench_gun *gun, const struct argument *args) {
    bms_mute(gun->bms, message_of(&args[0]), count_of(&args[1]));
    return true;
}

bool vehicle_unmute(struct bench_gun *gun, const struct argument *args) {
    bms_unmute(gun->bms, message_of(&args[0]));
    return true;
}

bool vehicle_send_too(struct bench_gun *gun, const struct argument *args) {
    bms_add(gun->bms, message_of(&args[0]));
    return true;
}

bool vehicle_send_frame(struct bench_gun *gun, const struct argument *args) {
    const struct argument *data = argument_as(&args[1], ARGUMENT_BYTES);
    return bms_send_raw(gun->bms, (uint32_t)number_of(&args[0]), data->bytes, data->count) >= 0;
}

bool vehicle_override(struct bench_gun *gun, const struct argument *args) {
    const struct argument *what = argument_as(args, ARGUMENT_FIELD);
    return bms_override(gun->bms, message_index(what->message), what->field, number_of(&args[1]));
}

bool vehicle_override_voltage(struct bench_gun *gun, const struct argument *args) {
    double allowed_v = signal_find(gun->board, "vehicle.voltage_max")->value;
    const struct argument *what = argument_as(args, ARGUMENT_FIELD);
    return bms_override(gun->bms, message_index(what->message), what->field,
                        allowed_v * number_of(&args[1]) / 100.0);
}

bool vehicle_restore(struct bench_gun *gun, const struct argument *args) {
    if (args[0].kind == ARGUMENT_FIELD) {
        bms_release(gun->bms, message_index(args[0].message), args[0].field);
    } else {
        bms_restore(gun->bms, message_of(&args[0]));
    }
    return true;
}

bool vehicle_raw(struct bench_gun *gun, const struct argument *args) {
    bms_bytes(gun->bms, message_of(&args[0]), argument_as(&args[1], ARGUMENT_BYTES)->bytes,
              args[1].count);
    return true;
}

bool vehicle_send_length(struct bench_gun *gun, const struct argument *args) {
    bms_length(gun->bms, message_of(&args[0]), count_of(&args[1]));
    return true;
}

bool vehicle_set_period(struct bench_gun *gun, const struct argument *args) {
    bms_period(gun->bms, message_of(&args[0]), (int64_t)number_of(&args[1]));
    return true;
}

bool vehicle_delay(struct bench_gun *gun, const struct argument *args) {
    bms_delay(gun->bms, message_of(&args[0]), (int64_t)number_of(&args[1]));
    return true;
}

bool vehicle_hold(struct bench_gun *gun, const struct argument *args) {
    bms_hold(gun->bms, message_of(&args[0]), true);
    return true;
}

bool vehicle_break_transport(struct bench_gun *gun, const struct argument *args) {
    return bms_break_transport(gun->bms, message_of(&args[0]), TRANSPORT_STOPS, count_of(&args[1]),
                               0);
}

bool vehicle_break_transport_by(struct bench_gun *gun, const struct argument *args) {
    const struct transport_fault_name *word = fault_of(&args[1]);
    return bms_break_transport(gun->bms, message_of(&args[0]), (enum transport_fault)word->fault,
                               word->at, 0);
}

bool vehicle_break_transport_by_at(struct bench_gun *gun, const struct argument *args) {
    const struct transport_fault_name *word = fault_of(&args[1]);
    return bms_break_transport(gun->bms, message_of(&args[0]), (enum transport_fault)word->fault,
                               count_of(&args[2]), 0);
}

bool vehicle_abort_transport(struct bench_gun *gun, const struct argument *args) {
    return bms_break_transport(gun->bms, message_of(&args[0]), TRANSPORT_ABORTS, count_of(&args[1]),
                               (uint8_t)number_of(&args[2]));
}

bool vehicle_break_reception_by(struct bench_gun *gun, const struct argument *args) {
    const struct transport_fault_name *word = fault_of(&args[0]);
    return bms_break_reception(gun->bms, (enum reception_fault)word->fault, word->at, 0);
}

bool vehicle_break_reception_by_at(struct bench_gun *gun, const struct argument *args) {
    const struct transport_fault_name *word = fault_of(&args[0]);
    return bms_break_reception(gun->bms, (enum reception_fault)word->fault, count_of(&args[1]), 0);
}

bool vehicle_abort_reception(struct bench_gun *gun, const struct argument *args) {
    return bms_break_reception(gun->bms, RECEPTION_ABORTS, count_of(&args[0]),
                               (uint8_t)number_of(&args[1]));
}

bool vehicle_restore_reception(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bms_break_reception(gun->bms, RECEPTION_SOUND, 0, 0);
}

bool vehicle_stop(struct bench_gun *gun, const struct argument *args) {
    return bms_stop(gun->bms, argument_as(args, ARGUMENT_REASON)->field);
}

bool vehicle_break_can(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    bms_disconnect(gun->bms, true);
    return true;
}

bool vehicle_restore_can(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    bms_disconnect(gun->bms, false);
    return true;
}
