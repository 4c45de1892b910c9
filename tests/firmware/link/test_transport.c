/* SPDX-License-Identifier: MIT */
/* The J1939-21 receiver, packet by packet, in the recognition phase: a finished BRM turns CRM(00)
 * into CRM(AA), which is how its arrival is seen. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

/* Recognition is reached with a vehicle that sends nothing by itself from then on. */
static void setup(void) {
    pile = fake_new();
    fake_start(pile);
    pile->gun[0].muted = FAKE_BRM | FAKE_BCP;
    ck_assert(fake_until(pile, "recognition", 15000));
}

static void teardown(void) {
    fake_free(pile);
}

static void tp_cm(uint8_t b0, uint8_t b1, uint8_t b2, uint8_t b3, uint8_t b4, uint8_t pf) {
    uint8_t bytes[8] = {b0, b1, b2, b3, b4, 0, pf, 0};
    fake_frame(pile, 0, 0x1CEC56F4, bytes, 8);
}

static void rts_brm(void) {
    tp_cm(0x10, 49, 0, 7, 0xFF, 0x02);
}

static void packet(uint8_t sequence) {
    uint8_t bytes[8] = {sequence, 1, 1, 0, 3, 0xF0, 5, 0x40};
    fake_frame(pile, 0, 0x1CEB56F4, bytes, 8);
    fake_run(pile, 10);
}

static const uint8_t *last_tp_answer(void) {
    for (unsigned i = pile->frame_count; i > 0; i--) {
        if (fake_pf(&pile->frames[i - 1].frame) == 0xEC) {
            ck_assert_uint_eq(pile->frames[i - 1].frame.id, 0x1CECF456);
            ck_assert_uint_eq(pile->frames[i - 1].frame.len, 8);
            return pile->frames[i - 1].frame.data;
        }
    }
    ck_abort_msg("no TP answer");
    return NULL;
}

static void expect_answer(const char *hex) {
    const uint8_t *d = last_tp_answer();
    char text[25];
    for (unsigned i = 0; i < 8; i++) {
        snprintf(&text[3 * i], 4, "%02X ", d[i]);
    }
    text[23] = '\0';
    ck_assert_str_eq(text, hex);
}

START_TEST(whole_brm) {
    rts_brm();
    expect_answer("11 07 01 FF FF 00 02 00");
    for (uint8_t i = 1; i <= 7; i++) {
        packet(i);
    }
    expect_answer("13 31 00 07 FF 00 02 00");
    ck_assert_ptr_nonnull(fake_sent(pile, 0x01, 0xAA, 0));
}
END_TEST

START_TEST(sender_limits_the_window) {
    tp_cm(0x10, 49, 0, 7, 3, 0x02);
    expect_answer("11 03 01 FF FF 00 02 00");
    for (uint8_t i = 1; i <= 3; i++) {
        packet(i);
    }
    expect_answer("11 03 04 FF FF 00 02 00");
    for (uint8_t i = 4; i <= 6; i++) {
        packet(i);
    }
    expect_answer("11 01 07 FF FF 00 02 00");
    packet(7);
    expect_answer("13 31 00 07 FF 00 02 00");
}
END_TEST

START_TEST(lost_packet_is_asked_for_again) {
    rts_brm();
    packet(1);
    packet(2);
    for (uint8_t i = 4; i <= 7; i++) {
        packet(i);
    }
    expect_answer("11 05 03 FF FF 00 02 00");
    for (uint8_t i = 3; i <= 7; i++) {
        packet(i);
    }
    expect_answer("13 31 00 07 FF 00 02 00");
    ck_assert_ptr_nonnull(fake_sent(pile, 0x01, 0xAA, 0));
}
END_TEST

START_TEST(lost_too_often_is_aborted) {
    rts_brm();
    for (unsigned again = 0; again < 3; again++) {
        for (uint8_t i = 2; i <= 7; i++) {
            packet(i);
        }
    }
    expect_answer("FF 03 FF FF FF 00 02 00");
}
END_TEST

START_TEST(duplicates_are_ignored) {
    rts_brm();
    for (uint8_t i = 1; i <= 7; i++) {
        packet(i);
        packet(i);
    }
    expect_answer("13 31 00 07 FF 00 02 00");
}
END_TEST

START_TEST(silence_after_a_packet_is_t1) {
    int64_t last;
    rts_brm();
    packet(1);
    last = pile->now - 10 * FAKE_MS;
    fake_run(pile, 700);
    expect_answer("11 07 01 FF FF 00 02 00");
    fake_run(pile, 100);
    expect_answer("FF 03 FF FF FF 00 02 00");
    ck_assert_int_eq(fake_sent(pile, 0xEC, 0xFF, 0)->at - last, 750 * FAKE_MS);
    packet(2); /* too late: the connection is closed */
    ck_assert_uint_eq(last_tp_answer()[0], 0xFF);
}
END_TEST

