/* SPDX-License-Identifier: MIT */
/* What stands at the beginning of a text, and where it ends; what is not there moves nothing. */
#include "harness/capture/source/scan.h"
#include "tests/support/suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define S INT64_C(1000000000)

/* In front of the bar stands what is there; without a bar nothing is. */
static const char *unmarked(const char *marked, char *text, size_t *length) {
    const char *bar = strchr(marked, '|');
    *length = bar != NULL ? (size_t)(bar - marked) : 0;
    sprintf(text, "%.*s%s", (int)*length, marked, marked + *length + (bar != NULL));
    return text;
}

static void ck_there(const char *marked, bool there, const char *text, const char *end,
                     size_t length, int64_t value, int64_t wanted) {
    ck_assert_msg(there == (length > 0), "%s: %s", marked, there ? "there" : "not there");
    ck_assert_msg((size_t)(end - text) == length, "%s: %d characters", marked, (int)(end - text));
    ck_assert_msg(!there || value == wanted, "%s: %" PRId64, marked, value);
}

static const struct {
    const char *marked;
    int64_t value;
} hex[] =
    {
        {"0|", 0},
        {"9|g", 9},
        {"a|:", 10},
        {"F|G", 15},
        {"1826f456|#", 0x1826F456},
        {"00000000|x", 0},
        {"FFFFFFFF|", 0xFFFFFFFF},
        {"123456789", 0},
        {"", 0},
        {"x", 0},
        {"@", 0},
        {"`", 0},
        {"/", 0},
},
  decimal[] =
      {
          /* three digits at most */
          {"0|", 0}, {"9|:", 9}, {"123|/", 123}, {"1|.5", 1},  {"1234", 0},
          {"", 0},   {"-1", 0},  {":", 0},       {"007|a", 7},
},
  seconds[] =
      {
          {"0|", 0},
          {"1|.", S},
          {"1.5| x", 3 * S / 2},
          {"1,25|,", 5 * S / 4},
          {"-1.5|", -3 * S / 2},
          {"-0.000000001|", -1},
          {"1.000000001|", S + 1},
          {"1.0000000019|.", S + 1},
          {"1.123456789123456789|", S + 123456789},
          {"1436509052.249713|)", 1436509052249713000},
          {"9223372035|", 9223372035 * S},
          {"9223372036", 0},
          {"12345678901", 0},
          {"", 0},
          {"-", 0},
          {".5", 0},
          {"+1", 0},
          {"1|.x", S},
          {"1|;5", S},
          {"0.1|", S / 10},
          {"0.01|", S / 100},
          {"0.001|", S / 1000},
          {"0.0001|", S / 10000},
          {"0.00001|", S / 100000},
          {"0.000001|", S / 1000000},
          {"0.0000001|", S / 10000000},
          {"0.00000001|", 10},
},
  times[] =
      {
          {"00:00:00|", 0},
          {"1:2:3|", 3723 * S},
          {"12:34:56.789| ", 45296789 * (S / 1000)},
          {"12:34:56,5|:7", 45296 * S + S / 2},
          {"23:59:60|", 86400 * S},
          {"23:59:59|.", 86399 * S},
          {"24:00:00", 0},
          {"23:60:00", 0},
          {"23:59:61", 0},
          {"123:00:00", 0},
          {"12:34", 0},
          {"12:34:", 0},
          {"12-34:56", 0},
          {"12:34-56", 0},
          {"", 0},
          {"12:345:00", 0},
          {"12:34:567", 0},
},
  dates[] = {
      {"1970-01-01|", 0},     {"1970/1/2| ", 1},
      {"1971.1.1|", 365},     {"2000-02-29|T", 11016},
      {"2000-03-01|", 11017}, {"2100-03-01|", 47541},
      {"2199-12-31|", 84005}, {"1969-12-31", 0},
      {"2200-01-01", 0},      {"2000-00-01", 0},
      {"2000-13-01", 0},      {"2000-01-00", 0},
      {"2000-01-32", 0},      {"2000-01/01", 0},
      {"2000/01-01", 0},      {"2000:01:01", 0},
      {"20000-01-01", 0},     {"2000-001-01", 0},
      {"2000-01-001", 0},     {"", 0},
};

#define EACH(rows, i) for (size_t i = 0; i < sizeof(rows) / sizeof(rows)[0]; i++)

