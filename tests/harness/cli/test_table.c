/* SPDX-License-Identifier: MIT */
/* What the terminal says of a run: each fault where it is, what many cases share only once. */
#include "harness/cli/table.h"

#include "sim/memory.h"
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CASES_MAX 8

static struct phrase phrase_of(const char *text) {
    return phrase_copy((struct phrase){text, text});
}

static struct result_check check_of(bool monitor, enum verdict verdict, const char *condition,
                                    const char *reason) {
    return (struct result_check){.kind = RESULT_ALWAYS,
                                 .monitor = monitor,
                                 .title = phrase_of(condition),
                                 .verdict = verdict,
                                 .reason = reason != NULL ? phrase_of(reason) : (struct phrase){0},
                                 .value = (double)NAN,
                                 .limit_min = (double)NAN,
                                 .limit_max = (double)NAN,
                                 .condition = memory_copy(condition)};
}

/* A case with an own check and a rule; NULL: that one passed. The rule comes first, when it failed. */
static void put_case(struct result_set *set, const char *own, const char *rule) {
    struct result_case *one = &set->cases[set->case_count++];
    *one = (struct result_case){.id = memory_format("case-%zu", set->case_count)};
    one->title = phrase_of("a title");
    one->last_word = phrase_of("it stopped at the handshake");
    one->checks = memory_zeroed(2, sizeof *one->checks);
    one->check_count = 2;
    one->checks[0] = check_of(false, own != NULL ? VERDICT_FAIL : VERDICT_PASS, "own", own);
    one->checks[1] = check_of(true, rule != NULL ? VERDICT_FAIL : VERDICT_PASS, "period.CHM", rule);
    const char *reason = rule != NULL ? rule : own;
    one->verdict = reason != NULL ? VERDICT_FAIL : VERDICT_PASS;
    one->reason = reason != NULL ? phrase_of(reason) : (struct phrase){0};
}

static struct result_set *new_set(void) {
    struct result_set *set = memory_zeroed(1, sizeof *set);
    set->cases = memory_zeroed(CASES_MAX, sizeof *set->cases);
    return set;
}

static char *table_in(struct result_set *set, bool chinese, bool values) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    const struct table_look look = {chinese, values};
    table_put(stream, set, &look);
    fclose(stream);
    result_set_free(set);
    return text;
}

static char *table_of(struct result_set *set, bool values) {
    return table_in(set, false, values);
}

static size_t times(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part)) {
        count++;
    }
    return count;
}

static void put_absent_case(struct result_set *set, enum verdict verdict, const char *reason) {
    struct result_case *one = &set->cases[set->case_count++];
    *one = (struct result_case){.id = memory_format("case-%zu", set->case_count), .absent = true};
    one->title = phrase_of("a title");
    one->verdict = verdict;
    one->reason = phrase_of(reason);
}

START_TEST(what_is_declared_absent_is_told_once_more_at_the_end) {
    struct result_set *set = new_set();
    put_absent_case(set, VERDICT_NONE, "needs a meter");
    put_absent_case(set, VERDICT_NONE, "needs a meter");
    put_absent_case(set, VERDICT_FAIL, "the profile demands cards");
    put_case(set, NULL, NULL);
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "N/A "), 2);
    ck_assert_uint_eq(times(text, "2 cases not applicable: needs a meter\n"), 1);
    ck_assert_uint_eq(times(text, "1 case failed unrun: the profile demands cards\n"), 1);
    ck_assert_uint_eq(times(text, "needs a meter"), 1);
    ck_assert_uint_eq(times(text, "FAIL "), 2); /* its line, and among what did not pass */
    free(text);
}
END_TEST

START_TEST(what_passed_is_a_line) {
    struct result_set *set = new_set();
    put_case(set, NULL, NULL);
    char *text = table_of(set, false);
    ck_assert_str_eq(
        text, "PASS          case-1                       a title\n\n1 case: 1 pass, 0 fail, 0 "
              "inconclusive, 0 error   (wiring , profile ,  )\n");
    free(text);
}
END_TEST

