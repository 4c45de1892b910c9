/* SPDX-License-Identifier: MIT */
/* Frames in, results out: each message on its way through the judges. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SESSIONS_FIRST 8                   /* room; more is taken as charges come */
#define BSM_2023_NS    INT64_C(5000000000) /* GB/T 27930-2023 class A */

/* ---- what is kept of a rule ---- */

void rules_observe(struct rules *rules, enum rule_index index) {
    rules->rules[index].result.observed++;
}

static struct rule_proof *proof_at(struct rules *rules, struct rule_proof *proof, int64_t at_ns,
                                   uint64_t mark) {
    *proof = (struct rule_proof){.at_ns = at_ns, .mark = mark};
    proof->session = rules->session_count > 0 ? (unsigned)(rules->session_count - 1) : 0;
    return proof;
}

struct rule_proof *rules_violation(struct rules *rules, enum rule_index index, int64_t at_ns,
                                   uint64_t mark) {
    struct rule *rule = &rules->rules[index];
    rule->result.violations++;
    if (rule->witness) {
        rule->witness = false;
        rule->result.proof_count = 0;
    }
    if (rule->result.proof_count == RULE_PROOFS_MAX) {
        return NULL;
    }
    return proof_at(rules, &rule->result.proofs[rule->result.proof_count++], at_ns, mark);
}

struct rule_proof *rules_witness(struct rules *rules, enum rule_index index, int64_t at_ns,
                                 uint64_t mark) {
    struct rule *rule = &rules->rules[index];
    if (rule->result.proof_count > 0) {
        return NULL;
    }
    rule->witness = true;
    rule->result.proof_count = 1;
    return proof_at(rules, &rule->result.proofs[0], at_ns, mark);
}

void rules_undecided(struct rules *rules, enum rule_index index, enum doubt doubt) {
    struct rule *rule = &rules->rules[index];
    if (rule->doubt == DOUBT_NONE) {
        rule->doubt = doubt;
    }
}

void rules_measure(struct rules *rules, enum rule_index index, const char *unit, double value,
                   double limit_min, double limit_max) {
    struct rule_result *result = &rules->rules[index].result;
    result->unit = unit;
    result->value = value;
    result->smallest = fmin(result->smallest, value); /* fmin ignores NAN */
    result->largest = fmax(result->largest, value);
    result->limit_min = limit_min;
    result->limit_max = limit_max;
}

/* ---- a message ---- */

static void doubtful_clock(struct rules *rules, int64_t at_ns, uint64_t mark) {
    if (rules->clock && rules->open && at_ns < rules->last_ns) {
        rules_lost(rules, mark); /* nothing can be said of a time that goes backwards */
    }
}

static void second_event(struct rules *rules, const struct assembled *message, enum event event,
                         bool legal) {
    if (legal) {
        rules_wait_event(rules, event, message->at_ns, message->mark, false);
    }
}

/* What BSM and CCS say; states that are untrusted (10) or not supplied change nothing. */
static void events_of_content(struct rules *rules, const struct assembled *message, bool legal) {
    const uint8_t *data = message->data;
    if (message->message == &messages[MESSAGE_CCS] && message->length > 6) { /* 2011: 6 bytes */
        bool paused = (data[6] & 3u) == 0;
        second_event(rules, message, paused ? EVENT_CCS_PAUSED : EVENT_CCS_PERMITTED, legal);
    } else if (message->message == &messages[MESSAGE_BSM]) {
        bool abnormal = false;
        for (unsigned i = 0; i < 6; i++) { /* 3090...3095, from byte 6 on, two bits each */
            unsigned state = (unsigned)data[5 + i / 4] >> i % 4 * 2 & 3u;
            abnormal = abnormal || state == 1 || (i < 2 && state == 2);
        }
        bool permitted = (data[6] >> 4 & 3u) == 1, was_paused = rules->demand.paused;
        second_event(rules, message, abnormal ? EVENT_BSM_ABNORMAL : EVENT_BSM_NORMAL, legal);
        if (!abnormal) { /* with an abnormal state the charge has to stop, not to pause */
            second_event(rules, message, permitted ? EVENT_BSM_PERMIT : EVENT_BSM_PAUSE, legal);
        }
        if (permitted && was_paused && !abnormal) {
            second_event(rules, message, EVENT_BSM_RESUME, legal);
        }
        rules->demand.paused = legal ? !permitted && !abnormal : was_paused;
    }
}

