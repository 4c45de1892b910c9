/* SPDX-License-Identifier: MIT */
#include "harness/scenario/library.h"

#include "harness/expression/expression.h"
#include "harness/scenario/internal.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_LENGTH_MAX 80
#define FILES_MAX       10000

/* One piece of memory, kept until the library goes. */
struct chunk {
    struct chunk *next;
    void *owned; /* somebody else's memory, freed with it; NULL: none */
    max_align_t bytes[];
};

void *library_memory(struct library *library, size_t count, size_t size) {
    assert(size > 0 && count <= JSON_SIZE_MAX);
    struct chunk *chunk = memory_zeroed(1, sizeof *chunk + count * size);
    chunk->next = library->chunks;
    library->chunks = chunk;
    return chunk->bytes;
}

void library_owns(struct library *library, void *memory) {
    (void)library_memory(library, 0, 1);
    assert(library->chunks->owned == NULL); /* a chunk of its own */
    library->chunks->owned = memory;
}

const char *library_string(struct library *library, const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(library_memory(library, size, 1), text, size);
}

static char *path_in(struct library *library, const char *where, const char *folder,
                     const char *name) {
    size_t size = strlen(where) + strlen(folder) + strlen(name) + sizeof "//.json";
    char *path = library_memory(library, size, 1);
    snprintf(path, size, "%s/%s%s%s.json", where, folder, folder[0] ? "/" : "", name);
    return path;
}

const char *library_path(struct library *library, const char *folder, const char *name) {
    const char *path = path_in(library, library->folder, folder, name);
    if (library->base && access(path, F_OK) != 0) {
        path = path_in(library, library->base, folder, name);
    }
    return path;
}

bool name_is_plain(const char *name) {
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= NAME_LENGTH_MAX && name[length] == '\0' && name[0] != '-';
}

/* ---- files of a folder ---- */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The entry's name without ".json", NULL if it is none of ours. */
static const char *entry_name(struct library *library, const char *entry) {
    size_t length = strlen(entry);
    if (length <= 5 || strcmp(entry + length - 5, ".json") != 0 || entry[0] == '.') {
        return NULL;
    }
    char *name = library_memory(library, length - 4, 1);
    memcpy(name, entry, length - 5);
    return name;
}

static bool folder_fault(struct problem *problem, const char *path, const char *text) {
    *problem = (struct problem){0};
    snprintf(problem->file, sizeof problem->file, "%s", path);
    snprintf(problem->text, sizeof problem->text, "%s", text);
    return false;
}

/* By errno. */
static bool closed_fault(struct problem *problem, const char *path) {
    const char *why = strerror(errno);
    folder_fault(problem, path, why); /* the place */
    return problem_set_both(problem, "the folder cannot be opened: %s", "无法打开目录：%s", why);
}

struct found_names {
    const char **list;
    size_t used, space;
};

static void add_name(struct library *library, struct found_names *names, const char *name) {
    for (size_t i = 0; i < names->used; i++) {
        if (strcmp(names->list[i], name) == 0) {
            return;
        }
    }
    if (names->used == names->space) {
        names->space = names->space ? 2 * names->space : 64;
        const char **more = library_memory(library, names->space, sizeof *more);
        if (names->used > 0) {
            memcpy(more, names->list, names->used * sizeof *more);
        }
        names->list = more;
    }
    names->list[names->used++] = name;
}

/* may_lack: an overlay has the folders that it needs. */
static bool names_in(struct library *library, const char *where, const char *folder, bool may_lack,
                     struct found_names *names, struct problem *problem) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", where, folder);
    DIR *dir = opendir(path);
    if (!dir) {
        return (may_lack && errno == ENOENT) || closed_fault(problem, path);
    }
    const struct dirent *entry;
    while ((entry = readdir(dir)) && names->used < FILES_MAX) {
        const char *name = entry_name(library, entry->d_name);
        if (name) {
            add_name(library, names, name);
        }
    }
    closedir(dir);
    return true;
}

bool library_names(struct library *library, const char *folder, const char ***names, size_t *count,
                   struct problem *problem) {
    struct found_names found = {0};
    bool over = library->base != NULL;
    if (!names_in(library, library->folder, folder, over, &found, problem) ||
        (over && !names_in(library, library->base, folder, false, &found, problem))) {
        return false;
    }
    if (found.used > 0) {
        qsort(found.list, found.used, sizeof *found.list, compare_names);
    }
    *names = found.list;
    *count = found.used;
    return true;
}

