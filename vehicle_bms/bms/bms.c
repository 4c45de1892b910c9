/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/bms/bms.h"

#include "sim/memory.h"
#include "vehicle_bms/bms/internal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUX_MIN_V    10.0 /* wakes and works */
#define AUX_MAX_V    16.0
#define CC2_MIN_V    5.2 /* detection point 2, 6 V +-0.8 V: GB/T 18487.1-2015 annex B */
#define CC2_MAX_V    6.8
#define OPEN_LOOK_NS (10 * NS_PER_MS) /* task time in which the falling current is looked at */

const struct bms_params bms_params_default = {
    .edition = EDITION_2015,
    .version_minor = 1,
    .version_major = 1,
    .brm_length = 49,
    .vin = "PB0FICTIONAL00001",
    .maker = "PBLB",
    .serial_number = 1,
    .made_year = 2020,
    .made_month = 6,
    .made_day = 1,
    .charge_count = 100,
    .ownership = 1,
    .software_build = 1,
    .software_day = 1,
    .software_month = 1,
    .software_year = 2020,
    .bhm_voltage_v = 613.2,
    .voltage_max_v = 613.2,
    .cell_voltage_max_v = 3.65,
    .current_max_a = 250,
    .temperature_max_c = 55,
    .target_soc_percent = 98,
    .demand_current_a = 200,
    .charge_cell_voltage_v = 3.45,
    .end_current_a = 20,
    .wake_ns = 100 * NS_PER_MS,
    .k5_close_ns = 200 * NS_PER_MS,
    .k6_close_ns = 300 * NS_PER_MS,
    .ready_ns = 100 * NS_PER_MS,
    .open_current_a = 5,
    .open_fault_ns = 300 * NS_PER_MS,
    .open_ns = 10 * NS_PER_S,
    .bst_frames_min = 10,
    .wait_ns =
        {
            [BMS_WAIT_CRM_00] = 30 * NS_PER_S,
            [BMS_WAIT_CRM_AA] = 5 * NS_PER_S,
            [BMS_WAIT_CML] = 5 * NS_PER_S,
            [BMS_WAIT_CRO] = 5 * NS_PER_S,
            [BMS_WAIT_CRO_AA] = 60 * NS_PER_S,
            [BMS_WAIT_CCS] = 1 * NS_PER_S,
            [BMS_WAIT_CST] = 5 * NS_PER_S,
            [BMS_WAIT_CSD] = 10 * NS_PER_S,
            [BMS_WAIT_RETURN] = 30 * NS_PER_S,
        },
    .wait_wake_ns = 60 * NS_PER_S,
    .own_timeouts = true,
    .timing =
        {
            .tr_ns = 200 * NS_PER_MS,
            .th_ns = 500 * NS_PER_MS,
            .t1_ns = 750 * NS_PER_MS,
            .t2_ns = 1250 * NS_PER_MS,
            .t3_ns = 1250 * NS_PER_MS,
            .t4_ns = 1050 * NS_PER_MS,
            .dt_gap_ns = 10 * NS_PER_MS,
        },
};

/* ---- contactors ---- */

bool bms_contacts_closed(const struct bms *bms) {
    return signal_is(bms->k5_closed) && signal_is(bms->k6_closed);
}

double bms_current_a(const struct bms *bms, int64_t now_ns) {
    double current = signal_at(bms->current, now_ns);
    return isnan(current) ? 0.0 : current;
}

/* K5 and K6 are being closed, or being opened, or neither. */
static bool contactors_sound(const struct bms *bms) {
    bool closing = bms->k5_at_ns != LOOP_NEVER || bms->k6_at_ns != LOOP_NEVER;
    bool opening = bms->open_by_ns != LOOP_NEVER;
    return !(closing && opening) && opening == (bms->open_look_ns != LOOP_NEVER);
}

static void open_now(struct bms *bms, int64_t now_ns) {
    bms->k5_at_ns = bms->k6_at_ns = LOOP_NEVER;
    bms->open_by_ns = bms->open_look_ns = LOOP_NEVER;
    signal_set(bms->k5_command, now_ns, 0);
    signal_set(bms->k6_command, now_ns, 0);
}

void bms_close_begin(struct bms *bms, int64_t now_ns) {
    bms->open_by_ns = bms->open_look_ns = LOOP_NEVER;
    bms->k5_at_ns = now_ns + bms->params.k5_close_ns;
    bms->k6_at_ns = now_ns + bms->params.k6_close_ns;
    assert(contactors_sound(bms) && bms->k5_at_ns >= now_ns && bms->k6_at_ns >= now_ns);
}

