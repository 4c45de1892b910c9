/* SPDX-License-Identifier: MIT */
/* A real session's frames (facts of the bus, VIN removed) through the observer. */
#include "vehicle_bms/listen/observer.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct signal_board board;
static struct observer *observer;

static void setup(void) {
    memset(&board, 0, sizeof board);
    observer = observer_new(&board, EDITION_2015);
}

static void teardown(void) {
    observer_free(observer);
    signal_board_free(&board);
}

/* "1826F456 01 01 00" */
static void frame(int64_t at_ns, const char *text) {
    struct can_frame_ext one = {.extended = true};
    char *end;
    one.id = (uint32_t)strtoul(text, &end, 16);
    while (*end != '\0') {
        one.data[one.len++] = (uint8_t)strtoul(end, &end, 16);
    }
    observer_frame(observer, at_ns, &one);
}

static const struct signal *find(const char *name) {
    const struct signal *signal = signal_find(&board, name);
    ck_assert_msg(signal != NULL, "no signal %s", name);
    return signal;
}

static void reads(const char *name, double value) {
    const struct signal *signal = find(name);
    ck_assert_msg(signal->known, "%s is unknown", name);
    ck_assert_msg(fabs(signal->value - value) < 1e-6, "%s is %g", name, signal->value);
}

static void unknown(const char *name) {
    ck_assert_msg(!find(name)->known, "%s is known", name);
}

static unsigned long long times(const char *code) {
    return observer_last(observer, message_index(message_by_code(code)))->count;
}

struct value {
    const char *name;
    double value;
};

struct step {
    const char *frame;
    struct value values[14];
};

