/* SPDX-License-Identifier: MIT */
/* Checks: what a case and the monitors look at. */
#include "harness/expression/expression.h"
#include "harness/scenario/internal.h"
#include "harness/scenario/shapes.h"

#include <assert.h>
#include <string.h>

#define TEXTS (JSON_STRING | JSON_OBJECT)

#define COMMON_KEYS                                                                                \
    {"id", JSON_STRING, false}, {"after", JSON_STRING, false}, {"each", JSON_BOOL, false}, {       \
        "optional", JSON_BOOL, false                                                               \
    }
#define STIMULUS_KEY                                                                               \
    { "stimulus", JSON_BOOL, false }
#define WINDOW_KEYS                                                                                \
    {"from", JSON_STRING, false}, {"to", JSON_STRING, false}, {                                    \
        "for", JSON_STRING, false                                                                  \
    }

/* The keys of each kind of check. mark is the key that tells the kinds apart; of those that have
 * "measure" the one without a mark is the measured time. */
static const struct check_shape {
    enum check_type type;
    const char *what;
    const char *mark;
    size_t key_count;
    struct json_key keys[11];
} shapes[] = {
    {CHECK_VALUE,
     "a measured value",
     "value",
     8,
     {{"measure", TEXTS, true},
      {"value", JSON_STRING, true},
      {"at", JSON_STRING, true},
      {"limit", JSON_STRING, false},
      COMMON_KEYS}},
    {CHECK_PEAK,
     "a measured peak",
     "peak",
     10,
     {{"measure", TEXTS, true},
      {"peak", JSON_STRING, true},
      {"limit", JSON_STRING, false},
      WINDOW_KEYS,
      COMMON_KEYS}},
    {CHECK_MEAN,
     "a measured mean period",
     "mean",
     10,
     {{"measure", TEXTS, true},
      {"mean", JSON_STRING, true},
      {"limit", JSON_STRING, false},
      WINDOW_KEYS,
      COMMON_KEYS}},
    {CHECK_GAP,
     "a measured gap",
     "gap",
     10,
     {{"measure", TEXTS, true},
      {"gap", JSON_STRING, true},
      {"limit", JSON_STRING, false},
      WINDOW_KEYS,
      COMMON_KEYS}},
    {CHECK_RATE,
     "a measured rate",
     "rate",
     10,
     {{"measure", TEXTS, true},
      {"rate", JSON_STRING, true},
      {"from", JSON_STRING, false},
      {"to", JSON_STRING, true},
      {"limit", JSON_STRING, false},
      {"settle", JSON_BOOL | JSON_STRING, false},
      COMMON_KEYS}},
    {CHECK_TIME,
     "a measured time",
     "measure",
     10,
     {{"measure", TEXTS, true},
      {"from", JSON_STRING, false},
      {"to", JSON_STRING, true},
      {"limit", JSON_STRING, false},
      {"settle", JSON_BOOL | JSON_STRING, false},
      {"last", JSON_BOOL, false},
      COMMON_KEYS}},
    {CHECK_EXPECT,
     "an expectation",
     "expect",
     9,
     {{"expect", JSON_STRING, true},
      {"title", TEXTS, true},
      {"from", JSON_STRING, false},
      {"within", JSON_STRING, true},
      STIMULUS_KEY,
      COMMON_KEYS}},
    {CHECK_ALWAYS,
     "a check of \"always\"",
     "always",
     10,
     {{"always", JSON_STRING, true},
      {"title", TEXTS, true},
      WINDOW_KEYS,
      STIMULUS_KEY,
      COMMON_KEYS}},
    {CHECK_NEVER,
     "a check of \"never\"",
     "never",
     10,
     {{"never", JSON_STRING, true},
      {"title", TEXTS, true},
      WINDOW_KEYS,
      STIMULUS_KEY,
      COMMON_KEYS}},
};

/* The first shape whose mark is there; value, peak, mean, gap and rate stand before the plain time. */
static const struct check_shape *find_shape(const struct reader *reader, const cJSON *item) {
    for (size_t i = 0; i < COUNT(shapes); i++) {
        if (member(item, shapes[i].mark)) {
            return &shapes[i];
        }
    }
    json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                    "a check needs \"measure\", \"expect\", \"always\" or \"never\"",
                    "检查项须有\"measure\"、\"expect\"、\"always\"或\"never\"之一");
    return NULL;
}

