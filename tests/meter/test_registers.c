/* SPDX-License-Identifier: MIT */
#include "meter/registers.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000000)

/* 360 kW from the start: 0.1 kWh a second. */
static double energy_j(void *ctx, int64_t now_ns) {
    (void)ctx;
    return 360e3 * (double)now_ns / 1e9;
}
static double voltage_v(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns;
    return 720.04 + phase;
}
static double current_a(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns;
    return phase == 2 ? -5.0 : 123.4564;
}
static double power_w(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 45678.94;
}

static const struct meter_source source = {energy_j, voltage_v, current_a, power_w, NULL, NULL};
static struct registers registers;
static struct registers_params params;

static void setup(void) {
    params = registers_params_default;
}

static void begin(void) {
    registers_init(&registers, &params, &source, 0);
}

static int64_t energy(int64_t at_s, unsigned tariff) {
    return registers_energy(&registers, at_s * S, tariff);
}

START_TEST(energy_is_cut_not_rounded) {
    begin();
    ck_assert_int_eq(registers_energy(&registers, 0, 0), 0);
    ck_assert_int_eq(registers_energy(&registers, S / 10 - 1000, 0), 0);
    ck_assert_int_eq(registers_energy(&registers, S / 10, 0), 1);
    ck_assert_int_eq(energy(36, 0), 360);
    ck_assert_int_eq(energy(36, 3), 360); /* without a table everything is flat */
    ck_assert_int_eq(energy(36, 1), 0);
}
END_TEST

START_TEST(rolls_over_at_a_million) {
    params.start_kwh = 999999.95;
    begin();
    ck_assert_int_eq(registers_energy(&registers, 4 * S / 10, 0), 99999999);
    ck_assert_int_eq(registers_energy(&registers, 5 * S / 10, 0), 0);
    ck_assert_int_eq(energy(1, 0), 5);
}
END_TEST

START_TEST(tariffs_over_midnight) {
    const struct tariff_switch day[] = {{420, 2}, {600, 1}, {1380, 4}}; /* 7:00, 10:00, 23:00 */
    params.epoch_s += 22 * 3600;                                        /* 22:00: sharp */
    memcpy(params.switches, day, sizeof day);
    params.switch_count = 3;
    begin();
    int64_t at = registers_next_switch(&registers, 0);
    ck_assert_int_eq(at, 3600 * S);
    registers_switch(&registers, at);
    at = registers_next_switch(&registers, at);
    ck_assert_int_eq(at, 9 * 3600 * S); /* 7:00 of the next day, the valley goes over midnight */
    registers_switch(&registers, at);
    ck_assert_int_eq(energy(9 * 3600 + 100, 1), 36000);
    ck_assert_int_eq(energy(9 * 3600 + 100, 4), 8 * 36000);
    ck_assert_int_eq(energy(9 * 3600 + 100, 2), 1000);
    ck_assert_int_eq(energy(9 * 3600 + 100, 0), 9 * 36000 + 1000);
}
END_TEST

START_TEST(a_drifting_clock_switches_late) {
    params.epoch_s += 3600;
    params.switches[0] = (struct tariff_switch){120, 1};
    params.switch_count = 1;
    params.drift_ppm = -1000; /* 3.6 s an hour slow */
    begin();
    ck_assert_int_eq(registers_next_switch(&registers, 0) / S, 3603);
    ck_assert_int_eq(registers_clock_s(&registers, 3600 * S), params.epoch_s + 3596);
}
END_TEST

