/* SPDX-License-Identifier: MIT */
#include "session/session.h"

#include "gun.h"
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
    void (*enter)(struct gun *gun);
    enum core_state (*run)(struct gun *gun);
    void (*leave)(struct gun *gun);
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
                        core_weld_begin, core_weld_test_run, NULL},
    [CORE_INSULATION_TEST] = {"insulation test", CHM, AWAKE, CORE_RELEASING, CORE_RELEASING, 0, 0,
                              core_insulation_begin, core_insulation_test_run,
                              core_insulation_leave},
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

static const struct state *current(const struct gun *gun) {
    enum core_state state = gun->session.state;
    CORE_ASSERT(state > CORE_STAY && state < CORE_STATE_COUNT);
    return &states[state];
}

static void transition(struct gun *gun, enum core_state next) {
    const struct state *left = current(gun);
    core_log(gun, left->name, states[next].name);
    if (left->leave != NULL)
        left->leave(gun);
    gun->session.state = next;
    gun->session.since_ns = gun->now;
    gun->interlocks.dirty = true; /* other interlocks are watched now */
    gun->again = true;
    core_link_send(gun, states[next].sends);
    core_output_set(gun, DUT_OUT_STATE, (int32_t)next);
    if (states[next].enter != NULL)
        states[next].enter(gun);
}

static enum core_state stop_for(struct gun *gun, enum core_cause cause, enum core_state next) {
    gun->session.cause = cause;
    return next;
}

static enum core_state decide(struct gun *gun) {
    const struct state *state = current(gun);
    if (gun->fault != CORE_FAULT_NONE && state->on_fault != CORE_STAY)
        return stop_for(gun, CORE_CAUSE_FAULT, state->on_fault);
    if (core_link_seen(gun, CORE_RX_BST) && state->on_bst != CORE_STAY)
        return stop_for(gun, CORE_CAUSE_BMS, state->on_bst);
    if (gun->session.stop_pressed && !gun->session.ending && state->on_stop != CORE_STAY)
        return stop_for(gun, CORE_CAUSE_PERSON, state->on_stop);
    if (core_link_seen(gun, CORE_RX_BEM) && state->on_bem != CORE_STAY)
        return state->on_bem;
    return state->run(gun);
}

void core_session_run(struct gun *gun) {
    enum core_state next = decide(gun);
    if (next != CORE_STAY)
        transition(gun, next);
}

void core_session_begin(struct gun *gun) {
    gun->session.state = CORE_IDLE;
    gun->session.since_ns = gun->now;
    core_output_set(gun, DUT_OUT_STATE, CORE_IDLE);
}

bool core_session_supervised(const struct gun *gun) {
    return current(gun)->watches != 0 || gun->session.state == CORE_RELEASING;
}

unsigned core_session_watches(const struct gun *gun) {
    return current(gun)->watches;
}

int32_t core_session_minutes(const struct gun *gun) {
    const struct core_session *session = &gun->session;
    int64_t end_ns = session->ending ? session->stop_ns : gun->now;
    return session->charged ? (int32_t)((end_ns - session->charge_ns) / 60000000000) : 0;
}

int32_t core_session_energy_wh(struct gun *gun) {
    return gun->session.charged ? core_metering_energy_wh(gun) : 0;
}

const char *core_session_state_name(int32_t state) {
    bool known = state > CORE_STAY && state < CORE_STATE_COUNT;
    return known ? states[state].name : "none";
}
