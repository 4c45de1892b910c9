/* SPDX-License-Identifier: MIT */
/* Rows: what each of them becomes, how they are named, and what is said about a fault. */
#include "tests/harness/support/scenario_folder.h"

static struct library *library;
static struct profile *profile;
static struct problem problem;

static void setup(void) {
    folder_make();
    library = library_open(folder, &folder_words, &problem);
    ck_assert_ptr_nonnull(library);
    profile = profile_load(library, "p", &problem);
    ck_assert_ptr_nonnull(profile);
    folder_write("vehicles/van.json", "{\"title\": \"van\", \"values\": {}}");
}

static void teardown(void) {
    library_free(library);
    folder_remove();
}

#define HEAD "{\"id\": \"c\", \"title\": {\"en\": \"t\", \"zh\": \"题\"}, \"vehicle\": \"car\",\n"

static const char table[] =
    "\"parameters\": {\"stops\": {\"type\": \"event\"}, \"mode\": {\"type\": \"number\", "
    "\"default\": 2}},\n"
    "\"rows\": [{\"name\": \"a\", \"title\": {\"en\": \"first\", \"zh\": \"一\"}, \"with\": "
    "{\"stops\": "
    "\"CST\"}},\n"
    "{\"name\": \"b\", \"with\": {\"stops\": \"smoke\", \"mode\": 3}, \"vehicle\": \"van\",\n"
    "\"firmware\": {\"x\": 7, \"z\": 9}}],\n"
    "\"firmware\": {\"billing.mode\": \"${mode}\", \"x\": 1},\n"
    "\"checks\": [{\"never\": \"fire\", \"title\": \"n\", \"to\": \"${stops}\"}]";

static void write_case(const char *rest) {
    char text[2048];
    snprintf(text, sizeof text, HEAD "%s}", rest);
    folder_write("cases/c.json", text);
    problem = (struct problem){0};
}

START_TEST(each_row_is_a_case) {
    size_t count;
    int32_t value;
    write_case(table);
    struct scenario **rows = scenario_load_rows(library, "c", profile, &count, &problem);
    ck_assert_msg(rows != NULL, "%d:%d %s", problem.line, problem.column, problem.text);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(rows[0]->id, "c[a]");
    ck_assert_str_eq(rows[0]->name, "c");
    ck_assert_str_eq(rows[0]->stem, "c.a");
    ck_assert_str_eq(rows[0]->title.en, "t: first");
    ck_assert_str_eq(rows[0]->title.zh, "题：一");
    ck_assert_str_eq(rows[1]->title.en, "t");
    ck_assert_str_eq(rows[0]->vehicle, "car");
    ck_assert_str_eq(rows[1]->vehicle, "van");
    ck_assert_str_eq(rows[0]->checks[0].to.text, "CST");
    ck_assert_str_eq(rows[1]->checks[0].to.text, "smoke");
    ck_assert(setup_value(&rows[0]->setup, "billing.mode", &value) && value == 2);
    ck_assert(setup_value(&rows[0]->setup, "x", &value) && value == 1);
    ck_assert(setup_value(&rows[1]->setup, "billing.mode", &value) && value == 3);
    ck_assert(setup_value(&rows[1]->setup, "x", &value) && value == 7);
    ck_assert(setup_value(&rows[1]->setup, "z", &value) && value == 9);
    ck_assert(!setup_value(&rows[0]->setup, "z", &value));
    ck_assert_uint_eq(rows[1]->row_value_count, 2);
    ck_assert_str_eq(rows[1]->row_values[0], "stops=smoke");
    ck_assert_str_eq(rows[1]->row_values[1], "mode=3");
}
END_TEST

START_TEST(one_row_by_name) {
    size_t count;
    write_case(table);
    struct scenario **rows = scenario_load_rows(library, "c[b]", profile, &count, &problem);
    ck_assert_msg(rows != NULL && count == 1, "%s", problem.text);
    ck_assert_str_eq(rows[0]->id, "c[b]");
    ck_assert(scenario_is_named(rows[0], "c") && scenario_is_named(rows[0], "c[b]"));
    ck_assert(!scenario_is_named(rows[0], "c[a]"));
    char path[128];
    snprintf(path, sizeof path, "%s/cases/c.json[a]", folder);
    ck_assert_msg(scenario_load(library, path, profile, &problem) != NULL, "%s", problem.text);
    ck_assert_ptr_null(scenario_load(library, "c", profile, &problem));
    ck_assert_ptr_nonnull(
        strstr(problem.text, "this case has rows: name one in brackets, as '[a]'"));
    ck_assert_ptr_null(scenario_load(library, "c[]", profile, &problem));
    ck_assert_ptr_null(scenario_load(library, "d[a]", profile, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "there is no case 'd'"));
}
END_TEST

