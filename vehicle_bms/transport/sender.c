/* SPDX-License-Identifier: MIT */
#include "sim/loop.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/frames.h"
#include "vehicle_bms/transport/transport.h"

#include <assert.h>
#include <string.h>

#define TOO_SLOW_NS (100 * NS_PER_MS) /* of TRANSPORT_SLOW: past the receiver's patience */
#define PGN_BCP     0x0600u           /* of TRANSPORT_INTERLEAVES; any other than the transfer's */
#define PGN_BCS     0x1100u

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
    /* Whoever waits or sends has a time at which it goes on; an idle one has none. */
    assert((state == SENDER_IDLE) == (deadline_ns == LOOP_NEVER));
    assert(state != SENDER_SENDING ||
           (sender->next >= 1 && sender->next <= sender->last && sender->last <= sender->packets));
}

static void finish(struct transport_sender *sender, int64_t now_ns, enum transport_result result) {
    assert(sender->state != SENDER_IDLE); /* a transfer ends once */
    become(sender, SENDER_IDLE, LOOP_NEVER);
    sender->idle_ns = now_ns;
    if (sender->finished != NULL) {
        sender->finished(sender->port.ctx, now_ns, sender->pgn, result);
    }
}

static void abort_transfer(struct transport_sender *sender, int64_t now_ns, uint8_t reason,
                           enum transport_result result) {
    sender->reason = reason;
    transport_abort(&sender->port, now_ns, sender->pgn, reason);
    finish(sender, now_ns, result);
}

/* ---- frames ---- */

static void send_rts(struct transport_sender *sender, int64_t now_ns) {
    unsigned length = sender->length, packets = sender->packets;
    if (sender->fault == TRANSPORT_WRONG_LENGTH) {
        length = sender->at != 0 ? sender->at : TRANSPORT_LENGTH_MAX + 1u;
    } else if (sender->fault == TRANSPORT_WRONG_COUNT) {
        packets = sender->at != 0 ? sender->at : packets + 1u;
    }
    const uint8_t bytes[5] = {TRANSPORT_RTS, (uint8_t)length, (uint8_t)(length >> 8),
                              (uint8_t)packets, 0xFF};
    become(sender, SENDER_WAIT_CTS, now_ns + sender->timing.t3_ns);
    transport_control(&sender->port, now_ns, sender->pgn, bytes);
}

static void send_foreign_rts(const struct transport_sender *sender, int64_t now_ns) {
    assert(sender->state != SENDER_IDLE);
    const uint8_t bytes[5] = {TRANSPORT_RTS, 13, 0, 2, 0xFF};
    transport_control(&sender->port, now_ns, sender->pgn == PGN_BCP ? PGN_BCS : PGN_BCP, bytes);
}

static void send_packet(const struct transport_sender *sender, int64_t now_ns, unsigned number,
                        uint8_t sequence) {
    const struct transport_port *port = &sender->port;
    struct can_frame_ext frame = {
        .id = message_frame_id(TRANSPORT_PRIORITY, TRANSPORT_PGN_DT, port->peer, port->own),
        .extended = true,
        .len = 8,
    };
    size_t from = (size_t)(number - 1) * TRANSPORT_PACKET;
    size_t count = sender->length - from;
    assert(number >= 1 && from < sender->length);
    frame.data[0] = sequence;
    memset(frame.data + 1, 0xFF, TRANSPORT_PACKET);
    memcpy(frame.data + 1, sender->data + from,
           count < TRANSPORT_PACKET ? count : TRANSPORT_PACKET);
    port->send(port->ctx, now_ns, &frame);
}

/* ---- faults ---- */

/* What the fault does after packet `after` has gone out; 0: after RTS. False: the transfer does not
 * go on from there. */
static bool act_after(struct transport_sender *sender, int64_t now_ns, unsigned after) {
    if (after != sender->at || sender->acted) {
        return true;
    }
    switch (sender->fault) {
    case TRANSPORT_ABORTS:
        abort_transfer(sender, now_ns,
                       sender->abort_reason != 0 ? sender->abort_reason : TRANSPORT_NO_RESOURCES,
                       TRANSPORT_BROKEN);
        return false;
    case TRANSPORT_STOPS:
        if (after == 0) {
            return true; /* it is the answer to CTS that stays away */
        }
        finish(sender, now_ns, TRANSPORT_BROKEN);
        return false;
    case TRANSPORT_REPEATS_RTS:
        sender->acted = true;
        send_rts(sender, now_ns);
        return false;
    case TRANSPORT_INTERLEAVES:
        sender->acted = true;
        send_foreign_rts(sender, now_ns);
        return true;
    default:
        return true;
    }
}

/* From one packet to packet `next`. */
static int64_t gap_ns(const struct transport_sender *sender, bool first_of_batch) {
    assert(sender->next >= 1 && sender->next <= sender->packets);
    if (sender->fault == TRANSPORT_BURST) {
        return 0;
    }
    if (sender->fault == TRANSPORT_SLOW && sender->next == sender->at && !sender->acted) {
        return (first_of_batch ? sender->timing.t2_ns : sender->timing.t1_ns) + TOO_SLOW_NS;
    }
    return sender->timing.dt_gap_ns;
}

/* Which packet goes out when it is the turn of `next`. */
static unsigned packet_in_turn(const struct transport_sender *sender) {
    unsigned turn = sender->next;
    bool pair = sender->at >= 1 && sender->at < sender->last;
    if (sender->fault != TRANSPORT_REORDERS || sender->acted || !pair) {
        return turn;
    }
    assert(sender->at + 1u <= sender->packets); /* both of the pair are there */
    return turn == sender->at ? turn + 1u : turn == sender->at + 1u ? turn - 1u : turn;
}

