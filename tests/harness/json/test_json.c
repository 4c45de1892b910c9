/* SPDX-License-Identifier: MIT */
/* Every complaint has its place: line and column of the very character. */
#include "harness/json/json.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct json_text text;
static struct problem problem;

static bool parse(const char *bytes) {
    problem = (struct problem){0};
    return json_parse(&text, "a.json", bytes, strlen(bytes), &problem);
}

static void check_place(int line, int column) {
    ck_assert_str_eq(problem.file, "a.json");
    ck_assert_msg(problem.line == line && problem.column == column, "%d:%d %s", problem.line,
                  problem.column, problem.text);
}

/* What RFC 8259 refuses, and where. */
static const struct {
    const char *bytes;
    int line, column;
    const char *told;
} refused[] = {
    {"", 1, 1, "expected"},
    {"{\"a\": 1,}", 1, 8, "unexpected ','"},
    {"{\n  \"a\": 01\n}", 2, 8, "begin with 0"},
    {"[1 2]", 1, 4, "expected"},
    {"[\"桩\", x]", 1, 7, "found 'x'"}, /* columns are characters */
    {"[\"a\nb\"]", 1, 2, "no closing"},
    {"[\"\\q\"]", 1, 3, ""},
    {"[\"\\ud800\"]", 1, 3, ""},
    {"[1] 2", 1, 5, ""},
    {"[nul]", 1, 2, ""},
    {"[\"\xFF\"]", 1, 3, "not UTF-8"},
};

START_TEST(what_is_no_json_is_refused_with_its_place) {
    ck_assert(!parse(refused[_i].bytes));
    check_place(refused[_i].line, refused[_i].column);
    ck_assert_msg(strstr(problem.text, refused[_i].told) != NULL, "%s", problem.text);
}
END_TEST

START_TEST(as_deep_as_allowed_and_not_deeper) {
    char deep[2 * JSON_DEPTH_MAX + 3] = "";
    memset(deep, '[', JSON_DEPTH_MAX);
    memset(deep + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    ck_assert_msg(parse(deep), "%s", problem.text);
    json_free(&text);
    memset(deep, '[', JSON_DEPTH_MAX + 1);
    memset(deep + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    ck_assert(!parse(deep));
    check_place(1, JSON_DEPTH_MAX + 1);
}
END_TEST

static const struct json_key keys[] = {{"id", JSON_STRING, true},
                                       {"steps", JSON_ARRAY, false},
                                       {"limit", JSON_NUMBER | JSON_STRING, false}};

static bool check(const char *bytes) {
    bool good = parse(bytes) && json_keys(&text, text.root, "a case", keys, 3, &problem);
    json_free(&text);
    return good;
}

START_TEST(objects_have_known_keys_of_their_types) {
    ck_assert_msg(check("{\"id\": \"x\", \"steps\": [], \"limit\": 1}"), "%s", problem.text);
    ck_assert(!check("{\"id\": \"x\",\n \"stesp\": []}"));
    check_place(2, 2);
    ck_assert_str_eq(problem.text, "a case has no key \"stesp\"; did you mean 'steps'?");
    ck_assert(!check("{\"id\": \"x\", \"other\": 1}"));
    ck_assert_ptr_nonnull(strstr(problem.text, "it has: id, steps, limit"));
    ck_assert(!check("{\"id\": 5}"));
    check_place(1, 8);
    ck_assert_str_eq(problem.text, "id must be a text, not a number");
    ck_assert(!check("{\"id\": \"x\", \"limit\": []}"));
    ck_assert_str_eq(problem.text, "limit must be a text or a number, not a list []");
    ck_assert(!check("{\"id\": \"x\", \"id\": \"y\"}"));
    check_place(1, 13);
    ck_assert(!check("{}"));
    ck_assert_str_eq(problem.text, "a case lacks \"id\"");
    ck_assert(!check("[]"));
    ck_assert_str_eq(problem.text, "a case must be an object {}, not a list []");
}
END_TEST

/* Within a text a place is that of the n-th byte it stands for, escapes counted as they are
 * written. */
START_TEST(a_place_inside_a_text) {
    ck_assert(parse("{\n\"when\": \"a\\u0062 x\"}"));
    const cJSON *when = text.root->child;
    ck_assert(!json_fault(&text, when, 3, &problem, "unknown signal '%s'", "x"));
    check_place(2, 18);
    json_fault(&text, when, JSON_AT_KEY, &problem, "k");
    check_place(2, 1);
    json_fault(&text, when, JSON_AT_VALUE, &problem, "v");
    check_place(2, 9);
    json_free(&text);
}
END_TEST

START_TEST(a_fault_that_does_not_fit_ends_with_an_ellipsis) {
    char name[2000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert(parse("{}"));
    json_fault(&text, text.root, JSON_AT_VALUE, &problem, "there is no limit '%s'", name);
    ck_assert_str_eq(problem.text + strlen(problem.text) - strlen("…"), "…");
    json_free(&text);
}
END_TEST

START_TEST(free_names_and_lists) {
    ck_assert(parse("{\"a\": 1, \"b\": 2, \"a\": 3}"));
    ck_assert(!json_names(&text, text.root, "values", JSON_NUMBER, &problem));
    check_place(1, 18);
    json_free(&text);
    ck_assert(parse("[1, 2, 3]"));
    ck_assert(json_entries(&text, text.root, "points", JSON_NUMBER, 1, 3, &problem));
    ck_assert(!json_entries(&text, text.root, "points", JSON_NUMBER, 1, 2, &problem));
    ck_assert_str_eq(problem.text, "points must have 1 to 2 entries, not 3");
    ck_assert(!json_entries(&text, text.root, "points", JSON_STRING, 1, 3, &problem));
    check_place(1, 2);
    json_free(&text);
}
END_TEST

START_TEST(a_byte_order_mark_takes_no_column) {
    ck_assert(!parse("\xEF\xBB\xBF[x]"));
    check_place(1, 2);
}
END_TEST

START_TEST(files_that_cannot_be_read) {
    ck_assert(!json_read(&text, "/nowhere/a.json", &problem));
    ck_assert_str_eq(problem.file, "/nowhere/a.json");
    ck_assert_ptr_nonnull(strstr(problem.text, "cannot be opened"));
    ck_assert(!json_read(&text, "/", &problem));
    ck_assert_str_eq(problem.text, "is not a regular file");
    char path[] = "/tmp/json-XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(ftruncate(file, (off_t)JSON_SIZE_MAX + 1), 0);
    ck_assert(!json_read(&text, path, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "larger than 1 MiB"));
    close(file);
    unlink(path);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");
    tcase_add_loop_test(tests, what_is_no_json_is_refused_with_its_place, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tests, as_deep_as_allowed_and_not_deeper);
    tcase_add_test(tests, objects_have_known_keys_of_their_types);
    tcase_add_test(tests, a_place_inside_a_text);
    tcase_add_test(tests, a_fault_that_does_not_fit_ends_with_an_ellipsis);
    tcase_add_test(tests, free_names_and_lists);
    tcase_add_test(tests, a_byte_order_mark_takes_no_column);
    tcase_add_test(tests, files_that_cannot_be_read);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