static const struct step golden[] = {
    {"1826F456 01 01 00",
     {{"CHM.version_major", 1}, {"CHM.version_minor", 1}, {"CHM.bytes", 0x010100}}},
    {"182756F4 A5 10", {{"BHM.voltage_max", 426.1}}},
    {"1801F456 00 01 01 01 01 31 32 33", {{"CRM.result", 0}, {"CRM.charger_number", 0x01010101}}},
    {"1CEC56F4 10 31 00 07 FF 00 02 00", {{0}}},
    {"1CECF456 11 07 01 FF FF 00 02 00", {{0}}},
    {"1CEB56F4 01 01 01 00 03 F0 05 40", {{0}}},
    {"1CEB56F4 02 0E 01 00 00 00 01 00", {{0}}},
    {"1CEB56F4 03 00 00 63 01 01 05 00", {{0}}},
    {"1CEB56F4 04 00 01 FF 58 58 58 58", {{0}}},
    {"1CEB56F4 05 58 58 58 58 58 58 58", {{0}}},
    {"1CEB56F4 06 58 58 58 58 58 58 02", {{0}}},
    {"1CEB56F4 07 01 04 E7 07 FF FF 00",
     {{"BRM.version_major", 1},
      {"BRM.version_minor", 1},
      {"BRM.battery_type", 3},
      {"BRM.rated_capacity", 152.0},
      {"BRM.rated_voltage", 364.8},
      {"BRM.year", 2084},
      {"BRM.charge_count", 5},
      {"BRM.ownership", 1},
      {"BRM.software_build", 2},
      {"BRM.software_day", 1},
      {"BRM.software_month", 4},
      {"BRM.software_year", 2023}}},
    {"1CECF456 13 31 00 07 FF 00 02 00", {{0}}},
    {"1801F456 AA 01 01 01 01 31 32 33", {{"CRM.result", 0xAA}}},
    {"1CEC56F4 10 0D 00 02 FF 00 06 00", {{0}}},
    {"1CEB56F4 01 72 01 DA 05 2A 02 A5", {{0}}},
    {"1CEB56F4 02 10 73 08 03 C6 0E FF",
     {{"BCP.cell_voltage_max", 3.70},
      {"BCP.current_max", -250.2},
      {"BCP.energy", 55.4},
      {"BCP.voltage_max", 426.1},
      {"BCP.temperature_max", 65},
      {"BCP.soc", 77.6},
      {"BCP.battery_voltage", 378.2}}},
    {"1807F456 FF FF FF FF FF FF FF", {{0}}},
    {"1808F456 1C 25 7C 01 DC 05 A0 0F",
     {{"CML.voltage_max", 950.0},
      {"CML.voltage_min", 38.0},
      {"CML.current_max", -250.0},
      {"CML.current_min", 0.0}}},
    {"100956F4 00", {{"BRO.ready", 0}}},
    {"100956F4 AA", {{"BRO.ready", 0xAA}}},
    {"100AF456 00", {{"CRO.ready", 0}}},
    {"100AF456 AA", {{"CRO.ready", 0xAA}}},
    {"181056F4 A5 10 D8 0E 02",
     {{"BCL.voltage_demand", 426.1}, {"BCL.current_demand", -20.0}, {"BCL.mode", 2}}},
    {"1CEC56F4 10 09 00 02 FF 00 11 00", {{0}}},
    {"1CEB56F4 01 C5 0E A0 0F 4C 61 4D", {{0}}},
    {"1CEB56F4 02 00 00 FF FF FF FF FF",
     {{"BCS.voltage", 378.1},
      {"BCS.current", 0.0},
      {"BCS.cell_voltage_max", 3.32},
      {"BCS.cell_group", 6},
      {"BCS.soc", 77},
      {"BCS.time_left", 0}}},
    {"1812F456 24 0B A0 0F 00 00 FD",
     {{"CCS.output_voltage", 285.2},
      {"CCS.output_current", 0},
      {"CCS.charging_time", 0},
      {"CCS.charging_permitted", 1}}},
    {"181356F4 1E 36 06 35 0F 00 10",
     {{"BSM.cell_number", 31},
      {"BSM.temperature_max", 4},
      {"BSM.temperature_max_sensor", 7},
      {"BSM.temperature_min", 3},
      {"BSM.temperature_min_sensor", 16},
      {"BSM.cell_voltage_state", 0},
      {"BSM.insulation", 0},
      {"BSM.charging_permitted", 1}}},
    {"101AF456 04 00 F0 F0",
     {{"CST.manual_stop", 1},
      {"CST.fault_stop", 0},
      {"CST.emergency_stop", 0},
      {"CST.bms_stopped", 0},
      {"CST.voltage_abnormal", 0}}},
    {"101956F4 40 00 00 00", {{"BST.charger_stopped", 1}, {"BST.soc_reached", 0}}},
    {"181C56F4 4D 4D 01 4E 01 35 36",
     {{"BSD.soc", 77},
      {"BSD.cell_voltage_min", 3.33},
      {"BSD.cell_voltage_max", 3.34},
      {"BSD.temperature_min", 3},
      {"BSD.temperature_max", 4}}},
    {"181DF456 00 00 01 00 01 01 01 01",
     {{"CSD.charging_time", 0}, {"CSD.energy", 0.1}, {"CSD.charger_number", 0x01010101}}},
};

START_TEST(golden_session) {
    for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++) {
        frame((int64_t)i * 1000, golden[i].frame);
        for (const struct value *one = golden[i].values; one->name != NULL; one++) {
            reads(one->name, one->value);
        }
    }
    unknown("CTS.second"); /* a charger without a clock */
    ck_assert_uint_eq(times("CTS"), 1);
    const struct observed *brm = observer_last(observer, MESSAGE_BRM);
    char text[20];
    ck_assert_uint_eq(brm->length, 49);
    field_text(field_by_path("BRM.vin", NULL), brm->data, brm->length, text, sizeof text);
    ck_assert_str_eq(text, "XXXXXXXXXXXXXXXXX");
    const struct observed *crm = observer_last(observer, MESSAGE_CRM);
    field_text(field_by_path("CRM.region", NULL), crm->data, crm->length, text, sizeof text);
    ck_assert_str_eq(text, "123");
    ck_assert_uint_eq(observer_stats(observer)->foreign, 0);
    ck_assert_uint_eq(observer_stats(observer)->transfers, 3);
    ck_assert_uint_eq(observer_stats(observer)->transfers_broken, 0);
    /* A transfer is complete with its last packet, not with the acknowledgement. */
    ck_assert_int_eq(brm->at_ns, 11 * 1000);
}
END_TEST