/* At the limit current or below at once, else when it has fallen so far, or at the limit. */
void bms_open_begin(struct bms *bms, int64_t now_ns, int64_t limit_ns) {
    bms->k5_at_ns = bms->k6_at_ns = LOOP_NEVER;
    int64_t by_ns = now_ns + limit_ns;
    if (bms->open_by_ns > by_ns) {
        bms->open_by_ns = by_ns;
    }
    bms->open_look_ns = now_ns;
    assert(contactors_sound(bms) && bms->open_by_ns <= by_ns); /* never put off */
}

static void contactors_run(struct bms *bms, int64_t now_ns) {
    if (now_ns >= bms->k5_at_ns) {
        bms->k5_at_ns = LOOP_NEVER;
        signal_set(bms->k5_command, now_ns, 1);
    }
    if (now_ns >= bms->k6_at_ns) {
        bms->k6_at_ns = LOOP_NEVER;
        signal_set(bms->k6_command, now_ns, 1);
    }
    if (now_ns >= bms->open_look_ns) {
        bool low = fabs(bms_current_a(bms, now_ns)) <= bms->params.open_current_a;
        if (low || now_ns >= bms->open_by_ns) {
            open_now(bms, now_ns);
        } else {
            bms->open_look_ns = now_ns + OPEN_LOOK_NS;
        }
    }
    assert(contactors_sound(bms));
}

/* ---- waits ---- */

void bms_wait_start(struct bms *bms, int64_t now_ns, enum bms_wait wait) {
    assert((unsigned)wait < BMS_WAITS && bms->params.wait_ns[wait] > 0);
    if (bms->params.own_timeouts) {
        bms->wait_at_ns[wait] = now_ns + bms->params.wait_ns[wait];
    }
}

void bms_wait_end(struct bms *bms, enum bms_wait wait) {
    assert((unsigned)wait < BMS_WAITS);
    bms->wait_at_ns[wait] = LOOP_NEVER;
}

static void waits_keep(struct bms *bms, uint32_t keeps) {
    for (unsigned wait = 0; wait < BMS_WAITS; wait++) {
        if (!(keeps >> wait & 1u)) {
            bms->wait_at_ns[wait] = LOOP_NEVER;
        }
    }
}

/* CSD is the charger's answer to BSD: while BSD is kept back on purpose nothing is owed. */
static bool judged(const struct bms *bms, unsigned wait) {
    const struct bms_slot *bsd = &bms->slots[MESSAGE_BSD];
    bool kept_back = wait == BMS_WAIT_CSD && bsd->mutation.muted && bsd->sent == 0;
    return bms->params.own_timeouts && !kept_back;
}

static void waits_run(struct bms *bms, int64_t now_ns) {
    for (unsigned wait = 0; wait < BMS_WAITS; wait++) {
        if (now_ns < bms->wait_at_ns[wait]) {
            continue;
        }
        bms->wait_at_ns[wait] = LOOP_NEVER;
        if (!judged(bms, wait)) {
            continue;
        }
        if (wait == BMS_WAIT_RETURN) {
            bms_go(bms, now_ns, BMS_GIVEN_UP);
            return;
        }
        assert(bms->state != BMS_OFF && bms->state != BMS_GIVEN_UP); /* nothing is awaited there */
        bms->own_error = true;
        bms->failed = (enum bms_wait)wait;
        signal_set(bms->fault_signal, now_ns, bms_wait_spn(bms->failed));
        bms_go(bms, now_ns, BMS_ERROR);
        return;
    }
}

/* ---- transitions ---- */

/* A held message keeps its state: where the state machine would go on to `next`, it goes to the
 * state that sends the message instead. */
static enum bms_state_id held_back(const struct bms *bms, enum bms_state_id next) {
    static const struct {
        enum bms_state_id next, instead;
        enum message_index message;
    } holds[] = {
        {BMS_RECOGNITION, BMS_HANDSHAKE, MESSAGE_BHM},
        {BMS_CONFIGURATION, BMS_RECOGNITION, MESSAGE_BRM},
        {BMS_NOT_READY, BMS_CONFIGURATION, MESSAGE_BCP},
        {BMS_CHARGING, BMS_READY, MESSAGE_BRO},
        {BMS_END, BMS_STOPPING, MESSAGE_BST},
    };
    for (size_t i = 0; i < sizeof holds / sizeof holds[0]; i++) {
        if (holds[i].next == next && bms->slots[holds[i].message].mutation.held) {
            return holds[i].instead;
        }
    }
    return next;
}

