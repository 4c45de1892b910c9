/* SPDX-License-Identifier: MIT */
#include "power/weld.h"

#include "services/assert.h"

/* Each step begins with what it commands and ends with what it has seen after the dwell time. */
enum step {
    RAISE,
    BOTH_OPEN,
    K1_ALONE,
    BETWEEN,
    K2_ALONE,
    ALL_OPEN
};

void core_weld_prepare(struct core_weld *weld, struct core_services *services,
                       struct core_contactors *contactors, struct core_output *output) {
    *weld = (struct core_weld){.services = services, .contactors = contactors, .output = output};
}

static void enter(struct core_weld *weld, enum step step) {
    weld->step = step;
    weld->since_ns = weld->look_ns = weld->services->now;
    weld->share = 0;
    core_again(weld->services);
    core_contactor_set(weld->contactors, CORE_K1, step == K1_ALONE);
    core_contactor_set(weld->contactors, CORE_K2, step == K2_ALONE);
    CORE_ASSERT(
        !(core_contactor_commanded(weld->contactors, CORE_K1) &&
          core_contactor_commanded(weld->contactors, CORE_K2))); /* never both: the output is up */
}

static bool looks(const struct core_weld *weld, enum core_weld_check what) {
    return (weld->services->param[CORE_P_WELD_CHECK] & (int32_t)what) != 0;
}

static bool outer_live(const struct core_weld *weld) {
    int32_t mv = weld->services->in[DUT_IN_OUTER_MV];
    int32_t limit = weld->services->param[CORE_P_WELD_LIVE];
    return mv >= limit || mv <= -limit;
}

/* More than the inner side has is no weld: a weld brings the inner side's voltage. It comes through the plug, from a
 * battery whose K5/K6 are closed; such as one that the pile's other gun feeds. */
static bool outer_foreign(const struct core_weld *weld) {
    int32_t limit = weld->services->param[CORE_P_WELD_LIVE];
    int32_t inner_mv = core_read(weld->services, DUT_IN_INNER_MV);
    int32_t outer_mv = core_read(weld->services, DUT_IN_OUTER_MV);
    return outer_mv - inner_mv >= limit || outer_mv <= -limit;
}

/* Permille; the inner side is up, so that more than all of it is a battery's. */
static int32_t outer_share(const struct core_weld *weld) {
    int64_t inner_mv = weld->services->in[DUT_IN_INNER_MV];
    int64_t outer_mv = weld->services->in[DUT_IN_OUTER_MV];
    int64_t share = inner_mv > 0 ? (outer_mv < 0 ? -outer_mv : outer_mv) * 1000 / inner_mv : 1000;
    CORE_ASSERT(share >= 0);
    return share < 1000 ? (int32_t)share : 1000;
}

/* One contact is closed, and the outer side is live. Less than the last time: not yet to be told from what
 * comes over PE. */
static bool falls(struct core_weld *weld) {
    int32_t former = weld->share;
    weld->share = outer_share(weld);
    weld->look_ns = weld->services->now;
    core_again(weld->services);
    if (core_elapsed(weld->services, weld->since_ns, CORE_P_WELD_TIMEOUT)) {
        return false;
    }
    return former == 0 || weld->share < former * weld->services->param[CORE_P_WELD_STEADY] / 1000;
}

static enum core_result fail(struct core_weld *weld, enum core_fault fault) {
    core_fail(weld->services, fault);
    return CORE_FAILED;
}

void core_weld_begin(struct core_weld *weld) {
    CORE_ASSERT(core_output_is_off(weld->output));
    enter(weld, RAISE);
    if (weld->services->param[CORE_P_WELD_CHECK] != 0) {
        core_output_hold(weld->output, weld->services->param[CORE_P_WELD_VOLTAGE],
                         weld->services->param[CORE_P_WELD_CURRENT], true);
    }
    CORE_ASSERT(!core_contactors_commanded(weld->contactors) && weld->step == RAISE);
}

