/* SPDX-License-Identifier: MIT */
#include "meter/identifiers.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct meter_item *item_of(enum meter_type type, const char *name) {
    const struct meter_item *item = meter_item_by_name(type, name);
    ck_assert_msg(item != NULL, "%s", name);
    return item;
}

static bool round_trips(const struct meter_item *item, int64_t value) {
    uint8_t data[16], beyond = 0x5A;
    int64_t back;
    data[item->bytes] = beyond;
    return meter_item_put(item, value, data) && meter_item_get(item, data, &back) &&
           back == value && data[item->bytes] == beyond;
}

/* Every value of items of up to two bytes; the edges and a stride through the longer ones. */
START_TEST(every_item_round_trips_over_its_range) {
    const struct meter_item *item;
    for (size_t i = 0; (item = meter_item_at((enum meter_type)_i, i)) != NULL; i++) {
        if (item->kind != METER_NUMBER) {
            continue;
        }
        int64_t max = meter_item_max(item), step = item->bytes <= 2 ? 1 : max / 9973;
        for (int64_t value = item->is_signed ? -max : 0; value <= max; value += step) {
            if (!round_trips(item, value)) {
                ck_abort_msg("%s: %lld", item->name, (long long)value);
            }
        }
        ck_assert(round_trips(item, max));
        uint8_t data[16] = {0};
        ck_assert(!meter_item_put(item, max + 1, data));
        ck_assert(item->is_signed || !meter_item_put(item, -1, data));
        ck_assert(!meter_item_put(item, INT64_MIN, data));
        ck_assert_uint_eq(data[0], 0);
    }
}
END_TEST

START_TEST(rows_are_in_order_and_unique) {
    const struct meter_item *item;
    int64_t former = -1;
    for (size_t i = 0; (item = meter_item_at(METER_STANDARD, i)) != NULL; i++) {
        ck_assert_msg((int64_t)item->di > former || former == 0x00010400, "%s", item->name);
        former = item->di;
        ck_assert_ptr_eq(meter_item(METER_STANDARD, item->di), item);
        ck_assert_ptr_eq(meter_item_by_name(METER_STANDARD, item->name), item);
        ck_assert(item->zh[0] != '\0' && item->en[0] != '\0');
    }
    ck_assert_ptr_null(meter_item(METER_STANDARD, 0x12345678));
    ck_assert_ptr_null(meter_item_by_name(METER_STANDARD, "no_such"));
}
END_TEST

START_TEST(limits_of_the_formats) {
    ck_assert_int_eq(meter_item_max(item_of(METER_STANDARD, "voltage_a")), 9999);    /* 999.9 V */
    ck_assert_int_eq(meter_item_max(item_of(METER_STANDARD, "current_a")), 799999);  /* A */
    ck_assert_int_eq(meter_item_max(item_of(METER_DC_VENDOR, "voltage_a")), 999999); /* 99999.9 V */
    ck_assert_int_eq(meter_item_max(item_of(METER_STANDARD, "energy_forward")), 99999999);
    uint8_t data[4];
    ck_assert(!meter_item_put(item_of(METER_STANDARD, "voltage_a"), 10000, data));
    ck_assert(meter_item_put(item_of(METER_DC_VENDOR, "voltage_a"), 10000, data));
    ck_assert_mem_eq(data, "\x00\x00\x01", 3);
    ck_assert_uint_eq(meter_item_bytes(METER_STANDARD, item_of(METER_STANDARD, "voltages")), 6);
    ck_assert_uint_eq(
        meter_item_bytes(METER_STANDARD, item_of(METER_STANDARD, "energy_forward_all")), 20);
    ck_assert_uint_eq(meter_item_bytes(METER_DC_VENDOR, item_of(METER_DC_VENDOR, "voltages")), 7);
}
END_TEST

START_TEST(no_digits_are_no_value) {
    int64_t value;
    const struct meter_item *voltage = item_of(METER_STANDARD, "voltage_a");
    ck_assert(!meter_item_get(voltage, (const uint8_t *)"\xFF\xFF", &value));
    ck_assert(!meter_item_get(voltage, (const uint8_t *)"\x0A\x00", &value));
    ck_assert(!meter_item_get(voltage, (const uint8_t *)"\x00\xA0", &value));
    const struct meter_item *current = item_of(METER_STANDARD, "current_a");
    ck_assert(meter_item_get(current, (const uint8_t *)"\x00\x50\x80", &value));
    ck_assert_int_eq(value, -5000);
    ck_assert(!meter_item_get(current, (const uint8_t *)"\x00\x50\xAB", &value));
}
END_TEST

START_TEST(prints) {
    static const struct {
        const char *name, *data, *text;
    } rows[] = {
        {"energy_forward", "\x42\x06\x12\x00", "1206.42 kWh"},
        {"voltage_a", "\x00\x75", "750.0 V"},
        {"current_a", "\x00\x50\x80", "-5.000 A"},
        {"power", "\x89\x67\x45", "45.6789 kW"},
        {"power_factor", "\x98\x09", "0.998"},
        {"date", "\x02\x02\x01\x24", "2024-01-02 (2)"},
        {"time", "\x05\x04\x03", "03:04:05"},
        {"address", "\x25\x04\x03\x02\x01\x00", "000102030425"},
        {"status_1", "\x40\x00", "0x0040"},
        {"tariff_count", "\x04", "4"},
        {"voltage_a", "\xFF\xFF", "?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[64];
        meter_item_print(item_of(METER_STANDARD, rows[i].name), (const uint8_t *)rows[i].data, text,
                         sizeof text);
        ck_assert_str_eq(text, rows[i].text);
        for (size_t size = 1; size < sizeof text; size++) { /* cut anywhere, never beyond */
            char cut[65];
            memset(cut, '#', sizeof cut);
            meter_item_print(item_of(METER_STANDARD, rows[i].name), (const uint8_t *)rows[i].data,
                             cut, size);
            ck_assert(strlen(cut) < size && cut[size] == '#');
        }
    }
}
END_TEST

START_TEST(identifiers_on_the_wire) {
    uint8_t data[4];
    meter_di_put(METER_VOLTAGE_A, data);
    ck_assert_mem_eq(data, "\x00\x01\x01\x02", 4);
    ck_assert_uint_eq(meter_di_get(data), METER_VOLTAGE_A);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter identifiers");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, every_item_round_trips_over_its_range, 0, METER_TYPES);
    tcase_add_test(all, rows_are_in_order_and_unique);
    tcase_add_test(all, limits_of_the_formats);
    tcase_add_test(all, no_digits_are_no_value);
    tcase_add_test(all, prints);
    tcase_add_test(all, identifiers_on_the_wire);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
