/* SPDX-License-Identifier: MIT */
/* The page: its frame, its first part, and the clauses at its end. */
#include "reports/page/html.h"

#include "reports/page/html_internal.h"
#include "reports/record/clauses.h"
#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum verdict html_overall(const struct result_set *set) {
    static const enum verdict of_code[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_ERROR,
                                           VERDICT_INCONCLUSIVE, VERDICT_ERROR};
    const int code = result_exit_code(set);
    assert(code >= 0 && (size_t)code < sizeof of_code / sizeof of_code[0]);
    return of_code[code];
}

/* ------------------------------------------------------------------ frame */

static void put_opening(struct buffer *page, const struct result_set *set) {
    struct buffer title = {0}, style = {0};
    buffer_format(&title, "%s – 充电桩测试报告 Test report",
                  set->run.dut_name != NULL ? set->run.dut_name : "");
    html_put_print_style(&style, set);
    html_put_opening(page, title.chars, style.chars, html_evidence_name(set->run.evidence));
    buffer_free(&title);
    buffer_free(&style);
}

/* ------------------------------------------------------------------ what, on what, how */

static void put_cut_short(struct buffer *page, const struct result_set *set) {
    if (set->whole) {
        return;
    }
    char zh[200];
    char en[200];
    snprintf(zh, sizeof zh, "计划 %zu 个用例，记录中只有 %zu 个。本报告不完整，不能作为验收依据。",
             set->run.case_count, set->case_count);
    snprintf(en, sizeof en,
             "%zu cases were planned, the record has %zu. This report is incomplete and cannot be "
             "used for acceptance.",
             set->run.case_count, set->case_count);
    buffer_put(page, "<div class=\"alarm\" role=\"alert\"><strong>");
    html_both(page, "本次运行未完成", "This run was cut short");
    buffer_put(page, "</strong><span class=\"block\">");
    html_both(page, zh, en);
    buffer_put(page, "</span>");
    if (set->lines_dropped > 0) {
        buffer_put(page, "<span class=\"block\">");
        html_both(page, "记录的最后一行只写了一半，已舍去。",
                  "The last line of the record was half-written and has been dropped.");
        buffer_put(page, "</span>");
    }
    buffer_put(page, "</div>\n");
}

static void put_counts(struct buffer *page, const struct result_set *set) {
    static const enum verdict order[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_INCONCLUSIVE,
                                         VERDICT_ERROR, VERDICT_NONE};
    const struct result_counts counts = result_count(set);
    buffer_put(page, "<ul class=\"counts\">");
    size_t told = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        told += counts.verdicts[order[i]];
        if (counts.verdicts[order[i]] > 0) {
            buffer_put(page, "<li>");
            html_row_verdict(page, order[i]);
            buffer_format(page, " %zu</li>", counts.verdicts[order[i]]);
        }
    }
    assert(told == counts.cases); /* no verdict is left out */
    buffer_format(page, "<li class=\"muted\">");
    html_both(page, "用例合计", "cases in all");
    if (counts.rows > 0) {
        buffer_format(page, " %zu</li><li class=\"muted\">", counts.cases);
        html_both(page, "含各数据行", "with each row");
    }
    buffer_format(page, " %zu / %zu</li></ul>\n", set->case_count, set->run.case_count);
}

static void put_cover(struct buffer *page, const struct result_set *set) {
    buffer_put(page, "<header class=\"cover\"><div><h1>");
    html_both(page, "直流充电桩测试报告", "Test report: DC charging pile");
    buffer_put(page, "</h1><p class=\"muted\" style=\"margin:6px 0 0\">");
    html_both(page, "被测对象", "Device under test");
    buffer_put(page, ": <b>");
    buffer_put_markup(page, set->run.dut_name);
    buffer_put(page, "</b> ");
    buffer_put_markup(page, set->run.dut_version);
    buffer_put(page, "</p>");
    put_counts(page, set);
    buffer_put(page, "</div><div class=\"overall v-");
    buffer_put(page, verdict_name(html_overall(set)));
    buffer_put(page, "\"><small>");
    html_both(page, "总判定", "Overall verdict");
    buffer_put(page, "</small>");
    html_verdict(page, html_overall(set));
    buffer_put(page, "</div></header>\n");
}

static void put_level(struct buffer *page, const struct result_run *run) {
    buffer_put(page, "<section class=\"level\"><b>");
    html_text(page, html_evidence_name(run->evidence));
    buffer_put(page, "</b><div class=\"block\">");
    html_text(page, html_evidence_proves(run->evidence));
    buffer_put(page, "</div></section>\n");
}

/* A fact that takes a row of its own. */
static void open_wide(struct buffer *page, const char *zh, const char *en) {
    buffer_put(page, "<tr>");
    html_fact_name(page, zh, en);
    buffer_put(page, "<td colspan=\"3\">");
}

