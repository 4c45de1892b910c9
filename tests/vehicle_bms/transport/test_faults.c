/* SPDX-License-Identifier: MIT */
/* Every fault that one side makes, and what the other one does about it: 49 bytes, 7 packets. */
#include "tests/vehicle_bms/support/transport_line.h"
#include "vehicle_bms/transport/faults.h"

#define FROM_CHARGER 0x1CECF456u /* TP.CM of the receiver */
#define DATA         0x1CEB56F4u
#define CONTROL      0x1CEC56F4u /* TP.CM of the sender */

static unsigned packets_on(const struct line *line) {
    unsigned count = 0;
    for (size_t i = 0; i < line->count; i++) {
        count += line->frames[i].id == DATA;
    }
    return count;
}

/* The reason of the first Conn_Abort of that side; 0: none. */
static unsigned abort_by(const struct line *line, uint32_t id) {
    for (size_t i = 0; i < line->count; i++) {
        if (line->frames[i].id == id && line->frames[i].data[0] == TRANSPORT_ABORT) {
            return line->frames[i].data[1];
        }
    }
    return 0;
}

/* What a lenient and a strict receiver make of each fault of the sender. */
static const struct {
    enum transport_fault fault;
    uint16_t at;
    bool strict;
    bool arrives;
    unsigned packets;           /* TP.DT on the wire */
    unsigned receiver_reason;   /* of its Conn_Abort; 0: none */
    enum transport_result ends; /* for the sender */
} sending[] = {
    {TRANSPORT_DEAF, 0, false, false, 0, 3, TRANSPORT_BROKEN},
    {TRANSPORT_STOPS, 0, false, false, 0, 3, TRANSPORT_BROKEN},
    {TRANSPORT_STOPS, 3, false, false, 3, 3, TRANSPORT_BROKEN},
    {TRANSPORT_WRONG_SEQUENCE, 3, false, false, 7 + 5 + 5, 5, TRANSPORT_RETRANSMIT_LIMIT},
    {TRANSPORT_WRONG_SEQUENCE, 3, true, false, 3, 7, TRANSPORT_BAD_SEQUENCE},
    {TRANSPORT_SKIPS, 3, false, true, 6 + 5, 0, TRANSPORT_DONE},
    {TRANSPORT_SKIPS, 7, false, true, 6 + 1, 0, TRANSPORT_DONE},
    {TRANSPORT_SKIPS, 3, true, false, 3, 7, TRANSPORT_BAD_SEQUENCE},
    {TRANSPORT_DOUBLES, 3, false, true, 8, 0, TRANSPORT_DONE},
    {TRANSPORT_DOUBLES, 3, true, false, 4, 8, TRANSPORT_DUPLICATE_SEQUENCE},
    {TRANSPORT_REORDERS, 3, false, true, 7 + 4, 0, TRANSPORT_DONE},
    {TRANSPORT_REORDERS, 3, true, false, 3, 7, TRANSPORT_BAD_SEQUENCE},
    {TRANSPORT_REORDERS, 0, false, true, 7, 0, TRANSPORT_DONE}, /* no packet 0 */
    {TRANSPORT_REORDERS, 7, false, true, 7, 0, TRANSPORT_DONE}, /* none follows */
    {TRANSPORT_ABORTS, 0, false, false, 0, 0, TRANSPORT_BROKEN},
    {TRANSPORT_ABORTS, 2, false, false, 2, 0, TRANSPORT_BROKEN},
    {TRANSPORT_REPEATS_RTS, 0, false, true, 7, 0, TRANSPORT_DONE},
    {TRANSPORT_REPEATS_RTS, 3, false, true, 3 + 7, 0, TRANSPORT_DONE},
    {TRANSPORT_INTERLEAVES, 0, false, true, 7, 1, TRANSPORT_DONE},
    {TRANSPORT_INTERLEAVES, 3, false, true, 7, 1, TRANSPORT_DONE},
    {TRANSPORT_SLOW, 1, false, false, 0, 3, TRANSPORT_TIMEOUT},
    {TRANSPORT_SLOW, 3, false, false, 2, 3, TRANSPORT_TIMEOUT},
    {TRANSPORT_BURST, 0, false, true, 7, 0, TRANSPORT_DONE},
    {TRANSPORT_UNASKED, 1, false, true, 8, 0, TRANSPORT_DONE},
    {TRANSPORT_UNASKED, 1, true, true, 8, 6, TRANSPORT_DONE},
    {TRANSPORT_WRONG_COUNT, 0, false, false, 0, 250, TRANSPORT_OTHER},
    {TRANSPORT_WRONG_COUNT, 6, false, false, 0, 250, TRANSPORT_OTHER},
    {TRANSPORT_WRONG_LENGTH, 0, false, false, 0, 9, TRANSPORT_TOO_LONG},
    {TRANSPORT_WRONG_LENGTH, 8, false, false, 0, 250, TRANSPORT_OTHER},
    {TRANSPORT_WRONG_LENGTH, 50, false, false, 0, 250, TRANSPORT_OTHER},
};

