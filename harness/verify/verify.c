/* SPDX-License-Identifier: MIT */
#include "harness/verify/verify.h"

#include "harness/action/vocabulary.h"
#include "harness/bench/bench.h"
#include "harness/evidence/inputs.h"
#include "harness/plan/place.h"
#include "harness/protocol/limits.h"
#include "harness/scenario/library.h"
#include "harness/scenario/profile.h"
#include "harness/verify/internal.h"
#include "sim/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the ground ---- */

bool verify_ground_open(struct verify_ground *ground, const struct verify_wishes *wishes,
                        struct problem *problem) {
    const char *base = place_scenarios();
    const char *own = wishes->scenarios != NULL ? wishes->scenarios : base;
    ground->wishes = *wishes;
    inputs_digest(base, own, ground->inputs);
    ground->names = bench_signals(problem);
    if (ground->names == NULL) {
        return false;
    }
    const struct vocabulary vocabulary = bench_vocabulary(ground->names);
    ground->library = library_open_over(own, base, &vocabulary, problem);
    if (ground->library == NULL) {
        verify_ground_close(ground);
        return false;
    }
    return true;
}

void verify_ground_close(struct verify_ground *ground) {
    if (ground->library != NULL) {
        library_free(ground->library);
    }
    if (ground->names != NULL) {
        bench_free(ground->names);
    }
    ground->library = NULL;
    ground->names = NULL;
}

/* ---- the manifest's words and the record's ---- */

static void compare_facts(const struct verify_record *record) {
    struct manifest_fact facts[MANIFEST_FACTS];
    const struct manifest *manifest = record->manifest;
    size_t count = manifest_facts(&record->set->run, facts);
    for (size_t i = 0; i < count; i++) {
        const char *told = NULL;
        for (size_t k = 0; k < manifest->fact_count; k++) {
            told = strcmp(manifest->facts[k].name, facts[i].name) == 0 ? manifest->facts[k].value
                                                                       : told;
        }
        const char *had = facts[i].value != NULL ? facts[i].value : "null";
        if (strcmp(told != NULL ? told : "null", had) != 0) {
            char *place = memory_format("run.%s", facts[i].name);
            verify_add(record->to, VERIFY_FAULT, MANIFEST_NAME, place,
                       "the manifest says %s, the record %s", "清单为%s，记录为%s",
                       told != NULL ? told : "null", had);
            free(place);
        }
    }
    manifest_facts_clear(facts, count);
    if (manifest->whole != record->set->whole || manifest->done != record->set->case_count ||
        manifest->planned != record->set->run.case_count) {
        verify_add(record->to, VERIFY_FAULT, MANIFEST_NAME, "whole, planned, done",
                   "the record has %zu of %zu cases, and %s end",
                   "记录有%zu个用例，共%zu个，%s结束行", record->set->case_count,
                   record->set->run.case_count, record->set->whole ? "an" : "no");
    }
}

static void look_at_link(const struct verify_record *record, const struct result_case *one,
                         const char *path, const char *field) {
    char *place = memory_format("case %s, %s", one->id, field);
    if (path != NULL && !manifest_path_is_sound(path)) {
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "'%s' is no path inside the folder", "'%s'不是目录内的路径", path);
    } else if (path != NULL && manifest_find(record->manifest, path) == NULL) {
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "'%s' is evidence of this case and not in the manifest",
                   "'%s'是该用例的证据，但不在清单中", path);
    }
    free(place);
}

/* "weld[k1]" has traces/weld.k1.log: no case takes the evidence of another one. */
static void look_at_name(const struct verify_record *record, const struct result_case *one,
                         const char *path, const char *folder, const char *ending,
                         const char *field) {
    char *stem = memory_copy(one->id);
    for (char *c = stem; *c != '\0'; c++) {
        *c = *c == '[' ? '.' : *c;
    }
    stem[strcspn(stem, "]")] = '\0';
    char *wanted = memory_format("%s/%s.%s", folder, stem, ending);
    if (path != NULL && strcmp(path, wanted) != 0) {
        char *place = memory_format("case %s, %s", one->id, field);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "'%s' is the evidence of another case, its own is '%s'",
                   "'%s'是其他用例的证据，本用例应为'%s'", path, wanted);
        free(place);
    }
    free(wanted);
    free(stem);
}

void verify_links(const struct verify_record *record) {
    compare_facts(record);
    if (manifest_find(record->manifest, "results.jsonl") == NULL) {
        verify_add(record->to, VERIFY_FAULT, MANIFEST_NAME, "files", "results.jsonl is not in it",
                   "其中没有results.jsonl");
    }
    for (size_t i = 0; i < record->set->case_count; i++) {
        const struct result_case *one = &record->set->cases[i];
        look_at_link(record, one, one->trace, "trace");
        look_at_link(record, one, one->signals, "signals");
        look_at_name(record, one, one->trace, "traces", "log", "trace");
        look_at_name(record, one, one->signals, "signals", "csv", "signals");
    }
}

/* ---- the record ---- */

static void unchecked(const struct verify_record *record, const char *en, const char *zh) {
    verify_add(record->to, VERIFY_UNCHECKED, "results.jsonl", NULL, "%s%.0s", "%.0s%s", en, zh);
}