/* Nobody may take such a verdict for the profile's. */
static void put_changed_limits(struct buffer *page, const struct result_run *run) {
    if (run->limit_count == 0) {
        return;
    }
    buffer_put(page, "<div class=\"alarm\" role=\"alert\"><strong>");
    html_both(page, "限值已改动", "Limits changed");
    buffer_put(page, "</strong><span class=\"block\">");
    html_both(
        page, "本报告的判定不按限值集自身的限值，不能作为验收依据。",
        "The verdicts are not by the profile's own limits and cannot be used for acceptance.");
    buffer_put(page, "</span>");
    for (size_t i = 0; i < run->limit_count; i++) {
        buffer_put(page, "<code class=\"block\">");
        buffer_put_markup(page, run->limits[i]);
        buffer_put(page, "</code>");
    }
    buffer_put(page, "</div>\n");
}

static void put_params(struct buffer *page, const struct result_run *run) {
    open_wide(page, "改动的参数", "Parameters changed");
    if (run->dut_param_count == 0) {
        html_both(page, "无（按出厂）", "none");
    }
    for (size_t i = 0; i < run->dut_param_count; i++) {
        buffer_put(page, i > 0 ? ", <code>" : "<code>");
        buffer_put_markup(page, run->dut_params[i]);
        buffer_put(page, "</code>");
    }
    buffer_put(page, "</td></tr>\n");
}

static void put_decision(struct buffer *page, const struct result_run *run) {
    open_wide(page, "判定规则", "Decision rule");
    if (run->decision != NULL && strcmp(run->decision, "guard band") == 0) {
        html_both(page, "保护带：测得值加不确定度仍在限值内才判合格，落在不确定度带内为无法判定。",
                  "Guard band: pass only when value and uncertainty together are within the limit; "
                  "inside the band around the limit: inconclusive.");
    } else if (run->decision != NULL && strcmp(run->decision, "simple acceptance") == 0) {
        html_both(page, "简单接受：测得值在限值内即判合格，不计不确定度。",
                  "Simple acceptance: pass when the value is within the limit, its uncertainty not "
                  "counted.");
    } else {
        buffer_put_markup(page, run->decision != NULL ? run->decision : HTML_DASH);
    }
    buffer_put(page, "</td></tr>\n");
}

static void put_wide(struct buffer *page, const char *zh, const char *en, const char *value) {
    if (value != NULL) {
        open_wide(page, zh, en);
        buffer_put(page, "<code>");
        buffer_put_markup(page, value);
        buffer_put(page, "</code></td></tr>\n");
    }
}

static void put_started(struct buffer *page, const struct result_run *run) {
    html_fact_name(page, "开始时间", "Started");
    buffer_put(page, "<td>");
    if (run->started != NULL) {
        buffer_put_markup(page, run->started);
    } else {
        html_both(page, "虚拟时钟，可逐字节重复", "virtual clock, repeatable byte for byte");
    }
    buffer_put(page, "</td>");
}

static void put_identity(struct buffer *page, const struct result_run *run) {
    const struct phrase identity = result_identity(run);
    open_wide(page, "固件的SHA-256", "SHA-256 of the firmware");
    if (run->dut_sha256 != NULL) {
        buffer_put(page, "<code>");
        buffer_put_markup(page, run->dut_sha256);
        buffer_put(page, "</code>");
    } else {
        html_text(page, &identity);
    }
    buffer_put(page, "</td></tr>\n");
}

static void put_facts(struct buffer *page, const struct result_run *run) {
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)run->seed);
    buffer_put(page, "<table class=\"facts\"><tbody>\n<tr>");
    html_fact(page, "被测对象", "Device under test", run->dut_name);
    html_fact(page, "版本", "Version", run->dut_version);
    buffer_put(page, "</tr>\n");
    put_wide(page, "程序文件", "Program", run->dut_path);
    put_identity(page, run);
    put_params(page, run);
    buffer_put(page, "<tr>");
    html_fact(page, "限值集", "Profile", run->profile);
    html_fact(page, "标准版本", "Edition", run->edition);
    buffer_put(page, "</tr>\n");
    put_decision(page, run);
    buffer_put(page, "<tr>");
    html_fact(page, "接线方式", "Wiring", run->isolated ? "sim, isolated" : run->wiring);
    html_fact(page, "随机种子", "Seed", seed);
    buffer_put(page, "</tr>\n");
    put_wide(page, "台架文件", "Rig", run->rig);
    buffer_put(page, "<tr>");
    put_started(page, run);
    html_fact(page, "测试台", "Test bench", run->bench_version);
    buffer_put(page, "</tr>\n</tbody></table>\n");
}

/* ------------------------------------------------------------------ summary */

