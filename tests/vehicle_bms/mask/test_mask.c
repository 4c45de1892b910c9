/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/mask/mask.h"

#include "vehicle_bms/mask/siphash.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/transport.h"

#include <check.h>
#include <string.h>

#define OUT_MAX 4096
#define VIN_AT  24
#define KEY     "key of the test"

static const char VIN[] = "LTESTVEH1CLE00042"; /* nobody's */

static struct can_frame_ext out[OUT_MAX];
static uint64_t marks[OUT_MAX];
static size_t out_count;
static uint64_t next_mark;
static int64_t now_ns;
static struct mask *mask;

static void take(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    (void)ctx;
    (void)at_ns;
    ck_assert_uint_lt(out_count, OUT_MAX);
    marks[out_count] = mark;
    out[out_count++] = *frame;
}

static void setup(void) {
    out_count = 0;
    next_mark = 1;
    now_ns = 0;
    mask = mask_new(KEY, take, NULL);
}

static void teardown(void) {
    mask_free(mask);
}

static void push(uint32_t id, const uint8_t *data, unsigned len) {
    struct can_frame_ext frame = {.id = id, .extended = true, .len = (uint8_t)len};
    memcpy(frame.data, data, len);
    now_ns += 10 * NS_PER_MS;
    mask_frame(mask, now_ns, next_mark++, &frame);
}

static size_t brm(uint8_t data[64], size_t length) {
    memset(data, 0xFF, 64);
    message_blank(&messages[MESSAGE_BRM], EDITION_2015, data);
    for (unsigned i = 0; i < 24; i++) {
        data[i] = (uint8_t)(0x10 + i);
    }
    memcpy(data + 12, "\x2A\x01\x02\x03", 4); /* pack serial number */
    memcpy(data + VIN_AT, VIN, 17);
    memcpy(data + 41, "\x01\x02\x03\xE7\x07", 5); /* software of another day in each packet */
    return length;
}

static void rts(uint32_t pgn, size_t length) {
    uint8_t data[8] = {0x10, (uint8_t)length, (uint8_t)(length >> 8), (uint8_t)((length + 6) / 7),
                       0xFF, (uint8_t)pgn,    (uint8_t)(pgn >> 8),    0};
    push(0x1CEC56F4, data, 8);
}

static void cts(unsigned count, unsigned next) {
    uint8_t data[8] = {0x11, (uint8_t)count, (uint8_t)next, 0xFF, 0xFF, 0x00, 0x02, 0x00};
    push(0x1CECF456, data, 8);
}

static void ack(void) {
    push(0x1CECF456, (const uint8_t[]){0x13, 49, 0, 7, 0xFF, 0x00, 0x02, 0x00}, 8);
}

static void conn_abort(void) {
    push(0x1CECF456, (const uint8_t[]){0xFF, 3, 0xFF, 0xFF, 0xFF, 0x00, 0x02, 0x00}, 8);
}

/* Packet with the content of one number and the number of another. */
static void packet_as(const uint8_t *data, unsigned content, unsigned number) {
    uint8_t bytes[8] = {(uint8_t)number};
    memcpy(bytes + 1, data + (content - 1) * (size_t)7, 7);
    push(0x1CEB56F4, bytes, 8);
}

static void packets(const uint8_t *data, unsigned from, unsigned to) {
    for (unsigned n = from; n <= to; n++) {
        packet_as(data, n, n);
    }
}

static bool is_packet(const struct can_frame_ext *frame) {
    return frame->id == 0x1CEB56F4;
}

/* What a receiver would put together from the frames that came out, from frame `first` on. */
static void put_together(size_t first, uint8_t data[64]) {
    for (size_t i = first; i < out_count; i++) {
        if (is_packet(&out[i]) && out[i].data[0] >= 1 && out[i].data[0] <= 8) {
            memcpy(data + (out[i].data[0] - 1) * (size_t)7, out[i].data + 1, 7);
        }
    }
}

