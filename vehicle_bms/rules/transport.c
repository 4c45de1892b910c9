/* SPDX-License-Identifier: MIT */
/* Faults of connection-mode transfers (SAE J1939-21, GB/T 27930-2015 chapter 6), each to the side
 * that committed it. What one side does because the other has erred in the same transfer is
 * none. */
#include "vehicle_bms/rules/internal.h"

#include "vehicle_bms/transport/transport.h"

#include <assert.h>
#include <math.h>

#define TRANSPORT_PRIORITY 7

struct transport {
    bool faulty[2];              /* that side has erred in a transfer of this charge ... */
    uint64_t faulty_transfer[2]; /* ... whose RTS was this */
    bool left_open[2];           /* it has begun a transfer before its former one was over ... */
    int64_t left_ns[2];          /* ... then */
    bool strayed[2];             /* it has sent a packet that nobody had asked for ... */
    int64_t strayed_ns[2];       /* ... then */
    bool lost;                   /* frames of the present transfer are missing */
    uint64_t lost_mark;          /* of transfers that were begun before it, too */
};

static struct transport *own(const struct rules *rules) {
    return rules->states[STATE_TRANSPORT];
}

static enum rule_index rule_for(bool by_charger, const struct message *message) {
    if (by_charger) {
        return RULE_TRANSPORT_CHARGER;
    }
    bool known = message != NULL && message->transport && !message->from_charger;
    return known ? rule_of(GROUP_TRANSPORT, message_index(message)) : RULE_TRANSPORT_BMS;
}

static void transport_message(struct rules *rules, struct heard *heard) {
    if (heard->message->message->transport) {
        rules_observe(rules, rule_for(false, heard->message->message));
        rules_observe(rules, RULE_TRANSPORT_CHARGER);
        rules_observe(rules, RULE_TRANSPORT_BMS);
    }
}

/* It has said nothing at all from when its answer was due (Tr): its supply or the network is gone. */
static bool charger_gone(const struct rules *rules, const struct transfer_event *event) {
    assert(event->late_ns >= 0);
    int64_t asked_ns = event->at_ns - event->late_ns;
    return rules->attempt->sides[CHARGER_SIDE].last_ns <
           asked_ns + rules->limits.transport.tr_ns + rules->resolution_ns;
}

/* The charger answers what it waits for; a message of another phase it may ignore, and a transfer
 * that it cannot answer any more because it has stopped altogether is for the waits to judge. */
static bool charger_free(const struct rules *rules, const struct transfer_event *event,
                         const struct message *message) {
    assert(event->by_charger);
    const struct attempt_side *charger = &rules->attempt->sides[CHARGER_SIDE];
    bool elsewhere = message == NULL || attempt_over(rules->attempt) ||
                     !attempt_charger_awaits(rules->attempt, message_index(message));
    bool of_nothing = rules->assembler.lossless && event->first_mark == event->mark;
    switch (event->fault) {
    case TRANSFER_ABORTED: /* busy: with a transfer that the BMS has left open, until T2 */
        if (event->reason == TRANSPORT_UNEXPECTED_DATA && own(rules)->strayed[BMS_SIDE] &&
            event->at_ns - own(rules)->strayed_ns[BMS_SIDE] < rules->limits.transport.t2_ns) {
            return true;
        }
        return (elsewhere && !of_nothing) ||
               (event->reason == TRANSPORT_BUSY && own(rules)->left_open[BMS_SIDE] &&
                event->at_ns - own(rules)->left_ns[BMS_SIDE] < rules->limits.transport.t2_ns);
    case TRANSFER_NO_ANSWER:
        return elsewhere || charger_gone(rules, event);
    case TRANSFER_HELD:
    case TRANSFER_SLOW:
        return elsewhere || charger->last_ns - rules->resolution_ns < event->first_ns;
    default:
        return false;
    }
}

/* Conn_Abort in answer to an RTS that can begin nothing: no timer has run out, no packet has come
 * that could be at fault. */
