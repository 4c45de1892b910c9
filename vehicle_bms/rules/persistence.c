/* SPDX-License-Identifier: MIT */
/* How long a message has to go on (GB/T 27930-2015 chapter 9, annex A): until what it waits for has
 * come, or the charge ends. A gap (rules_period.c) ends with a message of the same kind; whoever
 * sends one only once, or stops half-way, leaves none. Its sender has to be there still: who has
 * fallen silent altogether is judged by the waits. */
#include "vehicle_bms/rules/internal.h"

#define END (SEEN(CST) | SEEN(BST) | SEEN(CEM) | SEEN(BEM))

static const struct {
    uint32_t any; /* one of these lets it stop, or ... */
    uint32_t all; /* ... all of these */
    bool waited;  /* a silence as long as its timeout is for the waits to judge */
} until[EVENTS] = {
    [EVENT_CHM] = {.any = SEEN(CRM_00) | END},
    [EVENT_BHM] = {.any = SEEN(CRM_00) | END},
    [EVENT_CRM_00] = {.any = SEEN(BRM) | END},
    [EVENT_BRM] = {.any = SEEN(CRM_AA) | END},
    [EVENT_CRM_AA] = {.any = SEEN(BCP) | END},
    [EVENT_BCP] = {.any = SEEN(CML) | END},
    [EVENT_CML] = {.any = SEEN(BRO_AA) | END},
    [EVENT_BRO_00] = {.any = SEEN(BRO_AA) | END},
    [EVENT_BRO_AA] = {.any = SEEN(CRO_AA) | END, .waited = true},
    [EVENT_CRO_00] = {.any = SEEN(CRO_AA) | END},
    [EVENT_CRO_AA] = {.any = SEEN(CCS) | END, .all = SEEN(BCL) | SEEN(BCS)},
    [EVENT_BCL] = {.any = END, .waited = true},
    [EVENT_BCS] = {.any = END, .waited = true},
    [EVENT_BSM] = {.any = END},
    [EVENT_CCS] = {.any = END, .waited = true},
    [EVENT_CST] = {.any = SEEN(BSD) | SEEN(CSD) | SEEN(CEM) | SEEN(BEM)},
    [EVENT_BST] = {.any = SEEN(CST) | SEEN(BSD) | SEEN(CEM) | SEEN(BEM)},
    [EVENT_BSD] = {.any = SEEN(CSD) | SEEN(CEM) | SEEN(BEM)},
};

static bool may_stop(uint8_t variant, uint32_t seen) {
    return (seen & until[variant].any) != 0 ||
           (until[variant].all != 0 && (seen & until[variant].all) == until[variant].all);
}

void rules_going_on(struct rules *rules, enum message_index index) {
    struct message_state *state = &rules->states[index];
    state->owed = until[state->variant].any != 0 && !may_stop(state->variant, rules->seen);
    state->let_go = false;
}

/* One transfer at a time: while any runs no other can begin, and whether it stalls is not for
 * here. */
static int64_t silent_since(const struct rules *rules, enum message_index index, int64_t then_ns) {
    const struct message_state *state = &rules->states[index];
    const struct message *message = &messages[index];
    bool busy = rules->transfer.message != NULL && rules->transfer.at_ns > state->last_ns;
    if (!message->transport) {
        return state->last_ns;
    }
    if (rules->assembler.transfers[message->from_charger].open) {
        return then_ns;
    }
    return busy ? rules->transfer.at_ns : state->last_ns;
}

