/* SPDX-License-Identifier: MIT */
#include "power/output.h"

#include "services/assert.h"

static int32_t least(int32_t a, int32_t b) {
    return a < b ? a : b;
}

void core_output_begin(struct core_output *output, struct core_services *services,
                       struct core_contactors *contactors) {
    *output = (struct core_output){
        .services = services, .contactors = contactors, .group_ma = CORE_MA_MAX};
}

static void enter(struct core_output *output, enum core_output_state state) {
    CORE_ASSERT(state != CORE_OUTPUT_OFF || output->services->out[DUT_OUT_DISCHARGE] == 0);
    output->state = state;
    output->since_ns = output->services->now;
    core_again(output->services);
}

static void modules(struct core_output *output, int32_t mv, int32_t ma) {
    CORE_ASSERT(mv >= 0 && ma >= 0 && !output->services->kill);
    output->set_ma = ma;
    core_output_set(output->services, DUT_OUT_MODULE_MV, mv);
    core_output_set(output->services, DUT_OUT_MODULE_MA, least(ma, output->group_ma));
    core_output_set(output->services, DUT_OUT_MODULES_ON, 1);
}

static void modules_off(struct core_output *output) {
    output->set_ma = 0;
    core_output_set(output->services, DUT_OUT_MODULES_ON, 0);
    core_output_set(output->services, DUT_OUT_MODULE_MA, 0);
    core_output_set(output->services, DUT_OUT_MODULE_MV, 0);
}

static void resistor(struct core_output *output, bool on) {
    CORE_ASSERT(!on ||
                output->services->out[DUT_OUT_MODULES_ON] == 0); /* never against the modules */
    bool use = on && output->services->param[CORE_P_DISCHARGE_USE] != 0;
    core_output_set(output->services, DUT_OUT_DISCHARGE, use ? 1 : 0);
}

void core_output_hold(struct core_output *output, int32_t mv, int32_t ma, bool testing) {
    CORE_ASSERT(output->state == CORE_OUTPUT_OFF || output->state == CORE_OUTPUT_HOLD);
    output->testing = testing;
    resistor(output, false);
    modules(output, mv, ma);
    if (output->state != CORE_OUTPUT_HOLD) {
        enter(output, CORE_OUTPUT_HOLD);
    }
}

void core_output_follow(struct core_output *output, bool deliver) {
    output->delivering = deliver;
    if (output->state == CORE_OUTPUT_FOLLOW) {
        return;
    }
    output->testing = false;
    output->slewed_ns = output->services->now;
    CORE_ASSERT(output->state == CORE_OUTPUT_HOLD); /* what pre-charged it */
    modules(output, output->services->out[DUT_OUT_MODULE_MV], 0);
    enter(output, CORE_OUTPUT_FOLLOW);
}

static void open_at(struct core_output *output, int64_t at_ns) {
    CORE_ASSERT(at_ns >= output->services->now);
    modules_off(output);
    output->open_ns = at_ns;
    enter(output, CORE_OUTPUT_OPEN);
}

static void begin_discharge(struct core_output *output, enum core_output_state state) {
    CORE_ASSERT(output->services->out[DUT_OUT_MODULES_ON] == 0);
    resistor(output, true);
    output->resist_ns = output->services->now;
    enter(output, state);
}

void core_output_bleed(struct core_output *output) {
    if (output->state == CORE_OUTPUT_OFF && !core_contactors_commanded(output->contactors)) {
        begin_discharge(output, CORE_OUTPUT_DISCHARGE);
    }
}