START_TEST(faults_of_the_sender) {
    struct line *line = line_new();
    line->sender.fault = sending[_i].fault;
    line->sender.at = sending[_i].at;
    line->receiver.strict = sending[_i].strict;
    line_transfer(line, 49);
    run(line, MS(10000));
    ck_assert_uint_eq(line->received, sending[_i].arrives);
    if (sending[_i].arrives) {
        arrived_whole(line, 49);
    }
    ck_assert_uint_eq(packets_on(line), sending[_i].packets);
    ck_assert_uint_eq(abort_by(line, FROM_CHARGER), sending[_i].receiver_reason);
    ck_assert_uint_eq(line->finished, 1);
    ck_assert_int_eq(line->result, sending[_i].ends);
    /* Both are ready for the next one, which is sound. */
    ck_assert_int_eq(line->sender.deadline_ns, LOOP_NEVER);
    ck_assert_int_eq(line->receiver.deadline_ns, LOOP_NEVER);
    line->sender.fault = TRANSPORT_SOUND;
    line->received = line->finished = 0;
    line_transfer(line, 49);
    run(line, line->now_ns + MS(1000));
    arrived_whole(line, 49);
    free(line);
}
END_TEST

/* What the sender makes of each fault of the receiver. */
static const struct {
    enum reception_fault fault;
    uint16_t at;
    bool strict;            /* the sender */
    unsigned received;      /* messages handed over on the receiver's side */
    unsigned requests;      /* CTS on the wire, hold included */
    unsigned packets;       /* TP.DT on the wire */
    unsigned sender_reason; /* of the sender's Conn_Abort; 0: none */
    enum transport_result ends;
    int64_t at_ms; /* end of the transfer, for the sender */
} receiving[] = {
    {RECEPTION_DEAF, 0, false, 0, 0, 0, 3, TRANSPORT_TIMEOUT, 1250},
    {RECEPTION_HOLDS, 0, false, 1, 1 + 1, 7, 0, TRANSPORT_DONE, 500 + 70},
    {RECEPTION_HOLDS, 3, false, 1, 3 + 1, 7, 0, TRANSPORT_DONE, 1500 + 70},
    {RECEPTION_ASKS_AGAIN, 3, false, 1, 2, 7 + 1, 0, TRANSPORT_DONE, 80},
    {RECEPTION_ABORTS, 0, false, 0, 0, 0, 0, TRANSPORT_NO_RESOURCES, 0},
    {RECEPTION_ABORTS, 4, false, 0, 1, 4, 0, TRANSPORT_NO_RESOURCES, 40},
    {RECEPTION_BATCHES, 0, false, 1, 7, 7, 0, TRANSPORT_DONE, 70},
    {RECEPTION_BATCHES, 3, false, 1, 3, 7, 0, TRANSPORT_DONE, 70},
    {RECEPTION_LATE, 0, false, 0, 0, 0, 3, TRANSPORT_TIMEOUT, 1250},
    {RECEPTION_NO_ACK, 0, false, 1, 1, 7, 3, TRANSPORT_TIMEOUT, 70 + 1250},
    {RECEPTION_WRONG_CTS, 0, false, 0, 1, 0, 3, TRANSPORT_TIMEOUT, 1250},
    {RECEPTION_CTS_BETWEEN, 2, false, 1, 2, 7, 0, TRANSPORT_DONE, 70},
    {RECEPTION_CTS_BETWEEN, 2, true, 0, 2, 2, 4, TRANSPORT_CTS_WHILE_SENDING, 20},
};

