/* SPDX-License-Identifier: MIT */
/* Frames of DL/T 645-2007: the public example and computed vectors both ways, and streams that are
 * split, noisy and damaged. */
#include "meter/frame.h"
#include "meter/identifiers.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)

static char said[4096];
static struct meter_frame last;
static int64_t now_ns;

static void say(const char *text) {
    strncat(said, text, sizeof said - strlen(said) - 1);
}

static void got(void *ctx, int64_t first_ns, int64_t last_ns, const struct meter_frame *frame) {
    char text[64], address[METER_ADDRESS_TEXT];
    (void)ctx;
    ck_assert(first_ns <= last_ns);
    meter_address_to_text(frame->address, address);
    snprintf(text, sizeof text, "%s/%02X/%u ", address, frame->control, frame->length);
    say(text);
    last = *frame;
}

static void damaged(void *ctx, int64_t at_ns, enum meter_damage damage, const uint8_t *bytes,
                    size_t count) {
    static const char *const names[] = {"noise", "sum", "end", "length", "gap"};
    char text[32];
    (void)ctx, (void)at_ns, (void)bytes;
    snprintf(text, sizeof text, "%s%zu ", names[damage], count);
    say(text);
}

static size_t bytes_of(const char *text, uint8_t *bytes) {
    size_t count = 0;
    char *end;
    for (unsigned long byte = strtoul(text, &end, 16); end != text;
         byte = strtoul(text, &end, 16)) {
        bytes[count++] = (uint8_t)byte;
        text = end;
    }
    return count;
}

static void feed(struct meter_parser *parser, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        now_ns += 4 * MS; /* 2400 baud */
        meter_parser_byte(parser, now_ns, bytes[i]);
    }
}

static const char *parse(const char *text) {
    struct meter_parser parser;
    uint8_t bytes[1024];
    size_t count = bytes_of(text, bytes);
    said[0] = '\0';
    meter_parser_init(&parser, got, damaged, NULL);
    feed(&parser, bytes, count);
    meter_parser_end(&parser);
    return said;
}

/* Standard facts 6.5: address, control, data as meant, bytes on the wire. */
static const struct {
    const char *address;
    uint8_t control;
    const char *data, *wire;
} vectors[] = {
    {"000102030425", 0x11, "00 00 01 00", "68 25 04 03 02 01 00 68 11 04 33 33 34 33 E1 16"},
    {"000102030425", 0x91, "00 00 01 00 42 06 12 00",
     "68 25 04 03 02 01 00 68 91 08 33 33 34 33 75 39 45 33 8B 16"},
    {"000000000001", 0x11, "00 00 01 00", "68 01 00 00 00 00 00 68 11 04 33 33 34 33 B3 16"},
    {"000000000001", 0x91, "00 00 01 00 56 34 12 00",
     "68 01 00 00 00 00 00 68 91 08 33 33 34 33 89 67 45 33 9F 16"},
    {"000000000001", 0x11, "00 01 01 02", "68 01 00 00 00 00 00 68 11 04 33 34 34 35 B6 16"},
    {"000000000001", 0x91, "00 01 01 02 00 75",
     "68 01 00 00 00 00 00 68 91 06 33 34 34 35 33 A8 13 16"},
    {"000000000001", 0x91, "00 01 02 02 56 34 12",
     "68 01 00 00 00 00 00 68 91 07 33 34 35 35 89 67 45 6F 16"},
    {"000000000001", 0x91, "00 01 02 02 00 50 80",
     "68 01 00 00 00 00 00 68 91 07 33 34 35 35 33 83 B3 A3 16"},
    {"000000000001", 0x91, "00 00 03 02 89 67 45",
     "68 01 00 00 00 00 00 68 91 07 33 33 36 35 BC 9A 78 08 16"},
    {"000000000001", 0xD1, "02", "68 01 00 00 00 00 00 68 D1 01 35 D8 16"},
    {"AAAAAAAAAAAA", 0x13, "", "68 AA AA AA AA AA AA 68 13 00 DF 16"},
    {"000000000001", 0x93, "01 00 00 00 00 00",
     "68 01 00 00 00 00 00 68 93 06 34 33 33 33 33 33 9D 16"},
    {"999999999999", 0x08, "05 04 03 02 01 24",
     "68 99 99 99 99 99 99 68 08 06 38 37 36 35 34 57 D9 16"},
};

