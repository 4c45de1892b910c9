/* SPDX-License-Identifier: MIT */
/* The definitions that the schemas refer to. */
#include "harness/cli/schema.h"
#include "harness/scenario/shapes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FILLED "\\\\$\\\\{[a-z0-9-]+\\\\}" /* "${name}", in a pattern in JSON */
#define NAME   "^[a-z0-9][a-z0-9-]{0,79}$"
#define NUMBER "[0-9]+(\\\\.[0-9]+)?([eE][-+]?[0-9]+)?"
#define UNITS                                                                                        \
    "s|ms|us|ns|min|h|V|mV|kV|A|mA|ohm|kohm|Mohm|Ω|kΩ|MΩ|W|kW|Wh|kWh|Ah|%|degC|°C|℃|Hz|A/s|V/" \
    "s|yuan"
#define OUTPUTS                                                                                    \
    "\"k1\",\"k2\",\"aux\",\"lock\",\"imd\",\"discharge\",\"modules\",\"alarm\","                  \
    "\"module_mv\",\"module_ma\",\"distribution\""
#define INPUTS                                                                                     \
    "\"cc1\",\"lock\",\"k1\",\"k2\",\"aux\",\"inner\",\"outer\",\"current\","                      \
    "\"insulation_positive\",\"insulation_negative\",\"pe\",\"gun_temperature_positive\","         \
    "\"gun_temperature_negative\",\"start\",\"stop\",\"estop\",\"door\",\"ac\""

static cJSON *parsed(const char *json) {
    cJSON *item = cJSON_Parse(json);
    assert(item != NULL); /* a literal of this file */
    return item;
}

