/* SPDX-License-Identifier: MIT */
/* A case: its own file, the steps of its start state, the monitors. */
#include "harness/scenario/scenario.h"

#include "harness/scenario/groups.h"
#include "harness/scenario/internal.h"
#include "harness/scenario/needs.h"
#include "harness/scenario/rows.h"
#include "harness/scenario/shapes.h"
#include "sim/signal.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STEPS_MAX    500
#define CHECKS_MAX   200
#define MONITORS_MAX 100
#define COVERS_MAX   100
#define BASES_MAX    8 /* start states upon start states */
#define TIMEOUT_NS   (600 * INT64_C(1000000000))
#define TEXTS        (JSON_STRING | JSON_OBJECT)

/* A case while it is read. */
struct reading {
    struct reader reader; /* of the case's file */
    struct scenario *scenario;
};

/* ---- steps ---- */

/* Room for so many more steps, behind those that are there. */
static void reserve_steps(struct library *library, struct scenario *scenario, size_t more) {
    struct step_def *steps =
        library_memory(library, scenario->step_count + more + 1, sizeof *steps);
    if (scenario->step_count > 0) {
        memcpy(steps, scenario->steps, scenario->step_count * sizeof *steps);
    }
    scenario->steps = steps;
}

static bool append_steps(struct reader *reader, const cJSON *array, bool from_start,
                         struct scenario *scenario) {
    if (!json_entries(reader->text, array, "steps", JSON_OBJECT, 0, STEPS_MAX, reader->problem)) {
        return false;
    }
    reserve_steps(reader->library, scenario, (size_t)cJSON_GetArraySize(array));
    reader->steps = scenario->steps;
    struct entries entries = entries_begin(reader);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        struct step_def *step = &scenario->steps[scenario->step_count];
        reader->step_count = scenario->step_count;
        bool good = read_step(reader, item, step);
        entries_take(&entries, good);
        if (!good && !step->mark && cJSON_IsString(member(item, "mark"))) {
            /* Whoever names it is not at fault. */
            step->mark = library_string(reader->library, member(item, "mark")->valuestring);
        }
        step->from_start = from_start;
        step->stimulus = step->stimulus || (from_start && step->type == STEP_UNTIL);
        /* The start state's steps all come first. */
        assert(scenario->step_count == 0 || step[-1].from_start || !from_start);
        scenario->step_count++;
    }
    reader->step_count = scenario->step_count;
    return entries_end(&entries);
}

static const char *next_member(void *ctx, size_t index) {
    const cJSON *item = ((const cJSON *)ctx)->child;
    while (item && index-- > 0) {
        item = item->next;
    }
    return item ? item->string : NULL;
}

/* The start state's steps after those of its base. depth bounds the recursion. */
static bool append_start(struct reader *reader, const cJSON *states, const cJSON *state, int depth,
                         struct scenario *scenario) {
    static const struct json_key keys[] = {
        {"title", TEXTS, true}, {"base", JSON_STRING, false}, {"steps", JSON_ARRAY, true}};
    if (!json_keys(reader->text, state, "a start state", keys, COUNT(keys), reader->problem)) {
        return false;
    }
    const cJSON *base_name = member(state, "base");
    const cJSON *base = base_name ? member(states, base_name->valuestring) : NULL;
    if (base_name && !base) {
        return json_fault_both(reader->text, base_name, JSON_AT_VALUE, reader->problem,
                               "there is no start state '%.60s'", "没有初始状态'%.60s'",
                               base_name->valuestring);
    }
    if (base && depth == BASES_MAX) {
        return json_fault_both(reader->text, base_name, JSON_AT_VALUE, reader->problem,
                               "more than %d states upon each other (or a circle)",
                               "初始状态的基础多于%d层（或成环）", BASES_MAX);
    }
    return (!base || append_start(reader, states, base, depth + 1, scenario)) &&
           append_steps(reader, member(state, "steps"), true, scenario);
}

/* The case's "start" is a state of starts.json; a fault of the name is the case's. */
static bool read_start(const struct reading *one, const cJSON *name, const struct json_text *text) {
    static const struct json_key keys[] = {{"$schema", JSON_STRING, false},
                                           {"starts", JSON_OBJECT, true}};
    struct reader reader = one->reader;
    reader.text = text;
    if (!json_keys(text, text->root, "starts.json", keys, COUNT(keys), reader.problem)) {
        return false;
    }
    cJSON *states = cJSON_GetObjectItemCaseSensitive(text->root, "starts");
    if (!json_names(text, states, "starts", JSON_OBJECT, reader.problem)) {
        return false;
    }
    const cJSON *state = member(states, name->valuestring);
    if (!state) {
        struct problem cause;
        problem_set_both(&cause, "starts.json has no state '%.60s'", "starts.json中没有状态'%.60s'",
                         name->valuestring);
        nearest_add(&cause, name->valuestring, next_member, states, nearest_else);
        return json_fault_as(one->reader.text, name, JSON_AT_VALUE, reader.problem, &cause);
    }
    return append_start(&reader, states, state, 0, one->scenario) &&
           read_text(&reader, member(state, "title"), &one->scenario->start_title);
}

