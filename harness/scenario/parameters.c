/* SPDX-License-Identifier: MIT */
#include "harness/scenario/parameters.h"

#include "harness/json/graft.h"
#include "harness/scenario/shapes.h"
#include "sim/memory.h"
#include "sim/text/buffer.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS (JSON_STRING | JSON_OBJECT)

static const struct {
    const char *name;
    unsigned types; /* of the value, enum json_type or-ed */
} types[] = {
    [PARAMETER_LIMIT] = {"limit", JSON_STRING}, [PARAMETER_EVENT] = {"event", JSON_STRING},
    [PARAMETER_TIME] = {"time", JSON_STRING},   [PARAMETER_TEXT] = {"text", TEXTS},
    [PARAMETER_WORD] = {"word", JSON_STRING},   [PARAMETER_NUMBER] = {"number", JSON_NUMBER},
};

_Static_assert(COUNT(types) == PARAMETER_TYPES, "a name for every type");

const char *parameter_type_name(enum parameter_type type) {
    assert((size_t)type < COUNT(types));
    return types[type].name;
}

/* ---- declarations and values ---- */

static const char *next_type(void *ctx, size_t index) {
    (void)ctx;
    return index < COUNT(types) ? types[index].name : NULL;
}

static bool read_type(const struct reader *reader, const cJSON *item, enum parameter_type *type) {
    for (size_t i = 0; i < COUNT(types); i++) {
        if (strcmp(types[i].name, item->valuestring) == 0) {
            *type = (enum parameter_type)i;
            return true;
        }
    }
    static const struct phrase all = {"; there are limit, event, time, text, word, number",
                                      "；可用limit、event、time、text、word、number"};
    struct problem cause;
    problem_set_both(&cause, "there is no parameter type '%.40s'", "没有参数类型'%.40s'",
                     item->valuestring);
    nearest_add(&cause, item->valuestring, next_type, NULL, all);
    return json_fault_as(reader->text, item, JSON_AT_VALUE, reader->problem, &cause);
}

/* Marks are looked up when all steps are known. */
static bool read_value_event(const struct reader *reader, const cJSON *value) {
    struct event_def event;
    if (value->valuestring[0] == '@') {
        return name_is_plain(value->valuestring + 1) ||
               json_fault_both(reader->text, value, JSON_AT_VALUE, reader->problem,
                               "a mark is '@' and a-z, 0-9 and '-'", "标记为'@'加a-z、0-9和'-'");
    }
    return read_event(reader, value, &event);
}

/* reader->text: where the value stands. */
static bool value_fits(const struct reader *reader, const cJSON *value, enum parameter_type type) {
    assert((size_t)type < COUNT(types));
    const struct limit *limit;
    struct phrase phrase;
    int64_t time_ns;
    if (!json_type(reader->text, value, value->string, types[type].types, reader->problem)) {
        return false;
    }
    switch (type) {
    case PARAMETER_LIMIT:
        return read_limit(reader, value, &limit);
    case PARAMETER_EVENT:
        return read_value_event(reader, value);
    case PARAMETER_TIME:
        return read_time(reader, value, &time_ns);
    case PARAMETER_TEXT:
        return read_text(reader, value, &phrase);
    case PARAMETER_WORD:
        return value->valuestring[0] != '\0' ||
               json_fault_both(reader->text, value, JSON_AT_VALUE, reader->problem,
                               "a word is not empty", "word不能为空");
    case PARAMETER_NUMBER:
        return true;
    }
    return false;
}

static enum parameter_type type_of(const cJSON *declaration) {
    const char *name = member(declaration, "type")->valuestring;
    size_t i = 0;
    while (strcmp(types[i].name, name) != 0) {
        i++;
        assert(i < COUNT(types)); /* parameters_declared has seen it */
    }
    return (enum parameter_type)i;
}

static const struct json_key parameter_key_table[] = {
    {"type", JSON_STRING, true}, {"default", TEXTS | JSON_NUMBER, false}, {"title", TEXTS, false}};

static bool read_declaration(const struct reader *reader, const cJSON *declaration) {
    enum parameter_type type = PARAMETER_WORD;
    struct phrase title;
    if (!json_keys(reader->text, declaration, "a parameter", parameter_key_table,
                   COUNT(parameter_key_table), reader->problem) ||
        !read_type(reader, member(declaration, "type"), &type)) {
        return false;
    }
    const cJSON *value = member(declaration, "default");
    return (!member(declaration, "title") ||
            read_text(reader, member(declaration, "title"), &title)) &&
           (!value || value_fits(reader, value, type));
}

