/* SPDX-License-Identifier: MIT */
/* Vehicle presets: named values; what they mean, the vocabulary knows. */
#include "harness/scenario/preset.h"

#include "harness/scenario/internal.h"

#include <math.h>

static bool read_value(const struct reader *reader, const cJSON *item, struct preset_value *value) {
    const struct vocabulary *vocabulary = &reader->library->vocabulary;
    struct problem refused = {0};
    int column;
    json_position(reader->text, item, JSON_AT_VALUE, &value->line, &column);
    value->name = library_string(reader->library, item->string);
    if (cJSON_IsString(item)) {
        value->string = library_string(reader->library, item->valuestring);
    } else {
        value->number = cJSON_IsBool(item) ? cJSON_IsTrue(item) : item->valuedouble;
    }
    if (!isfinite(value->number)) {
        return json_fault(reader->text, item, JSON_AT_VALUE, reader->problem, "out of range");
    }
    return !vocabulary->parameter ||
           vocabulary->parameter(vocabulary->ctx, value->name, &refused) ||
           json_fault(reader->text, item, JSON_AT_KEY, reader->problem, "%s", refused.text);
}

static bool read_values(const struct reader *reader, const cJSON *object, struct preset *preset) {
    if (!json_names(reader->text, object, "values", JSON_STRING | JSON_NUMBER | JSON_BOOL,
                    reader->problem)) {
        return false;
    }
    size_t count = (size_t)cJSON_GetArraySize(object);
    preset->values = library_memory(reader->library, count + 1, sizeof *preset->values);
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        if (!read_value(reader, item, &preset->values[preset->value_count])) {
            return false;
        }
        preset->value_count++;
    }
    return true;
}

struct preset *preset_load(struct library *library, const char *name, struct problem *problem) {
    static const struct json_key keys[] = {{"$schema", JSON_STRING, false},
                                           {"title", JSON_STRING | JSON_OBJECT, true},
                                           {"values", JSON_OBJECT, true}};
    struct json_text text;
    if (!name_is_plain(name) || !library_has(library, "vehicles", name)) {
        library_unknown(library, "vehicles", "vehicle", name, problem);
        return NULL;
    }
    const char *path = library_path(library, "vehicles", name);
    if (!json_read(&text, path, problem)) {
        return NULL;
    }
    struct preset *preset = library_memory(library, 1, sizeof *preset);
    preset->name = library_string(library, name);
    preset->file = path;
    struct reader reader = {.library = library, .text = &text, .problem = problem};
    bool ok = json_keys(&text, text.root, "a vehicle", keys, COUNT(keys), problem) &&
              read_text(&reader, member(text.root, "title"), &preset->title) &&
              read_values(&reader, member(text.root, "values"), preset);
    json_free(&text);
    return ok ? preset : NULL;
}
