/* SPDX-License-Identifier: MIT */
/* From CRM to the end of charging: GB/T 27930-2015 recognition, configuration and charging phases,
 * GB/T 18487.1-2015 B.3.4 and B.3.5. */
#include "gun.h"
#include "session/phases.h"

#define BRO_ANY                                                                                    \
    (CORE_RX_BIT(CORE_RX_BRO) | CORE_RX_BIT(CORE_RX_BRO_AA) | CORE_RX_BIT(CORE_RX_BRO_00))

/* True when `limit` has passed since the first frame of tx in this phase. */
static bool late_since_first(struct gun *gun, enum core_tx tx, enum core_param limit) {
    const struct core_link *link = &gun->link;
    return link->count[tx] > 0 && core_due(gun, link->first_ns[tx] + core_ns(gun, limit));
}

/* Waiting for a message of this phase. Neither what the former phase still sends (DN.1003, DN.1004,
 * DN.2006) nor a transfer that has only begun (DN.1002, DN.2002) prolongs it: that is what the bits
 * of wait.restart are for. */
static bool late_in_phase(struct gun *gun, enum core_tx tx, enum core_rx former,
                          enum core_param limit) {
    const struct core_link *link = &gun->link;
    unsigned restart = (unsigned)gun->param[CORE_P_WAIT_RESTART];
    int64_t from_ns = link->first_ns[tx];
    if (restart & 1u && link->at_ns[former] > from_ns)
        from_ns = link->at_ns[former];
    if (restart & 2u && gun->transport.begun_ns > from_ns)
        from_ns = gun->transport.begun_ns;
    return link->count[tx] > 0 && core_due(gun, from_ns + core_ns(gun, limit));
}

static bool late_since_last(struct gun *gun, enum core_rx rx, enum core_param limit) {
    return core_due(gun, gun->link.at_ns[rx] + core_ns(gun, limit));
}

void core_recognition_enter(struct gun *gun) {
    gun->link.seen = 0;
    gun->link.crm_result = CORE_NOT_READY;
}

enum core_state core_recognition_run(struct gun *gun) {
    if (core_link_seen(gun, CORE_RX_BRM))
        return CORE_CONFIGURATION;
    if (late_in_phase(gun, CORE_TX_CRM, CORE_RX_BHM, CORE_P_BRM_TIMEOUT))
        return core_timeout(gun, CORE_AWAITED_BRM);
    return CORE_STAY;
}

void core_configuration_enter(struct gun *gun) {
    gun->link.crm_result = CORE_READY;
    core_link_restart(gun, CORE_TX_CRM);
    core_link_forget(gun, CORE_RX_BIT(CORE_RX_BCP) | CORE_RX_BIT(CORE_RX_BEM));
}

enum core_state core_configuration_run(struct gun *gun) {
    if (core_link_seen(gun, CORE_RX_BCP))
        return CORE_PARAMETERS;
    if (late_in_phase(gun, CORE_TX_CRM, CORE_RX_BRM, CORE_P_BCP_TIMEOUT))
        return core_timeout(gun, CORE_AWAITED_BCP);
    return CORE_STAY;
}

void core_parameters_enter(struct gun *gun) {
    core_link_forget(gun, BRO_ANY);
}

/* Where the 60 s for BRO(AA) start is open in the public sources: a parameter chooses. */
static bool bro_aa_late(struct gun *gun) {
    bool from_bro = gun->param[CORE_P_BRO_AA_FROM] != 0 && core_link_seen(gun, CORE_RX_BRO);
    if (!from_bro)
        return late_since_first(gun, CORE_TX_CML, CORE_P_BRO_AA_TIMEOUT);
    return core_due(gun, gun->link.bro_first_ns + core_ns(gun, CORE_P_BRO_AA_TIMEOUT));
}

enum core_state core_parameters_run(struct gun *gun) {
    if (core_link_seen(gun, CORE_RX_BRO_AA) && core_metering_ready(gun))
        return CORE_READYING;
    if (!core_link_seen(gun, CORE_RX_BRO) &&
        late_in_phase(gun, CORE_TX_CML, CORE_RX_BCP, CORE_P_BRO_TIMEOUT))
        return core_timeout(gun, CORE_AWAITED_BRO);
    if (bro_aa_late(gun))
        return core_timeout(gun, CORE_AWAITED_BRO);
    return CORE_STAY;
}

void core_readying_enter(struct gun *gun) {
    gun->link.cro_ready = CORE_NOT_READY;
    core_link_forget(gun, CORE_RX_BIT(CORE_RX_BRO_00) | CORE_RX_BIT(CORE_RX_BST));
    core_precharge_begin(gun);
}

