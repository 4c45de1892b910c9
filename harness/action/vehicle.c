/* SPDX-License-Identifier: MIT */
/* Actions on the vehicle: its battery's state of charge, what its BMS sends and when, and its CAN
 * wires. */
#include "harness/action/internal.h"
#include "vehicle_bms/transport/faults.h"

#include <string.h>

int vehicle_set_soc(struct bench *bench, const struct argument *args) {
    pack_set_soc(bench->pack, bench->loop.now_ns, args[0].number);
    return 0;
}

int vehicle_set_target_soc(struct bench *bench, const struct argument *args) {
    bms_params(bench->bms)->target_soc_percent = args[0].number;
    return 0;
}

int vehicle_set_demand(struct bench *bench, const struct argument *args) {
    bms_params(bench->bms)->demand_current_a = args[0].number;
    return 0;
}

int vehicle_set_own_timeouts(struct bench *bench, const struct argument *args) {
    bms_params(bench->bms)->own_timeouts = args[0].number != 0;
    return 0;
}

/* From the next phase on: what a phase sends is settled when it begins. */
int vehicle_set_optional_messages(struct bench *bench, const struct argument *args) {
    struct bms_params *params = bms_params(bench->bms);
    params->send_bmv = params->send_bmt = params->send_bsp = args[0].number != 0;
    return 0;
}

int vehicle_mute(struct bench *bench, const struct argument *args) {
    return bms_mute(bench->bms, args[0].text, 0);
}

int vehicle_mute_after(struct bench *bench, const struct argument *args) {
    return bms_mute(bench->bms, args[0].text, (unsigned)args[1].number);
}

int vehicle_unmute(struct bench *bench, const struct argument *args) {
    return bms_unmute(bench->bms, args[0].text);
}

int vehicle_override(struct bench *bench, const struct argument *args) {
    return bms_override(bench->bms, args[0].text, args[1].number);
}

int vehicle_restore(struct bench *bench, const struct argument *args) {
    if (strchr(args[0].text, '.') != NULL) {
        return bms_release(bench->bms, args[0].text);
    }
    return bms_restore(bench->bms, args[0].text);
}

int vehicle_raw(struct bench *bench, const struct argument *args) {
    return bms_bytes(bench->bms, args[0].text, args[1].bytes, args[1].count);
}

int vehicle_send_length(struct bench *bench, const struct argument *args) {
    return bms_length(bench->bms, args[0].text, (size_t)args[1].number);
}

int vehicle_set_period(struct bench *bench, const struct argument *args) {
    return bms_period(bench->bms, args[0].text, (int64_t)args[1].number);
}

int vehicle_delay(struct bench *bench, const struct argument *args) {
    return bms_delay(bench->bms, args[0].text, (int64_t)args[1].number);
}

int vehicle_hold(struct bench *bench, const struct argument *args) {
    return bms_hold(bench->bms, args[0].text, true);
}

int vehicle_break_transport(struct bench *bench, const struct argument *args) {
    return bms_break_transport(bench->bms, args[0].text, TRANSPORT_STOPS, (unsigned)args[1].number,
                               0);
}

int vehicle_break_transport_by(struct bench *bench, const struct argument *args) {
    const struct transport_fault_name *word = transport_fault_find(true, args[1].text);
    return bms_break_transport(bench->bms, args[0].text, (enum transport_fault)word->fault,
                               word->at, 0);
}

int vehicle_break_transport_by_at(struct bench *bench, const struct argument *args) {
    const struct transport_fault_name *word = transport_fault_find(true, args[1].text);
    return bms_break_transport(bench->bms, args[0].text, (enum transport_fault)word->fault,
                               (unsigned)args[2].number, 0);
}

int vehicle_abort_transport(struct bench *bench, const struct argument *args) {
    return bms_break_transport(bench->bms, args[0].text, TRANSPORT_ABORTS, (unsigned)args[1].number,
                               (uint8_t)args[2].number);
}

int vehicle_break_reception_by(struct bench *bench, const struct argument *args) {
    const struct transport_fault_name *word = transport_fault_find(false, args[0].text);
    return bms_break_reception(bench->bms, (enum reception_fault)word->fault, word->at, 0);
}

int vehicle_break_reception_by_at(struct bench *bench, const struct argument *args) {
    const struct transport_fault_name *word = transport_fault_find(false, args[0].text);
    return bms_break_reception(bench->bms, (enum reception_fault)word->fault,
                               (unsigned)args[1].number, 0);
}

int vehicle_abort_reception(struct bench *bench, const struct argument *args) {
    return bms_break_reception(bench->bms, RECEPTION_ABORTS, (unsigned)args[0].number,
                               (uint8_t)args[1].number);
}

int vehicle_restore_reception(struct bench *bench, const struct argument *args) {
    (void)args;
    return bms_break_reception(bench->bms, RECEPTION_SOUND, 0, 0);
}

int vehicle_stop(struct bench *bench, const struct argument *args) {
    return bms_stop(bench->bms, args[0].text);
}

int vehicle_break_can(struct bench *bench, const struct argument *args) {
    (void)args;
    bms_disconnect(bench->bms, true);
    return 0;
}

int vehicle_restore_can(struct bench *bench, const struct argument *args) {
    (void)args;
    bms_disconnect(bench->bms, false);
    return 0;
}
