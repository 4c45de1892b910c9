/* SPDX-License-Identifier: MIT */
#include "harness/judge/standstill.h"

#include "sim/memory.h"

#include <assert.h>

static double seconds(int64_t ns) {
    return (double)ns / (double)NS_PER_S;
}

static double milliseconds(int64_t ns) {
    return (double)ns / (double)NS_PER_MS;
}

struct standstill standstill_of(const struct lateness *lateness) {
    struct standstill standstill = {.from_ns = lateness->still_from_ns,
                                    .length_ns = lateness->still_ns,
                                    .longest_from_ns = lateness->longest_from_ns,
                                    .longest_ns = lateness->longest_ns};
    assert(standstill.length_ns >= 0 && standstill.longest_ns >= standstill.length_ns);
    assert(standstill.longest_ns == 0 || standstill.longest_from_ns >= standstill.from_ns);
    return standstill;
}

/* What is told of an instant may have begun a slot before. Without an instant: at the end. */
static bool is_after(const struct standstill *standstill, const struct result_check *check) {
    return check->failed_ns < 0 || check->failed_ns + LATENESS_SLOT_NS >= standstill->from_ns;
}

bool standstill_excuses(const struct standstill *standstill, const struct result_check *check) {
    return check->verdict == VERDICT_FAIL && standstill->length_ns > 0 &&
           is_after(standstill, check);
}

void standstill_excuse(const struct standstill *standstill, struct result_check *checks,
                       size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (standstill_excuses(standstill, &checks[i])) {
            checks[i].verdict = VERDICT_INCONCLUSIVE;
            standstill_precede(standstill, &checks[i].reason);
        }
    }
}

void standstill_precede(const struct standstill *standstill, struct phrase *reason) {
    assert(standstill->length_ns > 0 && reason->en != NULL && reason->zh != NULL);
    double from_s = seconds(standstill->from_ns), still_ms = milliseconds(standstill->length_ns);
    const struct phrase both = {
        memory_format("the machine under the bench stood still for %.0f ms at %.3f s, so this "
                      "proves nothing: %s",
                      still_ms, from_s, reason->en),
        memory_format("运行测试台的计算机在%.3f s停顿了%.0f ms，以下不能作为依据：%s", from_s,
                      still_ms, reason->zh)};
    phrase_clear(reason);
    *reason = both;
}

struct phrase standstill_cut_off(const struct standstill *standstill) {
    double from_s = seconds(standstill->longest_from_ns);
    double still_ms = milliseconds(standstill->longest_ns);
    assert(standstill->longest_ns >= LATENESS_CUT_OFF_NS);
    return (struct phrase){
        memory_format("the machine under the bench stood still for %.0f ms at %.3f s: the "
                      "charger had no inputs and may have stopped by itself, so that nothing "
                      "failed proves nothing",
                      still_ms, from_s),
        memory_format("运行测试台的计算机在%.3f s停顿了%.0f ms：充电机失去输入，"
                      "可能自行停机，未见不合格不能作为依据",
                      from_s, still_ms)};
}
