/* SPDX-License-Identifier: MIT */
/* The written test procedure of a case, for a person. */
#include "harness/show/show.h"

#include "harness/scenario/needs.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "sim/text/buffer.h"
#include "sim/text/quantity.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 4096
#define COUNT(array)   (sizeof(array) / sizeof(array)[0])

struct page {
    struct scenario *const *rows; /* of one case, alike in all but wording; one where it has none */
    size_t row_count;
    const struct scenario *scenario; /* the one that is being written */
    const struct profile *profile;
    bool zh;
    void (*put)(void *ctx, const char *text);
    void *ctx;
};

__attribute__((format(printf, 2, 3))) static void say(const struct page *page, const char *format,
                                                      ...) {
    char line[LINE_MAX_BYTES];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    page->put(page->ctx, line);
}

/* ---- rows ---- */

typedef void part_writer(const struct page *page, size_t number, size_t index);

static void keep(void *ctx, const char *text) {
    buffer_put(ctx, text);
}

/* What the part reads like for that row. */
static char *part_of_row(const struct page *page, size_t row, part_writer *write, size_t number,
                         size_t index) {
    struct buffer text = {0};
    struct page own = *page;
    own.scenario = page->rows[row];
    own.put = keep;
    own.ctx = &text;
    write(&own, number, index);
    return buffer_take(&text);
}

/* Once where it reads the same for all rows; else once a row, with the row's name before it. */
static void show_part(const struct page *page, part_writer *write, size_t number, size_t index) {
    char *first = part_of_row(page, 0, write, number, index);
    bool same = true;
    for (size_t i = 1; i < page->row_count && same; i++) {
        char *other = part_of_row(page, i, write, number, index);
        same = strcmp(first, other) == 0;
        free(other);
    }
    for (size_t i = 0; i < (same ? 1 : page->row_count); i++) {
        char *text = part_of_row(page, i, write, number, index);
        if (same) {
            page->put(page->ctx, text);
        } else {
            say(page, "  [%s]\n%s", page->rows[i]->row, text);
        }
        free(text);
    }
    free(first);
}

/* The wording in the page's language. */
static const char *in(const struct page *page, const char *en, const char *zh) {
    return page->zh ? zh : en;
}

static const char *text_in(const struct page *page, struct phrase text) {
    const char *wanted = page->zh ? text.zh : text.en;
    return wanted ? wanted : text.en ? text.en : "";
}

/* 1.5 s, 250 ms: the largest unit that keeps the number at 1 or more. */
static const char *time_text(int64_t time_ns, char text[32]) {
    static const struct {
        double ns;
        const char *unit;
    } units[] = {{60e9, "min"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1.0, "ns"}};
    size_t i = 0;
    while (i + 1 < COUNT(units) &&
           ((double)time_ns < units[i].ns || (i == 0 && fmod((double)time_ns, 60e9) != 0.0))) {
        i++;
    }
    snprintf(text, 32, "%g %s", (double)time_ns / units[i].ns, units[i].unit);
    return text;
}

/* An event in words: a mark, or the expression as it is written. */
static const char *event_text(const struct page *page, const struct event_def *event, char *text,
                              size_t size) {
    if (event->text[0] == '@') {
        snprintf(text, size, in(page, "the step marked (%s)", "标记为（%s）的步骤"),
                 event->text + 1);
    } else {
        snprintf(text, size, "[%s]", event->text);
    }
    return text;
}

/* ---- head ---- */

static void show_head(const struct page *page, size_t number, size_t index) {
    (void)number;
    (void)index;
    const struct scenario *one = page->scenario;
    bool all = page->row_count > 1;
    say(page, "%s\n", text_in(page, all ? one->case_title : one->title));
    say(page, "%s: %s\n", in(page, "Case", "用例"), all ? one->name : one->id);
}

