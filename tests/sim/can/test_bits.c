/* SPDX-License-Identifier: MIT */
/* Frame length against a slow reference that writes the frame out bit by bit as ISO 11898-1 words
 * it, and the reference against published figures. */
#include "sim/can/can.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct bits {
    unsigned count;
    unsigned char value[256];
};

static void put(struct bits *bits, uint32_t value, int width) {
    for (int i = width - 1; i >= 0; i--) {
        bits->value[bits->count++] = value >> i & 1u;
    }
}

static unsigned crc15(const struct bits *bits) {
    unsigned crc = 0;
    for (unsigned i = 0; i < bits->count; i++) {
        bool next = bits->value[i] ^ (crc >> 14 & 1u);
        crc = crc << 1 & 0x7FFFu;
        crc = next ? crc ^ 0x4599u : crc;
    }
    return crc;
}

static unsigned stuff_bits(const struct bits *bits) {
    unsigned stuffed = 0, run = 0;
    int last = -1;
    for (unsigned i = 0; i < bits->count; i++) {
        run = bits->value[i] == last ? run + 1 : 1;
        last = bits->value[i];
        if (run == 5) {
            stuffed++;
            last = !last;
            run = 1;
        }
    }
    return stuffed;
}

static struct bits before_crc(const struct can_frame_ext *frame) {
    struct bits bits = {0};
    put(&bits, 0, 1); /* start of frame */
    if (frame->extended) {
        put(&bits, frame->id >> 18, 11);
        put(&bits, 3, 2); /* SRR, IDE */
        put(&bits, frame->id & 0x3FFFF, 18);
        put(&bits, 0, 3); /* RTR, r1, r0 */
    } else {
        put(&bits, frame->id, 11);
        put(&bits, 0, 3); /* RTR, IDE, r0 */
    }
    put(&bits, frame->len, 4);
    for (unsigned i = 0; i < frame->len; i++) {
        put(&bits, frame->data[i], 8);
    }
    return bits;
}

static unsigned slow_bits(const struct can_frame_ext *frame) {
    struct bits bits = before_crc(frame);
    put(&bits, crc15(&bits), 15);
    return bits.count + stuff_bits(&bits) + 1 + 2 + 7; /* delimiter, ACK, end of frame */
}

START_TEST(reference_crc_has_the_published_check_value) {
    struct bits bits = {0};
    for (const char *c = "123456789"; *c != '\0'; c++) {
        put(&bits, (unsigned char)*c, 8);
    }
    ck_assert_uint_eq(crc15(&bits), 0x059E); /* CRC-15/CAN in the RevEng catalogue */
}
END_TEST

/* Written out by hand. Identifier 0x555, no data: 0 10101010101 000 0000, CRC-15 110011101001100.
 * The only run of five is in the seven dominant bits after the identifier: one stuff bit. */
START_TEST(short_frame_by_hand) {
    struct can_frame_ext frame = {.id = 0x555};
    struct bits bits = before_crc(&frame);
    ck_assert_uint_eq(bits.count, 19);
    ck_assert_uint_eq(crc15(&bits), 0x674C);
    ck_assert_uint_eq(can_frame_bits(&frame), 19 + 15 + 1 + 10);
}
END_TEST

/* Identifier 0, no data: 19 dominant bits, whose CRC is 0: 34 dominant bits. Each stuff bit is
 * recessive, so a run begins anew after it: stuff bits after bits 5, 10 ... 30, six of them. */
START_TEST(all_dominant_frame) {
    struct can_frame_ext frame = {.id = 0};
    ck_assert_uint_eq(can_frame_bits(&frame), 34 + 6 + 10);
}
END_TEST

static struct can_frame_ext random_frame(unsigned *seed) {
    struct can_frame_ext frame = {.extended = rand_r(seed) & 1, .len = (uint8_t)(rand_r(seed) % 9)};
    frame.id = (uint32_t)rand_r(seed) & (frame.extended ? 0x1FFFFFFF : 0x7FF);
    bool sparse = rand_r(seed) & 1; /* long runs, as in real messages */
    for (unsigned i = 0; i < sizeof frame.data; i++) {
        unsigned r = (unsigned)rand_r(seed);
        frame.data[i] = (uint8_t)(sparse ? (r & 3 ? 0x00 : 0xFF) ^ (r & 32 ? 1 : 0) : r >> 4);
    }
    return frame;
}

START_TEST(equals_the_reference_on_random_frames) {
    unsigned seed = 1;
    for (int i = 0; i < 200000; i++) {
        struct can_frame_ext frame = random_frame(&seed);
        ck_assert_uint_eq(can_frame_bits(&frame), slow_bits(&frame));
    }
}
END_TEST

/* Bounds from the literature: 44 + 8n (standard) and 64 + 8n (extended) bits without stuffing and
 * interframe space; at most (34 + 8n - 1) / 4 and (54 + 8n - 1) / 4 stuff bits. */
START_TEST(stays_within_the_published_bounds) {
    unsigned seed = 2;
    unsigned shortest = 1000;
    for (int i = 0; i < 200000; i++) {
        struct can_frame_ext frame = random_frame(&seed);
        unsigned plain = (frame.extended ? 64u : 44u) + 8u * frame.len;
        unsigned stuffed = ((frame.extended ? 54u : 34u) + 8u * frame.len - 1) / 4;
        unsigned bits = can_frame_bits(&frame);
        ck_assert_uint_ge(bits, plain);
        ck_assert_uint_le(bits, plain + stuffed);
        shortest = bits - plain < shortest ? bits - plain : shortest;
    }
    ck_assert_uint_eq(shortest, 0); /* frames without any stuff bit do occur */
}
END_TEST

/* BRO of GB/T 27930: AA from the BMS, one byte. */
START_TEST(bytes_beyond_the_length_are_not_on_the_wire) {
    struct can_frame_ext one = {.id = 0x100956F4, .extended = true, .len = 1, .data = {0xAA}};
    struct can_frame_ext same = one;
    same.data[1] = 0xFF; /* beyond the length: not on the wire */
    ck_assert_uint_eq(can_frame_bits(&one), can_frame_bits(&same));
    ck_assert_uint_eq(can_frame_bits(&one), slow_bits(&one));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("can_bits");
    TCase *tcase = tcase_create("length");
    tcase_add_test(tcase, reference_crc_has_the_published_check_value);
    tcase_add_test(tcase, short_frame_by_hand);
    tcase_add_test(tcase, all_dominant_frame);
    tcase_add_test(tcase, equals_the_reference_on_random_frames);
    tcase_add_test(tcase, stays_within_the_published_bounds);
    tcase_add_test(tcase, bytes_beyond_the_length_are_not_on_the_wire);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
