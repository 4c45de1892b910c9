/* SPDX-License-Identifier: MIT */
/* Profiles: limits by name, each with its clause, one profile over another. */
#include "harness/scenario/profile.h"

#include "harness/expression/expression.h"
#include "harness/expression/range.h"
#include "harness/scenario/internal.h"
#include "harness/scenario/needs.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"
#include "sim/text/unit.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASES_MAX   4 /* profiles upon profiles */
#define SOURCES_MAX 20

/* A limit's bound: value and, by the key it came by, whether the value itself is outside. */
static const struct bound_key {
    const char *name;
    bool lower, open;
} bound_keys[] = {
    {"min", true, false}, {"above", true, true}, {"max", false, false}, {"below", false, true}};

static bool in_reach(const struct reader *reader, const cJSON *item, double value,
                     const char *unit) {
    char reach[RANGE_TEXT_SIZE];
    if (reach_holds(value, unit)) {
        return true;
    }
    reach_text(unit, reach, sizeof reach);
    return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                           "this limit is out of range: %s", "此限值超出范围：%s", reach);
}

/* "100 ms": the unit must be a known one; a plain number has the unit "". */
static bool read_bound(const struct reader *reader, const cJSON *item, double *value,
                       const char **unit) {
    if (cJSON_IsNumber(item)) {
        *value = item->valuedouble;
        *unit = "";
        return in_reach(reader, item, *value, "");
    }
    char *end;
    *value = strtod(item->valuestring, &end);
    char name[16];
    snprintf(name, sizeof name, "%s", end + strspn(end, " \t"));
    name[strcspn(name, " \t")] = '\0';
    if (unit_find(name) == NULL || !quantity_parse(item->valuestring, name, value)) {
        struct buffer known = {0};
        unit_list(&known);
        json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                        "'%.40s' is not a number with a unit (%s)", "'%.40s'不是带单位的数（%s）",
                        item->valuestring, known.chars);
        buffer_free(&known);
        return false;
    }
    *unit = library_string(reader->library, name);
    return in_reach(reader, item, *value, name);
}

static bool read_bounds(const struct reader *reader, const cJSON *item, struct limit *limit) {
    limit->min = limit->max = NAN;
    for (size_t i = 0; i < COUNT(bound_keys); i++) {
        const cJSON *bound = member(item, bound_keys[i].name);
        double *target = bound_keys[i].lower ? &limit->min : &limit->max;
        const char *unit = NULL;
        if (!bound) {
            continue;
        }
        if (!isnan(*target)) {
            return json_fault(reader->text, bound, JSON_AT_KEY, reader->problem,
                              bound_keys[i].lower ? "either \"min\" or \"above\", not both"
                                                  : "either \"max\" or \"below\", not both");
        }
        if (!read_bound(reader, bound, target, &unit)) {
            return false;
        }
        if (limit->unit && strcmp(limit->unit, unit) != 0) {
            return json_fault_both(reader->text, bound, JSON_AT_VALUE, reader->problem,
                                   "both sides of a limit must be in one unit, not %s and %s",
                                   "限值两侧的单位须相同，不能是%s和%s", limit->unit, unit);
        }
        limit->unit = unit;
        *(bound_keys[i].lower ? &limit->min_open : &limit->max_open) = bound_keys[i].open;
    }
    return true;
}

static bool check_bounds(const struct reader *reader, const cJSON *item,
                         const struct limit *limit) {
    if (!limit->unit) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "a limit needs \"max\", \"below\", \"min\" or \"above\"",
                               "限值须有\"max\"、\"below\"、\"min\"或\"above\"");
    }
    if (limit->min > limit->max) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "the lower side of this limit is above the upper one",
                               "此限值的下限高于上限");
    }
    return true;
}

