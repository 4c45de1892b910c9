/* SPDX-License-Identifier: MIT */
/* attempt.h: how far the present attempt to charge has come, as every judge may read it
 * (rules->attempt). attempt.c alone writes it.
 *
 * An attempt lasts from CHM or CRM(00) to the next CRM(00); a charge is one attempt or several. What
 * the present message says is added when all judges have seen it: they read what was before it. */
#ifndef VEHICLE_BMS_RULES_ATTEMPT_H
#define VEHICLE_BMS_RULES_ATTEMPT_H

#include "vehicle_bms/rules/event.h"
#include "vehicle_bms/rules/rules.h"

struct attempt_side {
    uint8_t step;     /* of the last message in its phase (event_step); 0: none */
    enum event event; /* the last message sent, in its phase or not; EVENTS: none */
    bool spoken;      /* something was sent in this charge */
    bool joining;     /* frames are missing: its next message says how far the charge has come */
    int64_t step_ns;  /* when the step was entered */
    int64_t last_ns;  /* of its last message or transport frame */
};

struct attempt {
    unsigned charges;       /* so far, the present one included */
    bool open;              /* a charge is under way */
    uint32_t seen;          /* events of this attempt, EVENT_BIT each */
    bool partial;           /* frames of this attempt are missing, its beginning perhaps */
    bool reconnected;       /* it is a reconnection ... */
    int64_t begun_ns;       /* ... from here on */
    bool begins;            /* by the present message */
    unsigned reconnections; /* in this charge */
    bool paused;            /* BSM has forbidden charging */
    int64_t last_ns;        /* of any message of this charge */
    uint64_t last_mark;
    struct attempt_side sides[2]; /* BMS_SIDE, CHARGER_SIDE */
    struct {
        const struct message *message; /* NULL: none in this charge */
        int64_t first_ns, at_ns;
    } transfer; /* the last one that was complete */
    struct {
        bool disturbed, in_charge, started_anew; /* once; in this charge; since then */
        int64_t disturbed_ns;    /* the first time: what it has broken may be so still */
        int64_t started_anew_ns; /* the last time after that */
    } told;                      /* what no frame shows (rules_tell) */
};

struct rules;
struct heard;

/* joins: the beginning of the charge was not seen. */
void attempt_charge_begins(struct rules *rules, bool joins);
void attempt_charge_ends(struct rules *rules);
/* From CRM(00) on; counts: it is a reconnection and not the first attempt. */
void attempt_reconnects(struct rules *rules, uint32_t seen, int64_t at_ns, bool counts);
/* A side that is joined half-way: what must have been before its first message. */
void attempt_joins(struct rules *rules, unsigned side, uint32_t seen, uint8_t step, int64_t at_ns);
void attempt_steps(struct rules *rules, unsigned side, uint8_t step, int64_t at_ns);
/* After all judges. */
void attempt_heard(struct rules *rules, const struct heard *heard);
void attempt_transport_frame(struct rules *rules, unsigned side, int64_t at_ns);
void attempt_lost(struct rules *rules);
void attempt_told(struct rules *rules, enum rules_told what, int64_t at_ns);

/* The charge has been stopped, or a timeout was reported: transfers may be broken off. */
bool attempt_over(const struct attempt *attempt);
/* The charger is where it waits for this message, or for none (transfers). */
bool attempt_charger_awaits(const struct attempt *attempt, enum message_index message);

#endif