struct count {
    unsigned pulses;
    double value_at_pulse;
    int64_t at_ns;
};

static void counted(void *ctx, struct signal *signal, int64_t at_ns) {
    struct count *count = ctx;
    (void)signal;
    count->pulses++;
    count->at_ns = at_ns;
    count->value_at_pulse = find("BCL.current_demand")->value;
}

START_TEST(pulse_comes_with_its_fields) {
    struct count count = {0};
    struct subscription subscription = {.changed = counted, .ctx = &count};
    signal_subscribe(signal_find(&board, "BCL"), &subscription);
    frame(100, "181056F4 A5 10 D8 0E 02");
    ck_assert_uint_eq(count.pulses, 1);
    ck_assert_double_eq_tol(count.value_at_pulse, -20.0, 1e-9);
    frame(200, "181056F4 A5 10 D8 0E 02"); /* the same again: a pulse all the same */
    ck_assert_uint_eq(count.pulses, 2);
    ck_assert_int_eq(count.at_ns, 200);
    ck_assert_int_eq(find("BCL.current_demand")->changed_ns, 100);
    frame(300, "181056F4 A5 10 A0 0F 02");
    ck_assert_uint_eq(count.pulses, 3);
    ck_assert_double_eq_tol(count.value_at_pulse, 0.0, 1e-9);
}
END_TEST

START_TEST(wrong_lengths_are_bad) {
    struct count bad = {0}, good = {0};
    struct subscription on_bad = {.changed = counted, .ctx = &bad};
    struct subscription on_good = {.changed = counted, .ctx = &good};
    signal_subscribe(signal_find(&board, "BRO.bad"), &on_bad);
    signal_subscribe(signal_find(&board, "BRO"), &on_good);
    frame(1, "100956F4"); /* the very first one, with no byte at all */
    frame(2, "100956F4 AA AA");
    frame(3, "100956F4 AA AA");
    ck_assert_uint_eq(bad.pulses, 3);
    ck_assert_uint_eq(good.pulses, 0);
    unknown("BRO.ready");
    frame(4, "100956F4 AA");
    ck_assert_uint_eq(good.pulses, 1);
    reads("BRO.ready", 0xAA);
    frame(5, "100956F4 00 00"); /* a bad one changes no field */
    reads("BRO.ready", 0xAA);
    ck_assert(observer_last(observer, MESSAGE_BRO)->bad);
    frame(6, "100956F4 AA");
    ck_assert_uint_eq(good.pulses, 2);
    /* A long message in a single frame is no message either. */
    frame(7, "1C1156F4 01 02 03 04 05 06 07 08");
    ck_assert_uint_eq(observer_last(observer, MESSAGE_BCS)->bad_count, 1);
}
END_TEST

START_TEST(not_supplied_is_unknown) {
    frame(1, "182756F4 A5 10");
    reads("BHM.voltage_max", 426.1);
    frame(2, "182756F4 FF FF");
    unknown("BHM.voltage_max");
    frame(3, "181356F4 1E 36 06 35 0F 20 10"); /* untrusted stays a number */
    reads("BSM.over_current", 2);
    frame(4, "1812F456 24 0B A0 0F 00 00 FD FF"); /* 8 bytes are a CCS too */
    ck_assert_uint_eq(times("CCS"), 1);
}
END_TEST

START_TEST(foreign_frames) {
    struct can_frame_ext standard = {.id = 0x7F4, .len = 2};
    observer_frame(observer, 1, &standard);
    frame(2, "0070F4B5 01 02");          /* seen on real vehicles */
    frame(3, "1810F456 A5 10 D8 0E 02"); /* BCL in the charger's name */
    frame(4, "1B1056F4 A5 10 D8 0E 02"); /* data page 1 */
    frame(5, "181856F4 00");             /* no such PGN */
    ck_assert_uint_eq(observer_stats(observer)->foreign, 5);
    ck_assert_uint_eq(times("BCL"), 0);
    frame(6, "1C1056F4 A5 10 D8 0E 02"); /* another priority is still a BCL */
    ck_assert_uint_eq(times("BCL"), 1);
}
END_TEST

