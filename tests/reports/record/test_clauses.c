/* SPDX-License-Identifier: MIT */
/* The index by clause: the worst of all that cites one, and what is open. */
#include "reports/record/clauses.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(string) ((char *)(string))

/* ------------------------------------------------------------------ sources */

static void expect_clauses(const char *source, const char *const *wanted) {
    struct clause_cursor cursor = {.source = source};
    char *clause;
    for (; (clause = clause_next(&cursor)) != NULL; wanted++) {
        ck_assert_msg(*wanted != NULL, "%s: one too many: %s", source, clause);
        ck_assert_str_eq(clause, *wanted);
        free(clause);
    }
    ck_assert_ptr_null(*wanted);
}

START_TEST(a_source_is_taken_apart) {
    expect_clauses(NULL, (const char *const[]){NULL});
    expect_clauses("T240-8.13", (const char *const[]){"T240-8.13", NULL});
    expect_clauses("T240-8.6a, NB/T 33008.1-2018 5.4.7",
                   (const char *const[]){"T240-8.6a", "NB/T 33008.1-2018 5.4.7", NULL});
    expect_clauses(
        "GB/T 27930-2015 chapter 9, 10.1.1",
        (const char *const[]){"GB/T 27930-2015 chapter 9", "GB/T 27930-2015 10.1.1", NULL});
    expect_clauses("GB/T 27930-2015 10.3.3, SPN 3081, 2824",
                   (const char *const[]){"GB/T 27930-2015 10.3.3", "GB/T 27930-2015 SPN 3081",
                                         "GB/T 27930-2015 SPN 2824", NULL});
    expect_clauses("GB/T 27930-2015 SPN 2817, 2826 (a margin, ours), NB/T 33001-2018 (check)",
                   (const char *const[]){"GB/T 27930-2015 SPN 2817", "GB/T 27930-2015 SPN 2826",
                                         "NB/T 33001-2018", NULL});
    expect_clauses("maker's figure: GB/T 27930-2015 has none", (const char *const[]){NULL});
    expect_clauses(
        "GB/T 34658-2017 DN.2009, GB/T 34658-2017 Amendment No. 1",
        (const char *const[]){"GB/T 34658-2017 DN.2009", "GB/T 34658-2017 Amendment No. 1", NULL});
}
END_TEST

/* ------------------------------------------------------------------ a run */

static struct result_check checks[3];
static struct result_case cases[3];
static char *covers[] = {TEXT("T240-8.13")};
static char *bench[] = {TEXT("bench")}, *model[] = {TEXT("model")},
            *both[] = {TEXT("model"), TEXT("inspect")};
static struct result_clause clauses[] = {
    {TEXT("T240-8.13"), {"pre-charge", "预充电"}, bench, 1},
    {TEXT("T240-4.10"), {"tariffs", "错峰充电"}, model, 1},
    {TEXT("T240-3"), {"enclosure", "外壳"}, both, 2},
    {TEXT("GB/T 34658-2017 *"), {"conformance", "一致性"}, bench, 1},
};
static struct result_set set;

static struct result_check a_check(enum verdict verdict, double value, const char *source) {
    return (struct result_check){.kind = RESULT_MEASURE,
                                 .monitor = true,
                                 .verdict = verdict,
                                 .value = value,
                                 .limit_min = (double)NAN,
                                 .limit_max = 10,
                                 .margin = 10 - value,
                                 .limit_source = TEXT(source)};
}

/* The first case covers T240-8.13; all three have a monitor that cites it. */
static void setup(void) {
    static const double values[] = {4, 6, 5};
    for (size_t i = 0; i < 3; i++) {
        checks[i] = a_check(VERDICT_PASS, values[i], "T240-8.13, GB/T 34658-2017 DP.1001");
        cases[i] = (struct result_case){
            .id = TEXT("case"), .verdict = VERDICT_PASS, .checks = &checks[i], .check_count = 1};
    }
    cases[0].covers = covers;
    cases[0].cover_count = 1;
    set = (struct result_set){.cases = cases, .case_count = 3, .whole = true};
    set.run = (struct result_run){
        .evidence = TEXT("model"), .clauses = clauses, .clause_count = 4, .case_count = 3};
}

static struct clause_entry entry_of(const char *id) {
    struct clause_index *index = clause_index_new(&set);
    struct clause_entry found = {0};
    size_t count = 0;
    for (size_t i = 0; i < index->count; i++) {
        if (strcmp(index->entries[i].id, id) == 0) {
            found = index->entries[i];
            count++;
        }
    }
    ck_assert_msg(count == 1, "%s is there %zu times", id, count);
    clause_index_free(index);
    return found;
}

START_TEST(the_tightest_of_the_run_is_shown) {
    struct clause_entry entry = entry_of("T240-8.13");
    ck_assert_int_eq(entry.verdict, VERDICT_PASS);
    ck_assert_ptr_eq(entry.worst, &checks[1]);
    ck_assert_ptr_eq(entry.worst_case, &cases[1]);
    ck_assert_uint_eq(entry.covering, 1);
    ck_assert_uint_eq(entry.citing, 3);
}
END_TEST

