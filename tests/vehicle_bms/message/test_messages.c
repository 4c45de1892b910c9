/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/message/messages.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct field *field(const char *path) {
    const struct field *found = field_by_path(path, NULL);
    ck_assert_msg(found != NULL, "no field %s", path);
    return found;
}

static double value_of(const char *path, const uint8_t *data, size_t length) {
    double value;
    field_get(field(path), data, length, &value);
    return value;
}

/* Identifiers as the standard and real sessions have them, written out once more here. */
START_TEST(identifiers_are_the_printed_ones) {
    static const struct {
        const char *code;
        uint32_t id;
        size_t length;
        unsigned period_ms;
    } rows[] = {
        {"CHM", 0x1826F456, 3, 250},     {"BHM", 0x182756F4, 2, 250},
        {"CRM", 0x1801F456, 8, 250},     {"BRM", 0x1C0256F4, 49, 250},
        {"BCP", 0x1C0656F4, 13, 500},    {"CTS", 0x1807F456, 7, 500},
        {"CML", 0x1808F456, 8, 250},     {"BRO", 0x100956F4, 1, 250},
        {"CRO", 0x100AF456, 1, 250},     {"BCL", 0x181056F4, 5, 50},
        {"BCS", 0x1C1156F4, 9, 250},     {"CCS", 0x1812F456, 8, 50},
        {"BSM", 0x181356F4, 7, 250},     {"BMV", 0x1C1556F4, 512, 10000},
        {"BMT", 0x1C1656F4, 128, 10000}, {"BSP", 0x1C1756F4, 16, 10000},
        {"BST", 0x101956F4, 4, 10},      {"CST", 0x101AF456, 4, 10},
        {"BSD", 0x181C56F4, 7, 250},     {"CSD", 0x181DF456, 8, 250},
        {"BEM", 0x081E56F4, 4, 250},     {"CEM", 0x081FF456, 4, 250},
    };
    ck_assert_uint_eq(sizeof rows / sizeof rows[0], MESSAGE_COUNT);
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct message *message = message_by_code(rows[i].code);
        ck_assert_ptr_nonnull(message);
        ck_assert_uint_eq(message_index(message), i);
        ck_assert_ptr_eq(message_by_pgn(message->pgn), message);
        ck_assert_uint_eq(message_id(message), rows[i].id);
        ck_assert_uint_eq(message_form(message, EDITION_2015)->length_sent, rows[i].length);
        ck_assert_uint_eq(message_form(message, EDITION_2015)->period_ms, rows[i].period_ms);
        ck_assert_int_eq(message->from_charger, rows[i].code[0] == 'C');
    }
    ck_assert_ptr_null(message_by_code("XYZ"));
    ck_assert_ptr_null(message_by_pgn(0x0300));
    ck_assert_ptr_null(message_by_pgn(0x1001));
    ck_assert_ptr_null(message_by_pgn(0xF000));
}
END_TEST

/* No two fields of a message own the same bit, all lie inside, names are unique. */
START_TEST(fields_do_not_overlap) {
    const struct message *message = &messages[_i];
    size_t length = message_form(message, EDITION_2015)->length_sent;
    uint8_t owner[MESSAGE_LENGTH_MAX * 8] = {0};
    ck_assert_uint_le(message->field_count, MESSAGE_FIELDS_MAX);
    for (size_t i = 0; i < message->field_count; i++) {
        ck_assert_ptr_eq(field_find(message, message->fields[i].name), &message->fields[i]);
        for (unsigned n = 0; n < message->fields[i].repeat; n++) {
            struct field one = field_element(&message->fields[i], n);
            size_t first = (one.byte - 1u) * 8u + one.bit - 1u;
            ck_assert_uint_le(first + one.bits, length * 8);
            for (size_t bit = first; bit < first + one.bits; bit++) {
                ck_assert_msg(!owner[bit], "%s.%s overlaps", message->code, one.name);
                owner[bit] = 1;
            }
        }
    }
}
END_TEST

