/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the rules engine share; nobody else includes it.
 *
 * rules_table.c    the list of rules: ids, sentences, clauses; the default limits
 * rules.c          frames in, results out; each message on its way through the judges
 * rules_session.c  where a charge begins and ends, its phases
 * rules_order.c    who may send what when
 * rules_period.c   gaps and means; rules_going_on.c: messages that stop too early
 * rules_wait.c     what each side waits for; rules_error.c: CEM and BEM against it
 * rules_value.c    length, values, reserved bits, identifier
 * rules_stop.c     the reasons in CST and BST
 * rules_transport.c, rules_demand.c, rules_sign.c
 *
 * The unit of thought is the event: a message of the right length, CRM, BRO and CRO told apart by
 * their first byte (00, AA). `seen` holds the events of the present attempt (from CHM or CRM(00)
 * to the next CRM(00)). */
#ifndef VEHICLE_BMS_RULES_INTERNAL_H
#define VEHICLE_BMS_RULES_INTERNAL_H

#include "vehicle_bms/ending/ending.h"
#include "vehicle_bms/rules/rules.h"

#include <stdio.h>

#define READY         0xAA /* second value of CRM, BRO, CRO */
#define BMS_SIDE      0
#define CHARGER_SIDE  1
#define GAPS_FOR_MEAN 5

enum event {
    /* in the order of a charge, which rules_order.c relies on when it joins one half-way */
    EVENT_CHM,
    EVENT_BHM,
    EVENT_CRM_00,
    EVENT_BRM,
    EVENT_CRM_AA,
    EVENT_BCP,
    EVENT_CTS,
    EVENT_CML,
    EVENT_BRO_00,
    EVENT_BRO_AA,
    EVENT_CRO_00,
    EVENT_CRO_AA,
    EVENT_BCL,
    EVENT_BCS,
    EVENT_BSM,
    EVENT_BMV, /* BMV, BMT, BSP */
    EVENT_CCS,
    EVENT_CST,
    EVENT_BST,
    EVENT_BSD,
    EVENT_CSD,
    EVENT_CEM,
    EVENT_BEM,
    /* what a message says besides having come */
    EVENT_BSM_ABNORMAL,  /* a state that has to stop the charge (3090...3095) */
    EVENT_BSM_NORMAL,    /* none */
    EVENT_BSM_PAUSE,     /* 3096 = 00 */
    EVENT_BSM_PERMIT,    /* 3096 = 01 */
    EVENT_BSM_RESUME,    /* 3096 = 01 after 00 */
    EVENT_CCS_PAUSED,    /* 3929 = 00 */
    EVENT_CCS_PERMITTED, /* 3929 = 01 */
    EVENTS,
};

#define EVENT_BIT(event) (UINT32_C(1) << (event))
#define SEEN(code)       EVENT_BIT(EVENT_##code)

enum wait_index {
    /* the charger waits */
    WAIT_BHM,
    WAIT_BRM,
    WAIT_BCP,
    WAIT_BRO,
    WAIT_BRO_AA,
    WAIT_BRO_KEPT,
    WAIT_BCS,
    WAIT_BCL,
    WAIT_BSM,
    WAIT_BST,
    WAIT_BSD,
    /* the BMS waits */
    WAIT_CRM_00,
    WAIT_CRM_AA,
    WAIT_CML,
    WAIT_CRO,
    WAIT_CRO_AA,
    WAIT_CCS,
    WAIT_CST,
    WAIT_CSD,
    /* an answer without an error message when it does not come */
    WAIT_ABNORMAL,
    WAIT_PAUSE,
    WAIT_RESUME,
    WAIT_PAUSE_END,
    WAITS,
};

enum rule_group {
    GROUP_ORDER,
    GROUP_PERIOD,
    GROUP_LENGTH,
    GROUP_VALUE,
    GROUP_RESERVED,
    GROUP_PRIORITY,
    GROUP_TRANSPORT,
    GROUPS,
};

