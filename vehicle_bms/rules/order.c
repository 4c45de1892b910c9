/* SPDX-License-Identifier: MIT */
/* Who may send what when (GB/T 27930-2015 chapters 9 and 10, annex A), in two parts: nothing before
 * what triggers it has come from the other side, nothing of a former step once the sender has gone
 * on. How long a side may take for its next step is a matter of the waits (wait.c). */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>

#define RECONNECT_NS INT64_C(1000000000) /* a pause in CRM(00) that long is no gap in it */

/* One row an event of a message. */
static const struct {
    uint32_t needs; /* all of them from the other side, or of one's own */
    uint32_t needs_any;
} triggers[] = {
    [EVENT_CHM] = {0, 0},
    [EVENT_BHM] = {SEEN(CHM), 0},
    [EVENT_CRM_00] = {SEEN(CHM) | SEEN(BHM), 0},
    [EVENT_BRM] = {SEEN(CRM_00), 0},
    [EVENT_CRM_AA] = {SEEN(BRM), 0},
    [EVENT_BCP] = {SEEN(CRM_AA), 0},
    [EVENT_CTS] = {SEEN(BCP), 0},
    [EVENT_CML] = {SEEN(BCP), 0},
    [EVENT_BRO_00] = {SEEN(CML), 0},
    [EVENT_BRO_AA] = {SEEN(CML), 0},
    [EVENT_CRO_00] = {SEEN(BRO_AA), 0},
    [EVENT_CRO_AA] = {SEEN(BRO_AA), 0},
    [EVENT_BCL] = {SEEN(CRO_AA), 0},
    [EVENT_BCS] = {SEEN(CRO_AA), 0},
    [EVENT_BSM] = {SEEN(CRO_AA), 0},
    [EVENT_BMV] = {SEEN(CRO_AA), 0},
    [EVENT_CCS] = {SEEN(BCL) | SEEN(BCS), 0},
    /* CST and BST belong to charging and its end; from the configuration on (2023: parameters do
     * not match) nothing forbids them. */
    [EVENT_CST] = {0, SEEN(CML) | SEEN(BST)},
    [EVENT_BST] = {0, SEEN(CML) | SEEN(CST)},
    [EVENT_BSD] = {SEEN(CST) | SEEN(BST), 0},
    [EVENT_CSD] = {SEEN(BSD), 0},
    [EVENT_CEM] = {0, 0},
    [EVENT_BEM] = {0, 0},
};

_Static_assert(sizeof triggers / sizeof triggers[0] == EVENT_BSM_ABNORMAL,
               "every event of a message has a row, and no other has");

struct order {
    unsigned former[MESSAGE_COUNT]; /* messages of a step that their sender has left, since then */
    unsigned errors;                /* reconnections since charging was last reached */
    bool withdrawn;                 /* BRO has fallen back from AA to 00 in this attempt ... */
    int64_t withdrawn_ns;           /* ... then */
};

static struct order *own(const struct rules *rules) {
    return rules->states[STATE_ORDER];
}

/* The first message of a side in a charge that is joined half-way: everything up to it has been,
 * and in the start of a charge perhaps what comes next, too. */
static void join(struct rules *rules, const struct assembled *message, enum event event) {
    enum event last = event;
    if (event >= EVENT_CRM_00 && event <= EVENT_BCL) {
        last = event + 1;
    }
    if (event == EVENT_CTS || event == EVENT_CML) {
        last = EVENT_BRO_AA;
    }
    if (event == EVENT_CRO_AA || event == EVENT_BCL || event == EVENT_BSM || event == EVENT_BMV ||
        event >= EVENT_CEM) {
        last = EVENT_BCS;
    }
    /* Only messages are taken for seen, none of what a message says besides having come. */
    assert(event < EVENT_BSM_ABNORMAL && last < EVENT_BSM_ABNORMAL);
    attempt_joins(rules, message->message->from_charger, EVENT_BIT(last + 1) - 1, event_step(event),
                  message->first_ns);
}