START_TEST(a_case_without_rows_is_one) {
    size_t count;
    write_case("\"checks\": [{\"never\": \"fire\", \"title\": \"n\"}]");
    struct scenario **rows = scenario_load_rows(library, "c", profile, &count, &problem);
    ck_assert(rows != NULL && count == 1);
    ck_assert_str_eq(rows[0]->id, "c");
    ck_assert_str_eq(rows[0]->stem, "c");
    ck_assert_ptr_null(rows[0]->row);
    ck_assert_ptr_null(scenario_load(library, "c[a]", profile, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "has no rows"));
}
END_TEST

START_TEST(a_row_goes_through_groups) {
    folder_write(
        "groups.json",
        "{\"groups\": {\"g\": {\"title\": \"g\", \"parameters\": {\"to\": {\"type\": \"event\"}},"
        "\"checks\": [{\"never\": \"fire\", \"title\": \"n\", \"to\": \"${to}\"}]}}}");
    write_case("\"parameters\": {\"stops\": {\"type\": \"event\"}},\n"
               "\"rows\": [{\"name\": \"a\", \"with\": {\"stops\": \"CST\"}},\n"
               "{\"name\": \"b\", \"with\": {\"stops\": \"@nosuch\"}}],\n"
               "\"checks\": [{\"use\": \"g\", \"with\": {\"to\": \"${stops}\"}}]");
    const struct scenario *one = scenario_load(library, "c[a]", profile, &problem);
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_str_eq(one->checks[0].to.text, "CST");
    ck_assert_int_eq(one->checks[0].line, 5);
    ck_assert_ptr_null(scenario_load(library, "c[b]", profile, &problem));
    ck_assert_int_eq(problem.line, 4); /* where the row says so, though a group uses it */
    ck_assert_int_eq(problem.column, 33);
}
END_TEST

#define PARAMETERS "\"parameters\": {\"x\": {\"type\": \"event\"}},\n"
#define CHECKS     ",\n\"checks\": [{\"never\": \"${x}\", \"title\": \"n\"}]"
#define ROW        "{\"name\": \"a\", \"with\": {\"x\": \"CST\"}}"

static const struct fault {
    const char *rest;
    int line, column;
    const char *says;
} faults[] = {
    {"\"parameters\": {}", 2, 1, "only with \"rows\""},
    {PARAMETERS "\"rows\": []" CHECKS, 3, 9, "must have 1 to 200"},
    {PARAMETERS "\"rows\": [1]" CHECKS, 3, 10, "must be an object"},
    {PARAMETERS "\"rows\": [{\"with\": {}}]" CHECKS, 3, 10, "a row lacks \"name\""},
    {PARAMETERS "\"rows\": [{\"name\": \"A\"}]" CHECKS, 3, 19, "made of a-z"},
    {PARAMETERS "\"rows\": [" ROW ", " ROW "]" CHECKS, 3, 56, "two rows have the name 'a'"},
    {PARAMETERS "\"rows\": [{\"name\": \"a\"}]" CHECKS, 3, 10, "the row 'a' needs \"x\" (event)"},
    {PARAMETERS "\"rows\": [{\"name\": \"a\", \"with\": {\"y\": \"CST\"}}]" CHECKS, 3, 33,
     "the row 'a' has no parameter 'y'"},
    {PARAMETERS "\"rows\": [{\"name\": \"a\", \"with\": {\"x\": \"nosuch\"}}]" CHECKS, 3, 39,
     "no signal"},
    {PARAMETERS "\"rows\": [{\"name\": \"a\", \"wiht\": {}}]" CHECKS, 3, 24, "did you mean 'with'"},
    {PARAMETERS "\"rows\": [" ROW "]", 2, 16, "never uses its parameter"},
    {PARAMETERS "\"rows\": [" ROW "],\n\"checks\": [{\"never\": \"${y}\", \"title\": \"n\"}]", 4,
     23, "has no parameter 'y'"},
    {PARAMETERS
     "\"rows\": [{\"name\": \"a\", \"with\": {\"x\": \"CST\"}, \"vehicle\": \"vna\"}]" CHECKS,
     3, 57, "did you mean 'van'"},
    {PARAMETERS
     "\"rows\": [{\"name\": \"a\", \"with\": {\"x\": \"CST\"}, \"firmware\": {\"f\": 1.5}}]" CHECKS,
     3, 64, "whole number"},
    {"\"rows\": [{\"name\": \"a\"}], \"rows\": [{\"name\": \"b\"}]", 2, 26, "given twice"},
};

