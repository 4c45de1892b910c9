/* SPDX-License-Identifier: MIT */
/* internal.h: what the loaders share: the folder, the memory of everything that
 * was loaded, and the readers of small things (texts, times, events).
 *
 *   const char *path = library_path(lib, "profiles", name);       "<folder>/profiles/NAME.json"
 *   struct reader reader = {.library = lib, .text = &text, .problem = problem};
 *   if (!read_text(&reader, item, &title)) return NULL;
 *
 * Readers return false with the problem filled. */
#ifndef HARNESS_SCENARIO_INTERNAL_H
#define HARNESS_SCENARIO_INTERNAL_H

#include "harness/json/json.h"
#include "harness/scenario/library.h"
#include "harness/scenario/mutants.h"
#include "harness/scenario/preset.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunk;

struct case_file {
    const char *name; /* without folder and ".json" */
    const char *path;
};

struct library {
    const char *folder;
    const char *base; /* the folder that it lies over; NULL: it stands alone */
    struct vocabulary vocabulary;
    struct case_file *cases; /* sorted by name */
    size_t case_count;
    struct preset *presets;  /* vehicles read so far */
    struct problem *further; /* behind the first of what was loaded last; see library_further */
    size_t further_count, further_room;
    struct chunk *chunks;
};

/* Zeroed memory that lives as long as the library. */
void *library_memory(struct library *library, size_t count, size_t size);
/* The library frees it, with free(). NULL is allowed. */
void library_owns(struct library *library, void *memory);
const char *library_string(struct library *library, const char *text);
const char *library_path(struct library *library, const char *folder, const char *name);
/* Names of the .json files of a folder, sorted, without ".json". */
bool library_names(struct library *library, const char *folder, const char ***names, size_t *count,
                   struct problem *problem);
bool library_has(struct library *library, const char *folder, const char *name);
/* Is it a file that comes with the base, or with a folder that stands alone? Others are the user's own. */
bool library_is_shipped(const struct library *library, const char *path);
/* Problem "there is no FOLDER 'name' ...", with the nearest name. Always false. */
bool library_unknown(struct library *library, const char *folder, const char *what,
                     const char *name, struct problem *problem);

/* Path of a file of the folder, or of one anywhere ("./mine.json"); *name becomes its plain name. what:
 * "profile", "vehicle". NULL: problem says that there is none. */
const char *library_file(struct library *library, const char *folder, const char *what,
                         const char **name, struct problem *problem);

/* Fills library->cases: sorted by name, whatever the folder; two files of one name are a problem. */
bool case_files_list(struct library *library, struct problem *problem);
/* "scenarios/cases/nbt33008.1/weld.json" of "weld"; NULL: there is no such case. A file that came after the
 * list was made is found, too. */
const char *case_path(struct library *library, const char *name);
/* Problem "there is no case 'name' ...", with the nearest name. Always false. */
bool case_unknown(struct library *library, const char *name, struct problem *problem);

/* A name that can be a file's: lower case letters, digits and hyphens. */
bool name_is_plain(const char *name);

/* Where a file's things go while it is read. */
struct reader {
    struct library *library;
    const struct json_text *text;
    struct problem *problem;
    const struct profile *profile; /* limits that exist */
    const struct step_def *steps;  /* marks that exist; for events */
    size_t step_count;
};

/* Reads the entries of a list, or the parts of a whole, to their end although one is at fault, so that a
 * person sees all that is wrong at once:
 *
 *   struct entries entries = entries_begin(reader);
 *   cJSON_ArrayForEach(item, array) {
 *       entries_take(&entries, read_one(reader, item));
 *   }
 *   return entries_end(&entries);           false: the problem is the first, the others the library's */
struct entries {
    struct library *library;
    struct problem *problem;
    struct problem first;
    bool bad;
};

static inline struct entries entries_begin(const struct reader *reader) {
    return (struct entries){.library = reader->library, .problem = reader->problem};
}

void entries_take(struct entries *entries, bool good);
bool entries_end(struct entries *entries);

/* A text, or an object with "en" and "zh". */
bool read_text(const struct reader *reader, const cJSON *item, struct phrase *text);
/* "250 ms" as nanoseconds, above 0. */
bool read_time(const struct reader *reader, const cJSON *item, int64_t *time_ns);
/* A condition, a message or a "@mark". */
bool read_event(const struct reader *reader, const cJSON *item, struct event_def *event);
/* A quantity; unit gets its unit, "" if the vocabulary does not tell. */
bool read_quantity(const struct reader *reader, const cJSON *item, struct event_def *event,
                   char *unit, size_t unit_size);
bool read_limit(const struct reader *reader, const cJSON *item, const struct limit **limit);
bool units_agree(const char *a, const char *b);

/* The clauses of a limit or demand, comma separated. */
bool read_source(const struct reader *reader, const cJSON *array, const char **clauses);

/* clauses/NAME.json; none when there is no such file. */
bool clauses_load(struct library *library, const char *name, struct clause_list *list,
                  struct problem *problem);

/* "clock" and "firmware" of a case, into a zeroed setup. */
bool read_setup(const struct reader *reader, const cJSON *root, struct setup *setup);

/* Into a zeroed step. */
bool read_step(const struct reader *reader, const cJSON *item, struct step_def *step);
/* Into a zeroed check. A monitor has an id, others have none. */
bool read_check(const struct reader *reader, const cJSON *item, bool monitor,
                struct check_def *check);

static inline const cJSON *member(const cJSON *object, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#endif
