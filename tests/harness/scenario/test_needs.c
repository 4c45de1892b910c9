/* SPDX-License-Identifier: MIT */
/* What a case needs and a profile demands, as it is loaded. */
#include "harness/scenario/needs.h"
#include "tests/harness/support/scenario_folder.h"
#include "tests/support/suite.h"

#define HEAD "{\"id\": \"c\", \"title\": \"t\", \"vehicle\": \"car\""

static struct library *library;
static struct problem problem;

static void setup(void) {
    folder_make();
    folder_write("needs.json",
                 "{\"needs\": {\"meter\": {\"title\": {\"en\": \"a meter\", \"zh\": \"电表\"}, "
                 "\"condition\": \"smoke\"},\n \"cards\": {\"title\": \"cards\", \"condition\": "
                 "\"fire\"}},\n \"safety\": [\"T-8.6\"]}");
    library = library_open(folder, &folder_words, &problem);
    ck_assert_ptr_nonnull(library);
}

static void teardown(void) {
    library_free(library);
    folder_remove();
}

static struct profile *profile_of(const char *demands) {
    char text[600];
    snprintf(text, sizeof text,
             "{\"title\": \"Q\", \"base\": \"p\", \"limits\": {}, \"demands\": %s}", demands);
    folder_write("profiles/q.json", text);
    return profile_load(library, "q", &problem);
}

static struct scenario *load(const char *text) {
    folder_write("cases/c.json", text);
    const struct profile *profile = profile_load(library, "p", &problem);
    ck_assert_msg(profile != NULL, "%s", problem.text);
    return scenario_load(library, "c", profile, &problem);
}

static void refused(const char *text, const char *why) {
    ck_assert_msg(load(text) == NULL, "'%s' was accepted", text);
    ck_assert_msg(strstr(problem.text, why) != NULL, "'%s' lacks '%s'", problem.text, why);
}

START_TEST(names_and_conditions) {
    const struct scenario *one =
        load(HEAD ", \"covers\": [\"T-8.61\"], \"needs\": [\"meter\", \"volt < 60 V\"]}");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_uint_eq(one->need_count, 2);
    ck_assert_str_eq(one->needs[0].name, "meter");
    ck_assert_str_eq(one->needs[0].condition, "smoke");
    ck_assert_str_eq(one->needs[0].title.zh, "电表");
    ck_assert_ptr_null(one->needs[1].name);
    ck_assert_str_eq(one->needs[1].condition, "volt < 60 V");
}
END_TEST

START_TEST(faults_say_where) {
    refused(HEAD ", \"needs\": [\"metre\"]}", "did you mean 'meter'?");
    ck_assert_int_eq(problem.line, 1);
    refused(HEAD ", \"needs\": [\"nosuch < 3\"]}", "nosuch");
    refused(HEAD ", \"needs\": [\"@start\"]}", "cannot be a mark");
    refused(HEAD ", \"needs\": []}", "needs");
    folder_write("needs.json", "{\"needs\": {}}");
    refused(HEAD ", \"needs\": [\"meter\"]}", "safety");
    ck_assert_ptr_nonnull(strstr(problem.file, "needs.json"));
}
END_TEST

/* What guards people is tried with every pile. */
START_TEST(safety_knows_no_needs) {
    refused(HEAD ", \"covers\": [\"A 1\", \"T-8.6a\"], \"needs\": [\"meter\"]}",
            "T-8.6a, a clause of safety");
}
END_TEST

START_TEST(a_row_has_its_own) {
    folder_write("cases/c.json",
                 HEAD ", \"needs\": [\"meter\"], \"rows\": [{\"name\": \"a\"}, {\"name\": \"b\", "
                      "\"needs\": [\"cards\"]}]}");
    const struct profile *profile = profile_load(library, "p", &problem);
    size_t count = 0;
    struct scenario **rows = scenario_load_rows(library, "c", profile, &count, &problem);
    ck_assert_msg(rows != NULL, "%s", problem.text);
    ck_assert_str_eq(rows[0]->needs[0].name, "meter");
    ck_assert_str_eq(rows[1]->needs[0].name, "cards");
    ck_assert_uint_eq(rows[1]->need_count, 1);
}
END_TEST

START_TEST(a_profile_demands_by_name) {
    const struct need meter = {.name = "meter"}, cards = {.name = "cards"}, own = {0};
    const struct profile *one =
        profile_of("{\"meter\": {\"source\": [\"A 1\", \"B\"], \"text\": \"t\"}}");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_str_eq(profile_demand(one, &meter)->source, "A 1, B");
    ck_assert_ptr_null(profile_demand(one, &cards));
    ck_assert_ptr_null(profile_demand(one, &own));
    folder_write("profiles/r.json",
                 "{\"title\": \"R\", \"base\": \"q\", \"limits\": {}, \"demands\": {\"meter\": "
                 "{\"source\": [\"C\"], \"text\": \"t\"}, \"cards\": {\"source\": [\"D\"], "
                 "\"text\": \"t\"}}}");
    one = profile_load(library, "r", &problem);
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_uint_eq(one->demand_count, 2);
    ck_assert_str_eq(profile_demand(one, &meter)->source, "C");
    ck_assert_ptr_null(profile_of("{\"metre\": {\"source\": [\"A\"], \"text\": \"t\"}}"));
    ck_assert_ptr_nonnull(strstr(problem.text, "did you mean 'meter'?"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("needs");
    TCase *tcase = tcase_create("needs");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, names_and_conditions);
    tcase_add_test(tcase, faults_say_where);
    tcase_add_test(tcase, safety_knows_no_needs);
    tcase_add_test(tcase, a_row_has_its_own);
    tcase_add_test(tcase, a_profile_demands_by_name);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