static bool read_steps(struct reading *one, const cJSON *root) {
    const cJSON *start = member(root, "start");
    struct scenario *scenario = one->scenario;
    struct library *library = one->reader.library;
    if (start) {
        struct json_text text;
        scenario->start = library_string(library, start->valuestring);
        if (!json_read(&text, library_path(library, "", "starts"), one->reader.problem)) {
            return false;
        }
        bool ok = read_start(one, start, &text);
        json_free(&text);
        if (!ok) {
            return false;
        }
    }
    const cJSON *steps = member(root, "steps");
    if (!steps) {
        reserve_steps(library, scenario, 0);
    }
    one->reader.steps = scenario->steps;
    one->reader.step_count = scenario->step_count;
    return !steps || append_steps(&one->reader, steps, false, scenario);
}

/* ---- monitors ---- */

/* other: that of the other gun. */
static bool is_off(const struct scenario *scenario, const char *id, bool other) {
    for (size_t i = 0; i < scenario->monitors_off_count; i++) {
        const char *off = scenario->monitors_off[i];
        if (signal_is_of_gun2(off) == other &&
            strcmp(off + (other ? strlen(SIGNAL_GUN2) : 0), id) == 0) {
            return true;
        }
    }
    return false;
}

/* All monitors are read, and so checked; those that are off are dropped again. */
static bool append_monitors(const struct reader *reader, const cJSON *array,
                            struct scenario *scenario) {
    if (!json_entries(reader->text, array, "monitors", JSON_OBJECT, 1, MONITORS_MAX,
                      reader->problem)) {
        return false;
    }
    struct entries entries = entries_begin(reader);
    const cJSON *item, *other;
    cJSON_ArrayForEach(item, array) {
        struct check_def *check = &scenario->checks[scenario->check_count];
        *check = (struct check_def){0};
        bool good = read_check(reader, item, true, check);
        entries_take(&entries, good);
        if (!good) {
            continue;
        }
        for (other = array->child; other != item; other = other->next) {
            const cJSON *id = member(other, "id"); /* of a bad one it may be anything */
            if (cJSON_IsString(id) && strcmp(id->valuestring, check->id) == 0) {
                return json_fault_both(reader->text, member(item, "id"), JSON_AT_VALUE,
                                       reader->problem, "two monitors have the id '%s'",
                                       "两个监视项的id都是'%s'", check->id);
            }
        }
        if (!is_off(scenario, check->id, true)) {
            scenario->other_monitors[scenario->other_monitor_count++] = *check;
        }
        if (!is_off(scenario, check->id, false)) {
            scenario->check_count++;
        }
    }
    return entries_end(&entries);
}

static bool monitors_exist(const struct reading *one, const cJSON *array, const cJSON *off) {
    const cJSON *item, *monitor;
    cJSON_ArrayForEach(item, off) {
        const cJSON *id = member(item, "id");
        bool found = false;
        cJSON_ArrayForEach(monitor, array) {
            const char *name = id->valuestring;
            name += signal_is_of_gun2(name) ? strlen(SIGNAL_GUN2) : 0;
            found |= strcmp(member(monitor, "id")->valuestring, name) == 0;
        }
        if (!found) {
            return json_fault_both(one->reader.text, id, JSON_AT_VALUE, one->reader.problem,
                                   "monitors.json has no monitor '%.60s'",
                                   "monitors.json中没有监视项'%.60s'", id->valuestring);
        }
    }
    return true;
}

