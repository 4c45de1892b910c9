/* SPDX-License-Identifier: MIT */
/* The words of the language that point elsewhere: events, quantities, limits, actions, steps. */
#include "harness/expression/expression.h"
#include "harness/scenario/internal.h"
#include "harness/scenario/shapes.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define WORD_LENGTH_MAX 1000

static bool word_length(const struct reader *reader, const cJSON *item) {
    size_t length = strlen(item->valuestring);
    if (length > 0 && length <= WORD_LENGTH_MAX) {
        return true;
    }
    return json_fault(reader->text, item, JSON_AT_VALUE, reader->problem,
                      length == 0 ? "this text is empty" : "this text is longer than %d characters",
                      WORD_LENGTH_MAX);
}

static struct event_def event_at(const struct reader *reader, const cJSON *item) {
    struct event_def event = {.text = library_string(reader->library, item->valuestring)};
    json_position(reader->text, item, JSON_AT_VALUE, &event.line, &event.column);
    return event;
}

/* Set by the runner: when the case's own steps begin, after those of the start state, and when the
 * case ends. */
static const char *const own_marks[] = {"start", "end"};

static const char *next_mark(void *ctx, size_t index) {
    const struct reader *reader = ctx;
    if (index < COUNT(own_marks)) {
        return own_marks[index];
    }
    index -= COUNT(own_marks);
    for (size_t i = 0; i < reader->step_count; i++) {
        if (reader->steps[i].mark && index-- == 0) {
            return reader->steps[i].mark;
        }
    }
    return NULL;
}

static bool read_mark(const struct reader *reader, const cJSON *item) {
    const char *mark = item->valuestring + 1;
    struct reader names = *reader;
    const char *name;
    for (size_t i = 0; (name = next_mark(&names, i)); i++) {
        if (strcmp(name, mark) == 0) {
            return true;
        }
    }
    static const struct phrase none = {" (give that step \"mark\")", "（请在该步骤中写\"mark\"）"};
    struct problem cause;
    problem_set_both(&cause, "no step sets the mark '%.60s'", "没有步骤设置标记'%.60s'", mark);
    nearest_add_after(&cause, "@", mark, next_mark, &names, none);
    return json_fault_as(reader->text, item, JSON_AT_VALUE, reader->problem, &cause);
}

static bool word_fault(const struct reader *reader, const cJSON *item,
                       const struct problem *refused, size_t offset) {
    if (offset > strlen(item->valuestring)) {
        offset = strlen(item->valuestring);
    }
    return json_fault_as(reader->text, item, offset, reader->problem, refused);
}

static bool read_expression(const struct reader *reader, const cJSON *item, bool quantity,
                            char *unit, size_t unit_size) {
    const struct vocabulary *vocabulary = &reader->library->vocabulary;
    struct problem refused = {0};
    size_t offset = 0;
    unit[0] = '\0';
    if (!word_length(reader, item)) {
        return false;
    }
    if (!vocabulary->expression ||
        vocabulary->expression(vocabulary->ctx, item->valuestring, quantity, unit, unit_size,
                               &refused, &offset)) {
        return true;
    }
    return word_fault(reader, item, &refused, offset);
}

bool read_event(const struct reader *reader, const cJSON *item, struct event_def *event) {
    char unit[16];
    bool mark = item->valuestring[0] == '@';
    if (mark ? !read_mark(reader, item)
             : !read_expression(reader, item, false, unit, sizeof unit)) {
        return false;
    }
    *event = event_at(reader, item);
    return true;
}

bool read_quantity(const struct reader *reader, const cJSON *item, struct event_def *event,
                   char *unit, size_t unit_size) {
    if (!read_expression(reader, item, true, unit, unit_size)) {
        return false;
    }
    *event = event_at(reader, item);
    return true;
}

/* ---- limits ---- */

static const char *next_limit(void *ctx, size_t index) {
    const struct profile *profile = ctx;
    return index < profile->limit_count ? profile->limits[index].name : NULL;
}

bool read_limit(const struct reader *reader, const cJSON *item, const struct limit **limit) {
    struct profile profile = *reader->profile;
    *limit = profile_limit(&profile, item->valuestring);
    if (*limit) {
        return true;
    }
    struct problem cause;
    problem_set_both(&cause, "the profile '%s' has no limit '%.60s'", "限值集'%s'没有限值'%.60s'",
                     profile.name, item->valuestring);
    nearest_add(&cause, item->valuestring, next_limit, &profile, nearest_else);
    return json_fault_as(reader->text, item, JSON_AT_VALUE, reader->problem, &cause);
}

bool units_agree(const char *a, const char *b) {
    char one[32];
    double value;
    if (strcmp(a, b) == 0) {
        return true;
    }
    snprintf(one, sizeof one, "1 %s", a);
    return quantity_parse(one, b, &value);
}

/* ---- steps ---- */

