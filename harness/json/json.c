/* SPDX-License-Identifier: MIT */
#include "harness/json/json.h"

#include "harness/json/graft.h"
#include "harness/json/graft_internal.h"
#include "harness/json/scan.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- positions ---- */

/* Of the byte order mark with which some editors begin UTF-8. */
static size_t mark_size(const struct json_text *text) {
    return text->size >= 3 && memcmp(text->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static void offset_position(const struct json_text *text, size_t offset, int *line, int *column) {
    const char *start = text->bytes + mark_size(text);
    const char *at = text->bytes + (offset < text->size ? offset : text->size), *end;
    for (*line = 1; start < at && (end = memchr(start, '\n', (size_t)(at - start))); ++*line) {
        start = end + 1;
    }
    for (*column = 1; start < at; start++) {
        *column += ((unsigned char)*start & 0xC0) != 0x80; /* characters, not bytes */
    }
}

static int compare_places(const void *a, const void *b) {
    uintptr_t left = (uintptr_t)((const struct json_place *)a)->item;
    uintptr_t right = (uintptr_t)((const struct json_place *)b)->item;
    return left < right ? -1 : left > right;
}

const struct json_place *json_place_of(const struct json_text *text, const cJSON *item) {
    struct json_place wanted = {.item = item};
    for (size_t i = text->place_count; i > text->sorted_count; i--) {
        if (text->places[i - 1].item == item) {
            return &text->places[i - 1];
        }
    }
    const struct json_place *place =
        bsearch(&wanted, text->places, text->sorted_count, sizeof wanted, compare_places);
    assert(place);
    return place;
}

void json_sort_places(struct json_text *text) {
    qsort(text->places, text->place_count, sizeof *text->places, compare_places);
    text->sorted_count = text->place_count;
}

/* Where the place is written, in its own text. */
static void place_position(const struct json_text *text, const struct json_place *place, size_t at,
                           int *line, int *column) {
    const struct json_text *from = place->from ? place->from : text;
    size_t offset = place->value;
    if (at == JSON_AT_KEY) {
        offset = place->key;
    } else if (at != JSON_AT_VALUE && cJSON_IsString(place->item) && !place->composed) {
        offset = json_scan_inside(from->bytes, from->size, place->value, at);
    }
    offset_position(from, offset, line, column);
}

void json_position(const struct json_text *text, const cJSON *item, size_t at, int *line,
                   int *column) {
    const struct json_place *place = json_place_of(text, item);
    for (; place->use; at = JSON_AT_VALUE) {
        place = json_place_of(text, place->use);
    }
    place_position(text, place, at, line, column);
}

/* A long path keeps its end: that is where the file's name is. */
static void copy_name(char *target, size_t size, const char *name) {
    size_t length = strlen(name);
    if (length < size) {
        memcpy(target, name, length + 1);
    } else {
        snprintf(target, size, "...%s", name + length - (size - 4));
    }
}

static void problem_file(struct problem *problem, const char *name) {
    *problem = (struct problem){0};
    copy_name(problem->file, sizeof problem->file, name);
}

/* "; used at scenarios/cases/one.json:12:5", from the inside out. */
static void append_uses(const struct json_text *text, const struct json_place *place,
                        struct problem *problem) {
    while (place->use) {
        int line, column;
        char en[300], zh[300];
        place = json_place_of(text, place->use);
        place_position(text, place, JSON_AT_VALUE, &line, &column);
        const char *name = place->from ? place->from->name : text->name;
        snprintf(en, sizeof en, "; used at %s:%d:%d", name, line, column);
        snprintf(zh, sizeof zh, "；用于%s:%d:%d", name, line, column);
        problem_add(problem, en, zh);
    }
}

static const struct json_place *put_place(const struct json_text *text, const cJSON *item,
                                          size_t at, struct problem *problem) {
    const struct json_place *place = json_place_of(text, item);
    problem_file(problem, place->from ? place->from->name : text->name);
    place_position(text, place, at, &problem->line, &problem->column);
    return place;
}

bool json_fault(const struct json_text *text, const cJSON *item, size_t at, struct problem *problem,
                const char *format, ...) {
    const struct json_place *place = put_place(text, item, at, problem);
    va_list list;
    va_start(list, format);
    problem_set_list(problem, format, list);
    va_end(list);
    append_uses(text, place, problem);
    return false;
}

bool json_fault_both(const struct json_text *text, const cJSON *item, size_t at,
                     struct problem *problem, const char *en, const char *zh, ...) {
    const struct json_place *place = put_place(text, item, at, problem);
    va_list list;
    va_start(list, zh);
    problem_set_both_list(problem, en, zh, list);
    va_end(list);
    append_uses(text, place, problem);
    return false;
}

bool json_fault_as(const struct json_text *text, const cJSON *item, size_t at,
                   struct problem *problem, const struct problem *cause) {
    const struct problem said = *cause; /* may be the same */
    const struct json_place *place = put_place(text, item, at, problem);
    problem_as(problem, &said);
    append_uses(text, place, problem);
    return false;
}

static bool byte_fault(const struct json_text *text, size_t offset, struct problem *problem,
                       const char *what) {
    problem_file(problem, text->name);
    offset_position(text, offset, &problem->line, &problem->column);
    return problem_set(problem, "%s", what);
}

/* ---- reading ---- */

/* Hands the places, which are in document order, to the items of the tree. */
static size_t assign_places(struct json_text *text, const cJSON *item, size_t index) {
    assert(index < text->place_count);
    text->places[index++].item = item;
    const cJSON *child;
    cJSON_ArrayForEach(child, item) {
        index = assign_places(text, child, index);
    }
    return index;
}

static bool parse(struct json_text *text, struct problem *problem) {
    size_t bad = json_scan_utf8(text->bytes, text->size);
    if (bad < text->size) {
        return byte_fault(text, bad, problem,
                          "not UTF-8: save the file as UTF-8 (GBK and other code pages are not "
                          "read)");
    }
    struct json_scan scan = {.bytes = text->bytes, .size = text->size};
    bool ok = json_scan(&scan);
    text->places = scan.places;
    text->place_count = text->place_room = scan.place_count;
    if (!ok) {
        return byte_fault(text, scan.fault_at, problem, scan.fault);
    }
    /* cJSON does not see the mark before a text of one byte. */
    size_t mark = mark_size(text);
    text->root = cJSON_ParseWithLength(text->bytes + mark, text->size - mark);
    if (!text->root) {
        return byte_fault(text, 0, problem, "cannot be parsed as JSON");
    }
    size_t assigned = assign_places(text, text->root, 0);
    assert(assigned == text->place_count);
    (void)assigned;
    json_sort_places(text);
    return true;
}

static bool read_bytes(struct json_text *text, int file, struct problem *problem) {
    size_t room = 0;
    while (text->size <= JSON_SIZE_MAX) {
        if (text->size == room) {
            room = room ? 2 * room : 16384;
            text->bytes = memory_resized(text->bytes, room, 1);
        }
        ssize_t count = read(file, text->bytes + text->size, room - text->size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return problem_set_both(problem, "cannot be read: %s", "无法读取：%s", strerror(errno));
        }
        if (count == 0) {
            return true;
        }
        text->size += (size_t)count;
    }
    return problem_set_both(problem, "larger than 1 MiB: not a file of this bench",
                            "大于1 MiB，不是本测试台的文件");
}

/* O_NONBLOCK: opening a FIFO must not hang; what is not a regular file is refused. */
static bool read_file(struct json_text *text, const char *path, struct problem *problem) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return problem_set_both(problem, "cannot be opened: %s", "无法打开：%s", strerror(errno));
    }
    struct stat status;
    bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (!regular) {
        problem_set_both(problem, "is not a regular file", "不是普通文件");
    }
    bool ok = regular && read_bytes(text, file, problem);
    close(file);
    return ok;
}

