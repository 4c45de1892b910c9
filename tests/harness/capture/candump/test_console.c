/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/reading.h"

static struct reading r;

START_TEST(without_times) {
    read_text(&r, "  vcan0  1826F456   [3]  01 01 00\n"
                  "  vcan0  123   [0] \n"
                  "  vcan0  182756F4   [2]  8E 17\n");
    ck_assert_uint_eq(r.count, 3);
    ck_frame(&r, 0, 0, "1826F456#010100");
    ck_frame(&r, 1, 0, "123#");
    ck_frame(&r, 2, 0, "182756F4#8E17");
    ck_assert_int_eq(r.health.format, CAPTURE_CANDUMP_CONSOLE);
    ck_assert_int_eq(r.health.clock, CLOCK_NONE);
    ck_assert(!capture_clock_good_for(&r.health, 3600 * S));
    ck_assert_str_eq(r.health.dialect.en, "candump, without times");
}
END_TEST

START_TEST(times_since_1970) {
    read_text(&r, " (1436509052.249713)  vcan0  1826F456   [3]  01 01 00\n"
                  " (1436509052.499713)  vcan0  1826F456   [3]  01 01 00\n");
    ck_frame(&r, 1, 1436509052499713000, "1826F456#010100");
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
}
END_TEST

START_TEST(times_as_dates) {
    read_text(&r, " (2015-07-10 08:17:32.249713)  vcan0  1826F456   [3]  01 01 00\n"
                  " (2016-02-29 23:59:59.999999)  vcan0  1826F456   [3]  01 01 00\n"
                  " (2016-03-01 00:00:00.000000)  vcan0  1826F456   [3]  01 01 00\n");
    /* date -u -d '2015-07-10 08:17:32' +%s; date -u -d 2016-03-01 +%s */
    ck_frame(&r, 0, 1436516252249713000, "1826F456#010100");
    ck_frame(&r, 1, 1456790399999999000, "1826F456#010100");
    ck_frame(&r, 2, 1456790400000000000, "1826F456#010100");
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
}
END_TEST

START_TEST(times_since_the_first_frame) {
    read_text(&r, " (000.000000)  vcan0  1826F456   [3]  01 01 00\n"
                  " (000.250113)  vcan0  1826F456   [3]  01 01 00\n"
                  " (000.260000)  vcan0  1826F456   [3]  01 01 00\n"
                  " (001.260000)  vcan0  1826F456   [3]  01 01 00\n");
    ck_frame(&r, 3, 1260 * MS, "1826F456#010100");
    ck_assert_int_eq(r.health.clock, CLOCK_RELATIVE);
    ck_assert_str_eq(r.health.dialect.en, "candump, times since the first frame");
}
END_TEST

START_TEST(times_since_the_frame_before) {
    read_text(&r, " (000.000000)  vcan0  1826F456   [3]  01 01 00\n"
                  " (000.250113)  vcan0  1826F456   [3]  01 01 00\n"
                  " (000.249887)  vcan0  1826F456   [3]  01 01 00\n"
                  " (000.250001)  vcan0  1826F456   [3]  01 01 00\n");
    ck_frame(&r, 1, 250113000, "1826F456#010100");
    ck_frame(&r, 2, 500 * MS, "1826F456#010100");
    ck_frame(&r, 3, 750001000, "1826F456#010100");
    ck_assert_uint_eq(r.health.steps_back, 0);
    ck_assert_str_eq(r.health.dialect.en, "candump, times since the frame before");
}
END_TEST

START_TEST(directions_and_letters) {
    read_text(&r, " (000.000000)  vcan0  TX - -  1826F456   [3]  01 01 00   '...'\n"
                  " (000.100000)  vcan0  RX - -  182756F4   [2]  8E 17\n");
    ck_assert_uint_eq(r.count, 2);
    ck_assert(r.frames[0].sent);
    ck_assert(!r.frames[1].sent);
}
END_TEST

START_TEST(colours_are_taken_out) {
    read_text(&r,
              "\x1b[32m (000.000000)\x1b[0m  \x1b[1;31mvcan0\x1b[0m  1826F456   [3]  01 01 00\n");
    ck_frame(&r, 0, 0, "1826F456#010100");
    ck_assert_str_eq(r.networks[0], "vcan0");
}
END_TEST

