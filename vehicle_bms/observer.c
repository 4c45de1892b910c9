/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/observer.h"

#include "vehicle_bms/transport_frames.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_CHARS 40

/* A transfer as seen from outside, one per direction. */
struct transfer {
    bool open;
    uint32_t pgn;
    uint16_t length;
    uint8_t packets;
    uint8_t next;
    uint8_t data[TRANSPORT_LENGTH_MAX];
};

/* The signals of one message; fields[] by the order of the table, NULL where there is none. */
struct message_signals {
    struct signal *pulse;
    struct signal *bad;
    struct signal *fields[MESSAGE_FIELDS_MAX];
};

struct observer {
    enum edition edition;
    struct can_tap tap;
    struct can_net *net;
    struct observer_listener *listeners;
    struct observer_stats stats;
    struct transfer transfers[2]; /* [0] from the BMS, [1] from the charger */
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
    const struct message *message = &messages[index];
    struct message_signals *own = &observer->signals[index];
    assert(message->field_count <= MESSAGE_FIELDS_MAX);
    own->pulse = signal_add(board, message->code, SIGNAL_PULSE, "", message->en);
    own->bad = signal_add(board, keep_name(observer, message->code, "bad"), SIGNAL_PULSE, "",
                          "received with a wrong length");
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        if (has_signal(field)) {
            own->fields[i] = signal_add(board, keep_name(observer, message->code, field->name),
                                        SIGNAL_NUMBER, field->unit, field->en);
        }
    }
}

struct observer *observer_new(struct signal_board *board, enum edition edition) {
    struct observer *observer = calloc(1, sizeof *observer);
    char *names = calloc((size_t)MESSAGE_COUNT * (MESSAGE_FIELDS_MAX + 1), NAME_MAX_CHARS);
    if (observer == NULL || names == NULL) {
        fputs("observer: out of memory\n", stderr);
        abort();
    }
    observer->edition = edition;
    observer->names = observer->names_end = names;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        add_signals(observer, board, i);
    }
    return observer;
}

/* A payload equal to the former one changes no field: most frames of a charge are such. */
static void set_fields(struct observer *observer, int64_t at_ns, size_t index, const uint8_t *data,
                       size_t length) {
    const struct message *message = &messages[index];
    struct message_signals *own = &observer->signals[index];
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

static void complete(struct observer *observer, int64_t at_ns, const struct message *message,
                     const uint8_t *data, size_t length) {
    size_t index = (size_t)(message - messages);
    struct observed *last = &observer->last[index];
    size_t kept = length < MESSAGE_LENGTH_MAX ? length : MESSAGE_LENGTH_MAX;
    bool first = last->count + last->bad_count == 0;
    bool same = !first && last->length == length && memcmp(last->data, data, kept) == 0;
    if (!same) {
        last->length = (uint16_t)length;
        memcpy(last->data, data, kept);
        last->bad = !message_length_ok(message, observer->edition, length);
    }
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

static void begin(struct observer *observer, struct transfer *transfer,
                  const struct can_frame_ext *frame) {
    uint16_t length = transport_length_of(frame);
    observer->stats.transfers++;
    if (transfer->open) {
        observer->stats.transfers_broken++;
    }
    transfer->open = length > 0 && length <= TRANSPORT_LENGTH_MAX &&
                     frame->data[3] == transport_packets_for(length);
    transfer->pgn = transport_pgn_of(frame);
    transfer->length = length;
    transfer->packets = frame->data[3];
    transfer->next = 1;
    if (!transfer->open) {
        observer->stats.transfers_broken++;
    }
}

static void give_up(struct observer *observer, struct transfer *transfer, uint32_t pgn) {
    if (transfer->open && transfer->pgn == pgn) {
        transfer->open = false;
        observer->stats.transfers_broken++;
    }
}

/* CTS, acknowledgement and abort may come from the receiving side, hence the other direction's. */
static void control(struct observer *observer, unsigned direction,
                    const struct can_frame_ext *frame) {
    struct transfer *forth = &observer->transfers[direction];
    struct transfer *back = &observer->transfers[!direction];
    uint32_t pgn = transport_pgn_of(frame);
    switch (frame->data[0]) {
    case TRANSPORT_RTS:
        begin(observer, forth, frame);
        break;
    case TRANSPORT_CTS:
        /* The receiver may ask again from an earlier packet, one that was lost to it. */
        if (back->open && back->pgn == pgn && frame->data[1] != 0 && frame->data[2] != 0 &&
            frame->data[2] < back->next) {
            back->next = frame->data[2];
        }
        break;
    case TRANSPORT_ABORT:
        give_up(observer, forth, pgn);
        give_up(observer, back, pgn);
        break;
    default:
        break;
    }
}

static void packet(struct observer *observer, int64_t at_ns, unsigned direction,
                   const struct can_frame_ext *frame) {
    struct transfer *transfer = &observer->transfers[direction];
    if (!transfer->open || frame->data[0] != transfer->next) {
        return; /* a gap: only a repetition by CTS can mend it */
    }
    size_t at = (size_t)(transfer->next - 1) * TRANSPORT_PACKET;
    size_t count = transfer->length - at;
    memcpy(transfer->data + at, frame->data + 1,
           count < TRANSPORT_PACKET ? count : TRANSPORT_PACKET);
    if (transfer->next < transfer->packets) {
        transfer->next++;
        return;
    }
    transfer->open = false;
    const struct message *message = message_by_pgn(transfer->pgn);
    if (message != NULL && message->from_charger == (direction == 1)) {
        complete(observer, at_ns, message, transfer->data, transfer->length);
    }
}

/* 0: BMS to charger, 1: charger to BMS, -1: other addresses. */
static int direction_of(uint32_t id) {
    switch (id & 0xFFFFu) {
    case ADDRESS_CHARGER << 8 | ADDRESS_BMS:
        return 0;
    case ADDRESS_BMS << 8 | ADDRESS_CHARGER:
        return 1;
    default:
        return -1;
    }
}

void observer_frame(struct observer *observer, int64_t at_ns, const struct can_frame_ext *frame) {
    observer->stats.frames++;
    int direction = frame->extended ? direction_of(frame->id) : -1;
    uint32_t pgn = frame->id >> 8 & 0x3FF00u; /* R and DP included: both must be 0 */
    const struct message *message = NULL;
    if (direction >= 0) {
        if (pgn == TRANSPORT_PGN_DT && frame->len == 8) {
            packet(observer, at_ns, (unsigned)direction, frame);
            return;
        }
        if (pgn == TRANSPORT_PGN_CM && frame->len == 8) {
            control(observer, (unsigned)direction, frame);
            return;
        }
        message = message_by_pgn(pgn);
    }
    if (message == NULL || message->from_charger != (direction == 1)) {
        observer->stats.foreign++;
        return;
    }
    complete(observer, at_ns, message, frame->data, frame->len);
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

const struct observer_stats *observer_stats(const struct observer *observer) {
    return &observer->stats;
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