START_TEST(golden_vectors) {
    struct meter_frame frame = {.control = vectors[_i].control};
    uint8_t wanted[64], bytes[METER_FRAME_BYTES_MAX];
    size_t count = bytes_of(vectors[_i].wire, wanted);
    frame.length = (uint8_t)bytes_of(vectors[_i].data, frame.data);
    ck_assert(meter_address_from_text(vectors[_i].address, frame.address));
    ck_assert_uint_eq(meter_frame_encode(&frame, bytes), count);
    ck_assert_mem_eq(bytes, wanted, count);
    parse(vectors[_i].wire);
    ck_assert_uint_eq(last.control, frame.control);
    ck_assert_uint_eq(last.length, frame.length);
    ck_assert_mem_eq(last.data, frame.data, frame.length);
    ck_assert_mem_eq(last.address, frame.address, 6);
    ck_assert_uint_eq(strlen(said), 12 + 1 + 2 + 1 + (frame.length > 9 ? 2 : 1) + 1);
}
END_TEST

#define READ   "68 01 00 00 00 00 00 68 11 04 33 33 34 33 B3 16 "
#define ANSWER "68 01 00 00 00 00 00 68 91 08 33 33 34 33 89 67 45 33 9F 16 "
#define R      "000000000001/11/4 "
#define A      "000000000001/91/8 "

START_TEST(streams) {
    ck_assert_str_eq(parse(READ ANSWER), R A);
    ck_assert_str_eq(parse("FE FE FE FE " ANSWER), A);
    ck_assert_str_eq(parse("00 FF FE 12 " ANSWER "55 AA"), "noise4 " A "noise2 ");
    ck_assert_str_eq(parse("68 " ANSWER), "noise1 " A); /* a start byte too many */
    ck_assert_str_eq(parse("68 01 02 " ANSWER), "noise3 " A);
    /* A false head whose length reaches over the true frame. */
    ck_assert_str_eq(parse("68 01 00 00 00 00 00 68 91 20 " ANSWER), "gap7 noise3 " A);
    ck_assert_str_eq(parse("68 01 00 00 00 00 00 68 11 04 33 33 34 33 B4 16 " READ),
                     "sum7 noise9 " R);
    ck_assert_str_eq(parse("68 01 00 00 00 00 00 68 11 04 33 33 34 33 B3 17 " READ),
                     "end7 noise9 " R);
    ck_assert_str_eq(parse("68 01 00 00 00 00 00 68 11 C9 33 33 34 33 B3 16 " READ),
                     "length7 noise8 noise1 " R);
    ck_assert_str_eq(parse("68 01 00 00 00 00 00 68 91 08 33 33"), "gap7 gap5 ");
    ck_assert_str_eq(parse("FE FE"), "");
    ck_assert_str_eq(parse("68"), "gap1 ");
}
END_TEST

START_TEST(a_gap_drops_what_was_begun) {
    struct meter_parser parser;
    uint8_t bytes[64];
    size_t count = bytes_of(READ, bytes);
    for (int late = 0; late <= 1; late++) {
        said[0] = '\0';
        meter_parser_init(&parser, got, damaged, NULL);
        feed(&parser, bytes, 9);
        now_ns += METER_GAP_NS - 4 * MS + late;
        feed(&parser, bytes + 9, count - 9);
        meter_parser_end(&parser);
        ck_assert_str_eq(said, late ? "gap7 gap2 noise7 " : R);
    }
}
END_TEST

