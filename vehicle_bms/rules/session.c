/* SPDX-License-Identifier: MIT */
/* Where a charge begins and ends in a stream of frames, and the phases it goes through. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>

#define RESTART_NS   INT64_C(1000000000) /* a charger that begins anew was silent that long ... */
#define HANDSHAKE_NS INT64_C(5000000000) /* ... in the handshake this long */

/* The first charges and the last one are kept; of those between only how they ended. So memory does
 * not grow with the capture. */
struct sessions {
    struct rules_session list[RULES_SESSIONS_MAX];
    size_t total;
    uint64_t others[ENDED_BY_COUNT];
};

static struct sessions *own(const struct rules *rules) {
    return rules->states[STATE_SESSION];
}

/* The place of the charge that is the last so far. */
static size_t last_place(const struct sessions *sessions) {
    assert(sessions->total > 0);
    return (sessions->total < RULES_SESSIONS_MAX ? sessions->total : RULES_SESSIONS_MAX) - 1;
}

static struct rules_session *present(const struct rules *rules) {
    struct sessions *sessions = own(rules);
    assert(rules->attempt->open && sessions->total == rules->attempt->charges);
    return &sessions->list[last_place(sessions)];
}

static struct rules_session *add(struct rules *rules) {
    struct sessions *sessions = own(rules);
    if (sessions->total >= RULES_SESSIONS_MAX) {
        assert(sessions->list[RULES_SESSIONS_MAX - 1].ended_by < ENDED_BY_COUNT);
        sessions->others[sessions->list[RULES_SESSIONS_MAX - 1].ended_by]++;
    }
    sessions->total++;
    return &sessions->list[last_place(sessions)];
}

/* joins: the beginning of the charge was not seen. */
static void begin(struct rules *rules, const struct assembled *message, bool joins) {
    const double unknown = (double)NAN;
    attempt_charge_begins(rules, joins);
    rules_charge_begins(rules);
    *add(rules) = (struct rules_session){
        .from_ns = message->first_ns,
        .from_mark = message->first_mark,
        .energy_kwh = unknown,
        .soc_from = unknown,
        .soc_to = unknown,
        .voltage_max = unknown,
        .current_max = unknown,
        .minutes = unknown,
    };
    ending_begin(rules->ending, rules->attempt->charges - 1);
}

void rules_session_end(struct rules *rules, int64_t end_ns) {
    if (!rules->attempt->open) {
        return;
    }
    struct rules_session *session = present(rules);
    rules_charge_ends(rules, end_ns);
    assert(session->phase_count > 0 && session->from_mark <= rules->attempt->last_mark);
    session->to_ns = rules->attempt->last_ns;
    session->to_mark = rules->attempt->last_mark;
    ending_finish(rules->ending, end_ns, session);
    session->reconnections = rules->attempt->reconnections; /* as the order of messages has it */
    attempt_charge_ends(rules);
    assert(!rules->attempt->open && session->from_mark <= session->to_mark);
}

/* A person or a fault has ended the charge, and a person has confirmed the next one while the charger was
 * silent: however short that was. Told, not seen. */
static bool started_anew(const struct rules *rules, const struct assembled *message) {
    const struct attempt *attempt = rules->attempt;
    int64_t last_ns = attempt->sides[CHARGER_SIDE].last_ns, period_ns, allowed_ns;
    rules_period_of(rules, MESSAGE_CHM, &period_ns, &allowed_ns);
    int64_t off_ns = message->first_ns - last_ns - period_ns;
    bool in_step = off_ns >= -allowed_ns && off_ns <= allowed_ns;
    bool goes_on = attempt->sides[CHARGER_SIDE].event == EVENT_CHM && in_step;
    return attempt->told.started_anew && !goes_on && attempt->told.started_anew_ns >= last_ns &&
           attempt->told.started_anew_ns <= message->first_ns;
}