static bool change_limits(struct verify_record *record) {
    const struct verify_wishes *wishes = &record->ground->wishes;
    struct problem problem = {0};
    for (size_t i = 0; i < wishes->limit_count; i++) {
        if (!profile_change(record->ground->library, record->profile, wishes->limits[i],
                            &problem)) {
            verify_add(record->to, VERIFY_UNCHECKED, "results.jsonl", "limits", "--limit %s: %s",
                       "--limit %s：%s", wishes->limits[i], problem.text);
            return false;
        }
    }
    return true;
}

/* What the record is held against: profile, limits, edition, scenarios. */
static void take_ground(struct verify_record *record) {
    const struct result_run *run = &record->set->run;
    const struct verify_ground *ground = record->ground;
    struct problem problem = {0};
    const char *name = ground->wishes.profile != NULL ? ground->wishes.profile : run->profile;
    bool named = name != NULL && (ground->wishes.profile != NULL || strchr(name, '/') == NULL);
    record->profile = named ? profile_load(ground->library, name, &problem) : NULL;
    if (record->profile != NULL && !change_limits(record)) {
        record->profile = NULL;
    }
    bool edition =
        run->edition != NULL && edition_named(run->edition, strlen(run->edition), &record->edition);
    if (record->profile == NULL || !edition ||
        !protocol_limits(record->profile, &record->limits, &problem)) {
        record->profile = NULL;
        unchecked(
            record,
            "its profile is not among those here (--profile, --scenarios): limits and protocol "
            "rules are not recomputed",
            "此处没有其限值集（--profile、--scenarios）：未重新计算限值和协议规则");
        return;
    }
    record->same_inputs = record->manifest->inputs[0] != '\0' &&
                          strcmp(record->manifest->inputs, ground->inputs) == 0;
    record->same_limits =
        run->limit_count == 0 || ground->wishes.limit_count > 0 || ground->wishes.profile != NULL;
    if (!record->same_inputs) {
        unchecked(
            record,
            "made from other scenarios than those here (--scenarios): what the cases ask, and "
            "their limits, is not compared",
            "所用场景与此处不同（--scenarios）：未比对用例的要求及限值");
    }
    if (!record->same_limits) {
        unchecked(
            record,
            "it has limits of its own, which it lists: they are not compared (--limit, --profile)",
            "该次运行改写了限值（已列出）：未予比对（--limit、--profile）");
    }
}

static void look_at_cases(const struct verify_record *record) {
    for (size_t i = 0; i < record->set->case_count; i++) {
        const struct result_case *one = &record->set->cases[i];
        size_t rules = verify_trace(record, one);
        verify_decisions(record, one, rules);
        if (record->profile != NULL && record->same_inputs) {
            verify_definition(record, one, rules);
        }
        if (record->profile != NULL) {
            verify_signals(record, one, rules);
            verify_values(record, one, rules);
        }
        if (one->seed != record->set->run.seed) {
            char *place = memory_format("case %s, seed", one->id);
            verify_add(record->to, VERIFY_FAULT, "results.jsonl", place, "is not that of the run",
                       "与该次运行不符");
            free(place);
        }
        record->to->cases++;
    }
}

static void look_at_record(const struct verify_ground *ground, const struct manifest *manifest,
                           struct verification *to) {
    struct problem problem = {0};
    struct result_set *set = result_read(ground->folder, &problem);
    if (set == NULL) {
        const char *told = problem.text;
        size_t before = strlen(ground->folder);
        if (strncmp(told, ground->folder, before) == 0 && told[before] == '/') {
            told += before + 1;
        }
        verify_add(to, VERIFY_FAULT, "results.jsonl", NULL, "%s; what it says was not looked at",
                   "%s；未检查其内容", told);
        return;
    }
    to->whole = set->whole;
    struct verify_record record = {.ground = ground, .manifest = manifest, .set = set, .to = to};
    verify_links(&record);
    take_ground(&record);
    look_at_cases(&record);
    verify_pages(&record);
    if (!set->whole) {
        verify_add(to, VERIFY_UNCHECKED, "results.jsonl", NULL,
                   "the run was cut short: %zu of %zu cases; it closes nothing",
                   "该次运行未完成：%zu个用例，共%zu个；不能关闭任何条款", set->case_count,
                   set->run.case_count);
    }
    result_set_free(set);
}

struct verification *verify_folder(const struct verify_ground *ground) {
    struct verification *to = memory_zeroed(1, sizeof *to);
    struct problem problem = {0};
    struct manifest manifest;
    if (!manifest_read(&manifest, ground->folder, &problem)) {
        char place[40] = "";
        if (problem.line > 0) {
            snprintf(place, sizeof place, "line %d, column %d", problem.line, problem.column);
        }
        verify_add_problem(to, VERIFY_FAULT, MANIFEST_NAME, place[0] != '\0' ? place : NULL,
                           &problem);
        return to;
    }
    to->whole = manifest.whole;
    verify_files(ground, &manifest, to);
    look_at_record(ground, &manifest, to);
    manifest_free(&manifest);
    return to;
}
