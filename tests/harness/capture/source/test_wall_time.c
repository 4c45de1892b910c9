/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/wall_time.h"

#include <check.h>
#include <stdio.h>

#define APRIL_21 INT64_C(1429599213) /* 2015-04-21 06:53:33 */
#define NS       INT64_C(1000000000)
#define HALF_DAY (INT64_C(43200) * NS)

static const struct {
    const char *text;
    int64_t ns;
} good[] = {
    {"Tue Apr 21 06:53:33.477 am 2015", APRIL_21 *NS + 477000000},
    {"Tue Apr 21 06:53:33.477 pm 2015", APRIL_21 *NS + 477000000 + HALF_DAY},
    {"Tue Apr 21 06:53:33.477 PM 2015", APRIL_21 *NS + 477000000 + HALF_DAY},
    {"Tue Apr 21 18:53:33 2015", APRIL_21 *NS + HALF_DAY},
    {"Tue Apr 21 18:53:33.5 pm 2015", APRIL_21 *NS + HALF_DAY + NS / 2}, /* said twice */
    {"Tue Apr 21 12:53:33 am 2015", (APRIL_21 - 6 * 3600) * NS},
    {"Tue Apr 21 12:53:33 pm 2015", (APRIL_21 + 6 * 3600) * NS},
    {"Die Apr 21 06:53:33,477 2015", APRIL_21 *NS + 477000000},
    {"Son M\xc3\xa4r 01 00:00:00 2015", INT64_C(1425168000) * NS},
    {"Son M\xe4r 1 00:00:00 2015", INT64_C(1425168000) * NS},
    {"Don Okt 1 00:00:00 2015", INT64_C(1443657600) * NS},
    {"Die Dez 1 00:00:00 2015", INT64_C(1448928000) * NS},
    {"mar. avr. 21 06:53:33 2015", APRIL_21 *NS}, /* mardi, not mars */
    {"周二 4月 21 06:53:33.477 下午 2015", APRIL_21 *NS + 477000000 + HALF_DAY},
    {"星期二 四月 21 06:53:33 2015", APRIL_21 *NS},
    {"星期二 十二月 1 00:00:00 2015", INT64_C(1448928000) * NS},
    {"2015年4月21日 上午 06:53:33", APRIL_21 *NS},
    /* the same in GBK */
    {"\xd6\xdc\xb6\xfe 4\xd4\xc2 21 06:53:33 \xcf\xc2\xce\xe7 2015", APRIL_21 *NS + HALF_DAY},
    {"\xd0\xc7\xc6\xda\xb6\xfe \xcb\xc4\xd4\xc2 21 06:53:33 2015", APRIL_21 *NS},
    {"2015-04-21 06:53:33.477123456", APRIL_21 *NS + 477123456},
    {"21.04.2015 06:53:33", APRIL_21 *NS},
    {"2015/4/21 6:53:33", APRIL_21 *NS},
    {"Thu Jan 1 12:00:00.000 am 1970", 0},
};

static const char *const bad[] = {
    "",
    "Tue Apr 21 2015",                    /* no time */
    "Tue Apr 06:53:33 2015",              /* no day */
    "Tue Apr 21 06:53:33",                /* no year */
    "Tue Foo 21 06:53:33 2015",           /* no month */
    "Mon Feb 30 06:53:33 2015",           /* no such day */
    "Tue Apr 21 25:53:33 2015",           /* no such hour */
    "Tue Apr 21 06:53:33 1969",           /* before the epoch */
    "Tue Apr 21 06:53:33 99999999999999", /* beyond it */
    "Tue Apr 21 06:53 2015",
};

START_TEST(understood) {
    int64_t ns = -1;
    ck_assert_msg(wall_time_text(good[_i].text, &ns), "not understood: %s", good[_i].text);
    ck_assert_msg(ns == good[_i].ns, "%s: %lld ns instead of %lld", good[_i].text, (long long)ns,
                  (long long)good[_i].ns);
}
END_TEST

START_TEST(refused) {
    int64_t ns;
    ck_assert_msg(!wall_time_text(bad[_i], &ns), "understood: %s", bad[_i]);
}
END_TEST

START_TEST(leap_years) {
    struct wall_time time = {.year = 2016, .month = 2, .day = 29};
    int64_t ns;
    ck_assert(wall_time_ns(&time, &ns));
    ck_assert_int_eq(ns, INT64_C(1456704000) * NS);
    time.year = 2015;
    ck_assert(!wall_time_ns(&time, &ns));
    time = (struct wall_time){.year = 2015, .month = 1, .day = 1, .ns = NS};
    ck_assert(!wall_time_ns(&time, &ns));
}
END_TEST

