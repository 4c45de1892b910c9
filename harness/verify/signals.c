/* SPDX-License-Identifier: MIT */
/* Times, events and windows of a case's checks, held against the recorded signals and frames. */
#include "harness/verify/internal.h"

#include "harness/verify/replay.h"
#include "sim/memory.h"
#include "sim/signal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "time, from estop.pressed, to not k1.closed, last", as harness/judge writes it. */
struct words {
    char *copy;
    const char *kind, *condition, *after, *from, *to;
    bool at, last;
};

static bool begins(const char *text, const char *with, const char **rest) {
    size_t length = strlen(with);
    if (strncmp(text, with, length) != 0) {
        return false;
    }
    *rest = text + length;
    return true;
}

static struct words split(const char *condition) {
    struct words words = {.copy = memory_copy(condition)};
    char *part = words.copy;
    bool first = true;
    while (part != NULL) {
        char *comma = strstr(part, ", ");
        if (comma != NULL) {
            *comma = '\0';
        }
        if (first) {
            char *space = strchr(part, ' ');
            words.kind = part;
            if (space != NULL) {
                *space = '\0';
                words.condition = space + 1;
            }
        } else if (begins(part, "at ", &words.from)) {
            words.at = true;
        } else if (!begins(part, "after ", &words.after) && !begins(part, "from ", &words.from) &&
                   !begins(part, "to ", &words.to)) {
            words.last = words.last || strcmp(part, "last") == 0;
        }
        first = false;
        part = comma != NULL ? comma + 2 : NULL;
    }
    return words;
}

/* What is to be looked at of one check. NULL: nothing, or it cannot be followed (a mark). */
struct claim {
    struct words words;
    struct course *from, *to, *condition;
    bool asked;
};

static struct course *follow(struct replay *replay, const char *text) {
    return text != NULL && text[0] != '@' ? replay_follow(replay, text) : NULL;
}

static bool is_of_other_gun(const struct result_check *check) {
    return check->condition == NULL ||
           strncmp(check->condition, SIGNAL_GUN2 " ", strlen(SIGNAL_GUN2 " ")) == 0;
}

static struct claim claim_of(struct replay *replay, const struct result_check *check) {
    struct claim claim = {.asked = false};
    if (check->kind == RESULT_STEP || is_of_other_gun(check)) {
        return claim;
    }
    claim.words = split(check->condition);
    claim.asked = true;
    claim.from = follow(replay, claim.words.from);
    bool window = check->kind == RESULT_ALWAYS || check->kind == RESULT_NEVER;
    bool expect = check->kind == RESULT_EXPECT;
    claim.to = follow(replay, expect ? claim.words.condition : claim.words.to);
    claim.condition = window ? follow(replay, claim.words.condition) : NULL;
    return claim;
}

static void disagrees(const struct verify_record *record, const struct result_case *one,
                      size_t index, const char *field, int64_t at_ns, const char *text) {
    char *place = verify_check_place(one, index, field);
    verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
               "the record says %.9f s; by %s and %s '%s' was not then",
               "记录为%.9f s；由%s和%s看，“%s”不在此时", (double)at_ns / 1e9, one->signals,
               one->trace, text);
    free(place);
}

/* value is the time between the two instants. */
static void look_at_difference(const struct verify_record *record, const struct result_case *one,
                               size_t index) {
    const struct result_check *check = &one->checks[index];
    double ms = (double)(check->to_ns - check->from_ns) / 1e6;
    if (check->unit == NULL || strcmp(check->unit, "ms") != 0 ||
        fabs(check->value - ms) <= 1e-5 * fabs(ms) + 1e-6) {
        return;
    }
    char *place = verify_check_place(one, index, "value");
    verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
               "the record says %.9g ms, from from_ns to to_ns it is %.9g ms",
               "记录为%.9g ms，from_ns至to_ns为%.9g ms", check->value, ms);
    free(place);
}

static void look_at_time(const struct verify_record *record, const struct result_case *one,
                         size_t index, const struct claim *claim) {
    const struct result_check *check = &one->checks[index];
    bool time = strcmp(claim->words.kind, "time") == 0 || strcmp(claim->words.kind, "expect") == 0;
    if (!time || isnan(check->value) || check->from_ns < 0 || check->to_ns < 0) {
        return;
    }
    look_at_difference(record, one, index);
    if (claim->from != NULL && !course_held(claim->from, check->from_ns)) {
        disagrees(record, one, index, "from_ns", check->from_ns, claim->words.from);
    }
    bool at_once = check->to_ns == check->from_ns;
    if (claim->to != NULL && !(at_once ? course_held : course_came)(claim->to, check->to_ns)) {
        disagrees(record, one, index, "to_ns", check->to_ns,
                  check->kind == RESULT_EXPECT ? claim->words.condition : claim->words.to);
    }
    record->to->instants += 2;
}

/* A window that passed holds no violation. */
static void look_at_window(const struct verify_record *record, const struct result_case *one,
                           size_t index, const struct claim *claim) {
    const struct result_check *check = &one->checks[index];
    bool never = check->kind == RESULT_NEVER;
    if (claim->condition == NULL || check->verdict != VERDICT_PASS || check->from_ns < 0 ||
        check->to_ns < 0) {
        return;
    }
    int64_t at_ns = course_found(claim->condition, never, check->from_ns, check->to_ns);
    if (at_ns >= 0) {
        char *place = verify_check_place(one, index, "verdict");
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "the record says pass; by %s and %s '%s' was %s at %.9f s",
                   "记录为合格；由%s和%s看，“%s”曾为%s（%.9f s）", one->signals, one->trace,
                   claim->words.condition, never ? "true" : "false", (double)at_ns / 1e9);
        free(place);
    }
    record->to->instants++;
}

void verify_signals(const struct verify_record *record, const struct result_case *one,
                    size_t rule_count) {
    struct problem problem = {0};
    const size_t judged = one->check_count - rule_count;
    if (one->signals == NULL || one->trace == NULL || judged == 0) {
        return;
    }
    struct replay *replay =
        replay_new(record->ground->names, record->edition, verify_gun_of(one) == 1);
    struct claim *claims = memory_zeroed(judged, sizeof *claims);
    for (size_t i = 0; i < judged; i++) {
        claims[i] = claim_of(replay, &one->checks[i]);
    }
    if (!replay_play(replay, record->ground->folder, one, &problem)) {
        verify_add_problem(record->to, VERIFY_FAULT, one->signals, NULL, &problem);
    } else {
        for (size_t i = 0; i < judged; i++) {
            if (claims[i].asked) {
                look_at_time(record, one, i, &claims[i]);
                look_at_window(record, one, i, &claims[i]);
            }
        }
    }
    for (size_t i = 0; i < judged; i++) {
        free(claims[i].words.copy);
    }
    free(claims);
    replay_free(replay);
}
