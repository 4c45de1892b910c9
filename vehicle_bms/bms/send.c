/* SPDX-License-Identifier: MIT */
/* When messages go out. Each message of the running state has a slot with its period; long ones
 * share the one transport connection and wait for it. */
#include "vehicle_bms/bms/internal.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#define FRAME_MAX 8

static int64_t period_of(const struct bms *bms, size_t index) {
    int64_t mutated_ns = bms->slots[index].mutation.period_ns;
    int64_t table_ns = message_form(&messages[index], bms->params.edition)->period_ms * NS_PER_MS;
    return mutated_ns > 0 ? mutated_ns : table_ns;
}

static bool wanted(const struct bms *bms, size_t index) {
    switch (index) {
    case MESSAGE_BMV:
        return bms->params.send_bmv;
    case MESSAGE_BMT:
        return bms->params.send_bmt;
    case MESSAGE_BSP:
        return bms->params.send_bsp;
    default:
        return true;
    }
}

/* CRM(AA) may come in the middle of the next BRM, and CML in the middle of the next BCP: from a
 * charger that sends on a grid of its own. A connection has an end (SAE J1939-21), so it is brought
 * there; elsewhere a transfer of the former state would reach the charger in the wrong phase. */
static bool finishes_transfer(const struct bms *bms) {
    return (bms->state == BMS_CONFIGURATION && bms->sending == MESSAGE_BRM) ||
           (bms->state == BMS_NOT_READY && bms->sending == MESSAGE_BCP);
}

/* A message that both states send keeps its rhythm. */
void bms_slots_set(struct bms *bms, int64_t now_ns, uint32_t sends) {
    assert(sends >> MESSAGE_COUNT == 0);
    bms->sends = sends;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        struct bms_slot *slot = &bms->slots[i];
        bool added = slot->mutation.added && bms->state != BMS_OFF;
        bool on = ((sends >> i & 1u) && wanted(bms, i)) || added;
        if (on && !slot->on) {
            slot->due_ns = now_ns + slot->mutation.delay_ns;
            slot->sent = 0;
        }
        slot->on = on;
    }
    if (bms->sender.state != SENDER_IDLE && !bms->slots[bms->sending].on &&
        !finishes_transfer(bms)) {
        transport_sender_abort(&bms->sender, now_ns, 0);
    }
}

static bool waits_for_transport(const struct bms *bms, size_t index) {
    return messages[index].transport && bms->sender.state != SENDER_IDLE;
}

/* What waited for the connection is due when that became free: it is not the bench that was
 * late. */
static int64_t due_ns_of(const struct bms *bms, size_t index) {
    int64_t due_ns = bms->slots[index].due_ns;
    bool waited = messages[index].transport && due_ns < bms->sender.idle_ns;
    return waited ? bms->sender.idle_ns : due_ns;
}

int64_t bms_slots_due_ns(const struct bms *bms) {
    int64_t at_ns = LOOP_NEVER;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        if (bms->slots[i].on && due_ns_of(bms, i) < at_ns && !waits_for_transport(bms, i)) {
            at_ns = due_ns_of(bms, i);
        }
    }
    return at_ns;
}

static void gone_out(struct bms *bms, int64_t now_ns, size_t index, const uint8_t *data) {
    const struct bms_handlers *state = &bms_handlers[bms->state];
    assert(!messages[index].from_charger);
    assert(bms->slots[index].sent < UINT_MAX);
    bms->slots[index].sent++;
    if (state->sent != NULL && (state->sends >> index & 1u)) {
        bms_go(bms, now_ns, state->sent(bms, now_ns, (enum message_index)index, data));
    }
}

void bms_transfer_finished(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result) {
    struct bms *bms = ctx;
    assert(pgn == messages[bms->sending].pgn);
    if (result == TRANSPORT_DONE) {
        gone_out(bms, now_ns, bms->sending, bms->sender.data);
    }
}

/* The sound payload, changed as the scenario wants it. */
static size_t mutated_payload(struct bms *bms, int64_t now_ns, size_t index, uint8_t *data) {
    const struct bms_mutation *mutation = &bms->slots[index].mutation;
    if (mutation->replaced) {
        memcpy(data, mutation->bytes, mutation->bytes_length);
        return mutation->bytes_length;
    }
    size_t length = bms_payload(bms, now_ns, (enum message_index)index, data);
    assert(length >= 1 && length <= MESSAGE_LENGTH_MAX);
    if (mutation->patched) {
        for (size_t i = 0; i < length; i++) {
            data[i] = (uint8_t)((data[i] & ~mutation->mask[i]) |
                                (mutation->patch[i] & mutation->mask[i]));
        }
    }
    if (mutation->length > length) {
        memset(data + length, 0xFF, mutation->length - length);
    }
    size_t sent = mutation->length != 0 ? mutation->length : length;
    assert(sent >= 1 && sent <= MESSAGE_LENGTH_MAX);
    return sent;
}

static void send_transfer(struct bms *bms, int64_t now_ns, size_t index, const uint8_t *data,
                          size_t length) {
    assert(bms->sender.state == SENDER_IDLE && length <= MESSAGE_LENGTH_MAX);
    const struct bms_mutation *mutation = &bms->slots[index].mutation;
    bms->sending = (enum message_index)index;
    bms->sender.fault = mutation->fault;
    bms->sender.at = mutation->fault_at;
    bms->sender.abort_reason = mutation->abort_reason;
    bms->sender.timing = bms->params.timing;
    /* Refused only when a short message was made long while a transfer runs: the next one goes. */
    (void)transport_send(&bms->sender, now_ns, messages[index].pgn, data, length);
}

static void send_message(struct bms *bms, int64_t now_ns, size_t index) {
    uint8_t data[MESSAGE_LENGTH_MAX];
    size_t length = mutated_payload(bms, now_ns, index, data);
    if (messages[index].transport || length > FRAME_MAX) {
        if (bms->sender.state == SENDER_IDLE) {
            send_transfer(bms, now_ns, index, data, length);
        }
        return;
    }
    struct can_frame_ext frame = {
        .id = message_id(&messages[index]), .extended = true, .len = (uint8_t)length};
    memcpy(frame.data, data, length);
    bms_transmit(bms, now_ns, &frame);
    gone_out(bms, now_ns, index, data);
}

/* One turn of a slot: the next one is a period later, late turns are not made up for. */
static void turn(struct bms *bms, int64_t now_ns, size_t index) {
    struct bms_slot *slot = &bms->slots[index];
    int64_t period_ns = period_of(bms, index);
    assert(period_ns > 0);
    slot->due_ns += period_ns;
    if (slot->due_ns <= now_ns) {
        slot->due_ns = now_ns + period_ns;
    }
    assert(slot->due_ns > now_ns && slot->due_ns <= now_ns + period_ns);
    if (slot->mutation.muted) {
        if (slot->mutation.mute_after == 0) {
            return;
        }
        slot->mutation.mute_after--;
    }
    send_message(bms, now_ns, index);
}

void bms_slots_run(struct bms *bms, int64_t now_ns) {
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct bms_slot *slot = &bms->slots[i];
        if (slot->on && slot->due_ns <= now_ns && !waits_for_transport(bms, i)) {
            turn(bms, now_ns, i);
        }
    }
}