/* What is fixed. */
static const struct {
    const char *name, *json;
} fixed[] = {
    {"text", "{\"description\":\"A text people read: in English and Chinese, or one for both.\","
             "\"oneOf\":[{\"type\":\"string\",\"minLength\":1},{\"type\":\"object\",\"required\":"
             "[\"en\",\"zh\"],\"additionalProperties\":false,\"properties\":{\"en\":{\"type\":"
             "\"string\"},\"zh\":{\"type\":\"string\"}}}]}"},
    {"time", "{\"description\":\"A number and ns, us, ms, s, min or h.\",\"type\":\"string\","
             "\"pattern\":\"^" NUMBER " *(ns|us|ms|s|min|h)$|" FILLED "\",\"examples\":[\"250 ms\","
             "\"5 s\",\"2 min\"]}"},
    {"name", "{\"type\":\"string\",\"pattern\":\"" NAME "\"}"},
    {"mark", "{\"description\":\"Name of the instant at which this step was done, for @events.\","
             "\"type\":\"string\",\"pattern\":\"^([a-z0-9]|" FILLED ")([a-z0-9-]|" FILLED ")*$\","
             "\"not\":{\"enum\":[\"start\",\"end\"]}}"},
    {"clock",
     "{\"description\":\"The pile's clock, and its meters', when the case begins: civil "
     "time.\",\"type\":\"string\",\"pattern\":\"^20[0-9]{2}-[01][0-9]-[0-3][0-9] "
     "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$|" FILLED "\",\"examples\":[\"2026-03-01 23:50:00\"]}"},
    {"settle",
     "{\"description\":\"It has to hold: for good, or for so long.\",\"anyOf\":[{\"type\":"
     "\"boolean\"},{\"$ref\":\"#/definitions/time\"}]}"},
    {"needs",
     "{\"description\":\"What pile, vehicle and firmware have to have for the case to mean "
     "anything: names of needs.json, or conditions over plate.*, firmware.*, vehicle.*.\","
     "\"type\":\"array\",\"minItems\":1,\"maxItems\":20,\"items\":{\"$ref\":"
     "\"#/definitions/need\"}}"},
    {"covers",
     "{\"description\":\"Clauses this case is evidence for: standard and clause, or tender "
     "id.\",\"type\":\"array\",\"maxItems\":100,\"items\":{\"type\":\"string\","
     "\"minLength\":1},\"examples\":[[\"NB/T 33008.1-2018 5.4.7\",\"T240-8.6a\"]]}"},
    {"bool", "{\"type\":\"boolean\"}"},
    {"vehicles",
     "{\"description\":\"One vehicle; or two, that at the second gun behind the "
     "other.\",\"anyOf\":["
     "{\"$ref\":\"#/definitions/vehicle\"},{\"type\":\"array\",\"minItems\":2,\"maxItems\":2,"
     "\"items\":{\"$ref\":\"#/definitions/vehicle\"}}]}"},
    {"crossed", "{\"description\":\"An input, an output, a message of the charger, or meter.\","
                "\"type\":\"string\",\"pattern\":\"" FILLED "|^[A-Za-z0-9_]+$\"}"},
    {"schema", "{\"type\":\"string\"}"},
    {"steps", "{\"description\":\"The procedure, one step after the other.\",\"type\":\"array\","
              "\"maxItems\":500,\"items\":{\"$ref\":\"#/definitions/step\"}}"},
    {"checks", "{\"description\":\"What is looked at. All checks are armed when the case begins.\","
               "\"type\":\"array\",\"minItems\":1,\"maxItems\":200,\"items\":{\"allOf\":[{\"$ref\":"
               "\"#/definitions/check\"},{\"not\":{\"required\":[\"id\"]}}]}}"},
    {"monitors_off", "{\"description\":\"Monitors that this case provokes on purpose.\",\"type\":"
                     "\"array\",\"minItems\":1,\"maxItems\":100,\"items\":{\"type\":\"object\","
                     "\"required\":[\"id\",\"why\"],\"additionalProperties\":false,\"properties\":{"
                     "\"id\":{\"$ref\":\"#/definitions/monitor-name\"},\"why\":{\"$ref\":"
                     "\"#/definitions/text\"}}}}"},
    {"parameters", "{\"description\":\"Names that stand as \\\"${name}\\\" in texts.\",\"type\":"
                   "\"object\",\"maxProperties\":32,\"propertyNames\":{\"pattern\":\"" NAME "\"},"
                   "\"additionalProperties\":{\"$ref\":\"#/definitions/parameter\"}}"},
    {"rows", "{\"description\":\"One case over a table of points: each row is run by itself.\","
             "\"type\":\"array\",\"minItems\":1,\"maxItems\":200,\"items\":{\"$ref\":"
             "\"#/definitions/row\"}}"},
    {"with",
     "{\"description\":\"Values of the parameters.\",\"type\":\"object\",\"additionalProperties\":"
     "{\"anyOf\":[{\"type\":\"number\"},{\"$ref\":\"#/definitions/text\"}]}}"},
    {"parameter-type", "{\"enum\":[\"limit\",\"event\",\"time\",\"text\",\"word\",\"number\"]}"},
    {"parameter-default", "{\"anyOf\":[{\"type\":\"number\"},{\"$ref\":\"#/definitions/text\"}]}"},
    {"parameter-limit", "{\"$ref\":\"#/definitions/limit\"}"},
    {"parameter-event", "{\"$ref\":\"#/definitions/event\"}"},
    {"parameter-time", "{\"$ref\":\"#/definitions/time\"}"},
    {"parameter-text", "{\"$ref\":\"#/definitions/text\"}"},
    {"parameter-word", "{\"type\":\"string\",\"minLength\":1}"},
    {"parameter-number",
     "{\"anyOf\":[{\"type\":\"number\"},{\"type\":\"string\",\"pattern\":\"^" FILLED "$\"}]}"},
    {"quantity-text",
     "{\"anyOf\":[{\"type\":\"number\"},{\"type\":\"string\",\"pattern\":\"^-?" NUMBER " *(" UNITS
     ")$\"}],\"examples\":[\"100 ms\",\"10 V\",\"20 A\"]}"},
    {"output", "{\"enum\":[" OUTPUTS "]}"},
    {"input", "{\"enum\":[" INPUTS "]}"},
    {"code", "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}"},
    {"field", "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}\\\\.[a-z0-9_]+$\"}"},
    {"interlock", "{\"enum\":[\"all\"," INPUTS "]}"},
    {"phase", "{\"enum\":[\"start\",\"CHM\",\"CRM\",\"CML\",\"CRO\",\"CCS\",\"CST\",\"CSD\","
              "\"CEM\",\"pause\",\"low-current\","
              "\"high-current\",\"all-but-charging\"]}"},
    {"storage", "{\"enum\":[\"journal\",\"ring\",\"card\"]}"},
    {"untrue", "{\"enum\":[\"broken\",\"counts\",\"filled\"]}"},
    {"answer", "{\"enum\":[\"checksum\",\"address\",\"item\",\"digits\"]}"},
    {"whole", "{\"type\":\"integer\",\"minimum\":-2147483647,\"maximum\":2147483647}"},
    {"number", "{\"type\":\"number\"}"},
};

