/* SPDX-License-Identifier: MIT */
/* The words that a scenario can use, from the tables of the bench and the files of the library. */
#include "firmware-under-test/include/dut.h"
#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/cli/schema.h"
#include "harness/scenario/groups.h"
#include "harness/scenario/needs.h"
#include "sim/signal.h"
#include "sim/text/buffer.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void add(cJSON *list, const char *word) {
    const cJSON *item;
    cJSON_ArrayForEach(item, list) {
        if (strcmp(item->valuestring, word) == 0) {
            return;
        }
    }
    cJSON_AddItemToArray(list, cJSON_CreateString(word));
}

/* ---- actions ---- */

static bool has_argument(const char *usage) {
    for (; *usage != '\0'; usage++) {
        if (isupper((unsigned char)usage[0]) && isupper((unsigned char)usage[1])) {
            return true;
        }
    }
    return false;
}

static void list_actions(struct session *session, cJSON *list) {
    const char *usage, *meaning;
    (void)session;
    for (size_t i = 0; action_describe(i, &usage, &meaning); i++) {
        if (!has_argument(usage)) {
            add(list, usage);
        }
    }
}

/* "mute MESSAGE after COUNT" as "^ *mute +.+ +after +.+ *$". */
static cJSON *usage_pattern(const char *usage) {
    struct buffer text = {0};
    buffer_put(&text, "^(gun[12]:)? *");
    for (const char *at = usage; *at != '\0';) {
        size_t length = strcspn(at, " ");
        if (isupper((unsigned char)at[0])) {
            buffer_put(&text, ".+");
        } else {
            for (size_t i = 0; i < length; i++) {
                buffer_put(&text, at[i] == '.' ? "\\" : "");
                buffer_put_bytes(&text, at + i, 1);
            }
        }
        at += length;
        buffer_put(&text, *at == ' ' ? " +" : "");
        at += *at == ' ';
    }
    buffer_put(&text, " *$");
    char *pattern = buffer_take(&text);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "pattern", pattern);
    free(pattern);
    return item;
}

cJSON *schema_action_patterns(void) {
    const char *usage, *meaning;
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; action_describe(i, &usage, &meaning); i++) {
        cJSON *pattern = usage_pattern(usage);
        cJSON_AddStringToObject(pattern, "title", usage);
        cJSON_AddStringToObject(pattern, "description", meaning);
        cJSON_AddItemToArray(list, pattern);
    }
    return list;
}

static void list_usages(struct session *session, cJSON *list) {
    const char *usage, *meaning;
    (void)session;
    for (size_t i = 0; action_describe(i, &usage, &meaning); i++) {
        add(list, usage);
    }
}

/* ---- signals, messages and their fields ---- */

static void list_events(struct session *session, cJSON *list) {
    const struct signal *signal = session->signals->board.first;
    for (; signal != NULL; signal = signal->next_added) {
        add(list, signal->name);
    }
    add(list, "@start");
    add(list, "@end");
}

static void list_quantities(struct session *session, cJSON *list) {
    const struct signal *signal = session->signals->board.first;
    for (; signal != NULL; signal = signal->next_added) {
        if (signal->unit[0] != '\0') {
            add(list, signal->name);
        }
    }
}

/* ---- files of the library ---- */

static void list_files(struct session *session, const char *folder, cJSON *list) {
    struct problem problem;
    const char **names;
    size_t count;
    if (library_names(session->library, folder, &names, &count, &problem)) {
        for (size_t i = 0; i < count; i++) {
            add(list, names[i]);
        }
    }
}

static void list_vehicles(struct session *session, cJSON *list) {
    list_files(session, "vehicles", list);
}

static void list_profiles(struct session *session, cJSON *list) {
    list_files(session, "profiles", list);
}

static void list_limits(struct session *session, cJSON *list) {
    struct problem problem;
    cJSON *profiles = cJSON_CreateArray();
    const cJSON *name;
    list_profiles(session, profiles);
    cJSON_ArrayForEach(name, profiles) {
        const struct profile *profile = profile_load(session->library, name->valuestring, &problem);
        for (size_t i = 0; profile != NULL && i < profile->limit_count; i++) {
            add(list, profile->limits[i].name);
        }
    }
    cJSON_Delete(profiles);
}