START_TEST(a_fault_has_a_place_and_a_remedy) {
    const struct fault *one = &faults[_i];
    size_t count;
    write_case(one->rest);
    ck_assert_msg(scenario_load_rows(library, "c", profile, &count, &problem) == NULL, "taken: %s",
                  one->rest);
    ck_assert_msg(strstr(problem.text, one->says) != NULL, "\"%s\", not \"%s\"", problem.text,
                  one->says);
    ck_assert_msg(problem.line == one->line && problem.column == one->column,
                  "%s at %d:%d, not %d:%d", problem.text, problem.line, problem.column, one->line,
                  one->column);
    ck_assert_ptr_nonnull(strstr(problem.file, "cases/c.json"));
}
END_TEST

START_TEST(mutants_name_cases_and_rows) {
    static const char *const killers[] = {"c", "c[a]", "c[q]", "d[a]"};
    size_t count;
    char text[512];
    write_case(table);
    for (size_t i = 0; i < 4; i++) {
        snprintf(text, sizeof text,
                 "{\"mutants\": [{\"id\": \"m\", \"title\": \"m\", \"mutations\": [{\"mute\": "
                 "\"CSD\"}], "
                 "\"killers\": [\"%s\"]}]}",
                 killers[i]);
        folder_write("mutants.json", text);
        ck_assert_int_eq(mutants_load(library, &count, &problem) != NULL, i < 2);
    }
    ck_assert_ptr_nonnull(strstr(problem.text, "there is no case 'd'"));
}
END_TEST

/* ---- the written procedure ---- */

static char page[8192];

static void put(void *ctx, const char *text) {
    (void)ctx;
    strncat(page, text, sizeof page - strlen(page) - 1);
}

START_TEST(what_differs_is_shown_for_each_row) {
    size_t count;
    write_case(table);
    struct scenario **rows = scenario_load_rows(library, "c", profile, &count, &problem);
    ck_assert_ptr_nonnull(rows);
    page[0] = '\0';
    scenario_show(rows, count, profile, _i == 0 ? "en" : "zh", put, NULL);
    ck_assert_ptr_nonnull(strstr(page, "stops=CST, mode=2"));
    ck_assert_ptr_nonnull(strstr(page, _i == 0 ? "first" : "一"));
    ck_assert_ptr_nonnull(strstr(page, "  [a]\n"));
    ck_assert_ptr_nonnull(strstr(page, "[smoke]"));
    const char *fire = strstr(page, "fire\n"); /* a monitor, the same for both: said once */
    ck_assert(fire != NULL && strstr(fire + 1, ") fire\n") == NULL);
    page[0] = '\0';
    scenario_show(rows + 1, 1, profile, "en", put, NULL);
    ck_assert_ptr_null(strstr(page, "  [b]\n"));
    ck_assert_ptr_nonnull(strstr(page, "van"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scenario_rows");
    TCase *tests = tcase_create("rows");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, each_row_is_a_case);
    tcase_add_test(tests, one_row_by_name);
    tcase_add_test(tests, a_case_without_rows_is_one);
    tcase_add_test(tests, a_row_goes_through_groups);
    tcase_add_loop_test(tests, a_fault_has_a_place_and_a_remedy, 0,
                        (int)(sizeof faults / sizeof faults[0]));
    tcase_add_test(tests, mutants_name_cases_and_rows);
    tcase_add_loop_test(tests, what_differs_is_shown_for_each_row, 0, 2);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
