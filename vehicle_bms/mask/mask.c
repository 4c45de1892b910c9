/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/mask/mask.h"

#include "sim/memory.h"
#include "vehicle_bms/mask/pseudonym.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/transport.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS   16
#define PACKETS_MAX   255
#define PF_CONTROL    0xECu
#define PF_PACKET     0xEBu
#define PF_BROADCAST  240u /* PDU2 from here on: no destination in the identifier */
#define TRANSPORT_BAM 0x20
#define BLANK         '*'

enum connection_state {
    CLOSED,
    PLAIN,     /* carries nothing personal */
    GATHERING, /* its packets are held back */
    WHOLE,     /* all were seen; repeated ones may follow until EndOfMsgAck */
    BROKEN,    /* whatever still comes is blanked */
};

struct connection {
    enum connection_state state;
    unsigned network;
    uint8_t from, to;
    const struct message *message; /* NULL: nothing personal in it */
    uint64_t opened;               /* the oldest makes room */
    int64_t first_ns;
    unsigned packets, seen, expected;
    bool suspect; /* its packets contradict each other: which is which cannot be relied on */
    bool got[PACKETS_MAX + 1];
    uint8_t data[PACKETS_MAX * TRANSPORT_PACKET]; /* as received; masked once WHOLE */
    uint8_t original[PACKETS_MAX * TRANSPORT_PACKET];
};

struct held {
    int64_t at_ns;
    uint64_t mark;
    struct connection *of; /* NULL: nothing of it is open */
    struct can_frame_ext frame;
};

struct mask {
    struct pseudonym_key key;
    void (*out)(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame);
    void *ctx;
    uint64_t opened;
    struct connection connections[CONNECTIONS];
    size_t first, count; /* of held */
    struct held held[MASK_HELD];
};

struct mask *mask_new(const char *key,
                      void (*out)(void *ctx, int64_t at_ns, uint64_t mark,
                                  const struct can_frame_ext *frame),
                      void *ctx) {
    struct mask *mask = memory_zeroed(1, sizeof *mask);
    mask->key = pseudonym_key(key == NULL ? MASK_KEY_DEFAULT : key);
    mask->out = out;
    mask->ctx = ctx;
    return mask;
}

void mask_free(struct mask *mask) {
    free(mask);
}

void mask_text(const char *key, const char *text, char *masked, size_t size) {
    assert(size > 0);
    struct pseudonym_key own = pseudonym_key(key == NULL ? MASK_KEY_DEFAULT : key);
    snprintf(masked, size, "%s", text);
    pseudonym_text(&own, (uint8_t *)masked, strlen(masked));
}

/* ---- payloads ---- */

static bool is_personal(const struct message *message) {
    for (size_t i = 0; i < message->field_count; i++) {
        if ((message->fields[i].flags & FIELD_PERSONAL) != 0) {
            return true;
        }
    }
    return false;
}

static const struct message *personal_message(uint32_t pgn) {
    const struct message *message = message_by_pgn(pgn);
    return message != NULL && is_personal(message) ? message : NULL;
}

static void mask_payload(const struct mask *mask, const struct message *message, uint8_t *data,
                         size_t size) {
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        size_t from = field->byte - 1u, bytes = field->bits / 8u;
        if ((field->flags & FIELD_PERSONAL) == 0 || from >= size) {
            continue;
        }
        assert(field->bits % 8 == 0 && field->bit == 1 && field->repeat == 1);
        assert(bytes > 0);
        bytes = bytes < size - from ? bytes : size - from;
        if (field->kind == FIELD_ASCII) {
            pseudonym_text(&mask->key, data + from, bytes);
        } else {
            pseudonym_bytes(&mask->key, data + from, bytes);
        }
    }
}

/* ---- frames that wait ---- */

static struct held *held_at(struct mask *mask, size_t n) {
    return &mask->held[(mask->first + n) % MASK_HELD];
}

static void release(struct mask *mask) {
    while (mask->count > 0 && held_at(mask, 0)->of == NULL) {
        const struct held *one = held_at(mask, 0);
        mask->first = (mask->first + 1) % MASK_HELD;
        mask->count--;
        mask->out(mask->ctx, one->at_ns, one->mark, &one->frame);
    }
}

static void blank(struct can_frame_ext *frame, unsigned from) {
    for (unsigned i = from; i < frame->len; i++) {
        frame->data[i] = BLANK;
    }
}

/* Puts what is known of the transfer by now into a packet of it. */
static void rewrite(const struct connection *connection, struct can_frame_ext *frame) {
    unsigned number = frame->data[0];
    size_t from = (number - 1u) * (size_t)TRANSPORT_PACKET;
    if (connection->state == WHOLE && frame->len == 8 && number >= 1 &&
        number <= connection->packets &&
        memcmp(frame->data + 1, connection->original + from, TRANSPORT_PACKET) == 0) {
        memcpy(frame->data + 1, connection->data + from, TRANSPORT_PACKET);
    } else {
        blank(frame, 1);
    }
}

