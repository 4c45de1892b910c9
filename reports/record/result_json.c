/* SPDX-License-Identifier: MIT */
/* Lines of the record to and from JSON. Not written by cJSON: the order of the keys and
 * every digit of a number are part of the promise that equal records are equal bytes. */
#include "reports/record/internal.h"

#include "sim/memory.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_MAX 9007199254740992.0 /* 2^53: integers beyond are not exact in JSON readers */

/* ------------------------------------------------------------------ writing */

static void put_strings(struct json_writer *json, const char *key, char *const *strings,
                        size_t count) {
    json_begin_array(json, key);
    for (size_t i = 0; i < count; i++) {
        json_string(json, NULL, strings[i] != NULL ? strings[i] : "");
    }
    json_end_array(json);
}

static void put_list(struct json_writer *json, const struct field *field, const void *at,
                     size_t count) {
    assert(field->type == FIELD_CHECKS || field->type == FIELD_CLAUSES);
    size_t size;
    const char *structures;
    memcpy(&structures, at, sizeof structures); /* whatever it points to */
    const struct field_table *table = result_list_of(field->type, &size);
    json_begin_array(json, field->key);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(json, NULL);
        result_put_fields(json, table, structures + i * size);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_field(struct json_writer *json, const struct field *field, const char *structure) {
    const void *at = structure + field->offset;
    const size_t *count = (const size_t *)(const void *)(structure + field->count_offset);
    const char *key = field->key;
    switch (field->type) {
    case FIELD_ID:
        assert(*(char *const *)at != NULL);
        json_string(json, key, *(char *const *)at);
        break;
    case FIELD_STRING:
        json_string(json, key, *(char *const *)at);
        break;
    case FIELD_TEXT:
        json_phrase(json, key, at);
        break;
    case FIELD_STRINGS:
        put_strings(json, key, *(char **const *)at, *count);
        break;
    case FIELD_CHECKS:
    case FIELD_CLAUSES:
        put_list(json, field, at, *count);
        break;
    case FIELD_VERDICT:
        json_string(json, key, verdict_name(*(const enum verdict *)at));
        break;
    case FIELD_KIND:
        json_string(json, key, result_kind_name(*(const enum result_check_kind *)at));
        break;
    case FIELD_BOOL:
        json_bool(json, key, *(const bool *)at);
        break;
    case FIELD_NUMBER:
        json_number(json, key, *(const double *)at);
        break;
    case FIELD_INSTANT:
        if (*(const int64_t *)at < 0) {
            json_null(json, key);
            break;
        }
        json_integer(json, key, *(const int64_t *)at);
        break;
    case FIELD_INTEGER:
        json_integer(json, key, *(const int64_t *)at);
        break;
    case FIELD_COUNT:
        json_count(json, key, *(const uint64_t *)at);
        break;
    case FIELD_SEED:
        json_digits(json, key, *(const uint64_t *)at);
        break;
    case FIELD_SIZE:
        json_count(json, key, *(const size_t *)at);
        break;
    }
}

void result_put_fields(struct json_writer *json, const struct field_table *table,
                       const void *structure) {
    for (size_t i = 0; i < table->count; i++) {
        put_field(json, &table->fields[i], structure);
    }
}

void result_put_run(struct buffer *text, const struct result_run *run) {
    struct json_writer json = {.out = text};
    json_begin_object(&json, NULL);
    json_string(&json, "type", "run");
    json_count(&json, "format", RESULT_FORMAT);
    result_put_fields(&json, &result_run_table, run);
    json_end_object(&json);
}

void result_put_case(struct buffer *text, const struct result_case *one) {
    assert(one->focus_from_ns <= one->focus_to_ns);
    for (size_t i = 0; i < one->check_count; i++) {
        assert(!(one->checks[i].limit_min > one->checks[i].limit_max));
    }
    struct json_writer json = {.out = text};
    json_begin_object(&json, NULL);
    json_string(&json, "type", "case");
    result_put_fields(&json, &result_case_table, one);
    json_end_object(&json);
}

void result_put_end(struct buffer *text, size_t case_count) {
    struct json_writer json = {.out = text};
    json_begin_object(&json, NULL);
    json_string(&json, "type", "end");
    json_count(&json, "cases", case_count);
    json_end_object(&json);
}

void result_put_check(struct json_writer *json, const struct result_check *check) {
    result_put_fields(json, &result_check_table, check);
}

char *result_case_to_json(const struct result_case *one) {
    struct buffer text = {0};
    result_put_case(&text, one);
    return buffer_take(&text);
}

/* ------------------------------------------------------------------ reading */

/* Where in the line something is wrong: "checks[2].margin". */
struct reading {
    struct problem *problem;
    int format;     /* of the record */
    char place[64]; /* prefix of the key, "" or "checks[2]." */
};

static bool wrong(const struct reading *reading, const char *key, const char *wanted) {
    return problem_set(reading->problem, "key \"%s%s\" %s", reading->place, key, wanted);
}

static bool take_structure(const cJSON *object, const struct field_table *table, void *structure,
                           struct reading *reading);

/* NULL: every key of the table is there once at most. Two readers of an object that has one twice would
 * take different ones. */
static const char *key_twice(const cJSON *object, const struct field_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        size_t count = 0;
        const cJSON *item;
        cJSON_ArrayForEach(item, object) {
            count += item->string != NULL && strcmp(item->string, table->fields[i].key) == 0;
        }
        if (count > 1) {
            return table->fields[i].key;
        }
    }
    return NULL;
}

