/* SPDX-License-Identifier: MIT */
/* internal.h: what the parts of ending.h share.
 *
 *   ending.c    what was seen, and which of the parts has the last word
 *   stop.c      BST and CST
 *   quiet.c     what had been silent before them
 *   error.c     CEM and BEM
 *   one_side.c  frames of one side only
 *   silence.c   neither: silence, a charge that never began, a file that ends
 *   evidence.c  questions to what was seen
 *   text.c      two languages at a time
 *
 * An attempt is what lies between two reconnections; what is counted here is of the last one. */
#ifndef VEHICLE_BMS_ENDING_INTERNAL_H
#define VEHICLE_BMS_ENDING_INTERNAL_H

#include "vehicle_bms/ending/ending.h"

#include <stdarg.h>

/* Messages whose value AA is a step of its own stand behind those of the table. */
enum {
    SEEN_CRM_AA = MESSAGE_COUNT,
    SEEN_BRO_AA,
    SEEN_CRO_AA,
    SEEN_COUNT
};

/* When: order counts messages from 1 and serves where there is no clock; 0: never. */
struct instant {
    int64_t ns;
    uint64_t mark, order;
};

struct seen {
    struct instant first, last; /* of the right length */
    struct instant ill;         /* the last one of a wrong length */
    struct instant broken;      /* the last transfer that was not completed */
    uint64_t count, ill_count, broken_count;
    size_t ill_length;
    uint64_t broken_rts;       /* mark of that transfer's RTS */
    enum transfer_fault fault; /* of the last broken transfer */
    bool fault_by_charger;
    uint8_t length;
    uint8_t data[16]; /* its last payload, as far as it is needed here */
};

/* All that had been seen by some instant. */
struct evidence {
    struct seen seen[SEEN_COUNT];
    struct instant side[2];  /* last of the BMS [0], of the charger [1] */
    struct instant abnormal; /* since when BSM has called a state abnormal */
    struct instant paused;   /* since when BSM has forbidden charging (SPN 3096) */
};

/* The messages that end something. */
enum {
    SAID_BST,
    SAID_CST,
    SAID_BEM,
    SAID_CEM,
    SAID_COUNT
};

struct said {
    struct instant at; /* the first one */
    uint8_t data[8];   /* of the first one that gives a reason, else of the first */
    size_t length;
    bool reason;
    struct evidence before;
};

#define STORY_TEXT 160

struct ending {
    enum edition edition;
    struct rules_limits limits;
    bool clock;
    enum ending_only only;
    int64_t resolution_ns; /* of the clock; 0: not known */
    unsigned session;
    uint64_t order;
    struct evidence now;
    struct said said[SAID_COUNT]; /* of the last attempt */
    struct said origin;           /* the first error since charging last went on */
    int origin_kind;              /* SAID_BEM or SAID_CEM; -1: none */
    unsigned reconnections, healed;
    unsigned failed;       /* reconnections since origin */
    bool followed;         /* by another charge, at end_ns */
    bool inside;           /* the frames begin in the middle of the charge ... */
    struct instant opened; /* ... then */
    bool charged;          /* energy was asked for and CCS came, in whatever attempt */
    struct instant since;  /* charging began, in the last attempt */
    struct instant begun;  /* the last attempt itself */
    struct rule_proof story[RULE_PROOFS_MAX];
    size_t story_count;
    char vin[18];
    uint16_t voltage_raw[2], current_raw[2]; /* largest output by BCS [0] and by CCS [1] */
    double soc_from;
};

/* ---- texts ---- */

/* Both languages at once; cut at the end of a character when it does not fit. */
struct writer {
    char *zh, *en;
    size_t size_zh, size_en;
};

struct statement {
    char zh[240], en[240];
};

