/* SPDX-License-Identifier: MIT */
/* Control frames of transfers: RTS, CTS, EndOfMsgAck, Conn_Abort. */
#include "vehicle_bms/listen/internal.h"

#include "vehicle_bms/transport/frames.h"

#include <assert.h>

#define TRANSFER_SHORTEST 9
#define CONTROL_BAM       0x20

/* RTS while a transfer is open: it ends here. */
static void supersede(struct assembler *assembler, struct assembler_transfer *t,
                      const struct seen *seen, uint32_t pgn) {
    assembler_tell_deferred(assembler, t);
    if (!t->open) {
        return;
    }
    bool taken = !t->doubtful || t->allowed > 0;
    if (!t->overdue && taken) {
        struct transfer_event event =
            assembler_event_of(t, seen, pgn == t->pgn ? TRANSFER_RESTARTED : TRANSFER_INTERLEAVED,
                               assembler_sender_is_charger(assembler, t));
        event.ends = !t->complete;
        assembler_report(assembler, &event);
    }
    assembler_close(assembler, t);
    assert(!t->open && !t->gap && !t->unasked);
}

static struct assembler_request request_of(const struct seen *seen) {
    return (struct assembler_request){
        .pgn = transport_pgn_of(seen->frame),
        .length = transport_length_of(seen->frame),
        .packets = seen->frame->data[3],
        .priority = (uint8_t)(seen->frame->id >> 26),
        .first_ns = seen->at_ns,
        .first_mark = seen->mark,
    };
}

/* Faults of the RTS itself are told. False: it can begin no transfer. */
static bool can_begin(struct assembler *assembler, const struct assembler_transfer *t,
                      const struct seen *seen, const struct assembler_request *rts) {
    bool fits = rts->length > 0 && rts->length <= TRANSPORT_LENGTH_MAX;
    bool counts = fits && rts->packets == transport_packets_for(rts->length);
    bool begins = counts || (fits && rts->length >= TRANSFER_SHORTEST && rts->packets > 0);
    if (rts->length < TRANSFER_SHORTEST || !counts) {
        bool by_length = rts->length < TRANSFER_SHORTEST || !fits;
        struct transfer_event event =
            assembler_event_of(t, seen, by_length ? TRANSFER_LENGTH : TRANSFER_COUNT,
                               assembler_sender_is_charger(assembler, t));
        event.ends = !counts; /* unless the receiver takes it by its length */
        assembler_report(assembler, &event);
    }
    return begins;
}

static void open_transfer(struct assembler *assembler, struct assembler_transfer *t,
                          const struct assembler_request *rts) {
    /* In a place that is free, and with nothing told of it that is still to come. */
    assert(!t->open && t->stray == 0 && !t->unasked);
    assert(rts->length > 0 && rts->length <= TRANSPORT_LENGTH_MAX && rts->packets > 0);
    t->open = true;
    t->complete = t->held = t->asked = t->overdue = t->gap = t->left = false;
    t->pgn = rts->pgn;
    t->priority = rts->priority;
    t->length = rts->length;
    t->packets = transport_packets_for(rts->length);
    t->announced = rts->packets;
    t->doubtful = t->packets != rts->packets;
    t->next = 1;
    t->allowed = 0;
    t->first_ns = rts->first_ns;
    t->first_mark = rts->first_mark;
    t->waiting.pgn = 0;
    assembler_await(assembler, t, rts->first_ns);
}

/* RTS of another PGN in the middle of a transfer. SAE J1939-21 leaves the receiver one connection:
 * it refuses the new one and goes on, or takes it and drops the old one. */
static void leave(struct assembler *assembler, struct assembler_transfer *t,
                  const struct seen *seen, const struct assembler_request *rts) {
    assert(t->open && t->pgn != rts->pgn);
    if (!t->left) {
        struct transfer_event event = assembler_event_of(t, seen, TRANSFER_INTERLEAVED,
                                                         assembler_sender_is_charger(assembler, t));
        event.ends = true;
        assembler_report(assembler, &event);
    }
    t->left = true;
    t->waiting = *rts;
    if (!can_begin(assembler, t, seen, rts)) {
        t->waiting.pgn = 0;
    }
    assembler_step(assembler, seen);
}

static void request(struct assembler *assembler, const struct seen *seen) {
    struct assembler_transfer *t = &assembler->transfers[seen->direction];
    const struct assembler_request rts = request_of(seen);
    assembler->stats.transfers++;
    if (t->open && !t->complete && !t->overdue && rts.pgn != t->pgn) {
        leave(assembler, t, seen, &rts);
        return;
    }
    supersede(assembler, t, seen, rts.pgn);
    t->pgn = rts.pgn;
    t->acked = false;
    t->refused = !can_begin(assembler, t, seen, &rts);
    if (t->refused) {
        t->packets = rts.packets == 0 ? 1 : rts.packets;
        t->first_ns = rts.first_ns;
        t->first_mark = rts.first_mark;
        assembler->stats.transfers_broken++;
        return;
    }
    open_transfer(assembler, t, &rts);
    assembler_step(assembler, seen);
}

