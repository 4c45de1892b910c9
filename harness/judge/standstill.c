/* SPDX-License-Identifier: MIT */
#include "harness/judge/standstill.h"

#include "sim/memory.h"

/* The texts are composed of the former ones, which go only then. */
static void replace(struct phrase *reason, const char *en, const char *zh) {
    phrase_clear(reason);
    *reason = (struct phrase){en, zh};
}

static void say(const struct lateness *lateness, struct phrase *reason) {
    double from_s = (double)lateness->still_from_ns / 1e9,
           still_ms = (double)lateness->still_ns / 1e6;
    replace(reason,
            memory_format("the machine under the bench stood still for %.0f ms at %.3f s, so this "
                          "proves nothing: %s",
                          still_ms, from_s, reason->en != NULL ? reason->en : ""),
            memory_format("运行测试台的计算机在%.3f s停顿了%.0f ms,以下不能作为依据:%s", from_s,
                          still_ms, reason->zh != NULL ? reason->zh : ""));
}

/* What is told of an instant may have begun a slot before. Without an instant: at the end. */
static bool is_after(const struct lateness *lateness, const struct result_check *check) {
    return check->failed_ns < 0 || check->failed_ns + LATENESS_SLOT_NS >= lateness->still_from_ns;
}

/* What decides a case with fails: the first that stays one; else the first that was excused. */
static const struct result_check *excuse(const struct lateness *lateness,
                                         struct result_case *result) {
    const struct result_check *failed = NULL, *excused = NULL;
    for (size_t i = 0; i < result->check_count; i++) {
        struct result_check *check = &result->checks[i];
        if (check->verdict != VERDICT_FAIL) {
            continue;
        }
        if (!is_after(lateness, check)) {
            failed = failed == NULL ? check : failed;
            continue;
        }
        check->verdict = VERDICT_INCONCLUSIVE;
        say(lateness, &check->reason);
        excused = excused == NULL ? check : excused;
    }
    return failed != NULL ? failed : excused;
}

static void doubt_pass(const struct lateness *lateness, struct result_case *result) {
    double from_s = (double)lateness->longest_from_ns / 1e9,
           still_ms = (double)lateness->longest_ns / 1e6;
    result->verdict = VERDICT_INCONCLUSIVE;
    replace(&result->reason,
            memory_format("the machine under the bench stood still for %.0f ms at %.3f s: the "
                          "charger had no inputs and may have stopped by itself, so that nothing "
                          "failed proves nothing",
                          still_ms, from_s),
            memory_format("运行测试台的计算机在%.3f s停顿了%.0f ms:充电机失去输入,"
                          "可能自行停机,未见不合格不能作为依据",
                          from_s, still_ms));
}

void standstill_apply(const struct lateness *lateness, struct result_case *result) {
    if (lateness->still_ns == 0) {
        return;
    }
    const struct result_check *decisive = excuse(lateness, result);
    if (result->verdict == VERDICT_FAIL && decisive != NULL) {
        result->verdict = decisive->verdict;
        struct phrase reason = phrase_copy(decisive->reason);
        replace(&result->reason, reason.en, reason.zh);
        result->focus_from_ns = decisive->from_ns;
        result->focus_to_ns = decisive->to_ns;
    } else if (result->verdict == VERDICT_INCONCLUSIVE) {
        say(lateness, &result->reason);
    } else if (result->verdict == VERDICT_PASS && lateness->longest_ns >= LATENESS_CUT_OFF_NS) {
        doubt_pass(lateness, result);
    }
}