static bool untrue_refusal(const struct rules *rules, const struct transfer_event *event) {
    const struct assembler_transfer *of = &rules->assembler.transfers[!event->by_charger];
    return event->fault == TRANSFER_ABORTED && !of->open && of->refused &&
           event->first_mark == of->first_mark && event->reason >= TRANSPORT_TIMEOUT &&
           event->reason <= TRANSPORT_DUPLICATE_SEQUENCE;
}

/* A consequence of what the other side did in the same transfer. */
static bool follows(const struct rules *rules, const struct transfer_event *event) {
    bool other = !event->by_charger;
    bool erred =
        own(rules)->faulty[other] && own(rules)->faulty_transfer[other] == event->first_mark;
    return erred && !untrue_refusal(rules, event) &&
           (event->fault == TRANSFER_ABORTED || event->fault == TRANSFER_REPEATED ||
            event->fault == TRANSFER_RESTARTED || event->fault == TRANSFER_NO_ANSWER ||
            event->fault == TRANSFER_SLOW || event->fault == TRANSFER_GAP ||
            event->fault == TRANSFER_INTERLEAVED || event->fault == TRANSFER_NO_PACKET);
}

/* BMS: a transfer that it breaks off because the charge goes on to the next phase. */
static bool bms_free_to_stop(const struct rules *rules, const struct transfer_event *event) {
    assert(!event->by_charger);
    bool breaks_off = event->fault == TRANSFER_GAP || event->fault == TRANSFER_NO_PACKET ||
                      event->fault == TRANSFER_ABORTED || event->fault == TRANSFER_INTERLEAVED;
    bool before = rules->attempt->reconnected && event->first_ns < rules->attempt->begun_ns;
    return breaks_off && (before || attempt_over(rules->attempt));
}

/* How long the step took that was too slow, against its timer. */
static struct rule_measure measure_of(const struct rules *rules,
                                      const struct transfer_event *event) {
    const struct transport_timing *timing = &rules->limits.transport;
    struct rule_measure measure = {seconds(event->late_ns), (double)NAN, (double)NAN, "s"};
    switch (event->fault) {
    case TRANSFER_NO_ANSWER:
        measure.limit_max = seconds(timing->t3_ns);
        return measure;
    case TRANSFER_HELD:
        measure.limit_max = seconds(timing->t4_ns);
        return measure;
    case TRANSFER_NO_PACKET:
        measure.limit_max = seconds(timing->t2_ns);
        return measure;
    case TRANSFER_GAP:
        measure.limit_max = seconds(timing->t1_ns);
        return measure;
    case TRANSFER_SLOW:
        measure.limit_max = seconds(timing->tr_ns);
        return measure;
    default:
        return rule_measure_none;
    }
}

static void say_fault(struct rules *rules, enum rule_index index,
                      const struct transfer_event *event, const struct message *message) {
    char late[32] = "", packet[32] = "";
    struct rule_proof *proof =
        rules_violation_of(rules, index, event->at_ns, event->mark, measure_of(rules, event));
    if (proof == NULL) {
        return;
    }
    const char *code = message != NULL ? message->code : "?";
    assert(event->late_ns >= 0 && (index == RULE_TRANSPORT_CHARGER) == event->by_charger);
    if (event->late_ns > 0) {
        snprintf(late, sizeof late, ", %.3f s", seconds(event->late_ns));
    }
    if (event->packet != 0) {
        snprintf(packet, sizeof packet, ", #%u", event->packet);
    }
    const char *why_zh = NULL, *why_en = NULL;
    if (event->fault == TRANSFER_ABORTED) {
        why_zh = transfer_abort_text(event->reason, true);
        why_en = transfer_abort_text(event->reason, false);
    }
    snprintf(proof->zh, sizeof proof->zh, "%s:%s%s%s%s%s", code,
             transfer_fault_text(event->fault, true), packet, late, why_zh != NULL ? ", " : "",
             why_zh != NULL ? why_zh : "");
    snprintf(proof->en, sizeof proof->en, "%s: %s%s%s%s%s", code,
             transfer_fault_text(event->fault, false), packet, late, why_en != NULL ? ", " : "",
             why_en != NULL ? why_en : "");
}

