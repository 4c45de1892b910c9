/* SPDX-License-Identifier: MIT */
/* The page of a judgement: the last word on top, then the course, then the rules
 * (rules.c) and the file. */
#include "reports/judgement/internal.h"
#include "reports/page/html_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const char judgement_style_css[]; /* style.css */

static void put_line(struct buffer *page, uint64_t line) {
    char zh[JUDGEMENT_TEXT_SIZE], en[JUDGEMENT_TEXT_SIZE];
    snprintf(zh, sizeof zh, "第%" PRIu64 "行", line);
    snprintf(en, sizeof en, "line %" PRIu64, line);
    html_both(page, zh, en);
}

static void put_place(struct buffer *page, const struct judgement *judgement, int64_t at_ns,
                      uint64_t line) {
    char text[JUDGEMENT_TEXT_SIZE];
    if (judgement->clock) {
        buffer_format(page, "%s · ", judgement_instant(text, judgement, at_ns));
    }
    put_line(page, line);
}

void judgement_put_proofs(struct buffer *page, const struct judgement *judgement,
                          const struct judgement_proof *proofs, size_t count) {
    buffer_put(page, "<ul class=\"proofs\">");
    for (size_t i = 0; i < count; i++) {
        buffer_put(page, "<li><span class=\"when\">");
        put_place(page, judgement, proofs[i].at_ns, proofs[i].line);
        buffer_put(page, "</span>");
        html_text(page, &proofs[i].text);
        buffer_put(page, "</li>");
    }
    buffer_put(page, "</ul>\n");
}

/* ------------------------------------------------------------------ a charge */

static void put_figure(struct buffer *page, const char *zh, const char *en, double value,
                       const char *unit) {
    if (!isnan(value)) {
        buffer_put(page, "<li>");
        html_both(page, zh, en);
        buffer_put(page, " <b>");
        html_quantity(page, value, unit);
        buffer_put(page, "</b></li>");
    }
}

static void put_figures(struct buffer *page, const struct judgement_session *session) {
    buffer_put(page, "<ul class=\"figures\">");
    if (session->vin != NULL && session->vin[0] != '\0') {
        buffer_put(page, "<li>VIN <code>");
        buffer_put_markup(page, session->vin);
        buffer_put(page, "</code></li>");
    }
    put_figure(page, "输出能量", "energy", session->energy_kwh, "kWh");
    put_figure(page, "充电时间", "time charged", session->minutes, "min");
    put_figure(page, "开始SOC", "SOC at first", session->soc_from, "%");
    put_figure(page, "结束SOC", "SOC at last", session->soc_to, "%");
    put_figure(page, "最高电压", "highest voltage", session->voltage_max, "V");
    put_figure(page, "最大电流", "highest current", session->current_max, "A");
    if (session->reconnections > 0) {
        put_figure(page, "重新连接次数", "reconnections", session->reconnections, "");
    }
    buffer_put(page, "<li></li></ul>\n");
}

static void put_session(struct buffer *page, const struct judgement *judgement, size_t number) {
    const struct judgement_session *session = &judgement->sessions[number];
    buffer_put(page, "<section><div class=\"word\"><h2>");
    if (judgement->charge_count > 1) {
        char zh[80], en[80];
        snprintf(zh, sizeof zh, "第%zu次充电（共%zu次）：谁停止了充电", session->number,
                 judgement->charge_count);
        snprintf(en, sizeof en, "Charge %zu of %zu: who stopped it", session->number,
                 judgement->charge_count);
        html_both(page, zh, en);
    } else {
        html_both(page, "谁停止了充电，为什么", "Who stopped the charge, and why");
    }
    buffer_put(page, "</h2><span class=\"who\">");
    html_text(page, &session->ended_by);
    buffer_put(page, "</span><p class=\"said\">");
    html_text(page, &session->last_word);
    buffer_put(page, "</p><p class=\"at\">");
    put_place(page, judgement, session->ended_ns, session->ended_line);
    buffer_put(page, "</p></div>\n");
    put_figures(page, session);
    buffer_put(page, "<h3>");
    html_both(page, "充电过程", "Course of the charge");
    buffer_put(page, "</h3>\n");
    judgement_put_course(page, judgement, session);
    if (session->story_count > 0) {
        buffer_put(page, "<h3>");
        html_both(page, "经过", "What led to the end");
        buffer_put(page, "</h3>\n");
        judgement_put_proofs(page, judgement, session->story, session->story_count);
    }
    buffer_put(page, "</section>\n");
}

/* ------------------------------------------------------------------ the file */

static void put_number(struct buffer *page, const char *zh, const char *en, uint64_t value) {
    html_fact_name(page, zh, en);
    buffer_put(page, "<td>");
    html_number(page, (double)value);
    buffer_put(page, "</td>");
}

