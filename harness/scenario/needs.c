/* SPDX-License-Identifier: MIT */
#include "harness/scenario/needs.h"

#include "harness/scenario/internal.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#define NEEDS_MAX   20
#define DEMANDS_MAX 50
#define SAFETY_MAX  200
#define TEXTS       (JSON_STRING | JSON_OBJECT)

/* ---- needs.json ---- */

static bool condition_of(const struct reader *reader, const cJSON *item, const char **condition) {
    struct event_def event;
    if (item->valuestring[0] == '@') {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "a need is looked at before the first step: it cannot be a mark",
                               "需求在第一步之前判断，不能是标记");
    }
    if (!read_event(reader, item, &event)) {
        return false;
    }
    *condition = event.text;
    return true;
}

static bool named_need(const struct reader *reader, const cJSON *item, struct need *need) {
    static const struct json_key keys[] = {{"title", TEXTS, true},
                                           {"condition", JSON_STRING, true}};
    if (!name_is_plain(item->string)) {
        return json_fault_both(reader->text, item, JSON_AT_KEY, reader->problem,
                               "a need's name is made of a-z, 0-9 and '-'",
                               "需求的名称只能由a-z、0-9和'-'组成");
    }
    need->name = library_string(reader->library, item->string);
    return json_keys(reader->text, item, "a need", keys, COUNT(keys), reader->problem) &&
           read_text(reader, member(item, "title"), &need->title) &&
           condition_of(reader, member(item, "condition"), &need->condition);
}

/* The file is sound as a whole, whichever need is asked for. */
static bool check_file(const struct reader *reader) {
    static const struct json_key keys[] = {{"$schema", JSON_STRING, false},
                                           {"needs", JSON_OBJECT, true},
                                           {"safety", JSON_ARRAY, true}};
    const struct json_text *text = reader->text;
    const cJSON *item;
    struct need need;
    if (!json_keys(text, text->root, "needs.json", keys, COUNT(keys), reader->problem) ||
        !json_names(text, member(text->root, "needs"), "needs", JSON_OBJECT, reader->problem) ||
        !json_entries(text, member(text->root, "safety"), "safety", JSON_STRING, 1, SAFETY_MAX,
                      reader->problem)) {
        return false;
    }
    cJSON_ArrayForEach(item, member(text->root, "needs")) {
        if (!named_need(reader, item, &need)) {
            return false;
        }
    }
    return true;
}

static bool open_file(const struct reader *reader, struct json_text *text, struct reader *own) {
    if (!json_read(text, library_path(reader->library, "", NEEDS_FILE), reader->problem)) {
        return false;
    }
    *own = *reader;
    own->text = text;
    own->step_count = 0;
    if (check_file(own)) {
        return true;
    }
    json_free(text);
    return false;
}

static const char *next_need(void *ctx, size_t index) {
    const cJSON *item = ((const cJSON *)ctx)->child;
    while (item && index-- > 0) {
        item = item->next;
    }
    return item ? item->string : NULL;
}

/* The item's text is the name; a fault of it stands where it is written. */
static bool find_need(const struct reader *reader, const struct reader *file, const cJSON *item,
                      size_t at, const char *name, struct need *need) {
    cJSON *all = cJSON_GetObjectItemCaseSensitive(file->text->root, "needs");
    const cJSON *found = member(all, name);
    if (found) {
        return named_need(file, found, need);
    }
    struct problem cause;
    problem_set_both(&cause, "needs.json has no need '%.60s'", "needs.json中没有需求'%.60s'", name);
    nearest_add(&cause, name, next_need, all, nearest_else);
    return json_fault_as(reader->text, item, at, reader->problem, &cause);
}

/* ---- of a case ---- */

/* "T240-8.6" is the clause of "T240-8.6a", not of "T240-8.61". */
static bool is_of_clause(const char *cover, const char *clause) {
    size_t length = strlen(clause);
    return strncmp(cover, clause, length) == 0 && !isdigit((unsigned char)cover[length]);
}

static bool covers_no_safety(const struct reader *reader, const struct json_text *file,
                             const cJSON *array, const struct scenario *scenario) {
    const cJSON *clause;
    cJSON_ArrayForEach(clause, member(file->root, "safety")) {
        for (size_t i = 0; i < scenario->cover_count; i++) {
            if (is_of_clause(scenario->covers[i], clause->valuestring)) {
                return json_fault_both(
                    reader->text, array, JSON_AT_KEY, reader->problem,
                    "this case covers %s, a clause of safety: it is run with every "
                    "pile and can have no needs",
                    "本用例涉及安全条款%s：对所有充电桩都运行，不能有需求", scenario->covers[i]);
            }
        }
    }
    return true;
}

