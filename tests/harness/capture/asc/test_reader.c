/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER                                                                                     \
    "date Tue Apr 21 06:53:33.477 am 2015\n"                                                       \
    "base hex  timestamps absolute\n"                                                              \
    "internal events logged\n"                                                                     \
    "// version 9.0.0\n"                                                                           \
    "Begin Triggerblock Tue Apr 21 06:53:33.477 am 2015\n"
#define START_NS (INT64_C(1429599213477) * MS)
#define BASE     "base hex  timestamps absolute\n"

static struct reading reading;

START_TEST(frames_and_all_that_is_none) {
    read_text(&reading,
              HEADER "   0.000000 Start of measurement\n"
                     "   0.000000 CAN 1 Status:chip status error active\n"
                     "   1.500000 1  Statistic: D 0 R 0 XD 0 XR 0 E 0 O 0 B 0.00%\n"
                     "   2.501000 1  1826F456x       Rx   d 3 01 01 00  Length = 273910 BitCount = "
                     "141 ID = 405206102x\n"
                     "   2.501200 2  64              Tx   d 8 00 11 22 33 44 55 66 FF\n"
                     "   2.501300 1  ErrorFrame\n"
                     "   2.501400 1  64              Rx   r\n"
                     "   2.501500 1  18EBFF00x       Rx   r 8\n"
                     "   2.501600 LIN 1 something\n"
                     "   2.501700 1  64              TxRq d 1 11\n"
                     "   2.501800 1  J1939TP FEE3p 6 0 0 - Rx d 23\n"
                     "   2.501900 log trigger event\n"
                     "   2.502000 1  7 Rx d 0\n"
                     "\n"
                     "End TriggerBlock\n");
    ck_assert_str_eq(reading.problem.text, "");
    ck_assert_uint_eq(reading.count, 3);
    ck_frame(&reading, 0, START_NS + 2501 * MS, "1826F456#010100");
    ck_frame(&reading, 1, START_NS + 2501 * MS + 200000, "064#00112233445566FF");
    ck_frame(&reading, 2, START_NS + 2502 * MS, "007#");
    ck_assert_str_eq(reading.networks[0], "1");
    ck_assert_str_eq(reading.networks[1], "2");
    ck_assert(!reading.frames[0].sent && reading.frames[1].sent);
    ck_assert_uint_eq(reading.frames[0].line, 9);
    ck_assert_uint_eq(reading.health.damaged, 0);
    ck_assert_uint_eq(reading.health.remote, 2);
    ck_assert_uint_eq(reading.health.error, 1);
    ck_assert_int_eq(reading.health.format, CAPTURE_ASC);
    ck_assert_int_eq(reading.health.clock, CLOCK_ABSOLUTE);
    ck_assert_str_eq(reading.health.dialect.en, "Vector ASC, base hex, timestamps absolute");
}
END_TEST

START_TEST(decimal_base) {
    static const char *const bases[] = {"dec", "dez"};
    char text[256];
    snprintf(text, sizeof text, "base %s  timestamps absolute\n%s", bases[_i],
             "0.001 1 405206102x Rx d 3 1 255 16\n"
             "0.002 1 100 Rx d 1 256\n"
             "0.003 1 1A Rx d 0\n");
    read_text(&reading, text);
    ck_assert_uint_eq(reading.count, 1);
    ck_frame(&reading, 0, 1 * MS, "1826F456#01FF10");
    ck_assert_uint_eq(reading.health.damaged, 2);
    ck_assert_int_eq(reading.health.clock, CLOCK_RELATIVE);
}
END_TEST

/* Every event counts, a statistic too; a new date starts the sum again. */
START_TEST(relative_timestamps_add_up) {
    read_text(&reading, "date Tue Apr 21 06:53:33.477 am 2015\n"
                        "base hex  timestamps relative\n"
                        "0.100000 1 1826F456x Rx d 1 01\n"
                        "0.200000 1 Statistic: D 0\n"
                        "0.300000 1 1826F456x Rx d 1 02\n"
                        "date Tue Apr 21 06:53:34.477 am 2015\n"
                        "0.500000 1 1826F456x Rx d 1 03\n");
    ck_assert_uint_eq(reading.count, 3);
    ck_frame(&reading, 0, START_NS + 100 * MS, "1826F456#01");
    ck_frame(&reading, 1, START_NS + 600 * MS, "1826F456#02");
    ck_frame(&reading, 2, START_NS + 1500 * MS, "1826F456#03");
}
END_TEST

