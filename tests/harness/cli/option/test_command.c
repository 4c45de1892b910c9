/* SPDX-License-Identifier: MIT */
#include "harness/cli/option/command.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inner {
    bool deep;
};

struct wishes {
    bool json;
    const char *out;
    unsigned count;
    double share;
    char taken[32];
    struct inner inner;
};

static bool take_word(void *at, const char *text, struct problem *problem) {
    if (strcmp(text, "bad") == 0) {
        return problem_set(problem, "use good");
    }
    snprintf(at, 32, "%s", text);
    return true;
}

static const struct option_row rows[] = {
    OPTION_FLAG("json", 'j', struct wishes, json, "as JSON", "JSON输出"),
    OPTION_TEXT("out", 'o', "FOLDER", FILL_FOLDER, struct wishes, out, "where it goes", "输出目录"),
    OPTION_WHOLE("count", 'n', "N", 1, 100, struct wishes, count, "how many", "数量"),
    OPTION_NUMBER("share", 0, "X", 0, 1, struct wishes, share, "which part", "比例"),
    OPTION_TAKEN("word", 0, "good|bad", FILL_CHOICE, struct wishes, taken, take_word, "a word",
                 "词"),
    {0}};
static const struct option_row inner_rows[] = {
    OPTION_FLAG("deep", 0, struct inner, deep, "within", "内部"), {0}};

static const struct command command = {
    .name = "try it",
    .what = {"try", "试"},
    .arguments = "[FILE ...]",
    .most = 2,
    .about = {"It tries.\n\nAnd again.", "尝试。\n\n再试。"},
    .groups = {{rows, 0}, {inner_rows, offsetof(struct wishes, inner)}},
    .examples = "pilebench try it -j\npilebench try it a b",
    .exit_codes = {"0 done, 2 not", "0 完成，2 未完成"},
};

/* The line as a shell splits it, at blanks. */
static enum command_course parse(const char *line, struct wishes *wishes,
                                 struct command_given *given, struct problem *problem) {
    static char copy[256], name[] = "try";
    static char *argv[16];
    int argc = 0;
    snprintf(copy, sizeof copy, "%s", line);
    argv[argc++] = name;
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    *wishes = (struct wishes){.count = 7};
    *problem = (struct problem){0};
    return command_parse(&command, argc, argv, wishes, given, problem);
}

static const char *complaint(const char *line) {
    static struct problem problem;
    struct wishes wishes;
    struct command_given given;
    ck_assert_int_eq(parse(line, &wishes, &given, &problem), COMMAND_WRONG);
    return problem.text;
}

START_TEST(everything_is_stored_where_it_belongs) {
    struct wishes wishes;
    struct command_given given;
    struct problem problem;
    ck_assert_int_eq(parse("a --json -o place --count=12 b --share .5 --word fine --deep", &wishes,
                           &given, &problem),
                     COMMAND_GOES_ON);
    ck_assert(wishes.json && wishes.inner.deep);
    ck_assert_str_eq(wishes.out, "place");
    ck_assert_uint_eq(wishes.count, 12);
    ck_assert_double_eq(wishes.share, 0.5);
    ck_assert_str_eq(wishes.taken, "fine");
    ck_assert_int_eq(given.count, 2);
    ck_assert_str_eq(given.words[0], "a");
    ck_assert_str_eq(given.words[1], "b");
}
END_TEST

START_TEST(what_is_not_given_stays) {
    struct wishes wishes;
    struct command_given given;
    struct problem problem;
    ck_assert_int_eq(parse("-- --json", &wishes, &given, &problem), COMMAND_GOES_ON);
    ck_assert(!wishes.json && !wishes.inner.deep && wishes.out == NULL);
    ck_assert_uint_eq(wishes.count, 7);
    ck_assert_int_eq(given.count, 1);
    ck_assert_str_eq(given.words[0], "--json");
    /* letters together, the value of the last one at once; the beginning of a name */
    ck_assert_int_eq(parse("-jn3 --sh 1", &wishes, &given, &problem), COMMAND_GOES_ON);
    ck_assert(wishes.json);
    ck_assert_uint_eq(wishes.count, 3);
    ck_assert_double_eq(wishes.share, 1);
}
END_TEST

START_TEST(a_mistake_is_said_with_its_remedy) {
    ck_assert_str_eq(complaint("--otu x"), "unknown option '--otu'; did you mean '--out'?");
    ck_assert_str_eq(complaint("--frobnicate"),
                     "unknown option '--frobnicate'; `pilebench try it --help` shows the options");
    ck_assert_str_eq(complaint("-jx"),
                     "unknown option '-x'; `pilebench try it --help` shows the options");
    ck_assert_str_eq(complaint("--json=3"), "--json takes no value");
    ck_assert_str_eq(complaint("--out"), "--out needs a value");
    ck_assert_str_eq(complaint("-o"), "-o needs a value");
    ck_assert_str_eq(complaint("--word bad"), "--word bad: use good");
    ck_assert_str_eq(complaint("a b c"), "try it: unexpected argument 'c'; usage: pilebench try it "
                                         "[options] [FILE ...]");
}
END_TEST

