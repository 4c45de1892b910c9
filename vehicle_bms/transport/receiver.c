/* SPDX-License-Identifier: MIT */
#include "sim/loop.h"
#include "vehicle_bms/transport/frames.h"
#include "vehicle_bms/transport/transport.h"

#include <assert.h>
#include <string.h>

#define LENGTH_MIN  9                 /* shorter messages go in one frame */
#define TOO_LATE_NS (100 * NS_PER_MS) /* of RECEPTION_LATE: past the sender's patience */

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
    assert((state == RECEIVER_IDLE) == (deadline_ns == LOOP_NEVER));
    /* The packet that has to come is one of the batch that was asked for. */
    assert(state != RECEIVER_RECEIVING ||
           (receiver->next >= 1 && receiver->next <= receiver->last &&
            receiver->last <= receiver->packets));
}

static void fail(const struct transport_receiver *receiver, int64_t now_ns, uint32_t pgn,
                 enum transport_result result) {
    if (receiver->failed != NULL) {
        receiver->failed(receiver->port.ctx, now_ns, pgn, result);
    }
}

/* Refuses a connection or data that is not the present transfer's: that one goes on. */
static void refuse(struct transport_receiver *receiver, int64_t now_ns, uint32_t pgn,
                   uint8_t reason) {
    assert(reason != 0);
    receiver->reason = reason;
    receiver->by_peer = false;
    transport_abort(&receiver->port, now_ns, pgn, reason);
    fail(receiver, now_ns, pgn, (enum transport_result)reason);
}

static void abort_transfer(struct transport_receiver *receiver, int64_t now_ns, uint8_t reason) {
    become(receiver, RECEIVER_IDLE, LOOP_NEVER);
    refuse(receiver, now_ns, receiver->pgn, reason);
}

/* On purpose, after packet `after`; 0: instead of the answer to RTS. */
static bool aborts_after(struct transport_receiver *receiver, int64_t now_ns, unsigned after) {
    if (receiver->fault != RECEPTION_ABORTS || receiver->at != after) {
        return false;
    }
    become(receiver, RECEIVER_IDLE, LOOP_NEVER);
    receiver->reason =
        receiver->abort_reason != 0 ? receiver->abort_reason : TRANSPORT_NO_RESOURCES;
    transport_abort(&receiver->port, now_ns, receiver->pgn, receiver->reason);
    fail(receiver, now_ns, receiver->pgn, TRANSPORT_BROKEN);
    return true;
}

/* ---- answers ---- */

static void send_cts(const struct transport_receiver *receiver, int64_t now_ns, unsigned count,
                     unsigned first) {
    assert(count <= 255 && receiver->state != RECEIVER_IDLE);
    const uint8_t bytes[5] = {TRANSPORT_CTS, (uint8_t)count, (uint8_t)first, 0xFF, 0xFF};
    transport_control(&receiver->port, now_ns, receiver->pgn, bytes);
}

/* True as often as the owner or the fault wants it. */
static bool has_to_hold(const struct transport_receiver *receiver) {
    unsigned wanted = receiver->at != 0 ? receiver->at : 1;
    return receiver->hold || receiver->fault == RECEPTION_HOLDS_EVER ||
           (receiver->fault == RECEPTION_HOLDS && receiver->holds < wanted);
}

static unsigned batch(const struct transport_receiver *receiver) {
    unsigned count = receiver->packets - receiver->next + 1u;
    unsigned most = receiver->packets_per_cts;
    if (receiver->fault == RECEPTION_BATCHES) {
        most = receiver->at != 0 ? receiver->at : 1;
    }
    most = most < receiver->allowed ? most : receiver->allowed;
    most = most == 0 ? 1 : most; /* no packets would be a hold */
    count = count < most ? count : most;
    assert(count >= 1 && receiver->next + count - 1u <= receiver->packets);
    return count;
}

