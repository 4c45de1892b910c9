/* SPDX-License-Identifier: MIT */
/* What a number in a file may be: the range of its key, and the reach of its unit. */
#include "harness/expression/range.h"
#include "tests/support/suite.h"

#include <math.h>

START_TEST(both_ends_belong_to_a_range) {
    static const struct range soc = {0, 100, "%", false}, count = {1, 5, "", true};
    static const struct {
        const struct range *range;
        double value;
        bool held;
    } rows[] = {
        {&soc, 0, true},     {&soc, 100, true},  {&soc, -0.001, false}, {&soc, 100.001, false},
        {&soc, 33.25, true}, {&count, 1, true},  {&count, 5, true},     {&count, 2.5, false},
        {&count, 0, false},  {&count, 6, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(range_holds(rows[i].range, rows[i].value) == rows[i].held, "row %zu", i);
    }
    ck_assert(!range_holds(&soc, (double)NAN) && !range_holds(&soc, (double)INFINITY));
}
END_TEST

/* No range: whatever is a number. */
START_TEST(without_a_range) {
    static const struct range none = {0, 0, NULL, false};
    ck_assert(range_holds(&none, -1e300) && range_holds(&none, 0.5));
    ck_assert(!range_holds(&none, (double)INFINITY) && !range_holds(&none, (double)NAN));
}
END_TEST

START_TEST(in_words) {
    char text[RANGE_TEXT_SIZE];
    const struct range soc = {0, 100, "%", false}, count = {1, 5, "", true}, none = {0, 1, NULL, 0};
    range_text(&soc, text, sizeof text);
    ck_assert_str_eq(text, "0 % to 100 %");
    range_text(&count, text, sizeof text);
    ck_assert_str_eq(text, "1 to 5");
    range_text(&none, text, sizeof text);
    ck_assert_str_eq(text, "0 to 1");
}
END_TEST

/* Wide enough for anything real, in whichever unit it is written. */
START_TEST(reach_of_a_unit) {
    static const struct {
        const char *unit;
        double most;
    } rows[] = {
        {"s", 1e9},    {"ms", 1e12},  {"h", 1e9 / 3600}, {"V", 1e5},    {"kV", 100},
        {"A", 1e5},    {"mA", 1e8},   {"ohm", 1e12},     {"Mohm", 1e6}, {"ohm/V", 1e12},
        {"W", 1e9},    {"kW", 1e6},   {"Wh", 1e12},      {"kWh", 1e9},  {"Ah", 1e9},
        {"%", 1e6},    {"degC", 1e4}, {"Hz", 1e9},       {"A/s", 1e9},  {"V/s", 1e9},
        {"yuan", 1e9}, {"", 1e15},    {"furlong", 1e15},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double inside = rows[i].most * (1 - 1e-9), outside = rows[i].most * (1 + 1e-9);
        ck_assert_msg(reach_holds(inside, rows[i].unit), "%s", rows[i].unit);
        ck_assert_msg(reach_holds(-inside, rows[i].unit), "%s", rows[i].unit);
        ck_assert_msg(!reach_holds(outside, rows[i].unit), "%s", rows[i].unit);
        ck_assert_msg(!reach_holds(-outside, rows[i].unit), "%s", rows[i].unit);
    }
    ck_assert(reach_holds(1e5, "V") && reach_holds(1e15, ""));
}
END_TEST

START_TEST(reach_in_words) {
    char text[RANGE_TEXT_SIZE];
    reach_text("V", text, sizeof text);
    ck_assert_str_eq(text, "-100000 V to 100000 V");
    reach_text("kV", text, sizeof text);
    ck_assert_str_eq(text, "-100 kV to 100 kV");
    reach_text("", text, sizeof text);
    ck_assert_str_eq(text, "-1e+15 to 1e+15");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("range");
    TCase *tc = tcase_create("range");
    tcase_add_test(tc, both_ends_belong_to_a_range);
    tcase_add_test(tc, without_a_range);
    tcase_add_test(tc, in_words);
    tcase_add_test(tc, reach_of_a_unit);
    tcase_add_test(tc, reach_in_words);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
