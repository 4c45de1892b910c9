/* SPDX-License-Identifier: MIT */
/* What of a text is a date, a time, a number with decimals or an address, and not a row of bytes. */
#include "meter/text/internal.h"
#include "tests/support/suite.h"

#include <string.h>

/* The part before the bar is one; without a bar nothing is. */
static void check(const char *marked, bool date) {
    char text[80];
    bool is_date = false;
    const char *bar = strchr(marked, '|');
    size_t length = bar != NULL ? (size_t)(bar - marked) : 0;
    ck_assert_uint_lt(strlen(marked), sizeof text);
    memcpy(text, marked, length);
    strcpy(text + length, marked + length + (bar != NULL));
    size_t found = text_special_at(text, &is_date);
    ck_assert_msg(found == length, "%s: %zu instead of %zu", text, found, length);
    ck_assert_msg(is_date == (date && length > 0), "%s: date", text);
}

static const char *const dates[] = {
    "2014-11-28| 68", "2014/11/28|",       "2014.11.28|",       "28.11.2014|",
    "11/28/14|",      "28-11-2014| x",     "14-11-28|",         "1970-01-01|",
    "2199-12-31|",    "2014-1-2|",         "2014-11-28|T10:11", "2014-11-28|_10",
    "11-28| 10:11",   "28/11| \t10:11:12", "12-31| 00:00",      "31-12| 00:00",
};

/* Of four digits first: a year from 1970 to 2199; a month and a day in either order. */
static const char *const no_dates[] = {
    "1969-11-28",   "2200-01-01",   "2014-13-28",   "2014-00-28",   "2014-11-32",   "2014-11-00",
    "32-13-2014",   "2014-111-28",  "2014-11-281",  "2014-11/28",   "28-11",        "11-28 68",
    "11-28 25:99",  "13-32 10:11",  "00-28 10:11",  "11-00 10:11",  "2014-11-28F",  "2014-11-28-68",
    "2014-11-28-F", "111-28 10:11", "11-281 10:11", "011-28 10:11", "11-028 10:11",
};

static const char *const times[] = {
    "10:11| ",        "10:11:12|",  "10:11:12.345| ", "10:11:12,345|",
    "10:11:12:345| ", "1:02|",      "24:00:00|",      "23:59:60|",
    "59:59|",         "10:11:12|Z", "10:11:12|+08",   "10:11:12|-05",
    "10:11.5|",       "00:00|",     "10:11:12| 68",   "10:11:12.345678901234|",
    "10:11|,5:68",
};

static const char *const no_times[] = {
    "60:00",     "10:60",  "25:00:00", "10:11:61", "10:1", "100:11", "10:111",  "10:11:1",
    "10:11:123", "10:11F", "10:11:FE", "10:11x",   "10",   "10:",    "10:11/A", "10:11.A",
};

static const char *const numbers[] = {
    "0.0123|",  "12.5| V", "1.2e-05|",       "1.2E+05| ", "1.5e3|", "12.5|kWh",
    "12.5|V",   "1.2.3|",  "192.168.1.10|",  "12.5|-3",   "12.5|:", "192.168.1.10|:502",
    "1.2.3|/4", "12.5|/s", "12.3456789012|",
};

static const char *const no_numbers[] = {
    "12", "12.", "12.5F", "12.5A", "1.2eF", "1.2e", "FE.5", ".5", "1.2.3F", "", "x", "-1.5",
};

#define ROWS(rows) (int)(sizeof(rows) / sizeof(rows)[0])

START_TEST(a_date) {
    check(dates[_i], true);
}
END_TEST

START_TEST(no_date) {
    check(no_dates[_i], false);
}
END_TEST

START_TEST(a_time) {
    check(times[_i], false);
}
END_TEST

START_TEST(no_time) {
    check(no_times[_i], false);
}
END_TEST

START_TEST(a_number) {
    check(numbers[_i], false);
}
END_TEST

START_TEST(no_number) {
    check(no_numbers[_i], false);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("special");
    TCase *tc = tcase_create("special");
    tcase_add_loop_test(tc, a_date, 0, ROWS(dates));
    tcase_add_loop_test(tc, no_date, 0, ROWS(no_dates));
    tcase_add_loop_test(tc, a_time, 0, ROWS(times));
    tcase_add_loop_test(tc, no_time, 0, ROWS(no_times));
    tcase_add_loop_test(tc, a_number, 0, ROWS(numbers));
    tcase_add_loop_test(tc, no_number, 0, ROWS(no_numbers));
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
