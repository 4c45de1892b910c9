/* SPDX-License-Identifier: MIT */
/* What each side waits for, from when, and for how long (GB/T 27930-2015 annex A; cases of
 * GB/T 34658). A wait is judged when it ends: by what was awaited, by an error message
 * (error.c), by the end of the phase or of the frames. So nothing has to be looked at while
 * time only passes. */
#include "vehicle_bms/rules/wait.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define LIMIT(name) offsetof(struct rules_limits, name##_ns)
#define STOP        (SEEN(CST) | SEEN(BST))
#define ENDED       (STOP | SEEN(BSD) | SEEN(CSD))
#define ERROR       (SEEN(CEM) | SEEN(BEM)) /* then nobody waits, until CRM(00) */
#define GONE_NS     INT64_C(600000000) /* more than two periods of what a side sends at its slowest */
#define LONG_AGO_NS (-INT64_C(86400) * 1000000000) /* a day: longer than any wait */

static const struct wait_rule waits[WAITS] = {
    /* the charger waits; CEM */
    [WAIT_BHM] = {"BHM", "BHM", "the first CHM", "首帧CHM", true, LIMIT(bhm), .starts = SEEN(CHM),
                  .fulfils = SEEN(BHM), .cancels = SEEN(CRM_00)},
    [WAIT_BRM] = {"BRM", "BRM", "the first CRM(00)", "首帧CRM(00)", true, LIMIT(brm),
                  .starts = SEEN(CRM_00), .fulfils = SEEN(BRM), .cancels = ENDED, .byte = 1,
                  .bit = 1, .spn = 3921},
    [WAIT_BCP] = {"BCP", "BCP", "the first CRM(AA)", "首帧CRM(AA)", true, LIMIT(bcp),
                  .starts = SEEN(CRM_AA), .fulfils = SEEN(BCP), .cancels = ENDED, .byte = 2,
                  .bit = 1, .spn = 3922},
    [WAIT_BRO] = {"BRO", "BRO", "the first CML", "首帧CML", true, LIMIT(bro), .starts = SEEN(CML),
                  .fulfils = SEEN(BRO_00) | SEEN(BRO_AA), .cancels = ENDED, .byte = 2, .bit = 3,
                  .spn = 3923},
    /* From the first CML or from the first BRO(00): the sources do not say. */
    [WAIT_BRO_AA] = {"BRO_AA", "BRO(AA)", "the first CML", "首帧CML", true, LIMIT(bro_aa),
                     .starts = SEEN(CML), .delays = SEEN(BRO_00), .fulfils = SEEN(BRO_AA),
                     .cancels = ENDED, .byte = 2, .bit = 3, .spn = 3923},
    [WAIT_BRO_KEPT] = {"BRO_kept", "BRO(AA)", "the last BRO(AA)", "上一帧BRO(AA)", true, LIMIT(bro),
                       .starts = SEEN(CRO_00), .restarts = SEEN(BRO_AA), .after = SEEN(CRO_00),
                       .cancels = SEEN(CRO_AA) | ENDED, .byte = 2, .bit = 3, .spn = 3923},
    [WAIT_BCS] = {"BCS", "BCS", "CRO(AA) or the last BCS", "CRO(AA)或上一帧BCS", true, LIMIT(bcs),
                  .starts = SEEN(CRO_AA), .restarts = SEEN(BCS), .after = SEEN(CRO_AA),
                  .cancels = ENDED, .byte = 3, .bit = 1, .spn = 3924},
    [WAIT_BCL] = {"BCL", "BCL", "CRO(AA) or the last BCL", "CRO(AA)或上一帧BCL", true, LIMIT(bcl),
                  .starts = SEEN(CRO_AA), .restarts = SEEN(BCL), .after = SEEN(CRO_AA),
                  .cancels = ENDED, .byte = 3, .bit = 3, .spn = 3925},
    /* 2023 only, after the first BSM; its bit in CEM is not public. */
    [WAIT_BSM] = {"BSM", "BSM", "the last BSM", "上一帧BSM", true, LIMIT(bsm),
                  .restarts = SEEN(BSM), .after = SEEN(CRO_AA), .cancels = ENDED},
    [WAIT_BST] = {"BST", "BST", "the first CST", "首帧CST", true, LIMIT(bst), .starts = SEEN(CST),
                  .fulfils = SEEN(BST), .cancels = SEEN(CSD), .byte = 3, .bit = 5, .spn = 3926},
    [WAIT_BSD] = {"BSD", "BSD", "the first CST", "首帧CST", true, LIMIT(bsd), .starts = SEEN(CST),
                  .fulfils = SEEN(BSD), .cancels = SEEN(CSD), .byte = 4, .bit = 1, .spn = 3927},
    /* the BMS waits; BEM. From the first CHM it has received: not later than its own BHM. */
    [WAIT_CRM_00] = {"CRM_00", "CRM(00)", "the first CHM", "首帧CHM", false, LIMIT(crm_00),
                     .starts = SEEN(CHM), .delays = SEEN(BHM), .fulfils = SEEN(CRM_00), .byte = 1,
                     .bit = 1, .spn = 3901, .may_fall_silent = true},
    [WAIT_CRM_AA] = {"CRM_AA", "CRM(AA)", "the first BRM", "首帧BRM", false, LIMIT(crm_aa),
                     .starts = SEEN(BRM), .fulfils = SEEN(CRM_AA), .cancels = ENDED, .byte = 1,
                     .bit = 3, .spn = 3902, .may_fall_silent = true},
    [WAIT_CML] = {"CML", "CML", "the first BCP", "首帧BCP", false, LIMIT(cml), .starts = SEEN(BCP),
                  .fulfils = SEEN(CML), .cancels = ENDED, .byte = 2, .bit = 1, .spn = 3903,
                  .may_fall_silent = true},
    [WAIT_CRO] = {"CRO", "CRO", "the first BRO(AA)", "首帧BRO(AA)", false, LIMIT(cro),
                  .starts = SEEN(BRO_AA), .fulfils = SEEN(CRO_00) | SEEN(CRO_AA), .cancels = ENDED,
                  .byte = 2, .bit = 3, .spn = 3904, .may_fall_silent = true},
    [WAIT_CRO_AA] = {"CRO_AA", "CRO(AA)", "the first BRO(AA)", "首帧BRO(AA)", false, LIMIT(cro_aa),
                     .starts = SEEN(BRO_AA), .fulfils = SEEN(CRO_AA), .cancels = ENDED, .byte = 2,
                     .bit = 3, .spn = 3904, .may_fall_silent = true, .unready = SEEN(CRO_00)},
    [WAIT_CCS] = {"CCS", "CCS", "CRO(AA) or the last CCS", "CRO(AA)或上一帧CCS", false, LIMIT(ccs),
                  .starts = SEEN(CRO_AA), .restarts = SEEN(CCS), .after = SEEN(CRO_AA),
                  .delays = SEEN(CRO_AA), .cancels = ENDED, .byte = 3, .bit = 1, .spn = 3905},
    [WAIT_CST] = {"CST", "CST", "the first BST", "首帧BST", false, LIMIT(cst), .starts = SEEN(BST),
                  .fulfils = SEEN(CST), .byte = 3, .bit = 3, .spn = 3906},
    [WAIT_CSD] = {"CSD", "CSD", "the first BST", "首帧BST", false, LIMIT(csd), .starts = SEEN(BST),
                  .fulfils = SEEN(CSD), .byte = 4, .bit = 1, .spn = 3907},
    /* answers to BSM (GB/T 34658 DP.3003, DP.3005) */
    [WAIT_ABNORMAL] = {"abnormal", "CST", "BSM with an abnormal state", "BSM状态异常", false,
                       LIMIT(react), .starts = EVENT_BIT(EVENT_BSM_ABNORMAL), .fulfils = STOP,
                       .cancels = EVENT_BIT(EVENT_BSM_NORMAL), .repeats = true},
    [WAIT_PAUSE] = {"pause", "CCS(00)", "BSM with charging forbidden", "BSM禁止充电", false,
                    LIMIT(react), .starts = EVENT_BIT(EVENT_BSM_PAUSE), .after = SEEN(CCS),
                    .fulfils = EVENT_BIT(EVENT_CCS_PAUSED),
                    .cancels = EVENT_BIT(EVENT_BSM_PERMIT) | EVENT_BIT(EVENT_BSM_ABNORMAL) | ENDED,
                    .repeats = true},
    [WAIT_RESUME] = {"resume", "CCS(01)", "BSM with charging permitted again", "BSM恢复允许充电",
                     false, LIMIT(react), .starts = EVENT_BIT(EVENT_BSM_RESUME),
                     .fulfils = EVENT_BIT(EVENT_CCS_PERMITTED),
                     .cancels = EVENT_BIT(EVENT_BSM_PAUSE) | EVENT_BIT(EVENT_BSM_ABNORMAL) | ENDED,
                     .repeats = true},
    [WAIT_PAUSE_END] = {"pause_end", "CST", "the beginning of the pause", "暂停开始", false,
                        LIMIT(pause), .starts = EVENT_BIT(EVENT_BSM_PAUSE), .fulfils = STOP,
                        .cancels = EVENT_BIT(EVENT_BSM_PERMIT), .repeats = true, .tolerant = true},
};