/* Files of a bench that is newer than this one would be misread key by key: that is said first. */
static bool take_format(struct json_text *text, struct problem *problem) {
    cJSON *format = cJSON_GetObjectItemCaseSensitive(text->root, "format");
    if (!format) {
        return true;
    }
    double number = cJSON_IsNumber(format) ? format->valuedouble : 0;
    if (number < 1 || number != floor(number)) {
        return json_fault_both(text, format, JSON_AT_VALUE, problem,
                               "\"format\" is a whole number from 1 on",
                               "\"format\"为从1开始的整数");
    }
    if (number > JSON_FORMAT) {
        return json_fault_both(
            text, format, JSON_AT_VALUE, problem,
            "this file is of format %.0f, and this program reads up to format %d: it needs a newer "
            "pilebench",
            "此文件的格式为%.0f，本程序最高读取格式%d：需要更新版本的pilebench", number,
            JSON_FORMAT);
    }
    json_remove(text, cJSON_DetachItemViaPointer(text->root, format));
    return true;
}

bool json_read(struct json_text *text, const char *path, struct problem *problem) {
    *text = (struct json_text){0};
    copy_name(text->name, sizeof text->name, path);
    problem_file(problem, path);
    if (read_file(text, path, problem) && parse(text, problem) && take_format(text, problem)) {
        return true;
    }
    json_free(text);
    return false;
}

bool json_parse(struct json_text *text, const char *name, const char *bytes, size_t size,
                struct problem *problem) {
    *text = (struct json_text){0};
    copy_name(text->name, sizeof text->name, name);
    problem_file(problem, name);
    if (size > JSON_SIZE_MAX) {
        return problem_set_both(problem, "larger than 1 MiB", "大于1 MiB");
    }
    text->bytes = memory_resized(NULL, size, 1);
    memcpy(text->bytes, bytes, size);
    text->size = size;
    if (parse(text, problem)) {
        return true;
    }
    json_free(text);
    return false;
}

