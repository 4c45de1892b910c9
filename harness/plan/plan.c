/* SPDX-License-Identifier: MIT */
#include "harness/plan/plan.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool plan_read_setting(const char *text, struct plan_setting *setting) {
    *setting = (struct plan_setting){.text = text};
    size_t length = strcspn(text, "=");
    if (length == 0 || length >= PLAN_NAME_SIZE || text[length] == '\0') {
        return false;
    }
    char *end;
    errno = 0;
    long long value = strtoll(text + length + 1, &end, 10);
    if (end == text + length + 1 || *end != '\0' || errno != 0) {
        return false;
    }
    memcpy(setting->name, text, length);
    setting->value = value;
    setting->whole = true;
    assert(strlen(setting->name) == length); /* the whole name, and nothing behind it */
    return true;
}

int plan_hang_s(const struct run_plan *plan) {
    assert(plan->hang_s >= 0);
    return plan->hang_s > 0 ? plan->hang_s : PLAN_HANG_S;
}

const char *wiring_name(enum wiring wiring) {
    return wiring == WIRING_SIM ? "sim" : "vcan";
}