static bool of_capture(enum transfer_fault fault) {
    return fault == TRANSFER_MISSED || fault == TRANSFER_MISSED_RTS || fault == TRANSFER_MISSED_CTS;
}

/* The receiver has acknowledged it, so it has come: only the capture has not got all of it. */
static void missed(struct rules *rules, const struct transfer_event *event,
                   const struct message *message) {
    assert(!rules->assembler.lossless); /* where every frame is handed in, nothing can be missed */
    rules_undecided(rules, rule_for(false, message), DOUBT_LOST);
    rules_lost(rules, event->mark);
}

/* An abort for "timeout" follows from a timer that has run out, where the frames show it (see
 * follows()). They cannot without a clock, with too coarse a one, or when the capture begins inside
 * the transfer. */
static enum doubt doubt_of_time(const struct rules *rules, const struct transfer_event *event) {
    assert(event->late_ns >= 0);
    const struct assembler_transfer *transfers = rules->assembler.transfers;
    if (event->fault == TRANSFER_SLOW &&
        event->late_ns <= rules->limits.transport.tr_ns + rules->resolution_ns) {
        return DOUBT_COARSE_CLOCK;
    }
    if (event->fault != TRANSFER_ABORTED || event->reason != TRANSPORT_TIMEOUT) {
        return DOUBT_NONE;
    }
    if (!rules->clock) {
        return DOUBT_NO_CLOCK;
    }
    bool known = false, coarse = false;
    for (unsigned i = 0; i < 2; i++) {
        const struct assembler_transfer *one = &transfers[i];
        if (one->open && one->pgn == event->pgn) {
            int64_t silent_ns = event->at_ns - one->last_ns;
            known = true;
            coarse = silent_ns < rules->limits.transport.t1_ns &&
                     silent_ns + rules->resolution_ns >= rules->limits.transport.t1_ns;
        }
    }
    return coarse                              ? DOUBT_COARSE_CLOCK
           : !known && rules->attempt->partial ? DOUBT_LOST
                                               : DOUBT_NONE;
}

/* By the frames the timer had run out when the abort for it came, to the instant: the charger has
 * kept it. (When it ran out earlier the fault of the vehicle has been told, see follows().) */
static bool timer_kept(const struct rules *rules, const struct transfer_event *event) {
    const struct assembler_transfer *transfers = rules->assembler.transfers;
    for (unsigned i = 0; i < 2; i++) {
        const struct assembler_transfer *one = &transfers[i];
        if (one->open && one->pgn == event->pgn &&
            event->at_ns - one->last_ns >= rules->limits.transport.t1_ns) {
            return rules->clock && event->fault == TRANSFER_ABORTED &&
                   event->reason == TRANSPORT_TIMEOUT;
        }
    }
    return false;
}

static void transport_fault(struct rules *rules, const struct transfer_event *event) {
    const struct message *message = message_by_pgn(event->pgn);
    enum rule_index index = rule_for(event->by_charger, message);
    assert(event->fault < TRANSFER_FAULTS && event->first_mark <= event->mark);
    if (of_capture(event->fault)) {
        missed(rules, event, message);
        return;
    }
    if (own(rules)->lost || event->first_mark < own(rules)->lost_mark) {
        rules_undecided(rules, index, DOUBT_LOST);
        return;
    }
    if (!rules->clock && event->fault == TRANSFER_NO_ANSWER) {
        rules_undecided(rules, index, DOUBT_NO_CLOCK); /* perhaps it was not given the time */
        own(rules)->faulty[event->by_charger] = true;
        own(rules)->faulty_transfer[event->by_charger] = event->first_mark;
        return;
    }
    if (!rules->clock && event->fault == TRANSFER_RESTARTED) {
        rules_undecided(rules, index, DOUBT_NO_CLOCK); /* perhaps for want of an answer */
        return;
    }
    if (event->fault == TRANSFER_INTERLEAVED) {
        own(rules)->left_open[event->by_charger] = true;
        own(rules)->left_ns[event->by_charger] = event->at_ns;
    }
    if (event->fault == TRANSFER_UNASKED) {
        own(rules)->strayed[event->by_charger] = true;
        own(rules)->strayed_ns[event->by_charger] = event->at_ns;
    }
    bool free =
        event->by_charger ? charger_free(rules, event, message) : bms_free_to_stop(rules, event);
    if (event->fault == TRANSFER_UNFINISHED || free || follows(rules, event) ||
        timer_kept(rules, event)) {
        return;
    }
    enum doubt doubt = doubt_of_time(rules, event);
    if (doubt != DOUBT_NONE) {
        rules_undecided(rules, index, doubt);
        return;
    }
    rules_observe(rules, index);
    say_fault(rules, index, event, message);
    own(rules)->faulty[event->by_charger] = true;
    own(rules)->faulty_transfer[event->by_charger] = event->first_mark;
}