enum rule_index {
    RULE_GROUPED = 0, /* of one message: rule_of(group, message) */
    RULE_WAITED = GROUPS * MESSAGE_COUNT,
    RULE_AWAITED = RULE_WAITED + WAITS,
    RULE_ERROR_CEM = RULE_AWAITED + WAITS,
    RULE_ERROR_BEM,
    RULE_RECONNECTIONS,
    RULE_TRANSPORT_CHARGER,
    RULE_TRANSPORT_BMS,
    RULE_ADDRESS,
    RULE_DEMAND_VOLTAGE_CML,
    RULE_DEMAND_CURRENT_CML,
    RULE_DEMAND_VOLTAGE_BCP,
    RULE_DEMAND_CURRENT_BCP,
    RULE_OUTPUT_VOLTAGE,
    RULE_OUTPUT_CURRENT,
    RULE_OUTPUT_VOLTAGE_CML,
    RULE_OUTPUT_CURRENT_CML,
    RULE_SIGN_BCP,
    RULE_SIGN_CML,
    RULE_SIGN_BCL,
    RULE_SIGN_BCS,
    RULE_SIGN_CCS,
    RULE_STOP_CST_REASON,
    RULE_STOP_CST_ANSWER,
    RULE_STOP_CST_CLAIM,
    RULE_STOP_CST_FAULT,
    RULE_STOP_CST_NAMED,
    RULE_STOP_CST_BSM,
    RULE_STOP_BST_REASON,
    RULE_STOP_BST_ANSWER,
    RULE_STOP_BST_CLAIM,
    RULE_INDICES,
};

/* Why something could not be decided. */
enum doubt {
    DOUBT_NONE,
    DOUBT_NO_CLOCK,
    DOUBT_COARSE_CLOCK,
    DOUBT_LOST,
    DOUBT_SILENT,
    DOUBT_CROSSED,
};

struct rule {
    struct rule_result result;
    bool listed;
    bool witness; /* proofs[0] shows what passed */
    enum doubt doubt;
    char id[28], zh[240], en[240], clause[80];
};

/* One row of the table of waits, see rules_wait.c. */
struct wait_rule {
    const char *name;    /* last part of the id */
    const char *awaited; /* for people: "CRM(AA)" */
    const char *from;    /* the instant from which it is counted */
    const char *from_zh;
    bool by_charger;   /* who waits */
    size_t limit;      /* offset in struct rules_limits */
    uint32_t starts;   /* the first of these in an attempt begins it */
    uint32_t restarts; /* each of these begins it anew ... */
    uint32_t after;    /* ... once these were seen */
    uint32_t delays;   /* some count from here: the latest instant is later */
    uint32_t fulfils;  /* what is awaited */
    uint32_t cancels;  /* nobody waits any more */
    uint32_t unready;  /* said by who is awaited: that it is not ready; no violation then */
    bool repeats;      /* begun by every start while it does not run */
    uint8_t byte, bit; /* of CEM or BEM; 0: no bit */
    uint16_t spn;
    bool tolerant;        /* who acts when it is over has the tolerance of an error message */
    bool silence_excused; /* who falls silent altogether has ended the charge, as is its right */
};

struct wait {
    bool armed;
    bool doubted;              /* something came that may or may not count */
    bool unsure;               /* the last one may or may not have counted: early_ns, late_ns */
    bool lost;                 /* frames are missing since it began */
    int64_t early_ns, late_ns; /* earliest and latest instant from which it may be counted */
    uint64_t mark;
    int64_t closed_ns, closed_after_ns; /* when it last ended, and how long it had run */
};

struct message_state {
    /* values: the last payload, already judged */
    bool known, value_bad, reserved_bad;
    uint16_t length;
    uint8_t payload[MESSAGE_LENGTH_MAX];
    /* order */
    unsigned former; /* messages of a former phase since the sender went on */
    /* periods */
    bool running, lost;
    bool held_up; /* by another transfer */
    bool owed;    /* it has to be sent still, see rules_going_on.c ... */
    bool let_go;  /* ... not any more since then */
    uint8_t let_go_by;
    int64_t let_go_ns;
    uint64_t let_go_mark;
    uint8_t variant;
    int64_t last_ns;
    uint64_t last_mark;
    uint64_t gaps, gaps_bad, gaps_unclear;
    unsigned stretches;
    double sum_ns;
};

struct side {
    uint8_t step, event; /* see rules_order.c; event: the last one sent */
    bool spoken;
    bool joining; /* its first message says how far the charge has come */
    int64_t step_ns, last_ns;
    uint8_t forward_event; /* the last message that was in its phase ... */
    int64_t forward_ns;    /* ... and when */
};

