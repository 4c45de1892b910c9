/* SPDX-License-Identifier: MIT */
#include "tests/vehicle_bms/support/fake_charger.h"

static double bench_charge_c(void *ctx, int64_t now_ns) {
    struct bench *bench = ctx;
    double current_a = bench->current != NULL && bench->current->known ? bench->current->value : 0;
    bench->charge_c += current_a * (double)(now_ns - bench->charge_ns) / (double)NS_PER_S;
    bench->charge_ns = now_ns;
    return bench->charge_c;
}

void bench_flow(struct bench *bench, double current_a) {
    int64_t now_ns = bench->loop.now_ns;
    bench_charge_c(bench, now_ns);
    signal_set(bench->current, now_ns, current_a);
    signal_set(bench->voltage, now_ns, pack_terminal_v(bench->pack, now_ns));
}

void bench_contact(struct bench *bench, size_t k) {
    const char *name = k == 0 ? "k5.command" : "k6.command";
    bool closed = signal_is(signal_find(&bench->board, name)) && !bench->stuck_open[k];
    signal_set(bench->k_closed[k], bench->loop.now_ns, closed);
    if (!closed) {
        bench_flow(bench, 0);
    }
}

static void bench_k5(void *ctx, int64_t now_ns) {
    (void)now_ns;
    bench_contact(ctx, 0);
}

static void bench_k6(void *ctx, int64_t now_ns) {
    (void)now_ns;
    bench_contact(ctx, 1);
}

static void bench_command(void *ctx, struct signal *signal, int64_t at_ns) {
    struct bench *bench = ctx;
    size_t k = signal == signal_find(&bench->board, "k5.command") ? 0 : 1;
    loop_set(&bench->loop, &bench->k_timer[k], at_ns + MS(20));
}

static void bench_logged(void *ctx, int64_t at_ns, const struct message *message,
                         const struct observed *observed) {
    struct bench *bench = ctx;
    struct log *log = &bench->log[message_index(message)];
    if (log->count == 0) {
        log->first_ns = at_ns;
        log->length = observed->length;
        memcpy(log->first, observed->data, MESSAGE_LENGTH_MAX);
    }
    if (log->first_aa_ns == 0 && observed->data[0] == 0xAA) {
        log->first_aa_ns = at_ns;
    }
    log->last_ns = at_ns;
    log->count++;
}

void charger_say(struct charger *charger, enum message_index index, const uint8_t *bytes,
                 uint8_t length) {
    bool anew = charger->sending != index;
    charger->sending = index;
    charger->length = length;
    memcpy(charger->payload, bytes, length);
    if (anew || bytes[0] == 0xAA) {
        loop_set(&charger->bench->loop, &charger->send_timer, charger->bench->loop.now_ns);
    }
}

static void charger_put(struct charger *charger) {
    struct can_frame_ext frame = {
        .id = message_id(&messages[charger->sending]), .extended = true, .len = charger->length};
    memcpy(frame.data, charger->payload, charger->length);
    can_send(charger->bench->net, &charger->node, &frame);
}

static void charger_turn(void *ctx, int64_t now_ns) {
    struct charger *charger = ctx;
    if (charger->sending == MESSAGE_COUNT) {
        return;
    }
    bool withheld = charger->sending == charger->withhold &&
                    (!charger->withhold_aa || charger->payload[0] == 0xAA);
    if (charger->sending == MESSAGE_CCS && charger->ccs_left-- == 0) {
        charger->sending = MESSAGE_COUNT;
        return;
    }
    if (!withheld) {
        charger_put(charger);
    }
    if (charger->sending == MESSAGE_CRO && charger->payload[0] == 0) {
        if (charger->cro_00-- == 0 && !(charger->withhold == MESSAGE_CRO && charger->withhold_aa)) {
            charger->payload[0] = 0xAA;
        }
    }
    int64_t period_ns = MS(messages[charger->sending].forms[EDITION_2015].period_ms);
    loop_set(&charger->bench->loop, &charger->send_timer, now_ns + period_ns);
}

