/* SPDX-License-Identifier: MIT */
/* How far the present attempt has come: the only file that writes struct attempt. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <string.h>

const size_t attempt_size = sizeof(struct attempt);

static struct attempt *own(struct rules *rules) {
    return rules->states[STATE_ATTEMPT];
}

/* A side enters no step backwards within an attempt, other than by order.c's leave. */
static void restart(struct attempt *attempt, uint32_t seen) {
    attempt->seen = seen;
    for (unsigned i = 0; i < 2; i++) {
        attempt->sides[i].step = 0;
        attempt->sides[i].event = EVENTS;
    }
}

void attempt_charge_begins(struct rules *rules, bool joins) {
    struct attempt *attempt = own(rules);
    assert(!attempt->open);
    *attempt = (struct attempt){
        .charges = attempt->charges + 1,
        .open = true,
        .partial = joins,
        .last_ns = attempt->last_ns,
        .last_mark = attempt->last_mark,
        .told = {.disturbed = attempt->told.disturbed, .disturbed_ns = attempt->told.disturbed_ns},
    };
    restart(attempt, 0);
    for (unsigned i = 0; i < 2; i++) {
        attempt->sides[i].joining = joins;
    }
    assert(attempt->charges > 0 && !attempt->reconnected && attempt->seen == 0);
}

void attempt_charge_ends(struct rules *rules) {
    assert(own(rules)->open);
    own(rules)->open = false;
}

void attempt_reconnects(struct rules *rules, uint32_t seen, int64_t at_ns, bool counts) {
    struct attempt *attempt = own(rules);
    /* Nothing but the handshake is carried from one attempt into the next. */
    assert(attempt->open && (seen & ~(SEEN(CHM) | SEEN(BHM))) == 0);
    restart(attempt, seen);
    attempt->reconnected = attempt->begins = true;
    attempt->partial = false;
    attempt->begun_ns = at_ns;
    attempt->reconnections += counts;
    assert(attempt->sides[BMS_SIDE].step == 0 && attempt->sides[CHARGER_SIDE].step == 0);
}

void attempt_told(struct rules *rules, enum rules_told what, int64_t at_ns) {
    struct attempt *attempt = own(rules);
    if (what == RULES_DISTURBED) {
        attempt->told.disturbed_ns = attempt->told.disturbed ? attempt->told.disturbed_ns : at_ns;
        attempt->told.disturbed = attempt->told.in_charge = true;
    } else if (attempt->told.in_charge) { /* what was ended before is started anew */
        attempt->told.started_anew = true;
        attempt->told.started_anew_ns = at_ns;
    }
    assert(
        !attempt->told.started_anew ||
        (attempt->told.disturbed && attempt->told.started_anew_ns >= attempt->told.disturbed_ns));
}

void attempt_joins(struct rules *rules, unsigned side, uint32_t seen, uint8_t step, int64_t at_ns) {
    struct attempt *attempt = own(rules);
    assert(attempt->sides[side].joining);
    attempt->seen |= seen;
    attempt->sides[side].joining = false;
    if (attempt->sides[side].step != step) {
        attempt_steps(rules, side, step, at_ns);
    }
}

void attempt_steps(struct rules *rules, unsigned side, uint8_t step, int64_t at_ns) {
    struct attempt_side *own_side = &own(rules)->sides[side];
    assert(step >= 1 && step <= STEP_ERROR);
    assert(own(rules)->open);
    own_side->step = step;
    own_side->step_ns = at_ns;
}

/* A state of BSM that is not legal leaves the pause as it was. */
static void note_pause(struct attempt *attempt, const struct heard *heard) {
    if (heard->event == EVENT_BSM && heard->legal) {
        struct bsm_content bsm = event_bsm(heard->message);
        attempt->paused = !bsm.permitted && !bsm.abnormal;
    }
}

void attempt_heard(struct rules *rules, const struct heard *heard) {
    struct attempt *attempt = own(rules);
    const struct assembled *message = heard->message;
    struct attempt_side *side = &attempt->sides[message->message->from_charger];
    assert(attempt->open && heard->event < EVENT_BSM_ABNORMAL);
    assert(message->first_ns <= message->at_ns && message->first_mark <= message->mark);
    if (message->message->transport) {
        attempt->transfer.message = message->message;
        attempt->transfer.first_ns = message->first_ns;
        attempt->transfer.at_ns = message->at_ns;
    }
    if (heard_counts(heard)) {
        attempt->seen |= EVENT_BIT(heard->event);
        note_pause(attempt, heard);
    }
    side->last_ns = message->at_ns;
    side->event = heard->event;
    side->spoken = true;
    attempt->last_ns = message->at_ns;
    attempt->last_mark = message->mark;
    attempt->begins = false;
}

void attempt_transport_frame(struct rules *rules, unsigned side, int64_t at_ns) {
    struct attempt *attempt = own(rules);
    assert(attempt->open);
    attempt->sides[side].last_ns = at_ns;
    attempt->sides[side].spoken = true;
}

void attempt_lost(struct rules *rules) {
    struct attempt *attempt = own(rules);
    attempt->sides[0].joining = attempt->sides[1].joining = attempt->open;
    attempt->partial = true;
}

bool attempt_over(const struct attempt *attempt) {
    return (attempt->seen & (SEEN(CST) | SEEN(CSD) | SEEN(CEM) | SEEN(BEM))) != 0;
}

bool attempt_charger_awaits(const struct attempt *attempt, enum message_index message) {
    uint8_t step = attempt->sides[CHARGER_SIDE].step;
    switch (message) {
    case MESSAGE_BRM:
        return step <= event_step(EVENT_CRM_00);
    case MESSAGE_BCP:
        return step <= event_step(EVENT_CRM_AA) && step != event_step(EVENT_CRM_00);
    default:
        return step <= event_step(EVENT_CCS) &&
               (step == 0 || step >= event_step(EVENT_CRO_AA)); /* 0: nothing heard of it yet */
    }
}