static bool folder_has(const char *folder, const char *in, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s%s", folder, in, in[0] ? "/" : "", name);
    return access(path, F_OK) == 0;
}

bool library_has(struct library *library, const char *folder, const char *name) {
    return access(library_path(library, folder, name), F_OK) == 0;
}

bool library_is_shipped(const struct library *library, const char *path) {
    const char *shipped = library->base ? library->base : library->folder;
    size_t length = strlen(shipped);
    return strncmp(path, shipped, length) == 0 && path[length] == '/';
}

struct name_list {
    const char **names;
    size_t count;
};

static const char *next_name(void *ctx, size_t index) {
    const struct name_list *list = ctx;
    return index < list->count ? list->names[index] : NULL;
}

bool library_unknown(struct library *library, const char *folder, const char *what,
                     const char *name, struct problem *problem) {
    struct name_list list;
    if (!library_names(library, folder, &list.names, &list.count, problem)) {
        return false;
    }
    *problem = (struct problem){0};
    snprintf(problem->file, sizeof problem->file, "%s/%s", library->folder, folder);
    problem_set_both(problem, "there is no %s '%.80s'", "没有%s'%.80s'", what, name);
    char *en = memory_format("; this folder has %zu", list.count),
         *zh = memory_format("；此目录中有%zu个", list.count);
    nearest_add(problem, name, next_name, &list, (struct phrase){en, zh});
    free(en);
    free(zh);
    return false;
}

const char *library_file(struct library *library, const char *folder, const char *what,
                         const char **name, struct problem *problem) {
    const char *file = strrchr(*name, '/'), *given = *name;
    size_t length = strlen(given);
    bool json = length > 5 && strcmp(given + length - 5, ".json") == 0;
    if (!json && name_is_plain(given) && library_has(library, folder, given)) {
        return library_path(library, folder, given);
    }
    if (!json || access(given, F_OK) != 0) {
        library_unknown(library, folder, what, given, problem);
        return NULL;
    }
    char *stem = library_memory(library, length + 1, 1);
    snprintf(stem, length + 1, "%s", file ? file + 1 : given);
    stem[strlen(stem) - 5] = '\0';
    if (!name_is_plain(stem)) {
        *problem = (struct problem){0};
        snprintf(problem->file, sizeof problem->file, "%s", given);
        problem_set_both(problem, "the name of a %s's file is made of a-z, 0-9 and '-'",
                         "%s的文件名只能由a-z、0-9和'-'组成", what);
        return NULL;
    }
    *name = stem;
    return library_string(library, given);
}

/* ---- a folder over another ---- */

/* A folder of the user's own over the shipped scenarios: it adds, and replaces nothing. A case, a vehicle
 * or a limit that has a shipped name and is another would make a verdict that is not what it is called. */

static const char *const folders[] = {"cases", "vehicles", "profiles", "clauses"};
static const char *const wholes[] = {"groups.json", "starts.json", "needs.json", "mutants.json"};

static bool fault_in(const struct library *library, const char *name, struct problem *problem,
                     const char *text) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", library->folder, name);
    return folder_fault(problem, path, text);
}

static bool has_some(const struct library *library) {
    for (size_t i = 0; i < COUNT(folders); i++) {
        if (folder_has(library->folder, "", folders[i])) {
            return true;
        }
    }
    return false;
}

/* Cases may lie in any folder below: their names are compared as they are listed. */
static bool replaces_none(struct library *library, const char *folder, struct problem *problem) {
    const char **names;
    size_t count;
    if (!library_names(library, folder, &names, &count, problem)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char name[256];
        snprintf(name, sizeof name, "%s.json", names[i]);
        if (folder_has(library->folder, folder, name) && folder_has(library->base, folder, name)) {
            char path[400];
            snprintf(path, sizeof path, "%s/%s", folder, name);
            return fault_in(library, path, problem,
                            "one of the shipped ones has this name; give it another, a folder laid "
                            "over them replaces nothing");
        }
    }
    return true;
}