/* Words that are offered; any text is taken, since other files may have more. */
static const struct {
    const char *name, *words, *description;
} open[] = {
    {"limit", "limits", "A limit of the profile."},
    {"within", "limits", "A time, or the name of a limit that is a longest time."},
    {"event", "events",
     "Something that becomes true: a condition over signals, a message (true at its reception), or "
     "@mark, set by a step (@start: the case's own steps begin; @end: the case ends)."},
    {"condition", "events", "A condition: comparisons with units, and, or, not, abs(), ( )."},
    {"quantity", "quantities", "A quantity: a signal with a unit, or abs() of one."},
    {"vehicle", "vehicles", "A file of vehicles/, without .json."},
    {"profile", "profiles",
     "The profile under this one; a limit of the same name here replaces the one there."},
    {"start", "starts", "A state of starts.json; its steps come first."},
    {"group", "groups", "A group of groups.json."},
    {"need", "needs", "A need of needs.json, or a condition."},
    {"monitor-name", "monitors", "A monitor of monitors.json."},
    {"killer", "cases", "A case, or CASE[ROW]."},
    {"firmware-parameter", "parameters", "A parameter of the firmware."},
};

/* Which definition a key's value has, by its name; where it differs the shape stands before it. */
static const struct {
    const char *shape, *key, *definition;
} values[] = {
    {"until", "within", "time"},
    {"row", "name", "name"},
    {"parameter", "type", "parameter-type"},
    {"parameter", "default", "parameter-default"},
    {"param", "param", "firmware-parameter"},
    {"param", "value", "whole"},
    {"delay", "delay", "output"},
    {"hold", "hold", "output"},
    {"hold", "at", "whole"},
    {"field", "field", "field"},
    {"field", "value", "number"},
    {"swap", "swap", "code"},
    {"mute", "mute", "code"},
    {"linger", "linger", "code"},
    {"forget", "forget", "storage"},
    {"shift", "shift", "field"},
    {"shift", "of", "number"},
    {"stale", "stale", "field"},
    {"freeze", "freeze", "input"},
    {"freeze", "at", "whole"},
    {"assume", "assume", "input"},
    {"assume", "at", "whole"},
    {"unsampled", "unsampled", "input"},
    {"blind", "blind", "interlock"},
    {"blind", "during", "phase"},
    {"acknowledge", "acknowledge", "untrue"},
    {"unchecked", "unchecked", "answer"},
    {"cross", "cross", "crossed"},
    {"share", "share", "input"},
    {NULL, "by", "time"},
    {NULL, "$schema", "schema"},
    {NULL, "id", "name"},
    {NULL, "title", "text"},
    {NULL, "purpose", "text"},
    {NULL, "measure", "text"},
    {NULL, "note", "text"},
    {NULL, "covers", "covers"},
    {NULL, "needs", "needs"},
    {NULL, "vehicle", "vehicles"},
    {NULL, "start", "start"},
    {NULL, "clock", "clock"},
    {NULL, "firmware", "firmware"},
    {NULL, "steps", "steps"},
    {NULL, "checks", "checks"},
    {NULL, "timeout", "time"},
    {NULL, "monitors_off", "monitors_off"},
    {NULL, "parameters", "parameters"},
    {NULL, "rows", "rows"},
    {NULL, "do", "action"},
    {NULL, "wait", "time"},
    {NULL, "until", "awaited"},
    {NULL, "mark", "mark"},
    {NULL, "value", "quantity"},
    {NULL, "peak", "quantity"},
    {NULL, "rate", "quantity"},
    {NULL, "mean", "event"},
    {NULL, "gap", "event"},
    {NULL, "at", "event"},
    {NULL, "from", "event"},
    {NULL, "to", "event"},
    {NULL, "after", "event"},
    {NULL, "for", "time"},
    {NULL, "limit", "limit"},
    {NULL, "within", "within"},
    {NULL, "expect", "condition"},
    {NULL, "always", "condition"},
    {NULL, "never", "condition"},
    {NULL, "settle", "settle"},
    {NULL, "stimulus", "bool"},
    {NULL, "last", "bool"},
    {NULL, "each", "bool"},
    {NULL, "optional", "bool"},
    {NULL, "use", "group"},
    {NULL, "with", "with"},
};

static const char *definition_of(const char *shape, const char *key) {
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if ((values[i].shape == NULL || strcmp(values[i].shape, shape) == 0) &&
            strcmp(values[i].key, key) == 0) {
            return values[i].definition;
        }
    }
    assert(false && "a key of the loader's that the schemas know");
    return "name";
}

static cJSON *reference(const char *definition) {
    char path[80];
    cJSON *item = cJSON_CreateObject();
    snprintf(path, sizeof path, "#/definitions/%s", definition);
    cJSON_AddStringToObject(item, "$ref", path);
    return item;
}