/* From where a state may be entered: off and awake, the course of a charge, and its ends. */
static bool may_follow(enum bms_state_id from, enum bms_state_id next) {
    switch (next) {
    case BMS_OFF:
        return true;
    case BMS_AWAKE:
        return from == BMS_OFF;
    case BMS_CONFIGURATION:
    case BMS_NOT_READY:
    case BMS_READY:
    case BMS_CHARGING:
    case BMS_END:
    case BMS_FINISHED:
        return from + 1 == next;
    case BMS_STOPPING:
        return from >= BMS_CONFIGURATION && from <= BMS_CHARGING;
    case BMS_GIVEN_UP:
        return from == BMS_ERROR;
    default: /* the handshake, recognition and errors: from wherever the charge is */
        return from != BMS_OFF && from != BMS_FINISHED && from != BMS_GIVEN_UP;
    }
}

/* Which fields mean something in a state, and what must be so in it. */
static bool state_sound(const struct bms *bms) {
    bool stopping = bms->state == BMS_STOPPING || bms->state == BMS_END;
    return (bms->wake_at_ns == LOOP_NEVER || bms->state == BMS_OFF) &&
           (bms->ready_at_ns == LOOP_NEVER || bms->state == BMS_NOT_READY) &&
           (bms->poll_at_ns != LOOP_NEVER) == (bms->state == BMS_CHARGING) &&
           (!stopping || bms->stop_field != NULL) && (bms->state != BMS_END || bms->cst_seen) &&
           (bms->state != BMS_FINISHED || bms->csd_seen);
}

void bms_go(struct bms *bms, int64_t now_ns, enum bms_state_id next) {
    assert((unsigned)next < BMS_STATES);
    if (next == bms->state) {
        return;
    }
    next = held_back(bms, next);
    if (next == bms->state) {
        waits_keep(bms, 0); /* what was awaited has come */
        return;
    }
    assert(may_follow(bms->state, next));
    assert(next != BMS_READY || bms_contacts_closed(bms));
    const struct bms_handlers *state = &bms_handlers[next];
    bms->state = next;
    bms->announced = false;
    bms->ready_at_ns = bms->poll_at_ns = LOOP_NEVER;
    waits_keep(bms, state->keeps);
    uint32_t sends = state->sends;
    if (next == BMS_ERROR && !bms->own_error) {
        sends = 0;
    }
    if (state->enter != NULL) {
        state->enter(bms, now_ns);
    }
    bms_slots_set(bms, now_ns, sends);
    signal_set(bms->state_signal, now_ns, next);
    assert(state_sound(bms));
}

static bool supplied(const struct bms *bms) {
    double aux_v = signal_at(bms->aux, bms->loop->now_ns);
    double cc2_v = signal_at(bms->cc2, bms->loop->now_ns);
    return aux_v >= AUX_MIN_V && aux_v <= AUX_MAX_V && cc2_v >= CC2_MIN_V && cc2_v <= CC2_MAX_V;
}

static void switch_off(struct bms *bms, int64_t now_ns) {
    bms->wake_at_ns = LOOP_NEVER;
    transport_sender_abort(&bms->sender, now_ns, 0);
    bms->receiver.state = RECEIVER_IDLE;
    bms->receiver.deadline_ns = LOOP_NEVER;
    bms_go(bms, now_ns, BMS_OFF);
    open_now(bms, now_ns);
    /* Without supply nothing is commanded and nothing under way. */
    assert(bms->state == BMS_OFF && bms->sender.state == SENDER_IDLE);
    assert(!signal_is(bms->k5_command) && !signal_is(bms->k6_command));
}

/* Supply and plug; subscribed to both. */
static void supply_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct bms *bms = ctx;
    (void)signal;
    if (bms->params.external) {
        return;
    }
    if (!supplied(bms)) {
        switch_off(bms, at_ns);
    } else if (bms->state == BMS_OFF && bms->wake_at_ns == LOOP_NEVER) {
        bms->wake_at_ns = at_ns + bms->params.wake_ns;
    }
    assert(supplied(bms) || bms->state == BMS_OFF);
    bms_reschedule(bms);
}

static void contacts_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct bms *bms = ctx;
    (void)signal;
    if (bms->state == BMS_NOT_READY) {
        bms->ready_at_ns = bms_contacts_closed(bms) ? at_ns + bms->params.ready_ns : LOOP_NEVER;
        bms_reschedule(bms);
    }
}

/* ---- frames in and out ---- */