/* No three characters of the VIN in a row anywhere. */
static void nothing_leaks(void) {
    for (size_t i = 0; i < out_count; i++) {
        for (size_t at = 0; at + 3 <= 8; at++) {
            for (size_t k = 0; k + 3 <= 17; k++) {
                ck_assert_msg(memcmp(out[i].data + at, VIN + k, 3) != 0,
                              "frame %zu of the output shows \"%.3s\" of the VIN", i, VIN + k);
            }
        }
    }
}

static void in_order_and_complete(void) {
    ck_assert_uint_eq(out_count, next_mark - 1);
    for (size_t i = 0; i < out_count; i++) {
        ck_assert_uint_eq(marks[i], i + 1);
    }
}

static bool all_blank(const struct can_frame_ext *frame) {
    for (unsigned i = 1; i < frame->len; i++) {
        if (frame->data[i] != '*') {
            return false;
        }
    }
    return true;
}

static void every_packet_is_blank(void) {
    for (size_t i = 0; i < out_count; i++) {
        ck_assert_msg(!is_packet(&out[i]) || all_blank(&out[i]), "frame %zu is not blank", i);
    }
}

/* ---- pseudonyms ---- */

START_TEST(hash_is_siphash) {
    uint64_t key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    uint8_t input[15];
    for (unsigned i = 0; i < sizeof input; i++) {
        input[i] = (uint8_t)i;
    }
    ck_assert_uint_eq(siphash(key, input, 15), UINT64_C(0xa129ca6149be45e5)); /* of the paper */
    ck_assert_uint_eq(siphash(key, input, 0), UINT64_C(0x726fdb47dd0e0e31));
}
END_TEST

START_TEST(texts_keep_their_shape) {
    char one[32], two[32];
    mask_text(KEY, "LTEST-veh 0042", one, sizeof one);
    ck_assert_uint_eq(strlen(one), 14);
    ck_assert_str_ne(one, "LTEST-veh 0042");
    for (size_t i = 0; i < 5; i++) {
        ck_assert(one[i] >= 'A' && one[i] <= 'Z');
    }
    ck_assert(one[5] == '-' && one[9] == ' ' && one[6] >= 'a' && one[6] <= 'z');
    ck_assert(one[10] >= '0' && one[10] <= '9');
    mask_text(KEY, "LTEST-veh 0042", two, sizeof two);
    ck_assert_str_eq(one, two); /* repeatable */
    mask_text("another key", "LTEST-veh 0042", two, sizeof two);
    ck_assert_str_ne(one, two);
    mask_text(KEY, "LTEST-veh 0043", two, sizeof two); /* the last digit changes all of it */
    ck_assert_int_ne(memcmp(one, two, 5), 0);
    mask_text(KEY, "", one, sizeof one);
    ck_assert_str_eq(one, "");
    mask_text(KEY, VIN, one, 5);
    ck_assert_uint_eq(strlen(one), 4);
}
END_TEST

/* ---- whole transfers ---- */

START_TEST(only_vin_and_serial_number_change) {
    uint8_t data[64], masked[64];
    brm(data, 49);
    memcpy(masked, data, sizeof data);
    rts(0x200, 49);
    cts(7, 1);
    packets(data, 1, 7);
    ack();
    in_order_and_complete();
    nothing_leaks();
    put_together(0, masked);
    for (size_t i = 0; i < 49; i++) {
        bool personal = (i >= 12 && i < 16) || (i >= VIN_AT && i < VIN_AT + 17);
        if (!personal) {
            ck_assert_msg(masked[i] == data[i], "byte %zu changed", i + 1);
        }
    }
    ck_assert_int_ne(memcmp(masked + 12, data + 12, 4), 0);
    char vin[18] = "", want[18];
    memcpy(vin, masked + VIN_AT, 17);
    mask_text(KEY, VIN, want, sizeof want);
    ck_assert_str_eq(vin, want); /* the pseudonym that a decoded VIN would get */
}
END_TEST

