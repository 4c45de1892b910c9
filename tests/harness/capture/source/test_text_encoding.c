/* SPDX-License-Identifier: MIT */
/* Texts of tables as UTF-8: every length of room, and what is no character. */
#include "harness/capture/source/text_encoding.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

/* "发送a时间" and then what is not whole. */
#define GBK                                                                                        \
    "\xB7\xA2\xCB\xCD"                                                                             \
    "a"                                                                                            \
    "\xCA\xB1\xBC\xE4"
#define UTF8 "发送a时间"

static const struct {
    const char *in, *out;
} texts[] = {
    {"", ""},
    {"plain, 7 bits", "plain, 7 bits"},
    {GBK, UTF8},
    {UTF8, UTF8},
    {GBK "\xFF"
         "b",
     UTF8 "?b"},                                /* no byte of GBK */
    {GBK "\xFF\xFF\xFF\xFF\xFF", UTF8 "?????"}, /* one for one */
    {GBK "\xB7", UTF8 "?"},                     /* torn at the end */
    {GBK "\x81\x30\x81\x30", UTF8 "\xC2\x80"},  /* four bytes of GB 18030 */
    {GBK "\x90\x30\x81\x30", UTF8 "\xF0\x90\x80\x80"},
    {UTF8 "\xF0\x90\x80\x80"
          "b",
     UTF8 "\xF0\x90\x80\x80"
          "b"},
};

static const char *converted(const char *in, char *out, size_t size) {
    struct text_encoding encoding = {0};
    text_to_utf8(&encoding, in, out, size);
    text_encoding_close(&encoding);
    return out;
}

START_TEST(whole_texts) {
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char out[64];
        ck_assert_str_eq(converted(texts[i].in, out, sizeof out), texts[i].out);
    }
}
END_TEST

static bool is_whole_until(const char *text, size_t length) {
    return ((unsigned char)text[length] & 0xC0) != 0x80;
}

/* Whatever the room is: the beginning of the whole text, as many whole characters as fit. */
START_TEST(cut_at_a_whole_character) {
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char whole[64], out[64];
        converted(texts[i].in, whole, sizeof whole);
        for (size_t size = 1; size <= strlen(whole) + 2; size++) {
            memset(out, 'Z', sizeof out);
            const size_t length = strlen(converted(texts[i].in, out, size));
            size_t most = size - 1 < strlen(whole) ? size - 1 : strlen(whole);
            while (!is_whole_until(whole, most)) {
                most--;
            }
            ck_assert_msg(length == most && memcmp(out, whole, length) == 0,
                          "text %zu in %zu bytes: '%s'", i, size, out);
            ck_assert_msg(out[size] == 'Z', "text %zu: written beyond %zu bytes", i, size);
        }
    }
}
END_TEST

/* The first text with a byte above 7F decides for all that follow. */
START_TEST(the_first_one_decides) {
    struct text_encoding encoding = {0};
    char out[64];
    text_to_utf8(&encoding, "ID", out, sizeof out);
    ck_assert_int_eq(encoding.kind, TEXT_ASCII);
    text_to_utf8(&encoding, UTF8, out, sizeof out);
    ck_assert_int_eq(encoding.kind, TEXT_UTF8);
    text_to_utf8(&encoding, GBK, out, sizeof out);
    ck_assert_str_eq(out, GBK);
    text_encoding_close(&encoding);
    ck_assert_int_eq(encoding.kind, TEXT_ASCII);
    text_to_utf8(&encoding, GBK, out, sizeof out);
    ck_assert_int_eq(encoding.kind, TEXT_GBK);
    text_to_utf8(&encoding, "ID", out, sizeof out);
    ck_assert_str_eq(out, "ID");
    text_encoding_close(&encoding);
}
END_TEST

/* What decides between the two. */
START_TEST(which_it_is) {
    static const struct {
        const char *text;
        int kind;
    } rows[] = {
        {"abc\x7F", TEXT_ASCII},
        {"\xC2\x80", TEXT_UTF8},
        {"\xC1\x80", TEXT_GBK},
        {"\xDF\xBF", TEXT_UTF8},
        {"\xE0\xA0\x80", TEXT_UTF8},
        {"\xEF\xBF\xBF", TEXT_UTF8},
        {"\x80", TEXT_GBK},
        {"\xF0\x90\x80\x80", TEXT_UTF8},
        {"\xF4\x80\x80\x80", TEXT_UTF8},
        {"\xF5\x80\x80", TEXT_GBK},
        {"\xC2\xC0", TEXT_GBK},
        {"\xC2\x7F", TEXT_GBK},
        {"\xE4\xB8", TEXT_UTF8}, /* torn at the end is no mistake */
        {"\xE4\xB8x", TEXT_GBK},
        {"\xF0\x90\x80", TEXT_UTF8},
        {"\xF0\x90\xC0\x80", TEXT_GBK},
        {"a\xE4\xB8\xAD\xB8", TEXT_GBK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text_encoding encoding = {0};
        text_encoding_learn(&encoding, (const uint8_t *)rows[i].text, strlen(rows[i].text));
        ck_assert_msg((int)encoding.kind == rows[i].kind, "row %zu: %d", i, (int)encoding.kind);
        text_encoding_close(&encoding);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("text_encoding");
    TCase *tests = tcase_create("text_encoding");
    tcase_add_test(tests, whole_texts);
    tcase_add_test(tests, cut_at_a_whole_character);
    tcase_add_test(tests, the_first_one_decides);
    tcase_add_test(tests, which_it_is);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
