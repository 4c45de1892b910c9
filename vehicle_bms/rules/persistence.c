/* SPDX-License-Identifier: MIT */
/* How long a message has to go on (GB/T 27930-2015 chapter 9, annex A): until what it waits for has
 * come, or the charge ends. A gap (period.c) ends with a message of the same kind; whoever
 * sends one only once, or stops half-way, leaves none. Its sender has to be there still: who has
 * fallen silent altogether is judged by the waits. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>

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

/* A message that has to be sent still. */
struct persistent {
    bool running; /* it is being sent without a break */
    bool ended;   /* it has to go on, and need not any more since then */
    enum event ended_by;
    int64_t ended_ns;
    uint64_t ended_mark;
    enum event variant;
    int64_t last_ns;
    uint64_t last_mark;
};

struct persistence {
    struct persistent messages[MESSAGE_COUNT];
    uint32_t owed; /* bit i: message i has to go on; most messages end none of them */
    struct {
        enum event event;
        int64_t at_ns;
    } forward[2]; /* of each side the last message in its phase */
};

static struct persistence *own(const struct rules *rules) {
    return rules->states[STATE_PERSISTENCE];
}

static_assert(MESSAGE_COUNT <= 32, "a bit a message");

static bool is_owed(const struct rules *rules, unsigned index) {
    return own(rules)->owed >> index & 1u;
}

static void set_owed(const struct rules *rules, unsigned index, bool owed) {
    assert(index < MESSAGE_COUNT);
    uint32_t bit = UINT32_C(1) << index;
    own(rules)->owed = owed ? own(rules)->owed | bit : own(rules)->owed & ~bit;
}

static bool may_stop(enum event variant, uint32_t seen) {
    assert(variant < EVENT_BSM_ABNORMAL);
    return (seen & until[variant].any) != 0 ||
           (until[variant].all != 0 && (seen & until[variant].all) == until[variant].all);
}

static void take(struct rules *rules, const struct heard *heard) {
    const struct assembled *message = heard->message;
    struct persistent *state = &own(rules)->messages[heard->index];
    if (state->running && state->last_mark == message->first_mark) {
        return; /* packets of the same transfer that were asked for again */
    }
    *state = (struct persistent){
        .running = true,
        .variant = heard->event,
        .last_ns = message->first_ns,
        .last_mark = message->first_mark,
    };
    set_owed(rules, heard->index,
             until[heard->event].any != 0 && !may_stop(heard->event, rules->attempt->seen));
}

/* One transfer at a time: while any runs no other can begin, and whether it stalls is not for
 * here. */
static int64_t silent_since(const struct rules *rules, enum message_index index, int64_t then_ns) {
    const struct persistent *state = &own(rules)->messages[index];
    const struct message *message = &messages[index];
    bool busy =
        rules->attempt->transfer.message != NULL && rules->attempt->transfer.at_ns > state->last_ns;
    if (!message->transport) {
        return state->last_ns;
    }
    if (rules->assembler.transfers[message->from_charger].open) {
        return then_ns;
    }
    return busy ? rules->attempt->transfer.at_ns : state->last_ns;
}

/* Its sender goes on with its own error message: at the timeout it stopped, and the error message may
 * come so much later. */
static int64_t may_be_late_ns(const struct rules *rules, enum message_index index,
                              enum event next) {
    bool own_error = next == (messages[index].from_charger ? EVENT_CEM : EVENT_BEM);
    return own_error ? rules->limits.timeout_late_ns : 0;
}

/* then_ns: until when it had to be sent, which by has ended; next: what its sender goes on with. */
static void judge_silence(struct rules *rules, enum message_index index, int64_t then_ns,
                          uint64_t mark, enum event by, enum event next) {
    struct persistent *state = &own(rules)->messages[index];
    int64_t silent_ns =
        then_ns - silent_since(rules, index, then_ns) - may_be_late_ns(rules, index, next);
    int64_t period_ns, allowed_ns;
    rules_period_of(rules, index, &period_ns, &allowed_ns);
    assert(is_owed(rules, index) && period_ns > 0 && allowed_ns >= 0);
    /* What is owed is being sent; BSM alone is owed before it was ever sent. */
    assert(rules->clock && (state->running || index == MESSAGE_BSM));
    set_owed(rules, index, false);
    if (silent_ns <= period_ns + allowed_ns) {
        return;
    }
    if (silent_ns <= period_ns + allowed_ns + rules->resolution_ns) {
        rules_period_missed(rules, index, false);
        return;
    }
    bool waited =
        until[state->variant].waited || (index == MESSAGE_BSM && rules->limits.bsm_ns > 0);
    if (waited && silent_ns >= rules_period_silence(rules, index)) {
        return;
    }
    const struct rule_measure measure = {(double)silent_ns / NS_PER_MS, (double)NAN,
                                         (double)(period_ns + allowed_ns) / NS_PER_MS, "ms"};
    rules_period_missed(rules, index, true);
    struct rule_proof *proof =
        rules_violation_of(rules, rule_of(GROUP_PERIOD, index), then_ns, mark, measure);
    RULES_SAY(proof, "%s已%.2f ms未发送，此时%s，周期%.0f ms ± %.0f ms",
              "no %s for %.2f ms when %s came, period %.0f ms ± %.0f ms", messages[index].code,
              (double)silent_ns / NS_PER_MS, event_name(by), (double)period_ns / NS_PER_MS,
              (double)allowed_ns / NS_PER_MS);
}

