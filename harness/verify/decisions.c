/* SPDX-License-Identifier: MIT */
/* Each verdict once more: of a check from value, limits, uncertainty and decision rule, of a case from its
 * checks. */
#include "harness/verify/internal.h"

#include "harness/judge/verdict.h"
#include "sim/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool below(const struct result_check *check, double value) {
    return value < check->limit_min || (check->limit_min_open && value == check->limit_min);
}

static bool beyond(const struct result_check *check, double value) {
    return value > check->limit_max || (check->limit_max_open && value == check->limit_max);
}

/* Comparisons with NAN are false: without a limit nothing is outside. */
static enum verdict decide(const struct result_check *check, bool guarded) {
    double band = guarded && check->uncertainty > 0 ? check->uncertainty : 0;
    double low = check->value - band, high = check->value + band;
    bool inside =
        !below(check, low) && !beyond(check, low) && !below(check, high) && !beyond(check, high);
    bool outside = below(check, high) || beyond(check, low);
    return inside ? VERDICT_PASS : outside ? VERDICT_FAIL : VERDICT_INCONCLUSIVE;
}

static void put_verdict(const struct verify_record *record, const struct result_case *one,
                        size_t index, enum verdict again) {
    const struct result_check *check = &one->checks[index];
    char *place = verify_check_place(one, index, "verdict");
    verify_add(
        record->to, VERIFY_FAULT, "results.jsonl", place,
        "the record says %s; %.9g with an uncertainty of %.9g against %.9g … %.9g %s by %s is %s",
        "记录为%s；数值%.9g、不确定度%.9g、限值%.9g…%.9g %s，按%s应为%s",
        verdict_name(check->verdict), check->value,
        isnan(check->uncertainty) ? 0 : check->uncertainty, check->limit_min, check->limit_max,
        check->unit != NULL ? check->unit : "", record->set->run.decision, verdict_name(again));
    free(place);
}

/* A measured value decides. What failed may be excused (the stimulus did not come, the machine stood
 * still), and says so in its reason; a wait that ended too early says that, too. */
static void look_at_value(const struct verify_record *record, const struct result_case *one,
                          size_t index) {
    const struct result_check *check = &one->checks[index];
    bool guarded =
        record->set->run.decision != NULL && strcmp(record->set->run.decision, "guard band") == 0;
    enum verdict again = decide(check, guarded);
    bool measured = check->kind == RESULT_MEASURE || check->kind == RESULT_EXPECT;
    bool wrong = measured && check->verdict != again &&
                 !(again == VERDICT_FAIL && check->verdict == VERDICT_INCONCLUSIVE);
    if (wrong && check->verdict != VERDICT_NONE) {
        put_verdict(record, one, index, again);
    }
}

static void look_at_margin(const struct verify_record *record, const struct result_case *one,
                           size_t index) {
    const struct result_check *check = &one->checks[index];
    double margin = result_margin(check), size = fabs(check->value) + fabs(margin);
    if (isnan(check->margin) || isnan(margin) || fabs(check->margin - margin) <= 1e-9 * size) {
        return;
    }
    char *place = verify_check_place(one, index, "margin");
    verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
               "the record says %.9g, value and limits give %.9g",
               "记录为%.9g，由数值和限值得出%.9g", check->margin, margin);
    free(place);
}

/* On the virtual clock a time is exact. */
static void look_at_uncertainty(const struct verify_record *record, const struct result_case *one,
                                size_t index) {
    const struct result_check *check = &one->checks[index];
    bool exact = check->instrument != NULL && strcmp(check->instrument, "virtual clock") == 0;
    bool sim = one->wiring != NULL && strcmp(one->wiring, "sim") == 0;
    char *place = NULL;
    if (check->instrument != NULL && exact != sim) {
        place = verify_check_place(one, index, "instrument");
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "the record says \"%s\", which wiring %s does not have",
                   "记录为“%s”，接线方式%s没有", check->instrument, one->wiring);
    } else if (exact && check->uncertainty > 0) {
        place = verify_check_place(one, index, "uncertainty");
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "the record says %.9g; of a time on the virtual clock it is 0",
                   "记录为%.9g；虚拟时钟的时间不确定度为0", check->uncertainty);
    }
    free(place);
}

/* ---- the case ---- */

/* What is worse than its checks: the firmware has gone, or the machine stood still; the reason says so. */
static bool is_told_otherwise(const struct result_case *one) {
    static const char *const begin[] = {"the firmware", "the bench", "the case's process",
                                        "the machine", "interrupted"};
    for (size_t i = 0; one->reason.en != NULL && i < sizeof begin / sizeof begin[0]; i++) {
        if (strncmp(one->reason.en, begin[i], strlen(begin[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_reason_of_check(const struct result_case *one) {
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (check->verdict == one->verdict && check->reason.en != NULL &&
            strcmp(check->reason.en, one->reason.en) == 0 &&
            strcmp(check->reason.zh, one->reason.zh) == 0) {
            return true;
        }
    }
    return false;
}

static void look_at_case(const struct verify_record *record, const struct result_case *one,
                         size_t rule_count) {
    const struct verdict_facts facts = {.end = CASE_RAN,
                                        .checks = one->checks,
                                        .check_count = one->check_count,
                                        .rule_count = rule_count,
                                        .frames_dropped = one->frames_dropped};
    const struct verdict_decision again = verdict_decide(&facts);
    bool reasoned = one->verdict == VERDICT_PASS || is_told_otherwise(one);
    if (one->verdict != again.verdict && !is_told_otherwise(one)) {
        char *place = memory_format("case %s, verdict", one->id);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "the record says %s, its checks give %s", "记录为%s，由其检查项得出%s",
                   verdict_name(one->verdict), verdict_name(again.verdict));
        free(place);
    } else if (!reasoned && again.check != VERDICT_NO_CHECK && !is_reason_of_check(one)) {
        char *place = memory_format("case %s, reason", one->id);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "it is not the reason of a check with this verdict",
                   "不是任何同判定检查项的理由");
        free(place);
    }
}

void verify_decisions(const struct verify_record *record, const struct result_case *one,
                      size_t rule_count) {
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        bool limited = !isnan(check->limit_min) || !isnan(check->limit_max);
        if (!isnan(check->value) && limited) {
            look_at_margin(record, one, i);
            if (i < one->check_count - rule_count) {
                look_at_value(record, one, i);
            }
        }
        look_at_uncertainty(record, one, i);
        record->to->checks++;
    }
    /* One of which nothing was run has no checks: it says why. */
    if (one->check_count > 0 && one->verdict != VERDICT_ERROR) {
        look_at_case(record, one, rule_count);
    }
}
