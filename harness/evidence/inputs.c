/* SPDX-License-Identifier: MIT */
#include "harness/evidence/inputs.h"

#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 4 /* cases/gbt34657.1/NAME.json */

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name); /* whatever the locale */
}

static bool is_json(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot != NULL && strcmp(dot, ".json") == 0;
}

static bool list(struct buffer *text, const char *folder, const char *inside, int depth);

static bool list_one(struct buffer *text, const char *folder, const char *inside, const char *name,
                     int depth) {
    char digest[DIGEST_SIZE];
    struct stat about;
    struct problem problem;
    char *own = memory_format("%s%s%s", inside, inside[0] != '\0' ? "/" : "", name);
    char *path = memory_format("%s/%s", folder, own);
    bool good = stat(path, &about) == 0;
    if (good && S_ISDIR(about.st_mode) && depth < DEPTH_MAX) {
        good = list(text, folder, own, depth + 1);
    } else if (good && S_ISREG(about.st_mode) && is_json(name)) {
        good = digest_file(path, digest, NULL, &problem);
        buffer_format(text, "%s  %s\n", digest, own);
    }
    free(own);
    free(path);
    return good;
}

static bool list(struct buffer *text, const char *folder, const char *inside, int depth) {
    struct dirent **entries;
    char *path = memory_format("%s/%s", folder, inside);
    int count = scandir(path, &entries, is_shown, by_bytes);
    bool good = count >= 0;
    free(path);
    for (int i = 0; i < count; i++) {
        good = good && list_one(text, folder, inside, entries[i]->d_name, depth);
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
    return good;
}

void inputs_digest(const char *folder, const char *own, char digest[DIGEST_SIZE]) {
    struct buffer text = {0};
    digest[0] = '\0';
    bool more = own != NULL && strcmp(own, folder) != 0;
    if (list(&text, folder, "", 0) && (!more || list(&text, own, "", 0))) {
        digest_bytes(text.chars != NULL ? text.chars : "", text.length, digest);
    }
    buffer_free(&text);
}
