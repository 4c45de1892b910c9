/* SPDX-License-Identifier: MIT */
/* Frames in, results out: each message on its way through the judges. */
#include "vehicle_bms/rules/internal.h"

#include "sim/memory.h"
#include "vehicle_bms/transport/transport.h"

#include <assert.h>
#include <stdlib.h>

#define BSM_2023_NS INT64_C(5000000000) /* GB/T 27930-2023 class A */

/* In the order in which they see a message. */
static const struct judge *const judges[STATES] = {
    [STATE_VALUE] = &judge_value,
    [STATE_ORDER] = &judge_order,
    [STATE_PERSISTENCE] = &judge_persistence,
    [STATE_PERIOD] = &judge_period,
    [STATE_TRANSPORT] = &judge_transport,
    [STATE_STOP] = &judge_stop,
    [STATE_ERROR] = &judge_error,
    [STATE_WAIT] = &judge_wait,
    [STATE_DEMAND] = &judge_demand,
    [STATE_SIGN] = &judge_sign,
    [STATE_AGREE] = &judge_agree,
    [STATE_SESSION] = &judge_session,
};

/* Calls one function of every judge that has it. */
#define EACH_JUDGE(function, ...)                                                                  \
    do {                                                                                           \
        for (unsigned i_ = STATE_VALUE; i_ < STATES; i_++) {                                       \
            if (judges[i_]->function != NULL && !(rules->only && judges[i_]->both)) {              \
                judges[i_]->function(__VA_ARGS__);                                                 \
            }                                                                                      \
        }                                                                                          \
    } while (0)

/* ---- the judges are told ---- */

void rules_charge_begins(struct rules *rules) {
    EACH_JUDGE(attempt, rules);
    EACH_JUDGE(begin, rules);
}

static void attempt_ends(struct rules *rules, int64_t at_ns, uint64_t mark) {
    EACH_JUDGE(attempt_end, rules, at_ns, mark);
}

void rules_charge_ends(struct rules *rules, int64_t at_ns) {
    attempt_ends(rules, at_ns, rules->attempt->last_mark);
    EACH_JUDGE(charge_end, rules);
}

void rules_reconnect(struct rules *rules, const struct assembled *message, uint32_t seen,
                     bool counts) {
    attempt_ends(rules, message->at_ns, message->mark);
    attempt_reconnects(rules, seen, message->at_ns, counts);
    EACH_JUDGE(attempt, rules);
}

/* ---- what the assembler hands over ---- */

/* Nothing can be said of a time that goes backwards. */
static void doubt_clock(struct rules *rules, int64_t at_ns, uint64_t mark) {
    if (rules->clock && rules->attempt->open && at_ns < rules->attempt->last_ns) {
        rules_jumped(rules, mark);
    }
}

static void take_message(void *ctx, const struct assembled *message) {
    struct rules *rules = ctx;
    struct heard heard = {
        .message = message,
        .index = message_index(message->message),
        .event = event_of(message),
    };
    doubt_clock(rules, message->at_ns, message->mark);
    rules_session_follow(rules, message);
    EACH_JUDGE(message, rules, &heard);
    assert(!(heard.stray && heard.forward));
    assert(rules->attempt->open); /* whatever comes belongs to a charge */
    attempt_heard(rules, &heard);
}

static void take_fault(void *ctx, const struct transfer_event *event) {
    struct rules *rules = ctx;
    if (rules->attempt->open) {
        EACH_JUDGE(fault, rules, event);
    }
}

/* Conn_Abort: a transfer that has waited in vain is given up, perhaps after the charge has ended. It is no
 * sign that a side still waits for a message. */
static bool gives_up(const struct can_frame_ext *frame) {
    bool control = (frame->id >> 16 & 0xFFu) == TRANSPORT_PGN_CM >> 8;
    return control && frame->len > 0 && frame->data[0] == TRANSPORT_ABORT;
}

static void take_step(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    struct rules *rules = ctx;
    if (rules->attempt->open) {
        if (!gives_up(frame)) {
            attempt_transport_frame(rules, (frame->id & 0xFFu) == ADDRESS_CHARGER, at_ns);
        }
        EACH_JUDGE(step, rules, at_ns, mark, frame);
    }
}

static void take_foreign(void *ctx, int64_t at_ns, uint64_t mark,
                         const struct can_frame_ext *frame) {
    struct rules *rules = ctx;
    EACH_JUDGE(foreign, rules, at_ns, mark, frame);
}

/* ---- from outside ---- */

static void make_states(struct rules *rules) {
    rules->states[STATE_VERDICTS] = memory_zeroed(1, verdicts_size);
    rules->states[STATE_ATTEMPT] = memory_zeroed(1, attempt_size);
    rules->attempt = rules->states[STATE_ATTEMPT];
    for (unsigned i = STATE_VALUE; i < STATES; i++) {
        assert(judges[i]->state_size > 0);
        rules->states[i] = memory_zeroed(1, judges[i]->state_size);
    }
}

