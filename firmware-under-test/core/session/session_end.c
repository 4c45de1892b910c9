/* SPDX-License-Identifier: MIT */
/* From CST to the unplugged gun (GB/T 18487.1-2015 B.3.6, B.3.7), and what follows a broken
 * communication (GB/T 27930-2015 clause 9, GB/T 18487.1-2015 B.3.7.3). */
#include "services/assert.h"
#include "session/permission.h"
#include "session/phases.h"

void core_stopping_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    struct core_attempt *attempt = &session->attempt;
    CORE_ASSERT(!attempt->ending);
    attempt->ending = true;
    attempt->stop_ns = m->services.now;
    core_link_forget(&m->link, CORE_RX_BIT(CORE_RX_BSD));
    core_output_stop(&m->output);
    CORE_ASSERT(!core_output_follows(&m->output) && attempt->stop_ns >= attempt->charge_ns);
}

/* K3/K4 may not wait for BSD and CSD for ever after a fault; after an over-voltage they have to be
 * open within 1 s (GB/T 34657.1 D0.4504). */
static bool patience_over(struct core_session *session) {
    struct core_machines *m = session->machines;
    int32_t limit_ms = m->services.param[CORE_P_FAULT_AUX_AFTER];
    int32_t overvoltage_ms = m->services.param[CORE_P_OVERVOLTAGE_AUX];
    if (m->services.fault == CORE_FAULT_NONE) {
        return false;
    }
    if (m->services.fault == CORE_FAULT_OVERVOLTAGE && overvoltage_ms < limit_ms) {
        limit_ms = overvoltage_ms;
    }
    CORE_ASSERT(m->services.fault_ns <= m->services.now);
    return core_due(&m->services, m->services.fault_ns + (int64_t)limit_ms * 1000000) &&
           !core_contactors_commanded(&m->contactors);
}

static bool late_since_cst(struct core_session *session, enum core_param limit) {
    CORE_ASSERT(session->attempt.ending);
    struct core_machines *m = session->machines;
    const struct core_link *link = &m->link;
    return link->count[CORE_TX_CST] > 0 &&
           core_elapsed(&m->services, link->first_ns[CORE_TX_CST], limit);
}

enum core_state core_stopping_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_link_seen(&m->link, CORE_RX_BSD)) {
        return CORE_STATISTICS;
    }
    if (patience_over(session)) {
        return CORE_RELEASING;
    }
    if (!core_link_seen(&m->link, CORE_RX_BST) && late_since_cst(session, CORE_P_BST_TIMEOUT)) {
        return core_timeout(session, CORE_AWAITED_BST);
    }
    if (late_since_cst(session, CORE_P_BSD_TIMEOUT)) {
        return core_timeout(session, CORE_AWAITED_BSD);
    }
    return CORE_STAY;
}

/* The last CSD tells the register as it is once nothing flows any more. */
static bool final_energy_told(struct core_session *session) {
    struct core_machines *m = session->machines;
    struct core_attempt *attempt = &session->attempt;
    unsigned sent = m->link.count[CORE_TX_CSD];
    if (!core_output_is_off(&m->output)) {
        return false;
    }
    if (!attempt->off) {
        attempt->off = true;
        attempt->off_ns = m->services.now;
    }
    if (attempt->csd_told == 0 && core_metering_final(&m->metering, attempt->off_ns)) {
        attempt->csd_told = sent + 1;
    }
    CORE_ASSERT(attempt->off && attempt->off_ns >= attempt->stop_ns);
    return attempt->csd_told > 0 && sent >= attempt->csd_told;
}

enum core_state core_statistics_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    bool told = m->link.count[CORE_TX_CSD] >= (unsigned)m->services.param[CORE_P_CSD_FRAMES];
    bool final = final_energy_told(session);
    if ((told && final) || patience_over(session)) {
        return CORE_RELEASING;
    }
    return CORE_STAY;
}

void core_broken_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    session->attempt.failures++;
    core_output_stop(&m->output);
    CORE_ASSERT(session->attempt.failures >= 1 && !core_output_follows(&m->output));
}

