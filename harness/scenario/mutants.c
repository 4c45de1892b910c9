/* SPDX-License-Identifier: MIT */
/* The catalogue of mutants: defects that the cases must be able to find. */
#include "harness/scenario/mutants.h"

#include "harness/scenario/internal.h"
#include "harness/scenario/rows.h"
#include "harness/scenario/shapes.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MUTANTS_MAX   500
#define MUTATIONS_MAX 8
#define KILLERS_MAX   100

static const struct mutation_shape {
    enum mutation_type type;
    const char *what;
    size_t key_count;
    struct json_key keys[2];
} shapes[] = {
    {MUTATION_PARAM,
     "a changed parameter",
     2,
     {{"param", JSON_STRING, true}, {"value", JSON_NUMBER, true}}},
    {MUTATION_DELAY, "a late output", 2, {{"delay", JSON_STRING, true}, {"by", JSON_STRING, true}}},
    {MUTATION_HOLD, "a stuck output", 2, {{"hold", JSON_STRING, true}, {"at", JSON_NUMBER, true}}},
    {MUTATION_FIELD,
     "a wrong field",
     2,
     {{"field", JSON_STRING, true}, {"value", JSON_NUMBER, true}}},
    {MUTATION_SWAP, "swapped bytes", 1, {{"swap", JSON_STRING, true}}},
    {MUTATION_MUTE, "a missing message", 1, {{"mute", JSON_STRING, true}}},
    {MUTATION_LINGER,
     "a lingering message",
     2,
     {{"linger", JSON_STRING, true}, {"by", JSON_STRING, true}}},
    {MUTATION_FORGET, "a forgetful storage", 1, {{"forget", JSON_STRING, true}}},
    {MUTATION_SHIFT,
     "a field that is off",
     2,
     {{"shift", JSON_STRING, true}, {"of", JSON_NUMBER, true}}},
    {MUTATION_STALE,
     "a field of long ago",
     2,
     {{"stale", JSON_STRING, true}, {"by", JSON_STRING, true}}},
    {MUTATION_FREEZE,
     "a frozen input",
     2,
     {{"freeze", JSON_STRING, true}, {"at", JSON_NUMBER, true}}},
    {MUTATION_ASSUME,
     "an input that is taken for granted",
     2,
     {{"assume", JSON_STRING, true}, {"at", JSON_NUMBER, true}}},
    {MUTATION_UNSAMPLED, "an input that is never read", 1, {{"unsampled", JSON_STRING, true}}},
    {MUTATION_BLIND,
     "an input that is not seen",
     2,
     {{"blind", JSON_STRING, true}, {"during", JSON_STRING, true}}},
    {MUTATION_ACKNOWLEDGE, "an untrue acknowledgement", 1, {{"acknowledge", JSON_STRING, true}}},
    {MUTATION_UNCHECKED, "a missing check", 1, {{"unchecked", JSON_STRING, true}}},
    {MUTATION_CROSS, "two guns crossed", 1, {{"cross", JSON_STRING, true}}},
    {MUTATION_SHARE, "an input that counts for both guns", 1, {{"share", JSON_STRING, true}}},
};

/* The second key of each kind: a number, or a time. */
static bool read_mutation_value(const struct reader *reader, const cJSON *item,
                                struct mutation *mutation) {
    if (mutation->type == MUTATION_BLIND) {
        mutation->during = library_string(reader->library, item->valuestring);
        return true;
    }
    if (cJSON_IsString(item)) {
        int64_t time_ns;
        bool ok = read_time(reader, item, &time_ns);
        mutation->value = ok ? (double)time_ns : 0.0;
        return ok;
    }
    mutation->value = item->valuedouble;
    bool whole =
        mutation->type == MUTATION_FIELD || mutation->type == MUTATION_SHIFT ||
        (fabs(mutation->value) <= INT32_MAX && mutation->value == nearbyint(mutation->value));
    return (isfinite(mutation->value) && whole) ||
           json_fault(reader->text, item, JSON_AT_VALUE, reader->problem,
                      "parameters, inputs and outputs are whole numbers of at most 32 bits");
}

static bool read_mutation(const struct reader *reader, const cJSON *item,
                          struct mutation *mutation) {
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const cJSON *what = member(item, shapes[i].keys[0].name);
        if (!what) {
            continue;
        }
        if (!json_keys(reader->text, item, shapes[i].what, shapes[i].keys, shapes[i].key_count,
                       reader->problem)) {
            return false;
        }
        *mutation = (struct mutation){.type = shapes[i].type};
        mutation->what = library_string(reader->library, what->valuestring);
        return shapes[i].key_count < 2 ||
               read_mutation_value(reader, member(item, shapes[i].keys[1].name), mutation);
    }
    return json_fault(
        reader->text, item, JSON_AT_VALUE, reader->problem,
        "a mutation needs \"param\", \"delay\", \"hold\", \"field\", \"swap\", \"mute\", "
        "\"linger\", \"forget\", \"shift\", \"stale\", \"freeze\", \"assume\", \"unsampled\", "
        "\"blind\", \"acknowledge\", \"unchecked\", \"cross\" or \"share\"");
}

