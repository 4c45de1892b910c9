/* SPDX-License-Identifier: MIT */
/* session.h: what a charging session knows of itself, and what it tells to others.
 *
 *   core_session_minutes(&session)       of charging; CCS and CSD tell them
 *   core_session_stop_reason(&session)   for the record of the charge
 *
 * The session's states, and every transition between them, are in state_table.h. */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "session/machines.h"

/* Shown by DUT_OUT_STATE. CORE_STAY is what a handler returns when nothing changes. */
enum core_state {
    CORE_STAY,
    CORE_IDLE,            /* no plug */
    CORE_PLUGGED,         /* waits for a person */
    CORE_LOCKING,         /* lock and its feedback */
    CORE_WAKING,          /* K3/K4, auxiliary voltage */
    CORE_HANDSHAKE,       /* CHM, waits for BHM, looks for voltage at the gun */
    CORE_WELD_TEST,       /* CHM goes on */
    CORE_INSULATION_TEST, /* CHM goes on */
    CORE_RECOGNITION,     /* CRM(00), waits for BRM */
    CORE_CONFIGURATION,   /* CRM(AA), waits for BCP */
    CORE_PARAMETERS,      /* CTS and CML, waits for BRO(AA) */
    CORE_READYING,        /* CRO(00), pre-charge, closes K1/K2 */
    CORE_CONFIRMING,      /* CRO(AA), waits for BCL and BCS */
    CORE_CHARGING,        /* CCS */
    CORE_PAUSED,          /* CCS, not permitted */
    CORE_STOPPING,        /* CST, ramp, waits for BST and BSD */
    CORE_STATISTICS,      /* CSD */
    CORE_TIMED_OUT,       /* CEM, output off, then reconnects or ends */
    CORE_ACCUSED,         /* BEM received: the same, silent */
    CORE_RELEASING,       /* auxiliary off, unlocks below 60 V */
    CORE_ENDED,           /* waits for unplugging, or for a new start after a normal end */
    CORE_STATE_COUNT
};

/* From one start to the end that follows; a reconnection goes on with the same attempt. */
struct core_attempt {
    enum core_cause cause; /* why it ends; NONE while it does not */
    bool start_pressed;    /* edge, consumed by a start */
    bool stop_pressed;
    bool ending;       /* CST was sent: a timeout no longer reconnects */
    unsigned failures; /* of communication since phase E was last reached */
    bool charged;      /* phase E was reached */
    int64_t charge_ns; /* when, first */
    int64_t stop_ns;   /* when the charge ended; valid once ending */
    bool off;          /* the output has been off since off_ns, statistics are being told */
    int64_t off_ns;
    unsigned csd_told; /* CSD sent when the register as of off_ns was known, and one more */
};

struct core_session {
    struct core_machines *machines;
    enum core_state state;
    unsigned watches; /* interlocks that are faults in it: bits of enum core_watch */
    int64_t since_ns; /* of the state */
    struct core_attempt attempt;
};

/* 0: no session is under way. */
static inline unsigned core_session_watches(const struct core_session *session) {
    return session->watches;
}

/* Voltages have to be sampled. */
static inline bool core_session_supervised(const struct core_session *session) {
    return session->watches != 0 || session->state == CORE_RELEASING;
}

/* A digital input of a person has changed: start and stop are edges. */
void core_session_button(struct core_session *session, enum dut_input channel, bool was, bool is);
/* A message did not come in time: CEM says which. Returns the state that follows. */
enum core_state core_timeout(struct core_session *session, enum core_awaited awaited);
int32_t core_session_minutes(const struct core_session *session);
/* Delivered since phase E was first reached. */
int32_t core_session_energy_wh(const struct core_session *session);
/* What CST says, while no fault does. */
enum core_cause core_session_cause(const struct core_session *session);
enum charge_stop core_session_stop_reason(const struct core_session *session);

#endif
