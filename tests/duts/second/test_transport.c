/* SPDX-License-Identifier: MIT */
#include "transport.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

static char said[200];

static void note(void *context, const uint8_t control[8]) {
    char text[40];
    (void)context;
    ck_assert_uint_eq(control[6], 0x11);
    snprintf(text, sizeof text, "%u %u %u; ", control[0], control[1], control[2]);
    strcat(said, text);
}

static void got(void *context, uint32_t pgn, const uint8_t *bytes, size_t length) {
    char text[40];
    (void)context;
    snprintf(text, sizeof text, "got %x %zu %u-%u; ", (unsigned)pgn, length, bytes[0],
             bytes[length - 1]);
    strcat(said, text);
}

static struct transport fresh(void) {
    said[0] = '\0';
    return (struct transport){.window = 2, .send = note, .done = got};
}

static void request(struct transport *transport, uint8_t length, uint8_t at_once) {
    const uint8_t packets = (uint8_t)((length + 6) / 7);
    const uint8_t rts[8] = {16, length, 0, packets, at_once, 0x00, 0x11, 0x00};
    transport_control(transport, rts, 0);
}

static void packet(struct transport *transport, uint8_t number, uint32_t now_ms) {
    uint8_t data[8] = {number};
    for (unsigned i = 1; i < 8; i++) {
        data[i] = (uint8_t)((number - 1) * 7 + (int)i);
    }
    transport_packet(transport, data, now_ms);
}

START_TEST(two_packets_at_a_time) {
    struct transport transport = fresh();
    request(&transport, 20, 0xFF);
    packet(&transport, 1, 10);
    packet(&transport, 2, 20);
    packet(&transport, 3, 30);
    ck_assert_str_eq(said, "17 2 1; 17 1 3; 19 20 0; got 1100 20 1-20; ");
}
END_TEST

START_TEST(one_at_a_time_if_the_sender_wants) {
    struct transport transport = fresh();
    request(&transport, 9, 1);
    packet(&transport, 1, 10);
    packet(&transport, 2, 20);
    ck_assert_str_eq(said, "17 1 1; 17 1 2; 19 9 0; got 1100 9 1-9; ");
}
END_TEST

START_TEST(a_lost_packet_is_asked_for_again) {
    struct transport transport = fresh();
    request(&transport, 20, 0xFF);
    packet(&transport, 2, 20);
    packet(&transport, 1, 30);
    packet(&transport, 1, 30); /* a repetition does no harm */
    packet(&transport, 2, 40);
    packet(&transport, 3, 50);
    ck_assert_str_eq(said, "17 2 1; 17 2 1; 17 1 3; 19 20 0; got 1100 20 1-20; ");
}
END_TEST

START_TEST(silence_ends_it) {
    struct transport transport = fresh();
    request(&transport, 20, 0xFF);
    transport_time(&transport, 1250);
    ck_assert(transport.open);
    transport_time(&transport, 1260);
    ck_assert(!transport.open);
    packet(&transport, 1, 1270);
    ck_assert_str_eq(said, "17 2 1; 255 3 255; ");
}
END_TEST

START_TEST(what_cannot_be_is_refused) {
    struct transport transport = fresh();
    request(&transport, 8, 0xFF);
    ck_assert(!transport.open);
    ck_assert_str_eq(said, "255 2 255; ");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("second transport");
    TCase *tests = tcase_create("transport");
    tcase_add_test(tests, two_packets_at_a_time);
    tcase_add_test(tests, one_at_a_time_if_the_sender_wants);
    tcase_add_test(tests, a_lost_packet_is_asked_for_again);
    tcase_add_test(tests, silence_ends_it);
    tcase_add_test(tests, what_cannot_be_is_refused);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
