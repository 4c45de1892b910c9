/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/listen/assembler.h"

#include "sim/loop.h"
#include "vehicle_bms/transport/frames.h"

#include <assert.h>
#include <string.h>

#define TRANSFER_SHORTEST 9
#define CONTROL_BAM       0x20
#define ADDRESS_ALL       0xFF

/* One frame on its way through the assembler. */
struct seen {
    int64_t at_ns;
    uint64_t mark;
    const struct can_frame_ext *frame;
    unsigned direction; /* index of struct assembler.transfers of its sender */
};

void assembler_init(struct assembler *assembler, enum edition edition,
                    const struct transport_timing *timing,
                    const struct assembler_listener *listener) {
    *assembler = (struct assembler){.edition = edition, .listener = *listener};
    if (timing != NULL) {
        assembler->timed = true;
        assembler->timing = *timing;
    }
    assembler->transfers[0].deadline_ns = assembler->transfers[1].deadline_ns = LOOP_NEVER;
}

/* What holds for a transfer between two frames, whatever the frames say. */
static bool consistent(const struct assembler_transfer *t) {
    if (!t->open) {
        return !t->gap && (t->stray > 0) == t->unasked;
    }
    return t->length >= 1 && t->length <= TRANSPORT_LENGTH_MAX &&
           t->packets == transport_packets_for(t->length) && t->next >= 1 &&
           t->next <= t->packets + 1u && t->allowed <= t->packets && t->stray == 0 &&
           t->complete == (t->next == t->packets + 1u);
}

static void report(struct assembler *assembler, const struct transfer_event *event) {
    if (assembler->listener.fault != NULL) {
        assembler->listener.fault(assembler->listener.ctx, event);
    }
}

/* What is known of a fault of transfer t that the present frame shows. */
static struct transfer_event event_of(const struct assembler_transfer *t, const struct seen *seen,
                                      enum transfer_fault fault, bool by_charger) {
    return (struct transfer_event){
        .fault = fault,
        .by_charger = by_charger,
        .pgn = t->pgn,
        .at_ns = seen->at_ns,
        .mark = seen->mark,
        .first_ns = t->open ? t->first_ns : seen->at_ns,
        .first_mark = t->open ? t->first_mark : seen->mark,
    };
}

static bool sender_is_charger(const struct assembler *assembler,
                              const struct assembler_transfer *t) {
    return t == &assembler->transfers[1];
}

static void tell(struct assembler *assembler, const struct assembler_transfer *t,
                 const struct seen *seen, enum transfer_fault fault, bool by_sender,
                 uint8_t packet) {
    bool by_charger = sender_is_charger(assembler, t) == by_sender;
    struct transfer_event event = event_of(t, seen, fault, by_charger);
    event.packet = packet;
    report(assembler, &event);
}

/* What could have been the capture's loss was none: a packet out of its order was lost on its way,
 * one without CTS had not been asked for. */
static void tell_deferred(struct assembler *assembler, struct assembler_transfer *t) {
    if (t->unasked) {
        struct seen then = {.at_ns = t->unasked_ns, .mark = t->unasked_mark};
        t->unasked = false;
        t->stray = 0;
        tell(assembler, t, &then, TRANSFER_UNASKED, true, t->unasked_packet);
    }
    if (t->gap) {
        struct seen then = {.at_ns = t->gap_ns, .mark = t->gap_mark};
        t->gap = false;
        tell(assembler, t, &then, TRANSFER_SEQUENCE, true, t->gap_packet);
    }
}

static void close_transfer(struct assembler *assembler, struct assembler_transfer *t) {
    if (t->open && !t->complete) {
        assembler->stats.transfers_broken++;
    }
    t->open = false;
    t->gap = t->unasked = false;
    t->stray = 0;
    t->deadline_ns = LOOP_NEVER;
}

/* ---- timers ---- */

/* The limit of the step that has to come next, the side it binds, and the fault when it runs
 * out. */
static int64_t next_limit(const struct assembler *assembler, const struct assembler_transfer *t,
                          bool *by_sender, enum transfer_fault *fault) {
    const struct transport_timing *timing = &assembler->timing;
    *by_sender = t->asked && !t->complete;
    if (t->held) {
        *fault = TRANSFER_HELD;
        return timing->t4_ns;
    }
    if (!*by_sender) {
        *fault = TRANSFER_NO_ANSWER;
        return timing->t3_ns;
    }
    *fault = t->fresh ? TRANSFER_NO_PACKET : TRANSFER_GAP;
    return t->fresh ? timing->t2_ns : timing->t1_ns;
}