/* The waits that an event begins, delays or ends, a bit each: few of them at any event. */
static uint32_t concerned_by[EVENTS];

_Static_assert(WAITS < 32, "a wait is a bit of 32, and such a word can be shifted by their number");

__attribute__((constructor)) static void fill_concerned_by(void) {
    for (unsigned i = 0; i < WAITS; i++) {
        const struct wait_rule *rule = &waits[i];
        uint32_t events =
            rule->starts | rule->restarts | rule->delays | rule->fulfils | rule->cancels;
        assert(events != 0 && events >> EVENTS == 0);
        /* A bit of the error message has a place and an SPN of its side, or there is none. */
        assert((rule->byte == 0) == (rule->bit == 0) && (rule->byte == 0) == (rule->spn == 0));
        assert(rule->spn == 0 || (rule->by_charger ? rule->spn >= 3921 && rule->spn <= 3927
                                                   : rule->spn >= 3901 && rule->spn <= 3907));
        /* What ends a wait does not begin it, and what begins it anew needs a time from which on. */
        assert((rule->fulfils & (rule->starts | rule->cancels | rule->restarts)) == 0);
        assert((rule->restarts & rule->cancels) == 0 && (rule->restarts == 0 || rule->after != 0));
        for (unsigned event = 0; event < EVENTS; event++) {
            concerned_by[event] |= (events >> event & 1u) << i;
        }
    }
}

