/* SPDX-License-Identifier: MIT */
/* Broken cases: the loader names the place and the remedy, and refuses what the JSON Schema
 * refuses (and, knowing more, some that it accepts). */
#include "tests/harness/support/scenario_folder.h"

#define HEAD  "{\"id\": \"c\", \"title\": \"t\", \"vehicle\": \"car\""
#define CHECK ", \"checks\": [{\"never\": \"smoke\", \"title\": \"s\"}]"

enum schema {
    ACCEPTS,
    REFUSES,
    UNASKED, /* no JSON, or what JSON readers may take either way */
};

static const struct broken {
    const char *text;
    int line, column;
    const char *says;
    enum schema schema;
} corpus[] = {
    {HEAD CHECK "}", 0, 0, NULL, ACCEPTS},
    {HEAD ", \"start\": \"charging\", \"purpose\": {\"en\": \"a\", \"zh\": \"甲\"}" CHECK "}", 0, 0,
     NULL, ACCEPTS},
    {HEAD
     ", \"steps\": [{\"do\": \"plug in\", \"mark\": \"in\"}, {\"wait\": \"2 s\"},"
     "{\"until\": \"open\", \"within\": \"1 min\"}],"
     "\"checks\": [{\"measure\": \"m\", \"from\": \"@in\", \"to\": \"open\", \"limit\": \"open\"},"
     "{\"measure\": \"m\", \"value\": \"volt\", \"at\": \"open\", \"limit\": \"gap\"},"
     "{\"measure\": \"m\", \"peak\": \"volt\", \"from\": \"open\", \"for\": \"20 ms\"},"
     "{\"expect\": \"CST\", \"title\": \"e\", \"within\": \"open\"},"
     "{\"always\": \"open\", \"title\": \"a\", \"from\": \"@start\", \"to\": \"CST\"}]}",
     0, 0, NULL, ACCEPTS},
    /* syntax */
    {"", 1, 1, "expected a value, found the end of the file", UNASKED},
    {"{\"id\": \"c\",\n \"title\" \"t\"}", 2, 10, "expected ':' after the name, found '\"'",
     UNASKED},
    {"{\"id\": \"c\"\n \"title\": \"t\"}", 2, 2, "expected ',' or '}', found '\"'", UNASKED},
    {"{\"id\": \"c\",\n}", 1, 11, "unexpected ','", UNASKED},
    {"{\"id\": 'c'}", 1, 8, "expected a value, found '''", UNASKED},
    {"{\"id\": \"c", 1, 8, "no closing", UNASKED},
    {"{\"id\": \"c\"} x", 1, 13, "expected nothing more, found 'x'", UNASKED},
    {"{\"id\": 01}", 1, 8, "must not begin with 0", UNASKED},
    {"{\"id\": \"\\q\"}", 1, 9, "unknown escape", UNASKED},
    {"{\"充\": tru}", 1, 7, "expected a value, found 't'", UNASKED},
    {"{\"id\": \"\\ud800x\"}", 1, 9, "half of a pair", UNASKED},
    {"{\"a\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}", 1, 21, "nested deeper", UNASKED},
    {"{\"title\": \"\xB3\xE4\xB5\xE7\"}", 1, 12, "not UTF-8", UNASKED},
    /* shape */
    {"[]", 1, 1, "a case must be an object {}, not a list []", REFUSES},
    {HEAD ",\n \"tittle\": 1}", 2, 2, "did you mean 'title'", REFUSES},
    {HEAD ", \"qwzxqw\": 1}", 1, 45, "it has: $schema, id, title", REFUSES},
    {HEAD ",\n\"id\": \"c\"}", 2, 1, "\"id\" is given twice", UNASKED},
    {"{\"id\": \"c\", \"title\": \"t\"}", 1, 1, "a case lacks \"vehicle\"", REFUSES},
    {"{\"id\": 7, \"title\": \"t\", \"vehicle\": \"car\"}", 1, 8, "id must be a text, not a number",
     REFUSES},
    {HEAD ", \"title\": null}", 1, 45, "given twice", UNASKED},
    {"{\"id\": \"C D\", \"title\": \"t\", \"vehicle\": \"car\"}", 1, 8, "made of a-z", REFUSES},
    {"{\"id\": \"other\", \"title\": \"t\", \"vehicle\": \"car\"}", 1, 8, "its file's name: 'c'",
     ACCEPTS},
    {"{\"id\": \"c\", \"title\": {\"en\": \"t\"}, \"vehicle\": \"car\"}", 1, 22, "lacks \"zh\"",
     REFUSES},
    {"{\"id\": \"c\", \"title\": \"t\", \"vehicle\": \"cat\"}", 1, 38, "did you mean 'car'",
     ACCEPTS},
    {"{\"id\": \"c\", \"title\": \"t\", \"vehicle\": \"../p\"}", 1, 38, "there is no vehicle",
     REFUSES},
    {HEAD ", \"covers\": [1]}", 1, 56, "covers must be a text", REFUSES},
    {HEAD ", \"timeout\": \"soon\"}", 1, 56, "is not a time", REFUSES},
    {HEAD ", \"timeout\": \"0 s\"}", 1, 56, "out of range", ACCEPTS},
    {HEAD ", \"checks\": []}", 1, 55, "must have 1 to", REFUSES},
    /* steps */
    {HEAD ", \"start\": \"chargin\"}", 1, 54, "did you mean 'charging'", ACCEPTS},
    {HEAD ", \"steps\": [{\"do\": \"dance\"}]}", 1, 63, "no such action", REFUSES},
    {HEAD ", \"steps\": [{\"do\": \"plug in\", \"wait\": \"1 s\"}]}", 1, 55, "not both", REFUSES},
    {HEAD ", \"steps\": [{\"mark\": \"m\"}]}", 1, 55, "needs \"do\", \"wait\" or \"until\"",
     REFUSES},
    {HEAD ", \"steps\": [{\"until\": \"open\"}]}", 1, 55, "lacks \"within\"", REFUSES},
    {HEAD ", \"steps\": [{\"until\": \"@start\", \"within\": \"1 s\"}]}", 1, 65, "not for a mark",
     REFUSES},
    {HEAD ", \"steps\": [{\"wait\": \"5 V\"}]}", 1, 64, "is not a time", REFUSES},
    {HEAD ", \"steps\": [{\"wait\": \"5 s\", \"mark\": \"start\"}]}", 1, 79, "set by itself",
     REFUSES},
    {HEAD ", \"start\": \"charging\", \"steps\": [{\"wait\": \"5 s\", \"mark\": \"begun\"}]}", 1,
     100, "set by an earlier step", ACCEPTS},
    {HEAD ", \"steps\": [{\"until\": \"open and\\n nosuch\", \"within\": \"1 s\"}]}", 1, 77,
     "no signal 'nosuch'", ACCEPTS},
    /* checks */
    {HEAD ", \"checks\": [{\"title\": \"x\"}]}", 1, 56, "needs \"measure\", \"expect\"", REFUSES},
    {HEAD ", \"checks\": [{\"never\": \"smoke\"}]}", 1, 56, "lacks \"title\"", REFUSES},
    {HEAD ", \"checks\": [{\"never\": \"smoke\", \"title\": \"t\", \"within\": \"1 s\"}]}", 1, 89,
     "has no key \"within\"", REFUSES},
    {HEAD ", \"checks\": [{\"never\": \"smoke\", \"title\": \"t\", \"id\": \"n\"}]}", 1, 89,
     "only monitors", REFUSES},
    {HEAD ", \"checks\": [{\"never\": \"smoke\", \"title\": \"t\", \"each\": true}]}", 1, 56,
     "\"each\" needs \"from\"", REFUSES},
    {HEAD ", \"checks\": [{\"never\": \"smoke\", \"title\": \"t\", \"to\": \"open\", \"for\": \"1 "
          "s\"}]}",
     1, 103, "by \"to\" or by \"for\"", REFUSES},
    {HEAD ", \"checks\": [{\"never\": \"smoke\", \"title\": \"t\", \"from\": \"@strat\"}]}", 1, 97,
     "did you mean '@start'", ACCEPTS},
    {HEAD ", \"checks\": [{\"measure\": \"m\", \"from\": \"open\"}]}", 1, 56, "lacks \"to\"",
     REFUSES},
    {HEAD ", \"checks\": [{\"measure\": \"m\", \"to\": \"open\", \"limit\": \"opne\"}]}", 1, 96,
     "did you mean 'open'", ACCEPTS},
    {HEAD ", \"checks\": [{\"measure\": \"m\", \"to\": \"open\", \"limit\": \"gap\"}]}", 1, 96,
     "is in V, but what is measured is in s", ACCEPTS},
    {HEAD ", \"checks\": [{\"measure\": \"m\", \"value\": \"volt\", \"at\": \"open\", \"limit\": "
          "\"open\"}]}",
     1, 113, "is in ms, but what is measured is in V", ACCEPTS},
    {HEAD ", \"checks\": [{\"measure\": \"m\", \"value\": \"open\", \"at\": \"open\"}]}", 1, 83,
     "no signal", ACCEPTS},
    {HEAD ", \"checks\": [{\"expect\": \"CST\", \"title\": \"t\", \"within\": \"gap\"}]}", 1, 98,
     "not", ACCEPTS},
    {HEAD ", \"checks\": [{\"expect\": \"CST\", \"title\": \"t\", \"within\": \"1 kg\"}]}", 1, 98,
     "is not a time", ACCEPTS},
    {HEAD ", \"checks\": [{\"expect\": \"\", \"title\": \"t\", \"within\": \"1 s\"}]}", 1, 67,
     "empty", REFUSES},
    {HEAD
     ", \"checks\": [{\"measure\": \"m\", \"from\": \"open\", \"to\": \"CST\", \"each\": true, "
     "\"settle\": true}]}",
     1, 116, "exclude each other", REFUSES},
    {HEAD
     ", \"checks\": [{\"measure\": \"m\", \"from\": \"open\", \"to\": \"CST\", \"last\": true, "
     "\"settle\": true}]}",
     1, 102, "goes without", REFUSES},
    {HEAD ", \"checks\": [{\"measure\": \"m\", \"to\": \"CST\", \"last\": true}]}", 1, 86,
     "it needs", REFUSES},
    {HEAD ", \"checks\": [{\"never\": \"smoke\", \"title\": \"t\", \"to\": \"@end\"}]}", 0, 0, NULL,
     ACCEPTS},
    {HEAD ", \"monitors_off\": [{\"id\": \"no-smokes\", \"why\": \"w\"}]" CHECK "}", 1, 69,
     "has no monitor", ACCEPTS},
    {HEAD ", \"monitors_off\": [{\"id\": \"no-smoke\"}]" CHECK "}", 1, 62, "lacks \"why\"",
     REFUSES},
    /* how the pile is set */
    {HEAD ", \"clock\": \"2028-02-29 23:59:59\", \"firmware\": {\"a.b\": -7}" CHECK "}", 0, 0, NULL,
     ACCEPTS},
    {HEAD ", \"clock\": \"2027-02-29 00:00:00\"" CHECK "}", 1, 54, "date and time", ACCEPTS},
    {HEAD ", \"clock\": \"2026-03-01 24:00:00\"" CHECK "}", 1, 54, "date and time", ACCEPTS},
    {HEAD ", \"clock\": \"2026-03-01 23:50\"" CHECK "}", 1, 54, "date and time", REFUSES},
    {HEAD ", \"clock\": \"2026-3-1  23:50:00\"" CHECK "}", 1, 54, "date and time", REFUSES},
    {HEAD ", \"clock\": \"2026-03- 1 23: 0:00\"" CHECK "}", 1, 54, "date and time", REFUSES},
    {HEAD ", \"clock\": \"2026-03-01 23:+5:00\"" CHECK "}", 1, 54, "date and time", REFUSES},
    {HEAD ", \"firmware\": {\"a\": 1.5}" CHECK "}", 1, 63, "whole number", REFUSES},
    {HEAD ", \"firmware\": {\"a\": 2147483648}" CHECK "}", 1, 63, "32 bits", REFUSES},
    {HEAD ", \"firmware\": {\"a\": \"1\"}" CHECK "}", 1, 63, "not a text", REFUSES},
    {HEAD ", \"firmware\": {\"a\": 1, \"a\": 2}" CHECK "}", 1, 66, "given twice", UNASKED},
    {HEAD ", \"firmware\": {\"a=b\": 1}" CHECK "}", 1, 58, "no '='", REFUSES},
};

