/* SPDX-License-Identifier: MIT */
/* From the plug to the insulation test: GB/T 18487.1-2015 B.3.2 and B.3.3. */
#include "services/assert.h"
#include "session/permission.h"
#include "session/phases.h"

void core_idle_enter(struct core_session *session) {
    session->attempt.start_pressed = false;
}

enum core_state core_idle_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    return core_interlocks_plugged(&m->interlocks) ? CORE_PLUGGED : CORE_STAY;
}

/* Unplugging after a fault clears the way, plugging in again clears the alarm: until then it tells
 * what happened. */
void core_plugged_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    core_clear_faults(&m->services);
}

enum core_state core_plugged_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_interlocks_unplugged(&m->interlocks)) {
        return CORE_IDLE;
    }
    if (!session->attempt.start_pressed || !core_output_is_off(&m->output)) {
        return CORE_STAY; /* the bus of a gun that lent its modules may have to be discharged */
    }
    session->attempt.start_pressed = false;
    return core_may_start(m) ? CORE_LOCKING : CORE_STAY;
}

void core_locking_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    CORE_ASSERT(core_output_is_off(&m->output) && m->services.fault == CORE_FAULT_NONE);
    session->attempt = (struct core_attempt){0};
    core_link_forget(&m->link, CORE_RX_ALL);
    core_link_await_none(&m->link);
    core_contactors_supervise(&m->contactors, false);
    core_metering_start(&m->metering);
    core_notice(&m->services, CORE_FAULT_NONE);
    core_output_set(&m->services, DUT_OUT_LOCK, 1);
    CORE_ASSERT(session->attempt.cause == CORE_CAUSE_NONE && m->link.seen == 0);
}

/* The vehicle sleeps until the bus is this gun's own and dead: it waits for nothing yet. */
static enum core_state await_bus(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (m->services.supply == CORE_FAULT_NONE && core_output_is_off(&m->output)) {
        return CORE_WAKING;
    }
    if (core_elapsed(&m->services, session->since_ns, CORE_P_DISTRIBUTION_TIMEOUT)) {
        core_fail(&m->services, m->services.supply != CORE_FAULT_NONE ? m->services.supply
                                                                      : CORE_FAULT_DISTRIBUTION);
    }
    return CORE_STAY;
}

enum core_state core_locking_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (m->services.group == CORE_GROUP_LOST) {
        core_fail(&m->services, CORE_FAULT_TIE);
        return CORE_STAY;
    }
    if (m->services.in[DUT_IN_LOCK_FEEDBACK] != 0) { /* a lent bus is waited for */
        return m->services.group == CORE_GROUP_OWN ? await_bus(session) : CORE_STAY;
    }
    if (core_elapsed(&m->services, session->since_ns, CORE_P_LOCK_TIMEOUT)) {
        core_fail(&m->services, CORE_FAULT_LOCK);
    }
    return CORE_STAY;
}

void core_waking_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    CORE_ASSERT(m->services.out[DUT_OUT_LOCK] != 0);
    core_output_set(&m->services, DUT_OUT_AUX, 1);
}

enum core_state core_waking_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    int32_t mv = core_read(&m->services, DUT_IN_AUX_MV);
    if (mv >= m->services.param[CORE_P_AUX_LOW] && mv <= m->services.param[CORE_P_AUX_HIGH]) {
        return CORE_HANDSHAKE;
    }
    if (core_elapsed(&m->services, session->since_ns, CORE_P_AUX_TIMEOUT)) {
        core_fail(&m->services, CORE_FAULT_AUX);
    }
    return CORE_STAY;
}

void core_handshake_enter(struct core_session *session) {
    CORE_ASSERT(session->machines->services.out[DUT_OUT_AUX] != 0);
    struct core_machines *m = session->machines;
    core_link_forget(&m->link, CORE_RX_BIT(CORE_RX_BHM));
}

static bool outer_live(const struct core_session *session) {
    struct core_machines *m = session->machines;
    int32_t limit = m->services.param[CORE_P_OUTER_LIVE];
    int32_t mv = m->services.in[DUT_IN_OUTER_MV];
    return mv >= limit || mv <= -limit;
}

enum core_state core_handshake_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    const struct core_link *link = &m->link;
    if (!core_link_seen(&m->link, CORE_RX_BHM)) {
        if (link->count[CORE_TX_CHM] > 0 &&
            core_elapsed(&m->services, link->first_ns[CORE_TX_CHM], CORE_P_BHM_TIMEOUT)) {
            core_fail(&m->services, CORE_FAULT_BHM_MISSING);
        }
        return CORE_STAY;
    }
    if (link->bhm_mv < m->services.param[CORE_P_VOLTAGE_MIN]) {
        core_fail(&m->services, CORE_FAULT_BHM_LOW);
    } else if (outer_live(session)) {
        core_fail(&m->services, CORE_FAULT_OUTER_LIVE);
    } else {
        return CORE_WELD_TEST;
    }
    return CORE_STAY;
}

void core_weld_test_enter(struct core_session *session) {
    CORE_ASSERT(core_output_is_off(&session->machines->output));
    core_weld_begin(&session->machines->weld);
}

enum core_state core_weld_test_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    return core_weld_run(&m->weld) == CORE_DONE ? CORE_INSULATION_TEST : CORE_STAY;
}

void core_insulation_test_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    CORE_ASSERT(core_link_seen(&m->link, CORE_RX_BHM)); /* it says how high to go */
    core_insulation_begin(&m->insulation, m->link.bhm_mv);
}

void core_insulation_test_leave(struct core_session *session) {
    core_insulation_leave(&session->machines->insulation);
    CORE_ASSERT(session->machines->services.out[DUT_OUT_IMD] == 0);
}

enum core_state core_insulation_test_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    return core_insulation_run(&m->insulation) == CORE_DONE ? CORE_RECOGNITION : CORE_STAY;
}
