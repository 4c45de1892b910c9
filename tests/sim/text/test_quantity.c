/* SPDX-License-Identifier: MIT */
/* Values, limits and units in every form in which people are shown them. */
#include "sim/text/quantity.h"
#include "sim/text/unit.h"

#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void expect(struct buffer *text, const char *wanted) {
    buffer_put(text, "");
    ck_assert_str_eq(text->chars, wanted);
    buffer_free(text);
}

static void value_is(const struct quantity_form *form, double value, const char *unit,
                     const char *wanted) {
    struct buffer text = {0};
    quantity_put(&text, form, value, unit);
    expect(&text, wanted);
}

static void limits_are(const struct quantity_form *form, struct limits limits, const char *wanted) {
    struct buffer text = {0};
    limits_put(&text, form, &limits);
    expect(&text, wanted);
}

START_TEST(values_on_a_page) {
    value_is(&quantity_page, 41.6, "ms", "41.6\u00A0ms");
    value_is(&quantity_page, -1234567.5, "ohm", "−1\u202F234\u202F568\u00A0Ω");
    value_is(&quantity_page, 1234.5, "V", "1234.5\u00A0V");
    value_is(&quantity_page, 0.1 + 0.2, NULL, "0.3");
    value_is(&quantity_page, (double)NAN, "V", "–");
    value_is(&quantity_page, (double)INFINITY, "V", "∞\u00A0V");
    value_is(&quantity_page, 1e-9, "s", "1e-09\u00A0s");
    value_is(&quantity_terminal_zh, 2.175, "yuan", "2.175 元");
    value_is(&quantity_page, 2.175, "yuan", "2.175\u00A0yuan");
}
END_TEST

START_TEST(values_elsewhere) {
    value_is(&quantity_terminal, 75.8736, "degC", "75.87 °C");
    value_is(&quantity_terminal, (double)NAN, "ms", "-");
    value_is(&quantity_sentence_en, 100.000001, "ms", "100.000001 ms");
    value_is(&quantity_sentence_en, 3, "", "3");
    value_is(&quantity_sentence_zh, 5e6, "ohm", "5000000 ohm");
}
END_TEST

START_TEST(limits_in_every_form) {
    const struct limits most = {.min = NAN, .max = 100, .unit = "ms"};
    const struct limits below = {.min = NAN, .max = 10, .max_open = true, .unit = "V"};
    const struct limits above = {.min = 0.5, .max = NAN, .min_open = true, .unit = "A"};
    const struct limits between = {.min = 323, .max = 437, .unit = "V"};
    const struct limits half_open = {.min = 0, .max = 10, .min_open = true, .unit = "V"};
    const struct limits none = {.min = NAN, .max = NAN, .unit = "V"};
    limits_are(&quantity_page, most, "≤\u00A0100\u00A0ms");
    limits_are(&quantity_page, between, "323\u00A0…\u00A0437\u00A0V");
    limits_are(&quantity_page, none, "–");
    limits_are(&quantity_terminal, most, "≤ 100 ms");
    limits_are(&quantity_terminal, below, "< 10 V");
    limits_are(&quantity_terminal, above, "> 0.5 A");
    limits_are(&quantity_terminal, between, "323 … 437 V");
    limits_are(&quantity_terminal, half_open, "> 0 V, ≤ 10 V");
    limits_are(&quantity_sentence_en, between, "at least 323 V and at most 437 V");
    limits_are(&quantity_sentence_zh, between, "不小于 323 V且不大于 437 V");
    limits_are(&quantity_sentence_en, below, "below 10 V");
    limits_are(&quantity_sentence_zh, none, "无");
}
END_TEST

START_TEST(limits_are_in_order) {
    limits_are(&quantity_page, (struct limits){.min = 2, .max = 1, .unit = "V"}, "");
}
END_TEST

START_TEST(units_are_found_by_every_name) {
    ck_assert_ptr_null(unit_find("kg"));
    ck_assert_ptr_null(unit_find(""));
    ck_assert_int_eq(unit_find("Ω")->dimension, unit_find("Mohm")->dimension);
    ck_assert_str_eq(unit_text("us", false), "µs");
    ck_assert_str_eq(unit_text("furlong", true), "furlong");
    struct buffer text = {0};
    unit_list(&text);
    ck_assert_ptr_nonnull(strstr(text.chars, "s, ms, us, ns, min, h; V, mV, kV; A, mA; "));
    ck_assert_ptr_nonnull(strstr(text.chars, "; yuan"));
    ck_assert_ptr_null(strstr(text.chars, "℃"));
    buffer_free(&text);
}
END_TEST

/* The base unit of a dimension is the first of it, and each dimension stands in one place. */
START_TEST(the_list_is_in_order) {
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        bool first = i == 0 || units[i].dimension != units[i - 1].dimension;
        ck_assert(!first || (units[i].factor == 1 && units[i].exponent == 0 && !units[i].alias));
        for (size_t k = 0; first && k < i; k++) {
            ck_assert_int_ne(units[k].dimension, units[i].dimension);
        }
        ck_assert_ptr_eq(unit_find(units[i].name), &units[i]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("quantity");
    TCase *tests = tcase_create("quantity");
    tcase_add_test(tests, values_on_a_page);
    tcase_add_test(tests, values_elsewhere);
    tcase_add_test(tests, limits_in_every_form);
    tcase_add_test_raise_signal(tests, limits_are_in_order, SIGABRT);
    tcase_add_test(tests, units_are_found_by_every_name);
    tcase_add_test(tests, the_list_is_in_order);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
