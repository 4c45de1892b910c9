/* SPDX-License-Identifier: MIT */
/* parameters.h: "${name}" in the texts of a group or of a case with rows, filled in.
 *
 *   "parameters": {"from": {"type": "event", "default": "@stop"}, "limit": {"type": "limit"}}
 *   "with": {"limit": "estop.open"}
 *
 *   struct filling filling = {.reader = &reader, .what = "the group", .name = "ends-safely",
 *                             .written = &groups, .declared = declared, .with = with, .use = use,
 *                             .given_at = use};
 *   if (!parameters_declared(&groups_reader, declared)) ...      once: types and defaults are sound
 *   if (!parameters_check(&filling)) ...                         all are given, each of its type
 *   cJSON *entry = parameters_fill(&filling, item);              NULL: the problem says why
 *   if (!parameters_used(&filling)) ...
 *
 * A text that is "${name}" and nothing else becomes the value itself, a number too. Within a longer
 * text the value is written out: of a text in two languages the side that fits, and an event with
 * "and" or "or" in parentheses. */
#ifndef HARNESS_SCENARIO_PARAMETERS_H
#define HARNESS_SCENARIO_PARAMETERS_H

#include "harness/scenario/internal.h"

#define PARAMETERS_MAX 32

struct filling {
    const struct reader *reader;     /* reader->text: the tree that is filled; is grafted into */
    struct json_text *target;        /* the same, to graft */
    const char *what, *name;         /* "the group", "ends-safely"; for complaints */
    const struct json_text *written; /* where the items to fill and the declarations stand */
    const cJSON *declared;           /* "parameters"; NULL: none */
    const cJSON *with;               /* the values, of the tree that is filled; NULL: none */
    const cJSON *use;                /* the item that uses the group; NULL: a case's own row */
    const cJSON *given_at;           /* the use or the row: where values are missed */
    bool used[PARAMETERS_MAX];
};

enum parameter_type {
    PARAMETER_LIMIT,  /* name of a limit of the profile */
    PARAMETER_EVENT,  /* a condition, a message or a "@mark" */
    PARAMETER_TIME,   /* "250 ms" */
    PARAMETER_TEXT,   /* for people, in two languages or one for both */
    PARAMETER_WORD,   /* any other piece of a text: "BCS", "30 kohm", "k1" */
    PARAMETER_NUMBER, /* a JSON number, for a parameter of the firmware */
};

#define PARAMETER_TYPES 6

/* "limit", "event" ... as written. */
const char *parameter_type_name(enum parameter_type type);

/* The declarations are sound by themselves, including their defaults. reader->text: where they
 * stand. */
bool parameters_declared(const struct reader *reader, const cJSON *declared);
bool parameters_check(const struct filling *filling);
cJSON *parameters_fill(struct filling *filling, const cJSON *item);
/* Everything that is declared was used by what was filled: a name that is mistyped on both sides
 * would go unnoticed otherwise. */
bool parameters_used(const struct filling *filling);

#endif
