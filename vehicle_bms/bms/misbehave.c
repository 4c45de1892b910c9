/* SPDX-License-Identifier: MIT */
/* Everything a scenario may do to the BMS's messages. */
#include "vehicle_bms/bms/internal.h"

#include <string.h>

/* The mutation of a message that the BMS sends; NULL: no such message, or the charger's. */
static struct bms_mutation *mutation_of(struct bms *bms, const char *code) {
    const struct message *message = message_by_code(code);
    if (message == NULL || message->from_charger) {
        return NULL;
    }
    return &bms->slots[message_index(message)].mutation;
}

int bms_mute(struct bms *bms, const char *code, unsigned after) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL) {
        return -1;
    }
    mutation->muted = true;
    mutation->mute_after = after;
    return 0;
}

int bms_unmute(struct bms *bms, const char *code) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL) {
        return -1;
    }
    mutation->muted = false;
    return 0;
}

int bms_period(struct bms *bms, const char *code, int64_t period_ns) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL || period_ns < 0) {
        return -1;
    }
    mutation->period_ns = period_ns;
    return 0;
}

int bms_delay(struct bms *bms, const char *code, int64_t delay_ns) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL || delay_ns < 0) {
        return -1;
    }
    mutation->delay_ns = delay_ns;
    return 0;
}

int bms_hold(struct bms *bms, const char *code, bool on) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL) {
        return -1;
    }
    mutation->held = on;
    return 0;
}

/* The bits of a field, all elements of a repeated one, with ones in the mask. */
static void mask_field(const struct field *field, uint8_t *mask, bool on) {
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field element = field_element(field, n);
        size_t first = (size_t)(element.byte - 1) * 8 + element.bit - 1u;
        for (size_t bit = first; bit < first + element.bits; bit++) {
            unsigned one = 1u << bit % 8;
            mask[bit / 8] = (uint8_t)(on ? mask[bit / 8] | one : mask[bit / 8] & ~one);
        }
    }
}

static const struct field *find_field(struct bms *bms, const char *path,
                                      struct bms_mutation **mutation) {
    const struct message *message = NULL;
    const struct field *field = field_by_path(path, &message);
    if (field == NULL || message->from_charger) {
        return NULL;
    }
    *mutation = &bms->slots[message_index(message)].mutation;
    return field;
}

static void patch_on(struct bms_mutation *mutation, const struct field *field) {
    mask_field(field, mutation->mask, true);
    mutation->patched = true;
}

int bms_override(struct bms *bms, const char *path, double value) {
    struct bms_mutation *mutation;
    const struct field *field = find_field(bms, path, &mutation);
    if (field == NULL) {
        return -1;
    }
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field element = field_element(field, n);
        if (field_put(&element, mutation->patch, MESSAGE_LENGTH_MAX, value) != 0) {
            return -1;
        }
    }
    patch_on(mutation, field);
    return 0;
}

int bms_override_raw(struct bms *bms, const char *path, uint64_t raw) {
    struct bms_mutation *mutation;
    const struct field *field = find_field(bms, path, &mutation);
    if (field == NULL) {
        return -1;
    }
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field element = field_element(field, n);
        if (field_put_raw(&element, mutation->patch, MESSAGE_LENGTH_MAX, raw) != 0) {
            return -1;
        }
    }
    patch_on(mutation, field);
    return 0;
}

int bms_override_text(struct bms *bms, const char *path, const char *text) {
    struct bms_mutation *mutation;
    const struct field *field = find_field(bms, path, &mutation);
    if (field == NULL || field_put_text(field, mutation->patch, MESSAGE_LENGTH_MAX, text) != 0) {
        return -1;
    }
    patch_on(mutation, field);
    return 0;
}

int bms_release(struct bms *bms, const char *path) {
    struct bms_mutation *mutation;
    const struct field *field = find_field(bms, path, &mutation);
    if (field == NULL) {
        return -1;
    }
    mask_field(field, mutation->mask, false);
    return 0;
}

int bms_bytes(struct bms *bms, const char *code, const uint8_t *data, size_t length) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL || length > MESSAGE_LENGTH_MAX) {
        return -1;
    }
    memcpy(mutation->bytes, data, length);
    mutation->bytes_length = length;
    mutation->replaced = true;
    return 0;
}

int bms_length(struct bms *bms, const char *code, size_t length) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL || length > MESSAGE_LENGTH_MAX) {
        return -1;
    }
    mutation->length = length;
    return 0;
}

int bms_break_transport(struct bms *bms, const char *code, enum transport_fault fault, unsigned at,
                        uint8_t reason) {
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL || at > UINT16_MAX || !message_by_code(code)->transport) {
        return -1;
    }
    mutation->fault = fault;
    mutation->fault_at = (uint16_t)at;
    mutation->abort_reason = reason;
    return 0;
}

int bms_break_reception(struct bms *bms, enum reception_fault fault, unsigned at, uint8_t reason) {
    if (at > UINT16_MAX) {
        return -1;
    }
    bms->receiver.fault = fault;
    bms->receiver.at = (uint16_t)at;
    bms->receiver.abort_reason = reason;
    return 0;
}

int bms_restore(struct bms *bms, const char *code) {
    if (code == NULL) {
        for (size_t i = 0; i < MESSAGE_COUNT; i++) {
            memset(&bms->slots[i].mutation, 0, sizeof bms->slots[i].mutation);
        }
        return bms_break_reception(bms, RECEPTION_SOUND, 0, 0);
    }
    struct bms_mutation *mutation = mutation_of(bms, code);
    if (mutation == NULL) {
        return -1;
    }
    memset(mutation, 0, sizeof *mutation);
    return 0;
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
