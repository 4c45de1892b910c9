/* SPDX-License-Identifier: MIT */
/* CCS against BCS: a contradiction that lasts is one, a difference that a vehicle may have is none. */
#include "tests/vehicle_bms/support/charge_stream.h"

#define ZERO   "A0 0F A0 0F 01 00 FD FF" /* CCS: 400 V, 0 A */
#define LAST_S 3                         /* the test's charge lasts 5 s */

static struct stream stream;

static void tell(const char *ccs, int64_t from_ms, int64_t to_ms, const char *bcs,
                 const char *bcl) {
    charge(&stream);
    stream.limits.agree_ns = LAST_S * 1000 * MS;
    say(&stream, "CCS", from_ms, to_ms, ccs);
    say(&stream, "BCL", 0, ALL_TIME, bcl);
    drop(&stream, "BCS", 0, ALL_TIME);
    repeat(&stream, "BCS", T_BCL + 5, T_CST - 30, 250, bcs);
}

static const struct {
    const char *ccs, *bcs, *bcl, *failed;
} said[] = {
    {CCS_OK, BCS_OK, BCL_OK, ""},
    {ZERO, BCS_OK, BCL_OK, "agree.current"},
    {"A0 0F 3D 0F 01 00 FD FF", BCS_OK, BCL_OK, "agree.current"},  /* 9.9 A of 100 A */
    {"A0 0F 3C 0F 01 00 FD FF", BCS_OK, BCL_OK, ""},               /* 10 A */
    {ZERO, "A0 0F D8 0E 4C 61 32 3C 00", BCL_OK, "agree.current"}, /* BCS: 20 A */
    {ZERO, "A0 0F D9 0E 4C 61 32 3C 00", BCL_OK, ""},              /* 19.9 A */
    {ZERO, BCS_OK, "7C 13 D8 0E 02", "agree.current"},             /* BCL: 20 A */
    {ZERO, BCS_OK, "7C 13 D9 0E 02", ""}, /* 19.9 A: the other gun may have the rest */
    /* A heater takes some of it, but not all of 100 A. */
    {CCS_OK, "A0 0F 3D 0F 4C 61 32 3C 00", BCL_OK, "agree.current"},
    {CCS_OK, "A0 0F 3C 0F 4C 61 32 3C 00", BCL_OK, ""},
    {"A0 0F B9 0B 01 00 FD FF", "A0 0F A0 0F 4C 61 32 3C 00", BCL_OK, ""}, /* 99.9 A */
    /* Voltage: 20 V, or 5 % where that is more. */
    {"68 10 B8 0B 01 00 FD FF", BCS_OK, BCL_OK, ""}, /* 420 V */
    {"69 10 B8 0B 01 00 FD FF", BCS_OK, BCL_OK, "agree.voltage"},
    {"D8 0E B8 0B 01 00 FD FF", BCS_OK, BCL_OK, ""}, /* 380 V */
    {"D7 0E B8 0B 01 00 FD FF", BCS_OK, BCL_OK, "agree.voltage"},
    {"D0 11 B8 0B 01 00 FD FF", "C0 12 B8 0B 4C 61 32 3C 00", BCL_OK, ""}, /* 456 V, 480 V */
    {"CF 11 B8 0B 01 00 FD FF", "C0 12 B8 0B 4C 61 32 3C 00", BCL_OK, "agree.voltage"},
    {"B0 04 6E 0F 01 00 FD FF", "A0 0F 6E 0F 4C 61 32 3C 00", BCL_OK, ""}, /* hardly a current */
    {ZERO, "00 00 A0 0F 4C 61 32 3C 00", BCL_OK, ""},
};

START_TEST(contradictions) {
    tell(said[_i].ccs, 0, ALL_TIME, said[_i].bcs, said[_i].bcl);
    ck_assert_str_eq(judged(&stream), said[_i].failed);
    if (said[_i].failed[0] != '\0') {
        ck_assert_int_eq(result_of(&stream, said[_i].failed)->side,
                         RULE_BUS); /* which one, nobody knows */
        ck_assert_uint_eq(result_of(&stream, said[_i].failed)->violations, 1);
    }
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), said[_i].failed);
    stream_free(&stream);
}
END_TEST

static const struct {
    int64_t to_ms;
    const char *failed;
} lasting[] = {
    {T_CCS + LAST_S * 1000, ""},                  /* the last of them is not sent */
    {T_CCS + LAST_S * 1000 + 1, "agree.current"}, /* it is */
};

START_TEST(for_how_long) {
    tell(ZERO, 0, lasting[_i].to_ms, BCS_OK, BCL_OK);
    ck_assert_str_eq(judged(&stream), lasting[_i].failed);
    if (lasting[_i].failed[0] != '\0') {
        ck_assert_int_eq(result_of(&stream, "agree.current")->proofs[0].at_ns, T_CCS * MS);
    }
    stream_free(&stream);
}
END_TEST

/* One frame that agrees begins the time anew, and so do frames that are missing. */
START_TEST(stretches) {
    tell(ZERO, 0, 10500, BCS_OK, BCL_OK);
    ck_assert_str_eq(judged(&stream), "agree.current");
    say(&stream, "CCS", 8840, 8841, CCS_OK);
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
    tell(ZERO, 0, 10500, BCS_OK, BCL_OK);
    for (size_t i = 0; i < stream.count; i++) {
        stream.lost_at += stream.frames[i].at_ns < 9000 * MS && !stream.frames[i].gone;
    }
    stream.lost_at++;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

START_TEST(pause) {
    tell(CCS_STOP, 0, ALL_TIME, BCS_OK, BCL_OK);
    say(&stream, "BSM", 0, ALL_TIME, BSM_WAIT);
    judged(&stream);
    ck_assert_int_ne(result_of(&stream, "agree.current")->verdict, RULE_FAIL);
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: CCS and BCS");
    TCase *tests = tcase_create("agree");
    tcase_add_loop_test(tests, contradictions, 0, (int)(sizeof said / sizeof said[0]));
    tcase_add_loop_test(tests, for_how_long, 0, (int)(sizeof lasting / sizeof lasting[0]));
    tcase_add_test(tests, stretches);
    tcase_add_test(tests, pause);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
