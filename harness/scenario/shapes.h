/* SPDX-License-Identifier: MIT */
/* shapes.h: which keys the loader takes where: its own tables, for the JSON Schemas.
 *
 *   struct json_shape shape;
 *   for (size_t i = 0; check_shape(i, &shape); i++) ...       "measure", "value", "at" ...
 *
 * A check or a step is told by the first key that is the shape's mark; shapes come in the order in
 * which the loader looks for it. */
#ifndef HARNESS_SCENARIO_SHAPES_H
#define HARNESS_SCENARIO_SHAPES_H

#include "harness/json/json.h"

#include <stdbool.h>
#include <stddef.h>

struct json_shape {
    const char *what; /* "a measured value" */
    const char *mark; /* "value" */
    const struct json_key *keys;
    size_t count;
};

/* False: there are no more. */
bool check_shape(size_t index, struct json_shape *shape);
bool step_shape(size_t index, struct json_shape *shape);
bool bend_shape(size_t index, struct json_shape *shape);

struct json_shape case_keys(void);
struct json_shape row_keys(void);
struct json_shape group_keys(void);
struct json_shape use_keys(void);
struct json_shape parameter_keys(void);

#endif
