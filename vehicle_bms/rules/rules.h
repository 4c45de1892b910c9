/* SPDX-License-Identifier: MIT */
/* rules.h: the rules of GB/T 27930 for both sides of the wire, written once. They judge a simulated
 * run, a run on a bench and a capture alike: frames and time are pushed in.
 *
 *   struct rules *rules = rules_new(EDITION_2015, &rules_limits_default, true);
 *   rules_frame(rules, at_ns, line, &frame);            for every frame of the vehicle's network
 *   rules_finish(rules, end_ns);                        end_ns: last instant that was observed
 *   for (size_t i = 0; i < rules_count(rules); i++) use(rules_result(rules, i));
 *   for (size_t i = 0; i < rules_session_count(rules); i++) use(rules_session(rules, i));
 *
 * A rule has an id ("period.BCL", "timeout.charger.BRM", "order.CML"), the side it binds, its
 * clause and a verdict over the whole capture, with frames as proof. Rules of the charger are what
 * a test bench judges; rules of the BMS say what the vehicle did wrong.
 *
 * Verdicts: fail, when violated at least once; pass, when observed at least once and never
 * violated; inconclusive, when something came that could not be decided (reason says why: "no clock
 * in this capture", frames lost); none, when it never applied.
 *
 * A clock that is missing or too coarse: rules_new(..., clock false), or rules_resolution(): what
 * it cannot decide is inconclusive; a violation by more than the resolution still fails.
 *
 * A capture may begin in the middle of a charge, end before its end, and hold several charges
 * ("sessions"): a session begins with CHM (or the first message seen) and ends when CHM comes again
 * after it, or the bus has been silent for limits.session_gap_ns.
 *
 * Ids: order.M, period.M, length.M, value.M, reserved.M, priority.M, transport.M for a message M;
 * timeout.SIDE.X: SIDE waits for X and has to report (CEM, BEM) when it does not come, not earlier,
 * not later; awaited.SIDE.X: SIDE has to send X in time; error.CEM, error.BEM: no report without
 * cause; reconnections; transport.charger, transport.bms, address; demand.*, output.*; sign.M: the
 * current in M has the sign of charging; agree.*: CCS against BCS; stop.CST.*, stop.BST.*: the reasons in them against what
 * came before.
 *
 * Blame: the side that the rule binds, never the other one. What only follows from the other side's
 * violation (no answer to a message of a wrong phase, an abort of a broken transfer) is none. A
 * message of a wrong length has not come; one with illegal values may or may not count: whoever
 * waits for it may go on or report. */
#ifndef VEHICLE_BMS_RULES_RULES_H
#define VEHICLE_BMS_RULES_RULES_H

#include "sim/can/can.h"
#include "vehicle_bms/limits.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULE_BINS 20

enum rule_side {
    RULE_CHARGER,
    RULE_BMS,
    RULE_BUS
};
enum rule_verdict {
    RULE_NONE,
    RULE_PASS,
    RULE_INCONCLUSIVE,
    RULE_FAIL
};

enum rule_kind {
    RULE_PHASE,     /* order of the phases, messages of a former or a later phase */
    RULE_PERIOD,    /* mean, single gaps, distribution */
    RULE_TIMEOUT,   /* an awaited message, and what has to follow when it does not come */
    RULE_LENGTH,    /* payload length */
    RULE_VALUE,     /* legal values, mandatory fields supplied */
    RULE_RESERVED,  /* reserved bits and bytes filled with 1 */
    RULE_PRIORITY,  /* priority and addresses in the identifier */
    RULE_TRANSPORT, /* faults of connection-mode transfers */
    RULE_DEMAND,    /* demand against what was announced */
    RULE_OUTPUT,    /* output against demand */
    RULE_STOP,      /* reasons given in BST and CST */
    RULE_KINDS,
};

struct rule_result {
    const char *id;
    const char *zh, *en; /* the rule in one sentence */
    const char *clause;  /* standard and clause or SPN */
    enum rule_side side;
    enum rule_kind kind;
    enum rule_verdict verdict;
    const char *reason_zh, *reason_en; /* of inconclusive; NULL else */
    const struct message *message;     /* NULL: not of one message */
    uint64_t observed;                 /* how often it was looked at */
    uint64_t violations;
    struct rule_proof proofs[RULE_PROOFS_MAX]; /* the first violations */
    size_t proof_count;
    /* What was measured; unit "" when nothing was. Periods: value is the mean. */
    const char *unit;
    double value, smallest, largest;
    double limit_min, limit_max; /* NAN: none on that side */
    /* What decides: of the violations the one that is furthest outside its limits, else what came
     * nearest to them. Texts and figures of another unit than the first are left out of it. */
    struct rule_measure decisive;
    /* Periods: gaps per bin from 0 to 2 periods, the last bin also holds longer ones. */
    uint32_t bins[RULE_BINS];
};

struct rules;

struct rules *rules_new(enum edition edition, const struct rules_limits *limits, bool clock);
/* The capture holds frames of one side only: what needs both does not apply, and nothing is claimed of
 * the other side. Ends by itself with the first frame of that side. Before the first frame. */
void rules_only(struct rules *rules, bool charger);
bool rules_is_only(const struct rules *rules); /* still */
void rules_resolution(struct rules *rules, int64_t resolution_ns);
/* Every frame of the network is handed in (a live network, not a capture): nothing is excused as
 * lost. Where frames were dropped all the same, say rules_lost. */
void rules_lossless(struct rules *rules);
void rules_frame(struct rules *rules, int64_t at_ns, uint64_t mark,
                 const struct can_frame_ext *frame);
/* What no frame shows, and a bench knows. A capture has none of it: it may blame the charger for the
 * CEM of a wait that was nearly over when a person or a fault ended the charge, or take a charge that was
 * stopped in the handshake and started anew at once for a hole in CHM. */
enum rules_told {
    RULES_DISTURBED, /* from here on a person, or a fault of pile, plug or supply, may end the charge */
    RULES_STARTED, /* a person has confirmed a start */
};
void rules_tell(struct rules *rules, enum rules_told what, int64_t at_ns);
/* Frames are known to be missing here (damaged lines, a dropped batch): gaps and waits that span it
 * are inconclusive. */
void rules_lost(struct rules *rules, uint64_t mark);
/* The clock jumps here: how long it was since the frame before, nobody knows. No time is judged across. */
void rules_jumped(struct rules *rules, uint64_t mark);
/* Frames are known to be missing, and nobody knows where: what would be wrong only for want of a frame
 * is inconclusive. Before the end. */
void rules_lost_somewhere(struct rules *rules);
void rules_finish(struct rules *rules, int64_t end_ns);
/* Frames so far that are neither messages of GB/T 27930 nor their transport. */
uint64_t rules_foreign(const struct rules *rules);
size_t rules_count(const struct rules *rules);
const struct rule_result *rules_result(const struct rules *rules, size_t index);
void rules_free(struct rules *rules);

/* ---- the course of each charge ---- */

/* Of more than RULES_SESSIONS_MAX charges the first ones are kept, and the last. Of the others it is
 * counted how they ended. */
#define RULES_SESSIONS_MAX 100

size_t rules_charge_count(const struct rules *rules); /* all */
uint64_t rules_charges_left_out(const struct rules *rules, enum ended_by by);
size_t rules_session_count(const struct rules *rules);
const struct rules_session *rules_session(const struct rules *rules, size_t index);

const char *rule_side_text(enum rule_side side, bool chinese);
const char *rule_kind_text(enum rule_kind kind, bool chinese);

#endif
