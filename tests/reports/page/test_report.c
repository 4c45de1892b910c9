/* SPDX-License-Identifier: MIT */
/* The reports of a run: well-formed, complete, honest about what is missing, the same every time.
 *
 *   reports_test_report FOLDER        writes the sample run and its reports there, to look at */
#include "reports/page/report.h"

#include "reports/page/markdown.h"
#include "reports/record/result.h"
#include "reports/record/times.h"
#include "tests/reports/support/sample_run.h"

#include <check.h>
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/pilebench-report-XXXXXX";
static struct problem problem;

static void setup(void) {
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

static char *load(const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "r");
    ck_assert_msg(stream != NULL, "%s is not there", path);
    char *bytes = calloc(1, 4 << 20);
    size_t length = fread(bytes, 1, (4 << 20) - 1, stream);
    ck_assert_uint_gt(length, 0);
    fclose(stream);
    return bytes;
}

static void write_reports(enum sample_kind kind) {
    sample_write(folder, kind);
    ck_assert_msg(report_write(folder, &problem), "%s", problem.text);
}

static void expect(const char *bytes, const char *what) {
    ck_assert_msg(strstr(bytes, what) != NULL, "lacks %s", what);
}

static void expect_none(const char *bytes, const char *what) {
    ck_assert_msg(strstr(bytes, what) == NULL, "has %s", what);
}

/* ------------------------------------------------------------------ JUnit */

static bool has_xmllint(void) {
    return system("xmllint --version >/dev/null 2>&1") == 0;
}

/* Against the schema; where there is no xmllint, nothing is checked and the other tests stand. */
static void validate(void) {
    char command[PATH_MAX];
    snprintf(command, sizeof command,
             "xmllint --noout --schema '" TEST_SOURCE_DIR "/tests/reports/junit.xsd' "
             "'%s/junit.xml' 2>/dev/null",
             folder);
    if (has_xmllint()) {
        ck_assert_msg(system(command) == 0, "junit.xml is not as the schema says");
    }
}

START_TEST(junit_is_valid_and_counts) {
    write_reports(SAMPLE_WHOLE);
    validate();
    char *xml = load("junit.xml");
    expect(xml, "tests=\"4\" failures=\"1\" errors=\"2\" skipped=\"0\"");
    expect(xml, "<failure type=\"fail\"");
    expect(xml, "<error type=\"inconclusive\"");
    expect(xml, "<error type=\"error\"");
    expect(xml, "&quot;gun.curent&quot;");
    expect(xml, "<property name=\"evidence\" value=\"model\"/>");
    expect(xml, "<property name=\"profile\" value=\"t240\"/>");
    free(xml);
}
END_TEST

/* How long the CI server waited, not how long the charge was; and no title is said twice. */
START_TEST(junit_has_times_and_clauses) {
    sample_write(folder, SAMPLE_WHOLE);
    struct result_set *set = result_read(folder, &problem);
    ck_assert_ptr_nonnull(set);
    for (size_t i = 0; i < set->case_count; i++) {
        set->cases[i].took_ns = 1500000000 + (int64_t)i * 1000000;
    }
    ck_assert(times_write(folder, set, &problem));
    ck_assert(report_write(folder, &problem));
    validate();
    char *xml = load("junit.xml");
    expect(xml, "time=\"1.500000\"");
    expect(xml, "time=\"1.503000\"");
    expect(xml, "skipped=\"0\" time=\"6.006000\"");
    expect(xml, "<property name=\"case.seconds\" value=\"");
    expect(xml, "<property name=\"clause\" value=\"T240-8.6a\"/>");
    for (size_t i = 0; i < set->case_count; i++) {
        for (size_t k = 0; k < set->cases[i].check_count; k++) {
            char twice[400];
            const char *title = set->cases[i].checks[k].title.en;
            snprintf(twice, sizeof twice, ": %s: %s", title, title);
            expect_none(xml, twice);
        }
    }
    report_remove(folder);
    ck_assert(report_write(folder, &problem));
    char *without = load("junit.xml");
    expect_none(without, "time=\"1.5"); /* they went with the reports of that run */
    validate();
    free(without);
    free(xml);
    result_set_free(set);
}
END_TEST

