/* SPDX-License-Identifier: MIT */
/* Who may send what when (GB/T 27930-2015 chapters 9 and 10, annex A), in two parts: nothing before
 * what triggers it has come from the other side, nothing of a former step once the sender has gone
 * on. How long a side may take for its next step is a matter of the waits (rules_wait.c). */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>

#define STEP_ERROR   20
#define RECONNECT_NS INT64_C(1000000000) /* a pause in CRM(00) that long is no gap in it */

/* One row an event. Steps count within a side. */
static const struct {
    const char *name;
    uint8_t step;
    uint32_t needs; /* all of them from the other side, or of one's own */
    uint32_t needs_any;
} steps[] = {
    [EVENT_CHM] = {"CHM", 1, 0, 0},
    [EVENT_BHM] = {"BHM", 1, SEEN(CHM), 0},
    [EVENT_CRM_00] = {"CRM(00)", 2, SEEN(CHM) | SEEN(BHM), 0},
    [EVENT_BRM] = {"BRM", 2, SEEN(CRM_00), 0},
    [EVENT_CRM_AA] = {"CRM(AA)", 3, SEEN(BRM), 0},
    [EVENT_BCP] = {"BCP", 3, SEEN(CRM_AA), 0},
    [EVENT_CTS] = {"CTS", 4, SEEN(BCP), 0},
    [EVENT_CML] = {"CML", 4, SEEN(BCP), 0},
    [EVENT_BRO_00] = {"BRO(00)", 4, SEEN(CML), 0},
    [EVENT_BRO_AA] = {"BRO(AA)", 5, SEEN(CML), 0},
    [EVENT_CRO_00] = {"CRO(00)", 5, SEEN(BRO_AA), 0},
    [EVENT_CRO_AA] = {"CRO(AA)", 6, SEEN(BRO_AA), 0},
    [EVENT_BCL] = {"BCL", 6, SEEN(CRO_AA), 0},
    [EVENT_BCS] = {"BCS", 6, SEEN(CRO_AA), 0},
    [EVENT_BSM] = {"BSM", 6, SEEN(CRO_AA), 0},
    [EVENT_BMV] = {"BMV/BMT/BSP", 6, SEEN(CRO_AA), 0},
    [EVENT_CCS] = {"CCS", 7, SEEN(BCL) | SEEN(BCS), 0},
    /* CST and BST belong to charging and its end; from the configuration on (2023: parameters do
     * not match) nothing forbids them. */
    [EVENT_CST] = {"CST", 8, 0, SEEN(CML) | SEEN(BST)},
    [EVENT_BST] = {"BST", 7, 0, SEEN(CML) | SEEN(CST)},
    [EVENT_BSD] = {"BSD", 8, SEEN(CST) | SEEN(BST), 0},
    [EVENT_CSD] = {"CSD", 9, SEEN(BSD), 0},
    [EVENT_CEM] = {"CEM", STEP_ERROR, 0, 0},
    [EVENT_BEM] = {"BEM", STEP_ERROR, 0, 0},
};

enum event rules_event_of(const struct assembled *message) {
    static const uint8_t events[MESSAGE_COUNT] = {
        [MESSAGE_CHM] = EVENT_CHM, [MESSAGE_BHM] = EVENT_BHM,    [MESSAGE_CRM] = EVENT_CRM_00,
        [MESSAGE_BRM] = EVENT_BRM, [MESSAGE_BCP] = EVENT_BCP,    [MESSAGE_CTS] = EVENT_CTS,
        [MESSAGE_CML] = EVENT_CML, [MESSAGE_BRO] = EVENT_BRO_00, [MESSAGE_CRO] = EVENT_CRO_00,
        [MESSAGE_BCL] = EVENT_BCL, [MESSAGE_BCS] = EVENT_BCS,    [MESSAGE_CCS] = EVENT_CCS,
        [MESSAGE_BSM] = EVENT_BSM, [MESSAGE_BMV] = EVENT_BMV,    [MESSAGE_BMT] = EVENT_BMV,
        [MESSAGE_BSP] = EVENT_BMV, [MESSAGE_BST] = EVENT_BST,    [MESSAGE_CST] = EVENT_CST,
        [MESSAGE_BSD] = EVENT_BSD, [MESSAGE_CSD] = EVENT_CSD,    [MESSAGE_BEM] = EVENT_BEM,
        [MESSAGE_CEM] = EVENT_CEM,
    };
    enum event event = (enum event)events[message_index(message->message)];
    bool ready = message->length > 0 && message->data[0] == READY;
    switch (event) {
    case EVENT_CRM_00:
        return ready ? EVENT_CRM_AA : event;
    case EVENT_BRO_00:
        return ready ? EVENT_BRO_AA : event;
    case EVENT_CRO_00:
        return ready ? EVENT_CRO_AA : event;
    default:
        return event;
    }
}

