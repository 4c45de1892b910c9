/* SPDX-License-Identifier: MIT */
/* One line of a log as plain ASCII, whatever wrote it. */
#include "meter/text/line.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define O "\x01" /* TEXT_OTHER */

static const struct {
    const char *bytes, *plain;
} rows[] = {
    {"68 16", "68 16"},
    {"\x7F\x1F", "\x7F\x1F"},
    /* UTF-8: blanks, no width, full width, others */
    {"a\xC2\xA0"
     "b",
     "a b"},
    {"a\xE1\x9A\x80"
     "b",
     "a b"},
    {"a\xE2\x80\x80"
     "b\xE2\x80\x8A"
     "c",
     "a b c"},
    {"a\xE2\x80\xAF"
     "b\xE2\x81\x9F"
     "c\xE3\x80\x80"
     "d",
     "a b c d"},
    {"\xEF\xBB\xBF"
     "a\xE2\x80\x8B\xE2\x80\x8F\xE2\x81\xA0"
     "b",
     "ab"},
    {"\xE2\x80\x90"
     "a\xE2\x80\xA8",
     O "a" O}, /* neighbours of those */
    {"\xEF\xBC\x81\xEF\xBC\x91\xEF\xBC\xA1\xEF\xBD\x9E", "!1A~"},
    {"\xEF\xBD\x9F\xEF\xBC\x80", O O},
    {"\xE6\x94\xB6 68", O " 68"},
    {"\xF0\x9F\x98\x80"
     "7",
     O "7"},
    {"\xF4\x80\x80\x80", O},
    {"\xC3\xA9"
     "1",
     O "1"},
    /* none: GBK, of which the second byte may look like a letter or a digit */
    {"\xCA\xD5 68", O " 68"}, /* 收 */
    {"\x81\x41"
     "1",
     O "1"},
    {"\xE4\xC4\xA5", O O}, /* no continuation in UTF-8 */
    {"\xE4\x41\xE4\x42", O O},
    {"\xC1\x80"
     "1",
     O "1"},
    {"\xF5\x80\x80\x80", O O O},
    {"\x81\x30\x81\x30"
     "1\x81\x41",
     O "1" O},                                   /* four bytes */
    {"\x81\x30\x81\x3A\x81\x41", O "0" O ":" O}, /* none of four: \x81 alone, then 0 */
    {"\x81\x2F"
     "1\x81\x41",
     O "/1" O},
    {"\x81\x7F\x81\x41", O "\x7F" O},
    {"\xFE\xFE\x81\x41", O O},
    {"\xFF"
     "1",
     O "1"},
    {"\x80"
     "1",
     O "1"},
    {"1\xCA", "1" O}, /* torn */
    {"\xA3\xB1\xA3\xC1\xA3\xFE\xA1\xA1\xCA\xD5", "1A~ " O},
    {"\xA3\xA1\xA3\xA0\xA1\xA2", "!" O O},
    /* colours of a terminal */
    {"\x1B[1;31m68\x1B[0m 16", "68 16"},
    {"\x1B[m68\x1B[~", "68"},
    {"\x1B[?25h6\x1B[@7\x1B[ 8", "6"
                                 "7\x1B[ 8"},
    {"\x1B[3", "\x1B[3"},
    {"\x1B]m", "\x1B]m"},
    {"\x1B[\x7F", "\x1B[\x7F"},
};

START_TEST(plain_ascii) {
    struct text_line line = {0};
    text_line_take(&line, (const uint8_t *)rows[_i].bytes, strlen(rows[_i].bytes));
    ck_assert_str_eq(line.chars, rows[_i].plain);
    ck_assert_uint_eq(line.length, strlen(rows[_i].plain));
    text_line_free(&line);
}
END_TEST

/* A NUL is a blank; a line that is shorter than the one before it ends where it ends. */
START_TEST(one_line_after_another) {
    struct text_line line = {0};
    text_line_take(&line, (const uint8_t *)"68\0 16", 6);
    ck_assert_str_eq(line.chars, "68  16");
    text_line_take(&line, (const uint8_t *)"", 0);
    ck_assert_str_eq(line.chars, "");
    ck_assert_uint_eq(line.length, 0);
    char long_one[4000];
    memset(long_one, '7', sizeof long_one);
    text_line_take(&line, (const uint8_t *)long_one, sizeof long_one);
    ck_assert_uint_eq(strlen(line.chars), sizeof long_one);
    text_line_free(&line);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter_text_line");
    TCase *tests = tcase_create("line");
    tcase_add_loop_test(tests, plain_ascii, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tests, one_line_after_another);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
