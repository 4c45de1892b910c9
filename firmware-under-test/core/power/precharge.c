/* SPDX-License-Identifier: MIT */
#include "power/precharge.h"

#include "services/assert.h"

enum step {
    CHECK,
    RAISE,
    CLOSE
};

#define MISFIT_SHOWN_NS 1000000000 /* a misfit shorter than this is the vehicle closing K5/K6 */

void core_precharge_prepare(struct core_precharge *pre, struct core_services *services,
                            struct core_contactors *contactors, struct core_output *output) {
    *pre =
        (struct core_precharge){.services = services, .contactors = contactors, .output = output};
}

static void enter(struct core_precharge *pre, enum step step) {
    pre->step = step;
    core_again(pre->services);
}

void core_precharge_begin(struct core_precharge *pre) {
    CORE_ASSERT(!core_contactors_commanded(pre->contactors));
    pre->begin_ns = pre->services->now;
    enter(pre, CHECK);
}

/* |Vout - Vbcp| <= 5 % of Vbcp, and Vout within the own range (GB/T 18487.1-2015 B.3.4). */
static bool battery_fits(const struct core_precharge *pre) {
    int32_t outer = pre->services->in[DUT_IN_OUTER_MV];
    int32_t said = pre->battery_mv;
    int32_t tolerance = said / 1000 * pre->services->param[CORE_P_BATTERY_TOLERANCE];
    int32_t off = outer > said ? outer - said : said - outer;
    return off <= tolerance && outer >= pre->services->param[CORE_P_VOLTAGE_MIN] &&
           outer <= pre->services->param[CORE_P_VOLTAGE_MAX];
}

static enum core_result check(struct core_precharge *pre) {
    if (!battery_fits(pre)) {
        if (core_due(pre->services, pre->begin_ns + MISFIT_SHOWN_NS)) {
            core_notice(pre->services, CORE_FAULT_BATTERY_VOLTAGE);
        }
        return CORE_BUSY;
    }
    if (!core_output_is_off(pre->output)) {
        return CORE_BUSY;
    }
    if (pre->services->notice == CORE_FAULT_BATTERY_VOLTAGE) {
        core_notice(pre->services, CORE_FAULT_NONE);
    }
    pre->present_ns = pre->services->now;
    enter(pre, RAISE);
    return CORE_BUSY;
}

static bool difference_small(const struct core_precharge *pre) {
    int32_t below = pre->services->in[DUT_IN_OUTER_MV] - pre->services->in[DUT_IN_INNER_MV];
    return below >= pre->services->param[CORE_P_PRECHARGE_LEAST] &&
           below <= pre->services->param[CORE_P_PRECHARGE_DIFFERENCE];
}

/* T240-8.15 counts from K5/K6, which only BRO(AA) and the outer voltage tell of. */
static int64_t order_over_ns(const struct core_precharge *pre) {
    CORE_ASSERT(pre->step == RAISE && pre->present_ns <= pre->services->now);
    int64_t from = pre->begin_ns > pre->present_ns ? pre->begin_ns : pre->present_ns;
    return from + core_ns(pre->services, CORE_P_ORDER);
}

static void close_contactors(struct core_precharge *pre) {
    const struct core_services *services = pre->services;
    int64_t order_ns = core_ns(services, CORE_P_ORDER);
    CORE_ASSERT(pre->step == RAISE && pre->present_ns >= pre->begin_ns);
    CORE_ASSERT(services->in[DUT_IN_OUTER_MV] >= services->param[CORE_P_VOLTAGE_MIN]);
    CORE_ASSERT(services->now - pre->begin_ns >= order_ns);
    CORE_ASSERT(services->now - pre->present_ns >= order_ns);
    CORE_ASSERT(services->in[DUT_IN_OUTER_MV] - services->in[DUT_IN_INNER_MV] <=
                services->param[CORE_P_PRECHARGE_DIFFERENCE]);
    CORE_ASSERT(services->out[DUT_OUT_MODULE_MV] <= services->in[DUT_IN_OUTER_MV]);
    core_contactors_set(pre->contactors, true);
    enter(pre, CLOSE);
}

static enum core_result raise(struct core_precharge *pre) {
    int64_t order_ns = order_over_ns(pre);
    int32_t mv = pre->services->in[DUT_IN_OUTER_MV] - pre->services->param[CORE_P_PRECHARGE_BELOW];
    if (!battery_fits(pre)) {
        core_output_stop(pre->output);
        enter(pre, CHECK);
        return CORE_BUSY;
    }
    CORE_ASSERT(!core_contactors_commanded(pre->contactors));
    core_output_hold(pre->output, mv > 0 ? mv : 0, pre->services->param[CORE_P_PRECHARGE_CURRENT],
                     false);
    if (!core_due(pre->services, order_ns)) {
        return CORE_BUSY;
    }
    if (difference_small(pre)) {
        close_contactors(pre);
    } else if (core_elapsed(pre->services, order_ns, CORE_P_PRECHARGE_TIMEOUT)) {
        core_fail(pre->services, CORE_FAULT_PRECHARGE);
        return CORE_FAILED;
    }
    return CORE_BUSY;
}

enum core_result core_precharge_run(struct core_precharge *pre, int32_t battery_mv) {
    CORE_ASSERT(pre->step <= CLOSE && pre->begin_ns <= pre->services->now);
    pre->battery_mv = battery_mv;
    if (pre->services->in[DUT_IN_OUTER_MV] <= -pre->services->param[CORE_P_BATTERY_REVERSED]) {
        core_fail(pre->services, CORE_FAULT_BATTERY_REVERSED);
        return CORE_FAILED;
    }
    switch ((enum step)pre->step) {
    case CHECK:
        return check(pre);
    case RAISE:
        return raise(pre);
    default:
        CORE_ASSERT(core_contactors_commanded(pre->contactors));
        return core_contactors_closed(pre->contactors) ? CORE_DONE : CORE_BUSY;
    }
}