/* The first byte of a control frame that says nothing and is not FF (clause 7.9), 0: none. Only the
 * charger's: vehicles in the field often fill with 0. Of Conn_Abort no source shows byte 3 of a
 * pile, so that only the two behind it are looked at. */
static unsigned unfilled_byte(const struct can_frame_ext *frame) {
    unsigned first = frame->data[0] == TRANSPORT_CTS     ? 4
                     : frame->data[0] == TRANSPORT_ACK   ? 5
                     : frame->data[0] == TRANSPORT_ABORT ? 4
                                                         : 6;
    for (unsigned byte = first; byte <= 5; byte++) {
        if (frame->data[byte - 1] != 0xFF) {
            return byte;
        }
    }
    return 0;
}

static void reserved_filled(struct rules *rules, int64_t at_ns, uint64_t mark,
                            const struct can_frame_ext *frame) {
    unsigned byte = unfilled_byte(frame);
    assert(byte <= 5);
    if (byte != 0) {
        const struct rule_measure measure = {frame->data[byte - 1], 0xFF, 0xFF, ""};
        RULES_SAY(rules_violation_of(rules, RULE_TRANSPORT_CHARGER, at_ns, mark, measure),
                  "传输协议帧第%u字节未使用，为0x%02X，规定填FF（7.9）",
                  "byte %u of a transport frame says nothing and is 0x%02X, FF is specified (7.9)",
                  byte, (unsigned)frame->data[byte - 1]);
    }
}

static void transport_step(struct rules *rules, int64_t at_ns, uint64_t mark,
                           const struct can_frame_ext *frame) {
    assert(frame->extended && frame->len <= 8);
    bool by_charger = (frame->id & 0xFFu) == ADDRESS_CHARGER;
    enum rule_index index = by_charger ? RULE_TRANSPORT_CHARGER : RULE_TRANSPORT_BMS;
    unsigned priority = frame->id >> 26 & 7u;
    if (frame->data[0] == TRANSPORT_RTS && (frame->id >> 8 & 0xFF00u) == TRANSPORT_PGN_CM) {
        own(rules)->lost = false;
    }
    if (priority != TRANSPORT_PRIORITY) {
        const struct rule_measure measure = {priority, TRANSPORT_PRIORITY, TRANSPORT_PRIORITY, ""};
        RULES_SAY(
            rules_violation_of(rules, index, at_ns, mark, measure), "传输协议帧优先权%u，规定%d",
            "a transport frame has priority %u, %d is specified", priority, TRANSPORT_PRIORITY);
    }
    if (by_charger && (frame->id >> 8 & 0xFF00u) == TRANSPORT_PGN_CM && frame->len == 8) {
        reserved_filled(rules, at_ns, mark, frame);
    }
}

static void transport_begin(struct rules *rules) {
    struct transport *transport = own(rules);
    *transport = (struct transport){.lost = transport->lost, .lost_mark = transport->lost_mark};
}

static void transport_lost(struct rules *rules, uint64_t mark) {
    own(rules)->lost = true;
    own(rules)->lost_mark = mark;
}

const struct judge judge_transport = {
    .state_size = sizeof(struct transport),
    .both = true,
    .begin = transport_begin,
    .message = transport_message,
    .fault = transport_fault,
    .step = transport_step,
    .lost = transport_lost,
};
