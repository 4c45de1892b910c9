/* SPDX-License-Identifier: MIT */
#include "sim/text/json_writer.h"

#include <assert.h>
#include <inttypes.h>

#define NS_PER_S UINT64_C(1000000000)

/* Comma, line and key before a value. */
static void open_value(struct json_writer *json, const char *key) {
    struct json_level *level = json->depth > 0 ? &json->levels[json->depth - 1] : NULL;
    assert((key != NULL) == (level != NULL && level->object));
    assert(level != NULL || json->out->length == 0 ||
           json->out->chars[json->out->length - 1] == '\n');
    if (level != NULL && level->some) {
        buffer_put(json->out, ",");
    }
    if (json->indent > 0) {
        buffer_format(json->out, "\n%*s", (int)json->indent, "");
        json->indent = 0;
    }
    if (level != NULL) {
        level->some = true;
    }
    if (key != NULL) {
        buffer_format(json->out, "\"%s\":", key);
    }
}

static void begin(struct json_writer *json, const char *key, bool object) {
    open_value(json, key);
    assert(json->depth < JSON_DEPTH_MAX);
    json->levels[json->depth++] = (struct json_level){.object = object};
    buffer_put(json->out, object ? "{" : "[");
}

static void end(struct json_writer *json, bool object) {
    assert(json->depth > 0 && json->levels[json->depth - 1].object == object);
    assert(json->indent == 0); /* a line was asked for, and no value came to stand on it */
    json->depth--;
    buffer_put(json->out, object ? "}" : "]");
}

void json_begin_object(struct json_writer *json, const char *key) {
    begin(json, key, true);
}

void json_end_object(struct json_writer *json) {
    end(json, true);
}

void json_begin_array(struct json_writer *json, const char *key) {
    begin(json, key, false);
}

void json_end_array(struct json_writer *json) {
    end(json, false);
}

void json_string(struct json_writer *json, const char *key, const char *value) {
    open_value(json, key);
    buffer_put_json(json->out, value);
}

void json_phrase(struct json_writer *json, const char *key, const struct phrase *value) {
    if (value->en == NULL && value->zh == NULL) {
        json_null(json, key);
        return;
    }
    json_begin_object(json, key);
    json_string(json, "en", value->en);
    json_string(json, "zh", value->zh);
    json_end_object(json);
}

void json_number(struct json_writer *json, const char *key, double value) {
    char number[BUFFER_NUMBER_SIZE];
    open_value(json, key);
    buffer_put(json->out, buffer_number(number, value));
}

void json_integer(struct json_writer *json, const char *key, int64_t value) {
    open_value(json, key);
    buffer_format(json->out, "%" PRId64, value);
}

void json_count(struct json_writer *json, const char *key, uint64_t value) {
    open_value(json, key);
    buffer_format(json->out, "%" PRIu64, value);
}

void json_digits(struct json_writer *json, const char *key, uint64_t value) {
    open_value(json, key);
    buffer_format(json->out, "\"%" PRIu64 "\"", value);
}

void json_seconds(struct json_writer *json, const char *key, int64_t ns) {
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    open_value(json, key);
    buffer_format(json->out, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", size / NS_PER_S,
                  size % NS_PER_S);
}

void json_bytes(struct json_writer *json, const char *key, const uint8_t *bytes, size_t count) {
    open_value(json, key);
    buffer_put(json->out, "\"");
    for (size_t i = 0; i < count; i++) {
        buffer_format(json->out, "%02X", bytes[i]);
    }
    buffer_put(json->out, "\"");
}

void json_bool(struct json_writer *json, const char *key, bool value) {
    open_value(json, key);
    buffer_put(json->out, value ? "true" : "false");
}

void json_null(struct json_writer *json, const char *key) {
    open_value(json, key);
    buffer_put(json->out, "null");
}

void json_on_new_line(struct json_writer *json, unsigned indent) {
    assert(json->depth > 0 && indent > 0);
    json->indent = indent;
}

void json_line(struct json_writer *json, FILE *stream) {
    assert(json->depth == 0 && json->out->length > 0);
    buffer_put(json->out, "\n");
    fwrite(json->out->chars, 1, json->out->length, stream);
    json->out->length = 0;
}