/* What it says, and what follows from its having come. */
static void take_content(struct rules *rules, const struct assembled *message, enum event event,
                         bool legal, bool changed) {
    if (event == EVENT_CST || event == EVENT_BST) {
        rules_stop(rules, message, legal);
    }
    if (!message->length_ok) {
        return;
    }
    if (event == EVENT_CEM || event == EVENT_BEM) {
        rules_error(rules, message);
    }
    rules_wait_event(rules, event, message->at_ns, message->mark, !legal);
    rules->seen |= EVENT_BIT(event);
    events_of_content(rules, message, legal);
    rules_demand(rules, message, changed);
    rules_sign(rules, message);
}

static void take_message(void *ctx, const struct assembled *message) {
    struct rules *rules = ctx;
    struct side *side = &rules->sides[message->message->from_charger];
    struct message_state *state = &rules->states[message_index(message->message)];
    enum event event = rules_event_of(message);
    doubtful_clock(rules, message->at_ns, message->mark);
    rules_session_follow(rules, message);
    bool changed = !state->known || state->length != message->length ||
                   memcmp(state->payload, message->data, message->length) != 0;
    bool legal = rules_value(rules, message);
    bool stray = rules_stray(rules, message, event);
    bool forward = !stray && rules_order(rules, message, event);
    if (message->length_ok && !stray) {
        rules_going_on_event(rules, event, message->message->from_charger, forward, message->at_ns,
                             message->mark);
    }
    if (forward) {
        rules_period(rules, message);
    } else { /* out of its phase it has no period */
        rules_period_stop(rules, message_index(message->message));
    }
    if (message->message->transport) {
        rules_transport_message(rules, message);
    }
    if (!stray) {
        take_content(rules, message, event, legal, changed);
    }
    side->last_ns = message->at_ns;
    side->event = (uint8_t)event;
    side->spoken = true;
    rules_session_note(rules, message, forward);
    ending_message(rules->ending, message);
}

static void take_fault(void *ctx, const struct transfer_event *event) {
    struct rules *rules = ctx;
    if (rules->open) {
        rules_transport_fault(rules, event);
        ending_fault(rules->ending, event);
    }
}

static void take_step(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    struct rules *rules = ctx;
    if (rules->open) {
        rules_transport_step(rules, at_ns, mark, frame);
    }
}

static void take_foreign(void *ctx, int64_t at_ns, uint64_t mark,
                         const struct can_frame_ext *frame) {
    rules_foreign(ctx, at_ns, mark, frame);
}

/* ---- from outside ---- */

struct rules *rules_new(enum edition edition, const struct rules_limits *limits, bool clock) {
    struct rules *rules = calloc(1, sizeof *rules);
    if (rules == NULL) {
        return NULL;
    }
    rules->edition = edition;
    rules->limits = *limits;
    rules->clock = clock;
    if (edition == EDITION_2023 && limits->bsm_ns == 0) {
        rules->limits.bsm_ns = BSM_2023_NS;
    }
    rules->ending = ending_new(&rules->limits, clock);
    rules->sessions = calloc(SESSIONS_FIRST, sizeof *rules->sessions);
    rules->session_room = SESSIONS_FIRST;
    if (rules->ending == NULL || rules->sessions == NULL) {
        ending_free(rules->ending);
        free(rules->sessions);
        free(rules);
        return NULL;
    }
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
    rules->resolution_ns = resolution_ns;
    rules->assembler.resolution_ns = resolution_ns;
    ending_resolution(rules->ending, resolution_ns);
}

