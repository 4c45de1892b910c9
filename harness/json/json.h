/* SPDX-License-Identifier: MIT */
/* json.h: JSON files of the bench's own, read so that every complaint has a line and a column.
 *
 *   struct json_text text;
 *   if (!json_read(&text, "scenarios/starts.json", &problem)) ...
 *   static const struct json_key keys[] = {{"id", JSON_STRING, true},
 *                                          {"steps", JSON_ARRAY, false}};
 *   if (!json_keys(&text, text.root, "a case", keys, 2, &problem)) ...
 *   return json_fault(&text, item, JSON_AT_VALUE, &problem, "there is no limit '%s'", name);
 *   json_free(&text);
 *
 * cJSON builds the tree; a small scanner goes over the text before it, refuses what RFC 8259
 * refuses (cJSON is more lenient) and notes where each value and key begins. Files are UTF-8, at
 * most JSON_SIZE_MAX bytes and JSON_DEPTH_MAX levels. Lines and columns count from 1, columns in
 * characters. All functions returning bool fill the problem when they return false. */
#ifndef HARNESS_JSON_JSON_H
#define HARNESS_JSON_JSON_H

#include "sim/text/problem.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Of the bench's own files. A file may say "format": 1 in its outermost object; json_read refuses a later one
 * and takes the key away, so that no loader meets it. */
#define JSON_FORMAT      1
#define JSON_SIZE_MAX    ((size_t)1 << 20)
#define JSON_DEPTH_MAX   16
#define JSON_MEMBERS_MAX 1000 /* of an object whose keys are free names */

/* Where one value stands in the text; in the order in which values begin. The last three are for
 * grafted items (graft.h). */
struct json_place {
    size_t key;   /* offset of the member's name; of the value itself when it has none */
    size_t value; /* offset */
    const cJSON *item;
    const struct json_text *from; /* the text it was written in; NULL: this one */
    const cJSON *use;             /* the item of this text that brought it in; NULL: none */
    bool composed;                /* a string that stands nowhere as it is: no offsets inside it */
};

struct json_text {
    char name[256]; /* the path, as told in problems */
    char *bytes;
    size_t size;
    cJSON *root;
    struct json_place *places; /* the first sorted_count sorted by item once the tree is there */
    size_t place_count, sorted_count, place_room;
    cJSON *removed; /* items that were replaced: their places are still asked for */
};

enum json_type {
    JSON_STRING = 1,
    JSON_NUMBER = 2,
    JSON_BOOL = 4,
    JSON_OBJECT = 8,
    JSON_ARRAY = 16,
};

struct json_key {
    const char *name;
    unsigned types; /* of enum json_type, or-ed */
    bool required;
};

/* Where in an item a fault is: at its value, at its name, or at the n-th byte of its text. */
#define JSON_AT_VALUE ((size_t)-1)
#define JSON_AT_KEY   ((size_t)-2)

bool json_read(struct json_text *text, const char *path, struct problem *problem);
/* The same for a text in memory; the bytes are copied. */
bool json_parse(struct json_text *text, const char *name, const char *bytes, size_t size,
                struct problem *problem);
void json_free(struct json_text *text);

/* The item is of one of the types; a complaint calls it by the name. */
bool json_type(const struct json_text *text, const cJSON *item, const char *name, unsigned types,
               struct problem *problem);
/* The object has only these keys, none twice, all required ones, each of its type. */
bool json_keys(const struct json_text *text, const cJSON *object, const char *what,
               const struct json_key *keys, size_t count, struct problem *problem);
/* An object with free names: none twice, at most JSON_MEMBERS_MAX, each of the types. */
bool json_names(const struct json_text *text, const cJSON *object, const char *what, unsigned types,
                struct problem *problem);
/* An array with min..max entries, each of the types. */
bool json_entries(const struct json_text *text, const cJSON *array, const char *what,
                  unsigned types, int min, int max, struct problem *problem);

/* In this text: of a grafted item the place where it is used. */
void json_position(const struct json_text *text, const cJSON *item, size_t at, int *line,
                   int *column);
/* Always false, so that it can be returned. Of a grafted item the place where it is written, the
 * sentence then says where it is used. */
bool json_fault(const struct json_text *text, const cJSON *item, size_t at, struct problem *problem,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same in both languages, whose formats take the same arguments. */
bool json_fault_both(const struct json_text *text, const cJSON *item, size_t at,
                     struct problem *problem, const char *en, const char *zh, ...)
    __attribute__((format(printf, 5, 7), format(printf, 6, 7)));
/* With the texts of another problem. */
bool json_fault_as(const struct json_text *text, const cJSON *item, size_t at,
                   struct problem *problem, const struct problem *cause);

#endif
