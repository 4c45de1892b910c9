/* SPDX-License-Identifier: MIT */
#include "sim/text/buffer.h"

#include "tests/support/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOST "\xEF\xBF\xBD" /* U+FFFD */

static struct buffer buffer;

static void set_up(void) {
    buffer = (struct buffer){0};
}

static void tear_down(void) {
    buffer_free(&buffer);
}

START_TEST(it_grows_by_every_kind_of_text) {
    for (int i = 0; i < 2000; i++) {
        buffer_format(&buffer, "%04d", i);
        buffer_put(&buffer, ",");
        buffer_put_bytes(&buffer, ";|", 1);
    }
    ck_assert_uint_eq(buffer.length, 2000 * 6);
    ck_assert_uint_eq(strlen(buffer.chars), buffer.length);
    for (int i = 0; i < 2000; i++) {
        char wanted[8];
        snprintf(wanted, sizeof wanted, "%04d,;", i);
        ck_assert_int_eq(memcmp(buffer.chars + (size_t)i * 6, wanted, 6), 0);
    }
}
END_TEST

START_TEST(taken_it_is_empty) {
    buffer_put(&buffer, "桩");
    char *text = buffer_take(&buffer);
    ck_assert_str_eq(text, "桩");
    ck_assert(buffer.chars == NULL && buffer.length == 0);
    free(text);
    text = buffer_take(&buffer); /* nothing was put: an empty text, never NULL */
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

static const struct {
    const char *in, *utf8, *markup, *json;
} escapes[] = {
    {"a<b & \"c\" 'd'>", "a<b & \"c\" 'd'>", "a&lt;b &amp; &quot;c&quot; &#39;d&#39;&gt;",
     "\"a<b & \\\"c\\\" 'd'>\""},
    {"充电桩 µ 𝄞", "充电桩 µ 𝄞", "充电桩 µ 𝄞", "\"充电桩 µ 𝄞\""},
    {"a\tb\nc\\", "a\tb\nc\\", "a\tb\nc\\", "\"a\\u0009b\\nc\\\\\""},
    {"\x01\x7F", "\x01\x7F", LOST LOST, "\"\\u0001\\u007f\""},
    {"\xFF\x80", LOST LOST, LOST LOST, "\"" LOST LOST "\""},                    /* no start */
    {"\xE6\xA1", LOST LOST, LOST LOST, "\"" LOST LOST "\""},                    /* cut */
    {"\xC0\xAF", LOST LOST, LOST LOST, "\"" LOST LOST "\""},                    /* overlong */
    {"\xED\xA0\x80", LOST LOST LOST, LOST LOST LOST, "\"" LOST LOST LOST "\""}, /* surrogate */
    {"\xEF\xBF\xBE", "\xEF\xBF\xBE", LOST, "\"\xEF\xBF\xBE\""}, /* U+FFFE: not of XML */
};

START_TEST(escapes_of_every_format) {
    buffer_put_utf8(&buffer, escapes[_i].in);
    ck_assert_str_eq(buffer.chars, escapes[_i].utf8);
    buffer_free(&buffer);
    buffer_put_markup(&buffer, escapes[_i].in);
    ck_assert_str_eq(buffer.chars, escapes[_i].markup);
    buffer_free(&buffer);
    buffer_put_json(&buffer, escapes[_i].in);
    ck_assert_str_eq(buffer.chars, escapes[_i].json);
}
END_TEST

/* Controls, marks of direction, ends of lines: of a terminal (one line; as it is) and of markup. */
START_TEST(what_a_terminal_must_not_get) {
    static const struct {
        const char *in, *line, *text, *markup;
    } rows[] = {
        {"\x1B[31mX\xFF\x7F", LOST "[31mX" LOST LOST, LOST "[31mX" LOST LOST,
         LOST "[31mX" LOST LOST},
        {"a\nb\tc\rd", "a" LOST "b" LOST "c" LOST "d", "a\nb\tc\rd", "a\nb\tc\rd"},
        {"\xC2\x9B"
         "31m\xC2\xA0",
         LOST "31m\xC2\xA0", LOST "31m\xC2\xA0", LOST "31m\xC2\xA0"},
        {"\xE2\x80\xAE"
         "ssap \xE2\x81\xA9",
         LOST "ssap " LOST, LOST "ssap " LOST, LOST "ssap " LOST},
        {"\xD8\x9C\xE2\x80\x8F\xE2\x80\xA8", LOST LOST LOST, LOST LOST LOST, LOST LOST LOST},
        {"充电桩 Ω … – ≤", "充电桩 Ω … – ≤", "充电桩 Ω … – ≤", "充电桩 Ω … – ≤"},
    };
    buffer_put_plain(&buffer, rows[_i].in, false);
    ck_assert_str_eq(buffer.chars, rows[_i].line);
    buffer_free(&buffer);
    buffer_put_plain(&buffer, rows[_i].in, true);
    ck_assert_str_eq(buffer.chars, rows[_i].text);
    buffer_free(&buffer);
    buffer_put_markup(&buffer, rows[_i].in);
    ck_assert_str_eq(buffer.chars, rows[_i].markup);
}
END_TEST

START_TEST(no_text) {
    buffer_put_markup(&buffer, NULL);
    ck_assert_uint_eq(buffer.length, 0);
    buffer_put_json(&buffer, NULL);
    ck_assert_str_eq(buffer.chars, "null");
}
END_TEST

START_TEST(numbers_read_back_as_they_were) {
    static const struct {
        double value;
        const char *text;
    } numbers[] = {{0.1, "0.1"},
                   {0.1 + 0.2, "0.30000000000000004"},
                   {-750.0, "-750"},
                   {1e21, "1e+21"},
                   {(double)NAN, "null"},
                   {(double)INFINITY, "1e999"},
                   {(double)-INFINITY, "-1e999"}};
    char text[BUFFER_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        ck_assert_str_eq(buffer_number(text, numbers[i].value), numbers[i].text);
    }
    for (double value = 1.0 / 3.0; value < 1e9; value *= 1.7) {
        ck_assert_double_eq(strtod(buffer_number(text, value), NULL), value);
    }
}
END_TEST

START_TEST(a_file_is_whole_or_the_former_one) {
    char folder[] = "/tmp/buffer-XXXXXX", path[64], part[80], read[16] = "";
    struct problem problem = {0};
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/report.html", folder);
    snprintf(part, sizeof part, "%s.part", path);
    buffer_put(&buffer, "<html>");
    ck_assert(buffer_save(&buffer, path, &problem));
    ck_assert_str_eq(problem.text, "");
    ck_assert_int_ne(access(part, F_OK), 0);
    ck_assert_int_eq(mkdir(part, 0700), 0); /* now nothing can be written there */
    buffer_put(&buffer, "more");
    ck_assert(!buffer_save(&buffer, path, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "cannot write "));
    ck_assert_ptr_nonnull(strstr(problem.text, path));
    FILE *file = fopen(path, "r");
    ck_assert_uint_eq(fread(read, 1, sizeof read - 1, file), 6);
    ck_assert_str_eq(read, "<html>");
    fclose(file);
    rmdir(part);
    unlink(path);
    rmdir(folder);
}
END_TEST

START_TEST(a_path_that_is_too_long) {
    char path[5000];
    struct problem problem = {0};
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    buffer_put(&buffer, "x");
    ck_assert(!buffer_save(&buffer, path, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "cannot write aaa"));
}
END_TEST

/* Each bound of UTF-8 (RFC 3629, clause 4), from both sides. */
START_TEST(the_bounds_of_utf8) {
    static const struct {
        const char *bytes;
        bool good;
    } rows[] = {
        {"\x7F", true},
        {"\x80", false},
        {"\xC1\xBF", false},
        {"\xC2\x80", true},
        {"\xC2\x7F", false},
        {"\xDF\xBF", true},
        {"\xDF\xC0", false},
        {"\xE0\x9F\xBF", false},
        {"\xE0\xA0\x80", true},
        {"\xED\x9F\xBF", true},
        {"\xED\xA0\x80", false},
        {"\xEE\x80\x80", true},
        {"\xEF\xBF\xBD", true},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xF0\x90\x80\x80", true},
        {"\xF4\x8F\xBF\xBF", true},
        {"\xF4\x80\x80\x80", true},
        {"\xF4\x90\x80\x80", false},
        {"\xF5\x80\x80\x80", false},
        {"\xFF", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer text = {0};
        buffer_put_utf8(&text, rows[i].bytes);
        ck_assert_msg((strcmp(text.chars, rows[i].bytes) == 0) == rows[i].good, "row %zu", i);
        buffer_free(&text);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("buffer");
    TCase *tests = tcase_create("buffer");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_bounds_of_utf8);
    tcase_add_test(tests, it_grows_by_every_kind_of_text);
    tcase_add_test(tests, taken_it_is_empty);
    tcase_add_loop_test(tests, escapes_of_every_format, 0,
                        (int)(sizeof escapes / sizeof escapes[0]));
    tcase_add_loop_test(tests, what_a_terminal_must_not_get, 0, 6);
    tcase_add_test(tests, no_text);
    tcase_add_test(tests, numbers_read_back_as_they_were);
    tcase_add_test(tests, a_file_is_whole_or_the_former_one);
    tcase_add_test(tests, a_path_that_is_too_long);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
