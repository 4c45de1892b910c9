/* SPDX-License-Identifier: MIT */
/* The shipped scenarios: each loads with each profile, says only signals the bench knows, is
 * complete in both languages, and conforms to its JSON Schema. */
#include "harness/action/internal.h"
#include "harness/action/vocabulary.h"
#include "harness/bench/bench.h"
#include "harness/mutant/mutation_port.h"
#include "harness/scenario/library.h"
#include "harness/scenario/mutants.h"
#include "harness/scenario/preset.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "harness/show/show.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCENARIOS TEST_SOURCE_DIR "/scenarios"

static const char *const profiles[] = {"gbt-2015", "t240", "zhongshan"};

static struct bench *signals;
static struct library *library;
static struct problem problem;

static void setup(void) {
    signals = bench_signals(&problem);
    ck_assert_msg(signals != NULL, "%s", problem.text);
    const struct vocabulary vocabulary = bench_vocabulary(signals);
    library = library_open(SCENARIOS, &vocabulary, &problem);
    ck_assert_msg(library != NULL, "%s", problem.text);
}

static void teardown(void) {
    library_free(library);
    bench_free(signals);
}

static struct profile *profile_named(const char *name) {
    struct profile *profile = profile_load(library, name, &problem);
    ck_assert_msg(profile != NULL, "%s:%d:%d: %s", problem.file, problem.line, problem.column,
                  problem.text);
    return profile;
}

static void check_text(const char *where, struct phrase text) {
    ck_assert_msg(text.en != NULL && text.en[0] != '\0', "%s: no English", where);
    ck_assert_msg(text.zh != NULL && text.zh[0] != '\0', "%s: no Chinese", where);
    ck_assert_msg(strcmp(text.en, text.zh) != 0, "%s: Chinese and English are the same", where);
}

static void check_case(const struct scenario *one) {
    check_text(one->id, one->title);
    check_text(one->id, one->purpose);
    ck_assert_msg(one->cover_count > 0, "%s covers nothing", one->id);
    for (size_t k = 0; k < one->check_count; k++) {
        check_text(one->id, one->checks[k].title);
    }
    ck_assert_ptr_nonnull(preset_load(library, one->vehicle, &problem));
}

static void count_actions(const struct scenario *one, size_t *uses) {
    for (size_t n = 0; n < one->step_count; n++) {
        if (one->steps[n].action != NULL) {
            uses[one->steps[n].action->row - action_table]++;
        }
    }
}

/* What a case can do and none does is not known to work. */
START_TEST(every_case_loads_and_every_action_is_used) {
    size_t uses[200] = {0};
    ck_assert_uint_le(action_count, sizeof uses / sizeof uses[0]);
    struct profile *profile = profile_named(profiles[_i]);
    ck_assert_uint_ge(library_case_count(library), 10);
    for (size_t i = 0; i < library_case_count(library); i++) {
        size_t rows;
        struct scenario **list =
            scenario_load_rows(library, library_case(library, i), profile, &rows, &problem);
        ck_assert_msg(list != NULL, "%s:%d:%d: %s", problem.file, problem.line, problem.column,
                      problem.text);
        for (size_t k = 0; k < rows; k++) {
            check_case(list[k]);
            count_actions(list[k], uses);
        }
    }
    for (size_t i = 0; i < action_count; i++) {
        ck_assert_msg(uses[i] > 0, "no case does '%s'", action_table[i].usage);
    }
}
END_TEST

START_TEST(every_limit_has_its_clause) {
    struct profile *profile = profile_named(profiles[_i]);
    for (size_t i = 0; i < profile->limit_count; i++) {
        check_text(profile->limits[i].name, profile->limits[i].text);
        ck_assert_ptr_nonnull(profile->limits[i].source);
    }
}
END_TEST

static size_t count_mutants(const struct mutant *mutants, size_t count,
                            const struct scenario *one) {
    size_t named = 0;
    for (size_t k = 0; k < count; k++) {
        for (size_t n = 0; n < mutants[k].killer_count; n++) {
            named += scenario_is_named(one, mutants[k].killers[n]);
        }
    }
    return named;
}

/* At least two mutants a case, of one with rows a row. */
START_TEST(every_case_has_mutants) {
    size_t count;
    const struct mutant *mutants = mutants_load(library, &count, &problem);
    ck_assert_msg(mutants != NULL, "%s:%d: %s", problem.file, problem.line, problem.text);
    ck_assert_uint_ge(count, 20);
    for (size_t i = 0; i < library_case_count(library); i++) {
        size_t rows;
        struct scenario **list = scenario_load_rows(library, library_case(library, i),
                                                    profile_named("t240"), &rows, &problem);
        ck_assert_ptr_nonnull(list);
        for (size_t k = 0; k < rows; k++) {
            size_t named = count_mutants(mutants, count, list[k]);
            ck_assert_msg(named >= 2, "%s has %zu mutants", list[k]->id, named);
        }
    }
    for (size_t k = 0; k < count; k++) {
        check_text(mutants[k].id, mutants[k].title);
    }
}
END_TEST