/* Controllers in FD mode log classic frames as CANFD too: the flags tell (bit 12 FD, bit 4
 * remote). */
START_TEST(canfd_lines) {
    read_text(
        &reading,
        BASE "1.0 CANFD   3 Rx 50005x Name_12 0 1 5 5 01 02 03 04 05 102203 133 303000 e0006659 0\n"
             "1.1 CANFD   1 Rx 1826F456x 0 0 3 3 01 01 00 102203 133 200000 e0006659 0 0 0 0\n"
             "1.2 CANFD   1 Tx 1826F456x CHM 0 0 3 3 01 01 00 102203 133 200040 e0006659 0 0 0\n"
             "1.3 CANFD   1 Rx 1826F456x 0 0 3 0 102203 133 200010 e0006659 0 0 0 0\n"
             "1.4 CANFD   1 Rx ErrorFrame Not Acknowledge error\n"
             "1.5 CANFD   1 Rx 1826F456x 1 0 9 12 01 02 03 04 05 06 07 08 09 0A 0B 0C 0 0 3000 0\n"
             "1.6 CANFD   1 Rx 1826F456x 0 0 3 3 01 01\n"
             "1.7 CANFD   x Rx 1826F456x 0 0 3 3 01 01 00\n");
    ck_assert_uint_eq(reading.count, 2);
    ck_frame(&reading, 0, 1100 * MS, "1826F456#010100");
    ck_frame(&reading, 1, 1200 * MS, "1826F456#010100");
    ck_assert(reading.frames[1].sent);
    ck_assert_uint_eq(reading.health.fd, 2);
    ck_assert_uint_eq(reading.health.remote, 1);
    ck_assert_uint_eq(reading.health.error, 1);
    ck_assert_uint_eq(reading.health.damaged, 2);
    ck_damage(&reading, 0, 8, "fewer bytes of data than its length says '3'");
    ck_damage(&reading, 1, 9, "CANFD without channel, direction and identifier");
}
END_TEST

START_TEST(names_instead_of_identifiers) {
    read_text(&reading,
              BASE "1.0 1 CHM_Charger Rx d 3 01 01 00  Length = 1 BitCount = 141 ID = 405206102x\n"
                   "1.1 1 Doors       Rx d 1 01  Length = 1 BitCount = 41 ID = 100\n"
                   "1.2 1 Doors       Rx d 1 01\n");
    ck_assert_uint_eq(reading.count, 2);
    ck_frame(&reading, 0, 1000 * MS, "1826F456#010100");
    ck_frame(&reading, 1, 1100 * MS, "064#01");
    ck_damage(&reading, 0, 4, "no number, and no ID = behind the data, for the identifier 'Doors'");
}
END_TEST

/* Tools other than Vector's forget the x. */
START_TEST(identifier_too_large_for_a_standard_frame_is_extended) {
    read_text(&reading, BASE "1.0 1 1826F456 Rx d 1 01\n1.1 1 7FF Rx d 1 01\n"
                             "1.2 1 20000000x Rx d 1 01\n");
    ck_assert_uint_eq(reading.count, 2);
    ck_assert(reading.frames[0].frame.extended && !reading.frames[1].frame.extended);
    ck_assert_uint_eq(reading.health.damaged, 1);
}
END_TEST

static const struct {
    const char *line, *what;
} damages[] = {
    {"1.0", "the line ends after the time"},
    {"1.0 1", "the line ends after the channel"},
    {"1.0 1 18", "neither Rx nor Tx behind the identifier"},
    {"1.0 1 1826F456x R", "neither Rx nor Tx behind the identifier 'R'"},
    {"1.0 1 1826F456x Rx", "no 'd' and a length behind the direction"},
    {"1.0 1 1826F456x Rx d", "no 'd' and a length behind the direction"},
    {"1.0 1 1826F456x Rx q 3 01 01 00", "no 'd' and a length behind the direction"},
    {"1.0 1 1826F456x Rx d 3 01 01", "fewer bytes of data than its length says '3'"},
    {"1.0 1 1826F456x Rx d 3 01 zz 00", "fewer bytes of data than its length says '3'"},
    {"1.0 1 1826F456x Rx d 3 01 123 00", "fewer bytes of data than its length says '3'"},
    {"1.0.0 1 1826F456x Rx d 0", "no time at the start of the line: '1.0.0'"},
    {"99999999999.0 1 1826F456x Rx d 0", "no time at the start of the line: '99999999999.0'"},
    {"9999999999.0 1 1826F456x Rx d 0", "no time at the start of the line: '9999999999.0'"},
    {"1.0 \xA7 1826F456x Rx d 0", "neither a channel nor an event: '\xA7'"},
    {"rubbish", "neither an event (it has no time) nor a header line of ASC"},
};