struct rules *rules_new(enum edition edition, const struct rules_limits *limits, bool clock) {
    struct rules *rules = memory_zeroed(1, sizeof *rules);
    assert((unsigned)edition < EDITIONS);
    rules->edition = edition;
    rules->limits = *limits;
    rules->clock = clock;
    if (edition == EDITION_2023 && limits->bsm_ns == 0) {
        rules->limits.bsm_ns = BSM_2023_NS;
    }
    make_states(rules);
    rules->ending = ending_new(edition, &rules->limits, clock);
    const struct assembler_listener listener = {.message = take_message,
                                                .fault = take_fault,
                                                .step = take_step,
                                                .foreign = take_foreign,
                                                .ctx = rules};
    assembler_init(&rules->assembler, edition, clock ? &rules->limits.transport : NULL, &listener);
    rules_list(rules);
    return rules;
}

void rules_resolution(struct rules *rules, int64_t resolution_ns) {
    assert(resolution_ns >= 0);
    rules->resolution_ns = resolution_ns;
    rules->assembler.resolution_ns = resolution_ns;
    ending_resolution(rules->ending, resolution_ns);
}

static void hear(struct rules *rules, enum ending_only only) {
    rules->only = only;
    ending_only(rules->ending, only);
}

void rules_only(struct rules *rules, bool charger) {
    assert(rules->attempt->charges == 0);
    hear(rules, charger ? ENDING_CHARGER_ONLY : ENDING_BMS_ONLY);
}

bool rules_is_only(const struct rules *rules) {
    return rules->only != ENDING_BOTH;
}

/* The other side speaks up: whatever it said before is missing. */
static void hear_other(struct rules *rules, uint64_t mark, const struct can_frame_ext *frame) {
    const uint32_t other = rules->only == ENDING_BMS_ONLY ? ADDRESS_BMS << 8 | ADDRESS_CHARGER
                                                          : ADDRESS_CHARGER << 8 | ADDRESS_BMS;
    if (frame->extended && (frame->id & 0xFFFFu) == other) {
        hear(rules, ENDING_BOTH);
        rules_lost(rules, mark);
    }
}

void rules_lossless(struct rules *rules) {
    rules->assembler.lossless = true;
}

void rules_frame(struct rules *rules, int64_t at_ns, uint64_t mark,
                 const struct can_frame_ext *frame) {
    assert(!rules->finished);
    assert(at_ns >= 0 && frame->len <= 8);
    if (rules->only != ENDING_BOTH) {
        hear_other(rules, mark, frame);
    }
    assembler_frame(&rules->assembler, rules->clock ? at_ns : 0, mark, frame);
}

static void doubt(struct rules *rules, uint64_t mark) {
    EACH_JUDGE(lost, rules, mark);
    attempt_lost(rules);
}

void rules_lost(struct rules *rules, uint64_t mark) {
    rules->lost = true;
    doubt(rules, mark);
}

void rules_jumped(struct rules *rules, uint64_t mark) {
    rules->jumped = true;
    doubt(rules, mark);
    EACH_JUDGE(jumped, rules);
}

void rules_tell(struct rules *rules, enum rules_told what, int64_t at_ns) {
    assert(!rules->finished && at_ns >= 0);
    attempt_told(rules, what, at_ns);
}

void rules_lost_somewhere(struct rules *rules) {
    assert(!rules->finished);
    rules->lossy = true;
}

uint64_t rules_foreign(const struct rules *rules) {
    return rules->assembler.stats.foreign;
}

void rules_finish(struct rules *rules, int64_t end_ns) {
    assert(!rules->finished);
    int64_t end = rules->clock ? end_ns : 0;
    assembler_finish(&rules->assembler, end);
    rules_session_end(rules, end);
    assert(!rules->attempt->open); /* the last charge has ended too */
    EACH_JUDGE(finish, rules);
    rules_conclude(rules);
    rules->finished = true;
}

void rules_free(struct rules *rules) {
    if (rules != NULL) {
        ending_free(rules->ending);
        for (unsigned i = 0; i < STATES; i++) {
            free(rules->states[i]);
        }
        free(rules);
    }
}

/* ---- texts ---- */

const char *rule_side_text(enum rule_side side, bool chinese) {
    static const char *const texts[][2] = {[RULE_CHARGER] = {"charger", "充电机"},
                                           [RULE_BMS] = {"BMS", "BMS"},
                                           [RULE_BUS] = {"bus", "总线"}};
    assert((unsigned)side < sizeof texts / sizeof texts[0]);
    return texts[side][chinese];
}

const char *rule_kind_text(enum rule_kind kind, bool chinese) {
    static const char *const texts[RULE_KINDS][2] = {
        [RULE_PHASE] = {"phase order", "阶段次序"},
        [RULE_PERIOD] = {"period", "报文周期"},
        [RULE_TIMEOUT] = {"timeout", "超时"},
        [RULE_LENGTH] = {"length", "报文长度"},
        [RULE_VALUE] = {"values", "字段取值"},
        [RULE_RESERVED] = {"reserved bits", "预留位"},
        [RULE_PRIORITY] = {"identifier", "标识符"},
        [RULE_TRANSPORT] = {"transport", "传输协议"},
        [RULE_DEMAND] = {"demand", "充电需求"},
        [RULE_OUTPUT] = {"output", "充电输出"},
        [RULE_STOP] = {"reason of stopping", "中止原因"},
    };
    assert((unsigned)kind < RULE_KINDS);
    return texts[kind][chinese];
}
