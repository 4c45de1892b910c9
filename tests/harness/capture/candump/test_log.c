/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/reading.h"

#include <stdio.h>
#include <string.h>

static struct reading r;

START_TEST(frames_as_candump_writes_them) {
    read_text(&r, "(1436509052.249713) vcan0 1826F456#010100\n"
                  "(1436509052.499713) vcan0 182756F4#8E17\n"
                  "(1436509052.5) vcan0 123#\n"
                  "(1436509052.599999999) vcan1 1801F456#AA.01.02.03.04.30.31.32\n");
    ck_assert_uint_eq(r.count, 4);
    ck_frame(&r, 0, 1436509052249713000, "1826F456#010100");
    ck_frame(&r, 1, 1436509052499713000, "182756F4#8E17");
    ck_frame(&r, 2, 1436509052500000000, "123#");
    ck_frame(&r, 3, 1436509052599999999, "1801F456#AA01020304303132");
    ck_assert_str_eq(r.networks[0], "vcan0");
    ck_assert_str_eq(r.networks[3], "vcan1");
    ck_assert_uint_eq(r.frames[3].line, 4);
    ck_assert_int_eq(r.health.format, CAPTURE_CANDUMP_LOG);
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
    ck_assert_uint_eq(r.health.damaged, 0);
    ck_assert(!r.health.cut);
}
END_TEST

START_TEST(extended_with_a_small_identifier_stays_extended) {
    read_text(&r, "(1.000000) can0 00000123#01\n(1.1) can0 123#01\n");
    ck_frame(&r, 0, 1000 * MS, "00000123#01");
    ck_frame(&r, 1, 1100 * MS, "123#01");
    ck_assert_int_eq(r.health.clock, CLOCK_RELATIVE);
}
END_TEST

/* From 1973-03-03 on: candump's -L has seconds since 1970, whoever counts from a start has fewer. */
START_TEST(what_time_is_a_date) {
    read_text(&r, "(99999999.999999) can0 123#01\n");
    ck_assert_int_eq(r.health.clock, CLOCK_RELATIVE);
    read_text(&r, "(100000000.000000) can0 123#01\n");
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
    read_text(&r, "(5.000000) can0 123#01\n(200000000.000000) can0 123#01\n");
    ck_assert_int_eq(r.health.clock, CLOCK_RELATIVE); /* the first one tells */
}
END_TEST

START_TEST(other_frames_are_counted_not_handed_out) {
    read_text(&r, "(1.0) can0 1826F456#R\n"
                  "(1.1) can0 1826F456#R8\n"
                  "(1.2) can0 1826F456##1010203\n"
                  "(1.3) can0 20000080#0000000000000000\n"
                  "(1.4) can0 123#80:03:00000000#0102\n"
                  "(1.5) can0 1826F456#010100\n");
    ck_assert_uint_eq(r.count, 1);
    ck_assert_uint_eq(r.health.remote, 2);
    ck_assert_uint_eq(r.health.fd, 1);
    ck_assert_uint_eq(r.health.error, 1);
    ck_assert_uint_eq(r.health.other, 1);
    ck_assert_uint_eq(r.health.damaged, 0);
}
END_TEST

START_TEST(direction_and_raw_dlc) {
    read_text(&r, "(1.0) can0 1826F456#010100 T\n(1.1) can0 1826F456#010100 R\n"
                  "(1.2) can0 1826F456#0102030405060708_A\n");
    ck_assert_uint_eq(r.count, 3);
    ck_assert(r.frames[0].sent);
    ck_assert(!r.frames[1].sent);
    ck_frame(&r, 2, 1200 * MS, "1826F456#0102030405060708");
}
END_TEST

