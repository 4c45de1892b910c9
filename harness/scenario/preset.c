/* SPDX-License-Identifier: MIT */
/* Vehicle presets: named values; what they mean, the vocabulary knows. */
#include "harness/scenario/preset.h"

#include "harness/scenario/internal.h"

#include <math.h>
#include <string.h>

static bool read_value(const struct reader *reader, const cJSON *item, struct preset_value *value) {
    const struct vocabulary *vocabulary = &reader->library->vocabulary;
    struct problem refused = {0};
    int column;
    bool at_name = false;
    json_position(reader->text, item, JSON_AT_VALUE, &value->line, &column);
    value->name = library_string(reader->library, item->string);
    if (cJSON_IsString(item)) {
        value->string = library_string(reader->library, item->valuestring);
    } else {
        value->number = item->valuedouble;
    }
    if (!isfinite(value->number)) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem, "out of range",
                               "超出范围");
    }
    return !vocabulary->vehicle_value ||
           vocabulary->vehicle_value(vocabulary->ctx, value, &at_name, &refused) ||
           json_fault_as(reader->text, item, at_name ? JSON_AT_KEY : JSON_AT_VALUE, reader->problem,
                         &refused);
}

/* Each of them, then whether they agree with each other. */
static bool read_values(const struct reader *reader, const cJSON *object, struct preset *preset) {
    const struct vocabulary *vocabulary = &reader->library->vocabulary;
    if (!json_names(reader->text, object, "values", JSON_STRING | JSON_NUMBER, reader->problem)) {
        return false;
    }
    size_t count = (size_t)cJSON_GetArraySize(object);
    preset->values = library_memory(reader->library, count + 1, sizeof *preset->values);
    struct entries entries = entries_begin(reader);
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        entries_take(&entries, read_value(reader, item, &preset->values[preset->value_count]));
        preset->value_count++;
    }
    if (!entries_end(&entries)) {
        return false;
    }
    struct problem refused = {0};
    const char *key = NULL;
    if (!vocabulary->vehicle || vocabulary->vehicle(vocabulary->ctx, preset, &key, &refused)) {
        return true;
    }
    item = key ? member(object, key) : NULL;
    return json_fault_as(reader->text, item ? item : object, JSON_AT_VALUE, reader->problem,
                         &refused);
}

/* Another vehicle of the folder, for chargers whose rating this one does not fit. */
static bool read_instead(const struct reader *reader, const cJSON *item, struct preset *preset) {
    if (!item) {
        return true;
    }
    struct problem none;
    bool there = name_is_plain(item->valuestring) &&
                 library_has(reader->library, "vehicles", item->valuestring);
    if (!there || strcmp(item->valuestring, preset->name) == 0) {
        library_unknown(reader->library, "vehicles", "vehicle", item->valuestring, &none);
        return json_fault(reader->text, item, JSON_AT_VALUE, reader->problem, "%s",
                          there ? "a vehicle is no other than itself" : none.text);
    }
    preset->instead = library_string(reader->library, item->valuestring);
    return true;
}

static struct preset *load(struct library *library, const char *name, struct problem *problem) {
    static const struct json_key keys[] = {{"$schema", JSON_STRING, false},
                                           {"title", JSON_STRING | JSON_OBJECT, true},
                                           {"instead", JSON_STRING, false},
                                           {"values", JSON_OBJECT, true}};
    struct json_text text;
    const char *path = library_file(library, "vehicles", "vehicle", &name, problem);
    if (!path || !json_read(&text, path, problem)) {
        return NULL;
    }
    struct preset *preset = library_memory(library, 1, sizeof *preset);
    preset->name = library_string(library, name);
    preset->file = path;
    struct reader reader = {.library = library, .text = &text, .problem = problem};
    bool ok = json_keys(&text, text.root, "a vehicle", keys, COUNT(keys), problem) &&
              read_text(&reader, member(text.root, "title"), &preset->title) &&
              read_instead(&reader, member(text.root, "instead"), preset) &&
              read_values(&reader, member(text.root, "values"), preset);
    json_free(&text);
    return ok ? preset : NULL;
}

struct preset *preset_load(struct library *library, const char *name, struct problem *problem) {
    library->further_count = 0;
    return load(library, name, problem);
}

/* Asked while a case is read: what else is wrong with it stays. */
bool preset_sound(struct library *library, const char *name, struct problem *problem) {
    for (const struct preset *known = library->presets; known; known = known->next) {
        if (strcmp(known->name, name) == 0) {
            return true;
        }
    }
    struct preset *preset = load(library, name, problem);
    if (preset) {
        preset->next = library->presets;
        library->presets = preset;
    }
    return preset != NULL;
}