void core_output_stop(struct core_output *output) {
    if (output->state != CORE_OUTPUT_HOLD && output->state != CORE_OUTPUT_FOLLOW) {
        return;
    }
    output->slewed_ns = output->services->now;
    if (output->testing && core_contactors_closed(output->contactors)) {
        modules_off(output);
        begin_discharge(output, CORE_OUTPUT_EMPTY);
    } else if (output->state == CORE_OUTPUT_FOLLOW) {
        output->set_ma = least(output->set_ma, output->services->in[DUT_IN_CURRENT_MA]);
        enter(output, CORE_OUTPUT_RAMP);
    } else {
        open_at(output, output->services->now);
    }
    CORE_ASSERT(output->state != CORE_OUTPUT_HOLD && output->state != CORE_OUTPUT_FOLLOW);
}

void core_output_kill(struct core_output *output) {
    enum core_output_state state = output->state;
    if (state == CORE_OUTPUT_OPEN || state == CORE_OUTPUT_DISCHARGE) {
        return;
    }
    if (state == CORE_OUTPUT_OFF && !core_contactors_commanded(output->contactors)) {
        return;
    }
    open_at(output, output->services->now + core_ns(output->services, CORE_P_FAULT_OPEN));
    CORE_ASSERT(output->services->out[DUT_OUT_MODULES_ON] == 0 && output->set_ma == 0);
}

/* mA that a slew of `rate` mA/s allows since the last step. Whole mA only: the rest is kept by not
 * moving the time stamp when nothing was allowed. */
static int32_t slew_step(struct core_output *output, enum core_param rate) {
    int64_t elapsed_ns = output->services->now - output->slewed_ns;
    CORE_ASSERT(elapsed_ns >= 0);
    int64_t step = (int64_t)output->services->param[rate] * (elapsed_ns / 1000) / 1000000;
    if (step > 0) {
        output->slewed_ns = output->services->now;
    }
    return step > CORE_MA_MAX ? CORE_MA_MAX : (int32_t)step;
}

/* The demand cannot exceed the charger's own limits (NB/T 33008.1 5.15.12). */
static int32_t target_ma(const struct core_output *output, int32_t demand_ma) {
    CORE_ASSERT(output->state == CORE_OUTPUT_FOLLOW);
    int32_t ma = least(demand_ma, output->services->param[CORE_P_CURRENT_MAX]);
    return output->delivering && ma > 0 ? ma : 0;
}

static void follow(struct core_output *output, const struct core_output_demand *demand) {
    int32_t target = target_ma(output, demand->ma), before = output->set_ma;
    if (target == output->set_ma) {
        output->slewed_ns = output->services->now;
    } else if (target > output->set_ma) {
        output->set_ma = least(target, output->set_ma + slew_step(output, CORE_P_SLEW_UP));
    } else {
        output->set_ma -= least(output->set_ma - target, slew_step(output, CORE_P_SLEW_DOWN));
    }
    CORE_ASSERT(output->set_ma >= least(before, target));
    CORE_ASSERT(output->set_ma <= before || output->set_ma <= target);
    modules(output, least(demand->mv, output->services->param[CORE_P_VOLTAGE_MAX]), output->set_ma);
}

static void ramp(struct core_output *output) {
    int32_t before;
    int64_t limit_ns = output->since_ns + core_ns(output->services, CORE_P_RAMP_TIMEOUT);
    if (output->services->in[DUT_IN_CURRENT_MA] <= output->services->param[CORE_P_STOP_CURRENT] ||
        core_due(output->services, limit_ns)) {
        open_at(output, output->services->now);
        return;
    }
    before = output->set_ma;
    output->set_ma -= least(output->set_ma, slew_step(output, CORE_P_RAMP_DOWN));
    CORE_ASSERT(output->set_ma <= before);
    if (output->set_ma < 0) {
        output->set_ma = 0;
    }
    core_output_set(output->services, DUT_OUT_MODULE_MA, least(output->set_ma, output->group_ma));
}

static bool slow_discharge(struct core_output *output, int32_t mv) {
    CORE_ASSERT(output->resist_ns <= output->services->now);
    int64_t limit_ns = output->resist_ns + core_ns(output->services, CORE_P_DISCHARGE_TIMEOUT);
    if (mv < output->services->param[CORE_P_DISCHARGE_VOLTAGE]) {
        return false;
    }
    return core_due(output->services, limit_ns);
}