/* ---- the transfer ---- */

int transport_send(struct transport_sender *sender, int64_t now_ns, uint32_t pgn,
                   const uint8_t *data, size_t length) {
    if (sender->state != SENDER_IDLE || length == 0 || length > TRANSPORT_LENGTH_MAX) {
        return -1;
    }
    memcpy(sender->data, data, length);
    sender->pgn = pgn;
    sender->length = (uint16_t)length;
    sender->packets = transport_packets_for(length);
    assert(sender->packets >= 1 && (size_t)sender->packets * TRANSPORT_PACKET >= length &&
           (size_t)(sender->packets - 1) * TRANSPORT_PACKET < length);
    sender->next = 1;
    sender->acted = false;
    sender->by_peer = false;
    sender->reason = 0;
    if (sender->fault == TRANSPORT_UNASKED) {
        unsigned number = sender->at >= 1 && sender->at <= sender->packets ? sender->at : 1;
        send_packet(sender, now_ns, number, (uint8_t)number);
    }
    send_rts(sender, now_ns);
    (void)act_after(sender, now_ns, 0);
    return 0;
}

static void clear_to_send(struct transport_sender *sender, int64_t now_ns, unsigned count,
                          unsigned first) {
    assert(sender->state != SENDER_IDLE);
    if (sender->strict && sender->state == SENDER_SENDING) {
        abort_transfer(sender, now_ns, TRANSPORT_CTS_WHILE_SENDING, TRANSPORT_CTS_WHILE_SENDING);
        return;
    }
    if (count == 0) {
        become(sender, SENDER_HELD, now_ns + sender->timing.t4_ns);
        return;
    }
    if (first == 0 || first > sender->packets) {
        return; /* asks for what does not exist: T3 goes on */
    }
    if (sender->fault == TRANSPORT_DEAF || (sender->fault == TRANSPORT_STOPS && sender->at == 0)) {
        finish(sender, now_ns, TRANSPORT_BROKEN);
        return;
    }
    unsigned last = first + count - 1;
    if (sender->fault == TRANSPORT_REORDERS && sender->state == SENDER_SENDING &&
        sender->next == sender->at + 1u) {
        sender->acted = true; /* asked again between the two */
    }
    sender->next = (uint8_t)first;
    sender->last = (uint8_t)(last < sender->packets ? last : sender->packets);
    become(sender, SENDER_SENDING, now_ns + gap_ns(sender, true));
}

void transport_sender_frame(struct transport_sender *sender, int64_t now_ns,
                            const struct can_frame_ext *frame) {
    const struct transport_port *port = &sender->port;
    if (sender->state == SENDER_IDLE ||
        !transport_is(frame, TRANSPORT_PGN_CM, port->own, port->peer) ||
        transport_pgn_of(frame) != sender->pgn) {
        return;
    }
    switch (frame->data[0]) {
    case TRANSPORT_CTS:
        clear_to_send(sender, now_ns, frame->data[1], frame->data[2]);
        break;
    case TRANSPORT_ACK:
        finish(sender, now_ns, TRANSPORT_DONE);
        break;
    case TRANSPORT_ABORT:
        sender->by_peer = true;
        sender->reason = frame->data[1];
        finish(sender, now_ns, transport_result_of(frame->data[1]));
        break;
    default:
        break;
    }
}

/* The next packet of the batch, with the fault when it is the turn of its packet. False: it does not
 * go on from there. */
static bool send_next(struct transport_sender *sender, int64_t now_ns) {
    unsigned turn = sender->next;
    assert(turn >= 1 && turn <= sender->last && sender->last <= sender->packets);
    bool faulty = turn == sender->at;
    enum transport_fault fault = faulty ? sender->fault : TRANSPORT_SOUND;
    if (fault != TRANSPORT_SKIPS || sender->acted) {
        unsigned number = packet_in_turn(sender);
        unsigned wrong = fault == TRANSPORT_WRONG_SEQUENCE ? 1 : 0;
        send_packet(sender, now_ns, number, (uint8_t)(number + wrong));
    }
    if (fault == TRANSPORT_DOUBLES && !sender->acted) {
        send_packet(sender, now_ns, turn, (uint8_t)turn);
    }
    if (!act_after(sender, now_ns, turn)) {
        return false;
    }
    /* Reordering ends with the packet that follows; all others with their own. */
    sender->acted =
        sender->acted || (sender->fault == TRANSPORT_REORDERS ? turn == sender->at + 1u
                                                              : faulty && fault != TRANSPORT_SOUND);
    return true;
}

void transport_sender_time(struct transport_sender *sender, int64_t now_ns) {
    if (now_ns < sender->deadline_ns) {
        return;
    }
    assert(sender->state != SENDER_IDLE); /* an idle one has no deadline */
    if (sender->state != SENDER_SENDING) {
        abort_transfer(sender, now_ns, TRANSPORT_TIMEOUT, TRANSPORT_TIMEOUT);
        return;
    }
    if (!send_next(sender, now_ns)) {
        return;
    }
    assert(sender->state == SENDER_SENDING); /* whatever ends it has returned false */
    if (sender->next == sender->last) {
        become(sender, SENDER_WAIT_CTS, now_ns + sender->timing.t3_ns);
    } else {
        sender->next++;
        sender->deadline_ns = now_ns + gap_ns(sender, false);
    }
}

void transport_sender_abort(struct transport_sender *sender, int64_t now_ns, uint8_t reason) {
    if (sender->state == SENDER_IDLE) {
        return;
    }
    if (reason != 0) {
        transport_abort(&sender->port, now_ns, sender->pgn, reason);
    }
    sender->reason = reason;
    sender->idle_ns = now_ns;
    become(sender, SENDER_IDLE, LOOP_NEVER);
}