static bool optional_event(const struct reader *reader, const cJSON *item, const char *key,
                           struct event_def *event) {
    const cJSON *value = member(item, key);
    return !value || read_event(reader, value, event);
}

static bool read_window(const struct reader *reader, const cJSON *item, struct check_def *check) {
    const cJSON *length = member(item, "for");
    if (length && member(item, "to")) {
        return json_fault_both(reader->text, length, JSON_AT_KEY, reader->problem,
                               "a window ends by \"to\" or by \"for\", not by both",
                               "时段以\"to\"或\"for\"结束，不能两者都有");
    }
    if (check->each && !check->from.text) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "\"each\" needs \"from\" (or \"at\"): each what?",
                               "\"each\"须与\"from\"（或\"at\"）同用：对哪个事件逐次判定？");
    }
    if (check->stimulus && (check->each || check->monitor)) {
        return json_fault_both(reader->text, member(item, "stimulus"), JSON_AT_KEY, reader->problem,
                               "a stimulus is the case's own, and comes once",
                               "stimulus属于用例自身，只出现一次");
    }
    if (check->each && check->settle) {
        return json_fault_both(
            reader->text, member(item, "settle"), JSON_AT_KEY, reader->problem,
            "\"each\" and \"settle\" exclude each other: what holds to the end happens only once",
            "\"each\"与\"settle\"不能同用：保持到最后的只发生一次");
    }
    if (check->last && (check->settle || !check->from.text)) {
        return json_fault_both(
            reader->text, member(item, "last"), JSON_AT_KEY, reader->problem,
            "\"last\" is of the events \"from\" before one \"to\": it needs \"from\" "
            "and goes without \"settle\"",
            "\"last\"指\"to\"之前最后一个\"from\"：须有\"from\"，不能有\"settle\"");
    }
    return !length || read_time(reader, length, &check->window_ns);
}

/* "within": a time, or the name of a limit that is one. */
static bool read_within(const struct reader *reader, const cJSON *item, struct check_def *check) {
    const struct limit *limit = profile_limit(reader->profile, item->valuestring);
    double value;
    if (!limit && (item->valuestring[0] >= '0' && item->valuestring[0] <= '9')) {
        return read_time(reader, item, &check->window_ns);
    }
    if (!limit && !read_limit(reader, item, &limit)) {
        return false;
    }
    if (limit->max != limit->max || !quantity_parse("1 s", limit->unit, &value)) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "\"within\" needs a limit that is a longest time; '%s' is not",
                               "\"within\"须用最长时间的限值；'%s'不是", limit->name);
    }
    quantity_parse("1 s", limit->unit, &value); /* how many units make a second */
    check->limit = limit;
    check->window_ns = (int64_t)(limit->max / value * 1e9 + 0.5);
    return true;
}

static bool read_check_limit(const struct reader *reader, const cJSON *item, const char *unit,
                             struct check_def *check) {
    const cJSON *name = member(item, "limit");
    const struct limit *limit;
    if (!name) {
        return true;
    }
    if (!read_limit(reader, name, &limit)) {
        return false;
    }
    if (unit[0] != '\0' && !units_agree(limit->unit, unit)) {
        return json_fault_both(reader->text, name, JSON_AT_VALUE, reader->problem,
                               "the limit '%s' is in %s, but what is measured is in %s",
                               "限值'%s'的单位是%s，而测量的单位是%s", limit->name,
                               limit->unit[0] ? limit->unit : "plain numbers", unit);
    }
    check->limit = limit;
    return true;
}

#define UNIT_SIZE 16

/* "A" becomes "A/s"; of what the vocabulary has no unit, neither has the rate. */
static bool rate_unit(const struct reader *reader, const cJSON *item, char unit[UNIT_SIZE]) {
    if (unit[0] != '\0' && strcmp(unit, "A") != 0 && strcmp(unit, "V") != 0) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "a rate is of a current or a voltage, not of something in %s",
                               "变化率只用于电流或电压，不能用于单位为%s的量", unit);
    }
    strcat(unit, unit[0] != '\0' ? "/s" : "");
    return true;
}

/* "settle": true, or for how long. */
static bool read_settle(const struct reader *reader, const cJSON *item, struct check_def *check) {
    check->settle = item && !cJSON_IsFalse(item);
    return !item || cJSON_IsBool(item) || read_time(reader, item, &check->settle_ns);
}

