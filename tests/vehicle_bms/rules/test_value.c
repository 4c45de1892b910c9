/* SPDX-License-Identifier: MIT */
/* Length, legal values, mandatory fields, reserved bits, identifiers. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

/* One payload each that is bad in one way. */
static const struct {
    const char *code, *payload, *failed, *says;
} bad[] = {
    {"CHM", "01 01", "length.CHM", "2 bytes, 3 are specified"},
    {"CHM", "00 01 00", "value.CHM", "V1.0"},
    {"BHM", "FF FF", "value.BHM", "mandatory"},
    {"BCL", "7C 13 B8 0B", "length.BCL", "4 bytes"},
    {"BCL", "7C 13 B8 0B 00", "value.BCL", "not a legal value"},
    {"BCL", "FF FF B8 0B 02", "value.BCL", "SPN 3072"},
    {"BCL", "7C 13 FF FF 02", "value.BCL", "SPN 3073"},
    {"BSM", "01 50 01 4F 02 03 D0", "value.BSM", "SPN 3090"},
    {"BSM", "01 50 01 4F 02 00 F0", "value.BSM", "SPN 3096"},
    {"BSM", "01 FB 01 4F 02 00 D0", "value.BSM", "SPN 3086"},
    {"BSM", "01 50 01 4F 02 00 10", "reserved.BSM", "0x10"},
    {"BSM", "01 50 01 4F 02 00", "length.BSM", "6 bytes"},
    {"CCS", "A0 0F B8 0B 59 02 FD FF", "value.CCS", "SPN 3083"},
    {"CCS", "A0 0F B8 0B 01 00 FE FF", "value.CCS", "SPN 3929"},
    {"CCS", "A0 0F B8 0B 01 00 01 FF", "reserved.CCS", ""},
    {"CCS", "A0 0F B8 0B 01 00 FD 00", "reserved.CCS", ""},
    {"CCS", "A0 0F B8 0B 01 00", "length.CCS", "6 bytes"},
    {"CML", "58 1B D0 07 DC 05 41 1F", "value.CML", "SPN 2827"},
    {"CTS", "5A 30 12 24 05 26 20", "value.CTS", "SPN 2823"},
    {"CTS", "61 30 12 24 05 26 20", "value.CTS", "SPN 2823"},
    {"CST", "0C 00 F0 F0", "value.CST", "SPN 3521"},
    {"CST", "04 00 00 F0", "reserved.CST", ""},
    {"CST", "04 00 F0", "length.CST", "3 bytes"},
    {"BST", "40 00 00 00", "reserved.BST", ""},
    {"BSD", "65 4D 01 4E 01 4F 50", "value.BSD", "SPN 3601"},
    {"CSD", "59 02 05 00 01 00 00 00", "value.CSD", "SPN 3611"},
    {"CSD", "01 00 05 00 01 00 00", "length.CSD", "7 bytes"},
};

START_TEST(one_bad_payload) {
    charge(&stream);
    /* In the midst of its stretch; a message of a wrong length has not come. */
    int64_t from[MESSAGE_COUNT] = {
        [MESSAGE_CHM] = 1900,  [MESSAGE_BHM] = 1900,  [MESSAGE_CML] = 5400, [MESSAGE_CTS] = 5700,
        [MESSAGE_BCL] = 9000,  [MESSAGE_BSM] = 9000,  [MESSAGE_CCS] = 9000, [MESSAGE_CST] = 12390,
        [MESSAGE_BST] = 12390, [MESSAGE_BSD] = 12000, [MESSAGE_CSD] = 12700};
    int64_t period = message_form(message_by_code(bad[_i].code), EDITION_2015)->period_ms;
    int64_t at = from[code_of(bad[_i].code)];
    say(&stream, bad[_i].code, at,
        bad[_i].code[0] == 'B' && bad[_i].code[2] == 'D' ? ALL_TIME : at + period, bad[_i].payload);
    ck_assert_str_eq(judged(&stream), bad[_i].failed);
    const struct rule_result *result = result_of(&stream, bad[_i].failed);
    ck_assert_uint_eq(result->violations, 1);
    ck_assert_msg(strstr(result->proofs[0].en, bad[_i].says) != NULL, "%s", result->proofs[0].en);
    ck_assert_ptr_nonnull(strstr(result->proofs[0].zh, bad[_i].code));
    stream_free(&stream);
}
END_TEST

/* What looks odd and is right: seven bytes of CCS, a CTS without a clock, untrusted states. */
static const struct {
    const char *code, *payload;
} good[] = {
    {"CCS", "A0 0F B8 0B 01 00 FD"},
    {"CTS", "FF FF FF FF FF FF FF"},
    {"BSM", "01 50 01 4F 02 A0 DA"},
    {"BSM", "FF 50 01 4F 02 00 D0"},    /* cell 256 */
    {"CCS", "A0 0F B8 0B 58 02 FD FF"}, /* 600 min */
    {"BST", "40 00 00 F0"},
    {"BCL", "7C 13 B8 0B 01"},
};