static void show_purpose(const struct page *page, size_t number, size_t index) {
    (void)number;
    (void)index;
    const struct scenario *one = page->scenario;
    if (one->purpose.en) {
        say(page, "%s: %s\n", in(page, "Purpose", "目的"), text_in(page, one->purpose));
    }
}

/* What it is evidence for, and by which limits. */
static void show_basis(const struct page *page, size_t number, size_t index) {
    (void)number;
    (void)index;
    const struct scenario *one = page->scenario;
    bool guard = page->profile->decision == DECISION_GUARD_BAND;
    if (one->cover_count > 0) {
        say(page, "%s:", in(page, "Clauses", "对应条款"));
        for (size_t i = 0; i < one->cover_count; i++) {
            say(page, "%s%s", i ? "; " : " ", one->covers[i]);
        }
        say(page, "\n");
    }
    say(page, "%s: %s (%s, %s %s)\n", in(page, "Limits", "限值依据"),
        text_in(page, page->profile->title), page->profile->name, in(page, "edition", "标准版本"),
        page->profile->editions);
    say(page, "%s: %s\n", in(page, "Decision rule", "判定规则"),
        guard ? in(page,
                   "guard band: passes when the value with its uncertainty is within the limit; in "
                   "the band around the limit it is inconclusive",
                   "保护带：测量值计入不确定度后仍在限值内方为合格，落在限值附近不确定度带内为无法"
                   "判定")
              : in(page, "simple acceptance: the value alone decides", "简单接受：仅以测量值判定"));
}

/* What pile, vehicle and firmware have to have. */
static void show_needs(const struct page *page, size_t number, size_t index) {
    (void)number;
    (void)index;
    const struct scenario *one = page->scenario;
    for (size_t i = 0; i < one->need_count; i++) {
        const struct need *need = &one->needs[i];
        say(page, "%s %s", i > 0 ? in(page, ";", "；") : in(page, "Needs:", "适用条件："),
            need->title.en ? text_in(page, need->title) : need->condition);
    }
    if (one->need_count > 0) {
        say(page, "%s\n", in(page, " (else not applicable)", "（不具备时不适用）"));
    }
}

/* What has to be set before the case begins. */
static void show_setup(const struct page *page, size_t number, size_t index) {
    (void)number;
    (void)index;
    const struct setup *setup = &page->scenario->setup;
    if (setup->clock_s > 0) {
        char text[SETUP_CLOCK_SIZE];
        say(page, "%s: %s\n", in(page, "The pile's and its meters' clocks", "充电桩及电表时钟"),
            setup_clock_text(setup->clock_s, text));
    }
    if (setup->param_count > 0) {
        say(page, "%s:", in(page, "Parameters of the firmware", "固件参数"));
        for (size_t i = 0; i < setup->param_count; i++) {
            say(page, "%s %s=%d", i ? "," : "", setup->params[i].name, (int)setup->params[i].value);
        }
        say(page, "\n");
    }
}

static void show_vehicle(const struct page *page, size_t number, size_t index) {
    (void)number;
    (void)index;
    say(page, "  %s: %s\n", in(page, "Vehicle", "车辆"), page->scenario->vehicle);
    if (page->scenario->guns > 1) {
        const char *other = page->scenario->other_vehicle;
        say(page, "  %s: %s\n", in(page, "Vehicle at the second gun", "第二枪车辆"),
            other != NULL ? other : page->scenario->vehicle);
    }
}

static void show_row(const struct page *page, const struct scenario *row) {
    size_t given = strlen(row->case_title.en) + 2; /* the case's own part of the title, and ": " */
    bool own = strlen(row->title.en) > given;
    size_t cut = page->zh ? strlen(row->case_title.zh) + strlen("：") : given;
    say(page, "  %-12s", row->row);
    for (size_t i = 0; i < row->row_value_count; i++) {
        say(page, "%s%s", i > 0 ? ", " : " ", row->row_values[i]);
    }
    say(page, "%s%s\n", own ? "  " : "", own ? text_in(page, row->title) + cut : "");
}

