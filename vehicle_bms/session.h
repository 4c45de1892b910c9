/* SPDX-License-Identifier: MIT */
/* session.h: the course of one charge as it was seen on the wire, and who ended it.
 *
 *   const struct rules_session *session = rules_session(rules, 0);
 *   printf("%s: %s\n", ended_by_text(session->ended_by, false), session->en);
 *
 * The rules tell where a charge begins and what its phases are; ending/ fills in who ended it, and
 * why. */
#ifndef VEHICLE_BMS_SESSION_H
#define VEHICLE_BMS_SESSION_H

#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULE_PROOFS_MAX 8

/* What was measured, and against what. unit NULL: nothing. */
struct rule_measure {
    double value;
    double limit_min, limit_max; /* NAN: none on that side */
    const char *unit;            /* "s", "ms", "V", "bytes", "" of a count */
};

/* NAN and NULL: nothing was measured. */
extern const struct rule_measure rule_measure_none;

/* A frame (or instant) that shows a violation, or the best instance of what passed. */
struct rule_proof {
    int64_t at_ns;
    uint64_t mark; /* line of the file, number of the frame */
    unsigned session;
    char zh[160], en[160]; /* what it shows: "BCL 1.532 s after the last one, limit 1 s" */
    struct rule_measure measure;
};

struct rules_phase {
    enum message_phase phase;
    int64_t from_ns, to_ns;
    uint64_t from_mark, to_mark;
};

#define RULES_PHASES_MAX 32 /* reconnections repeat phases; further ones are merged into the last */

enum ended_by {
    ENDED_NOT,        /* the capture ends before the charge does */
    ENDED_BY_BMS,     /* BST first */
    ENDED_BY_CHARGER, /* CST first, by its own condition or a fault */
    ENDED_BY_PERSON,  /* CST first, "stopped by hand"; or an emergency stop */
    ENDED_BY_TIMEOUT, /* CEM or BEM, not healed by a reconnection */
    ENDED_BY_BUS,     /* silence of one or both without any message about it */
    ENDED_BEFORE,     /* the charge never began: nothing of the above, phases stop early */
    ENDED_BY_COUNT,
};

/* What is known of a charge, and the last word: who ended it, and why, in a sentence. */
struct rules_session {
    int64_t from_ns, to_ns;
    uint64_t from_mark, to_mark;
    struct rules_phase phases[RULES_PHASES_MAX];
    size_t phase_count;
    unsigned reconnections;
    enum message_phase reached; /* furthest phase */
    enum ended_by ended_by;
    int64_t ended_ns; /* of the deciding frame (or of the last one before the silence) */
    uint64_t ended_mark;
    char zh[640], en[640]; /* the last word */
    /* Frames that led to it, in order: BST, CST, CEM, BEM, abnormal BSM, missing messages ... */
    struct rule_proof story[RULE_PROOFS_MAX];
    size_t story_count;
    char vin[18];                                                  /* from BRM; "" */
    double energy_kwh, soc_from, soc_to, voltage_max, current_max; /* CSD, BCS, CCS; NAN unknown */
    double minutes; /* CSD charging time; NAN unknown */
};

const char *ended_by_text(enum ended_by by, bool chinese);

#endif