START_TEST(odd_and_right) {
    charge(&stream);
    say(&stream, good[_i].code, 0, ALL_TIME, good[_i].payload);
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

static void change_transfer(enum message_index of, uint8_t packet, unsigned byte, uint8_t value) {
    for (size_t i = 0; i < stream.count; i++) {
        struct stream_frame *frame = &stream.frames[i];
        if (frame->of == of && frame->frame.id == 0x1CEB56F4 && frame->frame.data[0] == packet) {
            frame->frame.data[byte] = value;
        }
    }
}

START_TEST(values_of_transfers) {
    charge(&stream);
    change_transfer(MESSAGE_BCS, 1, 7, 101); /* SOC */
    ck_assert_str_eq(judged(&stream), "value.BCS");
    change_transfer(MESSAGE_BCS, 1, 7, 50);
    change_transfer(MESSAGE_BRM, 1, 4, 0x20); /* battery type */
    ck_assert_str_eq(judged(&stream), "value.BRM");
    change_transfer(MESSAGE_BRM, 1, 4, 0xFF); /* other */
    change_transfer(MESSAGE_BRM, 2, 1, 0x21); /* 846.4 V, as newer packs have */
    change_transfer(MESSAGE_BRM, 3, 4, 0x63); /* month 99 */
    ck_assert_str_eq(judged(&stream), "");
    change_transfer(MESSAGE_BCP, 2, 2, 0xFF); /* highest temperature not supplied */
    ck_assert_str_eq(judged(&stream), "value.BCP");
    stream_free(&stream);
}
END_TEST

START_TEST(lengths_by_edition) {
    charge(&stream);
    stream.edition = EDITION_2023; /* CCS of 8 bytes is one too many there */
    ck_assert_ptr_nonnull(strstr(judged(&stream), "length.CCS"));
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F B8 0B 01 00 FD");
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

START_TEST(priority) {
    charge(&stream);
    for (size_t i = 0; i < stream.count; i++) {
        if (stream.frames[i].of == MESSAGE_CST) {
            stream.frames[i].frame.id = 0x181AF456; /* 6 instead of 4 */
        }
    }
    ck_assert_str_eq(judged(&stream), "priority.CST");
    ck_assert_ptr_nonnull(strstr(result_of(&stream, "priority.CST")->proofs[0].en, "priority 6"));
    stream_free(&stream);
}
END_TEST

START_TEST(addresses) {
    charge(&stream);
    raw(&stream, 9001, "0070F4B5", "01"); /* foreign nodes may be on the bus */
    raw(&stream, 9001, "18FF56F4", "01");
    ck_assert_str_eq(judged(&stream), "");
    raw(&stream, 9002, "181256F4", CCS_OK); /* CCS of the BMS */
    ck_assert_str_eq(judged(&stream), "address");
    ck_assert_int_eq(result_of(&stream, "address")->side, RULE_BUS);
    ck_assert_ptr_nonnull(strstr(result_of(&stream, "address")->proofs[0].en, "1812F456"));
    stream_free(&stream);
    charge(&stream);
    raw(&stream, 9002, "1912F456", CCS_OK); /* data page 1 */
    ck_assert_str_eq(judged(&stream), "address");
    stream_free(&stream);
}
END_TEST

/* A payload seen before is not judged anew, and is counted all the same. */
START_TEST(changing_payloads) {
    charge(&stream);
    for (int64_t at = 9000; at < 10000; at += 100) {
        say(&stream, "BCL", at, at + 50, "7C 13 B8 0B 07");
    }
    ck_assert_str_eq(judged(&stream), "value.BCL");
    ck_assert_uint_eq(result_of(&stream, "value.BCL")->violations, 10);
    ck_assert_uint_eq(result_of(&stream, "value.BCL")->proof_count, RULE_PROOFS_MAX);
    ck_assert_uint_eq(result_of(&stream, "value.BCL")->observed,
                      result_of(&stream, "length.BCL")->observed);
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: values");
    TCase *tests = tcase_create("values");
    tcase_add_loop_test(tests, one_bad_payload, 0, (int)(sizeof bad / sizeof bad[0]));
    tcase_add_loop_test(tests, odd_and_right, 0, (int)(sizeof good / sizeof good[0]));
    tcase_add_test(tests, values_of_transfers);
    tcase_add_test(tests, lengths_by_edition);
    tcase_add_test(tests, priority);
    tcase_add_test(tests, addresses);
    tcase_add_test(tests, changing_payloads);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
