/* SPDX-License-Identifier: MIT */
/* services.h: what the machines of one gun are given: time, parameters, inputs, outputs, the alarm
 * and the log. A machine keeps a pointer to them; they know no machine.
 *
 *   if (core_elapsed(services, since_ns, CORE_P_BRM_TIMEOUT)) ...
 *                                            not yet: the gun is run again at that instant
 *   services->in[DUT_IN_OUTER_MV]            as on_input or the last core_read left it
 *   core_output_set(services, DUT_OUT_K1, 1);
 *   core_fail(services, CORE_FAULT_ESTOP);   latched, shown, logged; a fast one asks for the output's end
 *
 * Machines read the fields; they are written here and in services.c alone. What a machine has to tell to the
 * others goes through core_again, core_recheck and core_fail. */
#ifndef CORE_SERVICES_H
#define CORE_SERVICES_H

#include "services/assert.h"
#include "services/faults.h"
#include "services/params.h"

#define CORE_INPUTS  (DUT_IN_AC_MV + 1) /* what this core reads of dut.h */
#define CORE_OUTPUTS (DUT_OUT_STATE + 1)

/* Of a gun to its own bus (power/groups.h). */
enum core_group_right {
    CORE_GROUP_OWN,
    CORE_GROUP_LENT, /* lent to the other gun, or on its way back */
    CORE_GROUP_LOST, /* the tie to the other gun is not known to be open */
};

struct core_services {
    const struct dut_host *host;
    const int32_t *param; /* values, by enum core_param */
    unsigned index;       /* of the gun, from 0 */
    int64_t now;          /* ns, as dut.h has it */
    int64_t wake;         /* earliest instant a machine asked for */
    bool again;           /* something changed that another machine looks at: one more pass */
    bool recheck;         /* an input changed, or what forbids a start: look at the interlocks */
    bool kill;            /* a fast fault was reported: the output has to be switched off now */
    int32_t in[CORE_INPUTS];
    int32_t out[CORE_OUTPUTS];
    enum core_fault fault;  /* latched until the plug is inserted anew */
    int64_t fault_ns;       /* since when; valid while a fault is latched */
    enum core_fault notice; /* shown while no fault is latched */
    enum core_group_right group;
    enum core_fault supply; /* why no session may use the modules' bus now; NONE */
};

static inline int64_t core_ns(const struct core_services *services, enum core_param ms) {
    return (int64_t)services->param[ms] * 1000000;
}

/* ---- for machines ---- */

/* Every machine asks these at every turn, hence inline. */
static inline void core_wake(struct core_services *services, int64_t at_ns) {
    CORE_ASSERT(at_ns > services->now); /* what is due is done, not waited for */
    if (at_ns < services->wake) {
        services->wake = at_ns;
    }
}

/* Has the instant come? If not, the gun is run again at it. */
static inline bool core_due(struct core_services *services, int64_t at_ns) {
    if (services->now >= at_ns) {
        return true;
    }
    core_wake(services, at_ns);
    return false;
}

/* Have `ms` milliseconds passed since then? The same otherwise. */
static inline bool core_elapsed(struct core_services *services, int64_t since_ns,
                                enum core_param ms) {
    return core_due(services, since_ns + core_ns(services, ms));
}

/* The pile's clock, civil time: seconds since 1970-01-01 00:00; negative: it is not set. */
int64_t core_wall_s(const struct core_services *services);

void core_again(struct core_services *services);
void core_recheck(struct core_services *services);
bool core_services_take_recheck(struct core_services *services); /* for the interlocks; true once */
void core_output_set(struct core_services *services, enum dut_output channel, int32_t value);
int core_send(struct core_services *services, const struct dut_can_frame *frame);
int32_t core_read(struct core_services *services, enum dut_input channel); /* asks the host */
void core_fail(struct core_services *services, enum core_fault fault);
void core_notice(struct core_services *services, enum core_fault fault);
void core_clear_faults(struct core_services *services);
void core_log(struct core_services *services, const char *what, const char *detail);

/* ---- for the gun, which runs the machines ---- */

void core_services_begin(struct core_services *services, const struct dut_host *host,
                         const int32_t *param, unsigned index, int64_t now_ns);
static inline void core_services_at(struct core_services *services, int64_t now_ns) {
    services->now = now_ns;
}

void core_services_group(struct core_services *services, enum core_group_right right);
void core_services_pass(struct core_services *services); /* forgets wake and again */
void core_services_input(struct core_services *services, enum dut_input channel, int32_t value);
/* True once. */
static inline bool core_services_take_kill(struct core_services *services) {
    bool kill = services->kill;
    services->kill = false;
    return kill;
}

#endif
