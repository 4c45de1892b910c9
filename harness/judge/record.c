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
        [CHECK_GAP] = RESULT_MEASURE,   [CHECK_RATE] = RESULT_MEASURE,
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
    bool timed = def->type == CHECK_TIME || def->type == CHECK_EXPECT || is_spaced(check) ||
                 def->type == CHECK_RATE;
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

/* ---- a stimulus that did not come about ---- */

/* Since when what the case does has not come about; INT64_MAX: it has. A step proves nothing from the
 * instant on at which it began to wait. */
static int64_t stimulus_broken_ns(const struct judge *judge) {
    int64_t broken_ns = INT64_MAX;
    for (size_t i = 0; i < judge->step_count; i++) {
        const struct outcome *outcome = &judge->steps[i].outcome;
        if (outcome->finding == FINDING_STEP_STIMULUS && outcome->from_ns < broken_ns) {
            broken_ns = outcome->from_ns;
        }
    }
    for (size_t i = 0; i < judge->check_count; i++) {
        const struct judge_check *check = &judge->checks[i];
        bool broken = check->def->stimulus && check->worst.verdict == VERDICT_FAIL;
        if (broken && check->worst.failed_ns < broken_ns) {
            broken_ns = check->worst.failed_ns;
        }
    }
    return broken_ns;
}

static void precede(struct phrase *reason, const char *en, const char *zh) {
    const struct phrase both = {memory_format("%s: %s", en, reason->en),
                                memory_format("%s：%s", zh, reason->zh)};
    phrase_clear(reason);
    *reason = both;
}

/* What fails of the case's own from then on is not the charger's fault; monitors and rules stand. */
static void excuse(struct result_check *check, bool stimulus, int64_t broken_ns) {
    if (check->verdict != VERDICT_FAIL || check->monitor ||
        (check->failed_ns >= 0 && check->failed_ns < broken_ns)) {
        return;
    }
    check->verdict = VERDICT_INCONCLUSIVE;
    if (stimulus) {
        precede(&check->reason, "the stimulus was not established", "未能建立试验条件");
    } else {
        precede(&check->reason, "the stimulus was not established, so this proves nothing",
                "未能建立试验条件，以下不能作为依据");
    }
}

static bool is_stimulus(const struct judge *judge, size_t own) {
    for (size_t i = 0; i < judge->check_count; i++) {
        if (!judge->checks[i].def->monitor && own-- == 0) {
            return judge->checks[i].def->stimulus;
        }
    }
    return false; /* a step */
}

static void excuse_all(const struct judge *judge, struct result_case *result) {
    int64_t broken_ns = stimulus_broken_ns(judge);
    for (size_t i = 0; broken_ns < INT64_MAX && i < result->check_count; i++) {
        excuse(&result->checks[i], is_stimulus(judge, i), broken_ns);
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
    excuse_all(judge, result);
    for (size_t i = 0; i < result->check_count; i++) {
        assert_sane(&result->checks[i]);
    }
}