/* CTS for the packets from `next` on, as many as both sides allow. */
static void request(struct transport_receiver *receiver, int64_t now_ns) {
    if (has_to_hold(receiver)) {
        receiver->holds++;
        become(receiver, RECEIVER_HOLDING, now_ns + receiver->timing.th_ns);
        send_cts(receiver, now_ns, 0, 0xFF);
        return;
    }
    assert(receiver->next >= 1 && receiver->next <= receiver->packets);
    unsigned count = batch(receiver), first = receiver->next;
    receiver->last = (uint8_t)(receiver->next + count - 1u);
    receiver->first_of_batch = true;
    become(receiver, RECEIVER_RECEIVING, now_ns + receiver->timing.t2_ns);
    if (receiver->fault == RECEPTION_WRONG_CTS) {
        first = receiver->at != 0 ? receiver->at : receiver->packets + 1u;
    }
    send_cts(receiver, now_ns, count, first);
}

/* Every packet is there. */
static void complete(struct transport_receiver *receiver, int64_t now_ns) {
    const uint8_t bytes[5] = {TRANSPORT_ACK, (uint8_t)receiver->length,
                              (uint8_t)(receiver->length >> 8), receiver->packets, 0xFF};
    if (receiver->fault == RECEPTION_ASKS_AGAIN && !receiver->acted) {
        unsigned again = receiver->at >= 1 && receiver->at <= receiver->packets ? receiver->at : 1;
        receiver->acted = true;
        receiver->next = (uint16_t)again;
        receiver->last = (uint8_t)again;
        receiver->first_of_batch = true;
        become(receiver, RECEIVER_RECEIVING, now_ns + receiver->timing.t2_ns);
        send_cts(receiver, now_ns, 1, again);
        return;
    }
    assert(receiver->next == receiver->packets + 1u);
    assert(receiver->length <= (size_t)receiver->packets * TRANSPORT_PACKET);
    become(receiver, RECEIVER_IDLE, LOOP_NEVER);
    if (receiver->fault != RECEPTION_NO_ACK) {
        transport_control(&receiver->port, now_ns, receiver->pgn, bytes);
    }
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
    int64_t later_ns = receiver->fault == RECEPTION_LATE ? receiver->timing.t3_ns + TOO_LATE_NS
                                                         : receiver->timing.answer_ns;
    if (later_ns == 0) {
        answer(receiver, now_ns);
    } else {
        become(receiver, RECEIVER_ANSWERING, now_ns + later_ns);
    }
}

/* ---- connection ---- */

/* 0: the connection can be accepted. */
static uint8_t refusal(const struct can_frame_ext *rts) {
    uint16_t length = transport_length_of(rts);
    if (length > TRANSPORT_LENGTH_MAX) {
        return TRANSPORT_TOO_LONG;
    }
    if (length < LENGTH_MIN || rts->data[3] != transport_packets_for(length)) {
        return TRANSPORT_OTHER; /* the standard's table has no reason of its own for these */
    }
    return 0;
}

static void request_to_send(struct transport_receiver *receiver, int64_t now_ns,
                            const struct can_frame_ext *frame) {
    uint32_t pgn = transport_pgn_of(frame);
    if (receiver->state != RECEIVER_IDLE && pgn != receiver->pgn) {
        refuse(receiver, now_ns, pgn, TRANSPORT_BUSY);
        return;
    }
    /* The same again: the sender starts over, with what it announces now. */
    receiver->pgn = pgn;
    uint8_t reason = refusal(frame);
    if (reason != 0) {
        abort_transfer(receiver, now_ns, reason);
        return;
    }
    receiver->length = transport_length_of(frame);
    assert(receiver->length >= LENGTH_MIN && receiver->length <= TRANSPORT_LENGTH_MAX);
    receiver->packets = frame->data[3];
    receiver->allowed = frame->data[4] == 0 ? 255 : frame->data[4];
    receiver->next = 1;
    receiver->requests = 0;
    receiver->holds = 0;
    receiver->acted = false;
    receiver->by_peer = false;
    receiver->reason = 0;
    if (!aborts_after(receiver, now_ns, 0)) {
        answer_later(receiver, now_ns);
    }
}

/* Something is missing. `reason`: of the abort when it may not be asked for at all. */
static void request_again(struct transport_receiver *receiver, int64_t now_ns, uint8_t reason) {
    assert(receiver->state == RECEIVER_RECEIVING);
    if (receiver->requests >= receiver->requests_max) {
        abort_transfer(receiver, now_ns,
                       receiver->requests_max == 0 ? reason : TRANSPORT_RETRANSMIT_LIMIT);
        return;
    }
    receiver->requests++;
    request(receiver, now_ns);
}

