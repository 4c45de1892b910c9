/* SPDX-License-Identifier: MIT */
/* Whole charges: healthy ones pass everything; sessions, clocks, lost frames. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

static const struct rule_result *observed(const char *id) {
    const struct rule_result *result = result_of(&stream, id);
    ck_assert_msg(result->verdict == RULE_PASS, "%s: verdict %d", id, (int)result->verdict);
    ck_assert_uint_gt(result->observed, 0);
    return result;
}

START_TEST(healthy_in_each_edition) {
    stream_init(&stream, (enum edition)_i);
    charge_at(&stream, 0);
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_str_eq(stream.unclear, "");
    observed("order.BRM");
    observed("period.BCL");
    observed("length.CCS");
    observed("value.BSM");
    observed("priority.BCS");
    observed("reserved.BSM");
    observed("transport.BCP");
    observed("transport.charger");
    observed("awaited.bms.BCL");
    observed("awaited.charger.CSD");
    observed("demand.current.BCP");
    observed("output.current");
    ck_assert_int_eq(result_of(&stream, "timeout.charger.BCL")->verdict, RULE_NONE);
    ck_assert_uint_eq(rules_session_count(stream.rules), 1);
    ck_assert_int_eq(rules_session(stream.rules, 0)->reached, PHASE_END);
    ck_assert_int_eq(rules_session(stream.rules, 0)->ended_by, ENDED_BY_PERSON);
    ck_assert_str_eq(rules_session(stream.rules, 0)->vin, "LPILEBENCH0000001");
    stream_free(&stream);
}
END_TEST

START_TEST(what_a_result_tells) {
    charge(&stream);
    judged(&stream);
    const struct rule_result *bcl = observed("period.BCL");
    ck_assert_double_eq_tol(bcl->value, 50, 1e-9);
    ck_assert_double_eq_tol(bcl->limit_min, 45, 1e-9);
    ck_assert_double_eq_tol(bcl->limit_max, 55, 1e-9);
    ck_assert_uint_eq(bcl->bins[RULE_BINS / 2], bcl->observed);
    ck_assert_str_eq(bcl->unit, "ms");
    ck_assert_ptr_eq(bcl->message, &messages[MESSAGE_BCL]);
    ck_assert_int_eq(bcl->side, RULE_BMS);
    ck_assert_str_eq(bcl->clause, "GB/T 27930-2015 chapter 9, 10.3.1");
    const struct rule_result *ccs = observed("awaited.charger.CCS");
    ck_assert_int_eq(ccs->side, RULE_CHARGER);
    ck_assert_double_eq_tol(ccs->largest, 0.1, 1e-9); /* from CRO(AA) to the first CCS */
    for (size_t i = 0; i < rules_count(stream.rules); i++) {
        const struct rule_result *result = rules_result(stream.rules, i);
        ck_assert_uint_gt(strlen(result->zh), 5);
        ck_assert_uint_gt(strlen(result->en), 5);
        ck_assert_uint_gt(strlen(result->clause), 5);
        for (size_t j = 0; j < i; j++) {
            ck_assert_str_ne(result->id, rules_result(stream.rules, j)->id);
        }
    }
    stream_free(&stream);
}
END_TEST

START_TEST(phases_of_a_session) {
    static const struct {
        enum message_phase phase;
        int64_t from_ms;
    } wanted[] = {{PHASE_HANDSHAKE, T_CHM},
                  {PHASE_RECOGNITION, T_CRM_00},
                  {PHASE_CONFIGURATION, T_BCP},
                  {PHASE_CHARGING, T_BCL},
                  {PHASE_END, T_BSD}};
    charge(&stream);
    judged(&stream);
    const struct rules_session *session = rules_session(stream.rules, 0);
    ck_assert_uint_eq(session->phase_count, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(session->phases[i].phase, wanted[i].phase);
        ck_assert_int_eq(session->phases[i].from_ns, wanted[i].from_ms * MS);
    }
    ck_assert_int_eq(session->from_ns, 0);
    ck_assert_uint_eq(session->from_mark, 1);
    ck_assert_int_eq(session->to_ns, session->phases[4].to_ns);
    stream_free(&stream);
}
END_TEST

START_TEST(two_cars_in_one_file) {
    charge(&stream);
    charge_at(&stream, 20000);               /* CHM after the end: the next charge */
    charge_at(&stream, 80000);               /* and after a long silence */
    charge_at(&stream, 80000 + T_END + 300); /* the same car at once again */
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_str_eq(stream.unclear, "");
    ck_assert_uint_eq(rules_session_count(stream.rules), 4);
    ck_assert_int_eq(rules_session(stream.rules, 1)->from_ns, 20000 * MS);
    ck_assert_int_eq(rules_session(stream.rules, 2)->from_ns, 80000 * MS);
    stream_free(&stream);
}
END_TEST

