/* SPDX-License-Identifier: MIT */
/* From CRM to the end of charging: GB/T 27930-2015 recognition, configuration and charging phases,
 * GB/T 18487.1-2015 B.3.4 and B.3.5. */
#include "services/assert.h"
#include "session/phases.h"

#define BRO_ANY                                                                                    \
    (CORE_RX_BIT(CORE_RX_BRO) | CORE_RX_BIT(CORE_RX_BRO_AA) | CORE_RX_BIT(CORE_RX_BRO_00))

/* True when `limit` has passed since the first frame of tx in this phase. */
static bool late_since_first(struct core_session *session, enum core_tx tx, enum core_param limit) {
    struct core_machines *m = session->machines;
    const struct core_link *link = &m->link;
    return link->count[tx] > 0 && core_elapsed(&m->services, link->first_ns[tx], limit);
}

/* Waiting for a message of this phase. Neither what the former phase still sends (DN.1003, DN.1004,
 * DN.2006) nor a transfer that has only begun (DN.1002, DN.2002) prolongs it: that is what the bits
 * of wait.restart are for. */
static bool late_in_phase(struct core_session *session, enum core_tx tx, enum core_rx former,
                          enum core_param limit) {
    CORE_ASSERT(core_link_sends(&session->machines->link, tx));
    struct core_machines *m = session->machines;
    const struct core_link *link = &m->link;
    unsigned restart = (unsigned)m->services.param[CORE_P_WAIT_RESTART];
    int64_t from_ns = link->first_ns[tx];
    if (restart & 1u && link->at_ns[former] > from_ns) {
        from_ns = link->at_ns[former];
    }
    if (restart & 2u && m->transport.begun_ns > from_ns) {
        from_ns = m->transport.begun_ns;
    }
    return link->count[tx] > 0 && core_elapsed(&m->services, from_ns, limit);
}

static bool late_since_last(struct core_session *session, enum core_rx rx, enum core_param limit) {
    CORE_ASSERT(core_link_seen(&session->machines->link, rx));
    struct core_machines *m = session->machines;
    return core_elapsed(&m->services, m->link.at_ns[rx], limit);
}

void core_recognition_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    core_link_forget(&m->link, CORE_RX_ALL);
    core_link_set_ready(&m->link, CORE_TX_CRM, false);
    CORE_ASSERT(m->link.seen == 0 && !session->attempt.ending);
}

enum core_state core_recognition_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_link_seen(&m->link, CORE_RX_BRM)) {
        return CORE_CONFIGURATION;
    }
    if (late_in_phase(session, CORE_TX_CRM, CORE_RX_BHM, CORE_P_BRM_TIMEOUT)) {
        return core_timeout(session, CORE_AWAITED_BRM);
    }
    return CORE_STAY;
}

void core_configuration_enter(struct core_session *session) {
    CORE_ASSERT(core_link_seen(&session->machines->link, CORE_RX_BRM));
    struct core_machines *m = session->machines;
    core_link_set_ready(&m->link, CORE_TX_CRM, true);
    core_link_forget(&m->link, CORE_RX_BIT(CORE_RX_BCP) | CORE_RX_BIT(CORE_RX_BEM));
}

enum core_state core_configuration_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_link_seen(&m->link, CORE_RX_BCP)) {
        return CORE_PARAMETERS;
    }
    if (late_in_phase(session, CORE_TX_CRM, CORE_RX_BRM, CORE_P_BCP_TIMEOUT)) {
        return core_timeout(session, CORE_AWAITED_BCP);
    }
    return CORE_STAY;
}

void core_parameters_enter(struct core_session *session) {
    CORE_ASSERT(core_link_seen(&session->machines->link, CORE_RX_BCP));
    struct core_machines *m = session->machines;
    core_link_forget(&m->link, BRO_ANY);
}