static char *markdown_of(enum sample_kind kind, bool chinese) {
    sample_write(folder, kind);
    struct result_set *set = result_read(folder, &problem);
    ck_assert_ptr_nonnull(set);
    char *limits[] = {(char *)"estop.open: ≤ 100 ms → ≤ 150 ms"};
    set->run.limits = limits;
    set->run.limit_count = 1;
    phrase_clear(&set->cases[0].reason);
    set->cases[0].reason = phrase_copy((struct phrase){"a | b\n<img src=x> [l](u) *b*", "甲|乙"});
    struct buffer text = {0};
    markdown_put(&text, set, chinese);
    set->run.limits = NULL;
    set->run.limit_count = 0;
    result_set_free(set);
    return buffer_take(&text);
}

START_TEST(markdown_says_what_failed) {
    char *text = markdown_of(SAMPLE_WHOLE, false);
    expect(text, "## Pilebench: Bench error\n");
    expect(text, "1 Bench error, 1 Fail, 1 Inconclusive, 1 Pass (cases: 4, rows: 0)");
    expect(text, "**Limit changed:** estop.open: ≤ 100 ms → ≤ 150 ms");
    expect(text, "\n| Fail | ");
    expect_none(text, "\n| Pass | ");
    expect_none(text, "<img");
    free(text);
    text = markdown_of(SAMPLE_CUT_SHORT, true);
    expect(text, "该次运行未完成：2个用例，共4个。");
    expect(text, "| | 用例 | 原因 |");
    free(text);
}
END_TEST

START_TEST(junit_of_a_cut_run_is_not_green) {
    write_reports(SAMPLE_CUT_SHORT);
    validate();
    char *xml = load("junit.xml");
    expect(xml, "tests=\"3\" failures=\"1\" errors=\"1\"");
    expect(xml, "<error type=\"incomplete\" message=\"4 cases were planned, the record has 2");
    free(xml);
}
END_TEST

/* ------------------------------------------------------------------ HTML */

static bool is_void(const char *name, size_t length) {
    static const char *const names[] = {"meta", "input", "br", "!DOCTYPE"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Every element is closed in its turn, and a '<' is always one of ours. */
static void expect_balanced(const char *page) {
    char open[64][16];
    size_t depth = 0;
    for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at + 1, '<')) {
        bool closing = at[1] == '/';
        const char *name = at + 1 + closing;
        size_t length = strcspn(name, " >/\n");
        const char *end = strchr(at, '>');
        ck_assert_msg(end != NULL && length > 0 && length < 16, "near %.60s", at);
        if (closing) {
            ck_assert_msg(depth > 0 && strlen(open[depth - 1]) == length &&
                              strncmp(open[depth - 1], name, length) == 0,
                          "</%.*s> closes <%s> near %.80s", (int)length, name,
                          depth > 0 ? open[depth - 1] : "nothing", at - 60);
            depth--;
        } else if (end[-1] != '/' && !is_void(name, length)) {
            ck_assert_uint_lt(depth, 64);
            snprintf(open[depth++], 16, "%.*s", (int)length, name);
        }
    }
    ck_assert_uint_eq(depth, 0);
}

START_TEST(the_page_is_well_formed_and_alone) {
    write_reports(SAMPLE_WHOLE);
    char *page = load("report.html");
    expect_balanced(page);
    expect_none(page, "http:");
    expect_none(page, "https:");
    expect_none(page, "<script");
    expect_none(page, "<link");
    expect_none(page, "url(");
    expect_none(page, "本次运行未完成");
    ck_assert_uint_lt(strlen(page), 3 * 200000);
    free(page);
}
END_TEST

START_TEST(the_page_says_what_was_judged_and_how) {
    write_reports(SAMPLE_WHOLE);
    char *page = load("report.html");
    expect(page, "证据等级：模型级");
    expect(page, "no clause that needs hardware is passed by it");
    expect(page, "@top-right{"); /* the level, on every printed page */
    expect(page, "充电中启动急停");
    expect(page, "Emergency stop while charging");
    expect(page, ">41.6\u00A0ms<");
    expect(page, ">≤\u00A0100\u00A0ms<");
    expect(page, "+58.4\u00A0ms");
    expect(page, "\xE2\x88\x92"
                 "31.2\u00A0");
    expect(page, "20.041600<span");
    expect(page, "estop.discharge");
    expect(page, "无法判定");
    expect(page, "电池电流不得倒灌 &lt;A &amp; B&gt;");
    expect(page, "href=\"traces/estop-while-charging.log\"");
    expect(page, "<svg class=\"plot\"");
    expect(page, "<td class=\"clause\">NB/T 33008.1-2018 5.4.7<"); /* index by clause */
    free(page);
}
END_TEST

