/* SPDX-License-Identifier: MIT */
/* How often the charger has reconnected in this charge (GB/T 27930-2015 annex A: from CRM(00) on,
 * after an error message). A count is cleared when charging is reached, and with K3/K4: whether a
 * success clears it no public source says, so a charger that does not is not blamed here. */
#include "harness/truth/internal.h"

#include <assert.h>

#define NOT_RECOGNISED 0.0
/* What follows an error message closer than that belongs to it, even beyond CRM(00): the vehicle may
 * not have heard it yet. Every wait is longer (SPN 3925: 1 s). */
#define BURST_NS (900 * NS_PER_MS)

/* CRM(00) that goes on at its period of 250 ms (and as much again) through a BEM has not begun anew. */
#define GOES_ON_NS (500 * NS_PER_MS)

static void error_message(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    if (truth->error_ns < 0 || at_ns - truth->error_ns > BURST_NS) {
        truth->error = true;
        signal_set(truth->timed_out, at_ns, 1);
    }
    truth->error_ns = at_ns;
}

/* After its own error message the charger begins anew, however soon. */
static void own_error_message(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    truth->recognising = false;
    error_message(ctx, signal, at_ns);
}

static bool is_reconnection(const struct truths *truth, int64_t at_ns) {
    bool goes_on = truth->recognising && at_ns - truth->recognising_ns <= GOES_ON_NS;
    return truth->error && !goes_on;
}

static void crm(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    assert(!truth->error || truth->error_ns >= 0); /* what it reconnects after has come */
    assert(truth->reconnections->value >= 0);
    bool recognising = truth_field(truth, FIELD_CRM_RESULT) == NOT_RECOGNISED;
    if (recognising && is_reconnection(truth, at_ns)) {
        signal_set(truth->reconnections, at_ns, truth->reconnections->value + 1);
    }
    truth->error = truth->error && !recognising;
    truth->recognising = recognising;
    truth->recognising_ns = at_ns;
    signal_set(truth->timed_out, at_ns, 0);
}

static void ccs(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    signal_set(truth->reconnections, at_ns, 0);
}

static void auxiliary(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    if (signal_is(signal)) {
        truth->error = false;
        signal_set(truth->reconnections, at_ns, 0);
    } else {
        signal_set(truth->timed_out, at_ns, 0);
    }
}

void truth_reconnect_init(struct truths *truth) {
    truth->error_ns = -1;
    truth->timed_out =
        truth_signal(truth, "charger.timed_out", SIGNAL_BOOL, "",
                     "CEM or BEM has come, and neither CRM since then nor K3 and K4 open");
    truth->reconnections =
        truth_signal(truth, "charger.reconnections", SIGNAL_NUMBER, "",
                     "CRM(00) after CEM or BEM, since K3 and K4 closed or CCS last came");
    truth_follow(truth, "CEM", own_error_message);
    truth_follow(truth, "BEM", error_message);
    truth_follow(truth, "CRM", crm);
    truth_follow(truth, "CCS", ccs);
    truth_follow(truth, "k3k4.closed", auxiliary);
}
