/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/listen/assembler.h"

#include "sim/loop.h"
#include "vehicle_bms/listen/internal.h"
#include "vehicle_bms/transport/frames.h"

#include <assert.h>
#include <string.h>

#define CONTROL_BAM 0x20
#define ADDRESS_ALL 0xFF

void assembler_init(struct assembler *assembler, enum edition edition,
                    const struct transport_timing *timing,
                    const struct assembler_listener *listener) {
    assert((unsigned)edition < EDITIONS);
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

/* ---- packets ---- */

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
    assert(!t->open && t->packets != 0);
    uint8_t number = seen->frame->data[0];
    if (number != t->stray + 1u) {
        bool doubled = number != 0 && number + 1u == t->next && !t->unasked;
        assembler_tell_deferred(assembler, t);
        assembler_tell(assembler, t, seen, doubled ? TRANSFER_DOUBLED : TRANSFER_UNASKED, true,
                       number);
        return;
    }
    defer_unasked(t, seen);
    t->stray = number;
    t->deadline_ns = assembler->timed ? seen->at_ns + assembler->timing.t3_ns : LOOP_NEVER;
    assert(t->unasked && t->stray >= 1);
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
        assembler_tell(assembler, t, seen, TRANSFER_DOUBLED, true, number);
    } else if (t->complete) {
        assembler_tell(assembler, t, seen, TRANSFER_UNASKED, true, number);
    } else if (!t->gap) {
        t->gap = true;
        t->gap_packet = number;
        t->gap_ns = seen->at_ns;
        t->gap_mark = seen->mark;
    }
    if (t->open && !t->complete) {
        t->asked = t->asked && number < t->allowed; /* after the last one the receiver has to act */
        assembler_await(assembler, t, seen->at_ns);
    }
}

static void packet(struct assembler *assembler, const struct seen *seen) {
    struct assembler_transfer *t = &assembler->transfers[seen->direction];
    if (seen->frame->len < 8) {
        assembler_short_frame(assembler, seen);
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
        assembler_stepped(assembler, t, seen);
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
    assembler_await(assembler, t, seen->at_ns);
    if (t->complete && !t->doubtful) {
        assembler_deliver(assembler, t, seen);
    } else {
        assembler_step(assembler, seen);
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
    if (!whole.length_ok) {
        whole.unpadded =
            message_unpadded(message, assembler->edition, seen->frame->data, seen->frame->len);
    }
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
        assembler_tell(assembler, &assembler->transfers[seen->direction], seen, TRANSFER_BROADCAST,
                       true, 0);
    }
}

static void take(struct assembler *assembler, int64_t at_ns, uint64_t mark,
                 const struct can_frame_ext *frame) {
    int direction = frame->extended ? direction_of(frame->id) : -1;
    uint32_t pgn = frame->id >> 8 & 0x3FF00u; /* R and DP included: both must be 0 */
    const struct message *message = NULL;
    struct seen seen = {at_ns, mark, frame, direction == 1};
    assert(frame->len <= 8);
    assembler->stats.frames++;
    if (direction >= 0) {
        assembler->heard[direction] = true;
    }
    assembler_check_deadline(assembler, &assembler->transfers[0], &seen);
    assembler_check_deadline(assembler, &assembler->transfers[1], &seen);
    if (direction < 0) {
        maybe_broadcast(assembler, &seen);
    } else if (pgn == TRANSPORT_PGN_DT) {
        packet(assembler, &seen);
        return;
    } else if (pgn == TRANSPORT_PGN_CM) {
        assembler_control(assembler, &seen);
        return;
    } else {
        message = message_by_pgn(pgn);
    }
    if (message == NULL || message->from_charger != (direction == 1)) {
        assembler_foreign(assembler, at_ns, mark, frame);
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
        assembler_check_deadline(assembler, t, &end);
        if (t->open && !t->complete && !t->overdue) {
            struct transfer_event event = assembler_event_of(t, &end, TRANSFER_UNFINISHED, i == 1);
            event.ends = true;
            assembler_report(assembler, &event);
        }
        assembler_close(assembler, t);
    }
}
