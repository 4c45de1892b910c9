/* SPDX-License-Identifier: MIT */
/* DL/T 645-2007 frames of the core: public examples, any split of the bytes, damage, and no frame
 * where there is none. */
#include "firmware-under-test/core/meter/dlt645.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct core_dlt645_rx rx;
static struct core_dlt645_frame frame;

static void setup(void) {
    memset(&rx, 0, sizeof rx);
}

/* Frames found in the bytes; the last one is in frame. */
static unsigned feed(const void *bytes, size_t count) {
    unsigned found = 0;
    for (size_t i = 0; i < count; i++) {
        found += core_dlt645_byte(&rx, ((const uint8_t *)bytes)[i], &frame);
    }
    return found;
}

/* Public example: read 00010000 from 000102030425, and its answer 1206.42 kWh. */
static const uint8_t example_address[6] = {0x25, 0x04, 0x03, 0x02, 0x01, 0x00};
static const uint8_t example_request[] = {0x68, 0x25, 0x04, 0x03, 0x02, 0x01, 0x00, 0x68,
                                          0x11, 0x04, 0x33, 0x33, 0x34, 0x33, 0xE1, 0x16};
static const uint8_t example_answer[] = {0x68, 0x25, 0x04, 0x03, 0x02, 0x01, 0x00,
                                         0x68, 0x91, 0x08, 0x33, 0x33, 0x34, 0x33,
                                         0x75, 0x39, 0x45, 0x33, 0x8B, 0x16};

START_TEST(request_as_in_the_public_example) {
    uint8_t bytes[CORE_DLT645_REQUEST_MAX];
    ck_assert_uint_eq(core_dlt645_request(bytes, 0, example_address, CORE_DLT645_ENERGY), 16);
    ck_assert_mem_eq(bytes, example_request, 16);
    ck_assert_uint_eq(core_dlt645_request(bytes, 9, example_address, CORE_DLT645_ENERGY), 20);
    ck_assert_mem_eq(bytes, "\xFE\xFE\xFE\xFE\x68", 5);
}
END_TEST

START_TEST(answers_of_the_golden_vectors) {
    static const struct {
        const char *bytes;
        unsigned count;
        uint32_t di;
        bool is_signed;
        int64_t value;
    } rows[] = {
        {"\x68\x01\x00\x00\x00\x00\x00\x68\x91\x08\x33\x33\x34\x33\x89\x67\x45\x33\x9F\x16", 20,
         CORE_DLT645_ENERGY, false, 123456},
        {"\x68\x01\x00\x00\x00\x00\x00\x68\x91\x06\x33\x34\x34\x35\x33\xA8\x13\x16", 18,
         CORE_DLT645_VOLTAGE, false, 7500},
        {"\x68\x01\x00\x00\x00\x00\x00\x68\x91\x07\x33\x34\x35\x35\x89\x67\x45\x6F\x16", 19,
         CORE_DLT645_CURRENT, true, 123456},
        {"\x68\x01\x00\x00\x00\x00\x00\x68\x91\x07\x33\x34\x35\x35\x33\x83\xB3\xA3\x16", 19,
         CORE_DLT645_CURRENT, true, -5000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 0;
        ck_assert_uint_eq(feed(rows[i].bytes, rows[i].count), 1);
        ck_assert(core_dlt645_carries(&frame, rows[i].di));
        ck_assert(!core_dlt645_carries(&frame, 0x00020000));
        ck_assert(core_dlt645_value(&frame, rows[i].is_signed, &value));
        ck_assert_int_eq(value, rows[i].value);
    }
}
END_TEST

START_TEST(refusal_and_missing_value) {
    int64_t value;
    ck_assert_uint_eq(feed("\x68\x01\x00\x00\x00\x00\x00\x68\xD1\x01\x35\xD8\x16", 13), 1);
    ck_assert_uint_eq(frame.control, CORE_DLT645_REFUSED);
    ck_assert(!core_dlt645_carries(&frame, CORE_DLT645_ENERGY));
    ck_assert(!core_dlt645_value(&frame, false, &value));
    frame = (struct core_dlt645_frame){
        .control = CORE_DLT645_ANSWER, .length = 6, .data = {0, 1, 1, 2, 0xFF, 0xFF}};
    ck_assert(!core_dlt645_value(&frame, false, &value)); /* a meter's way to say "none" */
}
END_TEST

START_TEST(noise_before_and_starts_inside_noise) {
    uint8_t bytes[64] = {0xFE, 0xFE, 0x00, 0x68, 0x68, 0x12, 0x68};
    memcpy(bytes + 7, example_answer, sizeof example_answer);
    ck_assert_uint_eq(feed(bytes, 7 + sizeof example_answer), 1);
    ck_assert_mem_eq(frame.address, example_address, 6);
    ck_assert_uint_eq(feed(example_answer, sizeof example_answer), 1);
}
END_TEST

/* Every single wrong byte is noticed: a frame that comes out is the one that went in. */
START_TEST(every_damaged_byte_is_noticed) {
    for (size_t at = 0; at < sizeof example_answer; at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t bytes[sizeof example_answer];
            memcpy(bytes, example_answer, sizeof bytes);
            bytes[at] ^= (uint8_t)flip;
            setup();
            ck_assert_msg(feed(bytes, sizeof bytes) == 0, "byte %zu, flipped %02X", at, flip);
        }
    }
}
END_TEST

