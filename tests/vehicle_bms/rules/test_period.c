/* SPDX-License-Identifier: MIT */
/* Periods: single gaps, means, stretches. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

static const struct {
    const char *code, *id;
    int64_t at_ms;      /* a frame of it in the middle of its stretch */
    int64_t allowed_us; /* for a single gap */
} cyclic[] = {
    {"CHM", "period.CHM", 2000, 50000},  {"BHM", "period.BHM", 2020, 50000},
    {"CML", "period.CML", 5700, 50000},  {"CTS", "period.CTS", 5701, 100000},
    {"BRO", "period.BRO", 5720, 50000},  {"CRO", "period.CRO", 6740, 50000},
    {"BCL", "period.BCL", 9010, 10000},  {"BCS", "period.BCS", 9015, 50000},
    {"CCS", "period.CCS", 9040, 10000},  {"BSM", "period.BSM", 9050, 50000},
    {"BST", "period.BST", 12402, 5000},  {"CST", "period.CST", 12400, 5000},
    {"CSD", "period.CSD", 12710, 50000},
};

START_TEST(one_gap) {
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int64_t beyond = 0; beyond < 2; beyond++) {
            int64_t by_us = cyclic[_i].allowed_us + (beyond ? 100 : -100);
            charge(&stream);
            stream.limits.period_10ms_ns = 5 * MS;
            shift(&stream, cyclic[_i].code, cyclic[_i].at_ms, cyclic[_i].at_ms + 20, sign * by_us);
            ck_assert_str_eq(judged(&stream), beyond ? cyclic[_i].id : "");
            if (beyond) { /* one gap longer, one shorter */
                ck_assert_uint_ge(result_of(&stream, cyclic[_i].id)->violations, 1);
                ck_assert_uint_le(result_of(&stream, cyclic[_i].id)->violations, 2);
            }
            stream_free(&stream);
        }
    }
}
END_TEST

/* Every gap a little longer: within what a single gap may be, not what the mean may be. */
START_TEST(mean) {
    for (int64_t period = 54; period <= 56; period += 2) {
        stream_init(&stream, EDITION_2015);
        start(&stream, 0);
        charging(&stream, 0, T_CST);
        drop(&stream, "BCL", 0, ALL_TIME);
        repeat(&stream, "BCL", T_BCL, T_CST, period, BCL_OK);
        ck_assert_str_eq(judged(&stream), period == 54 ? "" : "period.BCL");
        const struct rule_result *result = result_of(&stream, "period.BCL");
        ck_assert_double_eq_tol(result->value, (double)period, 1e-6);
        ck_assert_uint_eq(result->violations, period == 54 ? 0 : 1);
        stream_free(&stream);
    }
}
END_TEST

START_TEST(mean_needs_five_gaps) {
    for (unsigned gaps = 4; gaps <= 5; gaps++) {
        stream_init(&stream, EDITION_2015);
        repeat(&stream, "CHM", 0, (int64_t)gaps * 290 + 1, 290, CHM_V11);
        ck_assert_str_eq(judged(&stream), gaps < 5 ? "" : "period.CHM");
        stream_free(&stream);
    }
}
END_TEST

START_TEST(share_of_gaps_allowed) {
    charge(&stream);
    shift(&stream, "BCL", 9000, 9020, 15000);
    ck_assert_str_eq(judged(&stream), "period.BCL");
    ck_assert_uint_eq(result_of(&stream, "period.BCL")->proof_count, 2);
    stream.limits.gaps_allowed = 0.05; /* two of a hundred */
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_uint_eq(result_of(&stream, "period.BCL")->proof_count, 0);
    stream.limits.gaps_allowed = 0.01;
    ck_assert_str_eq(judged(&stream), "period.BCL");
    stream_free(&stream);
}
END_TEST

