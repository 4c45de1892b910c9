/* SPDX-License-Identifier: MIT */
/* From the plug to the insulation test: GB/T 18487.1-2015 B.3.2 and B.3.3. */
#include "gun.h"
#include "session/phases.h"

void core_idle_enter(struct gun *gun) {
    gun->session.start_pressed = false;
}

enum core_state core_idle_run(struct gun *gun) {
    return core_interlocks_plugged(gun) ? CORE_PLUGGED : CORE_STAY;
}

/* Unplugging after a fault clears the way, plugging in again clears the alarm: until then it tells
 * what happened. */
void core_plugged_enter(struct gun *gun) {
    core_clear_faults(gun);
}

enum core_state core_plugged_run(struct gun *gun) {
    if (core_interlocks_unplugged(gun))
        return CORE_IDLE;
    if (!gun->session.start_pressed)
        return CORE_STAY;
    gun->session.start_pressed = false;
    return core_interlocks_may_start(gun) ? CORE_LOCKING : CORE_STAY;
}

void core_locking_enter(struct gun *gun) {
    int64_t since_ns = gun->session.since_ns;
    gun->session = (struct core_session){.state = CORE_LOCKING, .since_ns = since_ns};
    gun->link.seen = 0;
    gun->link.awaited = 0;
    gun->link.bsm = (struct core_bsm){.permission = CORE_PERMISSION_CHARGE};
    core_contactors_supervise(gun, false);
    core_metering_start(gun);
    core_notice(gun, CORE_FAULT_NONE);
    core_output_set(gun, DUT_OUT_LOCK, 1);
}

enum core_state core_locking_run(struct gun *gun) {
    if (gun->in[DUT_IN_LOCK_FEEDBACK] != 0)
        return CORE_WAKING;
    if (core_due(gun, gun->session.since_ns + core_ns(gun, CORE_P_LOCK_TIMEOUT)))
        core_fail(gun, CORE_FAULT_LOCK);
    return CORE_STAY;
}

void core_waking_enter(struct gun *gun) {
    core_output_set(gun, DUT_OUT_AUX, 1);
}

enum core_state core_waking_run(struct gun *gun) {
    int32_t mv = core_read(gun, DUT_IN_AUX_MV);
    if (mv >= gun->param[CORE_P_AUX_LOW] && mv <= gun->param[CORE_P_AUX_HIGH])
        return CORE_HANDSHAKE;
    if (core_due(gun, gun->session.since_ns + core_ns(gun, CORE_P_AUX_TIMEOUT)))
        core_fail(gun, CORE_FAULT_AUX);
    return CORE_STAY;
}

void core_handshake_enter(struct gun *gun) {
    core_link_forget(gun, CORE_RX_BIT(CORE_RX_BHM));
}

static bool outer_live(const struct gun *gun) {
    int32_t limit = gun->param[CORE_P_OUTER_LIVE];
    int32_t mv = gun->in[DUT_IN_OUTER_MV];
    return mv >= limit || mv <= -limit;
}

enum core_state core_handshake_run(struct gun *gun) {
    const struct core_link *link = &gun->link;
    if (!core_link_seen(gun, CORE_RX_BHM)) {
        if (link->count[CORE_TX_CHM] > 0 &&
            core_due(gun, link->first_ns[CORE_TX_CHM] + core_ns(gun, CORE_P_BHM_TIMEOUT)))
            core_fail(gun, CORE_FAULT_BHM_MISSING);
        return CORE_STAY;
    }
    if (link->bhm_mv < gun->param[CORE_P_VOLTAGE_MIN])
        core_fail(gun, CORE_FAULT_BHM_LOW);
    else if (outer_live(gun))
        core_fail(gun, CORE_FAULT_OUTER_LIVE);
    else
        return CORE_WELD_TEST;
    return CORE_STAY;
}

enum core_state core_weld_test_run(struct gun *gun) {
    return core_weld_run(gun) == CORE_DONE ? CORE_INSULATION_TEST : CORE_STAY;
}

enum core_state core_insulation_test_run(struct gun *gun) {
    return core_insulation_run(gun) == CORE_DONE ? CORE_RECOGNITION : CORE_STAY;
}
