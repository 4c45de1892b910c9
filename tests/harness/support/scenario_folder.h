/* SPDX-License-Identifier: MIT */
/* scenario_folder.h: a small library of scenarios in a folder of its own, for tests of the loader.
 *
 *   folder_make();                                    in a checked fixture
 *   folder_write("cases/one.json", "{...}");
 *   struct library *lib = library_open(folder, &folder_words, &problem);
 *   folder_remove();
 *
 * The vocabulary is a stand-in with a few words of its own: the loader must ask it, not guess. */
#ifndef TESTS_HARNESS_SUPPORT_SCENARIO_FOLDER_H
#define TESTS_HARNESS_SUPPORT_SCENARIO_FOLDER_H

#include "harness/scenario/library.h"
#include "harness/scenario/mutants.h"
#include "harness/scenario/preset.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "harness/show/show.h"
#include "sim/memory.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static inline void folder_write_bytes(const char *name, const void *bytes, size_t size) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static inline void folder_write(const char *name, const char *text) {
    folder_write_bytes(name, text, strlen(text));
}

static inline int folder_remove_one(const char *path, const struct stat *status, int type,
                                    struct FTW *where) {
    (void)status, (void)type, (void)where;
    return remove(path);
}

static inline void folder_remove(void) {
    nftw(folder, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void folder_make(void) {
    static const char *const parts[] = {"cases", "profiles", "vehicles", "clauses"};
    snprintf(folder, sizeof folder, "/tmp/test_scenario_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        ck_assert_int_eq(mkdir(path, 0755), 0);
    }
    folder_write(
        "starts.json",
        "{\"starts\": {\"plugged\": {\"title\": \"p\", \"steps\": [{\"do\": \"plug in\"}]},\n"
        " \"charging\": {\"title\": {\"en\": \"c\", \"zh\": \"充\"}, \"base\": \"plugged\",\n"
        "  \"steps\": [{\"do\": \"press start\", \"mark\": \"begun\"}]}}}");
    folder_write("monitors.json",
                 "{\"monitors\": [{\"id\": \"no-smoke\", \"never\": \"smoke\", "
                 "\"title\": \"smoke\"},\n {\"id\": \"no-fire\", \"never\": \"fire\", "
                 "\"title\": \"fire\"}]}");
    folder_write(
        "profiles/p.json",
        "{\"title\": \"P\", \"edition\": \"2015\", \"decision\": \"guard band\",\n"
        "\"limits\": {\"open\": {\"max\": \"100 ms\", \"source\": [\"A 1\", \"B 2\"], "
        "\"text\": \"t\"},\n"
        "\"gap\": {\"above\": \"1 V\", \"below\": \"10 V\", \"source\": [\"C\"], \"text\": "
        "\"t\"}}}");
    folder_write("vehicles/car.json",
                 "{\"title\": \"car\", \"values\": {\"capacity\": \"228 Ah\", \"cells\": 168}}");
}

/* "smoke", "fire", "CST" ... are conditions, "volt" and "time" quantities; "plug in", "press
 * start", "press stop" actions. */
static inline bool folder_known(const char *word, const char *const *words) {
    for (; *words; words++) {
        if (strcmp(*words, word) == 0) {
            return true;
        }
    }
    return false;
}

static inline bool folder_expression(void *ctx, const char *text, bool quantity, char *unit,
                                     size_t unit_size, struct problem *problem, size_t *offset) {
    static const char *const conditions[] = {"smoke",
                                             "fire",
                                             "open",
                                             "CST",
                                             "volt < 60 V",
                                             "CST or smoke",
                                             "(CST or smoke) and fire",
                                             "CST and fire",
                                             NULL};
    (void)ctx;
    if (quantity ? strcmp(text, "volt") == 0 : folder_known(text, conditions)) {
        snprintf(unit, unit_size, "V");
        return true;
    }
    const char *fault = strstr(text, "nosuch");
    *offset = fault ? (size_t)(fault - text) : 0;
    return problem_set(problem, "there is no signal 'nosuch'");
}

/* An action is its own words. */
static inline struct action *folder_action(void *ctx, const char *text, struct problem *problem,
                                           size_t *offset) {
    static const char *const actions[] = {"plug in", "press start", "press stop", NULL};
    (void)ctx;
    *offset = 0;
    if (!folder_known(text, actions)) {
        problem_set(problem, "there is no such action");
        return NULL;
    }
    return (struct action *)(void *)memory_copy(text);
}

static inline bool folder_value(void *ctx, const struct preset_value *value, bool *at_name,
                                struct problem *problem) {
    static const char *const keys[] = {"capacity", "cells", NULL};
    (void)ctx;
    *at_name = !folder_known(value->name, keys);
    if (*at_name) {
        return problem_set(problem, "a vehicle has no '%s'", value->name);
    }
    return value->number <= 1000 || problem_set(problem, "'%s' is too large", value->name);
}

/* What only the whole shows. */
static inline bool folder_vehicle(void *ctx, const struct preset *preset, const char **key,
                                  struct problem *problem) {
    (void)ctx;
    for (size_t i = 0; i < preset->value_count; i++) {
        if (strcmp(preset->values[i].name, "cells") == 0 && preset->values[i].number == 13) {
            *key = "cells";
            return problem_set(problem, "13 cells do not go together");
        }
    }
    return true;
}

static const struct vocabulary folder_words = {.expression = folder_expression,
                                               .action = folder_action,
                                               .vehicle_value = folder_value,
                                               .vehicle = folder_vehicle};

#endif