/* BSM is mandatory: two periods after the first CCS it is there (a choice; the standard names
 * none). */
static void expect_bsm(struct rules *rules, int64_t at_ns, uint64_t mark) {
    struct persistent *state = &own(rules)->messages[MESSAGE_BSM];
    int64_t period_ns, allowed_ns;
    if (rules->attempt->seen & (SEEN(CCS) | SEEN(BSM) | END) || state->running) {
        return;
    }
    assert(rules->clock && !is_owed(rules, MESSAGE_BSM));
    rules_period_of(rules, MESSAGE_BSM, &period_ns, &allowed_ns);
    state->variant = EVENT_BSM;
    state->last_ns = at_ns + period_ns;
    state->last_mark = mark;
    set_owed(rules, MESSAGE_BSM, true);
    state->ended = false;
}

/* The other side complains: then a sender that was silent altogether is what it complains of. */
static bool complained_of(const struct rules *rules, enum message_index index, enum event event) {
    const struct persistent *state = &own(rules)->messages[index];
    bool charger = messages[index].from_charger;
    int64_t period_ns, allowed_ns;
    rules_period_of(rules, index, &period_ns, &allowed_ns);
    return event == (charger ? EVENT_BEM : EVENT_CEM) &&
           rules->attempt->sides[charger].last_ns - state->last_ns <= period_ns + allowed_ns;
}

static void need_not_go_on(struct rules *rules, enum message_index index, enum event event,
                           int64_t at_ns, uint64_t mark) {
    struct persistent *state = &own(rules)->messages[index];
    assert(is_owed(rules, index) && !state->ended);
    state->ended = true;
    state->ended_ns = at_ns;
    state->ended_mark = mark;
    state->ended_by = event;
    set_owed(rules, index, !complained_of(rules, index, event));
}

/* What ends with this event; what its sender owed when it went on is judged. */
static void follow(struct rules *rules, const struct heard *heard) {
    const struct assembled *message = heard->message;
    struct persistent *states = own(rules)->messages;
    bool by_charger = message->message->from_charger;
    uint32_t seen = rules->attempt->seen | EVENT_BIT(heard->event);
    assert(seen != 0 && seen >> EVENT_BSM_ABNORMAL == 0);
    for (uint32_t left = rules->clock ? own(rules)->owed : 0; left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        const struct persistent *state = &states[i];
        if (!state->ended && may_stop(state->variant, seen)) {
            need_not_go_on(rules, (enum message_index)i, heard->event, message->at_ns,
                           message->mark);
        }
        if (is_owed(rules, i) && state->ended && heard->forward &&
            messages[i].from_charger == by_charger) {
            judge_silence(rules, (enum message_index)i, state->ended_ns, state->ended_mark,
                          state->ended_by, heard->event);
        }
    }
    if (heard->forward) {
        own(rules)->forward[by_charger].at_ns = message->at_ns;
        own(rules)->forward[by_charger].event = heard->event;
    }
    if (heard->forward && heard->event == EVENT_CCS && rules->clock) {
        expect_bsm(rules, message->at_ns, message->mark);
    }
}

static void stop(struct rules *rules, enum message_index index) {
    own(rules)->messages[index].running = false;
    set_owed(rules, index, false);
}

static void persistence_message(struct rules *rules, struct heard *heard) {
    if (heard_counts(heard)) {
        follow(rules, heard);
    }
    if (heard->forward) {
        take(rules, heard);
    } else {
        stop(rules, heard->index);
    }
}

static void persistence_begin(struct rules *rules) {
    *own(rules) = (struct persistence){0};
}

static void persistence_attempt(struct rules *rules) {
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        stop(rules, (enum message_index)i);
    }
}

static void persistence_fault(struct rules *rules, const struct transfer_event *event) {
    const struct message *message = message_by_pgn(event->pgn);
    if (message != NULL && event_stalls(event)) {
        stop(rules, message_index(message));
    }
}

static void persistence_lost(struct rules *rules, uint64_t mark) {
    (void)mark;
    own(rules)->owed = 0;
}

static void persistence_charge_end(struct rules *rules) {
    for (unsigned i = 0; i < MESSAGE_COUNT && rules->clock; i++) {
        struct persistent *state = &own(rules)->messages[i];
        bool charger = messages[i].from_charger;
        if (is_owed(rules, i) && !state->ended) {
            judge_silence(rules, (enum message_index)i, own(rules)->forward[charger].at_ns,
                          rules->attempt->last_mark, own(rules)->forward[charger].event,
                          own(rules)->forward[charger].event);
        }
        set_owed(rules, i, false);
    }
}

const struct judge judge_persistence = {
    .state_size = sizeof(struct persistence),
    .both = true,
    .begin = persistence_begin,
    .attempt = persistence_attempt,
    .message = persistence_message,
    .fault = persistence_fault,
    .lost = persistence_lost,
    .charge_end = persistence_charge_end,
};