START_TEST(other_frames_are_counted) {
    read_text(&r, "  can0  1826F456   [0]  remote request\n"
                  "  can0  1826F456  [12]  01 02 03 04 05 06 07 08 09 0A 0B 0C\n"
                  "  can0  1826F456  [08]  01 02 03 04 05 06 07 08\n"
                  "  can0  20000004   [8]  00 01 00 00 00 00 00 00   ERRORFRAME\n"
                  "\tcontroller-problem{rx-overflow}\n"
                  "  can0  20000004   [8]  00 08 00 00 00 00 00 00   ERRORFRAME\n"
                  "DROPCOUNT: dropped 3 CAN frames on 'can0' socket (total drops 3)\n"
                  "  can0  1826F456   {9}  01 02 03 04 05 06 07 08\n");
    ck_assert_uint_eq(r.health.remote, 1);
    ck_assert_uint_eq(r.health.fd, 2);
    ck_assert_uint_eq(r.health.error, 1);
    ck_assert_uint_eq(r.health.damaged, 0);
    /* What the controller and the kernel say they lost. */
    ck_assert_uint_eq(r.health.losses, 2);
    ck_damage(&r, 0, 4, "the recorder says that it lost frames here");
    ck_damage(&r, 1, 7, "the recorder says that it lost 3 frames here");
    ck_assert(r.health.damages[1].lost);
    ck_assert_uint_eq(r.count, 1);
}
END_TEST

START_TEST(every_damage_has_its_line) {
    read_text(&r, " (000.000000)  can0  1826F456   [3]  01 01 00\n" /* 1 */
                  " (000.1x)  can0  1826F456   [3]  01 01 00\n"
                  " (000.100000)\n"
                  " (000.100000)  can0  1826F4   [3]  01 01 00\n"
                  " (000.100000)  can0  1826F456   3  01 01 00\n" /* 5 */
                  " (000.100000)  can0  1826F456   [9]  01 01 00\n"
                  " (000.100000)  can0  1826F456   [3]  01 01\n"
                  " (000.100000)  can0  1826F456   [3]  01 01 00 zz\n"
                  " (000.100000)  can0  3826F456   [3]  01 01 00\n"
                  "  can0  1826F456   [3]  01 01 00\n" /* 10 */
                  " (000.200000)  can0  1826F456   [3]  01`01`00\n"
                  " (000.200000)  can0  1826F456   [3]  01 01 00\n");
    ck_assert_uint_eq(r.count, 2);
    ck_assert_uint_eq(r.health.damaged, 10);
    ck_damage(&r, 0, 2, "time in the brackets is unreadable");
    ck_damage(&r, 1, 3, "no interface");
    ck_damage(&r, 2, 4, "identifier is not of 3 or 8 hexadecimal digits");
    ck_damage(&r, 3, 5, "no [length] behind the identifier");
    ck_damage(&r, 4, 6, "longer than 8 bytes");
    ck_damage(&r, 5, 7, "2 data bytes, but the length says 3");
    ck_damage(&r, 6, 8, "something unknown behind the data");
    ck_damage(&r, 7, 9, "identifier out of range");
    ck_damage(&r, 8, 10, "no time, unlike the lines before");
    ck_damage(&r, 9, 11, "bytes are in reverse order (candump -S): record without -S");
}
END_TEST

START_TEST(cut_at_the_end) {
    read_text(&r, "  can0  1826F456   [3]  01 01 00\n  can0  1826F456   [3]  01 0");
    ck_assert_uint_eq(r.count, 1);
    ck_assert(r.health.cut);
    ck_assert_uint_eq(r.health.damages[0].line, 2);
    /* The length proves that nothing is missing. */
    read_text(&r, "  can0  1826F456   [3]  01 01 00\n  can0  1826F456   [3]  01 01 00");
    ck_assert_uint_eq(r.count, 2);
    ck_assert(!r.health.cut);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("candump on the terminal");
    tcase_add_test(cases, without_times);
    tcase_add_test(cases, times_since_1970);
    tcase_add_test(cases, times_as_dates);
    tcase_add_test(cases, times_since_the_first_frame);
    tcase_add_test(cases, times_since_the_frame_before);
    tcase_add_test(cases, directions_and_letters);
    tcase_add_test(cases, colours_are_taken_out);
    tcase_add_test(cases, other_frames_are_counted);
    tcase_add_test(cases, every_damage_has_its_line);
    tcase_add_test(cases, cut_at_the_end);
    return run_suite("reader_candump_console", cases);
}