/* What a charger reads (the meter's register apart, which is read on its line): without it some case
 * has to fail. */
START_TEST(every_input_matters) {
    size_t count;
    bool matters[DUT_INPUTS] = {false};
    const struct mutant *mutants = mutants_load(library, &count, &problem);
    ck_assert_ptr_nonnull(mutants);
    for (size_t k = 0; k < count; k++) {
        for (size_t n = 0; n < mutants[k].mutation_count; n++) {
            const struct mutation *one = &mutants[k].mutations[n];
            enum dut_input channel;
            if ((one->type == MUTATION_FREEZE || one->type == MUTATION_UNSAMPLED) &&
                mutation_input_named(one->what, &channel)) {
                matters[channel] = mutants[k].mutation_count == 1 || matters[channel];
            }
        }
    }
    for (unsigned channel = 0; channel <= DUT_IN_AC_MV; channel++) {
        ck_assert_msg(matters[channel] || channel == DUT_IN_ENERGY_WH,
                      "no mutant is without input %u alone", channel);
    }
}
END_TEST

/* ---- the written procedure ---- */

struct procedure {
    char text[1 << 16];
    size_t length;
};

static void put(void *ctx, const char *text) {
    struct procedure *page = ctx;
    size_t size = strlen(text);
    ck_assert_uint_lt(page->length + size, sizeof page->text);
    memcpy(page->text + page->length, text, size + 1);
    page->length += size;
}

START_TEST(procedure_names_limits_and_clauses) {
    static struct procedure page;
    page.length = 0;
    struct profile *profile = profile_named("t240");
    struct scenario *one = scenario_load(library, "estop-while-charging", profile, &problem);
    ck_assert_ptr_nonnull(one);
    scenario_show(&one, 1, profile, _i == 0 ? "en" : "zh", put, &page);
    static const char *const wanted[2][7] = {
        {"1 Preconditions", "2 Procedure", "Press the emergency stop", "3 Acceptance criteria",
         "at most 100 ms", "T240-8.6a", "4 Watched throughout"},
        {"1 前提条件", "2 试验步骤", "按下急停按钮", "3 合格判据", "不大于 100 ms", "T240-8.6a",
         "4 全过程监视"}};
    const char *at = page.text;
    for (size_t i = 0; i < 7; i++) {
        at = strstr(at, wanted[_i][i]);
        ck_assert_msg(at != NULL, "\"%s\" is missing or in the wrong place", wanted[_i][i]);
    }
}
END_TEST

/* ---- schemas ---- */

static size_t add_folder(char *command, size_t size, size_t used, const char *schema,
                         const char *part, size_t *files) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", SCENARIOS, part);
    DIR *dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (strstr(entry->d_name, ".json")) {
            used += (size_t)snprintf(command + used, size - used, " %s=%s/%s", schema, path,
                                     entry->d_name);
            ck_assert_uint_lt(used, size);
            ++*files;
        }
    }
    closedir(dir);
    return used;
}

START_TEST(files_conform_to_their_schemas) {
    static char command[1 << 16];
    char line[1024];
    size_t files = 4, seen = 0;
    size_t used = (size_t)snprintf(
        command, sizeof command,
        "/usr/bin/python3 %s/tests/harness/scenario/scenario_schemas.py %s starts=%s/starts.json "
        "monitors=%s/monitors.json mutants=%s/mutants.json groups=%s/groups.json",
        TEST_SOURCE_DIR, SCENARIOS, SCENARIOS, SCENARIOS, SCENARIOS, SCENARIOS);
    DIR *subjects = opendir(SCENARIOS "/cases");
    ck_assert_ptr_nonnull(subjects);
    for (const struct dirent *entry; (entry = readdir(subjects)) != NULL;) {
        char part[300];
        snprintf(part, sizeof part, "cases/%s", entry->d_name);
        if (entry->d_name[0] != '.') {
            used = add_folder(command, sizeof command, used, "scenario", part, &files);
        }
    }
    closedir(subjects);
    ck_assert_uint_eq(files, 4 + library_case_count(library));
    used = add_folder(command, sizeof command, used, "profile", "profiles", &files);
    add_folder(command, sizeof command, used, "vehicle", "vehicles", &files);
    FILE *answer = popen(command, "r");
    ck_assert_ptr_nonnull(answer);
    for (; fgets(line, sizeof line, answer); seen++) {
        ck_assert_msg(strncmp(line, "ok ", 3) == 0, "%s", line);
    }
    int status = pclose(answer);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        fprintf(stderr, "python3-jsonschema is not installed: the schemas were not tried\n");
        return;
    }
    ck_assert_uint_eq(seen, files);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scenario_shipped");
    TCase *tests = tcase_create("shipped");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_case_loads_and_every_action_is_used, 0, 3);
    tcase_add_loop_test(tests, every_limit_has_its_clause, 0, 3);
    tcase_add_test(tests, every_case_has_mutants);
    tcase_add_test(tests, every_input_matters);
    tcase_add_loop_test(tests, procedure_names_limits_and_clauses, 0, 2);
    tcase_add_test(tests, files_conform_to_their_schemas);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
