/* SPDX-License-Identifier: MIT */
/* The reference charger control core behind dut.h. The contract is dut.h's; with the parameter
 * "guns" at 2 an instance serves a second gun on DUT_NET_VEHICLE + 1. */
#include "gun.h"

static unsigned guns(const struct core *core) {
    CORE_ASSERT(core->param[CORE_P_GUNS] >= 1 && core->param[CORE_P_GUNS] <= DUT_GUNS_MAX);
    return (unsigned)core->param[CORE_P_GUNS];
}

/* A gun that is not there has no outputs either: it begins when "guns" says that it is. */
static void begin_guns(struct core *core) {
    for (; core->begun < guns(core); core->begun++)
        core_gun_begin(&core->gun[core->begun], core, core->begun, core->begin_ns);
}

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    struct core *core = dut;
    if (host == NULL || host->input == NULL || host->output == NULL || host->can_send == NULL ||
        host->log == NULL)
        return DUT_ERROR_ARGUMENT;
    core->host = *host;
    core->begin_ns = now_ns;
    core_params_default(core->param);
    begin_guns(core);
    return 0;
}

static int set_param(void *dut, const char *name, int32_t value) {
    struct core *core = dut;
    int result = core_params_set(core->param, name, value);
    begin_guns(core);
    return result;
}

static void on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame) {
    struct core *core = dut;
    unsigned index = net - DUT_NET_VEHICLE;
    if (index >= guns(core))
        return;
    core->gun[index].now = now_ns;
    core_link_frame(&core->gun[index], frame);
    core->gun[index].event = true;
}

/* Meters are not read by the session: it takes the energy from its input channel. */
static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    (void)dut;
    (void)now_ns;
    (void)line;
    (void)bytes;
    (void)count;
}

static bool pile_wide(enum dut_input channel) {
    return channel == DUT_IN_ESTOP || channel == DUT_IN_DOOR_OPEN || channel == DUT_IN_AC_MV;
}

static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    struct core *core = dut;
    if ((unsigned)channel >= DUT_INPUTS)
        return;
    for (unsigned i = 0; i < guns(core); i++) {
        if (i != gun && !pile_wide(channel))
            continue;
        core->gun[i].now = now_ns;
        core_gun_input(&core->gun[i], channel, value);
    }
}

static int64_t run(void *dut, int64_t now_ns) {
    struct core *core = dut;
    int64_t wake = DUT_NEVER;
    for (unsigned i = 0; i < guns(core); i++) {
        int64_t at = core_gun_run(&core->gun[i], now_ns);
        wake = at < wake ? at : wake;
    }
    return wake;
}

static const char *fault_name(int32_t fault) {
    return fault < 0 || fault >= CORE_FAULT_COUNT ? "unknown" : core_fault_row(fault)->name;
}

const struct dut_api *dut_entry(void) {
    static const struct dut_api api = {
        .abi_version = DUT_ABI_VERSION,
        .guns = 1,
        .instance_size = sizeof(struct core),
        .tick_ns = 0,
        .name = "Pilebench reference core",
        .version = "1.0",
        .params = core_params,
        .param_count = CORE_PARAM_COUNT,
        .init = init,
        .set_param = set_param,
        .on_can = on_can,
        .on_serial = on_serial,
        .on_input = on_input,
        .run = run,
        .state_name = core_session_state_name,
        .fault_name = fault_name,
    };
    return &api;
}
