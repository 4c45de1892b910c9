/* SPDX-License-Identifier: MIT */
/* The manifest read back. */
#include "harness/evidence/internal.h"

#include "harness/json/json.h"
#include "sim/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_MAX 9007199254740992.0 /* 2^53: up to here a JSON number is exact */

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *string_of(const cJSON *object, const char *key) {
    const cJSON *item = member(object, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool is_whole(const cJSON *item) {
    return item->valuedouble >= 0 && item->valuedouble <= WHOLE_MAX &&
           item->valuedouble == floor(item->valuedouble);
}

static bool take_count(const struct json_text *text, const cJSON *object, const char *key,
                       uint64_t *count, struct problem *problem) {
    const cJSON *item = member(object, key);
    if (!is_whole(item)) {
        return json_fault_both(text, item, JSON_AT_VALUE, problem,
                               "\"%s\": a whole number stands here", "\"%s\"：此处应为整数", key);
    }
    *count = (uint64_t)item->valuedouble;
    return true;
}

static bool take_file(struct manifest *manifest, const struct json_text *text, const cJSON *item,
                      bool timed, struct problem *problem) {
    static const struct json_key keys[] = {
        {"path", JSON_STRING, true}, {"size", JSON_NUMBER, true}, {"sha256", JSON_STRING, true}};
    if (!json_keys(text, item, "a file", keys, sizeof keys / sizeof keys[0], problem)) {
        return false;
    }
    const char *path = string_of(item, "path"), *sha256 = string_of(item, "sha256");
    if (!manifest_path_is_sound(path)) {
        return json_fault_both(text, member(item, "path"), JSON_AT_VALUE, problem,
                               "'%s' is no path inside the folder", "'%s'不是目录内的路径", path);
    }
    if (!digest_is(sha256)) {
        return json_fault_both(text, member(item, "sha256"), JSON_AT_VALUE, problem,
                               "of '%s': a SHA-256 has 64 digits 0-9 a-f",
                               "'%s'的SHA-256应为64位0-9、a-f", path);
    }
    if (manifest_find(manifest, path) != NULL) {
        return json_fault_both(text, item, JSON_AT_VALUE, problem, "'%s' is listed a second time",
                               "'%s'重复列出", path);
    }
    struct manifest_file *file = manifest_add(manifest, path);
    file->timed = timed;
    memcpy(file->sha256, sha256, DIGEST_SIZE);
    return take_count(text, item, "size", &file->size, problem);
}

static bool take_files(struct manifest *manifest, const struct json_text *text, const cJSON *array,
                       bool timed, struct problem *problem) {
    if (!json_entries(text, array, "the list of files", JSON_OBJECT, 0, MANIFEST_FILES_MAX,
                      problem)) {
        return false;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (!take_file(manifest, text, item, timed, problem)) {
            return false;
        }
    }
    return true;
}

static bool take_facts(struct manifest *manifest, const struct json_text *text, const cJSON *object,
                       struct problem *problem) {
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        if (manifest->fact_count == MANIFEST_FACTS ||
            !(cJSON_IsString(item) || cJSON_IsNull(item))) {
            return json_fault_both(text, item, JSON_AT_KEY, problem,
                                   "\"%s\": up to %d facts stand here, each a text or null",
                                   "\"%s\"：此处最多%d项，均为文本或null", item->string,
                                   MANIFEST_FACTS);
        }
        manifest->facts[manifest->fact_count++] =
            (struct manifest_fact){memory_copy(item->string),
                                   memory_copy(cJSON_IsString(item) ? item->valuestring : NULL)};
    }
    return true;
}

static bool take_maker(struct manifest *manifest, const struct json_text *text, const cJSON *made,
                       struct problem *problem) {
    static const struct json_key keys[] = {
        {"at", JSON_STRING, true},     {"bench", JSON_STRING, true},
        {"commit", JSON_STRING, true}, {"compiler", JSON_STRING, true},
        {"kernel", JSON_STRING, true}, {"program", JSON_STRING, true},
        {"files", JSON_ARRAY, true}};
    if (!json_keys(text, made, "\"made\"", keys, sizeof keys / sizeof keys[0], problem)) {
        return false;
    }
    struct manifest_maker *maker = &manifest->maker;
    snprintf(maker->at, sizeof maker->at, "%s", string_of(made, "at"));
    snprintf(maker->bench, sizeof maker->bench, "%s", string_of(made, "bench"));
    snprintf(maker->commit, sizeof maker->commit, "%s", string_of(made, "commit"));
    snprintf(maker->compiler, sizeof maker->compiler, "%s", string_of(made, "compiler"));
    snprintf(maker->kernel, sizeof maker->kernel, "%s", string_of(made, "kernel"));
    snprintf(maker->program, sizeof maker->program, "%s", string_of(made, "program"));
    return take_files(manifest, text, member(made, "files"), true, problem);
}

static bool take_inputs(struct manifest *manifest, const struct json_text *text, const cJSON *root,
                        struct problem *problem) {
    const char *inputs = string_of(root, "scenarios");
    if (inputs[0] != '\0' && !digest_is(inputs)) {
        return json_fault_both(text, member(root, "scenarios"), JSON_AT_VALUE, problem,
                               "\"scenarios\" is a SHA-256, or empty",
                               "\"scenarios\"应为SHA-256或空文本");
    }
    snprintf(manifest->inputs, sizeof manifest->inputs, "%s", inputs);
    return true;
}

static bool take_root(struct manifest *manifest, const struct json_text *text,
                      struct problem *problem) {
    static const struct json_key keys[] = {
        {"whole", JSON_BOOL, true},  {"planned", JSON_NUMBER, true},
        {"done", JSON_NUMBER, true}, {"scenarios", JSON_STRING, true},
        {"run", JSON_OBJECT, true},  {"files", JSON_ARRAY, true},
        {"made", JSON_OBJECT, true}};
    const cJSON *root = text->root;
    if (!json_type(text, root, "the manifest", JSON_OBJECT, problem) ||
        !json_keys(text, root, "the manifest", keys, sizeof keys / sizeof keys[0], problem) ||
        !take_inputs(manifest, text, root, problem)) {
        return false;
    }
    manifest->whole = cJSON_IsTrue(member(root, "whole"));
    return take_count(text, root, "planned", &manifest->planned, problem) &&
           take_count(text, root, "done", &manifest->done, problem) &&
           take_facts(manifest, text, member(root, "run"), problem) &&
           take_files(manifest, text, member(root, "files"), false, problem) &&
           take_maker(manifest, text, member(root, "made"), problem);
}

bool manifest_read(struct manifest *manifest, const char *folder, struct problem *problem) {
    struct json_text text;
    char *path = memory_format("%s/" MANIFEST_NAME, folder);
    *manifest = (struct manifest){0};
    bool good = json_read(&text, path, problem);
    if (good) {
        good = take_root(manifest, &text, problem);
        json_free(&text);
    }
    free(path);
    if (!good) {
        manifest_free(manifest);
    }
    return good;
}
