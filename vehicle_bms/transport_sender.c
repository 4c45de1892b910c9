/* SPDX-License-Identifier: MIT */
#include "sim/loop.h"
#include "vehicle_bms/messages.h"
#include "vehicle_bms/transport.h"
#include "vehicle_bms/transport_frames.h"

#include <assert.h>
#include <string.h>

void transport_sender_init(struct transport_sender *sender, const struct transport_port *port,
                           const struct transport_timing *timing,
                           void (*finished)(void *ctx, int64_t now_ns, uint32_t pgn,
                                            enum transport_result result)) {
    memset(sender, 0, sizeof *sender);
    sender->port = *port;
    sender->timing = *timing;
    sender->finished = finished;
    sender->deadline_ns = LOOP_NEVER;
}

static void become(struct transport_sender *sender, enum transport_sender_state state,
                   int64_t deadline_ns) {
    sender->state = state;
    sender->deadline_ns = deadline_ns;
}

static void finish(struct transport_sender *sender, int64_t now_ns, enum transport_result result) {
    become(sender, SENDER_IDLE, LOOP_NEVER);
    if (sender->finished != NULL) {
        sender->finished(sender->port.ctx, now_ns, sender->pgn, result);
    }
}

static void send_abort(struct transport_sender *sender, int64_t now_ns, uint8_t reason) {
    const uint8_t bytes[5] = {TRANSPORT_ABORT, reason, 0xFF, 0xFF, 0xFF};
    transport_control(&sender->port, now_ns, sender->pgn, bytes);
}

int transport_send(struct transport_sender *sender, int64_t now_ns, uint32_t pgn,
                   const uint8_t *data, size_t length) {
    if (sender->state != SENDER_IDLE || length == 0 || length > TRANSPORT_LENGTH_MAX) {
        return -1;
    }
    memcpy(sender->data, data, length);
    sender->pgn = pgn;
    sender->length = (uint16_t)length;
    sender->packets = transport_packets_for(length);
    sender->next = 1;
    sender->acted = false;
    become(sender, SENDER_WAIT_CTS, now_ns + sender->timing.t3_ns);
    const uint8_t bytes[5] = {TRANSPORT_RTS, (uint8_t)length, (uint8_t)(length >> 8),
                              sender->packets, 0xFF};
    transport_control(&sender->port, now_ns, pgn, bytes);
    return 0;
}

static void clear_to_send(struct transport_sender *sender, int64_t now_ns, unsigned count,
                          unsigned first) {
    if (count == 0) {
        become(sender, SENDER_HELD, now_ns + sender->timing.t4_ns);
        return;
    }
    if (first == 0 || first > sender->packets) {
        return; /* asks for what does not exist: T3 goes on */
    }
    if (sender->fault == TRANSPORT_DEAF ||
        (sender->fault == TRANSPORT_STOPS && sender->at_packet == 0)) {
        finish(sender, now_ns, TRANSPORT_BROKEN);
        return;
    }
    unsigned last = first + count - 1;
    sender->next = (uint8_t)first;
    sender->last = (uint8_t)(last < sender->packets ? last : sender->packets);
    become(sender, SENDER_SENDING, now_ns + sender->timing.dt_gap_ns);
}

void transport_sender_frame(struct transport_sender *sender, int64_t now_ns,
                            const struct can_frame_ext *frame) {
    const struct transport_port *port = &sender->port;
    if (sender->state == SENDER_IDLE ||
        !transport_is(frame, TRANSPORT_PGN_CM, port->own, port->peer) ||
        transport_pgn_of(frame) != sender->pgn) {
        return;
    }
    uint8_t reason = frame->data[1];
    switch (frame->data[0]) {
    case TRANSPORT_CTS:
        clear_to_send(sender, now_ns, frame->data[1], frame->data[2]);
        break;
    case TRANSPORT_ACK:
        finish(sender, now_ns, TRANSPORT_DONE);
        break;
    case TRANSPORT_ABORT:
        finish(sender, now_ns,
               reason >= TRANSPORT_BUSY && reason <= TRANSPORT_TIMEOUT
                   ? (enum transport_result)reason
                   : TRANSPORT_ABORTED);
        break;
    default:
        break;
    }
}

static void send_packet(struct transport_sender *sender, int64_t now_ns, uint8_t sequence) {
    const struct transport_port *port = &sender->port;
    struct can_frame_ext frame = {
        .id = message_frame_id(TRANSPORT_PRIORITY, TRANSPORT_PGN_DT, port->peer, port->own),
        .extended = true,
        .len = 8,
    };
    size_t from = (size_t)(sender->next - 1) * TRANSPORT_PACKET;
    size_t count = sender->length - from;
    assert(from < sender->length);
    frame.data[0] = sequence;
    memset(frame.data + 1, 0xFF, TRANSPORT_PACKET);
    memcpy(frame.data + 1, sender->data + from,
           count < TRANSPORT_PACKET ? count : TRANSPORT_PACKET);
    port->send(port->ctx, now_ns, &frame);
}

/* The next packet of the batch, bent by the fault when it is the packet's turn. False: the transfer
 * has ended. */
static bool send_next(struct transport_sender *sender, int64_t now_ns) {
    bool turn = sender->next == sender->at_packet;
    enum transport_fault fault = turn ? sender->fault : TRANSPORT_SOUND;
    bool skip = fault == TRANSPORT_SKIPS && !sender->acted;
    if (!skip) {
        unsigned wrong = fault == TRANSPORT_WRONG_SEQUENCE ? 1 : 0;
        send_packet(sender, now_ns, (uint8_t)(sender->next + wrong));
    }
    if (fault == TRANSPORT_DOUBLES && !sender->acted) {
        send_packet(sender, now_ns, sender->next);
    }
    sender->acted = sender->acted || turn;
    if (fault == TRANSPORT_ABORTS) {
        send_abort(sender, now_ns, TRANSPORT_NO_RESOURCES);
    }
    if (fault == TRANSPORT_ABORTS || fault == TRANSPORT_STOPS) {
        finish(sender, now_ns, TRANSPORT_BROKEN);
        return false;
    }
    return true;
}

void transport_sender_time(struct transport_sender *sender, int64_t now_ns) {
    if (now_ns < sender->deadline_ns) {
        return;
    }
    if (sender->state != SENDER_SENDING) {
        send_abort(sender, now_ns, TRANSPORT_TIMEOUT);
        finish(sender, now_ns, TRANSPORT_TIMEOUT);
        return;
    }
    if (!send_next(sender, now_ns)) {
        return;
    }
    if (sender->next == sender->last) {
        become(sender, SENDER_WAIT_CTS, now_ns + sender->timing.t3_ns);
    } else {
        sender->next++;
        sender->deadline_ns = now_ns + sender->timing.dt_gap_ns;
    }
}

void transport_sender_abort(struct transport_sender *sender, int64_t now_ns, uint8_t reason) {
    if (sender->state == SENDER_IDLE) {
        return;
    }
    if (reason != 0) {
        send_abort(sender, now_ns, reason);
    }
    become(sender, SENDER_IDLE, LOOP_NEVER);
}