struct waits {
    struct wait waits[WAITS];
};

/* Does a message count? */
enum credit {
    CERTAIN,
    PADDED,   /* it has come; whether the other side takes one that was filled up is open */
    DOUBTFUL, /* it may or may not count: not all of its values are legal */
};

static struct waits *own(const struct rules *rules) {
    return rules->states[STATE_WAIT];
}

const struct wait_rule *wait_rule(enum wait_index index) {
    assert((unsigned)index < WAITS);
    return &waits[index];
}

int64_t wait_limit_ns(const struct rules *rules, enum wait_index index) {
    const char *limits = (const char *)&rules->limits;
    int64_t limit_ns = *(const int64_t *)(const void *)(limits + waits[index].limit);
    assert(limit_ns >= 0 && rules->limits.timeout_late_ns >= 0);
    return waits[index].tolerant ? limit_ns + rules->limits.timeout_late_ns : limit_ns;
}

/* ---- judging ---- */

/* Still sending when half the wait was over? Who was not has no part in what follows. Before CRO(AA) a charge
 * that a person or a fault ends is ended without a word: then until the wait was nearly over. */
static bool alive(const struct rules *rules, bool charger, const struct wait *wait,
                  int64_t limit_ns) {
    const struct attempt_side *side = &rules->attempt->sides[charger];
    bool wordless = charger && !(rules->attempt->seen & SEEN(CRO_AA));
    int64_t share_ns = limit_ns / 2;
    if (wordless && limit_ns - GONE_NS > share_ns) {
        share_ns = limit_ns - GONE_NS;
    }
    return side->spoken && side->last_ns > wait->late_ns + share_ns;
}