void core_broken_leave(struct core_session *session) {
    struct core_machines *m = session->machines;
    core_link_await_none(&m->link);
    core_link_forget(&m->link, CORE_RX_BIT(CORE_RX_BEM));
    CORE_ASSERT(m->link.awaited == 0);
}

/* Reconnects from CRM(00), without a new insulation test; the last failure is an interruption. */
static enum core_state again_or_not(struct core_session *session) {
    struct core_machines *m = session->machines;
    CORE_ASSERT(core_output_is_off(&m->output) && session->attempt.failures >= 1);
    if (session->attempt.ending) {
        return CORE_RELEASING;
    }
    if (session->attempt.failures <= (unsigned)m->services.param[CORE_P_RECONNECT_MAX]) {
        return CORE_RECOGNITION;
    }
    core_fail(&m->services, CORE_FAULT_COMMUNICATION);
    return CORE_RELEASING;
}

enum core_state core_timed_out_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    bool told = m->link.count[CORE_TX_CEM] >= (unsigned)m->services.param[CORE_P_CEM_FRAMES];
    return told && core_output_is_off(&m->output) ? again_or_not(session) : CORE_STAY;
}

enum core_state core_accused_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    bool waited = core_elapsed(&m->services, session->since_ns, CORE_P_BEM_WAIT);
    return waited && core_output_is_off(&m->output) ? again_or_not(session) : CORE_STAY;
}

void core_releasing_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    core_output_stop(&m->output);
    CORE_ASSERT(!core_output_follows(&m->output));
}

static bool below(int32_t mv, int32_t limit) {
    return mv < limit && mv > -limit;
}

/* A welded contactor never says open: then the voltage alone decides. */
static bool may_unlock(const struct core_session *session) {
    struct core_machines *m = session->machines;
    int32_t limit = m->services.param[CORE_P_LOCK_VOLTAGE];
    bool welded = m->services.fault == CORE_FAULT_K1_WELDED ||
                  m->services.fault == CORE_FAULT_K2_WELDED ||
                  m->services.fault == CORE_FAULT_K1_K2_WELDED;
    return core_output_is_off(&m->output) && (welded || core_contactors_open(&m->contactors)) &&
           below(m->services.in[DUT_IN_OUTER_MV], limit) &&
           below(m->services.in[DUT_IN_INNER_MV], limit);
}

enum core_state core_releasing_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (!core_contactors_commanded(&m->contactors)) {
        core_output_set(&m->services, DUT_OUT_AUX, 0); /* K3/K4 never before K1/K2 */
    }
    return may_unlock(session) ? CORE_ENDED : CORE_STAY;
}

void core_ended_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    core_contactors_supervise(&m->contactors, false);
    CORE_ASSERT(m->services.in[DUT_IN_OUTER_MV] < m->services.param[CORE_P_LOCK_VOLTAGE]);
    CORE_ASSERT(m->services.out[DUT_OUT_AUX] == 0);
    core_output_set(&m->services, DUT_OUT_LOCK, 0);
    session->attempt.start_pressed = false;
    session->attempt.stop_pressed = false;
}

/* Before its supply has gone the vehicle does not know that the charge has ended: the next handshake would
 * come in the middle of the last one. */
static bool vehicle_supplied(struct core_session *session) {
    struct core_services *services = &session->machines->services;
    return core_read(services, DUT_IN_AUX_MV) >= services->param[CORE_P_AUX_LOW] / 2;
}

/* After a fault only unplugging clears the way (GB/T 34658 DP.4002). */
enum core_state core_ended_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_interlocks_unplugged(&m->interlocks)) {
        return CORE_IDLE;
    }
    if (!session->attempt.start_pressed || vehicle_supplied(session) ||
        !core_output_is_off(&m->output)) {
        return CORE_STAY;
    }
    session->attempt.start_pressed = false;
    if (m->services.param[CORE_P_RESTART_REPLUG] == 0) {
        core_clear_faults(&m->services);
    }
    if (m->services.fault != CORE_FAULT_NONE || !core_may_start(m)) {
        return CORE_STAY;
    }
    return CORE_LOCKING;
}