static enum core_result raise(struct core_weld *weld) {
    CORE_ASSERT(!core_contactors_commanded(weld->contactors));
    if (weld->services->in[DUT_IN_INNER_MV] >=
        weld->services->param[CORE_P_WELD_VOLTAGE] / 10 * 9) {
        enter(weld, BOTH_OPEN);
    } else if (core_elapsed(weld->services, weld->since_ns, CORE_P_WELD_TIMEOUT)) {
        return fail(weld, CORE_FAULT_OUTPUT_MISSING);
    }
    return CORE_BUSY;
}

static enum core_result after_both_open(struct core_weld *weld) {
    CORE_ASSERT(!core_contactors_commanded(weld->contactors));
    if (looks(weld, CORE_WELD_LOOK_BOTH) && outer_live(weld)) {
        return fail(weld, outer_foreign(weld) ? CORE_FAULT_OUTER_LIVE : CORE_FAULT_K1_K2_WELDED);
    }
    enter(weld, looks(weld, CORE_WELD_LOOK_K2) ? K1_ALONE : BETWEEN);
    return CORE_BUSY;
}

/* Only one of the two may be closed: else a voltage on the outer side tells nothing. */
static bool alone(const struct core_weld *weld, enum core_contactor which) {
    enum core_contactor other = which == CORE_K1 ? CORE_K2 : CORE_K1;
    return core_contactor_commanded(weld->contactors, which) &&
           !core_contactor_commanded(weld->contactors, other);
}

static enum core_result after_k1_alone(struct core_weld *weld) {
    CORE_ASSERT(alone(weld, CORE_K1));
    if (outer_live(weld)) {
        if (outer_foreign(weld)) {
            return fail(weld, CORE_FAULT_OUTER_LIVE);
        }
        return falls(weld) ? CORE_BUSY : fail(weld, CORE_FAULT_K2_WELDED);
    }
    if (!core_contactor_follows(weld->contactors, CORE_K1)) {
        return fail(weld, CORE_FAULT_K1_FEEDBACK);
    }
    enter(weld, BETWEEN);
    return CORE_BUSY;
}

static enum core_result after_k2_alone(struct core_weld *weld) {
    CORE_ASSERT(alone(weld, CORE_K2));
    if (outer_live(weld)) {
        if (outer_foreign(weld)) {
            return fail(weld, CORE_FAULT_OUTER_LIVE);
        }
        return falls(weld) ? CORE_BUSY : fail(weld, CORE_FAULT_K1_WELDED);
    }
    if (!core_contactor_follows(weld->contactors, CORE_K2)) {
        return fail(weld, CORE_FAULT_K2_FEEDBACK);
    }
    enter(weld, ALL_OPEN);
    return CORE_BUSY;
}

static enum core_result after_all_open(struct core_weld *weld) {
    CORE_ASSERT(!core_contactors_commanded(weld->contactors));
    if (!core_contactor_follows(weld->contactors, CORE_K1)) {
        return fail(weld, CORE_FAULT_K1_WELDED);
    }
    if (!core_contactor_follows(weld->contactors, CORE_K2)) {
        return fail(weld, CORE_FAULT_K2_WELDED);
    }
    core_contactors_supervise(weld->contactors, true);
    return CORE_DONE;
}

enum core_result core_weld_run(struct core_weld *weld) {
    CORE_ASSERT(weld->step <= ALL_OPEN && weld->since_ns <= weld->services->now);
    if (weld->services->param[CORE_P_WELD_CHECK] == 0) {
        return after_all_open(weld);
    }
    if (weld->step == RAISE) {
        return raise(weld);
    }
    if (!core_elapsed(weld->services, weld->look_ns, CORE_P_WELD_DWELL)) {
        return CORE_BUSY;
    }
    switch ((enum step)weld->step) {
    case BOTH_OPEN:
        return after_both_open(weld);
    case K1_ALONE:
        return after_k1_alone(weld);
    case BETWEEN:
        enter(weld, looks(weld, CORE_WELD_LOOK_K1) ? K2_ALONE : ALL_OPEN);
        return CORE_BUSY;
    case K2_ALONE:
        return after_k2_alone(weld);
    default:
        return after_all_open(weld);
    }
}
