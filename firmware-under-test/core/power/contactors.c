/* SPDX-License-Identifier: MIT */
#include "power/contactors.h"

#include "services/assert.h"

enum {
    CHECK_CLOSING = 1,
    CHECK_OPENING = 2
}; /* bits of feedback.check */

static const enum dut_input feedbacks[CORE_CONTACTORS] = {DUT_IN_K1_FEEDBACK, DUT_IN_K2_FEEDBACK};

void core_contactors_begin(struct core_contactors *contactors, struct core_services *services) {
    *contactors = (struct core_contactors){.services = services};
}

void core_contactor_set(struct core_contactors *contactors, enum core_contactor which,
                        bool closed) {
    CORE_ASSERT(which < CORE_CONTACTORS);
    const struct core_services *services = contactors->services;
    CORE_ASSERT(!closed || services->fault == CORE_FAULT_NONE);
    CORE_ASSERT(!closed || (services->out[DUT_OUT_LOCK] != 0 && services->out[DUT_OUT_AUX] != 0));
    core_output_set(contactors->services, core_contactor_command(which), closed ? 1 : 0);
}

void core_contactors_set(struct core_contactors *contactors, bool closed) {
    core_contactor_set(contactors, CORE_K1, closed);
    core_contactor_set(contactors, CORE_K2, closed);
}

bool core_contactor_follows(const struct core_contactors *contactors, enum core_contactor which) {
    CORE_ASSERT(which < CORE_CONTACTORS);
    int check = core_contactor_commanded(contactors, which) ? CHECK_CLOSING : CHECK_OPENING;
    bool says_closed = contactors->services->in[feedbacks[which]] != 0;
    return says_closed == core_contactor_commanded(contactors, which) ||
           !(contactors->services->param[CORE_P_FEEDBACK_CHECK] & check);
}

bool core_contactors_closed(const struct core_contactors *contactors) {
    return core_contactor_commanded(contactors, CORE_K1) &&
           core_contactor_commanded(contactors, CORE_K2) &&
           core_contactor_follows(contactors, CORE_K1) &&
           core_contactor_follows(contactors, CORE_K2);
}

bool core_contactors_open(const struct core_contactors *contactors) {
    return !core_contactors_commanded(contactors) && core_contactor_follows(contactors, CORE_K1) &&
           core_contactor_follows(contactors, CORE_K2);
}

void core_contactors_supervise(struct core_contactors *contactors, bool on) {
    CORE_ASSERT(!core_contactors_commanded(contactors)); /* begins and ends with both open */
    contactors->supervised = on;
    contactors->differs[CORE_K1] = contactors->differs[CORE_K2] = false;
}

/* True while the contact has contradicted its command for longer than feedback.timeout. */
static bool disobeys(struct core_contactors *contactors, enum core_contactor which) {
    if (core_contactor_follows(contactors, which)) {
        contactors->differs[which] = false;
        return false;
    }
    if (!contactors->differs[which]) {
        contactors->differs_ns[which] = contactors->services->now;
    }
    contactors->differs[which] = true;
    CORE_ASSERT(contactors->differs_ns[which] <= contactors->services->now);
    return core_elapsed(contactors->services, contactors->differs_ns[which],
                        CORE_P_FEEDBACK_TIMEOUT);
}

void core_contactors_run(struct core_contactors *contactors) {
    bool k1, k2;
    if (!contactors->supervised) {
        return;
    }
    k1 = disobeys(contactors, CORE_K1);
    k2 = disobeys(contactors, CORE_K2);
    if (k1 && k2 && !core_contactors_commanded(contactors)) {
        core_fail(contactors->services, CORE_FAULT_K1_K2_WELDED);
    } else if (k1) {
        core_fail(contactors->services, core_contactor_commanded(contactors, CORE_K1)
                                            ? CORE_FAULT_K1_FEEDBACK
                                            : CORE_FAULT_K1_WELDED);
    } else if (k2) {
        core_fail(contactors->services, core_contactor_commanded(contactors, CORE_K2)
                                            ? CORE_FAULT_K2_FEEDBACK
                                            : CORE_FAULT_K2_WELDED);
    }
}
