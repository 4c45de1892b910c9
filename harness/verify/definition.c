/* SPDX-License-Identifier: MIT */
/* A case of the record against the one of that name in the scenarios: what it covers, and what each of its
 * checks asks, with which limits. */
#include "harness/verify/internal.h"

#include "harness/bench/bench.h"
#include "harness/judge/judge.h"
#include "harness/run/other_gun.h"
#include "harness/scenario/library.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "sim/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t exact(void *ctx, int64_t from_ns, int64_t to_ns) {
    (void)ctx, (void)from_ns, (void)to_ns;
    return 0;
}

static bool same_text(const char *a, const char *b) {
    return (a == NULL || b == NULL) ? a == b : strcmp(a, b) == 0;
}

/* Of several outcomes the title says how many there were: "... (worst of 3)". */
static bool same_title(const char *had, const char *wanted) {
    size_t length = had != NULL && wanted != NULL ? strlen(wanted) : 0;
    bool counted = length > 0 && strncmp(had, wanted, length) == 0 &&
                   (strncmp(had + length, " (worst of ", strlen(" (worst of ")) == 0 ||
                    strncmp(had + length, "（", strlen("（")) == 0);
    return counted || same_text(had, wanted);
}

static bool same_number(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static void differs(const struct verify_record *record, const struct result_case *one, size_t index,
                    const char *field, const char *had, const char *has) {
    char *place = verify_check_place(one, index, field);
    verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
               "the record says \"%s\", the scenarios say \"%s\"", "记录为“%s”，场景文件为“%s”",
               had != NULL ? had : "", has != NULL ? has : "");
    free(place);
}

static void compare_texts(const struct verify_record *record, const struct result_case *one,
                          size_t index, const struct result_check *wanted) {
    const struct result_check *check = &one->checks[index];
    const struct {
        const char *field, *had, *has;
    } texts[] = {
        {"condition", check->condition, wanted->condition},
        {"title", check->title.en, wanted->title.en},
        {"title", check->title.zh, wanted->title.zh},
        {"unit", check->unit, wanted->unit},
        {"limit_name", check->limit_name, wanted->limit_name},
        {"limit_source", check->limit_source, wanted->limit_source},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool title = strcmp(texts[i].field, "title") == 0;
        if (!(title ? same_title : same_text)(texts[i].had, texts[i].has)) {
            differs(record, one, index, texts[i].field, texts[i].had, texts[i].has);
            return;
        }
    }
}

/* Of a limit that the run itself says it changed nothing is known here. */
static bool is_changed_limit(const struct result_run *run, const char *name) {
    size_t length = name != NULL ? strlen(name) : 0;
    for (size_t i = 0; length > 0 && i < run->limit_count; i++) {
        if (strncmp(run->limits[i], name, length) == 0 && run->limits[i][length] == ':') {
            return true;
        }
    }
    return false;
}

static void compare_limits(const struct verify_record *record, const struct result_case *one,
                           size_t index, const struct result_check *wanted) {
    const struct result_check *check = &one->checks[index];
    const struct limits had = result_limits(check), has = result_limits(wanted);
    bool same = same_number(had.min, has.min) && same_number(had.max, has.max) &&
                had.min_open == has.min_open && had.max_open == has.max_open;
    if (same || (!record->same_limits && is_changed_limit(&record->set->run, wanted->limit_name))) {
        return;
    }
    struct buffer before = {0}, now = {0};
    limits_put(&before, &quantity_terminal, &had);
    limits_put(&now, &quantity_terminal, &has);
    bool max = !same_number(had.max, has.max) || had.max_open != has.max_open;
    differs(record, one, index, max ? "limit_max" : "limit_min", before.chars, now.chars);
    buffer_free(&before);
    buffer_free(&now);
}

