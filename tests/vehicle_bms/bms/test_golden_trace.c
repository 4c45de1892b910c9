/* SPDX-License-Identifier: MIT */
/* One real charge (LFP vehicle, stopped by hand), frame by frame, through assembler and decoder to
 * the values a person reads in it. Packets 3 to 6 of BRM, which hold the VIN, are made up; so is
 * the second half of packet 2. */
#include "vehicle_bms/listen/assembler.h"
#include "vehicle_bms/message/messages.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX  8
#define MS(seconds) ((int64_t)((seconds)*1000.0 + 0.5) * NS_PER_MS)

struct wanted {
    const char *field; /* NULL: no more */
    double value;      /* NAN: not supplied */
};

struct step {
    double at_s;
    uint32_t id;
    uint8_t length;
    uint8_t data[8];
    const char *code; /* what is complete by this frame; NULL: nothing */
    size_t whole;     /* its length */
    struct wanted wanted[VALUES_MAX];
};

#define NONE ((double)NAN)

static const struct step trace[] = {
    {6.240, 0x1826F456, 3, {1, 1, 0}, "CHM", 3, {{"version_major", 1}, {"version_minor", 1}}},
    {6.250, 0x182756F4, 2, {0xA5, 0x10}, "BHM", 2, {{"voltage_max", 426.1}}},
    {22.740,
     0x1801F456,
     8,
     {0, 1, 1, 1, 1, '1', '2', '3'},
     "CRM",
     8,
     {{"result", 0}, {"charger_number", 0x01010101}}},
    {22.766, 0x1CEC56F4, 8, {0x10, 0x31, 0, 7, 0xFF, 0, 2, 0}, NULL, 0, {{0}}},
    {22.766, 0x1CECF456, 8, {0x11, 7, 1, 0xFF, 0xFF, 0, 2, 0}, NULL, 0, {{0}}},
    {22.774, 0x1CEB56F4, 8, {1, 0x01, 0x01, 0x00, 0x03, 0xF0, 0x05, 0x40}, NULL, 0, {{0}}},
    {22.784, 0x1CEB56F4, 8, {2, 0x0E, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00}, NULL, 0, {{0}}},
    {22.794, 0x1CEB56F4, 8, {3, 0x00, 0x00, 24, 5, 17, 0x10, 0x00}, NULL, 0, {{0}}},
    {22.804, 0x1CEB56F4, 8, {4, 0x00, 1, 0xFF, 'P', 'B', '0', 'F'}, NULL, 0, {{0}}},
    {22.814, 0x1CEB56F4, 8, {5, 'I', 'C', 'T', 'I', 'O', 'N', 'A'}, NULL, 0, {{0}}},
    {22.824, 0x1CEB56F4, 8, {6, 'L', '0', '0', '0', '0', '1', 0x02}, NULL, 0, {{0}}},
    {22.834,
     0x1CEB56F4,
     8,
     {7, 0x01, 0x04, 0xE7, 0x07, 0xFF, 0xFF, 0x00},
     "BRM",
     49,
     {{"version_major", 1},
      {"version_minor", 1},
      {"battery_type", 3},
      {"rated_capacity", 152.0},
      {"rated_voltage", 364.8},
      {"software_day", 1},
      {"software_month", 4},
      {"software_year", 2023}}},
    {22.834, 0x1CECF456, 8, {0x13, 0x31, 0, 7, 0xFF, 0, 2, 0}, NULL, 0, {{0}}},
    {22.836, 0x1801F456, 8, {0xAA, 1, 1, 1, 1, '1', '2', '3'}, "CRM", 8, {{"result", 0xAA}}},
    {22.844, 0x1CEC56F4, 8, {0x10, 0x0D, 0, 2, 0xFF, 0, 6, 0}, NULL, 0, {{0}}},
    {22.846, 0x1CECF456, 8, {0x11, 2, 1, 0xFF, 0xFF, 0, 6, 0}, NULL, 0, {{0}}},
    {22.856, 0x1CEB56F4, 8, {1, 0x72, 0x01, 0xDA, 0x05, 0x2A, 0x02, 0xA5}, NULL, 0, {{0}}},
    {22.864,
     0x1CEB56F4,
     8,
     {2, 0x10, 0x73, 0x08, 0x03, 0xC6, 0x0E, 0xFF},
     "BCP",
     13,
     {{"cell_voltage_max", 3.70},
      {"current_max", -250.2},
      {"energy", 55.4},
      {"voltage_max", 426.1},
      {"temperature_max", 65},
      {"soc", 77.6},
      {"battery_voltage", 378.2}}},
    {22.866, 0x1CECF456, 8, {0x13, 0x0D, 0, 2, 0xFF, 0, 6, 0}, NULL, 0, {{0}}},
    {22.870,
     0x1807F456,
     7,
     {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
     "CTS",
     7,
     {{"second", NONE},
      {"minute", NONE},
      {"hour", NONE},
      {"day", NONE},
      {"month", NONE},
      {"year", NONE}}},
    {22.870,
     0x1808F456,
     8,
     {0x1C, 0x25, 0x7C, 0x01, 0xDC, 0x05, 0xA0, 0x0F},
     "CML",
     8,
     {{"voltage_max", 950.0}, {"voltage_min", 38.0}, {"current_max", -250.0}, {"current_min", 0}}},
    {22.884, 0x100956F4, 1, {0x00}, "BRO", 1, {{"ready", 0}}},
    {24.134, 0x100956F4, 1, {0xAA}, "BRO", 1, {{"ready", 0xAA}}},
    {24.140, 0x100AF456, 1, {0x00}, "CRO", 1, {{"ready", 0}}},
    {24.209, 0x100AF456, 1, {0xAA}, "CRO", 1, {{"ready", 0xAA}}},
    {24.236,
     0x181056F4,
     5,
     {0xA5, 0x10, 0xD8, 0x0E, 0x02},
     "BCL",
     5,
     {{"voltage_demand", 426.1}, {"current_demand", -20.0}, {"mode", 2}}},
    {24.244, 0x1CEC56F4, 8, {0x10, 9, 0, 2, 0xFF, 0, 0x11, 0}, NULL, 0, {{0}}},
    {24.246, 0x1CECF456, 8, {0x11, 2, 1, 0xFF, 0xFF, 0, 0x11, 0}, NULL, 0, {{0}}},
    {24.254, 0x1CEB56F4, 8, {1, 0xC5, 0x0E, 0xA0, 0x0F, 0x4C, 0x61, 0x4D}, NULL, 0, {{0}}},
    {24.264,
     0x1CEB56F4,
     8,
     {2, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
     "BCS",
     9,
     {{"voltage", 378.1},
      {"current", 0},
      {"cell_voltage_max", 3.32},
      {"cell_group", 6},
      {"soc", 77},
      {"time_left", 0}}},
    {24.266, 0x1CECF456, 8, {0x13, 9, 0, 2, 0xFF, 0, 0x11, 0}, NULL, 0, {{0}}},
    {24.304,
     0x1812F456,
     7,
     {0x24, 0x0B, 0xA0, 0x0F, 0x00, 0x00, 0xFD},
     "CCS",
     7,
     {{"output_voltage", 285.2},
      {"output_current", 0},
      {"charging_time", 0},
      {"charging_permitted", 1}}},
    {24.566,
     0x181356F4,
     7,
     {0x1E, 0x36, 0x06, 0x35, 0x0F, 0x00, 0x10},
     "BSM",
     7,
     {{"cell_number", 31},
      {"temperature_max", 4},
      {"temperature_max_sensor", 7},
      {"temperature_min", 3},
      {"temperature_min_sensor", 16},
      {"cell_voltage_state", 0},
      {"insulation", 0},
      {"charging_permitted", 1}}},
    {51.610,
     0x101AF456,
     4,
     {0x04, 0x00, 0xF0, 0xF0},
     "CST",
     4,
     {{"condition_reached", 0},
      {"manual_stop", 1},
      {"fault_stop", 0},
      {"bms_stopped", 0},
      {"emergency_stop", 0},
      {"other_fault", 0},
      {"current_mismatch", 0},
      {"voltage_abnormal", 0}}},
    {51.628,
     0x101956F4,
     4,
     {0x40, 0x00, 0x00, 0x00},
     "BST",
     4,
     {{"charger_stopped", 1}, {"soc_reached", 0}, {"insulation_fault", 0}, {"other_fault", 0}}},
    {51.974,
     0x181C56F4,
     7,
     {0x4D, 0x4D, 0x01, 0x4E, 0x01, 0x35, 0x36},
     "BSD",
     7,
     {{"soc", 77},
      {"cell_voltage_min", 3.33},
      {"cell_voltage_max", 3.34},
      {"temperature_min", 3},
      {"temperature_max", 4}}},
    {51.976,
     0x181DF456,
     8,
     {0x00, 0x00, 0x01, 0x00, 0x01, 0x01, 0x01, 0x01},
     "CSD",
     8,
     {{"charging_time", 0}, {"energy", 0.1}, {"charger_number", 0x01010101}}},
};

struct seen {
    const struct step *step;
    unsigned messages;
};

static void check_values(const struct assembled *whole, const struct wanted *wanted) {
    for (unsigned i = 0; i < VALUES_MAX && wanted[i].field != NULL; i++) {
        const struct field *field = field_find(whole->message, wanted[i].field);
        double value;
        ck_assert_msg(field != NULL, "%s has no %s", whole->message->code, wanted[i].field);
        enum field_state state = field_get(field, whole->data, whole->length, &value);
        if (isnan(wanted[i].value)) {
            ck_assert_int_eq(state, FIELD_NOT_SUPPLIED);
        } else {
            ck_assert_msg(state == FIELD_VALUE && fabs(value - wanted[i].value) < 1e-9,
                          "%s.%s is %.9g (state %d), not %.9g", whole->message->code, field->name,
                          value, state, wanted[i].value);
        }
    }
}

static void complete(void *ctx, const struct assembled *whole) {
    struct seen *seen = ctx;
    const struct step *step = seen->step;
    ck_assert_msg(step->code != NULL, "%s is complete too early", whole->message->code);
    ck_assert_str_eq(whole->message->code, step->code);
    ck_assert_uint_eq(whole->length, step->whole);
    ck_assert(whole->length_ok);
    check_values(whole, step->wanted);
    if (strcmp(step->code, "BRM") == 0) {
        char vin[32];
        field_text(field_find(whole->message, "vin"), whole->data, whole->length, vin, sizeof vin);
        ck_assert_str_eq(vin, "PB0FICTIONAL00001");
    }
    seen->messages++;
}

static void faulty(void *ctx, const struct transfer_event *event) {
    (void)ctx;
    ck_abort_msg("%s", transfer_fault_text(event->fault, false));
}

START_TEST(every_frame_says_what_people_read_in_it) {
    static struct assembler assembler; /* cleared by assembler_init */
    struct seen seen = {0};
    unsigned codes = 0;
    const struct assembler_listener listener = {.message = complete, .fault = faulty, .ctx = &seen};
    assembler_init(&assembler, EDITION_2015, &transport_timing_default, &listener);
    for (size_t i = 0; i < sizeof trace / sizeof trace[0]; i++) {
        const struct step *step = &trace[i];
        struct can_frame_ext frame = {.id = step->id, .extended = true, .len = step->length};
        memcpy(frame.data, step->data, 8);
        seen.step = step;
        assembler_frame(&assembler, MS(step->at_s), i + 1, &frame);
        codes += step->code != NULL;
        ck_assert_msg(seen.messages == codes, "step %zu completes nothing", i);
    }
    assembler_finish(&assembler, MS(60));
    ck_assert_uint_eq(codes, 20);
    ck_assert_uint_eq(assembler.stats.foreign, 0);
}
END_TEST

/* The frame that this vehicle sends 500 ms before the handshake is nobody's. */
START_TEST(a_foreign_frame_is_none_of_ours) {
    static struct assembler assembler;
    struct seen seen = {0};
    const struct can_frame_ext frame = {.id = 0x0070F4B5, .extended = true, .len = 8};
    assembler_init(&assembler, EDITION_2015, NULL,
                   &(struct assembler_listener){.message = complete, .ctx = &seen});
    assembler_frame(&assembler, 0, 1, &frame);
    ck_assert_uint_eq(assembler.stats.foreign, 1);
    ck_assert_uint_eq(seen.messages, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("golden trace");
    TCase *all = tcase_create("all");
    tcase_add_test(all, every_frame_says_what_people_read_in_it);
    tcase_add_test(all, a_foreign_frame_is_none_of_ours);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
