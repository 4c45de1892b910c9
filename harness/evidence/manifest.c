/* SPDX-License-Identifier: MIT */
#include "harness/evidence/manifest.h"

#include "harness/evidence/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

#define SELF "/proc/self/exe"

struct manifest_maker manifest_maker(const char *commit) {
    struct manifest_maker maker = {.bench = PILEBENCH_VERSION, .compiler = COMPILER};
    struct utsname kernel;
    struct problem ignored;
    time_t now = time(NULL);
    strftime(maker.at, sizeof maker.at, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    snprintf(maker.commit, sizeof maker.commit, "%s", commit);
    if (uname(&kernel) == 0) {
        snprintf(maker.kernel, sizeof maker.kernel, "%s %s %s", kernel.sysname, kernel.release,
                 kernel.machine);
    }
    (void)digest_file(SELF, maker.program, NULL, &ignored); /* "": it cannot be told */
    return maker;
}

/* ---- what the record says of its run ---- */

static void add_fact(struct manifest_fact *facts, size_t *count, const char *name,
                     const char *value) {
    assert(*count < MANIFEST_FACTS);
    facts[(*count)++] = (struct manifest_fact){memory_copy(name), memory_copy(value)};
}

size_t manifest_facts(const struct result_run *run, struct manifest_fact facts[MANIFEST_FACTS]) {
    char seed[24];
    size_t count = 0;
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    add_fact(facts, &count, "profile", run->profile);
    add_fact(facts, &count, "decision", run->decision);
    add_fact(facts, &count, "edition", run->edition);
    add_fact(facts, &count, "evidence", run->evidence);
    add_fact(facts, &count, "wiring", run->wiring);
    add_fact(facts, &count, "rig", run->rig);
    add_fact(facts, &count, "dut_name", run->dut_name);
    add_fact(facts, &count, "dut_version", run->dut_version);
    add_fact(facts, &count, "dut_path", run->dut_path);
    add_fact(facts, &count, "dut_sha256", run->dut_sha256);
    add_fact(facts, &count, "isolated", run->isolated ? "true" : "false");
    add_fact(facts, &count, "bench_version", run->bench_version);
    add_fact(facts, &count, "seed", seed);
    add_fact(facts, &count, "started", run->started);
    return count;
}

void manifest_facts_clear(struct manifest_fact *facts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(facts[i].name);
        free(facts[i].value);
    }
}

/* ---- files ---- */

bool manifest_path_is_sound(const char *path) {
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += part != path && *part == '/';
        size_t length = strcspn(part, "/");
        bool dots = (length == 1 && part[0] == '.') || (length == 2 && strncmp(part, "..", 2) == 0);
        if (length == 0 || dots) {
            return false;
        }
    }
    for (const char *c = path; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7F || *c == '\\') {
            return false;
        }
    }
    return true;
}

static struct manifest_file *find(const struct manifest *manifest, const char *path) {
    for (size_t i = 0; i < manifest->file_count; i++) {
        if (strcmp(manifest->files[i].path, path) == 0) {
            return &manifest->files[i];
        }
    }
    return NULL;
}

const struct manifest_file *manifest_find(const struct manifest *manifest, const char *path) {
    return find(manifest, path);
}

struct manifest_file *manifest_add(struct manifest *manifest, const char *path) {
    size_t count = manifest->file_count;
    if ((count & (count - 1)) == 0) { /* room for a power of two */
        manifest->files =
            memory_resized(manifest->files, count > 0 ? 2 * count : 1, sizeof *manifest->files);
    }
    manifest->files[count] = (struct manifest_file){.path = memory_copy(path)};
    return &manifest->files[manifest->file_count++];
}

static bool is_timed(const char *path) {
    return strcmp(path, "times.csv") == 0 || strcmp(path, "junit.xml") == 0;
}

static bool hash(const char *folder, struct manifest_file *file, struct problem *problem) {
    char *path = memory_format("%s/%s", folder, file->path);
    bool good = digest_file(path, file->sha256, &file->size, problem);
    free(path);
    return good;
}