static bool discharged_or_given_up(struct core_output *output, int32_t mv) {
    int64_t limit_ns = output->resist_ns + core_ns(output->services, CORE_P_DISCHARGE_MAX);
    return mv < output->services->param[CORE_P_DISCHARGE_FLOOR] ||
           core_due(output->services, limit_ns);
}

static void empty(struct core_output *output) {
    int32_t inner = output->services->in[DUT_IN_INNER_MV];
    int32_t outer = output->services->in[DUT_IN_OUTER_MV];
    int32_t mv = inner > outer ? inner : outer;
    if (slow_discharge(output, mv)) {
        core_fail(output->services, CORE_FAULT_DISCHARGE);
    }
    if (output->state == CORE_OUTPUT_EMPTY && discharged_or_given_up(output, mv)) {
        open_at(output, output->services->now);
    }
}

static void open(struct core_output *output) {
    int64_t limit_ns = output->open_ns + core_ns(output->services, CORE_P_FEEDBACK_TIMEOUT);
    if (!core_due(output->services, output->open_ns)) {
        return;
    }
    CORE_ASSERT(output->services->out[DUT_OUT_MODULE_MA] == 0); /* they open without load */
    core_contactors_set(output->contactors, false);
    if (!core_contactors_open(output->contactors) && !core_due(output->services, limit_ns)) {
        return;
    }
    begin_discharge(output, CORE_OUTPUT_DISCHARGE);
}

static void discharge(struct core_output *output) {
    int32_t mv = output->services->in[DUT_IN_INNER_MV];
    if (slow_discharge(output, mv)) {
        core_fail(output->services, CORE_FAULT_DISCHARGE);
    }
    if (!discharged_or_given_up(output, mv)) {
        return;
    }
    resistor(output, false);
    output->testing = false;
    CORE_ASSERT(!core_contactors_commanded(output->contactors));
    enter(output, CORE_OUTPUT_OFF);
}

/* What commands must be like in a state, whoever brought the output there. */
static bool commands_fit(const struct core_output *output) {
    const struct core_services *services = output->services;
    bool on = services->out[DUT_OUT_MODULES_ON] != 0;
    bool closed = core_contactors_commanded(output->contactors);
    bool still = !on && services->out[DUT_OUT_MODULE_MA] == 0 && output->set_ma == 0;
    switch (output->state) {
    case CORE_OUTPUT_HOLD:
        return on;
    case CORE_OUTPUT_FOLLOW:
    case CORE_OUTPUT_RAMP:
        return on && closed && !output->testing;
    case CORE_OUTPUT_EMPTY:
        return still && closed && output->testing;
    case CORE_OUTPUT_OPEN:
        return still;
    case CORE_OUTPUT_DISCHARGE:
        return still && !closed;
    case CORE_OUTPUT_OFF:
        return still && services->out[DUT_OUT_DISCHARGE] == 0;
    }
    return false;
}

void core_output_run(struct core_output *output, const struct core_output_demand *demand) {
    static void (*const handlers[])(struct core_output * output) = {
        [CORE_OUTPUT_RAMP] = ramp,
        [CORE_OUTPUT_EMPTY] = empty,
        [CORE_OUTPUT_OPEN] = open,
        [CORE_OUTPUT_DISCHARGE] = discharge,
    };
    CORE_ASSERT((unsigned)output->state < sizeof handlers / sizeof handlers[0]);
    CORE_ASSERT(output->since_ns <= output->services->now);
    CORE_ASSERT(commands_fit(output) && demand->group_ma >= 0);
    output->group_ma = demand->group_ma;
    if (output->state == CORE_OUTPUT_FOLLOW) {
        follow(output, demand);
    } else if (handlers[output->state] != NULL) {
        handlers[output->state](output);
    }
    CORE_ASSERT(commands_fit(output));
}