static bool overlay_check(struct library *library, struct problem *problem) {
    if (access(library->folder, X_OK) != 0) {
        return closed_fault(problem, library->folder);
    }
    if (!has_some(library)) {
        return folder_fault(
            problem, library->folder,
            "there is none of the folders cases, vehicles, profiles and clauses in it, "
            "which are added to the shipped ones; nor monitors.json, by which it "
            "would stand alone");
    }
    for (size_t i = 0; i < COUNT(wholes); i++) {
        if (folder_has(library->folder, "", wholes[i])) {
            return fault_in(
                library, wholes[i], problem,
                "a folder laid over the shipped scenarios has no such file; only one that "
                "stands alone, with a monitors.json, has");
        }
    }
    return replaces_none(library, "vehicles", problem) &&
           replaces_none(library, "profiles", problem) &&
           replaces_none(library, "clauses", problem);
}

/* ---- the library ---- */

struct library *library_open(const char *folder, const struct vocabulary *vocabulary,
                             struct problem *problem) {
    return library_open_over(folder, folder, vocabulary, problem);
}

struct library *library_open_over(const char *folder, const char *base,
                                  const struct vocabulary *vocabulary, struct problem *problem) {
    struct library *library = memory_zeroed(1, sizeof *library);
    library->folder = library_string(library, folder);
    if (strcmp(folder, base) != 0 && !folder_has(folder, "", "monitors.json")) {
        library->base = library_string(library, base);
    }
    if (vocabulary) {
        library->vocabulary = *vocabulary;
    }
    if ((library->base && !overlay_check(library, problem)) || !case_files_list(library, problem)) {
        library_free(library);
        return NULL;
    }
    return library;
}

void library_free(struct library *library) {
    if (!library) {
        return;
    }
    free(library->further);
    struct chunk *next;
    for (struct chunk *chunk = library->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk->owned);
        free(chunk);
    }
    free(library);
}

size_t library_case_count(const struct library *library) {
    return library->case_count;
}

const char *library_case(const struct library *library, size_t index) {
    assert(index < library->case_count);
    return library->cases[index].name;
}

/* ---- all that is wrong ---- */

static int by_place(const void *a, const void *b) {
    const struct problem *one = a, *other = b;
    int files = strcmp(one->file, other->file);
    int lines = one->line - other->line;
    return files != 0 ? files : lines != 0 ? lines : one->column - other->column;
}

void entries_take(struct entries *entries, bool good) {
    struct library *library = entries->library;
    if (good) {
        return;
    }
    if (!entries->bad) {
        entries->first = *entries->problem;
        entries->bad = true;
        return;
    }
    if (library->further_count == library->further_room) {
        library->further_room = 2 * library->further_room + 8;
        library->further =
            memory_resized(library->further, library->further_room, sizeof *library->further);
    }
    library->further[library->further_count++] = *entries->problem;
}

bool entries_end(struct entries *entries) {
    if (!entries->bad) {
        return true;
    }
    *entries->problem = entries->first;
    struct library *library = entries->library;
    if (library->further_count > 0) {
        qsort(library->further, library->further_count, sizeof *library->further, by_place);
    }
    return false;
}

const struct problem *library_further(const struct library *library, size_t index) {
    return index < library->further_count ? &library->further[index] : NULL;
}

/* ---- small things every file has ---- */

bool read_text(const struct reader *reader, const cJSON *item, struct phrase *text) {
    static const struct json_key keys[] = {{"en", JSON_STRING, true}, {"zh", JSON_STRING, true}};
    if (cJSON_IsString(item)) {
        text->en = text->zh = library_string(reader->library, item->valuestring);
        return true;
    }
    if (!json_keys(reader->text, item, "a text in two languages", keys, COUNT(keys),
                   reader->problem)) {
        return false;
    }
    text->en = library_string(reader->library, member(item, "en")->valuestring);
    text->zh = library_string(reader->library, member(item, "zh")->valuestring);
    return true;
}

bool read_time(const struct reader *reader, const cJSON *item, int64_t *time_ns) {
    double value;
    if (!quantity_parse(item->valuestring, "ns", &value)) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "'%.40s' is not a time: write a number and ns, us, ms, s, min or h",
                               "'%.40s'不是时间：请写数字加ns、us、ms、s、min或h",
                               item->valuestring);
    }
    if (!(value >= 1.0 && value <= 7 * 86400e9)) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "'%.40s' is out of range: a time is above 0 and at most 7 days",
                               "'%.40s'超出范围：时间须大于0且不超过7天", item->valuestring);
    }
    *time_ns = (int64_t)llround(value);
    assert(*time_ns > 0);
    return true;
}
