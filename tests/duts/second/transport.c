/* SPDX-License-Identifier: MIT */
#include "transport.h"

#include <string.h>

enum control {
    RTS = 16,
    CTS = 17,
    END_OF_MESSAGE = 19,
    ABORT = 255,
};
enum reason {
    NO_ROOM = 2,
    TOO_LATE = 3,
    BAD_ORDER = 7,
};

#define T1_MS       750  /* between two packets */
#define T2_MS       1250 /* from CTS to the first packet */
#define REPEATS_MAX 3

static void put_pgn(uint8_t *bytes, uint32_t pgn) {
    bytes[5] = (uint8_t)pgn;
    bytes[6] = (uint8_t)(pgn >> 8);
    bytes[7] = (uint8_t)(pgn >> 16);
}

static void give_up(struct transport *transport, uint32_t pgn, enum reason reason) {
    uint8_t bytes[8] = {ABORT, (uint8_t)reason, 0xFF, 0xFF, 0xFF};
    put_pgn(bytes, pgn);
    transport->open = false;
    transport->send(transport->context, bytes);
}

static void ask(struct transport *transport, uint32_t now_ms) {
    const unsigned left = transport->packets - transport->next + 1;
    const unsigned count = left < transport->most_at_once ? left : transport->most_at_once;
    uint8_t bytes[8] = {CTS, (uint8_t)count, (uint8_t)transport->next, 0xFF, 0xFF};
    put_pgn(bytes, transport->pgn);
    transport->asked_to = transport->next + count - 1;
    transport->deadline_ms = now_ms + T2_MS;
    transport->send(transport->context, bytes);
}

static void finish(struct transport *transport) {
    uint8_t bytes[8] = {END_OF_MESSAGE, (uint8_t)transport->length,
                        (uint8_t)(transport->length >> 8), (uint8_t)transport->packets, 0xFF};
    put_pgn(bytes, transport->pgn);
    transport->open = false;
    transport->send(transport->context, bytes);
    transport->done(transport->context, transport->pgn, transport->bytes, transport->length);
}

static void open(struct transport *transport, const uint8_t data[8], uint32_t pgn,
                 uint32_t now_ms) {
    const size_t length = (size_t)data[1] | (size_t)data[2] << 8;
    if (length < 9 || length > TRANSPORT_MAX || data[3] != (length + 6) / 7) {
        give_up(transport, pgn, NO_ROOM);
        return;
    }
    transport->open = true;
    transport->pgn = pgn;
    transport->length = length;
    transport->packets = data[3];
    transport->next = 1;
    transport->repeats = 0;
    transport->most_at_once =
        data[4] == 0 || data[4] > transport->window ? transport->window : data[4];
    ask(transport, now_ms);
}

void transport_control(struct transport *transport, const uint8_t data[8], uint32_t now_ms) {
    const uint32_t pgn = (uint32_t)data[5] | (uint32_t)data[6] << 8 | (uint32_t)data[7] << 16;
    if (data[0] == RTS) {
        open(transport, data, pgn, now_ms);
    } else if (data[0] == ABORT && transport->open && transport->pgn == pgn) {
        transport->open = false;
    }
}

void transport_packet(struct transport *transport, const uint8_t data[8], uint32_t now_ms) {
    if (!transport->open || (data[0] < transport->next && data[0] != 0)) {
        return; /* not ours, or a repetition */
    }
    if (data[0] != transport->next) {
        if (++transport->repeats > REPEATS_MAX) {
            give_up(transport, transport->pgn, BAD_ORDER);
        } else {
            ask(transport, now_ms);
        }
        return;
    }
    memcpy(transport->bytes + (size_t)(transport->next - 1) * 7, data + 1, 7);
    transport->deadline_ms = now_ms + T1_MS;
    if (transport->next == transport->packets) {
        finish(transport);
        return;
    }
    transport->next++;
    if (transport->next > transport->asked_to) {
        ask(transport, now_ms);
    }
}

void transport_time(struct transport *transport, uint32_t now_ms) {
    if (transport->open && (int32_t)(now_ms - transport->deadline_ms) > 0) {
        give_up(transport, transport->pgn, TOO_LATE);
    }
}
