/* SPDX-License-Identifier: MIT */
/* pilebench schema */
#include "harness/cli/schema.h"

#include "harness/bench/bench.h"
#include "harness/json/json.h"
#include "sim/text/buffer.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BASE       "https://pilebench.invalid/"
#define LINE_WIDTH 100

/* ---- documents ---- */

/* The root of each; {"$ref"} are made as they are needed. */
static const struct {
    const char *name, *title, *json;
} documents[] = {
    {"scenario", "Pilebench test case", NULL},
    {"groups", "Pilebench groups of checks and steps",
     "{\"type\":\"object\",\"required\":[\"groups\"],\"additionalProperties\":false,\"properties\":"
     "{"
     "\"$schema\":{\"type\":\"string\"},\"groups\":{\"type\":\"object\",\"maxProperties\":1000,"
     "\"propertyNames\":{\"$ref\":\"#/definitions/name\"},\"additionalProperties\":{\"allOf\":[{"
     "\"$ref\":\"#/definitions/group-body\"},{\"oneOf\":[{\"required\":[\"checks\"]},{\"required\":"
     "[\"steps\"]}]}]}}}}"},
    {"monitors", "Pilebench monitors: checks that are added to every case",
     "{\"type\":\"object\",\"required\":[\"monitors\"],\"additionalProperties\":false,"
     "\"properties\":"
     "{\"$schema\":{\"type\":\"string\"},\"monitors\":{\"type\":\"array\",\"minItems\":1,"
     "\"maxItems\":100,\"items\":{\"allOf\":[{\"$ref\":\"#/definitions/check\"},{\"required\":["
     "\"id\"]}]}}}}"},
    {"needs", "Pilebench needs: what a case can need of pile, vehicle and firmware",
     "{\"type\":\"object\",\"required\":[\"needs\",\"safety\"],\"additionalProperties\":false,"
     "\"properties\":{\"$schema\":{\"type\":\"string\"},\"needs\":{\"type\":\"object\","
     "\"maxProperties\":1000,\"propertyNames\":{\"$ref\":\"#/definitions/name\"},"
     "\"additionalProperties\":{\"type\":\"object\",\"required\":[\"title\",\"condition\"],"
     "\"additionalProperties\":false,\"properties\":{\"title\":{\"$ref\":\"#/definitions/text\"},"
     "\"condition\":{\"$ref\":\"#/definitions/"
     "condition\"}}}},\"safety\":{\"description\":\"Clauses "
     "of safety: a case that covers one of them can have no "
     "needs.\",\"type\":\"array\",\"minItems\":1,"
     "\"maxItems\":200,\"items\":{\"type\":\"string\",\"minLength\":1}}}}"},
    {"starts", "Pilebench start states",
     "{\"type\":\"object\",\"required\":[\"starts\"],\"additionalProperties\":false,\"properties\":"
     "{"
     "\"$schema\":{\"type\":\"string\"},\"starts\":{\"type\":\"object\",\"maxProperties\":1000,"
     "\"additionalProperties\":{\"type\":\"object\",\"required\":[\"title\",\"steps\"],"
     "\"additionalProperties\":false,\"properties\":{\"title\":{\"$ref\":\"#/definitions/text\"},"
     "\"base\":{\"$ref\":\"#/definitions/start\"},\"steps\":{\"type\":\"array\",\"maxItems\":500,"
     "\"items\":{\"allOf\":[{\"$ref\":\"#/definitions/step\"},{\"not\":{\"required\":[\"use\"]}}]}}"
     "}}}}}"},
    {"profile", "Pilebench profile: limits by name, each with its clause",
     "{\"type\":\"object\",\"required\":[\"title\",\"limits\"],\"additionalProperties\":false,"
     "\"if\":"
     "{\"not\":{\"required\":[\"base\"]}},\"then\":{\"required\":[\"edition\",\"decision\"]},"
     "\"properties\":{\"$schema\":{\"type\":\"string\"},\"title\":{\"$ref\":\"#/definitions/"
     "text\"},"
     "\"base\":{\"$ref\":\"#/definitions/profile\"},"
     "\"edition\":{\"description\":\"Editions of the "
     "standards.\",\"type\":\"string\",\"minLength\":1,"
     "\"examples\":[\"2015/2017\"]},\"decision\":{\"description\":\"Decision rule.\",\"enum\":["
     "\"guard band\",\"simple\"]},\"limits\":{\"type\":\"object\",\"maxProperties\":1000,"
     "\"propertyNames\":{\"pattern\":\"^[a-z][a-z0-9.-]{0,59}$\"},\"additionalProperties\":{"
     "\"type\":"
     "\"object\",\"required\":[\"source\",\"text\"],\"additionalProperties\":false,\"anyOf\":[{"
     "\"required\":[\"min\"]},{\"required\":[\"max\"]},{\"required\":[\"above\"]},{\"required\":["
     "\"below\"]}],\"allOf\":[{\"not\":{\"required\":[\"min\",\"above\"]}},{\"not\":{\"required\":["
     "\"max\",\"below\"]}}],\"properties\":{\"min\":{\"$ref\":\"#/definitions/quantity-text\"},"
     "\"max\":{\"$ref\":\"#/definitions/quantity-text\"},\"above\":{\"$ref\":"
     "\"#/definitions/quantity-text\"},\"below\":{\"$ref\":\"#/definitions/quantity-text\"},"
     "\"source\":{\"description\":\"Clauses the figure comes "
     "from.\",\"type\":\"array\",\"minItems\":"
     "1,\"maxItems\":20,\"items\":{\"type\":\"string\",\"minLength\":1}},\"text\":{\"$ref\":"
     "\"#/definitions/text\"}}}},\"demands\":{\"description\":\"Needs of needs.json that it "
     "demands "
     "of every charger: a case that needs one fails where it is declared absent.\",\"type\":"
     "\"object\",\"maxProperties\":50,\"additionalProperties\":{\"type\":\"object\",\"required\":["
     "\"source\",\"text\"],\"additionalProperties\":false,\"properties\":{\"source\":{\"type\":"
     "\"array\",\"minItems\":1,\"maxItems\":20,\"items\":{\"type\":\"string\",\"minLength\":1}},"
     "\"text\":{\"$ref\":\"#/definitions/text\"}}}}}}"},
    {"vehicle", "Pilebench vehicle",
     "{\"type\":\"object\",\"required\":[\"title\",\"values\"],\"additionalProperties\":false,"
     "\"properties\":{\"$schema\":{\"type\":\"string\"},\"title\":{\"$ref\":\"#/definitions/"
     "text\"},"
     "\"instead\":{\"description\":\"The vehicle for a charger whose rating this one does not "
     "fit.\",\"$ref\":\"#/definitions/vehicle\"},"
     "\"values\":{\"description\":\"What is left out has the default of the model.\",\"type\":"
     "\"object\",\"maxProperties\":1000,\"additionalProperties\":false,\"examples\":[{"
     "\"capacity\":\"228 Ah\",\"cells_series\":168,\"soc\":\"50 %\"}]}}}"},
    {"mutants", "Pilebench mutants: named defects that the cases must be able to find",
     "{\"type\":\"object\",\"required\":[\"mutants\"],\"additionalProperties\":false,"
     "\"properties\":{"
     "\"$schema\":{\"type\":\"string\"},\"mutants\":{\"type\":\"array\",\"minItems\":1,"
     "\"maxItems\":"
     "500,\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\",\"mutations\",\"killers\"],"
     "\"additionalProperties\":false,\"properties\":{\"id\":{\"$ref\":\"#/definitions/name\"},"
     "\"title\":{\"$ref\":\"#/definitions/text\"},\"mutations\":{\"type\":\"array\",\"minItems\":1,"
     "\"maxItems\":8,\"items\":{\"$ref\":\"#/definitions/"
     "mutation\"}},\"killers\":{\"type\":\"array\","
     "\"minItems\":1,\"maxItems\":100,\"items\":{\"$ref\":\"#/definitions/killer\"}}}}}}}"},
};

