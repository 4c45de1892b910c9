/* SPDX-License-Identifier: MIT */
/* schema.h: the JSON Schemas of scenarios/, made from the tables that the loader and the bench work
 * with.
 *
 *   cJSON *schema = schema_document(&session, "scenario");
 *   schema_print(schema, stdout);
 *
 * Keys come from the loader's tables (harness/scenario/shapes.h); actions, signals, messages,
 * limits, vehicles, groups from the bench and the library that is open. What other files define
 * (limits, groups ...) is offered, not demanded: a schema refuses nothing the loader would take. */
#ifndef HARNESS_CLI_SCHEMA_H
#define HARNESS_CLI_SCHEMA_H

#include "harness/cli/session.h"

#include <cjson/cJSON.h>
#include <stdio.h>

/* "scenario", "profile" ...; NULL: there are no more. */
const char *schema_name(size_t index);
/* The caller frees it; NULL: there is none of that name. */
cJSON *schema_document(struct session *session, const char *name);
/* Two blanks a level; what fits into a line stands in one. */
void schema_print(const cJSON *schema, FILE *stream);

/* The definition of that name, "event" say; NULL: there is none (schema_definitions.c). */
cJSON *schema_definition(struct session *session, const char *name);
/* Enumerations of words: "actions", "events", "quantities", "limits" ... (schema_words.c). */
cJSON *schema_words(struct session *session, const char *what);
/* An action's usage as a pattern of what may be written. */
cJSON *schema_action_patterns(void);
/* What each group of groups.json wants in "with". */
cJSON *schema_groups(struct session *session);

#endif
