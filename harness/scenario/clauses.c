/* SPDX-License-Identifier: MIT */
/* The clauses of a profile: its list, and what covers and decides a row. */
#include "harness/scenario/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CLAUSES_MAX   1000
#define DOCUMENTS_MAX 40

/* ---- words ---- */

struct word_list {
    const char *const *words;
    size_t count;
};

static const char *const closers[] = {"model", "hosted", "bench", "inspect", "platform", "station"};
static const char *const ways[] = {"auto", "bench", "inspect", "station", "platform"};
static const struct word_list closer_words = {closers, COUNT(closers)};
static const struct word_list way_words = {ways, COUNT(ways)};

static bool unknown_word(const struct reader *reader, const cJSON *item,
                         const struct word_list *list) {
    if (list == &closer_words) {
        return json_fault_both(
            reader->text, item, JSON_AT_VALUE, reader->problem,
            "a clause is closed by model, hosted, bench, inspect, platform or station, not '%.40s'",
            "条款由model、hosted、bench、inspect、platform或station关闭，不能是'%.40s'",
            item->valuestring);
    }
    return json_fault_both(
        reader->text, item, JSON_AT_VALUE, reader->problem,
        "a clause is verified by auto, bench, inspect, station or platform, not '%.40s'",
        "条款的验证方式为auto、bench、inspect、station或platform，不能是'%.40s'",
        item->valuestring);
}

static const char *word_named(const struct word_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->words[i], name) == 0) {
            return list->words[i];
        }
    }
    return NULL;
}

static bool read_words(const struct reader *reader, const cJSON *array,
                       const struct word_list *list, const char **words, size_t *count) {
    const cJSON *item;
    if (!json_entries(reader->text, array, array->string, JSON_STRING, 1, (int)list->count,
                      reader->problem)) {
        return false;
    }
    cJSON_ArrayForEach(item, array) {
        const char *word = word_named(list, item->valuestring);
        if (word == NULL) {
            return unknown_word(reader, item, list);
        }
        assert(*count < list->count);
        words[(*count)++] = word;
    }
    return true;
}

/* ---- documents ---- */

static bool read_document(const struct reader *reader, const cJSON *item,
                          struct clause_document *document) {
    static const struct json_key keys[] = {{"prefix", JSON_STRING, true},
                                           {"edition", JSON_STRING, true},
                                           {"title", JSON_STRING | JSON_OBJECT, true}};
    if (!json_keys(reader->text, item, "a document", keys, COUNT(keys), reader->problem)) {
        return false;
    }
    document->prefix = library_string(reader->library, member(item, "prefix")->valuestring);
    document->edition = library_string(reader->library, member(item, "edition")->valuestring);
    return read_text(reader, member(item, "title"), &document->title);
}

static bool read_documents(const struct reader *reader, const cJSON *array,
                           struct clause_list *list) {
    const cJSON *item;
    if (array == NULL) {
        return true;
    }
    if (!json_entries(reader->text, array, "documents", JSON_OBJECT, 1, DOCUMENTS_MAX,
                      reader->problem)) {
        return false;
    }
    list->documents =
        library_memory(reader->library, (size_t)cJSON_GetArraySize(array), sizeof *list->documents);
    cJSON_ArrayForEach(item, array) {
        if (!read_document(reader, item, &list->documents[list->document_count++])) {
            return false;
        }
    }
    return true;
}

static const struct clause_document *document_of(const struct clause_list *list, const char *id) {
    for (size_t i = 0; i < list->document_count; i++) {
        if (strncmp(list->documents[i].prefix, id, strlen(list->documents[i].prefix)) == 0) {
            return &list->documents[i];
        }
    }
    return NULL;
}

/* ---- clauses ---- */

