/* SPDX-License-Identifier: MIT */
#include "harness/capture/csv/csv.h"
#include "tests/harness/capture/support/reading.h"

/* Learns from the cells and reads them; times in ns of all of them. */
static struct csv_time learn(const char *const texts[], unsigned count, int64_t unit_ns,
                             int64_t ns[]) {
    struct csv_time time;
    char *cells[16] = {NULL};
    for (unsigned i = 0; i < count; i++) {
        cells[i] = (char *)(uintptr_t)texts[i];
    }
    ck_assert(csv_time_learn(&time, cells, count, unit_ns));
    struct csv_time reading = time;
    for (unsigned i = 0; i < count; i++) {
        ck_assert_msg(csv_time_read(&reading, cells[i], NULL, &ns[i]), "%s", texts[i]);
    }
    return time;
}

#define LEARN(kind_, unit, ...)                                                                    \
    const char *const texts[] = {__VA_ARGS__};                                                     \
    int64_t ns[16];                                                                                \
    struct csv_time time = learn(texts, sizeof texts / sizeof texts[0], unit, ns);                 \
    ck_assert_int_eq(time.kind, kind_)

/* A second has 1000 of them: what a count behind the last colon may be. */
START_TEST(counts_behind_a_colon) {
    static const struct {
        const char *cell;
        int64_t count_ns, ns; /* -1: no time */
    } rows[] = {
        {"00:00:01:7", MS, 1007 * MS},
        {"00:00:01:999", MS, 1999 * MS},
        {"00:00:01:1000", MS, -1},
        {"00:00:01:999999", 1000, 1999999000},
        {"00:00:01:1000000", 1000, -1},
        {"00:00:01:9", MS / 10, 1000900000},
        {"00:00:01:9999", MS / 10, 1999900000},
        {"00:00:01:10000", MS / 10, -1},
        {"00:00:01:", MS, -1},
        {"00:00:01:0", MS, 1000 * MS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct csv_time time = {.kind = CSV_TIME_OF_DAY, .count_ns = rows[i].count_ns};
        int64_t ns = 0;
        bool good = csv_time_plain(&time, rows[i].cell, &ns);
        ck_assert_msg(good == (rows[i].ns >= 0) && (!good || ns == rows[i].ns), "%s: %lld",
                      rows[i].cell, (long long)ns);
    }
}
END_TEST

START_TEST(dates) {
    LEARN(CSV_TIME_DATE, 0, "2023-05-04 12:34:56.789", "2023/5/4 12:34:56.790",
          "2023.05.04 12:34:56:791", "2023-05-04T12:34:56.792Z", "2023-05-04 12:34:56.792.793",
          "2023-05-04T12:34:57+08:00");
    ck_assert_int_eq(ns[0], 1683203696789 * MS);
    ck_assert_int_eq(ns[1], 1683203696790 * MS);
    ck_assert_int_eq(ns[2], 1683203696791 * MS);
    ck_assert_int_eq(ns[3], 1683203696792 * MS);
    ck_assert_int_eq(ns[4], 1683203696792793 * 1000);
    ck_assert_int_eq(ns[5], 1683203697000 * MS);
    ck_assert_int_eq(csv_time_clock(&time), CLOCK_ABSOLUTE);
}
END_TEST

START_TEST(wall_times) {
    LEARN(CSV_TIME_OF_DAY, 0, "12:34:56.789", "12:34:56:790", "12:34:57", "12:34:57.001.002",
          "5/4/2023 12:34:58.5");
    ck_assert_int_eq(ns[0], 45296789 * MS);
    ck_assert_int_eq(ns[1], 45296790 * MS);
    ck_assert_int_eq(ns[2], 45297000 * MS);
    ck_assert_int_eq(ns[3], 45297001002000);
    ck_assert_int_eq(ns[4], 45298500 * MS);
    ck_assert_int_eq(csv_time_clock(&time), CLOCK_OF_DAY);
}
END_TEST

START_TEST(minutes_over_the_hour) {
    LEARN(CSV_TIME_MINUTES, 0, "59:58.0", "59:59.9", "00:00.1", "59:59.9", "30:00.0", "00:00.0");
    ck_assert_int_eq(ns[1], 3599900 * MS);
    ck_assert_int_eq(ns[2], 3600100 * MS);
    ck_assert_int_eq(ns[3], 3599900 * MS); /* came late */
    ck_assert_int_eq(ns[4], 5400 * S);
    ck_assert_int_eq(ns[5], 3600 * S); /* half an hour back, not on: nobody can tell */
}
END_TEST

START_TEST(counters) {
    {
        LEARN(CSV_TIME_HEX, 0, "0x0001A2B3", "0x0001A2B4", "0xFFFFFFFF", "0x00000000");
        ck_assert_int_eq(ns[1] - ns[0], 100000);
        ck_assert_int_eq(ns[3] - ns[2], 100000); /* 32 bits are over */
    }
    {
        LEARN(CSV_TIME_HEX, 1000, "0001A2B3", "0001A2B4"); /* no 0x; the user knows the unit */
        ck_assert_int_eq(ns[1] - ns[0], 1000);
    }
    {
        LEARN(CSV_TIME_HEX, 0, "0x592897", "0x592898"); /* no letter, but 0x */
        ck_assert_int_eq(ns[1] - ns[0], 100000);
    }
    {
        LEARN(CSV_TIME_HEX, 0, "0X10", "0X11");
        ck_assert_int_eq(ns[1] - ns[0], 100000);
    }
    {
        LEARN(CSV_TIME_NUMBER, MS, "592897", "592898");
        ck_assert_int_eq(ns[1] - ns[0], MS);
    }
}
END_TEST

START_TEST(units_by_content) {
    {
        LEARN(CSV_TIME_NUMBER, 0, "0.000", "0.020", "0.040");
        ck_assert_int_eq(time.unit_ns, S);
        ck_assert_int_eq(ns[2], 40 * MS);
    }
    {
        LEARN(CSV_TIME_NUMBER, 0, "12.3", "262.4", "271.0", "512.3");
        ck_assert_int_eq(time.unit_ns, MS);
        ck_assert_int_eq(ns[0], 12300000);
    }
    {
        LEARN(CSV_TIME_NUMBER, 0, "100000", "110000", "125000");
        ck_assert_int_eq(time.unit_ns, 1000);
    }
    {
        LEARN(CSV_TIME_NUMBER, 0, "100", "150", "151", "200");
        ck_assert_int_eq(time.unit_ns, MS);
    }
    {
        LEARN(CSV_TIME_NUMBER, 100000, "100", "150", "151", "200");
        ck_assert_int_eq(ns[0], 10 * MS);
    }
}
END_TEST

START_TEST(numbers_since_1970) {
    static const char *const same[] = {"1436509052.25", "1436509052250", "1436509052250000",
                                       "1436509052250000000"};
    for (int i = 0; i < 4; i++) {
        LEARN(CSV_TIME_NUMBER, 0, same[i]);
        ck_assert_int_eq(ns[0], 1436509052250 * MS);
        ck_assert_int_eq(csv_time_clock(&time), CLOCK_ABSOLUTE);
    }
    /* What Excel makes of them: less exact, but readable. */
    LEARN(CSV_TIME_NUMBER, 1000, "1.43651E+15");
    ck_assert_int_eq(ns[0], 1436510000000 * MS);
}
END_TEST

START_TEST(units_in_the_cell) {
    LEARN(CSV_TIME_NUMBER, MS, "12.5ms", "13 ms");
    ck_assert_int_eq(ns[0], 12500000);
    ck_assert_int_eq(ns[1], 13 * MS);
    int64_t value;
    struct csv_time copy = time;
    ck_assert(!csv_time_read(&copy, "13 us", NULL, &value));
}
END_TEST

START_TEST(what_is_no_time) {
    static const char *const texts[] = {"",         "无",
                                        "hello",    "12:99:00",
                                        "1:2",      "-",
                                        "1.2.3",    "--5",
                                        "0x",       "2023-13-01 00:00:00",
                                        "12:00:0x", "4015-07-10 08:17:32"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct csv_time time;
        char *cell = (char *)(uintptr_t)texts[i];
        bool learned = csv_time_learn(&time, &cell, 1, 0);
        /* "1:2" is a minute and two seconds; a year out of range leaves the time of day. */
        ck_assert_msg(learned == (i == 4 || i == 11 || i == 9), "%s", texts[i]);
    }
    struct csv_time none;
    ck_assert(!csv_time_learn(&none, NULL, 0, 0));
    ck_assert_int_eq(csv_time_clock(&none), CLOCK_NONE);
}
END_TEST

START_TEST(a_number_too_large_is_unreadable_not_undefined) {
    struct csv_time time = {.kind = CSV_TIME_NUMBER, .unit_ns = S};
    int64_t ns;
    ck_assert(!csv_time_read(&time, "99999999999999999999", NULL, &ns));
    ck_assert(!csv_time_read(&time, "1e300", NULL, &ns));
    ck_assert(!csv_time_read(&time, "nan", NULL, &ns));
    ck_assert(csv_time_read(&time, "2000000000.123456789123", NULL, &ns));
    ck_assert_int_eq(ns, 2000000000123456789);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("times of tables");
    tcase_add_test(cases, counts_behind_a_colon);
    tcase_add_test(cases, dates);
    tcase_add_test(cases, wall_times);
    tcase_add_test(cases, minutes_over_the_hour);
    tcase_add_test(cases, counters);
    tcase_add_test(cases, units_by_content);
    tcase_add_test(cases, numbers_since_1970);
    tcase_add_test(cases, units_in_the_cell);
    tcase_add_test(cases, what_is_no_time);
    tcase_add_test(cases, a_number_too_large_is_unreadable_not_undefined);
    return run_suite("csv_time", cases);
}