static bool keys_once(const cJSON *object, const struct field_table *table,
                      struct reading *reading) {
    const char *key = key_twice(object, table);
    return key == NULL || wrong(reading, key, "is there twice");
}

static bool take_phrase_side(const cJSON *item, const char **into) {
    *into = cJSON_IsString(item) ? memory_copy(item->valuestring) : NULL;
    return cJSON_IsString(item) || cJSON_IsNull(item);
}

static bool take_string(const cJSON *item, char **into) {
    *into = cJSON_IsString(item) ? memory_copy(item->valuestring) : NULL;
    return cJSON_IsString(item) || cJSON_IsNull(item);
}

static bool take_text(const cJSON *item, struct phrase *into) {
    if (cJSON_IsNull(item)) {
        return true;
    }
    static const struct field sides[] = {{"en", FIELD_STRING, 0, 0, 0},
                                         {"zh", FIELD_STRING, 0, 0, 0}};
    static const struct field_table table = {sides, 2};
    if (!cJSON_IsObject(item) || key_twice(item, &table) != NULL) {
        return false;
    }
    const cJSON *en = cJSON_GetObjectItemCaseSensitive(item, "en");
    const cJSON *zh = cJSON_GetObjectItemCaseSensitive(item, "zh");
    bool en_good = take_phrase_side(en, &into->en);
    bool zh_good = take_phrase_side(zh, &into->zh);
    return en_good && zh_good;
}

static bool take_strings(const cJSON *item, char ***into, size_t *count) {
    if (!cJSON_IsArray(item)) {
        return false;
    }
    *into = memory_zeroed((size_t)cJSON_GetArraySize(item), sizeof **into);
    const cJSON *one;
    cJSON_ArrayForEach(one, item) {
        if (!cJSON_IsString(one)) {
            return false;
        }
        (*into)[(*count)++] = memory_copy(one->valuestring);
    }
    assert(*count == (size_t)cJSON_GetArraySize(item));
    return true;
}

static bool take_list(const cJSON *item, const struct field *field, void *into, size_t *count,
                      struct reading *reading) {
    size_t size;
    const struct field_table *table = result_list_of(field->type, &size);
    if (!cJSON_IsArray(item)) {
        return wrong(reading, field->key, "has to be a list");
    }
    char *structures = memory_zeroed((size_t)cJSON_GetArraySize(item), size);
    memcpy(into, &structures, sizeof structures);
    const cJSON *one;
    cJSON_ArrayForEach(one, item) {
        snprintf(reading->place, sizeof reading->place, "%s[%zu].", field->key, *count);
        if (!take_structure(one, table, structures + (*count)++ * size, reading)) {
            return false;
        }
    }
    assert(*count == (size_t)cJSON_GetArraySize(item));
    reading->place[0] = '\0';
    return true;
}

static bool check_limits(const struct result_case *one, struct reading *reading) {
    for (size_t i = 0; i < one->check_count; i++) {
        if (one->checks[i].limit_min > one->checks[i].limit_max) {
            snprintf(reading->place, sizeof reading->place, "checks[%zu].", i);
            return wrong(reading, "limit_min", "is above limit_max");
        }
    }
    return true;
}

