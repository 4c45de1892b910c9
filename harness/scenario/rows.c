/* SPDX-License-Identifier: MIT */
#include "harness/scenario/rows.h"

#include "harness/json/graft.h"
#include "harness/scenario/parameters.h"
#include "harness/scenario/shapes.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS (JSON_STRING | JSON_OBJECT)

const char *rows_split(struct library *library, const char *text, const char **name) {
    size_t length = strlen(text);
    const char *open = strrchr(text, '[');
    *name = text;
    if (!open || open == text || text[length - 1] != ']') {
        return NULL;
    }
    size_t before = (size_t)(open - text), inside = length - before - 2;
    char *copy = library_memory(library, before + 1, 1),
         *row = library_memory(library, inside + 1, 1);
    memcpy(copy, text, before);
    memcpy(row, open + 1, inside);
    *name = copy;
    return row;
}

size_t rows_names(struct library *library, const char *path, const char ***names) {
    struct json_text text;
    struct problem problem;
    size_t count = 0;
    if (!json_read(&text, path, &problem)) {
        return 0;
    }
    const cJSON *row, *rows = member(text.root, "rows");
    *names = library_memory(library, (size_t)cJSON_GetArraySize(rows) + 1, sizeof **names);
    cJSON_ArrayForEach(row, rows) {
        const cJSON *name = member(row, "name");
        (*names)[count++] = library_string(library, cJSON_IsString(name) ? name->valuestring : "");
    }
    json_free(&text);
    return count;
}

static const struct json_key row_key_table[] = {
    {"name", JSON_STRING, true},  {"title", TEXTS, false},
    {"with", JSON_OBJECT, false}, {"vehicle", JSON_STRING | JSON_ARRAY, false},
    {"needs", JSON_ARRAY, false}, {"firmware", JSON_OBJECT, false},
    {"covers", JSON_ARRAY, false}};

/* ---- shape ---- */

static bool read_row(const struct reader *reader, const cJSON *item) {
    if (!json_keys(reader->text, item, "a row", row_key_table, COUNT(row_key_table),
                   reader->problem)) {
        return false;
    }
    const cJSON *name = member(item, "name");
    if (!name_is_plain(name->valuestring)) {
        return json_fault_both(reader->text, name, JSON_AT_VALUE, reader->problem,
                               "a row's name is made of a-z, 0-9 and '-'",
                               "数据行的名称只能由a-z、0-9和'-'组成");
    }
    for (const cJSON *other = item->prev; other->next; other = other->prev) {
        if (strcmp(member(other, "name")->valuestring, name->valuestring) == 0) {
            return json_fault_both(reader->text, name, JSON_AT_VALUE, reader->problem,
                                   "two rows have the name '%.80s'", "两个数据行都名为'%.80s'",
                                   name->valuestring);
        }
    }
    return true;
}

static bool read_rows(const struct reader *reader, const cJSON *root) {
    const cJSON *item, *rows = member(root, "rows");
    if (!json_entries(reader->text, rows, "rows", JSON_OBJECT, 1, ROWS_MAX, reader->problem)) {
        return false;
    }
    cJSON_ArrayForEach(item, rows) {
        if (!read_row(reader, item)) {
            return false;
        }
    }
    return parameters_declared(reader, member(root, "parameters"));
}

static const char *next_row(void *ctx, size_t index) {
    const cJSON *item = cJSON_GetArrayItem(ctx, index < ROWS_MAX ? (int)index : -1);
    return item ? member(item, "name")->valuestring : NULL;
}

static const cJSON *find_row(const struct reader *reader, const cJSON *root, const char *name) {
    cJSON *rows = cJSON_GetObjectItemCaseSensitive(root, "rows");
    const char *first = next_row(rows, 0);
    if (!name) {
        json_fault_both(reader->text, rows, JSON_AT_KEY, reader->problem,
                        "this case has rows: name one in brackets, as '[%.80s]'",
                        "本用例有多个数据行：请在方括号中指定，如'[%.80s]'", first);
        return NULL;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, rows) {
        if (strcmp(member(item, "name")->valuestring, name) == 0) {
            return item;
        }
    }
    struct problem cause;
    char *en = memory_format("; its first one is '%.80s'", first),
         *zh = memory_format("；第一个是'%.80s'", first);
    problem_set_both(&cause, "this case has no row '%.80s'", "本用例没有数据行'%.80s'", name);
    nearest_add(&cause, name, next_row, rows, (struct phrase){en, zh});
    free(en);
    free(zh);
    json_fault_as(reader->text, rows, JSON_AT_KEY, reader->problem, &cause);
    return NULL;
}

/* ---- the row's case ---- */

static cJSON *copy_of(const struct reader *reader, struct json_text *text, const cJSON *item) {
    cJSON *fresh = cJSON_Duplicate(item, false);
    const struct json_source source = {.text = reader->text, .item = item};
    const cJSON *child;
    json_graft(text, &source, fresh);
    cJSON_ArrayForEach(child, item) {
        cJSON_AddItemToArray(fresh, copy_of(reader, text, child));
    }
    return fresh;
}

/* In the case's "firmware" (NULL: it has none) what the row sets anew. */
static void lay_over(const struct reader *reader, struct json_text *text, cJSON *root,
                     const cJSON *firmware) {
    cJSON *own = cJSON_GetObjectItemCaseSensitive(root, firmware->string);
    if (!own) {
        cJSON_AddItemToArray(root, copy_of(reader, text, firmware));
        return;
    }
    const cJSON *param;
    cJSON_ArrayForEach(param, firmware) {
        cJSON *old = cJSON_GetObjectItemCaseSensitive(own, param->string);
        if (old) {
            json_remove(text, cJSON_DetachItemViaPointer(own, old));
        }
        cJSON_AddItemToArray(own, copy_of(reader, text, param));
    }
}