/* A charger's CHM or CRM(00) that is the beginning of another charge, not a stray one. */
static bool restarts(const struct rules *rules, const struct assembled *message) {
    const struct attempt_side *charger = &rules->attempt->sides[CHARGER_SIDE];
    enum event event = event_of(message);
    int64_t silent_ns = charger->spoken ? message->first_ns - charger->last_ns : 0;
    if (rules->only == ENDING_BMS_ONLY) { /* the charger's CHM is not recorded */
        uint8_t step = rules->attempt->sides[BMS_SIDE].step;
        return (event == EVENT_BHM && step > event_step(EVENT_BHM)) ||
               (event == EVENT_BRM && step >= event_step(EVENT_BST) && step != STEP_ERROR);
    }
    if (event == EVENT_CHM && charger->step > 0) {
        bool handshake = (rules->attempt->seen & ~(SEEN(CHM) | SEEN(BHM))) == 0;
        bool again = charger->event == EVENT_CHM; /* nothing else since the last CHM */
        if (started_anew(rules, message)) {
            return true;
        }
        return handshake ? silent_ns > HANDSHAKE_NS
                         : attempt_over(rules->attempt) || again || silent_ns > RESTART_NS;
    }
    if (event == EVENT_CRM_00 && (rules->attempt->seen & (SEEN(CSD) | SEEN(BSD))) != 0) {
        return rules->edition == EDITION_2011 || silent_ns > RESTART_NS;
    }
    return false;
}

void rules_session_follow(struct rules *rules, const struct assembled *message) {
    bool silence = rules->attempt->open && rules->clock &&
                   message->first_ns - rules->attempt->last_ns > rules->limits.session_gap_ns;
    if (!rules->attempt->open || silence || restarts(rules, message)) {
        bool seen_from_start = !silence && rules->attempt->open;
        ending_followed(rules->ending);
        rules_session_end(rules, message->first_ns);
        enum event event = event_of(message);
        bool first = event == EVENT_CHM || (event == EVENT_BHM && rules->only == ENDING_BMS_ONLY) ||
                     (rules->edition == EDITION_2011 && event == EVENT_CRM_00);
        begin(rules, message, !first && !seen_from_start);
    }
}

/* Phases only go on; a new attempt (order.c) goes back to recognition. */
static void note_phase(struct rules_session *session, const struct assembled *message, bool forward,
                       bool back) {
    enum message_phase phase = (enum message_phase)message->message->phase;
    assert((unsigned)phase < PHASES);
    struct rules_phase *last =
        session->phase_count > 0 ? &session->phases[session->phase_count - 1] : NULL;
    if (last != NULL && (!forward || (phase <= last->phase && !back))) {
        last->to_ns = message->at_ns;
        last->to_mark = message->mark;
        return;
    }
    if (session->phase_count < RULES_PHASES_MAX) {
        session->phases[session->phase_count++] = (struct rules_phase){
            phase, message->first_ns, message->at_ns, message->first_mark, message->mark};
    } else {
        last->to_ns = message->at_ns;
        last->to_mark = message->mark;
    }
    assert(session->phase_count >= 1 && session->phase_count <= RULES_PHASES_MAX);
    if (phase != PHASE_ERROR && phase > session->reached) {
        session->reached = phase;
    }
    assert(session->reached < PHASE_ERROR);
}

static void session_message(struct rules *rules, struct heard *heard) {
    assert(heard->message->first_mark >= present(rules)->from_mark);
    note_phase(present(rules), heard->message, heard->forward, rules->attempt->begins);
    ending_message(rules->ending, heard->message);
}

static void session_fault(struct rules *rules, const struct transfer_event *event) {
    ending_fault(rules->ending, event);
}

const struct judge judge_session = {
    .state_size = sizeof(struct sessions),
    .message = session_message,
    .fault = session_fault,
};

size_t rules_session_count(const struct rules *rules) {
    const size_t total = own(rules)->total;
    return total < RULES_SESSIONS_MAX ? total : RULES_SESSIONS_MAX;
}

const struct rules_session *rules_session(const struct rules *rules, size_t index) {
    assert(index < rules_session_count(rules));
    return &own(rules)->list[index];
}

size_t rules_charge_count(const struct rules *rules) {
    return own(rules)->total;
}

uint64_t rules_charges_left_out(const struct rules *rules, enum ended_by by) {
    assert((unsigned)by < ENDED_BY_COUNT);
    return own(rules)->others[by];
}
