/* SPDX-License-Identifier: MIT */
#include "power/insulation.h"

#include "services/assert.h"

enum step {
    RAISE,
    CLOSE,
    SETTLE,
    MEASURE,
    EMPTY
};

void core_insulation_prepare(struct core_insulation *test, struct core_services *services,
                             struct core_contactors *contactors, struct core_output *output) {
    *test =
        (struct core_insulation){.services = services, .contactors = contactors, .output = output};
}

static void enter(struct core_insulation *test, enum step step) {
    test->step = step;
    test->since_ns = test->services->now;
    core_again(test->services);
}

static enum step after(const struct core_insulation *test) {
    CORE_ASSERT(test->step < MEASURE); /* the last two lead nowhere but to the end */
    bool contactors_first = test->services->param[CORE_P_INSULATION_ORDER] != 0;
    switch ((enum step)test->step) {
    case RAISE:
        return contactors_first ? SETTLE : CLOSE;
    case CLOSE:
        return contactors_first ? RAISE : SETTLE;
    default:
        return MEASURE;
    }
}

static bool reached(const struct core_insulation *test, enum dut_input channel) {
    CORE_ASSERT(test->test_mv >= 0);
    int32_t target = test->test_mv;
    int32_t tolerance = target / 1000 * test->services->param[CORE_P_INSULATION_TOLERANCE];
    return test->services->in[channel] >= target - tolerance;
}

static enum core_result fail(struct core_insulation *test, enum core_fault fault) {
    core_fail(test->services, fault);
    return CORE_FAILED;
}

static void begin_step(struct core_insulation *test, enum step step) {
    CORE_ASSERT(step <= SETTLE);
    enter(test, step);
    if (step == RAISE) {
        core_output_hold(test->output, test->test_mv,
                         test->services->param[CORE_P_INSULATION_CURRENT], true);
    } else if (step == CLOSE) {
        core_contactors_set(test->contactors, true);
    } else if (step == SETTLE) {
        core_output_set(test->services, DUT_OUT_IMD, 1);
    }
}

void core_insulation_leave(struct core_insulation *test) {
    core_output_set(test->services, DUT_OUT_IMD, 0);
}

static void begin_empty(struct core_insulation *test, enum core_fault verdict) {
    CORE_ASSERT(test->step != EMPTY || verdict == CORE_FAULT_NONE); /* the verdict is given once */
    test->verdict = verdict;
    core_insulation_leave(test);
    enter(test, EMPTY);
    core_output_stop(test->output);
}

void core_insulation_begin(struct core_insulation *test, int32_t vehicle_max_mv) {
    int32_t rated_mv = test->services->param[CORE_P_VOLTAGE_MAX];
    test->test_mv = vehicle_max_mv < rated_mv ? vehicle_max_mv : rated_mv;
    CORE_ASSERT(test->test_mv >= 0);
    if (test->services->param[CORE_P_INSULATION_CHECK] == 0) {
        begin_empty(test, CORE_FAULT_NONE);
    } else {
        begin_step(test, test->services->param[CORE_P_INSULATION_ORDER] != 0 ? CLOSE : RAISE);
    }
}

static enum core_result raise(struct core_insulation *test) {
    CORE_ASSERT(test->services->out[DUT_OUT_MODULES_ON] != 0);
    int64_t limit_ns = test->since_ns + core_ns(test->services, CORE_P_INSULATION_RAISE);
    if (reached(test, DUT_IN_INNER_MV)) {
        begin_step(test, after(test));
    } else if (core_due(test->services, limit_ns)) {
        return fail(test, CORE_FAULT_OUTPUT_MISSING);
    }
    return CORE_BUSY;
}

/* A contact that does not close is found by the contactors' own supervision. */
static enum core_result close(struct core_insulation *test) {
    if (core_contactors_closed(test->contactors)) {
        begin_step(test, after(test));
    }
    return CORE_BUSY;
}

/* With K1/K2 closed the outer side has to carry the test voltage: else it is shorted. */
static enum core_result settle(struct core_insulation *test) {
    CORE_ASSERT(test->services->out[DUT_OUT_IMD] != 0);
    CORE_ASSERT(core_contactors_commanded(test->contactors));
    if (!core_elapsed(test->services, test->since_ns, CORE_P_INSULATION_SETTLE)) {
        return CORE_BUSY;
    }
    if (!reached(test, DUT_IN_OUTER_MV)) {
        return fail(test, CORE_FAULT_OUTPUT_SHORT);
    }
    enter(test, MEASURE);
    return CORE_BUSY;
}

static enum core_fault judge(const struct core_insulation *test, int32_t ohm) {
    CORE_ASSERT(ohm >= 0);
    bool by_test = test->services->param[CORE_P_INSULATION_REFERENCE] != 0;
    int64_t mv = by_test ? test->test_mv : test->services->param[CORE_P_VOLTAGE_MAX];
    int64_t scaled = (int64_t)ohm * 1000;
    if (scaled <= mv * test->services->param[CORE_P_INSULATION_FAULT]) {
        return CORE_FAULT_INSULATION;
    }
    if (scaled <= mv * test->services->param[CORE_P_INSULATION_WARN]) {
        return CORE_FAULT_INSULATION_LOW;
    }
    return CORE_FAULT_NONE;
}

/* Negative readings: the monitor has not finished. */
static enum core_result measure(struct core_insulation *test) {
    CORE_ASSERT(test->services->out[DUT_OUT_IMD] != 0);
    CORE_ASSERT(core_contactors_commanded(test->contactors));
    int64_t limit_ns = test->since_ns + core_ns(test->services, CORE_P_INSULATION_TIMEOUT);
    int32_t pos = core_read(test->services, DUT_IN_INSULATION_POS_OHM);
    int32_t neg = core_read(test->services, DUT_IN_INSULATION_NEG_OHM);
    if (pos >= 0 && neg >= 0) {
        begin_empty(test, judge(test, pos < neg ? pos : neg));
    } else if (core_due(test->services, limit_ns)) {
        begin_empty(test, CORE_FAULT_INSULATION_UNKNOWN);
    }
    return CORE_BUSY;
}

static void tell_low(struct core_insulation *test) {
    core_log(test->services, "notice", core_fault_row(CORE_FAULT_INSULATION_LOW)->name);
    if (test->services->param[CORE_P_INSULATION_WARN_ALARM] != 0) {
        core_notice(test->services, CORE_FAULT_INSULATION_LOW);
    }
}

/* The verdict waits until the cable is discharged: a fault is announced on a dead output. */
static enum core_result finish(struct core_insulation *test) {
    enum core_fault verdict = test->verdict;
    if (!core_output_is_off(test->output)) {
        return CORE_BUSY;
    }
    CORE_ASSERT(!core_contactors_commanded(test->contactors));
    CORE_ASSERT(test->services->out[DUT_OUT_IMD] == 0);
    if (verdict == CORE_FAULT_INSULATION_LOW) {
        tell_low(test);
    } else if (verdict != CORE_FAULT_NONE) {
        return fail(test, verdict);
    }
    return CORE_DONE;
}

enum core_result core_insulation_run(struct core_insulation *test) {
    static enum core_result (*const handlers[])(struct core_insulation * test) = {
        [RAISE] = raise, [CLOSE] = close, [SETTLE] = settle, [MEASURE] = measure, [EMPTY] = finish};
    CORE_ASSERT(test->step <= EMPTY && test->since_ns <= test->services->now);
    return handlers[test->step](test);
}
