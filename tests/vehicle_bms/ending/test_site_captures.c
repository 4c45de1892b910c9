/* SPDX-License-Identifier: MIT */
/* Failed charges as they occur on site, through the rules as `pilebench judge` uses them: who has
 * the last word, and what must not be said. All that the rules say of them is kept in
 * site-captures.txt. */
#include "tests/support/kept.h"
#include "tests/support/suite.h"
#include "tests/vehicle_bms/support/site_captures.h"

struct site {
    const char *name;
    void (*tell)(void);
    enum ended_by by;
    unsigned session;
    const char *zh[3], *en[4]; /* "!words": must not be in it */
};

#define SITE(name, by, session, ...)                                                               \
    { #name, name, by, session, __VA_ARGS__ }

static const struct site sites[] = {
    SITE(site_gun_pulled, ENDED_BY_CHARGER, 0, {"连接器故障", "车辆随后失去通信", "接收BST超时"},
         {"charging connector fault", "vehicle then fell silent", "went on for 5.8",
          "BST not received"}),
    SITE(site_emergency_stop, ENDED_BY_PERSON, 0, {"急停"},
         {"emergency stop was pressed", "!silent"}),
    SITE(site_emergency_stop_dark, ENDED_BY_PERSON, 0, {"急停", "充电机随后失去通信"},
         {"emergency stop was pressed", "charger then fell silent", "vehicle went on for 4.99 s"}),
    SITE(site_bms_silent, ENDED_BY_TIMEOUT, 0, {"未按时收到BCL", "完全无报文"},
         {"missed BCL", "fallen silent altogether", "a reconnection was tried"}),
    SITE(site_insulation_before, ENDED_BEFORE, 0, {"绝缘检测"},
         {"insulation test", "no message tells"}),
    SITE(site_insulation_by_bms, ENDED_BY_BMS, 0, {"绝缘故障"},
         {"for a fault: insulation fault", "answered with CST after 12 ms"}),
    SITE(site_insulation_by_bsm, ENDED_BY_CHARGER, 0, {"绝缘状态=不正常"},
         {"vehicle's state made the charger stop", "insulation state"}),
    SITE(site_brm_never, ENDED_BY_TIMEOUT, 0, {"未按时收到BRM", "通信中断"},
         {"missed BRM", "3 reconnections", "communication interruption"}),
    SITE(site_cml_refused, ENDED_BY_TIMEOUT, 0, {"K5、K6", "400.0 V不在"},
         {"never as AA", "battery's 400.0 V", "200.0 to 350.0 V"}),
    SITE(site_bcs_lost_cst, ENDED_BY_CHARGER, 0, {"BCS已中断5.06 s"},
         {"other fault (CST)", "BCS had been silent for 5.06 s", "!talked until then"}),
    SITE(site_turned_round, ENDED_BY_PERSON, 0, {"手动停止", "!此前没有CST"},
         {"by hand", "!no CST came"}),
    SITE(site_cml_refused_by_bst, ENDED_BY_BMS, 0, {"电压异常", "尚未开始"},
         {"voltage abnormal", "had not begun"}),
    SITE(site_cml_mismatch_2023, ENDED_BY_CHARGER, 0, {"2015版中未定义"},
         {"2015 reserves", "had not begun"}),
    SITE(site_bsm_fault, ENDED_BY_CHARGER, 0, {"温度过高"},
         {"over-temperature: too hot", "other fault"}),
    SITE(site_full_bst_first, ENDED_BY_BMS, 0, {"SOC目标值", "几乎同时（6.0 ms后）", "!应答"},
         {"wanted SOC reached", "Almost at once (6.0 ms later) the charger", "!answered",
          "condition set"}),
    SITE(site_full_cst_first, ENDED_BY_CHARGER, 0, {"设定的条件", "几乎同时"},
         {"condition set", "Almost at once", "BMS sent a BST of its own: wanted SOC"}),
    SITE(site_full_same_instant, ENDED_BY_BMS, 0, {"几乎同时"},
         {"Almost at once (0.0 ms later) the charger"}),
    SITE(site_fault_and_person, ENDED_BY_BMS, 0, {"继电器", "人工中止", "!应答"},
         {"relay fault", "CST of its own: stopped by hand", "!answered"}),
    SITE(site_person_app_no_bst, ENDED_BY_PERSON, 0, {"手动停止", "接收BST超时"},
         {"by hand", "BST not received", "!silent"}),
    SITE(site_begins_with_the_answer, ENDED_BY_PERSON, 0, {"手动停止", "!此前没有CST"},
         {"by hand", "in the middle", "!no CST came"}),
    SITE(site_begins_between, ENDED_BY_BMS, 0, {"SOC目标值", "!没有BST"},
         {"wanted SOC reached", "answered with CST.", "!no BST came"}),
    SITE(site_begins_while_charging, ENDED_BY_PERSON, 0, {"手动停止"},
         {"by hand", "in the middle"}),
    SITE(site_begins_with_an_error, ENDED_BY_TIMEOUT, 0, {"仅10 ms才开始", "!没有发送任何报文"},
         {"missed BCL", "only 10 ms before", "!Nothing at all"}),
    SITE(site_cut_after_bst, ENDED_BY_BMS, 0, {"CST出现之前结束"},
         {"wanted SOC", "ends before any CST (10 ms"}),
    SITE(site_cut_while_charging, ENDED_NOT, 0, {"充电过程中结束"}, {"while the charge goes on"}),
    SITE(site_cut_in_the_insulation_test, ENDED_NOT, 0, {"尚未结束"},
         {"had not ended yet", "!never"}),
    SITE(site_two_charges, ENDED_BY_CHARGER, 0, {"连接器故障"}, {"connector fault", "!by hand"}),
    SITE(site_two_charges, ENDED_BY_PERSON, 1, {"手动停止"}, {"by hand", "!connector"}),
    SITE(site_again_at_once, ENDED_BEFORE, 1, {"没有应答BHM"}, {"never answered with BHM"}),
    SITE(site_pile_dark, ENDED_BY_TIMEOUT, 0, {"BMS未按时收到CCS"},
         {"BMS missed CCS", "charger had fallen silent altogether"}),
    SITE(site_precharge_fails, ENDED_BY_TIMEOUT, 0, {"CRO(AA)", "400.0 V"},
         {"missed CRO(AA)", "never as AA", "battery voltage of 400.0 V"}),
    SITE(site_relay_before_output, ENDED_BY_BMS, 0, {"继电器", "尚未开始"},
         {"relay fault", "had not begun"}),
    SITE(site_long_bst, ENDED_BY_BMS, 0, {"SOC目标值"},
         {"wanted SOC", "answered with CST after 12 ms"}),
    SITE(site_healed, ENDED_BY_PERSON, 0, {"1次通信超时"},
         {"by hand", "a timeout had been healed"}),
    SITE(site_only_the_answer, ENDED_BY_CHARGER, 0, {"车辆以BST应答"},
         {"the vehicle answered", "before the recording begins"}),
};

#define SITES (sizeof sites / sizeof sites[0])

static void expect_words(const struct site *site, const char *text, const char *const *words,
                         size_t count) {
    for (size_t i = 0; i < count && words[i] != NULL; i++) {
        bool wanted = words[i][0] != '!';
        bool there = strstr(text, words[i] + !wanted) != NULL;
        ck_assert_msg(there == wanted, "%s: \"%s\": %s", site->name, words[i], text);
    }
}

START_TEST(last_word) {
    const struct site *site = &sites[_i];
    site->tell();
    judged(&site_stream);
    ck_assert_uint_gt(rules_session_count(site_stream.rules), site->session);
    const struct rules_session *session = rules_session(site_stream.rules, site->session);
    ck_assert_msg(session->ended_by == site->by, "%s: %s: %s", site->name,
                  ended_by_text(session->ended_by, false), session->en);
    expect_words(site, session->en, site->en, 4);
    expect_words(site, session->zh, site->zh, 3);
    stream_free(&site_stream);
}
END_TEST

static void write_session(FILE *to, const struct rules_session *session) {
    fprintf(to, "  [%s, frame %llu] %s\n  %s\n", ended_by_text(session->ended_by, false),
            (unsigned long long)session->ended_mark, session->zh, session->en);
    fprintf(to, "    VIN %s,", session->vin);
    kept_number(to, "kWh", session->energy_kwh);
    kept_number(to, "min", session->minutes);
    kept_number(to, "SOC", session->soc_from);
    kept_number(to, "to", session->soc_to);
    kept_number(to, "V", session->voltage_max);
    kept_number(to, "A", session->current_max);
    for (size_t i = 0; i < session->phase_count; i++) {
        const struct rules_phase *phase = &session->phases[i];
        fprintf(to, " %s %llu-%llu", message_phase_text(phase->phase, false),
                (unsigned long long)phase->from_mark, (unsigned long long)phase->to_mark);
    }
    fputc('\n', to);
}

/* Kept, and nothing was measured. */
static bool is_plain(const struct rule_result *rule) {
    return rule->verdict == RULE_PASS && rule->unit[0] == '\0' && rule->decisive.unit == NULL &&
           rule->proof_count == 0;
}

static void write_plain(FILE *to, const struct rules *rules) {
    fputs("  kept:", to);
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule_result *rule = rules_result(rules, i);
        if (is_plain(rule)) {
            fprintf(to, " %s %llu", rule->id, (unsigned long long)rule->observed);
        }
    }
    fputc('\n', to);
}

