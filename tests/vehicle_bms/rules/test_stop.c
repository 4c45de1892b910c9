/* SPDX-License-Identifier: MIT */
/* The reasons in CST and BST against what came before. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

#define FIRST 12300 /* who stops first */

/* A charge that ends with these; the gap of those who go on is no matter here. */
static void stop(int64_t bst_ms, const char *bst, int64_t cst_ms, const char *cst) {
    stream_free(&stream);
    charge(&stream);
    stream.limits.period_gap = stream.limits.period_mean = 100;
    drop(&stream, "BST", 0, ALL_TIME);
    drop(&stream, "CST", 0, ALL_TIME);
    drop(&stream, "BCL", bst_ms, ALL_TIME);
    drop(&stream, "BSM", bst_ms, ALL_TIME);
    drop(&stream, "BCS", bst_ms - 60, T_BSD - 1);
    drop(&stream, "CCS", cst_ms, ALL_TIME);
    repeat(&stream, "BST", bst_ms, T_BSD, 10, bst);
    repeat(&stream, "CST", cst_ms, T_CSD, 10, cst);
}

static const struct {
    int64_t bst_ms;
    const char *bst;
    int64_t cst_ms;
    const char *cst;
    const char *failed, *unclear, *says;
} ways[] = {
    /* the BMS first */
    {FIRST, "01 00 00 F0", FIRST + 35, "40 00 F0 F0", "", "", ""},
    {FIRST, "00 04 00 F0", FIRST + 3, "40 00 F0 F0", "", "", ""},
    {FIRST, "01 00 00 F0", FIRST + 35, "50 04 F0 F0", "", "", ""}, /* and a fault of its own */
    {FIRST, "01 00 00 F0", FIRST + 35, "04 00 F0 F0", "stop.CST.answer", "",
     "CST 04 00 F0 F0, 0.035 s after BST: byte 1 has to be 40"},
    {FIRST, "01 00 00 F0", FIRST + 35, "41 00 F0 F0", "stop.CST.answer", "", "41 00"},
    {FIRST, "01 00 00 F0", FIRST + 35, "50 00 F0 F0", "stop.CST.answer", "", "50 00"},
    {FIRST, "01 00 00 F0", FIRST + 35, "10 04 F0 F0", "stop.CST.answer", "", "10 04"},
    {FIRST, "01 00 00 F0", FIRST + 35, "40 04 F0 F0", "stop.CST.fault", "", "names a fault"},
    {FIRST, "01 00 00 F0", FIRST + 35, "00 00 F0 F0", "stop.CST.reason", "", "no reason at all"},
    {FIRST, "00 00 00 F0", FIRST + 35, "40 00 F0 F0", "stop.BST.reason", "", "no reason at all"},
    {FIRST, "40 00 00 F0", FIRST + 35, "40 00 F0 F0", "stop.BST.claim", "", "no CST had come"},
    {FIRST, "02 20 00 F0", FIRST + 35, "40 00 F0 F0", "stop.BST.reason", "", ""}, /* untrusted */
    /* the charger first */
    {FIRST + 35, "40 00 00 F0", FIRST, "04 00 F0 F0", "", "", ""},
    {FIRST + 35, "41 00 00 F0", FIRST, "01 00 F0 F0", "", "", ""},
    {FIRST + 35, "40 00 00 F0", FIRST, "10 00 F1 F0", "", "", ""},
    {FIRST + 35, "40 00 00 F0", FIRST, "04 00 F1 F0", "", "", ""}, /* the emergency stop, by hand */
    {FIRST + 35, "40 00 00 F0", FIRST, "10 00 F0 F0", "", "", ""}, /* which fault: not laid down */
    {FIRST + 35, "40 00 00 F0", FIRST, "10 00 F0 F4", "", "", ""},
    {FIRST + 35, "40 00 00 F0", FIRST, "00 00 F0 F0", "stop.CST.reason", "", "no reason at all"},
    {FIRST + 35, "40 00 00 F0", FIRST, "40 00 F0 F0", "stop.CST.claim", "", "no BST had come"},
    {FIRST + 35, "40 00 00 F0", FIRST, "01 04 F0 F0", "stop.CST.fault", "",
     "byte 1 does not say \"stopped by fault\""},
    {FIRST + 35, "40 00 00 F0", FIRST, "00 00 F4 F0", "stop.CST.fault", "", "names a fault"},
    {FIRST + 35, "00 00 00 F0", FIRST, "04 00 F0 F0", "stop.BST.reason", "", "no reason at all"},
    {FIRST + 35, "01 00 00 F0", FIRST, "04 00 F0 F0", "stop.BST.answer", "",
     "BST 01 00 00 F0, 0.035 s after CST"},
    /* both at once: each with its own reason */
    {FIRST, "01 00 00 F0", FIRST + 8, "01 00 F0 F0", "", "stop.CST.answer", ""},
    {FIRST, "01 00 00 F0", FIRST + 8, "41 00 F0 F0", "", "stop.CST.answer", ""},
    {FIRST + 8, "01 00 00 F0", FIRST, "04 00 F0 F0", "", "stop.BST.answer", ""},
    {FIRST + 12, "01 00 00 F0", FIRST, "04 00 F0 F0", "stop.BST.answer", "", "0.012 s after CST"},
    {FIRST, "01 00 00 F0", FIRST + 8, "00 00 F0 F0", "stop.CST.reason", "", "no reason at all"},
};

