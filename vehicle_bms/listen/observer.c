/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/listen/observer.h"

#include "sim/memory.h"
#include "vehicle_bms/listen/assembler.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_CHARS 40
#define BYTES_MAX      6 /* of a message that is a number, exactly: 48 of a double's 53 bits */

/* The signals of one message; fields[] by the order of the table, NULL where there is none. */
struct message_signals {
    struct signal *pulse;
    struct signal *bad;
    struct signal *bytes; /* of a short message; NULL: too long for a number */
    struct signal *fields[MESSAGE_FIELDS_MAX];
};

struct observer {
    struct can_tap tap;
    struct can_net *net;
    struct observer_listener *listeners;
    struct assembler assembler;
    struct message_signals signals[MESSAGE_COUNT];
    struct observed last[MESSAGE_COUNT];
    char *names, *names_end;
};

static const char *keep_name(struct observer *observer, const char *code, const char *field) {
    char *name = observer->names_end;
    int length = snprintf(name, NAME_MAX_CHARS, "%s.%s", code, field);
    assert(length > 0 && length < NAME_MAX_CHARS);
    observer->names_end += length + 1;
    return name;
}

static bool has_signal(const struct field *field) {
    return field->kind != FIELD_ASCII && field->repeat == 1;
}

static void add_signals(struct observer *observer, struct signal_board *board, size_t index) {
    const struct message *message =
        message_of_edition(&messages[index], observer->assembler.edition);
    struct message_signals *own = &observer->signals[index];
    assert(message->field_count <= MESSAGE_FIELDS_MAX);
    own->pulse = signal_add(board, message->code, SIGNAL_PULSE, "", message->en);
    own->bad = signal_add(board, keep_name(observer, message->code, "bad"), SIGNAL_PULSE, "",
                          "received with a wrong length");
    if (message_form(message, observer->assembler.edition)->length_sent <= BYTES_MAX) {
        own->bytes = signal_add(board, keep_name(observer, message->code, "bytes"), SIGNAL_NUMBER,
                                "", "whole message, first byte highest");
    }
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        if (has_signal(field)) {
            own->fields[i] = signal_add(board, keep_name(observer, message->code, field->name),
                                        SIGNAL_NUMBER, field->unit, field->en);
        }
    }
}

static void complete(void *ctx, const struct assembled *whole);

struct observer *observer_new(struct signal_board *board, enum edition edition) {
    struct observer *observer = memory_zeroed(1, sizeof *observer);
    char *names = memory_zeroed((size_t)MESSAGE_COUNT * (MESSAGE_FIELDS_MAX + 2), NAME_MAX_CHARS);
    assembler_init(&observer->assembler, edition, NULL,
                   &(struct assembler_listener){.message = complete, .ctx = observer});
    observer->names = observer->names_end = names;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        add_signals(observer, board, i);
    }
    return observer;
}

/* 04 00 F0 F0 as 0x0400F0F0. */
static double as_number(const uint8_t *data, size_t length) {
    assert(length <= BYTES_MAX); /* exact in a double */
    double number = 0;
    for (size_t i = 0; i < length; i++) {
        number = number * 256 + data[i];
    }
    return number;
}

/* A payload equal to the former one changes no field: most frames of a charge are such. */
static void set_fields(struct observer *observer, int64_t at_ns, size_t index, const uint8_t *data,
                       size_t length) {
    assert(length <= MESSAGE_LENGTH_MAX); /* all of it was kept */
    const struct message *message =
        message_of_edition(&messages[index], observer->assembler.edition);
    struct message_signals *own = &observer->signals[index];
    if (own->bytes != NULL) {
        signal_set(own->bytes, at_ns, as_number(data, length));
    }
    for (size_t i = 0; i < message->field_count; i++) {
        struct signal *signal = own->fields[i];
        double value;
        if (signal == NULL) {
            continue;
        }
        field_get(&message->fields[i], data, length, &value);
        if (signal->known || !isnan(value)) {
            signal_set(signal, at_ns, value);
        }
    }
}

static void complete(void *ctx, const struct assembled *whole) {
    struct observer *observer = ctx;
    const struct message *message = whole->message;
    const uint8_t *data = whole->data;
    size_t length = whole->length;
    int64_t at_ns = whole->at_ns;
    size_t index = message_index(message);
    struct observed *last = &observer->last[index];
    size_t kept = length < MESSAGE_LENGTH_MAX ? length : MESSAGE_LENGTH_MAX;
    bool first = last->count + last->bad_count == 0;
    bool same = !first && last->length == length && memcmp(last->data, data, kept) == 0;
    if (!same) {
        last->length = (uint16_t)length;
        memcpy(last->data, data, kept);
        last->bad = !whole->length_ok;
    }
    assert(last->bad == !whole->length_ok); /* the same payload is as good as it was */
    last->at_ns = at_ns;
    if (last->bad) {
        last->bad_count++;
    } else {
        last->count++;
    }
    for (struct observer_listener *one = observer->listeners; one != NULL; one = one->next) {
        one->message(one->ctx, at_ns, message, last);
    }
    if (last->bad) {
        signal_set(observer->signals[index].bad, at_ns, (double)last->bad_count);
        return;
    }
    if (!same) {
        set_fields(observer, at_ns, index, last->data, length);
    }
    signal_set(observer->signals[index].pulse, at_ns, (double)last->count);
}

void observer_frame(struct observer *observer, int64_t at_ns, const struct can_frame_ext *frame) {
    assembler_frame(&observer->assembler, at_ns, 0, frame);
}

static void tapped(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                   const struct can_node *sender) {
    (void)sender;
    observer_frame(ctx, at_ns, frame);
}

void observer_attach(struct observer *observer, struct can_net *net) {
    assert(observer->net == NULL);
    observer->net = net;
    observer->tap = (struct can_tap){.seen = tapped, .ctx = observer};
    can_tap(net, &observer->tap);
}

void observer_listen(struct observer *observer, struct observer_listener *listener) {
    listener->next = observer->listeners;
    observer->listeners = listener;
}

const struct observed *observer_last(const struct observer *observer, enum message_index index) {
    assert((unsigned)index < MESSAGE_COUNT);
    return &observer->last[index];
}

const struct assembler_stats *observer_stats(const struct observer *observer) {
    return &observer->assembler.stats;
}

void observer_free(struct observer *observer) {
    if (observer == NULL) {
        return;
    }
    if (observer->net != NULL) {
        can_untap(observer->net, &observer->tap);
    }
    free(observer->names);
    free(observer);
}
