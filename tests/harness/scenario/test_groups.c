/* SPDX-License-Identifier: MIT */
/* Groups: what a case becomes, and what is said about a fault in the group or in its use. */
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
}

static void teardown(void) {
    library_free(library);
    folder_remove();
}

#define HEAD "{\"id\": \"c\", \"title\": \"t\", \"vehicle\": \"car\",\n"

static const char groups[] =
    "{\"groups\": {\n"
    "\"quiet\": {\"title\": \"q\", \"checks\": [{\"never\": \"smoke\", \"title\": \"s\"}]},\n"
    "\"opens\": {\"title\": \"o\", \"parameters\": {\"from\": {\"type\": \"event\"},\n"
    "   \"limit\": {\"type\": \"limit\", \"default\": \"open\"},\n"
    "   \"what\": {\"type\": \"text\", \"default\": {\"en\": \"it\", \"zh\": \"它\"}}},\n"
    " \"checks\": [\n"
    "  {\"measure\": {\"en\": \"${what} opens\", \"zh\": \"${what}断开\"}, \"from\": \"${from}\", "
    "\"to\": \"open\", \"limit\": \"${limit}\"},\n"
    "  {\"use\": \"quiet\"},\n"
    "  {\"never\": \"${from} and fire\", \"title\": \"f\"}]},\n"
    "\"start-again\": {\"title\": \"a\", \"parameters\": {\"n\": {\"type\": \"word\"},\n"
    "   \"time\": {\"type\": \"time\", \"default\": \"5 s\"}},\n"
    " \"steps\": [{\"do\": \"press start\", \"mark\": \"again-${n}\"}, {\"wait\": \"${time}\"}]}}}";

static struct scenario *load(const char *groups_text, const char *rest) {
    char text[2048];
    folder_write("groups.json", groups_text);
    snprintf(text, sizeof text, HEAD "%s}", rest);
    folder_write("cases/c.json", text);
    problem = (struct problem){0};
    return scenario_load(library, "c", profile, &problem);
}

START_TEST(uses_become_plain_checks_in_their_place) {
    const struct scenario *one = load(
        groups, "\"checks\": [{\"never\": \"fire\", \"title\": \"first\"},\n"
                "{\"use\": \"opens\", \"with\": {\"from\": \"CST or smoke\", \"what\": \"K1\"}},\n"
                "{\"use\": \"quiet\"}]");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_uint_eq(one->check_count, 5 + 2); /* and the monitors */
    ck_assert_str_eq(one->checks[0].title.en, "first");
    ck_assert_str_eq(one->checks[1].title.zh, "K1断开");
    ck_assert_str_eq(one->checks[1].from.text, "CST or smoke");
    ck_assert_str_eq(one->checks[2].condition.text, "smoke");
    ck_assert_str_eq(one->checks[3].condition.text, "(CST or smoke) and fire");
    ck_assert_str_eq(one->checks[4].condition.text, "smoke");
    for (size_t i = 1; i < 4; i++) {
        ck_assert_int_eq(one->checks[i].line, 3); /* of the case's own file: where it is used */
    }
}
END_TEST

START_TEST(defaults_stand_in) {
    const struct scenario *one =
        load(groups, "\"checks\": [{\"use\": \"opens\", \"with\": {\"from\": \"@start\"}}]");
    ck_assert_ptr_null(one); /* "@start and fire": a mark is not combined, and that is said */
    one = load(groups, "\"checks\": [{\"use\": \"opens\", \"with\": {\"from\": \"CST\"}}]");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_str_eq(one->checks[0].title.en, "it opens");
    ck_assert_str_eq(one->checks[0].title.zh, "它断开");
    ck_assert_str_eq(one->checks[2].condition.text, "CST and fire");
}
END_TEST

START_TEST(groups_of_steps_set_marks) {
    const struct scenario *one = load(
        groups, "\"steps\": [{\"use\": \"start-again\", \"with\": {\"n\": \"1\"}},\n"
                "{\"use\": \"start-again\", \"with\": {\"n\": \"2\", \"time\": \"250 ms\"}}],\n"
                "\"checks\": [{\"never\": \"fire\", \"title\": \"f\", \"from\": \"@again-2\"}]");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_uint_eq(one->step_count, 4);
    ck_assert_str_eq(one->steps[2].mark, "again-2");
    ck_assert_int_eq(one->steps[1].time_ns, INT64_C(5000000000));
    ck_assert_int_eq(one->steps[3].time_ns, 250000000);
    ck_assert_int_eq(one->steps[3].line, 3);
}
END_TEST

