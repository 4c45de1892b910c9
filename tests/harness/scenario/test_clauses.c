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

#define WITH_DOCUMENT(rest)                                                                        \
    "{\"documents\": [{\"prefix\": \"A\", \"edition\": \"1\", \"title\": \"a\"}]," rest "}"

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
    expect_refused(WITH_DOCUMENT("\"clauses\": [{\"id\": \"B\", \"closed_by\": [\"bench\"],"
                                 " \"text\": \"b\"}]"),
                   "prefix that 'B' begins with");
    expect_refused("{\"clauses\": [{\"id\": \"A\", \"closed_by\": [\"bench\"], \"text\": \"a\","
                   " \"verify\": [\"looking\"]}]}",
                   "not 'looking'");
    expect_refused("{\"clauses\": [{\"id\": \"A\", \"closed_by\": [\"bench\"], \"text\": \"a\","
                   " \"open\": \"modules\"}]}",
                   "has no 'modules'");
}
END_TEST

/* Those of the shipped folder, row by row; the caller frees the list. */
static struct scenario **every_case(struct library *library, const struct profile *profile,
                                    size_t *count) {
    struct problem problem = {0};
    struct scenario **all = NULL;
    *count = 0;
    for (size_t i = 0; i < library_case_count(library); i++) {
        size_t rows;
        struct scenario **one =
            scenario_load_rows(library, library_case(library, i), profile, &rows, &problem);
        ck_assert_msg(one != NULL, "%s", problem.text);
        all = memory_resized(all, *count + rows, sizeof *all);
        memcpy(all + *count, one, rows * sizeof *all);
        *count += rows;
    }
    return all;
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
            ck_assert_msg(clause_find(profile, id) != NULL, "limit %s: %s", profile->limits[i].name,
                          id);
        }
    }
    size_t cited = 0, count;
    struct scenario **cases = every_case(library, profile, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < cases[i]->cover_count; k++, cited++) {
            const char *id = cases[i]->covers[k];
            ck_assert_msg(clause_find(profile, id) != NULL, "%s: %s", cases[i]->id, id);
        }
    }
    free(cases);
    ck_assert_uint_gt(cited, 100);
    library_free(library);
}
END_TEST

static bool is_covered(const struct clause_def *clause, struct scenario *const *cases,
                       size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (clause_covered_by(clause, cases[i])) {
            return true;
        }
    }
    return false;
}

static void expect_decided(const struct profile *profile, const struct clause_def *clause,
                           bool covered) {
    bool elsewhere = clause_verified_by(clause, "inspect") ||
                     clause_verified_by(clause, "station") ||
                     clause_verified_by(clause, "platform");
    bool open = clause->open.en != NULL;
    ck_assert_msg(clause->document != NULL, "%s: %s", profile->name, clause->id);
    ck_assert_msg(clause->verify_count > 0, "%s: %s: verify", profile->name, clause->id);
    ck_assert_msg(covered || elsewhere || open, "%s: %s: no case, and no reason why not",
                  profile->name, clause->id);
    ck_assert_msg(covered || open || !clause_needs_a_case(clause),
                  "%s: %s: is to have a case, has none, and no reason why not", profile->name,
                  clause->id);
}

/* Each row of each list is covered, decided elsewhere, or says why it is open. */
START_TEST(every_row_is_decided_or_says_why_not) {
    struct problem problem = {0};
    struct library *library = library_open(SHIPPED, &any_words, &problem);
    ck_assert_msg(library != NULL, "%s", problem.text);
    const struct profile *profile = profile_load(library, "zhongshan", &problem);
    ck_assert_msg(profile != NULL, "%s", problem.text);
    size_t count, rows = 0;
    struct scenario **cases = every_case(library, profile, &count);
    for (; profile != NULL; profile = profile->base) {
        for (size_t i = 0; i < profile->clauses.count; i++, rows++) {
            const struct clause_def *clause = &profile->clauses.clauses[i];
            expect_decided(profile, clause, is_covered(clause, cases, count));
        }
    }
    ck_assert_uint_gt(rows, 350);
    free(cases);
    library_free(library);
}
END_TEST

/* A part belongs to its whole, an id to its document, a reason to its name. */
START_TEST(rows_are_put_together) {
    struct problem problem = {0};
    folder_write(
        "clauses/p.json",
        WITH_DOCUMENT("\"reasons\": {\"later\": {\"en\": \"not yet\", \"zh\": \"尚未\"}},"
                      "\"clauses\": ["
                      "{\"id\": \"A 1\", \"closed_by\": [\"bench\"], \"text\": \"a\"},"
                      "{\"id\": \"A 1-1\", \"closed_by\": [\"hosted\"], \"text\": \"b\","
                      " \"verify\": [\"inspect\"], \"limit\": \"5 V\", \"open\": \"later\"},"
                      "{\"id\": \"A 10 *\", \"closed_by\": [\"bench\"], \"text\": \"c\"}]"));
    struct library *library = library_open(folder, &any_words, &problem);
    const struct profile *profile = profile_load(library, "p", &problem);
    ck_assert_msg(profile != NULL, "%s", problem.text);
    const struct clause_def *rows = profile->clauses.clauses;
    ck_assert(clause_is_part(&rows[1], &rows[0]) && !clause_is_part(&rows[2], &rows[0]));
    ck_assert(clause_needs_a_case(&rows[0]) && !clause_needs_a_case(&rows[1]));
    ck_assert(clause_needs_hardware(&rows[0]) && !clause_needs_hardware(&rows[1]));
    ck_assert(clause_verified_by(&rows[1], "inspect") && !clause_verified_by(&rows[1], "auto"));
    ck_assert_str_eq(rows[1].open.en, "not yet");
    ck_assert_str_eq(rows[1].limit.en, "5 V");
    ck_assert_str_eq(rows[1].document->edition, "1");
    ck_assert_ptr_null(rows[0].open.en);
    ck_assert_ptr_eq(clause_find(profile, "A 10 SPN 1"), &rows[2]);
    ck_assert_ptr_null(clause_find(profile, "A 1-2"));
    ck_assert_ptr_null(clause_find(profile, "A 100"));
    library_free(library);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("clauses");
    TCase *tests = tcase_create("lists");
    tcase_add_checked_fixture(tests, folder_make, folder_remove);
    tcase_add_test(tests, faults_are_told_with_their_place);
    tcase_add_test(tests, rows_are_put_together);
    tcase_add_test(tests, the_shipped_lists_have_what_is_cited);
    tcase_add_test(tests, every_row_is_decided_or_says_why_not);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