static void put_clock(struct buffer *page, const struct judgement *judgement) {
    html_fact_name(page, "时钟", "Clock");
    buffer_put(page, "<td>");
    html_text(page, &judgement->clock_name);
    if (judgement->clock && judgement->resolution_ns > 0) {
        buffer_put(page, ", ");
        html_both(page, "分辨率", "resolution");
        buffer_put(page, " ");
        html_quantity(page, (double)judgement->resolution_ns / 1e6, "ms");
    }
    buffer_put(page, "</td>");
}

static void put_file(struct buffer *page, const struct judgement *judgement) {
    buffer_put(page, "<h2>");
    html_both(page, "记录文件", "The capture");
    buffer_put(page, "</h2>\n<table class=\"facts\"><tbody>\n<tr>");
    html_fact(page, "文件", "File", judgement->file);
    html_fact_name(page, "格式", "Format");
    buffer_put(page, "<td>");
    html_text(page, &judgement->dialect);
    buffer_put(page, "</td>");
    buffer_put(page, "</tr>\n<tr>");
    put_number(page, "帧数", "Frames", judgement->frames);
    put_number(page, "不属于GB/T 27930的帧", "Frames not of GB/T 27930", judgement->foreign);
    buffer_put(page, "</tr>\n<tr>");
    put_clock(page, judgement);
    put_number(page, "无法读取的行", "Lines that could not be read", judgement->damaged);
    buffer_put(page, "</tr>\n<tr>");
    html_fact(page, "开始时间", "Begins at", judgement->started);
    html_fact(page, "网络", "Network", judgement->network);
    buffer_put(page, "</tr>\n<tr>");
    html_fact(page, "标准版本", "Edition", judgement->edition);
    html_fact(page, "限值集", "Profile", judgement->profile);
    buffer_put(page, "</tr>\n</tbody></table>\n");
}

static void put_remarks(struct buffer *page, const struct judgement *judgement) {
    if (judgement->remark_count == 0) {
        return;
    }
    buffer_put(page, "<ul class=\"proofs\">");
    for (size_t i = 0; i < judgement->remark_count; i++) {
        const struct judgement_proof *remark = &judgement->remarks[i];
        buffer_put(page, "<li>");
        if (remark->line > 0) {
            buffer_put(page, "<span class=\"when\">");
            put_line(page, remark->line);
            buffer_put(page, "</span>");
        }
        html_text(page, &remark->text);
        buffer_put(page, "</li>");
    }
    buffer_put(page, "</ul>\n");
}

/* ------------------------------------------------------------------ the page */

static void put_opening(struct buffer *page, const struct judgement *judgement) {
    static const struct phrase bench = {"Pilebench", "桩测台"};
    struct buffer title = {0};
    buffer_format(&title, "%s – 充电通信判定 Protocol judgement", judgement->file);
    html_put_opening(page, title.chars, judgement_style_css, &bench);
    buffer_free(&title);
}

static void put_cover(struct buffer *page, const struct judgement *judgement) {
    buffer_put(page, "<header class=\"cover\"><div><h1>");
    html_both(page, "充电通信判定", "Judgement of a charging capture");
    buffer_put(page, "</h1><p class=\"muted\" style=\"margin:6px 0 0\"><code>");
    buffer_put_markup(page, judgement->file);
    buffer_put(page, "</code> · ");
    buffer_put_markup(page, judgement->edition);
    buffer_put(page, "</p></div><div class=\"overall v-");
    buffer_put(page, verdict_name(judgement->verdict));
    buffer_put(page, "\"><small>");
    html_both(page, "规则总判定", "All rules");
    buffer_put(page, "</small>");
    html_verdict(page, judgement->verdict);
    buffer_put(page, "</div></header>\n");
}

void judgement_put_page(struct buffer *page, const struct judgement *judgement) {
    put_opening(page, judgement);
    put_cover(page, judgement);
    if (judgement->session_count == 0) {
        buffer_put(page, "<div class=\"alarm\" role=\"alert\"><strong>");
        html_both(page, "文件中没有GB/T 27930的充电过程",
                  "There is no charge by GB/T 27930 in this file");
        buffer_put(page, "</strong></div>\n");
    }
    for (size_t i = 0; i < judgement->session_count; i++) {
        put_session(page, judgement, i);
    }
    judgement_put_rules(page, judgement);
    judgement_put_periods(page, judgement);
    put_file(page, judgement);
    put_remarks(page, judgement);
    buffer_put(page, "<p class=\"small\" style=\"margin-top:28px\">");
    html_both(
        page, "规则的来源见各条；公开资料未给出的容差为限值集参数。",
        "Each rule names its source; tolerances that no public source gives are parameters of "
        "the profile.");
    buffer_put(page, " Pilebench ");
    buffer_put_markup(page, judgement->bench_version);
    buffer_put(page, "</p>\n");
    html_put_ending(page);
}

bool judgement_html(const char *path, const struct judgement *judgement, struct problem *problem) {
    struct buffer page = {0};
    judgement_put_page(&page, judgement);
    bool good = buffer_save(&page, path, problem);
    buffer_free(&page);
    return good;
}