const char *rules_event_name(enum event event) {
    assert((unsigned)event < sizeof steps / sizeof steps[0]);
    return steps[event].name;
}

bool rules_over(const struct rules *rules) {
    return (rules->seen & (SEEN(CST) | SEEN(CSD) | SEEN(CEM) | SEEN(BEM))) != 0;
}

bool rules_charger_awaits(const struct rules *rules, enum message_index message) {
    uint8_t step = rules->sides[CHARGER_SIDE].step;
    switch (message) {
    case MESSAGE_BRM:
        return step <= steps[EVENT_CRM_00].step;
    case MESSAGE_BCP:
        return step <= steps[EVENT_CRM_AA].step && step != steps[EVENT_CRM_00].step;
    default:
        return step <= steps[EVENT_CCS].step &&
               (step == 0 || step >= steps[EVENT_CRO_AA].step); /* 0: nothing heard of it yet */
    }
}

/* The first message of a side in a charge that is joined half-way: everything up to it has been,
 * and in the start of a charge perhaps what comes next, too. */
static void join(struct rules *rules, struct side *side, enum event event, int64_t at_ns) {
    unsigned last = event;
    if (event >= EVENT_CRM_00 && event <= EVENT_BCL) {
        last = event + 1;
    }
    if (event == EVENT_CTS || event == EVENT_CML) {
        last = EVENT_BRO_AA;
    }
    if (event == EVENT_CRO_AA || event == EVENT_BCL || event == EVENT_BSM || event == EVENT_BMV) {
        last = EVENT_BCS;
    }
    if (event < EVENT_CEM) {
        rules->seen |= EVENT_BIT(last + 1) - 1;
    } else {
        rules->seen |= EVENT_BIT(EVENT_BCS + 1) - 1;
    }
    if (side->step != steps[event].step) {
        side->step_ns = at_ns;
    }
    side->step = steps[event].step;
    side->joining = false;
}

static void say_premature(struct rules *rules, const struct assembled *message, enum event event,
                          uint32_t missing) {
    enum event lacks = EVENT_CHM;
    while (!(missing & EVENT_BIT(lacks))) {
        lacks++;
    }
    RULES_SAY(rules_violation(rules, rule_of(GROUP_ORDER, message_index(message->message)),
                              message->first_ns, message->first_mark),
              "%s先于%s发送", "%s before any %s", steps[event].name, steps[lacks].name);
}

static bool triggered(struct rules *rules, const struct assembled *message, enum event event) {
    uint32_t seen = rules->seen | (rules->edition == EDITION_2011 ? SEEN(CHM) | SEEN(BHM) : 0);
    uint32_t missing = steps[event].needs & ~seen;
    uint32_t any = steps[event].needs_any;
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
    struct rules_session *session = &rules->sessions[rules->session_count - 1];
    bool first = rules->sides[CHARGER_SIDE].step < steps[EVENT_CRM_00].step;
    uint32_t handshake = first ? rules->seen : UINT32_MAX;
    rules_wait_close(rules, -1, message->at_ns, message->mark);
    rules_stop_close(rules);
    rules_attempt_begin(rules);
    rules->seen = handshake & (SEEN(CHM) | SEEN(BHM));
    rules->reconnected = rules->begun_anew = true;
    rules->partial = false;
    rules->attempt_ns = message->at_ns;
    session->reconnections += !first;
    if (!error || first) {
        return;
    }
    rules->attempts++;
    rules_observe(rules, RULE_RECONNECTIONS);
    rules_measure(rules, RULE_RECONNECTIONS, "", rules->attempts, (double)NAN,
                  rules->limits.reconnections);
    if (rules->attempts > rules->limits.reconnections) {
        RULES_SAY(rules_violation(rules, RULE_RECONNECTIONS, message->at_ns, message->mark),
                  "第%u次重新连接,上限%u次", "reconnection number %u, %u are allowed",
                  rules->attempts, rules->limits.reconnections);
    }
}

/* A message of a step that its sender has left. One that was queued, or a transfer that was under
 * way, is none; without a clock one message of each kind may have been. */
static bool still_under_way(struct rules *rules, const struct side *side,
                            const struct assembled *message) {
    struct message_state *state = &rules->states[message_index(message->message)];
    state->former++;
    if (!rules->clock) {
        return state->former == 1;
    }
    int64_t after_ns = message->first_ns - side->step_ns;
    return after_ns <= rules->limits.former_ns + rules->resolution_ns;
}