void rules_frame(struct rules *rules, int64_t at_ns, uint64_t mark,
                 const struct can_frame_ext *frame) {
    assert(!rules->finished);
    assembler_frame(&rules->assembler, rules->clock ? at_ns : 0, mark, frame);
}

void rules_lost(struct rules *rules, uint64_t mark) {
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        rules->states[i].lost = rules->states[i].running;
        rules->states[i].owed = false;
    }
    for (unsigned i = 0; i < WAITS; i++) {
        rules->waits[i].lost = rules->waits[i].armed;
    }
    rules->sides[0].joining = rules->sides[1].joining = rules->open;
    rules->partial = true;
    rules->transfers_lost = true;
    rules->lost_mark = mark;
}

static enum rule_verdict verdict_of(const struct rules *rules, const struct rule *rule) {
    const struct rule_result *result = &rule->result;
    bool timed = result->kind == RULE_PERIOD || result->kind == RULE_TIMEOUT;
    if (result->violations > 0) {
        return RULE_FAIL;
    }
    if (rule->doubt != DOUBT_NONE) {
        return RULE_INCONCLUSIVE;
    }
    if (result->observed == 0) {
        return RULE_NONE;
    }
    return timed && !rules->clock ? RULE_INCONCLUSIVE : RULE_PASS;
}

static void conclude(const struct rules *rules, struct rule *rule) {
    static const char *const reasons[][2] = {
        [DOUBT_NONE] = {NULL, NULL},
        [DOUBT_NO_CLOCK] = {"no clock in this capture", "此记录无时间信息"},
        [DOUBT_COARSE_CLOCK] = {"times are not known finely enough to decide it",
                                "时间精度不足以判定"},
        [DOUBT_LOST] = {"frames are missing in this capture", "此记录有帧缺失"},
        [DOUBT_SILENT] = {"the side had stopped sending altogether", "该方已完全停止发送"},
        [DOUBT_CROSSED] = {"BST and CST came at once: neither need be the other's answer",
                           "BST与CST几乎同时发送,未必是应答"},
    };
    rule->result.verdict = verdict_of(rules, rule);
    if (rule->result.verdict == RULE_INCONCLUSIVE) {
        enum doubt doubt = rules->clock ? rule->doubt : DOUBT_NO_CLOCK;
        rule->result.reason_en = reasons[doubt][0];
        rule->result.reason_zh = reasons[doubt][1];
    }
}

void rules_finish(struct rules *rules, int64_t end_ns) {
    assert(!rules->finished);
    int64_t end = rules->clock ? end_ns : 0;
    assembler_finish(&rules->assembler, end);
    rules_session_end(rules, end);
    rules_period_verdicts(rules);
    rules->finished = true;
    for (size_t i = 0; i < rules->listed_count; i++) {
        conclude(rules, &rules->rules[rules->listed[i]]);
    }
}

size_t rules_count(const struct rules *rules) {
    return rules->listed_count;
}

const struct rule_result *rules_result(const struct rules *rules, size_t index) {
    assert(index < rules->listed_count);
    return &rules->rules[rules->listed[index]].result;
}

size_t rules_session_count(const struct rules *rules) {
    return rules->session_count;
}

const struct rules_session *rules_session(const struct rules *rules, size_t index) {
    assert(index < rules->session_count);
    return &rules->sessions[index];
}

void rules_free(struct rules *rules) {
    if (rules != NULL) {
        ending_free(rules->ending);
        free(rules->sessions);
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

const char *rule_verdict_text(enum rule_verdict verdict, bool chinese) {
    static const char *const texts[][2] = {[RULE_NONE] = {"not applicable", "不适用"},
                                           [RULE_PASS] = {"pass", "合格"},
                                           [RULE_INCONCLUSIVE] = {"inconclusive", "无法判定"},
                                           [RULE_FAIL] = {"fail", "不合格"}};
    assert((unsigned)verdict < sizeof texts / sizeof texts[0]);
    return texts[verdict][chinese];
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