START_TEST(a_number_is_in_its_range) {
    static const char *const bad[] = {"0", "101", "1.5", "x", "3x", "nan", "-1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char line[64], wanted[96];
        snprintf(line, sizeof line, "--count %s", bad[i]);
        snprintf(wanted, sizeof wanted, "--count %s: expected a whole number from 1 to 100",
                 bad[i]);
        ck_assert_str_eq(complaint(line), wanted);
    }
    ck_assert_str_eq(complaint("--share 1.01"), "--share 1.01: expected a number from 0 to 1");
    ck_assert_str_eq(complaint("--share nan"), "--share nan: expected a number from 0 to 1");
}
END_TEST

START_TEST(help_goes_before_everything) {
    struct wishes wishes;
    struct command_given given;
    struct problem problem;
    ck_assert_int_eq(parse("a b c --otu --help", &wishes, &given, &problem), COMMAND_HELP);
    ck_assert_int_eq(parse("-jh", &wishes, &given, &problem), COMMAND_HELP);
    ck_assert_int_eq(parse("-- --help", &wishes, &given, &problem), COMMAND_GOES_ON);
}
END_TEST

START_TEST(help_shows_the_whole_table) {
    struct buffer text = {0};
    command_help(&command, false, 80, &text);
    ck_assert_str_eq(text.chars, "usage: pilebench try it [options] [FILE ...]\n"
                                 "\n"
                                 "It tries.\n"
                                 "\n"
                                 "And again.\n"
                                 "\n"
                                 "  -j, --json              as JSON\n"
                                 "  -o, --out FOLDER        where it goes\n"
                                 "  -n, --count N           how many\n"
                                 "  --share X               which part\n"
                                 "  --word good|bad         a word\n"
                                 "  --deep                  within\n"
                                 "\n"
                                 "examples:\n"
                                 "  pilebench try it -j\n"
                                 "  pilebench try it a b\n"
                                 "\n"
                                 "exit codes: 0 done, 2 not\n");
    buffer_free(&text);
}
END_TEST

/* No line wider than asked, no Chinese one that begins with a mark, and nothing lost. */
START_TEST(lines_are_broken_where_they_may_be) {
    static const struct option_row long_row[] = {
        OPTION_FLAG("quite-a-long-option-name-indeed", 0, struct wishes, json,
                    "words that go on and on until the line is full and then some more of them",
                    "一二三四五六七八九十一二三四五六七八九十一二三四五，六七八九十；一二三四五六七"
                    "八九十。"),
        {0}};
    const struct command wide = {
        .name = "wide", .arguments = "", .about = {"short", "短"}, .groups = {{long_row, 0}}};
    for (int zh = 0; zh < 2; zh++) {
        struct buffer text = {0};
        size_t columns = 0, kept = 0;
        command_help(&wide, zh == 1, 60, &text);
        for (const unsigned char *at = (const unsigned char *)text.chars; *at != '\0'; at++) {
            columns = *at == '\n' ? 0 : columns + ((*at & 0xC0) == 0x80 ? 0 : *at >= 0xE3 ? 2 : 1);
            ck_assert_uint_le(columns, 62); /* a closing mark may hang over */
            kept += *at != ' ' && *at != '\n';
        }
        ck_assert_ptr_null(strstr(text.chars, " ，"));
        ck_assert_ptr_null(strstr(text.chars, " 。"));
        ck_assert_uint_gt(kept, strlen(phrase_in(&long_row[0].what, zh == 1)) / 2);
        buffer_free(&text);
    }
}
END_TEST

START_TEST(a_page_is_safe_for_its_reader) {
    struct buffer page = {0};
    const struct command odd = {
        .name = "odd one",
        .what = {"what - it is", "何"},
        .arguments = "",
        .about = {".begins with a dot\n'and a quote\nand \\a backslash", "点"}};
    command_man(&odd, "1.2", &page);
    ck_assert_ptr_nonnull(strstr(page.chars, ".TH PILEBENCH\\-ODD\\-ONE 1 \"\" \"pilebench 1.2\""));
    ck_assert_ptr_nonnull(strstr(page.chars, "\n\\&.begins with a dot\n\\&'and a quote\n"));
    ck_assert_ptr_nonnull(strstr(page.chars, "and \\ea backslash"));
    ck_assert_ptr_nonnull(strstr(page.chars, "pilebench\\-odd\\-one \\- what \\- it is\n"));
    buffer_free(&page);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("command");
    TCase *tests = tcase_create("command");
    tcase_add_test(tests, everything_is_stored_where_it_belongs);
    tcase_add_test(tests, what_is_not_given_stays);
    tcase_add_test(tests, a_mistake_is_said_with_its_remedy);
    tcase_add_test(tests, a_number_is_in_its_range);
    tcase_add_test(tests, help_goes_before_everything);
    tcase_add_test(tests, help_shows_the_whole_table);
    tcase_add_test(tests, lines_are_broken_where_they_may_be);
    tcase_add_test(tests, a_page_is_safe_for_its_reader);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