static bool read_monitors_off(const struct reading *one, const cJSON *array) {
    static const struct json_key keys[] = {{"id", JSON_STRING, true}, {"why", TEXTS, true}};
    const struct reader *reader = &one->reader;
    struct scenario *scenario = one->scenario;
    if (!array) {
        return true;
    }
    if (!json_entries(reader->text, array, "monitors_off", JSON_OBJECT, 1, MONITORS_MAX,
                      reader->problem)) {
        return false;
    }
    scenario->monitors_off =
        library_memory(reader->library, MONITORS_MAX, sizeof *scenario->monitors_off);
    scenario->monitors_off_why =
        library_memory(reader->library, MONITORS_MAX, sizeof *scenario->monitors_off_why);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        size_t i = scenario->monitors_off_count;
        if (!json_keys(reader->text, item, "a monitor to leave out", keys, COUNT(keys),
                       reader->problem) ||
            !read_text(reader, member(item, "why"), &scenario->monitors_off_why[i])) {
            return false;
        }
        scenario->monitors_off[i] =
            library_string(reader->library, member(item, "id")->valuestring);
        scenario->monitors_off_count++;
    }
    return true;
}

static bool read_monitors(const struct reading *one, const cJSON *root) {
    static const struct json_key keys[] = {{"$schema", JSON_STRING, false},
                                           {"monitors", JSON_ARRAY, true}};
    const cJSON *off = member(root, "monitors_off");
    struct json_text text;
    struct library *library = one->reader.library;
    if (!read_monitors_off(one, off) ||
        !json_read(&text, library_path(library, "", "monitors"), one->reader.problem)) {
        return false;
    }
    struct reader reader = one->reader;
    reader.text = &text;
    reader.step_count = 0; /* the marks of a case mean nothing to a monitor */
    const cJSON *array = NULL;
    bool ok = json_keys(&text, text.root, "monitors.json", keys, COUNT(keys), reader.problem);
    if (ok) {
        array = member(text.root, "monitors");
        ok = append_monitors(&reader, array, one->scenario) && monitors_exist(one, array, off);
    }
    json_free(&text);
    return ok;
}

static bool read_checks(const struct reading *one, const cJSON *root) {
    const cJSON *checks = member(root, "checks");
    struct scenario *scenario = one->scenario;
    const struct reader *reader = &one->reader;
    scenario->checks =
        library_memory(reader->library, CHECKS_MAX + MONITORS_MAX + 1, sizeof *scenario->checks);
    scenario->other_monitors =
        library_memory(reader->library, MONITORS_MAX, sizeof *scenario->other_monitors);
    if (checks && !json_entries(reader->text, checks, "checks", JSON_OBJECT, 1, CHECKS_MAX,
                                reader->problem)) {
        return false;
    }
    struct entries entries = entries_begin(reader);
    const cJSON *item;
    cJSON_ArrayForEach(item, checks) {
        entries_take(&entries,
                     read_check(reader, item, false, &scenario->checks[scenario->check_count]));
        scenario->check_count++;
    }
    entries_take(&entries, read_monitors(one, root));
    return entries_end(&entries);
}

/* ---- the case ---- */

static bool read_covers(const struct reading *one, const cJSON *array) {
    const struct reader *reader = &one->reader;
    if (!array) {
        return true;
    }
    if (!json_entries(reader->text, array, "covers", JSON_STRING, 0, COVERS_MAX, reader->problem)) {
        return false;
    }
    one->scenario->covers =
        library_memory(reader->library, COVERS_MAX, sizeof *one->scenario->covers);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        one->scenario->covers[one->scenario->cover_count++] =
            library_string(reader->library, item->valuestring);
    }
    return true;
}

/* The id names files of the results; in cases/ it is the file's own name, so that it is unique. */
static bool read_id(const struct reading *one, const cJSON *id, const char *name) {
    if (!name_is_plain(id->valuestring)) {
        return json_fault_both(one->reader.text, id, JSON_AT_VALUE, one->reader.problem,
                               "an id is made of a-z, 0-9 and '-' (at most 80)",
                               "id只能由a-z、0-9和'-'组成（最多80个字符）");
    }
    if (name && strcmp(name, id->valuestring) != 0) {
        return json_fault_both(one->reader.text, id, JSON_AT_VALUE, one->reader.problem,
                               "the id of a case in cases/ is its file's name: '%.80s'",
                               "cases/中用例的id就是文件名：'%.80s'", name);
    }
    one->scenario->id = library_string(one->reader.library, id->valuestring);
    return true;
}

static bool read_vehicle(const struct reading *one, const cJSON *vehicle, const char **kept) {
    const char *name = vehicle->valuestring;
    if (!name_is_plain(name) || !library_has(one->reader.library, "vehicles", name)) {
        struct problem *problem = one->reader.problem;
        if (library_unknown(one->reader.library, "vehicles", "vehicle", name, problem)) {
            return true;
        }
        return json_fault_as(one->reader.text, vehicle, JSON_AT_VALUE, problem, problem);
    }
    *kept = library_string(one->reader.library, name);
    return preset_sound(one->reader.library, name, one->reader.problem);
}

