/* SPDX-License-Identifier: MIT */
#include "harness/mask/number_mask.h"

#include "vehicle_bms/mask/mask.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER "810237645109"

static const struct number_mask mask = {.on = true, .key = "a key"};
static const struct number_mask off = {.on = false, .key = "a key"};

static const char *address_text(const struct number_mask *how, const char *digits) {
    static char text[METER_ADDRESS_TEXT];
    uint8_t address[6];
    ck_assert(meter_address_from_text(digits, address));
    number_mask_address(how, address, text);
    return text;
}

static const char *param_text(const struct number_mask *how, const char *param) {
    static char text[128];
    number_mask_param(how, param, text, sizeof text);
    return text;
}

START_TEST(a_number_is_the_same_everywhere) {
    char card[] = "88001234", wanted[32], item_text[64];
    mask_text("a key", "88001234", wanted, sizeof wanted);
    number_mask_text(&mask, card);
    ck_assert_str_eq(card, wanted);
    ck_assert_str_ne(card, "88001234");
    mask_text("a key", NUMBER, wanted, sizeof wanted);
    ck_assert_str_eq(address_text(&mask, NUMBER), wanted);
    const uint8_t data[6] = {0x09, 0x51, 0x64, 0x37, 0x02, 0x81};
    number_mask_item(&mask, meter_item_by_name(METER_STANDARD, "number"), data, false, item_text,
                     sizeof item_text);
    mask_text("a key", "810237645109", wanted, sizeof wanted);
    ck_assert_str_eq(item_text, wanted);
}
END_TEST

START_TEST(nothing_changes_without_it) {
    char card[] = "88001234";
    number_mask_text(&off, card);
    ck_assert_str_eq(card, "88001234");
    ck_assert_str_eq(address_text(&off, NUMBER), NUMBER);
    ck_assert_str_eq(param_text(&off, "card.number=5"), "card.number=5");
}
END_TEST

START_TEST(what_is_nobodys_stays) {
    char text[64];
    const uint8_t none[6] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    ck_assert_str_eq(address_text(&mask, "AAAAAAAAAAAA"), "AAAAAAAAAAAA");
    ck_assert_str_eq(address_text(&mask, "999999999999"), "999999999999");
    number_mask_item(&mask, meter_item_by_name(METER_STANDARD, "address"), none, false, text,
                     sizeof text);
    ck_assert_str_eq(text, "FFFFFFFFFFFF");
}
END_TEST

START_TEST(wildcards_stay_and_the_rest_does_not) {
    const char *text = address_text(&mask, "AAAAAA645109");
    ck_assert_int_eq(strncmp(text, "AAAAAA", 6), 0);
    ck_assert_str_ne(text + 6, "645109");
    ck_assert_uint_eq(strspn(text + 6, "0123456789"), 6);
}
END_TEST

START_TEST(values_stay) {
    char text[64];
    const uint8_t data[4] = {0x42, 0x06, 0x12, 0x00};
    number_mask_item(&mask, meter_item_by_name(METER_STANDARD, "energy_forward"), data, false, text,
                     sizeof text);
    ck_assert_str_eq(text, "1206.42 kWh");
}
END_TEST

START_TEST(parameters_agree_with_what_they_name) {
    char wanted[64], card[] = "123456789";
    number_mask_text(&mask, card);
    snprintf(wanted, sizeof wanted, "card.number=%s", card);
    ck_assert_str_eq(param_text(&mask, "card.number=123456789"), wanted);
    ck_assert_str_eq(param_text(&mask, "card.number=+00123456789"), wanted);
    snprintf(wanted, sizeof wanted, "meter.dc_number_a=%s",
             address_text(&mask, "000000000025") + 3);
    ck_assert_str_eq(param_text(&mask, "meter.dc_number_a=25"), wanted);
    ck_assert_str_eq(param_text(&mask, "meter.dc_number_a=025"), wanted);
}
END_TEST

START_TEST(other_parameters_stay) {
    static const char *const others[] = {
        "meter.period=200", "brm.timeout=6000", "card.balance=10000", "tariff.number=3",
        "charger.number=7", "meter.period",     "meter.number",       ""};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_str_eq(param_text(&mask, others[i]), others[i]);
    }
}
END_TEST

START_TEST(a_mistyped_one_does_not_show) {
    char longest[400] = "meter.ac_number=";
    ck_assert_ptr_null(strstr(param_text(&mask, "card.number=6217001934x"), "6217001"));
    ck_assert_ptr_null(strstr(param_text(&mask, "meter.ac_number=8102376451099"), "810237"));
    ck_assert_ptr_null(strstr(param_text(&mask, "meter.ac_number=-810237"), "810237"));
    memset(longest + strlen(longest), '7', 350);
    ck_assert_ptr_null(strstr(param_text(&mask, longest), "7777777"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("number_mask");
    TCase *tests = tcase_create("number_mask");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_number_is_the_same_everywhere);
    tcase_add_test(tests, nothing_changes_without_it);
    tcase_add_test(tests, what_is_nobodys_stays);
    tcase_add_test(tests, wildcards_stay_and_the_rest_does_not);
    tcase_add_test(tests, values_stay);
    tcase_add_test(tests, parameters_agree_with_what_they_name);
    tcase_add_test(tests, other_parameters_stay);
    tcase_add_test(tests, a_mistyped_one_does_not_show);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