/* The rows as a table: name, values, title. */
static void show_rows(const struct page *page) {
    if (!page->scenario->row) {
        return;
    }
    say(page, "\n%s\n",
        in(page, "Rows: the procedure is carried out once for each, and each has to pass",
           "数据行：逐行执行以下步骤，各行均须合格"));
    for (size_t i = 0; i < page->row_count; i++) {
        show_row(page, page->rows[i]);
    }
}

/* ---- steps ---- */

static void show_step(const struct page *page, size_t number, size_t index) {
    const struct step_def *step = &page->scenario->steps[index];
    char time[32], event[1100];
    const char *note = text_in(page, step->note);
    say(page, "  %zu. ", number);
    if (step->type == STEP_DO) {
        say(page, "%s%s<%s>", note, note[0] ? " " : "", step->what.text);
    } else if (step->type == STEP_WAIT) {
        say(page, in(page, "Wait %s.", "等待%s。"), time_text(step->time_ns, time));
        say(page, "%s%s", note[0] ? " " : "", note);
    } else {
        say(page, in(page, "Wait at most %s until %s.", "等待（最长%s）直至%s。"),
            time_text(step->time_ns, time), event_text(page, &step->what, event, sizeof event));
        say(page, "%s%s%s", note[0] ? " " : "", note,
            step->stimulus && !step->from_start
                ? in(page, " (else inconclusive)", "（否则无法判定）")
                : "");
    }
    if (step->mark) {
        say(page, " (%s)", step->mark);
    }
    say(page, "\n");
}

static size_t show_steps(const struct page *page, bool from_start, size_t number) {
    for (size_t i = 0; i < page->scenario->step_count; i++) {
        if (page->scenario->steps[i].from_start == from_start) {
            show_part(page, show_step, number++, i);
        }
    }
    return number;
}

/* ---- criteria ---- */

static void show_limit(const struct page *page, const struct limit *limit) {
    if (!limit) {
        return;
    }
    struct buffer bounds = {0};
    const struct limits limits = {.min = limit->min,
                                  .max = limit->max,
                                  .min_open = limit->min_open,
                                  .max_open = limit->max_open,
                                  .unit = limit->unit};
    limits_put(&bounds, page->zh ? &quantity_sentence_zh : &quantity_sentence_en, &limits);
    say(page, "     %s: %s  (%s: %s)\n", in(page, "Limit", "限值"), bounds.chars,
        text_in(page, limit->text), limit->source);
    buffer_free(&bounds);
}

static void show_window(const struct page *page, const struct check_def *check) {
    char from[1100], to[1100], time[32], after[1100];
    bool at = check->type == CHECK_VALUE;
    if (check->after.text) {
        say(page, in(page, "; only after %s", "；仅计%s之后"),
            event_text(page, &check->after, after, sizeof after));
    }
    if (check->from.text) {
        say(page, at ? in(page, "; at %s", "；时刻：%s") : in(page, "; from %s", "；自%s"),
            event_text(page, &check->from, from, sizeof from));
    } else if (!at) {
        say(page, "%s", in(page, "; from the start of the case", "；自用例开始"));
    }
    if (check->to.text) {
        say(page, in(page, " to %s", "至%s"), event_text(page, &check->to, to, sizeof to));
    } else if (check->window_ns > 0 && check->type != CHECK_EXPECT) {
        say(page, in(page, " for %s", "起%s内"), time_text(check->window_ns, time));
    } else if (!at && check->type != CHECK_EXPECT) {
        say(page, "%s", in(page, " to the end of the case", "至用例结束"));
    }
    if (check->last) {
        say(page, "%s", in(page, "; of several the last one counts", "；多次出现时以最后一次为准"));
    }
    if (check->each) {
        say(page, "%s", in(page, "; every time, the worst counts", "；每次均测，取最不利值"));
    }
    if (check->settle && check->settle_ns > 0) {
        say(page, in(page, "; and stays so for %s", "；并保持%s"),
            time_text(check->settle_ns, time));
    } else if (check->settle) {
        say(page, "%s", in(page, "; and stays so", "；并保持"));
    }
    if (check->stimulus) {
        say(page, "%s",
            in(page, "; else nothing is proved: inconclusive", "；否则不能作为依据，无法判定"));
    }
    say(page, "\n");
}

