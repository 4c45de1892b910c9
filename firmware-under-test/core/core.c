/* SPDX-License-Identifier: MIT */
/* The reference charger control core behind dut.h. The contract is dut.h's; with the parameter
 * "guns" at 2 an instance serves a second gun on DUT_NET_VEHICLE + 1. */
#include "gun.h"
#include "services/assert.h"
#include "services/capability.h"

struct core {
    struct dut_host host;
    int32_t param[CORE_PARAM_COUNT];
    unsigned begun; /* guns that have begun */
    int64_t begin_ns;
    struct core_meter ac_meter;  /* read for the upper system: nothing here is billed by it */
    bool ac_meter_lost;          /* as shown */
    struct core_records records; /* of all guns */
    struct core_groups groups;   /* of power modules: which gun has which */
    struct core_modules modules; /* on their CAN, where they are not commanded by channels */
    struct gun gun[DUT_GUNS_MAX];
};

static unsigned guns(const struct core *core) {
    CORE_ASSERT(core->param[CORE_P_GUNS] >= 1 && core->param[CORE_P_GUNS] <= DUT_GUNS_MAX);
    return (unsigned)core->param[CORE_P_GUNS];
}

/* A gun that is not there has no outputs either: it begins when "guns" says that it is. */
static void begin_guns(struct core *core) {
    CORE_ASSERT(core->begun <= DUT_GUNS_MAX);
    for (; core->begun < guns(core); core->begun++) {
        core_gun_begin(&core->gun[core->begun], &core->host, core->param, core->begun,
                       &core->records, core->begin_ns);
    }
}

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    struct core *core = dut;
    if (host == NULL || host->input == NULL || host->output == NULL || host->can_send == NULL ||
        host->log == NULL) {
        return DUT_ERROR_ARGUMENT;
    }
    core->host = *host;
    core->begin_ns = now_ns;
    core_params_default(core->param);
    core_meter_begin(&core->ac_meter, &core->host, core->param, DUT_LINE_AC_METER, CORE_P_METER_AC);
    core_groups_begin(&core->groups, &core->host, core->param);
    core_modules_begin(&core->modules, &core->host, core->param, now_ns);
    begin_guns(core);
    return 0;
}

static int set_param(void *dut, const char *name, int32_t value) {
    struct core *core = dut;
    int result = core_params_set(core->param, name, value);
    begin_guns(core);
    CORE_ASSERT(core->begun >= guns(core));
    return result;
}

static void on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame) {
    struct core *core = dut;
    unsigned index = net - DUT_NET_VEHICLE;
    if (net == DUT_NET_MODULES) {
        core_modules_hear(&core->modules, now_ns, frame);
    } else if (index < guns(core)) {
        core_gun_frame(&core->gun[index], now_ns, frame);
    }
}

static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    struct core *core = dut;
    unsigned index = line - DUT_LINE_DC_METER;
    if (line == DUT_LINE_AC_METER) {
        core_meter_hear(&core->ac_meter, now_ns, bytes, (unsigned)count);
    } else if (index < guns(core)) {
        core_gun_hear(&core->gun[index], now_ns, bytes, (unsigned)count);
    }
}

/* Billing goes by the DC meters: a silent AC meter is only shown. */
static int64_t run_ac_meter(struct core *core, int64_t now_ns) {
    int64_t period_ns = (int64_t)core->param[CORE_P_METER_IDLE] * 1000000;
    int64_t wake = core_meter_run(&core->ac_meter, now_ns, period_ns, false);
    bool lost = core_meter_lost(&core->ac_meter);
    for (unsigned i = 0; lost != core->ac_meter_lost && i < guns(core); i++) {
        core_gun_ac_meter(&core->gun[i], lost);
    }
    core->ac_meter_lost = lost;
    CORE_ASSERT(wake > now_ns);
    return wake;
}

static bool pile_wide(enum dut_input channel) {
    return channel == DUT_IN_ESTOP || channel == DUT_IN_DOOR_OPEN || channel == DUT_IN_AC_MV;
}

static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    struct core *core = dut;
    if ((unsigned)channel >= CORE_INPUTS) {
        return;
    }
    for (unsigned i = 0; i < guns(core); i++) {
        if (i == gun || pile_wide(channel)) {
            core_gun_input(&core->gun[i], now_ns, channel, value);
        }
    }
}

static unsigned others_charging(const struct core *core, unsigned index) {
    unsigned count = 0;
    for (unsigned i = 0; i < guns(core); i++) {
        count += i != index && core_gun_charges(&core->gun[i]);
    }
    CORE_ASSERT(count < guns(core) || count == 0);
    return count;
}

/* After the guns, so that what they have just ended is told off now. */
static int64_t run_modules(struct core *core, int64_t now_ns) {
    struct core_modules_wish wishes[DUT_GUNS_MAX] = {{0}};
    if (core->param[CORE_P_MODULE_FACE] == DUT_MODULES_CHANNELS) {
        return DUT_NEVER;
    }
    for (unsigned i = 0; i < guns(core); i++) {
        core_gun_wish(&core->gun[i], &wishes[i]);
    }
    int64_t wake = core_modules_run(&core->modules, now_ns, wishes);
    for (unsigned i = 0; i < guns(core); i++) {
        core_gun_supply(&core->gun[i], now_ns, core_modules_supply(&core->modules, i));
    }
    return wake;
}

static int64_t run(void *dut, int64_t now_ns) {
    struct core *core = dut;
    int64_t wake = run_ac_meter(core, now_ns);
    struct core_group_use uses[DUT_GUNS_MAX] = {{.idle = true}, {.idle = true}};
    for (unsigned i = 0; i < guns(core); i++) {
        struct core_share share = {.others = others_charging(core, i),
                                   .group_ma = core_groups_own_ma(&core->groups),
                                   .max_ma = core_groups_max_ma(&core->groups, i),
                                   .right = core_groups_right(&core->groups, i)};
        int64_t at = core_gun_run(&core->gun[i], now_ns, &share);
        wake = at < wake ? at : wake;
        uses[i] = core_gun_use(&core->gun[i]);
    }
    int64_t at = core_groups_run(&core->groups, now_ns, uses);
    wake = at < wake ? at : wake;
    int64_t modules = run_modules(core, now_ns);
    wake = modules < wake ? modules : wake;
    CORE_ASSERT(wake > now_ns); /* what was due is done: no host spins */
    return wake;
}

static const char *fault_name(int32_t fault) {
    return fault < 0 || fault >= CORE_FAULT_COUNT ? "unknown" : core_fault_row(fault)->name;
}

static int32_t capability(void *dut, unsigned gun, enum dut_capability what) {
    const struct core *core = dut;
    (void)gun; /* its guns are alike */
    return core_capability(core->param, what);
}

const struct dut_api *dut_entry(void) {
    static const struct dut_api api = {
        .abi_version = DUT_ABI_VERSION,
        .guns = DUT_GUNS_MAX,
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
        .capability = capability,
    };
    return &api;
}