static bool is_listed(const struct clause_list *list, const char *id) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->clauses[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_id(const struct reader *reader, const cJSON *id, struct clause_list *list,
                    struct clause_def *clause) {
    if (is_listed(list, id->valuestring)) {
        return json_fault_both(reader->text, id, JSON_AT_VALUE, reader->problem,
                               "the clause '%.60s' is listed twice", "条款'%.60s'出现了两次",
                               id->valuestring);
    }
    clause->id = library_string(reader->library, id->valuestring);
    clause->document = document_of(list, clause->id);
    if (clause->document == NULL && list->document_count > 0) {
        return json_fault_both(reader->text, id, JSON_AT_VALUE, reader->problem,
                               "no document of this list has a prefix that '%.60s' begins with",
                               "'%.60s'不以本列表中任何文件的prefix开头", id->valuestring);
    }
    return true;
}

/* The name of a reason of this list. */
static bool read_open(const struct reader *reader, const cJSON *name, const cJSON *reasons,
                      struct clause_def *clause) {
    const cJSON *reason = name != NULL ? member(reasons, name->valuestring) : NULL;
    if (name != NULL && reason == NULL) {
        return json_fault_both(reader->text, name, JSON_AT_VALUE, reader->problem,
                               "\"reasons\" of this list has no '%.60s'",
                               "本列表的\"reasons\"中没有'%.60s'", name->valuestring);
    }
    return reason == NULL || read_text(reader, reason, &clause->open);
}

static bool read_clause(const struct reader *reader, const cJSON *item, const cJSON *reasons,
                        struct clause_list *list) {
    static const struct json_key keys[] = {
        {"id", JSON_STRING, true},     {"closed_by", JSON_ARRAY, true},
        {"verify", JSON_ARRAY, false}, {"limit", JSON_STRING | JSON_OBJECT, false},
        {"open", JSON_STRING, false},  {"text", JSON_STRING | JSON_OBJECT, true}};
    struct clause_def *clause = &list->clauses[list->count];
    if (!json_keys(reader->text, item, "a clause", keys, COUNT(keys), reader->problem) ||
        !read_id(reader, member(item, "id"), list, clause)) {
        return false;
    }
    list->count++;
    const cJSON *limit = member(item, "limit"), *verify = member(item, "verify");
    return read_text(reader, member(item, "text"), &clause->text) &&
           (limit == NULL || read_text(reader, limit, &clause->limit)) &&
           read_words(reader, member(item, "closed_by"), &closer_words, clause->closed_by,
                      &clause->closed_by_count) &&
           (verify == NULL ||
            read_words(reader, verify, &way_words, clause->verify, &clause->verify_count)) &&
           read_open(reader, member(item, "open"), reasons, clause);
}

static bool read_clauses(const struct reader *reader, const cJSON *root, struct clause_list *list) {
    static const struct json_key keys[] = {{"clauses", JSON_ARRAY, true},
                                           {"documents", JSON_ARRAY, false},
                                           {"reasons", JSON_OBJECT, false}};
    const cJSON *item;
    if (!json_keys(reader->text, root, "a list of clauses", keys, COUNT(keys), reader->problem) ||
        !read_documents(reader, member(root, "documents"), list)) {
        return false;
    }
    const cJSON *array = member(root, "clauses"), *reasons = member(root, "reasons");
    if ((reasons != NULL && !json_names(reader->text, reasons, "reasons", JSON_STRING | JSON_OBJECT,
                                        reader->problem)) ||
        !json_entries(reader->text, array, "clauses", JSON_OBJECT, 0, CLAUSES_MAX,
                      reader->problem)) {
        return false;
    }
    list->clauses = library_memory(reader->library, (size_t)cJSON_GetArraySize(array) + 1,
                                   sizeof *list->clauses);
    cJSON_ArrayForEach(item, array) {
        if (!read_clause(reader, item, reasons, list)) {
            return false;
        }
    }
    return true;
}

bool clauses_load(struct library *library, const char *name, struct clause_list *list,
                  struct problem *problem) {
    struct json_text text;
    *list = (struct clause_list){0};
    if (!library_has(library, "clauses", name)) {
        return true;
    }
    if (!json_read(&text, library_path(library, "clauses", name), problem)) {
        return false;
    }
    const struct reader reader = {.library = library, .text = &text, .problem = problem};
    bool good = read_clauses(&reader, text.root, list);
    json_free(&text);
    return good;
}

/* ---- questions ---- */

/* " *" stands for all of a standard, and the standard itself. */
static bool stands_for(const char *own, const char *id) {
    size_t length = strlen(own);
    if (length < 3 || strcmp(own + length - 2, " *") != 0) {
        return strcmp(own, id) == 0;
    }
    char after = strncmp(own, id, length - 2) == 0 ? id[length - 2] : '?';
    return after == '\0' || after == ' ';
}

const struct clause_def *clause_find(const struct profile *profile, const char *id) {
    for (; profile != NULL; profile = profile->base) {
        for (size_t i = 0; i < profile->clauses.count; i++) {
            if (stands_for(profile->clauses.clauses[i].id, id)) {
                return &profile->clauses.clauses[i];
            }
        }
    }
    return NULL;
}

static bool is_part_id(const char *part, const char *whole) {
    size_t length = strlen(whole);
    return strncmp(part, whole, length) == 0 && part[length] == '-';
}

bool clause_is_part(const struct clause_def *part, const struct clause_def *whole) {
    return is_part_id(part->id, whole->id);
}

bool clause_covered_by(const struct clause_def *clause, const struct scenario *scenario) {
    for (size_t i = 0; i < scenario->cover_count; i++) {
        const char *covered = scenario->covers[i];
        if (stands_for(clause->id, covered) || is_part_id(covered, clause->id)) {
            return true;
        }
    }
    return false;
}

bool clause_verified_by(const struct clause_def *clause, const char *way) {
    assert(word_named(&way_words, way) != NULL);
    for (size_t i = 0; i < clause->verify_count; i++) {
        if (strcmp(clause->verify[i], way) == 0) {
            return true;
        }
    }
    return false;
}

bool clause_needs_a_case(const struct clause_def *clause) {
    return clause->verify_count == 0 || clause_verified_by(clause, "auto") ||
           clause_verified_by(clause, "bench");
}

bool clause_needs_hardware(const struct clause_def *clause) {
    for (size_t i = 0; i < clause->closed_by_count; i++) {
        if (strcmp(clause->closed_by[i], "bench") == 0) {
            return true;
        }
    }
    return false;
}