void json_free(struct json_text *text) {
    cJSON_Delete(text->root);
    cJSON_Delete(text->removed);
    free(text->places);
    free(text->bytes);
    *text = (struct json_text){0};
}

/* ---- shape ---- */

static unsigned type_of(const cJSON *item) {
    return cJSON_IsString(item)   ? JSON_STRING
           : cJSON_IsNumber(item) ? JSON_NUMBER
           : cJSON_IsBool(item)   ? JSON_BOOL
           : cJSON_IsObject(item) ? JSON_OBJECT
           : cJSON_IsArray(item)  ? JSON_ARRAY
                                  : 0u;
}

static const char *type_name(unsigned type) {
    switch (type) {
    case JSON_STRING:
        return "a text";
    case JSON_NUMBER:
        return "a number";
    case JSON_BOOL:
        return "true or false";
    case JSON_OBJECT:
        return "an object {}";
    case JSON_ARRAY:
        return "a list []";
    default:
        return "null";
    }
}

bool json_type(const struct json_text *text, const cJSON *item, const char *name, unsigned types,
               struct problem *problem) {
    if (type_of(item) & types) {
        return true;
    }
    char wanted[80] = "";
    for (unsigned type = JSON_STRING; type <= JSON_ARRAY; type <<= 1) {
        if (types & type) {
            size_t used = strlen(wanted);
            snprintf(wanted + used, sizeof wanted - used, "%s%s", used ? " or " : "",
                     type_name(type));
        }
    }
    return json_fault_both(text, item, JSON_AT_VALUE, problem, "%s must be %s, not %s",
                           "%s应为%s，而不是%s", name, wanted, type_name(type_of(item)));
}

struct key_names {
    const struct json_key *keys;
    size_t count;
};

static const char *next_key(void *ctx, size_t index) {
    const struct key_names *names = ctx;
    return index < names->count ? names->keys[index].name : NULL;
}

static bool unknown_key(const struct json_text *text, const cJSON *item, const char *what,
                        const struct json_key *keys, size_t count, struct problem *problem) {
    struct key_names names = {keys, count};
    char all[320] = "";
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", keys[i].name);
    }
    struct problem cause;
    char *en = memory_format("; it has: %s", all), *zh = memory_format("；可用的键：%s", all);
    problem_set_both(&cause, "%s has no key \"%.60s\"", "%s没有键\"%.60s\"", what, item->string);
    nearest_add(&cause, item->string, next_key, &names, (struct phrase){en, zh});
    free(en);
    free(zh);
    return json_fault_as(text, item, JSON_AT_KEY, problem, &cause);
}

bool json_keys(const struct json_text *text, const cJSON *object, const char *what,
               const struct json_key *keys, size_t count, struct problem *problem) {
    assert(count <= 64);
    if (!json_type(text, object, what, JSON_OBJECT, problem)) {
        return false;
    }
    uint64_t seen = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        size_t i = 0;
        while (i < count && strcmp(keys[i].name, item->string) != 0) {
            i++;
        }
        if (i == count) {
            return unknown_key(text, item, what, keys, count, problem);
        }
        if (seen >> i & 1) {
            return json_fault_both(text, item, JSON_AT_KEY, problem, "\"%s\" is given twice",
                                   "\"%s\"出现了两次", keys[i].name);
        }
        seen |= (uint64_t)1 << i;
        if (!json_type(text, item, keys[i].name, keys[i].types, problem)) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (keys[i].required && !(seen >> i & 1)) {
            return json_fault_both(text, object, JSON_AT_VALUE, problem, "%s lacks \"%s\"",
                                   "%s缺少\"%s\"", what, keys[i].name);
        }
    }
    return true;
}

bool json_names(const struct json_text *text, const cJSON *object, const char *what, unsigned types,
                struct problem *problem) {
    int count = 0;
    const cJSON *item, *other;
    cJSON_ArrayForEach(item, object) {
        if (++count > JSON_MEMBERS_MAX) {
            return json_fault_both(text, item, JSON_AT_KEY, problem, "%s has more than %d entries",
                                   "%s的条目多于%d个", what, JSON_MEMBERS_MAX);
        }
        for (other = object->child; other != item; other = other->next) {
            if (strcmp(other->string, item->string) == 0) {
                return json_fault_both(text, item, JSON_AT_KEY, problem, "\"%.60s\" is given twice",
                                       "\"%.60s\"出现了两次", item->string);
            }
        }
        if (!json_type(text, item, item->string, types, problem)) {
            return false;
        }
    }
    return true;
}

bool json_entries(const struct json_text *text, const cJSON *array, const char *what,
                  unsigned types, int min, int max, struct problem *problem) {
    int count = cJSON_GetArraySize(array);
    if (count < min || count > max) {
        return json_fault_both(text, array, JSON_AT_VALUE, problem,
                               "%s must have %d to %d entries, not %d",
                               "%s应有%d到%d个条目，而不是%d个", what, min, max, count);
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (!json_type(text, item, what, types, problem)) {
            return false;
        }
    }
    return true;
}