/* The transfer is WHOLE or BROKEN: its held packets need not wait any longer. */
static void resolve(struct mask *mask, struct connection *connection) {
    assert(connection->state == WHOLE || connection->state == BROKEN);
    for (size_t i = 0; i < mask->count; i++) {
        struct held *one = held_at(mask, i);
        if (one->of == connection) {
            rewrite(connection, &one->frame);
            one->of = NULL;
        }
    }
    release(mask);
}

static void give_up(struct mask *mask, struct connection *connection) {
    if (connection->state == GATHERING) {
        connection->state = BROKEN;
        resolve(mask, connection);
    }
}

static void close_connection(struct mask *mask, struct connection *connection) {
    if (connection != NULL) {
        give_up(mask, connection);
        connection->state = CLOSED;
    }
}

static void hold(struct mask *mask, const struct held *one) {
    if (mask->count == MASK_HELD) {
        give_up(mask, held_at(mask, 0)->of);
    }
    assert(mask->count < MASK_HELD); /* giving up the oldest has made room */
    *held_at(mask, mask->count++) = *one;
    release(mask);
    assert(mask->count == 0 || held_at(mask, 0)->of != NULL); /* else nothing waits */
}

/* ---- transfers ---- */

static struct connection *find(struct mask *mask, unsigned network, uint8_t from, uint8_t to) {
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *one = &mask->connections[i];
        if (one->state != CLOSED && one->network == network && one->from == from && one->to == to) {
            return one;
        }
    }
    return NULL;
}

static struct connection *find_room(struct mask *mask) {
    struct connection *oldest = &mask->connections[0];
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *one = &mask->connections[i];
        if (one->state == CLOSED) {
            return one;
        }
        oldest = one->opened < oldest->opened ? one : oldest;
    }
    close_connection(mask, oldest);
    assert(oldest->state == CLOSED);
    return oldest;
}

static void open_connection(struct mask *mask, unsigned network, int64_t at_ns,
                            const struct can_frame_ext *frame) {
    uint8_t from = frame->id & 0xFFu, to = (uint8_t)(frame->id >> 8);
    close_connection(mask, find(mask, network, from, to));
    struct connection *connection = find_room(mask);
    uint32_t pgn =
        (uint32_t)frame->data[5] | (uint32_t)frame->data[6] << 8 | (uint32_t)frame->data[7] << 16;
    *connection = (struct connection){.network = network,
                                      .from = from,
                                      .to = to,
                                      .message = personal_message(pgn),
                                      .opened = ++mask->opened,
                                      .first_ns = at_ns,
                                      .packets = frame->data[3],
                                      .expected = 1};
    connection->state = connection->message == NULL ? PLAIN
                        : connection->packets == 0  ? BROKEN
                                                    : GATHERING;
    assert((connection->message == NULL) == (connection->state == PLAIN));
}

/* Two packets of different numbers and the same content: one of them is numbered wrongly. */
static bool doubled_content(const struct connection *connection) {
    static const uint8_t ones[TRANSPORT_PACKET] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    static const uint8_t zeros[TRANSPORT_PACKET];
    for (unsigned i = 0; i + 1 < connection->packets; i++) {
        const uint8_t *one = connection->data + (size_t)i * TRANSPORT_PACKET;
        if (memcmp(one, ones, sizeof ones) == 0 || memcmp(one, zeros, sizeof zeros) == 0) {
            continue;
        }
        for (unsigned k = i + 1; k < connection->packets; k++) {
            if (memcmp(one, connection->data + (size_t)k * TRANSPORT_PACKET, TRANSPORT_PACKET) ==
                0) {
                return true;
            }
        }
    }
    return false;
}

/* Bytes of personal fields are found by their packet's number: a number that may be wrong (a packet
 * not in its turn and not asked for again, or with two contents) makes the transfer suspect. */
static void gather(struct connection *connection, const struct can_frame_ext *frame) {
    unsigned number = frame->data[0];
    if (frame->len != 8 || number == 0 || number > connection->packets) {
        connection->suspect = true;
        return;
    }
    uint8_t *place = connection->data + (number - 1u) * (size_t)TRANSPORT_PACKET;
    bool again = connection->got[number];
    if (again && memcmp(place, frame->data + 1, TRANSPORT_PACKET) != 0) {
        connection->suspect = true;
    } else if (!again && number < connection->expected) {
        connection->suspect = true;
    }
    if (number >= connection->expected) {
        connection->expected = number + 1;
    }
    memcpy(place, frame->data + 1, TRANSPORT_PACKET);
    connection->seen += !again;
    connection->got[number] = true;
    assert(connection->seen >= 1 && connection->seen <= connection->packets);
}

