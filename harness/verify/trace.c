/* SPDX-License-Identifier: MIT */
/* The protocol rules once more, over the recorded frames: the same checks must come out. */
#include "harness/verify/internal.h"

#include "harness/capture/capture.h"
#include "harness/protocol/watch.h"
#include "harness/run/other_gun.h"
#include "sim/memory.h"
#include "sim/signal.h"
#include "sim/text/json_writer.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_SHOWN 160

static const char *const networks[] = {"bms", "bms2"};

static bool says_gun2(const struct result_case *one) {
    for (size_t i = 0; i < one->setting_count; i++) {
        if (strcmp(one->settings[i], "gun=2") == 0) {
            return true;
        }
    }
    return false;
}

size_t verify_gun_of(const struct result_case *one) {
    for (size_t i = 0; i < one->check_count; i++) {
        const char *title = one->checks[i].title.en;
        for (size_t gun = 0; title != NULL && gun < 2; gun++) {
            if (strncmp(title, gun == 0 ? "Gun 2: " : "Gun 1: ", strlen("Gun 1: ")) == 0) {
                return gun;
            }
        }
    }
    return says_gun2(one) ? 1 : 0;
}

/* False: it cannot be read. */
static bool judge_network(const struct verify_record *record, const char *path, size_t gun,
                          int64_t end_ns, struct result_case *rules, struct problem *problem) {
    const struct capture_options options = {.network = networks[gun]};
    struct capture *capture = capture_open(path, &options, problem);
    if (capture == NULL) {
        return false;
    }
    struct protocol_watch *watch = protocol_watch_trace(record->edition, &record->limits);
    struct capture_frame frame;
    while (capture_next(capture, &frame)) {
        protocol_watch_frame(watch, frame.at_ns, &frame.frame);
        rules->frames++;
    }
    const struct capture_health *health = capture_health(capture);
    bool sound = health->damaged == 0 && health->read_error == NULL && health->steps_back == 0 &&
                 !health->cut;
    if (!sound) {
        problem_set_both(problem, "line %llu is no frame in its place", "第%llu行不是应有的报文",
                         (unsigned long long)(health->damage_count > 0 ? health->damages[0].line
                                                                       : health->first_back_line));
    }
    protocol_watch_record(watch, end_ns, rules);
    protocol_watch_free(watch);
    capture_close(capture);
    return sound;
}

/* ---- the record against it ---- */

static cJSON *tree_of(const struct result_check *check) {
    struct buffer text = {0};
    struct json_writer json = {.out = &text};
    json_begin_object(&json, NULL);
    result_put_check(&json, check);
    json_end_object(&json);
    cJSON *tree = cJSON_Parse(text.chars);
    buffer_free(&text);
    return tree;
}

static void show(const cJSON *item, char text[VALUE_SHOWN]) {
    char *printed = cJSON_PrintUnformatted(item);
    snprintf(text, VALUE_SHOWN, "%s", printed != NULL ? printed : "?");
    cJSON_free(printed);
}

/* What only the order of words tells stays out: titles and reasons are compared by what they say. */
static void compare_check(const struct verify_record *record, const struct result_case *one,
                          size_t index, const struct result_check *wanted) {
    cJSON *told = tree_of(&one->checks[index]), *again = tree_of(wanted);
    const cJSON *field;
    cJSON_ArrayForEach(field, again) {
        const cJSON *other = cJSON_GetObjectItemCaseSensitive(told, field->string);
        if (!cJSON_Compare(field, other, true)) {
            char had[VALUE_SHOWN], has[VALUE_SHOWN];
            char *place = verify_check_place(one, index, field->string);
            show(other, had);
            show(field, has);
            verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                       "the record says %s, the frames of %s give %s", "记录为%s，由%s的报文得出%s",
                       had, one->trace, has);
            free(place);
            break; /* one is enough to find it by */
        }
    }
    cJSON_Delete(told);
    cJSON_Delete(again);
}

/* On the real clock a figure in it may be of when the bench looked. */
static bool same_word(const char *told, const char *wanted, bool exact) {
    if (told == NULL || wanted == NULL) {
        return told == wanted;
    }
    size_t length = strcspn(told, "(（");
    return exact ? strcmp(told, wanted) == 0
                 : length == strcspn(wanted, "(（") && strncmp(told, wanted, length) == 0;
}

static void compare_last_word(const struct verify_record *record, const struct result_case *one,
                              const struct result_case *again, bool exact) {
    const char *told = one->last_word.en, *wanted = again->last_word.en;
    if (!same_word(told, wanted, exact) ||
        (exact && !same_word(one->last_word.zh, again->last_word.zh, exact))) {
        char *place = memory_format("case %s, last_word", one->id);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "the record says \"%s\", the frames of %s give \"%s\"",
                   "记录为“%s”，由%s的报文得出“%s”", told != NULL ? told : "", one->trace,
                   wanted != NULL ? wanted : "");
        free(place);
    }
}

