/* SPDX-License-Identifier: MIT */
#include "power/output.h"

#include "gun.h"

static int32_t least(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static void enter(struct gun *gun, enum core_output_state state) {
    gun->output.state = state;
    gun->output.since_ns = gun->now;
    gun->again = true;
}

static void modules(struct gun *gun, int32_t mv, int32_t ma) {
    gun->output.set_ma = ma;
    core_output_set(gun, DUT_OUT_MODULE_MV, mv);
    core_output_set(gun, DUT_OUT_MODULE_MA, ma);
    core_output_set(gun, DUT_OUT_MODULES_ON, 1);
}

static void modules_off(struct gun *gun) {
    gun->output.set_ma = 0;
    core_output_set(gun, DUT_OUT_MODULES_ON, 0);
    core_output_set(gun, DUT_OUT_MODULE_MA, 0);
    core_output_set(gun, DUT_OUT_MODULE_MV, 0);
}

static void resistor(struct gun *gun, bool on) {
    bool use = on && gun->param[CORE_P_DISCHARGE_USE] != 0;
    core_output_set(gun, DUT_OUT_DISCHARGE, use ? 1 : 0);
}

void core_output_hold(struct gun *gun, int32_t mv, int32_t ma, bool testing) {
    gun->output.testing = testing;
    resistor(gun, false);
    modules(gun, mv, ma);
    if (gun->output.state != CORE_OUTPUT_HOLD)
        enter(gun, CORE_OUTPUT_HOLD);
}

void core_output_follow(struct gun *gun, bool deliver) {
    gun->output.delivering = deliver;
    if (gun->output.state == CORE_OUTPUT_FOLLOW)
        return;
    gun->output.testing = false;
    gun->output.slewed_ns = gun->now;
    modules(gun, gun->out[DUT_OUT_MODULE_MV], 0);
    enter(gun, CORE_OUTPUT_FOLLOW);
}

static void open_at(struct gun *gun, int64_t at_ns) {
    modules_off(gun);
    gun->output.open_ns = at_ns;
    enter(gun, CORE_OUTPUT_OPEN);
}

static void begin_discharge(struct gun *gun, enum core_output_state state) {
    resistor(gun, true);
    gun->output.resist_ns = gun->now;
    enter(gun, state);
}

void core_output_stop(struct gun *gun) {
    struct core_output *out = &gun->output;
    if (out->state != CORE_OUTPUT_HOLD && out->state != CORE_OUTPUT_FOLLOW)
        return;
    out->slewed_ns = gun->now;
    if (out->testing && core_contactors_closed(gun)) {
        modules_off(gun);
        begin_discharge(gun, CORE_OUTPUT_EMPTY);
    } else if (out->state == CORE_OUTPUT_FOLLOW) {
        out->set_ma = least(out->set_ma, gun->in[DUT_IN_CURRENT_MA]);
        enter(gun, CORE_OUTPUT_RAMP);
    } else {
        open_at(gun, gun->now);
    }
}

void core_output_kill(struct gun *gun) {
    enum core_output_state state = gun->output.state;
    if (state == CORE_OUTPUT_OPEN || state == CORE_OUTPUT_DISCHARGE)
        return;
    if (state == CORE_OUTPUT_OFF && !core_contactors_commanded(gun))
        return;
    open_at(gun, gun->now + core_ns(gun, CORE_P_FAULT_OPEN));
}

bool core_output_is_off(const struct gun *gun) {
    return gun->output.state == CORE_OUTPUT_OFF;
}

/* mA that a slew of `rate` mA/s allows since the last step. Whole mA only: the rest is kept by not
 * moving the time stamp when nothing was allowed. */
static int32_t slew_step(struct gun *gun, enum core_param rate) {
    int64_t elapsed_ns = gun->now - gun->output.slewed_ns;
    int64_t step = (int64_t)gun->param[rate] * (elapsed_ns / 1000) / 1000000;
    if (step > 0)
        gun->output.slewed_ns = gun->now;
    return step > CORE_MA_MAX ? CORE_MA_MAX : (int32_t)step;
}

/* The demand cannot exceed the battery's limits nor the own ones (NB/T 33008.1 5.15.12). */
static int32_t target_mv(const struct gun *gun) {
    int32_t mv = least(gun->link.bcl.voltage_mv, gun->link.bcp.voltage_max_mv);
    return least(mv, gun->param[CORE_P_VOLTAGE_MAX]);
}

static int32_t target_ma(const struct gun *gun) {
    int32_t ma = least(gun->link.bcl.current_ma, gun->link.bcp.current_max_ma);
    if (!gun->output.delivering)
        return 0;
    ma = least(ma, gun->param[CORE_P_CURRENT_MAX]);
    ma = least(ma, core_current_share_ma(gun));
    ma = least(ma, core_account_cap_ma(gun));
    return ma > 0 ? ma : 0;
}

static void follow(struct gun *gun) {
    struct core_output *out = &gun->output;
    int32_t target = target_ma(gun);
    if (target == out->set_ma)
        out->slewed_ns = gun->now;
    else if (target > out->set_ma)
        out->set_ma = least(target, out->set_ma + slew_step(gun, CORE_P_SLEW_UP));
    else
        out->set_ma -= least(out->set_ma - target, slew_step(gun, CORE_P_SLEW_DOWN));
    modules(gun, target_mv(gun), out->set_ma);
}

static void ramp(struct gun *gun) {
    struct core_output *out = &gun->output;
    int64_t limit_ns = out->since_ns + core_ns(gun, CORE_P_RAMP_TIMEOUT);
    if (gun->in[DUT_IN_CURRENT_MA] <= gun->param[CORE_P_STOP_CURRENT] || core_due(gun, limit_ns)) {
        open_at(gun, gun->now);
        return;
    }
    out->set_ma -= least(out->set_ma, slew_step(gun, CORE_P_RAMP_DOWN));
    if (out->set_ma < 0)
        out->set_ma = 0;
    core_output_set(gun, DUT_OUT_MODULE_MA, out->set_ma);
}

static bool slow_discharge(struct gun *gun, int32_t mv) {
    int64_t limit_ns = gun->output.resist_ns + core_ns(gun, CORE_P_DISCHARGE_TIMEOUT);
    if (mv < gun->param[CORE_P_DISCHARGE_VOLTAGE])
        return false;
    return core_due(gun, limit_ns);
}

static bool discharged_or_given_up(struct gun *gun, int32_t mv) {
    int64_t limit_ns = gun->output.resist_ns + core_ns(gun, CORE_P_DISCHARGE_MAX);
    return mv < gun->param[CORE_P_DISCHARGE_FLOOR] || core_due(gun, limit_ns);
}

static void empty(struct gun *gun) {
    int32_t inner = gun->in[DUT_IN_INNER_MV];
    int32_t outer = gun->in[DUT_IN_OUTER_MV];
    int32_t mv = inner > outer ? inner : outer;
    if (slow_discharge(gun, mv))
        core_fail(gun, CORE_FAULT_DISCHARGE);
    if (gun->output.state == CORE_OUTPUT_EMPTY && discharged_or_given_up(gun, mv))
        open_at(gun, gun->now);
}

static void open(struct gun *gun) {
    struct core_output *out = &gun->output;
    int64_t limit_ns = out->open_ns + core_ns(gun, CORE_P_FEEDBACK_TIMEOUT);
    if (!core_due(gun, out->open_ns))
        return;
    core_contactors_set(gun, false);
    if (!core_contactors_open(gun) && !core_due(gun, limit_ns))
        return;
    begin_discharge(gun, CORE_OUTPUT_DISCHARGE);
}

static void discharge(struct gun *gun) {
    int32_t mv = gun->in[DUT_IN_INNER_MV];
    if (slow_discharge(gun, mv))
        core_fail(gun, CORE_FAULT_DISCHARGE);
    if (!discharged_or_given_up(gun, mv))
        return;
    resistor(gun, false);
    gun->output.testing = false;
    enter(gun, CORE_OUTPUT_OFF);
}

void core_output_run(struct gun *gun) {
    static void (*const handlers[])(struct gun * gun) = {
        [CORE_OUTPUT_FOLLOW] = follow,       [CORE_OUTPUT_RAMP] = ramp,
        [CORE_OUTPUT_EMPTY] = empty,         [CORE_OUTPUT_OPEN] = open,
        [CORE_OUTPUT_DISCHARGE] = discharge,
    };
    CORE_ASSERT((unsigned)gun->output.state < sizeof handlers / sizeof handlers[0]);
    if (handlers[gun->output.state] != NULL)
        handlers[gun->output.state](gun);
}
