/* SPDX-License-Identifier: MIT */
/* From CST to the unplugged gun (GB/T 18487.1-2015 B.3.6, B.3.7), and what follows a broken
 * communication (GB/T 27930-2015 clause 9, GB/T 18487.1-2015 B.3.7.3). */
#include "gun.h"
#include "session/phases.h"

enum core_state core_timeout(struct gun *gun, enum core_awaited awaited) {
    gun->link.awaited |= 1u << awaited;
    return CORE_TIMED_OUT;
}

void core_stopping_enter(struct gun *gun) {
    struct core_session *session = &gun->session;
    session->ending = true;
    session->stop_ns = gun->now;
    core_link_forget(gun, CORE_RX_BIT(CORE_RX_BSD));
    core_output_stop(gun);
}

/* K3/K4 may not wait for BSD and CSD for ever after a fault; after an over-voltage they have to be
 * open within 1 s (GB/T 34657.1 D0.4504). */
static bool patience_over(struct gun *gun) {
    int32_t limit_ms = gun->param[CORE_P_FAULT_AUX_AFTER];
    int32_t overvoltage_ms = gun->param[CORE_P_OVERVOLTAGE_AUX];
    if (gun->fault == CORE_FAULT_NONE)
        return false;
    if (gun->fault == CORE_FAULT_OVERVOLTAGE && overvoltage_ms < limit_ms)
        limit_ms = overvoltage_ms;
    return core_due(gun, gun->fault_ns + (int64_t)limit_ms * 1000000) &&
           !core_contactors_commanded(gun);
}

static bool late_since_cst(struct gun *gun, enum core_param limit) {
    const struct core_link *link = &gun->link;
    return link->count[CORE_TX_CST] > 0 &&
           core_due(gun, link->first_ns[CORE_TX_CST] + core_ns(gun, limit));
}

enum core_state core_stopping_run(struct gun *gun) {
    if (core_link_seen(gun, CORE_RX_BSD))
        return CORE_STATISTICS;
    if (patience_over(gun))
        return CORE_RELEASING;
    if (!core_link_seen(gun, CORE_RX_BST) && late_since_cst(gun, CORE_P_BST_TIMEOUT))
        return core_timeout(gun, CORE_AWAITED_BST);
    if (late_since_cst(gun, CORE_P_BSD_TIMEOUT))
        return core_timeout(gun, CORE_AWAITED_BSD);
    return CORE_STAY;
}

/* The last CSD tells the register as it is once nothing flows any more. */
static bool final_energy_told(struct gun *gun) {
    struct core_session *session = &gun->session;
    unsigned sent = gun->link.count[CORE_TX_CSD];
    if (!core_output_is_off(gun))
        return false;
    if (!session->off) {
        session->off = true;
        session->off_ns = gun->now;
    }
    if (session->csd_told == 0 && core_metering_final(gun, session->off_ns))
        session->csd_told = sent + 1;
    return session->csd_told > 0 && sent >= session->csd_told;
}

enum core_state core_statistics_run(struct gun *gun) {
    bool told = gun->link.count[CORE_TX_CSD] >= (unsigned)gun->param[CORE_P_CSD_FRAMES];
    bool final = final_energy_told(gun);
    if ((told && final) || patience_over(gun))
        return CORE_RELEASING;
    return CORE_STAY;
}

void core_broken_enter(struct gun *gun) {
    gun->session.failures++;
    core_output_stop(gun);
}

void core_broken_leave(struct gun *gun) {
    gun->link.awaited = 0;
    core_link_forget(gun, CORE_RX_BIT(CORE_RX_BEM));
}

/* Reconnects from CRM(00), without a new insulation test; the last failure is an interruption. */
static enum core_state again_or_not(struct gun *gun) {
    if (gun->session.ending)
        return CORE_RELEASING;
    if (gun->session.failures <= (unsigned)gun->param[CORE_P_RECONNECT_MAX])
        return CORE_RECOGNITION;
    core_fail(gun, CORE_FAULT_COMMUNICATION);
    return CORE_RELEASING;
}

enum core_state core_timed_out_run(struct gun *gun) {
    bool told = gun->link.count[CORE_TX_CEM] >= (unsigned)gun->param[CORE_P_CEM_FRAMES];
    return told && core_output_is_off(gun) ? again_or_not(gun) : CORE_STAY;
}

enum core_state core_accused_run(struct gun *gun) {
    bool waited = core_due(gun, gun->session.since_ns + core_ns(gun, CORE_P_BEM_WAIT));
    return waited && core_output_is_off(gun) ? again_or_not(gun) : CORE_STAY;
}

void core_releasing_enter(struct gun *gun) {
    core_output_stop(gun);
}

static bool below(int32_t mv, int32_t limit) {
    return mv < limit && mv > -limit;
}

/* A welded contactor never says open: then the voltage alone decides. */
static bool may_unlock(const struct gun *gun) {
    int32_t limit = gun->param[CORE_P_LOCK_VOLTAGE];
    bool welded = gun->fault == CORE_FAULT_K1_WELDED || gun->fault == CORE_FAULT_K2_WELDED ||
                  gun->fault == CORE_FAULT_K1_K2_WELDED;
    return core_output_is_off(gun) && (welded || core_contactors_open(gun)) &&
           below(gun->in[DUT_IN_OUTER_MV], limit) && below(gun->in[DUT_IN_INNER_MV], limit);
}

enum core_state core_releasing_run(struct gun *gun) {
    if (!core_contactors_commanded(gun))
        core_output_set(gun, DUT_OUT_AUX, 0); /* K3/K4 never before K1/K2 */
    return may_unlock(gun) ? CORE_ENDED : CORE_STAY;
}

void core_ended_enter(struct gun *gun) {
    core_contactors_supervise(gun, false);
    core_output_set(gun, DUT_OUT_LOCK, 0);
    gun->session.start_pressed = false;
    gun->session.stop_pressed = false;
}

/* After a fault only unplugging clears the way (GB/T 34658 DP.4002). */
enum core_state core_ended_run(struct gun *gun) {
    if (core_interlocks_unplugged(gun))
        return CORE_IDLE;
    if (!gun->session.start_pressed)
        return CORE_STAY;
    gun->session.start_pressed = false;
    if (gun->param[CORE_P_RESTART_REPLUG] == 0)
        core_clear_faults(gun);
    if (gun->fault != CORE_FAULT_NONE || !core_interlocks_may_start(gun))
        return CORE_STAY;
    return CORE_LOCKING;
}
