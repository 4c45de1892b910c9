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
 * current in M has the sign of charging; stop.CST.*, stop.BST.*: the reasons in them against what
 * came before.
 *
 * Blame: the side that the rule binds, never the other one. What only follows from the other side's
 * violation (no answer to a message of a wrong phase, an abort of a broken transfer) is none. A
 * message of a wrong length has not come; one with illegal values may or may not count: whoever
 * waits for it may go on or report. */
#ifndef VEHICLE_BMS_RULES_RULES_H
#define VEHICLE_BMS_RULES_RULES_H

#include "sim/can/can.h"
#include "vehicle_bms/listen/assembler.h"
#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULE_PROOFS_MAX 8
#define RULE_BINS       20

/* Named limits; a profile may set each ("protocol.period-mean" ...). Clauses: the periods of
 * GB/T 27930-2015 chapter 9; tolerances of GB/T 34658 are not public, hence parameters. */
struct rules_limits {
    double period_mean;     /* 0.10: mean of the gaps against the table's period */
    double period_gap;      /* 0.20: a single gap */
    int64_t period_10ms_ns; /* 5 ms: the same for messages of 10 ms period (BST, CST), absolute */
    int64_t timeout_early_ns, timeout_late_ns; /* 0, 500 ms: error message against its limit */
    double gaps_allowed; /* 0: share of single gaps that may be beyond period_gap */
    int64_t bhm_ns;      /* 10 s: charger's wait for BHM; no CEM bit, maker's figure */
    int64_t brm_ns, bcp_ns, bro_ns, bro_aa_ns, bcs_ns, bcl_ns, bst_ns, bsd_ns; /* charger's waits */
    int64_t bsm_ns; /* 0: not judged (2015); 5 s in 2023 */
    int64_t chm_ns, crm_00_ns, crm_aa_ns, cml_ns, cro_ns, cro_aa_ns, ccs_ns, cst_ns,
        csd_ns;                              /* BMS's */
    int64_t pause_ns;                        /* 10 min: longest pause by BSM 3096 = 00 */
    double demand_margin_v, demand_margin_a; /* 0.5 V, 0.5 A: demand above what was announced */
    double output_over_v, output_over_a; /* output above the demand: 5 V, 5 A + output_over_share */
    double output_over_share;            /* 0.015 of the demand (CCS accuracy is not public) */
    int64_t output_settle_ns;            /* 2 s after a demand fell, before output is compared */
    int64_t session_gap_ns;              /* 30 s */
    int64_t former_ns; /* 50 ms: a message of the former phase may still be under way */
    int64_t wire_ns;   /* 2 ms: a side counts from handing a frame over, stamps are later */
    int64_t react_ns;  /* 1 s: charger's answer to BSM (stop, pause, resume); not public */
    /* 10 ms, a period of BST and CST: within it both sides may have stopped of their own accord */
    int64_t crossing_ns;
    unsigned fault_named; /* 0: a CST that says "fault" need not name it; 1: it does (not public) */
    /* Current in the direction of discharge: demanded or announced; measured (CCS, BCS) for
     * output_settle_ns: 1 % of 250 A. */
    double sign_demand_a, sign_output_a; /* 0.5 A, 2.5 A */
    unsigned reconnections;              /* 3 */
    struct transport_timing transport;
};

extern const struct rules_limits rules_limits_default;

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

/* A frame (or instant) that shows a violation, or the best instance of what passed. */
struct rule_proof {
    int64_t at_ns;
    uint64_t mark; /* line of the file, number of the frame */
    unsigned session;
    char zh[160], en[160]; /* what it shows: "BCL 1.532 s after the last one, limit 1 s" */
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
    /* Periods: gaps per bin from 0 to 2 periods, the last bin also holds longer ones. */
    uint32_t bins[RULE_BINS];
};

struct rules;

struct rules *rules_new(enum edition edition, const struct rules_limits *limits, bool clock);
void rules_resolution(struct rules *rules, int64_t resolution_ns);
void rules_frame(struct rules *rules, int64_t at_ns, uint64_t mark,
                 const struct can_frame_ext *frame);
/* Frames are known to be missing here (damaged lines, a dropped batch): gaps and waits that span it
 * are inconclusive. */
void rules_lost(struct rules *rules, uint64_t mark);
void rules_finish(struct rules *rules, int64_t end_ns);
size_t rules_count(const struct rules *rules);
const struct rule_result *rules_result(const struct rules *rules, size_t index);
void rules_free(struct rules *rules);

/* ---- the course of each charge ---- */

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
    char zh[480], en[480]; /* the last word */
    /* Frames that led to it, in order: BST, CST, CEM, BEM, abnormal BSM, missing messages ... */
    struct rule_proof story[RULE_PROOFS_MAX];
    size_t story_count;
    char vin[18];                                                  /* from BRM; "" */
    double energy_kwh, soc_from, soc_to, voltage_max, current_max; /* CSD, BCS, CCS; NAN unknown */
    double minutes; /* CSD charging time; NAN unknown */
};

size_t rules_session_count(const struct rules *rules);
const struct rules_session *rules_session(const struct rules *rules, size_t index);

const char *rule_side_text(enum rule_side side, bool chinese);
const char *rule_verdict_text(enum rule_verdict verdict, bool chinese);
const char *rule_kind_text(enum rule_kind kind, bool chinese);
const char *ended_by_text(enum ended_by by, bool chinese);

#endif