/* "± 0 V" would claim an exact instrument where nobody named one. */
START_TEST(no_instrument_no_uncertainty) {
    write_reports(SAMPLE_WHOLE);
    char *page = load("report.html");
    char *xml = load("junit.xml");
    expect(page, "±&nbsp;0\u00A0ms"); /* by the virtual clock */
    expect_none(page, "±&nbsp;0\u00A0V");
    expect(xml, "uncertainty: 0 ms");
    expect_none(xml, "uncertainty: 0 V");
    free(page);
    free(xml);
}
END_TEST

/* A clause that needs hardware is not passed by a model; one without a case is open. */
START_TEST(clauses_are_closed_by_their_level_only) {
    write_reports(SAMPLE_WHOLE);
    char *page = load("report.html");
    char *row = strstr(page, "<td class=\"clause\">T240-8.13<");
    ck_assert_ptr_nonnull(row);
    *strstr(row, "</tr>") = '\0';
    expect(row, ">0 / 3<"); /* no case covers it, three judge it */
    expect(row, ">2.6\u00A0V<");
    expect(row, "+7.4\u00A0V");
    expect(row, ">Pass<");
    expect(row, "acceptance: open");
    expect(row, "needs bench evidence");
    char *rest = row + strlen(row) + 1;
    expect(rest, "Clauses of the profile without a case in this run, all open: </span> 1<");
    expect(rest, "<td class=\"clause\">T240-8.9<");
    free(page);
}
END_TEST

/* What they demand, once; in each case by number what was found, folded for rules. */
START_TEST(what_is_watched_stands_once_and_is_found_in_each_case) {
    write_reports(SAMPLE_WHOLE);
    char *page = load("report.html");
    char *monitors = strstr(page, "Monitors (watched in every case)");
    ck_assert_ptr_nonnull(monitors);
    char *folded = strstr(monitors, "<details>");
    ck_assert_ptr_nonnull(folded);
    char *once = strstr(page, "id=\"watched\"");
    ck_assert(once != NULL && once > folded);
    ck_assert(strstr(page, ">CCS is sent with its period<") > once);
    ck_assert_ptr_nonnull(strstr(once, "<td class=\"no\">W2</td>"));
    char *found = strstr(monitors, "</p>");
    *found = '\0';
    expect(monitors, "href=\"#watched\"");
    expect(monitors, "W1&nbsp;<b>2.6\u00A0V</b> (≤\u00A010\u00A0V) · W2 · W3");
    *strstr(folded, "</details>") = '\0';
    expect(folded, "Protocol rules kept: 1 of 1 that measure");
    expect(folded, "W4&nbsp;<code>period.CCS</code>&nbsp;<b>50.25\u00A0ms</b> (");
    expect(folded, ") ×230");
    free(page);
}
END_TEST

START_TEST(a_cut_run_says_so_loudly) {
    write_reports(SAMPLE_CUT_SHORT);
    char *page = load("report.html");
    expect_balanced(page);
    expect(page, "本次运行未完成");
    expect(page, "4 cases were planned, the record has 2.");
    expect(page, "RUN CUT SHORT");
    expect(page, "contactor.open_ms=120");
    free(page);
}
END_TEST

START_TEST(the_same_record_gives_the_same_bytes) {
    write_reports(SAMPLE_WHOLE);
    char *page = load("report.html");
    char *xml = load("junit.xml");
    ck_assert(report_write(folder, &problem));
    char *page_again = load("report.html");
    char *xml_again = load("junit.xml");
    ck_assert_str_eq(page, page_again);
    ck_assert_str_eq(xml, xml_again);
    free(page);
    free(xml);
    free(page_again);
    free(xml_again);
}
END_TEST

START_TEST(missing_recordings_cost_the_plot_not_the_report) {
    char path[PATH_MAX];
    write_reports(SAMPLE_WHOLE);
    snprintf(path, sizeof path, "%s/signals/estop-while-charging.csv", folder);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_msg(report_write(folder, &problem), "%s", problem.text);
    char *page = load("report.html");
    expect_balanced(page);
    expect(page, "signals/estop-while-charging.csv: No such file or directory");
    free(page);
}
END_TEST

