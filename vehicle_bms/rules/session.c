/* SPDX-License-Identifier: MIT */
/* Where a charge begins and ends in a stream of frames, and the phases it goes through. */
#include "vehicle_bms/rules/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESTART_NS   INT64_C(1000000000) /* a charger that begins anew was silent that long ... */
#define HANDSHAKE_NS INT64_C(5000000000) /* ... in the handshake this long */

static struct rules_session *present(struct rules *rules) {
    return rules->open ? &rules->sessions[rules->session_count - 1] : NULL;
}

/* Out of memory: the last charge is overwritten. */
static bool grow(struct rules *rules) {
    if (rules->session_count < rules->session_room) {
        return true;
    }
    size_t room = rules->session_room * 2;
    struct rules_session *sessions = realloc(rules->sessions, room * sizeof *sessions);
    if (sessions == NULL) {
        return false;
    }
    rules->sessions = sessions;
    rules->session_room = room;
    return true;
}

void rules_attempt_begin(struct rules *rules) {
    rules->seen = 0;
    rules->withdrawn = false;
    rules->error_known[0] = rules->error_known[1] = false;
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        rules_period_stop(rules, (enum message_index)i);
        rules->states[i].former = 0;
    }
    for (unsigned i = 0; i < 2; i++) {
        rules->sides[i].step = 0;
        rules->sides[i].event = EVENTS;
    }
}

/* joins: the beginning of the charge was not seen. */
static void begin(struct rules *rules, const struct assembled *message, bool joins) {
    if (grow(rules)) {
        rules->session_count++;
    }
    rules->open = true;
    rules_attempt_begin(rules);
    rules->attempts = 0;
    rules->reconnected = false;
    rules->partial = joins;
    rules->faulty[0] = rules->faulty[1] = false;
    rules->left_open[0] = rules->left_open[1] = false;
    rules->transfer.message = NULL;
    for (unsigned i = 0; i < 2; i++) {
        rules->sides[i] = (struct side){.joining = joins, .event = EVENTS};
    }
    memset(rules->waits, 0, sizeof rules->waits);
    memset(rules->stops, 0, sizeof rules->stops);
    rules_demand_begin(rules);
    double nan_value = (double)NAN;
    *present(rules) = (struct rules_session){
        .from_ns = message->first_ns,
        .from_mark = message->first_mark,
        .energy_kwh = nan_value,
        .soc_from = nan_value,
        .soc_to = nan_value,
        .voltage_max = nan_value,
        .current_max = nan_value,
        .minutes = nan_value,
    };
    ending_begin(rules->ending, (unsigned)(rules->session_count - 1));
}

void rules_session_end(struct rules *rules, int64_t end_ns) {
    struct rules_session *session = present(rules);
    if (session == NULL) {
        return;
    }
    rules_wait_close(rules, -1, end_ns, rules->last_mark);
    rules_going_on_close(rules);
    rules_stop_close(rules);
    session->to_ns = rules->last_ns;
    session->to_mark = rules->last_mark;
    unsigned reconnections = session->reconnections; /* as the order of messages has it */
    ending_finish(rules->ending, end_ns, session);
    session->reconnections = reconnections;
    rules->open = false;
}

/* A charger's CHM or CRM(00) that is the beginning of another charge, not a stray one. */
static bool restarts(const struct rules *rules, const struct assembled *message) {
    const struct side *charger = &rules->sides[CHARGER_SIDE];
    enum event event = rules_event_of(message);
    int64_t silent_ns = charger->spoken ? message->first_ns - charger->last_ns : 0;
    if (event == EVENT_CHM && charger->step > 0) {
        bool handshake = (rules->seen & ~(SEEN(CHM) | SEEN(BHM))) == 0;
        bool again = charger->event == EVENT_CHM; /* nothing else since the last CHM */
        return handshake ? silent_ns > HANDSHAKE_NS
                         : rules_over(rules) || again || silent_ns > RESTART_NS;
    }
    if (event == EVENT_CRM_00 && (rules->seen & (SEEN(CSD) | SEEN(BSD))) != 0) {
        return rules->edition == EDITION_2011 || silent_ns > RESTART_NS;
    }
    return false;
}

void rules_session_follow(struct rules *rules, const struct assembled *message) {
    bool silence = rules->open && rules->clock &&
                   message->first_ns - rules->last_ns > rules->limits.session_gap_ns;
    if (!rules->open || silence || restarts(rules, message)) {
        bool seen_from_start = !silence && rules->open;
        ending_followed(rules->ending);
        rules_session_end(rules, message->first_ns);
        enum event event = rules_event_of(message);
        bool first =
            event == EVENT_CHM || (rules->edition == EDITION_2011 && event == EVENT_CRM_00);
        begin(rules, message, !first && !seen_from_start);
    }
}

/* Phases only go on; a new attempt (see rules_order.c) goes back to recognition. */
static void note_phase(struct rules_session *session, const struct assembled *message, bool forward,
                       bool back) {
    enum message_phase phase = (enum message_phase)message->message->phase;
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
    if (phase != PHASE_ERROR && phase > session->reached) {
        session->reached = phase;
    }
}

void rules_session_note(struct rules *rules, const struct assembled *message, bool forward) {
    rules->last_ns = message->at_ns;
    rules->last_mark = message->mark;
    note_phase(present(rules), message, forward, rules->begun_anew);
    rules->begun_anew = false;
}
