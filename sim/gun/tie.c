/* SPDX-License-Identifier: MIT */
#include "sim/gun/tie.h"

#include <assert.h>
#include <math.h>
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

static double difference_v(const struct gun_tie *tie, int64_t at_ns) {
    return fabs(dc_value(&tie->guns[0]->dc, DC_INNER_VOLTAGE, at_ns) -
                dc_value(&tie->guns[1]->dc, DC_INNER_VOLTAGE, at_ns));
}

/* The greater one of its poles: what one carries alone it has to part, too. */
static double current_a(const struct gun_tie *tie, int64_t at_ns) {
    return fmax(fabs(dc_pair_tie_a(&tie->pair, DC_POSITIVE, at_ns)),
                fabs(dc_pair_tie_a(&tie->pair, DC_NEGATIVE, at_ns)));
}

/* What it makes or parts is looked at before the circuit changes. */
static void on_closed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct gun_tie *tie = ctx;
    bool closed = signal_is(signal);
    dc_advance(&tie->guns[0]->dc, at_ns);
    dc_advance(&tie->guns[1]->dc, at_ns);
    if (closed) {
        signal_set(tie->making_difference, at_ns, difference_v(tie, at_ns));
    } else {
        signal_set(tie->breaking_current, at_ns, current_a(tie, at_ns));
    }
    dc_pair_set_tie(&tie->pair, at_ns, closed);
}

void gun_tie_share_vehicle(struct gun_tie *tie, bool one, int64_t now_ns) {
    dc_pair_share_pack(&tie->pair, now_ns, one);
    signal_set(tie->shared, now_ns, one);
}

/* Nothing has been made or parted yet: the first two are unknown. */
static void add_readings(struct gun_tie *tie, struct signal_board *board) {
    tie->making_difference =
        signal_add(board, "tie.making_difference", SIGNAL_NUMBER, "V",
                   "voltage between both guns' buses just before the tie made, at each make");
    tie->breaking_current = signal_add(board, "tie.breaking_current", SIGNAL_NUMBER, "A",
                                       "current in the tie just before it parted, at each parting");
    tie->shared = signal_add(board, "vehicle.shared", SIGNAL_BOOL, "",
                             "both plugs stand in one vehicle, the first one's");
    signal_set(tie->shared, tie->loop->now_ns, 0);
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
    add_readings(tie, board);
    tie->on_command = (struct subscription){.changed = on_command, .ctx = tie};
    tie->on_closed = (struct subscription){.changed = on_closed, .ctx = tie};
    signal_subscribe(tie->command, &tie->on_command);
    signal_subscribe(tie->contactor.closed, &tie->on_closed);
}
