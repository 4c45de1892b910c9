/* SPDX-License-Identifier: MIT */
/* One case: what it covers, how it was judged, its checks, its plots, its files. */
#include "reports/page/html_internal.h"
#include "reports/plot/plots.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_heading(struct buffer *page, const char *zh, const char *en, bool number) {
    buffer_format(page, "<th scope=\"col\"%s>", number ? " class=\"n\"" : "");
    html_both(page, zh, en);
    buffer_put(page, "</th>");
}

/* ------------------------------------------------------------------ checks */

/* What a check without a number asked for. */
static void put_demand(struct buffer *page, enum result_check_kind kind) {
    switch (kind) {
    case RESULT_EXPECT:
        html_both(page, "须出现", "must occur");
        break;
    case RESULT_ALWAYS:
        html_both(page, "须始终成立", "must always hold");
        break;
    case RESULT_NEVER:
        html_both(page, "不得出现", "must never occur");
        break;
    case RESULT_MEASURE:
    case RESULT_STEP:
        buffer_put(page, DASH);
        break;
    }
}

static void put_condition(struct buffer *page, const struct result_check *check) {
    if (check->condition != NULL) {
        buffer_put(page, " <code class=\"small\">");
        buffer_put_markup(page, check->condition);
        buffer_put(page, "</code>");
    }
}

static void put_instrument(struct buffer *page, const char *instrument) {
    static const struct {
        const char *name, *zh;
    } known[] = {{"virtual clock", "虚拟时钟"}, {"kernel time stamp", "内核时间戳"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(instrument, known[i].name) == 0) {
            html_both(page, known[i].zh, known[i].name);
            return;
        }
    }
    buffer_put_markup(page, instrument);
}

/* Uncertainty and what it comes from. */
static void put_uncertainty_cell(struct buffer *page, const struct result_check *check) {
    buffer_put(page, "<td class=\"n\">");
    if (!isnan(check->uncertainty)) {
        buffer_put(page, "±&nbsp;");
        html_quantity(page, check->uncertainty, check->unit);
    }
    if (check->instrument != NULL) {
        buffer_put(page, isnan(check->uncertainty) ? "<span class=\"small block\">"
                                                   : "<br><span class=\"small block\">");
        put_instrument(page, check->instrument);
        buffer_put(page, "</span>");
    } else if (isnan(check->uncertainty)) {
        buffer_put(page, DASH);
    }
    buffer_put(page, "</td>");
}

static void put_title_cell(struct buffer *page, const struct result_check *check) {
    buffer_put(page, "<td><span class=\"block\">");
    html_text(page, &check->title);
    buffer_put(page, "</span>");
    /* An expected one that came has its time in the cells beside; what it was stands here. */
    if (check->kind == RESULT_MEASURE || (check->kind == RESULT_EXPECT && !isnan(check->value))) {
        put_condition(page, check);
    }
    buffer_put(page, "</td>");
}

/* Value, limit, margin, uncertainty; for a condition what was demanded of it. */
static void put_value_cells(struct buffer *page, const struct result_check *check) {
    if (check->kind != RESULT_MEASURE && isnan(check->value)) {
        buffer_put(page, "<td colspan=\"4\" class=\"wraps muted\">");
        put_demand(page, check->kind);
        put_condition(page, check);
        buffer_put(page, "</td>");
        return;
    }
    buffer_put(page, "<td class=\"n\"><b>");
    html_quantity(page, check->value, check->unit);
    buffer_put(page, "</b></td><td class=\"n\">");
    html_limit(page, check);
    buffer_put(page, "</td><td class=\"n\">");
    html_margin(page, check);
    buffer_put(page, "</td>");
    put_uncertainty_cell(page, check);
}

static void put_clause_cell(struct buffer *page, const struct result_check *check) {
    buffer_put(page, "<td class=\"clause\">");
    buffer_put_markup(page, check->limit_source != NULL ? check->limit_source : DASH);
    if (check->limit_name != NULL) {
        buffer_put(page, "<br><code class=\"small\">");
        buffer_put_markup(page, check->limit_name);
        buffer_put(page, "</code>");
    }
    buffer_put(page, "</td>");
}