static void complete(struct mask *mask, struct connection *connection) {
    if (connection->suspect || doubled_content(connection)) {
        give_up(mask, connection);
        return;
    }
    size_t size = (size_t)connection->packets * TRANSPORT_PACKET;
    assert(connection->state == GATHERING && connection->message != NULL);
    memcpy(connection->original, connection->data, size);
    mask_payload(mask, connection->message, connection->data, size);
    connection->state = WHOLE;
    resolve(mask, connection);
}

/* ---- frames ---- */

/* Of a transfer without anything personal. Once it is whole, another content is that of a transfer
 * whose beginning was not recorded. */
static void plain_packet(struct connection *connection, struct can_frame_ext *frame) {
    unsigned number = frame->data[0];
    bool fits = frame->len == 8 && number >= 1 && number <= connection->packets;
    const uint8_t *place = connection->data + (fits ? number - 1u : 0) * (size_t)TRANSPORT_PACKET;
    if (!fits || (connection->seen == connection->packets &&
                  memcmp(place, frame->data + 1, TRANSPORT_PACKET) != 0)) {
        blank(frame, 1);
    } else {
        gather(connection, frame);
    }
}

static void packet(struct mask *mask, unsigned network, struct held *one) {
    struct can_frame_ext *frame = &one->frame;
    struct connection *connection =
        find(mask, network, frame->id & 0xFFu, (uint8_t)(frame->id >> 8));
    if (connection == NULL) {
        blank(frame, 1);
    } else if (connection->state == PLAIN) {
        plain_packet(connection, frame);
    } else if (connection->state != GATHERING) {
        rewrite(connection, frame);
    } else {
        gather(connection, frame);
        one->of = connection;
        hold(mask, one);
        if (connection->state != GATHERING) {
            resolve(mask, connection); /* no room: given up before this packet was held */
        } else if (connection->seen == connection->packets) {
            complete(mask, connection);
        }
        return;
    }
    hold(mask, one);
}

static void control(struct mask *mask, unsigned network, const struct held *one) {
    const struct can_frame_ext *frame = &one->frame;
    uint8_t from = frame->id & 0xFFu, to = (uint8_t)(frame->id >> 8);
    struct connection *answered = find(mask, network, to, from);
    switch (frame->len == 8 ? frame->data[0] : 0) {
    case TRANSPORT_RTS:
    case TRANSPORT_BAM:
        open_connection(mask, network, one->at_ns, frame);
        break;
    case TRANSPORT_CTS:
        if (answered != NULL && frame->data[1] > 0) {
            answered->expected = frame->data[2];
        }
        break;
    case TRANSPORT_ACK:
        close_connection(mask, answered);
        break;
    case TRANSPORT_ABORT: /* from either side */
        close_connection(mask, answered);
        close_connection(mask, find(mask, network, from, to));
        break;
    default:
        break;
    }
    hold(mask, one);
}

/* A message of its own: whole in its frame, unless it is one that never is. */
static void single(struct mask *mask, struct held *one) {
    uint32_t id = one->frame.id;
    const struct message *message =
        (id >> 16 & 0xFFu) < PF_BROADCAST ? personal_message(id >> 8 & 0x3FF00u) : NULL;
    if (message != NULL && message->transport) {
        blank(&one->frame, 0);
    } else if (message != NULL) {
        mask_payload(mask, message, one->frame.data, one->frame.len);
    }
    hold(mask, one);
}

/* A clock may stand still or jump; then MASK_HELD is the bound. */
static void give_up_old_ones(struct mask *mask, int64_t at_ns) {
    for (size_t i = 0; mask->count > 0 && i < CONNECTIONS; i++) {
        struct connection *one = &mask->connections[i];
        if (one->state == GATHERING && at_ns > one->first_ns &&
            at_ns - one->first_ns > MASK_WAIT_NS) {
            give_up(mask, one);
        }
    }
}

void mask_frame_of(struct mask *mask, unsigned network, int64_t at_ns, uint64_t mark,
                   const struct can_frame_ext *frame) {
    struct held one = {.at_ns = at_ns, .mark = mark, .frame = *frame};
    unsigned format =
        frame->extended && (frame->id & 0x03000000u) == 0 ? frame->id >> 16 & 0xFFu : PF_BROADCAST;
    give_up_old_ones(mask, at_ns);
    if (format == PF_CONTROL) {
        control(mask, network, &one);
    } else if (format == PF_PACKET) {
        packet(mask, network, &one);
    } else if (format < PF_BROADCAST) {
        single(mask, &one);
    } else {
        hold(mask, &one);
    }
}

void mask_frame(struct mask *mask, int64_t at_ns, uint64_t mark,
                const struct can_frame_ext *frame) {
    mask_frame_of(mask, 0, at_ns, mark, frame);
}

void mask_flush(struct mask *mask) {
    for (size_t i = 0; i < CONNECTIONS; i++) {
        give_up(mask, &mask->connections[i]);
    }
    release(mask);
    assert(mask->count == 0); /* whatever was held back has gone out */
}
