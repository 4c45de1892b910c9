/* SPDX-License-Identifier: MIT */
/* Sender against receiver over a line that can lose frames; time is pushed by the test. */
#include "tests/vehicle_bms/support/transport_line.h"

#define AGAIN 9 /* the frame after RTS, CTS and seven packets */

/* The frames of a BRM transfer as a real session shows them. */
START_TEST(a_transfer_byte_for_byte) {
    struct line *line = line_new();
    line_transfer(line, 49);
    run(line, MS(1000));
    arrived_whole(line, 49);
    ck_assert_int_eq(line->result, TRANSPORT_DONE);
    ck_assert_uint_eq(line->count, 1 + 1 + 7 + 1);
    is_frame(line, 0, 0x1CEC56F4, (uint8_t[]){0x10, 0x31, 0, 7, 0xFF, 0, 2, 0});
    is_frame(line, 1, 0x1CECF456, (uint8_t[]){0x11, 7, 1, 0xFF, 0xFF, 0, 2, 0});
    is_frame(line, 2, 0x1CEB56F4, (uint8_t[]){1, 3, 10, 17, 24, 31, 38, 45});
    is_frame(line, 9, 0x1CECF456, (uint8_t[]){0x13, 0x31, 0, 7, 0xFF, 0, 2, 0});
    for (size_t i = 3; i < 9; i++) {
        ck_assert_int_eq(line->at_ns[i] - line->at_ns[i - 1], MS(10));
    }
    free(line);
}
END_TEST

/* Every length arrives whole; the last packet is filled with FF. */
START_TEST(all_lengths) {
    static const size_t lengths[] = {9, 13, 14, 15, 49, 336, 512, 1784, 1785};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct line *line = line_new();
        line->receiver.packets_per_cts = 64;
        line_transfer(line, lengths[i]);
        while (line->finished == 0) { /* the log is short: empty it between batches */
            run(line, line->now_ns + MS(100));
            ck_assert_int_lt(line->now_ns, MS(10000));
            line->count = line->delivered = 0;
        }
        arrived_whole(line, lengths[i]);
        free(line);
    }
    struct line *line = line_new();
    uint8_t byte = 0;
    ck_assert_int_eq(transport_send(&line->sender, 0, 0x0200, &byte, 0), -1);
    ck_assert_int_eq(transport_send(&line->sender, 0, 0x0200, &byte, 1786), -1);
    line_transfer(line, 20);
    ck_assert_int_eq(transport_send(&line->sender, 0, 0x0200, &byte, 1), -1); /* busy */
    free(line);
}
END_TEST

START_TEST(last_packet_is_filled) {
    struct line *line = line_new();
    line_transfer(line, 9);
    run(line, MS(500));
    is_frame(line, 3, 0x1CEB56F4,
             (uint8_t[]){2, 7 * 7 + 3, 8 * 7 + 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF});
    free(line);
}
END_TEST

START_TEST(a_lost_packet_is_asked_for_again) {
    struct line *line = line_new();
    line->lose_from = 2 + (size_t)_i; /* packet _i + 1 of 7 */
    line->lose_to = line->lose_from + 1;
    line_transfer(line, 49);
    run(line, MS(5000));
    arrived_whole(line, 49);
    ck_assert_int_eq(line->result, TRANSPORT_DONE);
    ck_assert_uint_eq(count_of(line, 0x1CECF456, TRANSPORT_CTS), 2);
    /* The last packet is missed only by T1 (750 ms after packet 6), the others at packet 7. */
    int64_t wanted = _i == 6 ? MS(60 + 750) : MS(70);
    ck_assert_uint_eq(line->frames[AGAIN].data[0], TRANSPORT_CTS);
    ck_assert_uint_eq(line->frames[AGAIN].data[2], (unsigned)_i + 1);
    ck_assert_int_eq(line->at_ns[AGAIN], wanted);
    free(line);
}
END_TEST

START_TEST(a_lost_packet_stays_lost) {
    struct line *line = line_new();
    line_transfer(line, 49);
    line->receiver.requests_max = 0;
    line->sender.fault = TRANSPORT_SKIPS;
    line->sender.at = 7;
    run(line, MS(3000));
    ck_assert_uint_eq(line->received, 0);
    is_frame(line, line->count - 1, 0x1CECF456, (uint8_t[]){0xFF, 3, 0xFF, 0xFF, 0xFF, 0, 2, 0});
    ck_assert_int_eq(line->at_ns[line->count - 1], MS(60 + 750));
    ck_assert_int_eq(line->result, TRANSPORT_TIMEOUT);
    ck_assert_int_eq(line->receiver.deadline_ns, LOOP_NEVER);
    free(line);
}
END_TEST