void charger_stop(struct charger *charger, uint8_t reason) {
    if (!charger->bench->weak) {
        bench_flow(charger->bench, 0);
    }
    charger_say(charger, MESSAGE_CST, (uint8_t[]){reason, 0, 0xF0, 0xF0}, 4);
}

static void charger_heard(void *ctx, int64_t now_ns, uint32_t pgn, const uint8_t *data,
                          size_t length) {
    static const uint8_t crm[8] = {0x00, 1, 0, 0, 0, 'A', 'B', 'C'};
    static const uint8_t crm_aa[8] = {0xAA, 1, 0, 0, 0, 'A', 'B', 'C'};
    static const uint8_t cml[8] = {0x4C, 0x1D, 0xD0, 0x07, 0xDC, 0x05, 0xA0, 0x0F};
    static const uint8_t ccs[8] = {0, 0, 0xA0, 0x0F, 0, 0, 0xFD, 0xFF};
    static const uint8_t csd[8] = {1, 0, 1, 0, 1, 0, 0, 0};
    struct charger *charger = ctx;
    const struct message *message = message_by_pgn(pgn);
    double demand;
    (void)now_ns;
    switch (message_index(message)) {
    case MESSAGE_BHM:
        if (charger->sending == MESSAGE_CHM) {
            charger_say(charger, MESSAGE_CRM, crm, 8);
        }
        break;
    case MESSAGE_BRM:
        if (!(charger->withhold == MESSAGE_CRM && charger->withhold_aa)) {
            charger_say(charger, MESSAGE_CRM, crm_aa, 8);
        }
        break;
    case MESSAGE_BCP:
        charger_say(charger, MESSAGE_CML, cml, 8);
        break;
    case MESSAGE_BRO:
        if (data[0] == 0xAA && charger->sending == MESSAGE_CML) {
            charger_say(charger, MESSAGE_CRO, (uint8_t[]){0}, 1);
        }
        break;
    case MESSAGE_BCL:
    case MESSAGE_BCS:
        charger->had_bcl = charger->had_bcl || message->code[2] == 'L';
        charger->had_bcs = charger->had_bcs || message->code[2] == 'S';
        if (charger->sending == MESSAGE_CRO && charger->had_bcl && charger->had_bcs) {
            charger_say(charger, MESSAGE_CCS, ccs, 8);
        }
        if (charger->sending == MESSAGE_CCS && message->code[2] == 'L' &&
            field_get(&message->fields[1], data, length, &demand) == FIELD_VALUE) {
            bench_flow(charger->bench, -demand);
        }
        break;
    case MESSAGE_BST:
        if (charger->sending == MESSAGE_CCS) {
            charger_stop(charger, 0x40);
        }
        break;
    case MESSAGE_BSD:
        charger_say(charger, MESSAGE_CSD, csd, 8);
        break;
    default:
        break;
    }
}

static void charger_reschedule(struct charger *charger) {
    if (charger->receiver.deadline_ns != LOOP_NEVER) {
        loop_set(&charger->bench->loop, &charger->receive_timer, charger->receiver.deadline_ns);
    } else {
        loop_cancel(&charger->bench->loop, &charger->receive_timer);
    }
}

static void charger_frame(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    struct charger *charger = ctx;
    uint32_t pgn = frame->id >> 8 & 0x3FF00u;
    if (pgn == TRANSPORT_PGN_CM || pgn == TRANSPORT_PGN_DT) {
        transport_receiver_frame(&charger->receiver, at_ns, frame);
        charger_reschedule(charger);
    } else if (message_by_pgn(pgn) != NULL) {
        charger_heard(charger, at_ns, pgn, frame->data, frame->len);
    }
}

static void charger_time(void *ctx, int64_t now_ns) {
    struct charger *charger = ctx;
    transport_receiver_time(&charger->receiver, now_ns);
    charger_reschedule(charger);
}

static int charger_transmit(void *ctx, int64_t now_ns, const struct can_frame_ext *frame) {
    struct charger *charger = ctx;
    (void)now_ns;
    return can_send(charger->bench->net, &charger->node, frame);
}