/* Has it ended the charge without a word, some time before `then`? */
static bool gone(const struct rules *rules, bool charger, int64_t then_ns) {
    return then_ns - rules->attempt->sides[charger].last_ns > GONE_NS;
}

/* ... and the side that waits with it: nobody waits any more. */
static bool both_gone(const struct rules *rules, const struct wait_rule *rule, int64_t then_ns) {
    const struct attempt_side *sides = rules->attempt->sides;
    return gone(rules, !rule->by_charger, then_ns) &&
           sides[rule->by_charger].last_ns - sides[!rule->by_charger].last_ns <= GONE_NS;
}

static struct rule_measure measure_of(int64_t after_ns, int64_t limit_ns) {
    return (struct rule_measure){seconds(after_ns), (double)NAN, seconds(limit_ns), "s"};
}

/* Numbers that explain the verdict: enough digits to tell them apart, and why less than the limit
 * may be too long. */
static void say_awaited(struct rules *rules, enum wait_index index, int64_t after_ns,
                        struct rule_proof *proof) {
    const struct wait_rule *rule = &waits[index];
    int64_t limit_ns = wait_limit_ns(rules, index), beyond_ns = after_ns - limit_ns;
    int digits = beyond_ns > -NS_PER_MS && beyond_ns < NS_PER_MS ? 6 : 3;
    char wire[24] = "";
    snprintf(proof->zh, sizeof proof->zh, "自%s起%.*f s未收到%s，上限%g s", rule->from_zh, digits,
             seconds(after_ns), rule->awaited, seconds(limit_ns));
    snprintf(proof->en, sizeof proof->en, "no %s for %.*f s from %s, limit %g s", rule->awaited,
             digits, seconds(after_ns), rule->from, seconds(limit_ns));
    if (beyond_ns <= 0) {
        size_t zh = strlen(proof->zh), en = strlen(proof->en);
        snprintf(wire, sizeof wire, "%g ms", (double)rules->limits.wire_ns / NS_PER_MS);
        snprintf(proof->zh + zh, sizeof proof->zh - zh, "（按等待方自己的计时，最多可多%s）", wire);
        snprintf(proof->en + en, sizeof proof->en - en,
                 " (as the side that waits counts: up to %s more)", wire);
    }
}

/* counted_ns: how long it has lasted as the side that waits counts. */
static void judge_awaited(struct rules *rules, enum wait_index index, int64_t counted_ns,
                          int64_t at_ns, uint64_t mark) {
    const struct wait_rule *rule = &waits[index];
    const struct wait *wait = &own(rules)->waits[index];
    enum rule_index number = (enum rule_index)(RULE_AWAITED + index);
    int64_t limit_ns = wait_limit_ns(rules, index);
    if (rules->attempt->seen & rule->unready) {
        return; /* it says "not ready", and whose fault that is no frame shows */
    }
    if (rule->may_fall_silent && both_gone(rules, rule, wait->late_ns + limit_ns)) {
        return;
    }
    rules_observe(rules, number);
    if (rule->may_fall_silent && gone(rules, !rule->by_charger, wait->late_ns + limit_ns)) {
        rules_undecided(rules, number, DOUBT_SILENT);
        return;
    }
    assert(rules->clock && counted_ns > limit_ns);
    struct rule_proof *proof =
        rules_violation_of(rules, number, at_ns, mark, measure_of(counted_ns, limit_ns));
    if (proof != NULL) {
        say_awaited(rules, index, at_ns - wait->late_ns, proof);
    }
}

/* Something else has ended the charge before its wait was over: a person, or a fault after which K3 and K4
 * may not stay closed to the end of the wait. Told, not seen. */
