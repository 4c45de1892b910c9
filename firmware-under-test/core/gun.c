/* SPDX-License-Identifier: MIT */
#include "gun.h"

#define PASSES_MAX   16 /* a pass makes at most one transition; no chain of phases is longer */
#define LOG_TEXT_MAX 96
#define INPUT_MAX    1000000000 /* beyond any quantity; differences of two stay within int32 */

static int32_t bounded(int32_t value) {
    return value > INPUT_MAX ? INPUT_MAX : value < -INPUT_MAX ? -INPUT_MAX : value;
}

void core_output_set(struct gun *gun, enum dut_output channel, int32_t value) {
    if (gun->out[channel] == value)
        return;
    gun->out[channel] = value;
    gun->host->output(gun->host->ctx, gun->index, channel, value);
}

int core_send(struct gun *gun, const struct dut_can_frame *frame) {
    return gun->host->can_send(gun->host->ctx, DUT_NET_VEHICLE + gun->index, frame);
}

int32_t core_read(struct gun *gun, enum dut_input channel) {
    gun->in[channel] = bounded(gun->host->input(gun->host->ctx, gun->index, channel));
    return gun->in[channel];
}

static unsigned append(char *text, unsigned at, const char *more) {
    for (; *more != '\0' && at < LOG_TEXT_MAX - 1; more++)
        text[at++] = *more;
    text[at] = '\0';
    return at;
}

void core_log(struct gun *gun, const char *what, const char *detail) {
    char text[LOG_TEXT_MAX] = "gun A: ";
    unsigned at = 7;
    text[4] = (char)('A' + gun->index);
    at = append(text, at, what);
    at = append(text, at, ": ");
    append(text, at, detail);
    gun->host->log(gun->host->ctx, text);
}

static void show_alarm(struct gun *gun) {
    bool latched = gun->fault != CORE_FAULT_NONE;
    core_output_set(gun, DUT_OUT_ALARM, (int32_t)(latched ? gun->fault : gun->notice));
}

/* The first fault is kept: what follows from it must not hide it. */
void core_fail(struct gun *gun, enum core_fault fault) {
    CORE_ASSERT(fault > CORE_FAULT_NONE && fault < CORE_FAULT_COUNT);
    if (gun->fault == CORE_FAULT_NONE) {
        gun->fault = fault;
        gun->fault_ns = gun->now;
        gun->again = true;
        core_log(gun, "fault", core_fault_row((int32_t)fault)->name);
        show_alarm(gun);
    }
    if (core_fault_row((int32_t)fault)->fast)
        core_output_kill(gun);
}

void core_notice(struct gun *gun, enum core_fault fault) {
    gun->notice = fault;
    show_alarm(gun);
}

void core_clear_faults(struct gun *gun) {
    gun->fault = CORE_FAULT_NONE;
    gun->interlocks.dirty = true;
    core_notice(gun, CORE_FAULT_NONE);
}

int32_t core_current_share_ma(const struct gun *gun) {
    int64_t mv = gun->in[DUT_IN_OUTER_MV] > 1000 ? gun->in[DUT_IN_OUTER_MV] : 1000;
    int64_t ma, guns = 0;
    for (int32_t i = 0; i < gun->param[CORE_P_GUNS]; i++)
        if (gun->core->gun[i].output.state == CORE_OUTPUT_FOLLOW)
            guns++;
    ma = (int64_t)gun->param[CORE_P_POWER_MAX] * 1000000 / mv / (guns > 0 ? guns : 1);
    return ma > CORE_MA_MAX ? CORE_MA_MAX : (int32_t)ma;
}

