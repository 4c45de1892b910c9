/* SPDX-License-Identifier: MIT */
/* internal.h: the interface of the judges; nobody else includes it.
 *
 * rules.c        frames in, results out: each message on its way through the judges
 * table.c        the list of rules: ids, sentences, clauses
 * verdicts.c     what the judges report, and what comes of it
 * attempt.c      how far the present attempt has come, which every judge may read
 * event.c        what a message means for the rules
 * session.c      where a charge begins and ends, its phases, its last word
 * and the judges, in the order in which they see a message:
 * value.c        length, values, reserved bits, identifier
 * order.c        who may send what when
 * persistence.c  messages that stop too early;  period.c  gaps and means
 * transport.c    transfers
 * stop.c         the reasons in CST and BST
 * error.c        CEM and BEM against the waits;  wait.c  what each side waits for
 * demand.c, sign.c, agree.c
 *
 * Each judge owns its state, which its file alone knows, and writes nothing else: it reads
 * rules->attempt, reports to verdicts.h, and asks another judge by the functions of its header. */
#ifndef VEHICLE_BMS_RULES_INTERNAL_H
#define VEHICLE_BMS_RULES_INTERNAL_H

#include "vehicle_bms/ending/ending.h"
#include "vehicle_bms/rules/attempt.h"
#include "vehicle_bms/rules/event.h"
#include "vehicle_bms/rules/rules.h"
#include "vehicle_bms/rules/table.h"
#include "vehicle_bms/rules/verdicts.h"

/* Who owns a state; the judges from STATE_VALUE to STATE_SESSION, in the order in which they see a
 * message. */
enum rules_state {
    STATE_VERDICTS,
    STATE_ATTEMPT,
    STATE_VALUE,
    STATE_ORDER,
    STATE_PERSISTENCE,
    STATE_PERIOD,
    STATE_TRANSPORT,
    STATE_STOP,
    STATE_ERROR,
    STATE_WAIT,
    STATE_DEMAND,
    STATE_SIGN,
    STATE_AGREE,
    STATE_SESSION,
    STATES,
};

struct rules {
    enum edition edition;
    struct rules_limits limits;
    bool clock;
    enum ending_only only;
    int64_t resolution_ns; /* of the clock; 0: exact */
    const struct attempt *attempt;
    struct assembler assembler;
    struct ending *ending; /* session.c's */
    bool lossy;            /* frames are missing somewhere */
    bool lost, jumped;     /* they are known to be missing; the clock jumps; somewhere */
    bool finished;
    void *states[STATES];
};

/* A message on its way. Each judge reads what those before it have found. */
struct heard {
    const struct assembled *message;
    enum message_index index;
    enum event event;
    bool legal;   /* value.c: the length and every value */
    bool changed; /* value.c: the payload is not that of the message before */
    bool stray;   /* order.c: of the attempt before, still under way: says nothing */
    bool forward; /* order.c: in its phase */
};

/* All of its fields are there: the length is right, or the frame was only filled up. */
static inline bool heard_whole(const struct heard *heard) {
    return heard->message->length_ok || heard->message->unpadded > 0;
}

/* It has come: it is whole, and of this attempt. Whether the other side takes one that was filled up is
 * its own decision (GB/T 34658 has chargers refuse wrong lengths, vehicles live by their taking
 * them): it is blamed for neither. */
static inline bool heard_counts(const struct heard *heard) {
    return heard_whole(heard) && !heard->stray;
}

/* Any function may be NULL. A charge begins with begin and attempt, each reconnection with
 * attempt_end and attempt; a charge ends with attempt_end and charge_end. */
struct judge {
    size_t state_size;
    bool both; /* it needs to hear both sides */
    void (*begin)(struct rules *rules);
    void (*attempt)(struct rules *rules);
    void (*message)(struct rules *rules, struct heard *heard);
    void (*fault)(struct rules *rules, const struct transfer_event *event);
    void (*step)(struct rules *rules, int64_t at_ns, uint64_t mark,
                 const struct can_frame_ext *frame);
    void (*foreign)(struct rules *rules, int64_t at_ns, uint64_t mark,
                    const struct can_frame_ext *frame);
    /* Frames are missing before this mark. */
    void (*lost)(struct rules *rules, uint64_t mark);
    /* After lost: nor is it known how much time has passed. */
    void (*jumped)(struct rules *rules);
    /* What has not come in this attempt by now will not come. */
    void (*attempt_end)(struct rules *rules, int64_t at_ns, uint64_t mark);
    void (*charge_end)(struct rules *rules);
    void (*finish)(struct rules *rules);
};

extern const struct judge judge_value, judge_order, judge_persistence, judge_period,
    judge_transport, judge_stop, judge_error, judge_wait, judge_demand, judge_sign, judge_agree,
    judge_session;

extern const size_t verdicts_size, attempt_size; /* of the two states that are no judge's */

static inline double seconds(int64_t ns) {
    return (double)ns / 1e9;
}

/* rules.c: what the judges are told when a charge or an attempt begins or ends. */
void rules_charge_begins(struct rules *rules);
void rules_charge_ends(struct rules *rules, int64_t at_ns);
void rules_reconnect(struct rules *rules, const struct assembled *message, uint32_t seen,
                     bool counts);

/* verdicts.c: at the end */
void rules_conclude(struct rules *rules);

/* session.c: before the judges see a message. */
void rules_session_follow(struct rules *rules, const struct assembled *message);
void rules_session_end(struct rules *rules, int64_t end_ns);

/* period.c: the period of a message and how far a gap may be off; the gap from which on its silence
 * is a matter of the waits. */
void rules_period_of(const struct rules *rules, enum message_index message, int64_t *period_ns,
                     int64_t *allowed_ns);
int64_t rules_period_silence(const struct rules *rules, enum message_index message);
/* Is it being sent without a break? Then last_ns is when it began last. */
bool rules_period_runs(const struct rules *rules, enum message_index message, int64_t *last_ns);
/* A gap that no message ends; clear: by more than the clock's resolution. */
void rules_period_missed(struct rules *rules, enum message_index message, bool clear);

/* sign.c: whether a current that is announced has the sign of charging; true when not known */
bool rules_sign_announced(const struct rules *rules, double ampere);

#endif
