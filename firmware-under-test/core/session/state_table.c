/* SPDX-License-Identifier: MIT */
#include "session/state_table.h"

#include "services/assert.h"
#include "session/phases.h"

#define NOTHING 0
#define CHM     CORE_SEND(CORE_TX_CHM)
#define CRM     CORE_SEND(CORE_TX_CRM)
#define CTS_CML (CORE_SEND(CORE_TX_CTS) | CORE_SEND(CORE_TX_CML))
#define CRO     CORE_SEND(CORE_TX_CRO)
#define CCS     CORE_SEND(CORE_TX_CCS)
#define CST     CORE_SEND(CORE_TX_CST)
#define CSD     CORE_SEND(CORE_TX_CSD)
#define CEM     CORE_SEND(CORE_TX_CEM)

#define PLUG   (CORE_WATCH_PILE | CORE_WATCH_PLUG)
#define LOCKED (PLUG | CORE_WATCH_LOCK)
#define AWAKE  (LOCKED | CORE_WATCH_AUX)

struct state {
    const char *name;
    unsigned sends;   /* GB/T 27930-2015 phase: these messages and no other */
    unsigned watches; /* interlocks that are faults here */
    /* Where things lead that may happen in any state; CORE_STAY: nothing, run sees to it. */
    enum core_state on_fault, on_stop, on_bst, on_bem;
    void (*enter)(struct core_session *session);
    enum core_state (*run)(struct core_session *session);
    void (*leave)(struct core_session *session);
};

/* Faults before CRO end the session without CST, which belongs to charging and its end. */
static const struct state states[CORE_STATE_COUNT] = {
    /*                 name  sends  watches  fault, stop, BST, BEM  enter, run, leave */
    [CORE_IDLE] = {"idle", NOTHING, 0, 0, 0, 0, 0, core_idle_enter, core_idle_run, NULL},
    [CORE_PLUGGED] = {"plugged", NOTHING, 0, 0, 0, 0, 0, core_plugged_enter, core_plugged_run,
                      NULL},
    [CORE_LOCKING] = {"locking", NOTHING, PLUG, CORE_RELEASING, CORE_RELEASING, 0, 0,
                      core_locking_enter, core_locking_run, NULL},
    [CORE_WAKING] = {"waking the vehicle", NOTHING, LOCKED, CORE_RELEASING, CORE_RELEASING, 0, 0,
                     core_waking_enter, core_waking_run, NULL},
    [CORE_HANDSHAKE] = {"handshake", CHM, AWAKE, CORE_RELEASING, CORE_RELEASING, 0, 0,
                        core_handshake_enter, core_handshake_run, NULL},
    [CORE_WELD_TEST] = {"weld test", CHM, AWAKE, CORE_RELEASING, CORE_RELEASING, 0, 0,
                        core_weld_test_enter, core_weld_test_run, NULL},
    [CORE_INSULATION_TEST] = {"insulation test", CHM, AWAKE, CORE_RELEASING, CORE_RELEASING, 0, 0,
                              core_insulation_test_enter, core_insulation_test_run,
                              core_insulation_test_leave},
    [CORE_RECOGNITION] = {"recognition", CRM, AWAKE, CORE_RELEASING, CORE_RELEASING, 0, 0,
                          core_recognition_enter, core_recognition_run, NULL},
    [CORE_CONFIGURATION] = {"configuration", CRM, AWAKE, CORE_RELEASING, CORE_RELEASING, 0,
                            CORE_ACCUSED, core_configuration_enter, core_configuration_run, NULL},
    [CORE_PARAMETERS] = {"parameters", CTS_CML, AWAKE, CORE_RELEASING, CORE_RELEASING, 0,
                         CORE_ACCUSED, core_parameters_enter, core_parameters_run, NULL},
    [CORE_READYING] = {"getting ready", CRO, AWAKE, CORE_STOPPING, CORE_STOPPING, CORE_STOPPING,
                       CORE_ACCUSED, core_readying_enter, core_readying_run, NULL},
    [CORE_CONFIRMING] = {"ready", CRO, AWAKE, CORE_STOPPING, CORE_STOPPING, CORE_STOPPING,
                         CORE_ACCUSED, core_confirming_enter, core_confirming_run, NULL},
    [CORE_CHARGING] = {"charging", CCS, AWAKE, CORE_STOPPING, CORE_STOPPING, CORE_STOPPING,
                       CORE_ACCUSED, core_charging_enter, core_charging_run, NULL},
    [CORE_PAUSED] = {"paused", CCS, AWAKE, CORE_STOPPING, CORE_STOPPING, CORE_STOPPING,
                     CORE_ACCUSED, core_paused_enter, core_paused_run, NULL},
    [CORE_STOPPING] = {"stopping", CST, AWAKE, 0, 0, 0, CORE_ACCUSED, core_stopping_enter,
                       core_stopping_run, NULL},
    [CORE_STATISTICS] = {"statistics", CSD, AWAKE, 0, 0, 0, CORE_ACCUSED, NULL, core_statistics_run,
                         NULL},
    [CORE_TIMED_OUT] = {"timed out", CEM, AWAKE, CORE_RELEASING, CORE_RELEASING, 0, 0,
                        core_broken_enter, core_timed_out_run, core_broken_leave},
    [CORE_ACCUSED] = {"vehicle timed out", NOTHING, AWAKE, CORE_RELEASING, CORE_RELEASING, 0, 0,
                      core_broken_enter, core_accused_run, core_broken_leave},
    [CORE_RELEASING] = {"releasing", NOTHING, 0, 0, 0, 0, 0, core_releasing_enter,
                        core_releasing_run, NULL},
    [CORE_ENDED] = {"ended", NOTHING, 0, 0, 0, 0, 0, core_ended_enter, core_ended_run, NULL},
};