/* PGN 0 is no message's: it stands for none that waits. */
static bool waits_for(const struct assembler_transfer *t, uint32_t pgn) {
    return pgn != 0 && t->waiting.pgn == pgn;
}

/* The receiver has taken the new one of two: the old one is over. When it answers was not for it
 * alone to say. */
static void take_waiting(struct assembler *assembler, struct assembler_transfer *t) {
    assert(t->left && t->waiting.pgn != 0);
    const struct assembler_request rts = t->waiting;
    assembler_tell_deferred(assembler, t);
    assembler_close(assembler, t);
    open_transfer(assembler, t, &rts);
    t->overdue = true;
}

/* CTS: the receiver asks for packets, holds the connection open, or asks again for lost ones. */
static void clear_to_send(struct assembler *assembler, struct assembler_transfer *t,
                          const struct seen *seen) {
    assert(t->open && t->packets > 0);
    uint8_t count = seen->frame->data[1], first = seen->frame->data[2];
    if (!t->asked) {
        assembler_stepped(assembler, t, seen);
    }
    t->held = count == 0;
    t->asked = count != 0;
    t->fresh = true;
    if (count != 0 && (first == 0 || first > t->packets)) { /* nothing new is due */
        assembler_tell(assembler, t, seen, TRANSFER_WRONG_CTS, false, first);
    } else if (count != 0 && (first < t->next || t->gap)) {
        assembler_tell_deferred(assembler, t);
        assembler_tell(assembler, t, seen, TRANSFER_REPEATED, false, first);
        t->next = first;
        t->complete = false;
    }
    if (count != 0) {
        unsigned last = first + count - 1u;
        t->allowed = (uint16_t)(last < t->packets ? last : t->packets);
    }
    assembler_await(assembler, t, seen->at_ns);
    assembler_step(assembler, seen);
    assert(t->allowed <= t->packets && !(t->held && t->asked));
}

/* Acknowledged, so it has come: what of it is not among the frames only the capture has lost. */
static void missed(struct assembler *assembler, const struct assembler_transfer *t,
                   const struct seen *seen, enum transfer_fault fault, uint16_t packet) {
    assert(!assembler->lossless);
    struct transfer_event event =
        assembler_event_of(t, seen, fault, assembler_sender_is_charger(assembler, t));
    event.pgn = transport_pgn_of(seen->frame);
    event.ends = fault != TRANSFER_MISSED_CTS;
    event.packet = (uint8_t)packet;
    assembler_report(assembler, &event);
}

/* The receiver says that it has got what it cannot have got. */
static void unreceived(struct assembler *assembler, struct assembler_transfer *t,
                       const struct seen *seen, uint16_t packet) {
    assembler_tell_deferred(assembler, t);
    struct transfer_event event = assembler_event_of(t, seen, TRANSFER_UNRECEIVED,
                                                     !assembler_sender_is_charger(assembler, t));
    event.pgn = transport_pgn_of(seen->frame);
    event.ends = true;
    event.packet = (uint8_t)packet;
    assembler_report(assembler, &event);
}

/* Bytes and packets of EndOfMsgAck are those of the RTS; where those contradict each other, the
 * packets of either, as long as the bytes go into them. */
static bool counts_fit(const struct assembler_transfer *t, const struct can_frame_ext *ack) {
    return transport_length_of(ack) == t->length &&
           (ack->data[3] == t->packets ||
            (ack->data[3] == t->announced && t->announced > t->packets));
}

static void acknowledge_whole(struct assembler *assembler, struct assembler_transfer *t,
                              const struct seen *seen) {
    assembler_stepped(assembler, t, seen);
    if (!counts_fit(t, seen->frame)) {
        assembler_tell(assembler, t, seen, TRANSFER_ACK_COUNTS, false, 0);
    }
    if (t->unasked && !assembler->lossless) {
        missed(assembler, t, seen, TRANSFER_MISSED_CTS, t->unasked_packet);
        t->unasked = false;
    }
    assembler_tell_deferred(assembler, t);
}

static void acknowledge(struct assembler *assembler, struct assembler_transfer *t,
                        const struct seen *seen) {
    assert(t->open);
    bool whole = t->complete;
    if (whole) {
        acknowledge_whole(assembler, t, seen);
    } else if (assembler->lossless || !counts_fit(t, seen->frame)) {
        unreceived(assembler, t, seen, t->next);
    } else {
        missed(assembler, t, seen, TRANSFER_MISSED, t->next);
    }
    assembler_close(assembler, t);
    t->acked = true;
    if (whole && t->doubtful) {
        assembler_deliver(assembler, t, seen);
    } else {
        assembler_step(assembler, seen);
    }
    assert(!t->open && assembler->stats.transfers > 0);
}