static bool take_number(const cJSON *item, double *into) {
    *into = cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
    return cJSON_IsNumber(item) || cJSON_IsNull(item);
}

static bool take_integer(const cJSON *item, double min, int64_t *into) {
    if (!cJSON_IsNumber(item) || item->valuedouble < min || item->valuedouble > EXACT_MAX ||
        item->valuedouble != floor(item->valuedouble)) {
        return false;
    }
    *into = (int64_t)item->valuedouble;
    return true;
}

static bool take_instant(const cJSON *item, int64_t *into) {
    *into = -1;
    return cJSON_IsNull(item) || take_integer(item, 0, into);
}

static bool take_count(const cJSON *item, uint64_t *into) {
    int64_t value = 0;
    bool good = take_integer(item, 0, &value);
    *into = (uint64_t)value;
    return good;
}

static bool take_seed(const cJSON *item, uint64_t *into) {
    if (!cJSON_IsString(item) || item->valuestring[0] < '0' || item->valuestring[0] > '9') {
        return false;
    }
    char *end;
    errno = 0;
    *into = strtoull(item->valuestring, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool take_verdict(const cJSON *item, enum verdict *into) {
    for (int v = VERDICT_NONE; cJSON_IsString(item) && v <= VERDICT_ERROR; v++) {
        if (strcmp(item->valuestring, verdict_name((enum verdict)v)) == 0) {
            *into = (enum verdict)v;
            return true;
        }
    }
    return false;
}

static bool take_kind(const cJSON *item, enum result_check_kind *into) {
    for (int k = RESULT_MEASURE; cJSON_IsString(item) && k <= RESULT_STEP; k++) {
        if (strcmp(item->valuestring, result_kind_name((enum result_check_kind)k)) == 0) {
            *into = (enum result_check_kind)k;
            return true;
        }
    }
    return false;
}

static bool take_value(const cJSON *item, const struct field *field, char *structure,
                       struct reading *reading) {
    void *at = structure + field->offset;
    size_t *count = (size_t *)(void *)(structure + field->count_offset);
    switch (field->type) {
    case FIELD_STRING:
        return take_string(item, at) || wrong(reading, field->key, "has to be a string or null");
    case FIELD_ID:
        return (take_string(item, at) && *(char **)at != NULL) ||
               wrong(reading, field->key, "has to be a string");
    case FIELD_TEXT:
        return take_text(item, at) ||
               wrong(reading, field->key, "has to be {\"en\": ..., \"zh\": ...} or null");
    case FIELD_STRINGS:
        return take_strings(item, at, count) ||
               wrong(reading, field->key, "has to be a list of strings");
    case FIELD_CHECKS:
    case FIELD_CLAUSES:
        return take_list(item, field, at, count, reading);
    case FIELD_VERDICT:
        return take_verdict(item, at) ||
               wrong(reading, field->key, "has to be none, pass, inconclusive, fail or error");
    case FIELD_KIND:
        return take_kind(item, at) ||
               wrong(reading, field->key, "has to be measure, expect, always, never or step");
    case FIELD_BOOL:
        *(bool *)at = cJSON_IsTrue(item);
        return cJSON_IsBool(item) || wrong(reading, field->key, "has to be true or false");
    case FIELD_NUMBER:
        return take_number(item, at) || wrong(reading, field->key, "has to be a number or null");
    case FIELD_INTEGER:
        return take_integer(item, -EXACT_MAX, at) ||
               wrong(reading, field->key, "has to be a whole number");
    case FIELD_INSTANT:
        return take_instant(item, at) ||
               wrong(reading, field->key, "has to be nanoseconds, 0 or more, or null");
    case FIELD_COUNT:
        return take_count(item, at) || wrong(reading, field->key, "has to be a count, 0 or more");
    case FIELD_SEED:
        return take_seed(item, at) || wrong(reading, field->key, "has to be a string of digits");
    case FIELD_SIZE: {
        uint64_t size = 0;
        bool good = take_count(item, &size);
        *(size_t *)at = (size_t)size;
        return good || wrong(reading, field->key, "has to be a count, 0 or more");
    }
    }
    return false;
}

static bool take_structure(const cJSON *object, const struct field_table *table, void *structure,
                           struct reading *reading) {
    if (!keys_once(object, table, reading)) {
        return false;
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, field->key);
        if (item == NULL && reading->format < field->since) {
            continue;
        }
        if (item == NULL) {
            return wrong(reading, field->key, "is missing");
        }
        if (!take_value(item, field, structure, reading)) {
            return false;
        }
    }
    return true;
}

static bool take_format(const cJSON *object, struct reading *reading) {
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(object, "format");
    if (!cJSON_IsNumber(format)) {
        return wrong(reading, "format", "has to be a number");
    }
    if (format->valuedouble < RESULT_FORMAT_OLDEST ||
        format->valuedouble != floor(format->valuedouble)) {
        return wrong(reading, "format", "has to be a whole number from 1 on");
    }
    if (format->valuedouble > RESULT_FORMAT) {
        return problem_set(reading->problem,
                           "the record has format %g, this program knows up to %d: use a newer one",
                           format->valuedouble, RESULT_FORMAT);
    }
    reading->format = (int)format->valuedouble;
    return true;
}

static bool take_case(const cJSON *object, struct result_case *one, struct reading *reading) {
    if (!take_structure(object, &result_case_table, one, reading)) {
        return false;
    }
    return check_limits(one, reading) && (one->focus_from_ns <= one->focus_to_ns ||
                                          wrong(reading, "focus_from_ns", "is after focus_to_ns"));
}

static enum line_type take_object(const cJSON *object, struct result_line *into,
                                  struct reading *reading) {
    static const struct field line_fields[] = {{"type", FIELD_STRING, 0, 0, 0},
                                               {"format", FIELD_STRING, 0, 0, 0},
                                               {"cases", FIELD_STRING, 0, 0, 0}};
    static const struct field_table line_table = {line_fields, 3};
    if (!keys_once(object, &line_table, reading)) {
        return LINE_BAD;
    }
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, "type");
    const char *type = cJSON_IsString(item) ? item->valuestring : "";
    if (strcmp(type, "run") == 0) {
        bool good = take_format(object, reading) &&
                    take_structure(object, &result_run_table, &into->run, reading);
        into->format = reading->format;
        return good ? LINE_RUN : LINE_BAD;
    }
    if (strcmp(type, "case") == 0) {
        return take_case(object, &into->one, reading) ? LINE_CASE : LINE_BAD;
    }
    if (strcmp(type, "end") == 0) {
        uint64_t cases = 0;
        bool good = take_count(cJSON_GetObjectItemCaseSensitive(object, "cases"), &cases);
        into->end_count = (size_t)cases;
        return good || wrong(reading, "cases", "has to be a count, 0 or more") ? LINE_END
                                                                               : LINE_BAD;
    }
    wrong(reading, "type", "has to be run, case or end");
    return LINE_BAD;
}

