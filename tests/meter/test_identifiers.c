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
        if (item->kind != METER_NUMBER || item->is_block) {
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
}
END_TEST

START_TEST(blocks_are_any_number_of_elements) {
    static const struct {
        enum meter_type type;
        const char *name;
        unsigned elements, bytes;
        uint32_t first, last;
    } rows[] = {
        {METER_STANDARD, "voltages", 3, 2, 0x02010100, 0x02010300},
        {METER_DC_VENDOR, "voltages", 3, 3, 0x02010100, 0x02010300},
        {METER_STANDARD, "powers", 4, 3, 0x02030000, 0x02030300},
        {METER_AC_WIDE, "powers", 4, 4, 0x02030000, 0x02030300},
        {METER_STANDARD, "energy_forward_all", 5, 4, 0x00010000, 0x00010400},
        {METER_STANDARD, "energy_frozen", 5, 4, 0x05010101, 0x05010101},
        {METER_STANDARD, "voltage_a", 1, 2, 0x02010100, 0x02010100},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct meter_item *item = item_of(rows[i].type, rows[i].name);
        ck_assert_uint_eq(meter_item_elements(item), rows[i].elements);
        ck_assert_uint_eq(item->bytes, rows[i].bytes);
        ck_assert_uint_eq(meter_item_element(item, 0), rows[i].first);
        ck_assert_uint_eq(meter_item_element(item, rows[i].elements - 1), rows[i].last);
        ck_assert(!meter_item_length_fits(item, 0));
        ck_assert(meter_item_length_fits(item, item->bytes));
        ck_assert(!meter_item_length_fits(item, item->bytes + 1u));
        /* 63 tariffs and the total fill 256 bytes. */
        ck_assert(meter_item_length_fits(item, 64u * item->bytes) == item->is_block);
    }
}
END_TEST

/* Identifiers by the standard's scheme: what they are, an answer, what it says. */
static const struct {
    uint32_t di;
    const char *title, *data; /* hex, lowest byte first */
    const char *text;
} scheme[] = {
    {0x00000000, "combined active energy", "01000080", "-0.01 kWh"},
    {0x0000FF00, "combined active energy, block", "67452300", "2345.67 kWh"},
    {0x00020100, "reverse active energy, tariff 1", "67452300", "2345.67 kWh"},
    {0x00013F00, "forward active energy, tariff 63", "67452300", "2345.67 kWh"},
    {0x00010001, "forward active energy, last settlement day", "67452300", "2345.67 kWh"},
    {0x0002FF0C, "reverse active energy, block, settlement day -12", "67452300", "2345.67 kWh"},
    {0x00050000, "reactive quadrant 1 energy", "67452300", "2345.67 kvarh"},
    {0x000A0000, "reverse apparent energy", "67452300", "2345.67 kVAh"},
    {0x00150000, "forward active energy, phase A", "67452300", "2345.67 kWh"},
    {0x002A0000, "reverse active energy, phase B", "67452300", "2345.67 kWh"},
    {0x00460000, "reverse apparent energy, phase C", "67452300", "2345.67 kVAh"},
    {0x01010000, "forward active maximum demand", "5634120000010126",
     "12.3456 kW at 2026-01-01 00:00"},
    {0x01020401, "reverse active maximum demand, tariff 4, last settlement day", "5634125923311225",
     "12.3456 kW at 2025-12-31 23:59"},
    {0x01030000, "combined reactive 1 maximum demand", "5634920000010126",
     "-12.3456 kvar at 2026-01-01 00:00"},
    {0x02040100, "reactive power, phase A", "562381", "-1.2356 kvar"},
    {0x0203FF00, "active power, block", "452381", "-1.2345 kW"},
    {0x0206FF00, "power factor, block", "8789", "-0.987"},
    {0x02080300, "voltage THD, phase C", "5601", "1.56 %"},
    {0x020A0103, "voltage harmonic 3, phase A", "5601", "1.56 %"},
    {0x020B02FF, "current harmonic, phase B, block", "5601", "1.56 %"},
    {0x02800004, "present active demand", "563412", "12.3456 kW"},
    {0x03300000, "times programmed", "120000", "12"},
    {0x04000106, "change of zone tables", "0000010126", "2026-01-01 00:00"},
    {0x04000404, "rated voltage", "000056303232", "220V"},
    {0x04000B01, "settlement day 1 of a month", "0001", "day 01 00:00"},
    {0x04000C03, "password 3", "00000002", "(not shown)"},
    {0x04010002, "day table 2, first set", "020007", "07:00 -> 2"},
    {0x05060001, "time of the last daily freeze", "0000301126", "2026-11-30 00:00"},
    {0x05060101, "forward active energy at the last daily freeze", "67452300", "2345.67 kWh"},
    {0x05010103, "forward active energy at freeze at once -3", "67452300", "2345.67 kWh"},
    {0x05040201, "reverse active energy at the last hourly freeze", "67452300", "2345.67 kWh"},
    {0x05060901, "forward active maximum demand at the last daily freeze", "5634120000010126",
     "12.3456 kW at 2026-01-01 00:00"},
};