START_TEST(no_answer_to_rts_ends_at_t3) {
    struct line *line = line_new();
    line->receiver.fault = RECEPTION_DEAF;
    line_transfer(line, 49);
    run(line, MS(5000));
    ck_assert_uint_eq(line->finished, 1);
    ck_assert_int_eq(line->result, TRANSPORT_TIMEOUT);
    ck_assert_int_eq(line->finished_ns, MS(1250));
    is_frame(line, 1, 0x1CEC56F4, (uint8_t[]){0xFF, 3, 0xFF, 0xFF, 0xFF, 0, 2, 0});
    ck_assert_int_eq(line->sender.deadline_ns, LOOP_NEVER);
    free(line);
}
END_TEST

START_TEST(no_packet_after_cts_ends_at_t2) {
    struct line *line = line_new();
    line->sender.fault = TRANSPORT_DEAF;
    line_transfer(line, 49);
    run(line, MS(5000));
    ck_assert_int_eq(line->result, TRANSPORT_BROKEN);
    ck_assert_uint_eq(line->count, 3);
    is_frame(line, 2, 0x1CECF456, (uint8_t[]){0xFF, 3, 0xFF, 0xFF, 0xFF, 0, 2, 0});
    ck_assert_int_eq(line->at_ns[2], MS(1250));
    ck_assert_int_eq(line->receiver.state, RECEIVER_IDLE);
    free(line);
}
END_TEST

