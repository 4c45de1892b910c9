/* SPDX-License-Identifier: MIT */
#include "reports/record/verdict.h"

#include <assert.h>

static const struct {
    const char *name, *capitals;
    struct phrase words;
    const char *colour; /* of a terminal */
} verdicts[VERDICT_COUNT] = {
    [VERDICT_NONE] = {"none", "NONE", {"Not judged", "未判定"}, "2"},
    [VERDICT_PASS] = {"pass", "PASS", {"Pass", "合格"}, "32"},
    [VERDICT_INCONCLUSIVE] = {"inconclusive", "INCONCLUSIVE", {"Inconclusive", "无法判定"}, "33"},
    [VERDICT_FAIL] = {"fail", "FAIL", {"Fail", "不合格"}, "31"},
    [VERDICT_ERROR] = {"error", "ERROR", {"Bench error", "测试台错误"}, "35"},
};

enum verdict verdict_worst(enum verdict a, enum verdict b) {
    assert((size_t)a < VERDICT_COUNT && (size_t)b < VERDICT_COUNT);
    return a > b ? a : b;
}

const char *verdict_name(enum verdict verdict) {
    assert((size_t)verdict < VERDICT_COUNT);
    return verdicts[verdict].name;
}

const struct phrase *verdict_words(enum verdict verdict) {
    assert((size_t)verdict < VERDICT_COUNT);
    return &verdicts[verdict].words;
}

static const struct phrase not_applicable = {"Not applicable", "不适用"};

const struct phrase *verdict_row_words(enum verdict verdict) {
    return verdict == VERDICT_NONE ? &not_applicable : verdict_words(verdict);
}

void verdict_put(FILE *stream, enum verdict verdict, const struct verdict_look *look) {
    assert((size_t)verdict < VERDICT_COUNT);
    if (look->colour) {
        fprintf(stream, "\033[%sm", verdicts[verdict].colour);
    }
    if (look->chinese) {
        fputs((look->row ? verdict_row_words(verdict) : verdict_words(verdict))->zh, stream);
    } else {
        bool state = look->row && verdict == VERDICT_NONE;
        fprintf(stream, "%-12s", state ? "N/A" : verdicts[verdict].capitals);
    }
    if (look->colour) {
        fputs("\033[0m", stream);
    }
}