/* The highest demand of the last output_settle_ns, in buckets. */
#define DEMAND_BUCKETS 8
struct demand_window {
    int64_t slots[DEMAND_BUCKETS + 1];
    double max[DEMAND_BUCKETS + 1];
};

struct demand {
    double voltage_v, current_a; /* BCL; magnitudes; NAN: not known */
    double cml_v, cml_a, bcp_v, bcp_a;
    double output_v, output_a;
    double measured_a; /* BCS */
    bool paused;
    struct demand_window voltages, currents;
};

/* A measured current that flows the wrong way, frame by frame. */
struct reverse {
    unsigned frames;
    int64_t from_ns;
    uint64_t mark;
    bool told;
};

/* BST or CST in the present attempt; from its first sound frame. */
struct stop {
    bool come;
    bool doubtful;       /* one of a wrong length or with illegal values: it may or may not count */
    bool named;          /* a reason was given, or its lack has been judged */
    bool answers;        /* the other side's had come before ... */
    bool crosses;        /* ... by so little that it may not have been read */
    bool unsure;         /* the other side had not been heard: it may have come before */
    bool excused;        /* a pause was too long */
    bool abnormal;       /* BSM called a state abnormal ... */
    int64_t abnormal_ns; /* ... since then */
    int64_t at_ns;
    uint64_t mark;
    unsigned frames;
    /* A frame that says that the other side had stopped, of which nothing had been seen yet. */
    bool claims;
    uint8_t claim[4];
    int64_t claim_ns;
    uint64_t claim_mark;
};

struct rules {
    enum edition edition;
    struct rules_limits limits;
    bool clock;
    int64_t resolution_ns;
    struct assembler assembler;
    struct ending *ending;
    struct rule rules[RULE_INDICES];
    uint16_t listed[RULE_INDICES];
    size_t listed_count;
    /* the present charge */
    struct rules_session *sessions;
    size_t session_count, session_room;
    bool open;
    bool finished;
    uint32_t seen;
    bool partial;    /* frames of the present attempt are missing, its beginning perhaps */
    int64_t last_ns; /* of any message */
    uint64_t last_mark;
    struct side sides[2];
    struct wait waits[WAITS];
    struct message_state states[MESSAGE_COUNT];
    struct demand demand;
    struct reverse reverse[2];   /* BCS, CCS */
    struct stop stops[2];        /* BST, CST */
    unsigned attempts;           /* reconnections since charging was last reached */
    bool withdrawn;              /* BRO has fallen back from AA to 00 in this attempt ... */
    int64_t withdrawn_ns;        /* ... then */
    bool begun_anew;             /* by this message */
    bool reconnected;            /* the present attempt is one ... */
    int64_t attempt_ns;          /* ... from here on */
    uint64_t faulty_transfer[2]; /* first_mark of a transfer in which that side erred */
    bool faulty[2];
    bool left_open[2];  /* that side has begun a transfer before its former one was over ... */
    int64_t left_ns[2]; /* ... then */
    struct {
        const struct message *message;
        int64_t first_ns, at_ns;
    } transfer;                  /* the last one that was complete */
    bool transfers_lost;         /* frames of the present transfer are missing */
    uint64_t lost_mark;          /* transfers begun before it, too */
    uint8_t error_payload[2][4]; /* last CEM and BEM */
    bool error_known[2];
};

static inline enum rule_index rule_of(enum rule_group group, enum message_index message) {
    return (enum rule_index)(RULE_GROUPED + (int)group * MESSAGE_COUNT + (int)message);
}

static inline double seconds(int64_t ns) {
    return (double)ns / 1e9;
}

/* One violation more; where its proof goes, or NULL when there are enough. */
struct rule_proof *rules_violation(struct rules *rules, enum rule_index index, int64_t at_ns,
                                   uint64_t mark);
/* The first instance of what passed. NULL: there is one. */
struct rule_proof *rules_witness(struct rules *rules, enum rule_index index, int64_t at_ns,
                                 uint64_t mark);
void rules_observe(struct rules *rules, enum rule_index index);
void rules_undecided(struct rules *rules, enum rule_index index, enum doubt doubt);
/* A measured value against limits; NAN: none. */
void rules_measure(struct rules *rules, enum rule_index index, const char *unit, double value,
                   double limit_min, double limit_max);