START_TEST(many_charges) {
    stream_init(&stream, EDITION_2015);
    for (int64_t i = 0; i < 20; i++) {
        charge_at(&stream, i * 20000);
    }
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_uint_eq(rules_session_count(stream.rules), 20);
    stream_free(&stream);
}
END_TEST

START_TEST(more_charges_than_are_kept) {
    stream_init(&stream, EDITION_2015);
    for (int i = 0; i < RULES_SESSIONS_MAX + 7; i++) {
        repeat(&stream, "CHM", i * 600000ll, i * 600000ll + 1, 250, CHM_V11);
    }
    judged(&stream);
    ck_assert_uint_eq(rules_charge_count(stream.rules), RULES_SESSIONS_MAX + 7);
    ck_assert_uint_eq(rules_session_count(stream.rules), RULES_SESSIONS_MAX);
    uint64_t others = 0;
    for (int by = 0; by < ENDED_BY_COUNT; by++) {
        others += rules_charges_left_out(stream.rules, (enum ended_by)by);
    }
    ck_assert_uint_eq(others, 7);
    const struct rules_session *last = rules_session(stream.rules, RULES_SESSIONS_MAX - 1);
    ck_assert_int_eq(last->from_ns, (RULES_SESSIONS_MAX + 6) * 600000ll * MS);
    stream_free(&stream);
}
END_TEST

START_TEST(begins_anywhere) {
    for (int64_t from = 0; from < T_END; from += 37) {
        charge(&stream);
        drop(&stream, "*", 0, from);
        ck_assert_msg(judged(&stream)[0] == '\0', "from %lld ms: %s", (long long)from,
                      stream.failed);
        stream_free(&stream);
    }
}
END_TEST

START_TEST(ends_anywhere) {
    for (int64_t to = 37; to < T_END; to += 37) {
        charge(&stream);
        drop(&stream, "*", to, ALL_TIME);
        ck_assert_msg(judged(&stream)[0] == '\0', "to %lld ms: %s", (long long)to, stream.failed);
        ck_assert_msg(stream.unclear[0] == '\0', "to %lld ms: %s", (long long)to, stream.unclear);
        stream_free(&stream);
    }
}
END_TEST

/* A capture in which frames are missing says nothing false about those it has. */
START_TEST(lost_anywhere) {
    for (int64_t from = 0; from < T_END - 500; from += 41) {
        charge(&stream);
        drop(&stream, "*", from, from + 400);
        stream.lost_at = 1;
        for (size_t i = 0; i < stream.count; i++) {
            stream.lost_at += stream.frames[i].at_ns < from * MS;
        }
        ck_assert_msg(judged(&stream)[0] == '\0', "at %lld ms: %s", (long long)from, stream.failed);
        stream_free(&stream);
    }
}
END_TEST

START_TEST(lost_is_inconclusive) {
    charge(&stream);
    drop(&stream, "*", 9000, 10500); /* more than the wait for BCL */
    ck_assert_str_ne(judged(&stream), "");
    for (size_t i = 0; i < stream.count; i++) {
        stream.lost_at += stream.frames[i].at_ns < 9000 * MS;
    }
    stream.lost_at++;
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_ptr_nonnull(strstr(stream.unclear, "awaited.bms.BCL"));
    ck_assert_str_eq(result_of(&stream, "awaited.bms.BCL")->reason_en,
                     "frames are missing in this capture");
    stream_free(&stream);
}
END_TEST

START_TEST(no_clock) {
    charge(&stream);
    stream.no_clock = true;
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_str_eq(result_of(&stream, "period.BCL")->reason_en, "no clock in this capture");
    ck_assert_int_eq(result_of(&stream, "awaited.bms.BCS")->verdict, RULE_INCONCLUSIVE);
    observed("order.CML");
    observed("value.BCL");
    repeat(&stream, "CML", 8000, 8600, 250, CML_MAX); /* order is judged all the same */
    say(&stream, "BCL", 9000, 9060, "7C 13 B8 0B 03");
    ck_assert_str_eq(judged(&stream), "order.CML value.BCL");
    stream_free(&stream);
}
END_TEST

START_TEST(coarse_clock) {
    charge(&stream);
    for (size_t i = 0; i < stream.count; i++) {
        stream.frames[i].at_ns = stream.frames[i].at_ns / (100 * MS) * (100 * MS);
    }
    ck_assert_ptr_nonnull(strstr(judged(&stream), "period.BCL"));
    stream.resolution_ns = 100 * MS;
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_str_eq(result_of(&stream, "period.BCL")->reason_en,
                     "the times are not precise enough to decide it");
    observed("awaited.bms.BCS");
    drop(&stream, "BSM", 9000, 9600); /* more than the resolution explains */
    ck_assert_str_eq(judged(&stream), "period.BSM");
    stream_free(&stream);
}
END_TEST