START_TEST(damage_is_named_with_its_line) {
    char text[512];
    snprintf(text, sizeof text, BASE "0.5 1 1826F456x Rx d 1 01\n%s\n2.0 1 1826F456x Rx d 1 02\n",
             damages[_i].line);
    read_text(&reading, text);
    ck_assert_uint_eq(reading.count, 2);
    ck_frame(&reading, 1, 2 * S, "1826F456#02");
    ck_assert_uint_eq(reading.health.damaged, 1);
    ck_damage(&reading, 0, 3, damages[_i].what);
}
END_TEST

START_TEST(bytes_that_are_no_text) {
    static const char text[] = BASE "0.5 1 1826F456x Rx d 1 01\n0.6 1 \0 Rx d 1 01\n";
    read_bytes(&reading, text, sizeof text - 1, NULL);
    ck_assert_uint_eq(reading.count, 1);
    ck_damage(&reading, 0, 3, "the line contains NUL bytes");
}
END_TEST

START_TEST(line_that_never_ends) {
    char *text = malloc(20000);
    ck_assert_ptr_nonnull(text);
    int used = sprintf(text, BASE "0.5 1 1826F456x Rx d 1 01\n0.6 1 1826F456x Rx d 1 ");
    memset(text + used, '0', 9000);
    strcpy(text + used + 9000, "\n0.7 1 1826F456x Rx d 1 02\n");
    read_text(&reading, text);
    free(text);
    ck_assert_uint_eq(reading.count, 2);
    ck_frame(&reading, 1, 700 * MS, "1826F456#02");
    ck_damage(&reading, 0, 3, "line longer than 4096 bytes");
}
END_TEST

START_TEST(cut_off_windows_lines_and_no_header) {
    read_text(&reading, "   0.500000 1  1826F456x       Rx   d 3 01 01 00\r\n"
                        "   0.600000 1  1826F456x       Rx   d 3 01 0");
    ck_assert_str_eq(reading.problem.text, "");
    ck_assert_int_eq(reading.health.format, CAPTURE_ASC);
    ck_assert_uint_eq(reading.count, 1);
    ck_assert(reading.health.cut);
    ck_assert_uint_eq(reading.health.damages[0].line, 2);
}
END_TEST

START_TEST(date_that_nobody_can_read) {
    read_text(&reading, "date Foo Bar 21\n" BASE "   0.500000 1  1826F456x  Rx   d 1 01\n");
    ck_frame(&reading, 0, 500 * MS, "1826F456#01");
    ck_assert_int_eq(reading.health.clock, CLOCK_RELATIVE);
    ck_assert_uint_eq(reading.health.damaged, 0);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("reader_asc");
    tcase_add_test(cases, frames_and_all_that_is_none);
    tcase_add_loop_test(cases, decimal_base, 0, 2);
    tcase_add_test(cases, relative_timestamps_add_up);
    tcase_add_test(cases, canfd_lines);
    tcase_add_test(cases, names_instead_of_identifiers);
    tcase_add_test(cases, identifier_too_large_for_a_standard_frame_is_extended);
    tcase_add_loop_test(cases, damage_is_named_with_its_line, 0,
                        (int)(sizeof damages / sizeof damages[0]));
    tcase_add_test(cases, bytes_that_are_no_text);
    tcase_add_test(cases, line_that_never_ends);
    tcase_add_test(cases, cut_off_windows_lines_and_no_header);
    tcase_add_test(cases, date_that_nobody_can_read);
    return run_suite("reader_asc", cases);
}