/* Texts of the record reach no markup, wherever they are put. */
START_TEST(hostile_texts_stay_texts) {
    char path[PATH_MAX];
    static char *params[] = {(char *)"<b>\"'&\xFF\x01</style>"};
    char *bad = (char *)"</style><b onload=\"x\">'&\xFF\x01";
    struct result_check check = {.kind = RESULT_MEASURE,
                                 .title = {bad, bad},
                                 .verdict = VERDICT_FAIL,
                                 .reason = {bad, NULL},
                                 .value = 1e300,
                                 .limit_min = -1e-9,
                                 .limit_max = 1e299,
                                 .unit = bad,
                                 .margin = 1e299 - 1e300,
                                 .uncertainty = (double)NAN,
                                 .instrument = bad,
                                 .limit_name = bad,
                                 .limit_source = bad,
                                 .from_ns = -1,
                                 .to_ns = INT64_C(9000000000000000),
                                 .condition = bad};
    struct result_case one = {.id = bad,
                              .title = {bad, bad},
                              .covers = params,
                              .cover_count = 1,
                              .vehicle = bad,
                              .wiring = bad,
                              .reason = {NULL, bad},
                              .verdict = VERDICT_FAIL,
                              .checks = &check,
                              .check_count = 1,
                              .trace = bad,
                              .signals = bad};
    struct result_run run = {.profile = bad,
                             .decision = bad,
                             .evidence = bad,
                             .dut_name = bad,
                             .dut_params = params,
                             .dut_param_count = 1,
                             .case_count = 1};
    snprintf(path, sizeof path, "%s/results.jsonl", folder);
    struct result_file *file = result_create(path, &run, &problem);
    ck_assert(file != NULL && result_append(file, &one, &problem));
    ck_assert(result_finish(file, &problem));
    ck_assert_msg(report_write(folder, &problem), "%s", problem.text);
    char *page = load("report.html");
    expect_balanced(page);
    expect_none(page, "<b onload");
    expect_none(page, "\x01");
    expect(page, "Evidence level not stated");
    free(page);
    validate();
}
END_TEST

START_TEST(an_unreadable_record_is_told_and_leaves_old_reports_alone) {
    char path[PATH_MAX];
    write_reports(SAMPLE_WHOLE);
    char *before = load("report.html");
    snprintf(path, sizeof path, "%s/results.jsonl", folder);
    FILE *stream = fopen(path, "a");
    fputs("rubbish\n", stream);
    fclose(stream);
    ck_assert(!report_write(folder, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "results.jsonl:7: "));
    char *after = load("report.html");
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_told) {
    char path[PATH_MAX];
    sample_write(folder, SAMPLE_WHOLE);
    snprintf(path, sizeof path, "%s/report.html", folder);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    ck_assert(!report_write(folder, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "report.html: Is a directory"));
    snprintf(path, sizeof path, "%s/report.html.part", folder);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(reports_of_an_earlier_run_can_be_taken_away) {
    char path[PATH_MAX];
    write_reports(SAMPLE_WHOLE);
    report_remove(folder);
    snprintf(path, sizeof path, "%s/report.html", folder);
    ck_assert_int_ne(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/junit.xml", folder);
    ck_assert_int_ne(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/results.jsonl", folder);
    ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

int main(int argc, char **argv) {
    if (argc == 2) {
        sample_write(argv[1], SAMPLE_WHOLE);
        bool written = report_write(argv[1], &problem);
        puts(written ? argv[1] : problem.text);
        return written ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("reports");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, junit_is_valid_and_counts);
    tcase_add_test(tests, junit_has_times_and_clauses);
    tcase_add_test(tests, markdown_says_what_failed);
    tcase_add_test(tests, junit_of_a_cut_run_is_not_green);
    tcase_add_test(tests, the_page_is_well_formed_and_alone);
    tcase_add_test(tests, the_page_says_what_was_judged_and_how);
    tcase_add_test(tests, no_instrument_no_uncertainty);
    tcase_add_test(tests, clauses_are_closed_by_their_level_only);
    tcase_add_test(tests, what_is_watched_stands_once_and_is_found_in_each_case);
    tcase_add_test(tests, a_cut_run_says_so_loudly);
    tcase_add_test(tests, the_same_record_gives_the_same_bytes);
    tcase_add_test(tests, missing_recordings_cost_the_plot_not_the_report);
    tcase_add_test(tests, hostile_texts_stay_texts);
    tcase_add_test(tests, an_unreadable_record_is_told_and_leaves_old_reports_alone);
    tcase_add_test(tests, a_place_that_cannot_be_written_is_told);
    tcase_add_test(tests, reports_of_an_earlier_run_can_be_taken_away);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
