/* SPDX-License-Identifier: MIT */
#include "harness/json/graft.h"

#include "harness/json/graft_internal.h"
#include "sim/memory.h"

#include <assert.h>

cJSON *json_graft(struct json_text *text, const struct json_source *source, cJSON *fresh) {
    assert(fresh && fresh->next == NULL);
    struct json_place place = *json_place_of(source->text, source->item);
    if (source->text != text) {
        assert(!place.from); /* a text that was grafted into is not grafted from */
        place.from = source->text;
    }
    place.item = fresh;
    place.use = source->use ? source->use : place.use;
    place.composed |= source->composed;
    if (text->place_count == text->place_room) {
        text->place_room = 2 * text->place_room + 64;
        text->places = memory_resized(text->places, text->place_room, sizeof *text->places);
    }
    text->places[text->place_count++] = place;
    assert(text->sorted_count < text->place_count && text->place_count <= text->place_room);
    return fresh;
}

void json_remove(struct json_text *text, cJSON *item) {
    assert(item != text->root);
    if (!text->removed) {
        text->removed = cJSON_CreateArray();
    }
    assert(text->removed);
    cJSON_AddItemToArray(text->removed, item);
}

void json_grafted(struct json_text *text) {
    json_sort_places(text);
}
