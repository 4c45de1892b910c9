/* SPDX-License-Identifier: MIT */
/* preset.h: a vehicle, as a file of vehicles/ has it: named values.
 *
 *   struct preset *preset = preset_load(lib, scenario->vehicle, &problem);    or "./mine.json"
 *
 * Names, types, units and ranges are checked by the library's vocabulary, and whether the whole agrees
 * with itself. It belongs to the library and lives until library_free. */
#ifndef HARNESS_SCENARIO_PRESET_H
#define HARNESS_SCENARIO_PRESET_H

#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct library;

struct preset_value {
    const char *name;
    double number;      /* a plain number */
    const char *string; /* a text, or a quantity as written ("228 Ah"); NULL: it is a number */
    int line;
};

struct preset {
    const char *name;
    const char *file;
    struct phrase title;
    const char *instead; /* the vehicle for a charger whose rating this one does not fit; or NULL */
    struct preset_value *values;
    size_t value_count;
    struct preset *next; /* of those that are known to be sound */
};

struct preset *preset_load(struct library *library, const char *name, struct problem *problem);
/* Can it be loaded? Its file is read once, however many cases ask. */
bool preset_sound(struct library *library, const char *name, struct problem *problem);

#endif
