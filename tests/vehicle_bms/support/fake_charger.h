/* SPDX-License-Identifier: MIT */
/* fake_charger.h: a scripted charger, a fake plant and a log, for the tests of the BMS.
 *
 *   bench_new(&bench, NULL);  bench.charger.withhold = MESSAGE_CML;  bench_plug_in(&bench);
 *   loop_run(&bench.loop, 30 * NS_PER_S);
 *   ck_assert_uint_eq(bench.log[MESSAGE_BCP].count, 1);
 *
 * The charger sends one message at a time, periodically, and steps on by what it receives, as the
 * phase table of GB/T 27930 has it. It never gives up by itself. `withhold` names what it never
 * sends; `withhold_aa` lets CRM or CRO stay at 00. The plant follows K5/K6 after 20 ms and lets
 * the demanded current flow while the charger sends CCS. */
#ifndef TESTS_VEHICLE_BMS_SUPPORT_FAKE_CHARGER_H
#define TESTS_VEHICLE_BMS_SUPPORT_FAKE_CHARGER_H

#include "vehicle_bms/bms/bms.h"
#include "vehicle_bms/listen/observer.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS(n) ((n)*NS_PER_MS)

struct bench;

struct charger {
    struct bench *bench;
    struct can_node node;
    struct transport_receiver receiver;
    struct timer send_timer, receive_timer;
    enum message_index sending; /* MESSAGE_COUNT: nothing */
    uint8_t payload[8];
    uint8_t length;
    enum message_index withhold; /* MESSAGE_COUNT: nothing */
    bool withhold_aa;            /* ... but its 00 is sent */
    unsigned ccs_left;           /* CCS sent before it falls silent */
    unsigned cro_00;             /* CRO(00) before CRO(AA) */
    bool had_bcl, had_bcs;
};

struct log {
    unsigned count;
    int64_t first_ns, last_ns;
    int64_t first_aa_ns; /* first with byte 1 = AA */
    uint8_t first[MESSAGE_LENGTH_MAX];
    size_t length;
};

struct bench {
    struct loop loop;
    struct signal_board board;
    struct can_net *net;
    struct observer *observer;
    struct observer_listener listener;
    struct pack *pack;
    struct bms *bms;
    struct charger charger;
    struct log log[MESSAGE_COUNT];
    struct signal *aux, *cc2, *k_closed[2], *voltage, *current;
    struct subscription on_command[2];
    struct timer k_timer[2];
    bool stuck_open[2], weak; /* weak: the charger does not let the current fall at the end */
    double charge_c;
    int64_t charge_ns;
};

void bench_flow(struct bench *bench, double current_a);

void bench_contact(struct bench *bench, size_t k);

/* ---- charger ---- */

void charger_say(struct charger *charger, enum message_index index, const uint8_t *bytes,
                 uint8_t length);

void charger_stop(struct charger *charger, uint8_t reason);

/* ---- bench ---- */

void bench_new(struct bench *bench, const struct bms_params *params);

void bench_free(struct bench *bench);

/* Auxiliary supply on, plug in, charger begins with CHM. */
void bench_plug_in(struct bench *bench);

double bench_read(struct bench *bench, const char *name);

bool bench_run_until(struct bench *bench, enum bms_state_id state, int64_t until_ns);

#endif