static bool is_scaled(const struct field *one) {
    return one->kind != FIELD_ASCII && one->bits <= 16;
}

static bool comes_back(const struct field *one, uint64_t raw, uint8_t *data, size_t length) {
    double value;
    uint64_t back = 0;
    uint8_t around = raw & 1 ? 0xFF : 0x00;
    memset(data, around, length);
    if (field_put_raw(one, data, length, raw) != 0) {
        return false;
    }
    enum field_state state = field_get(one, data, length, &value);
    if (isnan(value)) {
        return state == FIELD_NOT_SUPPLIED || one->kind == FIELD_BCD;
    }
    memset(data, around, length);
    return field_put(one, data, length, value) == 0 && field_raw(one, data, length, &back) &&
           back == raw;
}

/* Every raw value that has a meaning comes back through its value, whatever surrounds it. */
START_TEST(raw_values_round_trip) {
    const struct message *message = &messages[_i];
    uint8_t data[MESSAGE_LENGTH_MAX];
    size_t length = message_blank(message, EDITION_2015, data);
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *one = &message->fields[i];
        uint64_t raws = is_scaled(one) ? UINT64_C(1) << one->bits : 0;
        unsigned nans = 0;
        for (uint64_t raw = 0; raw < raws; raw++) {
            double value;
            bool back = comes_back(one, raw, data, length);
            field_get(one, data, length, &value);
            nans += isnan(value) ? 1 : 0;
            if (!back) { /* an assertion each would take seconds */
                ck_abort_msg("%s.%s: raw %llu", message->code, one->name, (unsigned long long)raw);
            }
        }
        if (one->kind != FIELD_BCD) { /* only all ones may be without a value */
            ck_assert_uint_le(nans, 1);
        }
    }
}
END_TEST

/* Putting one field leaves every other bit alone. */
START_TEST(putting_touches_only_its_bits) {
    const struct message *message = &messages[_i];
    size_t length = message_form(message, EDITION_2015)->length_sent;
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *one = &message->fields[i];
        if (one->bits > 64) {
            continue;
        }
        uint8_t zeros[MESSAGE_LENGTH_MAX] = {0}, ones[MESSAGE_LENGTH_MAX];
        memset(ones, 0xFF, sizeof ones);
        uint64_t all = one->bits == 64 ? UINT64_MAX : (UINT64_C(1) << one->bits) - 1;
        ck_assert_int_eq(field_put_raw(one, zeros, length, all), 0);
        ck_assert_int_eq(field_put_raw(one, ones, length, 0), 0);
        unsigned set = 0;
        for (size_t byte = 0; byte < sizeof zeros; byte++) {
            ck_assert_uint_eq((uint8_t)~zeros[byte], ones[byte]);
            set += (unsigned)__builtin_popcount(zeros[byte]);
        }
        ck_assert_uint_eq(set, one->bits);
    }
}
END_TEST

