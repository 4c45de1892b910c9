/* SPDX-License-Identifier: MIT */
/* What is loaded: cases, profiles, presets, mutants, and files that cannot be. */
#include "tests/harness/support/scenario_folder.h"

#include "harness/json/json.h"

#include <math.h>

static struct library *library;
static struct profile *profile;
static struct problem problem;

static void setup(void) {
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

static struct scenario *load(const char *text) {
    folder_write("cases/c.json", text);
    return scenario_load(library, "c", profile, &problem);
}

#define HEAD "{\"id\": \"c\", \"title\": {\"en\": \"t\", \"zh\": \"题\"}, \"vehicle\": \"car\""

START_TEST(case_has_start_steps_then_its_own) {
    struct scenario *one = load(
        HEAD ", \"start\": \"charging\", \"covers\": [\"A 1\", \"B\"], \"timeout\": \"90 s\",\n"
             "\"steps\": [{\"do\": \"press stop\", \"mark\": \"pressed\"},\n"
             "{\"until\": \"open\", \"within\": \"250 ms\"}]}");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_str_eq(one->id, "c");
    ck_assert_str_eq(one->title.zh, "题");
    ck_assert_str_eq(one->start_title.zh, "充");
    ck_assert_uint_eq(one->cover_count, 2);
    ck_assert_str_eq(one->covers[1], "B");
    ck_assert_int_eq(one->timeout_ns, INT64_C(90000000000));
    ck_assert_uint_eq(one->step_count, 4);
    ck_assert_str_eq(one->steps[0].what.text, "plug in");
    ck_assert_str_eq(one->steps[1].what.text, "press start");
    ck_assert(one->steps[1].from_start && !one->steps[2].from_start);
    ck_assert_str_eq(one->steps[1].mark, "begun");
    ck_assert_str_eq(one->steps[2].mark, "pressed");
    ck_assert_int_eq(one->steps[3].type, STEP_UNTIL);
    ck_assert_int_eq(one->steps[3].time_ns, 250000000);
    ck_assert_int_eq(one->steps[3].line, 3);
}
END_TEST

START_TEST(checks_keep_their_windows) {
    struct scenario *one = load(
        HEAD ", \"checks\": [\n"
             "{\"measure\": \"m\", \"from\": \"open\", \"to\": \"CST\", \"limit\": \"open\", "
             "\"settle\": true},\n"
             "{\"measure\": \"m\", \"value\": \"volt\", \"at\": \"open\", \"after\": \"fire\", "
             "\"limit\": "
             "\"gap\", \"each\": true},\n"
             "{\"measure\": \"m\", \"peak\": \"volt\", \"from\": \"open\", \"for\": \"20 ms\"},\n"
             "{\"expect\": \"CST\", \"title\": \"e\", \"from\": \"open\", \"within\": \"open\"},\n"
             "{\"expect\": \"CST\", \"title\": \"e\", \"within\": \"3 s\", \"optional\": true},\n"
             "{\"always\": \"open\", \"title\": \"a\", \"to\": \"CST\"},\n"
             "{\"measure\": \"m\", \"mean\": \"CST\", \"from\": \"open\", \"for\": \"20 ms\", "
             "\"limit\": \"open\"},\n"
             "{\"measure\": \"m\", \"gap\": \"CST\", \"from\": \"open\", \"to\": \"CST\"},\n"
             "{\"measure\": \"m\", \"from\": \"open\", \"to\": \"CST\", \"last\": true}]}");
    ck_assert_msg(one != NULL, "%s", problem.text);
    const struct check_def *check = one->checks;
    ck_assert_uint_eq(one->check_count, 11);
    ck_assert_int_eq(check[0].type, CHECK_TIME);
    ck_assert(check[0].settle && !check[0].each);
    ck_assert_str_eq(check[0].to.text, "CST");
    ck_assert_int_eq(check[1].type, CHECK_VALUE);
    ck_assert_str_eq(check[1].condition.text, "volt");
    ck_assert_str_eq(check[1].from.text, "open");
    ck_assert_str_eq(check[1].after.text, "fire");
    ck_assert(check[1].each);
    ck_assert_int_eq(check[1].line, 3);
    ck_assert_int_eq(check[2].window_ns, 20000000);
    ck_assert_ptr_null(check[2].limit);
    ck_assert_ptr_eq(check[3].limit, profile_limit(profile, "open"));
    ck_assert_ptr_eq(check[0].limit, profile_limit(profile, "open"));
    ck_assert_int_eq(check[3].window_ns, 100000000);
    ck_assert_ptr_null(check[4].limit);
    ck_assert(check[4].optional && check[4].window_ns == INT64_C(3000000000));
    ck_assert_ptr_null(check[5].from.text);
    ck_assert_int_eq(check[6].type, CHECK_MEAN);
    ck_assert_str_eq(check[6].condition.text, "CST");
    ck_assert_int_eq(check[6].window_ns, 20000000);
    ck_assert_int_eq(check[7].type, CHECK_GAP);
    ck_assert(check[8].last && !check[0].last);
    ck_assert(!check[8].monitor && check[9].monitor);
    ck_assert_str_eq(check[10].id, "no-fire");
}
END_TEST

START_TEST(the_pile_is_set) {
    int32_t value = 0;
    struct scenario *one = load(HEAD ", \"clock\": \"2026-03-01 23:50:07\",\n"
                                     "\"firmware\": {\"billing.mode\": 3,\n\"x\": -5}}");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_int_eq(one->setup.clock_s, INT64_C(1772409007)); /* date -u +%s */
    ck_assert_uint_eq(one->setup.param_count, 2);
    ck_assert_int_eq(one->setup.params[1].line, 3);
    ck_assert(setup_value(&one->setup, "x", &value) && value == -5);
    ck_assert(setup_value(&one->setup, "billing.mode", &value) && value == 3);
    ck_assert(!setup_value(&one->setup, "billing", &value));
    ck_assert(!setup_value(NULL, "x", &value));
}
END_TEST

/* By its name or its file; and which other one can stand in for it. */
START_TEST(a_vehicle_may_name_another_in_its_place) {
    char path[4096];
    folder_write("vehicles/van.json", "{\"title\": \"van\", \"instead\": \"car\", \"values\": {}}");
    struct preset *van = preset_load(library, "van", &problem);
    ck_assert_msg(van != NULL, "%s", problem.text);
    ck_assert_str_eq(van->instead, "car");
    snprintf(path, sizeof path, "%s/vehicles/car.json", folder);
    struct preset *car = preset_load(library, path, &problem);
    ck_assert_msg(car != NULL, "%s", problem.text);
    ck_assert_str_eq(car->name, "car");
    ck_assert_ptr_null(car->instead);
    folder_write("vehicles/van.json", "{\"title\": \"van\", \"instead\": \"van\", \"values\": {}}");
    ck_assert_ptr_null(preset_load(library, "van", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "no other than itself"));
    folder_write("vehicles/van.json", "{\"title\": \"van\", \"instead\": \"cra\", \"values\": {}}");
    ck_assert_ptr_null(preset_load(library, "van", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "did you mean 'car'"));
    ck_assert_ptr_null(preset_load(library, "./nowhere.json", &problem));
}
END_TEST

START_TEST(monitors_are_left_out_only_by_name) {
    struct scenario *one =
        load(HEAD ", \"monitors_off\": [{\"id\": \"no-smoke\", \"why\": \"because\"}]}");
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_uint_eq(one->check_count, 1);
    ck_assert_str_eq(one->checks[0].id, "no-fire");
    ck_assert_uint_eq(one->monitors_off_count, 1);
    ck_assert_str_eq(one->monitors_off_why[0].en, "because");
}
END_TEST

START_TEST(no_case_without_monitors_and_starts) {
    char path[128];
    snprintf(path, sizeof path, "%s/monitors.json", folder);
    unlink(path);
    ck_assert_ptr_null(load(HEAD "}"));
    ck_assert_ptr_nonnull(strstr(problem.text, "No such file"));
    ck_assert_ptr_nonnull(strstr(problem.file, "monitors.json"));
}
END_TEST

START_TEST(faults_of_other_files_are_theirs) {
    folder_write("monitors.json",
                 "{\"monitors\": [{\"id\": \"a\", \"never\": \"smoke\", \"title\": "
                 "\"s\"},\n{\"id\": \"a\", \"never\": \"fire\", \"title\": \"f\"}]}");
    ck_assert_ptr_null(load(HEAD "}"));
    ck_assert_ptr_nonnull(strstr(problem.file, "monitors.json"));
    ck_assert_int_eq(problem.line, 2);
    folder_write("monitors.json",
                 "{\"monitors\": [{\"id\": \"a\", \"never\": \"smoke\", \"title\": "
                 "\"s\", \"from\": \"@pressed\"}]}");
    ck_assert_ptr_null(load(HEAD ", \"steps\": [{\"wait\": \"1 s\", \"mark\": \"pressed\"}]}"));
    ck_assert_ptr_nonnull(strstr(problem.text, "no step sets the mark 'pressed'"));
}
END_TEST

START_TEST(start_states_cannot_go_in_circles) {
    folder_write("starts.json",
                 "{\"starts\": {\"a\": {\"title\": \"a\", \"base\": \"b\", \"steps\": []},"
                 "\"b\": {\"title\": \"b\", \"base\": \"a\", \"steps\": []}}}");
    ck_assert_ptr_null(load(HEAD ", \"start\": \"a\"}"));
    ck_assert_ptr_nonnull(strstr(problem.text, "circle"));
}
END_TEST

START_TEST(names_and_paths) {
    char path[128];
    ck_assert_ptr_nonnull(load(HEAD "}"));
    folder_write("cases/charge-full.json", "{}");
    ck_assert_ptr_nonnull(scenario_load(library, "cases/c.json", profile, &problem));
    folder_write("elsewhere.json", "{\"id\": \"found\", \"title\": \"t\", \"vehicle\": \"car\"}");
    snprintf(path, sizeof path, "%s/elsewhere.json", folder);
    struct scenario *one = scenario_load(library, path, profile, &problem);
    ck_assert_msg(one != NULL, "%s", problem.text);
    ck_assert_str_eq(one->id, "found");
    ck_assert_ptr_null(scenario_load(library, "charge-fulll", profile, &problem));
    ck_assert_ptr_nonnull(
        strstr(problem.text, "there is no case 'charge-fulll'; did you mean 'charge-full'?"));
    ck_assert_ptr_null(scenario_load(library, "/nowhere/x.json", profile, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "No such file"));
}
END_TEST

START_TEST(cases_come_in_alphabetical_order) {
    struct library *other;
    folder_write("cases/b.json", "{}");
    folder_write("cases/a.json", "{}");
    folder_write("cases/.hidden.json", "{}");
    folder_write("cases/note.txt", "");
    other = library_open(folder, NULL, &problem);
    ck_assert_uint_eq(library_case_count(other), 2);
    ck_assert_str_eq(library_case(other, 0), "a");
    ck_assert_str_eq(library_case(other, 1), "b");
    library_free(other);
    ck_assert_ptr_null(library_open("/nowhere", NULL, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "No such file"));
}
END_TEST

START_TEST(cases_lie_in_folders_by_subject) {
    char path[128];
    snprintf(path, sizeof path, "%s/cases/meter", folder);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    folder_write("cases/meter/c.json", HEAD "}");
    folder_write("cases/b.json", "{}");
    ck_assert_msg(scenario_load(library, "c", profile, &problem) != NULL, "%s", problem.text);
    struct library *all = library_open(folder, NULL, &problem);
    ck_assert_ptr_nonnull(all);
    ck_assert_uint_eq(library_case_count(all), 2);
    ck_assert_str_eq(library_case(all, 0), "b"); /* by name, not by folder */
    ck_assert_str_eq(library_case(all, 1), "c");
    library_free(all);
    folder_write("cases/c.json", HEAD "}");
    ck_assert_ptr_null(library_open(folder, NULL, &problem));
    ck_assert_ptr_nonnull(strstr(problem.file, "cases/meter/c.json"));
    ck_assert_ptr_nonnull(strstr(problem.text, "cases/c.json"));
    ck_assert_ptr_nonnull(strstr(problem.text, "two cases have the name 'c'"));
}
END_TEST

START_TEST(files_that_are_none) {
    char path[128];
    size_t size = JSON_SIZE_MAX + 1;
    char *big = malloc(size);
    ck_assert_ptr_nonnull(big);
    memset(big, ' ', size);
    folder_write_bytes("big.json", big, size);
    snprintf(path, sizeof path, "%s/big.json", folder);
    ck_assert_ptr_null(scenario_load(library, path, profile, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "larger than 1 MiB"));
    folder_write_bytes("big.json", big, size - 1);
    ck_assert_ptr_null(scenario_load(library, path, profile, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "expected a value"));
    free(big);
    snprintf(path, sizeof path, "%s/fifo.json", folder);
    ck_assert_int_eq(mkfifo(path, 0644), 0);
    ck_assert_ptr_null(scenario_load(library, path, profile, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "not a regular file"));
    ck_assert_ptr_null(scenario_load(library, folder, profile, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "not a regular file"));
}
END_TEST

/* ---- profiles ---- */

START_TEST(a_profile_of_an_unknown_edition_is_refused) {
    folder_write(
        "profiles/top.json",
        "{\"title\": \"T\", \"edition\": \"2019/2017\", \"decision\": \"simple\", \"limits\": {}}");
    ck_assert_ptr_null(profile_load(library, "top", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "unknown edition '2019/2017'"));
    ck_assert_int_eq(problem.line, 1);
}
END_TEST

START_TEST(profile_lies_over_its_base) {
    folder_write("profiles/top.json",
                 "{\"title\": \"T\", \"base\": \"p\", \"decision\": \"simple\", \"limits\": {"
                 "\"open\": {\"max\": \"80 ms\", \"source\": [\"X\"], \"text\": \"t\"}}}");
    struct profile *top = profile_load(library, "top", &problem);
    ck_assert_msg(top != NULL, "%s", problem.text);
    ck_assert_str_eq(top->editions, "2015");
    ck_assert_int_eq(top->edition, EDITION_2015);
    ck_assert_int_eq(top->decision, DECISION_SIMPLE);
    ck_assert_uint_eq(top->limit_count, 2);
    ck_assert_double_eq(profile_limit(top, "open")->max, 80);
    ck_assert_str_eq(profile_limit(top, "open")->source, "X");
    ck_assert_double_eq(profile_limit(profile, "open")->max, 100);
    ck_assert_str_eq(profile_limit(profile, "open")->source, "A 1, B 2");
    ck_assert_str_eq(profile_limit(profile, "open")->unit, "ms");
    ck_assert(isnan(profile_limit(profile, "open")->min));
    const struct limit *gap = profile_limit(top, "gap");
    ck_assert(gap->min_open && gap->max_open && gap->min == 1 && gap->max == 10);
    ck_assert_ptr_null(profile_limit(top, "nothing"));
}
END_TEST

#define LIMIT_OF(bounds)                                                                           \
    "{\"title\": \"T\", \"edition\": \"2015\", \"decision\": \"simple\", \"limits\": {\"a\": "     \
    "{" bounds "\"source\": [\"s\"], \"text\": \"t\"}}}"

static const struct {
    const char *text, *says;
} bad_profiles[] = {
    {LIMIT_OF(""), "needs \"max\", \"below\""},
    {LIMIT_OF("\"max\": \"100\", "), "not a number with a unit"},
    {LIMIT_OF("\"max\": \"100 kg\", "), "not a number with a unit"},
    {LIMIT_OF("\"max\": \"1 s\", \"below\": \"2 s\", "), "either \"max\" or \"below\""},
    {LIMIT_OF("\"max\": \"1 s\", \"min\": \"2 V\", "), "must be in one unit"},
    {LIMIT_OF("\"max\": \"1 s\", \"min\": \"2 s\", "), "is above the upper"},
    {LIMIT_OF("\"mix\": \"1 s\", "), "did you mean 'min'"},
    {"{\"title\": \"T\", \"edition\": \"2015\", \"decision\": \"perhaps\", \"limits\": {}}",
     "guard band"},
    {"{\"title\": \"T\", \"edition\": \"2015\", \"limits\": {}}", "lacks \"decision\""},
    {LIMIT_OF("\"max\": \"1e300 s\", "), "out of range: -1000000000 s to 1000000000 s"},
    {LIMIT_OF("\"max\": 1e300, "), "out of range"},
    {"{\"title\": \"T\", \"base\": \"p\", \"limits\": {\"opne\": {\"max\": \"30 ms\", \"source\": "
     "[\"s\"], \"text\": \"t\"}}}",
     "the base 'p' has no limit 'opne'; did you mean 'open'?"},
    {"{\"title\": \"T\", \"base\": \"p\", \"limits\": {\"weather\": {\"max\": 3, \"source\": "
     "[\"s\"], \"text\": \"t\"}}}",
     "only gives its limits other values"},
    {"{\"title\": \"T\", \"base\": \"q\", \"limits\": {}}", "circle"},
    {"{\"title\": \"T\", \"base\": \"basis\", \"limits\": {}}",
     "there is no profile 'basis'; this folder has 2"},
};

START_TEST(bad_profile_is_refused) {
    folder_write("profiles/q.json", bad_profiles[_i].text);
    ck_assert_ptr_null(profile_load(library, "q", &problem));
    ck_assert_msg(strstr(problem.text, bad_profiles[_i].says) != NULL, "\"%s\" does not say \"%s\"",
                  problem.text, bad_profiles[_i].says);
}
END_TEST

/* ---- vehicles and mutants ---- */

START_TEST(vehicle_values) {
    struct preset *car = preset_load(library, "car", &problem);
    ck_assert_msg(car != NULL, "%s", problem.text);
    ck_assert_uint_eq(car->value_count, 2);
    ck_assert_str_eq(car->values[0].name, "capacity");
    ck_assert_str_eq(car->values[0].string, "228 Ah");
    ck_assert_ptr_null(car->values[1].string);
    ck_assert_double_eq(car->values[1].number, 168);
    folder_write("vehicles/van.json", "{\"title\": \"v\", \"values\": {\"wings\": 2}}");
    ck_assert_ptr_null(preset_load(library, "van", &problem));
    ck_assert_str_eq(problem.text, "a vehicle has no 'wings'");
    ck_assert_int_eq(problem.column, 27);
    ck_assert_ptr_null(preset_load(library, "../p", &problem));
    ck_assert(preset_sound(library, "car", &problem));
    folder_write("vehicles/bad.json", "{\"title\": \"v\", \"values\": {\"cells\": 13}}");
    ck_assert_ptr_null(preset_load(library, "bad", &problem));
    ck_assert_str_eq(problem.text, "13 cells do not go together");
    ck_assert_int_eq(problem.column, 36);
    folder_write("vehicles/odd.json", "{\"title\": \"v\", \"values\": {\"cells\": true}}");
    ck_assert_ptr_null(preset_load(library, "odd", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "must be a text or a number"));
}
END_TEST

/* A vehicle's fault is found when a case is loaded that uses it. */
START_TEST(a_case_with_a_bad_vehicle_is_none) {
    folder_write("vehicles/car.json", "{\"title\": \"c\",\n\"values\": {\"cells\": 2000}}");
    ck_assert_ptr_null(load(HEAD ", \"steps\": [{\"wait\": \"1 s\"}]}"));
    ck_assert_ptr_nonnull(strstr(problem.file, "vehicles/car.json"));
    ck_assert_int_eq(problem.line, 2);
    ck_assert_str_eq(problem.text, "'cells' is too large");
}
END_TEST

START_TEST(all_that_is_wrong_is_told) {
    ck_assert_ptr_null(load(HEAD
                            ",\n\"steps\": [{\"do\": \"dance\", \"mark\": \"danced\"},\n"
                            "{\"wait\": \"1 km\"},\n"
                            "{\"until\": \"open\", \"within\": \"1 s\"}],\n"
                            "\"checks\": [{\"always\": \"opne\", \"title\": \"a\"},\n"
                            "{\"always\": \"open\", \"title\": \"a\", \"from\": \"@danced\"},\n"
                            "{\"measure\": \"m\", \"from\": \"open\", \"to\": \"CST\", "
                            "\"limit\": \"opne\"}]}"));
    static const int lines[] = {3, 5, 7};
    ck_assert_int_eq(problem.line, 2);
    for (size_t i = 0; i < 3; i++) {
        const struct problem *further = library_further(library, i);
        ck_assert_ptr_nonnull(further);
        ck_assert_int_eq(further->line, lines[i]);
    }
    ck_assert_ptr_null(library_further(library, 3)); /* who names the mark is not at fault */
    ck_assert_ptr_nonnull(load(HEAD ", \"steps\": [{\"wait\": \"1 s\"}]}"));
    ck_assert_ptr_null(library_further(library, 0));
}
END_TEST

START_TEST(mutants_of_every_kind) {
    size_t count;
    folder_write("cases/c.json", "{}");
    folder_write(
        "mutants.json",
        "{\"mutants\": [{\"id\": \"m\", \"title\": \"t\", \"killers\": [\"c\"], \"mutations\": ["
        "{\"param\": \"a.b\", \"value\": -5}, {\"delay\": \"k1\", \"by\": \"30 ms\"},"
        "{\"hold\": \"discharge\", \"at\": 0}, {\"field\": \"CST.x\", \"value\": 1.5},"
        "{\"swap\": \"CML\"}, {\"mute\": \"CSD\"}, {\"linger\": \"CRM\", \"by\": \"1 s\"}, "
        "{\"forget\": \"ring\"}]}]}");
    struct mutant *mutants = mutants_load(library, &count, &problem);
    ck_assert_msg(mutants != NULL, "%s", problem.text);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(mutants->mutation_count, 8);
    ck_assert_str_eq(mutants->killers[0], "c");
    const struct mutation *mutation = mutants->mutations;
    ck_assert(mutation[0].type == MUTATION_PARAM && mutation[0].value == -5);
    ck_assert(mutation[1].type == MUTATION_DELAY && mutation[1].value == 30e6);
    ck_assert(mutation[2].type == MUTATION_HOLD && mutation[2].value == 0);
    ck_assert(mutation[3].type == MUTATION_FIELD && mutation[3].value == 1.5);
    ck_assert(mutation[4].type == MUTATION_SWAP && strcmp(mutation[4].what, "CML") == 0);
    ck_assert(mutation[5].type == MUTATION_MUTE && strcmp(mutation[5].what, "CSD") == 0);
    ck_assert(mutation[6].type == MUTATION_LINGER && mutation[6].value == 1e9);
    ck_assert(mutation[7].type == MUTATION_FORGET && strcmp(mutation[7].what, "ring") == 0);
}
END_TEST

#define MUTANT(mutation, killer)                                                                   \
    "{\"mutants\": [{\"id\": \"m\", \"title\": \"t\", \"killers\": [\"" killer                     \
    "\"], \"mutations\": [" mutation "]}]}"

static const struct {
    const char *text, *says;
} bad_mutants[] = {
    {MUTANT("{\"param\": \"a\", \"value\": 1.5}", "c"), "whole numbers"},
    {MUTANT("{\"param\": \"a\", \"value\": 3e9}", "c"), "at most 32 bits"},
    {MUTANT("{\"parm\": \"a\", \"value\": 1}", "c"), "a mutation needs \"param\""},
    {MUTANT("{\"delay\": \"k1\", \"by\": \"30 V\"}", "c"), "is not a time"},
    {MUTANT("{\"mute\": \"CSD\", \"by\": \"3 s\"}", "c"), "has no key \"by\""},
    {MUTANT("{\"mute\": \"CSD\"}", "d"), "there is no case 'd'"},
    {MUTANT("", "c"), "mutations must have 1 to"},
};

START_TEST(bad_mutant_is_refused) {
    size_t count;
    folder_write("cases/c.json", "{}");
    folder_write("mutants.json", bad_mutants[_i].text);
    ck_assert_ptr_null(mutants_load(library, &count, &problem));
    ck_assert_msg(strstr(problem.text, bad_mutants[_i].says) != NULL, "\"%s\" does not say \"%s\"",
                  problem.text, bad_mutants[_i].says);
}
END_TEST

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void) {
    Suite *suite = suite_create("scenario");
    TCase *tests = tcase_create("load");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, case_has_start_steps_then_its_own);
    tcase_add_test(tests, checks_keep_their_windows);
    tcase_add_test(tests, the_pile_is_set);
    tcase_add_test(tests, a_vehicle_may_name_another_in_its_place);
    tcase_add_test(tests, monitors_are_left_out_only_by_name);
    tcase_add_test(tests, no_case_without_monitors_and_starts);
    tcase_add_test(tests, faults_of_other_files_are_theirs);
    tcase_add_test(tests, start_states_cannot_go_in_circles);
    tcase_add_test(tests, names_and_paths);
    tcase_add_test(tests, cases_come_in_alphabetical_order);
    tcase_add_test(tests, cases_lie_in_folders_by_subject);
    tcase_add_test(tests, files_that_are_none);
    tcase_add_test(tests, profile_lies_over_its_base);
    tcase_add_test(tests, a_profile_of_an_unknown_edition_is_refused);
    tcase_add_loop_test(tests, bad_profile_is_refused, 0, COUNT_OF(bad_profiles));
    tcase_add_test(tests, vehicle_values);
    tcase_add_test(tests, a_case_with_a_bad_vehicle_is_none);
    tcase_add_test(tests, all_that_is_wrong_is_told);
    tcase_add_test(tests, mutants_of_every_kind);
    tcase_add_loop_test(tests, bad_mutant_is_refused, 0, COUNT_OF(bad_mutants));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