const char *schema_name(size_t index) {
    return index < sizeof documents / sizeof documents[0] ? documents[index].name : NULL;
}

/* Adds what is referred to and not defined yet; its own references in turn. */
static void define(struct session *session, const cJSON *item, cJSON *definitions) {
    static const char prefix[] = "#/definitions/";
    const cJSON *child;
    if (item->string != NULL && strcmp(item->string, "$ref") == 0) {
        assert(strncmp(item->valuestring, prefix, sizeof prefix - 1) == 0);
        const char *name = item->valuestring + sizeof prefix - 1;
        if (cJSON_GetObjectItemCaseSensitive(definitions, name) == NULL) {
            cJSON *made = schema_definition(session, name);
            assert(made != NULL);
            cJSON_AddItemToObject(definitions, name, made);
            define(session, made, definitions);
        }
        return;
    }
    cJSON_ArrayForEach(child, item) {
        define(session, child, definitions);
    }
}

static cJSON *vehicle_value(const struct preset_key *key) {
    cJSON *value = cJSON_CreateObject();
    char range[RANGE_TEXT_SIZE];
    range_text(&key->range, range, sizeof range);
    if (key->chemistry) {
        cJSON *words = cJSON_AddArrayToObject(value, "enum");
        for (size_t i = 0; bench_chemistry(i) != NULL; i++) {
            cJSON_AddItemToArray(words, cJSON_CreateString(bench_chemistry(i)));
        }
        return value;
    }
    bool quantity = !key->text && !key->curve && key->range.unit[0] != '\0';
    bool number = !key->text && !key->curve && !quantity;
    cJSON_AddStringToObject(value, "type", number ? "integer" : "string");
    if (key->text) {
        cJSON_AddNumberToObject(value, "minLength", key->range.min);
        cJSON_AddNumberToObject(value, "maxLength", key->range.max);
    } else if (number) {
        cJSON_AddNumberToObject(value, "minimum", key->range.min);
        cJSON_AddNumberToObject(value, "maximum", key->range.max);
    } else if (quantity) {
        cJSON_AddStringToObject(value, "description", range);
    }
    return value;
}

