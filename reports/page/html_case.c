/* SPDX-License-Identifier: MIT */
/* One case: what it covers, how it was judged, its checks, its plots, its files. */
#include "reports/page/html_checks.h"
#include "reports/page/html_internal.h"
#include "reports/plot/plots.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ checks */

/* The tables of a case, and what stands in none. */
enum section {
    SECTION_CHECKS,
    SECTION_MONITORS, /* that did not pass */
    SECTION_MONITORS_PASSED,
    SECTION_RULES_KEPT,
    SECTION_STEPS,
};

static enum section section_of(const struct result_check *check) {
    if (check->kind == RESULT_STEP) {
        return SECTION_STEPS;
    }
    if (result_is_kept_rule(check)) {
        return SECTION_RULES_KEPT;
    }
    if (check->monitor) {
        return check->verdict > VERDICT_PASS ? SECTION_MONITORS : SECTION_MONITORS_PASSED;
    }
    return SECTION_CHECKS;
}

static size_t count_checks(const struct result_case *one, enum section section) {
    size_t count = 0;
    for (size_t i = 0; i < one->check_count; i++) {
        count += section_of(&one->checks[i]) == section;
    }
    return count;
}

static void put_section(struct buffer *page, const struct result_case *one, enum section section,
                        const struct html_check_table *table) {
    assert(count_checks(one, section) > 0); /* no table without a row */
    html_open_checks(page, table);
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (section_of(check) == section) {
            const struct html_check_row row = {.check = check, .number = plots_number(one, i)};
            html_put_check(page, table, &row);
        }
    }
    html_close_checks(page);
}

static void put_title(struct buffer *page, const char *zh, const char *en) {
    buffer_put(page, "<h3>");
    html_both(page, zh, en);
    buffer_put(page, "</h3>\n");
}

#define COLUMNS(list) .columns = list, .column_count = sizeof list / sizeof list[0]

static void put_checks(struct buffer *page, const struct result_case *one) {
    static const struct html_column *const columns[] = {
        &html_column_number, &html_column_title,    &html_column_value,
        &html_column_limit,  &html_column_margin,   &html_column_uncertainty,
        &html_column_clause, &html_column_instants, &html_column_verdict};
    static const struct html_check_table table = {.style = "checks", COLUMNS(columns)};
    if (count_checks(one, SECTION_CHECKS) > 0) {
        put_title(page, "检查项", "Checks");
        put_section(page, one, SECTION_CHECKS, &table);
    }
}

static bool has_monitor(const struct result_case *one, enum verdict verdict) {
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (section_of(check) == SECTION_MONITORS_PASSED && check->verdict == verdict) {
            return true;
        }
    }
    return false;
}

/* What each is stands once in the report, behind the cases. */
static void put_passed(struct buffer *page, const struct html_watched *watched,
                       const struct result_case *one, enum verdict verdict, const char *zh,
                       const char *en) {
    if (has_monitor(one, verdict)) {
        buffer_put(page, "<p class=\"small\"><a href=\"#watched\">");
        html_both(page, zh, en);
        buffer_put(page, "</a>&ensp;");
        html_put_found(page, watched, one, false, verdict);
        buffer_put(page, "</p>\n");
    }
}

static void put_monitors(struct buffer *page, const struct html_watched *watched,
                         const struct result_case *one) {
    static const struct html_column *const columns[] = {&html_column_number, &html_column_title,
                                                        &html_column_value,  &html_column_limit,
                                                        &html_column_clause, &html_column_verdict};
    static const struct html_check_table table = {.style = "compact",
                                                  .subject = {"Monitor", "监视项"},
                                                  COLUMNS(columns),
                                                  .brief = true,
                                                  .monitors = true};
    if (count_checks(one, SECTION_MONITORS) + count_checks(one, SECTION_MONITORS_PASSED) > 0) {
        put_title(page, "监视项（每个用例都监视）", "Monitors (watched in every case)");
    }
    if (count_checks(one, SECTION_MONITORS) > 0) {
        put_section(page, one, SECTION_MONITORS, &table);
    }
    put_passed(page, watched, one, VERDICT_PASS, "合格：", "Passed:");
    put_passed(page, watched, one, VERDICT_NONE, "未触发：", "Nothing to judge:");
}

static size_t count_measuring_rules(const struct result_case *one) {
    size_t count = 0;
    for (size_t i = 0; i < one->check_count; i++) {
        count += one->checks[i].observed > 0 && html_has_number(&one->checks[i]);
    }
    return count;
}

