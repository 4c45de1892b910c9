/* SPDX-License-Identifier: MIT */
/* A judgement as text, page and JSON: the last word first, nothing lost, everything escaped. */
#include "tests/reports/support/sample_judgement.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *text_of(const struct judgement *judgement, bool chinese, bool all) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    const struct judgement_look look = {.chinese = chinese, .all = all};
    judgement_text(stream, judgement, &look);
    fclose(stream);
    return bytes;
}

static char *json_of(const struct judgement *judgement) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    judgement_json(stream, judgement);
    fclose(stream);
    return bytes;
}

static char *page_of(const struct judgement *judgement, char path[32]) {
    struct problem problem = {0};
    strcpy(path, "/tmp/pb-judgement-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert_msg(judgement_html(path, judgement, &problem), "%s", problem.text);
    FILE *stream = fopen(path, "r");
    char *bytes = calloc(1, 1 << 20);
    ck_assert_uint_gt(fread(bytes, 1, (1 << 20) - 1, stream), 0);
    fclose(stream);
    return bytes;
}

static void expect(const char *bytes, const char *what) {
    ck_assert_msg(strstr(bytes, what) != NULL, "lacks \"%s\":\n%s", what, bytes);
}

static void expect_none(const char *bytes, const char *what) {
    ck_assert_msg(strstr(bytes, what) == NULL, "has \"%s\":\n%s", what, bytes);
}

/* ------------------------------------------------------------------ text */

START_TEST(last_word_comes_first) {
    const struct judgement judgement = sample_judgement();
    char *said = text_of(&judgement, false, false);
    ck_assert_ptr_eq(strstr(said, "charge 1 of 2\nthe last word: a timeout"), said);
    ck_assert(strstr(said, "A timeout <ended> the charge.") < strstr(said, "file "));
    expect(said, "(8.000 s, line 290)");
    expect(said, "The second sentence.");
    expect(said, "(1:00.000, line 341)");
    free(said);
}
END_TEST

START_TEST(file_and_clock_are_told) {
    const struct judgement judgement = sample_judgement();
    char *said = text_of(&judgement, false, false);
    expect(said, "CSV, GBK, tab separated");
    expect(said, "12345, of them 12 not of GB/T 27930; 1 lines could not be read");
    expect(said, "absolute time, resolution 1 ms, starts at 2023-11-14 22:13:20.000");
    expect(said, "line 17: could not be read: data longer than 8 bytes");
    expect(said, "several networks");
    free(said);
}
END_TEST

START_TEST(violations_have_proofs_and_passes_are_counted) {
    const struct judgement judgement = sample_judgement();
    char *said = text_of(&judgement, false, false);
    expect(said,
           "FAIL          awaited.bms.BCL  [BMS] BCL comes in time (GB/T 27930-2015 SPN 3925)");
    expect(said, "seen 800 times, violated 5, first:");
    expect(said, "7.000 s, line 268: BCL 1.532 s after the last one & too late");
    expect(said, "measured 0.05 s (0.046 to 1.532 s), limit ≤ 1 s");
    expect(said, "INCONCLUSIVE  1 rules: the clock is too coarse");
    expect(said, "4 rules: 1 fail, 1 inconclusive, 1 pass, 1 did not apply");
    expect_none(said, "period.CCS");
    free(said);
    said = text_of(&judgement, false, true);
    expect(said, "PASS          period.CCS");
    expect(said, "measured 50.02 ms (46.1 to 104 ms), limit 45 … 55 ms");
    expect(said, "period.BST");
    free(said);
}
END_TEST

START_TEST(chinese_text) {
    const struct judgement judgement = sample_judgement();
    char *said = text_of(&judgement, true, true);
    expect(said, "第1次充电，共2次\n结论：超时（8.000 s，第290行）");
    expect(said, "充电因通信超时终止。");
    expect(said, "不合格  awaited.bms.BCL  [BMS] BCL按时到达");
    expect(said, "限值 ≤ 1 s");
    expect(said, "规则4条：不合格1，无法判定1，合格1，未涉及1");
    expect_none(said, "comes in time");
    free(said);
}
END_TEST

/* Without a clock no instant and no duration is made up. */
START_TEST(no_clock_no_times) {
    struct judgement judgement = sample_judgement();
    judgement.clock = false;
    char *said = text_of(&judgement, false, false);
    expect(said, "(line 290)");
    expect_none(said, "8.000 s");
    expect_none(said, "6.0 s");
    free(said);
    char path[32];
    char *page = page_of(&judgement, path);
    expect_none(page, "8.000 s");
    unlink(path);
    free(page);
    char *json = json_of(&judgement);
    expect(json, "\"ended_ns\":null");
    free(json);
}
END_TEST

START_TEST(nothing_to_judge) {
    struct judgement judgement = sample_judgement();
    judgement.session_count = judgement.rule_count = 0;
    judgement.verdict = VERDICT_NONE;
    char *said = text_of(&judgement, false, false);
    expect(said, "There is no charge by GB/T 27930 in this file.");
    free(said);
    char path[32];
    char *page = page_of(&judgement, path);
    expect(page, "There is no charge by GB/T 27930 in this file");
    unlink(path);
    free(page);
}
END_TEST

/* ------------------------------------------------------------------ page */

static void expect_well_formed(const char *path) {
    char command[256];
    if (system("xmllint --version >/dev/null 2>&1") == 0) {
        /* Everything but the void elements and named entities is XML: those are made so first. */
        snprintf(command, sizeof command,
                 "sed -E 's/<(meta|input|br)([^>]*)>/<\\1\\2\\/>/g; s/&nbsp;/ /g; s/ checked>/>/; "
                 "s/ checked\\/>/\\/>/' '%s' | xmllint --noout - 2>&1",
                 path);
        ck_assert_msg(system(command) == 0, "the page is not well-formed");
    }
}

START_TEST(page_is_well_formed) {
    struct judgement judgement = sample_judgement();
    char path[32];
    char *page = page_of(&judgement, path);
    expect_well_formed(path);
    expect_none(page, "<记录>");
    expect_none(page, "<ended>");
    expect(page, "&lt;ended&gt;");
    expect_none(page, "src=");
    expect_none(page, "<script");
    expect_none(page, "http");
    unlink(path);
    free(page);
}
END_TEST

START_TEST(page_has_everything) {
    const struct judgement judgement = sample_judgement();
    char path[32];
    char *page = page_of(&judgement, path);
    const char *const parts[] = {
        "a timeout",
        "第1次充电",
        "The second sentence.",
        "awaited.bms.BCL",
        "period.BST",
        "period.CCS",
        "the clock is too coarse",
        "第268行",
        "line 268",
        "1.532",
        "PBTESTVEH1CLE0001",
        "svg class=\"plot course\"",
        "svg class=\"plot gaps\"",
        "handshake",
        "CSV, GBK",
        "line 17",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        expect(page, parts[i]);
    }
    ck_assert(strstr(page, "class=\"word\"") < strstr(page, "class=\"rules\""));
    /* The violated rule is not folded away: it stands before any details of its side. */
    ck_assert(strstr(page, "awaited.bms.BCL") != NULL);
    const char *side = strstr(page, "对BMS的规则");
    ck_assert_ptr_nonnull(side);
    ck_assert(strstr(side, "awaited.bms.BCL") < strstr(side, "<details>"));
    unlink(path);
    free(page);
}
END_TEST

/* A bar for every bin that is not empty, and none for the others. */
START_TEST(histogram_has_its_bars) {
    const struct judgement judgement = sample_judgement();
    char path[32];
    char *page = page_of(&judgement, path);
    size_t bars = 0;
    const char *from = strstr(page, "class=\"plot gaps\""), *to = strstr(from, "</svg>");
    for (const char *at = from; (at = strstr(at, "<title>")) != NULL && at < to; at++) {
        bars++;
    }
    ck_assert_uint_eq(bars, 4);
    expect(page, "<title>1390</title>");
    unlink(path);
    free(page);
}
END_TEST

START_TEST(page_that_cannot_be_written) {
    const struct judgement judgement = sample_judgement();
    struct problem problem = {0};
    ck_assert(!judgement_html("/proc/none/page.html", &judgement, &problem));
    expect(problem.text, "/proc/none/page.html");
}
END_TEST

/* ------------------------------------------------------------------ JSON */

START_TEST(json_reads_back) {
    const struct judgement judgement = sample_judgement();
    char *bytes = json_of(&judgement);
    cJSON *root = cJSON_Parse(bytes);
    ck_assert_msg(root != NULL, "%s", bytes);
    ck_assert_str_eq(cJSON_GetObjectItem(root, "file")->valuestring, "充电 & <记录>.xls");
    ck_assert_str_eq(cJSON_GetObjectItem(root, "verdict")->valuestring, "fail");
    const cJSON *sessions = cJSON_GetObjectItem(root, "sessions");
    ck_assert_int_eq(cJSON_GetArraySize(sessions), 2);
    const cJSON *first = cJSON_GetArrayItem(sessions, 0);
    ck_assert_str_eq(cJSON_GetObjectItem(first, "en")->valuestring,
                     "A timeout <ended> the charge.");
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(first, "phases")), 3);
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(first, "soc_to")));
    const cJSON *rules = cJSON_GetObjectItem(root, "rules");
    ck_assert_int_eq(cJSON_GetArraySize(rules), 4);
    const cJSON *fail = cJSON_GetArrayItem(rules, 2);
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(fail, "proofs")), 2);
    ck_assert_double_eq_tol(cJSON_GetObjectItem(fail, "largest")->valuedouble, 1.532, 1e-12);
    cJSON_Delete(root);
    free(bytes);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("judgement");
    TCase *tests = tcase_create("judgement");
    tcase_add_test(tests, last_word_comes_first);
    tcase_add_test(tests, file_and_clock_are_told);
    tcase_add_test(tests, violations_have_proofs_and_passes_are_counted);
    tcase_add_test(tests, chinese_text);
    tcase_add_test(tests, no_clock_no_times);
    tcase_add_test(tests, nothing_to_judge);
    tcase_add_test(tests, page_is_well_formed);
    tcase_add_test(tests, page_has_everything);
    tcase_add_test(tests, histogram_has_its_bars);
    tcase_add_test(tests, page_that_cannot_be_written);
    tcase_add_test(tests, json_reads_back);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