static void say_former(struct rules *rules, const struct assembled *message, enum event event,
                       const struct side *side, uint8_t step) {
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
    int64_t after_ns = message->first_ns - side->step_ns;
    enum rule_index index = rule_of(GROUP_ORDER, message_index(message->message));
    struct rule_proof *proof =
        rules_violation(rules, index, message->first_ns, message->first_mark);
    if (rules->clock) {
        RULES_SAY(proof, "%s在首帧%s之后%.3f s仍在发送", "%s, %s had begun %.3f s before",
                  steps[event].name, went_on, seconds(after_ns));
    } else {
        RULES_SAY(proof, "%s在%s之后仍在发送", "%s after %s", steps[event].name, went_on);
    }
}

/* The BMS may take BRO(AA) back until CRO(AA) (GB/T 34658 DN.2009). */
static bool withdraws(const struct rules *rules, const struct side *side, enum event event) {
    return event == EVENT_BRO_00 && side->step == steps[EVENT_BRO_AA].step &&
           !(rules->seen & SEEN(CRO_AA));
}

/* Then the charger ends the charge within a second (GB/T 34658 DN.2009), and never goes on to
 * CRO(AA). A BRO that is neither 00 nor AA is a matter of the waits (DN.2008). */
static void judge_withdrawn(struct rules *rules, const struct assembled *message,
                            enum event event) {
    int64_t after_ns = message->first_ns - rules->withdrawn_ns;
    int64_t allowed_ns = event == EVENT_CRO_AA ? rules->limits.former_ns : rules->limits.react_ns;
    bool goes_on = event == EVENT_CRO_00 || event == EVENT_CRO_AA || event == EVENT_CML;
    if (rules->withdrawn && goes_on && rules->clock &&
        after_ns > allowed_ns + rules->resolution_ns) {
        RULES_SAY(rules_violation(rules, rule_of(GROUP_ORDER, message_index(message->message)),
                                  message->first_ns, message->first_mark),
                  "%s在BRO退回00之后%.3f s仍在发送", "%s %.3f s after BRO had fallen back to 00",
                  rules_event_name(event), seconds(after_ns));
    }
}

static void go_on(struct rules *rules, struct side *side, const struct assembled *message,
                  enum event event) {
    if (side->step == steps[event].step) {
        return;
    }
    side->step = steps[event].step;
    side->step_ns = message->first_ns;
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        if (messages[i].from_charger == message->message->from_charger) {
            rules->states[i].former = 0;
        }
    }
    if (event == EVENT_CCS) {
        rules->attempts = 0; /* charging was reached: counted anew (a point left open) */
    }
}

/* CRM(00) once more after an error of either side; a charger that has never stopped sending it is
 * not beginning anew. */
static bool reconnects(const struct rules *rules, const struct assembled *message) {
    const struct side *charger = &rules->sides[CHARGER_SIDE];
    if (!(rules->seen & (SEEN(CEM) | SEEN(BEM)))) {
        return false;
    }
    return charger->step != steps[EVENT_CRM_00].step ||
           (rules->clock && message->at_ns - charger->last_ns > RECONNECT_NS);
}

bool rules_stray(const struct rules *rules, const struct assembled *message, enum event event) {
    const struct side *side = &rules->sides[message->message->from_charger];
    int64_t after_ns = message->first_ns - rules->attempt_ns;
    return rules->reconnected && side->step < steps[event].step &&
           steps[event].step > steps[EVENT_CRM_00].step && rules->clock &&
           after_ns <= rules->limits.former_ns + rules->resolution_ns;
}

bool rules_order(struct rules *rules, const struct assembled *message, enum event event) {
    struct side *side = &rules->sides[message->message->from_charger];
    enum message_index number = message_index(message->message);
    rules_observe(rules, rule_of(GROUP_ORDER, number));
    if (!rules_in_edition(rules->edition, number)) {
        RULES_SAY(
            rules_violation(rules, rule_of(GROUP_ORDER, number), message->at_ns, message->mark),
            "%s中没有报文%s", "%s has no %s", edition_text(rules->edition), message->message->code);
    }
    if (side->joining) {
        join(rules, side, event, message->first_ns);
        return true;
    }
    if (event == EVENT_CRM_00 && reconnects(rules, message)) {
        reconnect(rules, message, true);
    } else if (side->step > steps[event].step && !withdraws(rules, side, event)) {
        bool tolerated = still_under_way(rules, side, message);
        if (!tolerated) {
            say_former(rules, message, event, side, side->step);
        }
        if (tolerated || event != EVENT_CRM_00) {
            return false;
        }
        reconnect(rules, message, false);
    }
    if (withdraws(rules, side, event) && message->data[0] == 0 && !rules->withdrawn) {
        rules->withdrawn = true;
        rules->withdrawn_ns = message->first_ns;
    }
    judge_withdrawn(rules, message, event);
    if (!triggered(rules, message, event)) {
        return false;
    }
    go_on(rules, side, message, event);
    return true;
}