/* The register's error stays within its class at 23 degC, and the seed decides where. */
START_TEST(errors_stay_in_their_class) {
    static const double classes[] = {0.1, 0.2, 0.5, 1.0};
    for (size_t i = 0; i < 4; i++) {
        double smallest = 1, largest = -1;
        for (uint64_t seed = 1; seed <= 200; seed++) {
            params.class_percent = classes[i];
            params.seed = seed;
            begin();
            double error = ((double)energy(36000, 0) / 360000 - 1) * 100;
            ck_assert_msg(fabs(error) <= classes[i] + 0.001, "%g %%", error);
            smallest = fmin(smallest, error);
            largest = fmax(largest, error);
        }
        ck_assert_msg(smallest < -0.5 * classes[i] && largest > 0.5 * classes[i], "%g...%g",
                      smallest, largest);
    }
}
END_TEST

START_TEST(temperature_and_gain_count_from_when_they_change) {
    params.class_percent = 1.0;
    params.temperature_per_k = 0.001;
    params.seed = 7;
    begin();
    double before = (double)energy(3600, 0);
    registers_set_temperature(&registers, 3600 * S, 33);
    double warm = (double)energy(7200, 0) - before;
    ck_assert_double_eq_tol(warm / before, 1.01, 1e-4);
    registers_set_temperature(&registers, 7200 * S, 23);
    registers_set_gain(&registers, 7200 * S, 0.05);
    double fast = (double)energy(10800, 0) - before - warm;
    ck_assert_double_eq_tol(fast / before, 1.05, 1e-3);
}
END_TEST

START_TEST(jumps_sticks_clears) {
    begin();
    registers_jump(&registers, 10 * S, -0.5);
    ck_assert_int_eq(energy(10, 0), 50);
    registers_stick(&registers, 10 * S, true);
    ck_assert_int_eq(energy(100, 0), 50);
    registers_stick(&registers, 100 * S, false);
    ck_assert_int_eq(energy(101, 0), 60);      /* what passed meanwhile is lost */
    registers_jump(&registers, 101 * S, -1.0); /* below zero it reads as it would roll back */
    ck_assert_int_eq(energy(101, 0), 99999960);
    registers_clear(&registers, 200 * S);
    ck_assert_int_eq(energy(201, 0), 10);
}
END_TEST

static const char *read_as_text(const char *name) {
    static char text[64];
    uint8_t data[64];
    const struct meter_item *item = meter_item_by_name(params.type, name);
    if (!registers_read(&registers, 36 * S, item, data)) {
        return "none";
    }
    meter_item_print(item, data, false, text, sizeof text);
    return text;
}

START_TEST(items) {
    params.phases = 3;
    params.frequency_hz = 50;
    params.epoch_s += 3723; /* 2026-01-01 was a Thursday */
    begin();
    ck_assert_str_eq(read_as_text("energy_forward"), "3.60 kWh");
    ck_assert_str_eq(read_as_text("energy_combined"), "3.60 kWh");
    ck_assert_str_eq(read_as_text("voltage_b"), "721.0 V");
    ck_assert_str_eq(read_as_text("current_a"), "123.456 A");
    ck_assert_str_eq(read_as_text("current_c"), "-5.000 A");
    ck_assert_str_eq(read_as_text("power"), "none"); /* 137 kW do not fit XX.XXXX */
    ck_assert_str_eq(read_as_text("power_a"), "45.6789 kW");
    ck_assert_str_eq(read_as_text("frequency"), "50.00 Hz");
    ck_assert_str_eq(read_as_text("temperature"), "23.0 degC");
    ck_assert_str_eq(read_as_text("date"), "2026-01-01 (4)");
    ck_assert_str_eq(read_as_text("time"), "01:02:39");
    ck_assert_str_eq(read_as_text("address"), "000000000001");
    ck_assert_str_eq(read_as_text("energy_frozen"), "none");
    ck_assert_str_eq(read_as_text("freeze_time"), "none");
    registers_freeze(&registers, 40 * S);
    ck_assert_str_eq(read_as_text("energy_frozen"), "4.00 kWh");
    ck_assert_str_eq(read_as_text("freeze_time"), "2026-01-01 01:02");
    ck_assert_str_eq(read_as_text("power_reactive"), "none");
    params.phases = 1;
    begin();
    ck_assert_str_eq(read_as_text("voltage_b"), "none");
    ck_assert_str_eq(read_as_text("frequency"), "none");
}
END_TEST