#define GROUP(parameters, checks)                                                                  \
    "{\"groups\": {\n\"g\": {\"title\": \"g\"" parameters ",\n\"checks\": [" checks "]}}}"
#define USE      "\"checks\": [\n{\"use\": \"g\"}]"
#define QUIET    "{\"never\": \"smoke\", \"title\": \"s\"}"
#define USED     "; used at "
#define CASE_USE "cases/c.json:3:1"

/* Every wrong input has a place and says what to do. */
static const struct fault {
    const char *groups, *rest;
    const char *file; /* how it ends */
    int line, column;
    const char *says, *also;
} faults[] = {
    {groups, "\"checks\": [{\"use\": \"quite\"}]", "c.json", 2, 20,
     "no group 'quite'; did you mean 'quiet'?", NULL},
    {groups, "\"checks\": [{\"use\": \"start-again\"}]", "c.json", 2, 20, "has steps; here checks",
     NULL},
    {groups, "\"steps\": [{\"use\": \"quiet\"}]", "c.json", 2, 19, "has checks; here steps", NULL},
    {groups, "\"checks\": [{\"use\": \"quiet\", \"each\": true}]", "c.json", 2, 29,
     "a use of a group has no key \"each\"", NULL},
    {groups, "\"checks\": [{\"use\": \"opens\"}]", "c.json", 2, 12, "needs \"from\" (event)", NULL},
    {groups, "\"checks\": [{\"use\": \"opens\", \"with\": {}}]", "c.json", 2, 37, "needs \"from\"",
     NULL},
    {groups, "\"checks\": [{\"use\": \"opens\", \"with\": {\"form\": \"CST\"}}]", "c.json", 2, 38,
     "the group 'opens' has no parameter 'form'; did you mean 'from'?", NULL},
    {groups, "\"checks\": [{\"use\": \"opens\", \"with\": {\"from\": \"nosuch\"}}]", "c.json", 2,
     47, "no signal", NULL},
    {groups, "\"checks\": [{\"use\": \"opens\", \"with\": {\"from\": \"@nosuch\"}}]", "c.json", 2,
     46, "no step sets the mark 'nosuch'", NULL},
    {groups, "\"checks\": [{\"use\": \"opens\", \"with\": {\"from\": 3}}]", "c.json", 2, 46,
     "from must be a text, not a number", NULL},
    {groups,
     "\"checks\": [{\"use\": \"opens\", \"with\": {\"from\": \"CST\", \"limit\": \"opne\"}}]",
     "c.json", 2, 62, "no limit 'opne'; did you mean 'open'?", NULL},
    {groups,
     "\"steps\": [{\"use\": \"start-again\", \"with\": {\"n\": \"1\", \"time\": \"soon\"}}]",
     "c.json", 2, 61, "is not a time", NULL},
    {groups, "\"steps\": [{\"use\": \"start-again\", \"with\": {\"n\": \"A\"}}]", "groups.json", 12,
     42, "a mark is made of a-z", USED},
    {GROUP("", "{\"never\": \"smoek\", \"title\": \"s\"}"), USE, "groups.json", 3, 23, "no signal",
     CASE_USE},
    {GROUP("", "{\"never\": \"smoke\", \"title\": \"s\", \"limt\": 1}"), USE, "groups.json", 3, 45,
     "has no key \"limt\"", CASE_USE},
    {GROUP("", "{\"never\": \"smoke or ${x}\", \"title\": \"s\"}"), USE, "groups.json", 3, 32,
     "has no parameter 'x'", NULL},
    {GROUP("", "{\"never\": \"${x\", \"title\": \"s\"}"), USE, "groups.json", 3, 23,
     "its end is missing", NULL},
    {GROUP(", \"parameters\": {\"x\": {\"type\": \"event\", \"default\": \"CST\"}}", QUIET), USE,
     "groups.json", 2, 36, "never uses its parameter", NULL},
    {GROUP(", \"parameters\": {\"x\": {\"type\": \"evnt\"}}", QUIET), USE, "groups.json", 2, 50,
     "no parameter type 'evnt'; did you mean 'event'?", NULL},
    {GROUP(", \"parameters\": {\"x\": {\"type\": \"time\", \"default\": \"5 V\"}}", QUIET), USE,
     "groups.json", 2, 69, "is not a time", NULL},
    {GROUP("", "{\"use\": \"g\"}"), USE, "groups.json", 3, 20, "the group 'g' uses itself",
     CASE_USE},
    {"{\"groups\": {\"g\": {\"title\": \"g\"}}}", USE, "groups.json", 1, 18,
     "either \"checks\" or \"steps\"", NULL},
    {"{\"groups\": {\"G h\": {\"title\": \"g\"}}}", USE, "groups.json", 1, 13, "made of a-z", NULL},
    {"{\"groups\": []}", USE, "groups.json", 1, 12, "must be an object", NULL},
    {GROUP(", \"parameters\": {\"x\": {\"type\": \"text\", \"default\": {\"en\": \"a\", \"zh\": "
           "\"b\"}}}",
           "{\"never\": \"smoke or ${x}\", \"title\": \"s\"}"),
     USE, "groups.json", 3, 22, "goes into \"en\" and \"zh\" only", NULL},
};