static void tell_time(struct assembler *assembler, const struct assembler_transfer *t,
                      const struct seen *seen, enum transfer_fault fault, bool by_sender) {
    bool by_charger = sender_is_charger(assembler, t) == by_sender;
    struct transfer_event event = event_of(t, seen, fault, by_charger);
    event.late_ns = seen->at_ns - t->last_ns;
    event.packet = (uint8_t)(t->complete ? 0 : t->next);
    report(assembler, &event);
}

/* A timer has run out. The transfer stays open: whoever goes on in spite of it is still heard. */
static void check_deadline(struct assembler *assembler, struct assembler_transfer *t,
                           const struct seen *seen) {
    enum transfer_fault fault;
    bool by_sender;
    if (t->deadline_ns == LOOP_NEVER || seen->at_ns - assembler->resolution_ns <= t->deadline_ns) {
        return;
    }
    t->deadline_ns = LOOP_NEVER;
    tell_deferred(assembler, t);
    if (t->open) {
        next_limit(assembler, t, &by_sender, &fault);
        t->overdue = true;
        tell_time(assembler, t, seen, fault, by_sender);
    }
}

/* A step has come: was it slower than Tr? A receiver that holds may take Th and more. */
static void stepped(struct assembler *assembler, struct assembler_transfer *t,
                    const struct seen *seen) {
    enum transfer_fault fault;
    bool by_sender;
    if (!assembler->timed) {
        return;
    }
    next_limit(assembler, t, &by_sender, &fault);
    if (!t->overdue && !t->held && seen->at_ns - t->last_ns > assembler->timing.tr_ns) {
        tell_time(assembler, t, seen, TRANSFER_SLOW, by_sender);
    }
    t->overdue = false;
}

static void await_next(struct assembler *assembler, struct assembler_transfer *t, int64_t at_ns) {
    enum transfer_fault fault;
    bool by_sender;
    t->last_ns = at_ns;
    t->deadline_ns =
        assembler->timed ? at_ns + next_limit(assembler, t, &by_sender, &fault) : LOOP_NEVER;
}

/* ---- control frames ---- */

static void step(struct assembler *assembler, const struct seen *seen) {
    if (assembler->listener.step != NULL) {
        assembler->listener.step(assembler->listener.ctx, seen->at_ns, seen->mark, seen->frame);
    }
}

static void foreign(struct assembler *assembler, int64_t at_ns, uint64_t mark,
                    const struct can_frame_ext *frame) {
    assembler->stats.foreign++;
    if (assembler->listener.foreign != NULL) {
        assembler->listener.foreign(assembler->listener.ctx, at_ns, mark, frame);
    }
}

/* RTS while a transfer is open: it ends here. */
static void supersede(struct assembler *assembler, struct assembler_transfer *t,
                      const struct seen *seen, uint32_t pgn) {
    tell_deferred(assembler, t);
    if (!t->open) {
        return;
    }
    if (!t->overdue) {
        struct transfer_event event =
            event_of(t, seen, pgn == t->pgn ? TRANSFER_RESTARTED : TRANSFER_INTERLEAVED,
                     sender_is_charger(assembler, t));
        event.ends = !t->complete;
        report(assembler, &event);
    }
    close_transfer(assembler, t);
}

