/* SPDX-License-Identifier: MIT */
/* manifest.json against what lies in the folder. */
#include "harness/verify/internal.h"

#include "sim/memory.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 4
#define NAMED_MAX 5 /* files beside the manifest that are named one by one */

static void look_at(const struct verify_ground *ground, const struct manifest_file *file,
                    struct verification *to) {
    struct problem problem = {0};
    char digest[DIGEST_SIZE];
    uint64_t size;
    struct stat about;
    char *path = memory_format("%s/%s", ground->folder, file->path);
    if (stat(path, &about) != 0 && errno == ENOENT) {
        verify_add(to, VERIFY_FAULT, file->path, NULL,
                   "the file is missing; the manifest has %" PRIu64 " bytes of it",
                   "文件缺失；清单中为%" PRIu64 "字节", file->size);
    } else if (!digest_file(path, digest, &size, &problem)) {
        verify_add_problem(to, VERIFY_FAULT, file->path, NULL, &problem);
    } else if (size != file->size) {
        verify_add(to, VERIFY_FAULT, file->path, NULL,
                   "changed: %" PRIu64 " bytes, the manifest has %" PRIu64,
                   "已被改动：%" PRIu64 "字节，清单中为%" PRIu64 "字节", size, file->size);
    } else if (strcmp(digest, file->sha256) != 0) {
        verify_add(to, VERIFY_FAULT, file->path, NULL,
                   "changed: its SHA-256 is %.16s…, the manifest has %.16s…",
                   "已被改动：SHA-256为%.16s…，清单中为%.16s…", digest, file->sha256);
    }
    to->files++;
    free(path);
}

/* ---- what else lies there ---- */

struct others {
    const struct manifest *manifest;
    const char *folder;
    size_t count;
    char *named[NAMED_MAX];
};

static bool is_own(const char *path) {
    static const char *const own[] = {MANIFEST_NAME, MANIFEST_SIGNATURE, "results.earlier.jsonl"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(path, own[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void list_others(struct others *others, const char *inside, int depth);

static void see(struct others *others, const char *inside, const char *name, int depth) {
    struct stat about;
    char *own = memory_format("%s%s%s", inside, inside[0] != '\0' ? "/" : "", name);
    char *path = memory_format("%s/%s", others->folder, own);
    bool there = lstat(path, &about) == 0;
    if (there && S_ISDIR(about.st_mode) && depth < DEPTH_MAX) {
        list_others(others, own, depth + 1);
    } else if (there && !is_own(own) && manifest_find(others->manifest, own) == NULL) {
        if (others->count < NAMED_MAX) {
            others->named[others->count] = memory_copy(own);
        }
        others->count++;
    }
    free(own);
    free(path);
}

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void list_others(struct others *others, const char *inside, int depth) {
    struct dirent **entries;
    char *path = memory_format("%s/%s", others->folder, inside);
    int count = scandir(path, &entries, is_shown, by_bytes);
    free(path);
    for (int i = 0; i < count; i++) {
        see(others, inside, entries[i]->d_name, depth);
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
}

/* Nothing that a verdict stands on, so no fault: but nobody shall take it for evidence. */
static void tell_others(const struct verify_ground *ground, const struct manifest *manifest,
                        struct verification *to) {
    struct others others = {.manifest = manifest, .folder = ground->folder};
    list_others(&others, "", 0);
    for (size_t i = 0; i < others.count && i < NAMED_MAX; i++) {
        verify_add(to, VERIFY_REMARK, others.named[i], NULL,
                   "is not in the manifest: no evidence of this folder",
                   "不在清单中：不是本目录的证据");
        free(others.named[i]);
    }
    if (others.count > NAMED_MAX) {
        verify_add(to, VERIFY_REMARK, NULL, NULL, "%zu more files are not in the manifest",
                   "另有%zu个文件不在清单中", others.count - NAMED_MAX);
    }
}

void verify_files(const struct verify_ground *ground, const struct manifest *manifest,
                  struct verification *to) {
    for (size_t i = 0; i < manifest->file_count; i++) {
        look_at(ground, &manifest->files[i], to);
    }
    tell_others(ground, manifest, to);
}
