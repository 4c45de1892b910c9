/* SPDX-License-Identifier: MIT */
#include "power/contactors.h"

#include "gun.h"

enum {
    CHECK_CLOSING = 1,
    CHECK_OPENING = 2
}; /* bits of feedback.check */

static const enum dut_output commands[CORE_CONTACTORS] = {DUT_OUT_K1, DUT_OUT_K2};
static const enum dut_input feedbacks[CORE_CONTACTORS] = {DUT_IN_K1_FEEDBACK, DUT_IN_K2_FEEDBACK};

static bool commanded(const struct gun *gun, enum core_contactor which) {
    return gun->out[commands[which]] != 0;
}

void core_contactor_set(struct gun *gun, enum core_contactor which, bool closed) {
    core_output_set(gun, commands[which], closed ? 1 : 0);
}

void core_contactors_set(struct gun *gun, bool closed) {
    core_contactor_set(gun, CORE_K1, closed);
    core_contactor_set(gun, CORE_K2, closed);
}

bool core_contactor_follows(const struct gun *gun, enum core_contactor which) {
    int check = commanded(gun, which) ? CHECK_CLOSING : CHECK_OPENING;
    bool says_closed = gun->in[feedbacks[which]] != 0;
    return says_closed == commanded(gun, which) || !(gun->param[CORE_P_FEEDBACK_CHECK] & check);
}

bool core_contactors_commanded(const struct gun *gun) {
    return commanded(gun, CORE_K1) || commanded(gun, CORE_K2);
}

bool core_contactors_closed(const struct gun *gun) {
    return commanded(gun, CORE_K1) && commanded(gun, CORE_K2) &&
           core_contactor_follows(gun, CORE_K1) && core_contactor_follows(gun, CORE_K2);
}

bool core_contactors_open(const struct gun *gun) {
    return !core_contactors_commanded(gun) && core_contactor_follows(gun, CORE_K1) &&
           core_contactor_follows(gun, CORE_K2);
}

void core_contactors_supervise(struct gun *gun, bool on) {
    gun->contactors.supervised = on;
    gun->contactors.differs[CORE_K1] = gun->contactors.differs[CORE_K2] = false;
}

/* True while the contact has contradicted its command for longer than feedback.timeout. */
static bool disobeys(struct gun *gun, enum core_contactor which) {
    struct core_contactors *c = &gun->contactors;
    if (core_contactor_follows(gun, which)) {
        c->differs[which] = false;
        return false;
    }
    if (!c->differs[which])
        c->differs_ns[which] = gun->now;
    c->differs[which] = true;
    return core_due(gun, c->differs_ns[which] + core_ns(gun, CORE_P_FEEDBACK_TIMEOUT));
}

void core_contactors_run(struct gun *gun) {
    bool k1, k2;
    if (!gun->contactors.supervised)
        return;
    k1 = disobeys(gun, CORE_K1);
    k2 = disobeys(gun, CORE_K2);
    if (k1 && k2 && !core_contactors_commanded(gun))
        core_fail(gun, CORE_FAULT_K1_K2_WELDED);
    else if (k1)
        core_fail(gun, commanded(gun, CORE_K1) ? CORE_FAULT_K1_FEEDBACK : CORE_FAULT_K1_WELDED);
    else if (k2)
        core_fail(gun, commanded(gun, CORE_K2) ? CORE_FAULT_K2_FEEDBACK : CORE_FAULT_K2_WELDED);
}