static void request(struct assembler *assembler, const struct seen *seen) {
    struct assembler_transfer *t = &assembler->transfers[seen->direction];
    uint16_t length = transport_length_of(seen->frame);
    uint8_t packets = seen->frame->data[3];
    bool fits = length > 0 && length <= TRANSPORT_LENGTH_MAX;
    bool counts = fits && packets == transport_packets_for(length);
    supersede(assembler, t, seen, transport_pgn_of(seen->frame));
    assembler->stats.transfers++;
    t->pgn = transport_pgn_of(seen->frame);
    t->packets = packets == 0 ? 1 : packets;
    if (length < TRANSFER_SHORTEST || !counts) {
        bool by_length = length < TRANSFER_SHORTEST || !fits;
        struct transfer_event event = event_of(
            t, seen, by_length ? TRANSFER_LENGTH : TRANSFER_COUNT, sender_is_charger(assembler, t));
        event.ends = !counts;
        report(assembler, &event);
    }
    if (!counts) {
        assembler->stats.transfers_broken++;
        return;
    }
    t->open = true;
    t->complete = t->held = t->asked = t->overdue = t->gap = false;
    t->priority = (uint8_t)(seen->frame->id >> 26);
    t->length = length;
    t->next = 1;
    t->allowed = 0;
    t->first_ns = seen->at_ns;
    t->first_mark = seen->mark;
    await_next(assembler, t, seen->at_ns);
    step(assembler, seen);
}

/* CTS: the receiver asks for packets, holds the connection open, or asks again for lost ones. */
static void clear_to_send(struct assembler *assembler, struct assembler_transfer *t,
                          const struct seen *seen) {
    uint8_t count = seen->frame->data[1], first = seen->frame->data[2];
    if (!t->asked) {
        stepped(assembler, t, seen);
    }
    t->held = count == 0;
    t->asked = count != 0;
    t->fresh = true;
    if (count != 0 && first != 0 && (first < t->next || t->gap)) {
        tell_deferred(assembler, t);
        tell(assembler, t, seen, TRANSFER_REPEATED, false, first);
        if (first <= t->packets) { /* else it asks for what there is not: nothing new is due */
            t->next = first;
            t->complete = false;
        }
    }
    if (count != 0) {
        unsigned last = first + count - 1u;
        t->allowed = (uint16_t)(last < t->packets ? last : t->packets);
    }
    await_next(assembler, t, seen->at_ns);
    step(assembler, seen);
}

/* Acknowledged, so it has come: what of it is not among the frames only the capture has lost. */
static void missed(struct assembler *assembler, const struct assembler_transfer *t,
                   const struct seen *seen, enum transfer_fault fault, uint16_t packet) {
    struct transfer_event event = event_of(t, seen, fault, sender_is_charger(assembler, t));
    event.pgn = transport_pgn_of(seen->frame);
    event.ends = fault != TRANSFER_MISSED_CTS;
    event.packet = (uint8_t)packet;
    report(assembler, &event);
}

static void acknowledge(struct assembler *assembler, struct assembler_transfer *t,
                        const struct seen *seen) {
    if (!t->complete) {
        missed(assembler, t, seen, TRANSFER_MISSED, t->next);
    } else {
        stepped(assembler, t, seen);
        if (t->unasked) {
            missed(assembler, t, seen, TRANSFER_MISSED_CTS, t->unasked_packet);
        }
    }
    close_transfer(assembler, t);
    step(assembler, seen);
}

/* No transfer is open. Were the packets before it those of one whose RTS has not been seen? */
static void acknowledge_stray(struct assembler *assembler, struct assembler_transfer *t,
                              const struct seen *seen) {
    if (t->stray > 0 && t->stray == seen->frame->data[3]) {
        missed(assembler, t, seen, TRANSFER_MISSED_RTS, 0);
        close_transfer(assembler, t);
    }
}

static void abort_of(struct assembler *assembler, const struct seen *seen, uint32_t pgn) {
    struct assembler_transfer *own = &assembler->transfers[seen->direction];
    struct assembler_transfer *other = &assembler->transfers[!seen->direction];
    struct assembler_transfer *t = own->open && own->pgn == pgn ? own : other;
    bool ends = t->open && t->pgn == pgn;
    if (ends || !t->open) {
        tell_deferred(assembler, t);
    }
    struct transfer_event event = event_of(t, seen, TRANSFER_ABORTED, seen->direction == 1);
    event.pgn = pgn;
    event.reason = seen->frame->data[1];
    event.ends = ends && !t->complete;
    report(assembler, &event);
    if (ends) {
        close_transfer(assembler, t);
    }
}

static void short_frame(struct assembler *assembler, const struct seen *seen) {
    tell(assembler, &assembler->transfers[seen->direction], seen, TRANSFER_SHORT_FRAME, true, 0);
}

