/* SPDX-License-Identifier: MIT */
#include "services/services.h"

#include "services/assert.h"

#define LOG_TEXT_MAX 96
#define INPUT_MAX    1000000000 /* beyond any quantity; differences of two stay within int32 */

static int32_t bounded(int32_t value) {
    return value > INPUT_MAX ? INPUT_MAX : value < -INPUT_MAX ? -INPUT_MAX : value;
}

/* ---- time ---- */

void core_services_begin(struct core_services *services, const struct dut_host *host,
                         const int32_t *param, unsigned index, int64_t now_ns) {
    CORE_ASSERT(index < DUT_GUNS_MAX);
    *services = (struct core_services){
        .host = host, .param = param, .index = index, .now = now_ns, .recheck = true};
}

int64_t core_wall_s(const struct core_services *services) {
    const struct dut_host *host = services->host;
    int64_t host_s = host->wall_time == NULL ? -1 : host->wall_time(host->ctx);
    return host_s < 0 ? -1 : host_s + services->param[CORE_P_CLOCK_ZONE] * 60;
}

/* What forbids a start is shown: looked at anew. */
void core_services_group(struct core_services *services, enum core_group_right right) {
    services->recheck = services->recheck || right != services->group;
    services->group = right;
}

void core_services_pass(struct core_services *services) {
    services->wake = DUT_NEVER;
    services->again = false;
}

void core_again(struct core_services *services) {
    services->again = true;
}

void core_recheck(struct core_services *services) {
    services->recheck = true;
}

bool core_services_take_recheck(struct core_services *services) {
    bool recheck = services->recheck;
    services->recheck = false;
    return recheck;
}

/* ---- the host ---- */

void core_output_set(struct core_services *services, enum dut_output channel, int32_t value) {
    CORE_ASSERT((unsigned)channel < CORE_OUTPUTS && value >= 0);
    if (services->out[channel] == value) {
        return;
    }
    services->out[channel] = value;
    services->host->output(services->host->ctx, services->index, channel, value);
}

int core_send(struct core_services *services, const struct dut_can_frame *frame) {
    CORE_ASSERT(frame->len <= 8 && frame->id >> 29 == 0);
    const struct dut_host *host = services->host;
    return host->can_send(host->ctx, DUT_NET_VEHICLE + services->index, frame);
}

int32_t core_read(struct core_services *services, enum dut_input channel) {
    const struct dut_host *host = services->host;
    CORE_ASSERT((unsigned)channel < CORE_INPUTS);
    services->in[channel] = bounded(host->input(host->ctx, services->index, channel));
    return services->in[channel];
}

void core_services_input(struct core_services *services, enum dut_input channel, int32_t value) {
    CORE_ASSERT((unsigned)channel < CORE_INPUTS);
    services->in[channel] = bounded(value);
    services->recheck = true;
}

static unsigned append(char *text, unsigned at, const char *more) {
    for (; *more != '\0' && at < LOG_TEXT_MAX - 1; more++) {
        text[at++] = *more;
    }
    text[at] = '\0';
    CORE_ASSERT(at < LOG_TEXT_MAX);
    return at;
}

void core_log(struct core_services *services, const char *what, const char *detail) {
    CORE_ASSERT(services->index < DUT_GUNS_MAX);
    char text[LOG_TEXT_MAX] = "gun A: ";
    unsigned at = 7;
    text[4] = (char)('A' + services->index);
    at = append(text, at, what);
    at = append(text, at, ": ");
    append(text, at, detail);
    services->host->log(services->host->ctx, text);
}

/* ---- the alarm ---- */

static void show_alarm(struct core_services *services) {
    bool latched = services->fault != CORE_FAULT_NONE;
    CORE_ASSERT(!latched || services->fault_ns <= services->now);
    core_output_set(services, DUT_OUT_ALARM,
                    (int32_t)(latched ? services->fault : services->notice));
}

/* The first fault is kept: what follows from it must not hide it. */
void core_fail(struct core_services *services, enum core_fault fault) {
    CORE_ASSERT(fault > CORE_FAULT_NONE && fault < CORE_FAULT_COUNT);
    if (services->fault == CORE_FAULT_NONE) {
        services->fault = fault;
        services->fault_ns = services->now;
        services->again = true;
        core_log(services, "fault", core_fault_row((int32_t)fault)->name);
        show_alarm(services);
    }
    if (core_fault_row((int32_t)fault)->fast) {
        services->kill = true;
    }
}

void core_notice(struct core_services *services, enum core_fault fault) {
    CORE_ASSERT(fault < CORE_FAULT_COUNT);
    services->notice = fault;
    show_alarm(services);
}

void core_clear_faults(struct core_services *services) {
    CORE_ASSERT(services->out[DUT_OUT_K1] == 0 && services->out[DUT_OUT_K2] == 0);
    services->fault = CORE_FAULT_NONE;
    services->recheck = true;
    core_notice(services, CORE_FAULT_NONE);
    CORE_ASSERT(services->out[DUT_OUT_ALARM] == 0);
}