static void say_premature(struct rules *rules, const struct assembled *message, enum event event,
                          uint32_t missing) {
    enum event lacks = EVENT_CHM;
    assert(missing != 0 && missing >> EVENT_BSM_ABNORMAL == 0); /* so the search ends */
    while (!(missing & EVENT_BIT(lacks))) {
        lacks++;
    }
    RULES_SAY(rules_violation(rules, rule_of(GROUP_ORDER, message_index(message->message)),
                              message->first_ns, message->first_mark),
              "%s先于%s发送", "%s before any %s", event_name(event), event_name(lacks));
}

#define OF_BMS                                                                                     \
    (SEEN(BHM) | SEEN(BRM) | SEEN(BCP) | SEEN(BRO_00) | SEEN(BRO_AA) | SEEN(BCL) | SEEN(BCS) |     \
     SEEN(BSM) | SEEN(BMV) | SEEN(BST) | SEEN(BSD) | SEEN(BEM))
#define OF_CHARGER                                                                                 \
    (SEEN(CHM) | SEEN(CRM_00) | SEEN(CRM_AA) | SEEN(CTS) | SEEN(CML) | SEEN(CRO_00) |              \
     SEEN(CRO_AA) | SEEN(CCS) | SEEN(CST) | SEEN(CSD) | SEEN(CEM))

_Static_assert((OF_BMS & OF_CHARGER) == 0 &&
                   (OF_BMS | OF_CHARGER) == EVENT_BIT(EVENT_BSM_ABNORMAL) - 1,
               "every event of a message is of one side, and of one only");

/* What must have come, although nobody recorded it. */
static uint32_t unrecorded(const struct rules *rules) {
    return rules->only == ENDING_BMS_ONLY       ? OF_CHARGER
           : rules->only == ENDING_CHARGER_ONLY ? OF_BMS
                                                : 0;
}

static bool triggered(struct rules *rules, const struct assembled *message, enum event event) {
    uint32_t seen = rules->attempt->seen |
                    (rules->edition == EDITION_2011 ? SEEN(CHM) | SEEN(BHM) : 0) |
                    unrecorded(rules);
    uint32_t missing = triggers[event].needs & ~seen;
    uint32_t any = triggers[event].needs_any;
    if (missing != 0) {
        say_premature(rules, message, event, missing);
        return false;
    }
    if (any != 0 && (any & seen) == 0) {
        say_premature(rules, message, event, any);
        return false;
    }
    return true;
}

/* The charger begins anew with CRM(00): after an error as it should, or without. */
static void reconnect(struct rules *rules, const struct assembled *message, bool error) {
    bool first = rules->attempt->sides[CHARGER_SIDE].step < event_step(EVENT_CRM_00);
    uint32_t handshake = first ? rules->attempt->seen : UINT32_MAX;
    rules_reconnect(rules, message, handshake & (SEEN(CHM) | SEEN(BHM)), !first);
    if (!error || first) {
        return;
    }
    unsigned number = ++own(rules)->errors;
    assert(number <= rules->attempt->reconnections); /* those after an error are some of all */
    const struct rule_measure measure = {number, (double)NAN, rules->limits.reconnections, ""};
    rules_observe(rules, RULE_RECONNECTIONS);
    rules_measure(rules, RULE_RECONNECTIONS, "", number, (double)NAN, rules->limits.reconnections);
    if (number > rules->limits.reconnections) {
        RULES_SAY(
            rules_violation_of(rules, RULE_RECONNECTIONS, message->at_ns, message->mark, measure),
            "第%u次重新连接，上限%u次", "reconnection number %u, %u are allowed", number,
            rules->limits.reconnections);
    } else {
        rules_kept(rules, RULE_RECONNECTIONS, measure);
    }
}

/* A message of a step that its sender has left. One that was queued, or a transfer that was under
 * way, is none; without a clock one message of each kind may have been. */