/* Folded: they are many. */
static void put_rules_kept(struct buffer *page, const struct html_watched *watched,
                           const struct result_case *one) {
    const size_t kept = count_checks(one, SECTION_RULES_KEPT);
    if (kept == 0) {
        return;
    }
    assert(kept <= one->check_count);
    char zh[128], en[128];
    snprintf(zh, sizeof zh, "符合的协议规则（有测得值者）：%zu / %zu，附最不利值和判定次数", kept,
             count_measuring_rules(one));
    snprintf(en, sizeof en,
             "Protocol rules kept: %zu of %zu that measure, with worst values and how often judged",
             kept, count_measuring_rules(one));
    buffer_put(page, "<details><summary>");
    html_both(page, zh, en);
    buffer_put(page, "</summary>\n<p class=\"small\">");
    html_put_found(page, watched, one, true, VERDICT_PASS);
    buffer_put(page, "</p></details>\n");
}

static void put_steps(struct buffer *page, const struct result_case *one) {
    static const struct html_column *const columns[] = {&html_column_reached, &html_column_title,
                                                        &html_column_verdict};
    static const struct html_check_table table = {
        .style = "compact steps", .subject = {"Step", "步骤"}, COLUMNS(columns), .brief = true};
    if (count_checks(one, SECTION_STEPS) > 0) {
        put_title(page, "步骤", "Procedure");
        put_section(page, one, SECTION_STEPS, &table);
    }
}

/* ------------------------------------------------------------------ plots */

static void put_figure(struct buffer *page, const struct recording *recording,
                       const struct result_case *one, const struct plots_view *view, size_t number,
                       int figure, const char *zh, const char *en) {
    struct problem problem = {0};
    struct buffer label = {0};
    buffer_format(&label, "%s. %s: %s", zh, en, one->id);
    buffer_put(page, "<figure>");
    if (!plots_draw(page, recording, one, view, label.chars, &problem)) {
        buffer_put(page, "<p class=\"muted\">");
        buffer_put_markup(page, problem.text);
        buffer_put(page, "</p>");
    }
    buffer_put(page, "<figcaption><b>");
    html_both(page, "图", "Figure");
    buffer_format(page, " %zu-%d</b> ", number, figure);
    html_both(page, zh, en);
    buffer_put(page, "</figcaption></figure>\n");
    buffer_free(&label);
}

static void put_problem(struct buffer *page, const char *problem) {
    if (problem[0] != '\0') {
        buffer_put(page, "<p class=\"small\">");
        html_both(page, "记录文件有问题，图可能不完整：",
                  "A recorded file has a problem, the plot may lack something: ");
        buffer_put(page, " <code>");
        buffer_put_markup(page, problem);
        buffer_put(page, "</code></p>\n");
    }
}

static void put_plots(struct buffer *page, const char *folder, const struct result_case *one,
                      size_t number) {
    struct recording *recording = recording_load(folder, one);
    struct plots_view focus = plots_focus(one, recording);
    struct plots_view whole = plots_whole(one, recording);
    int figure = 1;
    if (focus.worth) {
        put_figure(page, recording, one, &focus, number, figure++,
                   "判定时段：黑线为判定时刻，红色虚线为时间限值，编号同检查项；纵轴可不从零起",
                   "Where it was decided: black lines are the judged instants, dashed red lines "
                   "the time limits, numbered as the checks; vertical axes may begin above zero");
    }
    if (whole.worth) {
        put_figure(page, recording, one, &whole, number, figure, "全过程，底色为判定时段",
                   "The whole case; where it was decided is shaded");
    }
    put_problem(page, recording->signals_problem);
    put_problem(page, recording->trace_problem);
    recording_free(recording);
}

/* ------------------------------------------------------------------ the case */

static void put_label(struct buffer *page, const char *zh, const char *en) {
    html_both(page, zh, en);
    buffer_put(page, "&nbsp;");
}

static void put_case_head(struct buffer *page, const struct result_case *one, size_t number) {
    assert(number > 0);
    buffer_format(page, "<section class=\"case\" id=\"case-%zu\">\n<h2><span>%zu&ensp;", number,
                  number);
    html_text(page, &one->title);
    buffer_put(page, "<span class=\"id\"><code>");
    buffer_put_markup(page, one->id);
    buffer_put(page, "</code></span></span>");
    html_row_verdict(page, one->verdict);
    buffer_put(page, "</h2>\n");
    if (one->reason.en != NULL || one->reason.zh != NULL) {
        buffer_format(page, "<div class=\"reason v-%s\"><span class=\"block\">",
                      verdict_name(one->verdict));
        html_text(page, &one->reason);
        buffer_put(page, "</span></div>\n");
    }
    if (one->last_word.en != NULL) {
        buffer_put(page, "<p class=\"small\">");
        put_label(page, "充电过程", "the charge");
        html_text(page, &one->last_word);
        buffer_put(page, "</p>\n");
    }
}