START_TEST(brm_of_41_bytes_has_the_same_pseudonym) {
    uint8_t data[64], masked[2][64];
    for (int i = 0; i < 2; i++) {
        size_t first = out_count, length = brm(data, i == 0 ? 49 : 41);
        if (i == 1) {
            memset(data + 41, 0xFF, 8);
        }
        memcpy(masked[i], data, sizeof data);
        rts(0x200, length);
        cts(7, 1);
        packets(data, 1, (unsigned)(length + 6) / 7);
        ack();
        put_together(first, masked[i]);
    }
    nothing_leaks();
    in_order_and_complete();
    ck_assert_mem_eq(masked[0] + VIN_AT, masked[1] + VIN_AT, 17);
    ck_assert_uint_eq(masked[1][41], 0xFF); /* padding stays */
}
END_TEST

START_TEST(not_supplied_stays) {
    uint8_t data[64];
    brm(data, 49);
    memset(data + 12, 0xFF, 4);
    memset(data + VIN_AT, 0xFF, 17);
    uint8_t masked[64];
    memcpy(masked, data, sizeof data);
    rts(0x200, 49);
    packets(data, 1, 7);
    put_together(0, masked);
    in_order_and_complete();
    ck_assert_mem_eq(masked, data, 49);
}
END_TEST

START_TEST(everything_else_passes_at_once) {
    uint8_t data[64];
    brm(data, 49);
    push(0x181056F4, data, 5); /* BCL */
    ck_assert_uint_eq(out_count, 1);
    rts(0x600, 13); /* BCP */
    cts(2, 1);
    packets(data, 1, 2);
    in_order_and_complete();
    ck_assert_mem_eq(out[3].data + 1, data, 7);
    ck_assert_mem_eq(out[4].data + 1, data + 7, 7);
    struct can_frame_ext standard = {.id = 0x2B, .len = 2, .data = {1, 2}};
    mask_frame(mask, now_ns, next_mark++, &standard);
    in_order_and_complete();
    ck_assert_uint_eq(out[5].data[1], 2);
}
END_TEST

START_TEST(frames_behind_a_held_packet_wait_in_order) {
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 49);
    cts(7, 1);
    packets(data, 1, 3);
    push(0x1801F456, data, 8); /* CRM in the middle of it */
    ck_assert_uint_eq(out_count, 2);
    packets(data, 4, 6);
    ck_assert_uint_eq(out_count, 2);
    packets(data, 7, 7);
    ck_assert_uint_eq(out_count, 10);
    in_order_and_complete();
    nothing_leaks();
}
END_TEST

/* ---- retransmissions ---- */

START_TEST(packets_asked_for_again_get_the_same_pseudonym) {
    uint8_t data[64], masked[64];
    brm(data, 49);
    memcpy(masked, data, sizeof data);
    rts(0x200, 49);
    cts(7, 1);
    packets(data, 1, 3);
    packets(data, 5, 7); /* 4 got lost on the way */
    cts(4, 4);
    packets(data, 4, 7);
    cts(2, 5); /* and two once more after it was whole */
    packets(data, 5, 6);
    ack();
    in_order_and_complete();
    nothing_leaks();
    put_together(0, masked);
    char want[18];
    mask_text(KEY, VIN, want, sizeof want);
    ck_assert_mem_eq(masked + VIN_AT, want, 17);
    for (size_t i = 0; i < out_count; i++) {
        ck_assert(!is_packet(&out[i]) || !all_blank(&out[i]));
    }
}
END_TEST

START_TEST(packet_with_a_wrong_number_shows_nothing) {
    static const struct {
        unsigned content, number;
    } wrong[] = {{6, 7}, {5, 6}, {4, 5}, {5, 4}, {6, 3}};
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        uint8_t data[64];
        brm(data, 49);
        rts(0x200, 49);
        cts(7, 1);
        for (unsigned n = 1; n <= 7; n++) {
            packet_as(data, n, n == wrong[w].content ? wrong[w].number : n);
        }
        cts(1, wrong[w].content); /* asks for the one it never got */
        packet_as(data, wrong[w].content, wrong[w].content);
        conn_abort();
        nothing_leaks();
        in_order_and_complete();
    }
    every_packet_is_blank();
}
END_TEST

START_TEST(packets_with_swapped_numbers_show_nothing) {
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 49);
    cts(7, 1);
    packets(data, 1, 5);
    packet_as(data, 6, 7);
    packet_as(data, 7, 6);
    nothing_leaks();
    every_packet_is_blank();
    in_order_and_complete();
}
END_TEST