/* The clauses, comma separated. */
bool read_source(const struct reader *reader, const cJSON *array, const char **clauses) {
    if (!json_entries(reader->text, array, "source", JSON_STRING, 1, SOURCES_MAX,
                      reader->problem)) {
        return false;
    }
    size_t size = 1;
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        size += strlen(item->valuestring) + 2;
    }
    char *source = library_memory(reader->library, size, 1);
    cJSON_ArrayForEach(item, array) {
        size_t used = strlen(source);
        snprintf(source + used, size - used, "%s%s", used ? ", " : "", item->valuestring);
    }
    *clauses = source;
    return true;
}

static bool read_one_limit(const struct reader *reader, const cJSON *item, struct limit *limit) {
    static const struct json_key keys[] = {{"min", JSON_STRING | JSON_NUMBER, false},
                                           {"above", JSON_STRING | JSON_NUMBER, false},
                                           {"max", JSON_STRING | JSON_NUMBER, false},
                                           {"below", JSON_STRING | JSON_NUMBER, false},
                                           {"source", JSON_ARRAY, true},
                                           {"text", JSON_STRING | JSON_OBJECT, true}};
    *limit = (struct limit){.name = library_string(reader->library, item->string)};
    return json_keys(reader->text, item, "a limit", keys, COUNT(keys), reader->problem) &&
           read_bounds(reader, item, limit) && check_bounds(reader, item, limit) &&
           read_source(reader, member(item, "source"), &limit->source) &&
           read_text(reader, member(item, "text"), &limit->text);
}

static bool limit_name_ok(const char *name) {
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.");
    return length > 0 && length <= 60 && name[length] == '\0' && name[0] >= 'a';
}

static const char *next_limit(void *ctx, size_t index) {
    const struct profile *profile = ctx;
    return index < profile->limit_count ? profile->limits[index].name : NULL;
}

/* A profile upon another gives that one's limits other values: a name that the base does not have
 * would be a limit that nobody asks for, and the base's own would go on judging. */
static bool unknown_limit(const struct reader *reader, const cJSON *item,
                          const struct profile *base) {
    struct profile names = *base;
    struct problem cause;
    problem_set_both(&cause, "the base '%s' has no limit '%.60s'", "基础'%s'没有限值'%.60s'",
                     base->name, item->string);
    nearest_add(&cause, item->string, next_limit, &names, nearest_else);
    problem_add(&cause, "; a profile upon another only gives its limits other values",
                "；在基础之上只能改写其限值");
    return json_fault_as(reader->text, item, JSON_AT_KEY, reader->problem, &cause);
}

/* What a user's own file says in the shipped one's place: a verdict by it has to show that. */
static bool take_limit(const struct reader *reader, const cJSON *item,
                       const struct profile *profile, struct limit *place,
                       const struct limit *replaced) {
    const struct limit *shipped = NULL;
    if (profile->own && replaced) {
        struct limit *kept = library_memory(reader->library, 1, sizeof *kept);
        *kept = *replaced;
        shipped = kept->shipped ? kept->shipped : kept;
    }
    bool good = read_one_limit(reader, item, place);
    place->shipped = shipped;
    return good;
}

/* The base's limits first; a limit of the same name takes the base's place. */
static bool read_limits(const struct reader *reader, const cJSON *object, struct profile *profile,
                        const struct profile *base) {
    if (!json_names(reader->text, object, "limits", JSON_OBJECT, reader->problem)) {
        return false;
    }
    size_t base_count = base ? base->limit_count : 0;
    size_t most = base_count + (size_t)cJSON_GetArraySize(object);
    profile->limits = library_memory(reader->library, most + 1, sizeof *profile->limits);
    for (size_t i = 0; i < base_count; i++) {
        profile->limits[profile->limit_count++] = base->limits[i];
    }
    struct entries entries = entries_begin(reader);
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        struct limit *own = (struct limit *)profile_limit(profile, item->string);
        struct limit *place = own ? own : &profile->limits[profile->limit_count];
        bool good =
            limit_name_ok(item->string)
                ? (base && !own ? unknown_limit(reader, item, base)
                                : take_limit(reader, item, profile, place, own))
                : json_fault_both(reader->text, item, JSON_AT_KEY, reader->problem,
                                  "a limit's name is made of a-z, 0-9, '-' and '.', and begins "
                                  "with a letter",
                                  "限值名只能由a-z、0-9、'-'和'.'组成，以字母开头");
        entries_take(&entries, good);
        profile->limit_count += good && own == NULL;
        assert(profile->limit_count <= most);
    }
    return entries_end(&entries);
}