/* The case that covers it passes; a monitor of another one fails. */
START_TEST(a_monitor_that_fails_fails_its_clause) {
    checks[2] = a_check(VERDICT_FAIL, 12, "T240-8.13");
    cases[2].verdict = VERDICT_FAIL;
    struct clause_entry entry = entry_of("T240-8.13");
    ck_assert_int_eq(entry.verdict, VERDICT_FAIL);
    ck_assert_ptr_eq(entry.worst, &checks[2]);
    ck_assert_ptr_eq(entry.worst_case, &cases[2]);
    ck_assert_int_eq(entry.acceptance, CLAUSE_OPEN);
}
END_TEST

START_TEST(a_covering_case_that_fails_otherwise_shows_itself) {
    cases[0].verdict = VERDICT_ERROR;
    struct clause_entry entry = entry_of("T240-8.13");
    ck_assert_int_eq(entry.verdict, VERDICT_ERROR);
    ck_assert_ptr_null(entry.worst);
    ck_assert_ptr_eq(entry.worst_case, &cases[0]);
}
END_TEST

START_TEST(what_was_not_judged_says_nothing) {
    for (size_t i = 0; i < 3; i++) {
        checks[i] = a_check(VERDICT_NONE, (double)NAN, "T240-4.10");
    }
    struct clause_entry entry = entry_of("T240-4.10");
    ck_assert_int_eq(entry.verdict, VERDICT_NONE);
    ck_assert_uint_eq(entry.citing, 0);
    ck_assert_ptr_null(entry.worst_case);
    ck_assert_int_eq(entry.acceptance, CLAUSE_OPEN);
}
END_TEST

START_TEST(a_level_closes_what_asks_for_no_more) {
    static const struct {
        const char *evidence, *source;
        enum clause_acceptance acceptance;
    } rows[] = {
        {"model", "T240-8.13", CLAUSE_OPEN},
        {"hosted", "T240-8.13", CLAUSE_OPEN},
        {"bench", "T240-8.13", CLAUSE_CLOSED},
        {"model", "T240-4.10", CLAUSE_CLOSED},
        {"bench", "T240-4.10", CLAUSE_CLOSED},
        {"other", "T240-4.10", CLAUSE_OPEN},
        {NULL, "T240-4.10", CLAUSE_OPEN},
        {"bench", "T240-3", CLAUSE_OPEN},
        {"model", "ZS-9", CLAUSE_NOT_STATED},
        {"model", "GB/T 34658-2017 DP.1001", CLAUSE_OPEN},
        {"bench", "GB/T 34658-2017 DP.1001", CLAUSE_CLOSED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set.run.evidence = TEXT(rows[i].evidence);
        checks[1] = a_check(VERDICT_PASS, 6, rows[i].source);
        ck_assert_msg(entry_of(rows[i].source).acceptance == rows[i].acceptance, "row %zu", i);
    }
}
END_TEST

/* Where a limit is not the shipped one, no pass closes anything. */
START_TEST(a_changed_limit_closes_nothing) {
    char *limits[] = {TEXT("estop.open: ≤ 100 ms → ≤ 500 ms")};
    set.run.evidence = TEXT("bench");
    checks[1] = a_check(VERDICT_PASS, 6, "T240-4.10");
    ck_assert_int_eq(entry_of("T240-4.10").acceptance, CLAUSE_CLOSED);
    set.run.limits = limits;
    set.run.limit_count = 1;
    ck_assert_int_eq(entry_of("T240-4.10").acceptance, CLAUSE_OPEN);
}
END_TEST

START_TEST(clauses_without_a_case_are_listed) {
    ck_assert_ptr_null(entry_of("T240-3").worst_case);
    ck_assert_int_eq(entry_of("T240-3").acceptance, CLAUSE_OPEN);
    struct clause_index *index = clause_index_new(&set);
    ck_assert_uint_eq(index->count, 4); /* and no family */
    for (size_t i = 1; i < index->count; i++) {
        ck_assert_int_lt(strverscmp(index->entries[i - 1].id, index->entries[i].id), 0);
    }
    clause_index_free(index);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("clauses");
    TCase *tests = tcase_create("index");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, a_source_is_taken_apart);
    tcase_add_test(tests, the_tightest_of_the_run_is_shown);
    tcase_add_test(tests, a_monitor_that_fails_fails_its_clause);
    tcase_add_test(tests, a_covering_case_that_fails_otherwise_shows_itself);
    tcase_add_test(tests, what_was_not_judged_says_nothing);
    tcase_add_test(tests, a_level_closes_what_asks_for_no_more);
    tcase_add_test(tests, a_changed_limit_closes_nothing);
    tcase_add_test(tests, clauses_without_a_case_are_listed);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
