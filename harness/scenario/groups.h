/* SPDX-License-Identifier: MIT */
/* groups.h: checks and steps that are written once, in groups.json, and used by many cases.
 *
 *   {"groups": {"ends-safely": {"title": TEXT, "parameters": {"from": {"type": "event"}},
 *                               "checks": [...]}}}              or "steps": [...]
 *   {"use": "ends-safely", "with": {"from": "@stop"}}           in a case, among its checks
 *
 *   struct groups groups = {0};
 *   if (!groups_expand(&groups, &reader, &text, text.root)) ...     before the case is read
 *   json_free(&text);
 *   groups_free(&groups);                                           after the case's text
 *
 * The uses are replaced in the tree, in their place and order; what reads the case sees plain
 * checks and steps. A fault inside a group names the group's line and that of the use. A group may
 * use others, GROUPS_DEEP_MAX deep, not itself. */
#ifndef HARNESS_SCENARIO_GROUPS_H
#define HARNESS_SCENARIO_GROUPS_H

#include "harness/scenario/internal.h"

#define GROUPS_DEEP_MAX 4
#define GROUPS_FILE     "groups"

/* groups.json, read when the first use is met. */
struct groups {
    struct json_text text;
    bool read;
};

/* reader->text is text; the case's "checks" and "steps" are those of root. */
bool groups_expand(struct groups *groups, const struct reader *reader, struct json_text *text,
                   const cJSON *root);
void groups_free(struct groups *groups);

#endif