static void charger_init(struct charger *charger, struct bench *bench) {
    const struct transport_port port = {ADDRESS_CHARGER, ADDRESS_BMS, charger_transmit, charger};
    charger->bench = bench;
    charger->sending = charger->withhold = MESSAGE_COUNT;
    charger->ccs_left = 1000000;
    charger->cro_00 = 2;
    charger->node = (struct can_node){.received = charger_frame, .ctx = charger};
    charger->send_timer = (struct timer){.fire = charger_turn, .ctx = charger};
    charger->receive_timer = (struct timer){.fire = charger_time, .ctx = charger};
    transport_receiver_init(&charger->receiver, &port, &transport_timing_default, charger_heard);
    can_join(bench->net, &charger->node);
}

void bench_new(struct bench *bench, const struct bms_params *params) {
    struct problem problem = {0};
    memset(bench, 0, sizeof *bench);
    loop_init(&bench->loop, LOOP_VIRTUAL);
    bench->net = can_bus_new(&bench->loop, 250000);
    bench->observer = observer_new(&bench->board, EDITION_2015);
    observer_attach(bench->observer, bench->net);
    bench->listener = (struct observer_listener){.message = bench_logged, .ctx = bench};
    observer_listen(bench->observer, &bench->listener);
    bench->pack = pack_new(&bench->loop, &bench->board, &pack_bus_lfp_540v, bench_charge_c, bench);
    bench->bms = bms_new(&bench->loop, &bench->board, bench->net, bench->pack,
                         params != NULL ? params : &bms_params_default);
    ck_assert(!bms_start(bench->bms, &problem)); /* says what is missing */
    ck_assert_ptr_nonnull(strstr(problem.text, "aux.voltage"));
    struct signal_board *board = &bench->board;
    bench->aux = signal_add(board, "aux.voltage", SIGNAL_NUMBER, "V", "");
    bench->cc2 = signal_add(board, "cc2.voltage", SIGNAL_NUMBER, "V", "");
    bench->k_closed[0] = signal_add(board, "k5.closed", SIGNAL_BOOL, "", "");
    bench->k_closed[1] = signal_add(board, "k6.closed", SIGNAL_BOOL, "", "");
    bench->voltage = signal_add(board, "battery.voltage", SIGNAL_NUMBER, "V", "");
    bench->current = signal_add(board, "battery.current", SIGNAL_NUMBER, "A", "");
    bench->k_timer[0] = (struct timer){.fire = bench_k5, .ctx = bench};
    bench->k_timer[1] = (struct timer){.fire = bench_k6, .ctx = bench};
    for (size_t k = 0; k < 2; k++) {
        bench->on_command[k] = (struct subscription){.changed = bench_command, .ctx = bench};
        signal_subscribe(signal_find(board, k == 0 ? "k5.command" : "k6.command"),
                         &bench->on_command[k]);
    }
    bench_flow(bench, 0);
    ck_assert(bms_start(bench->bms, &problem));
    charger_init(&bench->charger, bench);
}

void bench_free(struct bench *bench) {
    bms_free(bench->bms);
    pack_free(bench->pack);
    observer_free(bench->observer);
    can_free(bench->net);
    signal_board_free(&bench->board);
    loop_free(&bench->loop);
}

void bench_plug_in(struct bench *bench) {
    signal_set(bench->cc2, bench->loop.now_ns, 6.0);
    signal_set(bench->aux, bench->loop.now_ns, 12.0);
    loop_run(&bench->loop, bench->loop.now_ns + MS(150)); /* the BMS wakes */
    charger_say(&bench->charger, MESSAGE_CHM, (uint8_t[]){1, 1, 0}, 3);
}

double bench_read(struct bench *bench, const char *name) {
    const struct signal *signal = signal_find(&bench->board, name);
    ck_assert_msg(signal != NULL, "no signal %s", name);
    return signal_at(signal, bench->loop.now_ns);
}

bool bench_run_until(struct bench *bench, enum bms_state_id state, int64_t until_ns) {
    while (bms_state(bench->bms) != state && bench->loop.now_ns < until_ns) {
        loop_run(&bench->loop, bench->loop.now_ns + MS(1));
    }
    return bms_state(bench->bms) == state;
}
