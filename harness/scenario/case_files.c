/* SPDX-License-Identifier: MIT */
/* The files of cases/, which stand in folders by subject. A case's name is its file's, without folder and
 * ".json"; it is unique in all folders. */
#include "harness/scenario/internal.h"

#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEGUN_LEAST      3 /* letters: fewer begin too many names */
#define FOLDERS_DEEP_MAX 4
#define CASES_MAX        10000
#define ENDING           ".json"

/* Case files as they are found. */
struct listing {
    struct library *library;
    struct case_file *files;
    size_t count, room;
    struct problem *problem;
};

static bool file_fault(struct problem *problem, const char *path, const char *text) {
    problem_set(problem, "%s", text);
    problem->line = problem->column = 0;
    snprintf(problem->file, sizeof problem->file, "%s", path);
    return false;
}

static bool append(struct listing *listing, const char *entry, const char *path) {
    if (listing->count == CASES_MAX) {
        return file_fault(listing->problem, path, "there are more than 10000 cases");
    }
    if (listing->count == listing->room) {
        listing->room = listing->room ? 2 * listing->room : 128;
        struct case_file *more =
            library_memory(listing->library, listing->room, sizeof *listing->files);
        if (listing->count > 0) {
            memcpy(more, listing->files, listing->count * sizeof *more);
        }
        listing->files = more;
    }
    size_t length = strlen(entry) - strlen(ENDING);
    char *name = library_memory(listing->library, length + 1, 1);
    memcpy(name, entry, length);
    listing->files[listing->count++] =
        (struct case_file){name, library_string(listing->library, path)};
    return true;
}

static bool has_ending(const char *entry) {
    size_t length = strlen(entry);
    return length > strlen(ENDING) && strcmp(entry + length - strlen(ENDING), ENDING) == 0;
}

static bool list_folder(struct listing *listing, const char *folder, int depth);

static bool list_entry(struct listing *listing, const char *folder, const char *entry, int depth) {
    char path[4096];
    struct stat status;
    if (entry[0] == '.') {
        return true;
    }
    if (snprintf(path, sizeof path, "%s/%s", folder, entry) >= (int)sizeof path) {
        return file_fault(listing->problem, folder, "the path of this folder is too long");
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        return list_folder(listing, path, depth + 1);
    }
    return !has_ending(entry) || append(listing, entry, path);
}

static bool list_folder(struct listing *listing, const char *folder, int depth) {
    if (depth > FOLDERS_DEEP_MAX) {
        return file_fault(listing->problem, folder, "cases lie at most 4 folders deep");
    }
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        const char *why = strerror(errno);
        file_fault(listing->problem, folder, why); /* the place */
        problem_set_both(listing->problem, "the folder cannot be opened: %s", "无法打开目录：%s",
                         why);
        return depth > 0
                   ? false
                   : problem_add(
                         listing->problem,
                         "; where are the scenarios? (--scenarios FOLDER, or the variable "
                         "PILEBENCH_SCENARIOS)",
                         "；场景目录在哪里？（--scenarios FOLDER，或环境变量PILEBENCH_SCENARIOS）");
    }
    const struct dirent *entry;
    bool ok = true;
    while (ok && (entry = readdir(dir)) != NULL) {
        ok = list_entry(listing, folder, entry->d_name, depth);
    }
    closedir(dir);
    return ok;
}

static int by_name(const void *left, const void *right) {
    const struct case_file *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : strcmp(a->path, b->path);
}

bool case_files_list(struct library *library, struct problem *problem) {
    char folder[4096], text[400];
    struct listing listing = {.library = library, .problem = problem};
    snprintf(folder, sizeof folder, "%s/cases", library->folder);
    if ((!library->base || access(folder, F_OK) == 0) && !list_folder(&listing, folder, 0)) {
        return false;
    }
    snprintf(folder, sizeof folder, "%s/cases", library->base ? library->base : "");
    if (library->base && !list_folder(&listing, folder, 0)) {
        return false;
    }
    if (listing.count > 0) {
        qsort(listing.files, listing.count, sizeof *listing.files, by_name);
    }
    for (size_t i = 1; i < listing.count; i++) {
        assert(strcmp(listing.files[i - 1].name, listing.files[i].name) <= 0);
        if (strcmp(listing.files[i - 1].name, listing.files[i].name) == 0) {
            snprintf(text, sizeof text,
                     "two cases have the name '%.80s': this file and %.250s; rename one of them",
                     listing.files[i].name, listing.files[i - 1].path);
            return file_fault(problem, listing.files[i].path, text);
        }
    }
    library->cases = listing.files;
    library->case_count = listing.count;
    return true;
}

static const char *listed_path(const struct library *library, const char *name) {
    for (size_t i = 0; i < library->case_count; i++) {
        if (strcmp(library->cases[i].name, name) == 0) {
            return access(library->cases[i].path, F_OK) == 0 ? library->cases[i].path : NULL;
        }
    }
    return NULL;
}

const char *case_path(struct library *library, const char *name) {
    struct problem problem;
    const char *path = name_is_plain(name) ? listed_path(library, name) : NULL;
    if (path == NULL && name_is_plain(name) && case_files_list(library, &problem)) {
        path = listed_path(library, name);
    }
    return path;
}

static const char *next_case(void *ctx, size_t index) {
    const struct library *library = ctx;
    return index < library->case_count ? library->cases[index].name : NULL;
}

/* Cases have long names: whoever gives the beginning of one means it. Of several the first. */
static const char *begun(const struct library *library, const char *name) {
    const size_t length = strlen(name);
    for (size_t i = 0; length >= BEGUN_LEAST && i < library->case_count; i++) {
        if (strncmp(library->cases[i].name, name, length) == 0) {
            return library->cases[i].name;
        }
    }
    return NULL;
}

struct one_name {
    const char *name;
};

static const char *only_name(void *ctx, size_t index) {
    return index == 0 ? ((const struct one_name *)ctx)->name : NULL;
}

bool case_unknown(struct library *library, const char *name, struct problem *problem) {
    const char *first = begun(library, name);
    problem->line = problem->column = 0;
    snprintf(problem->file, sizeof problem->file, "%.200s/cases", library->folder);
    problem_set_both(problem, "there is no case '%.80s'", "没有用例'%.80s'", name);
    struct one_name begins = {first};
    const bool over = library->base != NULL;
    char *en = memory_format("; this folder has %zu%s", library->case_count,
                             over ? "" : ", and --scenarios FOLDER adds those of your own");
    char *zh = memory_format("；此目录中有%zu个%s", library->case_count,
                             over ? "" : "，自己的用例用--scenarios FOLDER加入");
    nearest_add(problem, first != NULL ? first : name, first != NULL ? only_name : next_case,
                first != NULL ? (void *)&begins : (void *)library, (struct phrase){en, zh});
    free(en);
    free(zh);
    return false;
}