static void control(struct assembler *assembler, const struct seen *seen) {
    struct assembler_transfer *asked_of = &assembler->transfers[!seen->direction];
    if (seen->frame->len < 8) {
        short_frame(assembler, seen);
        return;
    }
    uint32_t pgn = transport_pgn_of(seen->frame);
    bool matches = asked_of->open && asked_of->pgn == pgn;
    switch (seen->frame->data[0]) {
    case TRANSPORT_RTS:
        request(assembler, seen);
        break;
    case TRANSPORT_CTS:
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
        break;
    case CONTROL_BAM:
        tell(assembler, &assembler->transfers[seen->direction], seen, TRANSFER_BROADCAST, true, 0);
        break;
    default:
        foreign(assembler, seen->at_ns, seen->mark, seen->frame);
        break;
    }
}

/* ---- packets ---- */

static void deliver(struct assembler *assembler, const struct assembler_transfer *t,
                    const struct seen *seen) {
    const struct message *message = message_by_pgn(t->pgn);
    if (message == NULL || message->from_charger != (seen->direction == 1)) {
        foreign(assembler, seen->at_ns, seen->mark, seen->frame);
        return;
    }
    assert(t->complete && t->first_mark <= seen->mark);
    struct assembled whole = {
        .message = message,
        .data = t->data,
        .length = t->length,
        .length_ok = message_length_ok(message, assembler->edition, t->length),
        .priority = t->priority,
        .first_ns = t->first_ns,
        .at_ns = seen->at_ns,
        .first_mark = t->first_mark,
        .mark = seen->mark,
    };
    assembler->stats.messages++;
    if (assembler->listener.message != NULL) {
        assembler->listener.message(assembler->listener.ctx, &whole);
    }
}

/* It is the sender's fault, unless the transfer turns out to be acknowledged. */
static void defer_unasked(struct assembler_transfer *t, const struct seen *seen) {
    if (!t->unasked) {
        t->unasked = true;
        t->unasked_packet = seen->frame->data[0];
        t->unasked_ns = seen->at_ns;
        t->unasked_mark = seen->mark;
    }
}

/* No transfer is open. Packets from 1 on may be those of one whose RTS only the capture has
 * lost. */
static void stray_run(struct assembler *assembler, struct assembler_transfer *t,
                      const struct seen *seen) {
    uint8_t number = seen->frame->data[0];
    if (number != t->stray + 1u) {
        bool doubled = number != 0 && number + 1u == t->next && !t->unasked;
        tell_deferred(assembler, t);
        tell(assembler, t, seen, doubled ? TRANSFER_DOUBLED : TRANSFER_UNASKED, true, number);
        return;
    }
    defer_unasked(t, seen);
    t->stray = number;
    t->deadline_ns = assembler->timed ? seen->at_ns + assembler->timing.t3_ns : LOOP_NEVER;
}

/* Not the packet that has to come. */
static void stray_packet(struct assembler *assembler, struct assembler_transfer *t,
                         const struct seen *seen) {
    uint8_t number = seen->frame->data[0];
    if (!t->open && t->packets == 0) {
        return; /* the capture begins inside a transfer */
    }
    if (!t->open) {
        stray_run(assembler, t, seen);
    } else if (number != 0 && number + 1u == t->next) {
        tell(assembler, t, seen, TRANSFER_DOUBLED, true, number);
    } else if (t->complete) {
        tell(assembler, t, seen, TRANSFER_UNASKED, true, number);
    } else if (!t->gap) {
        t->gap = true;
        t->gap_packet = number;
        t->gap_ns = seen->at_ns;
        t->gap_mark = seen->mark;
    }
    if (t->open && !t->complete) {
        t->asked = t->asked && number < t->allowed; /* after the last one the receiver has to act */
        await_next(assembler, t, seen->at_ns);
    }
}