static const struct state *current(const struct core_session *session) {
    CORE_ASSERT(session->state > CORE_STAY && session->state < CORE_STATE_COUNT);
    return &states[session->state];
}

/* Whoever charges watches all interlocks, and has a way out for each thing that may happen. */
static bool row_is_sound(const struct state *state) {
    bool charge_phase = (state->sends & (CRO | CCS)) != 0;
    bool ends = (state->sends & (CST | CSD)) != 0;
    if (state->name == NULL || state->run == NULL) {
        return false;
    }
    if (state->sends != NOTHING && state->watches != AWAKE) {
        return false;
    }
    if (charge_phase && (state->on_fault != CORE_STOPPING || state->on_stop != CORE_STOPPING ||
                         state->on_bst != CORE_STOPPING || state->on_bem != CORE_ACCUSED)) {
        return false;
    }
    return state->watches == 0 || ends ||
           (state->on_fault != CORE_STAY && state->on_stop != CORE_STAY);
}

static void transition(struct core_session *session, enum core_state next) {
    struct core_machines *m = session->machines;
    const struct state *left = current(session);
    CORE_ASSERT(next > CORE_STAY && next < CORE_STATE_COUNT && next != session->state);
    core_log(&m->services, left->name, states[next].name);
    if (left->leave != NULL) {
        left->leave(session);
    }
    session->state = next;
    session->watches = states[next].watches;
    session->since_ns = m->services.now;
    core_recheck(&m->services); /* other interlocks are watched now */
    core_again(&m->services);
    core_link_send(&m->link, states[next].sends);
    core_output_set(&m->services, DUT_OUT_STATE, (int32_t)next);
    if (states[next].enter != NULL) {
        states[next].enter(session);
    }
    CORE_ASSERT(session->watches == current(session)->watches &&
                session->since_ns == m->services.now);
}

static enum core_state stop_for(struct core_session *session, enum core_cause cause,
                                enum core_state next) {
    CORE_ASSERT(cause != CORE_CAUSE_NONE && next != CORE_STAY);
    session->attempt.cause = cause;
    return next;
}

static enum core_state decide(struct core_session *session) {
    const struct core_machines *m = session->machines;
    const struct state *state = current(session);
    const struct core_attempt *attempt = &session->attempt;
    if (m->services.fault != CORE_FAULT_NONE && state->on_fault != CORE_STAY) {
        return stop_for(session, CORE_CAUSE_FAULT, state->on_fault);
    }
    if (core_link_seen(&m->link, CORE_RX_BST) && state->on_bst != CORE_STAY) {
        return stop_for(session, CORE_CAUSE_BMS, state->on_bst);
    }
    if (attempt->stop_pressed && !attempt->ending && state->on_stop != CORE_STAY) {
        return stop_for(session, CORE_CAUSE_PERSON, state->on_stop);
    }
    if (core_link_seen(&m->link, CORE_RX_BEM) && state->on_bem != CORE_STAY) {
        return state->on_bem;
    }
    return state->run(session);
}

/* What the outputs must be like in a state: K1/K2 closed only on a locked plug with auxiliary
 * supply, and nothing live once nobody watches. */
static bool outputs_fit(const struct core_session *session) {
    const struct core_machines *m = session->machines;
    const int32_t *out = m->services.out;
    unsigned watches = session->watches;
    bool closed = core_contactors_commanded(&m->contactors);
    if (closed && (out[DUT_OUT_LOCK] == 0 || out[DUT_OUT_AUX] == 0)) {
        return false;
    }
    if (((watches & CORE_WATCH_LOCK) != 0 && out[DUT_OUT_LOCK] == 0) ||
        ((watches & CORE_WATCH_AUX) != 0 && out[DUT_OUT_AUX] == 0)) {
        return false;
    }
    if (session->state == CORE_CHARGING || session->state == CORE_PAUSED) {
        return session->attempt.charged && !session->attempt.ending &&
               m->link.ccs_permitted == (session->state == CORE_CHARGING) &&
               m->output.delivering == m->link.ccs_permitted;
    }
    if (watches == 0 && session->state != CORE_RELEASING) {
        return core_output_is_off(&m->output) && !closed && out[DUT_OUT_LOCK] == 0 &&
               out[DUT_OUT_AUX] == 0;
    }
    return true;
}

void core_session_run(struct core_session *session) {
    enum core_state next = decide(session);
    if (next != CORE_STAY) {
        transition(session, next);
    }
    CORE_ASSERT(session->since_ns <= session->machines->services.now);
    CORE_ASSERT(session->watches == current(session)->watches);
    CORE_ASSERT(outputs_fit(session));
}

void core_session_begin(struct core_session *session, struct core_machines *machines) {
    *session = (struct core_session){
        .machines = machines, .state = CORE_IDLE, .since_ns = machines->services.now};
    session->watches = current(session)->watches;
    for (unsigned i = CORE_IDLE; i < CORE_STATE_COUNT; i++) {
        CORE_ASSERT(row_is_sound(&states[i]));
    }
    core_output_set(&machines->services, DUT_OUT_STATE, CORE_IDLE);
}

const char *core_session_state_name(int32_t state) {
    bool known = state > CORE_STAY && state < CORE_STATE_COUNT;
    return known ? states[state].name : "none";
}
