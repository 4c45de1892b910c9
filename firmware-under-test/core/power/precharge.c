/* SPDX-License-Identifier: MIT */
#include "power/precharge.h"

#include "gun.h"

enum step {
    CHECK,
    RAISE,
    CLOSE
};

#define MISFIT_SHOWN_NS 1000000000 /* a misfit shorter than this is the vehicle closing K5/K6 */

static void enter(struct gun *gun, enum step step) {
    gun->precharge.step = step;
    gun->again = true;
}

void core_precharge_begin(struct gun *gun) {
    gun->precharge.begin_ns = gun->now;
    enter(gun, CHECK);
}

/* |Vout - Vbcp| <= 5 % of Vbcp, and Vout within the own range (GB/T 18487.1-2015 B.3.4). */
static bool battery_fits(const struct gun *gun) {
    int32_t outer = gun->in[DUT_IN_OUTER_MV];
    int32_t said = gun->link.bcp.battery_mv;
    int32_t tolerance = said / 1000 * gun->param[CORE_P_BATTERY_TOLERANCE];
    int32_t off = outer > said ? outer - said : said - outer;
    return off <= tolerance && outer >= gun->param[CORE_P_VOLTAGE_MIN] &&
           outer <= gun->param[CORE_P_VOLTAGE_MAX];
}

static enum core_result check(struct gun *gun) {
    struct core_precharge *pre = &gun->precharge;
    if (!battery_fits(gun)) {
        if (core_due(gun, pre->begin_ns + MISFIT_SHOWN_NS))
            core_notice(gun, CORE_FAULT_BATTERY_VOLTAGE);
        return CORE_BUSY;
    }
    if (!core_output_is_off(gun))
        return CORE_BUSY;
    if (gun->notice == CORE_FAULT_BATTERY_VOLTAGE)
        core_notice(gun, CORE_FAULT_NONE);
    pre->present_ns = gun->now;
    enter(gun, RAISE);
    return CORE_BUSY;
}

static bool difference_small(const struct gun *gun) {
    int32_t below = gun->in[DUT_IN_OUTER_MV] - gun->in[DUT_IN_INNER_MV];
    return below >= gun->param[CORE_P_PRECHARGE_LEAST] &&
           below <= gun->param[CORE_P_PRECHARGE_DIFFERENCE];
}

/* T240-8.15 counts from K5/K6, which only BRO(AA) and the outer voltage tell of. */
static int64_t order_over_ns(const struct gun *gun) {
    const struct core_precharge *pre = &gun->precharge;
    int64_t from = pre->begin_ns > pre->present_ns ? pre->begin_ns : pre->present_ns;
    return from + core_ns(gun, CORE_P_ORDER);
}

static enum core_result raise(struct gun *gun) {
    int64_t order_ns = order_over_ns(gun);
    int32_t mv = gun->in[DUT_IN_OUTER_MV] - gun->param[CORE_P_PRECHARGE_BELOW];
    if (!battery_fits(gun)) {
        core_output_stop(gun);
        enter(gun, CHECK);
        return CORE_BUSY;
    }
    core_output_hold(gun, mv > 0 ? mv : 0, gun->param[CORE_P_PRECHARGE_CURRENT], false);
    if (!core_due(gun, order_ns))
        return CORE_BUSY;
    if (difference_small(gun)) {
        core_contactors_set(gun, true);
        enter(gun, CLOSE);
    } else if (core_due(gun, order_ns + core_ns(gun, CORE_P_PRECHARGE_TIMEOUT))) {
        core_fail(gun, CORE_FAULT_PRECHARGE);
        return CORE_FAILED;
    }
    return CORE_BUSY;
}

enum core_result core_precharge_run(struct gun *gun) {
    if (gun->in[DUT_IN_OUTER_MV] <= -gun->param[CORE_P_BATTERY_REVERSED]) {
        core_fail(gun, CORE_FAULT_BATTERY_REVERSED);
        return CORE_FAILED;
    }
    switch ((enum step)gun->precharge.step) {
    case CHECK:
        return check(gun);
    case RAISE:
        return raise(gun);
    default:
        return core_contactors_closed(gun) ? CORE_DONE : CORE_BUSY;
    }
}