static double high_voltage(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 1000.04;
}

START_TEST(a_thousand_volts_need_a_vendor_format) {
    struct meter_source high = source;
    high.voltage_v = high_voltage;
    registers_init(&registers, &params, &high, 0);
    ck_assert_str_eq(read_as_text("voltage_a"), "none");
    params.type = METER_DC_VENDOR;
    registers_init(&registers, &params, &high, 0);
    ck_assert_str_eq(read_as_text("voltage_a"), "1000.0 V");
}
END_TEST

static double quarter_megawatt(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 250e3 / 3;
}

START_TEST(a_quarter_megawatt_needs_a_wide_format) {
    struct meter_source high = source;
    high.power_w = quarter_megawatt;
    params.phases = 3;
    registers_init(&registers, &params, &high, 0);
    ck_assert_str_eq(read_as_text("power"), "none");
    params.type = METER_AC_WIDE;
    registers_init(&registers, &params, &high, 0);
    ck_assert_str_eq(read_as_text("power"), "250.0000 kW");
}
END_TEST

/* What is carried backwards has a register of its own; both make the combined one. */
static double back_j(void *ctx, int64_t now_ns) {
    (void)ctx;
    return 36e3 * (double)now_ns / 1e9; /* 0.01 kWh a second */
}

static void read_block(const char *name, int64_t values[8], size_t count) {
    const struct meter_item *item = meter_item_by_name(params.type, name);
    uint8_t data[64];
    ck_assert_uint_eq(registers_read(&registers, 100 * S, item, data), count * item->bytes);
    for (size_t i = 0; i < count; i++) {
        if (!meter_item_get(item, data + i * item->bytes, &values[i])) {
            values[i] = -1;
        }
    }
}

START_TEST(reverse_energy_has_its_own_register) {
    struct meter_source both = source;
    int64_t values[8];
    both.reverse_j = back_j;
    params.start_kwh = 5;
    registers_init(&registers, &params, &both, 0);
    ck_assert_int_eq(registers_energy_of(&registers, 100 * S, REGISTERS_FORWARD, 0), 1500);
    ck_assert_int_eq(registers_energy_of(&registers, 100 * S, REGISTERS_REVERSE, 0), 100);
    ck_assert_int_eq(registers_energy_of(&registers, 100 * S, REGISTERS_REVERSE, 3), 100);
    read_block("energy_reverse_all", values, 5);
    ck_assert_int_eq(values[0], 100);
    ck_assert_int_eq(values[1], 0);
    ck_assert_int_eq(values[3], 100);
    const struct meter_item *combined = meter_item_by_name(params.type, "energy_combined");
    uint8_t data[4];
    ck_assert_uint_eq(registers_read(&registers, 100 * S, combined, data), 4);
    ck_assert(meter_item_get(combined, data, &values[0]));
    ck_assert_int_eq(values[0], 1600);
    registers_stick(&registers, 100 * S, true);
    ck_assert_int_eq(registers_energy_of(&registers, 200 * S, REGISTERS_REVERSE, 0), 100);
    registers_stick(&registers, 200 * S, false);
    registers_set_gain(&registers, 200 * S, 1.0);
    ck_assert_int_eq(registers_energy_of(&registers, 201 * S, REGISTERS_REVERSE, 0), 102);
    registers_clear(&registers, 201 * S);
    ck_assert_int_eq(registers_energy_of(&registers, 201 * S, REGISTERS_REVERSE, 0), 0);
}
END_TEST

