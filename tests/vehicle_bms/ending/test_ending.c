/* SPDX-License-Identifier: MIT */
/* One stream of frames for each way a charge can end, and the words that have to be in the last
 * sentence of both languages. All of it, with what led to it, is kept in last-words.txt. */
#include "tests/support/kept.h"
#include "tests/support/suite.h"
#include "tests/vehicle_bms/support/ending_ways.h"

#include "vehicle_bms/ending/internal.h"

#include <stdio.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ table */

struct way {
    const char *name;
    void (*tell)(void);
    enum ended_by by;
    const char *zh[4], *en[4];
};

#define WAY(name, by, ...)                                                                         \
    { #name, name, by, __VA_ARGS__ }

static const struct way ways[] = {
    WAY(way_bms_full, ENDED_BY_BMS, {"车辆BMS正常结束", "SOC目标值", "SOC 98 %", "20 ms后"},
        {"BMS ended the charge as intended", "wanted SOC reached", "SOC 98 %", "CST after 20 ms"}),
    WAY(way_bms_full_ill_ccs, ENDED_BY_BMS, {"SOC目标值（BST；BCS：SOC 41 %）。记录"},
        {"(BST; BCS: SOC 41 %). The recording ends"}),
    WAY(way_bms_cell_voltage, ENDED_BY_BMS, {"单体电压的设定值", "3.66 V", "3.65 V"},
        {"cell-voltage set value", "highest cell 3.66 V", "allows 3.65 V"}),
    WAY(way_bms_fault, ENDED_BY_BMS, {"因故障中止", "绝缘故障、高压继电器故障（BST"},
        {"for a fault", "insulation fault, high-voltage relay fault (BST).", "CST after 50 ms"}),
    WAY(way_bms_hot, ENDED_BY_BMS, {"电池组温度过高", "最高温度56 °C", "55 °C"},
        {"pack over-temperature", "highest temperature 56 °C", "allows 55 °C"}),
    WAY(way_bms_over_current, ENDED_BY_BMS,
        {"电流过大", "需求120.0 A", "131.5 A", "CST出现之前结束"},
        {"over-current", "asked for 120.0 A", "gave 131.5 A", "ends before any CST"}),
    WAY(way_bms_no_reason, ENDED_BY_BMS, {"未给出原因", "CST应答"}, {"gave no reason", "answered"}),
    WAY(way_bms_unanswered, ENDED_BY_BMS, {"6.00 s内未以CST应答", "之后BEM", "接收CST超时"},
        {"did not answer with CST in the 6.00 s", "Afterwards BEM", "CST not received"}),
    WAY(way_bms_says_charger, ENDED_BY_BMS, {"称充电机已中止，但此前没有CST"},
        {"says that the charger had stopped, though no CST"}),
    WAY(way_bms_before_charging, ENDED_BY_BMS, {"其他故障", "尚未开始充电", "K5、K6"},
        {"other fault", "had not begun", "K5/K6"}),
    WAY(way_bms_reason_in_second_frame, ENDED_BY_BMS, {"总电压的设定值"},
        {"total-voltage set value"}),
    WAY(way_person, ENDED_BY_PERSON, {"手动停止", "人工中止"}, {"by hand", "at the charger"}),
    WAY(way_person_and_fault, ENDED_BY_PERSON,
        {"手动停止", "CST同时给出：故障中止、充电连接器故障"},
        {"by hand", "CST says besides: stopped by fault, charging connector fault."}),
    WAY(way_condition_and_fault, ENDED_BY_CHARGER,
        {"没有指明", "同时给出：达到充电机设定的条件中止"},
        {"does not say which", "says besides: condition set on the charger reached."}),
    WAY(way_emergency_stop, ENDED_BY_PERSON, {"急停"}, {"emergency stop"}),
    WAY(way_charger_condition, ENDED_BY_CHARGER, {"正常结束", "设定的条件"},
        {"as intended", "condition set on the charger"}),
    WAY(way_charger_connector, ENDED_BY_CHARGER, {"因故障", "充电连接器故障", "一直正常通信"},
        {"for a fault", "charging connector fault", "talked until then"}),
    WAY(way_charger_nameless_fault, ENDED_BY_CHARGER, {"没有指明"}, {"does not say which"}),
    WAY(way_charger_no_reason, ENDED_BY_CHARGER, {"未给出原因"}, {"gave no reason"}),
    WAY(way_charger_current_mismatch, ENDED_BY_CHARGER,
        {"电流不匹配", "需求120.0 A", "输出85.3 A", "测量85.0 A"},
        {"current mismatch", "asked for 120.0 A", "gave 85.3 A", "measured 85.0 A"}),
    WAY(way_charger_voltage, ENDED_BY_CHARGER, {"电压异常", "输出612.4 V", "最高允许600.0 V"},
        {"voltage abnormal", "asked for 590.0 V", "gave 612.4 V", "at most 600.0 V"}),
    WAY(way_charger_after_bsm, ENDED_BY_CHARGER,
        {"车辆状态异常", "单体电压过高/过低=过高", "397 ms"},
        {"vehicle's state", "cell voltage state: too high (", "since 397 ms before"}),
    WAY(way_charger_after_pause, ENDED_BY_CHARGER, {"暂停充电", "10 min"},
        {"after the vehicle had paused", "may last 10 min"}),
    WAY(way_charger_in_short_pause, ENDED_BY_CHARGER, {"充电机过温故障", "暂停充电已5.00 s"},
        {"charger over-temperature", "had paused the charge for 5.00 s"}),
    WAY(way_charger_says_bms, ENDED_BY_CHARGER, {"称BMS已主动中止", "没有BST"},
        {"says that the BMS had stopped it, though no BST"}),
    WAY(way_charger_quiet_vehicle, ENDED_BY_CHARGER, {"没有指明", "BCL已中断9"},
        {"does not say which", "BCL had been silent for 9"}),
    WAY(way_both_at_once, ENDED_BY_CHARGER, {"充电连接器故障（CST", "几乎同时"},
        {"connector fault (CST)", "Almost at once", "BST of its own: charging connector fault"}),
    WAY(way_charger_before_charging, ENDED_BY_CHARGER, {"其他故障", "尚未开始充电", "等待BRO"},
        {"other fault", "had not begun", "waiting for BRO"}),
    WAY(way_person_and_no_bsd, ENDED_BY_PERSON, {"手动停止", "之后CEM：接收BSD超时"},
        {"by hand", "Afterwards CEM: BSD not received"}),
    WAY(way_cem_bcl_silent, ENDED_BY_TIMEOUT, {"未按时收到BCL", "最后一帧BCL在此前1.0", "仍在发送"},
        {"charger missed BCL", "last BCL was 1.0", "Other messages of the BMS still came",
         "No reconnection"}),
    WAY(way_cem_vehicle_silent, ENDED_BY_TIMEOUT, {"未按时收到BCL", "BMS已完全无报文"},
        {"missed BCL", "BMS had fallen silent altogether"}),
    WAY(way_cem_too_soon, ENDED_BY_TIMEOUT, {"未到1.00 s的时限", "报错过早"},
        {"the limit is 1.00 s", "too early"}),
    WAY(way_cem_unheard, ENDED_BY_TIMEOUT, {"一直正常发送", "没有收到或没有采用"},
        {"BCL was on the bus until then", "did not receive it or did not take it"}),
    WAY(way_cem_wrong_length, ENDED_BY_TIMEOUT, {"长度错误（4字节"}, {"wrong length (4 bytes, 20"}),
    WAY(way_cem_brm_broken, ENDED_BY_TIMEOUT, {"BRM的多包传输", "次均未完成", "BMS）"},
        {"charger missed BRM", "begun 4 times, and none came whole", "BMS's doing"}),
    WAY(way_cem_never_bcp, ENDED_BY_TIMEOUT, {"从未出现BCP"}, {"No BCP had come before it"}),
    WAY(way_cem_bro_never_ready, ENDED_BY_TIMEOUT, {"BRO(AA)", "一直为00", "K5、K6"},
        {"missed BRO(AA)", "never as AA", "K5/K6"}),
    WAY(way_cem_without_bit, ENDED_BY_TIMEOUT, {"没有指明哪条报文"}, {"names no message"}),
    WAY(way_cem_three_times, ENDED_BY_TIMEOUT,
        {"未按时收到BCL", "重新连接3次", "通信中断", "等待BRM"},
        {"missed BCL", "3 reconnections were tried, in vain", "interruption", "waiting for BRM"}),
    WAY(way_healed_then_full, ENDED_BY_BMS, {"SOC目标值", "1次通信超时", "重新连接成功"},
        {"wanted SOC", "a timeout had been healed"}),
    WAY(way_bem_ccs_silent, ENDED_BY_TIMEOUT, {"BMS未按时收到CCS", "充电机已完全无报文"},
        {"BMS missed CCS", "charger had fallen silent altogether"}),
    WAY(way_bem_and_cem, ENDED_BY_TIMEOUT, {"双方同时", "总线"},
        {"at the same time", "the bus (cable"}),
    WAY(way_cem_then_cst, ENDED_BY_TIMEOUT, {"BCL", "随后CST：", "其他故障"},
        {"missed BCL", "Then CST: ", "other fault"}),
    WAY(way_silent_vehicle, ENDED_BY_BUS, {"车辆先失去通信", "没有发送CEM"},
        {"vehicle fell silent first", "went on for 2.30 s", "without CEM"}),
    WAY(way_silent_charger, ENDED_BY_BUS, {"充电机先失去通信", "没有发送BEM"},
        {"charger fell silent first", "without BEM"}),
    WAY(way_silent_both, ENDED_BY_BUS, {"几乎同时失去通信", "S+/S-"},
        {"Both sides fell silent at once", "ends 3.0"}),
    WAY(way_file_ends, ENDED_NOT, {"充电过程中结束"}, {"ends while the charge goes on"}),
    WAY(way_file_ends_overdue, ENDED_NOT, {"BCL已缺失3.2"},
        {"BCL has been missing for the last 3.2"}),
    WAY(way_never_bhm, ENDED_BEFORE, {"没有开始", "没有应答BHM", "11.8 s"},
        {"never began", "never answered with BHM", "for 11.8 s", "ends 5."}),
    WAY(way_never_passed_insulation, ENDED_BEFORE, {"绝缘检测", "允许600.0 V"},
        {"insulation test", "allows 600.0 V", "no message tells"}),
    WAY(way_bhm_too_low, ENDED_BEFORE, {"仅允许12.0 V"}, {"allows 12.0 V only"}),
    WAY(way_never_brm, ENDED_BEFORE, {"等待BRM", "没有等到BRM"},
        {"waiting for BRM", "BRM (BMS and vehicle recognition) never came"}),
    WAY(way_never_whole_brm, ENDED_BEFORE, {"BRM的多包传输", "次均未完成"}, {"none came whole"}),
    WAY(way_never_recognised, ENDED_BEFORE, {"等待CRM(AA)", "没有等到CRM(AA)"},
        {"waiting for CRM(AA)", "CRM(AA) never came"}),
    WAY(way_never_bro_ready, ENDED_BEFORE, {"K5、K6", "没有等到BRO(AA)"},
        {"K5/K6", "BRO(AA) never came"}),
    WAY(way_never_cro_ready, ENDED_BEFORE, {"预充电", "800.0 V", "750.0 V"},
        {"pre-charges", "800.0 V (BCP)", "200.0 to 750.0 V"}),
    WAY(way_bro_falls_back, ENDED_BEFORE, {"从AA退回00"}, {"fell back from AA to 00"}),
    WAY(way_never_bcl, ENDED_BEFORE, {"等待BCL和BCS"},
        {"waiting for BCL and BCS", "BCL (battery charging demand) never came"}),
    WAY(way_never_bcs, ENDED_BEFORE, {"没有等到BCS"}, {"waiting for BCS", "never came"}),
    WAY(way_never_bcl_but_bcs, ENDED_BEFORE, {"没有等到BCL"}, {"waiting for BCL", "never came"}),
    WAY(way_never_ccs, ENDED_BEFORE, {"没有等到CCS"}, {"waiting for the charger's CCS"}),
    WAY(way_file_ends_early, ENDED_NOT, {"充电开始之前结束", "等待CRM(AA)"},
        {"ends before the charge began", "waiting for CRM(AA)"}),
    WAY(way_begins_inside, ENDED_BY_BMS, {"SOC目标值", "从充电过程中间开始"},
        {"wanted SOC", "begins in the middle"}),
    WAY(way_statistics_only, ENDED_NOT, {"只有充电结束后的统计报文"}, {"only the statistics"}),
    WAY(way_states_only, ENDED_NOT, {"报文太少"}, {"Too few messages"}),
};

#define WAYS (sizeof ways / sizeof ways[0])

static void expect_words(const struct way *way, const char *text, const char *const *words) {
    for (size_t i = 0; i < 4 && words[i] != NULL; i++) {
        ck_assert_msg(strstr(text, words[i]) != NULL, "%s lacks \"%s\": %s", way->name, words[i],
                      text);
    }
}

START_TEST(last_word) {
    const struct way *way = &ways[_i];
    stream_begin(true);
    way->tell();
    const struct rules_session session = stream_end();
    ck_assert_msg(session.ended_by == way->by, "%s: ended by %d: %s", way->name,
                  (int)session.ended_by, session.en);
    expect_words(way, session.zh, way->zh);
    expect_words(way, session.en, way->en);
    ck_assert_msg(strlen(session.en) < sizeof session.en - 1, "%s is cut: %s", way->name,
                  session.en);
    ck_assert_msg(strlen(session.zh) < sizeof session.zh - 1, "%s is cut: %s", way->name,
                  session.zh);
    ck_assert_uint_gt(session.ended_mark, 0);
    for (size_t i = 1; i < session.story_count; i++) {
        ck_assert_uint_le(session.story[i - 1].mark, session.story[i].mark);
    }
}
END_TEST

/* Without a clock the same ways are told apart, with no duration in the words. */
START_TEST(last_word_without_clock) {
    const struct way *way = &ways[_i];
    stream_begin(false);
    way->tell();
    const struct rules_session session = stream_end();
    bool needs_clock = way->by == ENDED_BY_BUS || way->by == ENDED_BEFORE;
    ck_assert_msg(session.ended_by == (needs_clock ? ENDED_NOT : way->by), "%s: %d: %s", way->name,
                  (int)session.ended_by, session.en);
    ck_assert_msg(strstr(session.en, " ms") == NULL && strstr(session.en, " s ") == NULL &&
                      strstr(session.en, " s)") == NULL && strstr(session.en, " min ") == NULL,
                  "%s", session.en);
    ck_assert_ptr_null(strstr(session.en, "  "));
}
END_TEST

/* No digit that the clock does not have. */
START_TEST(durations_by_the_clock) {
    static const struct {
        int64_t resolution_ns, ns;
        const char *text;
    } rows[] = {
        {0, 400000, "0.4 ms"},
        {1000, 400000, "0.4 ms"},
        {1000, 0, "0.0 ms"},
        {MS, 0, "<1 ms"},
        {MS, 3 * MS, "3 ms"},
        {15625000, 0, "<15.6 ms"},
        {15625000, 15625000, "16 ms"},
        {100 * MS, 0, "<100 ms"},
        {100 * MS, 300 * MS, "300 ms"},
        {100 * MS, 1500 * MS, "1.5 s"},
        {10 * MS, 1530 * MS, "1.53 s"},
        {1000 * MS, 0, "<1 s"},
        {1000 * MS, 1000 * MS, "1 s"},
        {1000 * MS, 45000 * MS, "45 s"},
        {100 * MS, 45100 * MS, "45.1 s"},
        {1000 * MS, 600000 * MS, "10 min"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ending *ending = ending_new(EDITION_2015, &rules_limits_default, true);
        ending_resolution(ending, rows[i].resolution_ns);
        ending_begin(ending, 1);
        ck_assert_str_eq(duration_of(ending, rows[i].ns).text, rows[i].text);
        ending_free(ending);
    }
}
END_TEST

START_TEST(last_word_by_a_coarse_clock) {
    stream_begin(true);
    ending_resolution(stream.ending, 1000 * MS);
    ways[_i].tell();
    const struct rules_session session = stream_end();
    const char *at = session.en;
    while ((at = strpbrk(at, "0123456789")) != NULL) { /* no whole number of ms is known */
        at += strspn(at, "0123456789.");
        ck_assert_msg(strncmp(at, " ms", 3) != 0, "%s", session.en);
    }
}
END_TEST

START_TEST(figures_of_the_charge) {
    stream_begin(true);
    way_bms_full();
    const struct rules_session session = stream_end();
    ck_assert_str_eq(session.vin, "PBTESTVEH1CLE0001");
    ck_assert_double_eq_tol(session.energy_kwh, 38.5, 1e-9);
    ck_assert_double_eq_tol(session.minutes, 42, 1e-9);
    ck_assert_double_eq_tol(session.soc_from, 40, 1e-9);
    ck_assert_double_eq_tol(session.soc_to, 80, 1e-9);
    ck_assert_double_eq_tol(session.voltage_max, 549.1, 1e-9);
    ck_assert_double_eq_tol(session.current_max, 119.8, 1e-9);
    ck_assert_uint_eq(session.reconnections, 0);
}
END_TEST

START_TEST(unknown_figures_are_unknown) {
    stream_begin(true);
    way_never_bhm();
    const struct rules_session session = stream_end();
    ck_assert_str_eq(session.vin, "");
    ck_assert(isnan(session.energy_kwh) && isnan(session.minutes) && isnan(session.soc_from));
    ck_assert(isnan(session.soc_to) && isnan(session.voltage_max) && isnan(session.current_max));
}
END_TEST

START_TEST(reconnections_are_counted) {
    stream_begin(true);
    way_cem_three_times();
    struct rules_session session = stream_end();
    ck_assert_uint_eq(session.reconnections, 3);
    stream_begin(true);
    way_healed_then_full();
    session = stream_end();
    ck_assert_uint_eq(session.reconnections, 1);
}
END_TEST

/* The next session knows nothing of the last; a look in between changes nothing. */
START_TEST(sessions_are_apart) {
    stream_begin(true);
    way_person();
    struct rules_session session = {0};
    ending_finish(stream.ending, stream.now_ns, &session);
    ck_assert_int_eq(session.ended_by, ENDED_BY_PERSON);
    ending_finish(stream.ending, stream.now_ns, &session);
    ck_assert_int_eq(session.ended_by, ENDED_BY_PERSON);
    ending_begin(stream.ending, 1);
    set("CST.manual_stop", 0);
    go_charging(1000);
    session = stream_end();
    ck_assert_int_eq(session.ended_by, ENDED_NOT);
    ck_assert_uint_eq(session.story[0].session, 1);
}
END_TEST

/* More events than there is room for: the latest stay, in order. */
START_TEST(story_is_bounded) {
    stream_begin(true);
    go_charging(1000);
    for (int i = 0; i < 20; i++) {
        set("BSM.charging_permitted", i % 2);
        steady(500, CHARGING);
    }
    set("CST.manual_stop", 1);
    steady(100, "CST");
    const struct rules_session session = stream_end();
    ck_assert_uint_eq(session.story_count, RULE_PROOFS_MAX);
    ck_assert_ptr_nonnull(strstr(session.story[RULE_PROOFS_MAX - 1].en, "CST"));
    ck_assert_uint_eq(session.story[RULE_PROOFS_MAX - 1].mark, session.ended_mark);
}
END_TEST

static void write_figures(FILE *to, const struct rules_session *session) {
    fprintf(to, "  [%s] frame %llu at %.6f s; VIN %s,", ended_by_text(session->ended_by, false),
            (unsigned long long)session->ended_mark, (double)session->ended_ns / 1e9, session->vin);
    kept_number(to, "kWh", session->energy_kwh);
    kept_number(to, "min", session->minutes);
    kept_number(to, "SOC", session->soc_from);
    kept_number(to, "to", session->soc_to);
    kept_number(to, "V", session->voltage_max);
    kept_number(to, "A", session->current_max);
    fprintf(to, ", %u reconnections\n", session->reconnections);
}

static struct rules_session end_of(const struct way *way, bool clock, int64_t resolution_ns) {
    stream_begin(clock);
    ending_resolution(stream.ending, resolution_ns);
    way->tell();
    return stream_end();
}

/* Every word of every way, with a clock, a coarse one and none. */
START_TEST(every_word) {
    struct kept kept;
    kept_open(&kept);
    for (size_t i = 0; i < WAYS; i++) {
        struct rules_session session = end_of(&ways[i], true, 0);
        fprintf(kept.stream, "%s\n", ways[i].name);
        write_figures(kept.stream, &session);
        fprintf(kept.stream, "  %s\n  %s\n", session.zh, session.en);
        for (size_t k = 0; k < session.story_count; k++) {
            const struct rule_proof *one = &session.story[k];
            fprintf(kept.stream, "    %.3f s frame %llu %s | %s\n", (double)one->at_ns / 1e9,
                    (unsigned long long)one->mark, one->zh, one->en);
        }
        session = end_of(&ways[i], true, 1000 * MS);
        fprintf(kept.stream, "  by seconds: %s | %s\n", session.zh, session.en);
        session = end_of(&ways[i], false, 0);
        fprintf(kept.stream, "  no clock: [%s] %s | %s\n", ended_by_text(session.ended_by, false),
                session.zh, session.en);
    }
    kept_check(&kept, TEST_SOURCE_DIR "/tests/vehicle_bms/ending/last-words.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules_ending");
    TCase *tests = tcase_create("ending");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, last_word, 0, (int)WAYS);
    tcase_add_loop_test(tests, last_word_without_clock, 0, (int)WAYS);
    tcase_add_test(tests, durations_by_the_clock);
    tcase_add_loop_test(tests, last_word_by_a_coarse_clock, 0, (int)WAYS);
    tcase_add_test(tests, figures_of_the_charge);
    tcase_add_test(tests, unknown_figures_are_unknown);
    tcase_add_test(tests, reconnections_are_counted);
    tcase_add_test(tests, sessions_are_apart);
    tcase_add_test(tests, story_is_bounded);
    tcase_add_test(tests, every_word);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
