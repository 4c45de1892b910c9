/* SPDX-License-Identifier: MIT */
/* graft.h: items in a tree that were written elsewhere, or otherwise, than they stand there. Every
 * complaint about one names the place where it is written, and the place where it is used.
 *
 *   const struct json_source source = {.text = &groups, .item = entry, .use = use};
 *   cJSON *copy = json_graft(&text, &source, cJSON_CreateString("k1.closed"));
 *   cJSON_AddItemToArray(checks, copy);
 *   json_remove(&text, use);                  no longer in the tree, its place still known
 *   json_grafted(&text);                      all are in: places are found quickly again
 *
 * The text that items are grafted from has to outlive the one that they are grafted into. */
#ifndef HARNESS_JSON_GRAFT_H
#define HARNESS_JSON_GRAFT_H

#include "harness/json/json.h"

/* Where a grafted item comes from. */
struct json_source {
    const struct json_text *text;
    const cJSON *item; /* of that text */
    const cJSON *use;  /* item of the tree it is grafted into; NULL: as the source's own */
    bool composed;     /* its string is put together: it stands nowhere as it is */
};

/* Gives a fresh item its place; returns it. */
cJSON *json_graft(struct json_text *text, const struct json_source *source, cJSON *fresh);
/* Takes an item that is in no tree (any more). It lives until json_free. */
void json_remove(struct json_text *text, cJSON *item);
void json_grafted(struct json_text *text);

#endif
