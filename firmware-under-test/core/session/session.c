/* SPDX-License-Identifier: MIT */
#include "session/session.h"

#include "services/assert.h"

#define NS_PER_MINUTE INT64_C(60000000000)

/* A start that is let go before the plug was in counts for nothing. */
void core_session_button(struct core_session *session, enum dut_input channel, bool was, bool is) {
    struct core_attempt *attempt = &session->attempt;
    if (channel == DUT_IN_START && is && !was) {
        attempt->start_pressed = true;
    }
    if (channel == DUT_IN_START && !is && session->state == CORE_IDLE) {
        attempt->start_pressed = false;
    }
    if (channel == DUT_IN_STOP && is && !was) {
        attempt->stop_pressed = true;
    }
}

enum core_state core_timeout(struct core_session *session, enum core_awaited awaited) {
    CORE_ASSERT(core_session_watches(session) != 0); /* who waits is in a session */
    core_link_await(&session->machines->link, awaited);
    return CORE_TIMED_OUT;
}

int32_t core_session_minutes(const struct core_session *session) {
    const struct core_attempt *attempt = &session->attempt;
    int64_t end_ns = attempt->ending ? attempt->stop_ns : session->machines->services.now;
    CORE_ASSERT(!attempt->charged || end_ns >= attempt->charge_ns);
    return attempt->charged ? (int32_t)((end_ns - attempt->charge_ns) / NS_PER_MINUTE) : 0;
}

int32_t core_session_energy_wh(const struct core_session *session) {
    return session->attempt.charged ? core_metering_energy_wh(&session->machines->metering) : 0;
}

enum core_cause core_session_cause(const struct core_session *session) {
    return session->attempt.cause;
}

enum charge_stop core_session_stop_reason(const struct core_session *session) {
    static const enum charge_stop reasons[] = {
        [CORE_CAUSE_NONE] = CHARGE_STOP_LINK,     [CORE_CAUSE_CONDITION] = CHARGE_STOP_LIMIT,
        [CORE_CAUSE_PERSON] = CHARGE_STOP_PERSON, [CORE_CAUSE_FAULT] = CHARGE_STOP_FAULT,
        [CORE_CAUSE_BMS] = CHARGE_STOP_VEHICLE,
    };
    enum core_fault fault = session->machines->services.fault;
    CORE_ASSERT(session->attempt.cause < sizeof reasons / sizeof reasons[0]);
    if (fault == CORE_FAULT_COMMUNICATION) {
        return CHARGE_STOP_LINK;
    }
    return fault != CORE_FAULT_NONE ? CHARGE_STOP_FAULT : reasons[session->attempt.cause];
}