static void compare_checks(const struct verify_record *record, const struct result_case *one,
                           const struct result_case *wanted, size_t judged) {
    size_t steps = 0, k = 0;
    for (size_t i = 0; i < judged; i++) {
        steps += one->checks[i].kind == RESULT_STEP;
    }
    if (judged - steps != wanted->check_count) {
        char *place = memory_format("case %s, checks", one->id);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "%zu checks of the case and its monitors, the scenarios have %zu",
                   "用例及监视项共%zu个检查项，场景文件中为%zu个", judged - steps,
                   wanted->check_count);
        free(place);
        return;
    }
    for (size_t i = 0; i < judged; i++) {
        if (one->checks[i].kind == RESULT_STEP) {
            continue;
        }
        const struct result_check *check = &wanted->checks[k++];
        if (one->checks[i].kind != check->kind || one->checks[i].monitor != check->monitor) {
            differs(record, one, i, "kind", one->checks[i].condition, check->condition);
            continue;
        }
        compare_texts(record, one, i, check);
        compare_limits(record, one, i, check);
    }
}

static void compare_covers(const struct verify_record *record, const struct result_case *one,
                           const struct scenario *scenario) {
    bool same = one->cover_count == scenario->cover_count &&
                same_text(one->title.en, scenario->title.en) &&
                same_text(one->title.zh, scenario->title.zh);
    for (size_t i = 0; same && i < one->cover_count; i++) {
        same = strcmp(one->covers[i], scenario->covers[i]) == 0;
    }
    if (!same) {
        char *place = memory_format("case %s, covers", one->id);
        verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
                   "title or clauses are not those of the scenarios", "标题或条款与场景文件不符");
        free(place);
    }
}

/* What the judge would ask, before anything has happened. */
static bool ask(const struct verify_record *record, const struct scenario *scenario,
                const struct signal_board *board, struct result_case *wanted) {
    struct problem ignored;
    struct loop loop;
    const struct instrument instrument = {.name = "virtual clock", .time_uncertainty_ns = exact};
    loop_init(&loop, LOOP_VIRTUAL);
    struct judge *judge = judge_new(scenario, record->profile, board, &loop, &instrument, &ignored);
    if (judge != NULL) {
        judge_start(judge, 0);
        judge_finish(judge, 0, wanted);
        judge_free(judge);
    }
    loop_free(&loop);
    return judge != NULL;
}

/* The number of the other gun, whose monitors stand behind those of the case's; 0: there is none. */
static unsigned other_gun_of(const struct result_case *one, size_t judged) {
    for (size_t i = 0; i < judged; i++) {
        const char *title = one->checks[i].title.en;
        for (unsigned gun = 1; title != NULL && gun <= 2; gun++) {
            char *begin = memory_format("Gun %u: ", gun);
            bool of_it = one->checks[i].monitor && strncmp(title, begin, strlen(begin)) == 0;
            free(begin);
            if (of_it) {
                return gun;
            }
        }
    }
    return 0;
}

static bool ask_all(const struct verify_record *record, const struct result_case *one,
                    const struct scenario *scenario, size_t judged, struct result_case *wanted) {
    const struct bench *names = record->ground->names;
    unsigned other = other_gun_of(one, judged);
    bool second = verify_gun_of(one) == 1 && names->gun_count > 1;
    struct result_case own = {0};
    bool good = ask(record, scenario, names->guns[second].board, wanted);
    if (good && other > 0) {
        const struct scenario monitors = {.id = scenario->id,
                                          .file = scenario->file,
                                          .checks = scenario->other_monitors,
                                          .check_count = scenario->other_monitor_count};
        good = ask(record, &monitors, names->guns[other - 1].board, &own);
        other_gun_hand_over(&own, wanted, other);
    }
    result_case_clear(&own);
    return good;
}

void verify_definition(const struct verify_record *record, const struct result_case *one,
                       size_t rule_count) {
    struct result_case wanted = {0};
    struct problem ignored;
    const size_t judged = one->check_count - rule_count;
    const struct scenario *scenario =
        scenario_load(record->ground->library, one->id, record->profile, &ignored);
    if (scenario == NULL) {
        char *place = verify_place(one);
        verify_add(record->to, VERIFY_UNCHECKED, "results.jsonl", place,
                   "the scenarios here have no such case: its checks and limits are not compared",
                   "此处的场景没有该用例：未比对其检查项和限值");
        free(place);
        return;
    }
    compare_covers(record, one, scenario);
    if (judged > 0 && ask_all(record, one, scenario, judged, &wanted)) {
        compare_checks(record, one, &wanted, judged);
    }
    result_case_clear(&wanted);
}
