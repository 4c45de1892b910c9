/* SPDX-License-Identifier: MIT */
/* graft_internal.h: places, as json.c and graft.c share them. */
#ifndef HARNESS_JSON_GRAFT_INTERNAL_H
#define HARNESS_JSON_GRAFT_INTERNAL_H

#include "harness/json/json.h"

/* Never NULL: every item of a tree has a place. */
const struct json_place *json_place_of(const struct json_text *text, const cJSON *item);
void json_sort_places(struct json_text *text);

#endif
