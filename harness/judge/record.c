/* SPDX-License-Identifier: MIT */
/* From outcomes to the record of the case. */
#include "harness/judge/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static char *copy(const char *text) {
    return text == NULL ? NULL : strcpy(judge_allocate(strlen(text), 1), text);
}

static enum result_check_kind kind_of(enum check_type type) {
    static const enum result_check_kind kinds[] = {
        [CHECK_TIME] = RESULT_MEASURE,  [CHECK_VALUE] = RESULT_MEASURE,
        [CHECK_PEAK] = RESULT_MEASURE,  [CHECK_MEAN] = RESULT_MEASURE,
        [CHECK_EXPECT] = RESULT_EXPECT, [CHECK_ALWAYS] = RESULT_ALWAYS,
        [CHECK_NEVER] = RESULT_NEVER,
    };
    return kinds[type];
}

static void record_outcome(const struct outcome *outcome, struct result_check *result) {
    result->verdict = outcome->verdict;
    result->value = outcome->value;
    result->margin = outcome->margin;
    result->uncertainty = outcome->uncertainty;
    result->from_ns = outcome->from_ns;
    result->to_ns = outcome->to_ns;
    result->failed_ns = outcome->failed_ns;
    result->limit_min = result->limit_max = (double)NAN;
}

static void record_check(const struct judge_check *check, struct result_check *result) {
    const struct check_def *def = check->def;
    bool timed = def->type == CHECK_TIME || def->type == CHECK_EXPECT || def->type == CHECK_MEAN;
    bool measured = timed || check->quantity != NULL;
    record_outcome(&check->worst, result);
    result->kind = kind_of(def->type);
    result->monitor = def->monitor;
    result->title = check_title(check);
    result->condition = check_condition(def);
    if (result->verdict != VERDICT_PASS) {
        result->reason = check_reason(check);
    }
    if (result->kind == RESULT_ALWAYS || result->kind == RESULT_NEVER) {
        if (result->verdict == VERDICT_FAIL) {
            result->from_ns = result->to_ns = check->worst.at_ns;
        }
    }
    if (measured) {
        result->limit_min = check->limit.min;
        result->limit_max = check->limit.max;
        result->limit_min_open = check->limit.min_open;
        result->limit_max_open = check->limit.max_open;
        result->unit = copy(check->unit);
    }
    result->instrument = timed ? copy(check->judge->instrument.name) : NULL;
    result->limit_name = copy(check->limit.name);
    result->limit_source = copy(check->limit.source);
}

static void record_step(const struct judge *judge, const struct step_record *step,
                        struct result_check *result) {
    record_outcome(&step->outcome, result);
    result->kind = RESULT_STEP;
    result->title = step_title(step->step);
    result->condition = copy(step->step->what.text);
    result->unit = copy("ms");
    result->instrument = copy(judge->instrument.name);
    if (step->step->type == STEP_UNTIL) {
        result->limit_max = ns_to_ms(step->step->time_ns);
    }
    if (result->verdict != VERDICT_PASS) {
        result->reason = step_reason(judge, step);
    }
}

static void record_all(const struct judge *judge, struct result_case *result) {
    result->checks = judge_allocate(judge->check_count + judge->step_count, sizeof *result->checks);
    result->check_count = 0;
    for (int monitors = 0; monitors <= 1; monitors++) {
        for (size_t i = 0; i < judge->check_count; i++) {
            if (judge->checks[i].def->monitor == (monitors == 1)) {
                record_check(&judge->checks[i], &result->checks[result->check_count++]);
            }
        }
        for (size_t i = 0; monitors == 0 && i < judge->step_count; i++) {
            record_step(judge, &judge->steps[i], &result->checks[result->check_count++]);
        }
    }
}

/* The first check with the worst verdict; of a case that passed, its first measured time. */
static const struct result_check *decisive(const struct result_case *result) {
    const struct result_check *worst = NULL, *time = NULL;
    for (size_t i = 0; i < result->check_count; i++) {
        const struct result_check *one = &result->checks[i];
        if (worst == NULL || one->verdict > worst->verdict) {
            worst = one;
        }
        bool timed = one->kind == RESULT_MEASURE && !one->monitor && one->to_ns > one->from_ns &&
                     one->unit != NULL && strcmp(one->unit, "ms") == 0;
        if (time == NULL && timed && one->verdict == VERDICT_PASS) {
            time = one;
        }
    }
    return worst != NULL && worst->verdict == VERDICT_PASS ? time : worst;
}

/* A measure without a limit is recorded, not judged: it passes nothing. */
static bool is_judgement(const struct judge_check *check) {
    bool measure = check->quantity != NULL || check->def->type == CHECK_TIME;
    bool limited = !isnan(check->limit.min) || !isnan(check->limit.max);
    return check->worst.verdict != VERDICT_NONE && (!measure || limited);
}

static bool own_evaluated(const struct judge *judge) {
    for (size_t i = 0; i < judge->check_count; i++) {
        const struct judge_check *check = &judge->checks[i];
        if (!check->def->monitor && is_judgement(check)) {
            return true;
        }
    }
    return false;
}

static void conclude_case(const struct judge *judge, struct result_case *result) {
    const struct result_check *one = decisive(result);
    result->verdict = VERDICT_NONE;
    for (size_t i = 0; i < result->check_count; i++) {
        result->verdict = verdict_worst(result->verdict, result->checks[i].verdict);
    }
    result->focus_from_ns = one != NULL ? one->from_ns : -1;
    result->focus_to_ns = one != NULL ? one->to_ns : -1;
    if (result->verdict <= VERDICT_PASS && !own_evaluated(judge)) {
        result->verdict = VERDICT_INCONCLUSIVE;
        result->reason.en = copy("none of the case's own checks was evaluated");
        result->reason.zh = copy("本案例自身的检查项均未得到评定");
    } else if (result->verdict > VERDICT_PASS) {
        assert(one != NULL && one->reason.en != NULL);
        result->reason = (struct phrase){copy(one->reason.en), copy(one->reason.zh)};
    }
}

void judge_record(const struct judge *judge, struct result_case *result) {
    record_all(judge, result);
    conclude_case(judge, result);
}