bool parameters_declared(const struct reader *reader, const cJSON *declared) {
    const cJSON *declaration;
    int count = 0;
    if (!declared) {
        return true;
    }
    if (!json_names(reader->text, declared, "parameters", JSON_OBJECT, reader->problem)) {
        return false;
    }
    cJSON_ArrayForEach(declaration, declared) {
        if (!name_is_plain(declaration->string)) {
            return json_fault_both(reader->text, declaration, JSON_AT_KEY, reader->problem,
                                   "a parameter's name is made of a-z, 0-9 and '-'",
                                   "参数名只能由a-z、0-9和'-'组成");
        }
        if (++count > PARAMETERS_MAX) {
            return json_fault_both(reader->text, declaration, JSON_AT_KEY, reader->problem,
                                   "there are more than %d parameters", "参数多于%d个",
                                   PARAMETERS_MAX);
        }
        if (!read_declaration(reader, declaration)) {
            return false;
        }
    }
    return true;
}

static const char *next_parameter(void *ctx, size_t index) {
    const struct filling *filling = ctx;
    const cJSON *item = filling->declared ? filling->declared->child : NULL;
    while (item && index-- > 0) {
        item = item->next;
    }
    return item ? item->string : NULL;
}

/* A name that is not declared, at the n-th byte of a text or at a key. */
static bool unknown_name(const struct filling *filling, const struct json_text *text,
                         const cJSON *item, size_t at, const char *name) {
    struct filling names = *filling;
    struct problem cause;
    problem_set_both(&cause, "%s '%.40s' has no parameter '%.40s'", "%s'%.40s'没有参数'%.40s'",
                     filling->what, filling->name, name);
    nearest_add(&cause, name, next_parameter, &names, nearest_else);
    return json_fault_as(text, item, at, filling->reader->problem, &cause);
}

static bool values_known(const struct filling *filling) {
    const struct reader *reader = filling->reader;
    const cJSON *value;
    if (!filling->with) {
        return true;
    }
    if (!json_names(reader->text, filling->with, "with", TEXTS | JSON_NUMBER, reader->problem)) {
        return false;
    }
    cJSON_ArrayForEach(value, filling->with) {
        const cJSON *declaration =
            filling->declared ? member(filling->declared, value->string) : NULL;
        if (!declaration) {
            return unknown_name(filling, reader->text, value, JSON_AT_KEY, value->string);
        }
        if (!value_fits(reader, value, type_of(declaration))) {
            return false;
        }
    }
    return true;
}

bool parameters_check(const struct filling *filling) {
    const cJSON *declaration;
    if (!values_known(filling)) {
        return false;
    }
    cJSON_ArrayForEach(declaration, filling->declared) {
        if (!member(declaration, "default") &&
            !(filling->with && member(filling->with, declaration->string))) {
            const cJSON *at = filling->with ? filling->with : filling->given_at;
            return json_fault_both(
                filling->reader->text, at, JSON_AT_VALUE, filling->reader->problem,
                "%s '%.40s' needs \"%.40s\" (%s) in \"with\"",
                "%s'%.40s'须在\"with\"中给出\"%.40s\"（%s）", filling->what, filling->name,
                declaration->string, types[type_of(declaration)].name);
        }
    }
    return true;
}

/* ---- filling in ---- */

/* A value with where it stands. */
struct bound {
    enum parameter_type type;
    const cJSON *value;
    const struct json_text *text;
};

static bool find_bound(struct filling *filling, const char *name, struct bound *bound) {
    const cJSON *declaration;
    size_t i = 0;
    cJSON_ArrayForEach(declaration, filling->declared) {
        if (strcmp(declaration->string, name) == 0) {
            const cJSON *given = filling->with ? member(filling->with, name) : NULL;
            assert(i < PARAMETERS_MAX);
            filling->used[i] = true;
            *bound =
                (struct bound){type_of(declaration), given ? given : member(declaration, "default"),
                               given ? filling->reader->text : filling->written};
            assert(bound->value); /* parameters_check */
            return true;
        }
        i++;
    }
    return false;
}

/* Where an item's copy says it comes from: what a group wrote is there because of its use. */
static cJSON *graft_from(const struct filling *filling, const struct json_text *text,
                         const cJSON *item, bool composed, cJSON *fresh) {
    const struct json_source source = {text, item, text == filling->written ? filling->use : NULL,
                                       composed};
    if (item->string && !fresh->string) {
        fresh->string = memory_copy(item->string);
    }
    return json_graft(filling->target, &source, fresh);
}

static cJSON *copy_plain(const struct filling *filling, const struct json_text *text,
                         const cJSON *item) {
    cJSON *fresh = graft_from(filling, text, item, false, cJSON_Duplicate(item, false));
    const cJSON *child;
    cJSON_ArrayForEach(child, item) {
        cJSON_AddItemToArray(fresh, copy_plain(filling, text, child));
    }
    return fresh;
}

static bool is_joined(const char *event) {
    return strstr(event, " and ") || strstr(event, " or ");
}