/* One, or that of each gun. */
static bool read_vehicles(const struct reading *one, const cJSON *vehicle) {
    struct scenario *scenario = one->scenario;
    if (cJSON_IsString(vehicle)) {
        return read_vehicle(one, vehicle, &scenario->vehicle);
    }
    return json_entries(one->reader.text, vehicle, "vehicle", JSON_STRING, 2, 2,
                        one->reader.problem) &&
           read_vehicle(one, vehicle->child, &scenario->vehicle) &&
           read_vehicle(one, vehicle->child->next, &scenario->other_vehicle);
}

/* ---- the second gun ---- */

/* What is there with two guns only. */
static bool names_what_joins_guns(const char *text) {
    return strstr(text, "tie.") != NULL || strstr(text, " tie") != NULL ||
           strstr(text, "share vehicle") != NULL || strstr(text, "vehicle.shared") != NULL;
}

static bool event_names_other(const struct event_def *event) {
    return event->text != NULL &&
           (strstr(event->text, SIGNAL_GUN2) != NULL || names_what_joins_guns(event->text));
}

static bool names_other_gun(const struct scenario *scenario) {
    bool named = scenario->other_vehicle != NULL;
    for (size_t i = 0; i < scenario->step_count; i++) {
        named = named || event_names_other(&scenario->steps[i].what);
    }
    for (size_t i = 0; i < scenario->check_count; i++) {
        const struct check_def *check = &scenario->checks[i];
        named = named || event_names_other(&check->condition) || event_names_other(&check->after) ||
                event_names_other(&check->from) || event_names_other(&check->to);
    }
    for (size_t i = 0; i < scenario->need_count; i++) {
        const char *condition = scenario->needs[i].condition;
        named = named || strstr(condition, SIGNAL_GUN2) != NULL ||
                strstr(condition, "rig.second_gun") != NULL; /* which is there with it only */
    }
    return named;
}

/* What a case with two guns cannot do without, whatever else it needs. */
static bool count_guns(const struct reading *one, const cJSON *root) {
    struct scenario *scenario = one->scenario;
    scenario->guns = names_other_gun(scenario) ? 2 : 1;
    return scenario->guns == 1 || needs_two_guns(&one->reader, root, scenario);
}

static const struct json_key case_key_table[] = {{"$schema", JSON_STRING, false},
                                                 {"id", JSON_STRING, true},
                                                 {"title", TEXTS, true},
                                                 {"purpose", TEXTS, false},
                                                 {"covers", JSON_ARRAY, false},
                                                 {"needs", JSON_ARRAY, false},
                                                 {"vehicle", JSON_STRING | JSON_ARRAY, true},
                                                 {"start", JSON_STRING, false},
                                                 {"clock", JSON_STRING, false},
                                                 {"firmware", JSON_OBJECT, false},
                                                 {"steps", JSON_ARRAY, false},
                                                 {"checks", JSON_ARRAY, false},
                                                 {"timeout", JSON_STRING, false},
                                                 {"monitors_off", JSON_ARRAY, false},
                                                 {"parameters", JSON_OBJECT, false},
                                                 {"rows", JSON_ARRAY, false}};

/* Twice: before the row's values are filled in, and after. */
static bool case_shape(const struct reader *reader, const cJSON *root) {
    return json_keys(reader->text, root, "a case", case_key_table, COUNT(case_key_table),
                     reader->problem);
}

static bool read_case(struct reading *one, const cJSON *root, const char *name) {
    const struct reader *reader = &one->reader;
    if (!case_shape(reader, root)) {
        return false;
    }
    const cJSON *purpose = member(root, "purpose");
    const cJSON *timeout = member(root, "timeout");
    one->scenario->timeout_ns = TIMEOUT_NS;
    struct entries parts = entries_begin(reader);
    entries_take(&parts, read_id(one, member(root, "id"), name));
    entries_take(&parts, read_text(reader, member(root, "title"), &one->scenario->title));
    entries_take(&parts, !purpose || read_text(reader, purpose, &one->scenario->purpose));
    entries_take(&parts, !timeout || read_time(reader, timeout, &one->scenario->timeout_ns));
    entries_take(&parts, read_covers(one, member(root, "covers")));
    entries_take(&parts, read_needs(reader, member(root, "needs"), one->scenario));
    entries_take(&parts, read_vehicles(one, member(root, "vehicle")));
    entries_take(&parts, read_setup(reader, root, &one->scenario->setup));
    entries_take(&parts, read_steps(one, root));
    entries_take(&parts, read_checks(one, root));
    return entries_end(&parts) && count_guns(one, root);
}