START_TEST(a_fault_has_reason_and_last_word) {
    struct result_set *set = new_set();
    put_case(set, "K1 opened late", NULL);
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "K1 opened late"), 1);
    ck_assert_uint_eq(times(text, "The charge: it stopped at the handshake"), 1);
    ck_assert_uint_eq(times(text, "further"), 0);
    free(text);
}
END_TEST

START_TEST(the_firmware_says_where_it_stood) {
    struct result_set *set = new_set();
    put_case(set, "K1 opened late", NULL);
    static const char *const said[] = {"1.000000 state 3: handshake", "2.000000 alarm 7: door open",
                                       "3.000000 state 9: ended", "4.000000 log: state of a log"};
    set->cases[0].said = memory_zeroed(4, sizeof *set->cases[0].said);
    for (size_t i = 0; i < 4; i++) {
        set->cases[0].said[set->cases[0].said_count++] = memory_copy(said[i]);
    }
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "The firmware: state 9: ended; alarm 7: door open\n"), 1);
    free(text);
}
END_TEST

START_TEST(further_faults_are_counted) {
    struct result_set *set = new_set();
    put_case(set, "K1 opened late", "CHM 5 s apart");
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "CHM 5 s apart"), 1);
    ck_assert_uint_eq(times(text, "1 further check did not pass"), 1);
    free(text);
}
END_TEST

/* Five cases by one rule: its sentence once; the one with a fault of its own shows that. */
START_TEST(a_common_cause_is_told_once) {
    struct result_set *set = new_set();
    for (int i = 0; i < 4; i++) {
        put_case(set, NULL, "CHM 5 s apart");
    }
    put_case(set, "K1 opened late", "CHM 5 s apart");
    put_case(set, "the meter was not read", NULL);
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "CHM 5 s apart"), 1);
    ck_assert_uint_eq(times(text, "5 cases did not pass for the same reason: period.CHM"), 1);
    ck_assert_uint_eq(times(text, "in 4 of them all of the case's own checks passed"), 1);
    ck_assert_uint_eq(times(text, "all of its own checks passed"), 4);
    ck_assert_uint_eq(times(text, "its own first: K1 opened late"), 1);
    ck_assert_uint_eq(times(text, "the meter was not read"), 1);
    free(text);
}
END_TEST

START_TEST(four_cases_are_no_crowd) {
    struct result_set *set = new_set();
    for (int i = 0; i < 4; i++) {
        put_case(set, NULL, "CHM 5 s apart");
    }
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "CHM 5 s apart"), 4);
    ck_assert_uint_eq(times(text, "same reason"), 0);
    free(text);
}
END_TEST

/* The machine's standstill stands before the check's own words. */
START_TEST(a_preceded_reason_is_still_the_checks) {
    struct result_set *set = new_set();
    for (int i = 0; i < 5; i++) {
        put_case(set, NULL, "CHM 5 s apart");
        struct result_case *one = &set->cases[i];
        phrase_clear(&one->reason);
        one->reason = phrase_of("the machine stood still: CHM 5 s apart");
    }
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "5 cases did not pass for the same reason"), 1);
    free(text);
}
END_TEST

/* Own checks of different cases are different questions, however alike they look. */
START_TEST(own_checks_are_never_common) {
    struct result_set *set = new_set();
    for (int i = 0; i < 6; i++) {
        put_case(set, "K1 opened late", NULL);
    }
    char *text = table_of(set, false);
    ck_assert_uint_eq(times(text, "K1 opened late"), 6);
    ck_assert_uint_eq(times(text, "same reason"), 0);
    free(text);
}
END_TEST

START_TEST(values_on_demand) {
    for (int wanted = 0; wanted <= 1; wanted++) {
        struct result_set *set = new_set();
        put_case(set, NULL, NULL);
        struct result_check *check = &set->cases[0].checks[0];
        check->kind = RESULT_MEASURE;
        check->value = 40;
        check->limit_max = 100;
        check->unit = memory_copy("ms");
        char *text = table_of(set, wanted == 1);
        ck_assert_uint_eq(times(text, "40 ms  ≤ 100 ms"), (size_t)wanted);
        free(text);
    }
}
END_TEST

static void put_row(struct result_set *set, const char *id, const char *title, const char *own) {
    put_case(set, own, NULL);
    struct result_case *one = &set->cases[set->case_count - 1];
    free(one->id);
    phrase_clear(&one->title);
    one->id = memory_copy(id);
    one->title = phrase_of(title);
}

