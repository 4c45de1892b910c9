/* SPDX-License-Identifier: MIT */
/* Numbers and units as people write them: how much of a text is one, and what it is worth. */
#include "harness/expression/internal.h"
#include "sim/text/unit.h"
#include "tests/support/suite.h"

#include <math.h>
#include <string.h>

START_TEST(how_long_a_number_is) {
    static const struct {
        const char *text;
        size_t length; /* 0: none */
        double value;
    } rows[] = {
        {"12", 2, 12},
        {"-12", 3, -12},
        {"+3", 2, 3},
        {"1.5", 3, 1.5},
        {".5", 2, 0.5},
        {"5.", 0, 0},
        {"1e3", 3, 1000},
        {"1E-3", 4, 0.001},
        {"1e+2", 4, 100},
        {"1e", 1, 1},
        {"1e-", 1, 1},
        {"2ms", 1, 2},
        {"0x1F", 4, 31},
        {"0X1f", 4, 31},
        {"0xFFFFFFFFFFFFF", 15, 4503599627370495.0},
        {"0xFFFFFFFFFFFFFF", 0, 0},
        {"0x", 0, 0},
        {"0xg", 0, 0},
        {"inf", 0, 0},
        {"nan", 0, 0},
        {"-", 0, 0},
        {".", 0, 0},
        {"-.", 0, 0},
        {"", 0, 0},
        {"1e999", 0, 0},
        {"V", 0, 0},
        {"0", 1, 0},
        {"09", 2, 9},
        {"0.25V", 4, 0.25},
        {"/1", 0, 0},
        {":1", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double value = 0;
        ck_assert_msg(number_scan(rows[i].text, &value) == rows[i].length, "%s", rows[i].text);
        if (rows[i].length > 0) {
            ck_assert_msg(value == rows[i].value, "%s", rows[i].text);
        }
    }
}
END_TEST

START_TEST(how_long_a_unit_is) {
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {
        {"ms", 2},  {"A/s)", 3}, {"% ", 1}, {"", 0},   {" V", 0}, {"kΩ+", 3}, {"°C", 3},
        {"az@", 2}, {"AZ[", 2},  {"a{", 1}, {"a`", 1}, {"V2", 1}, {"&", 0},   {".", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(unit_scan(rows[i].text) == rows[i].length, "%s", rows[i].text);
    }
}
END_TEST

START_TEST(one_unit_in_another) {
    static const struct {
        double value;
        const char *from, *to;
        double own; /* NAN: not convertible */
    } rows[] = {
        {300, "ms", "s", 0.3},           {0.3, "s", "ms", 300},     {2, "h", "min", 120},
        {90, "s", "min", 1.5},           {1.5, "kV", "mV", 1.5e6},  {20, "Mohm", "kohm", 20000},
        {1, "kΩ", "ohm", 1000},          {7, "V", "V", 7},          {7, "furlong", "furlong", 7},
        {5, "V", "A", (double)NAN},      {5, "V", "", (double)NAN}, {5, "", "V", (double)NAN},

        {1e308, "s", "ns", (double)NAN}, {1, "us", "ns", 1000},     {35, "℃", "degC", 35},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double own = 0;
        bool good = quantity_convert(rows[i].value, rows[i].from, rows[i].to, &own);
        ck_assert_msg(good == !isnan(rows[i].own), "row %zu", i);
        ck_assert_msg(!good || own == rows[i].own, "row %zu: %.17g", i, own);
    }
}
END_TEST

START_TEST(a_quantity_is_the_whole_text) {
    static const struct {
        const char *text, *unit;
        double value; /* NAN: it is none */
    } rows[] = {
        {"250 ms", "s", 0.25},
        {"250ms", "ms", 250},
        {"  250\tms  ", "ms", 250},
        {"5", "", 5},
        {"5", "V", (double)NAN},
        {"5 V", "", (double)NAN},
        {"5 V A", "V", (double)NAN},
        {"V", "V", (double)NAN},
        {"5 A", "V", (double)NAN},
        {"", "V", (double)NAN},
        {"5 VVVVVVVVVVVVVVVV", "V", (double)NAN},
        {"1 kΩ", "ohm", 1000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double value = 0;
        bool good = quantity_parse(rows[i].text, rows[i].unit, &value);
        ck_assert_msg(good == !isnan(rows[i].value), "%s", rows[i].text);
        ck_assert_msg(!good || value == rows[i].value, "%s", rows[i].text);
    }
}
END_TEST

/* The longest unit that is looked at has 15 bytes. */
START_TEST(what_may_be_written_instead) {
    char text[100];
    unit_choices("ms", text, sizeof text);
    ck_assert_str_eq(text, "s, ms, us, ns, min or h");
    unit_choices("kohm", text, sizeof text);
    ck_assert_str_eq(text, "ohm, kohm or Mohm");
    unit_choices("A", text, sizeof text);
    ck_assert_str_eq(text, "A or mA");
    unit_choices("%", text, sizeof text);
    ck_assert_str_eq(text, "%");
    unit_choices("furlong", text, sizeof text);
    ck_assert_str_eq(text, "furlong");
}
END_TEST

/* A unit of the list converts to its dimension's base and back, whatever it is. */
START_TEST(the_list_is_sound) {
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        double there, back;
        size_t base = i;
        while (base > 0 && units[base - 1].dimension == units[i].dimension) {
            base--;
        }
        ck_assert(units[base].factor == 1 && units[base].exponent == 0 && !units[base].alias);
        ck_assert(quantity_convert(3, units[i].name, units[base].name, &there));
        ck_assert(quantity_convert(there, units[base].name, units[i].name, &back));
        ck_assert_double_eq_tol(back, 3, 1e-12);
        ck_assert_ptr_eq(unit_find(units[i].name), &units[i]);
        ck_assert_str_eq(unit_text(units[i].name, false), units[i].shown.en);
    }
    ck_assert_ptr_null(unit_find("furlong"));
    ck_assert_str_eq(unit_text("furlong", true), "furlong");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("units");
    TCase *tc = tcase_create("units");
    tcase_add_test(tc, how_long_a_number_is);
    tcase_add_test(tc, how_long_a_unit_is);
    tcase_add_test(tc, one_unit_in_another);
    tcase_add_test(tc, a_quantity_is_the_whole_text);
    tcase_add_test(tc, what_may_be_written_instead);
    tcase_add_test(tc, the_list_is_sound);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