START_TEST(time_that_goes_back) {
    charge(&stream);
    qsort(stream.frames, stream.count, sizeof stream.frames[0], by_time);
    struct rules *rules = rules_new(EDITION_2015, &rules_limits_default, true);
    for (size_t i = 0; i < stream.count; i++) {
        const struct stream_frame *frame = &stream.frames[i];
        int64_t set_back_ns = frame->at_ns > 9000 * MS ? 8000 * MS : 0;
        rules_frame(rules, frame->at_ns - set_back_ns, i + 1, &frame->frame);
    }
    rules_finish(rules, 6000 * MS);
    for (size_t i = 0; i < rules_count(rules); i++) {
        ck_assert_msg(rules_result(rules, i)->verdict != RULE_FAIL, "%s",
                      rules_result(rules, i)->id);
    }
    rules_free(rules);
}
END_TEST

START_TEST(nothing_at_all) {
    stream_init(&stream, EDITION_2015);
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_uint_eq(rules_session_count(stream.rules), 0);
    raw(&stream, 5, "0070F4B5", "01 02"); /* another node of the vehicle */
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_str_eq(stream.unclear, "");
    stream_free(&stream);
}
END_TEST

START_TEST(proofs) {
    charge(&stream);
    say(&stream, "BCL", 9000, 10000, "7C 13 B8 0B 09");
    ck_assert_str_eq(judged(&stream), "value.BCL");
    const struct rule_result *result = result_of(&stream, "value.BCL");
    ck_assert_uint_eq(result->violations, 20);
    ck_assert_uint_eq(result->proof_count, 1); /* the same payload twenty times */
    ck_assert_int_eq(result->proofs[0].at_ns, 9010 * MS);
    ck_assert_uint_gt(result->proofs[0].mark, 100);
    ck_assert_ptr_nonnull(strstr(result->proofs[0].en, "charging mode"));
    ck_assert_ptr_nonnull(strstr(result->proofs[0].zh, "充电模式"));
    stream_free(&stream);
}
END_TEST

START_TEST(limits_of_the_transport) {
    ck_assert_mem_eq(&rules_limits_default.transport, &transport_timing_default,
                     sizeof transport_timing_default);
}
END_TEST

START_TEST(texts) {
    ck_assert_str_eq(rule_side_text(RULE_CHARGER, false), "charger");
    ck_assert_str_eq(rule_kind_text(RULE_OUTPUT, false), "output");
    ck_assert_str_eq(ended_by_text(ENDED_BEFORE, false), "the charge never began");
    for (int kind = 0; kind < RULE_KINDS; kind++) {
        ck_assert_ptr_nonnull(rule_kind_text((enum rule_kind)kind, true));
    }
}
END_TEST

/* The last word of a charge that is not the last one speaks of the next one, not of the capture's
 * end. */
START_TEST(another_charge_follows) {
    static const struct {
        int64_t to; /* the first charge ends without a word, or its end is cut away */
        const char *code, *payload;
        const char *sentence;
    } ways[] = {
        {T_CHM + 3000, NULL, NULL, "The charge never began."},
        {T_CST, NULL, NULL, "The next charge begins"},
        {T_CST, "CEM", "FC F0 C4 FC", "the next charge begins"},
        {T_CST, "BST", "01 00 00 F0", "did not answer with CST"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        charge(&stream);
        drop(&stream, "*", ways[i].to, ALL_TIME);
        if (ways[i].code != NULL) {
            put(&stream, ways[i].to + 100, ways[i].code, ways[i].payload);
        }
        charge_at(&stream, T_CST + 8000);
        judged(&stream);
        ck_assert_uint_eq(rules_session_count(stream.rules), 2);
        const char *said = rules_session(stream.rules, 0)->en;
        ck_assert_msg(strstr(said, ways[i].sentence) != NULL, "%s", said);
        ck_assert_msg(strstr(said, "ecording ends") == NULL, "%s", said);
        stream_free(&stream);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules");
    TCase *tests = tcase_create("whole charges");
    tcase_add_loop_test(tests, healthy_in_each_edition, EDITION_2011, EDITIONS);
    tcase_add_test(tests, another_charge_follows);
    tcase_add_test(tests, what_a_result_tells);
    tcase_add_test(tests, phases_of_a_session);
    tcase_add_test(tests, two_cars_in_one_file);
    tcase_add_test(tests, many_charges);
    tcase_add_test(tests, more_charges_than_are_kept);
    tcase_add_test(tests, begins_anywhere);
    tcase_add_test(tests, ends_anywhere);
    tcase_add_test(tests, lost_anywhere);
    tcase_add_test(tests, lost_is_inconclusive);
    tcase_add_test(tests, no_clock);
    tcase_add_test(tests, coarse_clock);
    tcase_add_test(tests, time_that_goes_back);
    tcase_add_test(tests, nothing_at_all);
    tcase_add_test(tests, proofs);
    tcase_add_test(tests, limits_of_the_transport);
    tcase_add_test(tests, texts);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