#define CORPUS (sizeof corpus / sizeof corpus[0])

static struct library *library;
static struct profile *profile;

static void setup(void) {
    struct problem problem;
    folder_make();
    library = library_open(folder, &folder_words, &problem);
    ck_assert_ptr_nonnull(library);
    profile = profile_load(library, "p", &problem);
    ck_assert_msg(profile != NULL, "%s", problem.text);
}

static void teardown(void) {
    library_free(library);
    folder_remove();
}

START_TEST(loader_names_place_and_remedy) {
    const struct broken *one = &corpus[_i];
    struct problem problem = {0};
    folder_write("cases/c.json", one->text);
    struct scenario *scenario = scenario_load(library, "c", profile, &problem);
    if (one->says == NULL) {
        ck_assert_msg(scenario != NULL, "%s: %d:%d: %s", one->text, problem.line, problem.column,
                      problem.text);
        return;
    }
    ck_assert_msg(scenario == NULL, "loaded: %s", one->text);
    ck_assert_msg(strstr(problem.text, one->says) != NULL, "%s: \"%s\" does not say \"%s\"",
                  one->text, problem.text, one->says);
    ck_assert_msg(problem.line == one->line && problem.column == one->column,
                  "%s: said %d:%d (%s), not %d:%d", one->text, problem.line, problem.column,
                  problem.text, one->line, one->column);
    ck_assert_ptr_nonnull(strstr(problem.file, "cases/c.json"));
}
END_TEST