int bms_transmit(void *ctx, int64_t now_ns, const struct can_frame_ext *frame) {
    struct bms *bms = ctx;
    (void)now_ns;
    return bms->cut ? -1 : can_send(bms->net, &bms->node, frame);
}

static void message_received(struct bms *bms, int64_t now_ns, uint32_t pgn, const uint8_t *data,
                             size_t length) {
    const struct message *message = message_by_pgn(pgn);
    if (message == NULL || !message->from_charger ||
        !message_length_ok(message, bms->params.edition, length)) {
        return;
    }
    const struct bms_handlers *state = &bms_handlers[bms->state];
    if (message == &messages[MESSAGE_CML]) {
        bms_heed(bms, data, length);
    }
    if (state->message != NULL) {
        bms_go(bms, now_ns, state->message(bms, now_ns, message_index(message), data));
    }
}

static void transfer_received(void *ctx, int64_t now_ns, uint32_t pgn, const uint8_t *data,
                              size_t length) {
    message_received(ctx, now_ns, pgn, data, length);
}

static void frame_received(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    struct bms *bms = ctx;
    /* The frame's instant may lie before timers that have run already (real clock): the BMS acts
     * when it gets to know. */
    int64_t now_ns = at_ns > bms->loop->now_ns ? at_ns : bms->loop->now_ns;
    if (bms->cut || bms->state == BMS_OFF || !frame->extended) {
        return;
    }
    if ((frame->id & 0xFFFFu) != ((uint32_t)ADDRESS_BMS << 8 | ADDRESS_CHARGER)) {
        return;
    }
    uint32_t pgn = frame->id >> 8 & 0x3FF00u;
    if (pgn == TRANSPORT_PGN_CM || pgn == TRANSPORT_PGN_DT) {
        transport_sender_frame(&bms->sender, now_ns, frame);
        transport_receiver_frame(&bms->receiver, now_ns, frame);
    } else {
        message_received(bms, now_ns, pgn, frame->data, frame->len);
    }
    bms_reschedule(bms);
}

/* ---- time ---- */

static void earliest(int64_t *at_ns, int64_t other_ns) {
    if (other_ns < *at_ns) {
        *at_ns = other_ns;
    }
}

void bms_reschedule(struct bms *bms) {
    if (bms->running) {
        return; /* run() does it at its end */
    }
    int64_t at_ns = bms_slots_due_ns(bms);
    earliest(&at_ns, bms->sender.deadline_ns);
    earliest(&at_ns, bms->receiver.deadline_ns);
    earliest(&at_ns, bms->wake_at_ns);
    earliest(&at_ns, bms->k5_at_ns);
    earliest(&at_ns, bms->k6_at_ns);
    earliest(&at_ns, bms->ready_at_ns);
    earliest(&at_ns, bms->poll_at_ns);
    earliest(&at_ns, bms->open_look_ns);
    for (unsigned wait = 0; wait < BMS_WAITS; wait++) {
        earliest(&at_ns, bms->wait_at_ns[wait]);
    }
    if (at_ns == LOOP_NEVER) {
        loop_cancel(bms->loop, &bms->timer);
    } else if (!loop_is_set(&bms->timer) || bms->timer.at_ns != at_ns) {
        loop_set(bms->loop, &bms->timer, at_ns);
    }
}

static void run(void *ctx, int64_t now_ns) {
    assert(!((struct bms *)ctx)->running); /* one turn does not begin inside another */
    struct bms *bms = ctx;
    bms->running = true;
    transport_sender_time(&bms->sender, now_ns);
    transport_receiver_time(&bms->receiver, now_ns);
    if (now_ns >= bms->wake_at_ns) {
        bms->wake_at_ns = LOOP_NEVER;
        bms_go(bms, now_ns, BMS_AWAKE);
    }
    waits_run(bms, now_ns);
    contactors_run(bms, now_ns);
    const struct bms_handlers *state = &bms_handlers[bms->state];
    if (state->time != NULL && (now_ns >= bms->ready_at_ns || now_ns >= bms->poll_at_ns)) {
        bms_go(bms, now_ns, state->time(bms, now_ns));
    }
    bms_slots_run(bms, now_ns);
    assert(state_sound(bms) && contactors_sound(bms));
    bms->running = false;
    bms_reschedule(bms);
}

/* ---- life ---- */