static bool still_under_way(struct rules *rules, const struct attempt_side *side,
                            const struct assembled *message) {
    unsigned former = ++own(rules)->former[message_index(message->message)];
    if (!rules->clock) {
        return former == 1;
    }
    int64_t after_ns = message->first_ns - side->step_ns;
    return after_ns <= rules->limits.former_ns + rules->resolution_ns;
}

static void say_former(struct rules *rules, const struct assembled *message, enum event event,
                       const struct attempt_side *side, uint8_t step) {
    static const char *const names[2][STEP_ERROR + 1] = {[BMS_SIDE] = {[1] = "BHM",
                                                                       "BRM",
                                                                       "BCP",
                                                                       "BRO(00)",
                                                                       "BRO(AA)",
                                                                       "BCL/BCS/BSM",
                                                                       "BST",
                                                                       "BSD",
                                                                       [STEP_ERROR] = "BEM"},
                                                         [CHARGER_SIDE] = {[1] = "CHM",
                                                                           "CRM(00)",
                                                                           "CRM(AA)",
                                                                           "CTS/CML",
                                                                           "CRO(00)",
                                                                           "CRO(AA)",
                                                                           "CCS",
                                                                           "CST",
                                                                           "CSD",
                                                                           [STEP_ERROR] = "CEM"}};
    const char *went_on = names[message->message->from_charger][step];
    assert(step > event_step(event) &&
           went_on != NULL); /* its sender has gone on to a step of its own */
    int64_t after_ns = message->first_ns - side->step_ns;
    enum rule_index index = rule_of(GROUP_ORDER, message_index(message->message));
    struct rule_measure measure = rule_measure_none;
    if (rules->clock) {
        measure = (struct rule_measure){seconds(after_ns), (double)NAN,
                                        seconds(rules->limits.former_ns), "s"};
    }
    struct rule_proof *proof =
        rules_violation_of(rules, index, message->first_ns, message->first_mark, measure);
    if (rules->clock) {
        RULES_SAY(proof, "%s在首帧%s之后%.3f s仍在发送", "%s, %s had begun %.3f s before",
                  event_name(event), went_on, seconds(after_ns));
    } else {
        RULES_SAY(proof, "%s在%s之后仍在发送", "%s after %s", event_name(event), went_on);
    }
}

/* The BMS may take BRO(AA) back until CRO(AA) (GB/T 34658 DN.2009). */
static bool withdraws(const struct rules *rules, const struct attempt_side *side,
                      enum event event) {
    return event == EVENT_BRO_00 && side->step == event_step(EVENT_BRO_AA) &&
           !(rules->attempt->seen & SEEN(CRO_AA));
}

/* Then the charger ends the charge within a second (GB/T 34658 DN.2009), and never goes on to
 * CRO(AA). A BRO that is neither 00 nor AA is a matter of the waits (DN.2008). */
static void judge_withdrawn(struct rules *rules, const struct assembled *message,
                            enum event event) {
    int64_t after_ns = message->first_ns - own(rules)->withdrawn_ns;
    int64_t allowed_ns = event == EVENT_CRO_AA ? rules->limits.former_ns : rules->limits.react_ns;
    bool goes_on = event == EVENT_CRO_00 || event == EVENT_CRO_AA || event == EVENT_CML;
    if (own(rules)->withdrawn && goes_on && rules->clock &&
        after_ns > allowed_ns + rules->resolution_ns) {
        const struct rule_measure measure = {seconds(after_ns), (double)NAN, seconds(allowed_ns),
                                             "s"};
        RULES_SAY(rules_violation_of(rules, rule_of(GROUP_ORDER, message_index(message->message)),
                                     message->first_ns, message->first_mark, measure),
                  "%s在BRO退回00之后%.3f s仍在发送", "%s %.3f s after BRO had fallen back to 00",
                  event_name(event), seconds(after_ns));
    }
}

