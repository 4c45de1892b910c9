/* SPDX-License-Identifier: MIT */
/* session.h: the charging session of one gun, phase by phase (standards: GB/T 18487.1-2015 B.3,
 * GB/T 27930-2015).
 *
 * A state is one row of the table in session.c: what it sends, what it watches, where a fault, a
 * stop, BST or BEM lead, and its handlers. core_session_run makes every transition. */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "link/messages.h"

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

struct core_session {
    enum core_state state;
    int64_t since_ns;
    enum core_cause cause;
    bool start_pressed; /* edge, consumed by a start */
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

struct gun;

void core_session_begin(struct gun *gun); /* at power on */
void core_session_run(struct gun *gun);
bool core_session_supervised(const struct gun *gun); /* voltages have to be sampled */
unsigned core_session_watches(const struct gun *gun);
int32_t core_session_minutes(const struct gun *gun);
int32_t core_session_energy_wh(struct gun *gun); /* since phase E was first reached */
const char *core_session_state_name(int32_t state);

#endif