START_TEST(a_fault_has_a_place_and_a_remedy) {
    const struct fault *one = &faults[_i];
    ck_assert_msg(load(one->groups, one->rest) == NULL, "taken: %s", one->says);
    size_t length = strlen(problem.file), wanted = strlen(one->file);
    ck_assert_msg(length > wanted && strcmp(problem.file + length - wanted, one->file) == 0,
                  "%s, not %s: %s", problem.file, one->file, problem.text);
    ck_assert_msg(strstr(problem.text, one->says) != NULL, "\"%s\", not \"%s\"", problem.text,
                  one->says);
    ck_assert_msg(problem.line == one->line && problem.column == one->column,
                  "%s at %d:%d, not %d:%d", problem.text, problem.line, problem.column, one->line,
                  one->column);
    ck_assert_msg(one->also == NULL || strstr(problem.text, one->also) != NULL, "%s: no \"%s\"",
                  problem.text, one->also);
}
END_TEST

/* A chain of so many groups, each using the next. */
static struct scenario *load_chain(int deep) {
    char text[2048];
    int used = snprintf(text, sizeof text, "{\"groups\": {\"g\": {\"title\": \"g\", \"checks\": [");
    for (int i = 1; i < deep; i++) {
        used += snprintf(text + used, sizeof text - (size_t)used,
                         "{\"use\": \"g%d\"}]}, \"g%d\": {\"title\": \"g\", \"checks\": [", i, i);
    }
    snprintf(text + used, sizeof text - (size_t)used, QUIET "]}}}");
    return load(text, USE);
}

START_TEST(groups_are_used_so_deep_and_no_deeper) {
    ck_assert_msg(load_chain(4) != NULL, "%s", problem.text);
    ck_assert_ptr_null(load_chain(5));
    ck_assert_ptr_nonnull(strstr(problem.text, "at most 4 deep"));
    ck_assert_ptr_nonnull(strstr(problem.text, CASE_USE)); /* the whole way out to the case */
}
END_TEST

/* Groups of groups of many uses would double and double. */
START_TEST(uses_are_counted) {
    char text[16384];
    int used =
        snprintf(text, sizeof text, "{\"groups\": {\"h\": {\"title\": \"h\", \"checks\": [" QUIET);
    for (int i = 0; i < 99; i++) {
        used += snprintf(text + used, sizeof text - (size_t)used, ", " QUIET);
    }
    used += snprintf(text + used, sizeof text - (size_t)used,
                     "]}, \"g\": {\"title\": \"g\", \"checks\": [{\"use\": \"h\"}");
    for (int i = 0; i < 99; i++) {
        used += snprintf(text + used, sizeof text - (size_t)used, ", {\"use\": \"h\"}");
    }
    snprintf(text + used, sizeof text - (size_t)used, "]}}}");
    ck_assert_ptr_null(load(text, USE));
    ck_assert_ptr_nonnull(strstr(problem.text, "more than 1000 checks"));
}
END_TEST

START_TEST(no_use_no_file) {
    ck_assert_ptr_nonnull(load("{broken", "\"checks\": [" QUIET "]"));
    ck_assert_ptr_null(load("{broken", USE));
    ck_assert_ptr_nonnull(strstr(problem.file, "groups.json"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scenario_groups");
    TCase *tests = tcase_create("groups");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, uses_become_plain_checks_in_their_place);
    tcase_add_test(tests, defaults_stand_in);
    tcase_add_test(tests, groups_of_steps_set_marks);
    tcase_add_loop_test(tests, a_fault_has_a_place_and_a_remedy, 0,
                        (int)(sizeof faults / sizeof faults[0]));
    tcase_add_test(tests, groups_are_used_so_deep_and_no_deeper);
    tcase_add_test(tests, uses_are_counted);
    tcase_add_test(tests, no_use_no_file);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