/* In wiring sim there is no other network in the trace. */
static void compare_frames(const struct verify_record *record, const struct result_case *one,
                           uint64_t frames) {
    if (one->wiring != NULL && strcmp(one->wiring, "sim") == 0 && frames != one->frames) {
        char *place = memory_format("case %s, frames", one->id);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "the record says %" PRIu64 ", %s has %" PRIu64,
                   "记录为%" PRIu64 "，%s中为%" PRIu64, one->frames, one->trace, frames);
        free(place);
    }
}

static void compare(const struct verify_record *record, const struct result_case *one,
                    const struct result_case *again) {
    if (one->check_count < again->check_count) {
        char *place = memory_format("case %s, checks", one->id);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "the record has %zu checks, the rules of the protocol alone give %zu",
                   "记录有%zu个检查项，仅协议规则就有%zu个", one->check_count, again->check_count);
        free(place);
        return;
    }
    size_t first = one->check_count - again->check_count;
    for (size_t i = 0; i < again->check_count; i++) {
        compare_check(record, one, first + i, &again->checks[i]);
        record->to->rules++;
    }
    compare_last_word(record, one, again, true);
}

/* ---- on the real clock ---- */

/* How late the bench was decides there, too, and is not in the trace: what it could not decide stands without
 * a verdict. What was kept was kept by the frames as well, what was violated was violated. */
static bool is_list_of_kept(const struct result_check *check) {
    return check->title.en != NULL &&
           strstr(check->title.en, "GB/T 27930: the charger kept") != NULL;
}

/* A rule has its id as the condition; what a judge asks has words. */
static bool is_rule(const struct result_check *check) {
    const char *id = check->condition;
    if (id != NULL && strncmp(id, SIGNAL_GUN2 " ", strlen(SIGNAL_GUN2 " ")) == 0) {
        id += strlen(SIGNAL_GUN2 " ");
    }
    return check->monitor && id != NULL && (strchr(id, ' ') == NULL || is_list_of_kept(check));
}

static size_t count_rules(const struct result_case *one) {
    size_t count = 0;
    while (count < one->check_count && is_rule(&one->checks[one->check_count - 1 - count])) {
        count++;
    }
    return count;
}

static const struct result_check *find(const struct result_case *again,
                                       const struct result_check *check) {
    for (size_t i = 0; i < again->check_count; i++) {
        const struct result_check *other = &again->checks[i];
        bool same = is_list_of_kept(check) ? is_list_of_kept(other)
                                           : strcmp(other->condition, check->condition) == 0;
        if (same) {
            return other;
        }
    }
    return NULL;
}

/* Every id of the one is in the other. */
static bool lists_all(const char *ids, const char *of) {
    char *copy = memory_format(" %s ", of);
    bool all = true;
    for (const char *id = ids; all && *id != '\0';) {
        size_t length = strcspn(id, " ");
        char *word = memory_format(" %.*s ", (int)length, id);
        all = strstr(copy, word) != NULL;
        free(word);
        id += length + strspn(id + length, " ");
    }
    free(copy);
    return all;
}

static void compare_late(const struct verify_record *record, const struct result_case *one,
                         const struct result_case *again, size_t count) {
    for (size_t i = one->check_count - count; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        const struct result_check *other = find(again, check);
        if (check->verdict != VERDICT_PASS && check->verdict != VERDICT_FAIL) {
            continue;
        }
        bool agrees = other != NULL && other->verdict == check->verdict;
        bool kept = agrees && is_list_of_kept(check);
        if (!agrees || (kept && !lists_all(check->condition, other->condition))) {
            char *place = verify_check_place(one, i, kept ? "condition" : "verdict");
            verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                       "the record says %s, the frames of %s do not give that",
                       "记录为%s，由%s的报文得不出", verdict_name(check->verdict), one->trace);
            free(place);
        } else if (agrees && !kept && check->value != other->value && !isnan(check->value)) {
            compare_check(record, one, i, other);
        }
        record->to->rules++;
    }
    compare_last_word(record, one, again, false);
}

size_t verify_trace(const struct verify_record *record, const struct result_case *one) {
    struct result_case again = {0}, other = {0};
    struct problem problem = {0};
    if (one->trace == NULL || record->profile == NULL) {
        return 0;
    }
    char *path = memory_format("%s/%s", record->ground->folder, one->trace);
    size_t gun = verify_gun_of(one), count = 0;
    /* A trace without a frame is none that a reader of captures would know. */
    bool frames = one->frames > 0;
    bool read = !frames || judge_network(record, path, gun, one->duration_ns, &again, &problem);
    if (frames && read &&
        judge_network(record, path, 1 - gun, one->duration_ns, &other, &problem)) {
        other_gun_hand_over(&other, &again, (unsigned)(2 - gun));
    }
    if (!read) {
        char *place = verify_place(one);
        verify_add_problem(record->to, VERIFY_FAULT, one->trace, place, &problem);
        free(place);
    } else {
        count = again.check_count;
        compare_frames(record, one, again.frames + other.frames);
        if (one->wiring != NULL && strcmp(one->wiring, "sim") == 0) {
            compare(record, one, &again);
        } else {
            count = count_rules(one);
            compare_late(record, one, &again, count);
        }
    }
    result_case_clear(&again);
    result_case_clear(&other);
    free(path);
    return count < one->check_count ? count : one->check_count;
}