struct core_clock core_clock_now(const struct gun *gun) {
    int32_t date = gun->param[CORE_P_CTS_DATE];
    int32_t time = gun->param[CORE_P_CTS_TIME];
    struct core_clock set = {
        .year = (uint16_t)(date / 10000),
        .month = (uint8_t)(date / 100 % 100),
        .day = (uint8_t)(date % 100),
        .hour = (uint8_t)(time / 10000),
        .minute = (uint8_t)(time / 100 % 100),
        .second = (uint8_t)(time % 100),
    };
    return core_clock_after(set, (uint32_t)((gun->now - gun->core->begin_ns) / 1000000000));
}

/* Voltages and current glide: they are sampled, but only while something depends on them. */
static void sample(struct gun *gun) {
    if (!core_session_supervised(gun) && core_output_is_off(gun)) {
        gun->sample_ns = gun->slow_ns = INT64_MIN;
        core_metering_sample(gun, false);
        return;
    }
    if (gun->now >= gun->sample_ns) {
        core_read(gun, DUT_IN_INNER_MV);
        core_read(gun, DUT_IN_OUTER_MV);
        core_read(gun, DUT_IN_CURRENT_MA);
        core_metering_sample(gun, true);
        gun->sample_ns = gun->now + core_ns(gun, CORE_P_SUPERVISE_PERIOD);
    }
    if (gun->now >= gun->slow_ns) {
        core_read(gun, DUT_IN_AUX_MV);
        core_read(gun, DUT_IN_AC_MV);
        core_read(gun, DUT_IN_GUN_TEMP_POS_DC);
        core_read(gun, DUT_IN_GUN_TEMP_NEG_DC);
        gun->interlocks.dirty = true;
        gun->slow_ns = gun->now + core_ns(gun, CORE_P_SUPERVISE_SLOW);
    }
    core_wake(gun, gun->sample_ns);
    core_wake(gun, gun->slow_ns);
}

static void pass(struct gun *gun) {
    gun->wake = DUT_NEVER;
    gun->again = false;
    sample(gun);
    core_metering_run(gun);
    core_interlocks_run(gun);
    if (gun->output.state == CORE_OUTPUT_FOLLOW)
        core_protections_run(gun);
    core_account_run(gun);
    core_session_run(gun);
    core_output_run(gun);
    core_contactors_run(gun);
    core_transport_run(gun);
    core_link_run(gun);
}

static void read_all(struct gun *gun) {
    for (int i = 0; i < DUT_INPUTS; i++)
        core_read(gun, (enum dut_input)i);
    gun->interlocks.dirty = true;
    gun->started = true;
}

void core_gun_begin(struct gun *gun, struct core *core, unsigned index, int64_t now_ns) {
    gun->core = core;
    gun->host = &core->host;
    gun->param = core->param;
    gun->index = index;
    gun->now = now_ns;
    gun->event = true;
    gun->interlocks.due_ns = DUT_NEVER;
    core_metering_begin(gun);
    core_account_begin(gun);
    core_session_begin(gun);
}

void core_gun_input(struct gun *gun, enum dut_input channel, int32_t value) {
    bool pressed = value != 0 && gun->in[channel] == 0;
    if (channel == DUT_IN_START) {
        if (pressed)
            gun->session.start_pressed = true;
        else if (value == 0 && gun->session.state == CORE_IDLE)
            gun->session.start_pressed = false; /* let go before the plug was in */
    }
    if (channel == DUT_IN_STOP && pressed)
        gun->session.stop_pressed = true;
    gun->in[channel] = bounded(value);
    gun->interlocks.dirty = true;
    gun->event = true;
}

int64_t core_gun_run(struct gun *gun, int64_t now_ns) {
    if (!gun->event && now_ns < gun->wake)
        return gun->wake;
    CORE_ASSERT(now_ns >= gun->now);
    gun->now = now_ns;
    gun->event = false;
    if (!gun->started)
        read_all(gun);
    gun->again = true;
    for (unsigned i = 0; i < PASSES_MAX && gun->again; i++)
        pass(gun);
    if (gun->again || gun->wake <= now_ns)
        gun->wake = now_ns + 1000000; /* never a spinning host */
    return gun->wake;
}
