/* SPDX-License-Identifier: MIT */
/* Who may send what when: messages of a former phase, messages before their trigger,
 * reconnection. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

/* One frame of a former step 200 ms after the sender has gone on, and one that was under way. */
static const struct {
    const char *code, *payload;
    int64_t after_ms; /* first message of the next step */
    const char *failed;
} former[] = {
    {"CHM", CHM_V11, T_CRM_00, "order.CHM"},  {"BHM", BHM_V, T_BRM, "order.BHM"},
    {"CRM", CRM_AA, T_CML, "order.CRM"},      {"CML", CML_MAX, T_CRO_00, "order.CML"},
    {"CTS", CTS_TIME, T_CRO_00, "order.CTS"}, {"CRO", "00", T_CRO_AA, "order.CRO"},
    {"CRO", "AA", T_CCS, "order.CRO"},        {"BCP", BCP_MAX, T_BRO_00, "order.BCP"},
    {"BRO", "AA", T_BCL, "order.BRO"},        {"CCS", CCS_OK, T_CST, "order.CCS"},
    {"BCL", BCL_OK, T_BST, "order.BCL"},      {"BSM", BSM_OK, T_BST, "order.BSM"},
    {"BCS", BCS_OK, T_BST, "order.BCS"},      {"BST", BST_CST, T_BSD, "order.BST"},
    {"CST", CST_HAND, T_CSD, "order.CST"},
};

START_TEST(former_phase) {
    for (int64_t late = 0; late < 2; late++) {
        charge(&stream);
        put(&stream, former[_i].after_ms + (late ? 60 : 40), former[_i].code, former[_i].payload);
        ck_assert_str_eq(judged(&stream), late ? former[_i].failed : "");
        if (late) {
            const struct rule_result *result = result_of(&stream, former[_i].failed);
            ck_assert_uint_eq(result->violations, 1);
            ck_assert_int_eq(result->proofs[0].at_ns, (former[_i].after_ms + 60) * MS);
        }
        stream_free(&stream);
    }
}
END_TEST