static size_t bytes_of(const char *hex, uint8_t *bytes) {
    size_t count = strlen(hex) / 2;
    for (size_t i = 0; i < count; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return count;
}

START_TEST(identifiers_are_a_grammar) {
    struct meter_found found;
    uint8_t data[16];
    char text[64];
    ck_assert_msg(meter_find(METER_STANDARD, scheme[_i].di, &found), "%08X", scheme[_i].di);
    ck_assert_uint_eq(found.item.di, scheme[_i].di);
    ck_assert_str_eq(found.item.en, scheme[_i].title);
    ck_assert(found.item.zh[0] != '\0');
    ck_assert_uint_eq(bytes_of(scheme[_i].data, data), found.item.bytes);
    meter_item_print(&found.item, data, false, text, sizeof text);
    ck_assert_str_eq(text, scheme[_i].text);
}
END_TEST

START_TEST(what_is_not_known_has_no_format) {
    static const uint32_t unknown[] = {
        0x000B0000, /* no such quantity */
        0x00014000, /* tariff 64 */
        0x0001000D, /* settlement day -13 */
        0x00150100, /* a phase has no tariffs */
        0x01000000, /* no demand of the combined energy */
        0x02000000, 0x02010000, 0x02010400, 0x02010101, 0x020A0000, 0x02FF0000,
        0x05000000, 0x05050001, 0x05060100, 0x0506FF01, 0x0506013F, 0x05040301,
        0x06000000, 0x04000C0B, 0x12345678, 0xFFFFFFFF,
    };
    struct meter_found found;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        ck_assert_msg(!meter_find(METER_STANDARD, unknown[i], &found), "%08X", unknown[i]);
    }
}
END_TEST

/* Every identifier of the scheme can be printed, whatever the bytes, into any room. */
START_TEST(whatever_is_known_can_be_printed) {
    struct meter_found found;
    uint8_t data[64];
    unsigned known = 0;
    memset(data, 0xFF, sizeof data);
    for (uint32_t high = 0; high <= 0x0600; high++) {
        for (uint32_t low = 0; low <= 0xFFFF; low += low < 0x1000 ? 1 : 0x1F) {
            if (!meter_find((enum meter_type)_i, high << 16 | low, &found)) {
                continue;
            }
            char text[64];
            known++;
            ck_assert_uint_ge(found.item.bytes, 1);
            ck_assert_uint_le(found.item.bytes, sizeof data);
            ck_assert_uint_lt(strlen(found.en), sizeof found.en - 1);
            ck_assert_uint_lt(strlen(found.zh), sizeof found.zh - 1);
            meter_item_print(&found.item, data, known % 2 != 0, text, 1 + known % sizeof text);
            ck_assert_uint_lt(strlen(text), 1 + known % sizeof text);
        }
    }
    ck_assert_uint_gt(known, 5000);
}
END_TEST

START_TEST(types_have_longer_variables) {
    struct meter_found found;
    ck_assert(meter_find(METER_DC_VENDOR, 0x02010200, &found));
    ck_assert_uint_eq(found.item.bytes, 3);
    ck_assert(meter_find(METER_DC_VENDOR, 0x0202FF00, &found));
    ck_assert_uint_eq(found.item.bytes, 4);
    ck_assert(meter_find(METER_AC_WIDE, 0x0203FF00, &found));
    ck_assert_uint_eq(found.item.bytes, 4);
    ck_assert(meter_find(METER_AC_WIDE, 0x0202FF00, &found));
    ck_assert_uint_eq(found.item.bytes, 3);
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
        meter_item_print(item_of(METER_STANDARD, rows[i].name), (const uint8_t *)rows[i].data,
                         false, text, sizeof text);
        ck_assert_str_eq(text, rows[i].text);
        for (size_t size = 1; size < sizeof text; size++) { /* cut anywhere, never beyond */
            char cut[65];
            memset(cut, '#', sizeof cut);
            meter_item_print(item_of(METER_STANDARD, rows[i].name), (const uint8_t *)rows[i].data,
                             false, cut, size);
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
    tcase_add_test(all, blocks_are_any_number_of_elements);
    tcase_add_loop_test(all, identifiers_are_a_grammar, 0, (int)(sizeof scheme / sizeof scheme[0]));
    tcase_add_test(all, what_is_not_known_has_no_format);
    tcase_add_loop_test(all, whatever_is_known_can_be_printed, 0, METER_TYPES);
    tcase_add_test(all, types_have_longer_variables);
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