/* The keys of one shape, from the loader's table. */
static cJSON *shape_schema(const char *name, const struct json_shape *shape) {
    cJSON *schema = cJSON_CreateObject();
    cJSON_AddStringToObject(schema, "type", "object");
    cJSON_AddStringToObject(schema, "description", shape->what);
    cJSON *required = cJSON_CreateArray();
    cJSON *properties = cJSON_CreateObject();
    for (size_t i = 0; i < shape->count; i++) {
        const struct json_key *key = &shape->keys[i];
        if (key->required) {
            cJSON_AddItemToArray(required, cJSON_CreateString(key->name));
        }
        cJSON_AddItemToObject(properties, key->name, reference(definition_of(name, key->name)));
    }
    if (cJSON_GetArraySize(required) > 0) {
        cJSON_AddItemToObject(schema, "required", required);
    } else {
        cJSON_Delete(required);
    }
    cJSON_AddFalseToObject(schema, "additionalProperties");
    cJSON_AddItemToObject(schema, "properties", properties);
    return schema;
}

static bool has_key(const struct json_shape *shape, const char *name) {
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->keys[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static cJSON *check_schema(const struct json_shape *shape) {
    cJSON *schema = shape_schema(shape->mark, shape);
    cJSON *rules = cJSON_CreateArray();
    if (has_key(shape, "for")) {
        cJSON_AddItemToArray(rules, parsed("{\"not\":{\"required\":[\"to\",\"for\"]}}"));
    }
    if (has_key(shape, "from")) {
        cJSON_AddItemToArray(rules,
                             parsed("{\"if\":{\"required\":[\"each\"],\"properties\":{\"each\":"
                                    "{\"const\":true}}},\"then\":{\"required\":[\"from\"]}}"));
    }
    if (has_key(shape, "settle")) {
        cJSON_AddItemToArray(
            rules, parsed("{\"not\":{\"required\":[\"each\",\"settle\"],\"properties\":{\"each\":{"
                          "\"const\":true},\"settle\":{\"const\":true}}}}"));
    }
    if (has_key(shape, "last")) {
        cJSON_AddItemToArray(
            rules,
            parsed("{\"if\":{\"required\":[\"last\"],\"properties\":{\"last\":{\"const\":true}}},"
                   "\"then\":{\"required\":[\"from\"],\"properties\":{\"settle\":"
                   "{\"const\":false}}}}"));
    }
    if (cJSON_GetArraySize(rules) > 0) {
        cJSON_AddItemToObject(schema, "allOf", rules);
    } else {
        cJSON_Delete(rules);
    }
    return schema;
}

/* The shape whose mark is there, in the loader's order; else a complaint about the last. */
static cJSON *choice(bool (*next)(size_t, struct json_shape *), size_t index, const char *prefix) {
    struct json_shape shape;
    char name[64];
    next(index, &shape);
    snprintf(name, sizeof name, "%s-%s", prefix, shape.mark);
    struct json_shape after;
    if (!next(index + 1, &after)) {
        return reference(name);
    }
    cJSON *one = cJSON_CreateObject(), *condition = cJSON_AddObjectToObject(one, "if");
    cJSON *required = cJSON_AddArrayToObject(condition, "required");
    cJSON_AddItemToArray(required, cJSON_CreateString(shape.mark));
    cJSON_AddItemToObject(one, "then", reference(name));
    cJSON_AddItemToObject(one, "else", choice(next, index + 1, prefix));
    return one;
}

/* A check or a step, or the use of a group of them. */
static cJSON *choice_or_use(bool (*next)(size_t, struct json_shape *), const char *prefix) {
    cJSON *one =
        parsed("{\"if\":{\"required\":[\"use\"]},\"then\":{\"$ref\":\"#/definitions/use\"}}");
    cJSON_AddItemToObject(one, "else", choice(next, 0, prefix));
    return one;
}

/* The shape that has the mark; false: none has. */
static bool find_mark(bool (*next)(size_t, struct json_shape *), const char *mark,
                      struct json_shape *shape) {
    size_t i = 0;
    while (next(i, shape) && strcmp(shape->mark, mark) != 0) {
        i++;
    }
    return next(i, shape);
}

static cJSON *named_shape(const char *name) {
    static const struct {
        const char *name;
        struct json_shape (*keys)(void);
    } shapes[] = {{"case", case_keys},
                  {"row", row_keys},
                  {"group-body", group_keys},
                  {"parameter", parameter_keys}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(shapes[i].name, name) == 0) {
            const struct json_shape shape = shapes[i].keys();
            return shape_schema(name, &shape);
        }
    }
    return NULL;
}

static cJSON *use_schema(struct session *session) {
    const struct json_shape shape = use_keys();
    cJSON *schema = shape_schema("use", &shape);
    cJSON_AddItemToObject(schema, "allOf", schema_groups(session));
    return schema;
}

static cJSON *action_schema(struct session *session) {
    cJSON *schema = parsed("{\"description\":\"An action (`pilebench list actions`).\",\"type\":"
                           "\"string\",\"maxLength\":1000}");
    cJSON *any = cJSON_AddArrayToObject(schema, "anyOf");
    cJSON *words = cJSON_CreateObject();
    cJSON_AddItemToObject(words, "enum", schema_words(session, "actions"));
    cJSON_AddItemToArray(any, words);
    cJSON *patterns = schema_action_patterns();
    while (patterns->child != NULL) {
        cJSON_AddItemToArray(any, cJSON_DetachItemViaPointer(patterns, patterns->child));
    }
    cJSON_Delete(patterns);
    cJSON_AddItemToArray(any, parsed("{\"pattern\":\"" FILLED "\"}"));
    cJSON_AddItemToObject(schema, "examples", schema_words(session, "usages"));
    return schema;
}

static cJSON *firmware_schema(struct session *session) {
    cJSON *schema = parsed(
        "{\"description\":\"Parameters of the firmware that are set before the case begins.\","
        "\"type\":\"object\",\"maxProperties\":96,\"propertyNames\":{\"pattern\":\"^[^= "
        "\\\\t]{1,39}$\"},\"additionalProperties\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":"
        "-2147483648,\"maximum\":2147483647},{\"type\":\"string\",\"pattern\":\"^" FILLED
        "$\"}]}}");
    cJSON *names = cJSON_GetObjectItemCaseSensitive(schema, "propertyNames");
    cJSON *any = cJSON_AddArrayToObject(names, "anyOf"), *words = cJSON_CreateObject();
    cJSON_AddItemToObject(words, "enum", schema_words(session, "parameters"));
    cJSON_AddItemToArray(any, words);
    cJSON_AddItemToArray(any, parsed("{\"type\":\"string\"}"));
    return schema;
}

/* An enumeration to complete from, and any other text. */
static cJSON *open_schema(struct session *session, size_t i) {
    cJSON *schema = cJSON_CreateObject();
    cJSON_AddStringToObject(schema, "description", open[i].description);
    cJSON *any = cJSON_AddArrayToObject(schema, "anyOf"), *words = cJSON_CreateObject();
    cJSON_AddItemToObject(words, "enum", schema_words(session, open[i].words));
    cJSON_AddItemToArray(any, words);
    bool file = strcmp(open[i].words, "vehicles") == 0 || strcmp(open[i].words, "profiles") == 0;
    cJSON_AddItemToArray(any,
                         file ? parsed("{\"type\":\"string\",\"pattern\":\"" NAME "|" FILLED "\"}")
                              : parsed("{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000}"));
    return schema;
}

static cJSON *made_of_words(struct session *session, const char *name) {
    if (strcmp(name, "action") == 0) {
        return action_schema(session);
    }
    if (strcmp(name, "awaited") == 0) {
        return parsed("{\"allOf\":[{\"$ref\":\"#/definitions/condition\"},{\"not\":{\"pattern\":"
                      "\"^@\"}}]}");
    }
    if (strcmp(name, "firmware") == 0) {
        return firmware_schema(session);
    }
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        if (strcmp(open[i].name, name) == 0) {
            return open_schema(session, i);
        }
    }
    return NULL;
}

cJSON *schema_definition(struct session *session, const char *name) {
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (strcmp(fixed[i].name, name) == 0) {
            return parsed(fixed[i].json);
        }
    }
    if (strcmp(name, "check") == 0) {
        return choice_or_use(check_shape, "check");
    }
    if (strcmp(name, "step") == 0) {
        return choice_or_use(step_shape, "step");
    }
    if (strcmp(name, "mutation") == 0) {
        return choice(mutation_shape, 0, "mutation");
    }
    if (strcmp(name, "use") == 0) {
        return use_schema(session);
    }
    struct json_shape shape;
    if (strncmp(name, "check-", 6) == 0 && find_mark(check_shape, name + 6, &shape)) {
        return check_schema(&shape);
    }
    if ((strncmp(name, "step-", 5) == 0 && find_mark(step_shape, name + 5, &shape)) ||
        (strncmp(name, "mutation-", 9) == 0 && find_mark(mutation_shape, name + 9, &shape))) {
        return shape_schema(shape.mark, &shape);
    }
    cJSON *words = made_of_words(session, name);
    return words != NULL ? words : named_shape(name);
}
