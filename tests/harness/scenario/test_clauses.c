/* SPDX-License-Identifier: MIT */
/* Lists of clauses: read, refused, and complete for what the shipped cases and limits cite. */
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "reports/record/clauses.h"
#include "tests/harness/support/scenario_folder.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SHIPPED TEST_SOURCE_DIR "/scenarios"

static const struct vocabulary any_words; /* accepts every word */

static void expect_refused(const char *content, const char *wanted) {
    struct problem problem = {0};
    folder_write("clauses/p.json", content);
    struct library *library = library_open(folder, &any_words, &problem);
    ck_assert_msg(library != NULL, "%s", problem.text);
    ck_assert_msg(profile_load(library, "p", &problem) == NULL, "taken: %s", content);
    ck_assert_msg(strstr(problem.text, wanted) != NULL, "\"%s\" lacks \"%s\"", problem.text,
                  wanted);
    ck_assert_int_gt(problem.line, 0);
    library_free(library);
}

START_TEST(faults_are_told_with_their_place) {
    expect_refused("{\"clauses\": [{\"id\": \"A\", \"closed_by\": [\"modle\"], \"text\": \"a\"}]}",
                   "not 'modle'");
    expect_refused("{\"clauses\": [{\"id\": \"A\", \"closed_by\": [], \"text\": \"a\"}]}",
                   "closed_by");
    expect_refused("{\"clauses\": [{\"id\": \"A\", \"text\": \"a\"}]}", "closed_by");
    expect_refused("{\"clauses\": [{\"id\": \"A\", \"closed_by\": [\"bench\"], \"text\": \"a\"},"
                   "{\"id\": \"A\", \"closed_by\": [\"bench\"], \"text\": \"b\"}]}",
                   "'A' is listed twice");
}
END_TEST

/* " *" stands for all of a standard, and the standard itself. */
static bool is_listed_as(const char *own, const char *id) {
    size_t length = strlen(own);
    bool family = length > 2 && strcmp(own + length - 2, " *") == 0;
    return strcmp(own, id) == 0 || (family && strncmp(own, id, length - 2) == 0);
}

static bool listed(const struct profile *profile, const char *id) {
    for (; profile != NULL; profile = profile->base) {
        for (size_t i = 0; i < profile->clauses.count; i++) {
            if (is_listed_as(profile->clauses.clauses[i].id, id)) {
                return true;
            }
        }
    }
    return false;
}

/* What a case cites and no list has could never be said to be open. */
START_TEST(the_shipped_lists_have_what_is_cited) {
    struct problem problem = {0};
    struct library *library = library_open(SHIPPED, &any_words, &problem);
    ck_assert_msg(library != NULL, "%s", problem.text);
    const struct profile *profile = profile_load(library, "zhongshan", &problem);
    ck_assert_msg(profile != NULL, "%s", problem.text);
    for (size_t i = 0; i < profile->limit_count; i++) {
        struct clause_cursor cursor = {.source = profile->limits[i].source};
        for (char *id; (id = clause_next(&cursor)) != NULL; free(id)) {
            ck_assert_msg(listed(profile, id), "limit %s: %s", profile->limits[i].name, id);
        }
    }
    size_t cited = 0;
    for (size_t i = 0; i < library_case_count(library); i++) {
        size_t rows;
        struct scenario **one =
            scenario_load_rows(library, library_case(library, i), profile, &rows, &problem);
        ck_assert_msg(one != NULL, "%s", problem.text);
        for (size_t k = 0; k < one[0]->cover_count; k++, cited++) {
            ck_assert_msg(listed(profile, one[0]->covers[k]), "%s: %s", one[0]->id,
                          one[0]->covers[k]);
        }
    }
    ck_assert_uint_gt(cited, 100);
    library_free(library);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("clauses");
    TCase *tests = tcase_create("lists");
    tcase_add_checked_fixture(tests, folder_make, folder_remove);
    tcase_add_test(tests, faults_are_told_with_their_place);
    tcase_add_test(tests, the_shipped_lists_have_what_is_cited);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