/* A transfer counts from its RTS: one that had begun in time may end later. */
START_TEST(transfer_under_way) {
    charge(&stream);
    put(&stream, T_BST - 5, "BCS", BCS_OK);
    stream.limits.period_gap = 100;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

/* Each message before what triggers it: everything from `from` on is missing. */
static const struct {
    const char *code, *payload, *failed, *lacks;
    int64_t from;
} premature[] = {
    {"CRM", CRM_00, "order.CRM", "BHM", T_BHM},
    {"CRM", CRM_AA, "order.CRM", "BRM", T_CRM_00 + 1},
    {"CML", CML_MAX, "order.CML", "BCP", T_CRM_AA + 1},
    {"CTS", CTS_TIME, "order.CTS", "BCP", T_CRM_AA + 1},
    {"CRO", "00", "order.CRO", "BRO(AA)", T_BRO_AA - 1},
    {"CRO", "AA", "order.CRO", "BRO(AA)", T_BRO_AA - 1},
    {"CCS", CCS_OK, "order.CCS", "BCL", T_CRO_AA + 1},
    {"CST", CST_HAND, "order.CST", "CML", T_CRM_AA + 1},
    {"CSD", CSD_OK, "order.CSD", "BSD", T_BSD - 1},
    {"BCP", BCP_MAX, "order.BCP", "CRM(AA)", T_CRM_AA - 1},
    {"BRO", "AA", "order.BRO", "CML", T_CML - 1},
    {"BCL", BCL_OK, "order.BCL", "CRO(AA)", T_CRO_AA - 1},
    {"BCS", BCS_OK, "order.BCS", "CRO(AA)", T_CRO_AA - 1},
    {"BSM", BSM_OK, "order.BSM", "CRO(AA)", T_CRO_AA - 1},
    {"BST", "01 00 00 F0", "order.BST", "CML", T_CML - 1},
    {"BSD", BSD_OK, "order.BSD", "CST", T_CST - 1},
};

START_TEST(before_its_trigger) {
    char wanted[64];
    charge(&stream);
    drop(&stream, "*", premature[_i].from, ALL_TIME);
    put(&stream, premature[_i].from + 60, premature[_i].code, premature[_i].payload);
    ck_assert_str_eq(judged(&stream), premature[_i].failed);
    snprintf(wanted, sizeof wanted, "before any %s", premature[_i].lacks);
    const char *said = result_of(&stream, premature[_i].failed)->proofs[0].en;
    ck_assert_msg(strstr(said, wanted) != NULL, "%s", said);
    stream_free(&stream);
}
END_TEST

/* The BMS answers CST with BST; statistics come after that. */
START_TEST(bsd_without_bst) {
    charge(&stream);
    drop(&stream, "BST", 0, ALL_TIME);
    ck_assert_str_eq(judged(&stream), "order.BSD");
    stream_free(&stream);
}
END_TEST

START_TEST(brm_before_crm) {
    charge(&stream);
    drop(&stream, "*", T_CRM_00, ALL_TIME);
    put_brm(&stream, T_CRM_00 + 40);
    ck_assert_str_eq(judged(&stream), "order.BRM");
    stream_free(&stream);
    charge(&stream);
    drop(&stream, "CHM", 0, T_BHM); /* the BMS speaks first */
    drop(&stream, "CHM", T_BHM + 1, ALL_TIME);
    drop(&stream, "*", 300, ALL_TIME);
    charge_at(&stream, 40000);
    put(&stream, 39990, "CHM", CHM_V11);
    drop(&stream, "CHM", 39000, ALL_TIME);
    judged(&stream);
    ck_assert_uint_eq(rules_session_count(stream.rules), 2);
    stream_free(&stream);
}
END_TEST

/* The S3 charger of the field: CRO(AA) at once. */
START_TEST(without_cro_00) {
    charge(&stream);
    drop(&stream, "CRO", 0, T_CRO_AA);
    repeat(&stream, "CRO", T_CRO_00, T_CRO_AA, 250, "AA");
    stream.limits.bcl_ns = 5000 * MS;
    stream.limits.ccs_ns = 5000 * MS;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

START_TEST(bro_taken_back) {
    charge(&stream);
    drop(&stream, "*", T_CRO_00 + 1, ALL_TIME);
    repeat(&stream, "BRO", T_BRO_AA + 250, 9000, 250, "00"); /* its right, before CRO(AA) */
    stream.end_ms = 20000;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
    charge(&stream);
    drop(&stream, "*", T_CRO_AA + 1, ALL_TIME);
    repeat(&stream, "BRO", T_CRO_AA + 100, T_CRO_AA + 600, 250, "00"); /* too late */
    ck_assert_str_eq(judged(&stream), "order.BRO");
    stream_free(&stream);
}
END_TEST

/* GB/T 34658 DN.2009: the charger has a second to end, and does not go on to CRO(AA). */
START_TEST(bro_taken_back_and_ignored) {
    for (int ready = 0; ready < 2; ready++) {
        for (int later = 0; later < 2; later++) {
            charge(&stream);
            drop(&stream, "*", T_CRO_00 + 1, ALL_TIME);
            put(&stream, T_CRO_00 + 200, "BRO", "00");
            if (ready) {
                put(&stream, T_CRO_00 + (later ? 260 : 230), "CRO", "AA");
            } else {
                repeat(&stream, "CRO", T_CRO_00 + 250, T_CRO_00 + (later ? 1400 : 1200), 250, "00");
            }
            ck_assert_str_eq(judged(&stream), later ? "order.CRO" : "");
            stream_free(&stream);
        }
    }
    charge(&stream); /* and the charge goes on as if nothing had been */
    say(&stream, "BRO", T_CRO_00 + 300, T_CRO_00 + 600, "00");
    ck_assert_str_eq(judged(&stream), "order.CRO");
    stream_free(&stream);
}
END_TEST

START_TEST(crm_and_cro_back_to_00) {
    charge(&stream);
    drop(&stream, "*", T_CRM_AA + 1, ALL_TIME);
    repeat(&stream, "CRM", T_CRM_AA + 250, T_CRM_AA + 600, 250, CRM_00);
    ck_assert_str_eq(judged(&stream), "order.CRM");
    ck_assert_uint_eq(rules_session(stream.rules, 0)->reconnections, 1);
    stream_free(&stream);
}
END_TEST

/* ---- reconnection ---- */

/* Silent BCL from `at` on: CEM, and all over from CRM(00), as often as told. */
static void lose_bcl(unsigned times) {
    charge(&stream);
    drop(&stream, "*", T_CST, ALL_TIME);
    int64_t at = T_CST;
    for (unsigned n = 0; n < times; n++) {
        repeat(&stream, "CCS", at, at + 1000, 50, CCS_OK);
        repeat(&stream, "CEM", at + 1000, at + 2000, 250, "FC F0 C4 FC");
        at += 2250;
        size_t first = stream.count;
        start(&stream, at - T_CRM_00);
        charging(&stream, at - T_CRM_00, at - T_CRM_00 + T_CST);
        for (size_t i = first; i < stream.count; i++) {
            stream.frames[i].gone = stream.frames[i].at_ns < at * MS;
        }
        at += T_CST - T_CRM_00;
    }
    ending(&stream, at - T_CST);
}

START_TEST(reconnection) {
    lose_bcl(1);
    ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");
    const struct rules_session *session = rules_session(stream.rules, 0);
    ck_assert_uint_eq(rules_session_count(stream.rules), 1);
    ck_assert_uint_eq(session->reconnections, 1);
    ck_assert_uint_eq(session->phase_count, 9); /* five, the error, and again from recognition */
    ck_assert_int_eq(session->phases[4].phase, PHASE_ERROR);
    ck_assert_int_eq(session->phases[5].phase, PHASE_RECOGNITION);
    ck_assert_int_eq(session->phases[8].phase, PHASE_END);
    stream_free(&stream);
    lose_bcl(5); /* charging is reached each time: the count begins anew */
    ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");
    ck_assert_uint_eq(rules_session(stream.rules, 0)->reconnections, 5);
    stream_free(&stream);
}
END_TEST

/* Never answered again: three attempts are allowed, the fourth is not. */
static void no_brm_again_and_again(unsigned attempts) {
    charge(&stream);
    drop(&stream, "*", T_BRM, ALL_TIME);
    int64_t at = T_CRM_00;
    for (unsigned n = 0; n <= attempts; n++) {
        repeat(&stream, "CRM", at + (n == 0 ? 250 : 0), at + 5000, 250, CRM_00);
        repeat(&stream, "CEM", at + 5000, at + 6000, 250, "FD F0 C0 FC");
        at += 6000;
    }
}

START_TEST(reconnections_are_counted) {
    no_brm_again_and_again(3);
    ck_assert_str_eq(judged(&stream), "awaited.bms.BRM");
    ck_assert_int_eq(result_of(&stream, "reconnections")->verdict, RULE_PASS);
    stream_free(&stream);
    no_brm_again_and_again(4);
    ck_assert_str_eq(judged(&stream), "awaited.bms.BRM reconnections");
    stream_free(&stream);
}
END_TEST

START_TEST(after_an_error) {
    lose_bcl(1);
    put(&stream, T_CST + 1300, "CCS", CCS_OK); /* after the first CEM nothing else */
    ck_assert_str_eq(judged(&stream), "order.CCS awaited.bms.BCL");
    stream_free(&stream);
    lose_bcl(1);
    put(&stream, T_CST + 2250 + 20, "CEM", "FC F0 C4 FC"); /* queued before CRM(00) */
    put(&stream, T_CST + 2250 + 10, "BCL", BCL_OK);
    ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");
    stream_free(&stream);
}
END_TEST

/* CEM while BCS is on its way: the BMS leaves the transfer open, and the charger is busy with it
 * until T2, which is no fault of either. After the last CEM nobody waits. */
START_TEST(transfer_left_open) {
    lose_bcl(1);
    raw(&stream, T_CST + 1501, "1CEC56F4", "10 09 00 02 FF 00 11 00");
    raw(&stream, T_CST + 1502, "1CECF456", "11 02 01 FF FF 00 11 00");
    raw(&stream, T_CST + 2250 + 10, "1CEC56F4", "10 31 00 07 FF 00 02 00");
    raw(&stream, T_CST + 2250 + 11, "1CECF456", "FF 01 FF FF FF 00 02 00");
    ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");
    stream_free(&stream);
    lose_bcl(0);
    drop(&stream, "*", T_CST, ALL_TIME);
    repeat(&stream, "CCS", T_CST, T_CST + 1000, 50, CCS_OK);
    repeat(&stream, "CEM", T_CST + 1000, T_CST + 2000, 250, "FC F0 C4 FC");
    put(&stream, T_CST + 1002, "BCL", BCL_OK);
    put(&stream, T_CST + 1052, "BCL", BCL_OK);
    charge_at(&stream, T_CST + 20000);
    ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");
    stream_free(&stream);
}
END_TEST

/* BEM while the charger never stops sending CRM(00): no reconnection. */
START_TEST(bem_ignored) {
    charge(&stream);
    drop(&stream, "*", T_CRM_AA, ALL_TIME);
    repeat(&stream, "CRM", T_CRM_00 + 250, 15000, 250, CRM_00);
    for (int64_t at = T_BRM + 250; at < 10000; at += 250) {
        put_brm(&stream, at);
    }
    repeat(&stream, "BEM", 10100, 15000, 250, "F4 F0 F0 FC");
    ck_assert_str_eq(judged(&stream), "awaited.charger.CRM_AA");
    ck_assert_uint_eq(rules_session(stream.rules, 0)->reconnections, 0);
    stream_free(&stream);
}
END_TEST

START_TEST(chm_again) {
    charge(&stream); /* a stray one in charging */
    put(&stream, 9010, "CHM", CHM_V11);
    ck_assert_str_eq(judged(&stream), "order.CHM");
    ck_assert_uint_eq(rules_session_count(stream.rules), 1);
    stream_free(&stream);
    charge(&stream); /* a charger that was switched off and on */
    drop(&stream, "*", 9001, ALL_TIME);
    charge_at(&stream, 12000);
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_uint_eq(rules_session_count(stream.rules), 2);
    stream_free(&stream);
}
END_TEST

START_TEST(handshake_of_2011) {
    stream_init(&stream, EDITION_2011);
    charge_at(&stream, 0);
    charge_at(&stream, 20000);
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_uint_eq(rules_session_count(stream.rules), 2);
    repeat(&stream, "CHM", 0, 1000, 250, CHM_V11); /* 2011 has no such messages */
    repeat(&stream, "BHM", 20, 1000, 250, BHM_V);
    ck_assert_str_eq(judged(&stream), "order.CHM order.BHM");
    stream_free(&stream);
    stream_init(&stream, EDITION_2015);
    charge_at(&stream, 0);
    drop(&stream, "CHM", 0, ALL_TIME); /* the first charge may have begun before the capture ... */
    drop(&stream, "BHM", 0, ALL_TIME);
    ck_assert_str_eq(judged(&stream), "");
    charge_at(&stream, 20000);
    drop(&stream, "CHM", 0, ALL_TIME);
    drop(&stream, "BHM", 0, ALL_TIME);
    ck_assert_str_eq(judged(&stream), "order.CRM"); /* ... the second has not */
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: order");
    TCase *tests = tcase_create("order");
    tcase_add_loop_test(tests, former_phase, 0, (int)(sizeof former / sizeof former[0]));
    tcase_add_test(tests, transfer_under_way);
    tcase_add_loop_test(tests, before_its_trigger, 0,
                        (int)(sizeof premature / sizeof premature[0]));
    tcase_add_test(tests, bsd_without_bst);
    tcase_add_test(tests, brm_before_crm);
    tcase_add_test(tests, without_cro_00);
    tcase_add_test(tests, bro_taken_back);
    tcase_add_test(tests, bro_taken_back_and_ignored);
    tcase_add_test(tests, crm_and_cro_back_to_00);
    tcase_add_test(tests, reconnection);
    tcase_add_test(tests, reconnections_are_counted);
    tcase_add_test(tests, after_an_error);
    tcase_add_test(tests, transfer_left_open);
    tcase_add_test(tests, bem_ignored);
    tcase_add_test(tests, chm_again);
    tcase_add_test(tests, handshake_of_2011);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
