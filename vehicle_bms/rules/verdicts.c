/* SPDX-License-Identifier: MIT */
/* What the judges report of each rule, and the verdict that comes of it. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct rule {
    struct rule_result result;
    struct rule_texts texts;
    bool listed;
    bool witness;  /* proofs[0] shows what passed */
    bool outside;  /* result.decisive is that of a violation */
    double margin; /* of result.decisive */
    enum doubt doubt;
};

struct verdicts {
    struct rule rules[RULE_INDICES];
    uint16_t listed[RULE_INDICES];
    size_t listed_count;
    bool concluded;
};

const size_t verdicts_size = sizeof(struct verdicts);

static struct verdicts *own(const struct rules *rules) {
    return rules->states[STATE_VERDICTS];
}

/* Reports come until the end, and none after it: then no verdict can change any more. */
static struct rule *rule_at(const struct rules *rules, enum rule_index index) {
    assert((unsigned)index < RULE_INDICES && !own(rules)->concluded);
    return &own(rules)->rules[index];
}

struct rule_texts *rules_add(struct rules *rules, enum rule_index index, enum rule_side side,
                             enum rule_kind kind, const struct message *message) {
    struct verdicts *verdicts = own(rules);
    struct rule *rule = rule_at(rules, index);
    assert(!rule->listed && verdicts->listed_count < RULE_INDICES);
    rule->listed = true;
    rule->result = (struct rule_result){
        .id = rule->texts.id,
        .zh = rule->texts.zh,
        .en = rule->texts.en,
        .clause = rule->texts.clause,
        .side = side,
        .kind = kind,
        .message = message,
        .unit = "",
        .value = (double)NAN,
        .smallest = (double)NAN,
        .largest = (double)NAN,
        .limit_min = (double)NAN,
        .limit_max = (double)NAN,
        .decisive = rule_measure_none,
    };
    verdicts->listed[verdicts->listed_count++] = (uint16_t)index;
    return &rule->texts;
}

bool rules_listed(const struct rules *rules, enum rule_index index) {
    return own(rules)->rules[index].listed;
}

/* ---- what was measured ---- */

/* How far a value is inside its limits; negative: outside. */
static double margin_of(const struct rule_measure *measure) {
    double above = measure->value - measure->limit_min, below = measure->limit_max - measure->value;
    return below < above || isnan(above) ? below : above;
}

static void decide_by(struct rule *rule, const struct rule_measure *measure, double margin,
                      bool outside) {
    struct rule_measure *decisive = &rule->result.decisive;
    if (measure->unit == NULL || (rule->outside && !outside)) {
        return;
    }
    bool first = decisive->unit == NULL || rule->outside != outside;
    /* Mostly the same text of the same table: asked at every frame. */
    bool comparable =
        !first && (decisive->unit == measure->unit || strcmp(decisive->unit, measure->unit) == 0);
    if (first || (comparable && margin < rule->margin)) {
        *decisive = *measure;
        rule->margin = margin;
    }
    rule->outside = outside;
}

void rules_kept(struct rules *rules, enum rule_index index, struct rule_measure measure) {
    assert(measure.unit != NULL && !isnan(measure.value));
    double margin = margin_of(&measure);
    assert(!(margin < 0)); /* inside, or without limits */
    decide_by(rule_at(rules, index), &measure, margin, false);
}

void rules_measure(struct rules *rules, enum rule_index index, const char *unit, double value,
                   double limit_min, double limit_max) {
    struct rule_result *result = &rule_at(rules, index)->result;
    assert(!isnan(value) && !(limit_min > limit_max));
    result->unit = unit;
    result->value = value;
    if (!(value >= result->smallest)) { /* NAN: the first */
        result->smallest = value;
    }
    if (!(value <= result->largest)) {
        result->largest = value;
    }
    result->limit_min = limit_min;
    result->limit_max = limit_max;
}

