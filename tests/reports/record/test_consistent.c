/* SPDX-License-Identifier: MIT */
/* A record that contradicts itself is refused, with where; the one it was made from is read. */
#include "reports/record/result.h"
#include "sim/memory.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT(string) ((char *)(string))
#define NONE         (double)NAN

static char folder[] = "/tmp/pilebench-consistent-XXXXXX";
static char path[64];

static void setup(void) {
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/results.jsonl", folder);
}

static void teardown(void) {
    unlink(path);
    rmdir(folder);
}

/* ------------------------------------------------------------------ a good record */

static struct result_check a_measure(enum verdict verdict, double value) {
    struct result_check check = {.kind = RESULT_MEASURE,
                                 .title = {TEXT("K1 opens"), TEXT("K1断开")},
                                 .verdict = verdict,
                                 .value = value,
                                 .limit_min = NONE,
                                 .limit_max = 100,
                                 .unit = TEXT("ms"),
                                 .margin = 100 - value,
                                 .uncertainty = 2,
                                 .from_ns = 1000,
                                 .to_ns = 2000};
    if (verdict > VERDICT_PASS) {
        check.reason = (struct phrase){TEXT("too late"), TEXT("过迟")};
    }
    return check;
}

/* Lines 2 and 3: "pass", whose checks are a measure, a lower and open limit, a step and a kept rule;
 * and "fail". */
static void write_good(void) {
    struct problem problem = {0};
    struct result_check passed[4] = {a_measure(VERDICT_PASS, 40), a_measure(VERDICT_PASS, 12),
                                     a_measure(VERDICT_PASS, 0), a_measure(VERDICT_PASS, 50)};
    struct result_check failed[] = {a_measure(VERDICT_FAIL, 130)};
    passed[1].limit_min = 10;
    passed[1].limit_max = NONE;
    passed[1].limit_min_open = true;
    passed[1].margin = 2;
    passed[1].uncertainty = NONE;
    passed[2].kind = RESULT_STEP;
    passed[2].value = passed[2].margin = passed[2].limit_max = NONE;
    passed[3].kind = RESULT_ALWAYS;
    passed[3].monitor = true;
    passed[3].observed = 9;
    struct result_case pass = {.id = TEXT("pass"),
                               .wiring = TEXT("sim"),
                               .verdict = VERDICT_PASS,
                               .checks = passed,
                               .check_count = 4};
    struct result_case fail = {.id = TEXT("fail"),
                               .wiring = TEXT("sim"),
                               .verdict = VERDICT_FAIL,
                               .reason = failed[0].reason,
                               .checks = failed,
                               .check_count = 1};
    const struct result_run run = {.decision = TEXT("guard band"),
                                   .evidence = TEXT("model"),
                                   .wiring = TEXT("sim"),
                                   .case_count = 2};
    struct result_file *file = result_create(path, &run, &problem);
    ck_assert_msg(file != NULL && result_append(file, &pass, &problem) &&
                      result_append(file, &fail, &problem) && result_finish(file, &problem),
                  "%s", problem.text);
}

static cJSON *lines[4];

static void take_lines(void) {
    FILE *stream = fopen(path, "r");
    ck_assert_ptr_nonnull(stream);
    char *line = NULL;
    size_t room = 0;
    for (int i = 0; i < 4; i++) {
        ck_assert(getline(&line, &room, stream) > 0);
        lines[i] = cJSON_Parse(line);
        ck_assert_ptr_nonnull(lines[i]);
    }
    free(line);
    fclose(stream);
}

static void put_lines(void) {
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    for (int i = 0; i < 4; i++) {
        char *line = cJSON_PrintUnformatted(lines[i]);
        fprintf(stream, "%s\n", line);
        free(line);
        cJSON_Delete(lines[i]);
    }
    fclose(stream);
}

/* ------------------------------------------------------------------ contradictions */

#define LINE (-1)