static bool read_need(const struct reader *reader, const struct reader *file, const cJSON *item,
                      struct need *need) {
    if (name_is_plain(item->valuestring)) {
        return find_need(reader, file, item, JSON_AT_VALUE, item->valuestring, need);
    }
    *need = (struct need){0};
    return condition_of(reader, item, &need->condition);
}

bool read_needs(const struct reader *reader, const cJSON *array, struct scenario *scenario) {
    struct json_text text;
    struct reader file;
    if (!array) {
        return true;
    }
    if (!json_entries(reader->text, array, "needs", JSON_STRING, 1, NEEDS_MAX, reader->problem) ||
        !open_file(reader, &text, &file)) {
        return false;
    }
    bool good = covers_no_safety(reader, &text, array, scenario);
    scenario->needs = library_memory(reader->library, NEEDS_MAX, sizeof *scenario->needs);
    for (const cJSON *item = array->child; good && item; item = item->next) {
        assert(scenario->need_count < NEEDS_MAX);
        good = read_need(reader, &file, item, &scenario->needs[scenario->need_count]);
        scenario->need_count += good;
    }
    json_free(&text);
    return good;
}

bool needs_two_guns(const struct reader *reader, const cJSON *root, struct scenario *scenario) {
    static const char *const names[] = {"second-gun", "two-guns"};
    struct json_text text;
    struct reader file;
    if (!open_file(reader, &text, &file)) {
        return false;
    }
    bool good = true;
    struct need *all =
        library_memory(reader->library, scenario->need_count + COUNT(names), sizeof *all);
    for (size_t i = 0; i < scenario->need_count; i++) {
        all[i] = scenario->needs[i];
    }
    scenario->needs = all;
    for (size_t i = 0; good && i < COUNT(names); i++) {
        good = find_need(reader, &file, root, JSON_AT_VALUE, names[i], &all[scenario->need_count]);
        scenario->need_count += good;
    }
    json_free(&text);
    return good;
}

/* ---- of a profile ---- */

static bool read_demand(const struct reader *reader, const struct reader *file, const cJSON *item,
                        struct demand *demand) {
    static const struct json_key keys[] = {{"source", JSON_ARRAY, true}, {"text", TEXTS, true}};
    struct need need;
    *demand = (struct demand){.need = library_string(reader->library, item->string)};
    return find_need(reader, file, item, JSON_AT_KEY, item->string, &need) &&
           json_keys(reader->text, item, "a demand", keys, COUNT(keys), reader->problem) &&
           read_source(reader, member(item, "source"), &demand->source) &&
           read_text(reader, member(item, "text"), &demand->text);
}

/* A demand of the same need takes the base's place. */
static struct demand *place_of(struct profile *profile, const char *need) {
    for (size_t i = 0; i < profile->demand_count; i++) {
        if (strcmp(profile->demands[i].need, need) == 0) {
            return &profile->demands[i];
        }
    }
    assert(profile->demand_count < DEMANDS_MAX);
    return &profile->demands[profile->demand_count++];
}

bool read_demands(const struct reader *reader, const cJSON *object, struct profile *profile,
                  const struct profile *base) {
    struct json_text text;
    struct reader file;
    profile->demands = library_memory(reader->library, DEMANDS_MAX, sizeof *profile->demands);
    profile->demand_count = base ? base->demand_count : 0;
    if (base) {
        memcpy(profile->demands, base->demands, base->demand_count * sizeof *base->demands);
    }
    if (!object) {
        return true;
    }
    if (!json_names(reader->text, object, "demands", JSON_OBJECT, reader->problem) ||
        !open_file(reader, &text, &file)) {
        return false;
    }
    bool good = true;
    for (const cJSON *item = object->child; good && item; item = item->next) {
        good = profile->demand_count < DEMANDS_MAX ||
               json_fault_both(reader->text, item, JSON_AT_KEY, reader->problem,
                               "a profile has at most %d demands", "限值集最多有%d项demands",
                               DEMANDS_MAX);
        good = good && read_demand(reader, &file, item, place_of(profile, item->string));
    }
    json_free(&text);
    return good;
}

const struct demand *profile_demand(const struct profile *profile, const struct need *need) {
    for (size_t i = 0; need->name && i < profile->demand_count; i++) {
        if (strcmp(profile->demands[i].need, need->name) == 0) {
            return &profile->demands[i];
        }
    }
    return NULL;
}