START_TEST(reasons) {
    stop(ways[_i].bst_ms, ways[_i].bst, ways[_i].cst_ms, ways[_i].cst);
    ck_assert_str_eq(judged(&stream), ways[_i].failed);
    ck_assert_str_eq(stream.unclear, ways[_i].unclear);
    if (ways[_i].failed[0] != '\0') {
        const struct rule_result *result = result_of(&stream, ways[_i].failed);
        ck_assert_uint_eq(result->violations, 1);
        ck_assert_msg(strstr(result->proofs[0].en, ways[_i].says) != NULL, "%s",
                      result->proofs[0].en);
        ck_assert_ptr_nonnull(strstr(result->proofs[0].zh, "ST"));
        ck_assert_int_eq(result->side, ways[_i].failed[5] == 'C' ? RULE_CHARGER : RULE_BMS);
    }
    stream_free(&stream);
}
END_TEST

/* Without a clock frames are counted: five of BST before the first CST are no crossing. */
START_TEST(without_clock) {
    stop(FIRST, "01 00 00 F0", FIRST + 45, "04 00 F0 F0");
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), "stop.CST.answer");
    ck_assert_ptr_nonnull(
        strstr(result_of(&stream, "stop.CST.answer")->proofs[0].en, "F0, after BST: "));
    stop(FIRST, "01 00 00 F0", FIRST + 15, "04 00 F0 F0");
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_int_eq(result_of(&stream, "stop.CST.answer")->verdict, RULE_INCONCLUSIVE);
    stop(FIRST, "01 00 00 F0", FIRST + 15, "40 00 F0 F0");
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_int_eq(result_of(&stream, "stop.CST.answer")->verdict, RULE_PASS);
    stream_free(&stream);
}
END_TEST

/* A clock of 100 ms steps does not show who was first by how much. */
START_TEST(coarse_clock) {
    stop(FIRST, "01 00 00 F0", FIRST + 35, "04 00 F0 F0");
    stream.resolution_ns = 100 * MS;
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_int_eq(result_of(&stream, "stop.CST.answer")->verdict, RULE_INCONCLUSIVE);
    stream_free(&stream);
}
END_TEST

/* The reason is in the second frame only, or changes later: the first that gives one counts. */
START_TEST(first_reason_counts) {
    stop(FIRST + 35, "40 00 00 F0", FIRST, "04 00 F0 F0");
    say(&stream, "CST", FIRST, FIRST + 10, "00 00 F0 F0");
    say(&stream, "CST", FIRST + 50, ALL_TIME, "44 00 F0 F0");
    ck_assert_str_eq(judged(&stream), "");
    say(&stream, "CST", FIRST, FIRST + 40, "00 00 F0 F0"); /* not before BST has come */
    ck_assert_str_eq(judged(&stream), "stop.CST.reason");
    stream_free(&stream);
}
END_TEST