/* 00 turning to AA, the other phase, the next charge: no gap. */
START_TEST(stretches) {
    charge(&stream);
    shift(&stream, "BRO", T_BRO_AA, ALL_TIME, -170000); /* BRO(AA) 80 ms after BRO(00) */
    shift(&stream, "CRO", 0, ALL_TIME, -170000);
    shift(&stream, "CML", T_BRO_AA - 30, ALL_TIME, 0);
    drop(&stream, "CML", T_BRO_AA - 110, ALL_TIME);
    drop(&stream, "CTS", T_BRO_AA - 110, ALL_TIME);
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

/* CRM goes on 660 ms later: behind an error message, its own or the other side's, it is a reconnection, else a
 * gap. */
START_TEST(an_error_message_ends_a_stretch) {
    static const char *const between[] = {"CEM", "BEM", NULL};
    for (size_t i = 0; i < sizeof between / sizeof between[0]; i++) {
        stream_init(&stream, EDITION_2015);
        repeat(&stream, "CRM", 0, 2010, 250, CRM_00);
        repeat(&stream, "CRM", 2660, 4000, 250, CRM_00);
        if (between[i] != NULL) {
            put(&stream, 2400, between[i], "FD F0 C0 FC");
        }
        const char *judgement = judged(&stream);
        ck_assert_msg((strstr(judgement, "period.CRM") == NULL) == (between[i] != NULL), "%s: %s",
                      between[i] != NULL ? between[i] : "nothing", judgement);
        stream_free(&stream);
    }
}
END_TEST

START_TEST(silence_is_no_gap) {
    charge(&stream);
    stream.limits.timeout_late_ns = 5000 * MS;
    drop(&stream, "BCL", 9000, 10100); /* longer than the wait for BCL */
    ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");
    stream_free(&stream);
    charge(&stream);
    drop(&stream, "BCL", 9000, 9500); /* shorter */
    ck_assert_str_eq(judged(&stream), "period.BCL");
    stream_free(&stream);
}
END_TEST

/* A transfer's period is from RTS to RTS, however slow its packets are; of a broken one nothing is
 * counted. */
/* A person stops in the handshake and starts anew at once: a hole in CHM, but for who knows of it. A start
 * alone, a stop alone, a start before the stop, or a charger that begins before anybody has started it, is
 * none. */
START_TEST(started_anew_at_once) {
    static const struct {
        int64_t disturbed, started; /* -1: not */
        const char *failed;
    } rows[] = {{3050, 3500, ""},
                {3050, 3050, ""},
                {-1, 3500, "period.CHM"},
                {3050, -1, "period.CHM"},
                {3500, 3300, "period.CHM"},
                {3050, 4001, "period.CHM"},
                {1000, 2000, "period.CHM"}, /* it was still sending */
                {3050, 3060, ""}};          /* the next CHM comes too early */
    int64_t again = rows[_i].started == 3060 ? 3150 : 4000;
    charge(&stream);
    drop(&stream, "*", 3001, ALL_TIME);
    repeat(&stream, "CHM", again, 6000, 250, CHM_V11);
    for (int when = 0; when < 2; when++) { /* in the order of time */
        bool disturbed = (rows[_i].disturbed <= rows[_i].started) == (when == 0);
        int64_t at_ms = disturbed ? rows[_i].disturbed : rows[_i].started;
        if (at_ms >= 0) {
            done_at(&stream, disturbed ? RULES_DISTURBED : RULES_STARTED, at_ms);
        }
    }
    ck_assert_str_eq(judged(&stream), rows[_i].failed);
    ck_assert_uint_eq(rules_charge_count(stream.rules), rows[_i].failed[0] == '\0' ? 2 : 1);
    stream_free(&stream);
}
END_TEST

START_TEST(transfers) {
    charge(&stream);
    for (size_t i = 0; i < stream.count; i++) {
        struct stream_frame *frame = &stream.frames[i];
        bool rts = frame->frame.data[0] == 0x10 && frame->frame.id == 0x1CEC56F4;
        if (frame->of == MESSAGE_BCS && !rts && frame->at_ns / (250 * MS) % 2 == 0) {
            frame->at_ns += 60 * MS;
        }
    }
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
    charge(&stream);
    drop(&stream, "BCS", 9016, 9050); /* RTS alone: no answer */
    put(&stream, 9016, "CCS", CCS_OK);
    drop(&stream, "CCS", 9016, 9017);
    drop(&stream, "BCS", 9250, 10400); /* it waits, and begins anew after T3 */
    ck_assert_str_eq(judged(&stream), "transport.charger");
    stream_free(&stream);
}
END_TEST

START_TEST(optional_is_reported_only) {
    uint8_t cells[MESSAGE_LENGTH_MAX];
    charge(&stream);
    memset(cells, 0x4C, sizeof cells);
    for (int64_t at = 8100; at < 12000; at += 750) {
        transfer(&stream, at, MESSAGE_BMT, cells, 12);
    }
    ck_assert_str_eq(judged(&stream), "");
    const struct rule_result *result = result_of(&stream, "period.BMT");
    ck_assert_int_eq(result->verdict, RULE_NONE);
    ck_assert_double_eq_tol(result->value, 750, 1e-6);
    stream_free(&stream);
}
END_TEST

/* BMV of 60 cells takes as long as to hold BCS up; what is lost without a cause is a violation. */
START_TEST(long_transfers_hold_others_up) {
    uint8_t cells[MESSAGE_LENGTH_MAX];
    memset(cells, 0x4C, sizeof cells);
    for (size_t i = 1; i < sizeof cells; i += 2) {
        cells[i] = 0x01;
    }
    for (int held = 0; held < 2; held++) {
        charge(&stream);
        if (held) {
            transfer(&stream, 9050, MESSAGE_BMV, cells, 360); /* to 9.467 s */
        }
        drop(&stream, "BCS", 9260, 9300);
        put(&stream, 9475, "BCS", BCS_OK);
        ck_assert_str_eq(judged(&stream), held ? "" : "period.BCS");
        stream_free(&stream);
    }
}
END_TEST

START_TEST(distribution) {
    charge(&stream);
    shift(&stream, "BCL", 9000, 9020, 8000);
    judged(&stream);
    const struct rule_result *result = result_of(&stream, "period.BCL");
    ck_assert_double_eq_tol(result->smallest, 42, 1e-6);
    ck_assert_double_eq_tol(result->largest, 58, 1e-6);
    ck_assert_uint_eq(result->bins[8], 1);
    ck_assert_uint_eq(result->bins[11], 1);
    uint64_t sum = 0;
    for (size_t i = 0; i < RULE_BINS; i++) {
        sum += result->bins[i];
    }
    ck_assert_uint_eq(sum, result->observed);
    stream_free(&stream);
}
END_TEST

/* A recorder's clock that was set: the gap may have been of any length. What is only missing makes no gap
 * shorter. */
START_TEST(clock_jumps) {
    static const int64_t by_us[] = {-130000, 130000};
    for (int i = 0; i < 2; i++) {
        stream_init(&stream, EDITION_2015);
        repeat(&stream, "CHM", 0, 3001, 250, CHM_V11);
        shift(&stream, "CHM", 1500, ALL_TIME, by_us[i]);
        ck_assert_str_eq(judged(&stream), "period.CHM");
        stream.lost_at = 7;
        ck_assert_str_eq(judged(&stream), by_us[i] < 0 ? "period.CHM" : "");
        stream.lost_at = 0;
        stream.jump_at = 7;
        ck_assert_str_eq(judged(&stream), "");
        ck_assert_uint_eq(result_of(&stream, "period.CHM")->observed, 11); /* of 12 gaps */
        stream_free(&stream);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: periods");
    TCase *tests = tcase_create("periods");
    tcase_add_loop_test(tests, one_gap, 0, (int)(sizeof cyclic / sizeof cyclic[0]));
    tcase_add_test(tests, mean);
    tcase_add_test(tests, mean_needs_five_gaps);
    tcase_add_test(tests, share_of_gaps_allowed);
    tcase_add_test(tests, stretches);
    tcase_add_test(tests, an_error_message_ends_a_stretch);
    tcase_add_loop_test(tests, started_anew_at_once, 0, 8);
    tcase_add_test(tests, silence_is_no_gap);
    tcase_add_test(tests, transfers);
    tcase_add_test(tests, optional_is_reported_only);
    tcase_add_test(tests, long_transfers_hold_others_up);
    tcase_add_test(tests, distribution);
    tcase_add_test(tests, clock_jumps);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
