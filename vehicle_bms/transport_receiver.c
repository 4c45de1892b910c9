/* SPDX-License-Identifier: MIT */
#include "sim/loop.h"
#include "vehicle_bms/transport.h"
#include "vehicle_bms/transport_frames.h"

#include <assert.h>
#include <string.h>

#define LENGTH_MIN 9 /* shorter messages go in one frame */

void transport_receiver_init(struct transport_receiver *receiver, const struct transport_port *port,
                             const struct transport_timing *timing,
                             void (*received)(void *ctx, int64_t now_ns, uint32_t pgn,
                                              const uint8_t *data, size_t length)) {
    memset(receiver, 0, sizeof *receiver);
    receiver->port = *port;
    receiver->timing = *timing;
    receiver->received = received;
    receiver->packets_per_cts = 255;
    receiver->requests_max = 2;
    receiver->deadline_ns = LOOP_NEVER;
}

static void become(struct transport_receiver *receiver, enum transport_receiver_state state,
                   int64_t deadline_ns) {
    receiver->state = state;
    receiver->deadline_ns = deadline_ns;
}

static void send_abort(struct transport_receiver *receiver, int64_t now_ns, uint32_t pgn,
                       uint8_t reason) {
    const uint8_t bytes[5] = {TRANSPORT_ABORT, reason, 0xFF, 0xFF, 0xFF};
    transport_control(&receiver->port, now_ns, pgn, bytes);
}

static void hold(struct transport_receiver *receiver, int64_t now_ns) {
    const uint8_t bytes[5] = {TRANSPORT_CTS, 0, 0xFF, 0xFF, 0xFF};
    become(receiver, RECEIVER_HOLDING, now_ns + receiver->timing.th_ns);
    transport_control(&receiver->port, now_ns, receiver->pgn, bytes);
}

/* CTS for the packets from `next` on, as many as both sides allow. */
static void request(struct transport_receiver *receiver, int64_t now_ns) {
    if (receiver->hold) {
        hold(receiver, now_ns);
        return;
    }
    unsigned count = receiver->packets - receiver->next + 1u;
    assert(receiver->next >= 1 && receiver->next <= receiver->packets);
    if (count > receiver->allowed) {
        count = receiver->allowed;
    }
    if (count > receiver->packets_per_cts) {
        count = receiver->packets_per_cts;
    }
    receiver->last = (uint8_t)(receiver->next + count - 1u);
    receiver->first_of_batch = true;
    become(receiver, RECEIVER_RECEIVING, now_ns + receiver->timing.t2_ns);
    const uint8_t bytes[5] = {TRANSPORT_CTS, (uint8_t)count, (uint8_t)receiver->next, 0xFF, 0xFF};
    transport_control(&receiver->port, now_ns, receiver->pgn, bytes);
}

static void complete(struct transport_receiver *receiver, int64_t now_ns) {
    const uint8_t bytes[5] = {TRANSPORT_ACK, (uint8_t)receiver->length,
                              (uint8_t)(receiver->length >> 8), receiver->packets, 0xFF};
    become(receiver, RECEIVER_IDLE, LOOP_NEVER);
    transport_control(&receiver->port, now_ns, receiver->pgn, bytes);
    receiver->received(receiver->port.ctx, now_ns, receiver->pgn, receiver->data, receiver->length);
}

/* What is due after RTS or the last packet: at once, or after answer_ns. */
static void answer(struct transport_receiver *receiver, int64_t now_ns) {
    if (receiver->next > receiver->packets) {
        complete(receiver, now_ns);
    } else {
        request(receiver, now_ns);
    }
}

static void answer_later(struct transport_receiver *receiver, int64_t now_ns) {
    if (receiver->timing.answer_ns == 0) {
        answer(receiver, now_ns);
    } else {
        become(receiver, RECEIVER_ANSWERING, now_ns + receiver->timing.answer_ns);
    }
}