START_TEST(blocks) {
    int64_t values[8];
    params.phases = 3;
    begin();
    read_block("powers", values, 4);
    ck_assert_int_eq(values[0], -1); /* 137 kW do not fit */
    ck_assert_int_eq(values[1], 456789);
    read_block("voltages", values, 3);
    ck_assert_int_eq(values[1], 7210);
    params.phases = 1;
    begin();
    read_block("voltages", values, 3);
    ck_assert_int_eq(values[0], 7200);
    ck_assert_int_eq(values[1], -1); /* it has one phase */
    struct meter_found found;
    uint8_t data[64];
    ck_assert(meter_find(METER_STANDARD, 0x0206FF00, &found)); /* it has no power factor at all */
    ck_assert_uint_eq(registers_read(&registers, 100 * S, &found.item, data), 0);
}
END_TEST

START_TEST(the_last_three_freezes_are_kept) {
    struct meter_found found;
    uint8_t data[64];
    int64_t value;
    begin();
    for (int64_t n = 1; n <= 4; n++) {
        registers_freeze(&registers, n * 10 * S);
    }
    for (uint32_t n = 1; n <= 3; n++) {
        ck_assert(meter_find(METER_STANDARD, METER_FREEZE_ENERGY - 1 + n, &found));
        ck_assert_uint_eq(registers_read(&registers, 100 * S, &found.item, data), 20);
        ck_assert(meter_item_get(&found.item, data, &value));
        ck_assert_int_eq(value, (int64_t)(5 - n) * 100);
    }
    ck_assert(meter_find(METER_STANDARD, 0x05060101, &found)); /* it has no daily freeze */
    ck_assert_uint_eq(registers_read(&registers, 100 * S, &found.item, data), 0);
    for (uint32_t d1 = 2; d1 <= 0x0A; d1++) { /* nor of anything but time and forward energy */
        ck_assert(meter_find(METER_STANDARD, METER_FREEZE_TIME + (d1 << 8), &found));
        ck_assert_uint_eq(registers_read(&registers, 100 * S, &found.item, data), 0);
    }
}
END_TEST

START_TEST(drift_begins_when_it_is_set) {
    registers_init(&registers, &params, &source, 0);
    int64_t at = INT64_C(100500000000), second = INT64_C(1000000000);
    int64_t before = registers_clock_s(&registers, at);
    registers_set_drift(&registers, at, 1e5);
    ck_assert_int_eq(registers_clock_s(&registers, at), before);
    ck_assert_int_eq(registers_clock_s(&registers, at + 1000 * second), before + 1100);
}
END_TEST

START_TEST(calendar) {
    static const struct {
        int year;
        unsigned month, day;
        int64_t days;
    } rows[] = {{1970, 1, 1, 0},      {1969, 12, 31, -1},  {2000, 2, 29, 11016},
                {2024, 2, 29, 19782}, {2026, 1, 1, 20454}, {2100, 3, 1, 47541}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(civil_days(rows[i].year, rows[i].month, rows[i].day), rows[i].days);
    }
    for (int64_t days = -800; days < 60000; days++) {
        int year;
        unsigned month, day;
        civil_date(days, &year, &month, &day);
        ck_assert_int_eq(civil_days(year, month, day), days);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter registers");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, energy_is_cut_not_rounded);
    tcase_add_test(all, rolls_over_at_a_million);
    tcase_add_test(all, tariffs_over_midnight);
    tcase_add_test(all, a_drifting_clock_switches_late);
    tcase_add_test(all, errors_stay_in_their_class);
    tcase_add_test(all, temperature_and_gain_count_from_when_they_change);
    tcase_add_test(all, jumps_sticks_clears);
    tcase_add_test(all, items);
    tcase_add_test(all, reverse_energy_has_its_own_register);
    tcase_add_test(all, blocks);
    tcase_add_test(all, the_last_three_freezes_are_kept);
    tcase_add_test(all, a_thousand_volts_need_a_vendor_format);
    tcase_add_test(all, a_quarter_megawatt_needs_a_wide_format);
    tcase_add_test(all, drift_begins_when_it_is_set);
    tcase_add_test(all, calendar);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