START_TEST(faults_of_the_receiver) {
    struct line *line = line_new();
    line->receiver.fault = receiving[_i].fault;
    line->receiver.at = receiving[_i].at;
    line->sender.strict = receiving[_i].strict;
    line_transfer(line, 49);
    run(line, MS(10000));
    ck_assert_uint_eq(line->received, receiving[_i].received);
    if (receiving[_i].received > 0) {
        arrived_whole(line, 49);
    }
    ck_assert_uint_eq(count_of(line, FROM_CHARGER, TRANSPORT_CTS), receiving[_i].requests);
    ck_assert_uint_eq(packets_on(line), receiving[_i].packets);
    ck_assert_uint_eq(abort_by(line, CONTROL), receiving[_i].sender_reason);
    ck_assert_uint_eq(line->finished, 1);
    ck_assert_int_eq(line->result, receiving[_i].ends);
    ck_assert_int_eq(line->finished_ns, MS(receiving[_i].at_ms));
    ck_assert_int_eq(line->receiver.state, RECEIVER_IDLE);
    free(line);
}
END_TEST

START_TEST(a_hold_for_ever_is_repeated_at_th) {
    struct line *line = line_new();
    line->receiver.fault = RECEPTION_HOLDS_EVER;
    line_transfer(line, 49);
    run(line, MS(20200));
    ck_assert_uint_eq(line->finished, 0);
    ck_assert_uint_eq(count_of(line, FROM_CHARGER, TRANSPORT_CTS), 41);
    for (size_t i = 2; i < line->count; i++) {
        ck_assert_int_eq(line->at_ns[i] - line->at_ns[i - 1], MS(500));
        ck_assert_uint_eq(line->frames[i].data[1], 0);
    }
    free(line);
}
END_TEST

/* Whoever aborts on purpose gives the reason the scenario wants; the other side tells it. */
START_TEST(aborts_carry_their_reason) {
    struct line *line = line_new();
    line->sender.fault = TRANSPORT_ABORTS;
    line->sender.at = 2;
    line->sender.abort_reason = 8;
    line_transfer(line, 49);
    run(line, MS(5000));
    ck_assert_uint_eq(abort_by(line, CONTROL), 8);
    ck_assert_uint_eq(line->failed, 1);
    ck_assert_int_eq(line->failure, TRANSPORT_DUPLICATE_SEQUENCE);
    ck_assert(line->receiver.by_peer);
    line->count = line->delivered = 0;
    line->sender.fault = TRANSPORT_SOUND;
    line->receiver.fault = RECEPTION_ABORTS;
    line->receiver.abort_reason = 201;
    line_transfer(line, 49);
    run(line, line->now_ns + MS(1));
    ck_assert_int_eq(line->result, TRANSPORT_ABORTED);
    ck_assert_uint_eq(line->sender.reason, 201);
    ck_assert(line->sender.by_peer);
    ck_assert_int_eq(line->failure, TRANSPORT_BROKEN);
    ck_assert(!line->receiver.by_peer);
    free(line);
}
END_TEST

/* The limit of repeated requests has its own reason; without any, what was wrong is the reason. */
START_TEST(reasons_of_a_packet_that_stays_away) {
    static const struct {
        uint8_t requests_max;
        uint16_t at;
        unsigned reason;
    } rows[] = {{0, 3, 7}, {0, 7, 3}, {2, 3, 5}, {1, 3, 5}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line *line = line_new();
        line->receiver.requests_max = rows[i].requests_max;
        line->sender.fault = TRANSPORT_WRONG_SEQUENCE;
        line->sender.at = rows[i].at;
        line_transfer(line, 49);
        run(line, MS(8000));
        ck_assert_msg(abort_by(line, FROM_CHARGER) == rows[i].reason, "row %zu: %u", i,
                      abort_by(line, FROM_CHARGER));
        ck_assert_uint_eq(line->failed, 1);
        free(line);
    }
}
END_TEST