/* Names in a file of the library, as it is written: "starts" of starts.json, "id" of monitors. */
static void list_members(struct session *session, const char *file, cJSON *list) {
    struct json_text text;
    struct problem problem;
    if (!json_read(&text, library_path(session->library, "", file), &problem)) {
        return;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, member(text.root, file)) {
        const cJSON *id = member(item, "id");
        const char *name = id != NULL && cJSON_IsString(id) ? id->valuestring : item->string;
        if (name != NULL) {
            add(list, name);
        }
    }
    json_free(&text);
}

static void list_starts(struct session *session, cJSON *list) {
    list_members(session, "starts", list);
}

static void list_monitors(struct session *session, cJSON *list) {
    list_members(session, "monitors", list);
}

static void list_needs(struct session *session, cJSON *list) {
    list_members(session, NEEDS_FILE, list);
}

static void list_groups(struct session *session, cJSON *list) {
    list_members(session, GROUPS_FILE, list);
}

static void list_parameters(struct session *session, cJSON *list) {
    const struct dut_api *api = dut_entry();
    (void)session;
    for (size_t i = 0; i < api->param_count; i++) {
        add(list, api->params[i].name);
    }
}

/* Cases, and rows of those that have some. */
static void list_cases(struct session *session, cJSON *list) {
    for (size_t i = 0; i < library_case_count(session->library); i++) {
        struct problem problem;
        size_t rows;
        const char *name = library_case(session->library, i);
        struct scenario **one =
            scenario_load_rows(session->library, name, session->profile, &rows, &problem);
        add(list, name);
        for (size_t k = 0; one != NULL && k < rows; k++) {
            add(list, one[k]->id);
        }
    }
}

static const struct {
    const char *what;
    void (*list)(struct session *session, cJSON *list);
} lists[] = {
    {"actions", list_actions},       {"usages", list_usages},         {"events", list_events},
    {"quantities", list_quantities}, {"limits", list_limits},         {"vehicles", list_vehicles},
    {"profiles", list_profiles},     {"starts", list_starts},         {"monitors", list_monitors},
    {"groups", list_groups},         {"parameters", list_parameters}, {"cases", list_cases},
    {"needs", list_needs},
};

cJSON *schema_words(struct session *session, const char *what) {
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(lists[i].what, what) == 0) {
            lists[i].list(session, list);
            return list;
        }
    }
    assert(false && "a list of words that is in the table");
    return list;
}

/* ---- groups ---- */

static cJSON *group_values(const cJSON *group) {
    cJSON *properties = cJSON_CreateObject();
    const cJSON *declaration;
    cJSON_ArrayForEach(declaration, member(group, "parameters")) {
        char reference[64];
        const cJSON *type = member(declaration, "type");
        cJSON *value = cJSON_AddObjectToObject(properties, declaration->string);
        snprintf(reference, sizeof reference, "#/definitions/parameter-%.40s",
                 cJSON_IsString(type) ? type->valuestring : "");
        cJSON_AddStringToObject(value, "$ref", reference);
    }
    return properties;
}

cJSON *schema_groups(struct session *session) {
    struct json_text text;
    struct problem problem;
    cJSON *list = cJSON_CreateArray();
    if (!json_read(&text, library_path(session->library, "", GROUPS_FILE), &problem)) {
        return list;
    }
    const cJSON *group;
    cJSON_ArrayForEach(group, member(text.root, "groups")) {
        if (member(group, "parameters") == NULL) {
            continue;
        }
        cJSON *one = cJSON_CreateObject();
        cJSON *condition = cJSON_AddObjectToObject(one, "if");
        cJSON *use =
            cJSON_AddObjectToObject(cJSON_AddObjectToObject(condition, "properties"), "use");
        cJSON_AddStringToObject(use, "const", group->string);
        cJSON *then = cJSON_AddObjectToObject(one, "then");
        cJSON *with = cJSON_AddObjectToObject(cJSON_AddObjectToObject(then, "properties"), "with");
        cJSON_AddItemToObject(with, "properties", group_values(group));
        cJSON_AddItemToArray(list, one);
    }
    json_free(&text);
    return list;
}