START_TEST(packet_numbered_ahead_shows_nothing) {
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 49);
    cts(7, 1);
    packets(data, 1, 5);
    packet_as(data, 6, 7); /* and the real 7 gets lost */
    cts(1, 6);
    packets(data, 6, 6);
    nothing_leaks();
    every_packet_is_blank();
    in_order_and_complete();
}
END_TEST

/* ---- broken transfers ---- */

START_TEST(aborted_transfer_is_blanked) {
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 49);
    cts(7, 1);
    packets(data, 1, 6);
    ck_assert_uint_eq(out_count, 2);
    conn_abort();
    in_order_and_complete();
    packets(data, 5, 6); /* goes on all the same */
    in_order_and_complete();
    every_packet_is_blank();
}
END_TEST

START_TEST(restarted_transfer_is_masked_the_first_one_blanked) {
    uint8_t data[64], masked[64];
    brm(data, 49);
    rts(0x200, 49);
    cts(7, 1);
    packets(data, 1, 5);
    rts(0x200, 49);
    every_packet_is_blank();
    size_t first = out_count;
    cts(7, 1);
    packets(data, 1, 7);
    ack();
    nothing_leaks();
    in_order_and_complete();
    put_together(first, masked);
    char want[18];
    mask_text(KEY, VIN, want, sizeof want);
    ck_assert_mem_eq(masked + VIN_AT, want, 17);
}
END_TEST

START_TEST(end_of_the_capture_and_silence_end_a_transfer) {
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 49);
    packets(data, 1, 6);
    mask_flush(mask);
    in_order_and_complete();
    every_packet_is_blank();
    packets(data, 7, 7);
    rts(0x200, 49);
    packets(data, 1, 6);
    ck_assert_uint_lt(out_count, next_mark - 1);
    now_ns += MASK_WAIT_NS;
    push(0x181056F4, data, 5);
    in_order_and_complete();
    every_packet_is_blank();
    nothing_leaks();
}
END_TEST

START_TEST(packets_without_a_beginning_are_blanked) {
    uint8_t data[64];
    brm(data, 49);
    packets(data, 3, 7);
    in_order_and_complete();
    every_packet_is_blank();
    /* Behind a whole transfer of another message whose EndOfMsgAck is missing too. */
    rts(0x600, 13);
    packets(data + 42, 1, 2);
    packets(data, 1, 7);
    in_order_and_complete();
    nothing_leaks();
}
END_TEST

START_TEST(no_more_than_held_frames_wait) {
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 49);
    packets(data, 1, 6);
    for (int i = 0; i < MASK_HELD - 6; i++) {
        now_ns = 0; /* a clock that stands still: nothing is ever late */
        push(0x181056F4, (const uint8_t[]){1, 2, 3, 4, 5}, 5);
    }
    ck_assert_uint_eq(out_count, 1);
    push(0x181056F4, data, 5);
    in_order_and_complete();
    every_packet_is_blank();
    packets(data, 7, 7); /* late: belongs to what was given up */
    in_order_and_complete();
    every_packet_is_blank();
    nothing_leaks();
}
END_TEST

/* The packet for which there is no room is the transfer's own. */
START_TEST(full_queue_met_by_a_packet_of_the_transfer) {
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 49);
    packets(data, 1, 6);
    for (int i = 0; i < MASK_HELD - 6; i++) {
        now_ns = 0;
        push(0x181056F4, (const uint8_t[]){1, 2, 3, 4, 5}, 5);
    }
    packets(data, 7, 7);
    in_order_and_complete();
    every_packet_is_blank();
}
END_TEST