static void show_check(const struct page *page, size_t number, size_t index) {
    const struct check_def *check = &page->scenario->checks[index];
    static const char *const what[][2] = {
        [CHECK_TIME] = {"Time", "时间"},
        [CHECK_VALUE] = {"Value of", "测量值"},
        [CHECK_PEAK] = {"Largest value of", "最大值"},
        [CHECK_RATE] = {"Rate of change of", "变化速率"},
        [CHECK_MEAN] = {"Mean time from one to the next", "平均间隔"},
        [CHECK_GAP] = {"Longest time from one to the next", "最大间隔"},
        [CHECK_EXPECT] = {"Must occur:", "应出现："},
        [CHECK_ALWAYS] = {"Must hold:", "应始终满足："},
        [CHECK_NEVER] = {"Must not occur:", "不应出现："},
    };
    char time[32];
    const char *name = what[check->type][page->zh];
    say(page, "  %zu) %s\n     %s", number, text_in(page, check->title), name);
    if (check->condition.text) {
        say(page, " [%s]", check->condition.text);
    }
    show_window(page, check);
    if (check->type == CHECK_EXPECT && !check->limit) {
        say(page, "     %s %s\n", in(page, "within", "时限"), time_text(check->window_ns, time));
    }
    show_limit(page, check->limit);
}

static void show_checks(const struct page *page, bool monitors) {
    size_t number = 1;
    for (size_t i = 0; i < page->scenario->check_count; i++) {
        if (page->scenario->checks[i].monitor == monitors) {
            show_part(page, show_check, number++, i);
        }
    }
}

void scenario_show(struct scenario *const *rows, size_t count, const struct profile *profile,
                   const char *language, void (*put)(void *ctx, const char *text), void *ctx) {
    assert(count > 0);
    const struct scenario *scenario = rows[0];
    struct page page = {rows, count, scenario, profile, strcmp(language, "zh") == 0, put, ctx};
    char time[32];
    show_part(&page, show_head, 0, 0);
    show_part(&page, show_purpose, 0, 0);
    show_part(&page, show_basis, 0, 0);
    show_part(&page, show_needs, 0, 0);
    show_part(&page, show_setup, 0, 0);
    show_rows(&page);
    say(&page, "\n%s\n", in(&page, "1 Preconditions", "1 前提条件"));
    show_part(&page, show_vehicle, 0, 0);
    if (scenario->start) {
        say(&page, "  %s: %s\n", in(&page, "Initial state", "初始状态"),
            text_in(&page, scenario->start_title));
    }
    size_t next = show_steps(&page, true, 1);
    say(&page, "\n%s\n", in(&page, "2 Procedure", "2 试验步骤"));
    show_steps(&page, false, next);
    say(&page, in(&page, "  The whole case takes at most %s.\n", "  全过程最长%s。\n"),
        time_text(scenario->timeout_ns, time));
    say(&page, "\n%s\n", in(&page, "3 Acceptance criteria", "3 合格判据"));
    show_checks(&page, false);
    say(&page, "\n%s\n",
        in(&page, "4 Watched throughout, in every case", "4 全过程监视（所有用例通用）"));
    show_checks(&page, true);
    for (size_t i = 0; i < scenario->monitors_off_count; i++) {
        say(&page, "  - %s %s: %s\n", in(&page, "Not watched here:", "本用例不监视："),
            scenario->monitors_off[i], text_in(&page, scenario->monitors_off_why[i]));
    }
}
