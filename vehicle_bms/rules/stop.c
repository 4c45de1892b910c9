/* SPDX-License-Identifier: MIT */
/* The reasons in CST and BST against what came before (GB/T 27930-2015 10.3.8, 10.3.9, SPN 3511 to
 * 3513 and 3521 to 3523; byte 1 of CST as GB/T 34658 DP.3003, DP.3006, DP.3007, DN.4001 expect it).
 *
 * Who stops first says why; who answers says that the other side had stopped. Judged is the first
 * frame that gives any reason. Both may stop at once: a reason of one's own within crossing_ns of
 * the other side's first frame is undecided. After CEM or BEM, and at the end of a pause that was
 * too long (DP.3005), the content is not laid down. */
#include "vehicle_bms/rules/internal.h"
#include "vehicle_bms/rules/wait.h"

#include <assert.h>
#include <string.h>

/* The sixteen two-bit states of the four bytes, from byte 1 bits 1 and 2 on. */
#define STATE(byte, bit) (UINT32_C(1) << (((byte)-1) * 4 + ((bit)-1) / 2))

#define CST_CONDITION STATE(1, 1)
#define CST_MANUAL    STATE(1, 3)
#define CST_FAULT     STATE(1, 5)
#define CST_ESTOP     STATE(3, 1)
#define CST_FAULTS    (UINT32_C(0x00F0) | CST_ESTOP | STATE(3, 3)) /* SPN 3522 */
#define CST_ERRORS    (STATE(4, 1) | STATE(4, 3))                  /* SPN 3523 */
#define CST_FURTHER   (STATE(3, 5) | STATE(3, 7) | STATE(4, 5) | STATE(4, 7))
#define BST_FURTHER   (STATE(4, 5) | STATE(4, 7))

/* "The other side has stopped" stands in the same place in both. */
#define CLAIM STATE(1, 7)

#define PERIOD_NS INT64_C(10000000) /* of BST and CST */