static void request_to_send(struct transport_receiver *receiver, int64_t now_ns,
                            const struct can_frame_ext *frame) {
    uint32_t pgn = transport_pgn_of(frame);
    uint16_t length = transport_length_of(frame);
    if (receiver->state != RECEIVER_IDLE && pgn != receiver->pgn) {
        send_abort(receiver, now_ns, pgn, TRANSPORT_BUSY);
        return;
    }
    if (length < LENGTH_MIN || length > TRANSPORT_LENGTH_MAX ||
        frame->data[3] != transport_packets_for(length)) {
        become(receiver, RECEIVER_IDLE, LOOP_NEVER);
        send_abort(receiver, now_ns, pgn, TRANSPORT_NO_RESOURCES);
        return;
    }
    receiver->pgn = pgn;
    receiver->length = length;
    receiver->packets = frame->data[3];
    receiver->allowed = frame->data[4] == 0 ? 255 : frame->data[4];
    receiver->next = 1;
    receiver->requests = 0;
    answer_later(receiver, now_ns);
}

static void request_again(struct transport_receiver *receiver, int64_t now_ns) {
    if (receiver->requests >= receiver->requests_max) {
        become(receiver, RECEIVER_IDLE, LOOP_NEVER);
        send_abort(receiver, now_ns, receiver->pgn, TRANSPORT_TIMEOUT);
        return;
    }
    receiver->requests++;
    request(receiver, now_ns);
}

static void packet(struct transport_receiver *receiver, int64_t now_ns,
                   const struct can_frame_ext *frame) {
    uint8_t sequence = frame->data[0];
    if (sequence < receiver->next || sequence > receiver->last) {
        return; /* a repetition, or one that nobody asked for */
    }
    if (sequence > receiver->next) {
        /* One is missing. The batch runs on; ask again when it is over (or T1 has passed). */
        if (sequence == receiver->last) {
            request_again(receiver, now_ns);
        }
        return;
    }
    size_t at = (size_t)(sequence - 1) * TRANSPORT_PACKET;
    size_t count = receiver->length - at;
    memcpy(receiver->data + at, frame->data + 1,
           count < TRANSPORT_PACKET ? count : TRANSPORT_PACKET);
    receiver->next++;
    receiver->requests = 0;
    receiver->first_of_batch = false;
    if (sequence == receiver->last) {
        answer_later(receiver, now_ns);
    } else {
        receiver->deadline_ns = now_ns + receiver->timing.t1_ns;
    }
}

void transport_receiver_frame(struct transport_receiver *receiver, int64_t now_ns,
                              const struct can_frame_ext *frame) {
    const struct transport_port *port = &receiver->port;
    if (receiver->deaf) {
        return;
    }
    if (transport_is(frame, TRANSPORT_PGN_DT, port->own, port->peer)) {
        if (receiver->state == RECEIVER_RECEIVING) {
            packet(receiver, now_ns, frame);
        }
    } else if (transport_is(frame, TRANSPORT_PGN_CM, port->own, port->peer)) {
        if (frame->data[0] == TRANSPORT_RTS) {
            request_to_send(receiver, now_ns, frame);
        } else if (frame->data[0] == TRANSPORT_ABORT && transport_pgn_of(frame) == receiver->pgn) {
            become(receiver, RECEIVER_IDLE, LOOP_NEVER);
        }
    }
}

void transport_receiver_time(struct transport_receiver *receiver, int64_t now_ns) {
    if (now_ns < receiver->deadline_ns) {
        return;
    }
    switch (receiver->state) {
    case RECEIVER_ANSWERING:
        answer(receiver, now_ns);
        break;
    case RECEIVER_HOLDING:
        request(receiver, now_ns);
        break;
    case RECEIVER_RECEIVING:
        if (receiver->first_of_batch) { /* T2: the sender is gone */
            receiver->requests = receiver->requests_max;
        }
        request_again(receiver, now_ns);
        break;
    case RECEIVER_IDLE:
        break; /* unreachable: an idle receiver has no deadline */
    }
}

void transport_receiver_release(struct transport_receiver *receiver, int64_t now_ns) {
    receiver->hold = false;
    if (receiver->state == RECEIVER_HOLDING) {
        request(receiver, now_ns);
    }
}
