/* SPDX-License-Identifier: MIT */
/* library.h: a folder of cases, profiles, vehicles and mutants, and the memory of all that is loaded
 * from it.
 *
 *   struct library *lib = library_open("scenarios", &vocabulary, &problem);   cases/, profiles/ ...
 *   struct profile *profile = profile_load(lib, "t240", &problem);            profile.h
 *   struct scenario *one = scenario_load(lib, library_case(lib, 0), profile, &problem);
 *   library_free(lib);
 *
 * What signals, messages, actions and keys there are the library asks its caller (vocabulary). */
#ifndef HARNESS_SCENARIO_LIBRARY_H
#define HARNESS_SCENARIO_LIBRARY_H

#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct library;

struct preset; /* preset.h */
struct preset_value;
struct action; /* harness/action/action.h; the loader carries it and knows nothing of it */

/* What the loader asks of its caller about words it does not know itself. A refusal puts one
 * sentence into problem->text, and into offset where the fault is in the text (0-based). */
struct vocabulary {
    void *ctx;
    /* An expression is well-formed and its signals exist. quantity: it must be a number, unit gets
     * its unit. */
    bool (*expression)(void *ctx, const char *text, bool quantity, char *unit, size_t unit_size,
                       struct problem *problem, size_t *offset);
    /* One piece of memory, which the library frees with free(); NULL: refused. */
    struct action *(*action)(void *ctx, const char *text, struct problem *problem, size_t *offset);
    /* A vehicle's value: at_name tells whether the fault is its name or its value. */
    bool (*vehicle_value)(void *ctx, const struct preset_value *value, bool *at_name,
                          struct problem *problem);
    /* All of them together; key: the name of the value at fault, NULL: none in particular. */
    bool (*vehicle)(void *ctx, const struct preset *preset, const char **key,
                    struct problem *problem);
};

/* A function of the vocabulary that is NULL accepts every word (and knows no units). */
struct library *library_open(const char *folder, const struct vocabulary *vocabulary,
                             struct problem *problem);
/* The folder laid over a base: its cases, vehicles, profiles and clauses beside those of the base, none of
 * which it may replace. A folder with monitors of its own is whole: it stands alone. */
struct library *library_open_over(const char *folder, const char *base,
                                  const struct vocabulary *vocabulary, struct problem *problem);
void library_free(struct library *library);

/* What else was wrong in the file that could not be loaded last, in the order of its lines; the first
 * fault is what the function that loaded it told. NULL: no more. */
const struct problem *library_further(const struct library *library, size_t index);

/* Files of cases/ in alphabetical order, without folder and ".json". */
size_t library_case_count(const struct library *library);
const char *library_case(const struct library *library, size_t index);

#endif
