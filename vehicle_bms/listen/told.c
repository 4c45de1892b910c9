/* SPDX-License-Identifier: MIT */
/* What the assembler says to its listener. */
#include "vehicle_bms/listen/internal.h"

#include "sim/loop.h"

#include <assert.h>

/* What the frame itself shows, whoever else is heard. */
static bool is_of_frame(enum transfer_fault fault) {
    return fault == TRANSFER_LENGTH || fault == TRANSFER_COUNT || fault == TRANSFER_SHORT_FRAME ||
           fault == TRANSFER_BROADCAST || fault == TRANSFER_ABORTED;
}

void assembler_report(struct assembler *assembler, const struct transfer_event *event) {
    assert((unsigned)event->fault < TRANSFER_FAULTS && event->late_ns >= 0);
    assert(event->first_mark <= event->mark); /* what shows a fault comes after the RTS */
    bool recorded = (assembler->heard[0] && assembler->heard[1]) || assembler->lossless;
    if (!recorded && !is_of_frame(event->fault)) {
        return;
    }
    if (assembler->listener.fault != NULL) {
        assembler->listener.fault(assembler->listener.ctx, event);
    }
}

/* What is known of a fault of transfer t that the present frame shows. */
struct transfer_event assembler_event_of(const struct assembler_transfer *t,
                                         const struct seen *seen, enum transfer_fault fault,
                                         bool by_charger) {
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

bool assembler_sender_is_charger(const struct assembler *assembler,
                                 const struct assembler_transfer *t) {
    assert(t == &assembler->transfers[0] || t == &assembler->transfers[1]);
    return t == &assembler->transfers[1];
}

void assembler_tell(struct assembler *assembler, const struct assembler_transfer *t,
                    const struct seen *seen, enum transfer_fault fault, bool by_sender,
                    uint8_t packet) {
    bool by_charger = assembler_sender_is_charger(assembler, t) == by_sender;
    struct transfer_event event = assembler_event_of(t, seen, fault, by_charger);
    event.packet = packet;
    assembler_report(assembler, &event);
}

/* What could have been the capture's loss was none: a packet out of its order was lost on its way,
 * one without CTS had not been asked for. */
void assembler_tell_deferred(struct assembler *assembler, struct assembler_transfer *t) {
    if (t->unasked) {
        struct seen then = {.at_ns = t->unasked_ns, .mark = t->unasked_mark};
        t->unasked = false;
        t->stray = 0;
        assembler_tell(assembler, t, &then, TRANSFER_UNASKED, true, t->unasked_packet);
    }
    if (t->gap) {
        struct seen then = {.at_ns = t->gap_ns, .mark = t->gap_mark};
        t->gap = false;
        assembler_tell(assembler, t, &then, TRANSFER_SEQUENCE, true, t->gap_packet);
    }
}

void assembler_close(struct assembler *assembler, struct assembler_transfer *t) {
    if (t->open && !t->complete) {
        assembler->stats.transfers_broken++;
    }
    t->open = false;
    t->gap = t->unasked = false;
    t->stray = 0;
    t->deadline_ns = LOOP_NEVER;
    assert(assembler->stats.transfers_broken <= assembler->stats.transfers);
}

void assembler_step(struct assembler *assembler, const struct seen *seen) {
    if (assembler->listener.step != NULL) {
        assembler->listener.step(assembler->listener.ctx, seen->at_ns, seen->mark, seen->frame);
    }
}

void assembler_foreign(struct assembler *assembler, int64_t at_ns, uint64_t mark,
                       const struct can_frame_ext *frame) {
    assembler->stats.foreign++;
    if (assembler->listener.foreign != NULL) {
        assembler->listener.foreign(assembler->listener.ctx, at_ns, mark, frame);
    }
}

void assembler_short_frame(struct assembler *assembler, const struct seen *seen) {
    assembler_tell(assembler, &assembler->transfers[seen->direction], seen, TRANSFER_SHORT_FRAME,
                   true, 0);
}

void assembler_deliver(struct assembler *assembler, const struct assembler_transfer *t,
                       const struct seen *seen) {
    const struct message *message = message_by_pgn(t->pgn);
    if (message == NULL || message->from_charger != assembler_sender_is_charger(assembler, t)) {
        assembler_foreign(assembler, seen->at_ns, seen->mark, seen->frame);
        return;
    }
    assert(t->complete && t->first_mark <= seen->mark);
    assert(t->length <= (size_t)t->packets * TRANSPORT_PACKET);
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