/* A name of cases/, a path, or a path inside the library's folder; NULL: a name of cases/ that is
 * not there. *plain: the file's name is bound to the id. */
static const char *find_file(struct library *library, const char *name, bool *plain) {
    *plain = name_is_plain(name);
    if (*plain) {
        return case_path(library, name);
    }
    if (access(name, F_OK) != 0 && name[0] != '/') {
        size_t size = strlen(library->folder) + strlen(name) + 2;
        char *inside = library_memory(library, size, 1);
        snprintf(inside, size, "%s/%s", library->folder, name);
        if (access(inside, F_OK) == 0) {
            return inside;
        }
    }
    return library_string(library, name);
}

static const char *joined(struct library *library, const char *a, const char *between,
                          const char *b, const char *end) {
    size_t size = strlen(a) + strlen(between) + strlen(b) + strlen(end) + 1;
    char *text = library_memory(library, size, 1);
    snprintf(text, size, "%s%s%s%s", a, between, b, end);
    return text;
}

/* What of a case with rows depends on the row. */
static void name_row(struct library *library, const struct row *row, struct scenario *scenario) {
    scenario->name = scenario->stem = scenario->id;
    scenario->case_title = scenario->title;
    if (!row->name) {
        return;
    }
    scenario->row = row->name;
    scenario->row_values = row->values;
    scenario->row_value_count = row->value_count;
    scenario->row_cover_count = row->cover_count;
    scenario->id = joined(library, scenario->name, "[", row->name, "]");
    scenario->stem = joined(library, scenario->name, ".", row->name, "");
    if (row->title.en) {
        scenario->title.en = joined(library, scenario->title.en, ": ", row->title.en, "");
        scenario->title.zh = joined(library, scenario->title.zh, "：", row->title.zh, "");
    }
}

/* The row, then the groups, then the case: each finds what the one before has put in place. */
static bool read_whole(struct reading *one, struct json_text *text, struct groups *groups,
                       const char *row_name, const char *name) {
    struct row row;
    bool ok =
        case_shape(&one->reader, text->root) && rows_choose(&one->reader, text, row_name, &row) &&
        groups_expand(groups, &one->reader, text, text->root) && read_case(one, text->root, name);
    if (ok) {
        name_row(one->reader.library, &row, one->scenario);
    }
    return ok;
}

struct scenario *scenario_load(struct library *library, const char *name,
                               const struct profile *profile, struct problem *problem) {
    bool plain;
    library->further_count = 0;
    const char *row = rows_split(library, name, &name);
    struct json_text text;
    const char *path = find_file(library, name, &plain);
    if (!path) {
        case_unknown(library, name, problem);
        return NULL;
    }
    if (!json_read(&text, path, problem)) {
        return NULL;
    }
    struct reading one = {
        .reader = {.library = library, .text = &text, .problem = problem, .profile = profile},
        .scenario = library_memory(library, 1, sizeof *one.scenario)};
    struct groups groups = {0};
    one.scenario->file = path;
    bool ok = read_whole(&one, &text, &groups, row, plain ? name : NULL);
    json_free(&text);
    groups_free(&groups);
    assert(!ok || (one.scenario->timeout_ns > 0 && one.scenario->check_count > 0));
    return ok ? one.scenario : NULL;
}

struct scenario **scenario_load_rows(struct library *library, const char *name,
                                     const struct profile *profile, size_t *count,
                                     struct problem *problem) {
    bool plain;
    const char *base, **rows = NULL;
    bool one_row = rows_split(library, name, &base) != NULL;
    const char *path = one_row ? NULL : find_file(library, name, &plain);
    size_t row_count = path ? rows_names(library, path, &rows) : 0;
    *count = row_count > 0 ? row_count : 1;
    struct scenario **list = library_memory(library, *count, sizeof *list);
    for (size_t i = 0; i < *count; i++) {
        const char *one = row_count > 0 ? joined(library, name, "[", rows[i], "]") : name;
        list[i] = scenario_load(library, one, profile, problem);
        if (!list[i]) {
            return NULL;
        }
    }
    return list;
}

bool scenario_is_named(const struct scenario *scenario, const char *name) {
    return strcmp(name, scenario->id) == 0 || strcmp(name, scenario->name) == 0;
}

struct json_shape case_keys(void) {
    return (struct json_shape){"a case", NULL, case_key_table, COUNT(case_key_table)};
}
