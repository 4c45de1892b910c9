/* SPDX-License-Identifier: MIT */
#include "harness/protocol/check.h"

#include "sim/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

static enum verdict verdict_of(enum rule_verdict verdict) {
    static const enum verdict verdicts[] = {[RULE_NONE] = VERDICT_NONE,
                                            [RULE_PASS] = VERDICT_PASS,
                                            [RULE_INCONCLUSIVE] = VERDICT_INCONCLUSIVE,
                                            [RULE_FAIL] = VERDICT_FAIL};
    assert((size_t)verdict < sizeof verdicts / sizeof verdicts[0]);
    return verdicts[verdict];
}

struct result_check protocol_check_empty(void) {
    return (struct result_check){.kind = RESULT_ALWAYS,
                                 .monitor = true,
                                 .value = (double)NAN,
                                 .limit_min = (double)NAN,
                                 .limit_max = (double)NAN,
                                 .margin = (double)NAN,
                                 .uncertainty = 0,
                                 .from_ns = -1,
                                 .to_ns = -1,
                                 .failed_ns = -1};
}

struct result_check protocol_check(const struct rule_result *rule) {
    assert(rule->verdict != RULE_PASS || (rule->observed > 0 && rule->violations == 0));
    assert(rule->verdict != RULE_FAIL || rule->violations > 0);
    struct result_check check = protocol_check_empty();
    check.verdict = verdict_of(rule->verdict);
    check.title = phrase_copy((struct phrase){rule->en, rule->zh});
    check.condition = memory_copy(rule->id);
    check.limit_source = memory_copy(rule->clause);
    check.observed = rule->observed;
    if (rule->reason_en != NULL) {
        check.reason = phrase_copy((struct phrase){rule->reason_en, rule->reason_zh});
    }
    if (rule->verdict == RULE_FAIL && rule->proof_count > 0) {
        check.from_ns = check.to_ns = check.failed_ns = rule->proofs[0].at_ns;
    }
    return check;
}

static void take_measure(struct result_check *check, const struct rule_measure *measure) {
    assert(!(measure->limit_min > measure->limit_max));
    check->unit = measure->unit[0] != '\0' ? memory_copy(measure->unit) : NULL;
    check->value = measure->value;
    check->limit_min = measure->limit_min;
    check->limit_max = measure->limit_max;
    check->margin = result_margin(check);
}

void protocol_check_measured(struct result_check *check, const struct rule_result *rule) {
    assert(!(rule->limit_min > rule->limit_max) && !(rule->smallest > rule->largest));
    /* A violation is shown by what violated: the mean may well be within the limits. */
    const struct rule_measure common = {rule->value, rule->limit_min, rule->limit_max, rule->unit};
    const bool by_decisive = rule->verdict == RULE_FAIL && rule->decisive.unit != NULL;
    take_measure(check, by_decisive ? &rule->decisive : &common);
}

bool protocol_check_worst(struct result_check *check, const struct rule_result *rule) {
    if (rule->verdict == RULE_PASS && rule->decisive.unit != NULL) {
        take_measure(check, &rule->decisive);
    } else {
        protocol_check_measured(check, rule);
    }
    /* Only of a period may something beyond the limit be allowed: a share of single gaps. */
    assert(check->verdict != VERDICT_PASS || rule->kind == RULE_PERIOD || !(check->margin < 0));
    return !isnan(check->value);
}

void protocol_check_reason(struct result_check *check, const struct rule_result *rule) {
    if (rule->verdict == RULE_FAIL && rule->proof_count > 0) {
        const struct rule_proof *proof = &rule->proofs[0];
        const double at_s = (double)proof->at_ns / 1e9;
        phrase_clear(&check->reason);
        if (rule->violations == 1) {
            check->reason = (struct phrase){
                memory_format("%s (at %.6f s, frame %" PRIu64 ")", proof->en, at_s, proof->mark),
                memory_format("%s（%.6f s，第%" PRIu64 "帧）", proof->zh, at_s, proof->mark)};
            return;
        }
        check->reason = (struct phrase){
            memory_format("%s (%" PRIu64 " times; the first at %.6f s, frame %" PRIu64 ")",
                          proof->en, rule->violations, at_s, proof->mark),
            memory_format("%s（共%" PRIu64 "次，首次在%.6f s，第%" PRIu64 "帧）", proof->zh,
                          rule->violations, at_s, proof->mark)};
    } else if (check->reason.en == NULL) {
        check->reason = phrase_copy(check->title);
    }
}
