/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/clock.h"

#include "tests/support/suite.h"

#define MS    INT64_C(1000000)
#define S     (1000 * MS)
#define DAY_S INT64_C(86400)

static struct clock one;

static int64_t see(int64_t at_ns) {
    return clock_see(&one, at_ns, one.frames + 1);
}

START_TEST(midnight_is_carried_over) {
    clock_start(&one, CLOCK_OF_DAY);
    ck_assert_int_eq(see((DAY_S - 1) * S), (DAY_S - 1) * S);
    ck_assert_int_eq(see(1 * S), (DAY_S + 1) * S);
    ck_assert_int_eq(see((DAY_S - 1) * S), (DAY_S - 1) * S); /* late, of the day before */
    ck_assert_int_eq(see(2 * S), (DAY_S + 2) * S);
    ck_assert_uint_eq(one.steps_back, 1);
    ck_assert_uint_eq(one.first_back_line, 3);
}
END_TEST

START_TEST(every_start_of_a_period_counts) {
    struct clock_wrap hour = {.period_ns = 3600 * S};
    int64_t last_ns = -1;
    for (int64_t second = 0; second < 10 * 3600; second += 600) {
        int64_t at_ns = clock_carry(&hour, second % 3600 * S);
        ck_assert_int_eq(at_ns, second * S);
        ck_assert_int_gt(at_ns, last_ns);
        last_ns = at_ns;
    }
}
END_TEST

START_TEST(a_relative_clock_is_not_carried) {
    clock_start(&one, CLOCK_RELATIVE);
    see((DAY_S - 1) * S);
    ck_assert_int_eq(see(1 * S), 1 * S);
    ck_assert_uint_eq(one.steps_back, 1);
}
END_TEST

START_TEST(times_are_never_negative) {
    clock_start(&one, CLOCK_RELATIVE);
    ck_assert_int_eq(see(-5 * S), 0);
    ck_assert_int_eq(see(-4 * S), 1 * S);
    ck_assert_int_eq(see(-20 * S), 0);
    ck_assert_int_eq(one.first_ns, 0);
    ck_assert_int_eq(one.last_ns, 0);
}
END_TEST

START_TEST(the_end_of_time_is_not_passed) {
    clock_start(&one, CLOCK_ABSOLUTE);
    see(-S);
    ck_assert_int_eq(see(INT64_MAX), CAPTURE_MOST_NS);
    ck_assert_int_eq(see(INT64_MIN), 0);
}
END_TEST

START_TEST(resolution_by_the_common_divisor_of_steps) {
    static const int64_t at_ms[] = {0, 20, 50, 110, 150}; /* 20, 30, 60, 40 */
    clock_start(&one, CLOCK_RELATIVE);
    for (size_t i = 0; i < 5; i++) {
        see(at_ms[i] * MS);
    }
    ck_assert_int_eq(clock_resolution_ns(&one), 10 * MS);
}
END_TEST

/* CHM every 250 ms and nothing else: the clock is finer than the traffic. */
START_TEST(resolution_by_the_digits_of_the_first_time) {
    clock_start(&one, CLOCK_RELATIVE);
    for (int64_t i = 0; i < 5; i++) {
        see(710376000 + i * 250 * MS);
    }
    ck_assert_int_eq(clock_resolution_ns(&one), 8000);
}
END_TEST

/* Times in milliseconds of a clock that moves every 15 ms. */
START_TEST(resolution_of_a_clock_coarser_than_the_traffic) {
    clock_start(&one, CLOCK_RELATIVE);
    for (int i = 0; i < 200; i++) {
        see(i * 4 / 15 * 15 * MS);
    }
    ck_assert_int_eq(clock_resolution_ns(&one), 15 * MS);
}
END_TEST

START_TEST(a_clock_that_stands_is_as_good_as_none) {
    clock_start(&one, CLOCK_RELATIVE);
    see(S);
    ck_assert_int_eq(clock_kind(&one, CLOCK_RELATIVE),
                     CLOCK_RELATIVE); /* one frame proves nothing */
    see(S);
    ck_assert_int_eq(clock_kind(&one, CLOCK_RELATIVE), CLOCK_CONSTANT);
    see(2 * S);
    ck_assert_int_eq(clock_kind(&one, CLOCK_RELATIVE), CLOCK_RELATIVE);
    clock_start(&one, CLOCK_NONE);
    ck_assert_int_eq(see(77), 0);
    ck_assert_int_eq(clock_kind(&one, CLOCK_NONE), CLOCK_NONE);
}
END_TEST

/* Two networks of a recorder that counts nanoseconds: frames are nearer than any bit. */
START_TEST(steps_below_a_microsecond) {
    static const int64_t steps[][3] = {{300, 200, 200}, {800, 200, 200}, {200, 300, 200},
                                       {5000, 7, 7},    {7, 5000, 7},    {900, 900, 900}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        clock_start(&one, CLOCK_RELATIVE);
        see(0);
        see(steps[i][0]);
        see(steps[i][0] + steps[i][1]);
        ck_assert_int_eq(clock_resolution_ns(&one), steps[i][2]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("clock of a capture");
    TCase *tests = tcase_create("clock");
    tcase_add_test(tests, midnight_is_carried_over);
    tcase_add_test(tests, every_start_of_a_period_counts);
    tcase_add_test(tests, a_relative_clock_is_not_carried);
    tcase_add_test(tests, times_are_never_negative);
    tcase_add_test(tests, the_end_of_time_is_not_passed);
    tcase_add_test(tests, resolution_by_the_common_divisor_of_steps);
    tcase_add_test(tests, steps_below_a_microsecond);
    tcase_add_test(tests, resolution_by_the_digits_of_the_first_time);
    tcase_add_test(tests, resolution_of_a_clock_coarser_than_the_traffic);
    tcase_add_test(tests, a_clock_that_stands_is_as_good_as_none);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