/* Where the 60 s for BRO(AA) start is open in the public sources: a parameter chooses. */
static bool bro_aa_late(struct core_session *session) {
    struct core_machines *m = session->machines;
    bool from_bro =
        m->services.param[CORE_P_BRO_AA_FROM] != 0 && core_link_seen(&m->link, CORE_RX_BRO);
    if (!from_bro) {
        return late_since_first(session, CORE_TX_CML, CORE_P_BRO_AA_TIMEOUT);
    }
    return core_elapsed(&m->services, m->link.bro_first_ns, CORE_P_BRO_AA_TIMEOUT);
}

enum core_state core_parameters_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_link_seen(&m->link, CORE_RX_BRO_AA) && core_metering_ready(&m->metering)) {
        return CORE_READYING;
    }
    if (!core_link_seen(&m->link, CORE_RX_BRO) &&
        late_in_phase(session, CORE_TX_CML, CORE_RX_BCP, CORE_P_BRO_TIMEOUT)) {
        return core_timeout(session, CORE_AWAITED_BRO);
    }
    if (bro_aa_late(session)) {
        return core_timeout(session, CORE_AWAITED_BRO);
    }
    return CORE_STAY;
}

void core_readying_enter(struct core_session *session) {
    CORE_ASSERT(core_output_is_off(&session->machines->output) &&
                core_link_seen(&session->machines->link, CORE_RX_BCP));
    struct core_machines *m = session->machines;
    core_link_set_ready(&m->link, CORE_TX_CRO, false);
    core_link_forget(&m->link, CORE_RX_BIT(CORE_RX_BRO_00) | CORE_RX_BIT(CORE_RX_BST));
    core_precharge_begin(&m->precharge);
}

enum core_state core_readying_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_link_seen(&m->link, CORE_RX_BRO_00) && m->services.param[CORE_P_BRO_WITHDRAWN] != 0) {
        core_fail(&m->services, CORE_FAULT_BRO_WITHDRAWN);
        return CORE_RELEASING; /* GB/T 34658 DN.2009: silent at once, no CST */
    }
    if (late_since_last(session, CORE_RX_BRO_AA, CORE_P_BRO_LOST)) {
        return core_timeout(session, CORE_AWAITED_BRO);
    }
    if (core_elapsed(&m->services, session->since_ns, CORE_P_READY_TIMEOUT)) {
        core_fail(&m->services, CORE_FAULT_BATTERY_VOLTAGE);
        return CORE_STAY;
    }
    return core_precharge_run(&m->precharge, m->link.bcp.battery_mv) == CORE_DONE ? CORE_CONFIRMING
                                                                                  : CORE_STAY;
}

void core_confirming_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    CORE_ASSERT(core_contactors_closed(&m->contactors));
    core_link_set_ready(&m->link, CORE_TX_CRO, true);
    core_link_forget(&m->link, CORE_RX_BIT(CORE_RX_BCL) | CORE_RX_BIT(CORE_RX_BCS) |
                                   CORE_RX_BIT(CORE_RX_BSM));
}

/* BCL every 50 ms and BCS every 250 ms: the timers run from CRO(AA), then from the last one. */
static enum core_state demand_timeouts(struct core_session *session) {
    struct core_machines *m = session->machines;
    bool bcl = core_link_seen(&m->link, CORE_RX_BCL), bcs = core_link_seen(&m->link, CORE_RX_BCS);
    if (bcl ? late_since_last(session, CORE_RX_BCL, CORE_P_BCL_LOST)
            : late_since_first(session, CORE_TX_CRO, CORE_P_BCL_TIMEOUT)) {
        return core_timeout(session, CORE_AWAITED_BCL);
    }
    if (bcs ? late_since_last(session, CORE_RX_BCS, CORE_P_BCS_LOST)
            : late_since_first(session, CORE_TX_CRO, CORE_P_BCS_TIMEOUT)) {
        return core_timeout(session, CORE_AWAITED_BCS);
    }
    return CORE_STAY;
}