START_TEST(faults_of_the_sender) {
    static const struct {
        enum transport_fault fault;
        uint8_t at;
        unsigned received;
        unsigned packets; /* TP.DT frames on the wire */
    } rows[] = {
        {TRANSPORT_STOPS, 0, 0, 0},   {TRANSPORT_STOPS, 3, 0, 3},
        {TRANSPORT_DOUBLES, 3, 1, 8}, {TRANSPORT_SKIPS, 3, 1, 6 + 5},
        {TRANSPORT_ABORTS, 2, 0, 2},  {TRANSPORT_WRONG_SEQUENCE, 3, 0, 7 + 5 + 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line *line = line_new();
        line->sender.fault = rows[i].fault;
        line->sender.at = rows[i].at;
        line_transfer(line, 49);
        run(line, MS(8000));
        unsigned packets = 0;
        for (size_t k = 0; k < line->count; k++) {
            packets += line->frames[k].id == 0x1CEB56F4;
        }
        ck_assert_msg(line->received == rows[i].received, "row %zu", i);
        ck_assert_msg(packets == rows[i].packets, "row %zu: %u packets", i, packets);
        ck_assert_msg(line->finished == 1, "row %zu", i);
        free(line);
    }
}
END_TEST

START_TEST(hold_and_release) {
    struct line *line = line_new();
    line->receiver.hold = true;
    line_transfer(line, 49);
    run(line, MS(1700));
    ck_assert_uint_eq(line->received, 0);
    ck_assert_uint_eq(count_of(line, 0x1CECF456, TRANSPORT_CTS), 4); /* 0, 500, 1000, 1500 ms */
    ck_assert_int_eq(line->sender.state, SENDER_HELD);
    transport_receiver_release(&line->receiver, line->now_ns);
    run(line, MS(3000));
    arrived_whole(line, 49);
    free(line);
}
END_TEST

START_TEST(a_hold_that_is_not_repeated_ends_at_t4) {
    struct line *line = line_new();
    line->receiver.hold = true;
    line->receiver.timing.th_ns = MS(5000);
    line_transfer(line, 49);
    run(line, MS(4000));
    ck_assert_int_eq(line->result, TRANSPORT_TIMEOUT);
    ck_assert_int_eq(line->finished_ns, MS(1050));
    free(line);
}
END_TEST

START_TEST(batches_and_late_answers) {
    struct line *line = line_new();
    line->receiver.packets_per_cts = 3;
    line->receiver.timing.answer_ns = MS(150);
    line_transfer(line, 49);
    run(line, MS(3000));
    arrived_whole(line, 49);
    ck_assert_uint_eq(count_of(line, 0x1CECF456, TRANSPORT_CTS), 3);
    ck_assert_int_eq(line->at_ns[1], MS(150));
    ck_assert_int_eq(line->finished_ns, MS(4 * 150 + 70));
    free(line);
}
END_TEST

START_TEST(the_receiver_aborts) {
    static const struct {
        uint8_t reason;
        enum transport_result result;
    } rows[] = {{1, TRANSPORT_BUSY},
                {2, TRANSPORT_NO_RESOURCES},
                {3, TRANSPORT_TIMEOUT},
                {4, TRANSPORT_CTS_WHILE_SENDING},
                {5, TRANSPORT_RETRANSMIT_LIMIT},
                {6, TRANSPORT_UNEXPECTED_DATA},
                {7, TRANSPORT_BAD_SEQUENCE},
                {8, TRANSPORT_DUPLICATE_SEQUENCE},
                {9, TRANSPORT_TOO_LONG},
                {250, TRANSPORT_OTHER},
                {0, TRANSPORT_ABORTED},
                {10, TRANSPORT_ABORTED},
                {249, TRANSPORT_ABORTED},
                {255, TRANSPORT_ABORTED}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line *line = line_new();
        line->receiver.fault = RECEPTION_DEAF;
        line_transfer(line, 49);
        struct can_frame_ext abort_frame = {.id = 0x1CECF456,
                                            .extended = true,
                                            .len = 8,
                                            .data = {0xFF, 0, 0xFF, 0xFF, 0xFF, 0, 6}};
        abort_frame.data[1] = rows[i].reason;
        transport_sender_frame(&line->sender, MS(5), &abort_frame); /* another PGN's */
        ck_assert_uint_eq(line->finished, 0);
        abort_frame.data[6] = 2;
        transport_sender_frame(&line->sender, MS(6), &abort_frame);
        ck_assert_uint_eq(line->finished, 1);
        ck_assert_int_eq(line->result, rows[i].result);
        ck_assert(line->sender.by_peer);
        ck_assert_uint_eq(line->sender.reason, rows[i].reason);
        free(line);
    }
}
END_TEST

START_TEST(requests_that_make_no_sense) {
    struct line *line = line_new();
    struct can_frame_ext rts = {
        .id = 0x1CEC56F4, .extended = true, .len = 8, .data = {0x10, 49, 0, 6, 0xFF, 0, 2, 0}};
    transport_receiver_frame(&line->receiver, 0, &rts); /* 49 bytes are 7 packets */
    ck_assert_int_eq(line->receiver.state, RECEIVER_IDLE);
    ck_assert_uint_eq(count_of(line, 0x1CECF456, TRANSPORT_ABORT), 1);
    rts.data[3] = 7;
    transport_receiver_frame(&line->receiver, 0, &rts);
    ck_assert_int_eq(line->receiver.state, RECEIVER_RECEIVING);
    rts.data[6] = 6; /* another message in between: busy */
    transport_receiver_frame(&line->receiver, 0, &rts);
    is_frame(line, line->count - 1, 0x1CECF456, (uint8_t[]){0xFF, 1, 0xFF, 0xFF, 0xFF, 0, 6, 0});
    ck_assert_uint_eq(line->receiver.pgn, 0x0200);
    rts.data[6] = 2; /* the same again: starts over */
    transport_receiver_frame(&line->receiver, MS(3), &rts);
    ck_assert_uint_eq(count_of(line, 0x1CECF456, TRANSPORT_CTS), 2);
    ck_assert_uint_eq(line->receiver.next, 1);
    struct can_frame_ext cts = {
        .id = 0x1CECF456, .extended = true, .len = 8, .data = {0x11, 1, 9, 0xFF, 0xFF, 0, 2, 0}};
    line->receiver.fault = RECEPTION_DEAF;
    line_transfer(line, 49);
    transport_sender_frame(&line->sender, MS(4), &cts); /* packet 9 of 7 */
    ck_assert_int_eq(line->sender.state, SENDER_WAIT_CTS);
    free(line);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("transport");
    TCase *all = tcase_create("all");
    tcase_add_test(all, a_transfer_byte_for_byte);
    tcase_add_test(all, all_lengths);
    tcase_add_test(all, last_packet_is_filled);
    tcase_add_loop_test(all, a_lost_packet_is_asked_for_again, 0, 7);
    tcase_add_test(all, a_lost_packet_stays_lost);
    tcase_add_test(all, no_answer_to_rts_ends_at_t3);
    tcase_add_test(all, no_packet_after_cts_ends_at_t2);
    tcase_add_test(all, faults_of_the_sender);
    tcase_add_test(all, hold_and_release);
    tcase_add_test(all, a_hold_that_is_not_repeated_ends_at_t4);
    tcase_add_test(all, batches_and_late_answers);
    tcase_add_test(all, the_receiver_aborts);
    tcase_add_test(all, requests_that_make_no_sense);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