static void go_on(struct rules *rules, const struct assembled *message, enum event event) {
    bool charger = message->message->from_charger;
    if (rules->attempt->sides[charger].step == event_step(event)) {
        return;
    }
    /* A side goes forward only; back there is no way but a reconnection, and BRO(00) after BRO(AA). */
    assert(event_step(event) > rules->attempt->sides[charger].step || event == EVENT_BRO_00);
    attempt_steps(rules, charger, event_step(event), message->first_ns);
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        if (messages[i].from_charger == charger) {
            own(rules)->former[i] = 0;
        }
    }
    if (event == EVENT_CCS) {
        own(rules)->errors = 0; /* charging was reached: counted anew (a point left open) */
    }
}

/* CRM(00) once more after an error of either side; a charger that has never stopped sending it is
 * not beginning anew. */
static bool reconnects(const struct rules *rules, const struct assembled *message) {
    const struct attempt_side *charger = &rules->attempt->sides[CHARGER_SIDE];
    if (!(rules->attempt->seen & (SEEN(CEM) | SEEN(BEM)))) {
        return false;
    }
    return charger->step != event_step(EVENT_CRM_00) ||
           (rules->clock && message->at_ns - charger->last_ns > RECONNECT_NS);
}

static bool is_stray(const struct rules *rules, const struct assembled *message, enum event event) {
    const struct attempt_side *side = &rules->attempt->sides[message->message->from_charger];
    int64_t after_ns = message->first_ns - rules->attempt->begun_ns;
    return rules->attempt->reconnected && side->step < event_step(event) &&
           event_step(event) > event_step(EVENT_CRM_00) && rules->clock &&
           after_ns <= rules->limits.former_ns + rules->resolution_ns;
}

static bool in_order(struct rules *rules, const struct heard *heard) {
    const struct assembled *message = heard->message;
    enum event event = heard->event;
    const struct attempt_side *side = &rules->attempt->sides[message->message->from_charger];
    enum message_index number = heard->index;
    assert(heard->event < EVENT_BSM_ABNORMAL && side->step <= STEP_ERROR);
    rules_observe(rules, rule_of(GROUP_ORDER, number));
    if (!rules_in_edition(rules->edition, number)) {
        RULES_SAY(
            rules_violation(rules, rule_of(GROUP_ORDER, number), message->at_ns, message->mark),
            "%s中没有报文%s", "%s has no %s", edition_text(rules->edition), message->message->code);
    }
    if (side->joining) {
        join(rules, message, event);
        return true;
    }
    if (rules->only == ENDING_BMS_ONLY && event == EVENT_BRM && side->step == STEP_ERROR) {
        rules_reconnect(rules, message, 0, true); /* the CRM(00) before it is not recorded */
    } else if (event == EVENT_CRM_00 && reconnects(rules, message)) {
        reconnect(rules, message, true);
    } else if (side->step > event_step(event) && !withdraws(rules, side, event)) {
        bool tolerated = still_under_way(rules, side, message);
        if (!tolerated) {
            say_former(rules, message, event, side, side->step);
        }
        if (tolerated || event != EVENT_CRM_00) {
            return false;
        }
        reconnect(rules, message, false);
    }
    if (withdraws(rules, side, event) && message->data[0] == 0 && !own(rules)->withdrawn) {
        own(rules)->withdrawn = true;
        own(rules)->withdrawn_ns = message->first_ns;
    }
    judge_withdrawn(rules, message, event);
    if (!triggered(rules, message, event)) {
        return false;
    }
    go_on(rules, message, event);
    return true;
}

static void order_message(struct rules *rules, struct heard *heard) {
    heard->stray = is_stray(rules, heard->message, heard->event);
    heard->forward = !heard->stray && in_order(rules, heard);
}

static void order_begin(struct rules *rules) {
    *own(rules) = (struct order){0};
}

static void order_attempt(struct rules *rules) {
    struct order *order = own(rules);
    *order = (struct order){.errors = order->errors};
}

const struct judge judge_order = {
    .state_size = sizeof(struct order),
    .begin = order_begin,
    .attempt = order_attempt,
    .message = order_message,
};