static bool ended_otherwise(const struct rules *rules, const struct wait_rule *rule,
                            const struct wait *wait, int64_t limit_ns) {
    const struct attempt *attempt = rules->attempt;
    int64_t last_ns = attempt->sides[CHARGER_SIDE].last_ns, over_ns = wait->late_ns + limit_ns;
    int64_t disturbed_ns = attempt->told.disturbed_ns;
    bool ended = disturbed_ns <= over_ns && disturbed_ns <= last_ns + GONE_NS;
    return rule->by_charger && attempt->told.disturbed && ended && last_ns <= over_ns;
}

/* The waiting side has not said so in time. */
static void judge_untold(struct rules *rules, enum wait_index index, int64_t after_ns,
                         int64_t at_ns, uint64_t mark) {
    const struct wait_rule *rule = &waits[index];
    const struct wait *wait = &own(rules)->waits[index];
    enum rule_index number = (enum rule_index)(RULE_WAITED + index);
    int64_t last_ns = wait_limit_ns(rules, index) + rules->limits.timeout_late_ns;
    if (after_ns <= last_ns + rules->resolution_ns || !rules_listed(rules, number)) {
        return;
    }
    assert(rules->clock && last_ns >= wait_limit_ns(rules, index));
    rules_observe(rules, number);
    if (rule->byte == 0) { /* no message for it: it has to stop */
        if (rules->attempt->sides[rule->by_charger].last_ns - wait->late_ns > last_ns) {
            RULES_SAY(rules_violation_of(rules, number, at_ns, mark, measure_of(after_ns, last_ns)),
                      "%s缺失%.3f s后仍在发送报文", "still sending, %s missing for %.3f s",
                      rule->awaited, seconds(after_ns));
        }
        return;
    }
    const char *error = rule->by_charger ? "CEM" : "BEM";
    RULES_SAY(rules_violation_of(rules, number, at_ns, mark, measure_of(after_ns, last_ns)),
              "%s缺失%.3f s，未发送%s（SPN %u）", "%s missing for %.3f s, and no %s (SPN %u)",
              rule->awaited, seconds(after_ns), error, rule->spn);
}

void wait_judge(struct rules *rules, enum wait_index index, int64_t at_ns, uint64_t mark,
                bool told) {
    const struct wait_rule *rule = &waits[index];
    const struct wait *wait = &own(rules)->waits[index];
    enum rule_index awaited = (enum rule_index)(RULE_AWAITED + index);
    int64_t limit_ns = wait_limit_ns(rules, index);
    int64_t after_ns = at_ns - wait->late_ns;
    assert(wait->armed); /* what does not run is not judged */
    if (!rules_listed(rules, awaited) || wait->doubted || wait->unowed) {
        return;
    }
    if (!rules->clock) {
        rules_observe(rules, awaited);
        return;
    }
    int64_t counted_ns = told ? after_ns + rules->limits.wire_ns : after_ns; /* by who waits */
    if (counted_ns <= limit_ns + rules->resolution_ns) {
        if (after_ns >= limit_ns - rules->resolution_ns && rules->resolution_ns > 0) {
            rules_undecided(rules, awaited, DOUBT_COARSE_CLOCK);
        }
        return;
    }
    if (wait->lost) {
        rules_undecided(rules, awaited, DOUBT_LOST);
        return;
    }
    if (!told && (!alive(rules, rule->by_charger, wait, limit_ns) ||
                  ended_otherwise(rules, rule, wait, limit_ns))) {
        return; /* nobody waits any more, the last word says why */
    }
    judge_awaited(rules, index, counted_ns, at_ns, mark);
    if (!told) {
        judge_untold(rules, index, after_ns, at_ns, mark);
    }
}

static void arrived(struct rules *rules, enum wait_index index, int64_t at_ns, uint64_t mark) {
    const struct wait *wait = &own(rules)->waits[index];
    int64_t after_ns = at_ns - wait->late_ns;
    enum rule_index awaited = (enum rule_index)(RULE_AWAITED + index);
    bool in_time = rules->clock && !wait->doubted && after_ns <= wait_limit_ns(rules, index);
    if (in_time && rules_listed(rules, awaited)) {
        rules_observe(rules, awaited);
        rules_measure(rules, awaited, "s", seconds(after_ns), (double)NAN,
                      seconds(wait_limit_ns(rules, index)));
        rules_kept(rules, awaited, measure_of(after_ns, wait_limit_ns(rules, index)));
    }
    wait_judge(rules, index, at_ns, mark, false);
}