struct bms *bms_new(struct loop *loop, struct signal_board *board, struct can_net *net,
                    struct pack *pack, const struct bms_params *params) {
    assert((unsigned)params->edition < EDITIONS && bms_handlers_sound());
    struct bms *bms = memory_zeroed(1, sizeof *bms);
    bms->loop = loop;
    bms->board = board;
    bms->net = net;
    bms->pack = pack;
    bms->params = *params;
    bms->charger_v = bms->charger_a = (double)INFINITY;
    bms->timer = (struct timer){.fire = run, .ctx = bms};
    bms->wake_at_ns = bms->k5_at_ns = bms->k6_at_ns = bms->ready_at_ns = LOOP_NEVER;
    bms->poll_at_ns = bms->open_by_ns = bms->open_look_ns = LOOP_NEVER;
    waits_keep(bms, 0);
    const struct transport_port port = {
        .own = ADDRESS_BMS, .peer = ADDRESS_CHARGER, .send = bms_transmit, .ctx = bms};
    transport_sender_init(&bms->sender, &port, &params->timing, bms_transfer_finished);
    transport_receiver_init(&bms->receiver, &port, &params->timing, transfer_received);
    bms->k5_command = signal_add(board, "k5.command", SIGNAL_BOOL, "", "coil of K5 (vehicle, DC+)");
    bms->k6_command = signal_add(board, "k6.command", SIGNAL_BOOL, "", "coil of K6 (vehicle, DC-)");
    bms->state_signal = signal_add(board, "bms.state", SIGNAL_NUMBER, "", "state of the BMS");
    bms->fault_signal = signal_add(board, "bms.fault", SIGNAL_NUMBER, "",
                                   "SPN of the timeout raised or received, 0 none");
    signal_set(bms->k5_command, loop->now_ns, 0);
    signal_set(bms->k6_command, loop->now_ns, 0);
    signal_set(bms->state_signal, loop->now_ns, BMS_OFF);
    signal_set(bms->fault_signal, loop->now_ns, 0);
    bms->node = (struct can_node){.received = frame_received, .ctx = bms};
    can_join(net, &bms->node);
    return bms;
}

static bool find(struct bms *bms, const char *name, bool stepped, struct signal **signal,
                 struct problem *problem) {
    *signal = signal_find(bms->board, name);
    if (*signal == NULL) {
        return problem_set(problem, "bms: no signal %s; add the plant before bms_start", name);
    }
    if (stepped && (*signal)->source != NULL) {
        return problem_set(problem, "bms: signal %s must be stepped, not continuous", name);
    }
    return true;
}

bool bms_start(struct bms *bms, struct problem *problem) {
    if (!find(bms, "aux.voltage", true, &bms->aux, problem) ||
        !find(bms, "cc2.voltage", true, &bms->cc2, problem) ||
        !find(bms, "k5.closed", true, &bms->k5_closed, problem) ||
        !find(bms, "k6.closed", true, &bms->k6_closed, problem) ||
        !find(bms, "battery.voltage", false, &bms->voltage, problem) ||
        !find(bms, "battery.current", false, &bms->current, problem)) {
        return false;
    }
    assert(!bms->started);
    bms->started = true;
    bms->on_aux = (struct subscription){.changed = supply_changed, .ctx = bms};
    bms->on_cc2 = (struct subscription){.changed = supply_changed, .ctx = bms};
    bms->on_k5 = (struct subscription){.changed = contacts_changed, .ctx = bms};
    bms->on_k6 = (struct subscription){.changed = contacts_changed, .ctx = bms};
    signal_subscribe(bms->aux, &bms->on_aux);
    signal_subscribe(bms->cc2, &bms->on_cc2);
    signal_subscribe(bms->k5_closed, &bms->on_k5);
    signal_subscribe(bms->k6_closed, &bms->on_k6);
    supply_changed(bms, bms->aux, bms->loop->now_ns);
    return true;
}

void bms_share(struct bms *bms, struct bms *other) {
    assert(bms != other);
    bms->other = other;
}

void bms_free(struct bms *bms) {
    if (bms == NULL) {
        return;
    }
    loop_cancel(bms->loop, &bms->timer);
    can_leave(bms->net, &bms->node);
    if (bms->started) {
        signal_unsubscribe(bms->aux, &bms->on_aux);
        signal_unsubscribe(bms->cc2, &bms->on_cc2);
        signal_unsubscribe(bms->k5_closed, &bms->on_k5);
        signal_unsubscribe(bms->k6_closed, &bms->on_k6);
    }
    free(bms);
}

struct bms_params *bms_params(struct bms *bms) {
    return &bms->params;
}

enum bms_state_id bms_state(const struct bms *bms) {
    return bms->state;
}
