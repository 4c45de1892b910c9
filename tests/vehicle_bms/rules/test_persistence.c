/* SPDX-License-Identifier: MIT */
/* Messages that stop before they may: sent once, or not to the end of their phase. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

/* A stretch in which the message is sent once and then no more, with the others going on. */
static const struct {
    const char *code, *failed;
    int64_t from, to; /* dropped */
} stops[] = {
    {"CHM", "period.CHM", 1, T_CRM_00},
    {"BHM", "period.BHM", T_BHM + 1, T_CRM_00},
    {"CML", "period.CML", T_CML + 1, T_BRO_AA},
    {"BRO", "period.BRO", T_BRO_00 + 1, T_BRO_AA},
    {"BRO", "period.BRO", T_BRO_AA + 1, T_CRO_AA},
    {"CRO", "period.CRO", T_CRO_00 + 1, T_CRO_AA},
    {"BCL", "period.BCL", T_CST - 500, T_CST},
    {"BCS", "period.BCS", T_CST - 2000, T_CST},
    {"BSM", "period.BSM", T_BCL + 41, T_CST},
    {"BSM", "period.BSM", T_BCL, T_CST}, /* not once */
    {"CCS", "period.CCS", T_CST - 500, T_CST},
    {"CST", "period.CST", T_CST + 1, T_CSD},
};

START_TEST(stops_too_early) {
    charge(&stream);
    drop(&stream, stops[_i].code, stops[_i].from, stops[_i].to);
    ck_assert_str_eq(judged(&stream), stops[_i].failed);
    ck_assert_uint_eq(result_of(&stream, stops[_i].failed)->violations, 1);
    stream_free(&stream);
}
END_TEST

/* The same without a clock, and with frames that are missing. */
START_TEST(cannot_be_seen) {
    charge(&stream);
    drop(&stream, stops[_i].code, stops[_i].from, stops[_i].to);
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

/* CRM(00) once, and BRM comes after 2 s; CRM(AA) once, and BCP comes after 2 s. */
START_TEST(once_while_waiting) {
    for (int aa = 0; aa < 2; aa++) {
        int64_t wait_ms = 2000, from = aa ? T_BCP : T_BRM;
        charge(&stream);
        shift(&stream, "*", from, ALL_TIME, wait_ms * 1000);
        ck_assert_str_eq(judged(&stream), "period.CRM");
        const char *said = result_of(&stream, "period.CRM")->proofs[0].en;
        ck_assert_msg(strstr(said, aa ? "when BCP came" : "when BRM came") != NULL, "%s", said);
        repeat(&stream, "CRM", (aa ? T_CRM_AA : T_CRM_00) + 250, from + wait_ms, 250,
               aa ? CRM_AA : CRM_00);
        ck_assert_str_eq(judged(&stream), "");
        stream_free(&stream);
    }
}
END_TEST

/* CST goes on until BSD, or CEM after ten seconds without one. */
START_TEST(until_the_error) {
    for (int on = 0; on < 2; on++) {
        charge(&stream);
        drop(&stream, "*", T_BSD, ALL_TIME);
        repeat(&stream, "CST", T_CSD, on ? T_CST + 10000 : T_CSD + 1000, 10, CST_HAND);
        repeat(&stream, "CEM", T_CST + 10000, T_CST + 10900, 250, "FC F0 C0 FD");
        ck_assert_str_eq(judged(&stream), on ? "awaited.bms.BSD" : "period.CST awaited.bms.BSD");
        stream_free(&stream);
    }
}
END_TEST

/* At its timeout the charger stops CST and CRO(AA), and CEM may come 500 ms later; in between BCL may come. */
START_TEST(until_a_late_error) {
    for (int late_ms = 400; late_ms <= 600; late_ms += 200) {
        charge(&stream);
        drop(&stream, "*", T_BSD, ALL_TIME);
        repeat(&stream, "CST", T_CSD, T_CST + 10000, 10, CST_HAND);
        repeat(&stream, "CEM", T_CST + 10000 + late_ms, T_CST + 12000, 250, "FC F0 C0 FD");
        ck_assert_str_eq(judged(&stream), late_ms < 500
                                              ? "awaited.bms.BSD"
                                              : "period.CST timeout.charger.BSD awaited.bms.BSD");
        stream_free(&stream);
    }
}
END_TEST

/* Who has fallen silent altogether, or ends with the capture, is not judged here. */
START_TEST(silent_altogether) {
    charge(&stream);
    drop(&stream, "charger", 2000, ALL_TIME);
    drop(&stream, "BMS", 4000, ALL_TIME);
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
    charge(&stream);
    drop(&stream, "*", T_CST + 1, ALL_TIME);
    stream.end_ms = T_CST + 60;
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: going on");
    TCase *tests = tcase_create("going on");
    tcase_add_loop_test(tests, stops_too_early, 0, sizeof stops / sizeof stops[0]);
    tcase_add_loop_test(tests, cannot_be_seen, 0, sizeof stops / sizeof stops[0]);
    tcase_add_test(tests, once_while_waiting);
    tcase_add_test(tests, until_the_error);
    tcase_add_test(tests, until_a_late_error);
    tcase_add_test(tests, silent_altogether);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
