/* SPDX-License-Identifier: MIT */
/* Every character, against iconv; halves of characters, torn everywhere. */
#include "harness/capture/source/utf16.h"
#include "tests/support/suite.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#define PART 4096u /* characters at once */

static size_t put_unit(uint8_t *to, uint32_t unit, bool big_endian) {
    to[0] = (uint8_t)(big_endian ? unit >> 8 : unit);
    to[1] = (uint8_t)(big_endian ? unit : unit >> 8);
    return 2;
}

static size_t put_character(uint8_t *to, uint32_t c, bool big_endian) {
    if (c < 0x10000) {
        return put_unit(to, c, big_endian);
    }
    put_unit(to, 0xD800 + ((c - 0x10000) >> 10), big_endian);
    return 2 + put_unit(to + 2, 0xDC00 + ((c - 0x10000) & 0x3FF), big_endian);
}

static void compare(uint8_t *units, size_t size, bool big_endian) {
    static uint8_t got[UTF16_ROOM(4 * PART)], wanted[4 * PART];
    iconv_t converter = iconv_open("UTF-8", big_endian ? "UTF-16BE" : "UTF-16LE");
    struct utf16 text = {.big_endian = big_endian};
    char *from = (char *)units, *to = (char *)wanted;
    size_t left = size, room = sizeof wanted;
    ck_assert(converter != (iconv_t)-1);
    ck_assert_uint_eq(iconv(converter, &from, &left, &to, &room), 0);
    iconv_close(converter);
    ck_assert_uint_eq(utf16_decode(&text, units, size, got), sizeof wanted - room);
    ck_assert_mem_eq(got, wanted, sizeof wanted - room);
}

START_TEST(every_character) {
    static uint8_t units[4 * PART];
    for (uint32_t first = 0; first < 0x110000; first += PART) {
        size_t size = 0;
        for (uint32_t c = first; c < first + PART; c++) {
            size += c < 0xD800 || c > 0xDFFF ? put_character(units + size, c, _i == 1) : 0;
        }
        compare(units, size, _i == 1);
    }
}
END_TEST

#define NONE "\xEF\xBF\xBD" /* U+FFFD */

static const struct {
    uint16_t units[4];
    size_t count;
    const char *utf8;
} rows[] = {
    {{'a', 0xE9, 0x20AC, 'b'},
     4,
     "a\xC3\xA9\xE2\x82\xAC"
     "b"},
    {{0xD83D, 0xDE00, 'b'},
     3,
     "\xF0\x9F\x98\x80"
     "b"},
    {{0xD800, 0xDC00, 0xDBFF, 0xDFFF}, 4, "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
    {{'a', 0xDC00, 'b'}, 3, "a" NONE "b"}, /* a second half alone */
    {{'a', 0xD800, 'b'}, 3, "a" NONE "b"}, /* a first one */
    {{0xD800, 0xD801, 0xDC00}, 3, NONE "\xF0\x90\x90\x80"},
    {{0xD800, 0xDC00, 0xDC00}, 3, "\xF0\x90\x80\x80" NONE},
    {{0xDFFF, 0xE000, 0xD7FF}, 3, NONE "\xEE\x80\x80\xED\x9F\xBF"},
    {{'a', 0xDBFF}, 2, "a"}, /* more may come */
};

/* In two pieces, cut at every byte. */
START_TEST(halves_and_cuts) {
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        uint8_t units[8];
        size_t size = 0;
        for (size_t i = 0; i < rows[row].count; i++) {
            size += put_unit(units + size, rows[row].units[i], _i == 1);
        }
        for (size_t cut = 0; cut <= size; cut++) {
            uint8_t out[2 * UTF16_ROOM(8)];
            struct utf16 text = {.big_endian = _i == 1};
            size_t n = utf16_decode(&text, units, cut, out);
            n += utf16_decode(&text, units + cut, size - cut, out + n);
            ck_assert_msg(n == strlen(rows[row].utf8) && memcmp(out, rows[row].utf8, n) == 0,
                          "row %zu, cut behind %zu bytes: %.*s", row, cut, (int)n, out);
        }
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("utf16");
    TCase *tests = tcase_create("utf16");
    tcase_add_loop_test(tests, every_character, 0, 2);
    tcase_add_loop_test(tests, halves_and_cuts, 0, 2);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