/* One run of the validator over the whole corpus. */
START_TEST(schema_agrees) {
    char command[16384];
    size_t used = (size_t)snprintf(command, sizeof command,
                                   "/usr/bin/python3 %s/tests/harness/scenario/scenario_schemas.py "
                                   "%s/scenarios",
                                   TEST_SOURCE_DIR, TEST_SOURCE_DIR);
    for (size_t i = 0; i < CORPUS; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%zu.json", i);
        folder_write(name, corpus[i].text);
        used += (size_t)snprintf(command + used, sizeof command - used, " scenario=%s/%s", folder,
                                 name);
    }
    FILE *answer = popen(command, "r");
    ck_assert_ptr_nonnull(answer);
    char line[1024];
    size_t i = 0;
    for (; fgets(line, sizeof line, answer) && i < CORPUS; i++) {
        bool ok = strncmp(line, "ok ", 3) == 0;
        ck_assert_msg(corpus[i].schema == UNASKED || ok == (corpus[i].schema == ACCEPTS), "%s: %s",
                      corpus[i].text, line);
        ck_assert_msg(ok || corpus[i].says != NULL, "the loader takes what the schema refuses: %s",
                      corpus[i].text);
    }
    int status = pclose(answer);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        fprintf(stderr, "python3-jsonschema is not installed: the schemas were not tried\n");
        return;
    }
    ck_assert_uint_eq(i, CORPUS);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scenario_corpus");
    TCase *tests = tcase_create("corpus");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, loader_names_place_and_remedy, 0, (int)CORPUS);
    tcase_add_test(tests, schema_agrees);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