/* The value within a longer text; "en" and "zh" take their side of a text in two languages. */
static bool put_bound(const struct filling *filling, const cJSON *item, const struct bound *bound,
                      struct buffer *text) {
    const cJSON *value = bound->value;
    if (cJSON_IsObject(value)) {
        bool side =
            item->string && (strcmp(item->string, "en") == 0 || strcmp(item->string, "zh") == 0);
        if (!side) {
            return json_fault_both(filling->written, item, JSON_AT_VALUE, filling->reader->problem,
                                   "a text in two languages goes into \"en\" and \"zh\" only",
                                   "双语文本只能放在\"en\"和\"zh\"中");
        }
        value = member(value, item->string);
    }
    if (cJSON_IsNumber(value)) {
        char number[BUFFER_NUMBER_SIZE];
        buffer_put(text, buffer_number(number, value->valuedouble));
        return true;
    }
    bool joined = bound->type == PARAMETER_EVENT && is_joined(value->valuestring);
    buffer_put(text, joined ? "(" : "");
    buffer_put(text, value->valuestring);
    buffer_put(text, joined ? ")" : "");
    return true;
}

/* At "${": the name up to "}", at most 80 bytes. *end: after it. */
static bool read_name(const struct filling *filling, const cJSON *item, const char *at,
                      char name[81], const char **end) {
    const char *close = strchr(at, '}');
    size_t length = close ? (size_t)(close - at) - 2 : 0;
    if (!close || length == 0 || length > 80) {
        return json_fault_both(filling->written, item, (size_t)(at - item->valuestring),
                               filling->reader->problem,
                               "a parameter is written \"${name}\"; here its end is missing",
                               "参数写作\"${name}\"；此处缺少结尾");
    }
    assert(length > 0 && length <= 80);
    memcpy(name, at + 2, length);
    name[length] = '\0';
    *end = close + 1;
    return true;
}

static bool compose(struct filling *filling, const cJSON *item, struct buffer *text) {
    const char *from = item->valuestring, *at;
    while ((at = strstr(from, "${"))) {
        char name[81];
        struct bound bound;
        buffer_put_bytes(text, from, (size_t)(at - from));
        if (!read_name(filling, item, at, name, &from)) {
            return false;
        }
        if (!find_bound(filling, name, &bound)) {
            return unknown_name(filling, filling->written, item, (size_t)(at - item->valuestring),
                                name);
        }
        if (!put_bound(filling, item, &bound, text)) {
            return false;
        }
    }
    buffer_put(text, from);
    return true;
}

/* "${name}" alone: the value itself, under the item's name. */
static cJSON *take_whole(struct filling *filling, const cJSON *item) {
    char name[81];
    const char *end;
    struct bound bound;
    size_t length = strlen(item->valuestring);
    if (strncmp(item->valuestring, "${", 2) != 0 || item->valuestring[length - 1] != '}' ||
        strchr(item->valuestring, '}') != item->valuestring + length - 1 ||
        !read_name(filling, item, item->valuestring, name, &end) ||
        !find_bound(filling, name, &bound)) {
        return NULL;
    }
    if (cJSON_IsObject(bound.value) && item->string &&
        (strcmp(item->string, "en") == 0 || strcmp(item->string, "zh") == 0)) {
        bound.value = member(bound.value, item->string);
    }
    cJSON *fresh = copy_plain(filling, bound.text, bound.value);
    cJSON_free(fresh->string);
    fresh->string = memory_copy(item->string);
    return fresh;
}

static cJSON *fill_string(struct filling *filling, const cJSON *item) {
    cJSON *whole = strstr(item->valuestring, "${") ? take_whole(filling, item) : NULL;
    if (whole) {
        return whole;
    }
    struct buffer text = {0};
    bool ok = compose(filling, item, &text);
    char *chars = buffer_take(&text);
    cJSON *fresh = NULL;
    if (ok) {
        bool composed = strcmp(chars, item->valuestring) != 0;
        fresh = graft_from(filling, filling->written, item, composed, cJSON_CreateString(chars));
    }
    free(chars);
    return fresh;
}

cJSON *parameters_fill(struct filling *filling, const cJSON *item) {
    if (cJSON_IsString(item)) {
        return fill_string(filling, item);
    }
    cJSON *fresh = graft_from(filling, filling->written, item, false, cJSON_Duplicate(item, false));
    const cJSON *child;
    cJSON_ArrayForEach(child, item) {
        cJSON *filled = parameters_fill(filling, child);
        if (!filled) {
            cJSON_Delete(fresh);
            return NULL;
        }
        cJSON_AddItemToArray(fresh, filled);
    }
    return fresh;
}

bool parameters_used(const struct filling *filling) {
    const cJSON *declaration;
    size_t i = 0;
    cJSON_ArrayForEach(declaration, filling->declared) {
        if (!filling->used[i++]) {
            return json_fault(
                filling->written, declaration, JSON_AT_KEY, filling->reader->problem,
                "%s '%.40s' never uses its parameter: write \"${%.40s}\" in a text of "
                "it, or leave the parameter out",
                filling->what, filling->name, declaration->string);
        }
    }
    return true;
}

struct json_shape parameter_keys(void) {
    return (struct json_shape){"a parameter", NULL, parameter_key_table,
                               COUNT(parameter_key_table)};
}