START_TEST(cut_frames_give_way_to_the_next) {
    for (size_t count = 1; count < sizeof example_answer; count++) {
        setup();
        ck_assert_uint_eq(feed(example_answer, count), 0);
        unsigned found = feed(example_answer, sizeof example_answer);
        found += feed(example_answer, sizeof example_answer);
        ck_assert_msg(found >= 1, "after %zu bytes", count);
    }
}
END_TEST

/* A long frame of another meter (200 bytes of data) does not fill the buffer. */
START_TEST(long_frames_pass_by) {
    uint8_t bytes[212] = {0x68, 1, 0, 0, 0, 0, 0, 0x68, 0x91, 200};
    memset(bytes + 10, 0x68, 200);
    ck_assert_uint_eq(feed(bytes, sizeof bytes), 0);
    ck_assert_uint_eq(feed("\x16\x16\x16\x16\x16\x16\x16\x16\x16\x16", 10), 0);
    ck_assert_uint_eq(feed(example_answer, sizeof example_answer), 1);
}
END_TEST

START_TEST(random_bytes_never_overrun) {
    uint64_t random = 12345;
    for (int i = 0; i < 100000; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        uint8_t byte = (uint8_t)(random >> 33);
        byte = byte < 80 ? 0x68 : byte; /* many starts */
        if (core_dlt645_byte(&rx, byte, &frame)) {
            ck_assert_uint_le(frame.length, CORE_DLT645_DATA_MAX);
        }
        ck_assert_uint_lt(rx.count, CORE_DLT645_FRAME_MAX);
    }
}
END_TEST

START_TEST(addresses) {
    uint8_t address[6];
    core_dlt645_address(123456789, address);
    ck_assert_mem_eq(address, "\x89\x67\x45\x23\x01\x00", 6);
    core_dlt645_address(0, address);
    ck_assert_mem_eq(address, "\0\0\0\0\0\0", 6);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dlt645");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, request_as_in_the_public_example);
    tcase_add_test(all, answers_of_the_golden_vectors);
    tcase_add_test(all, refusal_and_missing_value);
    tcase_add_test(all, noise_before_and_starts_inside_noise);
    tcase_add_test(all, every_damaged_byte_is_noticed);
    tcase_add_test(all, cut_frames_give_way_to_the_next);
    tcase_add_test(all, long_frames_pass_by);
    tcase_add_test(all, random_bytes_never_overrun);
    tcase_add_test(all, addresses);
    suite_add_tcase(suite, all);
    return suite_main(suite);
}