static bool is_there(const char *folder, const char *file) {
    char *path = memory_format("%s/%s", folder, file);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static bool take(struct manifest *manifest, const char *folder, const char *path,
                 struct problem *problem) {
    struct manifest_file *file = manifest_add(manifest, path);
    file->timed = is_timed(path);
    return hash(folder, file, problem);
}

static bool take_if_there(struct manifest *manifest, const char *folder, const char *path,
                          struct problem *problem) {
    return !is_there(folder, path) || find(manifest, path) != NULL ||
           take(manifest, folder, path, problem);
}

/* firmware/NAME.log of traces/NAME.log. */
char *evidence_log_of(const struct result_case *one) {
    static const char before[] = "traces/";
    return one->trace != NULL && strncmp(one->trace, before, sizeof before - 1) == 0
               ? memory_format("firmware/%s", one->trace + sizeof before - 1)
               : NULL;
}

static bool take_case(struct manifest *manifest, const char *folder, const struct result_case *one,
                      struct problem *problem) {
    char *log = evidence_log_of(one);
    bool good = (one->trace == NULL || take_if_there(manifest, folder, one->trace, problem)) &&
                (one->signals == NULL || take_if_there(manifest, folder, one->signals, problem)) &&
                (log == NULL || take_if_there(manifest, folder, log, problem));
    free(log);
    return good;
}

static int by_path(const void *a, const void *b) {
    const struct manifest_file *first = a, *second = b;
    return strcmp(first->path, second->path);
}

bool manifest_save(struct manifest *manifest, const char *folder, struct problem *problem) {
    struct buffer text = {0};
    char *path = memory_format("%s/" MANIFEST_NAME, folder);
    if (manifest->file_count > 0) {
        qsort(manifest->files, manifest->file_count, sizeof *manifest->files, by_path);
    }
    manifest_put(&text, manifest);
    bool saved = buffer_save(&text, path, problem);
    buffer_free(&text);
    free(path);
    return saved;
}

bool manifest_of_run(const char *folder, const struct result_set *set, const char *inputs,
                     const struct manifest_maker *maker, struct problem *problem) {
    static const char *const own[] = {"results.jsonl", "report.html", "junit.xml", "times.csv"};
    struct manifest manifest = {.whole = set->whole,
                                .planned = set->run.case_count,
                                .done = set->case_count,
                                .maker = *maker};
    bool good = true;
    snprintf(manifest.inputs, sizeof manifest.inputs, "%s", inputs);
    manifest.fact_count = manifest_facts(&set->run, manifest.facts);
    for (size_t i = 0; good && i < sizeof own / sizeof own[0]; i++) {
        good = take_if_there(&manifest, folder, own[i], problem);
    }
    for (size_t i = 0; good && i < set->case_count; i++) {
        good = take_case(&manifest, folder, &set->cases[i], problem);
    }
    good = good && manifest_save(&manifest, folder, problem);
    manifest_free(&manifest);
    return good;
}

static bool renew_one(struct manifest *manifest, const char *folder, const char *path,
                      bool *changed, struct problem *problem) {
    struct manifest_file *file = find(manifest, path);
    const struct manifest_file former = file != NULL ? *file : (struct manifest_file){.path = NULL};
    if (file == NULL) {
        *changed = true;
        return take(manifest, folder, path, problem);
    }
    bool good = hash(folder, file, problem);
    *changed = *changed || strcmp(former.sha256, file->sha256) != 0;
    return good;
}

bool manifest_renew(const char *folder, const char *const *paths, size_t count,
                    const struct manifest_maker *maker, bool *changed, struct problem *problem) {
    struct manifest manifest;
    *changed = false;
    if (!manifest_read(&manifest, folder, problem)) {
        return false;
    }
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = renew_one(&manifest, folder, paths[i], changed, problem);
    }
    if (good && *changed) {
        manifest.maker = *maker;
        good = manifest_save(&manifest, folder, problem);
    }
    manifest_free(&manifest);
    return good;
}

bool manifest_exists(const char *folder) {
    return is_there(folder, MANIFEST_NAME);
}

void manifest_remove(const char *folder) {
    static const char *const names[] = {MANIFEST_SIGNATURE, MANIFEST_NAME, MANIFEST_NAME ".part"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = memory_format("%s/%s", folder, names[i]);
        (void)unlink(path);
        free(path);
    }
}

void manifest_free(struct manifest *manifest) {
    manifest_facts_clear(manifest->facts, manifest->fact_count);
    for (size_t i = 0; i < manifest->file_count; i++) {
        free(manifest->files[i].path);
    }
    free(manifest->files);
    *manifest = (struct manifest){0};
}