static bool read_decision(const struct reader *reader, const cJSON *item, struct profile *profile) {
    if (strcmp(item->valuestring, "guard band") == 0) {
        profile->decision = DECISION_GUARD_BAND;
    } else if (strcmp(item->valuestring, "simple") == 0) {
        profile->decision = DECISION_SIMPLE;
    } else {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "decision is \"guard band\" or \"simple\", not '%.40s'",
                               "decision为\"guard band\"或\"simple\"，不能是'%.40s'",
                               item->valuestring);
    }
    return true;
}

static struct profile *load(struct library *library, const char *name, int depth,
                            struct problem *problem);

static bool read_profile(const struct reader *reader, const cJSON *root, struct profile *profile,
                         int depth) {
    static const struct json_key keys[] = {
        {"$schema", JSON_STRING, false},  {"title", JSON_STRING | JSON_OBJECT, true},
        {"base", JSON_STRING, false},     {"edition", JSON_STRING, false},
        {"decision", JSON_STRING, false}, {"limits", JSON_OBJECT, true},
        {"demands", JSON_OBJECT, false}};
    if (!json_keys(reader->text, root, "a profile", keys, COUNT(keys), reader->problem) ||
        !read_text(reader, member(root, "title"), &profile->title)) {
        return false;
    }
    const cJSON *base_name = member(root, "base");
    const cJSON *edition = member(root, "edition");
    const cJSON *decision = member(root, "decision");
    const struct profile *base = NULL;
    if (base_name && depth == BASES_MAX) {
        return json_fault_both(reader->text, base_name, JSON_AT_VALUE, reader->problem,
                               "more than %d profiles upon each other (or a circle)",
                               "限值集的基础多于%d层（或成环）", BASES_MAX);
    }
    if (base_name) {
        base = load(reader->library, base_name->valuestring, depth + 1, reader->problem);
        if (!base) {
            return false;
        }
        profile->base = base;
        profile->editions = base->editions;
        profile->edition = base->edition;
        profile->decision = base->decision;
    }
    if (!base && (!edition || !decision)) {
        return json_fault_both(reader->text, root, JSON_AT_VALUE, reader->problem,
                               "a profile without a base lacks \"%s\"",
                               "没有base的限值集缺少\"%s\"", edition ? "decision" : "edition");
    }
    if (edition) {
        size_t first = strcspn(edition->valuestring, "/");
        if (!edition_named(edition->valuestring, first, &profile->edition)) {
            return json_fault_both(
                reader->text, edition, JSON_AT_VALUE, reader->problem,
                "unknown edition '%s': begin with that of GB/T 27930, which is 2011, "
                "2015 or 2023",
                "未知的版本'%s'：先写GB/T 27930的版本，即2011、2015或2023", edition->valuestring);
        }
        profile->editions = library_string(reader->library, edition->valuestring);
    }
    return (!decision || read_decision(reader, decision, profile)) &&
           read_limits(reader, member(root, "limits"), profile, base) &&
           read_demands(reader, member(root, "demands"), profile, base);
}

/* ---- the file ---- */

static struct profile *load(struct library *library, const char *name, int depth,
                            struct problem *problem) {
    struct json_text text;
    const char *path = library_file(library, "profiles", "profile", &name, problem);
    if (!path || !json_read(&text, path, problem)) {
        return NULL;
    }
    struct profile *profile = library_memory(library, 1, sizeof *profile);
    profile->name = library_string(library, name);
    profile->own = !library_is_shipped(library, path);
    struct reader reader = {.library = library, .text = &text, .problem = problem};
    bool ok = read_profile(&reader, text.root, profile, depth);
    json_free(&text);
    ok = ok && clauses_load(library, name, &profile->clauses, problem);
    return ok ? profile : NULL;
}

