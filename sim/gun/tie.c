/* SPDX-License-Identifier: MIT */
#include "sim/gun/tie.h"

#include <assert.h>
#include <string.h>

/* Of the pair: both guns' next events are others. */
static void circuits_changed(void *ctx) {
    struct gun_tie *tie = ctx;
    bool is = dc_pair_tie_interrupted(&tie->pair, DC_POSITIVE) &&
              dc_pair_tie_interrupted(&tie->pair, DC_NEGATIVE);
    gun_circuit_changed(tie->guns[0]);
    gun_circuit_changed(tie->guns[1]);
    if (is != signal_is(tie->contactor.interrupted)) {
        signal_set(tie->contactor.interrupted, tie->guns[0]->dc.now_ns, is);
    }
}

static void on_command(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)at_ns;
    struct gun_tie *tie = ctx;
    contactor_command(&tie->contactor, signal_is(signal), tie->loop->now_ns);
}

static void on_closed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct gun_tie *tie = ctx;
    dc_pair_set_tie(&tie->pair, at_ns, signal_is(signal));
}

void gun_tie_share_vehicle(struct gun_tie *tie, bool one, int64_t now_ns) {
    dc_pair_share_pack(&tie->pair, now_ns, one);
}

void gun_tie_init(struct gun_tie *tie, struct loop *loop, struct signal_board *board, struct gun *a,
                  struct gun *b) {
    static const struct contactor_names names = {
        "tie.closed",      "the tie between both guns' buses conducts",
        "tie.feedback",    "auxiliary contact of the tie",
        "tie.interrupted", "the tie has parted and its arcs are out"};
    assert(a != b);
    memset(tie, 0, sizeof *tie);
    tie->loop = loop;
    tie->guns[0] = a;
    tie->guns[1] = b;
    dc_pair_init(&tie->pair, &a->dc, &b->dc);
    contactor_init(&tie->contactor, loop, board, &names, &contactor_dc);
    signal_set(tie->contactor.interrupted, loop->now_ns, 1);
    tie->pair.changed = circuits_changed;
    tie->pair.ctx = tie;
    tie->command = signal_add(board, "tie.command", SIGNAL_BOOL, "", "coil of the tie");
    signal_set(tie->command, loop->now_ns, 0);
    tie->on_command = (struct subscription){.changed = on_command, .ctx = tie};
    tie->on_closed = (struct subscription){.changed = on_closed, .ctx = tie};
    signal_subscribe(tie->command, &tie->on_command);
    signal_subscribe(tie->contactor.closed, &tie->on_closed);
}