START_TEST(broken_transfers) {
    frame(1, "1CEC56F4 10 0D 00 02 FF 00 06 00");
    frame(2, "1CEB56F4 02 10 73 08 03 C6 0E FF"); /* packet 1 is missing */
    ck_assert_uint_eq(times("BCP"), 0);
    frame(3, "1CECF456 FF 03 FF FF FF 00 06 00");
    ck_assert_uint_eq(observer_stats(observer)->transfers_broken, 1);
    frame(4, "1CEB56F4 01 72 01 DA 05 2A 02 A5"); /* packets without a connection */
    frame(5, "1CEB56F4 02 10 73 08 03 C6 0E FF");
    ck_assert_uint_eq(times("BCP"), 0);
    /* RTS again, the receiver loses packet 1 and asks for it once more. */
    frame(6, "1CEC56F4 10 0D 00 02 FF 00 06 00");
    frame(7, "1CECF456 11 02 01 FF FF 00 06 00");
    frame(8, "1CEB56F4 01 72 01 DA 05 2A 02 A5");
    frame(9, "1CECF456 11 02 01 FF FF 00 06 00");
    frame(10, "1CEB56F4 01 72 01 DA 05 2A 02 A5");
    frame(11, "1CEB56F4 02 10 73 08 03 C6 0E FF");
    ck_assert_uint_eq(times("BCP"), 1);
    reads("BCP.soc", 77.6);
    /* Complete, but not 13 bytes long. */
    frame(12, "1CEC56F4 10 0C 00 02 FF 00 06 00");
    frame(13, "1CEB56F4 01 72 01 DA 05 2A 02 A5");
    frame(14, "1CEB56F4 02 10 73 08 03 C6 FF FF");
    ck_assert_uint_eq(times("BCP"), 1);
    ck_assert_uint_eq(observer_last(observer, MESSAGE_BCP)->bad_count, 1);
    /* A length that its packets cannot hold is never put together. */
    frame(15, "1CEC56F4 10 FF FF 02 FF 00 06 00");
    frame(16, "1CEB56F4 01 72 01 DA 05 2A 02 A5");
    frame(17, "1CEB56F4 02 10 73 08 03 C6 FF FF");
    ck_assert_uint_eq(observer_last(observer, MESSAGE_BCP)->bad_count, 1);
}
END_TEST

/* Anything at all may come along a wire; nothing may be overrun (run under the sanitizers). */
START_TEST(random_frames_do_no_harm) {
    static const uint32_t ids[] = {0x1CEC56F4, 0x1CEB56F4, 0x1CECF456, 0x1CEBF456,
                                   0x1C1156F4, 0x181056F4, 0x1812F456, 0x101956F4};
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        struct can_frame_ext one = {.extended = true};
        for (size_t k = 0; k < 8; k++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            one.data[k] = (uint8_t)(state >> 32);
        }
        one.id = ids[state % 8];
        one.len = (uint8_t)(state >> 8 & 1 ? 8 : (state >> 9) % 9);
        if (state >> 20 & 1) { /* often enough something that continues a transfer */
            one.data[0] = state >> 21 & 1 ? 0x10 : (uint8_t)(state >> 22 & 7);
            one.data[3] = (uint8_t)((one.data[1] | one.data[2] << 8) / 7 + 1);
            one.data[5] = 0, one.data[6] = 0x11, one.data[7] = 0;
        }
        observer_frame(observer, i, &one);
    }
    ck_assert_uint_eq(observer_stats(observer)->frames, 200000);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("observer");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, golden_session);
    tcase_add_test(all, pulse_comes_with_its_fields);
    tcase_add_test(all, wrong_lengths_are_bad);
    tcase_add_test(all, not_supplied_is_unknown);
    tcase_add_test(all, foreign_frames);
    tcase_add_test(all, broken_transfers);
    tcase_add_test(all, random_frames_do_no_harm);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
