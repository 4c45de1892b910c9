/* SPDX-License-Identifier: MIT */
/* CRO(AA) against the contactors (GB/T 27930-2015 SPN 2830: ready, K1 and K2 are closed). */
#include "harness/truth/internal.h"

#include <assert.h>
#include <math.h>

#define READY 170.0 /* AA */
#define UNDER_WAY_NS                                                                               \
    (100 * NS_PER_MS) /* GB/T 18487.1-2015 B.3.7.1: K1/K2 open within it, before
                                              the next message can say so */

static void contact(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    bool other = signal == truth->k1 ? signal_is(truth->k2) : signal_is(truth->k1);
    assert(signal == truth->k1 || signal == truth->k2);
    if (!signal_is(signal) && other) {
        truth->opened_ns = at_ns;
    }
}

static void cro(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    bool closed = signal_is(truth->k1) && signal_is(truth->k2);
    bool just_opened = truth->opened_ns >= 0 && at_ns - truth->opened_ns <= UNDER_WAY_NS;
    bool says_ready = truth_field(truth, FIELD_CRO_READY) == READY;
    signal_set(truth->cro, at_ns, says_ready && !closed && !just_opened);
}

void truth_ready_init(struct truths *truth) {
    truth->opened_ns = -1;
    truth->cro = truth_signal(truth, "truth.cro", SIGNAL_BOOL, "",
                              "CRO says \"ready\" while K1 or K2 is open");
    truth_follow(truth, "k1.closed", contact);
    truth_follow(truth, "k2.closed", contact);
    truth_follow(truth, "CRO", cro);
}