/* What was measured, and each proof of what is not well. */
static void write_rule(FILE *to, const struct rule_result *rule) {
    static const char *const verdicts[] = {"", "pass", "inconclusive", "FAIL"};
    const struct rule_measure *decisive = &rule->decisive;
    if (rule->verdict == RULE_NONE || is_plain(rule)) {
        return;
    }
    fprintf(to, "  %s %s %llu/%llu", rule->id, verdicts[rule->verdict],
            (unsigned long long)rule->violations, (unsigned long long)rule->observed);
    kept_number(to, rule->unit, rule->value);
    kept_number(to, "smallest", rule->smallest);
    kept_number(to, "largest", rule->largest);
    kept_number(to, "min", rule->limit_min);
    kept_number(to, "max", rule->limit_max);
    if (decisive->unit != NULL) {
        fprintf(to, "; decisive");
        kept_number(to, decisive->unit, decisive->value);
        kept_number(to, "min", decisive->limit_min);
        kept_number(to, "max", decisive->limit_max);
    }
    fprintf(to, "%s%s\n", rule->reason_en != NULL ? "; " : "",
            rule->reason_en != NULL ? rule->reason_en : "");
    for (size_t i = 0; i < rule->proof_count; i++) {
        const struct rule_proof *proof = &rule->proofs[i];
        fprintf(to, "    %.3f s frame %llu %s | %s\n", (double)proof->at_ns / 1e9,
                (unsigned long long)proof->mark, proof->zh, proof->en);
    }
}

START_TEST(every_rule) {
    struct kept kept;
    kept_open(&kept);
    for (size_t k = 0; k < SITES; k++) {
        if (k > 0 && sites[k].tell == sites[k - 1].tell) {
            continue;
        }
        sites[k].tell();
        judged(&site_stream);
        fprintf(kept.stream, "%s\n", sites[k].name);
        for (size_t i = 0; i < rules_session_count(site_stream.rules); i++) {
            write_session(kept.stream, rules_session(site_stream.rules, i));
        }
        write_plain(kept.stream, site_stream.rules);
        for (size_t i = 0; i < rules_count(site_stream.rules); i++) {
            write_rule(kept.stream, rules_result(site_stream.rules, i));
        }
        stream_free(&site_stream);
    }
    kept_check(&kept, TEST_SOURCE_DIR "/tests/vehicle_bms/ending/site-captures.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("site captures");
    TCase *tests = tcase_create("last word");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, last_word, 0, (int)SITES);
    tcase_add_test(tests, every_rule);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