/* Months as loggers of five languages shorten or write them, UTF-8 and, for Chinese, GBK. */
static const char *const months[][12] = {
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    {"january", "february", "march", "april", "may", "june", "july", "august", "september",
     "october", "november", "december"},
    {"Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"},
    {"Januar", "Februar", "M\xc3\xa4rz", "April", "Mai", "Juni", "Juli", "August", "September",
     "Oktober", "November", "Dezember"},
    {"janv.", "f\xc3\xa9vr.", "mars", "avr.", "mai", "juin", "juil.", "ao\xc3\xbbt", "sept.",
     "oct.", "nov.",
     "d\xc3\xa9"
     "c."},
    {"janv.", "f\xe9vr.", "mars", "avr.", "mai", "juin", "juil.", "ao\xfbt", "sept.", "oct.",
     "nov.",
     "d\xe9"
     "c."},
    {"一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月",
     "十二月"},
    {"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"},
    {"\xd2\xbb\xd4\xc2", "\xb6\xfe\xd4\xc2", "\xc8\xfd\xd4\xc2", "\xcb\xc4\xd4\xc2",
     "\xce\xe5\xd4\xc2", "\xc1\xf9\xd4\xc2", "\xc6\xdf\xd4\xc2", "\xb0\xcb\xd4\xc2",
     "\xbe\xc5\xd4\xc2", "\xca\xae\xd4\xc2", "\xca\xae\xd2\xbb\xd4\xc2",
     "\xca\xae\xb6\xfe\xd4\xc2"},
};

START_TEST(every_month) {
    for (int month = 0; month < 12; month++) {
        struct wall_time day = {.year = 2015, .month = month + 1, .day = 21, .hour = 6};
        char text[64];
        int64_t ns, wanted_ns;
        ck_assert(wall_time_ns(&day, &wanted_ns));
        snprintf(text, sizeof text, "%s 21 06:00:00 2015", months[_i][month]);
        ck_assert_msg(wall_time_text(text, &ns) && ns == wanted_ns, "%s", text);
    }
}
END_TEST

/* The largest and smallest of each part, and what is beyond. */
START_TEST(ends_of_the_parts) {
    static const struct {
        struct wall_time time;
        bool good;
    } rows[] = {
        {{.year = 1970, .month = 1, .day = 1}, true},
        {{.year = 1969, .month = 12, .day = 31}, false},
        {{.year = 2200, .month = 1, .day = 1}, true},
        {{.year = 2201, .month = 1, .day = 1}, false},
        {{.year = 2015, .month = 0, .day = 1}, false},
        {{.year = 2015, .month = 12, .day = 31}, true},
        {{.year = 2015, .month = 13, .day = 1}, false},
        {{.year = 2015, .month = 1, .day = 0}, false},
        {{.year = 2015, .month = 1, .day = 31}, true},
        {{.year = 2015, .month = 1, .day = 32}, false},
        {{.year = 2015, .month = 4, .day = 31}, false},
        {{.year = 2015, .month = 1, .day = 1, .hour = 23}, true},
        {{.year = 2015, .month = 1, .day = 1, .hour = 24}, false},
        {{.year = 2015, .month = 1, .day = 1, .hour = -1}, false},
        {{.year = 2015, .month = 1, .day = 1, .minute = 59}, true},
        {{.year = 2015, .month = 1, .day = 1, .minute = 60}, false},
        {{.year = 2015, .month = 1, .day = 1, .minute = -1}, false},
        {{.year = 2015, .month = 1, .day = 1, .second = 60}, true}, /* a leap second */
        {{.year = 2015, .month = 1, .day = 1, .second = 61}, false},
        {{.year = 2015, .month = 1, .day = 1, .second = -1}, false},
        {{.year = 2016, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 60}, true},
        {{.year = 2015, .month = 1, .day = 1, .ns = NS - 1}, true},
        {{.year = 2015, .month = 1, .day = 1, .ns = -1}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ns;
        ck_assert_msg(wall_time_ns(&rows[i].time, &ns) == rows[i].good, "row %zu", i);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("wall_time");
    TCase *tests = tcase_create("wall_time");
    tcase_add_loop_test(tests, understood, 0, (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(tests, refused, 0, (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tests, leap_years);
    tcase_add_loop_test(tests, every_month, 0, (int)(sizeof months / sizeof months[0]));
    tcase_add_test(tests, ends_of_the_parts);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