struct writer statement_writer(struct statement *statement);
struct writer session_writer(struct rules_session *session);
/* Appends; the arguments serve both formats (use %1$s where the order differs). */
void tell(struct writer writer, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
void tell_both(struct writer writer, const char *zh, const char *en);
void tell_statement(struct writer writer, const struct statement *statement);
/* "85 ms", "1.53 s", "10 min 2 s"; "" without a clock. No digit that the clock does not have: "<100
 * ms", "1.5 s" where it has steps of 100 ms. */
struct duration {
    char text[32];
};
struct duration duration_of(const struct ending *ending, int64_t ns);

/* A proof of the story, kept in the order of the file; the text is for printf. */
void story_add(struct rule_proof *story, size_t *count, unsigned session, const struct instant *at,
               const struct statement *statement);

/* Name of a message as people write it: "BCL(电池充电需求)", "BRO(AA)". */
struct statement seen_name(int index);
const struct message *seen_message(int index);

/* ---- questions to what was seen ---- */

double evidence_value(const struct evidence *evidence, int index, const char *field); /* NAN */
/* The amperes that flow into the battery: turned round against the wire. */
double evidence_ampere(const struct evidence *evidence, int index, const char *field);
/* Came it within ns before at? Without a clock: among the last messages. */
bool came_within(const struct ending *ending, const struct instant *one, const struct instant *at,
                 int64_t ns);
/* The abnormal states that the last BSM names; false: none. */
bool evidence_abnormal(const struct evidence *evidence, struct statement *states);
/* "BCL asks for 120.0 A, CCS says 85.3 A ..." as far as known. */
void tell_current(struct writer writer, const struct evidence *evidence);
void tell_voltage(struct writer writer, const struct evidence *evidence);

/* The battery's voltage (BCP) against what the charger can give (CML), as a sentence; false: it is
 * inside, or not known. */
bool tell_outside(struct writer writer, const struct evidence *evidence);
void tell_battery(struct writer writer, const struct evidence *evidence);

/* Before charging begins: what was reached, what came next. */
struct stage {
    int mark;    /* seen: the stage is reached */
    int awaited; /* what ends it */
    bool by_charger;
    size_t limit; /* offset in struct rules_limits */
    const char *zh, *en;
};
/* NULL: charging, or nothing at all. */
const struct stage *evidence_stage(const struct evidence *evidence);
int64_t limit_of(const struct rules_limits *limits, size_t offset);

/* ---- the parts; each sets ended_by, ended_ns, ended_mark and begins the sentence ---- */

void ending_by_stop(const struct ending *ending, int64_t end_ns, struct rules_session *session);
void ending_by_error(const struct ending *ending, int64_t end_ns, struct rules_session *session);
/* Where the frames are those of one side. */
void ending_by_one_side(const struct ending *ending, int64_t end_ns, struct rules_session *session);
void ending_by_silence(const struct ending *ending, int64_t end_ns, struct rules_session *session);
/* Had CCS, or BCL or BCS, been silent when a side stopped (bms: the BMS) for as long as that side waits?
 * Then it begins the sentence with that. True: the side's own BEM or CEM names it. */
bool ending_quiet_first(const struct ending *ending, const struct said *first, bool bms,
                        struct rules_session *session);
bool ending_too_quiet(int64_t quiet_ns, int64_t limit_ns);
/* Why an awaited message was missed, as a sentence: silent, ill-formed, broken, or not at all. */
void tell_missed(const struct ending *ending, const struct said *error, int index, int64_t limit_ns,
                 struct writer writer);
/* Transfers that did not come whole, as a sentence. */
void tell_broken(const struct ending *ending, const struct seen *seen, int index,
                 struct writer writer);
/* The messages an error message names; their number. */
size_t error_awaited(const struct said *error, bool by_charger, int *indexes, int64_t *limits_ns,
                     size_t room, const struct rules_limits *limits);
bool said_bit(const struct said *said, const struct message *message, const char *field);
/* The names of the bits that are set, in a row; false: none. */
bool tell_bits(struct writer writer, const struct said *said, const struct message *message);

#endif