static bool read_measure(const struct reader *reader, const cJSON *item, struct check_def *check) {
    char unit[UNIT_SIZE] = "s";
    const char *quantity = check->type == CHECK_VALUE  ? "value"
                           : check->type == CHECK_PEAK ? "peak"
                           : check->type == CHECK_RATE ? "rate"
                                                       : NULL;
    const char *spaced = check->type == CHECK_MEAN  ? "mean"
                         : check->type == CHECK_GAP ? "gap"
                                                    : NULL;
    if (spaced && !read_event(reader, member(item, spaced), &check->condition)) {
        return false;
    }
    if (quantity &&
        !read_quantity(reader, member(item, quantity), &check->condition, unit, sizeof unit)) {
        return false;
    }
    if (check->type == CHECK_RATE && !rate_unit(reader, member(item, quantity), unit)) {
        return false;
    }
    return read_text(reader, member(item, "measure"), &check->title) &&
           optional_event(reader, item, "at", &check->from) &&
           read_check_limit(reader, item, unit, check);
}

static bool read_condition(const struct reader *reader, const cJSON *item, const char *key,
                           struct check_def *check) {
    const cJSON *within = member(item, "within");
    return read_event(reader, member(item, key), &check->condition) &&
           read_text(reader, member(item, "title"), &check->title) &&
           (!within || read_within(reader, within, check));
}

static bool read_id(const struct reader *reader, const cJSON *item, bool monitor,
                    struct check_def *check) {
    const cJSON *id = member(item, "id");
    if (monitor != (id != NULL)) {
        return json_fault(reader->text, id ? id : item, id ? JSON_AT_KEY : JSON_AT_VALUE,
                          reader->problem,
                          monitor ? "a monitor lacks \"id\"" : "only monitors have an \"id\"");
    }
    if (id && !name_is_plain(id->valuestring)) {
        return json_fault_both(reader->text, id, JSON_AT_VALUE, reader->problem,
                               "an id is made of a-z, 0-9 and '-'", "id只能由a-z、0-9和'-'组成");
    }
    check->id = id ? library_string(reader->library, id->valuestring) : NULL;
    check->monitor = monitor;
    return true;
}

/* What every check has, whoever wrote it: the judge relies on it. */
static bool is_whole(const struct check_def *check) {
    bool timed = check->type == CHECK_TIME, rate = check->type == CHECK_RATE;
    bool expected = check->type == CHECK_EXPECT;
    bool named = check->monitor == (check->id != NULL) && check->title.en != NULL;
    return named && (check->condition.text == NULL) == timed &&
           (!(timed || rate) || check->to.text != NULL) && (!expected || check->window_ns > 0) &&
           (!check->each || check->from.text != NULL) && !(check->each && check->settle) &&
           (!check->last || (timed && !check->settle && check->from.text != NULL)) &&
           (check->window_ns == 0 || check->to.text == NULL);
}

bool read_check(const struct reader *reader, const cJSON *item, bool monitor,
                struct check_def *check) {
    const struct check_shape *shape = find_shape(reader, item);
    if (!shape || !json_keys(reader->text, item, shape->what, shape->keys, shape->key_count,
                             reader->problem)) {
        return false;
    }
    int column;
    json_position(reader->text, item, JSON_AT_VALUE, &check->line, &column);
    check->type = shape->type;
    check->each = cJSON_IsTrue(member(item, "each"));
    check->last = cJSON_IsTrue(member(item, "last"));
    check->optional = cJSON_IsTrue(member(item, "optional"));
    check->stimulus = cJSON_IsTrue(member(item, "stimulus"));
    bool measure = member(item, "measure") != NULL;
    bool read = read_id(reader, item, monitor, check) &&
                read_settle(reader, member(item, "settle"), check) &&
                optional_event(reader, item, "after", &check->after) &&
                optional_event(reader, item, "from", &check->from) &&
                optional_event(reader, item, "to", &check->to) &&
                (measure ? read_measure(reader, item, check)
                         : read_condition(reader, item, shape->mark, check)) &&
                read_window(reader, item, check);
    assert(!read || is_whole(check));
    return read;
}

bool check_shape(size_t index, struct json_shape *shape) {
    if (index >= COUNT(shapes)) {
        return false;
    }
    const struct check_shape *one = &shapes[index];
    *shape = (struct json_shape){one->what, one->mark, one->keys, one->key_count};
    return true;
}
