/* SPDX-License-Identifier: MIT */
#include "harness/scenario/groups.h"

#include "harness/json/graft.h"
#include "harness/scenario/parameters.h"
#include "harness/scenario/shapes.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <string.h>

#define TEXTS       (JSON_STRING | JSON_OBJECT)
#define ENTRIES_MAX 1000 /* of a group; and of all uses in one list together */

static const char *const kinds[] = {"checks", "steps"};

static const struct json_key group_key_table[] = {{"title", TEXTS, true},
                                                  {"parameters", JSON_OBJECT, false},
                                                  {"checks", JSON_ARRAY, false},
                                                  {"steps", JSON_ARRAY, false}};

/* ---- groups.json ---- */

static bool read_group(const struct reader *reader, const cJSON *group) {
    struct phrase title;
    if (!name_is_plain(group->string)) {
        return json_fault_both(reader->text, group, JSON_AT_KEY, reader->problem,
                               "a group's name is made of a-z, 0-9 and '-'",
                               "组名只能由a-z、0-9和'-'组成");
    }
    if (!json_keys(reader->text, group, "a group", group_key_table, COUNT(group_key_table),
                   reader->problem)) {
        return false;
    }
    if (!member(group, "checks") == !member(group, "steps")) {
        return json_fault_both(reader->text, group, JSON_AT_VALUE, reader->problem,
                               "a group has either \"checks\" or \"steps\"",
                               "组只能有\"checks\"或\"steps\"之一");
    }
    const cJSON *checks = member(group, kinds[0]), *steps = member(group, kinds[1]);
    return json_entries(reader->text, checks ? checks : steps, checks ? kinds[0] : kinds[1],
                        JSON_OBJECT, 1, ENTRIES_MAX, reader->problem) &&
           read_text(reader, member(group, "title"), &title) &&
           parameters_declared(reader, member(group, "parameters"));
}

static bool read_groups(const struct reader *reader) {
    static const struct json_key keys[] = {{"$schema", JSON_STRING, false},
                                           {"groups", JSON_OBJECT, true}};
    const struct json_text *text = reader->text;
    if (!json_keys(text, text->root, "groups.json", keys, COUNT(keys), reader->problem)) {
        return false;
    }
    const cJSON *group, *all = member(text->root, "groups");
    if (!json_names(text, all, "groups", JSON_OBJECT, reader->problem)) {
        return false;
    }
    cJSON_ArrayForEach(group, all) {
        if (!read_group(reader, group)) {
            return false;
        }
    }
    return true;
}

static bool groups_ready(struct groups *groups, const struct reader *reader) {
    if (groups->read) {
        return true;
    }
    struct library *library = reader->library;
    if (!json_read(&groups->text, library_path(library, "", GROUPS_FILE), reader->problem)) {
        return false;
    }
    struct reader own = *reader;
    own.text = &groups->text;
    groups->read = read_groups(&own);
    if (!groups->read) {
        json_free(&groups->text);
    }
    return groups->read;
}

void groups_free(struct groups *groups) {
    json_free(&groups->text);
    groups->read = false;
}

/* ---- expansion ---- */

/* One list while its uses are replaced. */
struct expansion {
    struct groups *groups;
    const struct reader *reader;
    struct json_text *text;
    const char *kind; /* "checks" or "steps" */
    cJSON *fresh;     /* the list as it will be */
    int count;
};

/* A use inside uses: the names up to the outermost. */
struct frame {
    const char *name;
    const struct frame *outer;
    int depth;
};

static const char *next_group(void *ctx, size_t index) {
    const struct groups *groups = ctx;
    const cJSON *item = member(groups->text.root, "groups")->child;
    while (item && index-- > 0) {
        item = item->next;
    }
    return item ? item->string : NULL;
}

static bool not_circular(const struct expansion *one, const cJSON *name,
                         const struct frame *outer) {
    for (const struct frame *frame = outer; frame; frame = frame->outer) {
        if (strcmp(frame->name, name->valuestring) == 0) {
            return json_fault_both(one->reader->text, name, JSON_AT_VALUE, one->reader->problem,
                                   "the group '%.60s' uses itself", "组'%.60s'引用了自身",
                                   name->valuestring);
        }
    }
    return (outer ? outer->depth : 0) < GROUPS_DEEP_MAX ||
           json_fault_both(one->reader->text, name, JSON_AT_VALUE, one->reader->problem,
                           "groups use each other at most %d deep", "组的相互引用最多%d层",
                           GROUPS_DEEP_MAX);
}