enum core_state core_readying_run(struct gun *gun) {
    if (core_link_seen(gun, CORE_RX_BRO_00) && gun->param[CORE_P_BRO_WITHDRAWN] != 0) {
        core_fail(gun, CORE_FAULT_BRO_WITHDRAWN);
        return CORE_RELEASING; /* GB/T 34658 DN.2009: silent at once, no CST */
    }
    if (late_since_last(gun, CORE_RX_BRO_AA, CORE_P_BRO_LOST))
        return core_timeout(gun, CORE_AWAITED_BRO);
    if (core_due(gun, gun->session.since_ns + core_ns(gun, CORE_P_READY_TIMEOUT))) {
        core_fail(gun, CORE_FAULT_BATTERY_VOLTAGE);
        return CORE_STAY;
    }
    return core_precharge_run(gun) == CORE_DONE ? CORE_CONFIRMING : CORE_STAY;
}

void core_confirming_enter(struct gun *gun) {
    gun->link.cro_ready = CORE_READY;
    core_link_restart(gun, CORE_TX_CRO);
    core_link_forget(gun, CORE_RX_BIT(CORE_RX_BCL) | CORE_RX_BIT(CORE_RX_BCS) |
                              CORE_RX_BIT(CORE_RX_BSM));
    gun->link.bsm = (struct core_bsm){.permission = CORE_PERMISSION_CHARGE};
}

/* BCL every 50 ms and BCS every 250 ms: the timers run from CRO(AA), then from the last one. */
static enum core_state demand_timeouts(struct gun *gun) {
    bool bcl = core_link_seen(gun, CORE_RX_BCL), bcs = core_link_seen(gun, CORE_RX_BCS);
    if (bcl ? late_since_last(gun, CORE_RX_BCL, CORE_P_BCL_LOST)
            : late_since_first(gun, CORE_TX_CRO, CORE_P_BCL_TIMEOUT))
        return core_timeout(gun, CORE_AWAITED_BCL);
    if (bcs ? late_since_last(gun, CORE_RX_BCS, CORE_P_BCS_LOST)
            : late_since_first(gun, CORE_TX_CRO, CORE_P_BCS_TIMEOUT))
        return core_timeout(gun, CORE_AWAITED_BCS);
    return CORE_STAY;
}

enum core_state core_confirming_run(struct gun *gun) {
    if (core_link_seen(gun, CORE_RX_BCL) && core_link_seen(gun, CORE_RX_BCS))
        return CORE_CHARGING;
    return demand_timeouts(gun);
}

void core_charging_enter(struct gun *gun) {
    struct core_session *session = &gun->session;
    gun->link.ccs_permitted = true;
    session->failures = 0;
    if (!session->charged) {
        session->charged = true;
        session->charge_ns = gun->now;
        core_metering_mark(gun);
        core_account_open(gun);
    }
    core_output_follow(gun, true);
}

static bool condition_reached(struct gun *gun) {
    int32_t minutes = gun->param[CORE_P_END_MINUTES];
    int32_t energy_wh = gun->param[CORE_P_END_ENERGY];
    int32_t soc = gun->param[CORE_P_END_SOC];
    if (minutes > 0 && core_due(gun, gun->session.charge_ns + minutes * INT64_C(60000000000)))
        return true;
    if (energy_wh > 0 && core_session_energy_wh(gun) >= energy_wh)
        return true;
    if (soc > 0 && gun->link.bcs.soc_percent >= soc)
        return true;
    return core_account_reached(gun);
}

/* Why BSM ends the charge; one bit of the parameter for each of its states, in their order. */
static enum core_fault bsm_reason(const struct gun *gun) {
    enum core_fault reason = gun->link.bsm.abnormal;
    if (reason == CORE_FAULT_NONE && gun->param[CORE_P_BSM_UNTRUSTED] != 0)
        reason = gun->link.bsm.untrusted;
    if (reason == CORE_FAULT_NONE)
        return reason;
    unsigned bit = (unsigned)reason - (unsigned)CORE_FAULT_BSM_CELL;
    return (unsigned)gun->param[CORE_P_BSM_REACT] >> bit & 1u ? reason : CORE_FAULT_NONE;
}

/* What charging and pausing share; the reaction to BSM is that of GB/T 34658 DP.3003. */
static enum core_state supervise(struct gun *gun) {
    enum core_fault reason = bsm_reason(gun);
    if (reason != CORE_FAULT_NONE) {
        core_fail(gun, reason);
        return CORE_STAY;
    }
    if (condition_reached(gun)) {
        gun->session.cause = CORE_CAUSE_CONDITION;
        return CORE_STOPPING;
    }
    return demand_timeouts(gun);
}

enum core_state core_charging_run(struct gun *gun) {
    enum core_state next = supervise(gun);
    if (next == CORE_STAY && gun->link.bsm.permission == CORE_PERMISSION_PAUSE)
        return CORE_PAUSED;
    return next;
}

void core_paused_enter(struct gun *gun) {
    gun->link.ccs_permitted = false;
    core_output_follow(gun, false);
}

enum core_state core_paused_run(struct gun *gun) {
    enum core_state next = supervise(gun);
    if (next != CORE_STAY)
        return next;
    if (gun->link.bsm.permission == CORE_PERMISSION_CHARGE)
        return CORE_CHARGING;
    if (core_due(gun, gun->session.since_ns + core_ns(gun, CORE_P_PAUSE_TIMEOUT)))
        core_fail(gun, CORE_FAULT_PAUSE);
    return CORE_STAY;
}