/* The public example's answer, written with 33H taken off the data. */
START_TEST(logs_without_the_offset) {
    static const char *const bare = "68 25 04 03 02 01 00 68 91 08 00 00 01 00 42 06 12 00 8B 16";
    struct meter_parser parser;
    uint8_t bytes[64];
    size_t count = bytes_of(bare, bytes);
    ck_assert_str_eq(parse(bare), "sum7 noise13 ");
    for (int split = 0; split <= 1; split++) {
        said[0] = '\0';
        meter_parser_init(&parser, got, damaged, NULL);
        parser.accept_bare = true;
        feed(&parser, bytes, count);
        ck_assert_str_eq(said, "000102030425/91/8 ");
        ck_assert(parser.bare == (split == 0));
        ck_assert_mem_eq(last.data, "\x00\x00\x01\x00\x42\x06\x12\x00", 8);
        count = bytes_of(vectors[1].wire, bytes); /* and a true one with the option on */
    }
}
END_TEST

START_TEST(every_length_round_trips) {
    struct meter_frame frame = {.control = 0x91, .address = {0x68, 0x16, 0x68, 0xFE, 0x33, 0x68}};
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    for (unsigned length = 0; length <= METER_READ_DATA_MAX; length++) {
        struct meter_parser parser;
        frame.length = (uint8_t)length;
        for (unsigned i = 0; i < length; i++) {
            frame.data[i] = (uint8_t)(i * 7 + length); /* 68 and 16 of all kinds in it */
        }
        size_t count = meter_frame_encode(&frame, bytes);
        ck_assert_uint_eq(count, 12 + length);
        said[0] = '\0';
        meter_parser_init(&parser, got, damaged, NULL);
        feed(&parser, bytes, count);
        ck_assert_mem_eq(last.data, frame.data, length);
        ck_assert_uint_eq(last.length, length);
        ck_assert_ptr_null(strstr(said, "noise"));
    }
    frame.length = METER_READ_DATA_MAX + 1;
    ck_assert_uint_eq(meter_frame_encode(&frame, bytes), 0);
}
END_TEST

START_TEST(addresses) {
    static const uint8_t own[6] = {0x25, 0x04, 0x03, 0x02, 0x01, 0x00};
    uint8_t asked[6];
    char text[METER_ADDRESS_TEXT];
    static const struct {
        const char *text;
        bool matches;
    } rows[] = {
        {"000102030425", true}, {"102030425", true},    {"000102030426", false},
        {"AAAAAAAAAAAA", true}, {"AAAAAAAAAA25", true}, {"AAAAAAAAAA26", false},
        {"999999999999", true}, {"0001AAAAAAAA", true}, {"0002AAAAAAAA", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert(meter_address_from_text(rows[i].text, asked));
        ck_assert_msg(meter_address_matches(asked, own) == rows[i].matches, "%s", rows[i].text);
    }
    meter_address_to_text(own, text);
    ck_assert_str_eq(text, "000102030425");
    ck_assert(!meter_address_from_text("", asked));
    ck_assert(!meter_address_from_text("0001020304255", asked));
    ck_assert(!meter_address_from_text("00010203042B", asked));
    ck_assert(meter_address_from_text("999999999999", asked));
    ck_assert(meter_address_is_broadcast(asked));
    ck_assert(!meter_address_is_broadcast(own));
}
END_TEST

START_TEST(texts) {
    ck_assert_str_eq(meter_control_text(0xD1, false), "read data");
    ck_assert_str_eq(meter_control_text(0x08, true), "广播校时");
    ck_assert_str_eq(meter_control_text(0x1F, false), "unknown control code");
    ck_assert_str_eq(meter_error_text(METER_ERROR_NO_DATA, true), "无请求数据");
    ck_assert_str_eq(meter_error_text(0x80, false), "reserved");
    ck_assert_str_eq(meter_damage_text(METER_DAMAGE_GAP, false), "frame cut off");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter frame");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, golden_vectors, 0, (int)(sizeof vectors / sizeof vectors[0]));
    tcase_add_test(all, streams);
    tcase_add_test(all, a_gap_drops_what_was_begun);
    tcase_add_test(all, logs_without_the_offset);
    tcase_add_test(all, every_length_round_trips);
    tcase_add_test(all, addresses);
    tcase_add_test(all, texts);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