/* However many rows a case has, it is one line; those that did not pass stand below by themselves. */
START_TEST(rows_are_one_line) {
    struct result_set *set = new_set();
    put_row(set, "weld[k1]", "Weld: contactor: K1", NULL);
    put_row(set, "weld[k2]", "Weld: contactor: K2", NULL);
    put_row(set, "door[a]", "Door", "K1 opened late");
    put_row(set, "door[b]", "Gate", NULL);
    char *text = table_of(set, false);
    ck_assert_ptr_nonnull(
        strstr(text, "PASS          weld                         Weld: contactor (2 rows)\n"));
    ck_assert_ptr_nonnull(strstr(
        text, "FAIL          door                         Door (1 of 2 rows did not pass)\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\nDid not pass:\nFAIL          door[a]                      Door\n"));
    ck_assert_uint_eq(times(text, "door[b]") + times(text, "weld["), 0);
    ck_assert_ptr_nonnull(strstr(text, "\n2 cases (4 rows): 1 pass, 1 fail,"));
    free(text);
}
END_TEST

START_TEST(with_values_each_row_has_its_line) {
    struct result_set *set = new_set();
    put_row(set, "weld[k1]", "Weld: contactor: K1", NULL);
    put_row(set, "weld[k2]", "Weld: contactor: K2", NULL);
    char *text = table_of(set, true);
    ck_assert_uint_eq(times(text, "PASS          weld[k"), 2);
    free(text);
}
END_TEST

/* Nothing of it is English but what names something: ids, units, the profile. */
START_TEST(all_of_it_in_chinese) {
    struct result_set *set = new_set();
    for (int i = 0; i < 5; i++) {
        put_case(set, i == 0 ? "断开过晚" : NULL, "周期过长");
    }
    put_absent_case(set, VERDICT_NONE, "需要电能表");
    for (size_t i = 0; i < set->case_count; i++) {
        phrase_clear(&set->cases[i].title);
        set->cases[i].title = phrase_copy((struct phrase){"a title", "标题"});
    }
    for (size_t i = 0; i < 5; i++) {
        phrase_clear(&set->cases[i].last_word);
        set->cases[i].last_word = phrase_copy((struct phrase){"it stopped", "握手时停止"});
    }
    char *text = table_in(set, true, false);
    static const char *const said[] = {
        "不合格        case-1                       标题\n",
        "\n未通过：\n",
        "同样的有5个用例；自身首个未通过：断开过晚\n",
        "充电：握手时停止\n",
        "\n5个用例因同一原因未通过：",
        "其中4个用例自身检查全部通过\n",
        "\n1个用例不适用：需要电能表\n",
        "\n6个用例：合格0，不合格5，无法判定0，测试台错误0，不适用1   （接线"};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        ck_assert_msg(strstr(text, said[i]) != NULL, "%s is missing in:\n%s", said[i], text);
    }
    static const char *const english[] = {"pass", "title", "stopped", "cases", "charge:", "reason"};
    for (size_t i = 0; i < sizeof english / sizeof english[0]; i++) {
        ck_assert_msg(strstr(text, english[i]) == NULL, "%s in:\n%s", english[i], text);
    }
    free(text);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("table");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, what_is_declared_absent_is_told_once_more_at_the_end);
    tcase_add_test(tcase, what_passed_is_a_line);
    tcase_add_test(tcase, a_fault_has_reason_and_last_word);
    tcase_add_test(tcase, the_firmware_says_where_it_stood);
    tcase_add_test(tcase, further_faults_are_counted);
    tcase_add_test(tcase, a_common_cause_is_told_once);
    tcase_add_test(tcase, four_cases_are_no_crowd);
    tcase_add_test(tcase, a_preceded_reason_is_still_the_checks);
    tcase_add_test(tcase, own_checks_are_never_common);
    tcase_add_test(tcase, values_on_demand);
    tcase_add_test(tcase, rows_are_one_line);
    tcase_add_test(tcase, with_values_each_row_has_its_line);
    tcase_add_test(tcase, all_of_it_in_chinese);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