/* BST or CST in the present attempt; from its first sound frame. */
struct stop {
    bool come;
    bool doubtful;       /* one of a wrong length or with illegal values: it may or may not count */
    bool padded;         /* its first frame was filled up to 8 bytes */
    bool named;          /* a reason was given, or its lack has been judged */
    bool answers;        /* the other side's had come before ... */
    bool crosses;        /* ... by so little that it may not have been read */
    bool unsure;         /* the other side had not been heard: it may have come before */
    bool allowed;        /* a pause was too long */
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

struct stops {
    struct stop sides[2]; /* BST, CST */
};

static struct stops *own(const struct rules *rules) {
    return rules->states[STATE_STOP];
}

/* ---- what a frame says ---- */

/* The states that are 01. Where 2023 has put its further reasons is not public; before it those
 * bits are reserved. */
static uint32_t states_set(const struct rules *rules, const struct assembled *message) {
    uint32_t set = 0;
    for (unsigned i = 0; i < 16; i++) {
        bool one = ((unsigned)message->data[i / 4] >> i % 4 * 2 & 3u) == 1;
        set |= one ? UINT32_C(1) << i : 0;
    }
    if (rules->edition != EDITION_2023) {
        set &= ~(message->message->from_charger ? CST_FURTHER : BST_FURTHER);
    }
    return set;
}

/* "CST 04 00 F0 F0, 0.035 s after BST: ...": the frame, where it stands, and what is wrong with
 * it. */
static void say(struct rules *rules, enum rule_index index, const struct assembled *message,
                const char *after, int64_t after_ns, const char *zh, const char *en) {
    const uint8_t *data = message->data;
    char hex[16], where_zh[48] = "", where_en[48] = "";
    struct rule_proof *proof = rules_violation(rules, index, message->at_ns, message->mark);
    snprintf(hex, sizeof hex, "%02X %02X %02X %02X", data[0], data[1], data[2], data[3]);
    if (after != NULL && rules->clock) {
        snprintf(where_zh, sizeof where_zh, "（%s之后%.3f s）", after, seconds(after_ns));
        snprintf(where_en, sizeof where_en, ", %.3f s after %s", seconds(after_ns), after);
    } else if (after != NULL) {
        snprintf(where_zh, sizeof where_zh, "（%s之后）", after);
        snprintf(where_en, sizeof where_en, ", after %s", after);
    }
    if (proof != NULL) {
        const char *code = message->message->code;
        snprintf(proof->zh, sizeof proof->zh, "%s %s%s:%s", code, hex, where_zh, zh);
        snprintf(proof->en, sizeof proof->en, "%s %s%s: %s", code, hex, where_en, en);
    }
}

/* ---- what came before ---- */

/* Of a message that has not come nothing is known but that it may have come in vain; one that has come
 * has a frame, crosses nothing but what had come, and claims nothing but by a reason. */
static bool stop_sound(const struct stop *stop, const struct stop *other) {
    bool blank = !stop->named && !stop->answers && !stop->crosses && !stop->padded &&
                 !stop->unsure && !stop->allowed && !stop->abnormal && !stop->claims;
    return stop->come ? stop->frames >= 1 && (!stop->answers || other->come) &&
                            (!stop->crosses || other->come) && (!stop->claims || stop->named)
                      : stop->frames == 0 && blank;
}

/* Frames of the other side may be missing, its BST or CST among them. */
static bool unheard(const struct rules *rules, unsigned side) {
    return !own(rules)->sides[side].come && rules->attempt->sides[side].joining;
}

/* Could both have decided before either had read the other's? Without a clock its frames, of 10 ms
 * period, are counted. */
static bool crossing(const struct rules *rules, const struct stop *other, int64_t at_ns) {
    assert(!rules->clock || !other->come || other->frames > 0);
    int64_t after_ns =
        rules->clock ? at_ns - other->at_ns : ((int64_t)other->frames - 1) * PERIOD_NS;
    return other->come && after_ns <= rules->limits.crossing_ns + rules->resolution_ns;
}

/* What the charger had to stop for; the waits have not heard of this message yet. */
static void note_cause(const struct rules *rules, struct stop *cst) {
    assert(cst->come && !cst->allowed && !cst->abnormal); /* of its first frame */
    const struct wait *pause = wait_of(rules, WAIT_PAUSE_END);
    const struct wait *abnormal = wait_of(rules, WAIT_ABNORMAL);
    int64_t nearly_ns = rules->limits.pause_ns / 20 * 19;
    cst->allowed = pause->armed && (!rules->clock || cst->at_ns - pause->early_ns >= nearly_ns);
    cst->abnormal = abnormal->armed && !abnormal->lost;
    cst->abnormal_ns = abnormal->late_ns;
}

/* ---- judging ---- */

/* No frame gave a reason until the other side's came, or the end. An answer of 2011 has no state of
 * its own, as far as is known. */
static void judge_silent(struct rules *rules, unsigned side) {
    struct stop *stop = &own(rules)->sides[side];
    bool cst = side == CHARGER_SIDE;
    enum rule_index index = cst ? RULE_STOP_CST_REASON : RULE_STOP_BST_REASON;
    if (!stop->come || stop->named || stop->allowed ||
        (rules->attempt->seen & (SEEN(CEM) | SEEN(BEM))) ||
        (stop->answers && rules->edition == EDITION_2011)) {
        return;
    }
    stop->named = true;
    rules_observe(rules, index);
    RULES_SAY(rules_violation(rules, index, stop->at_ns, stop->mark), "%s没有给出任何中止原因",
              "%s gives no reason at all", cst ? "CST" : "BST");
    assert(stop->come && stop->named);
}

/* BST belongs to the phase that CRO(AA) begins. Whether a charger that is still at CRO(00) has to
 * heed it is not said: a fault that it finds meanwhile, for the battery that has gone, is its own. */
static bool before_charging(const struct rules *rules) {
    uint32_t later = SEEN(CRO_AA) | SEEN(CCS) | SEEN(BCL);
    return (rules->attempt->seen & SEEN(CRO_00)) && !(rules->attempt->seen & later);
}

static void judge_cst_answer(struct rules *rules, const struct assembled *message, uint32_t set) {
    const struct stop *stop = &own(rules)->sides[CHARGER_SIDE], *bst = &own(rules)->sides[BMS_SIDE];
    bool nameless = (set & CST_FAULT) && !(set & (CST_FAULTS | CST_ERRORS | CST_FURTHER));
    assert(stop->answers && bst->come); /* an answer, and to what */
    /* A fault of the charger may come to it; one is named, then. */
    if ((set & CLAIM) && !(set & (CST_CONDITION | CST_MANUAL)) && !nameless) {
        rules_observe(rules, RULE_STOP_CST_ANSWER);
    } else if (before_charging(rules) && (set & CST_FAULT) && !nameless) {
        return;
    } else if (stop->crosses || bst->unsure) {
        rules_undecided(rules, RULE_STOP_CST_ANSWER, bst->unsure ? DOUBT_LOST : DOUBT_CROSSED);
    } else {
        rules_observe(rules, RULE_STOP_CST_ANSWER);
        say(rules, RULE_STOP_CST_ANSWER, message, "BST", message->at_ns - bst->at_ns,
            "第1字节应为40（BMS主动中止）", "byte 1 has to be 40 (BMS stopped)");
    }
}

static void judge_bst_answer(struct rules *rules, const struct assembled *message, uint32_t set) {
    assert(own(rules)->sides[BMS_SIDE].answers && own(rules)->sides[CHARGER_SIDE].come);
    const struct stop *stop = &own(rules)->sides[BMS_SIDE], *cst = &own(rules)->sides[CHARGER_SIDE];
    if (set & CLAIM) {
        rules_observe(rules, RULE_STOP_BST_ANSWER);
    } else if (stop->crosses || cst->unsure) {
        rules_undecided(rules, RULE_STOP_BST_ANSWER, cst->unsure ? DOUBT_LOST : DOUBT_CROSSED);
    } else {
        rules_observe(rules, RULE_STOP_BST_ANSWER);
        say(rules, RULE_STOP_BST_ANSWER, message, "CST", message->at_ns - cst->at_ns,
            "第1字节应给出充电机主动中止（40）", "byte 1 has to say that the charger stopped (40)");
    }
}

/* "The other side had stopped", of which nothing has been seen. Judged when that comes, or never: a
 * recorder may turn two frames round that came at once, the second of which gives a reason of its
 * own. */
static void note_claim(struct stop *stop, const struct assembled *message) {
    assert(stop->come && stop->named && !stop->claims); /* by its first reason, so once */
    stop->claims = true;
    memcpy(stop->claim, message->data, sizeof stop->claim);
    stop->claim_ns = message->at_ns;
    stop->claim_mark = message->mark;
}

static void judge_claim(struct rules *rules, unsigned side, bool at_once) {
    struct stop *stop = &own(rules)->sides[side];
    bool cst = side == CHARGER_SIDE;
    enum rule_index index = cst ? RULE_STOP_CST_CLAIM : RULE_STOP_BST_CLAIM;
    if (!stop->claims) {
        return;
    }
    assert(stop->come && stop->named); /* claimed by a reason */
    stop->claims = false;
    if (stop->unsure || at_once) {
        rules_undecided(rules, index, stop->unsure ? DOUBT_LOST : DOUBT_CROSSED);
    } else {
        const struct assembled claim = {.message = &messages[cst ? MESSAGE_CST : MESSAGE_BST],
                                        .at_ns = stop->claim_ns,
                                        .mark = stop->claim_mark,
                                        .data = stop->claim};
        rules_observe(rules, index);
        say(rules, index, &claim, NULL, 0,
            cst ? "称BMS主动中止，但此前没有BST" : "称充电机主动中止，但此前没有CST",
            cst ? "says that the BMS stopped, no BST had come"
                : "says that the charger stopped, no CST had come");
    }
}

/* Byte 1 against bytes 2 and 3. The emergency stop is a fault and a person's doing. */
static void judge_cst_faults(struct rules *rules, const struct assembled *message, uint32_t set) {
    assert(set != 0 && message->message->from_charger);
    const struct stop *stop = &own(rules)->sides[CHARGER_SIDE];
    uint32_t faults = set & CST_FAULTS;
    if (faults == CST_ESTOP && (set & CST_MANUAL)) {
        return;
    }
    rules_observe(rules, RULE_STOP_CST_FAULT);
    if (faults != 0 && !(set & CST_FAULT)) {
        say(rules, RULE_STOP_CST_FAULT, message, NULL, 0, "给出了故障原因，但第1字节不是故障中止",
            "names a fault, byte 1 does not say \"stopped by fault\"");
    }
    bool named = (set & (CST_FAULTS | CST_ERRORS | CST_FURTHER)) != 0;
    if ((set & CST_FAULT) && !stop->answers && !stop->abnormal &&
        rules_listed(rules, RULE_STOP_CST_NAMED)) {
        rules_observe(rules, RULE_STOP_CST_NAMED);
        if (!named) {
            say(rules, RULE_STOP_CST_NAMED, message, NULL, 0, "故障中止，但没有指明是什么故障",
                "stopped by fault, and no fault is named");
        }
    }
}

/* BSM had called a state abnormal: DP.3003 wants "stopped by fault", unless a person was there
 * first. What comes later than the charger's reaction may have another cause. */
static void judge_abnormal(struct rules *rules, const struct assembled *message, uint32_t set) {
    assert(own(rules)->sides[CHARGER_SIDE].come);
    const struct stop *stop = &own(rules)->sides[CHARGER_SIDE];
    int64_t after_ns = stop->at_ns - stop->abnormal_ns;
    bool fault = (set & CST_FAULT) != 0;
    bool at_once = after_ns <= rules->limits.crossing_ns + rules->resolution_ns;
    if (!stop->abnormal || stop->answers || (set & (CST_MANUAL | CST_FAULT)) == CST_MANUAL ||
        (rules->clock && !fault && (at_once || after_ns > rules->limits.react_ns))) {
        return;
    }
    if (!rules->clock && !fault) {
        rules_undecided(rules, RULE_STOP_CST_BSM, DOUBT_NO_CLOCK);
        return;
    }
    rules_observe(rules, RULE_STOP_CST_BSM);
    if (!fault) {
        say(rules, RULE_STOP_CST_BSM, message, "BSM", after_ns,
            "BSM状态异常，第1字节应为10（故障中止）",
            "for its abnormal state byte 1 has to be 10 (stopped by fault)");
    }
}

static void judge_named(struct rules *rules, const struct assembled *message, uint32_t set) {
    assert(set != 0 && set >> 16 == 0); /* four bytes of two-bit states */
    bool cst = message->message->from_charger;
    struct stop *stop = &own(rules)->sides[cst];
    bool claims = (set & CLAIM) != 0;
    rules_observe(rules, cst ? RULE_STOP_CST_REASON : RULE_STOP_BST_REASON);
    if (stop->allowed || rules->edition == EDITION_2011) {
        return; /* 2011: which of the states it has is not known */
    }
    if (claims && stop->answers) {
        rules_observe(rules, cst ? RULE_STOP_CST_CLAIM : RULE_STOP_BST_CLAIM);
    }
    if (stop->answers && cst) {
        judge_cst_answer(rules, message, set);
    } else if (stop->answers) {
        judge_bst_answer(rules, message, set);
    } else if (claims && !own(rules)->sides[!cst].doubtful) { /* else that one was taken for it */
        note_claim(stop, message);
    }
    if (cst) {
        judge_cst_faults(rules, message, set);
        judge_abnormal(rules, message, set);
    }
}

static void take(struct rules *rules, const struct heard *heard) {
    const struct assembled *message = heard->message;
    unsigned side = message->message->from_charger;
    struct stop *stop = &own(rules)->sides[side], *other = &own(rules)->sides[!side];
    if (!heard_whole(heard) || !heard->legal) {
        stop->doubtful = true;
        return;
    }
    stop->doubtful = stop->doubtful || message->unpadded > 0;
    uint32_t set = states_set(rules, message);
    if (!stop->come) {
        stop->come = true;
        stop->at_ns = message->at_ns;
        stop->mark = message->mark;
        /* Who does not take a frame that was filled up does not answer it either. */
        stop->answers = other->come && (!other->padded || (set & CLAIM) != 0);
        stop->padded = message->unpadded > 0;
        stop->unsure = unheard(rules, !side);
        stop->crosses = crossing(rules, other, stop->at_ns);
        if (side == CHARGER_SIDE) {
            note_cause(rules, stop);
        }
        judge_silent(rules, !side);
        judge_claim(rules, !side, stop->crosses && !(set & CLAIM));
    }
    stop->frames++;
    assert(stop_sound(stop, other) && stop_sound(other, stop));
    if (stop->named || (rules->attempt->seen & (SEEN(CEM) | SEEN(BEM)))) {
        return;
    }
    if (set != 0) {
        stop->named = true;
        judge_named(rules, message, set);
    }
}

static void stop_message(struct rules *rules, struct heard *heard) {
    if (!heard->stray && (heard->event == EVENT_CST || heard->event == EVENT_BST)) {
        take(rules, heard);
    }
}

static void stop_begin(struct rules *rules) {
    *own(rules) = (struct stops){0};
}

static void stop_attempt_end(struct rules *rules, int64_t at_ns, uint64_t mark) {
    (void)at_ns;
    (void)mark;
    for (unsigned side = 0; side < 2; side++) {
        judge_silent(rules, side);
        judge_claim(rules, side, false);
    }
    assert(!own(rules)->sides[BMS_SIDE].claims && !own(rules)->sides[CHARGER_SIDE].claims);
    stop_begin(rules);
}

const struct judge judge_stop = {
    .state_size = sizeof(struct stops),
    .both = true,
    .begin = stop_begin,
    .message = stop_message,
    .attempt_end = stop_attempt_end,
};