/* Every file may say of which format it is; later ones are refused. */
static void add_format(cJSON *root) {
    cJSON *properties = cJSON_GetObjectItemCaseSensitive(root, "properties");
    cJSON *format = cJSON_AddObjectToObject(properties, "format");
    cJSON_AddStringToObject(format, "type", "integer");
    cJSON_AddNumberToObject(format, "minimum", 1);
    cJSON_AddNumberToObject(format, "maximum", JSON_FORMAT);
}

/* The keys that a vehicle can have, and what their values can be. */
static void add_vehicle_keys(cJSON *root) {
    cJSON *values = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(root, "properties"), "values");
    cJSON *properties = cJSON_AddObjectToObject(values, "properties");
    struct preset_key key;
    for (size_t i = 0; bench_preset_describe(i, &key); i++) {
        cJSON_AddItemToObject(properties, key.name, vehicle_value(&key));
    }
}

static cJSON *root_of(struct session *session, size_t i) {
    cJSON *root = documents[i].json != NULL ? cJSON_Parse(documents[i].json)
                                            : schema_definition(session, "case");
    assert(root != NULL);
    if (strcmp(documents[i].name, "vehicle") == 0) {
        add_vehicle_keys(root);
    }
    add_format(root);
    return root;
}

cJSON *schema_document(struct session *session, const char *name) {
    for (size_t i = 0; schema_name(i) != NULL; i++) {
        if (strcmp(documents[i].name, name) != 0) {
            continue;
        }
        char id[128];
        cJSON *schema = cJSON_CreateObject(), *definitions = cJSON_CreateObject();
        snprintf(id, sizeof id, BASE "%s.schema.json", name);
        cJSON_AddStringToObject(schema, "$schema", "http://json-schema.org/draft-07/schema#");
        cJSON_AddStringToObject(schema, "$id", id);
        cJSON_AddStringToObject(schema, "title", documents[i].title);
        cJSON *root = root_of(session, i);
        define(session, root, definitions);
        cJSON_DeleteItemFromObject(root, "title");
        while (root->child != NULL) {
            cJSON *item = cJSON_DetachItemViaPointer(root, root->child);
            cJSON_AddItemToArray(schema, item); /* with its name */
        }
        cJSON_Delete(root);
        cJSON_AddItemToObject(schema, "definitions", definitions);
        return schema;
    }
    return NULL;
}

/* ---- printing ---- */

static bool only_strings(const cJSON *item) {
    const cJSON *child;
    cJSON_ArrayForEach(child, item) {
        if (!cJSON_IsString(child)) {
            return false;
        }
    }
    return cJSON_IsArray(item);
}

/* As many to a line as it holds. */
static void print_words(struct buffer *text, const cJSON *list, int depth) {
    size_t column = LINE_WIDTH;
    const cJSON *word;
    buffer_put(text, "[");
    cJSON_ArrayForEach(word, list) {
        size_t width = strlen(word->valuestring) + 4;
        if (column + width > LINE_WIDTH) {
            buffer_format(text, "\n%*s", 2 * (depth + 1), "");
            column = 2 * (size_t)(depth + 1);
        } else {
            buffer_put(text, " ");
        }
        buffer_put_json(text, word->valuestring);
        buffer_put(text, word->next != NULL ? "," : "");
        column += width;
    }
    buffer_format(text, "\n%*s]", 2 * depth, "");
}

