/* SPDX-License-Identifier: MIT */
/* What a firmware hears that is blind to one thing: that thing put right, and nothing else. */
#include "harness/mutant/mutation_meter.h"

#include "meter/frame.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define LINE 0

static struct mutation_meter meter;
static uint8_t bytes[2 * METER_FRAME_BYTES_MAX + 8];
static size_t count;
static struct meter_frame heard;
static unsigned frames;

static const struct meter_frame sound = {.address = {1},
                                         .control = METER_READ | METER_ANSWER,
                                         .length = 8,
                                         .data = {0, 0, 1, 0, 0x56, 0x34, 0x12, 0}};

static void setup(void) {
    const struct meter_frame asked = {
        .address = {1}, .control = METER_READ, .length = 4, .data = {0, 0, 1, 0}};
    meter = (struct mutation_meter){0};
    memset(bytes, 0xFE, 4);
    mutation_meter_asked(&meter, LINE, bytes, 4 + meter_frame_encode(&asked, bytes + 4));
    count = 0;
}

static void put(const struct meter_frame *frame) {
    memset(bytes + count, 0xFE, 4);
    count += 4 + meter_frame_encode(frame, bytes + count + 4);
}

static void got_frame(void *ctx, int64_t first_ns, int64_t last_ns,
                      const struct meter_frame *frame) {
    (void)ctx, (void)first_ns, (void)last_ns;
    if (frames++ == 0) {
        heard = *frame;
    }
}

/* Whole frames after mending; the first is in heard. */
static unsigned mended(enum unchecked what) {
    struct meter_parser parser;
    mutation_meter_mend(&meter, what, LINE, bytes, count);
    frames = 0;
    meter_parser_init(&parser, got_frame, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        meter_parser_byte(&parser, 0, bytes[i]);
    }
    return frames;
}

static void is_sound(const struct meter_frame *frame) {
    ck_assert_mem_eq(frame->address, sound.address, 6);
    ck_assert_uint_eq(frame->control, sound.control);
    ck_assert_uint_eq(frame->length, sound.length);
    ck_assert_mem_eq(frame->data, sound.data, 8);
}

START_TEST(sound_answers_stay) {
    put(&sound);
    ck_assert_uint_eq(mended((enum unchecked)_i), 1);
    is_sound(&heard);
}
END_TEST

START_TEST(checksum) {
    put(&sound);
    bytes[count - 3] ^= 0x01; /* the last digits */
    ck_assert_uint_eq(mended(UNCHECKED_ADDRESS), 0);
    ck_assert_uint_eq(mended(UNCHECKED_CHECKSUM), 1);
    ck_assert_uint_ne(heard.data[7], sound.data[7]); /* what was damaged is believed */
}
END_TEST

START_TEST(address_of_each_answer) {
    struct meter_frame other = sound;
    other.address[0] = 0x10;
    put(&other);
    put(&sound);
    ck_assert_uint_eq(mended(UNCHECKED_CHECKSUM), 2);
    ck_assert_uint_eq(heard.address[0], 0x10);
    ck_assert_uint_eq(mended(UNCHECKED_ADDRESS), 2);
    is_sound(&heard);
}
END_TEST

START_TEST(item) {
    struct meter_frame other = sound;
    other.data[1] = 0x01;
    put(&other);
    ck_assert_uint_eq(mended(UNCHECKED_ITEM), 1);
    is_sound(&heard);
}
END_TEST

START_TEST(digits) {
    struct meter_frame none = sound;
    memset(none.data + 4, 0xFF, 4);
    put(&none);
    ck_assert_uint_eq(mended(UNCHECKED_DIGITS), 1);
    ck_assert_mem_eq(heard.data + 4, "\0\0\0\0", 4);
}
END_TEST

START_TEST(requests_and_pieces_stay) {
    const struct meter_frame echo = {
        .address = {0x10}, .control = METER_READ, .length = 4, .data = {0, 1, 1, 0}};
    uint8_t before[sizeof bytes];
    put(&echo);
    put(&sound);
    count -= 6; /* cut off */
    memcpy(before, bytes, sizeof bytes);
    mutation_meter_mend(&meter, (enum unchecked)_i, LINE, bytes, count);
    mutation_meter_mend(&meter, (enum unchecked)_i, MUTATION_METER_LINES, bytes, count);
    ck_assert_mem_eq(bytes, before, sizeof bytes);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mutation meter");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_loop_test(tests, sound_answers_stay, 0, UNCHECKED);
    tcase_add_test(tests, checksum);
    tcase_add_test(tests, address_of_each_answer);
    tcase_add_test(tests, item);
    tcase_add_test(tests, digits);
    tcase_add_loop_test(tests, requests_and_pieces_stay, 0, UNCHECKED);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