/* The other PGN's RTS is refused as busy, and its failure told apart from the transfer's. */
START_TEST(interleaved_connections_do_not_mix) {
    struct line *line = line_new();
    line->sender.fault = TRANSPORT_INTERLEAVES;
    line->sender.at = 4;
    line_transfer(line, 49);
    run(line, MS(1000));
    arrived_whole(line, 49);
    ck_assert_uint_eq(line->failed, 1);
    ck_assert_uint_eq(line->failed_pgn, 0x0600);
    ck_assert_int_eq(line->failure, TRANSPORT_BUSY);
    is_frame(line, 6, CONTROL, (uint8_t[]){0x10, 13, 0, 2, 0xFF, 0, 6, 0});
    is_frame(line, 7, FROM_CHARGER, (uint8_t[]){0xFF, 1, 0xFF, 0xFF, 0xFF, 0, 6, 0});
    free(line);
}
END_TEST

START_TEST(a_slow_packet_comes_after_t1_and_a_slow_first_one_after_t2) {
    struct line *line = line_new();
    line->receiver.fault = RECEPTION_DEAF; /* so that nobody stops it */
    line->sender.fault = TRANSPORT_SLOW;
    line->sender.at = 3;
    struct can_frame_ext cts = {
        .id = FROM_CHARGER, .extended = true, .len = 8, .data = {0x11, 7, 1, 0xFF, 0xFF, 0, 2, 0}};
    line_transfer(line, 49);
    transport_sender_frame(&line->sender, 0, &cts);
    run(line, MS(1200));
    ck_assert_int_gt(line->at_ns[3] - line->at_ns[2], transport_timing_default.t1_ns);
    line->count = line->delivered = 0;
    transport_sender_abort(&line->sender, line->now_ns, 0);
    line->sender.at = 1;
    line_transfer(line, 49);
    transport_sender_frame(&line->sender, line->now_ns, &cts);
    run(line, line->now_ns + MS(2000));
    ck_assert_int_gt(line->at_ns[1] - line->at_ns[0], transport_timing_default.t2_ns);
    free(line);
}
END_TEST

START_TEST(reasons_have_a_text_in_both_languages) {
    static const enum transport_result all[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 256, 257};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (size_t k = 0; k < i; k++) {
            ck_assert_str_ne(transport_result_text(all[i], false),
                             transport_result_text(all[k], false));
            ck_assert_str_ne(transport_result_text(all[i], true),
                             transport_result_text(all[k], true));
        }
    }
    ck_assert_str_eq(transport_reason_text(3, true), "超时");
    ck_assert_str_eq(transport_reason_text(0, false), transport_reason_text(99, false));
    ck_assert_int_eq(transport_result_of(7), TRANSPORT_BAD_SEQUENCE);
    ck_assert_int_eq(transport_result_of(0), TRANSPORT_ABORTED);
    ck_assert_str_eq(transport_result_text((enum transport_result)77, false), "unknown");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("transport faults");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, faults_of_the_sender, 0, (int)(sizeof sending / sizeof sending[0]));
    tcase_add_loop_test(all, faults_of_the_receiver, 0,
                        (int)(sizeof receiving / sizeof receiving[0]));
    tcase_add_test(all, a_hold_for_ever_is_repeated_at_th);
    tcase_add_test(all, aborts_carry_their_reason);
    tcase_add_test(all, reasons_of_a_packet_that_stays_away);
    tcase_add_test(all, interleaved_connections_do_not_mix);
    tcase_add_test(all, a_slow_packet_comes_after_t1_and_a_slow_first_one_after_t2);
    tcase_add_test(all, reasons_have_a_text_in_both_languages);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