static void print_item(struct buffer *text, const cJSON *item, int depth) {
    char *line = cJSON_PrintUnformatted(item);
    const cJSON *child;
    if (strlen(line) + 2 * (size_t)depth <= LINE_WIDTH || item->child == NULL) {
        buffer_put(text, line);
        cJSON_free(line);
        return;
    }
    cJSON_free(line);
    bool object = cJSON_IsObject(item);
    if (only_strings(item)) {
        print_words(text, item, depth);
        return;
    }
    buffer_put(text, object ? "{" : "[");
    cJSON_ArrayForEach(child, item) {
        buffer_format(text, "\n%*s", 2 * (depth + 1), "");
        if (object) {
            buffer_put_json(text, child->string);
            buffer_put(text, ": ");
        }
        print_item(text, child, depth + 1);
        buffer_put(text, child->next != NULL ? "," : "");
    }
    buffer_format(text, "\n%*s%s", 2 * depth, "", object ? "}" : "]");
}

void schema_print(const cJSON *schema, FILE *stream) {
    struct buffer text = {0};
    print_item(&text, schema, 0);
    fprintf(stream, "%s\n", text.chars);
    buffer_free(&text);
}

/* ---- the command ---- */

static int cli_schema(int argc, char **argv);

static const struct command_word words[] = {
    {"scenario", {"a test case (default)", "试验用例（默认）"}},
    {"groups", {"groups of checks and steps", "检查组和步骤组"}},
    {"monitors", {"checks that are added to every case", "加到每个用例的监视项"}},
    {"needs", {"what a case can need", "用例可提的要求"}},
    {"starts", {"start states", "起始状态"}},
    {"profile", {"limits by name, each with its clause", "按名称的限值及其条款"}},
    {"vehicle", {"a vehicle", "车辆"}},
    {"mutants", {"named defects", "有名称的缺陷"}},
    {0}};

_Static_assert(sizeof words / sizeof words[0] == sizeof documents / sizeof documents[0] + 1,
               "a word for each document");

const struct command schema_command = {
    .name = "schema",
    .what = {"print the JSON Schema of a case, of groups, a profile ...",
             "打印用例、检查组、profile等的JSON Schema"},
    .arguments = "[WHAT]",
    .fill = FILL_WORD,
    .most = 1,
    .about = {"Prints the JSON Schema of such a file. Editors that know JSON Schema complete and "
              "check a file that names it in \"$schema\". It offers the actions, signals, messages "
              "and their fields that this bench has, and the limits, vehicles, start states and "
              "groups of the folder.",
              "打印此类文件的JSON Schema。支持JSON "
              "Schema的编辑器可补全和检查在\"$schema\"中写明它的文件。"
              "其中有本试验台的动作、信号、报文及字段，以及目录中的限值、车辆、起始状态和组。"},
    .words = words,
    .groups = {{session_place_rows, 0}},
    .examples = "pilebench schema scenario\n"
                "pilebench schema groups --scenarios mine > mine/groups.schema.json",
    .exit_codes = {"0 done, 2 wrong usage or bad input", "0 完成，2 用法或输入有误"},
    .run = cli_schema,
};

static const char *next_schema(void *ctx, size_t index) {
    (void)ctx;
    return schema_name(index);
}

static int print_one(const struct session_options *options, const char *name) {
    struct session session;
    if (!session_open(&session, options)) {
        return EXIT_USAGE;
    }
    cJSON *schema = schema_document(&session, name);
    if (schema == NULL) {
        static const struct phrase help = {"; `pilebench schema --help` shows what there is",
                                           "；可用的见`pilebench schema --help`"};
        struct problem problem = {0};
        problem_set_both(&problem, "there is no schema for '%s'", "没有'%s'的schema", name);
        nearest_add(&problem, name, next_schema, NULL, help);
        cli_problem(&problem);
    } else {
        schema_print(schema, stdout);
    }
    int code = schema != NULL ? EXIT_PASS : EXIT_USAGE;
    cJSON_Delete(schema);
    session_close(&session);
    return code;
}

static int cli_schema(int argc, char **argv) {
    struct session_options options = session_defaults;
    struct command_given given;
    int code;
    if (!cli_parse(&schema_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    return print_one(&options, given.count > 0 ? given.words[0] : words[0].name);
}