struct profile *profile_load(struct library *library, const char *name, struct problem *problem) {
    library->further_count = 0;
    return load(library, name, 0, problem);
}

const struct limit *profile_limit(const struct profile *profile, const char *name) {
    for (size_t i = 0; i < profile->limit_count; i++) {
        if (strcmp(profile->limits[i].name, name) == 0) {
            return &profile->limits[i];
        }
    }
    return NULL;
}

/* ---- a limit given another value by hand ---- */

#define TEXT_MOST 80

static struct limit *named(struct profile *profile, const char *name, struct problem *problem) {
    struct limit *limit = (struct limit *)profile_limit(profile, name);
    if (limit == NULL) {
        static const struct phrase all = {"; `pilebench list limits` has them",
                                          "；限值见`pilebench list limits`"};
        problem_set_both(problem, "profile %s has no limit '%.60s'", "限值集%s没有限值'%.60s'",
                         profile->name, name);
        nearest_add(problem, name, next_limit, profile, all);
    }
    return limit;
}

static bool read_side(const char *text, const struct limit *limit, double *value,
                      struct problem *problem) {
    char reach[RANGE_TEXT_SIZE];
    if (!quantity_parse(text, limit->unit, value)) {
        return problem_set_both(problem, "'%.40s' is no number in %s", "'%.40s'不是以%s为单位的数",
                                text, limit->unit[0] != '\0' ? limit->unit : "no unit at all");
    }
    if (!reach_holds(*value, limit->unit)) {
        reach_text(limit->unit, reach, sizeof reach);
        return problem_set_both(problem, "%.40s is out of range: %s", "%.40s超出范围：%s", text,
                                reach);
    }
    return true;
}

/* "10..20 V": the unit stands once, behind both. */
static bool read_both(char *text, const struct limit *limit, double *min, double *max,
                      struct problem *problem) {
    char *dots = strstr(text, "..");
    if (dots == NULL) {
        return problem_set_both(problem, "this limit has two sides: write MIN..MAX%s%s",
                                "此限值有上下两侧：请写MIN..MAX%s%s",
                                limit->unit[0] != '\0' ? " " : "", limit->unit);
    }
    *dots = '\0';
    char lower[TEXT_MOST + 20];
    bool bare = strspn(text, "+-.0123456789eE ") == strlen(text);
    snprintf(lower, sizeof lower, "%s%s%s", text, bare ? " " : "", bare ? limit->unit : "");
    if (!read_side(limit->unit[0] != '\0' ? lower : text, limit, min, problem) ||
        !read_side(dots + 2, limit, max, problem)) {
        return false;
    }
    return *min <= *max ||
           problem_set_both(problem, "the lower side of this limit is above the upper one",
                            "此限值的下限高于上限");
}

bool profile_change(struct library *library, struct profile *profile, const char *text,
                    struct problem *problem) {
    char copy[TEXT_MOST];
    const char *equals = strchr(text, '=');
    if (equals == NULL || strlen(text) >= sizeof copy) {
        return problem_set_both(problem, "write NAME=VALUE, say estop.open=150ms",
                                "请写NAME=VALUE，如estop.open=150ms");
    }
    snprintf(copy, sizeof copy, "%s", text);
    char *value = copy + (equals - text);
    *value++ = '\0';
    struct limit *limit = named(profile, copy, problem);
    double min = NAN, max = NAN;
    if (limit == NULL) {
        return false;
    }
    bool two = !isnan(limit->min) && !isnan(limit->max);
    double *one = isnan(limit->min) ? &max : &min;
    if (!(two ? read_both(value, limit, &min, &max, problem)
              : read_side(value, limit, one, problem))) {
        return false;
    }
    struct limit *shipped = library_memory(library, 1, sizeof *shipped);
    *shipped = *limit;
    limit->min = min;
    limit->max = max;
    limit->shipped = shipped->shipped ? shipped->shipped : shipped;
    assert(isnan(limit->min) == isnan(shipped->min) && isnan(limit->max) == isnan(shipped->max));
    return true;
}