/* ---- beginning and ending ---- */

static void disarm(struct wait *wait, int64_t at_ns) {
    assert(wait->armed);
    wait->armed = false;
    wait->closed_ns = at_ns;
    wait->closed_after_ns = at_ns - wait->early_ns;
    assert(wait->early_ns <= wait->late_ns); /* it may have begun between the two */
}

static void arm(struct rules *rules, enum wait_index index, int64_t at_ns, uint64_t mark) {
    struct wait *wait = &own(rules)->waits[index];
    assert(!wait->armed); /* what it had waited for before is judged */
    wait->armed = true;
    wait->doubted = wait->unsure = wait->lost = wait->unowed = false;
    wait->early_ns = wait->late_ns = at_ns;
    wait->mark = mark;
    int64_t last_ns;
    if (index == WAIT_BRO_KEPT && rules_period_runs(rules, MESSAGE_BRO, &last_ns)) {
        wait->early_ns = last_ns; /* the last BRO(AA) before CRO(00) */
    }
    if ((index == WAIT_BHM || index == WAIT_CRM_00) && rules->attempt->charges == 1) {
        wait->early_ns = LONG_AGO_NS; /* the capture may have begun after the first CHM */
    }
    assert(wait->early_ns <= wait->late_ns && !wait->doubted);
}

static bool begins(const struct rules *rules, enum wait_index index, enum event event) {
    const struct wait_rule *rule = &waits[index];
    uint32_t bit = EVENT_BIT(event);
    if (!(rule->starts & bit) || (rules->attempt->seen & ERROR)) {
        return false;
    }
    if (rule->repeats) {
        return !(rules->attempt->seen & ENDED) &&
               (rules->attempt->seen & rule->after) == rule->after;
    }
    return !(rules->attempt->seen & (bit | rule->fulfils | rule->cancels));
}

static void restart(struct rules *rules, enum wait_index index, int64_t at_ns, uint64_t mark,
                    enum credit credit) {
    const struct wait_rule *rule = &waits[index];
    struct wait *wait = &own(rules)->waits[index];
    bool possible = (rules->attempt->seen & rule->after) == rule->after &&
                    !(rules->attempt->seen & (rule->cancels | ERROR));
    if (wait->armed && credit == PADDED) {
        arrived(rules, index, at_ns, mark);
    }
    if (wait->armed && credit != CERTAIN) {
        wait->late_ns = at_ns; /* from here at the latest, whether or not it counts */
        wait->unsure = true;
        return;
    }
    if (wait->armed) {
        arrived(rules, index, at_ns, mark);
        disarm(wait, at_ns);
    }
    if (possible) {
        arm(rules, index, at_ns, mark);
    }
}

static void wait_event(struct rules *rules, enum wait_index index, enum event event, int64_t at_ns,
                       uint64_t mark, enum credit credit) {
    const struct wait_rule *rule = &waits[index];
    struct wait *wait = &own(rules)->waits[index];
    uint32_t bit = EVENT_BIT(event);
    if (rule->restarts & bit) {
        restart(rules, index, at_ns, mark, credit);
        return;
    }
    if (wait->armed && (rule->fulfils & bit)) {
        if (credit == PADDED) {
            arrived(rules, index, at_ns, mark);
        }
        if (credit != CERTAIN) {
            wait->doubted = true;
            return;
        }
        arrived(rules, index, at_ns, mark);
        disarm(wait, at_ns);
    } else if (wait->armed && (rule->cancels & bit)) {
        wait_judge(rules, index, at_ns, mark, false);
        disarm(wait, at_ns);
    } else if (wait->armed && (rule->delays & bit) &&
               !(rules->attempt->seen & bit & ~SEEN(CRO_AA))) {
        wait->late_ns = at_ns;
    } else if (!wait->armed && begins(rules, index, event)) {
        arm(rules, index, at_ns, mark);
        wait->unowed = credit == PADDED;
    }
}