void rules_gap(struct rules *rules, enum rule_index index, double gap_ms, size_t bin) {
    struct rule *rule = rule_at(rules, index);
    struct rule_result *result = &rule->result;
    assert(gap_ms >= 0 && (!rule->listed || result->kind == RULE_PERIOD));
    result->bins[bin < RULE_BINS ? bin : RULE_BINS - 1]++;
    result->smallest = fmin(result->smallest, gap_ms);
    result->largest = fmax(result->largest, gap_ms);
    result->observed++;
}

void rules_mean(struct rules *rules, enum rule_index index, double mean_ms) {
    struct rule_result *result = &rule_at(rules, index)->result;
    /* Within half the last digit of a sum of many gaps. */
    assert(mean_ms >= result->smallest - 1e-6 && mean_ms <= result->largest + 1e-6);
    result->unit = "ms";
    result->value = mean_ms;
}

void rules_mean_limits(struct rules *rules, enum rule_index index, double min_ms, double max_ms) {
    struct rule_result *result = &rule_at(rules, index)->result;
    assert(min_ms <= max_ms);
    result->limit_min = min_ms;
    result->limit_max = max_ms;
}

/* ---- what was found ---- */

void rules_observe(struct rules *rules, enum rule_index index) {
    rule_at(rules, index)->result.observed++;
}

void rules_unjudged(struct rules *rules, enum rule_index index) {
    struct rule *rule = rule_at(rules, index);
    assert(rule->result.violations == 0);
    rule->result.observed = 0;
}

static struct rule_proof *proof_at(const struct rules *rules, struct rule_proof *proof,
                                   int64_t at_ns, uint64_t mark) {
    unsigned charges = rules->attempt->charges;
    *proof = (struct rule_proof){.at_ns = at_ns,
                                 .mark = mark,
                                 .session = charges > 0 ? charges - 1 : 0,
                                 .measure = rule_measure_none};
    return proof;
}

/* A rule about time: without a clock it can be neither kept nor violated. */
static bool is_timed(const struct rule *rule) {
    return rule->result.kind == RULE_PERIOD || rule->result.kind == RULE_TIMEOUT;
}

struct rule_proof *rules_violation_of(struct rules *rules, enum rule_index index, int64_t at_ns,
                                      uint64_t mark, struct rule_measure measure) {
    struct rule *rule = rule_at(rules, index);
    if (!rules->clock && is_timed(rule)) {
        rules_undecided(rules, index, DOUBT_NO_CLOCK);
        return NULL;
    }
    assert(measure.unit == NULL || !(margin_of(&measure) >= 0)); /* outside, or without limits */
    rule->result.violations++;
    decide_by(rule, &measure, margin_of(&measure), true);
    if (rule->witness) {
        rule->witness = false;
        rule->result.proof_count = 0;
    }
    if (rule->result.proof_count == RULE_PROOFS_MAX) {
        return NULL;
    }
    struct rule_proof *proof =
        proof_at(rules, &rule->result.proofs[rule->result.proof_count++], at_ns, mark);
    proof->measure = measure;
    return proof;
}

struct rule_proof *rules_violation(struct rules *rules, enum rule_index index, int64_t at_ns,
                                   uint64_t mark) {
    return rules_violation_of(rules, index, at_ns, mark, rule_measure_none);
}

void rules_violation_again(struct rules *rules, enum rule_index index) {
    struct rule *rule = rule_at(rules, index);
    assert(rule->result.violations > 0); /* the first one has its proof */
    rule->result.violations++;
}

struct rule_proof *rules_witness(struct rules *rules, enum rule_index index, int64_t at_ns,
                                 uint64_t mark) {
    struct rule *rule = rule_at(rules, index);
    if (rule->result.proof_count > 0) {
        return NULL;
    }
    assert(rule->result.violations == 0);
    rule->witness = true;
    rule->result.proof_count = 1;
    return proof_at(rules, &rule->result.proofs[0], at_ns, mark);
}