START_TEST(numbers) {
    char text[64];
    size_t length;
    EACH(hex, i) {
        const char *at = unmarked(hex[i].marked, text, &length);
        uint32_t value = 0;
        unsigned digits = 0;
        bool there = scan_hex(&at, &value, &digits);
        ck_there(hex[i].marked, there, text, at, length, value, hex[i].value);
        ck_assert_uint_eq(digits, strspn(text, "0123456789abcdefABCDEF"));
    }
    EACH(decimal, i) {
        const char *at = unmarked(decimal[i].marked, text, &length);
        uint64_t value = 0;
        bool there = scan_decimal(&at, 3, &value);
        ck_there(decimal[i].marked, there, text, at, length, (int64_t)value, decimal[i].value);
    }
}
END_TEST

START_TEST(times_and_dates) {
    char text[64];
    size_t length;
    EACH(seconds, i) {
        const char *at = unmarked(seconds[i].marked, text, &length);
        int64_t ns = 0;
        bool there = scan_seconds(&at, &ns);
        ck_there(seconds[i].marked, there, text, at, length, ns, seconds[i].value);
    }
    EACH(times, i) {
        const char *at = unmarked(times[i].marked, text, &length);
        int64_t ns = 0;
        bool there = scan_time_of_day(&at, &ns);
        ck_there(times[i].marked, there, text, at, length, ns, times[i].value);
    }
    EACH(dates, i) {
        const char *at = unmarked(dates[i].marked, text, &length);
        int64_t days = 0;
        bool there = scan_date(&at, &days);
        ck_there(dates[i].marked, there, text, at, length, days, dates[i].value);
    }
}
END_TEST

/* The calendar is the C library's. */
START_TEST(every_day) {
    for (int64_t day = 0; day <= 84005; day++) {
        const time_t at_s = day * 86400;
        struct tm parts;
        char text[64];
        int64_t days = -1;
        gmtime_r(&at_s, &parts);
        strftime(text, sizeof text, "%Y-%m-%d", &parts);
        const char *at = text;
        if (!scan_date(&at, &days) || days != day || *at != '\0') {
            ck_abort_msg("%s: day %" PRId64, text, days);
        }
    }
}
END_TEST

START_TEST(pairs_of_digits) {
    static const struct {
        const char *marked;
        char separator;
        unsigned count;
        uint8_t data[8];
    } rows[] = {
        {"010203|", '\0', 3, {1, 2, 3}},
        {"01 02 03|", ' ', 3, {1, 2, 3}},
        {"01.0203|", '.', 3, {1, 2, 3}},
        {"01| 02", '.', 1, {1}},
        {"01|  02", ' ', 1, {1}},
        {"01|.", '.', 1, {1}},
        {"01|2", '\0', 1, {1}},
        {"aF|g0", '\0', 1, {0xAF}},
        {"0102030405060708|", '\0', 8, {1, 2, 3, 4, 5, 6, 7, 8}},
        {"0102030405060708|0", '\0', 8, {1, 2, 3, 4, 5, 6, 7, 8}},
        {"0102030405060708|09", '\0', 9, {1, 2, 3, 4, 5, 6, 7, 8}},
        {"", ' ', 0, {0}},
        {" 01", ' ', 0, {0}},
        {"x", '\0', 0, {0}},
    };
    EACH(rows, i) {
        char text[64];
        size_t length;
        uint8_t data[8] = {0};
        const char *at = unmarked(rows[i].marked, text, &length);
        ck_assert_msg(scan_bytes(&at, rows[i].separator, data) == rows[i].count, "%s",
                      rows[i].marked);
        ck_assert_mem_eq(data, rows[i].data, 8);
        ck_assert_msg((size_t)(at - text) == length, "%s: %d characters", rows[i].marked,
                      (int)(at - text));
    }
}
END_TEST

START_TEST(words_blanks_and_digits) {
    const char *at = "dropped 5";
    ck_assert(!scan_char(&at, 'r') && scan_char(&at, 'd') && !scan_word(&at, "Rop"));
    ck_assert(scan_word(&at, "ropped") && strcmp(at, " 5") == 0);
    ck_assert_str_eq(scan_blanks(" \t \nx"), "\nx");
    for (int c = 0; c < 256; c++) {
        const char *digits = "0123456789abcdef";
        const char *found = c == 0 ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
        ck_assert_uint_eq(scan_nibble((char)c), found != NULL ? (unsigned)(found - digits) : 0xFFu);
        ck_assert(scan_digit((char)c) == (found != NULL && found - digits < 10));
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scan");
    TCase *tests = tcase_create("scan");
    tcase_add_test(tests, numbers);
    tcase_add_test(tests, times_and_dates);
    tcase_add_test(tests, every_day);
    tcase_add_test(tests, pairs_of_digits);
    tcase_add_test(tests, words_blanks_and_digits);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
