/* SPDX-License-Identifier: MIT */
/* gun.h: everything one gun carries, and the small services its machines share.
 *
 * Each machine has a run function that does what is due at gun->now and names its next instants:
 *
 *   if (core_due(gun, since + core_ns(gun, CORE_P_BRM_TIMEOUT))) ...    else woken at that instant
 *
 * Digital inputs are in gun->in as on_input left them. Measured ones (voltages, current) are
 * sampled every supervise.period while the session or the output needs them. */
#ifndef CORE_GUN_H
#define CORE_GUN_H

#include "billing/account.h"
#include "link/link.h"
#include "link/transport.h"
#include "meter/metering.h"
#include "power/contactors.h"
#include "power/insulation.h"
#include "power/interlocks.h"
#include "power/output.h"
#include "power/precharge.h"
#include "power/protections.h"
#include "power/weld.h"
#include "services/params.h"
#include "session/session.h"

/* A violated invariant stops the controller: its watchdog restarts it with all outputs off. */
#define CORE_ASSERT(condition) ((condition) ? (void)0 : __builtin_trap())

struct core;

struct gun {
    struct core *core;
    const struct dut_host *host;
    const int32_t *param;
    unsigned index;
    int64_t now;
    int64_t wake;               /* earliest instant a machine asked for */
    bool event;                 /* something arrived */
    bool again;                 /* a machine changed what another one looks at */
    bool started;               /* inputs have been read once */
    int64_t sample_ns, slow_ns; /* next samples */
    int32_t in[DUT_INPUTS];
    int32_t out[DUT_OUTPUTS];
    enum core_fault fault; /* latched until plugged in anew */
    int64_t fault_ns;
    enum core_fault notice; /* shown while no fault is latched */
    struct core_session session;
    struct core_link link;
    struct core_transport transport;
    struct core_interlocks interlocks;
    struct core_contactors contactors;
    struct core_output output;
    struct core_weld weld;
    struct core_insulation insulation;
    struct core_precharge precharge;
    struct core_protections protections;
    struct core_metering metering;
    struct core_account account;
};

struct core {
    struct dut_host host;
    int32_t param[CORE_PARAM_COUNT];
    unsigned begun; /* guns that have begun */
    int64_t begin_ns;
    struct core_meter
        ac_meter;       /* its register is for the upper system: nothing here is billed by it */
    bool ac_meter_lost; /* as shown */
    struct core_records records; /* of all guns */
    struct gun gun[DUT_GUNS_MAX];
};

static inline int64_t core_ns(const struct gun *gun, enum core_param ms) {
    return (int64_t)gun->param[ms] * 1000000;
}

static inline void core_wake(struct gun *gun, int64_t at_ns) {
    if (at_ns < gun->wake)
        gun->wake = at_ns;
}

static inline bool core_due(struct gun *gun, int64_t at_ns) {
    if (gun->now >= at_ns)
        return true;
    core_wake(gun, at_ns);
    return false;
}

void core_output_set(struct gun *gun, enum dut_output channel, int32_t value);
int core_send(struct gun *gun, const struct dut_can_frame *frame);
int32_t core_read(struct gun *gun, enum dut_input channel); /* asks the host, keeps the value */
void core_fail(struct gun *gun, enum core_fault fault);
void core_notice(struct gun *gun, enum core_fault fault);
void core_clear_faults(struct gun *gun);
int32_t core_current_share_ma(const struct gun *gun); /* pile's power over the guns that charge */
struct core_clock core_clock_now(const struct gun *gun);
void core_log(struct gun *gun, const char *what, const char *detail);

void core_gun_begin(struct gun *gun, struct core *core, unsigned index, int64_t now_ns);
void core_gun_input(struct gun *gun, enum dut_input channel, int32_t value);
int64_t core_gun_run(struct gun *gun, int64_t now_ns);

#endif
