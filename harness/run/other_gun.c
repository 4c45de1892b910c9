/* SPDX-License-Identifier: MIT */
#include "harness/run/other_gun.h"

#include "harness/protocol/watch.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct other_gun {
    struct scenario monitors; /* a case of nothing but monitors */
    struct judge *judge;
    struct protocol_watch *watch;
    unsigned number; /* as people count: 1, 2 */
};

struct other_gun *other_gun_new(const struct run_plan *plan, const struct scenario *scenario,
                                struct bench *bench, const struct instrument *instrument,
                                struct problem *problem) {
    const struct bench_gun *gun = bench_other_gun(bench);
    struct other_gun *other = memory_zeroed(1, sizeof *other);
    other->number = gun->index + 1;
    other->monitors = (struct scenario){
        .id = scenario->id,
        .file = scenario->file,
        .checks = scenario->other_monitors,
        .check_count = scenario->other_monitor_count,
    };
    other->judge =
        judge_new(&other->monitors, plan->profile, gun->board, &bench->loop, instrument, problem);
    if (other->judge == NULL) {
        free(other);
        return NULL;
    }
    other->watch = protocol_watch_new(plan->edition, &plan->limits, gun->net);
    return other;
}

void other_gun_start(struct other_gun *other, int64_t now_ns) {
    if (other != NULL) {
        judge_start(other->judge, now_ns);
    }
}

bool other_gun_settled(const struct other_gun *other, int64_t now_ns) {
    return other == NULL || judge_settled(other->judge, now_ns);
}

void other_gun_tell(struct other_gun *other, enum rules_told what, int64_t now_ns) {
    if (other != NULL) {
        protocol_watch_tell(other->watch, what, now_ns);
    }
}

static void label(struct result_check *check, unsigned number) {
    struct phrase title = {memory_format("Gun %u: %s", number, check->title.en),
                           memory_format("%u号枪：%s", number, check->title.zh)};
    phrase_clear(&check->title);
    check->title = title;
    if (check->condition != NULL) {
        char *condition = memory_format(SIGNAL_GUN2 " %s", check->condition);
        free(check->condition);
        check->condition = condition;
    }
}

/* Its last word behind that of the case's gun. */
static void join_last_word(struct result_case *result, const struct result_case *own,
                           unsigned number) {
    struct phrase before = result->last_word;
    bool first = before.en == NULL;
    if (own->last_word.en == NULL) {
        return;
    }
    result->last_word = (struct phrase){
        memory_format("%s%sGun %u: %s", first ? "" : before.en, first ? "" : " ", number,
                      own->last_word.en),
        memory_format("%s%u号枪：%s", first ? "" : before.zh, number, own->last_word.zh)};
    phrase_clear(&before);
}

void other_gun_hand_over(struct result_case *own, struct result_case *result, unsigned number) {
    size_t before = result->check_count;
    result->checks =
        memory_resized(result->checks, before + own->check_count + 1, sizeof *result->checks);
    for (size_t i = 0; i < own->check_count; i++) {
        label(&own->checks[i], number);
        result->checks[result->check_count++] = own->checks[i];
    }
    free(own->checks);
    own->checks = NULL;
    own->check_count = 0;
    join_last_word(result, own, number);
}

void other_gun_monitors(struct other_gun *other, int64_t now_ns, struct result_case *result) {
    if (other == NULL) {
        return;
    }
    struct result_case own = {0};
    judge_finish(other->judge, now_ns, &own);
    assert(own.check_count == other->monitors.check_count);
    other_gun_hand_over(&own, result, other->number);
    result_case_clear(&own);
}

void other_gun_rules(struct other_gun *other, int64_t now_ns, struct result_case *result) {
    if (other == NULL) {
        return;
    }
    struct result_case own = {0};
    protocol_watch_record(other->watch, now_ns, &own);
    other_gun_hand_over(&own, result, other->number);
    result_case_clear(&own);
}

void other_gun_free(struct other_gun *other) {
    if (other != NULL) {
        judge_free(other->judge);
        protocol_watch_free(other->watch);
        free(other);
    }
}
