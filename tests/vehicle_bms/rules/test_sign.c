/* SPDX-License-Identifier: MIT */
/* The sign of currents: charging is negative, raw 4000 is 0 A. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

static const struct {
    const char *code, *payload, *failed, *says;
} announced[] = {
    {"BCL", "7C 13 B8 0B 02", "", ""},
    {"BCL", "7C 13 A0 0F 02", "", ""}, /* 0 A */
    {"BCL", "7C 13 A5 0F 02", "", ""}, /* +0.5 A: within the margin */
    {"BCL", "7C 13 A6 0F 02", "sign.BCL", "raw 4006, offset -400 A, is +0.6 A"},
    {"BCL", "7C 13 88 13 02", "sign.BCL", "raw 5000, offset -400 A, is +100.0 A"},
    {"BCL", "7C 13 41 1F 02", "value.BCL", ""}, /* beyond 400 A: no value at all */
    {"CML", "58 1B D0 07 64 19 A0 0F", "sign.CML", "raw 6500"},
    {"CML", "58 1B D0 07 DC 05 04 10", "sign.CML", "raw 4100"},   /* the lowest current */
    {"CML", "58 1B D0 07 A0 0F A0 0F", "demand.current.CML", ""}, /* 0 A is a value */
};

/* The other side's demand is not held against a limit that makes no sense. */
START_TEST(announced_or_demanded) {
    charge(&stream);
    say(&stream, announced[_i].code, 0, ALL_TIME, announced[_i].payload);
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F A0 0F 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), announced[_i].failed);
    if (announced[_i].says[0] != '\0') {
        const struct rule_result *result = result_of(&stream, announced[_i].failed);
        ck_assert_msg(strstr(result->proofs[0].en, announced[_i].says) != NULL, "%s",
                      result->proofs[0].en);
        ck_assert_ptr_nonnull(strstr(result->proofs[0].zh, "符号错误"));
    }
    stream_free(&stream);
}
END_TEST

START_TEST(limit_of_the_battery) {
    charge(&stream);
    drop(&stream, "BCP", 0, ALL_TIME);
    put(&stream, T_BCP, "BCP", "6D 01 64 19 F4 01 88 13 73 F4 01 A0 0F");
    ck_assert_str_eq(judged(&stream), "sign.BCP");
    stream_free(&stream);
}
END_TEST

static const struct {
    const char *ccs;
    int64_t from_ms, to_ms;
    const char *failed;
} output[] = {
    {"A0 0F 88 13 01 00 FD FF", 8000, ALL_TIME, "sign.CCS"}, /* +100 A */
    {"A0 0F 88 13 01 00 FD FF", 8000, 10100, "sign.CCS"},
    {"A0 0F 88 13 01 00 FD FF", 8000, 9900, ""},     /* it flows back for 1.9 s */
    {"A0 0F B9 0F 01 00 FD FF", 8000, ALL_TIME, ""}, /* +2.5 A: around 0 */
    {"A0 0F BA 0F 01 00 FD FF", 8000, ALL_TIME, "sign.CCS"},
};

START_TEST(measured_by_the_charger) {
    charge(&stream);
    say(&stream, "CCS", output[_i].from_ms, output[_i].to_ms, output[_i].ccs);
    ck_assert_str_eq(judged(&stream), output[_i].failed);
    if (output[_i].failed[0] != '\0') {
        const struct rule_result *result = result_of(&stream, "sign.CCS");
        ck_assert_uint_eq(result->violations, 1); /* one stretch, shown where it begins */
        ck_assert_int_ge(result->proofs[0].at_ns, 8000 * MS);
        ck_assert_int_lt(result->proofs[0].at_ns, 8050 * MS);
    }
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), output[_i].failed);
    stream_free(&stream);
}
END_TEST

static void measure(const char *bcs) {
    stream_free(&stream);
    charge(&stream);
    drop(&stream, "BCS", 0, ALL_TIME);
    repeat(&stream, "BCS", T_BCL + 5, T_CST - 30, 250, bcs);
}

START_TEST(measured_by_the_vehicle) {
    measure("A0 0F 88 13 4C 61 32 3C 00"); /* +100 A while CCS gives 100 A */
    ck_assert_str_eq(judged(&stream), "sign.BCS");
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), "sign.BCS");
    measure("A0 0F DC 0F 4C 61 32 3C 00"); /* +6 A: the vehicle draws more than it gets ... */
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F A0 0F 01 00 FD FF"); /* ... which is nothing */
    ck_assert_str_eq(judged(&stream), "");
    measure("A0 0F C8 0F 4C 61 32 3C 00"); /* +4 A while CCS gives 4 A: both around 0 */
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F 78 0F 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), "");
    measure("A0 0F D2 0F 4C 61 32 3C 00"); /* the same with 5 A, twice what is around 0 */
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F 6E 0F 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), "");
    measure("A0 0F D3 0F 4C 61 32 3C 00"); /* from there on it is a current */
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F 6D 0F 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), "sign.BCS");
    measure("A0 0F DC 0F 4C 61 32 3C 00"); /* nor is it the mirror image of 100 A */
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

/* Twice for 1.5 s, with a frame between that flows the right way: no stretch of 2 s. */
START_TEST(stretches) {
    charge(&stream);
    say(&stream, "CCS", 8000, 9500, "A0 0F 88 13 01 00 FD FF");
    say(&stream, "CCS", 9550, 11050, "A0 0F 88 13 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), "");
    say(&stream, "CCS", 8000, 12000, "A0 0F 88 13 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), "sign.CCS");
    stream_free(&stream);
}
END_TEST

/* Both sides count the same wrong way: both are named, and nothing else. */
START_TEST(both_sides) {
    charge(&stream);
    say(&stream, "BCL", 0, ALL_TIME, "7C 13 88 13 02");
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F 88 13 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), "sign.BCL sign.CCS");
    stream_free(&stream);
}
END_TEST

START_TEST(limits) {
    charge(&stream);
    say(&stream, "BCL", 0, ALL_TIME, "7C 13 88 13 02");
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F 88 13 01 00 FD FF");
    stream.limits.sign_demand_a = stream.limits.sign_output_a = 1000;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: signs");
    TCase *tests = tcase_create("sign");
    tcase_add_loop_test(tests, announced_or_demanded, 0,
                        (int)(sizeof announced / sizeof announced[0]));
    tcase_add_loop_test(tests, measured_by_the_charger, 0, (int)(sizeof output / sizeof output[0]));
    tcase_add_test(tests, limit_of_the_battery);
    tcase_add_test(tests, measured_by_the_vehicle);
    tcase_add_test(tests, stretches);
    tcase_add_test(tests, both_sides);
    tcase_add_test(tests, limits);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
