/* SPDX-License-Identifier: MIT */
#include "services/params.h"

#include "services/assert.h"

#define CORE_PARAM_ROW(id, name, unit, clause, value, low, high)                                   \
    [CORE_P_##id] = {name, unit, clause, value, low, high},
const struct dut_param core_params[CORE_PARAM_COUNT] = {CORE_PARAMS(CORE_PARAM_ROW)};
#undef CORE_PARAM_ROW

/* Longest name looked at: bounds the comparison of a string that is not ours. */
#define NAME_MAX_CHARS 40

static bool names_equal(const char *a, const char *b) {
    for (unsigned i = 0; i < NAME_MAX_CHARS; i++) {
        if (a[i] != b[i]) {
            return false;
        }
        if (a[i] == '\0') {
            return true;
        }
    }
    return false;
}

void core_params_default(int32_t *values) {
    for (unsigned i = 0; i < CORE_PARAM_COUNT; i++) {
        values[i] = core_params[i].value;
        CORE_ASSERT(values[i] >= core_params[i].min && values[i] <= core_params[i].max);
    }
}

int core_params_set(int32_t *values, const char *name, int32_t value) {
    for (unsigned i = 0; i < CORE_PARAM_COUNT; i++) {
        if (!names_equal(core_params[i].name, name)) {
            continue;
        }
        CORE_ASSERT(core_params[i].min <= core_params[i].value &&
                    core_params[i].value <= core_params[i].max);
        if (value < core_params[i].min || value > core_params[i].max) {
            return DUT_ERROR_ARGUMENT;
        }
        values[i] = value;
        return 0;
    }
    return DUT_ERROR_ABSENT;
}