START_TEST(silence_after_cts_is_t2) {
    int64_t begin = pile->now;
    rts_brm();
    fake_run(pile, 1300);
    ck_assert_int_eq(fake_sent(pile, 0xEC, 0xFF, 0)->at - begin, 1250 * FAKE_MS);
}
END_TEST

START_TEST(repeated_rts_restarts) {
    rts_brm();
    packet(1);
    packet(2);
    rts_brm();
    expect_answer("11 07 01 FF FF 00 02 00");
    for (uint8_t i = 1; i <= 7; i++) {
        packet(i);
    }
    expect_answer("13 31 00 07 FF 00 02 00");
}
END_TEST

START_TEST(second_connection_is_busy) {
    rts_brm();
    tp_cm(0x10, 13, 0, 2, 0xFF, 0x06);
    expect_answer("FF 01 FF FF FF 00 06 00");
    for (uint8_t i = 1; i <= 7; i++) {
        packet(i);
    }
    expect_answer("13 31 00 07 FF 00 02 00");
}
END_TEST

START_TEST(abort_of_the_sender_closes) {
    rts_brm();
    packet(1);
    tp_cm(0xFF, 3, 0xFF, 0xFF, 0xFF, 0x02);
    for (uint8_t i = 2; i <= 7; i++) {
        packet(i);
    }
    expect_answer("11 07 01 FF FF 00 02 00");
    ck_assert_ptr_null(fake_sent(pile, 0x01, 0xAA, 0));
}
END_TEST

START_TEST(nonsense_is_refused) {
    tp_cm(0x10, 49, 0, 6, 0xFF, 0x02); /* 49 bytes are 7 packets */
    expect_answer("FF 02 FF FF FF 00 02 00");
    tp_cm(0x10, 8, 0, 2, 0xFF, 0x02); /* too short for a transfer */
    expect_answer("FF 02 FF FF FF 00 02 00");
    tp_cm(0x10, 49, 0, 7, 0xFF, 0x77); /* no such message */
    expect_answer("FF 02 FF FF FF 00 77 00");
}
END_TEST

START_TEST(wrong_length_is_not_received) {
    tp_cm(0x10, 40, 0, 6, 0xFF, 0x02);
    for (uint8_t i = 1; i <= 6; i++) {
        packet(i);
    }
    expect_answer("13 28 00 06 FF 00 02 00"); /* the transfer was good, the message is not */
    fake_run(pile, 300);
    ck_assert_ptr_null(fake_sent(pile, 0x01, 0xAA, 0));
    tp_cm(0x10, 41, 0, 6, 0xFF, 0x02);
    for (uint8_t i = 1; i <= 6; i++) {
        packet(i);
    }
    ck_assert_ptr_nonnull(fake_sent(pile, 0x01, 0xAA, 0));
}
END_TEST

/* 256 cells are 512 bytes: acknowledged though they are not kept. */
START_TEST(long_bmv_is_acknowledged) {
    tp_cm(0x10, 0x00, 0x02, 74, 0xFF, 0x15);
    expect_answer("11 4A 01 FF FF 00 15 00");
    for (uint8_t i = 1; i <= 74; i++) {
        packet(i);
    }
    expect_answer("13 00 02 4A FF 00 15 00");
}
END_TEST

START_TEST(length_limit_is_a_parameter) {
    fake_param(pile, "tp.length", 64);
    tp_cm(0x10, 64, 0, 10, 0xFF, 0x15);
    expect_answer("11 0A 01 FF FF 00 15 00");
    tp_cm(0xFF, 3, 0xFF, 0xFF, 0xFF, 0x15);
    tp_cm(0x10, 65, 0, 10, 0xFF, 0x15);
    expect_answer("FF 02 FF FF FF 00 15 00");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("transport");
    TCase *tc = tcase_create("transport");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, whole_brm);
    tcase_add_test(tc, sender_limits_the_window);
    tcase_add_test(tc, lost_packet_is_asked_for_again);
    tcase_add_test(tc, lost_too_often_is_aborted);
    tcase_add_test(tc, duplicates_are_ignored);
    tcase_add_test(tc, silence_after_a_packet_is_t1);
    tcase_add_test(tc, silence_after_cts_is_t2);
    tcase_add_test(tc, repeated_rts_restarts);
    tcase_add_test(tc, second_connection_is_busy);
    tcase_add_test(tc, abort_of_the_sender_closes);
    tcase_add_test(tc, nonsense_is_refused);
    tcase_add_test(tc, wrong_length_is_not_received);
    tcase_add_test(tc, long_bmv_is_acknowledged);
    tcase_add_test(tc, length_limit_is_a_parameter);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