enum core_state core_confirming_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    if (core_link_seen(&m->link, CORE_RX_BCL) && core_link_seen(&m->link, CORE_RX_BCS)) {
        return CORE_CHARGING;
    }
    return demand_timeouts(session);
}

void core_charging_enter(struct core_session *session) {
    struct core_machines *m = session->machines;
    struct core_attempt *attempt = &session->attempt;
    CORE_ASSERT(core_contactors_commanded(&m->contactors) && !attempt->ending);
    core_link_permit(&m->link, true);
    attempt->failures = 0;
    if (!attempt->charged) {
        attempt->charged = true;
        attempt->charge_ns = m->services.now;
        CORE_ASSERT(core_metering_ready(&m->metering)); /* a register to count from */
        core_metering_mark(&m->metering);
        core_account_open(&m->account, m->link.vin);
    }
    core_output_follow(&m->output, true);
}

static bool condition_reached(struct core_session *session) {
    CORE_ASSERT(session->attempt.charged && !session->attempt.ending);
    struct core_machines *m = session->machines;
    int32_t minutes = m->services.param[CORE_P_END_MINUTES];
    int32_t energy_wh = m->services.param[CORE_P_END_ENERGY];
    int32_t soc = m->services.param[CORE_P_END_SOC];
    if (minutes > 0 &&
        core_due(&m->services, session->attempt.charge_ns + minutes * INT64_C(60000000000))) {
        return true;
    }
    if (energy_wh > 0 && core_session_energy_wh(session) >= energy_wh) {
        return true;
    }
    if (soc > 0 && m->link.bcs.soc_percent >= soc) {
        return true;
    }
    return core_account_reached(&m->account);
}

/* Why BSM ends the charge; one bit of the parameter for each of its states, in their order. */
static enum core_fault bsm_reason(const struct core_session *session) {
    struct core_machines *m = session->machines;
    enum core_fault reason = m->link.bsm.abnormal;
    if (reason == CORE_FAULT_NONE && m->services.param[CORE_P_BSM_UNTRUSTED] != 0) {
        reason = m->link.bsm.untrusted;
    }
    if (reason == CORE_FAULT_NONE) {
        return reason;
    }
    unsigned bit = (unsigned)reason - (unsigned)CORE_FAULT_BSM_CELL;
    CORE_ASSERT(bit < 6); /* one for each state of BSM */
    return (unsigned)m->services.param[CORE_P_BSM_REACT] >> bit & 1u ? reason : CORE_FAULT_NONE;
}

/* What charging and pausing share; the reaction to BSM is that of GB/T 34658 DP.3003. */
static enum core_state supervise(struct core_session *session) {
    struct core_machines *m = session->machines;
    enum core_fault reason = bsm_reason(session);
    if (reason != CORE_FAULT_NONE) {
        core_fail(&m->services, reason);
        return CORE_STAY;
    }
    if (condition_reached(session)) {
        session->attempt.cause = CORE_CAUSE_CONDITION;
        return CORE_STOPPING;
    }
    return demand_timeouts(session);
}

enum core_state core_charging_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    enum core_state next = supervise(session);
    if (next == CORE_STAY && m->link.bsm.permission == CORE_PERMISSION_PAUSE) {
        return CORE_PAUSED;
    }
    return next;
}

void core_paused_enter(struct core_session *session) {
    CORE_ASSERT(session->attempt.charged && !session->attempt.ending);
    struct core_machines *m = session->machines;
    core_link_permit(&m->link, false);
    core_output_follow(&m->output, false);
}

enum core_state core_paused_run(struct core_session *session) {
    struct core_machines *m = session->machines;
    enum core_state next = supervise(session);
    if (next != CORE_STAY) {
        return next;
    }
    if (m->link.bsm.permission == CORE_PERMISSION_CHARGE) {
        return CORE_CHARGING;
    }
    if (core_elapsed(&m->services, session->since_ns, CORE_P_PAUSE_TIMEOUT)) {
        core_fail(&m->services, CORE_FAULT_PAUSE);
    }
    return CORE_STAY;
}