/* Formats are checked at compile time; zh and en take the same arguments. */
#define RULES_SAY(proof_of, zh_format, en_format, ...)                                             \
    do {                                                                                           \
        struct rule_proof *proof_ = (proof_of);                                                    \
        if (proof_ != NULL) {                                                                      \
            snprintf(proof_->zh, sizeof proof_->zh, zh_format, __VA_ARGS__);                       \
            snprintf(proof_->en, sizeof proof_->en, en_format, __VA_ARGS__);                       \
        }                                                                                          \
    } while (0)

/* rules_table.c */
void rules_list(struct rules *rules);
bool rules_in_edition(enum edition edition, enum message_index message);

/* rules_session.c */
void rules_session_follow(struct rules *rules, const struct assembled *message);
void rules_session_note(struct rules *rules, const struct assembled *message, bool forward);
void rules_session_end(struct rules *rules, int64_t end_ns);
void rules_attempt_begin(struct rules *rules);

/* rules_order.c */
enum event rules_event_of(const struct assembled *message);
const char *rules_event_name(enum event event);
/* False: a message of a former phase. May begin a new attempt. */
bool rules_order(struct rules *rules, const struct assembled *message, enum event event);
/* A message of the attempt before, still under way when the charger reconnects: says nothing. */
bool rules_stray(const struct rules *rules, const struct assembled *message, enum event event);
bool rules_over(const struct rules *rules);
/* Whether the charger is where it waits for this message, or for none (transfers). */
bool rules_charger_awaits(const struct rules *rules, enum message_index message);

/* rules_period.c */
void rules_period(struct rules *rules, const struct assembled *message);
void rules_period_stop(struct rules *rules, enum message_index message);
void rules_period_verdicts(struct rules *rules);

/* The gap of a message; one as long as its silence is a matter of the waits. */
void rules_period_of(const struct rules *rules, enum message_index message, int64_t *period_ns,
                     int64_t *allowed_ns);
int64_t rules_period_silence(const struct rules *rules, enum message_index message);

/* rules_going_on.c: after a message was taken into its stretch; with each message;
 * when the charge or the attempt ends */
void rules_going_on(struct rules *rules, enum message_index message);
void rules_going_on_event(struct rules *rules, enum event event, bool by_charger, bool forward,
                          int64_t at_ns, uint64_t mark);
void rules_going_on_close(struct rules *rules);

/* rules_wait.c */
const struct wait_rule *rules_wait_rule(enum wait_index index);
int64_t rules_wait_limit(const struct rules *rules, enum wait_index index);
void rules_wait_event(struct rules *rules, enum event event, int64_t at_ns, uint64_t mark,
                      bool doubtful);
/* Ends every wait of one side, or of both (-1): what is overdue is judged. */
void rules_wait_close(struct rules *rules, int side, int64_t at_ns, uint64_t mark);
void rules_wait_judge(struct rules *rules, enum wait_index index, int64_t at_ns, uint64_t mark,
                      bool told);

/* rules_error.c */
void rules_error(struct rules *rules, const struct assembled *message);

/* rules_value.c: true when every value is legal */
bool rules_value(struct rules *rules, const struct assembled *message);
void rules_foreign(struct rules *rules, int64_t at_ns, uint64_t mark,
                   const struct can_frame_ext *frame);

/* rules_transport.c */
void rules_transport_message(struct rules *rules, const struct assembled *message);
void rules_transport_fault(struct rules *rules, const struct transfer_event *event);
void rules_transport_step(struct rules *rules, int64_t at_ns, uint64_t mark,
                          const struct can_frame_ext *frame);

/* rules_demand.c */
void rules_demand_begin(struct rules *rules);
void rules_demand(struct rules *rules, const struct assembled *message, bool changed);
/* Amperes into the battery: turned round against the wire. NAN: not supplied. */
double rules_ampere(const struct assembled *message, const char *field);

/* rules_sign.c: after rules_demand. False: the sign of what it announces is wrong. */
void rules_sign(struct rules *rules, const struct assembled *message);
bool rules_sign_announced(const struct rules *rules, double ampere);

/* rules_stop.c: each BST and CST, before the waits hear of it; when the attempt ends */
void rules_stop(struct rules *rules, const struct assembled *message, bool legal);
void rules_stop_close(struct rules *rules);

#endif
