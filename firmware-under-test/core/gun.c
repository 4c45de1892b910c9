/* SPDX-License-Identifier: MIT */
#include "gun.h"

#include "services/assert.h"
#include "session/permission.h"

#define PASSES_MAX 16 /* a pass makes at most one transition; no chain of phases is longer */

static int32_t least(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* ---- the machines' turns ---- */

/* The supply among them: a dip is over in 10 ms. */
static void sample_fast(struct core_services *services) {
    int32_t ac_mv = services->in[DUT_IN_AC_MV];
    core_read(services, DUT_IN_INNER_MV);
    core_read(services, DUT_IN_OUTER_MV);
    core_read(services, DUT_IN_CURRENT_MA);
    if (core_read(services, DUT_IN_AC_MV) != ac_mv) {
        core_recheck(services);
    }
}

static void sample_slow(struct core_services *services) {
    core_read(services, DUT_IN_AUX_MV);
    core_read(services, DUT_IN_AC_MV);
    core_read(services, DUT_IN_GUN_TEMP_POS_DC);
    core_read(services, DUT_IN_GUN_TEMP_NEG_DC);
    core_recheck(services);
}

/* What glides is sampled: voltages and current only while something depends on them, supply and
 * temperatures always, since they may forbid a start. */
static void sample(struct gun *gun) {
    struct core_machines *m = &gun->machines;
    struct core_services *services = &m->services;
    bool busy = core_session_supervised(&gun->session) || !core_output_is_off(&m->output);
    if (busy && services->now >= gun->sample_ns) {
        sample_fast(services);
        core_metering_sample(&m->metering, true);
        gun->sample_ns = services->now + core_ns(services, CORE_P_SUPERVISE_PERIOD);
    }
    if (!busy) {
        core_metering_sample(&m->metering, false);
        gun->sample_ns = INT64_MIN;
    } else if (!gun->busy) {
        gun->slow_ns = INT64_MIN; /* what was read while idle is old */
    }
    gun->busy = busy;
    if (services->now >= gun->slow_ns) {
        sample_slow(services);
        gun->slow_ns =
            services->now + core_ns(services, busy ? CORE_P_SUPERVISE_SLOW : CORE_P_SUPERVISE_IDLE);
    }
    CORE_ASSERT((!busy || gun->sample_ns > services->now) && gun->slow_ns > services->now);
    if (busy) {
        core_wake(services, gun->sample_ns);
    }
    core_wake(services, gun->slow_ns);
}

static void run_metering(struct gun *gun) {
    struct core_metering_want want = {
        .active = core_session_watches(&gun->session) != 0,
        .ending = gun->session.attempt.ending,
        .closing = core_account_closing(&gun->machines.account),
    };
    core_metering_run(&gun->machines.metering, &want);
}

static enum core_fault shown_when_idle(const struct gun *gun) {
    enum core_fault refusal = core_refusal(&gun->machines);
    if (refusal == CORE_FAULT_NONE && gun->ac_meter_lost) {
        return CORE_FAULT_AC_METER_SILENT;
    }
    return refusal == CORE_FAULT_NONE && gun->supply != NULL ? gun->supply->notice : refusal;
}

static void run_interlocks(struct gun *gun) {
    unsigned watches = core_session_watches(&gun->session);
    bool looked = core_interlocks_run(&gun->machines.interlocks, watches);
    if (looked && watches == 0) {
        core_notice(&gun->machines.services, shown_when_idle(gun));
    }
}

static void run_protections(struct gun *gun) {
    struct core_machines *m = &gun->machines;
    CORE_ASSERT(!core_output_follows(&m->output) || core_link_seen(&m->link, CORE_RX_BCP));
    const struct core_link *link = &m->link;
    if (!core_output_follows(&m->output)) {
        return;
    }
    struct core_battery battery = {
        .voltage_max_mv = link->bcp.voltage_max_mv,
        .cell_max_mv = link->bcp.cell_max_mv,
        .temperature_max_c = link->bcp.temperature_max_c,
        .voltage_known = core_link_seen(link, CORE_RX_BCS),
        .voltage_mv = link->bcs.voltage_mv,
        .cell_mv = link->bcs.cell_max_mv,
        .temperature_known = core_link_seen(link, CORE_RX_BSM),
        .temperature_c = link->bsm.temperature_max_c,
    };
    core_protections_run(&m->protections, &battery);
}

static void run_account(struct gun *gun) {
    struct core_machines *m = &gun->machines;
    struct core_account_session session = {
        .running = core_session_watches(&gun->session) != 0,
        .over = !core_session_supervised(&gun->session) && core_output_is_off(&m->output),
        .stop = core_session_stop_reason(&gun->session),
    };
    CORE_ASSERT(!(session.running && session.over)); /* over is after the session */
    core_account_run(&m->account, &session);
}

static void run_session(struct gun *gun) {
    core_session_run(&gun->session);
}

/* The pile's power is divided between the guns that charge: evenly, or with the modules. */
static int64_t power_w(const struct gun *gun) {
    int64_t pile_w = gun->machines.services.param[CORE_P_POWER_MAX];
    if (gun->supply == NULL) {
        return pile_w;
    }
    return gun->supply->power_w < pile_w ? gun->supply->power_w : pile_w;
}

static int32_t share_ma(const struct gun *gun) {
    const struct core_services *services = &gun->machines.services;
    int64_t outer_mv = services->in[DUT_IN_OUTER_MV];
    int64_t mv = outer_mv > 1000 ? outer_mv : 1000;
    int64_t sharers = gun->supply == NULL ? gun->share.others + 1 : 1;
    int64_t ma = power_w(gun) * 1000000 / (mv * sharers);
    if (gun->supply != NULL && gun->supply->current_ma < ma) {
        ma = gun->supply->current_ma;
    }
    CORE_ASSERT(ma >= 0);
    return ma > CORE_MA_MAX ? CORE_MA_MAX : (int32_t)ma;
}

/* The demand cannot exceed the battery's limits (NB/T 33008.1 5.15.12), the pile's power, nor what
 * is paid for. */
static void run_output(struct gun *gun) {
    struct core_machines *m = &gun->machines;
    const struct core_link *link = &m->link;
    struct core_output_demand demand = {.group_ma = gun->share.group_ma};
    if (core_output_follows(&m->output)) {
        demand.mv = least(link->bcl.voltage_mv, link->bcp.voltage_max_mv);
        demand.ma = least(link->bcl.current_ma, link->bcp.current_max_ma);
        demand.ma = least(demand.ma, share_ma(gun));
        demand.ma = least(demand.ma, core_account_cap_ma(&m->account));
    }
    gun->demand_ma = demand.ma;
    demand.ma = least(demand.ma, gun->share.max_ma);
    core_output_run(&m->output, &demand);
}

static void run_contactors(struct gun *gun) {
    core_contactors_run(&gun->machines.contactors);
}

static void run_transport(struct gun *gun) {
    core_transport_run(&gun->machines.transport);
}

static void run_link(struct gun *gun) {
    struct core_link *link = &gun->machines.link;
    struct core_link_facts facts = {
        .minutes = core_session_minutes(&gun->session),
        .cause = core_session_cause(&gun->session),
    };
    if (core_link_sends(link, CORE_TX_CSD)) {
        facts.energy_wh = core_session_energy_wh(&gun->session);
    }
    CORE_ASSERT(facts.minutes >= 0);
    core_link_run(link, &facts);
}

/* Whoever reports a fast fault, the output is off before the next machine has its turn. */
static inline void turn(struct gun *gun, void (*machine)(struct gun *gun)) {
    machine(gun);
    if (core_services_take_kill(&gun->machines.services)) {
        core_output_kill(&gun->machines.output);
    }
}

static void pass(struct gun *gun) {
    core_services_pass(&gun->machines.services);
    turn(gun, sample);
    turn(gun, run_metering);
    turn(gun, run_interlocks);
    turn(gun, run_protections);
    turn(gun, run_account);
    turn(gun, run_session);
    turn(gun, run_output);
    turn(gun, run_contactors);
    turn(gun, run_transport);
    turn(gun, run_link);
    CORE_ASSERT(!gun->machines.services.kill);
}

/* ---- what arrives ---- */

void core_gun_frame(struct gun *gun, int64_t now_ns, const struct dut_can_frame *frame) {
    CORE_ASSERT(now_ns >= gun->machines.services.now);
    core_services_at(&gun->machines.services, now_ns);
    core_link_frame(&gun->machines.link, frame);
    gun->event = true;
}

void core_gun_hear(struct gun *gun, int64_t now_ns, const uint8_t *bytes, unsigned count) {
    CORE_ASSERT(now_ns >= gun->machines.services.now);
    core_services_at(&gun->machines.services, now_ns);
    core_metering_hear(&gun->machines.metering, bytes, count,
                       core_session_supervised(&gun->session));
    gun->event = true;
}

void core_gun_input(struct gun *gun, int64_t now_ns, enum dut_input channel, int32_t value) {
    CORE_ASSERT((unsigned)channel < CORE_INPUTS && now_ns >= gun->machines.services.now);
    struct core_services *services = &gun->machines.services;
    core_services_at(services, now_ns);
    core_session_button(&gun->session, channel, services->in[channel] != 0, value != 0);
    core_services_input(services, channel, value);
    if (channel == DUT_IN_START && value != 0) {
        gun->slow_ns = INT64_MIN; /* whether it may start is looked at now */
    }
    gun->event = true;
}

void core_gun_ac_meter(struct gun *gun, bool lost) {
    struct core_services *services = &gun->machines.services;
    enum core_fault shown = services->notice;
    gun->ac_meter_lost = lost;
    if (lost && shown == CORE_FAULT_NONE) {
        core_notice(services, CORE_FAULT_AC_METER_SILENT);
    } else if (!lost && shown == CORE_FAULT_AC_METER_SILENT) {
        core_notice(services, CORE_FAULT_NONE);
    }
}

/* ---- its modules ---- */

static int32_t wanted_w(const struct gun *gun) {
    const struct core_machines *m = &gun->machines;
    if (!core_output_follows(&m->output)) {
        return 0;
    }
    int64_t mv = least(m->link.bcl.voltage_mv, m->services.param[CORE_P_VOLTAGE_MAX]);
    int64_t ma = least(m->link.bcl.current_ma, m->services.param[CORE_P_CURRENT_MAX]);
    int64_t w = mv > 0 && ma > 0 ? mv * ma / 1000000 : 0;
    return w > INT32_MAX ? INT32_MAX : (int32_t)w;
}

void core_gun_wish(struct gun *gun, struct core_modules_wish *wish) {
    struct core_machines *m = &gun->machines;
    const int32_t *out = m->services.out;
    *wish = (struct core_modules_wish){
        .on = out[DUT_OUT_MODULES_ON] != 0,
        .served = core_session_watches(&gun->session) != 0 || !core_output_is_off(&m->output),
        .mv = out[DUT_OUT_MODULE_MV],
        .ma = out[DUT_OUT_MODULE_MA],
        .want_w = wanted_w(gun),
        .bus_mv = core_read(&m->services, DUT_IN_INNER_MV),
        .current_ma = core_read(&m->services, DUT_IN_CURRENT_MA),
    };
}

static bool of_modules(enum core_fault fault) {
    return fault == CORE_FAULT_MODULE || fault == CORE_FAULT_MODULE_HOT;
}

void core_gun_supply(struct gun *gun, int64_t now_ns, const struct core_modules_supply *supply) {
    struct core_services *services = &gun->machines.services;
    core_services_at(services, now_ns);
    gun->supply = supply;
    services->supply = supply->bleed ? CORE_FAULT_DISTRIBUTION : supply->refusal;
    bool replaces = services->notice == CORE_FAULT_NONE || of_modules(services->notice);
    if (replaces && services->notice != supply->notice) {
        core_notice(services, supply->notice);
    }
    if (supply->fault != CORE_FAULT_NONE && core_session_watches(&gun->session) != 0) {
        core_fail(services, supply->fault);
        gun->event = true;
    }
    if (supply->bleed) {
        core_output_bleed(&gun->machines.output);
        gun->event = true;
    }
}

/* ---- the gun ---- */

void core_gun_begin(struct gun *gun, const struct dut_host *host, const int32_t *param,
                    unsigned index, struct core_records *records, int64_t now_ns) {
    CORE_ASSERT(index < DUT_GUNS_MAX);
    struct core_machines *m = &gun->machines;
    struct core_services *services = &m->services;
    core_services_begin(services, host, param, index, now_ns);
    core_transport_begin(&m->transport, services);
    core_link_begin(&m->link, services, &m->transport);
    core_interlocks_begin(&m->interlocks, services);
    core_contactors_begin(&m->contactors, services);
    core_output_begin(&m->output, services, &m->contactors);
    core_weld_prepare(&m->weld, services, &m->contactors, &m->output);
    core_insulation_prepare(&m->insulation, services, &m->contactors, &m->output);
    core_precharge_prepare(&m->precharge, services, &m->contactors, &m->output);
    core_protections_begin(&m->protections, services);
    core_metering_begin(&m->metering, services);
    core_account_begin(&m->account, services, &m->metering, records);
    core_session_begin(&gun->session, m);
    gun->event = true;
}

static void read_all(struct gun *gun) {
    CORE_ASSERT(!gun->started);
    for (int i = 0; i < CORE_INPUTS; i++) {
        core_read(&gun->machines.services, (enum dut_input)i);
    }
    core_recheck(&gun->machines.services);
    gun->started = true;
}

/* Whoever is given more, or loses its right, is run at once. */
static void take_share(struct gun *gun, const struct core_share *share) {
    CORE_ASSERT(share->others < DUT_GUNS_MAX && share->group_ma <= share->max_ma);
    gun->event =
        gun->event || share->right != gun->share.right || share->max_ma != gun->share.max_ma;
    core_services_group(&gun->machines.services, share->right);
    gun->share = *share;
}

int64_t core_gun_run(struct gun *gun, int64_t now_ns, const struct core_share *share) {
    struct core_services *services = &gun->machines.services;
    take_share(gun, share);
    if (!gun->event && now_ns < services->wake) {
        return services->wake;
    }
    CORE_ASSERT(now_ns >= services->now);
    core_services_at(services, now_ns);
    gun->event = false;
    if (!gun->started) {
        read_all(gun);
    }
    core_again(services);
    for (unsigned i = 0; i < PASSES_MAX && services->again; i++) {
        pass(gun);
    }
    if (services->again || services->wake <= now_ns) {
        core_services_pass(services);
        core_wake(services, now_ns + 1000000); /* never a spinning host */
    }
    CORE_ASSERT(services->wake > now_ns);
    return services->wake;
}

bool core_gun_charges(const struct gun *gun) {
    return core_output_follows(&gun->machines.output);
}

struct core_group_use core_gun_use(const struct gun *gun) {
    const struct core_machines *m = &gun->machines;
    bool off = core_output_is_off(&m->output);
    return (struct core_group_use){
        .charges = core_output_follows(&m->output),
        .idle = off && !core_session_supervised(&gun->session),
        .demand_ma = gun->demand_ma,
        .set_mv = m->services.out[DUT_OUT_MODULE_MV],
        .set_ma = m->output.set_ma,
    };
}