START_TEST(nonsense_is_blanked) {
    uint8_t vin[8];
    memcpy(vin, VIN, 8);
    push(0x1C0256F4, vin, 8); /* BRM in a single frame */
    nothing_leaks();
    ck_assert_uint_eq(out[0].len, 8);
    uint8_t data[64];
    brm(data, 49);
    rts(0x200, 0); /* no packet at all, then some */
    packets(data, 1, 7);
    push(0x1CEC56F4, (const uint8_t[]){0x10, 49, 0, 9, 0xFF, 0, 2, 0}, 8); /* too many packets */
    packets(data, 1, 7);
    push(0x1CEB56F4, (const uint8_t[]){0, 'L', 'T', 'E', 'S', 'T', 'V', 'E'}, 8);
    push(0x1CEB56F4, (const uint8_t[]){4, 'L', 'T', 'E', 'S'}, 5);
    conn_abort();
    in_order_and_complete();
    nothing_leaks();
    every_packet_is_blank();
}
END_TEST

START_TEST(networks_have_transfers_of_their_own) {
    uint8_t data[2][64];
    brm(data[0], 49);
    brm(data[1], 49);
    data[1][VIN_AT + 16] = '7';
    uint8_t start[8] = {0x10, 49, 0, 7, 0xFF, 0, 2, 0};
    uint64_t mark = 1;
    for (unsigned number = 0; number <= 7; number++) {
        for (unsigned network = 0; network < 2; network++) {
            struct can_frame_ext frame = {.extended = true, .len = 8};
            frame.id = number == 0 ? 0x1CEC56F4 : 0x1CEB56F4;
            memcpy(frame.data, start, 8);
            if (number > 0) {
                frame.data[0] = (uint8_t)number;
                memcpy(frame.data + 1, data[network] + (number - 1) * (size_t)7, 7);
            }
            mask_frame_of(mask, network, 0, mark++, &frame);
        }
    }
    next_mark = mark;
    in_order_and_complete();
    nothing_leaks();
    ck_assert_int_ne(memcmp(out[10].data, out[11].data, 8), 0); /* another car */
    ck_assert(!all_blank(&out[10]) && !all_blank(&out[11]));
}
END_TEST

/* More senders at once than there is room for: the oldest is blanked, nothing is lost. */
START_TEST(more_connections_than_room) {
    uint8_t data[64];
    brm(data, 49);
    for (unsigned number = 0; number <= 7; number++) {
        for (uint32_t sender = 1; sender <= 20; sender++) {
            uint8_t bytes[8] = {0x10, 49, 0, 7, 0xFF, 0, 2, 0};
            if (number > 0) {
                bytes[0] = (uint8_t)number;
                memcpy(bytes + 1, data + (number - 1) * (size_t)7, 7);
            }
            push((number == 0 ? 0x1CEC5600u : 0x1CEB5600u) | sender, bytes, 8);
        }
    }
    mask_flush(mask);
    in_order_and_complete();
    nothing_leaks();
    ck_assert(all_blank(&out[20]));
    ck_assert(!all_blank(&out[39]));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mask");
    TCase *tests = tcase_create("mask");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, hash_is_siphash);
    tcase_add_test(tests, texts_keep_their_shape);
    tcase_add_test(tests, only_vin_and_serial_number_change);
    tcase_add_test(tests, brm_of_41_bytes_has_the_same_pseudonym);
    tcase_add_test(tests, not_supplied_stays);
    tcase_add_test(tests, everything_else_passes_at_once);
    tcase_add_test(tests, frames_behind_a_held_packet_wait_in_order);
    tcase_add_test(tests, packets_asked_for_again_get_the_same_pseudonym);
    tcase_add_test(tests, packet_with_a_wrong_number_shows_nothing);
    tcase_add_test(tests, packets_with_swapped_numbers_show_nothing);
    tcase_add_test(tests, packet_numbered_ahead_shows_nothing);
    tcase_add_test(tests, aborted_transfer_is_blanked);
    tcase_add_test(tests, restarted_transfer_is_masked_the_first_one_blanked);
    tcase_add_test(tests, end_of_the_capture_and_silence_end_a_transfer);
    tcase_add_test(tests, packets_without_a_beginning_are_blanked);
    tcase_add_test(tests, no_more_than_held_frames_wait);
    tcase_add_test(tests, full_queue_met_by_a_packet_of_the_transfer);
    tcase_add_test(tests, nonsense_is_blanked);
    tcase_add_test(tests, networks_have_transfers_of_their_own);
    tcase_add_test(tests, more_connections_than_room);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