/* ---- packets ---- */

static void keep(struct transport_receiver *receiver, const struct can_frame_ext *frame) {
    size_t at = (size_t)(frame->data[0] - 1) * TRANSPORT_PACKET;
    assert(frame->data[0] >= 1 && at < receiver->length);
    size_t count = receiver->length - at;
    memcpy(receiver->data + at, frame->data + 1,
           count < TRANSPORT_PACKET ? count : TRANSPORT_PACKET);
}

static void packet_in_order(struct transport_receiver *receiver, int64_t now_ns,
                            const struct can_frame_ext *frame) {
    uint8_t sequence = frame->data[0];
    assert(sequence == receiver->next && sequence <= receiver->last);
    keep(receiver, frame);
    receiver->next++;
    receiver->requests = 0;
    receiver->first_of_batch = false;
    if (aborts_after(receiver, now_ns, sequence)) {
        return;
    }
    if (receiver->fault == RECEPTION_CTS_BETWEEN && receiver->at == sequence &&
        sequence != receiver->last && !receiver->acted) {
        receiver->acted = true;
        request(receiver, now_ns);
    } else if (receiver->acted && receiver->fault == RECEPTION_ASKS_AGAIN) {
        receiver->next = (uint16_t)(receiver->packets + 1u); /* the rest had come before */
        answer_later(receiver, now_ns);
    } else if (sequence == receiver->last) {
        answer_later(receiver, now_ns);
    } else {
        receiver->deadline_ns = now_ns + receiver->timing.t1_ns;
    }
}

static void packet(struct transport_receiver *receiver, int64_t now_ns,
                   const struct can_frame_ext *frame) {
    uint8_t sequence = frame->data[0];
    if (sequence < receiver->next || sequence > receiver->last) {
        /* A repetition, or one that nobody asked for. */
        if (receiver->strict) {
            abort_transfer(receiver, now_ns,
                           sequence != 0 && sequence < receiver->next ? TRANSPORT_DUPLICATE_SEQUENCE
                                                                      : TRANSPORT_BAD_SEQUENCE);
        }
        return;
    }
    if (sequence == receiver->next) {
        packet_in_order(receiver, now_ns, frame);
    } else if (receiver->strict) {
        abort_transfer(receiver, now_ns, TRANSPORT_BAD_SEQUENCE);
    } else if (sequence == receiver->last) {
        /* One is missing. The batch ran on; ask again now that it is over (or T1 has passed). */
        request_again(receiver, now_ns, TRANSPORT_BAD_SEQUENCE);
    }
}

void transport_receiver_frame(struct transport_receiver *receiver, int64_t now_ns,
                              const struct can_frame_ext *frame) {
    const struct transport_port *port = &receiver->port;
    if (receiver->fault == RECEPTION_DEAF) {
        return;
    }
    if (transport_is(frame, TRANSPORT_PGN_DT, port->own, port->peer)) {
        if (receiver->state == RECEIVER_RECEIVING) {
            packet(receiver, now_ns, frame);
        } else if (receiver->strict) {
            abort_transfer(receiver, now_ns, TRANSPORT_UNEXPECTED_DATA);
        }
    } else if (transport_is(frame, TRANSPORT_PGN_CM, port->own, port->peer)) {
        if (frame->data[0] == TRANSPORT_RTS) {
            request_to_send(receiver, now_ns, frame);
        } else if (frame->data[0] == TRANSPORT_ABORT && receiver->state != RECEIVER_IDLE &&
                   transport_pgn_of(frame) == receiver->pgn) {
            become(receiver, RECEIVER_IDLE, LOOP_NEVER);
            receiver->by_peer = true;
            receiver->reason = frame->data[1];
            fail(receiver, now_ns, receiver->pgn, transport_result_of(frame->data[1]));
        }
    }
}

/* ---- time ---- */

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
            abort_transfer(receiver, now_ns, TRANSPORT_TIMEOUT);
        } else {
            request_again(receiver, now_ns, TRANSPORT_TIMEOUT);
        }
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
