/* SPDX-License-Identifier: MIT */
/* The timers of a transfer as seen from outside. */
#include "vehicle_bms/listen/internal.h"

#include "sim/loop.h"

#include <assert.h>

/* The limit of the step that has to come next, the side it binds, and the fault when it runs
 * out. */
static int64_t next_limit(const struct assembler *assembler, const struct assembler_transfer *t,
                          bool *by_sender, enum transfer_fault *fault) {
    const struct transport_timing *timing = &assembler->timing;
    *by_sender = t->asked && !t->complete;
    if (t->held) {
        *fault = TRANSFER_HELD;
        return timing->t4_ns;
    }
    if (!*by_sender) {
        *fault = TRANSFER_NO_ANSWER;
        return timing->t3_ns;
    }
    *fault = t->fresh ? TRANSFER_NO_PACKET : TRANSFER_GAP;
    return t->fresh ? timing->t2_ns : timing->t1_ns;
}

static void tell_time(struct assembler *assembler, const struct assembler_transfer *t,
                      const struct seen *seen, enum transfer_fault fault, bool by_sender) {
    bool by_charger = assembler_sender_is_charger(assembler, t) == by_sender;
    struct transfer_event event = assembler_event_of(t, seen, fault, by_charger);
    event.late_ns = seen->at_ns - t->last_ns;
    event.packet = (uint8_t)(t->complete ? 0 : t->next);
    assert(assembler->timed && event.late_ns > 0);
    assembler_report(assembler, &event);
}

/* A timer has run out. The transfer stays open: whoever goes on in spite of it is still heard. */
void assembler_check_deadline(struct assembler *assembler, struct assembler_transfer *t,
                              const struct seen *seen) {
    enum transfer_fault fault;
    bool by_sender;
    if (t->deadline_ns == LOOP_NEVER || seen->at_ns - assembler->resolution_ns <= t->deadline_ns) {
        return;
    }
    assert(assembler->timed); /* without a clock no timer runs */
    t->deadline_ns = LOOP_NEVER;
    assembler_tell_deferred(assembler, t);
    if (t->open) {
        next_limit(assembler, t, &by_sender, &fault);
        t->overdue = true;
        if (!t->left) { /* else it was told that its sender had left it */
            tell_time(assembler, t, seen, fault, by_sender);
        }
    }
}

/* A step has come: was it slower than Tr? A receiver that holds may take Th and more. */
void assembler_stepped(struct assembler *assembler, struct assembler_transfer *t,
                       const struct seen *seen) {
    assert(t->open);
    enum transfer_fault fault;
    bool by_sender;
    if (!assembler->timed) {
        return;
    }
    next_limit(assembler, t, &by_sender, &fault);
    if (!t->overdue && !t->held && seen->at_ns - t->last_ns > assembler->timing.tr_ns) {
        tell_time(assembler, t, seen, TRANSFER_SLOW, by_sender);
    }
    t->overdue = false;
}

void assembler_await(struct assembler *assembler, struct assembler_transfer *t, int64_t at_ns) {
    enum transfer_fault fault;
    bool by_sender;
    t->last_ns = at_ns;
    t->deadline_ns =
        assembler->timed ? at_ns + next_limit(assembler, t, &by_sender, &fault) : LOOP_NEVER;
    assert(t->deadline_ns >= t->last_ns);
}