/* Folded away: a line for each state, alarm and line of its log. */
static void put_said(struct buffer *page, const struct result_case *one) {
    if (one->said_count == 0) {
        return;
    }
    buffer_put(page, "<details><summary>");
    html_both(page, "固件自述（用例时间，s）", "What the firmware said (seconds of the case)");
    buffer_format(page, " · %zu</summary>\n<pre class=\"small\">", one->said_count);
    for (size_t i = 0; i < one->said_count; i++) {
        buffer_put_markup(page, one->said[i]);
        buffer_put(page, "\n");
    }
    buffer_put(page, "</pre></details>\n");
}

static void put_covers(struct buffer *page, const struct result_case *one) {
    if (one->cover_count == 0) {
        return;
    }
    buffer_put(page, "<ul class=\"chips\" aria-label=\"覆盖条款 Clauses covered\">");
    for (size_t i = 0; i < one->cover_count; i++) {
        buffer_put(page, "<li>");
        buffer_put_markup(page, one->covers[i]);
        buffer_put(page, "</li>");
    }
    buffer_put(page, "</ul>\n");
}

/* Frames that were lost or refused, and a bench that was late, are told where there are any. */
static void put_conditions(struct buffer *page, const struct result_case *one) {
    const struct {
        const char *zh, *en;
        uint64_t count;
    } troubles[] = {{"丢帧", "dropped", one->frames_dropped},
                    {"拒发", "refused", one->frames_refused},
                    {"错误帧", "error frames", one->error_frames}};
    buffer_put(page, "<p class=\"small\">");
    put_label(page, "车辆", "vehicle");
    buffer_put_markup(page, one->vehicle != NULL ? one->vehicle : HTML_DASH);
    buffer_put(page, " · ");
    put_label(page, "接线", "wiring");
    buffer_put_markup(page, one->wiring != NULL ? one->wiring : HTML_DASH);
    buffer_format(page, " · ");
    put_label(page, "种子", "seed");
    buffer_format(page, "%" PRIu64 " · ", one->seed);
    put_label(page, "时长", "duration");
    html_seconds(page, one->duration_ns);
    buffer_put(page, " · ");
    put_label(page, "报文", "frames");
    buffer_format(page, "%" PRIu64, one->frames);
    for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
        if (troubles[i].count > 0) {
            buffer_put(page, " · <b>");
            put_label(page, troubles[i].zh, troubles[i].en);
            buffer_format(page, "%" PRIu64 "</b>", troubles[i].count);
        }
    }
    if (one->late_max_ns > 0) {
        buffer_put(page, " · ");
        put_label(page, "测试台最大滞后", "worst lateness of the bench");
        html_quantity(page, (double)one->late_max_ns / 1e6, "ms");
    }
    buffer_put(page, "</p>\n");
}

static void put_settings(struct buffer *page, const struct result_case *one) {
    if (one->setting_count == 0) {
        return;
    }
    buffer_put(page, "<p class=\"small\">");
    html_both(page, "用例设置：", "Set by the case: ");
    for (size_t i = 0; i < one->setting_count; i++) {
        buffer_put(page, i == 0 ? " <code>" : ", <code>");
        buffer_put_markup(page, one->settings[i]);
        buffer_put(page, "</code>");
    }
    buffer_put(page, "</p>\n");
}

static void put_files(struct buffer *page, const struct result_case *one) {
    if (one->trace == NULL && one->signals == NULL) {
        return;
    }
    buffer_put(page, "<p class=\"small\">");
    html_both(page, "证据文件：", "Files: ");
    if (one->trace != NULL) {
        buffer_put(page, " ");
        html_file(page, one->trace);
    }
    if (one->signals != NULL) {
        buffer_put(page, one->trace != NULL ? ", " : " ");
        html_file(page, one->signals);
    }
    buffer_put(page, "</p>\n");
}

void html_put_case(struct buffer *page, const char *folder, const struct html_watched *watched,
                   const struct result_case *one, size_t number) {
    put_case_head(page, one, number);
    put_covers(page, one);
    put_conditions(page, one);
    put_settings(page, one);
    put_files(page, one);
    put_checks(page, one);
    put_plots(page, folder, one, number);
    put_monitors(page, watched, one);
    put_rules_kept(page, watched, one);
    put_steps(page, one);
    put_said(page, one);
    buffer_put(page, "</section>\n");
}