void rules_undecided(struct rules *rules, enum rule_index index, enum doubt doubt) {
    struct rule *rule = rule_at(rules, index);
    assert(doubt != DOUBT_NONE);
    if (rule->doubt == DOUBT_NONE) {
        rule->doubt = doubt;
    }
}

void rules_withdraw(struct rules *rules, enum rule_index index) {
    struct rule *rule = rule_at(rules, index);
    /* Only of periods something is allowed; any other violation stays one. */
    assert(!rule->witness && (!rule->listed || rule->result.kind == RULE_PERIOD));
    rule->result.violations = 0;
    rule->result.proof_count = 0;
    rule->outside = false;
}

/* ---- at the end ---- */

/* A frame that only the recorder has lost looks like one that was not sent. */
static bool may_be_loss(const struct rule *rule) {
    const enum rule_kind kind = rule->result.kind;
    return is_timed(rule) || kind == RULE_PHASE || kind == RULE_TRANSPORT || kind == RULE_STOP;
}

static enum rule_verdict verdict_of(const struct rules *rules, const struct rule *rule) {
    const struct rule_result *result = &rule->result;
    if (result->violations > 0) {
        return rules->lossy && may_be_loss(rule) ? RULE_INCONCLUSIVE : RULE_FAIL;
    }
    if (rule->doubt != DOUBT_NONE) {
        return RULE_INCONCLUSIVE;
    }
    if (result->observed == 0) {
        return RULE_NONE;
    }
    return is_timed(rule) && !rules->clock ? RULE_INCONCLUSIVE : RULE_PASS;
}

static void conclude(const struct rules *rules, struct rule *rule) {
    static const char *const reasons[][2] = {
        [DOUBT_NONE] = {NULL, NULL},
        [DOUBT_NO_CLOCK] = {"no clock in this capture", "此记录无时间信息"},
        [DOUBT_COARSE_CLOCK] = {"the times are not precise enough to decide it",
                                "时间精度不足以判定"},
        [DOUBT_LOST] = {"frames are missing in this capture", "此记录有帧缺失"},
        [DOUBT_JUMP] = {"the clock of this capture jumps: how much time passed there is not known",
                        "此记录的时钟有跳变：该处经过的时间不明"},
        [DOUBT_SILENT] = {"the side had stopped sending altogether", "该方已完全停止发送"},
        [DOUBT_CROSSED] =
            {"BST and CST came at once: neither is necessarily an answer to the other",
             "BST与CST几乎同时发送，未必是应答"},
    };
    struct rule_result *result = &rule->result;
    result->verdict = verdict_of(rules, rule);
    if (result->verdict == RULE_INCONCLUSIVE) {
        enum doubt doubt = result->violations > 0 ? DOUBT_LOST
                           : rules->clock         ? rule->doubt
                                                  : DOUBT_NO_CLOCK;
        doubt = doubt == DOUBT_LOST && rules->jumped && !rules->lost && !rules->lossy ? DOUBT_JUMP
                                                                                      : doubt;
        result->reason_en = reasons[doubt][0];
        result->reason_zh = reasons[doubt][1];
    }
    assert(rules->lossy || (result->verdict == RULE_FAIL) == (result->violations > 0));
    assert((result->verdict == RULE_INCONCLUSIVE) == (result->reason_en != NULL));
    assert(result->verdict != RULE_FAIL || result->proof_count > 0);
}

void rules_conclude(struct rules *rules) {
    struct verdicts *verdicts = own(rules);
    for (size_t i = 0; i < verdicts->listed_count; i++) {
        conclude(rules, &verdicts->rules[verdicts->listed[i]]);
    }
    verdicts->concluded = true;
}

size_t rules_count(const struct rules *rules) {
    return own(rules)->listed_count;
}

const struct rule_result *rules_result(const struct rules *rules, size_t index) {
    assert(index < own(rules)->listed_count);
    return &own(rules)->rules[own(rules)->listed[index]].result;
}
