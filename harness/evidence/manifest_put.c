/* SPDX-License-Identifier: MIT */
/* The manifest as JSON. */
#include "harness/evidence/internal.h"

#include "sim/text/json_writer.h"

#define MANIFEST_FORMAT 1 /* what json_read takes (harness/json/json.h) */

static void put_files(struct json_writer *json, const struct manifest *manifest, bool timed,
                      unsigned indent) {
    json_on_new_line(json, indent);
    json_begin_array(json, "files");
    for (size_t i = 0; i < manifest->file_count; i++) {
        const struct manifest_file *file = &manifest->files[i];
        if (file->timed == timed) {
            json_on_new_line(json, indent + 2);
            json_begin_object(json, NULL);
            json_string(json, "path", file->path);
            json_count(json, "size", file->size);
            json_string(json, "sha256", file->sha256);
            json_end_object(json);
        }
    }
    json_end_array(json);
}

static void put_maker(struct json_writer *json, const struct manifest *manifest) {
    const struct manifest_maker *maker = &manifest->maker;
    json_on_new_line(json, 2);
    json_begin_object(json, "made");
    json_string(json, "at", maker->at);
    json_string(json, "bench", maker->bench);
    json_string(json, "commit", maker->commit);
    json_string(json, "compiler", maker->compiler);
    json_string(json, "kernel", maker->kernel);
    json_string(json, "program", maker->program);
    put_files(json, manifest, true, 4);
    json_end_object(json);
}

void manifest_put(struct buffer *text, const struct manifest *manifest) {
    struct json_writer json = {.out = text};
    json_begin_object(&json, NULL);
    json_on_new_line(&json, 2);
    json_integer(&json, "format", MANIFEST_FORMAT);
    json_bool(&json, "whole", manifest->whole);
    json_count(&json, "planned", manifest->planned);
    json_count(&json, "done", manifest->done);
    json_string(&json, "scenarios", manifest->inputs);
    json_on_new_line(&json, 2);
    json_begin_object(&json, "run");
    for (size_t i = 0; i < manifest->fact_count; i++) {
        json_on_new_line(&json, 4);
        json_string(&json, manifest->facts[i].name, manifest->facts[i].value);
    }
    json_end_object(&json);
    put_files(&json, manifest, false, 2);
    put_maker(&json, manifest);
    json_end_object(&json);
    buffer_put(text, "\n");
}