static bool read_mutations(const struct reader *reader, const cJSON *array, struct mutant *mutant) {
    if (!json_entries(reader->text, array, "mutations", JSON_OBJECT, 1, MUTATIONS_MAX,
                      reader->problem)) {
        return false;
    }
    mutant->mutations = library_memory(reader->library, MUTATIONS_MAX, sizeof *mutant->mutations);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        struct mutation *mutation = &mutant->mutations[mutant->mutation_count++];
        if (!read_mutation(reader, item, mutation)) {
            return false;
        }
        bool timed = mutation->type == MUTATION_DELAY || mutation->type == MUTATION_LINGER ||
                     mutation->type == MUTATION_STALE;
        assert(!timed || mutation->value > 0);
    }
    return true;
}

/* "NAME" of a case, or "NAME[ROW]". */
static bool killer_exists(const struct reader *reader, const cJSON *item) {
    struct problem unknown;
    const char *name, **rows;
    const char *row = rows_split(reader->library, item->valuestring, &name);
    const char *path = case_path(reader->library, name);
    if (path == NULL) {
        case_unknown(reader->library, name, &unknown);
        return json_fault_as(reader->text, item, JSON_AT_VALUE, reader->problem, &unknown);
    }
    size_t count = row ? rows_names(reader->library, path, &rows) : 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i], row) == 0) {
            return true;
        }
    }
    return row == NULL || json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                                          "the case '%.80s' has no row '%.80s'",
                                          "用例'%.80s'没有数据行'%.80s'", name, row);
}

static bool read_killers(const struct reader *reader, const cJSON *array, struct mutant *mutant) {
    if (!json_entries(reader->text, array, "killers", JSON_STRING, 1, KILLERS_MAX,
                      reader->problem)) {
        return false;
    }
    mutant->killers = library_memory(reader->library, KILLERS_MAX, sizeof *mutant->killers);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (!killer_exists(reader, item)) {
            return false;
        }
        mutant->killers[mutant->killer_count++] =
            library_string(reader->library, item->valuestring);
    }
    return true;
}

static bool read_mutant_id(const struct reader *reader, const cJSON *item, struct mutant *mutant) {
    const cJSON *id = member(item, "id");
    if (!name_is_plain(id->valuestring)) {
        return json_fault_both(reader->text, id, JSON_AT_VALUE, reader->problem,
                               "an id is made of a-z, 0-9 and '-'", "id只能由a-z、0-9和'-'组成");
    }
    for (const cJSON *other = item->prev; other->next; other = other->prev) {
        if (strcmp(member(other, "id")->valuestring, id->valuestring) == 0) {
            return json_fault_both(reader->text, id, JSON_AT_VALUE, reader->problem,
                                   "two mutants have the id '%s'", "两个变异体的id都是'%s'",
                                   id->valuestring);
        }
    }
    mutant->id = library_string(reader->library, id->valuestring);
    return true;
}

static bool read_mutant(const struct reader *reader, const cJSON *item, struct mutant *mutant) {
    static const struct json_key keys[] = {{"id", JSON_STRING, true},
                                           {"title", JSON_STRING | JSON_OBJECT, true},
                                           {"mutations", JSON_ARRAY, true},
                                           {"killers", JSON_ARRAY, true}};
    return json_keys(reader->text, item, "a mutant", keys, COUNT(keys), reader->problem) &&
           read_mutant_id(reader, item, mutant) &&
           read_text(reader, member(item, "title"), &mutant->title) &&
           read_mutations(reader, member(item, "mutations"), mutant) &&
           read_killers(reader, member(item, "killers"), mutant);
}

static struct mutant *read_mutants(const struct reader *reader, const cJSON *root, size_t *count) {
    static const struct json_key keys[] = {{"$schema", JSON_STRING, false},
                                           {"mutants", JSON_ARRAY, true}};
    if (!json_keys(reader->text, root, "mutants.json", keys, COUNT(keys), reader->problem)) {
        return NULL;
    }
    const cJSON *array = member(root, "mutants");
    if (!json_entries(reader->text, array, "mutants", JSON_OBJECT, 1, MUTANTS_MAX,
                      reader->problem)) {
        return NULL;
    }
    struct mutant *mutants = library_memory(reader->library, MUTANTS_MAX, sizeof *mutants);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (!read_mutant(reader, item, &mutants[(*count)++])) {
            return NULL;
        }
    }
    return mutants;
}

struct mutant *mutants_load(struct library *library, size_t *count, struct problem *problem) {
    struct json_text text;
    *count = 0;
    if (!json_read(&text, library_path(library, "", "mutants"), problem)) {
        return NULL;
    }
    struct reader reader = {.library = library, .text = &text, .problem = problem};
    struct mutant *mutants = read_mutants(&reader, text.root, count);
    json_free(&text);
    return mutants;
}

bool mutation_shape(size_t index, struct json_shape *shape) {
    if (index >= COUNT(shapes)) {
        return false;
    }
    const struct mutation_shape *one = &shapes[index];
    *shape = (struct json_shape){one->what, one->keys[0].name, one->keys, one->key_count};
    return true;
}