static void put_instants_cell(struct buffer *page, const struct result_check *check) {
    buffer_put(page, "<td class=\"n small\">");
    if (check->from_ns >= 0) {
        html_seconds(page, check->from_ns);
        buffer_put(page, "<br>→&nbsp;");
    }
    html_seconds(page, check->to_ns);
    buffer_put(page, "</td>");
}

static void put_why(struct buffer *page, const struct result_check *check, int columns) {
    if (check->reason.en == NULL && check->reason.zh == NULL) {
        return;
    }
    buffer_format(page, "<tr class=\"why t-%s\"><td></td><td colspan=\"%d\" class=\"block\">",
                  verdict_name(check->verdict), columns - 1);
    html_text(page, &check->reason);
    buffer_put(page, "</td></tr>\n");
}

static void open_row(struct buffer *page, const struct result_check *check) {
    bool why = check->reason.en != NULL || check->reason.zh != NULL;
    buffer_format(page, "<tr class=\"t-%s%s\">", verdict_name(check->verdict), why ? " opens" : "");
}

static void put_check(struct buffer *page, const struct result_case *one, size_t index) {
    const struct result_check *check = &one->checks[index];
    open_row(page, check);
    buffer_format(page, "<td class=\"no\">%zu</td>", plots_number(one, index));
    put_title_cell(page, check);
    put_value_cells(page, check);
    put_clause_cell(page, check);
    put_instants_cell(page, check);
    buffer_put(page, "<td>");
    html_verdict(page, check->verdict);
    buffer_put(page, "</td></tr>\n");
    put_why(page, check, 9);
}

static size_t count_checks(const struct result_case *one, bool step, bool monitor) {
    size_t count = 0;
    for (size_t i = 0; i < one->check_count; i++) {
        count += (one->checks[i].kind == RESULT_STEP) == step &&
                 (step || one->checks[i].monitor == monitor);
    }
    return count;
}

static void put_checks(struct buffer *page, const struct result_case *one) {
    if (count_checks(one, false, false) == 0) {
        return;
    }
    buffer_put(page, "<h3>");
    html_both(page, "检查项", "Checks");
    buffer_put(page, "</h3>\n<div class=\"scroll\"><table class=\"checks\"><thead><tr>"
                     "<th class=\"no\">№</th>");
    put_heading(page, "检查项", "Check", false);
    put_heading(page, "测得值", "Value", true);
    put_heading(page, "限值", "Limit", true);
    put_heading(page, "裕量", "Margin", true);
    put_heading(page, "不确定度, 仪器", "Uncertainty, instrument", true);
    put_heading(page, "条款", "Clause", false);
    put_heading(page, "起止时刻", "From, to", true);
    put_heading(page, "判定", "Verdict", false);
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < one->check_count; i++) {
        if (one->checks[i].kind != RESULT_STEP && !one->checks[i].monitor) {
            put_check(page, one, i);
        }
    }
    buffer_put(page, "</tbody></table></div>\n");
}

static void put_monitor(struct buffer *page, const struct result_case *one, size_t index) {
    const struct result_check *check = &one->checks[index];
    open_row(page, check);
    buffer_format(page, "<td class=\"no\">M%zu</td><td>", plots_number(one, index));
    html_text(page, &check->title);
    buffer_put(page, "</td><td class=\"n\">");
    if (isnan(check->value)) {
        put_demand(page, check->kind);
    } else {
        html_quantity(page, check->value, check->unit);
    }
    buffer_put(page, "</td><td class=\"n\">");
    html_limit(page, check);
    buffer_put(page, "</td>");
    put_clause_cell(page, check);
    buffer_put(page, "<td>");
    html_verdict(page, check->verdict);
    buffer_put(page, "</td></tr>\n");
    put_why(page, check, 6);
}