enum line_type result_take_line(const char *line, int format, struct result_line *into,
                                struct problem *problem) {
    *into = (struct result_line){0};
    struct reading reading = {.problem = problem, .format = format};
    const char *end = NULL;
    cJSON *object = cJSON_ParseWithOpts(line, &end, true);
    enum line_type type = LINE_BAD;
    if (cJSON_IsObject(object)) {
        type = take_object(object, into, &reading);
    } else if (object != NULL) {
        problem_set(problem, "not a JSON object");
    } else {
        size_t column = end != NULL && end >= line ? (size_t)(end - line) + 1 : 1;
        problem_set(problem, "not JSON, from column %zu on", column);
    }
    cJSON_Delete(object);
    if (type == LINE_BAD) {
        result_release(&result_run_table, &into->run);
        result_release(&result_case_table, &into->one);
        *into = (struct result_line){0};
    }
    return type;
}

struct result_case *result_case_from_json(const char *line, struct problem *problem) {
    struct result_line read;
    enum line_type type = result_take_line(line, RESULT_FORMAT, &read, problem);
    if (type != LINE_CASE) {
        result_release(&result_run_table, &read.run);
        if (type != LINE_BAD) {
            problem_set(problem, "not the line of a case");
        }
        return NULL;
    }
    struct result_case *one = memory_zeroed(1, sizeof *one);
    *one = read.one;
    return one;
}
