/* SPDX-License-Identifier: MIT */
/* What a record contradicts itself in. A bench that works never writes such a line; somebody edited it, a
 * firmware in the same process damaged it, or the bench has a mistake: in all cases it proves nothing. */
#include "reports/record/internal.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ a check */

static bool is_inside(const struct result_check *check, double value) {
    bool below = value < check->limit_min || (check->limit_min_open && value == check->limit_min);
    bool beyond = value > check->limit_max || (check->limit_max_open && value == check->limit_max);
    return !below && !beyond; /* without a value or a limit nothing is outside */
}

/* With its uncertainty, where the decision rule counts it. */
static bool is_band_inside(const struct result_check *check, const struct result_run *run) {
    bool guarded = run->decision != NULL && strcmp(run->decision, "guard band") == 0;
    double band = guarded && check->uncertainty > 0 ? check->uncertainty : 0;
    return is_inside(check, check->value - band) && is_inside(check, check->value + band);
}

static bool margin_fits(const struct result_check *check) {
    double margin = result_margin(check);
    double size = fabs(check->value) + fabs(margin);
    return isnan(check->margin) || isnan(margin) || check->margin == margin ||
           fabs(check->margin - margin) <= 1e-9 * size;
}

static const char *fault_of_check(const struct result_check *check, const struct result_run *run) {
    bool limited = !isnan(check->limit_min) || !isnan(check->limit_max);
    bool measured = !isnan(check->value) && limited;
    bool decided = check->verdict == VERDICT_PASS || check->verdict == VERDICT_FAIL;
    if (check->verdict == VERDICT_ERROR) {
        return "no check can tell that the bench failed";
    }
    if (check->verdict == VERDICT_PASS && !is_band_inside(check, run)) {
        return "the value is outside its limits, and the verdict is pass";
    }
    if (check->verdict == VERDICT_FAIL && check->kind == RESULT_MEASURE && measured &&
        is_band_inside(check, run)) {
        return "the value is within its limits, and the verdict is fail";
    }
    if (decided && measured && !margin_fits(check)) {
        return "the margin is not that of value and limits";
    }
    if (check->from_ns >= 0 && check->to_ns >= 0 && check->from_ns > check->to_ns) {
        return "from_ns is after to_ns";
    }
    return NULL;
}

/* ------------------------------------------------------------------ a case */

bool result_is_evaluated(const struct result_check *check) {
    bool own = !check->monitor && check->kind != RESULT_STEP;
    bool limited = !isnan(check->limit_min) || !isnan(check->limit_max);
    return own && check->verdict != VERDICT_NONE && (check->kind != RESULT_MEASURE || limited);
}

static const char *fault_of_pass(const struct result_case *one) {
    size_t evaluated = 0;
    for (size_t i = 0; i < one->check_count; i++) {
        evaluated += result_is_evaluated(&one->checks[i]);
    }
    return one->reason.en != NULL || one->reason.zh != NULL
               ? "the verdict is pass, and a reason says why it is not"
           : one->frames_dropped > 0 ? "the verdict is pass, and frames were dropped"
           : evaluated == 0 ? "the verdict is pass, and none of its own checks was evaluated"
                            : NULL;
}

static const char *fault_of_case(const struct result_case *one, const struct result_run *run) {
    if (one->wiring != NULL && run->wiring != NULL && strcmp(one->wiring, run->wiring) != 0) {
        return "the wiring is not that of the run";
    }
    return one->verdict == VERDICT_PASS ? fault_of_pass(one) : NULL;
}

static bool refuse(struct problem *problem, const struct result_case *one, const char *what) {
    return problem_set(problem, "the record contradicts itself: case \"%.80s\": %s", one->id, what);
}

static bool refuse_check(struct problem *problem, const struct result_case *one, size_t index,
                         const char *what) {
    return problem_set(problem, "the record contradicts itself: case \"%.80s\", checks[%zu]: %s",
                       one->id, index, what);
}

bool result_case_consistent(const struct result_case *one, const struct result_run *run,
                            struct problem *problem) {
    for (size_t i = 0; i < one->check_count; i++) {
        const char *fault = fault_of_check(&one->checks[i], run);
        if (fault != NULL) {
            return refuse_check(problem, one, i, fault);
        }
        if (one->checks[i].verdict > VERDICT_PASS && one->checks[i].verdict > one->verdict) {
            return problem_set(
                problem,
                "the record contradicts itself: case \"%.80s\" is %s, its checks[%zu] "
                "is %s",
                one->id, verdict_name(one->verdict), i, verdict_name(one->checks[i].verdict));
        }
    }
    const char *fault = fault_of_case(one, run);
    return fault == NULL || refuse(problem, one, fault);
}

/* ------------------------------------------------------------------ the run */

/* A wiring gives one level of evidence. */
static const char *evidence_of(const char *wiring) {
    static const char *const levels[][2] = {
        {"sim", "model"}, {"vcan", "hosted"}, {"pile", "bench"}};
    for (size_t i = 0; wiring != NULL && i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(levels[i][0], wiring) == 0) {
            return levels[i][1];
        }
    }
    return NULL;
}

bool result_run_consistent(const struct result_run *run, struct problem *problem) {
    const char *level = evidence_of(run->wiring);
    const char *said = run->evidence != NULL ? run->evidence : "none";
    bool fits = level != NULL ? strcmp(said, level) == 0
                              : strcmp(said, "model") != 0 && strcmp(said, "hosted") != 0 &&
                                    strcmp(said, "bench") != 0;
    return fits || problem_set(problem,
                               "the record contradicts itself: evidence \"%.20s\" with wiring "
                               "\"%.20s\"",
                               said, run->wiring != NULL ? run->wiring : "none");
}