/* No transfer is open. Were the packets before it those of one whose RTS has not been seen? */
static void acknowledge_stray(struct assembler *assembler, struct assembler_transfer *t,
                              const struct seen *seen) {
    assert(!t->open);
    bool same = t->packets != 0 && t->pgn == transport_pgn_of(seen->frame);
    if (t->stray > 0 && t->stray == seen->frame->data[3] && !assembler->lossless) {
        missed(assembler, t, seen, TRANSFER_MISSED_RTS, 0);
        assembler_close(assembler, t);
    } else if (t->stray == 0 && same && t->acked) {
        return;                                                  /* once more */
    } else if (assembler->lossless || (t->stray == 0 && same)) { /* refused, aborted */
        unreceived(assembler, t, seen, 0);
        assembler_close(assembler, t);
    }
}

/* The transfer that an abort of this PGN is about: its sender's own, or that of the other side. */
static struct assembler_transfer *aborted_of(struct assembler *assembler, const struct seen *seen,
                                             uint32_t pgn) {
    struct assembler_transfer *own = &assembler->transfers[seen->direction];
    struct assembler_transfer *other = &assembler->transfers[!seen->direction];
    bool of_own = (own->open && own->pgn == pgn) || waits_for(own, pgn);
    return of_own ? own : other;
}

/* Without a clock no timer runs; that nothing at all has answered the RTS when its sender gives up is
 * seen by order alone. */
static void tell_unanswered(struct assembler *assembler, const struct assembler_transfer *t,
                            const struct seen *seen) {
    assert(t->open);
    bool by_sender = (seen->direction == 1) == assembler_sender_is_charger(assembler, t);
    if (!assembler->timed && by_sender && t->allowed == 0 && !t->held && t->next == 1) {
        assembler_tell(assembler, t, seen, TRANSFER_NO_ANSWER, false, 1);
    }
}

static void abort_of(struct assembler *assembler, const struct seen *seen, uint32_t pgn) {
    struct assembler_transfer *t = aborted_of(assembler, seen, pgn);
    bool ends = t->open && t->pgn == pgn;
    bool waited = !ends && waits_for(t, pgn); /* refused: the old one may go on */
    if (ends || !t->open) {
        assembler_tell_deferred(assembler, t);
    }
    if (ends) {
        tell_unanswered(assembler, t, seen);
    }
    struct transfer_event event =
        assembler_event_of(t, seen, TRANSFER_ABORTED, seen->direction == 1);
    if (!t->open && t->refused && t->pgn == pgn) {
        event.first_ns = t->first_ns;
        event.first_mark = t->first_mark;
    }
    event.pgn = pgn;
    event.reason = seen->frame->data[1];
    event.ends = waited || (ends && !t->complete);
    assembler_report(assembler, &event);
    if (waited) {
        t->waiting.pgn = 0;
        assembler->stats.transfers_broken++;
    } else if (ends) {
        assembler_close(assembler, t);
    }
}

void assembler_control(struct assembler *assembler, const struct seen *seen) {
    assert(seen->direction < 2);
    struct assembler_transfer *asked_of = &assembler->transfers[!seen->direction];
    if (seen->frame->len < 8) {
        assembler_short_frame(assembler, seen);
        return;
    }
    uint32_t pgn = transport_pgn_of(seen->frame);
    bool matches = asked_of->open && asked_of->pgn == pgn;
    switch (seen->frame->data[0]) {
    case TRANSPORT_RTS:
        request(assembler, seen);
        break;
    case TRANSPORT_CTS:
        if (!matches && waits_for(asked_of, pgn)) {
            take_waiting(assembler, asked_of);
            matches = true;
        }
        if (matches) {
            clear_to_send(assembler, asked_of, seen);
        }
        break;
    case TRANSPORT_ACK:
        if (matches) {
            acknowledge(assembler, asked_of, seen);
        } else if (!asked_of->open) {
            acknowledge_stray(assembler, asked_of, seen);
        }
        break;
    case TRANSPORT_ABORT:
        abort_of(assembler, seen, pgn);
        assembler_step(assembler, seen);
        break;
    case CONTROL_BAM:
        assembler_tell(assembler, &assembler->transfers[seen->direction], seen, TRANSFER_BROADCAST,
                       true, 0);
        break;
    default:
        assembler_foreign(assembler, seen->at_ns, seen->mark, seen->frame);
        break;
    }
}
