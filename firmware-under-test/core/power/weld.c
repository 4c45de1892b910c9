/* SPDX-License-Identifier: MIT */
#include "power/weld.h"

#include "gun.h"

/* Each step begins with what it commands and ends with what it has seen after the dwell time. */
enum step {
    RAISE,
    BOTH_OPEN,
    K1_ALONE,
    BETWEEN,
    K2_ALONE,
    ALL_OPEN
};

static void enter(struct gun *gun, enum step step) {
    gun->weld.step = step;
    gun->weld.since_ns = gun->now;
    gun->again = true;
    core_contactor_set(gun, CORE_K1, step == K1_ALONE);
    core_contactor_set(gun, CORE_K2, step == K2_ALONE);
}

static bool looks(const struct gun *gun, enum core_weld_check what) {
    return (gun->param[CORE_P_WELD_CHECK] & (int32_t)what) != 0;
}

static bool outer_live(const struct gun *gun) {
    int32_t mv = gun->in[DUT_IN_OUTER_MV];
    int32_t limit = gun->param[CORE_P_WELD_LIVE];
    return mv >= limit || mv <= -limit;
}

static enum core_result fail(struct gun *gun, enum core_fault fault) {
    core_fail(gun, fault);
    return CORE_FAILED;
}

void core_weld_begin(struct gun *gun) {
    enter(gun, RAISE);
    if (gun->param[CORE_P_WELD_CHECK] != 0)
        core_output_hold(gun, gun->param[CORE_P_WELD_VOLTAGE], gun->param[CORE_P_WELD_CURRENT],
                         true);
}

static enum core_result raise(struct gun *gun) {
    struct core_weld *weld = &gun->weld;
    if (gun->in[DUT_IN_INNER_MV] >= gun->param[CORE_P_WELD_VOLTAGE] / 10 * 9)
        enter(gun, BOTH_OPEN);
    else if (core_due(gun, weld->since_ns + core_ns(gun, CORE_P_WELD_TIMEOUT)))
        return fail(gun, CORE_FAULT_OUTPUT_MISSING);
    return CORE_BUSY;
}

static enum core_result after_both_open(struct gun *gun) {
    if (looks(gun, CORE_WELD_LOOK_BOTH) && outer_live(gun))
        return fail(gun, CORE_FAULT_K1_K2_WELDED);
    enter(gun, looks(gun, CORE_WELD_LOOK_K2) ? K1_ALONE : BETWEEN);
    return CORE_BUSY;
}

static enum core_result after_k1_alone(struct gun *gun) {
    if (outer_live(gun))
        return fail(gun, CORE_FAULT_K2_WELDED);
    if (!core_contactor_follows(gun, CORE_K1))
        return fail(gun, CORE_FAULT_K1_FEEDBACK);
    enter(gun, BETWEEN);
    return CORE_BUSY;
}

static enum core_result after_k2_alone(struct gun *gun) {
    if (outer_live(gun))
        return fail(gun, CORE_FAULT_K1_WELDED);
    if (!core_contactor_follows(gun, CORE_K2))
        return fail(gun, CORE_FAULT_K2_FEEDBACK);
    enter(gun, ALL_OPEN);
    return CORE_BUSY;
}

static enum core_result after_all_open(struct gun *gun) {
    if (!core_contactor_follows(gun, CORE_K1))
        return fail(gun, CORE_FAULT_K1_WELDED);
    if (!core_contactor_follows(gun, CORE_K2))
        return fail(gun, CORE_FAULT_K2_WELDED);
    core_contactors_supervise(gun, true);
    return CORE_DONE;
}

enum core_result core_weld_run(struct gun *gun) {
    struct core_weld *weld = &gun->weld;
    if (gun->param[CORE_P_WELD_CHECK] == 0)
        return after_all_open(gun);
    if (weld->step == RAISE)
        return raise(gun);
    if (!core_due(gun, weld->since_ns + core_ns(gun, CORE_P_WELD_DWELL)))
        return CORE_BUSY;
    switch ((enum step)weld->step) {
    case BOTH_OPEN:
        return after_both_open(gun);
    case K1_ALONE:
        return after_k1_alone(gun);
    case BETWEEN:
        enter(gun, looks(gun, CORE_WELD_LOOK_K1) ? K2_ALONE : ALL_OPEN);
        return CORE_BUSY;
    case K2_ALONE:
        return after_k2_alone(gun);
    default:
        return after_all_open(gun);
    }
}