/* Has it to do with the case's verdict? Of a pass its own measurements; else what is as bad. */
static bool decides(const struct result_case *one, const struct result_check *check) {
    if (one->verdict > VERDICT_PASS) {
        return check->verdict == one->verdict;
    }
    return check->kind == RESULT_MEASURE && !isnan(check->value) && !check->monitor;
}

/* Of those the one with a number, and of these the one nearest to its limit or furthest beyond. */
const struct result_check *html_key_check(const struct result_case *one) {
    const struct result_check *key = NULL;
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (decides(one, check) &&
            (key == NULL || clause_tightness(check) < clause_tightness(key))) {
            key = check;
        }
    }
    assert(key == NULL || decides(one, key));
    return key;
}

/* A case that measured nothing says why, if there is a reason. */
static void put_key(struct buffer *page, const struct result_case *one) {
    const struct result_check *key = html_key_check(one);
    if (key == NULL || isnan(key->value)) {
        buffer_put(page, "<td colspan=\"4\" class=\"block muted\">");
        html_text(page, &one->reason);
        buffer_put(page, "</td>");
        return;
    }
    buffer_put(page, "<td class=\"block\">");
    html_text(page, &key->title);
    buffer_put(page, "</td><td class=\"n\">");
    html_quantity(page, key->value, key->unit);
    buffer_put(page, "</td><td class=\"n\">");
    html_limit(page, key);
    buffer_put(page, "</td><td class=\"n\">");
    html_margin(page, key);
    buffer_put(page, "</td>");
}

static void put_summary_row(struct buffer *page, const struct result_case *one, size_t number) {
    assert(number > 0);
    buffer_format(page,
                  "<tr class=\"t-%s\"><td class=\"no\">%zu</td><td class=\"block\">"
                  "<a href=\"#case-%zu\">",
                  verdict_name(one->verdict), number, number);
    buffer_put(page, "<code>");
    buffer_put_markup(page, one->id);
    buffer_put(page, "</code></a> ");
    html_text(page, &one->title);
    buffer_put(page, "</td>");
    put_key(page, one);
    buffer_put(page, "<td>");
    html_row_verdict(page, one->verdict);
    buffer_put(page, "</td></tr>\n");
}

static void put_summary(struct buffer *page, const struct result_set *set) {
    buffer_put(page, "<h2>");
    html_both(page, "结果汇总", "Summary of results");
    buffer_put(page, "</h2>\n<div class=\"scroll\"><table class=\"summary\">\n<thead><tr><th "
                     "class=\"no\">№</th>");
    html_heading(page, "用例", "Case", false);
    html_heading(page, "关键测量", "Key measurement", false);
    html_heading(page, "测得值", "Value", true);
    html_heading(page, "限值", "Limit", true);
    html_heading(page, "裕量", "Margin", true);
    html_heading(page, "判定", "Verdict", false);
    buffer_put(page, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < set->case_count; i++) {
        put_summary_row(page, &set->cases[i], i + 1);
    }
    buffer_put(page, "</tbody></table></div>\n");
}

void html_put_head(struct buffer *page, const struct result_set *set) {
    put_cut_short(page, set);
    put_cover(page, set);
    put_facts(page, &set->run);
    put_changed_limits(page, &set->run);
    put_level(page, &set->run);
    html_put_absences(page, set);
    put_summary(page, set);
}

/* ------------------------------------------------------------------ the end */

static void put_closing(struct buffer *page) {
    buffer_put(page, "<table class=\"sign\"><tbody><tr><td>");
    html_both(page, "试验 / 日期", "Tested by / date");
    buffer_put(page, "</td><td class=\"between\"></td><td>");
    html_both(page, "审核 / 日期", "Reviewed by / date");
    buffer_put(page, "</td><td class=\"between\"></td><td>");
    html_both(page, "批准 / 日期", "Approved by / date");
    buffer_put(page, "</td></tr></tbody></table>\n<p class=\"small\" style=\"margin-top:28px\">");
    html_both(page, "本报告由同一文件夹中的记录生成，可随时重新生成：",
              "Made from the record in the same folder; can be made again at any time: ");
    buffer_put(page, " ");
    html_file(page, "results.jsonl");
    buffer_put(page, "</p>\n");
    html_put_ending(page);
}

void html_put_report(struct buffer *page, const char *folder, const struct result_set *set) {
    put_opening(page, set);
    html_put_head(page, set);
    struct html_watched *watched = html_watched_new(set);
    for (size_t i = 0, rows; i < set->case_count; i += rows) {
        rows = result_rows_from(set, i);
        if (result_is_row(&set->cases[i])) {
            html_put_rows(page, folder, watched, set, i, rows);
        } else {
            html_put_case(page, folder, watched, &set->cases[i], i + 1);
        }
    }
    html_put_watched(page, watched);
    html_watched_free(watched);
    html_put_clauses(page, set);
    put_closing(page);
}