static void put_monitors(struct buffer *page, const struct result_case *one) {
    if (count_checks(one, false, true) == 0) {
        return;
    }
    buffer_put(page, "<h3>");
    html_both(page, "监视项（每个用例都监视）", "Monitors (watched in every case)");
    buffer_put(page, "</h3>\n<div class=\"scroll\"><table class=\"compact\"><thead><tr>"
                     "<th class=\"no\">№</th>");
    put_heading(page, "监视项", "Monitor", false);
    put_heading(page, "测得值", "Value", true);
    put_heading(page, "限值", "Limit", true);
    put_heading(page, "条款", "Clause", false);
    put_heading(page, "判定", "Verdict", false);
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < one->check_count; i++) {
        if (one->checks[i].kind != RESULT_STEP && one->checks[i].monitor) {
            put_monitor(page, one, i);
        }
    }
    buffer_put(page, "</tbody></table></div>\n");
}

static void put_steps(struct buffer *page, const struct result_case *one) {
    if (count_checks(one, true, false) == 0) {
        return;
    }
    buffer_put(page, "<h3>");
    html_both(page, "步骤", "Procedure");
    buffer_put(page, "</h3>\n<div class=\"scroll\"><table class=\"compact\"><thead><tr>");
    put_heading(page, "时刻", "Reached", true);
    put_heading(page, "步骤", "Step", false);
    put_heading(page, "判定", "Verdict", false);
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (check->kind == RESULT_STEP) {
            open_row(page, check);
            buffer_put(page, "<td class=\"n\" style=\"width:9em\">");
            html_seconds(page, check->to_ns >= 0 ? check->to_ns : check->from_ns);
            buffer_put(page, "</td><td>");
            html_text(page, &check->title);
            buffer_put(page, "</td><td style=\"width:9em\">");
            html_verdict(page, check->verdict);
            buffer_put(page, "</td></tr>\n");
            put_why(page, check, 3);
        }
    }
    buffer_put(page, "</tbody></table></div>\n");
}

/* ------------------------------------------------------------------ plots */

static void put_figure(struct buffer *page, const struct recording *recording,
                       const struct result_case *one, const struct plots_view *view, size_t number,
                       int figure, const char *zh, const char *en) {
    struct problem problem;
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
                   "判定时段：黑线为判定时刻，红色虚线为时间限值，编号同检查项",
                   "Where it was decided: black lines are the judged instants, dashed red lines "
                   "the time limits, numbered as the checks");
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

static void put_case_head(struct buffer *page, const struct result_case *one, size_t number) {
    buffer_format(page, "<section class=\"case\" id=\"case-%zu\">\n<h2><span>%zu&ensp;", number,
                  number);
    html_text(page, &one->title);
    buffer_put(page, "<span class=\"id\"><code>");
    buffer_put_markup(page, one->id);
    buffer_put(page, "</code></span></span>");
    html_verdict(page, one->verdict);
    buffer_put(page, "</h2>\n");
    if (one->reason.en != NULL || one->reason.zh != NULL) {
        buffer_format(page, "<div class=\"reason v-%s\"><span class=\"block\">",
                      verdict_name(one->verdict));
        html_text(page, &one->reason);
        buffer_put(page, "</span></div>\n");
    }
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

static void put_label(struct buffer *page, const char *zh, const char *en) {
    html_both(page, zh, en);
    buffer_put(page, "&nbsp;");
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
    buffer_put_markup(page, one->vehicle != NULL ? one->vehicle : DASH);
    buffer_put(page, " · ");
    put_label(page, "接线", "wiring");
    buffer_put_markup(page, one->wiring != NULL ? one->wiring : DASH);
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

void html_put_case(struct buffer *page, const char *folder, const struct result_case *one,
                   size_t number) {
    put_case_head(page, one, number);
    put_covers(page, one);
    put_conditions(page, one);
    put_settings(page, one);
    put_files(page, one);
    put_checks(page, one);
    put_plots(page, folder, one, number);
    put_monitors(page, one);
    put_steps(page, one);
    buffer_put(page, "</section>\n");
}