/* What cannot be known: BST in the part that is missing, or of a wrong length. */
START_TEST(doubtful_claims) {
    stop(FIRST, "01 00 00 F0", FIRST + 35, "40 00 F0 F0");
    drop(&stream, "*", 0, FIRST + 35);
    drop(&stream, "BST", 0, FIRST + 60);
    judged(&stream);
    ck_assert_int_eq(result_of(&stream, "stop.CST.claim")->verdict, RULE_INCONCLUSIVE);
    stop(FIRST, "01 00 00", FIRST + 35, "40 00 F0 F0");
    judged(&stream);
    ck_assert_int_eq(result_of(&stream, "stop.CST.claim")->verdict, RULE_NONE);
    /* A capture that begins while charging has heard that no BST came. */
    stop(FIRST + 35, "40 00 00 F0", FIRST, "40 00 F0 F0");
    drop(&stream, "*", 0, 9000);
    judged(&stream);
    ck_assert_int_eq(result_of(&stream, "stop.CST.claim")->verdict, RULE_FAIL);
    stream_free(&stream);
}
END_TEST

/* A recorder that turns two frames round: no claim without cause. 12 ms are none of its doing. */
START_TEST(turned_round) {
    stop(FIRST, "40 00 00 F0", FIRST + 1, "04 00 F0 F0");
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_int_eq(result_of(&stream, "stop.BST.claim")->verdict, RULE_INCONCLUSIVE);
    stop(FIRST + 2, "40 00 00 F0", FIRST, "50 04 F0 F0"); /* it is answered, not turned round */
    ck_assert_str_eq(judged(&stream), "stop.CST.claim");
    stop(FIRST, "40 00 00 F0", FIRST + 12, "04 00 F0 F0");
    ck_assert_str_eq(judged(&stream), "stop.CST.answer stop.BST.claim");
    stop(FIRST, "40 00 00 F0", ALL_TIME, "");
    drop(&stream, "charger", FIRST, ALL_TIME);
    judged(&stream);
    ck_assert_int_eq(result_of(&stream, "stop.BST.claim")->verdict, RULE_FAIL);
    stream_free(&stream);
}
END_TEST

/* After CEM the charger may end with CST; what it then says is not laid down. */
START_TEST(after_an_error) {
    stop(FIRST + 35, "40 00 00 F0", FIRST, "00 00 F0 F0");
    put(&stream, FIRST - 5, "CEM", "FC F0 C4 FC");
    judged(&stream);
    ck_assert_int_eq(result_of(&stream, "stop.CST.reason")->verdict, RULE_NONE);
    stream_free(&stream);
}
END_TEST

#define BSM_HOT "01 50 01 4F 02 40 D0" /* over-temperature */

/* GB/T 34658 DP.3003: byte 1 is 10 when BSM called a state abnormal. */
static const struct {
    int64_t abnormal_ms;
    const char *cst, *failed;
} abnormal[] = {
    {FIRST - 260, "10 00 F4 F0", ""},
    {FIRST - 260, "10 00 F0 F0", ""},
    {FIRST - 260, "04 00 F0 F0", ""}, /* a person was faster */
    {FIRST - 260, "01 00 F0 F0", "stop.CST.BSM"},
    {FIRST - 260, "00 04 F0 F0", "stop.CST.fault stop.CST.BSM"},
    {FIRST - 2000, "01 00 F0 F0", "awaited.charger.abnormal"}, /* it had not reacted at all */
};

START_TEST(after_an_abnormal_state) {
    stop(FIRST + 35, "40 00 00 F0", FIRST, abnormal[_i].cst);
    say(&stream, "BSM", abnormal[_i].abnormal_ms, ALL_TIME, BSM_HOT);
    ck_assert_str_eq(judged(&stream), abnormal[_i].failed);
    stream_free(&stream);
}
END_TEST

/* DP.3005 does not judge the CST after a pause that was too long. */
START_TEST(after_a_pause) {
    stop(FIRST + 35, "40 00 00 F0", FIRST, "00 00 F0 F0");
    stream.limits.pause_ns = 2000 * MS;
    say(&stream, "BSM", FIRST - 2000, ALL_TIME, BSM_WAIT);
    say(&stream, "CCS", FIRST - 2000, ALL_TIME, CCS_STOP);
    ck_assert_str_eq(judged(&stream), "");
    say(&stream, "CST", 0, ALL_TIME, "40 04 F0 F0");
    ck_assert_str_eq(judged(&stream), "");
    stream.limits.pause_ns = 3000 * MS;
    ck_assert_str_eq(judged(&stream), "stop.CST.claim stop.CST.fault");
    say(&stream, "CST", 0, ALL_TIME, "00 00 F0 F0");
    ck_assert_str_eq(judged(&stream), "stop.CST.reason");
    stream_free(&stream);
}
END_TEST