/* then_ns: until when it had to be sent. */
static void judge_stop(struct rules *rules, enum message_index index, int64_t then_ns,
                       uint64_t mark, enum event by) {
    struct message_state *state = &rules->states[index];
    int64_t silent_ns = then_ns - silent_since(rules, index, then_ns);
    int64_t period_ns, allowed_ns;
    rules_period_of(rules, index, &period_ns, &allowed_ns);
    state->owed = false;
    if (silent_ns <= period_ns + allowed_ns) {
        return;
    }
    if (silent_ns <= period_ns + allowed_ns + rules->resolution_ns) {
        state->gaps_unclear++;
        return;
    }
    bool waited =
        until[state->variant].waited || (index == MESSAGE_BSM && rules->limits.bsm_ns > 0);
    if (waited && silent_ns >= rules_period_silence(rules, index)) {
        return;
    }
    state->gaps_bad++;
    struct rule_proof *proof = rules_violation(rules, rule_of(GROUP_PERIOD, index), then_ns, mark);
    RULES_SAY(proof, "%s已%.2f ms未发送,此时%s,周期%.0f ms ± %.0f ms",
              "no %s for %.2f ms when %s came, period %.0f ms ± %.0f ms", messages[index].code,
              (double)silent_ns / NS_PER_MS, rules_event_name(by), (double)period_ns / NS_PER_MS,
              (double)allowed_ns / NS_PER_MS);
}

/* BSM is mandatory: two periods after the first CCS it is there (a choice; the standard names
 * none). */
static void expect_bsm(struct rules *rules, int64_t at_ns, uint64_t mark) {
    struct message_state *state = &rules->states[MESSAGE_BSM];
    int64_t period_ns, allowed_ns;
    if (rules->seen & (SEEN(CCS) | SEEN(BSM) | END) || state->running) {
        return;
    }
    rules_period_of(rules, MESSAGE_BSM, &period_ns, &allowed_ns);
    state->variant = EVENT_BSM;
    state->last_ns = at_ns + period_ns;
    state->last_mark = mark;
    state->owed = true;
    state->let_go = false;
}

/* The other side complains: then a sender that was silent altogether is what it complains of. */
static bool complained_of(const struct rules *rules, enum message_index index, enum event event) {
    const struct message_state *state = &rules->states[index];
    bool charger = messages[index].from_charger;
    int64_t period_ns, allowed_ns;
    rules_period_of(rules, index, &period_ns, &allowed_ns);
    return event == (charger ? EVENT_BEM : EVENT_CEM) &&
           rules->sides[charger].last_ns - state->last_ns <= period_ns + allowed_ns;
}

static void let_go(struct rules *rules, enum message_index index, enum event event, int64_t at_ns,
                   uint64_t mark) {
    struct message_state *state = &rules->states[index];
    state->let_go = true;
    state->let_go_ns = at_ns;
    state->let_go_mark = mark;
    state->let_go_by = (uint8_t)event;
    state->owed = !complained_of(rules, index, event);
}

void rules_going_on_event(struct rules *rules, enum event event, bool by_charger, bool forward,
                          int64_t at_ns, uint64_t mark) {
    uint32_t seen = rules->seen | EVENT_BIT(event);
    for (unsigned i = 0; i < MESSAGE_COUNT && rules->clock; i++) {
        struct message_state *state = &rules->states[i];
        if (state->owed && !state->let_go && may_stop(state->variant, seen)) {
            let_go(rules, (enum message_index)i, event, at_ns, mark);
        }
        if (state->owed && state->let_go && forward && messages[i].from_charger == by_charger) {
            judge_stop(rules, (enum message_index)i, state->let_go_ns, state->let_go_mark,
                       (enum event)state->let_go_by);
        }
    }
    if (forward) {
        rules->sides[by_charger].forward_ns = at_ns;
        rules->sides[by_charger].forward_event = (uint8_t)event;
    }
    if (forward && event == EVENT_CCS && rules->clock) {
        expect_bsm(rules, at_ns, mark);
    }
}

void rules_going_on_close(struct rules *rules) {
    for (unsigned i = 0; i < MESSAGE_COUNT && rules->clock; i++) {
        struct message_state *state = &rules->states[i];
        const struct side *side = &rules->sides[messages[i].from_charger];
        if (state->owed && !state->let_go) {
            judge_stop(rules, (enum message_index)i, side->forward_ns, rules->last_mark,
                       (enum event)side->forward_event);
        }
        state->owed = false;
    }
}