static void packet(struct assembler *assembler, const struct seen *seen) {
    struct assembler_transfer *t = &assembler->transfers[seen->direction];
    if (seen->frame->len < 8) {
        short_frame(assembler, seen);
        return;
    }
    uint8_t number = seen->frame->data[0];
    if (!t->open || t->complete || number != t->next) {
        stray_packet(assembler, t, seen);
        return;
    }
    if (number > t->allowed) {
        defer_unasked(t, seen);
        t->allowed = t->packets; /* told once */
        t->asked = true;
        t->overdue = false; /* whose step was slow is not known without the CTS */
    } else {
        stepped(assembler, t, seen);
    }
    size_t at = (size_t)(number - 1) * TRANSPORT_PACKET;
    assert(number >= 1 && at < t->length); /* the last one may be short, none is empty */
    size_t count = t->length - at;
    memcpy(t->data + at, seen->frame->data + 1,
           count < TRANSPORT_PACKET ? count : TRANSPORT_PACKET);
    t->next++;
    t->fresh = false;
    t->asked = number < t->allowed;
    t->complete = number == t->packets;
    await_next(assembler, t, seen->at_ns);
    if (t->complete) {
        deliver(assembler, t, seen);
    } else {
        step(assembler, seen);
    }
}

/* ---- every frame ---- */

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

static void single(struct assembler *assembler, const struct seen *seen,
                   const struct message *message) {
    struct assembled whole = {
        .message = message,
        .data = seen->frame->data,
        .length = seen->frame->len,
        .length_ok = message_length_ok(message, assembler->edition, seen->frame->len),
        .priority = (uint8_t)(seen->frame->id >> 26),
        .first_ns = seen->at_ns,
        .at_ns = seen->at_ns,
        .first_mark = seen->mark,
        .mark = seen->mark,
    };
    assembler->stats.messages++;
    if (assembler->listener.message != NULL) {
        assembler->listener.message(assembler->listener.ctx, &whole);
    }
}

/* BAM goes to all addresses: still worth naming. */
static void maybe_broadcast(struct assembler *assembler, struct seen *seen) {
    uint32_t id = seen->frame->id;
    uint8_t from = (uint8_t)id;
    if (seen->frame->extended && (id >> 8 & 0x3FFFFu) == (TRANSPORT_PGN_CM | ADDRESS_ALL) &&
        (from == ADDRESS_BMS || from == ADDRESS_CHARGER) && seen->frame->len == 8 &&
        seen->frame->data[0] == CONTROL_BAM) {
        seen->direction = from == ADDRESS_CHARGER;
        tell(assembler, &assembler->transfers[seen->direction], seen, TRANSFER_BROADCAST, true, 0);
    }
}

static void take(struct assembler *assembler, int64_t at_ns, uint64_t mark,
                 const struct can_frame_ext *frame) {
    int direction = frame->extended ? direction_of(frame->id) : -1;
    uint32_t pgn = frame->id >> 8 & 0x3FF00u; /* R and DP included: both must be 0 */
    const struct message *message = NULL;
    struct seen seen = {at_ns, mark, frame, direction == 1};
    assembler->stats.frames++;
    check_deadline(assembler, &assembler->transfers[0], &seen);
    check_deadline(assembler, &assembler->transfers[1], &seen);
    if (direction < 0) {
        maybe_broadcast(assembler, &seen);
    } else if (pgn == TRANSPORT_PGN_DT) {
        packet(assembler, &seen);
        return;
    } else if (pgn == TRANSPORT_PGN_CM) {
        control(assembler, &seen);
        return;
    } else {
        message = message_by_pgn(pgn);
    }
    if (message == NULL || message->from_charger != (direction == 1)) {
        foreign(assembler, at_ns, mark, frame);
        return;
    }
    single(assembler, &seen, message);
}

void assembler_frame(struct assembler *assembler, int64_t at_ns, uint64_t mark,
                     const struct can_frame_ext *frame) {
    const struct assembler_stats *stats = &assembler->stats;
    take(assembler, at_ns, mark, frame);
    assert(consistent(&assembler->transfers[0]) && consistent(&assembler->transfers[1]));
    assert(stats->messages + stats->foreign <= 2 * stats->frames);
    assert(stats->transfers_broken <= stats->transfers);
}

void assembler_finish(struct assembler *assembler, int64_t end_ns) {
    for (unsigned i = 0; i < 2; i++) {
        struct assembler_transfer *t = &assembler->transfers[i];
        struct seen end = {.at_ns = end_ns, .mark = t->first_mark, .direction = i};
        check_deadline(assembler, t, &end);
        if (t->open && !t->complete && !t->overdue) {
            struct transfer_event event = event_of(t, &end, TRANSFER_UNFINISHED, i == 1);
            event.ends = true;
            report(assembler, &event);
        }
        close_transfer(assembler, t);
    }
}
