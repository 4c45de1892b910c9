/* SPDX-License-Identifier: MIT */
/* Everything a scenario may do to the BMS's messages. */
#include "vehicle_bms/bms/internal.h"

#include <assert.h>
#include <string.h>

/* The mutation of a message that the BMS sends: nobody asks for one of the charger's. */
static struct bms_mutation *mutation_of(struct bms *bms, enum message_index message) {
    assert(message < MESSAGE_COUNT && !messages[message].from_charger);
    return &bms->slots[message].mutation;
}

void bms_mute(struct bms *bms, enum message_index message, unsigned after) {
    struct bms_mutation *mutation = mutation_of(bms, message);
    mutation->muted = true;
    mutation->mute_after = after;
}

void bms_unmute(struct bms *bms, enum message_index message) {
    mutation_of(bms, message)->muted = false;
}

void bms_add(struct bms *bms, enum message_index message) {
    mutation_of(bms, message)->added = true;
    bms_slots_set(bms, bms->loop->now_ns, bms->sends);
    bms_reschedule(bms);
}

void bms_period(struct bms *bms, enum message_index message, int64_t period_ns) {
    assert(period_ns >= 0);
    mutation_of(bms, message)->period_ns = period_ns;
}

void bms_delay(struct bms *bms, enum message_index message, int64_t delay_ns) {
    assert(delay_ns >= 0);
    mutation_of(bms, message)->delay_ns = delay_ns;
}

bool bms_can_hold(enum message_index message) {
    return message == MESSAGE_BHM || message == MESSAGE_BRM || message == MESSAGE_BCP ||
           message == MESSAGE_BRO || message == MESSAGE_BST;
}

void bms_hold(struct bms *bms, enum message_index message, bool on) {
    assert(bms_can_hold(message));
    mutation_of(bms, message)->held = on;
}

/* The bits of a field, all elements of a repeated one, with ones in the mask. */
static void mask_field(const struct field *field, uint8_t *mask, bool on) {
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field element = field_element(field, n);
        size_t first = (size_t)(element.byte - 1) * 8 + element.bit - 1u;
        assert(first + element.bits <= (size_t)MESSAGE_LENGTH_MAX * 8);
        for (size_t bit = first; bit < first + element.bits; bit++) {
            unsigned one = 1u << bit % 8;
            mask[bit / 8] = (uint8_t)(on ? mask[bit / 8] | one : mask[bit / 8] & ~one);
        }
    }
}

/* The mutation of the message that owns the field. */
static struct bms_mutation *mutation_with(struct bms *bms, enum message_index message,
                                          const struct field *field) {
    assert(field >= messages[message].fields &&
           field < messages[message].fields + messages[message].field_count);
    return mutation_of(bms, message);
}

static bool patch_on(struct bms_mutation *mutation, const struct field *field) {
    mask_field(field, mutation->mask, true);
    mutation->patched = true;
    return true;
}

bool bms_override(struct bms *bms, enum message_index message, const struct field *field,
                  double value) {
    struct bms_mutation *mutation = mutation_with(bms, message, field);
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field element = field_element(field, n);
        if (field_put(&element, mutation->patch, MESSAGE_LENGTH_MAX, value) != 0) {
            return false;
        }
    }
    return patch_on(mutation, field);
}

bool bms_override_raw(struct bms *bms, enum message_index message, const struct field *field,
                      uint64_t raw) {
    struct bms_mutation *mutation = mutation_with(bms, message, field);
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field element = field_element(field, n);
        if (field_put_raw(&element, mutation->patch, MESSAGE_LENGTH_MAX, raw) != 0) {
            return false;
        }
    }
    return patch_on(mutation, field);
}

bool bms_override_text(struct bms *bms, enum message_index message, const struct field *field,
                       const char *text) {
    struct bms_mutation *mutation = mutation_with(bms, message, field);
    return field_put_text(field, mutation->patch, MESSAGE_LENGTH_MAX, text) == 0 &&
           patch_on(mutation, field);
}

void bms_release(struct bms *bms, enum message_index message, const struct field *field) {
    mask_field(field, mutation_with(bms, message, field)->mask, false);
}

void bms_bytes(struct bms *bms, enum message_index message, const uint8_t *data, size_t length) {
    struct bms_mutation *mutation = mutation_of(bms, message);
    assert(length <= MESSAGE_LENGTH_MAX);
    memcpy(mutation->bytes, data, length);
    mutation->bytes_length = length;
    mutation->replaced = true;
}

void bms_length(struct bms *bms, enum message_index message, size_t length) {
    assert(length <= MESSAGE_LENGTH_MAX);
    mutation_of(bms, message)->length = length;
}

bool bms_break_transport(struct bms *bms, enum message_index message, enum transport_fault fault,
                         unsigned at, uint8_t reason) {
    struct bms_mutation *mutation = mutation_of(bms, message);
    assert(messages[message].transport);
    if (at > UINT16_MAX) {
        return false;
    }
    mutation->fault = fault;
    mutation->fault_at = (uint16_t)at;
    mutation->abort_reason = reason;
    return true;
}

bool bms_break_reception(struct bms *bms, enum reception_fault fault, unsigned at, uint8_t reason) {
    assert((unsigned)fault <= RECEPTION_CTS_BETWEEN);
    if (at > UINT16_MAX) {
        return false;
    }
    bms->receiver.fault = fault;
    bms->receiver.at = (uint16_t)at;
    bms->receiver.abort_reason = reason;
    return true;
}

void bms_restore(struct bms *bms, enum message_index message) {
    struct bms_mutation *mutation = mutation_of(bms, message);
    bool added = mutation->added;
    memset(mutation, 0, sizeof *mutation);
    if (added) {
        bms_slots_set(bms, bms->loop->now_ns, bms->sends);
        bms_reschedule(bms);
    }
}

void bms_restore_all(struct bms *bms) {
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        if (!messages[i].from_charger) {
            bms_restore(bms, (enum message_index)i);
        }
    }
    (void)bms_break_reception(bms, RECEPTION_SOUND, 0, 0);
}

int bms_send_raw(struct bms *bms, uint32_t id, const uint8_t *data, size_t length) {
    struct can_frame_ext frame = {.id = id, .extended = true, .len = (uint8_t)length};
    if (length > sizeof frame.data || id > 0x1FFFFFFFu) {
        return -1;
    }
    memcpy(frame.data, data, length);
    return bms_transmit(bms, bms->loop->now_ns, &frame);
}

void bms_disconnect(struct bms *bms, bool cut) {
    bms->cut = cut;
}