/* A parameter: whether a fault has to be named is not public. */
START_TEST(nameless_fault) {
    stop(FIRST + 35, "40 00 00 F0", FIRST, "10 00 F0 F0");
    stream.limits.fault_named = 1;
    ck_assert_str_eq(judged(&stream), "stop.CST.named");
    say(&stream, "BSM", FIRST - 260, ALL_TIME,
        BSM_HOT); /* it is the vehicle's fault, named there */
    ck_assert_str_eq(judged(&stream), "");
    stop(FIRST + 35, "40 00 00 F0", FIRST, "10 00 F0 F1");
    stream.limits.fault_named = 1;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

/* Of two that come at once the first is filled up to eight bytes, as many vehicles do: the charger need
 * not have taken it, and answers nothing. */
START_TEST(filled_up_and_crossing) {
    stop(FIRST, "01 00 00 F0 FF FF FF FF", FIRST + 5, "10 04 F0 F0");
    ck_assert_str_eq(judged(&stream), "length.BST");
    stop(FIRST + 5, "00 04 00 F0", FIRST, "10 04 F0 F0 FF FF FF FF");
    ck_assert_str_eq(judged(&stream), "length.CST");
    stream_free(&stream);
}
END_TEST

static void edition(enum edition edition, const char *cst, const char *bst) {
    stream_free(&stream);
    stream_init(&stream, edition);
    charge_at(&stream, 0);
    say(&stream, "CST", 0, ALL_TIME, cst);
    say(&stream, "BST", 0, ALL_TIME, bst);
    shift(&stream, "BST", 0, ALL_TIME, 40000);
    drop(&stream, "BST", T_BSD, ALL_TIME);
}

/* 2011: only that a reason is given; 2023: its further reasons stand where 2015 reserves bits. */
START_TEST(editions) {
    edition(EDITION_2011, "40 00 F0 F0", "01 00 00 F0");
    ck_assert_str_eq(judged(&stream), "");
    edition(EDITION_2011, "00 00 F0 F0", "00 00 00 F0");
    ck_assert_str_eq(judged(&stream), "stop.CST.reason");
    edition(EDITION_2023, "00 00 10 F0", "40 00 00 F0");
    ck_assert_str_eq(judged(&stream), "");
    edition(EDITION_2015, "00 00 10 F0", "40 00 00 F0");
    ck_assert_ptr_nonnull(strstr(judged(&stream), "stop.CST.reason"));
    edition(EDITION_2023, "40 00 F0 F0", "01 00 00 F0");
    ck_assert_str_eq(judged(&stream), "stop.CST.claim stop.BST.answer");
    stream_free(&stream);
}
END_TEST

/* The next charge knows nothing of the last one's reasons. */
START_TEST(each_charge_by_itself) {
    stop(FIRST + 35, "40 00 00 F0", FIRST, "04 00 F0 F0");
    start(&stream, 20000);
    charging(&stream, 20000, 20000 + T_CST);
    repeat(&stream, "BST", 20000 + T_CST, 20000 + T_BSD, 10, "01 00 00 F0");
    repeat(&stream, "CST", 20000 + T_CST + 30, 20000 + T_CSD, 10, "04 00 F0 F0");
    put(&stream, 20000 + T_BSD, "BSD", BSD_OK);
    repeat(&stream, "CSD", 20000 + T_CSD, 20000 + T_END, 250, CSD_OK);
    ck_assert_str_eq(judged(&stream), "stop.CST.answer");
    ck_assert_uint_eq(result_of(&stream, "stop.CST.answer")->proofs[0].session, 1);
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: reasons of stopping");
    TCase *tests = tcase_create("stop");
    tcase_add_loop_test(tests, reasons, 0, (int)(sizeof ways / sizeof ways[0]));
    tcase_add_loop_test(tests, after_an_abnormal_state, 0,
                        (int)(sizeof abnormal / sizeof abnormal[0]));
    tcase_add_test(tests, without_clock);
    tcase_add_test(tests, coarse_clock);
    tcase_add_test(tests, first_reason_counts);
    tcase_add_test(tests, doubtful_claims);
    tcase_add_test(tests, turned_round);
    tcase_add_test(tests, after_an_error);
    tcase_add_test(tests, after_a_pause);
    tcase_add_test(tests, nameless_fault);
    tcase_add_test(tests, filled_up_and_crossing);
    tcase_add_test(tests, editions);
    tcase_add_test(tests, each_charge_by_itself);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