START_TEST(every_damage_has_its_line) {
    read_text(&r, "(1.0) can0 1826F456#010100\n" /* 1 */
                  "hello\n"
                  "(x) can0 1826F456#01\n"
                  "(1.1) can0 1826F45#01\n"
                  "(1.1) can0 1826F456\n" /* 5 */
                  "(1.1) can0 1826F456#0\n"
                  "(1.1) can0 1826F456#01zz\n"
                  "(1.1) can0 1826F456#010203040506070809\n"
                  "(1.1) can0 FFFFFFFF#01\n"
                  "(1.1) can0 FFF#01\n" /* 10 */
                  "(99999999999.0) can0 1826F456#01\n"
                  "\n"
                  "# a remark\n"
                  "(1.2) can0 1826F456#010100\n");
    ck_assert_uint_eq(r.count, 2);
    ck_assert_uint_eq(r.frames[1].line, 14);
    ck_assert_uint_eq(r.health.damaged, 10);
    ck_damage(&r, 0, 2, "no \"(time) interface\" at the beginning");
    ck_damage(&r, 1, 3, "no \"(time) interface\" at the beginning");
    ck_damage(&r, 2, 4, "identifier is not of 3 or 8 hexadecimal digits");
    ck_damage(&r, 3, 5, "no # behind the identifier");
    ck_damage(&r, 4, 6, "data is not pairs of hexadecimal digits");
    ck_damage(&r, 5, 7, "data is not pairs of hexadecimal digits");
    ck_damage(&r, 6, 8, "data longer than 8 bytes");
    ck_damage(&r, 7, 9, "identifier out of range");
    ck_damage(&r, 8, 10, "identifier out of range");
    ck_damage(&r, 9, 11, "no \"(time) interface\" at the beginning");
}
END_TEST

START_TEST(a_line_that_the_file_s_end_may_have_cut) {
    read_text(&r, "(1.0) can0 1826F456#010100\n(1.1) can0 1826F456#01");
    ck_assert_uint_eq(r.count, 2); /* who knows the message knows whether it is whole */
    ck_assert(!r.frames[0].unended && r.frames[1].unended);
    ck_assert_uint_eq(r.health.unended_line, 2);
    read_text(&r, "(1.0) can0 1826F456#010100\n(1.1) can0 1826F456#010");
    ck_assert_uint_eq(r.count, 1);
    ck_assert(r.health.cut);
    read_text(&r, "(1.0) can0 1826F456#010100\n(1.1) can0 1826");
    ck_assert(r.health.cut);
    ck_assert_uint_eq(r.health.damaged, 1);
    /* Eight bytes cannot have been more. */
    read_text(&r, "(1.0) can0 1826F456#010100\n(1.1) can0 1826F456#0102030405060708");
    ck_assert_uint_eq(r.count, 2);
    ck_assert(!r.frames[1].unended && r.health.unended_line == 0);
    ck_assert(!r.health.cut);
}
END_TEST

START_TEST(line_ends_of_all_systems) {
    static const char *const ends[] = {"\n", "\r\n", "\r", "\r\r\n"};
    for (int i = 0; i < 4; i++) {
        char text[256];
        snprintf(text, sizeof text, "(1.0) can0 1826F456#010100%s(1.1) can0 182756F4#8E17%sx%s",
                 ends[i], ends[i], ends[i]);
        read_text(&r, text);
        ck_assert_uint_eq(r.count, 2);
        ck_frame(&r, 1, 1100 * MS, "182756F4#8E17");
        ck_assert_uint_eq(r.frames[1].line, 2);
        ck_assert_uint_eq(r.health.damages[0].line, 3);
    }
}
END_TEST

START_TEST(a_huge_line_is_one_damage) {
    static char text[200000];
    int n = snprintf(text, sizeof text, "(1.0) can0 1826F456#010100\n");
    memset(text + n, 'A', 150000);
    snprintf(text + n + 150000, 100, "\n(1.1) can0 182756F4#8E17\n");
    read_text(&r, text);
    ck_assert_uint_eq(r.count, 2);
    ck_assert_uint_eq(r.frames[1].line, 3);
    ck_assert_uint_eq(r.health.damaged, 1);
    ck_damage(&r, 0, 2, "line longer than 4096 bytes");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("candump log");
    tcase_add_test(cases, frames_as_candump_writes_them);
    tcase_add_test(cases, extended_with_a_small_identifier_stays_extended);
    tcase_add_test(cases, other_frames_are_counted_not_handed_out);
    tcase_add_test(cases, direction_and_raw_dlc);
    tcase_add_test(cases, what_time_is_a_date);
    tcase_add_test(cases, every_damage_has_its_line);
    tcase_add_test(cases, a_line_that_the_file_s_end_may_have_cut);
    tcase_add_test(cases, line_ends_of_all_systems);
    tcase_add_test(cases, a_huge_line_is_one_damage);
    return run_suite("reader_candump_log", cases);
}