static bool read_action(const struct reader *reader, const cJSON *item, struct step_def *step) {
    const struct vocabulary *vocabulary = &reader->library->vocabulary;
    struct problem refused = {0};
    size_t offset = 0;
    if (!word_length(reader, item)) {
        return false;
    }
    if (!vocabulary->action) {
        return true;
    }
    step->action = vocabulary->action(vocabulary->ctx, item->valuestring, &refused, &offset);
    library_owns(reader->library, step->action);
    return step->action || word_fault(reader, item, &refused, offset);
}

static bool read_mark_name(const struct reader *reader, const cJSON *item, struct step_def *step) {
    if (!name_is_plain(item->valuestring)) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "a mark is made of a-z, 0-9 and '-', without the '@'",
                               "标记只能由a-z、0-9和'-'组成，不带'@'");
    }
    struct reader names = *reader;
    const char *name;
    for (size_t i = 0; (name = next_mark(&names, i)); i++) {
        if (strcmp(name, item->valuestring) == 0) {
            return json_fault(reader->text, item, JSON_AT_VALUE, reader->problem,
                              i < COUNT(own_marks)
                                  ? "the mark '%.60s' is set by itself; choose another name"
                                  : "the mark '%.60s' is set by an earlier step already",
                              item->valuestring);
        }
    }
    step->mark = library_string(reader->library, item->valuestring);
    return true;
}

/* The keys of each kind of step; the first one names the kind. */
static const struct step_shape {
    enum step_type type;
    const char *what;
    size_t key_count;
    struct json_key keys[5];
} step_shapes[] = {
    {STEP_DO,
     "a step that does",
     3,
     {{"do", JSON_STRING, true},
      {"mark", JSON_STRING, false},
      {"note", JSON_STRING | JSON_OBJECT, false}}},
    {STEP_WAIT,
     "a step that waits",
     3,
     {{"wait", JSON_STRING, true},
      {"mark", JSON_STRING, false},
      {"note", JSON_STRING | JSON_OBJECT, false}}},
    {STEP_UNTIL,
     "a step that waits until",
     5,
     {{"until", JSON_STRING, true},
      {"within", JSON_STRING, true},
      {"stimulus", JSON_BOOL, false},
      {"mark", JSON_STRING, false},
      {"note", JSON_STRING | JSON_OBJECT, false}}},
};

static const struct step_shape *find_step_shape(const struct reader *reader, const cJSON *item) {
    const struct step_shape *found = NULL;
    for (size_t i = 0; i < COUNT(step_shapes); i++) {
        if (!member(item, step_shapes[i].keys[0].name)) {
            continue;
        }
        if (found) {
            json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                            "a step is either \"%s\" or \"%s\", not both: make it two steps",
                            "一个步骤只能是\"%s\"或\"%s\"之一：请分成两步", found->keys[0].name,
                            step_shapes[i].keys[0].name);
            return NULL;
        }
        found = &step_shapes[i];
    }
    if (!found) {
        json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                        "a step needs \"do\", \"wait\" or \"until\"",
                        "步骤须有\"do\"、\"wait\"或\"until\"");
    }
    return found;
}

/* Steps come one after the other: at a step a mark is either past or never comes. */
static bool read_awaited(const struct reader *reader, const cJSON *item, struct step_def *step) {
    if (item->valuestring[0] == '@') {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "\"until\" waits for a condition or a message, not for a mark",
                               "\"until\"等待条件或报文，不能等待标记");
    }
    return read_event(reader, item, &step->what);
}

bool read_step(const struct reader *reader, const cJSON *item, struct step_def *step) {
    const struct step_shape *shape = find_step_shape(reader, item);
    if (!shape || !json_keys(reader->text, item, shape->what, shape->keys, shape->key_count,
                             reader->problem)) {
        return false;
    }
    const cJSON *what = member(item, shape->keys[0].name);
    const cJSON *within = member(item, "within");
    const cJSON *mark = member(item, "mark");
    const cJSON *note = member(item, "note");
    step->type = shape->type;
    step->stimulus = cJSON_IsTrue(member(item, "stimulus"));
    step->what = event_at(reader, what);
    step->line = step->what.line;
    bool ok = shape->type == STEP_DO     ? read_action(reader, what, step)
              : shape->type == STEP_WAIT ? read_time(reader, what, &step->time_ns)
                                         : read_awaited(reader, what, step);
    ok = ok && (!within || read_time(reader, within, &step->time_ns)) &&
         (!mark || read_mark_name(reader, mark, step)) &&
         (!note || read_text(reader, note, &step->note));
    assert(!ok || (step->time_ns > 0) == (step->type != STEP_DO)); /* no step waits for ever */
    return ok;
}

bool step_shape(size_t index, struct json_shape *shape) {
    if (index >= COUNT(step_shapes)) {
        return false;
    }
    const struct step_shape *one = &step_shapes[index];
    *shape = (struct json_shape){one->what, one->keys[0].name, one->keys, one->key_count};
    return true;
}