static const struct row {
    int line, check;     /* from 0; LINE: a key of the line itself */
    const char *changes; /* each key's value takes the place of the one that is there */
    const char *wanted;
} rows[] = {
    {1, 0, "{\"verdict\":\"fail\",\"value\":140,\"margin\":-40}",
     ":2: the record contradicts itself: case \"pass\" is pass, its checks[0] is fail"},
    {1, 3, "{\"verdict\":\"inconclusive\"}",
     ":2: the record contradicts itself: case \"pass\" is pass"},
    {1, 0, "{\"value\":99999}",
     "checks[0]: the value is outside its limits, and the verdict is pass"},
    {1, 0, "{\"value\":99,\"margin\":1}", "checks[0]: the value is outside its limits"}, /* band */
    {1, 1, "{\"value\":10,\"margin\":0}", "checks[1]: the value is outside its limits"}, /* open */
    {1, 3, "{\"value\":101,\"margin\":-1}", "checks[3]: the value is outside its limits"},
    {1, 0, "{\"value\":50}", "checks[0]: the margin is not that of value and limits"},
    {1, 0, "{\"verdict\":\"error\"}", "checks[0]: no check can tell that the bench failed"},
    {1, 0, "{\"from_ns\":3000}", "checks[0]: from_ns is after to_ns"},
    {2, 0, "{\"value\":40,\"margin\":60}",
     ":3: the record contradicts itself: case \"fail\", checks[0]: "
     "the value is within its limits, and the verdict is fail"},
    {2, LINE, "{\"verdict\":\"pass\"}", ":3: the record contradicts itself: case \"fail\""},
    {2, LINE, "{\"verdict\":\"inconclusive\"}",
     "case \"fail\" is inconclusive, its checks[0] is fail"},
    {2, LINE, "{\"verdict\":\"pass\",\"checks\":[]}", "the verdict is pass, and a reason says"},
    {1, LINE, "{\"checks\":[]}", "the verdict is pass, and none of its own checks was evaluated"},
    {1, LINE, "{\"frames_dropped\":1000}", "the verdict is pass, and frames were dropped"},
    {1, LINE, "{\"wiring\":\"vcan\"}", "the wiring is not that of the run"},
    {2, LINE, "{\"id\":\"pass\"}", ":3: the case \"pass\" is there a second time"},
    {0, LINE, "{\"evidence\":\"bench\"}",
     ":1: the record contradicts itself: evidence \"bench\" with "
     "wiring \"sim\""},
    {0, LINE, "{\"evidence\":null}", "evidence \"none\" with wiring \"sim\""},
    {0, LINE, "{\"wiring\":\"air\"}", "evidence \"model\" with wiring \"air\""},
    {0, LINE, "{\"case_count\":3}", ":4: 3 cases were planned, the end line comes after 2"},
    {3, LINE, "{\"cases\":1}", ":4: the end line says 1 cases, 2 are there"},
};

static void change(const struct row *row) {
    cJSON *place = lines[row->line];
    if (row->check != LINE) {
        place = cJSON_GetArrayItem(cJSON_GetObjectItem(place, "checks"), row->check);
    }
    cJSON *changes = cJSON_Parse(row->changes);
    ck_assert_msg(place != NULL && changes != NULL, "%s", row->changes);
    while (changes->child != NULL) {
        cJSON *item = cJSON_DetachItemViaPointer(changes, changes->child);
        ck_assert(cJSON_HasObjectItem(place, item->string));
        char *key = memory_copy(item->string);
        cJSON_ReplaceItemInObjectCaseSensitive(place, key, item);
        free(key);
    }
    cJSON_Delete(changes);
}

START_TEST(the_good_one_is_read) {
    struct problem problem = {0};
    write_good();
    struct result_set *set = result_read(folder, &problem);
    ck_assert_msg(set != NULL, "%s", problem.text);
    ck_assert(set->whole);
    result_set_free(set);
}
END_TEST

START_TEST(a_contradiction_is_refused) {
    const struct row *row = &rows[_i];
    struct problem problem = {0};
    write_good();
    take_lines();
    change(row);
    put_lines();
    struct result_set *set = result_read(folder, &problem);
    ck_assert_msg(set == NULL, "taken: line %d: %s", row->line + 1, row->changes);
    ck_assert_msg(strstr(problem.text, row->wanted) != NULL, "\"%s\" lacks \"%s\"", problem.text,
                  row->wanted);
}
END_TEST

/* cJSON takes the first of two equal keys, jq and Python the last. */
START_TEST(a_key_twice_is_refused) {
    static const struct {
        const char *before, *more, *wanted;
    } doubled[] = {
        {"\"verdict\":\"fail\"", ",\"verdict\":\"pass\"", "key \"verdict\" is there twice"},
        {"\"observed\":9", ",\"value\":1", "key \"checks[3].value\" is there twice"},
        {"\"en\":\"K1 opens\"", ",\"en\":\"K1 closes\"", "key \"checks[0].title\""},
        {"\"evidence\":\"model\"", ",\"evidence\":\"bench\"",
         ":1: key \"evidence\" is there twice"},
        {"\"format\":7", ",\"format\":1", ":1: key \"format\" is there twice"},
        {"\"cases\":2", ",\"cases\":2", ":4: key \"cases\" is there twice"},
    };
    struct problem problem = {0};
    write_good();
    static char bytes[1 << 16], changed[1 << 16];
    FILE *stream = fopen(path, "r");
    size_t length = fread(bytes, 1, sizeof bytes - 1, stream);
    bytes[length] = '\0';
    fclose(stream);
    char *at = strstr(bytes, doubled[_i].before);
    ck_assert_ptr_nonnull(at);
    at += strlen(doubled[_i].before);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - bytes), bytes, doubled[_i].more, at);
    stream = fopen(path, "w");
    fputs(changed, stream);
    fclose(stream);
    ck_assert_ptr_null(result_read(folder, &problem));
    ck_assert_msg(strstr(problem.text, doubled[_i].wanted) != NULL, "\"%s\" lacks \"%s\"",
                  problem.text, doubled[_i].wanted);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("consistent");
    TCase *tests = tcase_create("record");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_good_one_is_read);
    tcase_add_loop_test(tests, a_contradiction_is_refused, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(tests, a_key_twice_is_refused, 0, 6);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
