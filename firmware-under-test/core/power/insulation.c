/* SPDX-License-Identifier: MIT */
#include "power/insulation.h"

#include "gun.h"

enum step {
    RAISE,
    CLOSE,
    SETTLE,
    MEASURE,
    EMPTY
};

static void enter(struct gun *gun, enum step step) {
    gun->insulation.step = step;
    gun->insulation.since_ns = gun->now;
    gun->again = true;
}

static int32_t after(const struct gun *gun) {
    bool contactors_first = gun->param[CORE_P_INSULATION_ORDER] != 0;
    switch ((enum step)gun->insulation.step) {
    case RAISE:
        return contactors_first ? SETTLE : CLOSE;
    case CLOSE:
        return contactors_first ? RAISE : SETTLE;
    default:
        return MEASURE;
    }
}

static bool reached(const struct gun *gun, enum dut_input channel) {
    int32_t target = gun->insulation.test_mv;
    int32_t tolerance = target / 1000 * gun->param[CORE_P_INSULATION_TOLERANCE];
    return gun->in[channel] >= target - tolerance;
}

static enum core_result fail(struct gun *gun, enum core_fault fault) {
    core_fail(gun, fault);
    return CORE_FAILED;
}

static void begin_step(struct gun *gun, enum step step) {
    enter(gun, step);
    if (step == RAISE)
        core_output_hold(gun, gun->insulation.test_mv, gun->param[CORE_P_INSULATION_CURRENT], true);
    else if (step == CLOSE)
        core_contactors_set(gun, true);
    else if (step == SETTLE)
        core_output_set(gun, DUT_OUT_IMD, 1);
}

void core_insulation_leave(struct gun *gun) {
    core_output_set(gun, DUT_OUT_IMD, 0);
}

static void begin_empty(struct gun *gun, enum core_fault verdict) {
    gun->insulation.verdict = verdict;
    core_insulation_leave(gun);
    enter(gun, EMPTY);
    core_output_stop(gun);
}

void core_insulation_begin(struct gun *gun) {
    int32_t rated_mv = gun->param[CORE_P_VOLTAGE_MAX];
    int32_t bhm_mv = gun->link.bhm_mv;
    gun->insulation.test_mv = bhm_mv < rated_mv ? bhm_mv : rated_mv;
    if (gun->param[CORE_P_INSULATION_CHECK] == 0)
        begin_empty(gun, CORE_FAULT_NONE);
    else
        begin_step(gun, gun->param[CORE_P_INSULATION_ORDER] != 0 ? CLOSE : RAISE);
}

static enum core_result raise(struct gun *gun) {
    int64_t limit_ns = gun->insulation.since_ns + core_ns(gun, CORE_P_INSULATION_RAISE);
    if (reached(gun, DUT_IN_INNER_MV))
        begin_step(gun, (enum step)after(gun));
    else if (core_due(gun, limit_ns))
        return fail(gun, CORE_FAULT_OUTPUT_MISSING);
    return CORE_BUSY;
}

/* A contact that does not close is found by the contactors' own supervision. */
static enum core_result close(struct gun *gun) {
    if (core_contactors_closed(gun))
        begin_step(gun, (enum step)after(gun));
    return CORE_BUSY;
}

/* With K1/K2 closed the outer side has to carry the test voltage: else it is shorted. */
static enum core_result settle(struct gun *gun) {
    if (!core_due(gun, gun->insulation.since_ns + core_ns(gun, CORE_P_INSULATION_SETTLE)))
        return CORE_BUSY;
    if (!reached(gun, DUT_IN_OUTER_MV))
        return fail(gun, CORE_FAULT_OUTPUT_SHORT);
    enter(gun, MEASURE);
    return CORE_BUSY;
}

static enum core_fault judge(const struct gun *gun, int32_t ohm) {
    bool by_test = gun->param[CORE_P_INSULATION_REFERENCE] != 0;
    int64_t mv = by_test ? gun->insulation.test_mv : gun->param[CORE_P_VOLTAGE_MAX];
    int64_t scaled = (int64_t)ohm * 1000;
    if (scaled <= mv * gun->param[CORE_P_INSULATION_FAULT])
        return CORE_FAULT_INSULATION;
    if (scaled <= mv * gun->param[CORE_P_INSULATION_WARN])
        return CORE_FAULT_INSULATION_LOW;
    return CORE_FAULT_NONE;
}

/* Negative readings: the monitor has not finished. */
static enum core_result measure(struct gun *gun) {
    int64_t limit_ns = gun->insulation.since_ns + core_ns(gun, CORE_P_INSULATION_TIMEOUT);
    int32_t pos = core_read(gun, DUT_IN_INSULATION_POS_OHM);
    int32_t neg = core_read(gun, DUT_IN_INSULATION_NEG_OHM);
    if (pos >= 0 && neg >= 0)
        begin_empty(gun, judge(gun, pos < neg ? pos : neg));
    else if (core_due(gun, limit_ns))
        begin_empty(gun, CORE_FAULT_INSULATION_UNKNOWN);
    return CORE_BUSY;
}

static void tell_low(struct gun *gun) {
    core_log(gun, "notice", core_fault_row(CORE_FAULT_INSULATION_LOW)->name);
    if (gun->param[CORE_P_INSULATION_WARN_ALARM] != 0)
        core_notice(gun, CORE_FAULT_INSULATION_LOW);
}

/* The verdict waits until the cable is discharged: a fault is announced on a dead output. */
static enum core_result finish(struct gun *gun) {
    enum core_fault verdict = gun->insulation.verdict;
    if (!core_output_is_off(gun))
        return CORE_BUSY;
    if (verdict == CORE_FAULT_INSULATION_LOW)
        tell_low(gun);
    else if (verdict != CORE_FAULT_NONE)
        return fail(gun, verdict);
    return CORE_DONE;
}

enum core_result core_insulation_run(struct gun *gun) {
    static enum core_result (*const handlers[])(struct gun * gun) = {
        [RAISE] = raise, [CLOSE] = close, [SETTLE] = settle, [MEASURE] = measure, [EMPTY] = finish};
    CORE_ASSERT(gun->insulation.step <= EMPTY);
    return handlers[gun->insulation.step](gun);
}