/* Behind what the case covers, what the row does besides. */
static void add_covers(const struct reader *reader, struct json_text *text, cJSON *root,
                       const cJSON *covers) {
    cJSON *own = cJSON_GetObjectItemCaseSensitive(root, covers->string);
    const cJSON *item;
    if (!own) {
        cJSON_AddItemToArray(root, copy_of(reader, text, covers));
        return;
    }
    cJSON_ArrayForEach(item, covers) {
        cJSON_AddItemToArray(own, copy_of(reader, text, item));
    }
}

static bool is_one_of(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The members of the case, but for those that only describe its rows and those that the row has
 * instead. */
static cJSON *fill_members(struct filling *filling, const cJSON *root, const cJSON *row) {
    static const char *const left_out[] = {"rows", "parameters"};
    static const char *const instead[] = {"vehicle", "needs"};
    const struct reader *reader = filling->reader;
    const cJSON *item, *firmware = member(row, "firmware"), *covers = member(row, "covers");
    const struct json_source source = {.text = reader->text, .item = root};
    cJSON *fresh = json_graft(filling->target, &source, cJSON_CreateObject());
    cJSON_ArrayForEach(item, root) {
        bool own = is_one_of(item->string, instead, COUNT(instead)) && member(row, item->string);
        if (own || is_one_of(item->string, left_out, COUNT(left_out))) {
            continue;
        }
        cJSON *filled = parameters_fill(filling, item);
        if (!filled) {
            cJSON_Delete(fresh);
            return NULL;
        }
        cJSON_AddItemToArray(fresh, filled);
    }
    for (size_t i = 0; i < COUNT(instead); i++) {
        if (member(row, instead[i])) {
            cJSON_AddItemToArray(fresh, copy_of(reader, filling->target, member(row, instead[i])));
        }
    }
    if (firmware) {
        lay_over(reader, filling->target, fresh, firmware);
    }
    if (covers) {
        add_covers(reader, filling->target, fresh, covers);
    }
    return fresh;
}

static void list_values(struct library *library, const cJSON *declared, const cJSON *with,
                        struct row *row) {
    const cJSON *declaration;
    char number[32];
    row->values = library_memory(library, PARAMETERS_MAX, sizeof *row->values);
    cJSON_ArrayForEach(declaration, declared) {
        const cJSON *given = with ? member(with, declaration->string) : NULL;
        const cJSON *value = given ? given : member(declaration, "default");
        snprintf(number, sizeof number, "%g", value->valuedouble);
        const char *text = cJSON_IsNumber(value) ? number : value->valuestring;
        if (strcmp(member(declaration, "type")->valuestring, parameter_type_name(PARAMETER_TEXT)) ==
            0) {
            continue;
        }
        size_t size = strlen(declaration->string) + strlen(text) + 2;
        char *line = library_memory(library, size, 1);
        snprintf(line, size, "%s=%s", declaration->string, text);
        assert(row->value_count < PARAMETERS_MAX);
        row->values[row->value_count++] = line;
    }
}

static bool apply(const struct reader *reader, struct json_text *text, const cJSON *item,
                  struct row *row) {
    cJSON *root = text->root;
    struct filling filling = {.reader = reader,
                              .target = text,
                              .what = "the row",
                              .name = member(item, "name")->valuestring,
                              .written = text,
                              .declared = member(root, "parameters"),
                              .with = member(item, "with"),
                              .given_at = item};
    if (!parameters_check(&filling)) {
        return false;
    }
    cJSON *fresh = fill_members(&filling, root, item);
    if (!fresh || !parameters_used(&filling)) {
        cJSON_Delete(fresh);
        return false;
    }
    row->name = library_string(reader->library, filling.name);
    row->cover_count = (size_t)cJSON_GetArraySize(member(item, "covers"));
    list_values(reader->library, filling.declared, filling.with, row);
    const cJSON *title = member(item, "title");
    if (title && !read_text(reader, title, &row->title)) {
        cJSON_Delete(fresh);
        return false;
    }
    text->root = fresh;
    json_remove(text, root);
    json_grafted(text);
    return true;
}

bool rows_choose(const struct reader *reader, struct json_text *text, const char *name,
                 struct row *row) {
    const cJSON *root = text->root, *rows = member(root, "rows");
    const cJSON *parameters = member(root, "parameters");
    *row = (struct row){0};
    if (!rows && parameters) {
        return json_fault_both(text, parameters, JSON_AT_KEY, reader->problem,
                               "a case has \"parameters\" only with \"rows\"",
                               "用例有\"rows\"时才能有\"parameters\"");
    }
    if (!rows) {
        return !name || json_fault_both(text, root, JSON_AT_VALUE, reader->problem,
                                        "this case has no rows, so no '[%.80s]'",
                                        "本用例没有数据行，不能写'[%.80s]'", name);
    }
    if (!read_rows(reader, root)) {
        return false;
    }
    const cJSON *item = find_row(reader, root, name);
    return item && apply(reader, text, item, row);
}

struct json_shape row_keys(void) {
    return (struct json_shape){"a row", NULL, row_key_table, COUNT(row_key_table)};
}
