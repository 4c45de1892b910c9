/* SPDX-License-Identifier: MIT */
/* From outcomes to the checks of the record. */
#include "harness/judge/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <math.h>

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
        result->unit = memory_copy(check->unit);
    }
    result->instrument = timed ? memory_copy(check->judge->instrument.name) : NULL;
    result->limit_name = memory_copy(check->limit.name);
    result->limit_source = memory_copy(check->limit.source);
}

static void record_step(const struct judge *judge, const struct step_record *step,
                        struct result_check *result) {
    record_outcome(&step->outcome, result);
    result->kind = RESULT_STEP;
    result->title = step_title(step->step);
    result->condition = memory_copy(step->step->what.text);
    result->unit = memory_copy("ms");
    result->instrument = memory_copy(judge->instrument.name);
    if (step->step->type == STEP_UNTIL) {
        result->limit_max = ns_to_ms(step->step->time_ns);
    }
    if (result->verdict != VERDICT_PASS) {
        result->reason = step_reason(judge, step);
    }
}

/* What must hold of a check, whatever was measured. */
static void assert_sane(const struct result_check *check) {
    bool measured = !isnan(check->value) && !isnan(check->margin) && check->kind != RESULT_STEP;
    assert((check->reason.en == NULL) == (check->verdict == VERDICT_PASS));
    assert(check->from_ns < 0 || check->to_ns < 0 || check->from_ns <= check->to_ns);
    assert((check->verdict == VERDICT_FAIL) <= (check->failed_ns >= 0));
    assert(!(check->limit_min > check->limit_max) && !(check->uncertainty < 0));
    assert(!measured || check->verdict != VERDICT_PASS || check->margin >= 0);
    assert(!measured || check->verdict != VERDICT_FAIL || check->margin <= 0);
}

void judge_record(const struct judge *judge, struct result_case *result) {
    assert(result->checks == NULL && result->check_count == 0);
    result->checks = memory_zeroed(judge->check_count + judge->step_count, sizeof *result->checks);
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
    assert(result->check_count == judge->check_count + judge->step_count);
    for (size_t i = 0; i < result->check_count; i++) {
        assert_sane(&result->checks[i]);
    }
}