/* The group that a use names, of the kind that is wanted here; NULL: the problem says why not. */
static const cJSON *find_group(const struct expansion *one, const cJSON *name) {
    const struct reader *reader = one->reader;
    const cJSON *group = member(member(one->groups->text.root, "groups"), name->valuestring);
    if (!group) {
        struct problem cause;
        problem_set_both(&cause, "groups.json has no group '%.60s'", "groups.json中没有组'%.60s'",
                         name->valuestring);
        nearest_add(&cause, name->valuestring, next_group, one->groups, nearest_else);
        json_fault_as(reader->text, name, JSON_AT_VALUE, reader->problem, &cause);
    } else if (!member(group, one->kind)) {
        const char *other = strcmp(one->kind, kinds[0]) == 0 ? kinds[1] : kinds[0];
        json_fault_both(reader->text, name, JSON_AT_VALUE, reader->problem,
                        "the group '%.60s' has %s; here %s are wanted",
                        "组'%.60s'的内容是%s；此处需要%s", name->valuestring, other, one->kind);
        group = NULL;
    }
    return group;
}

static bool expand_entry(struct expansion *one, cJSON *entry, const struct frame *outer);

static bool fill_group(struct expansion *one, struct filling *filling, const cJSON *group,
                       const struct frame *frame) {
    const cJSON *entry;
    cJSON_ArrayForEach(entry, member(group, one->kind)) {
        cJSON *filled = parameters_fill(filling, entry);
        if (!filled || !expand_entry(one, filled, frame)) {
            return false;
        }
    }
    return parameters_used(filling);
}

static const struct json_key use_key_table[] = {{"use", JSON_STRING, true},
                                                {"with", JSON_OBJECT, false}};

static bool expand_use(struct expansion *one, cJSON *use, const struct frame *outer) {
    const struct reader *reader = one->reader;
    json_remove(one->text, use);
    if (!json_keys(reader->text, use, "a use of a group", use_key_table, COUNT(use_key_table),
                   reader->problem) ||
        !groups_ready(one->groups, reader)) {
        return false;
    }
    if (one->count > ENTRIES_MAX) {
        return json_fault(reader->text, use, JSON_AT_VALUE, reader->problem,
                          "these are more than %d %s", ENTRIES_MAX, one->kind);
    }
    const cJSON *name = member(use, "use");
    const cJSON *group = not_circular(one, name, outer) ? find_group(one, name) : NULL;
    if (!group) {
        return false;
    }
    struct frame frame = {name->valuestring, outer, outer ? outer->depth + 1 : 1};
    struct filling filling = {.reader = reader,
                              .target = one->text,
                              .what = "the group",
                              .name = name->valuestring,
                              .written = &one->groups->text,
                              .declared = member(group, "parameters"),
                              .with = member(use, "with"),
                              .use = use,
                              .given_at = use};
    return parameters_check(&filling) && fill_group(one, &filling, group, &frame);
}

/* Takes the entry: into the new list, or, a use, what its group has. Uses count, too: those of
 * groups of uses would double and double. */
static bool expand_entry(struct expansion *one, cJSON *entry, const struct frame *outer) {
    if (member(entry, "use")) {
        one->count++;
        return expand_use(one, entry, outer);
    }
    cJSON_AddItemToArray(one->fresh, entry);
    return ++one->count <= ENTRIES_MAX ||
           json_fault(one->reader->text, entry, JSON_AT_VALUE, one->reader->problem,
                      "these are more than %d %s", ENTRIES_MAX, one->kind);
}

static bool expand_list(struct expansion *one, cJSON *list) {
    bool ok = true;
    one->fresh = cJSON_CreateArray();
    assert(one->fresh);
    while (list->child && ok) {
        ok = expand_entry(one, cJSON_DetachItemViaPointer(list, list->child), NULL);
    }
    /* What is left over after a fault stays in the list, to be freed with it. */
    cJSON *left = list->child;
    list->child = one->fresh->child;
    one->fresh->child = left;
    cJSON_Delete(one->fresh);
    return ok;
}

bool groups_expand(struct groups *groups, const struct reader *reader, struct json_text *text,
                   const cJSON *root) {
    for (size_t i = 0; i < COUNT(kinds); i++) {
        cJSON *list = cJSON_GetObjectItemCaseSensitive(root, kinds[i]);
        struct expansion one = {groups, reader, text, kinds[i], NULL, 0};
        if (cJSON_IsArray(list) && !expand_list(&one, list)) {
            return false;
        }
    }
    json_grafted(text);
    return true;
}

struct json_shape group_keys(void) {
    return (struct json_shape){"a group", NULL, group_key_table, COUNT(group_key_table)};
}

struct json_shape use_keys(void) {
    return (struct json_shape){"a use of a group", NULL, use_key_table, COUNT(use_key_table)};
}