static void take_event(struct rules *rules, enum event event, int64_t at_ns, uint64_t mark,
                       enum credit credit) {
    assert(event < EVENTS);
    uint32_t concerned = concerned_by[event];
    for (unsigned i = 0; concerned >> i != 0; i++) {
        if (concerned >> i & 1u) {
            wait_event(rules, (enum wait_index)i, event, at_ns, mark, credit);
        }
    }
}

/* ---- what others may ask ---- */

const struct wait *wait_of(const struct rules *rules, enum wait_index index) {
    assert((unsigned)index < WAITS);
    return &own(rules)->waits[index];
}

void wait_answered(struct rules *rules, enum wait_index index) {
    assert((unsigned)index < WAITS);
    assert(own(rules)->waits[index].armed); /* what does not run needs no answer */
    own(rules)->waits[index].armed = false;
}

void wait_close_side(struct rules *rules, bool by_charger, int64_t at_ns, uint64_t mark) {
    for (unsigned i = 0; i < WAITS; i++) {
        struct wait *wait = &own(rules)->waits[i];
        if (wait->armed && waits[i].by_charger == by_charger) {
            wait_judge(rules, (enum wait_index)i, at_ns, mark, false);
            disarm(wait, at_ns);
        }
    }
}

void wait_doubt_other(struct rules *rules, bool by_charger) {
    for (unsigned i = 0; i < WAITS; i++) {
        if (waits[i].by_charger != by_charger) {
            own(rules)->waits[i].doubted = true;
        }
    }
}

/* ---- as a judge ---- */

/* What BSM and CCS say. With an abnormal state the charge has to stop, not to pause. */
static void take_content(struct rules *rules, const struct assembled *message, enum credit credit) {
    if (message->message == &messages[MESSAGE_CCS] && message->length > 6) { /* 2011: 6 bytes */
        bool paused = (message->data[6] & 3u) == 0;
        take_event(rules, paused ? EVENT_CCS_PAUSED : EVENT_CCS_PERMITTED, message->at_ns,
                   message->mark, credit);
    } else if (message->message == &messages[MESSAGE_BSM]) {
        struct bsm_content bsm = event_bsm(message);
        take_event(rules, bsm.abnormal ? EVENT_BSM_ABNORMAL : EVENT_BSM_NORMAL, message->at_ns,
                   message->mark, credit);
        if (bsm.abnormal) {
            return;
        }
        take_event(rules, bsm.permitted ? EVENT_BSM_PERMIT : EVENT_BSM_PAUSE, message->at_ns,
                   message->mark, credit);
        if (bsm.permitted && rules->attempt->paused) {
            take_event(rules, EVENT_BSM_RESUME, message->at_ns, message->mark, credit);
        }
    }
}

static void wait_message(struct rules *rules, struct heard *heard) {
    if (!heard_counts(heard)) {
        return;
    }
    enum credit credit = !heard->legal ? DOUBTFUL : heard->message->unpadded > 0 ? PADDED : CERTAIN;
    take_event(rules, heard->event, heard->message->at_ns, heard->message->mark, credit);
    if (heard->legal) {
        take_content(rules, heard->message, credit);
    }
}

static void wait_begin(struct rules *rules) {
    *own(rules) = (struct waits){0};
}

static void wait_lost(struct rules *rules, uint64_t mark) {
    (void)mark;
    for (unsigned i = 0; i < WAITS; i++) {
        own(rules)->waits[i].lost = own(rules)->waits[i].armed;
    }
}

static void wait_attempt_end(struct rules *rules, int64_t at_ns, uint64_t mark) {
    wait_close_side(rules, false, at_ns, mark);
    wait_close_side(rules, true, at_ns, mark);
}

const struct judge judge_wait = {
    .state_size = sizeof(struct waits),
    .both = true,
    .begin = wait_begin,
    .message = wait_message,
    .lost = wait_lost,
    .attempt_end = wait_attempt_end,
};