START_TEST(lengths_accepted) {
    static const struct {
        const char *code;
        enum edition edition;
        size_t length;
        bool ok;
    } rows[] = {
        {"BRM", EDITION_2015, 41, true},   {"BRM", EDITION_2015, 49, true},
        {"BRM", EDITION_2015, 45, false},  {"BRM", EDITION_2023, 41, false},
        {"BRM", EDITION_2023, 49, true},   {"CCS", EDITION_2015, 7, true},
        {"CCS", EDITION_2015, 8, true},    {"CCS", EDITION_2023, 8, false},
        {"CCS", EDITION_2015, 6, false},   {"BMV", EDITION_2015, 336, true},
        {"BMV", EDITION_2015, 335, false}, {"BMV", EDITION_2015, 514, false},
        {"BMT", EDITION_2015, 1, true},    {"BMT", EDITION_2015, 129, false},
        {"BRO", EDITION_2015, 0, false},   {"BRO", EDITION_2015, 1, true},
        {"BCL", EDITION_2011, 5, true},    {"BRM", EDITION_2011, 41, true},
        {"BRM", EDITION_2011, 49, false},  {"CML", EDITION_2011, 6, true},
        {"CML", EDITION_2011, 8, false},   {"CCS", EDITION_2011, 6, true},
        {"CSD", EDITION_2011, 5, true},    {"CSD", EDITION_2011, 8, false},
        {"CRM", EDITION_2011, 8, true},    {"CML", EDITION_2015, 6, false},
        {"CSD", EDITION_2015, 5, false},   {"BRM", EDITION_2015, 50, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool ok = message_length_ok(message_by_code(rows[i].code), rows[i].edition, rows[i].length);
        ck_assert_msg(ok == rows[i].ok, "row %zu", i);
    }
}
END_TEST

START_TEST(states_of_a_field) {
    double value;
    uint8_t bcs[9];
    message_blank(message_by_code("BCS"), EDITION_2015, bcs);
    ck_assert_int_eq(field_get(field("BCS.voltage"), bcs, 9, &value), FIELD_NOT_SUPPLIED);
    ck_assert(isnan(value));
    /* 12 bits of ones are no 40.95 V; group 15 is a group. */
    ck_assert_int_eq(field_get(field("BCS.cell_voltage_max"), bcs, 9, &value), FIELD_NOT_SUPPLIED);
    ck_assert_int_eq(field_get(field("BCS.cell_group"), bcs, 9, &value), FIELD_VALUE);
    ck_assert_double_eq(value, 15);
    ck_assert_int_eq(field_put(field("BCS.time_left"), bcs, 9, 601), 0);
    ck_assert_int_eq(field_get(field("BCS.time_left"), bcs, 9, &value), FIELD_OUT_OF_RANGE);
    ck_assert_double_eq(value, 601);
    ck_assert_int_eq(field_get(field("BCS.time_left"), bcs, 8, &value), FIELD_ABSENT);

    const uint8_t bsm[7] = {0, 50, 0, 50, 0, 0x20, 0x08}; /* over_current 10, connector 10 */
    ck_assert_int_eq(field_get(field("BSM.over_current"), bsm, 7, &value), FIELD_UNTRUSTED);
    ck_assert_double_eq(value, 2);
    ck_assert_int_eq(field_get(field("BSM.connector"), bsm, 7, &value), FIELD_UNTRUSTED);
    ck_assert_int_eq(field_get(field("BSM.insulation"), bsm, 7, &value), FIELD_VALUE);
    /* 10 of the cell voltage is a measured state, "too low". */
    const uint8_t low[7] = {0, 50, 0, 50, 0, 0x02, 0};
    ck_assert_int_eq(field_get(field("BSM.cell_voltage_state"), low, 7, &value), FIELD_VALUE);

    const uint8_t invalid = 0xFF, odd = 0x55;
    ck_assert_int_eq(field_get(field("BRO.ready"), &invalid, 1, &value), FIELD_VALUE);
    ck_assert_double_eq(value, 255);
    ck_assert_int_eq(field_get(field("BRO.ready"), &odd, 1, &value), FIELD_OUT_OF_RANGE);
}
END_TEST

START_TEST(edges_of_currents) {
    uint8_t bcl[5] = {0};
    static const struct {
        uint64_t raw;
        double ampere;
    } rows[] = {{0, -400.0}, {3800, -20.0}, {4000, 0.0}, {8000, 400.0}};
    for (size_t i = 0; i < 4; i++) {
        field_put_raw(field("BCL.current_demand"), bcl, 5, rows[i].raw);
        ck_assert_double_eq_tol(value_of("BCL.current_demand", bcl, 5), rows[i].ampere, 1e-9);
    }
    uint8_t before[5];
    memcpy(before, bcl, 5);
    ck_assert_int_eq(field_put(field("BCL.current_demand"), bcl, 5, -400.1), -1);
    ck_assert_int_eq(field_put(field("BCL.voltage_demand"), bcl, 5, 7000), -1);
    ck_assert_int_eq(field_put(field("BCL.mode"), bcl, 4, 1), -1);
    ck_assert_mem_eq(before, bcl, 5);
}
END_TEST

START_TEST(texts_and_decimals) {
    uint8_t brm[49];
    char text[32];
    message_blank(message_by_code("BRM"), EDITION_2015, brm);
    const struct field *vin = field("BRM.vin");
    ck_assert_uint_eq(field_text(vin, brm, 49, text, sizeof text), 0);
    ck_assert_int_eq(field_put_text(vin, brm, 49, "PB0FICTIONAL00001"), 0);
    ck_assert_uint_eq(field_text(vin, brm, 49, text, sizeof text), 17);
    ck_assert_str_eq(text, "PB0FICTIONAL00001");
    ck_assert_int_eq(field_put_text(vin, brm, 49, "PB0FICTIONAL000012"), -1);
    ck_assert_int_eq(field_put_text(vin, brm, 41, "SHORT"), 0); /* 41 bytes still hold the VIN */
    ck_assert_int_eq(field_put_text(vin, brm, 40, "SHORT"), -1);
    ck_assert_uint_eq(field_text(vin, brm, 41, text, 3), 2);
    ck_assert_str_eq(text, "SH");

    const uint8_t cts[7] = {0x59, 0x30, 0x12, 0x31, 0x12, 0x15, 0x20};
    double value;
    ck_assert_double_eq(value_of("CTS.year", cts, 7), 2015);
    ck_assert_double_eq(value_of("CTS.second", cts, 7), 59);
    uint8_t put[7] = {0};
    ck_assert_int_eq(field_put(field("CTS.year"), put, 7, 2015), 0);
    ck_assert_mem_eq(put + 5, cts + 5, 2);
    const uint8_t bad[7] = {0x5A, 0, 0, 0, 0, 0, 0};
    ck_assert_int_eq(field_get(field("CTS.second"), bad, 7, &value), FIELD_OUT_OF_RANGE);
    ck_assert_int_eq(field_get(field("CTS.day"), bad, 7, &value), FIELD_OUT_OF_RANGE); /* day 0 */
}
END_TEST

static void prints(const char *path, const uint8_t *data, size_t length, bool chinese,
                   const char *wanted) {
    char text[64];
    field_print(field(path), data, length, chinese, text, sizeof text);
    ck_assert_str_eq(text, wanted);
}

START_TEST(printed_for_people) {
    const uint8_t bhm[2] = {0xA5, 0x10}, crm[8] = {0xAA, 1, 1, 1, 1, '1', '2', '3'};
    const uint8_t none[2] = {0xFF, 0xFF};
    prints("BHM.voltage_max", bhm, 2, false, "426.1 V");
    prints("BHM.voltage_max", none, 2, false, "not supplied");
    prints("BHM.voltage_max", none, 2, true, "未提供");
    prints("CRM.result", crm, 8, false, "0xAA recognised");
    prints("CRM.result", crm, 8, true, "0xAA 能识别");
    prints("CRM.region", crm, 8, false, "123");
    prints("CRM.charger_number", crm, 8, false, "16843009");
}
END_TEST

START_TEST(whole_messages) {
    const struct message *bcl = message_by_code("BCL");
    double values[MESSAGE_FIELDS_MAX] = {426.1, -20.0, 2};
    enum field_state states[MESSAGE_FIELDS_MAX];
    uint8_t data[MESSAGE_LENGTH_MAX];
    size_t bad = 99;
    const uint8_t wanted[5] = {0xA5, 0x10, 0xD8, 0x0E, 0x02};
    ck_assert_uint_eq(message_encode(bcl, EDITION_2015, values, data, &bad), 5);
    ck_assert_mem_eq(data, wanted, 5);
    values[1] = -1000;
    ck_assert_uint_eq(message_encode(bcl, EDITION_2015, values, data, &bad), 0);
    ck_assert_uint_eq(bad, 1);
    ck_assert_uint_eq(message_decode(bcl, wanted, 5, values, states), 3);
    ck_assert_double_eq_tol(values[0], 426.1, 1e-9);
    /* A message shorter than its table: what is there is decoded. */
    ck_assert_uint_eq(message_decode(bcl, wanted, 3, values, states), 1);
    ck_assert_int_eq(states[1], FIELD_ABSENT);
}
END_TEST

/* What an edition lays out otherwise, and that it is the same message all the same. */
START_TEST(editions_have_their_own_layouts) {
    for (int edition = 0; edition < EDITIONS; edition++) {
        for (size_t i = 0; i < MESSAGE_COUNT; i++) {
            const struct message *one = message_of_edition(&messages[i], (enum edition)edition);
            ck_assert_uint_eq(message_index(one), i);
            ck_assert_uint_eq(message_id(one), message_id(&messages[i]));
            ck_assert_str_eq(one->code, messages[i].code);
            ck_assert_ptr_eq(message_of_edition(one, EDITION_2015), &messages[i]);
            ck_assert_uint_ge(one->field_count, messages[i].field_count);
            for (size_t k = 0; k < messages[i].field_count; k++) {
                ck_assert_str_eq(one->fields[k].name, messages[i].fields[k].name);
            }
            bool absent = message_form(one, (enum edition)edition)->absent;
            ck_assert_int_eq(absent,
                             edition == EDITION_2011 && (i == MESSAGE_CHM || i == MESSAGE_BHM));
        }
    }
    const struct message *crm = message_of_edition(&messages[MESSAGE_CRM], EDITION_2011);
    const struct message *csd = message_of_edition(&messages[MESSAGE_CSD], EDITION_2011);
    const uint8_t old_crm[8] = {0xAA, 7, 'a', 'b', 'c', 'd', 'e', 'f'};
    const uint8_t old_csd[5] = {30, 0, 0x2C, 0x01, 7};
    char region[8];
    double value;
    ck_assert_int_eq(field_get(field_find(crm, "charger_number"), old_crm, 8, &value), FIELD_VALUE);
    ck_assert_double_eq(value, 7);
    field_text(field_find(crm, "region"), old_crm, 8, region, sizeof region);
    ck_assert_str_eq(region, "abcdef");
    ck_assert_int_eq(field_get(field_find(csd, "charger_number"), old_csd, 5, &value), FIELD_VALUE);
    ck_assert_double_eq(value, 7);
}
END_TEST

/* The places of the reasons that 2023 adds are not public: no bit there is called reserved. */
START_TEST(bits_of_2023_are_left_open) {
    const uint8_t cst[4] = {0x10, 0, 0x10, 0}, bst[4] = {0, 0, 0, 0x50};
    const struct message *new_cst = message_of_edition(&messages[MESSAGE_CST], EDITION_2023);
    const struct message *new_bst = message_of_edition(&messages[MESSAGE_BST], EDITION_2023);
    double value;
    ck_assert(message_reserved_ok(new_cst, cst, 4));
    ck_assert(message_reserved_ok(new_bst, bst, 4));
    ck_assert(!message_reserved_ok(&messages[MESSAGE_CST], cst, 4));
    ck_assert(!message_reserved_ok(&messages[MESSAGE_BST], bst, 4));
    ck_assert_int_eq(field_get(field_find(new_cst, "further_reasons"), cst, 4, &value),
                     FIELD_VALUE);
    ck_assert_double_eq(value, 1);
    ck_assert_int_eq(field_get(field_find(new_bst, "further_reasons"), bst, 4, &value),
                     FIELD_VALUE);
    ck_assert_double_eq(value, 5);
}
END_TEST

/* What an edition does not have is left out, not refused. */
START_TEST(encoding_ends_where_the_edition_does) {
    double values[MESSAGE_FIELDS_MAX] = {0};
    uint8_t data[MESSAGE_LENGTH_MAX];
    for (size_t i = 0; i < messages[MESSAGE_BRM].field_count; i++) {
        values[i] = (double)NAN;
    }
    values[field_find(&messages[MESSAGE_BRM], "software_year") - messages[MESSAGE_BRM].fields] =
        2023;
    ck_assert_uint_eq(message_encode(&messages[MESSAGE_BRM], EDITION_2015, values, data, NULL), 49);
    ck_assert_uint_eq(data[44], 2023 % 256);
    ck_assert_uint_eq(message_encode(&messages[MESSAGE_BRM], EDITION_2011, values, data, NULL), 41);
}
END_TEST

START_TEST(reserved_bits) {
    const struct message *cst = message_by_code("CST"), *ccs = message_by_code("CCS");
    const uint8_t manual[4] = {0x04, 0x00, 0xF0, 0xF0}, sloppy[4] = {0x04, 0x00, 0xF0, 0x00};
    const uint8_t permitted[8] = {0, 0, 0, 0, 0, 0, 0xFD, 0xFF};
    ck_assert(message_reserved_ok(cst, manual, 4));
    ck_assert(!message_reserved_ok(cst, sloppy, 4));
    ck_assert(message_reserved_ok(ccs, permitted, 8));
    ck_assert(message_reserved_ok(ccs, permitted, 7));
}
END_TEST

/* CEM at each timeout, byte for byte. */
START_TEST(cem_bytes) {
    static const struct {
        const char *name;
        uint8_t bytes[4];
    } rows[] = {
        {"brm_timeout", {0xFD, 0xF0, 0xC0, 0xFC}}, {"bcp_timeout", {0xFC, 0xF1, 0xC0, 0xFC}},
        {"bro_timeout", {0xFC, 0xF4, 0xC0, 0xFC}}, {"bcs_timeout", {0xFC, 0xF0, 0xC1, 0xFC}},
        {"bcl_timeout", {0xFC, 0xF0, 0xC4, 0xFC}}, {"bst_timeout", {0xFC, 0xF0, 0xD0, 0xFC}},
        {"bsd_timeout", {0xFC, 0xF0, 0xC0, 0xFD}},
    };
    const struct message *cem = message_by_code("CEM");
    for (size_t row = 0; row < 7; row++) {
        double values[MESSAGE_FIELDS_MAX] = {0};
        uint8_t data[MESSAGE_LENGTH_MAX];
        values[cem->field_count - 1] = (double)NAN; /* other */
        values[field_find(cem, rows[row].name) - cem->fields] = 1;
        ck_assert_uint_eq(message_encode(cem, EDITION_2015, values, data, NULL), 4);
        ck_assert_mem_eq(data, rows[row].bytes, 4);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("messages");
    TCase *all = tcase_create("all");
    tcase_add_test(all, identifiers_are_the_printed_ones);
    tcase_add_loop_test(all, fields_do_not_overlap, 0, MESSAGE_COUNT);
    tcase_add_loop_test(all, raw_values_round_trip, 0, MESSAGE_COUNT);
    tcase_add_loop_test(all, putting_touches_only_its_bits, 0, MESSAGE_COUNT);
    tcase_add_test(all, lengths_accepted);
    tcase_add_test(all, states_of_a_field);
    tcase_add_test(all, edges_of_currents);
    tcase_add_test(all, texts_and_decimals);
    tcase_add_test(all, printed_for_people);
    tcase_add_test(all, whole_messages);
    tcase_add_test(all, reserved_bits);
    tcase_add_test(all, editions_have_their_own_layouts);
    tcase_add_test(all, bits_of_2023_are_left_open);
    tcase_add_test(all, encoding_ends_where_the_edition_does);
    tcase_add_test(all, cem_bytes);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
